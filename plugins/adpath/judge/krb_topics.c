/* krb_topics.c
 * What the rules about Kerberos share: accounts, services, and what went well.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/krb_topics.h"

#include "case/names.h"
#include "case/principal.h"
#include "facts/outcome.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/rules.h"
#include "judge/topics.h"
#include "log/krb.h"
#include "log/observation.h"
#include "wire/krb_error.h"
#include "wire/text.h"

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

gboolean adp_rules_krb_is_referral(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);

    return answer && adp_krb_referral(adp_rules_krb_ask(r, step), answer) != NULL;
}

adp_exchange adp_rules_krb_exchange(const adp_rules *r, const adp_step *step)
{
    return adp_model_obs(r->model, step->first)->u.krb->exchange;
}

adp_carrier adp_rules_krb_carrier(const adp_rules *r, const adp_step *step)
{
    return adp_model_obs(r->model, step->first)->u.krb->carrier;
}

char *adp_krb_about_service(const char *spn)
{
    return g_strdup_printf("tgs|%s", spn);
}

/* What an exchange is about: in AS also who asks. Free with g_free(). */
char *adp_rules_krb_about(const adp_rules *r, const adp_step *step)
{
    adp_exchange exchange = adp_rules_krb_exchange(r, step);
    const char *spn = adp_rules_krb_spn(r, step);

    return exchange == ADP_EXCHANGE_AS
               ? g_strdup_printf("as|%s|%.*s", adp_rules_krb_client(r, step),
                                 (int)adp_krbtgt_len(spn), spn)
           : exchange == ADP_EXCHANGE_TGS ? adp_krb_about_service(spn)
                                          : g_strdup_printf("ap|%s", spn);
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

char *adp_rules_krb_abroad(const adp_rules *r, const adp_step *step)
{
    const char *realm = adp_rules_krb_realm(r, step);
    guint32 by = adp_names_referred(r->names, step->client, realm);
    const adp_obs *obs = by != ADP_NONE ? adp_model_obs(r->model, by) : NULL;

    if (!obs || by >= step->first || adp_rules_krb_carrier(r, step) != ADP_CARRIER_KDC) {
        return g_strdup("");
    }
    return g_strdup_printf(", as a KDC of the realm %s, to which %s had referred the client", realm,
                           obs->u.krb->realm);
}

/* So many servers are named. */
#define SERVERS_NAMED 4

char *adp_rules_krb_answered(const adp_rules *r, const adp_group *group)
{
    guint32 servers[SERVERS_NAMED];
    guint counts[SERVERS_NAMED] = {0};
    guint others = 0;
    guint n = 0;
    guint i;
    guint s;
    GString *words = g_string_new(NULL);

    for (i = 0; i < group->steps->len; i++) {
        guint32 server = ((const adp_step *)g_ptr_array_index(group->steps, i))->flow.server;

        for (s = 0; s < n && servers[s] != server; s++) {
        }
        if (s == SERVERS_NAMED) {
            others++;
            continue;
        }
        n = MAX(n, s + 1);
        servers[s] = server;
        counts[s]++;
    }
    for (s = 0; s < n; s++) {
        char *named = adp_rules_named(r, servers[s]);

        g_string_append_printf(words, "%s%s answered %u %s",
                               s == 0                ? ""
                               : s + 1 < n || others ? ", "
                                                     : " and ",
                               named, counts[s], counts[s] == 1 ? "request" : "requests");
        g_free(named);
    }
    if (others) {
        g_string_append_printf(words, " and other servers answered %u", others);
    }
    return g_string_free(words, FALSE);
}

/* Remembers the ticket for class/host:port under class/host. */
static void learn_neighbour(adp_rules *r, const adp_step *step)
{
    const char *spn = adp_rules_krb_spn(r, step);
    char *class = adp_spn_class(spn);
    char *host = adp_spn_host(spn);
    char *topic = class ? g_strconcat(class, host, NULL) : NULL;

    if (topic) {
        adp_rules_note_good(r, step, ADP_TOPIC_NEIGHBOUR, topic);
        adp_rules_note_good_of_anyone(r, step, ADP_TOPIC_NEIGHBOUR, topic);
    }
    g_free(topic);
    g_free(host);
    g_free(class);
}

gboolean adp_rules_krb_is_wrong_password(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);

    return answer && answer->is_error && adp_rules_krb_carrier(r, step) == ADP_CARRIER_KDC &&
           adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS &&
           (answer->error == 24 || answer->error == 31);
}

static void note_wrong_password(adp_rules *r, const adp_step *step)
{
    char *user = adp_rules_krb_is_wrong_password(r, step)
                     ? adp_principal_user(adp_rules_krb_client(r, step))
                     : NULL;

    if (user && *user) {
        adp_rules_note_good(r, step, ADP_TOPIC_WRONG_PASSWORD, user);
    }
    g_free(user);
}

static void note_refusal(adp_rules *r, const adp_step *step, const adp_obs_krb *answer)
{
    char frame[16];

    if (answer->is_error && adp_rules_krb_carrier(r, step) != ADP_CARRIER_KDC &&
        !adp_krb_error_is_normal(answer->error)) {
        (void)g_snprintf(frame, sizeof(frame), "%u", adp_rules_reply(r, step)->frame);
        adp_rules_add_fact(r, ADP_FACT_KRB_REFUSAL, frame);
    }
}

/* KDCs tell their time in each error; so little is no difference of clocks. */
#define CLOCK_AGREES (60 * ADP_NS_PER_S)

const char *adp_rules_minutes(gint64 skew, gint64 more, char *text)
{
    gint64 minutes = skew / (60 * ADP_NS_PER_S) + more;

    (void)g_snprintf(text, ADP_NUMBER_TEXT, "%d", (gint)CLAMP(minutes, -99999999, 99999999));
    return text;
}

static void note_clock(adp_rules *r, const adp_step *step, const adp_obs_krb *answer)
{
    gint64 skew =
        answer->has_stime ? adp_since(answer->stime, adp_rules_reply(r, step)->time) : G_MAXINT64;

    if (skew > -CLOCK_AGREES && skew < CLOCK_AGREES) {
        adp_rules_note_good(r, step, ADP_TOPIC_CLOCK, NULL);
    } else if (answer->has_stime) {
        char minutes[ADP_NUMBER_TEXT];

        adp_rules_note_good(r, step, ADP_TOPIC_CLOCK_APART, adp_rules_minutes(skew, 0, minutes));
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
    return adp_rules_is_fact(r, ADP_FACT_KRB_REFUSAL, frame);
}

/* Free with g_free(). */
static char *stuck_key(const adp_rules *r, const adp_step *step)
{
    return g_strdup_printf("%u|%s", adp_client_number(step->client), adp_rules_krb_client(r, step));
}

void adp_rules_krb_say_stuck(adp_rules *r, const adp_step *step)
{
    char *key = stuck_key(r, step);

    adp_rules_say(r, ADP_SAID_STUCK, key);
    g_free(key);
}

gboolean adp_rules_krb_is_stuck(const adp_rules *r, const adp_step *step)
{
    char *key = stuck_key(r, step);
    gboolean is = adp_rules_is_said(r, ADP_SAID_STUCK, key);

    g_free(key);
    return is;
}

/* Free with g_free(). */
static char *ticket_in(const adp_rules *r, const adp_step *step)
{
    return g_strdup_printf("in %s", adp_names_dns_of(r->names, adp_rules_krb_realm(r, step)));
}

/* The same; NULL: nothing says who asks. */
static char *ticket_by(const adp_rules *r, const adp_step *step)
{
    const char *client = adp_rules_krb_client(r, step);
    char *user = *client ? adp_principal_user(client) : NULL;
    char *by = user ? g_strdup_printf("by %s", user) : NULL;

    g_free(user);
    return by;
}

static void note_ticket(adp_rules *r, const adp_step *step)
{
    char *in = ticket_in(r, step);
    char *by = ticket_by(r, step);

    adp_rules_note_good(r, step, ADP_TOPIC_TICKET, NULL);
    adp_rules_note_good(r, step, ADP_TOPIC_TICKET, in);
    if (by && adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS) {
        adp_rules_note_good(r, step, ADP_TOPIC_TICKET, by);
    }
    g_free(by);
    g_free(in);
}

const adp_step *adp_rules_krb_ticket_after(const adp_rules *r, const adp_step *step)
{
    char *in = ticket_in(r, step);
    char *by = ticket_by(r, step);
    const adp_step *good = adp_rules_good(r, step->client, ADP_TOPIC_TICKET, in, step);

    if (!good && by) {
        good = adp_rules_good(r, step->client, ADP_TOPIC_TICKET, by, step);
    }
    g_free(by);
    g_free(in);
    return good;
}

const adp_step *adp_rules_krb_logon_after(const adp_rules *r, const adp_step *step,
                                          const char *account)
{
    char *user = adp_principal_user(account);
    char *by = g_strdup_printf("by %s", user);
    const adp_step *good = adp_rules_good(r, step->client, ADP_TOPIC_TICKET, by, step);

    g_free(by);
    g_free(user);
    return good;
}

void adp_rules_krb_learn(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_krb *answer;
        char *about;

        if (step->kind != ADP_STEP_KERBEROS) {
            continue;
        }
        about = adp_rules_krb_about(r, step);
        answer = adp_rules_krb_answer(r, step);
        if (answer && adp_rules_outcome(r, step) == ADP_OK && !adp_rules_krb_is_referral(r, step)) {
            adp_rules_note_good(r, step, ADP_TOPIC_EXCHANGE, about);
            adp_rules_note_good_of_anyone(r, step, ADP_TOPIC_EXCHANGE, about);
            if (adp_rules_krb_carrier(r, step) == ADP_CARRIER_KDC) {
                note_ticket(r, step);
            }
            if (adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_TGS) {
                learn_neighbour(r, step);
            } else if (adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS) {
                adp_rules_note_good(r, step, ADP_TOPIC_TGT, adp_rules_krb_spn(r, step));
            }
        }
        if (answer) {
            note_refusal(r, step, answer);
            note_wrong_password(r, step);
            note_clock(r, step, answer);
        }
        if (adp_rules_krb_ask(r, step) && adp_rules_krb_carrier(r, step) == ADP_CARRIER_LDAP) {
            char stream[ADP_NUMBER_TEXT];

            adp_rules_note_good(r, step, ADP_TOPIC_TICKET_SHOWN,
                                adp_number_text(step->flow.stream, stream));
        }
        if (answer && knows_client(r, step, answer)) {
            adp_rules_note_good(r, step, ADP_TOPIC_USER, adp_rules_krb_client(r, step));
        }
        if (answer && adp_rules_krb_carrier(r, step) == ADP_CARRIER_KDC &&
            !adp_rules_krb_is_referral(r, step)) {
            adp_rules_note_good(r, step, ADP_TOPIC_ANSWER, about);
        }
        if (adp_rules_krb_ask(r, step)) {
            if (adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_TGS) {
                adp_rules_note_good(r, step, ADP_TOPIC_TGS, NULL);
            } else if (adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS) {
                /* Without a name it is no logon, but the look for an armour that comes before one. */
                if (!adp_krb_is_anonymous(adp_rules_krb_ask(r, step))) {
                    adp_rules_note_good(r, step, ADP_TOPIC_LOGON, NULL);
                }
                adp_rules_note_good(r, step, ADP_TOPIC_LOGON, adp_rules_krb_client(r, step));
            }
        }
        g_free(about);
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
        char *name;

        len = strcspn(host, "/");
        name = g_ascii_strdown(host, (gssize)len);
        if (g_hostname_is_ip_address(name)) {
            return name; /* of IPv6, without brackets */
        }
        g_free(name);
        len = strcspn(host, "/:");
        /* DNS has a dot at the end of each whole name; it says nothing of another host. */
        if (len > 1 && host[len - 1] == '.') {
            len--;
        }
    }
    return g_ascii_strdown(host, (gssize)len);
}

char *adp_spn_class(const char *spn)
{
    char *host = adp_spn_host(spn);
    gboolean has = *host && !g_hostname_is_ip_address(host) && !adp_has_prefix(spn, "krbtgt/");

    g_free(host);
    return has ? g_strndup(spn, strcspn(spn, "/") + 1) : NULL;
}
