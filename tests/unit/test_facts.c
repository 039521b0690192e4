/* test_facts.c
 * Fields, summaries, times: what is said of a step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "facts/facts.h"
#include "facts/fields.h"
#include "facts/kind.h"
#include "facts/step_kinds.h"
#include "facts/summary.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/arena.h"

#include <string.h>

#define D    "contoso.test"
#define NAME "_ldap._tcp.HQ._sites.dc._msdcs.contoso.test"
#define URL  "77378F46-2C66-4aa9-A6A6-3E7A48B19596"

/* ---- the catalogue ---- */

/* In which object of the JSON a key stands. */
static const char *level_of(const adp_field_info *info)
{
    switch (info->shape) {
    case ADP_SHAPE_RECORD:
        return "records";
    case ADP_SHAPE_ENTRY:
    case ADP_SHAPE_ENTRY_LIST:
        return "entry_list";
    default:
        return NULL;
    }
}

static void test_catalogue(void)
{
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTable *keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint i;

    for (i = 0; i < ADP_FIELD_COUNT; i++) {
        const adp_field_info *info = adp_field_get((adp_field)i);
        const char *level = level_of(info);

        g_assert_true(g_str_has_prefix(info->name, "adpath."));
        check_int(info->name, "name is new", g_hash_table_add(names, (gpointer)info->name), TRUE);
        g_assert_cmpint(*info->title, !=, '\0');
        g_assert_cmpint(*info->meaning, !=, '\0');
        if (level) {
            check_int(info->name, "key is new",
                      g_hash_table_add(keys, g_strconcat(level, ".", info->key, NULL)), TRUE);
        }
    }
    g_hash_table_unref(names);
    g_hash_table_unref(keys);
}

/* Two fields of one kind of step must not share a key of its "detail". */
static void test_keys(void)
{
    guint kind;
    guint i;

    for (kind = 0; kind < ADP_STEP_KINDS; kind++) {
        GHashTable *keys = g_hash_table_new(g_str_hash, g_str_equal);

        for (i = 0; i < ADP_FIELD_COUNT; i++) {
            const adp_field_info *info = adp_field_get((adp_field)i);

            if (adp_field_of_kind((adp_field)i, (adp_step_kind)kind) &&
                (info->shape == ADP_SHAPE_SINGLE || info->shape == ADP_SHAPE_LIST)) {
                check_int(info->name, "key is new", g_hash_table_add(keys, (gpointer)info->key),
                          TRUE);
            }
        }
        g_assert_cmpuint(g_hash_table_size(keys), >, 0);
        g_hash_table_unref(keys);
    }
}

/* ---- facts ---- */

static void check_fact(const bench *b, guint32 step, adp_field field, const char *want)
{
    const adp_view view = adp_view_whole(b->model, step, FALSE);
    char *got = fact_of(b->model, &view, field);

    check_str(adp_field_get(field)->name, "fact", got, want);
    g_free(got);
}

/* Only fields of the kind; those of records and entries last, their groups from 1 on. */
static void check_order(const bench *b, guint32 step)
{
    const adp_view view = adp_view_whole(b->model, step, TRUE);
    adp_facts *facts = adp_facts_new(b->model, &view);
    guint group = 0;
    guint i;

    for (i = 0; i < facts->items->len; i++) {
        const adp_fact *fact = &g_array_index(facts->items, adp_fact, i);
        const adp_field_info *info = adp_field_get(fact->field);
        gboolean grouped = info->shape == ADP_SHAPE_RECORD || info->shape >= ADP_SHAPE_ENTRY;

        check_int(info->name, "is of the kind",
                  adp_field_of_kind(fact->field, step_of(b, step)->kind), TRUE);
        check_int(info->name, "is grouped", fact->group > 0, grouped);
        check_int(info->name, "group goes on", fact->group == group || fact->group == group + 1,
                  TRUE);
        group = fact->group;
        if (info->type == ADP_TYPE_STRING) {
            g_assert_nonnull(fact->v.s);
        }
    }
    adp_facts_free(facts);
}

static void check_summary(const bench *b, guint32 step, const char *const *wanted)
{
    const adp_view view = adp_view_whole(b->model, step, FALSE);
    char *summary = adp_summary(b->model, &view);

    g_assert_null(strchr(summary, '\n'));
    g_assert_null(strstr(summary, "(null)"));
    for (; *wanted; wanted++) {
        if (!strstr(summary, *wanted)) {
            check_str(summary, "summary", "lacks it", *wanted);
        }
    }
    g_free(summary);
}

#define CHECK_SUMMARY(b, step, ...) check_summary(b, step, (const char *const[]){__VA_ARGS__, NULL})

static void test_srv(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = udp(b.client, 50000, b.server, 53);
    (void)bench_add(&b, ob_query(b.arena, flow, 1, NAME));
    check_fact(&b, 0, ADP_F_SRV_RESULT, NULL);
    CHECK_SUMMARY(&b, 0, NAME, "no answer in the capture");
    (void)bench_add(&b, ob_answer(b.arena, flow, 1, NAME, 0, "dc1." D, "dc2." D, "dc3." D, "dc4." D,
                                  "dc5." D, NULL));
    check_fact(&b, 0, ADP_F_SRV_NAME, NAME);
    check_fact(&b, 0, ADP_F_SRV_SERVICE, "_ldap");
    check_fact(&b, 0, ADP_F_SRV_PROTO, "_tcp");
    check_fact(&b, 0, ADP_F_SRV_ROLE, "dc");
    check_fact(&b, 0, ADP_F_SRV_SITE, "HQ");
    check_fact(&b, 0, ADP_F_SRV_DOMAIN, D);
    check_fact(&b, 0, ADP_F_SRV_RESULT, "answered");
    check_fact(&b, 0, ADP_F_SRV_TARGET, "dc1." D "|dc2." D "|dc3." D "|dc4." D "|dc5." D);
    check_fact(&b, 0, ADP_F_SRV_PORT, "389|389|389|389|389");
    check_fact(&b, 0, ADP_F_SRV_PRIORITY, "0|0|0|0|0");
    check_fact(&b, 0, ADP_F_SRV_WEIGHT, "100|100|100|100|100");
    check_order(&b, 0);
    CHECK_SUMMARY(&b, 0, "SRV", NAME, ("dc1." D ":389"), ("dc3." D), "2 more");
    bench_clear(&b);
}

static void test_srv_results(void)
{
    static const struct {
        guint8 rcode;
        const char *target;
        const char *want;
    } rows[] = {
        {0, "dc1." D, "answered"}, {0, NULL, "nodata"},   {0, "", "not-offered"},
        {3, NULL, "nxdomain"},     {2, NULL, "servfail"}, {5, NULL, "refused"},
    };
    bench b;
    guint i;

    bench_init(&b);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        adp_flow flow = udp(b.client, (guint16)(50000 + i), b.server, 53);

        (void)bench_add(&b, ob_query(b.arena, flow, 1, NAME));
        (void)bench_add(&b, ob_answer(b.arena, flow, 1, NAME, rows[i].rcode, rows[i].target, NULL));
        check_fact(&b, i, ADP_F_SRV_RESULT, rows[i].want);
        if (i) {
            CHECK_SUMMARY(&b, i, rows[i].want);
        }
    }
    /* Never answered, but only once that is certain. */
    (void)bench_add(&b, ob_query(b.arena, udp(b.client, 50100, b.server, 53), 1, NAME));
    check_fact(&b, i, ADP_F_SRV_RESULT, NULL);
    bench_wait(&b, S(6));
    check_fact(&b, i, ADP_F_SRV_RESULT, "unanswered");
    CHECK_SUMMARY(&b, i, "no answer");
    bench_clear(&b);
}

static void test_ping(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = udp(b.client, 50001, b.server, 389);
    (void)bench_add(&b, ob_ping(b.arena, flow, 1, "asked.test", "WS1"));
    check_fact(&b, 0, ADP_F_PING_DOMAIN, "asked.test");
    check_fact(&b, 0, ADP_F_PING_CLIENT_HOST, "WS1");
    check_fact(&b, 0, ADP_F_PING_OPCODE, NULL);
    (void)bench_add(&b, ob_pong(b.arena, flow, 1, 23, "dc1." D, ""));
    (void)bench_add(&b, ob_done(b.arena, flow, 1, 0));
    check_fact(&b, 0, ADP_F_PING_DOMAIN, D);
    check_fact(&b, 0, ADP_F_PING_HOST, "dc1." D);
    check_fact(&b, 0, ADP_F_PING_DC_SITE, "HQ");
    /* Empty is empty, not absent and not "<Root>". */
    check_fact(&b, 0, ADP_F_PING_CLIENT_SITE, "");
    check_fact(&b, 0, ADP_F_PING_NEXT_SITE, NULL);
    check_fact(&b, 0, ADP_F_PING_CLOSEST, "true");
    check_fact(&b, 0, ADP_F_PING_OPCODE, "23");
    check_fact(&b, 0, ADP_F_PING_FLAGS, "1021");
    check_order(&b, 0);
    CHECK_SUMMARY(&b, 0, "LDAP ping", ("dc1." D), "HQ", "(none)");
    bench_clear(&b);
}

static void test_kerberos(void)
{
    bench b;
    adp_flow flow;
    adp_obs obs;
    adp_obs_krb *krb;

    bench_init(&b);
    flow = udp(b.client, 50001, b.server, 88);
    (void)bench_add(&b, ob_krb(b.arena, flow, ADP_EXCHANGE_TGS, "HTTP/mail." D, 1));
    obs = ob_krb_error(b.arena, flow, ADP_EXCHANGE_TGS, NULL, 18);
    krb = adp_arena_new_array(b.arena, adp_obs_krb, 1);
    *krb = *obs.u.krb;
    krb->has_ntstatus = TRUE;
    krb->ntstatus = 0xC0000072;
    krb->has_stime = TRUE;
    krb->stime = b.time + S(400);
    krb->text = "locked for alice@" D;
    obs.u.krb = krb;
    (void)bench_add(&b, obs);
    check_fact(&b, 0, ADP_F_KRB_EXCHANGE, "tgs");
    check_fact(&b, 0, ADP_F_KRB_ERROR, "18");
    check_fact(&b, 0, ADP_F_KRB_ERROR_NAME, "KDC_ERR_CLIENT_REVOKED");
    check_fact(&b, 0, ADP_F_KRB_CLASS, "fault");
    check_fact(&b, 0, ADP_F_KRB_SPN, "HTTP/mail." D);
    check_fact(&b, 0, ADP_F_KRB_REALM, "CONTOSO.TEST");
    check_fact(&b, 0, ADP_F_KRB_CLIENT, "ws1$");
    check_fact(&b, 0, ADP_F_KRB_CARRIER, "kdc");
    check_fact(&b, 0, ADP_F_KRB_NTSTATUS, "3221225586");
    check_fact(&b, 0, ADP_F_KRB_NTSTATUS_NAME, "STATUS_ACCOUNT_DISABLED");
    check_fact(&b, 0, ADP_F_KRB_SKEW, "400000000000");
    check_fact(&b, 0, ADP_F_KRB_ETYPE, "18|17");
    check_fact(&b, 0, ADP_F_KRB_TICKET_ETYPE, NULL);
    check_fact(&b, 0, ADP_F_KRB_TEXT, "locked for <mailbox>");
    check_order(&b, 0);
    CHECK_SUMMARY(&b, 0, "TGS", ("HTTP/mail." D), "KDC_ERR_CLIENT_REVOKED", "18",
                  "STATUS_ACCOUNT_DISABLED");

    /* The service that was asked for, not the machine that answered. */
    flow = tcp(b.client, 50002, b.server, 80, 1);
    (void)bench_add(&b, ob_ap(b.arena, flow, ADP_CARRIER_HTTP, "HTTP/mail." D, 1));
    (void)bench_add(&b, ob_ap_reply(b.arena, flow, ADP_CARRIER_HTTP, AP_ERROR));
    check_fact(&b, 1, ADP_F_KRB_EXCHANGE, "ap");
    check_fact(&b, 1, ADP_F_KRB_SPN, "HTTP/mail." D);
    check_fact(&b, 1, ADP_F_KRB_CARRIER, "http");
    check_fact(&b, 1, ADP_F_KRB_ERROR_NAME, "KRB_AP_ERR_MODIFIED");
    CHECK_SUMMARY(&b, 1, ("HTTP/mail." D), "KRB_AP_ERR_MODIFIED");

    /* Where only the error is there, its own name is all there is. */
    (void)bench_add(&b, ob_krb_error(b.arena, udp(b.client, 50003, b.server, 88), ADP_EXCHANGE_TGS,
                                     "ldap/dc1", 7));
    check_fact(&b, 2, ADP_F_KRB_SPN, "ldap/dc1");
    check_fact(&b, 2, ADP_F_KRB_ETYPE, NULL);

    flow = udp(b.client, 50004, b.server, 88);
    (void)bench_add(&b, ob_krb(b.arena, flow, ADP_EXCHANGE_AS, "krbtgt/CONTOSO.TEST", 1));
    (void)bench_add(&b, ob_ticket(b.arena, flow, ADP_EXCHANGE_AS, "krbtgt/CONTOSO.TEST"));
    check_fact(&b, 3, ADP_F_KRB_EXCHANGE, "as");
    check_fact(&b, 3, ADP_F_KRB_TICKET_ETYPE, "18");
    check_fact(&b, 3, ADP_F_KRB_ERROR, NULL);
    check_fact(&b, 3, ADP_F_KRB_CLASS, NULL);
    check_order(&b, 3);
    bench_clear(&b);
}

static void test_krb_class(void)
{
    static const struct {
        gint32 code;
        const char *want;
    } rows[] = {{25, "normal"}, {52, "normal"}, {7, "fault"},
                {24, "fault"},  {41, "fault"},  {30, "fault"}};
    bench b;
    guint i;

    bench_init(&b);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        (void)bench_add(&b, ob_krb_error(b.arena, udp(b.client, (guint16)(i + 1), b.server, 88),
                                         ADP_EXCHANGE_AS, "x", rows[i].code));
        check_fact(&b, i, ADP_F_KRB_CLASS, rows[i].want);
    }
    bench_clear(&b);
}

static void test_ldap(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = tcp(b.client, 50001, b.server, 389, 1);
    (void)bench_add(&b, ob_bind(b.arena, flow, 1, "GSSAPI", TRUE));
    (void)bench_add(&b, ob_bound(b.arena, flow, 1, 49));
    check_fact(&b, 0, ADP_F_LDAP_MECHANISM, "GSSAPI");
    check_fact(&b, 0, ADP_F_LDAP_PROTECTION, "none");
    check_fact(&b, 0, ADP_F_LDAP_DECRYPTED, "false");
    check_fact(&b, 0, ADP_F_LDAP_RESULT, "49");
    check_fact(&b, 0, ADP_F_LDAP_RESULT_NAME, "invalidCredentials");
    check_fact(&b, 0, ADP_F_LDAP_ENTRIES, NULL);
    check_fact(&b, 0, ADP_F_LDAP_BASE, NULL);
    check_order(&b, 0);
    CHECK_SUMMARY(&b, 0, "LDAP bind", "GSSAPI", "invalidCredentials");

    (void)bench_add(&b, ob_rootdse(b.arena, flow, 2));
    (void)bench_add(&b, ob_done(b.arena, flow, 2, 4096));
    check_fact(&b, 1, ADP_F_LDAP_BASE, "");
    check_fact(&b, 1, ADP_F_LDAP_SCOPE, "base");
    check_fact(&b, 1, ADP_F_LDAP_ATTRIBUTE, "configurationNamingContext");
    check_fact(&b, 1, ADP_F_LDAP_RESULT, "4096");
    check_fact(&b, 1, ADP_F_LDAP_RESULT_NAME, NULL);
    check_fact(&b, 1, ADP_F_LDAP_ENTRIES, "0");
    check_order(&b, 1);
    CHECK_SUMMARY(&b, 1, "rootDSE", "4096");

    (void)bench_add(&b, ob_hidden(b.arena, flow, TRUE, 1, 1));
    check_fact(&b, 2, ADP_F_LDAP_HIDDEN, "1");
    check_fact(&b, 2, ADP_F_LDAP_PROTECTION, "sealed");
    check_order(&b, 2);
    CHECK_SUMMARY(&b, 2, "1 message)");
    (void)bench_add(&b, ob_hidden(b.arena, flow, TRUE, 41, 2));
    check_fact(&b, 2, ADP_F_LDAP_HIDDEN, "42");
    CHECK_SUMMARY(&b, 2, "42 messages");
    bench_clear(&b);
}

static void add_scp(bench *b, adp_flow flow)
{
    (void)bench_add(b,
                    ob_scp(b->arena, flow, 3, "exchange", "CN=Configuration,DC=contoso,DC=test"));
    (void)bench_add(
        b, ob_entry(b->arena, flow, 3, "CN=EX1", "https://ex1." D "/a", URL, "Site=HQ", NULL));
    (void)bench_add(
        b, ob_entry(b->arena, flow, 3, "CN=EX2", "https://ex2." D "/a", URL, "Site=Branch", NULL));
    (void)bench_add(b, ob_entry(b->arena, flow, 3, "CN=EX3", "https://ex3." D "/a", URL, NULL));
    (void)bench_add(b, ob_done(b->arena, flow, 3, 0));
}

static void test_scp(void)
{
    bench b;
    adp_flow flow;
    adp_flow ping;

    bench_init(&b);
    flow = tcp(b.client, 50001, b.server, 389, 1);
    ping = udp(b.client, 50002, b.server, 389);
    add_scp(&b, flow);
    check_fact(&b, 0, ADP_F_SCP_KIND, "exchange");
    check_fact(&b, 0, ADP_F_LDAP_ENTRIES, "3");
    check_fact(&b, 0, ADP_F_SCP_ENTRY, "url|url|url");
    check_fact(&b, 0, ADP_F_SCP_DN, "CN=EX1|CN=EX2|CN=EX3");
    check_fact(&b, 0, ADP_F_SCP_HOST, "ex1." D "|ex2." D "|ex3." D);
    check_fact(&b, 0, ADP_F_SCP_SITE, "HQ|Branch");
    check_fact(&b, 0, ADP_F_SCP_KEYWORD, URL "|Site=HQ|" URL "|Site=Branch|" URL);
    /* No rank is claimed without the client's site. */
    check_fact(&b, 0, ADP_F_SCP_RANK, NULL);
    check_order(&b, 0);
    CHECK_SUMMARY(&b, 0, "SCP", "exchange", "3 entries");

    /* The site may be learnt later, and may change. */
    (void)bench_add(&b, ob_ping(b.arena, ping, 1, D, "WS1"));
    (void)bench_add(&b, ob_pong(b.arena, ping, 1, 23, "dc1." D, "Branch"));
    check_fact(&b, 0, ADP_F_SCP_RANK, "3|1|2");
    check_fact(&b, 0, ADP_F_SCP_RANK_REASON, "other site|site match|no site");
    check_order(&b, 0);
    (void)bench_add(&b, ob_ping(b.arena, ping, 2, D, "WS1"));
    (void)bench_add(&b, ob_pong(b.arena, ping, 2, 23, "dc1." D, "HQ"));
    check_fact(&b, 0, ADP_F_SCP_RANK, "1|3|2");
    bench_clear(&b);
}

/* A doubled entry is no second one, and the ranks stay with the right entries. */
static void test_scp_copies(void)
{
    bench b;
    adp_flow flow;
    adp_flow ping;
    adp_obs entry;

    bench_init(&b);
    flow = tcp(b.client, 50001, b.server, 389, 1);
    ping = udp(b.client, 50002, b.server, 389);
    (void)bench_add(&b, ob_pong(b.arena, ping, 1, 23, "dc1." D, "B"));
    (void)bench_add(&b, ob_scp(b.arena, flow, 3, "exchange", "CN=x"));
    entry = ob_entry(b.arena, flow, 3, "CN=1", "https://one/", URL, "Site=A", NULL);
    (void)bench_add(&b, entry);
    b.time -= MS(10);
    (void)bench_add(&b, entry);
    (void)bench_add(&b, ob_entry(b.arena, flow, 3, "CN=2", "https://two/", URL, "Site=B", NULL));
    check_fact(&b, 1, ADP_F_SCP_DN, "CN=1|CN=2");
    check_fact(&b, 1, ADP_F_SCP_RANK, "2|1");
    check_fact(&b, 1, ADP_F_LDAP_ENTRIES, "2");
    bench_clear(&b);
}

/* ---- views ---- */

/* A frame shows what was known with it: the request no answer, the entry its own count. */
static void test_views(void)
{
    static const struct {
        guint32 obs;
        const char *entries;
        const char *dn;
        const char *result;
        gboolean has_time;
    } rows[] = {
        {0, NULL, NULL, NULL, FALSE},    {1, "1", "CN=EX1", NULL, FALSE},
        {2, "2", "CN=EX2", NULL, FALSE}, {3, "3", "CN=EX3", NULL, FALSE},
        {4, "3", NULL, "0", TRUE},
    };
    bench b;
    guint i;

    bench_init(&b);
    add_scp(&b, tcp(b.client, 50001, b.server, 389, 1));
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        const adp_view early = {.step = 0, .from = rows[i].obs, .to = rows[i].obs, .early = TRUE};
        adp_view late = early;
        char *row = g_strdup_printf("frame of observation %u", rows[i].obs);
        char *got = fact_of(b.model, &early, ADP_F_LDAP_ENTRIES);
        gint64 time = 0;

        check_str(row, "entries", got, rows[i].entries);
        g_free(got);
        got = fact_of(b.model, &early, ADP_F_SCP_DN);
        check_str(row, "dn", got, rows[i].dn);
        g_free(got);
        got = fact_of(b.model, &early, ADP_F_LDAP_RESULT);
        check_str(row, "result", got, rows[i].result);
        g_free(got);
        check_int(row, "has time", adp_step_time(b.model, &early, &time), rows[i].has_time);
        /* In the second pass every frame of the step may tell how long it took. */
        late.early = FALSE;
        check_int(row, "has time, late", adp_step_time(b.model, &late, &time), TRUE);
        check_int(row, "time", time, MS(40));
        g_free(row);
    }
    g_assert_cmpuint(adp_step_request_frame(b.model, step_of(&b, 0)), ==, 1);
    g_assert_cmpuint(adp_step_reply_frame(b.model, step_of(&b, 0)), ==, 5);
    bench_clear(&b);
}

static void test_no_ends(void)
{
    bench b;
    adp_view view;
    gint64 time;

    bench_init(&b);
    (void)bench_add(&b, ob_query(b.arena, udp(b.client, 1, b.server, 53), 1, NAME));
    (void)bench_add(&b, ob_answer(b.arena, udp(b.client, 2, b.server, 53), 1, NAME, 3, NULL));
    view = adp_view_whole(b.model, 0, FALSE);
    g_assert_false(adp_step_time(b.model, &view, &time));
    g_assert_cmpuint(adp_step_reply_frame(b.model, step_of(&b, 0)), ==, 0);
    view = adp_view_whole(b.model, 1, FALSE);
    g_assert_false(adp_step_time(b.model, &view, &time));
    g_assert_cmpuint(adp_step_request_frame(b.model, step_of(&b, 1)), ==, 0);
    bench_clear(&b);
}

/* The time of a repeated request counts from the first try. */
static void test_time_of_retry(void)
{
    bench b;
    adp_flow flow;
    adp_view view;
    gint64 time = 0;

    bench_init(&b);
    flow = udp(b.client, 1, b.server, 53);
    (void)bench_add(&b, ob_query(b.arena, flow, 1, NAME));
    (void)bench_add(&b, ob_query(b.arena, flow, 1, NAME));
    (void)bench_add(&b, ob_answer(b.arena, flow, 1, NAME, 3, NULL));
    view = adp_view_whole(b.model, 0, FALSE);
    g_assert_true(adp_step_time(b.model, &view, &time));
    g_assert_cmpint(time, ==, MS(20));
    bench_clear(&b);
}

/* ---- privacy ---- */

/* Wherever a mailbox could turn up, it is masked unless it is asked for. */
static void test_mailboxes(void)
{
    bench b;
    adp_flow flow;
    adp_obs obs;
    adp_obs_search *search;
    guint32 step;

    bench_init(&b);
    flow = tcp(b.client, 50001, b.server, 389, 1);
    obs = ob_krb(b.arena, udp(b.client, 1, b.server, 88), ADP_EXCHANGE_AS, "alice@contoso.test", 1);
    (void)bench_add(&b, obs);
    obs = ob_scp(b.arena, flow, 1, "exchange", "CN=alice@contoso.test");
    search = adp_arena_new_array(b.arena, adp_obs_search, 1);
    *search = *obs.u.search;
    search->filter = "(mail=alice@contoso.test)";
    obs.u.search = search;
    (void)bench_add(&b, obs);
    (void)bench_add(&b, ob_entry(b.arena, flow, 1, "CN=alice@contoso.test",
                                 "https://x/alice@contoso.test", "alice@contoso.test", NULL));
    (void)bench_add(&b, ob_ping(b.arena, udp(b.client, 2, b.server, 389), 1, "alice@contoso.test",
                                "alice@contoso.test"));
    for (step = 0; step < adp_model_step_count(b.model); step++) {
        adp_view view = adp_view_whole(b.model, step, FALSE);
        adp_facts *facts = adp_facts_new(b.model, &view);
        char *summary = adp_summary(b.model, &view);
        guint i;

        g_assert_null(strstr(summary, "alice"));
        for (i = 0; i < facts->items->len; i++) {
            const adp_fact *fact = &g_array_index(facts->items, adp_fact, i);
            const adp_field_info *info = adp_field_get(fact->field);

            if (info->type == ADP_TYPE_STRING && strstr(fact->v.s, "alice")) {
                check_str(info->name, "value", fact->v.s, "<mailbox>");
            }
        }
        adp_facts_free(facts);
        g_free(summary);
        view.mailboxes = TRUE;
        summary = adp_summary(b.model, &view);
        g_assert_nonnull(strstr(summary, "alice@contoso.test"));
        g_free(summary);
    }
    bench_clear(&b);
}

/* Each kind of step has a row, and each row is whole: nobody asks it for what it does not have. */
static void test_kinds(void)
{
    gboolean covered[ADP_FIELD_COUNT] = {FALSE};
    int kind;
    int field;

    for (kind = 0; kind < ADP_STEP_KINDS; kind++) {
        const adp_kind *row = adp_kind_of((adp_step_kind)kind);

        g_assert_nonnull(row);
        g_assert_nonnull(adp_step_kind_name((adp_step_kind)kind));
        g_assert_true(row->outcome && row->facts && row->say && row->guide);
        g_assert_true(row->guide->what && row->guide->before && row->guide->after);
        g_assert_cmpint(row->stage, !=, ADP_STAGE_NONE);
        g_assert_true(row->repeat || kind == ADP_STEP_HIDDEN);
        g_assert_cmpint(row->first, <=, row->last);
        for (field = 0; field < ADP_FIELD_COUNT; field++) {
            covered[field] |= adp_field_of_kind((adp_field)field, (adp_step_kind)kind);
        }
    }
    for (field = 0; field < ADP_FIELD_COUNT; field++) {
        gboolean outer = adp_field_get((adp_field)field)->shape == ADP_SHAPE_OUTER;

        g_assert_cmpint(covered[field], ==, !outer);
    }
}

static void turned(const char *summary, const char *wanted)
{
    char *text = adp_summary_turned(summary);

    g_assert_cmpstr(text, ==, wanted);
    g_free(text);
}

/* Names may hold anything: at worst the line is turned at another place. */
static void test_turned(void)
{
    turned("A dc1.contoso.test: nodata", "nodata - A dc1.contoso.test");
    turned("LDAP bind (anonymous: a name and no password): accepted",
           "accepted - LDAP bind (anonymous: a name and no password)");
    turned("Autodiscover POST https://mail/: 302, redirect to https://x: 1",
           "302, redirect to https://x: 1 - Autodiscover POST https://mail/");
    turned("SCP search", "SCP search");
    turned("A (((: x", "A (((: x");
    turned("))): x", "x - )))");
    turned(": ", " - ");
    turned("", "");
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/facts/catalogue", test_catalogue);
    g_test_add_func("/facts/keys", test_keys);
    g_test_add_func("/facts/srv", test_srv);
    g_test_add_func("/facts/srv-results", test_srv_results);
    g_test_add_func("/facts/ping", test_ping);
    g_test_add_func("/facts/kerberos", test_kerberos);
    g_test_add_func("/facts/kerberos-class", test_krb_class);
    g_test_add_func("/facts/ldap", test_ldap);
    g_test_add_func("/facts/scp", test_scp);
    g_test_add_func("/facts/scp-copies", test_scp_copies);
    g_test_add_func("/facts/views", test_views);
    g_test_add_func("/facts/no-ends", test_no_ends);
    g_test_add_func("/facts/time-of-retry", test_time_of_retry);
    g_test_add_func("/facts/mailboxes", test_mailboxes);
    g_test_add_func("/facts/kinds", test_kinds);
    g_test_add_func("/facts/turned", test_turned);
    return g_test_run();
}
