/* srv_name.h
 * The owner name of a locator SRV record, taken apart.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_SRV_NAME_H
#define ADPATH_WIRE_SRV_NAME_H

#include "wire/arena.h"

#include <glib.h>

/** What a client that asks for the name is looking for. */
typedef enum {
    ADP_ROLE_OTHER,
    ADP_ROLE_DOMAIN,       /* _ldap._tcp.D: an LDAP server of the domain */
    ADP_ROLE_DC,           /* dc._msdcs */
    ADP_ROLE_GC,           /* gc._msdcs or _gc */
    ADP_ROLE_PDC,          /* pdc._msdcs */
    ADP_ROLE_GUID,         /* GUID.domains._msdcs: a DC of the domain with that objectGUID */
    ADP_ROLE_PARTITION,    /* an application partition */
    ADP_ROLE_KDC,          /* _kerberos */
    ADP_ROLE_KPASSWD,      /* _kpasswd */
    ADP_ROLE_AUTODISCOVER, /* _autodiscover */
    ADP_ROLE_COUNT
} adp_role;

/** How the service of a locator name behaves; a row per service we follow. */
typedef struct {
    const char *label;       /* "_ldap" */
    adp_role role;           /* unless an _msdcs label says more */
    gboolean miss_is_normal; /* NXDOMAIN belongs to healthy flow */
    const char *phrase;      /* instead of the role's; NULL: the role says it */
} adp_srv_service;

/** The parts of an owner name. Strings belong to the arena; NULL when absent. */
typedef struct {
    const adp_srv_service *service;
    const char *proto;  /* "_tcp" */
    const char *site;   /* the label before _sites */
    const char *guid;   /* the label before domains._msdcs */
    const char *domain; /* domain, forest or partition: what is left */
    adp_role role;
    gboolean msdcs; /* the name lies below _msdcs */
} adp_srv_name;

/**
 * Takes `name` (presentation form, as adp_dns_name() gives it) apart.
 * @return FALSE when it is not the name of a service we follow; `*ret` is then untouched.
 * Grammar: MS-ADTS 6.3.1.10, MS-NRPC NL_DNS_NAME_INFO; read leniently.
 */
gboolean adp_srv_name_parse(adp_arena *arena, const char *name, adp_srv_name *ret);

/** The same, with the parts in the arena; NULL when it is not such a name. */
const adp_srv_name *adp_srv_name_of(adp_arena *arena, const char *name);

/** "dc", "gc", ... as users read it. Never NULL. */
const char *adp_role_name(adp_role role);

/** What the name is for, in words: "a domain controller". Never NULL. */
const char *adp_srv_name_phrase(const adp_srv_name *parts);

/**
 * True when the domain part looks like a name to which a resolver has appended
 * a DNS suffix once more ("corp.example.com.corp.example.com"): noise of the
 * suffix search list, not a domain anybody has.
 */
gboolean adp_domain_has_appended_suffix(const char *domain);

/**
 * The same of the target of a record, also with "_msdcs" between the two ("dc1.corp.test._msdcs.corp.test"): so it ends
 * when a zone's file has no dot behind a whole name (RFC 1035 5.1).
 */
gboolean adp_domain_stands_twice(const char *name);

#endif
