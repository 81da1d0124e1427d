/* SPDX-License-Identifier: Apache-2.0 */
/* Heads seen before: one history, or two signed notes that convict; a proof that does not lead here; a memory that is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/text.h"
#include "codec/jcs.h"
#include "oom.h"
#include "verify/memory.h"

#include <stdio.h>
#include <string.h>

enum { LEAVES = 40, NOTE_ROOM = 512 };

static const char genesis[] = "sha256:0000000000000000000000000000000000000000000000000000000000000001";

/* Two histories: `other` differs from the first leaf on. */
static ak_digest leaf[2][LEAVES];

static void plant(int history)
{
	for (size_t i = 0; i < LEAVES; i++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "%d leaf %zu", history, i);
		ak_tree_leaf(ak_span_str(text), &leaf[history][i]);
	}
}

static void subtree(const ak_digest *l, size_t n, ak_digest *out)
{
	ak_frontier f = { 0 };

	for (size_t i = 0; i < n; i++)
		assert_int_equal(ak_frontier_add(&f, &l[i], NULL, NULL), AK_OK);
	ak_frontier_root(&f, out);
}

static ak_status node(void *ctx, unsigned level, uint64_t index, ak_digest *out, ak_error *err)
{
	const ak_digest *l = ctx;
	const size_t n = (size_t)1 << level;

	(void)err;
	subtree(l + index * n, n, out);
	return AK_OK;
}

typedef struct head {
	ak_checkpoint c;
	char note[NOTE_ROOM];
	ak_tree_since since;
} head;

/* The head of a history at `size`, with a proof from `from` when that is not 0. */
static void make_head(int history, size_t size, uint64_t from, head *h)
{
	const ak_tree_source src = { node, leaf[history] };
	ak_buf text;

	*h = (head){ .c = { .origin = "ledger.example/test", .size = size } };
	subtree(leaf[history], size, &h->c.root);
	ak_buf_init(&text, NOTE_ROOM);
	assert_int_equal(ak_checkpoint_format(&h->c, &text, NULL), AK_OK);
	(void)snprintf(h->note, sizeof(h->note), "%.*s\n\xe2\x80\x94 ledger.example/test AAAAAAA=\n", (int)text.len,
	               (const char *)text.data);
	ak_buf_clear(&text);
	h->since.size = from;
	if (from != 0)
		assert_int_equal(ak_tree_prove_consistency(&src, from, size, &h->since.proof, NULL), AK_OK);
}

static ak_status step(const ak_buf *memory, const head *h, ak_memory_answer *a, ak_error *err)
{
	const ak_memory_head m = { .genesis_text = ak_span_str(genesis), .checkpoint = &h->c, .note = ak_span_str(h->note),
	                           .since = h->since.size == 0 ? NULL : &h->since, .now = 1764000000 };

	return ak_memory_step(ak_buf_span(memory), &m, a, err);
}

/* Show a head to a memory, which then is what it has become. */
static ak_memory_outcome see(ak_buf *memory, int history, size_t size, uint64_t from)
{
	ak_memory_answer a = { 0 };
	ak_memory_outcome o;
	head h;

	make_head(history, size, from, &h);
	assert_int_equal(step(memory, &h, &a, NULL), AK_OK);
	o = a.outcome;
	if (a.changed) {
		ak_buf_clear(memory);
		*memory = a.text;
		a.text = (ak_buf){ 0 };
	}
	ak_memory_clear(&a);
	return o;
}

static uint64_t remembered(const ak_buf *memory)
{
	uint64_t size = 0;

	assert_int_equal(ak_memory_size(ak_buf_span(memory), &size, NULL), AK_OK);
	return size;
}

static void the_first_head_is_remembered(void **state)
{
	ak_buf m = { 0 };

	(void)state;
	assert_int_equal(remembered(&m), 0);
	assert_int_equal(see(&m, 0, 7, 0), AK_MEMORY_FIRST);
	assert_int_equal(remembered(&m), 7);
	assert_int_equal(see(&m, 0, 7, 0), AK_MEMORY_SAME);
	ak_buf_clear(&m);
}

static void only_a_consistent_head_replaces_it(void **state)
{
	ak_buf m = { 0 };

	(void)state;
	assert_int_equal(see(&m, 0, 7, 0), AK_MEMORY_FIRST);
	assert_int_equal(see(&m, 0, 20, 0), AK_MEMORY_UNCONNECTED);
	assert_int_equal(remembered(&m), 7);
	assert_int_equal(see(&m, 0, 21, 5), AK_MEMORY_UNCONNECTED); /* a proof from elsewhere proves nothing here */
	assert_int_equal(remembered(&m), 7);
	assert_int_equal(see(&m, 0, 20, 7), AK_MEMORY_OLDER); /* than the 21 that were seen */
	assert_int_equal(remembered(&m), 7);
	assert_int_equal(see(&m, 0, 21, 7), AK_MEMORY_GROWN);
	assert_int_equal(remembered(&m), 21);
	assert_int_equal(see(&m, 0, 40, 21), AK_MEMORY_GROWN);
	ak_buf_clear(&m);
}

static void every_pair_of_sizes_grows_or_breaks(void **state)
{
	(void)state;
	for (size_t from = 1; from < LEAVES; from++) {
		for (size_t to = from + 1; to <= LEAVES; to++) {
			ak_buf m = { 0 };

			assert_int_equal(see(&m, 0, from, 0), AK_MEMORY_FIRST);
			assert_int_equal(see(&m, 1, to, from), AK_MEMORY_BROKEN);
			assert_int_equal(remembered(&m), from);
			assert_int_equal(see(&m, 0, to, from), AK_MEMORY_GROWN);
			ak_buf_clear(&m);
		}
	}
}

static void a_smaller_head_is_older(void **state)
{
	ak_buf m = { 0 };

	(void)state;
	assert_int_equal(see(&m, 0, 20, 0), AK_MEMORY_FIRST);
	assert_int_equal(see(&m, 0, 7, 0), AK_MEMORY_OLDER);
	assert_int_equal(remembered(&m), 20);
	/* It is kept too: another head of that size would convict. */
	assert_int_equal(see(&m, 1, 7, 0), AK_MEMORY_FORK);
	ak_buf_clear(&m);
}

/* The remembered one is not the only one that was seen: a newer one that nobody connected to it is newer all the same. */
static void older_than_any_head_seen_is_older(void **state)
{
	ak_memory_answer a = { 0 };
	ak_buf m = { 0 };
	head h;

	(void)state;
	assert_int_equal(see(&m, 0, 7, 0), AK_MEMORY_FIRST);
	assert_int_equal(see(&m, 0, 20, 0), AK_MEMORY_UNCONNECTED);
	make_head(0, 7, 0, &h);
	assert_int_equal(step(&m, &h, &a, NULL), AK_OK);
	assert_int_equal(a.outcome, AK_MEMORY_OLDER);
	assert_int_equal(a.size, 20);
	assert_false(a.changed);
	assert_true(a.kept);
	ak_memory_clear(&a);
	assert_int_equal(see(&m, 0, 10, 7), AK_MEMORY_OLDER);
	assert_int_equal(remembered(&m), 7);
	assert_int_equal(see(&m, 1, 10, 7), AK_MEMORY_FORK); /* it was kept */
	ak_buf_clear(&m);
	assert_int_equal(see(&m, 0, 7, 0), AK_MEMORY_FIRST);
	assert_int_equal(see(&m, 0, 20, 0), AK_MEMORY_UNCONNECTED);
	assert_int_equal(see(&m, 1, 9, 7), AK_MEMORY_BROKEN); /* worse than old */
	assert_int_equal(see(&m, 0, 20, 7), AK_MEMORY_GROWN); /* and is kept once, in front */
	assert_int_equal(remembered(&m), 20);
	assert_int_equal(see(&m, 0, 20, 0), AK_MEMORY_SAME);
	ak_buf_clear(&m);
}

static void the_largest_head_is_kept_when_there_is_no_room(void **state)
{
	ak_buf m = { 0 };

	(void)state;
	assert_int_equal(see(&m, 0, 20, 0), AK_MEMORY_FIRST);
	for (size_t n = 1; n < AK_MEMORY_HEADS_MAX; n++)
		assert_int_equal(see(&m, 0, n, 0), AK_MEMORY_OLDER);
	assert_int_equal(see(&m, 0, 30, 0), AK_MEMORY_UNCONNECTED);
	assert_int_equal(see(&m, 0, 20, 0), AK_MEMORY_OLDER);
	assert_int_equal(remembered(&m), 20);
	assert_int_equal(see(&m, 0, 19, 0), AK_MEMORY_OLDER); /* no room, and not the largest */
	assert_int_equal(see(&m, 1, 19, 0), AK_MEMORY_OLDER);
	ak_buf_clear(&m);
}

static void after_a_fork_no_head_is_as_before(void **state)
{
	static const struct { int history; size_t size; uint64_t from; } rows[] = { { 0, 9, 0 }, { 0, 7, 0 }, { 0, 20, 9 }, { 0, 20, 0 }, { 1, 20, 0 } };
	ak_buf m = { 0 };

	(void)state;
	assert_int_equal(see(&m, 0, 9, 0), AK_MEMORY_FIRST);
	assert_int_equal(see(&m, 1, 9, 0), AK_MEMORY_FORK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_memory_answer a = { 0 };
		head h;

		make_head(rows[i].history, rows[i].size, rows[i].from, &h);
		assert_int_equal(step(&m, &h, &a, NULL), AK_OK);
		assert_int_equal(a.outcome, AK_MEMORY_CONVICTED);
		assert_int_equal(a.size, 9);
		assert_false(a.changed);
	}
	assert_int_equal(see(&m, 1, 20, 9), AK_MEMORY_BROKEN);
	assert_int_equal(see(&m, 1, 9, 0), AK_MEMORY_FORK);
	assert_int_equal(remembered(&m), 9);
	ak_buf_clear(&m);
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
	assert_int_equal(see(&m, 0, 5, 0), AK_MEMORY_FIRST);
	assert_int_equal(see(&m, 0, 9, 0), AK_MEMORY_UNCONNECTED);
	for (size_t i = 0; i < 2 * AK_MEMORY_FORKS_MAX; i++) {
		assert_int_equal(see(&m, 1, 9, 0), AK_MEMORY_FORK);
		assert_int_equal(n_forks(&m), 1);
	}
	assert_int_equal(see(&m, 1, 5, 0), AK_MEMORY_FORK);
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
	make_head(0, 9, 0, &honest);
	make_head(1, 9, 0, &other);
	assert_int_equal(see(&m, 0, 9, 0), AK_MEMORY_FIRST);
	assert_int_equal(step(&m, &other, &a, NULL), AK_OK);
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
	assert_int_equal(remembered(&m), 9);
	ak_json_free(v);
	ak_memory_clear(&a);
	ak_buf_clear(&m);
}

static void a_fork_of_an_unconnected_head_is_found_too(void **state)
{
	ak_buf m = { 0 };

	(void)state;
	assert_int_equal(see(&m, 0, 5, 0), AK_MEMORY_FIRST);
	assert_int_equal(see(&m, 0, 30, 0), AK_MEMORY_UNCONNECTED);
	assert_int_equal(see(&m, 1, 30, 0), AK_MEMORY_FORK);
	ak_buf_clear(&m);
}

static void what_is_kept_is_bounded(void **state)
{
	ak_buf m = { 0 };
	ak_json *v = NULL;

	(void)state;
	assert_int_equal(see(&m, 0, 1, 0), AK_MEMORY_FIRST);
	for (size_t n = 2; n <= LEAVES; n++)
		assert_int_equal(see(&m, 0, n, 0), AK_MEMORY_UNCONNECTED);
	for (size_t n = LEAVES - 2 * AK_MEMORY_FORKS_MAX + 2; n <= LEAVES; n++)
		assert_int_equal(see(&m, 1, n, 0), AK_MEMORY_FORK);
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
	assert_int_equal(see(&m, 0, 5, 0), AK_MEMORY_FIRST);
	make_head(0, 6, 5, &h);
	(void)snprintf(h.c.origin, sizeof(h.c.origin), "ledger.example/other");
	assert_int_equal(step(&m, &h, &a, &e), AK_WRONG_LEDGER);
	assert_string_equal(e.where, "memory.genesis");
	ak_buf_clear(&m);
}

/* Cut anywhere, a memory is damaged; it never forgets quietly. */
static void every_prefix_is_damaged(void **state)
{
	ak_buf m = { 0 };
	head h;

	(void)state;
	assert_int_equal(see(&m, 0, 5, 0), AK_MEMORY_FIRST);
	assert_int_equal(see(&m, 0, 9, 0), AK_MEMORY_UNCONNECTED);
	make_head(0, 6, 5, &h);
	for (size_t n = 1; n < m.len; n++) {
		ak_buf cut = { .data = m.data, .len = n, .max = n };
		ak_memory_answer a = { 0 };
		ak_error e = { 0 };

		assert_int_equal(step(&cut, &h, &a, &e), AK_BAD_FORMAT);
		assert_true(strncmp(e.where, "memory", 6) == 0);
	}
	ak_buf_clear(&m);
}

/* A flip is refused, or is in what convicts nobody: it never makes a fork of one history, nor hides the other. */
static void no_flip_makes_two_histories_one(void **state)
{
	ak_buf m = { 0 };
	head fork, grown;

	(void)state;
	assert_int_equal(see(&m, 0, 9, 0), AK_MEMORY_FIRST);
	make_head(1, 9, 0, &fork);
	make_head(1, 12, 9, &grown);
	for (size_t bit = 0; bit < 8 * m.len; bit++) {
		ak_memory_answer a = { 0 };

		m.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (step(&m, &fork, &a, NULL) == AK_OK)
			assert_int_not_equal(a.outcome, AK_MEMORY_SAME);
		ak_memory_clear(&a);
		if (step(&m, &grown, &a, NULL) == AK_OK)
			assert_int_not_equal(a.outcome, AK_MEMORY_GROWN);
		ak_memory_clear(&a);
		m.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	ak_buf_clear(&m);
}

/* `from` in the text of a memory with two heads and a fork, replaced. */
static void damage(const ak_buf *m, const char *from, const char *to, const char *where)
{
	static char text[16384];
	const char *all = (const char *)m->data;
	ak_error e = { 0 };
	uint64_t size;
	size_t at = 0;

	while (at < m->len && strncmp(all + at, from, strlen(from)) != 0)
		at++;
	assert_true(at + strlen(from) <= m->len);
	(void)snprintf(text, sizeof(text), "%.*s%s%.*s", (int)at, all, to, (int)(m->len - at - strlen(from)), all + at + strlen(from));
	if (ak_memory_size(ak_span_str(text), &size, &e) != AK_BAD_FORMAT || strcmp(e.where, where) != 0)
		fail_msg("%s for %s: %s", to, from, e.where == NULL ? "accepted" : e.where);
}

static void what_is_not_exactly_the_form_is_damaged(void **state)
{
	static const struct { const char *from, *to, *where; } rows[] = {
		{ "\"forks\":", " \"forks\":", "memory" },
		{ "\"origin\":\"ledger.example/test\"}", "\"origin\":\"ledger.example/test\",\"z\":1}", "memory" },
		{ "\"forks\":[", "\"farks\":[", "memory" },
		{ "\"genesis\":\"sha256:0", "\"genesis\":\"sha256:g", "memory.genesis" },
		{ "\"origin\":\"ledger.example/test\"", "\"origin\":\"ledger.example/tast\"", "memory.heads" },
		{ "\"seen\":\"2025-11-24T16:00:00Z\",\"size\":5", "\"size\":5", "memory.heads" },
		{ "\"seen\":\"2025-11-24T16:00:00Z\"", "\"seen\":\"2025-11-24\"", "memory.heads" },
		{ "\"size\":5}", "\"size\":5,\"z\":1}", "memory.heads" },
		{ "\"size\":5}", "\"size\":6}", "memory.heads" },
		{ "\"forks\":[{", "\"forks\":[1,2,null,{", "memory.forks" },
		{ "\"forks\":[{\"a\":[\"ledger.example/test\",", "\"forks\":[{\"a\":[\"ledger.example/tast\",", "memory.forks" },
		{ "\"forks\":[{\"a\":[\"ledger.example/test\",\"5\"", "\"forks\":[{\"a\":[\"ledger.example/test\",\"6\"", "memory.forks" },
		{ "\"forks\":[{\"a\":[\"ledger.example/test\",\"5\"", "\"forks\":[{\"a\":[\"ledger.example/test\\n5\"", "memory" },
	};
	ak_buf m = { 0 };

	(void)state;
	assert_int_equal(see(&m, 0, 5, 0), AK_MEMORY_FIRST);
	assert_int_equal(see(&m, 0, 9, 0), AK_MEMORY_UNCONNECTED);
	assert_int_equal(see(&m, 1, 5, 0), AK_MEMORY_FORK);
	assert_int_equal(remembered(&m), 5);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		damage(&m, rows[i].from, rows[i].to, rows[i].where);
	ak_buf_clear(&m);
}

/* Copies of what is there once: the array at `key` with its first element twice. */
static void nothing_is_there_twice(void **state)
{
	static const char *const key[] = { "heads", "forks" };
	ak_buf m = { 0 };

	(void)state;
	assert_int_equal(see(&m, 0, 5, 0), AK_MEMORY_FIRST);
	assert_int_equal(see(&m, 1, 5, 0), AK_MEMORY_FORK);
	for (size_t i = 0; i < 2; i++) {
		ak_json *v = NULL, *list;
		ak_error e = { 0 };
		uint64_t size;
		ak_buf text;

		assert_int_equal(ak_json_parse(ak_buf_span(&m), &v, NULL), AK_OK);
		list = ak_json_copy(ak_json_get(v, key[i]));
		assert_int_equal(ak_json_add(list, ak_json_copy(ak_json_at(list, 0)), NULL), AK_OK);
		assert_int_equal(ak_json_set(v, key[i], list, NULL), AK_OK);
		ak_buf_init(&text, AK_MEMORY_MAX);
		assert_int_equal(ak_jcs_write(v, &text, NULL), AK_OK);
		assert_int_equal(ak_memory_size(ak_buf_span(&text), &size, &e), AK_BAD_FORMAT);
		assert_true(strstr(e.where, key[i]) != NULL);
		ak_buf_clear(&text);
		ak_json_free(v);
	}
	ak_buf_clear(&m);
}

static void another_version_is_not_damage(void **state)
{
	static const char text[] = "{\"akashi\":\"memory/2\",\"forks\":[],\"genesis\":\"\",\"heads\":[],\"origin\":\"\"}";
	uint64_t size;
	ak_error e = { 0 };

	(void)state;
	assert_int_equal(ak_memory_size(ak_span_str(text), &size, &e), AK_UNKNOWN_VERSION);
	assert_string_equal(e.where, "memory.akashi");
}

typedef struct starved {
	ak_buf memory;
	head h;
	ak_memory_outcome want;
} starved;

static ak_status starve(void *ctx)
{
	starved *s = ctx;
	ak_memory_answer a = { 0 };
	ak_status st = step(&s->memory, &s->h, &a, NULL);

	if (st == AK_OK && a.outcome != s->want)
		st = AK_INTERNAL;
	ak_memory_clear(&a);
	return st;
}

static void want_of_memory_is_an_error(void **state)
{
	starved s = { 0 };

	(void)state;
	assert_int_equal(see(&s.memory, 0, 9, 0), AK_MEMORY_FIRST);
	make_head(1, 9, 0, &s.h);
	s.want = AK_MEMORY_FORK;
	oom_sweep("memory fork", starve, &s);
	make_head(0, 12, 9, &s.h);
	s.want = AK_MEMORY_GROWN;
	oom_sweep("memory grown", starve, &s);
	ak_buf_clear(&s.memory);
}

static int setup(void **state)
{
	(void)state;
	plant(0);
	plant(1);
	return 0;
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
		cmocka_unit_test(a_fork_of_an_unconnected_head_is_found_too),
		cmocka_unit_test(what_is_kept_is_bounded),
		cmocka_unit_test(the_memory_of_another_ledger_is_refused),
		cmocka_unit_test(every_prefix_is_damaged),
		cmocka_unit_test(no_flip_makes_two_histories_one),
		cmocka_unit_test(what_is_not_exactly_the_form_is_damaged),
		cmocka_unit_test(nothing_is_there_twice),
		cmocka_unit_test(another_version_is_not_damage),
		cmocka_unit_test(want_of_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
