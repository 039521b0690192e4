/* packet-adpath.h
 * The protocol "adpath": a post-dissector.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_PACKET_ADPATH_H
#define ADPATH_PACKET_ADPATH_H

void adp_register(void);
void adp_register_handoff(void);

#endif
