/* repeat.h
 * The captured question as a command that a person can run to ask it again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_REPEAT_H
#define ADPATH_FACTS_REPEAT_H

#include "facts/view.h"
#include "join/model.h"

#include <glib.h>

/**
 * Commands that repeat the step by hand: read-only, and with text of packets
 * only as quoted arguments that can become neither options nor commands. What
 * cannot be put into a command faithfully gives none.
 * @return FALSE when the step has no request. Otherwise each string is owned by
 *         the caller (g_free), and NULL when there is no command of its sort.
 */
gboolean adp_repeat(const adp_model *model, const adp_view *view, char **shell, char **powershell);

#endif
