/* hosts.h
 * Hosts that the path has named, and the connections made to them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_HOSTS_H
#define ADPATH_JOIN_HOSTS_H

#include "join/derived.h"
#include "join/model.h"

#include <glib.h>

/** By what a host became part of a path; a host may have several. */
typedef enum {
    ADP_NAMED_BY_SRV = 1 << 0,           /* target of a locator record */
    ADP_NAMED_BY_PING = 1 << 1,          /* a domain controller said so itself */
    ADP_NAMED_BY_SCP = 1 << 2,           /* host of an Exchange URL entry */
    ADP_NAMED_BY_POINTER = 1 << 3,       /* host of a pointer entry */
    ADP_NAMED_BY_SPN = 1 << 4,           /* HTTP/host was asked of a KDC */
    ADP_NAMED_BY_MAIL_SRV = 1 << 5,      /* target of _autodiscover._tcp.M */
    ADP_NAMED_BY_REDIRECT = 1 << 6,      /* Location, RedirectUrl */
    ADP_NAMED_AS_CANDIDATE = 1 << 7,     /* autodiscover.M, or M itself where M is known */
    ADP_NAMED_BY_LDAP_REFERRAL = 1 << 8, /* an answer of a directory refers to it */
    ADP_NAMED_BY_SETTINGS = 1 << 9       /* autodiscover's answer: where EWS is */
} adp_named;

/** Once, before the first name is learnt. */
void adp_hosts_begin(adp_derived *d);

/** How a host was named in the log so far; 0 when it was not. `host` in any case. */
guint adp_model_named(const adp_model *model, const char *host);

/**
 * The mail domain M that a host name stands for by itself ("autodiscover.M"), or
 * NULL. The result points into `host`.
 */
const char *adp_mail_domain_of(const char *host);

/** What stands behind the @, or NULL. The result points into `mailbox`. */
const char *adp_mailbox_domain(const char *mailbox);

/** Has the capture shown that `host` has this address (by DNS, ping or SNI)? */
gboolean adp_model_host_has_address(const adp_model *model, const char *host, guint32 address);

/** Does the capture show any address of the host? */
gboolean adp_model_host_is_known(const adp_model *model, const char *host);

/** The addresses that the capture gives for it (ids, guint32); NULL: none. The model's. */
const GArray *adp_model_host_addresses(const adp_model *model, const char *host);

/** Is it the target of a locator record with something behind it, as resolvers append suffixes? */
gboolean adp_is_suffixed_target(const adp_model *model, const char *name);

/** The first such name that has this address, the model's; NULL: none. */
const char *adp_model_suffixed_at(const adp_model *model, guint32 address);

/** Names a host; `port` is that of its URL, 0 when it says none. */
void adp_name_host(adp_model *model, const char *host, guint how, guint16 port);

/** Did a URL or a record that names the host say this port, which is none of the web's usual ones? */
gboolean adp_host_has_port(const adp_host *host, guint16 port);

/** Names a host to which a step found by `method` redirects. */
void adp_name_redirect(adp_model *model, const char *host, const char *method, guint16 port);

/** Is it a mail domain, or the client's own domain after it searched for SCPs? */
gboolean adp_is_mail_domain(const adp_model *model, guint32 address, const char *domain);

/** The host has the address. `name` it so where nothing better is known. */
void adp_host_address(adp_model *model, const char *host, guint32 address);

/** M is a mail domain: M itself becomes a candidate. */
void adp_learn_mail_domain(adp_model *model, const char *domain);

/** The client's directory has this domain or forest. */
void adp_learn_client_domain(adp_model *model, guint32 address, const char *domain);

/**
 * Is a question for this host's address one of a path's: was it named, is it a candidate for
 * everybody, or the client's own domain after it searched for Exchange's SCPs?
 */
gboolean adp_is_path_host(const adp_model *model, guint32 address, const char *host);

/** Likewise, of a host that may serve autodiscover: not merely a controller or a service. */
gboolean adp_is_web_host(const adp_model *model, guint32 address, const char *host);

#endif
