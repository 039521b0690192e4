/* step_kinds.c
 * The table of the kinds of steps. A unit test fails when a row is missing, or not whole.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/step_kinds.h"

#include "facts/kind.h"
#include "facts/kind_dns.h"
#include "facts/kind_krb.h"
#include "facts/kind_ldap.h"
#include "facts/kind_ping.h"
#include "facts/kind_tls.h"
#include "facts/kind_web.h"
#include "join/model.h"

static const adp_kind *const kinds[ADP_STEP_KINDS] = {
    [ADP_STEP_SRV] = &adp_kind_srv,   [ADP_STEP_ADDRESS] = &adp_kind_address,
    [ADP_STEP_PING] = &adp_kind_ping, [ADP_STEP_KERBEROS] = &adp_kind_kerberos,
    [ADP_STEP_BIND] = &adp_kind_bind, [ADP_STEP_ROOTDSE] = &adp_kind_rootdse,
    [ADP_STEP_SCP] = &adp_kind_scp,   [ADP_STEP_HIDDEN] = &adp_kind_hidden,
    [ADP_STEP_TLS] = &adp_kind_tls,   [ADP_STEP_AUTODISCOVER] = &adp_kind_autodiscover,
};

const adp_kind *adp_kind_of(adp_step_kind kind)
{
    return kinds[kind];
}
