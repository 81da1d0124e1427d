/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/also.h"

#include "base/fail.h"
#include "crypto/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static ak_status tell_ignored(ak_report *r, size_t i, const ak_error *why, ak_error *err)
{
	char text[sizeof(why->detail) + 120];

	(void)snprintf(text, sizeof(text), "unsealed record %zu is left aside: %s (%s)", i + 1, ak_status_text(why->status),
	               why->detail);
	return ak_report_not_checked(r, "also", NULL, text, err);
}

static ak_status tell_counted(ak_report *r, const ak_sealed *s, ak_error *err)
{
	char ja[200], en[200];
	ak_status st = ak_report_passed(r, "also", NULL, 1, err);

	(void)snprintf(ja, sizeof(ja), "未登載の記録（%.*s）を、次の記録 #%" PRIu64 " として判断に加えた", (int)s->statement.type.len,
	               (const char *)s->statement.type.data, s->header.seq);
	(void)snprintf(en, sizeof(en), "a record that is not sealed (%.*s) was judged as if it were the next, #%" PRIu64,
	               (int)s->statement.type.len, (const char *)s->statement.type.data, s->header.seq);
	return st == AK_OK ? ak_report_warning(r, "also", ja, en, err) : st;
}

static ak_status tell_apart(ak_report *r, size_t i, ak_error *err)
{
	char text[160];

	(void)snprintf(text, sizeof(text), "unsealed record %zu is left aside: with it the answer would be no worse", i + 1);
	return ak_report_not_checked(r, "also", NULL, text, err);
}

/* Its lines are the caller's, who keeps them until the verdict is given. */
static ak_status stand_next(const ak_proven *p, const ak_candidate *c, ak_sealed *out, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_status st = ak_sealed_candidate(ak_buf_span(&c->statement), ak_buf_span(&c->signatures), &s, err);

	if (st != AK_OK)
		return st;
	s.header = (ak_header){ .seq = p->checkpoint.size + p->n_unsealed, .time = p->q->now };
	ak_sha256(s.lines.statement, &s.header.statement);
	ak_sha256(s.lines.signatures, &s.header.signatures);
	*out = s;
	return AK_OK;
}

static ak_status append_one(ak_proven *p, const ak_judged *j, ak_report *r, size_t i, ak_error *err)
{
	ak_judgement by = { 0 };
	ak_sealed s = { 0 };
	ak_error why = { 0 };
	ak_status st = stand_next(p, &p->q->also[i], &s, err);

	if (st != AK_OK)
		return st;
	st = ak_judge_next(p, j, &s, &by, &why);
	if (st == AK_OK && by.authorised) {
		p->rec[p->n_rec++] = s;
		p->n_unsealed++;
		return tell_counted(r, &s, err);
	}
	ak_sealed_clear(&s);
	if (ak_status_class(st) == AK_CLASS_UNKNOWN && st != AK_UNKNOWN_VERSION && st != AK_NOT_FOUND) {
		if (err != NULL)
			*err = why;
		return st;
	}
	return tell_ignored(r, i, st == AK_OK ? &by.why : &why, err);
}

ak_status ak_also_append(ak_proven *p, const ak_judged *j, ak_report *r, size_t *n, ak_error *err)
{
	size_t cap = p->n_rec;
	ak_status st;

	if (p->q->known_at != 0 && p->q->known_at < p->checkpoint.size) {
		*n = 0;
		return ak_report_not_checked(r, "also", NULL, "the question is about an earlier state: what is not sealed is newer", err);
	}
	st = ak_mem_grow((void **)&p->rec, &cap, p->n_rec + p->q->n_also, sizeof(*p->rec), err);
	for (size_t i = 0; st == AK_OK && i < p->q->n_also; i++)
		st = p->q->also_only == 0 || p->q->also_only == i + 1 ? append_one(p, j, r, i, err) : tell_apart(r, i, err);
	if (st == AK_OK)
		*n = p->n_unsealed;
	return st;
}

/* What became of the unsealed records is told with the better verdict too: there it is all that is to be said. */
static ak_status copy_checks(const ak_json *from, ak_json *to, ak_error *err)
{
	const ak_json *checks = ak_json_get(from, "checks");
	ak_json *list = ak_json_copy(ak_json_get(to, "checks"));
	ak_status st = list == NULL ? ak_no_memory(err, "report") : AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(checks); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(checks, i), "id"), "also"))
			st = ak_json_add(list, ak_json_copy(ak_json_at(checks, i)), err);
	}
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(to, "checks", list, err);
}

/* The verdict on the listing itself, which is the whole one where no use was asked about. */
static int listing_rank(const ak_json *report, ak_verdict verdict)
{
	ak_span said = ak_json_get_text(ak_json_get(report, "use"), "listing_verdict");

	for (int v = AK_VERDICT_INVALID; v <= AK_VERDICT_VALID; v++) {
		if (ak_span_is(said, ak_verdict_name((ak_verdict)v)))
			return v;
	}
	return (int)verdict;
}

/* What it would be with them, or with one of them: a memory is looked into once more, and keeps nothing of that. */
static ak_status verify_with(const ak_evidence *e, const ak_question *q, const ak_candidate *also, size_t n, size_t only,
                             ak_verdict *verdict, ak_json **report, ak_error *err)
{
	ak_memory_answer twice = { 0 };
	ak_remember memory = { .answer = &twice };
	ak_question with = *q;
	ak_status st;

	with.also = also;
	with.n_also = n;
	with.also_only = only;
	if (q->memory != NULL) {
		memory.text = q->memory->text;
		with.memory = &memory;
	}
	st = ak_verify_evidence(e, &with, verdict, report, err);
	ak_memory_clear(&twice);
	return st;
}

ak_status ak_verify_also(const ak_evidence *e, const ak_question *q, const ak_candidate *also, size_t n,
                         ak_verdict *verdict, ak_json **report, ak_error *err)
{
	ak_json *r = NULL, *other = NULL, *t;
	ak_verdict v, w;
	ak_status st = ak_verify_evidence(e, q, &v, &r, err);

	if (st == AK_OK && n != 0)
		st = verify_with(e, q, also, n, 0, &w, &other, err);
	if (st != AK_OK || n == 0)
		goto out;
	/* On a tie too: what is unsealed may have changed more than the word, and is told there. */
	if (w < v || (w == v && listing_rank(other, w) <= listing_rank(r, v))) {
		t = r, r = other, other = t;
		v = w;
	} else {
		st = copy_checks(other, r, err);
	}
	for (size_t only = 1; st == AK_OK && n > 1 && only <= n; only++) {
		ak_json_free(other);
		other = NULL;
		st = verify_with(e, q, also, n, only, &w, &other, err);
		if (st == AK_OK && (w < v || (w == v && listing_rank(other, w) < listing_rank(r, v)))) {
			t = r, r = other, other = t;
			v = w;
		}
	}
out:
	ak_json_free(other);
	if (st != AK_OK) {
		ak_json_free(r);
		return st;
	}
	*verdict = v;
	*report = r;
	return AK_OK;
}
