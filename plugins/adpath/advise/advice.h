/* advice.h
 * What may be behind a finding, and how to look: tables, a row for each case.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_ADVISE_ADVICE_H
#define ADPATH_ADVISE_ADVICE_H

#include "judge/signs.h"

#include <glib.h>

#define ADP_ADVICE_MAX       16
#define ADP_ADVICE_SIGNS_MAX 12

/** Signs of a condition; the first ADP_SIGN_NONE ends them. */
typedef adp_sign adp_advice_signs[ADP_ADVICE_SIGNS_MAX];

/**
 * A cause is a sentence with conditions on what the capture shows. Names of the capture stand in it
 * as in a check; without the name the cause is not shown.
 */
typedef struct {
    const char *text;
    adp_advice_signs supported_by; /* any of them: it comes first, with their frames */
    adp_advice_signs refuted_by;   /* any of them: it is not shown */
    adp_advice_signs needs;        /* all of them, or it is not shown */
    gboolean weak;                 /* what it needs proves nothing: it stays possible */
} adp_advice_cause;

/**
 * A check is a command, with a remark behind " # " where one helps. {domain}, {forest}, {site},
 * {host} (a machine's DNS name), {short} (its first label), {server} (address), {spn}, {account},
 * {realm}, {url}, {mail} (domain), {resolver} (address), {name} (of a DNS question), {port} and
 * what else a rule gives stand for names of the capture, which are put in quoted. A check with a
 * name that the capture does not show, or that may not be shown, is left out.
 */
typedef struct {
    const char *command;
    adp_advice_signs refuted_by; /* any of them: it can find nothing here, or does not fit */
    adp_advice_signs needs;      /* all of them, or it is left out */
    const char *changes;         /* what it changes; NULL: it only reads */
} adp_advice_check;

typedef struct {
    const char *key; /* the finding's name; "NAME/CASE" for a special case of it */
    adp_advice_cause causes[ADP_ADVICE_MAX]; /* the likeliest first; one without text ends them */
    adp_advice_check checks[ADP_ADVICE_MAX]; /* the most telling first; likewise */
} adp_advice;

/** The row with this key; when "NAME/CASE" is not there, that of NAME. NULL when neither is. */
const adp_advice *adp_advice_find(const char *key);

/** All rows, one by one: NULL behind the last. */
const adp_advice *adp_advice_row(guint n);

#endif
