/* search.h
 * What an LDAP search is for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_LOG_SEARCH_H
#define ADPATH_LOG_SEARCH_H

#include "log/observation.h"
#include "wire/arena.h"
#include "wire/ldap_filter.h"

#include <glib.h>

/**
 * Completes `search`, of which base, scope and attributes are set: decides what
 * it is for, and takes from the filter what that needs.
 * @param filter  NULL when the filter could not be read at all
 * @return FALSE when the search belongs to no step of the path
 */
gboolean adp_search_finish(adp_arena *arena, const adp_filter *filter, adp_obs_search *search);

/** Does the ping ask about the computer's own account, HOST$? */
gboolean adp_ping_is_of_own_account(const adp_ping_request *ping);

#endif
