/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.h - the report of ak_ledger_verify() for people: the answer, why, the chain, where it rests */
#ifndef AK_CLI_VERDICT_H
#define AK_CLI_VERDICT_H

#include "out.h"

void ak_verdict_print(const ak_cli *c, const json_t *report);

/* Its parts, for verdict.c. */
void ak_verdict_chain(const ak_cli *c, const json_t *report);   /* the steps, what is missing, the audit periods */
void ak_verdict_periods(const ak_cli *c, const json_t *report); /* one unbroken line of time, or where it breaks */
void ak_verdict_ground(const ak_cli *c, const json_t *report);  /* ledger, completeness, warnings, notice         */

#endif
