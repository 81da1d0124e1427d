/* SPDX-License-Identifier: Apache-2.0 */
/* Line 1 of a record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mangle.h"
#include "model/header.h"
#include "oom.h"

#define HEX0 "0000000000000000000000000000000000000000000000000000000000000000"
#define HEX1 "1111111111111111111111111111111111111111111111111111111111111111"
#define HEXA "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define PREV(d) "{\"prev\":\"" d "\","
#define SEQ(n) "\"seq\":" n ","
#define SIGS(d) "\"signatures\":\"" d "\","
#define STMT(d) "\"statement\":\"" d "\","
#define SUBJ(d) "\"subjects\":\"" d "\","
#define TIME(t) "\"time\":\"" t "\","
#define V(n) "\"v\":" n "}"
#define P PREV("sha256:" HEX1)
#define Q SEQ("12")
#define G SIGS("sha256:" HEXA)
#define S STMT("sha256:" HEX1)
#define U SUBJ("sha256:" HEXA)
#define T TIME("2026-11-21T03:04:05Z")
#define GOOD P Q G S U T V("1")

static void good_header(void **state)
{
	ak_error err = { 0 };
	ak_header h;
	ak_buf b;

	(void)state;
	assert_int_equal(ak_header_parse(ak_span_str(GOOD), &h, &err), AK_OK);
	assert_int_equal(h.seq, 12);
	assert_int_equal(h.prev.b[0], 0x11);
	assert_int_equal(h.signatures.b[1], 0x11);
	assert_int_equal(h.signatures.b[15], 0xff);
	assert_int_equal(h.statement.b[31], 0x11);
	assert_int_equal(h.subjects.b[2], 0x22);
	assert_int_equal(h.time, 1795230245);
	ak_buf_init(&b, AK_HEADER_MAX);
	assert_int_equal(ak_header_format(&h, &b, &err), AK_OK);
	assert_true(ak_span_is(ak_buf_span(&b), GOOD));
	ak_buf_clear(&b);
}

static const struct row {
	const char *name, *text;
	ak_status want;
	const char *where;
	uint64_t at;
} rows[] = {
	{ "largest", PREV("sha256:" HEX0) SEQ("9999999999") G S U TIME("9999-12-31T23:59:59Z") V("1"), AK_OK, "", 0 },
	{ "smallest", PREV("sha256:" HEX0) SEQ("0") G S U TIME("1970-01-01T00:00:00Z") V("1"), AK_OK, "", 0 },
	{ "empty", "", AK_BAD_FORMAT, "header.prev", 0 },
	{ "white space first", " " GOOD, AK_BAD_FORMAT, "header.prev", 0 },
	{ "white space inside", P " " Q G S U T V("1"), AK_BAD_FORMAT, "header.seq", 80 },
	{ "other order", "{\"seq\":12,\"prev\":\"sha256:" HEX1 "\"," G S U T V("1"), AK_BAD_FORMAT, "header.prev", 0 },
	{ "prev in capitals", PREV("SHA256:" HEX1) Q G S U T V("1"), AK_BAD_FORMAT, "header.prev", 9 },
	{ "prev of another algorithm", PREV("sha512:" HEX1) Q G S U T V("1"), AK_BAD_FORMAT, "header.prev", 9 },
	{ "prev too long", PREV("sha256:" HEX1 "1") Q G S U T V("1"), AK_BAD_FORMAT, "header.seq", 80 },
	{ "prev missing", "{" Q G S U T V("1"), AK_BAD_FORMAT, "header.prev", 0 },
	{ "prev twice", P "\"prev\":\"sha256:" HEX1 "\"," Q G S U T V("1"), AK_BAD_FORMAT, "header.seq", 80 },
	{ "seq eleven digits", P SEQ("10000000000") G S U T V("1"), AK_BAD_FORMAT, "header.seq", 88 },
	{ "seq beyond 2^64", P SEQ("18446744073709551628") G S U T V("1"), AK_BAD_FORMAT, "header.seq", 88 },
	{ "seq leading zero", P SEQ("012") G S U T V("1"), AK_BAD_FORMAT, "header.seq", 88 },
	{ "seq negative", P SEQ("-12") G S U T V("1"), AK_BAD_FORMAT, "header.seq", 88 },
	{ "seq float", P SEQ("12.0") G S U T V("1"), AK_BAD_FORMAT, "header.signatures", 90 },
	{ "seq exponent", P SEQ("12e0") G S U T V("1"), AK_BAD_FORMAT, "header.signatures", 90 },
	{ "seq text", P SEQ("\"12\"") G S U T V("1"), AK_BAD_FORMAT, "header.seq", 88 },
	{ "seq nothing", P SEQ("") G S U T V("1"), AK_BAD_FORMAT, "header.seq", 88 },
	{ "signatures missing", P Q S U T V("1"), AK_BAD_FORMAT, "header.signatures", 90 },
	{ "signatures bare hex", P Q SIGS(HEXA) S U T V("1"), AK_BAD_FORMAT, "header.signatures", 105 },
	{ "statement missing", P Q G U T V("1"), AK_BAD_FORMAT, "header.statement", 176 },
	{ "statement null", P Q G "\"statement\":null," U T V("1"), AK_BAD_FORMAT, "header.statement", 176 },
	{ "subjects missing", P Q G S T V("1"), AK_BAD_FORMAT, "header.subjects", 262 },
	{ "subjects escaped", P Q G S SUBJ("\\u0073ha256:" HEXA) T V("1"), AK_BAD_FORMAT, "header.subjects", 276 },
	{ "leap second", P Q G S U TIME("2016-12-31T23:59:60Z") V("1"), AK_BAD_FORMAT, "header.time", 357 },
	{ "time with offset", P Q G S U TIME("2026-11-21T03:04:05+00:00") V("1"), AK_BAD_FORMAT, "header.time", 357 },
	{ "time with fraction", P Q G S U TIME("2026-11-21T03:04:05.0Z") V("1"), AK_BAD_FORMAT, "header.time", 357 },
	{ "no such day", P Q G S U TIME("2026-02-29T03:04:05Z") V("1"), AK_BAD_FORMAT, "header.time", 357 },
	{ "before 1970", P Q G S U TIME("1969-12-31T23:59:59Z") V("1"), AK_BAD_FORMAT, "header.time", 357 },
	{ "v missing", P Q G S U "\"time\":\"2026-11-21T03:04:05Z\"}", AK_BAD_FORMAT, "header.v", 377 },
	{ "v text", P Q G S U T V("\"1\""), AK_BAD_FORMAT, "header.v", 383 },
	{ "v leading zero", P Q G S U T V("01"), AK_BAD_FORMAT, "header.v", 383 },
	{ "v negative", P Q G S U T V("-1"), AK_BAD_FORMAT, "header.v", 383 },
	{ "v float", P Q G S U T V("1.0"), AK_BAD_FORMAT, "header.v", 384 },
	{ "v above 2^53-1", P Q G S U T V("9007199254740992"), AK_BAD_FORMAT, "header.v", 383 },
	{ "one member more", P Q G S U T "\"v\":1,\"w\":1}", AK_BAD_FORMAT, "header.v", 384 },
	{ "newline at the end", GOOD "\n", AK_BAD_FORMAT, "header.end", 385 },
	{ "carriage return at the end", GOOD "\r", AK_BAD_FORMAT, "header.end", 385 },
	{ "two headers", GOOD GOOD, AK_BAD_FORMAT, "header.end", 385 },
	{ "v 0", P Q G S U T V("0"), AK_UNKNOWN_VERSION, "header.v", 377 },
	{ "v 2", P Q G S U T V("2"), AK_UNKNOWN_VERSION, "header.v", 377 },
	{ "v 2^32", P Q G S U T V("4294967296"), AK_UNKNOWN_VERSION, "header.v", 377 },
	{ "v 2^53-1", P Q G S U T V("9007199254740991"), AK_UNKNOWN_VERSION, "header.v", 377 },
	{ "v 2 and another fault", P Q G S U T "\"v\":2 }", AK_BAD_FORMAT, "header.v", 384 },
	{ "v 2 and something behind", P Q G S U T V("2") " ", AK_BAD_FORMAT, "header.end", 385 },
};

static void refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		ak_error err = { 0 };
		ak_header h, before;
		ak_status st;

		memset(&h, 0xa5, sizeof(h));
		before = h;
		st = ak_header_parse(ak_span_str(r->text), &h, &err);
		if (st != r->want || (st != AK_OK && (strcmp(err.where, r->where) != 0 || err.at != r->at)))
			fail_msg("%s: %s %s %llu (%s)", r->name, ak_status_name(st), err.where,
			         (unsigned long long)err.at, err.detail);
		if (st != AK_OK)
			assert_memory_equal(&h, &before, sizeof(h));
	}
}

static void size_limit(void **state)
{
	char line[AK_HEADER_MAX + 2];
	ak_error err = { 0 };
	ak_header h;

	(void)state;
	memset(line, ' ', sizeof(line));
	memcpy(line, GOOD, strlen(GOOD));
	/* No header of one encoding is that long: at the limit something else is wrong. */
	assert_int_equal(ak_header_parse((ak_span){ (uint8_t *)line, AK_HEADER_MAX }, &h, &err), AK_BAD_FORMAT);
	assert_string_equal(err.where, "header.end");
	assert_int_equal(ak_header_parse((ak_span){ (uint8_t *)line, AK_HEADER_MAX + 1 }, &h, &err), AK_BAD_FORMAT);
	assert_string_equal(err.where, "header");
	assert_int_equal(err.at, AK_HEADER_MAX);
}

static void format_limits(void **state)
{
	ak_header h = { .seq = AK_SEQ_MAX, .time = INT64_C(253402300799) };
	ak_error err = { 0 };
	ak_buf b;

	(void)state;
	ak_buf_init(&b, AK_HEADER_MAX);
	assert_int_equal(ak_header_format(&h, &b, &err), AK_OK);
	ak_buf_clear(&b);
	h.seq++;
	assert_int_equal(ak_header_format(&h, &b, &err), AK_LIMIT);
	assert_string_equal(err.where, "header.seq");
	h.seq--;
	h.time++;
	assert_int_equal(ak_header_format(&h, &b, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "header.time");
	h.time = -1;
	assert_int_equal(ak_header_format(&h, &b, &err), AK_INVALID_ARGUMENT);
	assert_int_equal(b.len, 0);
	b.max = 100;
	h.time = 0;
	assert_int_equal(ak_header_format(&h, &b, &err), AK_LIMIT);
	ak_buf_clear(&b);
}

/* Parsing fails, or formatting gives back the very same bytes. */
static void fails_or_round_trips(ak_span in, const char *what)
{
	ak_error err = { 0 };
	ak_header h;
	ak_buf b;
	ak_status st = ak_header_parse(in, &h, &err);

	if (st == AK_OK) {
		ak_buf_init(&b, AK_HEADER_MAX);
		assert_int_equal(ak_header_format(&h, &b, NULL), AK_OK);
		if (!ak_span_eq(ak_buf_span(&b), in))
			fail_msg("%s: read, and written as something else", what);
		ak_buf_clear(&b);
		return;
	}
	assert_true(st == AK_BAD_FORMAT || st == AK_UNKNOWN_VERSION);
	assert_true(strncmp(err.where, "header.", 7) == 0 && err.at <= in.len);
}

static void mangled(void **state)
{
	(void)state;
	mangle(ak_span_str(GOOD), fails_or_round_trips);
}

static ak_status format_one(void *ctx)
{
	const ak_header h = { .seq = 5, .time = 7 };
	ak_status st;
	ak_buf b;

	(void)ctx;
	ak_buf_init(&b, AK_HEADER_MAX);
	st = ak_header_format(&h, &b, NULL);
	ak_buf_clear(&b);
	return st;
}

static void out_of_memory(void **state)
{
	(void)state;
	oom_sweep("header", format_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_header),
		cmocka_unit_test(refused),
		cmocka_unit_test(size_limit),
		cmocka_unit_test(format_limits),
		cmocka_unit_test(mangled),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
