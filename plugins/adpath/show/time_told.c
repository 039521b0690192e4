/* time_told.c
 * Where the time of a path went, in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/time_told.h"

#include "join/identity.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/path_time.h"
#include "wire/text.h"

/* A path that took less has no time worth telling, unless it waited in vain; a server no share of it. */
#define TOLD      (2 * ADP_NS_PER_S)
#define TOLD_VAIN (ADP_NS_PER_S / 2)
#define TOLD_AT   (ADP_NS_PER_S / 10)
#define TOLD_MOST 3

/* "dc1.contoso.test (10.0.0.1) 21 s (3), ..." of those that took longest; "" when none did. */
static char *servers_told(const adp_model *model, const adp_path_time *spent, gboolean vain)
{
    const GArray *servers = spent->servers;
    GString *out = g_string_new(NULL);
    guint told = 0;
    guint more = 0;
    guint i;

    for (i = 0; i < servers->len; i++) {
        const adp_time_at *at = &g_array_index(servers, adp_time_at, i);
        const char *name = adp_model_address_name(model, at->server);
        const char *address = adp_model_address_text(model, at->server);
        gint64 time = vain ? at->vain : at->answers;
        guint times = vain ? at->in_vain : at->answered;
        char buf[ADP_SECONDS_LEN];

        if (time < TOLD_AT) {
            continue;
        }
        if (told == TOLD_MOST) {
            more++;
            continue;
        }
        g_string_append(out, told++ ? ", " : "");
        g_string_append_printf(out, name ? "%s (%s)" : "%s", name ? name : address, address);
        g_string_append_printf(out, " %s (%u %s%s)", adp_seconds_said(time, buf), times,
                               vain ? "tr" : "answer",
                               times == 1 ? (vain ? "y" : "") : (vain ? "ies" : "s"));
    }
    if (more) {
        g_string_append_printf(out, " and %u more", more);
    }
    if (vain && spent->neighbours >= TOLD_AT) {
        char buf[ADP_SECONDS_LEN];

        g_string_append_printf(out, "%sall neighbours %s", out->len ? ", " : "",
                               adp_seconds_said(spent->neighbours, buf));
    }
    return g_string_free(out, FALSE);
}

static void add(adp_time_told *told, const char *label, gint64 time, char *text)
{
    told->line[told->lines].label = label;
    told->line[told->lines].time = time;
    told->line[told->lines].text = text;
    told->lines++;
}

adp_time_told *adp_time_tell(adp_analysis *analysis, guint32 path)
{
    const adp_model *model = adp_analysis_model(analysis);
    adp_path_time *time = adp_path_time_of(model, adp_analysis_timeline(analysis),
                                           adp_analysis_waits(analysis), path);
    adp_time_told *told = g_new0(adp_time_told, 1);
    char buf[ADP_SECONDS_LEN];

    told->duration = time->duration;
    if (time->duration >= TOLD || time->vain >= TOLD_VAIN) {
        if (time->vain >= TOLD_AT) {
            add(told, "in vain", time->vain, servers_told(model, time, TRUE));
        }
        add(told, "for answers", time->answers, servers_told(model, time, FALSE));
        add(told, "own pauses", time->pauses,
            time->longest >= TOLD_AT
                ? g_strdup_printf("the longest %s", adp_seconds_said(time->longest, buf))
                : g_strdup(""));
    }
    adp_path_time_free(time);
    return told;
}

void adp_time_told_free(adp_time_told *told)
{
    guint i;

    for (i = 0; i < told->lines; i++) {
        g_free(told->line[i].text);
    }
    g_free(told);
}
