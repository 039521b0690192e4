/* absence.h
 * Is a missing answer a silence? One place that says so, with what proves it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_ABSENCE_H
#define ADPATH_FACTS_ABSENCE_H

#include "facts/outcomes.h"
#include "join/attempts.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/text.h"

#include <glib.h>

/** Nothing is called unanswered when the capture ends this soon after it; a SYN takes longer. */
#define ADP_PATIENCE     (5 * ADP_NS_PER_S)
#define ADP_PATIENCE_SYN (21 * ADP_NS_PER_S)
/** So long a controller searches at most (MaxQueryDuration, from memory). */
#define ADP_PATIENCE_ASKED (120 * ADP_NS_PER_S)

typedef enum {
    ADP_SILENCE_NONE,      /* it was answered */
    ADP_SILENCE_PARTLY,    /* something came back, but the capture does not hold it whole */
    ADP_SILENCE_WITHDRAWN, /* the client gave up at once, or left the server's question open */
    ADP_SILENCE_ELSEWHERE, /* an address that was not asked answered, and the client may have taken it */
    ADP_SILENCE_NOBODY,    /* it went to all neighbours, beside questions to DNS servers */
    ADP_SILENCE_ICMP,      /* an ICMP error says why: adp_obs_icmp of `evidence` */
    ADP_SILENCE_CLOSED,    /* the server closed the connection instead of answering */
    ADP_SILENCE_TOO_SHORT, /* the capture ends too soon after it */
    ADP_SILENCE_DEAF, /* the capture holds no frame to that client, or none of that server, at all */
    ADP_SILENCE_UNANSWERED
} adp_silence_kind;

typedef struct {
    adp_silence_kind kind;
    guint32 evidence; /* observation that proves the kind, ADP_NONE */
    gboolean cut;     /* only the first fragments of its answers arrive: `evidence` is one */
    guint32
        part; /* CLOSED: so began an answer that the server did not end, or what it said instead of one */
    guint32 stray;       /* observation: an answer of an address that was not asked, ADP_NONE */
    gboolean fragmented; /* the request travelled in IP fragments; then, where there is one: */
    guint32 smaller;     /* an unfragmented request that this server answered: step, ADP_NONE */
} adp_silence;

/** Why a step has no reply. Constant work, but for `smaller`, which looks at a path's last steps. */
adp_silence adp_silence_proof(const adp_model *model, const adp_step *step);

/**
 * Likewise of a request that is no step (join/ldap_ops.h), observation `asked`. A search may take long:
 * while nobody closes the connection, silence counts only after two minutes, unless TCP repeats the request.
 * Answers to later requests are the caller's matter.
 */
adp_silence adp_asked_silence(const adp_model *model, guint32 asked);

/** How a step without a reply ended: a fault only when the capture proves that nothing came. */
adp_outcome adp_silence_outcome(const adp_model *model, const adp_step *step, gboolean early);

/** Likewise of an attempt to open a connection that was neither accepted nor refused. */
adp_silence adp_attempt_silence(const adp_model *model, const adp_attempt *attempt);

/** The ICMP error of `silence`, or NULL. */
const adp_obs_icmp *adp_silence_icmp(const adp_model *model, const adp_silence *silence);

/** Did the server send words, as HTTP does, where a message of the step's protocol belongs? */
gboolean adp_silence_is_words(const adp_model *model, const adp_silence *silence);

/** Did it send an alert of TLS, where LDAP in clear was asked? */
gboolean adp_silence_is_alert(const adp_model *model, const adp_silence *silence);

/** Appends how a step without a reply ended: ": no answer" and the like. */
void adp_silence_say(const adp_model *model, const adp_step *step, GString *out);

/** The server's notice of disconnection before it closed; ADP_NONE: it gave none. */
guint32 adp_silence_notice(const adp_model *model, const adp_silence *silence);

/**
 * Of a server that closed the connection instead of answering: appends what it said before, to no request
 * (LDAP, a notice of disconnection); nothing where it said nothing.
 */
void adp_silence_quote(const adp_model *model, const adp_silence *silence, GString *out);

/** "port unreachable", ...: what an ICMP error says. */
const char *adp_icmp_kind_name(adp_icmp_kind kind);

#endif
