/* rules.h
 * What the rules share: the steps with their outcomes, an index of what went
 * well, and the making of findings. Inside of the model.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_H
#define ADPATH_JUDGE_RULES_H

#include "facts/outcome.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

typedef struct {
    const adp_model *model;
    gboolean mailboxes;
    adp_outcome *outcomes; /* of each step */
    GPtrArray *found;      /* of adp_finding */
    GHashTable *by_key;    /* "path|id|subject" -> adp_finding of `found` */
    GHashTable *good;      /* "client|topic|subject" -> GArray of steps that went well, ascending */
    GHashTable *used;      /* client + 1 -> the last steps that DCs answered well */
    GHashTable *attempts;  /* first observation + 1 -> number of the attempt + 1 */
    GHashTable *facts;     /* "what|name", see adp_rules_add_fact() */
    gint64 end;            /* time of the last frame */
} adp_rules;

/* ---- the steps ---- */

guint32 adp_rules_count(const adp_rules *r);
const adp_step *adp_rules_step(const adp_rules *r, guint32 i);
/** The step's number, for tables that are indexed by it. */
guint32 adp_rules_index(const adp_rules *r, const adp_step *step);
adp_outcome adp_rules_outcome(const adp_rules *r, const adp_step *step);
/** Observation of the request or reply, NULL when the capture has none. */
const adp_obs *adp_rules_request(const adp_rules *r, const adp_step *step);
const adp_obs *adp_rules_reply(const adp_rules *r, const adp_step *step);
/** Time of the step's first observation, ns. */
gint64 adp_rules_time(const adp_rules *r, const adp_step *step);
/** "10.0.0.1 (dc1.contoso.test)"; free with g_free(). */
char *adp_rules_named(const adp_rules *r, guint32 address);
const char *adp_rules_address(const adp_rules *r, guint32 address);
/** Name of the address, or its text. */
const char *adp_rules_host(const adp_rules *r, guint32 address);

/* ---- what went well ---- */

/** What a step that went well is good for. The comment says what the subject is; NULL where none is. */
typedef enum {
    ADP_TOPIC_STEP,         /* any step, however it ended */
    ADP_TOPIC_TICKET,       /* a KDC gave a ticket */
    ADP_TOPIC_REALM,        /* a KDC of some realm was found, or gave a ticket */
    ADP_TOPIC_EXCHANGE,     /* adp_rules_krb_about(): an exchange ended well */
    ADP_TOPIC_ANSWER,       /* adp_rules_krb_about(): a KDC answered it, whatever it said */
    ADP_TOPIC_FULL_NAME,    /* class/host: the ticket was for class/host.domain */
    ADP_TOPIC_TGT,          /* its service: a logon gave a TGT */
    ADP_TOPIC_USER,         /* the client's name: a KDC knows it */
    ADP_TOPIC_LOGON,        /* the client's name: it asked for a TGT, whatever came of it */
    ADP_TOPIC_TGS,          /* some service ticket was asked for */
    ADP_TOPIC_TICKET_SHOWN, /* number of a TCP stream: a ticket was shown on it */
    ADP_TOPIC_SRV_ANSWER,   /* name: somebody answered for it, well or not */
    ADP_TOPIC_SRV_NAME,     /* name of a locator record that exists */
    ADP_TOPIC_SRV_DOMAIN,   /* domain of one */
    ADP_TOPIC_SRV_GENERIC,  /* the name without its site */
    ADP_TOPIC_SRV_MSDCS,    /* domain: names of its controllers were answered */
    ADP_TOPIC_SRV_PLAIN,    /* domain: _ldap._tcp of it was answered */
    ADP_TOPIC_ADDRESS,      /* host: it has an address */
    ADP_TOPIC_PING,         /* a ping was answered acceptably */
    ADP_TOPIC_PING_DOMAIN,  /* domain that a controller says it serves */
    ADP_TOPIC_ACCOUNT,      /* account that a controller knows */
    ADP_TOPIC_CLIENT_SITE,  /* forest in which the client has a site */
    ADP_TOPIC_LDAP,         /* LDAP of a controller was used */
    ADP_TOPIC_KDC,          /* a KDC was used */
    ADP_TOPIC_LDAP_SERVER,  /* number of a server's address whose LDAP worked */
    ADP_TOPIC_BIND,         /* likewise: a bind there was accepted */
    ADP_TOPIC_READ,         /* some service connection points were read */
    ADP_TOPIC_READ_KIND,    /* kind of SCP that was read */
    ADP_TOPIC_TLS,          /* host with which a handshake was completed */
    ADP_TOPIC_AUTODISCOVER  /* autodiscover was answered */
} adp_topic;

/** A number as a subject; `text` has room for ADP_NUMBER_TEXT characters, and is returned. */
#define ADP_NUMBER_TEXT 11
const char *adp_number_text(guint32 number, char *text);

/**
 * Remembers and finds steps that went well, by client, topic and subject (compared without
 * regard to case).
 */
void adp_rules_note_good(adp_rules *r, const adp_step *step, adp_topic topic, const char *subject);
/** The same, of whichever client: found with ADP_ANYONE. */
#define ADP_ANYONE (ADP_NONE - 1)
void adp_rules_note_good_of_anyone(adp_rules *r, const adp_step *step, adp_topic topic,
                                   const char *subject);
/** First such step of the client after `after` (NULL: at all), or NULL. */
const adp_step *adp_rules_good(const adp_rules *r, guint32 client, adp_topic topic,
                               const char *subject, const adp_step *after);
/**
 * Such a step noted of anyone, of another client than this one; NULL: there is none. Looks
 * at the first few only.
 */
const adp_step *adp_rules_good_of_other(const adp_rules *r, guint32 client, adp_topic topic,
                                        const char *subject);
/** Last such step of the client that began before the observation, or NULL. */
const adp_step *adp_rules_good_before(const adp_rules *r, guint32 client, adp_topic topic,
                                      const char *subject, guint32 obs);
/** A later step of the same client that another DC answered well, or NULL. */
const adp_step *adp_rules_other_server(const adp_rules *r, const adp_step *step);

/** What the capture proves of a name, whichever client it is about. */
typedef enum {
    ADP_FACT_ACTIVE_DIRECTORY, /* of a domain: its controllers spoke */
    ADP_FACT_DC,               /* of an address or a host name */
    ADP_FACT_SPOKE,            /* of an address: it answered some request */
    ADP_FACT_ENDPOINT,         /* of a host: autodiscover was or should be tried there */
    ADP_FACT_NTLM,             /* of "client|host": NTLM was accepted */
    ADP_FACT_ANONYMOUS,        /* of a client's address: it bound without a name */
    ADP_FACT_KRB_REFUSAL,      /* of a frame's number: it has a KRB-ERROR in another protocol */
    /* What was said already, so that another rule need not say it again. */
    ADP_FACT_TCP_BLOCKED, /* of "client|server|port": by krb-tcp-blocked or kdc-unanswered */
    ADP_FACT_MSDCS,       /* of a locator name: by srv-msdcs-missing */
    ADP_FACT_NOT_GUESSED, /* of a domain: other names than a KDC's were asked for it */
    ADP_FACT_CIRCLE       /* of a step's first observation: by redirect-loop */
} adp_known_fact;

void adp_rules_add_fact(adp_rules *r, adp_known_fact what, const char *name);
gboolean adp_rules_is_fact(const adp_rules *r, adp_known_fact what, const char *name);

/* ---- groups: one finding a cause, not one a packet ---- */

typedef struct {
    char *key;
    GPtrArray *steps; /* of const adp_step *, ascending */
    guint bad;        /* counters that a rule uses as it likes */
    guint fine;
} adp_group;

typedef struct {
    GPtrArray *list; /* of adp_group, in order of their first step */
    GHashTable *index;
} adp_groups;

adp_groups *adp_groups_new(void);
void adp_groups_free(adp_groups *groups);
/** The group of this path and key; made when it is new. */
adp_group *adp_groups_get(adp_groups *groups, guint32 path, const char *key);
void adp_groups_add(adp_groups *groups, const adp_step *step, const char *key);
const adp_step *adp_group_first(const adp_group *group);
const adp_step *adp_group_last(const adp_group *group);

/* ---- the rules, by subject ---- */

void adp_rules_begin(adp_rules *r, const adp_model *model, gboolean mailboxes);
/** Frees all but the findings, which have an owner by then. */
void adp_rules_end(adp_rules *r);

#endif
