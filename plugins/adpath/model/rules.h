/* rules.h
 * What the rules share: the steps with their outcomes, an index of what went
 * well, and the making of findings. Inside of the model.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_MODEL_RULES_H
#define ADPATH_MODEL_RULES_H

#include "advice_fill.h"
#include "facts.h"
#include "finding.h"
#include "web.h"

typedef struct {
    const adp_model *model;
    gboolean mailboxes;
    adp_outcome *outcomes; /* of each step */
    GPtrArray *found;      /* of adp_finding */
    GHashTable *by_key;    /* "path|id|subject" -> adp_finding of `found` */
    GHashTable *good;      /* "client|topic" -> GArray of steps that went well, ascending */
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

/**
 * Remembers and finds steps that went well, by client and topic (any text that
 * a rule chooses; compared without regard to case).
 */
void adp_rules_note_good(adp_rules *r, const adp_step *step, const char *topic);
/** The same, of whichever client: found with ADP_ANYONE. */
#define ADP_ANYONE (ADP_NONE - 1)
void adp_rules_note_good_of_anyone(adp_rules *r, const adp_step *step, const char *topic);
/** First such step of the client after `after` (NULL: at all), or NULL. */
const adp_step *adp_rules_good(const adp_rules *r, guint32 client, const char *topic,
                               const adp_step *after);
/**
 * Such a step noted of anyone, of another client than this one; NULL: there is none. Looks
 * at the first few only.
 */
const adp_step *adp_rules_good_of_other(const adp_rules *r, guint32 client, const char *topic);
/** Last such step of the client that began before the observation, or NULL. */
const adp_step *adp_rules_good_before(const adp_rules *r, guint32 client, const char *topic,
                                      guint32 obs);
/** A later step of the same client that another DC answered well, or NULL. */
const adp_step *adp_rules_other_server(const adp_rules *r, const adp_step *step);

/* With a domain behind them: names of controllers, and _ldap._tcp, that were answered. */
#define ADP_TOPIC_SRV_MSDCS "srv-msdcs|"
#define ADP_TOPIC_SRV_PLAIN "srv-plain|"

/* What the capture proves of a name, whoever the client is. */
#define ADP_FACT_ACTIVE_DIRECTORY "active directory|" /* of a domain: its controllers spoke */
#define ADP_FACT_DC               "dc|"               /* of an address or a host name */
void adp_rules_add_fact(adp_rules *r, const char *what, const char *name);
gboolean adp_rules_is_fact(const adp_rules *r, const char *what, const char *name);

/* of "client|server|port": said by krb-tcp-blocked or kdc-unanswered */
#define ADP_FACT_TCP_BLOCKED "tcp blocked|"
#define ADP_FACT_NTLM        "ntlm|"     /* of "client|host": NTLM was accepted */
#define ADP_FACT_ENDPOINT    "endpoint|" /* of a host: autodiscover was or should be tried there */

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

/* ---- making findings ---- */

/** The finding with this subject on the path; made when there is none. Never NULL. */
adp_finding *adp_rules_find(adp_rules *r, adp_finding_id id, guint32 path, const char *subject);
/** Cites an observation, or a step's question and answer. */
void adp_rules_cite(adp_finding *finding, guint32 obs);
void adp_rules_cite_step(const adp_rules *r, adp_finding *finding, const adp_step *step);
/** Cites each step of the group. */
void adp_rules_cite_group(const adp_rules *r, adp_finding *finding, const adp_group *group);

/* Texts; what comes from packets has been made printable when it entered the model. */
void adp_rules_summary(adp_finding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);
void adp_rules_observed(adp_finding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);
void adp_rules_inferred(adp_finding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);
/** Turns it into a note, and says by what it was made good. */
void adp_rules_recovered(const adp_rules *r, adp_finding *finding, const adp_step *by);

/** What had made it good came before its last occurrence: it has its usual severity again. */
void adp_rules_unrecovered(adp_finding *finding);

/**
 * Fills causes and checks from the table of advice; `values` are pairs of a name
 * and its value (NULL: not shown by the capture), and a NULL at the end.
 */
void adp_rules_advise(const adp_rules *r, adp_finding *finding, const char *key,
                      ...) G_GNUC_NULL_TERMINATED;

/** Takes a cause out that the capture rules out. */
void adp_rules_rule_out(adp_finding *finding, const char *cause);

/** "step 7 (frame 31)" for sentences; free with g_free(). */
char *adp_rules_where(const adp_rules *r, const adp_step *step);

/* ---- TCP connections that were attempted; see web.h ---- */

/** How it failed: "refused", "silent" or "prohibited"; NULL when it did not, or it is too early. */
const char *adp_rules_attempt_failed(const adp_rules *r, const adp_attempt *attempt);
/** The same as a phrase behind a host's name. */
const char *adp_rules_attempt_words(const char *how);
void adp_rules_cite_attempt(const adp_rules *r, adp_finding *finding, const adp_attempt *attempt);
/** Path of the client's steps around it; ADP_NONE when there are none. */
guint32 adp_rules_path_near(const adp_rules *r, const adp_attempt *attempt);

/* ---- Kerberos, shared by its rules ---- */

const adp_obs_krb *adp_rules_krb_ask(const adp_rules *r, const adp_step *step);
const adp_obs_krb *adp_rules_krb_answer(const adp_rules *r, const adp_step *step);
/** The service of the exchange; "" when nothing names it. */
const char *adp_rules_krb_spn(const adp_rules *r, const adp_step *step);
/** The host of "class/host:port/realm" in lower case, "" without one; free with g_free(). */
char *adp_spn_host(const char *spn);
/** Topic of adp_rules_good(): a ticket was shown on the step's connection. Free with g_free(). */
char *adp_rules_shown_topic(const adp_step *step);
/** Did the answer of this step carry a KRB-ERROR that a finding of its own tells about? */
gboolean adp_rules_is_krb_refusal(const adp_rules *r, const adp_step *step);
/** Texts and advice for errors 31, 41, 44 of a service, and for 37. */
/** `by` made it good later, or is NULL. */
void adp_rules_service_key(adp_rules *r, adp_finding *finding, const adp_group *group,
                           const adp_step *by);
void adp_rules_clock_skew(adp_rules *r, adp_finding *finding, const adp_group *group);

/* ---- autodiscover ---- */

/** Topics of adp_rules_good(): a KDC gave a ticket; autodiscover was answered. */
#define ADP_TOPIC_TICKET       "ticket"
#define ADP_TOPIC_AUTODISCOVER "autodiscover"
/** Collects what other rules want to know of endpoints; to be called first. */
void adp_rules_learn_web(adp_rules *r);
/** Did the client sign in to the host with NTLM, and was let in? */
gboolean adp_rules_ntlm_worked(const adp_rules *r, guint32 client, const char *host);
/** Hidden messages of a connection whose bind the capture does not have; TLS needs none. */
gboolean adp_rules_is_unbound(const adp_rules *r, const adp_step *step);
/** Did the search fail only because nobody was bound? */
gboolean adp_rules_is_not_bound(const adp_rules *r, const adp_step *step);

/* ---- the rules, by subject ---- */

void adp_rules_begin(adp_rules *r, const adp_model *model, gboolean mailboxes);
/** Frees all but the findings, which have an owner by then. */
void adp_rules_end(adp_rules *r);

void adp_rules_dns(adp_rules *r);
/** What the rules about connections need: who answered what, and what went well. */
void adp_rules_learn_use(adp_rules *r);
void adp_rules_dc(adp_rules *r);
void adp_rules_pings(adp_rules *r);
/** What controllers say of the client's account and site. */
void adp_rules_client(adp_rules *r);
void adp_rules_kerberos(adp_rules *r);
void adp_rules_ldap(adp_rules *r);
void adp_rules_scp(adp_rules *r);
void adp_rules_web(adp_rules *r);
void adp_rules_capture(adp_rules *r);

#endif
