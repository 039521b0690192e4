/* principal.c
 * In whose name a bind was made.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case/principal.h"

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

char *adp_principal_user(const char *name)
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
