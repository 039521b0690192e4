/* pair_dns.c
 * Questions to DNS and their answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/pair_dns.h"

#include "join/client.h"
#include "join/derived.h"
#include "join/guess.h"
#include "join/hosts.h"
#include "join/learn.h"
#include "join/model.h"
#include "join/pairing.h"
#include "log/observation.h"
#include "wire/srv_name.h"
#include "wire/text.h"

#include <string.h>

/* The kind of step that a question of this message can be; FALSE: it is none of a path's. */
static gboolean kind_of_question(const adp_model *model, const adp_obs *obs, adp_step_kind *ret)
{
    const adp_obs_dns *dns = obs->u.dns;

    if (dns->parts.service) {
        *ret = ADP_STEP_SRV;
        return TRUE;
    }
    *ret = ADP_STEP_ADDRESS;
    return (dns->qtype == ADP_DNS_A || dns->qtype == ADP_DNS_AAAA) &&
           adp_is_path_host(model, obs->flow.client, dns->name);
}

gboolean adp_model_wants_dns(const adp_model *model, const adp_obs *obs)
{
    adp_step_kind kind;
    adp_pair_key key;

    return kind_of_question(model, obs, &kind) ||
           (obs->from_server && adp_asked_step(model, obs, &key) != ADP_NONE) ||
           adp_guess_wants(model, obs);
}

/* Whoever asks for a candidate's address makes it one for all that follows. */
static void learn_question(adp_model *model, const adp_obs *obs)
{
    const adp_obs_dns *dns = obs->u.dns;
    const char *mail_domain = adp_mail_domain_of(dns->name);

    if (dns->parts.service) {
        if (dns->parts.role == ADP_ROLE_AUTODISCOVER) {
            adp_learn_mail_domain(model, dns->parts.domain);
        }
        return;
    }
    if (mail_domain) {
        adp_learn_mail_domain(model, mail_domain);
    }
    if (adp_is_web_host(model, obs->flow.client, dns->name)) {
        adp_name_host(model, dns->name, ADP_NAMED_AS_CANDIDATE, 0);
    }
}

/* ---- resolvers that hand on what they are asked ---- */

/* A resolver asks on at once, and again for a while when it gets no answer. */
#define FORWARD_WINDOW (10 * ADP_NS_PER_S)

static guint64 question_at(guint32 resolver, const adp_obs_dns *dns)
{
    char *text = g_strdup_printf("%u|%u|%s", resolver, dns->qtype, dns->name);
    char *lower = g_ascii_strdown(text, -1);
    guint64 hash = adp_hash_bytes(ADP_HASH_SEED, (const guint8 *)lower, strlen(lower));

    g_free(lower);
    g_free(text);
    return hash;
}

static void remember_question(adp_derived *d, const adp_obs *obs, guint32 i)
{
    guint64 hash = question_at(obs->flow.server, obs->u.dns);

    g_hash_table_replace(d->asked, g_memdup2(&hash, sizeof(hash)), GUINT_TO_POINTER(i + 1));
}

/*
 * Was the asking end asked the same itself a moment ago? Then it is a resolver that asks on
 * somebody's behalf, and no client (domain knowledge: captures taken at a DNS server).
 */
static gboolean is_forwarded(const adp_model *model, const adp_obs *obs)
{
    guint64 hash = question_at(obs->flow.client, obs->u.dns);
    gpointer found = g_hash_table_lookup(model->derived.asked, &hash);

    return found && adp_since(obs->time, adp_model_obs(model, GPOINTER_TO_UINT(found) - 1)->time) <=
                        FORWARD_WINDOW;
}

static gboolean feed_question(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_pair_key any_question;
    adp_step_kind kind;
    guint32 index;

    if (!kind_of_question(model, obs, &kind)) {
        return adp_guess_dns(model, obs, i);
    }
    if (is_forwarded(model, obs)) {
        return FALSE;
    }
    remember_question(&model->derived, obs, i);
    if (kind == ADP_STEP_SRV) {
        adp_learn_srv_question(model, obs);
    }
    index = adp_feed_request(model, obs, i, kind);
    adp_exchange_key(&any_question, ADP_SPACE_DNS, &obs->flow, obs->id, 0);
    adp_set_open_step(&model->derived, &any_question, index);
    learn_question(model, obs);
    return adp_finish(&model->derived, i);
}

/* An error without its question belongs to the last one with this id. */
static gboolean feed_bare_error(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_pair_key any_question;
    guint32 index;

    adp_exchange_key(&any_question, ADP_SPACE_DNS, &obs->flow, obs->id, 0);
    index = adp_open_step(d, &any_question);
    if (index == ADP_NONE || adp_step_at(d, index)->reply != ADP_NONE) {
        return FALSE;
    }
    adp_attach(d, index, i);
    adp_step_at(d, index)->reply = i;
    return adp_finish(d, i);
}

gboolean adp_feed_dns(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_step_kind kind = ADP_STEP_ADDRESS;
    adp_pair_key key;
    guint32 index;

    if (!obs->from_server) {
        return feed_question(model, obs, i);
    }
    if (obs->u.dns->qtype == 0) {
        return feed_bare_error(model, obs, i);
    }
    if (adp_asked_step(model, obs, &key) == ADP_NONE) {
        if (!kind_of_question(model, obs, &kind)) {
            return adp_guess_dns(model, obs, i);
        }
        if (is_forwarded(model, obs)) {
            return FALSE;
        }
    }
    if (obs->u.dns->parts.service) {
        kind = ADP_STEP_SRV;
    }
    index = adp_feed_reply(model, obs, i, kind);
    if (kind == ADP_STEP_SRV) {
        adp_learn_srv(model, adp_step_at(d, index), obs->u.dns);
    }
    learn_question(model, obs);
    adp_learn_addresses(model, obs->u.dns);
    adp_client_note_answer(model, obs, i);
    return adp_finish(d, i);
}
