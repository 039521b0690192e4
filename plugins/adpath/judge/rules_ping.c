/* rules_ping.c
 * Findings about LDAP pings: did a controller answer, and acceptably?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_ping.h"

#include "case/names.h"
#include "facts/outcome.h"
#include "join/model.h"
#include "judge/bind_refusal.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/silence.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/netlogon.h"
#include "wire/text.h"

#include <string.h>

/* Flags of a ping's reply, MS-ADTS 6.3.1.2, and what NtVer asks for, 6.3.1.1. */
#define DS_PDC  0x00000001U
#define DS_GC   0x00000004U
#define DS_LDAP 0x00000008U
#define DS_KDC  0x00000020U
/* MS-ADTS 6.3.1.2: a read-only controller lacks the first and has the second. */
#define DS_WRITABLE     0x00000100U
#define DS_SOME_SECRETS 0x00000800U
#define DS_NDNC         0x00000400U
#define WANT_GC         0x80000000U
#define WANT_PDC        0x10000000U

const adp_ping_request *adp_ping_asked(const adp_rules *r, const adp_step *step)
{
    const adp_obs *request = adp_rules_request(r, step);

    return request ? &request->u.search->ping : NULL;
}

const adp_netlogon *adp_ping_said(const adp_rules *r, const adp_step *step)
{
    return step->own->netlogon != ADP_NONE
               ? &adp_model_obs(r->model, step->own->netlogon)->u.entry->netlogon
               : NULL;
}

/* The domain that a ping is about; "" when it asks for whatever the server serves. */
static const char *domain_of(const adp_rules *r, const adp_step *step)
{
    const adp_ping_request *ping = adp_ping_asked(r, step);
    const adp_netlogon *dc = adp_ping_said(r, step);

    if (ping && ping->domain && *ping->domain) {
        /* The NetBIOS name of a domain stands for its DNS name. */
        return adp_names_dns_of(r->names, ping->domain);
    }
    if (ping && ping->guid) {
        return ping->guid;
    }
    return dc && dc->domain ? dc->domain : "";
}

/* What the ping itself names: "" when it leaves the choice to the server. */
static const char *domain_asked(const adp_rules *r, const adp_step *step)
{
    const adp_ping_request *ping = adp_ping_asked(r, step);

    return !ping || (ping->domain && *ping->domain) || ping->guid ? domain_of(r, step) : "";
}

gboolean adp_ping_is_serving(guint16 opcode)
{
    return opcode != ADP_NETLOGON_PAUSE && opcode != ADP_NETLOGON_PAUSE_EX;
}

/* Is the host in the domain, by its name? */
static gboolean is_host_in(const char *host, const char *domain)
{
    gsize len = host ? strlen(host) : 0;
    gsize tail = strlen(domain);

    return len > tail && host[len - tail - 1] == '.' && adp_has_suffix(host, domain);
}

/*
 * Does the answer speak of another domain than the one that was asked for, by a host of another one? A controller is
 * silent about domains that it does not host (MS-ADTS 6.3.3.3), and servers of another make tell of their own. Its
 * forest's name, and the short name of its domain, stand for it.
 */
static gboolean is_of_other_domain(const adp_rules *r, const adp_step *step, const adp_netlogon *dc)
{
    const adp_ping_request *ping = adp_ping_asked(r, step);
    const char *asked = ping && ping->domain && *ping->domain ? ping->domain : NULL;

    return dc->opcode >= ADP_NETLOGON_RESPONSE_EX && asked && strchr(asked, '.') && dc->host &&
           strchr(dc->host, '.') && dc->domain && *dc->domain &&
           !adp_same_text(adp_names_dns_of(r->names, asked), dc->domain) &&
           !is_host_in(dc->host, asked) && !(dc->forest && adp_same_text(asked, dc->forest)) &&
           !(dc->netbios_domain && adp_same_text(asked, dc->netbios_domain));
}

/* Why the locator rejects this answer; NULL when it takes it. */
static const char *rejection(const adp_rules *r, const adp_step *step)
{
    const adp_netlogon *dc = adp_ping_said(r, step);
    const adp_ping_request *ping = adp_ping_asked(r, step);
    guint32 want = ping && ping->has_ntver ? ping->ntver : 0;

    if (!dc) {
        return "does not host it";
    }
    if (!adp_ping_is_serving(dc->opcode)) {
        return "its Netlogon service is paused";
    }
    if (!dc->has_flags || (dc->flags & DS_NDNC)) {
        return NULL;
    }
    if (is_of_other_domain(r, step, dc)) {
        return "answers for another domain";
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
    const adp_netlogon *dc = adp_ping_said(r, step);

    if (!dc || is_of_other_domain(r, step, dc)) {
        return "dc-not-serving/not-hosting";
    }
    return adp_ping_is_serving(dc->opcode) ? "dc-not-serving/role" : "dc-not-serving/paused";
}

/* ForestDnsZones and DomainDnsZones are no domains: not every controller hosts them. */
static gboolean is_partition(const char *domain)
{
    return adp_has_prefix(domain, "ForestDnsZones.") || adp_has_prefix(domain, "DomainDnsZones.");
}

/* ---- pings ---- */

/* The client went on without the ping, as some do: LDAP with one of the servers worked. */
static const adp_step *bound_later(const adp_rules *r, const adp_group *group)
{
    const adp_step *found = NULL;
    guint i;

    for (i = 0; i < group->steps->len && !found; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);
        char server[ADP_NUMBER_TEXT];

        found = adp_rules_good(r, step->client, ADP_TOPIC_LDAP_SERVER,
                               adp_number_text(step->flow.server, server), step);
    }
    return found;
}

/* Likewise, where the answers were of another domain: it got tickets of one of the servers. */
static const adp_step *got_ticket_later(const adp_rules *r, const adp_group *group)
{
    const adp_step *found = NULL;
    guint i;

    for (i = 0; i < group->steps->len && !found; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);
        const adp_netlogon *dc = adp_ping_said(r, step);
        const adp_step *by = dc && is_of_other_domain(r, step, dc)
                                 ? adp_rules_good(r, step->client, ADP_TOPIC_TICKET, NULL, step)
                                 : NULL;

        if (by && by->flow.server == step->flow.server) {
            found = by;
        }
    }
    return found;
}

/* A client may go on without the ping: LDAP with any of the servers makes it good. */
static void remedies(adp_finding *f, const adp_group *group)
{
    GHashTable *seen = g_hash_table_new(NULL, NULL);
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);
        char server[ADP_NUMBER_TEXT];

        if (g_hash_table_add(seen, GUINT_TO_POINTER(step->flow.server + 1))) {
            adp_rules_remedy(f, step->client, ADP_TOPIC_LDAP_SERVER,
                             adp_number_text(step->flow.server, server));
        }
    }
    g_hash_table_unref(seen);
}

static void report_unanswered(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const char *domain = domain_of(r, first);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_PING_UNANSWERED, first->path, domain);
    char *servers = adp_rules_servers(r, group);
    const adp_step *telling =
        adp_rules_most_telling(r, (const adp_step *const *)group->steps->pdata, group->steps->len);
    char *words = adp_rules_silence_words(r, telling);
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);

        if (adp_rules_outcome(r, step) == ADP_UNANSWERED) {
            adp_rules_cite_step(r, f, step);
            adp_rules_sign_silence(r, f, step);
        }
    }
    adp_rules_summary(f, "No domain controller%s%s answered an LDAP ping", *domain ? " of " : "",
                      domain);
    adp_rules_observed(f, "%u LDAP %s%s%s to %s%s", group->steps->len,
                       group->steps->len == 1 ? "ping" : "pings", *domain ? " for " : "", domain,
                       servers, words);
    adp_rules_inferred(f,
                       "The capture goes on for more than five seconds and holds other frames to "
                       "this client. Whether TCP port 389 is open, a ping over UDP does not "
                       "show.");
    adp_rules_advise(r, f, "ping-unanswered", "domain", *domain ? domain : NULL, "server",
                     adp_rules_address(r, first->flow.server), "host",
                     adp_rules_host(r, first->flow.server), NULL);
    g_free(words);
    g_free(servers);
    remedies(f, group);
}

/*
 * Does the capture show a directory that is none of Microsoft's? It has the plain name in DNS, none
 * of a controller's, nothing of it ever spoke as one, and LDAP with it works.
 */
static const adp_step *other_directory(const adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const char *domain = domain_of(r, first);
    const adp_step *found = NULL;
    guint i;

    if (*domain && !adp_rules_is_fact(r, ADP_FACT_ACTIVE_DIRECTORY, domain) &&
        adp_rules_good(r, first->client, ADP_TOPIC_SRV_PLAIN, domain, NULL) &&
        !adp_rules_good(r, first->client, ADP_TOPIC_SRV_MSDCS, domain, NULL)) {
        found = bound_later(r, group);
    }
    for (i = 0; i < group->steps->len && found; i++) {
        if (adp_ping_said(r, g_ptr_array_index(group->steps, i))) {
            found = NULL;
        }
    }
    return found;
}

static void report_not_serving(adp_rules *r, const adp_group *group)
{
    const adp_step *by = other_directory(r, group);
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

        if ((step->reply == ADP_NONE && step->own->netlogon == ADP_NONE) || !reason) {
            continue;
        }
        adp_rules_cite_step(r, f, step);
        key = rejection_key(r, step);
        if (shown++ < 3) {
            const adp_netlogon *dc = adp_ping_said(r, step);

            name = adp_rules_named(r, step->flow.server);
            g_string_append_printf(why, "%s%s: %s", shown > 1 ? "; " : "", name, reason);
            if (dc && is_of_other_domain(r, step, dc)) {
                g_string_append_printf(why, ", %s", dc->domain);
            }
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
    if (by) {
        adp_rules_inferred(f,
                           "Nothing in the capture shows that %s is an Active Directory: a "
                           "directory of another kind answers such a ping without a value.",
                           domain);
        adp_rules_recovered(r, f, by);
    }
}

/* Per client and domain: did any answer come, and was any acceptable? */
static void judge_pings(adp_rules *r, const adp_group *group)
{
    const adp_step *used = bound_later(r, group);
    gboolean answered = FALSE;
    gboolean acceptable = FALSE;
    gboolean unanswered = FALSE;
    gboolean failed = FALSE;
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);
        adp_outcome outcome = adp_rules_outcome(r, step);

        if (step->reply != ADP_NONE || step->own->netlogon != ADP_NONE) {
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
    /* What the client then uses, its locator has accepted. */
    if (answered && failed && (used || got_ticket_later(r, group)) &&
        adp_ping_said(r, adp_group_first(group))) {
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
    const adp_ping_request *ping = adp_ping_asked(r, step);

    return !ping || ping->domain || ping->guid || ping->has_ntver;
}

static gboolean names_domain(const adp_rules *r, const adp_step *step)
{
    const adp_ping_request *ping = adp_ping_asked(r, step);

    return !ping || (ping->domain && *ping->domain);
}

/* A controller that says of itself that it is no global catalog, or one that only reads. */
static void learn_roles(adp_rules *r, const adp_step *step)
{
    const adp_netlogon *dc = adp_ping_said(r, step);
    char server[ADP_NUMBER_TEXT];

    if (dc && dc->has_flags && (dc->flags & DS_LDAP) && !(dc->flags & (DS_GC | DS_NDNC)) &&
        step->reply != ADP_NONE) {
        adp_rules_note_good(r, step, ADP_TOPIC_NO_CATALOG,
                            adp_number_text(step->flow.server, server));
    }
    if (dc && dc->has_flags && (dc->flags & DS_SOME_SECRETS) && !(dc->flags & DS_WRITABLE) &&
        step->reply != ADP_NONE) {
        adp_rules_note_good(r, step, ADP_TOPIC_READ_ONLY,
                            adp_number_text(step->flow.server, server));
    }
}

void adp_rules_learn_pings(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (step->kind == ADP_STEP_HIDDEN ||
            ((step->kind == ADP_STEP_BIND || step->kind == ADP_STEP_SCP) &&
             adp_rules_outcome(r, step) == ADP_OK)) {
            char server[ADP_NUMBER_TEXT];

            adp_rules_note_good(r, step, ADP_TOPIC_LDAP_SERVER,
                                adp_number_text(step->flow.server, server));
            if (step->kind != ADP_STEP_BIND || adp_bind_lets_in(r, step)) {
                adp_rules_note_good(r, step, ADP_TOPIC_LDAP_USED, server);
                adp_rules_note_good(r, step, ADP_TOPIC_LDAP_USED, NULL);
            }
        }
        if (step->kind == ADP_STEP_PING) {
            learn_roles(r, step);
        }
        if (step->kind == ADP_STEP_PING && is_locator(r, step) &&
            adp_rules_outcome(r, step) == ADP_OK && !rejection(r, step)) {
            adp_rules_note_good(r, step, ADP_TOPIC_PING, NULL);
        }
    }
}

void adp_rules_pings(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (step->kind == ADP_STEP_PING && is_locator(r, step)) {
            adp_groups_add(groups, step, domain_asked(r, step));
        }
    }
    for (i = 0; i < groups->list->len; i++) {
        const adp_group *group = g_ptr_array_index(groups->list, i);

        /* Which domain was meant is not said: then any controller will do. */
        if (names_domain(r, adp_group_first(group)) ||
            !adp_rules_good(r, adp_group_first(group)->client, ADP_TOPIC_PING, NULL, NULL)) {
            judge_pings(r, group);
        }
    }
    adp_groups_free(groups);
}
