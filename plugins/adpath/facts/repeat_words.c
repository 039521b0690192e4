/* repeat_words.c
 * Text of packets as words of a command, from which nothing can break out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/repeat_words.h"

#include "facts/repeat_private.h"
#include "join/identity.h"
#include "wire/text.h"

#include <string.h>

/* "\x" and two digits stand for a byte that is no text; CORP\xaver is a name. */
static gboolean has_byte(const char *text)
{
    const char *at;

    for (at = strstr(text, "\\x"); at; at = strstr(at + 2, "\\x")) {
        if (g_ascii_isxdigit(at[2]) && g_ascii_isxdigit(at[3])) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean adp_repeat_is_faithful(const char *text)
{
    return text && !has_byte(text) && strlen(text) < ADP_TEXT_MAX;
}

char *adp_repeat_shown(const adp_repeat_context *c, const char *text)
{
    char *masked = c->view->mailboxes ? NULL : adp_mask_mailboxes(text);

    return masked ? masked : g_strdup(text);
}

void adp_repeat_sh_word(adp_repeat_context *c, const char *text)
{
    char *quoted = g_shell_quote(text);

    g_string_append_c(c->shell, ' ');
    g_string_append(c->shell, quoted);
    g_free(quoted);
}

void adp_repeat_sh_arg(adp_repeat_context *c, const char *prefix, const char *text)
{
    char *value;
    char *joined;

    if (!adp_repeat_is_faithful(text)) {
        c->shell_ok = FALSE;
        return;
    }
    value = adp_repeat_shown(c, text);
    joined = g_strconcat(prefix, value, NULL);
    adp_repeat_sh_word(c, joined);
    g_free(joined);
    g_free(value);
}

/* PowerShell ends a quoted string at any of these, and takes two for one. */
static gboolean is_powershell_quote(gunichar ch)
{
    return ch == '\'' || (ch >= 0x2018 && ch <= 0x201b);
}

void adp_repeat_ps_arg(adp_repeat_context *c, const char *text)
{
    const char *p;
    char *value;

    if (!adp_repeat_is_faithful(text)) {
        c->powershell_ok = FALSE;
        return;
    }
    value = adp_repeat_shown(c, text);
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

void adp_repeat_ps_program_arg(adp_repeat_context *c, const char *prefix, const char *text)
{
    const char *p;
    char *value;
    char *joined;

    if (!adp_repeat_is_faithful(text) || (!*prefix && (*text == '-' || *text == '/'))) {
        c->powershell_ok = FALSE;
        return;
    }
    for (p = text; *p; p++) {
        if (!g_ascii_isalnum(*p) && !strchr("._-/$:@", *p)) {
            c->powershell_ok = FALSE;
        }
    }
    value = adp_repeat_shown(c, text);
    joined = g_strconcat(prefix, value, NULL);
    adp_repeat_ps_arg(c, joined);
    g_free(joined);
    g_free(value);
}

const char *adp_repeat_server_address(const adp_repeat_context *c)
{
    return adp_model_address_text(c->model, c->step->flow.server);
}

gboolean adp_repeat_is_host_name(const char *name)
{
    const char *p;

    for (p = name; *p; p++) {
        if (!g_ascii_isalnum(*p) && *p != '-' && *p != '.' && *p != '_') {
            return FALSE;
        }
    }
    return g_ascii_isalnum(*name) && strlen(name) < ADP_TEXT_MAX;
}

const char *adp_repeat_server_name(const adp_repeat_context *c)
{
    const char *name = c->step->server_name;

    return name && adp_repeat_is_host_name(name) ? name : adp_repeat_server_address(c);
}

gboolean adp_repeat_by(adp_repeater maker, const adp_model *model, const adp_view *view,
                       char **shell, char **powershell)
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
    if (maker) {
        maker(&c);
    } else {
        c.shell_ok = c.powershell_ok = FALSE;
    }
    *shell = g_string_free(c.shell, !c.shell_ok);
    *powershell = g_string_free(c.powershell, !c.powershell_ok);
    return TRUE;
}
