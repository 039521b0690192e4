/* endpoint_private.h
 * What endpoint.c (which endpoints there are) and endpoint_tried.c (what the client did) share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_ENDPOINT_PRIVATE_H
#define ADPATH_JUDGE_ENDPOINT_PRIVATE_H

#include "facts/ranks.h"
#include "join/guess.h"
#include "join/model.h"

#include <glib.h>

#define ADP_AUTODISCOVER_XML "/autodiscover/autodiscover.xml"

/** The endpoints of one path while they are found. */
typedef struct {
    const adp_model *model;
    const adp_path *path;
    adp_ranks *ranks;
    GPtrArray *list;      /* of adp_endpoint */
    GHashTable *by_place; /* "host|port" -> the first endpoint there */
    GHashTable *urls;     /* those that are in, in lower case */
    GHashTable *resolved; /* address + 1 -> host that the client looked up last for it */
    GHashTable *unheard;  /* hosts, owned, of which no DNS server says anything */
    guint ranked;
    guint tried;
    gboolean elsewhere;     /* the client was sent to another mail domain */
    char *mail;             /* M in lower case, NULL when it was not seen */
    const adp_guess *guess; /* what came of M before it was known, NULL; how much of it is told: */
    guint guess_told;
} adp_endpoint_builder;

#endif
