/* kind_dns.h
 * Lookups of SRV records and of addresses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_KIND_DNS_H
#define ADPATH_FACTS_KIND_DNS_H

#include "facts/kind.h"

/** The result ("answered", ...) of a view of either, NULL while there is none. */
const char *adp_dns_result(const adp_model *model, const adp_view *view);

#endif
