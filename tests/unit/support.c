/* support.c
 * What the tests of the model share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "facts/absence.h"
#include "facts/facts.h"
#include "facts/fields.h"
#include "facts/outcome.h"
#include "facts/summary.h"
#include "facts/view.h"
#include "join/attempts.h"
#include "join/exchange.h"
#include "join/feed.h"
#include "join/identity.h"
#include "join/ldap_ops.h"
#include "join/chain.h"
#include "join/model.h"
#include "join/pages.h"
#include "join/shared_steps.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/endpoint.h"
#include "judge/endpoints.h"
#include "judge/finding.h"
#include "judge/path_outcome.h"
#include "log/observation.h"
#include "wire/arena.h"
#include "wire/hash.h"
#include "wire/ldap_filter.h"
#include "wire/scp.h"
#include "wire/srv_name.h"

#include <locale.h>
#include <string.h>

void test_init(int *argc, char ***argv)
{
    /* A locale that writes numbers with a comma must change nothing, where there is one. */
    (void)setlocale(LC_ALL, "de_DE.UTF-8");
    g_test_init(argc, argv, NULL);
    g_test_set_nonfatal_assertions();
}

void check_str(const char *row, const char *what, const char *got, const char *want)
{
    if (g_strcmp0(got, want) != 0) {
        g_test_message("%s: %s is %s%s%s, expected %s%s%s", row, what, got ? "\"" : "",
                       got ? got : "NULL", got ? "\"" : "", want ? "\"" : "", want ? want : "NULL",
                       want ? "\"" : "");
        g_test_fail();
    }
}

void check_int(const char *row, const char *what, gint64 got, gint64 want)
{
    if (got != want) {
        g_test_message("%s: %s is %" G_GINT64_FORMAT ", expected %" G_GINT64_FORMAT, row, what, got,
                       want);
        g_test_fail();
    }
}

/* ---- filters ---- */

static adp_blob blob_of(adp_arena *arena, const char *text)
{
    adp_blob blob = {0};

    if (text) {
        blob.len = strlen(text);
        blob.bytes = (const guint8 *)adp_arena_strndup(arena, text, blob.len);
    }
    return blob;
}

adp_filter *f_leaf(adp_arena *arena, adp_filter_op op, const char *attribute, const char *value)
{
    adp_filter *f = adp_arena_new_array(arena, adp_filter, 1);

    f->op = op;
    f->attribute = attribute;
    f->value = blob_of(arena, value);
    return f;
}

adp_filter *f_eq(adp_arena *arena, const char *attribute, const char *value)
{
    return f_leaf(arena, ADP_FILTER_EQUAL, attribute, value);
}

adp_filter *f_bytes(adp_arena *arena, const char *attribute, const void *bytes, gsize len)
{
    adp_filter *f = f_leaf(arena, ADP_FILTER_EQUAL, attribute, NULL);

    f->value.bytes = (const guint8 *)adp_arena_strndup(arena, bytes, len);
    f->value.len = len;
    return f;
}

adp_filter *f_sub(adp_arena *arena, const char *attribute, const char *initial, const char *any,
                  const char *final)
{
    adp_filter *f = f_leaf(arena, ADP_FILTER_SUBSTRINGS, attribute, NULL);

    f->initial = blob_of(arena, initial);
    if (any) {
        adp_list_add(arena, &f->any, blob_of(arena, any));
    }
    f->final = blob_of(arena, final);
    return f;
}

adp_filter *f_op_list(adp_arena *arena, adp_filter_op op, adp_filter *const *children)
{
    adp_filter *f = f_leaf(arena, op, NULL, NULL);
    adp_filter **tail = &f->child;

    for (; *children; children++) {
        *tail = *children;
        tail = &(*tail)->next;
    }
    return f;
}

/* ---- observations ---- */

guint32 address_of(adp_model *model, const char *text)
{
    return adp_model_address(model, 2, (const guint8 *)text, (guint8)strlen(text), text);
}

adp_flow udp(guint32 client, guint16 client_port, guint32 server, guint16 server_port)
{
    adp_flow flow = {.client = client,
                     .server = server,
                     .client_port = client_port,
                     .server_port = server_port,
                     .transport = ADP_UDP,
                     .stream = client_port};

    return flow;
}

adp_flow tcp(guint32 client, guint16 client_port, guint32 server, guint16 server_port,
             guint32 stream)
{
    adp_flow flow = udp(client, client_port, server, server_port);

    flow.transport = ADP_TCP;
    flow.stream = stream;
    return flow;
}

static adp_obs make(adp_obs_type type, adp_flow flow, gboolean from_server, guint32 id)
{
    adp_obs obs = {.type = type, .flow = flow, .from_server = from_server, .id = id};

    obs.hash = adp_hash_bytes(ADP_HASH_SEED, (const guint8 *)&id, sizeof(id));
    obs.hash += (guint64)type;
    return obs;
}

static void mix(adp_obs *obs, const char *text)
{
    if (text) {
        obs->hash = adp_hash_bytes(obs->hash, (const guint8 *)text, strlen(text) + 1);
    }
}

static void mix_number(adp_obs *obs, guint64 number)
{
    obs->hash = adp_hash_bytes(obs->hash, (const guint8 *)&number, sizeof(number));
}

static adp_obs_dns *new_dns(adp_arena *arena, const char *name)
{
    adp_obs_dns *dns = adp_arena_new_array(arena, adp_obs_dns, 1);

    dns->name = name;
    dns->qtype = ADP_DNS_SRV;
    dns->said = &adp_dns_nothing;
    dns->parts = adp_srv_name_of(arena, name);
    if (!dns->parts) {
        g_error("%s is no locator name", name);
    }
    return dns;
}

adp_obs ob_query(adp_arena *arena, adp_flow flow, guint32 id, const char *name)
{
    adp_obs obs = make(ADP_OBS_DNS_QUERY, flow, FALSE, id);

    mix(&obs, name);
    obs.u.dns = new_dns(arena, name);
    return obs;
}

adp_obs ob_answer_list(adp_arena *arena, adp_flow flow, guint32 id, const char *name, guint8 rcode,
                       const char *const *targets)
{
    adp_obs obs = make(ADP_OBS_DNS_REPLY, flow, TRUE, id);
    adp_obs_dns *dns = new_dns(arena, name);
    adp_dns_said *said = adp_arena_new_array(arena, adp_dns_said, 1);

    mix(&obs, name);
    mix_number(&obs, rcode);
    dns->rcode = rcode;
    dns->said = said;
    for (; *targets; targets++) {
        const adp_srv_record record = {.target = *targets, .port = 389, .weight = 100};

        adp_list_add(arena, &said->records, record);
        mix(&obs, *targets);
    }
    obs.u.dns = dns;
    return obs;
}

adp_obs ob_ping(adp_arena *arena, adp_flow flow, guint32 id, const char *domain, const char *host)
{
    adp_obs obs = make(ADP_OBS_LDAP_SEARCH, flow, FALSE, id);
    adp_obs_search *search = adp_arena_new_array(arena, adp_obs_search, 1);

    mix(&obs, domain);
    mix(&obs, host);
    search->is_ping = TRUE;
    search->base = "";
    search->ping.domain = domain;
    search->ping.host = host;
    obs.u.search = search;
    return obs;
}

adp_obs ob_pong(adp_arena *arena, adp_flow flow, guint32 id, guint16 opcode, const char *host,
                const char *client_site)
{
    adp_obs obs = make(ADP_OBS_LDAP_ENTRY, flow, TRUE, id);
    adp_obs_entry *entry = adp_arena_new_array(arena, adp_obs_entry, 1);

    mix(&obs, host);
    mix(&obs, client_site);
    mix_number(&obs, opcode);
    entry->has_netlogon = TRUE;
    entry->netlogon.opcode = opcode;
    entry->netlogon.has_flags = TRUE;
    entry->netlogon.flags = 0x3fd;
    entry->netlogon.host = host;
    entry->netlogon.domain = "contoso.test";
    entry->netlogon.forest = "contoso.test";
    entry->netlogon.dc_site = "HQ";
    entry->netlogon.client_site = client_site;
    obs.u.entry = entry;
    return obs;
}

static adp_obs make_search(adp_arena *arena, adp_flow flow, guint32 id, adp_obs_search **ret)
{
    adp_obs obs = make(ADP_OBS_LDAP_SEARCH, flow, FALSE, id);

    *ret = adp_arena_new_array(arena, adp_obs_search, 1);
    obs.u.search = *ret;
    return obs;
}

adp_obs ob_rootdse(adp_arena *arena, adp_flow flow, guint32 id)
{
    adp_obs_search *search;
    adp_obs obs = make_search(arena, flow, id, &search);

    search->base = "";
    search->filter = "(objectClass=*)";
    adp_list_add(arena, &search->attributes, "configurationNamingContext");
    return obs;
}

adp_obs ob_scp(adp_arena *arena, adp_flow flow, guint32 id, const char *kind, const char *base)
{
    adp_obs_search *search;
    adp_obs obs = make_search(arena, flow, id, &search);

    mix(&obs, kind);
    mix(&obs, base);
    search->base = base;
    search->scope = 2;
    search->scp_kind = kind;
    search->filter = "(objectClass=serviceConnectionPoint)";
    return obs;
}

adp_obs ob_entry_list(adp_arena *arena, adp_flow flow, guint32 id, const char *dn,
                      const char *binding, const char *const *keywords)
{
    adp_obs obs = make(ADP_OBS_LDAP_ENTRY, flow, TRUE, id);
    adp_obs_entry *entry = adp_arena_new_array(arena, adp_obs_entry, 1);

    mix(&obs, dn);
    entry->scp.dn = dn;
    if (binding) {
        adp_list_add(arena, &entry->scp.bindings, binding);
    }
    for (; *keywords; keywords++) {
        adp_list_add(arena, &entry->scp.keywords, *keywords);
    }
    adp_scp_entry_finish(arena, &entry->scp);
    obs.u.entry = entry;
    return obs;
}

static const adp_obs_result *new_result(adp_arena *arena, guint32 result)
{
    adp_obs_result *r = adp_arena_new_array(arena, adp_obs_result, 1);

    r->result = result;
    return r;
}

adp_obs ob_done(adp_arena *arena, adp_flow flow, guint32 id, guint32 result)
{
    adp_obs obs = make(ADP_OBS_LDAP_DONE, flow, TRUE, id);

    mix_number(&obs, result);
    obs.u.result = new_result(arena, result);
    return obs;
}

adp_obs ob_abandon(adp_flow flow, guint32 id)
{
    return make(ADP_OBS_LDAP_ABANDON, flow, FALSE, id);
}

static adp_obs make_bind(adp_arena *arena, adp_flow flow, guint32 id, const char *mechanism,
                         adp_obs_bind **ret)
{
    adp_obs obs = make(ADP_OBS_LDAP_BIND, flow, FALSE, id);

    mix(&obs, mechanism);
    *ret = adp_arena_new_array(arena, adp_obs_bind, 1);
    (*ret)->mechanism = mechanism;
    obs.u.bind = *ret;
    return obs;
}

adp_obs ob_bind(adp_arena *arena, adp_flow flow, guint32 id, const char *mechanism, gboolean sasl)
{
    adp_obs_bind *bind;
    adp_obs obs = make_bind(arena, flow, id, mechanism, &bind);

    bind->is_sasl = sasl;
    return obs;
}

adp_obs ob_sicily(adp_arena *arena, adp_flow flow, guint32 id, guint round)
{
    adp_obs_bind *bind;
    adp_obs obs = make_bind(arena, flow, id, "sicily", &bind);

    bind->continues = round > 0;
    bind->unfinished = round < 2;
    mix_number(&obs, round);
    return obs;
}

adp_obs ob_bound(adp_arena *arena, adp_flow flow, guint32 id, guint32 result)
{
    adp_obs obs = make(ADP_OBS_LDAP_BIND_REPLY, flow, TRUE, id);

    mix_number(&obs, result);
    obs.u.result = new_result(arena, result);
    return obs;
}

adp_obs ob_hidden(adp_arena *arena, adp_flow flow, gboolean from_server, guint32 messages,
                  guint64 hash)
{
    adp_obs obs = make(ADP_OBS_LDAP_HIDDEN, flow, from_server, 0);
    adp_obs_hidden *hidden = adp_arena_new_array(arena, adp_obs_hidden, 1);

    hidden->messages = messages;
    obs.hash = hash;
    obs.protection = ADP_PROTECTION_SEALED;
    obs.u.hidden = hidden;
    return obs;
}

static adp_obs make_krb(adp_arena *arena, adp_obs_type type, adp_flow flow, gboolean from_server,
                        adp_exchange exchange, adp_obs_krb **ret)
{
    adp_obs obs = make(type, flow, from_server, 0);
    adp_obs_krb *krb = adp_arena_new_array(arena, adp_obs_krb, 1);

    krb->exchange = exchange;
    mix_number(&obs, exchange);
    obs.u.krb = krb;
    *ret = krb;
    return obs;
}

adp_obs ob_krb(adp_arena *arena, adp_flow flow, adp_exchange exchange, const char *spn,
               guint64 salt)
{
    adp_obs_krb *krb;
    adp_obs obs = make_krb(arena, ADP_OBS_KDC_REQUEST, flow, FALSE, exchange, &krb);

    krb->spn = spn;
    krb->realm = "CONTOSO.TEST";
    krb->client = "ws1$";
    adp_list_add(arena, &krb->etypes, 18);
    adp_list_add(arena, &krb->etypes, 17);
    mix(&obs, spn);
    mix_number(&obs, salt);
    return obs;
}

adp_obs ob_ticket(adp_arena *arena, adp_flow flow, adp_exchange exchange, const char *spn)
{
    adp_obs_krb *krb;
    adp_obs obs = make_krb(arena, ADP_OBS_KDC_REPLY, flow, TRUE, exchange, &krb);

    krb->spn = spn;
    krb->has_ticket = TRUE;
    krb->ticket_etype = 18;
    mix(&obs, spn);
    return obs;
}

adp_obs ob_krb_error(adp_arena *arena, adp_flow flow, adp_exchange exchange, const char *spn,
                     gint32 code)
{
    adp_obs_krb *krb;
    adp_obs obs = make_krb(arena, ADP_OBS_KDC_REPLY, flow, TRUE, exchange, &krb);

    krb->spn = spn;
    krb->is_error = TRUE;
    krb->error = code;
    mix(&obs, spn);
    mix_number(&obs, (guint64)code);
    return obs;
}

adp_obs ob_ap(adp_arena *arena, adp_flow flow, adp_carrier carrier, const char *spn, guint64 salt)
{
    adp_obs_krb *krb;
    adp_obs obs = make_krb(arena, ADP_OBS_AP_REQUEST, flow, FALSE, ADP_EXCHANGE_AP, &krb);

    krb->carrier = carrier;
    krb->spn = spn;
    krb->realm = "CONTOSO.TEST";
    adp_list_add(arena, &krb->etypes, 18);
    mix(&obs, spn);
    mix_number(&obs, salt);
    return obs;
}

adp_obs ob_ap_reply(adp_arena *arena, adp_flow flow, adp_carrier carrier, ap_answer answer)
{
    adp_obs_krb *krb;
    adp_obs obs = make_krb(arena, ADP_OBS_AP_REPLY, flow, TRUE, ADP_EXCHANGE_AP, &krb);

    krb->carrier = carrier;
    krb->has_token = answer == AP_ACCEPTED || answer == AP_ERROR;
    krb->is_error = answer == AP_ERROR;
    krb->error = answer == AP_ERROR ? 41 : 0;
    krb->spn = answer == AP_ERROR ? "ex2$" : NULL;
    krb->refused = answer == AP_ERROR || answer == AP_REFUSED;
    krb->goes_on = answer == AP_GOES_ON;
    mix_number(&obs, answer);
    return obs;
}

static adp_obs_dns *address_dns(adp_arena *arena, guint16 type, const char *name)
{
    adp_obs_dns *dns = adp_arena_new_array(arena, adp_obs_dns, 1);

    dns->name = name;
    dns->parts = &adp_no_srv_name;
    dns->said = &adp_dns_nothing;
    dns->qtype = type;
    return dns;
}

adp_obs ob_address_query(adp_arena *arena, adp_flow flow, guint32 id, guint16 type,
                         const char *name)
{
    adp_obs obs = make(ADP_OBS_DNS_QUERY, flow, FALSE, id);

    mix(&obs, name);
    mix_number(&obs, type);
    obs.u.dns = address_dns(arena, type, name);
    return obs;
}

adp_obs ob_address(adp_arena *arena, adp_flow flow, guint32 id, guint16 type, const char *name,
                   guint8 rcode, const char *alias, guint32 address)
{
    adp_obs obs = make(ADP_OBS_DNS_REPLY, flow, TRUE, id);
    adp_obs_dns *dns = address_dns(arena, type, name);
    adp_dns_said *said = adp_arena_new_array(arena, adp_dns_said, 1);
    adp_dns_host host = {.name = name, .alias = alias, .address = ADP_NONE};

    mix(&obs, name);
    mix_number(&obs, type + ((guint64)address << 16));
    dns->rcode = rcode;
    dns->said = said;
    if (alias) {
        adp_list_add(arena, &said->hosts, host);
        host.name = alias;
        host.alias = NULL;
    }
    if (address != ADP_NONE) {
        host.address = address;
        adp_list_add(arena, &said->hosts, host);
    }
    dns->answer_hosts = said->hosts.count;
    obs.u.dns = dns;
    return obs;
}

adp_obs ob_tcp(adp_arena *arena, adp_flow flow, adp_tcp_event event, gboolean from_server)
{
    adp_obs obs = make(ADP_OBS_TCP, flow, from_server, 0);
    adp_obs_tcp *tcp = adp_arena_new_array(arena, adp_obs_tcp, 1);

    tcp->event = event;
    mix_number(&obs, event);
    obs.u.tcp = tcp;
    return obs;
}

adp_obs ob_icmp(adp_arena *arena, adp_flow flow, guint8 code)
{
    adp_obs obs = make(ADP_OBS_ICMP, flow, TRUE, 0);
    adp_obs_icmp *icmp = adp_arena_new_array(arena, adp_obs_icmp, 1);

    icmp->code = code;
    icmp->prohibited = code == 9 || code == 10 || code == 13;
    icmp->kind = icmp->prohibited ? ADP_ICMP_PROHIBITED : code == 3 ? ADP_ICMP_PORT : ADP_ICMP_HOST;
    icmp->id = ADP_NONE;
    icmp->sender = "10.0.0.254";
    obs.flow.stream = ADP_NONE;
    obs.u.icmp = icmp;
    return obs;
}

static adp_obs tls_message(adp_flow flow, gboolean from_server, const adp_obs_tls *tls)
{
    adp_obs obs = make(ADP_OBS_TLS, flow, from_server, 0);

    mix(&obs, tls->sni);
    mix_number(&obs, tls->event + ((guint64)tls->alert << 8) + ((guint64)from_server << 16));
    obs.u.tls = tls;
    return obs;
}

adp_obs ob_tls(adp_arena *arena, adp_flow flow, adp_tls_event event, gboolean from_server,
               const char *sni)
{
    adp_obs_tls *tls = adp_arena_new_array(arena, adp_obs_tls, 1);

    tls->event = event;
    tls->sni = sni;
    tls->version = event == ADP_TLS_SERVER_HELLO ? 0x0303 : 0;
    return tls_message(flow, from_server, tls);
}

adp_obs ob_certificate(adp_arena *arena, adp_flow flow, const char *name)
{
    adp_obs_tls *tls = adp_arena_new_array(arena, adp_obs_tls, 1);

    tls->event = ADP_TLS_CERTIFICATE;
    adp_list_add(arena, &tls->names, name);
    return tls_message(flow, TRUE, tls);
}

adp_obs ob_alert(adp_arena *arena, adp_flow flow, gboolean from_server, guint8 level, guint8 alert)
{
    adp_obs_tls *tls = adp_arena_new_array(arena, adp_obs_tls, 1);

    tls->event = ADP_TLS_ALERT;
    tls->alert_level = level;
    tls->alert = alert;
    return tls_message(flow, from_server, tls);
}

static adp_autodiscover_form form_of(const char *url)
{
    static const struct {
        const char *part;
        adp_autodiscover_form form;
    } forms[] = {{"/autodiscover.xml", ADP_AUTODISCOVER_POX},
                 {"/autodiscover.svc", ADP_AUTODISCOVER_SOAP},
                 {"/autodiscover.json", ADP_AUTODISCOVER_JSON},
                 {"/autodiscover/", ADP_AUTODISCOVER_OTHER}};
    guint i;

    for (i = 0; i < G_N_ELEMENTS(forms); i++) {
        if (strstr(url, forms[i].part)) {
            return forms[i].form;
        }
    }
    return ADP_AUTODISCOVER_NONE;
}

adp_obs ob_http(adp_arena *arena, adp_flow flow, const char *method, const char *url, adp_auth auth,
                guint8 ntlm_message)
{
    adp_obs obs = make(ADP_OBS_HTTP_REQUEST, flow, FALSE, 0);
    adp_obs_http *http = adp_arena_new_array(arena, adp_obs_http, 1);
    const char *host = strstr(url, "//") + 2;

    http->in_tls = g_str_has_prefix(url, "https");
    http->form = form_of(url);
    http->method = method;
    http->url = url;
    http->host = adp_arena_strndup(arena, host, strcspn(host, "/:"));
    http->auth = auth;
    http->ntlm_message = ntlm_message;
    mix(&obs, method);
    mix(&obs, url);
    mix_number(&obs, auth + ((guint64)ntlm_message << 8));
    obs.u.http = http;
    return obs;
}

adp_obs ob_http_reply(adp_arena *arena, adp_flow flow, guint16 status, const char *redirect,
                      const char *error, gboolean settings)
{
    adp_obs obs = make(ADP_OBS_HTTP_REPLY, flow, TRUE, 0);
    adp_obs_http *http = adp_arena_new_array(arena, adp_obs_http, 1);

    http->status = status;
    http->redirect = redirect;
    http->error = error;
    http->has_settings = settings;
    mix(&obs, redirect);
    mix_number(&obs, status);
    obs.u.http = http;
    return obs;
}

/* ---- bench ---- */

void bench_init(bench *b)
{
    memset(b, 0, sizeof(*b));
    b->model = adp_model_new();
    b->analysis = adp_analysis_new(b->model);
    b->arena = adp_arena_new();
    b->time = S(1700000000);
    b->client = address_of(b->model, "10.0.0.50");
    b->server = address_of(b->model, "10.0.0.1");
    b->server2 = address_of(b->model, "10.0.0.2");
}

void bench_clear(bench *b)
{
    adp_analysis_free(b->analysis);
    adp_model_free(b->model);
    adp_arena_free(b->arena);
}

void bench_frame(bench *b, guint32 address)
{
    const char *text = address == ADP_NONE ? "" : adp_model_address_text(b->model, address);

    adp_model_frame(b->model, ++b->frame, b->time, 2, (const guint8 *)text, (guint8)strlen(text));
    b->time += MS(10);
}

void bench_wait(bench *b, gint64 ns)
{
    b->time += ns - MS(10);
    bench_frame(b, b->client);
}

static guint32 put(bench *b, adp_obs *obs, gint64 time)
{
    obs->frame = b->frame;
    obs->time = time;
    return adp_model_add(b->model, obs) ? adp_model_obs_count(b->model) - 1 : ADP_NONE;
}

guint32 bench_add(bench *b, adp_obs obs)
{
    gint64 time = b->time;

    bench_frame(b, obs.from_server ? obs.flow.client : obs.flow.server);
    return put(b, &obs, time);
}

guint32 bench_also(bench *b, adp_obs obs)
{
    return put(b, &obs, b->time - MS(10));
}

guint32 bench_step(bench *b, adp_obs obs)
{
    guint32 i = bench_add(b, obs);

    return i == ADP_NONE ? ADP_NONE : adp_model_mark(b->model, i)->step;
}

const adp_step *step_of(const bench *b, guint32 step)
{
    static const adp_step none = {.own = &adp_nothing_own,
                                  .kind = ADP_STEP_KINDS,
                                  .request = ADP_NONE,
                                  .reply = ADP_NONE,
                                  .first = ADP_NONE,
                                  .last = ADP_NONE};

    /* A failed check goes on, and must not read where nothing is. */
    return step < adp_model_step_count(b->model) ? adp_model_step(b->model, step) : &none;
}

const char *outcome_of(const bench *b, guint32 step)
{
    return step < adp_model_step_count(b->model)
               ? adp_outcome_name(adp_step_outcome(b->model, step_of(b, step), FALSE))
               : "(no step)";
}

const char *early_outcome_of(const bench *b, guint32 step)
{
    return step < adp_model_step_count(b->model)
               ? adp_outcome_name(adp_step_outcome(b->model, step_of(b, step), TRUE))
               : "(no step)";
}

/* ---- everything that is concluded ---- */

static void append_fact(GString *out, const adp_fact *fact)
{
    switch (adp_field_get(fact->field)->type) {
    case ADP_TYPE_STRING:
        g_string_append(out, fact->v.s);
        break;
    case ADP_TYPE_INT32:
        g_string_append_printf(out, "%d", fact->v.i);
        break;
    case ADP_TYPE_BOOLEAN:
        g_string_append(out, fact->v.b ? "true" : "false");
        break;
    case ADP_TYPE_TIME:
        g_string_append_printf(out, "%" G_GINT64_FORMAT, fact->v.t);
        break;
    default:
        g_string_append_printf(out, "%u", fact->v.u);
        break;
    }
}

char *fact_of(const adp_model *model, const adp_view *view, adp_field field)
{
    adp_facts *facts = adp_facts_new(model, view);
    GString *out = NULL;
    guint i;

    for (i = 0; i < facts->items->len; i++) {
        const adp_fact *fact = &g_array_index(facts->items, adp_fact, i);

        if (fact->field == field) {
            if (out) {
                g_string_append_c(out, '|');
            } else {
                out = g_string_new(NULL);
            }
            append_fact(out, fact);
        }
    }
    adp_facts_free(facts);
    return out ? g_string_free(out, FALSE) : NULL;
}

/* What the contract lets a single pass leave open. */
static gboolean is_told_later(adp_field field)
{
    return field == ADP_F_SCP_RANK || field == ADP_F_SCP_RANK_REASON || field == ADP_F_KRB_CLASS;
}

static void append_facts(GString *out, const adp_model *model, const adp_view *view,
                         gboolean with_later)
{
    adp_facts *facts = adp_facts_new(model, view);
    guint i;

    for (i = 0; i < facts->items->len; i++) {
        const adp_fact *fact = &g_array_index(facts->items, adp_fact, i);

        if (!with_later && is_told_later(fact->field)) {
            continue;
        }
        g_string_append_printf(out, "    %s[%u]=", adp_field_get(fact->field)->name, fact->group);
        append_fact(out, fact);
        g_string_append_c(out, '\n');
    }
    adp_facts_free(facts);
}

static void append_view(GString *out, const adp_model *model, const adp_view *view)
{
    char *summary = adp_summary(model, view);
    gint64 time;

    g_string_append_printf(out, "  \"%s\"", summary);
    if (adp_step_time(model, view, &time)) {
        g_string_append_printf(out, " took %" G_GINT64_FORMAT, time);
    }
    g_string_append_c(out, '\n');
    append_facts(out, model, view, TRUE);
    g_free(summary);
}

static const char *or_null(const char *text)
{
    return text ? text : "NULL";
}

static void append_mark(GString *out, const adp_model *model, guint32 i)
{
    const adp_mark *mark = adp_model_mark(model, i);

    g_string_append_printf(out, "obs %u frame %u: step %u reply %u retries %u count %u%s", i,
                           adp_model_obs(model, i)->frame, mark->step, mark->reply, mark->retries,
                           mark->count, mark->copy ? " copy" : "");
}

static char *describe_frame(const adp_model *model, guint32 obs, gboolean early)
{
    GString *out = g_string_new(NULL);
    const adp_view view = {
        .step = adp_model_mark(model, obs)->step, .from = obs, .to = obs, .early = early};
    char *summary;

    append_mark(out, model, obs);
    if (view.step == ADP_NONE) {
        /* Kept for a later one: shows nothing by itself. */
        return g_string_free(out, FALSE);
    }
    summary = adp_summary(model, &view);
    g_string_append_printf(out, "\n  \"%s\"\n", summary);
    append_facts(out, model, &view, FALSE);
    g_free(summary);
    return g_string_free(out, FALSE);
}

char *describe_as_of(const adp_model *model, guint32 obs)
{
    return describe_frame(model, obs, TRUE);
}

char *describe_as_of_known(const adp_model *model, guint32 obs)
{
    return describe_frame(model, obs, FALSE);
}

static void append_step(GString *out, const adp_model *model, guint32 n)
{
    const adp_step *step = adp_model_step(model, n);
    const adp_view whole = adp_view_whole(model, n, FALSE);
    const adp_view open = adp_view_whole(model, n, TRUE);
    const adp_step *previous = adp_model_neighbour(model, step, -1);
    const adp_step *next = adp_model_neighbour(model, step, 1);

    g_string_append_printf(
        out,
        "step %u: %s path %u/%u %u:%u>%u:%u %s stream %u request %u reply %u first %u last %u "
        "retries %u count %u mechanism %s outcome %s early %s frames %u %u neighbours %u %u\n",
        n, adp_step_kind_name(step->kind), step->path, step->path_index,
        adp_client_number(step->client) - 1, step->flow.client_port, step->flow.server,
        step->flow.server_port, adp_transport_name(step->flow.transport), step->flow.stream,
        step->request, step->reply, step->first, step->last, step->retries,
        step->own->entries + step->own->messages, or_null(step->own->mechanism),
        adp_outcome_name(adp_step_outcome(model, step, FALSE)),
        adp_outcome_name(adp_step_outcome(model, step, TRUE)), adp_step_request_frame(model, step),
        adp_step_reply_frame(model, step), previous ? previous->first : ADP_NONE,
        next ? next->first : ADP_NONE);
    g_string_append_printf(out, "  silence %d heard %u part %u icmp %u pages %u %u +%u of %u\n",
                           (int)adp_silence_proof(model, step).kind, step->heard, step->own->part,
                           step->icmp, adp_page_first(model, n), step->own->page,
                           step->own->page_offset, adp_page_entries(model, n));
    append_view(out, model, &whole);
    append_view(out, model, &open);
}

static void append_operations(GString *out, const adp_model *model)
{
    guint32 i;

    for (i = 0; i < adp_model_operation_count(model); i++) {
        const adp_ldap_operation *o = adp_model_operation(model, i);

        g_string_append_printf(out, "operation %s %u %u bind %u tls %u path %u\n",
                               adp_ldap_op_name(o->op), o->request, o->reply, o->bind, o->tls,
                               adp_model_operation_path(model, o));
    }
}

static void append_path(GString *out, adp_analysis *analysis, guint32 n)
{
    const adp_model *model = adp_analysis_model(analysis);
    const adp_path *path = adp_model_path(model, n);
    guint i;

    g_string_append_printf(
        out, "path %u: client %u (%s, %s) %s site %s domain %s forest %s steps", n,
        adp_client_number(path->client) - 1, adp_model_address_text(model, path->client.address),
        or_null(adp_model_client_name(model, path->client)), adp_path_outcome(analysis, path),
        or_null(path->own->site), or_null(path->domain), or_null(path->own->forest));
    for (i = 0; i < path->steps.count; i++) {
        g_string_append_printf(out, " %u", path->steps.items[i]);
    }
    g_string_append_c(out, '\n');
}

/* A finding has evidence, in order, and sentences; nothing of it is broken text. */
static void append_findings(GString *out, adp_analysis *analysis)
{
    const adp_model *model = adp_analysis_model(analysis);
    const GPtrArray *findings = adp_findings(analysis, FALSE);
    guint i;
    guint e;

    for (i = 0; i < findings->len; i++) {
        const adp_finding *f = g_ptr_array_index(findings, i);

        g_assert_cmpuint(f->evidence->len, >, 0);
        g_assert_nonnull(f->summary);
        g_assert_nonnull(f->observed);
        g_assert_cmpuint(f->path, <, adp_model_path_count(model));
        g_assert_true((f->recovered_by != 0) <= (f->severity == ADP_SEVERITY_NOTE));
        g_string_append_printf(out, "finding %u %s %s %u|%s|%s|%s:", f->path,
                               adp_finding_get(f->id)->name, adp_severity_name(f->severity),
                               f->recovered_by, f->summary, f->observed, or_null(f->inferred));
        for (e = 0; e < f->evidence->len; e++) {
            g_assert_true(e == 0 || g_array_index(f->evidence, guint32, e) >
                                        g_array_index(f->evidence, guint32, e - 1));
            g_string_append_printf(out, " %u", g_array_index(f->evidence, guint32, e));
        }
        g_string_append_c(out, '\n');
    }
}

static void append_endpoints(GString *out, adp_analysis *analysis, guint32 path)
{
    GPtrArray *list = adp_endpoints_of(adp_analysis_endpoints(analysis), path);
    GArray *uses = adp_path_uses(adp_analysis_model(analysis), path);
    guint i;

    for (i = 0; i < list->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(list, i);

        g_string_append_printf(out, "endpoint %u %s %s %s %s %u %s\n", endpoint->rank,
                               endpoint->url, endpoint->host,
                               adp_endpoint_source_name(endpoint->source), endpoint->reason,
                               endpoint->order, adp_endpoint_outcome_name(endpoint->outcome));
    }
    for (i = 0; i < uses->len; i++) {
        g_string_append_printf(out, "uses %u\n", g_array_index(uses, guint32, i));
    }
    g_array_unref(uses);
    g_ptr_array_unref(list);
}

char *describe(const adp_model *model)
{
    adp_analysis *analysis = adp_analysis_new(model);
    char *text = describe_analysed(analysis);

    adp_analysis_free(analysis);
    return text;
}

char *describe_analysed(adp_analysis *analysis)
{
    const adp_model *model = adp_analysis_model(analysis);
    GString *out = g_string_new(NULL);
    gint64 first;
    gint64 last;
    guint32 frames;
    guint32 i;

    (void)adp_model_span(model, &first, &last, &frames);
    g_string_append_printf(out, "span %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %u\n", first, last,
                           frames);
    for (i = 0; i < adp_model_obs_count(model); i++) {
        const adp_obs *obs = adp_model_obs(model, i);
        char *as_of = describe_as_of(model, i);
        adp_step_kind kind = ADP_STEP_KINDS;
        adp_flow flow = {0};

        g_string_append(out, as_of);
        g_string_append_printf(out, "  next %u", adp_model_mark(model, i)->next);
        if (adp_model_search_kind(model, &obs->flow, obs->id, &kind)) {
            g_string_append_printf(out, " search %s", adp_step_kind_name(kind));
        }
        if (adp_model_stream_flow(model, obs->flow.transport, obs->flow.stream, &flow)) {
            g_string_append_printf(out, " stream %u>%u", flow.client, flow.server);
        }
        g_string_append_printf(out, " waits %d server %s heard %d\n",
                               adp_model_ap_waits(model, &obs->flow, 0),
                               or_null(adp_model_address_name(model, obs->flow.server)),
                               adp_model_was_heard(model, obs->flow.client));
        g_free(as_of);
    }
    append_operations(out, model);
    for (i = 0; i < adp_model_attempt_count(model); i++) {
        const adp_attempt *a = adp_model_attempt(model, i);

        g_string_append_printf(out, "attempt %u..%u syns %u step %u flags %d%d%d%d%d%d%d%d\n",
                               a->first, a->last, a->syns, a->step, a->accepted, a->refused,
                               a->older, a->prohibited, a->unreachable, a->closed, a->reset,
                               a->server_closed);
    }
    for (i = 0; i < adp_model_step_count(model); i++) {
        append_step(out, model, i);
    }
    for (i = 0; i < adp_model_path_count(model); i++) {
        append_path(out, analysis, i);
        append_endpoints(out, analysis, i);
    }
    append_findings(out, analysis);
    return g_string_free(out, FALSE);
}

/* ---- does it fit together? ---- */

static gboolean is_request(const adp_obs *obs)
{
    switch (obs->type) {
    case ADP_OBS_DNS_QUERY:
    case ADP_OBS_LDAP_SEARCH:
    case ADP_OBS_LDAP_BIND:
    case ADP_OBS_KDC_REQUEST:
    case ADP_OBS_AP_REQUEST:
    case ADP_OBS_HTTP_REQUEST:
        return TRUE;
    case ADP_OBS_TLS:
        return obs->u.tls->event == ADP_TLS_CLIENT_HELLO;
    default:
        return FALSE;
    }
}

/* An attempt's chain holds its own observations, in their order; attempts are in theirs. */
static char *check_attempt(const adp_model *model, guint32 n)
{
    const adp_attempt *attempt = adp_model_attempt(model, n);
    guint32 last = ADP_NONE;
    guint32 i;

    if (n && adp_model_attempt(model, n - 1)->first >= attempt->first) {
        return g_strdup_printf("attempt %u is not behind the one before it", n);
    }
    if (attempt->step != ADP_NONE && adp_model_step(model, attempt->step)->own->attempt != n) {
        return g_strdup_printf("attempt %u: its step is another's", n);
    }
    if (!attempt->syns) {
        return NULL;
    }
    for (i = attempt->first; i != ADP_NONE; i = adp_model_mark(model, i)->next) {
        if (adp_model_mark(model, i)->step != ADP_NONE || adp_model_mark(model, i)->attempt != n ||
            (last != ADP_NONE && i <= last)) {
            return g_strdup_printf("attempt %u: its chain holds %u", n, i);
        }
        last = i;
    }
    return last == attempt->last ? NULL : g_strdup_printf("attempt %u: ends elsewhere", n);
}

static char *check_chain(const adp_model *model, guint32 n, guint32 *seen)
{
    const adp_step *step = adp_model_step(model, n);
    gboolean has_request = step->request == ADP_NONE;
    gboolean has_reply = step->reply == ADP_NONE;
    guint32 last = ADP_NONE;
    guint32 i;

    for (i = step->first; i != ADP_NONE; i = adp_model_mark(model, i)->next) {
        if (i >= adp_model_obs_count(model) || (last != ADP_NONE && i <= last)) {
            return g_strdup_printf("step %u: its chain goes from %u to %u", n, last, i);
        }
        if (adp_model_mark(model, i)->step != n) {
            return g_strdup_printf("step %u: its chain holds %u of step %u", n, i,
                                   adp_model_mark(model, i)->step);
        }
        has_request = has_request || i == step->request;
        has_reply = has_reply || i == step->reply;
        last = i;
        (*seen)++;
    }
    if (last == ADP_NONE || last != step->last) {
        return g_strdup_printf("step %u: ends at %u, not at %u", n, last, step->last);
    }
    /* A request that is no step by itself lends itself to the error that answers it. */
    if (!has_request && step->request < step->first &&
        adp_model_mark(model, step->request)->step == ADP_NONE) {
        has_request = TRUE;
    }
    if (!has_request || !has_reply) {
        return g_strdup_printf("step %u: request or reply is not in its chain", n);
    }
    if (step->request != ADP_NONE && !is_request(adp_model_obs(model, step->request))) {
        return g_strdup_printf("step %u: its request is none", n);
    }
    if (step->reply != ADP_NONE && is_request(adp_model_obs(model, step->reply))) {
        return g_strdup_printf("step %u: its reply is a request", n);
    }
    return NULL;
}

/*
 * The addresses agree; and once there are several machines at one, what tells whose it is stands in
 * that machine's path (what came before stays with the first).
 */
static gboolean is_of_other(const adp_model *model, const adp_path *path, const adp_step *step)
{
    adp_client client = step->client;

    return client.address != path->client.address || client.address != step->flow.client ||
           (path->by_machine && !adp_same_client(client, path->client) &&
            !adp_model_is_unnamed(model, client));
}

static char *check_path(const adp_model *model, guint32 n, guint32 *seen)
{
    const adp_path *path = adp_model_path(model, n);
    guint i;

    for (i = 0; i < path->steps.count; i++) {
        const adp_step *step = adp_model_step(model, path->steps.items[i]);

        if (step->path != n || step->path_index != i || is_of_other(model, path, step)) {
            return g_strdup_printf("path %u: its step %u is another's", n, i);
        }
        (*seen)++;
    }
    return NULL;
}

char *find_inconsistency(const adp_model *model)
{
    char *fault = NULL;
    guint32 seen = 0;
    guint32 i;

    for (i = 0; !fault && i < adp_model_step_count(model); i++) {
        fault = check_chain(model, i, &seen);
    }
    for (i = 0; !fault && i < adp_model_attempt_count(model); i++) {
        fault = check_attempt(model, i);
    }
    for (i = 0; i < adp_model_obs_count(model); i++) {
        seen += adp_model_mark(model, i)->step == ADP_NONE;
    }
    if (!fault && seen != adp_model_obs_count(model)) {
        fault = g_strdup("an observation is in no chain");
    }
    seen = 0;
    for (i = 0; !fault && i < adp_model_path_count(model); i++) {
        fault = check_path(model, i, &seen);
    }
    if (!fault && seen != adp_model_step_count(model)) {
        fault = g_strdup("a step is in no path");
    }
    return fault;
}
