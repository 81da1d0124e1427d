/* SPDX-License-Identifier: Apache-2.0 */
/* Negative tests N01 to N05 and N16 to N20: the envelope and the statement in it. */
#include "negative.h"

#include "api/api.h"
#include "base/text.h"
#include "codec/dsse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

static ak_text text_of(ak_buf *b)
{
	ak_text t = { 0 };

	assert_int_equal(ak_buf_take_text(b, &t, NULL), AK_OK);
	return t;
}

/* ---- kinds of change ---------------------------------------------------------------------------------------------- */

/* At pointer a of the statement stands b (or nothing), and everybody signs that. */
static void statement_differs(world *w, const negative *row)
{
	const edit edits[] = { { row->a, row->b }, { NULL, NULL } };

	(void)attack_refused(w, attack_edited(negative_draft(w), edits, world_signers(w, "deletion")), row->status, row->where);
}

/* The text a of the envelope is b, after signing. */
static void envelope_differs(world *w, const negative *row)
{
	(void)attack_refused(w, negative_replaced(negative_envelope(w), row->a, row->b), row->status, row->where);
}

/* The signers sign a itself. */
static void payload_is(world *w, const negative *row)
{
	ak_text t = { 0 };
	ak_buf b;

	ak_buf_init(&b, 1 << 16);
	assert_int_equal(ak_buf_addf(&b, NULL, "%s", row->a), AK_OK);
	t = text_of(&b);
	(void)attack_refused(w, attack_envelope(t, world_signers(w, "deletion")), row->status, row->where);
}

/* ---- N01 to N05 ----------------------------------------------------------------------------------------------------- */

/* Another statement under the same signatures. */
static void payload_changed(world *w, const negative *row)
{
	static const edit other[] = { { "/predicate/body/effective_on", "\"2024-06-21\"" }, { NULL, NULL } };
	ak_text e = negative_envelope(w), s = attack_statement(negative_draft(w), other);
	ak_dsse d;
	ak_buf b;

	assert_int_equal(ak_dsse_parse(span_of(&e), &d, NULL), AK_OK);
	ak_buf_clear(&d.payload);
	d.payload.max = AK_DSSE_PAYLOAD_MAX;
	assert_int_equal(ak_buf_add(&d.payload, s.data, s.len, NULL), AK_OK);
	ak_buf_init(&b, 1 << 23);
	assert_int_equal(ak_dsse_format(&d, &b, NULL), AK_OK);
	ak_dsse_clear(&d);
	ak_text_free(&e);
	ak_text_free(&s);
	e = text_of(&b);
	(void)attack_refused(w, attack_copy(&e), row->status, row->where);
	attack_is_void(w, attack_forge(w, e), AK_NOT_AUTHORISED);
	attack_verdict(w, 0, AK_VERDICT_VALID, "");
}

static void change_statement_text(world *w, ak_json *v)
{
	ak_json *s = negative_at(v, "/records/3/statement");
	ak_text t = { 0 };
	ak_buf b;

	(void)w;
	ak_buf_init(&b, 1 << 20);
	assert_int_equal(ak_buf_add_span(&b, ak_json_text(s), NULL), AK_OK);
	t = negative_replaced(text_of(&b), "\"ja\":\"", "\"ja\":\"x");
	negative_put(v, "/records/3/statement", ak_json_new_str(t.data));
	ak_json_free(s);
	ak_text_free(&t);
}

/* What is signed is not the PAE: a says how. */
static void signed_otherwise(world *w, const negative *row)
{
	static const edit none[] = { { NULL, NULL } };
	ak_secret *const *keys = world_signers(w, "deletion");
	ak_text s = attack_statement(negative_draft(w), none);
	size_t characters = 0;
	ak_dsse e;
	ak_buf message, sig, out;

	for (size_t i = 0; i < s.len; i++)
		characters += ((uint8_t)s.data[i] & 0xc0) != 0x80;
	assert_true(characters < s.len);
	ak_dsse_init(&e);
	memcpy(e.type, AK_DSSE_TYPE, sizeof(AK_DSSE_TYPE));
	assert_int_equal(ak_buf_add(&e.payload, s.data, s.len, NULL), AK_OK);
	ak_buf_init(&message, 1 << 20);
	if (strcmp(row->a, "characters") == 0)
		assert_int_equal(ak_buf_addf(&message, NULL, "DSSEv1 28 %s %zu %s", AK_DSSE_TYPE, characters, s.data), AK_OK);
	else if (strcmp(row->a, "leading zero") == 0)
		assert_int_equal(ak_buf_addf(&message, NULL, "DSSEv1 028 %s %zu %s", AK_DSSE_TYPE, s.len, s.data), AK_OK);
	else if (strcmp(row->a, "bare") == 0)
		assert_int_equal(ak_buf_addf(&message, NULL, "%s%s", AK_DSSE_TYPE, s.data), AK_OK);
	else /* as it should be: the row is about nothing else */
		assert_int_equal(ak_buf_addf(&message, NULL, "DSSEv1 28 %s %zu %s", AK_DSSE_TYPE, s.len, s.data), AK_OK);
	for (size_t i = 0; keys[i] != NULL; i++) {
		char keyid[72];

		attack_keyid(keys[i], keyid);
		ak_buf_init(&sig, 1024);
		assert_int_equal(ak_seckey_sign(keys[i]->key, ak_buf_span(&message), &sig, NULL), AK_OK);
		assert_int_equal(ak_dsse_add_signature(&e, keyid, ak_buf_span(&sig), NULL), AK_OK);
		ak_buf_clear(&sig);
	}
	ak_buf_init(&out, 1 << 23);
	assert_int_equal(ak_dsse_format(&e, &out, NULL), AK_OK);
	ak_dsse_clear(&e);
	ak_buf_clear(&message);
	ak_text_free(&s);
	s = text_of(&out);
	if (row->status == AK_OK) {
		(void)world_seal(w, s);
		return;
	}
	(void)attack_refused(w, attack_copy(&s), row->status, row->where);
	attack_is_void(w, attack_forge(w, s), AK_NOT_AUTHORISED);
}

/* An envelope whose base64 after this text needs padding, and that base64. */
static ak_text padded(world *w, const char *after, char **b64)
{
	static const char *const reason[] = { "x???", "xx???", "xxx???" };

	for (size_t i = 0; i < 3; i++) {
		char body[200];
		ak_text e;

		(void)snprintf(body, sizeof(body), "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"%s\"}", reason[i]);
		e = world_sign(world_draft(w, "ismap", "deletion", NULL, body, NULL), world_signers(w, "deletion"));
		*b64 = strstr(e.data, after);
		assert_non_null(*b64);
		*b64 += strlen(after);
		if (strchr(*b64, '=') != NULL && strchr(*b64, '=') < strchr(*b64, '"'))
			return e;
		ak_text_free(&e);
	}
	fail_msg("no payload needs padding");
	return (ak_text){ 0 };
}

static void mixed_alphabets(world *w, const negative *row)
{
	char *b64;
	ak_text e = padded(w, row->a, &b64);

	memcpy(b64, "+_", 2);
	(void)attack_refused(w, e, row->status, row->where);
}

static void trailing_bits(world *w, const negative *row)
{
	char *b64;
	ak_text e = padded(w, row->a, &b64);

	b64 = strchr(b64, '=') - 1;
	*b64 = (char)(*b64 == 'Z' ? 'a' : *b64 == 'z' ? '0' : *b64 == '9' ? '+' : *b64 + 1); /* the unused bits of the last digit were zero */
	(void)attack_refused(w, e, row->status, row->where);
}

static void url_safe_is_accepted(world *w, const negative *row)
{
	ak_text e = negative_envelope(w), raw = { 0 };
	char name[24], *at = e.data;
	ak_text want = { 0 };
	ak_buf statement, signatures, b;
	size_t changed = 0;
	uint64_t seq;

	world_lines(&e, &statement, &signatures);
	for (at = strstr(at, "\"payload\":\""); at != NULL; at = strstr(at, "\"sig\":\"")) {
		for (at = strchr(at, ':') + 2; *at != '"'; at++) {
			changed += *at == '+' || *at == '/';
			*at = (char)(*at == '+' ? '-' : *at == '/' ? '_' : *at);
		}
	}
	assert_true(changed > 0);
	seq = world_seal(w, e);
	(void)snprintf(name, sizeof(name), "#%llu", (unsigned long long)seq);
	assert_int_equal(ak_ledger_raw(w->l, name, &raw, NULL), AK_OK);
	ak_buf_init(&b, 1 << 20);
	assert_int_equal(ak_buf_add_byte(&b, '\n', NULL), AK_OK);
	assert_int_equal(ak_buf_add_span(&b, ak_buf_span(&statement), NULL), AK_OK);
	assert_int_equal(ak_buf_add_byte(&b, '\n', NULL), AK_OK);
	assert_int_equal(ak_buf_add_span(&b, ak_buf_span(&signatures), NULL), AK_OK);
	assert_int_equal(ak_buf_add_byte(&b, '\n', NULL), AK_OK);
	want = text_of(&b);
	if (strcmp(strchr(raw.data, '\n'), want.data) != 0)
		fail_msg("%s: not written back as standard base64", row->name);
	ak_buf_clear(&statement);
	ak_buf_clear(&signatures);
	ak_text_free(&want);
	ak_text_free(&raw);
}

/* A document of the same name is not the document. */
static void document_by_name_only(world *w, const negative *row)
{
	const ak_evidence_file file = { .name = "document.pdf", .digest = { { 0xee } } };
	const ak_verify_options o = { .listing = LISTING, .trust = span_of(&w->trust), .as_of = LISTED_ON, .now = w->now, .evidence = &file, .n_evidence = 1 };
	ak_verdict v = AK_VERDICT_VALID;
	ak_text json = { 0 };
	ak_json *report = NULL;

	assert_int_equal(ak_ledger_verify(w->l, &o, &v, &json, NULL), AK_OK);
	assert_int_equal(ak_json_parse(span_of(&json), &report, NULL), AK_OK);
	if (v != AK_VERDICT_INVALID || !report_failed(report, row->where))
		fail_msg("%s: %s: %s", row->name, ak_verdict_name(v), json.data);
	ak_json_free(report);
	ak_text_free(&json);
}

#define HEX64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define UPPER "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"
#define SUBJECT(name, hex) "{\"annotations\":{\"kind\":\"x\"},\"digest\":{\"sha256\":\"" hex "\"},\"name\":\"" name "\"}"

static const negative rows[] = {
	{ "N01_payload_changed", payload_changed, NULL, NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N01_payload_changed_in_a_bundle", negative_plays_bundle, NULL, NULL, AK_OK, "header.statement", "records", change_statement_text },
	{ "N02_payload_type_changed", envelope_differs, "vnd.in-toto+json", "vnd.in-toto+jsom", AK_BAD_FORMAT, "dsse.payloadType", NULL, NULL },
	{ "N03_payload_type_not_ascii", envelope_differs, "vnd.in-toto+json", "vnd.in-toto+jsö", AK_BAD_FORMAT, "dsse.payloadType", NULL, NULL },
	{ "N03_signed_over_a_count_of_characters", signed_otherwise, "characters", NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N04_signed_as_it_should_be", signed_otherwise, "", NULL, AK_OK, NULL, NULL, NULL },
	{ "N04a_pae_length_with_a_leading_zero", signed_otherwise, "leading zero", NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N04b_signed_over_type_and_body", signed_otherwise, "bare", NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N05a_signature_in_two_alphabets", mixed_alphabets, "\"sig\":\"", NULL, AK_BAD_FORMAT, "dsse.signatures.sig", NULL, NULL },
	{ "N05a_payload_in_two_alphabets", mixed_alphabets, "\"payload\":\"", NULL, AK_BAD_FORMAT, "dsse.payload", NULL, NULL },
	{ "N05b_signature_with_trailing_bits", trailing_bits, "\"sig\":\"", NULL, AK_BAD_FORMAT, "dsse.signatures.sig", NULL, NULL },
	{ "N05b_payload_with_trailing_bits", trailing_bits, "\"payload\":\"", NULL, AK_BAD_FORMAT, "dsse.payload", NULL, NULL },
	{ "N05c_blank_in_a_signature", envelope_differs, "\"sig\":\"", "\"sig\":\" ", AK_BAD_FORMAT, "dsse.signatures.sig", NULL, NULL },
	{ "N05c_blank_in_the_payload", envelope_differs, "\"payload\":\"", "\"payload\":\" ", AK_BAD_FORMAT, "dsse.payload", NULL, NULL },
	{ "N05c_newline_in_a_signature", envelope_differs, "\"sig\":\"", "\"sig\":\"\\n", AK_BAD_FORMAT, "json.string", NULL, NULL },
	{ "N05c_newline_in_the_payload", envelope_differs, "\"payload\":\"", "\"payload\":\"\n", AK_BAD_FORMAT, "json.string", NULL, NULL },
	{ "N05d_url_safe_is_accepted", url_safe_is_accepted, NULL, NULL, AK_OK, NULL, NULL, NULL },
	{ "N16_predicate_type_of_others", statement_differs, "/predicateType", "\"https://slsa.dev/provenance/v1\"", AK_BAD_FORMAT, "statement.predicateType", NULL, NULL },
	{ "N16_predicate_type_unknown", statement_differs, "/predicateType", "\"urn:akashi:nothing:v1\"", AK_UNKNOWN_TYPE, "statement.predicateType", NULL, NULL },
	{ "N16_predicate_type_of_another_record", statement_differs, "/predicateType", "\"urn:akashi:decision:v1\"", AK_SCHEMA, "schema.required", NULL, NULL },
	{ "N17_no_json_at_all", payload_is, "verified, but unreadable", NULL, AK_BAD_FORMAT, "json.syntax", NULL, NULL },
	{ "N17_json_that_is_no_statement", payload_is, "{\"hello\":1}", NULL, AK_BAD_FORMAT, "statement._type", NULL, NULL },
	{ "N18a_subject_by_sha1_only", statement_differs, "/subject/0/digest", "{\"sha1\":\"00112233445566778899aabbccddeeff00112233\"}", AK_BAD_FORMAT, "statement.subject", NULL, NULL },
	{ "N18a_subject_by_md5_only", statement_differs, "/subject/0/digest", "{\"md5\":\"00112233445566778899aabbccddeeff\"}", AK_BAD_FORMAT, "statement.subject", NULL, NULL },
	{ "N18b_subject_by_name_only", document_by_name_only, NULL, NULL, AK_OK, "evidence", NULL, NULL },
	{ "N19a_digest_in_upper_case", statement_differs, "/subject", "[" SUBJECT("x", UPPER) "]", AK_BAD_FORMAT, "statement.subject", NULL, NULL },
	{ "N19b_digest_of_odd_length", statement_differs, "/subject", "[" SUBJECT("x", "00112") "]", AK_BAD_FORMAT, "statement.subject", NULL, NULL },
	{ "N19b_digest_of_the_length_of_sha1", statement_differs, "/subject", "[" SUBJECT("x", "00112233445566778899aabbccddeeff00112233") "]", AK_BAD_FORMAT, "statement.subject", NULL, NULL },
	{ "N20a_statement_v0_1", statement_differs, "/_type", "\"https://in-toto.io/Statement/v0.1\"", AK_UNKNOWN_VERSION, "statement._type", NULL, NULL },
	{ "N20b_no_type", statement_differs, "/_type", NULL, AK_BAD_FORMAT, "statement._type", NULL, NULL },
	{ "N20c_no_subject", statement_differs, "/subject", "[]", AK_BAD_FORMAT, "statement.subject", NULL, NULL },
	{ "N20c_subject_without_digest", statement_differs, "/subject", "[{\"annotations\":{\"kind\":\"x\"},\"name\":\"x\"}]", AK_BAD_FORMAT, "statement.subject", NULL, NULL },
	{ "N20d_two_subjects_of_one_name", statement_differs, "/subject", "[" SUBJECT("x", HEX64) "," SUBJECT("x", "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff") "]", AK_BAD_FORMAT, "statement.subject", NULL, NULL },
};

int main(void)
{
	return negative_run("negative: envelope", rows, sizeof(rows) / sizeof(rows[0]));
}
