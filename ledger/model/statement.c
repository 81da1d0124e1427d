/* SPDX-License-Identifier: Apache-2.0 */
#include "model/statement.h"

#include "base/date.h"
#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "codec/schema.h"

#include <string.h>

#define STATEMENT_PREFIX "https://in-toto.io/Statement/v"
#define STATEMENT_TYPE STATEMENT_PREFIX "1"
#define PREDICATE_PREFIX "urn:akashi:"
#define PREDICATE_VERSION "v1"

static bool token_valid(ak_span s, size_t max)
{
	if (s.len == 0 || s.len > max || s.data[0] < 'a' || s.data[0] > 'z')
		return false;
	for (size_t i = 1; i < s.len; i++) {
		uint8_t c = s.data[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
			return false;
	}
	return true;
}

bool ak_name_valid(ak_span name)
{
	return token_valid(name, AK_NAME_MAX);
}

bool ak_rel_valid(ak_span rel)
{
	return token_valid(rel, AK_REL_MAX);
}

/* What stands before the first `c`; the rest goes to *in.  Without `c` nothing changes. */
static bool cut_at(ak_span *in, uint8_t c, ak_span *head)
{
	const uint8_t *p = in->len == 0 ? NULL : memchr(in->data, c, in->len);

	if (p == NULL)
		return false;
	*head = (ak_span){ in->data, (size_t)(p - in->data) };
	*in = (ak_span){ p + 1, in->len - head->len - 1 };
	return true;
}

static bool is_alnum(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool ak_origin_valid(ak_span o)
{
	if (o.len == 0 || o.len > AK_ORIGIN_MAX || !is_alnum(o.data[0]) ||
	    !is_alnum(o.data[o.len - 1]))
		return false;
	for (size_t i = 0; i < o.len; i++) {
		if (!is_alnum(o.data[i]) && memchr("./-", o.data[i], 3) == NULL)
			return false;
	}
	return true;
}

bool ak_type_gives_standing(ak_span type)
{
	return ak_span_is(type, "keyset") || ak_span_is(type, "profile") ||
	       ak_span_is(type, "party") || ak_span_is(type, "revocation") ||
	       ak_span_is(type, "closing") || ak_span_is(type, "crl");
}

bool ak_type_is_core(ak_span type)
{
	return ak_type_gives_standing(type) || ak_span_is(type, "timestamp") || ak_span_is(type, "erasure");
}

void ak_statement_clear(ak_statement *s)
{
	ak_json_free(s->root);
	*s = (ak_statement){ 0 };
}

size_t ak_statement_n_about(const ak_statement *s)
{
	return ak_json_len(s->about);
}

ak_span ak_statement_about(const ak_statement *s, size_t i)
{
	return ak_json_text(ak_json_at(s->about, i));
}

size_t ak_statement_n_refs(const ak_statement *s)
{
	return ak_json_len(s->refs);
}

ak_span ak_statement_ref(const ak_statement *s, size_t i, ak_digest *record)
{
	const ak_json *r = ak_json_at(s->refs, i);

	if (!ak_digest_parse(ak_json_get_text(r, "record"), record))
		*record = (ak_digest){ 0 };
	return ak_json_get_text(r, "rel");
}

static ak_status bad(ak_error *err, const char *where, size_t at, const char *what)
{
	return ak_fail(err, AK_BAD_FORMAT, where, at, "%s", what);
}

/* "urn:akashi:decision:v1" -> "decision" */
static ak_status read_type(ak_statement *s, ak_error *err)
{
	ak_span t = ak_json_get_text(s->root, "predicateType");
	ak_span type;

	if (!ak_span_starts(t, PREDICATE_PREFIX))
		return bad(err, "statement.predicateType", 0, "must begin with " PREDICATE_PREFIX);
	t = (ak_span){ t.data + strlen(PREDICATE_PREFIX), t.len - strlen(PREDICATE_PREFIX) };
	if (!cut_at(&t, ':', &type))
		return bad(err, "statement.predicateType", 0, "has no version");
	if (!ak_name_valid(type))
		return bad(err, "statement.predicateType", 0, "type name outside [a-z][a-z0-9-]*");
	if (!ak_span_is(t, PREDICATE_VERSION))
		return ak_mismatch(err, AK_UNKNOWN_VERSION, "statement.predicateType", 0,
		                   PREDICATE_VERSION, (const char *)t.data);
	s->type = type;
	return AK_OK;
}

static ak_status check_about(const ak_statement *s, ak_error *err)
{
	size_t n = ak_statement_n_about(s);

	if (!ak_json_is(s->about, AK_JSON_ARRAY) || n == 0 || n > AK_ABOUT_MAX)
		return bad(err, "statement.about", n, "must be an array of 1 to 64 subject ids");
	for (size_t i = 0; i < n; i++) {
		if (!ak_subject_id_valid(ak_statement_about(s, i)))
			return bad(err, "statement.about", i, "not a subject id");
		if (i > 0 && ak_span_cmp(ak_statement_about(s, i - 1),
		                         ak_statement_about(s, i)) >= 0)
			return bad(err, "statement.about", i, "not sorted, or repeated");
	}
	return AK_OK;
}

static int ref_cmp(const ak_json *a, const ak_json *b)
{
	int c = ak_span_cmp(ak_json_get_text(a, "rel"), ak_json_get_text(b, "rel"));

	return c != 0 ? c : ak_span_cmp(ak_json_get_text(a, "record"),
	                                ak_json_get_text(b, "record"));
}

static ak_status check_refs(const ak_statement *s, ak_error *err)
{
	size_t n = ak_statement_n_refs(s);

	if (!ak_json_is(s->refs, AK_JSON_ARRAY) || n > AK_REFS_MAX)
		return bad(err, "statement.refs", n, "must be an array of at most 256 references");
	for (size_t i = 0; i < n; i++) {
		const ak_json *r = ak_json_at(s->refs, i);
		ak_digest d;

		if (ak_json_len(r) != 2 || !ak_rel_valid(ak_json_get_text(r, "rel")) ||
		    !ak_digest_parse(ak_json_get_text(r, "record"), &d))
			return bad(err, "statement.refs", i,
			           "must be {\"record\":\"sha256:…\",\"rel\":\"…\"}");
		if (i > 0 && ref_cmp(ak_json_at(s->refs, i - 1), r) >= 0)
			return bad(err, "statement.refs", i, "not sorted, or repeated");
	}
	return AK_OK;
}

static bool annotation_is_text(void *ctx, ak_span key, const ak_json *value)
{
	(void)ctx, (void)key;
	return ak_json_is(value, AK_JSON_STRING);
}

static ak_status check_document(const ak_json *d, size_t i, ak_error *err)
{
	const ak_json *digest = ak_json_get(d, "digest"), *notes = ak_json_get(d, "annotations");
	ak_digest sha;

	if (ak_json_len(d) != (notes == NULL ? 2u : 3u) ||
	    ak_json_get_text(d, "name").len == 0)
		return bad(err, "statement.subject", i,
		           "must have digest, name, and at most annotations");
	if (ak_json_len(digest) != 1 ||
	    !ak_digest_from_hex(ak_json_get_text(digest, "sha256"), &sha))
		return bad(err, "statement.subject", i,
		           "digest must be exactly {\"sha256\":\"<64 lower-case hex>\"}");
	if (notes != NULL && (!ak_json_is(notes, AK_JSON_OBJECT) || ak_json_len(notes) == 0 ||
	                      !ak_json_each(notes, annotation_is_text, NULL)))
		return bad(err, "statement.subject", i, "annotations must be text");
	return AK_OK;
}

static ak_status check_subject(const ak_statement *s, ak_error *err)
{
	size_t n = ak_json_len(s->subject);

	if (!ak_json_is(s->subject, AK_JSON_ARRAY) || n == 0 || n > AK_DOCUMENTS_MAX)
		return bad(err, "statement.subject", n, "must be an array of 1 to 64 documents");
	for (size_t i = 0; i < n; i++) {
		ak_status st = check_document(ak_json_at(s->subject, i), i, err);

		if (st != AK_OK)
			return st;
		for (size_t k = 0; k < i; k++) {
			if (ak_span_eq(ak_json_get_text(ak_json_at(s->subject, i), "name"),
			               ak_json_get_text(ak_json_at(s->subject, k), "name")))
				return bad(err, "statement.subject", i, "name is used twice");
		}
	}
	return AK_OK;
}

static ak_status read_predicate(ak_statement *s, ak_error *err)
{
	const ak_json *p = ak_json_get(s->root, "predicate");
	ak_date issued;

	s->has_genesis = ak_json_get(p, "genesis") != NULL;
	if (ak_json_len(p) != (s->has_genesis ? 8u : 7u))
		return bad(err, "statement.predicate", 0,
		           "members must be exactly about base body genesis issued ledger refs scheme");
	s->about = ak_json_get(p, "about");
	s->body = ak_json_get(p, "body");
	s->refs = ak_json_get(p, "refs");
	s->scheme = ak_json_get_text(p, "scheme");
	s->ledger = ak_json_get_text(p, "ledger");
	s->issued = ak_json_get_text(p, "issued");
	if (!ak_digest_parse(ak_json_get_text(p, "base"), &s->base))
		return bad(err, "statement.base", 0, "must be a record id");
	if (s->has_genesis && !ak_digest_parse(ak_json_get_text(p, "genesis"), &s->genesis))
		return bad(err, "statement.genesis", 0, "must be a record id");
	if (!ak_json_is(s->body, AK_JSON_OBJECT))
		return bad(err, "statement.body", 0, "must be an object");
	if (!ak_name_valid(s->scheme))
		return bad(err, "statement.scheme", 0, "not a scheme name");
	if (!ak_origin_valid(s->ledger))
		return bad(err, "statement.ledger", 0, "not a ledger origin");
	if (!ak_date_parse(s->issued, &issued))
		return bad(err, "statement.issued", 0,
		           "must be 2021, 2021-09, 2021-09-13 or an RFC 3339 time");
	return AK_OK;
}

static ak_status check_members(ak_statement *s, ak_error *err)
{
	ak_span type = ak_json_get_text(s->root, "_type");

	if (!ak_span_starts(type, STATEMENT_PREFIX))
		return bad(err, "statement._type", 0, "must be " STATEMENT_TYPE);
	if (!ak_span_is(type, STATEMENT_TYPE))
		return ak_mismatch(err, AK_UNKNOWN_VERSION, "statement._type", 0, STATEMENT_TYPE,
		                   (const char *)type.data);
	if (ak_json_len(s->root) != 4)
		return bad(err, "statement", 0,
		           "members must be exactly _type predicate predicateType subject");
	s->subject = ak_json_get(s->root, "subject");
	return AK_OK;
}

ak_status ak_statement_parse(ak_span line, ak_statement *out, ak_error *err)
{
	ak_statement s = { 0 };
	ak_status st;

	if (line.len > AK_STATEMENT_MAX)
		return ak_fail(err, AK_BAD_FORMAT, "statement", AK_STATEMENT_MAX,
		               "%zu bytes, at most %d are allowed", line.len, AK_STATEMENT_MAX);
	st = ak_jcs_parse(line, &s.root, err);
	if (st != AK_OK)
		return st;
	st = check_members(&s, err);
	if (st == AK_OK)
		st = read_type(&s, err);
	if (st == AK_OK)
		st = read_predicate(&s, err);
	if (st == AK_OK)
		st = check_about(&s, err);
	if (st == AK_OK)
		st = check_refs(&s, err);
	if (st == AK_OK)
		st = check_subject(&s, err);
	if (st != AK_OK)
		ak_statement_clear(&s);
	else
		*out = s;
	return st;
}
