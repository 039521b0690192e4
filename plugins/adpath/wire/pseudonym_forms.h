/* pseudonym_forms.h
 * Pseudonyms in what names stand in: DNS names, principals, DNs, URLs.
 *
 * All append to `out`. The structure stays: a host below its domain, a realm that is the domain in capitals, the
 * class of a service principal, ports, attributes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_PSEUDONYM_FORMS_H
#define ADPATH_WIRE_PSEUDONYM_FORMS_H

#include "wire/pseudonym.h"

#include <glib.h>

/** A DNS name, flat name, realm or IP address. */
void adp_pseudonym_name(adp_pseudonyms *names, GString *out, const char *text, gsize len,
                        adp_name_kind kind);

/** A name of Kerberos or an account: HTTP/host, HOST$, user@realm, DOMAIN\user. */
void adp_pseudonym_principal(adp_pseudonyms *names, GString *out, const char *text, gsize len);

void adp_pseudonym_dn(adp_pseudonyms *names, GString *out, const char *text, gsize len);

void adp_pseudonym_url(adp_pseudonyms *names, GString *out, const char *text, gsize len);

/** A value that may be any of these; what it is, its form tells. */
void adp_pseudonym_value(adp_pseudonyms *names, GString *out, const char *text, gsize len,
                         adp_name_kind kind);

/** The name of an AD site: one name, whatever characters it has. */
void adp_pseudonym_site(adp_pseudonyms *names, GString *out, const char *text);

/** The name of an attribute: part of the schema, unless it is a name of the house. */
void adp_pseudonym_attribute(adp_pseudonyms *names, GString *out, const char *text);

/** Appends the GUID (36 characters) itself if it is a product's, else what stands for it. */
void adp_pseudonym_append_any_guid(adp_pseudonyms *names, GString *out, const char *text);

/** What a text is by its form: an IP address, digits, something that begins with "attribute=". */
gboolean adp_form_is_address(const char *text, gsize len);
gboolean adp_form_is_number(const char *text, gsize len);
gboolean adp_form_is_dn(const char *text, gsize len);

#endif
