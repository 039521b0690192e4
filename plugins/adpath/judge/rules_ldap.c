/* rules_ldap.c
 * Findings about LDAP connections: binds, protection, silence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_ldap.h"

#include "join/hosts.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/bind_refusal.h"
#include "judge/bind_report.h"
#include "judge/connections.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_bind.h"
#include "judge/rules_ports.h"
#include "judge/rules_sealed.h"
#include "judge/silence.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/ldap_result.h"
#include "wire/ports.h"
#include "wire/table.h"
#include "wire/text.h"

/* Result codes of RFC 4511 that say why a bind was refused. */
#define RESULT_OPERATIONS_ERROR 1

void adp_rules_learn_ldap(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (step->kind == ADP_STEP_HIDDEN) {
            adp_rules_note_good(r, step, ADP_TOPIC_PROTECTED, NULL);
        } else if (step->kind == ADP_STEP_SCP && adp_rules_outcome(r, step) == ADP_OK) {
            adp_rules_note_good(r, step, ADP_TOPIC_READ, NULL);
        } else if (step->kind == ADP_STEP_BIND) {
            adp_rules_learn_bind_step(r, step);
        }
    }
}

/* ---- searches without a bind ---- */

gboolean adp_rules_is_not_bound(const adp_rules *r, const adp_step *step)
{
    const adp_obs_result *result = adp_ldap_result_of(r, step);

    /* Samba's number for the same. */
    return result && result->result == RESULT_OPERATIONS_ERROR &&
           (adp_ldap_says(result, "000004DC") || adp_ldap_says(result, "00002020"));
}

/* What the last bind before the search, on its connection (`binds`: stream + 1 -> step + 1), says of it. */
static void sign_not_bound(const adp_rules *r, adp_finding *f, const adp_step *step,
                           GHashTable *binds)
{
    guint bind =
        GPOINTER_TO_UINT(g_hash_table_lookup(binds, GUINT_TO_POINTER(step->flow.stream + 1)));

    if (bind && adp_rules_step(r, bind - 1)->request != ADP_NONE) {
        adp_bind_sign_nobody(r, f, adp_rules_step(r, bind - 1)->request);
    }
    if (bind && adp_rules_step(r, bind - 1)->reply != ADP_NONE &&
        adp_rules_outcome(r, adp_rules_step(r, bind - 1)) == ADP_FAILED) {
        adp_rules_sign(f, ADP_SIGN_BIND_REFUSED, adp_rules_step(r, bind - 1)->reply);
    }
}

static void not_bound(adp_rules *r)
{
    GHashTable *binds = g_hash_table_new(NULL, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        adp_finding *f;
        char *subject;
        char *server;

        if (step->kind == ADP_STEP_BIND && step->flow.stream != ADP_NONE) {
            g_hash_table_replace(binds, GUINT_TO_POINTER(step->flow.stream + 1),
                                 GUINT_TO_POINTER(i + 1));
        }
        if ((step->kind != ADP_STEP_SCP && step->kind != ADP_STEP_ROOTDSE) ||
            !adp_rules_is_not_bound(r, step)) {
            continue;
        }
        subject = g_strdup_printf("%u", step->flow.server);
        f = adp_rules_find(r, ADP_FINDING_LDAP_NOT_BOUND, step->path, subject);
        g_free(subject);
        adp_rules_cite_step(r, f, step);
        if (f->summary) {
            continue;
        }
        server = adp_rules_named(r, step->flow.server);
        adp_rules_summary(f, "%s answers the search only after a bind", server);
        adp_rules_observed(f, "The search ended with operationsError and %s",
                           adp_ldap_says(adp_ldap_result_of(r, step), "000004DC") ? "000004DC"
                                                                                  : "00002020");
        adp_rules_inferred(f, "Nobody was bound on this connection, or only anonymously. Active "
                              "Directory shows the rootDSE to everybody, and nothing else.");
        adp_rules_advise(r, f, "ldap-not-bound", "host", adp_rules_host(r, step->flow.server),
                         "server", adp_rules_address(r, step->flow.server), NULL);
        sign_not_bound(r, f, step, binds);
        g_free(server);
        adp_rules_remedy(f, step->client, ADP_TOPIC_READ, NULL);
    }
    g_hash_table_unref(binds);
}

/* ---- silence ---- */

static gboolean is_ldap(adp_step_kind kind)
{
    return kind == ADP_STEP_BIND || kind == ADP_STEP_ROOTDSE || kind == ADP_STEP_SCP;
}

/* A client reads the rootDSE of a few servers; more than these, which nobody named to it, are a list. */
#define MANY_SERVERS 8

/* Client in the upper half, address in the lower: key of what records told. */
static guint64 told_key(guint32 client, guint32 address)
{
    return (guint64)client << 32 | address;
}

/* By told_key(): the first answer of DNS that gave the client this address, + 1. To be freed with adp_table_free(). */
static adp_table *told_addresses(const adp_rules *r)
{
    adp_table *told = adp_table_new();
    guint32 i;
    guint h;

    for (i = 0; i < adp_model_obs_count(r->model); i++) {
        const adp_obs *obs = adp_model_obs(r->model, i);

        if (obs->type != ADP_OBS_DNS_REPLY) {
            continue;
        }
        for (h = 0; h < obs->u.dns->said->hosts.count; h++) {
            guint32 address = obs->u.dns->said->hosts.items[h].address;
            guint64 key = told_key(obs->flow.client, address);

            if (address != ADP_NONE && !adp_table_get(told, key)) {
                adp_table_set(told, key, i + 1);
            }
        }
    }
    return told;
}

/* Did a record give the client the address before it asked there? `told`: NULL: none is known. */
static gboolean is_told(const adp_table *told, const adp_step *step)
{
    guint32 by = told ? adp_table_get(told, told_key(step->flow.client, step->flow.server)) : 0;

    return by && by - 1 < step->first;
}

/* A read over UDP that nobody answered, at an address that the capture does not tell of as a controller's. */
static gboolean may_be_listed(const adp_rules *r, const adp_step *step, const adp_table *told)
{
    const char *name = adp_model_address_name(r->model, step->flow.server);

    return step->kind == ADP_STEP_ROOTDSE && step->flow.transport == ADP_UDP &&
           adp_rules_outcome(r, step) == ADP_UNANSWERED &&
           !(name && adp_model_named(r->model, name) & ADP_NAMED_BY_SRV) && !is_told(told, step);
}

/* How many such servers the path has. */
static guint count_listed(const adp_rules *r, guint32 path, const adp_table *told)
{
    const adp_numbers *steps = &adp_model_path(r->model, path)->steps;
    GHashTable *servers = g_hash_table_new(NULL, NULL);
    guint count;
    guint i;

    for (i = 0; i < steps->count; i++) {
        const adp_step *step = adp_rules_step(r, steps->items[i]);

        if (may_be_listed(r, step, told)) {
            g_hash_table_add(servers, GUINT_TO_POINTER(step->flow.server + 1));
        }
    }
    count = g_hash_table_size(servers);
    g_hash_table_unref(servers);
    return count;
}

/** The list that a path's client goes through. */
typedef struct {
    guint servers; /* 0: it has none */
    gboolean all;  /* the few that records named are on it, too */
} list;

/** Lists of addresses. */
typedef struct {
    list *of;        /* at each path's number; owned */
    adp_table *told; /* see told_addresses(); owned; NULL: no path has a list */
} lists;

static list list_of(const adp_rules *r, guint32 path, const adp_table *told)
{
    guint servers = count_listed(r, path, NULL);
    guint untold = count_listed(r, path, told);

    if (untold <= MANY_SERVERS) {
        return (list){0};
    }
    /* Whoever goes through a network has looked up some of its hosts, for another purpose. */
    return servers - untold < untold ? (list){servers, TRUE} : (list){untold, FALSE};
}

/* What records told is looked for only where there may be a list. */
static lists find_lists(const adp_rules *r)
{
    lists found = {.of = g_new0(list, adp_model_path_count(r->model))};
    guint32 p;

    for (p = 0; p < adp_model_path_count(r->model); p++) {
        if (count_listed(r, p, NULL) > MANY_SERVERS) {
            found.told = found.told ? found.told : told_addresses(r);
            found.of[p] = list_of(r, p, found.told);
        }
    }
    return found;
}

static gboolean is_on_list(const adp_rules *r, const lists *found, const adp_step *step)
{
    const list *of = &found->of[step->path];

    return of->servers && may_be_listed(r, step, of->all ? NULL : found->told);
}

static void say_listed(adp_rules *r, const adp_step *step, guint servers)
{
    adp_finding *f = adp_rules_find(r, ADP_FINDING_LDAP_UNANSWERED, step->path, "|many");

    adp_rules_cite_step(r, f, step);
    if (f->summary) {
        return;
    }
    adp_rules_summary(f, "The client goes through a list of addresses: %u do not answer over LDAP",
                      servers);
    adp_rules_observed(f, "Reads of the rootDSE over UDP, sent to %u addresses, without any reply",
                       servers);
    adp_rules_inferred(f, "No client of a directory asks so many servers that no record named: "
                          "this is how directories are looked for on a network. That most "
                          "addresses are silent is no fault.");
    adp_rules_advise(r, f, "ldap-unanswered/list", "address",
                     adp_rules_address(r, step->flow.client), NULL);
    f->severity = ADP_SEVERITY_NOTE;
}

void adp_rules_infer_unanswered(const adp_rules *r, adp_finding *f, const adp_flow *flow,
                                guint pause, guint32 asked, const char *otherwise)
{
    if (flow->transport == ADP_UDP) {
        adp_rules_inferred(f,
                           "Over UDP nothing tells whether the request arrived. The capture goes "
                           "on for more than five seconds and holds other frames to this "
                           "client, so an answer would be in it.");
    } else if (pause) {
        adp_rules_sign(f, ADP_SIGN_IDLE, asked);
        adp_rules_inferred(f,
                           "The connection had been idle for %u minutes before: devices in "
                           "between forget such connections.",
                           pause);
    } else {
        adp_rules_inferred(f, "The connection is there, as the request went over it, and the %s",
                           otherwise);
    }
    adp_rules_advise(r, f, flow->transport == ADP_UDP ? "ldap-unanswered/udp" : "ldap-unanswered",
                     "host", adp_rules_host(r, flow->server), "server",
                     adp_rules_address(r, flow->server), NULL);
}

const char *adp_rules_over_udp(const adp_flow *flow)
{
    return flow->transport == ADP_UDP ? " over UDP" : "";
}

/** The last searches of a client of one kind: numbers of the steps + 1, 0: none. */
typedef struct {
    guint32 answered;
    guint32 vain;
} last_asked;

/* By client and kind; to be freed with adp_rows_free(). What is sealed may be an answer to anything. */
static guint64 last_key(const adp_step *step)
{
    return (guint64)adp_client_number(step->client) << 8 | (guint64)step->kind;
}

static adp_rows *find_last_asked(const adp_rules *r)
{
    adp_rows *rows = adp_rows_new(sizeof(last_asked), NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        adp_outcome outcome = adp_rules_outcome(r, step);
        last_asked *last;

        if (step->kind != ADP_STEP_SCP && step->kind != ADP_STEP_HIDDEN) {
            continue;
        }
        last = adp_rows_need(rows, last_key(step));
        if (outcome == ADP_UNANSWERED) {
            last->vain = i + 1;
        } else {
            last->answered = i + 1;
        }
    }
    return rows;
}

/* Is the same asked for once more, and no such search answered any more? A bind alone serves nobody. */
static gboolean stays_vain(const adp_rules *r, const adp_rows *rows, const adp_step *step)
{
    adp_step hidden = {.kind = ADP_STEP_HIDDEN, .client = step->client};
    const last_asked *same = adp_rows_find(rows, last_key(step));
    const last_asked *sealed = adp_rows_find(rows, last_key(&hidden));
    guint32 index = adp_rules_index(r, step) + 1;

    return step->kind == ADP_STEP_SCP && same && same->vain > index && same->answered < index &&
           !(sealed && sealed->answered > index);
}

static void unanswered(adp_rules *r)
{
    lists listed = find_lists(r);
    adp_rows *last = find_last_asked(r);
    GHashTable *spoken = adp_rules_last_spoken(r);
    GHashTable *idle = adp_rules_idle_before(r);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_step *by;
        adp_finding *f;
        char *subject;
        char number[ADP_NUMBER_TEXT];
        char *server;
        char *words;

        if (!is_ldap(step->kind) || adp_rules_outcome(r, step) != ADP_UNANSWERED ||
            adp_rules_spoke_later(spoken, &step->flow,
                                  adp_model_obs(r->model, step->last)->frame) ||
            adp_rules_is_clear_at_tls(r, adp_model_obs(r->model, step->first))) {
            continue;
        }
        if (is_on_list(r, &listed, step)) {
            say_listed(r, step, listed.of[step->path].servers);
            continue;
        }
        subject = g_strdup_printf("%u", step->flow.server);
        f = adp_rules_find(r, ADP_FINDING_LDAP_UNANSWERED, step->path, subject);
        g_free(subject);
        adp_rules_cite_step(r, f, step);
        adp_rules_sign_silence(r, f, step);
        if (f->summary) {
            continue;
        }
        server = adp_rules_named(r, step->flow.server);
        words = adp_rules_silence_words(r, step);
        adp_rules_summary(f, "%s does not answer over LDAP%s", server,
                          step->flow.transport == ADP_UDP ? " (UDP)" : "");
        adp_rules_observed(f, "A %s was sent to %s%s%s",
                           step->kind == ADP_STEP_BIND ? "bind" : "search", server,
                           adp_rules_over_udp(&step->flow), words);
        g_free(words);
        adp_rules_infer_unanswered(r, f, &step->flow, adp_rules_idle_minutes(idle, step->first),
                                   step->first, "capture goes on for more than five seconds.");
        g_free(server);
        if (stays_vain(r, last, step)) {
            continue;
        }
        if (step->flow.transport == ADP_UDP) {
            by = adp_rules_other_server(r, step);
            if (by) {
                adp_rules_recovered(r, f, by);
            }
        } else {
            /* Another controller's LDAP; its ping or its ticket lets nobody in here. */
            adp_rules_remedy(f, step->client,
                             step->kind == ADP_STEP_ROOTDSE ? ADP_TOPIC_LDAP : ADP_TOPIC_LDAP_USED,
                             NULL);
        }
        /* A new connection to the same server does it as well. */
        adp_rules_remedy(f, step->client, ADP_TOPIC_LDAP_SERVER,
                         adp_number_text(step->flow.server, number));
    }
    adp_rows_free(last);
    g_hash_table_unref(idle);
    g_hash_table_unref(spoken);
    g_clear_pointer(&listed.told, adp_table_free);
    g_free(listed.of);
}

/* ---- what cannot be seen ---- */

static const char *protection_words(adp_protection protection)
{
    switch (protection) {
    case ADP_PROTECTION_SEALED:
        return "sealed by SASL: a keytab with the key of the domain controller's or the client's "
               "account opens them (Preferences > Protocols > KRB5)";
    case ADP_PROTECTION_TLS:
        return "carried by TLS: the session secrets of either end open them (Preferences > "
               "Protocols > TLS, key log file)";
    case ADP_PROTECTION_SIGNED:
        return "signed, in a form that Wireshark does not take apart";
    default:
        return "wrapped: how, only the bind would tell, and the bind is not in the capture";
    }
}

gboolean adp_rules_is_unbound(const adp_rules *r, const adp_step *step)
{
    return step->kind == ADP_STEP_HIDDEN && !step->own->mechanism &&
           adp_model_obs(r->model, step->first)->protection != ADP_PROTECTION_TLS;
}

static void hidden(adp_rules *r)
{
    GHashTable *counts = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        adp_protection protection;
        adp_finding *f;
        char *subject;
        char *server;
        guint messages;

        if (step->kind != ADP_STEP_HIDDEN) {
            continue;
        }
        protection = adp_model_obs(r->model, step->first)->protection;
        server = adp_rules_named(r, step->flow.server);
        subject = g_strdup_printf("%u|%u", step->path, step->flow.server);
        messages = GPOINTER_TO_UINT(g_hash_table_lookup(counts, subject)) + step->own->messages;
        g_hash_table_replace(counts, g_strdup(subject), GUINT_TO_POINTER(messages));
        f = adp_rules_find(r, ADP_FINDING_LDAP_HIDDEN, step->path, subject);
        adp_rules_cite(f, step->first);
        adp_rules_summary(f, "%u LDAP %s with %s cannot be seen", messages,
                          messages == 1 ? "message" : "messages", server);
        adp_rules_observed(f, "%u %s of this client with %s %s %s", messages,
                           messages == 1 ? "message" : "messages", server,
                           messages == 1 ? "is" : "are", protection_words(protection));
        adp_rules_inferred(f, "A search for service connection points may be among them. That none "
                              "is visible says nothing about whether there was one.");
        adp_rules_advise(r, f, "ldap-hidden", "host", adp_rules_host(r, step->flow.server),
                         "server", adp_rules_address(r, step->flow.server), NULL);
        if (protection == ADP_PROTECTION_TLS) {
            adp_rules_sign(f, ADP_SIGN_IN_TLS, step->first);
        }
        if (adp_rules_is_unbound(r, step)) {
            f = adp_rules_find(r, ADP_FINDING_LDAP_MECHANISM_UNKNOWN, step->path, subject);
            adp_rules_cite(f, step->first);
            adp_rules_summary(f, "The capture began after the bind with %s", server);
            adp_rules_observed(f, "Wrapped LDAP messages without a bind before them");
            adp_rules_inferred(f, "%s",
                               protection == ADP_PROTECTION_UNKNOWN
                                   ? "Without the bind it cannot be told how the messages are "
                                     "wrapped, who is bound, or with which ticket."
                                   : "How the messages are wrapped, they tell themselves; who is "
                                     "bound, and with which ticket, only the bind would.");
            adp_rules_advise(r, f, "ldap-mechanism-unknown", "host",
                             adp_rules_host(r, step->flow.server), "server",
                             adp_rules_address(r, step->flow.server), "domain",
                             adp_model_path(r->model, step->path)->domain, NULL);
        }
        g_free(subject);
        g_free(server);
    }
    g_hash_table_unref(counts);
}

void adp_rules_ldap(adp_rules *r)
{
    not_bound(r);
    unanswered(r);
    adp_rules_sealed(r);
    hidden(r);
}
