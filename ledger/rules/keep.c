/* SPDX-License-Identifier: Apache-2.0 */
/* The same rules over one set of records after another: what was prepared stays, the records go.
 *
 * A statement is prepared for tables, not for what is in them, so it answers over the next set as one that was prepared for it.  Only what
 * preparing had to say of the set at hand is asked again each time: whether a view that it reads is spoiled. */
#include "base/fail.h"
#include "rules/db.h"

#include <string.h>

void ak_rules_kept_clear(ak_rules_kept *kept)
{
	(void)sqlite3_finalize(kept->s);
	ak_mem_free(kept->reads);
	*kept = (ak_rules_kept){ 0 };
}

static ak_status prepare(ak_rules *r, ak_rules_kept *kept, const char *sql, ak_error *err)
{
	bool *reads = ak_mem_array(r->n_views + 1, sizeof(*reads));
	ak_status st;

	if (reads == NULL)
		return ak_no_memory(err, "rules.keep");
	r->saw = reads;
	st = ak_rules_prepare_any(r, sql, &kept->s, err);
	r->saw = NULL;
	if (st == AK_OK)
		kept->reads = reads;
	else
		ak_mem_free(reads);
	return st;
}

ak_status ak_rules_statement_any(ak_rules *r, ak_rules_kept *kept, const char *sql, sqlite3_stmt **out, ak_error *err)
{
	ak_status st = AK_OK;

	if (!r->keep)
		return ak_rules_prepare_any(r, sql, out, err);
	if (kept->s == NULL)
		st = prepare(r, kept, sql, err);
	if (st != AK_OK)
		return st;
	r->saw_spoiled = NULL;
	for (size_t i = 0; i < r->n_views; i++) {
		if (kept->reads[i] && r->views[i].spoiled != NULL)
			r->saw_spoiled = &r->views[i];
	}
	*out = kept->s;
	return AK_OK;
}

ak_status ak_rules_statement(ak_rules *r, ak_rules_kept *kept, const char *sql, sqlite3_stmt **out, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	ak_status st = ak_rules_statement_any(r, kept, sql, &s, err);

	if (st == AK_OK && r->saw_spoiled != NULL) {
		ak_rules_give_back(kept, s);
		return ak_fail(err, AK_STOPPED, "rules.sql", 0, "view %s: %.140s", r->saw_spoiled->name,
		               r->saw_spoiled->spoiled);
	}
	if (st == AK_OK)
		*out = s;
	return st;
}

void ak_rules_give_back(const ak_rules_kept *kept, sqlite3_stmt *s)
{
	if (s == NULL || s != kept->s) {
		(void)sqlite3_finalize(s);
		return;
	}
	(void)sqlite3_reset(s);
	(void)sqlite3_clear_bindings(s);
}

ak_status ak_rules_mine_take(ak_rules *r, const char *sql, sqlite3_stmt **out, ak_error *err)
{
	ak_status st;

	for (size_t i = 0; i < r->n_mine; i++) {
		if (r->mine[i].sql == sql || strcmp(r->mine[i].sql, sql) == 0) {
			*out = r->mine[i].s;
			return AK_OK;
		}
	}
	st = ak_rules_own_prepare(r, sql, out, err);
	if (st == AK_OK && r->keep && r->n_mine < AK_RULES_MINE_MAX)
		r->mine[r->n_mine++] = (ak_rules_mine){ sql, *out };
	return st;
}

void ak_rules_mine_back(const ak_rules *r, sqlite3_stmt *s)
{
	for (size_t i = 0; s != NULL && i < r->n_mine; i++) {
		if (r->mine[i].s == s) {
			(void)sqlite3_reset(s);
			(void)sqlite3_clear_bindings(s);
			return;
		}
	}
	(void)sqlite3_finalize(s);
}

ak_status ak_rules_mine_run(ak_rules *r, const char *sql, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	ak_status st = ak_rules_mine_take(r, sql, &s, err);

	if (st == AK_OK)
		st = ak_rules_own_run(r, s, "rules.own", err);
	ak_rules_mine_back(r, s);
	return st;
}

void ak_rules_mine_free(ak_rules *r)
{
	while (r->n_mine > 0)
		(void)sqlite3_finalize(r->mine[--r->n_mine].s);
}

ak_status ak_rules_again(ak_rules *r, ak_error *err)
{
	static const char *const none[] = {
		"DELETE FROM fact", "DELETE FROM about", "DELETE FROM ref", "DELETE FROM signer", "DELETE FROM party",
		"DELETE FROM proved", "DELETE FROM use", "DELETE FROM given", "DELETE FROM correction_state",
		"UPDATE asked SET as_of = NULL, known_at = NULL, listing = NULL",
	};
	ak_status st;

	if (!r->ready)
		return ak_fail(err, AK_INVALID_ARGUMENT, "rules.again", 0, "called before ak_rules_ready");
	r->keep = true;
	r->ready = false;
	r->asked_before = false;
	r->has_use = false;
	r->n_facts = 0;
	r->longest = 0;
	ak_strmap_clear(&r->types);
	ak_strmap_init(&r->types, 43);
	(void)sqlite3_limit(r->db, SQLITE_LIMIT_LENGTH, AK_RULES_LENGTH_LOAD);
	st = ak_rules_mine_run(r, "COMMIT", err);
	if (st == AK_OK)
		st = ak_rules_mine_run(r, "BEGIN", err);
	for (size_t i = 0; st == AK_OK && i < sizeof(none) / sizeof(none[0]); i++)
		st = ak_rules_mine_run(r, none[i], err);
	return st == AK_OK ? ak_rules_views_empty(r, err) : st;
}

ak_status ak_rules_go_on(const ak_rules *r, ak_error *err)
{
	if (r->stop_warming == NULL || !atomic_load_explicit(r->stop_warming, memory_order_relaxed))
		return AK_OK;
	return ak_fail(err, AK_STOPPED, "rules.warm", 0, "not wanted any more");
}

/* What cannot be prepared is tried again, and told, when it is asked. */
static ak_status let_be(ak_status st, ak_error *err)
{
	return st == AK_NO_MEMORY ? ak_no_memory(err, "rules.warm") : AK_OK;
}

static ak_status warm_rules(ak_rules *r, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < r->n_files; i++) {
		ak_rule_file *f = &r->files[i];
		sqlite3_stmt *s = NULL;

		st = ak_rules_go_on(r, err);
		if (st != AK_OK || f->broken != NULL || f->rule.value[AK_RULE_TYPES] != NULL || ak_rule_judges_use(&f->rule))
			continue;
		ak_rules_meter_start(r);
		st = let_be(ak_rules_statement(r, &f->kept, f->sql, &s, NULL), err);
		ak_rules_give_back(&f->kept, s);
		ak_rules_meter_stop(r);
	}
	return st;
}

static ak_status warm_queries(ak_rules *r, const char *const *queries, ak_error *err)
{
	ak_status st = AK_OK;

	for (; st == AK_OK && *queries != NULL; queries++) {
		st = ak_rules_go_on(r, err);
		if (st != AK_OK)
			break;
		ak_rules_meter_start(r);
		st = let_be(ak_rules_query_prepare(r, *queries, NULL), err);
		ak_rules_meter_stop(r);
	}
	return st;
}

ak_status ak_rules_warm(ak_rules *r, const char *const *queries, const atomic_bool *stop, ak_error *err)
{
	ak_status st;

	r->stop_warming = stop;
	st = ak_rules_ready(r, err);
	r->keep = true; /* not before: a table that is made leaves the statements before it to be prepared again */
	if (st == AK_OK)
		st = ak_rules_views_prepare(r, err);
	if (st == AK_OK)
		st = warm_rules(r, err);
	if (st == AK_OK)
		st = warm_queries(r, queries, err);
	r->stop_warming = NULL;
	return st;
}
