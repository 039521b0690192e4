/* rules_bind.c
 * Findings about LDAP binds that were refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_bind.h"

#include "case/accounts.h"
#include "case/principal.h"
#include "join/model.h"
#include "judge/bind_series.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_signs.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/ldap_result.h"
#include "wire/ports.h"
#include "wire/text.h"

#include <string.h>

#define RESULT_METHOD_NOT_SUPPORTED 7
/* The version that nobody should speak any more (RFC 1777, RFC 3494). */
#define LDAP_VERSION_2 2

#define RESULT_STRONGER_AUTH 8

#define RESULT_CONFIDENTIALITY 13

#define RESULT_NO_SUCH_OBJECT 32

#define RESULT_INVALID_CREDENTIALS 49

const adp_obs_result *adp_ldap_result_of(const adp_rules *r, const adp_step *step)
{
    const adp_obs *reply = adp_rules_reply(r, step);

    return reply && !reply->u.result->damaged ? reply->u.result : NULL;
}

gboolean adp_ldap_says(const adp_obs_result *result, const char *code)
{
    return result->diagnostic && strstr(result->diagnostic, code) != NULL;
}

/* Samba names the status where Windows has a number ("Simple Bind Failed: NT_STATUS_WRONG_PASSWORD"). */
static const struct {
    const char *status;
    const char *code;
} named_statuses[] = {
    {"NT_STATUS_WRONG_PASSWORD", "52e"},      {"NT_STATUS_LOGON_FAILURE", "52e"},
    {"NT_STATUS_NO_SUCH_USER", "525"},        {"NT_STATUS_ACCOUNT_RESTRICTION", "52f"},
    {"NT_STATUS_INVALID_LOGON_HOURS", "530"}, {"NT_STATUS_INVALID_WORKSTATION", "531"},
    {"NT_STATUS_PASSWORD_EXPIRED", "532"},    {"NT_STATUS_ACCOUNT_DISABLED", "533"},
    {"NT_STATUS_ACCOUNT_EXPIRED", "701"},     {"NT_STATUS_PASSWORD_MUST_CHANGE", "773"},
    {"NT_STATUS_ACCOUNT_LOCKED_OUT", "775"},  {"NT_STATUS_NO_LOGON_SERVERS", "51f"},
};

static gboolean named_code(const adp_obs_result *result, char *ret)
{
    guint i;

    for (i = 0; result->diagnostic && i < G_N_ELEMENTS(named_statuses); i++) {
        if (strstr(result->diagnostic, named_statuses[i].status)) {
            (void)g_strlcpy(ret, named_statuses[i].code, ADP_BIND_CODE_ROOM);
            return TRUE;
        }
    }
    return FALSE;
}

gboolean adp_bind_code(const adp_obs_result *result, char *ret)
{
    const char *at = result->diagnostic ? strstr(result->diagnostic, "data ") : NULL;
    gsize len = 0;

    if (!at) {
        return named_code(result, ret);
    }
    at += strlen("data ");
    while (len < 8 && g_ascii_isxdigit(at[len])) {
        ret[len] = g_ascii_tolower(at[len]);
        len++;
    }
    ret[len] = '\0';
    return len > 0;
}

/* What a refusal is about. */
typedef enum {
    OF_ACCOUNT, /* the one that binds */
    OF_SERVER,  /* whoever binds would get it */
    OF_TRUST    /* all accounts of one domain get it */
} refused_for;

#define REACHES_NOBODY "the controller reaches no controller of the account's domain"
#define TRUST_FAILS    "the trust with the account's domain fails"

/*
 * Sub-codes of Active Directory's bind errors: Win32 error numbers in hexadecimal (winerror.h, from memory). `row`: of
 * advice, where it is not named by the code.
 */
typedef struct {
    const char *code;
    const char *meaning;
    refused_for about;
    const char *row;
} sub_code;

static const sub_code sub_codes[] = {
    {"2030", "no object has this name", OF_ACCOUNT, NULL},
    {"20ee", "the directory itself failed while it looked at the bind", OF_SERVER, "internal"},
    {"51f", REACHES_NOBODY, OF_TRUST, "unreached"},
    {"525", "no such user", OF_ACCOUNT, NULL},
    {"52e", "wrong password, or the ticket or token could not be verified", OF_ACCOUNT, NULL},
    {"52f", "a restriction of the account, as for members of Protected Users", OF_ACCOUNT, NULL},
    {"530", "outside the logon hours", OF_ACCOUNT, NULL},
    {"531", "not from this workstation", OF_ACCOUNT, NULL},
    {"532", "password expired", OF_ACCOUNT, NULL},
    {"533", "account disabled", OF_ACCOUNT, NULL},
    {"54b", REACHES_NOBODY, OF_TRUST, "unreached"},
    {"569", "the account lacks the right to log on in this way", OF_ACCOUNT, NULL},
    {"57", "bad parameter, or the token could not be read", OF_ACCOUNT, NULL},
    {"6fb", TRUST_FAILS, OF_TRUST, "trust"},
    {"6fc", TRUST_FAILS, OF_TRUST, "trust"},
    {"6fd", TRUST_FAILS, OF_TRUST, "trust"},
    {"701", "account expired", OF_ACCOUNT, NULL},
    {"773", "password must be changed", OF_ACCOUNT, NULL},
    {"775", "account locked out", OF_ACCOUNT, NULL},
};

/* Where there is no sub-code: statuses of the security package (winerror.h, from memory). */
static const sub_code statuses[] = {
    {"80090302", "the controller does not support what the token asks for", OF_SERVER,
     "unsupported"},
    {"80090324", "the clocks differ too much", OF_SERVER, "skew"},
};

static const sub_code *sub_code_of(const char *code)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(sub_codes); i++) {
        if (strcmp(sub_codes[i].code, code) == 0) {
            return &sub_codes[i];
        }
    }
    return NULL;
}

/* What the diagnostic message of a refusal says in numbers; NULL: nothing that is known. */
static const sub_code *said_by(const adp_obs_result *result)
{
    char code[9];
    guint i;

    for (i = 0; i < G_N_ELEMENTS(statuses); i++) {
        if (adp_ldap_says(result, statuses[i].code)) {
            return &statuses[i];
        }
    }
    return adp_bind_code(result, code) ? sub_code_of(code) : NULL;
}

static refused_for about_of(const adp_obs_result *result)
{
    const sub_code *said = said_by(result);

    return said ? said->about : OF_ACCOUNT;
}

/* ---- binds ---- */

static gboolean is_in_tls(const adp_rules *r, const adp_step *step)
{
    return adp_model_obs(r->model, step->first)->protection == ADP_PROTECTION_TLS ||
           adp_port_is_ldaps(step->flow.server_port);
}

/* A bind by token: the one to which a channel can be bound. */
static gboolean is_by_token(const adp_rules *r, const adp_step *step)
{
    const adp_obs *request = adp_rules_request(r, step);

    return request &&
           (request->u.bind->is_sasl || request->u.bind->ntlm || request->u.bind->ticket_hash != 0);
}

static adp_finding_id bind_finding(const adp_rules *r, const adp_step *step,
                                   const adp_obs_result *result)
{
    char code[9] = "";

    /* 00002028: signing or TLS is wanted. Samba says strongerAuthRequired, too. */
    if (result->result == RESULT_STRONGER_AUTH) {
        return ADP_FINDING_LDAP_SIGNING_REQUIRED;
    }
    if (result->result != RESULT_INVALID_CREDENTIALS) {
        return ADP_FINDING_LDAP_BIND_FAILED;
    }
    /* SEC_E_BAD_BINDINGS; Windows says 57 to a Kerberos bind in TLS that has none (m). */
    (void)adp_bind_code(result, code);
    if (adp_ldap_says(result, "80090346") ||
        (strcmp(code, "57") == 0 && is_in_tls(r, step) && is_by_token(r, step))) {
        return ADP_FINDING_LDAP_CHANNEL_BINDING_REQUIRED;
    }
    return ADP_FINDING_LDAP_BIND_FAILED;
}

char *adp_bind_name(const adp_rules *r, const adp_step *step)
{
    char *name;

    (void)adp_bind_principal(r->model, step, &name);
    return name;
}

/* Subject of ADP_TOPIC_BIND: the server, and the account where it is known. Free with g_free(). */
static char *bind_subject(const adp_step *step, const char *name)
{
    char *user = name ? adp_principal_user(name) : NULL;
    char *subject = user ? g_strdup_printf("%u|%s", step->flow.server, user)
                         : g_strdup_printf("%u", step->flow.server);

    g_free(user);
    return subject;
}

/* Does the refusal speak of the account, and not of the way it binds? */
static gboolean is_about_account(adp_finding_id id, const adp_obs_result *result)
{
    return id == ADP_FINDING_LDAP_BIND_FAILED && result->result == RESULT_INVALID_CREDENTIALS &&
           about_of(result) == OF_ACCOUNT;
}

gboolean adp_bind_is_about_account(const adp_rules *r, const adp_step *step)
{
    const adp_obs_result *result = adp_ldap_result_of(r, step);

    return is_about_account(bind_finding(r, step, result), result);
}

char *adp_bind_subject_of(const adp_rules *r, const adp_step *step)
{
    char *name = adp_bind_name(r, step);
    char *subject = bind_subject(step, name);

    g_free(name);
    return subject;
}

gboolean adp_bind_lets_in(const adp_rules *r, const adp_step *step)
{
    const adp_obs_result *result = step->kind == ADP_STEP_BIND ? adp_ldap_result_of(r, step) : NULL;
    const adp_obs *request = adp_rules_request(r, step);

    return result && result->result == ADP_LDAP_SUCCESS && !(request && request->u.bind->anonymous);
}

void adp_bind_sign_nobody(const adp_rules *r, adp_finding *f, guint32 obs)
{
    const adp_obs_bind *bind = adp_model_obs(r->model, obs)->u.bind;
    adp_sign sign = bind->name ? ADP_SIGN_NO_PASSWORD : ADP_SIGN_ANONYMOUS;

    if (bind->anonymous && !adp_finding_has_sign(f, sign)) {
        adp_rules_sign(f, sign, obs);
    }
}

const adp_step *adp_bind_recovery(const adp_rules *r, const adp_step *step)
{
    char *subject = adp_bind_subject_of(r, step);
    const adp_step *by = adp_rules_good(r, step->client, ADP_TOPIC_BIND, subject, step);

    g_free(subject);
    return by;
}

/* Windows, to a bind inside TLS that asks for SASL's signing or sealing as well (from a report). */
static gboolean is_twice_protected(const adp_obs_result *result)
{
    return adp_ldap_says(result, "signing/sealing when using TLS/SSL");
}

/* RFC 4511 4.2: of a name that is none, and of a version that the server does not speak. */
static gboolean is_of_name(const adp_obs_result *result)
{
    return result->result == ADP_LDAP_INVALID_DN;
}

static gboolean is_of_version(const adp_rules *r, const adp_step *step,
                              const adp_obs_result *result)
{
    const adp_obs *request = adp_rules_request(r, step);

    return result->result == ADP_LDAP_PROTOCOL_ERROR && request &&
           request->u.bind->version == LDAP_VERSION_2;
}

static char *bind_case(const adp_rules *r, const adp_step *step, adp_finding_id id,
                       const adp_obs_result *result)
{
    const sub_code *said = said_by(result);
    char code[9];

    if (id != ADP_FINDING_LDAP_BIND_FAILED) {
        return g_strdup(adp_finding_get(id)->name);
    }
    if (result->result == RESULT_METHOD_NOT_SUPPORTED) {
        return g_strdup("ldap-bind-failed/mechanism");
    }
    if (result->result == RESULT_CONFIDENTIALITY) {
        return g_strdup("ldap-bind-failed/confidentiality");
    }
    if (is_twice_protected(result)) {
        return g_strdup("ldap-bind-failed/in-tls");
    }
    if (is_of_name(result)) {
        return g_strdup("ldap-bind-failed/name");
    }
    if (is_of_version(r, step, result)) {
        return g_strdup("ldap-bind-failed/version");
    }
    if (result->result == ADP_LDAP_BUSY || result->result == ADP_LDAP_UNAVAILABLE) {
        return g_strdup("ldap-bind-failed/busy");
    }
    if (said && said->row) {
        return g_strdup_printf("ldap-bind-failed/%s", said->row);
    }
    if (result->result == RESULT_NO_SUCH_OBJECT) {
        return g_strdup("ldap-bind-failed/2030");
    }
    if (result->result != RESULT_INVALID_CREDENTIALS) {
        return g_strdup("ldap-bind-failed/refused");
    }
    /* "data 0" is none. */
    if (adp_bind_code(result, code) && strcmp(code, "0") != 0) {
        return g_strdup_printf("ldap-bind-failed/%s", code);
    }
    return g_strdup("ldap-bind-failed");
}

gboolean adp_bind_may_show_ticket(const adp_rules *r, const adp_step *step)
{
    const adp_obs *request = adp_rules_request(r, step);

    return !request || (request->u.bind->is_sasl && !request->u.bind->ntlm &&
                        (!step->own->mechanism || adp_has_prefix(step->own->mechanism, "GSS")));
}

static const char *bind_meaning(const adp_rules *r, const adp_step *step, adp_finding_id id,
                                const adp_obs_result *result)
{
    const sub_code *said = said_by(result);

    if (id == ADP_FINDING_LDAP_SIGNING_REQUIRED) {
        return "The server takes no bind without signing or TLS. What the client does after it, "
               "looking for other ways, is a consequence.";
    }
    if (id == ADP_FINDING_LDAP_CHANNEL_BINDING_REQUIRED) {
        return "The bind over TLS came without the channel binding that the server wants, or with "
               "one of another channel: a device that ends TLS in between makes it so, too. The "
               "password is not the matter.";
    }
    if (is_twice_protected(result)) {
        return "the bind asks for signing or sealing inside TLS, and a controller takes one "
               "protection, not two";
    }
    if (result->result == ADP_LDAP_BUSY || result->result == ADP_LDAP_UNAVAILABLE) {
        return "the server has no room for the request now, and did not look at it";
    }
    if (is_of_name(result)) {
        return "the name in the bind has a form that the server does not take for a name";
    }
    if (is_of_version(r, step, result)) {
        return "the client speaks version 2 of LDAP, which was given up long ago (RFC 3494), and "
               "the server does not";
    }
    if (said && adp_same_text(said->code, "52e") && !adp_bind_may_show_ticket(r, step)) {
        return "wrong name or password";
    }
    return said ? said->meaning : NULL;
}

const char *adp_bind_meaning(const adp_rules *r, const adp_step *step)
{
    const adp_obs_result *result = adp_ldap_result_of(r, step);

    return bind_meaning(r, step, bind_finding(r, step, result), result);
}

/* The Kerberos step by which a refused bind showed a ticket; NULL when it showed none. */
static const adp_step *ticket_of(const adp_rules *r, const adp_step *bind)
{
    char stream[ADP_NUMBER_TEXT];
    const adp_step *shown = bind->flow.stream == ADP_NONE
                                ? NULL
                                : adp_rules_good(r, bind->client, ADP_TOPIC_TICKET_SHOWN,
                                                 adp_number_text(bind->flow.stream, stream), NULL);

    return shown && shown->first >= bind->first && shown->first <= bind->last ? shown : NULL;
}

/* A server that cannot open a ticket often says no more than this. */
static void say_ticket(const adp_rules *r, adp_finding *f, const adp_step *shown)
{
    const char *spn = adp_rules_krb_spn(r, shown);
    char *before = f->inferred;

    f->inferred = g_strdup_printf("%s The bind showed a Kerberos ticket for %s: a server whose key "
                                  "is not the one the KDC used answers just so, without a word "
                                  "about the ticket.",
                                  before, spn);
    g_free(before);
}

/* Was the same name let in before, or later? Where none is seen, nothing says so. */
static gboolean is_let_in(const adp_rules *r, const adp_step *step)
{
    char *name = adp_bind_name(r, step);
    char *subject = bind_subject(step, name);
    gboolean is =
        name && (adp_rules_good(r, step->client, ADP_TOPIC_BIND, subject, step) ||
                 adp_rules_good_before(r, step->client, ADP_TOPIC_BIND, subject, step->first));

    g_free(subject);
    g_free(name);
    return is;
}

/*
 * Is the name one that stands for itself alone? A simple bind takes a DN, a user principal name,
 * CORP\\alice and a few forms more, and the bare logon name is none of them (MS-ADTS 5.1.1.1.1).
 */
static gboolean is_bare(const adp_obs_bind *bind)
{
    return !bind->is_sasl && !bind->ntlm && bind->name && *bind->name &&
           !strpbrk(bind->name, "@\\=/{");
}

/* Is a name of the realm meant: CORP\\alice, alice@corp.test, or alice without any domain? Of a DN nobody can tell. */
static gboolean is_of_realm(const adp_rules *r, const char *name, const char *realm)
{
    gsize before = strcspn(name, "\\@");
    char *domain;
    gboolean is;

    if (adp_account_kind_of(name) == ADP_ACCOUNT_DN) {
        return FALSE;
    }
    if (name[before] != '\\') {
        return !name[before] || adp_same_text(name + before + 1, realm);
    }
    domain = g_strndup(name, before);
    is = adp_same_text(adp_names_dns_of(r->names, domain), realm) ||
         (adp_has_prefix(realm, domain) && realm[before] == '.');
    g_free(domain);
    return is;
}

/* The last logon of this name that a KDC let in before the bind; NULL: none. */
static const adp_step *proved_before(const adp_rules *r, const adp_step *step)
{
    const adp_obs_result *result = adp_ldap_result_of(r, step);
    char *name = result && adp_bind_has_code(result, "52e") && !adp_bind_may_show_ticket(r, step)
                     ? adp_bind_name(r, step)
                     : NULL;
    char *user = name ? adp_principal_user(name) : NULL;
    char *by = user ? g_strdup_printf("by %s", user) : NULL;
    const adp_step *logon =
        by ? adp_rules_good_before(r, step->client, ADP_TOPIC_TICKET, by, step->first) : NULL;

    if (logon && !is_of_realm(r, name, adp_rules_krb_realm(r, logon))) {
        logon = NULL;
    }
    g_free(by);
    g_free(user);
    g_free(name);
    return logon;
}

/* The KDC and the directory are asked the same, and say different things. */
static void sign_proved(const adp_rules *r, adp_finding *f, const adp_step *step)
{
    const adp_step *logon = proved_before(r, step);
    char *where = logon ? adp_rules_where(r, logon) : NULL;
    char *before = f->inferred;

    if (!logon) {
        return;
    }
    f->inferred =
        g_strdup_printf("%s The KDC let the same name in before, in %s: what is sent here "
                        "is something else than what was proved there.",
                        before, where);
    g_free(before);
    g_free(where);
    adp_rules_sign(f, ADP_SIGN_PROVED_BY_KDC, logon->reply);
}

/* How the bind was made, for its advice. */
static void sign_bind(const adp_rules *r, adp_finding *f, const adp_step *step)
{
    const adp_obs *request = adp_rules_request(r, step);
    const adp_obs_result *result = adp_ldap_result_of(r, step);

    if (is_in_tls(r, step)) {
        adp_rules_sign(f, ADP_SIGN_IN_TLS, step->first);
    }
    if (!request) {
        return;
    }
    if (request->u.bind->ntlm) {
        adp_rules_sign(f, ADP_SIGN_MECHANISM_NTLM, step->request);
    } else if (!request->u.bind->is_sasl) {
        adp_rules_sign(f, ADP_SIGN_MECHANISM_SIMPLE, step->request);
    } else if (request->u.bind->ticket_hash) {
        adp_rules_sign(f, ADP_SIGN_MECHANISM_KERBEROS, step->request);
    } else if (step->own->mechanism && !adp_has_prefix(step->own->mechanism, "GSS")) {
        /* SCRAM, DIGEST-MD5, EXTERNAL, ...: no ticket is in it. */
        adp_rules_sign(f, ADP_SIGN_MECHANISM_OTHER, step->request);
    }
    adp_bind_sign_nobody(r, f, step->request);
    if (is_bare(request->u.bind)) {
        adp_rules_sign(f, ADP_SIGN_BARE_NAME, step->request);
    }
    if (request->u.bind->version == LDAP_VERSION_2) {
        adp_rules_sign(f, ADP_SIGN_LDAP_VERSION_2, step->request);
    }
    if (is_let_in(r, step)) {
        adp_rules_sign(f, ADP_SIGN_NAME_ACCEPTED, step->request);
    }
    /* Samba's own words (source4/ldap_server). */
    if (result && (adp_ldap_says(result, "Transport encryption required") ||
                   adp_ldap_says(result, "SASL:["))) {
        adp_rules_sign(f, ADP_SIGN_KDC_SAMBA, step->reply);
    }
}

/* "GSSAPI, simple": each way in which the group's binds were made, once. */
static char *ways_of(const adp_group *group)
{
    GPtrArray *ways = g_ptr_array_new();
    char *text;
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);
        const char *way = step->own->mechanism ? step->own->mechanism : "method not seen";

        if (!g_ptr_array_find_with_equal_func(ways, way, g_str_equal, NULL)) {
            g_ptr_array_add(ways, (gpointer)way);
        }
    }
    g_ptr_array_add(ways, NULL);
    text = g_strjoinv(", ", (char **)ways->pdata);
    g_ptr_array_unref(ways);
    return text;
}

/* A lock after logons with a wrong password, where a KDC refused them; binds are bind_series.c's. */
static void sign_wrong_logon(const adp_rules *r, adp_finding *f, const adp_step *lock,
                             const char *account)
{
    char *user = account ? adp_principal_user(account) : NULL;
    const adp_step *wrong =
        user ? adp_rules_good_before(r, lock->client, ADP_TOPIC_WRONG_PASSWORD, user, lock->first)
             : NULL;

    if (wrong && wrong->path == lock->path && wrong->kind == ADP_STEP_KERBEROS) {
        adp_rules_sign(f, ADP_SIGN_WRONG_BEFORE, wrong->reply);
    }
    g_free(user);
}

void adp_bind_report(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs_result *result = adp_ldap_result_of(r, first);
    char *account = adp_bind_name(r, first);
    char *subject = bind_subject(
        first, is_about_account(bind_finding(r, first, result), result) ? account : NULL);
    char number[ADP_NUMBER_TEXT];
    adp_finding_id id = bind_finding(r, first, result);
    adp_finding *f = adp_rules_find(r, id, first->path, group->key);
    const char *name = adp_ldap_result_name(result->result);
    const char *meaning = bind_meaning(r, first, id, result);
    char *server = adp_rules_named(r, first->flow.server);
    char *said = adp_one_line(result->diagnostic);
    char *ways = ways_of(group);
    char *key = bind_case(r, first, id, result);
    char *cn = account && adp_account_kind_of(account) == ADP_ACCOUNT_DN
                   ? adp_principal_user(account)
                   : NULL;
    const adp_step *shown = is_about_account(id, result) ? ticket_of(r, first) : NULL;

    adp_rules_cite_group(r, f, group);
    if (id == ADP_FINDING_LDAP_SIGNING_REQUIRED) {
        adp_rules_summary(f, "%s requires signing or TLS, and the LDAP bind had neither", server);
    } else if (id == ADP_FINDING_LDAP_CHANNEL_BINDING_REQUIRED) {
        adp_rules_summary(f, "%s requires channel binding, and refuses the LDAP bind without it",
                          server);
    } else {
        adp_rules_summary(f, "%s refuses the LDAP bind%s%s: %s%s%s", server, account ? " of " : "",
                          account ? account : "", name ? name : "error", meaning ? ", " : "",
                          meaning ? meaning : "");
    }
    adp_rules_observed(f, "%u LDAP %s (%s) ended with result %u%s%s", group->steps->len,
                       group->steps->len == 1 ? "bind" : "binds", ways, result->result,
                       said && *said ? ", saying " : "", said ? said : "");
    g_free(ways);
    g_free(said);
    if (id != ADP_FINDING_LDAP_BIND_FAILED) {
        adp_rules_inferred(f, "%s", meaning);
    } else {
        adp_rules_inferred(f, "%s%s%s",
                           meaning ? "The answer means: "
                                   : "The server gives no sub-code that "
                                     "tells more.",
                           meaning ? meaning : "", meaning ? "." : "");
    }
    if (shown) {
        say_ticket(r, f, shown);
    }
    sign_proved(r, f, first);
    adp_rules_advise(r, f, shown ? "ldap-bind-failed/ticket" : key, "host",
                     adp_rules_host(r, first->flow.server), "server",
                     adp_rules_address(r, first->flow.server), "spn",
                     shown ? adp_rules_krb_spn(r, shown) : NULL, "domain",
                     adp_model_path(r->model, first->path)->domain, "account",
                     account ? adp_account_text(account) : NULL, "cn", cn, NULL);
    adp_rules_sign_account(f, account, first->first);
    /* Another account's bind makes nothing good; another way to bind there does. */
    if (id != ADP_FINDING_LDAP_BIND_FAILED || about_of(result) != OF_TRUST) {
        adp_rules_remedy(f, first->client, ADP_TOPIC_BIND, subject);
    }
    if (id == ADP_FINDING_LDAP_BIND_FAILED && about_of(result) == OF_TRUST) {
        /* Accounts of other domains are let in all the time. */
        char *same = bind_subject(first, account);

        adp_rules_remedy(f, first->client, ADP_TOPIC_BIND, same);
        g_free(same);
    } else if (!is_about_account(id, result)) {
        adp_rules_remedy(f, first->client, ADP_TOPIC_LDAP_USED,
                         adp_number_text(first->flow.server, number));
    }
    sign_bind(r, f, first);
    if (adp_bind_has_code(result, "775")) {
        sign_wrong_logon(r, f, first, account);
    }
    g_free(subject);
    g_free(account);
    g_free(cn);
    g_free(key);
    g_free(server);
}

gboolean adp_bind_has_code(const adp_obs_result *result, const char *wanted)
{
    char code[9] = "";

    return result->result == RESULT_INVALID_CREDENTIALS && adp_bind_code(result, code) &&
           strcmp(code, wanted) == 0;
}

/* Wrong passwords lock an account wherever they are sent; a ticket that nobody opens does not. */
static void learn_wrong_password(adp_rules *r, const adp_step *step, const adp_obs_result *result)
{
    char *name = adp_bind_has_code(result, "52e") && !adp_bind_may_show_ticket(r, step)
                     ? adp_bind_name(r, step)
                     : NULL;
    char *user = name ? adp_principal_user(name) : NULL;

    if (user) {
        adp_rules_note_good(r, step, ADP_TOPIC_WRONG_PASSWORD, user);
    }
    g_free(user);
    g_free(name);
}

void adp_rules_learn_bind_step(adp_rules *r, const adp_step *step)
{
    const adp_obs_result *result = adp_ldap_result_of(r, step);
    char *subject;
    char *name;

    if (!result) {
        return;
    }
    if (result->result != ADP_LDAP_SUCCESS) {
        learn_wrong_password(r, step, result);
        return;
    }
    if (!adp_bind_lets_in(r, step)) {
        return;
    }
    subject = bind_subject(step, NULL);
    adp_rules_note_good(r, step, ADP_TOPIC_BIND, subject);
    g_free(subject);
    name = adp_bind_name(r, step);
    if (name) {
        subject = bind_subject(step, name);
        adp_rules_note_good(r, step, ADP_TOPIC_BIND, subject);
        g_free(subject);
    }
    g_free(name);
}

static void binds(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    adp_bind_series *series;
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_result *result =
            step->kind == ADP_STEP_BIND ? adp_ldap_result_of(r, step) : NULL;
        char *name;
        char *key;
        char code[9] = "";
        char first[ADP_NUMBER_TEXT];

        if (!result) {
            continue;
        }
        /* Where a KRB-ERROR tells why, or a lock, the finding about that one does. */
        if (adp_rules_outcome(r, step) != ADP_FAILED || adp_rules_is_krb_refusal(r, step) ||
            adp_rules_is_said(r, ADP_SAID_LOCKED, adp_number_text(step->first, first))) {
            continue;
        }
        (void)adp_bind_code(result, code);
        name = adp_bind_name(r, step);
        /* Faults that do not depend on the account are one cause for all accounts. */
        key = g_strdup_printf("%u|%u|%s|%s", step->flow.server, result->result, code,
                              name && adp_bind_is_about_account(r, step) ? name : "");
        adp_groups_add(groups, step, key);
        g_free(key);
        g_free(name);
    }
    series = adp_bind_series_new(r, groups);
    for (i = 0; i < groups->list->len; i++) {
        const adp_group *group = g_ptr_array_index(groups->list, i);

        if (!adp_bind_series_tell(series, group)) {
            adp_bind_report(r, group);
        }
    }
    adp_bind_series_free(series);
    adp_groups_free(groups);
}

void adp_rules_binds(adp_rules *r)
{
    binds(r);
}
