/* x509.c
 * The host names and addresses of a certificate, and its dates (RFC 5280 4.1, 4.2.1.6).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/x509.h"

#include "read/ber.h"
#include "wire/arena.h"
#include "wire/hash.h"
#include "wire/limits.h"

#include <epan/address.h>
#include <epan/to_str.h>

#include <string.h>

#define TAG_BOOLEAN      1
#define TAG_OCTET_STRING 4
#define TAG_OID          6
#define TAG_SEQUENCE     16
#define TAG_SET          17
#define TAG_UTC_TIME     23
#define TAG_TIME         24

#define FIELD_EXTENSIONS 3
#define NAME_DNS         2
#define NAME_ADDRESS     7

static const guint8 oid_common_name[] = {0x55, 0x04, 0x03};
static const guint8 oid_alternative_name[] = {0x55, 0x1d, 0x11};

static gboolean takes_oid(adp_ber *cursor, const guint8 *oid, int len)
{
    adp_tlv tlv;

    return adp_ber_take(cursor, BER_CLASS_UNI, TAG_OID, &tlv) &&
           adp_ber_length(&tlv.content) == len &&
           memcmp(adp_ber_bytes(&tlv.content), oid, (gsize)len) == 0;
}

static void add_text(adp_arena *arena, const char *name, adp_strings *names)
{
    if (names->count < ADP_MAX_CERTIFICATE_NAMES) {
        adp_list_add(arena, names, name);
    } else {
        adp_limit_hit(arena, ADP_LIMIT_CERTIFICATE_NAMES);
    }
}

static void add_name(adp_arena *arena, const adp_ber *content, adp_strings *names)
{
    add_text(arena, adp_ber_text(arena, content), names);
}

/* As the addresses of packets are written. */
static void add_address(adp_arena *arena, const adp_ber *content, adp_strings *names)
{
    int len = adp_ber_length(content);
    address addr;
    char *text;

    if (len != 4 && len != 16) {
        return;
    }
    set_address(&addr, len == 4 ? AT_IPv4 : AT_IPv6, len, adp_ber_bytes(content));
    text = address_to_str(NULL, &addr);
    add_text(arena, adp_arena_strndup(arena, text, strlen(text)), names);
    wmem_free(NULL, text);
}

/* Without the name of any host, that of the subject counts. */
static gboolean has_host(const adp_strings *names)
{
    guint i;

    for (i = 0; i < names->count; i++) {
        if (!g_hostname_is_ip_address(names->items[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Name: a sequence of sets of attributes. */
static void read_subject(adp_arena *arena, adp_ber subject, adp_strings *names)
{
    adp_tlv rdn;
    adp_tlv attribute;
    adp_tlv value;

    while (adp_ber_take(&subject, BER_CLASS_UNI, TAG_SET, &rdn)) {
        while (adp_ber_take(&rdn.content, BER_CLASS_UNI, TAG_SEQUENCE, &attribute)) {
            if (takes_oid(&attribute.content, oid_common_name, sizeof(oid_common_name)) &&
                adp_ber_next(&attribute.content, &value)) {
                add_name(arena, &value.content, names);
            }
        }
    }
}

static void read_alternatives(adp_arena *arena, adp_ber octets, adp_strings *names)
{
    adp_tlv name;

    if (!adp_ber_enter(&octets, BER_CLASS_UNI, TAG_SEQUENCE)) {
        return;
    }
    while (adp_ber_next(&octets, &name)) {
        if (name.class == BER_CLASS_CON && name.tag == NAME_DNS) {
            add_name(arena, &name.content, names);
        } else if (name.class == BER_CLASS_CON && name.tag == NAME_ADDRESS) {
            add_address(arena, &name.content, names);
        }
    }
}

static void read_extensions(adp_arena *arena, adp_ber extensions, adp_strings *names)
{
    adp_tlv extension;
    adp_tlv tlv;

    if (!adp_ber_enter(&extensions, BER_CLASS_UNI, TAG_SEQUENCE)) {
        return;
    }
    while (adp_ber_take(&extensions, BER_CLASS_UNI, TAG_SEQUENCE, &extension)) {
        if (!takes_oid(&extension.content, oid_alternative_name, sizeof(oid_alternative_name))) {
            continue;
        }
        (void)adp_ber_take(&extension.content, BER_CLASS_UNI, TAG_BOOLEAN, &tlv);
        if (adp_ber_take(&extension.content, BER_CLASS_UNI, TAG_OCTET_STRING, &tlv)) {
            read_alternatives(arena, tlv.content, names);
        }
    }
}

static gboolean read_tbs(adp_arena *arena, adp_ber tbs, adp_strings *names)
{
    adp_ber subject;
    adp_ber extensions;
    adp_tlv tlv;
    guint i;

    /* [0] version is optional, the serial number is not. */
    if (!adp_ber_next(&tbs, &tlv) ||
        (tlv.class == BER_CLASS_CON && tlv.tag == 0 && !adp_ber_next(&tbs, &tlv))) {
        return FALSE;
    }
    /* signature, issuer, validity */
    for (i = 0; i < 3; i++) {
        if (!adp_ber_take(&tbs, BER_CLASS_UNI, TAG_SEQUENCE, &tlv)) {
            return FALSE;
        }
    }
    if (!adp_ber_take(&tbs, BER_CLASS_UNI, TAG_SEQUENCE, &tlv)) {
        return FALSE;
    }
    subject = tlv.content;
    /* subjectPublicKeyInfo */
    if (!adp_ber_take(&tbs, BER_CLASS_UNI, TAG_SEQUENCE, &tlv)) {
        return FALSE;
    }
    /* issuerUniqueID and subjectUniqueID are skipped with it. */
    if (adp_ber_field(&tbs, FIELD_EXTENSIONS, &extensions)) {
        read_extensions(arena, extensions, names);
    }
    if (!has_host(names)) {
        read_subject(arena, subject, names);
    }
    return TRUE;
}

gboolean adp_x509_names(adp_arena *arena, const guint8 *der, gsize len, adp_strings *names)
{
    tvbuff_t *tvb = tvb_new_real_data(der, (guint)len, (gint)len);
    adp_ber cursor = adp_ber_range(tvb, 0, (int)len);
    gboolean good = adp_ber_enter(&cursor, BER_CLASS_UNI, TAG_SEQUENCE) &&
                    adp_ber_enter(&cursor, BER_CLASS_UNI, TAG_SEQUENCE) &&
                    read_tbs(arena, cursor, names);

    tvb_free(tvb);
    return good;
}

/* Two digits at `at`, -1 when they are none. */
static int two_digits(const guint8 *at)
{
    return g_ascii_isdigit(at[0]) && g_ascii_isdigit(at[1]) ? (at[0] - '0') * 10 + at[1] - '0' : -1;
}

/* RFC 5280 4.1.2.5: two digits of the year, or four; the rest is the same. 0: it is none. */
static gint64 read_time(const adp_tlv *tlv)
{
    gboolean is_short = tlv->tag == TAG_UTC_TIME;
    const guint8 *p = adp_ber_bytes(&tlv->content);
    int parts[7] = {0};
    GDateTime *when;
    gint64 seconds;
    int n;

    if (tlv->class != BER_CLASS_UNI || (!is_short && tlv->tag != TAG_TIME) ||
        adp_ber_length(&tlv->content) != (is_short ? 13 : 15)) {
        return 0;
    }
    for (n = is_short; n < 7; n++, p += 2) {
        parts[n] = two_digits(p);
        if (parts[n] < 0) {
            return 0;
        }
    }
    if (is_short) {
        parts[0] = parts[1] < 50 ? 20 : 19;
    }
    when = g_date_time_new_utc(parts[0] * 100 + parts[1], parts[2], parts[3], parts[4], parts[5],
                               parts[6]);
    seconds = when ? g_date_time_to_unix(when) : 0;
    if (when) {
        g_date_time_unref(when);
    }
    return seconds;
}

static gboolean read_facts(adp_arena *arena, adp_ber tbs, adp_x509_facts *ret)
{
    adp_strings subject = {0};
    adp_tlv tlv;
    adp_tlv end;

    /* [0] version, serialNumber, signature */
    if (!adp_ber_next(&tbs, &tlv) ||
        (tlv.class == BER_CLASS_CON && tlv.tag == 0 && !adp_ber_next(&tbs, &tlv)) ||
        !adp_ber_take(&tbs, BER_CLASS_UNI, TAG_SEQUENCE, &tlv) ||
        !adp_ber_take(&tbs, BER_CLASS_UNI, TAG_SEQUENCE, &tlv)) {
        return FALSE;
    }
    ret->issuer = (guint32)adp_hash_bytes(ADP_HASH_SEED, adp_ber_bytes(&tlv.content),
                                          (gsize)adp_ber_length(&tlv.content)) |
                  1;
    if (!adp_ber_take(&tbs, BER_CLASS_UNI, TAG_SEQUENCE, &tlv)) {
        return FALSE;
    }
    if (adp_ber_next(&tlv.content, &end)) {
        ret->from = read_time(&end);
    }
    if (adp_ber_next(&tlv.content, &end)) {
        ret->to = read_time(&end);
    }
    if (!adp_ber_take(&tbs, BER_CLASS_UNI, TAG_SEQUENCE, &tlv)) {
        return FALSE;
    }
    read_subject(arena, tlv.content, &subject);
    ret->cn = subject.count ? subject.items[0] : NULL;
    return TRUE;
}

gboolean adp_x509_read(adp_arena *arena, const guint8 *der, gsize len, adp_x509_facts *ret)
{
    tvbuff_t *tvb = tvb_new_real_data(der, (guint)len, (gint)len);
    adp_ber cursor = adp_ber_range(tvb, 0, (int)len);
    gboolean good;

    *ret = (adp_x509_facts){0};
    good = adp_ber_enter(&cursor, BER_CLASS_UNI, TAG_SEQUENCE) &&
           adp_ber_enter(&cursor, BER_CLASS_UNI, TAG_SEQUENCE) && read_facts(arena, cursor, ret);
    tvb_free(tvb);
    return good;
}

/* Issuer and subject, byte by byte the same. */
static gboolean names_itself(adp_ber tbs)
{
    adp_tlv issuer;
    adp_tlv tlv;

    if (!adp_ber_next(&tbs, &tlv) ||
        (tlv.class == BER_CLASS_CON && tlv.tag == 0 && !adp_ber_next(&tbs, &tlv))) {
        return FALSE;
    }
    /* signature, issuer, validity, subject */
    return adp_ber_take(&tbs, BER_CLASS_UNI, TAG_SEQUENCE, &tlv) &&
           adp_ber_take(&tbs, BER_CLASS_UNI, TAG_SEQUENCE, &issuer) &&
           adp_ber_take(&tbs, BER_CLASS_UNI, TAG_SEQUENCE, &tlv) &&
           adp_ber_take(&tbs, BER_CLASS_UNI, TAG_SEQUENCE, &tlv) &&
           adp_ber_length(&issuer.content) > 0 &&
           adp_ber_length(&issuer.content) == adp_ber_length(&tlv.content) &&
           memcmp(adp_ber_bytes(&issuer.content), adp_ber_bytes(&tlv.content),
                  (gsize)adp_ber_length(&tlv.content)) == 0;
}

gboolean adp_x509_is_root(const guint8 *der, gsize len)
{
    tvbuff_t *tvb = tvb_new_real_data(der, (guint)len, (gint)len);
    adp_ber cursor = adp_ber_range(tvb, 0, (int)len);
    gboolean is = adp_ber_enter(&cursor, BER_CLASS_UNI, TAG_SEQUENCE) &&
                  adp_ber_enter(&cursor, BER_CLASS_UNI, TAG_SEQUENCE) && names_itself(cursor);

    tvb_free(tvb);
    return is;
}
