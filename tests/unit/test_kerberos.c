/* test_kerberos.c
 * What a Kerberos exchange is for, whose KDC answers, and which errors belong to healthy flow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "facts/facts.h"
#include "facts/krb_purpose.h"
#include "case/krb_vendor.h"
#include "facts/summary.h"
#include "join/model.h"
#include "log/krb.h"
#include "log/observation.h"
#include "wire/arena.h"
#include "wire/krb_types.h"

#define REALM "CONTOSO.TEST"
#define TGT   "krbtgt/" REALM

/* ---- messages ---- */

/* The observation's content, to be changed. */
static adp_obs_krb *open_up(bench *b, adp_obs *obs)
{
    adp_obs_krb *krb = adp_arena_new_array(b->arena, adp_obs_krb, 1);

    *krb = *obs->u.krb;
    obs->u.krb = krb;
    return krb;
}

static adp_flow kdc(const bench *b, guint16 port)
{
    return udp(b->client, port, b->server, 88);
}

static guint16 next_port(void)
{
    static guint16 port = 40000;

    return ++port;
}

typedef struct {
    adp_exchange exchange;
    const char *spn;
    const char *client;
    const char *realm; /* asked; NULL: REALM */
    gint32 padata;     /* one; 0: none */
    guint32 options;
    const char *for_user;
    const char *other;  /* service of an additional ticket, */
    guint64 other_hash; /* and its hash */
    guint64 shown;      /* hash of the ticket that it shows */
} ask_row;

typedef struct {
    gint32 error; /* 0: a ticket */
    const char *spn;
    const char *client;
    const char *client_realm;
    guint64 hash; /* of the ticket */
    const char *text;
    gboolean ntstatus;
} answer_row;

static adp_obs request(bench *b, adp_flow flow, const ask_row *ask)
{
    adp_obs obs = ob_krb(b->arena, flow, ask->exchange, ask->spn, 1);
    adp_obs_krb *krb = open_up(b, &obs);

    krb->client = ask->client;
    krb->realm = ask->realm ? ask->realm : REALM;
    krb->options = ask->options;
    krb->for_user = ask->for_user;
    krb->shown_hash = ask->shown;
    if (ask->padata) {
        adp_list_add(b->arena, &krb->padata, ask->padata);
    }
    if (ask->other) {
        adp_krb_ticket ticket = {.spn = ask->other, .realm = REALM, .hash = ask->other_hash};

        adp_list_add(b->arena, &krb->more, ticket);
    }
    return obs;
}

/* An exchange; returns its step. */
static guint32 exchange(bench *b, ask_row ask, answer_row answer)
{
    adp_flow flow = kdc(b, next_port());
    adp_obs obs;
    adp_obs_krb *krb;

    (void)bench_add(b, request(b, flow, &ask));
    if (!answer.spn) {
        answer.spn = ask.spn;
    }
    obs = answer.error ? ob_krb_error(b->arena, flow, ask.exchange, answer.spn, answer.error)
                       : ob_ticket(b->arena, flow, ask.exchange, answer.spn);
    krb = open_up(b, &obs);
    krb->client = answer.client;
    krb->client_realm = answer.client_realm;
    krb->ticket_hash = answer.hash;
    krb->text = answer.text;
    krb->has_ntstatus = answer.ntstatus;
    return bench_step(b, obs);
}

static adp_krb_purpose_facts purpose_of(const bench *b, guint32 step)
{
    adp_view view = adp_view_whole(b->model, step, TRUE);

    return adp_krb_purpose(b->model, &view);
}

static void check_purpose(const bench *b, guint32 step, const char *name, const char *by,
                          const char *for_user, const char *referral)
{
    adp_krb_purpose_facts facts = purpose_of(b, step);

    check_str(name, "purpose", adp_purpose_name(facts.purpose), name);
    check_str(name, "by", facts.by, by);
    check_str(name, "for", facts.for_user, for_user);
    check_str(name, "referral", facts.referral, referral);
}

static void check_summary(const bench *b, guint32 step, const char *want)
{
    adp_view view = adp_view_whole(b->model, step, TRUE);
    char *got = adp_summary(b->model, &view);

    g_assert_cmpstr(got, ==, want);
    g_free(got);
}

#define AS(...)                                                                                    \
    (ask_row)                                                                                      \
    {                                                                                              \
        .exchange = ADP_EXCHANGE_AS, __VA_ARGS__                                                   \
    }
#define TGS(...)                                                                                   \
    (ask_row)                                                                                      \
    {                                                                                              \
        .exchange = ADP_EXCHANGE_TGS, __VA_ARGS__                                                  \
    }
#define GETS(...)                                                                                  \
    (answer_row)                                                                                   \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* ---- purposes ---- */

static void test_purposes(void)
{
    bench b;
    guint32 step;

    bench_init(&b);
    step = exchange(&b, AS(.spn = TGT, .client = "svc$"), GETS(.client = "svc$", .hash = 7));
    check_purpose(&b, step, "logon", "svc$", NULL, NULL);
    step = exchange(&b, TGS(.spn = "HTTP/x", .shown = 7), GETS(.client = "svc$"));
    check_purpose(&b, step, "ticket", "svc$", NULL, NULL);
    step = exchange(&b, TGS(.spn = "HTTP/x", .shown = 7), GETS(.error = 7));
    check_purpose(&b, step, "ticket", "svc$", NULL, NULL);
    check_summary(&b, step, "Kerberos TGS for HTTP/x by svc$: KDC_ERR_S_PRINCIPAL_UNKNOWN (7)");
    step = exchange(&b, TGS(.spn = "HTTP/x", .shown = 7),
                    GETS(.spn = "krbtgt/OTHER.TEST", .client = "svc$"));
    check_purpose(&b, step, "referral", "svc$", NULL, "OTHER.TEST");
    check_summary(&b, step, "Kerberos TGS for HTTP/x by svc$: referral to OTHER.TEST");
    step = exchange(&b, TGS(.spn = TGT, .options = ADP_KDC_RENEW), GETS(.client = "svc$"));
    check_purpose(&b, step, "renewal", "svc$", NULL, NULL);
    step = exchange(&b, TGS(.spn = TGT, .options = ADP_KDC_FORWARDED), GETS(.client = "svc$"));
    check_purpose(&b, step, "forward", "svc$", NULL, NULL);
    step = exchange(&b, AS(.spn = TGT, .client = "WELLKNOWN/ANONYMOUS"), GETS(.error = 16));
    check_purpose(&b, step, "anonymous", "WELLKNOWN/ANONYMOUS", NULL, NULL);
    // cppcheck-suppress unknownEvaluationOrder // initializers, no side effects
    step = exchange(&b, AS(.spn = "kadmin/changepw", .client = "alice"), GETS(.client = "alice"));
    check_purpose(&b, step, "password", "alice", NULL, NULL);
    bench_clear(&b);
}

/* A ticket for another realm's KDC is no referral to whoever asked for just that. */
static void test_referrals(void)
{
    static const struct {
        const char *asked;
        const char *given;
        const char *want;
    } rows[] = {
        {"HTTP/x", "HTTP/x", NULL},
        {"HTTP/x", "HTTP/x.test", NULL},
        {"HTTP/x", "krbtgt/B.TEST", "B.TEST"},
        {"krbtgt/B.TEST", "krbtgt/B.TEST", NULL},
        {"krbtgt/B.TEST", "krbtgt/b.test", NULL},
        {"krbtgt/B", "krbtgt/B.TEST", NULL},
        {"krbtgt/B.TEST", "krbtgt/B", NULL},
        {"krbtgt/B.TEST", "krbtgt/BIG.TEST", "BIG.TEST"},
        {"krbtgt/BIG.TEST", "krbtgt/B", "B"},
        {"krbtgt/B.C.TEST", "krbtgt/B.D.TEST", "B.D.TEST"},
        {"HTTP/x", "krbtgt/", NULL},
        {"HTTP/x", "krbtgt", NULL},
        {"HTTP/x", "", NULL},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        adp_obs_krb ask = {.exchange = ADP_EXCHANGE_TGS, .spn = rows[i].asked};
        adp_obs_krb answer = {.exchange = ADP_EXCHANGE_TGS, .spn = rows[i].given};

        check_str(rows[i].given, rows[i].asked, adp_krb_referral(&ask, &answer), rows[i].want);
        check_str(rows[i].given, "nothing asked", adp_krb_referral(NULL, &answer), NULL);
    }
}

static void test_s4u(void)
{
    bench b;
    guint32 step;

    bench_init(&b);
    (void)exchange(&b, AS(.spn = TGT, .client = "svc$"), GETS(.client = "svc$", .hash = 7));
    step =
        exchange(&b, TGS(.spn = "svc$", .padata = ADP_PA_FOR_USER, .for_user = "alice", .shown = 7),
                 GETS(.client = "alice", .hash = 8));
    check_purpose(&b, step, "s4u2self", "svc$", "alice", NULL);
    check_summary(&b, step, "Kerberos TGS for svc$ on behalf of alice (S4U2Self) by svc$: ticket");
    step = exchange(&b,
                    TGS(.spn = "cifs/fs", .options = ADP_KDC_CNAME_IN_ADDL_TKT, .other = "svc$",
                        .other_hash = 8, .shown = 7),
                    GETS(.error = 13));
    check_purpose(&b, step, "s4u2proxy", "svc$", "alice", NULL);
    check_str("proxy", "with", purpose_of(&b, step).with->spn, "svc$");
    check_int("proxy", "to itself", purpose_of(&b, step).to_itself, FALSE);
    check_summary(&b, step,
                  "Kerberos TGS for cifs/fs on behalf of alice (S4U2Proxy) by svc$: "
                  "KDC_ERR_BADOPTION (13)");
    step = exchange(&b,
                    TGS(.spn = "host/svc.contoso.test", .options = ADP_KDC_CNAME_IN_ADDL_TKT,
                        .other = "svc$", .other_hash = 8, .shown = 7),
                    GETS(.error = 13));
    check_int("proxy", "to itself", purpose_of(&b, step).to_itself, TRUE);
    /* Without the ticket that it shows, nobody says who asks; the answer names the user. */
    step = exchange(&b, TGS(.spn = "svc$", .padata = ADP_PA_FOR_USER, .for_user = "alice"),
                    GETS(.client = "alice"));
    check_purpose(&b, step, "s4u2self", NULL, "alice", NULL);
    bench_clear(&b);
}

static void test_user_to_user(void)
{
    static const struct {
        const char *row;
        guint32 options;
        const char *other;
        const char *want;
    } rows[] = {
        {"with its option", ADP_KDC_ENC_TKT_IN_SKEY, TGT, "user-to-user"},
        {"another ticket", ADP_KDC_ENC_TKT_IN_SKEY, "HTTP/x", "user-to-user"},
        {"option without ticket", ADP_KDC_ENC_TKT_IN_SKEY, NULL, "ticket"},
        {"no option, a granting ticket", 0, TGT, "user-to-user"},
        {"no option, a service's", 0, "HTTP/x", "s4u2proxy"},
        {"proxy without ticket", ADP_KDC_CNAME_IN_ADDL_TKT, NULL, "ticket"},
        {"proxy", ADP_KDC_CNAME_IN_ADDL_TKT, TGT, "s4u2proxy"},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        bench b;
        guint32 step;

        bench_init(&b);
        step = exchange(&b, TGS(.spn = "alice", .options = rows[i].options, .other = rows[i].other),
                        GETS(.client = "bob"));
        check_str(rows[i].row, "purpose", adp_purpose_name(purpose_of(&b, step).purpose),
                  rows[i].want);
        bench_clear(&b);
    }
}

/* ---- errors with a sequel ---- */

static void test_refused_proof(void)
{
    static const struct {
        const char *row;
        gint32 padata;
        const char *want;
    } rows[] = {
        {"none", 0, "normal"},
        {"pac request", ADP_PA_PAC_REQUEST, "normal"},
        {"time", ADP_PA_ENC_TIMESTAMP, "failed"},
        {"challenge", ADP_PA_ENCRYPTED_CHALLENGE, "failed"},
        {"armor", ADP_PA_FX_FAST, "normal"},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        bench b;

        bench_init(&b);
        (void)exchange(&b, AS(.spn = TGT, .client = "alice", .padata = rows[i].padata),
                       GETS(.error = 25));
        check_str(rows[i].row, "outcome", outcome_of(&b, 0), rows[i].want);
        check_str(rows[i].row, "early", early_outcome_of(&b, 0),
                  g_str_equal(rows[i].want, "normal") ? "normal" : "pending");
        (void)exchange(
            // cppcheck-suppress unknownEvaluationOrder // initializers, no side effects
            &b, AS(.spn = TGT, .client = "alice", .padata = ADP_PA_ENC_TIMESTAMP, .shown = 1),
            GETS(.client = "alice"));
        check_str(rows[i].row, "granted later", outcome_of(&b, 0), "normal");
        bench_clear(&b);
    }
}

static void test_wrong_realm(void)
{
    static const struct {
        const char *row;
        const char *named; /* by the error */
        const char *client;
        const char *realm; /* of the next request */
        const char *want;
    } rows[] = {
        {"the same again", "OTHER.TEST", "alice", REALM, "failed"},
        {"the same in small letters", "OTHER.TEST", "alice", "contoso.test", "failed"},
        {"where it was sent", "OTHER.TEST", "alice", "OTHER.TEST", "normal"},
        {"there by another name", "OTHER.TEST", "al", "OTHER.TEST", "normal"},
        {"elsewhere", "OTHER.TEST", "alice", "THIRD.TEST", "normal"},
        {"somebody else elsewhere", "OTHER.TEST", "bob", "THIRD.TEST", "failed"},
        {"nothing named, elsewhere", NULL, "alice", "OTHER.TEST", "normal"},
        {"nothing named, somebody else", NULL, "bob", "OTHER.TEST", "failed"},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        bench b;

        bench_init(&b);
        (void)exchange(&b, AS(.spn = TGT, .client = "alice"),
                       GETS(.error = 68, .client_realm = rows[i].named));
        check_str(rows[i].row, "early", early_outcome_of(&b, 0), "pending");
        check_str(rows[i].row, "alone", outcome_of(&b, 0), "failed");
        check_str(rows[i].row, "domain", adp_model_path(b.model, 0)->domain, NULL);
        (void)exchange(&b, AS(.spn = "krbtgt/X", .client = rows[i].client, .realm = rows[i].realm),
                       GETS(.error = 25));
        check_str(rows[i].row, "outcome", outcome_of(&b, 0), rows[i].want);
        bench_clear(&b);
    }
}

static void test_other_sequels(void)
{
    bench b;

    bench_init(&b);
    /* Must use user-to-user, and then does, for the account that has the service. */
    (void)exchange(&b, TGS(.spn = "HTTP/x"), GETS(.error = 27));
    check_str("27", "alone", outcome_of(&b, 0), "failed");
    (void)exchange(&b, TGS(.spn = "alice"), GETS(.client = "bob"));
    check_str("27", "another ticket", outcome_of(&b, 0), "failed");
    (void)exchange(&b, TGS(.spn = "alice", .options = ADP_KDC_ENC_TKT_IN_SKEY, .other = TGT),
                   GETS(.client = "bob"));
    check_str("27", "user-to-user", outcome_of(&b, 0), "normal");
    bench_clear(&b);

    /* A referral is no grant of what was refused. */
    bench_init(&b);
    (void)exchange(&b, TGS(.spn = "HTTP/x"), GETS(.error = 7));
    // cppcheck-suppress unknownEvaluationOrder // initializers, no side effects
    (void)exchange(&b, TGS(.spn = "HTTP/x", .shown = 1), GETS(.spn = "krbtgt/B.TEST"));
    check_str("7", "referral", outcome_of(&b, 0), "failed");
    (void)exchange(&b, TGS(.spn = "HTTP/x", .realm = "B.TEST", .shown = 2), GETS(.client = "x"));
    check_str("7", "granted there", outcome_of(&b, 0), "normal");
    bench_clear(&b);

    bench_init(&b);
    (void)exchange(&b, AS(.spn = TGT, .client = "WELLKNOWN/ANONYMOUS"), GETS(.error = 24));
    check_str("anonymous", "outcome", outcome_of(&b, 0), "normal");
    check_str("anonymous", "early", early_outcome_of(&b, 0), "normal");
    bench_clear(&b);
}

/* ---- the password service ---- */

typedef struct {
    const char *row;
    gint32 error; /* of a KRB-ERROR, 0: AP-REP */
    gboolean has_result;
    guint16 result;
    const char *text;
    gboolean sealed;
    const char *outcome;
    const char *summary;
} kpasswd_row;

static void check_kpasswd(const kpasswd_row *row)
{
    bench b;
    adp_flow flow;
    adp_obs obs;
    adp_obs_krb *krb;

    bench_init(&b);
    (void)exchange(&b, AS(.spn = "kadmin/changepw", .client = "alice"),
                   GETS(.client = "alice", .hash = 9));
    flow = udp(b.client, next_port(), b.server, 464);
    obs = ob_krb(b.arena, flow, ADP_EXCHANGE_AP, "kadmin/changepw", 1);
    krb = open_up(&b, &obs);
    krb->carrier = ADP_CARRIER_KPASSWD;
    krb->client = NULL;
    krb->has_ticket = TRUE;
    krb->ticket_hash = krb->shown_hash = 9;
    (void)bench_add(&b, obs);
    obs = ob_krb_error(b.arena, flow, ADP_EXCHANGE_AP, "changepw/kerberos", row->error);
    krb = open_up(&b, &obs);
    krb->carrier = ADP_CARRIER_KPASSWD;
    krb->is_error = row->error != 0;
    krb->has_result = row->has_result;
    krb->result = row->result;
    krb->result_text = row->text;
    krb->sealed = row->sealed;
    check_int(row->row, "step", (gint64)bench_step(&b, obs), 1);
    check_str(row->row, "outcome", outcome_of(&b, 1), row->outcome);
    check_str(row->row, "early", early_outcome_of(&b, 1), row->outcome);
    check_summary(&b, 1, row->summary);
    bench_clear(&b);
}

static void test_kpasswd(void)
{
    static const kpasswd_row rows[] = {
        {"policy", 60, TRUE, 4, "too short", FALSE, "failed",
         "Kerberos password change by alice: KRB_ERR_GENERIC (60), soft error (too short)"},
        {"success as an error", 41, TRUE, 0, NULL, FALSE, "failed",
         "Kerberos password change by alice: KRB_AP_ERR_MODIFIED (41), success"},
        {"a result of the future", 60, TRUE, 99, NULL, FALSE, "failed",
         "Kerberos password change by alice: KRB_ERR_GENERIC (60), result 99"},
        {"no result", 41, FALSE, 0, NULL, FALSE, "failed",
         "Kerberos password change by alice: KRB_AP_ERR_MODIFIED (41)"},
        {"sealed", 0, FALSE, 0, NULL, TRUE, "hidden",
         "Kerberos password change by alice: answered, the result is sealed"},
        {"opened", 0, TRUE, 0, NULL, FALSE, "ok", "Kerberos password change by alice: success"},
        {"opened, refused", 0, TRUE, 5, "no", FALSE, "failed",
         "Kerberos password change by alice: access denied (no)"},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_kpasswd(&rows[i]);
    }
}

/* ---- vendors ---- */

static void test_vendors(void)
{
    static const struct {
        const char *row;
        answer_row answer;
        adp_vendor want;
        gboolean sure;
    } rows[] = {
        {"MIT", {.error = 6, .text = "CLIENT_NOT_FOUND", .client = "a"}, ADP_VENDOR_MIT, TRUE},
        {"MIT, words", {.error = 13, .text = "TICKET NOT RENEWABLE"}, ADP_VENDOR_MIT, TRUE},
        {"MIT, digits", {.error = 41, .text = "2ND_TKT_PAC"}, ADP_VENDOR_MIT, TRUE},
        {"Heimdal",
         {.error = 25, .text = "Need to use PA-ENC-TIMESTAMP/PA-PK-AS-REQ", .client = "a"},
         ADP_VENDOR_HEIMDAL,
         TRUE},
        {"Samba",
         {.error = 18, .text = "Client locked out", .ntstatus = TRUE},
         ADP_VENDOR_SAMBA,
         TRUE},
        {"Windows", {.error = 18, .ntstatus = TRUE}, ADP_VENDOR_WINDOWS, TRUE},
        {"Windows, bare", {.error = 7}, ADP_VENDOR_WINDOWS, FALSE},
        {"a name, no more", {.error = 7, .client = "a"}, ADP_VENDOR_UNKNOWN, FALSE},
        {"no letters", {.error = 7, .text = "7"}, ADP_VENDOR_UNKNOWN, FALSE},
        {"a ticket", {.client = "a"}, ADP_VENDOR_UNKNOWN, FALSE},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        bench b;
        adp_krb_vendor_facts facts;

        bench_init(&b);
        (void)exchange(&b, AS(.spn = TGT, .client = "a"), rows[i].answer);
        facts = adp_krb_vendor(b.model, step_of(&b, 0));
        check_int(rows[i].row, "vendor", facts.vendor, rows[i].want);
        check_int(rows[i].row, "sure", facts.sure, rows[i].sure);
        check_int(rows[i].row, "reason", facts.reason != NULL, rows[i].want != ADP_VENDOR_UNKNOWN);
        bench_clear(&b);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/kerberos/purposes", test_purposes);
    g_test_add_func("/kerberos/referrals", test_referrals);
    g_test_add_func("/kerberos/s4u", test_s4u);
    g_test_add_func("/kerberos/user-to-user", test_user_to_user);
    g_test_add_func("/kerberos/refused-proof", test_refused_proof);
    g_test_add_func("/kerberos/wrong-realm", test_wrong_realm);
    g_test_add_func("/kerberos/other-sequels", test_other_sequels);
    g_test_add_func("/kerberos/kpasswd", test_kpasswd);
    g_test_add_func("/kerberos/vendors", test_vendors);
    return g_test_run();
}
