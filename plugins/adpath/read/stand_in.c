/* stand_in.c
 * Handles that stand in Wireshark's dissector tables for those of the protocols that are read.
 *
 * A stand-in has protocol, name and description of the handle whose place it takes, so that Decode
 * As, layers, columns and exported packets are the same. It asks which tree the dissector is to
 * get, and calls the original handle.
 *
 * This file knows two things that Wireshark keeps to itself. An entry of a table is two handles, the
 * registered one and the one in use: each is checked against the functions that give the same two,
 * before anything is written. And a handle holds its function, by which the original is called
 * without a look-up: where it does is found out from handles of ours, whose functions are known.
 * Without that, the original is called through a table. Entries of heuristics are public.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/stand_in.h"

#include "read/nodes.h"
#include "wire/ports.h"

#include <epan/guid-utils.h>
#include <string.h>

#define ORIGINALS "adpath.originals" /* our table; it calls a handle without another layer */
#define MOST      64                 /* handles; there are about twenty */
#define PORTS     65536

typedef struct {
    adp_stand_in_kind kind;
    dissector_handle_t original;
    dissector_handle_t handle; /* its own */
    dissector_t function;      /* of the original; NULL: it is called through our table */
    guid_key key;              /* of the original there */
} stand_in;

typedef struct {
    adp_stand_in_kind kind;
    heur_dtbl_entry_t *entry;
    heur_dissector_t original;
} guess;

/*
 * Set once and kept as long as the process, as handles are: Wireshark cannot destroy one. Which
 * tables have them changes with each file.
 */
static dissector_table_t originals;
static stand_in stand_ins[MOST];
static guint stand_in_count;
static GHashTable *by_handle; /* original -> its number + 1; a stand-in -> -its number - 1 */
static guess guesses[MOST];
static guint guess_count;
static GByteArray *kinds; /* at a protocol's id: adp_stand_in_kind */
static guint function_at; /* the word of a handle that is its function; 0: it was not found */
static guint32 simple;    /* in the word before: it is a plain function */

/* Of the file that is open. */
static adp_stand_in_ask ask_for_tree;
static adp_stand_in_ask ask_about_guess;
static adp_stand_in_end end_guess;
adp_guessing adp_guess_notes;
static const char *obstacle; /* why the tables cannot be taken over */
static guint entries;
static gboolean taken_from_us; /* somebody put a handle of theirs into our place */
static guint8 tcp_ports[PORTS / 8];
static guint8 udp_ports[PORTS / 8];
static dissector_table_t tcp_table;

/* ---- calls ---- */

static int call(guint i, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const stand_in *s = &stand_ins[i];

    if (ask_for_tree && !pinfo->fd->visited) {
        tree = ask_for_tree(s->kind, tvb, pinfo, tree);
    }
    if (s->function) {
        return s->function(tvb, pinfo, tree, data);
    }
    /* The call of the stand-in has counted this down; the original's does so again. */
    pinfo->can_desegment = pinfo->saved_can_desegment;
    return adp_try_guid(originals, (guid_key *)&s->key, tvb, pinfo, tree, data);
}

static adp_bool call_guess(guint i, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const guess *g = &guesses[i];
    const guint bit = 1U << g->kind;
    gboolean asks;
    adp_bool took;

    if (!ask_for_tree || pinfo->fd->visited) {
        return g->original(tvb, pinfo, tree, data);
    }
    asks = adp_guess_notes.bytes != tvb || !(adp_guess_notes.no_tree & bit);
    if (asks) {
        tree = ask_about_guess(g->kind, tvb, pinfo, tree);
    }
    adp_guess_notes.at_work |= bit;
    took = g->original(tvb, pinfo, tree, data);
    adp_guess_notes.at_work &= ~bit;
    if (asks || took) {
        end_guess(g->kind, pinfo, took);
    }
    return took;
}

/* A handle's function gets no word of the handle it was called by in 4.0: one function for each. */
#define CALL(n)                                                                                    \
    static int call_##n(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)           \
    {                                                                                              \
        return call(n, tvb, pinfo, tree, data);                                                    \
    }                                                                                              \
    static adp_bool guess_##n(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)     \
    {                                                                                              \
        return call_guess(n, tvb, pinfo, tree, data);                                              \
    }
/* clang-format off */
#define EACH(do) \
    do(0) do(1) do(2) do(3) do(4) do(5) do(6) do(7) \
    do(8) do(9) do(10) do(11) do(12) do(13) do(14) do(15) \
    do(16) do(17) do(18) do(19) do(20) do(21) do(22) do(23) \
    do(24) do(25) do(26) do(27) do(28) do(29) do(30) do(31) \
    do(32) do(33) do(34) do(35) do(36) do(37) do(38) do(39) \
    do(40) do(41) do(42) do(43) do(44) do(45) do(46) do(47) \
    do(48) do(49) do(50) do(51) do(52) do(53) do(54) do(55) \
    do(56) do(57) do(58) do(59) do(60) do(61) do(62) do(63)
/* clang-format on */
#define NAME_OF_CALL(n)  call_##n,
#define NAME_OF_GUESS(n) guess_##n,

EACH(CALL)

static const dissector_t calls[MOST] = {EACH(NAME_OF_CALL)};
static const heur_dissector_t guess_calls[MOST] = {EACH(NAME_OF_GUESS)};

/* ---- which protocols ---- */

static void set_kind(int id, adp_stand_in_kind kind)
{
    guint old = kinds->len;

    if (id < 0) {
        return;
    }
    if ((guint)id >= old) {
        g_byte_array_set_size(kinds, (guint)id + 1);
        memset(kinds->data + old, ADP_STANDS_FOR_NOTHING, kinds->len - old);
    }
    kinds->data[id] = (guint8)kind;
}

static adp_stand_in_kind kind_of(int proto)
{
    return proto >= 0 && (guint)proto < kinds->len ? (adp_stand_in_kind)kinds->data[proto]
                                                   : ADP_STANDS_FOR_NOTHING;
}

static void shut_down(void)
{
    g_clear_pointer(&kinds, g_byte_array_unref);
    g_clear_pointer(&by_handle, g_hash_table_unref);
}

/* A handle's words, as far as every version has them: two names or three, kind, function, data. */
#define HANDLE_WORDS 6

static const guintptr *words_of(dissector_handle_t handle)
{
    return (const guintptr *)(const void *)handle;
}

/* Two handles of ours that differ in nothing but their functions show where those are. */
static void find_function(int proto)
{
    const guintptr *one = words_of(create_dissector_handle(call_0, proto));
    const guintptr *other = words_of(create_dissector_handle(call_1, proto));
    guint found = 0;
    guint i;

    function_at = 0;
    for (i = 1; i < HANDLE_WORDS; i++) {
        if (one[i] == (guintptr)call_0 && other[i] == (guintptr)call_1) {
            function_at = i;
            found++;
        }
    }
    if (found != 1 || (guint32)one[function_at - 1] != (guint32)other[function_at - 1]) {
        function_at = 0;
        return;
    }
    simple = (guint32)one[function_at - 1];
}

/* The function of a handle; NULL for one that is called in another way. */
static dissector_t function_of(dissector_handle_t handle)
{
    const guintptr *words = words_of(handle);

    return function_at && (guint32)words[function_at - 1] == simple
               ? (dissector_t)words[function_at]
               : NULL;
}

void adp_stand_in_register(int proto)
{
    find_function(proto);
    originals = register_dissector_table(
        ORIGINALS, "Dissectors behind Active Directory Discovery Path", proto, FT_GUID, BASE_HEX);
    by_handle = g_hash_table_new(NULL, NULL);
    kinds = g_byte_array_new();
    register_shutdown_routine(shut_down);
}

static void stands_for_directory(int proto)
{
    set_kind(proto, ADP_STANDS_FOR_DIRECTORY);
}

void adp_stand_in_init(void)
{
    static const struct {
        const char *name;
        adp_stand_in_kind kind;
    } protocols[] = {
        {"tcp", ADP_STANDS_FOR_TCP},
        {"udp", ADP_STANDS_FOR_UDP},
        {"udplite", ADP_STANDS_FOR_UDP},
        {"icmp", ADP_STANDS_FOR_ICMP},
        {"icmpv6", ADP_STANDS_FOR_ICMP},
        /* Files of exported packets name the dissector, which no table is asked for then. */
        {"exported_pdu", ADP_STANDS_FOR_DIRECTORY},
        {"dns", ADP_STANDS_FOR_DNS},
        {"tls", ADP_STANDS_FOR_TLS},
        {"http", ADP_STANDS_FOR_HTTP},
        {"http2", ADP_STANDS_FOR_HTTP2},
        {"dcerpc", ADP_STANDS_FOR_RPC},
        {"smb", ADP_STANDS_FOR_SMB},
        {"smb2", ADP_STANDS_FOR_SMB},
        {"afp", ADP_STANDS_FOR_CARRIER},
        {"credssp", ADP_STANDS_FOR_CARRIER},
        {"ftp", ADP_STANDS_FOR_CARRIER},
        {"hislip", ADP_STANDS_FOR_CARRIER},
        {"imap", ADP_STANDS_FOR_CARRIER},
        {"ms-nns", ADP_STANDS_FOR_CARRIER},
        {"pgsql", ADP_STANDS_FOR_CARRIER},
        {"rpc", ADP_STANDS_FOR_CARRIER},
        {"socks", ADP_STANDS_FOR_CARRIER},
        {"tds", ADP_STANDS_FOR_CARRIER},
    };
    guint i;

    tcp_table = find_dissector_table("tcp.port");
    adp_nodes_each_read_whole(stands_for_directory);
    for (i = 0; i < G_N_ELEMENTS(protocols); i++) {
        set_kind(proto_get_id_by_filter_name(protocols[i].name), protocols[i].kind);
    }
}

/* ---- stand-ins ---- */

/* A handle that goes by a name, but is not the one registered by it, is another plugin's work. */
static gboolean is_foreign(dissector_handle_t handle)
{
    const char *name = dissector_handle_get_dissector_name(handle);
    dissector_handle_t registered = name ? find_dissector(name) : NULL;

    return registered && registered != handle &&
           dissector_handle_get_protocol_index(registered) ==
               dissector_handle_get_protocol_index(handle);
}

static gboolean is_read(dissector_handle_t handle)
{
    return kind_of(dissector_handle_get_protocol_index(handle)) != ADP_STANDS_FOR_NOTHING;
}

static const stand_in *make(dissector_handle_t original, adp_stand_in_kind kind)
{
    guint i = stand_in_count;
    stand_in *s = &stand_ins[i];

    if (i == MOST) {
        obstacle = "there are more dissectors than it has room for";
        return NULL;
    }
    s->kind = kind;
    s->original = original;
    s->function = function_of(original);
    s->key.guid.data1 = i + 1;
    s->handle = create_dissector_handle_with_name_and_description(
        calls[i], dissector_handle_get_protocol_index(original),
        dissector_handle_get_dissector_name(original), dissector_handle_get_description(original));
    dissector_add_guid(ORIGINALS, &s->key, original);
    g_hash_table_insert(by_handle, original, GINT_TO_POINTER((int)i + 1));
    g_hash_table_insert(by_handle, s->handle, GINT_TO_POINTER(-(int)i - 1));
    stand_in_count++;
    return s;
}

/* The stand-in for a handle, NULL when it needs none. */
static const stand_in *stand_in_for(dissector_handle_t handle)
{
    adp_stand_in_kind kind = kind_of(dissector_handle_get_protocol_index(handle));
    int number;

    if (kind == ADP_STANDS_FOR_NOTHING) {
        return NULL;
    }
    number = GPOINTER_TO_INT(g_hash_table_lookup(by_handle, handle));
    if (number > 0) {
        return &stand_ins[number - 1];
    }
    if (number < 0) {
        return NULL;
    }
    if (is_foreign(handle)) {
        obstacle = "another plugin has taken over a dissector";
        return NULL;
    }
    return make(handle, kind);
}

/* ---- tables ---- */

static void set_port(guint8 *ports, guint port)
{
    if (port < PORTS) {
        ports[port / 8] |= (guint8)(1U << port % 8);
    }
}

static gboolean has_port(const guint8 *ports, guint32 port)
{
    return port < PORTS && (ports[port / 8] >> port % 8 & 1);
}

static void note_port(const char *table, gpointer key, adp_stand_in_kind kind)
{
    guint port = GPOINTER_TO_UINT(key);

    if (kind != ADP_STANDS_FOR_DIRECTORY && kind != ADP_STANDS_FOR_DNS) {
        return;
    }
    if (strcmp(table, "tcp.port") == 0 || strcmp(table, "tls.port") == 0) {
        set_port(tcp_ports, port);
    } else if (strcmp(table, "udp.port") == 0 && kind == ADP_STANDS_FOR_DIRECTORY) {
        set_port(udp_ports, port);
    }
}

/* An entry's two handles, the first one registered and the one in use; NULL when it is not so. */
static dissector_handle_t *handles_of(gpointer value)
{
    dtbl_entry_t *entry = value;
    dissector_handle_t *handles = value;

    return handles[0] == dtbl_entry_get_initial_handle(entry) &&
                   handles[1] == dtbl_entry_get_handle(entry)
               ? handles
               : NULL;
}

static void take_entry(const char *table, ftenum_t type _U_, gpointer key, gpointer value,
                       gpointer user_data _U_)
{
    dissector_handle_t *handles = handles_of(value);
    guint i;

    if (!handles) {
        obstacle = "its tables of dissectors are made in another way";
        return;
    }
    for (i = 0; i < 2 && !obstacle; i++) {
        const stand_in *s = handles[i] ? stand_in_for(handles[i]) : NULL;

        if (s) {
            handles[i] = s->handle;
            entries++;
            note_port(table, key, s->kind);
        }
    }
}

static void give_entry_back(const char *table _U_, ftenum_t type _U_, gpointer key _U_,
                            gpointer value, gpointer user_data _U_)
{
    dissector_handle_t *handles = handles_of(value);
    guint i;

    for (i = 0; handles && i < 2; i++) {
        int number = handles[i] ? GPOINTER_TO_INT(g_hash_table_lookup(by_handle, handles[i])) : 0;

        if (number < 0) {
            handles[i] = stand_ins[-number - 1].original;
        } else if (handles[i] && is_read(handles[i]) && is_foreign(handles[i])) {
            taken_from_us = TRUE;
        }
    }
}

/* Tables of names and object identifiers lead into a message, not to one. */
static gboolean is_ours_to_take(const char *table)
{
    return strcmp(table, ORIGINALS) != 0 && strcmp(table, "ldap.name") != 0 &&
           !g_str_has_prefix(table, "ber.");
}

static void each_entry(const char *table, const char *title _U_, gpointer user_data)
{
    DATFunc visit = *(DATFunc *)user_data;

    if (is_ours_to_take(table)) {
        dissector_table_foreach(table, visit, NULL);
    }
}

static void visit_tables(DATFunc visit)
{
    dissector_all_tables_foreach_table(each_entry, &visit, NULL);
}

/* ---- heuristics ---- */

static guess *guess_of(const heur_dtbl_entry_t *entry)
{
    guint i;

    for (i = 0; i < guess_count; i++) {
        if (guesses[i].entry == entry) {
            return &guesses[i];
        }
    }
    return NULL;
}

static void take_guess(const char *table, struct heur_dtbl_entry *entry, gpointer user_data _U_)
{
    adp_stand_in_kind kind =
        entry->protocol ? kind_of(proto_get_id(entry->protocol)) : ADP_STANDS_FOR_NOTHING;
    guess *known = guess_of(entry);

    /* RPC in SMB is the message's that carries it. */
    if (kind == ADP_STANDS_FOR_NOTHING ||
        (kind == ADP_STANDS_FOR_RPC && g_str_has_prefix(table, "smb"))) {
        return;
    }
    if (!known && guess_count == MOST) {
        obstacle = "there are more heuristics than it has room for";
        return;
    }
    if (!known) {
        known = &guesses[guess_count];
        *known = (guess){kind, entry, entry->dissector};
        guess_count++;
    }
    if (entry->dissector != known->original) {
        obstacle = "another plugin has taken over a heuristic";
        return;
    }
    entry->dissector = guess_calls[known - guesses];
    entries++;
}

static void give_guess_back(const char *table _U_, struct heur_dtbl_entry *entry,
                            gpointer user_data _U_)
{
    const guess *known = guess_of(entry);

    if (known && entry->dissector == guess_calls[known - guesses]) {
        entry->dissector = known->original;
    } else if (known && entry->dissector != known->original) {
        taken_from_us = TRUE;
    }
}

static void each_guess(const char *table, struct heur_dissector_list *list _U_, gpointer user_data)
{
    heur_dissector_table_foreach(table, *(DATFunc_heur *)user_data, NULL);
}

static void visit_guesses(DATFunc_heur visit)
{
    dissector_all_heur_tables_foreach_table(each_guess, &visit, NULL);
}

/* ---- all of it ---- */

const char *adp_stand_in_install(adp_stand_in_ask ask, adp_stand_in_ask about_guess,
                                 adp_stand_in_end end)
{
    obstacle = NULL;
    entries = 0;
    memset(tcp_ports, 0, sizeof(tcp_ports));
    memset(udp_ports, 0, sizeof(udp_ports));
    /* Wireshark does not map it to LDAP; what it makes of it is read all the same. */
    set_port(tcp_ports, ADP_PORT_GC_TLS);
    visit_tables(take_entry);
    visit_guesses(take_guess);
    if (obstacle) {
        const char *why = obstacle;

        (void)adp_stand_in_remove();
        return why;
    }
    ask_for_tree = ask;
    ask_about_guess = about_guess;
    end_guess = end;
    return NULL;
}

gboolean adp_stand_in_remove(void)
{
    ask_for_tree = NULL;
    entries = 0;
    taken_from_us = FALSE;
    /* A preference or Decode As may have changed entries meanwhile: those are not ours any more. */
    visit_tables(give_entry_back);
    visit_guesses(give_guess_back);
    return !taken_from_us;
}

gboolean adp_stand_in_reads_tcp(guint32 port)
{
    return has_port(tcp_ports, port);
}

gboolean adp_stand_in_is_passed(guint32 port)
{
    dissector_handle_t handle = tcp_table ? dissector_get_uint_handle(tcp_table, port) : NULL;

    return handle && GPOINTER_TO_INT(g_hash_table_lookup(by_handle, handle)) >= 0;
}

gboolean adp_stand_in_reads_udp(guint32 port)
{
    return has_port(udp_ports, port);
}

guint adp_stand_in_count(void)
{
    return entries;
}
