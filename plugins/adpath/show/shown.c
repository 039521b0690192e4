/* shown.c
 * What Wireshark's main window shows: the selected packet, and the packets that pass its filter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/shown.h"

#include "join/model.h"
#include "judge/analysis.h"
#include "judge/finding.h"
#include "judge/lookup.h"
#include "show/rows.h"

#include <epan/frame_data_sequence.h>
#include <epan/plugin_if.h>

/* Wireshark calls back at once, or not at all when nothing is open or selected. */

static void *number_of(frame_data *fd, void *data _U_)
{
    return GUINT_TO_POINTER(fd->num);
}

guint32 adp_shown_frame(void)
{
    return GPOINTER_TO_UINT(plugin_if_get_frame_data(number_of, NULL));
}

static void *filter_of(capture_file *cf, void *data _U_)
{
    return cf->dfilter && *cf->dfilter ? g_strdup(cf->dfilter) : NULL;
}

char *adp_shown_filter(void)
{
    return plugin_if_get_capture_file(filter_of, NULL);
}

static void *file_of(capture_file *cf, void *data)
{
    *(gboolean *)data = !cf->is_tempfile;
    return g_strdup(cf->filename);
}

char *adp_shown_file(gboolean *saved)
{
    return plugin_if_get_capture_file(file_of, saved);
}

typedef struct {
    adp_analysis *analysis;
    const adp_model *model; /* the analysis's */
    GHashTable *paths;
} shown;

static void add_paths(const shown *s, guint32 first)
{
    GArray *steps = adp_model_steps_of_frame(s->model, first);
    const GPtrArray *findings =
        adp_findings_of_frame(s->analysis, first, adp_findings_mailboxes(s->analysis));
    guint i;

    for (i = 0; i < steps->len; i++) {
        const adp_step *step = adp_model_step(s->model, g_array_index(steps, guint32, i));

        g_hash_table_add(s->paths, GUINT_TO_POINTER(step->path + 1));
    }
    for (i = 0; findings && i < findings->len; i++) {
        const adp_finding *finding = g_ptr_array_index(findings, i);

        g_hash_table_add(s->paths, GUINT_TO_POINTER(finding->path + 1));
    }
    g_array_unref(steps);
}

static void *paths_of(capture_file *cf, void *data)
{
    shown *s = data;
    guint32 before = 0;
    guint32 i;

    if (!cf->dfilter || !*cf->dfilter || !cf->provider.frames) {
        return NULL;
    }
    s->paths = g_hash_table_new(NULL, NULL);
    for (i = 0; i < adp_model_obs_count(s->model); i++) {
        guint32 frame = adp_model_obs(s->model, i)->frame;
        const frame_data *fd = NULL;

        if (frame != before) {
            fd = frame_data_sequence_find(cf->provider.frames, frame);
            before = frame;
        }
        if (fd && fd->passed_dfilter) {
            add_paths(s, i);
        }
    }
    return NULL;
}

adp_selection adp_shown_paths(adp_analysis *analysis)
{
    shown s = {.analysis = analysis, .model = adp_analysis_model(analysis)};
    adp_selection selection = {0};

    (void)plugin_if_get_capture_file(paths_of, &s);
    selection.paths = s.paths;
    return selection;
}
