/* rules.c
 * What the rules share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

#include "text.h"

/* ---- the steps ---- */

guint32 adp_rules_count(const adp_rules *r)
{
    return adp_model_step_count(r->model);
}

const adp_step *adp_rules_step(const adp_rules *r, guint32 i)
{
    return adp_model_step(r->model, i);
}

guint32 adp_rules_index(const adp_rules *r, const adp_step *step)
{
    return adp_model_mark(r->model, step->first)->step;
}

adp_outcome adp_rules_outcome(const adp_rules *r, const adp_step *step)
{
    return r->outcomes[adp_rules_index(r, step)];
}

const adp_obs *adp_rules_request(const adp_rules *r, const adp_step *step)
{
    return step->request != ADP_NONE ? adp_model_obs(r->model, step->request) : NULL;
}

const adp_obs *adp_rules_reply(const adp_rules *r, const adp_step *step)
{
    return step->reply != ADP_NONE ? adp_model_obs(r->model, step->reply) : NULL;
}

gint64 adp_rules_time(const adp_rules *r, const adp_step *step)
{
    return adp_model_obs(r->model, step->first)->time;
}

const char *adp_rules_address(const adp_rules *r, guint32 address)
{
    return adp_model_address_text(r->model, address);
}

const char *adp_rules_host(const adp_rules *r, guint32 address)
{
    const char *name = adp_model_address_name(r->model, address);

    return name ? name : adp_rules_address(r, address);
}

char *adp_rules_named(const adp_rules *r, guint32 address)
{
    const char *name = adp_model_address_name(r->model, address);
    const char *text = adp_rules_address(r, address);

    return name ? g_strdup_printf("%s (%s)", name, text) : g_strdup(text);
}

/* ---- what went well ---- */

static char *good_key(const adp_rules *r, guint32 client, const char *topic)
{
    /* Whichever of its addresses the client used. */
    char *text = g_strdup_printf("%u|%s", adp_model_client(r->model, client), topic ? topic : "");
    char *key = g_ascii_strdown(text, -1);

    g_free(text);
    return key;
}

static void note_good(adp_rules *r, guint32 client, const adp_step *step, const char *topic)
{
    char *key = good_key(r, client, topic);
    GArray *steps = g_hash_table_lookup(r->good, key);
    guint32 index = adp_rules_index(r, step);

    if (steps) {
        g_free(key);
    } else {
        steps = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_hash_table_insert(r->good, key, steps);
    }
    g_array_append_val(steps, index);
}

void adp_rules_note_good(adp_rules *r, const adp_step *step, const char *topic)
{
    note_good(r, step->flow.client, step, topic);
}

void adp_rules_note_good_of_anyone(adp_rules *r, const adp_step *step, const char *topic)
{
    note_good(r, ADP_ANYONE, step, topic);
}

const adp_step *adp_rules_good(const adp_rules *r, guint32 client, const char *topic,
                               const adp_step *after)
{
    char *key = good_key(r, client, topic);
    const GArray *steps = g_hash_table_lookup(r->good, key);
    const adp_step *found = NULL;
    guint32 index;

    g_free(key);
    if (!steps) {
        return NULL;
    }
    if (!after) {
        return adp_rules_step(r, g_array_index(steps, guint32, 0));
    }
    /* Ascending, so the last one tells whether there is any; the first behind is searched. */
    index = adp_rules_index(r, after);
    {
        guint low = 0;
        guint high = steps->len;

        while (low < high) {
            guint middle = low + (high - low) / 2;

            if (g_array_index(steps, guint32, middle) > index) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if (low < steps->len) {
            found = adp_rules_step(r, g_array_index(steps, guint32, low));
        }
    }
    return found;
}

/* So many steps are looked at for one of somebody else. */
#define OTHERS 64

const adp_step *adp_rules_good_of_other(const adp_rules *r, guint32 client, const char *topic)
{
    char *key = good_key(r, ADP_ANYONE, topic);
    const GArray *steps = g_hash_table_lookup(r->good, key);
    guint i;

    g_free(key);
    for (i = 0; steps && i < MIN(steps->len, OTHERS); i++) {
        const adp_step *step = adp_rules_step(r, g_array_index(steps, guint32, i));

        if (step->flow.client != client) {
            return step;
        }
    }
    return NULL;
}

const adp_step *adp_rules_good_before(const adp_rules *r, guint32 client, const char *topic,
                                      guint32 obs)
{
    char *key = good_key(r, client, topic);
    const GArray *steps = g_hash_table_lookup(r->good, key);
    guint low = 0;
    guint high = steps ? steps->len : 0;

    g_free(key);
    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (adp_rules_step(r, g_array_index(steps, guint32, middle))->first < obs) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low ? adp_rules_step(r, g_array_index(steps, guint32, low - 1)) : NULL;
}

/* The last step a client had answered, and the last one with another server than that. */
typedef struct {
    guint32 last;
    guint32 other;
} used_servers;

const adp_step *adp_rules_other_server(const adp_rules *r, const adp_step *step)
{
    const used_servers *used = g_hash_table_lookup(
        r->used, GUINT_TO_POINTER(adp_model_client(r->model, step->flow.client) + 1));
    guint32 found;

    if (!used) {
        return NULL;
    }
    found =
        adp_rules_step(r, used->last)->flow.server != step->flow.server ? used->last : used->other;
    return found != ADP_NONE && found > adp_rules_index(r, step) ? adp_rules_step(r, found) : NULL;
}

/* ---- facts ---- */

static char *fact_key(const char *what, const char *name)
{
    char *text = g_strconcat(what, name ? name : "", NULL);
    char *key = g_ascii_strdown(text, -1);

    g_free(text);
    return key;
}

void adp_rules_add_fact(adp_rules *r, const char *what, const char *name)
{
    g_hash_table_add(r->facts, fact_key(what, name));
}

gboolean adp_rules_is_fact(const adp_rules *r, const char *what, const char *name)
{
    char *key = fact_key(what, name);
    gboolean found = g_hash_table_contains(r->facts, key);

    g_free(key);
    return found;
}

/* Only domain controllers answer pings, send an NTSTATUS with a KRB-ERROR, or stand in SRV records. */
static void collect_facts(adp_rules *r, const adp_step *step)
{
    const adp_obs *reply = adp_rules_reply(r, step);
    guint i;

    if (step->kind == ADP_STEP_PING && step->netlogon != ADP_NONE) {
        const adp_netlogon *dc = &adp_model_obs(r->model, step->netlogon)->u.entry->netlogon;

        adp_rules_add_fact(r, ADP_FACT_ACTIVE_DIRECTORY, dc->domain);
        adp_rules_add_fact(r, ADP_FACT_DC, dc->host);
        adp_rules_add_fact(r, ADP_FACT_DC, adp_rules_address(r, step->flow.server));
    } else if (step->kind == ADP_STEP_KERBEROS && reply && reply->u.krb->has_ntstatus &&
               reply->u.krb->carrier == ADP_CARRIER_KDC) {
        adp_rules_add_fact(r, ADP_FACT_ACTIVE_DIRECTORY, reply->u.krb->realm);
    } else if (step->kind == ADP_STEP_SRV && reply &&
               reply->u.dns->parts.role != ADP_ROLE_AUTODISCOVER) {
        for (i = 0; i < reply->u.dns->records.count; i++) {
            adp_rules_add_fact(r, ADP_FACT_DC, reply->u.dns->records.items[i].target);
        }
    }
}

/* ---- groups ---- */

static void group_free(gpointer data)
{
    adp_group *group = data;

    g_free(group->key);
    g_ptr_array_unref(group->steps);
    g_free(group);
}

adp_groups *adp_groups_new(void)
{
    adp_groups *groups = g_new0(adp_groups, 1);

    groups->list = g_ptr_array_new_with_free_func(group_free);
    groups->index = g_hash_table_new(g_str_hash, g_str_equal);
    return groups;
}

void adp_groups_free(adp_groups *groups)
{
    g_hash_table_unref(groups->index);
    g_ptr_array_unref(groups->list);
    g_free(groups);
}

adp_group *adp_groups_get(adp_groups *groups, guint32 path, const char *key)
{
    char *text = g_strdup_printf("%u|%s", path, key);
    char *lower = g_ascii_strdown(text, -1);
    adp_group *group = g_hash_table_lookup(groups->index, lower);

    g_free(text);
    if (group) {
        g_free(lower);
        return group;
    }
    group = g_new0(adp_group, 1);
    group->key = lower;
    group->steps = g_ptr_array_new();
    g_ptr_array_add(groups->list, group);
    g_hash_table_insert(groups->index, lower, group);
    return group;
}

void adp_groups_add(adp_groups *groups, const adp_step *step, const char *key)
{
    g_ptr_array_add(adp_groups_get(groups, step->path, key)->steps, (gpointer)step);
}

const adp_step *adp_group_first(const adp_group *group)
{
    return g_ptr_array_index(group->steps, 0);
}

const adp_step *adp_group_last(const adp_group *group)
{
    return g_ptr_array_index(group->steps, group->steps->len - 1);
}

/* ---- begin and end ---- */

static gboolean is_answered_well(const adp_rules *r, const adp_step *step)
{
    adp_outcome outcome = adp_rules_outcome(r, step);

    switch (step->kind) {
    case ADP_STEP_PING:
    case ADP_STEP_BIND:
    case ADP_STEP_ROOTDSE:
    case ADP_STEP_SCP:
        return outcome == ADP_OK;
    case ADP_STEP_HIDDEN:
        return TRUE;
    case ADP_STEP_KERBEROS: {
        const adp_obs *reply = adp_rules_reply(r, step);

        return reply && reply->u.krb->carrier == ADP_CARRIER_KDC && !reply->u.krb->is_error;
    }
    default:
        return FALSE;
    }
}

static void note_used(adp_rules *r, guint32 index)
{
    const adp_step *step = adp_rules_step(r, index);
    gpointer key = GUINT_TO_POINTER(adp_model_client(r->model, step->flow.client) + 1);
    used_servers *used;

    if (!is_answered_well(r, step)) {
        return;
    }
    used = g_hash_table_lookup(r->used, key);
    if (!used) {
        used = g_new0(used_servers, 1);
        used->last = index;
        used->other = ADP_NONE;
        g_hash_table_insert(r->used, key, used);
    }
    if (adp_rules_step(r, used->last)->flow.server != step->flow.server) {
        used->other = used->last;
    }
    used->last = index;
}

void adp_rules_begin(adp_rules *r, const adp_model *model, gboolean mailboxes)
{
    gint64 first;
    guint32 frames;
    guint32 i;

    r->model = model;
    r->mailboxes = mailboxes;
    r->end = 0;
    (void)adp_model_span(model, &first, &r->end, &frames);
    r->outcomes = g_new(adp_outcome, (gsize)adp_model_step_count(model) + 1);
    r->found = g_ptr_array_new();
    r->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    r->good = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    r->facts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    r->used = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    for (i = 0; i < adp_model_step_count(model); i++) {
        r->outcomes[i] = adp_step_outcome(model, adp_model_step(model, i), FALSE);
    }
    r->attempts = g_hash_table_new(NULL, NULL);
    for (i = 0; i < adp_model_attempt_count(model); i++) {
        g_hash_table_insert(r->attempts, GUINT_TO_POINTER(adp_model_attempt(model, i)->first + 1),
                            GUINT_TO_POINTER(i + 1));
    }
    for (i = 0; i < adp_model_step_count(model); i++) {
        note_used(r, i);
        collect_facts(r, adp_model_step(model, i));
    }
}

void adp_rules_end(adp_rules *r)
{
    g_free(r->outcomes);
    g_ptr_array_unref(r->found);
    g_hash_table_unref(r->by_key);
    g_hash_table_unref(r->good);
    g_hash_table_unref(r->used);
    g_hash_table_unref(r->attempts);
    g_hash_table_unref(r->facts);
}
