/* terminal.c
 * What a report is like on a terminal: as wide as that is, and in colours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/terminal.h"

#include <glib.h>
#include <string.h>

#ifndef G_OS_WIN32
#include <sys/ioctl.h>
#include <unistd.h>
#endif

/* Narrower lines would be columns of single words, wider ones are hard to read. */
#define NARROWEST 60
#define WIDEST    160

static gboolean is_terminal(void)
{
#ifdef G_OS_WIN32
    return FALSE; /* its console may know no colours, and says its width in another way */
#else
    return isatty(STDOUT_FILENO) != 0;
#endif
}

guint adp_terminal_columns(void)
{
    const char *said = g_getenv("COLUMNS");
    guint64 columns = 0;

    if (!is_terminal()) {
        return 0;
    }
    if (!said || !g_ascii_string_to_unsigned(said, 10, 1, G_MAXUINT16, &columns, NULL)) {
        columns = 0;
#if !defined(G_OS_WIN32) && defined(TIOCGWINSZ)
        struct winsize size;

        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
            columns = size.ws_col;
        }
#endif
    }
    return columns ? (guint)CLAMP(columns, NARROWEST, WIDEST) : 0;
}

#define RED    "\033[1;31m"
#define YELLOW "\033[1;33m"
#define GREEN  "\033[1;32m"
#define PLAIN  "\033[0m"

/* Where a line begins so, the word behind it has that colour. */
static const struct {
    const char *before;
    const char *word;
    const char *colour;
} words[] = {
    {"Verdict: ", "failed", RED},
    {"Verdict: ", "ok", GREEN},
    {"Verdict: ", "incomplete", YELLOW},
    {"Verdict: ", "hidden", YELLOW},
    {"  ", "failed", RED},
    {"  ", "ok", GREEN},
    {"  ", "error", RED},
    {"  ", "warn", YELLOW},
};

static gboolean colour_line(const char *line, GString *out)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(words); i++) {
        gsize before = strlen(words[i].before);
        gsize len = strlen(words[i].word);

        if (strncmp(line, words[i].before, before) == 0 &&
            strncmp(line + before, words[i].word, len) == 0 && strchr(" ,", line[before + len])) {
            g_string_append_printf(out, "%s%s%s" PLAIN "%s", words[i].before, words[i].colour,
                                   words[i].word, line + before + len);
            return TRUE;
        }
    }
    return FALSE;
}

void adp_terminal_colour(GString *report)
{
    const char *kind = g_getenv("TERM");
    char **lines;
    GString *out;
    guint i;

    if (!is_terminal() || g_getenv("NO_COLOR") || !kind || strcmp(kind, "dumb") == 0) {
        return;
    }
    lines = g_strsplit(report->str, "\n", -1);
    out = g_string_sized_new(report->len);
    for (i = 0; lines[i]; i++) {
        if (i) {
            g_string_append_c(out, '\n');
        }
        if (!colour_line(lines[i], out)) {
            g_string_append(out, lines[i]);
        }
    }
    g_string_assign(report, out->str);
    g_string_free(out, TRUE);
    g_strfreev(lines);
}
