/* handshake.c
 * What a TLS handshake showed, and whether its certificate covers the host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/handshake.h"

#include "join/model.h"
#include "join/stream.h"
#include "join/tls_records.h"
#include "log/observation.h"
#include "wire/text.h"
#include "wire/tls.h"

const adp_obs_tls *adp_tls_find(const adp_model *model, const adp_step *step, guint32 to,
                                adp_tls_event event)
{
    const adp_handshake *handshake = adp_model_handshake(model, step);
    guint32 found = event == ADP_TLS_CLIENT_HELLO   ? handshake->hello
                    : event == ADP_TLS_SERVER_HELLO ? handshake->answer
                    : event == ADP_TLS_CERTIFICATE  ? handshake->certificate
                                                    : ADP_NONE;

    return found != ADP_NONE && found <= to ? adp_model_obs(model, found)->u.tls : NULL;
}

gboolean adp_tls_name_match(const adp_model *model, const adp_step *step, gboolean *matches)
{
    const adp_obs_tls *hello = adp_tls_find(model, step, step->last, ADP_TLS_CLIENT_HELLO);
    const adp_obs_tls *certificate = adp_tls_find(model, step, step->last, ADP_TLS_CERTIFICATE);

    return hello && certificate && adp_tls_names_match(&certificate->names, hello->sni, matches);
}

static void take_closing(const adp_model *model, const adp_step *step, adp_tls_end *end)
{
    const adp_stream *stream = adp_model_stream(model, &step->flow);
    guint32 closed = stream ? adp_stream_first_end(stream) : ADP_NONE;

    if (closed == ADP_NONE || closed < step->first ||
        (step->own->tls_seen & ADP_TLS_SEEN_COMPLETE && closed > step->last)) {
        return;
    }
    end->closed = closed;
    end->by_server = closed == stream->server_end;
    end->reset = adp_model_obs(model, closed)->u.tcp->event == ADP_TCP_RST;
}

#define TLS_1_3 0x0304
/* Level and description, the true type, and a tag of 16 bytes. */
#define SEALED_ALERT 19
/* Who is turned away is told at once; later it is a server that waited for a request in vain. */
#define AT_ONCE (2 * ADP_NS_PER_S)

gboolean adp_tls_is_turned_away(const adp_model *model, const adp_step *step)
{
    const adp_tls_records *records = adp_step_tls_records(model, step);
    const adp_stream *stream = adp_model_stream(model, &step->flow);
    const adp_tls_record *flight = NULL; /* the last of the client's */
    const adp_tls_record *said = NULL;   /* of the server behind it */
    guint i;

    if (step->own->tls_version < TLS_1_3 || !records || records->full || records->opened ||
        records->damaged || !stream || stream->server_end == ADP_NONE ||
        adp_stream_first_end(stream) != stream->server_end) {
        return FALSE;
    }
    for (i = 0; i < records->count; i++) {
        const adp_tls_record *record = &records->items[i];

        if (said || (!record->from_server && record->length == SEALED_ALERT)) {
            return FALSE;
        }
        if (!record->from_server) {
            flight = record;
        } else if (flight) {
            said = record;
        }
    }
    return said && said->length == SEALED_ALERT && adp_since(said->time, flight->time) <= AT_ONCE;
}

guint32 adp_tls_asked_again(const adp_model *model, const adp_step *step)
{
    guint32 asked = ADP_NONE;
    guint32 i;

    for (i = step->first; i != ADP_NONE; i = adp_model_mark(model, i)->next) {
        const adp_obs_tls *tls = adp_model_obs(model, i)->u.tls;

        if (tls->event == ADP_TLS_SERVER_HELLO && !tls->retry) {
            return ADP_NONE;
        }
        if (tls->event == ADP_TLS_SERVER_HELLO && asked == ADP_NONE) {
            asked = i;
        }
    }
    return asked;
}

adp_tls_end adp_tls_end_of(const adp_model *model, const adp_step *step)
{
    adp_tls_end end = {.certificate = ADP_NONE, .alert = ADP_NONE, .closed = ADP_NONE};
    gboolean fatal = FALSE;
    guint32 i;

    for (i = step->first; i != ADP_NONE; i = adp_model_mark(model, i)->next) {
        const adp_obs_tls *tls = adp_model_obs(model, i)->u.tls;
        gboolean is_fatal = tls->event == ADP_TLS_ALERT && tls->alert_level == 2;

        if (tls->event == ADP_TLS_CERTIFICATE && end.certificate == ADP_NONE) {
            end.certificate = i;
        }
        if (is_fatal ? !fatal
                     : tls->event == ADP_TLS_ALERT && tls->alert != ADP_TLS_CLOSE_NOTIFY &&
                           end.alert == ADP_NONE) {
            end.alert = i;
            fatal = is_fatal;
        }
    }
    end.alert_is_late = end.alert != ADP_NONE && end.certificate < end.alert;
    take_closing(model, step, &end);
    return end;
}
