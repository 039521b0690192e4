/* pseudonym_words.h
 * What is public: words that say nothing of the house whose capture has them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_PSEUDONYM_WORDS_H
#define ADPATH_WIRE_PSEUDONYM_WORDS_H

#include <glib.h>

typedef enum {
    ADP_PUBLIC_LABEL,   /* of DNS, anywhere in a name */
    ADP_PUBLIC_TOP,     /* of DNS, the last label */
    ADP_PUBLIC_CLASS,   /* of a service principal */
    ADP_PUBLIC_ACCOUNT, /* of every domain */
    ADP_PUBLIC_RDN,     /* a name of every directory's containers */
    ADP_PUBLIC_GUID,
    ADP_PUBLIC_PATH, /* a part of a URL's path */
    ADP_PUBLIC_WORD, /* of sentences that servers of the protocols say */
    ADP_PUBLIC_KINDS
} adp_public;

/** Without regard to case. */
gboolean adp_is_public(adp_public kind, const char *text, gsize len);

/** How long the end of the name is that is public ("outlook.com"); 0: none is. */
gsize adp_public_end(const char *name, gsize len);

#endif
