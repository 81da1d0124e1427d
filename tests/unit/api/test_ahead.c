/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures tried ahead of the judge (verify/ahead.h): whose, how far, and that what is found is what a judge would find. */
#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "held/shipped.h"
#include "verify/ahead.h"

enum { ENROLLED = 7 /* records of world_open: keyset, profile, five parties */, CHAIN = 8, ALL = ENROLLED + CHAIN };

typedef struct scene {
	world w;
	ak_text raw[ALL];
	ak_sealed rec[ALL];
	ak_profile core;
	ak_authority *a;
} scene;

static scene *open_scene(void)
{
	const ak_authority_hooks none = { 0 };
	scene *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	world_open(&s->w);
	world_play(&s->w, "first");
	for (size_t i = 0; i < ALL; i++) {
		char which[24];

		(void)snprintf(which, sizeof(which), "%zu", i);
		assert_int_equal(ak_ledger_raw(s->w.l, which, &s->raw[i], NULL), AK_OK);
		assert_int_equal(ak_sealed_parse((ak_span){ (const uint8_t *)s->raw[i].data, s->raw[i].len }, &s->rec[i], NULL), AK_OK);
	}
	assert_int_equal(ak_core_profile(&s->core, NULL), AK_OK);
	assert_int_equal(ak_authority_open(&s->core, &none, &s->a, NULL), AK_OK);
	return s;
}

static void close_scene(scene *s)
{
	ak_authority_free(&s->a);
	ak_profile_clear(&s->core);
	for (size_t i = 0; i < ALL; i++) {
		ak_sealed_clear(&s->rec[i]);
		ak_text_free(&s->raw[i]);
	}
	world_close(&s->w);
	free(s);
}

static void enrol(scene *s)
{
	for (size_t i = 0; i < ENROLLED; i++) {
		ak_judgement j;

		assert_int_equal(ak_authority_judge(s->a, &s->rec[i], i, &j, NULL), AK_OK);
		assert_true(j.authorised);
		assert_int_equal(ak_authority_apply(s->a, &s->rec[i], i, &j, NULL), AK_OK);
	}
}

static void all_are(const ak_sealed *s, ak_sig_state state)
{
	assert_true(s->signatures.n > 0);
	for (size_t i = 0; i < s->signatures.n; i++) {
		assert_int_equal(s->result[i].state, state);
		assert_null(s->result[i].key);
	}
}

static void tries_every_signature_of_a_run(void **state)
{
	scene *s = open_scene();
	size_t run = 0;

	(void)state;
	enrol(s);
	assert_int_equal(ak_try_ahead(s->a, &s->rec[ENROLLED], CHAIN, 0, &run, NULL), AK_OK);
	assert_int_equal(run, CHAIN);
	for (size_t i = ENROLLED; i < ALL; i++)
		all_are(&s->rec[i], AK_SIG_GOOD);
	close_scene(s);
}

static void finds_the_bad_one(void **state)
{
	const size_t at = ENROLLED + 3;
	scene *s = open_scene();
	size_t run = 0;

	(void)state;
	enrol(s);
	s->rec[at].lines.statement.len--; /* the signatures are not over this */
	assert_int_equal(ak_try_ahead(s->a, &s->rec[ENROLLED], CHAIN, 0, &run, NULL), AK_OK);
	for (size_t i = ENROLLED; i < ALL; i++)
		all_are(&s->rec[i], i == at ? AK_SIG_BAD : AK_SIG_GOOD);
	close_scene(s);
}

static void stops_before_a_record_that_may_bring_keys(void **state)
{
	scene *s = open_scene();
	ak_sealed party;
	size_t run = 0;

	(void)state;
	enrol(s);
	party = s->rec[ENROLLED - 1];
	memset(party.result, 0, sizeof(party.result));
	s->rec[ENROLLED - 1] = s->rec[ENROLLED + 2];
	s->rec[ENROLLED + 2] = party; /* two records of the chain, the party, the rest */
	assert_int_equal(ak_try_ahead(s->a, &s->rec[ENROLLED], CHAIN, 0, &run, NULL), AK_OK);
	assert_int_equal(run, 2);
	all_are(&s->rec[ENROLLED + 1], AK_SIG_GOOD);
	all_are(&s->rec[ENROLLED + 2], AK_SIG_UNTRIED);
	all_are(&s->rec[ENROLLED + 3], AK_SIG_UNTRIED);
	assert_int_equal(ak_try_ahead(s->a, &s->rec[ENROLLED + 2], CHAIN - 2, 0, &run, NULL), AK_OK);
	assert_int_equal(run, 1);
	all_are(&s->rec[ENROLLED + 2], AK_SIG_UNTRIED);
	close_scene(s);
}

static void leaves_what_no_known_key_signed(void **state)
{
	scene *s = open_scene();
	size_t run = 0;

	(void)state;
	assert_int_equal(ak_try_ahead(s->a, &s->rec[ENROLLED], CHAIN, 0, &run, NULL), AK_OK);
	assert_int_equal(run, CHAIN);
	for (size_t i = ENROLLED; i < ALL; i++)
		all_are(&s->rec[i], AK_SIG_UNTRIED);
	close_scene(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tries_every_signature_of_a_run),
		cmocka_unit_test(finds_the_bad_one),
		cmocka_unit_test(stops_before_a_record_that_may_bring_keys),
		cmocka_unit_test(leaves_what_no_known_key_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
