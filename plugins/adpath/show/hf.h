/* hf.h
 * The fields of the catalogue as Wireshark knows them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_HF_H
#define ADPATH_SHOW_HF_H

#include "compat.h"
#include "facts/fields.h"

/** Registers all of them. */
void adp_hf_register(int proto);

/** The registered field. */
int adp_hf(adp_field field);

#endif
