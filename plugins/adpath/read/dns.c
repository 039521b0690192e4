/* dns.c
 * SRV questions and answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read.h"

#include "../model/dns_name.h"
#include "../model/text.h"

#define HEADER_LEN  12
#define TYPE_SRV    33
#define FLAG_REPLY  0x8000
#define FLAG_CUT    0x0200
#define OPCODE_MASK 0x7800
#define RCODE_MASK  0x000f
/* An answer has a handful of records; a hostile one may claim 65,535. */
#define MAX_RECORDS 256

typedef struct {
    const guint8 *bytes;
    gsize len;
} message;

static guint16 be16(const message *m, gsize at)
{
    return (guint16)((m->bytes[at] << 8) | m->bytes[at + 1]);
}

/* Appends the SRV records of the answer section that begins at `at`. */
static void read_answers(adp_arena *arena, const message *m, gsize at, guint count,
                         adp_obs_dns *dns)
{
    GString *target = g_string_new(NULL);

    dns->damaged = count > 0;
    for (; count && dns->records.count < MAX_RECORDS; count--) {
        gsize rdlength;

        at = adp_dns_name_skip(m->bytes, m->len, at);
        if (at == 0 || at + 10 > m->len) {
            break;
        }
        rdlength = be16(m, at + 8);
        if (at + 10 + rdlength > m->len) {
            break;
        }
        if (be16(m, at) == TYPE_SRV && rdlength > 6 && at + 10 + rdlength <= m->len &&
            adp_dns_name(m->bytes, m->len, at + 16, target)) {
            adp_srv_record record = {
                .priority = be16(m, at + 10),
                .weight = be16(m, at + 12),
                .port = be16(m, at + 14),
                .target = adp_text(arena, (const guint8 *)target->str, target->len),
            };

            adp_list_add(arena, &dns->records, record);
        }
        at += 10 + rdlength;
        dns->damaged = count > 1;
    }
    dns->damaged = dns->damaged && dns->records.count == 0;
    g_string_free(target, TRUE);
}

static void add(adp_frame *frame, const adp_obs_dns *dns, guint16 flags, guint16 id, guint64 hash)
{
    gboolean reply = (flags & FLAG_REPLY) != 0;
    adp_obs obs = adp_frame_obs(frame, reply ? ADP_OBS_DNS_REPLY : ADP_OBS_DNS_QUERY, reply);

    obs.id = id;
    obs.hash = hash;
    obs.u.dns = dns;
    (void)adp_model_add(frame->model, &obs);
}

void adp_read_dns(adp_frame *frame, tvbuff_t *tvb, int offset, int length)
{
    adp_ber range = adp_ber_range(tvb, offset, length);
    message m = {.bytes = adp_ber_bytes(&range), .len = (gsize)adp_ber_length(&range)};
    guint64 hash = adp_hash_range(tvb, offset, length);
    GString *name;
    gsize at;
    guint16 flags;
    adp_obs_dns *dns;

    /* Over TCP a length of two bytes stands in front. */
    if (frame->transport == ADP_TCP && length > 2 && m.len >= 2 && be16(&m, 0) == length - 2) {
        m.bytes += 2;
        m.len -= 2;
    }
    if (m.len < HEADER_LEN) {
        return;
    }
    flags = be16(&m, 2);
    if (flags & OPCODE_MASK) {
        return;
    }
    if (be16(&m, 4) == 0) {
        /* Some servers return an error without the question. */
        if ((flags & FLAG_REPLY) && (flags & RCODE_MASK)) {
            dns = adp_arena_new_array(frame->arena, adp_obs_dns, 1);
            dns->name = "";
            dns->rcode = (guint8)(flags & RCODE_MASK);
            add(frame, dns, flags, be16(&m, 0), hash);
        }
        return;
    }
    name = g_string_new(NULL);
    at = adp_dns_name(m.bytes, m.len, HEADER_LEN, name);
    if (at == 0 || at + 4 > m.len || be16(&m, at) != TYPE_SRV) {
        g_string_free(name, TRUE);
        return;
    }
    dns = adp_arena_new_array(frame->arena, adp_obs_dns, 1);
    dns->name = adp_text(frame->arena, (const guint8 *)name->str, name->len);
    g_string_free(name, TRUE);
    if (!adp_srv_name_parse(frame->arena, dns->name, &dns->parts)) {
        return;
    }
    dns->rcode = (guint8)(flags & RCODE_MASK);
    dns->truncated = (flags & FLAG_CUT) != 0;
    if (flags & FLAG_REPLY) {
        read_answers(frame->arena, &m, at + 4, be16(&m, 6), dns);
    }
    add(frame, dns, flags, be16(&m, 0), hash);
}
