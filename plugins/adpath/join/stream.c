/* stream.c
 * What a TCP connection shows besides whole messages.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/stream.h"

#include "join/chain.h"
#include "join/derived.h"
#include "join/model.h"
#include "join/served.h"
#include "log/observation.h"
#include "wire/limits.h"
#include "wire/text.h"

#include <string.h>

static adp_stream *find(const adp_derived *d, const adp_flow *flow)
{
    return flow->transport == ADP_TCP && flow->stream != ADP_NONE
               ? g_hash_table_lookup(d->streams, GUINT_TO_POINTER(flow->stream + 1))
               : NULL;
}

static void note_server(GByteArray *servers, guint32 server)
{
    guint old = servers->len;

    if (server == ADP_NONE) {
        return;
    }
    if (server >= old) {
        g_byte_array_set_size(servers, server + 1);
        memset(servers->data + old, FALSE, server + 1 - old);
    }
    servers->data[server] = TRUE;
}

static adp_stream *need(adp_derived *d, const adp_flow *flow)
{
    adp_stream *stream = find(d, flow);

    if (stream || flow->transport != ADP_TCP || flow->stream == ADP_NONE) {
        return stream;
    }
    stream = g_new0(adp_stream, 1);
    stream->asked = stream->part = ADP_NONE;
    stream->client_end = stream->server_end = stream->unbind = stream->notice = ADP_NONE;
    g_hash_table_insert(d->streams, GUINT_TO_POINTER(flow->stream + 1), stream);
    adp_served_note(d, flow);
    note_server(d->stream_servers, flow->server);
    return stream;
}

void adp_stream_has_message(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_stream *stream = need(&model->derived, &obs->flow);

    if (!stream) {
        return;
    }
    stream->agains = 0;
    if (obs->from_server) {
        stream->part = ADP_NONE;
    } else {
        stream->asked = i;
    }
    stream->backs = 0;
}

gboolean adp_model_is_asked_in_vain(const adp_model *model, guint32 obs)
{
    const adp_obs *asked = adp_model_obs(model, obs);
    const adp_obs_answer *answer =
        asked->type == ADP_OBS_LDAP_OPERATION ? asked->u.operation->answer : NULL;

    return answer && !answer->answered && !answer->heard && !answer->given_up;
}

static gboolean is_operation(const adp_model *model, const adp_stream *stream)
{
    return adp_model_mark(model, stream->asked)->step == ADP_NONE;
}

static gboolean is_waited_for(const adp_model *model, const adp_stream *stream)
{
    guint32 step = adp_model_mark(model, stream->asked)->step;

    return step != ADP_NONE ? adp_model_step(model, step)->reply == ADP_NONE
                            : adp_model_is_asked_in_vain(model, stream->asked);
}

/* A step that waits goes before: what comes of it matters more. */
void adp_stream_has_operation(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_stream *stream = need(&model->derived, &obs->flow);

    if (stream && (stream->asked == ADP_NONE || is_operation(model, stream) ||
                   !is_waited_for(model, stream))) {
        stream->agains = stream->backs = 0;
        stream->asked = i;
    }
}

static gboolean is_server(const adp_obs *asked, const adp_flow *flow)
{
    return asked->flow.server == flow->server && asked->flow.server_port == flow->server_port;
}

adp_obs_answer *adp_model_part_of(const adp_model *model, const adp_flow *flow)
{
    const adp_stream *stream = find(&model->derived, flow);

    return stream && stream->asked != ADP_NONE && is_operation(model, stream) &&
                   is_server(adp_model_obs(model, stream->asked), flow)
               ? adp_model_obs(model, stream->asked)->u.operation->answer
               : NULL;
}

gboolean adp_model_has_streams(const adp_model *model)
{
    return model->derived.stream_servers->len > 0;
}

gboolean adp_model_may_have_part(const adp_model *model, guint32 server)
{
    const GByteArray *servers = model->derived.stream_servers;

    return server < servers->len && servers->data[server];
}

gboolean adp_model_wants_part(const adp_model *model, const adp_flow *flow, gboolean part)
{
    const adp_stream *stream = find(&model->derived, flow);

    if (!stream || stream->asked == ADP_NONE || is_operation(model, stream) ||
        !is_server(adp_model_obs(model, stream->asked), flow)) {
        return FALSE;
    }
    if (!part) {
        return stream->part != ADP_NONE;
    }
    if (stream->part != ADP_NONE || !is_waited_for(model, stream)) {
        return FALSE;
    }
    if (stream->parts >= ADP_MAX_STREAM_PARTS) {
        adp_model_limit(model, ADP_LIMIT_STREAM_PARTS);
        return FALSE;
    }
    return TRUE;
}

gboolean adp_feed_part(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    gboolean part = obs->u.tcp->event == ADP_TCP_PART;
    adp_stream *stream = find(d, &obs->flow);

    if (!adp_model_wants_part(model, &obs->flow, part)) {
        return FALSE;
    }
    stream->part = part ? i : ADP_NONE;
    stream->parts += part;
    return adp_keep_aside(d);
}

gboolean adp_model_wants_again(const adp_model *model, const adp_flow *flow)
{
    const adp_stream *stream = find(&model->derived, flow);

    return stream && stream->asked != ADP_NONE && stream->agains < ADP_STREAM_AGAINS &&
           is_server(adp_model_obs(model, stream->asked), flow) && is_waited_for(model, stream);
}

gboolean adp_feed_again(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_stream *stream = find(&model->derived, &obs->flow);

    if (!adp_model_wants_again(model, &obs->flow)) {
        return FALSE;
    }
    stream->again[stream->agains++] = i;
    return adp_keep_aside(&model->derived);
}

gboolean adp_model_wants_back(const adp_model *model, const adp_flow *flow)
{
    const adp_stream *stream = find(&model->derived, flow);

    return stream && stream->asked != ADP_NONE && stream->backs < ADP_STREAM_AGAINS &&
           is_server(adp_model_obs(model, stream->asked), flow) && !is_waited_for(model, stream);
}

/* No TCP waits less before it repeats (RFC 6298 2.4 wants a second; Linux takes 200 ms). What comes sooner is a copy. */
#define COPIES_WITHIN (ADP_NS_PER_S / 10)

gboolean adp_feed_back(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_stream *stream = find(&model->derived, &obs->flow);
    const adp_obs *before;

    if (!adp_model_wants_back(model, &obs->flow)) {
        return FALSE;
    }
    if (stream->backs) {
        before = adp_model_obs(model, stream->back[stream->backs - 1]);
        if (adp_since(obs->time, before->time) < COPIES_WITHIN) {
            return FALSE;
        }
        /* It gets on, slowly; or a probe sent the last packet of those that the first is missing of. */
        if (before->u.tcp->number != obs->u.tcp->number) {
            stream->backs = 0;
        }
    }
    stream->back[stream->backs++] = i;
    return adp_keep_aside(&model->derived);
}

gboolean adp_stream_has_end(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_stream *stream = find(&model->derived, &obs->flow);
    guint32 *end;

    if (!stream) {
        return FALSE;
    }
    end = obs->from_server ? &stream->server_end : &stream->client_end;
    if (*end != ADP_NONE) {
        return FALSE;
    }
    *end = i;
    return TRUE;
}

gboolean adp_feed_unbind(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_stream *stream = find(&model->derived, &obs->flow);

    if (!stream || stream->unbind != ADP_NONE) {
        return FALSE;
    }
    stream->unbind = i;
    return adp_keep_aside(&model->derived);
}

gboolean adp_feed_notice(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_stream *stream = find(&model->derived, &obs->flow);

    if (!stream || stream->notice != ADP_NONE) {
        return FALSE;
    }
    stream->notice = i;
    return adp_keep_aside(&model->derived);
}

const adp_stream *adp_model_stream(const adp_model *model, const adp_flow *flow)
{
    return find(&model->derived, flow);
}

#define NEVER 3

gboolean adp_stream_never_took(const adp_stream *stream, guint32 i)
{
    return stream->agains >= NEVER && stream->asked != ADP_NONE && stream->asked >= i;
}

/* So long a network that loses packets now and then does not take. */
#define BACK_SPAN ADP_NS_PER_S

/* Windows gives up a connection after so many (TcpMaxDataRetransmissions, from memory); Linux goes on for minutes. */
#define GIVEN_UP 5

/* Numbers of TCP go round (RFC 9293 3.4). */
static gboolean is_behind(guint32 number, guint32 other)
{
    return (gint32)(number - other) > 0;
}

const adp_stream *adp_model_unheard(const adp_model *model, const adp_flow *flow)
{
    const adp_stream *stream = find(&model->derived, flow);
    const adp_obs *first;
    const adp_obs_tcp *end;

    if (!stream || stream->backs < NEVER) {
        return NULL;
    }
    first = adp_model_obs(model, stream->back[0]);
    if (adp_since(adp_model_obs(model, stream->back[stream->backs - 1])->time, first->time) <
        BACK_SPAN) {
        return NULL;
    }
    if (stream->client_end == ADP_NONE) {
        /* An acknowledgement alone is not kept: it may have come after the last repetition, while that goes on. */
        return stream->backs >= GIVEN_UP ||
                       (stream->server_end != ADP_NONE && stream->server_end > stream->back[0] &&
                        adp_model_obs(model, stream->server_end)->u.tcp->event == ADP_TCP_RST)
                   ? stream
                   : NULL;
    }
    end = adp_model_obs(model, stream->client_end)->u.tcp;
    return stream->client_end > stream->back[0] &&
                   (end->bare || !is_behind(end->heard, first->u.tcp->number))
               ? stream
               : NULL;
}

guint32 adp_stream_first_end(const adp_stream *stream)
{
    /* The log is in the order of the frames, and ADP_NONE is behind all. */
    return MIN(stream->client_end, stream->server_end);
}
