/* keys.h
 * Which keys would open what a capture hides.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_KEYS_H
#define ADPATH_JUDGE_KEYS_H

#include "join/model.h"
#include "judge/analysis.h"

#include <glib.h>

typedef enum {
    ADP_KEY_KERBEROS,     /* sealed with the session key of a ticket */
    ADP_KEY_UNSEEN,       /* a SASL layer whose bind is not in the capture */
    ADP_KEY_NTLM,         /* sealed by NTLM */
    ADP_KEY_TLS,          /* LDAP within TLS */
    ADP_KEY_WEB,          /* HTTP within TLS */
    ADP_KEY_NO_MECHANISM, /* a mechanism that Wireshark cannot open */
    ADP_KEY_KINDS
} adp_key_kind;

/** What is said about a kind of key; whole sentences. */
typedef struct {
    const char *hidden; /* what is hidden */
    const char *needed; /* which keys */
    const char *get;    /* how to come by it, and what does not work */
    const char *window; /* where to set it in Wireshark; NULL: nothing opens it */
    const char *option; /* the same for tshark */
} adp_key_advice;

const adp_key_advice *adp_key_advice_of(adp_key_kind kind);

/** One key that is wanted: of one kind, for one server. */
typedef struct {
    adp_key_kind kind;
    guint32 server;        /* address */
    const char *host;      /* its name, or NULL; the model's */
    const char *principal; /* Kerberos: of the ticket that was shown, or NULL; the model's */
    guint connections;
    guint messages; /* LDAP: how many cannot be seen; 0: it cannot be told */
    guint32 frame;  /* where it begins */
} adp_key;

/**
 * What is missing on the paths (index + 1; NULL: on all), in the order in which the capture
 * first shows it; free with g_array_unref(). Linear in the steps.
 */
GArray *adp_keys_wanted(adp_analysis *analysis, GHashTable *paths);

/** How many steps are readable only because keys were given. */
guint adp_keys_opened(const adp_model *model);

#endif
