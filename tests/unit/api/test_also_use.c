/* SPDX-License-Identifier: Apache-2.0 */
/* An unsealed deletion and a use that fails: the word on the listing itself is that with the deletion (FORMAT 21.6). */
#include "negative.h"

#include "continuity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void on_a_tie_the_listing_decides(void **state)
{
	const ak_use use = { .service = "nosuch" };
	world w;
	ak_text del, json = { 0 };
	ak_span also;
	ak_json *r;
	ak_verdict v = AK_VERDICT_VALID;
	ak_error err = { 0 };

	world_branch(*state, &w);
	del = negative_envelope(&w);
	also = continuity_span_of(&del);
	for (size_t n = 0; n < 2; n++) {
		const ak_verify_options o = { .scheme = "ismap", .listing = LISTING, .trust = continuity_span_of(&w.trust), .now = w.now,
		                              .as_of = "2024-06-25", .use = &use, .also = &also, .n_also = n };

		if (ak_ledger_verify(w.l, &o, &v, &json, &err) != AK_OK)
			fail_msg("%s at %s: %s", ak_status_name(err.status), err.where, err.detail);
		r = continuity_parsed(&json);
		assert_int_equal(v, AK_VERDICT_INVALID);
		continuity_is(r, "/use/listing_verdict", n == 0 ? "valid" : "invalid");
		continuity_is(r, "/reason", n == 0 ? "use" : "rules");
		ak_json_free(r);
		ak_text_free(&json);
	}
	ak_text_free(&del);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(on_a_tie_the_listing_decides) };

	return cmocka_run_group_tests_name("also, with a use", tests, attack_world_open, attack_world_close);
}
