/* web.h
 * What the rules about endpoints share: one path, the endpoints of its client, and its steps.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_WEB_H
#define ADPATH_JUDGE_WEB_H

#include "join/model.h"
#include "judge/endpoint.h"
#include "judge/finding.h"
#include "judge/rules.h"
#include "log/observation.h"

#include <glib.h>

/** The endpoints of one path, and an index of its steps. Lives while its rules run. */
typedef struct {
    adp_rules *r;
    guint32 index; /* of the path */
    const adp_path *path;
    GPtrArray *endpoints;
    GHashTable *orders;    /* host -> order of its endpoint that was tried last */
    GHashTable *sources;   /* host -> bits of adp_endpoint_source: what leads to it */
    GHashTable *turns;     /* host -> place + 1 of the last step that turns to it */
    GHashTable *redirects; /* host, owned -> place in the path, + 1, of the first redirect to it */
    GHashTable *answered;  /* URL, owned -> likewise of its first answer */
    guint last_http;       /* place + 1 of the last autodiscover step */
    guint last_order;      /* of the endpoint that was tried last, */
    guint last_service;    /* and of what settings name, which are no candidates */
    const adp_step *good;  /* the step that answered, NULL: none did */
    guint good_order;      /* order of its endpoint */
    const adp_endpoint *hidden; /* one that TLS was set up with, and nothing else is visible of */
} adp_web_path;

/** Begins with a path, and ends with it. */
void adp_web_open(adp_web_path *w, adp_rules *r, guint32 index);
void adp_web_close(adp_web_path *w);

/** Its n-th step. */
const adp_step *adp_web_step(const adp_web_path *w, guint i);

/** The request or reply of an autodiscover step; NULL when the capture has none. */
const adp_obs_http *adp_web_request(const adp_rules *r, const adp_step *step);
const adp_obs_http *adp_web_reply(const adp_rules *r, const adp_step *step);
/** "GET", "POST", ...; "" when it is not known. */
const char *adp_web_method(const adp_obs_http *http);
/** An answer with settings, or one that a client takes for success. */
gboolean adp_web_is_answer(const adp_rules *r, const adp_step *step);
/** Host that the handshake is with: the name the client sent, else what the address is known as. */
const char *adp_web_tls_host(const adp_rules *r, const adp_step *step);
const char *adp_web_http_host(const adp_rules *r, const adp_step *step);

/** Order of the endpoint of this host that was tried last; 0 when there is none. */
guint adp_web_order(const adp_web_path *w, const char *host);

/** The endpoint whose host is an alias of this name, which is none itself; *obs says so. NULL. */
const adp_endpoint *adp_web_alias(const adp_web_path *w, const char *host, guint32 *obs);

/**
 * A client goes on to the next candidate: what went wrong with one of them is a
 * warning, with the last an error, and a note when another one answered.
 */
void adp_web_weigh(const adp_web_path *w, adp_finding *f, guint order);

/** Does an endpoint of this source name the host? */
gboolean adp_web_is_named_by(const adp_web_path *w, const char *host, adp_endpoint_source source);

/** The first answer of autodiscover on the path that sends the client to that host; NULL: none does. */
const adp_step *adp_web_redirect_to(const adp_web_path *w, const char *host);

/** Was there an answer at the URL before the path's step `at`? */
gboolean adp_web_was_at(const adp_web_path *w, guint at, const char *url);

/** Does redirect-loop tell of the answer to this step? It then says why the client got no further. */
gboolean adp_web_is_in_circle(const adp_web_path *w, const adp_step *step);

/** Does nothing lead to the host but that clients make it of the mail domain? */
gboolean adp_web_is_guess(const adp_web_path *w, const char *host);

/**
 * Signs by what the client came to this host (an entry of the directory, the mail domain), and whether
 * it is one of Microsoft 365: by its name, or by what that is an alias of.
 */
void adp_web_sign_host(const adp_web_path *w, adp_finding *f, const char *host);

/** "dc1.contoso.com:636", "[2001:db8::1]:636"; free with g_free(). */
char *adp_web_place(const char *host, guint port);

/** " (Kerberos)", ...; "" of none. */
const char *adp_web_auth_words(adp_auth auth);

/** Signs by what the observation authenticates. */
void adp_web_sign_auth(adp_finding *f, adp_auth auth, guint32 obs);

/** "a service connection point", ... */
const char *adp_web_source_words(adp_endpoint_source source);

/** A sentence that says why the client turns to the endpoint; free with g_free(). */
char *adp_web_why(const adp_endpoint *endpoint);

#endif
