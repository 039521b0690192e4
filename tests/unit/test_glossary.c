/* test_glossary.c
 * The words that a page explains, and how they are found in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "facts/glossary.h"

#include <string.h>

static const adp_term *term(const char *name)
{
    guint i;

    for (i = 0; i < adp_glossary_count(); i++) {
        if (strcmp(adp_glossary_get(i)->name, name) == 0) {
            return adp_glossary_get(i);
        }
    }
    g_assert_not_reached();
}

static void test_rows(void)
{
    guint i;

    for (i = 0; i < adp_glossary_count(); i++) {
        const adp_term *row = adp_glossary_get(i);

        check_int(row->name, "stands behind the one before",
                  i == 0 || g_ascii_strcasecmp(adp_glossary_get(i - 1)->name, row->name) < 0, TRUE);
        check_int(row->name, "is found", adp_term_is_in(row, row->words), TRUE);
        check_int(row->name, "has no empty spelling",
                  *row->words == '|' || g_str_has_suffix(row->words, "|") ||
                      strstr(row->words, "||"),
                  FALSE);
        check_int(row->name, "is a sentence", g_str_has_suffix(row->meaning, "."), TRUE);
        /* It is written into pages as it stands. */
        check_int(row->name, "is no markup",
                  strpbrk(row->name, "<>&\"") || strpbrk(row->meaning, "<>&\""), FALSE);
    }
}

static void test_words(void)
{
    static const struct {
        const char *name;
        const char *text;
        gboolean is_in;
    } cases[] = {
        {"SPN", "SPN", TRUE},
        {"SPN", "the SPN, twice", TRUE},
        {"SPN", "two SPNs", TRUE},
        {"SPN", "spn", FALSE},
        {"SPN", "SPNEGO", FALSE},
        {"SPN", "MYSPN", FALSE},
        {"SPN", "SPN-1", FALSE},
        {"SPN", "SPNEGO and SPN", TRUE},
        {"SPN", "", FALSE},
        {"SPN", "\xc3\xa4SPN", FALSE},
        {"SPN", "a service principal name", TRUE},
        {"site", "client in site HQ", TRUE},
        {"site", "website", FALSE},
        {"global catalog", "_gc._tcp.contoso.test", TRUE},
        {"domain controller", "DC", TRUE},
        {"domain controller", "DC1", FALSE},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        check_int(cases[i].text, cases[i].name, adp_term_is_in(term(cases[i].name), cases[i].text),
                  cases[i].is_in);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/glossary/rows", test_rows);
    g_test_add_func("/glossary/words", test_words);
    return g_test_run();
}
