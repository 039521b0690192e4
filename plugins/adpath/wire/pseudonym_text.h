/* pseudonym_text.h
 * Pseudonyms in sentences of servers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_PSEUDONYM_TEXT_H
#define ADPATH_WIRE_PSEUDONYM_TEXT_H

#include "wire/pseudonym.h"

#include <glib.h>

/**
 * Words of the protocols, numbers and codes stay; names are replaced, and for any other word stands "xxx", or "XXX" where it is in capitals.
 */
void adp_pseudonym_text(adp_pseudonyms *names, GString *out, const char *text);

#endif
