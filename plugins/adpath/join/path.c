/* path.c
 * Which path a step belongs to.
 *
 * A path is one discovery of one client. Steps carry no number that says so:
 * what tells two discoveries apart are the client's address, the mail domain, and a
 * search for service connection points that is made anew after a pause.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/path.h"

#include "join/chain.h"
#include "join/client.h"
#include "join/derived.h"
#include "join/exchange.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/machine.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/count.h"
#include "wire/hash.h"
#include "wire/limits.h"
#include "wire/scp.h"
#include "wire/srv_name.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

/** What a client has that has several paths, or a mail domain. */
typedef struct {
    GArray *later;     /* of guint32: all paths but the first; NULL: there are none */
    GHashTable *mails; /* mail domain, lower case -> path + 1; NULL: there is none */
} client_more;

/** What is known of a client while its steps come in. Most have one path and no mail domain: little is kept of those. */
typedef struct {
    guint32 current;   /* path of its last step */
    guint32 first;     /* the first that it had */
    client_more *more; /* owned; NULL: nothing */
} client_state;

static void client_state_clear(gpointer data)
{
    client_state *state = data;

    if (state->more) {
        g_clear_pointer(&state->more->mails, g_hash_table_unref);
        g_clear_pointer(&state->more->later, g_array_unref);
        g_clear_pointer(&state->more, g_free);
    }
}

adp_rows *adp_client_states_new(void)
{
    return adp_rows_new(sizeof(client_state), client_state_clear);
}

static guint path_count(const client_state *state)
{
    return 1 + (state->more && state->more->later ? state->more->later->len : 0);
}

/* Its path number `i`, from 0, in the order in which they began. */
static guint32 path_of(const client_state *state, guint i)
{
    return i == 0 ? state->first : g_array_index(state->more->later, guint32, i - 1);
}

static client_state *state_of(const adp_derived *d, adp_client client)
{
    return adp_rows_find(d->clients, adp_client_number(client));
}

static adp_path *path_at(adp_derived *d, guint32 i)
{
    return &g_array_index(d->paths, adp_path, i);
}

static adp_step *step_at(adp_derived *d, guint32 i)
{
    ADP_COUNT();
    return &g_array_index(d->steps, adp_step, i);
}

static guint32 new_path(adp_derived *d, adp_client client, guint32 parent)
{
    adp_path path = {.own = &adp_nothing_of_path, .client = client};

    if (parent != ADP_NONE) {
        const adp_path *from = path_at(d, parent);
        adp_path_details *own = adp_path_own(d, &path);

        own->parent = parent;
        own->site = from->own->site;
        path.domain = from->domain;
        path.domain_is_own = from->domain_is_own;
        own->forest = from->own->forest;
        path.has_scp = from->has_scp;
        own->scp_stream = from->own->scp_stream;
    }
    g_array_append_val(d->paths, path);
    return d->paths->len - 1;
}

static client_more *need_more(client_state *state)
{
    if (!state->more) {
        state->more = g_new0(client_more, 1);
    }
    return state->more;
}

/* Makes it the client's current one. */
static void go_on_in(client_state *state, guint32 path)
{
    state->current = path;
    if (!need_more(state)->later) {
        state->more->later = g_array_new(FALSE, FALSE, sizeof(guint32));
    }
    g_array_append_val(state->more->later, path);
}

static client_state *need_state(adp_derived *d, adp_client client)
{
    client_state *state = state_of(d, client);

    if (state) {
        return state;
    }
    state = adp_rows_need(d->clients, adp_client_number(client));
    state->first = new_path(d, client, ADP_NONE);
    state->current = state->first;
    return state;
}

static gboolean is_exchange_search(adp_step_kind kind, const adp_obs *obs)
{
    return kind == ADP_STEP_SCP && obs->type == ADP_OBS_LDAP_SEARCH &&
           adp_same_text(obs->u.search->scp_kind, ADP_SCP_EXCHANGE);
}

/* Moves what came after the pause from the current path to one of its own. */
static void split(adp_derived *d, client_state *state, adp_client client)
{
    guint32 fresh = new_path(d, client, state->current);
    adp_path *from = path_at(d, state->current);
    adp_path *to = path_at(d, fresh);
    guint i;

    for (i = from->own->pause; i < from->steps.count; i++) {
        guint32 index = from->steps.items[i];
        adp_step *step = step_at(d, index);

        step->path = fresh;
        step->path_index = to->steps.count;
        adp_list_add(d->arena, &to->steps, index);
    }
    from->steps.count = from->own->pause;
    adp_path_own(d, from)->pause = 0;
    from->split = TRUE;
    go_on_in(state, fresh);
}

/* Time of the last observation of the path's last step. */
static gint64 last_time(const adp_model *model, const adp_path *path)
{
    const adp_step *step = adp_model_step(model, path->steps.items[path->steps.count - 1]);

    return adp_model_obs(model, step->last)->time;
}

/* ---- mail domains ---- */

/* The mail domain that a step is about, as far as it tells; NULL when it does not. */
static const char *mail_domain_of(adp_step_kind kind, const adp_obs *obs)
{
    const char *domain;

    switch (kind) {
    case ADP_STEP_SRV:
        return obs->u.dns->parts->role == ADP_ROLE_AUTODISCOVER ? obs->u.dns->parts->domain : NULL;
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

/* Did an answer of autodiscover send the client of this path to that domain? */
static gboolean was_sent_to(const adp_model *model, const adp_path *path, const char *domain)
{
    guint i;

    for (i = path->steps.count; i; i--) {
        const adp_step *step = adp_model_step(model, path->steps.items[i - 1]);
        const adp_obs_http *reply;
        const char *target;

        if (path->steps.count - i >= ADP_MAX_LOOK_BACK) {
            adp_model_limit(model, ADP_LIMIT_LOOK_BACK);
            break;
        }
        if (step->kind != ADP_STEP_AUTODISCOVER || step->reply == ADP_NONE) {
            continue;
        }
        reply = adp_model_obs(model, step->reply)->u.http;
        target = reply->redirect ? adp_mailbox_domain(reply->redirect) : NULL;
        if (reply->redirect_is_address && adp_same_text(target, domain)) {
            return TRUE;
        }
        if (reply->redirect && !reply->redirect_is_address) {
            char *host = adp_url_host(reply->redirect);
            const char *sent = host ? adp_mail_domain_of(host) : NULL;
            gboolean same = sent && adp_same_text(sent, domain);

            g_free(host);
            if (same) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

/* Another mail domain is another discovery; each keeps its path when they take turns. */
static void follow_mail(adp_model *model, client_state *state, adp_client client,
                        const char *domain)
{
    adp_derived *d = &model->derived;
    adp_path *path = path_at(d, state->current);
    char *lower = g_ascii_strdown(domain, -1);
    GHashTable *mails = state->more ? state->more->mails : NULL;
    gpointer known = mails ? g_hash_table_lookup(mails, lower) : NULL;

    /* After a split, what names the mail domain is of the new discovery. */
    if (known && !path_at(d, GPOINTER_TO_UINT(known) - 1)->split) {
        state->current = GPOINTER_TO_UINT(known) - 1;
        g_free(lower);
        return;
    }
    if (!path->own->mail_domain) {
        adp_path_own(d, path)->mail_domain = domain;
    } else if (!was_sent_to(model, path, domain)) {
        /* The directory was found before any mail domain made a difference. */
        go_on_in(state, new_path(d, client, path->by_mail ? path->own->parent : state->current));
        path = path_at(d, state->current);
        adp_path_own(d, path)->mail_domain = domain;
        path->by_mail = TRUE;
    }
    if (!need_more(state)->mails) {
        state->more->mails = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    }
    g_hash_table_insert(state->more->mails, lower, GUINT_TO_POINTER(state->current + 1));
}

/* ---- clients ---- */

/* Another machine at an address: its first path rests on what was done there before it showed. */
static void begin_machine(adp_derived *d, const adp_model *model, adp_client machine)
{
    const client_state *first =
        state_of(d, adp_machine_then(model, adp_client_at(machine.address)));
    guint32 parent = first ? first->current : ADP_NONE;
    adp_path *path = path_at(d, need_state(d, machine)->current);

    adp_path_own(d, path)->parent = parent;
    path->by_machine = TRUE;
}

/* At an address of several machines: the one that the step certainly is of, or that it goes to. */
static adp_client machine_client(adp_model *model, const adp_obs *obs, adp_step *step)
{
    adp_client client;

    if (step->machine != ADP_NONE) {
        client = step->client = adp_client_machine(model, step->machine);
    } else {
        client = adp_model_owner(model, adp_machine_guess(model, obs));
    }
    if (!state_of(&model->derived, client)) {
        begin_machine(&model->derived, model, client);
    }
    adp_machine_placed(model, obs, client);
    return client;
}

/* Of an address that is one client's, as far as is known. It gets a client if it has none yet. */
static adp_client address_client(adp_model *model, adp_step_kind kind, const adp_obs *obs,
                                 guint32 *joined)
{
    adp_client before = adp_model_client(model, obs->flow.client);
    const client_state *state = state_of(&model->derived, before);
    adp_client client;

    if (!state) {
        return adp_client_begin(model, kind, obs);
    }
    client = adp_client_again(model, kind, obs);
    if (!adp_same_client(client, before)) {
        *joined = state->current;
    }
    return client;
}

static void hand_over_path(adp_model *model, guint32 index, adp_client address, guint32 machine)
{
    adp_path *path = path_at(&model->derived, index);
    guint i;

    if (adp_same_client(path->client, address)) {
        path->client = adp_client_machine(model, machine);
    }
    for (i = 0; i < path->steps.count; i++) {
        adp_step *step = step_at(&model->derived, path->steps.items[i]);

        if (adp_same_client(step->client, address)) {
            step->machine = adp_machine_behind(model, step);
            step->client =
                step->machine != ADP_NONE ? adp_client_machine(model, step->machine) : address;
        }
    }
}

/*
 * The address turns out to be several machines': its paths are those of `machine` from now on,
 * and so are its steps that tell so. Linear in them; happens once for an address.
 */
static void hand_over(adp_model *model, guint32 address, guint32 machine)
{
    adp_derived *d = &model->derived;
    adp_client client = adp_client_hand_over(model, address, machine);
    adp_client owner = adp_client_machine(model, machine);
    const client_state *state;
    guint i;

    if (!adp_rows_move(d->clients, adp_client_number(client), adp_client_number(owner))) {
        return;
    }
    state = state_of(d, owner);
    for (i = 0; i < path_count(state); i++) {
        hand_over_path(model, path_of(state, i), adp_client_at(address), machine);
    }
}

guint32 adp_path_for(adp_model *model, adp_step_kind kind, const adp_obs *obs, adp_step *step)
{
    adp_derived *d = &model->derived;
    guint32 joined = ADP_NONE;
    adp_client client;
    client_state *state;
    const char *mail = mail_domain_of(kind, obs);
    adp_path *path;
    gboolean proven;

    step->client = adp_client_at(obs->flow.client);
    step->machine = adp_machine_of(model, kind, obs, &proven);
    if (proven) {
        hand_over(model, obs->flow.client, adp_machine_users_of(model, obs->flow.client)->first);
    }
    client = adp_model_is_shared(model, obs->flow.client)
                 ? machine_client(model, obs, step)
                 : address_client(model, kind, obs, &joined);
    state = need_state(d, client);
    if (mail) {
        follow_mail(model, state, client, mail);
    }
    path = path_at(d, state->current);
    if (obs->flow.client != path->client.address) {
        adp_path_own(d, path)->also = obs->flow.client;
    }
    if (joined != ADP_NONE) {
        adp_path_own(d, path)->joined = joined;
        adp_path_own(d, path_at(d, joined))->went_on = state->current;
    }

    step->after_pause = path->steps.count && path->has_scp &&
                        adp_since(obs->time, last_time(model, path)) > ADP_PATH_IDLE;
    if (step->after_pause) {
        adp_path_own(d, path)->pause = path->steps.count;
    }
    if (is_exchange_search(kind, obs)) {
        if (path->own->pause && obs->flow.stream != path->own->scp_stream) {
            split(d, state, client);
            path = path_at(d, state->current);
        }
        adp_path_own(d, path)->pause = 0;
        path->has_scp = TRUE;
        adp_path_own(d, path)->scp_stream = obs->flow.stream;
    }
    return state->current;
}

gboolean adp_path_is_certain(const adp_model *model, const adp_step *step)
{
    const adp_path *path = adp_model_path(model, step->path);
    const adp_obs *first = adp_model_obs(model, step->first);

    /* Neighbours are no path any more once the client asks a DNS server, by whatever address. */
    if (path->steps.count == 1 && step->kind == ADP_STEP_SRV && first->u.dns->by_mdns) {
        return FALSE;
    }
    return !path->own->pause || step->path_index < path->own->pause;
}

guint32 adp_path_around(const adp_model *model, const adp_flow *flow, guint32 i)
{
    const adp_conn *conn = flow->transport == ADP_TCP ? adp_find_conn(&model->derived, flow) : NULL;
    const client_state *state;
    guint low = 1; /* the first one, when none began before */
    guint high;

    if (conn && conn->last != ADP_NONE) {
        return adp_model_step(model, conn->last)->path;
    }
    state =
        state_of(&model->derived, adp_machine_then(model, adp_model_client(model, flow->client)));
    if (!state) {
        state = state_of(&model->derived, adp_client_told(model, i));
    }
    if (!state) {
        return ADP_NONE;
    }
    high = path_count(state);
    /* Each path of a client begins behind those that were made before it. */
    while (low < high) {
        guint middle = low + (high - low) / 2;
        const adp_path *path = adp_model_path(model, path_of(state, middle));

        if (adp_model_step(model, path->steps.items[0])->first <= i) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return path_of(state, low - 1);
}
