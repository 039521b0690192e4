/* json.c
 * The report for programs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/json.h"

#include "advise/advise.h"
#include "facts/facts.h"
#include "facts/fields.h"
#include "facts/stage.h"
#include "facts/step_stage.h"
#include "facts/view.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/shared_steps.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/endpoint.h"
#include "judge/endpoints.h"
#include "judge/finding.h"
#include "judge/path_outcome.h"
#include "judge/stages.h"
#include "log/observation.h"
#include "session.h"
#include "show/rows.h"
#include "show/verdict.h"
#include "wire/text.h"

#include <adpath_version.h>
#include <epan/epan.h>
#include <wsutil/json_dumper.h>

typedef struct {
    json_dumper *dumper;
    adp_analysis *analysis;
    const adp_model *model; /* the analysis's */
    gboolean mailboxes;
} context;

/* ---- values ---- */

static void key(const context *c, const char *name)
{
    json_dumper_set_member_name(c->dumper, name);
}

/* NULL becomes null. */
static void string(const context *c, const char *name, const char *value)
{
    char *masked = c->mailboxes ? NULL : adp_mask_mailboxes(value);

    key(c, name);
    json_dumper_value_string(c->dumper, masked ? masked : value);
    g_free(masked);
}

static void number(const context *c, const char *name, guint32 value)
{
    key(c, name);
    json_dumper_value_anyf(c->dumper, "%u", value);
}

static void null(const context *c, const char *name)
{
    key(c, name);
    json_dumper_value_anyf(c->dumper, "null");
}

static void seconds(const context *c, const char *name, gint64 ns)
{
    char buf[ADP_SECONDS_LEN];

    key(c, name);
    json_dumper_value_anyf(c->dumper, "%s", adp_seconds(ns, buf));
}

static void begin_array(const context *c, const char *name)
{
    key(c, name);
    json_dumper_begin_array(c->dumper);
}

static void end_array(const context *c)
{
    json_dumper_end_array(c->dumper);
}

static void empty_array(const context *c, const char *name)
{
    begin_array(c, name);
    end_array(c);
}

static void begin_object(const context *c, const char *name)
{
    if (name) {
        key(c, name);
    }
    json_dumper_begin_object(c->dumper);
}

static void end_object(const context *c)
{
    json_dumper_end_object(c->dumper);
}

/* ---- detail ---- */

static void fact_value(const context *c, const adp_fact *fact)
{
    char buf[ADP_SECONDS_LEN];

    switch (adp_field_get(fact->field)->type) {
    case ADP_TYPE_STRING:
        json_dumper_value_string(c->dumper, fact->v.s);
        break;
    case ADP_TYPE_INT32:
        json_dumper_value_anyf(c->dumper, "%d", fact->v.i);
        break;
    case ADP_TYPE_BOOLEAN:
        json_dumper_value_anyf(c->dumper, fact->v.b ? "true" : "false");
        break;
    case ADP_TYPE_TIME:
        json_dumper_value_anyf(c->dumper, "%s", adp_seconds(fact->v.t, buf));
        break;
    default:
        json_dumper_value_anyf(c->dumper, "%u", fact->v.u);
        break;
    }
}

static const adp_fact *fact_at(const adp_facts *facts, guint i)
{
    return &g_array_index(facts->items, adp_fact, i);
}

/* The facts from..to (not included): all of `field`, as an array or as one value. */
static void field_value(const context *c, const adp_facts *facts, guint from, guint to,
                        adp_field field)
{
    const adp_field_info *info = adp_field_get(field);
    gboolean list = info->shape == ADP_SHAPE_LIST || info->shape == ADP_SHAPE_ENTRY_LIST;
    gboolean found = FALSE;
    guint i;

    key(c, info->key);
    if (list) {
        json_dumper_begin_array(c->dumper);
    }
    for (i = from; i < to && (list || !found); i++) {
        if (fact_at(facts, i)->field == field) {
            fact_value(c, fact_at(facts, i));
            found = TRUE;
        }
    }
    if (list) {
        json_dumper_end_array(c->dumper);
    } else if (!found) {
        json_dumper_value_anyf(c->dumper, "null");
    }
}

/* Consecutive facts of one group become one object of the array. */
static void groups(const context *c, const adp_facts *facts, adp_step_kind kind, const char *name,
                   adp_field_shape shape, adp_field_shape list_shape)
{
    guint from = 0;

    begin_array(c, name);
    while (from < facts->items->len) {
        guint group = fact_at(facts, from)->group;
        guint to = from;
        int field;

        while (to < facts->items->len && fact_at(facts, to)->group == group) {
            to++;
        }
        if (group) {
            begin_object(c, NULL);
            for (field = 0; field < ADP_FIELD_COUNT; field++) {
                adp_field_shape s = adp_field_get((adp_field)field)->shape;

                if ((s == shape || s == list_shape) && adp_field_of_kind((adp_field)field, kind)) {
                    field_value(c, facts, from, to, (adp_field)field);
                }
            }
            end_object(c);
        }
        from = to;
    }
    end_array(c);
}

static void detail(const context *c, guint32 step_index, adp_step_kind kind)
{
    adp_view view = adp_view_whole(c->model, step_index, c->mailboxes);
    adp_facts *facts;
    int field;

    view.ranks = adp_analysis_ranks(c->analysis);
    facts = adp_facts_new(c->model, &view);
    begin_object(c, "detail");
    for (field = 0; field < ADP_FIELD_COUNT; field++) {
        adp_field_shape shape = adp_field_get((adp_field)field)->shape;

        if ((shape == ADP_SHAPE_SINGLE || shape == ADP_SHAPE_LIST) &&
            adp_field_of_kind((adp_field)field, kind)) {
            field_value(c, facts, 0, facts->items->len, (adp_field)field);
        }
    }
    if (kind == ADP_STEP_SRV) {
        groups(c, facts, kind, "records", ADP_SHAPE_RECORD, ADP_SHAPE_RECORD);
    } else if (kind == ADP_STEP_SCP) {
        groups(c, facts, kind, "entry_list", ADP_SHAPE_ENTRY, ADP_SHAPE_ENTRY_LIST);
    }
    end_object(c);
    adp_facts_free(facts);
}

/* ---- steps and paths ---- */

static void end_point(const context *c, const char *name, adp_client end, guint16 port)
{
    begin_object(c, name);
    string(c, "address", adp_model_address_text(c->model, end.address));
    number(c, "port", port);
    string(c, "name", adp_model_client_name(c->model, end));
    end_object(c);
}

static void frame_or_null(const context *c, const char *name, guint32 frame)
{
    if (frame) {
        number(c, name, frame);
    } else {
        null(c, name);
    }
}

/* Observations are ordered by frame, so equal numbers are neighbours. */
static void frames(const context *c, const adp_step *step)
{
    guint32 last = 0;
    guint32 i;

    begin_array(c, "frames");
    /* A request that became one only through its answer stands outside the chain. */
    if (step->request != ADP_NONE && adp_model_mark(c->model, step->request)->step == ADP_NONE) {
        last = adp_model_obs(c->model, step->request)->frame;
        json_dumper_value_anyf(c->dumper, "%u", last);
    }
    for (i = step->first; i != ADP_NONE; i = adp_model_mark(c->model, i)->next) {
        guint32 frame = adp_model_obs(c->model, i)->frame;

        if (frame != last) {
            json_dumper_value_anyf(c->dumper, "%u", frame);
        }
        last = frame;
    }
    end_array(c);
}

static void step(const context *c, guint32 index)
{
    const adp_step *s = adp_model_step(c->model, index);
    adp_row row = adp_row_of(c->model, index, c->mailboxes);
    gint64 first = 0;
    gint64 last;
    guint32 count;

    (void)adp_model_span(c->model, &first, &last, &count);
    begin_object(c, NULL);
    number(c, "n", row.n);
    string(c, "kind", row.kind);
    string(c, "outcome", row.outcome);
    string(c, "stage", adp_stage_name(adp_step_stage(c->model, s)));
    seconds(c, "start", first + row.time);
    if (row.has_took) {
        seconds(c, "time", row.took);
    } else {
        null(c, "time");
    }
    frame_or_null(c, "request", adp_step_request_frame(c->model, s));
    frame_or_null(c, "response", adp_step_reply_frame(c->model, s));
    frames(c, s);
    number(c, "retries", s->retries);
    end_point(c, "client", s->client, s->flow.client_port);
    end_point(c, "server", adp_client_at(s->flow.server), s->flow.server_port);
    string(c, "transport", adp_transport_name(s->flow.transport));
    if (s->flow.stream == ADP_NONE) {
        null(c, "stream");
    } else {
        number(c, "stream", s->flow.stream);
    }
    string(c, "summary", row.summary);
    detail(c, index, s->kind);
    end_object(c);
    adp_row_clear(&row);
}

/* ---- endpoints and findings ---- */

/* Frames of observations in ascending order, each once. */
static void evidence(const context *c, const GArray *observations)
{
    guint32 last = 0;
    guint i;

    begin_array(c, "frames");
    for (i = 0; i < observations->len; i++) {
        guint32 frame = adp_model_obs(c->model, g_array_index(observations, guint32, i))->frame;

        if (frame != last) {
            json_dumper_value_anyf(c->dumper, "%u", frame);
        }
        last = frame;
    }
    end_array(c);
}

static void number_or_null(const context *c, const char *name, guint32 value)
{
    if (value) {
        number(c, name, value);
    } else {
        null(c, name);
    }
}

static void endpoints(const context *c, guint32 path_index)
{
    GPtrArray *list = adp_endpoints_of(adp_analysis_endpoints(c->analysis), path_index);
    guint i;

    begin_array(c, "endpoints");
    for (i = 0; i < list->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(list, i);

        begin_object(c, NULL);
        number_or_null(c, "rank", endpoint->rank);
        string(c, "url", endpoint->url);
        string(c, "host", endpoint->host);
        string(c, "source", adp_endpoint_source_name(endpoint->source));
        string(c, "reason", endpoint->reason);
        key(c, "tried");
        json_dumper_value_anyf(c->dumper, endpoint->order ? "true" : "false");
        number_or_null(c, "order", endpoint->order);
        string(c, "outcome", adp_endpoint_outcome_name(endpoint->outcome));
        evidence(c, endpoint->evidence);
        end_object(c);
    }
    end_array(c);
    g_ptr_array_unref(list);
}

/* What may be behind it: what the capture supports comes first, with its frames. */
static void causes(const context *c, const GPtrArray *list)
{
    guint i;

    begin_array(c, "causes");
    for (i = 0; i < list->len; i++) {
        const adp_cause *cause = g_ptr_array_index(list, i);

        begin_object(c, NULL);
        string(c, "text", cause->text);
        string(c, "evidence", cause->supported ? "supported" : "possible");
        evidence(c, cause->evidence);
        end_object(c);
    }
    end_array(c);
}

static void checks(const context *c, const GPtrArray *list)
{
    guint i;

    begin_array(c, "check");
    for (i = 0; i < list->len; i++) {
        const adp_check *check = g_ptr_array_index(list, i);
        char *text = check->changes
                         ? g_strdup_printf("%s # changes %s", check->text, check->changes)
                         : g_strdup(check->text);

        json_dumper_value_string(c->dumper, text);
        g_free(text);
    }
    end_array(c);
}

static void finding(const context *c, const adp_finding *f)
{
    adp_advice_list *advice = adp_advise(f, c->mailboxes);

    begin_object(c, NULL);
    string(c, "id", adp_finding_get(f->id)->name);
    string(c, "severity", adp_severity_name(f->severity));
    number_or_null(c, "recovered_by", f->recovered_by);
    string(c, "summary", f->summary ? f->summary : "");
    evidence(c, f->evidence);
    string(c, "observed", f->observed ? f->observed : "");
    string(c, "inferred", f->inferred ? f->inferred : "");
    seconds(c, "cost", f->cost);
    causes(c, advice->causes);
    checks(c, advice->checks);
    end_object(c);
    adp_advice_list_free(advice);
}

static void findings(const context *c, guint32 path_index)
{
    guint count;
    guint i;
    adp_finding *const *list = adp_findings_of_path(c->analysis, path_index, c->mailboxes, &count);

    begin_array(c, "findings");
    for (i = 0; i < count; i++) {
        finding(c, list[i]);
    }
    end_array(c);
}

/* All six, so that programs need not ask which there are. */
static void stages(const context *c, guint32 index)
{
    adp_path_stage *all = adp_stages_of(c->analysis, index, c->mailboxes);
    int which;
    guint i;

    begin_array(c, "stages");
    for (which = ADP_STAGE_FIND; which < ADP_STAGES; which++) {
        const adp_path_stage *stage = &all[which];

        begin_object(c, NULL);
        string(c, "stage", adp_stage_name((adp_stage)which));
        string(c, "outcome", adp_stage_outcome_name(stage->outcome));
        if (stage->begun) {
            seconds(c, "start", stage->start);
        } else {
            null(c, "start");
        }
        seconds(c, "duration", stage->duration);
        seconds(c, "waiting", stage->waiting);
        seconds(c, "lost", stage->lost);
        string(c, "finding", stage->first ? adp_finding_get(stage->first->id)->name : NULL);
        begin_array(c, "steps");
        for (i = 0; i < stage->steps->len; i++) {
            json_dumper_value_anyf(c->dumper, "%u", g_array_index(stage->steps, guint32, i) + 1);
        }
        end_array(c);
        end_object(c);
    }
    end_array(c);
    adp_stages_free(all);
}

static void path(const context *c, guint32 index)
{
    const adp_path *p = adp_model_path(c->model, index);
    gint64 start;
    gint64 end;
    GArray *uses = adp_path_uses(c->model, index);
    guint i;

    adp_path_span(c->model, index, &start, &end);
    begin_object(c, NULL);
    number(c, "id", index + 1);
    string(c, "outcome", adp_path_outcome(c->analysis, p));
    begin_object(c, "client");
    string(c, "address", adp_model_address_text(c->model, p->client.address));
    string(c, "name", adp_model_client_name(c->model, p->client));
    begin_array(c, "also");
    if (p->also != ADP_NONE) {
        json_dumper_value_string(c->dumper, adp_model_address_text(c->model, p->also));
    }
    end_array(c);
    key(c, "shared");
    json_dumper_value_anyf(c->dumper,
                           adp_model_is_shared(c->model, p->client.address) ? "true" : "false");
    end_object(c);
    string(c, "domain", p->domain);
    string(c, "forest", p->forest);
    string(c, "site", p->site);
    string(c, "mail_domain", p->mail_domain);
    seconds(c, "start", start);
    seconds(c, "duration", end - start);
    seconds(c, "lost", adp_path_lost(c->analysis, index));
    begin_array(c, "uses");
    for (i = 0; i < uses->len; i++) {
        json_dumper_value_anyf(c->dumper, "%u", g_array_index(uses, guint32, i) + 1);
    }
    end_array(c);
    g_array_unref(uses);
    stages(c, index);
    begin_array(c, "steps");
    for (i = 0; i < p->steps->len; i++) {
        step(c, g_array_index(p->steps, guint32, i));
    }
    end_array(c);
    endpoints(c, index);
    findings(c, index);
    end_object(c);
}

static void limits(const context *c)
{
    GPtrArray *told;
    guint i;

    /* Rules have limits, too: what they find is made now, and kept for the paths below. */
    (void)adp_findings(c->analysis, c->mailboxes);
    told = adp_model_limits_told(c->model);
    begin_array(c, "limits");
    for (i = 0; i < told->len; i++) {
        json_dumper_value_string(c->dumper, g_ptr_array_index(told, i));
    }
    end_array(c);
    g_ptr_array_unref(told);
}

static void capture(const context *c)
{
    gint64 first;
    gint64 last;
    guint32 count;
    gboolean any = adp_model_span(c->model, &first, &last, &count);

    begin_object(c, "capture");
    null(c, "file"); /* no version of Wireshark tells a plugin */
    number(c, "frames", count);
    if (any) {
        seconds(c, "first", first);
        seconds(c, "last", last);
    } else {
        null(c, "first");
        null(c, "last");
    }
    limits(c);
    end_object(c);
}

/* The first line of the report, for programs; see docs/filters.md. */
static void verdict(const context *c, const adp_selection *selection)
{
    char *text = adp_capture_verdict(c->analysis, selection, c->mailboxes);
    char *masked = c->mailboxes || !text ? NULL : adp_mask_mailboxes(text);

    begin_object(c, "verdict");
    string(c, "outcome", adp_capture_outcome(c->analysis, selection, c->mailboxes));
    string(c, "text", masked ? masked : text ? text : adp_no_verdict(c->model, selection));
    end_object(c);
    g_free(masked);
    g_free(text);
}

/* The product that made the report, and whether anything was looked at. */
static void generator(const context *c)
{
    begin_object(c, "generator");
    string(c, "adpath", ADPATH_VERSION);
    string(c, "wireshark", epan_get_version());
    end_object(c);
    key(c, "analysis");
    json_dumper_value_anyf(c->dumper, adp_analyses() ? "true" : "false");
}

void adp_json(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
              GString *out)
{
    json_dumper dumper = {.output_string = out, .flags = JSON_DUMPER_FLAGS_PRETTY_PRINT};
    const adp_model *model = adp_analysis_model(analysis);
    context c = {.dumper = &dumper, .analysis = analysis, .model = model, .mailboxes = mailboxes};
    guint32 i;

    begin_object(&c, NULL);
    number(&c, "version", 2);
    generator(&c);
    verdict(&c, selection);
    capture(&c);
    begin_array(&c, "paths");
    for (i = 0; i < adp_model_path_count(model); i++) {
        if (adp_selected(selection, i) &&
            !adp_path_is_unattached(model, adp_model_path(model, i))) {
            path(&c, i);
        }
    }
    end_array(&c);
    begin_object(&c, "unattached");
    begin_array(&c, "steps");
    for (i = 0; i < adp_model_path_count(model); i++) {
        const adp_path *p = adp_model_path(model, i);

        if (adp_selected(selection, i) && adp_path_is_unattached(model, p)) {
            step(&c, g_array_index(p->steps, guint32, 0));
        }
    }
    end_array(&c);
    empty_array(&c, "findings");
    end_object(&c);
    end_object(&c);
    (void)json_dumper_finish(&dumper); /* ends the line */
}
