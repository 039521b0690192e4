/* pair_dns.h
 * Questions to DNS and their answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_PAIR_DNS_H
#define ADPATH_JOIN_PAIR_DNS_H

#include "join/derived.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** What a DNS message is good for, as far as its question tells. */
typedef enum {
    ADP_DNS_NO_USE,
    ADP_DNS_ASIDE, /* kept aside (guess.h): it needs no stream */
    ADP_DNS_FOR_A_STEP
} adp_dns_use;

/** Asked before a message is read further: `obs` needs neither hosts nor a hash, its strings may be the caller's. */
adp_dns_use adp_model_use_of_dns(adp_model *model, const adp_obs *obs);

/** The question that the answer belongs to; NULL when there is none, or it is not a step's. */
const adp_obs_dns *adp_model_dns_asked(const adp_model *model, const adp_obs *answer);

gboolean adp_feed_dns(adp_model *model, const adp_obs *obs, guint32 i);

/**
 * Is it worth keeping that `name` stands for `alias`, though nobody's step asked for it? A
 * service is often called by an alias within its own domain, and its key is kept by the other name.
 */
gboolean adp_model_wants_alias(const adp_model *model, const char *name, const char *alias);

/** Is it worth keeping that this name has an address: a controller's, with a suffix behind it? Only the first time. */
gboolean adp_model_wants_suffixed(const adp_model *model, const char *name);

/**
 * Do the aliases of the first name lead to the second one? Both may be the same: then they go round. *obs is the answer
 * of DNS that has the last of them.
 */
gboolean adp_model_alias_leads_to(const adp_model *model, const char *alias, const char *name,
                                  guint32 *obs);

/** The last step whose answer by this server to this client was cut (TC=1), ADP_NONE. */
guint32 adp_cut_answer(const adp_derived *d, guint32 client, guint32 server);

/**
 * What the capture says that a name stands for (CNAME); NULL: nothing. `obs` gets the answer's
 * observation.
 */
const char *adp_model_alias(const adp_model *model, const char *name, guint32 *obs);

#endif
