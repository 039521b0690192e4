/* silence.c
 * What the capture shows of why a request has no answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/silence.h"

#include "facts/absence.h"
#include "join/attempts.h"
#include "join/client.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/stream.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/signs.h"
#include "log/observation.h"
#include "wire/address.h"
#include "wire/hash.h"
#include "wire/ldap_result.h"
#include "wire/limits.h"

#include <string.h>

/* ---- connections ---- */

/*
 * Nothing is called unreachable when the capture ends this soon after a SYN: three take 21 s. Nor when only an older
 * connection is in its way, which the client has just reset.
 */
#define SYN_PATIENCE (21 * ADP_NS_PER_S)

/*
 * Would an answer be in the capture? A client that tries an address of IPv6 that leads nowhere is heard at its other
 * address alone; that it asks again shows that nothing came back.
 */
static gboolean would_hear(const adp_rules *r, const adp_attempt *attempt)
{
    adp_client told;

    if (adp_model_was_heard(r->model, attempt->flow.client)) {
        return TRUE;
    }
    told = adp_client_told(r->model, attempt->first);
    return attempt->syns > 1 && !adp_is_nobody(told) && adp_model_was_heard(r->model, told.address);
}

/* NULL: it was not in vain, or it is too early. */
static const char *accepted_in_vain(const adp_rules *r, const adp_attempt *attempt)
{
    if (!adp_attempt_is_in_vain(r->model, attempt)) {
        return NULL;
    }
    if (adp_attempt_is_cut_off(r->model, attempt)) {
        return attempt->reset ? "reset" : "closed";
    }
    return adp_since(r->end, attempt->last_time) < SYN_PATIENCE ? NULL : "unheard";
}

const char *adp_rules_attempt_failed(const adp_rules *r, const adp_attempt *attempt)
{
    if (attempt->accepted) {
        return accepted_in_vain(r, attempt);
    }
    if (attempt->prohibited) {
        return "prohibited";
    }
    if (attempt->refused) {
        return "refused";
    }
    if (attempt->unreachable) {
        return "unreachable";
    }
    if (adp_since(r->end, attempt->last_time) < SYN_PATIENCE || !would_hear(r, attempt)) {
        return NULL;
    }
    return attempt->older || attempt->after_older ? "older" : "silent";
}

const char *adp_rules_attempt_words(const char *how)
{
    if (strcmp(how, "refused") == 0) {
        return "refused the connection";
    }
    if (strcmp(how, "reset") == 0) {
        return "accepted the connection and reset it at once";
    }
    if (strcmp(how, "unheard") == 0) {
        return "accepts the connection, and the client asks for it again as if it had not heard "
               "that";
    }
    if (strcmp(how, "closed") == 0) {
        return "accepted the connection and closed it at once";
    }
    if (strcmp(how, "taken") == 0) {
        return "accepted the connection, took bytes in which no message was found, and ended it at "
               "once";
    }
    if (strcmp(how, "older") == 0) {
        return "answers for an older connection of the same ports";
    }
    if (strcmp(how, "unreachable") == 0) {
        return "is unreachable, as an ICMP message says";
    }
    return strcmp(how, "silent") == 0 ? "did not answer"
                                      : "is administratively prohibited, as an ICMP message says";
}

void adp_rules_cite_attempt(const adp_rules *r, adp_finding *f, const adp_attempt *attempt)
{
    guint32 i;

    for (i = attempt->first; i != ADP_NONE; i = adp_model_mark(r->model, i)->next) {
        adp_rules_cite(f, i);
    }
}

/* The path of the client's step before the attempt, else of the one behind it; ADP_NONE: none. */
adp_client adp_rules_attempt_client(const adp_rules *r, const adp_attempt *attempt)
{
    adp_client client = adp_client_at(attempt->flow.client);
    adp_client told;

    if (adp_rules_good(r, client, ADP_TOPIC_STEP, NULL, NULL)) {
        return client;
    }
    told = adp_client_told(r->model, attempt->first);
    return adp_is_nobody(told) ? client : told;
}

guint32 adp_rules_path_near(const adp_rules *r, const adp_attempt *attempt)
{
    adp_client client = adp_rules_attempt_client(r, attempt);
    const adp_step *step = adp_rules_good_before(r, client, ADP_TOPIC_STEP, NULL, attempt->first);

    if (!step) {
        step = adp_rules_good(r, client, ADP_TOPIC_STEP, NULL, NULL);
    }
    return step ? step->path : ADP_NONE;
}

/* ---- what a server answers a client ---- */

/** Observations + 1; 0: the capture has none. */
typedef struct {
    guint32 spoke;     /* the server answered a request or accepted a connection */
    guint32 connected; /* it accepted a connection */
    guint32 silent;    /* it left a connection request unanswered */
    guint32 cldap;     /* it answered LDAP over UDP */
} talk;

static guint64 talk_key(const adp_rules *r, adp_client client, guint32 server)
{
    return ((guint64)adp_client_number(adp_model_owner(r->model, client)) << 32) | server;
}

static void note_first(guint32 *first, guint32 obs)
{
    *first = *first && *first <= obs ? *first : obs + 1;
}

static talk *need_talk(adp_rules *r, adp_client client, guint32 server)
{
    return adp_rows_need(r->talks, talk_key(r, client, server));
}

void adp_rules_learn_silence(adp_rules *r)
{
    guint32 i;

    if (!r->talks) {
        r->talks = adp_rows_new(sizeof(talk), NULL);
    }
    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (step->reply != ADP_NONE) {
            talk *t = need_talk(r, step->client, step->flow.server);

            note_first(&t->spoke, step->reply);
            if (step->flow.transport == ADP_TCP) {
                note_first(&t->connected, step->reply);
            } else if (step->kind == ADP_STEP_PING || step->kind == ADP_STEP_ROOTDSE) {
                note_first(&t->cldap, step->reply);
            }
        }
    }
    for (i = 0; i < adp_model_attempt_count(r->model); i++) {
        const adp_attempt *attempt = adp_model_attempt(r->model, i);
        talk *t = need_talk(r, adp_client_at(attempt->flow.client), attempt->flow.server);

        if (attempt->accepted) {
            note_first(&t->connected, attempt->last);
            note_first(&t->spoke, attempt->last);
        } else if (attempt->refused || attempt->older) {
            note_first(&t->spoke, attempt->last);
        } else if (adp_rules_attempt_failed(r, attempt)) {
            note_first(&t->silent, attempt->first);
        }
    }
}

static const talk *talk_of(const adp_rules *r, adp_client client, guint32 server)
{
    guint64 key = talk_key(r, client, server);

    return adp_rows_find(r->talks, key);
}

gboolean adp_rules_was_served(const adp_rules *r, adp_client client, guint32 server)
{
    const talk *t = talk_of(r, client, server);

    return t && (t->connected || t->cldap);
}

/* ---- signs ---- */

/* One observation for each is enough, however many requests the finding is about. */
static void sign_once(adp_finding *f, adp_sign sign, guint32 obs)
{
    if (!adp_finding_has_sign(f, sign)) {
        adp_rules_sign(f, sign, obs);
    }
}

/* The same host answers this client at another of its addresses. */
static guint32 other_address(const adp_rules *r, adp_client client, guint32 server)
{
    const GArray *addresses = adp_model_host_addresses(r->model, adp_rules_host(r, server));
    guint i;

    for (i = 0; addresses && i < addresses->len && i < ADP_MAX_HOST_ADDRESSES; i++) {
        guint32 address = g_array_index(addresses, guint32, i);
        const talk *t = address == server ? NULL : talk_of(r, client, address);

        if (t && t->spoke) {
            return t->spoke - 1;
        }
    }
    return ADP_NONE;
}

static void sign_icmp(adp_finding *f, const adp_obs_icmp *icmp, guint32 obs)
{
    switch (icmp->kind) {
    case ADP_ICMP_PORT:
    case ADP_ICMP_PROTOCOL:
        sign_once(f, ADP_SIGN_PORT_UNREACHABLE, obs);
        break;
    case ADP_ICMP_PROHIBITED:
        sign_once(f, ADP_SIGN_PROHIBITED, obs);
        break;
    case ADP_ICMP_NET:
    case ADP_ICMP_HOST:
        sign_once(f, ADP_SIGN_NO_ROUTE, obs);
        break;
    case ADP_ICMP_TTL:
        sign_once(f, ADP_SIGN_ROUTING_LOOP, obs);
        break;
    case ADP_ICMP_TOO_BIG:
        sign_once(f, ADP_SIGN_TOO_BIG, obs);
        break;
    case ADP_ICMP_REASSEMBLY:
        sign_once(f, ADP_SIGN_FRAGMENTS_LOST, obs);
        break;
    default:
        break;
    }
}

/*
 * The server's address is one of a card that got none by DHCP. Two hosts that both have such addresses
 * may well talk to each other.
 */
static void sign_self_assigned(const adp_rules *r, adp_finding *f, adp_client client,
                               guint32 server)
{
    if (adp_address_is_self_assigned(adp_rules_address(r, server)) &&
        !adp_address_is_self_assigned(adp_rules_address(r, client.address))) {
        sign_once(f, ADP_SIGN_SELF_ASSIGNED, ADP_NONE);
    }
}

static void sign_talk(const adp_rules *r, adp_finding *f, adp_client client, guint32 server)
{
    const talk *t = talk_of(r, client, server);
    guint32 other = other_address(r, client, server);

    if (t && t->spoke) {
        sign_once(f, ADP_SIGN_HOST_SPEAKS, t->spoke - 1);
    }
    if (t && t->connected) {
        sign_once(f, ADP_SIGN_TCP_ANSWERED, t->connected - 1);
    } else if (t && t->silent) {
        sign_once(f, ADP_SIGN_TCP_SILENT, t->silent - 1);
    }
    if (t && t->cldap) {
        sign_once(f, ADP_SIGN_UDP_ANSWERED, t->cldap - 1);
    }
    if (other != ADP_NONE) {
        sign_once(f, ADP_SIGN_OTHER_ADDRESS_SPEAKS, other);
        if (strchr(adp_rules_address(r, server), ':')) {
            sign_once(f, ADP_SIGN_ADDRESS_IPV6, ADP_NONE);
        }
    }
    sign_self_assigned(r, f, client, server);
}

static gboolean is_reset(const adp_rules *r, guint32 end)
{
    const adp_obs *obs = end == ADP_NONE ? NULL : adp_model_obs(r->model, end);

    return obs && obs->type == ADP_OBS_TCP && obs->u.tcp->event == ADP_TCP_RST;
}

/* What every path of IPv6 carries has so much TCP content; tunnels often carry little more. */
#define FULL 1200

/*
 * The connection whose TCP repeats the step's request: a host that does not answer acknowledges it all
 * the same, so it does not arrive. NULL: it does.
 */
static const adp_stream *repeated(const adp_rules *r, const adp_step *step)
{
    const adp_stream *stream = adp_model_stream(r->model, &step->flow);

    /* A bind and the ticket in it are one packet. */
    return stream && adp_stream_never_took(stream, step->first) &&
                   adp_model_obs(r->model, stream->asked)->frame <=
                       adp_model_obs(r->model, step->last)->frame
               ? stream
               : NULL;
}

static void sign_repeated(const adp_rules *r, adp_finding *f, const adp_stream *stream)
{
    guint i;

    if (!stream) {
        return;
    }
    sign_once(f, ADP_SIGN_NOT_ACKNOWLEDGED, stream->again[0]);
    for (i = 0; i < stream->agains; i++) {
        adp_rules_cite(f, stream->again[i]);
    }
    if (adp_model_obs(r->model, stream->again[0])->u.tcp->bytes >= FULL) {
        sign_once(f, ADP_SIGN_FULL_PACKET, stream->again[0]);
    }
}

/* What the server's TCP made of the request that observation `last` ends, as is known when the client ends the connection. */
static void sign_taken(const adp_rules *r, adp_finding *f, guint32 last)
{
    const adp_stream *stream = adp_model_stream(r->model, &adp_model_obs(r->model, last)->flow);
    const adp_obs *end;

    if (!stream || stream->client_end == ADP_NONE || stream->client_end < last) {
        return;
    }
    end = adp_model_obs(r->model, stream->client_end);
    if (end->u.tcp->met && end->u.tcp->shut) {
        sign_once(f, ADP_SIGN_WINDOW_SHUT, stream->client_end);
        adp_rules_cite(f, stream->client_end);
    }
    if (end->u.tcp->met && (gint32)(end->u.tcp->taken - end->u.tcp->number) >= 0) {
        sign_once(f, ADP_SIGN_ACKNOWLEDGED, stream->client_end);
    }
}

/* The server's own word of why it ended the connection. */
static void sign_notice(const adp_rules *r, adp_finding *f, const adp_silence *silence)
{
    guint32 notice = adp_silence_notice(r->model, silence);

    if (notice != ADP_NONE &&
        adp_model_obs(r->model, notice)->u.operation->result.result == ADP_LDAP_PROTOCOL_ERROR) {
        sign_once(f, ADP_SIGN_SAYS_UNREADABLE, notice);
    }
}

void adp_rules_sign_silence(const adp_rules *r, adp_finding *f, const adp_step *step)
{
    adp_silence silence = adp_silence_proof(r->model, step);
    const adp_obs_icmp *icmp = adp_silence_icmp(r->model, &silence);

    if (silence.cut) {
        sign_once(f, ADP_SIGN_REPLY_CUT, silence.evidence);
        adp_rules_cite(f, silence.evidence);
    }
    if (silence.stray != ADP_NONE) {
        sign_once(f, ADP_SIGN_STRAY, silence.stray);
        adp_rules_cite(f, silence.stray);
    }
    if (silence.fragmented) {
        sign_once(f, ADP_SIGN_FRAGMENTED, step->first);
        if (silence.smaller != ADP_NONE) {
            sign_once(f, ADP_SIGN_SMALLER_ANSWERED, adp_rules_step(r, silence.smaller)->reply);
        }
    }
    if (icmp) {
        sign_icmp(f, icmp, silence.evidence);
        adp_rules_cite(f, silence.evidence);
    } else if (silence.kind == ADP_SILENCE_CLOSED) {
        sign_once(f,
                  silence.part == ADP_NONE ? ADP_SIGN_SERVER_CLOSED
                  : adp_silence_is_words(r->model, &silence) ||
                          adp_silence_is_alert(r->model, &silence)
                      ? ADP_SIGN_OTHER_PROTOCOL
                      : ADP_SIGN_BROKEN_OFF,
                  silence.part == ADP_NONE ? silence.evidence : silence.part);
        adp_rules_cite(f, silence.part);
        adp_rules_cite(f, silence.evidence);
        sign_notice(r, f, &silence);
    }
    sign_repeated(r, f, repeated(r, step));
    if (step->reply == ADP_NONE) {
        sign_taken(r, f, step->last);
    }
    sign_talk(r, f, step->client, step->flow.server);
}

void adp_rules_sign_asked(const adp_rules *r, adp_finding *f, guint32 asked,
                          const adp_silence *silence)
{
    const adp_obs *obs = adp_model_obs(r->model, asked);
    const adp_stream *stream = adp_model_stream(r->model, &obs->flow);
    const adp_obs_icmp *icmp = adp_silence_icmp(r->model, silence);

    adp_rules_cite(f, asked);
    adp_rules_cite(f, silence->evidence);
    if (icmp) {
        sign_icmp(f, icmp, silence->evidence);
    } else if (silence->kind == ADP_SILENCE_CLOSED) {
        sign_once(f, ADP_SIGN_SERVER_CLOSED, silence->evidence);
        sign_notice(r, f, silence);
    }
    sign_repeated(r, f, stream && adp_stream_never_took(stream, asked) ? stream : NULL);
    sign_taken(r, f, asked);
    sign_talk(r, f, adp_client_at(obs->flow.client), obs->flow.server);
}

void adp_rules_sign_attempt(const adp_rules *r, adp_finding *f, const adp_attempt *attempt)
{
    adp_silence silence = adp_attempt_silence(r->model, attempt);
    const adp_obs_icmp *icmp = adp_silence_icmp(r->model, &silence);

    if (icmp) {
        sign_icmp(f, icmp, silence.evidence);
        adp_rules_cite(f, silence.evidence);
    } else if (attempt->refused) {
        sign_once(f, ADP_SIGN_REFUSED, attempt->last);
    } else if (attempt->accepted && adp_attempt_is_cut_off(r->model, attempt)) {
        sign_once(f, ADP_SIGN_SERVER_CLOSED, attempt->last);
        if (adp_model_obs(r->model, attempt->last)->u.tcp->number == 0) {
            sign_once(f, ADP_SIGN_TWO_ANSWER, attempt->last);
        }
    }
    sign_talk(r, f, adp_rules_attempt_client(r, attempt), attempt->flow.server);
}

/* ---- words ---- */

static char *icmp_words(const adp_obs_icmp *icmp)
{
    const char *what = "the destination is unreachable";
    const char *from = icmp->from_host ? "" : icmp->sender;

    switch (icmp->kind) {
    case ADP_ICMP_PORT:
        what = "the port is closed";
        break;
    case ADP_ICMP_PROHIBITED:
        what = "a filter forbids it";
        break;
    case ADP_ICMP_NET:
    case ADP_ICMP_HOST:
        what = "there is no route to the host";
        break;
    case ADP_ICMP_TTL:
        what = "it did not arrive, as when routers pass it around in a circle";
        break;
    case ADP_ICMP_TOO_BIG:
        what = "the packet is too big for the next network";
        break;
    case ADP_ICMP_REASSEMBLY:
        what = "fragments of it did not arrive";
        break;
    default:
        break;
    }
    return g_strdup_printf("; %s%s says that %s (ICMP: %s)",
                           icmp->from_host ? "the host itself" : "the router ", from, what,
                           adp_icmp_kind_name(icmp->kind));
}

static char *closed_words(const adp_rules *r, const adp_silence *silence)
{
    GString *out = g_string_new("; the server ");

    if (adp_silence_is_alert(r->model, silence)) {
        g_string_append(out, "sent an alert of TLS, which is no message of this protocol");
        if (silence->evidence != silence->part) {
            g_string_append_printf(out, ", and %s the connection",
                                   is_reset(r, silence->evidence) ? "reset" : "closed");
        }
        return g_string_free(out, FALSE);
    }
    if (adp_silence_is_words(r->model, silence)) {
        g_string_append(out, "sent text, which is no message of this protocol, and ");
    }
    g_string_append_printf(out, "%s the connection%s",
                           is_reset(r, silence->evidence) ? "reset" : "closed",
                           silence->part == ADP_NONE                 ? " instead of answering"
                           : adp_silence_is_words(r->model, silence) ? ""
                                                                     : " in the middle of its "
                                                                       "answer");
    adp_silence_quote(r->model, silence, out);
    return g_string_free(out, FALSE);
}

static char *stray_words(const adp_rules *r, guint32 stray)
{
    char *server = adp_rules_named(r, adp_model_obs(r->model, stray)->flow.server);
    char *words = g_strdup_printf("; %s answers instead, an address that was not asked: the client "
                                  "does not take it",
                                  server);

    g_free(server);
    return words;
}

char *adp_rules_silence_end(const adp_rules *r, const adp_step *step)
{
    adp_silence silence = adp_silence_proof(r->model, step);
    const adp_obs_icmp *icmp = adp_silence_icmp(r->model, &silence);

    if (icmp) {
        return icmp_words(icmp);
    }
    if (silence.kind == ADP_SILENCE_CLOSED) {
        return closed_words(r, &silence);
    }
    if (silence.stray != ADP_NONE) {
        return stray_words(r, silence.stray);
    }
    if (silence.cut) {
        return g_strdup("; only the first fragment of each answer arrives");
    }
    if (repeated(r, step)) {
        return g_strdup(", which TCP repeated: it was never acknowledged");
    }
    return g_strdup_printf("%s, without any reply", silence.fragmented ? ", in IP fragments" : "");
}

char *adp_rules_silence_words(const adp_rules *r, const adp_step *step)
{
    adp_silence silence = adp_silence_proof(r->model, step);
    gboolean told = adp_silence_icmp(r->model, &silence) || silence.kind == ADP_SILENCE_CLOSED ||
                    silence.stray != ADP_NONE || (!silence.cut && repeated(r, step));
    char *end = adp_rules_silence_end(r, step);
    char *words = !told && (silence.cut || step->retries)
                      ? g_strdup_printf(", more than once%s", end)
                      : g_strdup(end);

    g_free(end);
    return words;
}

char *adp_rules_asked_words(const adp_rules *r, guint32 asked, const adp_silence *silence)
{
    const adp_obs *obs = adp_model_obs(r->model, asked);
    const adp_stream *stream = adp_model_stream(r->model, &obs->flow);
    const adp_obs_icmp *icmp = adp_silence_icmp(r->model, silence);
    gint64 waited;

    if (icmp) {
        return icmp_words(icmp);
    }
    if (silence->kind == ADP_SILENCE_CLOSED) {
        return closed_words(r, silence);
    }
    if (stream && adp_stream_never_took(stream, asked)) {
        return g_strdup(", which TCP repeated: it was never acknowledged");
    }
    if (silence->evidence == ADP_NONE) {
        return g_strdup(", without any reply");
    }
    waited = adp_since(adp_model_obs(r->model, silence->evidence)->time, obs->time);
    return g_strdup_printf(", without any reply: the client gave up after %" G_GINT64_FORMAT " s",
                           waited / ADP_NS_PER_S);
}

const adp_step *adp_rules_most_telling(const adp_rules *r, const adp_step *const *steps,
                                       guint count)
{
    guint i;

    for (i = 0; i < count; i++) {
        adp_silence silence = adp_silence_proof(r->model, steps[i]);

        if (silence.kind == ADP_SILENCE_ICMP || silence.kind == ADP_SILENCE_CLOSED ||
            silence.fragmented || silence.cut || silence.stray != ADP_NONE) {
            return steps[i];
        }
    }
    return steps[0];
}
