/* tls.c
 * The visible messages of a TLS handshake, as bytes (RFC 5246 7.4, RFC 8446 4).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/tls.h"

#include "join/feed.h"
#include "join/pair_tls.h"
#include "join/tls_records.h"
#include "log/observation.h"
#include "read/ber.h"
#include "read/frame.h"
#include "read/nodes.h"
#include "read/x509.h"
#include "wire/hash.h"
#include "wire/arena.h"
#include "wire/text.h"

#include <string.h>

enum {
    MESSAGE_CLIENT_HELLO = 1,
    MESSAGE_SERVER_HELLO = 2,
    MESSAGE_CERTIFICATE = 11,
    MESSAGE_FINISHED = 20
};

enum {
    EXTENSION_SERVER_NAME = 0,
    EXTENSION_ALPN = 16,
    EXTENSION_PADDING = 21,
    EXTENSION_SESSION_TICKET = 35,
    EXTENSION_PRE_SHARED_KEY = 41,
    EXTENSION_EARLY_DATA = 42,
    EXTENSION_SUPPORTED_VERSIONS = 43
};

#define HEADER_LEN 4
#define RANDOM_LEN 32
#define ALERT_LEN  2
/*
 * With TLS 1.3 an alert hides in a record of application data: level, description, the
 * true type, and a tag of 16 bytes. No data is called data that may be an alert.
 */
#define HIDDEN_ALERT_LEN 19

/** A cursor over bytes. Taking more than there is leaves it empty. */
typedef struct {
    const guint8 *at;
    gsize left;
} bytes;

static bytes take(bytes *from, gsize len)
{
    bytes result = {from->at, MIN(len, from->left)};

    from->at += result.left;
    from->left -= result.left;
    return result;
}

static guint32 number(bytes *from, gsize len)
{
    bytes digits = take(from, len);
    guint32 value = 0;

    if (digits.left < len) {
        return 0;
    }
    for (; digits.left; digits.left--) {
        value = (value << 8) | *digits.at++;
    }
    return value;
}

/* What a length of `len` bytes announces. */
static bytes vector(bytes *from, gsize len)
{
    guint32 length = number(from, len);

    return take(from, length);
}

static bytes find_extension(bytes list, guint wanted)
{
    const bytes nothing = {.at = (const guint8 *)"", .left = 0}; /* no arithmetic with NULL */

    while (list.left) {
        guint type = number(&list, 2);
        bytes content = vector(&list, 2);

        if (type == wanted) {
            return content;
        }
    }
    return nothing;
}

/* RFC 6066 3: a list of names, of which only host names exist. */
static const char *server_name(adp_arena *arena, bytes extension)
{
    bytes list = vector(&extension, 2);
    guint type = number(&list, 1);
    bytes name = vector(&list, 2);
    char *lower;
    const char *result;

    if (type != 0 || !name.left) {
        return NULL;
    }
    /* As text first: a NUL inside must not end the name. */
    lower = g_ascii_strdown(adp_text(arena, name.at, name.left), -1);
    result = adp_arena_strndup(arena, lower, strlen(lower));
    g_free(lower);
    return result;
}

/* The newest version of the list (RFC 8446 4.2.1), or `version` when it is newer. GREASE is none (RFC 8701). */
static guint16 newest(bytes extension, guint16 version)
{
    bytes list = vector(&extension, 1);

    while (list.left >= 2) {
        guint16 offered = (guint16)number(&list, 2);

        version = offered >> 8 == 3 ? MAX(version, offered) : version;
    }
    return version;
}

/* RFC 7301 3.1: names of protocols. */
static gboolean has_http2(bytes extension)
{
    bytes list = vector(&extension, 2);

    while (list.left) {
        bytes name = vector(&list, 1);

        if (name.left == 2 && memcmp(name.at, "h2", 2) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

/* RFC 8701: values that mean nothing, and change. */
static gboolean is_grease(guint value)
{
    return (value & 0x0F0F) == 0x0A0A && value >> 8 == (value & 0xFF);
}

/* What depends on the host, or on whether the client was there before. */
static gboolean is_of_occasion(guint type)
{
    return is_grease(type) || type == EXTENSION_PADDING || type == EXTENSION_SESSION_TICKET ||
           type == EXTENSION_PRE_SHARED_KEY || type == EXTENSION_EARLY_DATA;
}

/* Which cipher suites, in which order. */
static guint64 hash_of_suites(bytes suites)
{
    guint64 hash = ADP_HASH_SEED;

    while (suites.left) {
        guint16 suite = (guint16)number(&suites, 2);

        hash =
            is_grease(suite) ? hash : adp_hash_bytes(hash, (const guint8 *)&suite, sizeof(suite));
    }
    return hash;
}

/* Likewise with the extensions. A program that shuffles them is never like itself: then nothing is concluded. */
static guint32 offer_of(guint64 suites, bytes extensions)
{
    guint64 hash = suites;

    if (suites == ADP_HASH_SEED || !extensions.left) {
        return 0;
    }
    while (extensions.left) {
        guint16 type = (guint16)number(&extensions, 2);

        (void)vector(&extensions, 2);
        hash =
            is_of_occasion(type) ? hash : adp_hash_bytes(hash, (const guint8 *)&type, sizeof(type));
    }
    return (guint32)hash | 1;
}

static void read_client_hello(adp_arena *arena, bytes body, adp_obs_tls *tls)
{
    bytes extensions;
    bytes suites;
    guint64 hash;

    tls->version = (guint16)number(&body, 2);
    (void)take(&body, RANDOM_LEN);
    (void)vector(&body, 1); /* session id */
    suites = vector(&body, 2);
    (void)vector(&body, 1); /* compression methods */
    extensions = vector(&body, 2);
    tls->version = newest(find_extension(extensions, EXTENSION_SUPPORTED_VERSIONS), tls->version);
    tls->sni = server_name(arena, find_extension(extensions, EXTENSION_SERVER_NAME));
    tls->http2 = has_http2(find_extension(extensions, EXTENSION_ALPN));
    hash = hash_of_suites(suites);
    tls->suites = (guint32)hash;
    tls->offer = offer_of(hash, extensions);
    tls->records = adp_arena_new_array(arena, adp_tls_records, 1);
}

static void read_server_hello(bytes body, adp_obs_tls *tls)
{
    bytes extensions;
    bytes chosen;

    tls->version = (guint16)number(&body, 2);
    (void)take(&body, RANDOM_LEN);
    (void)vector(&body, 1);   /* session id */
    (void)take(&body, 2 + 1); /* cipher suite, compression method */
    extensions = vector(&body, 2);
    tls->http2 = has_http2(find_extension(extensions, EXTENSION_ALPN));
    chosen = find_extension(extensions, EXTENSION_SUPPORTED_VERSIONS);
    if (chosen.left >= 2) {
        tls->version = (guint16)number(&chosen, 2);
    }
}

/* The first certificate of the list; TLS 1.3 has a context before it, which servers leave empty. */
static gboolean read_certificate(adp_arena *arena, bytes body, adp_obs_tls *tls)
{
    bytes list = body;
    bytes der;
    guint32 length = number(&list, 3);

    if (length != list.left) {
        list = body;
        (void)vector(&list, 1);
        length = number(&list, 3);
    }
    if (length != list.left) {
        return FALSE;
    }
    length = number(&list, 3);
    der = take(&list, length);
    return der.left == length && adp_x509_names(arena, der.at, der.left, &tls->names);
}

typedef struct {
    adp_frame *frame;
    adp_flow flow;            /* of the connection, */
    gboolean known;           /* when there is a handshake on it that goes on */
    adp_tls_records *records; /* what is noted of its application data; NULL: nothing is wanted */
    gboolean from_client;     /* the frame comes from the client of that */
} tls_state;

static void add(tls_state *state, adp_obs_tls *tls, gboolean from_server, const field_info *fi,
                int length)
{
    adp_obs obs = adp_frame_obs(state->frame, ADP_OBS_TLS, from_server);

    obs.hash = adp_hash_range(fi->ds_tvb, fi->start, length) + (guint64)tls->event;
    obs.u.tls = tls;
    (void)adp_model_add(state->frame->model, &obs);
    state->known = adp_model_tls_goes_on(state->frame->model, &obs.flow);
    state->flow = obs.flow;
}

static gboolean from_server(const tls_state *state)
{
    const packet_info *pinfo = state->frame->pinfo;

    return state->frame->src == state->flow.server && pinfo->srcport == state->flow.server_port;
}

static adp_obs_tls *new_tls(const tls_state *state, adp_tls_event event)
{
    adp_obs_tls *tls = adp_arena_new_array(state->frame->arena, adp_obs_tls, 1);

    tls->event = event;
    /* A frame that was cut may have held more, such as what shows that all was well. */
    tls->damaged = state->frame->pinfo->fd->cap_len < state->frame->pinfo->fd->pkt_len;
    return tls;
}

/* `fi` is the byte of the message's type; the message begins with it. */
static void read_handshake(tls_state *state, const field_info *fi)
{
    adp_arena *arena = state->frame->arena;
    int available = (int)tvb_captured_length(fi->ds_tvb) - fi->start;
    adp_ber whole = adp_ber_range(fi->ds_tvb, fi->start, available);
    bytes body = {adp_ber_bytes(&whole), (gsize)MAX(0, adp_ber_length(&whole))};
    guint type = number(&body, 1);
    guint32 length = number(&body, 3);
    gboolean cut = length > body.left;
    int all;
    adp_obs_tls *tls;

    body.left = MIN(body.left, length);
    all = HEADER_LEN + (int)body.left;
    switch (type) {
    case MESSAGE_CLIENT_HELLO:
        tls = new_tls(state, ADP_TLS_CLIENT_HELLO);
        read_client_hello(arena, body, tls);
        tls->damaged = tls->damaged || cut;
        add(state, tls, FALSE, fi, all);
        break;
    case MESSAGE_SERVER_HELLO:
        tls = new_tls(state, ADP_TLS_SERVER_HELLO);
        read_server_hello(body, tls);
        tls->damaged = tls->damaged || cut;
        add(state, tls, TRUE, fi, all);
        break;
    case MESSAGE_CERTIFICATE:
        tls = new_tls(state, ADP_TLS_CERTIFICATE);
        if (state->known && from_server(state) && !cut && read_certificate(arena, body, tls)) {
            add(state, tls, TRUE, fi, all);
        }
        break;
    case MESSAGE_FINISHED:
        if (state->known && !from_server(state)) {
            add(state, new_tls(state, ADP_TLS_FINISHED), FALSE, fi, all);
        }
        break;
    default:
        break;
    }
}

static void read_alert(tls_state *state, const field_info *fi)
{
    adp_ber range = adp_ber_range(fi->ds_tvb, fi->start, fi->length);
    adp_obs_tls *tls;

    /* An encrypted one is longer. */
    if (!state->known || fi->length != ALERT_LEN || adp_ber_length(&range) != ALERT_LEN) {
        return;
    }
    tls = new_tls(state, ADP_TLS_ALERT);
    tls->alert_level = adp_ber_bytes(&range)[0];
    tls->alert = adp_ber_bytes(&range)[1];
    add(state, tls, from_server(state), fi, ALERT_LEN);
}

static gboolean is_tls_layer(const wmem_list_frame_t *layer)
{
    return adp_node_kind_of_id(GPOINTER_TO_INT(wmem_list_frame_data(layer))) == ADP_NODE_TLS;
}

/*
 * Does the frame show what TLS carries? Certificates are layers of their own, too, but clients show
 * none unless keys open that as well.
 */
static gboolean is_opened(const packet_info *pinfo)
{
    gboolean in_tls = FALSE;
    wmem_list_frame_t *layer;

    for (layer = wmem_list_head(pinfo->layers); layer; layer = wmem_list_frame_next(layer)) {
        if (in_tls && !is_tls_layer(layer)) {
            return TRUE;
        }
        in_tls = in_tls || is_tls_layer(layer);
    }
    return FALSE;
}

static void note_record(const tls_state *state, const field_info *fi)
{
    const packet_info *pinfo = state->frame->pinfo;
    adp_tls_record record = {.frame = pinfo->num,
                             .time = state->frame->time,
                             .length = (guint32)MAX(fi->length, 0),
                             .from_server = !state->from_client};

    if (pinfo->fd->cap_len < pinfo->fd->pkt_len) {
        state->records->damaged = state->records->damaged ? state->records->damaged : pinfo->num;
    }
    record.hash = (guint32)adp_hash_range(fi->ds_tvb, fi->start, fi->length);
    adp_tls_records_note(state->records, &record);
    if (state->from_client && is_opened(pinfo)) {
        state->records->opened = pinfo->num;
    }
}

static void visit(adp_node_kind kind, const field_info *fi, void *user_data)
{
    tls_state *state = user_data;

    switch (kind) {
    case ADP_NODE_TLS_MESSAGE:
        read_handshake(state, fi);
        break;
    case ADP_NODE_TLS_ALERT:
        read_alert(state, fi);
        break;
    case ADP_NODE_TLS_CIPHER_CHANGE:
        if (state->known) {
            add(state, new_tls(state, ADP_TLS_CIPHER_CHANGE), from_server(state), fi, fi->length);
        }
        break;
    case ADP_NODE_TLS_DATA:
        if (state->records) {
            note_record(state, fi);
        }
        if (state->known && fi->length > HIDDEN_ALERT_LEN) {
            add(state, new_tls(state, ADP_TLS_DATA), from_server(state), fi, fi->length);
        }
        break;
    default:
        break;
    }
}

void adp_read_tls(adp_frame *frame, const proto_node *node)
{
    tls_state state = {.frame = frame};
    adp_obs obs = adp_frame_obs(frame, ADP_OBS_TLS, FALSE);

    state.known = adp_model_tls_goes_on(frame->model, &obs.flow);
    state.records = adp_model_tls_records(frame->model, &obs.flow);
    state.from_client = state.records != NULL;
    state.flow = obs.flow;
    if (!state.known && !state.records) {
        obs = adp_frame_obs(frame, ADP_OBS_TLS, TRUE);
        state.known = adp_model_tls_goes_on(frame->model, &obs.flow);
        state.records = adp_model_tls_records(frame->model, &obs.flow);
        state.flow = obs.flow;
    }
    adp_node_each(node, visit, &state);
}
