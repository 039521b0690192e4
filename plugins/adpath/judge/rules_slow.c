/* rules_slow.c
 * Lost time: how many seconds a path waited, for which server, and why.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_slow.h"

#include "facts/absence.h"
#include "facts/outcome.h"
#include "join/attempts.h"
#include "join/guess.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/tunnels.h"
#include "judge/catalogue.h"
#include "judge/endpoint.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/silence.h"
#include "judge/rules_dc.h"
#include "judge/signs.h"
#include "judge/topics.h"
#include "judge/waits.h"
#include "judge/web.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/ports.h"
#include "wire/text.h"

#include <string.h>

/* Servers in a sentence. */
#define SERVERS_TOLD 4
/* A handshake that takes less than this share of the answer's time does not explain it. */
#define QUICK 20

/* What the path lost by one port of one server. */
typedef struct {
    guint64 key;
    guint32 server;
    guint16 port;
    gint64 lost;
    gint64 longest; /* of its answers that came late */
    guint connections;
    guint accepted; /* connections that it took when they were asked for again */
    guint requests;
    guint cut;   /* of these: only the first fragment of the answer came, */
    guint sixth; /* or they asked DNS for an address of IPv6 */
    guint repeated;
    guint late;
    guint hellos;          /* late, to a client's hello of TLS */
    const adp_wait *first; /* the costliest of its waits, to speak of */
} at_server;

/* ---- words ---- */

static const char *protocol_of(guint16 port)
{
    if (adp_port_is_dns(port)) {
        return "DNS";
    }
    if (adp_port_is_kdc(port) || adp_port_is_kpasswd(port)) {
        return "Kerberos";
    }
    return adp_port_is_dc(port) ? "LDAP" : "web";
}

static void part(GString *out, guint n, const char *one, const char *many)
{
    if (n) {
        g_string_append_printf(out, ", %u %s", n, n == 1 ? one : many);
    }
}

/* "dc1 (10.0.0.1) 21 s: 2 connections to port 389 without an answer" */
static void say_server(const adp_rules *r, const at_server *at, GString *out)
{
    char *server = adp_rules_named(r, at->server);
    char buf[ADP_SECONDS_LEN];
    GString *what = g_string_new(NULL);

    part(what, at->connections, "attempt to connect without an answer",
         "attempts to connect without an answer");
    part(what, at->accepted, "connection accepted only when it was asked for again",
         "connections accepted only when they were asked for again");
    part(what, at->requests, "request without an answer", "requests without an answer");
    part(what, at->repeated, "request answered only when it was repeated",
         "requests answered only when they were repeated");
    part(what, at->hellos, "late answer to a TLS hello", "late answers to TLS hellos");
    part(what, at->late - at->hellos, "late answer", "late answers");
    g_string_append_printf(out, "%s%s at %s, port %u (%s): %s", out->len ? "; " : "",
                           adp_seconds_said(at->lost, buf), server, at->port, protocol_of(at->port),
                           what->str + 2);
    if (at->longest) {
        g_string_append_printf(out, ", the longest wait for one %s",
                               adp_seconds_said(at->longest, buf));
    }
    g_string_free(what, TRUE);
    g_free(server);
}

static const char *reason_of(const at_server *at)
{
    if (at->hellos && at->hellos >= at->repeated + at->connections + at->requests + at->accepted) {
        return "it answers the TLS handshake late";
    }
    if (at->late + at->repeated + at->accepted > at->connections + at->requests) {
        if (at->accepted > at->late + at->repeated) {
            return "it accepts connections only when they are asked for again";
        }
        return at->late >= at->repeated ? "it answers late" : "it answers only repeated requests";
    }
    if (at->connections) {
        return "it does not accept connections";
    }
    if (at->sixth && at->sixth == at->requests) {
        return "questions for addresses of IPv6 (AAAA) get no answer";
    }
    return at->cut * 2 > at->requests ? "only the first fragments of its answers arrive"
                                      : "it does not answer";
}

/** A name whose addresses were tried one after the other. */
typedef struct {
    const char *name; /* NULL: there is none */
    guint32 obs;      /* the answer that gave them, */
    guint addresses;  /* so many; */
    guint in_vain;    /* of these did not let the client in, */
    gint64 lost;      /* which cost this */
} many_addresses;

/* What the addresses of one answer cost. */
static many_addresses in_answer(const adp_rules *r, guint32 obs, GHashTable *lost_at)
{
    const adp_obs_dns *dns = adp_model_obs(r->model, obs)->u.dns;
    many_addresses many = {.name = dns->name, .obs = obs};
    guint i;

    for (i = 0; i < dns->answer_hosts && i < dns->said->hosts.count; i++) {
        guint32 address = dns->said->hosts.items[i].address;
        const gint64 *lost = address == ADP_NONE
                                 ? NULL
                                 : g_hash_table_lookup(lost_at, GUINT_TO_POINTER(address + 1));

        many.addresses += address != ADP_NONE ? 1 : 0;
        many.in_vain += lost ? 1 : 0;
        many.lost += lost ? *lost : 0;
    }
    return many;
}

/* The lookup of the path whose addresses cost the most, if several of them cost anything. */
static many_addresses many_addresses_of(const adp_rules *r, guint32 path, const GPtrArray *servers)
{
    const adp_numbers *steps = &adp_model_path(r->model, path)->steps;
    GHashTable *lost_at = g_hash_table_new(NULL, NULL);
    many_addresses best = {.name = NULL};
    const adp_guess *guess = adp_path_guess(r->model, path);
    guint i;

    for (i = 0; i < servers->len; i++) {
        at_server *at = g_ptr_array_index(servers, i);

        if (at->connections) {
            g_hash_table_insert(lost_at, GUINT_TO_POINTER(at->server + 1), &at->lost);
        }
    }
    for (i = 0; g_hash_table_size(lost_at) > 1 && i < steps->count; i++) {
        const adp_step *step = adp_rules_step(r, steps->items[i]);

        if (step->kind == ADP_STEP_ADDRESS && step->reply != ADP_NONE) {
            many_addresses one = in_answer(r, step->reply, lost_at);

            best = one.in_vain > 1 && one.lost > best.lost ? one : best;
        }
    }
    /* https://M, where M may be the name of all controllers, is a guess, and no step. */
    if (g_hash_table_size(lost_at) > 1 && guess && guess->addresses != ADP_NONE) {
        many_addresses one = in_answer(r, guess->addresses, lost_at);

        best = one.in_vain > 1 && one.lost > best.lost ? one : best;
    }
    g_hash_table_unref(lost_at);
    return best;
}

static void say_summary(const adp_rules *r, adp_finding *f, const GPtrArray *servers, gint64 lost,
                        const many_addresses *many)
{
    const at_server *most = g_ptr_array_index(servers, 0);
    char *server = adp_rules_named(r, most->server);
    char buf[ADP_SECONDS_LEN];

    if (many->name) {
        adp_rules_summary(f,
                          "%s lost waiting, %s %u of the %u addresses of %s, port %u: they do not "
                          "accept connections",
                          adp_seconds_said(lost, buf), many->lost < lost ? "most of it at" : "at",
                          many->in_vain, many->addresses, many->name, most->port);
    } else if (servers->len == 1) {
        adp_rules_summary(f, "%s lost waiting for %s: %s", adp_seconds_said(lost, buf), server,
                          reason_of(most));
    } else {
        adp_rules_summary(f, "%s lost waiting for %u services, most of it for port %u of %s: %s",
                          adp_seconds_said(lost, buf), servers->len, most->port, server,
                          reason_of(most));
    }
    g_free(server);
}

/* ---- what speaks for which cause ---- */

/* How long the server's side of a TCP handshake took on the connection; -1: not seen. */
static gint64 handshake_time(const adp_rules *r, const adp_flow *flow, guint32 *obs)
{
    guint32 index = flow->transport == ADP_TCP ? adp_model_find_attempt(r->model, flow) : ADP_NONE;
    const adp_attempt *attempt = index == ADP_NONE ? NULL : adp_model_attempt(r->model, index);
    guint32 next;

    if (!attempt || !attempt->accepted || attempt->syns != 1) {
        return -1;
    }
    next = adp_model_mark(r->model, attempt->first)->next;
    if (next == ADP_NONE || !adp_model_obs(r->model, next)->from_server) {
        return -1;
    }
    *obs = next;
    return adp_since(adp_model_obs(r->model, next)->time, attempt->first_time);
}

/* The first answer of the path from another address of the same host; ADP_NONE. */
static guint32 other_address(const adp_rules *r, guint32 path, guint32 server)
{
    const char *name = adp_model_address_name(r->model, server);
    const adp_numbers *steps = &adp_model_path(r->model, path)->steps;
    guint i;

    for (i = 0; name && i < steps->count; i++) {
        const adp_step *step = adp_rules_step(r, steps->items[i]);
        const char *other;

        if (step->reply == ADP_NONE || step->flow.server == server) {
            continue;
        }
        other = adp_model_address_name(r->model, step->flow.server);
        if (other && adp_same_text(name, other)) {
            return step->reply;
        }
    }
    return ADP_NONE;
}

/* What the capture says of the silence. */
static void sign_vain(const adp_rules *r, adp_finding *f, const adp_wait *wait)
{
    if (wait->step != ADP_NONE) {
        adp_rules_sign_silence(r, f, adp_rules_step(r, wait->step));
    } else {
        adp_rules_sign_attempt(r, f, adp_model_attempt(r->model, wait->attempt));
    }
}

/* Of a request that was answered. */
static const adp_flow *flow_of(const adp_rules *r, const adp_wait *wait)
{
    if (wait->attempt != ADP_NONE) {
        return &adp_model_attempt(r->model, wait->attempt)->flow;
    }
    if (wait->tunnel != ADP_NONE) {
        return &adp_model_tunnel(r->model, wait->tunnel)->flow;
    }
    return wait->step != ADP_NONE ? &adp_rules_step(r, wait->step)->flow
                                  : &adp_model_obs(r->model, wait->asked)->flow;
}

/* Did the client turn to any host of a record before `time`? */
static gboolean was_tried(const adp_rules *r, guint32 path, const adp_srv_record *record,
                          gint64 time)
{
    const adp_path *of = adp_model_path(r->model, path);
    guint i;

    for (i = 0; i < of->steps.count; i++) {
        const adp_step *step = adp_rules_step(r, of->steps.items[i]);

        if (adp_rules_time(r, step) >= time) {
            return FALSE;
        }
        if (adp_model_host_has_address(r->model, record->target, step->flow.server)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Is there a record of a lower number, whose host was not tried? RFC 2782: those come first. */
static gboolean comes_behind(const adp_rules *r, guint32 path, const adp_obs_dns *answer,
                             const adp_srv_record *asked, gint64 time)
{
    guint n;

    for (n = 0; n < answer->said->records.count; n++) {
        const adp_srv_record *other = &answer->said->records.items[n];

        if (other->priority < asked->priority && other->target && *other->target &&
            !was_tried(r, path, other, time)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The client asks first whom the locator records name last. */
static void sign_order(const adp_rules *r, adp_finding *f, const at_server *most)
{
    const adp_path *path = adp_model_path(r->model, f->path);
    guint i;
    guint n;

    for (i = 0; i < path->steps.count; i++) {
        const adp_step *step = adp_rules_step(r, path->steps.items[i]);
        const adp_obs *reply =
            step->kind == ADP_STEP_SRV && adp_rules_time(r, step) < most->first->from
                ? adp_rules_reply(r, step)
                : NULL;

        for (n = 0; reply && n < reply->u.dns->said->records.count; n++) {
            const adp_srv_record *record = &reply->u.dns->said->records.items[n];

            if (record->target && record->priority && record->port == most->port &&
                adp_model_host_has_address(r->model, record->target, most->server) &&
                comes_behind(r, f->path, reply->u.dns, record, most->first->from)) {
                adp_rules_sign(f, ADP_SIGN_LATER_PRIORITY, step->reply);
                return;
            }
        }
    }
}

/* One request may be lost; so many are not, where the same port answers over the other transport each time. */
#define NEVER_ANSWERED 2

/* A client that goes on over the other transport, after each wait in vain for this one. */
static void sign_transport(const adp_rules *r, adp_finding *f, const at_server *most)
{
    const adp_step *step =
        most->first->step != ADP_NONE ? adp_rules_step(r, most->first->step) : NULL;
    gboolean kdc =
        step && step->kind == ADP_STEP_KERBEROS && adp_port_is_kdc(step->flow.server_port);
    gboolean dns = step && (step->kind == ADP_STEP_SRV || step->kind == ADP_STEP_ADDRESS);
    adp_topic topic = kdc ? ADP_TOPIC_KDC_TRANSPORT : ADP_TOPIC_DNS_TRANSPORT;
    const adp_step *by;
    adp_flow flow;
    char *other;
    char *way;

    if ((!kdc && !dns) || most->requests < NEVER_ANSWERED) {
        return;
    }
    flow = step->flow;
    way = adp_rules_way(&flow);
    flow.transport = flow.transport == ADP_UDP ? ADP_TCP : ADP_UDP;
    other = adp_rules_way(&flow);
    by = adp_rules_good(r, step->client, topic, other, NULL);
    if (by && !adp_rules_good(r, step->client, topic, way, NULL)) {
        adp_rules_sign(f, flow.transport == ADP_TCP ? ADP_SIGN_TCP_SERVES : ADP_SIGN_UDP_SERVES,
                       by->reply);
    }
    g_free(other);
    g_free(way);
}

static void sign(const adp_rules *r, adp_finding *f, const at_server *most)
{
    const char *address = adp_rules_address(r, most->server);
    guint32 obs = other_address(r, f->path, most->server);

    if (strchr(address, ':')) {
        adp_rules_sign(f, ADP_SIGN_ADDRESS_IPV6, ADP_NONE);
    }
    if (most->first->kind == ADP_WAIT_VAIN) {
        sign_vain(r, f, most->first);
        sign_order(r, f, most);
        sign_transport(r, f, most);
    }
    if (obs != ADP_NONE && !adp_finding_has_sign(f, ADP_SIGN_OTHER_ADDRESS_SPEAKS)) {
        adp_rules_sign(f, ADP_SIGN_OTHER_ADDRESS_SPEAKS, obs);
    }
    if (!adp_finding_has_sign(f, ADP_SIGN_HOST_SPEAKS) &&
        adp_rules_is_fact(r, ADP_FACT_SPOKE, address)) {
        adp_rules_sign(f, ADP_SIGN_HOST_SPEAKS, ADP_NONE);
    }
    if (most->first->kind != ADP_WAIT_VAIN) {
        gint64 took = handshake_time(r, flow_of(r, most->first), &obs);

        if (took >= 0 && took < most->longest / QUICK) {
            adp_rules_sign(f, ADP_SIGN_HANDSHAKE_QUICK, obs);
        }
    }
}

/* The step's question when it asks for an address of this type, NULL. */
static const adp_obs_dns *asks_for(const adp_rules *r, const adp_step *step, guint16 type)
{
    const adp_obs_dns *dns =
        step->kind == ADP_STEP_ADDRESS ? adp_model_obs(r->model, step->first)->u.dns : NULL;

    return dns && dns->qtype == type ? dns : NULL;
}

/* An answer of this server, in this path, to a question for an address of IPv4; ADP_NONE. */
static guint32 answers_a(const adp_rules *r, guint32 path, guint32 server)
{
    const adp_numbers *steps = &adp_model_path(r->model, path)->steps;
    guint i;

    for (i = 0; i < steps->count; i++) {
        const adp_step *step = adp_model_step(r->model, steps->items[i]);

        if (step->reply != ADP_NONE && step->flow.server == server &&
            asks_for(r, step, ADP_DNS_A)) {
            return step->reply;
        }
    }
    return ADP_NONE;
}

/* Asked so closely, both go into the network together. */
#define TOGETHER (ADP_NS_PER_S / 20)

/*
 * Resolvers ask for both addresses of a name at once from one port (glibc; `options single-request` is the other
 * way). The other one's answer, which came without being asked for again; ADP_NONE.
 */
static guint32 twin_answer(const adp_rules *r, const adp_step *step)
{
    const adp_numbers *steps = &adp_model_path(r->model, step->path)->steps;
    const adp_obs_dns *dns = adp_model_obs(r->model, step->first)->u.dns;
    guint i;

    for (i = 0; step->kind == ADP_STEP_ADDRESS && i < steps->count; i++) {
        const adp_step *other = adp_model_step(r->model, steps->items[i]);
        const adp_obs_dns *asked = asks_for(
            r, other, dns->qtype == ADP_DNS_AAAA ? (guint16)ADP_DNS_A : (guint16)ADP_DNS_AAAA);
        gint64 apart = adp_since(adp_rules_time(r, other), adp_rules_time(r, step));

        if (asked && other->reply != ADP_NONE && other->flow.server == step->flow.server &&
            other->flow.client_port == step->flow.client_port && apart <= TOGETHER &&
            apart >= -TOGETHER && adp_same_text(asked->name, dns->name) &&
            adp_since(adp_model_obs(r->model, other->reply)->time, adp_rules_time(r, other)) <
                ADP_NS_PER_S) {
            return other->reply;
        }
    }
    return ADP_NONE;
}

/* Questions of DNS of which a part alone is lost. */
static void sign_dns(const adp_rules *r, adp_finding *f, const at_server *most)
{
    guint32 obs = most->sixth && most->sixth == most->requests ? answers_a(r, f->path, most->server)
                                                               : ADP_NONE;

    if (obs != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_A_ANSWERED, obs);
    }
    obs = most->first->kind == ADP_WAIT_REPEATED && most->first->step != ADP_NONE
              ? twin_answer(r, adp_rules_step(r, most->first->step))
              : ADP_NONE;
    if (obs != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_TWIN_ANSWERED, obs);
    }
}

static gboolean is_hello(const adp_rules *r, const adp_wait *wait)
{
    return wait->kind == ADP_WAIT_SLOW && wait->step != ADP_NONE &&
           adp_rules_step(r, wait->step)->kind == ADP_STEP_TLS;
}

static const char *advice_of(const adp_rules *r, const at_server *most)
{
    if (is_hello(r, most->first)) {
        return "slow/handshake";
    }
    if (most->first->kind != ADP_WAIT_VAIN) {
        return most->first->kind == ADP_WAIT_SLOW ? "slow/answer" : "slow/repeated";
    }
    if (adp_port_is_dns(most->port)) {
        return most->first->step == ADP_NONE ? "slow/dns-tcp" : "slow/dns";
    }
    return most->first->step == ADP_NONE ? "slow" : "slow/request";
}

/* `many`: a name with several addresses that cost time; NULL. */
static void advise(const adp_rules *r, adp_finding *f, const at_server *most, const char *many)
{
    const adp_step *step =
        most->first->step != ADP_NONE ? adp_rules_step(r, most->first->step) : NULL;
    gboolean dns = step && (step->kind == ADP_STEP_SRV || step->kind == ADP_STEP_ADDRESS);
    const char *asked = dns ? adp_model_obs(r->model, step->first)->u.dns->name : NULL;
    char *port = g_strdup_printf("%u", most->port);
    char *place = adp_web_place(adp_rules_address(r, most->server), most->port);

    adp_rules_advise(r, f, advice_of(r, most), "server", adp_rules_address(r, most->server), "host",
                     adp_model_address_name(r->model, most->server), "port", port, "resolver",
                     dns ? adp_rules_address(r, most->server) : NULL, "name", asked, "place", place,
                     "many", many, NULL);
    g_free(place);
    g_free(port);
    sign(r, f, most);
    if (adp_port_is_dns(most->port)) {
        sign_dns(r, f, most);
    }
}

/* ---- the finding ---- */

/* Of several rounds it is one that was late: its request is no end of the step. */
static void cite_round(const adp_rules *r, adp_finding *f, const adp_step *step,
                       const adp_wait *wait)
{
    guint32 i;

    for (i = step->first; i != ADP_NONE && step->kind == ADP_STEP_BIND;
         i = adp_model_mark(r->model, i)->next) {
        const adp_obs *obs = adp_model_obs(r->model, i);

        if (!adp_model_mark(r->model, i)->copy &&
            (obs->time == wait->from || obs->time == wait->to)) {
            adp_rules_cite(f, i);
        }
    }
}

static void cite(const adp_rules *r, adp_finding *f, const adp_wait *wait)
{
    const adp_step *step;
    guint32 i;

    if (wait->asked != ADP_NONE) {
        adp_rules_cite(f, wait->asked);
        return;
    }
    if (wait->tunnel != ADP_NONE) {
        adp_rules_cite(f, adp_model_tunnel(r->model, wait->tunnel)->request);
        adp_rules_cite(f, adp_model_tunnel(r->model, wait->tunnel)->reply);
        return;
    }
    if (wait->attempt != ADP_NONE) {
        adp_rules_cite_attempt(r, f, adp_model_attempt(r->model, wait->attempt));
        return;
    }
    step = adp_rules_step(r, wait->step);
    if (wait->kind == ADP_WAIT_SLOW) {
        adp_rules_cite_step(r, f, step);
        cite_round(r, f, step, wait);
        return;
    }
    for (i = step->first; i != ADP_NONE; i = adp_model_mark(r->model, i)->next) {
        if (!adp_model_obs(r->model, i)->from_server && !adp_model_mark(r->model, i)->copy) {
            adp_rules_cite(f, i);
        }
    }
    adp_rules_cite(f, step->reply);
}

static gboolean is_cut(const adp_rules *r, const adp_wait *wait)
{
    return wait->step != ADP_NONE && adp_silence_proof(r->model, adp_rules_step(r, wait->step)).cut;
}

static void count(const adp_rules *r, at_server *at, const adp_wait *wait)
{
    gint64 took = adp_since(wait->to, wait->from);

    at->lost += wait->lost;
    if (!at->first || took > adp_since(at->first->to, at->first->from)) {
        at->first = wait;
    }
    if (wait->kind == ADP_WAIT_VAIN) {
        at->connections += wait->attempt != ADP_NONE ? 1 : 0;
        at->requests += wait->attempt != ADP_NONE ? 0 : 1;
        at->cut += is_cut(r, wait);
        at->sixth += wait->step != ADP_NONE &&
                     asks_for(r, adp_rules_step(r, wait->step), ADP_DNS_AAAA) != NULL;
    } else if (wait->attempt != ADP_NONE) {
        at->accepted++;
        at->longest = MAX(at->longest, took);
    } else {
        at->repeated += wait->kind == ADP_WAIT_REPEATED ? 1 : 0;
        at->late += wait->kind == ADP_WAIT_SLOW ? 1 : 0;
        at->hellos += is_hello(r, wait) ? 1 : 0;
        at->longest = MAX(at->longest, took);
    }
}

static gint by_loss(gconstpointer a, gconstpointer b)
{
    const at_server *x = *(const at_server *const *)a;
    const at_server *y = *(const at_server *const *)b;

    if (x->lost != y->lost) {
        return x->lost > y->lost ? -1 : 1;
    }
    if (x->server != y->server) {
        return x->server < y->server ? -1 : 1;
    }
    return (int)x->port - (int)y->port;
}

static void tell(adp_rules *r, adp_finding *f, GPtrArray *servers, gint64 lost)
{
    many_addresses many = many_addresses_of(r, f->path, servers);
    GString *observed = g_string_new(NULL);
    guint i;

    g_ptr_array_sort(servers, by_loss);
    for (i = 0; i < servers->len && i < SERVERS_TOLD; i++) {
        say_server(r, g_ptr_array_index(servers, i), observed);
    }
    if (servers->len > SERVERS_TOLD) {
        g_string_append_printf(observed, "; and at %u more", servers->len - SERVERS_TOLD);
    }
    if (many.lost * 2 < lost) {
        many.name = NULL;
    } else {
        adp_rules_sign(f, ADP_SIGN_MANY_ADDRESSES, many.obs);
    }
    say_summary(r, f, servers, lost, &many);
    adp_rules_observed(f, "%s", observed->str);
    g_string_free(observed, TRUE);
    adp_rules_inferred(
        f, "In this time the client waited for an answer and did nothing else; it ended with the "
           "answer, or when the client tried something else. Pauses in which "
           "nothing was pending do not count.");
    f->cost = lost;
    f->severity = lost >= ADP_SLOW_WARNED ? ADP_SEVERITY_WARN : ADP_SEVERITY_NOTE;
    advise(r, f, g_ptr_array_index(servers, 0), many.name);
}

static gboolean is_told(const adp_wait *wait)
{
    return wait->weight == ADP_WAIT_TOLD && wait->lost > 0;
}

/* Those of one path: `waits` from `from` to before `to`. */
static void of_path(adp_rules *r, const GArray *waits, guint from, guint to)
{
    guint32 path = g_array_index(waits, adp_wait, from).path;
    GHashTable *index = g_hash_table_new(adp_int64_hash, g_int64_equal);
    GPtrArray *servers = g_ptr_array_new_with_free_func(g_free);
    gint64 lost = 0;
    guint i;

    for (i = from; i < to; i++) {
        const adp_wait *wait = &g_array_index(waits, adp_wait, i);
        guint64 key = ((guint64)wait->server << 16) | wait->port;
        at_server *at = g_hash_table_lookup(index, &key);

        if (!is_told(wait)) {
            continue;
        }
        if (!at) {
            at = g_new0(at_server, 1);
            at->key = key;
            at->server = wait->server;
            at->port = wait->port;
            g_hash_table_insert(index, &at->key, at);
            g_ptr_array_add(servers, at);
        }
        count(r, at, wait);
        lost += wait->lost;
    }
    if (lost >= ADP_SLOW_TOLD) {
        adp_finding *f = adp_rules_find(r, ADP_FINDING_SLOW, path, NULL);

        for (i = from; i < to; i++) {
            if (is_told(&g_array_index(waits, adp_wait, i))) {
                cite(r, f, &g_array_index(waits, adp_wait, i));
            }
        }
        tell(r, f, servers, lost);
    }
    g_hash_table_unref(index);
    g_ptr_array_unref(servers);
}

void adp_rules_slow(adp_rules *r)
{
    const GArray *waits = r->waits;
    guint from = 0;

    while (from < waits->len) {
        guint32 path = g_array_index(waits, adp_wait, from).path;
        guint to = from;

        while (to < waits->len && g_array_index(waits, adp_wait, to).path == path) {
            to++;
        }
        of_path(r, waits, from, to);
        from = to;
    }
}
