/* taps.c
 * The reports behind -z adpath,...
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "judge/analysis.h"
#include "session.h"
#include "show/about.h"
#include "show/compare.h"
#include "show/decrypt.h"
#include "show/explain.h"
#include "show/hits.h"
#include "show/html.h"
#include "show/json.h"
#include "show/markdown.h"
#include "show/ndjson.h"
#include "show/packet_window.h"
#include "show/report.h"
#include "show/report_names.h"
#include "show/report_window.h"
#include "show/rows.h"
#include "show/sink.h"
#include "show/srt.h"
#include "show/tap_data.h"
#include "show/taps.h"
#include "show/terminal.h"
#include "show/text_window.h"
#include "show/tree.h"
#include "show/wrap.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *name; /* behind "adpath," */
    adp_reporter report;
} report_kind;

static const report_kind kinds[] = {
    {"path", adp_report},         {"json", adp_json},       {"steps", adp_rows_text},
    {"tsv", adp_rows_tsv},        {"tree", adp_tree_text},  {"srt", adp_srt_text},
    {"markdown", adp_markdown},   {"decrypt", adp_decrypt}, {"about", adp_about},
    {"stages", adp_report_short}, {"html", adp_html},       {"ndjson", adp_ndjson},
    {"verdict", adp_report_word},
};

typedef struct {
    adp_reporter report; /* NULL: explains a frame, or compares */
    guint32 frame;
    adp_other_capture *other; /* owned: to compare with; NULL: explains a frame */
    adp_hits *hits;           /* owned */
} tap_run;

static void tap_reset(void *data)
{
    adp_hits_reset(((tap_run *)data)->hits);
}

static tap_packet_status tap_packet(void *data, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                    const void *tapped, tap_flags_t flags _U_)
{
    adp_hits_add(((tap_run *)data)->hits, adp_tap_first(tapped));
    return TAP_PACKET_DONT_REDRAW;
}

/* A terminal that shows no UTF-8 gets a question mark for each letter beyond ASCII. */
static void make_ascii(GString *out)
{
    GString *plain = g_string_sized_new(out->len);
    const char *p;

    for (p = out->str; *p; p = g_utf8_next_char(p)) {
        g_string_append_c(plain, g_utf8_get_char(p) < 0x80 ? *p : '?');
    }
    g_string_assign(out, plain->str);
    g_string_free(plain, TRUE);
}

/* Programs read these as they are: JSON is UTF-8 by its own standard, and the page says that it is. */
typedef void (*adp_writer)(adp_analysis *analysis, const adp_selection *selection,
                           gboolean mailboxes, adp_sink sink, void *data);

static void to_output(const char *piece, gsize len, void *data _U_)
{
    (void)fwrite(piece, 1, len, stdout);
}

/* What was asked for is not there: tshark ends with this status once all reports are written. */
static gboolean has_failed;

static void end_in_failure(void)
{
    if (has_failed) {
        (void)fflush(stdout);
        exit(1);
    }
}

static void draw_text(const tap_run *run, adp_analysis *analysis, const adp_selection *selection)
{
    GString *out = g_string_new(NULL);
    gboolean is_plain = !run->report || run->report == adp_report ||
                        run->report == adp_report_short || run->report == adp_decrypt ||
                        run->report == adp_about;

    if (is_plain) {
        adp_report_set_terminal(adp_terminal_columns());
    }
    if (run->report) {
        run->report(analysis, selection, adp_shows_mailboxes(), out);
    } else if (run->other) {
        adp_compare_text(analysis, run->other, adp_shows_mailboxes(), out);
    } else if (!adp_explain(analysis, run->frame, adp_shows_mailboxes(), out)) {
        (void)fprintf(stderr, "adpath: %s", out->str);
        has_failed = TRUE;
        g_string_truncate(out, 0);
    }
    if (!g_get_charset(NULL) && g_utf8_validate(out->str, (gssize)out->len, NULL)) {
        make_ascii(out);
    }
    if (is_plain) {
        adp_report_set_width(0);
        adp_terminal_colour(out);
    }
    to_output(out->str, out->len, NULL);
    g_string_free(out, TRUE);
}

static void write_html(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                       adp_sink sink, void *data)
{
    adp_html_write(analysis, selection, mailboxes, NULL, sink, data);
}

/*
 * What programs read can be much longer than the capture: no more than a piece of it is kept. NULL: the
 * report is for people, and made as a whole.
 */
static adp_writer writer_of(adp_reporter report)
{
    return report == adp_json       ? adp_json_write
           : report == adp_ndjson   ? adp_ndjson_write
           : report == adp_rows_tsv ? adp_rows_tsv_write
           : report == adp_html     ? write_html
                                    : NULL;
}

static void tap_draw(void *data)
{
    const tap_run *run = data;
    adp_analysis *analysis = adp_current_analysis();
    adp_selection selection;

    if (!adp_analyses()) {
        (void)fputs("adpath: the analysis is switched off (preference adpath.analysis), so this "
                    "report is empty\n",
                    stderr);
    }
    if (!analysis) {
        return;
    }
    selection = adp_hits_selection(run->hits, analysis);
    if (writer_of(run->report)) {
        writer_of(run->report)(analysis, &selection, adp_shows_mailboxes(), to_output, NULL);
    } else {
        draw_text(run, analysis, &selection);
    }
    (void)fflush(stdout);
    if (selection.paths) {
        g_hash_table_unref(selection.paths);
    }
}

static void tap_finish(void *data)
{
    tap_run *run = data;

    adp_hits_free(run->hits);
    adp_other_capture_free(run->other);
    g_free(run);
}

/* tshark's and Wireshark's way with a wrong option: one line, status 1. */
static void refuse(const char *arg, const char *reason)
{
    char *safe_arg = g_strescape(arg, NULL);
    char *safe_reason = g_strescape(reason, "\"\\");

    (void)fprintf(stderr, "adpath: \"-z %s\": %s; " ADP_REPORT_USAGE "\n", safe_arg, safe_reason);
    exit(1);
}

/* The option is right, and the file that it names is not. */
static void refuse_file(const char *arg, const char *problem)
{
    char *safe_arg = g_strescape(arg, NULL);
    char *safe_problem = g_strescape(problem, "\"\\");

    (void)fprintf(stderr, "adpath: \"-z %s\": the file %s\n", safe_arg, safe_problem);
    exit(1);
}

/* The report is right, and its filter is not. */
static void refuse_filter(const char *arg, const char *filter, const char *reason)
{
    char *safe_arg = g_strescape(arg, NULL);
    char *safe_filter = g_strescape(filter ? filter : "", "\"\\");
    char *safe_reason = g_strescape(reason, "\"\\");

    (void)fprintf(
        stderr, "adpath: \"-z %s\": what stands behind the report, %s, is no display filter: %s\n",
        safe_arg, safe_filter, safe_reason);
    exit(1);
}

void adp_taps_start(const char *arg, adp_reporter report, const char *filter)
{
    tap_run *run = g_new0(tap_run, 1);
    GString *error;

    run->report = report;
    run->hits = adp_hits_new(filter == NULL);
    error = register_tap_listener(ADPATH_TAP_NAME, run, filter, TL_REQUIRES_NOTHING, tap_reset,
                                  tap_packet, tap_draw, tap_finish);
    if (error) {
        refuse_filter(arg, filter, error->str);
    }
}

static adp_stat_started start_report(const char *arg, void *data)
{
    const report_kind *kind = data;
    const char *rest = arg + strlen("adpath,") + strlen(kind->name);
    const char *filter = NULL;

    if (*rest == ',' && rest[1]) {
        filter = rest + 1;
    } else if (*rest && *rest != ',') {
        refuse(arg, "no such report");
    }
    if (adp_gui_is_there()) {
        adp_gui_open_report(kind->report, filter);
    } else {
        adp_taps_start(arg, kind->report, filter);
    }
    ADP_RETURN_STARTED;
}

/* "adpath,explain,31" */
static adp_stat_started start_explain(const char *arg, void *data _U_)
{
    const char *number = arg + strlen("adpath,explain");
    guint64 frame = 0;
    tap_run *run;
    GString *error;

    if (*number++ != ',' || !g_ascii_string_to_unsigned(number, 10, 1, G_MAXUINT32, &frame, NULL)) {
        refuse(arg, "explain needs the number of a frame");
    }
    if (adp_gui_is_there()) {
        adp_packet_window((guint32)frame);
        ADP_RETURN_STARTED;
    }
    run = g_new0(tap_run, 1);
    run->frame = (guint32)frame;
    run->hits = adp_hits_new(TRUE);
    error = register_tap_listener(ADPATH_TAP_NAME, run, NULL, TL_REQUIRES_NOTHING, tap_reset,
                                  tap_packet, tap_draw, tap_finish);
    if (error) {
        refuse(arg, error->str);
    }
    ADP_RETURN_STARTED;
}

/* "adpath,compare,good.json"; the name may hold commas. */
static adp_stat_started start_compare(const char *arg, void *data _U_)
{
    const char *name = arg + strlen("adpath,compare");
    char *problem = NULL;
    adp_other_capture *other;
    tap_run *run;
    GString *error;

    if (*name && *name != ',') {
        refuse(arg, "no such report");
    }
    if (!*name || !*++name) {
        refuse(arg, "compare needs the name of a file");
    }
    if (adp_gui_is_there()) {
        adp_compare_choose(name);
        adp_gui_show(ADP_COMPARE_TITLE, adp_compare_write, 0);
        ADP_RETURN_STARTED;
    }
    other = adp_other_capture_open(name, &problem);
    if (!other) {
        refuse_file(arg, problem);
    }
    run = g_new0(tap_run, 1);
    run->other = other;
    run->hits = adp_hits_new(TRUE);
    error = register_tap_listener(ADPATH_TAP_NAME, run, NULL, TL_REQUIRES_NOTHING, tap_reset,
                                  tap_packet, tap_draw, tap_finish);
    if (error) {
        refuse(arg, error->str);
    }
    ADP_RETURN_STARTED;
}

static adp_stat_started start_nothing(const char *arg, void *data _U_)
{
    refuse(arg, "no such report");
    ADP_RETURN_STARTED;
}

static void register_report(const char *cli, stat_tap_init_cb init, const void *data)
{
    stat_tap_ui ui = {.group = REGISTER_STAT_GROUP_GENERIC, .cli_string = cli, .tap_init_cb = init};

    register_stat_tap_ui(&ui, (void *)data);
}

void adp_taps_register(void)
{
    guint i;

    register_shutdown_routine(end_in_failure);
    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        char *cli = g_strdup_printf("adpath,%s", kinds[i].name);

        /* Ours come first, so that tshark's own drawing of the table and the tree does not. */
        register_report(cli, start_report, &kinds[i]);
        g_free(cli);
    }
    register_report("adpath,explain", start_explain, NULL);
    register_report("adpath,compare", start_compare, NULL);
    /* Shorter names are tried last: this one catches what is none of the above. */
    register_report("adpath", start_nothing, NULL);
}
