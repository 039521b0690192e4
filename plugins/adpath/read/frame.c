/* frame.c
 * A frame being read: what all its observations have in common.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "read/frame.h"

#include "join/identity.h"
#include "join/model.h"
#include "log/observation.h"
#include "read/ber.h"
#include "wire/hash.h"

#include <epan/to_str.h>

/* Six bytes of Ethernet as a number, 0 for other links. */
static guint64 link_address(const address *addr)
{
    const guint8 *bytes = addr->data;
    guint64 number = 0;
    int i;

    for (i = 0; addr->type == AT_ETHER && i < addr->len; i++) {
        number = (number << 8) | bytes[i];
    }
    return number;
}

adp_obs adp_frame_obs(const adp_frame *frame, adp_obs_type type, gboolean from_server)
{
    const packet_info *pinfo = frame->pinfo;
    adp_obs obs = {
        .type = type,
        .frame = pinfo->num,
        .time = frame->time,
        .from_server = from_server,
        .link = link_address(from_server ? &pinfo->dl_dst : &pinfo->dl_src),
        .fragmented = frame->fragmented,
        .flow =
            {
                .client = from_server ? frame->dst : frame->src,
                .server = from_server ? frame->src : frame->dst,
                .client_port = (guint16)(from_server ? pinfo->destport : pinfo->srcport),
                .server_port = (guint16)(from_server ? pinfo->srcport : pinfo->destport),
                .transport = frame->transport,
                .stream = frame->stream,
            },
    };

    return obs;
}

guint64 adp_hash_range(tvbuff_t *tvb, int offset, int length)
{
    adp_ber range = adp_ber_range(tvb, offset, length);

    return adp_hash_bytes(ADP_HASH_SEED, adp_ber_bytes(&range), (gsize)adp_ber_length(&range));
}

/* The sequence number stands behind the two ports. */
guint64 adp_hash_segment(const adp_frame *frame)
{
    return frame->segment.tvb ? adp_hash_range(frame->segment.tvb, frame->segment.start + 4, 4) : 0;
}

guint8 adp_address_len(const address *addr)
{
    return (guint8)CLAMP(addr->len, 0, 16);
}

const address *adp_frame_source(const packet_info *pinfo)
{
    return pinfo->src.type == AT_STRINGZ ? &pinfo->net_src : &pinfo->src;
}

const address *adp_frame_destination(const packet_info *pinfo)
{
    return pinfo->dst.type == AT_STRINGZ ? &pinfo->net_dst : &pinfo->dst;
}

adp_saved_ends adp_ends_as_sent(packet_info *pinfo, tvbuff_t *segment, int start)
{
    adp_saved_ends saved = {pinfo->src, pinfo->dst, pinfo->srcport, pinfo->destport};

    pinfo->src = *adp_frame_source(pinfo);
    pinfo->dst = *adp_frame_destination(pinfo);
    if (segment && pinfo->ptype == PT_TCP &&
        (int)tvb_captured_length(segment) - start >= 2 * (int)sizeof(guint16)) {
        pinfo->srcport = tvb_get_ntohs(segment, start);
        pinfo->destport = tvb_get_ntohs(segment, start + (int)sizeof(guint16));
    }
    return saved;
}

void adp_ends_restore(packet_info *pinfo, const adp_saved_ends *saved)
{
    pinfo->src = saved->src;
    pinfo->dst = saved->dst;
    pinfo->srcport = saved->srcport;
    pinfo->destport = saved->destport;
}

guint32 adp_known_address(adp_model *model, const address *addr)
{
    return adp_model_address(model, (guint8)addr->type, addr->data, adp_address_len(addr), NULL);
}

guint32 adp_address_id(adp_model *model, packet_info *pinfo, const address *addr)
{
    guint32 id = adp_known_address(model, addr);

    /* Its text is made once. */
    if (id != ADP_NONE && *adp_model_address_text(model, id)) {
        return id;
    }
    return adp_model_address(model, (guint8)addr->type, addr->data, adp_address_len(addr),
                             address_to_str(pinfo->pool, addr));
}

guint32 adp_frame_address(const adp_frame *frame, address_type type, const guint8 *bytes, int len)
{
    address addr;

    set_address(&addr, type, len, bytes);
    return adp_address_id(frame->model, frame->pinfo, &addr);
}
