/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle says what its ledger says. */
#include "attack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

static void quick(void **state)
{
	ak_text bundle = { 0 }, json = { 0 }, other = { 0 }, about = { 0 };
	ak_verdict v, u;
	ak_error err = { 0 };
	struct timespec a, b;
	world w;

	world_branch(*state, &w);
	const ak_verify_options o = { .trust = span_of(&w.trust), .as_of = LISTED_ON, .now = w.now };
	ak_verify_options ol = o;
	ol.listing = LISTING;
	if (ak_ledger_bundle(w.l, NULL, LISTING, 3, &bundle, &err) != AK_OK)
		fail_msg("%s %s %s", ak_status_name(err.status), err.where, err.detail);
	if (ak_bundle_describe(span_of(&bundle), &about, &err) != AK_OK)
		fail_msg("%s %s %s", ak_status_name(err.status), err.where, err.detail);
	printf("%zu bytes: %s\n", bundle.len, about.data);
	for (int i = 0; i < 5; i++) {
	clock_gettime(CLOCK_MONOTONIC, &a);
	if (ak_bundle_verify(span_of(&bundle), &o, &v, &json, &err) != AK_OK)
		fail_msg("%s %s %s", ak_status_name(err.status), err.where, err.detail);
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("bundle %f\n", (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) * 1e-9);
	assert_int_equal(ak_ledger_verify(w.l, &ol, &u, &other, &err), AK_OK);
	clock_gettime(CLOCK_MONOTONIC, &a);
	printf("ledger %f\n", (double)(a.tv_sec - b.tv_sec) + (double)(a.tv_nsec - b.tv_nsec) * 1e-9);
	assert_int_equal(u, v);
	assert_string_equal(json.data, other.data);
	}
	assert_int_equal(v, AK_VERDICT_VALID);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quick),
	};

	return cmocka_run_group_tests_name("bundle", tests, attack_world_open, attack_world_close);
}
