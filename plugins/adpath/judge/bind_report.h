/* bind_report.h
 * The finding about refused LDAP binds of one kind.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_BIND_REPORT_H
#define ADPATH_JUDGE_BIND_REPORT_H

#include "judge/finding.h"
#include "judge/rules.h"

/** Signs, once, that the bind request `obs` was nobody's: without a name, or without a password. */
void adp_bind_sign_nobody(const adp_rules *r, adp_finding *f, guint32 obs);

/** The finding about these refused binds by themselves. */
void adp_bind_report(adp_rules *r, const adp_group *group);

#endif
