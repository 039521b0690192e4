/* netlogon.c
 * The value of the Netlogon attribute: a domain controller's answer to a ping.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/netlogon.h"

#include "wire/arena.h"
#include "wire/dns_name.h"
#include "wire/text.h"

#include <string.h>

/* NtVer bits that decide which fields a RESPONSE_EX has (MS-ADTS 6.3.1.1). */
#define NTVER_5EX_WITH_IP       0x00000008U
#define NTVER_WITH_CLOSEST_SITE 0x00000010U
/* NtVersion, LmNtToken, Lm20Token close every form. */
#define TRAILER_LEN 8

static guint16 le16(const guint8 *p)
{
    return (guint16)(p[0] | (p[1] << 8));
}

static guint32 le32(const guint8 *p)
{
    return (guint32)p[0] | ((guint32)p[1] << 8) | ((guint32)p[2] << 16) | ((guint32)p[3] << 24);
}

/* Names of the reply are UTF-8 in DNS encoding; offset 0 on return: cut off. */
static const char *take_name(adp_arena *arena, const guint8 *value, gsize len, gsize *offset)
{
    GString *name;
    const char *text = NULL;

    if (*offset == 0) {
        return NULL;
    }
    name = g_string_new(NULL);
    *offset = adp_dns_name(value, len, *offset, name);
    if (*offset) {
        text = adp_text(arena, (const guint8 *)name->str, name->len);
    }
    g_string_free(name, TRUE);
    return text;
}

static void parse_ex(adp_arena *arena, const guint8 *value, gsize len, adp_netlogon *reply)
{
    gsize offset = 24; /* opcode, Sbz, flags, domain GUID */
    guint32 ntver;

    if (len < offset) {
        return;
    }
    reply->has_flags = TRUE;
    reply->flags = le32(value + 4);
    reply->forest = take_name(arena, value, len, &offset);
    reply->domain = take_name(arena, value, len, &offset);
    reply->host = take_name(arena, value, len, &offset);
    reply->netbios_domain = take_name(arena, value, len, &offset);
    reply->netbios_host = take_name(arena, value, len, &offset);
    reply->user = take_name(arena, value, len, &offset);
    reply->dc_site = take_name(arena, value, len, &offset);
    reply->client_site = take_name(arena, value, len, &offset);
    /* Without the two tokens at its end the value is cut, and what looks like a version is not. */
    if (offset == 0 || len < offset + TRAILER_LEN || le32(value + len - 4) != 0xffffffffU) {
        return;
    }
    ntver = le32(value + len - TRAILER_LEN);
    if (ntver & NTVER_5EX_WITH_IP) {
        offset += 1 + (gsize)value[offset];
    }
    if ((ntver & NTVER_WITH_CLOSEST_SITE) && offset + TRAILER_LEN < len) {
        reply->next_site = take_name(arena, value, len, &offset);
    }
}

/* A NUL-terminated little-endian UTF-16 string at an even offset. */
static const char *take_utf16(adp_arena *arena, const guint8 *value, gsize len, gsize *offset)
{
    GString *name;
    const char *text;
    gsize at = *offset;

    if (at == 0) {
        return NULL;
    }
    name = g_string_new(NULL);
    while (at + 1 < len && le16(value + at)) {
        g_string_append_unichar(name, le16(value + at));
        at += 2;
    }
    *offset = at + 1 < len ? at + 2 : 0;
    if (*offset == 0) {
        g_string_free(name, TRUE);
        return NULL;
    }
    text = adp_text(arena, (const guint8 *)name->str, name->len);
    g_string_free(name, TRUE);
    return text;
}

static const char *without_backslashes(const char *name)
{
    while (name && *name == '\\') {
        name++;
    }
    return name;
}

/* NETLOGON_SAM_LOGON_RESPONSE, the form of opcodes 19 to 21. */
static void parse_plain(adp_arena *arena, const guint8 *value, gsize len, adp_netlogon *reply)
{
    gsize offset = 2;

    reply->netbios_host = without_backslashes(take_utf16(arena, value, len, &offset));
    reply->user = take_utf16(arena, value, len, &offset);
    reply->netbios_domain = take_utf16(arena, value, len, &offset);
    reply->host = reply->netbios_host;
    /* With version 5: domain GUID, NULL GUID, three DNS names, address, flags. */
    if (offset == 0 || len < offset + 32 + 3 + 4 + 4 + TRAILER_LEN) {
        return;
    }
    offset += 32;
    reply->forest = take_name(arena, value, len, &offset);
    reply->domain = take_name(arena, value, len, &offset);
    {
        const char *dns_host = take_name(arena, value, len, &offset);

        if (dns_host && *dns_host) {
            reply->host = dns_host;
        }
    }
    if (offset && len >= offset + 4 + 4 + TRAILER_LEN) {
        reply->has_flags = TRUE;
        reply->flags = le32(value + offset + 4);
    }
}

gboolean adp_netlogon_parse(adp_arena *arena, const guint8 *value, gsize len, adp_netlogon *ret)
{
    memset(ret, 0, sizeof(*ret));
    if (len < 2) {
        return FALSE;
    }
    ret->opcode = le16(value);
    switch (ret->opcode) {
    case ADP_NETLOGON_RESPONSE_EX:
    case ADP_NETLOGON_PAUSE_EX:
    case ADP_NETLOGON_USER_UNKNOWN_EX:
        parse_ex(arena, value, len, ret);
        break;
    case ADP_NETLOGON_RESPONSE:
    case ADP_NETLOGON_PAUSE:
    case ADP_NETLOGON_USER_UNKNOWN:
        parse_plain(arena, value, len, ret);
        break;
    default:
        break;
    }
    return TRUE;
}

const char *adp_netlogon_opcode_name(guint16 opcode)
{
    switch (opcode) {
    case ADP_NETLOGON_RESPONSE:
    case ADP_NETLOGON_RESPONSE_EX:
        return "ok";
    case ADP_NETLOGON_PAUSE:
    case ADP_NETLOGON_PAUSE_EX:
        return "paused";
    case ADP_NETLOGON_USER_UNKNOWN:
    case ADP_NETLOGON_USER_UNKNOWN_EX:
        return "user unknown";
    default:
        return "unknown opcode";
    }
}

gboolean adp_netlogon_is_user_unknown(guint16 opcode)
{
    return opcode == ADP_NETLOGON_USER_UNKNOWN || opcode == ADP_NETLOGON_USER_UNKNOWN_EX;
}
