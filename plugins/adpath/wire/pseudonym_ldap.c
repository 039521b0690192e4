/* pseudonym_ldap.c
 * Pseudonyms in filters of LDAP and in keywords of service connection points.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/pseudonym_ldap.h"

#include "wire/pseudonym.h"
#include "wire/pseudonym_forms.h"
#include "wire/pseudonym_words.h"
#include "wire/text.h"

#include <string.h>

/* Attributes whose values are names of the schema, or numbers with a meaning of their own. */
static gboolean has_public_values(const char *attribute, gsize len)
{
    static const char *const list[] = {"objectClass",
                                       "objectCategory",
                                       "NtVer",
                                       "AAC",
                                       "groupType",
                                       "userAccountControl",
                                       "sAMAccountType",
                                       "instanceType",
                                       "systemFlags",
                                       "serviceClassName",
                                       "searchFlags",
                                       "objectVersion",
                                       "isMemberOfPartialAttributeSet"};
    const char *colon = memchr(attribute, ':', len);
    guint i;

    len = colon ? (gsize)(colon - attribute) : len;
    for (i = 0; i < G_N_ELEMENTS(list); i++) {
        if (strlen(list[i]) == len && g_ascii_strncasecmp(list[i], attribute, len) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_word(const GString *value)
{
    gsize i;

    for (i = 0; i < value->len; i++) {
        if (!g_ascii_isalnum(value->str[i]) && value->str[i] != '-') {
            return FALSE;
        }
    }
    return TRUE;
}

static void append_escaped(GString *out, const GString *text)
{
    gsize i;

    for (i = 0; i < text->len; i++) {
        if (strchr("()*\\", text->str[i])) {
            g_string_append_printf(out, "\\%02x", (guchar)text->str[i]);
        } else {
            g_string_append_c(out, text->str[i]);
        }
    }
}

static adp_name_kind kind_of_attribute(const char *attribute, gsize len)
{
    static const struct {
        const char *name;
        adp_name_kind kind;
    } list[] = {{"DnsDomain", ADP_NAMED_DOMAIN},    {"Host", ADP_NAMED_HOST},
                {"DnsHostName", ADP_NAMED_HOST},    {"User", ADP_NAMED_USER},
                {"sAMAccountName", ADP_NAMED_USER}, {"nETBIOSName", ADP_NAMED_DOMAIN},
                {"dnsRoot", ADP_NAMED_DOMAIN}};
    guint i;

    for (i = 0; i < G_N_ELEMENTS(list); i++) {
        if (strlen(list[i].name) == len && g_ascii_strncasecmp(list[i].name, attribute, len) == 0) {
            return list[i].kind;
        }
    }
    return ADP_NAMED_OTHER;
}

/* A piece between wildcards; `value` is unescaped. */
static void append_piece(adp_pseudonyms *names, GString *out, const GString *value,
                         gboolean is_text, const char *attribute, gsize attribute_len)
{
    gboolean public_values = has_public_values(attribute, attribute_len);
    GString *shown = g_string_new(NULL);
    gsize i;

    if (!is_text && value->len <= 4 && public_values) {
        for (i = 0; i < value->len; i++) {
            g_string_append_printf(out, "\\%02x", (guchar)value->str[i]);
        }
    } else if (!is_text) {
        adp_pseudonym_append_bytes(names, out, (const guint8 *)value->str, value->len);
    } else {
        if (public_values && is_word(value)) {
            g_string_append_len(shown, value->str, (gssize)value->len);
        } else if (attribute_len == 8 && g_ascii_strncasecmp(attribute, "keywords", 8) == 0) {
            adp_pseudonym_keyword(names, shown, value->str);
        } else {
            adp_pseudonym_value(names, shown, value->str, value->len,
                                kind_of_attribute(attribute, attribute_len));
        }
        append_escaped(out, shown);
    }
    g_string_free(shown, TRUE);
}

static void append_assertion(adp_pseudonyms *names, GString *out, const char *text, gsize len,
                             const char *attribute, gsize attribute_len)
{
    GString *value = g_string_new(NULL);
    gboolean is_text = TRUE;
    gsize i;

    for (i = 0; i <= len; i++) {
        if (i == len || text[i] == '*') {
            if (value->len) {
                append_piece(names, out, value, is_text, attribute, attribute_len);
            }
            if (i < len) {
                g_string_append_c(out, '*');
            }
            g_string_truncate(value, 0);
            is_text = TRUE;
        } else if (text[i] == '\\' && i + 2 < len && g_ascii_isxdigit(text[i + 1]) &&
                   g_ascii_isxdigit(text[i + 2])) {
            guint8 byte = (guint8)(g_ascii_xdigit_value(text[i + 1]) * 16 +
                                   g_ascii_xdigit_value(text[i + 2]));

            is_text = is_text && byte >= ' ' && byte < 0x7f;
            g_string_append_c(value, (char)byte);
            i += 2;
        } else {
            g_string_append_c(value, text[i]);
        }
    }
    g_string_free(value, TRUE);
}

/* "attribute" or "attribute:dn:rule:" */
static void append_description(adp_pseudonyms *names, GString *out, const char *text, gsize len)
{
    char *copy = g_strndup(text, len);
    char **parts = g_strsplit(copy, ":", -1);
    guint i;

    for (i = 0; parts[i]; i++) {
        if (i) {
            g_string_append_c(out, ':');
        }
        if (*parts[i]) {
            adp_pseudonym_attribute(names, out, parts[i]);
        }
    }
    g_strfreev(parts);
    g_free(copy);
}

void adp_pseudonym_filter(adp_pseudonyms *names, GString *out, const char *text)
{
    while (*text) {
        gsize attribute = strcspn(text, "()=<>~&|!");
        gsize mark;
        gsize value;

        if (attribute == 0 || !strchr("=<>~", text[attribute]) || !text[attribute]) {
            /* Brackets and operators; what else stands there is no filter. */
            if (strchr("()&|!", *text) || strncmp(text, "?", 1) == 0) {
                g_string_append_c(out, *text);
            }
            text++;
            continue;
        }
        mark = strspn(text + attribute, "=<>~");
        value = strcspn(text + attribute + mark, ")");
        append_description(names, out, text, attribute);
        g_string_append_len(out, text + attribute, (gssize)mark);
        append_assertion(names, out, text + attribute + mark, value, text, attribute);
        text += attribute + mark + value;
    }
}

void adp_pseudonym_keyword(adp_pseudonyms *names, GString *out, const char *text)
{
    static const struct {
        const char *prefix;
        adp_name_kind kind;
    } pairs[] = {{"Site=", ADP_NAMED_SITE},
                 {"Site:", ADP_NAMED_SITE},
                 {"Domain=", ADP_NAMED_DOMAIN},
                 {"Forest=", ADP_NAMED_DOMAIN},
                 {"azureADName:", ADP_NAMED_DOMAIN},
                 {"azureADName=", ADP_NAMED_DOMAIN},
                 {"azureADId:", ADP_NAMED_OTHER},
                 {"azureADId=", ADP_NAMED_OTHER},
                 {"enterpriseDrsName:", ADP_NAMED_HOST},
                 {"enterpriseDrsName=", ADP_NAMED_HOST},
                 {"partition:", ADP_NAMED_OTHER},
                 {"instance:", ADP_NAMED_OTHER},
                 {"fsmo:", ADP_NAMED_OTHER}};
    gsize len = strlen(text);
    guint i;

    for (i = 0; i < G_N_ELEMENTS(pairs); i++) {
        if (adp_has_prefix(text, pairs[i].prefix)) {
            gsize prefix = strlen(pairs[i].prefix);

            g_string_append_len(out, text, (gssize)prefix);
            if (pairs[i].kind == ADP_NAMED_SITE) {
                adp_pseudonym_site(names, out, text + prefix);
            } else {
                adp_pseudonym_value(names, out, text + prefix, len - prefix, pairs[i].kind);
            }
            return;
        }
    }
    if (len >= 36 && adp_is_guid(text, 36)) {
        adp_pseudonym_append_any_guid(names, out, text);
        text += 36;
    } else if (len >= 38 && *text == '{' && adp_is_guid(text + 1, 36)) {
        g_string_append_c(out, '{');
        adp_pseudonym_append_any_guid(names, out, text + 1);
        g_string_append_c(out, '}');
        text += 38;
    }
    if (*text && (adp_is_public(ADP_PUBLIC_RDN, text, strlen(text)) ||
                  adp_form_is_number(text, strlen(text)))) {
        g_string_append(out, text);
    } else {
        adp_pseudonym_value(names, out, text, strlen(text), ADP_NAMED_OTHER);
    }
}
