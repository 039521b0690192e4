/* rules_capture.c
 * What the capture itself lacks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_capture.h"

#include "join/attempts.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_ldap.h"
#include "log/observation.h"
#include "wire/limits.h"
#include "wire/ports.h"
#include "wire/text.h"

#include <string.h>

/* Fewer one-sided steps than this, or fewer copies, may have other reasons. */
#define ONE_SIDED_STEPS 3
#define COPIES          4

typedef struct {
    guint steps;
    guint requests; /* steps with only a request, */
    guint replies;  /* with only a reply */
    guint copies;   /* observations that are copies */
    guint originals;
    const adp_step *first_reply;  /* that has no request */
    const adp_step *first_open;   /* of a connection whose opening was not seen */
    const adp_step *first_hidden; /* of a connection whose bind was not seen */
} shape;

static void measure(const adp_rules *r, const adp_step *step, shape *s)
{
    guint32 i;

    s->steps++;
    for (i = step->first; i != ADP_NONE; i = adp_model_mark(r->model, i)->next) {
        if (adp_model_mark(r->model, i)->copy) {
            s->copies++;
        } else {
            s->originals++;
        }
    }
    if (step->kind == ADP_STEP_HIDDEN) {
        return;
    }
    if (step->request == ADP_NONE) {
        s->replies++;
        s->first_reply = s->first_reply ? s->first_reply : step;
    } else if (adp_step_is_lone(step)) {
        s->requests++;
    }
}

static void one_sided(adp_rules *r, guint32 p, const shape *s)
{
    const adp_path *path = adp_model_path(r->model, p);
    gboolean replies = s->replies == s->steps;
    adp_finding *f;
    guint i;

    if (s->steps < ONE_SIDED_STEPS || (!replies && s->requests != s->steps)) {
        return;
    }
    /* Requests alone are silence, if anything at all came back to this client. */
    if (!replies && adp_model_was_heard(r->model, path->client.address)) {
        return;
    }
    f = adp_rules_find(r, ADP_FINDING_ONE_SIDED, p, NULL);
    for (i = 0; i < path->steps.count && i < ONE_SIDED_STEPS; i++) {
        adp_rules_cite(f, adp_rules_step(r, path->steps.items[i])->first);
    }
    adp_rules_summary(f, "The capture holds only the %s of this client's traffic",
                      replies ? "replies" : "requests");
    adp_rules_observed(f, "%u steps, all with the %s only", s->steps,
                       replies ? "reply" : "request");
    adp_rules_inferred(f, "The packets of the other direction took a route that the capture does "
                          "not show. Nothing is called unanswered here.");
    adp_rules_advise(r, f, "one-sided", NULL);
}

static void cite_copies(const adp_rules *r, adp_finding *f, const adp_path *path)
{
    guint cited = 0;
    guint s;

    for (s = 0; s < path->steps.count && cited <= ADP_MAX_COPIES_CITED; s++) {
        guint32 i = adp_rules_step(r, path->steps.items[s])->first;

        for (; i != ADP_NONE; i = adp_model_mark(r->model, i)->next) {
            if (!adp_model_mark(r->model, i)->copy) {
                continue;
            }
            if (++cited > ADP_MAX_COPIES_CITED) {
                adp_model_limit(r->model, ADP_LIMIT_COPIES_CITED);
                return;
            }
            adp_rules_cite(f, i);
        }
    }
}

static void duplicates(adp_rules *r, guint32 p, const shape *s)
{
    adp_finding *f;

    if (s->copies < COPIES || s->copies * 4 < s->originals) {
        return;
    }
    f = adp_rules_find(r, ADP_FINDING_DUPLICATES, p, NULL);
    cite_copies(r, f, adp_model_path(r->model, p));
    adp_rules_summary(f, "The capture holds packets twice");
    adp_rules_observed(f, "%u of %u messages of this path are copies of one just before", s->copies,
                       s->copies + s->originals);
    adp_rules_inferred(f, "A mirror port or two capture points delivered them more than once. "
                          "Copies count as one message, not as repetitions.");
    adp_rules_advise(r, f, "duplicates", NULL);
}

/* Replies at the very beginning whose requests came before it. */
static gboolean began_with_reply(const adp_rules *r, const shape *s)
{
    gint64 first;
    gint64 last;
    guint32 frames;

    return s->first_reply && s->replies < s->steps &&
           adp_model_span(r->model, &first, &last, &frames) &&
           adp_since(adp_rules_time(r, s->first_reply), first) < 5 * ADP_NS_PER_S &&
           s->first_reply->path_index == 0;
}

/* A connection that is in use when the capture begins, and whose opening it does not hold. */
static gboolean began_in_connection(const adp_rules *r, const adp_step *step)
{
    gint64 first;
    gint64 last;
    guint32 frames;

    return step->flow.transport == ADP_TCP && step->flow.stream != ADP_NONE &&
           adp_port_is_dc(step->flow.server_port) &&
           adp_model_span(r->model, &first, &last, &frames) &&
           adp_since(adp_rules_time(r, step), first) < ADP_NS_PER_S &&
           !adp_model_knows_attempt(r->model, &step->flow);
}

static void midway(adp_rules *r, guint32 p, const shape *s)
{
    const adp_step *step = s->first_hidden          ? s->first_hidden
                           : began_with_reply(r, s) ? s->first_reply
                           : s->first_open          ? s->first_open
                                                    : NULL;
    adp_finding *f;

    if (!step) {
        return;
    }
    f = adp_rules_find(r, ADP_FINDING_MIDWAY, p, NULL);
    adp_rules_cite(f, step->first);
    adp_rules_summary(f, "The capture began in the middle of what this client did");
    adp_rules_observed(
        f, "%s",
        s->first_hidden          ? "LDAP messages on a connection whose bind is not in the capture"
        : step == s->first_reply ? "A reply whose request is not in the capture"
                                 : "A request on a connection whose opening is not in the capture");
    adp_rules_inferred(f,
                       "Earlier steps are missing here because they came before the capture, not "
                       "because the client left them out.");
    adp_rules_advise(r, f, "midway", NULL);
}

void adp_rules_capture(adp_rules *r)
{
    guint32 p;
    guint i;

    for (p = 0; p < adp_model_path_count(r->model); p++) {
        const adp_path *path = adp_model_path(r->model, p);
        shape s = {0};

        for (i = 0; i < path->steps.count; i++) {
            const adp_step *step = adp_rules_step(r, path->steps.items[i]);

            measure(r, step, &s);
            if (!s.first_hidden && adp_rules_is_unbound(r, step)) {
                s.first_hidden = step;
            }
            if (i == 0 && began_in_connection(r, step)) {
                s.first_open = step;
            }
        }
        one_sided(r, p, &s);
        duplicates(r, p, &s);
        midway(r, p, &s);
    }
}
