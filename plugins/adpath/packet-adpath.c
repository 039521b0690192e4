/* packet-adpath.c
 * The protocol "adpath": a post-dissector. On its first pass a frame is read
 * into the model; on every pass what the model knows of it is shown.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "packet-adpath.h"

#include "join/model.h"
#include "log/observation.h"
#include "read/read.h"
#include "show/annotate.h"
#include "show/conversation_filter.h"
#include "show/flow.h"
#include "show/menu.h"
#include "show/signatures.h"
#include "show/srt.h"
#include "show/steps_table.h"
#include "show/taps.h"
#include "show/tree.h"
#include "show/values.h"

#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <epan/tap.h>

static int proto_adpath = -1;
static int adpath_tap = -1;
static dissector_handle_t adpath_handle;

static adp_bool pref_analysis = TRUE;
static adp_bool pref_mailboxes = FALSE;

/* Of the file that is open; made and freed by Wireshark's per-file routines. */
static adp_model *model;

const adp_model *adp_current_model(void)
{
    return model;
}

gboolean adp_analyses(void)
{
    return pref_analysis;
}

gboolean adp_shows_mailboxes(void)
{
    return pref_mailboxes;
}

/*
 * A frame's proto data is the number of its first observation, plus 1. The
 * frame may be dissected twice on its first pass, so an old number is replaced.
 */
static void remember(packet_info *pinfo, guint32 first)
{
    p_remove_proto_data(wmem_file_scope(), pinfo, proto_adpath, 0);
    if (first < adp_model_obs_count(model)) {
        p_add_proto_data(wmem_file_scope(), pinfo, proto_adpath, 0, GUINT_TO_POINTER(first + 1));
    }
}

guint32 adp_first_obs_of(packet_info *pinfo)
{
    guint32 first = GPOINTER_TO_UINT(p_get_proto_data(wmem_file_scope(), pinfo, proto_adpath, 0));

    return model && first && first <= adp_model_obs_count(model) ? first - 1 : ADP_NONE;
}

/* Returns the frame's first observation, or ADP_NONE. */
static guint32 read_frame(packet_info *pinfo, proto_tree *tree)
{
    guint32 before;

    /* Truncates first when the frame is known, so that the count is the right one. */
    adp_read_begin(model, pinfo);
    before = adp_model_obs_count(model);
    adp_read_frame(model, pinfo, tree);
    remember(pinfo, before);
    return before < adp_model_obs_count(model) ? before : ADP_NONE;
}

static int dissect_adpath(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    gboolean early = !pinfo->fd->visited;
    guint32 first;

    if (!pref_analysis || !model) {
        return 0;
    }
    first = early ? read_frame(pinfo, tree) : adp_first_obs_of(pinfo);
    if (first == ADP_NONE || !adp_is_tagged(model, first, early, pref_mailboxes)) {
        return 0;
    }
    if (tree && proto_field_is_referenced(tree, proto_adpath)) {
        adp_annotate(model, first, tvb, pinfo, tree, proto_adpath, early, pref_mailboxes);
    } else {
        adp_annotate_expert(model, first, pinfo, early, pref_mailboxes);
    }
    if (have_tap_listener(adpath_tap)) {
        tap_queue_packet(adpath_tap, pinfo, GUINT_TO_POINTER(first + 1));
    }
    return 0;
}

static void start_file(void)
{
    adp_model_free(model);
    model = adp_model_new();
}

static void end_file(void)
{
    adp_model_free(model);
    model = NULL;
}

/* Without wanted fields Wireshark makes no tree for us: switched off costs nothing. */
static void apply_preferences(void)
{
    set_postdissector_wanted_hfids(adpath_handle, pref_analysis
                                                      ? adp_read_wanted_fields()
                                                      : g_array_new(FALSE, FALSE, sizeof(int)));
}

static void register_preferences(void)
{
    module_t *module = prefs_register_protocol(proto_adpath, apply_preferences);

    prefs_register_bool_preference(module, "analysis", "Analyse the discovery path",
                                   "Find the steps by which clients locate their directory and "
                                   "mail server. Switched off, the plugin costs nothing.",
                                   &pref_analysis);
    prefs_register_bool_preference(module, "mailboxes", "Show mailbox names",
                                   "Show e-mail addresses in fields and reports. Otherwise they "
                                   "stand as <mailbox>.",
                                   &pref_mailboxes);
    adp_signatures_register(module);
}

void adp_register(void)
{
    proto_adpath = proto_register_protocol("Active Directory Discovery Path", "ADPath", "adpath");
    adp_annotate_register(proto_adpath);
    adp_values_register(proto_adpath);
    register_preferences();
    register_init_routine(start_file);
    register_cleanup_routine(end_file);
    adpath_tap = register_tap(ADP_TAP);
    adpath_handle = create_dissector_handle(dissect_adpath, proto_adpath);
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

void adp_register_handoff(void)
{
    adp_read_init();
    fill_netlogon_gap();
    adp_values_register_handoff(proto_adpath);
    apply_preferences();
    adp_taps_register();
    adp_tree_register();
    adp_steps_table_register();
    adp_flow_register(proto_adpath);
    adp_srt_register(proto_adpath);
    adp_conversation_filter_register();
    adp_menu_register();
}
