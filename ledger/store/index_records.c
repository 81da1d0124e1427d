/* SPDX-License-Identifier: Apache-2.0 */
#include "store/index_internal.h"

#include "base/fail.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { SEQS_MAX = 1 << 28 };

/* The first eight bytes as a number that SQLite can hold. */
static sqlite3_int64 head8(const ak_digest *d)
{
	return (sqlite3_int64)ak_get_be64(d->b);
}

static int bind_digest(sqlite3_stmt *s, int at, const ak_digest *d)
{
	return sqlite3_bind_blob(s, at, d->b, AK_DIGEST_LEN, SQLITE_STATIC);
}

static bool column_digest(sqlite3_stmt *s, int at, ak_digest *out)
{
	const void *v = sqlite3_column_blob(s, at);

	if (v == NULL || sqlite3_column_bytes(s, at) != AK_DIGEST_LEN)
		return false;
	memcpy(out->b, v, AK_DIGEST_LEN);
	return true;
}

static bool column_name(sqlite3_stmt *s, int at, char out[64])
{
	const unsigned char *v = sqlite3_column_text(s, at);
	int n = sqlite3_column_bytes(s, at);

	if (v == NULL || n > 63)
		return false;
	memcpy(out, v, (size_t)n);
	out[n] = '\0';
	return true;
}

ak_status ak_index_put_record(ak_index *x, const ak_index_record *r, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	ak_status st;
	int rc;

	if (r->seq > INT64_MAX)
		return ak_fail(err, AK_LIMIT, "index.record", r->seq, "seq is out of range");
	st = ak_index_stmt(x, AK_SQL_PUT_RECORD, &s, err);
	if (st != AK_OK)
		return st;
	rc = sqlite3_bind_int64(s, 1, (sqlite3_int64)r->seq);
	rc |= bind_digest(s, 2, &r->id);
	rc |= bind_digest(s, 3, &r->statement);
	rc |= bind_digest(s, 4, &r->signatures);
	rc |= sqlite3_bind_int64(s, 5, r->time);
	rc |= sqlite3_bind_text(s, 6, r->type, -1, SQLITE_STATIC);
	rc |= sqlite3_bind_text(s, 7, r->scheme, -1, SQLITE_STATIC);
	rc |= sqlite3_bind_int64(s, 8, head8(&r->id));
	rc |= sqlite3_bind_int64(s, 9, head8(&r->statement));
	if (rc != SQLITE_OK)
		return ak_no_memory(err, "index.record");
	return ak_index_run(x, s, "index.record", err);
}

static ak_status bind_subject(ak_index *x, ak_index_sql which, ak_span subject, sqlite3_stmt **out, ak_error *err)
{
	ak_status st;

	if (subject.len == 0 || subject.len > 1024)
		return ak_fail(err, AK_INVALID_ARGUMENT, "index.subject", subject.len, "empty, or too long");
	st = ak_index_stmt(x, which, out, err);
	if (st == AK_OK && sqlite3_bind_blob(*out, 1, subject.data, (int)subject.len, SQLITE_STATIC) != SQLITE_OK)
		st = ak_no_memory(err, "index.subject");
	return st;
}

ak_status ak_index_put_about(ak_index *x, uint64_t seq, ak_span subject, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	ak_status st = bind_subject(x, AK_SQL_PUT_ABOUT, subject, &s, err);

	if (st == AK_OK && seq > INT64_MAX)
		st = ak_fail(err, AK_LIMIT, "index.about", seq, "seq is out of range");
	if (st != AK_OK)
		return st;
	if (sqlite3_bind_int64(s, 2, (sqlite3_int64)seq) != SQLITE_OK)
		return ak_no_memory(err, "index.about");
	st = ak_index_run(x, s, "index.about", err);
	if (st == AK_OK)
		x->n_about++;
	return st;
}

static ak_status not_found(ak_error *err, const char *where, const ak_digest *d)
{
	char text[AK_DIGEST_TEXT_LEN + 1];

	ak_digest_format(d, text);
	return ak_fail(err, AK_NOT_FOUND, where, 0, "%s is not in the index", text);
}

static ak_status by_digest(ak_index *x, ak_index_sql which, const char *where, const ak_digest *d, uint64_t *seq,
                           ak_error *err)
{
	sqlite3_stmt *s = NULL;
	ak_status st = ak_index_stmt(x, which, &s, err);
	ak_digest have;
	bool row, found = false;

	if (st != AK_OK)
		return st;
	if (sqlite3_bind_int64(s, 1, head8(d)) != SQLITE_OK)
		return ak_no_memory(err, where);
	for (;;) {
		st = ak_index_row(x, s, &row, where, err);
		if (st != AK_OK || !row)
			break;
		if (!column_digest(s, 1, &have)) {
			st = ak_index_damaged(err, where);
			break;
		}
		found = ak_digest_eq(&have, d);
		if (found)
			break;
	}
	if (st == AK_OK && found)
		*seq = (uint64_t)sqlite3_column_int64(s, 0);
	else if (st == AK_OK)
		st = not_found(err, where, d);
	(void)sqlite3_reset(s);
	return st;
}

ak_status ak_index_by_id(ak_index *x, const ak_digest *id, uint64_t *seq, ak_error *err)
{
	return by_digest(x, AK_SQL_BY_ID, "index.id", id, seq, err);
}

ak_status ak_index_by_statement(ak_index *x, const ak_digest *statement, uint64_t *seq, ak_error *err)
{
	return by_digest(x, AK_SQL_BY_STATEMENT, "index.statement", statement, seq, err);
}

ak_status ak_index_by_seq(ak_index *x, uint64_t seq, ak_index_record *out, ak_error *err)
{
	ak_index_record r = { .seq = seq };
	sqlite3_stmt *s = NULL;
	bool row = false;
	ak_status st = ak_index_stmt(x, AK_SQL_BY_SEQ, &s, err);

	if (st != AK_OK)
		return st;
	if (sqlite3_bind_int64(s, 1, (sqlite3_int64)seq) != SQLITE_OK)
		return ak_no_memory(err, "index.record");
	st = ak_index_row(x, s, &row, "index.record", err);
	if (st == AK_OK && (!row || seq > INT64_MAX))
		st = ak_fail(err, AK_NOT_FOUND, "index.record", seq, "not in the index");
	if (st == AK_OK) {
		if (!column_digest(s, 0, &r.id) || !column_digest(s, 1, &r.statement) ||
		    !column_digest(s, 2, &r.signatures) || !column_name(s, 4, r.type) || !column_name(s, 5, r.scheme))
			st = ak_index_damaged(err, "index.record");
		r.time = sqlite3_column_int64(s, 3);
	}
	(void)sqlite3_reset(s);
	if (st == AK_OK)
		*out = r;
	return st;
}

/* All rows of a bound statement that gives seqs. */
static ak_status gather(ak_index *x, sqlite3_stmt *s, const char *where, uint64_t **seqs, size_t *n, ak_error *err)
{
	void *items = NULL;
	size_t count = 0, cap = 0;
	ak_status st;
	bool row;

	for (;;) {
		st = ak_index_row(x, s, &row, where, err);
		if (st != AK_OK || !row)
			break;
		if (count >= SEQS_MAX)
			st = ak_fail(err, AK_LIMIT, where, count, "too many records");
		if (st == AK_OK)
			st = ak_mem_grow(&items, &cap, count + 1, sizeof(uint64_t), err);
		if (st != AK_OK)
			break;
		((uint64_t *)items)[count++] = (uint64_t)sqlite3_column_int64(s, 0);
	}
	(void)sqlite3_reset(s);
	if (st != AK_OK) {
		ak_mem_free(items);
		return st;
	}
	*seqs = items;
	*n = count;
	return AK_OK;
}

ak_status ak_index_about(ak_index *x, ak_span subject, uint64_t **seqs, size_t *n, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	ak_status st = bind_subject(x, AK_SQL_ABOUT, subject, &s, err);

	return st == AK_OK ? gather(x, s, "index.about", seqs, n, err) : st;
}

ak_status ak_index_called(ak_index *x, ak_span name, uint64_t **seqs, size_t *n, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	ak_status st = bind_subject(x, AK_SQL_CALLED, name, &s, err);

	return st == AK_OK ? gather(x, s, "index.about", seqs, n, err) : st;
}

ak_status ak_index_newest(ak_index *x, ak_span subject, uint64_t *seq, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	bool row = false;
	ak_status st = bind_subject(x, AK_SQL_NEWEST, subject, &s, err);

	if (st != AK_OK)
		return st;
	st = ak_index_row(x, s, &row, "index.about", err);
	if (st == AK_OK && (!row || sqlite3_column_type(s, 0) == SQLITE_NULL))
		st = ak_fail(err, AK_NOT_FOUND, "index.about", 0, "no record about %.*s",
		             subject.len > 128 ? 128 : (int)subject.len, (const char *)subject.data);
	if (st == AK_OK)
		*seq = (uint64_t)sqlite3_column_int64(s, 0);
	(void)sqlite3_reset(s);
	return st;
}

ak_status ak_index_of_type(ak_index *x, const char *type, uint64_t **seqs, size_t *n, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	ak_status st = ak_index_stmt(x, AK_SQL_OF_TYPE, &s, err);

	if (st == AK_OK && sqlite3_bind_text(s, 1, type, -1, SQLITE_STATIC) != SQLITE_OK)
		st = ak_no_memory(err, "index.type");
	return st == AK_OK ? gather(x, s, "index.type", seqs, n, err) : st;
}
