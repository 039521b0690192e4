/* number.c
 * Digits of packets as numbers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/number.h"

gsize adp_number_at(const char *text, gsize len, guint64 max, guint64 *ret)
{
    guint64 value = 0;
    gsize i;

    for (i = 0; i < len && g_ascii_isdigit(text[i]); i++) {
        guint64 digit = (guint64)(text[i] - '0');

        if (value > max / 10 || value * 10 > max - digit || digit > max) {
            return 0;
        }
        value = value * 10 + digit;
    }
    if (i) {
        *ret = value;
    }
    return i;
}

gboolean adp_number(const char *text, gsize len, guint64 max, guint64 *ret)
{
    guint64 value;

    if (len == 0 || adp_number_at(text, len, max, &value) != len) {
        return FALSE;
    }
    *ret = value;
    return TRUE;
}
