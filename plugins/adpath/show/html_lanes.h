/* html_lanes.h
 * The columns of a drawing: the client, then its servers by the part that they play.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_HTML_LANES_H
#define ADPATH_SHOW_HTML_LANES_H

#include "join/model.h"
#include "log/observation.h"
#include "show/html_text.h"

#include <glib.h>

/** Of more servers the first ones have a column; the others share the last. */
#define ADP_LADDER_SERVERS 10

/** Where the client's line is. Measures are pixels of the screen. */
#define ADP_LADDER_LEFT 172

/** How wide a letter is in names, many of which are in capitals, and a bold one in a sentence. */
#define ADP_LADDER_LETTER 7.0
#define ADP_LADDER_BOLD   6.9

typedef enum {
    ADP_LANE_DNS,
    ADP_LANE_DIRECTORY,
    ADP_LANE_KDC,
    ADP_LANE_ENDPOINT,
    ADP_LANE_ROLES
} adp_lane_role;

/** A server in one part; one that plays several has a column for each. */
typedef struct {
    guint32 server; /* address */
    adp_lane_role role;
} adp_lane;

typedef struct {
    GArray *lanes;      /* of adp_lane, by role */
    GHashTable *beyond; /* those without a column of their own */
    guint space;        /* between columns */
    guint width;        /* of the drawing */
} adp_lanes;

/** Empty; free with adp_lanes_clear(). */
void adp_lanes_init(adp_lanes *lanes);
void adp_lanes_clear(const adp_lanes *lanes);

/** Where a step leads, and what is no step: a connection that was tried, or a message on one. */
adp_lane adp_lane_of_step(const adp_model *model, const adp_step *step);
adp_lane adp_lane_of_flow(const adp_flow *flow);

/** Behind the last of its role, unless it is there. */
void adp_lanes_add(adp_lanes *lanes, adp_lane lane);

/** All were added: finds the measures. */
void adp_lanes_lay_out(adp_lanes *lanes);

/** How many columns there are beside the client's, and where one is. */
guint adp_lanes_columns(const adp_lanes *lanes);
guint adp_lanes_x(const adp_lanes *lanes, adp_lane lane);

/** How many servers share the last column; 0: each has its own. */
guint adp_lanes_sharing(const adp_lanes *lanes);

/** Draws who stands above each column. */
void adp_lanes_head(adp_page *page, const adp_model *model, const adp_lanes *lanes,
                    adp_client client);

#endif
