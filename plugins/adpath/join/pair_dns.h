/* pair_dns.h
 * Questions to DNS and their answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_PAIR_DNS_H
#define ADPATH_JOIN_PAIR_DNS_H

#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/**
 * Would a DNS message be kept? Asked before its records are read: `obs` needs no hosts.
 */
gboolean adp_model_wants_dns(const adp_model *model, const adp_obs *obs);
gboolean adp_feed_dns(adp_model *model, const adp_obs *obs, guint32 i);

#endif
