/* machine.h
 * Several machines behind one address. Inside of the model.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_MACHINE_H
#define ADPATH_JOIN_MACHINE_H

#include "join/derived.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** The tables of machines; part of what a truncation throws away. */
adp_machine_table *adp_machine_table_new(void);
void adp_machine_table_free(adp_machine_table *table);

/**
 * The machine that certainly sent (or gets) `obs`, of which a step is about to be made; ADP_NONE
 * when nothing in it tells. Constant work.
 * @param proven  set when this proves the address to be several machines': its paths are then to
 *                be handed over to the first of them.
 */
guint32 adp_machine_of(adp_model *model, adp_step_kind kind, const adp_obs *obs, gboolean *proven);

/** The same for a step that was made already; proves nothing. */
guint32 adp_machine_behind(const adp_model *model, const adp_step *step);

/**
 * At an address of several machines: the one whose path gets the step, although nothing
 * in it tells whose it is.
 */
adp_client adp_machine_guess(const adp_model *model, const adp_obs *obs);

/** To be called when the step was given to the path of `client`. */
void adp_machine_placed(adp_model *model, const adp_obs *obs, adp_client client);

/** A KDC's answer names the client: the step learns whose it is, and stays where it is. */
void adp_machine_answered(adp_model *model, guint32 index, const adp_obs *reply);

#endif
