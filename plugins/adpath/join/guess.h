/* guess.h
 * What a client did with a host before the capture showed that it is its mail domain.
 *
 * The first name that clients make of a mailbox is https://M, and nothing has named M before.
 * So what a client looks up after it turned to its directory is kept aside for a minute: when
 * the mail domain shows, the list of endpoints tells what became of M. It never makes a step.
 * Outside of its domain a client turns to no directory: there the first lookups of each minute are
 * kept, of names short enough, up to a bound for the whole capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_GUESS_H
#define ADPATH_JOIN_GUESS_H

#include "join/model.h"
#include "log/observation.h"
#include "wire/table.h"

#include <glib.h>

/** A host that may turn out to be a mail domain. Observations are ADP_NONE when there is none. */
typedef struct adp_guess {
    guint32 asked;        /* the first question for its address, or CONNECT to it, */
    guint32 answered;     /* the last answer to one, */
    guint32 addresses;    /* the last one that has any, */
    guint32 hello;        /* the first TLS hello to it, and of that connection: */
    guint32 certificate;  /* the server's certificate, */
    guint32 alert;        /* the first fatal alert, */
    guint32 attempt;      /* and its attempt (attempts.h) */
    gboolean missed;      /* the answer says that there is no such name or no address, */
    gboolean resolved;    /* another has one */
    gboolean client_data; /* the client was content with the handshake */
    gboolean settled;     /* so was the server */
    guint kept;           /* observations */
    adp_client client;    /* whose it is, as far as time tells: see machine.c */
} adp_guess;

/** An empty table of guesses by client and host, which owns them; free with g_hash_table_unref(). */
GHashTable *adp_guess_table(void);

/** How long the lookups of which client are kept aside. */
adp_rows *adp_guess_windows_new(void);

/** What is kept of this client and host (in any case); NULL: nothing. The model's. */
const adp_guess *adp_model_guess(const adp_model *model, adp_client client, const char *host);

/** All that is kept: `host` in lower case, of the client at `address`. In no order. */
typedef void (*adp_guess_visit)(guint32 address, const char *host, const adp_guess *guess,
                                gpointer data);
void adp_guess_each(const adp_model *model, adp_guess_visit visit, gpointer data);

/** Does what is kept belong to a path that begins and ends with these observations? */
gboolean adp_guess_is_within(const adp_model *model, const adp_guess *guess, guint32 begin,
                             guint32 end);

/** Was the handshake's connection closed before the client was content with it? */
gboolean adp_guess_was_closed(const adp_model *model, const adp_guess *guess);

/** The client at the address turned to its directory: what it looks up now is kept aside for a while. */
void adp_guess_begin(adp_model *model, guint32 address, gint64 time);

/** Is a DNS message that makes no step to be kept? Should it be the next observation, that is not asked again. */
gboolean adp_guess_wants(adp_model *model, const adp_obs *obs);

/** Has the server's address been given to a host that is kept, and is this HTTPS? */
gboolean adp_guess_is_server(const adp_model *model, const adp_flow *flow);

/** Is there more to be learnt of the handshake? `guess` may be NULL. */
gboolean adp_guess_goes_on(const adp_guess *guess);

/* One observation each; FALSE when it is not kept. */
gboolean adp_guess_dns(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_guess_connect(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_guess_hello(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_guess_later(adp_model *model, adp_guess *guess, const adp_obs *obs, guint32 i);

#endif
