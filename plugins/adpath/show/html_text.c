/* html_text.c
 * What a page of HTML is written with: the one place where text is escaped.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/html_text.h"

#include "facts/glossary.h"
#include "wire/text.h"

#include <stdarg.h>
#include <string.h>

/* So much is gathered before it is handed on. */
#define PIECE 65536

struct adp_page {
    GString *out; /* not handed on yet */
    adp_sink sink;
    void *data;
    gboolean mailboxes;
    gboolean *terms; /* of the glossary: was it met? */
};

adp_page *adp_page_new(adp_sink sink, void *data, gboolean mailboxes)
{
    adp_page *page = g_new0(adp_page, 1);

    page->out = g_string_sized_new(PIECE);
    page->sink = sink;
    page->data = data;
    page->mailboxes = mailboxes;
    page->terms = g_new0(gboolean, adp_glossary_count());
    return page;
}

static void hand_on(adp_page *page)
{
    page->sink(page->out->str, page->out->len, page->data);
    g_string_truncate(page->out, 0);
}

void adp_page_end(adp_page *page)
{
    hand_on(page);
    g_string_free(page->out, TRUE);
    g_free(page->terms);
    g_free(page);
}

void adp_page_raw(adp_page *page, const char *markup)
{
    g_string_append(page->out, markup);
    if (page->out->len >= PIECE) {
        hand_on(page);
    }
}

void adp_page_rawf(adp_page *page, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_string_append_vprintf(page->out, format, arguments);
    va_end(arguments);
}

/* ---- text ---- */

/* The text as this page may show it: whatever hides names has its place here. Owned by the caller. */
static char *shown(const adp_page *page, const char *text, gboolean is_command)
{
    char *masked = page->mailboxes || is_command ? NULL : adp_mask_mailboxes(text);

    return masked ? masked : g_strdup(text);
}

static void notice_terms(adp_page *page, const char *text)
{
    guint i;

    for (i = 0; i < adp_glossary_count(); i++) {
        page->terms[i] = page->terms[i] || adp_term_is_in(adp_glossary_get(i), text);
    }
}

/* A character that is shown as it is, unless it could be markup somewhere. */
static void append_char(GString *out, gunichar c)
{
    if (c < 0x80 && strchr("&<>\"'", (int)c)) {
        g_string_append_printf(out, "&#%u;", c);
    } else {
        g_string_append_unichar(out, c);
    }
}

/* Appends at most so many columns of it; FALSE: there is more. */
static gboolean append_escaped(GString *out, const char *text, guint columns)
{
    const char *end = text + strlen(text);
    guint used = 0;

    while (text < end) {
        gunichar c = g_utf8_get_char_validated(text, end - text);
        gboolean plain = c < 0x110000 && adp_is_printable(c);
        guint width = 4;

        if (plain) {
            width = g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
        }
        if (used + width > columns) {
            return FALSE;
        }
        used += width;
        if (plain) {
            append_char(out, c);
            text = g_utf8_next_char(text);
        } else {
            g_string_append_printf(out, "\\x%02x", (guint8)*text++);
        }
    }
    return TRUE;
}

static void append_text(adp_page *page, const char *text, gboolean is_command)
{
    char *copy;

    if (!text) {
        return;
    }
    copy = shown(page, text, is_command);
    notice_terms(page, copy);
    (void)append_escaped(page->out, copy, G_MAXUINT);
    g_free(copy);
}

void adp_page_text(adp_page *page, const char *text)
{
    append_text(page, text, FALSE);
}

void adp_page_command(adp_page *page, const char *text)
{
    append_text(page, text, TRUE);
}

void adp_page_short(adp_page *page, const char *text, guint columns)
{
    char *copy = shown(page, text, FALSE);
    GString *whole = g_string_new(NULL);

    if (append_escaped(whole, copy, columns)) {
        g_string_append(page->out, whole->str);
    } else {
        (void)append_escaped(page->out, copy, columns - 1);
        g_string_append(page->out, "\xe2\x80\xa6");
    }
    g_string_free(whole, TRUE);
    g_free(copy);
}

void adp_page_seconds(adp_page *page, gint64 ns)
{
    char buf[ADP_SECONDS_LEN];

    g_string_append(page->out, adp_seconds(ns, buf));
}

void adp_page_element(adp_page *page, const char *tag, const char *class, const char *text)
{
    g_string_append_printf(page->out, class ? "<%s class=\"%s\">" : "<%s>", tag, class);
    adp_page_text(page, text);
    g_string_append_printf(page->out, "</%s>", tag);
}

gboolean adp_page_has_term(const adp_page *page, guint term)
{
    return page->terms[term];
}
