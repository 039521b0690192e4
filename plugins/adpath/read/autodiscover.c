/* autodiscover.c
 * What the bodies of autodiscover say: POX (MS-OXDSCLI), SOAP (MS-OXWSADISC) and JSON.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/autodiscover.h"

#include "log/observation.h"
#include "wire/arena.h"
#include "wire/hash.h"
#include "wire/limits.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

adp_autodiscover_form adp_autodiscover_form_of(const char *path)
{
    static const struct {
        const char *prefix;
        adp_autodiscover_form form;
    } forms[] = {
        {"/autodiscover/autodiscover.xml", ADP_AUTODISCOVER_POX},
        {"/autodiscover/autodiscover.svc", ADP_AUTODISCOVER_SOAP},
        {"/autodiscover/autodiscover.json", ADP_AUTODISCOVER_JSON},
        {"/autodiscover/", ADP_AUTODISCOVER_OTHER},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(forms); i++) {
        if (adp_has_prefix(path, forms[i].prefix)) {
            return forms[i].form;
        }
    }
    return ADP_AUTODISCOVER_NONE;
}

/* ---- XML ---- */

typedef struct {
    adp_arena *arena;
    adp_obs_http *http;
    GString *text;         /* of the element that is open */
    const char *soap_code; /* ErrorCode, until its target is known */
    gboolean is_service; /* SOAP: the name of the setting that is open says that its value is one */
    guint in_setting;    /* depth within the errors of single settings, */
    guint in_error;      /* and within errors: those of mobile devices have a Status */
} xml_state;

/* Prefixes are the writer's choice. */
static const char *local(const char *element)
{
    const char *colon = strchr(element, ':');

    return colon ? colon + 1 : element;
}

static gboolean is_setting_error(const char *name)
{
    return strcmp(name, "UserSettingError") == 0 || strcmp(name, "DomainSettingError") == 0;
}

static void start_element(GMarkupParseContext *context, const char *element, const char **names,
                          const char **values, gpointer user_data, GError **error)
{
    xml_state *state = user_data;
    const char *name = local(element);

    (void)context;
    (void)names;
    (void)values;
    (void)error;
    g_string_truncate(state->text, 0);
    if (is_setting_error(name)) {
        state->in_setting++;
    } else if (strcmp(name, "Error") == 0) {
        state->in_error++;
    }
    /*
     * POX: protocols of an account; mobile devices: Settings; SOAP: the settings asked for, or
     * what another organization needs to share calendars (GetFederationInformation).
     */
    if (strcmp(name, "Protocol") == 0 || strcmp(name, "Settings") == 0 ||
        strcmp(name, "UserSetting") == 0 || strcmp(name, "DomainSetting") == 0 ||
        strcmp(name, "ApplicationUri") == 0) {
        state->http->has_settings = TRUE;
    }
}

static const char *keep(const xml_state *state)
{
    const char *text = g_strstrip(state->text->str);

    return adp_text(state->arena, (const guint8 *)text, strlen(text));
}

static gboolean is_soap_success(const char *code)
{
    return strcmp(code, "NoError") == 0 || strcmp(code, "RedirectAddress") == 0 ||
           strcmp(code, "RedirectUrl") == 0;
}

static void take_error(xml_state *state)
{
    const char *code = keep(state);

    if (state->in_setting || !*code) {
        return;
    }
    if (adp_has_prefix(code, "Redirect")) {
        state->soap_code = code;
    }
    if (!is_soap_success(code) && !state->http->error) {
        state->http->error = code;
    }
}

/* MS-ASCMD 2.2.3.177.1: numbers of their own, so they are told from those of POX. */
static void take_status(xml_state *state)
{
    const char *text = g_strstrip(state->text->str);

    if (*text && !state->http->error) {
        char *code = g_strdup_printf("Status %s", text);

        state->http->error = adp_text(state->arena, (const guint8 *)code, strlen(code));
        g_free(code);
    }
}

/* A URL that the settings give for what comes after autodiscover. Several of them are often the same. */
static void take_service(adp_arena *arena, adp_obs_http *http, const char *text, gsize len)
{
    const char *url = adp_url_shown(arena, text, len);
    guint i;

    for (i = 0; i < http->services.count; i++) {
        if (adp_same_text(http->services.items[i], url)) {
            return;
        }
    }
    if (http->services.count >= ADP_MAX_SERVICES) {
        adp_limit_hit(arena, ADP_LIMIT_SERVICES);
    } else if (len) {
        adp_list_add(arena, &http->services, url);
    }
}

/* POX has an element for each; SOAP names what a value is for. */
static void take_setting(xml_state *state, const char *name)
{
    const char *text = g_strstrip(state->text->str);

    if (strcmp(name, "Name") == 0) {
        state->is_service =
            strcmp(text, "ExternalEwsUrl") == 0 || strcmp(text, "InternalEwsUrl") == 0;
    } else if (strcmp(name, "EwsUrl") == 0 || (strcmp(name, "Value") == 0 && state->is_service)) {
        take_service(state->arena, state->http, text, strlen(text));
    } else if (strcmp(name, "UserSetting") == 0) {
        state->is_service = FALSE;
    }
}

static void take_redirect(xml_state *state, gboolean is_address)
{
    const char *text = g_strstrip(state->text->str);
    gsize len = strlen(text);

    if (len && !state->http->redirect) {
        state->http->redirect = is_address ? keep(state) : adp_url_shown(state->arena, text, len);
        state->http->redirect_hash = adp_hash_lower(ADP_HASH_SEED, text);
        state->http->redirect_is_address = is_address;
    }
}

static void end_element(GMarkupParseContext *context, const char *element, gpointer user_data,
                        GError **error)
{
    xml_state *state = user_data;
    const char *name = local(element);

    (void)context;
    (void)error;
    if (is_setting_error(name)) {
        state->in_setting--;
    } else if (strcmp(name, "Error") == 0) {
        state->in_error--;
    } else if (strcmp(name, "Status") == 0 && state->in_error) {
        take_status(state);
    } else if (strcmp(name, "ErrorCode") == 0) {
        take_error(state);
    } else if (strcmp(name, "RedirectUrl") == 0 || strcmp(name, "RedirectURL") == 0) {
        take_redirect(state, FALSE);
    } else if (strcmp(name, "RedirectAddr") == 0 || strcmp(name, "Redirect") == 0) {
        take_redirect(state, TRUE);
    } else if (strcmp(name, "RedirectTarget") == 0) {
        take_redirect(state, state->soap_code && strcmp(state->soap_code, "RedirectUrl") != 0);
    } else if ((strcmp(name, "EMailAddress") == 0 || strcmp(name, "Mailbox") == 0) &&
               !state->http->mailbox) {
        state->http->mailbox = keep(state);
    } else {
        take_setting(state, name);
    }
    g_string_truncate(state->text, 0);
}

static void take_text(GMarkupParseContext *context, const char *text, gsize len, gpointer user_data,
                      GError **error)
{
    xml_state *state = user_data;

    (void)context;
    (void)error;
    if (state->text->len + len <= ADP_TEXT_MAX) {
        g_string_append_len(state->text, text, (gssize)len);
    }
}

static void read_xml(adp_arena *arena, const char *body, gsize len, adp_obs_http *http)
{
    static const GMarkupParser parser = {start_element, end_element, take_text, NULL, NULL};
    xml_state state = {.arena = arena, .http = http, .text = g_string_new(NULL)};
    GMarkupParseContext *context =
        g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &state, NULL);

    /* What is no XML, such as a page for people, ends it: so far is good. */
    if (!g_markup_parse_context_parse(context, body, (gssize)len, NULL)) {
        http->has_settings = FALSE;
    }
    g_markup_parse_context_free(context);
    g_string_free(state.text, TRUE);
}

/* ---- JSON ---- */

/* The string behind `"key":`, with its commonest escapes undone; NULL when there is none. */
static const char *json_string(adp_arena *arena, const char *body, gsize len, const char *key)
{
    gsize key_len = strlen(key);
    const char *end = body + len;
    const char *at;
    GString *value;
    const char *result;

    for (at = body; at + key_len + 2 < end; at++) {
        if (*at == '"' && at[key_len + 1] == '"' &&
            g_ascii_strncasecmp(at + 1, key, key_len) == 0) {
            break;
        }
    }
    at += key_len + 2;
    while (at < end && (g_ascii_isspace(*at) || *at == ':')) {
        at++;
    }
    if (at >= end || *at != '"') {
        return NULL;
    }
    value = g_string_new(NULL);
    for (at++; at < end && *at != '"' && value->len < ADP_TEXT_MAX; at++) {
        if (*at == '\\' && at + 1 < end) {
            at++;
        }
        g_string_append_c(value, *at);
    }
    result = adp_text(arena, (const guint8 *)value->str, value->len);
    g_string_free(value, TRUE);
    return result;
}

static void read_json(adp_arena *arena, const char *body, gsize len, adp_obs_http *http)
{
    const char *url = json_string(arena, body, len, "Url");

    http->error = json_string(arena, body, len, "ErrorCode");
    http->has_settings = url != NULL;
    if (url) {
        take_service(arena, http, url, strlen(url));
    }
}

void adp_autodiscover_read(adp_arena *arena, const char *body, gsize len, adp_obs_http *http)
{
    if (len > ADP_MAX_HTTP_BODY) {
        len = ADP_MAX_HTTP_BODY;
        adp_limit_hit(arena, ADP_LIMIT_HTTP_BODY);
    }
    if (len >= 3 && memcmp(body, "\xef\xbb\xbf", 3) == 0) {
        body += 3;
        len -= 3;
    }
    while (len && g_ascii_isspace(*body)) {
        body++;
        len--;
    }
    if (len && *body == '<') {
        read_xml(arena, body, len, http);
    } else if (len && *body == '{') {
        read_json(arena, body, len, http);
    }
}

const char *adp_autodiscover_target_mailbox(adp_arena *arena, const char *target, gsize *path_len)
{
    gsize path = strcspn(target, "?#");
    const char *last = NULL;
    const char *p;
    char *decoded;
    const char *mailbox = NULL;

    for (p = target; p < target + path; p++) {
        if (*p == '/') {
            last = p + 1;
        }
    }
    decoded = last ? g_uri_unescape_segment(last, target + path, NULL) : NULL;
    if (decoded && strchr(decoded, '@')) {
        path = (gsize)(last - target);
    } else if (target[path] == '?') {
        const char *begin = target + path + 1;
        GHashTable *query = g_uri_parse_params(begin, (gssize)strcspn(begin, "#"), "&",
                                               G_URI_PARAMS_CASE_INSENSITIVE, NULL);

        g_free(decoded);
        decoded = query ? g_strdup(g_hash_table_lookup(query, "Email")) : NULL;
        if (query) {
            g_hash_table_unref(query);
        }
    } else {
        g_free(decoded);
        decoded = NULL;
    }
    if (decoded && strchr(decoded, '@')) {
        mailbox = adp_text(arena, (const guint8 *)decoded, strlen(decoded));
    }
    g_free(decoded);
    *path_len = path;
    return mailbox;
}

static gsize path_length(const char *text, gsize len)
{
    gsize i;

    for (i = 0; i < len && text[i] != '?' && text[i] != '#'; i++) {
    }
    return i;
}

static gboolean ends_with(const char *text, gsize len, const char *end)
{
    gsize n = strlen(end);

    return len >= n && g_ascii_strncasecmp(text + len - n, end, n) == 0;
}

/* SOAP has a door of its own beside the one of POX. */
static gboolean is_a_door(const adp_obs_http *asked, const char *path, gsize len)
{
    static const char folder[] = "/autodiscover/";

    /* Folders between the two are allowed (from memory, of the EWS Managed API). */
    return len > strlen(folder) && g_ascii_strncasecmp(path, folder, strlen(folder)) == 0 &&
           (ends_with(path, len, "/autodiscover.xml") ||
            (asked && asked->form == ADP_AUTODISCOVER_SOAP &&
             ends_with(path, len, "/autodiscover.svc")));
}

gboolean adp_autodiscover_follows(const adp_obs_http *asked, const char *location, gsize len)
{
    gboolean json = asked && asked->form == ADP_AUTODISCOVER_JSON;
    adp_url url;

    if (adp_url_parse(location, len, &url)) {
        return url.scheme == ADP_SCHEME_HTTPS && (json || is_a_door(asked, url.path, url.path_len));
    }
    /* Relative to what was asked. */
    return len && *location == '/' && asked && asked->in_tls &&
           (json || is_a_door(asked, location, path_length(location, len)));
}
