/* ldap.c
 * LDAP messages, as bytes (RFC 4511), and how they were carried.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/ldap.h"

#include "join/model.h"
#include "join/pairing.h"
#include "log/observation.h"
#include "log/search.h"
#include "read/ber.h"
#include "read/gss.h"
#include "read/kerberos.h"
#include "read/read.h"
#include "read/sasl.h"
#include "read/search_filter.h"
#include "wire/arena.h"
#include "wire/ldap_filter.h"
#include "wire/ldap_result.h"
#include "wire/netlogon.h"
#include "wire/scp.h"
#include "wire/text.h"

#include <string.h>

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

/* ---- searches ---- */

static void read_attribute_names(adp_arena *arena, adp_ber list, adp_obs_search *search)
{
    adp_tlv tlv;

    if (!adp_ber_enter(&list, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
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
    adp_filter *filter;
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_SEARCH, FALSE);
    adp_tlv tlv;

    if (!adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv)) {
        return;
    }
    search->base = adp_ber_text(arena, &tlv.content);
    if (!adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_ENUMERATED, &tlv)) {
        return;
    }
    search->scope = (guint32)adp_ber_integer(&tlv.content);
    /* derefAliases, sizeLimit, timeLimit, typesOnly */
    if (!adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_ENUMERATED, &tlv) ||
        !adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_INTEGER, &tlv) ||
        !adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_INTEGER, &tlv) ||
        !adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_BOOLEAN, &tlv)) {
        return;
    }
    filter = adp_read_search_filter(arena, &op);
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

        if (!adp_ber_take(&attribute, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &type) ||
            !adp_ber_enter(&attribute, BER_CLASS_UNI, BER_UNI_TAG_SET)) {
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
    if (!adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv)) {
        return;
    }
    if (kind == ADP_STEP_SCP) {
        entry->scp.dn = adp_ber_text(arena, &tlv.content);
    }
    if (adp_ber_enter(&op, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
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

    if (!adp_ber_take(op, BER_CLASS_UNI, BER_UNI_TAG_ENUMERATED, &tlv) || tlv.content.cut) {
        result->damaged = TRUE;
        return result;
    }
    result->result = (guint32)adp_ber_integer(&tlv.content);
    if (adp_ber_take(op, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv) &&
        adp_ber_take(op, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv) &&
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

/* The AP-REQ in a token of GSS-API, or NULL. */
static adp_obs_krb *ap_request_in(const message *m, adp_ber credentials)
{
    adp_gss_token token = adp_gss_read(credentials);

    return token.content == ADP_GSS_KERBEROS && token.message_tag == ADP_KRB_AP_REQ
               ? adp_krb_read_ap_request(m->frame->arena, token.message, ADP_CARRIER_LDAP)
               : NULL;
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
    adp_obs_krb *krb;

    if (!adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_INTEGER, &version) ||
        !adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &name) ||
        !adp_ber_next(&op, &auth) || auth.class != BER_CLASS_CON) {
        return;
    }
    switch (auth.tag) {
    case AUTH_SIMPLE:
        bind->mechanism = "simple";
        bind->anonymous = adp_ber_length(&name.content) <= 0 && adp_ber_length(&auth.content) <= 0;
        break;
    case AUTH_SASL:
        bind->is_sasl = TRUE;
        if (!adp_ber_take(&auth.content, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv)) {
            return;
        }
        bind->mechanism = adp_ber_text(arena, &tlv.content);
        has_credentials = adp_ber_take(&auth.content, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv);
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
    krb = has_credentials ? ap_request_in(m, tlv.content) : NULL;
    bind->ticket_hash = krb && krb->has_ticket ? krb->ticket_hash : 0;
    obs.u.bind = bind;
    add(m, &obs);
    if (krb) {
        obs = adp_frame_obs(m->frame, ADP_OBS_AP_REQUEST, FALSE);
        obs.u.krb = krb;
        add(m, &obs);
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

    if (!adp_ber_take(cursor, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE, &whole)) {
        return FALSE;
    }
    content = whole.content;
    if (!adp_ber_take(&content, BER_CLASS_UNI, BER_UNI_TAG_INTEGER, &id) ||
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

typedef struct {
    adp_frame *frame;
    gboolean has_sasl;
    adp_sasl_layer layer;
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
        state->layer = adp_read_sasl(fi->ds_tvb, fi->start, adp_fvalue_uint(fi));
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
static void read_layer(adp_frame *frame, const adp_sasl_layer *layer)
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

    while (adp_ber_length(&rest) >= ADP_SASL_LENGTH_LEN + ADP_SASL_TOKEN_MIN) {
        const guint8 *p = adp_ber_bytes(&rest);
        guint32 length = ((guint32)p[1] << 16) | ((guint32)p[2] << 8) | p[3];
        adp_sasl_layer layer;

        if (p[0] || length < ADP_SASL_TOKEN_MIN ||
            length > (guint32)adp_ber_length(&rest) - ADP_SASL_LENGTH_LEN) {
            return;
        }
        layer = adp_read_sasl(rest.tvb, rest.offset, length);
        read_layer(frame, &layer);
        rest.offset += ADP_SASL_LENGTH_LEN + (int)length;
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

static void visit_records(adp_node_kind kind, const field_info *fi, void *user_data)
{
    tls_state *state = user_data;

    if (kind == ADP_NODE_TLS_DATA) {
        state->records++;
        state->hash ^= adp_hash_range(fi->ds_tvb, fi->start, fi->length);
    }
}

static void visit_protocol(adp_node_kind kind, const field_info *fi, void *user_data)
{
    tls_state *state = user_data;
    const char *name;

    if (kind == ADP_NODE_TLS_DATA_PROTOCOL) {
        name = adp_fvalue_string(fi);
        /* Wireshark's name of the protocol it would hand the content to. */
        state->is_ldap = state->is_ldap ||
                         adp_same_text(name, "Lightweight Directory Access Protocol") ||
                         adp_same_text(name, "ldap");
    }
}

/* Most of TLS is nobody's LDAP, and its records are long: they are hashed when they matter. */
void adp_read_hidden_tls(adp_frame *frame, const proto_node *node)
{
    tls_state state = {.is_ldap = adp_is_gc_over_tls(frame)};

    if (!state.is_ldap) {
        adp_node_each(node, visit_protocol, &state);
    }
    if (!state.is_ldap) {
        return;
    }
    adp_node_each(node, visit_records, &state);
    if (state.records) {
        add_hidden(frame, state.records, state.hash, ADP_PROTECTION_TLS);
    }
}
