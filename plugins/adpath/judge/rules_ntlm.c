/* rules_ntlm.c
 * Findings about NTLM where Kerberos was meant.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_ntlm.h"

#include "facts/outcome.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/finding.h"
#include "judge/krb_hosts.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/text.h"

#include <string.h>

char *adp_web_pair_key(const adp_rules *r, adp_client client, const char *host)
{
    char *text =
        g_strdup_printf("%u|%s", adp_client_number(adp_model_owner(r->model, client)), host);
    char *lower = g_ascii_strdown(text, -1);

    g_free(text);
    return lower;
}

/* ---- where it was accepted ---- */

/* `obs` is what accepted it; observations come in their order. */
static void note_accepted(adp_rules *r, guint32 address, const char *host, guint32 obs)
{
    g_hash_table_replace(r->ntlm, adp_web_pair_key(r, adp_client_at(address), host),
                         GUINT_TO_POINTER(obs + 1));
}

static void learn_bind(adp_rules *r, const adp_obs *obs, guint32 i)
{
    guint32 step = adp_model_mark(r->model, i)->step;
    const char *name = adp_model_address_name(r->model, obs->flow.server);

    if (name && step != ADP_NONE && obs->u.bind->ntlm &&
        adp_rules_outcome(r, adp_rules_step(r, step)) == ADP_OK) {
        note_accepted(r, obs->flow.client, name, adp_rules_step(r, step)->last);
    }
}

/* A session of SMB: shares are often named by the address. */
static void learn_session(adp_rules *r, const adp_obs *obs, guint32 i)
{
    const char *name = adp_model_address_name(r->model, obs->flow.server);

    g_hash_table_replace(r->ntlm,
                         adp_web_pair_key(r, adp_client_at(obs->flow.client),
                                          adp_rules_address(r, obs->flow.server)),
                         GUINT_TO_POINTER(i + 1));
    if (name) {
        note_accepted(r, obs->flow.client, name, i);
    }
}

/* Where the observation uses NTLM: a host; NULL when it does not, or the host has no name. */
static const char *host_of_ntlm(const adp_rules *r, const adp_obs *obs)
{
    if (obs->type == ADP_OBS_HTTP_REQUEST && obs->u.http->auth == ADP_AUTH_NTLM) {
        return obs->u.http->auth_of_proxy ? adp_model_address_name(r->model, obs->flow.server)
                                          : obs->u.http->host;
    }
    if (obs->type == ADP_OBS_LDAP_BIND && obs->u.bind->ntlm) {
        return adp_model_address_name(r->model, obs->flow.server);
    }
    return NULL;
}

void adp_rules_learn_ntlm(adp_rules *r)
{
    GHashTable *authenticating = g_hash_table_new(NULL, NULL); /* stream + 1 -> host */
    guint32 i;

    for (i = 0; i < adp_model_obs_count(r->model); i++) {
        const adp_obs *obs = adp_model_obs(r->model, i);
        gpointer stream = GUINT_TO_POINTER(obs->flow.stream + 1);

        if (obs->type == ADP_OBS_HTTP_REQUEST && obs->u.http->auth == ADP_AUTH_NTLM &&
            obs->u.http->ntlm_message == 3 && host_of_ntlm(r, obs)) {
            g_hash_table_replace(authenticating, stream, (gpointer)host_of_ntlm(r, obs));
        } else if (obs->type == ADP_OBS_HTTP_REPLY && obs->u.http->status &&
                   obs->u.http->status != 401 && obs->u.http->status != 407 &&
                   obs->u.http->status < 500) {
            const char *host = g_hash_table_lookup(authenticating, stream);

            if (host) {
                note_accepted(r, obs->flow.client, host, i);
            }
        } else if (obs->type == ADP_OBS_LDAP_BIND) {
            learn_bind(r, obs, i);
        } else if (obs->type == ADP_OBS_NTLM && obs->from_server) {
            learn_session(r, obs, i);
        }
    }
    g_hash_table_unref(authenticating);
}

/* ---- after Kerberos had been tried ---- */

/* Remembers a Kerberos step by which its client tried to reach a host, by client and host. */
static void note_tried(const adp_rules *r, GHashTable *tried, const adp_step *step)
{
    const char *spn = adp_rules_krb_spn(r, step);
    char *host;

    if (adp_has_prefix(spn, "krbtgt/")) {
        return;
    }
    host = adp_spn_host(spn);
    if (*host) {
        g_hash_table_replace(tried, adp_web_pair_key(r, step->client, host), (gpointer)step);
    }
    g_free(host);
}

/* ---- of a proxy, whose name nothing but the ticket tells ---- */

/* A client asks for the ticket when the proxy has asked it to sign in, or just before. */
#define PROXY_WINDOW (60 * ADP_NS_PER_S)

/* By client: its last step for a ticket of a web service. */
static void note_web(const adp_rules *r, GHashTable *web, const adp_step *step)
{
    if (adp_has_prefix(adp_rules_krb_spn(r, step), "HTTP/")) {
        g_hash_table_replace(web, adp_client_key(adp_model_owner(r->model, step->client)),
                             (gpointer)step);
    }
}

/*
 * The step by which the client tried Kerberos with this proxy; `host` is the name it used, to be
 * freed with g_free(). NULL when there is none that fits in time, or its host has other addresses.
 */
static const adp_step *tried_proxy(const adp_rules *r, GHashTable *web, const adp_obs *obs,
                                   char **host)
{
    adp_client client = adp_model_client(r->model, obs->flow.client);
    const adp_step *step = g_hash_table_lookup(web, adp_client_key(client));

    *host = NULL;
    if (!step || adp_since(obs->time, adp_rules_time(r, step)) > PROXY_WINDOW) {
        return NULL;
    }
    *host = adp_spn_host(adp_rules_krb_spn(r, step));
    return adp_model_host_is_known(r->model, *host) &&
                   !adp_model_host_has_address(r->model, *host, obs->flow.server)
               ? NULL
               : step;
}

static gboolean is_proxy_ntlm(const adp_obs *obs)
{
    return obs->type == ADP_OBS_HTTP_REQUEST && obs->u.http->auth == ADP_AUTH_NTLM &&
           obs->u.http->auth_of_proxy;
}

static const char *carrier_of(const adp_obs *obs)
{
    if (obs->type == ADP_OBS_LDAP_BIND) {
        return "an LDAP bind";
    }
    return is_proxy_ntlm(obs) ? "HTTP, for the proxy itself," : "HTTP";
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
    adp_rules_observed(f, "NTLM in %s to %s (%s)", carrier_of(obs), host,
                       adp_rules_address(r, obs->flow.server));
    if (answer && answer->is_error) {
        gboolean name = answer->error == 7 || answer->error == 8;
        char *where = adp_rules_where(r, tried);

        adp_rules_inferred(f, "The reason is visible: %s ended with error %d for %s.", where,
                           answer->error, adp_rules_krb_spn(r, tried));
        adp_rules_sign(f, name ? ADP_SIGN_NAME_REFUSED : ADP_SIGN_TICKET_REFUSED, tried->first);
        g_free(where);
    } else {
        adp_rules_inferred(f, "Kerberos had been tried with this host; why the client changed to "
                              "NTLM, the capture does not show.");
    }
    adp_rules_advise(r, f, "ntlm-fallback", "host", host, "spn", adp_rules_krb_spn(r, tried), NULL);
}

/* Does the step ask for this host, by a name that is short for it? */
static gboolean is_short_for(const adp_rules *r, const adp_step *step, const char *label,
                             const char *host)
{
    GPtrArray *names = adp_krb_host_names(r, step, label);
    gboolean is = FALSE;
    guint i;

    for (i = 0; i < names->len && !is; i++) {
        is = adp_same_text(g_ptr_array_index(names, i), host);
    }
    g_ptr_array_unref(names);
    return is;
}

/* The last attempt at this host by Kerberos before; by its full name or a short one. */
static const adp_step *last_tried(const adp_rules *r, GHashTable *tried, adp_client client,
                                  const char *host)
{
    char *key = adp_web_pair_key(r, client, host);
    const adp_step *step = g_hash_table_lookup(tried, key);

    g_free(key);
    if (!step) {
        char *first = g_strndup(host, strcspn(host, "."));

        key = adp_web_pair_key(r, client, first);
        step = g_hash_table_lookup(tried, key);
        step = step && is_short_for(r, step, first, host) ? step : NULL;
        g_free(key);
        g_free(first);
    }
    return step;
}

void adp_rules_ntlm(adp_rules *r)
{
    GHashTable *tried = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    GHashTable *web = g_hash_table_new(NULL, NULL);
    guint32 i;

    for (i = 0; i < adp_model_obs_count(r->model); i++) {
        const adp_obs *obs = adp_model_obs(r->model, i);
        const adp_mark *mark = adp_model_mark(r->model, i);
        const char *host;
        const adp_step *step;
        char *proxy = NULL;

        if (mark->step != ADP_NONE && adp_rules_step(r, mark->step)->first == i &&
            adp_rules_step(r, mark->step)->kind == ADP_STEP_KERBEROS) {
            note_tried(r, tried, adp_rules_step(r, mark->step));
            note_web(r, web, adp_rules_step(r, mark->step));
        }
        host = mark->copy ? NULL : host_of_ntlm(r, obs);
        step = host ? last_tried(r, tried, adp_client_at(obs->flow.client), host) : NULL;
        if (!step && !mark->copy && is_proxy_ntlm(obs)) {
            step = tried_proxy(r, web, obs, &proxy);
            /* What the KDC said is what ties the two together. */
            step = step && step->reply != ADP_NONE ? step : NULL;
        }
        /*
         * A ticket that was got and used well elsewhere is no reason to speak of falling back; and
         * behind a shared address, the client that tried Kerberos and the one that uses NTLM may be two.
         */
        if (step && adp_rules_outcome(r, step) != ADP_OK &&
            !adp_model_is_shared(r->model, obs->flow.client)) {
            report_ntlm(r, i, proxy ? proxy : host, step);
        }
        g_free(proxy);
    }
    g_hash_table_unref(web);
    g_hash_table_unref(tried);
}

gboolean adp_rules_ntlm_worked(const adp_rules *r, const adp_step *step, const char *host)
{
    /* ldap/dc1 means the same machine as ldap/dc1.contoso.com, of whichever client there. */
    GPtrArray *names = adp_krb_host_names(r, step, host);
    gboolean worked = FALSE;
    guint i;

    for (i = 0; i < names->len && !worked; i++) {
        char *key =
            adp_web_pair_key(r, adp_client_at(step->client.address), g_ptr_array_index(names, i));
        guint accepted = GPOINTER_TO_UINT(g_hash_table_lookup(r->ntlm, key));

        worked = accepted && accepted - 1 > step->reply;
        g_free(key);
    }
    g_ptr_array_unref(names);
    return worked;
}
