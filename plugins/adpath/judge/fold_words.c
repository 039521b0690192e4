/* fold_words.c
 * What is said of steps that are told together.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/fold_words.h"

#include "facts/summary.h"
#include "facts/view.h"
#include "join/identity.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/krb_error.h"
#include "wire/netlogon.h"
#include "wire/text.h"

/* Names in a sentence, and in a list of what lookups came to. */
#define NAMES_TOLD   3
#define ANSWERS_TOLD 6
/* Runs of numbers, beyond which the first and the last have to do. */
#define RUNS_TOLD 16

/* ---- what stands in many of the sentences ---- */

/** Different texts, in the order in which they came; the first `most` are kept. */
typedef struct {
    guint most;
    GHashTable *seen; /* in lower case, owned */
    GString *told;
} names;

static names names_new(guint most)
{
    names n = {.most = most,
               .seen = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL),
               .told = g_string_new(NULL)};

    return n;
}

static void add_name(names *n, const char *name)
{
    char *lower = g_ascii_strdown(name ? name : "(unknown)", -1);

    if (g_hash_table_add(n->seen, lower) && g_hash_table_size(n->seen) <= n->most) {
        g_string_append_printf(n->told, "%s%s", n->told->len ? ", " : "",
                               name ? name : "(unknown)");
    }
}

/* Appends "a, b, c and 4 more"; frees what the names hold. */
static void say_names(names *n, GString *out)
{
    guint count = g_hash_table_size(n->seen);

    g_string_append(out, n->told->str);
    if (count > n->most) {
        g_string_append_printf(out, " and %u more", count - n->most);
    }
    g_string_free(n->told, TRUE);
    g_hash_table_unref(n->seen);
}

static const adp_step *step_at(const adp_model *model, const adp_fold *fold, guint i)
{
    return adp_model_step(model, g_array_index(fold->steps, guint32, i));
}

guint32 adp_fold_server(const adp_model *model, const adp_fold *fold, guint *count)
{
    GHashTable *seen = g_hash_table_new(NULL, NULL);
    guint i;

    for (i = 0; i < fold->steps->len; i++) {
        g_hash_table_add(seen, GUINT_TO_POINTER(step_at(model, fold, i)->flow.server + 1));
    }
    *count = g_hash_table_size(seen);
    g_hash_table_unref(seen);
    return *count == 1 ? step_at(model, fold, 0)->flow.server : ADP_NONE;
}

static void say_servers(const adp_model *model, const adp_fold *fold, GString *out)
{
    guint count;

    if (adp_fold_server(model, fold, &count) == ADP_NONE) {
        g_string_append_printf(out, " by %u servers", count);
    }
}

static char *summary_of(const adp_model *model, guint32 step, gboolean mailboxes)
{
    adp_view view = adp_view_whole(model, step, mailboxes);

    return adp_summary(model, &view);
}

/* ---- a sentence for each kind ---- */

/* The servers and addresses that an answer names: what the client goes on with. */
static void add_answers(const adp_model *model, const adp_step *step, names *answers)
{
    const adp_obs_dns *dns =
        step->reply != ADP_NONE ? adp_model_obs(model, step->reply)->u.dns : NULL;
    guint i;

    for (i = 0; dns && i < dns->said->records.count; i++) {
        add_name(answers, dns->said->records.items[i].target);
    }
    for (i = 0; dns && step->kind == ADP_STEP_ADDRESS && i < dns->answer_hosts; i++) {
        if (dns->said->hosts.items[i].address != ADP_NONE) {
            add_name(answers, adp_model_address_text(model, dns->said->hosts.items[i].address));
        }
    }
}

static void say_lookups(const adp_model *model, const adp_fold *fold, GString *out)
{
    names n = names_new(NAMES_TOLD);
    names answers = names_new(ANSWERS_TOLD);
    guint misses = 0;
    guint i;

    for (i = 0; i < fold->steps->len; i++) {
        const adp_step *step = step_at(model, fold, i);

        add_name(&n, adp_model_obs(model, step->first)->u.dns->name);
        misses += adp_step_outcome(model, step, FALSE) == ADP_NORMAL ? 1 : 0;
        add_answers(model, step, &answers);
    }
    g_string_append_printf(out, "%u lookups of ", fold->steps->len);
    say_names(&n, out);
    say_servers(model, fold, out);
    if (misses == fold->steps->len) {
        g_string_append(out, ", none there (normal)");
    } else if (misses) {
        g_string_append_printf(out, ", %u answered", fold->steps->len - misses);
    } else {
        g_string_append(out, ", all answered");
    }
    g_string_append(out, g_hash_table_size(answers.seen) ? ": " : "");
    say_names(&answers, out);
    if (misses && misses < fold->steps->len) {
        g_string_append_printf(out, "; %u not there (normal)", misses);
    }
}

static void say_pings(const adp_model *model, const adp_fold *fold, GString *out)
{
    const adp_step *first = step_at(model, fold, 0);
    const adp_netlogon *reply = NULL;
    const char *domain = first->request != ADP_NONE
                             ? adp_model_obs(model, first->request)->u.search->ping.domain
                             : NULL;
    names n = names_new(NAMES_TOLD);
    guint i;

    for (i = 0; i < fold->steps->len; i++) {
        const adp_step *step = step_at(model, fold, i);

        if (step->own->netlogon != ADP_NONE) {
            reply = &adp_model_obs(model, step->own->netlogon)->u.entry->netlogon;
            add_name(&n, reply->host && *reply->host ? reply->host : NULL);
        }
    }
    g_string_append_printf(out, "%u LDAP pings", fold->steps->len);
    if (domain || (reply && reply->domain)) {
        g_string_append_printf(out, " for %s", domain ? domain : reply->domain);
    }
    g_string_append(out, reply ? ", answered by " : ": the server does not host it");
    say_names(&n, out);
    if (reply && reply->client_site) {
        g_string_append_printf(out, ", client in site %s",
                               *reply->client_site ? reply->client_site : "(none)");
    }
}

static void say_reads(const adp_model *model, const adp_fold *fold, GString *out)
{
    names n = names_new(NAMES_TOLD);
    guint i;
    guint a;

    for (i = 0; i < fold->steps->len; i++) {
        const adp_step *step = step_at(model, fold, i);
        const adp_obs *request =
            step->request != ADP_NONE ? adp_model_obs(model, step->request) : NULL;

        for (a = 0; request && a < request->u.search->attributes.count; a++) {
            add_name(&n, request->u.search->attributes.items[a]);
        }
    }
    g_string_append_printf(out, "%u rootDSE reads%s", fold->steps->len,
                           g_hash_table_size(n.seen) ? " of " : "");
    say_names(&n, out);
    say_servers(model, fold, out);
    g_string_append(out, ", all answered");
}

/* The answers of a logon in their order: what the KDC wanted first, and the ticket. */
static void say_tickets(const adp_model *model, const adp_fold *fold, GString *out)
{
    char *summary = summary_of(model, g_array_index(fold->steps, guint32, 0), TRUE);
    const char *colon = g_strrstr(summary, ": ");
    names n = names_new(NAMES_TOLD);
    guint i;

    for (i = 0; i < fold->steps->len; i++) {
        const adp_obs_krb *krb = adp_model_obs(model, step_at(model, fold, i)->reply)->u.krb;
        char *text = krb->is_error
                         ? g_strdup_printf("%s (%d)", adp_krb_error_name(krb->error), krb->error)
                         : g_strdup("ticket");

        add_name(&n, text);
        g_free(text);
    }
    g_string_append_printf(out, "%u rounds of %.*s", fold->steps->len,
                           colon ? (int)(colon - summary) : -1, summary);
    say_servers(model, fold, out);
    g_string_append(out, ": ");
    say_names(&n, out);
    g_free(summary);
}

static gboolean is_ticket(const adp_step *step, const adp_step *first)
{
    return step->kind == ADP_STEP_KERBEROS && first->kind != ADP_STEP_KERBEROS;
}

static void say_same(const adp_model *model, const adp_fold *fold, gboolean mailboxes, GString *out)
{
    char *summary = summary_of(model, g_array_index(fold->steps, guint32, 0), mailboxes);
    names services = names_new(NAMES_TOLD);
    guint tickets = 0;
    guint i;

    for (i = 0; i < fold->steps->len; i++) {
        if (is_ticket(step_at(model, fold, i), step_at(model, fold, 0))) {
            add_name(&services, adp_model_obs(model, step_at(model, fold, i)->first)->u.krb->spn);
            tickets++;
        }
    }
    if (fold->steps->len - tickets > 1) {
        g_string_append_printf(out, "%u times ", fold->steps->len - tickets);
    }
    g_string_append(out, summary);
    if (fold->steps->len - tickets > 1) {
        say_servers(model, fold, out);
    }
    g_free(summary);
    if (tickets) {
        g_string_append_printf(out, ", with %s for ", tickets == 1 ? "a ticket" : "tickets");
    }
    say_names(&services, out);
}

char *adp_fold_words(const adp_model *model, const adp_fold *fold, gboolean mailboxes)
{
    GString *out = g_string_new(NULL);
    char *masked;

    switch (fold->kind) {
    case ADP_FOLD_LOOKUPS:
        say_lookups(model, fold, out);
        break;
    case ADP_FOLD_PINGS:
        say_pings(model, fold, out);
        break;
    case ADP_FOLD_READS:
        say_reads(model, fold, out);
        break;
    case ADP_FOLD_TICKETS:
        say_tickets(model, fold, out);
        break;
    default:
        say_same(model, fold, mailboxes, out);
        break;
    }
    masked = mailboxes ? NULL : adp_mask_mailboxes(out->str);
    if (masked) {
        g_string_free(out, TRUE);
        return masked;
    }
    return g_string_free(out, FALSE);
}

adp_outcome adp_fold_outcome(const adp_model *model, const adp_fold *fold)
{
    adp_outcome outcome = ADP_NORMAL;
    guint i;

    if (fold->kind == ADP_FOLD_ALONE) {
        return adp_step_outcome(model, step_at(model, fold, 0), FALSE);
    }
    for (i = 0; i < fold->steps->len && outcome != ADP_OK; i++) {
        outcome =
            adp_step_outcome(model, step_at(model, fold, i), FALSE) == ADP_OK ? ADP_OK : outcome;
    }
    return outcome;
}

/* ---- where they are ---- */

/* "3-9, 12": appends the numbers of the steps; FALSE: they are too scattered. */
static gboolean say_runs(const adp_fold *fold, GString *out)
{
    guint runs = 0;
    guint i = 0;

    while (i < fold->steps->len) {
        guint32 first = g_array_index(fold->steps, guint32, i);
        guint32 last = first;

        while (++i < fold->steps->len && g_array_index(fold->steps, guint32, i) == last + 1) {
            last++;
        }
        g_string_append_printf(out, runs ? ", %u" : "%u", first + 1);
        if (last > first) {
            g_string_append_printf(out, "-%u", last + 1);
        }
        if (++runs > RUNS_TOLD) {
            return FALSE;
        }
    }
    return TRUE;
}

char *adp_fold_places(const adp_model *model, const adp_fold *fold)
{
    guint32 first = step_at(model, fold, 0)->first;
    guint32 last = step_at(model, fold, 0)->last;
    GString *out = g_string_new("steps ");
    guint i;

    if (!say_runs(fold, out)) {
        g_string_printf(out, "%u of the steps %u-%u", fold->steps->len,
                        g_array_index(fold->steps, guint32, 0) + 1,
                        g_array_index(fold->steps, guint32, fold->steps->len - 1) + 1);
    }
    for (i = 0; i < fold->steps->len; i++) {
        const adp_step *step = step_at(model, fold, i);

        first =
            MIN(first, step->request != ADP_NONE ? MIN(step->first, step->request) : step->first);
        last = MAX(last, step->last);
    }
    g_string_append_printf(out, ", frames %u-%u", adp_model_obs(model, first)->frame,
                           adp_model_obs(model, last)->frame);
    return g_string_free(out, FALSE);
}

gboolean adp_fold_longest(const adp_model *model, const adp_fold *fold, gint64 *longest)
{
    gboolean any = FALSE;
    guint i;

    *longest = 0;
    for (i = 0; i < fold->steps->len; i++) {
        adp_view view = adp_view_whole(model, g_array_index(fold->steps, guint32, i), TRUE);
        gint64 took;

        if (adp_step_time(model, &view, &took)) {
            *longest = MAX(*longest, took);
            any = TRUE;
        }
    }
    return any;
}
