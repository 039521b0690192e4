/* name_forms.c
 * What the form of a name alone tells: of the names of domains, workgroups and networks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case/name_forms.h"

#include "wire/text.h"

#include <string.h>

/* NetBIOS allows 15 bytes; the sixteenth tells the kind (RFC 1001). */
#define NETBIOS_MAX 15

char *adp_first_label(const char *name)
{
    return g_strndup(name, strcspn(name, "."));
}

const char *adp_parent_domain(const char *name)
{
    const char *dot = strchr(name, '.');

    return dot && dot[1] ? dot + 1 : NULL;
}

gboolean adp_is_workgroup(const char *label)
{
    /* What setups of Windows put in (from memory: MSHOME is that of Windows XP Home). */
    return adp_same_text(label, "WORKGROUP") || adp_same_text(label, "MSHOME");
}

gboolean adp_is_home_network(const char *name)
{
    /* RFC 8375; the others from memory, of the makers' routers. */
    static const char *const networks[] = {"home.arpa", "fritz.box", "speedport.ip",
                                           "lan",       "home",      "localdomain"};
    guint i;

    for (i = 0; i < G_N_ELEMENTS(networks); i++) {
        if (adp_same_text(name, networks[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean adp_is_cloud_label(const char *label)
{
    /* Of machines that are joined to Entra ID, and of accounts at Microsoft (from memory). */
    return adp_same_text(label, "AzureAD") || adp_same_text(label, "MicrosoftAccount");
}

gboolean adp_looks_like_netbios(const char *label)
{
    const char *p;
    gboolean letters = FALSE;

    if (strlen(label) > NETBIOS_MAX) {
        return FALSE;
    }
    for (p = label; *p; p++) {
        if (g_ascii_islower(*p)) {
            return FALSE;
        }
        letters = letters || g_ascii_isupper(*p);
    }
    return letters;
}
