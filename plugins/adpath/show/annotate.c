/* annotate.c
 * The adpath subtree of a frame: one subtree a step, its summary first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/annotate.h"

#include "facts/facts.h"
#include "facts/fields.h"
#include "facts/outcome.h"
#include "facts/stage.h"
#include "facts/step_stage.h"
#include "facts/summary.h"
#include "facts/view.h"
#include "facts/views.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/path.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/inferred.h"
#include "judge/inferred_told.h"
#include "judge/lookup.h"
#include "log/observation.h"
#include "show/hf.h"
#include "show/packet_row.h"
#include "show/path_expert.h"
#include "wire/text.h"

#include <epan/expert.h>

#include <string.h>

static int ett_adpath = -1;
static int ett_step = -1;
static int ett_entry = -1;
static int ett_finding = -1;

/*
 * An expert item has one severity, a finding may have any: so there are three items of
 * each name, and a filter on the name matches all of them.
 */
#define SEVERITIES 3
static expert_field ei[ADP_FINDING_COUNT][SEVERITIES];

/* "adpath.expert.srv_not_found" for srv-not-found. */
static const char *expert_name(adp_finding_id id)
{
    /* libwireshark keeps pointers into it. */
    static char names[ADP_FINDING_COUNT][64];

    (void)g_snprintf(names[id], sizeof(names[id]), "adpath.expert.%s", adp_finding_get(id)->name);
    return g_strdelimit(names[id], "-", '_');
}

static void register_expert(int proto)
{
    static const int groups[] = {[ADP_GROUP_RESPONSE] = PI_RESPONSE_CODE,
                                 [ADP_GROUP_SEQUENCE] = PI_SEQUENCE,
                                 [ADP_GROUP_SECURITY] = PI_SECURITY,
                                 [ADP_GROUP_ASSUMPTION] = PI_ASSUMPTION};
    static const int severities[SEVERITIES] = {[ADP_SEVERITY_NOTE] = PI_NOTE,
                                               [ADP_SEVERITY_WARN] = PI_WARN,
                                               [ADP_SEVERITY_ERROR] = PI_ERROR};
    static ei_register_info rows[ADP_FINDING_COUNT * SEVERITIES];
    expert_module_t *module = expert_register_protocol(proto);
    int id;
    int severity;

    for (id = 0; id < ADP_FINDING_COUNT; id++) {
        const adp_finding_info *info = adp_finding_get((adp_finding_id)id);
        const char *name = expert_name((adp_finding_id)id);

        for (severity = 0; severity < SEVERITIES; severity++) {
            ei_register_info row = {
                &ei[id][severity],
                {name, groups[info->group], severities[severity], info->title, EXPFILL}};

            row.eiinfo.hf_info.hfinfo.blurb = "A finding: Explain this packet opens its page";
            ei[id][severity].ei = -1;
            ei[id][severity].hf = -1;
            rows[id * SEVERITIES + severity] = row;
        }
    }
    expert_register_field_array(module, rows, (int)G_N_ELEMENTS(rows));
    adp_path_expert_register(module);
}

void adp_annotate_register(int proto)
{
    static int *ett[] = {&ett_adpath, &ett_step, &ett_entry, &ett_finding};

    adp_hf_register(proto);
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    register_expert(proto);
}

/* ---- items; all generated, none stands for bytes of the frame ---- */

typedef struct {
    const adp_model *model;
    packet_info *pinfo;
    tvbuff_t *tvb;
    GArray *cited;             /* adp_citation, of the findings of the frame; NULL: none */
    const GPtrArray *inferred; /* adp_inferred of the capture; NULL: it is too early */
    adp_view view;
    const adp_step *step;
    guint32 frame;  /* its number as the model knows it */
    gboolean alone; /* the frame is of no step: findings cite it, and that is all */
} context;

static void add_string(const context *c, proto_tree *tree, adp_field field, const char *value)
{
    proto_item_set_generated(proto_tree_add_string(tree, adp_hf(field), c->tvb, 0, 0, value));
}

static void add_uint(const context *c, proto_tree *tree, adp_field field, guint32 value)
{
    proto_item_set_generated(proto_tree_add_uint(tree, adp_hf(field), c->tvb, 0, 0, value));
}

static void add_time(const context *c, proto_tree *tree, adp_field field, gint64 ns)
{
    nstime_t time = {.secs = (time_t)(ns / ADP_NS_PER_S), .nsecs = (int)(ns % ADP_NS_PER_S)};

    proto_item_set_generated(proto_tree_add_time(tree, adp_hf(field), c->tvb, 0, 0, &time));
}

static void add_neighbour(const context *c, proto_tree *tree, adp_field field, gint by)
{
    const adp_step *other = adp_model_neighbour(c->model, c->step, by);

    if (other) {
        add_uint(c, tree, field, adp_model_obs(c->model, other->first)->frame);
    }
}

static void add_common(const context *c, proto_tree *tree, const char *summary)
{
    const adp_obs *asked = adp_view_request(c->model, &c->view);
    guint32 request = asked ? asked->frame : 0;
    guint32 reply = adp_step_reply_frame(c->model, c->step);
    gint64 time;

    add_string(c, tree, ADP_F_SUMMARY, summary);
    add_uint(c, tree, ADP_F_N, c->view.step + 1);
    if (!adp_path_is_unattached(c->model, adp_model_path(c->model, c->step->path)) &&
        (!c->view.early || adp_path_is_certain(c->model, c->step))) {
        add_uint(c, tree, ADP_F_PATH, c->step->path + 1);
    }
    add_string(c, tree, ADP_F_OUTCOME,
               adp_outcome_name(adp_step_outcome(c->model, c->step, c->view.early)));
    add_string(c, tree, ADP_F_STAGE, adp_stage_name(adp_step_stage(c->model, c->step)));
    add_string(c, tree, ADP_F_CLIENT, adp_model_address_text(c->model, c->step->flow.client));
    add_string(c, tree, ADP_F_SERVER, adp_model_address_text(c->model, c->step->flow.server));
    if (request && request != c->frame) {
        add_uint(c, tree, ADP_F_REQUEST, request);
    }
    if (reply && reply != c->frame) {
        add_uint(c, tree, ADP_F_RESPONSE, reply);
    }
    if (adp_step_time(c->model, &c->view, &time)) {
        add_time(c, tree, ADP_F_TIME, time);
    }
    add_uint(c, tree, ADP_F_RETRIES, adp_model_mark(c->model, c->view.to)->retries);
    add_neighbour(c, tree, ADP_F_PREVIOUS, -1);
    add_neighbour(c, tree, ADP_F_NEXT, 1);
}

/* The label of an entry says where it points, so that it need not be opened. */
static proto_tree *add_entry(const context *c, proto_tree *tree, const adp_facts *facts, guint at)
{
    const adp_fact *fact = &g_array_index(facts->items, adp_fact, at);
    const char *binding = "";
    proto_item *item;
    guint i;

    for (i = at + 1; i < facts->items->len; i++) {
        const adp_fact *other = &g_array_index(facts->items, adp_fact, i);

        if (other->group != fact->group) {
            break;
        }
        if (other->field == ADP_F_SCP_BINDING) {
            binding = other->v.s;
            break;
        }
    }
    item = proto_tree_add_string_format(tree, adp_hf(fact->field), c->tvb, 0, 0, fact->v.s,
                                        "Entry: %s %s", fact->v.s, binding);
    proto_item_set_generated(item);
    return proto_item_add_subtree(item, ett_entry);
}

static void add_fact(const context *c, proto_tree *tree, const adp_fact *fact)
{
    proto_item *item = NULL;

    switch (adp_field_get(fact->field)->type) {
    case ADP_TYPE_STRING:
        add_string(c, tree, fact->field, fact->v.s);
        break;
    case ADP_TYPE_INT32:
        item = proto_tree_add_int(tree, adp_hf(fact->field), c->tvb, 0, 0, fact->v.i);
        break;
    case ADP_TYPE_BOOLEAN:
        item = proto_tree_add_boolean(tree, adp_hf(fact->field), c->tvb, 0, 0, fact->v.b);
        break;
    case ADP_TYPE_TIME:
        add_time(c, tree, fact->field, fact->v.t);
        break;
    default:
        add_uint(c, tree, fact->field, fact->v.u);
        break;
    }
    proto_item_set_generated(item);
}

static void add_facts(const context *c, proto_tree *tree)
{
    adp_facts *facts = adp_facts_new(c->model, &c->view);
    proto_tree *entry = tree;
    guint i;

    for (i = 0; i < facts->items->len; i++) {
        const adp_fact *fact = &g_array_index(facts->items, adp_fact, i);

        if (fact->field == ADP_F_SCP_ENTRY) {
            entry = add_entry(c, tree, facts, i);
        } else {
            add_fact(c, fact->group ? entry : tree, fact);
        }
    }
    adp_facts_free(facts);
}

/* ---- findings ---- */

static expert_field *expert_of(const adp_finding *finding)
{
    return &ei[finding->id][finding->severity];
}

static void say_expert(packet_info *pinfo, proto_item *item, const adp_finding *finding)
{
    expert_add_info_format(pinfo, item, expert_of(finding), "%s [%s]", finding->summary,
                           adp_finding_get(finding->id)->name);
}

/* A frame of no step would be a blank row in the columns of the profile. */
static void add_evidence(const context *c, proto_tree *tree, const adp_finding *finding)
{
    char *summary = g_strdup_printf("evidence of finding %s: %s",
                                    adp_finding_get(finding->id)->name, finding->summary);

    add_string(c, tree, ADP_F_SUMMARY, summary);
    adp_packet_row_say(summary, c->tvb, tree);
    g_free(summary);
    if (finding->path != ADP_NONE &&
        !adp_path_is_unattached(c->model, adp_model_path(c->model, finding->path))) {
        add_uint(c, tree, ADP_F_PATH, finding->path + 1);
    }
}

static void add_finding(const context *c, proto_tree *tree, const adp_finding *finding)
{
    const char *name = adp_finding_get(finding->id)->name;
    proto_item *item = proto_tree_add_string_format(
        tree, adp_hf(ADP_F_FINDING), c->tvb, 0, 0, name, "Finding, %s: %s",
        adp_severity_name(finding->severity), finding->summary);
    proto_tree *subtree = proto_item_add_subtree(item, ett_finding);

    proto_item_set_generated(item);
    add_string(c, subtree, ADP_F_FINDING_SEVERITY, adp_severity_name(finding->severity));
    add_string(c, subtree, ADP_F_FINDING_TEXT, finding->summary);
    if (finding->cost) {
        add_time(c, subtree, ADP_F_FINDING_COST, finding->cost);
    }
    if (c->alone) {
        add_evidence(c, subtree, finding);
    }
    say_expert(c->pinfo, item, finding);
}

/* Those that cite an observation of this step in this frame. `step` ADP_NONE: of no step. */
static void add_findings(const context *c, proto_tree *tree, guint32 step)
{
    guint i;

    for (i = c->cited ? adp_citations_before(c->cited, step) : 0; c->cited && i < c->cited->len;
         i++) {
        const adp_citation *citation = &g_array_index(c->cited, adp_citation, i);

        if (citation->step != step) {
            break;
        }
        add_finding(c, tree, citation->finding);
    }
}

/* What the whole capture says, its first reading cannot know. */
static void add_inferred(const context *c, proto_tree *tree)
{
    guint count;
    guint i = adp_inferred_of_path(c->inferred, c->step->path, &count);

    for (; count; count--, i++) {
        const adp_inferred *item = g_ptr_array_index(c->inferred, i);

        if (item->step == c->view.step) {
            add_string(c, tree, ADP_F_INFERRED, item->text);
        }
    }
}

static void add_step(const context *c, proto_tree *tree)
{
    const char *kind = adp_step_kind_name(c->step->kind);
    char *summary = adp_summary(c->model, &c->view);
    proto_item *item =
        proto_tree_add_string_format(tree, adp_hf(ADP_F_STEP), c->tvb, 0, 0, kind,
                                     "Step %u, %s: %s", c->view.step + 1, kind, summary);
    proto_tree *subtree = proto_item_add_subtree(item, ett_step);

    proto_item_set_generated(item);
    add_common(c, subtree, summary);
    g_free(summary);
    add_findings(c, subtree, c->view.step);
    if (c->inferred) {
        add_inferred(c, subtree);
    }
    add_facts(c, subtree);
}

static const GPtrArray *findings_of(adp_analysis *analysis, guint32 first, gboolean early,
                                    gboolean mailboxes)
{
    /* What the whole capture says, its first reading cannot know. */
    return early ? NULL : adp_findings_of_frame(analysis, first, mailboxes);
}

gboolean adp_is_tagged(adp_analysis *analysis, guint32 first, gboolean early, gboolean mailboxes)
{
    return adp_model_frame_has_step(adp_analysis_model(analysis), first) ||
           findings_of(analysis, first, early, mailboxes) != NULL;
}

void adp_annotate(adp_analysis *analysis, guint32 first, tvbuff_t *tvb, packet_info *pinfo,
                  proto_tree *tree, int proto, gboolean early, gboolean mailboxes)
{
    const adp_model *model = adp_analysis_model(analysis);
    GArray *views = adp_views_of_frame(model, first, early, mailboxes);
    const GPtrArray *findings = findings_of(analysis, first, early, mailboxes);
    proto_item *item = proto_tree_add_item(tree, proto, tvb, 0, 0, ENC_NA);
    proto_tree *subtree = proto_item_add_subtree(item, ett_adpath);
    context c = {.model = model,
                 .pinfo = pinfo,
                 .tvb = tvb,
                 .cited = findings ? adp_citations_of_frame(model, first, findings) : NULL,
                 .frame = adp_model_obs(model, first)->frame};
    guint i;

    proto_item_set_generated(item);
    c.alone = views->len == 0;
    c.inferred = early ? NULL : adp_analysis_inferred(analysis);
    if (!early) {
        adp_path_expert_say(analysis, first, pinfo, item, mailboxes);
    }
    for (i = 0; i < views->len; i++) {
        c.view = g_array_index(views, adp_view, i);
        c.view.ranks = adp_analysis_ranks(analysis);
        c.step = adp_model_step(model, c.view.step);
        add_step(&c, subtree);
    }
    add_findings(&c, subtree, ADP_NONE);
    if (views->len) {
        adp_packet_row(model, views, tvb, subtree);
    }
    if (c.cited) {
        g_array_unref(c.cited);
    }
    g_array_unref(views);
}

void adp_annotate_expert(adp_analysis *analysis, guint32 first, packet_info *pinfo, gboolean early,
                         gboolean mailboxes)
{
    const GPtrArray *findings = findings_of(analysis, first, early, mailboxes);
    guint i;

    if (!early) {
        adp_path_expert_say(analysis, first, pinfo, NULL, mailboxes);
    }
    for (i = 0; findings && i < findings->len; i++) {
        say_expert(pinfo, NULL, g_ptr_array_index(findings, i));
    }
}

void adp_annotate_light(adp_analysis *analysis, gboolean mailboxes)
{
    const GPtrArray *findings = adp_findings(analysis, mailboxes);
    const adp_finding *gravest = NULL;
    packet_info nowhere;
    guint i;

    memset(&nowhere, 0, sizeof(nowhere));
    nowhere.num = 1; /* that of no packet is no item */
    nowhere.pool = wmem_file_scope();
    for (i = 0; i < findings->len; i++) {
        const adp_finding *finding = g_ptr_array_index(findings, i);

        if (!gravest || finding->severity > gravest->severity) {
            gravest = finding;
        }
    }
    if (gravest) {
        expert_add_info(&nowhere, NULL, expert_of(gravest));
    }
    adp_path_expert_light(analysis, &nowhere, mailboxes);
}
