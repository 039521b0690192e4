/* path.c
 * Which path a step belongs to.
 *
 * A path is one discovery of one client. Steps carry no number that says so:
 * what tells two discoveries apart are the client's address, the mail domain, and a
 * search for service connection points that is made anew after a pause.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "path.h"

#include "client.h"

#include "text.h"
#include "web.h"

#include <string.h>

/*
 * A client that searches the directory again on another connection, after nothing was
 * seen of it for so long, has begun anew (from memory, a heuristic).
 */
#define IDLE (30 * ADP_NS_PER_S)

/** What is known of a client while its steps come in. */
typedef struct {
    guint32 current;    /* path of its last step */
    gboolean undecided; /* steps behind `episode` may turn out to be of a new path */
    guint episode;      /* place in the current path where the last pause ended */
    GHashTable *mails;  /* mail domain, lower case -> path + 1 */
} client_state;

void adp_client_state_free(gpointer data)
{
    client_state *state = data;

    g_hash_table_unref(state->mails);
    g_free(state);
}

static client_state *state_of(const adp_derived *d, guint32 client)
{
    return g_hash_table_lookup(d->clients, GUINT_TO_POINTER(client + 1));
}

static adp_path *path_at(adp_derived *d, guint32 i)
{
    return &g_array_index(d->paths, adp_path, i);
}

static adp_step *step_at(adp_derived *d, guint32 i)
{
    return &g_array_index(d->steps, adp_step, i);
}

void adp_path_clear(gpointer data)
{
    g_array_unref(((adp_path *)data)->steps);
}

static guint32 new_path(adp_derived *d, guint32 client, guint32 parent)
{
    adp_path path = {.client = client, .also = ADP_NONE, .parent = parent, .scp_stream = ADP_NONE};

    path.steps = g_array_new(FALSE, FALSE, sizeof(guint32));
    if (parent != ADP_NONE) {
        const adp_path *from = path_at(d, parent);

        path.site = from->site;
        path.domain = from->domain;
        path.forest = from->forest;
        path.has_scp = from->has_scp;
        path.scp_stream = from->scp_stream;
    }
    g_array_append_val(d->paths, path);
    return d->paths->len - 1;
}

static client_state *need_state(adp_derived *d, guint32 client)
{
    client_state *state = state_of(d, client);

    if (state) {
        return state;
    }
    state = g_new0(client_state, 1);
    state->current = new_path(d, client, ADP_NONE);
    state->mails = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert(d->clients, GUINT_TO_POINTER(client + 1), state);
    return state;
}

static gboolean is_exchange_search(adp_step_kind kind, const adp_obs *obs)
{
    return kind == ADP_STEP_SCP && obs->type == ADP_OBS_LDAP_SEARCH &&
           adp_same_text(obs->u.search->scp_kind, ADP_SCP_EXCHANGE);
}

/* Moves what came after the pause from the current path to one of its own. */
static void split(adp_derived *d, client_state *state, guint32 client)
{
    guint32 fresh = new_path(d, client, state->current);
    adp_path *from = path_at(d, state->current);
    adp_path *to = path_at(d, fresh);
    guint i;

    for (i = state->episode; i < from->steps->len; i++) {
        guint32 index = g_array_index(from->steps, guint32, i);
        adp_step *step = step_at(d, index);

        step->path = fresh;
        step->path_index = to->steps->len;
        g_array_append_val(to->steps, index);
    }
    g_array_set_size(from->steps, state->episode);
    state->current = fresh;
    state->undecided = FALSE;
}

/* Time of the last observation of the path's last step. */
static gint64 last_time(const adp_model *model, const adp_path *path)
{
    const adp_step *step =
        adp_model_step(model, g_array_index(path->steps, guint32, path->steps->len - 1));

    return adp_model_obs(model, step->last)->time;
}

/* ---- mail domains ---- */

/* The mail domain that a step is about, as far as it tells; NULL when it does not. */
static const char *mail_domain_of(adp_step_kind kind, const adp_obs *obs)
{
    const char *domain;

    switch (kind) {
    case ADP_STEP_SRV:
        return obs->u.dns->parts.role == ADP_ROLE_AUTODISCOVER ? obs->u.dns->parts.domain : NULL;
    case ADP_STEP_ADDRESS:
        return adp_mail_domain_of(obs->u.dns->name);
    case ADP_STEP_TLS:
        return obs->u.tls->sni ? adp_mail_domain_of(obs->u.tls->sni) : NULL;
    case ADP_STEP_AUTODISCOVER:
        domain = adp_mailbox_domain(obs->u.http->mailbox);
        return domain || !obs->u.http->host ? domain : adp_mail_domain_of(obs->u.http->host);
    default:
        return NULL;
    }
}

/*
 * So many steps back a redirect may lie that leads to another domain: a client that goes to
 * another forest for it first finds a controller there, and gets tickets.
 */
#define LOOK_BACK 256

/* Did an answer of autodiscover send the client of this path to that domain? */
static gboolean was_sent_to(const adp_model *model, const adp_path *path, const char *domain)
{
    guint i;

    for (i = path->steps->len; i && path->steps->len - i < LOOK_BACK; i--) {
        const adp_step *step = adp_model_step(model, g_array_index(path->steps, guint32, i - 1));
        const adp_obs_http *reply;
        const char *target;

        if (step->kind != ADP_STEP_AUTODISCOVER || step->reply == ADP_NONE) {
            continue;
        }
        reply = adp_model_obs(model, step->reply)->u.http;
        target = reply->redirect ? adp_mailbox_domain(reply->redirect) : NULL;
        if (reply->redirect_is_address && adp_same_text(target, domain)) {
            return TRUE;
        }
        if (reply->redirect && !reply->redirect_is_address) {
            const char *host = strstr(reply->redirect, "://");
            const char *sent = host ? adp_mail_domain_of(host + 3) : NULL;

            if (sent && g_ascii_strncasecmp(sent, domain, strlen(domain)) == 0) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

/* Another mail domain is another discovery; each keeps its path when they take turns. */
static void follow_mail(adp_model *model, client_state *state, guint32 client, const char *domain)
{
    adp_derived *d = &model->derived;
    adp_path *path = path_at(d, state->current);
    char *lower = g_ascii_strdown(domain, -1);
    gpointer known = g_hash_table_lookup(state->mails, lower);

    if (known) {
        state->current = GPOINTER_TO_UINT(known) - 1;
        g_free(lower);
        return;
    }
    if (!path->mail_domain) {
        path->mail_domain = domain;
    } else if (!was_sent_to(model, path, domain)) {
        /* The directory was found before any mail domain made a difference. */
        state->current = new_path(d, client, path->by_mail ? path->parent : state->current);
        path = path_at(d, state->current);
        path->mail_domain = domain;
        path->by_mail = TRUE;
        state->undecided = FALSE;
    }
    g_hash_table_insert(state->mails, lower, GUINT_TO_POINTER(state->current + 1));
}

/* The client of a step; an address that has none yet gets one. */
static guint32 client_of(adp_model *model, adp_step_kind kind, const adp_obs *obs)
{
    guint32 client = adp_model_client(model, obs->flow.client);

    return state_of(&model->derived, client) ? adp_client_again(model, kind, obs)
                                             : adp_client_begin(model, kind, obs);
}

guint32 adp_path_for(adp_model *model, adp_step_kind kind, const adp_obs *obs,
                     gboolean *after_pause)
{
    adp_derived *d = &model->derived;
    guint32 client = client_of(model, kind, obs);
    client_state *state = need_state(d, client);
    const char *mail = mail_domain_of(kind, obs);
    adp_path *path;

    if (mail) {
        follow_mail(model, state, client, mail);
    }
    path = path_at(d, state->current);
    if (obs->flow.client != client) {
        path->also = obs->flow.client;
    }

    *after_pause =
        path->steps->len && path->has_scp && adp_since(obs->time, last_time(model, path)) > IDLE;
    if (*after_pause) {
        state->undecided = TRUE;
        state->episode = path->steps->len;
    }
    if (is_exchange_search(kind, obs)) {
        if (state->undecided && obs->flow.stream != path->scp_stream) {
            split(d, state, client);
            path = path_at(d, state->current);
        }
        state->undecided = FALSE;
        path->has_scp = TRUE;
        path->scp_stream = obs->flow.stream;
    }
    return state->current;
}

gboolean adp_path_is_certain(const adp_model *model, const adp_step *step)
{
    const client_state *state =
        state_of(&model->derived, adp_model_client(model, step->flow.client));

    return !state || !state->undecided || step->path != state->current ||
           step->path_index < state->episode;
}

/* ---- steps that a path shares with the one before it ---- */

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
    GHashTable *tickets; /* guint64 that it shows, owned keys */
} needs;

static void collect_needs(const adp_model *model, const adp_path *path, needs *n)
{
    guint i;

    for (i = 0; i < path->steps->len; i++) {
        const adp_step *step = adp_model_step(model, g_array_index(path->steps, guint32, i));
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
        if (ticket) {
            g_hash_table_add(n->tickets, g_memdup2(&ticket, sizeof(ticket)));
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
        for (i = 0; reply && i < reply->u.dns->records.count; i++) {
            char *target = lower_name(reply->u.dns->records.items[i].target);
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
        return adp_model_obs(model, step->first)->u.dns->parts.role != ADP_ROLE_AUTODISCOVER;
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

/* A path names so many steps that it shares at most, and looks at so many for them. */
#define MAX_EARLY  256
#define LOOK_EARLY 1024

/*
 * The directory was found, and searched, before the mail domain made any difference: the last
 * such steps before the path began.
 */
static void add_early(const adp_model *model, const adp_path *path, GArray *uses)
{
    const adp_path *parent = adp_model_path(model, path->parent);
    guint32 first = g_array_index(path->steps, guint32, 0);
    guint low = 0;
    guint high = parent->steps->len;
    guint i;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(parent->steps, guint32, middle) < first) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (i = low; i && low - i < LOOK_EARLY && uses->len < MAX_EARLY; i--) {
        guint32 index = g_array_index(parent->steps, guint32, i - 1);

        if (is_early(model, adp_model_step(model, index))) {
            g_array_append_val(uses, index);
        }
    }
    g_array_sort(uses, adp_compare_numbers);
}

GArray *adp_path_uses(const adp_model *model, guint32 index)
{
    const adp_path *path = adp_model_path(model, index);
    GArray *uses = g_array_new(FALSE, FALSE, sizeof(guint32));
    const adp_path *parent;
    needs n;
    guint i;

    if (path->parent == ADP_NONE) {
        return uses;
    }
    if (path->by_mail) {
        add_early(model, path, uses);
        return uses;
    }
    n.servers = g_hash_table_new(NULL, NULL);
    n.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    n.pinged = g_hash_table_new(NULL, NULL);
    n.tickets = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    collect_needs(model, path, &n);
    parent = adp_model_path(model, path->parent);
    for (i = 0; i < parent->steps->len; i++) {
        guint32 step = g_array_index(parent->steps, guint32, i);

        if (is_needed(model, &n, adp_model_step(model, step))) {
            g_array_append_val(uses, step);
        }
    }
    g_hash_table_unref(n.servers);
    g_hash_table_unref(n.names);
    g_hash_table_unref(n.pinged);
    g_hash_table_unref(n.tickets);
    return uses;
}
