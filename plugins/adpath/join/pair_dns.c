/* pair_dns.c
 * Questions to DNS and their answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/pair_dns.h"

#include "join/chain.h"
#include "join/client.h"
#include "join/derived.h"
#include "join/exchange.h"
#include "join/guess.h"
#include "join/hosts.h"
#include "join/learn.h"
#include "join/model.h"
#include "join/pairing.h"
#include "join/reverse.h"
#include "join/stray.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/limits.h"
#include "wire/srv_name.h"
#include "wire/text.h"

#include <string.h>

/* The kind of step that a question of this message can be; FALSE: it is none of a path's. */
static gboolean kind_of_question(const adp_model *model, const adp_obs *obs, adp_step_kind *ret)
{
    const adp_obs_dns *dns = obs->u.dns;

    if (dns->parts->service) {
        *ret = ADP_STEP_SRV;
        return TRUE;
    }
    *ret = ADP_STEP_ADDRESS;
    return (dns->qtype == ADP_DNS_A || dns->qtype == ADP_DNS_AAAA) &&
           adp_is_path_host(model, obs->flow.client, dns->name);
}

/* An answer to what is no step's question may still be one's: of a name that was a path's when it was asked. */
static gboolean may_be_asked(const adp_model *model, const adp_obs *obs)
{
    adp_pair_key key;

    if (!obs->from_server || !adp_may_have_open_step(&model->derived, obs->id)) {
        return FALSE;
    }
    adp_key_of(&key, obs);
    return adp_open_step(&model->derived, &key) != ADP_NONE;
}

const adp_obs_dns *adp_model_dns_asked(const adp_model *model, const adp_obs *answer)
{
    adp_pair_key key;
    guint32 step;

    adp_key_of(&key, answer);
    step = adp_open_step(&model->derived, &key);
    if (step == ADP_NONE || adp_model_step(model, step)->request == ADP_NONE) {
        return NULL;
    }
    return adp_model_obs(model, adp_model_step(model, step)->request)->u.dns;
}

adp_dns_use adp_model_use_of_dns(adp_model *model, const adp_obs *obs)
{
    adp_step_kind kind;

    model->derived.wanted_aside = 0;
    if (kind_of_question(model, obs, &kind) || may_be_asked(model, obs)) {
        return ADP_DNS_FOR_A_STEP;
    }
    return adp_guess_wants(model, obs) ? ADP_DNS_ASIDE : ADP_DNS_NO_USE;
}

/* A lookup of a candidate's address makes the host a candidate for all that follows. */
static void learn_question(adp_model *model, const adp_obs *obs)
{
    const adp_obs_dns *dns = obs->u.dns;
    const char *mail_domain = adp_mail_domain_of(dns->name);

    if (dns->parts->service) {
        if (dns->parts->role == ADP_ROLE_AUTODISCOVER) {
            adp_learn_mail_domain(model, dns->parts->domain);
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
    return adp_hash_lower((guint64)resolver << 16 | dns->qtype, dns->name);
}

static void remember_question(adp_derived *d, const adp_obs *obs, guint32 i)
{
    adp_table_set(d->asked, question_at(obs->flow.server, obs->u.dns), i + 1);
}

/* The ends of a server that asks itself, over the loopback interface, are one address. */
static gboolean is_asked_by_itself(const adp_obs *obs)
{
    return obs->flow.client == obs->flow.server;
}

/*
 * What a host asks its own DNS service it asks as a client, and turns to its next server when the answer is
 * none, or does not come: then with the same id, as the question is the same. What the service hands on has
 * an id of its own, and comes before the answer that it is handed on for.
 */
static gboolean is_own_next(const adp_model *model, const adp_obs *asked, guint32 i,
                            const adp_obs *obs)
{
    guint32 step = adp_model_mark(model, i)->step;

    return is_asked_by_itself(asked) &&
           (asked->id == obs->id ||
            (step != ADP_NONE && adp_model_step(model, step)->reply != ADP_NONE));
}

/*
 * Was the asking end asked the same itself a moment ago? Then it is a resolver that asks on
 * somebody's behalf, and no client (domain knowledge: captures taken at a DNS server).
 */
static gboolean is_forwarded(const adp_model *model, const adp_obs *obs)
{
    guint32 i = adp_table_get(model->derived.asked, question_at(obs->flow.client, obs->u.dns)) - 1;

    return i != ADP_NONE && !is_asked_by_itself(obs) &&
           !is_own_next(model, adp_model_obs(model, i), i, obs) &&
           adp_since(obs->time, adp_model_obs(model, i)->time) <= FORWARD_WINDOW;
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
    if (obs->flow.transport == ADP_UDP) {
        /* For an ICMP error or a fragment that does not reach as far as the id. */
        any_question.id = ADP_NONE;
        adp_set_last_of_ports(model, &any_question, index);
    }
    learn_question(model, obs);
    return adp_finish(&model->derived, i);
}

/* ---- questions to all neighbours ---- */

/* Whoever asks and answers: the name alone tells which question is answered. */
static void mdns_key(adp_pair_key *key, const adp_obs *obs)
{
    adp_flow nobody = {.client = ADP_NONE, .server = ADP_NONE, .transport = ADP_UDP};

    adp_exchange_key(key, ADP_SPACE_DNS, &nobody, 0,
                     adp_hash_lower(ADP_HASH_SEED, obs->u.dns->name));
}

/* Only of a client that has asked no DNS server for a locator's name: what others ask all is idle talk. */
static gboolean feed_mdns(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_pair_key key;
    guint32 index;

    mdns_key(&key, obs);
    if (!obs->from_server) {
        if (adp_model_asks_dns(model, obs)) {
            return FALSE;
        }
        adp_set_open_step(d, &key, adp_feed_request(model, obs, i, ADP_STEP_SRV));
        return adp_finish(d, i);
    }
    index = adp_open_step(d, &key);
    if (index == ADP_NONE || adp_step_at(d, index)->reply != ADP_NONE) {
        return FALSE;
    }
    adp_attach(d, index, i);
    adp_step_at(d, index)->reply = i;
    adp_learn_srv(model, adp_step_at(d, index), obs->u.dns);
    return adp_finish(d, i);
}

/* An error without its question belongs to the last one with this id. */
static gboolean feed_bare_error(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_pair_key any_question;
    guint32 index;

    adp_exchange_key(&any_question, ADP_SPACE_DNS, &obs->flow, obs->id, 0);
    index = obs->flow.transport == ADP_UDP
                ? adp_last_of_ports(model, &any_question, obs, ADP_ANSWER_WINDOW)
                : adp_open_step(d, &any_question);
    if (index == ADP_NONE || adp_step_at(d, index)->reply != ADP_NONE) {
        return FALSE;
    }
    adp_attach(d, index, i);
    adp_step_at(d, index)->reply = i;
    return adp_finish(d, i);
}

/* ---- aliases ---- */

/* The last two labels, with the dot before them; the whole of a shorter name. */
static const char *end_of_name(const char *name)
{
    const char *at = name + strlen(name);
    guint dots = 0;

    while (at > name && dots < 2) {
        at--;
        dots += *at == '.';
    }
    return at;
}

static gboolean knows_alias(const adp_model *model, const char *name)
{
    guint32 obs;

    return adp_model_alias(model, name, &obs) != NULL;
}

static gboolean has_room(const adp_model *model)
{
    if (g_hash_table_size(model->derived.aliases) < ADP_MAX_ALIASES_KEPT) {
        return TRUE;
    }
    adp_model_limit(model, ADP_LIMIT_ALIASES_KEPT);
    return FALSE;
}

gboolean adp_model_wants_alias(const adp_model *model, const char *name, const char *alias)
{
    return name && alias && *end_of_name(name) == '.' && adp_has_suffix(alias, end_of_name(name)) &&
           !knows_alias(model, name) && has_room(model);
}

gboolean adp_model_wants_suffixed(const adp_model *model, const char *name)
{
    return adp_is_suffixed_target(model, name) && !adp_model_host_is_known(model, name);
}

static void learn_aliases(adp_model *model, const adp_obs *obs, guint32 i)
{
    guint n;

    for (n = 0; n < obs->u.dns->answer_hosts; n++) {
        const adp_dns_host *host = &obs->u.dns->said->hosts.items[n];
        adp_alias *entry;

        if (host->alias && !knows_alias(model, host->name) && has_room(model)) {
            entry = g_new0(adp_alias, 1);
            entry->alias = host->alias;
            entry->obs = i;
            g_hash_table_insert(model->derived.aliases, g_ascii_strdown(host->name, -1), entry);
        }
    }
}

static gboolean keep_alias(adp_model *model, const adp_obs *obs, guint32 i)
{
    const adp_obs_dns *dns = obs->u.dns;

    /* A wildcard leads elsewhere: what the client does there is about the controller. */
    if (dns->answer_hosts && dns->said->hosts.items[0].address != ADP_NONE &&
        adp_model_wants_suffixed(model, dns->name)) {
        adp_learn_addresses(model, dns);
        return adp_keep_aside(&model->derived);
    }
    if (!dns->answer_hosts || !adp_model_wants_alias(model, dns->said->hosts.items[0].name,
                                                     dns->said->hosts.items[0].alias)) {
        return FALSE;
    }
    learn_aliases(model, obs, i);
    return adp_keep_aside(&model->derived);
}

const char *adp_model_alias(const adp_model *model, const char *name, guint32 *obs)
{
    char *lower = g_ascii_strdown(name, -1);
    const adp_alias *entry = g_hash_table_lookup(model->derived.aliases, lower);

    g_free(lower);
    *obs = entry ? entry->obs : ADP_NONE;
    return entry ? entry->alias : NULL;
}

/* Names that aliases may lead over: resolvers give up as soon. */
#define MAX_CHAIN 8

gboolean adp_model_alias_leads_to(const adp_model *model, const char *alias, const char *name,
                                  guint32 *obs)
{
    const char *at = alias;
    guint n;

    for (n = 0; n < MAX_CHAIN && at; n++) {
        at = adp_model_alias(model, at, obs);
        if (adp_same_text(at, name)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* ---- questions and answers ---- */

static guint64 both_ends(guint32 client, guint32 server)
{
    return (guint64)client << 32 | server;
}

guint32 adp_cut_answer(const adp_derived *d, guint32 client, guint32 server)
{
    return adp_table_get(d->cut_answers, both_ends(client, server)) - 1;
}

/* What an answer from elsewhere names: clients that take it go there. */
static void learn_stray(adp_model *model, const adp_obs *obs)
{
    const adp_obs_dns *dns = obs->u.dns;
    guint i;

    for (i = 0; i < dns->said->records.count; i++) {
        gboolean mail = dns->parts->role == ADP_ROLE_AUTODISCOVER;

        adp_name_host(model, dns->said->records.items[i].target,
                      mail ? ADP_NAMED_BY_MAIL_SRV : ADP_NAMED_BY_SRV,
                      mail ? dns->said->records.items[i].port : 0);
    }
    adp_learn_addresses(model, dns);
}

gboolean adp_feed_dns(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_step_kind kind = ADP_STEP_ADDRESS;
    adp_pair_key key;
    guint32 index;

    if (obs->u.dns->by_mdns) {
        return feed_mdns(model, obs, i);
    }
    if (obs->u.dns->qtype == ADP_DNS_PTR) {
        return adp_feed_reverse(model, obs, i);
    }
    if (!obs->from_server) {
        return feed_question(model, obs, i);
    }
    if (obs->u.dns->qtype == 0) {
        return feed_bare_error(model, obs, i);
    }
    if (adp_asked_step(model, obs, &key) == ADP_NONE) {
        if (!kind_of_question(model, obs, &kind)) {
            if (!adp_guess_dns(model, obs, i)) {
                return keep_alias(model, obs, i);
            }
            learn_aliases(model, obs, i);
            return TRUE;
        }
        if (is_forwarded(model, obs)) {
            return FALSE;
        }
        if (adp_stray_answered(model, obs, i)) {
            learn_stray(model, obs);
            return TRUE;
        }
    }
    if (obs->u.dns->parts->service) {
        kind = ADP_STEP_SRV;
    }
    index = adp_feed_reply(model, obs, i, kind);
    if (kind == ADP_STEP_SRV) {
        adp_learn_srv(model, adp_step_at(d, index), obs->u.dns);
    }
    if (obs->u.dns->truncated) {
        adp_table_set(d->cut_answers, both_ends(obs->flow.client, obs->flow.server), index + 1);
    }
    learn_question(model, obs);
    adp_learn_addresses(model, obs->u.dns);
    learn_aliases(model, obs, i);
    adp_client_note_answer(model, obs, i);
    return adp_finish(d, i);
}
