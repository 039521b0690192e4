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
#include "judge/inferred.h"
#include "judge/inferred_told.h"
#include "judge/path_outcome.h"
#include "judge/path_time.h"
#include "judge/stages.h"
#include "log/observation.h"
#include "session.h"
#include "show/json_values.h"
#include "show/rows.h"
#include "show/sink.h"
#include "show/verdict.h"
#include "wire/text.h"

#include <adpath_version.h>
#include <epan/epan.h>
#include <wsutil/json_dumper.h>

/* ---- detail ---- */

static void fact_value(const adp_json_out *c, const adp_fact *fact)
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
static void field_value(const adp_json_out *c, const adp_facts *facts, guint from, guint to,
                        adp_field field)
{
    const adp_field_info *info = adp_field_get(field);
    gboolean list = info->shape == ADP_SHAPE_LIST || info->shape == ADP_SHAPE_ENTRY_LIST;
    gboolean found = FALSE;
    guint i;

    adp_json_key(c, info->key);
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
static void groups(const adp_json_out *c, const adp_facts *facts, adp_step_kind kind,
                   const char *name, adp_field_shape shape, adp_field_shape list_shape)
{
    guint from = 0;

    adp_json_begin_array(c, name);
    while (from < facts->items->len) {
        guint group = fact_at(facts, from)->group;
        guint to = from;
        int field;

        while (to < facts->items->len && fact_at(facts, to)->group == group) {
            to++;
        }
        if (group) {
            adp_json_begin_object(c, NULL);
            for (field = 0; field < ADP_FIELD_COUNT; field++) {
                adp_field_shape s = adp_field_get((adp_field)field)->shape;

                if ((s == shape || s == list_shape) && adp_field_of_kind((adp_field)field, kind)) {
                    field_value(c, facts, from, to, (adp_field)field);
                }
            }
            adp_json_end_object(c);
        }
        from = to;
    }
    adp_json_end_array(c);
}

static void detail(const adp_json_out *c, guint32 step_index, adp_step_kind kind)
{
    adp_view view = adp_view_whole(c->model, step_index, c->mailboxes);
    adp_facts *facts;
    int field;

    view.ranks = adp_analysis_ranks(c->analysis);
    facts = adp_facts_new(c->model, &view);
    adp_json_begin_object(c, "detail");
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
    adp_json_end_object(c);
    adp_facts_free(facts);
}

/* ---- steps and paths ---- */

static void end_point(const adp_json_out *c, const char *name, adp_client end, guint16 port)
{
    adp_json_begin_object(c, name);
    adp_json_string(c, "address", adp_model_address_text(c->model, end.address));
    adp_json_number(c, "port", port);
    adp_json_string(c, "name", adp_model_client_name(c->model, end));
    adp_json_end_object(c);
}

/* Observations are ordered by frame, so equal numbers are neighbours. */
static void frames(const adp_json_out *c, const adp_step *step)
{
    guint32 last = 0;
    guint32 i;

    adp_json_begin_array(c, "frames");
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
    adp_json_end_array(c);
}

/*
 * The number that the message itself has, which no way changes: of a DNS message, an LDAP request, and the
 * one that a client draws for a request to a KDC. By it two captures know a request again.
 */
static void message_id(const adp_json_out *c, const adp_step *step)
{
    guint32 first = step->request != ADP_NONE ? step->request : step->first;
    const adp_obs *obs = first != ADP_NONE ? adp_model_obs(c->model, first) : NULL;
    guint32 id = 0;

    if (obs && (obs->type == ADP_OBS_KDC_REQUEST || obs->type == ADP_OBS_KDC_REPLY)) {
        id = obs->u.krb->has_nonce ? obs->u.krb->nonce : 0;
    } else if (obs) {
        id = obs->id;
    }
    adp_json_number_or_null(c, "id", id);
}

static void step(const adp_json_out *c, guint32 index)
{
    const adp_step *s = adp_model_step(c->model, index);
    adp_row row = adp_row_of(c->model, index, c->mailboxes);
    gint64 first = 0;
    gint64 last;
    guint32 count;

    (void)adp_model_span(c->model, &first, &last, &count);
    adp_json_begin_object(c, NULL);
    adp_json_number(c, "n", row.n);
    adp_json_string(c, "kind", row.kind);
    adp_json_string(c, "outcome", row.outcome);
    adp_json_string(c, "stage", adp_stage_name(adp_step_stage(c->model, s)));
    adp_json_seconds(c, "start", first + row.time);
    if (row.has_took) {
        adp_json_seconds(c, "time", row.took);
    } else {
        adp_json_null(c, "time");
    }
    adp_json_number_or_null(c, "request", adp_step_request_frame(c->model, s));
    adp_json_number_or_null(c, "response", adp_step_reply_frame(c->model, s));
    frames(c, s);
    message_id(c, s);
    adp_json_number(c, "retries", s->retries);
    end_point(c, "client", s->client, s->flow.client_port);
    end_point(c, "server", adp_client_at(s->flow.server), s->flow.server_port);
    adp_json_string(c, "transport", adp_transport_name(s->flow.transport));
    if (s->flow.stream == ADP_NONE) {
        adp_json_null(c, "stream");
    } else {
        adp_json_number(c, "stream", s->flow.stream);
    }
    adp_json_string(c, "summary", row.summary);
    detail(c, index, s->kind);
    adp_json_end_object(c);
    adp_row_clear(&row);
}

/* ---- endpoints and findings ---- */

static void endpoints(const adp_json_out *c, guint32 path_index)
{
    GPtrArray *list = adp_endpoints_of(adp_analysis_endpoints(c->analysis), path_index);
    guint i;

    adp_json_begin_array(c, "endpoints");
    for (i = 0; i < list->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(list, i);

        adp_json_begin_object(c, NULL);
        adp_json_number_or_null(c, "rank", endpoint->rank);
        adp_json_string(c, "url", endpoint->url);
        adp_json_string(c, "host", endpoint->host);
        adp_json_string(c, "source", adp_endpoint_source_name(endpoint->source));
        adp_json_string(c, "reason", endpoint->reason);
        adp_json_bool(c, "tried", endpoint->order > 0);
        adp_json_number_or_null(c, "order", endpoint->order);
        adp_json_string(
            c, "outcome",
            adp_inferred_outcome(adp_analysis_inferred(c->analysis), path_index, endpoint));
        adp_json_frames(c, endpoint->evidence);
        adp_json_end_object(c);
    }
    adp_json_end_array(c);
    g_ptr_array_unref(list);
}

static void inferred(const adp_json_out *c, guint32 path_index)
{
    const GPtrArray *all = adp_analysis_inferred(c->analysis);
    guint count;
    guint i = adp_inferred_of_path(all, path_index, &count);
    guint k;

    adp_json_begin_array(c, "inferred");
    for (; count; count--, i++) {
        const adp_inferred *item = g_ptr_array_index(all, i);

        adp_json_begin_object(c, NULL);
        adp_json_string(c, "statement", adp_inferred_name(item->kind));
        adp_json_number(c, "step", item->step + 1);
        adp_json_string(c, "endpoint", item->endpoint);
        adp_json_string(c, "host", item->host);
        adp_json_string(c, "text", item->text);
        adp_json_begin_array(c, "frames");
        for (k = 0; k < item->frames->len; k++) {
            json_dumper_value_anyf(c->dumper, "%u", g_array_index(item->frames, guint32, k));
        }
        adp_json_end_array(c);
        adp_json_end_object(c);
    }
    adp_json_end_array(c);
}

static void finding(const adp_json_out *c, const adp_finding *f)
{
    adp_advice_list *advice = adp_advise(f, c->mailboxes);

    adp_json_begin_object(c, NULL);
    adp_json_string(c, "id", adp_finding_get(f->id)->name);
    adp_json_string(c, "severity", adp_severity_name(f->severity));
    adp_json_number_or_null(c, "recovered_by", f->recovered_by);
    adp_json_string(c, "summary", f->summary ? f->summary : "");
    adp_json_frames(c, f->evidence);
    adp_json_string(c, "observed", f->observed ? f->observed : "");
    adp_json_string(c, "inferred", f->inferred ? f->inferred : "");
    adp_json_seconds(c, "cost", f->cost);
    adp_json_causes(c, advice->causes);
    adp_json_checks(c, advice->checks);
    adp_json_end_object(c);
    adp_advice_list_free(advice);
}

static void findings(const adp_json_out *c, guint32 path_index)
{
    guint count;
    guint i;
    adp_finding *const *list = adp_findings_of_path(c->analysis, path_index, c->mailboxes, &count);

    adp_json_begin_array(c, "findings");
    for (i = 0; i < count; i++) {
        finding(c, list[i]);
    }
    adp_json_end_array(c);
}

/* All six, so that programs need not ask which there are. */
static void stages(const adp_json_out *c, guint32 index)
{
    adp_path_stage *all = adp_stages_of(c->analysis, index, c->mailboxes);
    int which;
    guint i;

    adp_json_begin_array(c, "stages");
    for (which = ADP_STAGE_FIND; which < ADP_STAGES; which++) {
        const adp_path_stage *stage = &all[which];

        adp_json_begin_object(c, NULL);
        adp_json_string(c, "stage", adp_stage_name((adp_stage)which));
        adp_json_string(c, "outcome", adp_stage_outcome_name(stage->outcome));
        if (stage->begun) {
            adp_json_seconds(c, "start", stage->start);
        } else {
            adp_json_null(c, "start");
        }
        adp_json_seconds(c, "duration", stage->duration);
        adp_json_seconds(c, "waiting", stage->waiting);
        adp_json_seconds(c, "lost", stage->lost);
        adp_json_string(c, "finding",
                        stage->first ? adp_finding_get(stage->first->id)->name : NULL);
        adp_json_begin_array(c, "steps");
        for (i = 0; i < stage->steps->len; i++) {
            json_dumper_value_anyf(c->dumper, "%u", g_array_index(stage->steps, guint32, i) + 1);
        }
        adp_json_end_array(c);
        adp_json_end_object(c);
    }
    adp_json_end_array(c);
    adp_stages_free(all);
}

/* Where the time went; servers that were not waited for are left out. */
static void path_time(const adp_json_out *c, guint32 index)
{
    adp_path_time *time = adp_path_time_of(c->model, adp_analysis_timeline(c->analysis),
                                           adp_analysis_waits(c->analysis), index);
    guint i;

    adp_json_begin_object(c, "time_spent");
    adp_json_seconds(c, "answers", time->answers);
    adp_json_seconds(c, "in_vain", time->vain);
    adp_json_seconds(c, "pauses", time->pauses);
    adp_json_seconds(c, "longest_pause", time->longest);
    adp_json_seconds(c, "neighbours", time->neighbours);
    adp_json_begin_array(c, "servers");
    for (i = 0; i < time->servers->len; i++) {
        const adp_time_at *at = &g_array_index(time->servers, adp_time_at, i);

        adp_json_begin_object(c, NULL);
        adp_json_string(c, "address", adp_model_address_text(c->model, at->server));
        adp_json_string(c, "name", adp_model_address_name(c->model, at->server));
        adp_json_seconds(c, "answers", at->answers);
        adp_json_number(c, "answered", at->answered);
        adp_json_seconds(c, "in_vain", at->vain);
        adp_json_number(c, "vain_tries", at->in_vain);
        adp_json_end_object(c);
    }
    adp_json_end_array(c);
    adp_json_end_object(c);
    adp_path_time_free(time);
}

static void path(const adp_json_out *c, guint32 index)
{
    const adp_path *p = adp_model_path(c->model, index);
    gint64 start;
    gint64 end;
    GArray *uses = adp_path_uses(c->model, index);
    guint i;

    adp_analysis_span(c->analysis, index, &start, &end);
    adp_json_begin_object(c, NULL);
    adp_json_number(c, "id", index + 1);
    adp_json_string(c, "outcome", adp_path_outcome(c->analysis, p));
    adp_json_begin_object(c, "client");
    adp_json_string(c, "address", adp_model_address_text(c->model, p->client.address));
    adp_json_string(c, "name", adp_model_client_name(c->model, p->client));
    adp_json_begin_array(c, "also");
    if (p->own->also != ADP_NONE) {
        json_dumper_value_string(c->dumper, adp_model_address_text(c->model, p->own->also));
    }
    adp_json_end_array(c);
    adp_json_bool(c, "shared", adp_model_is_shared(c->model, p->client.address));
    adp_json_end_object(c);
    adp_json_string(c, "domain", p->domain);
    adp_json_string(c, "forest", p->own->forest);
    adp_json_string(c, "site", p->own->site);
    adp_json_string(c, "mail_domain", p->own->mail_domain);
    adp_json_seconds(c, "start", start);
    adp_json_seconds(c, "duration", end - start);
    adp_json_seconds(c, "lost", adp_path_lost(c->analysis, index));
    adp_json_begin_array(c, "uses");
    for (i = 0; i < uses->len; i++) {
        json_dumper_value_anyf(c->dumper, "%u", g_array_index(uses, guint32, i) + 1);
    }
    adp_json_end_array(c);
    g_array_unref(uses);
    stages(c, index);
    path_time(c, index);
    adp_json_begin_array(c, "steps");
    for (i = 0; i < p->steps.count; i++) {
        step(c, p->steps.items[i]);
    }
    adp_json_end_array(c);
    endpoints(c, index);
    inferred(c, index);
    findings(c, index);
    adp_json_end_object(c);
}

static void limits(const adp_json_out *c)
{
    GPtrArray *told;
    guint i;

    /* Rules have limits, too: what they find is made now, and kept for the paths below. */
    (void)adp_findings(c->analysis, c->mailboxes);
    told = adp_model_limits_told(c->model);
    adp_json_begin_array(c, "limits");
    for (i = 0; i < told->len; i++) {
        json_dumper_value_string(c->dumper, g_ptr_array_index(told, i));
    }
    adp_json_end_array(c);
    g_ptr_array_unref(told);
}

static void capture(const adp_json_out *c)
{
    gint64 first;
    gint64 last;
    guint32 count;
    gboolean any = adp_model_span(c->model, &first, &last, &count);

    adp_json_begin_object(c, "capture");
    adp_json_null(c, "file"); /* no version of Wireshark tells a plugin */
    adp_json_number(c, "frames", count);
    if (any) {
        adp_json_seconds(c, "first", first);
        adp_json_seconds(c, "last", last);
    } else {
        adp_json_null(c, "first");
        adp_json_null(c, "last");
    }
    limits(c);
    adp_json_end_object(c);
}

/* The first line of the report, for programs; see docs/filters.md. */
static void verdict(const adp_json_out *c, const adp_selection *selection)
{
    char *text = adp_capture_verdict(c->analysis, selection, c->mailboxes);
    char *masked = c->mailboxes || !text ? NULL : adp_mask_mailboxes(text);

    adp_json_begin_object(c, "verdict");
    adp_json_string(c, "outcome", adp_capture_outcome(c->analysis, selection, c->mailboxes));
    adp_json_string(c, "text", masked ? masked : text ? text : adp_no_verdict(c->model, selection));
    adp_json_end_object(c);
    g_free(masked);
    g_free(text);
}

/* The product that made the report, and whether anything was looked at. */
static void generator(const adp_json_out *c)
{
    adp_json_begin_object(c, "generator");
    adp_json_string(c, "adpath", ADPATH_VERSION);
    adp_json_string(c, "wireshark", epan_get_version());
    adp_json_bool(c, "pseudonyms", adp_anonymizes());
    adp_json_end_object(c);
    adp_json_bool(c, "analysis", adp_analyses());
}

void adp_json_write(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                    adp_sink sink, void *data)
{
    GString *out = g_string_new(NULL);
    json_dumper dumper = {.output_string = out, .flags = JSON_DUMPER_FLAGS_PRETTY_PRINT};
    const adp_model *model = adp_analysis_model(analysis);
    adp_json_out c = {
        .dumper = &dumper, .analysis = analysis, .model = model, .mailboxes = mailboxes};
    guint32 i;

    adp_json_begin_object(&c, NULL);
    adp_json_number(&c, "version", 2);
    generator(&c);
    verdict(&c, selection);
    capture(&c);
    adp_json_begin_array(&c, "paths");
    for (i = 0; i < adp_model_path_count(model); i++) {
        if (adp_selected(selection, i) &&
            !adp_path_is_unattached(model, adp_model_path(model, i))) {
            path(&c, i);
            adp_sink_pass(sink, data, out);
        }
    }
    adp_json_end_array(&c);
    adp_json_begin_object(&c, "unattached");
    adp_json_begin_array(&c, "steps");
    for (i = 0; i < adp_model_path_count(model); i++) {
        const adp_path *p = adp_model_path(model, i);

        if (adp_selected(selection, i) && adp_path_is_unattached(model, p)) {
            step(&c, p->steps.items[0]);
            adp_sink_pass(sink, data, out);
        }
    }
    adp_json_end_array(&c);
    adp_json_empty_array(&c, "findings");
    adp_json_end_object(&c);
    adp_json_end_object(&c);
    (void)json_dumper_finish(&dumper); /* ends the line */
    adp_sink_end(sink, data, out);
}

void adp_json(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
              GString *out)
{
    adp_json_write(analysis, selection, mailboxes, adp_sink_gather, out);
}
