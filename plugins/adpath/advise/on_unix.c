/* on_unix.c
 * What stands for a command of Windows on a client that has none.
 *
 * The tables say most commands once, as Windows has them. Where the capture shows that a client is a
 * Linux or Unix host, those that are to be run on it are said as they are there; what is to be run on
 * a controller or a server stays.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "advise/on_unix.h"

#include <glib.h>
#include <string.h>

/* Words of the command that are put into the other one. */
#define WORDS 2

/*
 * `windows` is how the command begins, "*" one word of it; `other`: $1 and $2 are those words. What
 * follows until the comment falls away, unless `rest` is set. (dig, nc, ping: their manuals; adcli(8).)
 */
static const struct {
    const char *windows;
    const char *other;
    gboolean rest;
} commands[] = {
    {"Test-NetConnection * -Port *", "nc -z -v -w 5 $1 $2", FALSE},
    {"tracert *", "traceroute $1", FALSE},
    {"ping -f -l 1472 *", "ping -M do -s 1472 -c 3 $1", FALSE},
    {"ipconfig /all", "cat /etc/resolv.conf", FALSE},
    {"nltest /dsgetdc:*", "adcli info $1", FALSE},
    {"nltest /dsgetsite", "adcli info {domain}", FALSE},
    {"w32tm /stripchart /computer:*", "ntpdate -q $1", FALSE},
    {"w32tm /query", "timedatectl", FALSE},
    {"Resolve-DnsName -DnssecCd -Type SRV -Name * -Server *", "dig +cdflag @$2 -q $1 -t SRV",
     FALSE},
    {"Resolve-DnsName -Name * -Server *", "dig @$2 -q $1", FALSE},
    {"Resolve-DnsName -Name *", "dig -q $1", FALSE},
    {"netsh winhttp show proxy", "printenv https_proxy no_proxy", FALSE},
    {"netsh interface ipv6 show prefixpolicies", "cat /etc/gai.conf", FALSE},
    {"curl.exe ", "curl ", TRUE},
};

/* "# on the client" is said of what is run there; "# on the controller" and its like are not. */
static gboolean is_run_elsewhere(const char *template)
{
    const char *comment = strstr(template, " # ");
    const char *place = comment ? strstr(comment, " on ") : NULL;

    return place && !strstr(comment, " on the client") && !strstr(comment, " on a client");
}

/* Where the command of the row ends in `text`; NULL: it is another. `words`: what stands for each "*". */
static const char *matches(const char *pattern, const char *text, char *words[WORDS])
{
    guint n = 0;

    while (*pattern) {
        if (*pattern == '*') {
            gsize length = strcspn(text, " ");

            if (length == 0 || n == WORDS) {
                return NULL;
            }
            g_free(words[n]);
            words[n++] = g_strndup(text, length);
            text += length;
            pattern++;
        } else if (*pattern++ != *text++) {
            return NULL;
        }
    }
    return text;
}

static void append(GString *out, const char *other, char *words[WORDS])
{
    for (; *other; other++) {
        if (other[0] == '$' && (other[1] == '1' || other[1] == '2')) {
            g_string_append(out, words[other[1] - '1']);
            other++;
        } else {
            g_string_append_c(out, *other);
        }
    }
}

char *adp_advice_on_unix(const char *template)
{
    char *words[WORDS] = {NULL, NULL};
    GString *out = NULL;
    guint i;

    for (i = 0; !out && i < G_N_ELEMENTS(commands) && !is_run_elsewhere(template); i++) {
        const char *behind = matches(commands[i].windows, template, words);
        const char *comment = behind ? strstr(behind, " #") : NULL;

        if (behind) {
            out = g_string_new(NULL);
            append(out, commands[i].other, words);
            g_string_append(out, commands[i].rest ? behind : comment ? comment : "");
        }
    }
    for (i = 0; i < WORDS; i++) {
        g_free(words[i]);
    }
    return out ? g_string_free(out, FALSE) : NULL;
}
