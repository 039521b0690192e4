/* told.c
 * A capture as its JSON report tells it: of the open file, or of another one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare/told.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* The report of 30,000 steps. */
#define FILE_BYTES (128 << 20)

#define HOW "make it with: tshark -r OTHER.pcapng -q -z adpath,json > FILE.json"

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static adp_told_end end_of(const adp_json_value *step, const char *name)
{
    const adp_json_value *end = adp_value_member(step, name);
    adp_told_end told = {.address = or_empty(adp_value_string(end, "address")),
                         .port = adp_value_uint(end, "port", 0),
                         .name = adp_value_string(end, "name")};

    return told;
}

static guint32 first_frame(const adp_json_value *frames)
{
    const adp_json_value *first = adp_value_items(frames);

    return first && first->type == ADP_JSON_NUMBER && first->u.number > 0 &&
                   first->u.number <= (double)G_MAXUINT32
               ? (guint32)first->u.number
               : 0;
}

static void read_step(adp_told *told, const adp_json_value *value, guint32 path)
{
    adp_told_step *step = adp_arena_alloc(told->arena, sizeof *step);

    step->n = adp_value_uint(value, "n", 0);
    step->path = path;
    step->kind = or_empty(adp_value_string(value, "kind"));
    step->outcome = or_empty(adp_value_string(value, "outcome"));
    step->stage = or_empty(adp_value_string(value, "stage"));
    step->summary = or_empty(adp_value_string(value, "summary"));
    step->transport = or_empty(adp_value_string(value, "transport"));
    step->start = adp_value_time(value, "start", 0);
    step->time = adp_value_time(value, "time", ADP_TOLD_NO_TIME);
    step->frames = adp_value_member(value, "frames");
    step->frame = adp_value_uint(value, "request", 0);
    if (!step->frame) {
        step->frame = first_frame(step->frames);
    }
    step->retries = adp_value_uint(value, "retries", 0);
    step->id = adp_value_uint(value, "id", 0);
    step->client = end_of(value, "client");
    step->server = end_of(value, "server");
    step->detail = adp_value_member(value, "detail");
    /* The lists hold pointers. NOLINTBEGIN(bugprone-sizeof-expression) */
    adp_list_add(told->arena, &told->steps, step);
    if (path != ADP_TOLD_NO_PATH) {
        adp_list_add(told->arena, &told->paths.items[path].steps, step);
    }
    /* NOLINTEND(bugprone-sizeof-expression) */
}

static void read_endpoint(adp_told *told, adp_told_path *path, const adp_json_value *value)
{
    adp_told_endpoint endpoint = {.rank = adp_value_uint(value, "rank", 0),
                                  .order = adp_value_uint(value, "order", 0),
                                  .url = or_empty(adp_value_string(value, "url")),
                                  .host = or_empty(adp_value_string(value, "host")),
                                  .source = or_empty(adp_value_string(value, "source")),
                                  .reason = adp_value_string(value, "reason"),
                                  .outcome = or_empty(adp_value_string(value, "outcome")),
                                  .frames = adp_value_member(value, "frames")};

    adp_list_add(told->arena, &path->endpoints, endpoint);
}

static void read_finding(adp_told *told, adp_told_path *path, const adp_json_value *value)
{
    const adp_json_value *by = adp_value_member(value, "recovered_by");
    adp_told_finding finding = {.id = or_empty(adp_value_string(value, "id")),
                                .severity = or_empty(adp_value_string(value, "severity")),
                                .summary = or_empty(adp_value_string(value, "summary")),
                                .recovered = by && by->type == ADP_JSON_NUMBER,
                                .cost = adp_value_time(value, "cost", 0),
                                .frames = adp_value_member(value, "frames")};

    finding.frame = first_frame(finding.frames);
    adp_list_add(told->arena, &path->findings, finding);
}

static void read_stage(adp_told *told, adp_told_path *path, const adp_json_value *value)
{
    adp_told_stage stage = {.stage = or_empty(adp_value_string(value, "stage")),
                            .outcome = or_empty(adp_value_string(value, "outcome")),
                            .duration = adp_value_time(value, "duration", 0),
                            .waiting = adp_value_time(value, "waiting", 0),
                            .lost = adp_value_time(value, "lost", 0)};

    adp_list_add(told->arena, &path->stages, stage);
}

static void read_path(adp_told *told, const adp_json_value *value)
{
    const adp_json_value *client = adp_value_member(value, "client");
    const adp_json_value *item;
    guint32 index = told->paths.count;
    adp_told_path made = {.id = adp_value_uint(value, "id", 0),
                          .outcome = or_empty(adp_value_string(value, "outcome")),
                          .address = or_empty(adp_value_string(client, "address")),
                          .client_name = adp_value_string(client, "name"),
                          .domain = adp_value_string(value, "domain"),
                          .forest = adp_value_string(value, "forest"),
                          .site = adp_value_string(value, "site"),
                          .mail_domain = adp_value_string(value, "mail_domain"),
                          .start = adp_value_time(value, "start", 0),
                          .duration = adp_value_time(value, "duration", 0)};
    adp_told_path *path;

    adp_list_add(told->arena, &told->paths, made);
    path = &told->paths.items[index];
    for (item = adp_value_items(adp_value_member(value, "stages")); item; item = item->next) {
        read_stage(told, path, item);
    }
    for (item = adp_value_items(adp_value_member(value, "steps")); item; item = item->next) {
        read_step(told, item, index);
    }
    for (item = adp_value_items(adp_value_member(value, "endpoints")); item; item = item->next) {
        read_endpoint(told, path, item);
    }
    for (item = adp_value_items(adp_value_member(value, "findings")); item; item = item->next) {
        read_finding(told, path, item);
    }
}

static void read_report(adp_told *told, const adp_json_value *report)
{
    const adp_json_value *capture = adp_value_member(report, "capture");
    const adp_json_value *verdict = adp_value_member(report, "verdict");
    const adp_json_value *item;

    told->analysis = adp_value_true(report, "analysis");
    told->generator = or_empty(adp_value_string(adp_value_member(report, "generator"), "adpath"));
    told->pseudonyms = adp_value_true(adp_value_member(report, "generator"), "pseudonyms");
    told->outcome = or_empty(adp_value_string(verdict, "outcome"));
    told->text = or_empty(adp_value_string(verdict, "text"));
    told->frames = adp_value_uint(capture, "frames", 0);
    told->first = adp_value_time(capture, "first", ADP_TOLD_NO_TIME);
    told->last = adp_value_time(capture, "last", ADP_TOLD_NO_TIME);
    for (item = adp_value_items(adp_value_member(report, "paths")); item; item = item->next) {
        read_path(told, item);
    }
    item = adp_value_items(adp_value_member(adp_value_member(report, "unattached"), "steps"));
    for (; item; item = item->next) {
        read_step(told, item, ADP_TOLD_NO_PATH);
    }
}

/* Beginnings of captures: pcapng, pcap in both orders and both units. */
static gboolean is_capture(const char *text, gsize len)
{
    static const char magic[][5] = {"\x0a\x0d\x0d\x0a", "\xa1\xb2\xc3\xd4", "\xd4\xc3\xb2\xa1",
                                    "\xa1\xb2\x3c\x4d", "\x4d\x3c\xb2\xa1"};
    guint i;

    for (i = 0; i < G_N_ELEMENTS(magic); i++) {
        if (len >= 4 && memcmp(text, magic[i], 4) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static char *no_json(adp_json_result result, const char *text, gsize len)
{
    if (is_capture(text, len)) {
        return g_strdup("is a capture itself; " HOW);
    }
    switch (result) {
    case ADP_JSON_ENDS:
        return g_strdup(len ? "ends in the middle; " HOW : "is empty; " HOW);
    case ADP_JSON_MORE:
        return g_strdup("holds more than one report; " HOW);
    case ADP_JSON_LARGE:
        return g_strdup("is larger than any report; " HOW);
    default:
        return g_strdup("is not JSON; " HOW);
    }
}

/* Why this JSON is no report that can be read here; NULL: it is one. */
static char *no_report(const adp_json_value *report)
{
    const adp_json_value *version = adp_value_member(report, "version");
    const adp_json_value *paths = adp_value_member(report, "paths");

    if (!version || version->type != ADP_JSON_NUMBER || !adp_value_member(report, "verdict") ||
        !adp_value_member(report, "capture") || !paths || paths->type != ADP_JSON_ARRAY) {
        return g_strdup("is JSON, but no report of adpath; " HOW);
    }
    if (adp_value_uint(report, "version", 0) != ADP_TOLD_VERSION) {
        return g_strdup("is a report of another version of adpath than this one; " HOW);
    }
    if (!adp_value_true(report, "analysis")) {
        return g_strdup("was made with the analysis switched off (preference adpath.analysis); "
                        "switch it on and " HOW);
    }
    return NULL;
}

adp_told *adp_told_read(const char *text, gsize len, char **problem)
{
    adp_told *told = g_new0(adp_told, 1);
    const adp_json_value *report;
    adp_json_result result;

    told->arena = adp_arena_new();
    result = adp_value_read(told->arena, text, len, &report);
    *problem = report ? no_report(report) : no_json(result, text, len);
    if (*problem) {
        adp_told_free(told);
        return NULL;
    }
    read_report(told, report);
    return told;
}

adp_told *adp_told_open(const char *name, char **problem)
{
    GStatBuf status;
    char *text = NULL;
    gsize len = 0;
    adp_told *told = NULL;

    if (g_stat(name, &status) != 0) {
        *problem = g_strdup("cannot be found; name the output of -z adpath,json of the other "
                            "capture");
    } else if (!S_ISREG(status.st_mode)) {
        /* A pipe would be waited for, and a device may have no end. */
        *problem = g_strdup("is no ordinary file; " HOW);
    } else if (status.st_size > FILE_BYTES) {
        *problem = g_strdup("is larger than any report; " HOW);
    } else if (!g_file_get_contents(name, &text, &len, NULL)) {
        *problem = g_strdup("cannot be read");
    } else {
        told = adp_told_read(text, len, problem);
    }
    g_free(text);
    return told;
}

void adp_told_free(adp_told *told)
{
    if (told) {
        adp_arena_free(told->arena);
        g_free(told);
    }
}

gboolean adp_told_has_frame(const adp_json_value *frames, guint32 frame)
{
    const adp_json_value *item;

    for (item = adp_value_items(frames); item; item = item->next) {
        if (item->type == ADP_JSON_NUMBER && item->u.number == (double)frame) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean adp_told_step_went_well(const adp_told_step *step)
{
    return strcmp(step->outcome, "ok") == 0 || strcmp(step->outcome, "normal") == 0;
}

gboolean adp_told_step_went_wrong(const adp_told_step *step)
{
    return strcmp(step->outcome, "failed") == 0 || strcmp(step->outcome, "unanswered") == 0;
}
