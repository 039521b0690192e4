/* client.h
 * Which addresses are one client's: IPv4 beside IPv6. Inside of the model.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_CLIENT_H
#define ADPATH_JOIN_CLIENT_H

#include "join/derived.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** The tables by which addresses are joined; part of what a truncation throws away. */
adp_client_table *adp_client_table_new(void);
void adp_client_table_free(adp_client_table *table);

/**
 * To be called when the first step of an address is about to be made of `obs`: the client that
 * it belongs to, which is another address, or the address itself. Constant work.
 */
adp_client adp_client_begin(adp_model *model, adp_step_kind kind, const adp_obs *obs);

/** The same for each later step: what proves that the address is another client's counts from then. */
adp_client adp_client_again(adp_model *model, adp_step_kind kind, const adp_obs *obs);

/**
 * The address turns out to be several machines': its second address, if it has one, is `machine`'s.
 * @return the client that it was until now.
 */
adp_client adp_client_hand_over(adp_model *model, guint32 address, guint32 machine);

/** How many addresses of its own family send from the card that it sends from; 0: the capture has no cards. */
guint adp_client_card_users(const adp_model *model, guint32 address);

/** A ping names the machine that sends it. */
void adp_client_note_ping(adp_model *model, const adp_obs *obs);

/** DNS gave these addresses to the client of the answer, observation `i`. */
void adp_client_note_answer(adp_model *model, const adp_obs *obs, guint32 i);

/**
 * Of an address without any step, such as one of IPv6 that leads nowhere: the client of the other
 * family to which alone DNS gave the server's address, a moment before observation `i`; else nobody.
 */
adp_client adp_client_told(const adp_model *model, guint32 i);

#endif
