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
        if (item->kind == ADP_INFERRED_SERVED || item->kind == ADP_INFERRED_REDIRECT) {
            return "probably ok";
        }
        if (item->kind == ADP_INFERRED_LEFT) {
            return "probably failed";
        }
    }
    return adp_endpoint_outcome_name(endpoint->outcome);
}

const char *adp_inferred_subject(const adp_inferred *item)
{
    if (item->endpoint) {
        return item->endpoint;
    }
    return item->kind == ADP_INFERRED_DIRECTORY ? "the directory" : "the search";
}

/* ---- the verdict ---- */

/* So many ends are told, the last ones; all are in the list below. */
#define MOST 2

/* How a sealed conversation ended; the others tell what was said on the way. */
static gboolean is_end(adp_inferred_kind kind)
{
    return kind == ADP_INFERRED_REFUSED || kind == ADP_INFERRED_REDIRECT ||
           kind == ADP_INFERRED_SERVED || kind == ADP_INFERRED_LEFT ||
           kind == ADP_INFERRED_DIRECTORY || kind == ADP_INFERRED_GAVE_UP;
}

static const char *words_of(adp_inferred_kind kind)
{
    static const char *const words[ADP_INFERRED_KINDS] = {
        [ADP_INFERRED_ANSWERED] = "answered a request",
        [ADP_INFERRED_NEGOTIATE] = "asked for Kerberos",
        [ADP_INFERRED_NTLM] = "was signed on to by NTLM",
        [ADP_INFERRED_ACCEPTED] = "accepted the client's sign-on",
        [ADP_INFERRED_REFUSED] = "refused the client's sign-on",
        [ADP_INFERRED_REDIRECT] = "sent the client on to",
        [ADP_INFERRED_SERVED] = "served the client",
        [ADP_INFERRED_LEFT] = "gave no settings",
        [ADP_INFERRED_DIRECTORY] = "named",
        [ADP_INFERRED_GAVE_UP] = "ended without settings",
    };

    return words[kind];
}

static gboolean say_item(GString *out, const adp_inferred *item)
{
    adp_url place;

    if (!item->endpoint) {
        g_string_append_printf(out, " %s %s", adp_inferred_subject(item), words_of(item->kind));
    } else if (adp_url_parse(item->endpoint, strlen(item->endpoint), &place)) {
        g_string_append_printf(out, " %s %s", place.host, words_of(item->kind));
    } else {
        return FALSE;
    }
    if (item->host) {
        g_string_append_printf(out, " %s", item->host);
    }
    return TRUE;
}

/* That the client left follows from a refusal. */
static gboolean is_told(const GPtrArray *all, guint i)
{
    const adp_inferred *item = g_ptr_array_index(all, i);
    const adp_inferred *before = i ? g_ptr_array_index(all, i - 1) : NULL;

    return is_end(item->kind) &&
           !(item->kind == ADP_INFERRED_LEFT && before && before->kind == ADP_INFERRED_REFUSED &&
             before->step == item->step);
}

/* Of `count` statements from `begin` on, what is told: the last ends, or else the last word. Ascending. */
static guint choose(const GPtrArray *all, guint begin, guint count, guint *chosen)
{
    guint found = 0;
    guint i;

    for (i = begin + count; i > begin && found < MOST; i--) {
        if (is_told(all, i - 1)) {
            chosen[MOST - ++found] = i - 1;
        }
    }
    if (!found && count) {
        chosen[MOST - ++found] = begin + count - 1;
    }
    return found;
}

/** What is told, and so what would prove it. */
typedef struct {
    gboolean web;       /* something of HTTPS, */
    gboolean directory; /* of a directory that a ticket seals, */
    gboolean in_tls;    /* or that TLS does */
} told;

static void say_proof(GString *out, const told *t)
{
    const char *const proofs[] = {
        t->web ? "the client's session keys of TLS, or a capture behind what ends TLS at the server"
               : NULL,
        t->directory ? "a keytab of the domain controller" : NULL,
        t->in_tls ? "the session keys of TLS with the domain controller" : NULL,
    };
    gboolean any = FALSE;
    guint i;

    g_string_append(out, " (inferred; ");
    for (i = 0; i < G_N_ELEMENTS(proofs); i++) {
        if (proofs[i]) {
            g_string_append_printf(out, "%s%s", any ? ", and " : "", proofs[i]);
            any = TRUE;
        }
    }
    g_string_append(out, ", would prove it)");
}

char *adp_inferred_verdict(const GPtrArray *all, guint32 path)
{
    GString *out = g_string_new("probably");
    told t = {.web = FALSE};
    guint chosen[MOST];
    guint count;
    guint begin = adp_inferred_of_path(all, path, &count);
    guint found = choose(all, begin, count, chosen);
    gboolean any = FALSE;
    guint i;

    for (i = MOST - found; i < MOST; i++) {
        const adp_inferred *item = g_ptr_array_index(all, chosen[i]);
        gsize len = out->len;

        g_string_append(out, any ? "," : "");
        if (!say_item(out, item)) {
            g_string_truncate(out, len);
            continue;
        }
        any = TRUE;
        t.web = t.web || item->kind != ADP_INFERRED_DIRECTORY;
        t.directory = t.directory || (item->kind == ADP_INFERRED_DIRECTORY && !item->in_tls);
        t.in_tls = t.in_tls || item->in_tls;
    }
    if (!any) {
        (void)g_string_free(out, TRUE);
        return NULL;
    }
    say_proof(out, &t);
    return g_string_free(out, FALSE);
}
