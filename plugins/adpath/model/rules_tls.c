/* rules_tls.c
 * Findings about TLS with the endpoints of autodiscover.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules_web.h"

#include "text.h"

#include <string.h>

/* The first fatal alert of the step, NULL when there is none. */
static const adp_obs *fatal_alert(const adp_rules *r, const adp_step *step)
{
    guint32 i;

    for (i = step->first; i != ADP_NONE; i = adp_model_mark(r->model, i)->next) {
        const adp_obs *obs = adp_model_obs(r->model, i);

        if (obs->type == ADP_OBS_TLS && obs->u.tls->event == ADP_TLS_ALERT &&
            obs->u.tls->alert_level == 2) {
            return obs;
        }
    }
    return NULL;
}

static void tls_failed(const adp_web_path *w, const adp_step *step)
{
    const char *host = adp_web_tls_host(w->r, step);
    const adp_obs *alert = fatal_alert(w->r, step);
    char *topic = adp_web_tls_topic(host);
    gboolean completed = adp_rules_good(w->r, step->flow.client, topic, NULL) != NULL;
    const adp_step *later = adp_rules_good(w->r, step->flow.client, topic, step);
    adp_finding *f;
    char *key;

    g_free(topic);
    if (completed && !alert) {
        return;
    }
    f = adp_rules_find(w->r, ADP_FINDING_TLS_FAILED, w->index, host);
    adp_rules_cite_step(w->r, f, step);
    adp_rules_cite(f, step->last);
    if (alert) {
        const char *name = adp_tls_alert_name(alert->u.tls->alert);

        adp_rules_summary(f, "TLS with %s failed: %s", host, name ? name : "a fatal alert");
        adp_rules_observed(f, "The %s sent the fatal alert %u%s%s",
                           alert->from_server ? "server" : "client", alert->u.tls->alert,
                           name ? ", " : "", name ? name : "");
        key = g_strdup_printf("tls-failed/alert-%u", alert->u.tls->alert);
    } else {
        adp_rules_summary(f, "TLS with %s was never set up", host);
        adp_rules_observed(f, "The handshake with %s began, and ended without any data", host);
        key = g_strdup("tls-failed/closed");
    }
    if (completed) {
        adp_rules_inferred(f,
                           "Another handshake of this client with %s was completed: it may not "
                           "be the same program, or the two agreed otherwise.",
                           host);
    } else {
        adp_rules_inferred(f, "No handshake of this client with %s is completed in the capture.%s",
                           host,
                           alert ? ""
                                 : " Some clients judge the certificate afterwards and just close "
                                   "the connection: that there is no alert says nothing about it.");
    }
    adp_rules_advise(w->r, f, key, "host", host, NULL);
    g_free(key);
    if (later) {
        adp_rules_recovered(w->r, f, later);
    } else {
        adp_web_weigh(w, f, adp_web_order(w, host));
    }
}

/* "mail.contoso.com, www.contoso.com and 3 more"; free with g_free(). */
static char *names_in_certificate(const adp_rules *r, const adp_step *step)
{
    GString *out = g_string_new(NULL);
    guint32 i;
    guint n;

    for (i = step->first; i != ADP_NONE; i = adp_model_mark(r->model, i)->next) {
        const adp_obs *obs = adp_model_obs(r->model, i);

        if (obs->type != ADP_OBS_TLS || obs->u.tls->event != ADP_TLS_CERTIFICATE) {
            continue;
        }
        for (n = 0; n < obs->u.tls->names.count && n < 4; n++) {
            g_string_append_printf(out, "%s%s", n ? ", " : "", obs->u.tls->names.items[n]);
        }
        if (obs->u.tls->names.count > 4) {
            g_string_append_printf(out, " and %u more", obs->u.tls->names.count - 4);
        }
        break;
    }
    return g_string_free(out, FALSE);
}

static void name_mismatch(const adp_web_path *w, const adp_step *step)
{
    const char *host = adp_web_tls_host(w->r, step);
    gboolean matches = TRUE;
    adp_finding *f;
    char *names;

    if (!adp_tls_name_match(w->r->model, step, &matches) || matches) {
        return;
    }
    f = adp_rules_find(w->r, ADP_FINDING_TLS_NAME_MISMATCH, w->index, host);
    adp_rules_cite_step(w->r, f, step);
    names = names_in_certificate(w->r, step);
    adp_rules_summary(f, "The certificate of %s does not cover this name", host);
    adp_rules_observed(f, "The client asked for %s; the certificate is for %s", host,
                       *names ? names : "other names");
    adp_rules_inferred(f, "That the names differ is certain; whether the client minds, its next "
                          "packets tell: it goes on, or closes the connection without data.");
    adp_rules_advise(w->r, f, "tls-name-mismatch", "host", host, NULL);
    /* With data of both sides behind it, the client did not mind. */
    adp_web_weigh(w, f, step->tls_seen & ADP_TLS_SEEN_SETTLED ? 0 : adp_web_order(w, host));
    g_free(names);
}

void adp_rules_tls(const adp_web_path *w)
{
    guint i;

    for (i = 0; i < w->path->steps->len; i++) {
        const adp_step *step = adp_web_step(w, i);

        if (step->kind == ADP_STEP_TLS) {
            if (adp_rules_outcome(w->r, step) == ADP_FAILED ||
                adp_rules_outcome(w->r, step) == ADP_UNANSWERED) {
                tls_failed(w, step);
            }
            name_mismatch(w, step);
        }
    }
}
