/* compare.c
 * One capture beside another.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare/compare.h"

#include "compare/ends.h"
#include "compare/lines.h"
#include "compare/runs.h"
#include "compare/way.h"

static void say_verdicts(adp_compared *compared, const adp_told *here, const adp_told *there)
{
    adp_lines_add(compared->lines, ADP_LINE_SIDE, "here", "%s", here->text);
    adp_lines_add(compared->lines, ADP_LINE_SIDE, "there", "%s", there->text);
}

static void compare_ends(adp_compared *compared, const adp_ends *ends, const adp_told *here,
                         const adp_told *there, const char *name)
{
    compared->kind = ADP_COMPARED_ENDS;
    adp_lines_add(compared->lines, ADP_LINE_TITLE, NULL,
                  "%s is the other end of the same minute: %u requests are in both captures, by %s",
                  name, ends->pairs->len,
                  ends->translated ? "the numbers in the messages" : "addresses and ports");
    say_verdicts(compared, here, there);
    compared->lost = adp_way_tell(ends, here, there, compared->lines);
}

static void compare_runs(adp_compared *compared, const adp_ends *ends, const adp_told *here,
                         const adp_told *there, const char *name)
{
    compared->kind = ends ? ADP_COMPARED_SAME : ADP_COMPARED_RUNS;
    adp_lines_add(compared->lines, ADP_LINE_TITLE, NULL,
                  !ends ? "%s is another run"
                  : here->frames == there->frames
                      ? "%s tells of this same capture"
                      : "%s tells of a part of this same capture, or of more of it",
                  name);
    say_verdicts(compared, here, there);
    if (!here->paths.count || !there->paths.count) {
        adp_lines_add(compared->lines, ADP_LINE_TEXT, NULL,
                      "The capture %s holds no discovery path: there is little to compare.",
                      here->paths.count ? "there" : "here");
    }
    compared->first = adp_runs_compare(here, there, compared->lines);
}

adp_compared *adp_compare(const adp_told *here, const adp_told *there, const char *name)
{
    adp_compared *compared = g_new0(adp_compared, 1);
    adp_ends *ends = adp_ends_new(here, there);

    compared->lines = adp_lines_new();
    if (ends && !ends->same) {
        compare_ends(compared, ends, here, there, name);
    } else {
        compare_runs(compared, ends, here, there, name);
    }
    adp_ends_free(ends);
    return compared;
}

void adp_compared_free(adp_compared *compared)
{
    g_ptr_array_unref(compared->lines);
    g_free(compared->first);
    g_free(compared);
}
