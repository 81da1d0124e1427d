/* SPDX-License-Identifier: Apache-2.0 */
/* The text that a ledger signs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mangle.h"
#include "model/checkpoint.h"
#include "oom.h"

#define ROOT "ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8="
#define GOOD "ledger.example/demo\n4211\n" ROOT "\n"
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X255 X50 X50 X50 X50 X50 "xxxxx"

static void good_checkpoint(void **state)
{
	ak_checkpoint c;
	ak_buf b;

	(void)state;
	assert_int_equal(ak_checkpoint_parse(ak_span_str(GOOD), &c, NULL), AK_OK);
	assert_string_equal(c.origin, "ledger.example/demo");
	assert_int_equal(c.size, 4211);
	assert_int_equal(c.root.b[3], 0x33);
	assert_int_equal(c.root.b[31], 0xff);
	ak_buf_init(&b, 100);
	assert_int_equal(ak_checkpoint_format(&c, &b, NULL), AK_OK);
	assert_true(ak_span_is(ak_buf_span(&b), GOOD));
	ak_buf_clear(&b);
	c.origin[0] = '/';
	assert_int_equal(ak_checkpoint_format(&c, &b, NULL), AK_INVALID_ARGUMENT);
	c.origin[0] = '\0';
	assert_int_equal(ak_checkpoint_format(&c, &b, NULL), AK_INVALID_ARGUMENT);
	c.origin[0] = 'l';
	c.size = 0;
	assert_int_equal(ak_checkpoint_format(&c, &b, NULL), AK_INVALID_ARGUMENT);
	c.size = AK_CHECKPOINT_SIZE_MAX + 1;
	assert_int_equal(ak_checkpoint_format(&c, &b, NULL), AK_INVALID_ARGUMENT);
	assert_int_equal(b.len, 0);
}

static const struct row {
	const char *name, *text;
	ak_status want;
	const char *where;
	uint64_t at;
} rows[] = {
	{ "size 0", "a\n0\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.size", 2 },
	{ "size 1", "a\n1\n" ROOT "\n", AK_OK, "", 0 },
	{ "largest size", "a\n10000000000\n" ROOT "\n", AK_OK, "", 0 },
	{ "size beyond the last record", "a\n10000000001\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.size", 2 },
	{ "longest origin", X255 "\n1\n" ROOT "\n", AK_OK, "", 0 },
	{ "origin of 256 bytes", X255 "x\n1\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.origin", 0 },
	{ "empty", "", AK_BAD_FORMAT, "checkpoint.origin", 0 },
	{ "empty origin", "\n1\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.origin", 0 },
	{ "origin in capitals", "Ledger.example\n1\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.origin", 0 },
	{ "origin with a blank", "ledger example\n1\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.origin", 0 },
	{ "origin begins with a slash", "/ledger\n1\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.origin", 0 },
	{ "origin ends with a slash", "ledger/\n1\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.origin", 0 },
	{ "origin begins with a dot", ".ledger\n1\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.origin", 0 },
	{ "origin ends with a hyphen", "ledger-\n1\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.origin", 0 },
	{ "origin of another script", "台帳\n1\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.origin", 0 },
	{ "origin only", "a\n", AK_BAD_FORMAT, "checkpoint.size", 2 },
	{ "size empty", "a\n\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.size", 2 },
	{ "size leading zero", "a\n01\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.size", 2 },
	{ "size with a sign", "a\n+1\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.size", 2 },
	{ "size negative", "a\n-1\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.size", 2 },
	{ "size 2^64", "a\n18446744073709551616\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.size", 2 },
	{ "size with a carriage return", "a\n1\r\n" ROOT "\n", AK_BAD_FORMAT, "checkpoint.size", 2 },
	{ "no root", "a\n1\n", AK_BAD_FORMAT, "checkpoint.root", 4 },
	{ "root empty", "a\n1\n\n", AK_BAD_FORMAT, "checkpoint.root", 4 },
	{ "root without newline", "a\n1\n" ROOT, AK_BAD_FORMAT, "checkpoint.root", 4 },
	{ "root of 31 bytes", "a\n1\nABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7g==\n", AK_BAD_FORMAT, "checkpoint.root", 4 },
	{ "root of 33 bytes", "a\n1\nABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8A\n", AK_BAD_FORMAT, "checkpoint.root", 4 },
	{ "root of 3000 bytes", "a\n1\n" X50 X50 X50 X50 X50 X50 X50 X50 "\n", AK_BAD_FORMAT, "checkpoint.root", 4 },
	{ "root with unused bits", "a\n1\nABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v9=\n", AK_BAD_FORMAT, "checkpoint.root", 4 },
	{ "root unpadded", "a\n1\nABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8\n", AK_BAD_FORMAT, "checkpoint.root", 4 },
	{ "root URL-safe", "a\n1\nABEiM0RVZneImaq7zN3u_wARIjNEVWZ3iJmqu8zd7v8=\n", AK_BAD_FORMAT, "checkpoint.root", 4 },
	{ "root in hex", "a\n1\n00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n", AK_BAD_FORMAT, "checkpoint.root", 4 },
	{ "extension line", "a\n1\n" ROOT "\nx\n", AK_BAD_FORMAT, "checkpoint.extension", 49 },
	{ "blank extension line", "a\n1\n" ROOT "\n\n", AK_BAD_FORMAT, "checkpoint.extension", 49 },
	{ "a byte behind", "a\n1\n" ROOT "\nx", AK_BAD_FORMAT, "checkpoint.extension", 49 },
};

static void refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		ak_checkpoint c, before;
		ak_error err = { 0 };
		ak_status st;

		memset(&c, 0xa5, sizeof(c));
		memcpy(&before, &c, sizeof(c));
		st = ak_checkpoint_parse(ak_span_str(r->text), &c, &err);
		if (st != r->want || (st != AK_OK && (strcmp(err.where, r->where) != 0 || err.at != r->at)))
			fail_msg("%s: %s %s %llu", r->name, ak_status_name(st), err.where,
			         (unsigned long long)err.at);
		if (st != AK_OK)
			assert_memory_equal(&c, &before, sizeof(c));
	}
}

/* Parsing fails, or formatting gives back the very same bytes. */
static void fails_or_round_trips(ak_span in, const char *what)
{
	ak_error err = { 0 };
	ak_checkpoint c;
	ak_buf b;

	if (ak_checkpoint_parse(in, &c, &err) != AK_OK) {
		assert_int_equal(err.status, AK_BAD_FORMAT);
		assert_true(strncmp(err.where, "checkpoint.", 11) == 0 && err.at <= in.len);
		return;
	}
	ak_buf_init(&b, 1000);
	assert_int_equal(ak_checkpoint_format(&c, &b, NULL), AK_OK);
	if (!ak_span_eq(ak_buf_span(&b), in))
		fail_msg("%s: read, and written as something else", what);
	ak_buf_clear(&b);
}

static void mangled(void **state)
{
	(void)state;
	mangle(ak_span_str(GOOD), fails_or_round_trips);
}

static ak_status read_and_write(void *ctx)
{
	ak_checkpoint c;
	ak_buf b;
	ak_status st = ak_checkpoint_parse(ak_span_str(GOOD), &c, NULL);

	(void)ctx;
	ak_buf_init(&b, 1000);
	if (st == AK_OK)
		st = ak_checkpoint_format(&c, &b, NULL);
	ak_buf_clear(&b);
	return st;
}

static void out_of_memory(void **state)
{
	(void)state;
	oom_sweep("checkpoint", read_and_write, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_checkpoint),
		cmocka_unit_test(refused),
		cmocka_unit_test(mangled),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
