/* json_values.h
 * What all JSON of ours is made of: members of an object, and lists that several reports have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_JSON_VALUES_H
#define ADPATH_SHOW_JSON_VALUES_H

#include "compat.h"

#include "join/model.h"
#include "judge/analysis.h"

#include <glib.h>

#include <wsutil/json_dumper.h>

/** Where a report goes, and what it is about. */
typedef struct {
    json_dumper *dumper;
    adp_analysis *analysis;
    const adp_model *model; /* the analysis's */
    gboolean mailboxes;
} adp_json_out;

/** The name of the member whose value follows. */
void adp_json_key(const adp_json_out *c, const char *name);

/** A member with a text; mailboxes are masked unless they are shown. NULL becomes null. */
void adp_json_string(const adp_json_out *c, const char *name, const char *value);

void adp_json_number(const adp_json_out *c, const char *name, guint32 value);

/** 0 becomes null. */
void adp_json_number_or_null(const adp_json_out *c, const char *name, guint32 value);

void adp_json_null(const adp_json_out *c, const char *name);
void adp_json_bool(const adp_json_out *c, const char *name, gboolean value);

/** Seconds with six decimals. */
void adp_json_seconds(const adp_json_out *c, const char *name, gint64 ns);

void adp_json_begin_array(const adp_json_out *c, const char *name);
void adp_json_end_array(const adp_json_out *c);
void adp_json_empty_array(const adp_json_out *c, const char *name);

/** `name` NULL: it is no member of another object. */
void adp_json_begin_object(const adp_json_out *c, const char *name);
void adp_json_end_object(const adp_json_out *c);

/** "frames": those of the observations, in ascending order, each once. */
void adp_json_frames(const adp_json_out *c, const GArray *observations);

/** "causes" (of adp_cause): what the capture supports comes first, with its frames. */
void adp_json_causes(const adp_json_out *c, const GPtrArray *list);

/** "check" (of adp_check): commands. */
void adp_json_checks(const adp_json_out *c, const GPtrArray *list);

#endif
