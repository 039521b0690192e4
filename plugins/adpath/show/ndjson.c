/* ndjson.c
 * One line of JSON for the capture, for each path and for each finding, for log collectors.
 *
 * Each line stands for itself: it says of which path, client and domain it is. Fields have the names of the
 * Elastic Common Schema where it has them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/ndjson.h"

#include "advise/advise.h"
#include "facts/stage.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/health.h"
#include "judge/path_outcome.h"
#include "judge/stages.h"
#include "log/observation.h"
#include "show/json_values.h"
#include "show/sink.h"
#include "show/verdict.h"
#include "wire/address.h"
#include "wire/text.h"

#include <adpath_version.h>
#include <wsutil/json_dumper.h>

/* Its names and allowed values are those of this version. */
#define ECS_VERSION "8.11.0"

/* A moment as ISO 8601; all are within 127 years of 1970 (ADP_MAX_CLOCK_DAYS). */
static void date(const adp_json_out *c, const char *name, gint64 ns)
{
    gint64 whole = ns / ADP_NS_PER_S - (ns % ADP_NS_PER_S < 0 ? 1 : 0);
    GDateTime *utc = g_date_time_new_from_unix_utc(whole);
    char *seconds = g_date_time_format(utc, "%Y-%m-%dT%H:%M:%S");
    char *text = g_strdup_printf("%s.%06" G_GINT64_FORMAT "Z", seconds,
                                 (ns - whole * ADP_NS_PER_S) / (ADP_NS_PER_S / 1000000));

    adp_json_string(c, name, text);
    g_free(text);
    g_free(seconds);
    g_date_time_unref(utc);
}

static void big_number(const adp_json_out *c, const char *name, gint64 value)
{
    adp_json_key(c, name);
    json_dumper_value_anyf(c->dumper, "%" G_GINT64_FORMAT, value);
}

/* Absent rather than null: a collector makes nothing of either, and a line stays short. */
static void string_if_any(const adp_json_out *c, const char *name, const char *value)
{
    if (value) {
        adp_json_string(c, name, value);
    }
}

static void list_of_one(const adp_json_out *c, const char *name, const char *value)
{
    adp_json_begin_array(c, name);
    json_dumper_value_string(c->dumper, value);
    adp_json_end_array(c);
}

/* ---- what all lines have ---- */

typedef struct {
    const char *dataset;
    const char *kind;    /* an allowed value of event.kind, */
    const char *outcome; /* and of event.outcome */
    const char *category;
    const char *code;  /* NULL: none */
    guint severity;    /* 0: none */
    gboolean has_time; /* a capture may hold no frame */
    gint64 start;      /* ns */
    gint64 end;
} event;

static void begin_line(const adp_json_out *c, const event *e, const char *message)
{
    adp_json_begin_object(c, NULL);
    if (e->has_time) {
        date(c, "@timestamp", e->start);
    }
    adp_json_begin_object(c, "ecs");
    adp_json_string(c, "version", ECS_VERSION);
    adp_json_end_object(c);
    adp_json_begin_object(c, "observer");
    adp_json_string(c, "type", "protocol-analyzer");
    adp_json_string(c, "product", "adpath");
    adp_json_string(c, "version", ADPATH_VERSION);
    adp_json_end_object(c);
    adp_json_begin_object(c, "event");
    adp_json_string(c, "kind", e->kind);
    adp_json_string(c, "module", "adpath");
    adp_json_string(c, "dataset", e->dataset);
    list_of_one(c, "category", e->category);
    list_of_one(c, "type", "info");
    adp_json_string(c, "outcome", e->outcome);
    string_if_any(c, "code", e->code);
    if (e->severity) {
        adp_json_number(c, "severity", e->severity);
    }
    if (e->has_time) {
        date(c, "start", e->start);
        date(c, "end", e->end);
        big_number(c, "duration", e->end - e->start);
    }
    adp_json_end_object(c);
    adp_json_string(c, "message", message);
}

static void end_line(const adp_json_out *c, GString *out)
{
    adp_json_end_object(c);
    (void)json_dumper_finish(c->dumper);
    /* Some versions of Wireshark end what they dump with a line feed. */
    if (out->len && out->str[out->len - 1] != '\n') {
        g_string_append_c(out, '\n');
    }
}

static void one_end(const adp_json_out *c, const char *end, adp_client who, guint16 port)
{
    const char *name = adp_model_client_name(c->model, who);
    const char *address = adp_model_address_text(c->model, who.address);

    adp_json_begin_object(c, end);
    adp_json_string(c, "address", name ? name : address);
    if (g_hostname_is_ip_address(address)) {
        adp_json_string(c, "ip", address);
    }
    string_if_any(c, "domain", name);
    if (port) {
        adp_json_number(c, "port", port);
    }
    adp_json_end_object(c);
}

/* The two ends; `server` ADP_NONE: there are many, as where all neighbours were asked. */
static void ends(const adp_json_out *c, const adp_path *path, guint32 server, guint16 port)
{
    one_end(c, "client", path->client, 0);
    if (server != ADP_NONE && !adp_address_is_group(adp_model_address_text(c->model, server))) {
        one_end(c, "server", adp_client_at(server), port);
    }
}

/* Of which path a line is; the caller ends the object. */
static void begin_path(const adp_json_out *c, guint32 index, const adp_path *path)
{
    const char *outcome = adp_path_outcome(c->analysis, path);

    adp_json_begin_object(c, "path");
    adp_json_number(c, "id", index + 1);
    adp_json_string(c, "outcome", outcome);
    adp_json_string(c, "verdict",
                    adp_health_word(adp_path_health(c->analysis, index, outcome, c->mailboxes)));
    string_if_any(c, "domain", path->domain);
    string_if_any(c, "forest", path->own->forest);
    string_if_any(c, "site", path->own->site);
    string_if_any(c, "mail_domain", path->own->mail_domain);
}

/* ---- findings ---- */

/* What the frames of a finding are about, as far as the common schema has names for it. */
static void subject(const adp_json_out *c, const GArray *evidence, const adp_path *path)
{
    const adp_obs *last = NULL;
    const char *question = NULL;
    const char *url = NULL;
    guint i;

    for (i = 0; i < evidence->len; i++) {
        const adp_obs *obs = adp_model_obs(c->model, g_array_index(evidence, guint32, i));

        last = obs;
        if (obs->type == ADP_OBS_DNS_QUERY || obs->type == ADP_OBS_DNS_REPLY) {
            question = obs->u.dns->name;
        } else if (obs->type == ADP_OBS_HTTP_REQUEST) {
            url = obs->u.http->url;
        }
    }
    ends(c, path, last ? last->flow.server : ADP_NONE, last ? last->flow.server_port : 0);
    if (last && last->flow.transport != ADP_TRANSPORT_OTHER) {
        adp_json_begin_object(c, "network");
        adp_json_string(c, "transport", adp_transport_name(last->flow.transport));
        adp_json_end_object(c);
    }
    if (question && *question) {
        adp_json_begin_object(c, "dns");
        adp_json_begin_object(c, "question");
        adp_json_string(c, "name", question);
        adp_json_end_object(c);
        adp_json_end_object(c);
    }
    if (url) {
        adp_json_begin_object(c, "url");
        adp_json_string(c, "full", url);
        adp_json_end_object(c);
    }
}

static void rule(const adp_json_out *c, const adp_finding_info *info)
{
    char *page = g_strdup_printf("docs/findings/%s.md", info->name);

    adp_json_begin_object(c, "rule");
    adp_json_string(c, "id", info->name);
    adp_json_string(c, "name", info->title);
    adp_json_string(c, "reference", page);
    adp_json_end_object(c);
    g_free(page);
}

/* Is it about Kerberos or another proof of who somebody is? */
static const char *category_of(const adp_json_out *c, const adp_finding *f)
{
    guint i;

    for (i = 0; i < f->evidence->len; i++) {
        switch (adp_model_obs(c->model, g_array_index(f->evidence, guint32, i))->type) {
        case ADP_OBS_KDC_REQUEST:
        case ADP_OBS_KDC_REPLY:
        case ADP_OBS_AP_REQUEST:
        case ADP_OBS_AP_REPLY:
        case ADP_OBS_NTLM:
        case ADP_OBS_LDAP_BIND:
        case ADP_OBS_LDAP_BIND_REPLY:
            return "authentication";
        default:
            break;
        }
    }
    return "network";
}

static gint64 time_of(const adp_json_out *c, const GArray *evidence, guint i)
{
    return adp_model_obs(c->model, g_array_index(evidence, guint32, i))->time;
}

static void finding_line(const adp_json_out *c, const adp_finding *f, guint32 path_index,
                         GString *out)
{
    const adp_path *path = adp_model_path(c->model, path_index);
    const adp_finding_info *info = adp_finding_get(f->id);
    adp_advice_list *advice = adp_advise(f, c->mailboxes);
    gboolean is_fault = f->severity > ADP_SEVERITY_NOTE;
    event e = {.dataset = "adpath.finding",
               .kind = is_fault ? "alert" : "event",
               .outcome = is_fault ? "failure" : "unknown",
               .category = category_of(c, f),
               .code = info->name,
               .severity = (guint)f->severity + 1,
               .has_time = f->evidence->len > 0};

    if (e.has_time) {
        e.start = time_of(c, f->evidence, 0);
        e.end = MAX(e.start, time_of(c, f->evidence, f->evidence->len - 1));
    }
    begin_line(c, &e, f->summary ? f->summary : "");
    adp_json_begin_object(c, "log");
    adp_json_string(c, "level", adp_severity_name(f->severity));
    adp_json_end_object(c);
    rule(c, info);
    subject(c, f->evidence, path);
    adp_json_begin_object(c, "adpath");
    begin_path(c, path_index, path);
    adp_json_end_object(c);
    adp_json_begin_object(c, "finding");
    adp_json_string(c, "id", info->name);
    adp_json_string(c, "severity", adp_severity_name(f->severity));
    if (f->recovered_by) {
        adp_json_number(c, "recovered_by", f->recovered_by);
    }
    adp_json_seconds(c, "cost", f->cost);
    adp_json_frames(c, f->evidence);
    adp_json_string(c, "observed", f->observed ? f->observed : "");
    adp_json_string(c, "inferred", f->inferred ? f->inferred : "");
    adp_json_causes(c, advice->causes);
    adp_json_checks(c, advice->checks);
    adp_json_end_object(c);
    adp_json_end_object(c);
    end_line(c, out);
    adp_advice_list_free(advice);
}

/* ---- paths and the capture ---- */

static void stages(const adp_json_out *c, guint32 index)
{
    adp_path_stage *all = adp_stages_of(c->analysis, index, c->mailboxes);
    int which;

    adp_json_begin_object(c, "stages");
    for (which = ADP_STAGE_FIND; which < ADP_STAGES; which++) {
        const adp_path_stage *stage = &all[which];

        adp_json_begin_object(c, adp_stage_name((adp_stage)which));
        adp_json_string(c, "outcome", adp_stage_outcome_name(stage->outcome));
        adp_json_seconds(c, "duration", stage->duration);
        adp_json_seconds(c, "waiting", stage->waiting);
        adp_json_seconds(c, "lost", stage->lost);
        if (stage->first) {
            adp_json_string(c, "finding", adp_finding_get(stage->first->id)->name);
        }
        adp_json_end_object(c);
    }
    adp_json_end_object(c);
    adp_stages_free(all);
}

static const char *ecs_outcome(const char *outcome)
{
    return g_str_equal(outcome, "ok")       ? "success"
           : g_str_equal(outcome, "failed") ? "failure"
                                            : "unknown";
}

static void path_line(const adp_json_out *c, guint32 index, adp_finding *const *list, guint count,
                      GString *out)
{
    const adp_path *path = adp_model_path(c->model, index);
    char *verdict = adp_path_verdict(c->analysis, index, c->mailboxes);
    event e = {.dataset = "adpath.path",
               .kind = "event",
               .outcome = ecs_outcome(adp_path_outcome(c->analysis, path)),
               .category = "network",
               .has_time = TRUE};
    guint i;

    adp_analysis_span(c->analysis, index, &e.start, &e.end);
    begin_line(c, &e, verdict);
    ends(c, path, ADP_NONE, 0);
    adp_json_begin_object(c, "adpath");
    begin_path(c, index, path);
    adp_json_seconds(c, "lost", adp_path_lost(c->analysis, index));
    adp_json_number(c, "steps", path->steps.count);
    adp_json_begin_array(c, "findings");
    for (i = 0; i < count; i++) {
        json_dumper_value_string(c->dumper, adp_finding_get(list[i]->id)->name);
    }
    adp_json_end_array(c);
    stages(c, index);
    adp_json_end_object(c);
    adp_json_end_object(c);
    end_line(c, out);
    g_free(verdict);
}

static void capture_line(const adp_json_out *c, const adp_selection *selection, GString *out)
{
    char *verdict = adp_capture_verdict(c->analysis, selection, c->mailboxes);
    const char *outcome = adp_capture_outcome(c->analysis, selection, c->mailboxes);
    GPtrArray *told = adp_model_limits_told(c->model);
    guint32 frames = 0;
    event e = {.dataset = "adpath.capture",
               .kind = "event",
               .outcome = ecs_outcome(outcome),
               .category = "network"};
    guint i;

    e.has_time = adp_model_span(c->model, &e.start, &e.end, &frames);
    begin_line(c, &e, verdict ? verdict : adp_no_verdict(c->model, selection));
    adp_json_begin_object(c, "adpath");
    adp_json_begin_object(c, "capture");
    adp_json_string(c, "outcome", outcome);
    adp_json_string(c, "verdict",
                    adp_health_word(adp_capture_health(c->analysis, selection, c->mailboxes)));
    adp_json_number(c, "frames", frames);
    adp_json_begin_array(c, "limits");
    for (i = 0; i < told->len; i++) {
        json_dumper_value_string(c->dumper, g_ptr_array_index(told, i));
    }
    adp_json_end_array(c);
    adp_json_end_object(c);
    adp_json_end_object(c);
    end_line(c, out);
    g_ptr_array_unref(told);
    g_free(verdict);
}

void adp_ndjson_write(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                      adp_sink sink, void *data)
{
    GString *out = g_string_new(NULL);
    const adp_model *model = adp_analysis_model(analysis);
    json_dumper dumper = {.output_string = out};
    adp_json_out c = {
        .dumper = &dumper, .analysis = analysis, .model = model, .mailboxes = mailboxes};
    guint32 i;

    capture_line(&c, selection, out);
    for (i = 0; i < adp_model_path_count(model); i++) {
        adp_finding *const *list;
        guint count;
        guint k;

        if (!adp_selected(selection, i) ||
            adp_path_is_unattached(model, adp_model_path(model, i))) {
            continue;
        }
        list = adp_findings_of_path(analysis, i, mailboxes, &count);
        path_line(&c, i, list, count, out);
        for (k = 0; k < count; k++) {
            finding_line(&c, list[k], i, out);
        }
        adp_sink_pass(sink, data, out);
    }
    adp_sink_end(sink, data, out);
}

void adp_ndjson(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                GString *out)
{
    adp_ndjson_write(analysis, selection, mailboxes, adp_sink_gather, out);
}
