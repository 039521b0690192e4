/* repeat.c
 * The captured question as a command that a person can run to ask it again.
 *
 * Tools: dig (ISC), ldapsearch (OpenLDAP), kinit and kvno (MIT);
 * Resolve-DnsName, Get-ADRootDSE, Get-ADObject, nltest and klist (Windows).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/repeat.h"

#include "facts/krb_purpose.h"
#include "facts/repeat_ldap.h"
#include "facts/repeat_private.h"
#include "facts/repeat_web.h"
#include "facts/repeat_words.h"
#include "facts/view.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/ports.h"
#include "wire/text.h"

#include <string.h>

/* ---- srv, address ---- */

/* At a terminal dig refuses ASCII names that IDNA would not have, unless it is told not to care. */
static gboolean is_plain_name(const char *name)
{
    const char *p;

    for (p = name; *p; p++) {
        gboolean first = p == name || p[-1] == '.';
        gboolean last = !p[1] || p[1] == '.';

        if (*p == '-' ? first || last || p[1] == '-'
                      : !g_ascii_isalnum(*p) && *p != '_' && *p != '.') {
            return FALSE;
        }
    }
    return TRUE;
}

static void repeat_dns(adp_repeat_context *c, const char *type)
{
    const adp_obs_dns *dns = c->request->u.dns;
    GString *name = g_string_new(NULL);
    const char *p;

    /* dig reads the escapes of RFC 1035 itself; other bytes are spelled in them. */
    for (p = dns->name; *p; p++) {
        if ((guint8)*p >= 0x80) {
            g_string_append_printf(name, "\\%03u", (guint8)*p);
        } else {
            g_string_append_c(name, *p);
        }
    }
    /* "-q NAME": NAME is a name even when it looks like an option or a server. */
    g_string_append(c->shell, "dig -q");
    adp_repeat_sh_arg(c, "", name->str);
    g_string_append_printf(c->shell, " -t %s", type);
    if (!is_plain_name(dns->name)) {
        g_string_append(c->shell, " +noidnin +noidnout"); /* older dig know neither */
    }
    g_string_append_printf(c->powershell, "Resolve-DnsName -DnsOnly -Type %s -Name ", type);
    if (c->step->flow.transport == ADP_TCP) {
        g_string_append(c->shell, " +tcp");
    }
    if (!adp_port_is_dns(c->step->flow.server_port)) {
        g_string_append_printf(c->shell, " -p %u", c->step->flow.server_port);
    }
    adp_repeat_sh_arg(c, "@", adp_repeat_server_address(c));
    if (strchr(dns->name, '\\')) {
        c->powershell_ok = FALSE;
    }
    adp_repeat_ps_arg(c, dns->name);
    g_string_append(c->powershell, " -Server ");
    adp_repeat_ps_arg(c, adp_repeat_server_address(c));
    if (c->step->flow.transport == ADP_TCP) {
        g_string_append(c->powershell, " -TcpOnly");
    }
    if (!adp_port_is_dns(c->step->flow.server_port)) {
        c->powershell_ok = FALSE; /* it cannot ask another port */
    }
    g_string_free(name, TRUE);
}

/* ---- kerberos ---- */

static void append_escaped(GString *out, const char *text, const char *special)
{
    for (; *text; text++) {
        if (strchr(special, *text)) {
            g_string_append_c(out, '\\');
        }
        g_string_append_c(out, *text);
    }
}

/*
 * A principal as MIT's tools read it: '@' in a component needs a backslash. The
 * name is masked by itself: with its realm, every principal looks like an address.
 */
static void sh_principal(adp_repeat_context *c, const char *name, const char *realm)
{
    GString *out;
    char *value;

    if (!adp_repeat_is_faithful(name) || !*name || (realm && !adp_repeat_is_faithful(realm))) {
        c->shell_ok = FALSE;
        return;
    }
    out = g_string_new(NULL);
    value = adp_repeat_shown(c, name);
    append_escaped(out, value, "@\\");
    if (realm && *realm) {
        g_free(value);
        value = adp_repeat_shown(c, realm);
        g_string_append_c(out, '@');
        append_escaped(out, value, "@\\/");
    }
    adp_repeat_sh_word(c, out->str);
    g_string_free(out, TRUE);
    g_free(value);
}

static void repeat_kerberos(adp_repeat_context *c)
{
    const adp_obs_krb *krb = c->request->u.krb;

    adp_purpose purpose = adp_krb_purpose(c->model, c->view).purpose;

    /* A password is changed by no command that only reads; others need tickets of a service. */
    if (!krb->spn || !*krb->spn || krb->carrier == ADP_CARRIER_KPASSWD ||
        purpose == ADP_PURPOSE_USER2USER || purpose == ADP_PURPOSE_S4U2PROXY) {
        c->shell_ok = c->powershell_ok = FALSE;
        return;
    }
    if (purpose == ADP_PURPOSE_S4U2SELF) {
        c->powershell_ok = FALSE;
        if (!krb->for_user || !*krb->for_user) {
            c->shell_ok = FALSE;
            return;
        }
        g_string_append(c->shell, "kvno -U");
        sh_principal(c, krb->for_user, krb->for_realm);
        g_string_append(c->shell, " --");
        sh_principal(c, krb->spn, krb->realm);
        return;
    }
    if (krb->exchange == ADP_EXCHANGE_AS && krb->client) {
        /* The ticket goes to memory that ends with the program: nothing is changed. */
        g_string_append(c->shell, "kinit -c MEMORY:");
        if (!adp_has_prefix(krb->spn, "krbtgt/")) {
            g_string_append(c->shell, " -S");
            sh_principal(c, krb->spn, NULL);
        }
        g_string_append(c->shell, " --");
        sh_principal(c, krb->client, krb->realm);
    } else {
        g_string_append(c->shell, "kvno --");
        sh_principal(c, krb->spn, krb->realm);
    }
    g_string_append(c->powershell, "klist get ");
    adp_repeat_ps_program_arg(c, "", krb->spn);
}

/* ---- which one ---- */

gboolean adp_repeat(const adp_model *model, const adp_view *view, char **shell, char **powershell)
{
    adp_repeat_context c = {.model = model,
                            .view = view,
                            .step = adp_model_step(model, view->step),
                            .request = adp_view_request(model, view),
                            .shell_ok = TRUE,
                            .powershell_ok = TRUE};

    if (!c.request) {
        return FALSE;
    }
    c.shell = g_string_new(NULL);
    c.powershell = g_string_new(NULL);
    switch (c.step->kind) {
    case ADP_STEP_SRV:
        repeat_dns(&c, "SRV");
        break;
    case ADP_STEP_ADDRESS:
        repeat_dns(&c, c.request->u.dns->qtype == ADP_DNS_AAAA ? "AAAA" : "A");
        break;
    case ADP_STEP_TLS:
        adp_repeat_tls(&c);
        break;
    case ADP_STEP_AUTODISCOVER:
        adp_repeat_autodiscover(&c);
        break;
    case ADP_STEP_PING:
        adp_repeat_ping(&c);
        break;
    case ADP_STEP_KERBEROS:
        repeat_kerberos(&c);
        break;
    case ADP_STEP_BIND:
        adp_repeat_bind(&c);
        break;
    case ADP_STEP_ROOTDSE:
        adp_repeat_rootdse(&c);
        break;
    case ADP_STEP_SCP:
        adp_repeat_scp(&c);
        break;
    default:
        c.shell_ok = c.powershell_ok = FALSE;
        break;
    }
    *shell = g_string_free(c.shell, !c.shell_ok);
    *powershell = g_string_free(c.powershell, !c.powershell_ok);
    return TRUE;
}
