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

/* RFC 7507 */
#define SUITE_FALLBACK 0x5600

static gboolean has_suite(bytes suites, guint16 wanted)
{
    while (suites.left) {
        if (number(&suites, 2) == wanted) {
            return TRUE;
        }
    }
    return FALSE;
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
    tls->fallback = has_suite(suites, SUITE_FALLBACK);
    tls->offer = offer_of(hash, extensions);
    tls->records = adp_arena_new_array(arena, adp_tls_records, 1);
}

/* RFC 5246 E.2: type, version, and the lengths of suites, session id and challenge. */
#define OLD_HELLO_LEN      9
#define OLD_SUITE_LEN      3
#define OLD_CHALLENGE_MIN  16
#define OLD_CHALLENGE_MAX  32
#define OLD_SESSION_ID_LEN 16

/*
 * Does the message begin as a hello in the form of SSL 2? Read as one of today it would have a length of
 * 196,608 bytes and more, which no hello has.
 */
static gboolean is_old_hello(bytes message)
{
    guint type = number(&message, 1);
    guint version = number(&message, 2);
    guint suites = number(&message, 2);
    guint session = number(&message, 2);
    guint challenge = number(&message, 2);

    return type == MESSAGE_CLIENT_HELLO && version >> 8 == 3 && suites &&
           !(suites % OLD_SUITE_LEN) && (session == 0 || session == OLD_SESSION_ID_LEN) &&
           challenge >= OLD_CHALLENGE_MIN && challenge <= OLD_CHALLENGE_MAX;
}

/* Returns how many bytes it has; more than there are when it is cut. */
static int read_old_hello(adp_arena *arena, bytes message, adp_obs_tls *tls)
{
    guint suites;
    guint session;
    guint challenge;

    (void)number(&message, 1);
    tls->version = (guint16)number(&message, 2);
    suites = number(&message, 2);
    session = number(&message, 2);
    challenge = number(&message, 2);
    tls->suites = (guint32)hash_of_suites(take(&message, suites));
    tls->old_form = TRUE;
    tls->records = adp_arena_new_array(arena, adp_tls_records, 1);
    return OLD_HELLO_LEN + (int)(suites + session + challenge);
}

/* RFC 8446 4.1.3: the random of a hello that asks for another one. */
static const guint8 retry_random[RANDOM_LEN] = {
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

static void read_server_hello(bytes body, adp_obs_tls *tls)
{
    bytes extensions;
    bytes chosen;
    bytes random;

    tls->version = (guint16)number(&body, 2);
    random = take(&body, RANDOM_LEN);
    tls->retry = random.left == RANDOM_LEN && memcmp(random.at, retry_random, RANDOM_LEN) == 0;
    (void)vector(&body, 1);   /* session id */
    (void)take(&body, 2 + 1); /* cipher suite, compression method */
    extensions = vector(&body, 2);
    tls->http2 = has_http2(find_extension(extensions, EXTENSION_ALPN));
    chosen = find_extension(extensions, EXTENSION_SUPPORTED_VERSIONS);
    if (chosen.left >= 2) {
        tls->version = (guint16)number(&chosen, 2);
    }
}

/* The end that comes first, of those that are known. */
static void take_end(adp_arena *arena, bytes der, gint64 *first)
{
    adp_x509_facts facts;

    if (adp_x509_read(arena, der.at, der.left, &facts) && facts.to) {
        *first = *first ? MIN(*first, facts.to) : facts.to;
    }
}

/*
 * Is the last certificate of the list, behind `der`, that of an authority that vouches for itself? Into `end` goes when
 * the first of those behind it ends.
 */
static gboolean ends_at_root(adp_arena *arena, bytes der, bytes list, gboolean extended,
                             gint64 *end)
{
    gboolean more = TRUE;

    do {
        if (extended) {
            (void)vector(&list, 2);
        }
        more = list.left > 0;
        if (more) {
            guint32 length = number(&list, 3);

            der = take(&list, length);
            if (der.left != length) {
                return FALSE;
            }
            take_end(arena, der, end);
        }
    } while (more);
    return der.left > 0 && adp_x509_is_root(der.at, der.left);
}

static void read_facts(adp_arena *arena, bytes der, adp_obs_tls *tls)
{
    adp_x509_facts facts;
    guint i;

    if (!adp_x509_read(arena, der.at, der.left, &facts)) {
        return;
    }
    tls->valid_from = facts.from;
    tls->valid_to = facts.to;
    tls->issuer = facts.issuer;
    tls->cn = facts.cn;
    for (i = 0; i < tls->names.count; i++) {
        if (facts.cn && adp_same_text(tls->names.items[i], facts.cn)) {
            tls->cn = NULL;
        }
    }
}

/* The first certificate of the list; TLS 1.3 has a context before it, which servers leave empty. */
static gboolean read_certificate(adp_arena *arena, bytes body, adp_obs_tls *tls)
{
    bytes list = body;
    bytes der;
    guint32 length = number(&list, 3);
    gboolean extended = FALSE;

    if (length != list.left) {
        list = body;
        (void)vector(&list, 1);
        length = number(&list, 3);
        extended = TRUE; /* each has extensions behind it */
    }
    if (length != list.left) {
        return FALSE;
    }
    length = number(&list, 3);
    der = take(&list, length);
    if (der.left != length || !adp_x509_names(arena, der.at, der.left, &tls->names)) {
        return FALSE;
    }
    tls->whole_chain = ends_at_root(arena, der, list, extended, &tls->issuers_to);
    read_facts(arena, der, tls);
    return TRUE;
}

typedef struct {
    adp_frame *frame;
    adp_flow flow;            /* of the connection, */
    gboolean known;           /* when there is a handshake on it that goes on */
    adp_tls_records *records; /* what is noted of its application data; NULL: nothing is wanted */
    gboolean from_client;     /* the frame comes from the client of that */
    gboolean by_segment; /* it is read where it stands: what is missing comes in the next one */
} tls_state;

static void add(tls_state *state, adp_obs_tls *tls, gboolean from_server, const adp_place *at,
                int length)
{
    adp_obs obs = adp_frame_obs(state->frame, ADP_OBS_TLS, from_server);

    obs.hash = adp_hash_range(at->tvb, at->start, length) + (guint64)tls->event;
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

static int proto_proxy = -1;

void adp_tls_init(void)
{
    proto_proxy = proto_get_id_by_filter_name("proxy");
}

/* Has Wireshark found a line of the PROXY protocol in the frame? */
static gboolean is_proxied(const packet_info *pinfo)
{
    wmem_list_frame_t *layer;

    for (layer = wmem_list_head(pinfo->layers); proto_proxy >= 0 && layer;
         layer = wmem_list_frame_next(layer)) {
        if (GPOINTER_TO_INT(wmem_list_frame_data(layer)) == proto_proxy) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The message begins at `at`, and ends where it says itself. */
static void read_handshake(tls_state *state, const adp_place *at)
{
    adp_arena *arena = state->frame->arena;
    int available = (int)tvb_captured_length(at->tvb) - at->start;
    adp_ber whole = adp_ber_range(at->tvb, at->start, available);
    bytes body = {adp_ber_bytes(&whole), (gsize)MAX(0, adp_ber_length(&whole))};
    const bytes message = body;
    guint type = number(&body, 1);
    guint32 length = number(&body, 3);
    gboolean cut = length > body.left;
    int all;
    adp_obs_tls *tls;

    if (is_old_hello(message)) {
        tls = new_tls(state, ADP_TLS_CLIENT_HELLO);
        all = read_old_hello(arena, message, tls);
        tls->damaged = tls->damaged || (gsize)all > message.left;
        add(state, tls, FALSE, at, MIN(all, (int)message.left));
        return;
    }
    body.left = MIN(body.left, length);
    all = HEADER_LEN + (int)body.left;
    switch (type) {
    case MESSAGE_CLIENT_HELLO:
        tls = new_tls(state, ADP_TLS_CLIENT_HELLO);
        read_client_hello(arena, body, tls);
        tls->damaged = tls->damaged || (cut && !state->by_segment);
        tls->unasked = state->by_segment;
        tls->proxied = is_proxied(state->frame->pinfo);
        add(state, tls, FALSE, at, all);
        break;
    case MESSAGE_SERVER_HELLO:
        tls = new_tls(state, ADP_TLS_SERVER_HELLO);
        read_server_hello(body, tls);
        tls->damaged = tls->damaged || (cut && !state->by_segment);
        add(state, tls, TRUE, at, all);
        break;
    case MESSAGE_CERTIFICATE:
        tls = new_tls(state, ADP_TLS_CERTIFICATE);
        if (state->known && from_server(state) && !cut && read_certificate(arena, body, tls)) {
            add(state, tls, TRUE, at, all);
        }
        break;
    case MESSAGE_FINISHED:
        if (state->known && !from_server(state)) {
            add(state, new_tls(state, ADP_TLS_FINISHED), FALSE, at, all);
        }
        break;
    default:
        break;
    }
}

static void read_alert(tls_state *state, const adp_place *at)
{
    adp_ber range = adp_ber_range(at->tvb, at->start, at->length);
    adp_obs_tls *tls;

    /* An encrypted one is longer. */
    if (!state->known || at->length != ALERT_LEN || adp_ber_length(&range) != ALERT_LEN) {
        return;
    }
    tls = new_tls(state, ADP_TLS_ALERT);
    tls->alert_level = adp_ber_bytes(&range)[0];
    tls->alert = adp_ber_bytes(&range)[1];
    add(state, tls, from_server(state), at, ALERT_LEN);
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

static void note_record(const tls_state *state, const adp_place *at)
{
    const packet_info *pinfo = state->frame->pinfo;
    adp_tls_record record = {.frame = pinfo->num,
                             .time = state->frame->time,
                             .length = (guint32)MAX(at->length, 0),
                             .from_server = !state->from_client};

    if (pinfo->fd->cap_len < pinfo->fd->pkt_len) {
        state->records->damaged = state->records->damaged ? state->records->damaged : pinfo->num;
    }
    record.hash = (guint32)adp_hash_range(at->tvb, at->start, at->length);
    adp_tls_records_note(state->records, &record);
    if (state->from_client && is_opened(pinfo)) {
        state->records->opened = pinfo->num;
    }
}

/* An item of the tree, or what stands in its place. */
static void read_part(tls_state *state, adp_node_kind kind, const adp_place *at)
{
    switch (kind) {
    case ADP_NODE_TLS_MESSAGE:
        read_handshake(state, at);
        break;
    case ADP_NODE_TLS_ALERT:
        read_alert(state, at);
        break;
    case ADP_NODE_TLS_CIPHER_CHANGE:
        if (state->known) {
            add(state, new_tls(state, ADP_TLS_CIPHER_CHANGE), from_server(state), at, at->length);
        }
        break;
    case ADP_NODE_TLS_DATA:
        if (state->records) {
            note_record(state, at);
        }
        if (state->known && at->length > HIDDEN_ALERT_LEN) {
            add(state, new_tls(state, ADP_TLS_DATA), from_server(state), at, at->length);
        }
        break;
    default:
        break;
    }
}

static void visit(adp_node_kind kind, const field_info *fi, void *user_data)
{
    const adp_place at = adp_place_of(fi);

    read_part(user_data, kind, &at);
}

static tls_state begin(adp_frame *frame)
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
    return state;
}

void adp_read_tls(adp_frame *frame, const proto_node *node)
{
    tls_state state = begin(frame);

    adp_node_each(node, visit, &state);
}

/* ---- TLS that Wireshark does not look for ---- */

/* RFC 8446 5.1: of a record. */
enum {
    RECORD_CIPHER_CHANGE = 20,
    RECORD_ALERT = 21,
    RECORD_HANDSHAKE = 22,
    RECORD_DATA = 23
};

#define RECORD_HEADER_LEN 5
#define RECORD_MAJOR      3

/* The messages of a record of which `length` bytes are announced, of which those in clear tell their length. */
static void read_messages(tls_state *state, tvbuff_t *tvb, int start, int length)
{
    int at = 0;

    while (at + HEADER_LEN <= length) {
        adp_ber header = adp_ber_range(tvb, start + at, HEADER_LEN);
        const adp_place place = {tvb, start + at, -1};
        const guint8 *p;
        int all;

        if (adp_ber_length(&header) < HEADER_LEN) {
            return;
        }
        p = adp_ber_bytes(&header);
        all = HEADER_LEN + (p[1] << 16 | p[2] << 8 | p[3]);
        if (all > length - at) {
            return;
        }
        read_handshake(state, &place);
        at += all;
    }
}

static void read_record(tls_state *state, guint8 type, tvbuff_t *tvb, int start, int length)
{
    const adp_place place = {tvb, start, length};

    switch (type) {
    case RECORD_CIPHER_CHANGE:
        read_part(state, ADP_NODE_TLS_CIPHER_CHANGE, &place);
        break;
    case RECORD_ALERT:
        read_part(state, ADP_NODE_TLS_ALERT, &place);
        break;
    case RECORD_HANDSHAKE:
        read_messages(state, tvb, start, length);
        break;
    default:
        read_part(state, ADP_NODE_TLS_DATA, &place);
        break;
    }
}

gboolean adp_tls_may_begin(const guint8 *p, int length)
{
    return length >= RECORD_HEADER_LEN && p[0] >= RECORD_CIPHER_CHANGE && p[0] <= RECORD_DATA &&
           p[1] == RECORD_MAJOR;
}

gboolean adp_tls_is_alert(const guint8 *p, int length)
{
    return adp_tls_may_begin(p, length) && p[0] == RECORD_ALERT && p[3] == 0 && p[4] == ALERT_LEN;
}

gboolean adp_tls_is_hello(const guint8 *p, int length)
{
    return adp_tls_may_begin(p, length) && p[0] == RECORD_HANDSHAKE && length > RECORD_HEADER_LEN &&
           p[RECORD_HEADER_LEN] == MESSAGE_CLIENT_HELLO;
}

void adp_read_tls_bytes(adp_frame *frame, const adp_place *bytes_of_segment)
{
    tls_state state = begin(frame);
    adp_ber left =
        adp_ber_range(bytes_of_segment->tvb, bytes_of_segment->start, bytes_of_segment->length);

    state.by_segment = TRUE;
    while (adp_tls_may_begin(adp_ber_bytes(&left), adp_ber_length(&left))) {
        const guint8 *p = adp_ber_bytes(&left);
        int length = p[3] << 8 | p[4];

        read_record(&state, p[0], left.tvb, left.offset + RECORD_HEADER_LEN, length);
        if (length >= adp_ber_length(&left) - RECORD_HEADER_LEN) {
            return;
        }
        left.offset += RECORD_HEADER_LEN + length;
    }
}
