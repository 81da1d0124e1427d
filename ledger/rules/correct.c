/* SPDX-License-Identifier: Apache-2.0 */
/* Corrections and annulments.
 *
 * Both kinds of record act on an earlier record, so one walk from the newest to the oldest of them settles everything: whoever
 * acts on X is newer than X, and was settled before X.
 *
 *	for each correction or annulment X, newest first
 *		void or annulled: it does nothing
 *		its body: as sealed, with the live corrections of X applied
 *		annulment: its target is annulled        correction: it is live for its target
 *	for every other target of a live correction: apply, in order of seq
 *
 * What one correction does is amend.h.  One that does not fit is passed over, and correction_state says why; the ones after it
 * are still tried.
 *
 * What a record acts on is what its body names, and must also be what its reference names: authority was granted for the record
 * referred to (a policy of mode "as"), so a body that names another record does nothing.  And it must be about all that its
 * target is about: else a bundle of the target's subject would not bring it, and the verdict would depend on what else is there. */
#include "base/fail.h"
#include "codec/jcs.h"
#include "rules/amend.h"
#include "rules/db.h"

#include <string.h>

typedef enum act {
	ACT_STATE, ACT_TARGET, ACT_REFS, ACT_ABOUT, ACT_BODY, ACT_LIVE, ACT_STORE, ACT_ANNUL, ACT_ADD, ACT_MARK, ACTS,
} act;

typedef struct walk {
	ak_rules *r;
	sqlite3_stmt *s[ACTS];
} walk;

static const char *const sql[ACTS] = {
	[ACT_STATE] = "SELECT authorised, annulled FROM fact WHERE seq = ?1",
	[ACT_TARGET] = "SELECT seq FROM fact WHERE id = ?1 AND seq < ?2",
	[ACT_REFS] = "SELECT sum(target_id = ?2), count(*) FROM ref WHERE seq = ?1 AND (?3 IS NULL OR rel = ?3)",
	[ACT_ABOUT] = "SELECT 1 FROM about WHERE seq = ?2 AND subject NOT IN (SELECT subject FROM about WHERE seq = ?1) LIMIT 1",
	[ACT_BODY] = "SELECT coalesce(body_now, body_sealed) FROM fact WHERE seq = ?1",
	[ACT_LIVE] = "SELECT seq FROM correction_state WHERE target_seq = ?1 AND why IS NULL ORDER BY seq",
	[ACT_STORE] = "UPDATE fact SET body_now = ?2 WHERE seq = ?1",
	[ACT_ANNUL] = "UPDATE fact SET annulled = 1 WHERE seq = ?1",
	[ACT_ADD] = "INSERT INTO correction_state VALUES(?1, ?2, ?3, 0, ?4)",
	[ACT_MARK] = "UPDATE correction_state SET applied = (?2 IS NULL), why = ?2 WHERE seq = ?1",
};

/* One row of at most two integers; false when there is no row. */
static ak_status one_row(walk *w, act a, int64_t out[2], bool *found, ak_error *err)
{
	int rc = sqlite3_step(w->s[a]);

	*found = rc == SQLITE_ROW;
	for (int i = 0; *found && i < sqlite3_column_count(w->s[a]); i++)
		out[i] = sqlite3_column_int64(w->s[a], i);
	(void)sqlite3_reset(w->s[a]);
	(void)sqlite3_clear_bindings(w->s[a]);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? AK_OK : ak_rules_sql_fail(w->r, rc, "rules.correct", err);
}

/* NULL when the record has no body (or one that is not an object). */
static ak_status read_body(walk *w, int64_t seq, ak_json **out, ak_error *err)
{
	sqlite3_stmt *s = w->s[ACT_BODY];
	ak_json *body = NULL;
	ak_status st = AK_OK;
	int rc;

	(void)sqlite3_bind_int64(s, 1, seq);
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW && sqlite3_column_type(s, 0) == SQLITE_TEXT) {
		const unsigned char *p = sqlite3_column_text(s, 0);

		st = p == NULL ? ak_no_memory(err, "rules.correct")
		               : ak_json_parse((ak_span){ p, (size_t)sqlite3_column_bytes(s, 0) }, &body, err);
	} else if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
		st = ak_rules_sql_fail(w->r, rc, "rules.correct", err);
	}
	(void)sqlite3_reset(s);
	if (st == AK_OK)
		*out = body;
	return st;
}

static ak_status store_body(walk *w, int64_t seq, const ak_json *body, ak_error *err)
{
	ak_buf text = { 0 };
	ak_status st;

	ak_buf_init(&text, AK_JSON_TEXT_MAX);
	st = ak_jcs_write(body, &text, err);
	(void)sqlite3_bind_int64(w->s[ACT_STORE], 1, seq);
	if (st == AK_OK)
		st = ak_rules_bind_span(w->s[ACT_STORE], 2, ak_buf_span(&text), err);
	if (st == AK_OK)
		st = ak_rules_own_run(w->r, w->s[ACT_STORE], "rules.correct", err);
	if (st == AK_OK && text.len > w->r->longest)
		w->r->longest = text.len;
	ak_buf_clear(&text);
	return st;
}

static ak_status mark(walk *w, int64_t seq, const char *why, ak_error *err)
{
	sqlite3_stmt *s = w->s[ACT_MARK];
	ak_status st = AK_OK;

	(void)sqlite3_bind_int64(s, 1, seq);
	if (why != NULL)
		st = ak_rules_bind_span(s, 2, ak_span_str(why), err);
	return st == AK_OK ? ak_rules_own_run(w->r, s, "rules.correct", err) : st;
}

static ak_status apply_one(walk *w, ak_json *body, int64_t correction_seq, bool *changed, ak_error *err)
{
	const char *why = "the record has no body";
	ak_json *correction = NULL;
	ak_status st = read_body(w, correction_seq, &correction, err);

	if (st == AK_OK && body != NULL)
		st = ak_amend(body, correction, true, &why, err);
	ak_json_free(correction);
	if (st != AK_OK)
		return st;
	if (why == NULL)
		*changed = true;
	return mark(w, correction_seq, why, err);
}

typedef struct seq_list {
	int64_t *seq;
	size_t n, cap;
} seq_list;

static ak_status collect(walk *w, sqlite3_stmt *s, seq_list *l, ak_error *err)
{
	ak_status st = AK_OK;
	int rc;

	while (st == AK_OK && (rc = sqlite3_step(s)) != SQLITE_DONE) {
		void *items = l->seq;

		if (rc != SQLITE_ROW) {
			st = ak_rules_sql_fail(w->r, rc, "rules.correct", err);
			break;
		}
		st = ak_mem_grow(&items, &l->cap, l->n + 1, sizeof(*l->seq), err);
		l->seq = items;
		if (st == AK_OK)
			l->seq[l->n++] = sqlite3_column_int64(s, 0);
	}
	(void)sqlite3_reset(s);
	return st;
}

/* Apply the live corrections of record `seq`. */
static ak_status amend(walk *w, int64_t seq, ak_error *err)
{
	seq_list live = { 0 };
	ak_json *body = NULL;
	bool changed = false;
	ak_status st;

	(void)sqlite3_bind_int64(w->s[ACT_LIVE], 1, seq);
	st = collect(w, w->s[ACT_LIVE], &live, err);
	if (st == AK_OK && live.n != 0)
		st = read_body(w, seq, &body, err);
	for (size_t i = 0; st == AK_OK && i < live.n; i++)
		st = apply_one(w, body, live.seq[i], &changed, err);
	if (st == AK_OK && changed)
		st = store_body(w, seq, body, err);
	ak_json_free(body);
	ak_mem_free(live.seq);
	return st;
}

/* The relation whose target a policy of mode "as" takes the authority from, or NULL: then any reference will do. */
static ak_span as_rel(const ak_json *package, const char *type)
{
	const ak_json *signing = ak_json_get(ak_json_get(ak_json_get(package, "types"), type), "signing");

	for (size_t i = 0; i < ak_json_len(signing); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(signing, i), "mode"), "as"))
			return ak_json_get_text(ak_json_at(signing, i), "rel");
	}
	return (ak_span){ 0 };
}

/* Where a correction or annulment points: *why NULL and *target set, or why nowhere. */
static ak_status find_target(walk *w, int64_t seq, const char *type, const ak_json *body, int64_t *target,
                             const char **why, ak_error *err)
{
	ak_span id = ak_json_get_text(body, "record");
	ak_span rel = as_rel(w->r->package, type);
	int64_t row[2] = { 0, 0 };
	bool found = false;
	ak_status st;

	(void)sqlite3_bind_int64(w->s[ACT_REFS], 1, seq);
	st = ak_rules_bind_span(w->s[ACT_REFS], 2, id, err);
	if (st == AK_OK && rel.len != 0)
		st = ak_rules_bind_span(w->s[ACT_REFS], 3, rel, err);
	if (st == AK_OK)
		st = one_row(w, ACT_REFS, row, &found, err);
	if (st != AK_OK)
		return st;
	*why = "its body names another record than its reference";
	if (row[0] == 0 || (rel.len != 0 && row[1] != 1))
		return AK_OK;
	(void)sqlite3_bind_int64(w->s[ACT_TARGET], 2, seq);
	st = ak_rules_bind_span(w->s[ACT_TARGET], 1, id, err);
	if (st == AK_OK)
		st = one_row(w, ACT_TARGET, row, &found, err);
	if (st != AK_OK)
		return st;
	*why = "the record it names is not here";
	if (!found)
		return AK_OK;
	*target = row[0];
	(void)sqlite3_bind_int64(w->s[ACT_ABOUT], 1, seq);
	(void)sqlite3_bind_int64(w->s[ACT_ABOUT], 2, *target);
	st = one_row(w, ACT_ABOUT, row, &found, err);
	*why = found ? "it is not about all that its target is about" : NULL;
	return st;
}

static ak_status add_state(walk *w, int64_t seq, const int64_t *target, const ak_json *body, const char *why,
                           ak_error *err)
{
	sqlite3_stmt *s = w->s[ACT_ADD];
	ak_status st;

	(void)sqlite3_bind_int64(s, 1, seq);
	if (target != NULL)
		(void)sqlite3_bind_int64(s, 2, *target);
	st = ak_rules_bind_span(s, 3, ak_json_get_text(body, "field"), err);
	if (st == AK_OK && why != NULL)
		st = ak_rules_bind_span(s, 4, ak_span_str(why), err);
	return st == AK_OK ? ak_rules_own_run(w->r, s, "rules.correct", err) : st;
}

static ak_status settle(walk *w, int64_t seq, const char *type, ak_error *err)
{
	bool annulment = strcmp(type, "annulment") == 0, found = false;
	int64_t row[2] = { 0, 0 }, target = 0;
	const char *why = NULL;
	ak_json *body = NULL;
	ak_status st;

	(void)sqlite3_bind_int64(w->s[ACT_STATE], 1, seq);
	st = one_row(w, ACT_STATE, row, &found, err);
	if (st == AK_OK)
		st = amend(w, seq, err);
	if (st == AK_OK)
		st = read_body(w, seq, &body, err);
	if (st != AK_OK)
		return st;
	if (row[0] == 0)
		why = "void: not authorised";
	else if (row[1] != 0)
		why = "annulled";
	else
		st = find_target(w, seq, type, body, &target, &why, err);
	if (st == AK_OK && annulment && why == NULL) {
		(void)sqlite3_bind_int64(w->s[ACT_ANNUL], 1, target);
		st = ak_rules_own_run(w->r, w->s[ACT_ANNUL], "rules.correct", err);
	} else if (st == AK_OK && !annulment) {
		st = add_state(w, seq, why == NULL ? &target : NULL, body, why, err);
	}
	ak_json_free(body);
	return st;
}

static ak_status run_walk(walk *w, ak_error *err)
{
	static const char *const types[] = { "correction", "annulment" };
	seq_list l = { 0 }, targets = { 0 };
	sqlite3_stmt *actors = NULL, *rest = NULL;
	ak_status st = ak_rules_mine_take(w->r, "SELECT seq * 2 + (type = 'annulment') FROM fact"
	                                          " WHERE type IN ('correction', 'annulment') ORDER BY seq DESC",
	                                    &actors, err);

	if (st == AK_OK)
		st = collect(w, actors, &l, err);
	for (size_t i = 0; st == AK_OK && i < l.n; i++)
		st = settle(w, l.seq[i] / 2, types[l.seq[i] % 2], err);
	if (st == AK_OK)
		st = ak_rules_mine_take(w->r, "SELECT DISTINCT target_seq FROM correction_state JOIN fact f"
		                                " ON f.seq = target_seq WHERE why IS NULL"
		                                " AND f.type NOT IN ('correction', 'annulment')", &rest, err);
	if (st == AK_OK)
		st = collect(w, rest, &targets, err);
	for (size_t i = 0; st == AK_OK && i < targets.n; i++)
		st = amend(w, targets.seq[i], err);
	ak_rules_mine_back(w->r, actors);
	ak_rules_mine_back(w->r, rest);
	ak_mem_free(l.seq);
	ak_mem_free(targets.seq);
	return st;
}

ak_status ak_rules_correct(ak_rules *r, ak_error *err)
{
	walk w = { .r = r };
	ak_status st = AK_OK;

	for (int i = 0; st == AK_OK && i < ACTS; i++)
		st = ak_rules_mine_take(r, sql[i], &w.s[i], err);
	if (st == AK_OK)
		st = run_walk(&w, err);
	for (int i = 0; i < ACTS; i++)
		ak_rules_mine_back(r, w.s[i]);
	return st;
}

ak_status ak_rules_idle_corrections(ak_rules *r, ak_rules_idle_fn *fn, void *ctx, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_DONE;
	/* Void and annulled ones have no target here. */
	ak_status st = ak_rules_mine_take(r, "SELECT seq, target_seq, why FROM correction_state"
	                                       " WHERE target_seq IS NOT NULL AND why IS NOT NULL ORDER BY seq", &s, err);

	while (st == AK_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		const char *why = (const char *)sqlite3_column_text(s, 2);

		st = why == NULL ? ak_no_memory(err, "rules.correct")
		                 : fn(ctx, (uint64_t)sqlite3_column_int64(s, 0), (uint64_t)sqlite3_column_int64(s, 1), why, err);
	}
	if (st == AK_OK && rc != SQLITE_DONE)
		st = ak_rules_sql_fail(r, rc, "rules.correct", err);
	ak_rules_mine_back(r, s);
	return st;
}
