/* inferred_private.h
 * What inferred.c (HTTPS) and inferred_ldap.c (a sealed directory) share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_INFERRED_PRIVATE_H
#define ADPATH_JUDGE_INFERRED_PRIVATE_H

#include "join/guess.h"
#include "join/model.h"
#include "judge/endpoint.h"
#include "judge/inferred.h"
#include "judge/tls_talk.h"
#include "wire/text.h"

#include <glib.h>

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
    adp_talk talk;
} adp_sealed;

/** Where the path's client went within seconds of a time, behind a frame: the first visit, NULL, and how many there are. */
typedef struct {
    const adp_visit *visit;
    guint count;
} adp_gone;

adp_gone adp_inference_went(const adp_inference *f, guint32 frame, gint64 time);

/** Nothing that can be seen names the host. */
gboolean adp_inference_is_unnamed(const adp_model *model, const char *host);

/** Is it a host of the client's own house: below a domain of the path, or beside a host (NULL: none)? */
gboolean adp_inference_is_of_house(const adp_path *path, const char *host, const char *beside);

/** Takes over the text. */
adp_inferred *adp_inference_add(adp_inference *f, adp_inferred_kind kind, guint32 step, char *text);
void adp_inference_cite(adp_inferred *item, guint32 frame);

/** The same about a connection to an endpoint. */
adp_inferred *adp_inference_about(adp_inference *f, adp_inferred_kind kind, const adp_sealed *s,
                                  char *text);

guint32 adp_inference_frame(const adp_model *model, guint32 obs);
const adp_round *adp_inference_last(const adp_sealed *s);

/** What the client did behind its last answer on the connection. */
void adp_inference_next(adp_inference *f, const adp_sealed *s, const GPtrArray *list);

/** What the sealed answers of a directory must have said. */
void adp_inference_directory(adp_inference *f);

#endif
