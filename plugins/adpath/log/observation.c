/* observation.c
 * Questions that an observation answers by itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/observation.h"

#include "wire/dns_error.h"

guint adp_dns_answers(const adp_obs_dns *dns)
{
    guint found = 0;
    guint i;

    if (dns->qtype == ADP_DNS_SRV) {
        return dns->said->records.count;
    }
    for (i = 0; i < dns->answer_hosts; i++) {
        found += dns->said->hosts.items[i].address != ADP_NONE;
    }
    return found;
}

gboolean adp_dns_withholds(const adp_obs_dns *dns)
{
    guint i;

    for (i = 0; i < dns->said->reasons.count; i++) {
        if (adp_dns_error_withholds(dns->said->reasons.items[i].code)) {
            return TRUE;
        }
    }
    return FALSE;
}

const char *adp_protection_name(adp_protection protection)
{
    static const char *const names[] = {"none", "signed", "sealed", "tls", "unknown"};

    return names[protection];
}

const char *adp_transport_name(adp_transport transport)
{
    static const char *const names[] = {"udp", "tcp", "other"};

    return names[transport];
}

const adp_srv_name adp_no_srv_name = {.service = NULL};
const adp_dns_said adp_dns_nothing = {.soa_zone = NULL};
