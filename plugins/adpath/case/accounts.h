/* accounts.h
 * What the capture says of accounts, of the KDCs that answer for them, and of the clients that ask.
 *
 * Between facts and judge: it judges nothing. Each fact has the observation that shows it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_CASE_ACCOUNTS_H
#define ADPATH_CASE_ACCOUNTS_H

#include "case/krb_vendor.h"
#include "join/model.h"

#include <glib.h>

typedef enum {
    ADP_ACCOUNT_NONE, /* nothing names it */
    ADP_ACCOUNT_PLAIN,
    ADP_ACCOUNT_UPN,     /* alice@contoso.com: a user principal name */
    ADP_ACCOUNT_MACHINE, /* PC1$, and host/pc1.contoso.com, which is the same computer */
    ADP_ACCOUNT_SERVICE, /* HTTP/web.contoso.com */
    ADP_ACCOUNT_DN       /* CN=alice,OU=staff,DC=contoso,DC=com */
} adp_account_kind;

/** What kind of account the name is one of, by its form; CONTOSO\alice is as good as alice. */
adp_account_kind adp_account_kind_of(const char *name);

/** The name without "CONTOSO\", as commands take it; leads into `name`. */
const char *adp_account_text(const char *name);

/** The name of the computer's account, "PC1$", of PC1$ or host/pc1.contoso.com; NULL: it is none. */
char *adp_account_of_machine(const char *name);

typedef enum {
    ADP_SYSTEM_UNKNOWN,
    ADP_SYSTEM_WINDOWS,
    ADP_SYSTEM_UNIX
} adp_system;

typedef struct adp_accounts adp_accounts;

adp_accounts *adp_accounts_new(const adp_model *model);
void adp_accounts_free(adp_accounts *accounts);

/** Whose program the KDC at this address is; `ret_obs`: the observation that shows it. */
adp_vendor adp_accounts_vendor(const adp_accounts *accounts, guint32 server, guint32 *ret_obs);

/** What kind of system the client asks as; `ret_obs`: the observation that shows it. */
adp_system adp_accounts_system(const adp_accounts *accounts, guint32 address, guint32 *ret_obs);

/** The name for which `host` is an alias, as DNS said; NULL: it is none, as far as one sees. */
const char *adp_accounts_alias(const adp_accounts *accounts, const char *host, guint32 *ret_obs);

#endif
