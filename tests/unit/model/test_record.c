/* SPDX-License-Identifier: Apache-2.0 */
/* A record: exactly three lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mangle.h"
#include "model/header.h"
#include "model/record.h"
#include "model/signatures.h"
#include "model/statement.h"
#include "oom.h"

static const struct row {
	const char *name, *text;
	ak_status want;
	uint64_t at;
} rows[] = {
	{ "three lines", "a\nbb\nccc\n", AK_OK, 0 },
	{ "carriage returns are bytes like others", "a\r\nb\r\nc\r\n", AK_OK, 0 },
	{ "empty", "", AK_BAD_FORMAT, 0 },
	{ "one line", "a\n", AK_BAD_FORMAT, 2 },
	{ "two lines", "a\nb\n", AK_BAD_FORMAT, 4 },
	{ "no final newline", "a\nb\nc", AK_BAD_FORMAT, 4 },
	{ "a fourth line", "a\nb\nc\nd\n", AK_BAD_FORMAT, 6 },
	{ "an empty fourth line", "a\nb\nc\n\n", AK_BAD_FORMAT, 6 },
	{ "a byte behind", "a\nb\nc\nd", AK_BAD_FORMAT, 6 },
	{ "empty header", "\nb\nc\n", AK_BAD_FORMAT, 0 },
	{ "empty statement", "a\n\nc\n", AK_BAD_FORMAT, 2 },
	{ "empty signatures", "a\nb\n\n", AK_BAD_FORMAT, 4 },
	{ "three newlines", "\n\n\n", AK_BAD_FORMAT, 0 },
};

static void lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		ak_error err = { 0 };
		ak_lines l, before;
		ak_status st;

		memset(&l, 0xa5, sizeof(l));
		before = l;
		st = ak_record_split(ak_span_str(r->text), &l, &err);
		if (st != r->want || (st != AK_OK && err.at != r->at))
			fail_msg("%s: %s %llu", r->name, ak_status_name(st), (unsigned long long)err.at);
		if (st == AK_OK)
			continue;
		assert_string_equal(err.where, "record.lines");
		assert_memory_equal(&l, &before, sizeof(l));
	}
}

static void what_is_split(void **state)
{
	static const char text[] = "a\nbb\nccc\n";
	ak_lines l;
	ak_buf b;

	(void)state;
	assert_int_equal(ak_record_split(ak_span_str(text), &l, NULL), AK_OK);
	assert_true(ak_span_is(l.header, "a") && ak_span_is(l.statement, "bb") && ak_span_is(l.signatures, "ccc"));
	assert_ptr_equal(l.header.data, text);
	ak_buf_init(&b, 9);
	assert_int_equal(ak_record_join(&l, &b, NULL), AK_OK);
	assert_true(ak_span_is(ak_buf_span(&b), text));
	ak_buf_clear(&b);
	b.max = 8;
	assert_int_equal(ak_record_join(&l, &b, NULL), AK_LIMIT);
	ak_buf_clear(&b);
}

static void put_lines(ak_buf *b, const size_t len[3])
{
	ak_buf_clear(b);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(ak_buf_reserve(b, len[i] + 1, NULL), AK_OK);
		memset(b->data + b->len, 'x', len[i]);
		b->len += len[i];
		assert_int_equal(ak_buf_add_byte(b, '\n', NULL), AK_OK);
	}
}

static void line_limits(void **state)
{
	static const size_t most[3] = { AK_HEADER_MAX, AK_STATEMENT_MAX, AK_SIGNATURES_MAX };
	ak_error err = { 0 };
	ak_lines l;
	ak_buf b;

	(void)state;
	ak_buf_init(&b, SIZE_MAX);
	put_lines(&b, most);
	assert_int_equal(ak_record_split(ak_buf_span(&b), &l, &err), AK_OK);
	assert_true(ak_record_within_limits(&l));
	for (size_t i = 0; i < 3; i++) {
		size_t len[3] = { most[0], most[1], most[2] };

		len[i]++;
		put_lines(&b, len);
		assert_int_equal(ak_record_split(ak_buf_span(&b), &l, &err), AK_BAD_FORMAT);
		assert_string_equal(err.where, "record.lines");
		assert_int_equal(err.at, AK_RECORD_LINES_MAX);
		/* The same length too many, but taken from another line. */
		len[i == 2 ? 0 : 2]--;
		put_lines(&b, len);
		assert_int_equal(ak_record_split(ak_buf_span(&b), &l, &err), AK_OK);
		assert_false(ak_record_within_limits(&l));
	}
	ak_buf_clear(&b);
}

/* Splitting fails, or joining gives back the very same bytes. */
static void fails_or_round_trips(ak_span in, const char *what)
{
	ak_error err = { 0 };
	ak_lines l;
	ak_buf b;

	if (ak_record_split(in, &l, &err) != AK_OK) {
		assert_int_equal(err.status, AK_BAD_FORMAT);
		return;
	}
	ak_buf_init(&b, in.len);
	assert_int_equal(ak_record_join(&l, &b, NULL), AK_OK);
	if (!ak_span_eq(ak_buf_span(&b), in))
		fail_msg("%s: split, and joined to something else", what);
	ak_buf_clear(&b);
}

static void mangled(void **state)
{
	(void)state;
	mangle(ak_span_str("{\"h\":1}\n{\"statement\":2}\n{\"s\":3}\n"), fails_or_round_trips);
}

static ak_status join_one(void *ctx)
{
	const ak_lines l = { ak_span_str("a"), ak_span_str("b"), ak_span_str("c") };
	ak_status st;
	ak_buf b;

	(void)ctx;
	ak_buf_init(&b, 100);
	st = ak_record_join(&l, &b, NULL);
	ak_buf_clear(&b);
	return st;
}

static void out_of_memory(void **state)
{
	(void)state;
	oom_sweep("record", join_one, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(what_is_split),
		cmocka_unit_test(line_limits),
		cmocka_unit_test(mangled),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
