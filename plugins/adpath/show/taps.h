/* taps.h
 * The reports behind -z adpath,...
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_TAPS_H
#define ADPATH_SHOW_TAPS_H

#include "show/hits.h"

/** Registers the command-line statistics. */
void adp_taps_register(void);

/**
 * Prints a report when the capture has been read. `filter` may be NULL; a wrong one ends the
 * program, and `arg` is what the user wrote.
 */
void adp_taps_start(const char *arg, adp_reporter report, const char *filter);

#endif
