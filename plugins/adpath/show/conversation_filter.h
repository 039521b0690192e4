/* conversation_filter.h
 * Right click > Conversation Filter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_CONVERSATION_FILTER_H
#define ADPATH_SHOW_CONVERSATION_FILTER_H

/** Adds "AD discovery path" and "AD discovery step"; packets can be coloured by them, too. */
void adp_conversation_filter_register(void);

#endif
