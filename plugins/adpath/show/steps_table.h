/* steps_table.h
 * The table of steps in Wireshark's Statistics menu and in sharkd.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_STEPS_TABLE_H
#define ADPATH_SHOW_STEPS_TABLE_H

void adp_steps_table_register(void);

#endif
