/* ber.c
 * A cursor over BER.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/ber.h"

#include "wire/arena.h"
#include "wire/text.h"

adp_ber adp_ber_range(tvbuff_t *tvb, int offset, int length)
{
    int captured = (int)tvb_captured_length(tvb);
    adp_ber cursor = {.tvb = tvb, .offset = MIN(offset, captured)};

    cursor.end =
        length < 0 || length > captured - cursor.offset ? captured : cursor.offset + length;
    return cursor;
}

/* Of a tag's number, seven bits in each: more would not fit an int, and could come out negative. */
#define MOST_TAG_OCTETS 4

/*
 * Are identifier and length complete, the tag a number that fits, and the length a
 * definite one? Checked first, because the readers of libwireshark throw where they
 * are not whole, and shift a longer number beyond its end.
 */
static gboolean header_is_whole(const adp_ber *cursor)
{
    int at = cursor->offset;
    guint8 octet;

    if (cursor->end - at < 2) {
        return FALSE;
    }
    octet = adp_tvb_byte(cursor->tvb, at++);
    if ((octet & 0x1f) == 0x1f) {
        do {
            if (at >= cursor->end || at - cursor->offset > MOST_TAG_OCTETS) {
                return FALSE;
            }
            octet = adp_tvb_byte(cursor->tvb, at++);
        } while (octet & 0x80);
    }
    if (at >= cursor->end) {
        return FALSE;
    }
    octet = adp_tvb_byte(cursor->tvb, at++);
    /* LDAP and Kerberos use definite lengths only. */
    return octet != 0x80 && (!(octet & 0x80) || cursor->end - at >= (octet & 0x7f));
}

gboolean adp_ber_next(adp_ber *cursor, adp_tlv *ret)
{
    gint8 class;
    adp_early_bool constructed;
    gint32 tag;
    guint32 length;
    adp_early_bool indefinite;
    int at;

    if (!header_is_whole(cursor)) {
        return FALSE;
    }
    at = get_ber_identifier(cursor->tvb, cursor->offset, &class, &constructed, &tag);
    at = get_ber_length(cursor->tvb, at, &length, &indefinite);
    ret->class = (guint8) class;
    ret->tag = tag;
    ret->start = cursor->offset;
    ret->content.tvb = cursor->tvb;
    ret->content.offset = at;
    ret->content.cut = length > (guint32)(cursor->end - at);
    ret->content.end = length > (guint32)(cursor->end - at) ? cursor->end : at + (int)length;
    cursor->offset = ret->content.end;
    return TRUE;
}

gboolean adp_ber_take(adp_ber *cursor, int class, int tag, adp_tlv *ret)
{
    adp_ber before = *cursor;

    if (adp_ber_next(cursor, ret) && ret->class == class && ret->tag == tag) {
        return TRUE;
    }
    *cursor = before;
    return FALSE;
}

gboolean adp_ber_enter(adp_ber *cursor, int class, int tag)
{
    adp_tlv tlv;

    if (!adp_ber_take(cursor, class, tag, &tlv)) {
        return FALSE;
    }
    *cursor = tlv.content;
    return TRUE;
}

gboolean adp_ber_field(adp_ber *cursor, int tag, adp_ber *ret)
{
    adp_ber ahead = *cursor;
    adp_tlv tlv;

    while (adp_ber_next(&ahead, &tlv) && tlv.class == BER_CLASS_CON && tlv.tag <= tag) {
        if (tlv.tag == tag) {
            *cursor = ahead;
            *ret = tlv.content;
            return TRUE;
        }
    }
    return FALSE;
}

int adp_ber_length(const adp_ber *content)
{
    return content->end - content->offset;
}

const guint8 *adp_ber_bytes(const adp_ber *content)
{
    int length = adp_ber_length(content);

    return length > 0 ? tvb_get_ptr(content->tvb, content->offset, length) : (const guint8 *)"";
}

gint64 adp_ber_integer(const adp_ber *content)
{
    int length = adp_ber_length(content);
    const guint8 *bytes = adp_ber_bytes(content);
    guint64 value;
    int i;

    if (length < 1 || length > 8) {
        return 0;
    }
    value = bytes[0] & 0x80 ? G_MAXUINT64 : 0;
    for (i = 0; i < length; i++) {
        value = (value << 8) | bytes[i];
    }
    return (gint64)value;
}

const char *adp_ber_text(adp_arena *arena, const adp_ber *content)
{
    return adp_text(arena, adp_ber_bytes(content), (gsize)MAX(0, adp_ber_length(content)));
}
