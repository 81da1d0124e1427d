/* SPDX-License-Identifier: Apache-2.0 */
/* Negative tests N21 to N29 and N36 to N39: JSON that is not of the profile, in what is signed and in the bundle around it; and
 * signatures of forms that a library may accept. */
#include "negative.h"

#include "api/api.h"
#include "codec/dsse.h"
#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
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

static ak_text statement_of(world *w)
{
	static const edit none[] = { { NULL, NULL } };

	return attack_statement(negative_draft(w), none);
}

static ak_text bundle_text(world *w)
{
	ak_json *v = negative_bundle(w, 0);
	ak_buf b;

	ak_buf_init(&b, AK_BUNDLE_JSON_MAX);
	assert_int_equal(ak_jcs_write(v, &b, NULL), AK_OK);
	ak_json_free(v);
	return text_of(&b);
}

/* The three ways in: signed and handed to seal, the envelope itself, a bundle. */
static void is_refused(world *w, const negative *row, ak_span statement, ak_span envelope, ak_span bundle)
{
	ak_text t = { 0 };
	ak_buf b;

	ak_buf_init(&b, 1 << 23);
	assert_int_equal(ak_buf_add_span(&b, statement, NULL), AK_OK);
	(void)attack_refused(w, attack_envelope(text_of(&b), world_signers(w, "deletion")), row->status, row->where);
	ak_buf_init(&b, 1 << 23);
	assert_int_equal(ak_buf_add_span(&b, envelope, NULL), AK_OK);
	(void)attack_refused(w, text_of(&b), row->status, row->where);
	ak_buf_init(&b, AK_BUNDLE_FILE_MAX);
	assert_int_equal(ak_bundle_pack(bundle, &b, NULL), AK_OK);
	t = text_of(&b);
	negative_is_status(row->name, negative_ask(&t, &(ak_verify_options){ .trust = span_of(&w->trust), .now = w->now }), row->status,
	                   row->where);
	ak_text_free(&t);
}

/* `text` with n bytes put in at `at`; freed by the caller. */
static ak_text with(const ak_text *text, size_t at, const char *more, size_t n)
{
	ak_buf b;

	ak_buf_init(&b, AK_BUNDLE_JSON_MAX);
	assert_int_equal(ak_buf_add(&b, text->data, at, NULL), AK_OK);
	assert_int_equal(ak_buf_add(&b, more, n, NULL), AK_OK);
	assert_int_equal(ak_buf_add(&b, text->data + at, text->len - at, NULL), AK_OK);
	return text_of(&b);
}

static void put_everywhere(world *w, const negative *row, bool at_end, const char *more, size_t n)
{
	const size_t first = at_end || strcmp(row->name, "N26c_byte_order_mark") == 0 ? 0 : 1;
	ak_text in[3] = { statement_of(w), negative_envelope(w), bundle_text(w) }, out[3];

	for (size_t i = 0; i < 3; i++)
		out[i] = with(&in[i], at_end ? in[i].len : first, more, n);
	is_refused(w, row, span_of(&out[0]), span_of(&out[1]), span_of(&out[2]));
	for (size_t i = 0; i < 3; i++) {
		ak_text_free(&in[i]);
		ak_text_free(&out[i]);
	}
}

/* One member more, in front. */
static void member(world *w, const negative *row)
{
	put_everywhere(w, row, false, row->a, strlen(row->a));
}

static void at_the_end(world *w, const negative *row)
{
	put_everywhere(w, row, true, row->a, strlen(row->a));
}

static void nul_and_a_second_document(world *w, const negative *row)
{
	put_everywhere(w, row, true, "\0{}", 3);
}

static void nested(world *w, const negative *row)
{
	enum { DEPTH = 100000 };
	char *deep = malloc(DEPTH + 5);

	assert_non_null(deep);
	memcpy(deep, "\"a\":", 4);
	memset(deep + 4, '[', DEPTH);
	put_everywhere(w, row, false, deep, DEPTH + 4);
	free(deep);
}

/* The name of a member, in other letters, beside the right one or in its place. */
static void case_variant_beside(world *w, const negative *row)
{
	const edit edits[] = { { row->a, row->b }, { NULL, NULL } };

	(void)attack_refused(w, attack_edited(negative_draft(w), edits, world_signers(w, "deletion")), row->status, row->where);
}

static void case_variant_instead(world *w, const negative *row)
{
	const edit edits[] = { { "/predicate/body/reason", NULL }, { "/predicate/body/Reason", "\"x\"" }, { NULL, NULL } };

	(void)attack_refused(w, attack_edited(negative_draft(w), edits, world_signers(w, "deletion")), row->status, row->where);
}

/* The last four bytes of gzip say how much there is to unpack. */
static void claimed_length(world *w, const negative *row)
{
	ak_json *v = negative_bundle(w, 0);
	ak_text t = negative_packed(v);

	memcpy(t.data + t.len - 4, "\0\0\0\x80", 4);
	negative_is_status(row->name, negative_ask(&t, &(ak_verify_options){ .trust = span_of(&w->trust), .now = w->now }), row->status,
	                   row->where);
	t.len = 200; /* and hardly anything behind the claim */
	memcpy(t.data + t.len - 4, "\0\0\0\x80", 4);
	negative_is_status(row->name, negative_ask(&t, &(ak_verify_options){ .trust = span_of(&w->trust), .now = w->now }), AK_BAD_FORMAT,
	                   "container.gzip");
	ak_text_free(&t);
	ak_json_free(v);
}

/* ---- signatures ----------------------------------------------------------------------------------------------------- */

/* The third member has a P-256 key; what it signs is replaced by `sig`. */
static void by_a_third(world *w, const negative *row, const ak_secret *k, const uint8_t *sig, size_t len)
{
	ak_secret *two[] = { w->committee[0], w->committee[1], NULL };
	char keyid[72];

	attack_keyid(k, keyid);
	negative_void(w, attack_add_signature(world_sign(negative_draft(w), two), keyid, sig, len), row->status, row->where);
}

static void raw_signature(world *w, const negative *row)
{
	ak_secret *k = world_new_key("p256");
	uint8_t raw[66] = { 0 };
	ak_text s = statement_of(w);
	ak_buf sig;
	size_t r, n;

	negative_enrol(w, "committee", "m6", k);
	ak_text_free(&s);
	s = statement_of(w);
	negative_sign(k, span_of(&s), &sig);
	r = sig.data[3];
	n = sig.data[5 + r];
	memcpy(raw + (r < 32 ? 32 - r : 0), sig.data + 4 + (r > 32), r > 32 ? 32 : r);
	memcpy(raw + 32 + (n < 32 ? 32 - n : 0), sig.data + 6 + r + (n > 32), n > 32 ? 32 : n);
	by_a_third(w, row, k, raw, (size_t)strtoul(row->a, NULL, 10));
	ak_buf_clear(&sig);
	ak_text_free(&s);
	ak_secret_free(&k);
}

/* r or s is 0, or the order of the group. */
static void out_of_range(world *w, const negative *row)
{
#define ORDER "\x02\x21\x00\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51"
	static const struct { const char *name; const char *der; size_t len; } sig[] = {
		{ "r is 0", "\x30\x06\x02\x01\x00\x02\x01\x01", 8 },
		{ "s is 0", "\x30\x06\x02\x01\x01\x02\x01\x00", 8 },
		{ "r is n", "\x30\x26" ORDER "\x02\x01\x01", 40 },
		{ "s is n", "\x30\x26\x02\x01\x01" ORDER, 40 },
	};
	ak_secret *k = world_new_key("p256");

	negative_enrol(w, "committee", "m6", k);
	for (size_t i = 0; i < sizeof(sig) / sizeof(sig[0]); i++)
		by_a_third(w, row, k, (const uint8_t *)sig[i].der, sig[i].len);
	ak_secret_free(&k);
}

/* S + L is as good as S in the equation, and another signature. */
static void s_above_the_order(world *w, const negative *row)
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
		                           0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10 };
	ak_text s = statement_of(w);
	ak_buf sig;
	unsigned carry = 0;

	negative_sign(w->committee[2], span_of(&s), &sig);
	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)sig.data[32 + i] + order[i];
		sig.data[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	by_a_third(w, row, w->committee[2], sig.data, sig.len);
	ak_buf_clear(&sig);
	ak_text_free(&s);
}

/* Points of small order verify what nobody signed. */
static void small_order(world *w, const negative *row)
{
	static const uint8_t head[12] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
	ak_secret *nobody[] = { NULL };
	uint8_t der[44] = { 0 };

	memcpy(der, head, sizeof(head));
	for (uint8_t y = 0; y < 2; y++) {
		char body[NEGATIVE_BODY], key[400];

		der[12] = y;
		negative_key(der, sizeof(der), key, sizeof(key));
		negative_member(body, "committee", "m6", key);
		negative_void(w, attack_party(w, body, nobody), row->status, row->where);
	}
}

static void no_key_at_all(world *w, const negative *row)
{
	ak_json *v = negative_bundle(w, 0);
	ak_text t = negative_packed(v), none = { 0 };
	ak_verify_options o = { .now = w->now };

	negative_is_status(row->name, negative_ask(&t, &o), row->status, row->where);
	/* A trust file that names no key of the ledger. */
	none = negative_replaced(attack_copy(&w->trust), "log ", "#log ");
	o.trust = span_of(&none);
	negative_is_status(row->name, negative_ask(&t, &o), row->status, "trust.log");
	ak_text_free(&none);
	ak_text_free(&t);
	ak_json_free(v);
}

/* What an unverified record says is told with "authorised": false, and nobody is named as its signer. */
static void unauthenticated_output(world *w, const negative *row)
{
	static const uint8_t junk[64] = { 1 };
	static const edit none[] = { { NULL, NULL } };
	ak_secret *nobody[] = { NULL };
	char keyid[72], name[24];
	ak_text e = attack_edited(negative_draft(w), none, nobody), json = { 0 };
	ak_json *v = NULL;
	const ak_json *list;

	attack_keyid(w->committee[0], keyid);
	e = attack_add_signature(e, keyid, junk, sizeof(junk));
	assert_int_equal(ak_exchange_show(span_of(&e), (ak_span){ 0 }, &json, NULL), AK_OK);
	assert_int_equal(ak_json_parse(span_of(&json), &v, NULL), AK_OK);
	assert_true(ak_json_is(ak_json_pointer(v, ak_span_str("/signatures/0/verifies")), AK_JSON_NULL));
	ak_json_free(v);
	ak_text_free(&json);
	(void)snprintf(name, sizeof(name), "#%llu", (unsigned long long)attack_forge(w, e));
	assert_int_equal(ak_ledger_show(w->l, name, &json, NULL), AK_OK);
	assert_int_equal(ak_json_parse(span_of(&json), &v, NULL), AK_OK);
	list = ak_json_get(v, "signatures");
	assert_true(ak_json_is(ak_json_get(v, "authorised"), AK_JSON_BOOL) && !ak_json_true(ak_json_get(v, "authorised")));
	assert_int_equal(ak_json_len(list), 1);
	assert_false(ak_json_true(ak_json_get(ak_json_at(list, 0), "verifies")));
	assert_false(ak_json_true(ak_json_get(ak_json_at(list, 0), "counted")));
	ak_json_free(v);
	ak_text_free(&json);
	attack_verdict(w, 0, AK_VERDICT_VALID, "");
	(void)row;
}

static const negative rows[] = {
	{ "N21_member_twice", member, "\"_type\":1,\"akashi\":1,\"payload\":1,", NULL, AK_BAD_FORMAT, "json.key", NULL, NULL },
	{ "N22_member_twice_by_an_escape", member, "\"\\u005ftype\":1,\"\\u0061kashi\":1,\"p\\u0061yload\":1,", NULL, AK_BAD_FORMAT, "json.key", NULL, NULL },
	{ "N23_case_variant_beside", case_variant_beside, "/predicate/body/Reason", "\"x\"", AK_SCHEMA, "schema.additionalProperties", NULL, NULL },
	{ "N23_case_variant_of_a_core_member", case_variant_beside, "/predicate/Ledger", "\"x\"", AK_BAD_FORMAT, "statement.predicate", NULL, NULL },
	{ "N23_case_variant_instead", case_variant_instead, NULL, NULL, AK_SCHEMA, "schema.required", NULL, NULL },
	{ "N24a_integer_beyond_2_53", member, "\"a\":9007199254740993,", NULL, AK_BAD_FORMAT, "json.number", NULL, NULL },
	{ "N24b_exponent_beyond_range", member, "\"a\":1e400,", NULL, AK_BAD_FORMAT, "json.number", NULL, NULL },
	{ "N24b_exponent", member, "\"a\":1e1,", NULL, AK_BAD_FORMAT, "json.number", NULL, NULL },
	{ "N24c_minus_zero", member, "\"a\":-0,", NULL, AK_BAD_FORMAT, "json.number", NULL, NULL },
	{ "N24d_fraction", member, "\"a\":1.0,", NULL, AK_BAD_FORMAT, "json.number", NULL, NULL },
	{ "N25_nul_in_a_value", member, "\"a\":\"x\\u0000y\",", NULL, AK_BAD_FORMAT, "json.string", NULL, NULL },
	{ "N25_nul_in_a_key", member, "\"a\\u0000b\":1,", NULL, AK_BAD_FORMAT, "json.string", NULL, NULL },
	{ "N26a_lone_surrogate", member, "\"a\":\"\\ud800\",", NULL, AK_BAD_FORMAT, "json.string", NULL, NULL },
	{ "N26b_overlong_utf8", member, "\"a\":\"\xc0\xaf\",", NULL, AK_BAD_FORMAT, "json.utf8", NULL, NULL },
	{ "N26c_byte_order_mark", member, "\xef\xbb\xbf", NULL, AK_BAD_FORMAT, "json.syntax", NULL, NULL },
	{ "N26d_raw_control_character", member, "\"a\":\"\x01\",", NULL, AK_BAD_FORMAT, "json.string", NULL, NULL },
	{ "N27a_trailing_bytes", at_the_end, "x", NULL, AK_BAD_FORMAT, "json.end", NULL, NULL },
	{ "N27a_second_document", at_the_end, "{}", NULL, AK_BAD_FORMAT, "json.end", NULL, NULL },
	{ "N27b_nul_and_a_second_document", nul_and_a_second_document, NULL, NULL, AK_BAD_FORMAT, "json.end", NULL, NULL },
	{ "N28_a_hundred_thousand_arrays", nested, NULL, NULL, AK_BAD_FORMAT, "json.depth", NULL, NULL },
	{ "N29_claim_of_2_gib", claimed_length, NULL, NULL, AK_BAD_FORMAT, "container.isize", NULL, NULL },
	{ "N36b_raw_signature_of_63_bytes", raw_signature, "63", NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N36b_raw_signature_of_64_bytes", raw_signature, "64", NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N36b_raw_signature_of_65_bytes", raw_signature, "65", NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N36c_r_or_s_out_of_range", out_of_range, NULL, NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N37a_s_above_the_order", s_above_the_order, NULL, NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N37b_small_order_key", small_order, NULL, NULL, AK_WEAK_KEY, "key.ed25519", NULL, NULL },
	{ "N38_no_key_at_all", no_key_at_all, NULL, NULL, AK_BAD_FORMAT, "trust.log", NULL, NULL },
	{ "N39_nothing_authenticated_is_shown", unauthenticated_output, NULL, NULL, AK_OK, NULL, NULL, NULL },
};

int main(void)
{
	return negative_run("negative: json", rows, sizeof(rows) / sizeof(rows[0]));
}
