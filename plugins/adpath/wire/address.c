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
