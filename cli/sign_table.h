/* SPDX-License-Identifier: Apache-2.0 */
/* sign_table.h - many files that are signed at once, as one table */
#ifndef AK_CLI_SIGN_TABLE_H
#define AK_CLI_SIGN_TABLE_H

#include "signing.h"

#include <jansson.h>

enum { AK_MANY_KEYS = 64, AK_MANY_NO_CELLS = 5, AK_MANY_TEXT = 2048 };

typedef struct ak_many {
	ak_ledger *ledger;  /* borrowed, or NULL */
	const char *folder; /* of the meeting, or NULL: files */
	json_t *index;      /* owned */
	char **path;        /* owned, each */
	ak_signing *s;      /* owned */
	size_t n;
	ak_secret *key[AK_MANY_KEYS]; /* owned */
	size_t n_keys, signatures;    /* signatures: made in this run */
} ak_many;

/* The meeting's case of file i, or NULL. */
const json_t *ak_many_case(const ak_many *m, size_t i);

/* "決定 C24-0101-2 更新 登録": out of what is signed, not of what is said about it. */
const char *ak_many_what(const ak_cli *c, const ak_signing *s, char out[AK_MANY_TEXT]);

/* What a row's second column is made of; what ak_many_row() answers lies in one of them, or in the record. */
typedef struct ak_many_row_text {
	char what[AK_MANY_TEXT], all[AK_MANY_TEXT + 128], cut[AK_MANY_TEXT];
} ak_many_row_text;

/* How wide the row's second column is: what stands before and behind it fits on the line. */
size_t ak_many_cells(const ak_cli *c);
/* What fits into the row's second column; good while t and the record are. */
const char *ak_many_row(const ak_cli *c, const ak_many *m, size_t i, ak_many_row_text *t);

/* All of them, with what speaks against each, to standard error. */
void ak_many_table(const ak_cli *c, const ak_many *m);

#endif
