/* compare.c
 * The open capture beside another one, of which there is a report.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/compare.h"

#include "compare/compare.h"
#include "compare/lines.h"
#include "compare/told.h"
#include "session.h"
#include "show/json.h"
#include "show/rows.h"
#include "show/wrap.h"
#include "wire/text.h"

#include <string.h>

/* Where sentences begin, and where those of a side do, behind its label. */
#define INDENT      2
#define SIDE_INDENT 9

struct adp_other_capture {
    adp_told *told; /* owned, like the name */
    char *name;     /* of the file, without its folder; printable */
};

adp_other_capture *adp_other_capture_open(const char *file, char **problem)
{
    adp_told *told = adp_told_open(file, problem);
    adp_other_capture *other;
    char *base;
    GString *name;

    if (!told) {
        return NULL;
    }
    if (adp_anonymizes() && !told->pseudonyms) {
        adp_told_free(told);
        *problem = g_strdup("has names in it, which are not to be shown here (preference "
                            "adpath.anonymize); make it with -o adpath.anonymize:TRUE, and with "
                            "the same adpath.anonymize_key");
        return NULL;
    }
    base = g_path_get_basename(file);
    name = g_string_new(NULL);
    adp_text_append(name, (const guint8 *)base, strlen(base));
    g_free(base);
    other = g_new0(adp_other_capture, 1);
    other->told = told;
    other->name = g_string_free(name, FALSE);
    return other;
}

void adp_other_capture_free(adp_other_capture *other)
{
    if (other) {
        adp_told_free(other->told);
        g_free(other->name);
        g_free(other);
    }
}

static void write_line(GString *out, const adp_line *line)
{
    switch (line->kind) {
    case ADP_LINE_TITLE:
        if (out->len) {
            g_string_append_c(out, '\n');
        }
        adp_report_wrap(out, line->text, 0, INDENT);
        break;
    case ADP_LINE_SIDE:
        g_string_append_printf(out, "%*s%-*s", INDENT, "", SIDE_INDENT - INDENT, line->label);
        adp_report_wrap(out, line->text, SIDE_INDENT, SIDE_INDENT);
        break;
    case ADP_LINE_TEXT:
        g_string_append_printf(out, "%*s", INDENT, "");
        adp_report_wrap(out, line->text, INDENT, INDENT + 2);
        break;
    default:
        g_string_append_printf(out, "%*s%s\n", INDENT, "", line->text);
        break;
    }
}

/* The open capture as it tells of itself: both are read from the same kind of text. */
static adp_told *tell(adp_analysis *analysis, gboolean mailboxes, char **problem)
{
    adp_selection everything = {0};
    GString *json = g_string_new(NULL);
    adp_told *told;

    adp_json(analysis, &everything, mailboxes, json);
    told = adp_told_read(json->str, json->len, problem);
    g_string_free(json, TRUE);
    return told;
}

void adp_compare_text(adp_analysis *analysis, const adp_other_capture *other, gboolean mailboxes,
                      GString *out)
{
    char *problem = NULL;
    adp_told *here;
    adp_compared *compared;
    guint i;

    if (!adp_analyses()) {
        g_string_append(out, "The analysis is switched off (preference adpath.analysis): nothing "
                             "was looked at, so there is nothing to compare.\n");
        return;
    }
    here = tell(analysis, mailboxes, &problem);
    if (!here) {
        g_string_append_printf(out, "This capture cannot be compared: its report %s\n", problem);
        g_free(problem);
        return;
    }
    compared = adp_compare(here, other->told, other->name);
    for (i = 0; i < compared->lines->len; i++) {
        write_line(out, g_ptr_array_index(compared->lines, i));
    }
    adp_compared_free(compared);
    adp_told_free(here);
}

/* ---- the window ---- */

static char *chosen; /* owned: the file that was named last */

void adp_compare_choose(const char *file)
{
    g_free(chosen);
    chosen = g_strdup(file);
}

void adp_compare_write(adp_analysis *analysis, GString *out, guint32 number _U_)
{
    char *problem = NULL;
    adp_other_capture *other = chosen ? adp_other_capture_open(chosen, &problem) : NULL;

    if (other) {
        adp_compare_text(analysis, other, adp_shows_mailboxes(), out);
        adp_other_capture_free(other);
    } else if (problem) {
        g_string_append(out, "The file ");
        adp_text_append(out, (const guint8 *)chosen, strlen(chosen));
        g_string_append_printf(out, " %s\n", problem);
        g_free(problem);
    }
}
