/* stages.c
 * A path in six lines.
 *
 * At each moment the client is at the stage of what it began last. So the times of the stages add up
 * to that of the path, also where a client does several things at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/stages.h"

#include "facts/outcome.h"
#include "facts/outcomes.h"
#include "facts/stage.h"
#include "facts/step_stage.h"
#include "join/attempts.h"
#include "join/ldap_ops.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/path_time.h"
#include "judge/timeline.h"
#include "judge/waits.h"
#include "log/observation.h"
#include "wire/count.h"
#include "wire/sorted.h"
#include "wire/text.h"

const char *adp_stage_outcome_name(adp_stage_outcome outcome)
{
    static const char *const names[] = {"not seen", "ok", "failed", "hidden"};

    return names[outcome];
}

/* ---- which stage ---- */

static adp_stage stage_of(const adp_model *model, const adp_begun *begun)
{
    if (begun->step != ADP_NONE) {
        return adp_step_stage(model, adp_model_step(model, begun->step));
    }
    if (begun->attempt != ADP_NONE) {
        return adp_flow_stage(&adp_model_attempt(model, begun->attempt)->flow);
    }
    return begun->tunnel != ADP_NONE ? ADP_STAGE_REACH : ADP_STAGE_LOOK_UP;
}

/* Of what a finding or a wait cites: of its step, else by the port of its server. */
static adp_stage stage_of_obs(const adp_model *model, guint32 obs)
{
    const adp_mark *mark = adp_model_mark(model, obs);
    const adp_obs *cited = adp_model_obs(model, obs);

    if (mark->step != ADP_NONE) {
        return adp_step_stage(model, adp_model_step(model, mark->step));
    }
    /* StartTLS opens; other operations look up. */
    if (cited->type == ADP_OBS_LDAP_OPERATION || cited->type == ADP_OBS_LDAP_OPERATION_REPLY) {
        return cited->u.operation->op == ADP_LDAP_OP_STARTTLS ? ADP_STAGE_OPEN : ADP_STAGE_LOOK_UP;
    }
    /* A lookup that is no step is one of a host at which clients guess an endpoint. */
    if ((cited->type == ADP_OBS_DNS_QUERY || cited->type == ADP_OBS_DNS_REPLY) &&
        !cited->u.dns->parts->service) {
        return ADP_STAGE_REACH;
    }
    return adp_flow_stage(&cited->flow);
}

static adp_stage stage_of_wait(const adp_model *model, const adp_wait *wait)
{
    adp_begun begun = {
        .step = wait->step, .attempt = wait->attempt, .asked = wait->asked, .tunnel = wait->tunnel};

    return stage_of(model, &begun);
}

/* ---- where the time went ---- */

typedef struct {
    const GArray *pending; /* of adp_pending */
    guint at;              /* what ends before is behind */
} cursor;

/* How much of the time from `from` to `to` something was pending; to be asked in order of time. */
static gint64 waited(cursor *c, gint64 from, gint64 to)
{
    gint64 sum = 0;
    guint i;

    while (c->at < c->pending->len && g_array_index(c->pending, adp_pending, c->at).to <= from) {
        c->at++;
    }
    for (i = c->at; i < c->pending->len; i++) {
        const adp_pending *one = &g_array_index(c->pending, adp_pending, i);

        ADP_COUNT();
        if (one->from >= to) {
            break;
        }
        sum += MIN(one->to, to) - MAX(one->from, from);
    }
    return sum;
}

static void note_attempt(const adp_attempt *attempt, adp_path_stage *stage)
{
    if (attempt->accepted) {
        stage->opened = TRUE;
    } else if (attempt->refused || attempt->older || attempt->prohibited || attempt->unreachable) {
        stage->shut = TRUE;
    }
}

static void share_time(adp_analysis *analysis, guint32 index, adp_path_stage *stages)
{
    const adp_model *model = adp_analysis_model(analysis);
    const GArray *timeline = adp_analysis_timeline(analysis);
    const GArray *waits = adp_analysis_waits(analysis);
    GArray *pending = adp_path_pending(model, timeline, waits, index);
    cursor c = {.pending = pending};
    adp_stage now = ADP_STAGE_NONE;
    gint64 start;
    gint64 since;
    gint64 end;
    guint i;

    adp_path_span(model, timeline, index, &start, &end);
    since = start;
    for (i = adp_sorted_place(timeline, G_STRUCT_OFFSET(adp_begun, path), index);
         i < timeline->len && g_array_index(timeline, adp_begun, i).path == index; i++) {
        const adp_begun *begun = &g_array_index(timeline, adp_begun, i);
        adp_stage next = stage_of(model, begun);
        gint64 time = CLAMP(begun->time, since, end);

        ADP_COUNT();
        if (!stages[next].begun) {
            stages[next].begun = TRUE;
            /* A path begins with its first step, although the connection of that was opened before. */
            stages[next].start = MAX(begun->time, start);
        }
        if (begun->attempt != ADP_NONE) {
            note_attempt(adp_model_attempt(model, begun->attempt), &stages[next]);
        }
        if (next != now) {
            stages[now].duration += time - since;
            stages[now].waiting += waited(&c, since, time);
            since = time;
            now = next;
        }
    }
    stages[now].duration += end - since;
    stages[now].waiting += waited(&c, since, end);
    for (i = adp_sorted_place(waits, G_STRUCT_OFFSET(adp_wait, path), index);
         i < waits->len && g_array_index(waits, adp_wait, i).path == index; i++) {
        const adp_wait *wait = &g_array_index(waits, adp_wait, i);

        stages[stage_of_wait(model, wait)].lost += wait->lost;
    }
    g_array_unref(pending);
}

/* ---- how each ended ---- */

static adp_path_stage *stage_of_finding(const adp_model *model, const adp_finding *finding,
                                        adp_path_stage *stages)
{
    guint32 last = g_array_index(finding->evidence, guint32, finding->evidence->len - 1);

    return &stages[stage_of_obs(model, last)];
}

/* A finding belongs where its last evidence lies. */
static void note_findings(adp_analysis *analysis, guint32 path, gboolean mailboxes,
                          adp_path_stage *stages)
{
    const adp_model *model = adp_analysis_model(analysis);
    const adp_finding *end = NULL;
    gboolean failed = FALSE;
    guint count;
    adp_finding *const *list = adp_findings_of_path(analysis, path, mailboxes, &count);
    guint i;

    for (i = 0; i < count; i++) {
        adp_path_stage *stage = stage_of_finding(model, list[i], stages);

        if (list[i]->severity == ADP_SEVERITY_NOTE) {
            continue;
        }
        if (!stage->first || list[i]->severity > stage->first->severity) {
            stage->first = list[i];
        }
        if (list[i]->severity == ADP_SEVERITY_ERROR) {
            stage->outcome = ADP_STAGE_FAILED;
            failed = TRUE;
        } else if (list[i]->id != ADP_FINDING_SLOW) {
            end = list[i];
        }
    }
    /* A warning after which nothing was left is an end, too: adp_path_failed() looks at the last. */
    if (!failed && end && adp_path_failed(analysis, path)) {
        stage_of_finding(model, end, stages)->outcome = ADP_STAGE_FAILED;
    }
}

/* By what became of its steps; those of a stage that an error stands in have been judged. */
static adp_stage_outcome outcome_of(const adp_model *model, const adp_path_stage *stage)
{
    guint by_outcome[ADP_OUTCOMES] = {0};
    guint i;

    for (i = 0; i < stage->steps->len; i++) {
        const adp_step *step = adp_model_step(model, g_array_index(stage->steps, guint32, i));

        adp_outcome outcome = adp_step_outcome(model, step, FALSE);

        /* A request that the client withdrew, or that its neighbours left alone, shows nothing. */
        by_outcome[outcome == ADP_NORMAL && step->reply == ADP_NONE ? ADP_PENDING : outcome]++;
    }
    if (by_outcome[ADP_OK]) {
        return ADP_STAGE_OK;
    }
    if (by_outcome[ADP_HIDDEN]) {
        return ADP_STAGE_HIDDEN;
    }
    if (by_outcome[ADP_FAILED] || by_outcome[ADP_UNANSWERED]) {
        return ADP_STAGE_FAILED;
    }
    if (by_outcome[ADP_NORMAL]) {
        return ADP_STAGE_OK;
    }
    /* No step tells: a connection alone does. */
    if (stage->steps->len || !(stage->opened || stage->shut)) {
        return ADP_STAGE_NOT_SEEN;
    }
    return stage->opened ? ADP_STAGE_OK : ADP_STAGE_FAILED;
}

adp_path_stage *adp_stages_of(adp_analysis *analysis, guint32 path, gboolean mailboxes)
{
    const adp_model *model = adp_analysis_model(analysis);
    const adp_path *p = adp_model_path(model, path);
    adp_path_stage *stages = g_new0(adp_path_stage, ADP_STAGES);
    guint i;

    for (i = 0; i < ADP_STAGES; i++) {
        stages[i].steps = g_array_new(FALSE, FALSE, sizeof(guint32));
    }
    for (i = 0; i < p->steps.count; i++) {
        guint32 step = p->steps.items[i];

        g_array_append_val(stages[adp_step_stage(model, adp_model_step(model, step))].steps, step);
    }
    share_time(analysis, path, stages);
    note_findings(analysis, path, mailboxes, stages);
    for (i = ADP_STAGE_FIND; i < ADP_STAGES; i++) {
        if (stages[i].outcome != ADP_STAGE_FAILED) {
            stages[i].outcome = outcome_of(model, &stages[i]);
        }
    }
    return stages;
}

void adp_stages_free(adp_path_stage *stages)
{
    guint i;

    for (i = 0; i < ADP_STAGES; i++) {
        g_array_unref(stages[i].steps);
    }
    g_free(stages);
}
