/* repeat.c
 * The captured question as a command that a person can run to ask it again.
 *
 * Tools: dig (ISC), ldapsearch (OpenLDAP), kinit and kvno (MIT);
 * Resolve-DnsName, Get-ADRootDSE, Get-ADObject, nltest and klist (Windows).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "repeat.h"

#include "text.h"

#include <string.h>

typedef struct {
    const adp_model *model;
    const adp_view *view;
    const adp_step *step;
    const adp_obs *request;
    GString *shell;
    GString *powershell;
    gboolean shell_ok; /* so far everything could be said faithfully */
    gboolean powershell_ok;
} context;

/* Text that was escaped or cut when it entered the model is not what was sent. */
static gboolean is_faithful(const char *text)
{
    return text && !strstr(text, "\\x") && strlen(text) < ADP_TEXT_MAX;
}

/* The value as it may be shown. Free with g_free(). */
static char *shown(const context *c, const char *text)
{
    char *masked = c->view->mailboxes ? NULL : adp_mask_mailboxes(text);

    return masked ? masked : g_strdup(text);
}

/* One argument for a POSIX shell, of text that may be shown as it is. */
static void sh_word(context *c, const char *text)
{
    char *quoted = g_shell_quote(text);

    g_string_append_c(c->shell, ' ');
    g_string_append(c->shell, quoted);
    g_free(quoted);
}

/* The same of text of the packet, with `prefix` of our own in front. */
static void sh_arg(context *c, const char *prefix, const char *text)
{
    char *value;
    char *joined;

    if (!is_faithful(text)) {
        c->shell_ok = FALSE;
        return;
    }
    value = shown(c, text);
    joined = g_strconcat(prefix, value, NULL);
    sh_word(c, joined);
    g_free(joined);
    g_free(value);
}

/* PowerShell ends a quoted string at any of these, and takes two for one. */
static gboolean is_powershell_quote(gunichar ch)
{
    return ch == '\'' || (ch >= 0x2018 && ch <= 0x201b);
}

/* One argument for a PowerShell cmdlet, in single quotes: nothing in it is expanded. */
static void ps_arg(context *c, const char *text)
{
    const char *p;
    char *value;

    if (!is_faithful(text)) {
        c->powershell_ok = FALSE;
        return;
    }
    value = shown(c, text);
    g_string_append(c->powershell, "'");
    for (p = value; *p; p = g_utf8_next_char(p)) {
        gunichar ch = g_utf8_get_char(p);

        if (is_powershell_quote(ch)) {
            g_string_append_unichar(c->powershell, ch);
        }
        g_string_append_unichar(c->powershell, ch);
    }
    g_string_append(c->powershell, "'");
    g_free(value);
}

/*
 * One argument for a program started by PowerShell. Such programs split their
 * command line themselves, each in its own way, so only plain text is passed.
 */
static void ps_program_arg(context *c, const char *prefix, const char *text)
{
    const char *p;
    char *value;
    char *joined;

    if (!is_faithful(text) || (!*prefix && (*text == '-' || *text == '/'))) {
        c->powershell_ok = FALSE;
        return;
    }
    for (p = text; *p; p++) {
        if (!g_ascii_isalnum(*p) && !strchr("._-/$:@", *p)) {
            c->powershell_ok = FALSE;
        }
    }
    value = shown(c, text);
    joined = g_strconcat(prefix, value, NULL);
    ps_arg(c, joined);
    g_free(joined);
    g_free(value);
}

static const char *server_address(const context *c)
{
    return adp_model_address_text(c->model, c->step->flow.server);
}

/* Anything else could be a second URL or a path to programs that split their argument. */
static gboolean is_host_name(const char *name)
{
    const char *p;

    for (p = name; *p; p++) {
        if (!g_ascii_isalnum(*p) && *p != '-' && *p != '.' && *p != '_') {
            return FALSE;
        }
    }
    return g_ascii_isalnum(*name) && strlen(name) < ADP_TEXT_MAX;
}

/* A host name serves Kerberos better than an address, which has no SPN. */
static const char *server_name(const context *c)
{
    const char *name = c->step->server_name;

    return name && is_host_name(name) ? name : server_address(c);
}

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

static void repeat_dns(context *c, const char *type)
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
    sh_arg(c, "", name->str);
    g_string_append_printf(c->shell, " -t %s", type);
    if (!is_plain_name(dns->name)) {
        g_string_append(c->shell, " +noidnin +noidnout"); /* older dig know neither */
    }
    g_string_append_printf(c->powershell, "Resolve-DnsName -DnsOnly -Type %s -Name ", type);
    if (c->step->flow.transport == ADP_TCP) {
        g_string_append(c->shell, " +tcp");
    }
    if (c->step->flow.server_port != 53) {
        g_string_append_printf(c->shell, " -p %u", c->step->flow.server_port);
    }
    sh_arg(c, "@", server_address(c));
    if (strchr(dns->name, '\\')) {
        c->powershell_ok = FALSE;
    }
    ps_arg(c, dns->name);
    g_string_append(c->powershell, " -Server ");
    ps_arg(c, server_address(c));
    if (c->step->flow.transport == ADP_TCP) {
        g_string_append(c->powershell, " -TcpOnly");
    }
    if (c->step->flow.server_port != 53) {
        c->powershell_ok = FALSE; /* it cannot ask another port */
    }
    g_string_free(name, TRUE);
}

/* ---- ldap ---- */

static void sh_url(context *c, const char *scheme, const char *host, guint16 usual_port)
{
    GString *url = g_string_new(scheme);

    g_string_append_printf(url, strchr(host, ':') ? "://[%s]" : "://%s", host);
    if (c->step->flow.server_port != usual_port) {
        g_string_append_printf(url, ":%u", c->step->flow.server_port);
    }
    g_string_append(c->shell, " -H");
    sh_arg(c, "", url->str);
    g_string_free(url, TRUE);
}

static void sh_ldap_server(context *c)
{
    gboolean tls = c->request->protection == ADP_PROTECTION_TLS;
    guint16 port = c->step->flow.server_port;
    gboolean ldaps = tls && port != 389 && port != 3268;

    sh_url(c, ldaps ? "ldaps" : "ldap", server_name(c), ldaps ? 636 : 389);
    if (tls && !ldaps) {
        g_string_append(c->shell, " -ZZ");
    }
}

/*
 * The cmdlets speak to the web service of AD, which names a directory by its
 * port without TLS (from memory).
 */
static void ps_ldap_server(context *c)
{
    const char *name = server_name(c);
    guint16 port = c->step->flow.server_port;
    GString *server = g_string_new(NULL);

    port = port == 636 ? 389 : port == 3269 ? 3268 : port;
    if (port == 389) {
        g_string_append(server, name);
    } else {
        g_string_append_printf(server, strchr(name, ':') ? "[%s]:%u" : "%s:%u", name, port);
    }
    g_string_append(c->powershell, " -Server ");
    ps_arg(c, server->str);
    g_string_free(server, TRUE);
}

/* The name is the user's to fill in: it is not kept, like the password. */
static void sh_simple_bind(context *c, gboolean anonymous)
{
    g_string_append(c->shell, anonymous ? " -x" : " -x -W -D '<bind name>'");
}

/* As a SASL mechanism, which is a word of RFC 4422 or nothing. */
static void sh_sasl_bind(context *c, const char *mechanism)
{
    const char *p;

    for (p = mechanism; *p; p++) {
        if (!g_ascii_isalnum(*p) && *p != '-' && *p != '_') {
            c->shell_ok = FALSE;
        }
    }
    /* -N: the host name stays as it is, no reverse lookup makes another SPN of it. */
    g_string_append(c->shell, " -N -Y");
    sh_arg(c, "", mechanism);
    /* A controller refuses to sign or seal inside TLS, with unwillingToPerform. */
    if (c->request->protection == ADP_PROTECTION_TLS && !adp_same_text(mechanism, "EXTERNAL")) {
        g_string_append(c->shell, " -O maxssf=0");
    }
}

/* As the connection of a search was bound. */
static void sh_bind_of_search(context *c)
{
    const char *mechanism = c->step->mechanism;

    if (adp_same_text(mechanism, "simple")) {
        sh_simple_bind(c, FALSE);
    } else if (!mechanism || adp_same_text(mechanism, "sicily")) {
        /* Sicily is Microsoft's alone. The entries show to nobody who is not bound. */
        sh_sasl_bind(c, "GSSAPI");
    } else {
        sh_sasl_bind(c, mechanism);
    }
}

static void sh_search(context *c, const adp_obs_search *search)
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
    sh_arg(c, "", search->base);
    g_string_append(c->shell, " --");
    sh_arg(c, "", search->filter);
    for (i = 0; i < search->attributes.count; i++) {
        sh_arg(c, "", search->attributes.items[i]);
    }
}

static void ps_properties(context *c, const adp_obs_search *search)
{
    guint i;

    for (i = 0; i < search->attributes.count; i++) {
        g_string_append(c->powershell, i ? "," : " -Properties ");
        ps_arg(c, search->attributes.items[i]);
    }
}

static void repeat_ping(context *c)
{
    const adp_obs_search *search = c->request->u.search;

    /* Few ldapsearch know cldap://; controllers answer over TCP just as well (MS-ADTS 6.3.3). */
    g_string_append(c->shell, "ldapsearch -x");
    sh_url(c, "ldap", server_address(c), 389);
    sh_search(c, search);
    if (search->ping.domain && *search->ping.domain) {
        g_string_append(c->powershell, "nltest ");
        ps_program_arg(c, "/dsgetdc:", search->ping.domain);
        g_string_append(c->powershell, " /force");
    } else {
        c->powershell_ok = FALSE;
    }
}

static void repeat_rootdse(context *c)
{
    const adp_obs_search *search = c->request->u.search;

    g_string_append(c->shell, "ldapsearch -x");
    sh_ldap_server(c);
    sh_search(c, search);
    g_string_append(c->powershell, "Get-ADRootDSE");
    ps_ldap_server(c);
    ps_properties(c, search);
}

static void repeat_scp(context *c)
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
    ps_arg(c, search->filter);
    g_string_append_printf(c->powershell, " -SearchScope %s -SearchBase ", scopes[search->scope]);
    ps_arg(c, search->base);
    ps_ldap_server(c);
    ps_properties(c, search);
}

static void repeat_bind(context *c)
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
    if (adp_same_text(c->step->mechanism, "simple")) {
        g_string_append(c->powershell, " -AuthType Basic");
        if (!c->request->u.bind->anonymous) {
            g_string_append(c->powershell, " -Credential (Get-Credential)");
        }
    }
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
static void sh_principal(context *c, const char *name, const char *realm)
{
    GString *out;
    char *value;

    if (!is_faithful(name) || !*name || (realm && !is_faithful(realm))) {
        c->shell_ok = FALSE;
        return;
    }
    out = g_string_new(NULL);
    value = shown(c, name);
    append_escaped(out, value, "@\\");
    if (realm && *realm) {
        g_free(value);
        value = shown(c, realm);
        g_string_append_c(out, '@');
        append_escaped(out, value, "@\\/");
    }
    sh_word(c, out->str);
    g_string_free(out, TRUE);
    g_free(value);
}

static void repeat_kerberos(context *c)
{
    const adp_obs_krb *krb = c->request->u.krb;

    if (!krb->spn || !*krb->spn) {
        c->shell_ok = c->powershell_ok = FALSE;
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
    ps_program_arg(c, "", krb->spn);
}

/* ---- tls ---- */

static void repeat_tls(context *c)
{
    const char *sni = c->request->u.tls->sni;
    const char *host = sni ? sni : server_address(c);
    /* Through a tunnel the port is the proxy's. */
    guint16 port = c->step->in_tunnel ? 443 : c->step->flow.server_port;
    char *place = g_strdup_printf(strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, port);
    char *client = g_strdup_printf(", %u).GetStream());", port);

    g_string_append(c->shell, "openssl s_client -connect");
    sh_arg(c, "", place);
    if (sni) {
        g_string_append(c->shell, " -servername");
        sh_arg(c, "", sni);
    }
    if (port == 389 || port == 3268) {
        g_string_append(c->shell, " -starttls ldap");
        c->powershell_ok = FALSE;
    }
    g_string_append(c->shell, " </dev/null");
    /* openssl takes its argument apart at colons, slashes and brackets. */
    if (sni && !is_host_name(sni)) {
        c->shell_ok = c->powershell_ok = FALSE;
    }
    g_string_append(c->powershell, "$tls = [Net.Security.SslStream]::new("
                                   "[Net.Sockets.TcpClient]::new(");
    ps_arg(c, host);
    g_string_append(c->powershell, client);
    g_string_append(c->powershell, " $tls.AuthenticateAsClient(");
    ps_arg(c, host);
    g_string_append(c->powershell, "); $tls.SslProtocol; $tls.RemoteCertificate");
    g_free(client);
    g_free(place);
}

/* ---- autodiscover ---- */

/* POX asks by a body; the mailbox is for the reader to fill in unless it may be shown. */
#define POX_BEGIN                                                                                  \
    "<Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/"            \
    "requestschema/2006\"><Request><EMailAddress>"
#define POX_END                                                                                    \
    "</EMailAddress><AcceptableResponseSchema>http://schemas.microsoft.com/exchange/"              \
    "autodiscover/outlook/responseschema/2006a</AcceptableResponseSchema></Request></"             \
    "Autodiscover>"

/* Free with g_free(). */
static char *pox_body(const context *c)
{
    const char *mailbox = c->request->u.http->mailbox;
    char *safe;
    char *body;

    if (!mailbox || !c->view->mailboxes || !is_faithful(mailbox)) {
        mailbox = "<mailbox>";
        return g_strconcat(POX_BEGIN, mailbox, POX_END, NULL);
    }
    safe = g_markup_escape_text(mailbox, -1);
    body = g_strconcat(POX_BEGIN, safe, POX_END, NULL);
    g_free(safe);
    return body;
}

/*
 * Is the server of the URL a name or an address, and perhaps a port? Anything else
 * may be another server to the program that gets the URL.
 */
static gboolean is_plain_server(const char *url)
{
    const char *begin = strstr(url, "://");
    const char *end;
    const char *p;
    char *host;
    gboolean plain;
    guint64 port = 1;

    if (!begin) {
        return FALSE;
    }
    begin += 3;
    if (*begin == '[') {
        end = begin + 1 + strspn(begin + 1, "0123456789ABCDEFabcdef:.");
        if (*end != ']' || !memchr(begin, ':', (gsize)(end - begin))) {
            return FALSE;
        }
        end++;
    } else {
        end = begin + strcspn(begin, ":/?");
        host = g_strndup(begin, (gsize)(end - begin));
        plain = is_host_name(host);
        g_free(host);
        if (!plain) {
            return FALSE;
        }
    }
    p = end;
    if (*p == ':') {
        p = end + 1 + strspn(end + 1, "0123456789");
        port = g_ascii_strtoull(end + 1, NULL, 10);
    }
    return strchr("/?", *p) && port > 0 && port <= G_MAXUINT16;
}

/* Programs take a fragment off, and .NET also tidies up what looks like a path. */
static void check_url(context *c, const adp_obs_http *http)
{
    const char *url = http->url;

    if (!url || http->url_is_short || strchr(http->host, '/') || !is_plain_server(url) ||
        strchr(url, '#')) {
        c->shell_ok = c->powershell_ok = FALSE;
    } else if (strchr(url, '\\') || strstr(url, "/.") || strstr(url, "%2e") || strstr(url, "%2E")) {
        c->powershell_ok = FALSE;
    }
}

static void repeat_autodiscover(context *c)
{
    const adp_obs_http *http = c->request->u.http;
    gboolean post = strcmp(http->method, "POST") == 0;
    char *body;

    /* A SOAP question is longer than a line, and JSON's mailbox stands in its URL. */
    if ((post && http->form != ADP_AUTODISCOVER_POX) ||
        (!post && strcmp(http->method, "GET") != 0) || http->form == ADP_AUTODISCOVER_JSON ||
        !http->host || !*http->host) {
        c->shell_ok = c->powershell_ok = FALSE;
        return;
    }
    check_url(c, http);
    /* Brackets and braces are no patterns here, and dots no way to another folder. */
    g_string_append(c->shell, "curl -sS -i --globoff --path-as-is");
    g_string_append(c->powershell, "Invoke-WebRequest -UseBasicParsing -MaximumRedirection 0");
    if (post) {
        body = pox_body(c);
        g_string_append(c->shell, " --negotiate -u : -H 'Content-Type: text/xml' --data-raw");
        sh_word(c, body);
        g_string_append_printf(c->powershell,
                               " -UseDefaultCredentials -Method Post -ContentType text/xml"
                               " -Body '%s'",
                               strchr(body, '\'') ? "" : body);
        c->powershell_ok = c->powershell_ok && !strchr(body, '\'') && !strstr(body, "\xe2\x80");
        g_free(body);
    }
    g_string_append(c->shell, " --url");
    sh_arg(c, "", http->url);
    g_string_append(c->powershell, " -Uri ");
    ps_arg(c, http->url);
}

gboolean adp_repeat(const adp_model *model, const adp_view *view, char **shell, char **powershell)
{
    context c = {.model = model,
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
        repeat_tls(&c);
        break;
    case ADP_STEP_AUTODISCOVER:
        repeat_autodiscover(&c);
        break;
    case ADP_STEP_PING:
        repeat_ping(&c);
        break;
    case ADP_STEP_KERBEROS:
        repeat_kerberos(&c);
        break;
    case ADP_STEP_BIND:
        repeat_bind(&c);
        break;
    case ADP_STEP_ROOTDSE:
        repeat_rootdse(&c);
        break;
    case ADP_STEP_SCP:
        repeat_scp(&c);
        break;
    default:
        c.shell_ok = c.powershell_ok = FALSE;
        break;
    }
    *shell = g_string_free(c.shell, !c.shell_ok);
    *powershell = g_string_free(c.powershell, !c.powershell_ok);
    return TRUE;
}
