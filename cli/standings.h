/* SPDX-License-Identifier: Apache-2.0 */
/* standings.h - listings with their verdicts, as status and list --verdict show them */
#ifndef AK_CLI_STANDINGS_H
#define AK_CLI_STANDINGS_H

#include "answer.h"

/* "as of 2026-11-21, from the first 412 records": `o` has as_of and known_at, and so on as ak_ledger_verdicts answers. */
void ak_standings_head(const ak_cli *c, const json_t *o);
/* That there are none, or that there are some which do not count. */
void ak_standings_missing(const ak_cli *c, const json_t *o);
/* How many of each verdict, what is missing, and a line for each listing. */
void ak_standings_print(const ak_cli *c, const json_t *o);
/* How far evidence reaches, furthest first: as stored, the word for it, and what it means. */
typedef struct ak_standings_degree {
	const char *stored;
	ak_msg word, is;
} ak_standings_degree;
enum { AK_STANDINGS_REACHES = 4 };
extern const ak_standings_degree ak_standings_reaches[AK_STANDINGS_REACHES];
const char *ak_standings_reach(const ak_cli *c, const char *stored);
/* A date for a cell; "—" for none. */
const char *ak_standings_date(const ak_cli *c, const char *stored, char room[AK_CELL_ROOM]);

#endif
