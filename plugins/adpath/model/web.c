/* web.c - placeholder until the readers come
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "web.h"
guint adp_model_named(const adp_model *model, const char *host)
{
    (void)model;
    (void)host;
    return 0;
}
const char *adp_mail_domain_of(const char *host)
{
    (void)host;
    return NULL;
}
gboolean adp_model_host_has_address(const adp_model *model, const char *host, guint32 address)
{
    (void)model;
    (void)host;
    (void)address;
    return FALSE;
}
guint32 adp_model_attempt_count(const adp_model *model)
{
    (void)model;
    return 0;
}
const adp_attempt *adp_model_attempt(const adp_model *model, guint32 i)
{
    (void)model;
    (void)i;
    return NULL;
}
const char *adp_tls_alert_name(guint8 alert)
{
    (void)alert;
    return NULL;
}
gboolean adp_tls_name_match(const adp_model *model, const adp_step *step, gboolean *matches)
{
    (void)model;
    (void)step;
    (void)matches;
    return FALSE;
}
