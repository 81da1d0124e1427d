/* SPDX-License-Identifier: Apache-2.0 */
/* How auditors stand on a day: the scheme's own query over the registrations on record, judged as they are for a verdict. */
#include "api/blanks.h"

#include "base/date.h"
#include "base/fail.h"
#include "base/text.h"
#include "held/shipped.h"
#include "verify/scheme_rules.h"
#include "verify/tell.h"

#include <stdio.h>
#include <string.h>

static const char registration[] = "auditor-registration";

/* Records about the auditors, ascending, each once: registrations and what corrects them. */
typedef struct gathered {
	uint64_t *seq; /* owned */
	size_t n, room;
	ak_json *fell; /* owned: the auditor of each that lost its authority, once for each; NULL: none did */
} gathered;

static ak_status gather(gathered *g, const uint64_t *seqs, size_t n, uint64_t known_at, ak_error *err)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = g->n;

		if (known_at != 0 && seqs[i] >= known_at)
			break;
		while (at > 0 && g->seq[at - 1] > seqs[i])
			at--;
		if (at > 0 && g->seq[at - 1] == seqs[i])
			continue;
		if (g->n == g->room) {
			uint64_t *more = ak_mem_array(2 * g->room + 16, sizeof(*more));

			if (more == NULL)
				return ak_no_memory(err, "status");
			if (g->n > 0)
				memcpy(more, g->seq, g->n * sizeof(*more));
			ak_mem_free(g->seq);
			g->seq = more;
			g->room = 2 * g->room + 16;
		}
		memmove(g->seq + at + 1, g->seq + at, (g->n - at) * sizeof(*g->seq));
		g->seq[at] = seqs[i];
		g->n++;
	}
	return AK_OK;
}

/* Whatever else is about the auditor of one registration. */
static ak_status gather_about(ak_books *b, uint64_t seq, uint64_t known_at, gathered *g, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_sealed(b, seq, &file, &s, err);
	for (size_t i = 0; st == AK_OK && i < ak_statement_n_about(&s.statement); i++) {
		uint64_t *seqs = NULL;
		size_t n = 0;

		st = ak_index_about(b->index, ak_statement_about(&s.statement, i), &seqs, &n, err);
		if (st == AK_OK)
			st = gather(g, seqs, n, known_at, err);
		ak_mem_free(seqs);
	}
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

static ak_status gather_all(ak_books *b, const char *scheme, uint64_t known_at, gathered *g, ak_error *err)
{
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st = ak_index_of_type(b->index, registration, &seqs, &n, err);

	if (st == AK_NOT_FOUND)
		st = AK_OK;
	for (size_t i = 0; st == AK_OK && i < n && (known_at == 0 || seqs[i] < known_at); i++) {
		ak_index_record r;

		st = ak_index_by_seq(b->index, seqs[i], &r, err);
		if (st == AK_OK && strcmp(r.scheme, scheme) == 0)
			st = gather_about(b, seqs[i], known_at, g, err);
	}
	ak_mem_free(seqs);
	return st;
}

/* As it stands now; where a revocation that reaches back took its authority, and `otherwise` is set, as when it was sealed. */
static ak_status judge(ak_books *b, ak_sealed *s, uint64_t known_at, bool otherwise, ak_authority **a, ak_judgement *by, bool *fell,
		       ak_error *err)
{
	const uint64_t seq = s->header.seq;
	ak_authority *then = NULL;
	ak_judgement was = { 0 };
	ak_status st = ak_books_authority_as_known(b, seq, known_at, a, err);

	if (st == AK_OK)
		st = ak_books_judge(b, *a, s, by, err);
	if (st != AK_OK || by->authorised || seq == 0)
		return st;
	st = ak_books_authority_as_known(b, seq, seq, &then, err);
	if (st == AK_OK)
		st = ak_books_judge(b, then, s, &was, err);
	if (st == AK_OK && was.authorised) {
		*fell = true;
		if (otherwise) { /* it names parties of the engine that judged it */
			ak_authority *now = *a;

			*by = was;
			*a = then;
			then = now;
		}
	}
	ak_authority_free(&then);
	return st;
}

ak_status ak_api_authorised(ak_books *b, uint64_t seq, bool *yes, ak_error *err)
{
	ak_authority *a = NULL;
	ak_judgement by = { 0 };
	ak_sealed s = { 0 };
	bool fell = false;
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_sealed(b, seq, &file, &s, err);
	if (st == AK_OK)
		st = judge(b, &s, b->checkpoint.size, true, &a, &by, &fell, err);
	*yes = st == AK_OK && by.authorised;
	ak_authority_free(&a);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

ak_status ak_api_take(ak_books *b, ak_rules *rules, uint64_t seq, uint64_t known_at, bool otherwise, bool *fell, ak_error *err)
{
	ak_authority *a = NULL;
	ak_judgement by;
	ak_sealed s = { 0 };
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_sealed(b, seq, &file, &s, err);
	if (st == AK_OK)
		st = judge(b, &s, known_at, otherwise, &a, &by, fell, err);
	if (st == AK_OK)
		st = ak_rules_take(rules, &s, &by, err);
	ak_authority_free(&a);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

/* Record `seq` lost its authority: of whom it speaks. */
static ak_status note_fell(ak_books *b, uint64_t seq, gathered *g, ak_error *err)
{
	static const char kind[] = "/auditor:";
	ak_sealed s = { 0 };
	ak_buf file;
	ak_status st;

	if (g->fell == NULL)
		g->fell = ak_json_new_array();
	ak_buf_init(&file, AK_RECORD_MAX);
	st = g->fell == NULL ? ak_no_memory(err, "status") : ak_books_sealed(b, seq, &file, &s, err);
	for (size_t i = 0; st == AK_OK && i < ak_statement_n_about(&s.statement); i++) {
		ak_span id = ak_statement_about(&s.statement, i), scheme = s.statement.scheme;

		if (id.len <= scheme.len || !ak_span_starts((ak_span){ id.data + scheme.len, id.len - scheme.len }, kind))
			continue;
		id.data += scheme.len + sizeof(kind) - 1;
		id.len -= scheme.len + sizeof(kind) - 1;
		st = ak_json_add(g->fell, ak_json_new_text(id), err);
	}
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

static ak_status ask_once(ak_books *b, ak_rules *rules, const ak_json *package, gathered *g, int32_t as_of, uint64_t known_at,
			  bool otherwise, ak_json **rows, ak_error *err)
{
	static const ak_tell tell = { .query = "auditors" };
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < g->n; i++) {
		bool fell = false;

		st = ak_api_take(b, rules, g->seq[i], known_at, otherwise, &fell, err);
		if (st == AK_OK && fell && !otherwise)
			st = note_fell(b, g->seq[i], g, err);
	}
	if (st == AK_OK)
		st = ak_rules_ready(rules, err);
	return st == AK_OK ? ak_tell_rows(rules, package, &tell, as_of, known_at, NULL, rows, err) : st;
}

static const ak_json *row_of(const ak_json *rows, ak_span auditor)
{
	for (size_t i = 0; i < ak_json_len(rows); i++) {
		if (ak_span_eq(ak_json_get_text(ak_json_at(rows, i), "auditor"), auditor))
			return ak_json_at(rows, i);
	}
	return NULL;
}

/* How many records about this auditor lost their authority. */
static size_t n_fell(const gathered *g, ak_span auditor)
{
	size_t n = 0;

	for (size_t i = 0; i < ak_json_len(g->fell); i++)
		n += ak_span_eq(ak_json_text(ak_json_at(g->fell, i)), auditor);
	return n;
}

/* Who would be registered but for what lost its authority: whether it is nobody can say (FORMAT 19.4).  Of one such record it either stands or does
 * not, and both are asked; of more, some may stand without the others: then nobody is said to be none (adr/0011). */
static bool is_in_doubt(const gathered *g, const ak_json *then, const ak_json *now)
{
	return !ak_span_is(ak_json_get_text(now, "standing"), "registered") &&
	       (ak_span_is(ak_json_get_text(then, "standing"), "registered") || n_fell(g, ak_json_get_text(now, "auditor")) > 1);
}

static ak_status add_row_of(ak_json *list, const ak_json *row, bool doubt, ak_error *err)
{
	return ak_api_add_row(list, row, doubt ? "authority-lost" : NULL, "standing", "unknown", "days_left", err);
}

/* Those of now, and those that only what fell would enter. */
static ak_status put_in_doubt(const gathered *g, const ak_json *otherwise, ak_json **rows, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = list == NULL ? ak_no_memory(err, "status") : AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(*rows); i++) {
		const ak_json *now = ak_json_at(*rows, i);

		st = add_row_of(list, now, is_in_doubt(g, row_of(otherwise, ak_json_get_text(now, "auditor")), now), err);
	}
	for (size_t i = 0; st == AK_OK && i < ak_json_len(otherwise); i++) {
		const ak_json *then = ak_json_at(otherwise, i);

		if (row_of(*rows, ak_json_get_text(then, "auditor")) == NULL)
			st = add_row_of(list, then, true, err);
	}
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	ak_json_free(*rows);
	*rows = list;
	return AK_OK;
}

static ak_status ask(ak_books *b, const ak_json *package, gathered *g, int32_t as_of, uint64_t known_at, ak_json **rows,
		     ak_error *err)
{
	ak_json *found = NULL, *otherwise = NULL;
	ak_rules *rules = NULL;
	ak_status st = ak_rules_open(package, &rules, err);

	if (st == AK_OK)
		st = ask_once(b, rules, package, g, as_of, known_at, false, &found, err);
	if (st == AK_OK && g->fell != NULL) {
		st = ak_rules_again(rules, err);
		if (st == AK_OK)
			st = ask_once(b, rules, package, g, as_of, known_at, true, &otherwise, err);
		if (st == AK_OK)
			st = put_in_doubt(g, otherwise, &found, err);
	}
	ak_rules_free(&rules);
	ak_json_free(otherwise);
	if (st != AK_OK)
		ak_json_free(found);
	else
		*rows = found;
	return st;
}

/* ---- what was erased ----------------------------------------------------------------------------------------------- */

static bool subject_of(const char *scheme, ak_span auditor, char out[AK_SUBJECT_ID_MAX + 1])
{
	int n = snprintf(out, AK_SUBJECT_ID_MAX + 1, "%s/auditor:%.*s", scheme, (int)auditor.len, (const char *)auditor.data);

	return n > 0 && n <= AK_SUBJECT_ID_MAX;
}

/* An erased record about it may have registered, renewed, corrected or ended it: how it stands nobody can say, whatever the others say. */
static ak_status doubt_row(const ak_blanks *erased, const char *subject, ak_json *row, ak_error *err)
{
	ak_status st = ak_json_set(row, "standing", ak_json_new_str("unknown"), err);

	if (st == AK_OK)
		st = ak_json_set(row, "days_left", ak_json_new_null(), err);
	if (st == AK_OK)
		st = ak_json_set(row, "reason", ak_json_new_str("erased"), err);
	return st == AK_OK ? ak_blanks_put(erased, subject, row, err) : st;
}

/* Each row says of which scheme, since an auditor is registered in each by itself. */
static ak_status add_row(const ak_blanks *erased, const char *scheme, ak_json *row, ak_json *list, ak_error *err)
{
	char subject[AK_SUBJECT_ID_MAX + 1];
	ak_status st = row == NULL ? ak_no_memory(err, "status") : ak_json_set(row, "scheme", ak_json_new_str(scheme), err);

	if (st == AK_OK && subject_of(scheme, ak_json_get_text(row, "auditor"), subject) && ak_blanks_have(erased, subject))
		st = doubt_row(erased, subject, row, err);
	if (st == AK_OK)
		return ak_json_add(list, row, err);
	ak_json_free(row);
	return st;
}

static ak_status add_rows(const ak_json *rows, const ak_blanks *erased, const char *scheme, ak_json *list, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(rows); i++)
		st = add_row(erased, scheme, ak_json_copy(ak_json_at(rows, i)), list, err);
	return st;
}

/* The row of one of which nothing is left to read. */
static ak_status add_blank(const ak_blanks *erased, uint64_t seq, const char *scheme, ak_span auditor, ak_json *list, ak_error *err)
{
	static const char *const unknown[] = { "kind", "registered_on", "valid_from", "valid_until", "until_first", "until_last", "after", "rule",
		                               "parameter" };
	ak_json *row = ak_json_new_object();
	ak_status st = ak_json_set(row, "auditor", ak_json_new_text(auditor), err);

	for (size_t i = 0; st == AK_OK && i < sizeof(unknown) / sizeof(unknown[0]); i++)
		st = ak_json_set(row, unknown[i], ak_json_new_null(), err);
	if (st == AK_OK)
		st = ak_json_set(row, "record", ak_json_new_int((int64_t)seq), err);
	if (st == AK_OK)
		return add_row(erased, scheme, row, list, err);
	ak_json_free(row);
	return st;
}

static bool has_row(const ak_json *list, const char *scheme, ak_span auditor)
{
	for (size_t i = 0; i < ak_json_len(list); i++) {
		const ak_json *row = ak_json_at(list, i);

		if (ak_span_is(ak_json_get_text(row, "scheme"), scheme) && ak_span_eq(ak_json_get_text(row, "auditor"), auditor))
			return true;
	}
	return false;
}

static ak_status add_blanks(const ak_blanks *erased, const char *scheme, ak_json *list, ak_error *err)
{
	char start[AK_SUBJECT_ID_MAX + 1];
	ak_status st = AK_OK;

	(void)subject_of(scheme, ak_span_str(""), start);
	for (size_t i = 0; st == AK_OK && i < erased->n; i++) {
		ak_span id = ak_span_str(erased->at[i].subject), auditor;

		if (!ak_span_starts(id, start))
			continue;
		auditor = (ak_span){ id.data + strlen(start), id.len - strlen(start) };
		if (!has_row(list, scheme, auditor))
			st = add_blank(erased, erased->at[i].seq, scheme, auditor, list, err);
	}
	return st;
}

/* The auditors of one scheme; nothing where this program does not ship its definition, or that has no such query. */
static ak_status put_scheme(ak_books *b, const char *scheme, const ak_blanks *erased, int32_t as_of, uint64_t known_at, ak_json *list,
			    ak_error *err)
{
	ak_profile profile = { 0 };
	ak_json *rows = NULL;
	gathered g = { 0 };
	ak_status st = gather_all(b, scheme, known_at, &g, err);
	bool told = st == AK_OK && (g.n > 0 || erased->n > 0);

	if (told)
		st = ak_shipped_profile(ak_span_str(scheme), &profile, err);
	told = told && st == AK_OK && ak_json_get(ak_json_get(profile.package, "queries"), "auditors") != NULL;
	if (told && g.n > 0)
		st = ask(b, profile.package, &g, as_of, known_at == 0 ? b->checkpoint.size : known_at, &rows, err);
	if (told && st == AK_OK && rows != NULL)
		st = add_rows(rows, erased, scheme, list, err);
	if (told && st == AK_OK)
		st = add_blanks(erased, scheme, list, err);
	ak_json_free(rows);
	ak_profile_clear(&profile);
	ak_mem_free(g.seq);
	ak_json_free(g.fell);
	return st == AK_NOT_HELD ? AK_OK : st;
}

ak_status ak_api_auditors(ak_books *b, int32_t as_of, uint64_t known_at, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	const ak_held_package *p, *before = NULL;
	ak_blanks erased = { 0 };
	ak_status st = ak_blanks_read(b, "auditor", known_at, &erased, err);

	for (size_t i = 0; st == AK_OK && (p = ak_held_at(i)) != NULL; i++) {
		/* Versions of a scheme stand together. */
		if (before == NULL || strcmp(before->scheme, p->scheme) != 0)
			st = put_scheme(b, p->scheme, &erased, as_of, known_at, list, err);
		before = p;
	}
	ak_blanks_clear(&erased);
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "auditors", list, err);
}

ak_status ak_ledger_auditors(ak_ledger *l, const char *as_of, uint64_t known_at, int64_t now, ak_text *json, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	int32_t day = ak_day_of_instant_jst(now);
	char text[11];
	ak_date d;
	ak_status st;

	if (as_of != NULL && (!ak_date_parse(ak_span_str(as_of), &d) || d.first != d.last)) {
		ak_json_free(o);
		return ak_mismatch(err, AK_INVALID_ARGUMENT, "as_of", 0, "a day such as 2026-11-21", as_of);
	}
	if (as_of != NULL)
		day = d.first;
	ak_day_format(day, text);
	st = ak_json_set(o, "as_of", ak_json_new_str(text), err);
	if (st == AK_OK)
		st = ak_json_set(o, "known_at", ak_json_new_int((int64_t)(known_at == 0 ? l->b->checkpoint.size : known_at)),
				 err);
	if (st == AK_OK)
		st = ak_api_auditors(l->b, day, known_at, o, err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}
