/* SPDX-License-Identifier: Apache-2.0 */
/* JSONTestSuite against the reader: the column record_profile says what must happen, and
 * jcs_hex what the canonical form of an accepted file is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/text.h"
#include "codec/jcs.h"
#include "vector_file.h"

#include <stdio.h>

#define FOLDER "json-parsing"

static size_t accepted, rejected, forms;

/* The table's profile allows any value; ours begins with an object or an array. */
static bool is_bare_scalar(ak_span file)
{
	static const char *const files[] = {
		"test_parsing/y_structure_lonely_int.json",
		"test_parsing/y_structure_lonely_null.json",
		"test_parsing/y_structure_lonely_true.json",
		"test_parsing/y_structure_string_empty.json",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (ak_span_is(file, files[i]))
			return true;
	}
	return false;
}

/* Where the table leaves it open: noncharacters and white space are read, minus zero is not. */
static bool expected(ak_span file, ak_span profile)
{
	if (!ak_span_is(profile, "free"))
		return ak_span_is(profile, "accept") && !is_bare_scalar(file);
	return !ak_span_is(file, "test_parsing/y_number_minus_zero.json") &&
	       !ak_span_is(file, "test_parsing/y_number_negative_zero.json");
}

static void check_form(ak_span file, const ak_json *v, ak_span hex)
{
	char want[4096] = "";
	ak_buf b;

	ak_buf_init(&b, sizeof(want) / 2 - 1);
	assert_int_equal(ak_jcs_write(v, &b, NULL), AK_OK);
	ak_hex_encode(b.data, b.len, want);
	if (!ak_span_is(hex, want))
		fail_msg("%.*s: canonical form %s", (int)file.len, (const char *)file.data, want);
	assert_int_equal(ak_jcs_check(ak_buf_span(&b), v, NULL), AK_OK);
	ak_buf_clear(&b);
	forms++;
}

static void check_row(const ak_span column[VECTOR_COLUMNS_MAX])
{
	ak_span file = column[0];
	bool want = expected(file, column[3]);
	ak_json *v = NULL;
	ak_error err = { 0 };
	ak_status st;
	ak_buf b;

	vector_read(FOLDER, file, &b);
	st = ak_json_parse(ak_buf_span(&b), &v, &err);
	if (st != (want ? AK_OK : AK_BAD_FORMAT))
		fail_msg("%.*s: %s: %s", (int)file.len, (const char *)file.data,
		         ak_status_name(st), err.detail);
	if (want) {
		check_form(file, v, column[4]);
		accepted++;
	} else {
		assert_true(err.at <= b.len);
		rejected++;
	}
	ak_json_free(v);
	ak_buf_clear(&b);
}

static void reads_as_the_table_says(void **state)
{
	size_t n = vector_rows(FOLDER, "cases.tsv", check_row);

	(void)state;
	print_message("json-parsing: %zu run, %zu accepted (%zu canonical forms), %zu rejected\n",
	              n, accepted, forms, rejected);
	assert_true(n >= 169 && accepted == forms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_as_the_table_says),
	};

	vectors_or_skip(FOLDER);
	return cmocka_run_group_tests_name("json vectors", tests, NULL, NULL);
}
