/* SPDX-License-Identifier: Apache-2.0 */
/* draft.h - what the commands that make drafts have in common */
#ifndef AK_CLI_DRAFT_H
#define AK_CLI_DRAFT_H

#include "out.h"

/* Refuses early what ak_drafting_finish() would refuse late. */
int ak_drafting_can_write(const ak_cli *c);
/* Says so when the ledger has ended: what is drafted can never be sealed. */
void ak_drafting_caution(const ak_cli *c, ak_ledger *l);
/* Write the draft to -o FILE (stdout without it) and say which blanks are left to fill in, by the words of the scheme in use. */
int ak_drafting_finish(const ak_cli *c, const ak_text *draft);

/* "Meeting (/meeting), …": the blanks of a record of this type as people read and as --set takes them.  Freed with free(); NULL
 * without memory. */
char *ak_drafting_blanks(const ak_cli *c, const char *type, const json_t *blanks);

/* The documents of --document and --commit, or of --commit-only: read, hashed, committed to.  What opens a commitment, a fresh salt in it, is
 * written beside its document: FILE.opening.json. */
enum { AK_DOCUMENTS_MAX = 64 };
typedef struct ak_documents {
	ak_document doc[AK_DOCUMENTS_MAX];
	char *text[AK_DOCUMENTS_MAX * 2]; /* names and kinds, owned */
	char *salt[AK_DOCUMENTS_MAX];     /* openings written, owned */
	size_t n, n_texts, n_salts;
} ak_documents;
int ak_documents_read(const ak_cli *c, ak_documents *out); /* {0} before; clear after, also on failure */
int ak_documents_commit(const ak_cli *c, const char *kind, ak_documents *d); /* --commit-only FILE[:KIND]; `d` may hold names that are taken */
void ak_documents_undo(const ak_documents *d);             /* no draft came of it: take the openings away */
void ak_documents_tell(const ak_cli *c, const ak_documents *d);
void ak_documents_clear(ak_documents *d);

#endif
