/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/sandbox.h"

#include "base/date.h"
#include "base/fail.h"
#include "rules/db.h"

#include <stdlib.h>
#include <string.h>

/* `fact` holds what was handed in; record and record_all are how rules see it.  A body that was corrected stands in
 * body_now beside the sealed one. */
static const char tables[] =
	"PRAGMA automatic_index = OFF; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = OFF;" /* public records, in memory that is freed as it is */
	"CREATE TABLE fact(seq INTEGER PRIMARY KEY, id TEXT UNIQUE, type TEXT NOT NULL, scheme TEXT NOT NULL,"
	" issued TEXT NOT NULL, issued_first TEXT, issued_last TEXT, sealed_on TEXT, time INTEGER NOT NULL,"
	" mode TEXT NOT NULL, authorised INTEGER NOT NULL, annulled INTEGER NOT NULL DEFAULT 0,"
	" body_sealed TEXT, body_now TEXT);"
	"CREATE INDEX fact_type ON fact(type);"
	"CREATE VIEW record AS SELECT seq, id, type, scheme, issued, issued_first, issued_last, sealed_on, time, mode,"
	" coalesce(body_now, body_sealed) AS body FROM fact WHERE authorised AND NOT annulled;"
	"CREATE VIEW record_all AS SELECT seq, id, type, scheme, issued, issued_first, issued_last, sealed_on, time, mode,"
	" coalesce(body_now, body_sealed) AS body, body_sealed AS body_as_sealed, authorised, annulled,"
	" body_now IS NOT NULL AS corrected FROM fact;"
	"CREATE TABLE about(seq INTEGER NOT NULL, subject TEXT NOT NULL, PRIMARY KEY(subject, seq)) WITHOUT ROWID;"
	"CREATE INDEX about_seq ON about(seq);"
	"CREATE TABLE ref(seq INTEGER NOT NULL, rel TEXT NOT NULL, target_seq INTEGER, target_id TEXT NOT NULL);"
	"CREATE INDEX ref_seq ON ref(seq); CREATE INDEX ref_target ON ref(target_seq);"
	"CREATE TABLE signer(seq INTEGER NOT NULL, party TEXT NOT NULL, role TEXT NOT NULL, member TEXT NOT NULL,"
	" counted INTEGER NOT NULL);"
	"CREATE INDEX signer_seq ON signer(seq);"
	"CREATE TABLE party(party TEXT PRIMARY KEY, ja TEXT NOT NULL, en TEXT NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE proved(subject TEXT PRIMARY KEY) WITHOUT ROWID;"
	"CREATE TABLE param(name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
	"CREATE TABLE asked(as_of TEXT, known_at INTEGER, listing TEXT);"
	"CREATE TABLE use(contract_from TEXT, contract_to TEXT, service TEXT, region TEXT, task TEXT, confirmation TEXT);"
	"CREATE TABLE given(name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
	"CREATE TABLE correction_state(seq INTEGER PRIMARY KEY, target_seq INTEGER, field TEXT, applied INTEGER, why TEXT);"
	"CREATE INDEX correction_target ON correction_state(target_seq);"
	"INSERT INTO asked VALUES(NULL, NULL, NULL);";

ak_status ak_rules_own(ak_rules *r, const char *sql, ak_error *err)
{
	int rc = sqlite3_exec(r->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? AK_OK : ak_rules_sql_fail(r, rc, "rules.own", err);
}

ak_status ak_rules_own_prepare(ak_rules *r, const char *sql, sqlite3_stmt **out, ak_error *err)
{
	int rc = sqlite3_prepare_v3(r->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);

	return rc == SQLITE_OK ? AK_OK : ak_rules_sql_fail(r, rc, "rules.own", err);
}

ak_status ak_rules_own_run(ak_rules *r, sqlite3_stmt *s, const char *where, ak_error *err)
{
	int rc = sqlite3_step(s);
	ak_status st = rc == SQLITE_DONE ? AK_OK : ak_rules_sql_fail(r, rc, where, err);

	(void)sqlite3_reset(s);
	(void)sqlite3_clear_bindings(s);
	return st;
}

ak_status ak_rules_bind_span(sqlite3_stmt *s, int i, ak_span text, ak_error *err)
{
	const char *p = text.len == 0 ? "" : (const char *)text.data;
	int rc = sqlite3_bind_text64(s, i, p, text.len, SQLITE_TRANSIENT, SQLITE_UTF8);

	if (rc == SQLITE_TOOBIG)
		return ak_fail(err, AK_LIMIT, "rules.bind", (uint64_t)i, "text too long");
	return rc == SQLITE_OK ? AK_OK : ak_no_memory(err, "rules.bind");
}

ak_status ak_rules_sql_text(const ak_json *v, const char *where, ak_text *out, ak_error *err)
{
	ak_status st = AK_OK;
	ak_buf b = { 0 };

	ak_buf_init(&b, AK_RULES_SQL_MAX);
	if (ak_json_is(v, AK_JSON_STRING)) {
		st = ak_buf_add_span(&b, ak_json_text(v), err);
	} else if (ak_json_is(v, AK_JSON_ARRAY)) {
		for (size_t i = 0; st == AK_OK && i < ak_json_len(v); i++) {
			if (!ak_json_is(ak_json_at(v, i), AK_JSON_STRING))
				st = ak_fail(err, AK_BAD_FORMAT, where, i, "a line of SQL is a text");
			else
				st = ak_buf_add_span(&b, ak_json_text(ak_json_at(v, i)), err);
			if (st == AK_OK)
				st = ak_buf_add_byte(&b, '\n', err);
		}
	} else if (v != NULL) {
		st = ak_fail(err, AK_BAD_FORMAT, where, 0, "SQL is a text or an array of lines");
	}
	if (st == AK_OK)
		st = ak_buf_take_text(&b, out, err);
	ak_buf_clear(&b);
	return st;
}

/* A rule that is not in order is kept, with the reason: it will be not-checked, and the others still run. */
static ak_status add_file(ak_rules *r, size_t *cap, ak_span name, const ak_json *sql, ak_error *err)
{
	void *files = r->files;
	ak_error why = { 0 };
	ak_rule_file *f;
	ak_text text = { 0 };
	ak_status st = ak_mem_grow(&files, cap, r->n_files + 1, sizeof(*r->files), err);

	r->files = files;
	if (st != AK_OK)
		return st;
	f = &r->files[r->n_files++];
	*f = (ak_rule_file){ .name = ak_span_dup(name) };
	if (f->name == NULL)
		return ak_no_memory(err, "rules.open");
	st = ak_rules_sql_text(sql, "package.rules", &text, &why);
	f->sql = text.data;
	if (st == AK_OK)
		st = ak_rule_parse((ak_span){ (const uint8_t *)text.data, text.len }, &f->rule, &why);
	if (st == AK_OK && !ak_span_is(name, f->rule.value[AK_RULE_ID]))
		st = ak_fail(&why, AK_BAD_FORMAT, "rule.id", 0, "its id %s is not its name %s",
		             f->rule.value[AK_RULE_ID], f->name);
	if (st == AK_OK)
		return AK_OK;
	if (st == AK_NO_MEMORY)
		return ak_no_memory(err, "rules.open");
	f->broken = ak_span_dup(ak_span_str(why.detail[0] != '\0' ? why.detail : why.found));
	return f->broken == NULL ? ak_no_memory(err, "rules.open") : AK_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const ak_rule_file *)a)->name, ((const ak_rule_file *)b)->name);
}

static ak_status read_files(ak_rules *r, ak_error *err)
{
	const ak_json *rules = ak_json_get(r->package, "rules"), *sql;
	ak_status st = AK_OK;
	void *it = NULL;
	size_t cap = 0;
	ak_span name;

	while (st == AK_OK && ak_json_next(rules, &it, &name, &sql))
		st = add_file(r, &cap, name, sql, err);
	if (st == AK_OK && r->n_files > 1)
		qsort(r->files, r->n_files, sizeof(*r->files), by_name);
	return st;
}

static ak_status fill_params(ak_rules *r, ak_error *err)
{
	const ak_json *params = ak_json_get(r->package, "parameters"), *value;
	sqlite3_stmt *s = NULL;
	ak_status st = ak_rules_own_prepare(r, "INSERT INTO param SELECT ?1, param(?1)", &s, err);
	void *it = NULL;
	ak_span name;

	while (st == AK_OK && ak_json_next(params, &it, &name, &value)) {
		st = ak_rules_bind_span(s, 1, name, err);
		if (st == AK_OK)
			st = ak_rules_own_run(r, s, "package.parameters", err);
	}
	sqlite3_finalize(s);
	return st;
}

static ak_status prepare_inserts(ak_rules *r, ak_error *err)
{
	static const char record[] =
		"INSERT INTO fact(seq, id, type, scheme, issued, issued_first, issued_last, sealed_on, time, mode, authorised,"
		" body_sealed) VALUES(?1, ?2, ?3, ?4, ?5, day_first(?5), day_last(?5), jst_day(?6), ?6, ?7, ?8, ?9)";
	static const char *const sql[AK_INSERTS] = {
		[AK_INSERT_RECORD] = record,
		[AK_INSERT_ABOUT] = "INSERT OR IGNORE INTO about VALUES(?1, ?2)",
		[AK_INSERT_REF] = "INSERT INTO ref VALUES(?1, ?2, NULL, ?3)",
		[AK_INSERT_SIGNER] = "INSERT INTO signer VALUES(?1, ?2, ?3, ?4, ?5)",
		[AK_INSERT_PARTY] = "INSERT OR REPLACE INTO party VALUES(?1, ?2, ?3)",
		[AK_INSERT_PROVED] = "INSERT OR IGNORE INTO proved VALUES(?1)",
		[AK_INSERT_USE] = "INSERT INTO use VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
		[AK_INSERT_GIVEN] = "INSERT INTO given VALUES(?1, ?2)",
	};

	for (size_t i = 0; i < AK_INSERTS; i++) {
		ak_status st = ak_rules_own_prepare(r, sql[i], &r->insert[i], err);

		if (st != AK_OK)
			return st;
	}
	return AK_OK;
}

static ak_status open_db(ak_rules *r, ak_error *err)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX |
	            SQLITE_OPEN_PRIVATECACHE;
	ak_status st;

	if (sqlite3_open_v2(":memory:", &r->db, flags, NULL) != SQLITE_OK)
		return ak_no_memory(err, "rules.open");
	st = ak_rules_guard_install(r, err);
	if (st == AK_OK)
		st = ak_rules_functions(r->db, r->package, err);
	if (st == AK_OK)
		st = ak_rules_own(r, tables, err);
	if (st == AK_OK)
		st = fill_params(r, err);
	if (st == AK_OK)
		st = ak_rules_own(r, "BEGIN", err);
	return st == AK_OK ? prepare_inserts(r, err) : st;
}

ak_status ak_rules_open(const ak_json *package, ak_rules **out, ak_error *err)
{
	ak_span format = ak_json_get_text(package, "format");
	ak_rules *r;
	ak_status st;

	if (!ak_span_is(format, "akashi-profile/1"))
		return ak_fail(err, AK_UNKNOWN_VERSION, "package.format", 0, "not an akashi-profile/1");
	if (ak_json_get_text(package, "scheme").len == 0)
		return ak_fail(err, AK_BAD_FORMAT, "package.scheme", 0, "missing");
	r = ak_mem_alloc(sizeof(*r));
	if (r == NULL)
		return ak_no_memory(err, "rules.open");
	r->package = package;
	ak_strmap_init(&r->types, 43);
	st = read_files(r, err);
	if (st == AK_OK)
		st = open_db(r, err);
	if (st != AK_OK) {
		ak_rules_free(&r);
		return st;
	}
	*out = r;
	return AK_OK;
}

void ak_rules_free(ak_rules **rp)
{
	ak_rules *r = *rp;

	if (r == NULL)
		return;
	for (size_t i = 0; i < AK_INSERTS; i++)
		sqlite3_finalize(r->insert[i]);
	ak_rules_views_free(r);
	for (size_t i = 0; i < r->n_files; i++)
		ak_rules_kept_clear(&r->files[i].kept);
	for (size_t i = 0; i < r->n_queries; i++) {
		ak_rules_kept_clear(&r->queries[i].kept);
		ak_mem_free(r->queries[i].name);
	}
	ak_mem_free(r->queries);
	ak_rules_mine_free(r);
	ak_strmap_clear(&r->types);
	(void)sqlite3_close(r->db);
	ak_mem_free(r->asked_listing);
	for (size_t i = 0; i < r->n_files; i++) {
		ak_mem_free(r->files[i].name);
		ak_mem_free(r->files[i].sql);
		ak_mem_free(r->files[i].broken);
		ak_rule_clear(&r->files[i].rule);
	}
	ak_mem_free(r->files);
	ak_mem_free(r);
	*rp = NULL;
}

static bool same_question(const ak_rules *r, int32_t as_of, uint64_t known_at, const char *listing)
{
	if (!r->asked_before || r->asked_as_of != as_of || r->asked_known_at != known_at)
		return false;
	if (listing == NULL || r->asked_listing == NULL)
		return listing == r->asked_listing;
	return strcmp(listing, r->asked_listing) == 0;
}

static ak_status store_question(ak_rules *r, int32_t as_of, uint64_t known_at, const char *listing, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	char day[11];
	ak_status st = ak_rules_mine_take(r, "UPDATE asked SET as_of = ?1, known_at = ?2, listing = ?3", &s, err);

	ak_day_format(as_of, day);
	if (st == AK_OK)
		st = ak_rules_bind_span(s, 1, ak_span_str(day), err);
	if (st == AK_OK && listing != NULL)
		st = ak_rules_bind_span(s, 3, ak_span_str(listing), err);
	if (st == AK_OK) {
		(void)sqlite3_bind_int64(s, 2, (sqlite3_int64)known_at);
		st = ak_rules_own_run(r, s, "rules.ask", err);
	}
	ak_rules_mine_back(r, s);
	return st;
}

ak_status ak_rules_ask(ak_rules *r, int32_t as_of, uint64_t known_at, const char *listing, ak_error *err)
{
	char *copy = NULL;
	ak_status st;

	if (!r->ready)
		return ak_fail(err, AK_INVALID_ARGUMENT, "rules.ask", 0, "asked before ak_rules_ready");
	if (as_of < ak_day_from_civil(1868, 1, 1) || as_of > ak_day_from_civil(9999, 12, 31) ||
	    known_at > INT64_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "rules.ask", 0, "as_of or known_at out of range");
	if (same_question(r, as_of, known_at, listing))
		return AK_OK;
	if (listing != NULL) {
		copy = ak_span_dup(ak_span_str(listing));
		if (copy == NULL)
			return ak_no_memory(err, "rules.ask");
	}
	r->asked_before = false;
	st = store_question(r, as_of, known_at, listing, err);
	if (st == AK_OK)
		st = ak_rules_views_refill(r, err);
	if (st != AK_OK) {
		ak_mem_free(copy);
		return st;
	}
	ak_mem_free(r->asked_listing);
	r->asked_listing = copy;
	r->asked_as_of = as_of;
	r->asked_known_at = known_at;
	r->asked_before = true;
	return AK_OK;
}
