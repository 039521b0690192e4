/* endpoint_private.h
 * What endpoint.c (which endpoints there are) and endpoint_tried.c (what the client did) share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_MODEL_ENDPOINT_PRIVATE_H
#define ADPATH_MODEL_ENDPOINT_PRIVATE_H

#include "endpoint.h"
#include "guess.h"

#define ADP_AUTODISCOVER_XML "/autodiscover/autodiscover.xml"

/** The endpoints of one path while they are found. */
typedef struct {
    const adp_model *model;
    const adp_path *path;
    GPtrArray *list;      /* of adp_endpoint */
    GHashTable *by_place; /* "host|port" -> the first endpoint there */
    GHashTable *urls;     /* those that are in, in lower case */
    GHashTable *resolved; /* address + 1 -> host that the client looked up last for it */
    guint ranked;
    guint tried;
    gboolean elsewhere;     /* the client was sent to another mail domain */
    char *mail;             /* M in lower case, NULL when it was not seen */
    const adp_guess *guess; /* what came of M before it was known, NULL; how much of it is told: */
    guint guess_told;
} adp_endpoint_builder;

/** The first endpoint at that place, or NULL. */
adp_endpoint *adp_endpoint_find(const adp_endpoint_builder *b, const char *host, guint16 port);

/** Takes over nothing. NULL when it is there already, or the URL is none. */
adp_endpoint *adp_endpoint_add(adp_endpoint_builder *b, const char *url, adp_endpoint_source source,
                               const char *reason, gboolean ranked);

/** The URLs of an SCP answer in their documented order. */
void adp_endpoint_add_answer(adp_endpoint_builder *b, const adp_step *step, gboolean ranked);

/** Is it an Exchange lookup that was answered with URLs? */
gboolean adp_endpoint_has_urls(const adp_endpoint_builder *b, const adp_step *step);

/** The names that are made of a mail domain. */
void adp_endpoint_add_domain(adp_endpoint_builder *b, const char *mail, gboolean ranked);

/** The other mail domain that the answer sends the client to, by an address; NULL for most. */
const char *adp_endpoint_sent_to(const adp_endpoint_builder *b, const adp_step *step);

/**
 * What the client did at its endpoints: its steps, and the connections in `attempts` (numbers
 * of the client's, ascending; NULL when it has none), in the order of the capture.
 */
void adp_endpoint_follow(adp_endpoint_builder *b, const GArray *attempts);

#endif
