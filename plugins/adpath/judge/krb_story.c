/* krb_story.c
 * What happened beside a series of Kerberos errors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/krb_story.h"

#include "facts/outcome.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/signs.h"
#include "log/observation.h"
#include "wire/count.h"
#include "wire/text.h"

/* Names in a sentence, and how many logons are looked at for them. */
#define HITS_SHOWN  3
#define HITS_LOOKED 64
/* A search through a list of names stops at a hit, which may be the last thing that happens. */
#define AFTER (5 * ADP_NS_PER_S)

struct adp_krb_story {
    const adp_rules *r;
    GHashTable *logons; /* path + 1 -> GArray of guint32, owned: steps that gave a user a TGT, */
    GHashTable *asked;  /* and those that asked a known name to prove itself */
};

static void note(GHashTable *table, guint32 path, guint32 index)
{
    gpointer key = GUINT_TO_POINTER(path + 1);
    GArray *steps = g_hash_table_lookup(table, key);

    if (!steps) {
        steps = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_hash_table_insert(table, key, steps);
    }
    g_array_append_val(steps, index);
}

static gboolean is_users(const char *name)
{
    return *name && !g_str_has_suffix(name, "$");
}

adp_krb_story *adp_krb_story_new(const adp_rules *r)
{
    adp_krb_story *story = g_new0(adp_krb_story, 1);
    guint32 i;

    story->r = r;
    story->logons = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    story->asked = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_krb *answer =
            step->kind == ADP_STEP_KERBEROS ? adp_rules_krb_answer(r, step) : NULL;

        ADP_COUNT();
        if (!answer || adp_rules_krb_exchange(r, step) != ADP_EXCHANGE_AS ||
            !is_users(adp_rules_krb_client(r, step))) {
            continue;
        }
        if (!answer->is_error) {
            note(story->logons, step->path, i);
        } else if (answer->error == 25) {
            note(story->asked, step->path, i);
        }
    }
    return story;
}

void adp_krb_story_free(adp_krb_story *story)
{
    g_hash_table_unref(story->logons);
    g_hash_table_unref(story->asked);
    g_free(story);
}

/* Different names of these steps from step `from` until `until`, as steps; free with g_ptr_array_unref(). */
static GPtrArray *names_between(const adp_krb_story *story, const GArray *steps, guint32 from,
                                gint64 until, guint *more)
{
    GPtrArray *found = g_ptr_array_new();
    guint at = steps ? adp_numbers_below(steps, from) : 0;
    guint looked;
    guint i;

    *more = 0;
    for (looked = 0; steps && at < steps->len && looked < HITS_LOOKED; at++, looked++) {
        const adp_step *step = adp_rules_step(story->r, g_array_index(steps, guint32, at));
        const char *name = adp_rules_krb_client(story->r, step);

        ADP_COUNT();
        if (adp_rules_time(story->r, step) > until) {
            break;
        }
        for (i = 0; i < found->len; i++) {
            ADP_COUNT();
            if (adp_same_text(name, adp_rules_krb_client(story->r, g_ptr_array_index(found, i)))) {
                break;
            }
        }
        if (i < found->len) {
            continue;
        }
        if (found->len < HITS_SHOWN) {
            g_ptr_array_add(found, (gpointer)step);
        } else {
            (*more)++;
        }
    }
    return found;
}

/* "user13, user15 and 2 more"; free with g_free(). */
static char *say_names(const adp_krb_story *story, const GPtrArray *steps, guint more)
{
    GString *out = g_string_new(NULL);
    guint i;

    for (i = 0; i < steps->len; i++) {
        g_string_append_printf(out, "%s%s",
                               i == 0                       ? ""
                               : i + 1 < steps->len || more ? ", "
                                                            : " and ",
                               adp_rules_krb_client(story->r, g_ptr_array_index(steps, i)));
    }
    if (more) {
        g_string_append(out, " and others");
    }
    return g_string_free(out, FALSE);
}

static void append_observed(adp_finding *f, const char *more)
{
    char *observed = g_strconcat(f->observed ? f->observed : "", more, NULL);

    g_free(f->observed);
    f->observed = observed;
}

const char *adp_krb_story_hits(const adp_krb_story *story, adp_finding *f, const GPtrArray *steps,
                               const char *list, const char *meaning)
{
    const adp_step *first = g_ptr_array_index(steps, 0);
    const adp_step *last = g_ptr_array_index(steps, steps->len - 1);
    gboolean unknown = f->id == ADP_FINDING_CLIENT_UNKNOWN;
    const GArray *of = g_hash_table_lookup(unknown ? story->asked : story->logons,
                                           GUINT_TO_POINTER(first->path + 1));
    guint more;
    GPtrArray *hits = names_between(story, of, adp_rules_index(story->r, first),
                                    adp_rules_time(story->r, last) + AFTER, &more);
    const char *hit = hits->len ? adp_rules_krb_client(story->r, g_ptr_array_index(hits, 0)) : NULL;
    char *names = say_names(story, hits, more);
    char *said = NULL;
    guint i;

    for (i = 0; i < hits->len; i++) {
        adp_rules_cite_step(story->r, f, g_ptr_array_index(hits, i));
    }
    if (hit && unknown) {
        adp_rules_summary(f, "A list of names was tried; known are %s. %s: %s", names, list,
                          meaning);
        said = g_strdup_printf("; in between it asked %s to prove themselves, so those names exist",
                               names);
    } else if (hit) {
        adp_rules_summary(f, "%s got in while a list was tried. %s: %s", names, list, meaning);
        said = g_strdup_printf("; in between %s logged on from the same client", names);
    }
    if (said) {
        append_observed(f, said);
    }
    g_free(said);
    g_free(names);
    g_ptr_array_unref(hits);
    return hit;
}

void adp_krb_story_locked(const adp_rules *r, adp_finding *f, const char *account,
                          const GPtrArray *before, const GPtrArray *binds)
{
    guint count = binds->len;
    char *said;
    guint i;

    for (i = 0; i < before->len; i++) {
        const adp_group *group = g_ptr_array_index(before, i);

        ADP_COUNT();
        count += group->steps->len;
        adp_rules_cite_group(r, f, group);
        adp_rules_sign(f, ADP_SIGN_WRONG_BEFORE, adp_group_last(group)->reply);
    }
    for (i = 0; i < binds->len; i++) {
        adp_rules_cite_step(r, f, g_ptr_array_index(binds, i));
    }
    if (binds->len) {
        adp_rules_sign(f, ADP_SIGN_WRONG_BEFORE,
                       ((const adp_step *)g_ptr_array_index(binds, 0))->reply);
    }
    adp_rules_summary(f, "%s: locked out, after %u %s with a wrong password", account, count,
                      count == 1 ? "attempt" : "attempts");
    said = g_strdup_printf("; %u %s with a wrong password before it", count,
                           count == 1 ? "attempt" : "attempts");
    append_observed(f, said);
    g_free(said);
    if (binds->len) {
        said = binds->len == count
                   ? g_strdup(", all of them LDAP binds (data 52e)")
                   : g_strdup_printf(", %u of them LDAP binds (data 52e)", binds->len);
        append_observed(f, said);
        g_free(said);
    }
}
