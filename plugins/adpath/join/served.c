/* served.c
 * Ends of connections that serve, as far as the log says: for whoever has to know quickly.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/served.h"

#include "join/derived.h"
#include "join/model.h"
#include "log/observation.h"

#include <string.h>

#define PORTS 65536

/* Asked of each packet: hence no hash tables. */
struct adp_served {
    guint8 ports[PORTS / 8];
    GByteArray *addresses; /* at an address's id: it serves */
};

adp_served *adp_served_new(void)
{
    adp_served *served = g_new0(adp_served, 1);

    served->addresses = g_byte_array_new();
    return served;
}

void adp_served_free(adp_served *served)
{
    g_byte_array_unref(served->addresses);
    g_free(served);
}

void adp_served_note(adp_derived *d, const adp_flow *flow)
{
    GByteArray *addresses = d->served->addresses;
    guint old = addresses->len;

    if (flow->transport != ADP_TCP || flow->server == ADP_NONE) {
        return;
    }
    if (flow->server >= old) {
        g_byte_array_set_size(addresses, flow->server + 1);
        memset(addresses->data + old, FALSE, addresses->len - old);
    }
    addresses->data[flow->server] = TRUE;
    d->served->ports[flow->server_port / 8] |= (guint8)(1U << flow->server_port % 8);
}

gboolean adp_model_serves_on(const adp_model *model, guint32 port)
{
    return port < PORTS && (model->derived.served->ports[port / 8] >> port % 8 & 1);
}

gboolean adp_model_serves(const adp_model *model, guint32 address)
{
    const GByteArray *addresses = model->derived.served->addresses;

    return address < addresses->len && addresses->data[address];
}
