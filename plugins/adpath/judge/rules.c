/* rules.c
 * What the rules share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules.h"

#include "case/accounts.h"
#include "case/names.h"
#include "facts/outcome.h"
#include "facts/ranks.h"
#include "join/attempts.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/endpoints.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/limits.h"
#include "wire/netlogon.h"
#include "wire/keyed.h"
#include "wire/srv_name.h"
#include "wire/text.h"

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
    return (adp_outcome)r->outcomes[adp_rules_index(r, step)];
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

char *adp_rules_servers(const adp_rules *r, const adp_group *group)
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

/* ---- what went well ---- */

/*
 * Behind an address of several machines (machine.c), the steps of each are noted for it, those that
 * nothing names for the address, and all of them for anybody there. A machine's fault may have been
 * made good by itself or by what nobody's name stands at; a fault without a name by anybody there.
 */
typedef struct {
    enum {
        OF_CLIENT,  /* one machine, or one address, whichever of its addresses it used */
        AT_ADDRESS, /* any machine at a shared address */
        OF_ANYBODY  /* any client of the capture */
    } kind;
    adp_client client; /* of AT_ADDRESS without a machine, of OF_ANYBODY nobody */
} owner;

static const owner anybody = {OF_ANYBODY, {ADP_NONE, ADP_NONE}};

static owner owner_of(const adp_rules *r, adp_client client)
{
    return (owner){OF_CLIENT, adp_model_owner(r->model, client)};
}

static owner anybody_at(adp_client client)
{
    return (owner){AT_ADDRESS, adp_client_at(client.address)};
}

/* Under whose names to look: one, or two. */
static guint owners(const adp_rules *r, adp_client client, owner found[2])
{
    found[0] = owner_of(r, client);
    if (!adp_model_is_shared(r->model, client.address)) {
        return 1;
    }
    if (!adp_is_machine(client)) {
        found[0] = anybody_at(client);
        return 1;
    }
    found[1] = (owner){OF_CLIENT, adp_client_at(client.address)};
    return 2;
}

char *adp_rules_way(const adp_flow *flow)
{
    return g_strdup_printf("%u|%d", flow->server, (int)flow->transport);
}

const char *adp_number_text(guint32 number, char *text)
{
    (void)g_snprintf(text, ADP_NUMBER_TEXT, "%u", number);
    return text;
}

/* Steps that went well for the same client, topic and subject, ascending. */
typedef struct {
    const adp_keyed *items;
    guint count;
} good_steps;

static guint64 good_key(owner of, adp_topic topic, const char *subject)
{
    guint32 whose[] = {(guint32)of.kind, adp_client_number(of.client), (guint32)topic};
    guint64 key = adp_hash_bytes(ADP_HASH_SEED, (const guint8 *)whose, sizeof(whose));

    return adp_hash_lower(key, subject ? subject : "");
}

static void need_good(adp_rules *r)
{
    if (!r->noting) {
        r->noting = TRUE;
        r->judging = FALSE;
        r->learn(r);
        r->judging = TRUE;
        adp_keyed_sort(r->good);
    }
}

static good_steps good_of(const adp_rules *r, owner of, adp_topic topic, const char *subject)
{
    good_steps steps = {NULL, 0};

    g_return_val_if_fail(r->judging, steps);
    need_good((adp_rules *)r);
    steps.items = adp_keyed_find(r->good, good_key(of, topic, subject), &steps.count);
    return steps;
}

static void note_good(adp_rules *r, owner of, const adp_step *step, adp_topic topic,
                      const char *subject)
{
    g_return_if_fail(!r->judging);
    if (r->noting) {
        adp_keyed_add(r->good, good_key(of, topic, subject), adp_rules_index(r, step));
    }
}

void adp_rules_note_good(adp_rules *r, const adp_step *step, adp_topic topic, const char *subject)
{
    note_good(r, owner_of(r, step->client), step, topic, subject);
    if (adp_model_is_shared(r->model, step->flow.client)) {
        note_good(r, anybody_at(step->client), step, topic, subject);
    }
}

void adp_rules_note_good_of_anyone(adp_rules *r, const adp_step *step, adp_topic topic,
                                   const char *subject)
{
    note_good(r, anybody, step, topic, subject);
}

/* Index of the first one behind step `index` (ADP_NONE: at all), ADP_NONE: there is none. */
static guint32 first_good(good_steps steps, guint32 index)
{
    guint low = 0;
    guint high = index != ADP_NONE ? steps.count : 0;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (steps.items[middle].number <= index) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < steps.count ? steps.items[low].number : ADP_NONE;
}

const adp_step *adp_rules_good(const adp_rules *r, adp_client client, adp_topic topic,
                               const char *subject, const adp_step *after)
{
    guint32 index = after ? adp_rules_index(r, after) : ADP_NONE;
    guint32 found = ADP_NONE;
    owner who[2];
    guint n = owners(r, client, who);
    guint i;

    for (i = 0; i < n; i++) {
        found = MIN(found, first_good(good_of(r, who[i], topic, subject), index));
    }
    return found != ADP_NONE ? adp_rules_step(r, found) : NULL;
}

/* Another address, or two machines behind one that are known to be two. */
static gboolean is_other(adp_client a, adp_client b)
{
    return a.address != b.address ||
           (adp_is_machine(a) && adp_is_machine(b) && a.machine != b.machine);
}

const adp_step *adp_rules_good_of_other(const adp_rules *r, adp_client client, adp_topic topic,
                                        const char *subject)
{
    good_steps steps = good_of(r, anybody, topic, subject);
    guint i;

    for (i = 0; i < steps.count; i++) {
        const adp_step *step = adp_rules_step(r, steps.items[i].number);

        if (i == ADP_MAX_OTHERS) {
            adp_model_limit(r->model, ADP_LIMIT_OTHERS);
            break;
        }
        if (is_other(step->client, client)) {
            return step;
        }
    }
    return NULL;
}

static const adp_step *good_before(const adp_rules *r, good_steps steps, guint32 obs)
{
    guint low = 0;
    guint high = steps.count;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (adp_rules_step(r, steps.items[middle].number)->first < obs) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low ? adp_rules_step(r, steps.items[low - 1].number) : NULL;
}

const adp_step *adp_rules_good_before(const adp_rules *r, adp_client client, adp_topic topic,
                                      const char *subject, guint32 obs)
{
    const adp_step *found = NULL;
    owner who[2];
    guint n = owners(r, client, who);
    guint i;

    for (i = 0; i < n; i++) {
        const adp_step *step = good_before(r, good_of(r, who[i], topic, subject), obs);

        found = !found || (step && step->first > found->first) ? step : found;
    }
    return found;
}

/* The last step a client had answered, and the last one with another server than that. */
typedef struct {
    guint32 last;
    guint32 other;
} used_servers;

static guint64 used_key(owner of)
{
    return (guint64)of.kind << 32 | adp_client_number(of.client);
}

static used_servers *used_of(const adp_rules *r, owner of)
{
    return adp_rows_find(r->used, used_key(of));
}

const adp_step *adp_rules_elsewhere(const adp_rules *r, adp_client client, guint32 server,
                                    guint32 obs)
{
    owner who[2];
    guint n = owners(r, client, who);
    guint i;

    for (i = 0; i < n; i++) {
        const used_servers *used = used_of(r, who[i]);
        guint32 found;

        if (!used) {
            continue;
        }
        found = adp_rules_step(r, used->last)->flow.server != server ? used->last : used->other;
        if (found != ADP_NONE && adp_rules_step(r, found)->first > obs) {
            return adp_rules_step(r, found);
        }
    }
    return NULL;
}

const adp_step *adp_rules_other_server(const adp_rules *r, const adp_step *step)
{
    return adp_rules_elsewhere(r, step->client, step->flow.server, step->first);
}

/* ---- facts ---- */

static guint64 fact_key(guint what, const char *name)
{
    return adp_hash_lower(what, name ? name : "");
}

void adp_rules_add_fact(adp_rules *r, adp_known_fact what, const char *name)
{
    g_return_if_fail(!r->judging);
    adp_table_set(r->facts, fact_key((guint)what, name), 1);
}

gboolean adp_rules_is_fact(const adp_rules *r, adp_known_fact what, const char *name)
{
    g_return_val_if_fail(r->judging, FALSE);
    return adp_table_get(r->facts, fact_key((guint)what, name)) != 0;
}

void adp_rules_say(adp_rules *r, adp_said what, const char *name)
{
    adp_table_set(r->said, fact_key((guint)what, name), 1);
}

gboolean adp_rules_is_said(const adp_rules *r, adp_said what, const char *name)
{
    return adp_table_get(r->said, fact_key((guint)what, name)) != 0;
}

/* Is LDAP with the step's server sealed or signed by a logon, as far as the capture shows? */
static gboolean is_sasl(const adp_rules *r, const adp_step *step)
{
    if (step->kind == ADP_STEP_BIND) {
        return step->own->mechanism && g_ascii_strncasecmp(step->own->mechanism, "GSS", 3) == 0 &&
               adp_rules_outcome(r, step) == ADP_OK;
    }
    return step->kind == ADP_STEP_HIDDEN &&
           adp_model_obs(r->model, step->first)->protection != ADP_PROTECTION_TLS;
}

/* Only domain controllers answer pings, send an NTSTATUS with a KRB-ERROR, or stand in SRV records. */
static void collect_facts(adp_rules *r, const adp_step *step)
{
    const adp_obs *reply = adp_rules_reply(r, step);
    guint i;

    if (step->kind == ADP_STEP_KERBEROS && reply && reply->u.krb->carrier == ADP_CARRIER_KDC) {
        adp_rules_add_fact(r, ADP_FACT_KDC, adp_rules_address(r, step->flow.server));
    }
    if (step->kind == ADP_STEP_PING && step->own->netlogon != ADP_NONE) {
        const adp_netlogon *dc = &adp_model_obs(r->model, step->own->netlogon)->u.entry->netlogon;

        adp_rules_add_fact(r, ADP_FACT_ACTIVE_DIRECTORY, dc->domain);
        adp_rules_add_fact(r, ADP_FACT_DC, dc->host);
        adp_rules_add_fact(r, ADP_FACT_DC, adp_rules_address(r, step->flow.server));
    } else if (step->kind == ADP_STEP_KERBEROS && reply && reply->u.krb->has_ntstatus &&
               reply->u.krb->carrier == ADP_CARRIER_KDC) {
        adp_rules_add_fact(r, ADP_FACT_ACTIVE_DIRECTORY, reply->u.krb->realm);
    } else if (step->kind == ADP_STEP_SRV && reply &&
               reply->u.dns->parts->role != ADP_ROLE_AUTODISCOVER) {
        for (i = 0; i < reply->u.dns->said->records.count; i++) {
            adp_rules_add_fact(r, ADP_FACT_DC, reply->u.dns->said->records.items[i].target);
        }
    } else if (is_sasl(r, step)) {
        adp_rules_add_fact(r, ADP_FACT_SASL, adp_rules_address(r, step->flow.server));
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
    groups->index = g_hash_table_new(adp_str_hash, adp_str_equal);
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

static void note_used(adp_rules *r, owner of, guint32 index)
{
    const adp_step *step = adp_rules_step(r, index);
    used_servers *used = used_of(r, of);

    if (!used) {
        used = adp_rows_need(r->used, used_key(of));
        used->last = index;
        used->other = ADP_NONE;
    }
    if (adp_rules_step(r, used->last)->flow.server != step->flow.server) {
        used->other = used->last;
    }
    used->last = index;
}

static void learn_used(adp_rules *r, guint32 index)
{
    const adp_step *step = adp_rules_step(r, index);

    if (!is_answered_well(r, step)) {
        return;
    }
    note_used(r, owner_of(r, step->client), index);
    if (adp_model_is_shared(r->model, step->flow.client)) {
        note_used(r, anybody_at(step->client), index);
    }
}

void adp_rules_begin(adp_rules *r, const adp_model *model, adp_endpoints *endpoints,
                     adp_ranks *ranks, gboolean mailboxes)
{
    gint64 first;
    guint32 frames;
    guint32 i;

    r->model = model;
    r->endpoints = endpoints;
    r->ranks = ranks;
    r->mailboxes = mailboxes;
    r->end = 0;
    (void)adp_model_span(model, &first, &r->end, &frames);
    r->outcomes = g_new(guint8, (gsize)adp_model_step_count(model) + 1);
    r->found = g_ptr_array_new();
    r->by_key = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    r->good = g_array_new(FALSE, FALSE, sizeof(adp_keyed));
    r->talks = NULL;
    r->dns_answers = adp_table_new();
    r->ntlm = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    r->facts = adp_table_new();
    r->said = adp_table_new();
    r->judging = FALSE;
    r->noting = FALSE;
    r->waits = NULL;
    r->refusals = NULL;
    r->used = adp_rows_new(sizeof(used_servers), NULL);
    for (i = 0; i < adp_model_step_count(model); i++) {
        r->outcomes[i] = (guint8)adp_step_outcome(model, adp_model_step(model, i), FALSE);
    }
    r->accounts = adp_accounts_new(model);
    r->names = adp_names_new(model);
    r->attempts = g_hash_table_new(NULL, NULL);
    for (i = 0; i < adp_model_attempt_count(model); i++) {
        g_hash_table_insert(r->attempts, GUINT_TO_POINTER(adp_model_attempt(model, i)->first + 1),
                            GUINT_TO_POINTER(i + 1));
    }
    for (i = 0; i < adp_model_step_count(model); i++) {
        learn_used(r, i);
        collect_facts(r, adp_model_step(model, i));
    }
}

void adp_rules_learn(adp_rules *r, void (*learn)(adp_rules *r))
{
    r->learn = learn;
    learn(r);
    r->judging = TRUE;
}

void adp_rules_end(adp_rules *r)
{
    g_free(r->outcomes);
    g_ptr_array_unref(r->found);
    g_hash_table_unref(r->by_key);
    g_array_unref(r->good);
    adp_rows_free(r->used);
    g_hash_table_unref(r->attempts);
    adp_table_free(r->dns_answers);
    g_hash_table_unref(r->ntlm);
    adp_table_free(r->facts);
    adp_table_free(r->said);
    g_clear_pointer(&r->talks, adp_rows_free);
    adp_accounts_free(r->accounts);
    adp_names_free(r->names);
}
