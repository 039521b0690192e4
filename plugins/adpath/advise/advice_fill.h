/* advice_fill.h
 * Names of the capture put into a command, so that they can become neither an option nor a command.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_ADVISE_ADVICE_FILL_H
#define ADPATH_ADVISE_ADVICE_FILL_H

#include <glib.h>

#define ADP_ADVICE_VALUES 8

/** What stands for {name}; a NULL value: the capture does not show it. All borrowed. */
typedef struct {
    struct {
        const char *name;
        const char *value;
    } pairs[ADP_ADVICE_VALUES];
    guint count;
    gboolean mailboxes; /* show mailbox names */
} adp_advice_values;

/**
 * `template` with each {name} replaced. A value of letters, digits and . _ / : - that
 * begins with a letter or digit stands as it is; others in the single quotes of
 * PowerShell; one that is missing or not what was sent stands as <name>.
 * Free with g_free().
 */
char *adp_advice_fill(const char *template, const adp_advice_values *values);

#endif
