/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "crypto/hash.h"
#include "store/index_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A ledger small enough to be asked about completely, and the folder its index lies in. */
enum { RECORDS = 60, SUBJECTS = 7, BATCH = 1000 };

typedef struct world {
	char dir[64], path[96];
	ak_index *x;
	ak_frontier frontier;
	ak_map *map;
	ak_map_entry entries[SUBJECTS];
} world;

static void must(ak_status st, const ak_error *err)
{
	if (st != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(st), err->where, err->detail);
}

static void world_open(world *w)
{
	memset(w, 0, sizeof(*w));
	(void)snprintf(w->dir, sizeof(w->dir), "/tmp/akashi-test-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	(void)snprintf(w->path, sizeof(w->path), "%s/index", w->dir);
}

static void world_close(world *w)
{
	char line[128];

	ak_index_free(&w->x);
	ak_index_free(&w->x);
	ak_map_free(&w->map);
	(void)snprintf(line, sizeof(line), "rm -rf '%s'", w->dir);
	assert_int_equal(system(line), 0);
}

static void open_index(world *w)
{
	ak_error err = { 0 };

	ak_index_free(&w->x);
	must(ak_index_open(w->path, false, &w->x, &err), &err);
}

static ak_digest digest_of(const char *kind, uint64_t n)
{
	char text[64];
	ak_digest d;

	(void)snprintf(text, sizeof(text), "%s %llu", kind, (unsigned long long)n);
	ak_sha256(ak_span_str(text), &d);
	return d;
}

static ak_index_record record_of(uint64_t seq)
{
	ak_index_record r = { .seq = seq, .time = 1700000000 + (int64_t)seq };

	r.id = digest_of("id", seq);
	r.statement = digest_of("statement", seq);
	r.signatures = digest_of("signatures", seq);
	(void)snprintf(r.type, sizeof(r.type), "%s", seq % 3 == 0 ? "listing" : "decision");
	(void)snprintf(r.scheme, sizeof(r.scheme), "ismap");
	return r;
}

static void subject_of(uint64_t n, char out[32])
{
	(void)snprintf(out, 32, "ismap/listing:C21-%04llu", (unsigned long long)n);
}

static void put_one(world *w, uint64_t seq, uint64_t subject)
{
	ak_error err = { 0 };
	ak_index_record r = record_of(seq);
	ak_tree_sink sink = ak_index_tree_sink(w->x);
	char name[32];
	ak_digest key;
	ak_map_entry e = { 0 };
	bool found;

	subject_of(subject, name);
	must(ak_index_put_record(w->x, &r, &err), &err);
	must(ak_index_put_about(w->x, seq, ak_span_str(name), &err), &err);
	must(ak_frontier_add(&w->frontier, &r.id, &sink, &err), &err);
	ak_map_key(ak_span_str(name), &key);
	must(ak_map_get(w->map, &key, &e, &found, &err), &err);
	e.count++;
	ak_map_chain_step(&e.chain, seq, r.time, &r.statement, &r.signatures);
	must(ak_map_put(w->map, &key, &e, &err), &err);
}

static ak_index_state state_of(world *w)
{
	ak_index_state s = { .size = w->frontier.size, .frontier = w->frontier };

	(void)snprintf(s.head_id, sizeof(s.head_id), "%040llu", (unsigned long long)s.size);
	if (s.size != 0) {
		s.last_record_id = digest_of("id", s.size - 1);
		s.last_time = 1700000000 + (int64_t)s.size - 1;
	}
	ak_map_top(w->map, &s.map_top);
	return s;
}

/* Append `n` records, in one transaction. */
static void append(world *w, size_t n)
{
	ak_error err = { 0 };
	ak_index_state s;

	if (w->map == NULL)
		must(ak_map_open(NULL, NULL, &w->map, &err), &err);
	must(ak_index_begin(w->x, &err), &err);
	for (size_t i = 0; i < n; i++)
		put_one(w, w->frontier.size, w->frontier.size % SUBJECTS);
	must(ak_map_flush(w->map, ak_index_map_flush, w->x, &err), &err);
	s = state_of(w);
	must(ak_index_commit(w->x, &s, &err), &err);
}

static void put_text(world *w, uint64_t seq, const char *type, const char *title, const char *text)
{
	ak_error err = { 0 };
	char name[32];
	ak_index_entry e = { .seq = seq, .type = type, .subject = name, .title = title, .text = text, .json = "{}" };

	subject_of(seq, name);
	must(ak_index_put_entry(w->x, &e, &err), &err);
}

/* -- every answer, as one digest: equal digests mean equal answers -- */

static ak_status add_entry(void *ctx, const ak_index_entry *e, ak_error *err)
{
	return ak_buf_addf(ctx, err, "%llu|%s|%s|%s|%s|%s\n", (unsigned long long)e->seq, e->type, e->subject, e->title,
	                   e->text, e->json);
}

static ak_status add_seqs(ak_buf *b, ak_status st, uint64_t *seqs, size_t n, ak_error *err)
{
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = ak_buf_addf(b, err, "%llu,", (unsigned long long)seqs[i]);
	ak_mem_free(seqs);
	return st;
}

static ak_status ask_records(ak_index *x, uint64_t seq, ak_buf *b, ak_error *err)
{
	ak_index_record want = record_of(seq), r = { 0 };
	uint64_t a = 0, c = 0;
	ak_status st = ak_index_by_seq(x, seq, &r, err);

	if (st == AK_OK)
		st = ak_buf_add(b, &r.id, 3 * sizeof(r.id), err);
	if (st == AK_OK)
		st = ak_buf_addf(b, err, "%lld %s %s\n", (long long)r.time, r.type, r.scheme);
	if (st == AK_OK)
		st = ak_index_by_id(x, &want.id, &a, err);
	if (st == AK_OK)
		st = ak_index_by_statement(x, &want.statement, &c, err);
	return st == AK_OK ? ak_buf_addf(b, err, "%llu %llu\n", (unsigned long long)a, (unsigned long long)c) : st;
}

static ak_status ask_nodes(ak_index *x, const ak_index_state *s, ak_buf *b, ak_error *err)
{
	ak_tree_source tree = ak_index_tree_source(x);
	ak_map_source src = ak_index_map_source(x);
	ak_map *map = NULL;
	ak_status st = ak_map_open(&s->map_top, &src, &map, err);
	ak_digest d;

	for (uint64_t i = 0; st == AK_OK && i < SUBJECTS; i++) {
		char name[32];
		ak_map_entry e = { 0 };
		ak_digest key;
		bool found = false;

		subject_of(i, name);
		ak_map_key(ak_span_str(name), &key);
		st = ak_map_get(map, &key, &e, &found, err);
		if (st == AK_OK)
			st = ak_buf_addf(b, err, "%d %llu\n", found, (unsigned long long)e.count);
		if (st == AK_OK)
			st = ak_buf_add(b, e.chain.b, sizeof(e.chain.b), err);
	}
	ak_map_free(&map);
	for (uint64_t i = 0; st == AK_OK && i < s->size / 4; i++) {
		st = tree.node(tree.ctx, 2, i, &d, err);
		if (st == AK_OK)
			st = ak_buf_add(b, d.b, sizeof(d.b), err);
	}
	return st;
}

static ak_status ask_all(ak_index *x, ak_digest *out, uint64_t *size, ak_error *err)
{
	ak_index_state s = { 0 };
	uint64_t *seqs = NULL, n = 0;
	size_t count = 0;
	ak_status st = ak_index_get_state(x, &s, err);
	ak_buf b;

	ak_buf_init(&b, 1 << 20);
	if (st == AK_OK)
		*size = s.size;
	for (uint64_t i = 0; st == AK_OK && i < s.size; i++)
		st = ask_records(x, i, &b, err);
	for (uint64_t i = 0; st == AK_OK && s.size != 0 && i < SUBJECTS; i++) {
		char name[32];

		subject_of(i, name);
		st = ak_index_about(x, ak_span_str(name), &seqs, &count, err);
		if (st == AK_OK)
			st = add_seqs(&b, st, seqs, count, err);
		if (st == AK_OK)
			st = ak_index_newest(x, ak_span_str(name), &n, err);
		if (st == AK_OK)
			st = ak_buf_addf(&b, err, "%llu\n", (unsigned long long)n);
	}
	if (st == AK_OK)
		st = ak_index_of_type(x, "listing", &seqs, &count, err);
	if (st == AK_OK)
		st = add_seqs(&b, st, seqs, count, err);
	if (st == AK_OK && s.size != 0)
		st = ask_nodes(x, &s, &b, err);
	if (st == AK_OK)
		st = ak_index_search(x, "監査報告書", NULL, 0, add_entry, &b, err);
	if (st == AK_OK)
		st = ak_index_search(x, "監査", NULL, 0, add_entry, &b, err);
	if (st == AK_OK)
		ak_sha256(ak_buf_span(&b), out);
	ak_buf_clear(&b);
	return st;
}

static void fill(world *w)
{
	ak_error err = { 0 };

	open_index(w);
	append(w, RECORDS);
	must(ak_index_begin(w->x, &err), &err);
	for (uint64_t i = 0; i < 20; i++)
		put_text(w, i, "listing", "登録", i % 2 == 0 ? "監査報告書 第1号 cloud" : "言明書");
	must(ak_index_set_searched(w->x, 20, &err), &err);
	must(ak_index_commit(w->x, NULL, &err), &err);
}

/* -- tests -- */

static void test_round_trip(void **unused)
{
	world w;
	ak_error err = { 0 };
	ak_digest before, after;
	ak_index_state want, got;
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
	must(ak_index_searched(w.x, &searched, &err), &err);
	assert_int_equal(searched, 20);
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

static void write_file(const char *path, const uint8_t *p, size_t n)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static uint8_t *read_whole(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	struct stat s;
	uint8_t *p;

	assert_non_null(f);
	assert_int_equal(stat(path, &s), 0);
	p = malloc((size_t)s.st_size);
	assert_non_null(p);
	*n = fread(p, 1, (size_t)s.st_size, f);
	assert_int_equal(*n, s.st_size);
	assert_int_equal(fclose(f), 0);
	return p;
}

/* However the file is damaged: it opens, and then it is empty, or answers as before, or says that it could
 * not be read; and after a reset it is empty and usable.  Never another answer, never "not found". */
static void check_damaged(world *w, const ak_digest *want, const char *what, size_t at, bool read_only)
{
	ak_error err = { 0 };
	ak_digest got;
	uint64_t size = 99;
	ak_status st;

	ak_index_free(&w->x);
	st = ak_index_open(w->path, read_only, &w->x, &err);
	if (st != AK_OK)
		fail_msg("%s at %zu: open gives %s: %s", what, at, ak_status_name(st), err.detail);
	st = ask_all(w->x, &got, &size, &err);
	if (st != AK_OK && st != AK_IO)
		fail_msg("%s at %zu: %s at %s: %s", what, at, ak_status_name(st), err.where, err.detail);
	if (st == AK_OK && size != 0 && memcmp(&got, want, sizeof(got)) != 0)
		fail_msg("%s at %zu: other answers", what, at);
	if (read_only)
		return;
	must(ak_index_reset(w->x, &err), &err);
	must(ask_all(w->x, &got, &size, &err), &err);
	assert_int_equal(size, 0);
}

static void test_damage(void **unused)
{
	world w;
	ak_error err = { 0 };
	ak_digest want;
	uint64_t size;
	size_t n;
	uint8_t *good, *bad;

	(void)unused;
	world_open(&w);
	fill(&w);
	must(ask_all(w.x, &want, &size, &err), &err);
	ak_index_free(&w.x);
	good = read_whole(w.path, &n);
	bad = malloc(n);
	assert_non_null(bad);
	for (size_t i = 0; i < 500; i++) {
		size_t at = i < 100 ? i : i * 7919 % n;

		memcpy(bad, good, n);
		bad[at] ^= (uint8_t)(1u << i % 8);
		write_file(w.path, bad, n);
		check_damaged(&w, &want, "bit", at, i % 3 == 0);
	}
	for (size_t at = 0; at < n; at += n / 40) {
		write_file(w.path, good, at);
		check_damaged(&w, &want, "cut", at, false);
		memcpy(bad, good, n);
		memset(bad + at, 0, n - at < 4096 ? n - at : 4096);
		write_file(w.path, bad, n);
		check_damaged(&w, &want, "zeros", at, false);
	}
	/* A page in the place of another one, each sound in itself. */
	for (size_t page = 1; page + 1 < n / 4096; page++) {
		memcpy(bad, good, n);
		memcpy(bad + page * 4096, good + (page + 1) * 4096, 4096);
		write_file(w.path, bad, n);
		check_damaged(&w, &want, "moved page", page, false);
	}
	free(good);
	free(bad);
	world_close(&w);
}

/* Make a file look as if it had been written in another run of the machine: change the boot id in the state row,
 * and mend the sums of row and page. */
static void age(uint8_t *file, size_t n)
{
	enum { ROW_BOOT = 117, ROW_SUM = 182 + 64 * 32 + 105 + 8 };
	size_t aged = 0;

	for (size_t at = 0; at + 4096 <= n; at += 4096) {
		uint8_t *page = file + at;

		for (size_t i = 0; i + ROW_SUM + 8 <= 4088; i++) {
			if (memcmp(page + i, "AKIX", 4) != 0)
				continue;
			page[i + ROW_BOOT] ^= 1;
			ak_put_be64(page + i + ROW_SUM, ak_index_sum(page + i, ROW_SUM, AK_INDEX_VERSION));
			ak_put_be64(page + 4088, ak_index_sum(page, 4088, at));
			aged++;
		}
	}
	assert_int_equal(aged, 1);
}

/* After a power cut some pages are old and some new, each sound in itself.  Then the index is empty, or answers as
 * the newer one did, or fails; the map may also be found out by its hashes. */
static void test_pages_of_two_ages(void **unused)
{
	world w;
	ak_error err = { 0 };
	ak_digest want, got;
	uint64_t size;
	size_t old_n, n, whole = 0;
	uint8_t *old, *now, *mix;

	(void)unused;
	world_open(&w);
	fill(&w);
	ak_index_free(&w.x);
	old = read_whole(w.path, &old_n);
	open_index(&w);
	append(&w, RECORDS);
	must(ask_all(w.x, &want, &size, &err), &err);
	ak_index_free(&w.x);
	now = read_whole(w.path, &n);
	age(old, old_n);
	age(now, n);
	mix = malloc(n);
	assert_non_null(mix);
	for (size_t page = 0; page <= old_n / 4096; page++) {
		ak_status st;

		memcpy(mix, now, n);
		if (page < old_n / 4096)
			memcpy(mix + page * 4096, old + page * 4096, 4096);
		write_file(w.path, mix, n);
		ak_index_free(&w.x);
		must(ak_index_open(w.path, page % 2 == 0, &w.x, &err), &err);
		st = ask_all(w.x, &got, &size, &err);
		whole += st == AK_OK && size != 0;
		if (st == AK_OK && size != 0 && memcmp(&got, &want, sizeof(got)) != 0)
			fail_msg("page %zu of the older file: other answers", page);
		if (st != AK_OK && st != AK_IO && strcmp(err.where, "index.map") != 0 && st != AK_MAP_MISMATCH)
			fail_msg("page %zu: %s at %s", page, ak_status_name(st), err.where);
	}
	/* Some pages did not change between the two, and the last round mixed nothing. */
	assert_true(whole >= 1);
	assert_true(whole < old_n / 4096);
	free(old);
	free(now);
	free(mix);
	world_close(&w);
}

static void test_foreign_files(void **unused)
{
	static const struct {
		const char *name, *make;
	} rows[] = {
		{ "text", "yes 'not a database' | head -c 20000 > %s" },
		{ "empty file", ": > %s" },
		{ "another program's database", "sqlite3 %s 'create table t(a); insert into t values(1)'" },
		{ "another version", "sqlite3 %s 'pragma application_id=1634429304; pragma user_version=2; create table t(a)'" },
		{ "our marks, not our tables",
		  "sqlite3 %s 'pragma application_id=1634429304; pragma user_version=1; create table state(x)'" },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (int read_only = 1; read_only >= 0; read_only--) {
			world w;
			ak_error err = { 0 };
			ak_index_state s;
			char line[256];

			world_open(&w);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			(void)snprintf(line, sizeof(line), rows[i].make, w.path);
#pragma GCC diagnostic pop
			if (system(line) != 0) {
				world_close(&w);
				continue;
			}
			must(ak_index_open(w.path, read_only != 0, &w.x, &err), &err);
			must(ak_index_get_state(w.x, &s, &err), &err);
			if (s.size != 0)
				fail_msg("%s: not empty", rows[i].name);
			if (read_only) {
				assert_int_equal(ak_index_begin(w.x, &err), AK_INVALID_ARGUMENT);
			} else {
				append(&w, 3);
				open_index(&w);
				must(ak_index_get_state(w.x, &s, &err), &err);
				assert_int_equal(s.size, 3);
			}
			world_close(&w);
		}
	}
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

/* A writer that dies in the middle of a transaction leaves what was there before. */
static void test_writer_killed(void **unused)
{
	world w;
	ak_error err = { 0 };
	ak_digest want, got;
	uint64_t size;
	int status = 0;
	pid_t child;

	(void)unused;
	world_open(&w);
	fill(&w);
	must(ask_all(w.x, &want, &size, &err), &err);
	ak_index_free(&w.x);
	child = fork();
	if (child == 0) {
		ak_index *x = NULL;

		if (ak_index_open(w.path, false, &x, NULL) != AK_OK || ak_index_begin(x, NULL) != AK_OK)
			_exit(1);
		/* More than the cache holds, so that pages reach the file before the end. */
		for (uint64_t i = RECORDS; i < 200000; i++) {
			ak_index_record r = record_of(i);

			if (ak_index_put_record(x, &r, NULL) != AK_OK)
				_exit(2);
		}
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	open_index(&w);
	must(ask_all(w.x, &got, &size, &err), &err);
	assert_int_equal(size, RECORDS);
	assert_memory_equal(&want, &got, sizeof(want));
	world_close(&w);
}

static ak_status collect(void *ctx, const ak_index_entry *e, ak_error *err)
{
	return ak_buf_addf(ctx, err, "%llu ", (unsigned long long)e->seq);
}

static const struct {
	const char *name, *query, *type, *want;
	size_t limit;
} searches[] = {
	{ "all", NULL, NULL, "1 2 3 4 5 6 ", 0 },
	{ "all of a type", NULL, "decision", "2 4 ", 0 },
	{ "limit", NULL, NULL, "1 2 ", 2 },
	{ "empty query is no condition", "  \xe3\x80\x80 ", NULL, "1 2 3 4 5 6 ", 0 },
	{ "three characters and more", "監査報告書", NULL, "1 4 ", 0 },
	{ "exactly three", "報告書", NULL, "1 4 ", 0 },
	{ "two characters", "監査", NULL, "1 2 4 ", 0 },
	{ "one character", "監", NULL, "1 2 4 ", 0 },
	{ "in the title", "第二種", NULL, "3 ", 0 },
	{ "in the title, two characters", "二種", NULL, "3 ", 0 },
	{ "in the subject", "C21-0005", NULL, "5 ", 0 },
	{ "long and short term", "監査 報告書", NULL, "1 4 ", 0 },
	{ "terms cut at U+3000", "監査\xe3\x80\x80クラウド", NULL, "2 4 ", 0 },
	{ "every term must be found", "監査 言明書", NULL, "", 0 },
	{ "with type", "監査", "decision", "2 4 ", 0 },
	{ "Latin in either case", "CLOUD", NULL, "5 ", 0 },
	{ "two Latin letters in either case", "CL", NULL, "5 ", 0 },
	{ "percent is not a wildcard", "%", NULL, "6 ", 0 },
	{ "underscore is not a wildcard", "_", NULL, "6 ", 0 },
	{ "backslash is itself", "\\", NULL, "6 ", 0 },
	{ "quote is itself", "a\"b", NULL, "6 ", 0 },
	{ "FTS words are words", "a OR b", NULL, "6 ", 0 },
	{ "FTS syntax is text", "NEAR(監査報告 言明書)", NULL, "", 0 },
	{ "FTS column filter is text", "title:第二種", NULL, "", 0 },
	{ "FTS star is text", "監査報*", NULL, "", 0 },
	{ "no such thing", "存在しない語", NULL, "", 0 },
};

static void test_search(void **unused)
{
	world w;
	ak_error err = { 0 };

	(void)unused;
	world_open(&w);
	open_index(&w);
	must(ak_index_begin(w.x, &err), &err);
	put_text(&w, 1, "listing", "登録", "監査報告書の受理");
	put_text(&w, 2, "decision", "決定", "監査機関とクラウドサービス");
	put_text(&w, 3, "listing", "第二種届出", "言明書");
	put_text(&w, 4, "decision", "決定", "クラウドの監査報告書");
	put_text(&w, 5, "listing", "cloud service", "言明");
	put_text(&w, 6, "note", "100% of_it a\"b \\", "x OR y, a b");
	must(ak_index_commit(w.x, NULL, &err), &err);
	for (size_t i = 0; i < sizeof(searches) / sizeof(searches[0]); i++) {
		ak_buf got;
		ak_text text = { 0 };

		ak_buf_init(&got, 1000);
		must(ak_index_search(w.x, searches[i].query, searches[i].type, searches[i].limit, collect, &got, &err),
		     &err);
		must(ak_buf_take_text(&got, &text, &err), &err);
		if (strcmp(text.data, searches[i].want) != 0)
			fail_msg("%s: found \"%s\", want \"%s\"", searches[i].name, text.data, searches[i].want);
		ak_text_free(&text);
	}
	assert_int_equal(ak_index_search(w.x, "\xe7\x9b", NULL, 0, collect, NULL, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "search");
	assert_int_equal(ak_index_search(w.x, "a a a a a a a a a a a a a a a a a", NULL, 0, collect, NULL, &err),
	                 AK_LIMIT);
	world_close(&w);
}

/* A row put again replaces the one before, in the words too. */
static void test_entry_put_again(void **unused)
{
	world w;
	ak_error err = { 0 };
	ak_buf got = { .max = 1000 };

	(void)unused;
	world_open(&w);
	open_index(&w);
	must(ak_index_begin(w.x, &err), &err);
	put_text(&w, 1, "listing", "登録", "監査報告書");
	put_text(&w, 1, "listing", "登録", "言明書の写し");
	must(ak_index_commit(w.x, NULL, &err), &err);
	must(ak_index_search(w.x, "監査報告書", NULL, 0, collect, &got, &err), &err);
	assert_int_equal(got.len, 0);
	must(ak_index_search(w.x, "言明書", NULL, 0, collect, &got, &err), &err);
	assert_true(ak_span_is(ak_buf_span(&got), "1 "));
	ak_buf_clear(&got);
	world_close(&w);
}

static ak_status stop_at_once(void *ctx, const ak_index_entry *e, ak_error *err)
{
	(void)ctx, (void)e, (void)err;
	return AK_STOPPED;
}

static void test_search_stops_with_its_reader(void **unused)
{
	world w;
	ak_error err = { 0 };

	(void)unused;
	world_open(&w);
	fill(&w);
	assert_int_equal(ak_index_search(w.x, NULL, NULL, 0, stop_at_once, NULL, &err), AK_STOPPED);
	must(ak_index_begin(w.x, &err), &err); /* no statement left open */
	ak_index_rollback(w.x);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_digests_that_begin_alike),
		cmocka_unit_test(test_rollback_and_reset),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_pages_of_two_ages),
		cmocka_unit_test(test_foreign_files),
		cmocka_unit_test(test_reader_without_a_file),
		cmocka_unit_test(test_locked),
		cmocka_unit_test(test_writer_killed),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_entry_put_again),
		cmocka_unit_test(test_search_stops_with_its_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
