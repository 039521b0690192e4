/* finding.h
 * One finding: one cause on one path.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_FINDING_H
#define ADPATH_JUDGE_FINDING_H

#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/signs.h"
#include "judge/topics.h"

#include <glib.h>

/** A sign on a finding, and the observation that shows it (ADP_NONE: no single one does). */
typedef struct {
    adp_sign sign;
    guint32 obs;
} adp_shown_sign;

/** A name of the capture that the advice may use: {name} stands for `value`. */
typedef struct {
    const char *name; /* a constant */
    char *value;      /* owned; NULL: the capture does not show it */
} adp_finding_value;

/** A step of this topic and subject (rules.h) makes the finding good. */
typedef struct {
    adp_topic topic;
    char *subject; /* owned; NULL: the topic has none */
} adp_remedy;

/** One finding. All it points to is its own; filled by rules, finished by analysis.c. */
typedef struct {
    adp_finding_id id;
    adp_severity severity;
    adp_severity unrecovered; /* the severity if nothing had made it good */
    guint32 path;             /* index of its path */
    char *summary;            /* one line */
    char *observed;           /* what the frames say */
    char *inferred;           /* what follows, and by which join */
    guint32 recovered_by;     /* number (from 1) of the step that made it good later; 0: none */
    char *recovery;           /* that step in words, or NULL */
    gboolean served;          /* the client had what it wanted: its recovery may come before */
    gboolean ends;            /* a warning after which nothing was left to the client */
    gboolean aside;    /* it ends nothing, though others of its kind may (adp_finding_is_aside()) */
    guint order;       /* of the endpoint it is about, in the documented order; 0: of none */
    gboolean withheld; /* a filter of the DNS server keeps the name back: the title would deny it */
    gboolean unheard;  /* there was an answer, and it does not arrive: the title would deny it */
    gboolean of_domain; /* it is about the mail domain's own host, which may be a web site only */
    gboolean guessed;   /* it is about a name that clients make up and that is not in DNS */
    gboolean made_up;   /* it is about a place that clients make up, and that nobody need have */
    gint64 cost;        /* what the client lost by it, ns; 0: nothing, or not to be told */
    char *advice;       /* key of its row of advice, owned; NULL: none */
    GArray *values;     /* of adp_finding_value */
    GArray *signs;      /* of adp_shown_sign */
    GArray *evidence;   /* of guint32: observations, ascending */
    guint32 latest;     /* the last of them, also while they are gathered in any order */
    GArray *remedies;   /* of adp_remedy: what may make it good */
    adp_client remedy_client; /* whose */
} adp_finding;

/** A new one without anything; free with adp_finding_free(). */
adp_finding *adp_finding_new(adp_finding_id id, guint32 path);
void adp_finding_free(gpointer data);

/** What it is called: the title of the catalogue, unless the finding knows better. */
const char *adp_finding_title(const adp_finding *finding);

/** Is the sign on it? */
gboolean adp_finding_has_sign(const adp_finding *finding, adp_sign sign);

#endif
