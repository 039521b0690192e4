/* rules_unheard.c
 * Answers over UDP that do not arrive: the client sends the same request again and again, is answered each
 * time, and does nothing else. What a capture at the server's end shows of a way back that leads nowhere; of
 * connections see adp_attempt_is_in_vain().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_unheard.h"

#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "log/observation.h"
#include "wire/text.h"

/* Once, the answer and the repetition may have crossed; and a second one may be a copy of another machine. */
#define REPETITIONS 2
/* No client waits less for its answer. What comes sooner was on its way. */
#define PATIENCE (ADP_NS_PER_S / 2)

/* How often the request came again behind an answer to it. */
static guint asked_behind_answers(const adp_rules *r, const adp_step *step)
{
    gint64 answered = 0;
    gboolean open = FALSE;
    guint times = 0;
    guint32 i;

    for (i = step->first; i != ADP_NONE; i = adp_model_mark(r->model, i)->next) {
        const adp_obs *obs = adp_model_obs(r->model, i);

        if (adp_model_mark(r->model, i)->copy) {
            continue;
        }
        if (obs->from_server) {
            open = TRUE;
            answered = obs->time;
        } else if (open) {
            times += adp_since(obs->time, answered) >= PATIENCE ? 1 : 0;
            open = FALSE;
        }
    }
    return times;
}

static gboolean is_unheard(const adp_rules *r, const adp_step *step)
{
    return step->flow.transport == ADP_UDP && step->request != ADP_NONE &&
           step->reply != ADP_NONE && step->retries >= REPETITIONS &&
           (step->kind == ADP_STEP_SRV || step->kind == ADP_STEP_PING ||
            (step->kind == ADP_STEP_KERBEROS &&
             adp_rules_krb_carrier(r, step) == ADP_CARRIER_KDC)) &&
           asked_behind_answers(r, step) >= REPETITIONS;
}

typedef struct {
    adp_finding_id id;
    const char *advice;
} told;

static told told_of(const adp_step *step)
{
    switch (step->kind) {
    case ADP_STEP_SRV:
        return (told){ADP_FINDING_SRV_UNANSWERED, "srv-unanswered/unheard"};
    case ADP_STEP_PING:
        return (told){ADP_FINDING_PING_UNANSWERED, "ping-unanswered/unheard"};
    default:
        return (told){ADP_FINDING_KDC_UNANSWERED, "kdc-unanswered/unheard"};
    }
}

/* So many packets show the pattern. */
#define CITED 32

static void cite_all(const adp_rules *r, adp_finding *f, const adp_step *step)
{
    guint cited = 0;
    guint32 i;

    for (i = step->first; i != ADP_NONE && cited < CITED; i = adp_model_mark(r->model, i)->next) {
        if (!adp_model_mark(r->model, i)->copy) {
            adp_rules_cite(f, i);
            cited++;
        }
    }
}

static void tell(adp_rules *r, const adp_step *step)
{
    const told it = told_of(step);
    adp_finding *f = adp_rules_find(r, it.id, step->path, "unheard");
    char *server = adp_rules_named(r, step->flow.server);
    char *where = adp_rules_where(r, step);

    cite_all(r, f, step);
    if (!f->summary) {
        f->unheard = TRUE;
        adp_rules_summary(f,
                          "%s answers each time, and the client asks again as if it had not heard "
                          "that",
                          server);
        adp_rules_observed(f, "%s: sent %u times, and answered by %s before it came again", where,
                           step->retries + 1, server);
        adp_rules_inferred(f,
                           "Nothing that an answer leads to follows: what the server sends is in "
                           "the capture, and does not reach the client.");
        adp_rules_advise(r, f, it.advice, "client", adp_rules_address(r, step->flow.client), NULL);
    }
    g_free(where);
    g_free(server);
}

void adp_rules_unheard(adp_rules *r)
{
    guint32 p;

    for (p = 0; p < adp_model_path_count(r->model); p++) {
        const adp_numbers *steps = &adp_model_path(r->model, p)->steps;
        guint32 i = steps->count;

        /* Whoever goes on with anything else has heard it. */
        while (i > 0 && is_unheard(r, adp_rules_step(r, steps->items[i - 1]))) {
            tell(r, adp_rules_step(r, steps->items[--i]));
        }
    }
}
