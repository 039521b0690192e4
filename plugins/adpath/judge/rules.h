/* rules.h
 * What the rules share: the steps with their outcomes, an index of what went
 * well, and the making of findings. Inside of the model.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_H
#define ADPATH_JUDGE_RULES_H

#include "case/accounts.h"
#include "case/names.h"
#include "facts/outcome.h"
#include "facts/ranks.h"
#include "join/model.h"
#include "judge/endpoints.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/table.h"

#include <glib.h>

typedef struct adp_rules adp_rules;

struct adp_rules {
    const adp_model *model;
    adp_endpoints *endpoints; /* both of the analysis */
    adp_ranks *ranks;
    gboolean mailboxes;
    guint8 *outcomes;   /* of each step: adp_outcome */
    GPtrArray *found;   /* of adp_finding */
    GHashTable *by_key; /* "path|id|subject" -> adp_finding of `found` */
    GArray *good;       /* adp_keyed, of rules.c: by client, topic and subject, what went well; */
    void (*learn)(adp_rules *r); /* which this notes, of rules_table.c, */
    gboolean noting;             /* when somebody asks for the first time */
    adp_rows *used;              /* owner (rules.c) -> the last steps that DCs answered well */
    GHashTable *attempts;        /* first observation + 1 -> number of the attempt + 1 */
    adp_rows *talks;             /* of silence.c: what each server answers each client */
    adp_table *dns_answers; /* of dns_answers.c: client and server, or domain -> observation + 1 */
    GHashTable *ntlm;       /* of rules_ntlm.c: "client|host" -> what last accepted NTLM, + 1 */
    adp_table *facts;       /* hash of what and name -> 1, see adp_rules_add_fact() */
    adp_table *said;        /* likewise, see adp_rules_say() */
    const GArray *waits;    /* of adp_wait, of the analysis */
    GArray *refusals;       /* of adp_refusal, likewise: rules_ldap_ops.c fills it */
    gboolean judging;       /* see adp_rules_judge() */
    adp_accounts *accounts; /* what the capture says of accounts, KDCs and clients */
    adp_names *names;       /* the case file of names */
    gint64 end;             /* time of the last frame */
};

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

/** A number as a subject; `text` has room for ADP_NUMBER_TEXT characters, and is returned. */
#define ADP_NUMBER_TEXT 11
const char *adp_number_text(guint32 number, char *text);

/** Subject of ADP_TOPIC_KDC_TRANSPORT and ADP_TOPIC_DNS_TRANSPORT; free with g_free(). */
char *adp_rules_way(const adp_flow *flow);

/**
 * Remembers and finds steps that went well, by client, topic and subject (compared without
 * regard to case).
 */
void adp_rules_note_good(adp_rules *r, const adp_step *step, adp_topic topic, const char *subject);
/** The same, of whichever client: found by adp_rules_good_of_other(). */
void adp_rules_note_good_of_anyone(adp_rules *r, const adp_step *step, adp_topic topic,
                                   const char *subject);
/** First such step of the client after `after` (NULL: at all), or NULL. */
const adp_step *adp_rules_good(const adp_rules *r, adp_client client, adp_topic topic,
                               const char *subject, const adp_step *after);
/**
 * Such a step noted of anyone, of another client than this one; NULL: there is none. Looks
 * at the first few only.
 */
const adp_step *adp_rules_good_of_other(const adp_rules *r, adp_client client, adp_topic topic,
                                        const char *subject);
/** Last such step of the client that began before the observation, or NULL. */
const adp_step *adp_rules_good_before(const adp_rules *r, adp_client client, adp_topic topic,
                                      const char *subject, guint32 obs);
/** A later step of the same client that another DC answered well, or NULL. */
const adp_step *adp_rules_other_server(const adp_rules *r, const adp_step *step);
/** Likewise: another than `server`, after the observation. */
const adp_step *adp_rules_elsewhere(const adp_rules *r, adp_client client, guint32 server,
                                    guint32 obs);

void adp_rules_add_fact(adp_rules *r, adp_known_fact what, const char *name);
gboolean adp_rules_is_fact(const adp_rules *r, adp_known_fact what, const char *name);

/** A finding says this; rules behind it in the table ask. */
void adp_rules_say(adp_rules *r, adp_said what, const char *name);
gboolean adp_rules_is_said(const adp_rules *r, adp_said what, const char *name);

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
/** The servers of its steps, four of them by name, as one phrase; free with g_free(). */
char *adp_rules_servers(const adp_rules *r, const adp_group *group);

/* ---- the rules, by subject ---- */

void adp_rules_begin(adp_rules *r, const adp_model *model, adp_endpoints *endpoints,
                     adp_ranks *ranks, gboolean mailboxes);
/**
 * Has the rules learn by `learn`, which notes facts and what went well. From now on both can be asked for, and nothing more is noted.
 * What went well takes memory, and nobody asks for it where nothing went wrong: it is noted by a second call, should one be needed.
 */
void adp_rules_learn(adp_rules *r, void (*learn)(adp_rules *r));
/** Frees all but the findings, which have an owner by then. */
void adp_rules_end(adp_rules *r);

#endif
