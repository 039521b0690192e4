/* hf.c
 * The fields of the catalogue as Wireshark knows them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/hf.h"

#include "facts/fields.h"

#include <epan/proto.h>

/* Indexed by adp_field; filled from the catalogue at registration. */
static int hf[ADP_FIELD_COUNT];

int adp_hf(adp_field field)
{
    return hf[field];
}

static void describe(adp_field field, hf_register_info *row)
{
    static const struct {
        enum ftenum type;
        int display;
        const void *strings;
    } kinds[] = {
        [ADP_TYPE_STRING] = {FT_STRING, BASE_NONE, NULL},
        [ADP_TYPE_UINT16] = {FT_UINT16, BASE_DEC, NULL},
        [ADP_TYPE_UINT32] = {FT_UINT32, BASE_DEC, NULL},
        [ADP_TYPE_HEX32] = {FT_UINT32, BASE_HEX, NULL},
        [ADP_TYPE_INT32] = {FT_INT32, BASE_DEC, NULL},
        [ADP_TYPE_BOOLEAN] = {FT_BOOLEAN, BASE_NONE, NULL},
        [ADP_TYPE_TIME] = {FT_RELATIVE_TIME, BASE_NONE, NULL},
        [ADP_TYPE_REQUEST] = {FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_REQUEST)},
        [ADP_TYPE_REPLY] = {FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE)},
        [ADP_TYPE_FRAME] = {FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_NONE)},
    };
    const adp_field_info *info = adp_field_get(field);

    hf[field] = -1;
    row->p_id = &hf[field];
    row->hfinfo.name = info->title;
    row->hfinfo.abbrev = info->name;
    row->hfinfo.type = kinds[info->type].type;
    row->hfinfo.display = kinds[info->type].display;
    row->hfinfo.strings = kinds[info->type].strings;
    row->hfinfo.blurb = info->meaning;
    row->hfinfo.id = -1;
    row->hfinfo.same_name_prev_id = -1;
}

void adp_hf_register(int proto)
{
    /* libwireshark keeps pointers into them. */
    static hf_register_info rows[ADP_FIELD_COUNT];
    int field;

    for (field = 0; field < ADP_FIELD_COUNT; field++) {
        describe((adp_field)field, &rows[field]);
    }
    proto_register_field_array(proto, rows, ADP_FIELD_COUNT);
}
