/* arrows.c
 * The arrows of the flow graph: one a step, and one for what was tried in vain.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/arrows.h"

#include "facts/outcome.h"
#include "facts/summary.h"
#include "facts/view.h"
#include "join/attempts.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/lookup.h"
#include "log/observation.h"
#include "session.h"
#include "show/arrow_colour.h"
#include "show/sequence.h"
#include "wire/hash.h"
#include "wire/text.h"

#include <string.h>

/* Versions of Wireshark that we do not know may have longer items. */
#define SPARE 128

/* ---- who: names where the capture has them ---- */

static void names_init(adp_arrow_names *n)
{
    n->labels = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    n->taken = g_hash_table_new(adp_str_hash, adp_str_equal);
}

static void names_clear(const adp_arrow_names *n)
{
    g_hash_table_unref(n->taken);
    g_hash_table_unref(n->labels);
}

/* Two machines of one name would be one column: the second has its address behind the name. */
static const char *label_of(const adp_arrow_names *n, const adp_model *model, adp_client end)
{
    gpointer key = adp_client_key(end);
    char *label = g_hash_table_lookup(n->labels, key);
    const char *text = adp_model_address_text(model, end.address);
    const char *name = adp_model_client_name(model, end);

    if (!label) {
        label = g_strdup(name ? name : text);
        if (g_hash_table_contains(n->taken, label)) {
            g_free(label);
            label = g_strdup_printf("%s (%s)", name ? name : text, text);
        }
        g_hash_table_insert(n->labels, key, label);
        g_hash_table_insert(n->taken, label, key);
    }
    return label;
}

static void set_end(address *end, const char *label)
{
    alloc_address_wmem(NULL, end, AT_STRINGZ, (int)strlen(label) + 1, label);
}

/* ---- how it ended ---- */

static void colour(seq_analysis_item_t *item, adp_outcome outcome, int cited)
{
    const adp_arrow_colours *of = adp_arrow_colour(outcome, cited);

    item->bg_color = of->back;
    item->fg_color = of->text;
    item->has_color_filter = TRUE;
}

/** What findings say of a step. */
typedef struct {
    GString *text;
    int severity; /* the gravest */
} remark;

static void remark_free(gpointer data)
{
    remark *r = data;

    g_string_free(r->text, TRUE);
    g_free(r);
}

static void add_remark(GHashTable *remarks, guint32 step, const adp_finding *finding)
{
    remark *r = g_hash_table_lookup(remarks, GUINT_TO_POINTER(step + 1));

    if (!r) {
        r = g_new0(remark, 1);
        r->text = g_string_new(NULL);
        r->severity = (int)finding->severity;
        g_hash_table_insert(remarks, GUINT_TO_POINTER(step + 1), r);
    }
    r->severity = MAX(r->severity, (int)finding->severity);
    g_string_append_printf(r->text, "%s%s: %s", r->text->len ? "; " : "",
                           adp_severity_name(finding->severity), finding->summary);
}

/* The attempt that a finding's evidence is about; ADP_NONE: none that failed. */
static guint32 attempt_of(const adp_model *model, guint32 obs_index)
{
    const adp_obs *obs = adp_model_obs(model, obs_index);
    guint32 attempt;

    if (adp_model_mark(model, obs_index)->step != ADP_NONE || obs->type != ADP_OBS_TCP ||
        obs->u.tcp->event != ADP_TCP_SYN || obs->flow.transport != ADP_TCP) {
        return ADP_NONE;
    }
    attempt = adp_model_find_attempt(model, &obs->flow);
    return attempt != ADP_NONE && !adp_model_attempt(model, attempt)->accepted ? attempt : ADP_NONE;
}

static gboolean is_lone_question(const adp_model *model, guint32 obs)
{
    return adp_model_mark(model, obs)->step == ADP_NONE &&
           adp_model_obs(model, obs)->type == ADP_OBS_DNS_QUERY;
}

static void read_finding(const adp_model *model, const adp_finding *finding, GHashTable *remarks,
                         GHashTable *seen, GArray *tried)
{
    GArray *steps = adp_finding_steps(model, finding);
    gboolean asked = FALSE;
    guint i;

    for (i = 0; i < steps->len; i++) {
        add_remark(remarks, g_array_index(steps, guint32, i), finding);
    }
    g_array_unref(steps);
    for (i = 0; i < finding->evidence->len; i++) {
        guint32 obs = g_array_index(finding->evidence, guint32, i);
        adp_vain in_vain = {.attempt = attempt_of(model, obs),
                            .asked = ADP_NONE,
                            .path = finding->path,
                            .finding = finding};

        if (in_vain.attempt != ADP_NONE) {
            if (g_hash_table_add(seen, GUINT_TO_POINTER(in_vain.attempt + 1))) {
                g_array_append_val(tried, in_vain);
            }
        } else if (!asked && is_lone_question(model, obs)) {
            /* Both families, and repeats, are one story. */
            asked = TRUE;
            in_vain.asked = obs;
            g_array_append_val(tried, in_vain);
        }
    }
}

/* ---- arrows ---- */

void adp_arrows_init(adp_arrows *d, adp_analysis *analysis, gboolean with_findings)
{
    const GPtrArray *findings;
    GHashTable *seen;
    guint i;

    d->model = adp_analysis_model(analysis);
    d->mailboxes = adp_shows_mailboxes();
    d->remarks = NULL;
    d->tried = NULL;
    names_init(&d->names);
    if (!with_findings) {
        return;
    }
    d->remarks = g_hash_table_new_full(NULL, NULL, NULL, remark_free);
    d->tried = g_array_new(FALSE, FALSE, sizeof(adp_vain));
    seen = g_hash_table_new(NULL, NULL);
    findings = adp_findings(analysis, d->mailboxes);
    for (i = 0; i < findings->len; i++) {
        read_finding(d->model, g_ptr_array_index(findings, i), d->remarks, seen, d->tried);
    }
    g_hash_table_unref(seen);
}

void adp_arrows_clear(const adp_arrows *d)
{
    if (d->remarks) {
        g_hash_table_unref(d->remarks);
        g_array_unref(d->tried);
    }
    names_clear(&d->names);
}

/* Sets what may change while a capture is read. */
void adp_arrow_describe(const adp_arrows *d, guint32 index, seq_analysis_item_t *item)
{
    const adp_step *step = adp_model_step(d->model, index);
    adp_view view = adp_view_whole(d->model, index, d->mailboxes);
    adp_outcome outcome = adp_step_outcome(d->model, step, FALSE);
    const remark *r =
        d->remarks ? g_hash_table_lookup(d->remarks, GUINT_TO_POINTER(index + 1)) : NULL;
    char *summary = adp_summary(d->model, &view);
    const char *result = adp_summary_result(summary);

    g_free(item->frame_label);
    g_free(item->comment);
    /* An arrow has room for a few words: what came of it. All else stands in the comment. */
    item->frame_label = g_strdup_printf("%s: %s", adp_step_kind_name(step->kind),
                                        result ? result : adp_outcome_name(outcome));
    /* The finding comes first: windows cut comments off at their end. */
    item->comment = g_strdup_printf("%s%s%u %s: %s", r ? r->text->str : "", r ? " - " : "",
                                    index + 1, adp_outcome_name(outcome), summary);
    colour(item, outcome, r ? r->severity : -1);
    g_free(summary);
}

static seq_analysis_item_t *item_at(const adp_arrows *d, const adp_flow *flow, adp_client client,
                                    guint32 frame, gint64 time)
{
    seq_analysis_item_t *item = g_malloc0(sizeof(*item) + SPARE);
    char seconds[ADP_SECONDS_LEN];
    gint64 begin = 0;
    gint64 end;
    guint32 frames;

    (void)adp_model_span(d->model, &begin, &end, &frames);
    item->frame_number = frame;
    set_end(&item->src_addr, label_of(&d->names, d->model, client));
    set_end(&item->dst_addr, label_of(&d->names, d->model, adp_client_at(flow->server)));
    item->port_src = flow->client_port;
    item->port_dst = flow->server_port;
    item->time_str = g_strdup(adp_seconds(adp_since(time, begin), seconds));
    item->display = TRUE;
    item->line_style = 1;
    return item;
}

seq_analysis_item_t *adp_arrow_new(const adp_arrows *d, guint32 index)
{
    const adp_step *step = adp_model_step(d->model, index);
    const adp_obs *start =
        adp_model_obs(d->model, step->request != ADP_NONE ? step->request : step->first);
    seq_analysis_item_t *item = item_at(d, &step->flow, step->client, start->frame, start->time);

    adp_arrow_describe(d, index, item);
    return item;
}

static const char *how_it_failed(const adp_attempt *attempt)
{
    return attempt->refused       ? "refused"
           : attempt->older       ? "answered for an older connection"
           : attempt->prohibited  ? "prohibited"
           : attempt->unreachable ? "unreachable"
                                  : "no answer";
}

seq_analysis_item_t *adp_arrow_in_vain(const adp_arrows *d, const adp_vain *v)
{
    const adp_attempt *attempt =
        v->attempt == ADP_NONE ? NULL : adp_model_attempt(d->model, v->attempt);
    const adp_obs *first = adp_model_obs(d->model, attempt ? attempt->first : v->asked);
    seq_analysis_item_t *item =
        item_at(d, &first->flow, attempt ? attempt->client : adp_client_at(first->flow.client),
                first->frame, first->time);

    item->frame_label =
        attempt ? g_strdup_printf("TCP %u: %s", first->flow.server_port, how_it_failed(attempt))
                : g_strdup("address: none");
    item->comment = g_strdup_printf("%s: %s - tried in vain",
                                    adp_severity_name(v->finding->severity), v->finding->summary);
    colour(item, ADP_FAILED, (int)v->finding->severity);
    return item;
}
