/* rules_krb_realm.h
 * Findings about the realm in which a client asks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_KRB_REALM_H
#define ADPATH_JUDGE_RULES_KRB_REALM_H

#include "judge/rules.h"

void adp_rules_krb_realms(adp_rules *r);

/** Clients and the realms to whose KDCs they connected, for adp_rules_krb_looks_in(). Free with g_hash_table_unref(). */
GHashTable *adp_rules_krb_tried_realms(const adp_rules *r);

/**
 * What shows that the client looks for a KDC of this realm after the step: it asks DNS for one, or connects to
 * one (`tried`). ADP_NONE: nothing.
 */
guint32 adp_rules_krb_looks_in(const adp_rules *r, const adp_step *after, const char *realm,
                               GHashTable *tried);

#endif
