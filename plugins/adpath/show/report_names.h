/* report_names.h
 * The names of the reports behind -z adpath,... for the sentences that list them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_REPORT_NAMES_H
#define ADPATH_SHOW_REPORT_NAMES_H

/** All but the first, "path"; taps.c has a row for each. */
#define ADP_REPORT_NAMES                                                                           \
    "json, ndjson, verdict, stages, steps, tsv, tree, srt, markdown, html, decrypt, about"

/** How all of them are asked for: ends a line about a wrong option. */
#define ADP_REPORT_USAGE                                                                           \
    "use -z adpath,path or " ADP_REPORT_NAMES                                                      \
    ", each with an optional ,FILTER, or adpath,explain,FRAME, or adpath,compare,FILE.json"

#endif
