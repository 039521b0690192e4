/* inferred_ldap.h
 * What a sealed directory still tells: that it named the host where the client went next.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_INFERRED_LDAP_H
#define ADPATH_JUDGE_INFERRED_LDAP_H

#include "judge/inference.h"

#include <glib.h>

/** What the sealed answers of a directory on the path must have said. */
void adp_inference_directory(adp_inference *f);

#endif
