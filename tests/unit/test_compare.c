/* test_compare.c
 * Two captures compared: reading what another one tells, two runs, and two ends of one minute.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "compare/compare.h"
#include "compare/ends.h"
#include "compare/json_text.h"
#include "compare/lines.h"
#include "compare/told.h"
#include "wire/arena.h"

#include <string.h>

/* ---- JSON ---- */

static adp_json_result read_text(const char *text, gsize len)
{
    adp_arena *arena = adp_arena_new();
    char *exact = len ? g_memdup2(text, len) : g_malloc(1); /* reading on is noticed */
    const adp_json_value *value;
    adp_json_result result = adp_value_read(arena, exact, len, &value);

    g_assert_cmpint(value != NULL, ==, result == ADP_JSON_READ);
    g_free(exact);
    adp_arena_free(arena);
    return result;
}

static void test_json(void)
{
    static const struct {
        const char *text;
        adp_json_result result;
    } rows[] = {
        {"{}", ADP_JSON_READ},
        {" [ 1 , -2.5e3 , true , false , null , \"x\" ] \n", ADP_JSON_READ},
        {"{\"a\":{\"b\":[{}]}}", ADP_JSON_READ},
        {"\"\\u00e4\\ud83d\\ude00\\ud83d\\\"\"", ADP_JSON_READ},
        {"", ADP_JSON_ENDS},
        {"[1,", ADP_JSON_ENDS},
        {"{\"a\"", ADP_JSON_ENDS},
        {"\"\\u12", ADP_JSON_ENDS},
        {"tru", ADP_JSON_ENDS},
        {"{} {}", ADP_JSON_MORE},
        {"[1]x", ADP_JSON_MORE},
        {"nonsense", ADP_JSON_WRONG},
        {"{a:1}", ADP_JSON_WRONG},
        {"{\"a\" 1}", ADP_JSON_WRONG},
        {"[1 2]", ADP_JSON_WRONG},
        {"[1,]", ADP_JSON_WRONG},
        {"[}", ADP_JSON_WRONG},
        {"1e999", ADP_JSON_WRONG},
        {"--1", ADP_JSON_WRONG},
        {"\"a\nb\"", ADP_JSON_WRONG},
        {"\"\\x\"", ADP_JSON_WRONG},
    };
    GString *deep = g_string_new(NULL);
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_int(rows[i].text, "result", read_text(rows[i].text, strlen(rows[i].text)),
                  rows[i].result);
    }
    g_assert_cmpint(read_text("[\0]", 3), ==, ADP_JSON_WRONG);
    for (i = 0; i < 100000; i++) {
        g_string_append_c(deep, '[');
    }
    g_assert_cmpint(read_text(deep->str, deep->len), ==, ADP_JSON_LARGE);
    g_string_free(deep, TRUE);
}

static void test_json_values(void)
{
    static const char text[] = "{\"s\":\"a\\u202eb\\n\",\"n\":7,\"big\":1e12,\"minus\":-1,"
                               "\"t\":1795629757.570854,\"yes\":true,\"list\":[1,2]}";
    adp_arena *arena = adp_arena_new();
    const adp_json_value *value;

    g_assert_cmpint(adp_value_read(arena, text, strlen(text), &value), ==, ADP_JSON_READ);
    /* What turns the direction of a line, or ends it, cannot get onto the screen. */
    g_assert_null(strstr(adp_value_string(value, "s"), "\xe2\x80\xae"));
    g_assert_null(strchr(adp_value_string(value, "s"), '\n'));
    g_assert_cmpuint(adp_value_uint(value, "n", 0), ==, 7);
    g_assert_cmpuint(adp_value_uint(value, "big", 5), ==, 5);
    g_assert_cmpuint(adp_value_uint(value, "minus", 5), ==, 5);
    g_assert_cmpuint(adp_value_uint(value, "s", 5), ==, 5);
    g_assert_cmpint(adp_value_time(value, "t", 0), ==, G_GINT64_CONSTANT(1795629757570854000));
    g_assert_cmpint(adp_value_time(value, "big", -3), ==, -3);
    g_assert_true(adp_value_true(value, "yes"));
    g_assert_false(adp_value_true(value, "n"));
    g_assert_null(adp_value_string(value, "n"));
    g_assert_null(adp_value_member(adp_value_member(value, "list"), "s"));
    g_assert_null(adp_value_items(adp_value_member(value, "s")));
    g_assert_cmpfloat(adp_value_items(adp_value_member(value, "list"))->next->u.number, ==, 2);
    adp_arena_free(arena);
}

/* ---- reports ---- */

typedef struct {
    GString *steps;
    GString *findings;
    const char *domain; /* its hosts are dc1 and mail below it */
    const char *client; /* address */
    guint port;         /* of the next request */
    double clock;       /* added to each time */
    guint count;
} report;

static report report_new(const char *domain, const char *client, guint port, double clock)
{
    report r = {g_string_new(NULL), g_string_new(NULL), domain, client, port, clock, 0};

    return r;
}

/* At so many seconds; `took` below 0: without an answer. `detail` ends the object that it is in. */
static void add_step(report *r, const char *kind, const char *outcome, double at, double took,
                     guint id, const char *detail)
{
    char when[G_ASCII_DTOSTR_BUF_SIZE];
    char time[G_ASCII_DTOSTR_BUF_SIZE];
    guint n = ++r->count;

    g_ascii_formatd(when, sizeof when, "%.6f", 1000000 + r->clock + at);
    g_ascii_formatd(time, sizeof time, "%.6f", took);
    g_string_append_printf(
        r->steps,
        "%s{\"n\":%u,\"kind\":\"%s\",\"outcome\":\"%s\",\"stage\":\"find\",\"start\":%s,\"time\":%"
        "s,"
        "\"request\":%u,\"response\":null,\"frames\":[%u],\"id\":%u,\"retries\":0,"
        "\"client\":{\"address\":\"%s\",\"port\":%u,\"name\":null},"
        "\"server\":{\"address\":\"10.0.0.1\",\"port\":53,\"name\":null},"
        "\"transport\":\"udp\",\"stream\":0,\"summary\":\"%s of %s\",\"detail\":{%s}}",
        n > 1 ? "," : "", n, kind, outcome, when, took < 0 ? "null" : time, n, n, id, r->client,
        r->port++, kind, r->domain, detail);
}

static void add_finding(report *r, const char *id, const char *severity, guint frame)
{
    g_string_append_printf(r->findings,
                           "%s{\"id\":\"%s\",\"severity\":\"%s\",\"recovered_by\":null,"
                           "\"summary\":\"it is so\",\"frames\":[%u],\"cost\":0}",
                           r->findings->len ? "," : "", id, severity, frame);
}

/* Locator, address, ticket: the names are those of the house. */
static void add_logon(report *r, const char *outcome, int code)
{
    char *detail =
        g_strdup_printf("\"name\":\"_ldap._tcp.dc._msdcs.%s\",\"role\":\"dc\","
                        "\"service\":\"_ldap\",\"domain\":\"%s\",\"result\":\"answered\","
                        "\"records\":[{\"target\":\"dc1.%s\"}]",
                        r->domain, r->domain, r->domain);

    add_step(r, "srv", "ok", 0, 0.001, r->port, detail);
    g_free(detail);
    detail =
        g_strdup_printf("\"name\":\"dc1.%s\",\"type\":\"A\",\"result\":\"answered\"", r->domain);
    add_step(r, "address", "ok", 0.1, 0.001, r->port, detail);
    g_free(detail);
    detail = g_strdup_printf("\"exchange\":\"tgs\",\"spn\":\"HTTP/mail.%s\",\"carrier\":\"kdc\","
                             "\"error\":%d",
                             r->domain, code);
    add_step(r, "kerberos", outcome, 0.2, 0.001, r->port, detail);
    g_free(detail);
}

static char *text_of(const report *r)
{
    char when[G_ASCII_DTOSTR_BUF_SIZE];
    char last[G_ASCII_DTOSTR_BUF_SIZE];

    g_ascii_formatd(when, sizeof when, "%.6f", 1000000 + r->clock);
    g_ascii_formatd(last, sizeof last, "%.6f", 1000010 + r->clock);
    return g_strdup_printf(
        "{\"version\":2,\"generator\":{\"adpath\":\"1\",\"wireshark\":\"4\"},\"analysis\":true,"
        "\"verdict\":{\"outcome\":\"ok\",\"text\":\"ok\"},"
        "\"capture\":{\"file\":null,\"frames\":%u,\"first\":%s,\"last\":%s,\"limits\":[]},"
        "\"paths\":[{\"id\":1,\"outcome\":\"ok\",\"client\":{\"address\":\"%s\",\"name\":null},"
        "\"domain\":\"%s\",\"forest\":\"%s\",\"site\":\"HQ\",\"mail_domain\":null,\"start\":%s,"
        "\"duration\":1,\"lost\":0,\"uses\":[],\"stages\":[{\"stage\":\"find\",\"outcome\":\"ok\","
        "\"start\":%s,\"duration\":1,\"waiting\":0,\"lost\":0,\"steps\":[1]}],\"steps\":[%s],"
        "\"endpoints\":[{\"rank\":1,\"url\":\"https://mail.%s/\",\"host\":\"mail.%s\","
        "\"source\":\"scp\",\"order\":1,\"outcome\":\"ok\"}],"
        "\"findings\":[%s]}],\"unattached\":{\"steps\":[],\"findings\":[]}}\n",
        r->count, when, last, r->client, r->domain, r->domain, when, when, r->steps->str, r->domain,
        r->domain, r->findings->str);
}

static adp_told *told_of(report *r)
{
    char *text = text_of(r);
    char *problem = NULL;
    adp_told *told = adp_told_read(text, strlen(text), &problem);

    g_assert_cmpstr(problem, ==, NULL);
    g_assert_nonnull(told);
    g_free(text);
    g_string_free(r->steps, TRUE);
    g_string_free(r->findings, TRUE);
    return told;
}

/* Takes both reports. */
static adp_compared *compare(report *here, report *there)
{
    adp_told *mine = told_of(here);
    adp_told *theirs = told_of(there);
    adp_compared *compared = adp_compare(mine, theirs, "good.json");

    adp_told_free(mine);
    adp_told_free(theirs);
    return compared;
}

static gboolean says(const adp_compared *compared, const char *words)
{
    guint i;

    for (i = 0; i < compared->lines->len; i++) {
        if (strstr(((adp_line *)g_ptr_array_index(compared->lines, i))->text, words)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void check_says(const adp_compared *compared, const char *words)
{
    guint i;

    if (!says(compared, words)) {
        for (i = 0; i < compared->lines->len; i++) {
            g_test_message("%s", ((adp_line *)g_ptr_array_index(compared->lines, i))->text);
        }
        g_error("nothing says: %s", words);
    }
}

/* ---- files that are no report ---- */

static void test_wrong_files(void)
{
    static const struct {
        const char *text;
        const char *says;
    } rows[] = {
        {"", "is empty"},
        {"hello", "is not JSON"},
        {"\xd4\xc3\xb2\xa1\x02", "is a capture itself"},
        {"\x0a\x0d\x0d\x0a\x1c", "is a capture itself"},
        {"{\"version\":2,", "ends in the middle"},
        {"{}\n{}\n", "holds more than one report"},
        {"{}", "no report of adpath"},
        {"[]", "no report of adpath"},
        {"{\"version\":2,\"verdict\":{},\"capture\":{},\"paths\":{}}", "no report of adpath"},
        {"{\"version\":\"2\",\"verdict\":{},\"capture\":{},\"paths\":[]}", "no report of adpath"},
        {"{\"version\":3,\"verdict\":{},\"capture\":{},\"paths\":[]}", "another version"},
        {"{\"version\":2,\"verdict\":{},\"capture\":{},\"paths\":[],\"analysis\":false}",
         "adpath.analysis"},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *problem = NULL;

        g_assert_null(adp_told_read(rows[i].text, strlen(rows[i].text), &problem));
        g_assert_nonnull(strstr(problem, rows[i].says));
        g_assert_nonnull(strstr(problem, "-z adpath,json"));
        g_free(problem);
    }
}

/* Cut off anywhere, and with any one byte replaced, a report is read or refused, and nothing else. */
static void test_damaged_files(void)
{
    report r = report_new("contoso.test", "10.0.0.5", 40000, 0);
    report good = report_new("contoso.test", "10.0.0.5", 40000, 0);
    adp_told *whole;
    char *text;
    gsize len;
    gsize i;

    add_logon(&r, "failed", 7);
    add_finding(&r, "clock-skew", "error", 3);
    add_logon(&good, "ok", 0);
    whole = told_of(&good);
    text = text_of(&r);
    len = strlen(text);
    for (i = 0; i < len - 2; i++) {
        char *exact = g_memdup2(text, i ? i : 1);
        char *problem = NULL;

        g_assert_null(adp_told_read(exact, i, &problem));
        g_free(problem);
        g_free(exact);
    }
    for (i = 0; i < len; i++) {
        static const char bytes[] = "\"{}[]:,0-x\\\x00\xff";
        char kept = text[i];
        char *problem = NULL;
        adp_told *told;

        text[i] = bytes[i % (sizeof bytes - 1)];
        told = adp_told_read(text, len, &problem);
        g_assert_true((told == NULL) == (problem != NULL));
        if (told) {
            adp_compared_free(adp_compare(told, whole, "x"));
            adp_compared_free(adp_compare(whole, told, "x"));
            adp_told_free(told);
        }
        g_free(problem);
        text[i] = kept;
    }
    adp_told_free(whole);
    g_free(text);
    g_string_free(r.steps, TRUE);
    g_string_free(r.findings, TRUE);
}

/* ---- two runs ---- */

static void test_runs_of_two_houses(void)
{
    report here = report_new("contoso.test", "10.0.0.5", 40000, 0);
    report there = report_new("fabrikam.test", "10.9.0.5", 50000, 86400);
    adp_compared *compared;

    add_logon(&here, "ok", 0);
    add_logon(&there, "ok", 0);
    compared = compare(&here, &there);
    g_assert_cmpint(compared->kind, ==, ADP_COMPARED_RUNS);
    g_assert_cmpstr(compared->first, ==, NULL);
    check_says(compared, "No difference that matters");
    check_says(compared, "contoso.test here is fabrikam.test there");
    g_assert_false(says(compared, "Asked only"));
    adp_compared_free(compared);
}

static void test_another_answer(void)
{
    guint at;

    for (at = 0; at < 2; at++) {
        report good = report_new("fabrikam.test", "10.9.0.5", 50000, 86400);
        report bad = report_new("contoso.test", "10.0.0.5", 40000, 0);
        adp_compared *compared;

        add_logon(&good, "ok", 0);
        add_logon(&bad, "failed", 7);
        compared = at == 0 ? compare(&bad, &good) : compare(&good, &bad);
        g_assert_cmpstr(compared->first, ==, "kerberos tgs for http/<mail server 1> in kdc");
        check_says(compared, at == 0 ? "began here" : "began there");
        adp_compared_free(compared);
    }
}

/* Both failed, and not by the same. */
static void test_another_code(void)
{
    report here = report_new("contoso.test", "10.0.0.5", 40000, 0);
    report there = report_new("contoso.test", "10.0.0.5", 50000, 86400);
    adp_compared *compared;

    add_logon(&here, "failed", 7);
    add_logon(&there, "failed", 14);
    compared = compare(&here, &there);
    g_assert_cmpstr(compared->first, ==, "kerberos tgs for http/<mail server 1> in kdc");
    adp_compared_free(compared);
}

static void test_findings(void)
{
    static const struct {
        const char *row;
        const char *ids[2][2]; /* id, severity: here; NULL: none */
        const char *there;     /* likewise one */
        const char *first;
    } rows[] = {
        {"an error before a warning",
         {{"srv-target-unresolvable", "warn"}, {"clock-skew", "error"}},
         NULL,
         "clock-skew"},
        {"the root before what follows",
         {{"endpoint-unresolvable", "error"}, {"clock-skew", "error"}},
         NULL,
         "clock-skew"},
        {"what both have is no difference",
         {{"clock-skew", "error"}, {"weak-etype", "note"}},
         "clock-skew",
         "weak-etype"},
    };
    guint i;
    guint k;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        report here = report_new("contoso.test", "10.0.0.5", 40000, 0);
        report there = report_new("contoso.test", "10.0.0.5", 50000, 86400);
        adp_compared *compared;

        add_logon(&here, "ok", 0);
        add_logon(&there, "ok", 0);
        for (k = 0; k < 2; k++) {
            add_finding(&here, rows[i].ids[k][0], rows[i].ids[k][1], 3);
        }
        if (rows[i].there) {
            add_finding(&there, rows[i].there, "error", 3);
        }
        compared = compare(&here, &there);
        check_str(rows[i].row, "first", compared->first, rows[i].first);
        adp_compared_free(compared);
    }
}

static void test_the_same_capture(void)
{
    report here = report_new("contoso.test", "10.0.0.5", 40000, 0);
    report there = report_new("contoso.test", "10.0.0.5", 40000, 0);
    adp_compared *compared;

    add_logon(&here, "failed", 7);
    add_logon(&there, "failed", 7);
    compared = compare(&here, &there);
    g_assert_cmpint(compared->kind, ==, ADP_COMPARED_SAME);
    g_assert_cmpstr(compared->first, ==, NULL);
    check_says(compared, "No difference that matters");
    adp_compared_free(compared);
}

/* ---- two ends ---- */

#define LDAP_PING "\"domain\":\"contoso.test\""

/* The client's side, and the server's: 2.5 s ahead, and each answer takes 10 ms less. */
static void two_ends(report *client, report *server, const char *address, guint port)
{
    guint i;

    *client = report_new("contoso.test", "10.0.0.5", 40000, 0);
    *server = report_new("contoso.test", address, port, 2.5);
    for (i = 0; i < 6; i++) {
        char *detail =
            g_strdup_printf("\"name\":\"_ldap._tcp.s%u.contoso.test\",\"role\":\"dc\"", i);

        add_step(client, "srv", "ok", i, 0.030, 500 + i, detail);
        add_step(server, "srv", "ok", i + 0.005, 0.020, 500 + i, detail);
        g_free(detail);
    }
}

static void test_ends(void)
{
    guint at;

    for (at = 0; at < 2; at++) {
        report client;
        report server;
        adp_compared *compared;

        two_ends(&client, &server, "10.0.0.5", 40000);
        compared = at == 0 ? compare(&client, &server) : compare(&server, &client);
        g_assert_cmpint(compared->kind, ==, ADP_COMPARED_ENDS);
        g_assert_cmpuint(compared->lost, ==, 0);
        check_says(compared, "6 requests are in both captures, by addresses and ports");
        check_says(compared, at == 0 ? "nearer to the client, the other"
                                     : "nearer to the servers, the other");
        check_says(compared, at == 0 ? "clock there is 2.500000 s ahead"
                                     : "clock there is 2.500000 s behind");
        check_says(compared, "Nothing was lost");
        check_says(compared, "The time goes in the servers");
        check_says(compared, "An answer took 0.030000 s on average (6 requests");
        check_says(compared, "0.020000 s in the servers, 0.010000 s on the way");
        g_assert_false(says(compared, "NAT"));
        adp_compared_free(compared);
    }
}

static void test_ends_translated(void)
{
    report client;
    report server;
    adp_compared *compared;

    two_ends(&client, &server, "192.0.2.1", 1025);
    compared = compare(&client, &server);
    g_assert_cmpint(compared->kind, ==, ADP_COMPARED_ENDS);
    g_assert_cmpuint(compared->lost, ==, 0);
    check_says(compared, "(NAT)");
    check_says(compared, "client 10.0.0.5 here is 192.0.2.1 there");
    check_says(compared, "port is another one in 6 of 6");
    adp_compared_free(compared);
}

static void test_ends_with_losses(void)
{
    report client;
    report server;
    adp_compared *compared;

    two_ends(&client, &server, "10.0.0.5", 40000);
    /* It left, and never arrived; it was answered, and the answer never came; the server is silent. */
    add_step(&client, "ping", "unanswered", 7, -1, 0, LDAP_PING);
    server.port++;
    add_step(&client, "srv", "unanswered", 8, -1, 7, "\"name\":\"_gc._tcp.contoso.test\"");
    add_step(&server, "srv", "ok", 8.005, 0.020, 7, "\"name\":\"_gc._tcp.contoso.test\"");
    add_step(&client, "srv", "unanswered", 9, -1, 8, "\"name\":\"_kpasswd._tcp.contoso.test\"");
    add_step(&server, "srv", "unanswered", 9.005, -1, 8, "\"name\":\"_kpasswd._tcp.contoso.test\"");
    compared = compare(&client, &server);
    g_assert_cmpint(compared->kind, ==, ADP_COMPARED_ENDS);
    g_assert_cmpuint(compared->lost, ==, 2);
    check_says(compared, "Left here, and never arrived there");
    check_says(compared, "Answered there, and the answer never arrived here");
    check_says(compared, "it is the server that is silent");
    adp_compared_free(compared);
}

/* What the other capture was not there for is not lost. */
static void test_ends_of_other_length(void)
{
    report client;
    report server;
    adp_compared *compared;

    two_ends(&client, &server, "10.0.0.5", 40000);
    add_step(&client, "ping", "unanswered", 60, -1, 0, LDAP_PING);
    compared = compare(&client, &server);
    g_assert_cmpint(compared->kind, ==, ADP_COMPARED_ENDS);
    g_assert_cmpuint(compared->lost, ==, 0);
    adp_compared_free(compared);
}

/* The same questions with other ports and numbers, a minute later: another run. */
static void test_no_ends(void)
{
    report client;
    report server;
    report other = report_new("contoso.test", "10.0.0.5", 50000, 60);
    adp_compared *compared;
    guint i;

    two_ends(&client, &server, "10.0.0.5", 40000);
    for (i = 0; i < 6; i++) {
        char *detail =
            g_strdup_printf("\"name\":\"_ldap._tcp.s%u.contoso.test\",\"role\":\"dc\"", i);

        add_step(&other, "srv", "ok", i, 0.030, 900 + i, detail);
        g_free(detail);
    }
    compared = compare(&client, &other);
    g_assert_cmpint(compared->kind, ==, ADP_COMPARED_RUNS);
    g_assert_cmpstr(compared->first, ==, NULL);
    adp_compared_free(compared);
    adp_told_free(told_of(&server));
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/compare/json", test_json);
    g_test_add_func("/compare/json values", test_json_values);
    g_test_add_func("/compare/wrong files", test_wrong_files);
    g_test_add_func("/compare/damaged files", test_damaged_files);
    g_test_add_func("/compare/runs of two houses", test_runs_of_two_houses);
    g_test_add_func("/compare/another answer", test_another_answer);
    g_test_add_func("/compare/another code", test_another_code);
    g_test_add_func("/compare/findings", test_findings);
    g_test_add_func("/compare/the same capture", test_the_same_capture);
    g_test_add_func("/compare/ends", test_ends);
    g_test_add_func("/compare/ends translated", test_ends_translated);
    g_test_add_func("/compare/ends with losses", test_ends_with_losses);
    g_test_add_func("/compare/ends of other length", test_ends_of_other_length);
    g_test_add_func("/compare/no ends", test_no_ends);
    return g_test_run();
}
