/* finding.c
 * One finding: one cause on one path.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/finding.h"

#include "join/identity.h"

#include "judge/catalogue.h"
#include "judge/signs.h"
#include "log/observation.h"

static void clear_value(gpointer data)
{
    g_free(((adp_finding_value *)data)->value);
}

static void clear_remedy(gpointer data)
{
    g_free(((adp_remedy *)data)->subject);
}

adp_finding *adp_finding_new(adp_finding_id id, guint32 path)
{
    adp_finding *finding = g_new0(adp_finding, 1);

    finding->id = id;
    finding->severity = adp_finding_get(id)->severity;
    finding->unrecovered = finding->severity;
    finding->path = path;
    finding->values = g_array_new(FALSE, FALSE, sizeof(adp_finding_value));
    g_array_set_clear_func(finding->values, clear_value);
    finding->signs = g_array_new(FALSE, FALSE, sizeof(adp_shown_sign));
    finding->evidence = g_array_new(FALSE, FALSE, sizeof(guint32));
    finding->remedies = g_array_new(FALSE, FALSE, sizeof(adp_remedy));
    g_array_set_clear_func(finding->remedies, clear_remedy);
    finding->remedy_client = adp_client_at(ADP_NONE);
    return finding;
}

void adp_finding_free(gpointer data)
{
    adp_finding *finding = data;

    g_free(finding->summary);
    g_free(finding->observed);
    g_free(finding->inferred);
    g_free(finding->recovery);
    g_free(finding->advice);
    g_array_unref(finding->values);
    g_array_unref(finding->signs);
    g_array_unref(finding->evidence);
    g_array_unref(finding->remedies);
    g_free(finding);
}

const char *adp_finding_title(const adp_finding *finding)
{
    if (finding->id == ADP_FINDING_HTTP_UNAUTHORIZED &&
        adp_finding_has_sign(finding, ADP_SIGN_TICKET_TAKEN)) {
        return "The server takes some tickets for a name and rejects others";
    }
    if (finding->unheard) {
        return "Answers do not arrive";
    }
    return finding->withheld ? "The DNS server withholds a name"
                             : adp_finding_get(finding->id)->title;
}

gboolean adp_finding_has_sign(const adp_finding *finding, adp_sign sign)
{
    guint i;

    for (i = 0; i < finding->signs->len; i++) {
        if (g_array_index(finding->signs, adp_shown_sign, i).sign == sign) {
            return TRUE;
        }
    }
    return FALSE;
}
