/* derived.h
 * The model's inside, for the files of this folder alone.
 *
 * All of it is derived from the log: feed.c throws it away at a truncation and makes it again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_DERIVED_H
#define ADPATH_JOIN_DERIVED_H

#include "join/model.h"
#include "log/log.h"
#include "log/observation.h"
#include "wire/table.h"

#include <glib.h>

/** What an address is called. Filled by learn.c and machine.c. */
typedef struct {
    const char *name;         /* a host name; NULL = none known */
    gboolean name_is_hearsay; /* DNS says so, not the host itself */
    gboolean has_names;       /* it was called by several names, so it has none */
    gboolean is_shared;       /* several machines send from it: see machine.c */
} adp_called;

/** A balancer and the servers behind it, an old and a new one: more ports of one host are nobody's. */
#define ADP_HOST_PORTS 4

/** A host that the capture names. */
typedef struct {
    guint how; /* adp_named */
    guint16 ports
        [ADP_HOST_PORTS]; /* unusual ones of URLs and records that name it, in their order, then 0 */
    const char *method;   /* by which method a redirect to it was found, NULL */
    GArray *addresses;    /* ids, owned */
} adp_host;

/** That one name of a host stands for another, and the observation that says so. */
typedef struct {
    const char *alias;
    guint32 obs;
} adp_alias;

/** A TCP connection (or what takes its place) that carries LDAP or HTTP. */
typedef struct {
    adp_flow flow;
    const char *mechanism;   /* of the last bind */
    guint32 bind;            /* step of the last bind */
    gboolean bind_open;      /* more rounds may come */
    gboolean unfinished;     /* they come even after a success */
    guint32 ap;              /* step of the AP exchange that waits for its answer */
    guint32 ap_request;      /* observation: an AP-REQ that is a step only when an error follows */
    guint32 hidden;          /* step of its hidden messages */
    guint32 tls;             /* step of its handshake */
    guint32 last;            /* the last step on it, ADP_NONE */
    guint32 starttls;        /* number of its last StartTLS (ldap_ops.h), ADP_NONE */
    guint32 refused;         /* so many operations of it are kept because they were refused, */
    guint32 missed;          /* and so many as their base was not there */
    guint32 machine;         /* that certainly opened it (machine.c), ADP_NONE */
    adp_client placed;       /* whose path its last step went to */
    gboolean is_proxy;       /* a request told it to connect elsewhere, */
    GQueue *http_open;       /* requests' observations + 1 without answer yet; owned, may be NULL */
    gboolean tunnel;         /* to a host that may serve autodiscover */
    struct adp_guess *guess; /* whose handshake it carries, NULL */
} adp_conn;

/** Which client an address or machine is; see identity.h. */
typedef struct adp_identity adp_identity;

/** Which addresses are one client's; see client.c. */
typedef struct adp_client_table adp_client_table;

/** Which machines share an address; see machine.c. */
typedef struct adp_machine_table adp_machine_table;

/** Which addresses and ports serve; see served.h. */
typedef struct adp_served adp_served;

/** Ids that a message of DNS can have, and shapes of host names (hosts.c). */
#define ADP_DNS_IDS     65536
#define ADP_NAME_SHAPES 8192

/** Everything a truncation throws away and feeding makes again. */
typedef struct {
    adp_arena *arena;            /* of strings that no observation holds */
    GArray *marks;               /* adp_mark, parallel to the log */
    GArray *steps;               /* adp_step */
    GArray *paths;               /* adp_path */
    GArray *attempts;            /* adp_attempt */
    GArray *tunnels;             /* adp_tunnel */
    GArray *operations;          /* adp_ldap_operation */
    GArray *asked_aside;         /* observations of requests of LDAP that are no steps */
    adp_table *refused;          /* what was refused -> the last operation + 1 */
    GArray *handshakes;          /* adp_handshake */
    adp_rows *clients;           /* number of a client -> its state in path.c */
    adp_client_table *joins;     /* owned */
    adp_identity *identity;      /* owned */
    GArray *called;              /* adp_called, by address; beyond its end nothing is known */
    adp_machine_table *machines; /* owned */
    adp_table *open;             /* hash of a pair key -> step + 1 */
    adp_table *copies;           /* hash of a copy key -> observation + 1 */
    GHashTable *conns;           /* stream key -> adp_conn, owned */
    GHashTable *hosts;           /* lower-case host names, owned */
    GHashTable *named;           /* lower-case host name, owned -> adp_host, owned */
    GHashTable *names_of;        /* address + 1 -> GPtrArray of keys of `named`, owned */
    GHashTable *mail_domains;    /* lower-case, owned */
    adp_table *client_domains;   /* hash of a client and a domain of its directory -> 1 */
    GHashTable *challenges;      /* "client|host", owned -> step + 1 that asked for credentials */
    GHashTable *scp_clients;     /* key of a client: asked for Exchange's SCPs */
    GHashTable *guesses;         /* adp_guess_table() */
    adp_rows *guess_windows;     /* client address -> guess.c's */
    guint early_guesses;         /* so many of `guesses` were made without a directory */
    guint32 wanted_aside; /* observation + 1 that is wanted for a guess, before it is kept; 0 */
    GHashTable *asked_domains; /* lower-case, owned, locators were asked for it -> is it one? */
    guint64 asked_shapes;      /* bits of those there have been: most names need no look-up */
    adp_table *srv_names;      /* hash of a client and a locator name that it asked for -> 1 */
    adp_table *askers;         /* addresses, and cards with ADP_CARD, that asked for any -> 1 */
    adp_table *generic;        /* hash of path, service, role, domain of answered lookups -> 1 */
    adp_table *tickets;        /* hash of a ticket -> observation + 1 that gave it */
    GHashTable *troubles;   /* what a Kerberos exchange is about -> GArray of failed steps, owned */
    guint shown_in_smb;     /* tickets that were shown in SMB and wait for an answer */
    GHashTable *ap_refused; /* "client|shown|server|name", owned: a ticket that was not accepted */
    adp_table *asked;       /* hash of resolver, type and name -> observation + 1 */
    GHashTable *aliases;    /* lower-case host name, owned -> adp_alias, owned */
    GHashTable *ntlm;       /* "asked|stream" and "client|server", owned (smb_sessions.h) */
    GHashTable *netbios;    /* "client|what|name", owned -> observation + 1 (netbios.h) */
    GHashTable *reverse;    /* lower-case host name, owned -> observation + 1 (reverse.h) */
    adp_table *cut_answers; /* client and server -> step + 1 with TC=1 */
    GHashTable *gaps;    /* TCP stream + 1 -> observation + 1: packets of its server are missing */
    GHashTable *streams; /* TCP stream + 1 -> adp_stream (stream.h), owned */
    GByteArray *stream_servers; /* at an address's id: it is the server of one; asked every frame */
    adp_served *served;         /* served.h; owned */
    GHashTable *servers;        /* address + 1 -> what is seen of it, bits of attempts.c */
    GHashTable *missed;         /* client + 1 -> server + 1 whose answers to it were missed */
    GHashTable *urls;           /* scp step + 1 -> GArray, owned: see adp_model_urls() */
    guint8 dns_ids[ADP_DNS_IDS / 8];         /* bits: a step of DNS is in `open` with the id */
    guint8 name_shapes[ADP_NAME_SHAPES / 8]; /* bits: a name of hosts.c's tables has the shape */
} adp_derived;

/* Tells numbers of network cards from those of addresses. */
#define ADP_CARD (G_GUINT64_CONSTANT(1) << 63)

struct adp_model {
    adp_log *log;
    adp_derived derived;
    struct adp_noted *noted; /* ldap_ops.c's; NULL: none yet */
    guint64 generation;      /* grows with every change */
    guint64 begun;           /* frames, each as often as it was read, */
    guint64 fed_again;       /* and observations that were fed once more after a cut */
    guint cuts;              /* so often the log was cut: numbers may mean something else now */
};

#endif
