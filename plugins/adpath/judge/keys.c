/* keys.c
 * Which keys would open what a capture hides.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/keys.h"

#include "join/identity.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/endpoint.h"
#include "judge/endpoints.h"
#include "log/observation.h"
#include "wire/hash.h"

#include <string.h>

/*
 * That a keytab of the domain controller opens sealed LDAP: measured with Samba's controllers,
 * GSSAPI and GSS-SPNEGO. The names of preferences: Wireshark 4.0 to 4.6. What Schannel does
 * not write: from memory.
 */
static const adp_key_advice advice[] = {
    [ADP_KEY_KERBEROS] =
        {"LDAP sealed with the session key of a Kerberos ticket",
         "A keytab with the keys of the principals named above: those of the domain controllers' "
         "computer accounts (HOST$), as they were when the tickets were issued. Where the capture "
         "shows how the tickets were fetched, the key of the client's account or of krbtgt will "
         "do.",
         "A Samba controller writes one: samba-tool domain exportkeytab FILE. A Windows controller "
         "has no command that only reads its key out; in a laboratory, take it from a copy of its "
         "database. Do not use ktpass on a computer account: it sets a new password. A keytab is "
         "as good as the password: keep it safe, and delete it when you are done.",
         "Edit > Preferences > Protocols > KRB5: tick \"Try to decrypt Kerberos blobs\", and name "
         "the file under \"Kerberos keytab file\".",
         "-o kerberos.decrypt:TRUE -K FILE"},
    [ADP_KEY_UNSEEN] =
        {"LDAP wrapped by SASL, and the capture does not show the bind",
         "No key helps by itself: the ticket with the session key was shown in the bind, before "
         "the capture began.",
         "Record again, and start before the program that is looked at. Purge its tickets first if "
         "you want to see the KDC as well (klist purge).",
         NULL, NULL},
    [ADP_KEY_NTLM] =
        {"LDAP sealed by NTLM",
         "The password of the account that was bound with NTLM; one account at a time.",
         "It must be the password itself. On a command line other users of this machine can see "
         "it: the preferences are the better place.",
         "Edit > Preferences > Protocols > NTLMSSP: \"NT Password\".",
         "-o ntlmssp.nt_password:PASSWORD"},
    [ADP_KEY_TLS] =
        {"LDAP within TLS", "The session keys of these TLS connections, as a key log file.",
         "The client can write it while it runs, when its library is OpenSSL, GnuTLS or NSS and "
         "its program supports the environment variable SSLKEYLOGFILE. Windows' own Schannel "
         "writes none. The private key of the server's certificate opens connections of TLS 1.2 "
         "and older only, and only those with RSA key exchange.",
         "Edit > Preferences > Protocols > TLS: \"(Pre)-Master-Secret log filename\".",
         "-o tls.keylog_file:FILE"},
    [ADP_KEY_WEB] =
        {"HTTP within TLS: the autodiscover exchange itself",
         "The session keys of these TLS connections, as a key log file.",
         "A browser or curl writes it when the environment variable SSLKEYLOGFILE names a file; "
         "Outlook and other programs on Windows' own Schannel write none. Else look at the "
         "server's log for the same minute, or record behind the device that ends TLS.",
         "Edit > Preferences > Protocols > TLS: \"(Pre)-Master-Secret log filename\".",
         "-o tls.keylog_file:FILE"},
    [ADP_KEY_NO_MECHANISM] =
        {"LDAP sealed by a mechanism that Wireshark cannot open", "None that Wireshark could use.",
         "Record with another mechanism, for instance Kerberos, and the keytab of the server.",
         NULL, NULL},
};

const adp_key_advice *adp_key_advice_of(adp_key_kind kind)
{
    return &advice[kind];
}

/* What the steps before tell of a connection that is found hidden later. */
typedef struct {
    const char *principal;
    gboolean ntlm;
} seen;

typedef struct {
    const adp_model *model;
    adp_endpoints *endpoints;
    GHashTable *paths;   /* those that are asked about; NULL: all */
    GHashTable *streams; /* stream + 1 -> seen, owned */
    GHashTable *index;   /* "kind|server|principal", owned -> place in `keys`, plus 1 */
    GArray *keys;        /* of adp_key */
} search;

static seen *seen_of(search *s, guint32 stream)
{
    gpointer key = GUINT_TO_POINTER(stream + 1);
    seen *found = g_hash_table_lookup(s->streams, key);

    if (!found) {
        found = g_new0(seen, 1);
        g_hash_table_insert(s->streams, key, found);
    }
    return found;
}

static void want(search *s, const adp_key *key)
{
    char *name = g_strdup_printf("%d|%u|%s|%s", (int)key->kind, key->server,
                                 key->principal ? key->principal : "",
                                 key->kind == ADP_KEY_WEB && key->host ? key->host : "");
    guint at = GPOINTER_TO_UINT(g_hash_table_lookup(s->index, name));

    if (at) {
        adp_key *known = &g_array_index(s->keys, adp_key, at - 1);

        known->connections += key->connections;
        known->messages += key->messages;
        g_free(name);
        return;
    }
    g_array_append_val(s->keys, *key);
    g_hash_table_insert(s->index, name, GUINT_TO_POINTER(s->keys->len));
}

/* A bind's tokens tell whether NTLM sealed what follows. */
static gboolean is_ntlm(const adp_model *model, const adp_step *step)
{
    guint32 i;

    for (i = step->first; i != ADP_NONE; i = adp_model_mark(model, i)->next) {
        const adp_obs *obs = adp_model_obs(model, i);

        if (obs->type == ADP_OBS_LDAP_BIND && obs->u.bind->ntlm) {
            return TRUE;
        }
    }
    return FALSE;
}

static adp_key_kind kind_of(const adp_step *step, adp_protection protection, const seen *known)
{
    if (protection == ADP_PROTECTION_TLS) {
        return ADP_KEY_TLS;
    }
    if (known->ntlm) {
        return ADP_KEY_NTLM;
    }
    if (known->principal) {
        return ADP_KEY_KERBEROS;
    }
    if (!step->own->mechanism) {
        return ADP_KEY_UNSEEN;
    }
    return g_ascii_strcasecmp(step->own->mechanism, "GSSAPI") == 0 ||
                   g_ascii_strcasecmp(step->own->mechanism, "GSS-SPNEGO") == 0
               ? ADP_KEY_KERBEROS
               : ADP_KEY_NO_MECHANISM;
}

static gboolean is_asked(const search *s, guint32 path)
{
    return !s->paths || g_hash_table_contains(s->paths, GUINT_TO_POINTER(path + 1));
}

static void one_step(search *s, const adp_step *step)
{
    const adp_model *model = s->model;

    if (step->kind == ADP_STEP_BIND && is_ntlm(model, step)) {
        seen_of(s, step->flow.stream)->ntlm = TRUE;
    } else if (step->kind == ADP_STEP_KERBEROS && step->request != ADP_NONE) {
        const adp_obs_krb *krb = adp_model_obs(model, step->request)->u.krb;

        if (krb->exchange == ADP_EXCHANGE_AP && krb->carrier == ADP_CARRIER_LDAP) {
            seen_of(s, step->flow.stream)->principal = krb->spn;
        }
    } else if (step->kind == ADP_STEP_HIDDEN && is_asked(s, step->path)) {
        const adp_obs *first = adp_model_obs(model, step->first);
        const seen *known = seen_of(s, step->flow.stream);
        const char *name = adp_model_address_name(model, step->flow.server);
        adp_key key = {.kind = kind_of(step, first->protection, known),
                       .server = step->flow.server,
                       .host = name ? name : step->server_name,
                       .connections = 1,
                       .messages = step->own->messages,
                       .frame = first->frame};

        key.principal = key.kind == ADP_KEY_KERBEROS ? known->principal : NULL;
        want(s, &key);
    }
}

/* Endpoints whose TLS went well, and of which no HTTP is to be seen. */
static void web(search *s, guint32 path)
{
    GPtrArray *endpoints = adp_endpoints_of(s->endpoints, path);
    guint i;
    guint e;

    for (i = 0; i < endpoints->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(endpoints, i);

        /* Of what the settings name nothing is judged but the way there. */
        for (e = 0; endpoint->outcome == ADP_ENDPOINT_HIDDEN && !endpoint->is_service &&
                    e < endpoint->evidence->len;
             e++) {
            guint32 obs = g_array_index(endpoint->evidence, guint32, e);
            guint32 index = adp_model_mark(s->model, obs)->step;
            const adp_step *step = index == ADP_NONE ? NULL : adp_model_step(s->model, index);

            if (step && step->kind == ADP_STEP_TLS && step->first == obs) {
                adp_key key = {
                    .kind = ADP_KEY_WEB,
                    .server = step->flow.server,
                    .host = adp_model_obs(s->model, obs)->u.tls->sni,
                    .connections = 1,
                    .frame = adp_model_obs(s->model, obs)->frame,
                };

                want(s, &key);
            }
        }
    }
    g_ptr_array_unref(endpoints);
}

static gint by_frame(gconstpointer a, gconstpointer b)
{
    const adp_key *x = a;
    const adp_key *y = b;

    if (x->frame != y->frame) {
        return x->frame < y->frame ? -1 : 1;
    }
    return (int)x->kind - (int)y->kind;
}

GArray *adp_keys_wanted(adp_analysis *analysis, GHashTable *paths)
{
    const adp_model *model = adp_analysis_model(analysis);
    search s = {.model = model,
                .endpoints = adp_analysis_endpoints(analysis),
                .paths = paths,
                .streams = g_hash_table_new_full(NULL, NULL, NULL, g_free),
                .index = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL),
                .keys = g_array_new(FALSE, FALSE, sizeof(adp_key))};
    guint32 i;

    for (i = 0; i < adp_model_step_count(model); i++) {
        one_step(&s, adp_model_step(model, i));
    }
    for (i = 0; i < adp_model_path_count(model); i++) {
        if (is_asked(&s, i)) {
            web(&s, i);
        }
    }
    g_array_sort(s.keys, by_frame);
    g_hash_table_unref(s.streams);
    g_hash_table_unref(s.index);
    return s.keys;
}

guint adp_keys_opened(const adp_model *model)
{
    guint opened = 0;
    guint32 i;

    for (i = 0; i < adp_model_step_count(model); i++) {
        const adp_obs *first = adp_model_obs(model, adp_model_step(model, i)->first);

        opened += first->decrypted ? 1 : 0;
    }
    return opened;
}
