/* repeat_private.h
 * What the makers of repeat commands share: a command in two shells, and words for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_REPEAT_PRIVATE_H
#define ADPATH_FACTS_REPEAT_PRIVATE_H

#include "facts/view.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** A command while it is made, for a POSIX shell and for PowerShell. */
typedef struct {
    const adp_model *model;
    const adp_view *view;
    const adp_step *step;
    const adp_obs *request;
    GString *shell;
    GString *powershell;
    gboolean shell_ok; /* so far everything could be said faithfully */
    gboolean powershell_ok;
} adp_repeat_context;

/** Makes both commands of one kind of step; NULL stands for one that gives none. */
typedef void (*adp_repeater)(adp_repeat_context *c);

#endif
