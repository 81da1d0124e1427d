/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/db.h"

#include "base/date.h"
#include "base/fail.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* What a profile's SQL may call.  Not here: the clock (date, time, julianday, strftime, current_date ...), chance
 * (random, randomblob), anything that reaches out of the database (load_extension, readfile, edit, fts3_tokenizer), and
 * printf and format, which answer NULL instead of an error when the result is too long.  Sorted. */
static const char *const functions[] = {
	"->", "->>", "abs", "add_days", "add_period", "avg", "ceil", "char", "coalesce", "concat", "concat_ws", "count",
	"cume_dist", "day_first", "day_last", "days_between", "dense_rank", "first_value", "floor", "glob",
	"group_concat", "hex", "ifnull", "iif", "instr", "json", "json_array", "json_array_length", "json_each",
	"json_extract", "json_group_array", "json_group_object", "json_object", "json_quote", "json_tree",
	"json_type", "json_valid", "jst_day", "lag", "last_value", "lead", "length", "like", "likelihood",
	"likely", "lower", "ltrim", "max", "min", "nth_value", "ntile", "nullif", "octet_length", "param",
	"percent_rank", "quote", "rank", "replace", "round", "row_number", "rtrim", "sign", "string_agg",
	"substr", "substring", "sum", "total", "trim", "typeof", "unicode", "unlikely", "upper",
};

static bool function_allowed(const char *name)
{
	size_t lo = 0, hi = sizeof(functions) / sizeof(functions[0]);

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcasecmp(name, functions[mid]);

		if (c == 0)
			return true;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return false;
}

static bool starts(const char *name, const char *prefix)
{
	return strncasecmp(name, prefix, strlen(prefix)) == 0;
}

/* SQLite asks for every column that a statement names, so most names are told apart by their first letter. */
static void note_view(ak_rules *r, const char *table)
{
	const int first = tolower((unsigned char)table[0]);

	for (size_t i = 0; i < r->n_views; i++) {
		const ak_rules_view *v = &r->views[i];

		if (v->name == NULL || tolower((unsigned char)v->name[0]) != first || strcasecmp(table, v->name) != 0)
			continue;
		r->saw_asked = r->saw_asked || v->asked;
		if (r->saw != NULL)
			r->saw[i] = true;
		if (v->spoiled != NULL)
			r->saw_spoiled = v;
	}
}

/* The virtual tables of SQLite are gone but for json_each and json_tree (see ak_rules_guard_install); pragma_* are
 * made on demand, and the schema tables are always there. */
static bool table_allowed(ak_rules *r, const char *table, const char *column, const char *view)
{
	if (starts(table, "sqlite_") || starts(table, "pragma_"))
		return false;
	/* An empty column name means that no value is taken ("count(*)" over a view of it). */
	if (strcasecmp(table, "fact") == 0 && column[0] != '\0' &&
	    (view == NULL || (strcmp(view, "record") != 0 && strcmp(view, "record_all") != 0)))
		return false;
	if (strcasecmp(table, "asked") == 0)
		r->saw_asked = true;
	note_view(r, table);
	return true;
}

static int guard_read(ak_rules *r, int what, const char *a, const char *b, const char *view)
{
	switch (what) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_READ:
		return a != NULL && table_allowed(r, a, b == NULL ? "" : b, view) ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_FUNCTION:
		return b != NULL && function_allowed(b) ? SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

static int guard_view(ak_rules *r, int what, const char *a, const char *db)
{
	switch (what) {
	case SQLITE_CREATE_VIEW:
		if (a == NULL || db == NULL || strcmp(db, "main") != 0 || r->made[0] != '\0' ||
		    strlen(a) > AK_RULES_VIEW_NAME)
			return SQLITE_DENY;
		memcpy(r->made, a, strlen(a) + 1);
		return SQLITE_OK;
	/* What CREATE VIEW does to the schema table. */
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_READ:
		return a != NULL && starts(a, "sqlite_master") ? SQLITE_OK : SQLITE_DENY;
	case SQLITE_SELECT:
		return SQLITE_OK;
	default:
		return SQLITE_DENY;
	}
}

static int authorize(void *ctx, int what, const char *a, const char *b, const char *db, const char *view)
{
	ak_rules *r = ctx;

	switch (r->guard) {
	case AK_GUARD_OFF:
		return SQLITE_OK;
	case AK_GUARD_READ:
		return guard_read(r, what, a, b, view);
	case AK_GUARD_VIEW:
		return guard_view(r, what, a, db);
	}
	return SQLITE_DENY;
}

static int progress(void *ctx)
{
	ak_rules *r = ctx;

	if (!r->metered)
		return 0;
	r->steps += AK_RULES_METER;
	if (r->steps > r->steps_max)
		r->stop = AK_STOP_STEPS;
	else if (sqlite3_memory_used() - r->memory_start > AK_RULES_MEMORY)
		r->stop = AK_STOP_MEMORY;
	r->crowded = r->crowded || r->stop == AK_STOP_MEMORY;
	return r->stop != AK_STOP_NONE;
}

void ak_rules_meter_start(ak_rules *r)
{
	r->metered = true;
	r->steps = 0;
	r->steps_max = r->indexing ? AK_RULES_STEPS + r->n_facts * AK_RULES_STEPS_EACH : AK_RULES_STEPS_FEW;
	r->memory_start = sqlite3_memory_used();
	r->stop = AK_STOP_NONE;
}

void ak_rules_meter_stop(ak_rules *r)
{
	r->metered = false;
}

bool ak_rules_crowded(const ak_rules *r)
{
	return r->crowded;
}

static ak_status configure(ak_rules *r, ak_error *err)
{
	static const struct { int what, value; } config[] = {
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 }, { SQLITE_DBCONFIG_DEFENSIVE, 1 },
		/* "Untrusted" would refuse JSON in views (SQLite 3.40); what a view calls is checked above. */
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1 }, { SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 }, { SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 },
		/* A misspelt column in double quotes is an error, not a text. */
		{ SQLITE_DBCONFIG_DQS_DML, 0 }, { SQLITE_DBCONFIG_DQS_DDL, 0 },
	};
	static const struct { int what, value; } limit[] = {
		{ SQLITE_LIMIT_LENGTH, AK_RULES_LENGTH_LOAD }, { SQLITE_LIMIT_SQL_LENGTH, AK_RULES_SQL_MAX },
		{ SQLITE_LIMIT_COLUMN, 128 }, { SQLITE_LIMIT_EXPR_DEPTH, 200 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 64 }, { SQLITE_LIMIT_VDBE_OP, 100000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 100 }, { SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 128 }, { SQLITE_LIMIT_VARIABLE_NUMBER, 128 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 }, { SQLITE_LIMIT_WORKER_THREADS, 0 },
	};

	for (size_t i = 0; i < sizeof(config) / sizeof(config[0]); i++) {
		int now = -1;
		int rc = sqlite3_db_config(r->db, config[i].what, config[i].value, &now);

		/* A library built without tokenizers does not know that switch, and needs none. */
		if ((rc != SQLITE_OK || now != config[i].value) &&
		    config[i].what != SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER)
			return ak_fail(err, AK_INTERNAL, "rules.open", (uint64_t)i,
			               "SQLite refused a safety switch");
	}
	for (size_t i = 0; i < sizeof(limit) / sizeof(limit[0]); i++)
		(void)sqlite3_limit(r->db, limit[i].what, limit[i].value);
	return AK_OK;
}

ak_status ak_rules_guard_install(ak_rules *r, ak_error *err)
{
	static const char *keep[] = { "json_each", "json_tree", NULL };
	ak_status st = configure(r, err);
	int rc;

	if (st != AK_OK)
		return st;
	/* These two declare their columns when first used, which the authorizer would take for a CREATE TABLE: use them
	 * once before it is there. */
	rc = ak_rules_text_functions(r);
	if (rc == SQLITE_OK)
		rc = sqlite3_drop_modules(r->db, keep);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(r->db, "SELECT 1 FROM json_each('[]'), json_tree('[]')", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_set_authorizer(r->db, authorize, r);
	if (rc != SQLITE_OK)
		return rc == SQLITE_NOMEM ? ak_no_memory(err, "rules.open")
		                          : ak_fail(err, AK_INTERNAL, "rules.open", 0, "SQLite refused the authorizer");
	sqlite3_progress_handler(r->db, AK_RULES_METER, progress, r);
	return AK_OK;
}

ak_status ak_rules_sql_fail(ak_rules *r, int rc, const char *where, ak_error *err)
{
	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		return ak_no_memory(err, where);
	case SQLITE_INTERRUPT:
		if (r->stop == AK_STOP_MEMORY)
			return ak_fail(err, AK_STOPPED, where, r->steps, "stopped: more than %d MiB of memory",
			               AK_RULES_MEMORY / (1024 * 1024));
		return ak_fail(err, AK_STOPPED, where, r->steps, "stopped: more than %llu steps",
		               (unsigned long long)r->steps_max);
	case SQLITE_TOOBIG:
		return ak_fail(err, AK_LIMIT, where, 0, "a text or row is longer than the limit");
	case SQLITE_CONSTRAINT:
		return ak_fail(err, AK_INVALID_ARGUMENT, where, 0, "%.200s", sqlite3_errmsg(r->db));
	default:
		return ak_fail(err, AK_BAD_FORMAT, where, 0, "SQL: %.200s", sqlite3_errmsg(r->db));
	}
}

/* After the one statement only white space, comments and semicolons may follow. */
static ak_status check_tail(ak_rules *r, const char *tail, ak_error *err)
{
	while (*tail != '\0') {
		sqlite3_stmt *more = NULL;
		const char *next = tail;
		int rc = sqlite3_prepare_v3(r->db, tail, -1, 0, &more, &next);

		sqlite3_finalize(more);
		if (rc == SQLITE_NOMEM)
			return ak_no_memory(err, "rules.sql");
		if (rc != SQLITE_OK || more != NULL)
			return ak_fail(err, AK_BAD_FORMAT, "rules.sql", 0, "text after its first statement");
		if (next == tail)
			break;
		tail = next;
	}
	return AK_OK;
}

static ak_status check_statement(ak_rules *r, sqlite3_stmt *s, const char *tail, ak_error *err)
{
	if (s == NULL)
		return ak_fail(err, AK_BAD_FORMAT, "rules.sql", 0, "holds no statement");
	if (!sqlite3_stmt_readonly(s) || sqlite3_stmt_isexplain(s) || sqlite3_column_count(s) == 0)
		return ak_fail(err, AK_BAD_FORMAT, "rules.sql", 0, "not a query that only reads");
	for (int i = 1; i <= sqlite3_bind_parameter_count(s); i++) {
		const char *name = sqlite3_bind_parameter_name(s, i);

		if (name == NULL || (strcmp(name, ":as_of") != 0 && strcmp(name, ":known_at") != 0))
			return ak_fail(err, AK_BAD_FORMAT, "rules.sql", 0, "parameter \"%.40s\" is not "
			               ":as_of or :known_at", name == NULL ? "?" : name);
	}
	return check_tail(r, tail, err);
}

ak_status ak_rules_prepare_any(ak_rules *r, const char *sql, sqlite3_stmt **out, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	const char *tail = "";
	ak_status st;
	int rc;

	r->guard = AK_GUARD_READ;
	r->saw_asked = false;
	r->saw_spoiled = NULL;
	rc = sqlite3_prepare_v3(r->db, sql, -1, 0, &s, &tail);
	if (rc != SQLITE_OK)
		st = ak_rules_sql_fail(r, rc, "rules.sql", err);
	else
		st = check_statement(r, s, tail, err);
	r->guard = AK_GUARD_OFF;
	if (st != AK_OK) {
		sqlite3_finalize(s);
		return st;
	}
	*out = s;
	return AK_OK;
}

ak_status ak_rules_bind(sqlite3_stmt *s, int32_t as_of, uint64_t known_at, ak_error *err)
{
	int day = sqlite3_bind_parameter_index(s, ":as_of");
	int size = sqlite3_bind_parameter_index(s, ":known_at");
	char text[11];

	ak_day_format(as_of, text);
	if ((day != 0 && sqlite3_bind_text(s, day, text, -1, SQLITE_TRANSIENT) != SQLITE_OK) ||
	    (size != 0 && sqlite3_bind_int64(s, size, (sqlite3_int64)known_at) != SQLITE_OK))
		return ak_no_memory(err, "rules.bind");
	return AK_OK;
}

ak_status ak_rules_step(ak_rules *r, sqlite3_stmt *s, bool *row, ak_error *err)
{
	int rc;

	r->guard = AK_GUARD_READ;
	rc = sqlite3_step(s);
	r->guard = AK_GUARD_OFF;
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return ak_rules_sql_fail(r, rc, "rules.sql", err);
	*row = rc == SQLITE_ROW;
	return AK_OK;
}
