/* SPDX-License-Identifier: Apache-2.0 */
#include "api/caution.h"

#include "api/ended.h"
#include "base/text.h"
#include "held/held.h"
#include "rules/sandbox.h"
#include "seal/corrected.h"
#include "verify/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void ak_cautions_clear(ak_cautions *c)
{
	ak_authority_free(&c->authority);
}

static ak_status put_seats(ak_books *b, ak_cautions *c, const ak_statement *s, uint64_t seq, ak_json *list, ak_error *err)
{
	ak_status st = c->authority != NULL ? AK_OK : ak_books_authority(b, NULL, 0, NULL, 0, &c->authority, err);

	return st == AK_OK ? ak_authority_seats(c->authority, s, seq, list, err) : st;
}

static bool names(const ak_statement *s, const ak_digest *id)
{
	for (size_t i = 0; i < ak_statement_n_refs(s); i++) {
		ak_digest d;

		(void)ak_statement_ref(s, i, &d);
		if (ak_digest_eq(&d, id))
			return true;
	}
	return false;
}

static bool decided_by(const ak_statement *s, ak_digest *out)
{
	for (size_t i = 0; i < ak_statement_n_refs(s); i++) {
		if (ak_span_is(ak_statement_ref(s, i, out), "decided-by"))
			return true;
	}
	return false;
}

/* Bodies without ids of services, as imported ones may be, share them. */
static bool share_a_service(const ak_json *x, const ak_json *y)
{
	bool any = false;

	for (size_t i = 0; i < ak_json_len(x); i++) {
		for (size_t k = 0; k < ak_json_len(y); k++) {
			ak_span a = ak_json_get_text(ak_json_at(x, i), "id"), b = ak_json_get_text(ak_json_at(y, k), "id");

			if (a.len == 0 || b.len == 0)
				continue;
			any = true;
			if (ak_span_eq(a, b))
				return true;
		}
	}
	return !any;
}

/* A renewal's listing follows the one before: it names it, rests on another decision (or, imported, has another end), and is of the same services.
 * Drafts name the one before by themselves, so that alone shows nothing. */
static bool continues(const ak_statement *s, const ak_sealed *before, const ak_json *body)
{
	ak_digest x, y;
	const bool decided = decided_by(s, &x), was = decided_by(&before->statement, &y);

	if (!names(s, &before->id) || (decided && was && ak_digest_eq(&x, &y)) || !share_a_service(ak_json_get(s->body, "services"), ak_json_get(body, "services")))
		return false;
	return decided || !ak_span_eq(ak_json_get_text(s->body, "expires_on"), ak_json_get_text(body, "expires_on"));
}

/* Of a listing that stands, is of the same basis, and that nothing has ended: does `s` come after it as a second one? */
static ak_status is_second(ak_books *b, const ak_statement *s, const char *subject, uint64_t seq, ak_endings *ends, bool *same, bool *second, ak_error *err)
{
	ak_json *body = NULL, *row = ak_json_new_object();
	ak_sealed before = { 0 };
	ak_buf file;
	ak_status st;

	*same = *second = false;
	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_record(b, seq, &file, err);
	if (st == AK_OK)
		st = ak_sealed_parse_erased(ak_buf_span(&file), &before, err);
	if (st == AK_OK && before.erased) /* what it lists cannot be said any more */
		goto out;
	if (st == AK_OK)
		st = ak_books_corrected(b, seq, &body, err);
	*same = st == AK_OK && ak_span_eq(ak_json_get_text(s->body, "basis"), ak_json_get_text(body, "basis"));
	if (*same)
		st = ak_endings_put(b, ends, subject, seq, row, err);
	*second = st == AK_OK && *same && ak_json_is(ak_json_get(row, "ended"), AK_JSON_NULL) && !continues(s, &before, body);
out:
	ak_sealed_clear(&before);
	ak_buf_clear(&file);
	ak_json_free(row);
	ak_json_free(body);
	return st;
}

static ak_status tell_listed(const ak_statement *s, const char *subject, uint64_t other, ak_json *list, ak_error *err)
{
	const char *number = subject + s->scheme.len + strlen("/listing:");
	char ja[400], en[400];
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "id", ak_json_new_str("listed-already"), err);

	(void)snprintf(ja, sizeof(ja), "登録番号 %s の掲載は既に記録 #%" PRIu64 " にある。誤りを正すには correct、終わらせるには deletion を用いる", number, other);
	(void)snprintf(en, sizeof(en), "registration number %s is listed already, by record #%" PRIu64 ": a mistake is put right with correct, a registration ended with a deletion", number, other);
	if (st == AK_OK)
		st = ak_json_set(o, "field", ak_json_new_str("/listing"), err);
	if (st == AK_OK)
		st = ak_json_set(o, "found", ak_json_new_str(number), err);
	if (st == AK_OK)
		st = ak_json_set(o, "record", ak_json_new_int((int64_t)other), err);
	if (st == AK_OK)
		st = ak_json_set(o, "text", ak_report_words(ja, en), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(list, o, err);
}

/* The newest of those that stand is looked at: one is enough. */
static ak_status look_for(ak_books *b, const ak_statement *s, const char *subject, uint64_t seq, ak_json *list, ak_error *err)
{
	ak_endings ends = { 0 };
	uint64_t *seqs = NULL;
	size_t n = 0;
	bool same = false, second = false;
	ak_status st = ak_index_about(b->index, ak_span_str(subject), &seqs, &n, err);

	while (st == AK_OK && n > 0 && seqs[n - 1] >= seq)
		n--;
	if (st == AK_OK && n > 0)
		st = ak_endings_read(b, 0, &ends, err);
	while (st == AK_OK && !same && n > 0) {
		ak_index_record r;
		bool stands = false;

		n--;
		st = ak_index_by_seq(b->index, seqs[n], &r, err);
		if (st == AK_OK && strcmp(r.type, "listing") == 0)
			st = ak_books_stands(b, seqs[n], 0, &stands, err);
		if (st == AK_OK && stands)
			st = is_second(b, s, subject, seqs[n], &ends, &same, &second, err);
	}
	if (st == AK_OK && second)
		st = tell_listed(s, subject, seqs[n], list, err);
	ak_endings_clear(&ends);
	ak_mem_free(seqs);
	return st;
}

static ak_status put_listed(ak_books *b, const ak_statement *s, uint64_t seq, ak_json *list, ak_error *err)
{
	char subject[AK_SUBJECT_ID_MAX + 1];
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_statement_n_about(s); i++) {
		ak_span id = ak_statement_about(s, i);

		if (id.len <= s->scheme.len || id.len > AK_SUBJECT_ID_MAX || !ak_span_starts((ak_span){ id.data + s->scheme.len, id.len - s->scheme.len }, "/listing:"))
			continue;
		(void)snprintf(subject, sizeof(subject), "%.*s", (int)id.len, (const char *)id.data);
		st = look_for(b, s, subject, seq, list, err);
	}
	return st;
}

/* A profile by whose rules nothing could be judged, whoever asks; those that this program ships were tried when it was built. */
static ak_status put_rules(const ak_statement *s, ak_json *list, ak_error *err)
{
	const ak_json *package = ak_json_get(s->body, "package");
	char ja[AK_ERROR_DETAIL_MAX + 100], en[AK_ERROR_DETAIL_MAX + 100];
	ak_error why = { 0 };
	ak_digest digest;
	ak_span bytes;
	ak_json *o;
	ak_status st;

	if (!ak_json_is(package, AK_JSON_OBJECT) || (ak_digest_parse(ak_json_get_text(s->body, "digest"), &digest) && ak_held_bytes(&digest, &bytes)))
		return AK_OK;
	st = ak_rules_try(package, &why);
	if (st == AK_NO_MEMORY)
		return ak_no_memory(err, "caution");
	if (st == AK_OK)
		return AK_OK;
	(void)snprintf(ja, sizeof(ja), "この定義の規則は実行できず、これによる判定は「検証不能」となる: %s", why.detail);
	(void)snprintf(en, sizeof(en), "rules of this profile cannot run, and what is judged by them cannot be said: %s", why.detail);
	o = ak_json_new_object();
	st = ak_json_set(o, "id", ak_json_new_str("rule-broken"), err);
	if (st == AK_OK)
		st = ak_json_set(o, "field", ak_json_new_str("/package"), err);
	if (st == AK_OK)
		st = ak_json_set(o, "found", ak_json_new_str(why.detail), err);
	if (st == AK_OK)
		st = ak_json_set(o, "text", ak_report_words(ja, en), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(list, o, err);
}

ak_status ak_cautions_put(ak_books *b, ak_cautions *c, const ak_statement *s, uint64_t seq, ak_json *list, ak_error *err)
{
	if (ak_span_is(s->type, "party"))
		return put_seats(b, c, s, seq, list, err);
	if (ak_span_is(s->type, "profile"))
		return put_rules(s, list, err);
	return ak_span_is(s->type, "listing") ? put_listed(b, s, seq, list, err) : AK_OK;
}
