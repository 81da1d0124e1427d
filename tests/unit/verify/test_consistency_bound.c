/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence of continuity is bounded: 64 MiB, by the bytes that are read and by those that are written (FORMAT 9.4). */
#include "verify/consistency.h"

#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 64 * 1024 * 1024 };

static void expect_parse(const char *text, size_t n, ak_status want, const char *where)
{
	ak_consistency c;
	ak_error err = { 0 };
	ak_status st = ak_consistency_parse((ak_span){ (const uint8_t *)text, n }, &c, &err);

	if (st != want || strcmp(err.where, where) != 0)
		fail_msg("%zu bytes: %s at %s", n, ak_status_name(st), err.where);
}

static void evidence_is_read_to_64_mib_and_no_byte_further(void **state)
{
	char *text = malloc(MOST + 1);

	(void)state;
	assert_non_null(text);
	memset(text, ' ', MOST + 1);
	memcpy(text, "{}", 2);
	expect_parse(text, MOST + 1, AK_LIMIT, "consistency");
	/* One less is looked at, and is no canonical JSON. */
	expect_parse(text, MOST, AK_BAD_FORMAT, "jcs");
	free(text);
}

/* A text of so many ids is over the limit by the ids alone; of so many it is not. */
static void evidence_is_written_to_64_mib_and_no_byte_further(void **state)
{
	static const struct {
		size_t n;
		ak_status want;
	} rows[] = { { 1000, AK_OK }, { MOST / 74 + 1, AK_LIMIT } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_consistency c;
		ak_error err = { 0 };
		ak_buf out;

		ak_consistency_init(&c);
		assert_int_equal(ak_buf_add(&c.old_note, "a\n", 2, NULL), AK_OK);
		assert_int_equal(ak_buf_add(&c.new_note, "a\n", 2, NULL), AK_OK);
		assert_int_equal(ak_buf_add(&c.last, "{}", 2, NULL), AK_OK);
		c.n_leaves = rows[i].n;
		c.leaf = ak_mem_array(c.n_leaves, sizeof(*c.leaf));
		assert_non_null(c.leaf);
		ak_buf_init(&out, AK_CONSISTENCY_MAX);
		if (ak_consistency_format(&c, &out, &err) != rows[i].want)
			fail_msg("%zu ids: %s at %s, %zu bytes", rows[i].n, ak_status_name(err.status), err.where, out.len);
		assert_true(out.len <= MOST);
		ak_buf_clear(&out);
		ak_consistency_clear(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evidence_is_read_to_64_mib_and_no_byte_further),
		cmocka_unit_test(evidence_is_written_to_64_mib_and_no_byte_further),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
