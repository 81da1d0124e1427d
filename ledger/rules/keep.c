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

ak_status ak_rules_again(ak_rules *r, ak_error *err)
{
	static const char none[] =
		"DELETE FROM fact; DELETE FROM about; DELETE FROM ref; DELETE FROM signer; DELETE FROM party; DELETE FROM proved;"
		"DELETE FROM use; DELETE FROM given; DELETE FROM correction_state; UPDATE asked SET as_of = NULL, known_at = NULL, listing = NULL;";
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
	st = ak_rules_own(r, "BEGIN", err);
	if (st == AK_OK)
		st = ak_rules_own(r, none, err);
	return st == AK_OK ? ak_rules_views_empty(r, err) : st;
}
