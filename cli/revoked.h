/* SPDX-License-Identifier: Apache-2.0 */
/* revoked.h - whose keys a revocation ends, for people who sign it */
#ifndef AK_CLI_REVOKED_H
#define AK_CLI_REVOKED_H

#include "out.h"

/* "運営委員会 委員丙 [c]（2848…f0fd）", the whole key id with --full; of a key that nobody in the ledger has, that.  `l` may be NULL: the
 * key id alone.  Freed with free(); NULL without memory. */
char *ak_revoked_key(const ak_cli *c, ak_ledger *l, const char *keyid);
/* A line for each key of a record about `about` (an array of subjects): for one that was sealed. */
void ak_revoked_print(const ak_cli *c, ak_ledger *l, const json_t *about, FILE *to, size_t indent);
/* Refuses the body of a revocation that names a key which is no enrolled key of a party: such a record is never sealed. */
int ak_revoked_check(const ak_cli *c, ak_ledger *l, const char *file, const json_t *body);

#endif
