/* SPDX-License-Identifier: Apache-2.0 */
/* index_internal.h - what the index*.c files share (internal to the store) */
#ifndef AK_STORE_INDEX_INTERNAL_H
#define AK_STORE_INDEX_INTERNAL_H

#include "store/index.h"

#include <sqlite3.h>

enum { AK_INDEX_VERSION = 3 };

/* Statements that are used over and over are prepared once. */
typedef enum ak_index_sql {
	AK_SQL_PUT_RECORD,
	AK_SQL_PUT_ABOUT,
	AK_SQL_BY_ID,
	AK_SQL_BY_STATEMENT,
	AK_SQL_BY_SEQ,
	AK_SQL_ABOUT,
	AK_SQL_CALLED,
	AK_SQL_NEWEST,
	AK_SQL_OF_TYPE,
	AK_SQL_LAST,
	AK_SQL_PUT_STATE,
	AK_SQL_GET_STATE,
	AK_SQL_PUT_TREE,
	AK_SQL_GET_TREE,
	AK_SQL_PUT_MAP,
	AK_SQL_GET_MAP,
	AK_SQL_PUT_ENTRY,
	AK_SQL_DROP_TEXT,
	AK_SQL_PUT_TEXT,
	AK_SQL_SEARCHED,
	AK_SQL_SET_SEARCHED,
	AK_SQL_COUNT
} ak_index_sql;

typedef struct ak_index_vfs ak_index_vfs;

struct ak_index {
	char *path; /* NULL: in memory, standing in for a file that a reader may not replace */
	bool read_only;
	ak_index_vfs *vfs;
	sqlite3 *db;
	sqlite3_stmt *sql[AK_SQL_COUNT];
	uint64_t n_about; /* rows of the table about, this transaction's included */
};

/* -- index_vfs.c: pages that carry a checksum -- */

enum { AK_INDEX_PAGE = 4096, AK_INDEX_PAGE_TAIL = 8 };

/* A file system of our own name in front of SQLite's, for one connection. */
AK_MUST_USE ak_status ak_index_vfs_open(ak_index_vfs **out, ak_error *err);
void ak_index_vfs_free(ak_index_vfs **v);
const char *ak_index_vfs_name(const ak_index_vfs *v);
/* 64-bit checksum of bytes, with a seed: against accidents, not against people. */
uint64_t ak_index_sum(const uint8_t *p, size_t len, uint64_t seed);

/* -- index.c -- */

/* The status for a SQLite result, with its text. */
ak_status ak_index_fail(ak_index *x, int rc, const char *where, ak_error *err);
/* The statement, prepared, reset and ready to be bound. */
AK_MUST_USE ak_status ak_index_stmt(ak_index *x, ak_index_sql which, sqlite3_stmt **out, ak_error *err);
/* Step a statement that gives no rows, then reset it. */
AK_MUST_USE ak_status ak_index_run(ak_index *x, sqlite3_stmt *s, const char *where, ak_error *err);
/* Step once: *row says whether there is a row.  The caller resets. */
AK_MUST_USE ak_status ak_index_row(ak_index *x, sqlite3_stmt *s, bool *row, const char *where, ak_error *err);
/* A value read back does not have the form it was written in. */
ak_status ak_index_damaged(ak_error *err, const char *where);

/* -- index_state.c -- */

/* Is the opened file a sound index of this version?  AK_IO when it is damaged. */
AK_MUST_USE ak_status ak_index_check(ak_index *x, ak_error *err);
AK_MUST_USE ak_status ak_index_load_counts(ak_index *x, ak_error *err);
AK_MUST_USE ak_status ak_index_put_state(ak_index *x, const ak_index_state *s, ak_error *err);

#endif
