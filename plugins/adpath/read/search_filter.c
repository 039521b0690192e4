/* search_filter.c
 * The filter of an LDAP search, from its bytes (RFC 4511 4.5.1.7).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/search_filter.h"

#include "read/ber.h"
#include "wire/arena.h"
#include "wire/ldap_filter.h"
#include "wire/limits.h"
#include "wire/text.h"

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

    if (!adp_ber_take(&content, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv)) {
        return FALSE;
    }
    f->attribute = adp_ber_text(state->arena, &tlv.content);
    if (!adp_ber_take(&content, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv)) {
        return FALSE;
    }
    f->value = blob_of(state->arena, &tlv.content);
    return !tlv.content.cut;
}

static gboolean read_substrings(filter_state *state, adp_ber content, adp_filter *f)
{
    adp_tlv tlv;

    if (!adp_ber_take(&content, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv)) {
        return FALSE;
    }
    f->attribute = adp_ber_text(state->arena, &tlv.content);
    if (!adp_ber_enter(&content, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        return FALSE;
    }
    while (adp_ber_next(&content, &tlv)) {
        adp_blob part;

        if (f->any.count == ADP_MAX_FILTER_WILDCARDS) {
            adp_limit_hit(state->arena, ADP_LIMIT_FILTER_WILDCARDS);
            break;
        }
        part = blob_of(state->arena, &tlv.content);
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
    if (depth > ADP_MAX_FILTER_DEPTH) {
        adp_limit_hit(state->arena, ADP_LIMIT_FILTER_DEPTH);
        return f;
    }
    if (++state->nodes > ADP_MAX_FILTER_NODES) {
        adp_limit_hit(state->arena, ADP_LIMIT_FILTER_NODES);
        return f;
    }
    if (!adp_ber_next(cursor, &tlv) || tlv.class != BER_CLASS_CON ||
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

adp_filter *adp_read_search_filter(adp_arena *arena, adp_ber *cursor)
{
    filter_state state = {.arena = arena};

    return read_filter(&state, cursor, 0);
}
