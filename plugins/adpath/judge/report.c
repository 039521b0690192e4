/* report.c
 * What rules do with a finding: make it, cite, say, advise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/report.h"

#include "advise/advice.h"
#include "advise/advice_fill.h"
#include "facts/facts.h"
#include "facts/summary.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/rules.h"
#include "log/observation.h"

adp_finding *adp_rules_find(adp_rules *r, adp_finding_id id, guint32 path, const char *subject)
{
    char *text = g_strdup_printf("%u|%d|%s", path, (int)id, subject ? subject : "");
    char *key = g_ascii_strdown(text, -1);
    adp_finding *finding = g_hash_table_lookup(r->by_key, key);

    g_free(text);
    if (finding) {
        g_free(key);
        return finding;
    }
    finding = g_new0(adp_finding, 1);
    finding->id = id;
    finding->severity = adp_finding_get(id)->severity;
    finding->path = path;
    finding->causes = g_ptr_array_new_with_free_func(g_free);
    finding->check = g_ptr_array_new_with_free_func(g_free);
    finding->evidence = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_ptr_array_add(r->found, finding);
    g_hash_table_insert(r->by_key, key, finding);
    return finding;
}

void adp_rules_cite(adp_finding *finding, guint32 obs)
{
    if (obs != ADP_NONE) {
        g_array_append_val(finding->evidence, obs);
    }
}

void adp_rules_cite_step(const adp_rules *r, adp_finding *finding, const adp_step *step)
{
    (void)r;
    /* What was asked, and what was answered. */
    adp_rules_cite(finding, step->request != ADP_NONE ? step->request : step->first);
    adp_rules_cite(finding, step->netlogon);
    adp_rules_cite(finding, step->reply);
}

void adp_rules_cite_group(const adp_rules *r, adp_finding *finding, const adp_group *group)
{
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        adp_rules_cite_step(r, finding, g_ptr_array_index(group->steps, i));
    }
}

static void set_text(char **text, const char *format, va_list args)
{
    g_free(*text);
    *text = g_strdup_vprintf(format, args);
}

void adp_rules_summary(adp_finding *finding, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_text(&finding->summary, format, args);
    va_end(args);
}

void adp_rules_observed(adp_finding *finding, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_text(&finding->observed, format, args);
    va_end(args);
}

void adp_rules_inferred(adp_finding *finding, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_text(&finding->inferred, format, args);
    va_end(args);
}

char *adp_rules_where(const adp_rules *r, const adp_step *step)
{
    return g_strdup_printf("step %u (frame %u)", adp_rules_index(r, step) + 1,
                           adp_model_obs(r->model, step->first)->frame);
}

void adp_rules_recovered(const adp_rules *r, adp_finding *finding, const adp_step *by)
{
    adp_view view = adp_view_whole(r->model, adp_rules_index(r, by), r->mailboxes);
    char *where = adp_rules_where(r, by);
    char *summary = adp_summary(r->model, &view);

    finding->severity = ADP_SEVERITY_NOTE;
    finding->recovered_by = adp_rules_index(r, by) + 1;
    g_free(finding->recovery);
    finding->recovery = g_strdup_printf("%s: %s", where, summary);
    g_free(summary);
    g_free(where);
}

void adp_rules_unrecovered(adp_finding *finding)
{
    finding->severity = adp_finding_get(finding->id)->severity;
    finding->recovered_by = 0;
    g_clear_pointer(&finding->recovery, g_free);
}

void adp_rules_advise(const adp_rules *r, adp_finding *finding, const char *key, ...)
{
    const adp_advice *advice = adp_advice_find(key);
    adp_advice_values values = {.mailboxes = r->mailboxes};
    va_list args;
    guint i;

    va_start(args, key);
    while (values.count < ADP_ADVICE_VALUES) {
        const char *name = va_arg(args, const char *);

        if (!name) {
            break;
        }
        values.pairs[values.count].name = name;
        values.pairs[values.count].value = va_arg(args, const char *);
        values.count++;
    }
    va_end(args);
    g_ptr_array_set_size(finding->causes, 0);
    g_ptr_array_set_size(finding->check, 0);
    for (i = 0; advice && advice->causes[i]; i++) {
        g_ptr_array_add(finding->causes, g_strdup(advice->causes[i]));
    }
    for (i = 0; advice && advice->checks[i]; i++) {
        g_ptr_array_add(finding->check, adp_advice_fill(advice->checks[i], &values));
    }
}

void adp_rules_rule_out(adp_finding *finding, const char *cause)
{
    guint i;

    if (g_ptr_array_find_with_equal_func(finding->causes, cause, g_str_equal, &i)) {
        g_ptr_array_remove_index(finding->causes, i);
    }
}
