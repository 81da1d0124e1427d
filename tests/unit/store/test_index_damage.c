/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "index_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_pages_of_two_ages),
		cmocka_unit_test(test_foreign_files),
		cmocka_unit_test(test_writer_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
