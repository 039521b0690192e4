/* session.c
 * The capture file that is open: its model, its analysis, and the preferences of its user.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "session.h"

#include "join/feed.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "log/observation.h"
#include "read/http2.h"
#include "read/on_demand.h"
#include "wire/pseudonym.h"
#include "wire/pseudonym_forms.h"
#include "wire/pseudonym_ldap.h"

#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <string.h>

static int proto_adpath = -1;

static adp_bool pref_analysis = TRUE;
static adp_bool pref_mailboxes = FALSE;
static adp_bool pref_all_steps = FALSE;
static adp_bool pref_anonymize = FALSE;
static adp_bool pref_infer = TRUE;
static const char *pref_anonymize_key = "";
static gint pref_tree = ADP_TREE_AUTO;

/* Of the file that is open; made and freed by Wireshark's per-file routines. */
static adp_model *model;
static adp_analysis *analysis;
static guint32 last_remembered; /* no frame behind it has a number of ours */
static gboolean on_demand;

/* With pseudonyms: the same capture once more, which all is shown from. Else NULL. */
static adp_pseudonyms *names;
static adp_model *shadow;
static adp_analysis *shadow_analysis;
static GArray *places; /* of guint32: where an observation of the model stands in it */

static void (*when_changed)(void);
static char tree_text[240];

const adp_model *adp_current_model(void)
{
    return shadow ? shadow : model;
}

adp_analysis *adp_current_analysis(void)
{
    adp_analysis *current = shadow ? shadow_analysis : analysis;

    if (current) {
        adp_analysis_let_infer(current, pref_infer);
    }
    return current;
}

adp_model *adp_session_log(void)
{
    return model;
}

gboolean adp_analyses(void)
{
    return pref_analysis;
}

gboolean adp_session_is_on_demand(void)
{
    return model ? on_demand : adp_on_demand_applies((adp_tree_choice)pref_tree);
}

char *adp_session_tree_text(void)
{
    return pref_analysis ? adp_on_demand_describe((adp_tree_choice)pref_tree)
                         : g_strdup("none, because the analysis is switched off");
}

/* What the preferences' page says; Wireshark keeps the address. */
static void note_tree(void)
{
    char *text = adp_session_tree_text();

    (void)g_snprintf(tree_text, sizeof(tree_text), "Protocol trees are made: %s.", text);
    g_free(text);
}

gboolean adp_shows_mailboxes(void)
{
    return pref_mailboxes && !shadow;
}

/* ---- pseudonyms ---- */

static void throw_shadow_away(void)
{
    adp_analysis_free(shadow_analysis);
    adp_model_free(shadow);
    shadow_analysis = NULL;
    shadow = NULL;
    if (places) {
        g_array_unref(places);
        places = NULL;
    }
}

static void make_shadow(void)
{
    shadow = adp_model_new_shadow(model);
    places = g_array_new(FALSE, FALSE, sizeof(guint32));
    shadow_analysis = adp_analysis_new(shadow);
}

static void follow(guint32 from)
{
    if (adp_model_cuts(shadow) != adp_model_cuts(model)) {
        throw_shadow_away();
        make_shadow();
        from = 0;
    }
    adp_model_shadow(shadow, model, from, names, places);
}

/* What `write` makes of the text; free with g_free(). */
static char *disguised(const char *text, gboolean is_keyword)
{
    GString *out = g_string_new(NULL);

    if (is_keyword) {
        adp_pseudonym_keyword(names, out, text);
    } else {
        adp_pseudonym_value(names, out, text, strlen(text), ADP_NAMED_OTHER);
    }
    return g_string_free(out, FALSE);
}

char *adp_session_shown(const char *text)
{
    return names && text ? disguised(text, FALSE) : g_strdup(text);
}

char *adp_session_shown_early(const char *text, gboolean is_keyword)
{
    char *shown;

    if (!names) {
        return g_strdup(text);
    }
    adp_pseudonyms_freeze(names, TRUE);
    shown = disguised(text, is_keyword);
    adp_pseudonyms_freeze(names, FALSE);
    return shown;
}

gboolean adp_anonymizes(void)
{
    return model ? names != NULL : pref_analysis && pref_anonymize;
}

gboolean adp_shows_all_steps(void)
{
    return pref_all_steps;
}

/*
 * A frame's proto data is the number of its first observation, plus 1. The
 * frame may be dissected twice on its first pass, so an old number is replaced.
 */
gboolean adp_session_remember(packet_info *pinfo, guint32 first)
{
    gboolean has_any = first < adp_model_obs_count(model);

    if (pinfo->num <= last_remembered) {
        p_remove_proto_data(wmem_file_scope(), pinfo, proto_adpath, 0);
    }
    if (has_any) {
        last_remembered = MAX(last_remembered, pinfo->num);
        p_add_proto_data(wmem_file_scope(), pinfo, proto_adpath, 0, GUINT_TO_POINTER(first + 1));
    }
    if (shadow) {
        follow(first);
    }
    return has_any;
}

guint32 adp_first_obs_of(packet_info *pinfo)
{
    guint32 first = GPOINTER_TO_UINT(p_get_proto_data(wmem_file_scope(), pinfo, proto_adpath, 0));

    if (!model || !first || first > adp_model_obs_count(model)) {
        return ADP_NONE;
    }
    if (!shadow) {
        return first - 1;
    }
    return first <= places->len ? g_array_index(places, guint32, first - 1) : ADP_NONE;
}

static void end_file(void)
{
    adp_on_demand_end();
    adp_http2_forget();
    throw_shadow_away();
    adp_pseudonyms_free(names);
    names = NULL;
    adp_analysis_free(analysis);
    adp_model_free(model);
    analysis = NULL;
    model = NULL;
    last_remembered = 0;
}

static void start_file(void)
{
    end_file();
    model = adp_model_new();
    analysis = adp_analysis_new(model);
    if (pref_analysis && pref_anonymize) {
        names = adp_pseudonyms_new(pref_anonymize_key);
        make_shadow();
    }
    on_demand = pref_analysis && adp_on_demand_begin(model, (adp_tree_choice)pref_tree);
    note_tree();
    when_changed();
}

module_t *adp_session_register(int proto, void (*changed)(void))
{
    static const enum_val_t choices[] = {{"auto", "auto", ADP_TREE_AUTO},
                                         {"everywhere", "everywhere", ADP_TREE_EVERYWHERE},
                                         {"on-demand", "on demand", ADP_TREE_ON_DEMAND},
                                         {NULL, NULL, 0}};
    module_t *module = prefs_register_protocol(proto, changed);

    proto_adpath = proto;
    when_changed = changed;
    prefs_register_bool_preference(module, "analysis", "Analyse the discovery path",
                                   "Find the steps by which clients locate their directory and "
                                   "mail server. Switched off, the plugin costs nothing.",
                                   &pref_analysis);
    prefs_register_bool_preference(module, "mailboxes", "Show mailbox names",
                                   "Show e-mail addresses in fields and reports. Otherwise they "
                                   "stand as <mailbox>.",
                                   &pref_mailboxes);
    prefs_register_bool_preference(module, "all_steps", "Report every step on a line of its own",
                                   "In the report for people, repeated lookups and healthy rounds "
                                   "otherwise stand on one line with their number.",
                                   &pref_all_steps);
    prefs_register_bool_preference(
        module, "anonymize", "Show pseudonyms instead of names",
        "Replace the names of hosts, domains, users and sites, and addresses, by pseudonyms in "
        "everything that adpath shows. The "
        "capture file, and what Wireshark itself shows, stay as they are.",
        &pref_anonymize);
    prefs_register_string_preference(module, "anonymize_key", "Secret word for pseudonyms",
                                     "The same word gives a name the same pseudonym in every "
                                     "capture. Without one, they are numbered in the order "
                                     "in which a capture shows the names.",
                                     &pref_anonymize_key);
    prefs_register_bool_preference(module, "infer", "Say what sealed traffic probably carried",
                                   "Where keys are missing, conclude from the sizes and times of "
                                   "records, and from what the client "
                                   "did next, what a sealed answer probably was. Such statements "
                                   "say \"probably\", and are no findings.",
                                   &pref_infer);
    prefs_register_enum_preference(
        module, "tree", "Make protocol trees",
        "Everywhere: Wireshark makes a protocol tree for every packet of the first pass, which is "
        "most of what the plugin costs. On demand: only packets that are read get one. Automatic: "
        "on "
        "demand with the versions of Wireshark for which both are proven to tell the same.",
        &pref_tree, choices, FALSE);
    note_tree();
    prefs_register_static_text_preference(module, "tree_text", tree_text,
                                          "In which way the packets of the file that is open were "
                                          "read, or those of the next one will be.");
    register_init_routine(start_file);
    register_cleanup_routine(end_file);
    return module;
}
