/* pair_kerberos.c
 * Exchanges with a KDC, and the AP exchange inside other protocols.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/pair_kerberos.h"

#include "join/chain.h"
#include "join/derived.h"
#include "join/exchange.h"
#include "join/identity.h"
#include "join/learn.h"
#include "join/machine.h"
#include "join/model.h"
#include "join/pairing.h"
#include "join/stray.h"
#include "log/krb.h"
#include "log/observation.h"
#include "wire/krb_error.h"
#include "wire/limits.h"
#include "wire/text.h"

/*
 * An error that depends on what follows counts as healthy flow when the same is
 * asked again and granted within this time (from memory: clients try at once,
 * people within a minute or two).
 */
#define RECOVERY_WINDOW (120 * ADP_NS_PER_S)

/* What a Kerberos exchange is about: who asks for which service, and how. Owned by the caller. */
static char *topic_of(const adp_model *model, const adp_step *step)
{
    const adp_obs_krb *first = adp_model_obs(model, step->first)->u.krb;
    const adp_obs_krb *ask =
        step->request != ADP_NONE ? adp_model_obs(model, step->request)->u.krb : first;
    guint32 client = adp_client_number(adp_model_client(model, step->flow.client));
    char *topic =
        g_strdup_printf("%u|%d|%s|%s", client, (int)ask->exchange, ask->spn ? ask->spn : "",
                        ask->exchange == ADP_EXCHANGE_AS && ask->client ? ask->client : "");
    char *lower = g_ascii_strdown(topic, -1);

    g_free(topic);
    return lower;
}

/* Does what the step brought make the trouble good? */
typedef gboolean (*remedy)(const adp_model *model, const adp_step *trouble, const adp_step *by);

static gboolean may_be_anothers(const adp_step *trouble, const adp_step *by)
{
    return adp_is_machine(trouble->client) && adp_is_machine(by->client) &&
           !adp_same_client(trouble->client, by->client);
}

/* Marks those of the troubles under the key that are made good, and forgets them. */
static void recover(adp_model *model, const char *key, const adp_step *by, gint64 time,
                    remedy is_remedy)
{
    GArray *troubles = g_hash_table_lookup(model->derived.troubles, key);
    guint others = 0;
    guint t;

    for (t = 0; troubles && t < troubles->len; t++) {
        adp_step *step = adp_step_at(&model->derived, g_array_index(troubles, guint32, t));

        if (may_be_anothers(step, by) || (is_remedy && !is_remedy(model, step, by))) {
            g_array_index(troubles, guint32, others) = g_array_index(troubles, guint32, t);
            others++;
            continue;
        }
        if (adp_since(time, adp_model_obs(model, step->reply)->time) <= RECOVERY_WINDOW) {
            adp_step_own(&model->derived, step)->recovered = TRUE;
        }
    }
    if (troubles) {
        g_array_set_size(troubles, others);
    }
    if (others > ADP_MAX_TROUBLES) {
        g_array_remove_range(troubles, 0, others - ADP_MAX_TROUBLES);
        adp_model_limit(model, ADP_LIMIT_TROUBLES);
    }
}

/* The step failed; what is kept under the key may make it good. */
static void remember(adp_derived *d, const char *key, guint32 index)
{
    GArray *troubles = g_hash_table_lookup(d->troubles, key);

    if (!troubles) {
        troubles = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_hash_table_insert(d->troubles, g_strdup(key), troubles);
    }
    g_array_append_val(troubles, index);
}

static const adp_obs_krb *ask_of(const adp_model *model, const adp_step *step)
{
    return step->request != ADP_NONE ? adp_model_obs(model, step->request)->u.krb : NULL;
}

/* Troubles of the step's client that something else than the same exchange makes good. */
static char *client_key(const adp_model *model, const adp_step *step, const char *what)
{
    return g_strdup_printf("%u|%s", adp_client_number(adp_model_client(model, step->flow.client)),
                           what);
}

#define ELSEWHERE    "elsewhere" /* 68: a request in another realm does */
#define USER_TO_USER "u2u"       /* 27: a user-to-user request does, whatever name it is for */

/* The client goes on where it was sent, or with the same name in another realm than this one. */
static gboolean goes_elsewhere(const adp_model *model, const adp_step *trouble, const adp_step *by)
{
    const adp_obs_krb *asked = ask_of(model, trouble);
    const adp_obs_krb *error = adp_model_obs(model, trouble->reply)->u.krb;
    const adp_obs_krb *ask = ask_of(model, by);
    const char *denied = asked ? asked->realm : error->realm;

    if (!ask->realm || adp_same_text(ask->realm, denied)) {
        return FALSE;
    }
    if (adp_same_text(ask->realm, error->client_realm)) {
        return TRUE;
    }
    return !asked || !asked->client || adp_same_text(ask->client, asked->client);
}

static void learn_request(adp_model *model, guint32 index, const adp_obs *request)
{
    char *key;

    if (request->u.krb->carrier != ADP_CARRIER_KDC) {
        return;
    }
    key = client_key(model, adp_step_at(&model->derived, index), ELSEWHERE);
    recover(model, key, adp_step_at(&model->derived, index), request->time, goes_elsewhere);
    g_free(key);
}

enum {
    CLIENT_UNKNOWN = 6,
    SERVER_UNKNOWN = 7,
    MUST_USE_USER_TO_USER = 27,
    WRONG_REALM = 68
};

static void learn_error(adp_model *model, guint32 index, const adp_obs_krb *error)
{
    const adp_step *step = adp_step_at(&model->derived, index);
    char *key;

    if (adp_krb_class_of(ask_of(model, step), error) != ADP_KRB_CONTEXT) {
        return;
    }
    key = topic_of(model, step);
    remember(&model->derived, key, index);
    g_free(key);
    if (error->error == WRONG_REALM || error->error == MUST_USE_USER_TO_USER) {
        key = client_key(model, step, error->error == WRONG_REALM ? ELSEWHERE : USER_TO_USER);
        remember(&model->derived, key, index);
        g_free(key);
    }
    if (error->error == WRONG_REALM) {
        adp_unlearn_realm(model, index);
    }
}

/* A client that asks as 27 demands has done what it was told: what comes of that is told by itself. */
static void learn_user_to_user(adp_model *model, const adp_step *step, const adp_obs_krb *ask,
                               const adp_obs *reply)
{
    const adp_obs_krb *answer = reply->u.krb;
    char *key;

    if (!ask || !adp_krb_is_user_to_user(ask) ||
        (answer->is_error && (answer->error == CLIENT_UNKNOWN || answer->error == SERVER_UNKNOWN ||
                              adp_krb_class_of(ask, answer) == ADP_KRB_NORMAL))) {
        return;
    }
    key = client_key(model, step, USER_TO_USER);
    recover(model, key, step, reply->time, NULL);
    g_free(key);
}

/* To be called when a Kerberos step has got its answer. */
static void learn_kerberos(adp_model *model, guint32 index, const adp_obs *reply)
{
    const adp_step *step = adp_step_at(&model->derived, index);
    const adp_obs_krb *ask = ask_of(model, step);
    char *key;

    if (reply->u.krb->is_error) {
        learn_user_to_user(model, step, ask, reply);
        learn_error(model, index, reply->u.krb);
        return;
    }
    if (reply->u.krb->refused && reply->u.krb->carrier == ADP_CARRIER_SMB) {
        /* Another ticket, or the same at another server, may be taken. */
        key = topic_of(model, step);
        remember(&model->derived, key, index);
        g_free(key);
    }
    /* A referral is no grant: the service may be unknown there, too. */
    if (reply->u.krb->refused || adp_krb_referral(ask, reply->u.krb)) {
        return;
    }
    if (reply->u.krb->exchange == ADP_EXCHANGE_AS) {
        adp_learn_machine_realm(model, index, reply->u.krb->client, reply->u.krb->client_realm);
    }
    key = topic_of(model, step);
    recover(model, key, step, reply->time, NULL);
    g_free(key);
    learn_user_to_user(model, step, ask, reply);
}

/* Do the names of a KRB-ERROR fit the request? Missing names fit any. */
static gboolean error_fits(const adp_obs_krb *request, const adp_obs_krb *error)
{
    if (!error->is_error || !error->spn || !*error->spn || !request->spn) {
        return TRUE;
    }
    /* Its port has one service only, by several names. */
    if (error->carrier == ADP_CARRIER_KPASSWD) {
        return TRUE;
    }
    /* A KDC may answer for CONTOSO with the realm's full name. */
    if (adp_has_prefix(error->spn, "krbtgt/") && adp_has_prefix(request->spn, "krbtgt/")) {
        return TRUE;
    }
    return adp_same_text(error->spn, request->spn);
}

/* Not when the port was used again, much later, for the same question. */
static gboolean repeats_the_answer(const adp_model *model, const adp_step *step, const adp_obs *obs)
{
    return step->reply != ADP_NONE && adp_model_obs(model, step->reply)->hash == obs->hash &&
           adp_since(obs->time, adp_model_obs(model, step->reply)->time) <= 2 * ADP_NS_PER_S;
}

/*
 * A reply belongs to the step that is open, unless it repeats the answer to an
 * older one that was asked repeatedly, or an older one still waits and is the one it names. FIFO.
 */
static guint32 step_of_kdc_reply(const adp_model *model, const adp_obs *obs, guint32 open)
{
    const adp_obs_krb *krb = obs->u.krb;
    guint32 best = open;
    guint32 at = open;
    guint i;

    for (i = 0; at != ADP_NONE; i++) {
        const adp_step *step = adp_model_step(model, at);
        const adp_obs_krb *request =
            step->request != ADP_NONE ? adp_model_obs(model, step->request)->u.krb : NULL;

        if (!adp_is_awaited(model, at, obs)) {
            break;
        }
        if (i == ADP_MAX_KDC_WAITING) {
            adp_model_limit(model, ADP_LIMIT_KDC_WAITING);
            break;
        }
        if (repeats_the_answer(model, step, obs) && (step->retries || at == open)) {
            return at;
        }
        if (step->reply == ADP_NONE && request && request->spn && krb->spn &&
            adp_same_text(request->spn, krb->spn)) {
            best = at;
        }
        at = step->own->older;
    }
    return best;
}

/* The same bytes in a bind or an HTTP request prove that this ticket is the one that is shown. */
static void learn_ticket(adp_derived *d, const adp_obs *obs, guint32 i)
{
    const adp_obs_krb *krb = obs->u.krb;

    if (krb->has_ticket && krb->ticket_hash && !krb->is_error &&
        !adp_table_get(d->tickets, krb->ticket_hash)) {
        adp_table_set(d->tickets, krb->ticket_hash, i + 1);
    }
}

/* Observation by which a KDC gave the ticket with this hash, else ADP_NONE. */
static guint32 origin_of(const adp_derived *d, guint64 hash)
{
    return hash ? adp_table_get(d->tickets, hash) - 1 : ADP_NONE;
}

static guint32 origin_of_ticket(const adp_derived *d, const adp_obs_krb *krb)
{
    return krb->has_ticket ? origin_of(d, krb->ticket_hash) : ADP_NONE;
}

static void feed_kdc_request(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    const adp_obs_krb *krb = obs->u.krb;
    guint32 index = adp_feed_request(model, obs, i, ADP_STEP_KERBEROS);
    adp_step *step = adp_step_at(d, index);

    if (krb->carrier == ADP_CARRIER_KPASSWD) {
        adp_step_own(d, step)->ticket = origin_of_ticket(d, krb);
    } else {
        adp_step_own(d, step)->shown = origin_of(d, krb->shown_hash);
        adp_step_own(d, step)->more =
            krb->more.count ? origin_of(d, krb->more.items[0].hash) : ADP_NONE;
    }
    adp_learn_realm(model, index, krb->realm);
    adp_learn_spn(model, krb->spn);
    learn_request(model, index, obs);
}

gboolean adp_feed_kdc(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_pair_key key;
    guint32 index;

    if (!obs->from_server) {
        feed_kdc_request(model, obs, i);
        return adp_finish(d, i);
    }
    index = adp_asked_step(model, obs, &key);
    if (index != ADP_NONE) {
        index = step_of_kdc_reply(model, obs, index);
    }
    if (index != ADP_NONE && adp_step_at(d, index)->request != ADP_NONE &&
        !error_fits(adp_model_obs(model, adp_step_at(d, index)->request)->u.krb, obs->u.krb)) {
        /* It answers a request that is not here; that one may still be answered. */
        index = adp_new_step(model, ADP_STEP_KERBEROS, obs, i);
        adp_step_at(d, index)->reply = i;
        return adp_finish(d, i);
    }
    if (index == ADP_NONE && adp_stray_answered(model, obs, i)) {
        return TRUE;
    }
    if (index == ADP_NONE) {
        index = adp_feed_reply(model, obs, i, ADP_STEP_KERBEROS);
    } else {
        adp_attach(d, index, i);
        if (adp_step_at(d, index)->reply == ADP_NONE) {
            adp_step_at(d, index)->reply = i;
        }
    }
    if (adp_step_at(d, index)->reply == i) {
        adp_machine_answered(model, index, obs);
        learn_kerberos(model, index, obs);
        learn_ticket(d, obs, i);
    }
    return adp_finish(d, i);
}

/* Everybody signs in to file servers all day: only LDAP and HTTP belong to the path as such. */
static gboolean is_step_by_itself(const adp_obs_krb *krb)
{
    return krb->carrier == ADP_CARRIER_LDAP || krb->carrier == ADP_CARRIER_HTTP;
}

/* The ticket that was shown on the connection and waits for an answer, which is found; ADP_NONE: none. */
static guint32 take_shown(adp_model *model, adp_conn *conn)
{
    guint32 request = conn ? conn->ap_request : ADP_NONE;

    if (request != ADP_NONE) {
        conn->ap_request = ADP_NONE;
        model->derived.shown_in_smb -=
            adp_model_obs(model, request)->u.krb->carrier == ADP_CARRIER_SMB ? 1 : 0;
    }
    return request;
}

/* Of HTTP/2, whose requests go side by side; elsewhere one ticket is looked at after the other. */
static guint32 stream_of(const adp_obs *obs)
{
    return obs->u.krb->carrier == ADP_CARRIER_HTTP ? obs->id : 0;
}

gboolean adp_feed_ap_request(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_conn *conn = adp_need_conn(d, &obs->flow);
    guint32 index;

    if (is_step_by_itself(obs->u.krb)) {
        adp_learn_spn(model, obs->u.krb->spn);
        index = adp_new_step(model, ADP_STEP_KERBEROS, obs, i);
        adp_set_ap_waiting(d, &obs->flow, stream_of(obs), index);
        adp_step_at(d, index)->request = i;
        adp_learn_realm(model, index, obs->u.krb->realm);
        adp_step_own(d, adp_step_at(d, index))->ticket = origin_of_ticket(d, obs->u.krb);
        return adp_finish(d, i);
    }
    (void)take_shown(model, conn);
    conn->ap_request = i;
    d->shown_in_smb += obs->u.krb->carrier == ADP_CARRIER_SMB ? 1 : 0;
    return adp_keep_aside(d);
}

gboolean adp_model_shown_waits(const adp_model *model)
{
    return model->derived.shown_in_smb > 0;
}

/* Which ticket, shown where. Owned by the caller. */
static char *shown_key(const adp_model *model, const adp_obs *request)
{
    const char *spn = request->u.krb->spn;
    char *what = g_strdup_printf("shown|%u|%s", request->flow.server, spn ? spn : "");
    guint32 client = adp_client_number(adp_model_client(model, request->flow.client));
    char *key = g_strdup_printf("%u|%s", client, what);
    char *lower = g_ascii_strdown(key, -1);

    g_free(key);
    g_free(what);
    return lower;
}

/* A step of a ticket that was kept aside, now that its answer is one. `request` may be ADP_NONE. */
static void feed_shown(adp_model *model, const adp_obs *obs, guint32 i, guint32 request)
{
    adp_derived *d = &model->derived;
    guint32 index = adp_new_step(model, ADP_STEP_KERBEROS, obs, i);
    adp_step *step = adp_step_at(d, index);

    step->request = request;
    step->reply = i;
    if (request != ADP_NONE) {
        adp_step_own(d, step)->ticket = origin_of_ticket(d, adp_model_obs(model, request)->u.krb);
    }
    learn_kerberos(model, index, obs);
}

static void feed_refused(adp_model *model, const adp_obs *obs, guint32 i, guint32 request)
{
    if (request != ADP_NONE) {
        g_hash_table_add(model->derived.ap_refused,
                         shown_key(model, adp_model_obs(model, request)));
    }
    feed_shown(model, obs, i, request);
}

/*
 * Accepted: where the same server refused one of the client for the same name before, that is worth
 * a step, since it makes the refusal good. Others are kept aside.
 */
static gboolean feed_accepted(adp_model *model, const adp_obs *obs, guint32 i, guint32 request)
{
    adp_derived *d = &model->derived;
    char *key = shown_key(model, adp_model_obs(model, request));
    gboolean was_refused = g_hash_table_remove(d->ap_refused, key);

    g_free(key);
    if (!was_refused) {
        return adp_keep_aside(d);
    }
    feed_shown(model, obs, i, request);
    return adp_finish(d, i);
}

/* The answer to a ticket in a protocol that is no step by itself. `conn` may be NULL. */
static gboolean feed_kept_aside(adp_model *model, adp_conn *conn, const adp_obs *obs, guint32 i)
{
    /* A later error in this connection is about something else. */
    guint32 request = take_shown(model, conn);

    if (obs->u.krb->is_error) {
        feed_refused(model, obs, i, request);
        return adp_finish(&model->derived, i);
    }
    if (request == ADP_NONE) {
        return FALSE;
    }
    if (obs->u.krb->refused) {
        feed_refused(model, obs, i, request);
        return adp_finish(&model->derived, i);
    }
    if (obs->u.krb->goes_on) {
        /* The server chose another mechanism: what comes of that is not about the ticket. */
        return adp_keep_aside(&model->derived);
    }
    return feed_accepted(model, obs, i, request);
}

gboolean adp_feed_ap_reply(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    const adp_obs_krb *krb = obs->u.krb;
    adp_conn *conn = adp_find_conn(d, &obs->flow);
    guint32 index = adp_ap_waiting(d, &obs->flow, stream_of(obs));

    if (index != ADP_NONE) {
        if (krb->goes_on && !krb->has_token) {
            return FALSE;
        }
        adp_set_ap_waiting(d, &obs->flow, stream_of(obs), ADP_NONE);
        adp_attach(d, index, i);
    } else if (is_step_by_itself(krb)) {
        if (!krb->has_token) {
            return FALSE;
        }
        index = adp_new_step(model, ADP_STEP_KERBEROS, obs, i);
    } else {
        return feed_kept_aside(model, conn, obs, i);
    }
    adp_step_at(d, index)->reply = i;
    learn_kerberos(model, index, obs);
    return adp_finish(d, i);
}
