/* principal.c
 * In whose name a bind was made.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/principal.h"

#include "join/model.h"
#include "log/observation.h"
#include "wire/text.h"

#include <string.h>

/* The grant of the ticket that the bind shows; NULL: the capture does not hold it. */
static const adp_obs_krb *grant_of(const adp_model *model, const adp_obs_bind *bind)
{
    guint32 obs = bind->ticket_hash ? adp_model_ticket(model, bind->ticket_hash) : ADP_NONE;

    return obs != ADP_NONE ? adp_model_obs(model, obs)->u.krb : NULL;
}

static char *name_of_round(const adp_model *model, const adp_obs_bind *bind)
{
    const adp_obs_krb *grant = grant_of(model, bind);

    if (bind->name && *bind->name) {
        return bind->domain && *bind->domain ? g_strdup_printf("%s\\%s", bind->domain, bind->name)
                                             : g_strdup(bind->name);
    }
    if (grant && grant->client && *grant->client) {
        /* A reply has the realm of the client; of the service's the name alone would mislead. */
        return g_strdup(grant->client);
    }
    return NULL;
}

adp_principal_kind adp_bind_principal(const adp_model *model, const adp_step *step, char **name)
{
    gboolean anonymous = FALSE;
    guint32 i;

    *name = NULL;
    for (i = step->first; i != ADP_NONE && !*name; i = adp_model_mark(model, i)->next) {
        const adp_obs *obs = adp_model_obs(model, i);

        if (obs->type == ADP_OBS_LDAP_BIND) {
            *name = name_of_round(model, obs->u.bind);
            /* NTLM without a user is the anonymous one (MS-NLMP 3.2.5.1.2). */
            anonymous = anonymous || obs->u.bind->anonymous ||
                        (obs->u.bind->ntlm && obs->u.bind->name && !*obs->u.bind->name);
        }
    }
    if (*name) {
        return ADP_PRINCIPAL_NAMED;
    }
    return anonymous ? ADP_PRINCIPAL_NOBODY : ADP_PRINCIPAL_UNKNOWN;
}

/* "alice" of CONTOSO\alice, alice@contoso.test and CN=alice,CN=Users,...; free with g_free(). */
static char *user_of(const char *name)
{
    const char *slash = strrchr(name, '\\');
    gsize len;

    if (slash && !strchr(name, '=')) {
        name = slash + 1;
    } else if (adp_has_prefix(name, "cn=") || adp_has_prefix(name, "uid=")) {
        name = strchr(name, '=') + 1;
        len = strcspn(name, ",");
        return g_ascii_strdown(name, (gssize)len);
    }
    return g_ascii_strdown(name, (gssize)strcspn(name, "@"));
}

gboolean adp_same_principal(const adp_model *model, const adp_step *a, const adp_step *b)
{
    char *names[2];
    adp_principal_kind kinds[2] = {adp_bind_principal(model, a, &names[0]),
                                   adp_bind_principal(model, b, &names[1])};
    gboolean same = kinds[0] == kinds[1] && kinds[0] == ADP_PRINCIPAL_NOBODY;

    if (kinds[0] == ADP_PRINCIPAL_NAMED && kinds[1] == ADP_PRINCIPAL_NAMED) {
        char *users[2] = {user_of(names[0]), user_of(names[1])};

        same = strcmp(users[0], users[1]) == 0;
        g_free(users[0]);
        g_free(users[1]);
    }
    g_free(names[0]);
    g_free(names[1]);
    return same;
}
