/* identity.h
 * Who is who: addresses, the machines behind them, and which of them are one client.
 *
 * A client (adp_client) is an address of the log, or one of several machines behind it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_IDENTITY_H
#define ADPATH_JOIN_IDENTITY_H

#include "join/derived.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** A machine that named itself. Filled by machine.c. */
typedef struct {
    guint32 address;
    const char *name;
    gboolean whole; /* a DNS name with its domain */
} adp_machine;

/** The machines of an address. Filled by machine.c. */
typedef struct {
    guint32 first; /* the one that named itself first */
    guint32 last;  /* the one that was last known for certain, and when */
    gint64 last_time;
    adp_client recent; /* whose path got the last step, nobody before the proof */
    guint count;
} adp_machine_users;

/** Part of what a truncation throws away. */
struct adp_identity {
    GArray *machines;    /* of adp_machine */
    GHashTable *by_name; /* "address|NAME", owned -> machine + 1 */
    GHashTable *at;      /* address + 1 -> adp_machine_users, owned */
    GHashTable *owner;   /* key of every client that began -> of the one that it is; client.c */
};

adp_identity *adp_identity_new(void);
void adp_identity_free(adp_identity *t);

/* ---- clients as values ---- */

/** Whoever sends from the address; ADP_NONE: nobody. */
adp_client adp_client_at(guint32 address);

/** One of the machines behind its address. */
adp_client adp_client_machine(const adp_model *model, guint32 machine);

gboolean adp_is_nobody(adp_client client);

/** Is it one of several machines, and not just an address? */
gboolean adp_is_machine(adp_client client);

gboolean adp_same_client(adp_client a, adp_client b);

/** For keys that are texts: no two clients have the same number, and 0 is nobody's. */
guint32 adp_client_number(adp_client client);

/** The same for tables; NULL is nobody's. */
gpointer adp_client_key(adp_client client);

/** And back. */
adp_client adp_client_of_key(const adp_model *model, gconstpointer key);

/* ---- machines ---- */

adp_machine *adp_machine_at(const adp_model *model, guint32 machine);

/** The machines of the address; NULL: none named itself. */
adp_machine_users *adp_machine_users_of(const adp_model *model, guint32 address);

/** The machine of this name behind the address, ADP_NONE: there is none. */
guint32 adp_machine_by_name(const adp_model *model, guint32 address, const char *name);

/** A new machine; ADP_NONE when the name is empty. */
guint32 adp_machine_add(adp_model *model, guint32 address, const char *name);

/** What a ping says of its sender; NULL: nothing. */
const char *adp_machine_name_in(const adp_ping_request *ping);

/** How many machines named themselves behind the address. */
guint adp_machine_count(const adp_model *model, guint32 address);

/** The machine that a ping names, if it is known behind the address; else ADP_NONE. */
guint32 adp_machine_find(const adp_model *model, guint32 address, const adp_ping_request *ping);

/**
 * Of a client that was written down before its address was known to be several machines': the first
 * of them. Others stay as they are.
 */
adp_client adp_machine_then(const adp_model *model, adp_client client);

/** Of a shared address: the machine that had the last step there. Else whoever is at the address. */
adp_client adp_machine_recent(const adp_model *model, guint32 address);

/* ---- clients and addresses ---- */

/** Of an address, to be filled: what it is called. */
adp_called *adp_address_called(adp_derived *d, guint32 address);

/**
 * The client that the address is one of: the address it was met by first, or one of the machines
 * behind that; an address of several stands for itself.
 */
adp_client adp_model_client(const adp_model *model, guint32 address);

/** The same of whose a step is: machines stand for themselves. */
adp_client adp_model_owner(const adp_model *model, adp_client client);

const char *adp_model_address_text(const adp_model *model, guint32 address);

/** A host name that the capture gives for the address, or NULL. */
const char *adp_model_address_name(const adp_model *model, guint32 address);

/** The same of a client: a machine's is the name it gave itself. */
const char *adp_model_client_name(const adp_model *model, adp_client client);

/** Do several machines send from this address? It has no name then. */
gboolean adp_model_is_shared(const adp_model *model, guint32 address);

/** Is it such an address: whose a step of it is, nothing tells? */
gboolean adp_model_is_unnamed(const adp_model *model, adp_client client);

/** Was it called by several names, without a proof that they are several machines'? */
gboolean adp_model_has_names(const adp_model *model, guint32 address);

/** Has any frame been sent to this address? Without one, silence proves nothing. */
gboolean adp_model_was_heard(const adp_model *model, guint32 address);

#endif
