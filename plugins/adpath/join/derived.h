/* derived.h
 * The model's inside, shared by its log (model.c) and its pairing (pairing.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_DERIVED_H
#define ADPATH_JOIN_DERIVED_H

#include "join/guess.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/arena.h"
#include "wire/scp.h"

#include <glib.h>

/** An address of the capture. */
typedef struct {
    guint8 type;
    guint8 len;
    guint8 bytes[16];
} adp_address_key;

typedef struct {
    adp_address_key key;
    const char *text;         /* the arena's; NULL while only heard of */
    const char *name;         /* derived: a host name; NULL = none known */
    gboolean name_is_hearsay; /* derived: DNS says so, not the host itself */
    gboolean heard;           /* a frame was sent to it */
    gboolean has_names;       /* derived: it was called by several names, so it has none */
    gboolean is_shared;       /* derived: several machines send from it: see machine.c */
} adp_address;

/** A host that the capture names. */
typedef struct {
    guint how;          /* adp_named */
    guint16 port;       /* of the first URL that names it and says one, else 0 */
    const char *method; /* by which method a redirect to it was found, NULL */
    GArray *addresses;  /* ids, owned */
} adp_host;

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
    guint32 machine;         /* that certainly opened it (machine.c), ADP_NONE */
    guint32 placed;          /* client whose path its last step went to, ADP_NONE */
    gboolean is_proxy;       /* a request told it to connect elsewhere, */
    GQueue *http_open;       /* requests' observations + 1 without answer yet; owned, may be NULL */
    gboolean tunnel;         /* to a host that may serve autodiscover */
    struct adp_guess *guess; /* whose handshake it carries, NULL */
} adp_conn;

/** The places of an scp step's entries, kept because drawing asks for one at a time. */
typedef struct {
    guint64 generation; /* of the model when they were computed */
    adp_rank *ranks;    /* owned */
    guint count;
} adp_ranks;

/** Which addresses are one client's; see client.c. */
typedef struct adp_client_table adp_client_table;

/** Which machines share an address; see machine.c. */
typedef struct adp_machine_table adp_machine_table;

/** Everything a truncation throws away and feeding makes again. */
typedef struct {
    GArray *marks;               /* adp_mark, parallel to the log */
    GArray *steps;               /* adp_step */
    GArray *paths;               /* adp_path */
    GArray *attempts;            /* adp_attempt */
    GHashTable *clients;         /* client + 1 -> its state in path.c, owned */
    adp_client_table *joins;     /* owned */
    adp_machine_table *machines; /* owned */
    GHashTable *open;            /* pair key -> step + 1 */
    GHashTable *copies;          /* copy key -> observation + 1 */
    GHashTable *conns;           /* stream key -> adp_conn, owned */
    GHashTable *hosts;           /* lower-case host names, owned */
    GHashTable *named;           /* lower-case host name, owned -> adp_host, owned */
    GHashTable *names_of;        /* address + 1 -> GPtrArray of keys of `named`, owned */
    GHashTable *mail_domains;    /* lower-case, owned */
    GHashTable *client_domains;  /* "client|domain", owned: of its directory */
    GHashTable *challenges;      /* "client|host", owned -> step + 1 that asked for credentials */
    GHashTable *scp_clients;     /* client address + 1: asked for Exchange's SCPs */
    GHashTable *guesses;         /* "client|host", owned -> adp_guess, owned */
    GHashTable *guess_windows;   /* client address + 1 -> guess.c's, owned */
    GHashTable *srv_names;       /* "client|name", lower-case, owned: locator names asked for */
    GHashTable *generic;         /* "path|service|role|domain" of answered lookups, owned */
    GHashTable *tickets;  /* hash of a ticket (owned guint64) -> observation + 1 that gave it */
    GHashTable *troubles; /* what a Kerberos exchange is about -> GArray of failed steps, owned */
    GHashTable *asked;    /* hash of resolver, type and name (owned guint64) -> observation + 1 */
    GHashTable *gaps;     /* TCP stream + 1 -> observation + 1: packets of its server are missing */
    GHashTable *ranks;    /* scp step + 1 -> adp_ranks, owned; made when asked for */
} adp_derived;

/** The findings that were asked for last; see analysis.c. */
typedef struct adp_finding_cache adp_finding_cache;

/** The endpoints of all paths; see endpoint.c. */
typedef struct adp_endpoint_cache adp_endpoint_cache;

struct adp_model {
    adp_arena *arena;
    GArray *log;             /* adp_obs */
    GArray *addresses;       /* adp_address */
    GHashTable *address_ids; /* adp_address_key (owned) -> id + 1 */
    guint32 recent[256];     /* last byte of an address -> id of the last one found, or any */
    adp_derived derived;
    adp_finding_cache *findings;
    adp_endpoint_cache *endpoints;
    guint32 frames;
    gint64 first_time;
    gint64 last_time;
    guint64 generation;
    guint32 pending_frame; /* number given by the last adp_model_frame() */
};

#endif
