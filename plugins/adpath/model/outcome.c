/* outcome.c
 * How steps and paths ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts.h"

#include "codes.h"
#include "text.h"

/* Nothing is called unanswered when the capture ends this soon after it. */
#define PATIENCE (5 * ADP_NS_PER_S)

const char *adp_outcome_name(adp_outcome outcome)
{
    static const char *const names[ADP_OUTCOMES] = {"ok",         "normal", "failed",
                                                    "unanswered", "hidden", "pending"};

    return names[outcome];
}

/* Something came back, though not enough of it was captured to tell what. */
static gboolean was_answered(const adp_model *model, const adp_step *step)
{
    guint32 i;

    /* The rounds of a bind are answers that leave it open. */
    if (step->kind == ADP_STEP_BIND) {
        return FALSE;
    }
    for (i = step->first; i != ADP_NONE; i = adp_model_mark(model, i)->next) {
        if (adp_model_obs(model, i)->from_server) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Silence is a finding only when the capture lasted, and could hear the client's side. */
static adp_outcome silence(const adp_model *model, const adp_step *step, gboolean early)
{
    gint64 first;
    gint64 last;
    guint32 frames;

    if (early || was_answered(model, step) || !adp_model_span(model, &first, &last, &frames) ||
        adp_since(last, adp_model_obs(model, step->last)->time) < PATIENCE ||
        !adp_model_was_heard(model, step->flow.client)) {
        return ADP_PENDING;
    }
    return ADP_UNANSWERED;
}

/* An answer without records: a fault, unless the name was never meant to be there. */
static adp_outcome srv_miss(const adp_model *model, const adp_step *step, const adp_srv_name *parts,
                            gboolean early)
{
    if (parts->service->miss_is_normal ||
        (parts->site && adp_model_generic_answered(model, step, parts))) {
        return ADP_NORMAL;
    }
    /* Tools ask for a host as if it were a domain; resolvers append suffixes. */
    if (parts->domain && (adp_model_is_host(model, parts->domain) ||
                          adp_domain_has_appended_suffix(parts->domain))) {
        return ADP_NORMAL;
    }
    return early ? ADP_PENDING : ADP_FAILED;
}

static adp_outcome srv_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    const adp_obs_dns *dns = adp_model_obs(model, step->reply)->u.dns;
    const adp_srv_name *parts = &adp_model_obs(model, step->first)->u.dns->parts;

    if (dns->truncated) {
        return ADP_NORMAL;
    }
    if (dns->damaged) {
        return ADP_PENDING;
    }
    switch (dns->rcode) {
    case 0:
        if (dns->records.count == 1 && !*dns->records.items[0].target) {
            return parts->service->miss_is_normal ? ADP_NORMAL : ADP_FAILED;
        }
        return dns->records.count ? ADP_OK : srv_miss(model, step, parts, early);
    case 3:
        return srv_miss(model, step, parts, early);
    default:
        return ADP_FAILED;
    }
}

static adp_outcome ping_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    const adp_netlogon *reply = step->netlogon != ADP_NONE
                                    ? &adp_model_obs(model, step->netlogon)->u.entry->netlogon
                                    : NULL;

    if (reply) {
        return reply->opcode == ADP_NETLOGON_RESPONSE_EX || reply->opcode == ADP_NETLOGON_RESPONSE
                   ? ADP_OK
                   : ADP_FAILED;
    }
    if (step->reply == ADP_NONE) {
        return silence(model, step, early);
    }
    /* Success without a value: this server does not host what was asked for. */
    if (step->request != ADP_NONE) {
        const char *domain = adp_model_obs(model, step->request)->u.search->ping.domain;

        if (domain && adp_model_is_host(model, domain)) {
            return ADP_NORMAL;
        }
    }
    return early ? ADP_PENDING : ADP_FAILED;
}

static adp_outcome kerberos_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    const adp_obs_krb *krb = adp_model_obs(model, step->reply)->u.krb;

    if (krb->damaged) {
        return ADP_PENDING;
    }
    if (!krb->is_error) {
        return krb->refused ? ADP_FAILED : ADP_OK;
    }
    if (adp_krb_error_is_normal(krb->error) || step->recovered) {
        return ADP_NORMAL;
    }
    return early && adp_krb_error_needs_context(krb->error) ? ADP_PENDING : ADP_FAILED;
}

adp_outcome adp_step_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    const adp_obs_result *result;

    if (step->kind == ADP_STEP_HIDDEN) {
        return ADP_HIDDEN;
    }
    if (step->kind == ADP_STEP_PING) {
        return ping_outcome(model, step, early);
    }
    if (step->reply == ADP_NONE) {
        return step->abandoned ? ADP_NORMAL : silence(model, step, early);
    }
    if (step->kind == ADP_STEP_SRV) {
        return srv_outcome(model, step, early);
    }
    if (step->kind == ADP_STEP_KERBEROS) {
        return kerberos_outcome(model, step, early);
    }
    result = adp_model_obs(model, step->reply)->u.result;
    if (result->damaged) {
        return ADP_PENDING;
    }
    return result->result == ADP_LDAP_SUCCESS ? ADP_OK : ADP_FAILED;
}

/*
 * What a step was about: a later success about the same makes a failure good.
 * Free with g_free().
 */
static char *topic_of(const adp_model *model, const adp_step *step)
{
    const adp_obs *first = adp_model_obs(model, step->first);
    const adp_obs *request = step->request != ADP_NONE ? adp_model_obs(model, step->request) : NULL;
    const char *about = NULL;
    const char *who = NULL;
    char *topic;
    char *lower;

    switch (step->kind) {
    case ADP_STEP_SRV:
        about = first->u.dns->parts.domain;
        who = first->u.dns->parts.service->label;
        break;
    case ADP_STEP_KERBEROS:
        about = first->u.krb->spn;
        who = first->u.krb->exchange == ADP_EXCHANGE_AS ? first->u.krb->client : NULL;
        break;
    case ADP_STEP_PING:
        about = request ? request->u.search->ping.domain : NULL;
        break;
    case ADP_STEP_SCP:
        about = request ? request->u.search->scp_kind : NULL;
        break;
    default:
        break;
    }
    topic = g_strdup_printf("%d|%s|%s", (int)step->kind, about ? about : "", who ? who : "");
    lower = g_ascii_strdown(topic, -1);
    g_free(topic);
    return lower;
}

/*
 * In this version a path is everything one client did, so a failure counts
 * unless a later step about the same thing went well.
 */
const char *adp_path_outcome(const adp_model *model, const adp_path *path)
{
    GHashTable *bad = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTable *pinged = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gboolean failed;
    gboolean hidden = FALSE;
    gboolean scp_seen = FALSE;
    gboolean pending = FALSE;
    guint i;

    for (i = 0; i < path->steps->len; i++) {
        const adp_step *step = adp_model_step(model, g_array_index(path->steps, guint32, i));
        char *topic = topic_of(model, step);

        switch (adp_step_outcome(model, step, FALSE)) {
        case ADP_OK:
            (void)g_hash_table_remove(bad, topic);
            if (step->kind == ADP_STEP_PING) {
                g_hash_table_add(pinged, g_strdup(topic));
            }
            scp_seen = scp_seen || step->kind == ADP_STEP_SCP;
            break;
        case ADP_FAILED:
        case ADP_UNANSWERED:
            /* Clients ping several controllers, and one that answers is enough. */
            if (!g_hash_table_contains(pinged, topic)) {
                g_hash_table_add(bad, g_steal_pointer(&topic));
            }
            break;
        case ADP_PENDING:
            pending = TRUE;
            break;
        case ADP_HIDDEN:
            hidden = TRUE;
            break;
        default:
            break;
        }
        g_free(topic);
    }
    failed = g_hash_table_size(bad) > 0;
    g_hash_table_unref(bad);
    g_hash_table_unref(pinged);
    if (failed) {
        return "failed";
    }
    if (hidden && !scp_seen) {
        return "hidden";
    }
    return pending ? "incomplete" : "ok";
}
