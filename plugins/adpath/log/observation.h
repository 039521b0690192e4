/* observation.h
 * What a reader saw in one protocol message. Facts of the wire only: what they
 * mean is concluded in pairing.c and outcome.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_LOG_OBSERVATION_H
#define ADPATH_LOG_OBSERVATION_H

#include "wire/arena.h"
#include "wire/limits.h"
#include "wire/netlogon.h"
#include "wire/scp.h"
#include "wire/srv_name.h"

#include <glib.h>

#include <stdbool.h>

typedef enum {
    ADP_OBS_DNS_QUERY,
    ADP_OBS_DNS_REPLY,
    ADP_OBS_NETBIOS,
    ADP_OBS_LDAP_SEARCH,
    ADP_OBS_LDAP_ENTRY,
    ADP_OBS_LDAP_DONE,
    ADP_OBS_LDAP_ABANDON, /* `id` is that of the abandoned request */
    ADP_OBS_LDAP_BIND,
    ADP_OBS_LDAP_BIND_REPLY,
    ADP_OBS_LDAP_HIDDEN,
    ADP_OBS_LDAP_OPERATION,       /* StartTLS, or another operation that is no step */
    ADP_OBS_LDAP_OPERATION_REPLY, /* to it: a refusal, or what makes one good */
    ADP_OBS_LDAP_UNBIND,
    ADP_OBS_LDAP_REFERENCE, /* an answer names another server: SearchResultReference */
    ADP_OBS_KDC_REQUEST,    /* also to its password service, */
    ADP_OBS_KDC_REPLY,      /* AS-REP, TGS-REP or KRB-ERROR; or the answer of that service */
    ADP_OBS_AP_REQUEST,
    ADP_OBS_NTLM,     /* the client's proof in SMB; from the server: the session was opened */
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
    ADP_CARRIER_KPASSWD, /* the password service; RFC 3244 */
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

/** Codes of answers (RFC 1035 4.1.1; the long ones RFC 6891 6.1.3 and 7873 8). */
enum {
    ADP_DNS_NOERROR = 0,
    ADP_DNS_FORMERR = 1,
    ADP_DNS_SERVFAIL = 2,
    ADP_DNS_NXDOMAIN = 3,
    ADP_DNS_NOTIMP = 4,
    ADP_DNS_REFUSED = 5,
    ADP_DNS_BADVERS = 16,
    ADP_DNS_BADCOOKIE = 23
};

/** Question types that we follow. */
enum {
    ADP_DNS_A = 1,
    ADP_DNS_PTR = 12, /* the answers alone, and of these the first name */
    ADP_DNS_AAAA = 28,
    ADP_DNS_SRV = 33
};

/** Why a server answers as it does, as it says itself (RFC 8914). */
typedef struct {
    guint16 code;
    const char *text; /* its own, where that is short and plain; else NULL */
} adp_dns_reason;

/** What the sections behind the question hold. */
typedef struct {
    ADP_LIST(adp_srv_record) records; /* SRV, of the answer section */
    ADP_LIST(adp_dns_host) hosts;     /* A, AAAA, CNAME, of the answer and additional sections */
    ADP_LIST(adp_dns_reason) reasons; /* of the OPT record: the first ones */
    const char *soa_zone;             /* of the authority section: the zone, */
    const char *soa_server;           /* and the server that it was made on; else NULL */
} adp_dns_said;

typedef struct {
    const char *name;          /* of the question; PTR: the one that was found */
    const adp_srv_name *parts; /* of the name; all but SRV have adp_no_srv_name */
    const adp_dns_said *said;  /* questions, and answers without any, have adp_dns_nothing */
    guint16 qtype;             /* of the question; 0 in an error that does not repeat it */
    guint16 rcode;             /* with the upper bits that an OPT record has */
    guint16 answer_hosts;      /* so many of `said->hosts`, the first, are of the answer section */
    bool truncated : 1;        /* TC */
    bool by_mdns : 1;          /* to all neighbours, or of one of them (RFC 6762) */
    bool extended : 1;         /* question: it has an OPT record (EDNS, RFC 6891) */
    bool refers : 1;           /* answer: nothing but servers that are to be asked instead */
    bool damaged : 1;          /* records were announced, and not captured */
} adp_obs_dns;

extern const adp_srv_name adp_no_srv_name;
extern const adp_dns_said adp_dns_nothing;

/** What the sixteenth byte of a NetBIOS name says that is asked for (from memory). */
enum {
    ADP_NETBIOS_SERVER = 0x20, /* a machine that serves files */
    ADP_NETBIOS_MASTER = 0x1b, /* a domain: its primary controller, */
    ADP_NETBIOS_DOMAIN = 0x1c  /* or any of its controllers */
};

/** A question for a NetBIOS name (RFC 1002), or the answer. */
typedef struct {
    const char *name; /* without padding and suffix */
    guint8 suffix;
    guint8 rcode; /* reply: 0 is a positive answer */
} adp_obs_netbios;

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
    gboolean partial;   /* there were more attributes than these */
    gboolean no_values; /* only their names are asked for (typesOnly) */
    gboolean is_paged;  /* it wants the entries in pages (RFC 2696), */
    guint32 page_size;  /* of so many at most; */
    guint64 cookie;     /* hash of the server's cookie that it goes on with; 0: the first page */
    adp_ping_request ping;
} adp_obs_search;

/** One entry of a search that matters; which part is set follows from the search. */
typedef struct {
    gboolean damaged; /* not all of it was captured */
    gboolean has_netlogon;
    adp_netlogon netlogon;
    adp_scp_entry scp;
    const char *dns_host;         /* of the rootDSE: the server's own name, NULL; */
    const char *vendor;           /* the vendor's name (RFC 3045), NULL; */
    gboolean is_active_directory; /* it has what only an Active Directory has */
} adp_obs_entry;

/** A search, bind or extended result. */
typedef struct {
    gboolean damaged; /* too little was captured to tell the result */
    guint32 result;
    const char *diagnostic;
    const char *referral; /* the first URL that it refers to; NULL: none */
    guint64 cookie;       /* of a search: hash of the cookie for its next page; 0: there is none */
} adp_obs_result;

typedef struct {
    const char *mechanism; /* "simple", "sicily" or the SASL name */
    gboolean is_sasl;
    gboolean anonymous;  /* simple, without a password: whatever its name, nobody (RFC 4513 5.1) */
    gboolean continues;  /* cannot be the first round: sicily negotiate or response */
    gboolean unfinished; /* another round follows a success: sicily discovery or negotiate */
    gboolean ntlm;       /* the token is NTLM's, bare or within SPNEGO */
    guint8 version;      /* of LDAP, that the client wants to speak; 0: it is longer than a byte */
    guint64 ticket_hash; /* of the ticket that the token shows, as in adp_obs_krb; 0: none */
    /*
     * In whose name, where this round says it: a DN or UPN (simple), a user (NTLM, PLAIN,
     * DIGEST-MD5, CRAM-MD5), an authorization identity (EXTERNAL). Else NULL.
     */
    const char *name;
    const char *domain; /* NTLM: of that user; else NULL */
} adp_obs_bind;

/** Operations of LDAP that are no steps. */
typedef enum {
    ADP_LDAP_OP_SEARCH, /* one of no path */
    ADP_LDAP_OP_MODIFY,
    ADP_LDAP_OP_ADD,
    ADP_LDAP_OP_DELETE,
    ADP_LDAP_OP_MODIFY_DN,
    ADP_LDAP_OP_COMPARE,
    ADP_LDAP_OP_EXTENDED,
    ADP_LDAP_OP_STARTTLS,
    ADP_LDAP_OP_NOTICE, /* the server's own word, to no request: that it ends the connection */
    ADP_LDAP_OPS
} adp_ldap_op;

/**
 * What became of a request that is no step. Answers that went well are no observations: readers
 * write here in which frames they saw one. 0: in none.
 */
typedef struct {
    guint32 answered;
    guint32 heard; /* a part of the answer */
    guint32 given_up;
    gint64 answered_time; /* of the first two frames, where there are such */
    gint64 heard_time;
} adp_obs_answer;

/** Such an operation. */
typedef struct {
    adp_ldap_op op;
    guint64 subject; /* hash of what it is about: the same again means the same; 0: unknown */
    adp_obs_answer *answer; /* request; NULL: nobody waits for one */
    guint32 request_frame;  /* reply: where it was asked; 0: the capture does not hold it */
    gint64 request_time;    /* of that frame */
    adp_obs_result result;  /* reply */
} adp_obs_operation;

typedef struct {
    guint32 messages; /* how many this frame shows of them, */
    guint32 bytes;    /* and how long they are, with their seals */
} adp_obs_hidden;

/** A ticket. Its names stand in clear around the sealed part. */
typedef struct {
    const char *realm;
    const char *spn;
    gint32 etype;
    gboolean has_kvno;
    guint32 kvno; /* of the key that seals it; the upper half is the number of a read-only KDC */
    guint64 hash; /* of the cipher: the same ticket has the same */
} adp_krb_ticket;

/** What the e-data of an error holds. */
typedef enum {
    ADP_ERROR_DATA_NONE,
    ADP_ERROR_DATA_METHODS, /* METHOD-DATA: what the KDC would take */
    ADP_ERROR_DATA_WINDOWS, /* KERB-ERROR-DATA, MS-KILE 2.2.2 */
    ADP_ERROR_DATA_OTHER
} adp_krb_error_data;

/** A Kerberos message; fields that the message does not have are NULL or 0. */
typedef struct {
    adp_exchange exchange;
    adp_carrier carrier;
    const char *realm;        /* request: asked; reply: of the ticket; error: of the service */
    const char *spn;          /* components joined with '/' */
    const char *client;       /* cname, without realm */
    const char *client_realm; /* reply, error: crealm */
    gint32 spn_type;          /* name types, RFC 4120 6.2 */
    gint32 client_type;
    ADP_LIST(gint32) etypes; /* AS, TGS: offered by the client; AP: of the ticket; error: allowed */
    ADP_LIST(gint32) padata; /* PA-DATA types: of the message; error: what the KDC would take */
    guint64 salt;            /* error: hash, in lower case, of the first that it names; 0: none */

    /* Requests to a KDC. */
    guint32 options;       /* kdc-options; see wire/krb_types.h */
    guint32 pac_options;   /* PA-PAC-OPTIONS */
    const char *for_user;  /* S4U2Self: PA-FOR-USER or PA-S4U-X509-USER, */
    const char *for_realm; /* and the user's realm */
    gboolean has_from;     /* when the ticket is to begin, */
    gint64 from;           /* ns since the epoch, */
    gboolean has_till;     /* and to end */
    gint64 till;
    guint till_year;    /* the year of its end, also where that is beyond all clocks; 0: none */
    gboolean has_nonce; /* also of a KDC's error: its ctime, which MIT fills with the nonce */
    guint32 nonce;
    gboolean changes_own;          /* kpasswd: by the form that changes nobody else's (version 1) */
    guint64 shown_hash;            /* TGS, kpasswd: of the ticket that it shows; 0: none */
    const adp_krb_ticket *shown;   /* TGS: that ticket, in most cases a ticket-granting one */
    const adp_krb_ticket *armor;   /* AS: ticket that armors it with FAST (RFC 6113 5.4.1.1) */
    ADP_LIST(adp_krb_ticket) more; /* additional tickets: user-to-user, S4U2Proxy */

    /* Replies, and AP requests. */
    gboolean has_ticket;
    gint32 ticket_etype;
    gboolean has_ticket_kvno;
    guint32 ticket_kvno;
    guint64 ticket_hash; /* of the cipher: the same ticket has the same */

    /* Errors. */
    gboolean is_error;
    gint32 error;
    const char *text; /* e-text */
    adp_krb_error_data error_data;
    gboolean skew_recovery; /* KERB-ERROR-DATA: try again with my clock */
    gboolean has_ntstatus;
    guint32 ntstatus;
    gboolean has_stime;
    gint64 stime; /* server clock, ns since the epoch */
    gboolean has_ctime;
    gint64 ctime; /* client clock, of the authenticator that was refused; never of a KDC's error */

    /* kpasswd replies. */
    gboolean has_result;
    guint16 result;          /* RFC 3244 2 */
    const char *result_text; /* what the server says to it */
    gboolean sealed;         /* the result is there, in a KRB-PRIV */

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

/** A record of application data, as it shows to whoever has no keys. */
typedef struct {
    guint32 frame; /* in which it ends */
    gint64 time;   /* of that, ns since the epoch */
    guint32 length;
    guint32 hash; /* of its bytes: tells a second capture of it */
    gboolean from_server;
} adp_tls_record;

/** The first such records of a connection (join/tls_records.h). Marks are frames, 0: none. */
typedef struct {
    guint count;
    adp_tls_record items[ADP_MAX_TLS_RECORDS];
    guint32 full;    /* there was one more */
    guint32 opened;  /* keys open what they carry */
    guint32 damaged; /* a frame of the connection was not captured whole */
} adp_tls_records;

/** A message of TLS; fields that it does not have are NULL or 0. */
typedef struct {
    adp_tls_event event;
    const char *sni; /* client hello: lower case */
    guint16
        version; /* 0x0303 is TLS 1.2: of a hello, with supported_versions heeded; the newest offered */
    adp_strings names; /* certificate: DNS names and addresses of the server's own, else its CN */
    const char *cn;    /* certificate: the subject's CN where `names` are others */
    gint64 valid_from; /* certificate: s since the epoch, */
    gint64 valid_to;   /* 0: not readable */
    gint64 issuers_to; /* certificate: the first end of those that came behind it, 0: none */
    guint32 issuer;    /* certificate: hash of who issued it, 0: not readable */
    gboolean whole_chain; /* certificate: the last one that came with it is that of a root */
    guint8 alert_level;   /* 1 warning, 2 fatal */
    guint8 alert;
    gboolean damaged;  /* its frame was not captured whole */
    gboolean old_form; /* client hello: it has the form of SSL 2 (RFC 5246 E.2) */
    gboolean fallback; /* client hello: a second try, with an older version (RFC 7507) */
    gboolean proxied;  /* client hello: a line of the PROXY protocol stands before it */
    gboolean retry;    /* server hello: it asks for another hello (RFC 8446 4.1.4) */
    gboolean
        unasked; /* client hello: it begins the connection at a port where LDAP in clear belongs */
    gboolean http2; /* client hello: it offers HTTP/2; server hello: it takes that */
    guint32
        offer; /* client hello: hash of what a program always offers alike; 0: it says too little */
    guint32 suites;           /* client hello: hash of its cipher suites, in their order */
    adp_tls_records *records; /* client hello: filled by the readers as they come; else NULL */
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
    gboolean via_proxy;     /* request: names its host itself, the server is a proxy */
    const char *method;     /* request: "GET", "POST", "CONNECT", ... */
    const char *host;       /* request: host that is meant, lower case, without port */
    const char *url;        /* request: whole, as https://host/path; without query */
    gboolean url_is_short;  /* a query, or the mailbox at its end, is left out of it */
    const char *mailbox;    /* request: EMailAddress of the body, Email= or last part of the URL */
    adp_auth auth;          /* request: what it carries; reply: the best that it offers */
    guint8 auths;           /* a bit (1 << adp_auth) for each that it carries or offers */
    guint8 ntlm_message;    /* NTLM: 1 negotiate, 2 challenge, 3 authenticate */
    guint64 account;        /* request: hash of the user that the credentials name; 0: none */
    guint32 auth_length;    /* request: length of the credentials as they stand in the header */
    gboolean auth_of_proxy; /* credentials or challenge are meant for, or come from, a proxy */
    guint16 port;           /* CONNECT: of the host; 0: not said */
    guint16 status;         /* reply */
    gboolean wants_http_1;  /* reply, then without a status: the question is to come by HTTP/1.1 */
    const char *redirect;   /* reply: Location, RedirectUrl or RedirectAddr; without user, query */
    guint64 redirect_hash;  /* of all of it, in lower case */
    gboolean redirect_is_address;
    const char
        *moved; /* reply: Location that no client of autodiscover follows; then no redirect */
    const char *error; /* reply: POX ErrorCode, or SOAP ErrorCode that is no redirect or NoError */
    gboolean no_site;  /* reply: of HTTP.sys itself, for want of a site behind it */
    gboolean has_settings; /* reply: the body answers the question, */
    adp_strings services;  /* and names these URLs for what comes next; without user, query */
    gboolean damaged;      /* the body was not captured or not decoded */
} adp_obs_http;

typedef enum {
    ADP_TCP_SYN,
    ADP_TCP_SYN_ACK,
    ADP_TCP_FIN,
    ADP_TCP_RST,
    ADP_TCP_GAP,   /* what its sender had sent just before is not in the capture */
    ADP_TCP_PART,  /* bytes of the server that are no whole message, also a fragment over UDP */
    ADP_TCP_WHOLE, /* a whole message ends such bytes */
    ADP_TCP_AGAIN  /* TCP repeats a request, or an answer, that nobody acknowledged */
} adp_tcp_event;

typedef struct {
    adp_tcp_event event;
    guint32 bytes;    /* of PART, WHOLE, AGAIN: so many of TCP's content are in the packet */
    gboolean damaged; /* likewise: the packet was not captured whole */
    gboolean words; /* of PART: it begins with a letter, as no message of Kerberos or LDAP does, */
    gboolean alert; /* or is an alert of TLS to a request in clear */
    gboolean bare;  /* of RST: it has no ACK, as when it rejects an acknowledgement */
    guint32 number; /* of SYN, FIN, RST and an answer's AGAIN: the sequence number */
    guint32 heard;  /* of FIN and RST that are not bare: its sender has all before this number */
    gboolean met;  /* of SYN again, and of a client's end: the server has acknowledged something, */
    guint32 taken; /* up to this number of the client's, */
    gboolean shut; /* and had no room for more the last time (window 0) */
} adp_obs_tcp;

/** What an ICMP error says of the packet that it quotes. */
typedef enum {
    ADP_ICMP_NET,        /* unreachable: no route to the network, */
    ADP_ICMP_HOST,       /* to the host, */
    ADP_ICMP_PROTOCOL,   /* no such protocol, */
    ADP_ICMP_PORT,       /* nothing listens there, */
    ADP_ICMP_PROHIBITED, /* or a rule forbids it */
    ADP_ICMP_TOO_BIG,    /* and may not be cut into fragments, or not by routers */
    ADP_ICMP_TTL,        /* it went round until it was dropped */
    ADP_ICMP_REASSEMBLY, /* fragments were missing at the destination */
    ADP_ICMP_OTHER,
    ADP_ICMP_KINDS
} adp_icmp_kind;

typedef struct {
    adp_icmp_kind kind;
    guint8 code;         /* ICMP type 3 codes; those of ICMPv6 type 1 are translated */
    gboolean prohibited; /* administratively: codes 9, 10, 13 */
    gboolean from_host;  /* the quoted packet's destination says so itself, no router */
    gboolean of_syn;     /* what it quotes is the SYN of a connection, as far as it quotes that */
    const char *sender;  /* its address */
    guint32 id;          /* DNS: of the quoted message, ADP_NONE when it is not quoted */
} adp_obs_icmp;

/** Anything below `u` belongs to the arena. */
typedef struct {
    adp_obs_type type : 8;
    adp_protection protection : 8; /* LDAP */
    bool from_server : 1;
    bool decrypted : 1;  /* LDAP: only keys made it readable */
    bool fragmented : 1; /* UDP: it travelled in IP fragments */
    guint32 frame;
    gint64 time; /* ns since the epoch */
    adp_flow flow;
    guint32 id;   /* DNS id, LDAP messageID, stream of HTTP/2; 0 where the protocol has none */
    guint64 hash; /* of the PDU's bytes */
    guint64 link; /* link-layer address on the client's side, 0 when there is none */
    union {
        const adp_obs_dns *dns;
        const adp_obs_netbios *netbios;
        const adp_obs_search *search;
        const adp_obs_entry *entry;
        const adp_obs_result *result;
        const adp_obs_bind *bind;
        const adp_obs_operation *operation;
        const char *referred; /* host */
        const adp_obs_hidden *hidden;
        const adp_obs_krb *krb;
        const adp_obs_tls *tls;
        const adp_obs_http *http;
        const adp_obs_tcp *tcp;
        const adp_obs_icmp *icmp;
    } u;
} adp_obs;

/** How many records of the kind that was asked for the answer has. */
guint adp_dns_answers(const adp_obs_dns *dns);

/** Does the server say, by an extended error, that a filter or a policy keeps the answer back? */
gboolean adp_dns_withholds(const adp_obs_dns *dns);

/** "none", "signed", ... and "udp", "tcp", ...: as fields and JSON have them. */
const char *adp_protection_name(adp_protection protection);
const char *adp_transport_name(adp_transport transport);

#endif
