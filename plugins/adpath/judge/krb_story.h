/* krb_story.h
 * What happened beside a series of Kerberos errors: the logon that hit, the names that exist.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_KRB_STORY_H
#define ADPATH_JUDGE_KRB_STORY_H

#include "join/model.h"
#include "judge/finding.h"
#include "judge/rules.h"

#include <glib.h>

/** Logons of users, by path. */
typedef struct adp_krb_story adp_krb_story;

adp_krb_story *adp_krb_story_new(const adp_rules *r);
void adp_krb_story_free(adp_krb_story *story);

/**
 * Tells what became of a list of names that a client worked through: which of them got in, or, of
 * unknown names, which ones a KDC knows. The steps of those are cited. `steps` are those of the list, ascending.
 * @return the first hit's name, or NULL: the finding was left as it is.
 */
const char *adp_krb_story_hits(const adp_krb_story *story, adp_finding *f, const GPtrArray *steps,
                               const char *list, const char *meaning);

/**
 * Tells that an account was locked after these groups (adp_group) of wrong passwords for it, and these LDAP binds
 * (adp_step, the last one first).
 */
void adp_krb_story_locked(const adp_rules *r, adp_finding *f, const char *account,
                          const GPtrArray *before, const GPtrArray *binds);

#endif
