/* inferred_sign_on.c
 * How a client signed on over a sealed connection, and what came of it.
 *
 * A ticket, or the KDC's refusal of one, stands in clear between two requests; a token makes the next
 * request longer, by more than anything else would. What came of it, the length of the answer tells, compared
 * with the challenge on the same connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/inferred_sign_on.h"

#include "join/model.h"
#include "judge/inference.h"
#include "judge/tls_talk.h"
#include "log/observation.h"
#include "wire/text.h"

#include <string.h>

/* A ticket with its SPNEGO around it, in base64. Without a PAC there are 500 bytes of it. */
#define TICKET_MORE 600

/*
 * NTLM (MS-NLMP 2.2.1): the first message has 32 to 72 bytes, the third has the answers to the challenge and
 * the names: 200 to 700. All in base64, and within SPNEGO or not.
 */
#define FIRST_MESSAGE_MORE 200
#define CREDENTIALS_MIN    30
#define THIRD_MESSAGE_MIN  200
#define THIRD_MESSAGE_MAX  1600

/* Without a word of the KDC the lengths must tell it alone: the first message is sent without the request's body. */
#define BODY_MIN           50
#define SECOND_MESSAGE_MIN 100
#define SECOND_MESSAGE_MAX 700
/* A question of autodiscover, and no ticket with it. */
#define WITHOUT_TICKET 1500
#define ROUNDS_OF_NTLM 3

static gboolean is_for_host(const char *spn, const char *host)
{
    return g_ascii_strncasecmp(spn, "HTTP/", 5) == 0 && adp_same_text(spn + 5, host);
}

static const char *asked_spn(const adp_model *model, const adp_step *step, const char *host)
{
    const adp_obs_krb *krb = step->kind == ADP_STEP_KERBEROS && step->request != ADP_NONE
                                 ? adp_model_obs(model, step->request)->u.krb
                                 : NULL;

    return krb && krb->exchange == ADP_EXCHANGE_TGS && krb->spn && is_for_host(krb->spn, host)
               ? krb->spn
               : NULL;
}

/* Between an answer and what the client sent next, if it did; the place of the answer's round. */
static gboolean round_before(const adp_talk *talk, guint32 frame, guint *ret)
{
    guint i;

    for (i = talk->count; i; i--) {
        if (talk->rounds[i - 1].end_frame < frame) {
            gboolean more = i < talk->count || talk->waits;

            *ret = i - 1;
            return !more || talk->rounds[i].asked_frame > frame;
        }
    }
    return FALSE;
}

/** What the client asked of the KDC for the host. */
typedef struct {
    gboolean any;    /* it asked at all; */
    gboolean asked;  /* between two requests on the connection, for the first time there: */
    guint round;     /* behind this one, */
    guint32 frame;   /* here, */
    const char *spn; /* and for this */
    gboolean granted;
    gboolean refused;
} kdc_word;

static void hear_kdc(const adp_inference *f, const adp_sealed *s, const adp_step *step,
                     kdc_word *word)
{
    const char *spn = asked_spn(f->model, step, s->host);
    guint32 frame;
    guint round;

    if (!spn) {
        return;
    }
    word->any = TRUE;
    frame = adp_inference_frame(f->model, step->request);
    if (!round_before(&s->talk, frame, &round) || (word->asked && word->round != round)) {
        return;
    }
    if (!word->asked) {
        word->asked = TRUE;
        word->round = round;
        word->frame = frame;
        word->spn = spn;
    }
    if (step->reply != ADP_NONE) {
        gboolean is_error = adp_model_obs(f->model, step->reply)->u.krb->is_error;

        word->granted = word->granted || !is_error;
        word->refused = word->refused || is_error;
    }
}

static kdc_word ask_kdc(const adp_inference *f, const adp_sealed *s)
{
    kdc_word word = {.any = FALSE};
    guint i;

    for (i = 0; i < f->path->steps.count; i++) {
        hear_kdc(f, s, adp_model_step(f->model, f->path->steps.items[i]), &word);
    }
    return word;
}

/* ---- how it signed on ---- */

static gboolean has_third_message(const adp_round *challenge)
{
    return challenge[2].asked >= challenge[1].asked + THIRD_MESSAGE_MIN &&
           challenge[2].asked <= challenge[0].asked + THIRD_MESSAGE_MAX;
}

/* The KDC has no ticket, and the client goes on with a short token, and a longer one. */
static gboolean is_ntlm_instead(const adp_talk *talk, guint i)
{
    const adp_round *challenge = &talk->rounds[i];

    return i + ROUNDS_OF_NTLM <= talk->count &&
           challenge[1].asked <= challenge[0].asked + FIRST_MESSAGE_MORE &&
           has_third_message(challenge);
}

/* All that there was, without a word to the KDC. */
static gboolean is_ntlm_alone(const adp_talk *talk)
{
    const adp_round *challenge = talk->rounds;

    return talk->count == ROUNDS_OF_NTLM && !talk->waits && talk->whole &&
           challenge[0].asked <= WITHOUT_TICKET &&
           challenge[1].asked + BODY_MIN <= challenge[0].asked &&
           challenge[2].asked >= challenge[0].asked + THIRD_MESSAGE_MIN &&
           challenge[1].heard >= challenge[0].heard + SECOND_MESSAGE_MIN &&
           challenge[1].heard <= challenge[0].heard + SECOND_MESSAGE_MAX &&
           has_third_message(challenge);
}

/* The KDC has no ticket, and the client's last request has something short that the one before it had not. */
static gboolean is_short_instead(const adp_talk *talk, guint i)
{
    const adp_round *challenge = &talk->rounds[i];

    return i + 2 == talk->count && !talk->waits &&
           challenge[1].asked >= challenge[0].asked + CREDENTIALS_MIN &&
           challenge[1].asked <= challenge[0].asked + FIRST_MESSAGE_MORE;
}

static adp_sign_on sign_on_of(const adp_sealed *s, const kdc_word *word)
{
    const adp_talk *talk = &s->talk;
    adp_sign_on on = {.kind = ADP_SIGN_ON_NONE, .frame = word->frame, .spn = word->spn};
    guint i = word->round;

    if (word->asked && word->granted) {
        if (i + 1 < talk->count &&
            talk->rounds[i + 1].asked >= talk->rounds[i].asked + TICKET_MORE) {
            on.kind = ADP_SIGN_ON_KERBEROS;
            on.answer = i + 1;
        }
    } else if (word->asked && word->refused && is_ntlm_instead(talk, i)) {
        on.kind = ADP_SIGN_ON_NTLM;
        on.answer = i + 2;
    } else if (word->asked && word->refused && is_short_instead(talk, i)) {
        on.kind = ADP_SIGN_ON_OTHER;
        on.answer = i + 1;
    } else if (!word->any && is_ntlm_alone(talk)) {
        i = 0;
        on.kind = ADP_SIGN_ON_NTLM;
        on.answer = i + 2;
    }
    on.challenge = i;
    return on;
}

adp_sign_on adp_inference_sign_on(const adp_inference *f, const adp_sealed *s)
{
    kdc_word word = ask_kdc(f, s);

    return sign_on_of(s, &word);
}

gint64 adp_sign_on_more(const adp_sealed *s, const adp_sign_on *on)
{
    return on->kind == ADP_SIGN_ON_NONE
               ? 0
               : (gint64)s->talk.rounds[on->answer].heard - s->talk.rounds[on->challenge].heard;
}

/* ---- what is said ---- */

static void say_negotiate(adp_inference *f, const adp_sealed *s, const kdc_word *word)
{
    adp_inferred *item = adp_inference_about(
        f, ADP_INFERRED_NEGOTIATE, s,
        g_strdup_printf("probably the server asked for Kerberos (Negotiate): after its answer the "
                        "client asked the KDC for %s",
                        word->spn));

    adp_inference_cite(item, s->talk.rounds[word->round].end_frame);
    adp_inference_cite(item, word->frame);
}

static void say_ntlm(adp_inference *f, const adp_sealed *s, const adp_sign_on *on)
{
    const adp_round *challenge = &s->talk.rounds[on->challenge];
    char *kdc = on->spn ? g_strdup_printf("the KDC gave no ticket for %s, and ", on->spn)
                        : g_strdup("it asked no KDC, and ");
    adp_inferred *item = adp_inference_about(
        f, ADP_INFERRED_NTLM, s,
        g_strdup_printf("probably the client signed on by NTLM: %safter the challenge its requests "
                        "of %u and %u bytes are as long as NTLM's two messages make them",
                        kdc, challenge[1].asked, challenge[2].asked));

    g_free(kdc);
    if (on->frame) {
        adp_inference_cite(item, on->frame);
    }
    adp_inference_cite(item, challenge[1].asked_frame);
    adp_inference_cite(item, challenge[2].asked_frame);
}

static void say_accepted(adp_inference *f, const adp_sealed *s, const adp_sign_on *on,
                         const char *because)
{
    adp_inferred *item = adp_inference_about(
        f, ADP_INFERRED_ACCEPTED, s,
        g_strdup_printf("probably the sign-on was accepted: to the request with %s came %s",
                        on->kind == ADP_SIGN_ON_NTLM ? "NTLM's last message" : "the ticket",
                        because));

    adp_inference_cite(item, s->talk.rounds[on->challenge].end_frame);
    adp_inference_cite(item, s->talk.rounds[on->answer].end_frame);
}

void adp_inference_signing_on(adp_inference *f, const adp_sealed *s)
{
    kdc_word word = ask_kdc(f, s);
    adp_sign_on on = sign_on_of(s, &word);
    gint64 more = adp_sign_on_more(s, &on);

    if (word.asked) {
        say_negotiate(f, s, &word);
    }
    if (on.kind == ADP_SIGN_ON_NTLM) {
        say_ntlm(f, s, &on);
    }
    if (more >= ADP_SETTINGS_MORE && on.kind != ADP_SIGN_ON_OTHER) {
        char *because =
            g_strdup_printf("an answer %" G_GINT64_FORMAT " bytes longer than the challenge", more);

        say_accepted(f, s, &on, because);
        g_free(because);
    }
}

void adp_inference_redirected(adp_inference *f, const adp_sealed *s)
{
    adp_sign_on on = adp_inference_sign_on(f, s);

    say_accepted(f, s, &on, "an answer that sent the client on");
}
