/* SPDX-License-Identifier: Apache-2.0 */
/* sign_many.h - many drafts or envelopes, told in one table, agreed to once, signed all or none */
#ifndef AK_CLI_SIGN_MANY_H
#define AK_CLI_SIGN_MANY_H

#include "cli.h"

/* The operands: files, or the folder of a meeting (meeting.h).  `l`: NULL when there is none here. */
int ak_sign_many(ak_cli *c, ak_ledger *l);

#endif
