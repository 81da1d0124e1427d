/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/corrected.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "codec/schema.h"
#include "rules/amend.h"

#include <stdio.h>
#include <string.h>

enum { DEPTH_MAX = 8 }; /* corrections of corrections; the format follows fewer */

static bool acts(const ak_sealed *s, ak_span on)
{
	const ak_statement *t = &s->statement;

	return (ak_span_is(t->type, "correction") || ak_span_is(t->type, "annulment")) &&
	       ak_span_eq(ak_json_get_text(t->body, "record"), on);
}

static ak_status authorised(ak_books *b, ak_sealed *s, uint64_t known_at, bool *yes, ak_error *err)
{
	ak_authority *a = NULL;
	ak_judgement j = { 0 };
	ak_status st = ak_books_authority_as_known(b, s->header.seq, known_at, &a, err);

	if (st == AK_OK)
		st = ak_books_judge(b, a, s, &j, err);
	*yes = st == AK_OK && j.authorised;
	ak_authority_free(&a);
	return st;
}

static ak_status settle(ak_books *b, const ak_sealed *of, uint64_t known_at, int depth, ak_json *body, bool *annulled, ak_error *err);

/* What record `seq` does to `of`, if it is a correction or annulment of it. */
static ak_status act(ak_books *b, const ak_sealed *of, uint64_t seq, uint64_t known_at, int depth, ak_json *body, bool *annulled,
                     ak_error *err)
{
	char id[AK_DIGEST_TEXT_LEN + 1];
	ak_sealed s = { 0 };
	ak_json *by = NULL;
	bool yes = false, off = false;
	const char *why;
	ak_buf file;
	ak_status st;

	ak_digest_format(&of->id, id);
	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_sealed(b, seq, &file, &s, err);
	if (st == AK_OK && acts(&s, ak_span_str(id)))
		st = authorised(b, &s, known_at, &yes, err);
	if (st != AK_OK || !yes)
		goto out;
	by = ak_json_copy(s.statement.body);
	st = by == NULL ? ak_no_memory(err, "correction") : settle(b, &s, known_at, depth + 1, by, &off, err);
	if (st == AK_OK && !off && ak_span_is(s.statement.type, "correction"))
		st = ak_amend(body, by, true, &why, err);
	else if (st == AK_OK && !off)
		*annulled = true;
out:
	ak_json_free(by);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

/* Let what acts on `of` do so, in order.  Whatever acts on a record is about all that it is about: one subject finds them all. */
static ak_status settle(ak_books *b, const ak_sealed *of, uint64_t known_at, int depth, ak_json *body, bool *annulled, ak_error *err)
{
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st;

	if (depth > DEPTH_MAX)
		return ak_fail(err, AK_LIMIT, "correction", of->header.seq, "too many corrections of corrections");
	st = ak_index_about(b->index, ak_statement_about(&of->statement, 0), &seqs, &n, err);
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		if (seqs[i] > of->header.seq && (known_at == 0 || seqs[i] < known_at))
			st = act(b, of, seqs[i], known_at, depth, body, annulled, err);
	}
	ak_mem_free(seqs);
	return st;
}

ak_status ak_books_correct(ak_books *b, const ak_sealed *s, uint64_t known_at, ak_json *body, bool *annulled, ak_error *err)
{
	*annulled = false;
	return settle(b, s, known_at, 0, body, annulled, err);
}

ak_status ak_books_stands(ak_books *b, uint64_t seq, uint64_t known_at, bool *yes, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_json *body = NULL;
	bool stands = false, off = false;
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_sealed(b, seq, &file, &s, err);
	if (st == AK_OK)
		st = authorised(b, &s, known_at, &stands, err);
	if (st == AK_OK && stands) {
		body = ak_json_copy(s.statement.body);
		st = body == NULL ? ak_no_memory(err, "correction") : settle(b, &s, known_at, 0, body, &off, err);
	}
	if (st == AK_OK)
		*yes = stands && !off;
	ak_json_free(body);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

static ak_status corrected(ak_books *b, const ak_sealed *s, ak_json **out, ak_error *err)
{
	bool annulled = false;
	ak_json *body = ak_json_copy(s->statement.body);
	ak_status st;

	if (body == NULL)
		return ak_no_memory(err, "correction");
	st = ak_books_correct(b, s, 0, body, &annulled, err);
	if (st == AK_OK)
		*out = body;
	else
		ak_json_free(body);
	return st;
}

ak_status ak_books_corrected(ak_books *b, uint64_t seq, ak_json **body, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_sealed(b, seq, &file, &s, err);
	if (st == AK_OK)
		st = corrected(b, &s, body, err);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

static ak_status value_text(const ak_json *v, char out[AK_ERROR_VALUE_MAX], ak_error *err)
{
	ak_buf text;
	ak_status st = AK_OK;

	ak_buf_init(&text, AK_STATEMENT_MAX);
	if (v != NULL)
		st = ak_jcs_write(v, &text, err);
	if (st == AK_OK)
		(void)snprintf(out, AK_ERROR_VALUE_MAX, "%.*s", (int)text.len, (const char *)text.data);
	if (st == AK_OK && text.len == 0)
		(void)snprintf(out, AK_ERROR_VALUE_MAX, "nothing");
	ak_buf_clear(&text);
	return st;
}

static ak_status refuse_stale(const ak_json *now, const ak_json *before, uint64_t seq, ak_error *err)
{
	char want[AK_ERROR_VALUE_MAX], got[AK_ERROR_VALUE_MAX];
	ak_status st = value_text(now, want, err);

	if (st == AK_OK)
		st = value_text(before, got, err);
	return st == AK_OK ? ak_mismatch(err, AK_HELD_BACK, "body.before", seq, want, got) : st;
}

/* `body` as it stands now; it is changed. */
static ak_status check_made(const ak_json *type, ak_json *body, const ak_statement *s, uint64_t seq, ak_error *err)
{
	const ak_json *schema = ak_type_schema(type);
	const char *why = NULL;
	bool fitted = type != NULL && ak_schema_validate(schema, body, NULL) == AK_OK;
	ak_status st = ak_amend(body, s->body, true, &why, err);

	if (st == AK_OK && why == ak_amend_stale)
		return refuse_stale(ak_json_pointer(body, ak_json_get_text(s->body, "field")), ak_json_get(s->body, "before"), seq, err);
	if (st == AK_OK && why != NULL)
		return ak_fail(err, AK_SCHEMA, "body.field", seq, "%s", why);
	if (st == AK_OK && fitted)
		st = ak_schema_validate(schema, body, err);
	if (st == AK_SCHEMA && err != NULL) {
		err->where = "body.after";
		err->at = seq;
	}
	return st;
}

ak_status ak_correction_check(ak_books *b, const ak_authority *a, const ak_statement *s, uint64_t seq, ak_error *err)
{
	const ak_profile *p;
	ak_sealed target = { 0 };
	ak_json *body = NULL;
	uint64_t of = 0;
	ak_digest id;
	ak_buf file;
	ak_status st;

	if (!ak_span_is(s->type, "correction") || !ak_json_is(ak_json_get(s->body, "field"), AK_JSON_STRING) ||
	    !ak_digest_parse(ak_json_get_text(s->body, "record"), &id))
		return AK_OK;
	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_index_by_id(b->index, &id, &of, err);
	if (st == AK_OK)
		st = ak_books_sealed(b, of, &file, &target, err);
	if (st == AK_OK)
		st = corrected(b, &target, &body, err);
	if (st == AK_OK) {
		ak_span type = target.statement.type;

		p = ak_type_is_core(type) ? &b->core : ak_authority_profile(a, target.statement.scheme);
		st = check_made(p == NULL ? NULL : ak_profile_type(p, type), body, s, seq, err);
	}
	ak_json_free(body);
	ak_sealed_clear(&target);
	ak_buf_clear(&file);
	return st;
}
