/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 8785's own documents.  Two of the three hold floats, controls or other keys that the
 * profile forbids: they must be refused, and by the right rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/jcs.h"
#include "vector_file.h"

#include <stdio.h>

#define FOLDER "jcs"

static const struct {
	const char *in, *out;
	const char *refused; /* NULL: must give `out` */
} docs[] = {
	{ "input/arrays.json", "output/arrays.json", NULL },
	{ "input/structures.json", "output/structures.json", "json.string" },
	{ "input/values.json", "output/values.json", "json.number" },
};

static void canonical_form_is_that_of_the_rfc(void **state)
{
	size_t same = 0, refused = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(docs) / sizeof(docs[0]); i++) {
		ak_buf in, want, got;
		ak_error err = { 0 };
		ak_json *v = NULL;
		ak_status st;

		vector_read(FOLDER, ak_span_str(docs[i].in), &in);
		vector_read(FOLDER, ak_span_str(docs[i].out), &want);
		ak_buf_init(&got, AK_JSON_TEXT_MAX);
		st = ak_json_parse(ak_buf_span(&in), &v, &err);
		if (docs[i].refused != NULL) {
			assert_int_equal(st, AK_BAD_FORMAT);
			assert_string_equal(err.where, docs[i].refused);
			refused++;
		} else {
			assert_int_equal(st, AK_OK);
			assert_int_equal(ak_jcs_write(v, &got, NULL), AK_OK);
			assert_true(ak_span_eq(ak_buf_span(&got), ak_buf_span(&want)));
			assert_int_equal(ak_jcs_check(ak_buf_span(&want), v, NULL), AK_OK);
			same++;
		}
		ak_json_free(v);
		ak_buf_clear(&in);
		ak_buf_clear(&want);
		ak_buf_clear(&got);
	}
	print_message("jcs: %zu run, %zu canonical, %zu refused by the profile; numbers beyond "
	              "integers: not supported\n", same + refused, same, refused);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_form_is_that_of_the_rfc),
	};

	vectors_or_skip(FOLDER);
	return cmocka_run_group_tests_name("jcs vectors", tests, NULL, NULL);
}
