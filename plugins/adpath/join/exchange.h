/* exchange.h
 * Which exchange and which connection a message belongs to, and the questions readers ask of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_EXCHANGE_H
#define ADPATH_JOIN_EXCHANGE_H

#include "join/derived.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** What kind of exchange a key belongs to, so that ids do not meet. */
typedef enum {
    ADP_SPACE_DNS,
    ADP_SPACE_SEARCH,
    ADP_SPACE_KDC,
    ADP_SPACE_STREAM,
    ADP_SPACE_ATTEMPT,
    ADP_SPACE_PAGE,
    ADP_SPACE_SHOWN
} adp_key_space;

typedef struct {
    guint8 space;
    guint8 transport;
    guint16 client_port;
    guint16 server_port;
    guint32 client;
    guint32 server;
    guint32 stream;
    guint32 id;
    guint64 extra;
} adp_pair_key;

guint adp_pair_hash(gconstpointer data);
gboolean adp_pair_equal(gconstpointer a, gconstpointer b);

void adp_exchange_key(adp_pair_key *key, adp_key_space space, const adp_flow *flow, guint32 id,
                      guint64 extra);
void adp_key_of(adp_pair_key *key, const adp_obs *obs);
guint32 adp_open_step(const adp_derived *d, const adp_pair_key *key);
void adp_set_open_step(adp_derived *d, const adp_pair_key *key, guint32 step);

/** Can a step of DNS have the id? Most have not: cheaper than to ask with a key. */
gboolean adp_may_have_open_step(const adp_derived *d, guint32 id);

/** The connection of a flow; NULL (find) or made (need) when there is none yet. */
adp_conn *adp_find_conn(const adp_derived *d, const adp_flow *flow);
adp_conn *adp_need_conn(adp_derived *d, const adp_flow *flow);

/* ---- questions of the readers: what a message does not tell itself ---- */

/** The search that an entry with this id on this flow answers; NULL when none is known. */
const adp_obs_search *adp_model_search(const adp_model *model, const adp_flow *flow, guint32 id);

/**
 * The kind of the search that an entry with this id on this flow answers.
 * @return FALSE when no search that matters is known.
 */
gboolean adp_model_search_kind(const adp_model *model, const adp_flow *flow, guint32 id,
                               adp_step_kind *ret);

/**
 * What earlier messages say of the two ends of a stream: which end is the
 * server. Needed for messages that do not tell themselves.
 * @return FALSE when the log knows nothing of it.
 */
gboolean adp_model_stream_flow(const adp_model *model, adp_transport transport, guint32 stream,
                               adp_flow *ret);

/**
 * The step of the AP exchange that waits for its answer on the connection, ADP_NONE: none does. `id`
 * is the stream within it (HTTP/2), 0 where a connection has one exchange after the other.
 */
guint32 adp_ap_waiting(const adp_derived *d, const adp_flow *flow, guint32 id);
void adp_set_ap_waiting(adp_derived *d, const adp_flow *flow, guint32 id, guint32 step);

/** Is an AP exchange waiting for an answer there? */
gboolean adp_model_ap_waits(const adp_model *model, const adp_flow *flow, guint32 id);

#endif
