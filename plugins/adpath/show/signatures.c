/* signatures.c
 * The table in which users add kinds of service connection points.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/signatures.h"

#include "wire/scp.h"
#include "wire/text.h"

#include <epan/uat.h>
#include <string.h>

/* A row as the user wrote it; strings are owned. */
typedef struct {
    char *kind;
    char *pattern;
    char *description;
} user_row;

static user_row *user_rows;
static guint user_row_count;

/* The same rows as the model takes them; strings are borrowed from user_rows or owned below. */
static GArray *signatures;
static GPtrArray *patterns;

UAT_CSTRING_CB_DEF(user_rows, kind, user_row)
UAT_CSTRING_CB_DEF(user_rows, pattern, user_row)
UAT_CSTRING_CB_DEF(user_rows, description, user_row)

static void *row_copy(void *to, const void *from, size_t size _U_)
{
    user_row *copy = to;
    const user_row *row = from;

    copy->kind = g_strdup(row->kind);
    copy->pattern = g_strdup(row->pattern);
    copy->description = g_strdup(row->description);
    return copy;
}

static void row_free(void *data)
{
    user_row *row = data;

    g_free(row->kind);
    g_free(row->pattern);
    g_free(row->description);
}

/* What the user writes is shown as it is, in JSON, too. */
static gboolean is_text(const char *text)
{
    const char *p;

    if (!g_utf8_validate(text, -1, NULL)) {
        return FALSE;
    }
    for (p = text; *p; p = g_utf8_next_char(p)) {
        if (!adp_is_printable(g_utf8_get_char(p))) {
            return FALSE;
        }
    }
    return TRUE;
}

static adp_early_bool row_update(void *data, char **error)
{
    user_row *row = data;

    g_strstrip(row->kind);
    g_strstrip(row->pattern);
    if (!is_text(row->kind) || !is_text(row->pattern) || !is_text(row->description)) {
        *error = g_strdup("Only printable characters can be shown in fields and reports");
        return FALSE;
    }
    if (!*row->kind) {
        *error = g_strdup("Kind: give the product a name, it becomes the value of adpath.scp.kind");
        return FALSE;
    }
    if (strspn(row->pattern, "*") == strlen(row->pattern)) {
        *error = g_strdup("Pattern: give a keyword, a keyword's beginning with * behind it, or the "
                          "first part of a DN (CN=...)");
        return FALSE;
    }
    return TRUE;
}

/* A DN begins with one of the attributes that AD names objects by. */
static gboolean is_dn(const char *pattern)
{
    return adp_has_prefix(pattern, "CN=") || adp_has_prefix(pattern, "OU=") ||
           adp_has_prefix(pattern, "DC=");
}

static void rows_changed(void)
{
    guint i;

    if (!signatures) {
        return; /* shut down */
    }
    g_array_set_size(signatures, 0);
    g_ptr_array_set_size(patterns, 0);
    for (i = 0; i < user_row_count; i++) {
        char *pattern = g_strdup(user_rows[i].pattern);
        gboolean dn = is_dn(pattern);
        gboolean prefix = !dn && g_str_has_suffix(pattern, "*");
        adp_scp_signature row = {
            .kind = user_rows[i].kind, .description = user_rows[i].description, .pattern = pattern};

        if (prefix) {
            pattern[strlen(pattern) - 1] = '\0';
        }
        row.match = dn ? ADP_SCP_BY_DN : prefix ? ADP_SCP_BY_KEYWORD_PREFIX : ADP_SCP_BY_KEYWORD;
        g_ptr_array_add(patterns, pattern);
        g_array_append_val(signatures, row);
    }
    adp_scp_set_user_signatures((const adp_scp_signature *)(const void *)signatures->data,
                                signatures->len);
}

/* The module may be unloaded before the process ends. */
static void shut_down(void)
{
    adp_scp_set_user_signatures(NULL, 0);
    g_clear_pointer(&signatures, g_array_unref);
    g_clear_pointer(&patterns, g_ptr_array_unref);
}

void adp_signatures_register(module_t *module)
{
    static uat_field_t fields[] = {
        UAT_FLD_CSTRING(user_rows, kind, "Kind", "Value of adpath.scp.kind, such as backup"),
        UAT_FLD_CSTRING(user_rows, pattern, "Keyword or DN",
                        "A keyword; the beginning of one with * behind it; or the first part of "
                        "an entry's DN, such as CN=Backup Server,"),
        UAT_FLD_CSTRING(user_rows, description, "Description", "What it is, in words"),
        UAT_END_FIELDS};
    uat_t *table;

    register_shutdown_routine(shut_down);
    signatures = g_array_new(FALSE, TRUE, sizeof(adp_scp_signature));
    patterns = g_ptr_array_new_with_free_func(g_free);
    table = uat_new("Service connection points", sizeof(user_row), "adpath_scp_signatures", TRUE,
                    &user_rows, &user_row_count, UAT_AFFECTS_DISSECTION, NULL, row_copy, row_update,
                    row_free, rows_changed, NULL, fields);
    prefs_register_uat_preference(module, "scp_signatures", "Service connection points",
                                  "Products of your own whose service connection points are to be "
                                  "recognised, beside those the plugin knows",
                                  table);
}
