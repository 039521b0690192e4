/* pair_ldap.c
 * Searches, binds, and LDAP whose content is hidden.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/pair_ldap.h"

#include "join/chain.h"
#include "join/derived.h"
#include "join/exchange.h"
#include "join/guess.h"
#include "join/learn.h"
#include "join/model.h"
#include "join/pages.h"
#include "join/pair_tcp.h"
#include "join/pairing.h"
#include "join/stray.h"
#include "log/observation.h"
#include "wire/ldap_result.h"
#include "wire/scp.h"
#include "wire/text.h"

static adp_step_kind kind_of_search(const adp_obs_search *search)
{
    if (search->is_ping) {
        return ADP_STEP_PING;
    }
    return search->scp_kind ? ADP_STEP_SCP : ADP_STEP_ROOTDSE;
}

static gboolean is_exchange(const adp_model *model, const adp_step *step)
{
    return step->kind == ADP_STEP_SCP && step->request != ADP_NONE &&
           adp_same_text(adp_model_obs(model, step->request)->u.search->scp_kind, ADP_SCP_EXCHANGE);
}

/* What reports ask for again and again, for each path that rests on the answer. */
static void note_url(adp_derived *d, const adp_scp_entry *entry, guint32 step, guint32 i)
{
    gpointer key = GUINT_TO_POINTER(step + 1);
    GArray *urls;

    if (entry->type != ADP_SCP_URL || adp_step_at(d, step)->kind != ADP_STEP_SCP) {
        return;
    }
    adp_step_own(d, adp_step_at(d, step))->has_url = TRUE;
    if (!adp_scp_has_url(entry)) {
        return;
    }
    urls = g_hash_table_lookup(d->urls, key);
    if (!urls) {
        urls = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_hash_table_insert(d->urls, key, urls);
    }
    if (urls->len < ADP_MAX_URLS) {
        g_array_append_val(urls, i);
    }
}

static gboolean feed_entry(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    const adp_obs_entry *entry = obs->u.entry;
    adp_pair_key key;
    guint32 index;

    index = adp_awaited_step(model, obs, &key);
    if (index == ADP_NONE) {
        /* Only the Netlogon attribute tells by itself what was asked. */
        if (!entry->has_netlogon) {
            return FALSE;
        }
        if (adp_stray_answered(model, obs, i)) {
            return TRUE;
        }
        index = adp_new_step(model, ADP_STEP_PING, obs, i);
        adp_set_open_step(d, &key, index);
    } else {
        adp_attach(d, index, i);
    }
    adp_step_own(d, adp_step_at(d, index))->entries++;
    note_url(d, &entry->scp, index, i);
    if (is_exchange(model, adp_step_at(d, index))) {
        adp_learn_scp_entry(model, &entry->scp);
    }
    if (entry->has_netlogon && adp_step_at(d, index)->kind == ADP_STEP_PING) {
        if (adp_step_at(d, index)->own->netlogon == ADP_NONE) {
            adp_step_own(d, adp_step_at(d, index))->netlogon = i;
        }
        adp_learn_ping_reply(model, adp_step_at(d, index), &entry->netlogon);
    }
    return adp_finish(d, i);
}

gboolean adp_feed_search(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    guint32 index;
    adp_pair_key key;

    switch (obs->type) {
    case ADP_OBS_LDAP_SEARCH:
        if (obs->flow.transport == ADP_TCP) {
            (void)adp_need_conn(d, &obs->flow);
        }
        index = adp_feed_request(model, obs, i, kind_of_search(obs->u.search));
        if (obs->flow.transport == ADP_UDP) {
            /* For an ICMP error, which does not quote the message's id. */
            adp_exchange_key(&key, ADP_SPACE_SEARCH, &obs->flow, 0, 1);
            adp_set_last_of_ports(model, &key, index);
        }
        if (obs->u.search->is_ping) {
            adp_learn_ping_request(model, obs);
        }
        adp_learn_scp_search(model, obs);
        adp_page_asked(model, obs, index);
        return adp_finish(d, i);
    case ADP_OBS_LDAP_ENTRY:
        return feed_entry(model, obs, i);
    default:
        index = adp_awaited_step(model, obs, &key);
        if (index == ADP_NONE) {
            return FALSE;
        }
        adp_attach(d, index, i);
        if (obs->type == ADP_OBS_LDAP_ABANDON) {
            adp_step_at(d, index)->abandoned = TRUE;
        } else if (adp_step_at(d, index)->reply == ADP_NONE) {
            adp_step_at(d, index)->reply = i;
            adp_step_at(d, index)->lost = adp_model_has_gap(model, adp_step_at(d, index));
            adp_page_answered(model, obs, index);
        }
        return adp_finish(d, i);
    }
}
gboolean adp_feed_bind(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_conn *conn = adp_need_conn(d, &obs->flow);

    if (obs->type == ADP_OBS_LDAP_BIND) {
        const adp_obs_bind *bind = obs->u.bind;
        gboolean same = conn->bind != ADP_NONE && adp_same_text(conn->mechanism, bind->mechanism);

        conn->mechanism = bind->mechanism;
        if (same && (bind->continues || (bind->is_sasl && conn->bind_open))) {
            adp_attach(d, conn->bind, i);
        } else {
            conn->bind = adp_new_step(model, ADP_STEP_BIND, obs, i);
            adp_step_at(d, conn->bind)->request = i;
        }
        conn->bind_open = TRUE;
        conn->unfinished = bind->unfinished;
        return adp_finish(d, i);
    }
    if (conn->bind == ADP_NONE ||
        (!conn->bind_open && adp_step_at(d, conn->bind)->reply != ADP_NONE)) {
        conn->bind = adp_new_step(model, ADP_STEP_BIND, obs, i);
    } else {
        adp_attach(d, conn->bind, i);
    }
    conn->bind_open = obs->u.result->result == ADP_LDAP_SASL_BIND_IN_PROGRESS ||
                      (conn->unfinished && obs->u.result->result == ADP_LDAP_SUCCESS);
    adp_step_at(d, conn->bind)->reply = conn->bind_open ? ADP_NONE : i;
    return adp_finish(d, i);
}

#define TLS_1_3 0x0304

/*
 * TLS 1.3 hides most of its handshake in records like those of data. Until the client is content there is
 * no LDAP in them, and a client that is not says so in one of them, and goes.
 */
static gboolean is_of_handshake(adp_derived *d, const adp_conn *conn, const adp_obs *obs)
{
    const adp_step *tls = conn->tls != ADP_NONE ? adp_step_at(d, conn->tls) : NULL;

    return tls && obs->protection == ADP_PROTECTION_TLS && tls->request != ADP_NONE &&
           tls->own->tls_version >= TLS_1_3 && !(tls->own->tls_seen & ADP_TLS_SEEN_COMPLETE);
}

gboolean adp_feed_hidden(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_conn *conn = adp_need_conn(d, &obs->flow);

    if (is_of_handshake(d, conn, obs)) {
        return FALSE;
    }
    if (conn->hidden == ADP_NONE) {
        conn->hidden = adp_new_step(model, ADP_STEP_HIDDEN, obs, i);
    } else {
        adp_attach(d, conn->hidden, i);
    }
    adp_step_own(d, adp_step_at(d, conn->hidden))->messages += obs->u.hidden->messages;
    /* The search for Exchange may be among them. */
    adp_guess_begin(model, obs->flow.client, obs->time);
    return adp_finish(d, i);
}

gboolean adp_model_is_bare_ldap(const adp_model *model, const adp_flow *flow)
{
    const adp_conn *conn = adp_find_conn(&model->derived, flow);

    return conn && conn->tls == ADP_NONE && conn->hidden == ADP_NONE;
}

gboolean adp_model_may_be_bare_ldap(const adp_model *model, const adp_flow *flow)
{
    return !adp_find_conn(&model->derived, flow) || adp_model_is_bare_ldap(model, flow);
}
