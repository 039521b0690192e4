/* model.h
 * The observations of one capture file, and the steps and paths concluded from them.
 *
 * Observations are appended in the order (frame, PDU). Everything else is a
 * function of them: after a truncation the rest is fed again, and the result is
 * the same as if the cut part had never been there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_MODEL_H
#define ADPATH_JOIN_MODEL_H

#include "log/observation.h"
#include "wire/arena.h"
#include "wire/limits.h"

#include <glib.h>

#include <stdbool.h>

/**
 * The kinds of steps: their constant, and their name, which is the value of adpath.step. All else
 * is in the row adp_kind_<name> of facts/kind.h; without it the unit tests do not link.
 */
#define ADP_STEP_KIND_LIST(KIND)                                                                   \
    KIND(SRV, srv)                                                                                 \
    KIND(ADDRESS, address)                                                                         \
    KIND(PING, ping)                                                                               \
    KIND(KERBEROS, kerberos)                                                                       \
    KIND(BIND, bind)                                                                               \
    KIND(ROOTDSE, rootdse)                                                                         \
    KIND(SCP, scp)                                                                                 \
    KIND(HIDDEN, hidden)                                                                           \
    KIND(TLS, tls)                                                                                 \
    KIND(AUTODISCOVER, autodiscover)

#define ADP_STEP_KIND_ID(id, name) ADP_STEP_##id,

typedef enum {
    ADP_STEP_KIND_LIST(ADP_STEP_KIND_ID) ADP_STEP_KINDS
} adp_step_kind;

/** "srv", "ping", ...: the values of adpath.step. */
const char *adp_step_kind_name(adp_step_kind kind);

/** What was seen of a TLS handshake, besides the hellos. */
typedef enum {
    ADP_TLS_SEEN_CERTIFICATE = 1 << 0,
    ADP_TLS_SEEN_FINISHED = 1 << 1, /* the client's, in clear */
    ADP_TLS_SEEN_CLIENT_CHANGE = 1 << 2,
    ADP_TLS_SEEN_SERVER_CHANGE = 1 << 3,
    ADP_TLS_SEEN_CLIENT_DATA = 1 << 4,
    ADP_TLS_SEEN_SERVER_DATA = 1 << 5, /* behind what the client sent when it was content */
    ADP_TLS_SEEN_ALERT = 1 << 6,
    ADP_TLS_SEEN_FATAL = 1 << 7,
    ADP_TLS_SEEN_COMPLETE = 1 << 8, /* the client is content with the handshake */
    ADP_TLS_SEEN_SETTLED = 1 << 9   /* both ends are: nothing can change that */
} adp_tls_seen;

/**
 * The telling messages of a tls step, so that nobody has to walk along all of its messages. Filled by
 * pair_tls.c, and like all that follows valid until the log is cut.
 */
typedef struct {
    guint32 hello;       /* observation: the client's first, ADP_NONE */
    guint32 answer;      /* likewise the server's, */
    guint32 certificate; /* and the server's certificate */
    guint32 alerts[ADP_MAX_TLS_ALERTS];
    guint alert_count;
} adp_handshake;

/**
 * Whose a step or a path is. Made and compared by identity.h, which also makes keys of it.
 * `machine` is one of several behind the address (machine.c), ADP_NONE: the address tells all.
 */
typedef struct {
    guint32 address; /* id in the log; ADP_NONE: nobody's */
    guint32 machine;
} adp_client;

/**
 * What steps of some kinds have beside that. Most lookups of names have none of it: they share one that says so, and
 * adp_step_own() gives a step one of its own when there is something to write.
 */
typedef struct {
    guint32 netlogon;      /* ping: observation with the controller's answer */
    guint32 entries;       /* scp, rootdse: of the answer, so far */
    guint32 messages;      /* hidden: sealed ones, so far */
    const char *mechanism; /* LDAP: of the connection; NULL when unknown */
    guint32
        older; /* Kerberos, and over UDP: the step before it on the same ports or connection, ADP_NONE */
    guint32 challenged; /* autodiscover: the challenge of the same host before this one, ADP_NONE */
    guint32 attempt;    /* tls: the attempt (attempts.h) of its connection, ADP_NONE */
    guint32 page_before; /* scp, rootdse: the step of the page before it, ADP_NONE; */
    guint32 page_after;  /* behind it, */
    guint32 page_first;  /* and of the first, ADP_NONE: none is before it */
    guint32 page_last;   /* of the first page: the step of the last one, ADP_NONE: itself */
    guint32 page_offset; /* entries of the pages before it */
    guint32 page;        /* so many pages are before it */
    guint32 stray; /* observation: the first answer from an address that was not asked, ADP_NONE; */
    guint32 stray_before; /* then the step of its path that had one before, ADP_NONE, */
    guint stray_drops;    /* and how often the client asked again: it did not take it */
    guint32 part;         /* observation: an IP fragment of an answer over UDP, ADP_NONE */
    guint tls_seen;       /* tls: adp_tls_seen */
    guint32 handshake;    /* tls: see adp_model_handshake() */
    guint16 tls_version;  /* tls: of the last server hello */
    gboolean has_url;     /* scp: an entry of it is a URL */
    guint32 ticket;       /* AP: observation by which a KDC gave the ticket shown, ADP_NONE */
    guint32 shown;        /* TGS: likewise the ticket that the client shows to the KDC, */
    guint32 more;         /* and the first of the additional tickets */
    gboolean in_tunnel;   /* tls: through a proxy, whose address is the server's */
    const char *method;   /* autodiscover: how the URL was found */
    gboolean carried_on;  /* autodiscover: the client answered its challenge */
    gboolean recovered;   /* Kerberos error that a later success about the same made good */
} adp_step_details;

/**
 * One request PDU and its answer. `request` or `reply` are ADP_NONE when the
 * capture does not hold them. Numbers of observations index adp_model_obs(). Made by pairing.c; path.c
 * says whose it is, and the pair_*.c of its kind fill in what belongs to that.
 */
typedef struct {
    const adp_step_details *own; /* never NULL */
    const char *server_name;     /* of the server, if it was known when the step began */
    adp_flow flow;               /* addresses and ports, as on the wire */
    adp_client client; /* whose it certainly is: a machine, or whoever sends from the address */
    guint32 path;      /* index of its path */
    guint32 machine;   /* that it names (machine.c), even before several were known; ADP_NONE */
    guint32 request;   /* first observation of the request */
    guint32 reply;     /* observation that answers it: the last PDU of the answer */
    guint32 first;     /* first and last observation of any sort */
    guint32 last;
    guint32 retries;
    guint32 icmp;       /* observation: an ICMP error about its request, ADP_NONE */
    guint32 heard;      /* observation: the last message of its server, ADP_NONE */
    guint32 path_index; /* place among the steps of its path, from 0 */
    adp_step_kind kind : 8;
    bool abandoned : 1;   /* the client withdrew its request */
    bool lost : 1;        /* part of its answer was not captured */
    bool to_web : 1;      /* address: its host is one that may serve autodiscover, by then */
    bool after_pause : 1; /* it may have begun a new path: it names no step before it */
} adp_step;

/** Derived facts of one observation. Filled by chain.c when the observation joins a step. */
typedef struct {
    guint32 step;     /* ADP_NONE: kept for a later one, belongs to none by itself */
    guint32 previous; /* previous and next observation of the same step, ADP_NONE at its ends */
    guint32 next;
    guint32 reply;        /* of the step, as it was known with this observation; */
    guint32 retries : 31; /* likewise, */
    guint32 copy : 1;     /* 1: the same PDU was captured twice */
    guint32 count;        /* as of it, too: its entries, or its sealed messages */
    guint32 attempt;      /* of the TCP connection that it tells about (attempts.h), ADP_NONE */
} adp_mark;

/** What few paths have beside that: most share one that says so. adp_path_own() gives a path one of its own. */
typedef struct {
    guint32 also;       /* address of the same client in the other family, ADP_NONE: not seen */
    guint32 parent;     /* path of the same client from which it was split, ADP_NONE */
    guint32 joined;     /* path of the same client's other address before it was known, ADP_NONE; */
    guint32 went_on;    /* and of that one: the path in which it went on, ADP_NONE */
    guint32 scp_stream; /* if it searched for Exchange: last on this connection */
    guint pause;   /* place in `steps` where the last pause ended: what is behind it may turn out
                           to be of a new path; 0: no pause, or it was decided */
    guint32 stray; /* last step that was answered from an address which was not asked, and after
                           which the client did nothing but ask; ADP_NONE */
    guint32 domain_step; /* that named `domain`, if only Kerberos did */
    const char *site;    /* AD site of the client as the last ping gave it, NULL = not seen */
    const char *forest;
    const char *mail_domain; /* the part behind the @ that autodiscover is about; NULL = not seen */
} adp_path_details;

/**
 * One discovery of one client. Made by path.c, which says what tells two apart; learn.c names its
 * domain and site.
 */
typedef struct {
    const adp_path_details *own; /* never NULL */
    adp_client client;
    adp_numbers steps;        /* ascending */
    const char *domain;       /* NULL when nothing names it */
    bool by_mail : 1;         /* split because another mail domain was asked for, */
    bool by_machine : 1;      /* or because another machine showed at the address */
    bool has_scp : 1;         /* it searched for Exchange */
    bool split : 1;           /* a later discovery took what came after its last pause */
    bool domain_is_own : 1;   /* the client's machine account proved it; nothing else changes it */
    bool domain_is_realm : 1; /* only Kerberos named it so far */
} adp_path;

typedef struct adp_model adp_model;

/** The arena in which readers build the observation they are about to add. */
adp_arena *adp_model_arena(adp_model *model);

/** Something was left out because of the limit; see wire/limits.h. Readers of the model may say so, too. */
void adp_model_limit(const adp_model *model, adp_limit limit);

/** What a reader of this capture has to be told of limits that were reached; free the array. */
GPtrArray *adp_model_limits_told(const adp_model *model);

/**
 * The id of an address: the same bytes give the same id. `type` tells address
 * families apart, `len` is at most 16. `text` may be NULL when the id is only
 * wanted if the address is known already: then ADP_NONE may come back.
 */
guint32 adp_model_address(adp_model *model, guint8 type, const guint8 *bytes, guint8 len,
                          const char *text);
/* ---- conclusions ---- */

guint32 adp_model_obs_count(const adp_model *model);
const adp_obs *adp_model_obs(const adp_model *model, guint32 i);
const adp_mark *adp_model_mark(const adp_model *model, guint32 i);
guint32 adp_model_step_count(const adp_model *model);
const adp_step *adp_model_step(const adp_model *model, guint32 i);
const adp_handshake *adp_model_handshake(const adp_model *model, const adp_step *tls_step);
guint32 adp_model_path_count(const adp_model *model);
const adp_path *adp_model_path(const adp_model *model, guint32 i);

/**
 * Is it a lone request, without an answer and without any other step? It is then
 * listed as unattached, and nothing is concluded from it.
 */
gboolean adp_path_is_unattached(const adp_model *model, const adp_path *path);

/**
 * Has the client of this question asked a DNS server (not its neighbours) for a locator's name so far, by
 * this address or, as its network card shows, by another one?
 */
gboolean adp_model_asks_dns(const adp_model *model, const adp_obs *question);

/** Did the capture hold a request alone: no answer, no entry, no alert? */
gboolean adp_step_is_lone(const adp_step *step);

/** Does any observation of the frame whose first one is `first` belong to a step? */
gboolean adp_model_frame_has_step(const adp_model *model, guint32 first);

/** First and last frame time in ns, and how many frames; FALSE before the first. */
gboolean adp_model_span(const adp_model *model, gint64 *first, gint64 *last, guint32 *frames);

/** Grows with every change; what was drawn with an older number may be stale. */
guint64 adp_model_generation(const adp_model *model);

/** The observation by which a KDC gave the ticket with this hash; ADP_NONE: not captured. */
guint32 adp_model_ticket(const adp_model *model, guint64 hash);

/**
 * Changes when the log was cut. As long as it stays the same, steps and observations keep their
 * numbers, and all they point to.
 */
guint adp_model_cuts(const adp_model *model);

/** Is the name that of a host which this capture shows (not of a domain)? */
gboolean adp_model_is_host(const adp_model *model, const char *name);

/** An answer holds a handful; what is beyond this is nobody's list of servers. */
#define ADP_MAX_URLS 256

/**
 * The first ADP_MAX_URLS entries of an scp step that are URLs: their observations, guint32, ascending;
 * NULL when there are none. The place of one among all entries is its mark's count - 1.
 */
const GArray *adp_model_urls(const adp_model *model, guint32 step);

/**
 * The step after (before) `step` in its path, or NULL; nor one across a pause that may
 * divide two paths, so that what was said early stays true.
 */
const adp_step *adp_model_neighbour(const adp_model *model, const adp_step *step, gint by);

#endif
