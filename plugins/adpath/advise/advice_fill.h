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
 * A command: `template` with each {name} replaced. A value of letters, digits and . _ / : - that
 * begins with a letter or digit stands as it is; others in the single quotes of PowerShell, which
 * keep it one harmless word in a POSIX shell, too.
 * @return NULL when a value is missing, is not what was sent, or is a mailbox that may not be shown:
 *         the command would find nothing. Free with g_free().
 */
char *adp_advice_fill(const char *template, const adp_advice_values *values);

/**
 * A sentence: the same, with the values as they stand, and mailboxes masked.
 * @return NULL when a value is missing. Free with g_free().
 */
char *adp_advice_fill_sentence(const char *template, const adp_advice_values *values);

#endif
