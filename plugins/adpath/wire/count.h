/* count.h
 * How often anything was looked at: for tests/unit/test_cost.c, which is built with ADP_COUNTING.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_COUNT_H
#define ADPATH_WIRE_COUNT_H

#ifdef ADP_COUNTING
#include <glib.h>

extern guint64 adp_operations;
#define ADP_COUNT() ((void)adp_operations++)
#else
#define ADP_COUNT() ((void)0)
#endif

#endif
