/* html_steps.c
 * The steps of a path as a table of a page.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/html_steps.h"

#include "facts/facts.h"
#include "facts/fields.h"
#include "facts/outcome.h"
#include "facts/view.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/fold_words.h"
#include "judge/folds.h"
#include "log/observation.h"
#include "show/rows.h"
#include "wire/krb_error.h"
#include "wire/text.h"

/* Below this a pause between two steps is not worth a line. */
#define GAP_SHOWN ADP_NS_PER_S

typedef struct {
    adp_page *page;
    adp_analysis *analysis;
    const adp_model *model;
    gint64 start;
    gboolean mailboxes;
} table;

static void begin_table(const table *t, const char *class)
{
    adp_page_raw(t->page, "<table class=\"");
    adp_page_raw(t->page, class);
    adp_page_raw(t->page,
                 "\"><colgroup><col class=\"cn\"/><col class=\"ct\"/><col class=\"cf\"/>"
                 "<col class=\"ck\"/><col class=\"co\"/><col class=\"ct\"/><col class=\"cw\"/>"
                 "</colgroup><thead><tr><th scope=\"col\">step</th>"
                 "<th scope=\"col\">after, s</th><th scope=\"col\">frames</th>"
                 "<th scope=\"col\">kind</th><th scope=\"col\">outcome</th>"
                 "<th scope=\"col\">took, s</th><th scope=\"col\">what happened, and the server"
                 "</th></tr></thead><tbody>\n");
}

/* ---- what an SCP answer holds ---- */

typedef struct {
    const char *type;
    const char *dn;
    const char *binding;
    const char *reason;
    guint32 rank;
} entry;

static void take_fact(entry *e, const adp_fact *fact)
{
    switch (fact->field) {
    case ADP_F_SCP_ENTRY:
        e->type = fact->v.s;
        break;
    case ADP_F_SCP_DN:
        e->dn = fact->v.s;
        break;
    case ADP_F_SCP_BINDING:
        e->binding = e->binding ? e->binding : fact->v.s;
        break;
    case ADP_F_SCP_RANK:
        e->rank = fact->v.u;
        break;
    case ADP_F_SCP_RANK_REASON:
        e->reason = fact->v.s;
        break;
    default:
        break;
    }
}

/* Those without a rank last. */
static gint by_rank(gconstpointer a, gconstpointer b)
{
    guint32 x = ((const entry *)a)->rank - 1;
    guint32 y = ((const entry *)b)->rank - 1;

    return (x > y) - (x < y);
}

static void say_entry(const table *t, const entry *e)
{
    adp_page_raw(t->page, "<li>");
    adp_page_text(t->page, e->type);
    adp_page_raw(t->page, " ");
    adp_page_element(t->page, "code", NULL, e->binding ? e->binding : e->dn);
    if (e->rank) {
        adp_page_rawf(t->page, ", to be tried as no. %u (", e->rank);
        adp_page_text(t->page, e->reason);
        adp_page_raw(t->page, ")");
    }
    adp_page_raw(t->page, "</li>");
}

static void entries(const table *t, guint32 index)
{
    adp_view view = adp_view_whole(t->model, index, t->mailboxes);
    GArray *found = g_array_new(FALSE, TRUE, sizeof(entry));
    adp_facts *facts;
    guint i;

    view.ranks = adp_analysis_ranks(t->analysis);
    facts = adp_facts_new(t->model, &view);
    for (i = 0; i < facts->items->len; i++) {
        const adp_fact *fact = &g_array_index(facts->items, adp_fact, i);

        if (fact->group) {
            g_array_set_size(found, MAX(found->len, fact->group));
            take_fact(&g_array_index(found, entry, fact->group - 1), fact);
        }
    }
    g_array_sort(found, by_rank);
    if (found->len) {
        adp_page_raw(t->page, "<ul class=\"more\">");
        for (i = 0; i < found->len; i++) {
            say_entry(t, &g_array_index(found, entry, i));
        }
        adp_page_raw(t->page, "</ul>");
    }
    g_array_unref(found);
    adp_facts_free(facts);
}

/* ---- a step ---- */

/* What an error code means, and how often the request was repeated. */
static void remarks(const table *t, const adp_step *step)
{
    if (step->kind == ADP_STEP_KERBEROS && step->reply != ADP_NONE) {
        const adp_obs_krb *krb = adp_model_obs(t->model, step->reply)->u.krb;

        if (krb->is_error) {
            adp_page_element(t->page, "div", "more", adp_krb_error_meaning(krb->error));
        }
    }
    if (step->retries) {
        adp_page_rawf(t->page,
                      step->retries == 1 ? "<div class=\"more\">repeated %u time</div>"
                                         : "<div class=\"more\">repeated %u times</div>",
                      step->retries);
    }
}

static void server(const table *t, const adp_step *step, const char *address)
{
    const char *name = adp_model_client_name(t->model, adp_client_at(step->flow.server));

    adp_page_raw(t->page, " <span class=\"at\">");
    adp_page_text(t->page, address);
    if (name) {
        adp_page_raw(t->page, " (");
        adp_page_text(t->page, name);
        adp_page_raw(t->page, ")");
    }
    adp_page_raw(t->page, "</span>");
}

static void frames(const table *t, const adp_step *step, const adp_row *row)
{
    guint32 reply = adp_step_reply_frame(t->model, step);

    adp_page_rawf(t->page, "<td class=\"n\" data-l=\"frames\">%u", row->frame);
    if (reply && reply != row->frame) {
        adp_page_rawf(t->page, ", %u", reply);
    }
    adp_page_raw(t->page, "</td>");
}

static void outcome_cell(const table *t, const char *outcome)
{
    adp_page_raw(t->page, "<td><span class=\"chip ");
    adp_page_text(t->page, outcome);
    adp_page_raw(t->page, "\">");
    adp_page_text(t->page, outcome);
    adp_page_raw(t->page, "</span></td>");
}

static void step_row(const table *t, guint32 index)
{
    const adp_step *step = adp_model_step(t->model, index);
    adp_row row = adp_row_of(t->model, index, t->mailboxes);

    adp_page_rawf(t->page, "<tr id=\"s%u\"><th scope=\"row\">%u</th>", row.n, row.n);
    adp_page_raw(t->page, "<td class=\"n\" data-l=\"after\">");
    adp_page_seconds(t->page, adp_since(adp_model_obs(t->model, step->first)->time, t->start));
    adp_page_raw(t->page, "</td>");
    frames(t, step, &row);
    adp_page_element(t->page, "td", NULL, row.kind);
    outcome_cell(t, row.outcome);
    adp_page_raw(t->page, "<td class=\"n\" data-l=\"took\">");
    if (row.has_took) {
        adp_page_seconds(t->page, row.took);
    } else {
        adp_page_raw(t->page, "-");
    }
    adp_page_raw(t->page, "</td><td class=\"what\">");
    adp_page_text(t->page, row.summary);
    server(t, step, row.server);
    remarks(t, step);
    if (step->kind == ADP_STEP_SCP) {
        entries(t, index);
    }
    adp_page_raw(t->page, "</td></tr>\n");
    adp_row_clear(&row);
}

/* ---- lines ---- */

static void folded(const table *t, const adp_fold *fold)
{
    guint32 first = g_array_index(fold->steps, guint32, 0);
    char *words = adp_fold_words(t->model, fold, t->mailboxes);
    char *places = adp_fold_places(t->model, fold);
    guint i;

    adp_page_rawf(t->page,
                  "<tr class=\"fold\"><td colspan=\"7\"><details><summary><b>%u +%u</b> <span>",
                  first + 1, fold->steps->len - 1);
    adp_page_text(t->page, words);
    adp_page_raw(t->page, " [");
    adp_page_text(t->page, places);
    adp_page_raw(t->page, "]</span></summary>\n");
    begin_table(t, "steps inner");
    for (i = 0; i < fold->steps->len; i++) {
        step_row(t, g_array_index(fold->steps, guint32, i));
    }
    adp_page_raw(t->page, "</tbody></table></details></td></tr>\n");
    g_free(places);
    g_free(words);
}

/* Time without anything pending or begun, before a line. */
static void gap(const table *t, gint64 ns)
{
    if (ns >= GAP_SHOWN) {
        adp_page_raw(t->page, "<tr class=\"gap\"><td colspan=\"7\">");
        adp_page_seconds(t->page, ns);
        adp_page_raw(t->page, " s without a step</td></tr>\n");
    }
}

void adp_html_steps(adp_page *page, adp_analysis *analysis, const GPtrArray *folds, gint64 start,
                    gboolean mailboxes)
{
    table t = {page, analysis, adp_analysis_model(analysis), start, mailboxes};
    guint i;

    begin_table(&t, "steps");
    for (i = 0; i < folds->len; i++) {
        const adp_fold *fold = g_ptr_array_index(folds, i);

        gap(&t, fold->gap);
        if (fold->kind == ADP_FOLD_ALONE) {
            step_row(&t, g_array_index(fold->steps, guint32, 0));
        } else {
            folded(&t, fold);
        }
    }
    adp_page_raw(page, "</tbody></table>\n");
}
