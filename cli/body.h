/* SPDX-License-Identifier: Apache-2.0 */
/* body.h - the fields of a record's body, one a line, for people to read before they sign and after */
#ifndef AK_CLI_BODY_H
#define AK_CLI_BODY_H

#include "out.h"

/* "  監査対象期間 初日  2025年4月1日": every leaf by what its type's schema calls it (its pointer when nothing is known, and with
 * --full), in stored order, at most `lines`, then how many are left out.  `type` may be NULL; where `l` is not, the digest of a record
 * of that ledger is told by its number and title too.
 *
 * Keyset, profile and party are told in a few lines instead, unless --full: what they decide, not how it is encoded. */
void ak_body_print(const ak_cli *c, ak_ledger *l, FILE *to, const char *type, json_t *body, size_t indent, size_t lines);

/* body_core.c: true when `type` is one of those and has been told; *rest is then what was not, and the caller's.  `l` may be NULL. */
bool ak_body_core(const ak_cli *c, ak_ledger *l, FILE *to, const char *type, json_t *body, size_t indent, json_t **rest);
/* A record that an erasure names, in a line: number, type, subject, when it was sealed.  Freed with free(); NULL: not in this ledger, or none. */
char *ak_body_of_erased(const ak_cli *c, ak_ledger *l, const char *record);

#endif
