/* kind_ldap.c
 * LDAP on a connection: binds, reads of the rootDSE, searches for service connection points, and what is sealed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "facts/fact_list.h"
#include "facts/kind.h"
#include "facts/outcomes.h"
#include "facts/ranks.h"
#include "facts/repeat_ldap.h"
#include "facts/stage.h"
#include "facts/view.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/ldap_result.h"
#include "wire/scp.h"

static adp_outcome ldap_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    const adp_obs_result *result = adp_model_obs(model, step->reply)->u.result;

    (void)early;
    if (result->damaged) {
        return ADP_PENDING;
    }
    return result->result == ADP_LDAP_SUCCESS ? ADP_OK : ADP_FAILED;
}

static adp_outcome hidden_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    (void)model;
    (void)step;
    (void)early;
    return ADP_HIDDEN;
}

static void entry_facts(adp_fact_builder *b, guint32 i)
{
    const adp_scp_entry *entry = &adp_model_obs(b->model, i)->u.entry->scp;
    guint32 n = adp_model_mark(b->model, i)->count;

    b->group = n;
    adp_fact_string(b, ADP_F_SCP_ENTRY, adp_scp_entry_type_name(entry->type));
    adp_fact_string(b, ADP_F_SCP_DN, entry->dn);
    adp_fact_strings(b, ADP_F_SCP_BINDING, &entry->bindings);
    adp_fact_string(b, ADP_F_SCP_HOST, entry->host);
    adp_fact_strings(b, ADP_F_SCP_KEYWORD, &entry->keywords);
    adp_fact_string(b, ADP_F_SCP_SITE, entry->site);
    adp_fact_string(b, ADP_F_SCP_DOMAIN, entry->domain);
    /* The site may still change, and more entries may come. */
    if (!b->view->early) {
        adp_rank rank = adp_rank_of(b->ranks, b->view->step, n - 1);

        if (rank.rank) {
            adp_fact_uint(b, ADP_F_SCP_RANK, rank.rank);
            adp_fact_string(b, ADP_F_SCP_RANK_REASON, adp_rank_reason_name(rank.reason));
        }
    }
    b->group = 0;
}

static void entries_facts(adp_fact_builder *b)
{
    guint32 i;

    for (i = b->view->from; i != ADP_NONE && i <= b->view->to;
         i = adp_model_mark(b->model, i)->next) {
        if (adp_model_obs(b->model, i)->type == ADP_OBS_LDAP_ENTRY &&
            !adp_model_mark(b->model, i)->copy) {
            entry_facts(b, i);
        }
    }
}

static void ldap_facts(adp_fact_builder *b)
{
    const adp_obs *first = adp_model_obs(b->model, b->step->first);
    const adp_obs *request = adp_view_request(b->model, b->view);
    const adp_obs *reply = adp_view_reply(b->model, b->view);
    const adp_obs_search *search = NULL;

    if (request && b->step->kind != ADP_STEP_BIND) {
        search = request->u.search;
    }
    if (search && b->step->kind == ADP_STEP_SCP) {
        adp_fact_string(b, ADP_F_SCP_KIND, search->scp_kind);
    }
    adp_fact_string(b, ADP_F_LDAP_PROTECTION, adp_protection_name(first->protection));
    adp_fact_bool(b, ADP_F_LDAP_DECRYPTED, first->decrypted);
    adp_fact_string(b, ADP_F_LDAP_MECHANISM, b->step->own->mechanism);
    if (search) {
        adp_fact_string(b, ADP_F_LDAP_BASE, search->base);
        adp_fact_string(b, ADP_F_LDAP_SCOPE, adp_ldap_scope_name(search->scope));
        adp_fact_string(b, ADP_F_LDAP_FILTER, search->filter);
        adp_fact_strings(b, ADP_F_LDAP_ATTRIBUTE, &search->attributes);
    }
    if (reply && b->step->kind != ADP_STEP_HIDDEN && !reply->u.result->damaged) {
        const adp_obs_result *result = reply->u.result;

        adp_fact_uint(b, ADP_F_LDAP_RESULT, result->result);
        adp_fact_string(b, ADP_F_LDAP_RESULT_NAME, adp_ldap_result_name(result->result));
        adp_fact_string(b, ADP_F_LDAP_DIAGNOSTIC, result->diagnostic);
    }
    if (b->step->kind == ADP_STEP_HIDDEN) {
        adp_fact_uint(b, ADP_F_LDAP_HIDDEN, adp_model_mark(b->model, b->view->to)->count);
    } else if (search && (reply || adp_model_mark(b->model, b->view->to)->count)) {
        adp_fact_uint(b, ADP_F_LDAP_ENTRIES, adp_model_mark(b->model, b->view->to)->count);
    }
    adp_fact_repeat(b);
    if (b->step->kind == ADP_STEP_SCP) {
        entries_facts(b);
    }
}

/* `good`: what success is called here; NULL: as LDAP calls it. */
static void say_result(const adp_obs *reply, const char *good, GString *out)
{
    const char *name;

    if (!reply) {
        return;
    }
    if (reply->u.result->damaged) {
        g_string_append(out, ": the answer was not captured whole");
        return;
    }
    name = adp_ldap_result_name(reply->u.result->result);
    if (name) {
        g_string_append_printf(out, ": %s",
                               good && reply->u.result->result == ADP_LDAP_SUCCESS ? good : name);
    } else {
        g_string_append_printf(out, ": result %u", reply->u.result->result);
    }
}

static void say_bind(const adp_model *model, const adp_view *view, GString *out)
{
    const adp_step *step = adp_model_step(model, view->step);
    const adp_obs *request = adp_view_request(model, view);

    g_string_append(out, "LDAP bind");
    if (request && request->u.bind->anonymous) {
        g_string_append(out, request->u.bind->name ? " (anonymous: a name and no password)"
                                                   : " (anonymous)");
    } else if (step->own->mechanism) {
        g_string_append_printf(out, " (%s)", step->own->mechanism);
    }
    say_result(adp_view_reply(model, view), "accepted", out);
}

/* Attributes named in a sentence; the details have them all. */
#define ATTRIBUTES_SHOWN 3

static void say_rootdse(const adp_model *model, const adp_view *view, GString *out)
{
    const adp_obs *request = adp_view_request(model, view);
    const adp_strings *names = request ? &request->u.search->attributes : NULL;
    guint i;

    g_string_append(out, "rootDSE read");
    for (i = 0; names && i < names->count && i < ATTRIBUTES_SHOWN; i++) {
        g_string_append_printf(out, "%s%s", i ? ", " : " of ", names->items[i]);
    }
    if (names && names->count > ATTRIBUTES_SHOWN) {
        g_string_append_printf(out, " and %u more", names->count - ATTRIBUTES_SHOWN);
    }
    say_result(adp_view_reply(model, view), NULL, out);
}

#define SCOPE_BASE 0 /* RFC 4511 4.5.1.2 */

static void say_scp(const adp_model *model, const adp_view *view, GString *out)
{
    const adp_step *step = adp_model_step(model, view->step);
    const adp_obs *request = adp_view_request(model, view);
    const adp_obs *reply = adp_view_reply(model, view);
    guint32 entries = adp_model_mark(model, view->to)->count;

    gboolean read = request && request->u.search->scope == SCOPE_BASE;

    g_string_append(out, read ? "SCP read" : "SCP search");
    if (request) {
        g_string_append_printf(out, " (%s) %s %s", request->u.search->scp_kind,
                               read ? "of" : "below",
                               request->u.search->base ? request->u.search->base : "(unknown)");
    }
    if (reply && (reply->u.result->damaged || reply->u.result->result != ADP_LDAP_SUCCESS)) {
        say_result(reply, NULL, out);
    } else if (reply || entries) {
        g_string_append_printf(out, ": %u %s%s", entries, entries == 1 ? "entry" : "entries",
                               reply && step->lost ? ", and more that the capture lost" : "");
        if (reply && (step->own->page || reply->u.result->cookie)) {
            g_string_append_printf(out, " (page %u)", step->own->page + 1);
        }
    }
}

static void say_hidden(const adp_model *model, const adp_view *view, GString *out)
{
    static const char *const how[] = {"LDAP", "Signed LDAP", "Sealed LDAP", "LDAP over TLS",
                                      "LDAP in an unknown wrapping"};
    const adp_step *step = adp_model_step(model, view->step);
    guint32 count = adp_model_mark(model, view->to)->count;

    g_string_append_printf(out, "%s, content not visible (%u %s%s)",
                           how[adp_model_obs(model, step->first)->protection], count,
                           count == 1 ? "message" : "messages", view->whole ? "" : " so far");
}

static const adp_lore bind_guide = {
    "An LDAP bind: the client says who it is. With GSS-SPNEGO or GSSAPI a Kerberos ticket "
    "for ldap/HOST goes along, and what follows is signed or sealed.",
    "A ticket for ldap/HOST from the KDC, which may have been cached for hours.",
    "Reads of the rootDSE and searches on the same connection; they cannot be seen when the "
    "connection is sealed."};

const adp_kind adp_kind_bind = {
    .outcome = ldap_outcome,
    .facts = ldap_facts,
    .first = ADP_F_LDAP_PROTECTION,
    .last = ADP_F_LDAP_HIDDEN,
    .say = say_bind,
    .stage = ADP_STAGE_OPEN,
    .repeat = adp_repeat_bind,
    .guide = &bind_guide,
};

static const adp_lore rootdse_guide = {
    "A read of the rootDSE: the server's own description. configurationNamingContext, where "
    "Exchange keeps its service connection points, comes from here. It needs no bind.",
    "The connection, and often the bind.",
    "A search below one of the naming contexts. Two reads in a row are usual."};

const adp_kind adp_kind_rootdse = {
    .outcome = ldap_outcome,
    .facts = ldap_facts,
    .first = ADP_F_LDAP_PROTECTION,
    .last = ADP_F_LDAP_HIDDEN,
    .say = say_rootdse,
    .stage = ADP_STAGE_OPEN,
    .repeat = adp_repeat_rootdse,
    .guide = &rootdse_guide,
};

static const adp_lore scp_guide = {
    "A search for service connection points: objects by which servers make known where they "
    "are. For Exchange: URLs of autodiscover, and pointers to other forests.",
    "A bind with credentials, as anonymous searches see nothing, and the rootDSE, whose "
    "configurationNamingContext is the base.",
    "The address of the first host in the documented order, then TLS and HTTP there. After "
    "an empty or failed answer, names made from the mail domain."};

const adp_kind adp_kind_scp = {
    .outcome = ldap_outcome,
    .facts = ldap_facts,
    .first = ADP_F_SCP_KIND,
    .last = ADP_FIELD_COUNT - 1,
    .say = say_scp,
    .stage = ADP_STAGE_LOOK_UP,
    .repeat = adp_repeat_scp,
    .guide = &scp_guide,
};

static const adp_lore hidden_guide = {
    "LDAP messages that are encrypted: sealed by SASL, or within TLS. What they ask and "
    "answer cannot be seen without keys.",
    "The bind, or the start of TLS. When it is missing, the capture began later.",
    "What a client does after an answer it liked: addresses and connections. A search for "
    "service connection points may be among the messages."};

const adp_kind adp_kind_hidden = {
    .outcome = hidden_outcome,
    .judges_silence = TRUE,
    .facts = ldap_facts,
    .first = ADP_F_LDAP_PROTECTION,
    .last = ADP_F_LDAP_HIDDEN,
    .say = say_hidden,
    .stage = ADP_STAGE_LOOK_UP,
    .guide = &hidden_guide,
};
