/* html_ladder.c
 * The drawing of a path: its client and servers as columns, its steps as arrows between them.
 *
 * Each line is a drawing of its own, as high as a line: so paper breaks between lines, and a page of
 * any length is written line by line. Colours and fonts are in the style sheet; nothing refers to
 * anything outside.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/html_ladder.h"

#include "facts/outcome.h"
#include "facts/step_stage.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/stages.h"
#include "log/observation.h"
#include "show/html_fold.h"
#include "show/rows.h"
#include "show/verdict.h"
#include "wire/ports.h"
#include "wire/text.h"

/* Measures, in pixels of the screen. */
#define LEFT       150 /* where the client's line is */
#define RIGHT      84  /* behind the last column: what is written there */
#define LEAST      900 /* the drawing is no narrower */
#define MOST_SPACE 190 /* between columns */
#define SPACE      124
#define HEIGHT     40
#define LETTER     6.3 /* the width of one, on average */

/* Below this a pause between two steps is not worth a line. */
#define GAP_SHOWN ADP_NS_PER_S

typedef enum {
    ROLE_DNS,
    ROLE_DIRECTORY,
    ROLE_KDC,
    ROLE_ENDPOINT,
    ROLES
} lane_role;

static const char *const role_names[ROLES] = {"DNS", "controllers", "KDC", "endpoints"};

typedef struct {
    guint32 server; /* address */
    lane_role role;
} lane;

typedef struct {
    adp_page *page;
    adp_analysis *analysis;
    const adp_model *model;
    const adp_path *path;
    gboolean mailboxes;
    GArray *lanes;      /* of lane, by role */
    GHashTable *beyond; /* servers without a column of their own: the last column is theirs */
    guint space;        /* between columns */
    guint width;
    gint64 start;    /* of the path */
    GArray *notices; /* of adp_finding *, by their last evidence */
} ladder;

/* ---- columns ---- */

static lane_role role_of_stage(adp_stage stage)
{
    switch (stage) {
    case ADP_STAGE_SIGN_IN:
        return ROLE_KDC;
    case ADP_STAGE_REACH:
    case ADP_STAGE_AUTODISCOVER:
        return ROLE_ENDPOINT;
    default:
        return ROLE_DIRECTORY;
    }
}

static lane lane_of_step(const adp_model *model, const adp_step *step)
{
    lane where = {.server = step->flow.server, .role = ROLE_DNS};

    if (step->kind != ADP_STEP_SRV && step->kind != ADP_STEP_ADDRESS) {
        where.role = role_of_stage(adp_step_stage(model, step));
    }
    return where;
}

static lane lane_of_flow(const adp_flow *flow)
{
    lane where = {.server = flow->server, .role = ROLE_DNS};

    if (!adp_port_is_dns(flow->server_port)) {
        where.role = role_of_stage(adp_flow_stage(flow));
    }
    return where;
}

/* Of evidence that is no step: a connection that was tried, or a message on one. */
static const adp_obs *beside_steps(const ladder *l, const adp_finding *finding)
{
    guint32 last = finding->evidence->len
                       ? g_array_index(finding->evidence, guint32, finding->evidence->len - 1)
                       : ADP_NONE;

    if (last == ADP_NONE || adp_model_mark(l->model, last)->step != ADP_NONE ||
        adp_model_obs(l->model, last)->flow.client != l->path->client.address) {
        return NULL;
    }
    return adp_model_obs(l->model, last);
}

/* How many columns there are beside the client's. */
static guint columns_of(const ladder *l)
{
    return l->lanes->len + (g_hash_table_size(l->beyond) ? 1 : 0);
}

static guint find_lane(const ladder *l, lane where)
{
    guint i;

    for (i = 0; i < l->lanes->len; i++) {
        const lane *at = &g_array_index(l->lanes, lane, i);

        if (at->server == where.server && at->role == where.role) {
            return i;
        }
    }
    return l->lanes->len;
}

/* Behind the last of its role. */
static void add_lane(ladder *l, lane where)
{
    guint at = 0;

    if (find_lane(l, where) < l->lanes->len) {
        return;
    }
    if (l->lanes->len == ADP_LADDER_SERVERS) {
        g_hash_table_add(l->beyond, GUINT_TO_POINTER(where.server * ROLES + (guint)where.role));
        return;
    }
    while (at < l->lanes->len && g_array_index(l->lanes, lane, at).role <= where.role) {
        at++;
    }
    g_array_insert_val(l->lanes, at, where);
}

static void find_lanes(ladder *l, const GArray *folds)
{
    guint columns;
    guint i;

    for (i = 0; i < folds->len && i < ADP_LADDER_LINES; i++) {
        guint place = g_array_index(folds, adp_fold, i).first;

        add_lane(l, lane_of_step(
                        l->model,
                        adp_model_step(l->model, g_array_index(l->path->steps, guint32, place))));
    }
    for (i = 0; i < l->notices->len && i < ADP_LADDER_LINES; i++) {
        const adp_obs *obs = beside_steps(l, g_array_index(l->notices, adp_finding *, i));

        if (obs) {
            add_lane(l, lane_of_flow(&obs->flow));
        }
    }
    columns = MAX(columns_of(l), 1);
    l->space = CLAMP((LEAST - LEFT - RIGHT) / columns, SPACE, MOST_SPACE);
    l->width = MAX(LEAST, LEFT + columns * l->space + RIGHT);
}

static guint x_of(const ladder *l, lane where)
{
    return LEFT + (find_lane(l, where) + 1) * l->space;
}

/* ---- drawing ---- */

static void begin_line(const ladder *l, guint height)
{
    adp_page_rawf(l->page,
                  "<tr><td><svg role=\"img\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\">"
                  "<title>",
                  l->width, height, l->width, height);
}

/* The title is written; now the lines of life that all others lie over. */
static void end_title(const ladder *l, guint height, const char *class)
{
    guint i;

    adp_page_raw(l->page, "</title>");
    for (i = 0; i <= columns_of(l); i++) {
        adp_page_raw(l->page, "<line class=\"");
        adp_page_raw(l->page, class);
        adp_page_rawf(l->page, "\" x1=\"%u\" y1=\"0\" x2=\"%u\" y2=\"%u\"/>", LEFT + i * l->space,
                      LEFT + i * l->space, height);
    }
}

static void end_line(const ladder *l)
{
    adp_page_raw(l->page, "</svg></td></tr>\n");
}

/* "0.44 ms": near an arrow there is no room for more. */
static void rounded(const ladder *l, gint64 ns)
{
    guint64 us = (guint64)MAX(ns, 0) / 1000;

    if (us < 1000) {
        adp_page_rawf(l->page, "%u \xc2\xb5s", (guint)us);
    } else if (us < 1000000) {
        adp_page_rawf(l->page, "%u.%u ms", (guint)(us / 1000), (guint)(us / 100 % 10));
    } else {
        adp_page_rawf(l->page, "%" G_GUINT64_FORMAT ".%02u s", us / 1000000,
                      (guint)(us / 10000 % 100));
    }
}

static void arrow(const ladder *l, const char *class, guint from, guint to, guint y)
{
    int back = to > from ? -7 : 7;

    adp_page_raw(l->page, "<g class=\"arrow ");
    adp_page_raw(l->page, class);
    adp_page_rawf(l->page,
                  "\"><line x1=\"%u\" y1=\"%u\" x2=\"%u\" y2=\"%u\"/>"
                  "<path d=\"M%u %u l%d -4 v8 z\"/></g>",
                  from, y, to, y, to, y, back);
}

/* It leads to nothing: a cross before the column. */
static void vain_arrow(const ladder *l, const char *class, guint to, guint y)
{
    adp_page_raw(l->page, "<g class=\"arrow ");
    adp_page_raw(l->page, class);
    adp_page_rawf(l->page,
                  "\"><line x1=\"%u\" y1=\"%u\" x2=\"%u\" y2=\"%u\"/>"
                  "<path class=\"cross\" d=\"M%u %u l9 9 m0 -9 l-9 9\"/></g>",
                  LEFT, y, to - 14, y, to - 13, y - 4);
}

static void label(const ladder *l, const char *class, const char *text, guint x, guint y)
{
    adp_page_raw(l->page, "<text class=\"");
    adp_page_raw(l->page, class);
    adp_page_rawf(l->page, "\" x=\"%u\" y=\"%u\">", x, y);
    adp_page_short(l->page, text, (guint)((l->width - x - 4) / LETTER));
    adp_page_raw(l->page, "</text>");
}

/* ---- the head ---- */

static void lane_head(const ladder *l, guint x, const char *name, const char *address)
{
    guint room = (guint)((l->space - 6) / LETTER);

    adp_page_rawf(l->page, "<text class=\"who\" x=\"%u\" y=\"36\">", x);
    adp_page_short(l->page, name ? name : address, room);
    adp_page_rawf(l->page, "</text>");
    if (name) {
        adp_page_rawf(l->page, "<text class=\"where\" x=\"%u\" y=\"51\">", x);
        adp_page_short(l->page, address, room);
        adp_page_raw(l->page, "</text>");
    }
}

/* The role, over all of its columns. */
static void role_head(const ladder *l, lane_role role)
{
    guint first = l->lanes->len;
    guint last = 0;
    guint i;

    for (i = 0; i < l->lanes->len; i++) {
        if (g_array_index(l->lanes, lane, i).role == role) {
            first = MIN(first, i);
            last = i;
        }
    }
    if (first == l->lanes->len) {
        return;
    }
    adp_page_rawf(l->page, "<text class=\"role\" x=\"%u\" y=\"14\">",
                  LEFT + l->space * (first + last + 2) / 2);
    adp_page_text(l->page, role_names[role]);
    adp_page_rawf(l->page, "</text><line class=\"span\" x1=\"%u\" y1=\"20\" x2=\"%u\" y2=\"20\"/>",
                  LEFT + l->space * (first + 1) - l->space / 2 + 8,
                  LEFT + l->space * (last + 1) + l->space / 2 - 8);
}

static void head_title(const ladder *l)
{
    guint i;

    adp_page_raw(l->page, "Columns, from the left: the client");
    for (i = 0; i < l->lanes->len; i++) {
        const lane *at = &g_array_index(l->lanes, lane, i);
        const char *name = adp_model_client_name(l->model, adp_client_at(at->server));

        adp_page_raw(l->page, "; ");
        adp_page_text(l->page, role_names[at->role]);
        adp_page_raw(l->page, " ");
        adp_page_text(l->page, adp_model_address_text(l->model, at->server));
        if (name) {
            adp_page_raw(l->page, " (");
            adp_page_text(l->page, name);
            adp_page_raw(l->page, ")");
        }
    }
}

static void head(const ladder *l)
{
    adp_client client = l->path->client;
    guint i;

    adp_page_rawf(l->page,
                  "<thead><tr><th scope=\"col\"><svg role=\"img\" width=\"%u\" height=\"60\" "
                  "viewBox=\"0 0 %u 60\"><title>",
                  l->width, l->width);
    head_title(l);
    adp_page_raw(l->page,
                 "</title><desc>Each line below is a step: an arrow from the client to the "
                 "server that was asked, and back with the answer.</desc>");
    adp_page_rawf(l->page, "<text class=\"role\" x=\"%u\" y=\"14\">client</text>", LEFT);
    adp_page_raw(l->page, "<text class=\"axis\" x=\"30\" y=\"51\">step</text>"
                          "<text class=\"axis\" x=\"106\" y=\"51\">seconds</text>");
    lane_head(l, LEFT, adp_model_client_name(l->model, client),
              adp_model_address_text(l->model, client.address));
    for (i = 0; i < ROLES; i++) {
        role_head(l, (lane_role)i);
    }
    for (i = 0; i < l->lanes->len; i++) {
        const lane *at = &g_array_index(l->lanes, lane, i);

        lane_head(l, LEFT + (i + 1) * l->space,
                  adp_model_client_name(l->model, adp_client_at(at->server)),
                  adp_model_address_text(l->model, at->server));
    }
    if (columns_of(l) > l->lanes->len) {
        lane_head(l, LEFT + (i + 1) * l->space, "other servers", "see the steps");
    }
    adp_page_raw(l->page, "</svg></th></tr></thead>\n<tbody>\n");
}

/* ---- lines ---- */

/* The words under the arrow's end: what came of the step. */
static void result(const ladder *l, const adp_row *row, adp_outcome outcome, guint x)
{
    adp_page_rawf(l->page, "<text class=\"took\" x=\"%u\" y=\"34\">", x + 6);
    if (outcome != ADP_OK) {
        adp_page_text(l->page, row->outcome);
        adp_page_raw(l->page, row->has_took ? " " : "");
    }
    if (row->has_took) {
        rounded(l, row->took);
    }
    adp_page_raw(l->page, "</text>");
}

static void arrows(const ladder *l, const adp_step *step, const adp_row *row, adp_outcome outcome)
{
    guint x = x_of(l, lane_of_step(l->model, step));

    if (step->reply == ADP_NONE && (outcome == ADP_UNANSWERED || outcome == ADP_PENDING)) {
        vain_arrow(l, row->outcome, x, 25);
    } else {
        arrow(l, row->outcome, LEFT, x, 23);
        arrow(l, row->outcome, x, LEFT, 32);
    }
    result(l, row, outcome, x);
}

/* "3" or "3-7", and when it began. */
static void margin(const ladder *l, const adp_row *row, guint count, gint64 after)
{
    adp_page_raw(l->page, "<text class=\"axis\" x=\"30\" y=\"14\">");
    adp_page_rawf(l->page, "%u", row->n);
    adp_page_raw(l->page, count > 1 ? "\xe2\x80\xa6</text>" : "</text>");
    adp_page_raw(l->page, "<text class=\"axis\" x=\"106\" y=\"14\">");
    adp_page_seconds(l->page, after);
    adp_page_raw(l->page, "</text>");
}

static void step_line(const ladder *l, const adp_fold *fold)
{
    guint32 index = g_array_index(l->path->steps, guint32, fold->first);
    const adp_step *step = adp_model_step(l->model, index);
    adp_row row = adp_row_of(l->model, index, l->mailboxes);
    adp_outcome outcome = adp_step_outcome(l->model, step, FALSE);
    gint64 after = adp_since(adp_model_obs(l->model, step->first)->time, l->start);
    char *text = fold->what
                     ? g_strdup_printf("%u %s, first %s", fold->count, fold->what, row.summary)
                     : g_strdup(row.summary);

    begin_line(l, HEIGHT);
    adp_page_rawf(l->page, "Step %u, ", row.n);
    adp_page_seconds(l->page, after);
    adp_page_raw(l->page, " s after the start, ");
    adp_page_text(l->page, row.outcome);
    adp_page_rawf(l->page, ", frame %u: ", row.frame);
    adp_page_text(l->page, text);
    end_title(l, HEIGHT, "life");
    margin(l, &row, fold->count, after);
    arrows(l, step, &row, outcome);
    label(l, "said", text, LEFT + 8, 14);
    end_line(l);
    g_free(text);
    adp_row_clear(&row);
}

static void pause_line(const ladder *l, gint64 ns)
{
    begin_line(l, 24);
    adp_page_seconds(l->page, ns);
    adp_page_raw(l->page, " s without a step");
    end_title(l, 24, "life idle");
    adp_page_rawf(l->page, "<text class=\"pause\" x=\"%u\" y=\"16\">", LEFT + 8);
    adp_page_seconds(l->page, ns);
    adp_page_raw(l->page, " s without a step</text>");
    end_line(l);
}

/* A finding, where its last evidence lies. */
static void notice_line(const ladder *l, const adp_finding *finding)
{
    const char *severity = adp_severity_name(finding->severity);
    const adp_obs *obs = beside_steps(l, finding);
    char *text = g_strdup_printf("%s: %s", severity, finding->summary);
    guint height = obs ? HEIGHT + 4 : 28;

    begin_line(l, height);
    adp_page_text(l->page, text);
    end_title(l, height, "life");
    adp_page_raw(l->page, "<g class=\"notice ");
    adp_page_raw(l->page, severity);
    adp_page_rawf(l->page, "\"><rect x=\"%u\" y=\"3\" width=\"%u\" height=\"20\" rx=\"4\"/>",
                  LEFT + 2, l->width - LEFT - 6);
    label(l, "found", text, LEFT + 10, 17);
    adp_page_raw(l->page, "</g>");
    if (obs) {
        char *frames = adp_report_frames(l->model, finding->evidence);
        guint x = x_of(l, lane_of_flow(&obs->flow));

        adp_page_raw(l->page, "<text class=\"axis\" x=\"106\" y=\"37\">");
        adp_page_seconds(l->page, adp_since(obs->time, l->start));
        adp_page_raw(l->page, "</text>");
        vain_arrow(l, severity, x, 33);
        label(l, "took", frames, x + 6, 37);
        g_free(frames);
    }
    end_line(l);
    g_free(text);
}

/* ---- the whole ---- */

static guint32 last_of(const adp_finding *finding)
{
    return finding->evidence->len
               ? g_array_index(finding->evidence, guint32, finding->evidence->len - 1)
               : 0;
}

static gint by_last_evidence(gconstpointer a, gconstpointer b)
{
    guint32 x = last_of(*(adp_finding *const *)a);
    guint32 y = last_of(*(adp_finding *const *)b);

    return (x > y) - (x < y);
}

/* Findings whose evidence ends before the observation; `*next` is the first that is not drawn. */
static void notices_before(const ladder *l, guint *next, guint32 obs)
{
    while (*next < l->notices->len &&
           last_of(g_array_index(l->notices, adp_finding *, *next)) < obs) {
        notice_line(l, g_array_index(l->notices, adp_finding *, *next));
        (*next)++;
    }
}

static void draw(const ladder *l, const GArray *folds)
{
    gint64 before = l->start;
    guint notice = 0;
    guint i;
    guint s;

    for (i = 0; i < folds->len && i < ADP_LADDER_LINES; i++) {
        const adp_fold *fold = &g_array_index(folds, adp_fold, i);
        const adp_step *step =
            adp_model_step(l->model, g_array_index(l->path->steps, guint32, fold->first));
        gint64 time = adp_model_obs(l->model, step->first)->time;

        notices_before(l, &notice, step->first);
        if (adp_since(time, before) >= GAP_SHOWN) {
            pause_line(l, adp_since(time, before));
        }
        step_line(l, fold);
        for (s = 0; s < fold->count; s++) {
            step =
                adp_model_step(l->model, g_array_index(l->path->steps, guint32, fold->first + s));
            before = MAX(before, adp_model_obs(l->model, step->last)->time);
        }
    }
    if (i == folds->len) {
        notices_before(l, &notice, ADP_NONE);
    }
}

static void not_drawn(const ladder *l, const GArray *folds)
{
    if (folds->len > ADP_LADDER_LINES) {
        guint rest = l->path->steps->len - g_array_index(folds, adp_fold, ADP_LADDER_LINES).first;

        adp_page_rawf(l->page,
                      "<p class=\"limit\">The drawing ends here: %u later steps are not drawn. The "
                      "steps below have all of them.</p>\n",
                      rest);
    }
    if (g_hash_table_size(l->beyond)) {
        adp_page_rawf(l->page,
                      "<p class=\"limit\">%u more servers share the last column, <q>other "
                      "servers</q>.</p>\n",
                      g_hash_table_size(l->beyond));
    }
}

void adp_html_ladder(adp_page *page, adp_analysis *analysis, guint32 path, const GArray *folds,
                     gboolean mailboxes)
{
    const adp_model *model = adp_analysis_model(analysis);
    ladder l = {.page = page,
                .analysis = analysis,
                .model = model,
                .path = adp_model_path(model, path),
                .mailboxes = mailboxes,
                .lanes = g_array_new(FALSE, FALSE, sizeof(lane)),
                .beyond = g_hash_table_new(NULL, NULL),
                .notices = g_array_new(FALSE, FALSE, sizeof(adp_finding *))};
    guint count;
    adp_finding *const *found = adp_findings_of_path(analysis, path, mailboxes, &count);
    gint64 end;

    adp_path_span(model, path, &l.start, &end);
    g_array_append_vals(l.notices, found, count);
    g_array_sort(l.notices, by_last_evidence);
    find_lanes(&l, folds);
    adp_page_raw(page, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                       "aria-label=\"The drawing of the path\">\n"
                       "<table class=\"ladder\" role=\"presentation\">\n");
    head(&l);
    draw(&l, folds);
    adp_page_raw(page, "</tbody></table></div>\n");
    not_drawn(&l, folds);
    g_array_unref(l.lanes);
    g_hash_table_unref(l.beyond);
    g_array_unref(l.notices);
}
