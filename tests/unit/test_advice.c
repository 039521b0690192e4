/* test_advice.c
 * What is said about findings: each has causes and checks, and no check changes anything.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "advise/advice.h"
#include "advise/advice_fill.h"
#include "advise/advise.h"
#include "advise/on_unix.h"
#include "judge/catalogue.h"
#include "judge/finding.h"

#include <string.h>

static const char *const capture_notes[] = {"one-sided", "duplicates", "midway", NULL};
static const char *const facts[] = {"ldap-hidden", "ldap-mechanism-unknown", "scp-pointer", NULL};

static void test_each_finding(void)
{
    int id;

    for (id = 0; id < ADP_FINDING_COUNT; id++) {
        const char *name = adp_finding_get((adp_finding_id)id)->name;
        const adp_advice *advice = adp_advice_find(name);
        gboolean note = g_strv_contains(capture_notes, name);
        guint causes = 0;
        guint checks = 0;

        if (!advice || strcmp(advice->key, name) != 0) {
            g_error("%s has no advice", name);
        }
        for (; causes < ADP_ADVICE_MAX && advice->causes[causes].text; causes++) {
            g_assert_cmpuint(strlen(advice->causes[causes].text), >, 3);
        }
        for (; checks < ADP_ADVICE_MAX && advice->checks[checks].command; checks++) {
            g_assert_cmpuint(strlen(advice->checks[checks].command), >, 3);
        }
        g_assert_cmpuint(causes, >=, note || g_strv_contains(facts, name) ? 1 : 2);
        g_assert_cmpuint(checks, >=, note ? 0 : 1);
    }
}

static void test_special_case(void)
{
    g_assert_cmpstr(adp_advice_find("http-error/404")->key, ==, "http-error/404");
    g_assert_cmpstr(adp_advice_find("http-error/418")->key, ==, "http-error");
    g_assert_null(adp_advice_find("no-such-finding"));
    g_assert_null(adp_advice_find("no-such-finding/404"));
}

/* What is run on the client is said as Linux has it; what is run on a server stays. */
static void test_on_unix(void)
{
    static const struct {
        const char *windows;
        const char *want;
    } rows[] = {
        {"Test-NetConnection {host} -Port {port} # shows TCP only",
         "nc -z -v -w 5 {host} {port} # shows TCP only"},
        {"Test-NetConnection {host} -Port 88", "nc -z -v -w 5 {host} 88"},
        {"nltest /dsgetdc:{domain} /kdc /force", "adcli info {domain}"},
        {"nltest /dsgetsite # on the client", "adcli info {domain} # on the client"},
        {"ipconfig /all # which DNS servers does the client have?",
         "cat /etc/resolv.conf # which DNS servers does the client have?"},
        {"Resolve-DnsName -Name {name} -Server {resolver}", "dig @{resolver} -q {name}"},
        {"Resolve-DnsName -Name {many} # all of them", "dig -q {many} # all of them"},
        {"curl.exe -sS -I --url https://{host}", "curl -sS -I --url https://{host}"},
        {"w32tm /query /status # on the controller", NULL},
        {"nltest /domain_trusts", NULL},
        {"setspn -Q {spn}", NULL},
        {"", NULL},
    };
    gsize i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *got = adp_advice_on_unix(rows[i].windows);

        g_assert_cmpstr(got, ==, rows[i].want);
        g_free(got);
    }
}

static char *fill(const char *template, const char *value)
{
    const adp_advice_values values = {.pairs = {{"spn", value}}, .count = 1};

    return adp_advice_fill(template, &values);
}

static void test_quoting(void)
{
    static const struct {
        const char *value;
        const char *want;
    } rows[] = {
        {"HTTP/mail.contoso.test", "setspn -Q HTTP/mail.contoso.test"},
        {"-A x", NULL},
        {"/x", NULL},
        {"@x", NULL},
        {"a /x", "setspn -Q \"a /x\""},
        {"a'b", "setspn -Q \"a'b\""},
        {"a\xe2\x80\x99;calc", NULL},
        {"a\xe2\x80\x9d;calc", NULL},
        {"$(calc)", NULL},
        {"`calc`", NULL},
        {"a\" /x", NULL},
        {"%PATH%", NULL},
        {"a!b", NULL},
        {"a b\\", NULL},
        {"\\\\a", NULL},
        {"CONTOSO\\ann", "setspn -Q \"CONTOSO\\ann\""},
        {"PC1$", "setspn -Q PC1$"},
        {"a$b", NULL},
        {"_ldap._tcp.a", "setspn -Q _ldap._tcp.a"},
        {"a&calc", "setspn -Q \"a&calc\""},
        {"a\nb", NULL},
        {"a\\x0ab", NULL},
        {"", NULL},
        {NULL, NULL},
        {"{spn}", "setspn -Q \"{spn}\""},
        {"ann@contoso.test", NULL},
    };
    guint i;
    char *text;
    char *longer = g_strnfill(300, 'a');

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        text = fill("setspn -Q {spn}", rows[i].value);
        g_assert_cmpstr(text, ==, rows[i].want);
        g_free(text);
    }
    text = fill("setspn -Q {spn}", longer);
    g_assert_cmpstr(text, ==, NULL);
    g_free(text);
    g_free(longer);
    g_assert_null(fill("{other}", "x"));
    text = fill("{spn} {", "x");
    g_assert_cmpstr(text, ==, "x {");
    g_free(text);
}

/* What a tired administrator types by our advice must not break anything: no row may change. */
static void test_checks_only_read(void)
{
    static const char *const changing[] = {
        "setspn -S",   "setspn -A", "setspn -D", "Set-",   "Remove-", "Reset-", "New-",  "/resync",
        "registerdns", "purge",     "Stop-",     "Start-", "reset",   "delete", " add ", NULL};
    const adp_advice *advice;
    guint n;
    guint i;
    guint c;

    for (n = 0; (advice = adp_advice_row(n)); n++) {
        for (i = 0; i < ADP_ADVICE_MAX && advice->checks[i].command; i++) {
            for (c = 0; changing[c] && !advice->checks[i].changes; c++) {
                if (strstr(advice->checks[i].command, changing[c])) {
                    g_error("%s: %s", advice->key, advice->checks[i].command);
                }
            }
        }
    }
}

/* ---- conditions ---- */

static const adp_cause *cause(const adp_advice_list *list, guint i)
{
    return g_ptr_array_index(list->causes, i);
}

static gboolean names(const adp_advice_list *list, const char *text)
{
    guint i;

    for (i = 0; i < list->causes->len; i++) {
        if (g_str_equal(cause(list, i)->text, text)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void test_refuted(void)
{
    static const char old[] = "The client holds an old ticket.";
    const adp_shown_sign issued = {.sign = ADP_SIGN_TICKET_ISSUED, .obs = 7};
    adp_finding *finding = adp_finding_new(ADP_FINDING_SERVICE_KEY_MISMATCH, 0);
    adp_advice_list *list;

    finding->advice = g_strdup("service-key-mismatch/smb");
    list = adp_advise(finding, FALSE);
    g_assert_true(names(list, old));
    adp_advice_list_free(list);
    g_array_append_val(finding->signs, issued);
    list = adp_advise(finding, FALSE);
    g_assert_false(names(list, old));
    adp_advice_list_free(list);
    adp_finding_free(finding);
}

/* No row says the same sign for and against, and each key belongs to a finding. */
static void test_rows(void)
{
    const adp_advice *advice;
    guint n;
    guint i;
    guint a;
    guint b;

    for (n = 0; (advice = adp_advice_row(n)); n++) {
        char *name = g_strndup(advice->key, strcspn(advice->key, "/"));

        g_assert_nonnull(adp_advice_find(name));
        for (i = 0; i < ADP_ADVICE_MAX && advice->causes[i].text; i++) {
            const adp_advice_cause *c = &advice->causes[i];

            for (a = 0; a < ADP_ADVICE_SIGNS_MAX && c->refuted_by[a]; a++) {
                for (b = 0; b < ADP_ADVICE_SIGNS_MAX && c->supported_by[b]; b++) {
                    g_assert_cmpint(c->refuted_by[a], !=, c->supported_by[b]);
                }
            }
        }
        g_free(name);
    }
}

/* A command with a blank is worth nothing: it is left out. */
static void test_blanks(void)
{
    adp_finding *finding = adp_finding_new(ADP_FINDING_SPN_NOT_FOUND_OR_DUPLICATE, 0);
    adp_finding_value spn = {.name = "spn", .value = NULL};
    adp_advice_list *list;
    guint i;

    finding->advice = g_strdup("spn-not-found-or-duplicate");
    g_array_append_val(finding->values, spn);
    list = adp_advise(finding, FALSE);
    for (i = 0; i < list->checks->len; i++) {
        const char *text = ((const adp_check *)g_ptr_array_index(list->checks, i))->text;

        g_assert_null(strchr(text, '{'));
        g_assert_false(g_str_has_prefix(text, "setspn -Q"));
    }
    adp_advice_list_free(list);
    adp_finding_free(finding);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/advice/each-finding", test_each_finding);
    g_test_add_func("/advice/special-case", test_special_case);
    g_test_add_func("/advice/on-unix", test_on_unix);
    g_test_add_func("/advice/quoting", test_quoting);
    g_test_add_func("/advice/checks-only-read", test_checks_only_read);
    g_test_add_func("/advice/refuted", test_refuted);
    g_test_add_func("/advice/rows", test_rows);
    g_test_add_func("/advice/blanks", test_blanks);
    return g_test_run();
}
