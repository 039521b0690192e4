/* rules_sealed.c
 * A server that takes a bind, and ends the connection at what is sealed by it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_sealed.h"

#include "facts/absence.h"
#include "join/model.h"
#include "join/stream.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "log/observation.h"

/*
 * An unbind takes 7 bytes, and Kerberos puts 60 around them (RFC 4121 4.2.4, AES): what is longer
 * asks for something. From memory of captures, searches of the rootDSE begin at 110.
 */
#define SEALED_MIN 100

/* One connection may be cut for whatever reason. */
#define SEVERAL 2

/* What one sealed connection shows. */
typedef struct {
    guint asked;  /* bytes of the longest message of the client */
    guint32 last; /* its last one */
    gboolean answered;
} sealed;

static sealed look_into(const adp_rules *r, const adp_step *step)
{
    sealed s = {.last = ADP_NONE};
    guint32 i;

    for (i = step->first; i != ADP_NONE; i = adp_model_mark(r->model, i)->next) {
        const adp_obs *obs = adp_model_obs(r->model, i);

        if (obs->type != ADP_OBS_LDAP_HIDDEN || adp_model_mark(r->model, i)->copy) {
            continue;
        }
        if (obs->from_server) {
            s.answered = TRUE;
        } else {
            s.asked = MAX(s.asked, obs->u.hidden->bytes);
            s.last = i;
        }
    }
    return s;
}

static gboolean is_sealed(const adp_rules *r, const adp_step *step)
{
    return step->kind == ADP_STEP_HIDDEN && step->flow.transport == ADP_TCP &&
           step->own->mechanism &&
           adp_model_obs(r->model, step->first)->protection != ADP_PROTECTION_TLS;
}

/*
 * The server's FIN or RST at once behind the client's last sealed message. ADP_NONE: the client went first, or
 * the server later, as it ends connections that nobody uses.
 */
static guint32 ended_by_server(const adp_rules *r, const adp_step *step, guint32 last)
{
    const adp_stream *stream = adp_model_stream(r->model, &step->flow);
    guint32 end = stream ? stream->server_end : ADP_NONE;

    return end != ADP_NONE && last != ADP_NONE && end > last &&
                   adp_stream_first_end(stream) == end &&
                   adp_since(adp_model_obs(r->model, end)->time,
                             adp_model_obs(r->model, last)->time) <= ADP_PATIENCE
               ? end
               : ADP_NONE;
}

/** The sealed connections of one client's path with one server. */
typedef struct {
    GPtrArray *cut; /* steps whose question the server answered by the end of the connection */
    guint asked;    /* bytes of the shortest of those questions */
    gboolean answered;
} server_talk;

static void free_talk(gpointer data)
{
    server_talk *t = data;

    g_ptr_array_unref(t->cut);
    g_free(t);
}

static server_talk *talk_with(GHashTable *servers, guint32 server)
{
    server_talk *t = g_hash_table_lookup(servers, GUINT_TO_POINTER(server + 1));

    if (!t) {
        t = g_new0(server_talk, 1);
        t->cut = g_ptr_array_new();
        g_hash_table_insert(servers, GUINT_TO_POINTER(server + 1), t);
    }
    return t;
}

static void say_cut(adp_rules *r, const server_talk *t)
{
    const adp_step *first = g_ptr_array_index(t->cut, 0);
    char *subject = g_strdup_printf("%u|sealed", first->flow.server);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_LDAP_UNANSWERED, first->path, subject);
    char *server = adp_rules_named(r, first->flow.server);
    guint i;

    for (i = 0; i < t->cut->len; i++) {
        const adp_step *step = g_ptr_array_index(t->cut, i);
        guint32 last = look_into(r, step).last;

        adp_rules_cite(f, last);
        adp_rules_cite(f, ended_by_server(r, step, last));
    }
    adp_rules_summary(f, "%s takes the bind, and ends the connection at what is sealed by it",
                      server);
    adp_rules_observed(f,
                       "On %u connections the bind was accepted; to the client's sealed message of "
                       "%u bytes or more %s answered with the end of the connection each time",
                       t->cut->len, t->asked, server);
    adp_rules_inferred(f, "What the messages say cannot be seen. A goodbye, which gets no answer, "
                          "is shorter than they are: they asked for something.");
    adp_rules_advise(r, f, "ldap-unanswered/sealed", "host", adp_rules_host(r, first->flow.server),
                     "server", adp_rules_address(r, first->flow.server), NULL);
    g_free(server);
    g_free(subject);
}

static void in_path(adp_rules *r, guint32 p)
{
    const adp_numbers *steps = &adp_model_path(r->model, p)->steps;
    GHashTable *servers = g_hash_table_new_full(NULL, NULL, NULL, free_talk);
    GHashTableIter iter;
    gpointer value;
    guint i;

    for (i = 0; i < steps->count; i++) {
        const adp_step *step = adp_rules_step(r, steps->items[i]);
        server_talk *t;
        sealed s;

        if (!is_sealed(r, step)) {
            continue;
        }
        t = talk_with(servers, step->flow.server);
        s = look_into(r, step);
        t->answered = t->answered || s.answered;
        if (!s.answered && s.asked >= SEALED_MIN && ended_by_server(r, step, s.last) != ADP_NONE) {
            t->asked = t->cut->len ? MIN(t->asked, s.asked) : s.asked;
            g_ptr_array_add(t->cut, (gpointer)step);
        }
    }
    g_hash_table_iter_init(&iter, servers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const server_talk *t = value;

        if (!t->answered && t->cut->len >= SEVERAL) {
            say_cut(r, t);
        }
    }
    g_hash_table_unref(servers);
}

void adp_rules_sealed(adp_rules *r)
{
    guint32 p;

    for (p = 0; p < adp_model_path_count(r->model); p++) {
        in_path(r, p);
    }
}
