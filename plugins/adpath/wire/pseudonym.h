/* pseudonym.h
 * Names of a house and what stands for them in a report that leaves it.
 *
 * The same name always has the same pseudonym, whatever the case of its letters and wherever it stands. What
 * is public (well-known labels, classes, GUIDs, hosts of cloud services) stays as it is; whatever is not known to be public is
 * replaced.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_PSEUDONYM_H
#define ADPATH_WIRE_PSEUDONYM_H

#include <glib.h>

typedef struct adp_pseudonyms adp_pseudonyms;

/** What a name is taken for where it is seen first; its pseudonym says so. */
typedef enum {
    ADP_NAMED_HOST,
    ADP_NAMED_DOMAIN,
    ADP_NAMED_USER,
    ADP_NAMED_SITE,
    ADP_NAMED_OTHER,
    ADP_NAMED_KINDS
} adp_name_kind;

/**
 * @param key  a secret word: the same word gives a name the same pseudonym in every capture. NULL or empty:
 *             pseudonyms are numbered in the order in which the capture shows the names.
 */
adp_pseudonyms *adp_pseudonyms_new(const char *key);
void adp_pseudonyms_free(adp_pseudonyms *names);

/** Names that are not in the table yet get no pseudonym from now on, but a word that says nothing; or do again. */
void adp_pseudonyms_freeze(adp_pseudonyms *names, gboolean frozen);

/** Is there a pseudonym for this name, without regard to case? */
gboolean adp_pseudonyms_know(const adp_pseudonyms *names, const char *name, gsize len);

/**
 * Appends what stands for one name (a label, a user, any text that is not looked into). Capitals stay capitals. A
 * NetBIOS name that is the beginning of a longer host name stays that.
 */
void adp_pseudonym_append(adp_pseudonyms *names, GString *out, const char *name, gsize len,
                          adp_name_kind kind);

/** Appends what stands for an IP address in text form; well-known ones stay. A subnet (/24, /64) stays together. */
void adp_pseudonym_append_address(adp_pseudonyms *names, GString *out, const char *address);

/** Appends what stands for a GUID of 36 characters. */
void adp_pseudonym_append_guid(adp_pseudonyms *names, GString *out, const char *guid);

/** Appends as many bytes as `count`, escaped as in a filter (\xx with the backslash alone). */
void adp_pseudonym_append_bytes(adp_pseudonyms *names, GString *out, const guint8 *bytes,
                                gsize count);

/** Is it the text of a GUID? */
gboolean adp_is_guid(const char *text, gsize len);

#endif
