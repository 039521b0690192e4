/* kind_web.h
 * Autodiscover over HTTP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_KIND_WEB_H
#define ADPATH_FACTS_KIND_WEB_H

#include "facts/kind.h"

extern const adp_kind adp_kind_autodiscover;

#endif
