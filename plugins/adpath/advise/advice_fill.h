/* advice_fill.h
 * Names of the capture put into a command, so that they can become neither an option nor a command.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_ADVISE_ADVICE_FILL_H
#define ADPATH_ADVISE_ADVICE_FILL_H

#include <glib.h>

#define ADP_ADVICE_VALUES 16

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
 * A command: `template` with each {name} replaced. A value of letters, digits and . _ / : - stands
 * as it is; others in double quotes, if those make it one harmless word in PowerShell 5.1 and 7,
 * in cmd.exe and in POSIX shells: nobody knows into which a command is pasted.
 * @return NULL when a value is missing, cannot be quoted so, is not what was sent, or is a mailbox
 *         that may not be shown: the command would find nothing, or do harm. Free with g_free().
 */
char *adp_advice_fill(const char *template, const adp_advice_values *values);

/** Does the command hold a value of the capture that cannot be quoted for every shell? */
gboolean adp_advice_cannot_quote(const char *template, const adp_advice_values *values);

/**
 * A sentence: the same, with the values as they stand, and mailboxes masked.
 * @return NULL when a value is missing. Free with g_free().
 */
char *adp_advice_fill_sentence(const char *template, const adp_advice_values *values);

#endif
