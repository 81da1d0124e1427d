/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/admit.h"

#include "base/date.h"
#include "base/fail.h"
#include "base/text.h"
#include "base/utctime.h"
#include "codec/jcs.h"
#include "codec/schema.h"
#include "crypto/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void put_text(char out[AK_ERROR_VALUE_MAX], ak_span s)
{
	(void)snprintf(out, AK_ERROR_VALUE_MAX, "%.*s", (int)s.len, (const char *)s.data);
}

static ak_status check_ledger(const ak_place *at, const ak_sealed *r, ak_error *err)
{
	const ak_statement *s = &r->statement;
	char found[AK_ERROR_VALUE_MAX];

	if (!ak_span_is(s->ledger, at->origin)) {
		put_text(found, s->ledger);
		return ak_mismatch(err, AK_WRONG_LEDGER, "statement.ledger", at->seq, at->origin, found);
	}
	if (at->seq == 0) {
		if (!s->has_genesis)
			return AK_OK;
		(void)ak_fail(err, AK_BAD_FORMAT, "statement.genesis", 0, "record 0 is the genesis and names none");
		ak_digest_format(&s->genesis, found);
		return ak_fail_values(err, AK_BAD_FORMAT, "none", found);
	}
	if (!s->has_genesis) {
		(void)ak_fail(err, AK_BAD_FORMAT, "statement.genesis", at->seq, "every record but the first names the genesis");
		ak_digest_format(&at->genesis, found);
		return ak_fail_values(err, AK_BAD_FORMAT, found, "none");
	}
	if (!ak_digest_eq(&s->genesis, &at->genesis))
		return ak_digest_mismatch(err, AK_WRONG_LEDGER, "statement.genesis", at->seq,
		                          &at->genesis, &s->genesis);
	return AK_OK;
}

/* Rule A04: a date claimed must not lie after the operator's clock (FORMAT, Statement: issued). */
static ak_status check_issued(const ak_place *at, const ak_statement *s, ak_error *err)
{
	char want[AK_ERROR_VALUE_MAX], got[AK_ERROR_VALUE_MAX], time[AK_UTCTIME_LEN + 1];
	ak_date issued;

	if (ak_date_parse(s->issued, &issued) && issued.instant <= at->time)
		return AK_OK;
	ak_utctime_format(at->time, time);
	(void)snprintf(want, sizeof(want), "begins no later than %s", time);
	put_text(got, s->issued);
	return ak_mismatch(err, AK_CLOCK, "statement.issued", at->seq, want, got);
}

/* `id` is no record before `at`, and should be one; the text is set by ak_fail() before. */
static ak_status no_earlier_record(const ak_place *at, const char *id, ak_error *err)
{
	char want[AK_ERROR_VALUE_MAX];

	(void)snprintf(want, sizeof(want), "a record before #%" PRIu64, at->seq);
	return ak_fail_values(err, AK_DANGLING, want, id);
}

static ak_status check_refs(const ak_place *at, const ak_statement *s, ak_error *err)
{
	for (size_t i = 0; i < ak_statement_n_refs(s); i++) {
		ak_digest d;
		ak_span rel = ak_statement_ref(s, i, &d);
		char hex[AK_DIGEST_TEXT_LEN + 1];
		uint64_t seq = 0;
		ak_status st = at->past->seq_of(at->past->ctx, &d, &seq, err);

		if (st == AK_OK && seq < at->seq)
			continue;
		if (st != AK_OK && st != AK_NOT_FOUND)
			return st;
		ak_digest_format(&d, hex);
		(void)ak_fail(err, AK_DANGLING, "statement.refs", at->seq, "reference '%.*s' to %s: no such earlier record",
		              (int)rel.len, (const char *)rel.data, hex);
		return no_earlier_record(at, hex, err);
	}
	return AK_OK;
}

static ak_status check_repeat(const ak_place *at, const ak_sealed *r, ak_error *err)
{
	char found[AK_ERROR_VALUE_MAX];
	uint64_t seq = 0;
	ak_status st = at->past->seq_of_statement(at->past->ctx, &r->header.statement, &seq, err);

	if (st == AK_NOT_FOUND)
		return AK_OK;
	if (st != AK_OK)
		return st;
	(void)ak_fail(err, AK_REPEATED, "statement", at->seq, "the same statement is record #%" PRIu64, seq);
	(void)snprintf(found, sizeof(found), "record #%" PRIu64, seq);
	return ak_fail_values(err, AK_REPEATED, "a statement that is not on record", found);
}

/* Where the drafter stood: AK_OK with *seq, the position of `base`. */
static ak_status base_seq(const ak_place *at, const ak_statement *s, uint64_t *seq, ak_error *err)
{
	char hex[AK_DIGEST_TEXT_LEN + 1];
	ak_status st;

	if (at->seq == 0 && ak_digest_is_zero(&s->base)) {
		*seq = 0;
		return AK_OK;
	}
	ak_digest_format(&s->base, hex);
	if (at->seq == 0) {
		(void)ak_fail(err, AK_BAD_FORMAT, "statement.base", 0, "record 0 has no base");
		return ak_fail_values(err, AK_BAD_FORMAT, "none", hex);
	}
	st = at->past->seq_of(at->past->ctx, &s->base, seq, err);
	if (st == AK_OK && *seq < at->seq)
		return AK_OK;
	if (st != AK_OK && st != AK_NOT_FOUND)
		return st;
	(void)ak_fail(err, AK_DANGLING, "statement.base", at->seq, "%s: no such earlier record", hex);
	return no_earlier_record(at, hex, err);
}

ak_status ak_admit_binding(const ak_place *at, const ak_sealed *r, ak_error *err)
{
	uint64_t base;
	ak_status st = check_ledger(at, r, err);

	if (st == AK_OK)
		st = check_issued(at, &r->statement, err);
	if (st == AK_OK)
		st = check_repeat(at, r, err);
	if (st == AK_OK)
		st = check_refs(at, &r->statement, err);
	if (st == AK_OK)
		st = base_seq(at, &r->statement, &base, err);
	return st;
}

/* The three of them name the scheme or the type that was found. */
static ak_status wrong_type(const char *expected, ak_span found, ak_error *err)
{
	char text[AK_ERROR_VALUE_MAX];

	put_text(text, found);
	return ak_fail_values(err, AK_UNKNOWN_TYPE, expected, text);
}

ak_status ak_admit_type(const ak_place *at, const ak_statement *s, const ak_json **type, ak_error *err)
{
	bool core = ak_type_is_core(s->type);
	bool core_scheme = ak_span_eq(s->scheme, at->core->scheme);
	char want[AK_ERROR_VALUE_MAX];
	const ak_json *t;

	/* party stands in the scheme that grants its roles, erasure in that of what was erased; the other core types in the core's own. */
	if (core && core_scheme == (ak_span_is(s->type, "party") || ak_span_is(s->type, "erasure"))) {
		(void)ak_fail(err, AK_UNKNOWN_TYPE, "statement.scheme", at->seq, "type '%.*s' does not stand in scheme '%.*s'",
		              (int)s->type.len, (const char *)s->type.data, (int)s->scheme.len, (const char *)s->scheme.data);
		return wrong_type(core_scheme ? "the scheme that it speaks of" : "akashi", s->scheme, err);
	}
	if (at->profile == NULL && !core_scheme) {
		(void)ak_fail(err, AK_UNKNOWN_TYPE, "statement.scheme", at->seq, "scheme '%.*s' has no profile in this ledger yet",
		              (int)s->scheme.len, (const char *)s->scheme.data);
		return wrong_type("a scheme with a profile in force", s->scheme, err);
	}
	t = core ? ak_profile_type(at->core, s->type)
	         : core_scheme ? NULL : ak_profile_type(at->profile, s->type);
	if (t == NULL) {
		(void)ak_fail(err, AK_UNKNOWN_TYPE, "statement.predicateType", at->seq, "scheme '%.*s' has no record type '%.*s'",
		              (int)s->scheme.len, (const char *)s->scheme.data, (int)s->type.len, (const char *)s->type.data);
		(void)snprintf(want, sizeof(want), "a record type of scheme %.*s", (int)s->scheme.len, (const char *)s->scheme.data);
		return wrong_type(want, s->type, err);
	}
	*type = t;
	return AK_OK;
}

static ak_status held_back(const ak_place *at, ak_span id, uint64_t newest, uint64_t base, ak_error *err)
{
	char want[AK_ERROR_VALUE_MAX], found[AK_ERROR_VALUE_MAX];

	(void)snprintf(want, sizeof(want), "no record about it after #%" PRIu64, base);
	(void)snprintf(found, sizeof(found), "record #%" PRIu64, newest);
	(void)ak_fail(err, AK_HELD_BACK, "statement.base", at->seq,
	              "record #%" PRIu64 " about '%.*s' was sealed after #%" PRIu64 ", which this was drafted on: draft it again",
	              newest, (int)id.len, (const char *)id.data, base);
	return ak_fail_values(err, AK_HELD_BACK, want, found);
}

static ak_status check_exclusive(const ak_place *at, const ak_statement *s, ak_error *err)
{
	uint64_t base = 0;
	ak_status st;

	if (at->seq == 0)
		return AK_OK;
	st = base_seq(at, s, &base, err);
	for (size_t i = 0; st == AK_OK && i < ak_statement_n_about(s); i++) {
		ak_span id = ak_statement_about(s, i);
		uint64_t newest = 0;

		st = at->past->newest_about(at->past->ctx, id, &newest, err);
		if (st == AK_NOT_FOUND) {
			st = AK_OK;
			continue;
		}
		if (st == AK_OK && newest > base)
			return held_back(at, id, newest, base, err);
	}
	return st;
}

ak_status ak_body_digest(const ak_json *body, ak_digest *out, ak_error *err)
{
	ak_buf jcs;
	ak_status st;

	ak_buf_init(&jcs, AK_STATEMENT_MAX);
	st = ak_jcs_write(body, &jcs, err);
	if (st == AK_OK)
		ak_sha256(ak_buf_span(&jcs), out);
	ak_buf_clear(&jcs);
	return st;
}

/* A type without documents names the digest of its body, so that a subject is never invented. */
static ak_status check_documents(const ak_place *at, const ak_sealed *r, const ak_json *type, ak_error *err)
{
	const ak_statement *s = &r->statement;
	ak_span want = ak_json_get_text(type, "documents");
	const ak_json *first = ak_json_at(s->subject, 0);
	bool body = ak_json_len(s->subject) == 1 && ak_json_get(first, "annotations") == NULL &&
	            ak_span_is(ak_json_get_text(first, "name"), "body");
	char hex[2 * AK_DIGEST_LEN + 1], found[AK_ERROR_VALUE_MAX];
	ak_digest d;

	if (ak_span_is(want, "required") && body) {
		(void)ak_fail(err, AK_SCHEMA, "statement.subject", at->seq, "this type names at least one document");
		return ak_fail_values(err, AK_SCHEMA, "a document", "the body only");
	}
	if (!body && (ak_span_is(want, "none") || want.len == 0)) {
		(void)ak_fail(err, AK_SCHEMA, "statement.subject", at->seq, "this type has no documents: name the body only");
		put_text(found, ak_json_get_text(first, "name"));
		return ak_fail_values(err, AK_SCHEMA, "the body only", found);
	}
	for (size_t i = 0; !body && i < ak_json_len(s->subject); i++) {
		const ak_json *notes = ak_json_get(ak_json_at(s->subject, i), "annotations");
		ak_span c = ak_json_get_text(notes, "commitment");

		if (ak_json_get_text(notes, "kind").len == 0) {
			(void)ak_fail(err, AK_SCHEMA, "statement.subject", i, "a document needs its kind");
			return ak_fail_values(err, AK_SCHEMA, "a kind", "none");
		}
		if (ak_json_get(notes, "commitment") != NULL && !ak_span_is(c, "akashi-1")) {
			(void)ak_fail(err, AK_SCHEMA, "statement.subject", at->seq, "unknown form of commitment");
			put_text(found, c);
			return ak_fail_values(err, AK_SCHEMA, "akashi-1", found);
		}
	}
	if (!body)
		return AK_OK;
	ak_sha256(ak_sealed_body(r), &d);
	ak_hex_encode(d.b, sizeof(d.b), hex);
	if (ak_span_is(ak_json_get_text(ak_json_get(first, "digest"), "sha256"), hex))
		return AK_OK;
	put_text(found, ak_json_get_text(ak_json_get(first, "digest"), "sha256"));
	return ak_mismatch(err, AK_SCHEMA, "statement.subject", at->seq, hex, found);
}

ak_status ak_admit_content(const ak_place *at, const ak_sealed *r, const ak_json *type, ak_error *err)
{
	const ak_statement *s = &r->statement;
	const bool core = r->of != NULL && ak_type_is_core(s->type), known = core && r->of->fits_core;
	/* The schema first: "listing is missing" says more than "the body names no subject". */
	ak_status st = known ? AK_OK : ak_schema_validate(ak_type_schema(type), s->body, err);

	if (st == AK_OK)
		st = ak_about_check(type, s, err);
	for (size_t i = 0; st == AK_OK && at->profile != NULL && i < ak_statement_n_about(s); i++)
		st = ak_profile_check_name(at->profile, ak_statement_about(s, i), err);
	if (st == AK_OK && ak_type_exclusive(type))
		st = check_exclusive(at, s, err);
	if (st == AK_OK && !known)
		st = check_documents(at, r, type, err);
	if (st == AK_OK && core)
		r->of->fits_core = true;
	if (st == AK_SCHEMA && err != NULL && err->at == 0)
		err->at = at->seq;
	return st;
}

ak_status ak_admit_keyset(const ak_place *at, const ak_sealed *r, ak_error *err)
{
	const ak_json *type = NULL;
	ak_status st = ak_admit_type(at, &r->statement, &type, err);

	if (st == AK_OK)
		st = ak_admit_binding(at, r, err);
	return st == AK_OK ? ak_admit_content(at, r, type, err) : st;
}
