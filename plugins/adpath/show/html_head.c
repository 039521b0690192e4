/* html_head.c
 * What a browser is told before the page: how it looks, and that nothing in it may run or load.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/html_head.h"

#include "show/html_style.h"
#include "show/html_text.h"

#include <adpath_version.h>

/* The browser is to run nothing and to load nothing; the one style sheet is known by its hash. */
static void policy(adp_page *page)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize len = sizeof(digest);
    char *hash;

    g_checksum_update(sum, (const guint8 *)adp_html_style(), -1);
    g_checksum_get_digest(sum, digest, &len);
    hash = g_base64_encode(digest, len);
    adp_page_raw(page, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                       "style-src 'sha256-");
    adp_page_raw(page, hash);
    adp_page_raw(page, "'; base-uri 'none'; form-action 'none'\"/>\n");
    g_free(hash);
    g_checksum_free(sum);
}

void adp_html_head(adp_page *page, const char *outcome, const char *file)
{
    adp_page_raw(page, "<!DOCTYPE html>\n"
                       "<html lang=\"en\" dir=\"ltr\" xmlns=\"http://www.w3.org/1999/xhtml\">\n"
                       "<head>\n<meta charset=\"utf-8\"/>\n");
    policy(page);
    adp_page_raw(page, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                       "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
                       "<meta name=\"referrer\" content=\"no-referrer\"/>\n"
                       "<meta name=\"format-detection\" content=\"telephone=no\"/>\n"
                       "<meta name=\"generator\" content=\"adpath " ADPATH_VERSION "\"/>\n<title>");
    adp_page_text(page, outcome);
    adp_page_raw(page, ": Active Directory discovery");
    if (file) {
        adp_page_raw(page, ", ");
        adp_page_text(page, file);
    }
    adp_page_raw(page, "</title>\n<style>");
    adp_page_raw(page, adp_html_style());
    adp_page_raw(page, "</style>\n</head>\n<body>\n");
}
