/* srt.c
 * Service response times by kind of step: calls and their answers, not messages.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/srt.h"

#include "facts/outcome.h"
#include "facts/view.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "log/observation.h"
#include "session.h"
#include "show/collect.h"
#include "show/rows.h"
#include "show/tap_data.h"
#include "wire/text.h"

#include <epan/srt_table.h>
#include <epan/tap.h>

/* What belongs to one table. */
typedef struct {
    adp_collector *collector; /* owned */
    GHashTable *timed;        /* step + 1: its time is in */
} table_state;

/* srt_stat_table* -> table_state, owned: tables have a place for it, but nobody to free it. */
static GHashTable *states;

static void state_free(gpointer data)
{
    table_state *state = data;

    adp_collector_free(state->collector);
    g_hash_table_unref(state->timed);
    g_free(state);
}

/*
 * Wireshark has no filter for a row: it could only compare a field with the row's number, and
 * adpath.step is a word.
 */
static void table_init(register_srt_t *srt _U_, GArray *tables)
{
    srt_stat_table *table = init_srt_table("AD discovery steps", "AD discovery steps", tables,
                                           ADP_STEP_KINDS, "Step", NULL, NULL);
    table_state *state = g_new0(table_state, 1);
    int kind;

    for (kind = 0; kind < ADP_STEP_KINDS; kind++) {
        init_srt_table_row(table, kind, adp_step_kind_name((adp_step_kind)kind));
    }
    state->collector = adp_collector_new();
    state->timed = g_hash_table_new(NULL, NULL);
    g_hash_table_replace(states, table, state);
}

static nstime_t as_nstime(gint64 ns)
{
    nstime_t time;

    time.secs = (time_t)(ns / ADP_NS_PER_S);
    time.nsecs = (int)(ns % ADP_NS_PER_S);
    return time;
}

static void count_step(const adp_model *model, guint32 index, const adp_counted *as _U_, int by,
                       void *user_data)
{
    srt_stat_table *table = user_data;
    table_state *state = g_hash_table_lookup(states, table);
    const adp_step *step = adp_model_step(model, index);
    adp_view view = adp_view_whole(model, index, FALSE);
    packet_info reply = {0}; /* the table takes only these two of it */
    nstime_t asked;
    gint64 took;

    /* A time is that of a step which was answered: it does not go out again. */
    if (by > 0 && adp_step_time(model, &view, &took) &&
        g_hash_table_add(state->timed, GUINT_TO_POINTER(index + 1))) {
        reply.num = adp_step_reply_frame(model, step);
        reply.abs_ts = as_nstime(took);
        asked = as_nstime(0);
        add_srt_table_data(table, (int)step->kind, &asked, &reply);
    }
}

static tap_packet_status table_packet(void *data, packet_info *pinfo, epan_dissect_t *edt _U_,
                                      const void *tapped, tap_flags_t flags _U_)
{
    srt_stat_table *table =
        g_array_index(((const srt_data_t *)data)->srt_array, srt_stat_table *, 0);
    table_state *state = g_hash_table_lookup(states, table);
    adp_analysis *analysis = adp_current_analysis();

    if (!state || !analysis) {
        return TAP_PACKET_DONT_REDRAW;
    }
    adp_collect(state->collector, analysis, adp_tap_first(tapped), pinfo->fd->visited, count_step,
                table);
    return TAP_PACKET_REDRAW;
}

/* ---- as text ---- */

typedef struct {
    guint calls;
    gint64 min;
    gint64 max;
    gint64 sum;
} times;

static void seconds(GString *out, gint64 ns)
{
    char text[ADP_SECONDS_LEN];

    g_string_append_printf(out, " %10s", adp_seconds(ns, text));
}

void adp_srt_text(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes _U_,
                  GString *out)
{
    const adp_model *model = adp_analysis_model(analysis);
    times of[ADP_STEP_KINDS] = {{0}};
    guint32 i;
    int kind;

    for (i = 0; i < adp_model_step_count(model); i++) {
        const adp_step *step = adp_model_step(model, i);
        adp_view view = adp_view_whole(model, i, FALSE);
        times *t = &of[step->kind];
        gint64 took;

        if (adp_selected(selection, step->path) && adp_step_time(model, &view, &took)) {
            t->min = t->calls ? MIN(t->min, took) : took;
            t->max = t->calls ? MAX(t->max, took) : took;
            t->sum += took;
            t->calls++;
        }
    }
    g_string_append_printf(out, "%-14s %6s %10s %10s %10s %10s\n", "step", "calls", "min", "max",
                           "average", "sum");
    for (kind = 0; kind < ADP_STEP_KINDS; kind++) {
        const times *t = &of[kind];

        if (t->calls) {
            g_string_append_printf(out, "%-14s %6u", adp_step_kind_name((adp_step_kind)kind),
                                   t->calls);
            seconds(out, t->min);
            seconds(out, t->max);
            seconds(out, t->sum / t->calls);
            seconds(out, t->sum);
            g_string_append_c(out, '\n');
        }
    }
}

/* The module may be unloaded before the process ends. */
static void shut_down(void)
{
    g_clear_pointer(&states, g_hash_table_unref);
}

void adp_srt_register(int proto)
{
    states = g_hash_table_new_full(NULL, NULL, NULL, state_free);
    register_shutdown_routine(shut_down);
    register_srt_table(proto, ADPATH_TAP_NAME, 1, table_packet, table_init, NULL);
}
