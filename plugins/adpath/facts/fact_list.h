/* fact_list.h
 * Facts while they are gathered: the values of the fields of a step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_FACT_LIST_H
#define ADPATH_FACTS_FACT_LIST_H

#include "facts/fields.h"
#include "facts/ranks.h"
#include "facts/repeat_private.h"
#include "facts/view.h"
#include "join/model.h"
#include "wire/arena.h"

#include <glib.h>

/** One value of one field. */
typedef struct {
    adp_field field;
    guint group; /* 0, or the number of the record or entry it belongs to, from 1 */
    union {
        const char *s; /* never NULL */
        guint32 u;
        gint32 i;
        gboolean b;
        gint64 t; /* ns */
    } v;
} adp_fact;

/** Facts in the order of the catalogue, records and entries last. */
typedef struct {
    GArray *items;    /* of adp_fact */
    GPtrArray *owned; /* strings made for this list */
} adp_facts;

/** What a kind of step fills in. */
typedef struct {
    const adp_model *model;
    const adp_view *view;
    const adp_step *step;
    adp_ranks *ranks;
    adp_repeater repeat; /* of the kind */
    adp_facts *facts;
    guint group; /* of what is added */
} adp_fact_builder;

/** Adds a fact whose value the caller sets. */
adp_fact *adp_fact_add(adp_fact_builder *b, adp_field field);
/** Text of the model, or a constant; NULL adds nothing. Mailboxes are masked as the view says. */
void adp_fact_string(adp_fact_builder *b, adp_field field, const char *text);
/** Text that the list takes over. */
void adp_fact_owned(adp_fact_builder *b, adp_field field, char *text);
void adp_fact_strings(adp_fact_builder *b, adp_field field, const adp_strings *strings);
void adp_fact_uint(adp_fact_builder *b, adp_field field, guint32 value);
void adp_fact_int(adp_fact_builder *b, adp_field field, gint32 value);
void adp_fact_bool(adp_fact_builder *b, adp_field field, gboolean value);
/** The commands that repeat the step. */
void adp_fact_repeat(adp_fact_builder *b);

#endif
