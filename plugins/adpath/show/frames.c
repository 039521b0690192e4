/* frames.c
 * The frames that a sentence names as its evidence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/frames.h"

#include "join/model.h"
#include "judge/analysis.h"

/* Frames named in a sentence; JSON has them all. */
#define FRAMES_SHOWN 12

char *adp_report_frame_list(const GArray *frames)
{
    GString *out = g_string_new(frames->len == 1 ? "frame" : "frames");
    guint i;

    for (i = 0; i < frames->len && i < FRAMES_SHOWN; i++) {
        g_string_append_printf(out, "%s %u", i ? "," : "", g_array_index(frames, guint32, i));
    }
    if (frames->len > FRAMES_SHOWN) {
        g_string_append_printf(out, " and %u more", frames->len - FRAMES_SHOWN);
    }
    return g_string_free(out, FALSE);
}

char *adp_report_frames(const adp_model *model, const GArray *evidence)
{
    GArray *frames = adp_frames_of(model, evidence);
    char *text = adp_report_frame_list(frames);

    g_array_unref(frames);
    return text;
}
