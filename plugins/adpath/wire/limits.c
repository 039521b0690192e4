/* limits.c
 * The table of limits, and which of them a capture reached.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef G_LOG_DOMAIN
#define G_LOG_DOMAIN "adpath"
#endif

#include "wire/limits.h"

#include "wire/arena.h"

G_STATIC_ASSERT(ADP_LIMIT_COUNT <= ADP_ARENA_COUNTERS);

/* clang-format off */
#define TOLD_ROW(id, value, why, told)   {#id, value, why, told, NULL},
#define QUIET_ROW(id, value, why, quiet) {#id, value, why, NULL, quiet},
/* clang-format on */

static const adp_limit_row rows[] = {ADP_LIMITS(TOLD_ROW, QUIET_ROW)};

const adp_limit_row *adp_limit_get(adp_limit limit)
{
    return &rows[limit];
}

void adp_limit_hit(adp_arena *arena, adp_limit limit)
{
    guint32 *count = &adp_arena_counters(arena)[limit];

    if (*count == 0 && rows[limit].told) {
        /* At level "info": a script that reads what tshark says on stderr has asked for no report. */
        g_info("%s", rows[limit].told);
    }
    *count += *count < G_MAXUINT32;
}

guint32 adp_limit_hits(const adp_arena *arena, adp_limit limit)
{
    return adp_arena_counters((adp_arena *)arena)[limit];
}

GPtrArray *adp_limits_told(const adp_arena *arena)
{
    GPtrArray *told = g_ptr_array_new();
    guint i;

    for (i = 0; i < ADP_LIMIT_COUNT; i++) {
        if (rows[i].told && adp_limit_hits(arena, (adp_limit)i)) {
            g_ptr_array_add(told, (gpointer)rows[i].told);
        }
    }
    return told;
}
