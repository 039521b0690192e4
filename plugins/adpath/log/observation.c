/* observation.c
 * Questions that an observation answers by itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/observation.h"

guint adp_dns_answers(const adp_obs_dns *dns)
{
    guint found = 0;
    guint i;

    if (dns->qtype == ADP_DNS_SRV) {
        return dns->records.count;
    }
    for (i = 0; i < dns->answer_hosts; i++) {
        found += dns->hosts.items[i].address != ADP_NONE;
    }
    return found;
}
