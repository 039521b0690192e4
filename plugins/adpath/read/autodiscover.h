/* autodiscover.h
 * What the bodies of autodiscover say: POX, SOAP and JSON.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_AUTODISCOVER_H
#define ADPATH_READ_AUTODISCOVER_H

#include "log/observation.h"
#include "wire/arena.h"

/**
 * The form of autodiscover that a URL's path asks for.
 */
adp_autodiscover_form adp_autodiscover_form_of(const char *path);

/** Reads mailbox, error, redirect and has_settings out of a decoded body into `http`. */
void adp_autodiscover_read(adp_arena *arena, const char *body, gsize len, adp_obs_http *http);

/**
 * The mailbox in the target of a JSON request; NULL when there is none. What stands in
 * `*path_len` is then the length of the path without it.
 */
const char *adp_autodiscover_target_mailbox(adp_arena *arena, const char *target, gsize *path_len);

/**
 * Does a client that asked so go where the answer's Location sends it? Programs made with the
 * EWS Managed API do so only with https and a path like /autodiscover/autodiscover.xml;
 * any other place, such as a page for people, is "not here" to them. A client that asked in JSON goes
 * anywhere. `asked` NULL: not known.
 */
gboolean adp_autodiscover_follows(const adp_obs_http *asked, const char *location, gsize len);

#endif
