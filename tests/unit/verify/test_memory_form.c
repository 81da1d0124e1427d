/* SPDX-License-Identifier: Apache-2.0 */
/* Heads seen before: the form they are kept in.  What is damaged is told and never forgotten quietly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "heads.h"

#include "base/text.h"
#include "codec/jcs.h"
#include "oom.h"

#include <stdio.h>
#include <string.h>

/* Cut anywhere, a memory is damaged; it never forgets quietly. */
static void every_prefix_is_damaged(void **state)
{
	ak_buf m = { 0 };
	head h;

	(void)state;
	assert_int_equal(heads_see(&m, 0, 5, 0), AK_MEMORY_FIRST);
	assert_int_equal(heads_see(&m, 0, 9, 0), AK_MEMORY_UNCONNECTED);
	heads_make(0, 6, 5, &h);
	for (size_t n = 1; n < m.len; n++) {
		ak_buf cut = { .data = m.data, .len = n, .max = n };
		ak_memory_answer a = { 0 };
		ak_error e = { 0 };

		assert_int_equal(heads_step(&cut, &h, &a, &e), AK_BAD_FORMAT);
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
	assert_int_equal(heads_see(&m, 0, 9, 0), AK_MEMORY_FIRST);
	heads_make(1, 9, 0, &fork);
	heads_make(1, 12, 9, &grown);
	for (size_t bit = 0; bit < 8 * m.len; bit++) {
		ak_memory_answer a = { 0 };

		m.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (heads_step(&m, &fork, &a, NULL) == AK_OK)
			assert_int_not_equal(a.outcome, AK_MEMORY_SAME);
		ak_memory_clear(&a);
		if (heads_step(&m, &grown, &a, NULL) == AK_OK)
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
	assert_int_equal(heads_see(&m, 0, 5, 0), AK_MEMORY_FIRST);
	assert_int_equal(heads_see(&m, 0, 9, 0), AK_MEMORY_UNCONNECTED);
	assert_int_equal(heads_see(&m, 1, 5, 0), AK_MEMORY_FORK);
	assert_int_equal(heads_remembered(&m), 5);
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
	assert_int_equal(heads_see(&m, 0, 5, 0), AK_MEMORY_FIRST);
	assert_int_equal(heads_see(&m, 1, 5, 0), AK_MEMORY_FORK);
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
	ak_status st = heads_step(&s->memory, &s->h, &a, NULL);

	if (st == AK_OK && a.outcome != s->want)
		st = AK_INTERNAL;
	ak_memory_clear(&a);
	return st;
}

static void want_of_memory_is_an_error(void **state)
{
	starved s = { 0 };

	(void)state;
	assert_int_equal(heads_see(&s.memory, 0, 9, 0), AK_MEMORY_FIRST);
	heads_make(1, 9, 0, &s.h);
	s.want = AK_MEMORY_FORK;
	oom_sweep("memory fork", starve, &s);
	heads_make(0, 12, 9, &s.h);
	s.want = AK_MEMORY_GROWN;
	oom_sweep("memory grown", starve, &s);
	ak_buf_clear(&s.memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_prefix_is_damaged),
		cmocka_unit_test(no_flip_makes_two_histories_one),
		cmocka_unit_test(what_is_not_exactly_the_form_is_damaged),
		cmocka_unit_test(nothing_is_there_twice),
		cmocka_unit_test(another_version_is_not_damage),
		cmocka_unit_test(want_of_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, heads_setup, NULL);
}
