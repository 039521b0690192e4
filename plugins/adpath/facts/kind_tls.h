/* kind_tls.h
 * Handshakes of TLS.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_KIND_TLS_H
#define ADPATH_FACTS_KIND_TLS_H

#include "facts/kind.h"

extern const adp_kind adp_kind_tls;

#endif
