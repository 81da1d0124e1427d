/* SPDX-License-Identifier: Apache-2.0 */
/* How auditors stand on a day: the scheme's own query over the registrations on record, judged as they are for a verdict. */
#include "api/api.h"

#include "base/date.h"
#include "base/fail.h"
#include "base/text.h"
#include "held/shipped.h"
#include "verify/scheme_rules.h"
#include "verify/tell.h"

#include <string.h>

static const char registration[] = "auditor-registration";

/* Records about the auditors, ascending, each once: registrations and what corrects them. */
typedef struct gathered {
	uint64_t *seq; /* owned */
	size_t n, room;
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

static ak_status load(ak_books *b, uint64_t seq, ak_buf *file, ak_sealed *s, ak_error *err)
{
	ak_status st = ak_books_record(b, seq, file, err);

	return st == AK_OK ? ak_sealed_parse(ak_buf_span(file), s, err) : st;
}

/* Whatever else is about the auditor of one registration. */
static ak_status gather_about(ak_books *b, uint64_t seq, uint64_t known_at, gathered *g, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = load(b, seq, &file, &s, err);
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

static ak_status gather_all(ak_books *b, uint64_t known_at, gathered *g, ak_error *err)
{
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st = ak_index_of_type(b->index, registration, &seqs, &n, err);

	if (st == AK_NOT_FOUND)
		st = AK_OK;
	for (size_t i = 0; st == AK_OK && i < n && (known_at == 0 || seqs[i] < known_at); i++)
		st = gather_about(b, seqs[i], known_at, g, err);
	ak_mem_free(seqs);
	return st;
}

ak_status ak_api_take(ak_books *b, ak_rules *rules, uint64_t seq, ak_error *err)
{
	ak_authority *a = NULL;
	ak_judgement by;
	ak_sealed s = { 0 };
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = load(b, seq, &file, &s, err);
	if (st == AK_OK)
		st = ak_books_authority_at(b, seq, &a, err);
	if (st == AK_OK)
		st = ak_books_judge(b, a, &s, &by, err);
	if (st == AK_OK)
		st = ak_rules_take(rules, &s, &by, err);
	ak_authority_free(&a);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

static ak_status ask(ak_books *b, const ak_json *package, const gathered *g, int32_t as_of, uint64_t known_at, ak_json **rows,
		     ak_error *err)
{
	static const ak_tell tell = { .query = "auditors" };
	ak_rules *rules = NULL;
	ak_status st = ak_rules_open(package, &rules, err);

	for (size_t i = 0; st == AK_OK && i < g->n; i++)
		st = ak_api_take(b, rules, g->seq[i], err);
	if (st == AK_OK)
		st = ak_rules_ready(rules, err);
	if (st == AK_OK)
		st = ak_tell_rows(rules, package, &tell, as_of, known_at, NULL, rows, err);
	ak_rules_free(&rules);
	return st;
}

ak_status ak_api_auditors(ak_books *b, int32_t as_of, uint64_t known_at, ak_json *o, ak_error *err)
{
	ak_profile profile = { 0 };
	ak_json *rows = NULL;
	gathered g = { 0 };
	ak_status st = gather_all(b, known_at, &g, err);

	if (st == AK_OK && g.n > 0)
		st = ak_shipped_profile(ak_span_str(AK_USUAL_SCHEME), &profile, err);
	if (st == AK_OK && g.n > 0)
		st = ask(b, profile.package, &g, as_of, known_at == 0 ? b->checkpoint.size : known_at, &rows, err);
	if (st == AK_OK)
		st = ak_json_set(o, "auditors", rows == NULL ? ak_json_new_array() : rows, err);
	ak_profile_clear(&profile);
	ak_mem_free(g.seq);
	return st;
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
