/* SPDX-License-Identifier: Apache-2.0 */
/* Search in the words of records.
 *
 * A query is cut at white space, the ideographic space too; a record is found when every term stands somewhere in
 * its subject, title or text.  Terms of three characters or more are looked up in the trigram table; shorter ones,
 * as most Japanese words are, are looked for in each row that is left. */
#include "store/index_internal.h"

#include "base/fail.h"
#include "base/text.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { QUERY_MAX = 4096, TERMS_MAX = 16 };

ak_status ak_index_searched(ak_index *x, const ak_digest *by, uint64_t *seq, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	bool row = false;
	ak_status st = ak_index_stmt(x, AK_SQL_SEARCHED, &s, err);

	if (st != AK_OK)
		return st;
	if (sqlite3_bind_blob(s, 1, by->b, AK_DIGEST_LEN, SQLITE_STATIC) != SQLITE_OK)
		return ak_no_memory(err, "index.searched");
	st = ak_index_row(x, s, &row, "index.searched", err);
	if (st == AK_OK)
		*seq = row ? (uint64_t)sqlite3_column_int64(s, 0) : 0;
	(void)sqlite3_reset(s);
	return st;
}

ak_status ak_index_set_searched(ak_index *x, uint64_t seq, const ak_digest *by, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	ak_status st;

	if (seq > INT64_MAX)
		return ak_fail(err, AK_LIMIT, "index.searched", seq, "seq is out of range");
	st = ak_index_stmt(x, AK_SQL_SET_SEARCHED, &s, err);
	if (st != AK_OK)
		return st;
	if (sqlite3_bind_int64(s, 1, (sqlite3_int64)seq) != SQLITE_OK ||
	    sqlite3_bind_blob(s, 2, by->b, AK_DIGEST_LEN, SQLITE_STATIC) != SQLITE_OK)
		return ak_no_memory(err, "index.searched");
	return ak_index_run(x, s, "index.searched", err);
}

static int bind_text(sqlite3_stmt *s, int at, const char *text)
{
	return sqlite3_bind_text(s, at, text == NULL ? "" : text, -1, SQLITE_STATIC);
}

/* A row may be put again: what was found by its old words no longer is. */
static ak_status drop_words(ak_index *x, uint64_t seq, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	ak_status st = ak_index_stmt(x, AK_SQL_DROP_TEXT, &s, err);

	if (st != AK_OK)
		return st;
	if (sqlite3_bind_int64(s, 1, (sqlite3_int64)seq) != SQLITE_OK)
		return ak_no_memory(err, "index.entry");
	return ak_index_run(x, s, "index.entry", err);
}

ak_status ak_index_put_entry(ak_index *x, const ak_index_entry *e, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	ak_status st;
	int rc;

	if (e->seq > INT64_MAX)
		return ak_fail(err, AK_LIMIT, "index.entry", e->seq, "seq is out of range");
	st = drop_words(x, e->seq, err);
	if (st == AK_OK)
		st = ak_index_stmt(x, AK_SQL_PUT_ENTRY, &s, err);
	if (st != AK_OK)
		return st;
	rc = sqlite3_bind_int64(s, 1, (sqlite3_int64)e->seq);
	rc |= bind_text(s, 2, e->type) | bind_text(s, 3, e->subject) | bind_text(s, 4, e->title);
	rc |= bind_text(s, 5, e->text) | bind_text(s, 6, e->json);
	if (rc != SQLITE_OK)
		return ak_no_memory(err, "index.entry");
	st = ak_index_run(x, s, "index.entry", err);
	if (st == AK_OK)
		st = ak_index_stmt(x, AK_SQL_PUT_TEXT, &s, err);
	if (st != AK_OK)
		return st;
	rc = sqlite3_bind_int64(s, 1, (sqlite3_int64)e->seq);
	rc |= bind_text(s, 2, e->subject) | bind_text(s, 3, e->title) | bind_text(s, 4, e->text);
	if (rc != SQLITE_OK)
		return ak_no_memory(err, "index.entry");
	return ak_index_run(x, s, "index.entry", err);
}

/* -- a query -- */

typedef struct query {
	ak_span term[TERMS_MAX];
	size_t n;
} query;

/* Bytes of white space at the beginning: ASCII, or U+3000. */
static size_t space_at(ak_span s)
{
	if (s.len >= 3 && memcmp(s.data, "\xe3\x80\x80", 3) == 0)
		return 3;
	return s.len != 0 && strchr(" \t\r\n", s.data[0]) != NULL && s.data[0] != '\0' ? 1 : 0;
}

static ak_status cut_terms(const char *text, query *q, ak_error *err)
{
	ak_span rest = ak_span_str(text);
	size_t at;

	q->n = 0;
	if (rest.len > QUERY_MAX)
		return ak_fail(err, AK_LIMIT, "search", rest.len, "over %d bytes", (int)QUERY_MAX);
	if (!ak_utf8_valid(rest, &at))
		return ak_fail(err, AK_INVALID_ARGUMENT, "search", at, "not UTF-8");
	while (rest.len != 0) {
		size_t n = space_at(rest), end = 0;

		if (n != 0) {
			rest = (ak_span){ rest.data + n, rest.len - n };
			continue;
		}
		while (end < rest.len && space_at((ak_span){ rest.data + end, rest.len - end }) == 0)
			end++;
		if (q->n == TERMS_MAX)
			return ak_fail(err, AK_LIMIT, "search", q->n, "over %d words", (int)TERMS_MAX);
		q->term[q->n++] = (ak_span){ rest.data, end };
		rest = (ak_span){ rest.data + end, rest.len - end };
	}
	return AK_OK;
}

static size_t characters(ak_span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++)
		n += (s.data[i] & 0xc0) != 0x80;
	return n;
}

/* Long terms as one FTS5 expression: each a quoted string, all of them wanted. */
static ak_status match_expression(const query *q, ak_buf *out, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < q->n; i++) {
		if (characters(q->term[i]) < 3)
			continue;
		st = ak_buf_add_str(out, out->len == 0 ? "\"" : " AND \"", err);
		for (size_t k = 0; st == AK_OK && k < q->term[i].len; k++) {
			uint8_t c = q->term[i].data[k];

			if (c == '"')
				st = ak_buf_add_byte(out, c, err);
			if (st == AK_OK)
				st = ak_buf_add_byte(out, c, err);
		}
		if (st == AK_OK)
			st = ak_buf_add_byte(out, '"', err);
	}
	return st;
}

/* "%term%" for LIKE, with its wildcards taken literally. */
static ak_status like_pattern(ak_span term, ak_buf *out, ak_error *err)
{
	ak_status st = ak_buf_add_byte(out, '%', err);

	for (size_t i = 0; st == AK_OK && i < term.len; i++) {
		uint8_t c = term.data[i];

		if (c == '%' || c == '_' || c == '\\')
			st = ak_buf_add_byte(out, '\\', err);
		if (st == AK_OK)
			st = ak_buf_add_byte(out, c, err);
	}
	return st == AK_OK ? ak_buf_add_byte(out, '%', err) : st;
}

/* Parameters: 1 type or NULL, 2 limit, 3 the FTS5 expression, 4 and on the patterns of short terms. */
static ak_status build_sql(const query *q, bool match, ak_buf *sql, ak_error *err)
{
	int at = 4;
	ak_status st = ak_buf_add_str(sql, "SELECT seq, type, subject, title, text, json FROM entry"
	                                   " WHERE (?1 IS NULL OR type=?1)", err);

	if (st == AK_OK && match)
		st = ak_buf_add_str(sql, " AND seq IN (SELECT rowid FROM words WHERE words MATCH ?3)", err);
	for (size_t i = 0; st == AK_OK && i < q->n; i++) {
		if (characters(q->term[i]) >= 3)
			continue;
		st = ak_buf_addf(sql, err,
		                 " AND (text LIKE ?%d ESCAPE '\\' OR title LIKE ?%d ESCAPE '\\'"
		                 " OR subject LIKE ?%d ESCAPE '\\')", at, at, at);
		at++;
	}
	return st == AK_OK ? ak_buf_add_str(sql, " ORDER BY seq LIMIT ?2", err) : st;
}

static ak_status bind_query(sqlite3_stmt *s, const query *q, ak_span match, const char *type, size_t limit,
                            ak_error *err)
{
	int at = 4;
	int rc = type == NULL ? sqlite3_bind_null(s, 1) : sqlite3_bind_text(s, 1, type, -1, SQLITE_TRANSIENT);

	rc |= sqlite3_bind_int64(s, 2, limit == 0 || limit > INT_MAX ? -1 : (sqlite3_int64)limit);
	if (match.len != 0)
		rc |= sqlite3_bind_text(s, 3, (const char *)match.data, (int)match.len, SQLITE_TRANSIENT);
	for (size_t i = 0; rc == SQLITE_OK && i < q->n; i++) {
		ak_status st;
		ak_buf b;

		if (characters(q->term[i]) >= 3)
			continue;
		ak_buf_init(&b, 2 * QUERY_MAX);
		st = like_pattern(q->term[i], &b, err);
		if (st == AK_OK)
			rc = sqlite3_bind_text(s, at++, (const char *)b.data, (int)b.len, SQLITE_TRANSIENT);
		ak_buf_clear(&b);
		if (st != AK_OK)
			return st;
	}
	return rc == SQLITE_OK ? AK_OK : ak_no_memory(err, "search");
}

static const char *column_text(sqlite3_stmt *s, int at)
{
	const unsigned char *t = sqlite3_column_text(s, at);

	return t == NULL ? "" : (const char *)t;
}

static ak_status hand_out(ak_index *x, sqlite3_stmt *s, ak_index_entry_fn *fn, void *ctx, ak_error *err)
{
	for (;;) {
		ak_index_entry e;
		bool row;
		ak_status st = ak_index_row(x, s, &row, "search", err);

		if (st != AK_OK || !row)
			return st;
		e = (ak_index_entry){
			.seq = (uint64_t)sqlite3_column_int64(s, 0),
			.type = column_text(s, 1),
			.subject = column_text(s, 2),
			.title = column_text(s, 3),
			.text = column_text(s, 4),
			.json = column_text(s, 5),
		};
		st = fn(ctx, &e, err);
		if (st != AK_OK)
			return st;
	}
}

ak_status ak_index_search(ak_index *x, const char *text, const char *type, size_t limit, ak_index_entry_fn *fn,
                          void *ctx, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	ak_buf match, sql;
	query q = { .n = 0 };
	ak_status st = AK_OK;
	int rc;

	ak_buf_init(&match, 4 * QUERY_MAX);
	ak_buf_init(&sql, 8 * QUERY_MAX);
	if (text != NULL)
		st = cut_terms(text, &q, err);
	if (st == AK_OK)
		st = match_expression(&q, &match, err);
	if (st == AK_OK)
		st = build_sql(&q, match.len != 0, &sql, err);
	if (st == AK_OK) {
		rc = sqlite3_prepare_v2(x->db, (const char *)sql.data, (int)sql.len, &s, NULL);
		if (rc != SQLITE_OK)
			st = ak_index_fail(x, rc, "search", err);
	}
	if (st == AK_OK)
		st = bind_query(s, &q, ak_buf_span(&match), type, limit, err);
	if (st == AK_OK)
		st = hand_out(x, s, fn, ctx, err);
	(void)sqlite3_finalize(s);
	ak_buf_clear(&match);
	ak_buf_clear(&sql);
	return st;
}
