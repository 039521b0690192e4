/* html_fold.c
 * Which steps of a path a page folds into one line: repeated ones that went well.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/html_fold.h"

#include "facts/outcome.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"

/* What steps are called when there are several; NULL: each tells something of its own. */
static const char *family(adp_step_kind kind)
{
    switch (kind) {
    case ADP_STEP_SRV:
    case ADP_STEP_ADDRESS:
        return "DNS lookups";
    case ADP_STEP_PING:
        return "LDAP pings";
    case ADP_STEP_KERBEROS:
        return "Kerberos exchanges";
    case ADP_STEP_ROOTDSE:
        return "reads of the rootDSE";
    case ADP_STEP_HIDDEN:
        return "hidden connections";
    case ADP_STEP_TLS:
        return "TLS handshakes";
    default:
        return NULL;
    }
}

/* Step + 1 of those that an error or a warning of the path cites. */
static GHashTable *cited_steps(adp_analysis *analysis, guint32 path, gboolean mailboxes)
{
    const adp_model *model = adp_analysis_model(analysis);
    GHashTable *cited = g_hash_table_new(NULL, NULL);
    guint count;
    adp_finding *const *found = adp_findings_of_path(analysis, path, mailboxes, &count);
    guint f;
    guint i;

    for (f = 0; f < count; f++) {
        const GArray *evidence = found[f]->evidence;

        for (i = 0; found[f]->severity != ADP_SEVERITY_NOTE && i < evidence->len; i++) {
            guint32 step = adp_model_mark(model, g_array_index(evidence, guint32, i))->step;

            /* ADP_NONE plus 1 is 0, which no step is. */
            g_hash_table_add(cited, GUINT_TO_POINTER(step + 1));
        }
    }
    return cited;
}

typedef struct {
    const adp_model *model;
    GHashTable *cited;
} folding;

/* What the step is called among others of its sort; NULL: it stands alone. */
static const char *folds_as(const folding *f, guint32 index)
{
    const adp_step *step = adp_model_step(f->model, index);
    adp_outcome outcome = adp_step_outcome(f->model, step, FALSE);

    if ((outcome != ADP_OK && outcome != ADP_NORMAL) ||
        g_hash_table_contains(f->cited, GUINT_TO_POINTER(index + 1))) {
        return NULL;
    }
    return family(step->kind);
}

/* The same sort of question to the same server by the same client? */
static gboolean goes_with(const folding *f, guint32 a, guint32 b)
{
    const adp_step *x = adp_model_step(f->model, a);
    const adp_step *y = adp_model_step(f->model, b);

    return x->flow.server == y->flow.server && adp_same_client(x->client, y->client);
}

GArray *adp_html_folds_of(adp_analysis *analysis, guint32 path, gboolean mailboxes)
{
    const adp_model *model = adp_analysis_model(analysis);
    const GArray *steps = adp_model_path(model, path)->steps;
    folding f = {model, cited_steps(analysis, path, mailboxes)};
    GArray *folds = g_array_new(FALSE, FALSE, sizeof(adp_html_fold));
    guint i;

    for (i = 0; i < steps->len; i++) {
        guint32 index = g_array_index(steps, guint32, i);
        adp_html_fold *before =
            folds->len ? &g_array_index(folds, adp_html_fold, folds->len - 1) : NULL;
        adp_html_fold fold = {.first = i, .count = 1, .what = folds_as(&f, index)};

        if (before && fold.what && before->what == fold.what &&
            goes_with(&f, g_array_index(steps, guint32, before->first), index)) {
            before->count++;
        } else {
            g_array_append_val(folds, fold);
        }
    }
    for (i = 0; i < folds->len; i++) {
        adp_html_fold *fold = &g_array_index(folds, adp_html_fold, i);

        fold->what = fold->count > 1 ? fold->what : NULL;
    }
    g_hash_table_unref(f.cited);
    return folds;
}
