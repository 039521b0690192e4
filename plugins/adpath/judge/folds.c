/* folds.c
 * Which steps of a path are told together.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/folds.h"

#include "facts/outcome.h"
#include "facts/summary.h"
#include "facts/view.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/finding.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/text.h"

/* So long without a step is a pause; an answer that takes so long is told by itself. */
#define PAUSE ADP_NS_PER_S

/** A fold that more may join. */
typedef struct {
    guint number; /* its place among the folds */
    guint turn;   /* of its last step */
} open_fold;

typedef struct {
    adp_analysis *analysis;
    const adp_model *model; /* the analysis's */
    gboolean mailboxes;
    GPtrArray *folds;      /* of adp_fold, owned by the caller in the end */
    GArray *cited;         /* of guint32: observations that findings cite, ascending */
    guint at;              /* the next of them */
    GHashTable *in_full;   /* step + 1: a finding cites it, or was made good by it */
    GHashTable *open;      /* key, owned -> open_fold, owned */
    GHashTable *questions; /* "fold|question", owned: the fold has it */
    guint turn;            /* how often the client has come further, or paused */
    adp_fold *last;        /* of the step before, NULL */
    guint32 before;        /* that step, ADP_NONE */
    gint64 end;            /* of all steps so far */
} folder;

/* ---- what is told in full ---- */

static void note_cited(folder *f, guint32 obs)
{
    guint32 step;

    if (obs == ADP_NONE) {
        return;
    }
    step = adp_model_mark(f->model, obs)->step;
    g_array_append_val(f->cited, obs);
    if (step != ADP_NONE) {
        g_hash_table_add(f->in_full, GUINT_TO_POINTER(step + 1));
    }
}

static void note_findings(folder *f, guint32 path)
{
    guint count;
    adp_finding *const *list = adp_findings_of_path(f->analysis, path, f->mailboxes, &count);
    guint i;
    guint k;

    for (i = 0; i < count; i++) {
        for (k = 0; k < list[i]->evidence->len; k++) {
            note_cited(f, g_array_index(list[i]->evidence, guint32, k));
        }
        for (k = 0; k < list[i]->signs->len; k++) {
            note_cited(f, g_array_index(list[i]->signs, adp_shown_sign, k).obs);
        }
        if (list[i]->recovered_by) {
            g_hash_table_add(f->in_full, GUINT_TO_POINTER(list[i]->recovered_by));
        }
    }
    g_array_sort(f->cited, adp_compare_numbers);
}

/* It went well, and soon, and no finding speaks of it. */
static gboolean is_plain(const folder *f, guint32 index)
{
    const adp_step *step = adp_model_step(f->model, index);
    adp_view view = adp_view_whole(f->model, index, f->mailboxes);
    adp_outcome outcome = adp_step_outcome(f->model, step, FALSE);
    gint64 took;

    return (outcome == ADP_OK || outcome == ADP_NORMAL) &&
           (step->reply != ADP_NONE || step->own->netlogon != ADP_NONE) && step->retries == 0 &&
           !(adp_step_time(f->model, &view, &took) && took >= PAUSE) &&
           !g_hash_table_contains(f->in_full, GUINT_TO_POINTER(index + 1));
}

/* ---- what belongs together ---- */

static const char *or_nothing(const char *text)
{
    return text ? text : "";
}

static char *key_of_ping(const folder *f, const adp_step *step)
{
    const adp_obs *request =
        step->request != ADP_NONE ? adp_model_obs(f->model, step->request) : NULL;
    const adp_netlogon *reply =
        step->own->netlogon != ADP_NONE
            ? &adp_model_obs(f->model, step->own->netlogon)->u.entry->netlogon
            : NULL;
    const char *domain = request ? request->u.search->ping.domain : reply ? reply->domain : NULL;
    char *lower = g_ascii_strdown(or_nothing(domain), -1);
    char *key = g_strdup_printf("ping|%s|%s|%s", lower, reply ? "here" : "not here",
                                or_nothing(reply ? reply->client_site : NULL));

    g_free(lower);
    return key;
}

/* Rounds of one logon, and tickets for one service; NULL: in another protocol. */
static char *key_of_ticket(const folder *f, const adp_step *step)
{
    const adp_obs_krb *krb =
        adp_model_obs(f->model, step->request != ADP_NONE ? step->request : step->first)->u.krb;

    if (krb->exchange == ADP_EXCHANGE_AP || krb->carrier != ADP_CARRIER_KDC) {
        return NULL;
    }
    return g_strdup_printf("ticket|%d|%s|%s|%s|%s", (int)krb->exchange, or_nothing(krb->realm),
                           or_nothing(krb->spn), or_nothing(krb->client),
                           or_nothing(krb->for_user));
}

/* Steps with the same key may be told together; free with g_free(), NULL: never. */
static char *key_of(const folder *f, guint32 index, adp_fold_kind *kind)
{
    const adp_step *step = adp_model_step(f->model, index);
    adp_view view = adp_view_whole(f->model, index, f->mailboxes);
    char *key = NULL;

    switch (step->kind) {
    case ADP_STEP_SRV:
    case ADP_STEP_ADDRESS:
        *kind = ADP_FOLD_LOOKUPS;
        return g_strdup("lookup");
    case ADP_STEP_PING:
        *kind = ADP_FOLD_PINGS;
        return key_of_ping(f, step);
    case ADP_STEP_ROOTDSE:
        *kind = ADP_FOLD_READS;
        return g_strdup("read");
    case ADP_STEP_KERBEROS:
        *kind = ADP_FOLD_TICKETS;
        key = key_of_ticket(f, step);
        break;
    case ADP_STEP_SCP:
        return NULL;
    default:
        break;
    }
    if (!key) {
        char *summary = adp_summary(f->model, &view);

        *kind = ADP_FOLD_SAME;
        key = g_strdup_printf("same|%d|%s", (int)step->kind, summary);
        g_free(summary);
    }
    return key;
}

/* What the step asks, among those of its key; free with g_free(). */
static char *question_of(const folder *f, guint32 index, guint fold)
{
    const adp_step *step = adp_model_step(f->model, index);
    adp_view view = adp_view_whole(f->model, index, f->mailboxes);
    char *text = NULL;
    char *question;

    if (step->kind == ADP_STEP_SRV || step->kind == ADP_STEP_ADDRESS) {
        const adp_obs_dns *dns = adp_model_obs(f->model, step->first)->u.dns;

        text = g_ascii_strdown(or_nothing(dns->name), -1);
        question = g_strdup_printf("%u|%u|%s", fold, dns->qtype, text);
    } else {
        text = step->kind == ADP_STEP_ROOTDSE ? adp_summary(f->model, &view) : g_strdup("");
        question = g_strdup_printf("%u|%s", fold, text);
    }
    g_free(text);
    return question;
}

/* It brought the client to another place: what it asks next is a new round. */
static gboolean goes_further(const adp_step *step)
{
    return step->kind == ADP_STEP_BIND || step->kind == ADP_STEP_SCP ||
           step->kind == ADP_STEP_HIDDEN || step->kind == ADP_STEP_TLS ||
           step->kind == ADP_STEP_AUTODISCOVER;
}

/* ---- the walk ---- */

static void fold_free(gpointer data)
{
    g_array_unref(((adp_fold *)data)->steps);
    g_free(data);
}

static adp_fold *new_fold(folder *f, adp_fold_kind kind)
{
    adp_fold *fold = g_new0(adp_fold, 1);

    fold->kind = kind;
    fold->steps = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_ptr_array_add(f->folds, fold);
    return fold;
}

/* Nothing that comes joins what was before. */
static void close_all(folder *f)
{
    g_hash_table_remove_all(f->open);
    g_hash_table_remove_all(f->questions);
    f->last = NULL;
}

/* The fold with this key that the step joins; else a new one. */
static adp_fold *fold_for(folder *f, guint32 index, const char *key, adp_fold_kind kind)
{
    open_fold *open = g_hash_table_lookup(f->open, key);
    char *question = open ? question_of(f, index, open->number) : NULL;

    if (!open) {
        open = g_new0(open_fold, 1);
        open->number = f->folds->len;
        g_hash_table_insert(f->open, g_strdup(key), open);
    } else if (open->turn != f->turn && !g_hash_table_contains(f->questions, question)) {
        open->number = f->folds->len;
    }
    g_free(question);
    open->turn = f->turn;
    g_hash_table_add(f->questions, question_of(f, index, open->number));
    return open->number < f->folds->len ? g_ptr_array_index(f->folds, open->number)
                                        : new_fold(f, kind);
}

/* A ticket that the step before carries to a server: in the same frame, and told with it. */
static gboolean is_carried(const folder *f, const adp_step *step)
{
    const adp_step *before = f->before != ADP_NONE ? adp_model_step(f->model, f->before) : NULL;

    return before && f->last && f->last->kind == ADP_FOLD_SAME && step->kind == ADP_STEP_KERBEROS &&
           before->kind != ADP_STEP_KERBEROS && adp_step_outcome(f->model, step, FALSE) == ADP_OK &&
           adp_model_obs(f->model, step->first)->type == ADP_OBS_AP_REQUEST &&
           adp_model_obs(f->model, step->first)->frame ==
               adp_model_obs(f->model, before->first)->frame;
}

static void put(folder *f, guint32 index)
{
    const adp_step *step = adp_model_step(f->model, index);
    gboolean plain = is_plain(f, index);
    adp_fold_kind kind = ADP_FOLD_ALONE;
    char *key = plain ? key_of(f, index, &kind) : NULL;
    adp_fold *fold;

    if (!key) {
        close_all(f);
        fold = new_fold(f, ADP_FOLD_ALONE);
    } else if (is_carried(f, step)) {
        fold = f->last;
    } else {
        fold = fold_for(f, index, key, kind);
    }
    f->turn += goes_further(step) ? 1 : 0;
    g_array_append_val(fold->steps, index);
    f->last = key ? fold : NULL;
    f->before = index;
    g_free(key);
}

/* Does a finding cite anything between the step before and this one? */
static gboolean is_cited_between(folder *f, guint32 first)
{
    guint from = f->at;

    while (f->at < f->cited->len && g_array_index(f->cited, guint32, f->at) < first) {
        f->at++;
    }
    return f->at > from;
}

GPtrArray *adp_folds_of(adp_analysis *analysis, guint32 path, gboolean mailboxes)
{
    const adp_model *model = adp_analysis_model(analysis);
    const adp_numbers *steps = &adp_model_path(model, path)->steps;
    folder f = {.analysis = analysis, .model = model, .mailboxes = mailboxes, .before = ADP_NONE};
    guint i;

    f.folds = g_ptr_array_new_with_free_func(fold_free);
    f.cited = g_array_new(FALSE, FALSE, sizeof(guint32));
    f.in_full = g_hash_table_new(NULL, NULL);
    f.open = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, g_free);
    f.questions = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    note_findings(&f, path);
    for (i = 0; i < steps->count; i++) {
        guint32 index = steps->items[i];
        const adp_step *step = adp_model_step(model, index);
        gint64 time = adp_model_obs(model, step->first)->time;
        gint64 gap = i ? adp_since(time, f.end) : 0;
        adp_fold *last;

        if (is_cited_between(&f, step->first)) {
            close_all(&f);
        } else if (gap >= PAUSE) {
            f.turn++;
        }
        put(&f, index);
        last = g_ptr_array_index(f.folds, f.folds->len - 1);
        if (g_array_index(last->steps, guint32, 0) == index) {
            last->gap = gap;
        }
        f.end = i ? MAX(f.end, adp_model_obs(model, step->last)->time)
                  : adp_model_obs(model, step->last)->time;
    }
    for (i = 0; i < f.folds->len; i++) {
        adp_fold *fold = g_ptr_array_index(f.folds, i);

        fold->kind = fold->steps->len == 1 ? ADP_FOLD_ALONE : fold->kind;
    }
    g_array_unref(f.cited);
    g_hash_table_unref(f.in_full);
    g_hash_table_unref(f.open);
    g_hash_table_unref(f.questions);
    return f.folds;
}
