/* html_file.c
 * The page as a file, from Wireshark's window: written where the user says, then shown by the browser.
 *
 * A plugin can open no dialog for files. The one that it can open has a line to type in: that holds
 * a name which is free.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/html_file.h"

#include "judge/analysis.h"
#include "session.h"
#include "show/html.h"
#include "show/rows.h"
#include "show/shown.h"
#include "show/sink.h"
#include "show/text_window.h"

#include <epan/funnel.h>
#include <glib/gstdio.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* So many names are tried; whoever has more files of the kind types one. */
#define NAMES_TRIED 100

/* "capture.pcapng.gz" -> "capture" */
static char *stem_of(const char *name)
{
    char *stem = g_strdup(name);
    char *dot = strchr(stem + (*stem ? 1 : 0), '.');

    if (dot) {
        *dot = '\0';
    }
    return stem;
}

/* A file that is not there: beside the capture, at home for one that was not saved. */
static char *free_name(const char *capture)
{
    char *folder = capture ? g_path_get_dirname(capture) : g_strdup(g_get_home_dir());
    char *base = capture ? g_path_get_basename(capture) : g_strdup("capture");
    char *stem = stem_of(base);
    char *path = NULL;
    guint i;

    for (i = 1; i <= NAMES_TRIED; i++) {
        char *name = i == 1 ? g_strdup_printf("%s-adpath.html", stem)
                            : g_strdup_printf("%s-adpath-%u.html", stem, i);

        g_free(path);
        path = g_build_filename(folder, name, NULL);
        g_free(name);
        if (!g_file_test(path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK)) {
            break;
        }
    }
    g_free(stem);
    g_free(base);
    g_free(folder);
    return path;
}

/* Creates the file (x: what is there already is nobody's to write over). */
static gboolean write_new(const char *path, const GString *page)
{
    FILE *file = g_fopen(path, "wbx");
    gboolean written;

    if (!file) {
        return FALSE;
    }
    written = fwrite(page->str, 1, page->len, file) == page->len;
    return fclose(file) == 0 && written;
}

static void refuse(const char *path, const char *reason)
{
    char *shown = g_filename_display_name(path);
    char *text = g_strdup_printf("The page was not written to\n%s\n%s\n", shown, reason);

    adp_gui_show_text("AD Discovery Path", text);
    g_free(text);
    g_free(shown);
}

static void show_page(const char *path)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    char *url = g_filename_to_uri(path, NULL, NULL);

    if (!url || !ops->browser_open_url || !ops->browser_open_url(url)) {
        char *shown = g_filename_display_name(path);
        char *text = g_strdup_printf("The page is written, but no browser could be started. Open\n"
                                     "%s\n",
                                     shown);

        adp_gui_show_text("AD Discovery Path", text);
        g_free(text);
        g_free(shown);
    }
    g_free(url);
}

/* The dialog was closed with OK: its lines are ours now. */
static void chosen(char **lines, void *data)
{
    const GString *page = data;
    char *path = lines[0] && *lines[0] ? g_canonicalize_filename(lines[0], g_get_home_dir()) : NULL;

    if (path && write_new(path, page)) {
        show_page(path);
    } else if (path) {
        refuse(path, errno == EEXIST ? "There is such a file already: choose another name."
                                     : g_strerror(errno));
    }
    g_free(path);
    g_strfreev(lines);
}

static void page_free(void *data)
{
    g_string_free(data, TRUE);
}

void adp_html_save(adp_analysis *analysis, const adp_selection *selection)
{
    static const char *const labels[] = {"Write the page to", NULL};
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    gboolean saved = FALSE;
    char *capture = adp_shown_file(&saved);
    char *name = capture ? g_path_get_basename(capture) : NULL;
    char *shown = saved && name ? g_filename_display_name(name) : NULL;
    char *path = free_name(saved ? capture : NULL);
    const char *values[] = {path, NULL};
    GString *page = g_string_new(NULL);

    /* Made at once: when the dialog is closed, another file may be open. */
    adp_html_write(analysis, selection, adp_shows_mailboxes(), shown, adp_sink_gather, page);
    ops->new_dialog(ops->ops_id, "AD Discovery Path: HTML page", (const char **)labels, values,
                    chosen, page, page_free);
    g_free(path);
    g_free(shown);
    g_free(name);
    g_free(capture);
}
