/* meaning.h
 * What the steps of a path mean, without the names of one house: so that the lookup of
 * dc1.contoso.test in one capture and that of dc7.fabrikam.test in another are the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_COMPARE_MEANING_H
#define ADPATH_COMPARE_MEANING_H

#include "compare/told.h"

#include <glib.h>

/** Names of a path and the parts that they play. */
typedef struct adp_meaning adp_meaning;

/** The parts of the path's names, which are those of its steps and endpoints. */
adp_meaning *adp_meaning_new(const adp_told_path *path);
void adp_meaning_free(adp_meaning *meaning);

/** A host or domain as the part that it plays ("<controller>"), else in lower case; free it. */
char *adp_meaning_of_name(const adp_meaning *meaning, const char *name);

/**
 * What a step asks for, in words that are equal for equal questions of other houses; free it. The server
 * that was asked is not in it, nor what came of it.
 */
char *adp_meaning_of_step(const adp_meaning *meaning, const adp_told_step *step);

/** What was answered, as far as it tells an answer from another: codes and results. Free it. */
char *adp_meaning_of_answer(const adp_told_step *step);

/** How the client chose to do it: protection, proof, version; "" where there was no choice. Free it. */
char *adp_meaning_of_choice(const adp_told_step *step);

#endif
