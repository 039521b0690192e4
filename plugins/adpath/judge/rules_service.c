/* rules_service.c
 * Findings about services that cannot open a ticket, and about clocks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_service.h"

#include "join/identity.h"
#include "join/model.h"
#include "judge/finding.h"
#include "judge/krb_hosts.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/krb_error.h"
#include "wire/limits.h"
#include "wire/text.h"

#include <string.h>

/* A key hardly changes so soon after a ticket was made with it; a ticket is used for ten hours. */
#define TICKET_IS_FRESH (600 * ADP_NS_PER_S)

#define SKEW_ALLOWED (300 * ADP_NS_PER_S)

/*
 * The machine in a principal that a server gives as its own: "srv2$",
 * "host/srv2.contoso.com", "HTTP/srv2". First label, lower case, without "$"; free
 * with g_free(), NULL when there is none.
 */
static char *machine_of(const char *principal)
{
    const char *slash;
    gsize len;
    char *name;

    if (!principal || !*principal || adp_has_prefix(principal, "krbtgt/")) {
        return NULL;
    }
    slash = strchr(principal, '/');
    /* The name of a user account tells nothing about the machine. */
    if (!slash && !adp_has_suffix(principal, "$")) {
        return NULL;
    }
    principal = slash ? slash + 1 : principal;
    len = strcspn(principal, "./:$@");
    if (len == 0) {
        return NULL;
    }
    name = g_ascii_strdown(principal, (gssize)len);
    return name;
}

static const char *service_key_case(const char *spn, gint32 code)
{
    if (adp_has_prefix(spn, "krbtgt/")) {
        return "service-key-mismatch/referral";
    }
    if (code == 44) {
        return "service-key-mismatch/kvno";
    }
    if (adp_has_prefix(spn, "http/")) {
        return "service-key-mismatch/http";
    }
    if (adp_has_prefix(spn, "ldap/")) {
        return "service-key-mismatch/ldap";
    }
    if (adp_has_prefix(spn, "cifs/") || adp_has_prefix(spn, "host/")) {
        return "service-key-mismatch/smb";
    }
    return "service-key-mismatch";
}

/*
 * Which machine answered, of those that a ticket and an error name. `meant` and `answering`
 * are owned by the caller of ends_of() and may be NULL.
 */
typedef struct {
    char *meant;
    char *answering;
} ends;

static ends ends_of(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);
    char *host = adp_spn_host(ask && ask->spn ? ask->spn : "");
    ends e = {0};

    /* No machine is called by an address. */
    if (!g_hostname_is_ip_address(host)) {
        e.meant = machine_of(ask ? ask->spn : NULL);
    }
    /* A server that repeats the name of the ticket says nothing about itself. */
    if (ask && !adp_same_text(ask->spn, answer->spn)) {
        e.answering = machine_of(answer->spn);
    }
    g_free(host);
    return e;
}

static void ends_clear(ends *e)
{
    g_free(e->meant);
    g_free(e->answering);
}

static gboolean ends_differ(const ends *e)
{
    return e->meant && e->answering && strcmp(e->meant, e->answering) != 0;
}

/* Does the server call itself otherwise than the ticket calls it? */
static void wrong_host(adp_rules *r, const adp_group *group, const adp_step *by)
{
    const adp_step *first = adp_group_first(group);
    const char *spn = adp_rules_krb_ask(r, first)->spn;
    const char *itself = adp_rules_krb_answer(r, first)->spn;
    adp_finding *f = adp_rules_find(r, ADP_FINDING_WRONG_HOST_ANSWERED, first->path, group->key);
    char *server = adp_rules_named(r, first->flow.server);
    char *host = adp_spn_host(spn);

    adp_rules_cite_group(r, f, group);
    adp_rules_summary(f, "The ticket is for %s, and %s answered", spn, itself);
    adp_rules_observed(f,
                       "The ticket in the request is for %s; the KRB-ERROR that came from %s "
                       "names %s",
                       spn, server, itself);
    adp_rules_inferred(f, "A server puts its own name into this error, and it is not the machine "
                          "that the ticket was made for. Either the name leads to the wrong "
                          "machine (an old address record, a hosts file, an address used again): "
                          "then changing service principal names would break the healthy one. Or "
                          "several machines share the name (a load balancer, a cluster): then "
                          "they need one account that has it.");
    adp_rules_advise(r, f, "wrong-host-answered", "spn", spn, "host", host, "account", itself,
                     "server", adp_rules_address(r, first->flow.server), "reverse",
                     adp_krb_reverse(r, f, host, first->flow.server), NULL);
    if (by) {
        adp_rules_recovered(r, f, by);
    }
    g_free(host);
    g_free(server);
}

/* Is it the host that was meant? Ticket, KRB-ERROR and the address's owner are compared. */
static void say_host(const adp_rules *r, const adp_step *step, const ends *e, GString *out)
{
    char *host = adp_spn_host(adp_rules_krb_spn(r, step));
    const char *owner = adp_model_address_name(r->model, step->flow.server);
    const char *itself = adp_rules_krb_answer(r, step)->spn;

    if (ends_differ(e)) {
        g_string_append_printf(out,
                               " The server names itself %s, and the ticket is for another "
                               "machine: that comes first.",
                               itself);
    } else if (e->answering && e->meant) {
        g_string_append_printf(out,
                               " The server names itself %s: it is the machine that was meant, "
                               "and the key is what differs.",
                               itself);
    } else {
        g_string_append(out, " The error does not say which machine answered.");
    }
    if (owner && *host && !adp_same_text(owner, host)) {
        g_string_append_printf(out,
                               " The capture knows the server's address as %s, the ticket is for "
                               "%s.",
                               owner, host);
    }
    if (*host && !strchr(host, '.')) {
        g_string_append(out, " The ticket is for the short name, which may belong to another "
                             "account than the full one.");
    }
    g_free(host);
}

/* Was it issued in this capture, and not long before it was shown? */
static gboolean is_fresh(const adp_rules *r, const adp_step *step)
{
    return step->own->ticket != ADP_NONE &&
           adp_since(adp_rules_time(r, step), adp_model_obs(r->model, step->own->ticket)->time) <=
               TICKET_IS_FRESH;
}

/* Is the ticket fresh, and do others get in? */
static void say_ticket(const adp_rules *r, const adp_step *step, GString *out)
{
    char *about = adp_rules_krb_about(r, step);
    const adp_step *other = adp_rules_good_of_other(r, step->client, ADP_TOPIC_EXCHANGE, about);

    g_free(about);
    if (other) {
        g_string_append_printf(out,
                               " Client %s got in with a ticket for the same name at %s (frame "
                               "%u): look at this client's ticket and at which host it reached.",
                               adp_rules_address(r, other->flow.client),
                               adp_rules_address(r, other->flow.server),
                               adp_model_obs(r->model, other->first)->frame);
    }
    if (is_fresh(r, step)) {
        g_string_append_printf(out,
                               " The ticket was issued in this capture (frame %u), so it is not an "
                               "old one.",
                               adp_model_obs(r->model, step->own->ticket)->frame);
    } else if (step->own->ticket != ADP_NONE) {
        gint64 age =
            adp_since(adp_rules_time(r, step), adp_model_obs(r->model, step->own->ticket)->time);

        g_string_append_printf(
            out,
            " The ticket was issued in this capture (frame %u), %" G_GINT64_FORMAT
            " minutes before: the key may have changed since.",
            adp_model_obs(r->model, step->own->ticket)->frame, age / (60 * ADP_NS_PER_S));
    } else {
        g_string_append(out, " When the ticket was issued, the capture does not show: it may be "
                             "older than a change of the key.");
    }
}

void adp_rules_service_key(adp_rules *r, adp_finding *f, const adp_group *group, const adp_step *by)
{
    static const char *const carriers[] = {
        "Kerberos", "the password service", "LDAP", "HTTP", "SMB", "RPC", "Kerberos"};
    const adp_step *first = adp_group_first(group);
    const adp_obs_krb *ask = adp_rules_krb_ask(r, first);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, first);
    const char *etype = ask && ask->has_ticket ? adp_etype_name(ask->ticket_etype) : NULL;
    const char *spn = adp_rules_krb_spn(r, first);
    char *server = adp_rules_named(r, first->flow.server);
    char *host = adp_spn_host(spn);
    GString *words =
        g_string_new("The key of the process that answered is not the one the KDC used "
                     "for the ticket.");
    ends e = ends_of(r, first);
    const char *reverse = adp_krb_reverse(r, f, host, first->flow.server);

    say_host(r, first, &e, words);
    say_ticket(r, first, words);
    g_string_append(words, " Errors 31, 41 and 44 from a service mean the same; only its maker "
                           "differs. It is almost never an attack.");
    adp_rules_summary(f, "%s could not open the ticket for %s", server, *spn ? spn : "its service");
    adp_rules_observed(f, "%s answered %u %s in %s with %s (%d)%s%s", server, group->steps->len,
                       group->steps->len == 1 ? "ticket" : "tickets", carriers[answer->carrier],
                       adp_krb_error_name(answer->error), answer->error,
                       etype ? "; the ticket is encrypted with " : "", etype ? etype : "");
    if (adp_has_prefix(spn, "krbtgt/")) {
        adp_rules_summary(f,
                          "%s was shown a referral, %s, which only the KDC of that realm can open",
                          server, spn);
        g_string_assign(words,
                        "The ticket is no ticket for a service: it is a referral, with which the "
                        "client has to ask a KDC of the other realm. Nothing is wrong with the "
                        "key of the service.");
    }
    adp_rules_inferred(f, "%s", words->str);
    adp_rules_advise(r, f, service_key_case(spn, answer->error), "spn", *spn ? spn : NULL, "host",
                     *host ? host : NULL, "domain", adp_model_path(r->model, first->path)->domain,
                     "server", adp_rules_address(r, first->flow.server), "realm",
                     adp_has_prefix(spn, "krbtgt/") ? spn + strlen("krbtgt/") : NULL, "reverse",
                     reverse, NULL);
    if (is_fresh(r, first)) {
        adp_rules_sign(f, ADP_SIGN_TICKET_ISSUED, first->own->ticket);
    }
    if (ask && ask->has_ticket_kvno && ask->ticket_kvno > G_MAXUINT16) {
        adp_rules_sign(f, ADP_SIGN_RODC, first->request);
    }
    if (ends_differ(&e)) {
        wrong_host(r, group, by);
    }
    ends_clear(&e);
    g_string_free(words, TRUE);
    g_free(host);
    g_free(server);
}

/* "12.500000 s ahead of", "7 minutes behind", "2 days 3 hours behind"; `buf` has room for each. */
#define APART_LEN (ADP_SECONDS_LEN + 48)

static const char *apart(gint64 ns, char *buf)
{
    char seconds[ADP_SECONDS_LEN];
    const char *side = ns < 0 ? "behind" : "ahead of";
    guint64 s = (guint64)(ns < 0 ? -ns : ns) / ADP_NS_PER_S;
    guint days;
    guint hours;
    guint minutes;

    /*
     * KDCs tell whole seconds, and it takes a moment until they are read: an hour may look like a
     * second less. Rounded, but what is under five minutes is not called five.
     */
    s += s + 1 >= 86400 ? 1800 : s >= (guint64)(SKEW_ALLOWED / ADP_NS_PER_S) ? 30 : 1;
    days = (guint)(s / 86400);
    hours = (guint)(s % 86400 / 3600);
    minutes = (guint)(s % 3600 / 60);
    if (days) {
        (void)g_snprintf(buf, APART_LEN, "%u %s %u %s %s", days, days == 1 ? "day" : "days", hours,
                         hours == 1 ? "hour" : "hours", side);
    } else if (hours) {
        (void)g_snprintf(buf, APART_LEN, "%u %s %u %s %s", hours, hours == 1 ? "hour" : "hours",
                         minutes, minutes == 1 ? "minute" : "minutes", side);
    } else if (minutes >= 2) {
        (void)g_snprintf(buf, APART_LEN, "%u minutes %s", minutes, side);
    } else {
        (void)g_snprintf(buf, APART_LEN, "%s s %s", adp_seconds(ns < 0 ? -ns : ns, seconds), side);
    }
    return buf;
}

static gboolean is_small(gint64 skew)
{
    return skew > -SKEW_ALLOWED && skew < SKEW_ALLOWED;
}

/* The server by its name, where the capture has none by that of the ticket it was shown. */
static char *server_words(const adp_rules *r, const adp_step *step)
{
    char *host = adp_spn_host(adp_rules_krb_spn(r, step));
    gboolean by_ticket = adp_rules_krb_carrier(r, step) != ADP_CARRIER_KDC && *host &&
                         !g_hostname_is_ip_address(host) &&
                         !adp_model_address_name(r->model, step->flow.server);
    char *words = by_ticket ? g_strdup_printf("%s (%s, as the ticket says)",
                                              adp_rules_address(r, step->flow.server), host)
                            : adp_rules_named(r, step->flow.server);

    g_free(host);
    return words;
}

/* Another server whose clock agrees with the capturing machine's, as the client was told; NULL: none. */
static const adp_step *agreeing_server(const adp_rules *r, const adp_step *step)
{
    const adp_step *by = adp_rules_good(r, step->client, ADP_TOPIC_CLOCK, NULL, NULL);

    return by && by->flow.server != step->flow.server ? by : NULL;
}

/* Another server whose clock is as far from the capturing machine's as that of the step's, to a minute; NULL: none. */
static const adp_step *alike_server(const adp_rules *r, const adp_step *step, gint64 skew)
{
    gint more;

    for (more = -1; more <= 1; more++) {
        char minutes[ADP_NUMBER_TEXT];
        const char *subject = adp_rules_minutes(skew, more, minutes);
        const adp_step *by = adp_rules_good(r, step->client, ADP_TOPIC_CLOCK_APART, subject, NULL);
        guint looked;

        for (looked = 0; by && by->flow.server == step->flow.server; looked++) {
            if (looked == ADP_MAX_OTHERS) {
                adp_model_limit(r->model, ADP_LIMIT_OTHERS);
                break;
            }
            by = adp_rules_good(r, step->client, ADP_TOPIC_CLOCK_APART, subject, by);
        }
        if (by && by->flow.server != step->flow.server) {
            return by;
        }
    }
    return NULL;
}

/* The first that told the client of this difference, to a minute: all that agree with it have it in common. */
static const adp_step *first_alike(const adp_rules *r, const adp_step *step, gint64 skew)
{
    const adp_step *first = NULL;
    gint more;

    for (more = -1; more <= 1; more++) {
        char minutes[ADP_NUMBER_TEXT];
        const adp_step *by = adp_rules_good(r, step->client, ADP_TOPIC_CLOCK_APART,
                                            adp_rules_minutes(skew, more, minutes), NULL);

        if (by && (!first || by->first < first->first)) {
            first = by;
        }
    }
    return first;
}

gboolean adp_rules_clock_is_shared(const adp_rules *r, const adp_step *step, char *minutes)
{
    const adp_obs *reply = adp_rules_reply(r, step);
    const adp_step *first;
    gint64 skew;

    if (adp_rules_krb_carrier(r, step) != ADP_CARRIER_KDC || !reply->u.krb->has_stime) {
        return FALSE;
    }
    skew = adp_since(reply->u.krb->stime, reply->time);
    if (is_small(skew)) {
        /* Whoever agrees with the capturing machine agrees with each other. */
        (void)adp_number_text(0, minutes);
        return TRUE;
    }
    if (agreeing_server(r, step)) {
        return FALSE;
    }
    first = alike_server(r, step, skew) ? first_alike(r, step, skew) : NULL;
    if (!first) {
        return FALSE;
    }
    reply = adp_rules_reply(r, first);
    (void)adp_rules_minutes(adp_since(reply->u.krb->stime, reply->time), 0, minutes);
    return TRUE;
}

/* " 10.0.0.1 (dc1) agrees with the capturing machine (frame 5): ..."; free with g_free(). */
static char *who_agrees(const adp_rules *r, const adp_step *step, const adp_step *by)
{
    char *named = adp_rules_named(r, by->flow.server);
    char *realm = adp_rules_krb_carrier(r, by) == ADP_CARRIER_KDC && *adp_rules_krb_realm(r, by)
                      ? g_strdup_printf(", a KDC of %s,", adp_rules_krb_realm(r, by))
                      : g_strdup("");
    char *words = g_strdup_printf("%s%s agrees with the capturing machine (frame %u): the clock of "
                                  "%s is the one that is off.",
                                  named, realm, adp_rules_reply(r, by)->frame,
                                  adp_rules_address(r, step->flow.server));

    g_free(realm);
    g_free(named);
    return words;
}

/* Whose clock is off, as far as the three clocks tell: server's, client's, capturing machine's. */
static const char *whose_clock(const adp_obs_krb *answer, gint64 server, gint64 client)
{
    if (!answer->has_stime) {
        return "Which of the two clocks is off, the capture does not show.";
    }
    if (answer->has_ctime && is_small(server) && !is_small(client)) {
        return "The server agrees with the capturing machine, so the client's clock is the one "
               "that is off.";
    }
    if (answer->has_ctime && !is_small(server) && is_small(client)) {
        return "The client agrees with the capturing machine, so the server's clock is the one "
               "that is off.";
    }
    if (answer->has_ctime && !is_small(server)) {
        return "Neither agrees with the capturing machine, whose own clock may be off. Compare "
               "with other servers in the capture before anything is changed.";
    }
    if (answer->has_ctime) {
        return "All three clocks are within the five minutes that are allowed: the ticket was "
               "made by a KDC whose clock is off, or the limit is set lower.";
    }
    if (is_small(server)) {
        return "That is under five minutes, so the server's clock agrees with the capturing "
               "machine's: the client's clock is the one that is off, or the ticket was made by a "
               "KDC whose clock is. The client's own time is not visible in the capture.";
    }
    return "The server's clock is off, or that of the capturing machine. Compare with other "
           "servers in the capture before anything is changed.";
}

/* The last answer before the step by which the same server's clock agreed with the capturing machine's; NULL: none. */
static const adp_step *agreed_before(const adp_rules *r, const adp_step *step)
{
    const adp_step *by = adp_rules_good_before(r, step->client, ADP_TOPIC_CLOCK, NULL, step->first);

    return by && by->flow.server == step->flow.server ? by : NULL;
}

gboolean adp_rules_krb_is_skewed(const adp_rules *r, const adp_step *step)
{
    const adp_obs *reply = adp_rules_reply(r, step);

    return reply && reply->u.krb->has_stime &&
           !is_small(adp_since(reply->u.krb->stime, reply->time));
}

/* How many servers refuse beside the first one. */
static guint other_servers(const adp_group *group)
{
    GHashTable *servers = g_hash_table_new(NULL, NULL);
    guint others;
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);

        g_hash_table_add(servers, GUINT_TO_POINTER(step->flow.server + 1));
    }
    others = g_hash_table_size(servers) - 1;
    g_hash_table_unref(servers);
    return others;
}

void adp_rules_clock_skew(adp_rules *r, adp_finding *f, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs *reply = adp_rules_reply(r, first);
    const adp_obs_krb *answer = reply->u.krb;
    char *named = server_words(r, first);
    char *abroad = adp_rules_krb_abroad(r, first);
    const adp_step *other = agreeing_server(r, first);
    gint64 server = answer->has_stime ? adp_since(answer->stime, reply->time) : 0;
    const adp_step *alike = is_small(server) || other ? NULL : alike_server(r, first, server);
    gint64 client = answer->has_ctime ? adp_since(answer->ctime, reply->time) : 0;
    const char *code = adp_krb_error_name(answer->error);
    gboolean both = answer->has_stime && answer->has_ctime;
    guint others = other_servers(group);
    char from_server[APART_LEN];
    char from_client[APART_LEN];

    if (others) {
        adp_rules_summary(f, "%s and %u other %s refuse because the clocks differ too much", named,
                          others, others == 1 ? "KDC" : "KDCs");
    } else {
        adp_rules_summary(f, "%s refuses because the clocks differ too much", named);
    }
    if (others) {
        char *answered = adp_rules_krb_answered(r, group);

        adp_rules_observed(f,
                           "%s with %s (%d)%s; their clocks agree with each other, and the first "
                           "is %s the capturing machine's",
                           answered, code, answer->error, abroad, apart(server, from_server));
        g_free(answered);
    } else if (both) {
        adp_rules_observed(f,
                           "%s answered with %s (%d)%s; its clock is %s the client's, "
                           "and %s the capturing machine's",
                           named, code, answer->error, abroad,
                           apart(adp_since(answer->stime, answer->ctime), from_client),
                           apart(server, from_server));
    } else if (answer->has_stime) {
        adp_rules_observed(f,
                           "%s answered with %s (%d)%s; its clock is %s the capturing "
                           "machine's",
                           named, code, answer->error, abroad, apart(server, from_server));
    } else {
        adp_rules_observed(f, "%s answered with %s (%d)%s, without its own time", named, code,
                           answer->error, abroad);
    }
    if (answer->has_stime && !is_small(server) && other) {
        char *words = who_agrees(r, first, other);

        adp_rules_inferred(f, "%s%s", words,
                           answer->has_ctime && !is_small(client) ? " So is the client's." : "");
        g_free(words);
        adp_rules_sign(f, ADP_SIGN_OTHER_CLOCK_RIGHT, other->reply);
    } else if (answer->has_stime && !is_small(server) && agreed_before(r, first)) {
        const adp_step *before = agreed_before(r, first);

        adp_rules_inferred(f,
                           "In frame %u the same clock agreed with the capturing machine's: one of "
                           "the two jumped in between.",
                           adp_rules_reply(r, before)->frame);
        adp_rules_sign(f, ADP_SIGN_CLOCK_JUMPED, before->reply);
    } else if (alike && !(answer->has_ctime && is_small(client))) {
        char *words = adp_rules_named(r, alike->flow.server);

        adp_rules_inferred(
            f,
            "The clock of %s says the same (frame %u): these servers agree with each "
            "other. Either the client's clock is off, or whatever gives all of them "
            "their time.",
            words, adp_rules_reply(r, alike)->frame);
        adp_rules_sign(f, ADP_SIGN_CLOCKS_ALIKE, alike->reply);
        g_free(words);
    } else {
        adp_rules_inferred(f, "%s", whose_clock(answer, server, client));
    }
    adp_rules_advise(r, f,
                     answer->has_stime && is_small(server) ? "clock-skew/small"
                     : answer->carrier == ADP_CARRIER_KDC  ? "clock-skew"
                                                           : "clock-skew/ap",
                     "server", adp_rules_address(r, first->flow.server), "host",
                     adp_rules_host(r, first->flow.server), "domain",
                     adp_model_path(r->model, first->path)->domain, NULL);
    g_free(abroad);
    g_free(named);
}
