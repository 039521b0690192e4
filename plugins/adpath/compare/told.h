/* told.h
 * A capture as its JSON report tells it: of the open file, or of another one.
 *
 * Both are read from the text that -z adpath,json writes, so that two captures are always compared
 * in the same words, and nothing has to be described twice.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_COMPARE_TOLD_H
#define ADPATH_COMPARE_TOLD_H

#include "compare/json_text.h"
#include "wire/arena.h"

#include <glib.h>

/** No time, no path. */
#define ADP_TOLD_NO_TIME G_MININT64
#define ADP_TOLD_NO_PATH G_MAXUINT32

/** The version of the report that is read here, and written by show/json.c. */
#define ADP_TOLD_VERSION 2

typedef struct {
    const char *address; /* never NULL; "" where the report has none */
    guint32 port;
    const char *name; /* NULL: not known */
} adp_told_end;

/** Strings of these are never NULL unless it is said; "" stands for what the report lacks. */
typedef struct {
    guint32 n;
    guint32 path; /* index; ADP_TOLD_NO_PATH: it stands alone */
    const char *kind;
    const char *outcome;
    const char *stage;
    const char *summary;
    const char *transport;
    gint64 start;  /* ns since the epoch */
    gint64 time;   /* ns to the answer; ADP_TOLD_NO_TIME: there is none */
    guint32 frame; /* of the request, or of the first frame; 0: none */
    guint32 retries;
    guint32 id; /* of the message in its protocol; 0: none, or not told */
    adp_told_end client;
    adp_told_end server;
    const adp_json_value *frames; /* array */
    const adp_json_value *detail; /* object; NULL: none */
} adp_told_step;

typedef struct {
    const char *id;
    const char *severity;
    const char *summary;
    gboolean recovered;
    guint32 frame; /* its first; 0: none */
    gint64 cost;   /* ns */
    const adp_json_value *frames;
} adp_told_finding;

typedef struct {
    guint32 rank;  /* 0: none */
    guint32 order; /* 0: not tried */
    const char *url;
    const char *host;
    const char *source;
    const char *reason; /* NULL: none */
    const char *outcome;
    const adp_json_value *frames;
} adp_told_endpoint;

typedef struct {
    const char *stage;
    const char *outcome;
    gint64 duration; /* ns, these three */
    gint64 waiting;
    gint64 lost;
} adp_told_stage;

typedef struct {
    guint32 id;
    const char *outcome;
    const char *address;     /* of the client */
    const char *client_name; /* NULL: not known; so are these four */
    const char *domain;
    const char *forest;
    const char *site;
    const char *mail_domain;
    gint64 start;    /* ns since the epoch */
    gint64 duration; /* ns */
    ADP_LIST(adp_told_stage) stages;
    ADP_LIST(const adp_told_step *) steps;
    ADP_LIST(adp_told_endpoint) endpoints;
    ADP_LIST(adp_told_finding) findings;
} adp_told_path;

typedef struct {
    adp_arena *arena; /* holds all of it */
    gboolean analysis;
    const char *generator; /* version of adpath that wrote it */
    gboolean pseudonyms;   /* in it stand for the names */
    const char *outcome;   /* of the verdict */
    const char *text;
    guint32 frames;
    gint64 first; /* ns since the epoch; ADP_TOLD_NO_TIME: no frames */
    gint64 last;
    ADP_LIST(adp_told_path) paths;
    ADP_LIST(const adp_told_step *) steps; /* all, in the order of the report */
} adp_told;

/**
 * Reads the output of -z adpath,json. NULL: it is none that can be read here, and `*problem` says why,
 * as a clause that goes on after the file's name ("is not JSON; ..."); the caller frees that.
 */
adp_told *adp_told_read(const char *text, gsize len, char **problem);

/** The same from a file. The clause then also tells that it cannot be opened. */
adp_told *adp_told_open(const char *name, char **problem);

void adp_told_free(adp_told *told);

/** Is the frame among those of the array? */
gboolean adp_told_has_frame(const adp_json_value *frames, guint32 frame);

/** ok or normal. */
gboolean adp_told_step_went_well(const adp_told_step *step);

/** Failed or unanswered. */
gboolean adp_told_step_went_wrong(const adp_told_step *step);

#endif
