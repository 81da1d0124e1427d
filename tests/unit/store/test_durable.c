/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/durable.h"
#include "temp.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct place {
	char dir[64], path[96];
} place;

static void must(ak_status st, const ak_error *err)
{
	if (st != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(st), err->where, err->detail);
}

static void open_place(place *p)
{
	temp_dir(p->dir, sizeof(p->dir));
	(void)snprintf(p->path, sizeof(p->path), "%s/file", p->dir);
}

static void close_place(const place *p)
{
	char line[128];

	(void)snprintf(line, sizeof(line), "rm -rf '%s'", p->dir);
	assert_int_equal(system(line), 0);
}

/* Names in the folder: a failed write must leave none of its own. */
static size_t count_files(const place *p)
{
	DIR *d = opendir(p->dir);
	const struct dirent *e;
	size_t n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	assert_int_equal(closedir(d), 0);
	return n;
}

static void check_file(const char *path, const char *want)
{
	ak_error err = { 0 };
	ak_buf b;

	ak_buf_init(&b, 1 << 20);
	must(ak_durable_read(path, 1 << 20, &b, &err), &err);
	assert_true(ak_span_is(ak_buf_span(&b), want));
	ak_buf_clear(&b);
}

static unsigned mode_of(const char *path)
{
	struct stat s;

	assert_int_equal(stat(path, &s), 0);
	return (unsigned)s.st_mode & 07777;
}

static void test_write_and_replace(void **unused)
{
	place p;
	ak_error err = { 0 };

	(void)unused;
	open_place(&p);
	must(ak_durable_write(p.path, ak_span_str("one"), 0600, &err), &err);
	check_file(p.path, "one");
	assert_int_equal(mode_of(p.path), 0600);
	must(ak_durable_write(p.path, ak_span_str("two, longer"), 0644, &err), &err);
	check_file(p.path, "two, longer");
	assert_int_equal(mode_of(p.path), 0644);
	must(ak_durable_write(p.path, (ak_span){ 0 }, 0644, &err), &err);
	check_file(p.path, "");
	assert_int_equal(count_files(&p), 1);
	close_place(&p);
}

static void test_mode_is_not_the_umasks(void **unused)
{
	place p;
	ak_error err = { 0 };
	mode_t was;

	(void)unused;
	open_place(&p);
	was = umask(0777);
	must(ak_durable_write(p.path, ak_span_str("x"), 0640, &err), &err);
	(void)umask(was);
	assert_int_equal(mode_of(p.path), 0640);
	close_place(&p);
}

static void test_create_never_replaces(void **unused)
{
	place p;
	ak_error err = { 0 };

	(void)unused;
	open_place(&p);
	must(ak_durable_create(p.path, ak_span_str("key"), 0600, &err), &err);
	assert_int_equal(mode_of(p.path), 0600);
	assert_int_equal(ak_durable_create(p.path, ak_span_str("other"), 0600, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "file");
	check_file(p.path, "key");
	assert_int_equal(count_files(&p), 1);
	close_place(&p);
}

static void test_read(void **unused)
{
	place p;
	ak_error err = { 0 };
	ak_buf b;

	(void)unused;
	open_place(&p);
	ak_buf_init(&b, 100);
	assert_int_equal(ak_durable_read(p.path, 100, &b, &err), AK_NOT_FOUND);
	assert_string_equal(err.where, "file");
	must(ak_durable_write(p.path, ak_span_str("12345"), 0600, &err), &err);
	must(ak_buf_add_str(&b, "before ", &err), &err);
	must(ak_durable_read(p.path, 5, &b, &err), &err);
	assert_true(ak_span_is(ak_buf_span(&b), "before 12345"));
	assert_int_equal(ak_durable_read(p.path, 4, &b, &err), AK_LIMIT);
	assert_int_equal(err.at, 4);
	assert_int_equal(ak_durable_read(p.dir, 4, &b, &err), AK_IO);
	ak_buf_clear(&b);
	close_place(&p);
}

static const struct {
	const char *name, *path;
	ak_status want;
	const char *where;
} bad_paths[] = {
	{ "no folder", "/tmp/akashi-no-such-folder/file", AK_IO, "folder" },
	{ "folder is a file", "/proc/self/status/file", AK_IO, "folder" },
	{ "nothing can be made there", "/proc/akashi", AK_IO, "file" },
	{ "a folder's name", "/tmp/", AK_INVALID_ARGUMENT, "file.name" },
	{ "no name", "", AK_INVALID_ARGUMENT, "file.name" },
};

static void test_bad_paths(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(bad_paths) / sizeof(bad_paths[0]); i++) {
		ak_error a = { 0 }, b = { 0 };

		if (ak_durable_write(bad_paths[i].path, ak_span_str("x"), 0600, &a) != bad_paths[i].want ||
		    ak_durable_create(bad_paths[i].path, ak_span_str("x"), 0600, &b) != bad_paths[i].want ||
		    strcmp(a.where, bad_paths[i].where) != 0 || strcmp(b.where, bad_paths[i].where) != 0)
			fail_msg("%s: %s at %s, %s at %s", bad_paths[i].name, ak_status_name(a.status), a.where,
			         ak_status_name(b.status), b.where);
	}
}

/* A disk that is full after `limit` bytes of a file: the old bytes stay, and nothing else is left. */
static void test_full_disk(void **unused)
{
	place p;
	ak_error err = { 0 };
	struct rlimit was, now;
	char text[1001];

	(void)unused;
	open_place(&p);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	must(ak_durable_write(p.path, ak_span_str("old"), 0600, &err), &err);
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	for (rlim_t limit = 0; limit < 1000; limit += 333) {
		char other[128];
		ak_status a, b;

		(void)snprintf(other, sizeof(other), "%s2", p.path);
		now = was;
		now.rlim_cur = limit;
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
		a = ak_durable_write(p.path, ak_span_str(text), 0600, &err);
		b = ak_durable_create(other, ak_span_str(text), 0600, &err);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
		assert_int_equal(a, AK_IO);
		assert_int_equal(b, AK_IO);
		assert_string_equal(err.where, "file");
		check_file(p.path, "old");
		assert_int_equal(count_files(&p), 1);
	}
	close_place(&p);
}

/* A name left behind by a process of the same number is passed over. */
static void test_leftover_of_a_dead_process(void **unused)
{
	place p;
	ak_error err = { 0 };
	char name[160];
	FILE *f;

	(void)unused;
	open_place(&p);
	(void)snprintf(name, sizeof(name), "%s/.file.%ld-0", p.dir, (long)getpid());
	f = fopen(name, "w");
	assert_non_null(f);
	assert_int_equal(fclose(f), 0);
	must(ak_durable_write(p.path, ak_span_str("new"), 0600, &err), &err);
	check_file(p.path, "new");
	close_place(&p);
}

static void test_lock_excludes(void **unused)
{
	place p;
	ak_error err = { 0 };
	ak_lock *a = NULL, *b = NULL;
	struct timespec before, after;

	(void)unused;
	open_place(&p);
	must(ak_lock_take(p.path, 0, &a, &err), &err);
	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &before), 0);
	/* Also against an opening of the same process. */
	assert_int_equal(ak_lock_take(p.path, 60, &b, &err), AK_LOCKED);
	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &after), 0);
	assert_string_equal(err.where, "lock");
	assert_null(b);
	assert_true((after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000 >= 55);
	ak_lock_release(&a);
	ak_lock_release(&a);
	must(ak_lock_take(p.path, 0, &b, &err), &err);
	ak_lock_release(&b);
	assert_int_equal(ak_lock_take("/tmp/akashi-no-such-folder/lock", 0, &b, &err), AK_IO);
	close_place(&p);
}

/* A child takes the lock, says so, and waits to be killed. */
static void test_lock_of_a_dead_process(void **unused)
{
	place p;
	ak_error err = { 0 };
	ak_lock *l = NULL;
	int tell[2];
	char c = 0;
	pid_t child;

	(void)unused;
	open_place(&p);
	assert_int_equal(pipe(tell), 0);
	child = fork();
	if (child == 0) {
		ak_lock *held = NULL;

		if (ak_lock_take(p.path, 0, &held, NULL) == AK_OK)
			c = 'y';
		if (write(tell[1], &c, 1) == 1)
			(void)sleep(60);
		_exit(1);
	}
	assert_int_equal(read(tell[0], &c, 1), 1);
	assert_int_equal(c, 'y');
	assert_int_equal(ak_lock_take(p.path, 20, &l, &err), AK_LOCKED);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	must(ak_lock_take(p.path, 0, &l, &err), &err);
	ak_lock_release(&l);
	(void)close(tell[0]);
	(void)close(tell[1]);
	close_place(&p);
}

/* Whoever waits gets it when the holder is done. */
static void test_lock_is_waited_for(void **unused)
{
	place p;
	ak_error err = { 0 };
	ak_lock *l = NULL;
	int tell[2];
	char c = 0;
	pid_t child;

	(void)unused;
	open_place(&p);
	assert_int_equal(pipe(tell), 0);
	child = fork();
	if (child == 0) {
		struct timespec t = { 0, 100000000 };
		ak_lock *held = NULL;

		if (ak_lock_take(p.path, 0, &held, NULL) == AK_OK && write(tell[1], "y", 1) == 1)
			(void)nanosleep(&t, NULL);
		_exit(0);
	}
	assert_int_equal(read(tell[0], &c, 1), 1);
	must(ak_lock_take(p.path, 10000, &l, &err), &err);
	ak_lock_release(&l);
	assert_int_equal(waitpid(child, NULL, 0), child);
	(void)close(tell[0]);
	(void)close(tell[1]);
	close_place(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_and_replace),
		cmocka_unit_test(test_mode_is_not_the_umasks),
		cmocka_unit_test(test_create_never_replaces),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_bad_paths),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_leftover_of_a_dead_process),
		cmocka_unit_test(test_lock_excludes),
		cmocka_unit_test(test_lock_of_a_dead_process),
		cmocka_unit_test(test_lock_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
