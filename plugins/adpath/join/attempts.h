/* attempts.h
 * Attempts to open a TCP connection: what is kept of each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_ATTEMPTS_H
#define ADPATH_JOIN_ATTEMPTS_H

#include "join/derived.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** One attempt to open a TCP connection to a DC's LDAP or Kerberos port, or to a named host. */
typedef struct {
    adp_flow flow;
    guint32 first; /* first and last observation; adp_mark.next leads from one to the next */
    guint32 last;
    /* How often the client tried, copies apart. 0: no SYN was captured; `first` is a step's. */
    guint32 syns;
    gint64 first_time;      /* of the first SYN, ns since the epoch */
    gint64 last_time;       /* of the last SYN */
    gboolean accepted;      /* SYN-ACK, or data seen on the connection */
    gboolean heard;         /* something that the server sent on it is in the capture */
    gboolean talked;        /* somebody said something on it */
    gboolean unheard;       /* the client asked again for what the server had accepted */
    gboolean refused;       /* RST in answer to the SYN */
    gboolean older;         /* what the server answered belongs to an older connection; */
    gboolean after_older;   /* so it was with the attempt before, from the same port */
    gboolean prohibited;    /* ICMP in answer to the SYN: forbidden, */
    gboolean unreachable;   /* or leads nowhere */
    gboolean closed;        /* a FIN or RST after it was accepted; */
    gboolean reset;         /* the first was a RST, */
    gboolean server_closed; /* and the server's */
    guint32 acceptance;     /* observation of the SYN-ACK, else ADP_NONE */
    guint32 asked_before;   /* the attempt that asked for the same connection, ADP_NONE */
    guint32 step;           /* the tls step on it, else ADP_NONE */
    guint32 icmp;           /* observation of the first ICMP error about it, ADP_NONE */
    adp_client client;      /* whose path its steps went to, or had the last step before it */
} adp_attempt;

guint32 adp_model_attempt_count(const adp_model *model);
const adp_attempt *adp_model_attempt(const adp_model *model, guint32 i);

/** To be changed. */
adp_attempt *adp_attempt_at(adp_derived *d, guint32 i);

/** The number of the last attempt from and to these ports, ADP_NONE when there is none. */
guint32 adp_last_attempt(const adp_derived *d, const adp_flow *flow);

/** Likewise of the flow: ports that were used again have another one. */
guint32 adp_find_attempt(const adp_derived *d, const adp_flow *flow);

/** The attempt that opened the connection of a step's flow; ADP_NONE: its SYN is not captured. */
guint32 adp_model_find_attempt(const adp_model *model, const adp_flow *flow);

/** Is there an attempt of this flow, seen from its client? */
gboolean adp_model_knows_attempt(const adp_model *model, const adp_flow *flow);

/** An attempt that begins with observation `i`, of a SYN or, where none was seen, of a step. */
guint32 adp_new_attempt(adp_model *model, const adp_obs *obs, guint32 i);

/** The server accepts it with observation `i`. */
void adp_attempt_is_accepted(adp_model *model, guint32 index, guint32 i);

/** Somebody said something on the observation's connection. */
void adp_attempt_has_words(adp_derived *d, const adp_obs *obs);

/** A message, on a connection or not: the connection was accepted, somebody spoke, and its server is noted. */
void adp_attempt_has_message(adp_model *model, const adp_obs *obs);

/**
 * Did the server take the connection and end it at once, with nothing said by either side? Its reset or FIN counts on from
 * its acceptance: it sent nothing in between. A reset that begins at 0 answers the SYN itself (RFC 9293 3.10.7.1): it
 * comes of a machine that knows nothing of the acceptance.
 */
gboolean adp_attempt_is_cut_off(const adp_model *model, const adp_attempt *attempt);

/**
 * How many bytes of the client the server acknowledged when it ended such a connection: bytes in which no message was
 * found. 0: none, or nobody knows.
 */
guint32 adp_attempt_took(const adp_model *model, const adp_attempt *attempt);

/** Was it accepted in vain: cut off, or the client did not hear of it? A capture of the server's end shows the latter. */
gboolean adp_attempt_is_in_vain(const adp_model *model, const adp_attempt *attempt);

/**
 * What the observation shows of its server: it sent it, or answers that the capture does not hold. `index` is the attempt of
 * its flow, ADP_NONE when there is none.
 */
void adp_server_note(adp_model *model, const adp_obs *obs, guint32 index);

/**
 * Did the server answer, although the capture holds nothing that it sent? A client that goes on after its
 * SYN was accepted. Nothing proves then that the server was silent.
 */
gboolean adp_model_misses_server(const adp_model *model, guint32 server);

/** Was nothing ever heard of the server, where the capture misses what another one sends to the client? */
gboolean adp_model_may_miss_server(const adp_model *model, const adp_flow *flow);

/**
 * The same of one connection: the client goes on after its SYN, and nothing that the server sends on it is there. What it
 * says elsewhere may take another way.
 */
gboolean adp_model_misses_answers(const adp_model *model, const adp_flow *flow);

#endif
