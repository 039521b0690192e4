/* tree.c
 * The statistics tree: clients, steps by kind and outcome, errors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "../compat.h"

#include "tree.h"

#include "../model/codes.h"
#include "../packet-adpath.h"
#include "collect.h"

#include <epan/stats_tree_priv.h>

#define ABBREVIATION "adpath"

static const char title[] = "AD Discovery Path";

/* Top nodes; a tree's nodes are numbered in the order of their making, for each tree alike. */
static int clients_node = -1;
static int kinds_node = -1;
static int errors_node = -1;
static int srv_node = -1;

/* stats_tree* -> adp_collector, owned: trees have no room for data of their users. */
static GHashTable *collectors;

static int add(stats_tree *st, const char *name, int parent, gboolean with_children, int by)
{
    return increase_stat_node(st, name, parent, with_children, by);
}

/* Adds the step to the tree, or with by = -1 takes it away as it was counted. */
static void count_step(const adp_model *model, guint32 index, adp_outcome outcome, int by,
                       void *user_data)
{
    stats_tree *st = user_data;
    const adp_step *step = adp_model_step(model, index);
    adp_view view = adp_view_whole(model, index, FALSE);
    const char *kind = adp_step_kind_name(step->kind);
    int node;

    (void)add(st, "Clients", 0, TRUE, by);
    node = add(st, adp_model_address_text(model, step->flow.client), clients_node, TRUE, by);
    (void)add(st, kind, node, FALSE, by);
    (void)add(st, "Steps", 0, TRUE, by);
    node = add(st, kind, kinds_node, TRUE, by);
    (void)add(st, adp_outcome_name(outcome), node, FALSE, by);
    if (step->kind == ADP_STEP_SRV) {
        const char *result = adp_view_dns_result(model, &view);

        (void)add(st, "SRV results", 0, TRUE, by);
        (void)add(st, result ? result : adp_outcome_name(outcome), srv_node, FALSE, by);
    }
    if (step->kind == ADP_STEP_KERBEROS && step->reply != ADP_NONE) {
        const adp_obs_krb *krb = adp_model_obs(model, step->reply)->u.krb;

        if (krb->is_error) {
            char *name = g_strdup_printf("%d %s", krb->error, adp_krb_error_name(krb->error));

            (void)add(st, "Kerberos errors", 0, TRUE, by);
            (void)add(st, name, errors_node, FALSE, by);
            g_free(name);
        }
    }
}

static void make_nodes(stats_tree *st)
{
    clients_node = stats_tree_create_node(st, "Clients", 0, STAT_DT_INT, TRUE);
    kinds_node = stats_tree_create_node(st, "Steps", 0, STAT_DT_INT, TRUE);
    srv_node = stats_tree_create_node(st, "SRV results", 0, STAT_DT_INT, TRUE);
    errors_node = stats_tree_create_node(st, "Kerberos errors", 0, STAT_DT_INT, TRUE);
}

static void tree_init(stats_tree *st)
{
    make_nodes(st);
    g_hash_table_replace(collectors, st, adp_collector_new());
}

static void tree_cleanup(stats_tree *st)
{
    g_hash_table_remove(collectors, st);
}

static tap_packet_status tree_packet(stats_tree *st, packet_info *pinfo _U_,
                                     epan_dissect_t *edt _U_, const void *data,
                                     tap_flags_t flags _U_)
{
    adp_collector *collector = g_hash_table_lookup(collectors, st);
    const adp_model *model = adp_current_model();

    if (!collector || !model) {
        return TAP_PACKET_DONT_REDRAW;
    }
    adp_collect(collector, model, ADP_TAP_OBS(data), count_step, st);
    return TAP_PACKET_REDRAW;
}

void adp_tree_text(const adp_model *model, const adp_selection *selection, gboolean mailboxes _U_,
                   GString *out)
{
    char *abbreviation = g_strdup(ABBREVIATION);
    stats_tree_cfg *cfg = stats_tree_get_cfg_by_abbr(abbreviation);
    stats_tree *st = stats_tree_new(cfg, NULL, NULL);
    GString *text;
    guint32 i;

    g_free(abbreviation);
    make_nodes(st);
    for (i = 0; i < adp_model_step_count(model); i++) {
        const adp_step *step = adp_model_step(model, i);

        if (adp_selected(selection, step->path)) {
            count_step(model, i, adp_step_outcome(model, step, FALSE), 1, st);
        }
    }
    text = stats_tree_format_as_str(st, ST_FORMAT_PLAIN, stats_tree_get_default_sort_col(st),
                                    stats_tree_is_default_sort_DESC(st));
    g_string_append(out, text->str);
    g_string_free(text, TRUE);
    stats_tree_free(st);
}

/* The module may be unloaded before the process ends. */
static void shut_down(void)
{
    g_clear_pointer(&collectors, g_hash_table_unref);
}

void adp_tree_register(void)
{
    collectors = g_hash_table_new_full(NULL, NULL, NULL, adp_collector_free);
    register_shutdown_routine(shut_down);
    stats_tree_register_plugin(ADP_TAP, ABBREVIATION, title, 0, tree_packet, tree_init,
                               tree_cleanup);
}
