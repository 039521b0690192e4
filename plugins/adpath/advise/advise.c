/* advise.c
 * The advice for one finding: causes weighed by what the capture shows, commands filled in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "advise/advise.h"

#include "advise/advice.h"
#include "advise/advice_fill.h"
#include "advise/on_unix.h"
#include "judge/finding.h"
#include "judge/signs.h"
#include "log/observation.h"
#include "wire/text.h"

static gboolean has_any(const adp_finding *finding, const adp_sign *signs)
{
    guint i;

    for (i = 0; i < ADP_ADVICE_SIGNS_MAX && signs[i]; i++) {
        if (adp_finding_has_sign(finding, signs[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean has_all(const adp_finding *finding, const adp_sign *signs)
{
    guint i;

    for (i = 0; i < ADP_ADVICE_SIGNS_MAX && signs[i]; i++) {
        if (!adp_finding_has_sign(finding, signs[i])) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Adds the observations at which the capture shows one of the signs. */
static void collect(const adp_finding *finding, const adp_sign *signs, GArray *evidence)
{
    guint i;
    guint s;

    for (i = 0; i < finding->signs->len; i++) {
        const adp_shown_sign *shown = &g_array_index(finding->signs, adp_shown_sign, i);

        for (s = 0; s < ADP_ADVICE_SIGNS_MAX && signs[s]; s++) {
            if (shown->sign == signs[s] && shown->obs != ADP_NONE) {
                g_array_append_val(evidence, shown->obs);
            }
        }
    }
}

static void cause_free(gpointer data)
{
    adp_cause *cause = data;

    g_free(cause->text);
    g_array_unref(cause->evidence);
    g_free(cause);
}

static void check_free(gpointer data)
{
    adp_check *check = data;

    g_free(check->text);
    g_free(check);
}

static void add_cause(adp_advice_list *list, const adp_finding *finding,
                      const adp_advice_cause *row, const adp_advice_values *values)
{
    adp_cause *cause;
    char *text;

    if (has_any(finding, row->refuted_by) || !has_all(finding, row->needs)) {
        return;
    }
    text = adp_advice_fill_sentence(row->text, values);
    if (!text) {
        return;
    }
    cause = g_new0(adp_cause, 1);
    cause->text = text;
    cause->supported = !row->weak && (has_any(finding, row->supported_by) || row->needs[0]);
    cause->evidence = g_array_new(FALSE, FALSE, sizeof(guint32));
    if (!row->weak) {
        collect(finding, row->supported_by, cause->evidence);
        collect(finding, row->needs, cause->evidence);
    }
    g_array_sort(cause->evidence, adp_compare_numbers);
    g_ptr_array_add(list->causes, cause);
}

static void add_causes(adp_advice_list *list, const adp_finding *finding, const adp_advice *row,
                       const adp_advice_values *values)
{
    GPtrArray *possible = g_ptr_array_new();
    guint i;

    for (i = 0; i < ADP_ADVICE_MAX && row->causes[i].text; i++) {
        add_cause(list, finding, &row->causes[i], values);
    }
    /* What the capture speaks for comes first; the table's order stays within both parts. */
    for (i = 0; i < list->causes->len;) {
        const adp_cause *cause = g_ptr_array_index(list->causes, i);

        if (cause->supported) {
            i++;
        } else {
            g_ptr_array_add(possible, g_ptr_array_steal_index(list->causes, i));
        }
    }
    g_ptr_array_extend(list->causes, possible, NULL, NULL);
    g_ptr_array_unref(possible);
}

static gboolean has_check(const adp_advice_list *list, const char *text)
{
    guint i;

    for (i = 0; i < list->checks->len; i++) {
        if (g_str_equal(((const adp_check *)g_ptr_array_index(list->checks, i))->text, text)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Takes the text. Two commands of Windows may be one on a client with Linux. */
static void add_check(adp_advice_list *list, char *text, const char *changes)
{
    adp_check *check;

    if (has_check(list, text)) {
        g_free(text);
        return;
    }
    check = g_new0(adp_check, 1);

    check->text = text;
    check->changes = changes;
    g_ptr_array_add(list->checks, check);
}

static void add_checks(adp_advice_list *list, const adp_finding *finding, const adp_advice *row,
                       const adp_advice_values *values, gboolean reading)
{
    gboolean is_unix = adp_finding_has_sign(finding, ADP_SIGN_CLIENT_UNIX);
    gboolean left_out = FALSE;
    guint i;

    for (i = 0; i < ADP_ADVICE_MAX && row->checks[i].command; i++) {
        const adp_advice_check *from = &row->checks[i];
        char *other;
        char *text;

        if (reading != !from->changes || has_any(finding, from->refuted_by) ||
            !has_all(finding, from->needs)) {
            continue;
        }
        other = is_unix ? adp_advice_on_unix(from->command) : NULL;
        text = adp_advice_fill(other ? other : from->command, values);
        if (text) {
            add_check(list, text, from->changes);
        } else {
            left_out = left_out || adp_advice_cannot_quote(from->command, values);
        }
        g_free(other);
    }
    if (left_out) {
        add_check(list,
                  g_strdup("# a command is left out: a name of the capture in it cannot be quoted "
                           "safely for every shell"),
                  NULL);
    }
}

adp_advice_list *adp_advise(const adp_finding *finding, gboolean mailboxes)
{
    adp_advice_list *list = g_new0(adp_advice_list, 1);
    const adp_advice *row = finding->advice ? adp_advice_find(finding->advice) : NULL;
    adp_advice_values values = {.mailboxes = mailboxes};
    guint i;

    list->causes = g_ptr_array_new_with_free_func(cause_free);
    list->checks = g_ptr_array_new_with_free_func(check_free);
    for (i = 0; i < finding->values->len && i < ADP_ADVICE_VALUES; i++) {
        const adp_finding_value *value = &g_array_index(finding->values, adp_finding_value, i);

        values.pairs[i].name = value->name;
        values.pairs[i].value = value->value;
        values.count++;
    }
    if (row) {
        add_causes(list, finding, row, &values);
        add_checks(list, finding, row, &values, TRUE);
        add_checks(list, finding, row, &values, FALSE);
    }
    return list;
}

void adp_advice_list_free(adp_advice_list *list)
{
    g_ptr_array_unref(list->causes);
    g_ptr_array_unref(list->checks);
    g_free(list);
}
