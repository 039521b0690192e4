/* test_limits.c
 * The table of limits, and that whoever stops at one says so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "join/hosts.h"
#include "wire/limits.h"
#include "wire/ntlm.h"

#include <string.h>

/* 65536 as "65,536". */
static char *with_commas(guint value)
{
    return value < 1000 ? g_strdup_printf("%u", value)
                        : g_strdup_printf("%u,%03u", value / 1000, value % 1000);
}

static gboolean names_value(const char *sentence, guint value)
{
    char *number = with_commas(value);
    gboolean names = strstr(sentence, number) || (value == 65536 && strstr(sentence, "64 KiB")) ||
                     (value == 1048576 && strstr(sentence, "1 MiB"));

    g_free(number);
    return names;
}

static void test_rows(void)
{
    guint i;

    for (i = 0; i < ADP_LIMIT_COUNT; i++) {
        const adp_limit_row *row = adp_limit_get((adp_limit)i);
        const char *word = row->told ? row->told : row->quiet;

        g_assert_nonnull(word);
        check_int(row->name, "has a value", row->value > 0, TRUE);
        check_int(row->name, "says why no more", strlen(row->why) > 10, TRUE);
        check_int(row->name, "is told or not", (row->told == NULL) != (row->quiet == NULL), TRUE);
        check_int(row->name, "is a sentence", g_ascii_isupper(*word) && g_str_has_suffix(word, "."),
                  TRUE);
        check_int(row->name, "names its number", !row->told || names_value(word, row->value), TRUE);
    }
}

/* Each by itself: counted, told when it is to be told, and nothing else. */
static void test_each(void)
{
    guint i;
    guint other;

    for (i = 0; i < ADP_LIMIT_COUNT; i++) {
        const adp_limit_row *row = adp_limit_get((adp_limit)i);
        adp_arena *arena = adp_arena_new();
        GPtrArray *told;

        adp_limit_hit(arena, (adp_limit)i);
        adp_limit_hit(arena, (adp_limit)i);
        for (other = 0; other < ADP_LIMIT_COUNT; other++) {
            check_int(row->name, "hits", adp_limit_hits(arena, (adp_limit)other),
                      other == i ? 2 : 0);
        }
        told = adp_limits_told(arena);
        check_int(row->name, "told", told->len, row->told ? 1 : 0);
        if (told->len) {
            check_str(row->name, "sentence", g_ptr_array_index(told, 0), row->told);
        }
        g_ptr_array_unref(told);
        adp_arena_free(arena);
    }
}

/* ---- where the model stops ---- */

static guint32 hits(adp_model *model, adp_limit limit)
{
    return adp_limit_hits(adp_model_arena(model), limit);
}

static void test_addresses(void)
{
    adp_model *model = adp_model_new();
    guint i;

    for (i = 0; i <= ADP_MAX_HOST_ADDRESSES; i++) {
        char *text = g_strdup_printf("10.0.1.%u", i);

        check_int("before the last", "hits", hits(model, ADP_LIMIT_HOST_ADDRESSES), 0);
        adp_host_address(model, "farm.contoso.test", address_of(model, text));
        g_free(text);
    }
    check_int("one too many", "hits", hits(model, ADP_LIMIT_HOST_ADDRESSES), 1);
    adp_host_address(model, "farm.contoso.test", address_of(model, "10.0.1.0"));
    check_int("a known one", "hits", hits(model, ADP_LIMIT_HOST_ADDRESSES), 1);
    adp_model_free(model);
}

static void test_names(void)
{
    adp_model *model = adp_model_new();
    guint32 address = address_of(model, "10.0.0.1");
    guint i;

    for (i = 0; i <= ADP_MAX_ADDRESS_NAMES; i++) {
        char *name = g_strdup_printf("a%u.contoso.test", i);

        check_int("before the last", "hits", hits(model, ADP_LIMIT_ADDRESS_NAMES), 0);
        adp_host_address(model, name, address);
        g_free(name);
    }
    check_int("one too many", "hits", hits(model, ADP_LIMIT_ADDRESS_NAMES), 1);
    adp_model_free(model);
}

/* A chain a0 -> a1 -> ... in one answer. */
static void test_aliases(void)
{
    guint length;

    for (length = ADP_MAX_ALIASES - 1; length <= ADP_MAX_ALIASES; length++) {
        adp_model *model = adp_model_new();
        adp_arena *arena = adp_model_arena(model);
        guint32 client = address_of(model, "10.0.0.1");
        guint32 server = address_of(model, "10.0.0.2");
        adp_flow flow = udp(client, 5000, server, 53);
        adp_obs ask = ob_address_query(arena, flow, 1, ADP_DNS_A, "autodiscover.contoso.test");
        adp_obs answer = ob_address_query(arena, flow, 1, ADP_DNS_A, "autodiscover.contoso.test");
        adp_obs_dns *dns = g_memdup2(answer.u.dns, sizeof(*dns));
        adp_dns_said *said = adp_arena_new_array(arena, adp_dns_said, 1);
        const char *name = "autodiscover.contoso.test";
        guint i;

        for (i = 0; i < length; i++) {
            char *text = g_strdup_printf("a%u.contoso.test", i);
            adp_dns_host host = {.name = name, .address = ADP_NONE};

            host.alias = adp_arena_strndup(arena, text, strlen(text));
            name = host.alias;
            adp_list_add(arena, &said->hosts, host);
            g_free(text);
        }
        dns->said = said;
        dns->answer_hosts = (guint16)said->hosts.count;
        answer.type = ADP_OBS_DNS_REPLY;
        answer.from_server = TRUE;
        answer.u.dns = dns;
        ask.frame = 1;
        answer.frame = 2;
        answer.time = MS(1);
        (void)adp_model_add(model, &ask);
        (void)adp_model_add(model, &answer);
        check_int("aliases", "hits", hits(model, ADP_LIMIT_ALIASES) > 0, length == ADP_MAX_ALIASES);
        adp_model_free(model);
        g_free(dns);
    }
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/limits/rows", test_rows);
    g_test_add_func("/limits/each", test_each);
    g_test_add_func("/limits/addresses", test_addresses);
    g_test_add_func("/limits/names", test_names);
    g_test_add_func("/limits/aliases", test_aliases);
    return g_test_run();
}
