/* facts.c
 * The fields of a step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/facts.h"

#include "facts/fields.h"
#include "facts/handshake.h"
#include "facts/krb_purpose.h"
#include "facts/outcome.h"
#include "facts/ranks.h"
#include "facts/repeat.h"
#include "facts/view.h"
#include "join/identity.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/krb_error.h"
#include "wire/krb_types.h"
#include "wire/ldap_result.h"
#include "wire/netlogon.h"
#include "wire/ntstatus.h"
#include "wire/scp.h"
#include "wire/srv_name.h"
#include "wire/text.h"
#include "wire/tls.h"

#include <string.h>

typedef struct {
    const adp_model *model;
    const adp_view *view;
    const adp_step *step;
    adp_ranks *ranks;
    adp_facts *facts;
    guint group;
} builder;

const char *adp_protection_name(adp_protection protection)
{
    static const char *const names[] = {"none", "signed", "sealed", "tls", "unknown"};

    return names[protection];
}

const char *adp_transport_name(adp_transport transport)
{
    static const char *const names[] = {"udp", "tcp", "other"};

    return names[transport];
}

gboolean adp_field_of_kind(adp_field field, adp_step_kind kind)
{
    if (adp_field_get(field)->shape == ADP_SHAPE_OUTER) {
        return FALSE;
    }
    if (field == ADP_F_REPEAT_SHELL || field == ADP_F_REPEAT_POWERSHELL) {
        return kind != ADP_STEP_HIDDEN;
    }
    switch (kind) {
    case ADP_STEP_SRV:
        return field >= ADP_F_SRV_NAME && field <= ADP_F_SRV_WEIGHT;
    case ADP_STEP_ADDRESS:
        return field >= ADP_F_ADDRESS_NAME && field <= ADP_F_ADDRESS_ALIAS;
    case ADP_STEP_TLS:
        return field >= ADP_F_TLS_SNI && field <= ADP_F_TLS_ALERT;
    case ADP_STEP_AUTODISCOVER:
        return field >= ADP_F_AUTODISCOVER_METHOD && field <= ADP_F_AUTODISCOVER_MAILBOX;
    case ADP_STEP_PING:
        return field >= ADP_F_PING_DOMAIN && field <= ADP_F_PING_NTVER;
    case ADP_STEP_KERBEROS:
        return field >= ADP_F_KRB_EXCHANGE && field <= ADP_F_KRB_TEXT;
    case ADP_STEP_SCP:
        return field >= ADP_F_SCP_KIND;
    default:
        return field >= ADP_F_LDAP_PROTECTION && field <= ADP_F_LDAP_HIDDEN;
    }
}

/* ---- adding facts ---- */

static adp_fact *add(builder *b, adp_field field)
{
    adp_fact fact = {.field = field, .group = b->group};

    g_array_append_val(b->facts->items, fact);
    return &g_array_index(b->facts->items, adp_fact, b->facts->items->len - 1);
}

static void add_string(builder *b, adp_field field, const char *text)
{
    char *masked;

    if (!text) {
        return;
    }
    masked = b->view->mailboxes ? NULL : adp_mask_mailboxes(text);
    if (masked) {
        g_ptr_array_add(b->facts->owned, masked);
    }
    add(b, field)->v.s = masked ? masked : text;
}

static void add_uint(builder *b, adp_field field, guint32 value)
{
    add(b, field)->v.u = value;
}

static void add_int(builder *b, adp_field field, gint32 value)
{
    add(b, field)->v.i = value;
}

static void add_bool(builder *b, adp_field field, gboolean value)
{
    add(b, field)->v.b = value;
}

static void add_strings(builder *b, adp_field field, const adp_strings *strings)
{
    guint i;

    for (i = 0; i < strings->count; i++) {
        add_string(b, field, strings->items[i]);
    }
}

/* Commands hold their values masked already: masking a finished one could break its quotes. */
static void add_command(builder *b, adp_field field, char *command)
{
    if (command) {
        g_ptr_array_add(b->facts->owned, command);
        add(b, field)->v.s = command;
    }
}

static void repeat_facts(builder *b)
{
    char *shell;
    char *powershell;

    if (adp_repeat(b->model, b->view, &shell, &powershell)) {
        add_command(b, ADP_F_REPEAT_SHELL, shell);
        add_command(b, ADP_F_REPEAT_POWERSHELL, powershell);
    }
}

/* ---- srv ---- */

static void srv_facts(builder *b)
{
    const adp_obs *reply = adp_view_reply(b->model, b->view);
    const adp_obs_dns *dns = adp_model_obs(b->model, b->step->first)->u.dns;
    guint i;

    add_string(b, ADP_F_SRV_NAME, dns->name);
    add_string(b, ADP_F_SRV_SERVICE, dns->parts.service->label);
    add_string(b, ADP_F_SRV_PROTO, dns->parts.proto);
    add_string(b, ADP_F_SRV_ROLE, adp_role_name(dns->parts.role));
    add_string(b, ADP_F_SRV_SITE, dns->parts.site);
    add_string(b, ADP_F_SRV_DOMAIN, dns->parts.domain);
    add_string(b, ADP_F_SRV_RESULT, adp_view_dns_result(b->model, b->view));
    repeat_facts(b);
    for (i = 0; reply && i < reply->u.dns->records.count; i++) {
        const adp_srv_record *record = &reply->u.dns->records.items[i];

        b->group = i + 1;
        add_string(b, ADP_F_SRV_TARGET, record->target);
        add_uint(b, ADP_F_SRV_PORT, record->port);
        add_uint(b, ADP_F_SRV_PRIORITY, record->priority);
        add_uint(b, ADP_F_SRV_WEIGHT, record->weight);
    }
    b->group = 0;
}

/* ---- address ---- */

static void address_facts(builder *b)
{
    const adp_obs *reply = adp_view_reply(b->model, b->view);
    const adp_obs_dns *dns = adp_model_obs(b->model, b->step->first)->u.dns;
    guint i;

    add_string(b, ADP_F_ADDRESS_NAME, dns->name);
    add_string(b, ADP_F_ADDRESS_TYPE, dns->qtype == ADP_DNS_AAAA ? "AAAA" : "A");
    add_string(b, ADP_F_ADDRESS_RESULT, adp_view_dns_result(b->model, b->view));
    for (i = 0; reply && i < reply->u.dns->answer_hosts; i++) {
        const adp_dns_host *host = &reply->u.dns->hosts.items[i];

        if (host->alias) {
            add_string(b, ADP_F_ADDRESS_ALIAS, host->alias);
        } else {
            add_string(b, ADP_F_ADDRESS_HOST_ADDRESS,
                       adp_model_address_text(b->model, host->address));
        }
    }
    repeat_facts(b);
}

/* ---- ping ---- */

static void ping_facts(builder *b)
{
    const adp_obs *request = adp_view_request(b->model, b->view);
    const adp_netlogon *reply = adp_view_netlogon(b->model, b->view);
    const adp_ping_request *ping = request ? &request->u.search->ping : NULL;
    const char *domain = ping ? ping->domain : NULL;

    if (reply && reply->domain && *reply->domain) {
        domain = reply->domain;
    }
    add_string(b, ADP_F_PING_DOMAIN, domain);
    if (reply) {
        add_string(b, ADP_F_PING_HOST, reply->host);
        add_string(b, ADP_F_PING_DC_SITE, reply->dc_site);
        add_string(b, ADP_F_PING_CLIENT_SITE, reply->client_site);
        add_string(b, ADP_F_PING_NEXT_SITE, reply->next_site);
        if (reply->has_flags) {
            add_bool(b, ADP_F_PING_CLOSEST, (reply->flags & ADP_DS_CLOSEST) != 0);
        }
        add_uint(b, ADP_F_PING_OPCODE, reply->opcode);
        if (reply->has_flags) {
            add_uint(b, ADP_F_PING_FLAGS, reply->flags);
        }
        add_string(b, ADP_F_PING_FOREST, reply->forest);
        add_string(b, ADP_F_PING_NETBIOS_DOMAIN, reply->netbios_domain);
        add_string(b, ADP_F_PING_NETBIOS_HOST, reply->netbios_host);
    }
    if (ping) {
        add_string(b, ADP_F_PING_CLIENT_HOST, ping->dns_host ? ping->dns_host : ping->host);
        add_string(b, ADP_F_PING_USER, ping->user);
        add_string(b, ADP_F_PING_GUID, ping->guid);
        if (ping->has_aac) {
            add_uint(b, ADP_F_PING_AAC, ping->aac);
        }
        if (ping->has_ntver) {
            add_uint(b, ADP_F_PING_NTVER, ping->ntver);
        }
    }
    repeat_facts(b);
}

/* ---- kerberos ---- */

static const char *first_of(const char *a, const char *b)
{
    return a && *a ? a : b;
}

static void krb_error_facts(builder *b, const adp_obs *reply)
{
    const adp_obs_krb *krb = reply->u.krb;

    add_int(b, ADP_F_KRB_ERROR, krb->error);
    add_string(b, ADP_F_KRB_ERROR_NAME, adp_krb_error_name(krb->error));
    switch (adp_step_outcome(b->model, b->step, b->view->early)) {
    case ADP_NORMAL:
        add_string(b, ADP_F_KRB_CLASS, "normal");
        break;
    case ADP_FAILED:
        add_string(b, ADP_F_KRB_CLASS, "fault");
        break;
    default:
        /* Too early to say. */
        break;
    }
}

static void add_padata(builder *b, adp_field field, const adp_obs_krb *krb)
{
    guint i;

    for (i = 0; krb && i < krb->padata.count; i++) {
        const char *name = adp_pa_name(krb->padata.items[i]);
        char *number = name ? NULL : g_strdup_printf("%d", krb->padata.items[i]);

        if (number) {
            g_ptr_array_add(b->facts->owned, number);
        }
        add_string(b, field, name ? name : number);
    }
}

static void kerberos_facts(builder *b)
{
    static const char *const exchanges[] = {"as", "tgs", "ap"};
    static const char *const carriers[] = {"kdc", "kpasswd", "ldap", "http", "smb", "rpc", "other"};
    const adp_obs *request = adp_view_request(b->model, b->view);
    const adp_obs *reply = adp_view_reply(b->model, b->view);
    const adp_obs_krb *ask = request ? request->u.krb : NULL;
    const adp_obs_krb *answer = reply ? reply->u.krb : NULL;
    const adp_obs_krb *any = adp_model_obs(b->model, b->step->first)->u.krb;
    adp_krb_purpose_facts purpose = adp_krb_purpose(b->model, b->view);
    guint i;

    add_string(b, ADP_F_KRB_EXCHANGE, exchanges[any->exchange]);
    add_string(b, ADP_F_KRB_PURPOSE, adp_purpose_name(purpose.purpose));
    if (answer && answer->is_error) {
        krb_error_facts(b, reply);
    }
    /* What was asked for is in the request; an AP error names the answering machine. */
    add_string(b, ADP_F_KRB_SPN, first_of(ask ? ask->spn : NULL, answer ? answer->spn : NULL));
    add_string(b, ADP_F_KRB_REALM,
               first_of(ask ? ask->realm : NULL, answer ? answer->realm : NULL));
    add_string(b, ADP_F_KRB_CLIENT, purpose.by);
    add_string(b, ADP_F_KRB_FOR_USER, purpose.for_user);
    add_string(b, ADP_F_KRB_WITH, purpose.with ? purpose.with->spn : NULL);
    add_string(b, ADP_F_KRB_CARRIER, carriers[any->carrier]);
    if (answer && answer->has_ntstatus) {
        add_uint(b, ADP_F_KRB_NTSTATUS, answer->ntstatus);
        add_string(b, ADP_F_KRB_NTSTATUS_NAME, adp_ntstatus_name(answer->ntstatus));
    }
    if (answer && answer->has_stime) {
        add(b, ADP_F_KRB_SKEW)->v.t = adp_since(answer->stime, reply->time);
    }
    for (i = 0; ask && i < ask->etypes.count; i++) {
        add_int(b, ADP_F_KRB_ETYPE, ask->etypes.items[i]);
    }
    add_padata(b, ADP_F_KRB_PREAUTH, ask);
    add_padata(b, ADP_F_KRB_OFFERED, answer && answer->is_error ? answer : NULL);
    if (answer && answer->has_ticket) {
        add_int(b, ADP_F_KRB_TICKET_ETYPE, answer->ticket_etype);
    }
    if (b->step->ticket != ADP_NONE) {
        add_uint(b, ADP_F_KRB_TICKET_FRAME, adp_model_obs(b->model, b->step->ticket)->frame);
    }
    if (any->exchange == ADP_EXCHANGE_AP ? ask && ask->has_ticket_kvno
                                         : answer && answer->has_ticket_kvno) {
        add_uint(b, ADP_F_KRB_TICKET_KVNO,
                 any->exchange == ADP_EXCHANGE_AP ? ask->ticket_kvno : answer->ticket_kvno);
    }
    add_string(b, ADP_F_KRB_REFERRAL, purpose.referral);
    if (answer && answer->has_result) {
        add_uint(b, ADP_F_KRB_RESULT, answer->result);
        add_string(b, ADP_F_KRB_RESULT_NAME, adp_kpasswd_result_name(answer->result));
    }
    if (answer) {
        add_string(b, ADP_F_KRB_TEXT, first_of(answer->text, answer->result_text));
    }
    repeat_facts(b);
}

/* ---- tls ---- */

static void alert_facts(builder *b)
{
    const adp_handshake *handshake = adp_model_handshake(b->model, b->step);
    guint i;

    for (i = 0; i < handshake->alert_count && handshake->alerts[i] <= b->view->to; i++) {
        const adp_obs_tls *tls = adp_model_obs(b->model, handshake->alerts[i])->u.tls;
        const char *name = adp_tls_alert_name(tls->alert);
        char *number;

        if (tls->alert == ADP_TLS_CLOSE_NOTIFY) {
            continue;
        }
        if (name) {
            add_string(b, ADP_F_TLS_ALERT, name);
            continue;
        }
        number = g_strdup_printf("%u", tls->alert);
        g_ptr_array_add(b->facts->owned, number);
        add_string(b, ADP_F_TLS_ALERT, number);
    }
}

static void tls_facts(builder *b)
{
    guint32 to = b->view->to;
    const adp_obs_tls *ask = adp_tls_find(b->model, b->step, to, ADP_TLS_CLIENT_HELLO);
    const adp_obs_tls *certificate = adp_tls_find(b->model, b->step, to, ADP_TLS_CERTIFICATE);
    const adp_obs_tls *answer = adp_tls_find(b->model, b->step, to, ADP_TLS_SERVER_HELLO);
    gboolean matches;

    add_string(b, ADP_F_TLS_SNI, ask ? ask->sni : NULL);
    add_string(b, ADP_F_TLS_VERSION, answer ? adp_tls_version_name(answer->version) : NULL);
    if (certificate) {
        add_strings(b, ADP_F_TLS_CERTIFICATE_NAME, &certificate->names);
        if (ask && adp_tls_names_match(&certificate->names, ask->sni, &matches)) {
            add_bool(b, ADP_F_TLS_NAME_MATCH, matches);
        }
    }
    alert_facts(b);
    repeat_facts(b);
}

/* ---- autodiscover ---- */

static void autodiscover_facts(builder *b)
{
    static const char *const auths[] = {"none", "kerberos", "ntlm", "basic", "bearer", "other"};
    const adp_obs *request = adp_view_request(b->model, b->view);
    const adp_obs *reply = adp_view_reply(b->model, b->view);

    add_string(b, ADP_F_AUTODISCOVER_METHOD, b->step->method);
    if (request) {
        add_string(b, ADP_F_AUTODISCOVER_URL, request->u.http->url);
    }
    if (reply) {
        add_uint(b, ADP_F_AUTODISCOVER_STATUS, reply->u.http->status);
        add_string(b, ADP_F_AUTODISCOVER_REDIRECT,
                   reply->u.http->redirect ? reply->u.http->redirect : reply->u.http->moved);
        add_string(b, ADP_F_AUTODISCOVER_ERROR, reply->u.http->error);
    }
    if (request) {
        add_string(b, ADP_F_AUTODISCOVER_AUTH, auths[request->u.http->auth]);
        add_string(b, ADP_F_AUTODISCOVER_MAILBOX, request->u.http->mailbox);
    }
    repeat_facts(b);
}

/* ---- bind, rootdse, scp, hidden ---- */

static void entry_facts(builder *b, guint32 i)
{
    const adp_scp_entry *entry = &adp_model_obs(b->model, i)->u.entry->scp;
    guint32 n = adp_model_mark(b->model, i)->count;

    b->group = n;
    add_string(b, ADP_F_SCP_ENTRY, adp_scp_entry_type_name(entry->type));
    add_string(b, ADP_F_SCP_DN, entry->dn);
    add_strings(b, ADP_F_SCP_BINDING, &entry->bindings);
    add_string(b, ADP_F_SCP_HOST, entry->host);
    add_strings(b, ADP_F_SCP_KEYWORD, &entry->keywords);
    add_string(b, ADP_F_SCP_SITE, entry->site);
    add_string(b, ADP_F_SCP_DOMAIN, entry->domain);
    /* The site may still change, and more entries may come. */
    if (!b->view->early) {
        adp_rank rank = adp_rank_of(b->ranks, b->view->step, n - 1);

        if (rank.rank) {
            add_uint(b, ADP_F_SCP_RANK, rank.rank);
            add_string(b, ADP_F_SCP_RANK_REASON, adp_rank_reason_name(rank.reason));
        }
    }
    b->group = 0;
}

static void entries_facts(builder *b)
{
    guint32 i;

    for (i = b->view->from; i != ADP_NONE && i <= b->view->to;
         i = adp_model_mark(b->model, i)->next) {
        if (adp_model_obs(b->model, i)->type == ADP_OBS_LDAP_ENTRY &&
            !adp_model_mark(b->model, i)->copy) {
            entry_facts(b, i);
        }
    }
}

static void ldap_facts(builder *b)
{
    const adp_obs *first = adp_model_obs(b->model, b->step->first);
    const adp_obs *request = adp_view_request(b->model, b->view);
    const adp_obs *reply = adp_view_reply(b->model, b->view);
    const adp_obs_search *search = NULL;

    if (request && b->step->kind != ADP_STEP_BIND) {
        search = request->u.search;
    }
    if (search && b->step->kind == ADP_STEP_SCP) {
        add_string(b, ADP_F_SCP_KIND, search->scp_kind);
    }
    add_string(b, ADP_F_LDAP_PROTECTION, adp_protection_name(first->protection));
    add_bool(b, ADP_F_LDAP_DECRYPTED, first->decrypted);
    add_string(b, ADP_F_LDAP_MECHANISM, b->step->mechanism);
    if (search) {
        add_string(b, ADP_F_LDAP_BASE, search->base);
        add_string(b, ADP_F_LDAP_SCOPE, adp_ldap_scope_name(search->scope));
        add_string(b, ADP_F_LDAP_FILTER, search->filter);
        add_strings(b, ADP_F_LDAP_ATTRIBUTE, &search->attributes);
    }
    if (reply && b->step->kind != ADP_STEP_HIDDEN && !reply->u.result->damaged) {
        const adp_obs_result *result = reply->u.result;

        add_uint(b, ADP_F_LDAP_RESULT, result->result);
        add_string(b, ADP_F_LDAP_RESULT_NAME, adp_ldap_result_name(result->result));
        add_string(b, ADP_F_LDAP_DIAGNOSTIC, result->diagnostic);
    }
    if (b->step->kind == ADP_STEP_HIDDEN) {
        add_uint(b, ADP_F_LDAP_HIDDEN, adp_model_mark(b->model, b->view->to)->count);
    } else if (search && (reply || adp_model_mark(b->model, b->view->to)->count)) {
        add_uint(b, ADP_F_LDAP_ENTRIES, adp_model_mark(b->model, b->view->to)->count);
    }
    repeat_facts(b);
    if (b->step->kind == ADP_STEP_SCP) {
        entries_facts(b);
    }
}

adp_facts *adp_facts_new(const adp_model *model, const adp_view *view)
{
    adp_facts *facts = g_new0(adp_facts, 1);
    adp_ranks *own = view->ranks ? NULL : adp_ranks_new(model);
    builder b = {.model = model,
                 .view = view,
                 .step = adp_model_step(model, view->step),
                 .ranks = own ? own : view->ranks,
                 .facts = facts};

    facts->items = g_array_new(FALSE, TRUE, sizeof(adp_fact));
    facts->owned = g_ptr_array_new_with_free_func(g_free);
    switch (b.step->kind) {
    case ADP_STEP_SRV:
        srv_facts(&b);
        break;
    case ADP_STEP_ADDRESS:
        address_facts(&b);
        break;
    case ADP_STEP_TLS:
        tls_facts(&b);
        break;
    case ADP_STEP_AUTODISCOVER:
        autodiscover_facts(&b);
        break;
    case ADP_STEP_PING:
        ping_facts(&b);
        break;
    case ADP_STEP_KERBEROS:
        kerberos_facts(&b);
        break;
    default:
        ldap_facts(&b);
        break;
    }
    if (own) {
        adp_ranks_free(own);
    }
    return facts;
}

void adp_facts_free(adp_facts *facts)
{
    g_array_unref(facts->items);
    g_ptr_array_unref(facts->owned);
    g_free(facts);
}
