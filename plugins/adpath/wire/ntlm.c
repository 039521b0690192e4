/* ntlm.c
 * The account in an NTLM message.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/ntlm.h"

#include "wire/arena.h"
#include "wire/limits.h"
#include "wire/text.h"

#include <string.h>

/* MS-NLMP 2.2.1.3: places in the message; all numbers are little-endian. */
#define TYPE_AT           8
#define DOMAIN_AT         28
#define USER_AT           36
#define FLAGS_AT          60
#define HEADER_LEN        64
#define AUTHENTICATE      3
#define NEGOTIATE_UNICODE 0x01

static guint le16(const guint8 *p)
{
    return p[0] | (guint)p[1] << 8;
}

static guint32 le32(const guint8 *p)
{
    return le16(p) | (guint32)le16(p + 2) << 16;
}

/* The text that the eight bytes at `field` (length, room, place) point to; NULL: it is not there. */
static const char *text_at(adp_arena *arena, const guint8 *bytes, gsize len, gsize field)
{
    gsize length = le16(bytes + field);
    gsize at = le32(bytes + field + 4);
    GString *utf8;
    const char *result;
    gsize i;

    /* A damaged length has no name behind it. */
    if (length > ADP_MAX_NTLM_NAME && at <= len && length <= len - at) {
        adp_limit_hit(arena, ADP_LIMIT_NTLM_NAME);
    }
    length = MIN(length, ADP_MAX_NTLM_NAME);
    if (length && (at < HEADER_LEN || at > len || length > len - at)) {
        return NULL;
    }
    if (!(bytes[FLAGS_AT] & NEGOTIATE_UNICODE)) {
        return adp_text(arena, bytes + at, length);
    }
    /* Beyond the basic plane nobody has a name: halves of a pair become what is not a letter. */
    utf8 = g_string_new(NULL);
    for (i = 0; i + 1 < length; i += 2) {
        gunichar c = le16(bytes + at + i);

        g_string_append_unichar(utf8, g_unichar_validate(c) && c ? c : 0xFFFD);
    }
    result = adp_text(arena, (const guint8 *)utf8->str, utf8->len);
    g_string_free(utf8, TRUE);
    return result;
}

gboolean adp_ntlm_names(adp_arena *arena, const guint8 *bytes, gsize len, const char **user,
                        const char **domain)
{
    static const char signature[] = "NTLMSSP";

    if (len < HEADER_LEN || memcmp(bytes, signature, sizeof(signature)) != 0 ||
        le32(bytes + TYPE_AT) != AUTHENTICATE) {
        return FALSE;
    }
    *user = text_at(arena, bytes, len, USER_AT);
    *domain = text_at(arena, bytes, len, DOMAIN_AT);
    return *user && *domain;
}
