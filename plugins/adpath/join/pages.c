/* pages.c
 * The pages of one search.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/pages.h"

#include "join/chain.h"
#include "join/derived.h"
#include "join/exchange.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/text.h"

static void page_key(adp_pair_key *key, const adp_obs *obs, guint64 cookie)
{
    adp_exchange_key(key, ADP_SPACE_PAGE, &obs->flow, 0, cookie);
}

void adp_page_answered(adp_model *model, const adp_obs *obs, guint32 step)
{
    adp_pair_key key;

    if (obs->u.result->cookie) {
        page_key(&key, obs, obs->u.result->cookie);
        adp_set_open_step(&model->derived, &key, step);
    }
}

static gboolean is_same_search(const adp_model *model, const adp_step *step,
                               const adp_obs_search *search)
{
    const adp_obs_search *before =
        step->request != ADP_NONE ? adp_model_obs(model, step->request)->u.search : NULL;

    return before && before->scope == search->scope && adp_same_text(before->base, search->base) &&
           adp_same_text(before->filter, search->filter);
}

void adp_page_asked(adp_model *model, const adp_obs *obs, guint32 step)
{
    adp_derived *d = &model->derived;
    const adp_obs_search *search = obs->u.search;
    adp_pair_key key;
    adp_step *before;
    adp_step *page = adp_step_at(d, step);
    adp_step_details *own;
    guint32 index;

    if (!search->cookie) {
        return;
    }
    page_key(&key, obs, search->cookie);
    index = adp_open_step(d, &key);
    if (index == ADP_NONE || index >= step) {
        return;
    }
    before = adp_step_at(d, index);
    /* Asked again with the same cookie, the first one goes on. */
    if (before->own->page_after != ADP_NONE || page->own->page_before != ADP_NONE ||
        before->kind != page->kind || !is_same_search(model, before, search)) {
        return;
    }
    own = adp_step_own(d, page);
    own->page_before = index;
    own->page_first = before->own->page_first == ADP_NONE ? index : before->own->page_first;
    own->page_offset = before->own->page_offset + before->own->entries;
    own->page = before->own->page + 1;
    adp_step_own(d, before)->page_after = step;
    adp_step_own(d, adp_step_at(d, own->page_first))->page_last = step;
}

guint32 adp_page_first(const adp_model *model, guint32 step)
{
    guint32 first = adp_model_step(model, step)->own->page_first;

    return first == ADP_NONE ? step : first;
}

guint32 adp_page_next(const adp_model *model, guint32 step)
{
    return adp_model_step(model, step)->own->page_after;
}

static gboolean has_more(const adp_model *model, const adp_step *step)
{
    return step->reply != ADP_NONE &&
           (step->kind == ADP_STEP_SCP || step->kind == ADP_STEP_ROOTDSE) &&
           adp_model_obs(model, step->reply)->u.result->cookie;
}

guint32 adp_page_last(const adp_model *model, guint32 step)
{
    guint32 first = adp_page_first(model, step);
    guint32 last = adp_model_step(model, first)->own->page_last;

    return last == ADP_NONE ? first : last;
}

gboolean adp_page_is_unfinished(const adp_model *model, guint32 step)
{
    return has_more(model, adp_model_step(model, adp_page_last(model, step)));
}

guint32 adp_page_entries(const adp_model *model, guint32 step)
{
    const adp_step *last = adp_model_step(model, adp_page_last(model, step));

    return last->own->page_offset + last->own->entries;
}
