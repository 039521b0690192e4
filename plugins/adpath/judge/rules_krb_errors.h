/* rules_krb_errors.h
 * Findings about the errors of Kerberos.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_KRB_ERRORS_H
#define ADPATH_JUDGE_RULES_KRB_ERRORS_H

#include "join/model.h"
#include "judge/rules.h"

#include <glib.h>

/** Does krb-error tell of this client and name already, as one that is told to begin anew and does not? */
gboolean adp_rules_krb_is_stuck(const adp_rules *r, const adp_step *step);

void adp_rules_krb_errors(adp_rules *r);

#endif
