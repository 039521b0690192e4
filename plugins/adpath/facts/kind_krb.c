/* kind_krb.c
 * Kerberos: tickets asked for, tickets shown, passwords changed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "facts/absence.h"
#include "facts/fact_list.h"
#include "facts/kind.h"
#include "facts/krb_purpose.h"
#include "facts/outcomes.h"
#include "facts/repeat_private.h"
#include "facts/repeat_words.h"
#include "facts/stage.h"
#include "facts/view.h"
#include "join/model.h"
#include "log/krb.h"
#include "log/observation.h"
#include "wire/krb_error.h"
#include "wire/krb_types.h"
#include "wire/ntstatus.h"
#include "wire/text.h"

#include <string.h>

/* The password service answered without an error of Kerberos. */
static adp_outcome kpasswd_outcome(const adp_obs_krb *krb)
{
    if (krb->has_result) {
        return krb->result == ADP_KPASSWD_SUCCESS ? ADP_OK : ADP_FAILED;
    }
    /* It took the ticket; what it did with the password it says under seal. */
    return ADP_HIDDEN;
}

/* The server wants the whole request in another way: it says so, and nothing of the ticket. */
static gboolean is_not_looked_at(const adp_obs_krb *reply)
{
    return reply->exchange == ADP_EXCHANGE_AP && reply->refused && reply->damaged;
}

static adp_outcome kerberos_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    const adp_obs_krb *ask =
        step->request != ADP_NONE ? adp_model_obs(model, step->request)->u.krb : NULL;
    const adp_obs_krb *krb;
    adp_krb_class class;

    if (step->reply == ADP_NONE) {
        /* Nobody waits for what nobody asked. */
        return ask && adp_krb_names_nobody(ask) ? ADP_NORMAL
                                                : adp_silence_outcome(model, step, early);
    }
    krb = adp_model_obs(model, step->reply)->u.krb;
    if (krb->damaged) {
        return is_not_looked_at(krb) ? ADP_NORMAL : ADP_PENDING;
    }
    if (!krb->is_error) {
        if (krb->carrier == ADP_CARRIER_KPASSWD) {
            return kpasswd_outcome(krb);
        }
        if (krb->refused && krb->carrier == ADP_CARRIER_SMB) {
            return step->own->recovered ? ADP_NORMAL : early ? ADP_PENDING : ADP_FAILED;
        }
        return krb->refused ? ADP_FAILED : ADP_OK;
    }
    class = adp_krb_class_of(ask, krb);
    if (early && !ask && krb->carrier == ADP_CARRIER_KDC) {
        /* What was asked may come a moment later, and decides. */
        return ADP_PENDING;
    }
    if (class == ADP_KRB_NORMAL || step->own->recovered) {
        return ADP_NORMAL;
    }
    return early && class == ADP_KRB_CONTEXT ? ADP_PENDING : ADP_FAILED;
}

static const char *first_of(const char *a, const char *b)
{
    return a && *a ? a : b;
}

static void krb_error_facts(adp_fact_builder *b, const adp_obs *reply)
{
    const adp_obs_krb *krb = reply->u.krb;

    adp_fact_int(b, ADP_F_KRB_ERROR, krb->error);
    adp_fact_string(b, ADP_F_KRB_ERROR_NAME, adp_krb_error_name(krb->error));
    switch (kerberos_outcome(b->model, b->step, b->view->early)) {
    case ADP_NORMAL:
        adp_fact_string(b, ADP_F_KRB_CLASS, "normal");
        break;
    case ADP_FAILED:
        adp_fact_string(b, ADP_F_KRB_CLASS, "fault");
        break;
    default:
        /* Too early to say. */
        break;
    }
}

static void add_padata(adp_fact_builder *b, adp_field field, const adp_obs_krb *krb)
{
    guint i;

    for (i = 0; krb && i < krb->padata.count; i++) {
        const char *name = adp_pa_name(krb->padata.items[i]);

        if (name) {
            adp_fact_string(b, field, name);
        } else {
            adp_fact_owned(b, field, g_strdup_printf("%d", krb->padata.items[i]));
        }
    }
}

static void kerberos_facts(adp_fact_builder *b)
{
    static const char *const exchanges[] = {"as", "tgs", "ap"};
    static const char *const carriers[] = {"kdc", "kpasswd", "ldap", "http", "smb", "rpc", "other"};
    const adp_obs *request = adp_view_request(b->model, b->view);
    const adp_obs *reply = adp_view_reply(b->model, b->view);
    const adp_obs_krb *ask = request ? request->u.krb : NULL;
    const adp_obs_krb *answer = reply ? reply->u.krb : NULL;
    const adp_obs_krb *any = adp_model_obs(b->model, b->step->first)->u.krb;
    adp_krb_purpose_facts purpose = adp_krb_purpose(b->model, b->view);
    guint i;

    adp_fact_string(b, ADP_F_KRB_EXCHANGE, exchanges[any->exchange]);
    adp_fact_string(b, ADP_F_KRB_PURPOSE, adp_purpose_name(purpose.purpose));
    if (answer && answer->is_error) {
        krb_error_facts(b, reply);
    }
    /* What was asked for is in the request; an AP error names the answering machine. */
    adp_fact_string(b, ADP_F_KRB_SPN, first_of(ask ? ask->spn : NULL, answer ? answer->spn : NULL));
    adp_fact_string(b, ADP_F_KRB_REALM,
                    first_of(ask ? ask->realm : NULL, answer ? answer->realm : NULL));
    adp_fact_string(b, ADP_F_KRB_CLIENT, purpose.by);
    adp_fact_string(b, ADP_F_KRB_FOR_USER, purpose.for_user);
    adp_fact_string(b, ADP_F_KRB_WITH, purpose.with ? purpose.with->spn : NULL);
    adp_fact_string(b, ADP_F_KRB_CARRIER, carriers[any->carrier]);
    if (answer && answer->has_ntstatus) {
        adp_fact_uint(b, ADP_F_KRB_NTSTATUS, answer->ntstatus);
        adp_fact_string(b, ADP_F_KRB_NTSTATUS_NAME, adp_ntstatus_name(answer->ntstatus));
    }
    if (answer && answer->has_stime) {
        adp_fact_add(b, ADP_F_KRB_SKEW)->v.t = adp_since(answer->stime, reply->time);
    }
    for (i = 0; ask && i < ask->etypes.count; i++) {
        adp_fact_int(b, ADP_F_KRB_ETYPE, ask->etypes.items[i]);
    }
    add_padata(b, ADP_F_KRB_PREAUTH, ask);
    add_padata(b, ADP_F_KRB_OFFERED, answer && answer->is_error ? answer : NULL);
    if (answer && answer->has_ticket) {
        adp_fact_int(b, ADP_F_KRB_TICKET_ETYPE, answer->ticket_etype);
    }
    if (b->step->own->ticket != ADP_NONE) {
        adp_fact_uint(b, ADP_F_KRB_TICKET_FRAME,
                      adp_model_obs(b->model, b->step->own->ticket)->frame);
    }
    if (any->exchange == ADP_EXCHANGE_AP ? ask && ask->has_ticket_kvno
                                         : answer && answer->has_ticket_kvno) {
        adp_fact_uint(b, ADP_F_KRB_TICKET_KVNO,
                      any->exchange == ADP_EXCHANGE_AP ? ask->ticket_kvno : answer->ticket_kvno);
    }
    adp_fact_string(b, ADP_F_KRB_REFERRAL, purpose.referral);
    if (answer && answer->has_result) {
        adp_fact_uint(b, ADP_F_KRB_RESULT, answer->result);
        adp_fact_string(b, ADP_F_KRB_RESULT_NAME, adp_kpasswd_result_name(answer->result));
    }
    if (answer) {
        adp_fact_string(b, ADP_F_KRB_TEXT, first_of(answer->text, answer->result_text));
    }
    adp_fact_repeat(b);
}

static const char *or_unknown(const char *text)
{
    return text && *text ? text : "(unknown)";
}

/* What is asked, in what, for which service, in whose name. */
static void say_kerberos_request(const adp_obs_krb *any, const char *spn,
                                 const adp_krb_purpose_facts *purpose, GString *out)
{
    static const char *const exchanges[] = {"AS", "TGS", "AP"};
    static const char *const carriers[] = {"",        "",        " in LDAP", " in HTTP",
                                           " in SMB", " in RPC", ""};
    static const char *const purposes[ADP_PURPOSES] = {
        [ADP_PURPOSE_ANONYMOUS] = " (anonymous)",     [ADP_PURPOSE_RENEWAL] = " (renewal)",
        [ADP_PURPOSE_FORWARD] = " (to be forwarded)", [ADP_PURPOSE_USER2USER] = " (user-to-user)",
        [ADP_PURPOSE_S4U2SELF] = " (S4U2Self)",       [ADP_PURPOSE_S4U2PROXY] = " (S4U2Proxy)",
    };

    if (any->carrier == ADP_CARRIER_KPASSWD) {
        g_string_append(out, "Kerberos password change");
    } else {
        g_string_append_printf(out, "Kerberos %s%s for %s", exchanges[any->exchange],
                               carriers[any->carrier], or_unknown(spn));
    }
    /* An evidence ticket of the service itself tells nothing of the user. */
    if (purpose->for_user && !(purpose->by && g_str_equal(purpose->for_user, purpose->by))) {
        g_string_append_printf(out, " on behalf of %s", or_unknown(purpose->for_user));
    }
    if (purposes[purpose->purpose]) {
        g_string_append(out, purposes[purpose->purpose]);
    }
    if (purpose->by && *purpose->by) {
        g_string_append_printf(out, " by %s", purpose->by);
    }
}

static void say_kpasswd_result(const adp_obs_krb *answer, GString *out)
{
    const char *name = adp_kpasswd_result_name(answer->result);

    if (name) {
        g_string_append(out, name);
    } else {
        g_string_append_printf(out, "result %u", answer->result);
    }
    if (answer->result_text) {
        g_string_append_printf(out, " (%s)", answer->result_text);
    }
}

static void say_kerberos_error(const adp_obs_krb *answer, const char *referral, GString *out)
{
    g_string_append_printf(out, ": %s (%d)", adp_krb_error_name(answer->error), answer->error);
    if (answer->has_ntstatus) {
        const char *name = adp_ntstatus_name(answer->ntstatus);

        if (name) {
            g_string_append_printf(out, ", %s", name);
        } else {
            g_string_append_printf(out, ", NTSTATUS 0x%08x", answer->ntstatus);
        }
    }
    if (answer->has_result) {
        g_string_append(out, ", ");
        say_kpasswd_result(answer, out);
    }
    if (referral) {
        g_string_append_printf(out, ", the realm is %s", referral);
    }
}

static void say_kerberos(const adp_model *model, const adp_view *view, GString *out)
{
    const adp_step *step = adp_model_step(model, view->step);
    const adp_obs *request = adp_view_request(model, view);
    const adp_obs *reply = adp_view_reply(model, view);
    const adp_obs_krb *any = adp_model_obs(model, step->first)->u.krb;
    const adp_obs_krb *ask = request ? request->u.krb : NULL;
    const adp_obs_krb *answer = reply ? reply->u.krb : NULL;
    adp_krb_purpose_facts purpose = adp_krb_purpose(model, view);

    say_kerberos_request(any,
                         ask && ask->spn ? ask->spn
                         : answer        ? answer->spn
                                         : NULL,
                         &purpose, out);
    if (!answer) {
        return;
    }
    if (is_not_looked_at(answer)) {
        g_string_append(out, ": not looked at, the server wants it by HTTP/1.1");
    } else if (answer->damaged) {
        g_string_append(out, ": answered, without telling how");
    } else if (answer->is_error) {
        say_kerberos_error(answer, purpose.referral, out);
    } else if (answer->has_result) {
        g_string_append(out, ": ");
        say_kpasswd_result(answer, out);
    } else if (answer->sealed) {
        g_string_append(out, ": answered, the result is sealed");
    } else if (purpose.referral) {
        g_string_append_printf(out, ": referral to %s", purpose.referral);
    } else if (any->exchange != ADP_EXCHANGE_AP) {
        g_string_append(out, ": ticket");
    } else {
        g_string_append(out, answer->refused ? ": refused without a reason" : ": accepted");
    }
}

static void append_escaped(GString *out, const char *text, const char *special)
{
    for (; *text; text++) {
        if (strchr(special, *text)) {
            g_string_append_c(out, '\\');
        }
        g_string_append_c(out, *text);
    }
}

/*
 * A principal as MIT's tools read it: '@' in a component needs a backslash. The
 * name is masked by itself: with its realm, every principal looks like an address.
 */
static void sh_principal(adp_repeat_context *c, const char *name, const char *realm)
{
    GString *out;
    char *value;

    if (!adp_repeat_is_faithful(name) || !*name || (realm && !adp_repeat_is_faithful(realm))) {
        c->shell_ok = FALSE;
        return;
    }
    out = g_string_new(NULL);
    value = adp_repeat_shown(c, name);
    append_escaped(out, value, "@\\");
    if (realm && *realm) {
        g_free(value);
        value = adp_repeat_shown(c, realm);
        g_string_append_c(out, '@');
        append_escaped(out, value, "@\\/");
    }
    adp_repeat_sh_word(c, out->str);
    g_string_free(out, TRUE);
    g_free(value);
}

/* kinit, kvno (MIT), klist (Windows). */
static void repeat_kerberos(adp_repeat_context *c)
{
    const adp_obs_krb *krb = c->request->u.krb;

    adp_purpose purpose = adp_krb_purpose(c->model, c->view).purpose;

    /* A password is changed by no command that only reads; others need tickets of a service. */
    if (!krb->spn || !*krb->spn || krb->carrier == ADP_CARRIER_KPASSWD ||
        purpose == ADP_PURPOSE_USER2USER || purpose == ADP_PURPOSE_S4U2PROXY) {
        c->shell_ok = c->powershell_ok = FALSE;
        return;
    }
    if (purpose == ADP_PURPOSE_S4U2SELF) {
        c->powershell_ok = FALSE;
        if (!krb->for_user || !*krb->for_user) {
            c->shell_ok = FALSE;
            return;
        }
        g_string_append(c->shell, "kvno -U");
        sh_principal(c, krb->for_user, krb->for_realm);
        g_string_append(c->shell, " --");
        sh_principal(c, krb->spn, krb->realm);
        return;
    }
    if (krb->exchange == ADP_EXCHANGE_AS && krb->client) {
        /* The ticket goes to memory that ends with the program: nothing is changed. */
        g_string_append(c->shell, "kinit -c MEMORY:");
        if (!adp_has_prefix(krb->spn, "krbtgt/")) {
            g_string_append(c->shell, " -S");
            sh_principal(c, krb->spn, NULL);
        }
        g_string_append(c->shell, " --");
        sh_principal(c, krb->client, krb->realm);
    } else {
        g_string_append(c->shell, "kvno --");
        sh_principal(c, krb->spn, krb->realm);
    }
    g_string_append(c->powershell, "klist get ");
    adp_repeat_ps_program_arg(c, "", krb->spn);
}

static const adp_lore exchanges[] = {
    {"A request for a ticket-granting ticket: the client proves to a KDC who it is.",
     "An SRV lookup for a KDC, which may have been cached.",
     "After 25 the same with a proof of the password, after 52 the same over TCP: both are usual. "
     "Then requests for tickets to services."},
    {"A request for a ticket to one service, by its service principal name.",
     "A ticket-granting ticket, which may be hours old.",
     "A bind or an HTTP request that carries the very same ticket. After 7 the client often falls "
     "back to NTLM."},
    {"A ticket shown to a service, inside that service's own protocol.",
     "The ticket from a KDC for this service, which may have been cached for hours.",
     "Work on the same connection. Many services refuse without any KRB-ERROR: only 401, result "
     "49 or a logon failure is seen."},
};

static const adp_lore kpasswd = {
    "A new password for an account, which the password service of a KDC is to set (port 464).",
    "An AS or TGS exchange for kadmin/changepw: with a password that has expired, only this is "
    "still granted.",
    "A logon with the new password, which other controllers may not know for a moment. The result "
    "is sealed, unless the service refuses with a KRB-ERROR."};

static const adp_lore *guide_of_kerberos(const adp_obs *first)
{
    return first->u.krb->carrier == ADP_CARRIER_KPASSWD ? &kpasswd
                                                        : &exchanges[first->u.krb->exchange];
}

/* A ticket that is shown belongs to what it opens. */
static adp_stage kerberos_stage(const adp_model *model, const adp_step *step)
{
    switch (adp_model_obs(model, step->first)->u.krb->carrier) {
    case ADP_CARRIER_LDAP:
        return ADP_STAGE_OPEN;
    case ADP_CARRIER_HTTP:
        return ADP_STAGE_AUTODISCOVER;
    default:
        return ADP_STAGE_SIGN_IN;
    }
}

const adp_kind adp_kind_kerberos = {
    .outcome = kerberos_outcome,
    .judges_silence = TRUE,
    .facts = kerberos_facts,
    .first = ADP_F_KRB_EXCHANGE,
    .last = ADP_F_KRB_TEXT,
    .say = say_kerberos,
    .stage = ADP_STAGE_SIGN_IN,
    .stage_of = kerberos_stage,
    .repeat = repeat_kerberos,
    .guide = &exchanges[0],
    .guide_of = guide_of_kerberos,
};
