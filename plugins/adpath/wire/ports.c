/* ports.c
 * What the well-known ports serve.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/ports.h"

typedef enum {
    DIRECTORY = 1 << 0, /* LDAP */
    CATALOG = 1 << 1,   /* and the global catalog of it */
    IN_TLS = 1 << 2,    /* from the first byte */
    WEB = 1 << 3,
    CONTROLLER = 1 << 4, /* a domain controller is found and used there */
    NAMES = 1 << 5,      /* DNS */
    KDC = 1 << 6,
    PASSWORDS = 1 << 7 /* kpasswd */
} traits;

static const struct {
    guint port;
    guint traits;
    const char *serves;
} ports[] = {
    {ADP_PORT_DNS, NAMES, "DNS"},
    {ADP_PORT_HTTP, WEB, "HTTP"},
    {ADP_PORT_KDC, KDC | CONTROLLER, "Kerberos"},
    {ADP_PORT_LDAP, DIRECTORY | CONTROLLER, "LDAP"},
    {ADP_PORT_HTTPS, WEB | IN_TLS, "HTTPS"},
    {ADP_PORT_KPASSWD, PASSWORDS, "password change (kpasswd)"},
    {ADP_PORT_LDAPS, DIRECTORY | IN_TLS | CONTROLLER, "LDAP over TLS"},
    {ADP_PORT_GC, DIRECTORY | CATALOG | CONTROLLER, "global catalog"},
    {ADP_PORT_GC_TLS, DIRECTORY | CATALOG | IN_TLS | CONTROLLER, "global catalog over TLS"},
};

static gboolean has(guint port, guint wanted)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(ports); i++) {
        if (ports[i].port == port) {
            return (ports[i].traits & wanted) == wanted;
        }
    }
    return FALSE;
}

const char *adp_port_serves(guint port)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(ports); i++) {
        if (ports[i].port == port) {
            return ports[i].serves;
        }
    }
    return NULL;
}

gboolean adp_port_is_dns(guint port)
{
    return has(port, NAMES);
}

gboolean adp_port_is_kdc(guint port)
{
    return has(port, KDC);
}

gboolean adp_port_is_kpasswd(guint port)
{
    return has(port, PASSWORDS);
}

gboolean adp_port_is_ldap(guint port)
{
    return has(port, DIRECTORY);
}

gboolean adp_port_is_ldaps(guint port)
{
    return has(port, DIRECTORY | IN_TLS);
}

gboolean adp_port_takes_starttls(guint port)
{
    return has(port, DIRECTORY) && !has(port, IN_TLS);
}

gboolean adp_port_is_gc(guint port)
{
    return has(port, CATALOG);
}

gboolean adp_port_is_web(guint port)
{
    return has(port, WEB);
}

gboolean adp_port_is_dc(guint port)
{
    return has(port, CONTROLLER);
}

guint16 adp_port_with_tls(guint16 port)
{
    return port == ADP_PORT_LDAP ? ADP_PORT_LDAPS : port == ADP_PORT_GC ? ADP_PORT_GC_TLS : port;
}

guint16 adp_port_without_tls(guint16 port)
{
    return port == ADP_PORT_LDAPS ? ADP_PORT_LDAP : port == ADP_PORT_GC_TLS ? ADP_PORT_GC : port;
}
