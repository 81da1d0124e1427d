/* SPDX-License-Identifier: Apache-2.0 */
/* standing.h - drafts that change which keys stand: a keyset that follows the one in force, keys that are revoked */
#ifndef AK_CLI_STANDING_H
#define AK_CLI_STANDING_H

#include "cli.h"

/* The body of the keyset that follows the one in force: what --operator, --heartbeat, --root-keys and --threshold name, the rest as it is.
 * In --root-keys the name of a holder of now stands for that holder with its key.  JSON, freed with free(). */
int ak_standing_next_keyset(const ak_cli *c, ak_ledger *l, char **body);
/* "[{\"id\":…}…]" of the keys that --key names: files with the public or private key, or ids of 64 hex digits.  Freed with free(). */
int ak_standing_keys(const ak_cli *c, char **keys);

#endif
