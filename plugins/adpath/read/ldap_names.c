/* ldap_names.c
 * In whose name a bind is made, as far as its bytes say it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/ldap_names.h"

#include "log/observation.h"
#include "read/ber.h"
#include "read/gss.h"
#include "wire/arena.h"
#include "wire/ntlm.h"
#include "wire/text.h"

#include <string.h>

/* The part of the bytes up to `end` (a NUL, a quote, ...); the whole where there is none. */
static const char *text_until(adp_arena *arena, const guint8 *bytes, gsize len, guint8 end)
{
    const guint8 *stop = len ? memchr(bytes, end, len) : NULL;

    return adp_text(arena, bytes, stop ? (gsize)(stop - bytes) : len);
}

/* RFC 4616 2: whose rights are wanted, NUL, who signs in, NUL, the password. */
static const char *plain_name(adp_arena *arena, const guint8 *bytes, gsize len)
{
    const guint8 *nul = memchr(bytes, '\0', len);

    if (!nul) {
        return NULL;
    }
    len -= (gsize)(nul + 1 - bytes);
    /* Without its end the name might be followed by what is a password. */
    return len && memchr(nul + 1, '\0', len) ? text_until(arena, nul + 1, len, '\0') : NULL;
}

/* RFC 2831 2.1.2: username="..." among other fields. */
static const char *digest_name(adp_arena *arena, const guint8 *bytes, gsize len)
{
    static const char key[] = "username=\"";
    const char *at = g_strstr_len((const char *)bytes, (gssize)len, key);

    if (!at) {
        return NULL;
    }
    at += strlen(key);
    return text_until(arena, (const guint8 *)at, len - (gsize)(at - (const char *)bytes), '"');
}

void adp_read_sasl_name(adp_arena *arena, const adp_ber *credentials, adp_obs_bind *bind)
{
    const guint8 *bytes = adp_ber_bytes(credentials);
    gsize len = (gsize)MAX(0, adp_ber_length(credentials));

    if (!bytes || len == 0) {
        return;
    }
    if (adp_same_text(bind->mechanism, "PLAIN")) {
        bind->name = plain_name(arena, bytes, len);
    } else if (adp_same_text(bind->mechanism, "DIGEST-MD5")) {
        bind->name = digest_name(arena, bytes, len);
    } else if (adp_same_text(bind->mechanism, "CRAM-MD5")) {
        bind->name = text_until(arena, bytes, len, ' ');
    } else if (adp_same_text(bind->mechanism, "EXTERNAL")) {
        bind->name = adp_text(arena, bytes, len);
    } else {
        adp_read_ntlm_name(arena, credentials, bind);
    }
}

void adp_read_ntlm_name(adp_arena *arena, const adp_ber *token, adp_obs_bind *bind)
{
    adp_gss_token found = adp_gss_read(*token);

    if (found.content == ADP_GSS_NTLM) {
        bind->ntlm = TRUE;
        (void)adp_ntlm_names(arena, adp_ber_bytes(&found.message),
                             (gsize)MAX(0, adp_ber_length(&found.message)), &bind->name,
                             &bind->domain);
    }
}
