/* bind_refusal.c
 * What the refusal of an LDAP bind says: its codes, whom they are about, and what they mean.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/bind_refusal.h"

#include "case/principal.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/rules.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/ldap_result.h"
#include "wire/ports.h"
#include "wire/text.h"

#include <string.h>

#define RESULT_METHOD_NOT_SUPPORTED 7

#define RESULT_STRONGER_AUTH       8
#define RESULT_CONFIDENTIALITY     13
#define RESULT_NO_SUCH_OBJECT      32
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

gboolean adp_bind_has_code(const adp_obs_result *result, const char *wanted)
{
    char code[9] = "";

    return result->result == RESULT_INVALID_CREDENTIALS && adp_bind_code(result, code) &&
           strcmp(code, wanted) == 0;
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

gboolean adp_bind_is_in_tls(const adp_rules *r, const adp_step *step)
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

adp_finding_id adp_bind_finding(const adp_rules *r, const adp_step *step)
{
    const adp_obs_result *result = adp_ldap_result_of(r, step);
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
        (strcmp(code, "57") == 0 && adp_bind_is_in_tls(r, step) && is_by_token(r, step))) {
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

char *adp_bind_subject(const adp_step *step, const char *name)
{
    char *user = name ? adp_principal_user(name) : NULL;
    char *subject = user ? g_strdup_printf("%u|%s", step->flow.server, user)
                         : g_strdup_printf("%u", step->flow.server);

    g_free(user);
    return subject;
}

char *adp_bind_by(const char *name)
{
    return g_strdup_printf("by %s", name);
}

/* FALSE where the refusal is about the way it binds. */
static gboolean is_about(const adp_rules *r, const adp_step *step, refused_for about)
{
    return adp_bind_finding(r, step) == ADP_FINDING_LDAP_BIND_FAILED &&
           about_of(adp_ldap_result_of(r, step)) == about;
}

gboolean adp_bind_is_about_account(const adp_rules *r, const adp_step *step)
{
    return is_about(r, step, OF_ACCOUNT) &&
           adp_ldap_result_of(r, step)->result == RESULT_INVALID_CREDENTIALS;
}

gboolean adp_bind_is_about_trust(const adp_rules *r, const adp_step *step)
{
    return is_about(r, step, OF_TRUST);
}

char *adp_bind_subject_of(const adp_rules *r, const adp_step *step)
{
    char *name = adp_bind_name(r, step);
    char *subject = adp_bind_subject(step, name);

    g_free(name);
    return subject;
}

gboolean adp_bind_lets_in(const adp_rules *r, const adp_step *step)
{
    const adp_obs_result *result = step->kind == ADP_STEP_BIND ? adp_ldap_result_of(r, step) : NULL;
    const adp_obs *request = adp_rules_request(r, step);

    return result && result->result == ADP_LDAP_SUCCESS && !(request && request->u.bind->anonymous);
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
           request->u.bind->version == ADP_LDAP_VERSION_2;
}

char *adp_bind_case(const adp_rules *r, const adp_step *step)
{
    const adp_obs_result *result = adp_ldap_result_of(r, step);
    adp_finding_id id = adp_bind_finding(r, step);
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

guint32 adp_bind_pending(const adp_rules *r, const adp_step *asked)
{
    const adp_path *path = adp_model_path(r->model, asked->path);
    guint i;

    for (i = 0; i < path->steps.count; i++) {
        const adp_step *step = adp_rules_step(r, path->steps.items[i]);

        if (step->kind == ADP_STEP_BIND && step != asked &&
            step->flow.stream == asked->flow.stream && step->request != ADP_NONE &&
            step->request < asked->first &&
            (step->reply == ADP_NONE || step->reply > asked->first)) {
            return step->request;
        }
    }
    return ADP_NONE;
}

const char *adp_bind_meaning(const adp_rules *r, const adp_step *step)
{
    const adp_obs_result *result = adp_ldap_result_of(r, step);
    adp_finding_id id = adp_bind_finding(r, step);
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
    if (result->result == ADP_LDAP_BUSY && adp_bind_pending(r, step) != ADP_NONE) {
        return "another bind on the same connection had no answer yet, and the server did not look "
               "at this one";
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
