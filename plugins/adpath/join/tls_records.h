/* tls_records.h
 * What the first records of a TLS connection show without its keys: size, direction, time.
 *
 * Like the answers to requests that are no steps, they are no observations: one each would cost ten
 * times as much. They stand in the client's hello, where the readers note them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_TLS_RECORDS_H
#define ADPATH_JOIN_TLS_RECORDS_H

#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** The notes of a tls step, NULL: its hello is not captured, or it is none to a web server. */
const adp_tls_records *adp_step_tls_records(const adp_model *model, const adp_step *step);

/**
 * For the readers: the notes of a connection that may still grow; NULL: nobody wants its records.
 * @param flow  seen from the client.
 */
adp_tls_records *adp_model_tls_records(const adp_model *model, const adp_flow *flow);

/** Notes a record of application data. A second capture of the same one changes nothing. */
void adp_tls_records_note(adp_tls_records *records, const adp_tls_record *record);

/** The log is cut before `frame`: what `obs` notes of later frames goes. */
void adp_tls_records_forget(const adp_obs *obs, guint32 frame);

#endif
