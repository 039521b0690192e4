/* dns_answers.c
 * What each DNS server answers its clients, also to questions that are no steps, and how that is said.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/dns_answers.h"

#include "join/model.h"
#include "judge/dns_topics.h"
#include "judge/rules.h"
#include "log/observation.h"
#include "wire/address.h"
#include "wire/dns_error.h"
#include "wire/hash.h"
#include "wire/table.h"
#include "wire/text.h"

#include <string.h>

/* ---- what is known ---- */

/* Of an answer's name so many domains above it are noted: names of controllers have few labels. */
#define MAX_PARENTS 8

static guint64 talk_key(guint32 client, guint32 server)
{
    return (guint64)client << 32 | server;
}

static guint64 domain_key(guint32 client, const char *domain)
{
    return adp_hash_lower(client, domain);
}

static void note(adp_rules *r, guint64 key, guint32 obs, gboolean last)
{
    if (last || !adp_table_get(r->dns_answers, key)) {
        adp_table_set(r->dns_answers, key, obs + 1);
    }
}

static guint32 noted(const adp_rules *r, guint64 key)
{
    return adp_table_get(r->dns_answers, key) - 1; /* ADP_NONE when there is none */
}

static gboolean gives_private_address(const adp_rules *r, const adp_obs_dns *dns)
{
    guint i;

    for (i = 0; i < dns->answer_hosts; i++) {
        guint32 address = dns->said->hosts.items[i].address;

        if (address != ADP_NONE && !adp_address_is_public(adp_rules_address(r, address))) {
            return TRUE;
        }
    }
    return FALSE;
}

static void note_domains(adp_rules *r, const adp_obs *obs, guint32 i)
{
    const char *domain = obs->u.dns->name;
    guint n;

    for (n = 0; n < MAX_PARENTS && domain && strchr(domain, '.'); n++) {
        note(r, domain_key(obs->flow.client, domain), i, FALSE);
        domain = strchr(domain, '.') + 1;
    }
}

void adp_rules_learn_dns_answers(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_model_obs_count(r->model); i++) {
        const adp_obs *obs = adp_model_obs(r->model, i);

        if (obs->type != ADP_OBS_DNS_REPLY || obs->u.dns->damaged) {
            continue;
        }
        note(r, talk_key(obs->flow.client, obs->flow.server), i, TRUE);
        if (!obs->u.dns->parts->service && gives_private_address(r, obs->u.dns)) {
            note_domains(r, obs, i);
        }
    }
}

guint32 adp_dns_answers_others(const adp_rules *r, const adp_step *step)
{
    guint32 obs = noted(r, talk_key(step->flow.client, step->flow.server));

    return obs != ADP_NONE && obs > step->first ? obs : ADP_NONE;
}

guint32 adp_dns_known_elsewhere(const adp_rules *r, const adp_group *group, const char *domain)
{
    const adp_step *first = adp_group_first(group);
    guint32 obs = domain ? noted(r, domain_key(first->flow.client, domain)) : ADP_NONE;
    guint i;

    for (i = 0; i < group->steps->len && obs != ADP_NONE; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);

        if (step->flow.server == adp_model_obs(r->model, obs)->flow.server) {
            return ADP_NONE;
        }
    }
    return obs;
}

/* ---- addresses ---- */

gboolean adp_dns_is_loopback(const char *address)
{
    return adp_has_prefix(address, "127.") || strcmp(address, "::1") == 0;
}

/* ---- in words ---- */

/* Parts of what servers said beyond these are counted. */
#define SHOWN 3

const char *adp_dns_code_words(const adp_obs_dns *answer)
{
    switch (answer->rcode) {
    case ADP_DNS_NOERROR:
        return "no such record (NODATA)";
    case ADP_DNS_FORMERR:
        return "that it does not understand the question (FORMERR)";
    case ADP_DNS_SERVFAIL:
        return "a failure of its own (SERVFAIL)";
    case ADP_DNS_NXDOMAIN:
        return "no such name (NXDOMAIN)";
    case ADP_DNS_NOTIMP:
        return "that it does not know how to answer (NOTIMP)";
    case ADP_DNS_REFUSED:
        return "that it refuses (REFUSED)";
    case ADP_DNS_BADVERS:
        return "that it does not know this version of EDNS (BADVERS)";
    case ADP_DNS_BADCOOKIE:
        return "that its cookie is missing (BADCOOKIE)";
    default:
        return "another error";
    }
}

char *adp_dns_reasons(const adp_obs_dns *dns)
{
    GString *out = g_string_new(NULL);
    guint i;

    for (i = 0; i < dns->said->reasons.count; i++) {
        const adp_dns_reason *reason = &dns->said->reasons.items[i];
        const char *words = adp_dns_error_words(reason->code);

        g_string_append_printf(
            out, "%sextended error %u (%s)%s%s%s",
            i ? ", " : "; its reason, as it says itself (RFC 8914): ", reason->code,
            words ? words : "which is not known here", reason->text ? ", in its own words \"" : "",
            reason->text ? reason->text : "", reason->text ? "\"" : "");
    }
    return g_string_free(out, FALSE);
}

guint32 adp_dns_withheld(const adp_rules *r, const adp_group *group, gboolean *ret_all)
{
    guint32 by = ADP_NONE;
    gboolean all = TRUE;
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);

        if (!adp_dns_withholds(adp_dns_answer(r, step))) {
            all = FALSE;
        } else if (by == ADP_NONE) {
            by = step->reply;
        }
    }
    if (ret_all) {
        *ret_all = all && by != ADP_NONE;
    }
    return by;
}

/* The name at the end of the aliases that the answer begins with; NULL: there is none. */
static const char *alias_in(const adp_obs_dns *answer)
{
    const char *alias = NULL;
    guint i;

    for (i = 0; i < answer->answer_hosts; i++) {
        alias = answer->said->hosts.items[i].alias ? answer->said->hosts.items[i].alias : alias;
    }
    return alias;
}

/* So many observations lie at most between the two ends of what a machine's own resolver is asked. */
#define BETWEEN 32

/*
 * The server behind a resolver on the machine itself: it gave that one the same answer a moment before.
 * ADP_NONE: the capture has only one of the two.
 */
static guint32 server_behind(const adp_rules *r, const adp_step *step)
{
    const adp_obs *reply = adp_rules_reply(r, step);
    guint32 i = step->reply;

    if (!adp_dns_is_loopback(adp_rules_address(r, step->flow.server))) {
        return ADP_NONE;
    }
    while (i > step->first && step->reply - i < BETWEEN) {
        const adp_obs *obs = adp_model_obs(r->model, --i);

        if (obs->type == ADP_OBS_DNS_REPLY && obs->flow.server != step->flow.server &&
            obs->u.dns->qtype == reply->u.dns->qtype && obs->u.dns->rcode == reply->u.dns->rcode &&
            adp_same_text(obs->u.dns->name, reply->u.dns->name)) {
            return obs->flow.server;
        }
    }
    return ADP_NONE;
}

/* Of a question for an address: which of the two. */
static const char *type_words(const adp_rules *r, const adp_step *step)
{
    switch (adp_dns_question(r, step)->qtype) {
    case ADP_DNS_A:
        return "A ";
    case ADP_DNS_AAAA:
        return "AAAA ";
    default:
        return "";
    }
}

static void tell(const adp_rules *r, const adp_group *part, GString *out)
{
    const adp_step *first = adp_group_first(part);
    const adp_obs_dns *answer = adp_dns_answer(r, first);
    const char *alias = alias_in(answer);
    guint32 behind = server_behind(r, first);
    char *names = adp_dns_names(r, part);

    g_string_append_printf(out, "%s%s answered %s%s with %s", out->len ? "; " : "",
                           adp_rules_address(r, first->flow.server), type_words(r, first), names,
                           adp_dns_code_words(answer));
    if (behind != ADP_NONE) {
        g_string_append_printf(out, ", as %s had answered it", adp_rules_address(r, behind));
    }
    if (alias) {
        g_string_append_printf(out, ": an alias of %s", alias);
    }
    if (adp_dns_withholds(answer)) {
        char *reasons = adp_dns_reasons(answer);

        g_string_append(out, reasons);
        g_free(reasons);
    }
    g_free(names);
}

char *adp_dns_told(const adp_rules *r, const adp_group *group)
{
    GString *out = g_string_new(NULL);
    adp_groups *parts = adp_groups_new();
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);
        const adp_obs_dns *answer = adp_dns_answer(r, step);
        const char *alias = alias_in(answer);
        char *key =
            g_strdup_printf("%u|%u|%u|%d|%s", step->flow.server, adp_dns_question(r, step)->qtype,
                            answer->rcode, adp_dns_withholds(answer), alias ? alias : "");

        adp_groups_add(parts, step, key);
        g_free(key);
    }
    for (i = 0; i < parts->list->len && i < SHOWN; i++) {
        tell(r, g_ptr_array_index(parts->list, i), out);
    }
    if (parts->list->len > SHOWN) {
        g_string_append_printf(out, "; and %u more such answers", parts->list->len - SHOWN);
    }
    adp_groups_free(parts);
    return g_string_free(out, FALSE);
}
