/* SPDX-License-Identifier: Apache-2.0 */
/* Heads seen before: one history, or two signed notes that convict; a proof that does not lead here; a memory that is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "heads.h"

#include "base/text.h"
#include "codec/jcs.h"

#include <stdio.h>
#include <string.h>

static void the_first_head_is_remembered(void **state)
{
	ak_buf m = { 0 };

	(void)state;
	assert_int_equal(heads_remembered(&m), 0);
	assert_int_equal(heads_see(&m, 0, 7, 0), AK_MEMORY_FIRST);
	assert_int_equal(heads_remembered(&m), 7);
	assert_int_equal(heads_see(&m, 0, 7, 0), AK_MEMORY_SAME);
	ak_buf_clear(&m);
}

static void only_a_consistent_head_replaces_it(void **state)
{
	ak_buf m = { 0 };

	(void)state;
	assert_int_equal(heads_see(&m, 0, 7, 0), AK_MEMORY_FIRST);
	assert_int_equal(heads_see(&m, 0, 20, 0), AK_MEMORY_UNCONNECTED);
	assert_int_equal(heads_remembered(&m), 7);
	assert_int_equal(heads_see(&m, 0, 21, 5), AK_MEMORY_UNCONNECTED); /* a proof from elsewhere proves nothing here */
	assert_int_equal(heads_remembered(&m), 7);
	assert_int_equal(heads_see(&m, 0, 20, 7), AK_MEMORY_OLDER); /* than the 21 that were seen */
	assert_int_equal(heads_remembered(&m), 7);
	assert_int_equal(heads_see(&m, 0, 21, 7), AK_MEMORY_GROWN);
	assert_int_equal(heads_remembered(&m), 21);
	assert_int_equal(heads_see(&m, 0, 40, 21), AK_MEMORY_GROWN);
	ak_buf_clear(&m);
}

static void every_pair_of_sizes_grows_or_breaks(void **state)
{
	(void)state;
	for (size_t from = 1; from < HEADS_LEAVES; from++) {
		for (size_t to = from + 1; to <= HEADS_LEAVES; to++) {
			ak_buf m = { 0 };

			assert_int_equal(heads_see(&m, 0, from, 0), AK_MEMORY_FIRST);
			assert_int_equal(heads_see(&m, 1, to, from), AK_MEMORY_BROKEN);
			assert_int_equal(heads_remembered(&m), from);
			assert_int_equal(heads_see(&m, 0, to, from), AK_MEMORY_GROWN);
			ak_buf_clear(&m);
		}
	}
}

static void a_smaller_head_is_older(void **state)
{
	ak_buf m = { 0 };

	(void)state;
	assert_int_equal(heads_see(&m, 0, 20, 0), AK_MEMORY_FIRST);
	assert_int_equal(heads_see(&m, 0, 7, 0), AK_MEMORY_OLDER);
	assert_int_equal(heads_remembered(&m), 20);
	/* It is kept too: another head of that size would convict. */
	assert_int_equal(heads_see(&m, 1, 7, 0), AK_MEMORY_FORK);
	ak_buf_clear(&m);
}

/* The remembered one is not the only one that was seen: a newer one that nobody connected to it is newer all the same. */
static void older_than_any_head_seen_is_older(void **state)
{
	ak_memory_answer a = { 0 };
	ak_buf m = { 0 };
	head h;

	(void)state;
	assert_int_equal(heads_see(&m, 0, 7, 0), AK_MEMORY_FIRST);
	assert_int_equal(heads_see(&m, 0, 20, 0), AK_MEMORY_UNCONNECTED);
	heads_make(0, 7, 0, &h);
	assert_int_equal(heads_step(&m, &h, &a, NULL), AK_OK);
	assert_int_equal(a.outcome, AK_MEMORY_OLDER);
	assert_int_equal(a.size, 20);
	assert_false(a.changed);
	assert_true(a.kept);
	ak_memory_clear(&a);
	assert_int_equal(heads_see(&m, 0, 10, 7), AK_MEMORY_OLDER);
	assert_int_equal(heads_remembered(&m), 7);
	assert_int_equal(heads_see(&m, 1, 10, 7), AK_MEMORY_FORK); /* it was kept */
	ak_buf_clear(&m);
	assert_int_equal(heads_see(&m, 0, 7, 0), AK_MEMORY_FIRST);
	assert_int_equal(heads_see(&m, 0, 20, 0), AK_MEMORY_UNCONNECTED);
	assert_int_equal(heads_see(&m, 1, 9, 7), AK_MEMORY_BROKEN); /* worse than old */
	assert_int_equal(heads_see(&m, 0, 20, 7), AK_MEMORY_GROWN); /* and is kept once, in front */
	assert_int_equal(heads_remembered(&m), 20);
	assert_int_equal(heads_see(&m, 0, 20, 0), AK_MEMORY_SAME);
	ak_buf_clear(&m);
}

static void the_largest_head_is_kept_when_there_is_no_room(void **state)
{
	ak_buf m = { 0 };

	(void)state;
	assert_int_equal(heads_see(&m, 0, 20, 0), AK_MEMORY_FIRST);
	for (size_t n = 1; n < AK_MEMORY_HEADS_MAX; n++)
		assert_int_equal(heads_see(&m, 0, n, 0), AK_MEMORY_OLDER);
	assert_int_equal(heads_see(&m, 0, 30, 0), AK_MEMORY_UNCONNECTED);
	assert_int_equal(heads_see(&m, 0, 20, 0), AK_MEMORY_OLDER);
	assert_int_equal(heads_remembered(&m), 20);
	assert_int_equal(heads_see(&m, 0, 19, 0), AK_MEMORY_OLDER); /* no room, and not the largest */
	assert_int_equal(heads_see(&m, 1, 19, 0), AK_MEMORY_OLDER);
	ak_buf_clear(&m);
}

static void after_a_fork_no_head_is_as_before(void **state)
{
	static const struct { int history; size_t size; uint64_t from; } rows[] = { { 0, 9, 0 }, { 0, 7, 0 }, { 0, 20, 9 }, { 0, 20, 0 }, { 1, 20, 0 } };
	ak_buf m = { 0 };

	(void)state;
	assert_int_equal(heads_see(&m, 0, 9, 0), AK_MEMORY_FIRST);
	assert_int_equal(heads_see(&m, 1, 9, 0), AK_MEMORY_FORK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_memory_answer a = { 0 };
		head h;

		heads_make(rows[i].history, rows[i].size, rows[i].from, &h);
		assert_int_equal(heads_step(&m, &h, &a, NULL), AK_OK);
		assert_int_equal(a.outcome, AK_MEMORY_CONVICTED);
		assert_int_equal(a.size, 9);
		assert_false(a.changed);
	}
	assert_int_equal(heads_see(&m, 1, 20, 9), AK_MEMORY_BROKEN);
	assert_int_equal(heads_see(&m, 1, 9, 0), AK_MEMORY_FORK);
	assert_int_equal(heads_remembered(&m), 9);
	ak_buf_clear(&m);
}

/* A true proof of another history: the new head's own. */
static void elsewhere(head *h, int history, size_t size, uint64_t from)
{
	heads_make(history, size, from, h);
	heads_root(heads_leaf[history], from, &h->since.root);
}

static size_t n_forks(const ak_buf *m)
{
	ak_json *v = NULL;
	size_t n;

	assert_int_equal(ak_json_parse(ak_buf_span(m), &v, NULL), AK_OK);
	n = ak_json_len(ak_json_get(v, "forks"));
	ak_json_free(v);
	return n;
}

/* However often it is shown: else it would take the places of others. */
static void one_fork_is_kept_once(void **state)
{
	ak_buf m = { 0 };

	(void)state;
	assert_int_equal(heads_see(&m, 0, 5, 0), AK_MEMORY_FIRST);
	assert_int_equal(heads_see(&m, 0, 9, 0), AK_MEMORY_UNCONNECTED);
	for (size_t i = 0; i < 2 * AK_MEMORY_FORKS_MAX; i++) {
		assert_int_equal(heads_see(&m, 1, 9, 0), AK_MEMORY_FORK);
		assert_int_equal(n_forks(&m), 1);
	}
	assert_int_equal(heads_see(&m, 1, 5, 0), AK_MEMORY_FORK);
	assert_int_equal(n_forks(&m), 2);
	ak_buf_clear(&m);
}

static void same_size_and_another_root_is_a_fork_and_both_notes_stay(void **state)
{
	ak_memory_answer a = { 0 };
	ak_buf m = { 0 };
	ak_json *v = NULL;
	const ak_json *pair;
	head honest, other;

	(void)state;
	heads_make(0, 9, 0, &honest);
	heads_make(1, 9, 0, &other);
	assert_int_equal(heads_see(&m, 0, 9, 0), AK_MEMORY_FIRST);
	assert_int_equal(heads_step(&m, &other, &a, NULL), AK_OK);
	assert_int_equal(a.outcome, AK_MEMORY_FORK);
	assert_true(a.changed);
	assert_true(a.kept);
	assert_true(ak_digest_eq(&a.root, &honest.c.root));
	assert_int_equal(ak_json_parse(ak_buf_span(&a.text), &v, NULL), AK_OK);
	pair = ak_json_at(ak_json_get(v, "forks"), 0);
	assert_int_equal(ak_json_len(ak_json_get(pair, "a")), 5);
	assert_false(ak_json_equal(ak_json_get(pair, "a"), ak_json_get(pair, "b")));
	ak_buf_clear(&m);
	m = a.text;
	a.text = (ak_buf){ 0 };
	assert_int_equal(heads_remembered(&m), 9);
	ak_json_free(v);
	ak_memory_clear(&a);
	ak_buf_clear(&m);
}

static bool is_intact(const ak_json *m)
{
	uint64_t size;
	ak_buf text;
	ak_status st;

	ak_buf_init(&text, AK_MEMORY_MAX);
	assert_int_equal(ak_jcs_write(m, &text, NULL), AK_OK);
	st = ak_memory_size(ak_buf_span(&text), &size, NULL);
	ak_buf_clear(&text);
	assert_true(st == AK_OK || st == AK_BAD_FORMAT);
	return st == AK_OK;
}

/* What a third party can judge is kept: two signed heads, and that one of them is of a history in which the other never was. */
static void a_proof_of_another_history_convicts(void **state)
{
	static const char *const damage_of[][2] = {
		{ "/forks/0/root", "\"sha256:0000000000000000000000000000000000000000000000000000000000000000\"" },
		{ "/forks/0/proof/0", "\"sha256:0000000000000000000000000000000000000000000000000000000000000000\"" },
		{ "/forks/0/proof", "[]" }, { "/forks/0/proof", "{}" }, { "/forks/0/more", "1" },
	};
	ak_memory_answer a = { 0 };
	ak_json *v = NULL, *copy;
	ak_digest mine;
	ak_buf m = { 0 };
	head h;

	(void)state;
	assert_int_equal(heads_see(&m, 0, 7, 0), AK_MEMORY_FIRST);
	/* Nobody is convicted by a proof that proves nothing. */
	heads_make(1, 20, 7, &h);
	assert_int_equal(heads_step(&m, &h, &a, NULL), AK_OK);
	assert_true(a.outcome == AK_MEMORY_BROKEN && !a.changed && !a.kept);
	ak_memory_clear(&a);
	elsewhere(&h, 1, 20, 7);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(heads_step(&m, &h, &a, NULL), AK_OK);
		assert_int_equal(a.outcome, AK_MEMORY_BROKEN);
		assert_true(a.kept);
		assert_int_equal(a.changed, i == 0); /* once */
		if (a.changed) {
			ak_buf_clear(&m);
			m = a.text;
			a.text = (ak_buf){ 0 };
		}
		ak_memory_clear(&a);
	}
	assert_int_equal(n_forks(&m), 1);
	assert_int_equal(heads_remembered(&m), 7);
	/* From now on neither history is believed. */
	assert_int_equal(heads_see(&m, 0, 20, 7), AK_MEMORY_CONVICTED);
	assert_int_equal(heads_see(&m, 1, 20, 0), AK_MEMORY_CONVICTED);
	/* What convicts nobody is no evidence. */
	assert_int_equal(ak_json_parse(ak_buf_span(&m), &v, NULL), AK_OK);
	assert_true(is_intact(v));
	for (size_t i = 0; i < sizeof(damage_of) / sizeof(damage_of[0]); i++) {
		ak_json *value = NULL;

		copy = ak_json_copy(v);
		if (damage_of[i][1][0] == '"')
			value = ak_json_new_text((ak_span){ (const uint8_t *)damage_of[i][1] + 1, strlen(damage_of[i][1]) - 2 });
		else if (damage_of[i][1][0] == '1')
			value = ak_json_new_int(1);
		else
			assert_int_equal(ak_json_parse(ak_span_str(damage_of[i][1]), &value, NULL), AK_OK);
		assert_int_equal(ak_json_pointer_set(copy, ak_span_str(damage_of[i][0]), value, NULL), AK_OK);
		if (is_intact(copy))
			fail_msg("%s as %s", damage_of[i][0], damage_of[i][1]);
		ak_json_free(copy);
	}
	heads_root(heads_leaf[0], 7, &mine);
	assert_int_equal(ak_json_pointer_set(v, ak_span_str("/forks/0/root"), ak_json_new_digest(&mine), NULL), AK_OK);
	assert_false(is_intact(v));
	ak_json_free(v);
	ak_buf_clear(&m);
}

static void a_fork_of_an_unconnected_head_is_found_too(void **state)
{
	ak_buf m = { 0 };

	(void)state;
	assert_int_equal(heads_see(&m, 0, 5, 0), AK_MEMORY_FIRST);
	assert_int_equal(heads_see(&m, 0, 30, 0), AK_MEMORY_UNCONNECTED);
	assert_int_equal(heads_see(&m, 1, 30, 0), AK_MEMORY_FORK);
	ak_buf_clear(&m);
}

static void what_is_kept_is_bounded(void **state)
{
	ak_buf m = { 0 };
	ak_json *v = NULL;

	(void)state;
	assert_int_equal(heads_see(&m, 0, 1, 0), AK_MEMORY_FIRST);
	for (size_t n = 2; n <= HEADS_LEAVES; n++)
		assert_int_equal(heads_see(&m, 0, n, 0), AK_MEMORY_UNCONNECTED);
	for (size_t n = HEADS_LEAVES - 2 * AK_MEMORY_FORKS_MAX + 2; n <= HEADS_LEAVES; n++)
		assert_int_equal(heads_see(&m, 1, n, 0), AK_MEMORY_FORK);
	assert_int_equal(ak_json_parse(ak_buf_span(&m), &v, NULL), AK_OK);
	assert_int_equal(ak_json_len(ak_json_get(v, "heads")), AK_MEMORY_HEADS_MAX);
	assert_int_equal(ak_json_len(ak_json_get(v, "forks")), AK_MEMORY_FORKS_MAX);
	ak_json_free(v);
	ak_buf_clear(&m);
}

static void the_memory_of_another_ledger_is_refused(void **state)
{
	ak_memory_answer a = { 0 };
	ak_error e = { 0 };
	ak_buf m = { 0 };
	head h;

	(void)state;
	assert_int_equal(heads_see(&m, 0, 5, 0), AK_MEMORY_FIRST);
	heads_make(0, 6, 5, &h);
	(void)snprintf(h.c.origin, sizeof(h.c.origin), "ledger.example/other");
	assert_int_equal(heads_step(&m, &h, &a, &e), AK_WRONG_LEDGER);
	assert_string_equal(e.where, "memory.genesis");
	ak_buf_clear(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_head_is_remembered),
		cmocka_unit_test(only_a_consistent_head_replaces_it),
		cmocka_unit_test(every_pair_of_sizes_grows_or_breaks),
		cmocka_unit_test(a_smaller_head_is_older),
		cmocka_unit_test(older_than_any_head_seen_is_older),
		cmocka_unit_test(the_largest_head_is_kept_when_there_is_no_room),
		cmocka_unit_test(after_a_fork_no_head_is_as_before),
		cmocka_unit_test(one_fork_is_kept_once),
		cmocka_unit_test(same_size_and_another_root_is_a_fork_and_both_notes_stay),
		cmocka_unit_test(a_proof_of_another_history_convicts),
		cmocka_unit_test(a_fork_of_an_unconnected_head_is_found_too),
		cmocka_unit_test(what_is_kept_is_bounded),
		cmocka_unit_test(the_memory_of_another_ledger_is_refused),
	};

	return cmocka_run_group_tests(tests, heads_setup, NULL);
}
