/* krb_sequel.h
 * What a client did after an answer that is healthy only because it went on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_KRB_SEQUEL_H
#define ADPATH_JUDGE_KRB_SEQUEL_H

#include "join/model.h"
#include "judge/rules.h"

#include <glib.h>

/** Where clients went on. */
void adp_rules_krb_learn_sequel(adp_rules *r);

/** The client got in at some server of the domain (NULL: of any), or a ticket for it, after `after`. */
const adp_step *adp_rules_krb_went_on_in(const adp_rules *r, adp_client client, const char *domain,
                                         const adp_step *after);

/** The client asked a KDC in this realm, and was not told that it is the wrong one. */
const adp_step *adp_rules_krb_asked_in(const adp_rules *r, adp_client client, const char *realm,
                                       const adp_step *after);

/** The client asked in another realm than that of `after`: after a logon the same user. */
const adp_step *adp_rules_krb_changed_realm(const adp_rules *r, const adp_step *after);

/** The same question as that of `after` was not told again that its realm is wrong. */
const adp_step *adp_rules_krb_taken_after_all(const adp_rules *r, const adp_step *after);

#endif
