/* kind.h
 * All that is said of one kind of step: a row for each, filled by the kind_*.c of its protocol.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_KIND_H
#define ADPATH_FACTS_KIND_H

#include "facts/fact_list.h"
#include "facts/fields.h"
#include "facts/outcomes.h"
#include "facts/repeat_private.h"
#include "facts/stage.h"
#include "facts/view.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** Sentences about a kind of step: what it is for, what comes before, what comes after. */
typedef struct {
    const char *what;
    const char *before;
    const char *after;
} adp_lore;

/** One kind of step. Constant; its name is in join/model.c, which knows no more of it. */
typedef struct {
    /* How it ended. Asked when it has a reply; and without one only if judges_silence says so:
       else a reply that is missing is judged alike for all (adp_silence_outcome()). */
    adp_outcome (*outcome)(const adp_model *model, const adp_step *step, gboolean early);
    gboolean judges_silence;
    /* Its fields: those of the catalogue from `first` to `last`. */
    void (*facts)(adp_fact_builder *b);
    adp_field first;
    adp_field last;
    /* Its sentence, as far as the view goes. */
    void (*say)(const adp_model *model, const adp_view *view, GString *out);
    /* The part of the path that it belongs to; for sorts of it, stage_of() (NULL: the same). */
    adp_stage stage;
    adp_stage (*stage_of)(const adp_model *model, const adp_step *step);
    /* The commands that repeat it; NULL: none does. */
    adp_repeater repeat;
    /* What it is for; for sorts of it, by its first observation, guide_of() (NULL: the same). */
    const adp_lore *guide;
    const adp_lore *(*guide_of)(const adp_obs *first);
} adp_kind;

/* A row for each kind of join/model.h, each defined in the kind_*.c of its protocol. */
#define ADP_DECLARE_KIND(id, name) extern const adp_kind adp_kind_##name;
ADP_STEP_KIND_LIST(ADP_DECLARE_KIND)

#endif
