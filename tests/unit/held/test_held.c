/* SPDX-License-Identifier: Apache-2.0 */
/* What the binary ships is what it says it is.  Which schemes there are is not this test's business. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/text.h"
#include "codec/jcs.h"
#include "held/held.h"
#include "pack/pack.h"

#include <string.h>

static void each_package_is_in_order(void **state)
{
	(void)state;
	assert_true(ak_held_count() > 0);
	for (size_t i = 0; i < ak_held_count(); i++) {
		const ak_held_package *h = ak_held_at(i);
		ak_json *p = NULL;
		ak_error err = { 0 };
		ak_digest digest;

		assert_non_null(h);
		if (ak_json_parse(h->bytes, &p, &err) != AK_OK || ak_jcs_check(h->bytes, p, &err) != AK_OK ||
		    ak_pack_check(p, &err) != AK_OK || ak_pack_digest(p, NULL, &digest, &err) != AK_OK)
			fail_msg("%s: %s: %s", h->scheme, err.where, err.detail);
		assert_true(ak_digest_eq(&digest, &h->digest));
		assert_true(ak_span_is(ak_json_get_text(p, "scheme"), h->scheme));
		assert_true(ak_span_is(ak_json_get_text(p, "version"), h->version));
		ak_json_free(p);
	}
	assert_null(ak_held_at(ak_held_count()));
	assert_null(ak_held_at(SIZE_MAX));
}

static void packages_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ak_held_count(); i++) {
		const ak_held_package *h = ak_held_at(i);
		ak_digest other = h->digest;

		assert_ptr_equal(ak_held_find(h->scheme, &h->digest), h);
		assert_non_null(ak_held_find(h->scheme, NULL));
		for (size_t bit = 0; bit < 8 * AK_DIGEST_LEN; bit++) {
			other.b[bit / 8] ^= (uint8_t)(1U << bit % 8);
			assert_null(ak_held_find(h->scheme, &other));
			other.b[bit / 8] ^= (uint8_t)(1U << bit % 8);
		}
	}
	assert_null(ak_held_find("no-such-scheme", NULL));
	assert_null(ak_held_find("", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_package_is_in_order),
		cmocka_unit_test(packages_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
