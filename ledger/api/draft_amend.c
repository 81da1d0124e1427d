/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts that speak of an earlier record: its correction, its annulment. */
#include "api/api.h"
#include "base/fail.h"
#include "base/text.h"
#include "seal/corrected.h"
#include "verify/erased.h"

#include <stdio.h>
#include <string.h>

/* `now`: the body of `of` as corrected so far. */
static ak_status correction_body(const ak_sealed *of, const ak_json *now, const ak_digest *id, const char *field, const char *after,
                                 const char *reason, ak_json **out, ak_error *err)
{
	const ak_json *before = ak_json_pointer(now, ak_span_str(field));
	ak_json *body = ak_json_new_object(), *value = NULL;
	char box[2048];
	ak_status st = AK_OK;

	if (field[0] != '/')
		st = ak_mismatch(err, AK_INVALID_ARGUMENT, "field", 0, "a pointer into the body, such as /expires_on", field);
	else if (before == NULL)
		st = ak_fail(err, AK_INVALID_ARGUMENT, "field", 0, "the record's body has nothing at '%s'", field);
	if (st == AK_OK && strlen(after) + 3 > sizeof(box))
		st = ak_fail(err, AK_INVALID_ARGUMENT, "after", 0, "too long");
	if (st == AK_OK) {
		(void)snprintf(box, sizeof(box), "[%s]", after);
		st = ak_json_parse(ak_span_str(box), &value, err);
	}
	if (st == AK_OK && ak_json_len(value) != 1)
		st = ak_fail(err, AK_INVALID_ARGUMENT, "after", 0, "not one JSON value");
	if (st == AK_OK)
		st = ak_json_set(body, "record", ak_api_digest(id), err);
	if (st == AK_OK)
		st = ak_json_set(body, "field", ak_json_new_str(field), err);
	if (st == AK_OK)
		st = ak_json_set(body, "before", ak_json_copy(before), err);
	if (st == AK_OK)
		st = ak_json_set(body, "after", ak_json_copy(ak_json_at(value, 0)), err);
	if (st == AK_OK)
		st = ak_json_set(body, "reason", ak_json_new_str(reason), err);
	if (st == AK_OK)
		st = ak_json_set(body, "subjects", ak_json_copy(of->statement.about), err);
	ak_json_free(value);
	if (st != AK_OK)
		ak_json_free(body);
	else
		*out = body;
	return st;
}

ak_status ak_api_body_against(const ak_sealed *of, const ak_digest *id, const char *reason, const char *basis, ak_json **out, ak_error *err)
{
	ak_json *body = ak_json_new_object();
	ak_status st = ak_json_set(body, "record", ak_api_digest(id), err);

	if (st == AK_OK)
		st = ak_json_set(body, "reason", ak_json_new_str(reason), err);
	if (st == AK_OK && basis != NULL)
		st = ak_json_set(body, "basis", ak_json_new_str(basis), err);
	if (st == AK_OK)
		st = ak_json_set(body, "subjects", ak_json_copy(of->statement.about), err);
	if (st != AK_OK)
		ak_json_free(body);
	else
		*out = body;
	return st;
}

/* Under which scheme `s` is corrected or annulled: its own; a core record, which the format has no such types for, under a scheme in force
 * that has them (FORMAT 16.7.1). */
static ak_status scheme_for(ak_books *b, const ak_statement *s, const char *type, char out[AK_NAME_MAX + 1], ak_error *err)
{
	bool core = ak_span_is(s->scheme, "akashi");
	ak_authority *a = NULL;
	const ak_profile *p = NULL, *at;
	ak_status st = ak_books_authority(b, NULL, 0, NULL, 0, &a, err);

	if (st != AK_OK)
		return st;
	for (size_t i = 0; p == NULL && (at = ak_authority_profile_at(a, i)) != NULL; i++) {
		if ((core || ak_span_eq(at->scheme, s->scheme)) && ak_profile_type(at, ak_span_str(type)) != NULL)
			p = at;
	}
	if (p == NULL)
		st = ak_fail(err, AK_UNKNOWN_TYPE, "type", 0, "no scheme in force in this ledger has %ss of such a record", type);
	else
		(void)snprintf(out, AK_NAME_MAX + 1, "%.*s", (int)p->scheme.len, (const char *)p->scheme.data);
	ak_authority_free(&a);
	return st;
}

static ak_status find(ak_books *b, const char *record, ak_digest *id, uint64_t *seq, ak_buf *file, ak_sealed *s, ak_error *err)
{
	ak_status st = ak_books_resolve(b, ak_span_str(record), seq, id, err);

	if (st == AK_OK)
		st = ak_books_sealed(b, *seq, file, s, err);
	return st == AK_OK && s->erased ? ak_erased_why(s, err) : st;
}

/* The draft of `type` with this body, which refers to record `id` as `rel`. */
static ak_status write_draft(ak_books *b, const ak_statement *of, const char *type, const char *rel, const ak_digest *id,
                             const ak_json *body, const char *issued, int64_t now, ak_text *draft, ak_error *err)
{
	ak_json *d = ak_json_new_object(), *refs = ak_json_new_array();
	char scheme[AK_NAME_MAX + 1];
	ak_status st = scheme_for(b, of, type, scheme, err);

	if (st == AK_OK)
		st = ak_api_draft_frame(b, scheme, type, issued, now, d, err);
	if (st == AK_OK)
		st = ak_api_draft_ref(refs, rel, id, err);
	if (st == AK_OK)
		st = ak_json_set(d, "refs", ak_json_ref(refs), err);
	if (st == AK_OK)
		st = ak_json_set(d, "body", ak_json_copy(body), err);
	ak_json_free(refs);
	if (st != AK_OK) {
		ak_json_free(d);
		return st;
	}
	return ak_api_pretty(d, draft, err);
}

ak_status ak_ledger_draft_correction(ak_ledger *l, const char *record, const char *field, const char *after,
                                     const char *reason, const char *issued, int64_t now, ak_text *draft, ak_error *err)
{
	ak_json *now_body = NULL, *body = NULL;
	ak_sealed s = { 0 };
	ak_digest id;
	uint64_t seq = 0;
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = find(l->b, record, &id, &seq, &file, &s, err);
	if (st == AK_OK)
		st = ak_books_corrected(l->b, seq, &now_body, err);
	if (st == AK_OK)
		st = correction_body(&s, now_body, &id, field, after, reason, &body, err);
	if (st == AK_OK)
		st = write_draft(l->b, &s.statement, "correction", "corrects", &id, body, issued, now, draft, err);
	ak_json_free(now_body);
	ak_json_free(body);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

ak_status ak_ledger_draft_annulment(ak_ledger *l, const char *record, const char *reason, const char *issued, int64_t now,
                                    ak_text *draft, ak_error *err)
{
	ak_json *body = NULL;
	ak_sealed s = { 0 };
	ak_digest id;
	uint64_t seq = 0;
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = find(l->b, record, &id, &seq, &file, &s, err);
	if (st == AK_OK)
		st = ak_api_body_against(&s, &id, reason, NULL, &body, err);
	if (st == AK_OK)
		st = write_draft(l->b, &s.statement, "annulment", "annuls", &id, body, issued, now, draft, err);
	ak_json_free(body);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}
