/* compat.h
 * The one place that knows which Wireshark this is built for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_COMPAT_H
#define ADPATH_COMPAT_H

#ifndef WS_BUILD_DLL
#define WS_BUILD_DLL
#endif
#include <wireshark.h>
#include <ws_version.h>

#include <epan/guid-utils.h>
#include <epan/packet.h>
#include <epan/proto.h>
#include <epan/stats_tree.h>

#define ADP_WIRESHARK_AT_LEAST(major, minor)                                                       \
    (WIRESHARK_VERSION_MAJOR > (major) ||                                                          \
     (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

/* What libwireshark takes and gives for a truth value. */
#if ADP_WIRESHARK_AT_LEAST(4, 4)
typedef bool adp_bool;
#else
typedef gboolean adp_bool;
#endif

/* The same where it went over earlier: BER's helpers, preferences, a pool's callbacks. */
#if ADP_WIRESHARK_AT_LEAST(4, 2)
typedef bool adp_early_bool;
#else
typedef gboolean adp_early_bool;
#endif

/*
 * Since 4.6 the start of a command-line statistic tells whether it went well.
 * Ours ends the program when it does not.
 */
#if ADP_WIRESHARK_AT_LEAST(4, 6)
typedef bool adp_stat_started;
#define ADP_RETURN_STARTED return true
#else
typedef void adp_stat_started;
#define ADP_RETURN_STARTED ((void)0)
#endif

/* The byte at an offset; throws behind the end, like all of its kind. */
static inline guint8 adp_tvb_byte(tvbuff_t *tvb, int offset)
{
#if ADP_WIRESHARK_AT_LEAST(4, 4)
    return tvb_get_uint8(tvb, offset);
#else
    return tvb_get_guint8(tvb, offset);
#endif
}

/* The value of a field. */
static inline const fvalue_t *adp_fvalue(const field_info *fi)
{
#if ADP_WIRESHARK_AT_LEAST(4, 2)
    return fi->value;
#else
    return &fi->value;
#endif
}

static inline guint32 adp_fvalue_uint(const field_info *fi)
{
#if ADP_WIRESHARK_AT_LEAST(4, 2)
    return fvalue_get_uinteger(fi->value);
#else
    return fvalue_get_uinteger((fvalue_t *)adp_fvalue(fi));
#endif
}

static inline const char *adp_fvalue_string(const field_info *fi)
{
#if ADP_WIRESHARK_AT_LEAST(4, 2)
    return fvalue_get_string(fi->value);
#else
    return fvalue_get_string((fvalue_t *)adp_fvalue(fi));
#endif
}

/*
 * Until 4.4 the dissector table "ldap.name" minds the case, so that the ping
 * replies of Windows, which spell the attribute "Netlogon", stay bytes.
 */
#define ADP_LDAP_NAME_MINDS_CASE (!ADP_WIRESHARK_AT_LEAST(4, 4))

/*
 * Without anybody who looks at the tree, only wanted items are made. Until 4.4 those at its top,
 * the protocols of the frame, are made all the same; since 4.6 they have to be wanted, too.
 */
#define ADP_TOP_ITEMS_ARE_FAKED ADP_WIRESHARK_AT_LEAST(4, 6)

/* Since 4.2 conversation filters get data of their own along. */
#if ADP_WIRESHARK_AT_LEAST(4, 2)
#define ADP_CONVERSATION_ARGUMENTS packet_info *pinfo, void *user_data _U_
#define adp_register_conversation_filter(name, title, is_valid, build)                             \
    register_conversation_filter(name, title, is_valid, build, NULL)
#else
#define ADP_CONVERSATION_ARGUMENTS       packet_info *pinfo
#define adp_register_conversation_filter register_conversation_filter
#endif

/*
 * epan/plugin_if.h of 4.2 includes, by way of epan/dfilter/dfilter.h, a header that its package
 * lacks. All that is needed of either is a name.
 */
#if ADP_WIRESHARK_AT_LEAST(4, 2) && !ADP_WIRESHARK_AT_LEAST(4, 4)
#define DFILTER_H
typedef struct epan_dfilter dfilter_t;
#endif

/*
 * Calls the handle that a table has for a GUID, without a layer of its own, and leaves the values
 * alone by which dissectors know how they were called.
 */
static inline int adp_try_guid(dissector_table_t table, guid_key *key, tvbuff_t *tvb,
                               packet_info *pinfo, proto_tree *tree, void *data)
{
#if ADP_WIRESHARK_AT_LEAST(4, 6)
    return dissector_try_guid_with_data(table, key, tvb, pinfo, tree, false, data);
#else
    return dissector_try_guid_new(table, key, tvb, pinfo, tree, FALSE, data);
#endif
}

/* What separates the levels of a statistics tree's menu entry. */
#if ADP_WIRESHARK_AT_LEAST(4, 2)
#define ADP_MENU_SEPARATOR "//"
#else
#define ADP_MENU_SEPARATOR "/"
#endif

#endif
