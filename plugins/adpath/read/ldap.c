/* ldap.c
 * LDAP messages, as bytes (RFC 4511), and how they were carried.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read.h"

#include "../model/codes.h"
#include "../model/search.h"
#include "../model/text.h"
#include "gss.h"
#include "kerberos.h"

#include <string.h>

#define TAG_BOOLEAN      1
#define TAG_INTEGER      2
#define TAG_OCTET_STRING 4
#define TAG_ENUMERATED   10
#define TAG_SEQUENCE     16
#define TAG_SET          17

/* protocolOp, RFC 4511 4.2 to 4.13. */
enum {
    OP_BIND_REQUEST = 0,
    OP_BIND_RESPONSE = 1,
    OP_SEARCH_REQUEST = 3,
    OP_SEARCH_ENTRY = 4,
    OP_SEARCH_DONE = 5,
    OP_ABANDON = 16
};

/* AuthenticationChoice; the last three are Microsoft's sicily (MS-ADTS 5.1.1.1.3). */
enum {
    AUTH_SIMPLE = 0,
    AUTH_SASL = 3,
    AUTH_SICILY_DISCOVERY = 9,
    AUTH_SICILY_NEGOTIATE = 10,
    AUTH_SICILY_RESPONSE = 11
};

/* The global catalog over TLS; Wireshark does not map it to LDAP. */
#define PORT_GC_TLS 3269

#define MAX_ATTRIBUTES 256
#define MAX_VALUES     1024
/* A SASL buffer's length has a first byte of 0, so it is smaller (Wireshark relies on it, too). */
#define MAX_SASL_BUFFER (1U << 24)

/* A message on its way through the readers. */
typedef struct {
    adp_frame *frame;
    guint32 id;
    guint64 hash;
    adp_protection protection;
    gboolean decrypted;
} message;

static void add(const message *m, adp_obs *obs)
{
    obs->id = m->id;
    obs->hash = m->hash;
    obs->protection = m->protection;
    obs->decrypted = m->decrypted;
    (void)adp_model_add(m->frame->model, obs);
}

/* ---- filters ---- */

typedef struct {
    adp_arena *arena;
    guint nodes;
} filter_state;

static adp_blob blob_of(adp_arena *arena, const adp_ber *content)
{
    gsize len = (gsize)MAX(0, adp_ber_length(content));
    adp_blob blob = {.len = MIN(len, (gsize)ADP_TEXT_MAX)};

    blob.bytes =
        (const guint8 *)adp_arena_strndup(arena, (const char *)adp_ber_bytes(content), blob.len);
    return blob;
}

static adp_filter *read_filter(filter_state *state, adp_ber *cursor, guint depth);

static void read_operands(filter_state *state, adp_ber content, adp_filter *f, guint depth)
{
    adp_filter **last = &f->child;

    while (content.offset < content.end) {
        *last = read_filter(state, &content, depth + 1);
        if ((*last)->op == ADP_FILTER_DAMAGED) {
            return;
        }
        last = &(*last)->next;
    }
    if (content.cut) {
        *last = adp_arena_new_array(state->arena, adp_filter, 1);
        (*last)->op = ADP_FILTER_DAMAGED;
    }
}

/* AttributeValueAssertion */
static gboolean read_assertion(filter_state *state, adp_ber content, adp_filter *f)
{
    adp_tlv tlv;

    if (!adp_ber_take(&content, BER_CLASS_UNI, TAG_OCTET_STRING, &tlv)) {
        return FALSE;
    }
    f->attribute = adp_ber_text(state->arena, &tlv.content);
    if (!adp_ber_take(&content, BER_CLASS_UNI, TAG_OCTET_STRING, &tlv)) {
        return FALSE;
    }
    f->value = blob_of(state->arena, &tlv.content);
    return !tlv.content.cut;
}

static gboolean read_substrings(filter_state *state, adp_ber content, adp_filter *f)
{
    adp_tlv tlv;

    if (!adp_ber_take(&content, BER_CLASS_UNI, TAG_OCTET_STRING, &tlv)) {
        return FALSE;
    }
    f->attribute = adp_ber_text(state->arena, &tlv.content);
    if (!adp_ber_enter(&content, BER_CLASS_UNI, TAG_SEQUENCE)) {
        return FALSE;
    }
    while (adp_ber_next(&content, &tlv) && f->any.count < MAX_VALUES) {
        adp_blob part = blob_of(state->arena, &tlv.content);

        if (tlv.tag == 0) {
            f->initial = part;
        } else if (tlv.tag == 1) {
            adp_list_add(state->arena, &f->any, part);
        } else {
            f->final = part;
        }
    }
    return TRUE;
}

/* MatchingRuleAssertion: the attribute becomes "attr:dn:rule". */
static gboolean read_extensible(filter_state *state, adp_ber content, adp_filter *f)
{
    GString *left = g_string_new(NULL);
    const char *rule = NULL;
    const char *type = "";
    gboolean dn = FALSE;
    adp_tlv tlv;

    while (adp_ber_next(&content, &tlv)) {
        switch (tlv.tag) {
        case 1:
            rule = adp_ber_text(state->arena, &tlv.content);
            break;
        case 2:
            type = adp_ber_text(state->arena, &tlv.content);
            break;
        case 3:
            f->value = blob_of(state->arena, &tlv.content);
            break;
        default:
            dn = adp_ber_integer(&tlv.content) != 0;
            break;
        }
    }
    g_string_append_printf(left, "%s%s%s%s", type, dn ? ":dn" : "", rule ? ":" : "",
                           rule ? rule : "");
    f->attribute = adp_arena_strndup(state->arena, left->str, left->len);
    g_string_free(left, TRUE);
    return TRUE;
}

/* Never NULL: what cannot be read is a DAMAGED node. */
static adp_filter *read_filter(filter_state *state, adp_ber *cursor, guint depth)
{
    adp_filter *f = adp_arena_new_array(state->arena, adp_filter, 1);
    gboolean good = TRUE;
    adp_tlv tlv;

    f->op = ADP_FILTER_DAMAGED;
    if (depth > ADP_FILTER_MAX_DEPTH || ++state->nodes > ADP_FILTER_MAX_NODES ||
        !adp_ber_next(cursor, &tlv) || tlv.class != BER_CLASS_CON ||
        tlv.tag > ADP_FILTER_EXTENSIBLE) {
        return f;
    }
    switch (tlv.tag) {
    case ADP_FILTER_AND:
    case ADP_FILTER_OR:
    case ADP_FILTER_NOT:
        read_operands(state, tlv.content, f, depth);
        break;
    case ADP_FILTER_SUBSTRINGS:
        good = read_substrings(state, tlv.content, f);
        break;
    case ADP_FILTER_PRESENT:
        f->attribute = adp_ber_text(state->arena, &tlv.content);
        break;
    case ADP_FILTER_EXTENSIBLE:
        good = read_extensible(state, tlv.content, f);
        break;
    default:
        good = read_assertion(state, tlv.content, f);
        break;
    }
    if (good) {
        f->op = (adp_filter_op)tlv.tag;
    }
    return f;
}

/* ---- searches ---- */

static void read_attribute_names(adp_arena *arena, adp_ber list, adp_obs_search *search)
{
    adp_tlv tlv;

    if (!adp_ber_enter(&list, BER_CLASS_UNI, TAG_SEQUENCE)) {
        search->partial = TRUE;
        return;
    }
    search->partial = list.cut;
    while (adp_ber_next(&list, &tlv)) {
        const char *name;

        if (tlv.content.cut || search->attributes.count == MAX_ATTRIBUTES) {
            search->partial = TRUE;
            return;
        }
        name = adp_ber_text(arena, &tlv.content);
        adp_list_add(arena, &search->attributes, name);
    }
}

static void read_search(const message *m, adp_ber op)
{
    adp_arena *arena = m->frame->arena;
    adp_obs_search *search = adp_arena_new_array(arena, adp_obs_search, 1);
    filter_state state = {.arena = arena};
    adp_filter *filter;
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_SEARCH, FALSE);
    adp_tlv tlv;

    if (!adp_ber_take(&op, BER_CLASS_UNI, TAG_OCTET_STRING, &tlv)) {
        return;
    }
    search->base = adp_ber_text(arena, &tlv.content);
    if (!adp_ber_take(&op, BER_CLASS_UNI, TAG_ENUMERATED, &tlv)) {
        return;
    }
    search->scope = (guint32)adp_ber_integer(&tlv.content);
    /* derefAliases, sizeLimit, timeLimit, typesOnly */
    if (!adp_ber_take(&op, BER_CLASS_UNI, TAG_ENUMERATED, &tlv) ||
        !adp_ber_take(&op, BER_CLASS_UNI, TAG_INTEGER, &tlv) ||
        !adp_ber_take(&op, BER_CLASS_UNI, TAG_INTEGER, &tlv) ||
        !adp_ber_take(&op, BER_CLASS_UNI, TAG_BOOLEAN, &tlv)) {
        return;
    }
    filter = read_filter(&state, &op, 0);
    read_attribute_names(arena, op, search);
    if (!adp_search_finish(arena, filter, search)) {
        return;
    }
    obs.u.search = search;
    add(m, &obs);
}

static gboolean type_is(const adp_ber *type, const char *name)
{
    gsize len = strlen(name);

    return (gsize)MAX(0, adp_ber_length(type)) == len &&
           g_ascii_strncasecmp((const char *)adp_ber_bytes(type), name, len) == 0;
}

static void read_values(adp_arena *arena, adp_ber values, adp_strings *strings)
{
    adp_tlv tlv;

    while (strings->count < MAX_VALUES && adp_ber_next(&values, &tlv)) {
        const char *text = adp_ber_text(arena, &tlv.content);

        adp_list_add(arena, strings, text);
    }
}

/* PartialAttributeList: only what the step needs is kept. */
static void read_attributes(adp_arena *arena, adp_ber list, adp_step_kind kind,
                            adp_obs_entry *entry)
{
    adp_tlv item;
    adp_tlv type;

    while (adp_ber_next(&list, &item)) {
        adp_ber attribute = item.content;

        if (!adp_ber_take(&attribute, BER_CLASS_UNI, TAG_OCTET_STRING, &type) ||
            !adp_ber_enter(&attribute, BER_CLASS_UNI, TAG_SET)) {
            return;
        }
        if (kind == ADP_STEP_SCP && type_is(&type.content, "serviceBindingInformation")) {
            read_values(arena, attribute, &entry->scp.bindings);
        } else if (kind == ADP_STEP_SCP && type_is(&type.content, "keywords")) {
            read_values(arena, attribute, &entry->scp.keywords);
        } else if (kind == ADP_STEP_SCP && type_is(&type.content, "serviceDNSName") &&
                   adp_ber_next(&attribute, &item)) {
            entry->scp.host = adp_ber_text(arena, &item.content);
        } else if (kind == ADP_STEP_PING && type_is(&type.content, "Netlogon") &&
                   adp_ber_next(&attribute, &item)) {
            entry->has_netlogon =
                adp_netlogon_parse(arena, adp_ber_bytes(&item.content),
                                   (gsize)adp_ber_length(&item.content), &entry->netlogon);
        }
    }
}

static void read_entry(const message *m, adp_ber op)
{
    adp_arena *arena = m->frame->arena;
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_ENTRY, TRUE);
    adp_obs_entry *entry = adp_arena_new_array(arena, adp_obs_entry, 1);
    /* An entry whose question is not in the capture may still be a ping's. */
    adp_step_kind kind = ADP_STEP_PING;
    adp_tlv tlv;

    (void)adp_model_search_kind(m->frame->model, &obs.flow, m->id, &kind);
    if (!adp_ber_take(&op, BER_CLASS_UNI, TAG_OCTET_STRING, &tlv)) {
        return;
    }
    if (kind == ADP_STEP_SCP) {
        entry->scp.dn = adp_ber_text(arena, &tlv.content);
    }
    if (adp_ber_enter(&op, BER_CLASS_UNI, TAG_SEQUENCE)) {
        read_attributes(arena, op, kind, entry);
    }
    if (kind == ADP_STEP_SCP) {
        adp_scp_entry_finish(arena, &entry->scp);
    }
    obs.u.entry = entry;
    add(m, &obs);
}

/* LDAPResult; leaves `op` behind diagnosticMessage. */
static const adp_obs_result *read_result(const message *m, adp_ber *op)
{
    adp_obs_result *result = adp_arena_new_array(m->frame->arena, adp_obs_result, 1);
    adp_tlv tlv;

    if (!adp_ber_take(op, BER_CLASS_UNI, TAG_ENUMERATED, &tlv) || tlv.content.cut) {
        result->damaged = TRUE;
        return result;
    }
    result->result = (guint32)adp_ber_integer(&tlv.content);
    if (adp_ber_take(op, BER_CLASS_UNI, TAG_OCTET_STRING, &tlv) &&
        adp_ber_take(op, BER_CLASS_UNI, TAG_OCTET_STRING, &tlv) &&
        adp_ber_length(&tlv.content) > 0) {
        result->diagnostic = adp_ber_text(m->frame->arena, &tlv.content);
    }
    return result;
}

static void read_done(const message *m, adp_ber op)
{
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_DONE, TRUE);

    obs.u.result = read_result(m, &op);
    add(m, &obs);
}

/* AbandonRequest is the bare number of another message. */
static void read_abandon(const message *m, adp_ber op)
{
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_ABANDON, FALSE);
    message abandoned = *m;

    abandoned.id = (guint32)adp_ber_integer(&op);
    add(&abandoned, &obs);
}

/* ---- binds ---- */

static void add_ap_request(const message *m, adp_ber credentials)
{
    adp_gss_token token = adp_gss_read(credentials);
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_AP_REQUEST, FALSE);

    if (token.content == ADP_GSS_KERBEROS && token.message_tag == ADP_KRB_AP_REQ) {
        obs.u.krb = adp_krb_read_ap_request(m->frame->arena, token.message, ADP_CARRIER_LDAP);
        add(m, &obs);
    }
}

static void read_bind(const message *m, adp_ber op)
{
    adp_arena *arena = m->frame->arena;
    adp_obs_bind *bind = adp_arena_new_array(arena, adp_obs_bind, 1);
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_BIND, FALSE);
    adp_tlv version;
    adp_tlv name;
    adp_tlv auth;
    adp_tlv tlv;
    gboolean has_credentials = FALSE;

    if (!adp_ber_take(&op, BER_CLASS_UNI, TAG_INTEGER, &version) ||
        !adp_ber_take(&op, BER_CLASS_UNI, TAG_OCTET_STRING, &name) || !adp_ber_next(&op, &auth) ||
        auth.class != BER_CLASS_CON) {
        return;
    }
    switch (auth.tag) {
    case AUTH_SIMPLE:
        bind->mechanism = "simple";
        bind->anonymous = adp_ber_length(&name.content) <= 0 && adp_ber_length(&auth.content) <= 0;
        break;
    case AUTH_SASL:
        bind->is_sasl = TRUE;
        if (!adp_ber_take(&auth.content, BER_CLASS_UNI, TAG_OCTET_STRING, &tlv)) {
            return;
        }
        bind->mechanism = adp_ber_text(arena, &tlv.content);
        has_credentials = adp_ber_take(&auth.content, BER_CLASS_UNI, TAG_OCTET_STRING, &tlv);
        break;
    case AUTH_SICILY_DISCOVERY:
    case AUTH_SICILY_NEGOTIATE:
    case AUTH_SICILY_RESPONSE:
        /* The server says success to each of the three rounds. */
        bind->continues = auth.tag != AUTH_SICILY_DISCOVERY;
        bind->unfinished = auth.tag != AUTH_SICILY_RESPONSE;
        bind->mechanism = "sicily";
        break;
    default:
        return;
    }
    bind->ntlm = has_credentials && adp_gss_read(tlv.content).content == ADP_GSS_NTLM;
    obs.u.bind = bind;
    add(m, &obs);
    if (has_credentials) {
        add_ap_request(m, tlv.content);
    }
}

static void read_bind_response(const message *m, adp_ber op)
{
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_BIND_REPLY, TRUE);
    adp_gss_token token = {0};
    adp_obs_krb *krb;
    guint32 result;
    adp_tlv tlv;

    obs.u.result = read_result(m, &op);
    result = obs.u.result->result;
    add(m, &obs);
    if (obs.u.result->damaged) {
        return;
    }
    while (adp_ber_next(&op, &tlv)) {
        /* serverSaslCreds */
        if (tlv.class == BER_CLASS_CON && tlv.tag == 7) {
            token = adp_gss_read(tlv.content);
        }
    }
    if (token.content != ADP_GSS_KERBEROS && !adp_model_ap_waits(m->frame->model, &obs.flow)) {
        return;
    }
    krb = adp_krb_read_ap_reply(m->frame->arena, &token, ADP_CARRIER_LDAP);
    krb->goes_on = result == ADP_LDAP_SASL_BIND_IN_PROGRESS;
    krb->refused = result != ADP_LDAP_SUCCESS && !krb->goes_on;
    obs.type = ADP_OBS_AP_REPLY;
    obs.u.krb = krb;
    add(m, &obs);
}

/* ---- messages ---- */

/* Reads the LDAPMessage at the cursor; FALSE when there is none. */
static gboolean read_message(message *m, adp_ber *cursor)
{
    adp_tlv whole;
    adp_tlv id;
    adp_tlv op;
    adp_ber content;

    if (!adp_ber_take(cursor, BER_CLASS_UNI, TAG_SEQUENCE, &whole)) {
        return FALSE;
    }
    content = whole.content;
    if (!adp_ber_take(&content, BER_CLASS_UNI, TAG_INTEGER, &id) ||
        adp_ber_length(&id.content) > 5 || !adp_ber_next(&content, &op) ||
        op.class != BER_CLASS_APP) {
        return FALSE;
    }
    m->id = (guint32)adp_ber_integer(&id.content);
    m->hash = adp_hash_range(cursor->tvb, whole.start, whole.content.end - whole.start);
    switch (op.tag) {
    case OP_BIND_REQUEST:
        read_bind(m, op.content);
        break;
    case OP_BIND_RESPONSE:
        read_bind_response(m, op.content);
        break;
    case OP_SEARCH_REQUEST:
        read_search(m, op.content);
        break;
    case OP_SEARCH_ENTRY:
        read_entry(m, op.content);
        break;
    case OP_SEARCH_DONE:
        read_done(m, op.content);
        break;
    case OP_ABANDON:
        read_abandon(m, op.content);
        break;
    default:
        break;
    }
    return TRUE;
}

static guint read_messages(message *m, adp_ber cursor)
{
    guint n = 0;

    while (read_message(m, &cursor)) {
        n++;
    }
    return n;
}

/* ---- what carries them ---- */

static gboolean is_ldap_port(guint32 port)
{
    return port == 389 || port == 636 || port == 3268 || port == PORT_GC_TLS;
}

/* Which end serves: what the connection showed before, else the well-known port. */
static gboolean from_server(const adp_frame *frame)
{
    const packet_info *pinfo = frame->pinfo;
    adp_flow flow;

    if (adp_model_stream_flow(frame->model, frame->transport, frame->stream, &flow)) {
        return frame->src == flow.server && pinfo->srcport == flow.server_port;
    }
    if (is_ldap_port(pinfo->srcport) != is_ldap_port(pinfo->destport)) {
        return is_ldap_port(pinfo->srcport);
    }
    return pinfo->srcport < pinfo->destport;
}

static void add_hidden(adp_frame *frame, guint messages, guint64 hash, adp_protection protection)
{
    adp_obs_hidden *hidden = adp_arena_new_array(frame->arena, adp_obs_hidden, 1);
    adp_obs obs = adp_frame_obs(frame, ADP_OBS_LDAP_HIDDEN, from_server(frame));
    message m = {.frame = frame, .hash = hash, .protection = protection};

    hidden->messages = messages;
    obs.u.hidden = hidden;
    add(&m, &obs);
}

/* The security layer of one SASL buffer, as its token tells. */
typedef struct {
    adp_protection protection; /* NONE: no SASL buffer */
    adp_ber plain;             /* of a signed token: the messages, when their place is known */
    adp_ber token;
} sasl_layer;

#define CFX_HEADER_LEN 16

/* Payload and checksum behind the header, turned back by `rrc` bytes (RFC 4121 4.2.5). */
static adp_ber unrotate(const adp_ber *token, guint rrc)
{
    adp_ber body = *token;
    gsize length;
    guint8 *turned;
    tvbuff_t *tvb;

    body.offset = MIN(body.offset + CFX_HEADER_LEN, body.end);
    length = (gsize)adp_ber_length(&body);
    if (length == 0 || rrc % length == 0) {
        return body;
    }
    turned = g_malloc(length);
    rrc %= length;
    memcpy(turned, adp_ber_bytes(&body) + rrc, length - rrc);
    memcpy(turned + length - rrc, adp_ber_bytes(&body), rrc);
    /* The buffer frees what it is given. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
    tvb = tvb_new_child_real_data(token->tvb, turned, (guint)length, (gint)length);
    tvb_set_free_cb(tvb, g_free);
    return adp_ber_range(tvb, 0, (int)length);
}

/* RFC 4121 4.2.6.2: 05 04, flags, filler, EC, RRC, sequence number. */
static void read_cfx(sasl_layer *layer)
{
    const guint8 *p = adp_ber_bytes(&layer->token);
    guint ec = (guint)(p[4] << 8) | p[5];
    guint rrc = (guint)(p[6] << 8) | p[7];

    if (p[2] & 0x02) {
        layer->protection = ADP_PROTECTION_SEALED;
        return;
    }
    layer->protection = ADP_PROTECTION_SIGNED;
    layer->plain = unrotate(&layer->token, rrc);
    layer->plain.end = MAX(layer->plain.offset, layer->plain.end - (int)ec);
}

/* RFC 1964 1.2.2: GSS header, 02 01, SGN_ALG, SEAL_ALG; FFFF means not sealed. */
static void read_gss_v1(sasl_layer *layer)
{
    adp_ber cursor = layer->token;
    adp_tlv tlv;
    adp_tlv oid;

    if (adp_ber_take(&cursor, BER_CLASS_APP, 0, &tlv) &&
        adp_ber_take(&tlv.content, BER_CLASS_UNI, 6, &oid) && adp_ber_length(&tlv.content) >= 8) {
        const guint8 *p = adp_ber_bytes(&tlv.content);

        if (p[0] == 0x02 && p[1] == 0x01) {
            layer->protection =
                p[4] == 0xff && p[5] == 0xff ? ADP_PROTECTION_SIGNED : ADP_PROTECTION_SEALED;
        }
    }
}

/* NTLM's message signature (MS-NLMP 2.2.2.9); a message that is only signed follows as it is. */
#define NTLM_SIGNATURE_LEN 16

/* Begins `cursor` with a whole LDAPMessage? Sealed bytes may begin with 30, too. */
static gboolean is_message(adp_ber cursor)
{
    adp_tlv whole;
    adp_tlv id;
    adp_tlv op;

    return adp_ber_take(&cursor, BER_CLASS_UNI, TAG_SEQUENCE, &whole) && !whole.content.cut &&
           adp_ber_take(&whole.content, BER_CLASS_UNI, TAG_INTEGER, &id) &&
           adp_ber_next(&whole.content, &op) && op.class == BER_CLASS_APP;
}

/* The token of a SASL buffer that begins at `at` and is `token_length` bytes long. */
static sasl_layer read_sasl(tvbuff_t *tvb, int at, guint32 token_length)
{
    sasl_layer layer = {.protection = ADP_PROTECTION_UNKNOWN};
    const guint8 *p;
    int length;

    layer.token = adp_ber_range(tvb, at + 4, (int)MIN(token_length, MAX_SASL_BUFFER));
    layer.plain = layer.token;
    layer.plain.offset = layer.plain.end;
    length = adp_ber_length(&layer.token);
    p = adp_ber_bytes(&layer.token);
    if (length >= 16 && p[0] == 0x05 && p[1] == 0x04) {
        read_cfx(&layer);
    } else if (length >= 16 && p[0] == 0x60) {
        read_gss_v1(&layer);
    } else if (length > NTLM_SIGNATURE_LEN && p[0] == 0x01 && !p[1] && !p[2] && !p[3]) {
        adp_ber behind = layer.token;

        behind.offset += NTLM_SIGNATURE_LEN;
        layer.protection = ADP_PROTECTION_SEALED;
        if (is_message(behind)) {
            layer.protection = ADP_PROTECTION_SIGNED;
            layer.plain = behind;
        }
    }
    return layer;
}

typedef struct {
    adp_frame *frame;
    gboolean has_sasl;
    sasl_layer layer;
    tvbuff_t *sasl_tvb;
    guint read;
} ldap_state;

static void visit_ldap(adp_node_kind kind, const field_info *fi, void *user_data)
{
    ldap_state *state = user_data;
    message m = {.frame = state->frame};

    if (kind == ADP_NODE_SASL_LENGTH) {
        state->has_sasl = TRUE;
        state->sasl_tvb = fi->ds_tvb;
        state->layer = read_sasl(fi->ds_tvb, fi->start, adp_fvalue_uint(fi));
        return;
    }
    if (kind != ADP_NODE_LDAP_MESSAGE) {
        return;
    }
    if (state->has_sasl) {
        /* Signed payload is read from the token itself, see below. */
        if (adp_ber_length(&state->layer.plain) > 0) {
            return;
        }
        m.decrypted = fi->ds_tvb != state->sasl_tvb;
        m.protection = m.decrypted ? ADP_PROTECTION_SEALED : ADP_PROTECTION_SIGNED;
    } else if (state->frame->in_tls) {
        m.decrypted = TRUE;
        m.protection = ADP_PROTECTION_TLS;
    }
    state->read += read_messages(&m, adp_ber_range(fi->ds_tvb, fi->start, fi->length));
}

/* A SASL buffer that the dissector did not read: signed messages, else a hidden one. */
static void read_layer(adp_frame *frame, const sasl_layer *layer)
{
    message m = {.frame = frame, .protection = ADP_PROTECTION_SIGNED};

    if (read_messages(&m, layer->plain) == 0) {
        add_hidden(
            frame, 1,
            adp_hash_range(layer->token.tvb, layer->token.offset, adp_ber_length(&layer->token)),
            layer->protection);
    }
}

/*
 * Wireshark leaves SASL buffers alone when it has not seen the bind, or saw one
 * that it did not understand. The length in front gives them away.
 */
static void look_for_sasl(adp_frame *frame, const field_info *fi)
{
    adp_ber rest = adp_ber_range(fi->ds_tvb, fi->start, fi->length);

    while (adp_ber_length(&rest) >= 4 + CFX_HEADER_LEN) {
        const guint8 *p = adp_ber_bytes(&rest);
        guint32 length = ((guint32)p[1] << 16) | ((guint32)p[2] << 8) | p[3];
        sasl_layer layer;

        if (p[0] || length < CFX_HEADER_LEN || length > (guint32)adp_ber_length(&rest) - 4) {
            return;
        }
        layer = read_sasl(rest.tvb, rest.offset, length);
        read_layer(frame, &layer);
        rest.offset += 4 + (int)length;
    }
}

void adp_read_ldap(adp_frame *frame, const proto_node *node)
{
    ldap_state state = {.frame = frame};

    adp_node_each(node, visit_ldap, &state);
    if (state.read) {
        return;
    }
    /* With the mechanism unknown even signed messages may stay unread. */
    if (state.has_sasl) {
        read_layer(frame, &state.layer);
    } else {
        look_for_sasl(frame, PNODE_FINFO(node));
    }
}

/* ---- LDAP in TLS ---- */

gboolean adp_is_gc_over_tls(const adp_frame *frame)
{
    return frame->pinfo->srcport == PORT_GC_TLS || frame->pinfo->destport == PORT_GC_TLS;
}

void adp_read_ldap_bytes(adp_frame *frame, tvbuff_t *tvb, int offset, int length)
{
    message m = {.frame = frame, .protection = ADP_PROTECTION_TLS, .decrypted = TRUE};

    (void)read_messages(&m, adp_ber_range(tvb, offset, length));
}

typedef struct {
    guint records;
    guint64 hash;
    gboolean is_ldap;
} tls_state;

static void visit_tls(adp_node_kind kind, const field_info *fi, void *user_data)
{
    tls_state *state = user_data;

    if (kind == ADP_NODE_TLS_DATA) {
        state->records++;
        state->hash ^= adp_hash_range(fi->ds_tvb, fi->start, fi->length);
    } else if (kind == ADP_NODE_TLS_DATA_PROTOCOL) {
        const char *name = adp_fvalue_string(fi);

        /* Wireshark's name of the protocol it would hand the content to. */
        state->is_ldap = state->is_ldap ||
                         adp_same_text(name, "Lightweight Directory Access Protocol") ||
                         adp_same_text(name, "ldap");
    }
}

void adp_read_hidden_tls(adp_frame *frame, const proto_node *node)
{
    tls_state state = {0};

    adp_node_each(node, visit_tls, &state);
    if (state.records && (state.is_ldap || adp_is_gc_over_tls(frame))) {
        add_hidden(frame, state.records, state.hash, ADP_PROTECTION_TLS);
    }
}
