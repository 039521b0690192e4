/* web.h
 * Hosts that the path has named, and the connections made to them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_MODEL_WEB_H
#define ADPATH_MODEL_WEB_H

#include "model.h"

/** By what a host became part of a path; a host may have several. */
typedef enum {
    ADP_NAMED_BY_SRV = 1 << 0,          /* target of a locator record */
    ADP_NAMED_BY_PING = 1 << 1,         /* a domain controller said so itself */
    ADP_NAMED_BY_SCP = 1 << 2,          /* host of an Exchange URL entry */
    ADP_NAMED_BY_POINTER = 1 << 3,      /* host of a pointer entry */
    ADP_NAMED_BY_SPN = 1 << 4,          /* HTTP/host was asked of a KDC */
    ADP_NAMED_BY_MAIL_SRV = 1 << 5,     /* target of _autodiscover._tcp.M */
    ADP_NAMED_BY_REDIRECT = 1 << 6,     /* Location, RedirectUrl */
    ADP_NAMED_AS_CANDIDATE = 1 << 7,    /* autodiscover.M, or M itself where M is known */
    ADP_NAMED_BY_LDAP_REFERRAL = 1 << 8 /* not used yet */
} adp_named;

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

/** "unknown_ca", "handshake_failure", ...; NULL for a number without a name (RFC 8446 6). */
const char *adp_tls_alert_name(guint8 alert);

/** The ordinary farewell, no fault. */
#define ADP_TLS_CLOSE_NOTIFY 0

/** "TLS 1.2", ...; NULL for what is no version. */
const char *adp_tls_version_name(guint16 version);

/** Does a name of a certificate cover the host? RFC 6125: a wildcard stands for one label. */
gboolean adp_tls_name_covers(const char *name, const char *host);

/** Does one of the names? FALSE when `host` is none that a certificate has to cover. */
gboolean adp_tls_names_match(const adp_strings *names, const char *host, gboolean *matches);

/** The first message of its kind in the step up to observation `to`, or NULL. */
const adp_obs_tls *adp_tls_find(const adp_model *model, const adp_step *step, guint32 to,
                                adp_tls_event event);

/**
 * Does the certificate that a tls step shows cover the name that the client asked for?
 * @return FALSE when no certificate is visible, or the client named no host.
 */
gboolean adp_tls_name_match(const adp_model *model, const adp_step *step, gboolean *matches);
/** Does the capture show any address of the host? */
gboolean adp_model_host_is_known(const adp_model *model, const char *host);

/** The addresses that the capture gives for it (ids, guint32); NULL: none. The model's. */
const GArray *adp_model_host_addresses(const adp_model *model, const char *host);

/** Does a request bring what the server may accept or refuse, and not only begin to? */
gboolean adp_http_has_credentials(const adp_obs_http *request);

/** One attempt to open a TCP connection to a DC's LDAP or Kerberos port, or to a named host. */
typedef struct {
    adp_flow flow;
    guint32 first; /* first and last observation; adp_mark.next leads from one to the next */
    guint32 last;
    /* How often the client tried, copies apart. 0: no SYN was captured; `first` is a step's. */
    guint32 syns;
    gint64 first_time;      /* of the first SYN, ns since the epoch */
    gint64 last_time;       /* of the last SYN */
    gboolean accepted;      /* SYN-ACK, or data seen on the connection */
    gboolean refused;       /* RST in answer to the SYN */
    gboolean prohibited;    /* ICMP in answer to the SYN: the way is barred, */
    gboolean unreachable;   /* or leads nowhere */
    gboolean closed;        /* a FIN or RST after it was accepted; */
    gboolean reset;         /* the first was a RST, */
    gboolean server_closed; /* and the server's */
    guint32 step;           /* the tls step on it, else ADP_NONE */
    guint32 client;         /* whose path its steps went to, or had the last step before it */
} adp_attempt;

/** Is there an attempt of this flow, seen from its client? */
gboolean adp_model_knows_attempt(const adp_model *model, const adp_flow *flow);

/**
 * May a connection to this server be of interest? A quick question of the readers, before
 * addresses are made known; `server` may be ADP_NONE.
 */
gboolean adp_model_may_attempt(const adp_model *model, guint32 server, guint16 port);

guint32 adp_model_attempt_count(const adp_model *model);
const adp_attempt *adp_model_attempt(const adp_model *model, guint32 i);

#endif
