/* http_message.h
 * The headers of an HTTP/1 message, as far as they matter here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_HTTP_MESSAGE_H
#define ADPATH_READ_HTTP_MESSAGE_H

#include "log/observation.h"
#include "read/ber.h"
#include "read/frame.h"
#include "read/gss.h"

/** Text in the buffer; `at` NULL: there is none. */
typedef struct {
    const char *at;
    gsize len;
} adp_span;

/** A message's headers, as far as they matter: nothing is copied before it is known to. */
typedef struct {
    gboolean reply;
    guint16 status; /* 0: there is none */
    adp_span method;
    adp_span target;
    adp_span host;
    adp_span location;
    adp_span server;   /* what serves, as it says itself */
    gboolean complete; /* the headers were captured to their end */
    gboolean has_length;
    gboolean encoded;    /* chunked or compressed */
    guint64 body_length; /* as announced */
    adp_ber rest;        /* what follows the headers in the buffer */
    adp_auth auth;
    guint8 auths;
    guint8 ntlm_message;
    guint32 auth_length;
    guint64 account; /* hash of the user that credentials name; 0: none */
    gboolean auth_of_proxy;
    adp_gss_token token; /* the one that tells most */
    gboolean too_deep;   /* one was nested too deep to be read */
} adp_http_message;

/**
 * Reads the headers at a place; the spans point into its buffer.
 * @return FALSE: there is not even a first line
 */
gboolean adp_http_parse(adp_arena *arena, const adp_place *place, adp_http_message *m);

/**
 * May a message begin so? With a method, a reply's version, or a header where the packet before is missing: Wireshark
 * calls the lines of a body a message, too. Asked before there is a tree (peek.c), and of what has one.
 */
gboolean adp_http_may_begin(const char *text, gsize len);

/** Does the line begin with the name, in whatever case? */
gboolean adp_http_begins(const char *line, gsize len, const char *name);

#endif
