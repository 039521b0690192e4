/* identity.h
 * Who is who: addresses, the machines behind them, and which of them are one client.
 *
 * The one place that knows what a client's number means: below ADP_MACHINES it is an address of the
 * log, from there on a machine behind an address that several share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_IDENTITY_H
#define ADPATH_JOIN_IDENTITY_H

#include "join/derived.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** Clients with numbers from here on are machines that named themselves; below are addresses. */
#define ADP_MACHINES 0x80000000U

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
    guint32 recent; /* the one that got the last step, ADP_NONE before the proof */
    guint count;
} adp_machine_users;

/** Part of what a truncation throws away. */
struct adp_identity {
    GArray *machines;    /* of adp_machine; the first has the number ADP_MACHINES */
    GHashTable *by_name; /* "address|NAME", owned -> machine's number + 1 */
    GHashTable *at;      /* address + 1 -> adp_machine_users, owned */
    GHashTable *owner;   /* address + 1 -> client + 1, of every address that began; client.c */
};

adp_identity *adp_identity_new(void);
void adp_identity_free(adp_identity *t);

/* ---- machines ---- */

/** Does the number stand for a machine, and not for an address? */
gboolean adp_is_machine(guint32 client);

adp_machine *adp_machine_at(const adp_model *model, guint32 number);

/** The machines of the address; NULL: none named itself. */
adp_machine_users *adp_machine_users_of(const adp_model *model, guint32 address);

/** The machine of this name behind the address, ADP_NONE: there is none. */
guint32 adp_machine_by_name(const adp_model *model, guint32 address, const char *name);

/** A new machine; ADP_NONE when the name is empty. */
guint32 adp_machine_add(adp_model *model, guint32 address, const char *name);

/** What a ping says of its sender; NULL: nothing. */
const char *adp_machine_name_in(const adp_ping_request *ping);

/** The name that the machine gave. */
const char *adp_machine_name(const adp_model *model, guint32 number);

/** How many machines named themselves behind the address. */
guint adp_machine_count(const adp_model *model, guint32 address);

/** The machine that a ping names, if it is known behind the address; else ADP_NONE. */
guint32 adp_machine_find(const adp_model *model, guint32 address, const adp_ping_request *ping);

/**
 * The machine at an address of several that a number stands for which was written down before
 * that was known: the first one. Other numbers stand for themselves.
 */
guint32 adp_machine_then(const adp_model *model, guint32 client);

/** Of a shared address: the machine that had the last step there. Else the number itself. */
guint32 adp_machine_recent(const adp_model *model, guint32 address);

/** The address that a client sends from: the machine's, or itself. */
guint32 adp_model_own_address(const adp_model *model, guint32 client);

/* ---- clients and addresses ---- */

/** Of an address, to be filled: what it is called. */
adp_called *adp_address_called(adp_derived *d, guint32 address);

/**
 * The client that the address is one of: the address it was met by first, or one of the machines
 * behind it; such a machine, and an address of several, stand for themselves.
 */
guint32 adp_model_client(const adp_model *model, guint32 address);

const char *adp_model_address_text(const adp_model *model, guint32 id);

/** A host name that the capture gives for the address or machine, or NULL. */
const char *adp_model_address_name(const adp_model *model, guint32 id);

/** Do several machines send from this address, or that of this machine? It has no name then. */
gboolean adp_model_is_shared(const adp_model *model, guint32 id);

/** Is it such an address: whose a step of it is, nothing tells? */
gboolean adp_model_is_unnamed(const adp_model *model, guint32 client);

/** Was it called by several names, without a proof that they are several machines'? */
gboolean adp_model_has_names(const adp_model *model, guint32 id);

/** Has any frame been sent to this address? Without one, silence proves nothing. */
gboolean adp_model_was_heard(const adp_model *model, guint32 id);

#endif
