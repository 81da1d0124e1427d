/* SPDX-License-Identifier: Apache-2.0 */
/* Heads that continue each other, heads that do not, seen from a ledger (FORMAT, Continuity). */
#include "continuity.h"

#include "api/api.h"
#include "base/text.h"
#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- one history ------------------------------------------------------------------------------------------------ */

static void every_pair_of_heads_continues(void **state)
{
	uint64_t size;
	world w;

	world_branch(*state, &w);
	size = attack_size(&w);
	for (uint64_t a = 1; a <= size; a++) {
		ak_text old = continuity_note_at(&w, a);

		for (uint64_t b = a; b <= size; b++) {
			ak_text new = continuity_note_at(&w, b);

			continuity_shows("pair", continuity_ask(&w, &old, &new), &w, AK_CONTINUES, a == b ? "same" : "continues");
			if (a < b)
				continuity_refused("the other way round", continuity_ask(&w, &new, &old), AK_INVALID_ARGUMENT,
						   "consistency.order");
			ak_text_free(&new);
		}
		ak_text_free(&old);
	}
	world_close(&w);
}

static void the_report_names_sizes_roots_and_proof(void **state)
{
	ak_text old, new;
	answer a;
	world w;

	world_branch(*state, &w);
	old = continuity_note_at(&w, 5);
	new = continuity_note_at(&w, 9);
	a = continuity_ask(&w, &old, &new);
	assert_int_equal(a.st, AK_OK);
	assert_int_equal(ak_json_len(a.report), 12);
	continuity_is(a.report, "/format", "akashi-consistency/1");
	continuity_is(a.report, "/origin", "ledger.example/ismap");
	continuity_is(a.report, "/reason", "");
	assert_true(ak_json_len(ak_json_get(a.report, "proof")) >= 3);
	assert_true(ak_json_is(ak_json_get(a.report, "fork"), AK_JSON_NULL));
	for (size_t i = 0; i < 3; i++) {
		static const char *const names[] = { "old", "new", "head" };
		const ak_json *h = ak_json_get(a.report, names[i]);
		const uint64_t want[] = { 5, 9, attack_size(&w) };
		int64_t n = 0;

		assert_int_equal(ak_json_len(h), 2);
		assert_true(ak_json_int(ak_json_get(h, "size"), &n));
		assert_int_equal(n, want[i]);
		assert_true(ak_span_starts(ak_json_get_text(h, "root"), "sha256:"));
	}
	continuity_drop(&a);
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
}

static void sizes_that_nobody_signed_are_not_found(void **state)
{
	ak_text envelope[2], json = { 0 }, note = { 0 };
	ak_seal_options o = { 0 };
	ak_error err = { 0 };
	uint64_t size;
	size_t failed;
	ak_span in[2];
	world w;

	world_branch(*state, &w);
	size = attack_size(&w);
	for (size_t i = 0; i < 2; i++) {
		static const char *const body[] = {
			"{\"service\":\"one\",\"reviewed_on\":\"2026-05-10\",\"outcome\":\"accepted\"}",
			"{\"service\":\"two\",\"reviewed_on\":\"2026-05-10\",\"outcome\":\"accepted\"}"
		};

		envelope[i] = world_sign(world_draft(&w, "ismap", "technical-review", "2026-05-10", body[i], NULL),
					 world_signers(&w, "technical-review"));
		in[i] = continuity_span_of(&envelope[i]);
	}
	o = (ak_seal_options){ .operator_key = w.op, .state_path = w.state, .now = w.now += 60 };
	assert_int_equal(ak_ledger_seal(w.l, in, 2, &o, &json, &failed, &err), AK_OK);
	ak_text_free(&json);
	/* The batch went from size to size + 2. */
	assert_int_equal(ak_ledger_note(w.l, size + 1, &note, &err), AK_NOT_FOUND);
	assert_string_equal(err.where, "size");
	assert_int_equal(err.at, size + 1);
	{
		char near[64];

		(void)snprintf(near, sizeof(near), "%llu, %llu", (unsigned long long)size, (unsigned long long)size + 2);
		assert_string_equal(err.expected, near);
	}
	assert_int_equal(ak_ledger_note(w.l, 0, &note, &err), AK_NOT_FOUND);
	assert_int_equal(ak_ledger_note(w.l, size + 3, &note, &err), AK_NOT_FOUND);
	for (size_t i = 0; i < 2; i++)
		ak_text_free(&envelope[i]);
	world_close(&w);
}

/* ---- two histories ----------------------------------------------------------------------------------------------- */

static void a_fork_of_the_same_size_convicts(void **state)
{
	ak_text old, new;
	answer a;
	world w, v;

	continuity_part(*state, &w, &v);
	old = continuity_head_of(&w);
	new = continuity_head_of(&v);
	a = continuity_ask(&w, &old, &new);
	assert_int_equal(a.st, AK_OK);
	continuity_is(a.report, "/fork/of", "new");
	continuity_drop(&a);
	continuity_shows("new is of another history", continuity_ask(&w, &old, &new), &w, AK_FORKED, "forked");
	continuity_shows("old is of another history", continuity_ask(&w, &new, &old), &w, AK_FORKED, "forked");
	continuity_shows("seen from the other side", continuity_ask(&v, &old, &new), &w, AK_FORKED, "forked");
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
	world_close(&v);
}

static void a_fork_of_another_size_convicts(void **state)
{
	ak_text parted, grown, before;
	world w, v;

	continuity_part(*state, &w, &v);
	before = continuity_note_at(&w, 5);
	parted = continuity_head_of(&v);
	continuity_add_decision(&w, DECIDED("2026-05-12"));
	grown = continuity_head_of(&w);
	continuity_add_decision(&w, DECIDED("2026-05-13"));
	continuity_shows("an old head that was left", continuity_ask(&w, &parted, &grown), &w, AK_FORKED, "forked");
	continuity_shows("a new head that left", continuity_ask(&w, &before, &parted), &w, AK_FORKED, "forked");
	continuity_shows("before they parted", continuity_ask(&v, &before, &parted), &w, AK_CONTINUES, "continues");
	ak_text_free(&parted);
	ak_text_free(&grown);
	ak_text_free(&before);
	world_close(&w);
	world_close(&v);
}

static void a_ledger_that_is_behind_says_nothing(void **state)
{
	ak_text old, new;
	answer a;
	world w, v;

	continuity_part(*state, &w, &v);
	old = continuity_head_of(&w);
	continuity_add_decision(&v, DECIDED("2026-05-12"));
	new = continuity_head_of(&v);
	a = continuity_ask(&w, &old, &new);
	assert_int_equal(a.st, AK_OK);
	assert_int_equal(a.outcome, AK_NOT_SHOWN);
	continuity_is(a.report, "/outcome", "not-shown");
	continuity_is(a.report, "/reason", "ledger-behind");
	assert_int_equal(a.evidence.len, 0);
	continuity_drop(&a);
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
	world_close(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_of_heads_continues),
		cmocka_unit_test(the_report_names_sizes_roots_and_proof),
		cmocka_unit_test(sizes_that_nobody_signed_are_not_found),
		cmocka_unit_test(a_fork_of_the_same_size_convicts),
		cmocka_unit_test(a_fork_of_another_size_convicts),
		cmocka_unit_test(a_ledger_that_is_behind_says_nothing),
	};

	return cmocka_run_group_tests(tests, attack_world_open, attack_world_close);
}
