/* fuzz_parsers.h
 * The parsers of packet bytes, as targets of a fuzzer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_TESTS_FUZZ_PARSERS_H
#define ADPATH_TESTS_FUZZ_PARSERS_H

#include "compat.h"

#include "wire/arena.h"

#include <glib.h>

/** One parser, given any bytes. `tvb` holds the same bytes as `data`. */
typedef struct {
    const char *name;
    void (*run)(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size);
} fuzz_target;

/** Aborts with `what`, so that the input is kept. */
void fuzz_demand(gboolean holds, const char *what);

/** What the parsers hand on as text is UTF-8 without control characters; NULL is no text. */
void fuzz_demand_text(const char *text);

/** Makes what the readers of whole messages need; once, when Wireshark's fields are known. */
void fuzz_messages_init(void);

/*
 * The readers that take a message from Wireshark's tree and hand observations to the model. Their
 * input is a conversation: again and again one byte of flags, two of length, and a message.
 */
void fuzz_http(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size);
void fuzz_tokens(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size);
void fuzz_kpasswd(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size);
void fuzz_tls(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size);
void fuzz_dns(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size);
void fuzz_ldap(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size);

/* Likewise, with what is read before there is a tree, or beside it: headers, fragments, errors, any payload. */
void fuzz_packet(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size);
void fuzz_peek(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size);

#endif
