/* SPDX-License-Identifier: Apache-2.0 */
/* Line 2 of a record: limits, mangling, memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "mangle.h"
#include "codec/jcs.h"
#include "codec/schema.h"
#include "model/statement.h"
#include "oom.h"

#define HEX "1111111111111111111111111111111111111111111111111111111111111111"
#define DIGEST "sha256:" HEX

/* How much of everything a statement has. */
typedef struct amounts {
	size_t about, refs, documents, bytes; /* bytes: of the whole line, 0: as it comes */
} amounts;

static void add(ak_buf *b, const char *text)
{
	assert_int_equal(ak_buf_add_str(b, text, NULL), AK_OK);
}

static void add_list(ak_buf *b, size_t n, const char *before, const char *after)
{
	for (size_t i = 0; i < n; i++) {
		char text[512];

		(void)snprintf(text, sizeof(text), "%s%s%03zu%s", i == 0 ? "" : ",", before, i, after);
		add(b, text);
	}
}

static void make(ak_buf *b, const amounts *a, size_t body)
{
	ak_buf_clear(b);
	add(b, "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{\"about\":[");
	add_list(b, a->about, "\"demo/note:", "\"");
	add(b, "],\"base\":\"" DIGEST "\",\"body\":{\"x\":\"");
	for (size_t i = 0; i < body; i++)
		assert_int_equal(ak_buf_add_byte(b, 'x', NULL), AK_OK);
	add(b, "\"},\"genesis\":\"" DIGEST "\",\"issued\":\"2026\",\"ledger\":\"l.example\",\"refs\":[");
	add_list(b, a->refs, "{\"record\":\"" DIGEST "\",\"rel\":\"r", "\"}");
	add(b, "],\"scheme\":\"demo\"},\"predicateType\":\"urn:akashi:note:v1\",\"subject\":[");
	add_list(b, a->documents, "{\"digest\":{\"sha256\":\"" HEX "\"},\"name\":\"", "\"}");
	add(b, "]}");
}

static ak_status try(const amounts *a, ak_error *err)
{
	ak_statement s;
	ak_status st;
	ak_buf b;

	ak_buf_init(&b, 2 * AK_STATEMENT_MAX);
	make(&b, a, 0);
	if (a->bytes != 0)
		make(&b, a, a->bytes - b.len);
	assert_true(a->bytes == 0 || b.len == a->bytes);
	st = ak_statement_parse(ak_buf_span(&b), &s, err);
	if (st == AK_OK)
		ak_statement_clear(&s);
	ak_buf_clear(&b);
	return st;
}

static void at_and_over(void **state)
{
	static const struct {
		amounts at, over;
		const char *where;
		uint64_t n;
	} rows[] = {
		{ { 1, 0, 1, 0 }, { 0, 0, 1, 0 }, "statement.about", 0 },
		{ { AK_ABOUT_MAX, 0, 1, 0 }, { AK_ABOUT_MAX + 1, 0, 1, 0 }, "statement.about", AK_ABOUT_MAX + 1 },
		{ { 1, AK_REFS_MAX, 1, 0 }, { 1, AK_REFS_MAX + 1, 1, 0 }, "statement.refs", AK_REFS_MAX + 1 },
		{ { 1, 0, AK_DOCUMENTS_MAX, 0 }, { 1, 0, AK_DOCUMENTS_MAX + 1, 0 }, "statement.subject", AK_DOCUMENTS_MAX + 1 },
		{ { 1, 0, 1, 0 }, { 1, 0, 0, 0 }, "statement.subject", 0 },
		{ { 1, 0, 1, AK_STATEMENT_MAX }, { 1, 0, 1, AK_STATEMENT_MAX + 1 }, "statement", AK_STATEMENT_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_error err = { 0 };

		if (try(&rows[i].at, &err) != AK_OK)
			fail_msg("row %zu: %s: %s", i, err.where, err.detail);
		assert_int_equal(try(&rows[i].over, &err), AK_BAD_FORMAT);
		assert_string_equal(err.where, rows[i].where);
		assert_int_equal(err.at, rows[i].n);
	}
}

/* As many values as fit into a line 2: no other limit may stop a reader before that of its bytes. */
static void full_of_values(void **state)
{
	static const char *const fill[] = { "0,", "{},", "[],", "\"\"," };
	const amounts one = { 1, 0, 1, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(fill) / sizeof(fill[0]); i++) {
		ak_error err = { 0 };
		ak_statement s;
		ak_buf b, with;
		const char *x;

		ak_buf_init(&b, AK_STATEMENT_MAX);
		ak_buf_init(&with, AK_STATEMENT_MAX);
		make(&b, &one, 0);
		assert_int_equal(ak_buf_add_byte(&b, 0, NULL), AK_OK);
		x = strstr((const char *)b.data, "\"x\":\"\"") + 4;
		assert_int_equal(ak_buf_add(&with, b.data, (size_t)(x - (const char *)b.data), NULL), AK_OK);
		add(&with, "[");
		while (with.len + strlen(x) + 2 * strlen(fill[i]) < AK_STATEMENT_MAX)
			add(&with, fill[i]);
		with.data[with.len - 1] = ']';
		add(&with, x + 2);
		if (ak_statement_parse(ak_buf_span(&with), &s, &err) != AK_OK)
			fail_msg("%s: %s: %s", fill[i], err.where, err.detail);
		ak_statement_clear(&s);
		ak_buf_clear(&with);
		ak_buf_clear(&b);
	}
}

/* A damaged line is refused, or it is again a canonical statement that says something else. */
static void fails_or_is_canonical(ak_span in, const char *what)
{
	ak_error err = { 0 };
	ak_statement s;
	ak_buf b;
	ak_status st = ak_statement_parse(in, &s, &err);

	if (st != AK_OK) {
		if (st != AK_BAD_FORMAT && st != AK_UNKNOWN_VERSION)
			fail_msg("%s: %s", what, ak_status_name(st));
		assert_non_null(err.where);
		return;
	}
	ak_buf_init(&b, AK_STATEMENT_MAX);
	assert_int_equal(ak_jcs_write(s.root, &b, NULL), AK_OK);
	if (!ak_span_eq(ak_buf_span(&b), in))
		fail_msg("%s: accepted, and not canonical", what);
	for (size_t i = 0; i < ak_statement_n_about(&s); i++)
		assert_true(ak_subject_id_valid(ak_statement_about(&s, i)));
	ak_buf_clear(&b);
	ak_statement_clear(&s);
}

static void mangled(void **state)
{
	const amounts small = { 2, 2, 2, 0 };
	ak_buf b;

	(void)state;
	ak_buf_init(&b, AK_STATEMENT_MAX);
	make(&b, &small, 3);
	mangle(ak_buf_span(&b), fails_or_is_canonical);
	ak_buf_clear(&b);
}

static ak_status read_one(void *ctx)
{
	ak_statement s;
	ak_status st = ak_statement_parse(*(const ak_span *)ctx, &s, NULL);

	if (st == AK_OK)
		ak_statement_clear(&s);
	return st;
}

static void out_of_memory(void **state)
{
	const amounts small = { 2, 2, 2, 0 };
	ak_span text;
	ak_buf b;

	(void)state;
	ak_buf_init(&b, AK_STATEMENT_MAX);
	make(&b, &small, 3);
	text = ak_buf_span(&b);
	oom_sweep("statement", read_one, &text);
	ak_buf_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_and_over),
		cmocka_unit_test(full_of_values),
		cmocka_unit_test(mangled),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
