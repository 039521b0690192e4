/* sequence.h
 * What Wireshark's flow graphs are made of. libwireshark exports these functions, and no
 * version installs the header that declares them: these are the parts we use, in the layout
 * of Wireshark's own epan/sequence_analysis.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_SEQUENCE_H
#define ADPATH_SHOW_SEQUENCE_H

#include "compat.h"

#include <epan/address.h>
#include <epan/tap.h>
#include <stdio.h>

/** How many different ends a graph has room for. */
#define ADP_SEQUENCE_COLUMNS 40

/** An arrow; its texts and the data of its addresses are freed with it, by g_free(). */
typedef struct _seq_analysis_item {
    guint32 frame_number;
    address src_addr;
    guint16 port_src;
    address dst_addr;
    guint16 port_dst;
    char *frame_label;         /* on the arrow */
    char *time_str;            /* on the left */
    char *comment;             /* on the right */
    guint16 conv_num;          /* ladders get a line between two of them */
    unsigned fg_color;         /* 0xRRGGBB */
    unsigned bg_color;         /* likewise */
    adp_bool has_color_filter; /* these two are set */
    adp_bool display;
    guint src_node;     /* libwireshark's own, */
    guint dst_node;     /* likewise */
    guint16 line_style; /* width of the arrow */
    guint32 info_type;  /* 0: none */
    void *info_ptr;
} seq_analysis_item_t;

/** A graph; libwireshark makes it. What follows is for it alone. */
typedef struct _seq_analysis_info {
    const char *name;
    adp_bool any_addr;
    int nconv;
    GQueue *items; /* of seq_analysis_item_t, in the order in which they are drawn */
} seq_analysis_info_t;

WS_DLL_PUBLIC void register_seq_analysis(const char *name, const char *ui_name, const int proto_id,
                                         const char *tap_listener, guint tap_flags,
                                         tap_packet_cb tap_func);
WS_DLL_PUBLIC seq_analysis_info_t *sequence_analysis_info_new(void);
WS_DLL_PUBLIC void sequence_analysis_info_free(seq_analysis_info_t *info);
WS_DLL_PUBLIC int sequence_analysis_get_nodes(seq_analysis_info_t *info);
WS_DLL_PUBLIC void sequence_analysis_dump_to_file(FILE *file, seq_analysis_info_t *info,
                                                  unsigned first_node);

#endif
