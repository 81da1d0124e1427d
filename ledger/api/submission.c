/* SPDX-License-Identifier: Apache-2.0 */
/* The papers of a submission, judged together before any of them is sealed. */
#include "api/api.h"

#include "base/date.h"
#include "base/fail.h"
#include "base/strmap.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "held/shipped.h"
#include "verify/scheme_rules.h"
#include "verify/tell.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PAPERS_MAX = 256 };

typedef struct papers {
	ak_candidate *c; /* owned */
	size_t n;
	uint64_t first; /* seq that the first of them would have */
	size_t failed;  /* the one at fault, or SIZE_MAX */
} papers;

static void drop(papers *p)
{
	for (size_t i = 0; i < p->n; i++)
		ak_candidate_clear(&p->c[i]);
	ak_mem_free(p->c);
}

static ak_status read_all(ak_books *b, const ak_span *in, size_t n, papers *p, ak_error *err)
{
	ak_status st = AK_OK;

	p->c = ak_mem_array(n, sizeof(*p->c));
	if (p->c == NULL)
		return ak_no_memory(err, "submission");
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		ak_json *v = NULL;

		p->n = i + 1;
		p->failed = i;
		ak_buf_init(&p->c[i].statement, AK_STATEMENT_MAX);
		ak_buf_init(&p->c[i].signatures, AK_SIGNATURES_MAX);
		st = ak_json_parse(in[i], &v, err);
		if (st == AK_OK)
			st = ak_api_candidate(b, v, in[i], &p->c[i], err);
		ak_json_free(v);
		if (st == AK_OK && i > 0 && !ak_span_eq(p->c[i].sealed.statement.scheme, p->c[0].sealed.statement.scheme))
			st = ak_fail(err, AK_INVALID_ARGUMENT, "submission", i, "the files are of different schemes");
	}
	return st;
}

/* As records that were sealed next, with authority: what is asked is whether they fit, not who signed. */
static ak_status take_papers(ak_rules *rules, papers *p, int64_t now, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < p->n; i++) {
		ak_sealed *s = &p->c[i].sealed;
		ak_judgement by = { .authorised = true };

		p->failed = i;
		s->header.seq = p->first + i;
		s->header.time = now;
		ak_sha256(s->lines.statement, &s->id);
		for (size_t k = 0; k < i; k++) {
			if (memcmp(p->c[k].sealed.id.b, s->id.b, AK_DIGEST_LEN) == 0)
				return ak_fail(err, AK_REPEATED, "submission", i, "the same paper is there twice");
		}
		st = ak_rules_take(rules, s, &by, err);
	}
	p->failed = SIZE_MAX;
	return st;
}

static ak_status take_once(ak_books *b, ak_rules *rules, uint64_t seq, ak_strmap *taken, bool otherwise, size_t *fell, ak_error *err)
{
	const ak_span key = { (const uint8_t *)&seq, sizeof(seq) };
	uint64_t one;
	bool lost = false;
	ak_status st;

	if (ak_strmap_get(taken, key, &one))
		return AK_OK;
	st = ak_strmap_put(taken, key, 1, err);
	if (st == AK_OK)
		st = ak_api_take(b, rules, seq, 0, otherwise, &lost, err);
	*fell += lost;
	return st;
}

/* Sealed records that they refer to, each once. */
static ak_status take_targets(ak_books *b, ak_rules *rules, const papers *p, ak_strmap *taken, bool otherwise, size_t *fell, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < p->n; i++) {
		const ak_statement *s = &p->c[i].sealed.statement;

		for (size_t k = 0; st == AK_OK && k < ak_statement_n_refs(s); k++) {
			ak_digest target;
			uint64_t seq = 0;

			(void)ak_statement_ref(s, k, &target);
			if (ak_index_by_id(b->index, &target, &seq, NULL) == AK_OK)
				st = take_once(b, rules, seq, taken, otherwise, fell, err);
		}
	}
	return st;
}

/* What papers of others refer to them by, and who came after whom: no paper refers to these. */
static ak_status take_beside(ak_books *b, ak_rules *rules, const papers *p, ak_strmap *taken, bool otherwise, size_t *fell, ak_error *err)
{
	static const char *const types[] = { "improvement-plan", "succession" };
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < p->n; i++) {
		const ak_statement *s = &p->c[i].sealed.statement;

		for (size_t k = 0; st == AK_OK && k < ak_statement_n_about(s); k++) {
			uint64_t *seqs = NULL;
			size_t n = 0;

			st = ak_index_about(b->index, ak_statement_about(s, k), &seqs, &n, err);
			for (size_t j = 0; st == AK_OK && j < n; j++) {
				ak_index_record r;

				st = ak_index_by_seq(b->index, seqs[j], &r, err);
				for (size_t t = 0; st == AK_OK && t < sizeof(types) / sizeof(types[0]); t++) {
					if (strcmp(r.type, types[t]) == 0)
						st = take_once(b, rules, seqs[j], taken, otherwise, fell, err);
				}
			}
			ak_mem_free(seqs);
		}
	}
	return st;
}

static ak_status ask_once(ak_books *b, ak_rules *rules, const ak_json *package, papers *p, int64_t now, bool otherwise, size_t *fell,
			  ak_json **rows, ak_error *err)
{
	char first[24];
	const ak_given given = { "first", first };
	const ak_tell tell = { .query = "submission", .given = &given, .n_given = 1 };
	ak_strmap taken;
	ak_status st = take_papers(rules, p, now, err);

	ak_strmap_init(&taken, 61);
	(void)snprintf(first, sizeof(first), "%" PRIu64, p->first);
	if (st == AK_OK)
		st = take_targets(b, rules, p, &taken, otherwise, fell, err);
	if (st == AK_OK)
		st = take_beside(b, rules, p, &taken, otherwise, fell, err);
	ak_strmap_clear(&taken);
	if (st == AK_OK)
		st = ak_tell_give(rules, &tell, err);
	if (st == AK_OK)
		st = ak_rules_ready(rules, err);
	if (st == AK_OK)
		st = ak_tell_rows(rules, package, &tell, ak_day_of_instant_jst(now), p->first + p->n, NULL, rows, err);
	return st;
}

static bool has_row(const ak_json *rows, const ak_json *row)
{
	for (size_t i = 0; i < ak_json_len(rows); i++) {
		if (ak_json_equal(ak_json_at(rows, i), row))
			return true;
	}
	return false;
}

static bool is_doubtful(const ak_json *row, const ak_json *otherwise)
{
	return !ak_span_is(ak_json_get_text(row, "severity"), "warning") && (otherwise == NULL || !has_row(otherwise, row));
}

/* What is said only because a record that is referred to lost its authority is not known to be so (FORMAT 19.4); otherwise NULL: nothing is. */
static ak_status soften(const ak_json *otherwise, const char *reason, ak_json **rows, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = list == NULL ? ak_no_memory(err, "submission") : AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(*rows); i++) {
		const ak_json *row = ak_json_at(*rows, i);

		st = ak_api_add_row(list, row, is_doubtful(row, otherwise) ? reason : NULL, "severity", "unverifiable", NULL, err);
	}
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	ak_json_free(*rows);
	*rows = list;
	return AK_OK;
}

static bool is_listed(const ak_json *list, uint64_t seq)
{
	for (size_t i = 0; i < ak_json_len(list); i++) {
		int64_t n = -1;

		if (ak_json_int(ak_json_at(list, i), &n) && (uint64_t)n == seq)
			return true;
	}
	return false;
}

static ak_status add_if_erased(ak_books *b, uint64_t seq, ak_json *list, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_sealed(b, seq, &file, &s, err);
	if (st == AK_OK && s.erased && !is_listed(list, seq))
		st = ak_json_add(list, ak_json_new_int((int64_t)seq), err);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

/* Records that they refer to and that were erased: whether such a paper fits, or takes the place of one that seems to be missing, nobody can say. */
static ak_status find_erased(ak_books *b, const papers *p, ak_json *list, ak_error *err)
{
	ak_status st = list == NULL ? ak_no_memory(err, "submission") : AK_OK;

	for (size_t i = 0; st == AK_OK && i < p->n; i++) {
		const ak_statement *s = &p->c[i].sealed.statement;

		for (size_t k = 0; st == AK_OK && k < ak_statement_n_refs(s); k++) {
			ak_digest target;
			uint64_t seq = 0;

			(void)ak_statement_ref(s, k, &target);
			if (ak_index_by_id(b->index, &target, &seq, NULL) == AK_OK)
				st = add_if_erased(b, seq, list, err);
		}
	}
	return st;
}

static ak_status ask(ak_books *b, const ak_json *package, papers *p, int64_t now, ak_json **rows, ak_error *err)
{
	ak_json *found = NULL, *otherwise = NULL;
	ak_rules *rules = NULL;
	size_t fell = 0, again = 0;
	ak_status st = ak_rules_open(package, &rules, err);

	if (st == AK_OK)
		st = ask_once(b, rules, package, p, now, false, &fell, &found, err);
	if (st == AK_OK && fell != 0) {
		st = ak_rules_again(rules, err);
		if (st == AK_OK)
			st = ask_once(b, rules, package, p, now, true, &again, &otherwise, err);
		if (st == AK_OK)
			/* Of more than one, some may stand without the others: then nothing bad is known (adr/0011). */
			st = soften(fell > 1 ? NULL : otherwise, "authority-lost", &found, err);
	}
	ak_rules_free(&rules);
	ak_json_free(otherwise);
	if (st != AK_OK)
		ak_json_free(found);
	else
		*rows = found;
	return st;
}

/* Which file a row is about, by the number that stands for it. */
static ak_status put_rows(const papers *p, const ak_json *rows, bool all_read, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	bool complete = all_read;
	ak_status st = list == NULL ? ak_no_memory(err, "submission") : AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(rows); i++) {
		ak_json *row = ak_json_copy(ak_json_at(rows, i));
		int64_t record = -1;
		bool here = ak_json_int(ak_json_get(row, "record"), &record) && record >= (int64_t)p->first;

		complete = complete && ak_span_is(ak_json_get_text(row, "severity"), "warning");
		st = ak_json_set(row, "file", here ? ak_json_new_int(record - (int64_t)p->first) : ak_json_new_null(), err);
		if (st == AK_OK)
			st = ak_json_add(list, ak_json_ref(row), err);
		ak_json_free(row);
	}
	if (st == AK_OK)
		st = ak_json_set(o, "complete", ak_json_new_bool(complete), err);
	if (st == AK_OK)
		st = ak_json_set(o, "rows", ak_json_ref(list), err);
	ak_json_free(list);
	return st;
}

static ak_status put_files(const papers *p, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = list == NULL ? ak_no_memory(err, "submission") : AK_OK;

	for (size_t i = 0; st == AK_OK && i < p->n; i++) {
		ak_json *f = ak_json_new_object();

		st = ak_json_set(f, "type", ak_api_span(p->c[i].sealed.statement.type), err);
		if (st == AK_OK)
			st = ak_json_set(f, "seq", ak_json_new_int((int64_t)(p->first + i)), err);
		if (st == AK_OK)
			st = ak_json_add(list, ak_json_ref(f), err);
		ak_json_free(f);
	}
	if (st == AK_OK)
		st = ak_json_set(o, "files", ak_json_ref(list), err);
	ak_json_free(list);
	return st;
}

ak_status ak_ledger_check_submission(ak_ledger *l, const ak_span *in, size_t n, int64_t now, ak_text *json, size_t *failed,
				     ak_error *err)
{
	papers p = { .failed = SIZE_MAX };
	ak_profile profile = { 0 };
	ak_json *rows = NULL, *o = NULL, *erased;
	ak_status st;

	*failed = SIZE_MAX;
	if (n == 0 || n > PAPERS_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "submission", n, "1 to %d files", PAPERS_MAX);
	erased = ak_json_new_array();
	st = ak_books_sync(l->b, err);
	p.first = l->b->checkpoint.size;
	if (st == AK_OK)
		st = read_all(l->b, in, n, &p, err);
	if (st == AK_OK) {
		p.failed = SIZE_MAX;
		st = ak_shipped_profile(p.c[0].sealed.statement.scheme, &profile, err);
	}
	if (st == AK_OK)
		st = ask(l->b, profile.package, &p, now, &rows, err);
	if (st == AK_OK)
		st = find_erased(l->b, &p, erased, err);
	if (st == AK_OK && ak_json_len(erased) != 0)
		st = soften(NULL, "erased", &rows, err);
	if (st == AK_OK) {
		o = ak_json_new_object();
		st = put_rows(&p, rows, ak_json_len(erased) == 0, o, err);
	}
	if (st == AK_OK)
		st = ak_json_set(o, "erased", ak_json_ref(erased), err);
	if (st == AK_OK)
		st = put_files(&p, o, err);
	*failed = p.failed;
	ak_json_free(rows);
	ak_json_free(erased);
	ak_profile_clear(&profile);
	drop(&p);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}
