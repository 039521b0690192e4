/* pages.c
 * The pages of the documentation, which are installed as HTML with the module.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/pages.h"

#include <string.h>
#include <wsutil/filesystem.h>

/* Below Wireshark's own folders; cmake --install and tools/run put it there. */
#define FOLDER "adpath" G_DIR_SEPARATOR_S "findings"

/* The installed page, or NULL; free with g_free(). The user's own comes first, as it does with profiles. */
static char *installed(const char *finding)
{
    char *name = g_strdup_printf(FOLDER G_DIR_SEPARATOR_S "%s.html", finding);
    char *path = get_persconffile_path(name, FALSE);

    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        g_free(path);
        path = get_datafile_path(name);
    }
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        g_free(path);
        path = NULL;
    }
    g_free(name);
    return path;
}

static char *in_source(const char *finding)
{
    return g_strdup_printf("docs/findings/%s.md", finding);
}

char *adp_page_place(const char *finding)
{
    const char *home = g_get_home_dir();
    char *path = installed(finding);
    char *shown;

    if (!path) {
        return in_source(finding);
    }
    /* The name of the reader's account is nobody's business. */
    if (home && strlen(home) > 1 && g_str_has_prefix(path, home)) {
        shown = g_strconcat("~", path + strlen(home), NULL);
    } else {
        shown = g_filename_display_name(path);
    }
    g_free(path);
    return shown;
}

char *adp_page_url(const char *finding)
{
    char *path = installed(finding);
    char *url = path ? g_filename_to_uri(path, NULL, NULL) : NULL;

    g_free(path);
    return url;
}
