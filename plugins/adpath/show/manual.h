/* manual.h
 * The short documentation that comes with the module.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_MANUAL_H
#define ADPATH_SHOW_MANUAL_H

#include <glib.h>

/** Appends it: where things are, ready filters, every field, every finding. */
void adp_manual(GString *out);

#endif
