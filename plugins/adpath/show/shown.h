/* shown.h
 * What Wireshark's main window shows: the selected packet, and the packets that pass its filter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_SHOWN_H
#define ADPATH_SHOW_SHOWN_H

#include "judge/analysis.h"
#include "show/rows.h"

/** The number of the selected packet; 0: none is. */
guint32 adp_shown_frame(void);

/** The display filter that is applied; NULL: none is. Free with g_free(). */
char *adp_shown_filter(void);

/**
 * The path of the open capture file, in the encoding of file names; NULL: none is open. Free with
 * g_free(). `*saved`: it is the user's, not a temporary one of Wireshark.
 */
char *adp_shown_file(gboolean *saved);

/**
 * The paths of which any packet passes the display filter. The caller frees `paths` with
 * g_hash_table_unref() when it is not NULL.
 */
adp_selection adp_shown_paths(adp_analysis *analysis);

#endif
