/* SPDX-License-Identifier: Apache-2.0 */
/* findings.h - what the scheme's rules found, for people */
#ifndef AK_CLI_FINDINGS_H
#define AK_CLI_FINDINGS_H

#include "out.h"

/* The clause that a finding rests on, and whether anybody has compared it with the text in force.  Into `out`, cut to fit. */
const char *ak_finding_basis_words(const ak_cli *c, const json_t *finding, char *out, size_t room);
/* The same behind "basis: ". */
const char *ak_finding_basis(const ak_cli *c, const json_t *finding, char *out, size_t room);
enum { AK_BASIS_ROOM = 2048 };
/* One finding: severity, rule, text; then expected and found, basis, record, next step. */
void ak_finding_print(const ak_cli *c, const json_t *finding, size_t indent);
/* All of o.findings. */
void ak_findings_print(const ak_cli *c, const json_t *o, size_t indent);

/* The finding that decided a verdict: the first of the worst severity that is no warning, or NULL. */
const json_t *ak_finding_deciding(const json_t *verdict);
/* Why a verdict is as it is, for the cell of a table, by "reason" and "finding" of a row: "E01  the listing names no decision". */
const char *ak_finding_reason(const ak_cli *c, const json_t *row, char *out, size_t room);

#endif
