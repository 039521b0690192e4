/* connections.h
 * What the whole of a TCP connection tells of one request on it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_CONNECTIONS_H
#define ADPATH_JUDGE_CONNECTIONS_H

#include "judge/rules.h"
#include "log/observation.h"

#include <glib.h>

/** In which frame the server of each TCP connection spoke last; free with g_hash_table_unref(). */
GHashTable *adp_rules_last_spoken(const adp_rules *r);

/** A server that answers later requests has answered this one: the capture lost the packet. */
gboolean adp_rules_spoke_later(GHashTable *spoken, const adp_flow *flow, guint32 frame);

/** For requests that come after a long pause of their connection; free with g_hash_table_unref(). */
GHashTable *adp_rules_idle_before(const adp_rules *r);

/** So many minutes before the request, observation `i`, were idle; 0: no long pause was. */
guint adp_rules_idle_minutes(GHashTable *idle, guint32 i);

#endif
