/* inferred_ldap.c
 * What a sealed directory still tells: that it named the host where the client went next.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/inferred_ldap.h"

#include "join/hosts.h"
#include "join/model.h"
#include "judge/inference.h"
#include "log/observation.h"
#include "wire/text.h"

/*
 * A search for Exchange's SCPs: a filter with two GUIDs, two attributes and the DN of the configuration,
 * with a seal around it. The answer of nothing is a short message; an entry has a DN, a URL and keywords.
 */
#define SEARCH_MIN 240
#define SEARCH_MAX 520
#define ENTRY_MIN  300

/* A client that has its list looks up the first host of it at once. */
#define AT_ONCE (2 * ADP_NS_PER_S)

/** The last request that looked like the search, and what came back. */
typedef struct {
    guint32 asked; /* bytes, 0: none */
    guint32 asked_frame;
    guint32 heard;
    guint32 end_frame;
    gint64 end_time;
} sealed_search;

static sealed_search last_search(const adp_model *model, const adp_step *hidden)
{
    sealed_search search = {0};
    gboolean done = FALSE; /* what follows answers something else */
    guint32 i;

    for (i = hidden->first; i != ADP_NONE; i = adp_model_mark(model, i)->next) {
        const adp_obs *obs = adp_model_obs(model, i);

        if (obs->type != ADP_OBS_LDAP_HIDDEN || adp_model_mark(model, i)->copy) {
            continue;
        }
        if (!obs->from_server) {
            /* An unbind, and TLS's farewell, are short: the search before them stays the last. */
            if (obs->u.hidden->bytes >= SEARCH_MIN || (search.asked && !search.heard)) {
                search = (sealed_search){.asked = obs->u.hidden->bytes, .asked_frame = obs->frame};
            }
            done = search.heard > 0;
        } else if (!done) {
            search.heard += obs->u.hidden->bytes;
            search.end_frame = obs->frame;
            search.end_time = obs->time;
        }
    }
    return search;
}

static void one_hidden(adp_inference *f, guint32 index)
{
    const adp_step *hidden = adp_model_step(f->model, index);
    sealed_search search = last_search(f->model, hidden);
    adp_gone gone;
    adp_inferred *item;

    if (search.asked < SEARCH_MIN || search.asked > SEARCH_MAX || search.heard < ENTRY_MIN ||
        !f->path->own->site || !*f->path->own->site) {
        return;
    }
    gone = adp_inference_went(f, search.end_frame, search.end_time);
    if (gone.count != 1 || gone.visit->guess->hello == ADP_NONE ||
        adp_since(gone.visit->time, search.end_time) > AT_ONCE ||
        !adp_inference_is_unnamed(f->model, gone.visit->host) ||
        !(adp_model_named(f->model, gone.visit->host) & ADP_NAMED_BY_SPN) ||
        adp_same_text(gone.visit->host, f->path->own->mail_domain) ||
        !adp_inference_is_of_house(f->path, gone.visit->host)) {
        return;
    }
    item = adp_inference_add(
        f, ADP_INFERRED_DIRECTORY, index,
        g_strdup_printf(
            "probably a search for service connection points, whose answer named %s: %u "
            "sealed bytes to the directory, %u back; the client went there at once, asked for a "
            "ticket for it, and nothing that can be seen names that host",
            gone.visit->host, search.asked, search.heard));
    item->host = g_strdup(gone.visit->host);
    item->in_tls = adp_model_obs(f->model, hidden->first)->protection == ADP_PROTECTION_TLS;
    adp_inference_cite(item, search.asked_frame);
    adp_inference_cite(item, search.end_frame);
    adp_inference_cite(item, gone.visit->frame);
}

void adp_inference_directory(adp_inference *f)
{
    guint i;

    for (i = 0; i < f->path->steps.count; i++) {
        guint32 index = f->path->steps.items[i];

        if (adp_model_step(f->model, index)->kind == ADP_STEP_HIDDEN) {
            one_hidden(f, index);
        }
    }
}
