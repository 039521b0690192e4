/* krb_hosts.c
 * Which names stand for one host, as far as the capture proves: a short name is short for many.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/krb_hosts.h"

#include "case/names.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/reverse.h"
#include "judge/finding.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/signs.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/text.h"

#include <string.h>

static void add(GPtrArray *names, char *name)
{
    guint i;

    for (i = 0; i < names->len; i++) {
        if (strcmp(g_ptr_array_index(names, i), name) == 0) {
            g_free(name);
            return;
        }
    }
    g_ptr_array_add(names, name);
}

static void add_in(GPtrArray *names, const char *label, const char *domain)
{
    if (domain && strchr(domain, '.')) {
        char *name = g_strdup_printf("%s.%s", label, domain);

        add(names, g_ascii_strdown(name, -1));
        g_free(name);
    }
}

/* What the short name may be short for. */
static void complete(const adp_rules *r, const adp_step *step, GPtrArray *names, const char *label)
{
    const char *asked = adp_names_full(r->names, step->client, label);

    add_in(names, label, adp_names_dns_of(r->names, adp_rules_krb_realm(r, step)));
    add_in(names, label, adp_model_path(r->model, step->path)->domain);
    if (asked) {
        add(names, g_ascii_strdown(asked, -1));
    }
}

GPtrArray *adp_krb_host_names(const adp_rules *r, const adp_step *step, const char *host)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    char *label;

    g_ptr_array_add(names, g_ascii_strdown(host, -1));
    if (!*host || g_hostname_is_ip_address(host)) {
        return names;
    }
    label = g_ascii_strdown(host, (gssize)strcspn(host, "."));
    if (!strchr(host, '.')) {
        complete(r, step, names, label);
    } else {
        GPtrArray *longer = g_ptr_array_new_with_free_func(g_free);
        guint i;

        complete(r, step, longer, label);
        for (i = 0; i < longer->len; i++) {
            if (adp_same_text(g_ptr_array_index(longer, i), host)) {
                add(names, g_strdup(label));
            }
        }
        g_ptr_array_unref(longer);
    }
    g_free(label);
    return names;
}

static const adp_step *earlier(const adp_step *a, const adp_step *b)
{
    return !a || (b && b->first < a->first) ? b : a;
}

const adp_step *adp_krb_good_at_host(const adp_rules *r, const adp_step *step, adp_topic topic,
                                     const char *prefix, const char *host, const adp_step *after)
{
    GPtrArray *names = adp_krb_host_names(r, step, host);
    const adp_step *by = NULL;
    guint i;

    for (i = 0; i < names->len; i++) {
        char *subject = g_strconcat(prefix, g_ptr_array_index(names, i), NULL);

        by = earlier(by, adp_rules_good(r, step->client, topic, subject, after));
        g_free(subject);
    }
    g_ptr_array_unref(names);
    return by;
}

const adp_step *adp_krb_granted_at_host(const adp_rules *r, const adp_step *step, adp_topic topic,
                                        const char *prefix, const char *host)
{
    GPtrArray *names = adp_krb_host_names(r, step, host);
    const adp_step *by = NULL;
    guint i;

    for (i = 0; i < names->len && !by; i++) {
        char *subject = g_strconcat(prefix, g_ptr_array_index(names, i), NULL);

        by = adp_rules_good_of_other(r, step->client, topic, subject);
        g_free(subject);
    }
    g_ptr_array_unref(names);
    return by ? by : adp_krb_good_at_host(r, step, topic, prefix, host, NULL);
}

const char *adp_krb_called_otherwise(const adp_rules *r, const adp_step *step, const char *host,
                                     const adp_step **ret_step)
{
    const adp_path *path = adp_model_path(r->model, step->path);
    const char *other = NULL;
    guint i;

    for (i = 0; strchr(host, '.') && i < path->steps.count; i++) {
        const adp_step *ping = adp_rules_step(r, path->steps.items[i]);
        const adp_netlogon *said =
            ping->kind == ADP_STEP_PING && ping->own->netlogon != ADP_NONE &&
                    adp_model_host_has_address(r->model, host, ping->flow.server)
                ? &adp_model_obs(r->model, ping->own->netlogon)->u.entry->netlogon
                : NULL;

        if (!said || !said->host || !strchr(said->host, '.')) {
            continue;
        }
        if (adp_same_text(said->host, host)) {
            return NULL;
        }
        other = said->host;
        *ret_step = ping;
    }
    return other;
}

const char *adp_krb_reverse(const adp_rules *r, adp_finding *f, const char *host, guint32 server)
{
    const char *name;
    guint32 address;
    guint32 obs = adp_model_reverse(r->model, host, &address);

    if (obs == ADP_NONE || (server != ADP_NONE && server != address)) {
        return NULL;
    }
    /* Where nothing else names the host it may be right. */
    name = adp_model_address_name(r->model, address);
    if (!name || adp_same_text(name, host)) {
        return NULL;
    }
    adp_rules_sign(f, ADP_SIGN_REVERSE_NAME, obs);
    return adp_rules_address(r, address);
}
