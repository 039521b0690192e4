/* netbios.c
 * Questions for NetBIOS names, and their answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/netbios.h"

#include "join/feed.h"
#include "log/observation.h"
#include "read/ber.h"
#include "read/frame.h"
#include "wire/hash.h"
#include "wire/arena.h"
#include "wire/text.h"

#define HEADER_LEN  12
#define FLAG_REPLY  0x8000
#define OPCODE_MASK 0x7800 /* 0: a query; others register and release names */
#define RCODE_MASK  0x000f
#define TYPE_NB     0x20
/* Sixteen bytes, each as two letters (RFC 1001 14.1). */
#define NAME_LEN    16
#define ENCODED_LEN 32

static guint be16(const guint8 *p)
{
    return (guint)p[0] << 8 | p[1];
}

/* The sixteen bytes that the letters stand for; FALSE when they stand for none. */
static gboolean decode(const guint8 *letters, guint8 *name)
{
    guint i;

    for (i = 0; i < NAME_LEN; i++) {
        guint high = letters[2 * i] - 'A';
        guint low = letters[2 * i + 1] - 'A';

        if (high > 15 || low > 15) {
            return FALSE;
        }
        name[i] = (guint8)(high << 4 | low);
    }
    return TRUE;
}

static const adp_obs_netbios *make(adp_arena *arena, const guint8 *name, guint rcode)
{
    adp_obs_netbios *netbios = adp_arena_new_array(arena, adp_obs_netbios, 1);
    gsize len = NAME_LEN - 1;

    while (len && (name[len - 1] == ' ' || name[len - 1] == '\0')) {
        len--;
    }
    netbios->name = adp_text(arena, name, len);
    netbios->suffix = name[NAME_LEN - 1];
    netbios->rcode = (guint8)rcode;
    return netbios;
}

/* A reply has no question; its answer's name stands in the same place (RFC 1002 4.2.13). */
void adp_read_netbios(adp_frame *frame, tvbuff_t *tvb, int offset)
{
    adp_ber range = adp_ber_range(tvb, offset, -1);
    const guint8 *p = adp_ber_bytes(&range);
    int length = adp_ber_length(&range);
    guint8 name[NAME_LEN];
    guint flags;
    const guint8 *behind;
    adp_obs obs;

    /* Scope identifiers behind the name are not used with Windows (from memory). */
    if (length < HEADER_LEN + 1 + ENCODED_LEN + 1 + 4) {
        return;
    }
    flags = be16(p + 2);
    behind = p + HEADER_LEN + 1 + ENCODED_LEN + 1;
    if ((flags & OPCODE_MASK) || p[HEADER_LEN] != ENCODED_LEN || behind[-1] != 0 ||
        be16(behind) != TYPE_NB || !decode(p + HEADER_LEN + 1, name)) {
        return;
    }
    if (name[NAME_LEN - 1] != ADP_NETBIOS_SERVER && name[NAME_LEN - 1] != ADP_NETBIOS_MASTER &&
        name[NAME_LEN - 1] != ADP_NETBIOS_DOMAIN) {
        return;
    }
    obs = adp_frame_obs(frame, ADP_OBS_NETBIOS, (flags & FLAG_REPLY) != 0);
    obs.id = be16(p);
    obs.hash = adp_hash_range(tvb, offset, length);
    obs.u.netbios = make(frame->arena, name, flags & RCODE_MASK);
    (void)adp_model_add(frame->model, &obs);
}
