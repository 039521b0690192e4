/* advice.c
 * The row of advice for a case; the rows stand in advice_dns.c and its neighbours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "advise/advice.h"

#include "advise/advice_table.h"

#include <string.h>

static const adp_advice *const tables[] = {
    adp_advice_accounts, adp_advice_dns, adp_advice_kerberos, adp_advice_ldap, adp_advice_web,
};

static const adp_advice *exactly(const char *key, gsize len)
{
    const adp_advice *row;
    guint i;

    for (i = 0; i < G_N_ELEMENTS(tables); i++) {
        for (row = tables[i]; row->key; row++) {
            if (strlen(row->key) == len && strncmp(row->key, key, len) == 0) {
                return row;
            }
        }
    }
    return NULL;
}

const adp_advice *adp_advice_find(const char *key)
{
    const adp_advice *found = exactly(key, strlen(key));

    return found ? found : exactly(key, strcspn(key, "/"));
}

const adp_advice *adp_advice_row(guint n)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(tables); i++) {
        const adp_advice *row;

        for (row = tables[i]; row->key; row++) {
            if (n-- == 0) {
                return row;
            }
        }
    }
    return NULL;
}
