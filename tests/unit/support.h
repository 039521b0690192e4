/* support.h
 * What the tests of the model share: checks that name their row, makers of
 * observations, a script of frames, and everything a model concludes as one text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_TESTS_SUPPORT_H
#define ADPATH_TESTS_SUPPORT_H

#include "facts/facts.h"
#include "facts/fields.h"
#include "facts/view.h"
#include "join/attempts.h"
#include "join/feed.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "log/observation.h"
#include "wire/arena.h"
#include "wire/ldap_filter.h"
#include "wire/text.h"

#include <glib.h>

/**
 * To be called instead of g_test_init(). A failed check does not end the
 * program, so that one run names every fault.
 */
void test_init(int *argc, char ***argv);

/** Compare; a failure is reported with `row`, which says what was looked at. */
void check_str(const char *row, const char *what, const char *got, const char *want);
void check_int(const char *row, const char *what, gint64 got, gint64 want);

#define MS(n) ((gint64)(n)*1000000)
#define S(n)  ((gint64)(n)*ADP_NS_PER_S)

/* ---- filters ---- */

adp_filter *f_eq(adp_arena *arena, const char *attribute, const char *value);
adp_filter *f_bytes(adp_arena *arena, const char *attribute, const void *bytes, gsize len);
/** Any operator that has attribute and value; `value` may be NULL. */
adp_filter *f_leaf(adp_arena *arena, adp_filter_op op, const char *attribute, const char *value);
/** `any` is one inner part; each may be NULL. */
adp_filter *f_sub(adp_arena *arena, const char *attribute, const char *initial, const char *any,
                  const char *final);
/** and, or, not of the operands up to NULL. */
adp_filter *f_op_list(adp_arena *arena, adp_filter_op op, adp_filter *const *children);
#define f_op(arena, op, ...) f_op_list(arena, op, (adp_filter *const[]){__VA_ARGS__})

/* ---- observations ---- */

/** The id that `text` ("10.0.0.1") has in the model. */
guint32 address_of(adp_model *model, const char *text);

adp_flow udp(guint32 client, guint16 client_port, guint32 server, guint16 server_port);
adp_flow tcp(guint32 client, guint16 client_port, guint32 server, guint16 server_port,
             guint32 stream);

/*
 * Makers. What they point to lies in `arena`. The hash is that of the content, so that
 * the same call gives the same PDU; frame and time are for the caller to set.
 */
adp_obs ob_query(adp_arena *arena, adp_flow flow, guint32 id, const char *name);
/** `targets` up to NULL; "" is the root. */
adp_obs ob_answer_list(adp_arena *arena, adp_flow flow, guint32 id, const char *name, guint8 rcode,
                       const char *const *targets);
#define ob_answer(arena, flow, id, name, rcode, ...)                                               \
    ob_answer_list(arena, flow, id, name, rcode, (const char *const[]){__VA_ARGS__})
adp_obs ob_ping(adp_arena *arena, adp_flow flow, guint32 id, const char *domain, const char *host);
adp_obs ob_pong(adp_arena *arena, adp_flow flow, guint32 id, guint16 opcode, const char *host,
                const char *client_site);
adp_obs ob_rootdse(adp_arena *arena, adp_flow flow, guint32 id);
adp_obs ob_scp(adp_arena *arena, adp_flow flow, guint32 id, const char *kind, const char *base);
/** `keywords` up to NULL. */
adp_obs ob_entry_list(adp_arena *arena, adp_flow flow, guint32 id, const char *dn,
                      const char *binding, const char *const *keywords);
#define ob_entry(arena, flow, id, dn, binding, ...)                                                \
    ob_entry_list(arena, flow, id, dn, binding, (const char *const[]){__VA_ARGS__})
adp_obs ob_done(adp_arena *arena, adp_flow flow, guint32 id, guint32 result);
adp_obs ob_abandon(adp_flow flow, guint32 id);
adp_obs ob_bind(adp_arena *arena, adp_flow flow, guint32 id, const char *mechanism, gboolean sasl);
/** Rounds: 0 discovery, 1 negotiate, 2 response. */
adp_obs ob_sicily(adp_arena *arena, adp_flow flow, guint32 id, guint round);
adp_obs ob_bound(adp_arena *arena, adp_flow flow, guint32 id, guint32 result);
adp_obs ob_hidden(adp_arena *arena, adp_flow flow, gboolean from_server, guint32 messages,
                  guint64 hash);
/** `salt` tells two requests for the same service apart, as a nonce does. */
adp_obs ob_krb(adp_arena *arena, adp_flow flow, adp_exchange exchange, const char *spn,
               guint64 salt);
adp_obs ob_ticket(adp_arena *arena, adp_flow flow, adp_exchange exchange, const char *spn);
adp_obs ob_krb_error(adp_arena *arena, adp_flow flow, adp_exchange exchange, const char *spn,
                     gint32 code);
adp_obs ob_ap(adp_arena *arena, adp_flow flow, adp_carrier carrier, const char *spn, guint64 salt);
typedef enum {
    AP_ACCEPTED, /* AP-REP */
    AP_ERROR,    /* KRB-ERROR 41 */
    AP_REFUSED,  /* no token, and the carrier says no */
    AP_BARE,     /* no token, and the carrier says yes */
    AP_GOES_ON   /* no token, another round is to come */
} ap_answer;
adp_obs ob_ap_reply(adp_arena *arena, adp_flow flow, adp_carrier carrier, ap_answer answer);

/* Address lookups; `type` is ADP_DNS_A or ADP_DNS_AAAA. */
adp_obs ob_address_query(adp_arena *arena, adp_flow flow, guint32 id, guint16 type,
                         const char *name);
/** `alias` may be NULL, `address` ADP_NONE. */
adp_obs ob_address(adp_arena *arena, adp_flow flow, guint32 id, guint16 type, const char *name,
                   guint8 rcode, const char *alias, guint32 address);
adp_obs ob_tcp(adp_arena *arena, adp_flow flow, adp_tcp_event event, gboolean from_server);
adp_obs ob_icmp(adp_arena *arena, adp_flow flow, guint8 code);
/** A hello of the client with `sni`, or any other message without content. */
adp_obs ob_tls(adp_arena *arena, adp_flow flow, adp_tls_event event, gboolean from_server,
               const char *sni);
/** `name` is what the certificate is for. */
adp_obs ob_certificate(adp_arena *arena, adp_flow flow, const char *name);
adp_obs ob_alert(adp_arena *arena, adp_flow flow, gboolean from_server, guint8 level, guint8 alert);
/** Of autodiscover when the URL's path is. */
adp_obs ob_http(adp_arena *arena, adp_flow flow, const char *method, const char *url, adp_auth auth,
                guint8 ntlm_message);
/** `redirect` and `error` may be NULL. */
adp_obs ob_http_reply(adp_arena *arena, adp_flow flow, guint16 status, const char *redirect,
                      const char *error, gboolean settings);

/* ---- a bench: one model and its clock ---- */

typedef struct {
    adp_model *model;
    adp_analysis *analysis; /* of the model */
    adp_arena *arena;       /* of the observations; the model's own is left to the model */
    guint32 frame;
    gint64 time; /* of the next frame; every frame moves it on by 10 ms */
    guint32 client;
    guint32 server;
    guint32 server2;
} bench;

void bench_init(bench *b);
void bench_clear(bench *b);
/** In a frame of its own. Returns the number of the observation, ADP_NONE when it was refused. */
guint32 bench_add(bench *b, adp_obs obs);
/** The same, and the step it became part of; ADP_NONE when it was refused. */
guint32 bench_step(bench *b, adp_obs obs);
/** In the frame before, as a second PDU of it. */
guint32 bench_also(bench *b, adp_obs obs);
/** A frame without observation, sent to `address` (ADP_NONE: to nobody). */
void bench_frame(bench *b, guint32 address);
/** Lets time pass, and hears a frame to the client at the end of it. */
void bench_wait(bench *b, gint64 ns);

const adp_step *step_of(const bench *b, guint32 step);
const char *outcome_of(const bench *b, guint32 step);
const char *early_outcome_of(const bench *b, guint32 step);
/** Facts of a field of the whole step, joined with '|'; NULL without any. Free with g_free(). */
char *fact_of(const adp_model *model, const adp_view *view, adp_field field);

/* ---- everything that is concluded ---- */

/** What the frame of one observation shows in one pass, when it is its last; g_free() it. */
char *describe_as_of(const adp_model *model, guint32 obs);
/**
 * What the same frame shows when all is known, without what may be added then: must be the
 * same text as describe_as_of() gave.
 */
char *describe_as_of_known(const adp_model *model, guint32 obs);
/** Marks, steps, paths, outcomes, facts, summaries, ranks, names; g_free() it. */
char *describe(const adp_model *model);
/** The same with an analysis that was asked before. */
char *describe_analysed(adp_analysis *analysis);
/**
 * Steps, chains, marks and paths fit together?
 * @return NULL, or what does not; free with g_free().
 */
char *find_inconsistency(const adp_model *model);

#endif
