/* values.h
 * What the values of an SCP's attributes say, shown where Wireshark shows the value.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_VALUES_H
#define ADPATH_SHOW_VALUES_H

/** Registers the fields adpath.value.*. */
void adp_values_register(int proto);

/** Hooks into the LDAP dissector. */
void adp_values_register_handoff(int proto);

#endif
