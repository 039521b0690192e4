/* dns.c
 * SRV and address questions, and their answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/dns.h"

#include "join/feed.h"
#include "join/pair_dns.h"
#include "join/reverse.h"
#include "log/observation.h"
#include "read/ber.h"
#include "read/frame.h"
#include "wire/address.h"
#include "wire/arena.h"
#include "wire/dns_error.h"
#include "wire/dns_name.h"
#include "wire/hash.h"
#include "wire/limits.h"
#include "wire/srv_name.h"
#include "wire/text.h"

#include <string.h>

#define HEADER_LEN  12
#define TYPE_NS     2
#define TYPE_CNAME  5
#define TYPE_SOA    6
#define TYPE_OPT    41
#define FLAG_REPLY  0x8000
#define FLAG_CUT    0x0200
#define OPCODE_MASK 0x7800
#define RCODE_MASK  0x000f

typedef struct {
    const guint8 *bytes;
    gsize len;
} message;

/* One resource record; `data` is where its RDATA begins. */
typedef struct {
    guint16 type;
    guint8
        high; /* OPT: the upper bits of the answer's code, where others have their time to live */
    gsize name;
    gsize data;
    gsize length;
} record;

static guint16 be16(const message *m, gsize at)
{
    return (guint16)((m->bytes[at] << 8) | m->bytes[at + 1]);
}

/* The record at `*at`, which moves behind it; FALSE when it was not captured whole. */
static gboolean next_record(const message *m, gsize *at, record *ret)
{
    gsize behind = adp_dns_name_skip(m->bytes, m->len, *at);

    if (behind == 0 || behind + 10 > m->len || behind + 10 + be16(m, behind + 8) > m->len) {
        return FALSE;
    }
    ret->name = *at;
    ret->type = be16(m, behind);
    ret->high = m->bytes[behind + 4];
    ret->data = behind + 10;
    ret->length = be16(m, behind + 8);
    *at = ret->data + ret->length;
    return TRUE;
}

static const char *name_at(adp_arena *arena, const message *m, gsize at)
{
    char plain[ADP_MAX_DNS_NAME + 1];
    const char *result = NULL;
    GString *name;

    if (adp_dns_name_plain(m->bytes, m->len, at, plain)) {
        return adp_arena_strndup(arena, plain, strlen(plain));
    }
    name = g_string_new(NULL);
    if (adp_dns_name(m->bytes, m->len, at, name)) {
        result = adp_text(arena, (const guint8 *)name->str, name->len);
    }
    g_string_free(name, TRUE);
    return result;
}

static void read_srv(adp_arena *arena, const message *m, const record *r, adp_dns_said *said)
{
    adp_srv_record srv = {0};

    if (r->length <= 6) {
        return;
    }
    srv.priority = be16(m, r->data);
    srv.weight = be16(m, r->data + 2);
    srv.port = be16(m, r->data + 4);
    srv.target = name_at(arena, m, r->data + 6);
    if (srv.target) {
        adp_list_add(arena, &said->records, srv);
    }
}

static void read_host(adp_frame *frame, const message *m, const record *r, adp_dns_said *said)
{
    adp_dns_host host = {.address = ADP_NONE, .name = name_at(frame->arena, m, r->name)};

    if (r->type == TYPE_CNAME) {
        host.alias = name_at(frame->arena, m, r->data);
    } else if (r->type == ADP_DNS_A && r->length == 4) {
        host.address = adp_frame_address(frame, AT_IPv4, m->bytes + r->data, 4);
    } else if (r->type == ADP_DNS_AAAA && r->length == 16) {
        host.address = adp_frame_address(frame, AT_IPv6, m->bytes + r->data, 16);
    }
    if (host.name && (host.alias || host.address != ADP_NONE)) {
        adp_list_add(frame->arena, &said->hosts, host);
    }
}

/* The SOA names the server of the zone: it is a host. */
static void read_soa(adp_arena *arena, const message *m, const record *r, adp_dns_said *said)
{
    if (r->type == TYPE_SOA && !said->soa_zone) {
        said->soa_zone = name_at(arena, m, r->name);
        said->soa_server = name_at(arena, m, r->data);
    }
}

/* RFC 8914 2: a code, and a text of the server. More than two no server was seen to give. */
#define OPTION_ERROR 15
#define MOST_REASONS 4

static void read_reason(adp_arena *arena, const message *m, gsize at, gsize length,
                        adp_dns_said *said)
{
    adp_dns_reason reason = {0};
    const guint8 *text = m->bytes + at + 2;

    if (length < 2 || said->reasons.count == MOST_REASONS) {
        return;
    }
    reason.code = be16(m, at);
    if (adp_dns_error_text_is_plain(text, length - 2)) {
        reason.text = adp_arena_strndup(arena, (const char *)text, length - 2);
    }
    adp_list_add(arena, &said->reasons, reason);
}

/* The options of an OPT record (RFC 6891 6.1.2). */
static void read_options(adp_arena *arena, const message *m, const record *r, adp_dns_said *said)
{
    gsize at = r->data;
    const gsize end = r->data + r->length;

    while (at + 4 <= end) {
        guint16 option = be16(m, at);
        gsize length = be16(m, at + 2);

        at += 4;
        if (length > end - at) {
            return;
        }
        if (option == OPTION_ERROR) {
            read_reason(arena, m, at, length, said);
        }
        at += length;
    }
}

/* The three sections, which begin at `at`. */
static void read_records(adp_frame *frame, const message *m, gsize at, adp_obs_dns *dns)
{
    guint answers = be16(m, 6);
    guint authorities = be16(m, 8);
    guint all = answers + authorities + be16(m, 10);
    adp_dns_said *said = NULL;
    gboolean cut = FALSE;
    guint servers = 0;
    record r;
    guint i;

    if (all) {
        said = adp_arena_new_array(frame->arena, adp_dns_said, 1);
        dns->said = said;
    }
    for (i = 0; i < all && !cut; i++) {
        if (i == ADP_MAX_DNS_RECORDS) {
            adp_limit_hit(frame->arena, ADP_LIMIT_DNS_RECORDS);
            break;
        }
        if (!next_record(m, &at, &r)) {
            cut = i < answers;
            break;
        }
        if (r.type == TYPE_OPT && i >= answers + authorities) {
            dns->rcode |= (guint16)(r.high << 4);
            read_options(frame->arena, m, &r, said);
        } else if (r.type == ADP_DNS_SRV && i < answers) {
            read_srv(frame->arena, m, &r, said);
        } else if (i >= answers && i < answers + authorities) {
            servers += r.type == TYPE_NS;
            read_soa(frame->arena, m, &r, said);
        } else {
            read_host(frame, m, &r, said);
        }
        if (i < answers) {
            dns->answer_hosts = (guint16)said->hosts.count;
        }
    }
    /* RFC 1034 4.3.2, step 3b: who does not recurse names those who know more. */
    dns->refers = servers && !answers && dns->rcode == ADP_DNS_NOERROR && !said->soa_zone;
    dns->damaged =
        cut && dns->said->records.count == 0 && (dns->qtype == ADP_DNS_SRV || !dns->answer_hosts);
}

/* Has the question at whose end we are an OPT record? Little else goes with questions. */
static gboolean is_extended(const message *m, gsize at)
{
    guint all = be16(m, 6) + be16(m, 8) + be16(m, 10);
    record r;
    guint i;

    for (i = 0; i < all && i < ADP_MAX_DNS_RECORDS && next_record(m, &at, &r); i++) {
        if (r.type == TYPE_OPT) {
            return TRUE;
        }
    }
    return FALSE;
}

static adp_obs make_obs(const adp_frame *frame, const adp_obs_dns *dns, guint16 flags, guint16 id)
{
    gboolean reply = (flags & FLAG_REPLY) != 0;
    adp_obs obs = adp_frame_obs(frame, reply ? ADP_OBS_DNS_REPLY : ADP_OBS_DNS_QUERY, reply);

    obs.id = id;
    obs.u.dns = dns;
    return obs;
}

static guint64 hash_of(const adp_ber *range)
{
    return adp_hash_bytes(ADP_HASH_SEED, adp_ber_bytes(range), (gsize)adp_ber_length(range));
}

/* To find the stream costs more than all else, and most messages need none. */
static void need_stream(adp_frame *frame)
{
    if (frame->find_stream) {
        frame->stream = frame->find_stream(frame->pinfo);
        frame->find_stream = NULL;
    }
}

/* Some servers return an error without the question. */
static void read_bare_error(adp_frame *frame, const message *m, guint16 flags, const adp_ber *range)
{
    adp_obs_dns *dns;
    adp_obs obs;

    if ((flags & FLAG_REPLY) && (flags & RCODE_MASK)) {
        dns = adp_arena_new_array(frame->arena, adp_obs_dns, 1);
        *dns = (adp_obs_dns){.parts = &adp_no_srv_name, .said = &adp_dns_nothing, .name = ""};
        dns->rcode = (guint16)(flags & RCODE_MASK);
        obs = make_obs(frame, dns, flags, be16(m, 0));
        obs.hash = hash_of(range);
        (void)adp_model_add(frame->model, &obs);
    }
}

static gboolean is_followed(guint16 qtype)
{
    return qtype == ADP_DNS_SRV || qtype == ADP_DNS_A || qtype == ADP_DNS_AAAA ||
           qtype == ADP_DNS_PTR;
}

/*
 * The question at `*at`, which moves behind it; FALSE when it is none that we follow. Its name stays in `plain`
 * if it can, what it is made of in `parts`.
 */
static gboolean read_question(adp_arena *arena, const message *m, gsize *at, char *plain,
                              adp_srv_name *parts, adp_obs_dns *dns)
{
    gsize behind = adp_dns_name_plain(m->bytes, m->len, *at, plain);

    dns->name = behind ? plain : NULL;
    behind = behind ? behind : adp_dns_name_skip(m->bytes, m->len, *at);
    if (behind == 0 || behind + 4 > m->len || !is_followed(be16(m, behind))) {
        return FALSE;
    }
    dns->qtype = be16(m, behind);
    if (!dns->name) {
        dns->name = name_at(arena, m, *at);
    }
    *at = behind + 4;
    dns->parts = dns->qtype == ADP_DNS_SRV ? parts : &adp_no_srv_name;
    dns->said = &adp_dns_nothing;
    return dns->name && (dns->qtype != ADP_DNS_SRV || adp_srv_name_parse(arena, dns->name, parts));
}

/* Does the answer begin with an alias that may matter later, for any client? */
static gboolean is_wanted_alias(adp_frame *frame, const message *m, gsize at)
{
    record r;

    return be16(m, 6) && next_record(m, &at, &r) && r.type == TYPE_CNAME &&
           adp_model_wants_alias(frame->model, name_at(frame->arena, m, r.name),
                                 name_at(frame->arena, m, r.data));
}

/* Does a name that a resolver made of a controller's have an address? */
static gboolean is_wanted_address(const adp_frame *frame, const message *m, const adp_obs_dns *dns)
{
    return be16(m, 6) && dns->qtype != ADP_DNS_SRV &&
           adp_model_wants_suffixed(frame->model, dns->name);
}

/* What the name is made of, which the question has too when this is its answer. */
static const adp_srv_name *keep_parts(adp_frame *frame, const adp_obs *obs, const char *name)
{
    const adp_obs_dns *asked = obs->from_server ? adp_model_dns_asked(frame->model, obs) : NULL;
    adp_srv_name *kept;

    /* Texts that are alike are mostly the same one (arena.h). */
    if (asked && asked->name == name && asked->parts->service) {
        return asked->parts;
    }
    kept = adp_arena_new_array(frame->arena, adp_srv_name, 1);
    *kept = *obs->u.dns->parts;
    return kept;
}

/* A message that is kept: all of it goes to the arena now. */
static void keep_message(adp_frame *frame, const message *m, gsize at, adp_obs *obs,
                         const adp_obs_dns *so_far, const char *plain)
{
    adp_obs_dns *dns = adp_arena_new_array(frame->arena, adp_obs_dns, 1);

    *dns = *so_far;
    if (dns->name == plain) {
        dns->name = adp_arena_strndup(frame->arena, plain, strlen(plain));
    }
    if (dns->parts->service) {
        dns->parts = keep_parts(frame, obs, dns->name);
    }
    obs->u.dns = dns;
    if (obs->from_server) {
        read_records(frame, m, at, dns);
    } else {
        dns->extended = is_extended(m, at);
    }
    (void)adp_model_add(frame->model, obs);
}

/* ---- names of addresses ---- */

/* Aliases that may stand before the name (RFC 2317), and other names of the address. */
#define REVERSE_MOST 8

/* The first name that the answer has for the address; NULL: none. */
static const char *reverse_name(adp_arena *arena, const message *m, gsize at)
{
    guint count = MIN(be16(m, 6), REVERSE_MOST);
    record r;
    guint i;

    for (i = 0; i < count && next_record(m, &at, &r); i++) {
        if (r.type == ADP_DNS_PTR) {
            return name_at(arena, m, r.data);
        }
    }
    return NULL;
}

/* What a client makes a service's name of: the name that DNS gives for an address of ours. */
static void read_reverse(adp_frame *frame, const message *m, gsize at, adp_obs *obs,
                         const adp_ber *range)
{
    const adp_obs_dns *asked = obs->u.dns;
    guint8 bytes[16];
    guint8 len = obs->from_server && !asked->rcode && be16(m, 6)
                     ? adp_address_of_reverse(asked->name, bytes)
                     : 0;
    guint32 address =
        len ? adp_model_address(frame->model, len == 4 ? AT_IPv4 : AT_IPv6, bytes, len, NULL)
            : ADP_NONE;
    const char *name = address == ADP_NONE ? NULL : reverse_name(frame->arena, m, at);
    adp_dns_host host = {.address = address, .name = name};
    adp_dns_said *said;
    adp_obs_dns *dns;

    if (!adp_model_wants_reverse(frame->model, address, name)) {
        return;
    }
    said = adp_arena_new_array(frame->arena, adp_dns_said, 1);
    dns = adp_arena_new_array(frame->arena, adp_obs_dns, 1);
    adp_list_add(frame->arena, &said->hosts, host);
    *dns = *asked;
    dns->name = name;
    dns->said = said;
    dns->answer_hosts = 1;
    obs->u.dns = dns;
    obs->hash = hash_of(range);
    (void)adp_model_add(frame->model, obs);
}

/* Most questions are not a path's: until it is known that one is, nothing of it is copied. */
void adp_read_dns(adp_frame *frame, tvbuff_t *tvb, int offset, int length)
{
    adp_ber range = adp_ber_range(tvb, offset, length);
    message m = {.bytes = adp_ber_bytes(&range), .len = (gsize)adp_ber_length(&range)};
    char plain[ADP_MAX_DNS_NAME + 1];
    adp_srv_name parts = {0};
    adp_obs_dns dns = {0};
    gsize at = HEADER_LEN;
    adp_dns_use use;
    guint16 flags;
    adp_obs obs;

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
        need_stream(frame);
        read_bare_error(frame, &m, flags, &range);
        return;
    }
    if (!read_question(frame->arena, &m, &at, plain, &parts, &dns)) {
        return;
    }
    dns.rcode = (guint16)(flags & RCODE_MASK);
    dns.truncated = (flags & FLAG_CUT) != 0;
    obs = make_obs(frame, &dns, flags, be16(&m, 0));
    if (dns.qtype == ADP_DNS_PTR) {
        read_reverse(frame, &m, at, &obs, &range);
        return;
    }
    use = adp_model_use_of_dns(frame->model, &obs);
    if (use == ADP_DNS_NO_USE && !(obs.from_server && (is_wanted_alias(frame, &m, at) ||
                                                       is_wanted_address(frame, &m, &dns)))) {
        return;
    }
    if (use == ADP_DNS_FOR_A_STEP) {
        need_stream(frame);
        obs.flow.stream = frame->stream;
    }
    obs.hash = hash_of(&range);
    keep_message(frame, &m, at, &obs, &dns, plain);
}

/* ---- mDNS ---- */

/* A message to the neighbours has few questions and records; most have nothing of a locator's. */
#define MDNS_MOST 16

/* Names of a directory's servers below a domain that ends in .local, which is mDNS's (RFC 6762 3). */
static gboolean is_locator_by_mdns(const adp_srv_name *parts)
{
    return parts->service && strcmp(parts->service->label, "_ldap") == 0 &&
           parts->role != ADP_ROLE_OTHER && parts->domain && strchr(parts->domain, '.') &&
           adp_has_suffix(parts->domain, ".local");
}

static adp_obs_dns *mdns_of(adp_frame *frame, const message *m, gsize at)
{
    adp_obs_dns *dns = adp_arena_new_array(frame->arena, adp_obs_dns, 1);

    dns->qtype = ADP_DNS_SRV;
    dns->by_mdns = TRUE;
    dns->said = &adp_dns_nothing;
    dns->name = name_at(frame->arena, m, at);
    dns->parts = dns->name ? adp_srv_name_of(frame->arena, dns->name) : NULL;
    return dns->parts && is_locator_by_mdns(dns->parts) ? dns : NULL;
}

static void add_mdns(adp_frame *frame, const adp_obs_dns *dns, guint16 flags, const adp_ber *range)
{
    adp_obs obs = make_obs(frame, dns, flags, 0);

    obs.hash = hash_of(range);
    (void)adp_model_add(frame->model, &obs);
}

/* The questions at `*at`, which moves behind them; FALSE when they were not captured whole. */
static gboolean read_mdns_questions(adp_frame *frame, const message *m, gsize *at, guint16 flags,
                                    const adp_ber *range)
{
    guint count = be16(m, 4);
    guint i;

    for (i = 0; i < count && i < MDNS_MOST; i++) {
        gsize behind = adp_dns_name_skip(m->bytes, m->len, *at);
        adp_obs_dns *dns;

        if (behind == 0 || behind + 4 > m->len) {
            return FALSE;
        }
        dns =
            !(flags & FLAG_REPLY) && be16(m, behind) == ADP_DNS_SRV ? mdns_of(frame, m, *at) : NULL;
        *at = behind + 4;
        if (dns) {
            add_mdns(frame, dns, flags, range);
        }
    }
    return i == count;
}

void adp_read_mdns(adp_frame *frame, tvbuff_t *tvb, int offset, int length)
{
    adp_ber range = adp_ber_range(tvb, offset, length);
    message m = {.bytes = adp_ber_bytes(&range), .len = (gsize)adp_ber_length(&range)};
    gsize at = HEADER_LEN;
    guint16 flags;
    record r;
    guint i;

    if (m.len < HEADER_LEN || frame->transport != ADP_UDP) {
        return;
    }
    flags = be16(&m, 2);
    if ((flags & OPCODE_MASK) || !read_mdns_questions(frame, &m, &at, flags, &range) ||
        !(flags & FLAG_REPLY)) {
        return;
    }
    for (i = 0; i < be16(&m, 6) && i < MDNS_MOST && next_record(&m, &at, &r); i++) {
        adp_obs_dns *dns = r.type == ADP_DNS_SRV ? mdns_of(frame, &m, r.name) : NULL;

        if (dns) {
            adp_dns_said *said = adp_arena_new_array(frame->arena, adp_dns_said, 1);

            dns->said = said;
            read_srv(frame->arena, &m, &r, said);
            add_mdns(frame, dns, flags, &range);
        }
    }
}
