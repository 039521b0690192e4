/* test_sealed.c
 * What is noted of the records of TLS, and the talk that they must have carried.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "join/model.h"
#include "join/pair_tls.h"
#include "join/tls_records.h"
#include "judge/endpoint.h"
#include "judge/inference.h"
#include "judge/inferred_told.h"
#include "judge/tls_talk.h"
#include "log/observation.h"
#include "wire/limits.h"

#include <stdlib.h>

#define TLS_1_2 0x0303
#define TLS_1_3 0x0304

/* "S68 C69": records of 68 bytes of the server, and of 69 of the client, in frames 1, 2. */
static void fill(adp_tls_records *records, const char *text)
{
    char **words = g_strsplit(text, " ", -1);
    guint i;

    for (i = 0; words[i] && *words[i]; i++) {
        adp_tls_record record = {.frame = i + 1,
                                 .time = i,
                                 .length = (guint32)atoi(words[i] + 1),
                                 .hash = i,
                                 .from_server = *words[i] == 'S'};

        adp_tls_records_note(records, &record);
    }
    g_strfreev(words);
}

/* "542/712 2521/1496 waits": the rounds, asked and heard. */
static char *describe_talk(const adp_talk *talk)
{
    GString *out = g_string_new(NULL);
    guint i;

    for (i = 0; i < talk->count; i++) {
        g_string_append_printf(out, "%s%u/%u", i ? " " : "", talk->rounds[i].asked,
                               talk->rounds[i].heard);
    }
    g_string_append(out, talk->waits ? " waits" : "");
    return g_string_free(out, FALSE);
}

static void test_talk(void)
{
    static const struct {
        const char *what;
        guint16 version;
        const char *records;
        const char *talk; /* NULL: none */
    } rows[] = {
        {"a challenge, and an answer", TLS_1_3,
         "S68 S461 S95 S69 C69 C542 S74 S74 S712 C2521 S1496 C19 S19", "542/712 2521/1496"},
        {"tickets before the request", TLS_1_3, "S68 S461 C69 S74 S74 C545 S712 C2528 S937",
         "545/712 2528/937"},
        {"tickets within the request", TLS_1_3, "S68 C53 C200 S74 S74 C500 S712", "700/712"},
        {"one ticket before it, one behind", TLS_1_3, "S68 C53 S250 C200 S250 C500 S712",
         "700/712"},
        {"a single ticket", TLS_1_3, "S900 C53 C200 S230 S1400", "200/1400"},
        {"tickets, and no answer", TLS_1_3, "S68 C69 C542 S74 S74", NULL},
        /* Its first answer cannot be told from a ticket. */
        {"a server without tickets", TLS_1_3, "S68 C69 C542 S712 C2521 S1496", "3063/1496"},
        {"the last request waits", TLS_1_3, "S68 C69 C542 S74 S712 C2521", "542/712 waits"},
        {"an answer in many records", TLS_1_3, "S68 C69 C542 S74 S74 S300 S16000 S4000",
         "542/20300"},
        {"a client's certificate", TLS_1_3, "S68 C900 C280 C69 C542 S74 S712", NULL},
        {"early data", TLS_1_3, "C300 S68 C69 S712", NULL},
        {"nothing behind the handshake", TLS_1_3, "S68 S461 C69", NULL},
        {"nothing but the server's part", TLS_1_3, "S68 S461", NULL},
        {"closed at once", TLS_1_3, "S68 S461 C69 C19 S74 S74", NULL},
        {"Java pads handshakes and alerts", TLS_1_3,
         "S122 S461 C85 S74 S74 C558 S712 C2537 S1070 C35 C35 S19", "558/712 2537/1070"},
        {"Go splits what is long", TLS_1_3, "S122 S53 C53 S74 S74 C545 S712 C2389 C156 S937",
         "545/712 2545/937"},
        {"TLS 1.2", TLS_1_2, "C551 S719 C2534 S1516", "551/719 2534/1516"},
        {"TLS 1.2, the server speaks first", TLS_1_2, "S100 C551 S719", "551/719"},
        {"too short for a request", TLS_1_2, "C30 S30", NULL},
        {"none", TLS_1_2, "", NULL},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        adp_tls_records records = {0};
        adp_talk talk;
        gboolean told;
        char *text;

        fill(&records, rows[i].records);
        told = adp_tls_talk(&records, rows[i].version, &talk);
        text = describe_talk(&talk);
        check_int(rows[i].what, "told", told, rows[i].talk != NULL);
        if (rows[i].talk) {
            check_str(rows[i].what, "talk", text, rows[i].talk);
            check_int(rows[i].what, "whole", talk.whole, TRUE);
        }
        g_free(text);
    }
}

static void test_silent_talk(void)
{
    adp_tls_records records = {0};
    adp_talk talk;

    fill(&records, "C551 S719");
    g_assert_true(adp_tls_talk(&records, TLS_1_2, &talk));
    records.opened = 2;
    g_assert_false(adp_tls_talk(&records, TLS_1_2, &talk));
    records.opened = 0;
    records.damaged = 2;
    g_assert_false(adp_tls_talk(&records, TLS_1_2, &talk));
    records.damaged = 0;
    records.full = 9;
    g_assert_true(adp_tls_talk(&records, TLS_1_2, &talk));
    g_assert_false(talk.whole);
}

static void test_notes(void)
{
    adp_tls_records records = {0};
    adp_tls_record copy = {.frame = 9, .length = 719, .hash = 1, .from_server = TRUE};
    guint i;

    fill(&records, "C551 S719");
    adp_tls_records_note(&records, &copy);
    check_int("a second capture", "count", records.count, 2);
    copy.from_server = FALSE;
    adp_tls_records_note(&records, &copy);
    check_int("of the other end", "count", records.count, 3);
    for (i = records.count; i < ADP_MAX_TLS_RECORDS; i++) {
        copy.hash = 100 + i;
        adp_tls_records_note(&records, &copy);
    }
    check_int("at the limit", "full", records.full, 0);
    copy = (adp_tls_record){.frame = 77, .hash = 1000};
    adp_tls_records_note(&records, &copy);
    check_int("beyond it", "full", records.full, 77);
    check_int("beyond it", "count", records.count, ADP_MAX_TLS_RECORDS);
}

/* The client's hello, with room for notes. */
static adp_obs hello(adp_arena *arena, adp_flow flow, const char *sni)
{
    adp_obs obs = ob_tls(arena, flow, ADP_TLS_CLIENT_HELLO, FALSE, sni);
    adp_obs_tls *tls = adp_arena_new_array(arena, adp_obs_tls, 1);

    *tls = *obs.u.tls;
    tls->records = adp_arena_new_array(arena, adp_tls_records, 1);
    obs.u.tls = tls;
    return obs;
}

static void test_connection(void)
{
    bench b;
    adp_flow web;
    adp_flow other;
    adp_tls_records *records;
    guint32 cut;
    guint i;

    bench_init(&b);
    web = tcp(b.client, 40001, b.server2, 443, 7);
    other = tcp(b.client, 40002, b.server2, 443, 8);
    g_assert_null(adp_model_tls_records(b.model, &web));
    (void)bench_add(&b, hello(b.arena, web, "autodiscover.contoso.test"));
    cut = b.frame + 4;
    records = adp_model_tls_records(b.model, &web);
    g_assert_nonnull(records);
    g_assert_null(adp_model_tls_records(b.model, &other));
    for (i = 0; i < 5; i++) {
        adp_tls_record record = {.frame = b.frame + 1 + i, .length = 500 + i, .hash = i};

        adp_tls_records_note(records, &record);
    }
    records->opened = b.frame + 5;
    g_assert_null(adp_model_tls_records(b.model, &web));

    /* The log is cut there: what was noted of later frames is forgotten, and what is before stays. */
    (void)bench_add(&b, ob_alert(b.arena, web, FALSE, 1, 0));
    b.frame += 10;
    bench_frame(&b, ADP_NONE);
    (void)bench_add(&b, ob_alert(b.arena, web, TRUE, 1, 0));
    b.frame = cut - 1;
    bench_frame(&b, ADP_NONE);
    check_int("after the cut", "count", records->count, 3);
    check_int("after the cut", "opened", records->opened, 0);
    g_assert_true(adp_model_tls_records(b.model, &web) == records);
    bench_clear(&b);
}

/* ---- what a verdict tells of statements ---- */

#define NO_KEYS "the client's session keys of TLS, or a capture behind what ends TLS at the server"
#define KEYTAB  "a keytab of the domain controller"
#define IN_TLS  "the session keys of TLS with the domain controller"
#define A       "https://a.test/"
#define B       "https://b.test/"

static void test_verdict(void)
{
    static const struct {
        const char *what;
        adp_inferred items[6]; /* of path 3, as adp_inferred_find() orders them */
        const char *verdict;   /* NULL: none */
        const char *outcome;   /* of A */
    } rows[] = {
        {"nothing", {{.kind = ADP_INFERRED_KINDS}}, NULL, "hidden"},
        {"the last word, where no end is told",
         {{.kind = ADP_INFERRED_ANSWERED, .endpoint = A},
          {.kind = ADP_INFERRED_NEGOTIATE, .endpoint = A},
          {.kind = ADP_INFERRED_ACCEPTED, .endpoint = A},
          {.kind = ADP_INFERRED_KINDS}},
         "probably a.test accepted the client's sign-on (inferred; " NO_KEYS ", would prove it)",
         "hidden"},
        {"that it left follows from a refusal",
         {{.kind = ADP_INFERRED_NTLM, .endpoint = A},
          {.kind = ADP_INFERRED_REFUSED, .endpoint = A},
          {.kind = ADP_INFERRED_LEFT, .endpoint = A},
          {.kind = ADP_INFERRED_SERVED, .endpoint = B, .step = 1},
          {.kind = ADP_INFERRED_KINDS}},
         "probably a.test refused the client's sign-on, b.test served the client "
         "(inferred; " NO_KEYS ", would prove it)",
         "probably failed"},
        {"where it was sent",
         {{.kind = ADP_INFERRED_REDIRECT, .endpoint = A, .host = "c.test"},
          {.kind = ADP_INFERRED_KINDS}},
         "probably a.test sent the client on to c.test (inferred; " NO_KEYS ", would prove it)",
         "probably ok"},
        {"the last ends",
         {{.kind = ADP_INFERRED_LEFT, .endpoint = A},
          {.kind = ADP_INFERRED_LEFT, .endpoint = B, .step = 1},
          {.kind = ADP_INFERRED_GAVE_UP, .step = 1},
          {.kind = ADP_INFERRED_KINDS}},
         "probably b.test gave no settings, the search ended without settings (inferred; " NO_KEYS
         ", would prove it)",
         "probably failed"},
        {"a sealed directory",
         {{.kind = ADP_INFERRED_DIRECTORY, .host = "c.test"}, {.kind = ADP_INFERRED_KINDS}},
         "probably the directory named c.test (inferred; " KEYTAB ", would prove it)",
         "hidden"},
        {"one in TLS, and a web server",
         {{.kind = ADP_INFERRED_DIRECTORY, .host = "c.test", .in_tls = TRUE},
          {.kind = ADP_INFERRED_SERVED, .endpoint = A, .step = 1},
          {.kind = ADP_INFERRED_KINDS}},
         "probably the directory named c.test, a.test served the client (inferred; " NO_KEYS
         ", and " IN_TLS ", would prove it)",
         "probably ok"},
    };
    guint i;
    guint k;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        adp_endpoint endpoint = {.url = A, .outcome = ADP_ENDPOINT_HIDDEN};
        GPtrArray *all = g_ptr_array_new();
        adp_inferred other = {.kind = ADP_INFERRED_SERVED, .path = 2, .endpoint = A};
        adp_inferred items[6];
        char *verdict;

        g_ptr_array_add(all, &other);
        for (k = 0; rows[i].items[k].kind != ADP_INFERRED_KINDS; k++) {
            items[k] = rows[i].items[k];
            items[k].path = 3;
            g_ptr_array_add(all, &items[k]);
        }
        verdict = adp_inferred_verdict(all, 3);
        check_str(rows[i].what, "verdict", verdict, rows[i].verdict);
        check_str(rows[i].what, "outcome", adp_inferred_outcome(all, 3, &endpoint),
                  rows[i].outcome);
        g_free(verdict);
        g_ptr_array_unref(all);
    }
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/sealed/talk", test_talk);
    g_test_add_func("/sealed/silent-talk", test_silent_talk);
    g_test_add_func("/sealed/notes", test_notes);
    g_test_add_func("/sealed/connection", test_connection);
    g_test_add_func("/sealed/verdict", test_verdict);
    return g_test_run();
}
