/* summary.c
 * The sentence that stands for a step, in lists, tables and reports.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/summary.h"

#include "facts/absence.h"
#include "facts/outcome.h"
#include "facts/step_kinds.h"
#include "facts/view.h"
#include "join/model.h"
#include "wire/text.h"

char *adp_summary(const adp_model *model, const adp_view *view)
{
    const adp_step *step = adp_model_step(model, view->step);
    GString *out = g_string_new(NULL);
    char *masked;

    adp_kind_of(step->kind)->say(model, view, out);
    if (view->whole && step->kind != ADP_STEP_HIDDEN && !adp_view_reply(model, view) &&
        !adp_view_netlogon(model, view)) {
        /* How a step failed is said already. */
        if (adp_step_outcome(model, step, FALSE) != ADP_FAILED) {
            adp_silence_say(model, step, out);
        }
    }
    masked = view->mailboxes ? NULL : adp_mask_mailboxes(out->str);
    if (masked) {
        g_string_free(out, TRUE);
        return masked;
    }
    return g_string_free(out, FALSE);
}

const char *adp_summary_result(const char *summary)
{
    const char *p;
    int depth = 0;

    for (p = summary; *p; p++) {
        if (*p == '(') {
            depth++;
        } else if (*p == ')' && depth) {
            depth--;
        } else if (!depth && p[0] == ':' && p[1] == ' ') {
            return p + 2;
        }
    }
    return NULL;
}

char *adp_summary_turned(const char *summary)
{
    const char *result = adp_summary_result(summary);

    return result ? g_strdup_printf("%s - %.*s", result, (int)(result - 2 - summary), summary)
                  : g_strdup(summary);
}
