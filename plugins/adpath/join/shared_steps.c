/* shared_steps.c
 * The steps of earlier paths that a path rests on: each step is listed once, in its first path.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/shared_steps.h"

#include "join/derived.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/path.h"
#include "log/observation.h"
#include "wire/sorted.h"
#include "wire/hash.h"
#include "wire/limits.h"
#include "wire/srv_name.h"
#include "wire/text.h"

#include <string.h>

/* Ticket that a Kerberos step got (KDC) or showed (service); 0: none. */
static guint64 ticket_of(const adp_model *model, const adp_step *step, gboolean shown)
{
    guint32 i = shown ? step->request : step->reply;
    const adp_obs *obs = i != ADP_NONE ? adp_model_obs(model, i) : NULL;

    if (!obs || step->kind != ADP_STEP_KERBEROS || !obs->u.krb->has_ticket ||
        (obs->u.krb->carrier == ADP_CARRIER_KDC) == shown) {
        return 0;
    }
    return obs->u.krb->ticket_hash;
}

static char *lower_name(const char *name)
{
    return g_ascii_strdown(name ? name : "", -1);
}

typedef struct {
    GHashTable *servers; /* address + 1 that the path talks to */
    GHashTable *names;   /* their names, lower case */
    GHashTable *pinged;  /* address + 1 that it pinged itself */
    GHashTable *tickets; /* guint64 that it shows, owned keys; */
    GArray *shown;       /* the same in their order */
} needs;

static void needs_init(needs *n)
{
    n->servers = g_hash_table_new(NULL, NULL);
    n->names = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    n->pinged = g_hash_table_new(NULL, NULL);
    n->shown = g_array_new(FALSE, FALSE, sizeof(guint64));
    n->tickets = g_hash_table_new_full(adp_int64_hash, g_int64_equal, g_free, NULL);
}

static void needs_clear(needs *n)
{
    g_hash_table_unref(n->servers);
    g_hash_table_unref(n->names);
    g_hash_table_unref(n->pinged);
    g_hash_table_unref(n->tickets);
    g_array_unref(n->shown);
}

static void collect_needs(const adp_model *model, const adp_path *path, needs *n)
{
    guint i;

    for (i = 0; i < path->steps.count; i++) {
        const adp_step *step = adp_model_step(model, path->steps.items[i]);
        gpointer server = GUINT_TO_POINTER(step->flow.server + 1);
        guint64 ticket = ticket_of(model, step, TRUE);

        if (step->kind == ADP_STEP_BIND || step->kind == ADP_STEP_ROOTDSE ||
            step->kind == ADP_STEP_SCP || step->kind == ADP_STEP_HIDDEN) {
            const char *name = adp_model_address_name(model, step->flow.server);

            g_hash_table_add(n->servers, server);
            if (name) {
                g_hash_table_add(n->names, lower_name(name));
            }
        } else if (step->kind == ADP_STEP_PING) {
            g_hash_table_add(n->pinged, server);
        }
        if (ticket && g_hash_table_add(n->tickets, g_memdup2(&ticket, sizeof(ticket)))) {
            g_array_append_val(n->shown, ticket);
        }
    }
}

static gboolean is_needed(const adp_model *model, const needs *n, const adp_step *step)
{
    gpointer server = GUINT_TO_POINTER(step->flow.server + 1);
    guint64 ticket = ticket_of(model, step, FALSE);
    const adp_obs *reply = step->reply != ADP_NONE ? adp_model_obs(model, step->reply) : NULL;
    guint i;

    switch (step->kind) {
    case ADP_STEP_PING:
        return g_hash_table_contains(n->servers, server) &&
               !g_hash_table_contains(n->pinged, server);
    case ADP_STEP_KERBEROS:
        return ticket && g_hash_table_contains(n->tickets, &ticket);
    case ADP_STEP_SRV:
        for (i = 0; reply && i < reply->u.dns->said->records.count; i++) {
            char *target = lower_name(reply->u.dns->said->records.items[i].target);
            gboolean found = g_hash_table_contains(n->names, target);

            g_free(target);
            if (found) {
                return TRUE;
            }
        }
        return FALSE;
    default:
        return FALSE;
    }
}

static gboolean is_early(const adp_model *model, const adp_step *step)
{
    switch (step->kind) {
    case ADP_STEP_SRV:
        return adp_model_obs(model, step->first)->u.dns->parts->role != ADP_ROLE_AUTODISCOVER;
    case ADP_STEP_PING:
    case ADP_STEP_BIND:
    case ADP_STEP_ROOTDSE:
    case ADP_STEP_SCP:
    case ADP_STEP_HIDDEN:
        return TRUE;
    default:
        return FALSE;
    }
}

/* May one more step be looked at, and named? */
static gboolean may_look(const adp_model *model, guint looked_at, const GArray *uses)
{
    if (uses->len >= ADP_MAX_SHARED_STEPS) {
        adp_model_limit(model, ADP_LIMIT_SHARED_STEPS);
        return FALSE;
    }
    if (looked_at >= ADP_MAX_SHARED_LOOK) {
        adp_model_limit(model, ADP_LIMIT_SHARED_LOOK);
        return FALSE;
    }
    return TRUE;
}

/*
 * The directory was found, and searched, before the mail domain made any difference: the last
 * such steps before the path began.
 */
static void add_early(const adp_model *model, const adp_path *path, GArray *uses)
{
    const adp_path *parent = adp_model_path(model, path->own->parent);
    guint low = adp_place_of_number(parent->steps.items, parent->steps.count, path->steps.items[0]);
    guint i;

    for (i = low; i && may_look(model, low - i, uses); i--) {
        guint32 index = parent->steps.items[i - 1];

        if (is_early(model, adp_model_step(model, index))) {
            g_array_append_val(uses, index);
        }
    }
}

/* The steps of `other` in which a KDC gave the tickets that are needed, before step `end`. */
static void add_tickets(const adp_model *model, const needs *n, guint32 other, guint32 end,
                        GArray *uses)
{
    guint i;

    for (i = 0; i < n->shown->len && may_look(model, 0, uses); i++) {
        guint32 given = adp_model_ticket(model, g_array_index(n->shown, guint64, i));
        guint32 step = given != ADP_NONE ? adp_model_mark(model, given)->step : ADP_NONE;

        if (step < end && adp_model_step(model, step)->path == other) {
            g_array_append_val(uses, step);
        }
    }
}

/*
 * What the path needs of the one from which it was split: of its last steps, which may be shared by
 * many that were split from it, and of whatever age the tickets.
 */
static void add_needed(const adp_model *model, const adp_path *path, GArray *uses)
{
    const adp_numbers *steps = &adp_model_path(model, path->own->parent)->steps;
    guint32 last = path->steps.items[path->steps.count - 1];
    guint high = adp_place_of_number(steps->items, steps->count, last);
    guint low = high > ADP_MAX_SHARED_LOOK ? high - ADP_MAX_SHARED_LOOK : 0;
    needs n;
    guint i;

    needs_init(&n);
    collect_needs(model, path, &n);
    if (low) {
        add_tickets(model, &n, path->own->parent, steps->items[low], uses);
    }
    for (i = low; i < high; i++) {
        guint32 step = steps->items[i];

        if (is_needed(model, &n, adp_model_step(model, step))) {
            g_array_append_val(uses, step);
        }
    }
    needs_clear(&n);
}

static gint64 begin_time(const adp_model *model, const adp_path *path)
{
    const adp_step *step = adp_model_step(model, path->steps.items[0]);

    return adp_model_obs(model, step->first)->time;
}

/* Was the name looked up that leads to a server of the path? */
static gboolean leads_to_server(const adp_model *model, const adp_path *path, const needs *n,
                                const adp_step *step)
{
    const adp_obs_dns *dns = adp_model_obs(model, step->first)->u.dns;
    const adp_obs *reply = step->reply != ADP_NONE ? adp_model_obs(model, step->reply) : NULL;
    guint i;

    if (step->kind == ADP_STEP_SRV) {
        return dns->parts->role != ADP_ROLE_AUTODISCOVER &&
               adp_same_text(dns->parts->domain, path->domain);
    }
    for (i = 0; reply && i < reply->u.dns->said->hosts.count; i++) {
        gpointer address = GUINT_TO_POINTER(reply->u.dns->said->hosts.items[i].address + 1);

        if (g_hash_table_contains(n->servers, address) ||
            g_hash_table_contains(n->pinged, address)) {
            return TRUE;
        }
    }
    return FALSE;
}

/*
 * A machine that showed at another's address: its own steps before that was known, and
 * lookups of its domain and servers that nobody's name stands at.
 */
static gboolean is_machines_own(const adp_model *model, const adp_path *path, const needs *n,
                                const adp_step *step)
{
    if (step->machine != ADP_NONE) {
        return step->machine == path->client.machine;
    }
    return step->kind == ADP_STEP_SRV || step->kind == ADP_STEP_ADDRESS
               ? leads_to_server(model, path, n, step)
               : is_needed(model, n, step) && step->kind == ADP_STEP_KERBEROS;
}

/* Until a pause before the path's first step: what lies behind it was another discovery. */
static void add_of_machine(const adp_model *model, const adp_path *path, GArray *uses)
{
    const adp_path *parent = adp_model_path(model, path->own->parent);
    guint low = adp_place_of_number(parent->steps.items, parent->steps.count, path->steps.items[0]);
    gint64 after = begin_time(model, path);
    needs n;
    guint i;

    needs_init(&n);
    collect_needs(model, path, &n);
    for (i = low; i && may_look(model, low - i, uses); i--) {
        guint32 index = parent->steps.items[i - 1];
        const adp_step *step = adp_model_step(model, index);

        if (adp_since(after, adp_model_obs(model, step->last)->time) > ADP_PATH_IDLE) {
            break;
        }
        if (is_machines_own(model, path, &n, step)) {
            g_array_append_val(uses, index);
        }
        after = adp_model_obs(model, step->first)->time;
    }
    needs_clear(&n);
}

/*
 * What the client did from its other address before both were known to be one client's: all
 * of the same domain that was no other discovery.
 */
static void add_joined(const adp_model *model, const adp_path *path, GArray *uses)
{
    const adp_path *other = adp_model_path(model, path->own->joined);
    gint64 begin = begin_time(model, path);
    guint i;

    if (path->domain && other->domain && !adp_same_text(path->domain, other->domain)) {
        return;
    }
    for (i = other->steps.count; i && may_look(model, other->steps.count - i, uses); i--) {
        guint32 index = other->steps.items[i - 1];

        if (adp_since(begin, adp_model_obs(model, adp_model_step(model, index)->last)->time) <=
            ADP_PATH_IDLE) {
            g_array_append_val(uses, index);
        }
    }
}

GArray *adp_path_uses(const adp_model *model, guint32 index)
{
    const adp_path *path = adp_model_path(model, index);
    GArray *uses = g_array_new(FALSE, FALSE, sizeof(guint32));

    if (path->own->parent != ADP_NONE) {
        if (path->by_machine) {
            add_of_machine(model, path, uses);
        } else if (path->by_mail) {
            add_early(model, path, uses);
        } else {
            add_needed(model, path, uses);
        }
    }
    if (path->own->joined != ADP_NONE) {
        add_joined(model, path, uses);
    }
    g_array_sort(uses, adp_compare_numbers);
    return uses;
}
