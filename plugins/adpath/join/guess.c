/* guess.c
 * What a client did with a host before the capture showed that it is its mail domain.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/guess.h"

#include "join/attempts.h"
#include "join/chain.h"
#include "join/derived.h"
#include "join/exchange.h"
#include "join/identity.h"
#include "join/learn.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/limits.h"
#include "wire/ports.h"
#include "wire/srv_name.h"
#include "wire/text.h"

#include <string.h>

/* Clients go on with names made from the mailbox at once; a dead entry before may cost 21 s. */
#define WINDOW (60 * ADP_NS_PER_S)

/** How long, and of how many hosts yet, a client's lookups are kept aside. */
typedef struct {
    gint64 begun; /* when `left` was full */
    gint64 last;  /* the client's last step that has to do with its directory */
    guint left;
    gboolean directory; /* it has turned to it */
} guess_window;

static guess_window *find_window(const adp_model *model, guint32 address)
{
    return adp_rows_find(model->derived.guess_windows, address);
}

/* The client's window; a new one is of a client that has not turned to its directory yet. */
static guess_window *need_window(adp_model *model, guint32 address, gint64 time)
{
    guess_window *window = find_window(model, address);

    if (!window) {
        window = adp_rows_need(model->derived.guess_windows, address);
        window->begun = time;
        window->left = ADP_MAX_GUESS_HOSTS;
    }
    return window;
}

void adp_guess_begin(adp_model *model, guint32 address, gint64 time)
{
    guess_window *window = need_window(model, address, time);

    if (!window->directory) {
        window->directory = TRUE;
        window->begun = time;
        window->left = ADP_MAX_GUESS_HOSTS;
    }
    /* Busy clients ask for many hosts: those after the first ones are forgotten. */
    if (adp_since(time, window->begun) > WINDOW) {
        window->begun = time;
        window->left = ADP_MAX_GUESS_HOSTS;
    }
    window->last = time;
}

/** What a guess is found by. */
typedef struct {
    guint64 hash; /* of the two below */
    guint32 address;
    const char *host; /* in lower case; of a key that only looks: in any case */
} guess_key;

/** A guess with its key, and the host's name behind it. */
typedef struct {
    guess_key key;
    adp_guess guess;
    char name[];
} kept_guess;

static guess_key key_of(guint32 address, const char *host)
{
    return (guess_key){adp_hash_lower(address, host), address, host};
}

static guint key_hash(gconstpointer key)
{
    return (guint)((const guess_key *)key)->hash;
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    const guess_key *x = a;
    const guess_key *y = b;

    return x->hash == y->hash && x->address == y->address && adp_same_text(x->host, y->host);
}

adp_rows *adp_guess_windows_new(void)
{
    return adp_rows_new(sizeof(guess_window), NULL);
}

GHashTable *adp_guess_table(void)
{
    /* A key is the beginning of what it is found by. */
    return g_hash_table_new_full(key_hash, key_equal, g_free, NULL);
}

static adp_guess *find_by_key(const adp_model *model, const guess_key *key)
{
    kept_guess *kept = g_hash_table_lookup(model->derived.guesses, key);

    return kept ? &kept->guess : NULL;
}

/* Without a window the client has no guess: most clients of a capture. */
static adp_guess *find(const adp_model *model, guint32 address, const char *host)
{
    guess_key key;

    if (!host || !find_window(model, address)) {
        return NULL;
    }
    key = key_of(address, host);
    return find_by_key(model, &key);
}

const adp_guess *adp_model_guess(const adp_model *model, adp_client client, const char *host)
{
    const adp_guess *guess = find(model, client.address, host);

    return guess && (!adp_is_machine(client) ||
                     adp_same_client(adp_machine_then(model, guess->client), client))
               ? guess
               : NULL;
}

void adp_guess_each(const adp_model *model, adp_guess_visit visit, gpointer data)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, model->derived.guesses);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const kept_guess *kept = value;

        visit(kept->key.address, kept->key.host, &kept->guess, data);
    }
}

/* Addresses begin with a digit, or have a colon. */
static gboolean is_address(const char *name)
{
    return (g_ascii_isdigit(*name) || strchr(name, ':')) && g_hostname_is_ip_address(name);
}

/* A mail domain has two labels or more, and no service in front. */
static gboolean may_be_mail_domain(const char *name)
{
    const char *dot = *name == '_' ? NULL : strchr(name, '.');

    return dot && dot[1] && !is_address(name) && !adp_domain_has_appended_suffix(name);
}

/* The longest mail domains without a directory: "emea.contoso.com"; most hosts of browsers are not. */
#define EARLY_DOTS 2

static gboolean may_be_early(const char *name)
{
    const char *dot = strchr(name, '.');
    guint dots = 0;

    for (; dot && dot[1]; dot = strchr(dot + 1, '.')) {
        dots++;
    }
    return dots <= EARLY_DOTS && !adp_has_prefix(name, "www.");
}

/* May one more host of this client be kept? */
static gboolean window_is_open(const adp_model *model, const adp_obs *obs, const char *host)
{
    const guess_window *window = find_window(model, obs->flow.client);

    if (window && window->directory && adp_since(obs->time, window->last) <= WINDOW) {
        return window->left > 0;
    }
    if (!may_be_early(host) ||
        (window && window->left == 0 && adp_since(obs->time, window->begun) <= WINDOW)) {
        return FALSE;
    }
    if (model->derived.early_guesses >= ADP_MAX_GUESS_EARLY) {
        adp_model_limit(model, ADP_LIMIT_GUESS_EARLY);
        return FALSE;
    }
    return TRUE;
}

gboolean adp_guess_is_within(const adp_model *model, const adp_guess *guess, guint32 begin,
                             guint32 end)
{
    guint32 first = guess->asked;

    return first != ADP_NONE && first <= end &&
           (first >= begin || adp_since(adp_model_obs(model, begin)->time,
                                        adp_model_obs(model, first)->time) <= WINDOW);
}

gboolean adp_guess_was_closed(const adp_model *model, const adp_guess *guess)
{
    return guess->attempt != ADP_NONE && !guess->client_data &&
           adp_model_attempt(model, guess->attempt)->closed;
}

/* ---- DNS ---- */

/* Asked anew long after, the host is looked at anew. */
static gboolean is_stale(const adp_model *model, const adp_guess *guess, const adp_obs *obs)
{
    return !obs->from_server && guess->asked != ADP_NONE &&
           adp_since(obs->time, adp_model_obs(model, guess->asked)->time) > WINDOW;
}

static gboolean is_about_address(const adp_obs_dns *dns)
{
    return dns->qtype == ADP_DNS_A || dns->qtype == ADP_DNS_AAAA;
}

/* `guess`: that of its host; NULL: there is none. */
static gboolean wants(const adp_model *model, const adp_obs *obs, const adp_guess *guess)
{
    const char *host = obs->u.dns->name;

    if (guess && !is_stale(model, guess, obs)) {
        return guess->kept < ADP_MAX_GUESS_KEPT;
    }
    return !obs->from_server && may_be_mail_domain(host) && window_is_open(model, obs, host);
}

gboolean adp_guess_wants(adp_model *model, const adp_obs *obs)
{
    gboolean is = is_about_address(obs->u.dns) &&
                  wants(model, obs, find(model, obs->flow.client, obs->u.dns->name));

    model->derived.wanted_aside = is ? adp_model_obs_count(model) + 1 : 0;
    return is;
}

static void forget(adp_guess *guess)
{
    guess->asked = guess->answered = guess->addresses = guess->hello = ADP_NONE;
    guess->certificate = guess->alert = guess->attempt = ADP_NONE;
    guess->missed = guess->resolved = guess->client_data = guess->settled = FALSE;
    guess->kept = 0;
}

/* Takes a place of the client's window, and of the capture's without a directory. */
static void take_place(adp_model *model, const adp_obs *obs)
{
    guess_window *window = need_window(model, obs->flow.client, obs->time);

    if (!window->directory || adp_since(obs->time, window->last) > WINDOW) {
        model->derived.early_guesses++;
        if (adp_since(obs->time, window->begun) > WINDOW) {
            window->begun = obs->time;
            window->left = ADP_MAX_GUESS_HOSTS;
        }
    }
    window->left -= window->left > 0;
}

static adp_guess *make_guess(adp_model *model, const guess_key *key)
{
    gsize len = strlen(key->host);
    kept_guess *kept = g_malloc0(sizeof(*kept) + len + 1);
    gsize i;

    for (i = 0; i < len; i++) {
        const char c = key->host[i];

        kept->name[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    kept->key = (guess_key){key->hash, key->address, kept->name};
    g_hash_table_insert(model->derived.guesses, &kept->key, kept);
    return &kept->guess;
}

/* The host is looked at from now on; the same one, should its handshake still point there. */
static adp_guess *begin(adp_model *model, const adp_obs *obs, const char *host)
{
    const guess_key key = key_of(obs->flow.client, host);
    adp_guess *guess = find_by_key(model, &key);

    take_place(model, obs);
    guess = guess ? guess : make_guess(model, &key);
    forget(guess);
    guess->client = adp_machine_recent(model, obs->flow.client);
    return guess;
}

static gboolean keep(adp_model *model, adp_guess *guess)
{
    guess->kept++;
    return adp_keep_aside(&model->derived);
}

gboolean adp_guess_dns(adp_model *model, const adp_obs *obs, guint32 i)
{
    const adp_obs_dns *dns = obs->u.dns;
    adp_guess *guess = is_about_address(dns) ? find(model, obs->flow.client, dns->name) : NULL;

    if (!is_about_address(dns) ||
        (model->derived.wanted_aside != i + 1 && !wants(model, obs, guess))) {
        return FALSE;
    }
    if (!obs->from_server) {
        guess = guess && !is_stale(model, guess, obs) ? guess : begin(model, obs, dns->name);
        guess->asked = guess->asked == ADP_NONE ? i : guess->asked;
        return keep(model, guess);
    }
    guess->answered = i;
    if (adp_dns_answers(dns)) {
        guess->resolved = TRUE;
        guess->addresses = i;
        adp_guess_addresses(model, dns);
    } else {
        guess->missed = guess->missed ||
                        (!dns->truncated && !dns->damaged && (dns->rcode == 0 || dns->rcode == 3));
    }
    return keep(model, guess);
}

/* ---- connections ---- */

gboolean adp_guess_is_server(const adp_model *model, const adp_flow *flow)
{
    const GPtrArray *names;
    guint i;

    if (flow->server_port != ADP_PORT_HTTPS) {
        return FALSE;
    }
    names = g_hash_table_lookup(model->derived.names_of, GUINT_TO_POINTER(flow->server + 1));
    for (i = 0; names && i < names->len; i++) {
        if (find(model, flow->client, g_ptr_array_index(names, i))) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean adp_guess_connect(adp_model *model, const adp_obs *obs, guint32 i)
{
    const char *host = obs->u.http->host;
    adp_guess *guess = find(model, obs->flow.client, host);

    if (guess && !is_stale(model, guess, obs)) {
        if (guess->kept >= ADP_MAX_GUESS_KEPT) {
            return FALSE;
        }
    } else if (!may_be_mail_domain(host) || !window_is_open(model, obs, host)) {
        return FALSE;
    } else {
        guess = begin(model, obs, host);
    }
    guess->asked = guess->asked == ADP_NONE ? i : guess->asked;
    guess->kept++;
    return TRUE;
}

gboolean adp_guess_hello(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_guess *guess = find(model, obs->flow.client, obs->u.tls->sni);

    if (!guess || guess->hello != ADP_NONE) {
        return FALSE;
    }
    guess->hello = i;
    guess->attempt = adp_find_attempt(&model->derived, &obs->flow);
    adp_need_conn(&model->derived, &obs->flow)->guess = guess;
    return keep(model, guess);
}

gboolean adp_guess_later(adp_model *model, adp_guess *guess, const adp_obs *obs, guint32 i)
{
    const adp_obs_tls *tls = obs->u.tls;

    if (!adp_guess_goes_on(guess)) {
        return FALSE;
    }
    if (tls->event == ADP_TLS_CERTIFICATE && obs->from_server && guess->certificate == ADP_NONE) {
        guess->certificate = i;
    } else if (tls->event == ADP_TLS_ALERT && tls->alert_level == 2) {
        guess->alert = i;
    } else if (tls->event == ADP_TLS_DATA && !obs->from_server && !guess->client_data) {
        guess->client_data = TRUE;
    } else if (tls->event == ADP_TLS_DATA && obs->from_server && guess->client_data) {
        guess->settled = TRUE;
    } else {
        return FALSE;
    }
    return keep(model, guess);
}

gboolean adp_guess_goes_on(const adp_guess *guess)
{
    return guess && !guess->settled && guess->alert == ADP_NONE;
}
