/* rules_krb_realm.c
 * Findings about the realm in which a client asks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_krb_realm.h"

#include "facts/outcome.h"
#include "join/attempts.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/finding.h"
#include "judge/krb_sequel.h"
#include "judge/krb_signs.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/signs.h"
#include "judge/topics.h"
#include "log/krb.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/krb_types.h"
#include "wire/ports.h"
#include "wire/text.h"

#include <string.h>

/* A client that uses its ticket does so soon. */
#define PATIENCE (5 * ADP_NS_PER_S)

/* ---- realms that refer to each other ---- */

/* The realms in which a client asked for one thing, each time sent on to the next of them. */
typedef struct {
    char *key;
    GPtrArray *steps; /* of const adp_step *: the referrals; none: it has ended */
    gboolean circle;  /* they led back to a realm of the walk */
} walk;

static void walk_free(gpointer data)
{
    walk *w = (walk *)data;

    g_ptr_array_unref(w->steps);
    g_free(w->key);
    g_free(w);
}

static void walk_end(walk *w)
{
    g_ptr_array_set_size(w->steps, 0);
    w->circle = FALSE;
}

/* The walk with this key, made when it is new: `index` finds them, `list` owns them. */
static walk *walk_of(GPtrArray *list, GHashTable *index, char *key)
{
    walk *w = g_hash_table_lookup(index, key);

    if (!w) {
        w = g_new0(walk, 1);
        w->key = g_strdup(key);
        w->steps = g_ptr_array_new();
        g_ptr_array_add(list, w);
        g_hash_table_insert(index, w->key, w);
    }
    return w;
}

/* What the client asks for, whichever realm it asks: itself at a logon. Free with g_free(). */
static char *walk_key(const adp_rules *r, const adp_step *step)
{
    gboolean as = adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS;
    adp_client client = adp_model_owner(r->model, step->client);
    char *key = g_strdup_printf("%u|%d|%s", adp_client_number(client), as,
                                as ? adp_rules_krb_client(r, step) : adp_rules_krb_spn(r, step));
    char *lower = g_ascii_strdown(key, -1);

    g_free(key);
    return lower;
}

static const char *led_to(const adp_rules *r, const adp_step *step)
{
    return adp_krb_referral(adp_rules_krb_ask(r, step), adp_rules_krb_answer(r, step));
}

/* So many realms a client walks through at most: MIT's and Heimdal's give up after ten (from memory). */
#define LONGEST_WALK 32

/* The referral belongs to the walk when the client asks where the last one led; else a walk begins. */
static void walk_on(const adp_rules *r, walk *w, const adp_step *step)
{
    const char *realm = adp_rules_krb_ask(r, step)->realm;
    const char *next = led_to(r, step);
    guint i;

    if (w->steps->len &&
        !adp_same_text(led_to(r, g_ptr_array_index(w->steps, w->steps->len - 1)), realm)) {
        walk_end(w);
    }
    for (i = 0; !w->circle && i < MIN(w->steps->len, LONGEST_WALK); i++) {
        const adp_obs_krb *ask = adp_rules_krb_ask(r, g_ptr_array_index(w->steps, i));

        w->circle = adp_same_text(ask->realm, next);
    }
    g_ptr_array_add(w->steps, (gpointer)step);
}

/* The walks in order of their first step. A ticket ends one, and an error that is told by itself. */
static GPtrArray *find_walks(const adp_rules *r)
{
    GPtrArray *walks = g_ptr_array_new_with_free_func(walk_free);
    GHashTable *index = g_hash_table_new(adp_str_hash, adp_str_equal);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_krb *answer =
            step->kind == ADP_STEP_KERBEROS ? adp_rules_krb_answer(r, step) : NULL;
        const adp_obs_krb *ask = answer ? adp_rules_krb_ask(r, step) : NULL;
        char *key;
        walk *w;

        if (!ask || !ask->realm || answer->damaged ||
            adp_rules_krb_carrier(r, step) != ADP_CARRIER_KDC) {
            continue;
        }
        key = walk_key(r, step);
        w = led_to(r, step) ? walk_of(walks, index, key) : g_hash_table_lookup(index, key);
        if (led_to(r, step)) {
            walk_on(r, w, step);
        } else if (w && (!answer->is_error || adp_rules_outcome(r, step) == ADP_FAILED)) {
            walk_end(w);
        }
        g_free(key);
    }
    g_hash_table_unref(index);
    return walks;
}

/* So many realms of a circle are named. */
#define REALMS_NAMED 4

/* "A, B and C"; free with g_free(). */
static char *realms_of(const adp_rules *r, const walk *w)
{
    const char *realms[REALMS_NAMED];
    GString *words = g_string_new(NULL);
    guint count = 0;
    guint i;
    guint k;

    for (i = 0; i < w->steps->len && count < REALMS_NAMED; i++) {
        const char *realm = adp_rules_krb_ask(r, g_ptr_array_index(w->steps, i))->realm;

        for (k = 0; k < count && !adp_same_text(realms[k], realm); k++) {
        }
        if (k == count) {
            realms[count++] = realm;
        }
    }
    for (i = 0; i < count; i++) {
        g_string_append_printf(words, "%s%s",
                               i == 0          ? ""
                               : i + 1 < count ? ", "
                                               : " and ",
                               realms[i]);
    }
    return g_string_free(words, FALSE);
}

static void report_circle(adp_rules *r, const walk *w)
{
    const adp_step *first = g_ptr_array_index(w->steps, 0);
    const adp_step *last = g_ptr_array_index(w->steps, w->steps->len - 1);
    gboolean as = adp_rules_krb_exchange(r, first) == ADP_EXCHANGE_AS;
    const char *name = as ? adp_rules_krb_client(r, first) : adp_rules_krb_spn(r, first);
    char *realms = realms_of(r, w);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_WRONG_REALM, first->path, w->key);
    guint i;

    for (i = 0; i < w->steps->len; i++) {
        adp_rules_cite_step(r, f, g_ptr_array_index(w->steps, i));
    }
    adp_rules_krb_signs(r, f, first);
    adp_rules_summary(
        f,
        "%s: the client asked in the realms %s, which refer to each other, so that no "
        "KDC gives a ticket",
        name, realms);
    adp_rules_observed(f,
                       "%u answers refer the request for %s to another realm; the last one to %s, "
                       "where the client had asked before",
                       w->steps->len, name, led_to(r, last));
    adp_rules_inferred(f, "Each KDC takes the name for one of the other realm. No KDC says in the "
                          "capture that it has the name, or that nobody has.");
    adp_rules_advise(r, f, as ? "wrong-realm/circle-as" : "wrong-realm/circle", "realm",
                     adp_rules_krb_ask(r, first)->realm, "other", led_to(r, first), "spn",
                     as ? NULL : name, "account", as ? name : NULL, NULL);
    g_free(realms);
}

/* Remembers their steps in `told`. */
static void circles(adp_rules *r, GHashTable *told)
{
    GPtrArray *walks = find_walks(r);
    guint i;
    guint k;

    for (i = 0; i < walks->len; i++) {
        const walk *w = g_ptr_array_index(walks, i);
        const adp_step *last = w->circle ? g_ptr_array_index(w->steps, w->steps->len - 1) : NULL;

        if (!last || adp_since(r->end, adp_rules_time(r, last)) < PATIENCE) {
            continue;
        }
        report_circle(r, w);
        for (k = 0; k < w->steps->len; k++) {
            g_hash_table_add(told, g_ptr_array_index(w->steps, k));
        }
    }
    g_ptr_array_unref(walks);
}

/* ---- 68, and no request elsewhere ---- */

#define KDC_ERR_WRONG_REALM 68

/* Free with g_free(). */
static char *tried_key(guint32 client, const char *realm)
{
    char *key = g_strdup_printf("%u|%s", client, realm);
    char *lower = g_ascii_strdown(key, -1);

    g_free(key);
    return lower;
}

/* tried_key() of each realm's KDCs that were connected to -> the last observation of that + 1. */
GHashTable *adp_rules_krb_tried_realms(const adp_rules *r)
{
    GHashTable *tried = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint32 i;

    for (i = 0; i < adp_model_attempt_count(r->model); i++) {
        const adp_attempt *attempt = adp_model_attempt(r->model, i);
        const char *name = adp_model_address_name(r->model, attempt->flow.server);
        const char *dot = name ? strchr(name, '.') : NULL;

        if (dot && adp_port_is_kdc(attempt->flow.server_port)) {
            g_hash_table_replace(tried, tried_key(attempt->flow.client, dot + 1),
                                 GUINT_TO_POINTER(attempt->last + 1));
        }
    }
    return tried;
}

guint32 adp_rules_krb_looks_in(const adp_rules *r, const adp_step *after, const char *realm,
                               GHashTable *tried)
{
    static const char *const names[] = {"_kerberos._tcp.dc._msdcs.", "_kerberos._tcp.",
                                        "_kerberos._udp.", "_ldap._tcp.dc._msdcs."};
    char *key = tried_key(after->flow.client, realm);
    guint32 last = GPOINTER_TO_UINT(g_hash_table_lookup(tried, key));
    guint i;

    g_free(key);
    if (last && last - 1 > after->last) {
        return last - 1;
    }
    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        char *name = g_strconcat(names[i], realm, NULL);
        const adp_step *asked = adp_rules_good(r, after->client, ADP_TOPIC_SRV_ANSWER, name, after);

        g_free(name);
        if (asked) {
            return asked->first;
        }
    }
    return ADP_NONE;
}

static void say_followed(const adp_rules *r, adp_finding *f, const char *who, guint32 looked)
{
    adp_rules_sign(f, ADP_SIGN_REALM_FOLLOWED, looked);
    adp_rules_inferred(
        f,
        "Such an answer is healthy when the client then asks in the right realm. It "
        "looked for a KDC there (frame %u), and %s sent no request in any other realm "
        "afterwards.",
        adp_model_obs(r->model, looked)->frame, who);
}

static void report_wrong_realm(adp_rules *r, const adp_group *group, GHashTable *tried)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, first);
    const char *asked = adp_rules_krb_ask(r, first)->realm;
    const char *client = adp_rules_krb_client(r, first);
    gboolean as = adp_rules_krb_exchange(r, first) == ADP_EXCHANGE_AS;
    const char *name = as && *client ? client : adp_rules_krb_spn(r, first);
    const char *right = answer->client_realm;
    gboolean told = right && *right && !adp_same_text(right, asked);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_WRONG_REALM, first->path, group->key);
    char *answered = adp_rules_krb_answered(r, group);
    guint32 looked = told ? adp_rules_krb_looks_in(r, first, right, tried) : ADP_NONE;

    adp_rules_cite_group(r, f, group);
    adp_rules_krb_signs(r, f, first);
    adp_rules_summary(f, "%s: the KDC is not one of the realm %s that the client asked for", name,
                      asked);
    adp_rules_observed(f, "%s for %s in the realm %s with KDC_ERR_WRONG_REALM (68)%s%s", answered,
                       name, asked, told ? ", and names the realm " : "", told ? right : "");
    if (looked != ADP_NONE) {
        say_followed(r, f, as && *client ? client : "this one", looked);
    } else {
        adp_rules_inferred(f,
                           "Such an answer is healthy when the client then asks in the right "
                           "realm. %s sent no request in any other realm afterwards.",
                           as && *client ? client : "This one");
    }
    adp_rules_advise(r, f, as ? "wrong-realm" : "wrong-realm/tgs", "account",
                     as && *client ? client : NULL, "realm", asked, "spn",
                     adp_rules_krb_spn(r, first), "server",
                     adp_rules_address(r, first->flow.server), "host",
                     adp_rules_host(r, first->flow.server), NULL);
    g_free(answered);
}

/* `told`: steps of which a finding tells already. */
static void wrong_realm(adp_rules *r, GHashTable *told)
{
    adp_groups *groups = adp_groups_new();
    GHashTable *tried;
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_krb *answer =
            step->kind == ADP_STEP_KERBEROS ? adp_rules_krb_answer(r, step) : NULL;
        const adp_obs_krb *ask = answer ? adp_rules_krb_ask(r, step) : NULL;
        char *key;

        if (!answer || !answer->is_error || answer->error != KDC_ERR_WRONG_REALM || !ask ||
            !ask->realm || adp_krb_names_nobody(ask) || g_hash_table_contains(told, step) ||
            adp_rules_krb_changed_realm(r, step) || adp_rules_krb_taken_after_all(r, step)) {
            continue;
        }
        key = g_strdup_printf("%s|%s|%s", ask->realm, adp_rules_krb_client(r, step),
                              adp_rules_krb_spn(r, step));
        adp_groups_add(groups, step, key);
        g_free(key);
    }
    tried = groups->list->len ? adp_rules_krb_tried_realms(r) : NULL;
    for (i = 0; i < groups->list->len; i++) {
        report_wrong_realm(r, g_ptr_array_index(groups->list, i), tried);
    }
    if (tried) {
        g_hash_table_unref(tried);
    }
    adp_groups_free(groups);
}

/* ---- a realm in other letters ---- */

/* A logon whose ticket names the realm in other letters, and which asked not to be corrected. */
static gboolean is_respelled(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);

    return ask && answer && !answer->is_error && ask->exchange == ADP_EXCHANGE_AS && ask->realm &&
           answer->realm && !(ask->options & ADP_KDC_CANONICALIZE) &&
           strcmp(ask->realm, answer->realm) != 0 && adp_same_text(ask->realm, answer->realm);
}

static void realm_case(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        adp_finding *f;

        /* A client that uses the ticket did not mind. */
        if (step->kind != ADP_STEP_KERBEROS || !is_respelled(r, step) ||
            adp_since(r->end, adp_rules_time(r, step)) < PATIENCE ||
            adp_rules_good(r, step->client, ADP_TOPIC_TGS, NULL, step) ||
            adp_rules_krb_went_on_in(r, step->client, NULL, step)) {
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_REALM_CASE_DIFFERS, step->path,
                           adp_rules_krb_client(r, step));
        adp_rules_cite_step(r, f, step);
        if (f->summary) {
            continue;
        }
        adp_rules_krb_signs(r, f, step);
        adp_rules_summary(f, "The client asked in %s, the ticket names %s, and nobody used it",
                          adp_rules_krb_ask(r, step)->realm, adp_rules_krb_answer(r, step)->realm);
        adp_rules_observed(f,
                           "The logon asked for a ticket in the realm %s; the KDC gave one of the "
                           "realm %s. No request with the ticket follows in the capture",
                           adp_rules_krb_ask(r, step)->realm, adp_rules_krb_answer(r, step)->realm);
        adp_rules_inferred(f,
                           "Names of realms depend on case (RFC 4120 6.1), and the client did not "
                           "ask for a correction (canonicalize): libraries take such a ticket for "
                           "another realm's and drop it.");
        adp_rules_advise(r, f, "realm-case-differs", "realm", adp_rules_krb_answer(r, step)->realm,
                         "account", adp_rules_krb_client(r, step), NULL);
    }
}

void adp_rules_krb_realms(adp_rules *r)
{
    GHashTable *told = g_hash_table_new(NULL, NULL);

    circles(r, told);
    wrong_realm(r, told);
    g_hash_table_unref(told);
    realm_case(r);
}
