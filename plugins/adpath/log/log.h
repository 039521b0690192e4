/* log.h
 * The append-only log of observations, and the addresses it speaks of. Knows no step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_LOG_LOG_H
#define ADPATH_LOG_LOG_H

#include "log/observation.h"
#include "wire/arena.h"

#include <glib.h>

/** Where a frame begins that has observations. */
typedef struct {
    guint32 obs; /* its first one */
    adp_arena_mark mark;
} adp_begin;

/** An address of the capture; bytes behind `len` are 0. */
typedef struct {
    guint64 bytes[2];
    guint32 type;
    guint32 len;
} adp_address_key;

/** What the last look for an address found; ADP_NONE is a find, too: most are of no client of ours. */
typedef struct {
    adp_address_key key;
    guint32 id;
} adp_found;

/* Places for what was found last: enough for the ends of the conversations of one moment. */
#define ADP_RECENT_BITS 11
#define ADP_RECENT      (1 << ADP_RECENT_BITS)

/** Filled by log.c; holds as long as the log, also through a truncation. */
typedef struct {
    adp_address_key key;
    const char *text; /* NULL while only heard of */
    guint32 heard;    /* the first frame that was sent to it; 0: none was */
} adp_address;

/** Only log.c changes it. Holds as long as the capture file is open. */
typedef struct {
    adp_arena *arena;        /* holds all that observations point to */
    adp_arena *texts;        /* of addresses, which outlive what named them */
    adp_arena_mark mark;     /* of `arena`, when the last frame began */
    GArray *begins;          /* adp_begin, ascending */
    GArray *obs;             /* adp_obs, in the order of their frames */
    GArray *addresses;       /* adp_address */
    GHashTable *address_ids; /* adp_address_key (owned) -> id + 1 */
    adp_found *recent;       /* ADP_RECENT of them, owned; the place follows from the bytes */
    guint32 frames;          /* number of the last frame */
    gint64 first_time;       /* of any frame, ns */
    gint64 last_time;
    guint32 first_frame; /* the first that has the one, */
    guint32 last_frame;  /* and the other */
    GPtrArray *shown;    /* of a shadow: texts of addresses at their ids, in `texts`; else NULL */
} adp_log;

adp_log *adp_log_new(void);

/**
 * A log that has the addresses of another one, under the same numbers, but texts of its own for them (at first none). It
 * must not outlive a cut of the other.
 */
adp_log *adp_log_new_shadow(const adp_log *log);

/** Takes over which frames the other log has seen, and which limits its readers reached. */
void adp_log_follow(adp_log *shadow, const adp_log *log);

/** What a shadow says for the address from now on. */
void adp_log_show_address(adp_log *shadow, guint32 address, const char *text);
void adp_log_free(adp_log *log);

const adp_obs *adp_log_obs(const adp_log *log, guint32 i);

/** Appends an observation, and returns its number. */
guint32 adp_log_append(adp_log *log, const adp_obs *obs);

/** How many observations lie before the frame. */
guint32 adp_log_before_frame(const adp_log *log, guint32 frame);

/** Forgets all but the first `keep` observations, and what the others pointed to. */
void adp_log_cut(adp_log *log, guint32 keep);

/** The last observation is kept: if it is the first of its frame, a cut may come before it. */
void adp_log_note_begin(adp_log *log);

/** Forgets the last observation; what it pointed to is the reader's to give back. */
void adp_log_refuse_last(adp_log *log);

/**
 * Notes that there is this frame; `dst` is its destination (len 0: none).
 * @return the destination's id, ADP_NONE without one or where too many are known.
 */
guint32 adp_log_frame(adp_log *log, guint32 frame, gint64 time, guint8 dst_type, const guint8 *dst,
                      guint8 dst_len);

/** See adp_model_address(). */
guint32 adp_log_address(adp_log *log, guint8 type, const guint8 *bytes, guint8 len,
                        const char *text);

/** Its text, "" when it was only heard of. */
const char *adp_log_address_text(const adp_log *log, guint32 address);

/** How many bytes it has, 0 when it is unknown. */
guint8 adp_log_address_len(const adp_log *log, guint32 address);

/** Has any frame been sent to it? */
gboolean adp_log_was_heard(const adp_log *log, guint32 address);

/** The first frame that was sent to it; 0: none was. */
guint32 adp_log_first_heard(const adp_log *log, guint32 address);

#endif
