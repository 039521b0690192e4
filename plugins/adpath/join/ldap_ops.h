/* ldap_ops.h
 * Operations of LDAP that are no steps, but tell something: StartTLS, what was refused, and what
 * still waits for an answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_LDAP_OPS_H
#define ADPATH_JOIN_LDAP_OPS_H

#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** One operation; filled in as its messages come, and valid as long as the log does not change. */
typedef struct {
    adp_ldap_op op;
    adp_flow flow;
    guint32 request; /* observation; ADP_NONE: see request_frame of the reply */
    guint32 reply;   /* observation, ADP_NONE */
    guint32 bind;    /* step of the last bind on its connection before it, ADP_NONE: none seen */
    guint32 tls;     /* StartTLS: step of the handshake that followed, ADP_NONE */
    guint32 good;    /* a refusal: observation of the same, done later; ADP_NONE */
    guint32 before;  /* a refusal: the one of the same before it, where nothing made that good */
} adp_ldap_operation;

/** StartTLS and refusals. */
guint32 adp_model_operation_count(const adp_model *model);
const adp_ldap_operation *adp_model_operation(const adp_model *model, guint32 i);

/** The path it belongs to: that of its connection, else its client's at that time; ADP_NONE. */
guint32 adp_model_operation_path(const adp_model *model, const adp_ldap_operation *operation);

/** Its first observation. */
guint32 adp_operation_first(const adp_ldap_operation *operation);

/** "add", "StartTLS", ...: what the operation is called. */
const char *adp_ldap_op_name(adp_ldap_op op);

/** StartTLS that was asked for last on the connection, NULL: it was not. */
const adp_ldap_operation *adp_model_starttls(const adp_model *model, const adp_flow *flow);

/** Requests that are no steps and not StartTLS: the observation of each that is kept. */
guint32 adp_model_asked_count(const adp_model *model);
guint32 adp_model_asked(const adp_model *model, guint32 i);

/** When the first of its answer came; FALSE: the capture does not show that it was answered to the end. */
gboolean adp_model_asked_until(const adp_model *model, guint32 obs, gint64 *ret);

/* ---- for the readers ---- */

/**
 * Notes where and what was asked: a result tells it by then. Constant memory, a later request may push an
 * earlier one out. For requests that are no observations; others are noted when they are fed.
 */
void adp_model_note_operation(adp_model *model, const adp_obs *request);

struct adp_noted;

/** The model's; NULL is no harm. */
void adp_noted_free(struct adp_noted *noted);

/** Fills in where the operation was asked that `reply` answers, if that is still known. */
void adp_model_noted_operation(const adp_model *model, const adp_obs *reply, guint32 id,
                               adp_obs_operation *operation);

/** Where to write what became of a request of this connection; NULL: it is not kept. */
adp_obs_answer *adp_model_answer(const adp_model *model, const adp_flow *flow, guint32 id);

/** The log is cut before the frame: what was written into a request from there on was not seen. */
void adp_operation_forget(const adp_obs *request, guint32 frame);

/** Does the reply's result tell something: is it a refusal, or the end of refusals of the same? */
gboolean adp_model_wants_result(const adp_model *model, const adp_obs *reply,
                                const adp_obs_operation *operation);

/** Does this message id belong to a StartTLS request without an answer? */
gboolean adp_model_awaits_starttls(const adp_model *model, const adp_flow *flow, guint32 id);

/* ---- for the pairing ---- */

gboolean adp_feed_operation(adp_model *model, const adp_obs *obs, guint32 i);

/** A handshake begins on the connection; it may be what StartTLS asked for. */
void adp_operation_has_tls(adp_model *model, const adp_obs *obs, guint32 step);

#endif
