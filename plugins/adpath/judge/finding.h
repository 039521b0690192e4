/* finding.h
 * One finding: one cause on one path.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_FINDING_H
#define ADPATH_JUDGE_FINDING_H

#include "judge/catalogue.h"

#include <glib.h>

/** One finding: one cause on one path. Everything it points to is its own. */
typedef struct {
    adp_finding_id id;
    adp_severity severity;
    guint32 path;         /* index of its path */
    char *summary;        /* one line */
    char *observed;       /* what the frames say */
    char *inferred;       /* what follows, and by which join */
    guint32 recovered_by; /* number (from 1) of the step that made it good later; 0: none did */
    char *recovery;       /* that step in words, or NULL */
    GPtrArray *causes;    /* of char *, the likeliest first */
    GPtrArray *check;     /* of char *, commands that only read, the most telling first */
    GArray *evidence;     /* of guint32: observations, ascending */
} adp_finding;

#endif
