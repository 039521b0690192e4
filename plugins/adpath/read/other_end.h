/* other_end.h
 * What Wireshark's TCP noted of the other end of a connection: acknowledgements without data, and its window.
 *
 * Nothing is read of packets that carry neither data nor a flag but ACK: they are most of all packets. Where a client
 * asks for a connection again, or ends one, what they said last is asked for instead.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_OTHER_END_H
#define ADPATH_READ_OTHER_END_H

#include "log/observation.h"
#include "read/frame.h"

/** Once, when Wireshark has all of its protocols. */
void adp_other_end_init(void);

/**
 * Fills in what `tcp` says of the end that the frame goes to. Nothing, where Wireshark does not analyse sequence
 * numbers (its preference tcp.analyze_sequence_numbers), or does not know the connection.
 */
void adp_other_end_note(const adp_frame *frame, adp_obs_tcp *tcp);

#endif
