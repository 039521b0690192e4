/* fact_list.c
 * Facts while they are gathered: the values of the fields of a step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/fact_list.h"

#include "facts/fields.h"
#include "facts/repeat_words.h"
#include "wire/text.h"

adp_fact *adp_fact_add(adp_fact_builder *b, adp_field field)
{
    adp_fact fact = {.field = field, .group = b->group};

    g_array_append_val(b->facts->items, fact);
    return &g_array_index(b->facts->items, adp_fact, b->facts->items->len - 1);
}

void adp_fact_string(adp_fact_builder *b, adp_field field, const char *text)
{
    char *masked;

    if (!text) {
        return;
    }
    masked = b->view->mailboxes ? NULL : adp_mask_mailboxes(text);
    if (masked) {
        g_ptr_array_add(b->facts->owned, masked);
    }
    adp_fact_add(b, field)->v.s = masked ? masked : text;
}

void adp_fact_owned(adp_fact_builder *b, adp_field field, char *text)
{
    if (text) {
        g_ptr_array_add(b->facts->owned, text);
        adp_fact_string(b, field, text);
    }
}

void adp_fact_uint(adp_fact_builder *b, adp_field field, guint32 value)
{
    adp_fact_add(b, field)->v.u = value;
}

void adp_fact_int(adp_fact_builder *b, adp_field field, gint32 value)
{
    adp_fact_add(b, field)->v.i = value;
}

void adp_fact_bool(adp_fact_builder *b, adp_field field, gboolean value)
{
    adp_fact_add(b, field)->v.b = value;
}

void adp_fact_strings(adp_fact_builder *b, adp_field field, const adp_strings *strings)
{
    guint i;

    for (i = 0; i < strings->count; i++) {
        adp_fact_string(b, field, strings->items[i]);
    }
}

/* Commands hold their values masked already: masking a finished one could break its quotes. */
static void add_command(adp_fact_builder *b, adp_field field, char *command)
{
    if (command) {
        g_ptr_array_add(b->facts->owned, command);
        adp_fact_add(b, field)->v.s = command;
    }
}

void adp_fact_repeat(adp_fact_builder *b)
{
    char *shell;
    char *powershell;

    if (adp_repeat_by(b->repeat, b->model, b->view, &shell, &powershell)) {
        add_command(b, ADP_F_REPEAT_SHELL, shell);
        add_command(b, ADP_F_REPEAT_POWERSHELL, powershell);
    }
}
