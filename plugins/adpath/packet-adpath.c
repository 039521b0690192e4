/* packet-adpath.c
 * The protocol "adpath": a post-dissector. On its first pass a frame is read
 * into the model; on every pass what the model knows of it is shown.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "join/model.h"
#include "judge/analysis.h"
#include "log/observation.h"
#include "read/nodes.h"
#include "read/on_demand.h"
#include "read/other_end.h"
#include "read/read.h"
#include "read/tls.h"
#include "session.h"
#include "show/annotate.h"
#include "show/conversation_filter.h"
#include "show/evidence.h"
#include "show/flow.h"
#include "show/menu.h"
#include "show/packet_window.h"
#include "show/signatures.h"
#include "show/srt.h"
#include "show/steps_table.h"
#include "show/tap_data.h"
#include "show/taps.h"
#include "show/text_window.h"
#include "show/tree.h"
#include "show/values.h"

#include <adpath_version.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <epan/tap.h>

static int proto_adpath = -1;
static int adpath_tap = -1;
static dissector_handle_t adpath_handle;
static const char *short_name;

/* Which packet: a capture that is dissected again ends with the one that it ended with. */
typedef struct {
    guint32 number;
    nstime_t time;
} stamp;
static stamp newest;
static stamp last; /* of the file that was read */

/* Returns the frame's first observation, or ADP_NONE. Without a call: most frames end here. */
__attribute__((always_inline)) static inline guint32 read_frame(tvbuff_t *tvb, packet_info *pinfo,
                                                                proto_tree *tree)
{
    adp_model *model = adp_session_log();
    guint32 before;
    guint32 dst;

    /* Truncates first when the frame is known, so that the count is the right one. */
    dst = adp_read_begin(model, pinfo);
    before = adp_model_obs_count(model);
    adp_read_frame(model, pinfo, dst, tvb, tree);
    return adp_session_remember(pinfo, before) ? adp_first_obs_of(pinfo) : ADP_NONE;
}

/* Few frames are shown, and all pass by here. */
static G_GNUC_NO_INLINE void show_frame(adp_analysis *analysis, guint32 first, tvbuff_t *tvb,
                                        packet_info *pinfo, proto_tree *tree)
{
    gboolean mailboxes = adp_shows_mailboxes();
    gboolean early = !pinfo->fd->visited;

    if (!adp_is_tagged(analysis, first, early, mailboxes)) {
        return;
    }
    if (tree && proto_field_is_referenced(tree, proto_adpath)) {
        adp_annotate(analysis, first, tvb, pinfo, tree, proto_adpath, early, mailboxes);
    } else {
        adp_annotate_expert(analysis, first, pinfo, early, mailboxes);
    }
    if (have_tap_listener(adpath_tap)) {
        tap_queue_packet(adpath_tap, pinfo,
                         adp_tap_frame(adp_analysis_model(analysis), first, pinfo, early));
    }
}

/* The last packet has been read. Programs without a window have no light. */
static void light_up(void)
{
    last = newest;
    if (adp_gui_is_there() && adp_analyses() && adp_current_analysis()) {
        adp_annotate_light(adp_current_analysis(), adp_shows_mailboxes());
    }
}

/* Of a dissection anew, with another profile for one, Wireshark does not say that it is at its end. */
static void note_packet(const packet_info *pinfo)
{
    newest.number = pinfo->num;
    newest.time = pinfo->abs_ts;
    if (newest.number == last.number && nstime_cmp(&newest.time, &last.time) == 0) {
        light_up();
    }
}

/*
 * The handle is a helper's of the protocol, one "in name only", so that Wireshark makes no layer for
 * it on each frame, only to take it back. What a layer brings is here for the frames that are shown:
 * the name for error messages, and the number by which a filter tells one from another.
 */
static int dissect_adpath(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    const char *before = pinfo->current_proto;
    guint8 layer = pinfo->curr_proto_layer_num;
    guint32 first;

    if (!adp_analyses() || !adp_session_log()) {
        return 0;
    }
    pinfo->current_proto = short_name;
    first = pinfo->fd->visited ? adp_first_obs_of(pinfo) : read_frame(tvb, pinfo, tree);
    if (!pinfo->fd->visited) {
        note_packet(pinfo);
    }
    if (first != ADP_NONE) {
        pinfo->curr_proto_layer_num = 1;
        /* Reading may have made another analysis. */
        show_frame(adp_current_analysis(), first, tvb, pinfo, tree);
        pinfo->curr_proto_layer_num = layer;
    }
    if (tree) {
        adp_evidence_annotate(first, tvb, pinfo, tree);
        if (pinfo->fd->visited && PTREE_DATA(tree)->visible) {
            adp_packet_window_follow(pinfo->num);
        }
    }
    pinfo->current_proto = before;
    return 0;
}

/*
 * Without wanted fields Wireshark makes no tree for us: switched off costs nothing. Called when
 * the preferences change, and when a file begins.
 */
static void apply_preferences(void)
{
    gboolean everywhere = adp_analyses() && !adp_session_is_on_demand();

    set_postdissector_wanted_hfids(
        adpath_handle, everywhere ? adp_nodes_wanted() : g_array_new(FALSE, FALSE, sizeof(int)));
}

static void register_protocol(void)
{
    proto_adpath = proto_register_protocol("Active Directory Discovery Path", "ADPath", "adpath");
    adp_on_demand_register(proto_adpath);
    adp_annotate_register(proto_adpath);
    adp_values_register(proto_adpath);
    adp_signatures_register(adp_session_register(proto_adpath, apply_preferences));
    adpath_tap = register_tap(ADPATH_TAP_NAME);
    short_name = proto_get_protocol_short_name(find_protocol_by_id(proto_adpath));
    adpath_handle = create_dissector_handle(
        dissect_adpath, proto_register_protocol_in_name_only(
                            "Active Directory Discovery Path (reader)", "ADPath reader",
                            "adpath.reader", proto_adpath, FT_PROTOCOL));
    register_postdissector(adpath_handle);
}

/*
 * Domain controllers echo the spelling of the attribute that the client asked
 * for. Windows clients ask for "Netlogon", Samba's for "NetLogon".
 */
static void fill_netlogon_gap(void)
{
#if ADP_LDAP_NAME_MINDS_CASE
    static const char *const spellings[] = {"Netlogon", "NetLogon", "NETLOGON", "netLogon"};
    dissector_table_t table = find_dissector_table("ldap.name");
    dissector_handle_t handle = table ? dissector_get_string_handle(table, "netlogon") : NULL;
    guint i;

    for (i = 0; handle && i < G_N_ELEMENTS(spellings); i++) {
        dissector_add_string("ldap.name", spellings[i], handle);
    }
#endif
}

static void register_handoff(void)
{
    adp_nodes_init();
    adp_on_demand_init();
    adp_other_end_init();
    adp_tls_init();
    fill_netlogon_gap();
    adp_values_register_handoff(proto_adpath);
    apply_preferences();
    adp_taps_register();
    adp_tree_register();
    adp_steps_table_register();
    adp_flow_register(proto_adpath);
    adp_srt_register(proto_adpath);
    register_cleanup_routine(adp_evidence_forget);
    register_postseq_cleanup_routine(light_up);
    adp_conversation_filter_register();
    adp_menu_register();
}

/* ---- what Wireshark looks for when it loads the module ---- */

WS_DLL_PUBLIC_DEF const gchar plugin_version[] = ADPATH_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);

void plugin_register(void)
{
    static proto_plugin adpath = {
        .register_protoinfo = register_protocol,
        .register_handoff = register_handoff,
    };

    proto_register_plugin(&adpath);
}
