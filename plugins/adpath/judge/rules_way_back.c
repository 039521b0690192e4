/* rules_way_back.c
 * Answers over TCP that do not arrive: the server's TCP repeats them, and the client's acknowledges none. What a capture at the
 * server's end shows of packets of full size that something on the way back swallows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_way_back.h"

#include "join/identity.h"
#include "join/ldap_ops.h"
#include "join/model.h"
#include "join/path.h"
#include "join/stream.h"
#include "judge/finding.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/text.h"

/* Who is silent for longer may be switched off, asleep or elsewhere, and does not miss the answer. */
#define ALIVE (2 * 60 * ADP_NS_PER_S)
/* So many observations are looked at for a word of the client. */
#define LOOKED_AT 512

/* What every path of IPv6 carries has so much TCP content; tunnels often carry little more. */
#define FULL 1200

/* A word of the client after the first repetition: it is there, and waits. ADP_NONE. */
static guint32 sign_of_life(const adp_rules *r, const adp_stream *stream)
{
    const adp_obs *first = adp_model_obs(r->model, stream->back[0]);
    gint64 last = adp_model_obs(r->model, stream->back[stream->backs - 1])->time;
    guint32 count = adp_model_obs_count(r->model);
    guint32 i;

    for (i = stream->back[0] + 1; i < count && i <= stream->back[0] + LOOKED_AT; i++) {
        const adp_obs *obs = adp_model_obs(r->model, i);

        if (!obs->from_server && obs->flow.client == first->flow.client &&
            adp_since(obs->time, last) <= ALIVE) {
            return i;
        }
    }
    return ADP_NONE;
}

static const adp_stream *unheard(const adp_rules *r, const adp_flow *flow)
{
    const adp_stream *stream = adp_model_unheard(r->model, flow);

    return stream && sign_of_life(r, stream) != ADP_NONE ? stream : NULL;
}

gboolean adp_rules_is_swallowed(const adp_rules *r, const adp_flow *flow)
{
    return unheard(r, flow) != NULL;
}

gboolean adp_rules_sign_way_back(const adp_rules *r, adp_finding *f, const adp_flow *flow)
{
    const adp_stream *stream = unheard(r, flow);
    guint i;

    if (!stream) {
        return FALSE;
    }
    for (i = 0; i < stream->backs; i++) {
        adp_rules_cite(f, stream->back[i]);
    }
    if (!adp_finding_has_sign(f, ADP_SIGN_ANSWER_REPEATED)) {
        adp_rules_sign(f, ADP_SIGN_ANSWER_REPEATED, stream->back[0]);
        if (adp_model_obs(r->model, stream->back[0])->u.tcp->bytes >= FULL) {
            adp_rules_sign(f, ADP_SIGN_ANSWER_FULL, stream->back[0]);
        }
    }
    return TRUE;
}

static void say(const adp_rules *r, adp_finding *f, const adp_flow *flow, const char *advice)
{
    const adp_stream *stream = adp_model_unheard(r->model, flow);
    char *server = adp_rules_named(r, flow->server);
    const char *client = adp_rules_address(r, flow->client);

    f->unheard = TRUE;
    adp_rules_summary(f, "What %s answers does not get through to the client", server);
    adp_rules_observed(
        f, "%s answered over TCP, and repeated it %s%u times; %s acknowledged none of it", server,
        stream->backs == ADP_STREAM_AGAINS ? "at least " : "", stream->backs, client);
    adp_rules_inferred(f,
                       "The answer is in the capture because that was taken at the server's end, "
                       "or near it. The client, which goes on saying something, never got it.");
    adp_rules_advise(r, f, advice, "client", client, NULL);
    g_free(server);
}

/* The finding about the server, on whose connection this is. */
static adp_finding *tell(adp_rules *r, adp_finding_id id, guint32 path, const adp_flow *flow)
{
    char number[ADP_NUMBER_TEXT];
    adp_finding *f = adp_rules_find(r, id, path, adp_number_text(flow->server, number));

    (void)adp_rules_sign_way_back(r, f, flow);
    if (!f->summary) {
        say(r, f, flow,
            id == ADP_FINDING_KDC_UNANSWERED ? "kdc-unanswered/way-back"
                                             : "ldap-unanswered/way-back");
    }
    return f;
}

static adp_finding *tell_ldap(adp_rules *r, adp_client client, guint32 path, const adp_flow *flow)
{
    char number[ADP_NUMBER_TEXT];
    adp_finding *f = tell(r, ADP_FINDING_LDAP_UNANSWERED, path, flow);

    adp_rules_remedy(f, client, ADP_TOPIC_LDAP_USED, NULL);
    adp_rules_remedy(f, client, ADP_TOPIC_LDAP_SERVER, adp_number_text(flow->server, number));
    return f;
}

static void tell_kerberos(adp_rules *r, const adp_step *step)
{
    adp_finding *f = tell(r, ADP_FINDING_KDC_UNANSWERED, step->path, &step->flow);
    char *about = adp_rules_krb_about(r, step);

    adp_rules_cite_step(r, f, step);
    adp_rules_remedy(f, step->client, ADP_TOPIC_EXCHANGE, about);
    g_free(about);
}

static void tell_step(adp_rules *r, const adp_step *step)
{
    if (step->kind != ADP_STEP_KERBEROS) {
        adp_rules_cite_step(r, tell_ldap(r, step->client, step->path, &step->flow), step);
    } else if (adp_rules_krb_carrier(r, step) == ADP_CARRIER_KDC) {
        tell_kerberos(r, step);
    }
}

static gboolean is_told_here(const adp_step *step)
{
    switch (step->kind) {
    case ADP_STEP_BIND:
    case ADP_STEP_ROOTDSE:
    case ADP_STEP_SCP:
    case ADP_STEP_KERBEROS:
        return TRUE;
    default:
        return FALSE;
    }
}

static void steps(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_stream *stream =
            is_told_here(step) && step->reply != ADP_NONE ? unheard(r, &step->flow) : NULL;

        if (stream && adp_model_mark(r->model, stream->asked)->step == i) {
            tell_step(r, step);
        }
    }
}

static void operations(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_model_asked_count(r->model); i++) {
        guint32 asked = adp_model_asked(r->model, i);
        const adp_obs *obs = adp_model_obs(r->model, asked);
        const adp_stream *stream = unheard(r, &obs->flow);
        guint32 path;

        if (!stream || stream->asked != asked) {
            continue;
        }
        path = adp_path_around(r->model, &obs->flow, asked);
        if (path != ADP_NONE) {
            adp_rules_cite(tell_ldap(r, adp_client_at(obs->flow.client), path, &obs->flow), asked);
        }
    }
}

void adp_rules_way_back(adp_rules *r)
{
    steps(r);
    operations(r);
}
