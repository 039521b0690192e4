/* ber.h
 * A cursor over BER, on top of libwireshark's own identifier and length readers.
 *
 * Nothing here throws: a PDU that is cut short ends where its bytes end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_BER_H
#define ADPATH_READ_BER_H

#include "compat.h"
#include "wire/arena.h"

#include <epan/dissectors/packet-ber.h>

/** A range of a tvb; never reaches beyond the captured bytes. */
typedef struct {
    tvbuff_t *tvb;
    int offset;
    int end;
    gboolean cut; /* it was longer than what was captured */
} adp_ber;

typedef struct {
    int class;       /* BER_CLASS_UNI, _APP, _CON */
    int tag;         /* 0 to 2^28 - 1 */
    int start;       /* of the identifier */
    adp_ber content; /* cut to the captured bytes */
} adp_tlv;

/** A cursor over `length` bytes at `offset` of `tvb`, as far as they were captured. */
adp_ber adp_ber_range(tvbuff_t *tvb, int offset, int length);

/** Takes the next TLV. FALSE at the end, and on what is no definite-length BER with a tag that fits an int. */
gboolean adp_ber_next(adp_ber *cursor, adp_tlv *ret);

/** Takes the next TLV when it has this class and tag; otherwise the cursor stays. */
gboolean adp_ber_take(adp_ber *cursor, int class, int tag, adp_tlv *ret);

/** Descends: the cursor becomes the content of the next TLV, if it fits. */
gboolean adp_ber_enter(adp_ber *cursor, int class, int tag);

/**
 * Takes [tag] EXPLICIT, skipping optional fields with lower numbers, and
 * leaves its content in `ret`. The cursor stays when there is none.
 */
gboolean adp_ber_field(adp_ber *cursor, int tag, adp_ber *ret);

/** Length of the content that was captured. */
int adp_ber_length(const adp_ber *content);

/** The bytes of the content; valid as long as the tvb. */
const guint8 *adp_ber_bytes(const adp_ber *content);

/** A two's complement integer of up to eight bytes; 0 when empty or longer. */
gint64 adp_ber_integer(const adp_ber *content);

/** The content as safe text of the arena. */
const char *adp_ber_text(adp_arena *arena, const adp_ber *content);

#endif
