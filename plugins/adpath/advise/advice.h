/* advice.h
 * What may be behind a finding, and how to look: a table, a row for each case.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_ADVISE_ADVICE_H
#define ADPATH_ADVISE_ADVICE_H

#include <glib.h>

#define ADP_ADVICE_MAX 6

/**
 * Causes are sentences, the likeliest first. Checks are commands that only read,
 * with a remark behind " # " where one helps; {domain}, {forest}, {site}, {host}
 * (a machine's DNS name), {short} (its first label), {server} (address), {spn},
 * {account}, {realm}, {url}, {mail} (domain), {resolver} (address), {name} (of a DNS question)
 * stand for names of the capture, which are put in quoted. A name that the
 * capture does not show stands as <name>.
 */
typedef struct {
    const char *key; /* the finding's name; "NAME/CASE" for a special case of it */
    const char *causes[ADP_ADVICE_MAX]; /* ends with NULL */
    const char *checks[ADP_ADVICE_MAX]; /* ends with NULL */
} adp_advice;

/** The row with this key; when "NAME/CASE" is not there, that of NAME. NULL when neither is. */
const adp_advice *adp_advice_find(const char *key);

#endif
