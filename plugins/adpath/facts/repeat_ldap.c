/* repeat_ldap.c
 * The captured ping, bind or search as a command: ldapsearch, nltest, Get-AD*.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/repeat_ldap.h"

#include "facts/repeat_private.h"
#include "facts/repeat_words.h"
#include "log/observation.h"
#include "wire/ports.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

static void sh_url(adp_repeat_context *c, const char *scheme, const char *host, guint16 usual_port)
{
    GString *url = g_string_new(scheme);
    guint16 port = c->step->flow.server_port;

    g_string_append(url, "://");
    adp_url_append_place(url, host, port == usual_port ? 0 : port);
    g_string_append(c->shell, " -H");
    adp_repeat_sh_arg(c, "", url->str);
    g_string_free(url, TRUE);
}

static void sh_ldap_server(adp_repeat_context *c)
{
    gboolean tls = c->request->protection == ADP_PROTECTION_TLS;
    guint16 port = c->step->flow.server_port;
    gboolean ldaps = tls && !adp_port_takes_starttls(port);

    sh_url(c, ldaps ? "ldaps" : "ldap", adp_repeat_server_name(c),
           ldaps ? ADP_PORT_LDAPS : ADP_PORT_LDAP);
    if (tls && !ldaps) {
        g_string_append(c->shell, " -ZZ");
    }
}

/*
 * The cmdlets speak to the web service of AD, which names a directory by its
 * port without TLS (from memory).
 */
static void ps_ldap_server(adp_repeat_context *c)
{
    const char *name = adp_repeat_server_name(c);
    guint16 port = c->step->flow.server_port;
    GString *server = g_string_new(NULL);

    port = adp_port_without_tls(port);
    adp_url_append_place(server, name, port == ADP_PORT_LDAP ? 0 : port);
    g_string_append(c->powershell, " -Server ");
    adp_repeat_ps_arg(c, server->str);
    g_string_free(server, TRUE);
}

/* The name is the user's to fill in: it is not kept, like the password. */
static void sh_simple_bind(adp_repeat_context *c, gboolean anonymous)
{
    g_string_append(c->shell, anonymous ? " -x" : " -x -W -D '<bind name>'");
}

/* As a SASL mechanism, which is a word of RFC 4422 or nothing. */
static void sh_sasl_bind(adp_repeat_context *c, const char *mechanism)
{
    const char *p;

    for (p = mechanism; *p; p++) {
        if (!g_ascii_isalnum(*p) && *p != '-' && *p != '_') {
            c->shell_ok = FALSE;
        }
    }
    /* -N: the host name stays as it is, no reverse lookup makes another SPN of it. */
    g_string_append(c->shell, " -N -Y");
    adp_repeat_sh_arg(c, "", mechanism);
    /* A controller refuses to sign or seal inside TLS, with unwillingToPerform. */
    if (c->request->protection == ADP_PROTECTION_TLS && !adp_same_text(mechanism, "EXTERNAL")) {
        g_string_append(c->shell, " -O maxssf=0");
    }
}

/* As the connection of a search was bound. */
static void sh_bind_of_search(adp_repeat_context *c)
{
    const char *mechanism = c->step->own->mechanism;

    if (adp_same_text(mechanism, "simple")) {
        sh_simple_bind(c, FALSE);
    } else if (!mechanism || adp_same_text(mechanism, "sicily")) {
        /* Sicily is Microsoft's alone. The entries show to nobody who is not bound. */
        sh_sasl_bind(c, "GSSAPI");
    } else {
        sh_sasl_bind(c, mechanism);
    }
}

static void sh_search(adp_repeat_context *c, const adp_obs_search *search)
{
    static const char *const scopes[] = {"base", "one", "sub", "children"};
    guint i;

    if (search->scope >= G_N_ELEMENTS(scopes)) {
        c->shell_ok = FALSE;
        return;
    }
    if (search->partial || (search->filter && strstr(search->filter, "(?)"))) {
        c->shell_ok = FALSE;
        c->powershell_ok = FALSE;
    }
    g_string_append_printf(c->shell, " -LLL -s %s -b", scopes[search->scope]);
    adp_repeat_sh_arg(c, "", search->base);
    g_string_append(c->shell, " --");
    adp_repeat_sh_arg(c, "", search->filter);
    for (i = 0; i < search->attributes.count; i++) {
        adp_repeat_sh_arg(c, "", search->attributes.items[i]);
    }
}

static void ps_properties(adp_repeat_context *c, const adp_obs_search *search)
{
    guint i;

    for (i = 0; i < search->attributes.count; i++) {
        g_string_append(c->powershell, i ? "," : " -Properties ");
        adp_repeat_ps_arg(c, search->attributes.items[i]);
    }
}

void adp_repeat_ping(adp_repeat_context *c)
{
    const adp_obs_search *search = c->request->u.search;

    /* Few ldapsearch know cldap://; controllers answer over TCP just as well (MS-ADTS 6.3.3). */
    g_string_append(c->shell, "ldapsearch -x");
    sh_url(c, "ldap", adp_repeat_server_address(c), ADP_PORT_LDAP);
    sh_search(c, search);
    if (search->ping.domain && *search->ping.domain) {
        g_string_append(c->powershell, "nltest ");
        adp_repeat_ps_program_arg(c, "/dsgetdc:", search->ping.domain);
        g_string_append(c->powershell, " /force");
    } else {
        c->powershell_ok = FALSE;
    }
}

void adp_repeat_rootdse(adp_repeat_context *c)
{
    const adp_obs_search *search = c->request->u.search;

    g_string_append(c->shell, "ldapsearch -x");
    sh_ldap_server(c);
    sh_search(c, search);
    g_string_append(c->powershell, "Get-ADRootDSE");
    ps_ldap_server(c);
    ps_properties(c, search);
}

void adp_repeat_scp(adp_repeat_context *c)
{
    static const char *const scopes[] = {"Base", "OneLevel", "Subtree"};
    const adp_obs_search *search = c->request->u.search;

    g_string_append(c->shell, "ldapsearch");
    sh_bind_of_search(c);
    sh_ldap_server(c);
    sh_search(c, search);
    if (search->scope >= G_N_ELEMENTS(scopes)) {
        c->powershell_ok = FALSE;
        return;
    }
    g_string_append(c->powershell, "Get-ADObject -LDAPFilter ");
    adp_repeat_ps_arg(c, search->filter);
    g_string_append_printf(c->powershell, " -SearchScope %s -SearchBase ", scopes[search->scope]);
    adp_repeat_ps_arg(c, search->base);
    ps_ldap_server(c);
    ps_properties(c, search);
}

void adp_repeat_bind(adp_repeat_context *c)
{
    const adp_obs_bind *bind = c->request->u.bind;

    /* Not ldapwhoami: Samba does not know that operation. */
    g_string_append(c->shell, "ldapsearch");
    if (bind->is_sasl) {
        sh_sasl_bind(c, bind->mechanism);
    } else if (adp_same_text(bind->mechanism, "simple")) {
        sh_simple_bind(c, bind->anonymous);
    } else {
        c->shell_ok = FALSE; /* sicily */
    }
    sh_ldap_server(c);
    g_string_append(c->shell, " -LLL -s base -b '' -- '(objectClass=*)' 1.1");
    g_string_append(c->powershell, "Get-ADRootDSE");
    ps_ldap_server(c);
    if (adp_same_text(c->step->own->mechanism, "simple")) {
        g_string_append(c->powershell, " -AuthType Basic");
        if (!c->request->u.bind->anonymous) {
            g_string_append(c->powershell, " -Credential (Get-Credential)");
        }
    }
}
