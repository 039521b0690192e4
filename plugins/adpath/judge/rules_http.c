/* rules_http.c
 * Findings about what the endpoints of autodiscover answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_http.h"

#include "facts/absence.h"
#include "join/hosts.h"
#include "join/model.h"
#include "join/pair_http.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_topics.h"
#include "judge/ntlm_rounds.h"
#include "judge/report.h"
#include "judge/rules_proxy.h"
#include "judge/web.h"
#include "judge/signs.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/ports.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

/* Who was answered, and about what. */
typedef struct {
    const adp_step *anyone; /* the last that does not say for whom, or about what; NULL */
    GHashTable *by_account; /* adp_obs_http.account -> the last step that was answered to it */
    GHashTable *by_mailbox; /* mailbox in lower case, owned -> likewise */
} people;

static void people_begin(people *p)
{
    p->anyone = NULL;
    p->by_account = g_hash_table_new(adp_int64_hash, g_int64_equal);
    p->by_mailbox = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
}

static void people_end(people *p)
{
    g_hash_table_unref(p->by_account);
    g_hash_table_unref(p->by_mailbox);
}

static void people_note(people *p, const adp_rules *r, const adp_step *good)
{
    const adp_obs_http *request = adp_web_request(r, good);

    if (!request || !request->account || !request->mailbox) {
        p->anyone = good;
        return;
    }
    g_hash_table_replace(p->by_account, (gpointer)&request->account, (gpointer)good);
    g_hash_table_replace(p->by_mailbox, g_ascii_strdown(request->mailbox, -1), (gpointer)good);
}

static gboolean is_later(const adp_step *good, const adp_step *bad)
{
    return good && good->first > bad->first;
}

/*
 * Is what went wrong still wrong, whatever was answered since? Then it was another person's, about another
 * mailbox: who mistypes his own name is answered when he asks again for the same one.
 */
static gboolean is_of_another(const people *p, const adp_rules *r, const adp_step *bad)
{
    const adp_obs_http *request = adp_web_request(r, bad);
    char *mailbox;
    gboolean good;

    if (!request || !request->account || !request->mailbox || is_later(p->anyone, bad)) {
        return FALSE;
    }
    mailbox = g_ascii_strdown(request->mailbox, -1);
    good = is_later(g_hash_table_lookup(p->by_account, &request->account), bad) ||
           is_later(g_hash_table_lookup(p->by_mailbox, mailbox), bad);
    g_free(mailbox);
    return !good;
}

/* All exchanges with one place: scheme, host and port. */
typedef struct {
    const char *host;
    const adp_step *last;   /* with a reply */
    gboolean answered;      /* with what a client of autodiscover wants, or a farther way to it; */
    gboolean credentials;   /* since then, were sent, */
    gboolean explained;     /* a KRB-ERROR in one of the 401 says why, */
    GPtrArray *refused;     /* and steps with 401; */
    GPtrArray *before;      /* those before it, which may be other people's */
    GPtrArray *proxy;       /* steps with 407, since anything else was answered, */
    gboolean proxy_knows;   /* to which the client had sent credentials; */
    GPtrArray *errors;      /* all steps with another error; */
    const adp_step *bad;    /* the last one that ends something, */
    const adp_step *mended; /* and the last that an answer made good; NULL */
    const adp_step *good;   /* by this one, */
    people answered_to;
} http_host;

/* More people than this with wrong credentials: a list, or those behind a gateway. */
#define MANY 5

static void http_host_free(gpointer data)
{
    http_host *h = data;

    g_ptr_array_unref(h->refused);
    g_ptr_array_unref(h->proxy);
    g_ptr_array_unref(h->errors);
    g_ptr_array_unref(h->before);
    people_end(&h->answered_to);
    g_free(h);
}

/* What the client signed in with, in the last request that was refused; NONE: it did not. */
static adp_auth auth_of(const adp_web_path *w, const http_host *h)
{
    guint i;

    for (i = h->refused->len; i; i--) {
        const adp_obs_http *request = adp_web_request(w->r, g_ptr_array_index(h->refused, i - 1));

        if (request && adp_http_has_credentials(request)) {
            return request->auth;
        }
    }
    return ADP_AUTH_NONE;
}

/* How many people were refused, by the names in their credentials. */
static guint count_people(const adp_web_path *w, const http_host *h)
{
    GHashTable *accounts = g_hash_table_new(adp_int64_hash, g_int64_equal);
    guint count;
    guint i;

    for (i = 0; i < h->refused->len; i++) {
        const adp_obs_http *request = adp_web_request(w->r, g_ptr_array_index(h->refused, i));

        if (request && request->account &&
            !g_hash_table_contains(h->answered_to.by_account, &request->account)) {
            g_hash_table_add(accounts, (gpointer)&request->account);
        }
    }
    count = g_hash_table_size(accounts);
    g_hash_table_unref(accounts);
    return count;
}

/* One story in the place of a list. Names are not said: they are people's. */
static void say_many(const adp_web_path *w, adp_finding *f, const char *host, const http_host *h,
                     guint count, const char *words)
{
    guint let_in = g_hash_table_size(h->answered_to.by_account);
    const adp_step *first = g_ptr_array_index(h->refused, 0);

    adp_rules_summary(f, "%s refuses the credentials of %u different names", host, count);
    adp_rules_observed(f,
                       "%u answers of %s with 401, to requests with credentials of %u different "
                       "names%s; %u other %s let in",
                       h->refused->len, host, count, words, let_in,
                       let_in == 1 ? "name was" : "names were");
    adp_rules_inferred(f, "%s",
                       let_in * 2 >= count
                           ? "The client asks for many people, and others of them are let in: a "
                             "gateway, or a router with many behind its address."
                           : "So many different names from one client are a list that is worked "
                             "through (somebody who tries a password on each, a test, a move of "
                             "mailboxes), or many people behind one address.");
    adp_rules_advise(w->r, f, "http-unauthorized/many", "host", host, "address",
                     adp_rules_address(w->r, first->flow.client), NULL);
}

/* Servers do not look at a password that comes by a scheme which they do not offer (RFC 9110 11.6.1). */
static gboolean lacks_basic(adp_auth auth, const adp_obs_http *reply)
{
    guint offers = reply->auths & ~(1U << ADP_AUTH_NONE);

    return auth == ADP_AUTH_BASIC && offers && !(offers & 1U << ADP_AUTH_BASIC);
}

/* As adp_web_proof_elsewhere(), of all that was refused. */
static guint32 proof_elsewhere(const adp_web_path *w, const http_host *h)
{
    adp_ntlm_rounds rounds;
    guint i;

    adp_ntlm_rounds_begin(&rounds);
    for (i = 0; i < h->refused->len; i++) {
        const adp_step *step = g_ptr_array_index(h->refused, i);

        adp_ntlm_rounds_note(&rounds, adp_web_request(w->r, step), adp_web_reply(w->r, step),
                             step->flow.stream, step->first);
    }
    return adp_ntlm_rounds_end(&rounds);
}

static void unauthorized(const adp_web_path *w, const char *host, const http_host *h)
{
    adp_finding *f = adp_rules_find(w->r, ADP_FINDING_HTTP_UNAUTHORIZED, w->index, host);
    const adp_step *last = g_ptr_array_index(h->refused, h->refused->len - 1);
    adp_auth auth = auth_of(w, h);
    gboolean tokens =
        (adp_web_reply(w->r, last)->auths & ~(1U << ADP_AUTH_NONE)) == 1U << ADP_AUTH_BEARER;
    guint count = count_people(w, h);
    guint32 elsewhere = proof_elsewhere(w, h);
    guint i;

    for (i = 0; i < h->refused->len; i++) {
        adp_rules_cite_step(w->r, f, g_ptr_array_index(h->refused, i));
    }
    if (count > MANY) {
        say_many(w, f, host, h, count, adp_web_auth_words(auth));
        adp_web_sign_host(w, f, host);
        return;
    }
    adp_rules_summary(f, "%s refuses %s credentials to the end", host,
                      h->answered ? "one of several people's" : "the client's");
    adp_rules_observed(f, "%u %s of %s with 401, also to requests with credentials%s%s",
                       h->refused->len, h->refused->len == 1 ? "answer" : "answers", host,
                       adp_web_auth_words(auth), tokens ? "; it offers Bearer alone" : "");
    adp_rules_inferred(f,
                       "A first 401 belongs to every authentication; here none of the requests "
                       "that carried %scredentials was accepted.%s%s",
                       h->answered ? "these " : "",
                       h->answered ? " Other people's were, at the same place, for other mailboxes."
                                   : "",
                       auth == ADP_AUTH_KERBEROS ? " A service that cannot open a Kerberos ticket "
                                                   "often says no more than this."
                                                 : "");
    adp_web_sign_auth(f, auth, last->first);
    if (auth == ADP_AUTH_BEARER) {
        adp_rules_sign(f, ADP_SIGN_BEARER, last->first);
    }
    if (tokens) {
        adp_rules_sign(f, ADP_SIGN_OFFERS_TOKENS, last->reply);
    } else if (lacks_basic(auth, adp_web_reply(w->r, last))) {
        adp_rules_sign(f, ADP_SIGN_BASIC_NOT_OFFERED, last->reply);
    }
    if (elsewhere != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_PROOF_ELSEWHERE, elsewhere);
    }
    adp_rules_advise(w->r, f, "http-unauthorized", "host", host, "spn", NULL, NULL);
    adp_web_sign_host(w, f, host);
    if (!h->answered && w->good && w->good->last > last->last) {
        adp_rules_recovered(w->r, f, w->good);
    }
}

/* Once may be the end of a capture's connection, or a look; a client that comes again got no further. */
#define REFUSED_TIMES 2

/* Does none of the answers say how to log on? RFC 9110 15.5.2: each has to. */
static gboolean offers_nothing(const adp_web_path *w, const http_host *h)
{
    guint i;

    for (i = 0; i < h->refused->len; i++) {
        const adp_obs_http *reply = adp_web_reply(w->r, g_ptr_array_index(h->refused, i));

        if (reply->damaged || (reply->auths & ~(1U << ADP_AUTH_NONE))) {
            return FALSE;
        }
    }
    return h->refused->len >= REFUSED_TIMES;
}

static void no_offer(const adp_web_path *w, const char *host, const http_host *h)
{
    adp_finding *f = adp_rules_find(w->r, ADP_FINDING_HTTP_UNAUTHORIZED, w->index, host);
    const adp_step *last = g_ptr_array_index(h->refused, h->refused->len - 1);
    const adp_obs_http *request = adp_web_request(w->r, last);
    guint i;

    for (i = 0; i < h->refused->len; i++) {
        adp_rules_cite_step(w->r, f, g_ptr_array_index(h->refused, i));
    }
    adp_rules_summary(f, "%s asks for credentials and does not say of which kind", host);
    adp_rules_observed(f,
                       "%u answers of %s with 401, none of which has a WWW-Authenticate; the "
                       "client sent no credentials",
                       h->refused->len, host);
    adp_rules_inferred(f,
                       "A client takes the way to log on from that line: without it, it has none "
                       "to take, and shows an error or asks for a password in vain.");
    adp_rules_sign(f, ADP_SIGN_NO_OFFER, last->reply);
    adp_rules_advise(w->r, f, "http-unauthorized/no-offer", "host", host, "url",
                     request ? request->url : NULL, NULL);
    adp_web_sign_host(w, f, host);
    if (w->good && w->good->last > last->last) {
        adp_rules_recovered(w->r, f, w->good);
    }
}

/* Statuses by which Exchange says that the account is at fault, not the place (MS-ASHTTP). */
#define STATUS_BLOCKED 456
#define STATUS_EXPIRED 457

static gboolean is_of_account(guint status)
{
    return status == STATUS_BLOCKED || status == STATUS_EXPIRED;
}

/*
 * Newer clients ask by JSON first of all, without credentials: that this fails ends nothing. Where a
 * redirect names the place, it is the one that has the mailbox.
 */
static gboolean ends_nothing(const adp_web_path *w, const char *host, const adp_obs_http *request)
{
    return request && request->form == ADP_AUTODISCOVER_JSON && !adp_web_redirect_to(w, host);
}

/* Web servers give these to a header that is longer than they take. */
static gboolean may_be_too_long(guint status)
{
    return status == 400 || status == 413 || status == 431;
}

/* Of headers: nginx takes 8 KB, http.sys and Apache 16 KB or 8 KB, a line (m). */
#define LONG_CREDENTIALS 7000

static const char *error_meaning(const adp_obs_http *reply)
{
    if (reply->status == STATUS_BLOCKED) {
        return "The service knows the account and says that it is blocked. Clients end there: no "
               "other candidate would say otherwise.";
    }
    if (reply->status == STATUS_EXPIRED) {
        return "The service knows the account and says that its password has expired. Clients end "
               "there: no other candidate would say otherwise.";
    }
    if (reply->status < 300) {
        return "The answer holds neither settings nor an error of autodiscover. A client takes it "
               "for \"not here\" and goes on to its next candidate.";
    }
    if (reply->status < 400) {
        return "A client follows a redirect only to https, and only to a path that ends with "
               "/autodiscover/autodiscover.xml. It takes any other for \"not here\" and goes on to "
               "its next candidate.";
    }
    return "A client takes any such status for \"not here\" and goes on to its next candidate.";
}

static void say_error(adp_finding *f, const char *host, const adp_obs_http *request,
                      const adp_obs_http *reply)
{
    if (reply->status == STATUS_BLOCKED) {
        adp_rules_summary(f, "%s says that the account is blocked (HTTP status 456)", host);
    } else if (reply->status == STATUS_EXPIRED) {
        adp_rules_summary(f, "%s says that the password has expired (HTTP status 457)", host);
    } else if (reply->status < 300) {
        adp_rules_summary(f,
                          "%s answers with status %u, and what it sends is no answer of "
                          "autodiscover",
                          host, reply->status);
    } else if (reply->status < 400) {
        adp_rules_summary(f, "%s sends the client where no autodiscover is (HTTP status %u)", host,
                          reply->status);
    } else {
        adp_rules_summary(f, "%s answers autodiscover with HTTP status %u", host, reply->status);
    }
    adp_rules_observed(f, "%s %s was answered with %u%s%s", adp_web_method(request),
                       request && request->url ? request->url : host, reply->status,
                       reply->moved ? " and Location: " : "", reply->moved ? reply->moved : "");
    adp_rules_inferred(f, "%s", error_meaning(reply));
}

/* RFC 9110 15.6.3 and 15.6.5: a gateway says so of what is behind it; RFC 6585 6: a network of itself. */
#define STATUS_PROXY           407
#define STATUS_BAD_GATEWAY     502
#define STATUS_MISDIRECTED     421
#define STATUS_LOGIN_TIMEOUT   440 /* of forms, as Exchange's web mail has them */
#define STATUS_GATEWAY_TIMEOUT 504
#define STATUS_NETWORK         511

/* The client's hello on the connection of the question, when it names another host than that; ADP_NONE. */
static guint32 other_hello(const adp_rules *r, const adp_step *asked, const adp_obs_http *request)
{
    guint32 found = ADP_NONE;
    guint32 i;

    for (i = 0; request && request->host && i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        guint32 hello = step->kind == ADP_STEP_TLS && step->flow.stream == asked->flow.stream &&
                                step->flow.transport == ADP_TCP
                            ? adp_model_handshake(r->model, step)->hello
                            : ADP_NONE;

        if (hello != ADP_NONE && adp_model_obs(r->model, hello)->u.tls->sni &&
            !adp_same_text(adp_model_obs(r->model, hello)->u.tls->sni, request->host)) {
            found = hello;
        }
    }
    return found;
}

/* The host autodiscover of a mail domain that has an address of the mail domain's own name. */
static gboolean is_like_domain(const adp_rules *r, const char *host)
{
    const char *domain = adp_mail_domain_of(host);
    const GArray *addresses = adp_model_host_addresses(r->model, host);
    guint i;

    for (i = 0; domain && addresses && i < MIN(addresses->len, ADP_MAX_HOST_ADDRESSES); i++) {
        if (adp_model_host_has_address(r->model, domain, g_array_index(addresses, guint32, i))) {
            return TRUE;
        }
    }
    return FALSE;
}

/* What the answer as such tells of who gave it. */
static void sign_answer(const adp_rules *r, adp_finding *f, const char *host, const adp_step *last)
{
    const adp_obs_http *reply = adp_web_reply(r, last);
    const adp_obs_http *request = adp_web_request(r, last);
    guint32 hello = reply->status == STATUS_MISDIRECTED ? other_hello(r, last, request) : ADP_NONE;

    if (hello != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_SNI_DIFFERS, hello);
    }
    if (reply->no_site) {
        adp_rules_sign(f, ADP_SIGN_NO_SITE, last->reply);
    }
    if (reply->status == STATUS_LOGIN_TIMEOUT) {
        adp_rules_sign(f, ADP_SIGN_FORM, last->reply);
    }
    if (reply->status < 500 && is_like_domain(r, host)) {
        adp_rules_sign(f, ADP_SIGN_LIKE_DOMAIN, ADP_NONE);
    }
}

static void sign_status(adp_finding *f, const adp_obs_http *request, const adp_step *last,
                        guint status)
{
    if (status == STATUS_BAD_GATEWAY || status == STATUS_GATEWAY_TIMEOUT) {
        adp_rules_sign(f, ADP_SIGN_GATEWAY, last->reply);
        if (request && request->auth == ADP_AUTH_NTLM) {
            adp_rules_sign(f, ADP_SIGN_MECHANISM_NTLM, last->first);
        }
    } else if (status == STATUS_NETWORK) {
        adp_rules_sign(f, ADP_SIGN_PORTAL, last->reply);
    } else if (status == 400 && request && !request->in_tls && !request->via_proxy &&
               last->flow.server_port == ADP_PORT_HTTPS) {
        adp_rules_sign(f, ADP_SIGN_CLEAR_AT_HTTPS, last->first);
    }
}

/* `last`: the error that is told; `good`: what made it good at the same place, NULL. */
static void http_error(const adp_web_path *w, const char *host, const http_host *h,
                       const adp_step *last, const adp_step *good)
{
    const adp_obs_http *reply = adp_web_reply(w->r, last);
    const adp_obs_http *request = adp_web_request(w->r, last);
    adp_finding *f = adp_rules_find(w->r, ADP_FINDING_HTTP_ERROR, w->index, host);
    char *key = reply->status < 300   ? g_strdup("http-error/no-answer")
                : reply->status < 400 ? g_strdup("http-error/redirect")
                                      : g_strdup_printf("http-error/%u", reply->status);
    char *length = request ? g_strdup_printf("%u", request->auth_length) : NULL;
    guint i;

    for (i = 0; i < h->errors->len; i++) {
        const adp_step *step = g_ptr_array_index(h->errors, i);

        if (adp_web_reply(w->r, step)->status == reply->status) {
            adp_rules_cite_step(w->r, f, step);
        }
    }
    adp_rules_cite_step(w->r, f, last);
    say_error(f, host, request, reply);
    adp_rules_advise(w->r, f, key, "host", host, "url", request ? request->url : NULL, "to",
                     reply->moved, "length", length, "mailbox", request ? request->mailbox : NULL,
                     NULL);
    adp_web_sign_host(w, f, host);
    g_free(length);
    g_free(key);
    if (request && request->auth_length >= LONG_CREDENTIALS && may_be_too_long(reply->status)) {
        adp_rules_sign(f, ADP_SIGN_LONG_TOKEN, last->first);
    }
    if (request && adp_url_only_scheme_differs(request->url, reply->moved)) {
        adp_rules_sign(f, ADP_SIGN_ONLY_SCHEME, last->reply);
    }
    sign_status(f, request, last, reply->status);
    sign_answer(w->r, f, host, last);
    adp_web_weigh(w, f, adp_web_order(w, host));
    if (good) {
        adp_rules_recovered(w->r, f, good);
    } else if (h->answered && f->recovered_by) {
        adp_rules_unrecovered(f); /* other people's answers, about other mailboxes */
    }
    if (is_of_account(reply->status) && !f->recovered_by) {
        f->severity = ADP_SEVERITY_ERROR;
    }
    if (f->severity == ADP_SEVERITY_ERROR && ends_nothing(w, host, request)) {
        f->severity = ADP_SEVERITY_WARN;
    }
}

/* Scheme, host and port, or the host where there is no URL. Free with g_free(). */
static char *place_of(const char *url, const char *host)
{
    adp_url parts;

    return url && adp_url_parse(url, strlen(url), &parts)
               ? g_strdup_printf("%d|%s|%u", parts.scheme, parts.host, parts.port)
               : g_ascii_strdown(host, -1);
}

/** The places of a path, in the order in which it turned to them: several may be of one finding. */
typedef struct {
    GPtrArray *list;   /* of http_host, owned */
    GHashTable *index; /* place, owned -> http_host */
} http_hosts;

static http_host *host_entry(http_hosts *hosts, const char *url, const char *host)
{
    char *key = place_of(url, host);
    http_host *h = g_hash_table_lookup(hosts->index, key);

    if (h) {
        g_free(key);
        return h;
    }
    h = g_new0(http_host, 1);
    h->host = host;
    h->refused = g_ptr_array_new();
    h->proxy = g_ptr_array_new();
    h->errors = g_ptr_array_new();
    h->before = g_ptr_array_new();
    people_begin(&h->answered_to);
    g_ptr_array_add(hosts->list, h);
    g_hash_table_insert(hosts->index, key, h);
    return h;
}

/* The last error that ended something, and that no answer made good; NULL. */
static const adp_step *error_of_another(const adp_web_path *w, const http_host *h)
{
    guint i;

    for (i = h->errors->len; i; i--) {
        const adp_step *step = g_ptr_array_index(h->errors, i - 1);
        const adp_obs_http *request = adp_web_request(w->r, step);

        if (request && adp_same_text(request->method, "POST") &&
            is_of_another(&h->answered_to, w->r, step)) {
            return step;
        }
    }
    return NULL;
}

/* Adds to `refused` what no answer made good. */
static void take_back(const adp_rules *r, http_host *h)
{
    GPtrArray *all = g_ptr_array_new();
    guint i;

    for (i = 0; i < h->before->len; i++) {
        if (is_of_another(&h->answered_to, r, g_ptr_array_index(h->before, i))) {
            g_ptr_array_add(all, g_ptr_array_index(h->before, i));
            h->credentials = TRUE;
        }
    }
    if (all->len) {
        for (i = 0; i < h->refused->len; i++) {
            g_ptr_array_add(all, g_ptr_array_index(h->refused, i));
        }
        g_ptr_array_unref(h->refused);
        h->refused = all;
    } else {
        g_ptr_array_unref(all);
    }
}

/* What was refused before was made good, but for other people's; what comes after it is not. */
static void settle(const adp_web_path *w, http_host *h, const adp_step *step)
{
    guint i;

    for (i = 0; i < h->refused->len; i++) {
        g_ptr_array_add(h->before, g_ptr_array_index(h->refused, i));
    }
    g_ptr_array_set_size(h->refused, 0);
    h->answered = TRUE;
    h->credentials = h->explained = FALSE;
    if (h->mended != h->bad) {
        h->mended = h->bad;
        h->good = step;
    }
    people_note(&h->answered_to, w->r, step);
}

/*
 * Does an answer with 200 to the question itself hold nothing that a client of autodiscover takes? At a name
 * that was made up of the mail domain, any web site may answer so.
 */
static gboolean is_no_answer(const adp_web_path *w, const adp_step *step)
{
    const adp_obs_http *request = adp_web_request(w->r, step);
    const adp_obs_http *reply = adp_web_reply(w->r, step);

    return request && reply && reply->status == 200 && !reply->error && !reply->redirect &&
           !reply->has_settings && !reply->damaged && adp_same_text(request->method, "POST") &&
           request->form == ADP_AUTODISCOVER_POX && adp_rules_outcome(w->r, step) == ADP_FAILED &&
           !adp_web_is_guess(w, adp_web_http_host(w->r, step));
}

static void collect_host(const adp_web_path *w, http_hosts *hosts, const adp_step *step)
{
    const adp_obs_http *request = adp_web_request(w->r, step);
    const adp_obs_http *reply = adp_web_reply(w->r, step);
    http_host *h = host_entry(hosts, request ? request->url : NULL, adp_web_http_host(w->r, step));
    gboolean probe = request && adp_same_text(request->method, "GET");

    if (!reply || reply->status == 0 || adp_http_lacks_place(reply)) {
        return;
    }
    /* Those that nobody answered were not refused. */
    h->credentials = h->credentials || (request && adp_http_has_credentials(request));
    h->last = step;
    if (reply->status == STATUS_PROXY) {
        g_ptr_array_add(h->proxy, (gpointer)step);
        h->proxy_knows = h->proxy_knows || (request && adp_http_has_credentials(request));
        h->answered = FALSE;
        return;
    }
    g_ptr_array_set_size(h->proxy, 0);
    h->proxy_knows = FALSE;
    if (reply->status == 401) {
        g_ptr_array_add(h->refused, (gpointer)step);
        /* A client without credentials is asked for them, each time anew. */
        h->answered = h->answered && !h->credentials;
        h->explained = h->explained || adp_rules_is_krb_refusal(w->r, step);
    } else if (is_no_answer(w, step)) {
        g_ptr_array_add(h->errors, (gpointer)step);
        h->answered = FALSE;
    } else if (reply->status < 300 || (reply->status < 400 && reply->redirect)) {
        /* Clients look with a GET whether there is anybody: that settles nothing. */
        if (!probe || reply->has_settings || reply->redirect) {
            settle(w, h, step);
        }
    } else {
        g_ptr_array_add(h->errors, (gpointer)step);
        /* What clients try before all else, or look with, ends nothing. */
        if (request && !probe && request->form != ADP_AUTODISCOVER_JSON) {
            h->bad = step;
        }
        h->answered = h->answered && probe;
    }
}

/* By the end of the exchanges with each host: the first 401 of an authentication is none. */
static void http(const adp_web_path *w)
{
    http_hosts hosts = {g_ptr_array_new_with_free_func(http_host_free),
                        g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL)};
    guint i;

    for (i = 0; i < w->path->steps.count; i++) {
        if (adp_web_step(w, i)->kind == ADP_STEP_AUTODISCOVER) {
            collect_host(w, &hosts, adp_web_step(w, i));
        }
    }
    for (i = 0; i < hosts.list->len; i++) {
        http_host *h = g_ptr_array_index(hosts.list, i);
        const adp_obs_http *last = h->last ? adp_web_reply(w->r, h->last) : NULL;

        if (!last || adp_web_is_in_circle(w, h->last)) {
            continue;
        }
        take_back(w->r, h);
        if (last->status == STATUS_PROXY) {
            /* A first 407 belongs to every authentication, unless the client leaves it at that. */
            if (h->proxy_knows || h->proxy->len >= REFUSED_TIMES ||
                adp_since(w->r->end, adp_rules_reply(w->r, h->last)->time) >= ADP_PATIENCE) {
                adp_rules_proxy_plain(w, h->host, h->proxy);
            }
        } else if (h->answered) {
            if (h->refused->len && h->credentials && !h->explained) {
                unauthorized(w, h->host, h);
            }
            if (h->mended) {
                const adp_step *others = error_of_another(w, h);

                http_error(w, h->host, h, others ? others : h->mended, others ? NULL : h->good);
            }
        } else if (last->status == 401) {
            /* Where the reason is visible, another finding says it. */
            if (h->credentials && !h->explained) {
                unauthorized(w, h->host, h);
            } else if (!h->credentials && offers_nothing(w, h)) {
                no_offer(w, h->host, h);
            }
        } else if (last->status >= 300 || is_no_answer(w, h->last)) {
            http_error(w, h->host, h, h->last, NULL);
        }
    }
    g_hash_table_unref(hosts.index);
    g_ptr_array_unref(hosts.list);
}

/* The question of autodiscover before the step, NULL: it is the first. */
static const adp_step *asked_before(const adp_web_path *w, guint at)
{
    while (at--) {
        if (adp_web_step(w, at)->kind == ADP_STEP_AUTODISCOVER) {
            return adp_web_step(w, at);
        }
    }
    return NULL;
}

static gboolean is_post(const adp_web_path *w, const adp_step *step)
{
    const adp_obs_http *request =
        step->kind == ADP_STEP_AUTODISCOVER ? adp_web_request(w->r, step) : NULL;

    return request && adp_same_text(request->method, "POST");
}

/*
 * A GET that a redirect made of a POST: the question is lost, and the service says that there is none (RFC 9110
 * 15.4.2). The step that was redirected, when no POST came later; NULL.
 */
static const adp_step *lost_question(const adp_web_path *w, guint at)
{
    const adp_obs_http *request = adp_web_request(w->r, adp_web_step(w, at));
    const adp_step *before = asked_before(w, at);
    const adp_obs_http *reply = before && is_post(w, before) ? adp_web_reply(w->r, before) : NULL;
    guint i;

    if (!request || !reply || !reply->redirect || !adp_same_text(reply->redirect, request->url)) {
        return NULL;
    }
    for (i = at + 1; i < w->path->steps.count; i++) {
        if (is_post(w, adp_web_step(w, i))) {
            return NULL;
        }
    }
    return before;
}

/* Does the answer tell of an error to somebody who asked something? A GET gets 600 from a healthy server. */
static gboolean is_error(const adp_web_path *w, guint at, const adp_step **ret_lost)
{
    const adp_obs_http *request = adp_web_request(w->r, adp_web_step(w, at));
    const adp_obs_http *reply = adp_web_reply(w->r, adp_web_step(w, at));

    *ret_lost = NULL;
    if (!reply || !reply->error) {
        return FALSE;
    }
    if (!request || adp_same_text(request->method, "POST")) {
        return TRUE;
    }
    *ret_lost = lost_question(w, at);
    return *ret_lost != NULL;
}

/* What the service itself says in an answer with status 200. */
static void service_errors(const adp_web_path *w)
{
    people answered;
    guint i;

    people_begin(&answered);
    for (i = 0; i < w->path->steps.count; i++) {
        if (adp_web_is_answer(w->r, adp_web_step(w, i))) {
            people_note(&answered, w->r, adp_web_step(w, i));
        }
    }
    for (i = 0; i < w->path->steps.count; i++) {
        const adp_step *step = adp_web_step(w, i);
        const adp_obs_http *request;
        const adp_obs_http *reply;
        adp_finding *f;
        const adp_step *lost;
        char *subject;
        char *key;

        if (step->kind != ADP_STEP_AUTODISCOVER || !is_error(w, i, &lost)) {
            continue;
        }
        request = adp_web_request(w->r, step);
        reply = adp_web_reply(w->r, step);
        subject = g_strdup_printf("%s|%s", adp_web_http_host(w->r, step), reply->error);
        f = adp_rules_find(w->r, ADP_FINDING_AUTODISCOVER_ERROR, w->index, subject);
        g_free(subject);
        adp_rules_cite_step(w->r, f, step);
        adp_rules_summary(f, "Autodiscover on %s answers with error %s",
                          adp_web_http_host(w->r, step), reply->error);
        adp_rules_observed(f, "HTTP status %u, and the error %s in the answer%s", reply->status,
                           reply->error,
                           lost ? " to a GET, after a redirect that answered a POST" : "");
        adp_rules_inferred(f, "%s",
                           lost ? "A GET carries no question, and gets this error from a healthy "
                                  "service: the program lost its question on the way."
                                : "The service is there and was reached; it says why it cannot "
                                  "help.");
        if (lost && !adp_finding_has_sign(f, ADP_SIGN_GET_AFTER_POST)) {
            adp_rules_cite_step(w->r, f, lost);
            adp_rules_sign(f, ADP_SIGN_GET_AFTER_POST, step->first);
        }
        key = g_strdup_printf("autodiscover-error/%s", reply->error);
        adp_rules_advise(w->r, f, key, "host", adp_web_http_host(w->r, step), "url",
                         request ? request->url : NULL, "mailbox",
                         request ? request->mailbox : NULL, NULL);
        adp_web_sign_host(w, f, adp_web_http_host(w->r, step));
        g_free(key);
        if (w->good && w->good->last > step->last && !is_of_another(&answered, w->r, step)) {
            adp_rules_recovered(w->r, f, w->good);
        }
    }
    people_end(&answered);
}

void adp_rules_http(const adp_web_path *w)
{
    http(w);
    service_errors(w);
}
