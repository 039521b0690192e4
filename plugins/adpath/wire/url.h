/* url.h
 * URLs, Host headers, CONNECT targets and bindings: the one place that takes them apart.
 *
 * Strict, because two programs that read a dubious URL differently go to different servers: what
 * is damaged or ambiguous is refused, and then names no host. User name and password of a URL
 * are never kept, and neither is what stands behind its '?'.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_URL_H
#define ADPATH_WIRE_URL_H

#include "wire/arena.h"

#include "wire/limits.h"

#include <glib.h>

/** A DNS name in presentation form (RFC 1035: 253 characters); literals are shorter. */
#define ADP_URL_HOST_MAX ADP_MAX_URL_HOST

typedef enum {
    ADP_SCHEME_NONE, /* host and port alone */
    ADP_SCHEME_HTTP,
    ADP_SCHEME_HTTPS,
    ADP_SCHEME_LDAP,
    ADP_SCHEME_LDAPS,
    ADP_SCHEME_GC,   /* ADSI: GC://host */
    ADP_SCHEME_OTHER /* implies no port */
} adp_scheme;

/** The parts. `text` pointers lead into the text that was parsed. */
typedef struct {
    adp_scheme scheme;
    char host[ADP_URL_HOST_MAX + 1]; /* lower case, no brackets, no final dot; IPv6 as RFC 5952 */
    gboolean is_ipv6;                /* the host is an IPv6 literal */
    guint16 port;                    /* said, or implied by the scheme; 0: neither */
    gboolean port_is_said;
    gboolean has_user;  /* there was a user name, perhaps a password */
    gboolean has_query; /* there was a '?' or '#' */
    const char *place;  /* "host:port" as it is written, without the user */
    gsize place_len;
    const char *path; /* up to a '?' or '#'; may be empty */
    gsize path_len;
} adp_url;

/** A URL with its scheme and "://". FALSE: it is none, names no host, or is damaged. */
gboolean adp_url_parse(const char *text, gsize len, adp_url *ret);

/**
 * A host with or without port, as in a Host header, a CONNECT, a binding. An IPv6 address needs
 * no brackets when no port follows. FALSE: it is none, or is damaged; so is what has a user.
 */
gboolean adp_url_parse_place(const char *text, gsize len, adp_url *ret);

/** The host that a URL names, lower case; NULL when it is none. Free with g_free(). */
char *adp_url_host(const char *url);

/** Do two URLs differ in nothing but http and https, and the ports that these imply? */
gboolean adp_url_only_scheme_differs(const char *a, const char *b);

/** The port that a URL says or implies; 0 when there is none to be told. */
guint16 adp_url_port(const char *url);

/**
 * A URL, whole or relative, damaged or not, as it may be shown: without user, query and
 * fragment, escaped and bounded as adp_text() does. The arena's.
 */
const char *adp_url_shown(adp_arena *arena, const char *text, gsize len);

/**
 * `url`, or a copy without the user that it names, and of HTTP with "?..." for what stands behind a '?' or '#'. What is
 * no URL stays, but for what could be a user. `url` is text of the arena.
 */
const char *adp_url_without_secrets(adp_arena *arena, const char *url);

/** Appends host, and port unless it is 0, as a URL has them: IPv6 in brackets. */
void adp_url_append_place(GString *out, const char *host, guint port);

#endif
