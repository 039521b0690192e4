/* krb_error_message.c
 * KRB-ERROR, and what stands in its e-data (RFC 4120 5.9.1, MS-KILE 2.2.2, RFC 3244 2).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/krb_error_message.h"

#include "log/observation.h"
#include "read/ber.h"
#include "read/krb_parts.h"
#include "read/krb_request.h"
#include "wire/arena.h"
#include "wire/hash.h"
#include "wire/krb_types.h"
#include "wire/limits.h"
#include "wire/text.h"

/* KERB-ERROR-DATA types (MS-KILE 2.2.2). */
enum {
    DATA_TYPE_SKEW_RECOVERY = 2,
    DATA_TYPE_EXTENDED = 3
};
#define EXTENDED_LEN 12

/* The twelve bytes NTSTATUS, reserved, flags; little-endian. Flags must have bit 0. */
static gboolean read_extended(adp_ber octets, adp_obs_krb *krb)
{
    const guint8 *p;

    if (adp_ber_length(&octets) != EXTENDED_LEN) {
        return FALSE;
    }
    p = adp_ber_bytes(&octets);
    /* A salt of twelve characters has the same form, but letters in it. */
    if (!(p[8] & 1) || p[4] || p[5] || p[6] || p[7] || p[9] || p[10] || p[11]) {
        return FALSE;
    }
    krb->has_ntstatus = TRUE;
    krb->ntstatus =
        (guint32)p[0] | ((guint32)p[1] << 8) | ((guint32)p[2] << 16) | ((guint32)p[3] << 24);
    return TRUE;
}

/* 0: there is none, or an empty one. */
static guint64 salt_of(adp_arena *arena, adp_ber field)
{
    adp_arena_mark mark = adp_arena_get_mark(arena);
    const char *text = adp_krb_text(arena, field);
    guint64 hash = text && *text ? adp_hash_lower(ADP_HASH_SEED, text) : 0;

    adp_arena_release(arena, mark);
    return hash;
}

/*
 * The encryption types that the KDC would take, and the salt (ETYPE-INFO2, RFC 4120 5.2.7.5), of which a hash is kept: it says
 * whether two are the same.
 */
static void read_allowed_etypes(adp_arena *arena, adp_ber list, adp_obs_krb *krb)
{
    adp_ber etype;
    adp_ber salt;
    adp_tlv entry;

    if (!adp_ber_enter(&list, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        return;
    }
    while (adp_ber_take(&list, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE, &entry)) {
        if (krb->etypes.count == ADP_MAX_KRB_ETYPES) {
            adp_limit_hit(arena, ADP_LIMIT_KRB_ETYPES);
            return;
        }
        if (adp_ber_field(&entry.content, 0, &etype)) {
            gint32 value = (gint32)adp_krb_number(etype);

            adp_list_add(arena, &krb->etypes, value);
        }
        if (!krb->salt && adp_ber_field(&entry.content, 1, &salt)) {
            krb->salt = salt_of(arena, salt);
        }
    }
}

/* METHOD-DATA. Windows may put its status among them, under a number that is a salt's. */
static void read_methods(adp_arena *arena, adp_ber list, adp_obs_krb *krb)
{
    gint32 type;
    adp_ber value;

    while (adp_krb_next_padata(&list, &type, &value)) {
        if (type == DATA_TYPE_EXTENDED && read_extended(value, krb)) {
            continue;
        }
        adp_krb_note_padata(arena, krb, type);
        if (type == ADP_PA_ETYPE_INFO2) {
            read_allowed_etypes(arena, value, krb);
        }
    }
}

/* KERB-ERROR-DATA: [1] type, [2] value. FALSE when it is not of Windows' own sorts. */
static gboolean read_windows_data(adp_ber typed, adp_obs_krb *krb)
{
    adp_ber field;
    adp_ber octets;
    gint64 type;

    if (!adp_ber_field(&typed, 1, &field) || !adp_krb_integer(field, &type)) {
        return FALSE;
    }
    if (type == DATA_TYPE_SKEW_RECOVERY && typed.offset >= typed.end) {
        krb->skew_recovery = TRUE;
        return TRUE;
    }
    return type == DATA_TYPE_EXTENDED && adp_ber_field(&typed, 2, &field) &&
           adp_krb_octets(field, &octets) && read_extended(octets, krb);
}

/*
 * e-data comes as one KERB-ERROR-DATA, as METHOD-DATA (a sequence of PA-DATA, one of which may
 * be that status), or as something else; KERB-ERROR-DATA and PA-DATA have the same tags.
 */
static void read_error_data(adp_arena *arena, adp_ber data, adp_obs_krb *krb)
{
    adp_ber content = data;
    adp_ber ahead;
    adp_tlv first;

    krb->error_data = ADP_ERROR_DATA_OTHER;
    if (!adp_ber_enter(&content, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        return;
    }
    ahead = content;
    if (!adp_ber_next(&ahead, &first)) {
        return;
    }
    if (first.class == BER_CLASS_UNI && first.tag == BER_UNI_TAG_SEQUENCE) {
        krb->error_data = ADP_ERROR_DATA_METHODS;
        read_methods(arena, content, krb);
    } else if (read_windows_data(content, krb)) {
        krb->error_data = ADP_ERROR_DATA_WINDOWS;
    }
}

void adp_krb_read_kpasswd_result(adp_arena *arena, adp_ber data, adp_obs_krb *krb)
{
    const guint8 *bytes = adp_ber_bytes(&data);

    if (adp_ber_length(&data) < 2) {
        return;
    }
    krb->has_result = TRUE;
    krb->result = (guint16)(bytes[0] << 8 | bytes[1]);
    data.offset += 2;
    /* Instead of text Windows may send its password policy, which begins with a zero. */
    if (adp_ber_length(&data) > 0 && bytes[2]) {
        krb->result_text = adp_ber_text(arena, &data);
    }
}

static void read_times(adp_ber *content, adp_obs_krb *krb)
{
    adp_ber field;

    if (adp_ber_field(content, 2, &field)) {
        krb->has_ctime = adp_krb_time(field, &krb->ctime);
    }
    if (krb->has_ctime && krb->carrier == ADP_CARRIER_KDC) {
        /* MIT's KDC has the nonce there, others nothing. It is no clock. */
        krb->has_nonce = TRUE;
        krb->nonce = (guint32)(krb->ctime / ADP_NS_PER_S);
        krb->has_ctime = FALSE;
        krb->ctime = 0;
    }
    if (adp_ber_field(content, 3, &field) && krb->has_ctime) {
        krb->ctime += CLAMP(adp_krb_number(field), 0, 999999) * 1000;
    }
    if (adp_ber_field(content, 4, &field)) {
        krb->has_stime = adp_krb_time(field, &krb->stime);
    }
    if (adp_ber_field(content, 5, &field) && krb->has_stime) {
        krb->stime += CLAMP(adp_krb_number(field), 0, 999999) * 1000;
    }
}

void adp_krb_read_error(adp_arena *arena, adp_ber content, adp_obs_krb *krb)
{
    adp_ber field;
    adp_ber data;
    gint64 code;

    if (!adp_ber_enter(&content, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        return;
    }
    read_times(&content, krb);
    if (adp_ber_field(&content, 6, &field) && adp_krb_integer(field, &code)) {
        krb->is_error = TRUE;
        krb->error = (gint32)code;
    } else {
        krb->damaged = TRUE;
    }
    if (adp_ber_field(&content, 7, &field)) {
        krb->client_realm = adp_krb_text(arena, field);
    }
    if (adp_ber_field(&content, 8, &field)) {
        krb->client = adp_krb_principal(arena, field, &krb->client_type);
    }
    if (adp_ber_field(&content, 9, &field)) {
        krb->realm = adp_krb_text(arena, field);
    }
    if (adp_ber_field(&content, 10, &field)) {
        krb->spn = adp_krb_principal(arena, field, &krb->spn_type);
    }
    if (adp_ber_field(&content, 11, &field)) {
        krb->text = adp_krb_text(arena, field);
    }
    if (!adp_ber_field(&content, 12, &field) || !adp_krb_octets(field, &data)) {
        return;
    }
    if (krb->carrier == ADP_CARRIER_KPASSWD) {
        krb->error_data = ADP_ERROR_DATA_OTHER;
        adp_krb_read_kpasswd_result(arena, data, krb);
    } else {
        read_error_data(arena, data, krb);
    }
}
