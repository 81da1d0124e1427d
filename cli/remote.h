/* SPDX-License-Identifier: Apache-2.0 */
/* remote.h - how a ledger stands to its remote, in words */
#ifndef AK_CLI_REMOTE_H
#define AK_CLI_REMOTE_H

#include "cli.h"

#include <jansson.h>

/* Of the repository at c->dir.  On EXIT_HOLDS *out is the answer of ak_repository_remote, freed with json_decref(). */
int ak_remote_ask(const ak_cli *c, json_t **out);
/* One or two lines, on stdout. */
void ak_remote_tell(const ak_cli *c, const json_t *o);
/* EXIT_HOLDS: the same head, or no remote; EXIT_DOES_NOT_HOLD: behind or apart; EXIT_NOT_DECIDED: ahead or not reached. */
int ak_remote_exit(const json_t *o);

#endif
