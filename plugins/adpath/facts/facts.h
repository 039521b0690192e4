/* facts.h
 * What can be said of a step: its outcome, its fields, its sentence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_FACTS_H
#define ADPATH_FACTS_FACTS_H

#include "facts/fields.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/netlogon.h"

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

/**
 * From which observation to which a step is looked at. What a reply said is
 * part of the view only when the reply lies before its end, so that one pass and
 * two passes tell the same of a frame.
 */
typedef struct {
    guint32 step;
    guint32 from; /* entries of the observations from..to are listed */
    guint32 to;
    gboolean whole;     /* the end of the capture is known: absences count */
    gboolean early;     /* see adp_step_outcome() */
    gboolean mailboxes; /* show mailbox names */
} adp_view;

/** The whole step, as reports see it. */
adp_view adp_view_whole(const adp_model *model, guint32 step, gboolean mailboxes);

/**
 * The fields below "detail". Free with adp_facts_free().
 */
adp_facts *adp_facts_new(const adp_model *model, const adp_view *view);
void adp_facts_free(adp_facts *facts);

/** From request to reply in ns. FALSE when the view lacks one of them. */
gboolean adp_step_time(const adp_model *model, const adp_view *view, gint64 *ret);

/** Frame of the request or reply in the view, 0 when it has none. */
guint32 adp_step_request_frame(const adp_model *model, const adp_step *step);
guint32 adp_step_reply_frame(const adp_model *model, const adp_step *step);

/** Which group of the catalogue belongs to a kind: does a step of it have the field? */
gboolean adp_field_of_kind(adp_field field, adp_step_kind kind);

const char *adp_protection_name(adp_protection protection);
const char *adp_transport_name(adp_transport transport);

/* Shared by facts.c and summary.c. */
const adp_obs *adp_view_request(const adp_model *model, const adp_view *view);
const adp_obs *adp_view_reply(const adp_model *model, const adp_view *view);
const adp_netlogon *adp_view_netlogon(const adp_model *model, const adp_view *view);
/** How many records of the kind that was asked for the answer has. */
guint adp_dns_answers(const adp_obs_dns *dns);
/** The result ("answered", ...) of a view of an srv or address step, NULL while there is none. */
const char *adp_view_dns_result(const adp_model *model, const adp_view *view);

#endif
