/* SPDX-License-Identifier: Apache-2.0 */
/* Line 3 of a record, and the exchange file of lines 2 and 3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "edit.h"
#include "mangle.h"
#include "base/text.h"
#include "model/signatures.h"
#include "oom.h"

#define ID1 "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define ID2 "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define ID3 "sha256:3333333333333333333333333333333333333333333333333333333333333333"
#define SIG(id, s) "{\"keyid\":\"" id "\",\"sig\":\"" s "\"}"
#define TSR(id, t) "{\"keyid\":\"" id "\",\"tsr\":\"" t "\"}"
#define SIGS "\"signatures\":[" SIG(ID1, "AQID") "," SIG(ID2, "/w==") "]"
#define STAMPS "\"timestamps\":[" TSR(ID1, "AA==") "," TSR(ID1, "AQ==") "," TSR(ID2, "AA==") "]"
#define GOOD "{" SIGS "," STAMPS "}"

static void good_line(void **state)
{
	ak_signatures s;

	(void)state;
	assert_int_equal(ak_signatures_parse(ak_span_str(GOOD), &s, NULL), AK_OK);
	assert_int_equal(s.n, 2);
	assert_int_equal(s.n_timestamps, 3);
	assert_int_equal(s.sig[0].keyid.b[0], 0x11);
	assert_int_equal(s.sig[1].keyid.b[31], 0x22);
	assert_true(ak_span_is(s.sig[0].sig, "\x01\x02\x03"));
	assert_true(ak_span_is(s.sig[1].sig, "\xff"));
	ak_signatures_clear(&s);
	ak_signatures_clear(&s);
}

static const struct row {
	const char *name, *from, *to;
	ak_status want;
	const char *where;
	uint64_t at;
} rows[] = {
	{ "no timestamps", STAMPS, "\"timestamps\":[]", AK_OK, "", 0 },
	{ "timestamps missing", "," STAMPS, "", AK_BAD_FORMAT, "signatures", 2 },
	{ "timestamps null", STAMPS, "\"timestamps\":null", AK_BAD_FORMAT, "signatures.timestamps", 0 },
	{ "timestamps an object", STAMPS, "\"timestamps\":{}", AK_BAD_FORMAT, "signatures.timestamps", 0 },
	{ "timestamps under another name", "timestamps", "timestampz", AK_BAD_FORMAT, "signatures.timestamps", 0 },
	{ "one member more", STAMPS, STAMPS ",\"x\":1", AK_BAD_FORMAT, "signatures", 2 },
	{ "signatures missing", SIGS ",", "", AK_BAD_FORMAT, "signatures", 0 },
	{ "signatures empty", SIGS, "\"signatures\":[]", AK_BAD_FORMAT, "signatures", 0 },
	{ "signatures an object", SIGS, "\"signatures\":{\"a\":1}", AK_BAD_FORMAT, "signatures", 1 },
	{ "members in another order", GOOD, "{" STAMPS "," SIGS "}", AK_BAD_FORMAT, "jcs", 0 },
	{ "white space", "{" SIGS, "{ " SIGS, AK_BAD_FORMAT, "jcs", 0 },
	{ "newline at the end", "AA==\"}]}", "AA==\"}]}\n", AK_BAD_FORMAT, "jcs", 0 },
	{ "not sorted", SIGS, "\"signatures\":[" SIG(ID2, "AQID") "," SIG(ID1, "AQID") "]", AK_BAD_FORMAT, "signatures.signatures", 1 },
	{ "two signatures of one keyid", SIGS, "\"signatures\":[" SIG(ID1, "AQID") "," SIG(ID1, "/w==") "]", AK_BAD_FORMAT, "signatures.signatures", 1 },
	{ "keyid of another algorithm", SIGS, "\"signatures\":[" SIG("md5:11", "AQID") "]", AK_BAD_FORMAT, "signatures.signatures", 0 },
	{ "keyid missing", SIGS, "\"signatures\":[{\"sig\":\"AQID\"}]", AK_BAD_FORMAT, "signatures.signatures", 0 },
	{ "sig missing", SIGS, "\"signatures\":[{\"keyid\":\"" ID1 "\"}]", AK_BAD_FORMAT, "signatures.signatures", 0 },
	{ "sig empty", "AQID", "", AK_BAD_FORMAT, "signatures.signatures", 0 },
	{ "sig a number", "\"AQID\"", "1", AK_BAD_FORMAT, "signatures.signatures", 0 },
	{ "certificate beside", SIGS, "\"signatures\":[{\"cert\":\"x\",\"keyid\":\"" ID1 "\",\"sig\":\"AQID\"}]", AK_BAD_FORMAT, "signatures.signatures", 0 },
	{ "sig URL-safe", "/w==", "_w==", AK_BAD_FORMAT, "signatures.signatures", 1 },
	{ "sig with unused bits", "/w==", "/x==", AK_BAD_FORMAT, "signatures.signatures", 1 },
	{ "sig unpadded", "/w==", "/w", AK_BAD_FORMAT, "signatures.signatures", 1 },
	{ "sig with a blank", "AQID", "AQ ID", AK_BAD_FORMAT, "signatures.signatures", 0 },
	{ "timestamp of no signature", STAMPS, "\"timestamps\":[" TSR(ID3, "AA==") "]", AK_BAD_FORMAT, "signatures.timestamps", 0 },
	{ "timestamps not sorted by keyid", STAMPS, "\"timestamps\":[" TSR(ID2, "AA==") "," TSR(ID1, "AQ==") "]", AK_BAD_FORMAT, "signatures.timestamps", 1 },
	{ "timestamps not sorted by tsr", STAMPS, "\"timestamps\":[" TSR(ID1, "AQ==") "," TSR(ID1, "AA==") "]", AK_BAD_FORMAT, "signatures.timestamps", 1 },
	{ "timestamp repeated", STAMPS, "\"timestamps\":[" TSR(ID1, "AA==") "," TSR(ID1, "AA==") "]", AK_BAD_FORMAT, "signatures.timestamps", 1 },
	{ "tsr empty", STAMPS, "\"timestamps\":[" TSR(ID1, "") "]", AK_BAD_FORMAT, "signatures.timestamps", 0 },
	{ "tsr with unused bits", STAMPS, "\"timestamps\":[" TSR(ID1, "AB==") "]", AK_BAD_FORMAT, "signatures.timestamps", 0 },
	{ "timestamp with one member more", STAMPS, "\"timestamps\":[{\"keyid\":\"" ID1 "\",\"tsr\":\"AA==\",\"x\":1}]", AK_BAD_FORMAT, "signatures.timestamps", 0 },
	{ "timestamp text", STAMPS, "\"timestamps\":[\"AA==\"]", AK_BAD_FORMAT, "signatures.timestamps", 0 },
};

static void every_rule(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		ak_signatures s, before;
		ak_error err = { 0 };
		ak_status st;
		ak_buf b;

		memset(&s, 0xa5, sizeof(s));
		memcpy(&before, &s, sizeof(s));
		edit(&b, GOOD, r->from, r->to);
		st = ak_signatures_parse(ak_buf_span(&b), &s, &err);
		if (st != r->want)
			fail_msg("%s: %s (%s)", r->name, ak_status_name(st), err.detail);
		if (st == AK_OK) {
			ak_signatures_clear(&s);
		} else {
			if (strcmp(err.where, r->where) != 0 ||
			    (r->where[0] != 'j' && err.at != r->at))
				fail_msg("%s: at %s %llu", r->name, err.where, (unsigned long long)err.at);
			assert_memory_equal(&s, &before, sizeof(s));
		}
		ak_buf_clear(&b);
	}
}

/* ---- limits ---------------------------------------------------------------------------------------------- */

static void put(ak_buf *b, const char *text)
{
	assert_int_equal(ak_buf_add_str(b, text, NULL), AK_OK);
}

static void put_zeros(ak_buf *b, size_t n)
{
	uint8_t *zero = calloc(1, n);

	assert_non_null(zero);
	assert_int_equal(ak_base64_encode((ak_span){ zero, n }, b, NULL), AK_OK);
	free(zero);
}

/* A line of n signatures of `bytes` bytes, with one token of `tsr` bytes when that is not 0. */
static ak_status try(size_t n, size_t bytes, size_t tsr, ak_error *err)
{
	ak_signatures s;
	ak_status st;
	ak_buf b;

	ak_buf_init(&b, 2 * AK_SIGNATURES_MAX);
	put(&b, "{\"signatures\":[");
	for (size_t i = 0; i < n; i++) {
		char id[AK_DIGEST_TEXT_LEN + 1];
		ak_digest d = { { (uint8_t)i } };

		ak_digest_format(&d, id);
		assert_int_equal(ak_buf_addf(&b, NULL, "%s{\"keyid\":\"%s\",\"sig\":\"", i == 0 ? "" : ",", id), AK_OK);
		put_zeros(&b, bytes);
		put(&b, "\"}");
	}
	put(&b, "],\"timestamps\":[");
	if (tsr != 0) {
		put(&b, "{\"keyid\":\"sha256:0000000000000000000000000000000000000000000000000000000000000000\",\"tsr\":\"");
		put_zeros(&b, tsr);
		put(&b, "\"}");
	}
	put(&b, "]}");
	st = ak_signatures_parse(ak_buf_span(&b), &s, err);
	if (st == AK_OK) {
		assert_int_equal(s.n, n);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(s.sig[i].sig.len, bytes);
		ak_signatures_clear(&s);
	}
	ak_buf_clear(&b);
	return st;
}

static void limits(void **state)
{
	ak_error err = { 0 };

	(void)state;
	assert_int_equal(try(AK_SIGNERS_MAX, AK_SIG_BYTES_MAX, AK_TSR_MAX, &err), AK_OK);
	assert_int_equal(try(AK_SIGNERS_MAX + 1, 64, 0, &err), AK_BAD_FORMAT);
	assert_string_equal(err.where, "signatures");
	assert_int_equal(err.at, AK_SIGNERS_MAX + 1);
	assert_int_equal(try(2, AK_SIG_BYTES_MAX + 1, 0, &err), AK_BAD_FORMAT);
	assert_string_equal(err.where, "signatures.signatures");
	assert_int_equal(try(1, 64, AK_TSR_MAX + 1, &err), AK_BAD_FORMAT);
	assert_string_equal(err.where, "signatures.timestamps");
}

/* Of a line at its limit something else is wrong, for all else has lower limits. */
static void line_limit(void **state)
{
	ak_error err = { 0 };
	ak_signatures s;
	ak_buf b;

	(void)state;
	ak_buf_init(&b, AK_SIGNATURES_MAX + 1);
	put(&b, "{\"x\":\"");
	while (b.len < AK_SIGNATURES_MAX - 2)
		assert_int_equal(ak_buf_add_byte(&b, 'x', NULL), AK_OK);
	put(&b, "\"}");
	assert_int_equal(ak_signatures_parse(ak_buf_span(&b), &s, &err), AK_BAD_FORMAT);
	assert_int_equal(err.at, 0);
	put(&b, "\n");
	assert_int_equal(ak_signatures_parse(ak_buf_span(&b), &s, &err), AK_BAD_FORMAT);
	assert_string_equal(err.where, "signatures");
	assert_int_equal(err.at, AK_SIGNATURES_MAX);
	ak_buf_clear(&b);
}

/* ---- mangling, memory ------------------------------------------------------------------------------------ */

static void fails_or_reads(ak_span in, const char *what)
{
	ak_error err = { 0 };
	ak_signatures s;
	ak_status st = ak_signatures_parse(in, &s, &err);

	if (st != AK_OK) {
		if (st != AK_BAD_FORMAT)
			fail_msg("%s: %s", what, ak_status_name(st));
		return;
	}
	for (size_t i = 0; i < s.n; i++) {
		assert_true(s.sig[i].sig.len >= 1 && s.sig[i].sig.len <= AK_SIG_BYTES_MAX);
		if (i > 0 && memcmp(s.sig[i - 1].keyid.b, s.sig[i].keyid.b, AK_DIGEST_LEN) >= 0)
			fail_msg("%s: not sorted", what);
	}
	ak_signatures_clear(&s);
}

static void mangled(void **state)
{
	(void)state;
	mangle(ak_span_str(GOOD), fails_or_reads);
}

static ak_status read_one(void *ctx)
{
	ak_signatures s;
	ak_status st = ak_signatures_parse(ak_span_str(GOOD), &s, NULL);

	(void)ctx;
	if (st == AK_OK)
		ak_signatures_clear(&s);
	return st;
}

static void out_of_memory(void **state)
{
	(void)state;
	oom_sweep("signatures", read_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_line),
		cmocka_unit_test(every_rule),
		cmocka_unit_test(limits),
		cmocka_unit_test(line_limit),
		cmocka_unit_test(mangled),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
