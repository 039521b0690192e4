/* rules_scp.c
 * Findings about service connection points: none, not readable, incomplete, of other sites.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_scp.h"

#include "facts/ranks.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/pages.h"
#include "judge/bind_refusal.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_ldap.h"
#include "judge/scp_topics.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/ldap_result.h"
#include "wire/ports.h"
#include "wire/scp.h"
#include "wire/text.h"

#include <string.h>

#define RESULT_UNAVAILABLE_EXTENSION 12
#define RESULT_REFERRAL              10
#define RESULT_NO_SUCH_OBJECT        32
#define RESULT_INSUFFICIENT_ACCESS   50

/* Did a bind before the search on the same connection say who asks? */
static gboolean is_anonymous(const adp_rules *r, const adp_step *step)
{
    return adp_rules_is_fact(r, ADP_FACT_ANONYMOUS,
                             adp_model_address_text(r->model, step->flow.client)) &&
           step->own->mechanism && strcmp(step->own->mechanism, "simple") == 0;
}

/* Were the attribute's values asked for? A search that names none, or "*", asks for all. */
static gboolean asks_for(const adp_obs_search *search, const char *attribute)
{
    guint i;

    if (search->no_values) {
        return FALSE;
    }

    for (i = 0; i < search->attributes.count; i++) {
        if (adp_same_text(search->attributes.items[i], attribute) ||
            strcmp(search->attributes.items[i], "*") == 0) {
            return TRUE;
        }
    }
    /* What a request asks for beyond the captured bytes is not known. */
    return search->attributes.count == 0 && !search->partial;
}

/* An entry of Exchange that says what it is, and not where. */
static gboolean is_incomplete(const adp_scp_entry *entry)
{
    return entry->type == ADP_SCP_URL && entry->bindings.count == 0;
}

/* The incomplete ones of one answer. */
typedef struct {
    GArray *entries; /* of guint32: observations */
    GArray *steps;   /* of guint32: their pages */
} incomplete_entries;

#define NAMES_SHOWN 3

/* "CN=EX1"; free with g_free(). */
static char *name_of_entry(const adp_rules *r, guint32 obs)
{
    const adp_scp_entry *entry = &adp_model_obs(r->model, obs)->u.entry->scp;
    const char *dn = entry->dn ? entry->dn : "an entry";

    return g_strndup(dn, strcspn(dn, ","));
}

/* The names of the first ones, and how many more; free with g_free(). */
static char *names_of_entries(const adp_rules *r, const GArray *entries)
{
    GString *names = g_string_new(NULL);
    guint i;

    for (i = 0; i < entries->len && i < NAMES_SHOWN; i++) {
        char *name = name_of_entry(r, g_array_index(entries, guint32, i));

        g_string_append_printf(names, "%s%s", i ? ", " : "", name);
        g_free(name);
    }
    if (entries->len > NAMES_SHOWN) {
        g_string_append_printf(names, " and %u more", entries->len - NAMES_SHOWN);
    }
    return g_string_free(names, FALSE);
}

static void say_incomplete(adp_finding *f, const char *names, guint count, const char *dn,
                           guint good)
{
    if (count == 1) {
        adp_rules_summary(f, "The service connection point %s has no URL", names);
    } else {
        adp_rules_summary(f, "%u service connection points have no URL: %s", count, names);
    }
    adp_rules_observed(f,
                       "%s came back with Exchange's keyword and without "
                       "serviceBindingInformation%s",
                       count == 1 ? dn : names, good ? ", beside others that have it" : "");
    adp_rules_inferred(f, "%s",
                       good ? "Clients made with the EWS Managed API stop at such an entry; "
                              "others pass it by."
                       : count == 1
                           ? "The search found the object, so it is neither missing nor "
                             "unreadable as a whole: only its URL is not there, or may not "
                             "be read."
                           : "The search found the objects, so they are neither missing nor "
                             "unreadable as a whole: only their URLs are not there, or may not "
                             "be read.");
}

/* One finding for each base that is searched. `good`: other entries that can be used. */
static void report_incomplete(adp_rules *r, const adp_step *step, const incomplete_entries *found,
                              guint good)
{
    guint32 first = g_array_index(found->entries, guint32, 0);
    const adp_scp_entry *entry = &adp_model_obs(r->model, first)->u.entry->scp;
    adp_finding *f =
        adp_rules_find(r, ADP_FINDING_SCP_INCOMPLETE, step->path, adp_scp_search(r, step)->base);
    guint i;

    for (i = 0; i < found->entries->len; i++) {
        adp_rules_cite_step(r, f, adp_rules_step(r, g_array_index(found->steps, guint32, i)));
        adp_rules_cite(f, g_array_index(found->entries, guint32, i));
    }
    if (!f->summary) {
        char *names = names_of_entries(r, found->entries);
        char *name = name_of_entry(r, first);

        say_incomplete(f, names, found->entries->len, entry->dn ? entry->dn : names, good);
        adp_rules_advise(r, f, "scp-incomplete", "dn", entry->dn, "name",
                         adp_has_prefix(name, "CN=") ? name + 3 : name, "host",
                         adp_rules_host(r, step->flow.server), NULL);
        f->ends = !good && !adp_rules_good(r, step->client, ADP_TOPIC_AUTODISCOVER, NULL, step);
        g_free(name);
        g_free(names);
    }
}

static void incomplete_page(const adp_rules *r, guint32 page, incomplete_entries *found)
{
    guint32 i;

    for (i = adp_rules_step(r, page)->first; i != ADP_NONE; i = adp_model_mark(r->model, i)->next) {
        const adp_obs *obs = adp_model_obs(r->model, i);

        if (obs->type == ADP_OBS_LDAP_ENTRY && !adp_model_mark(r->model, i)->copy &&
            !obs->u.entry->damaged && is_incomplete(&obs->u.entry->scp)) {
            g_array_append_val(found->entries, i);
            g_array_append_val(found->steps, page);
        }
    }
}

static void incomplete(adp_rules *r)
{
    incomplete_entries found = {g_array_new(FALSE, FALSE, sizeof(guint32)),
                                g_array_new(FALSE, FALSE, sizeof(guint32))};
    guint32 i;
    guint32 page;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (!adp_scp_begins(r, step) ||
            !asks_for(adp_scp_search(r, step), "serviceBindingInformation")) {
            continue;
        }
        g_array_set_size(found.entries, 0);
        g_array_set_size(found.steps, 0);
        for (page = i; page != ADP_NONE; page = adp_page_next(r->model, page)) {
            incomplete_page(r, page, &found);
        }
        if (found.entries->len) {
            adp_scp_counts counts = adp_scp_count(r, step);

            report_incomplete(r, step, &found, counts.urls + counts.pointers);
        }
    }
    g_array_unref(found.steps);
    g_array_unref(found.entries);
}

static void report_none(adp_rules *r, const adp_step *step)
{
    const adp_obs_search *search = adp_scp_search(r, step);
    gboolean configuration = adp_has_prefix(search->base, "CN=Configuration,") ||
                             adp_has_prefix(search->base, "CN=Services,CN=Configuration,") ||
                             strstr(search->base, "CN=Configuration,") != NULL ||
                             (!*search->base && adp_port_is_gc(step->flow.server_port));
    adp_finding *f = adp_rules_find(r, ADP_FINDING_SCP_NONE, step->path, search->base);
    guint32 entries;
    char *server;

    adp_scp_cite(r, f, step);
    if (f->summary) {
        return;
    }
    entries = adp_page_entries(r->model, adp_rules_index(r, step));
    server = adp_rules_named(r, step->flow.server);
    adp_rules_summary(f, "The directory gave no usable service connection point of Exchange");
    adp_rules_observed(f,
                       "The search below %s at %s ended well, with %u %s and no URL or pointer "
                       "among them",
                       search->base, server, entries, entries == 1 ? "entry" : "entries");
    adp_rules_inferred(
        f, "%s",
        is_anonymous(r, step)
            ? "The connection was bound anonymously, and only authenticated users "
              "may read these objects: it is a question of access before it is one "
              "of missing objects."
        : configuration ? "There are none in this forest, or the account may not read them: a "
                          "server leaves out what the asker may not see. The client goes on with "
                          "names made from the mail domain."
                        : "The base is not the configuration naming context, where Exchange "
                          "keeps them.");
    adp_rules_advise(r, f,
                     is_anonymous(r, step) ? "scp-none/anonymous"
                     : configuration       ? "scp-none"
                                           : "scp-none/wrong-base",
                     "host", adp_rules_host(r, step->flow.server), "server",
                     adp_rules_address(r, step->flow.server), "forest",
                     adp_model_path(r->model, step->path)->own->forest, "domain",
                     adp_model_path(r->model, step->path)->domain, NULL);
    if (!configuration && adp_has_prefix(search->base, "DC=")) {
        adp_rules_sign(f, ADP_SIGN_BASE_OF_DOMAIN, step->request);
    }
    adp_rules_remedy(f, step->client, ADP_TOPIC_AUTODISCOVER, NULL);
    g_free(server);
}

static void none(adp_rules *r)
{
    GHashTable *useful = g_hash_table_new(NULL, NULL); /* paths with a usable entry */
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (adp_scp_begins(r, step)) {
            adp_scp_counts counts = adp_scp_count(r, step);

            /* What was lost may have been one. */
            if (counts.urls || counts.pointers || counts.lost) {
                g_hash_table_add(useful, GUINT_TO_POINTER(step->path + 1));
            }
        }
    }
    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (adp_scp_begins(r, step) && adp_rules_outcome(r, adp_scp_last_page(r, step)) == ADP_OK &&
            adp_scp_search(r, step)->base && !adp_scp_count(r, step).found &&
            !g_hash_table_contains(useful, GUINT_TO_POINTER(step->path + 1))) {
            report_none(r, step);
        }
    }
    g_hash_table_unref(useful);
}

/* timeLimitExceeded, sizeLimitExceeded, adminLimitExceeded: what came until then is good. */
static gboolean is_limit(guint32 result)
{
    return result == 3 || result == 4 || result == 11;
}

static const char *read_case(guint32 result)
{
    switch (result) {
    case RESULT_NO_SUCH_OBJECT:
        return "scp-read-failed/no-such-object";
    case RESULT_INSUFFICIENT_ACCESS:
        return "scp-read-failed/access";
    case RESULT_REFERRAL:
        return "scp-read-failed/referral";
    case RESULT_UNAVAILABLE_EXTENSION:
        return "scp-read-failed/control";
    case ADP_LDAP_BUSY:
    case ADP_LDAP_UNAVAILABLE:
        return "scp-read-failed/busy";
    default:
        return is_limit(result) ? "scp-read-failed/limit" : "scp-read-failed";
    }
}

/* A page is asked for with a cookie that the server gave on another connection. */
static void sign_cookie(const adp_rules *r, adp_finding *f, const adp_step *asked)
{
    const adp_obs_search *search = adp_scp_search(r, asked);
    guint32 i;

    for (i = 0; search && search->cookie && i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs *reply = step->kind == ADP_STEP_SCP ? adp_rules_reply(r, step) : NULL;

        if (reply && reply->u.result->cookie == search->cookie) {
            if (step->flow.stream == asked->flow.stream) {
                return;
            }
            adp_rules_sign(f, ADP_SIGN_COOKIE_ELSEWHERE, step->reply);
            return;
        }
    }
}

static void read_failed(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs *reply = step->kind == ADP_STEP_SCP ? adp_rules_reply(r, step) : NULL;
        const adp_obs_search *search;
        const char *name;
        const char *kind;
        adp_finding *f;
        gboolean in_part;
        char *subject;
        char *server;
        char *said;

        if (!reply || adp_rules_outcome(r, step) != ADP_FAILED || adp_rules_is_not_bound(r, step)) {
            continue;
        }
        search = adp_scp_search(r, step);
        kind = search && search->scp_kind ? search->scp_kind : ADP_SCP_UNKNOWN;
        subject = g_strdup_printf("%s|%u|%s", kind, reply->u.result->result,
                                  search && search->base ? search->base : "");
        f = adp_rules_find(r, ADP_FINDING_SCP_READ_FAILED, step->path, subject);
        g_free(subject);
        adp_rules_cite_step(r, f, step);
        if (f->summary) {
            continue;
        }
        in_part = is_limit(reply->u.result->result) && adp_page_entries(r->model, i) > 0;
        if (in_part || !adp_same_text(kind, ADP_SCP_EXCHANGE)) {
            f->severity = ADP_SEVERITY_NOTE;
        }
        name = adp_ldap_result_name(reply->u.result->result);
        server = adp_rules_named(r, step->flow.server);
        said = adp_one_line(reply->u.result->diagnostic);
        adp_rules_summary(f, "The service connection points (%s) could %s: %s", kind,
                          in_part ? "be read in part only" : "not be read", name ? name : "error");
        adp_rules_observed(f, "The search below %s at %s ended with result %u%s%s",
                           search && search->base ? search->base : "(base not seen)", server,
                           reply->u.result->result, said && *said ? ", saying " : "",
                           said ? said : "");
        g_free(said);
        adp_rules_inferred(f, "%s",
                           in_part ? "The entries that came before the limit count: most clients "
                                     "go on with them."
                           : adp_same_text(kind, ADP_SCP_EXCHANGE)
                               ? "A client of Exchange takes this for an empty answer, without a "
                                 "word, and goes on with names made from the mail domain."
                               : "Where the product is not set up, this is the healthy answer.");
        adp_rules_advise(r, f, read_case(reply->u.result->result), "host",
                         adp_rules_host(r, step->flow.server), "server",
                         adp_rules_address(r, step->flow.server), "base",
                         search ? search->base : NULL, NULL);
        g_free(server);
        if (reply->u.result->result == RESULT_UNAVAILABLE_EXTENSION) {
            sign_cookie(r, f, step);
        } else if (reply->u.result->result == ADP_LDAP_BUSY) {
            guint32 pending = adp_bind_pending(r, step);

            if (pending != ADP_NONE) {
                adp_rules_sign(f, ADP_SIGN_BIND_PENDING, pending);
            }
        }
        /* The same kind is read elsewhere, or its purpose is reached without it. */
        adp_rules_remedy(f, step->client, ADP_TOPIC_READ_KIND, kind);
        if (adp_same_text(kind, ADP_SCP_EXCHANGE)) {
            adp_rules_remedy(f, step->client, ADP_TOPIC_AUTODISCOVER, NULL);
        }
    }
}

/** URL entries of an answer, by what their site is to the client. */
typedef struct {
    guint others;
    guint fitting;
} site_counts;

static site_counts count_sites(const adp_rules *r, const adp_step *step)
{
    site_counts counts = {0};
    guint32 page;
    guint32 n;

    for (page = adp_rules_index(r, step); page != ADP_NONE; page = adp_page_next(r->model, page)) {
        for (n = 0; n < adp_rules_step(r, page)->own->entries; n++) {
            adp_rank_reason reason = adp_rank_of(r->ranks, page, n).reason;

            counts.others += reason == ADP_RANK_OTHER_SITE;
            counts.fitting += reason == ADP_RANK_SITE_MATCH || reason == ADP_RANK_NO_SITE;
        }
    }
    return counts;
}

static void other_site_only(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const char *site = adp_model_path(r->model, step->path)->own->site;
        site_counts counts;
        adp_finding *f;

        if (!adp_scp_begins(r, step) || !site || !*site || adp_scp_count(r, step).lost ||
            adp_rules_outcome(r, adp_scp_last_page(r, step)) != ADP_OK) {
            continue;
        }
        counts = count_sites(r, step);
        if (!counts.others || counts.fitting) {
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_SCP_OTHER_SITE_ONLY, step->path, site);
        adp_scp_cite(r, f, step);
        adp_rules_summary(f, "All service connection points are of other sites than %s", site);
        adp_rules_observed(f, "%u URL %s, none for site %s and none without a site", counts.others,
                           counts.others == 1 ? "entry" : "entries", site);
        adp_rules_inferred(f, "The client uses them all the same, in the order of the answer. That "
                              "is no fault; the server may be far away.");
        adp_rules_advise(r, f, "scp-other-site-only", "site", site, "domain",
                         adp_model_path(r->model, step->path)->domain, NULL);
    }
}

void adp_rules_scp(adp_rules *r)
{
    incomplete(r);
    none(r);
    read_failed(r);
    other_site_only(r);
}
