/* krb_remedy.h
 * Who asked for what a KDC refused, and what made it good.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_KRB_REMEDY_H
#define ADPATH_JUDGE_KRB_REMEDY_H

#include "facts/krb_purpose.h"
#include "join/model.h"
#include "judge/rules.h"

/**
 * The account that a refused TGS is about: a KDC looks again at the one that the shown ticket is of (MS-KILE
 * 3.3.5.7.1), and at the user of S4U2Self. NULL: the error is about something else, or nothing tells the account.
 */
const char *adp_krb_code_account(const adp_rules *r, const adp_step *step);

/** For what the request was made. */
adp_krb_purpose_facts adp_krb_code_purpose(const adp_rules *r, const adp_step *step);

/** The step that made good what the group complains of: asked the same and got it; NULL: none. */
const adp_step *adp_krb_code_recovery(const adp_rules *r, const adp_group *group);

#endif
