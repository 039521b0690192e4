/* address.c
 * Whose an address may be, in text form.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/address.h"

#include "wire/number.h"
#include "wire/text.h"

#include <string.h>

/* Of an IPv4 address whose first number has three digits; without a dot behind them it is none. */
static guint number_at(const char *text)
{
    guint64 number = 0;

    (void)adp_number_at(text, strlen(text), 255, &number);
    return (guint)number;
}

gboolean adp_address_is_public(const char *address)
{
    static const char *const private[] = {"10.", "127.", "192.168.", "169.254.", "fc",
                                          "fd",  "fe80", "::1",      NULL};
    guint i;

    for (i = 0; private[i]; i++) {
        if (adp_has_prefix(address, private[i])) {
            return FALSE;
        }
    }
    if (adp_has_prefix(address, "172.")) {
        guint second = number_at(address + strlen("172."));

        return second < 16 || second > 31;
    }
    if (adp_has_prefix(address, "100.")) {
        guint second = number_at(address + strlen("100."));

        return second < 64 || second > 127;
    }
    if (strlen(address) > 3 && address[3] == '.' && strchr(address + 4, '.')) {
        guint first = number_at(address);

        return first < ADP_RESERVED_PRIVATE || first >= ADP_RESERVED_PRIVATE + 8;
    }
    return *address != '\0';
}

gboolean adp_address_is_group(const char *address)
{
    guint first;

    if (g_ascii_strncasecmp(address, "ff", 2) == 0) {
        return strchr(address, ':') != NULL;
    }
    if (strlen(address) <= 3 || address[3] != '.') {
        return FALSE;
    }
    first = number_at(address);
    return (first >= 224 && first < 240) || strcmp(address, "255.255.255.255") == 0;
}

gboolean adp_address_is_self_assigned(const char *address)
{
    return adp_has_prefix(address, "169.254.");
}

gboolean adp_address_is_link_local(const char *address)
{
    return g_ascii_strncasecmp(address, "fe8", 3) == 0 ||
           g_ascii_strncasecmp(address, "fe9", 3) == 0 ||
           g_ascii_strncasecmp(address, "fea", 3) == 0 ||
           g_ascii_strncasecmp(address, "feb", 3) == 0;
}

gboolean adp_address_is_nobodys(const char *address)
{
    return strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

gboolean adp_address_is_nowhere(const char *address)
{
    return adp_has_prefix(address, "127.") || strcmp(address, "::1") == 0 ||
           adp_address_is_nobodys(address);
}

/* "4.3.2.1.in-addr.arpa": the last number comes first. */
static guint8 reverse_4(const char *name, gsize len, guint8 *ret)
{
    guint i;

    for (i = 4; i-- > 0;) {
        guint64 number;
        gsize digits = adp_number_at(name, len, 255, &number);

        if (digits == 0 || digits > 3 || digits == len || name[digits] != '.') {
            return 0;
        }
        ret[i] = (guint8)number;
        name += digits + 1;
        len -= digits + 1;
    }
    return len == strlen("in-addr.arpa") ? 4 : 0;
}

/* "b.a.9.8. ... .ip6.arpa": a digit of the address in each label, the last first. */
static guint8 reverse_6(const char *name, gsize len, guint8 *ret)
{
    guint i;

    if (len != 64 + strlen("ip6.arpa")) {
        return 0;
    }
    memset(ret, 0, 16);
    for (i = 32; i-- > 0; name += 2) {
        gint digit = g_ascii_xdigit_value(name[0]);

        if (digit < 0 || name[1] != '.') {
            return 0;
        }
        ret[i / 2] |= (guint8)(i % 2 ? digit : digit << 4);
    }
    return 16;
}

guint8 adp_address_of_reverse(const char *name, guint8 ret[16])
{
    if (adp_has_suffix(name, ".in-addr.arpa")) {
        return reverse_4(name, strlen(name), ret);
    }
    return adp_has_suffix(name, ".ip6.arpa") ? reverse_6(name, strlen(name), ret) : 0;
}
