/* test_advice.c
 * What is said about findings: each has causes and checks, and no check changes anything.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "advise/advice.h"
#include "advise/advice_fill.h"
#include "judge/catalogue.h"

#include <string.h>

static const char *const capture_notes[] = {"one-sided", "duplicates", "midway", NULL};
static const char *const facts[] = {"ldap-hidden", "ldap-mechanism-unknown", "scp-pointer", NULL};

static guint length(const char *const *texts)
{
    guint n = 0;

    while (texts[n]) {
        g_assert_cmpuint(strlen(texts[n]), >, 3);
        n++;
    }
    return n;
}

static void test_each_finding(void)
{
    int id;

    for (id = 0; id < ADP_FINDING_COUNT; id++) {
        const char *name = adp_finding_get((adp_finding_id)id)->name;
        const adp_advice *advice = adp_advice_find(name);
        gboolean note = g_strv_contains(capture_notes, name);

        if (!advice || strcmp(advice->key, name) != 0) {
            g_error("%s has no advice", name);
        }
        g_assert_cmpuint(length(advice->causes), >=, note || g_strv_contains(facts, name) ? 1 : 2);
        g_assert_cmpuint(length(advice->checks), >=, note ? 0 : 1);
    }
}

static void test_special_case(void)
{
    g_assert_cmpstr(adp_advice_find("http-error/404")->key, ==, "http-error/404");
    g_assert_cmpstr(adp_advice_find("http-error/418")->key, ==, "http-error");
    g_assert_null(adp_advice_find("no-such-finding"));
    g_assert_null(adp_advice_find("no-such-finding/404"));
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
        {"-A x", "setspn -Q '-A x'"},
        {"/x", "setspn -Q '/x'"},
        {"a'b", "setspn -Q 'a''b'"},
        {"a\xe2\x80\x99;calc", "setspn -Q 'a\xe2\x80\x99\xe2\x80\x99;calc'"},
        {"$(calc)", "setspn -Q '$(calc)'"},
        {"a&calc", "setspn -Q 'a&calc'"},
        {"a\nb", "setspn -Q <spn>"},
        {"a\\x0ab", "setspn -Q <spn>"},
        {"", "setspn -Q <spn>"},
        {NULL, "setspn -Q <spn>"},
        {"{spn}", "setspn -Q '{spn}'"},
        {"ann@contoso.test", "setspn -Q '<mailbox>'"},
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
    g_assert_cmpstr(text, ==, "setspn -Q <spn>");
    g_free(text);
    g_free(longer);
    text = fill("{other} {", "x");
    g_assert_cmpstr(text, ==, "<other> {");
    g_free(text);
}

/* Whoever follows the advice of a tired evening must not break anything. */
static void test_checks_only_read(void)
{
    static const char *const changing[] = {
        "setspn -S",   "setspn -A", "setspn -D", "Set-",   "Remove-", "Reset-", "New-",  "/resync",
        "registerdns", "purge",     "Stop-",     "Start-", "reset",   "delete", " add ", NULL};
    int id;
    guint i;
    guint c;

    for (id = 0; id < ADP_FINDING_COUNT; id++) {
        const adp_advice *advice = adp_advice_find(adp_finding_get((adp_finding_id)id)->name);

        for (i = 0; advice->checks[i]; i++) {
            for (c = 0; changing[c]; c++) {
                if (strstr(advice->checks[i], changing[c])) {
                    g_error("%s: %s", advice->key, advice->checks[i]);
                }
            }
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/advice/each-finding", test_each_finding);
    g_test_add_func("/advice/special-case", test_special_case);
    g_test_add_func("/advice/quoting", test_quoting);
    g_test_add_func("/advice/checks-only-read", test_checks_only_read);
    return g_test_run();
}
