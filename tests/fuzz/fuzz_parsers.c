/* fuzz_parsers.c
 * Any bytes for each parser of packet bytes. With libFuzzer (clang only) inputs are looked for;
 * without it files are read, and changed by a seed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fuzz_parsers.h"

#include "log/observation.h"
#include "read/autodiscover.h"
#include "read/ber.h"
#include "read/gss.h"
#include "read/kerberos.h"
#include "read/krb_parts.h"
#include "read/krb_error_message.h"
#include "read/sasl.h"
#include "read/search_filter.h"
#include "read/x509.h"
#include "wire/dns_name.h"
#include "wire/h2.h"
#include "wire/ldap_filter.h"
#include "wire/limits.h"
#include "wire/netlogon.h"
#include "wire/text.h"

#include <epan/epan.h>
#include <wiretap/wtap.h>
#include <wsutil/filesystem.h>
#include <wsutil/privileges.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void fuzz_demand(gboolean holds, const char *what)
{
    if (!holds) {
        g_error("%s", what);
    }
}

void fuzz_demand_text(const char *text)
{
    const char *p;

    if (!text) {
        return;
    }
    fuzz_demand(g_utf8_validate(text, -1, NULL), "text is UTF-8");
    for (p = text; *p; p = g_utf8_next_char(p)) {
        fuzz_demand(adp_is_printable(g_utf8_get_char(p)), "text can be printed");
    }
}

static void demand_inside(const adp_ber *range, tvbuff_t *tvb)
{
    fuzz_demand(range->offset >= 0 && range->offset <= range->end, "a range begins before it ends");
    fuzz_demand(range->tvb != tvb || range->end <= (int)tvb_captured_length(tvb),
                "a range lies in its buffer");
}

/* ---- BER and what stands on it ---- */

static void walk_ber(adp_arena *arena, adp_ber cursor, guint depth)
{
    adp_ber field;
    adp_tlv tlv;

    if (adp_ber_field(&(adp_ber){cursor.tvb, cursor.offset, cursor.end, cursor.cut}, (int)depth,
                      &field)) {
        demand_inside(&field, cursor.tvb);
    }
    while (adp_ber_next(&cursor, &tlv)) {
        demand_inside(&tlv.content, cursor.tvb);
        fuzz_demand(tlv.start < cursor.offset, "a cursor goes on");
        (void)adp_ber_integer(&tlv.content);
        fuzz_demand_text(adp_ber_text(arena, &tlv.content));
        if (depth < 12) {
            walk_ber(arena, tlv.content, depth + 1);
        }
    }
}

static void fuzz_ber(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size)
{
    int offset = size ? data[0] % 4 : 0;
    int length = size > 1 ? (int)data[1] - 1 : -1;

    walk_ber(arena, adp_ber_range(tvb, 0, -1), 0);
    walk_ber(arena, adp_ber_range(tvb, offset, length), 0);
}

static void fuzz_sasl(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size)
{
    guint32 length = size < 4 ? (guint32)size
                              : (guint32)data[0] << 24 | (guint32)data[1] << 16 |
                                    (guint32)data[2] << 8 | data[3];
    adp_sasl_layer layer = adp_read_sasl(tvb, 0, length);

    fuzz_demand(layer.plain.offset <= layer.plain.end, "what is plain begins before it ends");
    demand_inside(&layer.token, tvb);
    walk_ber(arena, layer.plain, 0);
}

static void fuzz_x509(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size)
{
    adp_strings names = {0};
    adp_x509_facts facts;
    guint i;

    (void)tvb;
    if (adp_x509_read(arena, data, size, &facts)) {
        fuzz_demand(facts.issuer, "whoever issued a certificate has a number");
        fuzz_demand_text(facts.cn ? facts.cn : "");
    }
    (void)adp_x509_names(arena, data, size, &names);
    fuzz_demand(names.count <= ADP_MAX_CERTIFICATE_NAMES, "a certificate's names are bounded");
    for (i = 0; i < names.count; i++) {
        fuzz_demand_text(names.items[i]);
    }
}

static void fuzz_ldap_filter(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size)
{
    adp_ber cursor = adp_ber_range(tvb, 0, -1);
    adp_filter *filter = adp_read_search_filter(arena, &cursor);

    (void)data;
    (void)size;
    demand_inside(&cursor, tvb);
    fuzz_demand(filter != NULL, "a filter is never NULL");
    fuzz_demand_text(adp_filter_text(arena, filter));
}

static void fuzz_gss(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size)
{
    adp_gss_token token = adp_gss_read(adp_ber_range(tvb, 0, -1));

    (void)data;
    (void)size;
    if (token.content == ADP_GSS_NOTHING) {
        return;
    }
    demand_inside(&token.message, tvb);
    if (token.content == ADP_GSS_KERBEROS && token.message_tag == ADP_KRB_AP_REQ) {
        fuzz_demand_text(adp_krb_read_ap_request(arena, token.message, ADP_CARRIER_LDAP)->spn);
    } else if (token.content == ADP_GSS_KERBEROS) {
        fuzz_demand_text(adp_krb_read_ap_reply(arena, &token, ADP_CARRIER_SMB)->text);
    }
}

static void fuzz_krb_error(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size)
{
    guint carrier;

    (void)data;
    (void)size;
    for (carrier = 0; carrier <= ADP_CARRIER_OTHER; carrier++) {
        adp_obs_krb krb = {.carrier = (adp_carrier)carrier};

        adp_krb_read_error(arena, adp_ber_range(tvb, 0, -1), &krb);
        fuzz_demand_text(krb.text);
        fuzz_demand_text(krb.spn);
        fuzz_demand_text(krb.client);
        fuzz_demand_text(krb.realm);
        fuzz_demand_text(krb.result_text);
        fuzz_demand(krb.etypes.count <= ADP_MAX_KRB_ETYPES, "encryption types are bounded");
    }
}

/* ---- bytes alone ---- */

static void fuzz_netlogon(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size)
{
    adp_netlogon reply;
    guint i;

    (void)tvb;
    if (!adp_netlogon_parse(arena, data, size, &reply)) {
        return;
    }
    const char *const names[] = {reply.forest,         reply.domain,       reply.host,
                                 reply.netbios_domain, reply.netbios_host, reply.user,
                                 reply.dc_site,        reply.client_site,  reply.next_site};
    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        fuzz_demand_text(names[i]);
    }
}

static void fuzz_dns_name(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size)
{
    GString *name = g_string_new(NULL);
    gsize offset;

    (void)arena;
    (void)tvb;
    for (offset = 0; offset < MIN(size, 64); offset++) {
        gsize behind = adp_dns_name(data, size, offset, name);

        fuzz_demand(behind == adp_dns_name_skip(data, size, offset),
                    "a name ends where it is left");
        fuzz_demand(behind <= size && (behind == 0 || behind > offset), "a name goes on");
        fuzz_demand(g_utf8_validate(name->str, (gssize)name->len, NULL), "a name is UTF-8");
    }
    g_string_free(name, TRUE);
}

static void fuzz_autodiscover(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size)
{
    adp_obs_http http = {0};
    char *target = g_strndup((const char *)data, size);
    gsize path_len;
    guint i;

    (void)tvb;
    adp_autodiscover_read(arena, (const char *)data, size, &http);
    fuzz_demand_text(http.error);
    fuzz_demand_text(http.mailbox);
    fuzz_demand_text(http.redirect);
    fuzz_demand(http.services.count <= ADP_MAX_SERVICES, "services are bounded");
    for (i = 0; i < http.services.count; i++) {
        fuzz_demand_text(http.services.items[i]);
    }
    http.form = adp_autodiscover_form_of(target);
    fuzz_demand_text(adp_autodiscover_target_mailbox(arena, target, &path_len));
    fuzz_demand(path_len <= strlen(target), "a path lies in its target");
    (void)adp_autodiscover_follows(&http, (const char *)data, size);
    (void)adp_autodiscover_follows(NULL, (const char *)data, size);
    g_free(target);
}

static void fuzz_h2(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size)
{
    adp_h2_message told;
    GString *text = adp_h2_text(data, size, &told);
    char **lines = text ? g_strsplit(text->str, "\r\n", -1) : NULL;
    guint i;

    (void)arena;
    (void)tvb;
    (void)adp_h2_may_matter(data, size);
    fuzz_demand(!text || strlen(text->str) == text->len, "a header has no NUL");
    for (i = 0; lines && lines[i]; i++) {
        fuzz_demand(!strpbrk(lines[i], "\r\n"), "a header is one line");
    }
    fuzz_demand(!text || !told.trailers, "what has a first line is no trailer");
    g_strfreev(lines);
    if (text) {
        g_string_free(text, TRUE);
    }
}

/* ---- the table, and one input ---- */

static const fuzz_target targets[] = {
    {"ber", fuzz_ber},           {"sasl", fuzz_sasl},
    {"x509", fuzz_x509},         {"netlogon", fuzz_netlogon},
    {"dns_name", fuzz_dns_name}, {"ldap_filter", fuzz_ldap_filter},
    {"http", fuzz_http},         {"autodiscover", fuzz_autodiscover},
    {"gss", fuzz_gss},           {"krb_error", fuzz_krb_error},
    {"tokens", fuzz_tokens},     {"kpasswd", fuzz_kpasswd},
    {"tls", fuzz_tls},           {"h2", fuzz_h2},
    {"dns", fuzz_dns},           {"ldap", fuzz_ldap},
    {"packet", fuzz_packet},     {"peek", fuzz_peek},
};

static const fuzz_target *chosen; /* by the first argument */

static const fuzz_target *target_named(const char *name)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(targets); i++) {
        if (strcmp(targets[i].name, name) == 0) {
            return &targets[i];
        }
    }
    return NULL;
}

/* The bytes are a piece of memory of their own: a sanitizer sees both ends. */
static void run_target(const fuzz_target *target, const guint8 *data, gsize size)
{
    guint8 *exact = g_malloc(MAX(size, 1));
    adp_arena *arena = adp_arena_new();
    tvbuff_t *tvb;

    if (size) {
        memcpy(exact, data, size);
    }
    tvb = tvb_new_real_data(exact, (guint)size, (gint)size);
    target->run(arena, tvb, exact, size);
    tvb_free_chain(tvb);
    adp_arena_free(arena);
    g_free(exact);
}

/* Addresses become text, and items of the tree have fields, when Wireshark is set up. */
static void set_up(const char *program)
{
    char *problem;

    init_process_policies();
#if ADP_WIRESHARK_AT_LEAST(4, 6)
    problem = configuration_init(program);
#else
    problem = configuration_init(program, NULL);
#endif
    g_free(problem); /* of no account: no file of Wireshark's is read */
    wtap_init(FALSE);
    fuzz_demand(epan_init(NULL, NULL, FALSE), "libwireshark starts");
    fuzz_messages_init();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    guint i;

    chosen = *argc > 1 ? target_named((*argv)[1]) : NULL;
    if (!chosen) {
        g_printerr("usage: %s TARGET ...; a target is one of", (*argv)[0]);
        for (i = 0; i < G_N_ELEMENTS(targets); i++) {
            g_printerr(" %s", targets[i].name);
        }
        g_printerr("\n");
        exit(EXIT_FAILURE);
    }
    (*argv)[1] = (*argv)[0];
    (*argv)++;
    (*argc)--;
    set_up((*argv)[0]);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run_target(chosen, data, size);
    return 0;
}

#ifndef ADPATH_LIBFUZZER

/* Where there is no libFuzzer: the files that are named, each as it is and changed by a fixed seed. */

#define SEED 20240229

static void change(GRand *rand, guint8 *data, gsize size)
{
    static const guint8 telling[] = {0x00, 0x01, 0x7f, 0x80, 0x82, 0x84,
                                     0xff, 0x30, 0x0a, '%',  '"'};
    guint changes = (guint)g_rand_int_range(rand, 1, 6);

    while (size && changes--) {
        gsize at = (gsize)g_rand_int_range(rand, 0, (gint32)size);

        switch (g_rand_int_range(rand, 0, 3)) {
        case 0:
            data[at] ^= (guint8)(1U << g_rand_int_range(rand, 0, 8));
            break;
        case 1:
            data[at] = telling[g_rand_int_range(rand, 0, G_N_ELEMENTS(telling))];
            break;
        default:
            data[at] = (guint8)g_rand_int(rand);
            break;
        }
    }
}

static void run_changed(const fuzz_target *target, const guint8 *data, gsize size, guint32 runs)
{
    GRand *rand = g_rand_new_with_seed(SEED);
    guint8 *other = g_malloc(MAX(size, 1));

    while (runs--) {
        gsize kept = (gsize)g_rand_int_range(rand, 0, (gint32)size + 1);

        memcpy(other, data, size);
        change(rand, other, size);
        run_target(target, other, g_rand_boolean(rand) ? size : kept);
    }
    g_free(other);
    g_rand_free(rand);
}

/* FOLDER/TARGET holds files of that target. FALSE: a file cannot be read. */
static gboolean run_folder(const char *folder, const fuzz_target *target, guint32 runs,
                           guint *count)
{
    char *path = g_build_filename(folder, target->name, NULL);
    GDir *dir = g_dir_open(path, 0, NULL);
    gboolean good = TRUE;
    const char *name;

    while (dir && good && (name = g_dir_read_name(dir)) != NULL) {
        char *file = g_build_filename(path, name, NULL);
        char *data = NULL;
        gsize size = 0;

        good = g_file_get_contents(file, &data, &size, NULL);
        if (good) {
            run_target(target, (const guint8 *)data, size);
            run_changed(target, (const guint8 *)data, size, runs);
            (*count)++;
        } else {
            g_printerr("%s: cannot be read\n", file);
        }
        g_free(data);
        g_free(file);
    }
    if (dir) {
        g_dir_close(dir);
    }
    g_free(path);
    return good;
}

/* fuzz_parsers RUNS FOLDER...: every target on FOLDER/TARGET, and RUNS changes of each file. */
int main(int argc, char **argv)
{
    guint32 runs = argc > 1 ? (guint32)strtoul(argv[1], NULL, 10) : 0;
    gboolean good = TRUE;
    guint i;
    int folder;

    set_up(argv[0]);
    for (i = 0; i < G_N_ELEMENTS(targets) && good; i++) {
        guint count = 0;

        for (folder = 2; folder < argc && good; folder++) {
            good = run_folder(argv[folder], &targets[i], runs, &count);
        }
        g_print("%s: %u inputs, each changed %u times\n", targets[i].name, count, runs);
        if (good && !count) {
            g_printerr("%s: no input in %s\n", targets[i].name, argc > 2 ? argv[2] : "any folder");
            good = FALSE;
        }
    }
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
