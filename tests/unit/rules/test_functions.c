/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include <sqlite3.h>

/* Answers come as JSON: a text in quotes, a number, or null. */
static const struct { const char *expr, *want; } calls[] = {
	{ "day_first('2021')", "\"2021-01-01\"" }, { "day_last('2021')", "\"2021-12-31\"" },
	{ "day_first('2021-02')", "\"2021-02-01\"" }, { "day_last('2021-02')", "\"2021-02-28\"" },
	{ "day_last('2024-02')", "\"2024-02-29\"" },
	{ "day_first('2021-09-13')", "\"2021-09-13\"" }, { "day_last('2021-09-13')", "\"2021-09-13\"" },
	/* The day in Japan: 15:00 UTC is midnight there. */
	{ "day_first('2021-09-13T14:59:59Z')", "\"2021-09-13\"" }, { "day_last('2021-09-13T15:00:00Z')", "\"2021-09-14\"" },
	{ "day_first('2021-09-13T00:00:00+09:00')", "\"2021-09-13\"" },
	{ "day_first('2021-02-30')", "null" }, { "day_last('2021-13')", "null" }, { "day_first('')", "null" },
	{ "day_first(NULL)", "null" }, { "day_first(2021)", "null" }, { "day_first(20.5)", "null" },
	{ "day_first(x'32303231')", "null" }, { "day_first('2021-9-13')", "null" }, { "day_first(' 2021')", "null" },
	{ "day_last('junk')", "null" }, { "day_last('2021' || char(0))", "null" }, { "day_last('９')", "null" },

	/* research vectors: the expiry of a listing from the end of its audit period */
	{ "add_period(add_days('2020-09-30', 1), 16, 'month')", "\"2022-01-31\"" },
	{ "add_period(add_days('2020-10-31', 1), 16, 'month')", "\"2022-02-28\"" },
	{ "add_period(add_days('2021-03-31', 1), 16, 'month')", "\"2022-07-31\"" },
	{ "add_period(add_days('2021-10-29', 1), 16, 'month')", "\"2023-02-28\"" },
	{ "add_period(add_days('2021-10-30', 1), 16, 'month')", "\"2023-02-28\"" },
	{ "add_period(add_days('2021-10-31', 1), 16, 'month')", "\"2023-02-28\"" },
	{ "add_period(add_days('2022-10-30', 1), 16, 'month')", "\"2024-02-29\"" },
	{ "add_period(add_days('2022-12-30', 1), 16, 'month')", "\"2024-04-30\"" },
	{ "add_period(add_days('2024-02-29', 1), 16, 'month')", "\"2025-06-30\"" },
	{ "add_period(add_days('2024-11-30', 1), 16, 'month')", "\"2026-03-31\"" },
	{ "add_period('2021-01-01', 1, 'year')", "\"2021-12-31\"" }, { "add_period('2020-02-29', 1, 'year')", "\"2021-02-28\"" },
	{ "add_period('2021-01-01', 10, 'day')", "\"2021-01-10\"" }, { "add_period('2021-01-01', 0, 'month')", "\"2020-12-31\"" },
	{ "add_period('2021-01-01', 0, 'day')", "\"2020-12-31\"" },
	{ "add_period('2021-01-01', -1, 'day')", "null" }, { "add_period('2021-01-01', 99999999999, 'day')", "null" },
	{ "add_period('2021-01-01', 9223372036854775807, 'year')", "null" }, { "add_period('2021-01-01', 7979, 'year')", "null" },
	{ "add_period('9999-12-31', 1, 'month')", "null" }, { "add_period('9999-12-31', 2, 'day')", "null" },
	{ "add_period('2021-01-01', 95748, 'month')", "null" },
	{ "add_period('2021-01-01', NULL, 'day')", "null" }, { "add_period('2021-01-01', '1', 'day')", "null" },
	{ "add_period('2021-01-01', 1.5, 'day')", "null" }, { "add_period(NULL, 1, 'day')", "null" },
	{ "add_period('2021-01', 1, 'day')", "null" }, { "add_period('2021-02-29', 1, 'day')", "null" },
	{ "add_period('1868-01-01', 0, 'day')", "null" },

	{ "add_days('2021-02-28', 1)", "\"2021-03-01\"" }, { "add_days('2021-03-01', -1)", "\"2021-02-28\"" },
	{ "add_days('2021-03-01', 0)", "\"2021-03-01\"" }, { "add_days('9999-12-31', 1)", "null" },
	{ "add_days('1868-01-01', -1)", "null" }, { "add_days('2021-03-01', 4000001)", "null" },
	{ "add_days('2021-03-01', -9223372036854775807)", "null" }, { "add_days(NULL, 1)", "null" },
	{ "add_days('2021-03-01', NULL)", "null" }, { "add_days('2021-03', 1)", "null" }, { "add_days('2021-03-01T00:00:00Z', 1)", "null" },

	{ "days_between('2021-03-01', '2021-03-02')", "1" }, { "days_between('2021-03-02', '2021-03-01')", "-1" },
	{ "days_between('2020-02-28', '2020-03-01')", "2" }, { "days_between('1868-01-01', '9999-12-31')", "2970151" },
	{ "days_between('2021-03-01', '2021-03-01')", "0" }, { "days_between(NULL, '2021-03-01')", "null" },
	{ "days_between('2021-03-01', NULL)", "null" }, { "days_between('2021', '2021-03-01')", "null" },
	{ "days_between(1, 2)", "null" },

	{ "jst_day(0)", "\"1970-01-01\"" }, { "jst_day(54000)", "\"1970-01-02\"" }, { "jst_day(53999)", "\"1970-01-01\"" },
	{ "jst_day(-1)", "null" }, { "jst_day(NULL)", "null" }, { "jst_day('0')", "null" }, { "jst_day(1.0)", "null" },
	{ "jst_day(253402268399)", "\"9999-12-31\"" }, { "jst_day(253402268400)", "null" }, { "jst_day(9223372036854775807)", "null" },

	{ "param('months')", "16" }, { "param('name')", "\"n\"" }, { "param('empty')", "\"\"" }, { "param('yes')", "1" },
	{ "param('none')", "null" }, { "param('list')", "\"[1,2]\"" },
	{ "(SELECT value FROM param WHERE name = 'months')", "16" }, { "(SELECT value FROM param WHERE name = 'name')", "\"n\"" },
	{ "(SELECT count(*) FROM param)", "6" },
	{ ":as_of", "\"2026-03-01\"" }, { ":known_at", "1000" }, { "(SELECT as_of FROM asked)", "\"2026-03-01\"" },
	{ "(SELECT known_at FROM asked)", "1000" }, { "(SELECT listing FROM asked)", "null" },
	{ "json_extract('{\"a\":[1,2]}', '$.a[1]')", "2" }, { "'{\"a\":3}' ->> 'a'", "3" },
	{ "(SELECT group_concat(value, '+') FROM json_each('[1,2,3]'))", "\"1+2+3\"" },
	{ "(SELECT count(*) FROM json_each('[1,2,3]'))", "3" },
	{ "(WITH t(a) AS (VALUES(1), (2)) SELECT count(*) FROM t)", "2" },
	{ "upper('a') || lower('B') || trim(' c ') || substr('xyz', 2, 1) || replace('q', 'q', 'r')", "\"Abcyr\"" },
	{ "instr('監査機関', '機関') || instr('abc', 'd') || instr('abc', '') || instr('', 'a') || instr(1234, 34)", "\"30103\"" },
	{ "instr(NULL, 'a')", "null" }, { "instr('a', NULL)", "null" }, { "instr(x'e79ba3e69fbb', x'e69fbb') || instr(x'61', x'')", "\"41\"" },
	{ "instr('aaab', 'aab') || instr('ab', 'abc')", "\"20\"" },
	{ "replace('aXbXX', 'X', '監査') || replace('a', '', 'b') || replace('', 'a', 'b') || replace('aaa', 'aa', 'b') || replace('ab', 'b', '')",
	  "\"a監査b監査監査abaa\"" },
	{ "replace(121, 1, '-')", "\"-2-\"" }, { "replace('a', NULL, 'b')", "null" }, { "replace('a', 'b', NULL)", "null" },
	{ "trim('　 監査 　', '　 ') || ltrim('xyabx', 'yx') || rtrim('abxy', 'xy') || trim('aaa', 'a') || trim('a', '') || trim('監', '査')", "\"監査abxaba監\"" },
	{ "trim(NULL, 'a')", "null" }, { "rtrim('a', NULL)", "null" },
	{ "iif(2 > 1, coalesce(NULL, 'y'), 'n')", "\"y\"" }, { "(SELECT max(v) FROM (SELECT 1 AS v UNION SELECT 2))", "2" },
	{ "(SELECT row_number() OVER (ORDER BY 1))", "1" }, { "'abc' LIKE 'A%' AND 'abc' GLOB 'a*'", "1" },
};

static ak_json *with_params(void)
{
	ak_json *p = new_package();

	put(p, "/parameters", json_of("{\"months\":{\"value\":16},\"name\":{\"value\":\"n\"},\"empty\":{\"value\":\"\"},"
	                              "\"yes\":{\"value\":true},\"none\":{\"value\":null},\"list\":{\"value\":[1,2]}}"));
	return p;
}

static void each_function(void **state)
{
	ak_json *p = with_params();
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		char sql[400], want[200];
		ak_json *rows = NULL, *expected;
		ak_error err = { 0 };
		ak_rules *r;

		(void)snprintf(sql, sizeof(sql), "SELECT %s AS v", calls[i].expr);
		(void)snprintf(want, sizeof(want), "[{\"v\":%s}]", calls[i].want);
		put(p, "/queries/q", ak_json_new_str(sql));
		expected = json_of(want);
		r = open_rules(p);
		ready(r);
		if (ak_rules_query(r, "q", ak_day_from_civil(2026, 3, 1), KNOWN_AT, NULL, &rows, &err) != AK_OK ||
		    !ak_json_equal(rows, expected)) {
			print_error("%s: not %s: %.*s %s\n", calls[i].expr, calls[i].want,
			            (int)ak_json_get_text(ak_json_at(rows, 0), "v").len,
			            (const char *)ak_json_get_text(ak_json_at(rows, 0), "v").data, err.detail);
			wrong++;
		}
		ak_json_free(rows);
		ak_json_free(expected);
		ak_rules_free(&r);
	}
	ak_json_free(p);
	assert_int_equal(wrong, 0);
}

/* instr, replace and trim are our own, and answer what those of SQLite do: every pair of texts, blobs, numbers, what is no UTF-8, and NULL. */
static void as_sqlite_answers(void **state)
{
	static const char *const exprs[] = { "instr(a.x, b.x)", "trim(a.x, b.x)", "ltrim(a.x, b.x)", "rtrim(a.x, b.x)", "replace(a.x, b.x, 'Q')", "replace(a.x, b.x, NULL)",
		                             "replace('aXbX', a.x, b.x)", "replace(a.x, 'a', b.x)", "instr(x'e79ba3e69fbb61', b.x)", "instr(a.x, x'a3')" };
	static const char sql[] = "WITH v(x) AS (VALUES (NULL), (''), ('a'), ('aab'), ('監査機関'), ('機関'), (x''), (x'e79ba3e69fbb'), (x'e69fbb'), (x'a3'), (x'61'), (3), (1234), (-1.5),"
	                          " ('a' || char(0) || 'b'), (char(0)), (CAST(x'806180' AS TEXT)), (CAST(x'61c3' AS TEXT)), (CAST(x'a3' AS TEXT)), (CAST(x'6180' AS TEXT)), (' 　a　 '))"
	                          " SELECT group_concat(iif(%s IS NULL, 'null', hex(%s)), ' ') AS v FROM v AS a, v AS b";
	ak_json *p = with_params();
	sqlite3 *db = NULL;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	for (size_t i = 0; i < sizeof(exprs) / sizeof(exprs[0]); i++) {
		char text[1200];
		sqlite3_stmt *s = NULL;
		ak_json *rows = NULL;
		ak_error err = { 0 };
		ak_rules *r;

		assert_true(snprintf(text, sizeof(text), sql, exprs[i], exprs[i]) < (int)sizeof(text));
		assert_int_equal(sqlite3_prepare_v2(db, text, -1, &s, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_step(s), SQLITE_ROW);
		put(p, "/queries/q", ak_json_new_str(text));
		r = open_rules(p);
		ready(r);
		need(ak_rules_query(r, "q", ak_day_from_civil(2026, 3, 1), KNOWN_AT, NULL, &rows, &err), &err);
		if (!ak_span_is(ak_json_get_text(ak_json_at(rows, 0), "v"), (const char *)sqlite3_column_text(s, 0)))
			fail_msg("%s: %s, not %s", exprs[i], ak_json_get_str(ak_json_at(rows, 0), "v"), (const char *)sqlite3_column_text(s, 0));
		sqlite3_finalize(s);
		ak_json_free(rows);
		ak_rules_free(&r);
	}
	(void)sqlite3_close(db);
	ak_json_free(p);
}

static void load_all(ak_rules *r)
{
	ak_error err = { 0 };

	add(r, 3, "listing", "{\"z\":1,\"a\":\"日本\"}");
	add_full(r, 4, "decision", NULL, false, "s/listing:B");
	need(ak_rules_add_about(r, 3, ak_span_str("s/listing:A"), &err), &err); /* said twice: kept once */
	refer(r, 4, "decides", 3);
	refer(r, 4, "cites", 99);
	need(ak_rules_add_signer(r, 3, "koh", "auditor", "lead", true, &err), &err);
	need(ak_rules_add_party(r, "koh", "光", NULL, &err), &err);
	need(ak_rules_add_party(r, "koh", "光監査", "Koh", &err), &err); /* enrolled again: the newer name */
	need(ak_rules_add_proved(r, ak_span_str("s/listing:A"), &err), &err);
	need(ak_rules_add_proved(r, ak_span_str("s/listing:A"), &err), &err);
}

static const struct { const char *sql, *want; } tables[] = {
	{ "SELECT * FROM record", "[{\"seq\":3,\"id\":\"sha256:0303030303030303030303030303030303030303030303030303030303030303\","
	  "\"type\":\"listing\",\"scheme\":\"s\",\"issued\":\"2021-09\",\"issued_first\":\"2021-09-01\",\"issued_last\":\"2021-09-30\","
	  "\"sealed_on\":\"2020-09-13\",\"time\":1600000000,\"mode\":\"members\",\"body\":\"{\\\"a\\\":\\\"日本\\\",\\\"z\\\":1}\"}]" },
	{ "SELECT seq, body, body_as_sealed, authorised, annulled, corrected FROM record_all WHERE seq = 4",
	  "[{\"seq\":4,\"body\":null,\"body_as_sealed\":null,\"authorised\":0,\"annulled\":0,\"corrected\":0}]" },
	{ "SELECT * FROM about ORDER BY seq", "[{\"seq\":3,\"subject\":\"s/listing:A\"},{\"seq\":4,\"subject\":\"s/listing:B\"}]" },
	{ "SELECT seq, rel, target_seq FROM ref ORDER BY rel", "[{\"seq\":4,\"rel\":\"cites\",\"target_seq\":null},"
	  "{\"seq\":4,\"rel\":\"decides\",\"target_seq\":3}]" },
	{ "SELECT * FROM signer", "[{\"seq\":3,\"party\":\"koh\",\"role\":\"auditor\",\"member\":\"lead\",\"counted\":1}]" },
	{ "SELECT * FROM party", "[{\"party\":\"koh\",\"ja\":\"光監査\",\"en\":\"Koh\"}]" },
	{ "SELECT * FROM proved", "[{\"subject\":\"s/listing:A\"}]" },
	{ "SELECT * FROM asked", "[{\"as_of\":\"2026-03-01\",\"known_at\":1000,\"listing\":null}]" },
	{ "SELECT * FROM thing", "[{\"a\":\"日本\",\"day\":\"2026-03-01\"}]" },
	{ "SELECT 1 AS a WHERE 0", "[]" },
};

static void tables_of_the_contract(void **state)
{
	static const char views[] = "CREATE VIEW plain AS SELECT body ->> 'a' AS a FROM record; -- a remark; with a semicolon\n"
	                            "CREATE VIEW thing AS SELECT a, as_of AS day FROM plain, asked;";

	(void)state;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		ak_json *want = json_of(tables[i].want), *got = ask_json(views, tables[i].sql, load_all);

		if (!ak_json_equal(want, got))
			fail_msg("%s: not %s", tables[i].sql, tables[i].want);
		ak_json_free(want);
		ak_json_free(got);
	}
}

/* A view is what SQL says it is, however it is written. */
static void ways_to_write_a_view(void **state)
{
	static const struct { const char *views, *want; } rows[] = {
		{ "CREATE VIEW v AS SELECT 1 AS a", "[{\"a\":1}]" },
		{ "create view v as select 1 as a;", "[{\"a\":1}]" },
		{ "CREATE VIEW v(a) AS SELECT 1", "[{\"a\":1}]" },
		{ "CREATE VIEW main.v(a, \"b)c\") AS VALUES(1, ')')", "[{\"a\":1,\"b)c\":\")\"}]" },
		{ "CREATE VIEW \"v\" (\"as\") AS SELECT 1 -- AS 2)", "[{\"as\":1}]" },
		{ "CREATE VIEW [v] -- AS SELECT 3\n/* AS SELECT 4 */ AS SELECT ')' AS a, '''AS' AS b",
		  "[{\"a\":\")\",\"b\":\"'AS\"}]" },
		{ "CREATE VIEW `v`AS SELECT 1 AS a;;;-- the end", "[{\"a\":1}]" },
		{ "CREATE VIEW v(a)AS WITH t(x) AS (SELECT 5) SELECT x FROM t /* ) */", "[{\"a\":5}]" },
		{ "CREATE VIEW IF NOT EXISTS v AS SELECT 1 AS a", "[{\"a\":1}]" },
		{ "/* first */ CREATE VIEW w AS SELECT 2 AS a; -- then\n CREATE VIEW v AS SELECT a + 1 AS a FROM w;",
		  "[{\"a\":3}]" },
		{ "CREATE VIEW w AS SELECT 1 AS a, 2 AS b, 3 AS c, 4 AS d, 5 AS e, 6 AS f, 7 AS g, 8 AS h, 9 AS i, 10 AS j;"
		  "CREATE VIEW x(a1,b1,c1,d1,e1,f1,g1,h1,i1,j1,a2,b2,c2,d2,e2,f2,g2,h2,i2,j2,a3,b3,c3,d3,e3,f3,g3,h3,i3,j3,"
		  "a4,b4,c4,d4,e4,f4,g4,h4,i4,j4) AS SELECT * FROM w m, w n, w o, w p; CREATE VIEW v AS SELECT j4 AS a FROM x",
		  "[{\"a\":10}]" },
		{ "CREATE VIEW w AS SELECT known_at, cast(7 AS TEXT) AS t FROM asked; CREATE VIEW v AS SELECT known_at = '1000' AS a,"
		  " t = 7 AS b FROM w", "[{\"a\":1,\"b\":0}]" },
		{ "CREATE VIEW v AS SELECT as_of AS a FROM asked", "[{\"a\":\"2026-03-01\"}]" },
		{ "CREATE VIEW w AS SELECT as_of AS a FROM asked; CREATE VIEW v(n) AS SELECT a || '!' FROM w",
		  "[{\"n\":\"2026-03-01!\"}]" },
		{ "CREATE VIEW v AS SELECT 1 AS a UNION ALL SELECT 2 ORDER BY 1 DESC LIMIT 1", "[{\"a\":2}]" },
		{ "CREATE VIEW \"a \"\" as b\" AS SELECT 4 AS x; CREATE VIEW v AS SELECT x AS a FROM \"a \"\" as b\"",
		  "[{\"a\":4}]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_json *want = json_of(rows[i].want), *got = ask_json(rows[i].views, "SELECT * FROM v", NULL);

		if (!ak_json_equal(want, got))
			fail_msg("%s: not %s", rows[i].views, rows[i].want);
		ak_json_free(want);
		ak_json_free(got);
	}
}

/* Views that depend on the question are filled anew for each. */
static void views_follow_the_question(void **state)
{
	ak_json *p = new_package(), *rows;
	ak_error err = { 0 };
	ak_rules *r;

	(void)state;
	put(p, "/views", ak_json_new_str("CREATE VIEW q AS SELECT as_of || known_at || coalesce(listing, '-') AS a FROM asked;"
	                                 "CREATE VIEW v AS SELECT a || (SELECT count(*) FROM record) AS a FROM q"));
	put(p, "/queries/q", ak_json_new_str("SELECT a FROM v"));
	r = open_rules(p);
	add(r, 1, "listing", "{}");
	ready(r);
	for (int i = 0; i < 16; i++) { /* each question twice running */
		int k = i / 2;
		char want[64];

		(void)snprintf(want, sizeof(want), "1970-01-0%d%d%s1", 1 + k % 2, k / 2 % 2, k / 4 == 0 ? "-" : "L");
		rows = NULL;
		need(ak_rules_query(r, "q", k % 2, (uint64_t)(k / 2 % 2), k / 4 == 0 ? NULL : "L", &rows, &err), &err);
		if (!ak_span_is(ak_json_get_text(ak_json_at(rows, 0), "a"), want))
			fail_msg("not %s", want);
		ak_json_free(rows);
	}
	ak_rules_free(&r);
	ak_json_free(p);
}

static void sql_may_be_lines(void **state)
{
	ak_json *p = new_package(), *rows = NULL;
	ak_error err = { 0 };
	ak_rules *r;

	(void)state;
	put(p, "/views", json_of("[\"CREATE VIEW v AS -- remark\",\" SELECT 5 AS n;\"]"));
	put(p, "/queries/q", json_of("[\"SELECT n -- remark\",\"FROM v\"]"));
	r = open_rules(p);
	ready(r);
	need(ak_rules_query(r, "q", 0, 1, NULL, &rows, &err), &err);
	assert_int_equal(ak_json_len(rows), 1);
	ak_json_free(rows);
	assert_int_equal(ak_rules_query(r, "none", 0, 1, NULL, &rows, &err), AK_NOT_FOUND);
	ak_rules_free(&r);
	ak_json_free(p);
}

static void wrong_order_of_calls(void **state)
{
	ak_json *p = new_package(), *q = new_package();
	ak_fact f = { .seq = 1, .id = id_of(1), .type = "t", .scheme = "s", .issued = "2021", .mode = "" };
	ak_error err = { 0 };
	answers got = { .n = 0 };
	ak_fact unsealed = { .seq = 8, .type = "t", .scheme = "s", .issued = "2021", .mode = "" };
	ak_rules *r, *none = NULL;

	(void)state;
	r = open_rules(p);
	assert_int_equal(ak_rules_run(r, 0, 1, NULL, note, &got, &err), AK_INVALID_ARGUMENT);
	need(ak_rules_add_record(r, &f, &err), &err);
	assert_int_equal(ak_rules_add_record(r, &f, &err), AK_INVALID_ARGUMENT); /* the same seq */
	assert_string_equal(err.where, "rules.record");
	assert_int_equal(err.at, 1);
	f.seq = 2;
	assert_int_equal(ak_rules_add_record(r, &f, &err), AK_INVALID_ARGUMENT); /* the same id */
	need(ak_rules_add_record(r, &unsealed, &err), &err); /* what is not sealed has no id, and none of them is another's */
	unsealed.seq = 9;
	need(ak_rules_add_record(r, &unsealed, &err), &err);
	f.id = id_of(2);
	f.type = NULL;
	assert_int_equal(ak_rules_add_record(r, &f, &err), AK_INVALID_ARGUMENT);
	f.type = "t";
	f.seq = UINT64_MAX;
	assert_int_equal(ak_rules_add_record(r, &f, &err), AK_INVALID_ARGUMENT);
	ready(r);
	assert_int_equal(ak_rules_ready(r, &err), AK_INVALID_ARGUMENT);
	f.seq = 3;
	assert_int_equal(ak_rules_add_record(r, &f, &err), AK_INVALID_ARGUMENT);
	assert_int_equal(ak_rules_add_about(r, 3, ak_span_str("s/x:y"), &err), AK_INVALID_ARGUMENT);
	assert_int_equal(ak_rules_run(r, INT32_MAX, 1, NULL, note, &got, &err), AK_INVALID_ARGUMENT);
	assert_int_equal(ak_rules_run(r, 0, UINT64_MAX, NULL, note, &got, &err), AK_INVALID_ARGUMENT);
	assert_int_equal(got.n, 0);
	put(q, "/format", ak_json_new_str("akashi-profile/2"));
	assert_int_equal(ak_rules_open(q, &none, &err), AK_UNKNOWN_VERSION);
	assert_string_equal(err.where, "package.format");
	assert_null(none);
	ak_rules_free(&r);
	ak_json_free(p);
	ak_json_free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_function),
		cmocka_unit_test(as_sqlite_answers),
		cmocka_unit_test(tables_of_the_contract),
		cmocka_unit_test(ways_to_write_a_view),
		cmocka_unit_test(views_follow_the_question),
		cmocka_unit_test(sql_may_be_lines),
		cmocka_unit_test(wrong_order_of_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
