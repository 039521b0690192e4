/* frames.h
 * The frames that a sentence names as its evidence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_FRAMES_H
#define ADPATH_SHOW_FRAMES_H

#include "join/model.h"

#include <glib.h>

/** "frames 3, 4 and 7 more" of numbers, guint32; free with g_free(). */
char *adp_report_frame_list(const GArray *frames);

/** The same of observations; free with g_free(). */
char *adp_report_frames(const adp_model *model, const GArray *evidence);

#endif
