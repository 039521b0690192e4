/* silence.h
 * What the capture shows of why a request has no answer: one place for every rule that says so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_SILENCE_H
#define ADPATH_JUDGE_SILENCE_H

#include "facts/absence.h"
#include "join/attempts.h"
#include "join/model.h"
#include "judge/finding.h"
#include "judge/rules.h"

/**
 * How a connection failed: "refused", "older" (answered for an older one), "silent", "unreachable" or
 * "prohibited", or it was accepted in vain: "reset", "closed" or "unheard"; NULL when it did not, or it is too early.
 */
const char *adp_rules_attempt_failed(const adp_rules *r, const adp_attempt *attempt);

/** Did the server, at this address, accept a connection of the client or answer its LDAP over UDP? */
gboolean adp_rules_was_served(const adp_rules *r, adp_client client, guint32 server);

/** The same as a phrase behind a host's name. */
const char *adp_rules_attempt_words(const char *how);

/** Its connection requests as evidence. */
void adp_rules_cite_attempt(const adp_rules *r, adp_finding *finding, const adp_attempt *attempt);

/**
 * Whose attempt it is. An address of IPv6 that leads nowhere has no step: it is the client's to which alone DNS gave the
 * server's address a moment before.
 */
adp_client adp_rules_attempt_client(const adp_rules *r, const adp_attempt *attempt);

/** Path of the client's steps around it; ADP_NONE when there are none. */
guint32 adp_rules_path_near(const adp_rules *r, const adp_attempt *attempt);

/** Notes what each server answered to each client. Once, before the rules judge. */
void adp_rules_learn_silence(adp_rules *r);

/**
 * Puts what is known of the silence into the finding, as signs and evidence: ICMP, fragments, who
 * closed the connection, and whether the server answers this client elsewhere.
 */
void adp_rules_sign_silence(const adp_rules *r, adp_finding *f, const adp_step *step);

/** Likewise for a connection that was not accepted, or in vain. */
void adp_rules_sign_attempt(const adp_rules *r, adp_finding *f, const adp_attempt *attempt);

/** How the request ended, to stand behind what was asked: ", without any reply" and the like. */
char *adp_rules_silence_words(const adp_rules *r, const adp_step *step);

/** The same, to stand behind how often it was asked. */
char *adp_rules_silence_end(const adp_rules *r, const adp_step *step);

/**
 * Likewise of a request that is no step, observation `asked`: how adp_asked_silence() says that it ended.
 * What proves it is cited.
 */
void adp_rules_sign_asked(const adp_rules *r, adp_finding *f, guint32 asked,
                          const adp_silence *silence);
char *adp_rules_asked_words(const adp_rules *r, guint32 asked, const adp_silence *silence);

/** Of the steps the first whose silence is explained (by ICMP, an end, fragments), else the first. */
const adp_step *adp_rules_most_telling(const adp_rules *r, const adp_step *const *steps,
                                       guint count);

#endif
