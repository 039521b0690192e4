/* krb_parts.c
 * What Kerberos messages are made of: names, times, flags, tickets (RFC 4120 5.2, 5.3).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/krb_parts.h"

#include "log/observation.h"
#include "read/ber.h"
#include "wire/arena.h"
#include "wire/hash.h"
#include "wire/limits.h"
#include "wire/text.h"

#define MAX_SECONDS (ADP_MAX_CLOCK_DAYS * G_GINT64_CONSTANT(86400))

gboolean adp_krb_integer(adp_ber field, gint64 *ret)
{
    adp_tlv tlv;

    if (!adp_ber_take(&field, BER_CLASS_UNI, BER_UNI_TAG_INTEGER, &tlv) || tlv.content.cut) {
        return FALSE;
    }
    *ret = adp_ber_integer(&tlv.content);
    return TRUE;
}

gint64 adp_krb_number(adp_ber field)
{
    gint64 value = 0;

    (void)adp_krb_integer(field, &value);
    return value;
}

const char *adp_krb_text(adp_arena *arena, adp_ber field)
{
    adp_tlv tlv;

    return adp_ber_next(&field, &tlv) ? adp_ber_text(arena, &tlv.content) : NULL;
}

const char *adp_krb_principal(adp_arena *arena, adp_ber field, gint32 *type)
{
    GString *name;
    const char *result;
    adp_ber components;
    adp_tlv tlv;
    guint n = 0;

    if (!adp_ber_enter(&field, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        return NULL;
    }
    if (type && adp_ber_field(&field, 0, &components)) {
        *type = (gint32)adp_krb_number(components);
    }
    if (!adp_ber_field(&field, 1, &components) ||
        !adp_ber_enter(&components, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        return NULL;
    }
    name = g_string_new(NULL);
    while (adp_ber_next(&components, &tlv) && !tlv.content.cut) {
        if (n == ADP_MAX_KRB_COMPONENTS) {
            adp_limit_hit(arena, ADP_LIMIT_KRB_COMPONENTS);
            break;
        }
        if (n++) {
            g_string_append_c(name, '/');
        }
        adp_text_append(name, adp_ber_bytes(&tlv.content), (gsize)adp_ber_length(&tlv.content));
    }
    /* Half a name is worse than none: it would be compared. */
    result = components.cut ? NULL : adp_arena_strndup(arena, name->str, name->len);
    g_string_free(name, TRUE);
    return result;
}

/* Two decimal digits at each place; FALSE when something else stands there. */
static gboolean read_digits(const guint8 *s, int parts[7])
{
    int i;

    for (i = 0; i < 14; i++) {
        if (!g_ascii_isdigit(s[i])) {
            return FALSE;
        }
    }
    for (i = 0; i < 7; i++) {
        parts[i] = (s[2 * i] - '0') * 10 + (s[2 * i + 1] - '0');
    }
    return TRUE;
}

/* As "20261121194513Z". */
static gboolean read_time(adp_ber field, int *part)
{
    adp_tlv tlv;

    return adp_ber_take(&field, BER_CLASS_UNI, BER_UNI_TAG_GeneralizedTime, &tlv) &&
           adp_ber_length(&tlv.content) == 15 && read_digits(adp_ber_bytes(&tlv.content), part);
}

guint adp_krb_year(adp_ber field)
{
    int part[7];

    return read_time(field, part) ? (guint)(part[0] * 100 + part[1]) : 0;
}

gboolean adp_krb_time(adp_ber field, gint64 *ret)
{
    int part[7];
    GDateTime *time;
    gint64 seconds;

    if (!read_time(field, part)) {
        return FALSE;
    }
    time =
        g_date_time_new_utc(part[0] * 100 + part[1], part[2], part[3], part[4], part[5], part[6]);
    if (!time) {
        return FALSE;
    }
    seconds = g_date_time_to_unix(time);
    g_date_time_unref(time);
    /* No clock is meant; nobody is told, as for any time that is damaged. */
    if (seconds < -MAX_SECONDS || seconds > MAX_SECONDS) {
        return FALSE;
    }
    *ret = seconds * ADP_NS_PER_S;
    return TRUE;
}

guint32 adp_krb_flags(adp_ber field)
{
    adp_tlv tlv;
    const guint8 *bytes;
    guint32 flags = 0;
    int i;

    if (!adp_ber_take(&field, BER_CLASS_UNI, BER_UNI_TAG_BITSTRING, &tlv) ||
        adp_ber_length(&tlv.content) < 1) {
        return 0;
    }
    /* In front stands how many bits of the last byte are unused: they are zero. */
    bytes = adp_ber_bytes(&tlv.content);
    for (i = 1; i <= 4; i++) {
        flags = (flags << 8) | (i < adp_ber_length(&tlv.content) ? bytes[i] : 0U);
    }
    return flags;
}

gboolean adp_krb_octets(adp_ber field, adp_ber *ret)
{
    adp_tlv tlv;

    if (!adp_ber_take(&field, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv)) {
        return FALSE;
    }
    *ret = tlv.content;
    return TRUE;
}

/* ---- tickets ---- */

gboolean adp_krb_ticket_in(adp_arena *arena, adp_ber ticket, adp_krb_ticket *ret)
{
    adp_krb_ticket nothing = {0};
    adp_ber field;
    adp_ber part;
    gint64 kvno;

    *ret = nothing;
    (void)adp_ber_enter(&ticket, BER_CLASS_APP, 1);
    if (!adp_ber_enter(&ticket, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        return FALSE;
    }
    if (adp_ber_field(&ticket, 1, &field)) {
        ret->realm = adp_krb_text(arena, field);
    }
    if (adp_ber_field(&ticket, 2, &field)) {
        ret->spn = adp_krb_principal(arena, field, NULL);
    }
    if (!adp_ber_field(&ticket, 3, &field) ||
        !adp_ber_enter(&field, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE) ||
        !adp_ber_field(&field, 0, &part)) {
        return FALSE;
    }
    ret->etype = (gint32)adp_krb_number(part);
    if (adp_ber_field(&field, 1, &part) && adp_krb_integer(part, &kvno)) {
        ret->has_kvno = TRUE;
        /* Windows sends it as a signed number. */
        ret->kvno = (guint32)kvno;
    }
    /* Half a cipher proves nothing: another ticket may begin likewise. */
    if (adp_ber_field(&field, 2, &part) && !part.cut) {
        ret->hash =
            adp_hash_bytes(ADP_HASH_SEED, adp_ber_bytes(&part), (gsize)adp_ber_length(&part));
    }
    return TRUE;
}

gboolean adp_krb_ticket_of_ap_req(adp_arena *arena, adp_ber content, adp_krb_ticket *ret)
{
    adp_ber field;

    return adp_ber_enter(&content, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE) &&
           adp_ber_field(&content, 3, &field) && adp_krb_ticket_in(arena, field, ret);
}

const adp_krb_ticket *adp_krb_keep_ticket(adp_arena *arena, const adp_krb_ticket *ticket)
{
    adp_krb_ticket *kept = adp_arena_new_array(arena, adp_krb_ticket, 1);

    *kept = *ticket;
    return kept;
}
