/* http.h
 * HTTP/1 messages, as bytes: what is asked of autodiscover, and how both ends authenticate.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_HTTP_H
#define ADPATH_READ_HTTP_H

#include "read/frame.h"

/** An `http` item: one message. `body` is the item of its decoded body, or NULL. */
void adp_read_http(adp_frame *frame, const field_info *fi, const field_info *body);

#endif
