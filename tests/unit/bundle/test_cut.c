/* SPDX-License-Identifier: Apache-2.0 */
/* Packages that do not travel: cut out of line 2, and put back by who holds them. */
#include "base/text.h"
#include "bundle/bundle.h"
#include "codec/jcs.h"
#include "crypto/hash.h"
#include "oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define D(c) "sha256:" c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c c
#define SMALL D("0a")
#define BIG D("b1")
#define EMPTY D("ee")
#define STRANGE D("77")

enum { BIG_LEN = 3 * 1024 * 1024 };

/* Which bytes come for a digest is a matter of trust in the program, not of this layer. */
static bool find(const ak_digest *digest, ak_span *bytes)
{
	static uint8_t big[BIG_LEN];
	char name[AK_DIGEST_TEXT_LEN + 1];

	ak_digest_format(digest, name);
	if (strcmp(name, SMALL) == 0) {
		*bytes = ak_span_str("{\"p\":1}");
	} else if (strcmp(name, BIG) == 0) {
		memset(big, 'x', sizeof(big));
		*bytes = (ak_span){ big, sizeof(big) };
	} else if (strcmp(name, EMPTY) == 0) {
		*bytes = (ak_span){ 0 };
	} else {
		return false;
	}
	return true;
}

#define CUT(seq, package, statement) \
	"{\"header\":\"h\",\"package\":\"" package "\",\"proof\":[],\"seq\":" seq ",\"signatures\":\"g\",\"statement\":" statement "}"
#define BOTH "[\"{\\\"a\\\":\",\",\\\"z\\\":2}\"]"
#define PLAIN(seq) "{\"header\":\"x\",\"proof\":[],\"seq\":" seq ",\"signatures\":\"y\",\"statement\":\"z\"}"

static ak_buf document(const char *records)
{
	const char *const part[] = {
		"{\"akashi\":\"bundle/1\",\"bases\":[],\"checkpoint\":[\"ledger.example/demo\",\"9\",\"AA==\",\"\"],\"last\":{\"header\":\"h\","
		"\"proof\":[],\"seq\":8},\"records\":[", records, "],\"scheme\":\"demo\",\"subject\":\"demo/listing:L-1\",\"subjects\":[]}",
	};
	ak_buf b;

	ak_buf_init(&b, AK_BUNDLE_JSON_MAX);
	for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
		assert_int_equal(ak_buf_add_str(&b, part[i], NULL), AK_OK);
	return b;
}

static void what_was_cut_out_comes_back(void **state)
{
	ak_buf text = document(PLAIN("0") "," CUT("3", SMALL, BOTH) "," PLAIN("4") "," CUT("5", SMALL, BOTH)), again;
	ak_bundle b = { 0 };

	(void)state;
	ak_buf_init(&again, AK_BUNDLE_JSON_MAX);
	assert_int_equal(ak_bundle_parse(ak_buf_span(&text), find, &b, NULL), AK_OK);
	assert_true(ak_span_is(ak_buf_span(&b.e.record[0].file), "x\nz\ny\n"));
	assert_true(ak_span_is(ak_buf_span(&b.e.record[1].file), "h\n{\"a\":{\"p\":1},\"z\":2}\ng\n"));
	assert_true(ak_span_is(ak_buf_span(&b.e.record[3].file), "h\n{\"a\":{\"p\":1},\"z\":2}\ng\n"));
	assert_int_equal(b.n_cut, 2);
	assert_int_equal(b.cut[1].seq, 5);
	assert_int_equal(ak_bundle_format(&b, &again, NULL), AK_OK);
	assert_true(ak_span_eq(ak_buf_span(&again), ak_buf_span(&text)));
	ak_bundle_clear(&b);
	ak_buf_clear(&again);
	ak_buf_clear(&text);
}

typedef struct row {
	const char *rule, *record;
	ak_status want;
} row;

static const row rows[] = {
	{ "a package that is not held", CUT("3", STRANGE, BOTH), AK_NOT_HELD },
	{ "a package of nothing", CUT("3", EMPTY, BOTH), AK_NOT_HELD },
	{ "the package is named by digest", CUT("3", "ismap", BOTH), AK_BAD_FORMAT },
	{ "nothing is cut out of a whole line", CUT("3", SMALL, "\"{}\""), AK_BAD_FORMAT },
	{ "one part", CUT("3", SMALL, "[\"a\"]"), AK_BAD_FORMAT },
	{ "three parts", CUT("3", SMALL, "[\"a\",\"b\",\"c\"]"), AK_BAD_FORMAT },
	{ "nothing before it", CUT("3", SMALL, "[\"\",\"b\"]"), AK_BAD_FORMAT },
	{ "nothing after it", CUT("3", SMALL, "[\"a\",\"\"]"), AK_BAD_FORMAT },
	{ "a part that is no text", CUT("3", SMALL, "[1,\"b\"]"), AK_BAD_FORMAT },
	{ "parts without a package",
	  "{\"header\":\"h\",\"proof\":[],\"seq\":3,\"signatures\":\"g\",\"statement\":[\"a\",\"b\"]}", AK_BAD_FORMAT },
};

static void parts_and_package_go_together(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char records[2048];
		ak_bundle b = { 0 };
		ak_error err = { 0 };
		ak_buf text;
		ak_status st;

		(void)snprintf(records, sizeof(records), "%s,%s", PLAIN("0"), rows[i].record);
		text = document(records);
		st = ak_bundle_parse(ak_buf_span(&text), find, &b, &err);
		if (st != rows[i].want || strcmp(err.where, "bundle.records") != 0 || err.at != 1)
			fail_msg("%s: %s at %s %llu (%s)", rows[i].rule, ak_status_name(st), err.where, (unsigned long long)err.at,
			         err.detail);
		ak_buf_clear(&text);
	}
}

static void who_holds_nothing_cannot_read_it(void **state)
{
	ak_buf text = document(CUT("0", SMALL, BOTH));
	ak_bundle b = { 0 };
	ak_error err = { 0 };

	(void)state;
	assert_int_equal(ak_bundle_parse(ak_buf_span(&text), NULL, &b, &err), AK_NOT_HELD);
	assert_non_null(strstr(err.detail, SMALL));
	ak_buf_clear(&text);
}

/* A few bytes of text bring a package each: what comes out is bounded, not what goes in. */
static void records_put_together_are_bounded(void **state)
{
	enum { FIT = AK_BUNDLE_JSON_MAX / (BIG_LEN + 14) };
	ak_error err = { 0 };

	(void)state;
	for (size_t n = FIT; n <= FIT + 1; n++) {
		ak_buf records, text;
		ak_bundle b = { 0 };
		ak_status st;

		ak_buf_init(&records, 1 << 20);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(ak_buf_addf(&records, NULL,
			                             "%s{\"header\":\"h\",\"package\":\"" BIG "\",\"proof\":[],\"seq\":%zu,\"signatures\":"
			                             "\"g\",\"statement\":" BOTH "}", i == 0 ? "" : ",", i), AK_OK);
		assert_int_equal(ak_buf_add_byte(&records, 0, NULL), AK_OK);
		text = document((const char *)records.data);
		st = ak_bundle_parse(ak_buf_span(&text), find, &b, &err);
		assert_int_equal(st, n == FIT ? AK_OK : AK_LIMIT);
		if (st == AK_LIMIT)
			assert_string_equal(err.where, "bundle.records");
		ak_bundle_clear(&b);
		ak_buf_clear(&text);
		ak_buf_clear(&records);
	}
}

static ak_status read_and_write(void *ctx)
{
	const ak_buf *text = ctx;
	ak_bundle b = { 0 };
	ak_buf out;
	ak_status st = ak_bundle_parse(ak_buf_span(text), find, &b, NULL);

	ak_buf_init(&out, AK_BUNDLE_JSON_MAX);
	if (st == AK_OK)
		st = ak_bundle_format(&b, &out, NULL);
	ak_buf_clear(&out);
	ak_bundle_clear(&b);
	return st;
}

static void running_out_of_memory_is_an_error(void **state)
{
	ak_buf text = document(PLAIN("0") "," CUT("3", SMALL, BOTH));

	(void)state;
	oom_sweep("cut", read_and_write, &text);
	ak_buf_clear(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_cut_out_comes_back),
		cmocka_unit_test(parts_and_package_go_together),
		cmocka_unit_test(who_holds_nothing_cannot_read_it),
		cmocka_unit_test(records_put_together_are_bounded),
		cmocka_unit_test(running_out_of_memory_is_an_error),
	};

	return cmocka_run_group_tests_name("bundle_cut", tests, NULL, NULL);
}
