/* values.c
 * What the values of an SCP's attributes say, shown where Wireshark shows the value.
 *
 * The handlers always return 0, so that Wireshark adds its own item as well:
 * filters on ldap.AttributeValue keep working (measured on 4.0, 4.4 and 4.6).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/values.h"

#include "session.h"
#include "wire/arena.h"
#include "wire/scp.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

static int hf_value = -1;
static int hf_scheme = -1;
static int hf_host = -1;
static int hf_port = -1;
static int hf_path = -1;
static int hf_guid = -1;
static int hf_meaning = -1;
static int hf_site = -1;
static int hf_domain = -1;
static int hf_tenant = -1;
static int hf_tenant_name = -1;
static int hf_service = -1;
static int ett_value = -1;

/* Longer values are nobody's binding or keyword. */
#define MAX_VALUE ADP_TEXT_MAX

typedef struct {
    tvbuff_t *tvb;
    int length;
    proto_tree *tree;
} context;

/* The text as it may be shown; free with g_free(). */
static char *shown(const char *text)
{
    char *masked = adp_shows_mailboxes() ? NULL : adp_mask_mailboxes(text);

    return masked ? masked : g_strdup(text);
}

static context begin(tvbuff_t *tvb, proto_tree *tree, const char *text, const char *what)
{
    context c = {.tvb = tvb, .length = (int)tvb_captured_length(tvb)};
    char *value = shown(text);
    proto_item *item = proto_tree_add_string_format(tree, hf_value, tvb, 0, c.length, value,
                                                    "AD Discovery Path: %s", what);

    proto_item_set_generated(item);
    c.tree = proto_item_add_subtree(item, ett_value);
    g_free(value);
    return c;
}

static void add_string(const context *c, int hf, const char *text)
{
    char *value;

    if (!text || !*text) {
        return;
    }
    value = shown(text);
    proto_item_set_generated(proto_tree_add_string(c->tree, hf, c->tvb, 0, c->length, value));
    g_free(value);
}

static void add_part(const context *c, int hf, const char *text, gsize len)
{
    char *part = g_strndup(text, len);

    add_string(c, hf, part);
    g_free(part);
}

/* The value as safe text of the arena. */
static const char *text_of(adp_arena *arena, tvbuff_t *tvb)
{
    int length = MIN((int)tvb_captured_length(tvb), MAX_VALUE);

    return length ? adp_text(arena, tvb_get_ptr(tvb, 0, length), (gsize)length) : "";
}

static void add_port(const context *c, int port)
{
    if (port > 0) {
        proto_item_set_generated(
            proto_tree_add_uint(c->tree, hf_port, c->tvb, 0, c->length, (guint)port));
    }
}

static const char where[] = "where a service is";

static void show_binding(tvbuff_t *tvb, proto_tree *tree, const char *text)
{
    gsize scheme_len = strcspn(text, ":");
    adp_url url;
    context c;

    /* What has no such marks may be anything, and would pass for a host. */
    if (!adp_url_parse(text, strlen(text), &url) && !adp_scp_is_endpoint(text, &url)) {
        return;
    }
    c = begin(tvb, tree, text, where);
    if (url.scheme != ADP_SCHEME_NONE) {
        char *scheme = g_ascii_strdown(text, (gssize)scheme_len);

        add_string(&c, hf_scheme, scheme);
        g_free(scheme);
    }
    add_string(&c, hf_host, url.host);
    add_port(&c, url.port_is_said ? url.port : 0);
    add_part(&c, hf_path, url.path, url.path_len);
}

/* Keywords of the form NAME=VALUE or NAME:VALUE, and the field their value goes to. */
static const struct {
    const char *prefix;
    int *hf;
    const char *what;
} pairs[] = {
    {"Site=", &hf_site, "the AD site the entry is for"},
    {"Domain=", &hf_domain, "the mail domain the entry is for"},
    {"azureADId:", &hf_tenant, "the tenant of an Entra hybrid join"},
    {"azureADId=", &hf_tenant, "the tenant of an Entra hybrid join"},
    {"azureADName:", &hf_tenant_name, "the tenant's name for an Entra hybrid join"},
    {"azureADName=", &hf_tenant_name, "the tenant's name for an Entra hybrid join"},
    {"enterpriseDrsName:", &hf_service, "the server for device registration with AD FS"},
    {"enterpriseDrsName=", &hf_service, "the server for device registration with AD FS"},
    /* AD LDS; from memory. */
    {"site:", &hf_site, "the AD site of an AD LDS instance"},
};

static gboolean looks_like_guid(const char *text)
{
    const char *start = *text == '{' ? text + 1 : text;
    guint i;

    for (i = 0; i < 36; i++) {
        gboolean dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? start[i] != '-' : !g_ascii_isxdigit(start[i])) {
            return FALSE;
        }
    }
    return TRUE;
}

static void show_keyword(tvbuff_t *tvb, proto_tree *tree, const char *text)
{
    const char *meaning = adp_scp_keyword_meaning(text);
    context c;
    guint i;

    for (i = 0; i < G_N_ELEMENTS(pairs); i++) {
        if (adp_has_prefix(text, pairs[i].prefix)) {
            c = begin(tvb, tree, text, pairs[i].what);
            add_string(&c, *pairs[i].hf, text + strlen(pairs[i].prefix));
            return;
        }
    }
    if (!meaning && !looks_like_guid(text)) {
        return;
    }
    c = begin(tvb, tree, text, meaning ? meaning : "a GUID that marks a kind of entry");
    if (looks_like_guid(text)) {
        add_string(&c, hf_guid, text);
    }
    add_string(&c, hf_meaning, meaning);
}

typedef void (*show_value)(tvbuff_t *tvb, proto_tree *tree, const char *text);

static int dissect_value(tvbuff_t *tvb, proto_tree *tree, show_value show)
{
    adp_arena *arena;
    char *text;

    if (!tree || !adp_analyses() || tvb_captured_length(tvb) == 0) {
        return 0;
    }
    arena = adp_arena_new();
    text = adp_session_shown_early(adp_url_without_secrets(arena, text_of(arena, tvb)),
                                   show == show_keyword);
    show(tvb, tree, text);
    g_free(text);
    adp_arena_free(arena);
    return 0;
}

static int dissect_binding(tvbuff_t *tvb, packet_info *pinfo _U_, proto_tree *tree, void *data _U_)
{
    return dissect_value(tvb, tree, show_binding);
}

static int dissect_keyword(tvbuff_t *tvb, packet_info *pinfo _U_, proto_tree *tree, void *data _U_)
{
    return dissect_value(tvb, tree, show_keyword);
}

void adp_values_register(int proto)
{
#define STRING_FIELD(variable, title, name, meaning)                                               \
    {                                                                                              \
        &(variable),                                                                               \
        {                                                                                          \
            title, "adpath.value" name, FT_STRING, BASE_NONE, NULL, 0, meaning, HFILL              \
        }                                                                                          \
    }
    static hf_register_info rows[] = {
        STRING_FIELD(hf_value, "Value", "", "A value of an SCP attribute that is explained"),
        STRING_FIELD(hf_scheme, "Scheme", ".scheme", "Scheme of the binding's URL"),
        STRING_FIELD(hf_host, "Host", ".host", "Host of the binding's URL"),
        STRING_FIELD(hf_path, "Path", ".path", "Path of the binding's URL"),
        STRING_FIELD(hf_guid, "GUID", ".guid", "GUID that marks a kind of entry"),
        STRING_FIELD(hf_meaning, "Meaning", ".meaning", "What the keyword marks"),
        STRING_FIELD(hf_site, "Site", ".site", "AD site in the keyword"),
        STRING_FIELD(hf_domain, "Domain", ".domain", "Domain in the keyword"),
        STRING_FIELD(hf_tenant, "Tenant", ".tenant", "Tenant id of an Entra hybrid join"),
        STRING_FIELD(hf_tenant_name, "Tenant name", ".tenant_name",
                     "Tenant name of an Entra hybrid join"),
        STRING_FIELD(hf_service, "Registration server", ".registration_server",
                     "Server for device registration with AD FS"),
        {&hf_port,
         {"Port", "adpath.value.port", FT_UINT16, BASE_DEC, NULL, 0, "Port of the binding's URL",
          HFILL}},
    };
    static int *ett[] = {&ett_value};
#undef STRING_FIELD

    proto_register_field_array(proto, rows, G_N_ELEMENTS(rows));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
}

static void add_spellings(const char *const *names, guint count, dissector_handle_t handle)
{
    guint i;

    /* Later versions compare without regard to case; there the first one is all. */
    for (i = 0; i < (ADP_LDAP_NAME_MINDS_CASE ? count : 1); i++) {
        dissector_add_string("ldap.name", names[i], handle);
    }
}

void adp_values_register_handoff(int proto)
{
    /* The first spellings are those of the schema (MS-ADA); servers answer in the client's. */
    static const char *const bindings[] = {"serviceBindingInformation", "servicebindinginformation",
                                           "ServiceBindingInformation",
                                           "SERVICEBINDINGINFORMATION"};
    static const char *const keywords[] = {"keywords", "Keywords", "KEYWORDS"};

    if (!find_dissector_table("ldap.name")) {
        return;
    }
    add_spellings(bindings, G_N_ELEMENTS(bindings),
                  create_dissector_handle(dissect_binding, proto));
    add_spellings(keywords, G_N_ELEMENTS(keywords),
                  create_dissector_handle(dissect_keyword, proto));
}
