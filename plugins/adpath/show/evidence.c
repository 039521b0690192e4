/* evidence.c
 * The field adpath.evidence: on the packets that the verdict needs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/evidence.h"

#include "facts/fields.h"
#include "join/evidence.h"
#include "join/identity.h"
#include "join/model.h"
#include "log/observation.h"
#include "session.h"
#include "show/hf.h"

/* Of the log that frames are read into: pseudonyms change no frame. */
static adp_evidence *evidence;

void adp_evidence_forget(void)
{
    adp_evidence_free(evidence);
    evidence = NULL;
}

static guint32 known(adp_model *model, const address *addr)
{
    return addr->type == AT_NONE ? ADP_NONE
                                 : adp_model_address(model, (guint8)addr->type, addr->data,
                                                     (guint8)CLAMP(addr->len, 0, 16), NULL);
}

static gboolean needs(const packet_info *pinfo)
{
    adp_model *model = adp_session_log();
    adp_flow flow = {.client = known(model, &pinfo->src),
                     .server = known(model, &pinfo->dst),
                     .client_port = (guint16)pinfo->srcport,
                     .server_port = (guint16)pinfo->destport,
                     .transport = pinfo->ptype == PT_TCP   ? ADP_TCP
                                  : pinfo->ptype == PT_UDP ? ADP_UDP
                                                           : ADP_TRANSPORT_OTHER,
                     .stream = ADP_NONE};

    if (!adp_evidence_holds(evidence, model)) {
        adp_evidence_free(evidence);
        evidence = adp_evidence_new(model);
    }
    return adp_evidence_needs(evidence, pinfo->num, &flow, flow.server);
}

void adp_evidence_annotate(guint32 first, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    int field = adp_hf(ADP_F_EVIDENCE);
    proto_item *item;

    /* The first pass does not know what is to come; what it has read counts, with the fragments it was made of. */
    if (!tree || (!pinfo->fd->visited && first == ADP_NONE) ||
        !proto_field_is_referenced(tree, field)) {
        return;
    }
    if (!pinfo->fd->visited || needs(pinfo)) {
        item = proto_tree_add_boolean(tree, field, tvb, 0, 0, TRUE);
        proto_item_set_generated(item);
        proto_item_set_hidden(item);
    }
}
