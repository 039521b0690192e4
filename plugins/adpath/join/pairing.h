/* pairing.h
 * What the parts of the pairing share: pairing.c, pair_*.c, learn.c and hosts.c.
 *
 * Only what is kept may change anything: the kept log is all that a truncation feeds again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_PAIRING_H
#define ADPATH_JOIN_PAIRING_H

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
    ADP_SPACE_ATTEMPT
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

/* ---- the exchange an observation belongs to, and the steps that are open (pairing.c) ---- */

void adp_exchange_key(adp_pair_key *key, adp_key_space space, const adp_flow *flow, guint32 id,
                      guint64 extra);
void adp_key_of(adp_pair_key *key, const adp_obs *obs);
guint32 adp_open_step(const adp_derived *d, const adp_pair_key *key);
void adp_set_open_step(adp_derived *d, const adp_pair_key *key, guint32 step);

/** The connection of a flow; NULL (find) or made (need) when there is none yet. */
adp_conn *adp_find_conn(const adp_derived *d, const adp_flow *flow);
adp_conn *adp_need_conn(adp_derived *d, const adp_flow *flow);

adp_step *adp_step_at(adp_derived *d, guint32 i);
adp_mark *adp_mark_at(adp_derived *d, guint32 i);
adp_path *adp_path_at(adp_derived *d, guint32 i);

/** A new step that begins with observation `i`, which is attached to it. */
guint32 adp_new_step(adp_model *model, adp_step_kind kind, const adp_obs *obs, guint32 i);

/** Appends the observation to the step's chain and gives it its mark. */
void adp_attach(adp_derived *d, guint32 step_index, guint32 i);

/** Writes what the mark says as of its observation; to be called last. Always TRUE. */
gboolean adp_finish(adp_derived *d, guint32 i);

/** Marks an observation that stays in the log, but belongs to no step by itself. Always TRUE. */
gboolean adp_keep_aside(adp_derived *d);

/** A request that is paired by its key: a repetition, or a new step of `kind`. */
guint32 adp_feed_request(adp_model *model, const adp_obs *obs, guint32 i, adp_step_kind kind);

/** The step that a reply answers; ADP_NONE when its request was not captured. */
guint32 adp_asked_step(const adp_model *model, const adp_obs *obs, adp_pair_key *key);

/** A reply that is paired by its key. */
guint32 adp_feed_reply(adp_model *model, const adp_obs *obs, guint32 i, adp_step_kind kind);

/* ---- named hosts (hosts.c) ---- */

void adp_derived_init(adp_derived *derived);
void adp_derived_clear(adp_derived *derived);

/**
 * Gives the observation `i` of the log its step, and marks it.
 * @return FALSE when it belongs to none; nothing has changed then.
 */
gboolean adp_feed(adp_model *model, guint32 i);

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

/** Is an AP exchange waiting for an answer of this carrier's stream? */
gboolean adp_model_ap_waits(const adp_model *model, const adp_flow *flow);

#endif
