/* glossary.h
 * Words of the field that a reader of a report may not know.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_GLOSSARY_H
#define ADPATH_FACTS_GLOSSARY_H

#include <glib.h>

/** A word and what it means. Constant. */
typedef struct {
    const char *name;    /* as it is listed */
    const char *words;   /* the spellings by which it is found in a text, with | between them */
    const char *meaning; /* one or two sentences */
} adp_term;

/** In the order of the alphabet. */
guint adp_glossary_count(void);
const adp_term *adp_glossary_get(guint i);

/** Does one of its spellings stand in the text, as a word of its own? */
gboolean adp_term_is_in(const adp_term *term, const char *text);

#endif
