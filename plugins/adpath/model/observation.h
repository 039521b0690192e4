/* observation.h
 * What a reader saw in one protocol message. Facts of the wire only: what they
 * mean is concluded in pairing.c and outcome.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_MODEL_OBSERVATION_H
#define ADPATH_MODEL_OBSERVATION_H

#include "ldap_filter.h"
#include "netlogon.h"
#include "scp.h"
#include "srv_name.h"

#include <glib.h>

typedef enum {
    ADP_OBS_DNS_QUERY,
    ADP_OBS_DNS_REPLY,
    ADP_OBS_LDAP_SEARCH,
    ADP_OBS_LDAP_ENTRY,
    ADP_OBS_LDAP_DONE,
    ADP_OBS_LDAP_ABANDON, /* `id` is that of the abandoned request */
    ADP_OBS_LDAP_BIND,
    ADP_OBS_LDAP_BIND_REPLY,
    ADP_OBS_LDAP_HIDDEN,
    ADP_OBS_KDC_REQUEST,
    ADP_OBS_KDC_REPLY, /* AS-REP, TGS-REP or KRB-ERROR */
    ADP_OBS_AP_REQUEST,
    ADP_OBS_AP_REPLY /* of the carrier: with AP-REP, KRB-ERROR or no token */
} adp_obs_type;

typedef enum {
    ADP_UDP,
    ADP_TCP,
    ADP_TRANSPORT_OTHER
} adp_transport;

/** How an LDAP message was carried. */
typedef enum {
    ADP_PROTECTION_NONE,
    ADP_PROTECTION_SIGNED,
    ADP_PROTECTION_SEALED,
    ADP_PROTECTION_TLS,
    ADP_PROTECTION_UNKNOWN
} adp_protection;

/** What a Kerberos message travels in. */
typedef enum {
    ADP_CARRIER_KDC,
    ADP_CARRIER_LDAP,
    ADP_CARRIER_HTTP,
    ADP_CARRIER_SMB,
    ADP_CARRIER_RPC,
    ADP_CARRIER_OTHER
} adp_carrier;

typedef enum {
    ADP_EXCHANGE_AS,
    ADP_EXCHANGE_TGS,
    ADP_EXCHANGE_AP
} adp_exchange;

/** No number: of a frame, a step, an observation. */
#define ADP_NONE G_MAXUINT32

/** The two ends. Addresses are ids that adp_model_address() gave. */
typedef struct {
    guint32 client;
    guint32 server;
    guint16 client_port;
    guint16 server_port;
    adp_transport transport;
    guint32 stream; /* Wireshark's tcp.stream or udp.stream, ADP_NONE when unknown */
} adp_flow;

typedef struct {
    const char *target; /* "" is the root: the service is not offered */
    guint16 port;
    guint16 priority;
    guint16 weight;
} adp_srv_record;

typedef struct {
    const char *name; /* of the question */
    adp_srv_name parts;
    guint8 rcode;
    gboolean truncated;               /* TC */
    gboolean damaged;                 /* records were announced, and not captured */
    ADP_LIST(adp_srv_record) records; /* of the answer section */
} adp_obs_dns;

/** What a ping asks; NULL when the filter has no such element. */
typedef struct {
    const char *domain;   /* DnsDomain */
    const char *host;     /* Host: NetBIOS name of the client */
    const char *dns_host; /* DnsHostName */
    const char *user;     /* User */
    const char *guid;     /* DomainGuid, as text */
    gboolean has_aac;
    guint32 aac; /* AAC: which kinds of account are meant */
    gboolean has_ntver;
    guint32 ntver;
} adp_ping_request;

typedef struct {
    gboolean is_ping;     /* asks for the Netlogon attribute */
    const char *scp_kind; /* NULL: not a search for SCPs */
    const char *base;
    guint32 scope;
    const char *filter; /* RFC 4515 */
    adp_strings attributes;
    adp_ping_request ping;
} adp_obs_search;

/** One entry of a search that matters; which part is set follows from the search. */
typedef struct {
    gboolean has_netlogon;
    adp_netlogon netlogon;
    adp_scp_entry scp;
} adp_obs_entry;

/** A search, bind or extended result. */
typedef struct {
    gboolean damaged; /* too little was captured to tell the result */
    guint32 result;
    const char *diagnostic;
} adp_obs_result;

typedef struct {
    const char *mechanism; /* "simple", "sicily" or the SASL name */
    gboolean is_sasl;
    gboolean anonymous;  /* simple, without name and password */
    gboolean continues;  /* cannot be the first round: sicily negotiate or response */
    gboolean unfinished; /* another round follows a success: sicily discovery or negotiate */
} adp_obs_bind;

typedef struct {
    guint32 messages; /* how many this frame shows of them */
} adp_obs_hidden;

/** A Kerberos message; fields that the message does not have are NULL or 0. */
typedef struct {
    adp_exchange exchange;
    adp_carrier carrier;
    const char *realm;       /* of the service */
    const char *spn;         /* components joined with '/' */
    const char *client;      /* cname, without realm */
    ADP_LIST(gint32) etypes; /* AS, TGS: offered by the client; AP: of the ticket */
    gboolean has_ticket;
    gint32 ticket_etype;
    guint64 ticket_hash; /* of the cipher: the same ticket has the same */
    gboolean is_error;
    gint32 error;
    const char *text; /* e-text */
    gboolean has_ntstatus;
    guint32 ntstatus;
    gboolean has_stime;
    gint64 stime;       /* server clock, ns since the epoch */
    gboolean has_token; /* AP reply: AP-REP or KRB-ERROR was there */
    gboolean damaged;   /* a reply of which too little was captured to tell what it says */
    gboolean refused;   /* AP reply: the carrier refused (LDAP result, HTTP 401) */
    gboolean goes_on;   /* AP reply: neither accepted nor refused yet */
} adp_obs_krb;

/** Anything below `u` belongs to the arena. */
typedef struct {
    adp_obs_type type;
    guint32 frame;
    gint64 time; /* ns since the epoch */
    adp_flow flow;
    gboolean from_server;
    guint32 id;                /* DNS id, LDAP messageID; 0 where the protocol has none */
    guint64 hash;              /* of the PDU's bytes */
    adp_protection protection; /* LDAP */
    gboolean decrypted;        /* LDAP: only keys made it readable */
    union {
        const adp_obs_dns *dns;
        const adp_obs_search *search;
        const adp_obs_entry *entry;
        const adp_obs_result *result;
        const adp_obs_bind *bind;
        const adp_obs_hidden *hidden;
        const adp_obs_krb *krb;
    } u;
} adp_obs;

#endif
