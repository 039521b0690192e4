/* decrypt.c
 * Which keys would open what a capture hides, in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "decrypt.h"

#include "../model/keys.h"
#include "../model/text.h"
#include "verdict.h"

#include <string.h>

#define COLUMN 12

static void say(GString *out, const char *label, const char *text)
{
    g_string_append_printf(out, "   %-8s ", label);
    adp_report_wrap(out, text, COLUMN, COLUMN);
}

/* The sentence with the names that this capture gives. */
static char *fill(const adp_model *model, const adp_key *key, const char *text)
{
    GString *out = g_string_new(text);
    const char *host = key->host ? key->host : adp_model_address_text(model, key->server);
    char *principal = key->principal ? g_strdup(key->principal) : g_strdup_printf("ldap/%s", host);

    (void)g_string_replace(out, "{principal}", principal, 0);
    (void)g_string_replace(out, "{host}", host, 0);
    g_free(principal);
    return g_string_free(out, FALSE);
}

static void say_filled(const adp_model *model, const adp_key *key, GString *out, const char *label,
                       const char *text)
{
    char *filled = fill(model, key, text);

    say(out, label, filled);
    g_free(filled);
}

static void one_key(const adp_model *model, const adp_key *key, guint number, GString *out)
{
    const adp_key_advice *advice = adp_key_advice_of(key->kind);
    GString *line = g_string_new(adp_model_address_text(model, key->server));

    if (key->host) {
        g_string_append_printf(line, " (%s)", key->host);
    }
    g_string_append_printf(line, ": %u %s", key->connections,
                           key->connections == 1 ? "connection" : "connections");
    if (key->messages) {
        g_string_append_printf(line, ", %u LDAP %s", key->messages,
                               key->messages == 1 ? "message" : "messages");
    }
    g_string_append_printf(line, " from frame %u on, %s.", key->frame, advice->hidden);
    g_string_append_printf(out, "\n%u. ", number);
    adp_report_wrap(out, line->str, 3, 3);
    g_string_free(line, TRUE);
    say_filled(model, key, out, "key", advice->needed);
    say_filled(model, key, out, "get it", advice->get);
    if (advice->window) {
        say(out, "set it", advice->window);
        say(out, "tshark", advice->option);
    }
}

void adp_decrypt(const adp_model *model, const adp_selection *selection, gboolean mailboxes,
                 GString *out)
{
    GArray *keys = adp_keys_wanted(model);
    guint opened = adp_keys_opened(model);
    char *masked;
    guint i;

    (void)selection;
    g_string_append_printf(out, "What this capture hides, and which keys would open it\n\n");
    if (opened) {
        g_string_append_printf(out, "%u LDAP %s readable with the keys that are set now.\n", opened,
                               opened == 1 ? "step is" : "steps are");
    }
    if (keys->len == 0) {
        g_string_append(out, "Nothing of the discovery path is hidden here.\n");
    }
    for (i = 0; i < keys->len; i++) {
        one_key(model, &g_array_index(keys, adp_key, i), i + 1, out);
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
