/* scp_topics.h
 * What the rules about service connection points share: searches, their pages, and what went well.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_SCP_TOPICS_H
#define ADPATH_JUDGE_SCP_TOPICS_H

#include "join/model.h"
#include "judge/finding.h"
#include "judge/rules.h"
#include "log/observation.h"
#include "wire/scp.h"

#include <glib.h>

/** What the entries of a search are. */
typedef struct {
    guint urls;
    guint pointers;
    const adp_scp_entry *pointer; /* the first */
    gboolean found;               /* an entry of Exchange, whatever it holds */
    gboolean lost;                /* more may have come, or was there and not asked for */
} adp_scp_counts;

/** The request of the step; NULL: not captured. */
const adp_obs_search *adp_scp_search(const adp_rules *r, const adp_step *step);

/** A search of Exchange; of one in pages, the first. */
gboolean adp_scp_begins(const adp_rules *r, const adp_step *step);

/** Is it a search for Exchange's entries, on whichever page? */
gboolean adp_scp_is_exchange(const adp_rules *r, const adp_step *step);

/** Of all pages of the search whose first page this is: they are one answer. */
adp_scp_counts adp_scp_count(const adp_rules *r, const adp_step *step);

/** The last page of the search; it says how the whole of it ended. */
const adp_step *adp_scp_last_page(const adp_rules *r, const adp_step *step);

void adp_scp_cite(const adp_rules *r, adp_finding *f, const adp_step *step);

void adp_rules_learn_scp(adp_rules *r);

#endif
