/* advice_fill.h - placeholder
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_MODEL_ADVICE_FILL_H
#define ADPATH_MODEL_ADVICE_FILL_H
#include "advice.h"
#define ADP_ADVICE_VALUES 8
typedef struct {
    struct {
        const char *name;
        const char *value;
    } pairs[ADP_ADVICE_VALUES];
    guint count;
    gboolean mailboxes;
} adp_advice_values;
char *adp_advice_fill(const char *template, const adp_advice_values *values);
#endif
