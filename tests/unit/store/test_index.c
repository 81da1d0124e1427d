/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "index_world.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void test_round_trip(void **unused)
{
	world w;
	ak_error err = { 0 };
	ak_digest before, after;
	ak_index_state want, got;
	ak_digest by = digest_of("program", 1);
	uint64_t size = 0, searched = 0;

	(void)unused;
	world_open(&w);
	fill(&w);
	must(ask_all(w.x, &before, &size, &err), &err);
	want = state_of(&w);
	open_index(&w);
	must(ask_all(w.x, &after, &size, &err), &err);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(size, RECORDS);
	must(ak_index_get_state(w.x, &got, &err), &err);
	assert_string_equal(got.head_id, want.head_id);
	assert_memory_equal(&got.last_record_id, &want.last_record_id, sizeof(want.last_record_id));
	assert_int_equal(got.last_time, want.last_time);
	for (unsigned i = 0; i < AK_TREE_LEVELS; i++) {
		if (want.size >> i & 1)
			assert_memory_equal(&got.frontier.node[i], &want.frontier.node[i], sizeof(ak_digest));
	}
	assert_int_equal(got.map_top.kind, want.map_top.kind);
	assert_memory_equal(&got.map_top.hash, &want.map_top.hash, sizeof(ak_digest));
	must(ak_index_searched(w.x, &by, &searched, &err), &err);
	assert_int_equal(searched, 20);
	/* Rows of another program are no rows. */
	by = digest_of("program", 2);
	must(ak_index_searched(w.x, &by, &searched, &err), &err);
	assert_int_equal(searched, 0);
	world_close(&w);
}

static void test_absent(void **unused)
{
	world w;
	ak_error err = { 0 };
	ak_digest d = digest_of("nobody", 1);
	ak_index_record r;
	uint64_t seq = 7, *seqs = NULL;
	size_t n = 1;
	ak_tree_source tree;
	ak_map_source map;
	ak_map_node node;

	(void)unused;
	world_open(&w);
	fill(&w);
	tree = ak_index_tree_source(w.x);
	map = ak_index_map_source(w.x);
	assert_int_equal(ak_index_by_id(w.x, &d, &seq, &err), AK_NOT_FOUND);
	assert_string_equal(err.where, "index.id");
	assert_int_equal(ak_index_by_statement(w.x, &d, &seq, &err), AK_NOT_FOUND);
	assert_string_equal(err.where, "index.statement");
	assert_int_equal(ak_index_by_seq(w.x, RECORDS, &r, &err), AK_NOT_FOUND);
	assert_int_equal(ak_index_by_seq(w.x, UINT64_MAX, &r, &err), AK_NOT_FOUND);
	assert_int_equal(ak_index_newest(w.x, ak_span_str("ismap/listing:none"), &seq, &err), AK_NOT_FOUND);
	assert_int_equal(seq, 7);
	must(ak_index_about(w.x, ak_span_str("ismap/listing:none"), &seqs, &n, &err), &err);
	assert_int_equal(n, 0);
	ak_mem_free(seqs);
	must(ak_index_called(w.x, ak_span_str("none"), &seqs, &n, &err), &err);
	assert_int_equal(n, 0);
	ak_mem_free(seqs);
	must(ak_index_of_type(w.x, "no-such-type", &seqs, &n, &err), &err);
	assert_int_equal(n, 0);
	ak_mem_free(seqs);
	assert_int_equal(tree.node(tree.ctx, 0, RECORDS, &d, &err), AK_NOT_FOUND);
	assert_string_equal(err.where, "index.tree");
	assert_int_equal(tree.node(tree.ctx, 64, 0, &d, &err), AK_LIMIT);
	assert_int_equal(map.node(map.ctx, 200, &d, &node, &err), AK_NOT_FOUND);
	assert_string_equal(err.where, "index.map");
	assert_int_equal(map.node(map.ctx, 257, &d, &node, &err), AK_LIMIT);
	world_close(&w);
}

/* Same first eight bytes, other digest: told apart. */
static void test_digests_that_begin_alike(void **unused)
{
	world w;
	ak_error err = { 0 };
	uint64_t seq = 0;
	ak_digest d;

	(void)unused;
	world_open(&w);
	open_index(&w);
	for (uint64_t i = 0; i < 5; i++) {
		ak_index_record r = record_of(i);

		memset(r.id.b, 0xff, 8);
		memset(r.statement.b, 0xff, 8);
		must(ak_index_put_record(w.x, &r, &err), &err);
	}
	for (uint64_t i = 0; i < 5; i++) {
		d = digest_of("id", i);
		memset(d.b, 0xff, 8);
		must(ak_index_by_id(w.x, &d, &seq, &err), &err);
		assert_int_equal(seq, i);
		d = digest_of("statement", i);
		memset(d.b, 0xff, 8);
		must(ak_index_by_statement(w.x, &d, &seq, &err), &err);
		assert_int_equal(seq, i);
	}
	d = digest_of("id", 5);
	memset(d.b, 0xff, 8);
	assert_int_equal(ak_index_by_id(w.x, &d, &seq, &err), AK_NOT_FOUND);
	world_close(&w);
}

static void test_rollback_and_reset(void **unused)
{
	world w;
	ak_error err = { 0 };
	ak_digest before, after;
	ak_index_state s;
	ak_index_record r = record_of(RECORDS);
	uint64_t size = 0;

	(void)unused;
	world_open(&w);
	fill(&w);
	must(ask_all(w.x, &before, &size, &err), &err);
	must(ak_index_begin(w.x, &err), &err);
	must(ak_index_put_record(w.x, &r, &err), &err);
	/* A state that does not go with the records is refused. */
	s = state_of(&w);
	assert_int_equal(ak_index_commit(w.x, &s, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "index.state");
	/* The same record twice too. */
	assert_int_equal(ak_index_put_record(w.x, &r, &err), AK_INVALID_ARGUMENT);
	ak_index_rollback(w.x);
	ak_index_rollback(w.x);
	must(ask_all(w.x, &after, &size, &err), &err);
	assert_memory_equal(&before, &after, sizeof(before));
	must(ak_index_reset(w.x, &err), &err);
	must(ak_index_get_state(w.x, &s, &err), &err);
	assert_int_equal(s.size, 0);
	assert_string_equal(s.head_id, "");
	assert_int_equal(ak_index_by_seq(w.x, 0, &r, &err), AK_NOT_FOUND);
	/* And it can be filled again. */
	memset(&w.frontier, 0, sizeof(w.frontier));
	ak_map_free(&w.map);
	append(&w, RECORDS);
	must(ak_index_get_state(w.x, &s, &err), &err);
	assert_int_equal(s.size, RECORDS);
	world_close(&w);
}

static void test_reader_without_a_file(void **unused)
{
	world w;
	ak_error err = { 0 };
	ak_index_state s;

	(void)unused;
	world_open(&w);
	must(ak_index_open(w.path, true, &w.x, &err), &err);
	must(ak_index_get_state(w.x, &s, &err), &err);
	assert_int_equal(s.size, 0);
	assert_int_equal(access(w.path, F_OK), -1);
	ak_index_free(&w.x);
	/* A place where nothing can be kept is an error for a writer. */
	assert_int_equal(ak_index_open("/proc/akashi/none/index", false, &w.x, &err), AK_IO);
	assert_null(w.x);
	assert_int_equal(ak_index_open(w.dir, false, &w.x, &err), AK_IO);
	world_close(&w);
}

/* A second writer waits, then says so; the index is not taken for a damaged one. */
static void test_locked(void **unused)
{
	world w;
	ak_error err = { 0 };
	ak_index *other = NULL;

	(void)unused;
	world_open(&w);
	fill(&w);
	must(ak_index_begin(w.x, &err), &err);
	must(ak_index_open(w.path, false, &other, &err), &err);
	assert_int_equal(ak_index_begin(other, &err), AK_LOCKED);
	ak_index_rollback(w.x);
	must(ak_index_begin(other, &err), &err);
	ak_index_rollback(other);
	ak_index_free(&other);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_digests_that_begin_alike),
		cmocka_unit_test(test_rollback_and_reset),
		cmocka_unit_test(test_reader_without_a_file),
		cmocka_unit_test(test_locked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
