/* html_lanes.c
 * The columns of a drawing: the client, then its servers by the part that they play.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/html_lanes.h"

#include "facts/stage.h"
#include "facts/step_stage.h"
#include "join/identity.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/ports.h"

#define LEFT       ADP_LADDER_LEFT
#define RIGHT      118 /* behind the last column: what is written there */
#define LEAST      960 /* the drawing is no narrower */
#define MOST_SPACE 190 /* between columns */
#define SPACE      124

static const char *const role_names[ADP_LANE_ROLES] = {"DNS", "controllers", "KDC", "endpoints"};

void adp_lanes_init(adp_lanes *lanes)
{
    lanes->lanes = g_array_new(FALSE, FALSE, sizeof(adp_lane));
    lanes->beyond = g_hash_table_new(NULL, NULL);
    lanes->space = 0;
    lanes->width = 0;
}

void adp_lanes_clear(const adp_lanes *lanes)
{
    g_array_unref(lanes->lanes);
    g_hash_table_unref(lanes->beyond);
}

static adp_lane_role role_of_stage(adp_stage stage)
{
    switch (stage) {
    case ADP_STAGE_SIGN_IN:
        return ADP_LANE_KDC;
    case ADP_STAGE_REACH:
    case ADP_STAGE_AUTODISCOVER:
        return ADP_LANE_ENDPOINT;
    default:
        return ADP_LANE_DIRECTORY;
    }
}

adp_lane adp_lane_of_step(const adp_model *model, const adp_step *step)
{
    adp_lane lane = {.server = step->flow.server, .role = ADP_LANE_DNS};

    if (step->kind != ADP_STEP_SRV && step->kind != ADP_STEP_ADDRESS) {
        lane.role = role_of_stage(adp_step_stage(model, step));
    }
    return lane;
}

adp_lane adp_lane_of_flow(const adp_flow *flow)
{
    adp_lane lane = {.server = flow->server, .role = ADP_LANE_DNS};

    if (!adp_port_is_dns(flow->server_port)) {
        lane.role = role_of_stage(adp_flow_stage(flow));
    }
    return lane;
}

/* Its place; that of the shared column when it has none. */
static guint find_lane(const adp_lanes *lanes, adp_lane lane)
{
    guint i;

    for (i = 0; i < lanes->lanes->len; i++) {
        const adp_lane *at = &g_array_index(lanes->lanes, adp_lane, i);

        if (at->server == lane.server && at->role == lane.role) {
            return i;
        }
    }
    return lanes->lanes->len;
}

void adp_lanes_add(adp_lanes *lanes, adp_lane lane)
{
    guint at = 0;

    if (find_lane(lanes, lane) < lanes->lanes->len) {
        return;
    }
    if (lanes->lanes->len == ADP_LADDER_SERVERS) {
        g_hash_table_add(lanes->beyond,
                         GUINT_TO_POINTER(lane.server * ADP_LANE_ROLES + (guint)lane.role));
        return;
    }
    while (at < lanes->lanes->len && g_array_index(lanes->lanes, adp_lane, at).role <= lane.role) {
        at++;
    }
    g_array_insert_val(lanes->lanes, at, lane);
}

guint adp_lanes_sharing(const adp_lanes *lanes)
{
    return g_hash_table_size(lanes->beyond);
}

guint adp_lanes_columns(const adp_lanes *lanes)
{
    return lanes->lanes->len + (adp_lanes_sharing(lanes) ? 1 : 0);
}

void adp_lanes_lay_out(adp_lanes *lanes)
{
    guint columns = MAX(adp_lanes_columns(lanes), 1);

    lanes->space = CLAMP((LEAST - LEFT - RIGHT) / columns, SPACE, MOST_SPACE);
    lanes->width = MAX(LEAST, LEFT + columns * lanes->space + RIGHT);
}

guint adp_lanes_x(const adp_lanes *lanes, adp_lane lane)
{
    return LEFT + (find_lane(lanes, lane) + 1) * lanes->space;
}

/* ---- the head ---- */

static void who(adp_page *page, const adp_lanes *lanes, guint x, const char *name,
                const char *address)
{
    guint room = (guint)((lanes->space - 8) / ADP_LADDER_BOLD);

    adp_page_rawf(page, "<text class=\"who\" x=\"%u\" y=\"36\">", x);
    adp_page_short(page, name ? name : address, room);
    adp_page_raw(page, "</text>");
    if (name) {
        adp_page_rawf(page, "<text class=\"where\" x=\"%u\" y=\"51\">", x);
        adp_page_short(page, address, room);
        adp_page_raw(page, "</text>");
    }
}

/* The role, over all of its columns. */
static void role_head(adp_page *page, const adp_lanes *lanes, adp_lane_role role)
{
    guint first = lanes->lanes->len;
    guint last = 0;
    guint i;

    for (i = 0; i < lanes->lanes->len; i++) {
        if (g_array_index(lanes->lanes, adp_lane, i).role == role) {
            first = MIN(first, i);
            last = i;
        }
    }
    if (first == lanes->lanes->len) {
        return;
    }
    adp_page_rawf(page, "<text class=\"role\" x=\"%u\" y=\"14\">",
                  LEFT + lanes->space * (first + last + 2) / 2);
    adp_page_text(page, role_names[role]);
    adp_page_rawf(page, "</text><line class=\"span\" x1=\"%u\" y1=\"20\" x2=\"%u\" y2=\"20\"/>",
                  LEFT + lanes->space * (first + 1) - lanes->space / 2 + 8,
                  LEFT + lanes->space * (last + 1) + lanes->space / 2 - 8);
}

/* Who the columns are, for those who do not see them. */
static void title(adp_page *page, const adp_model *model, const adp_lanes *lanes)
{
    guint i;

    adp_page_raw(page, "Columns, from the left: the client");
    for (i = 0; i < lanes->lanes->len; i++) {
        const adp_lane *at = &g_array_index(lanes->lanes, adp_lane, i);
        const char *name = adp_model_client_name(model, adp_client_at(at->server));

        adp_page_raw(page, "; ");
        adp_page_text(page, role_names[at->role]);
        adp_page_raw(page, " ");
        adp_page_text(page, adp_model_address_text(model, at->server));
        if (name) {
            adp_page_raw(page, " (");
            adp_page_text(page, name);
            adp_page_raw(page, ")");
        }
    }
}

void adp_lanes_head(adp_page *page, const adp_model *model, const adp_lanes *lanes,
                    adp_client client)
{
    guint i;

    adp_page_rawf(page,
                  "<thead><tr><th scope=\"col\"><svg role=\"img\" width=\"%u\" height=\"60\" "
                  "viewBox=\"0 0 %u 60\"><title>",
                  lanes->width, lanes->width);
    title(page, model, lanes);
    adp_page_raw(page, "</title><desc>Each line below is a step: an arrow from the client to the "
                       "server that was asked, and back with the answer.</desc>");
    adp_page_rawf(page, "<text class=\"role\" x=\"%u\" y=\"14\">client</text>", LEFT);
    adp_page_raw(page, "<text class=\"axis\" x=\"44\" y=\"51\">step</text>"
                       "<text class=\"axis\" x=\"116\" y=\"51\">seconds</text>");
    who(page, lanes, LEFT, adp_model_client_name(model, client),
        adp_model_address_text(model, client.address));
    for (i = 0; i < ADP_LANE_ROLES; i++) {
        role_head(page, lanes, (adp_lane_role)i);
    }
    for (i = 0; i < lanes->lanes->len; i++) {
        const adp_lane *at = &g_array_index(lanes->lanes, adp_lane, i);

        who(page, lanes, LEFT + (i + 1) * lanes->space,
            adp_model_client_name(model, adp_client_at(at->server)),
            adp_model_address_text(model, at->server));
    }
    if (adp_lanes_sharing(lanes)) {
        who(page, lanes, LEFT + (i + 1) * lanes->space, "other servers", "see the steps");
    }
    adp_page_raw(page, "</svg></th></tr></thead>\n");
}
