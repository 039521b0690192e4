/* json_values.c
 * What all JSON of ours is made of: members of an object, and lists that several reports have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/json_values.h"

#include "advise/advise.h"
#include "log/observation.h"
#include "wire/text.h"

void adp_json_key(const adp_json_out *c, const char *name)
{
    json_dumper_set_member_name(c->dumper, name);
}

void adp_json_string(const adp_json_out *c, const char *name, const char *value)
{
    char *masked = c->mailboxes ? NULL : adp_mask_mailboxes(value);

    adp_json_key(c, name);
    json_dumper_value_string(c->dumper, masked ? masked : value);
    g_free(masked);
}

void adp_json_number(const adp_json_out *c, const char *name, guint32 value)
{
    adp_json_key(c, name);
    json_dumper_value_anyf(c->dumper, "%u", value);
}

void adp_json_null(const adp_json_out *c, const char *name)
{
    adp_json_key(c, name);
    json_dumper_value_anyf(c->dumper, "null");
}

void adp_json_number_or_null(const adp_json_out *c, const char *name, guint32 value)
{
    if (value) {
        adp_json_number(c, name, value);
    } else {
        adp_json_null(c, name);
    }
}

void adp_json_bool(const adp_json_out *c, const char *name, gboolean value)
{
    adp_json_key(c, name);
    json_dumper_value_anyf(c->dumper, value ? "true" : "false");
}

void adp_json_seconds(const adp_json_out *c, const char *name, gint64 ns)
{
    char buf[ADP_SECONDS_LEN];

    adp_json_key(c, name);
    json_dumper_value_anyf(c->dumper, "%s", adp_seconds(ns, buf));
}

void adp_json_begin_array(const adp_json_out *c, const char *name)
{
    adp_json_key(c, name);
    json_dumper_begin_array(c->dumper);
}

void adp_json_end_array(const adp_json_out *c)
{
    json_dumper_end_array(c->dumper);
}

void adp_json_empty_array(const adp_json_out *c, const char *name)
{
    adp_json_begin_array(c, name);
    adp_json_end_array(c);
}

void adp_json_begin_object(const adp_json_out *c, const char *name)
{
    if (name) {
        adp_json_key(c, name);
    }
    json_dumper_begin_object(c->dumper);
}

void adp_json_end_object(const adp_json_out *c)
{
    json_dumper_end_object(c->dumper);
}

void adp_json_frames(const adp_json_out *c, const GArray *observations)
{
    guint32 last = 0;
    guint i;

    adp_json_begin_array(c, "frames");
    for (i = 0; i < observations->len; i++) {
        guint32 frame = adp_model_obs(c->model, g_array_index(observations, guint32, i))->frame;

        if (frame != last) {
            json_dumper_value_anyf(c->dumper, "%u", frame);
        }
        last = frame;
    }
    adp_json_end_array(c);
}

void adp_json_causes(const adp_json_out *c, const GPtrArray *list)
{
    guint i;

    adp_json_begin_array(c, "causes");
    for (i = 0; i < list->len; i++) {
        const adp_cause *cause = g_ptr_array_index(list, i);

        adp_json_begin_object(c, NULL);
        adp_json_string(c, "text", cause->text);
        adp_json_string(c, "evidence", cause->supported ? "supported" : "possible");
        adp_json_frames(c, cause->evidence);
        adp_json_end_object(c);
    }
    adp_json_end_array(c);
}

void adp_json_checks(const adp_json_out *c, const GPtrArray *list)
{
    guint i;

    adp_json_begin_array(c, "check");
    for (i = 0; i < list->len; i++) {
        const adp_check *check = g_ptr_array_index(list, i);
        char *text = check->changes
                         ? g_strdup_printf("%s # changes %s", check->text, check->changes)
                         : g_strdup(check->text);

        json_dumper_value_string(c->dumper, text);
        g_free(text);
    }
    adp_json_end_array(c);
}
