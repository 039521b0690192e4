/* dns_topics.c
 * What the rules of DNS share: questions, answers, and what they teach.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/dns_topics.h"

#include "join/model.h"
#include "judge/rules.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/srv_name.h"

const adp_obs_dns *adp_dns_question(const adp_rules *r, const adp_step *step)
{
    return adp_model_obs(r->model, step->first)->u.dns;
}

const adp_obs_dns *adp_dns_answer(const adp_rules *r, const adp_step *step)
{
    const adp_obs *reply = adp_rules_reply(r, step);

    return reply ? reply->u.dns : NULL;
}

gboolean adp_dns_is_answered(const adp_obs_dns *dns)
{
    return dns && dns->rcode == 0 && dns->said->records.count &&
           *dns->said->records.items[0].target;
}

/* NXDOMAIN, or no such record. */
gboolean adp_dns_is_miss(const adp_obs_dns *dns)
{
    return dns && !dns->truncated && !dns->damaged &&
           (dns->rcode == 3 || (dns->rcode == 0 && dns->said->records.count == 0));
}

const adp_step *adp_dns_good(const adp_rules *r, const adp_step *step, adp_topic topic,
                             const char *name, const adp_step *after)
{
    return adp_rules_good(r, step->client, topic, name, after);
}

/* What a name asks for when the site is left out of it; free with g_free(). */
char *adp_dns_generic_name(const adp_srv_name *parts)
{
    return g_strdup_printf("%s|%d|%s", parts->service->label, (int)parts->role,
                           parts->domain ? parts->domain : "");
}

static void learn_srv(adp_rules *r, const adp_step *step)
{
    const adp_obs_dns *dns = adp_dns_answer(r, step);
    const adp_srv_name *parts = adp_dns_question(r, step)->parts;

    if (dns) {
        /* Any answer at all, good or bad or cut by the capture, means that somebody answers for the name. */
        adp_rules_note_good(r, step, ADP_TOPIC_SRV_ANSWER, adp_dns_question(r, step)->name);
    }
    if (!adp_dns_is_answered(dns)) {
        return;
    }
    adp_rules_note_good(r, step, ADP_TOPIC_SRV_NAME, adp_dns_question(r, step)->name);
    adp_rules_add_fact(r, ADP_FACT_LOCATES, adp_rules_address(r, step->flow.server));
    if (parts->role == ADP_ROLE_KDC) {
        adp_rules_note_good(r, step, ADP_TOPIC_REALM, NULL);
    }
    if (parts->role != ADP_ROLE_AUTODISCOVER && parts->role != ADP_ROLE_PARTITION) {
        adp_rules_note_good(r, step, ADP_TOPIC_SRV_DOMAIN, parts->domain);
    }
    if (parts->msdcs && parts->role != ADP_ROLE_GC) {
        adp_rules_note_good(r, step, ADP_TOPIC_SRV_MSDCS, parts->domain);
    }
    if (parts->role == ADP_ROLE_DOMAIN && !parts->site) {
        adp_rules_note_good(r, step, ADP_TOPIC_SRV_PLAIN, parts->domain);
    }
    if (!parts->site) {
        char *generic = adp_dns_generic_name(parts);

        adp_rules_note_good(r, step, ADP_TOPIC_SRV_GENERIC, generic);
        g_free(generic);
    }
}

static void learn(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (step->kind == ADP_STEP_SRV) {
            learn_srv(r, step);
        } else if (step->kind == ADP_STEP_KERBEROS && adp_rules_outcome(r, step) == ADP_OK) {
            adp_rules_note_good(r, step, ADP_TOPIC_REALM, NULL);
        } else if (step->kind == ADP_STEP_PING && adp_rules_outcome(r, step) == ADP_OK &&
                   step->own->netlogon != ADP_NONE) {
            adp_rules_note_good(
                r, step, ADP_TOPIC_PING_DOMAIN,
                adp_model_obs(r->model, step->own->netlogon)->u.entry->netlogon.domain);
        }
    }
}

/* The names of the steps, each once, as one phrase; free with g_free(). */
char *adp_dns_name_at(guint32 address, const char *name)
{
    char *lower = g_ascii_strdown(name, -1);
    char *key = g_strdup_printf("%u|%s", address, lower);

    g_free(lower);
    return key;
}

char *adp_dns_names(const adp_rules *r, const adp_group *group)
{
    GString *out = g_string_new(NULL);
    GHashTable *seen = g_hash_table_new(adp_str_hash, adp_str_equal);
    guint shown = 0;
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const char *name = adp_dns_question(r, g_ptr_array_index(group->steps, i))->name;

        if (g_hash_table_contains(seen, name)) {
            continue;
        }
        g_hash_table_add(seen, (gpointer)name);
        if (shown < 3) {
            g_string_append_printf(out, "%s%s", shown ? ", " : "", name);
        }
        shown++;
    }
    if (shown > 3) {
        g_string_append_printf(out, " and %u more", shown - 3);
    }
    g_hash_table_unref(seen);
    return g_string_free(out, FALSE);
}

gboolean adp_dns_only_kdc(const adp_rules *r, const adp_group *group)
{
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        if (adp_dns_question(r, g_ptr_array_index(group->steps, i))->parts->role != ADP_ROLE_KDC) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Names below _msdcs are asked for by clients that take the domain for an Active Directory. */
gboolean adp_dns_asks_for_controllers(const adp_rules *r, const adp_group *group)
{
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        if (adp_dns_question(r, g_ptr_array_index(group->steps, i))->parts->msdcs) {
            return TRUE;
        }
    }
    return FALSE;
}

/*
 * Was there such an answer after the question was asked? Clients ask several servers at once, so the
 * question that was answered may have come before this one.
 */
gboolean adp_dns_answered_later(const adp_rules *r, const adp_step *step, adp_topic topic,
                                const char *name)
{
    const adp_step *last = adp_rules_good_before(r, step->client, topic, name, ADP_NONE);

    return last && last->reply > step->first;
}

static gboolean has_address(const adp_obs_dns *dns)
{
    guint i;

    for (i = 0; i < dns->said->hosts.count; i++) {
        if (dns->said->hosts.items[i].address != ADP_NONE) {
            return TRUE;
        }
    }
    return FALSE;
}

static void note_transport(adp_rules *r, const adp_step *step)
{
    char *way = adp_rules_way(&step->flow);

    adp_rules_note_good(r, step, ADP_TOPIC_DNS_TRANSPORT, way);
    g_free(way);
}

/* Which of the clients found an address of which host, and over what the servers answer. */
static void learn_addresses(adp_rules *r)
{
    guint32 i;
    guint h;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_dns *dns;

        if (step->kind != ADP_STEP_SRV && step->kind != ADP_STEP_ADDRESS) {
            continue;
        }
        dns = adp_dns_answer(r, step);
        if (!dns) {
            continue;
        }
        note_transport(r, step);
        for (h = 0; h < dns->said->hosts.count; h++) {
            if (dns->said->hosts.items[h].address != ADP_NONE) {
                adp_rules_note_good(r, step, ADP_TOPIC_ADDRESS, dns->said->hosts.items[h].name);
            }
        }
        if (step->kind == ADP_STEP_ADDRESS && has_address(dns)) {
            adp_rules_note_good(r, step, ADP_TOPIC_ADDRESS,
                                adp_dns_question(r, step)->name); /* by way of an alias */
        }
    }
}

void adp_rules_learn_dns(adp_rules *r)
{
    learn(r);
    learn_addresses(r);
}
