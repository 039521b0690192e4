/* krb_error.h
 * The catalogue of Kerberos error codes, and of encryption types.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_KRB_ERROR_H
#define ADPATH_WIRE_KRB_ERROR_H

#include <glib.h>

/** What a Kerberos error code says about a flow by itself. */
typedef enum {
    ADP_KRB_NORMAL,  /* part of healthy flow when the expected next step follows */
    ADP_KRB_CONTEXT, /* depends on what comes after it */
    ADP_KRB_FAULT
} adp_krb_class;

typedef struct {
    gint32 code;
    const char *name; /* the RFC's constant */
    adp_krb_class class;
    const char *meaning; /* one line for people; NULL for codes nobody sends */
} adp_krb_error;

/** The row of a code; NULL for codes outside the table (it holds 0 to 95 and 100). */
const adp_krb_error *adp_krb_error_find(gint32 code);

/** The RFC's constant, "KRB_ERROR_UNASSIGNED" for a code without one. Never NULL. */
const char *adp_krb_error_name(gint32 code);

/** What the error means, or a general phrase. Never NULL. */
const char *adp_krb_error_meaning(gint32 code);

/** True when the code by itself belongs to healthy flow (25, 32, 52, 90, 91). */
gboolean adp_krb_error_is_normal(gint32 code);

/**
 * How many bytes of a service's name tell which service is meant. A domain may be called
 * krbtgt/CORP or krbtgt/corp.test, by its short or its full name: only the first label counts.
 */
gsize adp_krbtgt_len(const char *spn);

/** "AES256", "RC4", ... for people; NULL for a type that the catalogue does not have. */
const char *adp_etype_name(gint32 etype);

/** DES and RC4. */
gboolean adp_etype_is_weak(gint32 etype);

#endif
