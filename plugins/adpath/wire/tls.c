/* tls.c
 * Alerts of TLS, and whether a certificate covers a host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/tls.h"

#include "wire/arena.h"

#include <string.h>

/* RFC 8446 6, and those of RFC 5246 and before that may still be met. */
static const struct {
    guint8 alert;
    const char *name;
} alerts[] = {
    {0, "close_notify"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {21, "decryption_failed"},
    {22, "record_overflow"},
    {30, "decompression_failure"},
    {40, "handshake_failure"},
    {41, "no_certificate"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {60, "export_restriction"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {111, "certificate_unobtainable"},
    {112, "unrecognized_name"},
    {113, "bad_certificate_status_response"},
    {114, "bad_certificate_hash_value"},
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {120, "no_application_protocol"},
};

const char *adp_tls_alert_name(guint8 alert)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(alerts); i++) {
        if (alerts[i].alert == alert) {
            return alerts[i].name;
        }
    }
    return NULL;
}

/* RFC 6125 6.4.3: "*" stands for the whole left-most label, and for one only. */
gboolean adp_tls_name_covers(const char *name, const char *host)
{
    gsize len = strlen(name);
    const char *dot;

    /* A name may be written with the dot of the root. */
    if (len && name[len - 1] == '.') {
        len--;
    }
    if (len > 2 && name[0] == '*' && name[1] == '.') {
        dot = strchr(host, '.');
        /* "*.test" would cover a whole top-level domain. */
        return dot && dot != host && memchr(name + 2, '.', len - 2) && strlen(dot) == len - 1 &&
               g_ascii_strncasecmp(dot, name + 1, len - 1) == 0;
    }
    return strlen(host) == len && g_ascii_strncasecmp(host, name, len) == 0;
}

gboolean adp_tls_names_match(const adp_strings *names, const char *host, gboolean *matches)
{
    guint i;

    if (!host || !*host || g_hostname_is_ip_address(host)) {
        return FALSE;
    }
    *matches = FALSE;
    for (i = 0; i < names->count && !*matches; i++) {
        *matches = adp_tls_name_covers(names->items[i], host);
    }
    return TRUE;
}

const char *adp_tls_version_name(guint16 version)
{
    static const char *const names[] = {"SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"};

    return version >= 0x0300 && version <= 0x0304 ? names[version - 0x0300] : NULL;
}
