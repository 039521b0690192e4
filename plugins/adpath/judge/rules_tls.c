/* rules_tls.c
 * Findings about TLS with the endpoints of autodiscover.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_tls.h"

#include "facts/handshake.h"
#include "facts/outcome.h"
#include "join/guess.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/ldap_ops.h"
#include "join/model.h"
#include "judge/endpoint.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_ports.h"
#include "judge/rules_way_back.h"
#include "judge/silence.h"
#include "judge/tls_signs.h"
#include "judge/topics.h"
#include "judge/web.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/ldap_result.h"
#include "wire/ports.h"
#include "wire/text.h"
#include "wire/tls.h"

#include <string.h>

/* The first fatal alert of the step, NULL when there is none. */
static const adp_obs *fatal_alert(const adp_rules *r, const adp_step *step)
{
    const adp_handshake *handshake = adp_model_handshake(r->model, step);
    guint i;

    for (i = 0; i < handshake->alert_count; i++) {
        const adp_obs *obs = adp_model_obs(r->model, handshake->alerts[i]);

        if (obs->u.tls->alert_level == 2) {
            return obs;
        }
    }
    return NULL;
}

/* Was any handshake of the path's client with the host completed? */
static gboolean was_completed(const adp_web_path *w, adp_client client, const char *host)
{
    return adp_rules_good(w->r, client, ADP_TOPIC_TLS, host, NULL) != NULL;
}

/** A handshake that failed, as far as the capture shows it. */
typedef struct {
    adp_client client;
    const char *host;
    guint16 port;         /* that the client wants, also through a proxy */
    const adp_obs *alert; /* the fatal one; NULL: there was none */
    adp_tls_end end;      /* without an alert: who closed it, and when */
    guint32 old;          /* a hello that offers no newer version than TLS 1.1; ADP_NONE */
    guint32 old_form;     /* a hello in the form of SSL 2; ADP_NONE */
    const char *proxy;    /* the one that it went through, as address:port; NULL: none */
    guint32 hello;        /* the client's, ADP_NONE */
    guint32 nameless;     /* a certificate for names alone, where the client gave none; ADP_NONE */
    guint32 certificate;  /* that the server showed, ADP_NONE: */
    gboolean differs;     /* is it for other names, */
    gboolean covers;      /* or for this one? */
    guint32 granted;      /* StartTLS before it, the answer; ADP_NONE */
    gboolean is_domain;   /* at a port of LDAP: is the host's name that of the client's domain? */
    gboolean swallowed; /* the server repeats what it showed, and the client acknowledges nothing */
    gboolean unanswered;  /* nothing of the server follows the hello */
    gboolean turned_away; /* TLS 1.3: the server ends it with an alert under seal */
    guint32 again; /* the server asked for another hello, and sent nothing behind that; ADP_NONE */
    gboolean went_on; /* before TLS 1.3: the client took the certificate, and sent its last part */
    guint32 late;     /* the client's no, where seconds passed since the certificate; ADP_NONE */
    guint32 taken; /* the certificate of a handshake with this host that was completed; ADP_NONE */
} failed_tls;

/*
 * The certificate, when the client named no host in its hello, nothing in the capture tells the name of
 * the address, and the certificate is not for the address.
 */
static guint32 not_for_address(const adp_web_path *w, const adp_step *step)
{
    const adp_model *model = w->r->model;
    const adp_obs_tls *hello = adp_tls_find(model, step, step->last, ADP_TLS_CLIENT_HELLO);
    guint32 certificate = adp_model_handshake(model, step)->certificate;
    const adp_strings *names;
    guint i;

    if (!hello || hello->sni || step->own->in_tunnel || certificate == ADP_NONE ||
        adp_model_address_name(model, step->flow.server)) {
        return ADP_NONE;
    }
    names = &adp_model_obs(model, certificate)->u.tls->names;
    for (i = 0; i < names->count; i++) {
        if (adp_same_text(names->items[i], adp_rules_address(w->r, step->flow.server))) {
            return ADP_NONE;
        }
    }
    return names->count ? certificate : ADP_NONE;
}

#define TLS_1_2 0x0303
#define TLS_1_3 0x0304

/* The client's hello, when it offers old versions alone. */
static guint32 of_old_version(const adp_model *model, const adp_step *step)
{
    guint32 hello = adp_model_handshake(model, step)->hello;
    guint16 version = hello != ADP_NONE ? adp_model_obs(model, hello)->u.tls->version : 0;

    return version && version < TLS_1_2 ? hello : ADP_NONE;
}

/* The client's hello, when it has the form of SSL 2. */
static guint32 of_old_form(const adp_model *model, const adp_step *step)
{
    guint32 hello = adp_model_handshake(model, step)->hello;

    return hello != ADP_NONE && adp_model_obs(model, hello)->u.tls->old_form ? hello : ADP_NONE;
}

/* Longer than a library thinks about a certificate that it has all of. */
#define LATE (2 * ADP_NS_PER_S)

/* How the handshake ended, where seconds passed between the certificate and that, in which the client said nothing. */
static guint32 late_end(const adp_model *model, const adp_step *step, const adp_tls_end *end)
{
    const guint went_on =
        ADP_TLS_SEEN_CLIENT_CHANGE | ADP_TLS_SEEN_FINISHED | ADP_TLS_SEEN_CLIENT_DATA;
    guint32 certificate = adp_model_handshake(model, step)->certificate;
    guint32 last = end->alert != ADP_NONE ? end->alert : end->closed;

    return certificate != ADP_NONE && last != ADP_NONE && !(step->own->tls_seen & went_on) &&
                   adp_since(adp_model_obs(model, last)->time,
                             adp_model_obs(model, certificate)->time) >= LATE
               ? last
               : ADP_NONE;
}

/* With TLS 1.3 a change of ciphers is for show, and what is sealed may be the client's no. */
static gboolean has_gone_on(const adp_step *step)
{
    return step->own->tls_version && step->own->tls_version < TLS_1_3 &&
           step->own->tls_seen & (ADP_TLS_SEEN_CLIENT_CHANGE | ADP_TLS_SEEN_FINISHED);
}

static gboolean closed_early(const failed_tls *t)
{
    return t->end.closed != ADP_NONE && t->end.by_server && t->end.certificate == ADP_NONE;
}

/* Was it the client that did not want any more? */
static gboolean client_ended(const failed_tls *t)
{
    return t->alert ? !t->alert->from_server : t->end.closed != ADP_NONE && !t->end.by_server;
}

/* The service by its usual name where the port has one. */
static const char *service_of(guint16 port)
{
    return adp_port_is_ldap(port) ? "LDAP" : "the web";
}

static void say_alert(adp_finding *f, const failed_tls *t)
{
    const char *name = adp_tls_alert_name(t->alert->u.tls->alert);

    adp_rules_summary(f, "TLS with %s failed: %s", t->host, name ? name : "a fatal alert");
    adp_rules_observed(f, "The %s sent the fatal alert %u%s%s",
                       t->alert->from_server ? "server" : "client", t->alert->u.tls->alert,
                       name ? ", " : "", name ? name : "");
}

static void say_closed(adp_finding *f, const failed_tls *t)
{
    const char *how = t->end.reset ? "reset" : "closed";

    if (t->swallowed) {
        adp_rules_summary(
            f, "TLS with %s: what the server shows does not get through to the client", t->host);
        adp_rules_observed(f,
                           "The server's TCP repeats its part of the handshake on port %u, and the "
                           "client acknowledges none of it",
                           t->port);
        return;
    }
    if (t->turned_away) {
        adp_rules_summary(f, "TLS with %s: the server turned the client away", t->host);
        adp_rules_observed(
            f,
            "The handshake on port %u was done; the server's next and last record is "
            "as long as an alert, and it closed the connection",
            t->port);
        return;
    }
    if (t->unanswered) {
        adp_rules_summary(f, "TLS with %s: the client's hello has no answer", t->host);
        adp_rules_observed(
            f, "Nothing of the server follows the client's hello on port %u%s%s%s", t->port,
            t->granted != ADP_NONE ? ", which followed a StartTLS that was granted" : "",
            t->end.closed != ADP_NONE ? "; the client " : "",
            t->end.closed == ADP_NONE ? ""
            : t->end.reset            ? "reset the connection"
                                      : "closed the connection");
        return;
    }
    if (closed_early(t)) {
        adp_rules_summary(f,
                          "TLS with %s: the server %s the connection instead of showing a "
                          "certificate",
                          t->host, how);
        adp_rules_observed(f,
                           "The server %s the connection to port %u after the client's %shello%s, "
                           "before it sent any certificate",
                           how, t->port, t->again != ADP_NONE ? "second " : "",
                           t->granted != ADP_NONE ? ", which followed a StartTLS that was granted"
                                                  : "");
    } else {
        adp_rules_summary(f, "TLS with %s was never set up", t->host);
        adp_rules_observed(f,
                           "The handshake with %s on port %u began, and ended without any data%s"
                           "%s%s",
                           t->host, t->port,
                           t->end.closed == ADP_NONE ? ""
                           : t->end.by_server        ? ": the server "
                                                     : ": the client ",
                           t->end.closed == ADP_NONE ? "" : how,
                           t->end.closed == ADP_NONE ? "" : " the connection");
    }
}

/* What follows from a handshake of which no other was completed. */
static const char *closed_meaning(const failed_tls *t)
{
    if (t->alert) {
        return "";
    }
    if (t->swallowed) {
        return " What it thinks of the certificate cannot be the reason: it never got it. The "
               "capture was taken at the server's end, or near it.";
    }
    if (t->turned_away) {
        return " The client took the certificate, or it would not have gone on.";
    }
    if (closed_early(t) || t->unanswered) {
        return " What the client thinks of the certificate cannot be the reason: it saw none.";
    }
    if (t->went_on) {
        return " The client had taken the certificate, and sent its last part of the handshake.";
    }
    return " Some clients judge the certificate afterwards and just close the connection: that "
           "there "
           "is no alert says nothing about it.";
}

/* An address is no name that a client could ask a server for. */
static void sign_address(adp_finding *f, const char *host)
{
    if (g_hostname_is_ip_address(host) && !adp_finding_has_sign(f, ADP_SIGN_IS_ADDRESS)) {
        adp_rules_sign(f, ADP_SIGN_IS_ADDRESS, ADP_NONE);
    }
}

static void sign_once(adp_finding *f, adp_sign sign, guint32 obs)
{
    if (!adp_finding_has_sign(f, sign)) {
        adp_rules_sign(f, sign, obs);
    }
}

/*
 * What the server found in the client's hello, and what it had shown before it refused. RFC 6066 3: addresses are no
 * names for a hello.
 */
static void sign_hello(const adp_rules *r, adp_finding *f, const failed_tls *t)
{
    const adp_obs_tls *hello =
        t->hello == ADP_NONE ? NULL : adp_model_obs(r->model, t->hello)->u.tls;

    if (client_ended(t) || t->certificate != ADP_NONE) {
        return;
    }
    if (t->alert) {
        sign_once(f, ADP_SIGN_NOTHING_SHOWN, ADP_NONE);
    }
    if (hello && hello->sni && g_hostname_is_ip_address(hello->sni)) {
        sign_once(f, ADP_SIGN_SNI_IS_ADDRESS, t->hello);
    } else if (hello && !hello->sni && !hello->damaged && !hello->old_form) {
        sign_once(f, ADP_SIGN_NO_SNI, t->hello);
    }
}

/* tls_signs.c: what dates, names and authorities say, and hellos that are no first ones. */
static void sign_more(const adp_rules *r, adp_finding *f, const failed_tls *t)
{
    if (client_ended(t) && t->late != ADP_NONE) {
        sign_once(f, ADP_SIGN_LATE_NO, t->late);
    }
    if (client_ended(t)) {
        adp_tls_sign_certificate(r, f, t->certificate, t->host);
        adp_tls_sign_issuer(r, f, t->certificate, t->taken);
    } else {
        adp_tls_sign_hello(r, f, t->hello);
    }
    if (t->again != ADP_NONE && !client_ended(t)) {
        sign_once(f, ADP_SIGN_HELLO_RETRIED, t->again);
        adp_rules_cite(f, t->again);
    }
    if (t->unanswered) {
        sign_once(f, ADP_SIGN_HELLO_UNANSWERED, t->hello);
    }
}

static void advise_failed(const adp_web_path *w, adp_finding *f, const failed_tls *t)
{
    char *key = t->alert         ? g_strdup_printf("tls-failed/alert-%u", t->alert->u.tls->alert)
                : t->turned_away ? g_strdup("tls-failed/turned-away")
                : t->unanswered  ? g_strdup("tls-failed/unanswered")
                : adp_port_is_ldap(t->port) ? g_strdup("tls-failed/closed-ldap")
                                            : g_strdup("tls-failed/closed");
    char *port = g_strdup_printf("%u", t->port);
    char *place = adp_web_place(t->host, t->port);

    adp_rules_advise(w->r, f, key, "host", t->host, "port", port, "place", place, "service",
                     service_of(t->port), "proxy", t->proxy, NULL);
    g_free(place);
    g_free(port);
    g_free(key);
    adp_web_sign_host(w, f, t->host);
    sign_address(f, t->host);
    if (client_ended(t) && t->nameless != ADP_NONE &&
        !adp_finding_has_sign(f, ADP_SIGN_NOT_FOR_ADDRESS)) {
        adp_rules_sign(f, ADP_SIGN_NOT_FOR_ADDRESS, t->nameless);
    }
    if (t->old != ADP_NONE && !client_ended(t) && !adp_finding_has_sign(f, ADP_SIGN_OLD_TLS)) {
        adp_rules_sign(f, ADP_SIGN_OLD_TLS, t->old);
    }
    if (t->old_form != ADP_NONE && !client_ended(t) &&
        !adp_finding_has_sign(f, ADP_SIGN_OLD_FORM)) {
        adp_rules_sign(f, ADP_SIGN_OLD_FORM, t->old_form);
    }
    if (t->alert && t->certificate != ADP_NONE) {
        adp_sign sign = client_ended(t) ? ADP_SIGN_REFUSED_ANSWER : ADP_SIGN_HELLO_ANSWERED;

        if (!adp_finding_has_sign(f, sign)) {
            adp_rules_sign(f, sign, t->certificate);
        }
    }
    sign_hello(w->r, f, t);
    sign_more(w->r, f, t);
    if (t->certificate != ADP_NONE &&
        adp_model_obs(w->r->model, t->certificate)->u.tls->whole_chain) {
        sign_once(f, ADP_SIGN_WHOLE_CHAIN, t->certificate);
    }
    if (t->differs && client_ended(t) && !adp_finding_has_sign(f, ADP_SIGN_NAME_DIFFERS)) {
        adp_rules_sign(f, ADP_SIGN_NAME_DIFFERS, t->certificate);
    }
    if (t->covers && client_ended(t)) {
        sign_once(f, ADP_SIGN_NAME_COVERED, t->certificate);
    }
    if (t->granted != ADP_NONE) {
        sign_once(f, ADP_SIGN_STARTTLS_GRANTED, t->granted);
    }
    if (t->is_domain) {
        sign_once(f, ADP_SIGN_IS_DOMAIN, ADP_NONE);
    }
    if (t->proxy && !adp_finding_has_sign(f, ADP_SIGN_THROUGH_PROXY)) {
        adp_rules_sign(f, ADP_SIGN_THROUGH_PROXY, ADP_NONE);
    }
    if (closed_early(t)) {
        adp_rules_sign(f, ADP_SIGN_SERVER_CLOSED_EARLY, t->end.closed);
    } else if (!t->swallowed && t->end.closed != ADP_NONE && !t->end.by_server &&
               t->end.certificate != ADP_NONE) {
        sign_once(f, t->went_on ? ADP_SIGN_CLIENT_WENT_ON : ADP_SIGN_CLIENT_CLOSED_LATE,
                  t->end.closed);
    }
}

/* What the evidence that `f` cites means. `after` as in good(). */
static void say_failed(const adp_web_path *w, adp_finding *f, const failed_tls *t,
                       const adp_step *after)
{
    const adp_step *completed = adp_rules_good(w->r, t->client, ADP_TOPIC_TLS, t->host, NULL);
    const adp_step *later = adp_rules_good(w->r, t->client, ADP_TOPIC_TLS, t->host, after);

    if (t->alert) {
        say_alert(f, t);
    } else {
        say_closed(f, t);
    }
    if (completed && closed_early(t) && t->old != ADP_NONE) {
        adp_rules_inferred(f,
                           "Other handshakes of this client with %s were completed. This hello "
                           "offers no version newer than TLS 1.1: it is another program's, or of "
                           "other settings, and servers of today have switched such versions off.",
                           t->host);
    } else if (completed && closed_early(t)) {
        adp_rules_inferred(f,
                           "Other handshakes of this client with %s were completed, and none after "
                           "the last one that failed: several machines may share the address, and "
                           "one of them cannot speak TLS, or the server lost what it needs.",
                           t->host);
    } else if (completed) {
        adp_rules_inferred(f,
                           "Another handshake of this client with %s was completed: it may not "
                           "be the same program, or the two agreed otherwise.",
                           t->host);
    } else {
        adp_rules_inferred(f, "No handshake of this client with %s is completed in the capture.%s",
                           t->host, closed_meaning(t));
    }
    advise_failed(w, f, t);
    if (completed && !adp_finding_has_sign(f, ADP_SIGN_TLS_COMPLETED)) {
        adp_rules_sign(f, ADP_SIGN_TLS_COMPLETED, completed->first);
    }
    if (later) {
        adp_rules_recovered(w->r, f, later);
    } else {
        adp_web_weigh(w, f, adp_web_order(w, t->host));
    }
}

static gboolean is_failed(const adp_web_path *w, const adp_step *step)
{
    return step->kind == ADP_STEP_TLS &&
           (adp_rules_outcome(w->r, step) == ADP_FAILED ||
            adp_rules_outcome(w->r, step) == ADP_UNANSWERED ||
            (adp_rules_outcome(w->r, step) == ADP_PENDING && step->reply != ADP_NONE &&
             adp_rules_is_swallowed(w->r, &step->flow))) &&
           /* Told as what it is: rules_ports.c. */
           !adp_rules_is_tls_at_clear(w->r, step);
}

/*
 * Hosts with which handshakes were completed, until the server closed one and none was completed any
 * more. To be freed with g_hash_table_unref().
 */
static GHashTable *failing_again(const adp_web_path *w)
{
    GHashTable *hosts = g_hash_table_new(adp_str_hash, adp_str_equal);
    guint i;

    for (i = 0; i < w->path->steps.count; i++) {
        const adp_step *step = adp_web_step(w, i);
        const char *host = step->kind == ADP_STEP_TLS ? adp_web_tls_host(w->r, step) : NULL;
        const failed_tls t = {.end = host ? adp_tls_end_of(w->r->model, step) : (adp_tls_end){0}};

        if (host && is_failed(w, step) &&
            (closed_early(&t) || adp_tls_is_turned_away(w->r->model, step)) &&
            !adp_rules_good(w->r, step->client, ADP_TOPIC_TLS, host, step)) {
            g_hash_table_add(hosts, (gpointer)host);
        }
    }
    return hosts;
}

/* ---- scans ---- */

/* A program has a few versions and lists of ciphers to fall back to; so many are tried to see what is taken. */
#define SCAN 8

/** Handshakes of one host on a path. */
typedef struct {
    GHashTable *offers; /* versions and ciphers of their hellos; extensions some programs shuffle */
    guint refused;      /* by the server's alert, before it showed a certificate */
    guint left;         /* by the client without a word, after the server had */
} tries;

static void free_tries(gpointer data)
{
    tries *t = data;

    g_hash_table_unref(t->offers);
    g_free(t);
}

static tries *tries_of(GHashTable *hosts, const char *host)
{
    tries *t = g_hash_table_lookup(hosts, host);

    if (!t) {
        t = g_new0(tries, 1);
        t->offers = g_hash_table_new(NULL, NULL);
        g_hash_table_insert(hosts, (gpointer)host, t);
    }
    return t;
}

static void note_try(const adp_web_path *w, tries *t, const adp_step *step)
{
    const adp_handshake *handshake = adp_model_handshake(w->r->model, step);
    const adp_obs *alert = fatal_alert(w->r, step);
    adp_tls_end end = adp_tls_end_of(w->r->model, step);
    gboolean refused = alert && alert->from_server && handshake->certificate == ADP_NONE;
    gboolean left =
        !alert && end.closed != ADP_NONE && !end.by_server && end.certificate != ADP_NONE;

    t->refused += refused;
    t->left += left;
    if ((refused || left) && handshake->hello != ADP_NONE) {
        const adp_obs_tls *hello = adp_model_obs(w->r->model, handshake->hello)->u.tls;

        g_hash_table_add(t->offers, GUINT_TO_POINTER(hello->suites ^ hello->version));
    }
}

/* Hosts whose versions and ciphers are tried out. To be freed with g_hash_table_unref(). */
static GHashTable *scanned(const adp_web_path *w)
{
    GHashTable *hosts = g_hash_table_new_full(adp_str_hash, adp_str_equal, NULL, free_tries);
    GHashTableIter iter;
    gpointer value;
    guint i;

    for (i = 0; i < w->path->steps.count; i++) {
        const adp_step *step = adp_web_step(w, i);
        const char *host = is_failed(w, step) ? adp_web_tls_host(w->r, step) : NULL;

        if (host) {
            note_try(w, tries_of(hosts, host), step);
        }
    }
    g_hash_table_iter_init(&iter, hosts);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const tries *t = value;

        if (!t->refused || !t->left || g_hash_table_size(t->offers) < SCAN) {
            g_hash_table_iter_remove(&iter);
        }
    }
    return hosts;
}

static void say_scanned(const adp_web_path *w, const adp_step *step, const tries *t)
{
    const char *host = adp_web_tls_host(w->r, step);
    adp_finding *f = adp_rules_find(w->r, ADP_FINDING_TLS_FAILED, w->index, host);

    adp_rules_cite_step(w->r, f, step);
    adp_rules_cite(f, step->last);
    adp_rules_summary(f, "The client tries out versions and ciphers of TLS with %s", host);
    adp_rules_observed(
        f,
        "%u different offers: %u handshakes that the server refused, and %u in which "
        "it showed its certificate and the client went away without a word",
        g_hash_table_size(t->offers), t->refused, t->left);
    adp_rules_inferred(f, "A client that wants to talk goes on with what the server offers: this "
                          "one looks what the server takes, and refusals are what it looks for.");
    adp_rules_advise(w->r, f, "tls-failed/scan", "address",
                     adp_rules_address(w->r, step->flow.client), NULL);
    f->severity = ADP_SEVERITY_NOTE;
}

/* The answer that granted StartTLS on the connection of this handshake, ADP_NONE: none did. */
static guint32 granted_before(const adp_rules *r, const adp_step *step)
{
    const adp_ldap_operation *operation = adp_model_starttls(r->model, &step->flow);

    return operation && operation->tls != ADP_NONE && adp_rules_step(r, operation->tls) == step &&
                   operation->reply != ADP_NONE &&
                   adp_model_obs(r->model, operation->reply)->u.operation->result.result ==
                       ADP_LDAP_SUCCESS
               ? operation->reply
               : ADP_NONE;
}

/* Is LDAP asked for by the name of the client's own domain, or of its forest? */
static gboolean is_of_domain(const adp_web_path *w, const char *host, guint16 port)
{
    return adp_port_is_ldap(port) && host &&
           (adp_same_text(w->path->domain, host) || adp_same_text(w->path->own->forest, host));
}

/* Hosts, and the first certificate of each that the client took. To be freed with g_hash_table_unref(). */
static GHashTable *taken_on(const adp_web_path *w)
{
    GHashTable *hosts = g_hash_table_new(adp_str_hash, adp_str_equal);
    guint i;

    for (i = 0; i < w->path->steps.count; i++) {
        const adp_step *step = adp_web_step(w, i);
        const char *host = step->kind == ADP_STEP_TLS ? adp_web_tls_host(w->r, step) : NULL;
        guint32 certificate = host ? adp_model_handshake(w->r->model, step)->certificate : ADP_NONE;

        if (certificate != ADP_NONE && adp_rules_outcome(w->r, step) == ADP_OK &&
            !g_hash_table_contains(hosts, host)) {
            g_hash_table_insert(hosts, (gpointer)host, GUINT_TO_POINTER(certificate + 1));
        }
    }
    return hosts;
}

/** Tables of a path: those of failing_again() and taken_on(). */
typedef struct {
    GHashTable *again;
    GHashTable *taken;
} of_hosts;

static void tls_failed(const adp_web_path *w, const adp_step *step, const of_hosts *hosts)
{
    char *proxy = step->own->in_tunnel ? adp_web_place(adp_rules_address(w->r, step->flow.server),
                                                       step->flow.server_port)
                                       : NULL;
    failed_tls t = {.client = step->client,
                    .host = adp_web_tls_host(w->r, step),
                    .port = step->own->in_tunnel ? ADP_PORT_HTTPS : step->flow.server_port,
                    .alert = fatal_alert(w->r, step),
                    .end = adp_tls_end_of(w->r->model, step),
                    .old = of_old_version(w->r->model, step),
                    .old_form = of_old_form(w->r->model, step),
                    .hello = adp_model_handshake(w->r->model, step)->hello,
                    .proxy = proxy,
                    .nameless = not_for_address(w, step),
                    .unanswered = adp_tls_is_unanswered(w->r, step),
                    .turned_away =
                        !fatal_alert(w->r, step) && adp_tls_is_turned_away(w->r->model, step),
                    .again = adp_tls_asked_again(w->r->model, step),
                    .went_on = has_gone_on(step),
                    .certificate = adp_model_handshake(w->r->model, step)->certificate};
    gboolean matches = TRUE;
    gboolean known;
    adp_finding *f;

    known = adp_tls_name_match(w->r->model, step, &matches);
    t.covers = known && matches;
    t.differs = known && !matches;
    t.granted = granted_before(w->r, step);
    t.is_domain = is_of_domain(w, t.host, t.port);
    t.taken = GPOINTER_TO_UINT(g_hash_table_lookup(hosts->taken, t.host)) - 1;
    if (!t.alert && was_completed(w, t.client, t.host) &&
        !g_hash_table_contains(hosts->again, t.host)) {
        g_free(proxy);
        return;
    }
    f = adp_rules_find(w->r, ADP_FINDING_TLS_FAILED, w->index, t.host);
    adp_rules_cite_step(w->r, f, step);
    adp_rules_cite(f, step->last);
    t.swallowed = adp_rules_sign_way_back(w->r, f, &step->flow);
    t.late = t.swallowed ? ADP_NONE : late_end(w->r->model, step, &t.end);
    if (t.unanswered) {
        adp_rules_sign_silence(w->r, f, step);
    }
    if (t.turned_away) {
        adp_tls_sign_turned_away(w->r, f, step);
    }
    say_failed(w, f, &t, step);
    if (adp_port_is_ldap(t.port)) {
        char number[ADP_NUMBER_TEXT];

        /* Port 389 of the same server is another way to the same end. */
        adp_rules_remedy(f, t.client, ADP_TOPIC_LDAP_SERVER,
                         adp_number_text(step->flow.server, number));
        /* It was the last one when the client used LDAP nowhere afterwards. */
        if (adp_rules_good(w->r, t.client, ADP_TOPIC_LDAP, NULL, step)) {
            f->aside = TRUE; /* another controller served */
        } else if (f->severity == ADP_SEVERITY_WARN && !f->recovered_by) {
            f->aside = FALSE;
            f->severity = ADP_SEVERITY_ERROR;
        }
    }
    g_free(proxy);
}

/* "mail.contoso.com, www.contoso.com and 3 more"; free with g_free(). */
static char *some_names(const adp_strings *names)
{
    GString *out = g_string_new(NULL);
    guint n;

    for (n = 0; n < names->count && n < 4; n++) {
        g_string_append_printf(out, "%s%s", n ? ", " : "", names->items[n]);
    }
    if (names->count > 4) {
        g_string_append_printf(out, " and %u more", names->count - 4);
    }
    return g_string_free(out, FALSE);
}

/* What the evidence that `f` cites means. `went_on`: data of both sides came behind it. */
static void say_mismatch(const adp_web_path *w, adp_finding *f, const char *host, guint16 port,
                         guint32 certificate, gboolean went_on)
{
    const adp_strings *in_certificate = &adp_model_obs(w->r->model, certificate)->u.tls->names;
    char *names = some_names(in_certificate);
    char *place = adp_web_place(host, port);
    guint32 said = ADP_NONE;
    const adp_endpoint *alias = adp_web_alias(w, host, &said);

    adp_rules_summary(f, "The certificate of %s does not cover this name", host);
    adp_rules_observed(f, "The client asked for %s; the certificate is for %s%s%s%s", host,
                       *names ? names : "other names", alias ? ". The client looked up " : "",
                       alias ? alias->host : "", alias ? ", which is an alias of that name" : "");
    if (alias && !adp_finding_has_sign(f, ADP_SIGN_ALIAS_TARGET)) {
        adp_rules_sign(f, ADP_SIGN_ALIAS_TARGET, said);
    }
    adp_rules_inferred(f, "That the names differ is certain; whether the client minds, its next "
                          "packets tell: it goes on, or closes the connection without data.");
    adp_rules_advise(w->r, f, "tls-name-mismatch", "host", host, "place", place, NULL);
    adp_tls_sign_certificate(w->r, f, certificate, host);
    adp_web_sign_host(w, f, host);
    if (is_of_domain(w, host, port)) {
        sign_once(f, ADP_SIGN_IS_DOMAIN, ADP_NONE);
    }
    /* A client that goes on did not mind. */
    adp_web_weigh(w, f, went_on ? 0 : adp_web_order(w, host));
    g_free(place);
    g_free(names);
}

static void name_mismatch(const adp_web_path *w, const adp_step *step)
{
    const char *host = adp_web_tls_host(w->r, step);
    gboolean matches = TRUE;
    adp_finding *f;

    if (!adp_tls_name_match(w->r->model, step, &matches) || matches) {
        return;
    }
    f = adp_rules_find(w->r, ADP_FINDING_TLS_NAME_MISMATCH, w->index, host);
    adp_rules_cite_step(w->r, f, step);
    say_mismatch(w, f, host, step->own->in_tunnel ? ADP_PORT_HTTPS : step->flow.server_port,
                 adp_model_handshake(w->r->model, step)->certificate,
                 (step->own->tls_seen & ADP_TLS_SEEN_SETTLED) != 0);
    if (adp_model_suffixed_at(w->r->model, step->flow.server)) {
        adp_rules_sign(f, ADP_SIGN_SUFFIX_BEHIND_NAME, step->first);
    }
}

/* The handshake with the mail domain itself, before the capture showed that it is one. */
static void before_known(const adp_web_path *w)
{
    const char *mail = adp_path_mail_domain(w->r->model, w->index);
    const adp_guess *guess = adp_path_guess(w->r->model, w->index);
    failed_tls t = {.client = w->path->client,
                    .host = mail,
                    .port = ADP_PORT_HTTPS,
                    .end = {.certificate = ADP_NONE, .alert = ADP_NONE, .closed = ADP_NONE},
                    .old = ADP_NONE,
                    .old_form = ADP_NONE,
                    .hello = guess ? guess->hello : ADP_NONE,
                    .nameless = ADP_NONE,
                    .granted = ADP_NONE,
                    .again = ADP_NONE,
                    .taken = ADP_NONE,
                    .certificate = guess ? guess->certificate : ADP_NONE};
    gboolean matches = TRUE;
    adp_finding *f;

    /* Of a capture that sees the client alone, the server's part is missing. */
    if (!guess || guess->hello == ADP_NONE ||
        !adp_model_was_heard(w->r->model, w->path->client.address)) {
        return;
    }
    t.alert = guess->alert == ADP_NONE ? NULL : adp_model_obs(w->r->model, guess->alert);
    if (t.alert ||
        (adp_guess_was_closed(w->r->model, guess) && !was_completed(w, w->path->client, mail))) {
        f = adp_rules_find(w->r, ADP_FINDING_TLS_FAILED, w->index, mail);
        adp_rules_cite(f, guess->hello);
        if (t.alert) {
            adp_rules_cite(f, guess->alert);
        }
        say_failed(w, f, &t, NULL);
    }
    if (guess->certificate != ADP_NONE) {
        const adp_strings *names = &adp_model_obs(w->r->model, guess->certificate)->u.tls->names;

        if (adp_tls_names_match(names, mail, &matches) && !matches) {
            f = adp_rules_find(w->r, ADP_FINDING_TLS_NAME_MISMATCH, w->index, mail);
            adp_rules_cite(f, guess->hello);
            adp_rules_cite(f, guess->certificate);
            say_mismatch(w, f, mail, ADP_PORT_HTTPS, guess->certificate, guess->settled);
        }
    }
}

void adp_rules_tls(const adp_web_path *w)
{
    const of_hosts hosts = {.again = failing_again(w), .taken = taken_on(w)};
    GHashTable *scans = scanned(w);
    guint i;

    for (i = 0; i < w->path->steps.count; i++) {
        const adp_step *step = adp_web_step(w, i);
        gboolean failed = is_failed(w, step);
        const tries *t = failed ? g_hash_table_lookup(scans, adp_web_tls_host(w->r, step)) : NULL;

        if (t) {
            say_scanned(w, step, t);
        } else if (failed) {
            tls_failed(w, step, &hosts);
        }
        if (step->kind == ADP_STEP_TLS) {
            name_mismatch(w, step);
        }
    }
    before_known(w);
    g_hash_table_unref(scans);
    g_hash_table_unref(hosts.again);
    g_hash_table_unref(hosts.taken);
}
