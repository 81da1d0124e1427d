/* SPDX-License-Identifier: Apache-2.0 */
/* Mode "as": a correction, or the like, is signed as the record it speaks of was (FORMAT 16.7.1).  When that one is itself
 * signed "as" another, it is followed on to that.  What a correction makes of that record is judged too. */
#include "verify/authority_state.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/schema.h"
#include "rules/amend.h"

#include <string.h>

/* The record that `rel` names; two of that rel would leave open which one is meant. */
static bool only_ref(const ak_statement *s, ak_span rel, ak_digest *out)
{
	size_t found = 0;

	for (size_t i = 0; i < ak_statement_n_refs(s); i++) {
		ak_digest d;

		if (!ak_span_eq(ak_statement_ref(s, i, &d), rel))
			continue;
		*out = d;
		found++;
	}
	return found == 1;
}

/* The record followed to: fetched, standing, and about the same.  False with j->why filled when it is not. */
static ak_status follow(const ak_authority *a, uint64_t seq, const ak_json *policy, const ak_asking *q,
                        ak_sealed *original, ak_buf *file, char signed_for[64], ak_judgement *j, bool *good, ak_error *err)
{
	ak_span rel = ak_json_get_text(policy, "rel");
	ak_span own = ak_json_get_text(q->amended != NULL ? q->amended : q->named->body, "record");
	char text[AK_DIGEST_TEXT_LEN + 1];
	bool stands = false;
	ak_digest id;
	ak_status st;

	*good = false;
	if (q->depth >= AS_DEPTH || a->hooks.record == NULL || a->hooks.standing == NULL ||
	    !only_ref(q->named, rel, &id))
		return ak_auth_voidf(j, AK_NOT_AUTHORISED, "statement.refs", seq, "does not name one record as '%.*s'",
		                     (int)rel.len, (const char *)rel.data);
	ak_digest_format(&id, text);
	if (!ak_span_is(own, text))
		return ak_auth_voidf(j, AK_NOT_AUTHORISED, "body.record", seq,
		                     "is not the record that the reference '%.*s' names", (int)rel.len, (const char *)rel.data);
	st = a->hooks.record(a->hooks.ctx, &id, file, err);
	if (st == AK_OK)
		st = ak_sealed_parse_erased(ak_buf_span(file), original, err);
	if (st == AK_OK && original->erased)
		return ak_auth_voidf(j, AK_NOT_AUTHORISED, "body.record", seq, "speaks of a record that was erased");
	if (st == AK_OK)
		st = a->hooks.standing(a->hooks.ctx, &id, &stands, signed_for, err);
	if (st != AK_OK)
		return st;
	if (!stands)
		return ak_auth_voidf(j, AK_NOT_AUTHORISED, "body.record", seq, "speaks of a record that has no effect itself");
	if (!ak_json_equal(q->named->about, original->statement.about))
		return ak_auth_voidf(j, AK_ABOUT_MISMATCH, "body.subjects", seq,
		                     "are not the subjects of the record it speaks of");
	*good = true;
	return AK_OK;
}

/* Is `body` such as the type of `s` allows, and about the same?  AK_SCHEMA or AK_ABOUT_MISMATCH when not. */
static ak_status fits(const ak_json *type, const ak_statement *s, const ak_json *body, ak_error *err)
{
	ak_statement changed = *s;
	ak_status st = ak_schema_validate(ak_type_schema(type), body, err);

	changed.body = body;
	return st == AK_OK ? ak_about_check(type, &changed, err) : st;
}

/* Fills j->why when `body` does not fit.  A record that fitted an older definition of its type only can be corrected all the same. */
static ak_status judge_amended(const ak_json *type, const ak_statement *original, const ak_json *body, uint64_t seq,
                               ak_judgement *j, ak_error *err)
{
	ak_error why = { 0 };
	ak_status st = fits(type, original, body, &why);

	if (st == AK_SCHEMA || st == AK_ABOUT_MISMATCH) {
		ak_error older = { 0 };

		st = fits(type, original, original->body, &older);
		if (st == AK_SCHEMA || st == AK_ABOUT_MISMATCH)
			return AK_OK;
		if (st == AK_OK) {
			why.where = "body.after";
			why.at = seq;
			return ak_auth_void(j, &why);
		}
		why = older;
	}
	if (st != AK_OK && err != NULL)
		*err = why;
	return st;
}

/* What the correction would make of the original, in *out; NULL when it speaks of no field, or is no correction.  j->why is filled
 * when the original's type does not allow that. */
static ak_status amend(const ak_json *type, const ak_statement *original, uint64_t seq, const ak_asking *q, ak_json **out,
                       ak_judgement *j, ak_error *err)
{
	const ak_json *by = q->depth > 0 ? q->amended : q->named->body;
	const char *not_there = NULL;
	ak_json *body;
	ak_status st;

	if (by == NULL || !ak_span_is(q->named->type, "correction") || !ak_json_is(ak_json_get(by, "field"), AK_JSON_STRING))
		return AK_OK;
	body = ak_json_copy(original->body);
	if (body == NULL)
		return ak_no_memory(err, "correction");
	st = ak_amend(body, by, false, &not_there, err);
	if (st == AK_OK && not_there != NULL)
		st = ak_auth_voidf(j, AK_SCHEMA, "body.field", seq, "%s", not_there);
	else if (st == AK_OK)
		st = judge_amended(type, original, body, seq, j, err);
	if (st == AK_OK)
		*out = body;
	else
		ak_json_free(body);
	return st;
}

/* The policies of the original's type, asked of the party whose members were counted for it. */
static ak_status ask_again(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_asking *q, const ak_statement *original,
                           const char *signed_for, const resolved *res, ak_judgement *j, bool *yes, ak_error *err)
{
	const ak_profile *p = ak_authority_profile(a, original->scheme);
	const ak_json *type = p == NULL ? NULL : ak_profile_type(p, original->type);
	ak_asking again = { ak_type_signing(type), q->scheme, original, q->party != NULL ? q->party : signed_for, q->depth + 1, NULL };
	ak_json *amended = NULL;
	ak_status st;

	if (type == NULL || !ak_span_eq(original->scheme, q->scheme))
		return ak_auth_voidf(j, AK_NOT_AUTHORISED, "body.record", seq,
		                     "speaks of a record whose type this scheme does not have");
	st = amend(type, original, seq, q, &amended, j, err);
	again.amended = amended;
	if (st == AK_OK && j->why.status == AK_OK)
		st = ak_auth_ask(a, r, seq, &again, res, j, yes, err);
	ak_json_free(amended);
	return st;
}

ak_status ak_auth_as(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_json *policy, const ak_asking *q,
                     const resolved *res, ak_judgement *j, bool *yes, ak_error *err)
{
	ak_sealed original = { 0 };
	char signed_for[64] = "";
	bool good;
	ak_buf file;
	ak_status st;

	*yes = false;
	ak_buf_init(&file, AK_STATEMENT_MAX + AK_SIGNATURES_MAX + AK_HEADER_MAX + 3);
	st = follow(a, seq, policy, q, &original, &file, signed_for, j, &good, err);
	if (st == AK_OK && good && ak_type_is_core(original.statement.type))
		*yes = ak_auth_root_satisfied(a, r, seq, res, j);
	else if (st == AK_OK && good)
		st = ask_again(a, r, seq, q, &original.statement, signed_for, res, j, yes, err);
	ak_sealed_clear(&original);
	ak_buf_clear(&file);
	return st;
}
