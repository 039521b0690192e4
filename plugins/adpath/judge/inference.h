/* inference.h
 * What statements about sealed traffic are, and what they are made with.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_INFERENCE_H
#define ADPATH_JUDGE_INFERENCE_H

#include "join/guess.h"
#include "join/model.h"
#include "judge/endpoint.h"
#include "judge/tls_talk.h"
#include "wire/text.h"

#include <glib.h>

typedef enum {
    ADP_INFERRED_ANSWERED,  /* a request was sent over TLS, and answered */
    ADP_INFERRED_NEGOTIATE, /* the server asked for Kerberos (Negotiate) */
    ADP_INFERRED_NTLM,      /* the client signed on by NTLM */
    ADP_INFERRED_ACCEPTED,  /* the server took the client's credentials */
    ADP_INFERRED_REFUSED,   /* it did not */
    ADP_INFERRED_REDIRECT,  /* it sent the client to another host */
    ADP_INFERRED_SERVED,    /* it gave the client what it wanted */
    ADP_INFERRED_LEFT,      /* it gave no settings */
    ADP_INFERRED_DIRECTORY, /* a sealed answer of the directory named the host where the client went next */
    ADP_INFERRED_GAVE_UP, /* the search came to its end without settings */
    ADP_INFERRED_KINDS
} adp_inferred_kind;

/** "answered", "negotiate", ...: as in JSON and docs/inference.md. */
const char *adp_inferred_name(adp_inferred_kind kind);

typedef struct {
    adp_inferred_kind kind;
    guint32 path;
    guint32 step; /* of the sealed connection: tls or hidden; of a whole search: of its last one */
    char *endpoint;  /* its own: URL; NULL: it is about none */
    char *host;      /* its own: that was named; NULL */
    char *text;      /* its own: "probably ...: what it rests on" */
    gboolean in_tls; /* of a directory: TLS seals it, and no ticket does */
    GArray *frames;  /* of guint32, ascending: what it rests on */
} adp_inferred;

/** A client goes on with the next candidate as soon as it is done with one. */
#define ADP_INFERENCE_AT_ONCE (5 * ADP_NS_PER_S)

/** A client looked up a host that nothing had named (join/guess.h), or connected to it. */
typedef struct {
    guint32 address; /* the client's */
    const char *host;
    const adp_guess *guess;
    guint32 frame;
    gint64 time;
} adp_visit;

/** Statements being made; of the path `path_index`. */
typedef struct {
    const adp_model *model;
    const adp_path *path;
    guint32 path_index;
    GPtrArray *found; /* of adp_inferred */
    GArray *visits;   /* of adp_visit, by client and frame */
} adp_inference;

/** A sealed connection to an endpoint. */
typedef struct {
    const adp_endpoint *endpoint;
    const char *host;
    guint32 step;
    guint32 offer; /* of its hello */
    adp_talk talk;
} adp_sealed;

/** Where the path's client went within seconds of a time, behind a frame: the first visit, NULL, and how many there are. */
typedef struct {
    const adp_visit *visit;
    guint count;
} adp_gone;

adp_gone adp_inference_went(const adp_inference *f, guint32 frame, gint64 time);

/** Of these, how many went on to TLS with an offer (adp_obs_tls) like this one: programs alike. */
guint adp_inference_went_alike(const adp_inference *f, guint32 frame, gint64 time, guint32 offer);

/** Did the path's client begin another discovery within seconds of the time? */
gboolean adp_inference_begins_anew(const adp_inference *f, gint64 time);

/** The capture goes on for so long behind the time, in ns; 0: it does not. */
gint64 adp_inference_silence(const adp_inference *f, gint64 time);

/** Nothing that can be seen names the host. */
gboolean adp_inference_is_unnamed(const adp_model *model, const char *host);

/** Is it a host of the client's own house: below a domain of the path? */
gboolean adp_inference_is_of_house(const adp_path *path, const char *host);

/** Takes over the text. */
adp_inferred *adp_inference_add(adp_inference *f, adp_inferred_kind kind, guint32 step, char *text);
void adp_inference_cite(adp_inferred *item, guint32 frame);

/** The same about a connection to an endpoint. */
adp_inferred *adp_inference_about(adp_inference *f, adp_inferred_kind kind, const adp_sealed *s,
                                  char *text);

guint32 adp_inference_frame(const adp_model *model, guint32 obs);
const adp_round *adp_inference_last(const adp_sealed *s);

/** Statements about a model; the caller frees `found` (which frees the statements) and `visits`. */
void adp_inference_begin(adp_inference *f, const adp_model *model);

#endif
