/* inferred_sign_on.h
 * How a client signed on over a sealed connection, and what came of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_INFERRED_SIGN_ON_H
#define ADPATH_JUDGE_INFERRED_SIGN_ON_H

#include "judge/inference.h"

#include <glib.h>

typedef enum {
    ADP_SIGN_ON_NONE, /* or none that can be told */
    ADP_SIGN_ON_KERBEROS,
    ADP_SIGN_ON_NTLM,
    ADP_SIGN_ON_OTHER /* with something short instead of a ticket: NTLM's first message, a password */
} adp_sign_on_kind;

/** Places among the rounds of the talk. */
typedef struct {
    adp_sign_on_kind kind;
    guint challenge; /* whose answer asked for credentials */
    guint answer;    /* whose answer came to the last of them */
    guint32 frame;   /* the client's question to the KDC; 0: there was none */
    const char *spn; /* that it asked for; NULL */
} adp_sign_on;

adp_sign_on adp_inference_sign_on(const adp_inference *f, const adp_sealed *s);

/** By how much the answer to the credentials is longer than the challenge, in bytes; 0 without a sign-on. */
gint64 adp_sign_on_more(const adp_sealed *s, const adp_sign_on *on);

/** An answer with settings is so much longer than the challenge before it; a second challenge has a token more. */
#define ADP_SETTINGS_MORE 500

/** What it asked for, how the client signed on, and whether it was accepted. */
void adp_inference_signing_on(adp_inference *f, const adp_sealed *s);

/** A redirection was the answer to the credentials, which were accepted then. */
void adp_inference_redirected(adp_inference *f, const adp_sealed *s);

#endif
