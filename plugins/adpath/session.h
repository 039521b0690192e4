/* session.h
 * The capture file that is open: its model, its analysis, and the preferences of its user.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SESSION_H
#define ADPATH_SESSION_H

#include "join/model.h"
#include "judge/analysis.h"

#include <glib.h>

struct _packet_info;
struct pref_module;

/** The model of the file that is open now; NULL when none is. Do not keep it. */
const adp_model *adp_current_model(void);

/** Its analysis; likewise. */
adp_analysis *adp_current_analysis(void);

/**
 * The model that frames are read into. With pseudonyms (adpath.anonymize) the two above are another one, made of the
 * same observations without their names.
 */
adp_model *adp_session_log(void);

/**
 * To be called after each frame that was read: the observations from `first` on are complete, and its own.
 * @return FALSE when there are none.
 */
gboolean adp_session_remember(struct _packet_info *pinfo, guint32 first);

/** The first observation of a packet that was dissected before, or ADP_NONE. */
guint32 adp_first_obs_of(struct _packet_info *pinfo);

/**
 * A name, address, DN, principal or URL that does not come from the open file's model, as it may be shown: itself, or its
 * pseudonym. Free with g_free(). NULL gives NULL.
 */
char *adp_session_shown(const char *text);

/**
 * The same for a value that stands in a packet, which may be shown before the model knows its names: those that it does
 * not know get no pseudonym, but say that they are hidden. `is_keyword`: of an SCP.
 */
char *adp_session_shown_early(const char *text, gboolean is_keyword);

/** Pseudonyms are to be shown instead of names (preference adpath.anonymize): of the file that is opened next, of the open one. */
gboolean adp_anonymizes(void);

/** The analysis is switched on. */
gboolean adp_analyses(void);

/** The frames of the open file, or of the next one, get a tree on demand (read/on_demand.h). */
gboolean adp_session_is_on_demand(void);

/** In which way trees are made, and why; owned by the caller. */
char *adp_session_tree_text(void);

/** The user wants mailbox names to be shown. */
gboolean adp_shows_mailboxes(void);

/** The user wants each step on a line of its own in the report for people. */
gboolean adp_shows_all_steps(void);

/**
 * Registers what begins and ends with a file, and the preferences; `changed` is called when they
 * change, and when a file begins. Returns the preferences' module, for those of others.
 */
struct pref_module *adp_session_register(int proto, void (*changed)(void));

#endif
