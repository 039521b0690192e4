/* ldap.c
 * LDAP messages, as bytes (RFC 4511), and how they were carried.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/ldap.h"

#include "join/exchange.h"
#include "join/hosts.h"
#include "join/model.h"
#include "log/observation.h"
#include "log/search.h"
#include "read/ber.h"
#include "read/frame.h"
#include "read/ldap_bind.h"
#include "read/ldap_message.h"
#include "read/ldap_ops.h"
#include "read/nodes.h"
#include "read/sasl.h"
#include "read/search_filter.h"
#include "wire/hash.h"
#include "wire/arena.h"
#include "wire/ldap_filter.h"
#include "wire/netlogon.h"
#include "wire/ports.h"
#include "wire/scp.h"
#include "wire/limits.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

/* The global catalog over TLS; Wireshark does not map it to LDAP. */

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

        if (tlv.content.cut || search->attributes.count == ADP_MAX_LDAP_ATTRIBUTES) {
            search->partial = TRUE;
            if (!tlv.content.cut) {
                adp_limit_hit(arena, ADP_LIMIT_LDAP_ATTRIBUTES);
            }
            return;
        }
        name = adp_ber_text(arena, &tlv.content);
        adp_list_add(arena, &search->attributes, name);
    }
}

static gboolean octets_are(const adp_ber *octets, const char *text)
{
    gsize len = strlen(text);

    return (gsize)MAX(0, adp_ber_length(octets)) == len &&
           memcmp(adp_ber_bytes(octets), text, len) == 0;
}

/*
 * The paging control (RFC 2696 2) among those behind the operation: size, and hash of the
 * cookie, 0 for an empty one. FALSE without.
 */
static gboolean read_paging(const adp_ldap_message *m, guint32 *size, guint64 *cookie)
{
    static const char oid[] = "1.2.840.113556.1.4.319";
    adp_ber list = m->controls;
    adp_tlv item;
    adp_tlv tlv;

    if (!adp_ber_enter(&list, BER_CLASS_CON, 0)) {
        return FALSE;
    }
    while (adp_ber_next(&list, &item)) {
        adp_ber value = item.content;

        if (!adp_ber_take(&value, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv) ||
            !octets_are(&tlv.content, oid)) {
            continue;
        }
        (void)adp_ber_take(&value, BER_CLASS_UNI, BER_UNI_TAG_BOOLEAN, &tlv);
        if (!adp_ber_enter(&value, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING) ||
            !adp_ber_enter(&value, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE) ||
            !adp_ber_take(&value, BER_CLASS_UNI, BER_UNI_TAG_INTEGER, &tlv)) {
            return FALSE;
        }
        *size = (guint32)adp_ber_integer(&tlv.content);
        *cookie = 0;
        if (adp_ber_take(&value, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv) &&
            adp_ber_length(&tlv.content) > 0) {
            *cookie = adp_hash_bytes(ADP_HASH_SEED, adp_ber_bytes(&tlv.content),
                                     (gsize)adp_ber_length(&tlv.content)) |
                      1;
        }
        return TRUE;
    }
    return FALSE;
}

static void read_search(const adp_ldap_message *m, adp_ber op)
{
    adp_ber whole = op;
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
    search->no_values = adp_ber_integer(&tlv.content) != 0;
    filter = adp_read_search_filter(arena, &op);
    read_attribute_names(arena, op, search);
    if (!adp_search_finish(arena, filter, search)) {
        adp_ldap_read_other_search(m, whole);
        return;
    }
    search->is_paged = read_paging(m, &search->page_size, &search->cookie);
    obs.u.search = search;
    adp_ldap_add(m, &obs);
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

    /* Half a URL would be another one. */
    while (adp_ber_next(&values, &tlv) && !tlv.content.cut) {
        const char *text;

        if (strings->count == ADP_MAX_LDAP_VALUES) {
            adp_limit_hit(arena, ADP_LIMIT_LDAP_VALUES);
            return;
        }
        text = adp_ber_text(arena, &tlv.content);
        adp_list_add(arena, strings, text);
    }
}

/* MS-ADTS 3.1.1.3.4.3.1. Others than directories of that kind have other capabilities, or none. */
#define CAPABILITY_ACTIVE_DIRECTORY "1.2.840.113556.1.4.800"

static gboolean has_value(adp_ber values, const char *value)
{
    adp_tlv tlv;

    while (adp_ber_next(&values, &tlv) && !tlv.content.cut) {
        if ((gsize)adp_ber_length(&tlv.content) == strlen(value) &&
            memcmp(adp_ber_bytes(&tlv.content), value, strlen(value)) == 0) {
            return TRUE;
        }
    }
    return FALSE;
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
                   adp_ber_next(&attribute, &item) && !item.content.cut) {
            entry->scp.host = adp_ber_text(arena, &item.content);
        } else if (kind == ADP_STEP_ROOTDSE && type_is(&type.content, "dnsHostName") &&
                   adp_ber_next(&attribute, &item) && !item.content.cut) {
            entry->dns_host = adp_ber_text(arena, &item.content);
        } else if (kind == ADP_STEP_ROOTDSE && type_is(&type.content, "vendorName") &&
                   adp_ber_next(&attribute, &item) && !item.content.cut) {
            entry->vendor = adp_ber_text(arena, &item.content);
        } else if (kind == ADP_STEP_ROOTDSE &&
                   (type_is(&type.content, "rootDomainNamingContext") ||
                    type_is(&type.content, "domainControllerFunctionality") ||
                    type_is(&type.content, "dsServiceName"))) {
            entry->is_active_directory = TRUE;
        } else if (kind == ADP_STEP_ROOTDSE && type_is(&type.content, "supportedCapabilities")) {
            entry->is_active_directory =
                entry->is_active_directory || has_value(attribute, CAPABILITY_ACTIVE_DIRECTORY);
        } else if (kind == ADP_STEP_PING && type_is(&type.content, "Netlogon") &&
                   adp_ber_next(&attribute, &item)) {
            entry->has_netlogon =
                adp_netlogon_parse(arena, adp_ber_bytes(&item.content),
                                   (gsize)adp_ber_length(&item.content), &entry->netlogon);
        }
    }
}

static void read_entry(const adp_ldap_message *m, adp_ber op)
{
    adp_arena *arena = m->frame->arena;
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_ENTRY, TRUE);
    adp_obs_entry *entry = adp_arena_new_array(arena, adp_obs_entry, 1);
    /* An entry whose question is not in the capture may still be a ping's. */
    adp_step_kind kind = ADP_STEP_PING;
    adp_tlv tlv;

    if (!adp_model_search_kind(m->frame->model, &obs.flow, m->id, &kind)) {
        adp_ldap_note_answer(m, TRUE);
    }
    if (!adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv)) {
        return;
    }
    if (kind == ADP_STEP_SCP) {
        entry->scp.dn = adp_ber_text(arena, &tlv.content);
    }
    entry->damaged = TRUE;
    if (adp_ber_enter(&op, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        entry->damaged = op.cut;
        read_attributes(arena, op, kind, entry);
    }
    if (kind == ADP_STEP_SCP) {
        const adp_obs_search *search = adp_model_search(m->frame->model, &obs.flow, m->id);

        /* Keywords that nobody asked for do not come; the filter says what they would be. */
        if (search && entry->scp.keywords.count == 0) {
            entry->scp.type = adp_scp_type_asked(search->filter);
        }
        adp_scp_entry_finish(arena, &entry->scp);
    }
    obs.u.entry = entry;
    adp_ldap_add(m, &obs);
}

static void read_done(const adp_ldap_message *m, adp_ber op)
{
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_DONE, TRUE);
    adp_obs_result *result = adp_ldap_read_result(m, &op);
    adp_step_kind kind;
    guint32 size;

    obs.u.result = result;
    if (!adp_model_search_kind(m->frame->model, &obs.flow, m->id, &kind)) {
        adp_ldap_read_operation_reply(m, ADP_LDAP_OP_SEARCH, obs.u.result);
        return;
    }
    (void)read_paging(m, &size, &result->cookie);
    adp_ldap_add(m, &obs);
}

/* The first server that it names, when nothing has named that one so far (RFC 4511 4.5.3). */
static void read_reference(const adp_ldap_message *m, adp_ber op)
{
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_REFERENCE, TRUE);
    adp_url url;
    adp_tlv text;

    if (adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &text) && !text.content.cut &&
        adp_ber_length(&text.content) > 0 &&
        adp_url_parse((const char *)adp_ber_bytes(&text.content),
                      (gsize)adp_ber_length(&text.content), &url) &&
        !adp_model_named(m->frame->model, url.host)) {
        obs.u.referred = adp_arena_strndup(m->frame->arena, url.host, strlen(url.host));
        adp_ldap_add(m, &obs);
    }
}

/* AbandonRequest is the bare number of another message. */
static void read_abandon(const adp_ldap_message *m, adp_ber op)
{
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_ABANDON, FALSE);
    adp_ldap_message abandoned = *m;

    abandoned.id = (guint32)adp_ber_integer(&op);
    adp_ldap_note_answer(&abandoned, FALSE);
    adp_ldap_add(&abandoned, &obs);
}

/* ---- messages ---- */

/* Reads the LDAPMessage at the cursor; FALSE when there is none. */
static gboolean read_message(adp_ldap_message *m, adp_ber *cursor)
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
    m->controls = content;
    m->hash = adp_hash_range(cursor->tvb, whole.start, whole.content.end - whole.start);
    switch (op.tag) {
    case ADP_LDAP_TAG_BIND_REQUEST:
        adp_ldap_read_bind(m, op.content);
        break;
    case ADP_LDAP_TAG_BIND_RESPONSE:
        adp_ldap_read_bind_response(m, op.content);
        break;
    case ADP_LDAP_TAG_SEARCH_REQUEST:
        read_search(m, op.content);
        break;
    case ADP_LDAP_TAG_SEARCH_ENTRY:
        read_entry(m, op.content);
        break;
    case ADP_LDAP_TAG_SEARCH_DONE:
        read_done(m, op.content);
        break;
    case ADP_LDAP_TAG_SEARCH_REFERENCE:
        adp_ldap_note_answer(m, TRUE);
        read_reference(m, op.content);
        break;
    case ADP_LDAP_TAG_INTERMEDIATE:
        adp_ldap_note_answer(m, TRUE);
        break;
    case ADP_LDAP_TAG_ABANDON:
        read_abandon(m, op.content);
        break;
    default:
        adp_ldap_read_operation(m, op.tag, op.content);
        break;
    }
    return TRUE;
}

static guint read_messages(adp_ldap_message *m, adp_ber cursor)
{
    guint n = 0;

    while (read_message(m, &cursor)) {
        n++;
    }
    m->frame->whole = m->frame->whole || n;
    return n;
}

/* ---- what carries them ---- */

/* Which end serves: what the connection showed before, else the well-known port. */
static gboolean from_server(const adp_frame *frame)
{
    const packet_info *pinfo = frame->pinfo;
    adp_flow flow;

    if (adp_model_stream_flow(frame->model, frame->transport, frame->stream, &flow)) {
        return frame->src == flow.server && pinfo->srcport == flow.server_port;
    }
    if (adp_port_is_ldap(pinfo->srcport) != adp_port_is_ldap(pinfo->destport)) {
        return adp_port_is_ldap(pinfo->srcport);
    }
    return pinfo->srcport < pinfo->destport;
}

static void add_hidden(adp_frame *frame, guint messages, guint length, guint64 hash,
                       adp_protection protection)
{
    adp_obs_hidden *hidden = adp_arena_new_array(frame->arena, adp_obs_hidden, 1);
    adp_obs obs = adp_frame_obs(frame, ADP_OBS_LDAP_HIDDEN, from_server(frame));
    adp_ldap_message m = {.frame = frame, .hash = hash, .protection = protection};

    hidden->messages = messages;
    hidden->bytes = length;
    frame->whole = TRUE;
    obs.u.hidden = hidden;
    adp_ldap_add(&m, &obs);
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
    adp_ldap_message m = {.frame = state->frame};

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
    adp_ldap_message m = {.frame = frame, .protection = ADP_PROTECTION_SIGNED};

    if (read_messages(&m, layer->plain) == 0) {
        add_hidden(
            frame, 1, (guint)adp_ber_length(&layer->token),
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
    return frame->pinfo->srcport == ADP_PORT_GC_TLS || frame->pinfo->destport == ADP_PORT_GC_TLS;
}

void adp_read_ldap_bytes(adp_frame *frame, tvbuff_t *tvb, int offset, int length)
{
    adp_ldap_message m = {.frame = frame, .protection = ADP_PROTECTION_TLS, .decrypted = TRUE};

    (void)read_messages(&m, adp_ber_range(tvb, offset, length));
}

void adp_read_bare_ldap(adp_frame *frame, const adp_place *bytes)
{
    adp_ldap_message m = {.frame = frame};

    (void)read_messages(&m, adp_ber_range(bytes->tvb, bytes->start, bytes->length));
}

typedef struct {
    guint records;
    guint length; /* of all of them */
    guint64 hash;
    gboolean is_ldap;
} tls_state;

static void visit_records(adp_node_kind kind, const field_info *fi, void *user_data)
{
    tls_state *state = user_data;

    if (kind == ADP_NODE_TLS_DATA) {
        state->records++;
        state->length += (guint)MAX(fi->length, 0);
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
        add_hidden(frame, state.records, state.length, state.hash, ADP_PROTECTION_TLS);
    }
}
