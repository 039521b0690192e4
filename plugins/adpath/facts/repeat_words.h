/* repeat_words.h
 * Text of packets as words of a command, from which nothing can break out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_REPEAT_WORDS_H
#define ADPATH_FACTS_REPEAT_WORDS_H

#include "facts/repeat_private.h"

#include <glib.h>

/**
 * Commands that repeat the step by hand, made by its kind: read-only, and with text of packets
 * only as quoted arguments that can become neither options nor commands. What
 * cannot be put into a command faithfully gives none.
 * @return FALSE when the step has no request. Otherwise each string is owned by
 *         the caller (g_free), and NULL when there is no command of its sort.
 */
gboolean adp_repeat_by(adp_repeater maker, const adp_model *model, const adp_view *view,
                       char **shell, char **powershell);

/** Text that was escaped or cut when it entered the model is not what was sent. */
gboolean adp_repeat_is_faithful(const char *text);

/** The value as it may be shown: mailboxes are masked. Free with g_free(). */
char *adp_repeat_shown(const adp_repeat_context *c, const char *text);

/** One argument for a POSIX shell, of text that may be shown as it is. */
void adp_repeat_sh_word(adp_repeat_context *c, const char *text);

/** The same of text of the packet, with `prefix` of our own in front. */
void adp_repeat_sh_arg(adp_repeat_context *c, const char *prefix, const char *text);

/** One argument for a PowerShell cmdlet, in single quotes: nothing in it is expanded. */
void adp_repeat_ps_arg(adp_repeat_context *c, const char *text);

/**
 * One argument for a program started by PowerShell. Such programs split their
 * command line themselves, each in its own way, so only plain text is passed.
 */
void adp_repeat_ps_program_arg(adp_repeat_context *c, const char *prefix, const char *text);

/** The server of the step as text; the model's. */
const char *adp_repeat_server_address(const adp_repeat_context *c);

/** Its name when it has one that serves as an argument: an address has no SPN. */
const char *adp_repeat_server_name(const adp_repeat_context *c);

/** Anything else could be a second URL or a path to programs that split their argument. */
gboolean adp_repeat_is_host_name(const char *name);

#endif
