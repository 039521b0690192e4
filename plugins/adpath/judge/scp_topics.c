/* scp_topics.c
 * What the rules about service connection points share: searches, their pages, and what went well.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/scp_topics.h"

#include "join/identity.h"
#include "join/model.h"
#include "join/pages.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/scp.h"
#include "wire/text.h"

const adp_obs_search *adp_scp_search(const adp_rules *r, const adp_step *step)
{
    const adp_obs *request = adp_rules_request(r, step);

    return request ? request->u.search : NULL;
}

gboolean adp_scp_is_exchange(const adp_rules *r, const adp_step *step)
{
    const adp_obs_search *search = step->kind == ADP_STEP_SCP ? adp_scp_search(r, step) : NULL;

    return search && adp_same_text(search->scp_kind, ADP_SCP_EXCHANGE);
}

static void count_page(const adp_rules *r, const adp_step *step, adp_scp_counts *counts)
{
    guint32 i;

    for (i = step->first; i != ADP_NONE; i = adp_model_mark(r->model, i)->next) {
        const adp_obs *obs = adp_model_obs(r->model, i);

        if (obs->type != ADP_OBS_LDAP_ENTRY || adp_model_mark(r->model, i)->copy) {
            continue;
        }
        counts->found = counts->found || obs->u.entry->scp.type != ADP_SCP_OTHER;
        if (adp_scp_has_url(&obs->u.entry->scp)) {
            counts->urls++;
        } else if (obs->u.entry->scp.type == ADP_SCP_POINTER) {
            counts->pointers++;
            counts->pointer = counts->pointer ? counts->pointer : &obs->u.entry->scp;
        }
    }
}

adp_scp_counts adp_scp_count(const adp_rules *r, const adp_step *step)
{
    adp_scp_counts counts = {0};
    guint32 page;

    for (page = adp_rules_index(r, step); page != ADP_NONE; page = adp_page_next(r->model, page)) {
        const adp_step *at = adp_rules_step(r, page);

        count_page(r, at, &counts);
        counts.lost = counts.lost || at->lost;
    }
    counts.lost = counts.lost || adp_page_is_unfinished(r->model, adp_rules_index(r, step));
    return counts;
}

const adp_step *adp_scp_last_page(const adp_rules *r, const adp_step *step)
{
    return adp_rules_step(r, adp_page_last(r->model, adp_rules_index(r, step)));
}

void adp_scp_cite(const adp_rules *r, adp_finding *f, const adp_step *step)
{
    guint32 page;

    for (page = adp_rules_index(r, step); page != ADP_NONE; page = adp_page_next(r->model, page)) {
        adp_rules_cite_step(r, f, adp_rules_step(r, page));
    }
}

gboolean adp_scp_begins(const adp_rules *r, const adp_step *step)
{
    return adp_scp_is_exchange(r, step) && step->own->page_before == ADP_NONE;
}

void adp_rules_learn_scp(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_search *search = step->kind == ADP_STEP_SCP ? adp_scp_search(r, step) : NULL;

        if (search && search->scp_kind && adp_rules_outcome(r, step) == ADP_OK) {
            adp_rules_note_good(r, step, ADP_TOPIC_READ_KIND, search->scp_kind);
        }
        if (adp_scp_begins(r, step)) {
            adp_scp_counts counts = adp_scp_count(r, step);

            if (counts.pointer && counts.pointer->host && *counts.pointer->host) {
                adp_rules_note_good(r, step, ADP_TOPIC_POINTER, counts.pointer->host);
            }
        }
        if (step->kind == ADP_STEP_BIND && adp_rules_request(r, step) &&
            adp_rules_request(r, step)->u.bind->anonymous) {
            adp_rules_add_fact(r, ADP_FACT_ANONYMOUS,
                               adp_model_address_text(r->model, step->flow.client));
        }
    }
}
