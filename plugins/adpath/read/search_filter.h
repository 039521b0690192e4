/* search_filter.h
 * The filter of an LDAP search, from its bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_SEARCH_FILTER_H
#define ADPATH_READ_SEARCH_FILTER_H

#include "read/ber.h"
#include "wire/arena.h"
#include "wire/ldap_filter.h"

/**
 * Reads one filter and moves the cursor behind it. Never NULL: what cannot be read, or is
 * too deep or too large, is a DAMAGED node. The arena's.
 */
adp_filter *adp_read_search_filter(adp_arena *arena, adp_ber *cursor);

#endif
