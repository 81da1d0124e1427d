/* SPDX-License-Identifier: Apache-2.0 */
/* What a rule might try in order to get out of the sandbox, or to stay in it for ever.  Each is not-checked, with the reason. */
#include "fixture.h"

#include "rules/db.h"

#include <sqlite3.h>

#define SELECTING(expr) "SELECT 'A' AS listing, NULL AS record, 'j' AS ja, 'e' AS en, '' AS expected, " expr " AS found"

/* 512 KiB of one letter. */
#define LONG "WITH RECURSIVE n(i, t) AS (SELECT 1, 'a' UNION ALL SELECT i + 1, t || t FROM n LIMIT 20) "

typedef struct attempt {
	const char *name, *sql, *reason;
} attempt;

static const attempt attempts[] = {
	{ "attach", "ATTACH 'x.db' AS x", "not authorized" },
	{ "detach", "DETACH main", "not authorized" },
	{ "pragma", "PRAGMA table_info(fact)", "not authorized" },
	{ "pragma writable_schema", "PRAGMA writable_schema = ON", "not authorized" },
	{ "pragma temp_store_directory", "PRAGMA temp_store_directory = '/tmp'", "not authorized" },
	{ "pragma as a table", SELECTING("name") " FROM pragma_table_info('fact')", "not authorized" },
	{ "pragma as a table, counted", SELECTING("count(*)") " FROM pragma_database_list", "not authorized" },
	{ "pragma of functions", SELECTING("name") " FROM pragma_function_list", "not authorized" },
	{ "insert", "INSERT INTO proved VALUES('x')", "not authorized" },
	{ "insert returning", "INSERT INTO proved VALUES('x') RETURNING subject AS listing", "not authorized" },
	{ "update", "UPDATE fact SET authorised = 1", "not authorized" },
	{ "delete", "DELETE FROM fact", "not authorized" },
	{ "with and delete", "WITH t AS (SELECT 1) DELETE FROM fact", "not authorized" },
	{ "replace", "REPLACE INTO param VALUES('a', 1)", "not authorized" },
	{ "create table", "CREATE TABLE t(a)", "not authorized" },
	{ "create temp table", "CREATE TEMP TABLE t(a)", "not authorized" },
	{ "create view", "CREATE VIEW v AS SELECT 1", "not authorized" },
	{ "create trigger", "CREATE TRIGGER t AFTER INSERT ON fact BEGIN SELECT 1; END", "not authorized" },
	{ "create index", "CREATE INDEX i ON fact(time)", "not authorized" },
	{ "drop", "DROP TABLE fact", "not authorized" },
	{ "alter", "ALTER TABLE fact RENAME TO f", "not authorized" },
	{ "reindex", "REINDEX", "not authorized" },
	{ "analyze", "ANALYZE", "not authorized" },
	{ "begin", "BEGIN", "not authorized" },
	{ "commit", "COMMIT", "not authorized" },
	{ "savepoint", "SAVEPOINT s", "not authorized" },
	{ "vacuum", "VACUUM", "not a query" },
	{ "vacuum into", "VACUUM INTO '/tmp/akashi-escape.db'", "not a query" },
	{ "explain", "EXPLAIN SELECT 1", "not a query" },
	{ "explain query plan", "EXPLAIN QUERY PLAN SELECT 1", "not a query" },
	{ "load_extension", SELECTING("load_extension('x')"), "load_extension" },
	{ "virtual table fts5", "CREATE VIRTUAL TABLE t USING fts5(a)", "not authorized" },
	{ "virtual table fts3", "CREATE VIRTUAL TABLE t USING fts3(a)", "not authorized" },
	{ "virtual table rtree", "CREATE VIRTUAL TABLE t USING rtree(a, b, c)", "not authorized" },
	{ "fts3_tokenizer", SELECTING("fts3_tokenizer('simple')"), "fts3_tokenizer" },
	{ "readfile", SELECTING("readfile('/etc/passwd')"), "readfile" },
	{ "writefile", SELECTING("writefile('/tmp/x', 'y')"), "writefile" },
	{ "edit", SELECTING("edit('x')"), "edit" },
	{ "dbstat", SELECTING("name") " FROM dbstat", "no such table" },
	{ "dbstat, counted", SELECTING("count(*)") " FROM dbstat", "no such table" },
	{ "sqlite_dbpage", SELECTING("pgno") " FROM sqlite_dbpage", "no such table" },
	{ "sqlite_stmt", SELECTING("sql") " FROM sqlite_stmt", "no such table" },
	{ "bytecode", SELECTING("addr") " FROM bytecode('SELECT 1')", "no such table" },
	{ "schema table", SELECTING("sql") " FROM sqlite_schema", "prohibited" },
	{ "schema table, old name", SELECTING("sql") " FROM main.sqlite_master", "prohibited" },
	{ "schema table, counted", SELECTING("count(*)") " FROM sqlite_schema", "not authorized" },
	{ "temp schema table", SELECTING("count(*)") " FROM sqlite_temp_schema", "not authorized" },
	{ "the table behind record", SELECTING("body_sealed") " FROM fact", "prohibited" },
	{ "clock: date", SELECTING("date('now')"), "date" },
	{ "clock: date of as_of", SELECTING("date(:as_of)"), "date" },
	{ "clock: time", SELECTING("time('now')"), "time" },
	{ "clock: datetime", SELECTING("datetime('now')"), "datetime" },
	{ "clock: julianday", SELECTING("julianday('now')"), "julianday" },
	{ "clock: strftime", SELECTING("strftime('%s', 'now')"), "strftime" },
	{ "clock: unixepoch", SELECTING("unixepoch()"), "unixepoch" },
	{ "clock: current_date", SELECTING("CURRENT_DATE"), "CURRENT_DATE" },
	{ "clock: current_time", SELECTING("CURRENT_TIME"), "CURRENT_TIME" },
	{ "clock: current_timestamp", SELECTING("current_timestamp"), "current_timestamp" },
	{ "chance: random", SELECTING("random()"), "random" },
	{ "chance: Random", SELECTING("RANDOM()"), "RANDOM" },
	{ "chance: randomblob", SELECTING("randomblob(4)"), "randomblob" },
	{ "state: last_insert_rowid", SELECTING("last_insert_rowid()"), "last_insert_rowid" },
	{ "state: changes", SELECTING("changes()"), "changes" },
	{ "state: sqlite_version", SELECTING("sqlite_version()"), "sqlite_version" },
	{ "state: compile options", SELECTING("sqlite_compileoption_get(0)"), "sqlite_compileoption_get" },
	{ "endless recursion", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
	  SELECTING("i") " FROM n WHERE i < 0", "steps" },
	{ "endless rows", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
	  SELECTING("i") " FROM n", "findings" },
	{ "endless product", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000) "
	  SELECTING("count(*)") " FROM n a, n b, n c, n d", "steps" },
	{ "much memory", "WITH RECURSIVE n(i, t) AS (SELECT 1, hex(replace(hex(replace(hex(replace('aaaaaaaaaaaaaaaa', 'a',"
	  " 'bbbbbbbbbbbbbbbb')), '6', 'cccccccccccccccc')), '6', 'dddddddddd')) UNION ALL SELECT i + 1, t || i FROM n) "
	  SELECTING("max(t)") " FROM (SELECT t FROM n ORDER BY t || 'x' DESC)", "stopped" },
	{ "zeroblob", SELECTING("zeroblob(2000000000)"), "zeroblob" },
	{ "printf beyond the limit", SELECTING("printf('%.2000000000d', 1)"), "printf" },
	{ "format beyond the limit", SELECTING("format('%2000000000s', 'x')"), "format" },
	{ "replace beyond the limit", "WITH RECURSIVE n(i, t) AS (SELECT 1, 'aaaaaaaa' UNION ALL"
	  " SELECT i + 1, replace(t, 'a', 'aaaaaaaa') FROM n LIMIT 40) " SELECTING("max(length(t))") " FROM n",
	  "longer than the limit" },
	{ "concatenation beyond the limit", "WITH RECURSIVE n(i, t) AS (SELECT 1, 'aaaaaaaa' UNION ALL"
	  " SELECT i + 1, t || t FROM n LIMIT 60) " SELECTING("max(length(t))") " FROM n", "longer than the limit" },
	{ "group_concat beyond the limit", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 900000) "
	  SELECTING("length(group_concat('0123456789'))") " FROM n", "longer than the limit" },
	{ "long like pattern", SELECTING("'a' LIKE replace(hex('aaaaaaaaaaaaaaaaaaaaaaaa'), '6', '%a%a%a')"), "pattern" },
	/* One call of each would run for seconds, or for hours, and nothing stops it while it runs. */
	{ "endless instr", LONG SELECTING("instr(t, substr(t, 1, 200000) || 'b')") " FROM n WHERE i = 20", "steps" },
	{ "endless replace", LONG SELECTING("length(replace(t, substr(t, 1, 200000) || 'b', ''))") " FROM n WHERE i = 20", "steps" },
	{ "endless trim", LONG SELECTING("length(trim(t, replace(t, 'a', 'b') || 'a'))") " FROM n WHERE i = 19", "steps" },
	{ "endless ltrim", LONG SELECTING("length(ltrim(t, replace(t, 'a', 'b') || 'a'))") " FROM n WHERE i = 19", "steps" },
	{ "endless rtrim", LONG SELECTING("length(rtrim(t, replace(t, 'a', 'b') || 'a'))") " FROM n WHERE i = 19", "steps" },
	{ "bad json", SELECTING("json_extract('{', '$.a')"), "malformed JSON" },
	{ "unknown parameter of the profile", SELECTING("param('nowhere')"), "no such parameter" },
	{ "unknown unit", SELECTING("add_period('2021-01-01', 1, 'week')"), "unit" },
	{ "two statements", SELECTING("1") "; SELECT 2", "text after its first statement" },
	{ "two statements, second bad", SELECTING("1") "; garbage", "text after its first statement" },
	{ "second statement writes", SELECTING("1") ";;;DROP TABLE fact", "text after its first statement" },
	{ "no statement", "-- only a comment\n", "no statement" },
	{ "not SQL", "SELEC 1", "syntax error" },
	{ "no such table", SELECTING("a") " FROM nowhere", "no such table" },
	{ "double quotes are a name", SELECTING("\"no such column\""), "no such column" },
	{ "unknown bound parameter", SELECTING(":listing"), ":listing" },
	{ "numbered parameter", SELECTING("?1"), "is not" },
	{ "anonymous parameter", SELECTING("?"), "is not" },
	{ "column missing", "SELECT 'A' AS listing, 1 AS record, '' AS ja, '' AS en, '' AS expected", "\"found\" is missing" },
	{ "listing missing", "SELECT 1 AS record, '' AS ja, '' AS en, '' AS expected, '' AS found", "\"listing\" is missing" },
	{ "column unknown", SELECTING("1") ", 2 AS severty", "unknown column \"severty\"" },
	{ "column twice", SELECTING("1") ", 2 AS found", "\"found\" twice" },
	{ "listing is NULL", "SELECT NULL AS listing, 1 AS record, '' AS ja, '' AS en, '' AS expected, '' AS found",
	  "names no listing" },
	{ "record is text", "SELECT 'A' AS listing, '1' AS record, '' AS ja, '' AS en, '' AS expected, '' AS found",
	  "sequence number" },
	{ "record is negative", "SELECT 'A' AS listing, -7 AS record, '' AS ja, '' AS en, '' AS expected, '' AS found",
	  "sequence number" },
	{ "severity unknown", SELECTING("1") ", 'fatal' AS severity", "unknown severity" },
	{ "bytes for text", SELECTING("x'00ff'"), "bytes" },
	{ "text that is not UTF-8", SELECTING("CAST(x'ff' AS TEXT)"), "not text" },
	{ "NUL in a text", SELECTING("char(65, 0, 66)"), "not text" },
};

static void a_rule_cannot_leave_the_sandbox(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		const attempt *t = &attempts[i];
		ak_json *p = new_package();
		answers got;
		ak_rules *r;

		put_rule(p, "R1", "", t->sql);
		put_rule(p, "R2", "", SELECTING("count(*)") " FROM record_all");
		r = open_rules(p);
		add(r, 1, "listing", "{\"a\":1}");
		ready(r);
		run_rules(r, "A", &got);
		if (got.n != 2 || got.a[0].outcome != AK_NOT_CHECKED || strstr(got.a[0].why, t->reason) == NULL ||
		    strstr(got.a[0].why, "rule R1: ") != got.a[0].why) {
			print_error("%s: outcome %d, why \"%s\", want \"%s\"\n", t->name, (int)got.a[0].outcome,
			            got.a[0].why, t->reason);
			wrong++;
		}
		/* The rule after it runs, on records that are as they were. */
		if (got.a[1].outcome != AK_FAILED || strcmp(got.a[1].found, "1") != 0)
			fail_msg("%s: disturbs the next rule: %s", t->name, got.a[1].why);
		ak_rules_free(&r);
		ak_json_free(p);
	}
	assert_int_equal(wrong, 0);
	assert_null(fopen("/tmp/akashi-escape.db", "rb"));
}

static void a_query_cannot_either(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		const attempt *t = &attempts[i];
		ak_json *p, *rows = NULL;
		ak_error err = { 0 };
		ak_status st;
		ak_rules *r;

		/* What is only wrong as a rule is no matter here, and the limits were met above. */
		if (strstr(t->reason, "column \"") != NULL || strstr(t->reason, "missing") != NULL ||
		    strstr(t->reason, "twice") != NULL || strstr(t->reason, "sequence") != NULL ||
		    strstr(t->reason, "severity") != NULL || strstr(t->reason, "names no") != NULL ||
		    strncmp(t->name, "endless", 7) == 0 || strcmp(t->name, "much memory") == 0)
			continue;
		p = new_package();
		put(p, "/queries/q", ak_json_new_str(t->sql));
		r = open_rules(p);
		ready(r);
		st = ak_rules_query(r, "q", 0, 1, NULL, &rows, &err);
		if (st == AK_OK || rows != NULL)
			fail_msg("%s: %s", t->name, ak_status_name(st));
		ak_rules_free(&r);
		ak_json_free(p);
	}
}

static const attempt bad_views[] = {
	{ "a table", "CREATE TABLE t(a)", "not authorized" },
	{ "a temporary view", "CREATE TEMP VIEW v AS SELECT 1", "not authorized" },
	{ "an insert", "INSERT INTO fact DEFAULT VALUES", "not authorized" },
	{ "an insert into the schema", "INSERT INTO sqlite_master VALUES('view', 'v', 'v', 0, 'CREATE VIEW v AS SELECT 1')",
	  "may not be modified" },
	{ "a select", "SELECT 1", "not CREATE VIEW" },
	{ "a pragma", "PRAGMA user_version = 1", "not authorized" },
	{ "a drop", "DROP VIEW record", "not authorized" },
	{ "an attach after a view", "CREATE VIEW v AS SELECT 1 AS a; ATTACH 'x' AS y", "not authorized" },
	{ "record again", "CREATE VIEW record AS SELECT 1", "already exists" },
	{ "a clock inside", "CREATE VIEW v AS SELECT date('now') AS d", "view v: SQL: not authorized to use function: date" },
	{ "a schema table inside", "CREATE VIEW v AS SELECT sql FROM sqlite_master", "view v: " },
	{ "the table behind record", "CREATE VIEW v AS SELECT body_sealed FROM fact", "view v: " },
	{ "a column twice", "CREATE VIEW v AS SELECT 1 AS a, 2 AS A", "duplicate column name" },
	{ "a view twice", "CREATE VIEW v AS SELECT 1; CREATE VIEW v AS SELECT 2", "already exists" },
	{ "a view if there is none", "CREATE VIEW IF NOT EXISTS record AS SELECT 1", "view record: the name is taken" },
	{ "our table, if there is none", "CREATE VIEW IF NOT EXISTS Proved AS SELECT 1", "view Proved: the name is taken" },
	{ "an earlier view, if there is none", "CREATE VIEW v AS SELECT 1; CREATE VIEW IF NOT EXISTS V AS SELECT 2",
	  "view V: the name is taken" },
	{ "a table of SQLite", "CREATE VIEW json_each AS SELECT 1", "view json_each: the name is taken" },
	{ "the schema table", "CREATE VIEW sqlite_master AS SELECT 1", "reserved for internal use" },
	{ "a view that is not there yet", "CREATE VIEW v AS SELECT * FROM w; CREATE VIEW w AS SELECT 1 AS a",
	  "no such table" },
	{ "a parameter", "CREATE VIEW v AS SELECT :as_of AS a", "parameters are not allowed" },
	{ "not SQL", "CREATE VIEW v AS", "incomplete input" },
	{ "a long name", "CREATE VIEW v123456789012345678901234567890123456789012345678901234567890123456789 AS SELECT 1",
	  "not authorized" },
};

static void views_only_show(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_views) / sizeof(bad_views[0]); i++) {
		const attempt *t = &bad_views[i];
		ak_json *p = new_package();
		ak_error err = { 0 };
		ak_rules *r;
		ak_status st;

		put(p, "/views", ak_json_new_str(t->sql));
		r = open_rules(p);
		st = ak_rules_ready(r, &err);
		if (st != AK_BAD_FORMAT || strstr(err.detail, t->reason) == NULL)
			fail_msg("%s: %s: %s", t->name, ak_status_name(st), err.detail);
		ak_rules_free(&r);
		ak_json_free(p);
	}
}

/* Filling such a view would take for ever; who reads it, or reads a view that does, is not-checked. */
static void an_endless_view_spoils_only_its_readers(void **state)
{
	ak_json *p = new_package();
	answers got;
	ak_rules *r;

	(void)state;
	put(p, "/views", ak_json_new_str("CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
	                                 " SELECT i FROM n; CREATE VIEW one AS SELECT 1 AS i; CREATE VIEW over AS SELECT"
	                                 " count(*) AS i FROM endless"));
	put_rule(p, "R1", "", SELECTING("count(*)") " FROM endless");
	put_rule(p, "R2", "", SELECTING("count(*)") " FROM one");
	put_rule(p, "R3", "", SELECTING("i") " FROM over");
	r = open_rules(p);
	ready(r);
	run_rules(r, "A", &got);
	assert_int_equal(got.n, 3);
	assert_int_equal(got.a[0].outcome, AK_NOT_CHECKED);
	assert_string_equal(got.a[0].why, "rule R1: view endless: stopped: more than 20000000 steps");
	assert_int_equal(got.a[1].outcome, AK_FAILED);
	assert_int_equal(got.a[2].outcome, AK_NOT_CHECKED);
	assert_string_equal(got.a[2].why, "rule R3: view over: view endless: stopped: more than 20000000 steps");
	ak_rules_free(&r);
	ak_json_free(p);
}

/* Statements of one set of rules, seen as each begins. */
typedef struct seen {
	const ak_rules *rules;
	size_t writing, metered; /* those that write; of these, those that the meter may stop */
} seen;

static int look_at_statement(unsigned what, void *ctx, void *statement, void *sql)
{
	seen *s = ctx;

	(void)what;
	(void)sql;
	if (!sqlite3_stmt_readonly(statement)) {
		s->writing++;
		s->metered += s->rules->metered;
	}
	return 0;
}

/* SQLite takes back everything since BEGIN, the records too, when a statement that writes is stopped.  Where the meter runs out is chance, so
 * it is not enough that the records are there: none of the statements that fill a view may be one that could be stopped. */
static void a_view_that_is_stopped_takes_no_record_with_it(void **state)
{
	static const char endless[] = "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
	ak_json *p = new_package();
	answers got;
	ak_rules *r;
	seen s = { 0 };

	(void)state;
	put(p, "/views", ak_json_new_str(endless));
	put_rule(p, "R1", "", SELECTING("count(*)") " FROM endless");
	put_rule(p, "R2", "", SELECTING("(SELECT count(*) FROM record)"));
	r = open_rules(p);
	s.rules = r;
	assert_int_equal(sqlite3_trace_v2(r->db, SQLITE_TRACE_STMT, look_at_statement, &s), SQLITE_OK);
	add(r, 1, "listing", "{}");
	ready(r);
	run_rules(r, "A", &got);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.a[0].outcome, AK_NOT_CHECKED);
	if (strstr(got.a[0].why, "stopped: more than") == NULL)
		fail_msg("%s", got.a[0].why);
	assert_string_equal(got.a[1].found, "1");
	assert_false(ak_rules_crowded(r)); /* it was not for want of memory */
	assert_true(s.writing > 1000);     /* a row each */
	assert_int_equal(s.metered, 0);
	ak_rules_free(&r);
	ak_json_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_cannot_leave_the_sandbox),
		cmocka_unit_test(a_query_cannot_either),
		cmocka_unit_test(views_only_show),
		cmocka_unit_test(an_endless_view_spoils_only_its_readers),
		cmocka_unit_test(a_view_that_is_stopped_takes_no_record_with_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
