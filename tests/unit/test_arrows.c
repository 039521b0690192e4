/* test_arrows.c
 * An arrow of the flow graph has the colours that its packet has in the packet list: tshark and sharkd tell of none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/outcome.h"
#include "judge/catalogue.h"
#include "show/arrow_colour.h"

#include <glib.h>
#include <string.h>

#define NOBODY (-1)

/* The colour that a rule of the profile has at `at`, as "[red,green,blue]" of 16 bits each. */
static unsigned read_colour(const char *at, const char **end)
{
    unsigned colour = 0;
    int i;

    for (i = 0; i < 3; i++) {
        char *behind = NULL;

        colour = colour << 8 | (unsigned)g_ascii_strtoull(at + 1, &behind, 10) >> 8;
        at = behind;
    }
    g_assert_cmpint(*at, ==, ']');
    *end = at + 1;
    return colour;
}

static adp_arrow_colours colours_of_rule(const char *name)
{
    adp_arrow_colours found;
    char *text = NULL;
    char *begin = g_strdup_printf("\n@AD: %s@", name);
    const char *at;

    g_assert_true(g_file_get_contents(COLOURS, &text, NULL, NULL));
    at = strstr(text, begin);
    g_assert_nonnull(at);
    at = strstr(at, "@[");
    g_assert_nonnull(at);
    found.back = read_colour(at + 1, &at);
    found.text = read_colour(at, &at);
    g_free(begin);
    g_free(text);
    return found;
}

static void check(adp_outcome outcome, int cited, const char *rule)
{
    const adp_arrow_colours *ours = adp_arrow_colour(outcome, cited);
    adp_arrow_colours theirs = colours_of_rule(rule);

    g_test_message("%s, cited %d: %s", adp_outcome_name(outcome), cited, rule);
    g_assert_cmphex(ours->back, ==, theirs.back);
    g_assert_cmphex(ours->text, ==, theirs.text);
}

static void test_by_outcome(void)
{
    check(ADP_OK, NOBODY, "ok");
    check(ADP_NORMAL, NOBODY, "error of healthy flow");
    check(ADP_FAILED, NOBODY, "step failed");
    check(ADP_UNANSWERED, NOBODY, "step failed");
    check(ADP_HIDDEN, NOBODY, "hidden");
    check(ADP_PENDING, NOBODY, "not known yet");
}

/* What a finding says counts more than how the step ended; a note says nothing bad. */
static void test_by_finding(void)
{
    int outcome;

    for (outcome = 0; outcome < ADP_OUTCOMES; outcome++) {
        gboolean lost = outcome == ADP_FAILED || outcome == ADP_UNANSWERED;

        check((adp_outcome)outcome, ADP_SEVERITY_ERROR, "error");
        check((adp_outcome)outcome, ADP_SEVERITY_WARN, lost ? "step failed" : "warning");
        g_assert_true(adp_arrow_colour((adp_outcome)outcome, ADP_SEVERITY_NOTE) ==
                      adp_arrow_colour((adp_outcome)outcome, NOBODY));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arrows/colour-by-outcome", test_by_outcome);
    g_test_add_func("/arrows/colour-by-finding", test_by_finding);
    return g_test_run();
}
