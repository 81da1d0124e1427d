/* SPDX-License-Identifier: Apache-2.0 */
/* The profile's views, kept as tables of their rows.
 *
 * Thirty rules over ten thousand listings would take the same JSON apart thirty times, and SQLite cannot index what it takes
 * out of JSON.  So each "CREATE VIEW v AS q" is read by SQLite as what it says, forgotten again, and q is run once to fill
 * a table v: when the records are there; and again for every question if q reads `asked`, or a view that does.  A
 * view may use only views defined before it, and may not have two columns of one name.
 *
 * A q that meets a limit leaves v spoiled: whoever reads v is not-checked, for that reason. */
#include "base/fail.h"
#include "rules/db.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Past white space and comments. */
static const char *skip_blank(const char *p)
{
	for (;;) {
		const char *end;

		if (isspace((unsigned char)*p)) {
			p++;
		} else if (p[0] == '-' && p[1] == '-') {
			end = strchr(p, '\n');
			p = end == NULL ? p + strlen(p) : end + 1;
		} else if (p[0] == '/' && p[1] == '*') {
			end = strstr(p + 2, "*/");
			p = end == NULL ? p + strlen(p) : end + 2;
		} else {
			return p;
		}
	}
}

/* No statement, but perhaps a semicolon. */
static bool nothing(const char *sql)
{
	sql = skip_blank(sql);
	return *sql == '\0' || *sql == ';';
}

/* IF NOT EXISTS would make nothing of a name that is taken, and we must not take that for a view of the profile. */
static ak_status check_name(ak_rules *r, ak_error *err)
{
	static const char *const virtual[] = { "json_each", "json_tree", "pragma_", "akashi_" };
	sqlite3_stmt *s = NULL;
	ak_status st = ak_rules_own_prepare(r, "SELECT 1 FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE", &s, err);
	bool taken = false;
	int rc;

	if (st == AK_OK)
		st = ak_rules_bind_span(s, 1, ak_span_str(r->made), err);
	if (st == AK_OK) {
		rc = sqlite3_step(s);
		taken = rc == SQLITE_ROW;
		if (rc != SQLITE_ROW && rc != SQLITE_DONE)
			st = ak_rules_sql_fail(r, rc, "package.views", err);
	}
	sqlite3_finalize(s);
	for (size_t i = 0; i < sizeof(virtual) / sizeof(virtual[0]); i++)
		taken = taken || strncasecmp(r->made, virtual[i], strlen(virtual[i])) == 0;
	if (st == AK_OK && taken)
		return ak_fail(err, AK_BAD_FORMAT, "package.views", 0, "view %s: the name is taken", r->made);
	return st;
}

/* SQLite's view of a statement: AK_BAD_FORMAT unless it is one CREATE VIEW (r->made) or nothing at all. */
static ak_status read_statement(ak_rules *r, const char *sql, const char **next, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	ak_status st = AK_OK;
	int rc;

	r->made[0] = '\0';
	r->guard = AK_GUARD_VIEW;
	rc = sqlite3_prepare_v3(r->db, sql, -1, 0, &s, next);
	r->guard = AK_GUARD_OFF;
	if (rc != SQLITE_OK)
		st = ak_rules_sql_fail(r, rc, "package.views", err);
	else if (s == NULL ? !nothing(sql) : r->made[0] == '\0')
		st = ak_fail(err, AK_BAD_FORMAT, "package.views", 0, "a statement that is not CREATE VIEW");
	else if (s != NULL)
		st = check_name(r, err);
	sqlite3_finalize(s);
	return st;
}

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '$' || ((unsigned char)c & 0x80) != 0;
}

/* Past one token: a word, a quoted name or text (a doubled quote is two tokens, which does no harm), or a sign. */
static const char *skip_token(const char *p)
{
	const char *end;

	if (*p == '\'' || *p == '"' || *p == '`' || *p == '[') {
		end = strchr(p + 1, *p == '[' ? ']' : *p);
		return end == NULL ? p + strlen(p) : end + 1;
	}
	if (!word_char(*p))
		return *p == '\0' ? p : p + 1;
	while (word_char(*p))
		p++;
	return p;
}

/* "CREATE VIEW name (columns) AS query": where the query begins, and the columns with their parentheses, if any.  SQLite has
 * read the statement before, so it is of this form. */
static const char *find_query(const char *p, ak_span *columns)
{
	const char *open = NULL, *end;
	size_t depth = 0;

	*columns = (ak_span){ 0 };
	for (p = skip_blank(p); *p != '\0'; p = skip_blank(end)) {
		end = skip_token(p);
		if (*p == '(' && depth++ == 0)
			open = p;
		if (*p == ')' && depth != 0 && --depth == 0)
			*columns = (ak_span){ (const uint8_t *)open, (size_t)(end - open) };
		if (depth == 0 && end - p == 2 && strncasecmp(p, "AS", 2) == 0)
			return end;
	}
	return p;
}

/* The query as one that can stand after INSERT INTO: what ends the statement is cut off.  A comment may hide a bracket, so each
 * stands on a line of its own. */
static ak_status query_text(const char *sql, const char *next, ak_text *out, ak_error *err)
{
	ak_span columns;
	const char *query = find_query(sql, &columns);
	ak_status st = AK_OK;
	ak_buf b = { 0 };

	while (next > query && (isspace((unsigned char)next[-1]) || next[-1] == ';'))
		next--;
	ak_buf_init(&b, AK_RULES_SQL_MAX + 256);
	if (columns.len != 0) {
		st = ak_buf_add_str(&b, "WITH akashi_named", err);
		if (st == AK_OK)
			st = ak_buf_add_span(&b, columns, err);
		if (st == AK_OK)
			st = ak_buf_add_str(&b, " AS (", err);
	}
	if (st == AK_OK)
		st = ak_buf_add(&b, query, (size_t)(next - query), err);
	if (st == AK_OK)
		st = ak_buf_add_str(&b, columns.len != 0 ? "\n) SELECT * FROM akashi_named" : "\n", err);
	if (st == AK_OK)
		st = ak_buf_take_text(&b, out, err);
	ak_buf_clear(&b);
	return st;
}

/* CREATE TABLE and INSERT INTO for rows like those of `s`.  The declared type goes over from the column that a column shows, so that
 * comparisons convert as they would in a view. */
static ak_status table_text(sqlite3_stmt *s, const char *name, ak_buf *create, ak_buf *insert, ak_error *err)
{
	char *head = sqlite3_mprintf("CREATE TABLE \"%w\"(", name);
	char *into = sqlite3_mprintf("INSERT INTO \"%w\" VALUES(", name);
	ak_status st = head == NULL || into == NULL ? ak_no_memory(err, "package.views") : AK_OK;

	if (st == AK_OK)
		st = ak_buf_add_str(create, head, err);
	if (st == AK_OK)
		st = ak_buf_add_str(insert, into, err);
	sqlite3_free(head);
	sqlite3_free(into);
	for (int i = 0; st == AK_OK && i < sqlite3_column_count(s); i++) {
		const char *type = sqlite3_column_decltype(s, i), *label = sqlite3_column_name(s, i);
		char *column = label == NULL ? NULL : sqlite3_mprintf("%s\"%w\" %s", i == 0 ? "" : ", ", label,
		                                                      type == NULL ? "" : type);

		st = column == NULL ? ak_no_memory(err, "package.views") : ak_buf_add_str(create, column, err);
		sqlite3_free(column);
		if (st == AK_OK)
			st = ak_buf_add_str(insert, i == 0 ? "?" : ", ?", err);
	}
	if (st == AK_OK)
		st = ak_buf_add(create, ")", 2, err);
	return st == AK_OK ? ak_buf_add(insert, ")", 2, err) : st;
}

static ak_status make_table(ak_rules *r, ak_rules_view *v, sqlite3_stmt *s, ak_error *err)
{
	ak_buf create = { 0 }, insert = { 0 };
	ak_status st;

	ak_buf_init(&create, AK_RULES_SQL_MAX);
	ak_buf_init(&insert, AK_RULES_SQL_MAX);
	st = table_text(s, v->name, &create, &insert, err);
	if (st == AK_OK)
		st = ak_rules_own(r, (const char *)create.data, err);
	if (st == AK_OK)
		st = ak_rules_own_prepare(r, (const char *)insert.data, &v->insert, err);
	ak_buf_clear(&create);
	ak_buf_clear(&insert);
	return st;
}

/* Not metered: to stop a statement that writes would take back everything since BEGIN.  What the row takes is counted when the query goes on. */
static ak_status insert_row(ak_rules *r, ak_rules_view *v, ak_error *err)
{
	const bool metered = r->metered;
	ak_status st;

	r->metered = false;
	st = ak_rules_own_run(r, v->insert, "package.views", err);
	r->metered = metered;
	return st;
}

static ak_status copy_rows(ak_rules *r, ak_rules_view *v, sqlite3_stmt *from, ak_error *err)
{
	bool more = true;
	ak_status st = AK_OK;

	while (st == AK_OK) {
		st = ak_rules_step(r, from, &more, err);
		if (st != AK_OK || !more)
			return st;
		v->any = true;
		for (int i = 0; st == AK_OK && i < sqlite3_column_count(from); i++) {
			if (sqlite3_bind_value(v->insert, i + 1, sqlite3_column_value(from, i)) != SQLITE_OK)
				st = ak_no_memory(err, "package.views");
		}
		if (st == AK_OK)
			st = insert_row(r, v, err);
	}
	return st;
}

static ak_status empty(ak_rules *r, ak_rules_view *v, ak_error *err)
{
	char *sql;
	ak_status st = AK_OK;

	ak_mem_free(v->spoiled);
	v->spoiled = NULL;
	if (!v->any)
		return AK_OK;
	if (v->drop == NULL) {
		sql = sqlite3_mprintf("DELETE FROM \"%w\"", v->name);
		st = sql == NULL ? ak_no_memory(err, "package.views") : ak_rules_own_prepare(r, sql, &v->drop, err);
		sqlite3_free(sql);
	}
	if (st == AK_OK)
		st = ak_rules_own_run(r, v->drop, "package.views", err);
	v->any = st != AK_OK;
	return st;
}

static ak_status fill_once(ak_rules *r, ak_rules_view *v, sqlite3_stmt *from, ak_error *err)
{
	ak_status st;

	ak_rules_meter_start(r);
	st = copy_rows(r, v, from, err);
	ak_rules_meter_stop(r);
	return st;
}

/* Fill the empty table of a view from its query; a limit spoils the view. */
static ak_status fill(ak_rules *r, ak_rules_view *v, sqlite3_stmt *from, ak_error *err)
{
	ak_error why = { 0 };
	ak_status st;

	if (r->saw_spoiled != NULL) {
		st = ak_fail(&why, AK_STOPPED, "package.views", 0, "view %s: %.140s", r->saw_spoiled->name,
		             r->saw_spoiled->spoiled);
	} else {
		st = fill_once(r, v, from, &why);
		if (ak_rules_once_more(r, &st, &why)) {
			(void)sqlite3_reset(from);
			st = empty(r, v, &why);
			if (st == AK_OK)
				st = fill_once(r, v, from, &why);
		}
	}
	if (st == AK_OK)
		return AK_OK;
	if (st != AK_NO_MEMORY)
		v->spoiled = ak_span_dup(ak_span_str(why.detail));
	return v->spoiled == NULL ? ak_no_memory(err, "package.views") : AK_OK;
}

/* Is the query lawful?  Whether it depends on `asked`, and reads a spoiled view, is known after that. */
static ak_status prepare_query(ak_rules *r, ak_rules_view *v, sqlite3_stmt **out, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	ak_error why = { 0 };
	ak_status st = ak_rules_statement_any(r, &v->kept, v->query, &s, &why);

	if (st == AK_OK && sqlite3_bind_parameter_count(s) != 0)
		st = ak_fail(&why, AK_BAD_FORMAT, "package.views", 0, "parameters are not allowed in views");
	if (st == AK_OK) {
		*out = s;
		return AK_OK;
	}
	ak_rules_give_back(&v->kept, s);
	if (st == AK_NO_MEMORY)
		return ak_no_memory(err, "package.views");
	return ak_fail(err, st, "package.views", 0, "view %s: %s", v->name, why.detail);
}

static ak_status add_view(ak_rules *r, size_t *cap, const char *sql, const char *next, ak_error *err)
{
	void *views = r->views;
	ak_text query = { 0 };
	sqlite3_stmt *s = NULL;
	ak_rules_view *v;
	ak_status st = ak_mem_grow(&views, cap, r->n_views + 1, sizeof(*r->views), err);

	r->views = views;
	if (st == AK_OK)
		st = query_text(sql, next, &query, err);
	if (st != AK_OK)
		return st;
	v = &r->views[r->n_views];
	*v = (ak_rules_view){ .name = ak_span_dup(ak_span_str(r->made)), .query = query.data };
	r->n_views++;
	if (v->name == NULL)
		return ak_no_memory(err, "package.views");
	st = prepare_query(r, v, &s, err);
	if (st == AK_OK) {
		v->asked = r->saw_asked;
		st = make_table(r, v, s, err);
	}
	if (st == AK_OK && !v->asked && r->stop_warming == NULL)
		st = fill(r, v, s, err);
	sqlite3_finalize(s);
	return st;
}

static ak_status fill_again(ak_rules *r, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < r->n_views; i++) {
		sqlite3_stmt *s = NULL;

		if (r->views[i].asked)
			continue;
		st = prepare_query(r, &r->views[i], &s, err);
		if (st == AK_OK)
			st = fill(r, &r->views[i], s, err);
		ak_rules_give_back(&r->views[i].kept, s);
	}
	return st;
}

static ak_status make_all(ak_rules *r, ak_error *err)
{
	ak_text text = { 0 };
	const char *at, *next = NULL;
	size_t cap = 0;
	ak_status st = ak_rules_sql_text(ak_json_get(r->package, "views"), "package.views", &text, err);

	for (at = text.data; st == AK_OK && at != NULL && *at != '\0'; at = next) {
		st = ak_rules_go_on(r, err);
		if (st == AK_OK)
			st = read_statement(r, at, &next, err);
		if (st == AK_OK && r->made[0] != '\0')
			st = add_view(r, &cap, at, next, err);
	}
	ak_mem_free(text.data);
	r->made_views = st == AK_OK;
	return st;
}

ak_status ak_rules_views(ak_rules *r, ak_error *err)
{
	return r->made_views ? fill_again(r, err) : make_all(r, err);
}

ak_status ak_rules_views_prepare(ak_rules *r, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < r->n_views; i++) {
		sqlite3_stmt *s = NULL;

		st = ak_rules_go_on(r, err);
		if (st == AK_OK)
			st = prepare_query(r, &r->views[i], &s, err);
		ak_rules_give_back(&r->views[i].kept, s);
	}
	return st;
}

ak_status ak_rules_views_empty(ak_rules *r, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < r->n_views; i++)
		st = empty(r, &r->views[i], err);
	return st;
}

static ak_status refill(ak_rules *r, ak_rules_view *v, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	ak_status st = empty(r, v, err);

	if (st == AK_OK)
		st = prepare_query(r, v, &s, err);
	if (st == AK_OK)
		st = fill(r, v, s, err);
	ak_rules_give_back(&v->kept, s);
	return st;
}

ak_status ak_rules_views_refill(ak_rules *r, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < r->n_views; i++) {
		if (r->views[i].asked)
			st = refill(r, &r->views[i], err);
	}
	return st;
}

void ak_rules_views_free(ak_rules *r)
{
	for (size_t i = 0; i < r->n_views; i++) {
		ak_mem_free(r->views[i].name);
		ak_mem_free(r->views[i].query);
		ak_mem_free(r->views[i].spoiled);
		ak_rules_kept_clear(&r->views[i].kept);
		sqlite3_finalize(r->views[i].insert);
		sqlite3_finalize(r->views[i].drop);
	}
	ak_mem_free(r->views);
}
