/* report.c
 * What rules do with a finding: make it, cite, say, advise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/report.h"

#include "case/accounts.h"
#include "facts/summary.h"
#include "facts/view.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/rules.h"
#include "judge/signs.h"
#include "judge/topics.h"
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
    finding = adp_finding_new(id, path);
    g_ptr_array_add(r->found, finding);
    g_hash_table_insert(r->by_key, key, finding);
    return finding;
}

void adp_rules_cite(adp_finding *finding, guint32 obs)
{
    if (obs != ADP_NONE) {
        finding->latest = MAX(finding->latest, obs);
        g_array_append_val(finding->evidence, obs);
    }
}

void adp_rules_cite_step(const adp_rules *r, adp_finding *finding, const adp_step *step)
{
    guint32 i;

    /* What was asked, and what was answered; each repetition of what was not answered. */
    adp_rules_cite(finding, step->request != ADP_NONE ? step->request : step->first);
    for (i = step->first; step->reply == ADP_NONE && step->retries && i != ADP_NONE;
         i = adp_model_mark(r->model, i)->next) {
        if (!adp_model_obs(r->model, i)->from_server && !adp_model_mark(r->model, i)->copy) {
            adp_rules_cite(finding, i);
        }
    }
    adp_rules_cite(finding, step->own->netlogon);
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

    if (!finding->recovered_by) {
        finding->unrecovered = finding->severity;
    }
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

void adp_rules_remedy(adp_finding *finding, adp_client client, adp_topic topic, const char *subject)
{
    adp_remedy remedy = {.topic = topic, .subject = g_strdup(subject)};

    finding->remedy_client = client;
    g_array_append_val(finding->remedies, remedy);
}

/* The last step that the evidence is of; NULL when it is of none. */
static const adp_step *last_step_of(const adp_rules *r, const adp_finding *finding)
{
    guint32 last = ADP_NONE;
    guint i;

    for (i = 0; i < finding->evidence->len; i++) {
        guint32 step = adp_model_mark(r->model, g_array_index(finding->evidence, guint32, i))->step;

        if (step != ADP_NONE && (last == ADP_NONE || step > last)) {
            last = step;
        }
    }
    return last == ADP_NONE ? NULL : adp_rules_step(r, last);
}

/* The last step that began before the observation; NULL: none did. Steps are in that order. */
static const adp_step *step_before(const adp_rules *r, guint32 obs)
{
    guint32 low = 0;
    guint32 high = adp_rules_count(r);

    while (low < high) {
        guint32 middle = low + (high - low) / 2;

        if (adp_rules_step(r, middle)->first < obs) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low ? adp_rules_step(r, low - 1) : NULL;
}

/* On what kind of system the commands are to be run, where the rule itself did not say it. */
static void sign_system(const adp_rules *r, adp_finding *finding)
{
    guint32 client = finding->path == ADP_NONE
                         ? ADP_NONE
                         : adp_model_path(r->model, finding->path)->client.address;
    guint32 obs;

    if (client != ADP_NONE && !adp_finding_has_sign(finding, ADP_SIGN_CLIENT_UNIX) &&
        adp_accounts_system(r->accounts, client, &obs) == ADP_SYSTEM_UNIX) {
        adp_rules_sign(finding, ADP_SIGN_CLIENT_UNIX, ADP_NONE);
    }
}

void adp_rules_settle(const adp_rules *r, adp_finding *finding)
{
    const adp_step *last = last_step_of(r, finding);
    const adp_step *by = NULL;
    guint i;

    sign_system(r, finding);

    if (!last) {
        /* Evidence of what is no step: an operation that was refused, for instance. */
        last = finding->evidence->len ? step_before(r, finding->latest) : NULL;
    }
    if (!last) {
        return;
    }
    if (finding->recovered_by && !finding->served &&
        finding->recovered_by < adp_rules_index(r, last) + 1) {
        adp_severity before = finding->unrecovered;

        adp_rules_unrecovered(finding);
        finding->severity = before;
    }
    for (i = 0; !finding->recovered_by && i < finding->remedies->len; i++) {
        const adp_remedy *remedy = &g_array_index(finding->remedies, adp_remedy, i);
        const adp_step *good =
            adp_rules_good(r, finding->remedy_client, remedy->topic, remedy->subject, last);

        by = good && (!by || good->first < by->first) ? good : by;
    }
    if (by) {
        adp_rules_recovered(r, finding, by);
    }
}

void adp_rules_advise(const adp_rules *r, adp_finding *finding, const char *key, ...)
{
    va_list args;

    (void)r;
    g_free(finding->advice);
    finding->advice = g_strdup(key);
    g_array_set_size(finding->values, 0);
    va_start(args, key);
    for (;;) {
        adp_finding_value value = {.name = va_arg(args, const char *)};

        if (!value.name) {
            break;
        }
        value.value = g_strdup(va_arg(args, const char *));
        g_array_append_val(finding->values, value);
    }
    va_end(args);
}

void adp_rules_sign(adp_finding *finding, adp_sign sign, guint32 obs)
{
    const adp_shown_sign shown = {.sign = sign, .obs = obs};

    g_array_append_val(finding->signs, shown);
}
