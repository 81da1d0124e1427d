/* SPDX-License-Identifier: Apache-2.0 */
#include "store/index_internal.h"

#include "base/fail.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BUSY_MS = 3000, APPLICATION_ID = 0x616b6978 /* "akix" */ };

/* Digests are looked up by their first eight bytes, as a number, and compared whole afterwards: the trees for
 * that are a quarter as large.  Map nodes are named by depth and as many bytes of the prefix as that has. */
static const char schema[] =
	"CREATE TABLE state(one INTEGER PRIMARY KEY CHECK(one=1), v BLOB NOT NULL);"
	"CREATE TABLE record(seq INTEGER PRIMARY KEY, id BLOB NOT NULL, statement BLOB NOT NULL,"
	" signatures BLOB NOT NULL, time INTEGER NOT NULL, type TEXT NOT NULL, scheme TEXT NOT NULL,"
	" id8 INTEGER NOT NULL, statement8 INTEGER NOT NULL);"
	"CREATE INDEX record_id ON record(id8);"
	"CREATE INDEX record_statement ON record(statement8);"
	"CREATE INDEX record_type ON record(type, seq);"
	"CREATE TABLE about(subject BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(subject, seq)) WITHOUT ROWID;"
	"CREATE TABLE tree(node INTEGER PRIMARY KEY, hash BLOB NOT NULL);"
	"CREATE TABLE map(name BLOB PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE searched(one INTEGER PRIMARY KEY CHECK(one=1), seq INTEGER NOT NULL, by BLOB NOT NULL);"
	"CREATE TABLE entry(seq INTEGER PRIMARY KEY, type TEXT NOT NULL, subject TEXT NOT NULL, title TEXT NOT NULL,"
	" text TEXT NOT NULL, json TEXT NOT NULL);"
	"CREATE VIRTUAL TABLE words USING fts5(subject, title, text, content='entry', content_rowid='seq',"
	" tokenize='trigram');";

static const char *const sql_text[AK_SQL_COUNT] = {
	[AK_SQL_PUT_RECORD] = "INSERT INTO record VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
	[AK_SQL_PUT_ABOUT] = "INSERT INTO about VALUES(?1,?2)",
	[AK_SQL_BY_ID] = "SELECT seq, id FROM record WHERE id8=?1 ORDER BY seq",
	[AK_SQL_BY_STATEMENT] = "SELECT seq, statement FROM record WHERE statement8=?1 ORDER BY seq",
	[AK_SQL_BY_SEQ] = "SELECT id, statement, signatures, time, type, scheme FROM record WHERE seq=?1",
	[AK_SQL_ABOUT] = "SELECT seq FROM about WHERE subject=?1 ORDER BY seq",
	/* scheme/kind:NAME: neither of the first two has a colon in it. */
	[AK_SQL_CALLED] = "SELECT DISTINCT seq FROM about WHERE substr(subject, instr(subject, X'3a') + 1)=?1 ORDER BY seq",
	[AK_SQL_NEWEST] = "SELECT max(seq) FROM about WHERE subject=?1",
	[AK_SQL_OF_TYPE] = "SELECT seq FROM record WHERE type=?1 ORDER BY seq",
	[AK_SQL_LAST] = "SELECT max(seq) FROM record",
	[AK_SQL_PUT_STATE] = "INSERT OR REPLACE INTO state VALUES(1,?1)",
	[AK_SQL_GET_STATE] = "SELECT v FROM state WHERE one=1",
	[AK_SQL_PUT_TREE] = "INSERT OR REPLACE INTO tree VALUES(?1,?2)",
	[AK_SQL_GET_TREE] = "SELECT hash FROM tree WHERE node=?1",
	[AK_SQL_PUT_MAP] = "INSERT OR REPLACE INTO map VALUES(?1,?2)",
	[AK_SQL_GET_MAP] = "SELECT v FROM map WHERE name=?1",
	[AK_SQL_PUT_ENTRY] = "INSERT OR REPLACE INTO entry VALUES(?1,?2,?3,?4,?5,?6)",
	/* The words of a row that is about to be replaced: an external-content table is told the old text. */
	[AK_SQL_DROP_TEXT] = ("INSERT INTO words(words, rowid, subject, title, text)"
	                      " SELECT 'delete', seq, subject, title, text FROM entry WHERE seq=?1"),
	[AK_SQL_PUT_TEXT] = "INSERT INTO words(rowid, subject, title, text) VALUES(?1,?2,?3,?4)",
	[AK_SQL_SEARCHED] = "SELECT seq FROM searched WHERE one=1 AND by=?1",
	[AK_SQL_SET_SEARCHED] = "INSERT OR REPLACE INTO searched VALUES(1,?1,?2)",
};

ak_status ak_index_fail(ak_index *x, int rc, const char *where, ak_error *err)
{
	const char *text = x->db == NULL ? sqlite3_errstr(rc) : sqlite3_errmsg(x->db);
	ak_status st;

	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		st = AK_NO_MEMORY;
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		st = AK_LOCKED;
		break;
	case SQLITE_TOOBIG:
		st = AK_LIMIT;
		break;
	case SQLITE_CONSTRAINT:
		st = AK_INVALID_ARGUMENT;
		break;
	case SQLITE_MISUSE:
	case SQLITE_ERROR:
	case SQLITE_RANGE:
		st = AK_INTERNAL;
		break;
	default: /* I/O, full disk, damage: could not be found out */
		st = AK_IO;
		break;
	}
	return ak_fail(err, st, where, 0, "%s: %s", x->path == NULL ? "index" : x->path, text);
}

ak_status ak_index_damaged(ak_error *err, const char *where)
{
	return ak_fail(err, AK_IO, where, 0, "the index is damaged");
}

static ak_status exec_sql(ak_index *x, const char *sql, ak_error *err)
{
	int rc = sqlite3_exec(x->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? AK_OK : ak_index_fail(x, rc, "index", err);
}

ak_status ak_index_stmt(ak_index *x, ak_index_sql which, sqlite3_stmt **out, ak_error *err)
{
	if (x->sql[which] == NULL) {
		int rc = sqlite3_prepare_v3(x->db, sql_text[which], -1, SQLITE_PREPARE_PERSISTENT, &x->sql[which],
		                            NULL);

		if (rc != SQLITE_OK)
			return ak_index_fail(x, rc, "index", err);
	}
	(void)sqlite3_reset(x->sql[which]);
	*out = x->sql[which];
	return AK_OK;
}

ak_status ak_index_row(ak_index *x, sqlite3_stmt *s, bool *row, const char *where, ak_error *err)
{
	int rc = sqlite3_step(s);

	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return ak_index_fail(x, rc, where, err);
	*row = rc == SQLITE_ROW;
	return AK_OK;
}

ak_status ak_index_run(ak_index *x, sqlite3_stmt *s, const char *where, ak_error *err)
{
	bool row;
	ak_status st = ak_index_row(x, s, &row, where, err);

	(void)sqlite3_reset(s);
	return st;
}

/* -- opening -- */

static void close_db(ak_index *x)
{
	for (size_t i = 0; i < AK_SQL_COUNT; i++) {
		(void)sqlite3_finalize(x->sql[i]);
		x->sql[i] = NULL;
	}
	(void)sqlite3_close(x->db);
	x->db = NULL;
	ak_index_vfs_free(&x->vfs);
}

void ak_index_free(ak_index **x)
{
	if (x == NULL || *x == NULL)
		return;
	close_db(*x);
	ak_mem_free((*x)->path);
	ak_mem_free(*x);
	*x = NULL;
}

/* The file may have been made by somebody else: nothing in its schema may act. */
static int restrain(sqlite3 *db)
{
	static const struct {
		int what, on;
	} rows[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
	};
	int rc = SQLITE_OK;

	for (size_t i = 0; rc == SQLITE_OK && i < sizeof(rows) / sizeof(rows[0]); i++)
		rc = sqlite3_db_config(db, rows[i].what, rows[i].on, NULL);
	return rc;
}

static ak_status connect_db(ak_index *x, const char *name, int flags, ak_error *err)
{
	int tail = AK_INDEX_PAGE_TAIL;
	ak_status st = ak_index_vfs_open(&x->vfs, err);
	int rc;

	if (st != AK_OK)
		return st;
	/* NOMUTEX: an ak_index is used by one thread at a time. */
	rc = sqlite3_open_v2(name, &x->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
	                     ak_index_vfs_name(x->vfs));
	if (rc == SQLITE_OK)
		rc = sqlite3_busy_timeout(x->db, BUSY_MS);
	if (rc == SQLITE_OK)
		rc = restrain(x->db);
	if (rc == SQLITE_OK)
		rc = sqlite3_file_control(x->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &tail);
	if (rc != SQLITE_OK)
		return ak_index_fail(x, rc, "index", err);
	return exec_sql(x,
	                     "PRAGMA page_size=4096; PRAGMA mmap_size=0; PRAGMA cell_size_check=ON;"
	                     "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY;"
	                     "PRAGMA cache_size=-32000; PRAGMA foreign_keys=OFF",
	                     err);
}

static ak_status pragma_number(ak_index *x, const char *sql, int64_t *out, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	bool row = false;
	ak_status st;
	int rc = sqlite3_prepare_v2(x->db, sql, -1, &s, NULL);

	if (rc != SQLITE_OK)
		return ak_index_fail(x, rc, "index", err);
	st = ak_index_row(x, s, &row, "index", err);
	if (st == AK_OK)
		*out = row ? sqlite3_column_int64(s, 0) : 0;
	(void)sqlite3_finalize(s);
	return st;
}

static ak_status create_schema(ak_index *x, ak_error *err)
{
	char marks[96];
	int64_t version = 0;
	ak_status st = exec_sql(x, "BEGIN IMMEDIATE", err);

	/* Somebody else may have been first while we waited. */
	if (st == AK_OK)
		st = pragma_number(x, "PRAGMA user_version", &version, err);
	if (st == AK_OK && version != 0)
		return exec_sql(x, "ROLLBACK", err);
	(void)snprintf(marks, sizeof(marks), "PRAGMA application_id=%d; PRAGMA user_version=%d",
	               (int)APPLICATION_ID, (int)AK_INDEX_VERSION);
	if (st == AK_OK)
		st = exec_sql(x, schema, err);
	if (st == AK_OK)
		st = exec_sql(x, marks, err);
	return st == AK_OK ? exec_sql(x, "COMMIT", err) : st;
}

/* A file with our marks is checked; an empty one gets its tables, anything else is AK_IO. */
static ak_status prepare_db(ak_index *x, ak_error *err)
{
	int64_t version = 0, application = 0, pages = 0;
	ak_status st = pragma_number(x, "PRAGMA user_version", &version, err);

	if (st == AK_OK)
		st = pragma_number(x, "PRAGMA application_id", &application, err);
	if (st == AK_OK)
		st = pragma_number(x, "PRAGMA page_count", &pages, err);
	if (st != AK_OK)
		return st;
	if (version == AK_INDEX_VERSION && application == APPLICATION_ID)
		return ak_index_check(x, err);
	if (pages > 0 || (x->read_only && x->path != NULL))
		return ak_fail(err, AK_IO, "index", 0, "not an index of this version");
	return create_schema(x, err);
}

/* Is this the kind of failure that an empty index answers? */
static bool is_unusable(ak_status st)
{
	return st == AK_IO || st == AK_INTERNAL || st == AK_INVALID_ARGUMENT || st == AK_LIMIT;
}

static ak_status open_file(ak_index *x, const char *path, ak_error *err)
{
	int flags = x->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	ak_status st = connect_db(x, path, flags, err);

	if (st == AK_OK)
		st = prepare_db(x, err);
	if (st != AK_OK)
		close_db(x);
	return st;
}

static ak_status open_memory(ak_index *x, ak_error *err)
{
	ak_status st;

	ak_mem_free(x->path);
	x->path = NULL;
	st = connect_db(x, ":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err);
	return st == AK_OK ? prepare_db(x, err) : st;
}

static ak_status discard(const char *path, ak_error *err)
{
	static const char *const tails[] = { "", "-journal", "-wal", "-shm" };
	char name[4096];

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		int n = snprintf(name, sizeof(name), "%s%s", path, tails[i]);

		if (n < 0 || (size_t)n >= sizeof(name))
			return ak_fail(err, AK_LIMIT, "index", 0, "the path is too long");
		if (unlink(name) != 0 && errno != ENOENT)
			return ak_fail(err, AK_IO, "index", 0, "cannot remove %s: %s", name, strerror(errno));
	}
	return AK_OK;
}

ak_status ak_index_open(const char *path, bool read_only, ak_index **out, ak_error *err)
{
	ak_index *x = ak_mem_alloc(sizeof(*x));
	ak_status st;

	if (x == NULL)
		return ak_no_memory(err, "index");
	x->read_only = read_only;
	x->path = ak_span_dup(ak_span_str(path));
	if (x->path == NULL) {
		ak_mem_free(x);
		return ak_no_memory(err, "index");
	}
	st = open_file(x, path, err);
	if (is_unusable(st) && read_only) {
		st = open_memory(x, err);
	} else if (is_unusable(st)) {
		st = discard(path, err);
		if (st == AK_OK)
			st = open_file(x, path, err);
	}
	if (st != AK_OK) {
		ak_index_free(&x);
		return st;
	}
	*out = x;
	return AK_OK;
}

/* -- transactions -- */

ak_status ak_index_begin(ak_index *x, ak_error *err)
{
	ak_status st;

	if (x->read_only)
		return ak_fail(err, AK_INVALID_ARGUMENT, "index", 0, "opened for reading only");
	ak_index_release(x);
	st = exec_sql(x, "BEGIN IMMEDIATE", err);
	if (st != AK_OK)
		return st;
	/* Under the lock: another process may have written since. */
	st = ak_index_load_counts(x, err);
	if (st != AK_OK)
		ak_index_rollback(x);
	return st;
}

ak_status ak_index_hold(ak_index *x, ak_index_state *out, ak_error *err)
{
	ak_status st;

	ak_index_release(x);
	st = exec_sql(x, "BEGIN", err);
	/* A deferred transaction begins with its first read. */
	if (st == AK_OK)
		st = ak_index_get_state(x, out, err);
	if (st != AK_OK)
		ak_index_release(x);
	return st;
}

/* Also ends what a writer left open: nothing of it is kept. */
void ak_index_release(ak_index *x)
{
	ak_index_rollback(x);
}

ak_status ak_index_commit(ak_index *x, const ak_index_state *s, ak_error *err)
{
	ak_status st = s == NULL ? AK_OK : ak_index_put_state(x, s, err);

	return st == AK_OK ? exec_sql(x, "COMMIT", err) : st;
}

void ak_index_rollback(ak_index *x)
{
	/* Some errors of SQLite have rolled back already. */
	if (x->db != NULL && !sqlite3_get_autocommit(x->db))
		(void)sqlite3_exec(x->db, "ROLLBACK", NULL, NULL, NULL);
}

ak_status ak_index_reset(ak_index *x, ak_error *err)
{
	ak_status st;

	if (x->read_only)
		return ak_fail(err, AK_INVALID_ARGUMENT, "index", 0, "opened for reading only");
	/* Anew rather than row by row: what is to be emptied may be beyond reading. */
	close_db(x);
	st = discard(x->path, err);
	return st == AK_OK ? open_file(x, x->path, err) : st;
}
