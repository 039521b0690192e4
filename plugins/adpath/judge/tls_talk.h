/* tls_talk.h
 * The requests and answers that the records of a TLS connection must have carried.
 *
 * Sizes and directions only. What is not plain (HTTP/2, early data, a client's certificate, damage) is
 * no talk: silence is better than a wrong guess.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_TLS_TALK_H
#define ADPATH_JUDGE_TLS_TALK_H

#include "log/observation.h"

#include <glib.h>

/** A request and what came back before the client sent again. Lengths are those of the records. */
typedef struct {
    guint32 asked_frame; /* of the request's last record */
    guint32 asked;       /* bytes */
    guint32 heard_frame; /* of the answer's first record; 0: there was no answer */
    guint32 end_frame;   /* and of its last */
    gint64 end_time;
    guint32 heard; /* bytes */
} adp_round;

/** One connection, in rounds. */
typedef struct {
    guint count; /* rounds that were answered */
    adp_round rounds[ADP_MAX_TLS_RECORDS];
    gboolean waits; /* the client sent something behind the last answer */
    gboolean whole; /* nothing came behind what is known */
} adp_talk;

/** Has the record of TLS 1.3 the length of a client's Finished (RFC 8446 4.4.4)? */
gboolean adp_tls_is_finished(const adp_tls_record *record);

/**
 * @param version  of TLS, 0x0303 is 1.2
 * @return FALSE when the records do not tell requests from answers; `talk` is empty then.
 */
gboolean adp_tls_talk(const adp_tls_records *records, guint16 version, adp_talk *talk);

#endif
