/* scp.h
 * Service connection points: what a search is for, and what an entry says.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_SCP_H
#define ADPATH_WIRE_SCP_H

#include "wire/arena.h"
#include "wire/ldap_filter.h"
#include "wire/url.h"

#include <glib.h>

/** How a row of the signature table recognises its searches. */
typedef enum {
    ADP_SCP_BY_KEYWORD,        /* (keywords=PATTERN) */
    ADP_SCP_BY_KEYWORD_PREFIX, /* (keywords=PATTERN...) */
    ADP_SCP_BY_DN,             /* base DN, or a DN in the filter, begins with PATTERN: whole */
                               /* RDNs, unless a '*' ends it */
    ADP_SCP_BELOW,             /* the same, of an object there or anywhere below it */
    ADP_SCP_BY_CN,             /* (cn=PATTERN) */
    ADP_SCP_BY_CLASS,          /* (objectClass=PATTERN) or (objectCategory=PATTERN) */
    ADP_SCP_BY_SERVICE_CLASS,  /* (serviceClassName=PATTERN) */
    ADP_SCP_BY_BINDING         /* (serviceBindingInformation=...PATTERN...) */
} adp_scp_match;

typedef struct {
    const char *kind; /* value of adpath.scp.kind */
    adp_scp_match match;
    const char *pattern; /* compared without regard to case */
    const char *description;
} adp_scp_signature;

/** The kind of a search that is for SCPs but matches no product's signature. */
#define ADP_SCP_UNKNOWN  "unknown"
#define ADP_SCP_EXCHANGE "exchange"

/**
 * What a search asks for, by its base and filter alone; attributes and results
 * do not matter, because schema downloads are full of SCP words.
 * @return the kind, or NULL when the search is not for service connection points.
 */
const char *adp_scp_classify(const char *base, const adp_filter *filter);

/**
 * Rows that go before the built-in ones. The caller keeps them, and their
 * strings, until it sets others. They are settings, not part of any capture.
 */
void adp_scp_set_user_signatures(const adp_scp_signature *rows, guint count);

/** What an entry is to an Exchange client. */
typedef enum {
    ADP_SCP_OTHER,
    ADP_SCP_URL,
    ADP_SCP_POINTER
} adp_scp_entry_type;

/**
 * What a filter (as text, RFC 4515) of an Exchange search lets through: URL entries alone, pointers
 * alone, or ADP_SCP_OTHER for both or none. For entries whose keywords were not asked for.
 */
adp_scp_entry_type adp_scp_type_asked(const char *filter);

/** What a keyword marks an entry as, or NULL when no signature knows it. */
const char *adp_scp_keyword_meaning(const char *keyword);

/** Is a binding a plain "host:port", without a scheme? Then `ret` has both. */
gboolean adp_scp_is_endpoint(const char *binding, adp_url *ret);

const char *adp_scp_entry_type_name(adp_scp_entry_type type);

/** An SCP entry as the client reads it. Strings are the arena's, NULL when absent. */
typedef struct {
    adp_scp_entry_type type;
    const char *dn;
    adp_strings bindings; /* serviceBindingInformation */
    adp_strings keywords;
    const char *host;   /* of the first binding, else serviceDNSName */
    const char *site;   /* of the first Site= keyword */
    const char *domain; /* of the first Domain= keyword */
} adp_scp_entry;

/** Fills type, host, site and domain from bindings and keywords. */
void adp_scp_entry_finish(adp_arena *arena, adp_scp_entry *entry);

/** Is it a URL entry with a binding that is one, of http or https? */
gboolean adp_scp_has_url(const adp_scp_entry *entry);

/** Why an entry has its place; see adp_scp_rank(). */
typedef enum {
    ADP_RANK_NONE, /* not ranked: neither URL nor pointer */
    ADP_RANK_SITE_MATCH,
    ADP_RANK_NO_SITE,
    ADP_RANK_OTHER_SITE,
    ADP_RANK_POINTER
} adp_rank_reason;

const char *adp_rank_reason_name(adp_rank_reason reason);

typedef struct {
    guint rank; /* from 1; 0 = none */
    adp_rank_reason reason;
} adp_rank;

/**
 * The order in which the EWS Managed API tries the entries of one answer:
 * URLs of the client's own site in directory order, then those without a site
 * (each is put in front of the ones before it), then those of other sites, then
 * the pointers, each URL once (MS-OXDISCO 3.1.5.1 follows those without Domain= last; whether a
 * Domain= fits, the search does not show).
 * Knowledge: EWS Managed API DirectoryHelper.cs.
 *
 * @param site  the client's AD site; NULL or empty when it is not known. Then
 *              no entry of an answer with URLs has a place: the client takes none
 *              of them, or knows a site that the capture does not show.
 * @param ret   `count` ranks, parallel to `entries`.
 */
void adp_scp_rank(adp_scp_entry *const *entries, guint count, const char *site, adp_rank *ret);

#endif
