/* packet_row.c
 * A packet as a row of the packet list: one value for each column, however many steps it has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/packet_row.h"

#include "facts/fields.h"
#include "facts/outcome.h"
#include "facts/summary.h"
#include "facts/view.h"
#include "join/model.h"
#include "show/hf.h"
#include "wire/text.h"

static void add(tvbuff_t *tvb, proto_tree *tree, adp_field field, const char *value)
{
    proto_item *item = proto_tree_add_string(tree, adp_hf(field), tvb, 0, 0, value);

    proto_item_set_generated(item);
    proto_item_set_hidden(item);
}

void adp_packet_row_say(const char *summary, tvbuff_t *tvb, proto_tree *tree)
{
    add(tvb, tree, ADP_F_ROW_SUMMARY, summary);
}

/* The worst first; what is not known yet comes after what went wrong. */
static int badness(adp_outcome outcome)
{
    static const int of[ADP_OUTCOMES] = {[ADP_FAILED] = 5, [ADP_UNANSWERED] = 4, [ADP_PENDING] = 3,
                                         [ADP_HIDDEN] = 2, [ADP_NORMAL] = 1,     [ADP_OK] = 0};

    return of[outcome];
}

static char *took_text(gint64 ns)
{
    double ms = (double)ns / ((double)ADP_NS_PER_S / 1000);

    return ms >= 1000 ? g_strdup_printf("%.1f s", ms / 1000)
           : ms >= 10 ? g_strdup_printf("%.0f ms", ms)
                      : g_strdup_printf("%.1f ms", ms);
}

/* A cell holds the values of all steps, and cuts them at its end: so there is one value for each packet. */
void adp_packet_row(const adp_model *model, const GArray *views, tvbuff_t *tvb, proto_tree *tree)
{
    GString *summary = g_string_new(NULL);
    adp_outcome worst = ADP_OK;
    gint64 longest = -1;
    gint64 time;
    guint i;

    for (i = 0; i < views->len; i++) {
        adp_view view = g_array_index(views, adp_view, i);
        const adp_step *step = adp_model_step(model, view.step);
        adp_outcome outcome = adp_step_outcome(model, step, view.early);
        char *said = adp_summary(model, &view);
        char *turned = adp_summary_turned(said);

        worst = badness(outcome) > badness(worst) ? outcome : worst;
        if (adp_step_time(model, &view, &time)) {
            longest = MAX(longest, time);
        }
        g_string_append_printf(summary, "%s%s", i ? "; " : "", turned);
        g_free(turned);
        g_free(said);
    }
    add(tvb, tree, ADP_F_ROW_SUMMARY, summary->str);
    add(tvb, tree, ADP_F_ROW_OUTCOME, adp_outcome_name(worst));
    if (longest >= 0) {
        char *took = took_text(longest);

        add(tvb, tree, ADP_F_ROW_TOOK, took);
        g_free(took);
    }
    g_string_free(summary, TRUE);
}
