/* krb_topics.c
 * What the rules about Kerberos share: who asks for what, and what went well.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/krb_topics.h"

#include "facts/outcome.h"
#include "join/model.h"
#include "judge/rules.h"
#include "log/observation.h"
#include "wire/krb_error.h"

#include <string.h>

const adp_obs_krb *adp_rules_krb_ask(const adp_rules *r, const adp_step *step)
{
    const adp_obs *request = adp_rules_request(r, step);

    return request ? request->u.krb : NULL;
}

const adp_obs_krb *adp_rules_krb_answer(const adp_rules *r, const adp_step *step)
{
    const adp_obs *reply = adp_rules_reply(r, step);

    return reply ? reply->u.krb : NULL;
}

const char *adp_rules_krb_spn(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);

    if (ask && ask->spn && *ask->spn) {
        return ask->spn;
    }
    return answer && answer->spn ? answer->spn : "";
}

const char *adp_rules_krb_realm(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);

    if (ask && ask->realm && *ask->realm) {
        return ask->realm;
    }
    return answer && answer->realm ? answer->realm : "";
}

const char *adp_rules_krb_client(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);

    if (ask && ask->client && *ask->client) {
        return ask->client;
    }
    return answer && answer->client ? answer->client : "";
}

adp_exchange adp_rules_krb_exchange(const adp_rules *r, const adp_step *step)
{
    return adp_model_obs(r->model, step->first)->u.krb->exchange;
}

adp_carrier adp_rules_krb_carrier(const adp_rules *r, const adp_step *step)
{
    return adp_model_obs(r->model, step->first)->u.krb->carrier;
}

/* What an exchange is about: in AS also who asks. Free with g_free(). */
char *adp_rules_krb_topic(const adp_rules *r, const adp_step *step)
{
    adp_exchange exchange = adp_rules_krb_exchange(r, step);
    const char *spn = adp_rules_krb_spn(r, step);

    return exchange == ADP_EXCHANGE_AS
               ? g_strdup_printf("as|%s|%.*s", adp_rules_krb_client(r, step),
                                 (int)adp_krbtgt_len(spn), spn)
               : g_strdup_printf("%s|%s", exchange == ADP_EXCHANGE_TGS ? "tgs" : "ap", spn);
}

/* Does a KDC's answer show that it knows the user? In AS any but "unknown" and "elsewhere" does. */
static gboolean knows_client(const adp_rules *r, const adp_step *step, const adp_obs_krb *answer)
{
    if (adp_rules_krb_carrier(r, step) != ADP_CARRIER_KDC || !*adp_rules_krb_client(r, step) ||
        answer->damaged) {
        return FALSE;
    }
    if (adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS) {
        return !answer->is_error || answer->error == 24 || answer->error == 25;
    }
    return !answer->is_error;
}

char *adp_rules_krb_user_topic(const adp_rules *r, const adp_step *step)
{
    return g_strdup_printf("user|%s", adp_rules_krb_client(r, step));
}

/* A logon of this client, whatever the domain is called in it. */
char *adp_rules_krb_logon_topic(const adp_rules *r, const adp_step *step)
{
    return g_strdup_printf("logon|%s", adp_rules_krb_client(r, step));
}

/* Remembers the ticket for class/host.domain under class/host. */
static void learn_full_name(adp_rules *r, const adp_step *step)
{
    const char *spn = adp_rules_krb_spn(r, step);
    const char *dot = strchr(spn, '.');
    char *key;

    if (!strchr(spn, '/') || !dot || dot < strchr(spn, '/')) {
        return;
    }
    key = g_ascii_strdown(spn, dot - spn);
    {
        char *topic = g_strconcat(ADP_TOPIC_FULL_NAME, key, NULL);

        adp_rules_note_good(r, step, topic);
        adp_rules_note_good_of_anyone(r, step, topic);
        g_free(topic);
    }
    g_free(key);
}

char *adp_rules_shown_topic(const adp_step *step)
{
    return g_strdup_printf("ticket shown|%u", step->flow.stream);
}

#define FACT_KRB_REFUSAL "krb refusal|" /* of a frame with a KRB-ERROR in another protocol */

static void note_refusal(adp_rules *r, const adp_step *step, const adp_obs_krb *answer)
{
    char frame[16];

    if (answer->is_error && adp_rules_krb_carrier(r, step) != ADP_CARRIER_KDC &&
        !adp_krb_error_is_normal(answer->error)) {
        (void)g_snprintf(frame, sizeof(frame), "%u", adp_rules_reply(r, step)->frame);
        adp_rules_add_fact(r, FACT_KRB_REFUSAL, frame);
    }
}

gboolean adp_rules_is_krb_refusal(const adp_rules *r, const adp_step *step)
{
    const adp_obs *reply = adp_rules_reply(r, step);
    char frame[16];

    if (!reply) {
        return FALSE;
    }
    (void)g_snprintf(frame, sizeof(frame), "%u", reply->frame);
    return adp_rules_is_fact(r, FACT_KRB_REFUSAL, frame);
}

void adp_rules_krb_learn(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_krb *answer;
        char *topic;

        if (step->kind != ADP_STEP_KERBEROS) {
            continue;
        }
        topic = adp_rules_krb_topic(r, step);
        answer = adp_rules_krb_answer(r, step);
        if (answer && adp_rules_outcome(r, step) == ADP_OK) {
            adp_rules_note_good(r, step, topic);
            adp_rules_note_good_of_anyone(r, step, topic);
            if (adp_rules_krb_carrier(r, step) == ADP_CARRIER_KDC) {
                adp_rules_note_good(r, step, ADP_TOPIC_TICKET);
            }
            if (adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_TGS) {
                learn_full_name(r, step);
            } else if (adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS) {
                char *tgt = g_strdup_printf("tgt|%s", adp_rules_krb_spn(r, step));

                adp_rules_note_good(r, step, tgt);
                g_free(tgt);
            }
        }
        if (answer) {
            note_refusal(r, step, answer);
        }
        if (adp_rules_krb_ask(r, step) && adp_rules_krb_carrier(r, step) == ADP_CARRIER_LDAP) {
            char *shown = adp_rules_shown_topic(step);

            adp_rules_note_good(r, step, shown);
            g_free(shown);
        }
        if (answer && knows_client(r, step, answer)) {
            char *user = adp_rules_krb_user_topic(r, step);

            adp_rules_note_good(r, step, user);
            g_free(user);
        }
        if (answer && adp_rules_krb_carrier(r, step) == ADP_CARRIER_KDC) {
            char *any = g_strconcat("answer|", topic, NULL);

            adp_rules_note_good(r, step, any);
            g_free(any);
        }
        if (adp_rules_krb_ask(r, step)) {
            if (adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_TGS) {
                adp_rules_note_good(r, step, "tgs");
            } else if (adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS) {
                char *who = adp_rules_krb_logon_topic(r, step);

                adp_rules_note_good(r, step, who);
                g_free(who);
            }
        }
        g_free(topic);
    }
}

/* ---- the parts of an SPN ---- */

char *adp_spn_host(const char *spn)
{
    const char *host = strchr(spn, '/');
    gsize len;

    if (!host) {
        return g_strdup("");
    }
    host++;
    if (*host == '[') {
        host++; /* an IPv6 address, as in a URL */
        len = strcspn(host, "]");
    } else {
        len = strcspn(host, "/:");
    }
    return g_ascii_strdown(host, (gssize)len);
}
