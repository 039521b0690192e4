/* other_end.c
 * What Wireshark's TCP noted of the other end of a connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "read/other_end.h"

#include "read/frame.h"

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>

static int proto_tcp = -1;

void adp_other_end_init(void)
{
    proto_tcp = proto_get_id_by_filter_name("tcp");
}

static const struct tcp_analysis *analysis_of(const adp_frame *frame)
{
    adp_saved_ends saved = adp_ends_as_sent(frame->pinfo, frame->segment.tvb, frame->segment.start);
    conversation_t *conversation = find_conversation_pinfo(frame->pinfo, 0);
    const struct tcp_analysis *tcp =
        conversation ? conversation_get_proto_data(conversation, proto_tcp) : NULL;

    adp_ends_restore(frame->pinfo, &saved);
    return tcp && tcp->stream == frame->stream ? tcp : NULL;
}

void adp_other_end_note(const adp_frame *frame, adp_obs_tcp *tcp)
{
    const struct tcp_analysis *analysis = analysis_of(frame);
    const tcp_flow_t *other = analysis ? analysis->rev : NULL;

    /* An acknowledgement of nothing is what no connection has. */
    if (!other || !other->tcp_analyze_seq_info || !other->tcp_analyze_seq_info->lastack) {
        return;
    }
    tcp->met = TRUE;
    tcp->taken = other->tcp_analyze_seq_info->lastack;
    tcp->shut = other->window == 0;
}
