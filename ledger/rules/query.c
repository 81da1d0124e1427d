/* SPDX-License-Identifier: Apache-2.0 */
/* The profile's queries that describe a listing for people.  Unlike a rule, a query that cannot run is an error: there is nothing
 * to say in its place. */
#include "base/fail.h"
#include "base/text.h"
#include "rules/db.h"

#include <string.h>

static ak_status value_of(sqlite3_stmt *s, int i, ak_json **out, ak_error *err)
{
	ak_span text;
	int64_t n;

	switch (sqlite3_column_type(s, i)) {
	case SQLITE_NULL:
		*out = ak_json_new_null();
		return AK_OK;
	case SQLITE_INTEGER:
		n = sqlite3_column_int64(s, i);
		if (n > AK_JSON_INT_MAX || n < -AK_JSON_INT_MAX)
			return ak_fail(err, AK_BAD_FORMAT, "rules.query", 0, "a number is out of range");
		*out = ak_json_new_int(n);
		return AK_OK;
	case SQLITE_TEXT:
		text.data = sqlite3_column_text(s, i);
		if (text.data == NULL)
			return ak_no_memory(err, "rules.query");
		text.len = (size_t)sqlite3_column_bytes(s, i);
		if (!ak_utf8_valid(text, &(size_t){ 0 }) || (text.len != 0 && memchr(text.data, 0, text.len) != NULL))
			return ak_fail(err, AK_BAD_FORMAT, "rules.query", 0, "a column holds what is not text");
		*out = ak_json_new_text(text);
		return AK_OK;
	default:
		return ak_fail(err, AK_BAD_FORMAT, "rules.query", 0, "a column is neither text nor a whole number");
	}
}

static ak_status add_row(sqlite3_stmt *s, ak_json *rows, size_t *bytes, ak_error *err)
{
	ak_json *object = ak_json_new_object();
	ak_status st = object == NULL ? ak_no_memory(err, "rules.query") : AK_OK;

	for (int i = 0; st == AK_OK && i < sqlite3_column_count(s); i++) {
		const char *name = sqlite3_column_name(s, i);
		ak_json *value = NULL;

		if (name == NULL) {
			st = ak_no_memory(err, "rules.query");
			break;
		}
		st = value_of(s, i, &value, err);
		if (st == AK_OK)
			st = ak_json_set(object, name, value, err);
		*bytes += strlen(name) + (size_t)sqlite3_column_bytes(s, i);
	}
	if (st == AK_OK && *bytes > AK_RULES_ANSWER)
		st = ak_fail(err, AK_LIMIT, "rules.query", 0, "the answer is over %d bytes", AK_RULES_ANSWER);
	if (st != AK_OK) {
		ak_json_free(object);
		return st;
	}
	return ak_json_add(rows, object, err);
}

/* Where the statement of this query is kept; the pointer lasts until the next call. */
static ak_status kept_of(ak_rules *r, const char *name, ak_rules_kept **out, ak_error *err)
{
	void *queries = r->queries;
	ak_status st;

	for (size_t i = 0; i < r->n_queries; i++) {
		if (strcmp(r->queries[i].name, name) == 0) {
			*out = &r->queries[i].kept;
			return AK_OK;
		}
	}
	st = ak_mem_grow(&queries, &r->cap_queries, r->n_queries + 1, sizeof(*r->queries), err);
	r->queries = queries;
	if (st != AK_OK)
		return st;
	r->queries[r->n_queries] = (ak_rules_named){ .name = ak_span_dup(ak_span_str(name)) };
	if (r->queries[r->n_queries].name == NULL)
		return ak_no_memory(err, "rules.query");
	*out = &r->queries[r->n_queries++].kept;
	return AK_OK;
}

static ak_status run_query(ak_rules *r, ak_rules_kept *kept, const char *sql, int32_t as_of, uint64_t known_at, ak_json *rows,
                           ak_error *err)
{
	sqlite3_stmt *s = NULL;
	size_t bytes = 0;
	bool more = false;
	ak_status st;

	ak_rules_meter_start(r);
	st = ak_rules_statement(r, kept, sql, &s, err);
	if (st == AK_OK)
		st = ak_rules_bind(s, as_of, known_at, err);
	while (st == AK_OK) {
		st = ak_rules_step(r, s, &more, err);
		if (st != AK_OK || !more)
			break;
		if (ak_json_len(rows) == AK_RULES_ROWS)
			st = ak_fail(err, AK_LIMIT, "rules.query", AK_RULES_ROWS, "more than %d rows",
			             AK_RULES_ROWS);
		else
			st = add_row(s, rows, &bytes, err);
	}
	ak_rules_give_back(kept, s);
	ak_rules_meter_stop(r);
	return st;
}

ak_status ak_rules_query_prepare(ak_rules *r, const char *name, ak_error *err)
{
	const ak_json *text = ak_json_get(ak_json_get(r->package, "queries"), name);
	ak_rules_kept *kept = NULL;
	sqlite3_stmt *s = NULL;
	ak_text sql = { 0 };
	ak_status st;

	if (text == NULL)
		return AK_OK;
	st = kept_of(r, name, &kept, err);
	if (st == AK_OK)
		st = ak_rules_sql_text(text, "package.queries", &sql, err);
	if (st == AK_OK) {
		st = ak_rules_statement(r, kept, sql.data, &s, err);
		ak_rules_give_back(kept, s);
	}
	ak_mem_free(sql.data);
	return st;
}

bool ak_rules_rule(const ak_rules *r, const char *id, ak_rule_info *out)
{
	for (size_t i = 0; i < r->n_files; i++) {
		if (r->files[i].broken != NULL || strcmp(r->files[i].rule.value[AK_RULE_ID], id) != 0)
			continue;
		*out = ak_rule_info_of(&r->files[i].rule);
		return true;
	}
	return false;
}

ak_status ak_rules_query(ak_rules *r, const char *name, int32_t as_of, uint64_t known_at, const char *listing,
                         ak_json **out, ak_error *err)
{
	const ak_json *text = ak_json_get(ak_json_get(r->package, "queries"), name);
	ak_rules_kept *kept = NULL;
	ak_json *rows = NULL;
	ak_text sql = { 0 };
	ak_status st;

	if (text == NULL)
		return ak_fail(err, AK_NOT_FOUND, "rules.query", 0, "the profile has no query \"%.60s\"", name);
	st = ak_rules_ask(r, as_of, known_at, listing, err);
	if (st == AK_OK)
		st = kept_of(r, name, &kept, err);
	if (st == AK_OK)
		st = ak_rules_sql_text(text, "package.queries", &sql, err);
	while (st == AK_OK) {
		rows = ak_json_new_array();
		st = rows == NULL ? ak_no_memory(err, "rules.query")
		                  : run_query(r, kept, sql.data, as_of, known_at, rows, err);
		if (!ak_rules_once_more(r, &st, err))
			break;
		ak_json_free(rows);
	}
	ak_mem_free(sql.data);
	if (st != AK_OK) {
		ak_json_free(rows);
		return st;
	}
	*out = rows;
	return AK_OK;
}
