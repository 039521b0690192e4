/* names.h
 * The case file of names: which are hosts, domains, NetBIOS names; each with what shows it.
 *
 * Collected once, before any rule judges, from every source that the capture has. Names are compared
 * without regard to case.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_CASE_NAMES_H
#define ADPATH_CASE_NAMES_H

#include "join/model.h"

#include <glib.h>

typedef struct adp_names adp_names;

/** Reads the whole log once. Free with adp_names_free(). */
adp_names *adp_names_new(const adp_model *model);
void adp_names_free(adp_names *names);

/*
 * The observation that shows what is asked, ADP_NONE when none does. The name may be NULL.
 */

/** A host: it has an address, stands in a record, in an SPN, or calls itself so. */
guint32 adp_names_host(const adp_names *names, const char *name);
/** A domain that is there: a controller or KDC of it answered, or its locator records did. */
guint32 adp_names_domain(const adp_names *names, const char *name);
/** The NetBIOS name of a domain, as a controller said. */
guint32 adp_names_netbios(const adp_names *names, const char *label);
/** A single label that this client asked for as if it were a domain. */
guint32 adp_names_asked_bare(const adp_names *names, adp_client client, const char *label);
/** A realm to which a KDC referred this client. */
guint32 adp_names_referred(const adp_names *names, adp_client client, const char *realm);
/** The client was let in, by a bind as an account of another domain than this. */
guint32 adp_names_bound_elsewhere(const adp_names *names, adp_client client, const char *domain);
/** The client found some domain: a locator lookup, a ping or a KDC answered it. */
guint32 adp_names_found_any(const adp_names *names, adp_client client);

/**
 * The one host of this first label whose address DNS told this client: what the label is short for.
 * NULL: none, or there are several.
 */
const char *adp_names_full(const adp_names *names, adp_client client, const char *label);

/** The DNS name of the domain with this NetBIOS name; the name itself when none is known. */
const char *adp_names_dns_of(const adp_names *names, const char *name);

/** A logon name with this suffix let a user in at a KDC of another realm: it need be no domain's. */
guint32 adp_names_logon_suffix(const adp_names *names, adp_client client, const char *suffix);

/** The suffix of this machine's own name, whose account a controller of another domain has: it need be no domain's. */
guint32 adp_names_host_suffix(const adp_names *names, adp_client client, const char *suffix);

#endif
