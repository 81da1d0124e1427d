/* SPDX-License-Identifier: Apache-2.0 */
/* Mode "as": a correction, or the like, is signed as the record it speaks of was (FORMAT 16.7.1).  When that one is itself
 * signed "as" another, it is followed on to that. */
#include "verify/authority_state.h"

#include "base/fail.h"
#include "base/text.h"

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
	ak_span rel = ak_json_get_text(policy, "rel"), own = ak_json_get_text(q->named->body, "record");
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
		st = ak_sealed_parse(ak_buf_span(file), original, err);
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

/* The policies of the original's type, asked of the party whose members were counted for it. */
static ak_status ask_again(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_asking *q, const ak_statement *original,
                           const char *signed_for, resolved *res, ak_judgement *j, bool *yes, ak_error *err)
{
	const ak_profile *p = ak_authority_profile(a, original->scheme);
	const ak_json *type = p == NULL ? NULL : ak_profile_type(p, original->type);
	const ak_asking again = { ak_type_signing(type), q->scheme, original, q->party != NULL ? q->party : signed_for, q->depth + 1 };

	if (type == NULL || !ak_span_eq(original->scheme, q->scheme))
		return ak_auth_voidf(j, AK_NOT_AUTHORISED, "body.record", seq,
		                     "speaks of a record whose type this scheme does not have");
	return ak_auth_ask(a, r, seq, &again, res, j, yes, err);
}

ak_status ak_auth_as(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_json *policy, const ak_asking *q,
                     resolved *res, ak_judgement *j, bool *yes, ak_error *err)
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
		st = ak_auth_root_satisfied(a, r, seq, res, j, yes, err);
	else if (st == AK_OK && good)
		st = ask_again(a, r, seq, q, &original.statement, signed_for, res, j, yes, err);
	ak_sealed_clear(&original);
	ak_buf_clear(&file);
	return st;
}
