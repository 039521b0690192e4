/* refusals.c
 * Operations of LDAP that are no steps, were refused, and that no finding is about.
 *
 * They have no finding of their own, but a path on which the directory refused what the client came
 * for must not read as if nothing had been wrong: its verdict names them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/refusals.h"

#include "join/ldap_ops.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/ldap_result.h"
#include "wire/sorted.h"
#include "wire/text.h"

/* So much of what a server says to it stands in a line. */
#define DIAGNOSTIC_SHOWN 120

static gint by_path(gconstpointer a, gconstpointer b)
{
    const adp_refusal *x = a;
    const adp_refusal *y = b;

    if (x->path != y->path) {
        return x->path < y->path ? -1 : 1;
    }
    return x->operation < y->operation ? -1 : x->operation > y->operation;
}

void adp_refusals_sort(GArray *refusals)
{
    g_array_sort(refusals, by_path);
}

guint adp_refusals_of(const GArray *refusals, guint32 path, guint *first)
{
    gsize member = G_STRUCT_OFFSET(adp_refusal, path);

    *first = adp_sorted_place(refusals, member, path);
    return adp_sorted_place(refusals, member, path + 1) - *first;
}

/* ---- words ---- */

/* What the server says itself, in one line that is not too long; what it refers to comes first. */
static char *said_by(const adp_obs_result *result, gboolean mailboxes)
{
    const char *says = result->referral ? result->referral : result->diagnostic;
    char *line = adp_one_line(says);
    char *masked = line && !mailboxes ? adp_mask_mailboxes(line) : NULL;
    char *text = masked ? masked : g_strdup(line ? line : "");
    char *cut;

    g_free(line);
    if (g_utf8_strlen(text, -1) <= DIAGNOSTIC_SHOWN) {
        return text;
    }
    *g_utf8_offset_to_pointer(text, DIAGNOSTIC_SHOWN) = '\0';
    cut = g_strconcat(text, "...", NULL);
    g_free(text);
    return cut;
}

/* "unwillingToPerform (53), 0000216D: the account has ..." */
static void append_why(GString *out, adp_ldap_op op, const adp_obs_result *result,
                       gboolean mailboxes)
{
    const char *name = adp_ldap_result_name(result->result);
    const char *reason = adp_ldap_reason(result->diagnostic);
    char *said = said_by(result, mailboxes);

    g_string_append_printf(out, "%s (%u)", name ? name : "error", result->result);
    if (result->referral) {
        g_string_append_printf(out, " to %s", said);
    } else if (op == ADP_LDAP_OP_SEARCH && result->result == ADP_LDAP_NO_SUCH_OBJECT) {
        /* RFC 4511 4.5.1.1, 4.1.9 */
        g_string_append(out, ": the base of the search is no object there");
    } else if (reason) {
        g_string_append_printf(out, ", %.8s: %s", result->diagnostic, reason);
    } else if (*said) {
        g_string_append_printf(out, ", \"%s\"", said);
    }
    g_free(said);
}

char *adp_refusal_words(const adp_model *model, guint32 operation, guint count, gboolean mailboxes)
{
    const adp_ldap_operation *of = adp_model_operation(model, operation);
    const adp_obs *reply = adp_model_obs(model, of->reply);
    const char *name = adp_ldap_op_name(of->op);
    GString *out = g_string_new(NULL);

    if (count > 1) {
        g_string_append_printf(
            out, "%u LDAP operations were refused; the first of them (%s): ", count, name);
    } else {
        g_string_append_printf(out, "an LDAP operation (%s) was refused: ", name);
    }
    append_why(out, of->op, &reply->u.operation->result, mailboxes);
    g_string_append_printf(out, " (frame %u)", reply->frame);
    return g_string_free(out, FALSE);
}
