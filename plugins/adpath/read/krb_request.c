/* krb_request.c
 * What a request to a KDC asks for, and with what it is proven (RFC 4120 5.4.1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/krb_request.h"

#include "log/observation.h"
#include "read/ber.h"
#include "read/krb_parts.h"
#include "wire/arena.h"
#include "wire/krb_types.h"
#include "wire/limits.h"

gboolean adp_krb_next_padata(adp_ber *list, gint32 *type, adp_ber *value)
{
    adp_tlv item;
    adp_ber field;
    gint64 number;

    while (adp_ber_take(list, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE, &item)) {
        if (!adp_ber_field(&item.content, 1, &field) || !adp_krb_integer(field, &number)) {
            continue;
        }
        *type = (gint32)number;
        if (!adp_ber_field(&item.content, 2, &field) || !adp_krb_octets(field, value)) {
            *value = item.content;
            value->offset = value->end;
        }
        return TRUE;
    }
    return FALSE;
}

void adp_krb_note_padata(adp_arena *arena, adp_obs_krb *krb, gint32 type)
{
    if (krb->padata.count < ADP_MAX_KRB_PADATA) {
        adp_list_add(arena, &krb->padata, type);
    } else {
        adp_limit_hit(arena, ADP_LIMIT_KRB_PADATA);
    }
}

/* PA-FOR-USER (MS-SFU 2.2.1): the user [0], its realm [1]. */
static void read_for_user(adp_arena *arena, adp_ber value, adp_obs_krb *krb)
{
    adp_ber field;

    if (!adp_ber_enter(&value, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        return;
    }
    if (adp_ber_field(&value, 0, &field)) {
        krb->for_user = adp_krb_principal(arena, field, NULL);
    }
    if (adp_ber_field(&value, 1, &field)) {
        krb->for_realm = adp_krb_text(arena, field);
    }
}

/* PA-S4U-X509-USER (MS-SFU 2.2.2): in its first part the user [1], if named, and the realm [2]. */
static void read_certificate_user(adp_arena *arena, adp_ber value, adp_obs_krb *krb)
{
    adp_ber user;
    adp_ber field;

    if (!adp_ber_enter(&value, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE) ||
        !adp_ber_field(&value, 0, &user) ||
        !adp_ber_enter(&user, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        return;
    }
    if (adp_ber_field(&user, 1, &field) && !krb->for_user) {
        krb->for_user = adp_krb_principal(arena, field, NULL);
    }
    if (adp_ber_field(&user, 2, &field) && !krb->for_realm) {
        krb->for_realm = adp_krb_text(arena, field);
    }
}

#define ARMOR_AP_REQ 1 /* RFC 6113 5.4.1 */

/* PA-FX-FAST: the ticket that armors an AS request. A TGS request is armored by what it shows. */
static void read_armor(adp_arena *arena, adp_ber value, adp_obs_krb *krb)
{
    adp_krb_ticket ticket;
    adp_ber field;
    adp_ber armor;
    adp_ber octets;

    if (adp_ber_field(&value, 0, &field) &&
        adp_ber_enter(&field, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE) &&
        adp_ber_field(&field, 0, &armor) &&
        adp_ber_enter(&armor, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE) &&
        adp_ber_field(&armor, 0, &field) && adp_krb_number(field) == ARMOR_AP_REQ &&
        adp_ber_field(&armor, 1, &field) && adp_krb_octets(field, &octets) &&
        adp_ber_enter(&octets, BER_CLASS_APP, ADP_KRB_AP_REQ) &&
        adp_krb_ticket_of_ap_req(arena, octets, &ticket)) {
        krb->armor = adp_krb_keep_ticket(arena, &ticket);
    }
}

/* The AP-REQ that shows a ticket (RFC 4120 5.2.7.1). */
static void read_shown_ticket(adp_arena *arena, adp_ber value, adp_obs_krb *krb)
{
    adp_krb_ticket ticket;

    if (adp_ber_enter(&value, BER_CLASS_APP, ADP_KRB_AP_REQ) &&
        adp_krb_ticket_of_ap_req(arena, value, &ticket)) {
        krb->shown = adp_krb_keep_ticket(arena, &ticket);
        krb->shown_hash = ticket.hash;
    }
}

void adp_krb_read_request_padata(adp_arena *arena, adp_ber field, adp_obs_krb *krb)
{
    gint32 type;
    adp_ber value;

    if (!adp_ber_enter(&field, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        return;
    }
    while (adp_krb_next_padata(&field, &type, &value)) {
        if (krb->padata.count == ADP_MAX_KRB_PADATA) {
            adp_limit_hit(arena, ADP_LIMIT_KRB_PADATA);
            break;
        }
        adp_krb_note_padata(arena, krb, type);
        switch (type) {
        case ADP_PA_TGS_REQ:
            read_shown_ticket(arena, value, krb);
            break;
        case ADP_PA_FOR_USER:
            read_for_user(arena, value, krb);
            break;
        case ADP_PA_S4U_X509_USER:
            read_certificate_user(arena, value, krb);
            break;
        case ADP_PA_FX_FAST:
            read_armor(arena, value, krb);
            break;
        case ADP_PA_PAC_OPTIONS:
            if (adp_ber_enter(&value, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE) &&
                adp_ber_field(&value, 0, &value)) {
                krb->pac_options = adp_krb_flags(value);
            }
            break;
        default:
            break;
        }
    }
}

static void read_etypes(adp_arena *arena, adp_ber field, adp_obs_krb *krb)
{
    adp_tlv tlv;

    krb->etypes.count = 0;
    if (!adp_ber_enter(&field, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        return;
    }
    while (adp_ber_next(&field, &tlv)) {
        gint32 etype = (gint32)adp_ber_integer(&tlv.content);

        if (krb->etypes.count == ADP_MAX_KRB_ETYPES) {
            adp_limit_hit(arena, ADP_LIMIT_KRB_ETYPES);
            return;
        }
        adp_list_add(arena, &krb->etypes, etype);
    }
}

static void read_additional_tickets(adp_arena *arena, adp_ber field, adp_obs_krb *krb)
{
    adp_tlv tlv;
    adp_krb_ticket ticket;

    krb->more.count = 0;
    if (!adp_ber_enter(&field, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        return;
    }
    while (adp_ber_take(&field, BER_CLASS_APP, 1, &tlv)) {
        if (krb->more.count == ADP_MAX_KRB_TICKETS) {
            adp_limit_hit(arena, ADP_LIMIT_KRB_TICKETS);
            return;
        }
        (void)adp_krb_ticket_in(arena, tlv.content, &ticket);
        adp_list_add(arena, &krb->more, ticket);
    }
}

/* Whose ticket, for which service. */
static void read_names(adp_arena *arena, adp_ber *body, adp_obs_krb *krb)
{
    adp_ber field;

    if (adp_ber_field(body, 1, &field)) {
        krb->client = adp_krb_principal(arena, field, &krb->client_type);
    }
    if (adp_ber_field(body, 2, &field)) {
        krb->realm = adp_krb_text(arena, field);
    }
    if (adp_ber_field(body, 3, &field)) {
        krb->spn = adp_krb_principal(arena, field, &krb->spn_type);
    }
}

void adp_krb_read_request_body(adp_arena *arena, adp_ber body, adp_obs_krb *krb)
{
    adp_ber field;

    if (!adp_ber_enter(&body, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        return;
    }
    if (adp_ber_field(&body, 0, &field)) {
        krb->options = adp_krb_flags(field);
    }
    read_names(arena, &body, krb);
    if (adp_ber_field(&body, 4, &field)) {
        krb->has_from = adp_krb_time(field, &krb->from);
    }
    if (adp_ber_field(&body, 5, &field)) {
        krb->has_till = adp_krb_time(field, &krb->till);
        krb->till_year = adp_krb_year(field);
    }
    if (adp_ber_field(&body, 7, &field)) {
        /* Some send it as a signed number. */
        krb->nonce = (guint32)adp_krb_number(field);
        krb->has_nonce = TRUE;
    }
    if (adp_ber_field(&body, 8, &field)) {
        read_etypes(arena, field, krb);
    }
    if (adp_ber_field(&body, 11, &field)) {
        read_additional_tickets(arena, field, krb);
    }
}
