/* plugin.c
 * What Wireshark looks for when it loads the module.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "packet-adpath.h"

WS_DLL_PUBLIC_DEF const gchar plugin_version[] = ADPATH_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);

void plugin_register(void)
{
    static proto_plugin adpath = {
        .register_protoinfo = adp_register,
        .register_handoff = adp_register_handoff,
    };

    proto_register_plugin(&adpath);
}
