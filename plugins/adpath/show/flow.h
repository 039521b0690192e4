/* flow.h
 * The flow graph: one arrow a step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_FLOW_H
#define ADPATH_SHOW_FLOW_H

/**
 * Registers the flow type "AD discovery path": Statistics > Flow Graph, sharkd's seqa:adpath,
 * and tshark's -z flow,adpath,standard, which is drawn from the whole capture in one pass, too.
 */
void adp_flow_register(int proto);

#endif
