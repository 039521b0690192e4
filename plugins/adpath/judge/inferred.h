/* inferred.h
 * What sealed traffic still tells: statements about content that cannot be seen, each with what it
 * rests on. They are no findings. How often they are right: docs/inference.md.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_INFERRED_H
#define ADPATH_JUDGE_INFERRED_H

#include "join/model.h"
#include "judge/endpoints.h"

#include <glib.h>

typedef enum {
    ADP_INFERRED_ANSWERED,  /* a request was sent over TLS, and answered */
    ADP_INFERRED_NEGOTIATE, /* the server asked for Kerberos (Negotiate) */
    ADP_INFERRED_SERVED,    /* it gave the client what it wanted */
    ADP_INFERRED_LEFT,      /* it gave no settings */
    ADP_INFERRED_NAMED,     /* its answer named the host where the client went next */
    ADP_INFERRED_DIRECTORY, /* a sealed answer of the directory named it */
    ADP_INFERRED_KINDS
} adp_inferred_kind;

/** "answered", "negotiate", ...: as in JSON and docs/inference.md. */
const char *adp_inferred_name(adp_inferred_kind kind);

typedef struct {
    adp_inferred_kind kind;
    guint32 path;
    guint32 step;   /* of the sealed connection: tls or hidden */
    char *endpoint; /* its own: URL; NULL: it is about none */
    char *host;     /* its own: that was named; NULL */
    char *text;     /* its own: "probably ...: what it rests on" */
    GArray *frames; /* of guint32, ascending: what it rests on */
} adp_inferred;

/** All of a model, by path, step and kind. Linear in the steps, times the candidates of a path. */
GPtrArray *adp_inferred_find(const adp_model *model, adp_endpoints *endpoints);

#endif
