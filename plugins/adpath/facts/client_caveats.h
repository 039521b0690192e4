/* client_caveats.h
 * What is not plain about the client of a path, in sentences.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_CLIENT_CAVEATS_H
#define ADPATH_FACTS_CLIENT_CAVEATS_H

#include "join/model.h"

#include <glib.h>

/**
 * What is not plain about the path's client, a sentence each: that others share its address,
 * what its other address did before. Of char *, owned; free with g_ptr_array_unref().
 */
GPtrArray *adp_path_remarks(const adp_model *model, guint32 index);

#endif
