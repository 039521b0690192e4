/* tls_records.c
 * What the first records of a TLS connection show without its keys: size, direction, time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/tls_records.h"

#include "join/derived.h"
#include "join/exchange.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/limits.h"
#include "wire/ports.h"

static adp_tls_records *notes_of(const adp_model *model, const adp_step *step)
{
    guint32 hello = step->kind == ADP_STEP_TLS && !adp_port_is_ldap(step->flow.server_port)
                        ? adp_model_handshake(model, step)->hello
                        : ADP_NONE;

    return hello == ADP_NONE ? NULL : adp_model_obs(model, hello)->u.tls->records;
}

const adp_tls_records *adp_step_tls_records(const adp_model *model, const adp_step *step)
{
    return notes_of(model, step);
}

adp_tls_records *adp_model_tls_records(const adp_model *model, const adp_flow *flow)
{
    const adp_conn *conn = adp_find_conn(&model->derived, flow);
    adp_tls_records *records;

    if (!conn || conn->tls == ADP_NONE || conn->flow.client != flow->client ||
        conn->flow.client_port != flow->client_port) {
        return NULL;
    }
    records = notes_of(model, adp_model_step(model, conn->tls));
    return records && !records->full && !records->opened ? records : NULL;
}

static gboolean is_noted(const adp_tls_records *records, const adp_tls_record *record)
{
    guint i;

    /* Two records with the same ciphertext are one: each is sealed with its number. */
    for (i = 0; i < records->count; i++) {
        const adp_tls_record *other = &records->items[i];

        if (other->hash == record->hash && other->length == record->length &&
            other->from_server == record->from_server) {
            return TRUE;
        }
    }
    return FALSE;
}

void adp_tls_records_note(adp_tls_records *records, const adp_tls_record *record)
{
    if (is_noted(records, record)) {
        return;
    }
    if (records->count == ADP_MAX_TLS_RECORDS) {
        records->full = record->frame;
        return;
    }
    records->items[records->count++] = *record;
}

static void forget_mark(guint32 *mark, guint32 frame)
{
    *mark = *mark < frame ? *mark : 0;
}

void adp_tls_records_forget(const adp_obs *obs, guint32 frame)
{
    adp_tls_records *records = obs->type == ADP_OBS_TLS ? obs->u.tls->records : NULL;

    if (!records) {
        return;
    }
    while (records->count && records->items[records->count - 1].frame >= frame) {
        records->count--;
    }
    forget_mark(&records->full, frame);
    forget_mark(&records->opened, frame);
    forget_mark(&records->damaged, frame);
}
