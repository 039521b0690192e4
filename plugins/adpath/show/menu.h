/* menu.h
 * The menu Tools > AD Discovery Path.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_MENU_H
#define ADPATH_SHOW_MENU_H

/** Adds the entries; they stand in Wireshark only. */
void adp_menu_register(void);

#endif
