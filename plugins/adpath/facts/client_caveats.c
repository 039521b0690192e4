/* client_caveats.c
 * What is not plain about the client of a path, in sentences.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/client_caveats.h"

#include "join/identity.h"
#include "join/model.h"
#include "join/shared_steps.h"
#include "log/observation.h"

#include <stdarg.h>

/* Steps named in a sentence; JSON has them all. */
#define STEPS_SHOWN 12

/* "step 3", "steps 3, 4 and 7", "20 steps, the first of them 3". `steps` is not empty. */
static char *steps_words(const GArray *steps)
{
    GString *out = g_string_new(steps->len == 1 ? "step " : "steps ");
    guint i;

    if (steps->len > STEPS_SHOWN) {
        g_string_printf(out, "%u steps, the first of them %u", steps->len,
                        g_array_index(steps, guint32, 0) + 1);
    }
    for (i = 0; steps->len <= STEPS_SHOWN && i < steps->len; i++) {
        g_string_append_printf(out, "%s%u",
                               i == 0               ? ""
                               : i + 1 < steps->len ? ", "
                                                    : " and ",
                               g_array_index(steps, guint32, i) + 1);
    }
    return g_string_free(out, FALSE);
}

G_GNUC_PRINTF(2, 3)
static void say(GPtrArray *lines, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(lines, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

static void about_machines(const adp_model *model, const adp_path *path, GPtrArray *lines)
{
    guint32 address = path->client.address;
    const char *text = adp_model_address_text(model, address);
    const char *name = adp_model_client_name(model, path->client);
    GArray *unnamed = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint i;

    for (i = 0; i < path->steps.count; i++) {
        guint32 index = path->steps.items[i];

        if (adp_model_is_unnamed(model, adp_model_step(model, index)->client)) {
            g_array_append_val(unnamed, index);
        }
    }
    say(lines,
        "Several machines send from %s, as behind address translation or a VPN: %u gave a "
        "name. This path is that of %s.",
        text, adp_machine_count(model, address), name ? name : "one of them");
    if (unnamed->len) {
        char *words = steps_words(unnamed);

        say(lines,
            "It is not certain which machine sent %s; this path has them because they fit its "
            "other steps, or came at its time.",
            words);
        g_free(words);
    }
    g_array_unref(unnamed);
}

/* Steps of `uses` that stand in path `other`; NULL when there are none. Free with g_free(). */
static char *used_of(const adp_model *model, guint32 index, guint32 other)
{
    GArray *uses = adp_path_uses(model, index);
    GArray *own = g_array_new(FALSE, FALSE, sizeof(guint32));
    char *words = NULL;
    guint i;

    for (i = 0; i < uses->len; i++) {
        guint32 step = g_array_index(uses, guint32, i);

        if (adp_model_step(model, step)->path == other) {
            g_array_append_val(own, step);
        }
    }
    if (own->len) {
        words = steps_words(own);
    }
    g_array_unref(own);
    g_array_unref(uses);
    return words;
}

GPtrArray *adp_path_remarks(const adp_model *model, guint32 index)
{
    const adp_path *path = adp_model_path(model, index);
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    char *words;

    if (adp_model_is_shared(model, path->client.address)) {
        about_machines(model, path, lines);
    } else if (adp_model_has_names(model, path->client.address)) {
        say(lines,
            "%u machine names were seen at this address: a machine was renamed, the address was "
            "given to another one, or several share it. The capture does not tell which.",
            adp_machine_count(model, path->client.address));
    }
    if (path->by_machine && path->own->parent != ADP_NONE) {
        words = used_of(model, index, path->own->parent);
        if (words) {
            say(lines, "It also rests on %s of path %u, from before the machine gave its name.",
                words, path->own->parent + 1);
        }
        g_free(words);
    }
    if (path->own->joined != ADP_NONE) {
        words = used_of(model, index, path->own->joined);
        if (words) {
            say(lines,
                "Also of this client: %s of path %u, from %s. Later packets prove that both "
                "addresses are one client's.",
                words, path->own->joined + 1,
                adp_model_address_text(model,
                                       adp_model_path(model, path->own->joined)->client.address));
        }
        g_free(words);
    }
    if (path->own->went_on != ADP_NONE) {
        say(lines,
            "Later packets prove that this is the client of path %u, which goes on for both.",
            path->own->went_on + 1);
    }
    return lines;
}
