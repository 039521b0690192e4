/* endpoint.h
 * Where a client could look for autodiscover: the documented order beside what it did.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_ENDPOINT_H
#define ADPATH_JUDGE_ENDPOINT_H

#include "join/model.h"
#include "judge/endpoint_private.h"

#include <glib.h>

/** How a client comes by an endpoint, in the order in which the methods are tried. */
typedef enum {
    ADP_ENDPOINT_SCP,
    ADP_ENDPOINT_DOMAIN,            /* https://M */
    ADP_ENDPOINT_AUTODISCOVER_HOST, /* https://autodiscover.M */
    ADP_ENDPOINT_HTTP_REDIRECT,     /* http://autodiscover.M */
    ADP_ENDPOINT_SRV,               /* target of _autodiscover._tcp.M */
    ADP_ENDPOINT_OTHER              /* a redirect led there, or nothing visible did */
} adp_endpoint_source;

/** "scp", "domain", ...: as in JSON. */
const char *adp_endpoint_source_name(adp_endpoint_source source);

typedef enum {
    ADP_ENDPOINT_NOT_TRIED,
    ADP_ENDPOINT_OK,
    ADP_ENDPOINT_FAILED,
    ADP_ENDPOINT_HIDDEN /* TLS was set up, and what it carries cannot be seen */
} adp_endpoint_outcome;

/** "not tried", "ok", "failed", "hidden". */
const char *adp_endpoint_outcome_name(adp_endpoint_outcome outcome);

/** Why an endpoint failed, as far as the capture tells; the last thing that was wrong. */
typedef enum {
    ADP_TROUBLE_NONE,
    ADP_TROUBLE_UNRESOLVABLE,
    ADP_TROUBLE_UNREACHABLE,
    ADP_TROUBLE_PROXY, /* a proxy does not let the client through */
    ADP_TROUBLE_TLS,
    ADP_TROUBLE_HTTP
} adp_endpoint_trouble;

typedef struct {
    guint rank; /* place in the documented order, from 1; 0: it has none */
    char *url;  /* its own */
    char *host; /* its own, lower case */
    adp_endpoint_source source;
    const char *reason; /* "site match", "no site", ... "redirect", "seen" */
    guint order;        /* place among those that were tried, from 1; 0: not tried */
    adp_endpoint_outcome outcome;
    adp_endpoint_trouble trouble;
    gboolean in_settings; /* an answer of autodiscover names the place for what comes after it, */
    gboolean is_service;  /* and nothing else names it: it is no candidate of autodiscover */
    gboolean if_tried;  /* not every client knows that it is one: left out when it was not tried */
    gboolean unheard;   /* ADP_TROUBLE_UNRESOLVABLE: because no DNS server answered */
    gboolean tunnelled; /* a proxy made a connection to it */
    gboolean only_looked; /* `outcome` is that of a GET which looks whether there is anybody */
    guint32 first;        /* first observation that shows it tried; ADP_NONE */
    GArray *gone;     /* likewise: attempts that failed since it last answered; NULL: none did */
    GArray *evidence; /* of guint32: observations, ascending */
} adp_endpoint;

/** The mail domain that the path is about, or NULL; the model's. */
const char *adp_path_mail_domain(const adp_model *model, guint32 path);

/** What the path's client did at its mail domain before that was known; NULL: nothing. */
const adp_guess *adp_path_guess(const adp_model *model, guint32 index);

/** The first endpoint at that place, or NULL. */
adp_endpoint *adp_endpoint_find(const adp_endpoint_builder *b, const char *host, guint16 port);

/**
 * The first endpoint at that port whose host is an alias of the name, so that a client that went there
 * may call it so; NULL. Then *obs is the answer of DNS that says it.
 */
adp_endpoint *adp_endpoint_by_target(const adp_model *model, const GPtrArray *list,
                                     const char *name, guint16 port, guint32 *obs);

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

#endif
