/* filters.h
 * Display filters that are ready to be used.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_FILTERS_H
#define ADPATH_FACTS_FILTERS_H

#include <glib.h>

typedef struct {
    const char *title; /* without "/", which divides menus */
    const char *filter;
    const char *meaning;
} adp_ready_filter;

guint adp_ready_filter_count(void);
const adp_ready_filter *adp_ready_filter_get(guint i);

#endif
