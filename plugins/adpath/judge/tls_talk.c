/* tls_talk.c
 * The requests and answers that the records of a TLS connection must have carried.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/tls_talk.h"

#include <string.h>

#define TLS_1_3 0x0304

/*
 * TLS 1.3 (RFC 8446 5.2): a record has a byte for its true type and a tag of 16. So an alert has 19
 * bytes, and the client's Finished, of 4 + 32 or 4 + 48, 53 or 69. Java adds 16 zeros to both.
 */
#define PADDING          16
#define ALERT_LEN        19
#define FINISHED_LEN     53
#define FINISHED_384_LEN 69

/* The shortest request of HTTP/1 has more, even with the smallest overhead of TLS 1.2. */
#define REQUEST_MIN 40

/* No message of HTTP is as short as an alert with that padding. */
static gboolean is_alert(const adp_tls_record *record, guint16 version)
{
    return version >= TLS_1_3 && record->length <= ALERT_LEN + PADDING;
}

gboolean adp_tls_is_finished(const adp_tls_record *record)
{
    return record->length == FINISHED_LEN || record->length == FINISHED_384_LEN ||
           record->length == FINISHED_384_LEN + PADDING;
}

/**
 * The first record behind the handshake; `count` when there is none that is surely so. With TLS 1.3 all
 * before the client's Finished belongs to the handshake.
 */
static guint behind_handshake(const adp_tls_records *records, guint16 version)
{
    guint i = 0;

    if (version < TLS_1_3) {
        return 0;
    }
    while (i < records->count && records->items[i].from_server) {
        i++;
    }
    if (i == 0 || i == records->count || !adp_tls_is_finished(&records->items[i])) {
        return records->count;
    }
    return i + 1;
}

/**
 * TLS 1.3: servers send tickets for the next session when they like, and they look like answers. All of
 * a connection have one length; the first record of the server is taken for one in any case.
 */
static gboolean is_ticket(const adp_tls_record *record, guint16 version, guint32 *ticket,
                          gboolean answered)
{
    if (version < TLS_1_3 || answered) {
        return FALSE;
    }
    *ticket = *ticket ? *ticket : record->length;
    return record->length == *ticket;
}

static void hear(adp_round *round, const adp_tls_record *record)
{
    round->heard_frame = round->heard_frame ? round->heard_frame : record->frame;
    round->end_frame = record->frame;
    round->end_time = record->time;
    round->heard += record->length;
}

gboolean adp_tls_talk(const adp_tls_records *records, guint16 version, adp_talk *talk)
{
    guint i = behind_handshake(records, version);
    adp_round *round = NULL;
    guint32 ticket = 0;

    memset(talk, 0, sizeof(*talk));
    talk->whole = !records->full;
    if (records->opened || records->damaged || i == records->count) {
        return FALSE;
    }
    for (; i < records->count; i++) {
        const adp_tls_record *record = &records->items[i];

        if (is_alert(record, version)) {
            continue;
        }
        if (!record->from_server) {
            if (!round || round->heard_frame) {
                round = &talk->rounds[round ? round - talk->rounds + 1 : 0];
            }
            round->asked += record->length;
            round->asked_frame = record->frame;
        } else if (!is_ticket(record, version, &ticket,
                              talk->count > 0 || (round && round->heard_frame)) &&
                   round) {
            talk->count += !round->heard_frame;
            hear(round, record);
        }
    }
    talk->waits = round && !round->heard_frame;
    return talk->count > 0 && talk->rounds[0].asked >= REQUEST_MIN;
}
