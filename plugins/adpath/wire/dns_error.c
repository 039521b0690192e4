/* dns_error.c
 * Extended errors of DNS: why a server answers as it does (RFC 8914).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/dns_error.h"

#include <string.h>

/* RFC 8914 4, and what was registered later with IANA (25 to 30, from memory). */
static const struct {
    adp_dns_error_kind kind;
    const char *words;
} errors[] = {
    [0] = {ADP_DNS_ERROR_OTHER, "another error"},
    [1] = {ADP_DNS_ERROR_SIGNATURES, "DNSSEC: unsupported algorithm of a key"},
    [2] = {ADP_DNS_ERROR_SIGNATURES, "DNSSEC: unsupported digest of a key"},
    [3] = {ADP_DNS_ERROR_OTHER, "stale answer"},
    [4] = {ADP_DNS_ERROR_POLICY, "forged answer"},
    [5] = {ADP_DNS_ERROR_SIGNATURES, "DNSSEC: indeterminate"},
    [6] = {ADP_DNS_ERROR_SIGNATURES, "DNSSEC: bogus"},
    [7] = {ADP_DNS_ERROR_SIGNATURES, "DNSSEC: signature expired"},
    [8] = {ADP_DNS_ERROR_SIGNATURES, "DNSSEC: signature not yet valid"},
    [9] = {ADP_DNS_ERROR_SIGNATURES, "DNSSEC: DNSKEY missing"},
    [10] = {ADP_DNS_ERROR_SIGNATURES, "DNSSEC: RRSIGs missing"},
    [11] = {ADP_DNS_ERROR_SIGNATURES, "DNSSEC: no zone key"},
    [12] = {ADP_DNS_ERROR_SIGNATURES, "DNSSEC: NSEC missing"},
    [13] = {ADP_DNS_ERROR_OTHER, "an error of before, kept"},
    [14] = {ADP_DNS_ERROR_OTHER, "not ready"},
    [15] = {ADP_DNS_ERROR_POLICY, "blocked"},
    [16] = {ADP_DNS_ERROR_POLICY, "censored"},
    [17] = {ADP_DNS_ERROR_POLICY, "filtered"},
    [18] = {ADP_DNS_ERROR_POLICY, "prohibited"},
    [19] = {ADP_DNS_ERROR_OTHER, "stale answer that there is no such name"},
    [20] = {ADP_DNS_ERROR_OTHER, "not authoritative"},
    [21] = {ADP_DNS_ERROR_OTHER, "not supported"},
    [22] = {ADP_DNS_ERROR_NO_WAY, "no reachable authority"},
    [23] = {ADP_DNS_ERROR_NO_WAY, "network error"},
    [24] = {ADP_DNS_ERROR_OTHER, "invalid data"},
    [25] = {ADP_DNS_ERROR_SIGNATURES, "DNSSEC: signature expired before it was valid"},
    [26] = {ADP_DNS_ERROR_OTHER, "too early"},
    [27] = {ADP_DNS_ERROR_SIGNATURES, "DNSSEC: unsupported iterations of NSEC3"},
    [28] = {ADP_DNS_ERROR_POLICY, "does not conform to policy"},
    [29] = {ADP_DNS_ERROR_OTHER, "synthesized"},
    [30] = {ADP_DNS_ERROR_OTHER, "invalid query type"},
};

const char *adp_dns_error_words(guint code)
{
    return code < G_N_ELEMENTS(errors) ? errors[code].words : NULL;
}

adp_dns_error_kind adp_dns_error_kind_of(guint code)
{
    return code < G_N_ELEMENTS(errors) ? errors[code].kind : ADP_DNS_ERROR_OTHER;
}

/* RFC 8914 4.5 and 4.16 to 4.19: forged, blocked, censored, filtered, prohibited. */
gboolean adp_dns_error_withholds(guint code)
{
    return code == 4 || (code >= 15 && code <= 18);
}

#define MOST_TEXT 80

gboolean adp_dns_error_text_is_plain(const guint8 *text, gsize len)
{
    gsize i;

    for (i = 0; i < len; i++) {
        if (!g_ascii_isalnum((char)text[i]) && (!text[i] || !strchr(" .,:-_/()'", text[i]))) {
            return FALSE;
        }
    }
    return len > 0 && len <= MOST_TEXT;
}
