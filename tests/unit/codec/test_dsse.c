/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/dsse.h"
#include "codec/jcs.h"

#include <inttypes.h>
#include <string.h>

#define ENVELOPE(payload, sigs) \
	"{\"payload\":\"" payload "\",\"payloadType\":\"a/b\",\"signatures\":[" sigs "]}"
#define SIG "{\"keyid\":\"k\",\"sig\":\"AQID\"}"

static ak_status parse(const char *s, ak_dsse *out, ak_error *err)
{
	return ak_dsse_parse(ak_span_str(s), out, err);
}

static void pae(void **state)
{
	static const struct { const char *type, *body, *want; } rows[] = {
		{ "http://example.com/HelloWorld", "hello world",
		  "DSSEv1 29 http://example.com/HelloWorld 11 hello world" },
		{ "t", "", "DSSEv1 1 t 0 " },
		{ AK_DSSE_TYPE, "{}", "DSSEv1 28 application/vnd.in-toto+json 2 {}" },
		/* Lengths count bytes: two characters, six bytes. */
		{ "t", "証し", "DSSEv1 1 t 6 証し" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_buf b;

		ak_buf_init(&b, 1000);
		assert_int_equal(ak_dsse_pae(rows[i].type, ak_span_str(rows[i].body), &b, NULL),
		                 AK_OK);
		assert_true(ak_span_is(ak_buf_span(&b), rows[i].want));
		ak_buf_clear(&b);
	}
}

/* Moving bytes between type and body never gives the same signed bytes. */
static void pae_binds_the_border(void **state)
{
	ak_buf a, b;

	(void)state;
	ak_buf_init(&a, 100);
	ak_buf_init(&b, 100);
	assert_int_equal(ak_dsse_pae("ab", ak_span_str("c"), &a, NULL), AK_OK);
	assert_int_equal(ak_dsse_pae("a", ak_span_str("bc"), &b, NULL), AK_OK);
	assert_false(ak_span_eq(ak_buf_span(&a), ak_buf_span(&b)));
	ak_buf_clear(&a);
	ak_buf_clear(&b);
}

static void types_that_are_not_signed(void **state)
{
	char wide[AK_DSSE_TYPE_MAX + 2];
	const char *rows[] = { "", "a b", "証し", "a\n", "a\x7f", wide };
	ak_error err = { 0 };
	ak_buf b;

	(void)state;
	memset(wide, 't', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	ak_buf_init(&b, 1000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(ak_dsse_pae(rows[i], ak_span_str("x"), &b, &err),
		                 AK_INVALID_ARGUMENT);
		assert_string_equal(err.where, "dsse.payloadType");
	}
	assert_int_equal(b.len, 0);
	assert_int_equal(ak_dsse_pae(wide + 1, ak_span_str("x"), &b, &err), AK_OK);
	ak_buf_clear(&b);
}

static void parts_of_an_envelope(void **state)
{
	ak_dsse e;

	(void)state;
	assert_int_equal(parse("{\n \"signatures\": [{\"sig\": \"AQID\"}, " SIG ",\n"
	                       "  {\"sig\":\"BA==\",\"keyid\":\"\",\"cert\":{}}],\n"
	                       " \"extra\": [1], \"payloadType\": \"a/b\",\n"
	                       " \"payload\": \"aGk=\"\n}\n", &e, NULL), AK_OK);
	assert_string_equal(e.type, "a/b");
	assert_true(ak_span_is(ak_buf_span(&e.payload), "hi"));
	assert_int_equal(e.n_sigs, 3);
	assert_string_equal(e.sigs[0].keyid, "");
	assert_string_equal(e.sigs[1].keyid, "k");
	assert_string_equal(e.sigs[2].keyid, "");
	assert_true(ak_span_is(ak_buf_span(&e.sigs[0].sig), "\1\2\3"));
	assert_true(ak_span_is(ak_buf_span(&e.sigs[2].sig), "\4"));
	assert_null(e.timestamps);
	ak_dsse_clear(&e);
	ak_dsse_clear(&e);
	assert_int_equal(e.n_sigs, 0);
	assert_int_equal(e.payload.max, AK_DSSE_PAYLOAD_MAX);
}

static void empty_payload_and_no_signature(void **state)
{
	ak_dsse e;

	(void)state;
	assert_int_equal(parse(ENVELOPE("", ""), &e, NULL), AK_OK);
	assert_int_equal(e.payload.len, 0);
	assert_int_equal(e.n_sigs, 0);
	ak_dsse_clear(&e);
}

static void written_form(void **state)
{
	ak_buf b;
	ak_dsse e;

	(void)state;
	ak_buf_init(&b, 1000);
	ak_dsse_init(&e);
	memcpy(e.type, AK_DSSE_TYPE, sizeof(AK_DSSE_TYPE));
	assert_int_equal(ak_buf_add_str(&e.payload, "{}", NULL), AK_OK);
	assert_int_equal(ak_dsse_add_signature(&e, "sha256:\"x\"", ak_span_str("\xfb\xff"), NULL),
	                 AK_OK);
	assert_int_equal(ak_dsse_add_signature(&e, NULL, ak_span_str("a"), NULL), AK_OK);
	assert_int_equal(ak_dsse_format(&e, &b, NULL), AK_OK);
	assert_true(ak_span_is(ak_buf_span(&b),
		"{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\","
		"\"signatures\":[{\"keyid\":\"sha256:\\\"x\\\"\",\"sig\":\"+/8=\"},"
		"{\"sig\":\"YQ==\"}]}\n"));
	ak_buf_clear(&b);
	ak_dsse_clear(&e);
}

/* N05d: accepted, and written back in the standard alphabet. */
static void url_safe_base64(void **state)
{
	ak_buf b;
	ak_dsse e;

	(void)state;
	ak_buf_init(&b, 1000);
	assert_int_equal(parse(ENVELOPE("-_-_", "{\"sig\":\"_-8=\"}"), &e, NULL), AK_OK);
	assert_true(ak_span_is(ak_buf_span(&e.payload), "\xfb\xff\xbf"));
	assert_true(ak_span_is(ak_buf_span(&e.sigs[0].sig), "\xff\xef"));
	assert_int_equal(ak_dsse_format(&e, &b, NULL), AK_OK);
	assert_true(ak_span_is(ak_buf_span(&b),
	                       ENVELOPE("+/+/", "{\"sig\":\"/+8=\"}") "\n"));
	ak_buf_clear(&b);
	ak_dsse_clear(&e);
	/* Each text has an alphabet of its own. */
	assert_int_equal(parse(ENVELOPE("-_-_", "{\"sig\":\"+/+/\"}"), &e, NULL), AK_OK);
	ak_dsse_clear(&e);
}

static void timestamps_are_carried_through(void **state)
{
	static const char in[] =
		"{\"payload\":\"\",\"payloadType\":\"a/b\",\"signatures\":[],"
		"\"timestamps\":[{\"keyid\":\"k\",\"tsr\":\"AAAA\"},7,[]]}\n";
	ak_buf b;
	ak_dsse e;

	(void)state;
	ak_buf_init(&b, 1000);
	assert_int_equal(parse(in, &e, NULL), AK_OK);
	assert_int_equal(ak_json_len(e.timestamps), 3);
	assert_int_equal(ak_dsse_format(&e, &b, NULL), AK_OK);
	assert_true(ak_span_is(ak_buf_span(&b), in));
	ak_buf_clear(&b);
	ak_dsse_clear(&e);
}

static void malformed(void **state)
{
	static const struct { const char *name, *in, *where; uint64_t at; } rows[] = {
		{ "an array", "[]", "dsse", 0 },
		{ "no payload", "{\"payloadType\":\"a\",\"signatures\":[]}", "dsse.payload", 0 },
		{ "no type", "{\"payload\":\"\",\"signatures\":[]}", "dsse.payloadType", 0 },
		{ "no signatures", "{\"payload\":\"\",\"payloadType\":\"a\"}", "dsse.signatures", 0 },
		{ "signature, as the prose says", "{\"payload\":\"\",\"payloadType\":\"a\",\"signature\":[]}",
		  "dsse.signatures", 0 },
		{ "payload null", "{\"payload\":null,\"payloadType\":\"a\",\"signatures\":[]}",
		  "dsse.payload", 0 },
		{ "payload an object", "{\"payload\":{},\"payloadType\":\"a\",\"signatures\":[]}",
		  "dsse.payload", 0 },
		{ "type a number", "{\"payload\":\"\",\"payloadType\":1,\"signatures\":[]}",
		  "dsse.payloadType", 0 },
		{ "type empty", "{\"payload\":\"\",\"payloadType\":\"\",\"signatures\":[]}",
		  "dsse.payloadType", 0 },
		/* N03 */
		{ "type not ASCII", "{\"payload\":\"\",\"payloadType\":\"証\",\"signatures\":[]}",
		  "dsse.payloadType", 0 },
		{ "type not ASCII, escaped", "{\"payload\":\"\",\"payloadType\":\"\\u00e9\",\"signatures\":[]}",
		  "dsse.payloadType", 0 },
		{ "type with a blank", "{\"payload\":\"\",\"payloadType\":\"a b\",\"signatures\":[]}",
		  "dsse.payloadType", 0 },
		{ "signatures an object", "{\"payload\":\"\",\"payloadType\":\"a\",\"signatures\":{}}",
		  "dsse.signatures", 0 },
		{ "timestamps an object",
		  "{\"payload\":\"\",\"payloadType\":\"a\",\"signatures\":[],\"timestamps\":{}}",
		  "dsse.timestamps", 0 },
		{ "timestamps null",
		  "{\"payload\":\"\",\"payloadType\":\"a\",\"signatures\":[],\"timestamps\":null}",
		  "dsse.timestamps", 0 },
		/* N05a, b, c */
		{ "alphabets mixed in the payload", ENVELOPE("+_AA", ""), "dsse.payload", 0 },
		{ "alphabets mixed far apart", ENVELOPE("AAA/AAAAAAA-", ""), "dsse.payload", 0 },
		{ "alphabets mixed in a signature", ENVELOPE("", SIG ",{\"sig\":\"-A+A\"}"),
		  "dsse.signatures.sig", 1 },
		{ "unused bits", ENVELOPE("AAAAAB==", ""), "dsse.payload", 4 },
		{ "unused bits, URL-safe", ENVELOPE("-_-_-_==", ""), "dsse.payload", 4 },
		{ "unused bits in a signature", ENVELOPE("", "{\"sig\":\"AB==\"}"),
		  "dsse.signatures.sig", 0 },
		{ "blank inside", ENVELOPE("AAAA AAA", ""), "dsse.payload", 4 },
		{ "padding missing", ENVELOPE("AAAAAA", ""), "dsse.payload", 6 },
		{ "padding missing, URL-safe", ENVELOPE("-_-_AA", ""), "dsse.payload", 6 },
		{ "a signature that is a text", ENVELOPE("", SIG ",\"AQID\""), "dsse.signatures", 1 },
		{ "no sig", ENVELOPE("", "{\"keyid\":\"k\"}"), "dsse.signatures.sig", 0 },
		{ "sig empty", ENVELOPE("", SIG "," SIG ",{\"sig\":\"\"}"), "dsse.signatures.sig", 2 },
		{ "sig a number", ENVELOPE("", "{\"sig\":1}"), "dsse.signatures.sig", 0 },
		{ "keyid a number", ENVELOPE("", SIG ",{\"keyid\":1,\"sig\":\"AQID\"}"),
		  "dsse.signatures.keyid", 1 },
		{ "keyid null", ENVELOPE("", "{\"keyid\":null,\"sig\":\"AQID\"}"),
		  "dsse.signatures.keyid", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_error err = { 0 };
		ak_dsse e, was;
		ak_status st;

		memset(&e, 0xa5, sizeof(e));
		memcpy(&was, &e, sizeof(was));
		st = parse(rows[i].in, &e, &err);
		if (st != AK_BAD_FORMAT || strcmp(err.where, rows[i].where) != 0 ||
		    err.at != rows[i].at)
			fail_msg("%s: %s at %s %" PRIu64 " (%s)", rows[i].name,
			         ak_status_name(st), st == AK_OK ? "" : err.where, err.at,
			         err.detail);
		assert_memory_equal(&e, &was, sizeof(was));
		assert_int_equal(parse(rows[i].in, &e, NULL), AK_BAD_FORMAT);
	}
}

/* What the JSON profile refuses, an envelope cannot smuggle in. */
static void not_json(void **state)
{
	static const char *const rows[] = {
		"", "{", ENVELOPE("", SIG) "x", "{\"payload\":\"\",\"payload\":\"\"}",
		"{\"payload\":\"\",\"p\\u0061yload\":\"\"}", ENVELOPE("AA\nAA", ""),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_dsse e;

		assert_int_equal(parse(rows[i], &e, NULL), AK_BAD_FORMAT);
	}
}

static void fill(ak_dsse *e, size_t n_sigs, size_t sig_len, size_t keyid_len)
{
	static const uint8_t sig[AK_DSSE_SIG_MAX];
	char keyid[AK_DSSE_KEYID_MAX + 1];

	ak_dsse_init(e);
	memcpy(e->type, "a/b", 4);
	memset(keyid, 'k', sizeof(keyid));
	keyid[keyid_len] = '\0';
	for (size_t i = 0; i < n_sigs; i++)
		assert_int_equal(ak_dsse_add_signature(e, keyid, (ak_span){ sig, sig_len }, NULL),
		                 AK_OK);
}

/* The greatest that can be written can be read; one more cannot be added. */
static void limits(void **state)
{
	static const uint8_t sig[AK_DSSE_SIG_MAX + 1];
	char keyid[AK_DSSE_KEYID_MAX + 2];
	ak_error err = { 0 };
	ak_dsse e, again;
	ak_buf b;

	(void)state;
	ak_buf_init(&b, 1000000);
	fill(&e, AK_DSSE_SIGNATURES_MAX, AK_DSSE_SIG_MAX, AK_DSSE_KEYID_MAX);
	assert_int_equal(ak_dsse_format(&e, &b, NULL), AK_OK);
	assert_int_equal(ak_dsse_parse(ak_buf_span(&b), &again, &err), AK_OK);
	assert_int_equal(again.n_sigs, AK_DSSE_SIGNATURES_MAX);
	assert_int_equal(again.sigs[63].sig.len, AK_DSSE_SIG_MAX);
	assert_int_equal(strlen(again.sigs[63].keyid), AK_DSSE_KEYID_MAX);
	assert_int_equal(ak_dsse_add_signature(&again, "k", (ak_span){ sig, 1 }, &err),
	                 AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "dsse.signatures");
	ak_dsse_clear(&again);
	ak_dsse_clear(&e);
	ak_buf_clear(&b);

	ak_dsse_init(&e);
	memset(keyid, 'k', sizeof(keyid));
	keyid[sizeof(keyid) - 1] = '\0';
	assert_int_equal(ak_dsse_add_signature(&e, keyid, (ak_span){ sig, 1 }, &err),
	                 AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "dsse.signatures.keyid");
	assert_int_equal(ak_dsse_add_signature(&e, "\xff", (ak_span){ sig, 1 }, &err),
	                 AK_INVALID_ARGUMENT);
	assert_int_equal(ak_dsse_add_signature(&e, "", (ak_span){ sig, 0 }, &err),
	                 AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "dsse.signatures.sig");
	assert_int_equal(ak_dsse_add_signature(&e, "", (ak_span){ sig, sizeof(sig) }, &err),
	                 AK_INVALID_ARGUMENT);
	assert_int_equal(e.n_sigs, 0);
	/* An envelope without a type has no written form. */
	assert_int_equal(ak_dsse_format(&e, &b, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "dsse.payloadType");
	ak_dsse_clear(&e);
}

static void put(ak_buf *b, const char *s)
{
	assert_int_equal(ak_buf_add_str(b, s, NULL), AK_OK);
}

/* An envelope that ak_dsse_format would not write. */
static void write_by_hand(ak_buf *b, size_t n_sigs, size_t sig_len, size_t keyid_len)
{
	static const char *const tail[] = { "", "AA==", "AAA=" };

	ak_buf_init(b, 100000);
	put(b, "{\"payload\":\"\",\"payloadType\":\"a\",\"signatures\":[");
	for (size_t k = 0; k < n_sigs; k++) {
		put(b, k == 0 ? "{\"keyid\":\"" : ",{\"keyid\":\"");
		for (size_t n = 0; n < keyid_len; n++)
			put(b, "k");
		put(b, "\",\"sig\":\"");
		for (size_t n = 0; n < sig_len / 3; n++)
			put(b, "AAAA");
		put(b, tail[sig_len % 3]);
		put(b, "\"}");
	}
	put(b, "]}");
}

/* Beyond the limits, made by somebody else. */
static void over_the_limits(void **state)
{
	static const struct { const char *name; size_t sigs, sig, keyid; const char *where; uint64_t at; } rows[] = {
		{ "65 signatures", 65, 3, 1, "dsse.signatures", 65 },
		{ "signature of 4097 bytes", 1, 4097, 1, "dsse.signatures.sig", 0 },
		{ "signature of 4099 bytes", 1, 4099, 1, "dsse.signatures.sig", 0 },
		{ "keyid of 257 bytes", 1, 3, 257, "dsse.signatures.keyid", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_error err = { 0 };
		ak_status st;
		ak_dsse e;
		ak_buf b;

		write_by_hand(&b, rows[i].sigs, rows[i].sig, rows[i].keyid);
		st = ak_dsse_parse(ak_buf_span(&b), &e, &err);
		if (st != AK_BAD_FORMAT || strcmp(err.where, rows[i].where) != 0 ||
		    err.at != rows[i].at)
			fail_msg("%s: %s at %s %" PRIu64, rows[i].name, ak_status_name(st),
			         st == AK_OK ? "" : err.where, err.at);
		ak_buf_clear(&b);
	}
}

static void mangled(void **state)
{
	static const char good[] =
		"{\"payload\":\"aGVsbG8=\",\"payloadType\":\"a/b\",\"signatures\":[{\"keyid\":\"k\","
		"\"sig\":\"AQID\"},{\"sig\":\"-_8=\"}],\"timestamps\":[{\"tsr\":\"AAAA\"}]}";
	uint8_t bytes[sizeof(good) - 1];
	size_t accepted = 0;
	ak_dsse e;

	(void)state;
	memcpy(bytes, good, sizeof(bytes));
	for (size_t n = 0; n < sizeof(bytes); n++)
		assert_int_equal(ak_dsse_parse((ak_span){ bytes, n }, &e, NULL), AK_BAD_FORMAT);
	for (size_t i = 0; i < sizeof(bytes) * 8; i++) {
		bytes[i / 8] = (uint8_t)(bytes[i / 8] ^ 1U << i % 8);
		if (ak_dsse_parse((ak_span){ bytes, sizeof(bytes) }, &e, NULL) == AK_OK) {
			ak_buf once, twice;
			ak_dsse again;

			ak_buf_init(&once, 1000);
			ak_buf_init(&twice, 1000);
			assert_int_equal(ak_dsse_format(&e, &once, NULL), AK_OK);
			assert_int_equal(ak_dsse_parse(ak_buf_span(&once), &again, NULL), AK_OK);
			assert_int_equal(ak_dsse_format(&again, &twice, NULL), AK_OK);
			assert_true(ak_span_eq(ak_buf_span(&once), ak_buf_span(&twice)));
			ak_dsse_clear(&again);
			ak_dsse_clear(&e);
			ak_buf_clear(&once);
			ak_buf_clear(&twice);
			accepted++;
		}
		bytes[i / 8] = (uint8_t)(bytes[i / 8] ^ 1U << i % 8);
	}
	assert_true(accepted > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pae),
		cmocka_unit_test(pae_binds_the_border),
		cmocka_unit_test(types_that_are_not_signed),
		cmocka_unit_test(parts_of_an_envelope),
		cmocka_unit_test(empty_payload_and_no_signature),
		cmocka_unit_test(written_form),
		cmocka_unit_test(url_safe_base64),
		cmocka_unit_test(timestamps_are_carried_through),
		cmocka_unit_test(malformed),
		cmocka_unit_test(not_json),
		cmocka_unit_test(limits),
		cmocka_unit_test(over_the_limits),
		cmocka_unit_test(mangled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
