/* pseudonym_text.c
 * Pseudonyms in sentences of servers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/pseudonym_text.h"

#include "wire/pseudonym.h"
#include "wire/pseudonym_forms.h"
#include "wire/pseudonym_words.h"

#include <string.h>

/* "52e", "80090308", "0x2024", "v4563", "DSID-0C090439", "NT_STATUS_LOGON_FAILURE" */
static gboolean is_code(const char *text, gsize len)
{
    gsize i;
    gboolean hex = TRUE;
    gboolean constant = FALSE;
    gboolean digit = FALSE;

    if (len > 5 && g_ascii_strncasecmp(text, "DSID-", 5) == 0) {
        text += 5;
        len -= 5;
    } else if (len > 2 && text[0] == '0' && text[1] == 'x') {
        text += 2;
        len -= 2;
    } else if (len > 1 && *text == 'v') {
        text++;
        len--;
    }
    for (i = 0; i < len; i++) {
        hex = hex && g_ascii_isxdigit(text[i]);
        digit = digit || g_ascii_isdigit(text[i]);
    }
    if (len > 7) {
        static const char *const begins[] = {"NT_STATUS_", "KRB_",  "KDC_",    "ERROR_", "KRB5",
                                             "LDAP_",      "WERR_", "STATUS_", "GSS_",   "SEC_E_"};

        for (i = 0; i < G_N_ELEMENTS(begins); i++) {
            constant = constant || (len > strlen(begins[i]) &&
                                    strncmp(text, begins[i], strlen(begins[i])) == 0);
        }
        for (i = 0; i < len; i++) {
            constant = constant &&
                       (g_ascii_isupper(text[i]) || g_ascii_isdigit(text[i]) || text[i] == '_');
        }
    }
    return constant || (hex && digit && len <= 8);
}

/* "LOCKED_OUT", "TLS/SSL", and neither "host/mail" nor a name that is known. */
static gboolean is_made_of_words(const adp_pseudonyms *names, const char *text, gsize len)
{
    gsize from = 0;
    gsize at;

    if (adp_pseudonyms_know(names, text, len)) {
        return FALSE;
    }
    for (at = 0; at <= len; at++) {
        if (at == len || text[at] == '_' || text[at] == '/') {
            if (!adp_is_public(ADP_PUBLIC_WORD, text + from, at - from) ||
                (at < len && text[at] == '/' && adp_is_public(ADP_PUBLIC_CLASS, text, at))) {
                return FALSE;
            }
            from = at + 1;
        }
    }
    return TRUE;
}

/* In capitals or not: by that, a KDC's status word and a sentence are told apart. */
static void append_hidden_word(GString *out, const char *text, gsize len)
{
    gboolean upper = FALSE;
    gboolean lower = FALSE;
    gsize i;

    for (i = 0; i < len; i++) {
        upper = upper || g_ascii_isupper(text[i]);
        lower = lower || g_ascii_islower(text[i]);
    }
    g_string_append(out, lower ? "xxx" : upper ? "XXX" : "...");
}

static void append_word(adp_pseudonyms *names, GString *out, const char *text, gsize len)
{
    if (adp_is_public(ADP_PUBLIC_WORD, text, len) || is_code(text, len)) {
        g_string_append_len(out, text, (gssize)len);
    } else if (adp_is_public(ADP_PUBLIC_WORD, text, len - 1) && strchr(".-:", text[len - 1])) {
        g_string_append_len(out, text, (gssize)len);
    } else if (is_made_of_words(names, text, len)) {
        g_string_append_len(out, text, (gssize)len);
    } else if (adp_form_is_dn(text, len) || adp_form_is_address(text, len) ||
               memchr(text, '.', len - 1) || memchr(text, '/', len) || memchr(text, '@', len) ||
               memchr(text, '$', len) || memchr(text, '\\', len) ||
               adp_pseudonyms_know(names, text, len)) {
        adp_pseudonym_value(names, out, text, len, ADP_NAMED_OTHER);
    } else {
        append_hidden_word(out, text, len);
    }
}

void adp_pseudonym_text(adp_pseudonyms *names, GString *out, const char *text)
{
    static const char between[] = " \t,;:()[]<>{}'\"!?|";

    while (*text) {
        gsize skip = strspn(text, between);
        gsize len = strcspn(text + skip, between);

        g_string_append_len(out, text, (gssize)skip);
        text += skip;
        /* IPv6 addresses have the colons of a sentence. */
        if (len && text[len] == ':') {
            gsize whole = strcspn(text, " \t,;()[]<>{}'\"!?|");

            len = adp_form_is_address(text, whole) || g_strstr_len(text, (gssize)whole, "://")
                      ? whole
                      : len;
        }
        if (len) {
            append_word(names, out, text, len);
        }
        text += len;
    }
}
