/* path_expert.h
 * The verdict on a path as an expert item of the frame where the path begins.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_PATH_EXPERT_H
#define ADPATH_SHOW_PATH_EXPERT_H

#include "judge/analysis.h"

#include <epan/expert.h>
#include <epan/packet.h>

#include <glib.h>

/** The filter name of these items. */
#define ADP_VERDICT_EXPERT "adpath.expert.verdict"

/** `module`: of the protocol. Once, when the protocol is registered. */
void adp_path_expert_register(expert_module_t *module);

/**
 * Adds the verdicts of the paths that begin in a frame.
 * @param first the frame's first observation
 * @param item  what they are said of; NULL when there is no tree
 */
void adp_path_expert_say(adp_analysis *analysis, guint32 first, packet_info *pinfo,
                         proto_item *item, gboolean mailboxes);

/** The gravest verdict as an expert item of `pinfo`. */
void adp_path_expert_light(adp_analysis *analysis, packet_info *pinfo, gboolean mailboxes);

#endif
