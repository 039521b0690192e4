/* on_unix.h
 * What stands for a command of Windows on a client that has none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_ADVISE_ON_UNIX_H
#define ADPATH_ADVISE_ON_UNIX_H

/**
 * The template of the same command for a client with Linux; NULL: it is none that is run on the client
 * alone, or there is no other. Free with g_free().
 */
char *adp_advice_on_unix(const char *template);

#endif
