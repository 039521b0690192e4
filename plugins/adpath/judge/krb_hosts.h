/* krb_hosts.h
 * Which names stand for one host, as far as the capture proves: a short name is short for many.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_KRB_HOSTS_H
#define ADPATH_JUDGE_KRB_HOSTS_H

#include "join/model.h"
#include "judge/finding.h"
#include "judge/rules.h"
#include "judge/topics.h"

#include <glib.h>

/**
 * The names of the host that a step of Kerberos speaks of, in lower case and itself first: a short name
 * is completed by the realm, by the domain of the path, and as DNS completed it for this client; a long
 * one is shortened where that leads back to it. Free with g_ptr_array_unref().
 */
GPtrArray *adp_krb_host_names(const adp_rules *r, const adp_step *step, const char *host);

/**
 * The first step after `after` by which the client of `step` got something at the host, of this topic
 * (its subject is `prefix` and one of the host's names); NULL: none.
 */
const adp_step *adp_krb_good_at_host(const adp_rules *r, const adp_step *step, adp_topic topic,
                                     const char *prefix, const char *host, const adp_step *after);

/** A step by which anybody did so, another client's rather than this one's; NULL: none. */
const adp_step *adp_krb_granted_at_host(const adp_rules *r, const adp_step *step, adp_topic topic,
                                        const char *prefix, const char *host);

/**
 * What the controller at an address of the host calls itself in its replies to this client's pings, when none
 * of them has the host's name; NULL: they do, or there is none. It belongs to the model.
 * @param ret_step  the ping
 */
const char *adp_krb_called_otherwise(const adp_rules *r, const adp_step *step, const char *host,
                                     const adp_step **ret_step);

/**
 * The address for which DNS gave the host's name (PTR), as text, where all else in the capture has another name for it;
 * signs it. NULL: there is none. It belongs to the model. From memory: MIT's and Heimdal's libraries make the names of
 * services so (krb5.conf: rdns), and programs that are given an address.
 * @param server  the address is this one; ADP_NONE: any
 */
const char *adp_krb_reverse(const adp_rules *r, adp_finding *f, const char *host, guint32 server);

#endif
