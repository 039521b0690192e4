/* hosts.c
 * Hosts that the path has named, and what is known of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/hosts.h"

#include "join/derived.h"
#include "join/identity.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/cloud.h"
#include "wire/hash.h"
#include "wire/limits.h"
#include "wire/ports.h"
#include "wire/srv_name.h"
#include "wire/text.h"

#include <string.h>

#define CANDIDATE_LABEL "autodiscover."

/* How a host that may serve autodiscover, or what that leads to, was named. */
#define WEB_NAMES                                                                                  \
    (ADP_NAMED_BY_SCP | ADP_NAMED_BY_MAIL_SRV | ADP_NAMED_BY_REDIRECT | ADP_NAMED_AS_CANDIDATE |   \
     ADP_NAMED_BY_SETTINGS)

/* Lower case, without the final dot; NULL when it cannot be a host. Free with g_free(). */
static char *normal(const char *host)
{
    gsize len = host ? strlen(host) : 0;

    if (len && host[len - 1] == '.') {
        len--;
    }
    return len && len <= ADP_MAX_HOST ? g_ascii_strdown(host, (gssize)len) : NULL;
}

/* ---- shapes ---- */

/*
 * Of the bytes in lower case, without the final dot: cheaper than to look for a name, and most names are none
 * that anybody has learnt. Who makes many names of one shape gains a look into the tables, no more.
 */
static guint shape_of(const char *host, gsize len)
{
    guint64 mixed = len;
    guint64 word;

    for (; len >= sizeof(word); len -= sizeof(word), host += sizeof(word)) {
        memcpy(&word, host, sizeof(word));
        mixed = (mixed ^ (word | G_GUINT64_CONSTANT(0x2020202020202020))) *
                G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
        mixed ^= mixed >> 32;
    }
    for (word = 0; len; len--) {
        word = word << 8 | (guint8)*host++ | 0x20;
    }
    mixed = (mixed ^ word) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    return (guint)(mixed >> 32) % ADP_NAME_SHAPES;
}

static gboolean has_known_shape(const adp_derived *d, const char *host)
{
    gsize len = strlen(host);
    guint shape;

    len -= len && host[len - 1] == '.' ? 1 : 0;
    shape = shape_of(host, len);
    return d->name_shapes[shape / 8] >> shape % 8 & 1;
}

/* `host` is normal: what goes into a table. */
static void note_shape(adp_derived *d, const char *host)
{
    guint shape = shape_of(host, strlen(host));

    d->name_shapes[shape / 8] |= (guint8)(1U << shape % 8);
}

void adp_hosts_begin(adp_derived *d)
{
    const char *candidate;
    guint i;

    for (i = 0; (candidate = adp_cloud_candidate(i)); i++) {
        note_shape(d, candidate);
    }
}

const char *adp_mailbox_domain(const char *mailbox)
{
    const char *at = mailbox ? strrchr(mailbox, '@') : NULL;

    return at && at[1] ? at + 1 : NULL;
}

const char *adp_mail_domain_of(const char *host)
{
    const char *domain;

    if (!adp_has_prefix(host, CANDIDATE_LABEL)) {
        return NULL;
    }
    domain = host + strlen(CANDIDATE_LABEL);
    /* What a resolver makes of a name by appending suffixes is nobody's mail domain. */
    if (!strchr(domain, '.') || strchr(domain, '.')[1] == '\0' ||
        adp_domain_has_appended_suffix(domain) || adp_domain_has_appended_suffix(host)) {
        return NULL;
    }
    return domain;
}

/* `host` is normal. */
static guint named(const adp_model *model, const char *host)
{
    const adp_host *entry = g_hash_table_lookup(model->derived.named, host);
    guint how = entry ? entry->how : 0;

    if (adp_cloud_is_candidate(host) || adp_mail_domain_of(host) ||
        g_hash_table_contains(model->derived.mail_domains, host)) {
        how |= ADP_NAMED_AS_CANDIDATE;
    }
    return how;
}

guint adp_model_named(const adp_model *model, const char *host)
{
    char *lower = normal(host);
    guint how = lower ? named(model, lower) : 0;

    g_free(lower);
    return how;
}

gboolean adp_is_suffixed_target(const adp_model *model, const char *name)
{
    const char *dot = name ? strchr(name, '.') : NULL;

    for (dot = dot ? strchr(dot + 1, '.') : NULL; dot && dot[1]; dot = strchr(dot + 1, '.')) {
        guint shape = shape_of(name, (gsize)(dot - name));
        char *first = NULL;
        gboolean is = FALSE;

        if (model->derived.name_shapes[shape / 8] >> shape % 8 & 1) {
            first = g_strndup(name, (gsize)(dot - name));
            is = (adp_model_named(model, first) & ADP_NAMED_BY_SRV) != 0;
            g_free(first);
        }
        if (is) {
            return TRUE;
        }
    }
    return FALSE;
}

const char *adp_model_suffixed_at(const adp_model *model, guint32 address)
{
    const GPtrArray *names =
        g_hash_table_lookup(model->derived.names_of, GUINT_TO_POINTER(address + 1));
    guint i;

    for (i = 0; names && i < names->len; i++) {
        if (adp_is_suffixed_target(model, g_ptr_array_index(names, i))) {
            return g_ptr_array_index(names, i);
        }
    }
    return NULL;
}

/* The host's entry, made when there is none; `lower` is taken over. */
static adp_host *need_host(adp_derived *d, char *lower, const char **key)
{
    gpointer found_key;
    gpointer found;
    adp_host *host;

    if (g_hash_table_lookup_extended(d->named, lower, &found_key, &found)) {
        g_free(lower);
        *key = found_key;
        return found;
    }
    host = g_new0(adp_host, 1);
    host->addresses = g_array_new(FALSE, FALSE, sizeof(guint32));
    note_shape(d, lower);
    g_hash_table_insert(d->named, lower, host);
    *key = lower;
    return host;
}

static void note_port(adp_host *host, guint16 port)
{
    guint i;

    for (i = 0; i < ADP_HOST_PORTS && host->ports[i] != port; i++) {
        if (!host->ports[i]) {
            host->ports[i] = port;
            return;
        }
    }
}

void adp_name_host(adp_model *model, const char *host, guint how, guint16 port)
{
    char *lower = normal(host);
    const char *key;
    adp_host *entry;

    if (!lower) {
        return;
    }
    entry = need_host(&model->derived, lower, &key);
    entry->how |= how;
    if (port && !adp_port_is_web(port)) {
        note_port(entry, port);
    }
}

gboolean adp_host_has_port(const adp_host *host, guint16 port)
{
    guint i;

    for (i = 0; i < ADP_HOST_PORTS; i++) {
        if (host->ports[i] == port) {
            return TRUE;
        }
    }
    return FALSE;
}

void adp_name_redirect(adp_model *model, const char *host, const char *method, guint16 port)
{
    char *lower = normal(host);
    const char *key;
    adp_host *entry;

    if (!lower) {
        return;
    }
    adp_name_host(model, host, ADP_NAMED_BY_REDIRECT, port);
    entry = need_host(&model->derived, lower, &key);
    if (!entry->method) {
        entry->method = method;
    }
}

static gboolean has_address(const adp_host *host, guint32 address)
{
    guint i;

    for (i = 0; i < host->addresses->len; i++) {
        if (g_array_index(host->addresses, guint32, i) == address) {
            return TRUE;
        }
    }
    return FALSE;
}

void adp_host_address(adp_model *model, const char *host, guint32 address)
{
    adp_derived *d = &model->derived;
    gpointer at = GUINT_TO_POINTER(address + 1);
    char *lower = address == ADP_NONE ? NULL : normal(host);
    const char *key;
    adp_host *entry;
    GPtrArray *names;

    if (!lower) {
        return;
    }
    entry = need_host(d, lower, &key);
    if (has_address(entry, address)) {
        return;
    }
    if (entry->addresses->len >= ADP_MAX_HOST_ADDRESSES) {
        adp_model_limit(model, ADP_LIMIT_HOST_ADDRESSES);
        return;
    }
    g_array_append_val(entry->addresses, address);
    names = g_hash_table_lookup(d->names_of, at);
    if (!names) {
        names = g_ptr_array_new();
        g_hash_table_insert(d->names_of, at, names);
    }
    if (names->len < ADP_MAX_ADDRESS_NAMES) {
        g_ptr_array_add(names, (gpointer)key);
    } else {
        adp_model_limit(model, ADP_LIMIT_ADDRESS_NAMES);
    }
}

gboolean adp_model_host_has_address(const adp_model *model, const char *host, guint32 address)
{
    char *lower = normal(host);
    const adp_host *entry = lower ? g_hash_table_lookup(model->derived.named, lower) : NULL;
    gboolean has = (entry && has_address(entry, address)) ||
                   (lower && strcmp(lower, adp_model_address_text(model, address)) == 0);

    g_free(lower);
    return has;
}

gboolean adp_model_host_is_known(const adp_model *model, const char *host)
{
    char *lower = normal(host);
    const adp_host *entry = lower ? g_hash_table_lookup(model->derived.named, lower) : NULL;

    g_free(lower);
    return entry && entry->addresses->len > 0;
}

const GArray *adp_model_host_addresses(const adp_model *model, const char *host)
{
    char *lower = normal(host);
    const adp_host *entry = lower ? g_hash_table_lookup(model->derived.named, lower) : NULL;

    g_free(lower);
    return entry ? entry->addresses : NULL;
}

void adp_learn_mail_domain(adp_model *model, const char *domain)
{
    char *lower = normal(domain);

    if (lower) {
        note_shape(&model->derived, lower);
        g_hash_table_add(model->derived.mail_domains, lower);
    }
}

static guint64 client_domain_key(adp_client client, const char *domain)
{
    return adp_hash_lower(adp_client_number(client), domain);
}

void adp_learn_client_domain(adp_model *model, guint32 address, const char *domain)
{
    char *lower = normal(domain);

    if (lower) {
        note_shape(&model->derived, lower);
        adp_table_set(model->derived.client_domains,
                      client_domain_key(adp_model_client(model, address), lower), 1);
    }
    g_free(lower);
}

/* https://M of a client whose mail domain is called as its directory: so far only a guess. */
static gboolean is_own_domain(const adp_model *model, guint32 address, const char *lower)
{
    adp_client client = adp_model_client(model, address);

    return g_hash_table_contains(model->derived.scp_clients, adp_client_key(client)) &&
           adp_table_get(model->derived.client_domains, client_domain_key(client, lower));
}

gboolean adp_is_mail_domain(const adp_model *model, guint32 address, const char *domain)
{
    char *lower = normal(domain);
    gboolean is = lower && (g_hash_table_contains(model->derived.mail_domains, lower) ||
                            is_own_domain(model, address, lower));

    g_free(lower);
    return is;
}

static gboolean is_host(const adp_model *model, guint32 address, const char *host, guint how)
{
    char *lower;
    gboolean is;

    if (!host ||
        (!has_known_shape(&model->derived, host) && !adp_has_prefix(host, CANDIDATE_LABEL))) {
        return FALSE;
    }
    lower = normal(host);
    is = lower && ((named(model, lower) & how) || is_own_domain(model, address, lower));
    g_free(lower);
    return is;
}

gboolean adp_is_path_host(const adp_model *model, guint32 address, const char *host)
{
    return is_host(model, address, host, ~0U);
}

gboolean adp_is_web_host(const adp_model *model, guint32 address, const char *host)
{
    return is_host(model, address, host, WEB_NAMES);
}
