/* decrypt.c
 * Which keys would open what a capture hides, in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/decrypt.h"

#include "join/identity.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/keys.h"
#include "show/rows.h"
#include "show/wrap.h"
#include "wire/text.h"

#include <epan/prefs-int.h>
#include <epan/prefs.h>
#include <string.h>

#define COLUMN 12

static void say(GString *out, const char *label, const char *text)
{
    g_string_append_printf(out, "   %-8s ", label);
    adp_report_wrap(out, text, COLUMN, COLUMN);
}

/* "10.77.0.1 (dc1.contoso.test): 2 connections, 6 LDAP messages, from frame 170 on" */
static void one_key(const adp_model *model, const adp_key *key, GString *out)
{
    const char *address = adp_model_address_text(model, key->server);
    GString *line = g_string_new(address);

    if (key->host) {
        g_string_append_printf(line, " (%s)", key->host);
    }
    if (key->kind == ADP_KEY_KERBEROS) {
        g_string_append(line, ", ");
        if (key->principal) {
            g_string_append(line, key->principal);
        } else {
            g_string_append_printf(line, "ldap/%s", key->host ? key->host : address);
        }
    }
    g_string_append_printf(line, ": %u %s", key->connections,
                           key->connections == 1 ? "connection" : "connections");
    if (key->messages) {
        g_string_append_printf(line, ", %u LDAP %s", key->messages,
                               key->messages == 1 ? "message" : "messages");
    }
    g_string_append_printf(line, ", from frame %u on", key->frame);
    g_string_append(out, "     ");
    adp_report_wrap(out, line->str, 5, 7);
    g_string_free(line, TRUE);
}

/* All that is hidden in one way, and then once what to do about it. */
static gboolean one_kind(const adp_model *model, const GArray *keys, adp_key_kind kind,
                         guint number, GString *out)
{
    const adp_key_advice *advice = adp_key_advice_of(kind);
    gboolean any = FALSE;
    guint i;

    for (i = 0; i < keys->len; i++) {
        const adp_key *key = &g_array_index(keys, adp_key, i);

        if (key->kind == kind) {
            if (!any) {
                g_string_append_printf(out, "\n%u. %s\n", number, advice->hidden);
            }
            any = TRUE;
            one_key(model, key, out);
        }
    }
    if (any) {
        say(out, "key", advice->needed);
        say(out, "get it", advice->get);
    }
    if (any && advice->window) {
        say(out, "set it", advice->window);
        say(out, "tshark", advice->option);
    }
    return any;
}

/* A setting of Wireshark's Kerberos; FALSE, "" where this Wireshark cannot decrypt. */
static gboolean wants_decryption(void)
{
    module_t *module = prefs_find_module("kerberos");
    pref_t *pref = module ? prefs_find_preference(module, "decrypt") : NULL;

    return pref && prefs_get_bool_value(pref, pref_current);
}

static gboolean names_keytab(void)
{
    module_t *module = prefs_find_module("kerberos");
    pref_t *pref = module ? prefs_find_preference(module, "file") : NULL;
    const char *file = pref ? prefs_get_string_value(pref, pref_current) : NULL;

    return file && *file;
}

static gboolean is_sealed_with_kerberos(adp_analysis *analysis, const adp_selection *selection)
{
    GArray *keys = adp_keys_wanted(analysis, selection->paths);
    gboolean any = FALSE;
    guint i;

    for (i = 0; i < keys->len && !any; i++) {
        any = g_array_index(keys, adp_key, i).kind == ADP_KEY_KERBEROS;
    }
    g_array_unref(keys);
    return any;
}

char *adp_decrypt_note(adp_analysis *analysis, const adp_selection *selection, gboolean always)
{
    guint opened;

    if (!is_sealed_with_kerberos(analysis, selection)) {
        return NULL;
    }
    if (!wants_decryption()) {
        return always || names_keytab()
                   ? g_strdup("The preference kerberos.decrypt is off: a keytab alone (-K, or "
                              "kerberos.file) opens nothing. Add -o kerberos.decrypt:TRUE.")
                   : NULL;
    }
    opened = adp_keys_opened(adp_analysis_model(analysis));
    if (opened) {
        return g_strdup_printf("The keys that are set open %u LDAP %s, and not all: "
                               "-z adpath,decrypt says which principals are missing.",
                               opened, opened == 1 ? "step" : "steps");
    }
    return g_strdup(
        "The preference kerberos.decrypt is on, and no key opens what Kerberos has sealed "
        "here: there is no keytab, or it has other principals, or keys from before or "
        "after a change of the password. -z adpath,decrypt says which are needed.");
}

void adp_decrypt(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                 GString *out)
{
    const adp_model *model = adp_analysis_model(analysis);
    GArray *keys = adp_keys_wanted(analysis, selection->paths);
    guint opened = adp_keys_opened(model);
    guint number = 1;
    char *note;
    char *masked;
    int kind;

    g_string_append_printf(out, "What this capture hides, and which keys would open it\n");
    if (opened) {
        g_string_append_printf(out, "\n%u LDAP %s readable with the keys that are set now.\n",
                               opened, opened == 1 ? "step is" : "steps are");
    }
    if (keys->len == 0) {
        g_string_append(out, "\nNothing of the discovery path is hidden here.\n");
    }
    note = adp_decrypt_note(analysis, selection, TRUE);
    if (note) {
        g_string_append_c(out, '\n');
        adp_report_wrap(out, note, 0, 0);
        g_free(note);
    }
    for (kind = 0; kind < ADP_KEY_KINDS; kind++) {
        number += one_kind(model, keys, (adp_key_kind)kind, number, out) ? 1 : 0;
    }
    if (keys->len) {
        g_string_append(out, "\nWireshark reads the file anew when you press OK in the "
                             "preferences.\nSealed and encrypted is healthy: it is no fault.\n");
    }
    g_array_unref(keys);
    masked = mailboxes ? NULL : adp_mask_mailboxes(out->str);
    if (masked) {
        g_string_assign(out, masked);
        g_free(masked);
    }
}
