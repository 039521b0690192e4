/* inferred_told.c
 * What is said of statements about sealed traffic: by endpoint, and in a path's verdict.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/inferred_told.h"

#include "judge/endpoint.h"
#include "judge/inferred.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

guint adp_inferred_of_path(const GPtrArray *all, guint32 path, guint *count)
{
    guint low = 0;
    guint high = all->len;
    guint end;

    /* Sorted by path. */
    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (((const adp_inferred *)g_ptr_array_index(all, middle))->path < path) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    end = low;
    while (end < all->len && ((const adp_inferred *)g_ptr_array_index(all, end))->path == path) {
        end++;
    }
    *count = end - low;
    return low;
}

const char *adp_inferred_outcome(const GPtrArray *all, guint32 path, const adp_endpoint *endpoint)
{
    guint count;
    guint i = adp_inferred_of_path(all, path, &count);

    for (; count && endpoint->outcome == ADP_ENDPOINT_HIDDEN; count--, i++) {
        const adp_inferred *item = g_ptr_array_index(all, i);

        if (!adp_same_text(item->endpoint, endpoint->url)) {
            continue;
        }
        if (item->kind == ADP_INFERRED_SERVED) {
            return "probably ok";
        }
        if (item->kind == ADP_INFERRED_LEFT) {
            return "probably failed";
        }
    }
    return adp_endpoint_outcome_name(endpoint->outcome);
}

/* ---- the verdict ---- */

/* So many hosts are told; more are in the list below. */
#define MOST 2

/** The words so far. */
typedef struct {
    GString *out;
    guint told;
    gboolean web;       /* something is said of HTTPS, */
    gboolean directory; /* or of a sealed directory */
} told;

static void say_end(told *t, const adp_inferred *item)
{
    adp_url place;

    if (item->kind == ADP_INFERRED_DIRECTORY) {
        g_string_append_printf(t->out, "%s the directory named %s", t->told ? "," : "", item->host);
        t->directory = TRUE;
    } else if (adp_url_parse(item->endpoint, strlen(item->endpoint), &place)) {
        g_string_append_printf(t->out, "%s %s %s", t->told ? "," : "", place.host,
                               item->kind == ADP_INFERRED_LEFT ? "gave no settings"
                                                               : "served the client");
        t->web = TRUE;
    }
    t->told++;
}

char *adp_inferred_verdict(const GPtrArray *all, guint32 path)
{
    told t = {.out = g_string_new("probably")};
    guint count;
    guint i = adp_inferred_of_path(all, path, &count);

    for (; count && t.told < MOST; count--, i++) {
        const adp_inferred *item = g_ptr_array_index(all, i);

        if (item->kind == ADP_INFERRED_SERVED || item->kind == ADP_INFERRED_LEFT ||
            item->kind == ADP_INFERRED_DIRECTORY) {
            say_end(&t, item);
        }
    }
    if (!t.told) {
        (void)g_string_free(t.out, TRUE);
        return NULL;
    }
    g_string_append_printf(
        t.out, " (inferred; %s%s%s would prove it)",
        t.web ? "the client's session keys of TLS, or a capture behind what ends TLS at "
                "the server,"
              : "",
        t.web && t.directory ? " and " : "",
        t.directory ? "a keytab of the domain controller" : "");
    return g_string_free(t.out, FALSE);
}
