/* scans.h
 * Connections that are opened only to see which ports of a host answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_SCANS_H
#define ADPATH_JUDGE_SCANS_H

#include "join/attempts.h"
#include "judge/rules.h"

typedef struct adp_scans adp_scans;

/** All such connections of the capture. */
adp_scans *adp_scans_new(const adp_rules *r);
void adp_scans_free(adp_scans *scans);

/**
 * Did its client try other ports of the host in the same seconds, and close each as soon as it was open? Then a
 * port that does not answer is what a scan (or an administrator's test) found, and nobody misses it.
 */
gboolean adp_scans_has(const adp_scans *scans, const adp_attempt *attempt);

#endif
