/* bind_report.c
 * The finding about refused LDAP binds of one kind.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/bind_report.h"

#include "case/accounts.h"
#include "case/principal.h"
#include "join/model.h"
#include "judge/bind_refusal.h"
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
#include "wire/text.h"

#include <string.h>

void adp_bind_sign_nobody(const adp_rules *r, adp_finding *f, guint32 obs)
{
    const adp_obs_bind *bind = adp_model_obs(r->model, obs)->u.bind;
    adp_sign sign = bind->name ? ADP_SIGN_NO_PASSWORD : ADP_SIGN_ANONYMOUS;

    if (bind->anonymous && !adp_finding_has_sign(f, sign)) {
        adp_rules_sign(f, sign, obs);
    }
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
    char *subject = adp_bind_subject(step, name);
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

    if (adp_bind_is_in_tls(r, step)) {
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
    if (request->u.bind->version == ADP_LDAP_VERSION_2) {
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

/* Is the account let in at another server, before or after? Then what this one knows of it may be old. */
static void sign_elsewhere(const adp_rules *r, adp_finding *f, const adp_group *group,
                           const char *account)
{
    const adp_step *first = adp_group_first(group);
    char *by = account ? adp_bind_by(account) : NULL;
    const adp_step *good = by ? adp_rules_good(r, first->client, ADP_TOPIC_BIND, by, first) : NULL;

    if (by && !good) {
        good = adp_rules_good_before(r, first->client, ADP_TOPIC_BIND, by, first->first);
    }
    if (good && good->path == first->path && good->flow.server != first->flow.server) {
        adp_rules_sign(f, ADP_SIGN_ACCEPTED_ELSEWHERE, good->reply);
    }
    g_free(by);
}

/* The first of the group's binds at another server than its first one's; NULL: all are at one. */
static const adp_step *elsewhere(const adp_group *group)
{
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);

        if (step->flow.server != adp_group_first(group)->flow.server) {
            return step;
        }
    }
    return NULL;
}

void adp_bind_report(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs_result *result = adp_ldap_result_of(r, first);
    char *account = adp_bind_name(r, first);
    gboolean about_account = adp_bind_is_about_account(r, first);
    char *subject = adp_bind_subject(first, about_account ? account : NULL);
    char number[ADP_NUMBER_TEXT];
    adp_finding_id id = adp_bind_finding(r, first);
    adp_finding *f = adp_rules_find(r, id, first->path, group->key);
    const char *name = adp_ldap_result_name(result->result);
    const char *meaning = adp_bind_meaning(r, first);
    char *server = adp_rules_servers(r, group);
    const adp_step *other = elsewhere(group);
    char *said = adp_one_line(result->diagnostic);
    char *ways = ways_of(group);
    char *key = adp_bind_case(r, first);
    char *cn = account && adp_account_kind_of(account) == ADP_ACCOUNT_DN
                   ? adp_principal_user(account)
                   : NULL;
    const adp_step *shown = about_account ? ticket_of(r, first) : NULL;

    adp_rules_cite_group(r, f, group);
    if (id == ADP_FINDING_LDAP_SIGNING_REQUIRED) {
        adp_rules_summary(f, "%s requires signing or TLS, and the LDAP bind had neither", server);
    } else if (id == ADP_FINDING_LDAP_CHANNEL_BINDING_REQUIRED) {
        adp_rules_summary(f, "%s requires channel binding, and refuses the LDAP bind without it",
                          server);
    } else {
        adp_rules_summary(f, "%s %s the LDAP bind%s%s: %s%s%s", server,
                          other ? "refuse" : "refuses", account ? " of " : "",
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
    if (adp_bind_is_about_trust(r, first)) {
        /* Accounts of other domains are let in all the time. */
        char *same = adp_bind_subject(first, account);

        adp_rules_remedy(f, first->client, ADP_TOPIC_BIND, same);
        g_free(same);
    } else {
        adp_rules_remedy(f, first->client, ADP_TOPIC_BIND, subject);
    }
    if (!about_account && !adp_bind_is_about_trust(r, first)) {
        adp_rules_remedy(f, first->client, ADP_TOPIC_LDAP_USED,
                         adp_number_text(first->flow.server, number));
    }
    sign_bind(r, f, first);
    if (about_account) {
        sign_elsewhere(r, f, group, account);
    }
    if (other) {
        adp_rules_sign(f, ADP_SIGN_SEVERAL_DENY, other->reply);
    }
    if (result->result == ADP_LDAP_BUSY && adp_bind_pending(r, first) != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_BIND_PENDING, adp_bind_pending(r, first));
    }
    if (adp_bind_has_code(result, "775")) {
        sign_wrong_logon(r, f, first, account);
    }
    g_free(subject);
    g_free(account);
    g_free(cn);
    g_free(key);
    g_free(server);
}
