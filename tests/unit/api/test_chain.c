/* SPDX-License-Identifier: Apache-2.0 */
/* A whole life on one ledger: from genesis to a listing three years old. */
#include "world.h"

#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* A failure should show what the program said. */
static void tell(const ak_json *report)
{
	ak_buf b;

	ak_buf_init(&b, 1 << 20);
	assert_int_equal(ak_json_write_pretty(report, &b, NULL), AK_OK);
	print_message("%.*s", (int)b.len, (const char *)b.data);
	ak_buf_clear(&b);
}

static void a_complete_chain_is_valid(void **state)
{
	ak_json *report = NULL;
	ak_verdict v;
	bool good;
	world w;

	(void)state;
	world_open(&w);
	world_play(&w, "first");
	v = world_verify(&w, "C24-0101-2", "2024-07-01", 0, &report);
	if (v != AK_VERDICT_VALID)
		tell(report);
	assert_int_equal(v, AK_VERDICT_VALID);
	ak_json_free(report);
	good = world_audit(&w, &report);
	if (!good)
		tell(report);
	assert_true(good);
	ak_json_free(report);
	v = world_verify(&w, "C99-9999-2", "2026-06-01", 0, &report);
	if (v != AK_VERDICT_UNVERIFIABLE)
		tell(ak_json_get(report, "findings"));
	assert_int_equal(v, AK_VERDICT_UNVERIFIABLE);
	assert_true(ak_span_is(ak_json_get_text(report, "reason"), "not-found"));
	ak_json_free(report);
	world_close(&w);
}

static ak_span finding_of(const ak_json *report, const char *rule, const char *key)
{
	const ak_json *all = ak_json_get(report, "findings");

	for (size_t i = 0; i < ak_json_len(all); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(all, i), "rule"), rule))
			return ak_json_get_text(ak_json_at(all, i), key);
	}
	return (ak_span){ NULL, 0 };
}

static void a_listing_lives_three_years(void **state)
{
	ak_json *report = NULL;
	world w;

	(void)state;
	world_open(&w);
	world_play(&w, "first");
	world_play(&w, "three-years");
	assert_int_equal(world_verify(&w, "C24-0101-2", "2024-07-01", 0, NULL), AK_VERDICT_VALID);
	assert_int_equal(world_verify(&w, "C24-0101-2", "2026-06-01", 0, NULL), AK_VERDICT_VALID);
	/* Nobody knows here what was filed in the year after the newest record ... */
	assert_int_equal(world_verify(&w, "C24-0101-2", "2027-08-01", 0, &report), AK_VERDICT_UNVERIFIABLE);
	assert_true(ak_span_is(ak_json_get_text(report, "reason"), "stale"));
	assert_true(ak_span_is(finding_of(report, "E02", "severity"), "unverifiable"));
	assert_true(ak_span_is(finding_of(report, "E02", "reason"), "stale"));
	ak_json_free(report);
	/* ... until a later one shows that nothing was.  Once expired it stays so, however long ago that was. */
	w.now = 1816905600; /* 2027-07-30 */
	(void)world_add(&w, "later", "application", NULL, "{\"provider\":\"kakuu-kumo\",\"service\":\"other\",\"applied_on\":\"2027-07-29\"}", NULL);
	assert_int_equal(world_verify(&w, "C24-0101-2", "2027-08-01", 0, NULL), AK_VERDICT_EXPIRED);
	assert_int_equal(world_verify(&w, "C24-0101-2", "2028-08-01", 0, NULL), AK_VERDICT_EXPIRED);
	assert_true(world_audit(&w, NULL));
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_complete_chain_is_valid),
		cmocka_unit_test(a_listing_lives_three_years),
	};

	return cmocka_run_group_tests_name("chain", tests, NULL, NULL);
}
