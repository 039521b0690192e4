/* repeat_web.c
 * The captured TLS handshake or autodiscover request as a command: openssl, curl, .NET.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/repeat_web.h"

#include "facts/repeat_private.h"
#include "facts/repeat_words.h"
#include "log/observation.h"
#include "wire/ports.h"
#include "wire/url.h"

#include <string.h>

/* ---- tls ---- */

void adp_repeat_tls(adp_repeat_context *c)
{
    const char *sni = c->request->u.tls->sni;
    const char *host = sni ? sni : adp_repeat_server_address(c);
    /* Through a tunnel the port is the proxy's. */
    guint16 port = c->step->own->in_tunnel ? ADP_PORT_HTTPS : c->step->flow.server_port;
    GString *place = g_string_new(NULL);
    char *client = g_strdup_printf(", %u).GetStream());", port);

    g_string_append(c->shell, "openssl s_client -connect");
    adp_url_append_place(place, host, port);
    adp_repeat_sh_arg(c, "", place->str);
    if (sni) {
        g_string_append(c->shell, " -servername");
        adp_repeat_sh_arg(c, "", sni);
    }
    if (adp_port_takes_starttls(port)) {
        g_string_append(c->shell, " -starttls ldap");
        c->powershell_ok = FALSE;
    }
    g_string_append(c->shell, " </dev/null");
    /* openssl takes its argument apart at colons, slashes and brackets. */
    if (sni && !adp_repeat_is_host_name(sni)) {
        c->shell_ok = c->powershell_ok = FALSE;
    }
    g_string_append(c->powershell, "$tls = [Net.Security.SslStream]::new("
                                   "[Net.Sockets.TcpClient]::new(");
    adp_repeat_ps_arg(c, host);
    g_string_append(c->powershell, client);
    g_string_append(c->powershell, " $tls.AuthenticateAsClient(");
    adp_repeat_ps_arg(c, host);
    g_string_append(c->powershell, "); $tls.SslProtocol; $tls.RemoteCertificate");
    g_free(client);
    g_string_free(place, TRUE);
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
static char *pox_body(const adp_repeat_context *c)
{
    const char *mailbox = c->request->u.http->mailbox;
    char *safe;
    char *body;

    if (!mailbox || !c->view->mailboxes || !adp_repeat_is_faithful(mailbox)) {
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
    adp_url parts;

    return adp_url_parse(url, strlen(url), &parts) && parts.port && !parts.has_user &&
           (parts.is_ipv6 || adp_repeat_is_host_name(parts.host));
}

/* Programs take a fragment off, and .NET also tidies up what looks like a path. */
static void check_url(adp_repeat_context *c, const adp_obs_http *http)
{
    const char *url = http->url;

    if (!url || http->url_is_short || strchr(http->host, '/') || !is_plain_server(url) ||
        strchr(url, '#')) {
        c->shell_ok = c->powershell_ok = FALSE;
    } else if (strchr(url, '\\') || strstr(url, "/.") || strstr(url, "%2e") || strstr(url, "%2E")) {
        c->powershell_ok = FALSE;
    }
}

void adp_repeat_autodiscover(adp_repeat_context *c)
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
        adp_repeat_sh_word(c, body);
        g_string_append_printf(c->powershell,
                               " -UseDefaultCredentials -Method Post -ContentType text/xml"
                               " -Body '%s'",
                               strchr(body, '\'') ? "" : body);
        c->powershell_ok = c->powershell_ok && !strchr(body, '\'') && !strstr(body, "\xe2\x80");
        g_free(body);
    }
    g_string_append(c->shell, " --url");
    adp_repeat_sh_arg(c, "", http->url);
    g_string_append(c->powershell, " -Uri ");
    adp_repeat_ps_arg(c, http->url);
}
