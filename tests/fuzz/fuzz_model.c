/* fuzz_model.c
 * Any bytes, as names and replies of the wire and as a log of observations. Nothing may
 * crash, read where nothing is, or come out inconsistent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "facts/facts.h"
#include "join/feed.h"
#include "join/model.h"
#include "join/pairing.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "log/observation.h"
#include "log/search.h"
#include "wire/arena.h"
#include "wire/krb_types.h"
#include "wire/dns_name.h"
#include "wire/ldap_filter.h"
#include "wire/netlogon.h"
#include "wire/pseudonym.h"
#include "wire/scp.h"
#include "wire/srv_name.h"
#include "wire/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts, so that libFuzzer keeps the input. */
static void demand(gboolean holds, const char *what)
{
    if (!holds) {
        g_error("%s", what);
    }
}

/* ---- bytes ---- */

typedef struct {
    const guint8 *at;
    const guint8 *end;
} input;

static guint8 take(input *in)
{
    return in->at < in->end ? *in->at++ : 0;
}

static guint32 pick(input *in, guint32 n)
{
    return take(in) % n;
}

/* Up to `most` bytes, the first of which says how many. */
static const guint8 *take_bytes(input *in, guint8 most, gsize *len)
{
    gsize wanted = take(in) % ((gsize)most + 1);
    const guint8 *bytes = in->at;

    *len = MIN(wanted, (gsize)(in->end - bytes));
    in->at += *len;
    return bytes;
}

/* As a reader hands on a string of a packet; now and then there is none. */
static const char *take_text(input *in, adp_arena *arena)
{
    gsize len;
    const guint8 *bytes;

    if (pick(in, 8) == 0) {
        return NULL;
    }
    bytes = take_bytes(in, 40, &len);
    return adp_text(arena, bytes, len);
}

/* ---- what reads bytes of packets ---- */

static void fuzz_names(const guint8 *data, size_t size)
{
    GString *name = g_string_new(NULL);
    size_t offset;

    for (offset = 0; offset < size && offset < 64; offset++) {
        gsize end = adp_dns_name(data, size, offset, name);

        demand(end == 0 || (end > offset && end <= size), "the end of a name lies in the message");
        demand(adp_dns_name_skip(data, size, offset) == end, "stepping over is as reading");
        demand(name->len <= 4 * 256, "a name is bounded");
        demand(g_utf8_validate(name->str, (gssize)name->len, NULL), "a name is UTF-8");
    }
    g_string_free(name, TRUE);
}

static void fuzz_srv_name(const guint8 *data, size_t size)
{
    static const char *const heads[] = {"", "_ldap._tcp.", "_gc._tcp.", "_kerberos._udp."};
    adp_arena *arena = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(heads); i++) {
        char *rest = g_strndup((const char *)data, size);
        char *name = g_strconcat(heads[i], rest, NULL);
        adp_srv_name parts = {0};

        if (adp_srv_name_parse(arena, name, &parts)) {
            demand(parts.service && parts.role < ADP_ROLE_COUNT, "a name has service and role");
            demand(!parts.domain || *parts.domain, "a domain is not empty");
            demand(!parts.domain || strlen(parts.domain) <= strlen(name), "it is a part of it");
            demand(*adp_srv_name_phrase(&parts) != '\0', "a name has a phrase");
            if (parts.domain) {
                (void)adp_domain_has_appended_suffix(parts.domain);
            }
        }
        g_free(name);
        g_free(rest);
    }
    adp_arena_free(arena);
}

static void fuzz_netlogon(const guint8 *data, size_t size)
{
    static const guint16 opcodes[] = {19, 20, 21, 23, 24, 25};
    adp_arena *arena = adp_arena_new();
    guint8 *value = g_memdup2(data, size);
    adp_netlogon reply;
    guint i;

    for (i = 0; i < G_N_ELEMENTS(opcodes); i++) {
        if (size >= 2) {
            value[0] = (guint8)opcodes[i];
            value[1] = 0;
        }
        demand(adp_netlogon_parse(arena, value, size, &reply) == (size >= 2), "two bytes suffice");
    }
    (void)adp_netlogon_parse(arena, data, size, &reply);
    g_free(value);
    adp_arena_free(arena);
}

static void fuzz_text(const guint8 *data, size_t size)
{
    adp_arena *arena = adp_arena_new();
    const char *text = adp_text(arena, data, size);
    char *raw = g_strndup((const char *)data, size);
    char *masked = adp_mask_mailboxes(text);
    const char *p;

    demand(g_utf8_validate(text, -1, NULL), "text is UTF-8");
    for (p = text; *p; p = g_utf8_next_char(p)) {
        demand(g_unichar_isprint(g_utf8_get_char(p)), "text is printable");
    }
    demand(strlen(text) <= ADP_TEXT_MAX + 8, "text is bounded");
    if (masked) {
        char *again = adp_mask_mailboxes(masked);

        demand(g_utf8_validate(masked, -1, NULL), "masked text is UTF-8");
        demand(!again, "masking once is enough");
        g_free(again);
    }
    g_free(masked);
    g_free(adp_mask_mailboxes(raw));
    g_free(raw);
    adp_arena_free(arena);
}

/* A filter of any shape, with what its values are used for. */
static adp_filter *take_filter(input *in, adp_arena *arena, guint depth)
{
    static const char *const attributes[] = {"keywords", "objectClass", "DnsDomain", "NtVer",
                                             "serviceBindingInformation"};
    adp_filter *f = adp_arena_new_array(arena, adp_filter, 1);
    adp_blob blob;
    guint32 n;

    f->op = (adp_filter_op)pick(in, ADP_FILTER_EXTENSIBLE + 2);
    if (f->op > ADP_FILTER_EXTENSIBLE) {
        f->op = ADP_FILTER_DAMAGED;
    }
    if (f->op <= ADP_FILTER_NOT) {
        adp_filter **tail = &f->child;

        for (n = depth < ADP_FILTER_MAX_DEPTH ? pick(in, 4) : 0; n; n--) {
            *tail = take_filter(in, arena, depth + 1);
            tail = &(*tail)->next;
        }
        return f;
    }
    f->attribute = attributes[pick(in, G_N_ELEMENTS(attributes))];
    f->value.bytes = take_bytes(in, 40, &f->value.len);
    if (f->op == ADP_FILTER_SUBSTRINGS) {
        f->initial.bytes = take_bytes(in, 8, &f->initial.len);
        for (n = pick(in, 3); n; n--) {
            blob.bytes = take_bytes(in, 8, &blob.len);
            adp_list_add(arena, &f->any, blob);
        }
        f->final.bytes = take_bytes(in, 8, &f->final.len);
    }
    return f;
}

/* ---- a log ---- */

#define MAX_SEEN 400 /* as-of texts kept, and bounded time an input */

typedef struct {
    input in;
    adp_model *model;
    GPtrArray *seen; /* what each observation showed when it came */
    guint32 frame;
    gint64 time;
    guint32 addresses[4];
} stream;

static adp_flow take_flow(stream *s)
{
    static const guint16 ports[] = {389, 88, 443, 636};
    guint32 n = take(&s->in);
    adp_flow flow = {
        .client = s->addresses[n & 1],
        .server = s->addresses[2 + ((n >> 1) & 1)],
        .client_port = (guint16)(50000 + ((n >> 2) & 1)),
        .server_port = ports[pick(&s->in, G_N_ELEMENTS(ports))],
        .transport = (adp_transport)((n >> 4) % 3),
        .stream = (n >> 6) == 3 ? ADP_NONE : n >> 6,
    };

    return flow;
}

static const char *const web_hosts[] = {"mail.contoso.test", "autodiscover.contoso.test",
                                        "contoso.test", "outlook.office365.com"};

static const char *take_host(stream *s)
{
    guint32 n = pick(&s->in, G_N_ELEMENTS(web_hosts) + 1);
    const char *own;

    if (n < G_N_ELEMENTS(web_hosts)) {
        return web_hosts[n];
    }
    own = take_text(&s->in, adp_model_arena(s->model));
    return own ? own : "";
}

/* A lookup of addresses. */
static void take_address(stream *s, adp_obs *obs)
{
    adp_arena *arena = adp_model_arena(s->model);
    adp_obs_dns *dns = adp_arena_new_array(arena, adp_obs_dns, 1);
    adp_dns_said *said = adp_arena_new_array(arena, adp_dns_said, 1);
    guint32 n;

    dns->parts = &adp_no_srv_name;
    dns->said = said;
    dns->qtype = pick(&s->in, 2) ? ADP_DNS_A : ADP_DNS_AAAA;
    dns->name = take_host(s);
    dns->rcode = (guint8)pick(&s->in, 4);
    dns->truncated = pick(&s->in, 8) == 0;
    dns->damaged = pick(&s->in, 8) == 0;
    for (n = pick(&s->in, 5); n; n--) {
        adp_dns_host host = {.name = take_host(s), .address = ADP_NONE};

        if (pick(&s->in, 3)) {
            host.address = s->addresses[pick(&s->in, G_N_ELEMENTS(s->addresses))];
        } else {
            host.alias = take_host(s);
        }
        adp_list_add(arena, &said->hosts, host);
    }
    dns->answer_hosts = said->hosts.count ? pick(&s->in, said->hosts.count + 1) : 0;
    obs->u.dns = dns;
}

static void take_tcp(stream *s, adp_obs *obs)
{
    adp_obs_tcp *tcp = adp_arena_new_array(adp_model_arena(s->model), adp_obs_tcp, 1);

    tcp->event = (adp_tcp_event)pick(&s->in, ADP_TCP_WHOLE + 1);
    obs->from_server = pick(&s->in, 2) != 0;
    obs->u.tcp = tcp;
}

static void take_icmp(stream *s, adp_obs *obs)
{
    adp_obs_icmp *icmp = adp_arena_new_array(adp_model_arena(s->model), adp_obs_icmp, 1);

    icmp->code = (guint8)pick(&s->in, 16);
    icmp->kind = (adp_icmp_kind)pick(&s->in, ADP_ICMP_KINDS);
    icmp->id = pick(&s->in, 4) ? ADP_NONE : take(&s->in);
    icmp->prohibited = pick(&s->in, 2) != 0;
    icmp->sender = "10.0.0.254";
    obs->flow.stream = ADP_NONE;
    obs->from_server = TRUE;
    obs->u.icmp = icmp;
}

static void take_operation(stream *s, adp_obs *obs)
{
    adp_arena *arena = adp_model_arena(s->model);
    adp_obs_operation *operation = adp_arena_new_array(arena, adp_obs_operation, 1);

    obs->from_server = obs->type == ADP_OBS_LDAP_OPERATION_REPLY;
    operation->op =
        obs->from_server ? (adp_ldap_op)pick(&s->in, ADP_LDAP_OPS) : ADP_LDAP_OP_STARTTLS;
    operation->request_frame = take(&s->in);
    operation->result.result = take(&s->in);
    operation->result.diagnostic = take_text(&s->in, arena);
    obs->u.operation = operation;
}

static void take_netbios(stream *s, adp_obs *obs)
{
    adp_arena *arena = adp_model_arena(s->model);
    adp_obs_netbios *netbios = adp_arena_new_array(arena, adp_obs_netbios, 1);
    const char *name = take_text(&s->in, arena);

    netbios->name = name ? name : "";
    netbios->suffix = take(&s->in);
    netbios->rcode = (guint8)pick(&s->in, 2);
    obs->from_server = pick(&s->in, 2) != 0;
    obs->u.netbios = netbios;
}

static void take_tls(stream *s, adp_obs *obs)
{
    adp_arena *arena = adp_model_arena(s->model);
    adp_obs_tls *tls = adp_arena_new_array(arena, adp_obs_tls, 1);
    guint32 n;

    tls->event = (adp_tls_event)pick(&s->in, ADP_TLS_DATA + 1);
    obs->from_server = tls->event == ADP_TLS_SERVER_HELLO || tls->event == ADP_TLS_CERTIFICATE ||
                       (tls->event != ADP_TLS_CLIENT_HELLO && pick(&s->in, 2));
    if (tls->event == ADP_TLS_CLIENT_HELLO && pick(&s->in, 4)) {
        tls->sni = take_host(s);
    }
    if (tls->event == ADP_TLS_SERVER_HELLO) {
        tls->version = (guint16)(0x0300 + pick(&s->in, 8));
    }
    for (n = tls->event == ADP_TLS_CERTIFICATE ? pick(&s->in, 4) : 0; n; n--) {
        const char *name = pick(&s->in, 2) ? "*.contoso.test" : take_host(s);

        adp_list_add(arena, &tls->names, name);
    }
    if (tls->event == ADP_TLS_ALERT) {
        tls->alert_level = (guint8)pick(&s->in, 4);
        tls->alert = take(&s->in);
    }
    tls->damaged = pick(&s->in, 8) == 0;
    obs->u.tls = tls;
}

static void take_http(stream *s, adp_obs *obs)
{
    static const char *const methods[] = {"GET", "POST", "CONNECT", "OPTIONS"};
    static const char *const urls[] = {"https://mail.contoso.test/autodiscover/autodiscover.xml",
                                       "http://contoso.test/autodiscover/autodiscover.xml",
                                       "/autodiscover/", "https://[::1", "a@b.test"};
    static const guint16 statuses[] = {200, 302, 401, 407, 404, 500, 0, 999};
    adp_obs_http *http = adp_arena_new_array(adp_model_arena(s->model), adp_obs_http, 1);

    http->in_tls = pick(&s->in, 2) != 0;
    http->auth = (adp_auth)pick(&s->in, ADP_AUTH_OTHER + 1);
    http->ntlm_message = (guint8)pick(&s->in, 4);
    http->damaged = pick(&s->in, 8) == 0;
    if (obs->type == ADP_OBS_HTTP_REQUEST) {
        http->form = (adp_autodiscover_form)pick(&s->in, ADP_AUTODISCOVER_OTHER + 1);
        http->via_proxy = pick(&s->in, 8) == 0;
        http->method = methods[pick(&s->in, G_N_ELEMENTS(methods))];
        http->host = pick(&s->in, 8) ? take_host(s) : NULL;
        /* Readers give every question of autodiscover an URL, and no other. */
        if (http->form != ADP_AUTODISCOVER_NONE) {
            http->url = urls[pick(&s->in, G_N_ELEMENTS(urls))];
            http->mailbox = pick(&s->in, 4) ? NULL : take_text(&s->in, adp_model_arena(s->model));
        }
    } else {
        http->status = statuses[pick(&s->in, G_N_ELEMENTS(statuses))];
        http->redirect = pick(&s->in, 2) ? NULL : urls[pick(&s->in, G_N_ELEMENTS(urls))];
        http->redirect_is_address = pick(&s->in, 2) != 0;
        http->error = pick(&s->in, 4) ? NULL : take_text(&s->in, adp_model_arena(s->model));
        http->has_settings = pick(&s->in, 2) != 0;
    }
    obs->u.http = http;
}

static void take_dns(stream *s, adp_obs *obs)
{
    static const char *const names[] = {"_ldap._tcp.dc._msdcs.contoso.test",
                                        "_ldap._tcp.HQ._sites.dc._msdcs.contoso.test",
                                        "_kerberos-master._udp.CONTOSO.TEST", "_ldap._tcp"};
    adp_arena *arena = adp_model_arena(s->model);
    adp_obs_dns *dns = adp_arena_new_array(arena, adp_obs_dns, 1);
    adp_dns_said *said = adp_arena_new_array(arena, adp_dns_said, 1);
    const char *own = take_text(&s->in, arena);
    guint32 n;

    if (own) {
        char *name = g_strconcat("_ldap._tcp.", own, NULL);

        dns->name = adp_arena_strndup(arena, name, strlen(name));
        g_free(name);
    } else {
        dns->name = names[pick(&s->in, G_N_ELEMENTS(names))];
    }
    dns->qtype = ADP_DNS_SRV;
    dns->said = said;
    dns->parts = adp_srv_name_of(arena, dns->name);
    dns->parts = dns->parts ? dns->parts : &adp_no_srv_name;
    dns->rcode = (guint8)pick(&s->in, 16);
    dns->truncated = pick(&s->in, 8) == 0;
    dns->damaged = pick(&s->in, 8) == 0;
    if (obs->type == ADP_OBS_DNS_REPLY && pick(&s->in, 8) == 0) {
        /* An error without its question. */
        dns->name = "";
        dns->qtype = 0;
        dns->parts = &adp_no_srv_name;
        obs->u.dns = dns;
        return;
    }
    for (n = pick(&s->in, 5); n; n--) {
        adp_srv_record record = {.target = take_text(&s->in, arena), .port = take(&s->in)};

        record.target = record.target ? record.target : "";
        adp_list_add(arena, &said->records, record);
    }
    obs->u.dns = dns;
}

/* FALSE when the search is none of ours, as for a reader. */
static gboolean take_search(stream *s, adp_obs *obs)
{
    static const char *const attributes[] = {"Netlogon", "keywords", "namingContexts"};
    adp_arena *arena = adp_model_arena(s->model);
    adp_obs_search *search = adp_arena_new_array(arena, adp_obs_search, 1);
    adp_filter *filter = pick(&s->in, 8) ? take_filter(&s->in, arena, 0) : NULL;

    search->base = pick(&s->in, 2) ? "" : take_text(&s->in, arena);
    search->scope = pick(&s->in, 5);
    search->cookie = pick(&s->in, 4);
    adp_list_add(arena, &search->attributes, attributes[pick(&s->in, G_N_ELEMENTS(attributes))]);
    obs->u.search = search;
    return adp_search_finish(arena, filter, search);
}

static void take_entry(stream *s, adp_obs *obs)
{
    adp_arena *arena = adp_model_arena(s->model);
    adp_obs_entry *entry = adp_arena_new_array(arena, adp_obs_entry, 1);
    adp_step_kind kind = ADP_STEP_PING;
    guint32 n;

    (void)adp_model_search_kind(s->model, &obs->flow, obs->id, &kind);
    if (kind == ADP_STEP_PING) {
        gsize len;
        const guint8 *value = take_bytes(&s->in, 120, &len);

        entry->has_netlogon = adp_netlogon_parse(arena, value, len, &entry->netlogon);
    } else if (kind == ADP_STEP_SCP) {
        entry->scp.dn = take_text(&s->in, arena);
        for (n = pick(&s->in, 4); n; n--) {
            const char *text = take_text(&s->in, arena);

            text = text ? text : "77378F46-2C66-4aa9-A6A6-3E7A48B19596";
            adp_list_add(arena, &entry->scp.keywords, text);
            adp_list_add(arena, &entry->scp.bindings, text);
        }
        adp_scp_entry_finish(arena, &entry->scp);
    }
    obs->u.entry = entry;
}

static void take_result(stream *s, adp_obs *obs)
{
    adp_obs_result *result = adp_arena_new_array(adp_model_arena(s->model), adp_obs_result, 1);

    result->result = pick(&s->in, 2) ? pick(&s->in, 2) * 14 : take(&s->in);
    result->damaged = pick(&s->in, 8) == 0;
    result->cookie = pick(&s->in, 4);
    result->diagnostic = take_text(&s->in, adp_model_arena(s->model));
    obs->u.result = result;
}

static void take_bind(stream *s, adp_obs *obs)
{
    static const char *const mechanisms[] = {"simple", "sicily", "GSSAPI", "GSS-SPNEGO"};
    adp_obs_bind *bind = adp_arena_new_array(adp_model_arena(s->model), adp_obs_bind, 1);
    guint32 n = take(&s->in);

    bind->mechanism = mechanisms[n & 3];
    bind->is_sasl = (n & 2) != 0;
    bind->anonymous = (n & 4) != 0;
    bind->continues = (n & 8) != 0;
    bind->unfinished = (n & 16) != 0;
    obs->u.bind = bind;
}

static void take_hidden(stream *s, adp_obs *obs)
{
    adp_obs_hidden *hidden = adp_arena_new_array(adp_model_arena(s->model), adp_obs_hidden, 1);

    hidden->messages = take(&s->in);
    obs->u.hidden = hidden;
}

/* Options and preauthentication data that have a meaning, in any mixture. */
static void take_krb_request(stream *s, adp_obs_krb *krb)
{
    static const guint32 options[] = {
        0,
        ADP_KDC_RENEW,
        ADP_KDC_FORWARDED,
        ADP_KDC_ENC_TKT_IN_SKEY,
        ADP_KDC_CNAME_IN_ADDL_TKT,
        G_MAXUINT32,
    };
    static const gint32 padata[] = {ADP_PA_TGS_REQ, ADP_PA_ENC_TIMESTAMP, ADP_PA_FOR_USER,
                                    ADP_PA_FX_FAST, 60000};
    adp_arena *arena = adp_model_arena(s->model);
    guint32 count = pick(&s->in, 3);
    guint32 i;

    krb->options = options[pick(&s->in, G_N_ELEMENTS(options))];
    krb->shown_hash = pick(&s->in, 4);
    krb->for_user = take_text(&s->in, arena);
    for (i = 0; i < count; i++) {
        gint32 type = padata[pick(&s->in, G_N_ELEMENTS(padata))];
        adp_krb_ticket ticket = {.spn = take_text(&s->in, arena), .hash = pick(&s->in, 4)};

        adp_list_add(arena, &krb->padata, type);
        adp_list_add(arena, &krb->more, ticket);
    }
}

static void take_krb(stream *s, adp_obs *obs)
{
    const gboolean is_reply = obs->type == ADP_OBS_KDC_REPLY || obs->type == ADP_OBS_AP_REPLY;
    adp_arena *arena = adp_model_arena(s->model);
    adp_obs_krb *krb = adp_arena_new_array(arena, adp_obs_krb, 1);
    guint32 n = take(&s->in);

    krb->exchange = obs->type == ADP_OBS_AP_REQUEST || obs->type == ADP_OBS_AP_REPLY
                        ? ADP_EXCHANGE_AP
                        : (adp_exchange)(n & 1);
    krb->carrier = (adp_carrier)pick(&s->in, ADP_CARRIER_OTHER + 1);
    krb->realm = take_text(&s->in, arena);
    krb->spn = pick(&s->in, 2) ? "HTTP/mail" : take_text(&s->in, arena);
    krb->client = take_text(&s->in, arena);
    krb->text = take_text(&s->in, arena);
    krb->is_error = (n & 2) != 0;
    krb->error = (gint32)take(&s->in) - 100;
    krb->has_ntstatus = (n & 4) != 0;
    krb->ntstatus = 0xC0000000U | take(&s->in);
    krb->has_stime = (n & 8) != 0;
    krb->stime = S(1700000000) + S(take(&s->in));
    krb->damaged = is_reply && pick(&s->in, 8) == 0;
    krb->has_token = (n & 16) != 0;
    krb->refused = (n & 32) != 0;
    krb->goes_on = (n & 64) != 0;
    krb->has_ticket = (n & 128) != 0;
    krb->ticket_hash = krb->has_ticket ? pick(&s->in, 4) : 0;
    krb->sealed = is_reply && (n & 256) != 0;
    krb->has_result = is_reply && (n & 512) != 0;
    krb->result = (guint16)pick(&s->in, 9);
    krb->result_text = take_text(&s->in, arena);
    krb->client_realm = take_text(&s->in, arena);
    take_krb_request(s, krb);
    adp_list_add(arena, &krb->etypes, (gint32)take(&s->in));
    obs->u.krb = krb;
}

static void add_observation(stream *s)
{
    adp_arena_mark mark = adp_arena_get_mark(adp_model_arena(s->model));
    gboolean wanted = TRUE;
    adp_obs obs = {
        .type = (adp_obs_type)pick(&s->in, ADP_OBS_ICMP + 1),
        .frame = s->frame,
        .time = s->time,
        .flow = take_flow(s),
        .id = pick(&s->in, 3),
        .hash = pick(&s->in, 4),
        .protection = (adp_protection)pick(&s->in, ADP_PROTECTION_UNKNOWN + 1),
    };

    switch (obs.type) {
    case ADP_OBS_DNS_QUERY:
    case ADP_OBS_DNS_REPLY:
        if (pick(&s->in, 2)) {
            take_address(s, &obs);
        } else {
            take_dns(s, &obs);
        }
        break;
    case ADP_OBS_TLS:
        take_tls(s, &obs);
        break;
    case ADP_OBS_HTTP_REQUEST:
    case ADP_OBS_HTTP_REPLY:
        take_http(s, &obs);
        break;
    case ADP_OBS_TCP:
        take_tcp(s, &obs);
        break;
    case ADP_OBS_ICMP:
        take_icmp(s, &obs);
        break;
    case ADP_OBS_LDAP_SEARCH:
        wanted = take_search(s, &obs);
        break;
    case ADP_OBS_LDAP_ENTRY:
        take_entry(s, &obs);
        break;
    case ADP_OBS_LDAP_DONE:
    case ADP_OBS_LDAP_BIND_REPLY:
        take_result(s, &obs);
        break;
    case ADP_OBS_LDAP_BIND:
        take_bind(s, &obs);
        break;
    case ADP_OBS_LDAP_HIDDEN:
        take_hidden(s, &obs);
        break;
    case ADP_OBS_LDAP_ABANDON:
    case ADP_OBS_LDAP_UNBIND:
        break;
    case ADP_OBS_LDAP_OPERATION:
    case ADP_OBS_LDAP_OPERATION_REPLY:
        take_operation(s, &obs);
        break;
    case ADP_OBS_NETBIOS:
        take_netbios(s, &obs);
        break;
    default:
        take_krb(s, &obs);
        break;
    }
    obs.from_server = obs.from_server || obs.type == ADP_OBS_HTTP_REPLY ||
                      obs.type == ADP_OBS_DNS_REPLY || obs.type == ADP_OBS_LDAP_ENTRY ||
                      obs.type == ADP_OBS_LDAP_DONE || obs.type == ADP_OBS_LDAP_BIND_REPLY ||
                      obs.type == ADP_OBS_KDC_REPLY || obs.type == ADP_OBS_AP_REPLY;
    if (wanted && adp_model_add(s->model, &obs)) {
        g_ptr_array_add(s->seen, describe_as_of(s->model, adp_model_obs_count(s->model) - 1));
    } else {
        /* As readers do: what the log did not take is given back. */
        adp_arena_release(adp_model_arena(s->model), mark);
    }
}

static void next_frame(stream *s, gboolean back)
{
    guint32 n = take(&s->in);

    if (back) {
        s->frame -= MIN(s->frame - 1, n);
    } else {
        s->frame++;
    }
    switch (n & 7) {
    case 0:
        break; /* at the same time */
    case 1:
        s->time = adp_since(s->time, (gint64)n * 10000);
        break;
    case 2:
        s->time = adp_since(s->time, -S(n));
        break;
    case 3:
        /* A file may claim any time. */
        s->time = n & 8 ? G_MININT64 + n : G_MAXINT64 - n;
        break;
    default:
        s->time = adp_since(s->time, -(gint64)n * 10000);
        break;
    }
    adp_model_frame(s->model, s->frame, s->time, 2, &(const guint8){(guint8)(n & 3)}, 1);
    /* What was cut off will never be shown again. */
    if (s->seen->len > adp_model_obs_count(s->model)) {
        g_ptr_array_set_size(s->seen, (gint)adp_model_obs_count(s->model));
    }
}

/* A command for the shell is one: quotes end, and nothing stands outside of them. */
static void check_commands(const adp_model *model, guint32 obs)
{
    const adp_view view = {
        .step = adp_model_mark(model, obs)->step, .from = obs, .to = obs, .mailboxes = TRUE};
    char *command = view.step == ADP_NONE ? NULL : fact_of(model, &view, ADP_F_REPEAT_SHELL);
    char **words = NULL;

    if (command) {
        demand(g_shell_parse_argv(command, NULL, &words, NULL), "a command has words");
        demand(words[1] != NULL, "a command has arguments");
        g_strfreev(words);
    }
    g_free(command);
}

static void check_stream(const stream *s)
{
    char *all = describe(s->model);
    char *fault = find_inconsistency(s->model);
    guint32 i;

    demand(g_utf8_validate(all, -1, NULL), "what is said is UTF-8");
    if (fault) {
        g_error("%s", fault);
    }
    demand(s->seen->len == adp_model_obs_count(s->model), "every observation was looked at");
    for (i = 0; i < s->seen->len; i++) {
        char *again = describe_as_of(s->model, i);

        check_commands(s->model, i);
        demand(strcmp(again, g_ptr_array_index(s->seen, i)) == 0, "what was shown stays true");
        g_free(again);
    }
    g_free(all);
}

/* What is found in a model, without its names. */
static char *judged(const adp_model *model)
{
    adp_analysis *analysis = adp_analysis_new(model);
    const GPtrArray *all = adp_findings(analysis, TRUE);
    GString *out = g_string_new(NULL);
    guint i;
    guint k;

    for (i = 0; i < all->len; i++) {
        const adp_finding *finding = g_ptr_array_index(all, i);

        g_string_append_printf(out, "%s %d path %u, by %u, costs %" G_GINT64_FORMAT ":",
                               adp_finding_get(finding->id)->name, finding->severity, finding->path,
                               finding->recovered_by, finding->cost);
        for (k = 0; k < finding->evidence->len; k++) {
            g_string_append_printf(out, " %u", g_array_index(finding->evidence, guint32, k));
        }
        g_string_append_c(out, '\n');
    }
    adp_analysis_free(analysis);
    return g_string_free(out, FALSE);
}

/* The whole log once more, with or without its names. */
static adp_model *once_more(const stream *s, adp_pseudonyms *names)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(guint32));
    adp_model *shadow = adp_model_new_shadow(s->model);

    adp_model_shadow(shadow, s->model, 0, names, places);
    g_array_unref(places);
    return shadow;
}

/* Names make no difference to what is concluded. */
static void check_shadow(const stream *s)
{
    adp_pseudonyms *names = adp_pseudonyms_new(s->frame % 2 ? "word" : NULL);
    adp_model *plain = once_more(s, NULL);
    adp_model *shadow = once_more(s, names);
    char *before = judged(plain);
    char *after = judged(shadow);
    char *all = describe(shadow);

    demand(g_utf8_validate(all, -1, NULL), "what is said with pseudonyms is UTF-8");
    demand(adp_model_obs_count(shadow) == adp_model_obs_count(plain) &&
               adp_model_step_count(shadow) == adp_model_step_count(plain) &&
               adp_model_path_count(shadow) == adp_model_path_count(plain),
           "names make no step");
    if (strcmp(before, after) != 0) {
        g_error("judged otherwise with pseudonyms:\n%s---\n%s", before, after);
    }
    g_free(all);
    g_free(before);
    g_free(after);
    adp_model_free(plain);
    adp_model_free(shadow);
    adp_pseudonyms_free(names);
}

static void fuzz_stream(const guint8 *data, size_t size)
{
    stream s = {
        .in = {data, data + size},
        .model = adp_model_new(),
        .seen = g_ptr_array_new_with_free_func(g_free),
        .frame = 1,
        .time = S(1700000000),
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(s.addresses); i++) {
        const guint8 byte = (guint8)i;

        s.addresses[i] = adp_model_address(s.model, 2, &byte, 1, "address");
    }
    adp_model_frame(s.model, 1, s.time, 0, NULL, 0);
    while (s.in.at < s.in.end && s.seen->len < MAX_SEEN) {
        switch (pick(&s.in, 16)) {
        case 0:
            next_frame(&s, TRUE);
            break;
        case 1:
        case 2:
        case 3:
        case 4:
            next_frame(&s, FALSE);
            break;
        default:
            add_observation(&s);
            break;
        }
    }
    check_stream(&s);
    check_shadow(&s);
    g_ptr_array_unref(s.seen);
    adp_model_free(s.model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_names(data, size);
    fuzz_srv_name(data, size);
    fuzz_netlogon(data, size);
    fuzz_text(data, size);
    fuzz_stream(data, size);
    return 0;
}

#ifndef ADPATH_LIBFUZZER

/* Where there is no libFuzzer: inputs of a fixed seed, or the files that are named. */

#define RUNS       2000
#define MAX_LENGTH 700

static void run_seeded(guint32 runs, guint32 seed)
{
    GRand *rand = g_rand_new_with_seed(seed);
    guint8 *data = g_malloc(MAX_LENGTH);
    guint32 run;
    guint32 i;

    for (run = 0; run < runs; run++) {
        guint32 len = (guint32)g_rand_int_range(rand, 0, MAX_LENGTH);
        /* Small numbers are what lengths, ids and choices are made of. */
        gint32 most = run % 3 == 0 ? 256 : run % 3 == 1 ? 64 : 12;
        guint8 *exact;

        for (i = 0; i < len; i++) {
            data[i] = (guint8)g_rand_int_range(rand, 0, most);
        }
        exact = g_memdup2(data, len);
        (void)LLVMFuzzerTestOneInput(exact ? exact : data, len);
        g_free(exact);
    }
    g_free(data);
    g_rand_free(rand);
}

int main(int argc, char **argv)
{
    int i;

    if (argc > 2 && strcmp(argv[1], "--seed") == 0) {
        run_seeded(argc > 3 ? (guint32)strtoul(argv[3], NULL, 10) : RUNS,
                   (guint32)strtoul(argv[2], NULL, 10));
        return EXIT_SUCCESS;
    }
    for (i = 1; i < argc; i++) {
        char *data;
        gsize len;

        if (!g_file_get_contents(argv[i], &data, &len, NULL)) {
            g_printerr("%s: cannot be read\n", argv[i]);
            return EXIT_FAILURE;
        }
        (void)LLVMFuzzerTestOneInput((const uint8_t *)data, len);
        g_free(data);
    }
    if (argc == 1) {
        run_seeded(RUNS, 20240229);
    }
    return EXIT_SUCCESS;
}

#endif
