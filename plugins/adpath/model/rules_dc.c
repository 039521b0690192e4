/* rules_dc.c
 * Findings about domain controllers: LDAP pings, sites, connections.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

#include "text.h"
#include "web.h"

#include <string.h>

/* Flags of a ping's reply, MS-ADTS 6.3.1.2, and what NtVer asks for, 6.3.1.1. */
#define DS_PDC   0x00000001U
#define DS_GC    0x00000004U
#define DS_LDAP  0x00000008U
#define DS_KDC   0x00000020U
#define DS_NDNC  0x00000400U
#define WANT_GC  0x80000000U
#define WANT_PDC 0x10000000U

/* Nothing is called unreachable when the capture ends this soon after a SYN: three take 21 s. */
#define SYN_PATIENCE (21 * ADP_NS_PER_S)

static const adp_ping_request *asked(const adp_rules *r, const adp_step *step)
{
    const adp_obs *request = adp_rules_request(r, step);

    return request ? &request->u.search->ping : NULL;
}

static const adp_netlogon *said(const adp_rules *r, const adp_step *step)
{
    return step->netlogon != ADP_NONE ? &adp_model_obs(r->model, step->netlogon)->u.entry->netlogon
                                      : NULL;
}

/* The domain that a ping is about; "" when it asks for whatever the server serves. */
static const char *domain_of(const adp_rules *r, const adp_step *step)
{
    const adp_ping_request *ping = asked(r, step);
    const adp_netlogon *dc = said(r, step);

    if (ping && ping->domain && *ping->domain) {
        return ping->domain;
    }
    if (ping && ping->guid) {
        return ping->guid;
    }
    return dc && dc->domain ? dc->domain : "";
}

/* What the ping itself names: "" when it leaves the choice to the server. */
static const char *domain_asked(const adp_rules *r, const adp_step *step)
{
    const adp_ping_request *ping = asked(r, step);

    return !ping || (ping->domain && *ping->domain) || ping->guid ? domain_of(r, step) : "";
}

static gboolean is_serving(guint16 opcode)
{
    return opcode != ADP_NETLOGON_PAUSE && opcode != ADP_NETLOGON_PAUSE_EX;
}

static gboolean is_user_unknown(guint16 opcode)
{
    return opcode == ADP_NETLOGON_USER_UNKNOWN || opcode == ADP_NETLOGON_USER_UNKNOWN_EX;
}

/* Why the locator rejects this answer; NULL when it takes it. */
static const char *rejection(const adp_rules *r, const adp_step *step)
{
    const adp_netlogon *dc = said(r, step);
    const adp_ping_request *ping = asked(r, step);
    guint32 want = ping && ping->has_ntver ? ping->ntver : 0;

    if (!dc) {
        return "does not host it";
    }
    if (!is_serving(dc->opcode)) {
        return "its Netlogon service is paused";
    }
    if (!dc->has_flags || (dc->flags & DS_NDNC)) {
        return NULL;
    }
    if ((want & WANT_GC) && !(dc->flags & DS_GC)) {
        return "it is no global catalog, which was asked for";
    }
    if ((want & WANT_PDC) && !(dc->flags & DS_PDC)) {
        return "it is not the PDC emulator, which was asked for";
    }
    /* From memory: the locator takes no controller without these two. */
    if (!(dc->flags & DS_LDAP)) {
        return "it does not offer LDAP";
    }
    if (!(dc->flags & DS_KDC)) {
        return "it does not offer Kerberos";
    }
    return NULL;
}

static const char *rejection_key(const adp_rules *r, const adp_step *step)
{
    const adp_netlogon *dc = said(r, step);

    if (!dc) {
        return "dc-not-serving/not-hosting";
    }
    return is_serving(dc->opcode) ? "dc-not-serving/role" : "dc-not-serving/paused";
}

/* ForestDnsZones and DomainDnsZones are no domains: not every controller hosts them. */
static gboolean is_partition(const char *domain)
{
    return adp_has_prefix(domain, "ForestDnsZones.") || adp_has_prefix(domain, "DomainDnsZones.");
}

/* ---- pings ---- */

static gboolean was_prohibited(const adp_rules *r, const adp_step *step)
{
    return step->icmp != ADP_NONE && adp_model_obs(r->model, step->icmp)->u.icmp->prohibited;
}

static char *servers_of(const adp_rules *r, const adp_group *group)
{
    GString *out = g_string_new(NULL);
    GHashTable *seen = g_hash_table_new(NULL, NULL);
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);
        gpointer key = GUINT_TO_POINTER(step->flow.server + 1);
        guint shown = g_hash_table_size(seen);

        if (!g_hash_table_contains(seen, key) && shown < 4) {
            char *name = adp_rules_named(r, step->flow.server);

            g_string_append_printf(out, "%s%s", shown ? ", " : "", name);
            g_free(name);
        }
        g_hash_table_add(seen, key);
    }
    if (g_hash_table_size(seen) > 4) {
        g_string_append_printf(out, " and %u more", g_hash_table_size(seen) - 4);
    }
    g_hash_table_unref(seen);
    return g_string_free(out, FALSE);
}

static char *ldap_topic(guint32 server)
{
    return g_strdup_printf("ldap|%u", server);
}

/* The client went on without the ping, as some do: LDAP with one of the servers worked. */
static const adp_step *bound_later(const adp_rules *r, const adp_group *group)
{
    const adp_step *found = NULL;
    guint i;

    for (i = 0; i < group->steps->len && !found; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);
        char *topic = ldap_topic(step->flow.server);

        found = adp_rules_good(r, step->flow.client, topic, step);
        g_free(topic);
    }
    return found;
}

static void report_unanswered(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const char *domain = domain_of(r, first);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_PING_UNANSWERED, first->path, domain);
    char *servers = servers_of(r, group);
    gboolean prohibited = FALSE;
    const adp_step *by;
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);

        if (adp_rules_outcome(r, step) == ADP_UNANSWERED) {
            adp_rules_cite_step(r, f, step);
            prohibited = prohibited || was_prohibited(r, step);
        }
    }
    adp_rules_summary(f, "No domain controller%s%s answered an LDAP ping", *domain ? " of " : "",
                      domain);
    adp_rules_observed(f, "%u LDAP %s%s%s to %s without any reply%s", group->steps->len,
                       group->steps->len == 1 ? "ping" : "pings", *domain ? " for " : "", domain,
                       servers,
                       prohibited ? ", and an ICMP message that says the way is barred" : "");
    adp_rules_inferred(f,
                       "The capture goes on for more than five seconds and holds other frames to "
                       "this client. Whether TCP port 389 is open, a ping over UDP does not "
                       "show.");
    adp_rules_advise(r, f, prohibited ? "ping-unanswered/prohibited" : "ping-unanswered", "domain",
                     *domain ? domain : NULL, "server", adp_rules_address(r, first->flow.server),
                     "host", adp_rules_host(r, first->flow.server), NULL);
    g_free(servers);
    by = bound_later(r, group);
    if (by) {
        adp_rules_recovered(r, f, by);
    }
}

static void report_not_serving(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const char *domain = domain_of(r, first);
    adp_finding *f;
    GString *why = g_string_new(NULL);
    const char *key = "dc-not-serving";
    guint shown = 0;
    guint i;

    f = adp_rules_find(r, ADP_FINDING_DC_NOT_SERVING, first->path, domain);
    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);
        const char *reason = rejection(r, step);
        char *name;

        if ((step->reply == ADP_NONE && step->netlogon == ADP_NONE) || !reason) {
            continue;
        }
        adp_rules_cite_step(r, f, step);
        key = rejection_key(r, step);
        if (shown++ < 3) {
            name = adp_rules_named(r, step->flow.server);
            g_string_append_printf(why, "%s%s: %s", shown > 1 ? "; " : "", name, reason);
            g_free(name);
        }
    }
    adp_rules_summary(f, "No domain controller answered acceptably for %s",
                      *domain ? domain : "the domain it serves");
    adp_rules_observed(f, "%s", why->str);
    adp_rules_inferred(f, "A client's locator rejects such an answer and goes on to the next "
                          "controller; the capture shows none that it could take. TCP connections "
                          "to these hosts may work all the same.");
    adp_rules_advise(r, f, key, "domain", *domain ? domain : NULL, "host",
                     adp_rules_host(r, first->flow.server), "server",
                     adp_rules_address(r, first->flow.server), NULL);
    g_string_free(why, TRUE);
}

/* Per client and domain: did any answer come, and was any acceptable? */
static void judge_pings(adp_rules *r, const adp_group *group)
{
    gboolean answered = FALSE;
    gboolean acceptable = FALSE;
    gboolean unanswered = FALSE;
    gboolean failed = FALSE;
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);
        adp_outcome outcome = adp_rules_outcome(r, step);

        if (step->reply != ADP_NONE || step->netlogon != ADP_NONE) {
            answered = TRUE;
            /* Pending: an answer that was not captured whole may have been good. */
            if (outcome == ADP_PENDING || outcome == ADP_NORMAL || !rejection(r, step)) {
                acceptable = TRUE;
            }
            failed = TRUE;
        } else if (outcome == ADP_UNANSWERED) {
            unanswered = TRUE;
        } else {
            acceptable = TRUE; /* too early to judge */
        }
    }
    if (acceptable || is_partition(domain_of(r, adp_group_first(group)))) {
        return;
    }
    if (answered && failed) {
        report_not_serving(r, group);
    } else if (unanswered) {
        report_unanswered(r, group);
    }
}

/* Tools read the attribute among others, without the filter of a locator; that finds nobody. */
static gboolean is_locator(const adp_rules *r, const adp_step *step)
{
    const adp_ping_request *ping = asked(r, step);

    return !ping || ping->domain || ping->guid || ping->has_ntver;
}

static gboolean names_domain(const adp_rules *r, const adp_step *step)
{
    const adp_ping_request *ping = asked(r, step);

    return !ping || (ping->domain && *ping->domain);
}

/* A ping was answered acceptably. */
#define TOPIC_PING "ping acceptable"

static void pings(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if ((step->kind == ADP_STEP_BIND || step->kind == ADP_STEP_SCP) &&
            adp_rules_outcome(r, step) == ADP_OK) {
            char *topic = ldap_topic(step->flow.server);

            adp_rules_note_good(r, step, topic);
            g_free(topic);
        }
    }

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (step->kind == ADP_STEP_PING && is_locator(r, step)) {
            adp_groups_add(groups, step, domain_asked(r, step));
            if (adp_rules_outcome(r, step) == ADP_OK && !rejection(r, step)) {
                adp_rules_note_good(r, step, TOPIC_PING);
            }
        }
    }
    for (i = 0; i < groups->list->len; i++) {
        const adp_group *group = g_ptr_array_index(groups->list, i);

        /* Which domain was meant is not said: then any controller will do. */
        if (names_domain(r, adp_group_first(group)) ||
            !adp_rules_good(r, adp_group_first(group)->flow.client, TOPIC_PING, NULL)) {
            judge_pings(r, group);
        }
    }
    adp_groups_free(groups);
}

/* ---- what a controller says of the client ---- */

/* Is `user` the account of the machine that asks? TRUE for CRM1$ asked by crm1.contoso.com. */
static gboolean is_own_account(const adp_ping_request *ping)
{
    gsize len = ping->user ? strlen(ping->user) : 0;
    const char *host = ping->host ? ping->host : ping->dns_host;

    if (len < 2 || ping->user[len - 1] != '$' || !host) {
        return FALSE;
    }
    len--;
    /* NetBIOS names end after 15 characters. */
    return g_ascii_strncasecmp(host, ping->user, len) == 0 &&
           (host[len] == '\0' || host[len] == '.' || len == 15);
}

static void account_unknown(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_netlogon *dc = step->kind == ADP_STEP_PING ? said(r, step) : NULL;
        const adp_ping_request *ping = dc ? asked(r, step) : NULL;
        const char *user;
        char *topic;
        adp_finding *f;

        if (!dc || (!ping && !dc->user)) {
            continue;
        }
        user = ping && ping->user ? ping->user : dc->user;
        topic = g_strdup_printf("account|%s", user ? user : "");
        if (user && *user && !is_user_unknown(dc->opcode) && is_serving(dc->opcode)) {
            adp_rules_note_good(r, step, topic);
        }
        if (!is_user_unknown(dc->opcode) || !user || !*user) {
            g_free(topic);
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_ACCOUNT_UNKNOWN_TO_DC, step->path, user);
        adp_rules_cite_step(r, f, step);
        if (!f->summary) {
            char *server = adp_rules_named(r, step->flow.server);

            adp_rules_summary(f, "%s does not know the account %s", server, user);
            adp_rules_observed(f, "The reply to the LDAP ping says \"user unknown\" for %s", user);
            adp_rules_inferred(f, "The account is not there, not of the kind asked for, disabled, "
                                  "or not yet replicated to this controller. The controller "
                                  "itself serves.");
            if (!ping || !is_own_account(ping)) {
                f->severity = ADP_SEVERITY_NOTE;
            }
            adp_rules_advise(r, f, "account-unknown-to-dc", "account", user, "host",
                             adp_rules_host(r, step->flow.server), "domain", dc->domain, NULL);
            g_free(server);
        }
        g_free(topic);
    }
    /* Another controller that knows it makes it good. */
    for (i = 0; i < r->found->len; i++) {
        adp_finding *f = g_ptr_array_index(r->found, i);

        if (f->id == ADP_FINDING_ACCOUNT_UNKNOWN_TO_DC) {
            guint32 obs = g_array_index(f->evidence, guint32, 0);
            const adp_step *step = adp_rules_step(r, adp_model_mark(r->model, obs)->step);
            const adp_ping_request *ping = asked(r, step);
            char *topic = g_strdup_printf("account|%s", ping && ping->user ? ping->user : "");
            const adp_step *by = adp_rules_good(r, step->flow.client, topic, NULL);

            if (by) {
                adp_rules_recovered(r, f, by);
            }
            g_free(topic);
        }
    }
}

/*
 * Is this a controller of the domain the client is a member of? The client's own
 * DNS name tells; without it only a client that talks to one domain.
 */
static gboolean is_own_domain(const adp_rules *r, const adp_step *step, const adp_netlogon *dc)
{
    const adp_ping_request *ping = asked(r, step);
    const adp_path *path = adp_model_path(r->model, step->path);
    const char *name = ping && ping->dns_host ? ping->dns_host
                                              : adp_model_address_name(r->model, step->flow.client);
    const char *dot = name ? strchr(name, '.') : NULL;

    if (dot) {
        return adp_same_text(dot + 1, dc->domain);
    }
    if (ping && ping->user && is_own_account(ping)) {
        return TRUE;
    }
    return adp_same_text(path->domain, dc->domain);
}

static void client_site(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_netlogon *dc = step->kind == ADP_STEP_PING ? said(r, step) : NULL;

        if (dc && dc->client_site && *dc->client_site) {
            adp_rules_note_good(r, step, "client-site");
        }
    }
    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_netlogon *dc = step->kind == ADP_STEP_PING ? said(r, step) : NULL;
        adp_finding *f;
        char *server;

        if (!dc || !dc->client_site || *dc->client_site || !dc->domain || !*dc->domain ||
            !is_serving(dc->opcode) || !is_own_domain(r, step, dc) ||
            adp_rules_good(r, step->flow.client, "client-site", NULL)) {
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_CLIENT_SITE_UNDEFINED, step->path, dc->domain);
        adp_rules_cite_step(r, f, step);
        if (f->summary) {
            continue;
        }
        server = adp_rules_named(r, step->flow.server);
        adp_rules_summary(f, "%s is in no site of %s", adp_rules_address(r, step->flow.client),
                          dc->domain);
        adp_rules_observed(f, "%s leaves the client's site empty in its reply to the LDAP ping",
                           server);
        adp_rules_inferred(f,
                           "No subnet object of the forest covers %s, the address the "
                           "controller sees. The client takes any domain controller, and has "
                           "no site by which to choose a service connection point.",
                           adp_rules_address(r, step->flow.client));
        adp_rules_advise(r, f, "client-site-undefined", "domain", dc->domain, "server",
                         adp_rules_address(r, step->flow.server), "host",
                         adp_rules_host(r, step->flow.server), NULL);
        g_free(server);
    }
}

static void other_site(adp_rules *r)
{
    GHashTable *uses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (step->kind == ADP_STEP_BIND || step->kind == ADP_STEP_SCP ||
            step->kind == ADP_STEP_HIDDEN || step->kind == ADP_STEP_ROOTDSE) {
            g_hash_table_add(uses, g_strdup_printf("%u|%u", step->flow.client, step->flow.server));
        }
    }
    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_netlogon *dc = step->kind == ADP_STEP_PING ? said(r, step) : NULL;
        char *key;
        gboolean used;
        adp_finding *f;
        char *server;

        if (!dc || !dc->has_flags || (dc->flags & ADP_DS_CLOSEST) || !dc->client_site ||
            !*dc->client_site || !dc->dc_site || !*dc->dc_site ||
            adp_same_text(dc->client_site, dc->dc_site) || !is_serving(dc->opcode)) {
            continue;
        }
        key = g_strdup_printf("%u|%u", step->flow.client, step->flow.server);
        used = g_hash_table_contains(uses, key);
        if (!used) {
            g_free(key);
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_DC_OTHER_SITE, step->path, key);
        g_free(key);
        adp_rules_cite_step(r, f, step);
        if (f->summary) {
            continue;
        }
        server = adp_rules_named(r, step->flow.server);
        adp_rules_summary(f, "The client in site %s uses a domain controller of site %s",
                          dc->client_site, dc->dc_site);
        adp_rules_observed(f,
                           "%s says that it is not the closest, and the client sent it LDAP "
                           "requests",
                           server);
        adp_rules_inferred(f,
                           "No controller of site %s was found or answered, or the client was "
                           "told to use this one.",
                           dc->client_site);
        adp_rules_advise(r, f, "dc-other-site", "site", dc->client_site, "host",
                         adp_rules_host(r, step->flow.server), "domain", dc->domain, NULL);
        g_free(server);
    }
    g_hash_table_unref(uses);
}

/* ---- connections ---- */

static gboolean is_dc(const adp_rules *r, guint32 address)
{
    const char *name = adp_model_address_name(r->model, address);

    return adp_rules_is_fact(r, ADP_FACT_DC, adp_rules_address(r, address)) ||
           (name && adp_rules_is_fact(r, ADP_FACT_DC, name));
}

static gboolean is_dc_port(guint16 port)
{
    return port == 88 || port == 389 || port == 636 || port == 3268 || port == 3269;
}

#define TOPIC_LDAP "ldap used"
#define TOPIC_KDC  "kdc used"
#define TOPIC_STEP "step" /* any, however it ended */

/* The path of the client's step before the attempt, else of the one behind it; ADP_NONE: none. */
static guint32 path_near(const adp_rules *r, const adp_attempt *attempt)
{
    const adp_step *step =
        adp_rules_good_before(r, attempt->flow.client, TOPIC_STEP, attempt->first);

    if (!step) {
        step = adp_rules_good(r, attempt->flow.client, TOPIC_STEP, NULL);
    }
    return step ? step->path : ADP_NONE;
}

guint32 adp_rules_path_near(const adp_rules *r, const adp_attempt *attempt)
{
    return path_near(r, attempt);
}

const char *adp_rules_attempt_failed(const adp_rules *r, const adp_attempt *attempt)
{
    if (attempt->accepted) {
        return NULL;
    }
    if (attempt->prohibited) {
        return "prohibited";
    }
    if (attempt->refused) {
        return "refused";
    }
    if (adp_since(r->end, attempt->last_time) < SYN_PATIENCE ||
        !adp_model_was_heard(r->model, attempt->flow.client)) {
        return NULL;
    }
    return "silent";
}

const char *adp_rules_attempt_words(const char *how)
{
    if (strcmp(how, "refused") == 0) {
        return "refused the connection";
    }
    return strcmp(how, "silent") == 0 ? "did not answer" : "is barred, as an ICMP message says";
}

void adp_rules_cite_attempt(const adp_rules *r, adp_finding *f, const adp_attempt *attempt)
{
    guint32 i;

    for (i = attempt->first; i != ADP_NONE; i = adp_model_mark(r->model, i)->next) {
        adp_rules_cite(f, i);
    }
}

static char *end_key(const adp_attempt *attempt)
{
    return g_strdup_printf("%u|%u|%u", attempt->flow.client, attempt->flow.server,
                           attempt->flow.server_port);
}

static void learn_use(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        adp_outcome outcome = adp_rules_outcome(r, step);

        adp_rules_note_good(r, step, TOPIC_STEP);
        if (step->kind == ADP_STEP_HIDDEN ||
            (outcome == ADP_OK && (step->kind == ADP_STEP_BIND || step->kind == ADP_STEP_ROOTDSE ||
                                   step->kind == ADP_STEP_SCP))) {
            adp_rules_note_good(r, step, TOPIC_LDAP);
        } else if (step->kind == ADP_STEP_KERBEROS && outcome == ADP_OK &&
                   adp_model_obs(r->model, step->first)->u.krb->carrier == ADP_CARRIER_KDC) {
            adp_rules_note_good(r, step, TOPIC_KDC);
        }
    }
}

/* What the client got after the attempt: from another DC, another port, or over UDP. */
static const adp_step *used_instead(const adp_rules *r, const adp_attempt *attempt)
{
    const char *topic = attempt->flow.server_port == 88 ? TOPIC_KDC : TOPIC_LDAP;

    return adp_rules_good(
        r, attempt->flow.client, topic,
        adp_rules_good_before(r, attempt->flow.client, TOPIC_STEP, attempt->first));
}

static void report_unreachable(adp_rules *r, const adp_attempt *attempt, const char *how)
{
    guint32 path = path_near(r, attempt);
    const adp_step *by;
    adp_finding *f;
    char *server;
    char *subject;
    char *key;

    if (path == ADP_NONE) {
        return;
    }
    subject = g_strdup_printf("%u|%u", attempt->flow.server, attempt->flow.server_port);
    f = adp_rules_find(r, ADP_FINDING_DC_UNREACHABLE, path, subject);
    g_free(subject);
    adp_rules_cite_attempt(r, f, attempt);
    by = used_instead(r, attempt);
    if (by) {
        adp_rules_recovered(r, f, by);
    } else {
        adp_rules_unrecovered(f);
    }
    if (f->summary) {
        return;
    }
    server = adp_rules_named(r, attempt->flow.server);
    adp_rules_summary(f, "Domain controller %s, TCP port %u: %s", server, attempt->flow.server_port,
                      adp_rules_attempt_words(how));
    adp_rules_observed(f, "%u connection %s to %s, port %u: it %s", attempt->syns,
                       attempt->syns == 1 ? "request" : "requests", server,
                       attempt->flow.server_port, adp_rules_attempt_words(how));
    adp_rules_inferred(f, "It is taken for a domain controller because a locator record or its "
                          "own reply to a ping says so.");
    key = g_strdup_printf("dc-unreachable/%s", how);
    adp_rules_advise(r, f, key, "server", adp_rules_address(r, attempt->flow.server), "host",
                     adp_rules_host(r, attempt->flow.server), NULL);
    g_free(key);
    g_free(server);
}

static void unreachable(adp_rules *r)
{
    GHashTable *accepted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint32 i;

    for (i = 0; i < adp_model_attempt_count(r->model); i++) {
        const adp_attempt *attempt = adp_model_attempt(r->model, i);

        if (attempt->accepted) {
            g_hash_table_add(accepted, end_key(attempt));
        }
    }
    for (i = 0; i < adp_model_attempt_count(r->model); i++) {
        const adp_attempt *attempt = adp_model_attempt(r->model, i);
        const char *how = adp_rules_attempt_failed(r, attempt);
        char *key;

        if (!how || !is_dc_port(attempt->flow.server_port) || !is_dc(r, attempt->flow.server)) {
            continue;
        }
        key = end_key(attempt);
        /* krb-tcp-blocked says more than this about the same frames. */
        if (!g_hash_table_contains(accepted, key) &&
            !(attempt->flow.server_port == 88 && adp_rules_is_fact(r, ADP_FACT_TCP_BLOCKED, key))) {
            report_unreachable(r, attempt, how);
        }
        g_free(key);
    }
    g_hash_table_unref(accepted);
}

void adp_rules_dc(adp_rules *r)
{
    learn_use(r);
    pings(r);
    account_unknown(r);
    client_site(r);
    other_site(r);
    unreachable(r);
}
