/* rules_ntlm.c
 * Findings about NTLM where Kerberos was meant.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules_web.h"

#include "text.h"

#include <string.h>

char *adp_web_pair_key(guint32 client, const char *host)
{
    char *text = g_strdup_printf("%u|%s", client, host);
    char *lower = g_ascii_strdown(text, -1);

    g_free(text);
    return lower;
}

/* The Kerberos step by which the client tried to reach the host, by client and host. */
static GHashTable *kerberos_tried(const adp_rules *r)
{
    GHashTable *tried = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const char *spn;
        char *host;

        if (step->kind != ADP_STEP_KERBEROS) {
            continue;
        }
        spn = adp_rules_krb_spn(r, step);
        if (adp_has_prefix(spn, "krbtgt/")) {
            continue;
        }
        host = adp_spn_host(spn);
        if (*host) {
            g_hash_table_replace(tried, adp_web_pair_key(step->flow.client, host), (gpointer)step);
        }
        g_free(host);
    }
    return tried;
}

static void report_ntlm(adp_rules *r, guint32 obs_index, const char *host, const adp_step *tried)
{
    const adp_obs *obs = adp_model_obs(r->model, obs_index);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, tried);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_NTLM_FALLBACK, tried->path, host);

    adp_rules_cite(f, obs_index);
    if (f->summary) {
        return;
    }
    adp_rules_cite_step(r, f, tried);
    adp_rules_summary(f, "The client uses NTLM with %s, after Kerberos was tried", host);
    adp_rules_observed(f, "NTLM in %s to %s (%s)",
                       obs->type == ADP_OBS_LDAP_BIND ? "an LDAP bind" : "HTTP", host,
                       adp_rules_address(r, obs->flow.server));
    if (answer && answer->is_error) {
        char *where = adp_rules_where(r, tried);

        adp_rules_inferred(f, "The reason is visible: %s ended with error %d for %s.", where,
                           answer->error, adp_rules_krb_spn(r, tried));
        g_free(where);
    } else {
        adp_rules_inferred(f, "Kerberos had been tried with this host; why the client changed to "
                              "NTLM, the capture does not show.");
    }
    adp_rules_advise(r, f, "ntlm-fallback", "host", host, "spn", adp_rules_krb_spn(r, tried), NULL);
}

void adp_rules_ntlm(adp_rules *r)
{
    GHashTable *tried = kerberos_tried(r);
    guint32 i;

    for (i = 0; i < adp_model_obs_count(r->model); i++) {
        const adp_obs *obs = adp_model_obs(r->model, i);
        const char *host = NULL;
        const adp_step *step;
        char *key;

        if (obs->type == ADP_OBS_HTTP_REQUEST && obs->u.http->auth == ADP_AUTH_NTLM) {
            host = obs->u.http->host;
        } else if (obs->type == ADP_OBS_LDAP_BIND && obs->u.bind->ntlm) {
            host = adp_model_address_name(r->model, obs->flow.server);
        }
        if (!host || adp_model_mark(r->model, i)->copy) {
            continue;
        }
        key = adp_web_pair_key(obs->flow.client, host);
        step = g_hash_table_lookup(tried, key);
        g_free(key);
        /* A ticket that was got and used well elsewhere is no reason to speak of falling back. */
        if (step && step->first < i && adp_rules_outcome(r, step) != ADP_OK) {
            report_ntlm(r, i, host, step);
        }
    }
    g_hash_table_unref(tried);
}

gboolean adp_rules_ntlm_worked(const adp_rules *r, guint32 client, const char *host)
{
    char *key = adp_web_pair_key(client, host);
    gboolean worked = adp_rules_is_fact(r, ADP_FACT_NTLM, key);

    g_free(key);
    return worked;
}
