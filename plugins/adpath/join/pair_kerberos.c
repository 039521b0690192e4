/* pair_kerberos.c
 * Exchanges with a KDC, and the AP exchange inside other protocols.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/pair_kerberos.h"

#include "join/client.h"
#include "join/derived.h"
#include "join/learn.h"
#include "join/machine.h"
#include "join/model.h"
#include "join/pairing.h"
#include "log/observation.h"
#include "wire/krb_error.h"
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
    guint32 client = adp_model_client(model, adp_model_own_address(model, step->flow.client));
    char *topic =
        g_strdup_printf("%u|%d|%s|%s", client, (int)ask->exchange, ask->spn ? ask->spn : "",
                        ask->exchange == ADP_EXCHANGE_AS && ask->client ? ask->client : "");
    char *lower = g_ascii_strdown(topic, -1);

    g_free(topic);
    return lower;
}

/* So many troubles of other machines at the same address are remembered. */
#define MAX_OTHERS 64

static void recover(adp_model *model, GArray *troubles, const adp_step *by, gint64 time)
{
    guint others = 0;
    guint t;

    for (t = 0; t < troubles->len; t++) {
        adp_step *step = adp_step_at(&model->derived, g_array_index(troubles, guint32, t));

        if (adp_is_machine(step->flow.client) && adp_is_machine(by->flow.client) &&
            step->flow.client != by->flow.client) {
            g_array_index(troubles, guint32, others) = g_array_index(troubles, guint32, t);
            others++;
            continue;
        }
        if (adp_since(time, adp_model_obs(model, step->reply)->time) <= RECOVERY_WINDOW) {
            step->recovered = TRUE;
        }
    }
    g_array_set_size(troubles, others);
    if (others > MAX_OTHERS) {
        g_array_remove_range(troubles, 0, others - MAX_OTHERS);
    }
}

/* To be called when a Kerberos step has got its answer. */
static void learn_kerberos(adp_model *model, guint32 index, const adp_obs *reply)
{
    adp_derived *d = &model->derived;
    const adp_obs_krb *krb = reply->u.krb;
    char *topic;
    GArray *troubles;

    if (krb->is_error ? !adp_krb_error_needs_context(krb->error) : krb->refused) {
        return;
    }
    topic = topic_of(model, adp_step_at(d, index));
    troubles = g_hash_table_lookup(d->troubles, topic);
    if (!krb->is_error) {
        if (troubles) {
            recover(model, troubles, adp_step_at(d, index), reply->time);
        }
        g_free(topic);
        return;
    }
    if (troubles) {
        g_free(topic);
    } else {
        troubles = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_hash_table_insert(d->troubles, topic, troubles);
    }
    g_array_append_val(troubles, index);
}

/* Do the names of a KRB-ERROR fit the request? Missing names fit any. */
static gboolean error_fits(const adp_obs_krb *request, const adp_obs_krb *error)
{
    if (!error->is_error || !error->spn || !*error->spn || !request->spn) {
        return TRUE;
    }
    /* A KDC may answer for CONTOSO with the realm's full name. */
    if (adp_has_prefix(error->spn, "krbtgt/") && adp_has_prefix(request->spn, "krbtgt/")) {
        return TRUE;
    }
    return adp_same_text(error->spn, request->spn);
}

/* So many requests of one connection may wait for their answers at once. */
#define MAX_WAITING 16

/*
 * A reply belongs to the step that is open, unless it repeats the answer to an
 * older one, or an older one still waits and is the one it names. FIFO.
 */
static guint32 step_of_kdc_reply(const adp_model *model, const adp_obs *obs, guint32 open)
{
    const adp_obs_krb *krb = obs->u.krb;
    guint32 best = open;
    guint32 at = open;
    guint i;

    for (i = 0; i < MAX_WAITING && at != ADP_NONE; i++) {
        const adp_step *step = adp_model_step(model, at);
        const adp_obs_krb *request =
            step->request != ADP_NONE ? adp_model_obs(model, step->request)->u.krb : NULL;

        /* Not when the port was used again, much later, for the same question. */
        if (step->reply != ADP_NONE && adp_model_obs(model, step->reply)->hash == obs->hash &&
            adp_since(obs->time, adp_model_obs(model, step->reply)->time) <= 2 * ADP_NS_PER_S) {
            return at;
        }
        if (step->reply == ADP_NONE && request && request->spn && krb->spn &&
            adp_same_text(request->spn, krb->spn)) {
            best = at;
        }
        at = step->older;
    }
    return best;
}

/* The same bytes in a bind or an HTTP request prove that this ticket is the one that is shown. */
static void learn_ticket(adp_derived *d, const adp_obs *obs, guint32 i)
{
    const adp_obs_krb *krb = obs->u.krb;

    if (krb->has_ticket && !krb->is_error &&
        !g_hash_table_contains(d->tickets, &krb->ticket_hash)) {
        g_hash_table_insert(d->tickets, g_memdup2(&krb->ticket_hash, sizeof(krb->ticket_hash)),
                            GUINT_TO_POINTER(i + 1));
    }
}

/* Observation by which a KDC gave the ticket that a request shows, else ADP_NONE. */
static guint32 origin_of_ticket(const adp_derived *d, const adp_obs_krb *krb)
{
    gpointer found = krb->has_ticket ? g_hash_table_lookup(d->tickets, &krb->ticket_hash) : NULL;

    return found ? GPOINTER_TO_UINT(found) - 1 : ADP_NONE;
}

gboolean adp_feed_kdc(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_pair_key key;
    guint32 index;

    if (!obs->from_server) {
        adp_learn_realm(model, adp_feed_request(model, obs, i, ADP_STEP_KERBEROS),
                        obs->u.krb->realm);
        adp_learn_spn(model, obs->u.krb->spn);
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

gboolean adp_feed_ap_request(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_conn *conn = adp_need_conn(d, &obs->flow);

    if (is_step_by_itself(obs->u.krb)) {
        adp_learn_spn(model, obs->u.krb->spn);
        conn->ap = adp_new_step(model, ADP_STEP_KERBEROS, obs, i);
        adp_step_at(d, conn->ap)->request = i;
        adp_learn_realm(model, conn->ap, obs->u.krb->realm);
        adp_step_at(d, conn->ap)->ticket = origin_of_ticket(d, obs->u.krb);
        return adp_finish(d, i);
    }
    conn->ap_request = i;
    return adp_keep_aside(d);
}

gboolean adp_feed_ap_reply(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    const adp_obs_krb *krb = obs->u.krb;
    adp_conn *conn = adp_find_conn(d, &obs->flow);
    guint32 index;

    if (conn && conn->ap != ADP_NONE) {
        if (krb->goes_on && !krb->has_token) {
            return FALSE;
        }
        index = conn->ap;
        conn->ap = ADP_NONE;
        adp_attach(d, index, i);
    } else if (is_step_by_itself(krb) ? krb->has_token : krb->is_error) {
        index = adp_new_step(model, ADP_STEP_KERBEROS, obs, i);
        if (conn && !is_step_by_itself(krb)) {
            adp_step_at(d, index)->request = conn->ap_request;
            conn->ap_request = ADP_NONE;
        }
    } else if (conn && conn->ap_request != ADP_NONE && !is_step_by_itself(krb)) {
        /* Granted: a later error in this connection is about something else. */
        conn->ap_request = ADP_NONE;
        return adp_keep_aside(d);
    } else {
        return FALSE;
    }
    adp_step_at(d, index)->reply = i;
    learn_kerberos(model, index, obs);
    return adp_finish(d, i);
}
