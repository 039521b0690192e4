/* inferred_told.h
 * What is said of statements about sealed traffic: by endpoint, and in a path's verdict.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_INFERRED_TOLD_H
#define ADPATH_JUDGE_INFERRED_TOLD_H

#include "judge/endpoint.h"
#include "judge/inferred.h"

#include <glib.h>

/** Of adp_inferred_find(), those of the path: `*count` of them from the returned place on. */
guint adp_inferred_of_path(const GPtrArray *all, guint32 path, guint *count);

/** What a statement is about: the URL of its endpoint, "the directory", "the search". The statement's, or constant. */
const char *adp_inferred_subject(const adp_inferred *item);

/** How the endpoint ended, "probably ok" and "probably failed" included. Constant. */
const char *adp_inferred_outcome(const GPtrArray *all, guint32 path, const adp_endpoint *endpoint);

/**
 * "probably mail.contoso.test served the client; ... would prove it": what a path's verdict says of them. Free
 * with g_free(); NULL: nothing.
 */
char *adp_inferred_verdict(const GPtrArray *all, guint32 path);

#endif
