/* path_outcome.c
 * How a path ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/path_outcome.h"

#include "facts/absence.h"
#include "facts/outcome.h"
#include "join/attempts.h"
#include "join/model.h"
#include "join/pair_http.h"
#include "judge/analysis.h"
#include "judge/endpoints.h"
#include "judge/finding.h"
#include "judge/waits.h"
#include "log/krb.h"
#include "log/observation.h"
#include "wire/sorted.h"
#include "wire/text.h"

/** KRB_ERR_RESPONSE_TOO_BIG (RFC 4120 7.5.9): the same again, over TCP */
#define RESPONSE_TOO_BIG 52

/*
 * The client was asked for more, or sent elsewhere, and the capture shows no more of it: the finding of
 * that stands.
 */
static gboolean was_left_at(adp_analysis *analysis, guint32 path, adp_finding_id id)
{
    guint count;
    adp_finding *const *list =
        adp_findings_of_path(analysis, path, adp_findings_mailboxes(analysis), &count);
    guint i;

    for (i = 0; i < count; i++) {
        if (list[i]->id == id && !list[i]->recovered_by) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Did an answer of autodiscover give the client its settings? A redirect only says where to ask. */
static gboolean gave_settings(const adp_model *model, const adp_step *step)
{
    return step->kind == ADP_STEP_AUTODISCOVER && step->reply != ADP_NONE &&
           adp_model_obs(model, step->reply)->u.http->has_settings;
}

/* An answer that only says where to ask. */
static gboolean is_redirect(const adp_model *model, const adp_step *step)
{
    return step->kind == ADP_STEP_AUTODISCOVER && step->reply != ADP_NONE &&
           adp_model_obs(model, step->reply)->u.http->redirect;
}

gboolean adp_path_ends_in_silence(const adp_model *model, const adp_path *path)
{
    gboolean silent = FALSE;
    guint i;

    for (i = 0; i < path->steps.count; i++) {
        const adp_step *step = adp_model_step(model, path->steps.items[i]);

        if (gave_settings(model, step)) {
            return FALSE;
        }
        silent = silent || (step->kind == ADP_STEP_AUTODISCOVER &&
                            adp_step_outcome(model, step, FALSE) == ADP_UNANSWERED);
    }
    return silent;
}

gboolean adp_path_sent_no_credentials(const adp_model *model, const adp_path *path)
{
    guint i;

    for (i = path->steps.count; i > 0; i--) {
        const adp_step *step = adp_model_step(model, path->steps.items[i - 1]);

        if (step->kind == ADP_STEP_AUTODISCOVER) {
            return step->reply != ADP_NONE && step->request != ADP_NONE &&
                   adp_model_obs(model, step->reply)->u.http->status == 401 &&
                   !adp_http_has_credentials(adp_model_obs(model, step->request)->u.http);
        }
    }
    return FALSE;
}

/* The Kerberos request of a step; NULL: it has none. */
static const adp_obs_krb *krb_request(const adp_model *model, const adp_step *step)
{
    return step->kind == ADP_STEP_KERBEROS && step->request != ADP_NONE
               ? adp_model_obs(model, step->request)->u.krb
               : NULL;
}

/*
 * Did the client use the ticket that the answer to this step brought? Then it has the answer, though the
 * capture does not have it whole: a ticket-granting one is shown to the KDC, any other to its service.
 */
static gboolean used_the_answer(const adp_model *model, const adp_path *path, guint place)
{
    const adp_step *step = adp_model_step(model, path->steps.items[place]);
    const adp_obs_krb *ask = krb_request(model, step);
    guint i;

    if (!ask || ask->carrier != ADP_CARRIER_KDC || !ask->spn) {
        return FALSE;
    }
    for (i = place + 1; i < path->steps.count; i++) {
        const adp_obs_krb *later = krb_request(model, adp_model_step(model, path->steps.items[i]));

        if (!later) {
            continue;
        }
        if (ask->exchange == ADP_EXCHANGE_AS && later->exchange == ADP_EXCHANGE_TGS &&
            later->shown && adp_same_text(later->shown->spn, ask->spn)) {
            return TRUE;
        }
        if (ask->exchange == ADP_EXCHANGE_TGS && later->exchange == ADP_EXCHANGE_AP &&
            adp_same_text(later->spn, ask->spn)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Did the client do more behind this observation than ask DNS? */
static gboolean went_on(const adp_model *model, const adp_path *path, guint32 obs)
{
    guint i;

    for (i = path->steps.count; i > 0; i--) {
        const adp_step *step = adp_model_step(model, path->steps.items[i - 1]);

        if (step->first < obs) {
            break;
        }
        if (step->kind != ADP_STEP_SRV && step->kind != ADP_STEP_ADDRESS) {
            return TRUE;
        }
    }
    return FALSE;
}

guint32 adp_path_left_open(adp_analysis *analysis, guint32 index)
{
    const adp_model *model = adp_analysis_model(analysis);
    const GArray *waits = adp_analysis_waits(analysis);
    guint i;

    for (i = adp_sorted_place(waits, G_STRUCT_OFFSET(adp_wait, path), index);
         i < waits->len && g_array_index(waits, adp_wait, i).path == index; i++) {
        const adp_wait *wait = &g_array_index(waits, adp_wait, i);
        const adp_attempt *attempt =
            wait->attempt != ADP_NONE ? adp_model_attempt(model, wait->attempt) : NULL;

        /* Asked once, it may have been on its way when the capture ended. */
        if (attempt && wait->kind == ADP_WAIT_VAIN && attempt->syns > 1 &&
            adp_attempt_silence(model, attempt).kind == ADP_SILENCE_TOO_SHORT &&
            !went_on(model, adp_model_path(model, index), attempt->first)) {
            return wait->attempt;
        }
    }
    return ADP_NONE;
}

/* The last that the capture shows of it: a KDC that wants the same request in another form. */
static gboolean ends_at_demand(const adp_model *model, const adp_path *path)
{
    const adp_step *last = adp_model_step(model, path->steps.items[path->steps.count - 1]);
    const adp_obs_krb *answer = last->kind == ADP_STEP_KERBEROS && last->reply != ADP_NONE
                                    ? adp_model_obs(model, last->reply)->u.krb
                                    : NULL;

    return answer && adp_step_outcome(model, last, FALSE) == ADP_NORMAL &&
           (answer->error == ADP_KRB_PREAUTH_REQUIRED || answer->error == RESPONSE_TOO_BIG);
}

/* Resolvers that are asked at the same time stand so near each other. */
#define TOLD_WITHIN 32

/* The question of a lookup; NULL: the step is none, or lacks it. */
static const adp_obs_dns *lookup_of(const adp_model *model, const adp_step *step)
{
    return (step->kind == ADP_STEP_SRV || step->kind == ADP_STEP_ADDRESS) &&
                   step->request != ADP_NONE
               ? adp_model_obs(model, step->request)->u.dns
               : NULL;
}

/* Was the same name looked up at another server, and answered? Then nobody needs this answer. */
static gboolean was_told_elsewhere(const adp_model *model, const adp_path *path, guint place)
{
    const adp_step *step = adp_model_step(model, path->steps.items[place]);
    const adp_obs_dns *asked = lookup_of(model, step);
    guint last = MIN(place + TOLD_WITHIN, path->steps.count);
    guint i;

    for (i = place + 1; asked && i < last; i++) {
        const adp_step *other = adp_model_step(model, path->steps.items[i]);
        const adp_obs_dns *also = lookup_of(model, other);

        if (also && other->flow.server != step->flow.server && also->qtype == asked->qtype &&
            adp_same_text(also->name, asked->name) &&
            adp_step_outcome(model, other, FALSE) == ADP_OK) {
            return TRUE;
        }
    }
    return FALSE;
}

/*
 * A path failed when something is wrong with it that nothing later made good: the
 * findings know. Steps that failed without consequence do not count.
 */
const char *adp_path_outcome(adp_analysis *analysis, const adp_path *path)
{
    const adp_model *model = adp_analysis_model(analysis);
    guint32 index = adp_model_step(model, path->steps.items[0])->path;
    gboolean hidden = FALSE;
    gboolean seen = FALSE;
    gboolean pending = FALSE;
    gboolean good = FALSE;
    gboolean refused = FALSE;
    gboolean served = FALSE;
    gboolean redirected = FALSE;
    guint i;

    if (adp_path_failed(analysis, index)) {
        return "failed";
    }
    for (i = 0; i < path->steps.count; i++) {
        const adp_step *step = adp_model_step(model, path->steps.items[i]);

        switch (adp_step_outcome(model, step, FALSE)) {
        case ADP_OK:
            good = TRUE;
            seen = seen || step->kind == ADP_STEP_SCP;
            redirected = redirected || is_redirect(model, step);
            served = served || (step->kind == ADP_STEP_AUTODISCOVER && !is_redirect(model, step));
            break;
        case ADP_FAILED:
            refused = refused || step->kind == ADP_STEP_AUTODISCOVER;
            break;
        case ADP_PENDING:
            pending =
                pending || !(used_the_answer(model, path, i) || was_told_elsewhere(model, path, i));
            break;
        case ADP_HIDDEN:
            /* The result of a password change is under seal, too: it hides no discovery. */
            hidden = hidden || step->kind == ADP_STEP_HIDDEN;
            break;
        default:
            break;
        }
    }
    if ((hidden && !seen) || adp_path_is_served_hidden(adp_analysis_endpoints(analysis), index)) {
        return "hidden";
    }
    /* A client that was asked for credentials and sent none did not finish, nor was it refused. */
    if ((refused && !served) || adp_path_ends_in_silence(model, path) ||
        (redirected && !served &&
         was_left_at(analysis, index, ADP_FINDING_REDIRECT_NOT_FOLLOWED)) ||
        was_left_at(analysis, index, ADP_FINDING_PREAUTH_ABANDONED) ||
        adp_path_left_open(analysis, index) != ADP_NONE || ends_at_demand(model, path)) {
        return "incomplete";
    }
    return pending || !good ? "incomplete" : "ok";
}
