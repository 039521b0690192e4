/* json.h
 * The report for programs; docs/adpath.schema.json describes it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_JSON_H
#define ADPATH_SHOW_JSON_H

#include "join/model.h"
#include "show/rows.h"

/** Appends the JSON document, with a newline at its end. */
void adp_json(const adp_model *model, const adp_selection *selection, gboolean mailboxes,
              GString *out);

#endif
