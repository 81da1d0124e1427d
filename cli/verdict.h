/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.h - the report of ak_ledger_verify() for people: the answer, why, the chain, where it rests */
#ifndef AK_CLI_VERDICT_H
#define AK_CLI_VERDICT_H

#include "out.h"

void ak_verdict_print(const ak_cli *c, const json_t *report);
int ak_verdict_exit(ak_verdict v);

/* Its parts. */
ak_msg ak_verdict_word(const json_t *report);                   /* "VALID", "NOT VALID" …                         */
bool ak_verdict_ended(const json_t *report);                   /* the ledger ended before the day asked about     */
void ak_verdict_answer(const ak_cli *c, const json_t *report);  /* the first line and what decided                */
void ak_verdict_use(const ak_cli *c, const json_t *report);     /* what was asked of the use, and what is on record of it */
void ak_verdict_chain(const ak_cli *c, const json_t *report);   /* the steps, what is missing, the audit periods */
void ak_verdict_periods(const ak_cli *c, const json_t *report); /* one unbroken line of time, or where it breaks */
void ak_verdict_missing(const ak_cli *c, const json_t *report); /* links of the chain that are not on record      */
void ak_verdict_rest(const ak_cli *c, const json_t *report);    /* what else was found, and the ground            */
void ak_verdict_ground(const ak_cli *c, const json_t *report);  /* ledger, completeness, warnings, notice         */

/* ---- what can be asked of a use (verdict_use.c) ---- */
typedef struct ak_asked_of_use {
	const char *question, *path; /* in the report */
	ak_msg name;
} ak_asked_of_use;

enum { AK_ASKED_OF_USE = 5 };
extern const ak_asked_of_use ak_asked_of_uses[AK_ASKED_OF_USE];
/* What was asked, in words; "" when nothing was. */
const char *ak_verdict_asked(const ak_cli *c, const json_t *report, const ak_asked_of_use *q, char *out, size_t room);
/* Its n-th answer; NULL past the last. */
const json_t *ak_verdict_answered(const json_t *report, const char *question, size_t n);
/* What stands in place of an answer. */
ak_msg ak_verdict_not_answered(const char *question);
const char *ak_verdict_sign(const json_t *answer); /* "✓", "✗" or "?" */
const char *ak_verdict_says(const ak_cli *c, const json_t *answer, char *out, size_t room);

#endif
