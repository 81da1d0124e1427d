/* SPDX-License-Identifier: Apache-2.0 */
/* times.h - what proves when checkpoints were there, for people */
#ifndef AK_CLI_TIMES_H
#define AK_CLI_TIMES_H

#include "out.h"

enum { AK_TIMES_WITHIN = 365, AK_TIMES_WITHIN_MAX = 36500, AK_CERTIFICATE_WITHIN = 90 /* of keys: renewed later than proofs */ };

/* --within, or the usual number of days. */
int ak_times_within(const ak_cli *c, uint32_t *days);
/* One line on the next renewal and a warning for what is wrong, of the answer of ak_ledger_times; nothing when there is no proof. */
void ak_times_countdown(const ak_cli *c, const json_t *times, bool ended);

/* akashi timestamp list | renew */
int ak_times_list(ak_cli *c);
int ak_times_renew(ak_cli *c);

#endif
