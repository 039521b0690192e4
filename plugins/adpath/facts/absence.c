/* absence.c
 * Is a missing answer a silence?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/absence.h"

#include "facts/lost.h"
#include "facts/outcomes.h"
#include "join/attempts.h"
#include "join/identity.h"
#include "join/ldap_ops.h"
#include "join/model.h"
#include "join/pair_tcp.h"
#include "join/stream.h"
#include "log/observation.h"
#include "wire/ldap_result.h"
#include "wire/text.h"

/* A client that closes sooner than this after its question did not wait for the answer. */
#define AT_ONCE ADP_NS_PER_S

const char *adp_icmp_kind_name(adp_icmp_kind kind)
{
    static const char *const names[ADP_ICMP_KINDS] = {
        [ADP_ICMP_NET] = "network unreachable",
        [ADP_ICMP_HOST] = "host unreachable",
        [ADP_ICMP_PROTOCOL] = "protocol unreachable",
        [ADP_ICMP_PORT] = "port unreachable",
        [ADP_ICMP_PROHIBITED] = "administratively prohibited",
        [ADP_ICMP_TOO_BIG] = "packet too big",
        [ADP_ICMP_TTL] = "time to live exceeded",
        [ADP_ICMP_REASSEMBLY] = "fragment reassembly time exceeded",
        [ADP_ICMP_OTHER] = "destination unreachable",
    };

    return names[kind];
}

const adp_obs_icmp *adp_silence_icmp(const adp_model *model, const adp_silence *silence)
{
    return silence->kind == ADP_SILENCE_ICMP ? adp_model_obs(model, silence->evidence)->u.icmp
                                             : NULL;
}

static adp_silence of_kind(adp_silence_kind kind, guint32 evidence)
{
    return (adp_silence){.kind = kind,
                         .evidence = evidence,
                         .part = ADP_NONE,
                         .stray = ADP_NONE,
                         .smaller = ADP_NONE};
}

/* Does the capture hold no frame to this client, or none of this server? Then an answer may have come. */
static gboolean is_deaf(const adp_model *model, const adp_flow *flow)
{
    return !adp_model_was_heard(model, flow->client) ||
           adp_model_misses_server(model, flow->server) || adp_model_misses_answers(model, flow);
}

/* What the capture as a whole can prove of something sent at `time`. Whoever repeats it had no answer. */
static adp_silence of_capture(const adp_model *model, const adp_flow *flow, gint64 time,
                              gint64 patience, gboolean repeated)
{
    gint64 first;
    gint64 last;
    guint32 frames;

    if (!adp_model_span(model, &first, &last, &frames) || adp_since(last, time) < patience) {
        return of_kind(ADP_SILENCE_TOO_SHORT, ADP_NONE);
    }
    return of_kind(is_deaf(model, flow) || (!repeated && adp_model_may_miss_server(model, flow))
                       ? ADP_SILENCE_DEAF
                       : ADP_SILENCE_UNANSWERED,
                   ADP_NONE);
}

/* ---- bytes of an answer ---- */

/* The rounds of a bind are answers that leave it open. */
static gboolean is_open_bind(const adp_step *step)
{
    return step->kind == ADP_STEP_BIND;
}

/* Something of an answer; ADP_NONE when there is nothing. */
static guint32 part_of(const adp_step *step, const adp_stream *stream)
{
    if (!is_open_bind(step) && step->heard != ADP_NONE) {
        return step->heard;
    }
    if (step->own->part != ADP_NONE) {
        return step->own->part;
    }
    return stream && stream->part != ADP_NONE && stream->part > step->last ? stream->part
                                                                           : ADP_NONE;
}

/* ---- ICMP ---- */

/* Of a connection the error tells of a later packet, so it is the step's when it follows it. */
static guint32 icmp_of(const adp_model *model, const adp_step *step)
{
    guint32 attempt;

    if (step->icmp != ADP_NONE || step->flow.transport != ADP_TCP) {
        return step->icmp;
    }
    attempt = adp_model_find_attempt(model, &step->flow);
    if (attempt == ADP_NONE || adp_model_attempt(model, attempt)->icmp == ADP_NONE) {
        return ADP_NONE;
    }
    return adp_model_attempt(model, attempt)->icmp > step->first
               ? adp_model_attempt(model, attempt)->icmp
               : ADP_NONE;
}

/* ---- fragments ---- */

static gboolean is_fragmented(const adp_model *model, const adp_step *step)
{
    return step->request != ADP_NONE && adp_model_obs(model, step->request)->fragmented;
}

static gboolean is_smaller_and_answered(const adp_model *model, const adp_step *step,
                                        const adp_step *other)
{
    return other->reply != ADP_NONE && other->request != ADP_NONE && other->kind == step->kind &&
           other->flow.transport == ADP_UDP && other->flow.server == step->flow.server &&
           other->flow.server_port == step->flow.server_port && !is_fragmented(model, other);
}

/* The last such step of the path before this one, else the first behind it. */
static guint32 smaller_step(const adp_model *model, const adp_step *step)
{
    const adp_numbers *steps = &adp_model_path(model, step->path)->steps;
    guint i;

    for (i = 1; i <= ADP_MAX_SMALLER && i <= step->path_index; i++) {
        guint32 other = steps->items[step->path_index - i];

        if (is_smaller_and_answered(model, step, adp_model_step(model, other))) {
            return other;
        }
    }
    for (i = step->path_index + 1; i < steps->count && i <= step->path_index + ADP_MAX_SMALLER;
         i++) {
        guint32 other = steps->items[i];

        if (is_smaller_and_answered(model, step, adp_model_step(model, other))) {
            return other;
        }
    }
    if (step->path_index > ADP_MAX_SMALLER ||
        steps->count - step->path_index > ADP_MAX_SMALLER + 1) {
        adp_model_limit(model, ADP_LIMIT_SMALLER);
    }
    return ADP_NONE;
}

/* ---- the proof ---- */

/* Over TCP a length stands in front, so that the bytes are others; a number of the message's own is the same. */
static gboolean is_same_message(const adp_obs *a, const adp_obs *b)
{
    if (a->type != b->type) {
        return FALSE;
    }
    if (a->type == ADP_OBS_KDC_REQUEST) {
        return a->u.krb->has_nonce && b->u.krb->has_nonce && a->u.krb->nonce == b->u.krb->nonce;
    }
    return a->hash == b->hash ||
           (a->type == ADP_OBS_DNS_QUERY && a->id == b->id && a->u.dns->qtype == b->u.dns->qtype &&
            adp_same_text(a->u.dns->name, b->u.dns->name));
}

/* Do the two ask for the same, whenever, and whatever number they give to it? */
static gboolean is_same_question(const adp_obs *a, const adp_obs *b)
{
    if (a->type != b->type) {
        return FALSE;
    }
    return a->type != ADP_OBS_KDC_REQUEST || (a->u.krb->exchange == b->u.krb->exchange &&
                                              adp_same_text(a->u.krb->spn, b->u.krb->spn));
}

/* Did the client ask once more after it, with what is the same as the step's request? Such steps follow soon. */
static gboolean was_asked_again(const adp_model *model, const adp_step *step, guint32 after,
                                gboolean (*is_same)(const adp_obs *, const adp_obs *))
{
    const adp_numbers *steps = &adp_model_path(model, step->path)->steps;
    guint i;

    if (step->request == ADP_NONE) {
        return FALSE;
    }
    for (i = step->path_index + 1; i < steps->count && i <= step->path_index + ADP_MAX_SMALLER;
         i++) {
        const adp_step *other = adp_model_step(model, steps->items[i]);

        if (other->kind == step->kind && other->request != ADP_NONE && other->request > after &&
            is_same(adp_model_obs(model, step->request), adp_model_obs(model, other->request))) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The same wish, wherever it is said. */
static gboolean is_same_wish(const adp_obs *a, const adp_obs *b)
{
    return is_same_question(a, b) &&
           (a->type != ADP_OBS_DNS_QUERY ||
            (a->u.dns->qtype == b->u.dns->qtype && adp_same_text(a->u.dns->name, b->u.dns->name)));
}

static gboolean is_repeated(const adp_model *model, const adp_step *step)
{
    return step->retries || was_asked_again(model, step, step->last, is_same_wish);
}

/*
 * Before this one: did the server end the connection of another such request, without an answer to
 * it? `begun`: the same server, which had begun one.
 */
static gboolean was_left_before(const adp_model *model, const adp_step *step, gboolean begun,
                                gboolean (*is_same)(const adp_obs *, const adp_obs *))
{
    const adp_numbers *steps = &adp_model_path(model, step->path)->steps;
    guint i;

    for (i = 1; i <= ADP_MAX_SMALLER && i <= step->path_index; i++) {
        const adp_step *other = adp_model_step(model, steps->items[step->path_index - i]);
        const adp_stream *stream = adp_model_stream(model, &other->flow);

        if (other->kind == step->kind && other->request != ADP_NONE && other->reply == ADP_NONE &&
            stream && stream->server_end < step->first &&
            (!begun || (stream->part != ADP_NONE && other->flow.server == step->flow.server)) &&
            is_same(adp_model_obs(model, other->request), adp_model_obs(model, step->request))) {
            return TRUE;
        }
    }
    return FALSE;
}

/* ---- who ended it ---- */

static gboolean comes_at_once(const adp_model *model, const adp_step *step, guint32 end)
{
    return end != ADP_NONE && adp_since(adp_model_obs(model, end)->time,
                                        adp_model_obs(model, step->last)->time) < AT_ONCE;
}

/* The client's end or unbind, when the server had not closed before it; else ADP_NONE. */
static guint32 withdrawal(const adp_model *model, const adp_step *step, const adp_stream *stream)
{
    guint32 end = MIN(stream->client_end, stream->unbind);

    /* Whoever took the request back after seconds, and left then, had waited: is_given_up(). */
    if (end < step->first || end > stream->server_end || step->abandoned) {
        return ADP_NONE;
    }
    return comes_at_once(model, step, end) ? end : ADP_NONE;
}

/* A round of a bind that ended with the server's challenge waits for the client. */
static gboolean waits_for_client(const adp_step *step)
{
    return is_open_bind(step) && step->heard != ADP_NONE && step->heard == step->last;
}

/* The client closed, observation `end`: before an answer, where one would have been heard. */
static adp_silence withdrawn(const adp_model *model, const adp_flow *flow, guint32 end)
{
    return is_deaf(model, flow) ? of_kind(ADP_SILENCE_DEAF, ADP_NONE)
                                : of_kind(ADP_SILENCE_WITHDRAWN, end);
}

/*
 * By a FIN a client says only that it will say no more. It waited for its answer where a reset of the server came much
 * later, and where it asked for the same before or afterwards.
 */
static gboolean waits_half_closed(const adp_model *model, const adp_step *step,
                                  const adp_stream *stream, guint32 end)
{
    const adp_obs *reset =
        stream->server_end == ADP_NONE ? NULL : adp_model_obs(model, stream->server_end);

    return end == stream->client_end && adp_model_obs(model, end)->u.tcp->event == ADP_TCP_FIN &&
           reset && reset->u.tcp->event == ADP_TCP_RST &&
           adp_since(reset->time, adp_model_obs(model, end)->time) >= AT_ONCE &&
           (was_asked_again(model, step, stream->server_end, is_same_wish) ||
            was_left_before(model, step, FALSE, is_same_wish));
}

static adp_silence of_stream(const adp_model *model, const adp_step *step, const adp_stream *stream)
{
    guint32 end = withdrawal(model, step, stream);

    if (waits_for_client(step)) {
        return of_kind(adp_stream_first_end(stream) != ADP_NONE || stream->unbind != ADP_NONE
                           ? ADP_SILENCE_WITHDRAWN
                           : ADP_SILENCE_NONE,
                       step->heard);
    }
    if (end != ADP_NONE && !waits_half_closed(model, step, stream, end)) {
        return withdrawn(model, &step->flow, end);
    }
    if (stream->server_end != ADP_NONE && stream->server_end > step->first &&
        (end != ADP_NONE || stream->server_end < stream->client_end)) {
        return of_kind(ADP_SILENCE_CLOSED, stream->server_end);
    }
    return of_kind(ADP_SILENCE_NONE, ADP_NONE);
}

/*
 * A server that ends the connection in the middle of its answer, of which the capture lacks nothing. One
 * answer may have been enough for the client all the same; a client that asks again had none.
 */
static gboolean is_broken_off(const adp_model *model, const adp_step *step,
                              const adp_stream *stream, guint32 part)
{
    return step->flow.transport == ADP_TCP && step->request != ADP_NONE && stream->part == part &&
           stream->server_end != ADP_NONE && stream->server_end > part &&
           stream->server_end < MIN(stream->client_end, stream->unbind) &&
           /* Much later, the rest of the answer may have been lost by the capture. */
           adp_since(adp_model_obs(model, stream->server_end)->time,
                     adp_model_obs(model, part)->time) < AT_ONCE &&
           !adp_model_obs(model, part)->u.tcp->damaged && !adp_model_has_gap(model, step) &&
           !is_deaf(model, &step->flow) &&
           (was_asked_again(model, step, stream->server_end, is_same_question) ||
            was_left_before(model, step, TRUE, is_same_question));
}

/*
 * A datagram comes whole or not at all. A client that asks again after the first fragment of an
 * answer, there or elsewhere, never got the rest, so the answer did not arrive. A datagram that the capture
 * cut did.
 */
static adp_silence of_part(const adp_model *model, const adp_step *step, const adp_stream *stream,
                           guint32 part)
{
    adp_silence silence;

    if (stream && is_broken_off(model, step, stream, part)) {
        silence = of_kind(ADP_SILENCE_CLOSED, stream->server_end);
        silence.part = part;
        return silence;
    }
    if (step->flow.transport == ADP_UDP && adp_model_obs(model, part)->fragmented &&
        (step->retries || was_asked_again(model, step, part, is_same_message))) {
        silence = of_capture(model, &step->flow, adp_model_obs(model, step->last)->time,
                             ADP_PATIENCE, TRUE);
        if (silence.kind == ADP_SILENCE_UNANSWERED) {
            silence.evidence = part;
            silence.cut = TRUE;
            return silence;
        }
    }
    return of_kind(ADP_SILENCE_PARTLY, part);
}

/* An alert of TLS to a request in clear is no answer, whoever closes then. */
static adp_silence of_alert(const adp_stream *stream)
{
    adp_silence silence = of_kind(
        ADP_SILENCE_CLOSED, stream->server_end != ADP_NONE ? stream->server_end : stream->part);

    silence.part = stream->part;
    return silence;
}

/* mDNS: nobody has to answer, and a client that asks DNS servers as well does not wait for it. */
static gboolean is_idle_talk(const adp_model *model, const adp_step *step)
{
    return step->kind == ADP_STEP_SRV && adp_model_obs(model, step->first)->u.dns->by_mdns &&
           adp_model_asks_dns(model, adp_model_obs(model, step->first));
}

/*
 * Did the client give the request up because it did not want the answer any more, or because some of it had come? Who
 * has waited for seconds and heard nothing gives up for want of one.
 */
static gboolean is_given_up(const adp_model *model, const adp_step *step)
{
    return step->abandoned && (step->reply != ADP_NONE || step->heard != ADP_NONE ||
                               step->own->part != ADP_NONE || step->own->entries ||
                               adp_since(adp_model_obs(model, step->last)->time,
                                         adp_model_obs(model, step->first)->time) < ADP_PATIENCE);
}

static adp_silence proof(const adp_model *model, const adp_step *step)
{
    const adp_stream *stream = adp_model_stream(model, &step->flow);
    guint32 part = part_of(step, stream);
    guint32 icmp = icmp_of(model, step);
    adp_silence silence;
    gboolean repeated;

    if (is_given_up(model, step)) {
        return of_kind(ADP_SILENCE_WITHDRAWN, step->last);
    }
    if (step->own->stray != ADP_NONE && !step->own->stray_drops) {
        return of_kind(ADP_SILENCE_ELSEWHERE, step->own->stray);
    }
    if (is_idle_talk(model, step)) {
        return of_kind(ADP_SILENCE_NOBODY, step->last);
    }
    if (stream && part != ADP_NONE && stream->part == part &&
        adp_model_obs(model, part)->u.tcp->alert) {
        return of_alert(stream);
    }
    if (part != ADP_NONE) {
        return of_part(model, step, stream, part);
    }
    if (adp_model_has_gap(model, step)) {
        return of_kind(ADP_SILENCE_PARTLY, ADP_NONE);
    }
    if (icmp != ADP_NONE) {
        return of_kind(ADP_SILENCE_ICMP, icmp);
    }
    silence = stream ? of_stream(model, step, stream) : of_kind(ADP_SILENCE_NONE, ADP_NONE);
    if (silence.kind != ADP_SILENCE_NONE) {
        return silence;
    }
    repeated = is_repeated(model, step);
    silence = of_capture(model, &step->flow, adp_model_obs(model, step->last)->time, ADP_PATIENCE,
                         repeated);
    if (silence.kind == ADP_SILENCE_UNANSWERED && adp_answer_is_lost(model, step, repeated)) {
        return of_kind(ADP_SILENCE_DEAF, ADP_NONE);
    }
    if (silence.kind == ADP_SILENCE_UNANSWERED && waits_for_client(step)) {
        return of_kind(ADP_SILENCE_WITHDRAWN, step->heard);
    }
    return silence;
}

adp_silence adp_silence_proof(const adp_model *model, const adp_step *step)
{
    adp_silence silence;

    if (step->reply != ADP_NONE) {
        return of_kind(ADP_SILENCE_NONE, step->reply);
    }
    silence = proof(model, step);
    silence.stray = step->own->stray;
    silence.fragmented = is_fragmented(model, step);
    if (silence.fragmented) {
        silence.smaller = smaller_step(model, step);
    }
    return silence;
}

/* ---- requests that are no steps ---- */

static guint32 icmp_after(const adp_model *model, const adp_flow *flow, guint32 i)
{
    guint32 attempt = adp_model_find_attempt(model, flow);
    guint32 icmp = attempt == ADP_NONE ? ADP_NONE : adp_model_attempt(model, attempt)->icmp;

    return icmp != ADP_NONE && icmp > i ? icmp : ADP_NONE;
}

/* Either end closed: whoever waited for long did so in vain. */
static adp_silence of_end(const adp_model *model, const adp_stream *stream, guint32 asked)
{
    const adp_obs *obs = adp_model_obs(model, asked);
    guint32 client = MIN(stream->client_end, stream->unbind);
    guint32 end = MIN(client, stream->server_end);
    adp_silence silence;

    if (end == ADP_NONE || end < asked) {
        return of_kind(ADP_SILENCE_NONE, ADP_NONE);
    }
    if (end == stream->server_end) {
        return of_kind(ADP_SILENCE_CLOSED, end);
    }
    if (adp_since(adp_model_obs(model, end)->time, obs->time) < ADP_PATIENCE) {
        return withdrawn(model, &obs->flow, end);
    }
    silence = of_capture(model, &obs->flow, obs->time, ADP_PATIENCE, FALSE);
    silence.evidence = end;
    return silence;
}

adp_silence adp_asked_silence(const adp_model *model, guint32 asked)
{
    const adp_obs *obs = adp_model_obs(model, asked);
    const adp_stream *stream = adp_model_stream(model, &obs->flow);
    guint32 icmp = icmp_after(model, &obs->flow, asked);
    adp_silence silence = of_kind(ADP_SILENCE_NONE, ADP_NONE);

    if (!adp_model_is_asked_in_vain(model, asked)) {
        return silence;
    }
    if (adp_model_has_gap_after(model, &obs->flow, asked)) {
        return of_kind(ADP_SILENCE_PARTLY, ADP_NONE);
    }
    if (icmp != ADP_NONE) {
        return of_kind(ADP_SILENCE_ICMP, icmp);
    }
    if (stream && adp_stream_never_took(stream, asked)) {
        return of_capture(model, &obs->flow,
                          adp_model_obs(model, stream->again[stream->agains - 1])->time,
                          ADP_PATIENCE, TRUE);
    }
    if (stream) {
        silence = of_end(model, stream, asked);
    }
    /* Beyond the limit nobody knows what was answered on the connection. */
    if (silence.kind == ADP_SILENCE_NONE && adp_model_asked_count(model) == ADP_MAX_LDAP_ASKED) {
        return of_kind(ADP_SILENCE_TOO_SHORT, ADP_NONE);
    }
    return silence.kind == ADP_SILENCE_NONE
               ? of_capture(model, &obs->flow, obs->time, ADP_PATIENCE_ASKED, FALSE)
               : silence;
}

adp_silence adp_attempt_silence(const adp_model *model, const adp_attempt *attempt)
{
    if (attempt->accepted || attempt->refused || attempt->older) {
        return of_kind(ADP_SILENCE_NONE, attempt->last);
    }
    if (attempt->icmp != ADP_NONE) {
        return of_kind(ADP_SILENCE_ICMP, attempt->icmp);
    }
    return of_capture(model, &attempt->flow, attempt->last_time, ADP_PATIENCE_SYN,
                      attempt->syns > 1);
}

gboolean adp_silence_is_words(const adp_model *model, const adp_silence *silence)
{
    return silence->part != ADP_NONE && adp_model_obs(model, silence->part)->u.tcp->words;
}

gboolean adp_silence_is_alert(const adp_model *model, const adp_silence *silence)
{
    return silence->part != ADP_NONE && adp_model_obs(model, silence->part)->u.tcp->alert;
}

/* ---- in words ---- */

static void say_withdrawn(const adp_step *step, const adp_silence *silence, GString *out)
{
    if (step->abandoned) {
        g_string_append(out, ": given up by the client");
    } else if (silence->evidence == step->heard) {
        g_string_append(out, ": the client did not answer the server's challenge");
    } else {
        g_string_append(out, ": the client closed the connection before an answer");
    }
}

adp_outcome adp_silence_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    if (is_given_up(model, step)) {
        return ADP_NORMAL;
    }
    if (early) {
        return ADP_PENDING;
    }
    switch (adp_silence_proof(model, step).kind) {
    case ADP_SILENCE_WITHDRAWN:
    case ADP_SILENCE_ELSEWHERE:
    case ADP_SILENCE_NOBODY:
        return ADP_NORMAL;
    case ADP_SILENCE_ICMP:
    case ADP_SILENCE_CLOSED:
    case ADP_SILENCE_UNANSWERED:
        return ADP_UNANSWERED;
    default:
        return ADP_PENDING;
    }
}

static void say_stray(const adp_model *model, guint32 stray, GString *out)
{
    g_string_append_printf(out, "%s answered, which was not asked",
                           adp_model_address_text(model, adp_model_obs(model, stray)->flow.server));
}

static void say_icmp(const adp_obs_icmp *icmp, GString *out)
{
    g_string_append_printf(out, ": no answer, but ICMP from %s%s: %s",
                           icmp->from_host ? "the host itself" : "the router ",
                           icmp->from_host ? "" : icmp->sender, adp_icmp_kind_name(icmp->kind));
}

guint32 adp_silence_notice(const adp_model *model, const adp_silence *silence)
{
    const adp_stream *stream =
        silence->kind == ADP_SILENCE_CLOSED
            ? adp_model_stream(model, &adp_model_obs(model, silence->evidence)->flow)
            : NULL;

    return stream && stream->notice <= silence->evidence ? stream->notice : ADP_NONE;
}

void adp_silence_quote(const adp_model *model, const adp_silence *silence, GString *out)
{
    guint32 notice = adp_silence_notice(model, silence);
    const adp_obs_result *result;
    const char *name;
    char *said;

    if (notice == ADP_NONE) {
        return;
    }
    result = &adp_model_obs(model, notice)->u.operation->result;
    name = adp_ldap_result_name(result->result);
    said = adp_one_line(result->diagnostic);
    g_string_append_printf(out, ", but a notice: %s (%u)%s%s", name ? name : "result",
                           result->result, said && *said ? ", " : "", said ? said : "");
    g_free(said);
}

void adp_silence_say(const adp_model *model, const adp_step *step, GString *out)
{
    adp_silence silence = adp_silence_proof(model, step);

    switch (silence.kind) {
    case ADP_SILENCE_NONE:
        break;
    case ADP_SILENCE_WITHDRAWN:
        say_withdrawn(step, &silence, out);
        break;
    case ADP_SILENCE_ELSEWHERE:
        g_string_append(out, ": ");
        say_stray(model, silence.stray, out);
        break;
    case ADP_SILENCE_NOBODY:
        g_string_append(out, ": no answer by mDNS; DNS servers were asked, too");
        break;
    case ADP_SILENCE_ICMP:
        say_icmp(adp_silence_icmp(model, &silence), out);
        break;
    case ADP_SILENCE_PARTLY:
        g_string_append(out, ": the answer is not whole in the capture");
        break;
    case ADP_SILENCE_CLOSED:
        g_string_append(
            out, silence.part == ADP_NONE ? ": the server closed the connection without an answer"
                 : adp_silence_is_alert(model, &silence)
                     ? ": the server answers with an alert of TLS"
                 : adp_silence_is_words(model, &silence)
                     ? ": what answers speaks another protocol"
                     : ": the server closed the connection in the middle of its answer");
        adp_silence_quote(model, &silence, out);
        break;
    case ADP_SILENCE_UNANSWERED:
        g_string_append(out, silence.cut ? ": no answer but the first fragment of one"
                             : silence.fragmented
                                 ? ": no answer to the request, which was sent in IP fragments"
                                 : ": no answer");
        if (step->abandoned) {
            g_string_append(out, ", and the client gave it up");
        }
        if (silence.stray != ADP_NONE) {
            g_string_append(out, " from there; ");
            say_stray(model, silence.stray, out);
        }
        break;
    default:
        g_string_append(out, ": no answer in the capture");
        break;
    }
}
