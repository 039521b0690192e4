/* observation.h
 * What a reader saw in one protocol message. Facts of the wire only: what they
 * mean is concluded in pairing.c and outcome.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_LOG_OBSERVATION_H
#define ADPATH_LOG_OBSERVATION_H

#include "wire/arena.h"
#include "wire/netlogon.h"
#include "wire/scp.h"
#include "wire/srv_name.h"

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
    ADP_OBS_AP_REPLY, /* of the carrier: with AP-REP, KRB-ERROR or no token */
    ADP_OBS_TLS,
    ADP_OBS_HTTP_REQUEST,
    ADP_OBS_HTTP_REPLY,
    ADP_OBS_TCP, /* a connection is opened, refused or closed */
    ADP_OBS_ICMP /* an error about a packet; the flow is the quoted packet's */
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

/** What an address or alias record of an answer says. */
typedef struct {
    const char *name;
    guint32 address;   /* id; ADP_NONE for an alias */
    const char *alias; /* CNAME: the name that `name` stands for; else NULL */
} adp_dns_host;

/** Question types that we follow. */
enum {
    ADP_DNS_A = 1,
    ADP_DNS_AAAA = 28,
    ADP_DNS_SRV = 33
};

typedef struct {
    guint16 qtype;      /* of the question; 0 in an error that does not repeat it */
    const char *name;   /* of the question */
    adp_srv_name parts; /* SRV only: else parts.service is NULL */
    guint8 rcode;
    gboolean truncated;               /* TC */
    gboolean damaged;                 /* records were announced, and not captured */
    ADP_LIST(adp_srv_record) records; /* SRV, of the answer section */
    ADP_LIST(adp_dns_host) hosts;     /* A, AAAA, CNAME, of the answer and additional sections */
    guint answer_hosts;               /* so many of them, the first, are of the answer section */
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
    gboolean partial; /* there were more attributes than these */
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
    gboolean ntlm;       /* the token is NTLM's, bare or within SPNEGO */
    guint64 ticket_hash; /* of the ticket that the token shows, as in adp_obs_krb; 0: none */
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
    ADP_LIST(gint32) etypes; /* AS, TGS: offered by the client; AP: of the ticket; error: allowed */
    gboolean has_ticket;
    gint32 ticket_etype;
    guint64 ticket_hash; /* of the cipher: the same ticket has the same */
    guint64 shown_hash;  /* TGS request: of the ticket that it shows; 0: none */
    gboolean is_error;
    gint32 error;
    const char *text; /* e-text */
    gboolean has_ntstatus;
    guint32 ntstatus;
    gboolean has_stime;
    gint64 stime; /* server clock, ns since the epoch */
    gboolean has_ctime;
    gint64 ctime;       /* error: client clock, of the authenticator that was refused */
    gboolean has_token; /* AP reply: AP-REP or KRB-ERROR was there */
    gboolean damaged;   /* a reply of which too little was captured to tell what it says */
    gboolean refused;   /* AP reply: the carrier refused (LDAP result, HTTP 401) */
    gboolean goes_on;   /* AP reply: neither accepted nor refused yet */
} adp_obs_krb;

typedef enum {
    ADP_TLS_CLIENT_HELLO,
    ADP_TLS_SERVER_HELLO,
    ADP_TLS_CERTIFICATE,
    ADP_TLS_ALERT,         /* in clear, or decrypted */
    ADP_TLS_CIPHER_CHANGE, /* of either side */
    ADP_TLS_FINISHED,      /* of the client, where it is visible */
    ADP_TLS_DATA           /* application data, of either side; one for each side is enough */
} adp_tls_event;

/** A message of TLS; fields that it does not have are NULL or 0. */
typedef struct {
    adp_tls_event event;
    const char *sni;    /* client hello: lower case */
    guint16 version;    /* 0x0303 is TLS 1.2: server hello, with supported_versions heeded */
    adp_strings names;  /* certificate: DNS names of the server's own, else its CN */
    guint8 alert_level; /* 1 warning, 2 fatal */
    guint8 alert;
    gboolean damaged; /* its frame was not captured whole */
} adp_obs_tls;

/** How an HTTP message authenticates, or asks for it. */
typedef enum {
    ADP_AUTH_NONE,
    ADP_AUTH_KERBEROS,
    ADP_AUTH_NTLM,
    ADP_AUTH_BASIC,
    ADP_AUTH_BEARER,
    ADP_AUTH_OTHER /* Negotiate without a token that tells, Digest, ... */
} adp_auth;

typedef enum {
    ADP_AUTODISCOVER_NONE, /* other HTTP: kept only where it belongs to a known connection */
    ADP_AUTODISCOVER_POX,
    ADP_AUTODISCOVER_SOAP,
    ADP_AUTODISCOVER_JSON,
    ADP_AUTODISCOVER_OTHER /* something else below /autodiscover/ */
} adp_autodiscover_form;

/** An HTTP request or reply; fields that it does not have are NULL or 0. */
typedef struct {
    adp_autodiscover_form form; /* request: by its path */
    gboolean in_tls;
    gboolean via_proxy;    /* request: names its host itself, the server is a proxy */
    const char *method;    /* request: "GET", "POST", "CONNECT", ... */
    const char *host;      /* request: host that is meant, lower case, without port */
    const char *url;       /* request: whole, as https://host/path; without query */
    gboolean url_is_short; /* a query, or the mailbox at its end, is left out of it */
    const char *mailbox;   /* request: EMailAddress of the body, Email= or last part of the URL */
    adp_auth auth;         /* request: what it carries; reply: the best that it offers */
    guint8 ntlm_message;   /* NTLM: 1 negotiate, 2 challenge, 3 authenticate */
    guint16 status;        /* reply */
    const char *redirect;  /* reply: Location, RedirectUrl or RedirectAddr */
    gboolean redirect_is_address;
    const char *error; /* reply: POX ErrorCode, or SOAP ErrorCode that is no redirect or NoError */
    gboolean has_settings; /* reply: the body answers the question */
    gboolean damaged;      /* the body was not captured or not decoded */
} adp_obs_http;

typedef enum {
    ADP_TCP_SYN,
    ADP_TCP_SYN_ACK,
    ADP_TCP_FIN,
    ADP_TCP_RST,
    ADP_TCP_GAP /* what its sender had sent just before is not in the capture */
} adp_tcp_event;

typedef struct {
    adp_tcp_event event;
} adp_obs_tcp;

typedef struct {
    guint8 code;         /* ICMP type 3 codes; those of ICMPv6 type 1 are translated */
    gboolean prohibited; /* administratively: codes 9, 10, 13 */
    const char *sender;  /* address of the router that says so */
} adp_obs_icmp;

/** Anything below `u` belongs to the arena. */
typedef struct {
    adp_obs_type type;
    guint32 frame;
    gint64 time; /* ns since the epoch */
    adp_flow flow;
    gboolean from_server;
    guint32 id;                /* DNS id, LDAP messageID; 0 where the protocol has none */
    guint64 hash;              /* of the PDU's bytes */
    guint64 link;              /* link-layer address on the client's side, 0 when there is none */
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
        const adp_obs_tls *tls;
        const adp_obs_http *http;
        const adp_obs_tcp *tcp;
        const adp_obs_icmp *icmp;
    } u;
} adp_obs;

#endif
