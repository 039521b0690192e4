/* stream.h
 * What a TCP connection shows besides whole messages: bytes of an unfinished answer, and who
 * closed it when.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_STREAM_H
#define ADPATH_JOIN_STREAM_H

#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** More repetitions of one request than this say no more than these. */
#define ADP_STREAM_AGAINS 6

/** Observations of a connection that carries steps; ADP_NONE where there is none. */
typedef struct {
    guint32 asked;      /* the last message of the client that belongs to a step or an operation */
    guint32 part;       /* bytes of the server after it that are no whole message so far */
    guint32 client_end; /* the first FIN or RST of the client, */
    guint32 server_end; /* and of the server */
    guint32 unbind;     /* LDAP: the client said that it is done, */
    guint32 notice;     /* or the server that it ends the connection, and why */
    guint32 parts;      /* how often `part` was set */
    guint32 agains;     /* so often TCP repeated `asked`; the first of them: */
    guint32 again[ADP_STREAM_AGAINS];
    guint32 backs; /* so often it repeated what the server had answered; the first of them: */
    guint32 back[ADP_STREAM_AGAINS];
} adp_stream;

/** NULL: the connection carries neither step nor operation, or its number is not known. */
const adp_stream *adp_model_stream(const adp_model *model, const adp_flow *flow);

/** TCP repeats as often only what was never acknowledged: the request, observation `i`, or what follows. */
gboolean adp_stream_never_took(const adp_stream *stream, guint32 i);

/**
 * The connection, when the server's TCP repeated its last answer again and again and the client's never acknowledged it, also
 * not when it ended the connection; else NULL. RFC 9293 3.8.1.
 */
const adp_stream *adp_model_unheard(const adp_model *model, const adp_flow *flow);

/** The end that closed first: its observation, ADP_NONE when the connection stays open. */
guint32 adp_stream_first_end(const adp_stream *stream);

/* ---- for the readers ---- */

/** Has any connection had a message of ours? Without one the next question need not be asked. */
gboolean adp_model_has_streams(const adp_model *model);

/** May bytes that this server sends belong to an answer that is waited for? A quick question. */
gboolean adp_model_may_have_part(const adp_model *model, guint32 server);

/** The request that waits and is no step, NULL: bytes of this server may be its answer's. */
adp_obs_answer *adp_model_part_of(const adp_model *model, const adp_flow *flow);

/** Is the observation such a request of which nothing came back? */
gboolean adp_model_is_asked_in_vain(const adp_model *model, guint32 obs);

/** Is `part` (FALSE: a whole message behind parts) news about the connection? */
gboolean adp_model_wants_part(const adp_model *model, const adp_flow *flow, gboolean part);

/* ---- for the pairing ---- */

/** A message of a step was fed as observation `i`. */
void adp_stream_has_message(adp_model *model, const adp_obs *obs, guint32 i);

/** A request that is no step (ldap_ops.h) was fed as observation `i`. */
void adp_stream_has_operation(adp_model *model, const adp_obs *obs, guint32 i);

/** Bytes that are no message, or a message that ends them. */
gboolean adp_feed_part(adp_model *model, const adp_obs *obs, guint32 i);

/** Does TCP repeat a request that waits for its answer? `flow` is seen from its client. */
gboolean adp_model_wants_again(const adp_model *model, const adp_flow *flow);

/** Does TCP repeat what a server answered last? `flow` is seen from its client. */
gboolean adp_model_wants_back(const adp_model *model, const adp_flow *flow);

/** It does: observation `i`. FALSE for a copy of what was there just before. */
gboolean adp_feed_back(adp_model *model, const adp_obs *obs, guint32 i);

/** TCP repeats a request: observation `i`. */
gboolean adp_feed_again(adp_model *model, const adp_obs *obs, guint32 i);

/** A FIN or RST. @return TRUE when it is the first of its end: it is worth keeping. */
gboolean adp_stream_has_end(adp_model *model, const adp_obs *obs, guint32 i);

gboolean adp_feed_unbind(adp_model *model, const adp_obs *obs, guint32 i);

/** The server says that it ends the connection: the first time is kept. */
gboolean adp_feed_notice(adp_model *model, const adp_obs *obs, guint32 i);

#endif
