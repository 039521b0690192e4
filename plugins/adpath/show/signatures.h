/* signatures.h
 * The table in which users add kinds of service connection points.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_SIGNATURES_H
#define ADPATH_SHOW_SIGNATURES_H

#include "compat.h"

#include <epan/prefs.h>

/** Adds the table to the protocol's preferences. */
void adp_signatures_register(module_t *module);

#endif
