/* learn.h
 * What the steps teach about hosts, sites and domains.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_LEARN_H
#define ADPATH_JOIN_LEARN_H

#include "join/derived.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/netlogon.h"
#include "wire/scp.h"
#include "wire/srv_name.h"

#include <glib.h>

/**
 * Did the client ask for the same locator name without its last labels, too? Then they are a suffix
 * that a resolver appended: `_ldap._tcp.corp.test` + `branch.example`.
 */
gboolean adp_model_has_foreign_suffix(const adp_model *model, const adp_step *step);

/**
 * Did this path get an SRV answer for the same service, role and domain by the
 * name without a site?
 */
gboolean adp_model_generic_answered(const adp_model *model, const adp_step *step,
                                    const adp_srv_name *parts);
/**
 * Were locators asked for this name as for a domain, and was none found? A program that mistook a host
 * for one talks to the host by its name.
 */
gboolean adp_model_may_be_host(const adp_model *model, const char *name, gsize len);

/** The message names such a host: it is kept aside, once for each name. FALSE: it does not. */
gboolean adp_keep_named(adp_model *model, const char *name);

void adp_learn_host(adp_derived *d, const char *name);
void adp_learn_srv_question(adp_model *model, const adp_obs *obs);
void adp_learn_srv(adp_model *model, const adp_step *step, const adp_obs_dns *dns);
void adp_learn_addresses(adp_model *model, const adp_obs_dns *dns);
void adp_learn_ping_request(adp_model *model, const adp_obs *obs);
void adp_learn_ping_reply(adp_model *model, const adp_step *step, const adp_netlogon *reply);
void adp_learn_scp_search(adp_model *model, const adp_obs *obs);
/** A directory refers its clients to this host. */
void adp_learn_reference(adp_model *model, const char *host);
void adp_learn_scp_entry(adp_model *model, const adp_scp_entry *entry);

/** A realm stands for the domain where nothing better tells it. */
void adp_learn_realm(adp_model *model, guint32 step, const char *realm);

/** A KDC signed this account in: that of a machine tells which domain the client is a member of. */
void adp_learn_machine_realm(adp_model *model, guint32 step, const char *account,
                             const char *realm);

/** A KDC denied the realm: the path is not named by it, when nothing but this step did so. */
void adp_unlearn_realm(adp_model *model, guint32 step);

/** `spn` was asked of a KDC: the host of HTTP/host. */
void adp_learn_spn(adp_model *model, const char *spn);

/** The addresses of an answer belong to the names of its chain; nothing is named by them. */
void adp_guess_addresses(adp_model *model, const adp_obs_dns *dns);

#endif
