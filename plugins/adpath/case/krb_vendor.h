/* krb_vendor.h
 * Whose KDC it is, as far as one answer of it tells.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_CASE_KRB_VENDOR_H
#define ADPATH_CASE_KRB_VENDOR_H

#include "join/model.h"

#include <glib.h>

typedef enum {
    ADP_VENDOR_UNKNOWN,
    ADP_VENDOR_WINDOWS,
    ADP_VENDOR_SAMBA,
    ADP_VENDOR_HEIMDAL, /* or Samba's, which is made of it */
    ADP_VENDOR_MIT
} adp_vendor;

typedef struct {
    adp_vendor vendor;
    gboolean sure;      /* FALSE: only by what the answer lacks */
    const char *reason; /* what tells so, for people; NULL when nothing does */
} adp_krb_vendor_facts;

/** By the step's answer; only errors tell. UNKNOWN for a step that is no exchange with a KDC. */
adp_krb_vendor_facts adp_krb_vendor(const adp_model *model, const adp_step *step);

#endif
