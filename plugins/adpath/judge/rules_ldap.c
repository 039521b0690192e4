/* rules_ldap.c
 * Findings about LDAP connections: binds, protection, silence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_ldap.h"

#include "case/accounts.h"
#include "case/principal.h"
#include "facts/outcome.h"
#include "join/ldap_ops.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_signs.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/silence.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/ldap_result.h"
#include "wire/ports.h"
#include "wire/text.h"

#include <string.h>

/* Result codes of RFC 4511 that say why a bind was refused. */
#define RESULT_OPERATIONS_ERROR     1
#define RESULT_METHOD_NOT_SUPPORTED 7
#define RESULT_STRONGER_AUTH        8
#define RESULT_CONFIDENTIALITY      13
#define RESULT_INVALID_CREDENTIALS  49

static const adp_obs_result *result_of(const adp_rules *r, const adp_step *step)
{
    const adp_obs *reply = adp_rules_reply(r, step);

    return reply && !reply->u.result->damaged ? reply->u.result : NULL;
}

static gboolean says(const adp_obs_result *result, const char *code)
{
    return result->diagnostic && strstr(result->diagnostic, code) != NULL;
}

/*
 * The sub-code of "AcceptSecurityContext error, data 52e, v2580"; FALSE without one.
 * `ret` has room for 9 bytes.
 */
static gboolean sub_code(const adp_obs_result *result, char *ret)
{
    const char *at = result->diagnostic ? strstr(result->diagnostic, "data ") : NULL;
    gsize len = 0;

    if (!at) {
        return FALSE;
    }
    at += strlen("data ");
    while (len < 8 && g_ascii_isxdigit(at[len])) {
        ret[len] = g_ascii_tolower(at[len]);
        len++;
    }
    ret[len] = '\0';
    return len > 0;
}

/* Sub-codes of Active Directory's bind errors: Win32 error numbers in hexadecimal (from memory). */
static const struct {
    const char *code;
    const char *meaning;
} sub_codes[] = {
    {"525", "no such user"},
    {"52e", "wrong password, or the ticket or token could not be verified"},
    {"52f", "a restriction of the account, as for members of Protected Users"},
    {"530", "outside the logon hours"},
    {"531", "not from this workstation"},
    {"532", "password expired"},
    {"533", "account disabled"},
    {"57", "bad parameter, or the token could not be read"},
    {"701", "account expired"},
    {"773", "password must be changed"},
    {"775", "account locked out"},
};

static const char *sub_code_meaning(const char *code)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(sub_codes); i++) {
        if (strcmp(sub_codes[i].code, code) == 0) {
            return sub_codes[i].meaning;
        }
    }
    return NULL;
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
    (void)sub_code(result, code);
    if (says(result, "80090346") ||
        (strcmp(code, "57") == 0 && is_in_tls(r, step) && is_by_token(r, step))) {
        return ADP_FINDING_LDAP_CHANNEL_BINDING_REQUIRED;
    }
    return ADP_FINDING_LDAP_BIND_FAILED;
}

/* In whose name the bind was tried, NULL when nothing says it. Free with g_free(). */
static char *bind_name(const adp_rules *r, const adp_step *step)
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
    return id == ADP_FINDING_LDAP_BIND_FAILED && result->result == RESULT_INVALID_CREDENTIALS;
}

/* Windows, to a bind inside TLS that asks for SASL's signing or sealing as well (from a report). */
static gboolean is_twice_protected(const adp_obs_result *result)
{
    return says(result, "signing/sealing when using TLS/SSL");
}

static char *bind_case(adp_finding_id id, const adp_obs_result *result)
{
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
    if (sub_code(result, code)) {
        return g_strdup_printf("ldap-bind-failed/%s", code);
    }
    return g_strdup("ldap-bind-failed");
}

/* May a ticket be in the bind? Not in one by name and password, nor in NTLM's or SCRAM's. */
static gboolean may_show_ticket(const adp_rules *r, const adp_step *step)
{
    const adp_obs *request = adp_rules_request(r, step);

    return !request || (request->u.bind->is_sasl && !request->u.bind->ntlm &&
                        (!step->mechanism || adp_has_prefix(step->mechanism, "GSS")));
}

static const char *bind_meaning(const adp_rules *r, const adp_step *step, adp_finding_id id,
                                const adp_obs_result *result)
{
    char code[9];
    const char *meaning;

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
    if (sub_code(result, code)) {
        meaning = sub_code_meaning(code);
        if (adp_same_text(code, "52e") && !may_show_ticket(r, step)) {
            return "wrong name or password";
        }
        if (meaning) {
            return meaning;
        }
    }
    return NULL;
}

/* The Kerberos step by which a refused bind showed a ticket; NULL when it showed none. */
static const adp_step *ticket_of(const adp_rules *r, const adp_step *bind)
{
    char stream[ADP_NUMBER_TEXT];
    const adp_step *shown = bind->flow.stream == ADP_NONE
                                ? NULL
                                : adp_rules_good(r, bind->flow.client, ADP_TOPIC_TICKET_SHOWN,
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

/* How the bind was made, for its advice. */
static void sign_bind(const adp_rules *r, adp_finding *f, const adp_step *step)
{
    const adp_obs *request = adp_rules_request(r, step);
    const adp_obs_result *result = result_of(r, step);

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
    } else if (step->mechanism && !adp_has_prefix(step->mechanism, "GSS")) {
        /* SCRAM, DIGEST-MD5, EXTERNAL, ...: no ticket is in it. */
        adp_rules_sign(f, ADP_SIGN_MECHANISM_OTHER, step->request);
    }
    if (request->u.bind->anonymous) {
        adp_rules_sign(f, ADP_SIGN_ANONYMOUS, step->request);
    }
    /* Samba's own words (source4/ldap_server). */
    if (result && (says(result, "Transport encryption required") || says(result, "SASL:["))) {
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
        const char *way = step->mechanism ? step->mechanism : "method not seen";

        if (!g_ptr_array_find_with_equal_func(ways, way, g_str_equal, NULL)) {
            g_ptr_array_add(ways, (gpointer)way);
        }
    }
    g_ptr_array_add(ways, NULL);
    text = g_strjoinv(", ", (char **)ways->pdata);
    g_ptr_array_unref(ways);
    return text;
}

static void report_bind(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs_result *result = result_of(r, first);
    char *account = bind_name(r, first);
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
    char *key = bind_case(id, result);
    const adp_step *shown =
        result->result == RESULT_INVALID_CREDENTIALS && id == ADP_FINDING_LDAP_BIND_FAILED
            ? ticket_of(r, first)
            : NULL;

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
    adp_rules_advise(r, f, shown ? "ldap-bind-failed/ticket" : key, "host",
                     adp_rules_host(r, first->flow.server), "server",
                     adp_rules_address(r, first->flow.server), "spn",
                     shown ? adp_rules_krb_spn(r, shown) : NULL, "domain",
                     adp_model_path(r->model, first->path)->domain, "account",
                     account ? adp_account_text(account) : NULL, NULL);
    adp_rules_sign_account(f, account, first->first);
    /* Another account's bind makes nothing good; another way to bind there does. */
    adp_rules_remedy(f, first->flow.client, ADP_TOPIC_BIND, subject);
    if (!is_about_account(id, result)) {
        adp_rules_remedy(f, first->flow.client, ADP_TOPIC_LDAP_SERVER,
                         adp_number_text(first->flow.server, number));
    }
    sign_bind(r, f, first);
    g_free(subject);
    g_free(account);
    g_free(key);
    g_free(server);
}

/* Data 52e and 775 of Active Directory. */
static gboolean has_sub_code(const adp_rules *r, const adp_group *group, const char *wanted)
{
    const adp_obs_result *result = result_of(r, adp_group_first(group));
    char code[9] = "";

    return result->result == RESULT_INVALID_CREDENTIALS && sub_code(result, code) &&
           strcmp(code, wanted) == 0;
}

/* Whose binds these are, in which path; NULL when nothing says it. Free with g_free(). */
static char *account_key(const adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    char *name = bind_name(r, first);
    char *user = name ? adp_principal_user(name) : NULL;
    char *key = user ? g_strdup_printf("%u|%s", first->path, user) : NULL;

    g_free(user);
    g_free(name);
    return key;
}

/* account_key() -> the group that says that it is locked. */
static GHashTable *locked_accounts(const adp_rules *r, const adp_groups *groups)
{
    GHashTable *locked = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint i;

    for (i = 0; i < groups->list->len; i++) {
        adp_group *group = g_ptr_array_index(groups->list, i);
        char *key = has_sub_code(r, group, "775") ? account_key(r, group) : NULL;

        if (key && !g_hash_table_contains(locked, key)) {
            g_hash_table_insert(locked, key, group);
        } else {
            g_free(key);
        }
    }
    return locked;
}

/* Wrong passwords until the account was locked are one story: the lock, and what led to it. */
static gboolean tell_with_lock(adp_rules *r, GHashTable *locked, GHashTable *told,
                               const adp_group *group)
{
    char *key = has_sub_code(r, group, "52e") ? account_key(r, group) : NULL;
    const adp_group *lock = key ? g_hash_table_lookup(locked, key) : NULL;
    guint count = group->steps->len;
    const adp_step *first;
    adp_finding *f;
    char *observed;

    g_free(key);
    if (!lock || adp_group_first(group)->first > adp_group_first(lock)->first) {
        return FALSE;
    }
    first = adp_group_first(lock);
    f = adp_rules_find(r, ADP_FINDING_LDAP_BIND_FAILED, first->path, lock->key);
    if (g_hash_table_add(told, (gpointer)lock)) {
        char *account = bind_name(r, first);

        report_bind(r, lock);
        adp_rules_summary(f, "%s is locked out, after wrong passwords: %s refuses the LDAP bind",
                          account, adp_rules_host(r, first->flow.server));
        g_free(account);
    }
    adp_rules_cite_group(r, f, group);
    adp_rules_sign(f, ADP_SIGN_WRONG_BEFORE, adp_group_last(group)->reply);
    observed = f->observed;
    f->observed = NULL;
    adp_rules_observed(f, "%s; %u %s with a wrong password (data 52e) began before it", observed,
                       count, count == 1 ? "bind" : "binds");
    g_free(observed);
    return TRUE;
}

static void learn_bind(adp_rules *r, const adp_step *step)
{
    const adp_obs_result *result = result_of(r, step);
    char *subject;
    char *name;

    if (!result || result->result != ADP_LDAP_SUCCESS) {
        return;
    }
    subject = bind_subject(step, NULL);
    adp_rules_note_good(r, step, ADP_TOPIC_BIND, subject);
    g_free(subject);
    name = bind_name(r, step);
    if (name) {
        subject = bind_subject(step, name);
        adp_rules_note_good(r, step, ADP_TOPIC_BIND, subject);
        g_free(subject);
    }
    g_free(name);
}

void adp_rules_learn_ldap(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (step->kind == ADP_STEP_SCP && adp_rules_outcome(r, step) == ADP_OK) {
            adp_rules_note_good(r, step, ADP_TOPIC_READ, NULL);
        } else if (step->kind == ADP_STEP_BIND) {
            learn_bind(r, step);
        }
    }
}

static void binds(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    GHashTable *locks =
        g_hash_table_new(NULL, NULL); /* groups that were told with wrong passwords */
    GHashTable *locked;
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_result *result = step->kind == ADP_STEP_BIND ? result_of(r, step) : NULL;
        char *name;
        char *key;
        char code[9] = "";

        if (!result) {
            continue;
        }
        /* Where a KRB-ERROR tells why, the finding about that one does. */
        if (adp_rules_outcome(r, step) != ADP_FAILED || adp_rules_is_krb_refusal(r, step)) {
            continue;
        }
        (void)sub_code(result, code);
        name = bind_name(r, step);
        /* What is no matter of the account is one cause, whoever binds. */
        key = g_strdup_printf("%u|%u|%s|%s", step->flow.server, result->result, code,
                              name && is_about_account(bind_finding(r, step, result), result) ? name
                                                                                              : "");
        adp_groups_add(groups, step, key);
        g_free(key);
        g_free(name);
    }
    locked = locked_accounts(r, groups);
    for (i = 0; i < groups->list->len; i++) {
        const adp_group *group = g_ptr_array_index(groups->list, i);
        gboolean told = tell_with_lock(r, locked, locks, group);

        /* The lock was told with the wrong passwords, which began before it. */
        if (!told && !g_hash_table_contains(locks, group)) {
            report_bind(r, group);
        }
    }
    g_hash_table_unref(locked);
    g_hash_table_unref(locks);
    adp_groups_free(groups);
}

/* ---- searches without a bind ---- */

gboolean adp_rules_is_not_bound(const adp_rules *r, const adp_step *step)
{
    const adp_obs_result *result = result_of(r, step);

    /* Samba's number for the same. */
    return result && result->result == RESULT_OPERATIONS_ERROR &&
           (says(result, "000004DC") || says(result, "00002020"));
}

static void not_bound(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        adp_finding *f;
        char *subject;
        char *server;

        if ((step->kind != ADP_STEP_SCP && step->kind != ADP_STEP_ROOTDSE) ||
            !adp_rules_is_not_bound(r, step)) {
            continue;
        }
        subject = g_strdup_printf("%u", step->flow.server);
        f = adp_rules_find(r, ADP_FINDING_LDAP_NOT_BOUND, step->path, subject);
        g_free(subject);
        adp_rules_cite_step(r, f, step);
        if (f->summary) {
            continue;
        }
        server = adp_rules_named(r, step->flow.server);
        adp_rules_summary(f, "%s answers the search only after a bind", server);
        adp_rules_observed(f, "The search ended with operationsError and %s",
                           says(result_of(r, step), "000004DC") ? "000004DC" : "00002020");
        adp_rules_inferred(f, "Nobody was bound on this connection, or only anonymously. Active "
                              "Directory shows the rootDSE to everybody, and nothing else.");
        adp_rules_advise(r, f, "ldap-not-bound", "host", adp_rules_host(r, step->flow.server),
                         "server", adp_rules_address(r, step->flow.server), NULL);
        g_free(server);
        adp_rules_remedy(f, step->flow.client, ADP_TOPIC_READ, NULL);
    }
}

/* An operation that is no step was refused for the same reason. */
static void operation_not_bound(adp_rules *r, const adp_ldap_operation *operation, guint32 path)
{
    const adp_obs_result *result = &adp_model_obs(r->model, operation->reply)->u.operation->result;
    const adp_step *bind = operation->bind != ADP_NONE ? adp_rules_step(r, operation->bind) : NULL;
    const adp_obs *asked = bind ? adp_rules_request(r, bind) : NULL;
    gboolean anonymous = asked && asked->u.bind->anonymous;
    const char *what = adp_ldap_op_name(operation->op);
    char *server = adp_rules_named(r, operation->flow.server);
    char number[ADP_NUMBER_TEXT];
    adp_finding *f = adp_rules_find(r, ADP_FINDING_LDAP_NOT_BOUND, path,
                                    adp_number_text(operation->flow.server, number));

    adp_rules_cite(f, operation->reply);
    if (bind) {
        adp_rules_cite_step(r, f, bind);
    }
    if (!f->summary) {
        adp_rules_summary(f,
                          "%s refuses an LDAP operation (%s), which needs a bind: nobody is bound",
                          server, what);
        adp_rules_observed(f, "The operation (%s) ended with operationsError and %s%s", what,
                           says(result, "000004DC") ? "000004DC" : "00002020",
                           anonymous ? "; the bind before it was anonymous" : "");
        adp_rules_inferred(f, "%s",
                           anonymous
                               ? "The connection is bound anonymously: Active Directory shows "
                                 "the rootDSE to everybody, and nothing else."
                               : "Nobody was bound on this connection, or only anonymously: "
                                 "a program that follows a referral often binds so.");
        adp_rules_advise(r, f, "ldap-not-bound", "host", adp_rules_host(r, operation->flow.server),
                         "server", adp_rules_address(r, operation->flow.server), NULL);
        /* A program that learns from the refusal binds, and asks again. */
        adp_rules_remedy(f, operation->flow.client, ADP_TOPIC_BIND, number);
        if (anonymous) {
            adp_rules_sign(f, ADP_SIGN_ANONYMOUS, bind->request);
        }
    }
    g_free(server);
}

static void starttls_failed(adp_rules *r, const adp_ldap_operation *operation, guint32 path)
{
    const adp_obs_result *result = &adp_model_obs(r->model, operation->reply)->u.operation->result;
    const char *name = adp_ldap_result_name(result->result);
    char *server = adp_rules_named(r, operation->flow.server);
    char *said = adp_one_line(result->diagnostic);
    char *port = g_strdup_printf("%u", operation->flow.server_port);
    char number[ADP_NUMBER_TEXT];
    adp_finding *f = adp_rules_find(r, ADP_FINDING_STARTTLS_FAILED, path,
                                    adp_number_text(operation->flow.server, number));

    adp_rules_cite(f, operation->request);
    adp_rules_cite(f, operation->reply);
    adp_rules_summary(f, "%s refuses StartTLS: %s", server, name ? name : "error");
    adp_rules_observed(f, "StartTLS on port %u ended with result %u%s%s",
                       operation->flow.server_port, result->result,
                       said && *said ? ", saying " : "", said ? said : "");
    adp_rules_inferred(f, "The server did not take StartTLS. Where it says unavailable (52), a "
                          "controller of Windows without a certificate answers so.");
    adp_rules_advise(r, f, "starttls-failed", "host", adp_rules_host(r, operation->flow.server),
                     "server", adp_rules_address(r, operation->flow.server), "port", port, NULL);
    g_free(port);
    if (adp_port_is_ldaps(operation->flow.server_port) || operation->tls != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_IN_TLS, operation->request);
    }
    /* The same server in another way, or another server. */
    adp_rules_remedy(f, operation->flow.client, ADP_TOPIC_LDAP_SERVER, number);
    adp_rules_remedy(f, operation->flow.client, ADP_TOPIC_LDAP, NULL);
    g_free(said);
    g_free(server);
}

static void operations(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_model_operation_count(r->model); i++) {
        const adp_ldap_operation *operation = adp_model_operation(r->model, i);
        guint32 path = adp_model_operation_path(r->model, operation);
        const adp_obs_result *result;

        if (operation->reply == ADP_NONE || path == ADP_NONE) {
            continue;
        }
        result = &adp_model_obs(r->model, operation->reply)->u.operation->result;
        if (result->damaged || result->result == ADP_LDAP_SUCCESS) {
            continue;
        }
        if (operation->op == ADP_LDAP_OP_STARTTLS) {
            starttls_failed(r, operation, path);
        } else if (result->result == RESULT_OPERATIONS_ERROR &&
                   (says(result, "000004DC") || says(result, "00002020"))) {
            operation_not_bound(r, operation, path);
        }
    }
}

/* ---- silence ---- */

static gboolean is_ldap(adp_step_kind kind)
{
    return kind == ADP_STEP_BIND || kind == ADP_STEP_ROOTDSE || kind == ADP_STEP_SCP;
}

/* The last observation of each server on each TCP connection: stream + 1 -> number + 1. */
static GHashTable *last_spoken(const adp_rules *r)
{
    GHashTable *spoken = g_hash_table_new(NULL, NULL);
    guint32 i;

    for (i = 0; i < adp_model_obs_count(r->model); i++) {
        const adp_obs *obs = adp_model_obs(r->model, i);

        if (obs->from_server && obs->flow.transport == ADP_TCP && obs->flow.stream != ADP_NONE &&
            obs->type != ADP_OBS_TCP) {
            g_hash_table_replace(spoken, GUINT_TO_POINTER(obs->flow.stream + 1),
                                 GUINT_TO_POINTER(i + 1));
        }
    }
    return spoken;
}

/* A server that answers later requests has answered this one: the capture lost the packet. */
static gboolean spoke_later(const adp_rules *r, GHashTable *spoken, const adp_step *step)
{
    guint last =
        GPOINTER_TO_UINT(g_hash_table_lookup(spoken, GUINT_TO_POINTER(step->flow.stream + 1)));

    (void)r;
    return step->flow.stream != ADP_NONE && last > step->last + 1;
}

static void unanswered(adp_rules *r)
{
    GHashTable *spoken = last_spoken(r);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_step *by;
        adp_finding *f;
        char *subject;
        char number[ADP_NUMBER_TEXT];
        char *server;
        char *words;

        if (!is_ldap(step->kind) || adp_rules_outcome(r, step) != ADP_UNANSWERED ||
            spoke_later(r, spoken, step)) {
            continue;
        }
        subject = g_strdup_printf("%u", step->flow.server);
        f = adp_rules_find(r, ADP_FINDING_LDAP_UNANSWERED, step->path, subject);
        g_free(subject);
        adp_rules_cite_step(r, f, step);
        adp_rules_sign_silence(r, f, step);
        if (f->summary) {
            continue;
        }
        server = adp_rules_named(r, step->flow.server);
        words = adp_rules_silence_words(r, step);
        adp_rules_summary(f, "%s does not answer over LDAP", server);
        adp_rules_observed(f, "A %s was sent to %s%s",
                           step->kind == ADP_STEP_BIND ? "bind" : "search", server, words);
        g_free(words);
        adp_rules_inferred(f, "The connection is there, as the request went over it, and the "
                              "capture goes on for more than five seconds.");
        adp_rules_advise(r, f, "ldap-unanswered", "host", adp_rules_host(r, step->flow.server),
                         "server", adp_rules_address(r, step->flow.server), NULL);
        g_free(server);
        by = adp_rules_other_server(r, step);
        if (by) {
            adp_rules_recovered(r, f, by);
        }
        /* A new connection to the same server does it as well. */
        adp_rules_remedy(f, step->flow.client, ADP_TOPIC_LDAP_SERVER,
                         adp_number_text(step->flow.server, number));
    }
    g_hash_table_unref(spoken);
}

/* ---- what cannot be seen ---- */

static const char *protection_words(adp_protection protection)
{
    switch (protection) {
    case ADP_PROTECTION_SEALED:
        return "sealed by SASL: a keytab with the key of the domain controller's or the client's "
               "account opens them (Preferences > Protocols > KRB5)";
    case ADP_PROTECTION_TLS:
        return "carried by TLS: the session secrets of either end open them (Preferences > "
               "Protocols > TLS, key log file)";
    case ADP_PROTECTION_SIGNED:
        return "signed, in a form that Wireshark does not take apart";
    default:
        return "wrapped: how, only the bind would tell, and the bind is not in the capture";
    }
}

gboolean adp_rules_is_unbound(const adp_rules *r, const adp_step *step)
{
    return step->kind == ADP_STEP_HIDDEN && !step->mechanism &&
           adp_model_obs(r->model, step->first)->protection != ADP_PROTECTION_TLS;
}

static void hidden(adp_rules *r)
{
    GHashTable *counts = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        adp_protection protection;
        adp_finding *f;
        char *subject;
        char *server;
        guint messages;

        if (step->kind != ADP_STEP_HIDDEN) {
            continue;
        }
        protection = adp_model_obs(r->model, step->first)->protection;
        server = adp_rules_named(r, step->flow.server);
        subject = g_strdup_printf("%u|%u", step->path, step->flow.server);
        messages = GPOINTER_TO_UINT(g_hash_table_lookup(counts, subject)) + step->count;
        g_hash_table_replace(counts, g_strdup(subject), GUINT_TO_POINTER(messages));
        f = adp_rules_find(r, ADP_FINDING_LDAP_HIDDEN, step->path, subject);
        adp_rules_cite(f, step->first);
        adp_rules_summary(f, "%u LDAP %s with %s cannot be seen", messages,
                          messages == 1 ? "message" : "messages", server);
        adp_rules_observed(f, "%u %s of this client with %s %s %s", messages,
                           messages == 1 ? "message" : "messages", server,
                           messages == 1 ? "is" : "are", protection_words(protection));
        adp_rules_inferred(f, "A search for service connection points may be among them. That none "
                              "is visible says nothing about whether there was one.");
        adp_rules_advise(r, f, "ldap-hidden", "host", adp_rules_host(r, step->flow.server),
                         "server", adp_rules_address(r, step->flow.server), NULL);
        if (protection == ADP_PROTECTION_TLS) {
            adp_rules_sign(f, ADP_SIGN_IN_TLS, step->first);
        }
        if (adp_rules_is_unbound(r, step)) {
            f = adp_rules_find(r, ADP_FINDING_LDAP_MECHANISM_UNKNOWN, step->path, subject);
            adp_rules_cite(f, step->first);
            adp_rules_summary(f, "The capture began after the bind with %s", server);
            adp_rules_observed(f, "Wrapped LDAP messages without a bind before them");
            adp_rules_inferred(f, "%s",
                               protection == ADP_PROTECTION_UNKNOWN
                                   ? "Without the bind it cannot be told how the messages are "
                                     "wrapped, who is bound, or with which ticket."
                                   : "How the messages are wrapped, they tell themselves; who is "
                                     "bound, and with which ticket, only the bind would.");
            adp_rules_advise(r, f, "ldap-mechanism-unknown", "host",
                             adp_rules_host(r, step->flow.server), "server",
                             adp_rules_address(r, step->flow.server), "domain",
                             adp_model_path(r->model, step->path)->domain, NULL);
        }
        g_free(subject);
        g_free(server);
    }
    g_hash_table_unref(counts);
}

void adp_rules_ldap(adp_rules *r)
{
    binds(r);
    not_bound(r);
    operations(r);
    unanswered(r);
    hidden(r);
}
