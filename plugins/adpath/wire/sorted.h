/* sorted.h
 * Places in arrays that are sorted by a number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_SORTED_H
#define ADPATH_WIRE_SORTED_H

#include <glib.h>

/**
 * The first element whose number is not below `value`; the length of the array when there is none.
 * g_array_binary_search() finds one that is equal, and no other.
 * @param sorted  of structs, ascending by a member of the type guint32
 * @param member  where that member is: G_STRUCT_OFFSET(type, member)
 */
guint adp_sorted_place(const GArray *sorted, gsize member, guint32 value);

/** The same of plain numbers, ascending. */
guint adp_place_of_number(const guint32 *numbers, guint count, guint32 value);

#endif
