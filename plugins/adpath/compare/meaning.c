/* meaning.c
 * What the steps of a path mean, without the names of one house.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare/meaning.h"

#include "wire/hash.h"
#include "wire/text.h"

#include <string.h>

/* A domain as the end of names. */
typedef struct {
    const char *name;
    const char *part;
} domain_part;

struct adp_meaning {
    GHashTable *hosts; /* lower case -> part, both owned */
    domain_part domains[3];
    const char *site;
    guint mail_servers;
};

/* ---- names ---- */

static void learn_host(adp_meaning *meaning, const char *host, const char *part)
{
    char *lower = host && *host ? g_ascii_strdown(host, -1) : NULL;

    if (lower && !g_hash_table_contains(meaning->hosts, lower)) {
        g_hash_table_insert(meaning->hosts, lower, g_strdup(part));
    } else {
        g_free(lower);
    }
}

/* Targets of a locator record serve a domain; that of autodiscover is a mail server. */
static void learn_from_step(adp_meaning *meaning, const adp_told_step *step)
{
    if (strcmp(step->kind, "srv") == 0) {
        const char *role = adp_value_string(step->detail, "role");
        const adp_json_value *item = adp_value_items(adp_value_member(step->detail, "records"));

        for (; item && role && strcmp(role, "autodiscover") != 0; item = item->next) {
            learn_host(meaning, adp_value_string(item, "target"), "<controller>");
        }
    } else if (strcmp(step->kind, "ping") == 0) {
        learn_host(meaning, adp_value_string(step->detail, "host"), "<controller>");
    }
}

/* Names that are made of the mail domain keep their form. */
static gboolean is_made_of(const char *name, const char *domain)
{
    return domain && *domain && adp_has_suffix(name, domain) &&
           (strlen(name) == strlen(domain) || name[strlen(name) - strlen(domain) - 1] == '.');
}

static void learn_endpoint(adp_meaning *meaning, const adp_told_path *path,
                           const adp_told_endpoint *endpoint)
{
    guint before = g_hash_table_size(meaning->hosts);
    char *part;

    if (strcmp(endpoint->source, "domain") == 0 ||
        strcmp(endpoint->source, "autodiscover-host") == 0 ||
        strcmp(endpoint->source, "http-redirect") == 0 ||
        (path->mail_domain && adp_same_text(path->mail_domain, endpoint->host))) {
        return;
    }
    part = g_strdup_printf("<mail server %u>", meaning->mail_servers + 1);
    learn_host(meaning, endpoint->host, part);
    meaning->mail_servers += g_hash_table_size(meaning->hosts) - before;
    g_free(part);
}

adp_meaning *adp_meaning_new(const adp_told_path *path)
{
    adp_meaning *meaning = g_new0(adp_meaning, 1);
    guint i;

    meaning->hosts = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, g_free);
    meaning->domains[0] = (domain_part){path->mail_domain, "<mail domain>"};
    meaning->domains[1] = (domain_part){path->domain, "<domain>"};
    meaning->domains[2] = (domain_part){path->forest, "<forest>"};
    if (adp_same_text(path->mail_domain, path->domain)) {
        /* Which of both a name is made of cannot be told. */
        meaning->domains[0].part = "<domain>";
    }
    meaning->site = path->site;
    learn_host(meaning, path->client_name, "<client>");
    for (i = 0; i < path->endpoints.count; i++) {
        learn_endpoint(meaning, path, &path->endpoints.items[i]);
    }
    for (i = 0; i < path->steps.count; i++) {
        learn_from_step(meaning, path->steps.items[i]);
    }
    return meaning;
}

void adp_meaning_free(adp_meaning *meaning)
{
    g_hash_table_unref(meaning->hosts);
    g_free(meaning);
}

/* The domain at the end of a name as its part; NULL: the name ends with none. */
static char *in_domain(const adp_meaning *meaning, const char *lower)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(meaning->domains); i++) {
        const domain_part *domain = &meaning->domains[i];

        if (is_made_of(lower, domain->name)) {
            gsize before = strlen(lower) - strlen(domain->name);

            return g_strdup_printf("%.*s%s", (int)before, lower, domain->part);
        }
    }
    return NULL;
}

char *adp_meaning_of_name(const adp_meaning *meaning, const char *name)
{
    char *lower = g_ascii_strdown(name ? name : "", -1);
    const char *part = g_hash_table_lookup(meaning->hosts, lower);
    char *made = part ? g_strdup(part) : in_domain(meaning, lower);

    if (!made) {
        return lower;
    }
    g_free(lower);
    return made;
}

/* "HTTP/ex1.contoso.test" as "http/<mail server 1>". */
static char *of_principal(const adp_meaning *meaning, const char *spn)
{
    char **parts = g_strsplit(spn ? spn : "", "/", 4);
    guint i;
    char *joined;

    for (i = 0; parts[i]; i++) {
        char *part = adp_meaning_of_name(meaning, parts[i]);

        g_free(parts[i]);
        parts[i] = part;
    }
    joined = g_strjoinv("/", parts);
    g_strfreev(parts);
    return joined;
}

/* ---- what is asked ---- */

static const char *told(const adp_told_step *step, const char *name)
{
    const char *text = adp_value_string(step->detail, name);

    return text ? text : "";
}

static char *of_srv(const adp_meaning *meaning, const adp_told_step *step)
{
    const char *site = adp_value_string(step->detail, "site");
    char *domain = adp_meaning_of_name(meaning, told(step, "domain"));
    const char *where = !site || !*site                      ? ""
                        : adp_same_text(site, meaning->site) ? " of the site"
                                                             : " of another site";
    char *made = g_strdup_printf("srv %s %s%s in %s", told(step, "role"), told(step, "service"),
                                 where, domain);

    g_free(domain);
    return made;
}

static char *of_kerberos(const adp_meaning *meaning, const adp_told_step *step)
{
    char *spn = of_principal(meaning, told(step, "spn"));
    char *made = g_strdup_printf("kerberos %s for %s in %s", told(step, "exchange"), spn,
                                 told(step, "carrier"));

    g_free(spn);
    return made;
}

/* The attributes of a read, whose order is the program's. */
static char *of_rootdse(const adp_told_step *step)
{
    const adp_json_value *item = adp_value_items(adp_value_member(step->detail, "attribute"));
    GString *made = g_string_new("rootdse");

    for (; item; item = item->next) {
        if (item->type == ADP_JSON_STRING) {
            g_string_append_printf(made, " %s", item->u.text);
        }
    }
    return g_string_free(made, FALSE);
}

/* A URL without its server: the path tells POX from SOAP. */
static const char *url_path(const char *url)
{
    const char *host = strstr(url, "://");
    const char *slash = host ? strchr(host + 3, '/') : NULL;

    return slash ? slash : "";
}

static char *of_autodiscover(const adp_meaning *meaning, const adp_told_step *step)
{
    const char *url = told(step, "url");
    const char *from = strstr(url, "://");
    char *host = g_strndup(from ? from + 3 : "", from ? strcspn(from + 3, "/:?#") : 0);
    char *part = adp_meaning_of_name(meaning, host);
    char *path = g_ascii_strdown(url_path(url), -1);
    char *made =
        g_strdup_printf("autodiscover %.*s at %s%s", from ? (int)(from - url) : 0, url, part, path);

    g_free(path);
    g_free(part);
    g_free(host);
    return made;
}

static char *of_named(const adp_meaning *meaning, const adp_told_step *step, const char *what,
                      const char *member)
{
    char *part = adp_meaning_of_name(meaning, told(step, member));
    char *made = g_strdup_printf("%s %s", what, part);

    g_free(part);
    return made;
}

char *adp_meaning_of_step(const adp_meaning *meaning, const adp_told_step *step)
{
    if (strcmp(step->kind, "srv") == 0) {
        return of_srv(meaning, step);
    }
    if (strcmp(step->kind, "address") == 0) {
        return of_named(meaning, step,
                        strcmp(told(step, "type"), "AAAA") == 0 ? "address6" : "address", "name");
    }
    if (strcmp(step->kind, "ping") == 0) {
        /* Of a silent controller only the question is there. */
        return g_strdup_printf("ping by %s", step->transport);
    }
    if (strcmp(step->kind, "kerberos") == 0) {
        return of_kerberos(meaning, step);
    }
    if (strcmp(step->kind, "bind") == 0) {
        gboolean anonymous = strstr(step->summary, "(anonymous)") != NULL;

        return g_strdup(anonymous ? "bind anonymous" : "bind");
    }
    if (strcmp(step->kind, "rootdse") == 0) {
        return of_rootdse(step);
    }
    if (strcmp(step->kind, "scp") == 0) {
        return g_strdup_printf("scp %s", told(step, "kind"));
    }
    if (strcmp(step->kind, "tls") == 0) {
        return of_named(meaning, step, "tls", "sni");
    }
    if (strcmp(step->kind, "autodiscover") == 0) {
        return of_autodiscover(meaning, step);
    }
    return g_strdup(step->kind);
}

/* ---- what is answered, and how it is done ---- */

static void append_value(GString *out, const adp_told_step *step, const char *member,
                         const char *label)
{
    const adp_json_value *value = adp_value_member(step->detail, member);
    const char *before = out->len ? ", " : "";

    if (!value) {
        return;
    }
    if (value->type == ADP_JSON_STRING) {
        g_string_append_printf(out, "%s%s%s", before, label, value->u.text);
    } else if (value->type == ADP_JSON_NUMBER) {
        g_string_append_printf(out, "%s%s%.0f", before, label, value->u.number);
    }
}

char *adp_meaning_of_answer(const adp_told_step *step)
{
    static const char *const members[] = {"result", "error", "status"};
    GString *out = g_string_new(step->outcome);
    guint i;

    for (i = 0; i < G_N_ELEMENTS(members); i++) {
        append_value(out, step, members[i], "");
    }
    return g_string_free(out, FALSE);
}

char *adp_meaning_of_choice(const adp_told_step *step)
{
    static const struct {
        const char *member;
        const char *label;
    } rows[] = {{"protection", "protection "},
                {"mechanism", "mechanism "},
                {"auth", "authentication "},
                {"version", ""}};
    GString *out = g_string_new("");
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        append_value(out, step, rows[i].member, rows[i].label);
    }
    return g_string_free(out, FALSE);
}
