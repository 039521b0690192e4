/* pseudonym.c
 * Names of a house and what stands for them in a report that leaves it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/pseudonym.h"

#include "wire/address.h"
#include "wire/hash.h"

#include <stdlib.h>
#include <string.h>

/* Tables of their own, so that an address is never taken for a name. */
typedef enum {
    TABLE_NAME,
    TABLE_TAIL,   /* what a host name has beyond the 15 letters of NetBIOS */
    TABLE_SUBNET, /* of IPv4; */
    TABLE_HOST,   /* in a subnet of IPv4 */
    TABLE_PREFIX, /* of IPv6; */
    TABLE_END,    /* below a prefix */
    TABLE_GUID,
    TABLE_BYTES,
    TABLES
} table_kind;

struct adp_pseudonyms {
    char *key;                   /* NULL: numbers by order */
    GHashTable *numbers;         /* "table|name", owned -> number + 1 */
    GHashTable *taken;           /* "table|number", owned: with a key, two names could get one */
    GHashTable *kinds;           /* name in lower case, owned -> adp_name_kind + 1 */
    guint32 next[TABLES];        /* by order: the next number, */
    guint32 of[ADP_NAMED_KINDS]; /* and of names that of their kind */
    gboolean frozen;
};

adp_pseudonyms *adp_pseudonyms_new(const char *key)
{
    adp_pseudonyms *names = g_new0(adp_pseudonyms, 1);

    names->key = key && *key ? g_strdup(key) : NULL;
    names->numbers = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    names->taken = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    names->kinds = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    return names;
}

void adp_pseudonyms_free(adp_pseudonyms *names)
{
    if (names) {
        g_hash_table_unref(names->numbers);
        g_hash_table_unref(names->taken);
        g_hash_table_unref(names->kinds);
        g_free(names->key);
        g_free(names);
    }
}

void adp_pseudonyms_freeze(adp_pseudonyms *names, gboolean frozen)
{
    names->frozen = frozen;
}

/* ---- numbers ---- */

/* With a key: of the name and the key, and of nothing else the capture holds. */
static guint32 keyed_number(const adp_pseudonyms *names, table_kind table, const char *place,
                            guint32 room)
{
    char *text = NULL;
    guint32 tries = 0;
    guint32 number;

    for (;;) {
        GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *)names->key, strlen(names->key));
        guint8 digest[32];
        gsize len = sizeof(digest);

        g_hmac_update(hmac, (const guchar *)place, (gssize)strlen(place));
        g_hmac_update(hmac, (const guchar *)&tries, tries ? sizeof(tries) : 0);
        g_hmac_get_digest(hmac, digest, &len);
        g_hmac_unref(hmac);
        number = (((guint32)digest[0] << 24) | ((guint32)digest[1] << 16) |
                  ((guint32)digest[2] << 8) | digest[3]) %
                 room;
        g_free(text);
        text = g_strdup_printf("%d|%u", table, number);
        if (!g_hash_table_contains(names->taken, text) || ++tries > 1000) {
            break;
        }
    }
    g_hash_table_add(names->taken, text);
    return number;
}

/* From 0, below `room`; FALSE: the table is frozen and does not have it. `next` counts when there is no key. */
static gboolean number_of(adp_pseudonyms *names, table_kind table, const char *name, guint32 room,
                          guint32 *next, guint32 *ret)
{
    char *place = g_strdup_printf("%d|%s", table, name);
    gpointer found = g_hash_table_lookup(names->numbers, place);

    if (found) {
        *ret = GPOINTER_TO_UINT(found) - 1;
        g_free(place);
        return TRUE;
    }
    if (names->frozen) {
        g_free(place);
        return FALSE;
    }
    *ret = names->key ? keyed_number(names, table, place, room) : (*next)++ % room;
    g_hash_table_insert(names->numbers, place, GUINT_TO_POINTER(*ret + 1));
    return TRUE;
}

/* ---- names ---- */

/* No NetBIOS name is longer (RFC 1001), and so a pseudonym is not either. */
#define NETBIOS_MAX 15
/* With a key: names for a million of each kind. */
#define NAME_ROOM 33554432U

static const char *const stems[] = {[ADP_NAMED_HOST] = "xhost",
                                    [ADP_NAMED_DOMAIN] = "xdom",
                                    [ADP_NAMED_USER] = "xuser",
                                    [ADP_NAMED_SITE] = "xsite",
                                    [ADP_NAMED_OTHER] = "xname"};

static void append_number(const adp_pseudonyms *names, GString *out, guint32 number)
{
    static const char digits[] = "abcdefghijkmnpqrstuvwxyz23456789";
    int i;

    if (!names->key) {
        g_string_append_printf(out, "%u", number + 1);
        return;
    }
    for (i = 0; i < 5; i++) {
        g_string_append_c(out, digits[(number >> (5 * i)) & 31]);
    }
}

/* "CONTOSO", "Contoso" and "conToso" differ from "contoso", and so do their pseudonyms. */
static void match_case(GString *out, gsize from, const char *name, gsize len)
{
    gboolean upper = FALSE;
    gboolean lower = FALSE;
    gboolean first = len > 0 && g_ascii_isupper(*name);
    gsize i;

    for (i = 0; i < len; i++) {
        upper = upper || g_ascii_isupper(name[i]);
        lower = lower || g_ascii_islower(name[i]);
    }
    for (i = from; upper && i < out->len; i++) {
        if (!lower || i == from + (first ? 0 : 1)) {
            out->str[i] = g_ascii_toupper(out->str[i]);
        }
    }
}

static gboolean is_host_label(const char *name, gsize len)
{
    gsize i;

    for (i = 0; i < len; i++) {
        if (!g_ascii_isalnum(name[i]) && name[i] != '-' && name[i] != '_') {
            return FALSE;
        }
    }
    return TRUE;
}

/* "xhost3", filled up to 15 letters where the name is that long or longer. */
static void append_stem(adp_pseudonyms *names, GString *out, const char *lower, adp_name_kind kind,
                        gboolean filled)
{
    gpointer known = g_hash_table_lookup(names->kinds, lower);
    adp_name_kind as = known ? (adp_name_kind)(GPOINTER_TO_UINT(known) - 1) : kind;
    gsize from = out->len;
    guint32 number;

    if (!number_of(names, TABLE_NAME, lower, NAME_ROOM, &names->of[as], &number)) {
        g_string_append(out, "xhidden");
        return;
    }
    if (!known) {
        g_hash_table_insert(names->kinds, g_strdup(lower), GUINT_TO_POINTER(kind + 1));
    }
    /* What a name is taken for first may differ from capture to capture. */
    g_string_append(out, names->key ? "x" : stems[as]);
    append_number(names, out, number);
    while (filled && out->len - from < NETBIOS_MAX) {
        g_string_append_c(out, 'x');
    }
}

/*
 * Some names stand in no command, because a shell would read them, and others only in quotes: one letter that does not
 * stand in names of hosts says that, whichever it was. Nothing beyond that is kept of them.
 */
static void append_marks(GString *out, const char *name, gsize len)
{
    gboolean odd = FALSE;
    gboolean hostile = FALSE;
    gsize i;

    for (i = 0; i < len; i++) {
        hostile = hostile || strchr("\"$`%!", name[i]);
        odd = odd || (!g_ascii_isalnum(name[i]) && !strchr("._-/:@,\\ ", name[i]));
    }
    if (hostile) {
        g_string_append_c(out, '!');
    } else if (odd) {
        g_string_append_c(out, '~');
    }
    if (g_strstr_len(name, (gssize)len, "\\x")) {
        g_string_append(out, "\\x00");
    }
}

void adp_pseudonym_append(adp_pseudonyms *names, GString *out, const char *name, gsize len,
                          adp_name_kind kind)
{
    gboolean is_long = len > NETBIOS_MAX && is_host_label(name, len);
    char *lower = g_ascii_strdown(name, (gssize)len);
    gsize from = out->len;

    if (is_long) {
        char *tail = g_strdup(lower);
        guint32 number = 0;

        lower[NETBIOS_MAX] = '\0';
        append_stem(names, out, lower, kind, TRUE);
        if (number_of(names, TABLE_TAIL, tail, NAME_ROOM, &names->next[TABLE_TAIL], &number)) {
            g_string_append_c(out, '-');
            append_number(names, out, number);
        }
        g_free(tail);
    } else {
        append_stem(names, out, lower, kind, len == NETBIOS_MAX && is_host_label(name, len));
    }
    match_case(out, from, name, len);
    append_marks(out, name, len);
    g_free(lower);
}

gboolean adp_pseudonyms_know(const adp_pseudonyms *names, const char *name, gsize len)
{
    char *lower = g_ascii_strdown(name, (gssize)len);
    gboolean found;

    if (len > NETBIOS_MAX && is_host_label(name, len)) {
        lower[NETBIOS_MAX] = '\0';
    }
    found = g_hash_table_contains(names->kinds, lower);
    g_free(lower);
    return found;
}

/* ---- addresses ---- */

/*
 * 240.0.0.0/4 is nobody's, and has room for every subnet (RFC 1112 4). Whether an address is one of a house or of the
 * Internet is judged: of these, the lower half stands for the former.
 */
#define RESERVED_PUBLIC 248U
#define SUBNET_ROOM     (7U << 16)
#define ADDRESS_ROOM    65535U

static gboolean stays_v4(const guint8 *bytes)
{
    static const guint8 broadcast[] = {255, 255, 255, 255};

    return bytes[0] == 127 || bytes[0] == 0 || (bytes[0] >= 224 && bytes[0] < 240) ||
           memcmp(bytes, broadcast, sizeof(broadcast)) == 0;
}

static guint32 reserved_for(const char *address)
{
    return adp_address_is_public(address) ? RESERVED_PUBLIC : ADP_RESERVED_PRIVATE;
}

/* With a key: another byte for each, and no two the same. */
static guint32 keyed_byte(const adp_pseudonyms *names, const char *subnet, guint8 byte)
{
    char *text = g_strdup_printf("byte|%s", subnet);
    char *hex = g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)names->key,
                                          strlen(names->key), text, -1);
    guint64 seed = g_ascii_strtoull(hex + 56, NULL, 16);

    g_free(hex);
    g_free(text);
    return (guint32)(((seed | 1) * byte + (seed >> 8)) & 0xff);
}

/* What stands for a byte within what is before it, by order or by the key. FALSE: there is no room for more. */
static gboolean byte_for(adp_pseudonyms *names, const char *before, guint8 byte, guint32 *ret)
{
    char *count;
    char *place;
    guint32 next;
    guint32 number = 0;
    gboolean room;

    if (names->key) {
        *ret = keyed_byte(names, before, byte);
        return TRUE;
    }
    count = g_strdup_printf("%d|count|%s", TABLE_HOST, before);
    place = g_strdup_printf("%s.%u", before, byte);
    next = GPOINTER_TO_UINT(g_hash_table_lookup(names->numbers, count));
    /* 256 is all there can be. */
    room = number_of(names, TABLE_HOST, place, 256, &next, &number);
    if (room) {
        g_hash_table_insert(names->numbers, count, GUINT_TO_POINTER(next));
    } else {
        g_free(count);
    }
    g_free(place);
    *ret = (number + 1) & 255;
    return room;
}

static void append_v4(adp_pseudonyms *names, GString *out, const guint8 *bytes)
{
    static const guint8 self_assigned[] = {169, 254}; /* RFC 3927: judged, and in every house */
    char subnet[16];
    char *address;
    guint32 s;
    guint32 h;
    guint32 reserved;

    if (stays_v4(bytes)) {
        g_string_append_printf(out, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
        return;
    }
    (void)g_snprintf(subnet, sizeof(subnet), "%u.%u.%u", bytes[0], bytes[1], bytes[2]);
    if (memcmp(bytes, self_assigned, sizeof(self_assigned)) == 0) {
        if (byte_for(names, "169.254", bytes[2], &s) && byte_for(names, subnet, bytes[3], &h)) {
            g_string_append_printf(out, "169.254.%u.%u", s, h);
        } else {
            g_string_append(out, "255.0.0.0");
        }
        return;
    }
    address = g_strdup_printf("%s.%u", subnet, bytes[3]);
    reserved = reserved_for(address);
    g_free(address);
    if (number_of(names, TABLE_SUBNET, subnet, SUBNET_ROOM, &names->next[TABLE_SUBNET], &s) &&
        byte_for(names, subnet, bytes[3], &h)) {
        g_string_append_printf(out, "%u.%u.%u.%u", reserved + (s >> 16), (s >> 8) & 255, s & 255,
                               h);
    } else {
        g_string_append(out, "255.0.0.0");
    }
}

static gboolean parse_v4(const char *text, guint8 *bytes)
{
    int i;

    for (i = 0; i < 4; i++) {
        char *end;
        unsigned long value;

        if (!g_ascii_isdigit(*text)) {
            return FALSE;
        }
        value = strtoul(text, &end, 10);
        if (end - text > 3 || value > 255 || *end != (i < 3 ? '.' : '\0')) {
            return FALSE;
        }
        bytes[i] = (guint8)value;
        text = end + 1;
    }
    return TRUE;
}

/* The first four groups, or what stands before "::". */
static gsize prefix_len(const char *text)
{
    const char *gap = strstr(text, "::");
    const char *p = text;
    int colons = 0;

    for (; *p; p++) {
        if (gap && p == gap) {
            break;
        }
        if (*p == ':' && ++colons == 4) {
            break;
        }
    }
    return (gsize)(p - text);
}

static void append_v6(adp_pseudonyms *names, GString *out, const char *address)
{
    char *lower = g_ascii_strdown(address, -1);
    const char *last = strrchr(lower, ':');
    gboolean is_local = g_str_has_prefix(lower, "fe80:");
    char *prefix = g_strndup(lower, prefix_len(lower));
    guint8 v4[4];
    guint32 p = 0;
    guint32 e = 0;

    if (strcmp(lower, "::1") == 0 || strcmp(lower, "::") == 0 || g_str_has_prefix(lower, "ff02:")) {
        g_string_append(out, lower);
    } else if (last && parse_v4(last + 1, v4)) {
        g_string_append(out, "::ffff:");
        append_v4(names, out, v4);
    } else if ((!is_local && !number_of(names, TABLE_PREFIX, prefix, ADDRESS_ROOM,
                                        &names->next[TABLE_PREFIX], &p)) ||
               !number_of(names, TABLE_END, lower, G_MAXUINT32, &names->next[TABLE_END], &e)) {
        g_string_append(out, "2001:db8::");
    } else if (is_local) {
        g_string_append_printf(out, "fe80::%x:%x", 0x8000 | (e >> 16), (e & 0xffff) + 1);
    } else {
        g_string_append_printf(out, "%s:%x::%x:%x",
                               adp_address_is_public(lower) ? "2001:db8" : "fd00:db8", p + 1,
                               0x8000 | (e >> 16), (e + 1) & 0xffff);
    }
    g_free(prefix);
    g_free(lower);
}

void adp_pseudonym_append_address(adp_pseudonyms *names, GString *out, const char *address)
{
    guint8 bytes[4];

    if (parse_v4(address, bytes)) {
        append_v4(names, out, bytes);
    } else {
        append_v6(names, out, address);
    }
}

/* ---- GUIDs and bytes ---- */

gboolean adp_is_guid(const char *text, gsize len)
{
    gsize i;

    for (i = 0; i < len && i < 36; i++) {
        gboolean dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? text[i] != '-' : !g_ascii_isxdigit(text[i])) {
            return FALSE;
        }
    }
    return len == 36;
}

void adp_pseudonym_append_guid(adp_pseudonyms *names, GString *out, const char *guid)
{
    char *lower = g_ascii_strdown(guid, 36);
    guint32 number = 0;

    if (!number_of(names, TABLE_GUID, lower, G_MAXUINT32, &names->next[TABLE_GUID], &number)) {
        number = G_MAXUINT32 - 1;
    }
    g_string_append_printf(out, "00000000-0000-4000-8000-0000%08x", number + 1);
    g_free(lower);
}

void adp_pseudonym_append_bytes(adp_pseudonyms *names, GString *out, const guint8 *bytes,
                                gsize count)
{
    GString *hex = g_string_new(NULL);
    guint32 number = 0;
    gsize i;

    for (i = 0; i < count; i++) {
        g_string_append_printf(hex, "%02x", bytes[i]);
    }
    if (!number_of(names, TABLE_BYTES, hex->str, G_MAXUINT32, &names->next[TABLE_BYTES], &number)) {
        number = G_MAXUINT32 - 1;
    }
    for (i = 0; i < count; i++) {
        guint shift = (guint)(count - 1 - i) * 8;

        g_string_append_printf(out, "\\%02x", shift < 32 ? ((number + 1) >> shift) & 0xff : 0);
    }
    g_string_free(hex, TRUE);
}
