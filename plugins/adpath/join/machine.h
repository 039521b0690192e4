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

/** Clients with numbers from here on are machines that named themselves; below are addresses. */
#define ADP_MACHINES 0x80000000U

/** The tables of machines; part of what a truncation throws away. */
adp_machine_table *adp_machine_table_new(void);
void adp_machine_table_free(adp_machine_table *table);

/** Does the number stand for a machine, and not for an address? */
gboolean adp_is_machine(guint32 client);

/** The name that the machine gave. */
const char *adp_machine_name(const adp_model *model, guint32 number);

/** How many machines named themselves behind the address. */
guint adp_machine_count(const adp_model *model, guint32 address);

/** The machine that a ping names, if it is known behind the address; else ADP_NONE. */
guint32 adp_machine_find(const adp_model *model, guint32 address, const adp_ping_request *ping);

/**
 * The machine that certainly sent (or gets) `obs`, of which a step is about to be made; ADP_NONE
 * when nothing in it tells. May prove the address to be several machines'. Constant work, but
 * for the steps of an address at the moment of its proof.
 */
guint32 adp_machine_of(adp_model *model, adp_step_kind kind, const adp_obs *obs);

/** The same for a step that was made already; proves nothing. */
guint32 adp_machine_behind(const adp_model *model, const adp_step *step);

/**
 * At an address of several machines: the one whose path gets the step, although nothing
 * in it tells whose it is.
 */
guint32 adp_machine_guess(const adp_model *model, const adp_obs *obs);

/** To be called when the step was given to the path of `client`. */
void adp_machine_placed(adp_model *model, const adp_obs *obs, guint32 client);

/** A KDC's answer names the client: the step learns whose it is, and stays where it is. */
void adp_machine_answered(adp_model *model, guint32 index, const adp_obs *reply);

/**
 * The machine at an address of several that a number stands for which was written down before
 * that was known: the first one. Other numbers stand for themselves.
 */
guint32 adp_machine_then(const adp_model *model, guint32 client);

/** Of a shared address: the machine that had the last step there. Else the number itself. */
guint32 adp_machine_recent(const adp_model *model, guint32 address);

/** The address that a client sends from: the machine's, or itself. */
guint32 adp_model_own_address(const adp_model *model, guint32 client);

#endif
