/* netlogon.h
 * The value of the Netlogon attribute: a domain controller's answer to a ping.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_NETLOGON_H
#define ADPATH_WIRE_NETLOGON_H

#include "wire/arena.h"

#include <glib.h>

/** Opcodes of the reply, MS-ADTS 6.3.1.3 (numbers verified in Samba's nbt.idl). */
enum {
    ADP_NETLOGON_RESPONSE = 19,
    ADP_NETLOGON_PAUSE = 20,
    ADP_NETLOGON_USER_UNKNOWN = 21,
    ADP_NETLOGON_RESPONSE_EX = 23,
    ADP_NETLOGON_PAUSE_EX = 24,
    ADP_NETLOGON_USER_UNKNOWN_EX = 25
};

/** DS_CLOSEST_FLAG: the server is in the client's site (MS-ADTS 6.3.1.2). */
#define ADP_DS_CLOSEST 0x00000080U

/**
 * A reply. Strings are the arena's; "" when the server left a name empty, NULL
 * when the form of reply has no such field or it was cut off.
 */
typedef struct {
    guint16 opcode;
    gboolean has_flags;
    guint32 flags;
    const char *forest;
    const char *domain;
    const char *host; /* DNS name of the DC; of old forms its NetBIOS name */
    const char *netbios_domain;
    const char *netbios_host;
    const char *user;
    const char *dc_site;
    const char *client_site;
    const char *next_site;
} adp_netlogon;

/**
 * Decodes the value. Every opcode is read, and what is there of a value that
 * was cut short.
 * @return FALSE when not even an opcode is there.
 * Layouts: MS-ADTS 6.3.1.8 (SAM_LOGON_RESPONSE) and 6.3.1.9 (RESPONSE_EX).
 */
gboolean adp_netlogon_parse(adp_arena *arena, const guint8 *value, gsize len, adp_netlogon *ret);

/** Does the controller say that it does not know the account that the ping names? */
gboolean adp_netlogon_is_user_unknown(guint16 opcode);

/** "ok", "paused", "user unknown" or "unknown opcode". Never NULL. */
const char *adp_netlogon_opcode_name(guint16 opcode);

#endif
