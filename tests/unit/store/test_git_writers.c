/* SPDX-License-Identifier: Apache-2.0 */
/* The git store's one writer at a time: locks, held and stale, commits staged and found again, and changes refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "git_fixture.h"
#include "store/git_recover.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

static double seconds(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &t), 0);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void test_stale_lock_is_removed(void **state)
{
	fixture f;
	ak_git *g = NULL;
	ak_store s = create(&f, &g);
	double before;

	(void)state;
	seal(&f, s, 0, 1);
	assert_int_equal(run("touch -d '1 minute ago' %s/refs/heads/main.lock", f.repo), 0);
	before = seconds();
	seal(&f, s, 1, 1);
	assert_true(seconds() - before < 1.5);
	check_ledger(s, 2);
	/* A fresh one is waited for, until it is old. */
	assert_int_equal(run("touch %s/refs/heads/main.lock; (sleep 0.4; rm -f %s/refs/heads/main.lock) &", f.repo,
	                     f.repo), 0);
	seal(&f, s, 2, 1);
	check_ledger(s, 3);
	ak_git_free(&g);
	fixture_close(&f);
}

/* A lock that stays fresh: AK_LOCKED in bounded time, and nothing changed. */
static void test_held_lock(void **state)
{
	fixture f;
	ak_git *g = NULL;
	ak_store s = create(&f, &g);
	ak_error err = { 0 };
	ak_head h = { 0 };
	char id[AK_STORE_ID_MAX + 1];
	ak_change c;
	double before;

	(void)state;
	seal(&f, s, 0, 1);
	must(s.ops->head(s.ctx, &h, &err), &err);
	c = make_change(&f, 1, 1);
	must(s.ops->stage(s.ctx, &h, &c, id, &err), &err);
	assert_int_equal(run("touch -d '+1 hour' %s/refs/heads/main.lock", f.repo), 0);
	before = seconds();
	assert_int_equal(s.ops->publish(s.ctx, h.id, id, &err), AK_LOCKED);
	assert_string_equal(err.where, "git.ref");
	assert_true(seconds() - before > 2.5);
	check_ledger(s, 1);
	assert_int_equal(run("rm %s/refs/heads/main.lock", f.repo), 0);
	must(s.ops->publish(s.ctx, h.id, id, &err), &err);
	check_ledger(s, 2);
	ak_head_clear(&h);
	ak_git_free(&g);
	fixture_close(&f);
}

/* Somebody moves the head after we looked and before we hold the lock: it is compared again, under the lock. */
static void test_head_moved_while_waiting_for_the_lock(void **state)
{
	fixture f;
	ak_git *g = NULL;
	ak_store s = create(&f, &g);
	ak_error err = { 0 };
	ak_head h = { 0 };
	char ours[AK_STORE_ID_MAX + 1], theirs[AK_STORE_ID_MAX + 1];
	ak_change c;

	(void)state;
	seal(&f, s, 0, 1);
	must(s.ops->head(s.ctx, &h, &err), &err);
	c = make_change(&f, 1, 1);
	must(s.ops->stage(s.ctx, &h, &c, ours, &err), &err);
	c = make_change(&f, 1, 2);
	must(s.ops->stage(s.ctx, &h, &c, theirs, &err), &err);
	assert_int_equal(run("cd %s/refs/heads; touch main.lock; (sleep 0.5; echo %s >main; rm main.lock) &", f.repo,
	                     theirs), 0);
	assert_int_equal(s.ops->publish(s.ctx, h.id, ours, &err), AK_CONFLICT);
	assert_string_equal(err.where, "head");
	assert_string_equal(err.found, theirs);
	check_ledger(s, 3);
	ak_head_clear(&h);
	ak_git_free(&g);
	fixture_close(&f);
}

static void test_old_temporary_objects_are_swept(void **state)
{
	fixture f;
	ak_git *g = NULL;
	ak_store s = create(&f, &g);

	(void)state;
	assert_int_equal(run("cd %s/objects && touch -d @1795220000 tmp_object_git2_a tmp_obj_99_1 other &&"
	                     " touch -d @1795230000 tmp_object_git2_new", f.repo), 0);
	seal(&f, s, 0, 1);
	assert_int_equal(run("cd %s/objects && test \"$(ls -d tmp* other | tr '\\n' ' ')\" ="
	                     " 'other tmp_object_git2_new '", f.repo), 0);
	ak_git_free(&g);
	fixture_close(&f);
}

/* An object file that an earlier crash left empty is put right, not taken for the object. */
static void test_hollow_object_is_replaced(void **state)
{
	fixture f;
	ak_git *g = NULL;
	ak_store s = create(&f, &g);

	(void)state;
	seal(&f, s, 0, 1);
	assert_int_equal(run("cd %s && for o in objects/[0-9a-f]*/*; do chmod u+w $o; : > $o; done; rm refs/heads/main", f.repo),
	                 0);
	seal(&f, s, 0, 1);
	check_ledger(s, 1);
	check_with_git(&f, 1);
	ak_git_free(&g);
	fixture_close(&f);
}

/* -- a commit found again by its bytes and signature -- */

typedef struct keeper {
	fixture *f;
	ak_buf commit, armor;
} keeper;

static ak_status keep_and_sign(void *ctx, ak_span commit, ak_buf *armor, ak_error *err)
{
	keeper *k = ctx;
	ak_status st = fixture_sign(k->f, commit, armor, err);

	k->commit.len = 0;
	k->armor.len = 0;
	if (st == AK_OK)
		st = ak_buf_add_span(&k->commit, commit, err);
	return st == AK_OK ? ak_buf_add_span(&k->armor, ak_buf_span(armor), err) : st;
}

static void test_staged_commit_is_found_again(void **state)
{
	fixture f;
	ak_git *g = NULL;
	ak_store s = create(&f, &g);
	keeper k = { &f, { .max = 10000 }, { .max = 10000 } };
	ak_error err = { 0 };
	ak_head h = { 0 };

	(void)state;
	for (size_t n = 1; n <= 20; n += 19) { /* loose, packed */
		char staged[AK_STORE_ID_MAX + 1], found[AK_STORE_ID_MAX + 1];
		ak_change c = make_change(&f, 0, n);
		bool there = false;

		c.signer = (ak_commit_signer){ keep_and_sign, &k };
		must(s.ops->stage(s.ctx, &h, &c, staged, &err), &err);
		must(ak_git_find_staged(g, ak_buf_span(&k.commit), ak_buf_span(&k.armor), found, &there, &err), &err);
		assert_true(there);
		assert_string_equal(staged, found);
		k.commit.data[k.commit.len - 2] ^= 1;
		must(ak_git_find_staged(g, ak_buf_span(&k.commit), ak_buf_span(&k.armor), found, &there, &err), &err);
		assert_false(there);
	}
	ak_buf_clear(&k.commit);
	ak_buf_clear(&k.armor);
	ak_git_free(&g);
	fixture_close(&f);
}

/* -- changes that must be refused -- */

static const struct {
	const char *name;
	const char *person, *email, *message;
	int64_t time;
	const char *where;
} refused[] = {
	{ "newline in name", "a\nb", "e@x", "m\n", 1, "change.name" },
	{ "angle in name", "a<b", "e@x", "m\n", 1, "change.name" },
	{ "angle in address", "a", "e>@x", "m\n", 1, "change.name" },
	{ "empty name", "", "e@x", "m\n", 1, "change.name" },
	{ "empty address", "a", "", "m\n", 1, "change.name" },
	{ "space at the end of a name", "a ", "e@x", "m\n", 1, "change.name" },
	{ "no name", NULL, "e@x", "m\n", 1, "change.name" },
	{ "no message", "a", "e@x", NULL, 1, "change.message" },
	{ "empty message", "a", "e@x", "", 1, "change.message" },
	{ "message without newline", "a", "e@x", "m", 1, "change.message" },
	{ "before 1970", "a", "e@x", "m\n", -1, "change.time" },
};

static ak_status bad_armor(void *ctx, ak_span commit, ak_buf *armor, ak_error *err)
{
	const char *text = ctx;

	(void)commit;
	return ak_buf_add_str(armor, text, err);
}

static void test_refused_changes(void **state)
{
	static char empty[] = "", newline[] = "-----BEGIN\n";
	fixture f;
	ak_git *g = NULL;
	ak_store s = create(&f, &g);
	ak_error err = { 0 };
	ak_head h = { 0 };
	char id[AK_STORE_ID_MAX + 1];
	ak_change c;

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		c = make_change(&f, 0, 1);
		c.name = refused[i].person;
		c.email = refused[i].email;
		c.message = refused[i].message;
		c.time = refused[i].time;
		if (s.ops->stage(s.ctx, &h, &c, id, &err) != AK_INVALID_ARGUMENT ||
		    strcmp(err.where, refused[i].where) != 0)
			fail_msg("%s: %s at %s", refused[i].name, ak_status_name(err.status), err.where);
	}
	c = make_change(&f, 0, 1);
	c.signer = (ak_commit_signer){ 0 };
	assert_int_equal(s.ops->stage(s.ctx, &h, &c, id, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "change.signer");
	assert_int_equal(run("test -z \"$(find %s/objects -type f)\"", f.repo), 0);
	/* The signer is called when all but checkpoint and commit is there (S7), and of these two there is nothing. */
	c.signer = (ak_commit_signer){ bad_armor, empty };
	assert_int_equal(s.ops->stage(s.ctx, &h, &c, id, &err), AK_INVALID_ARGUMENT);
	c.signer = (ak_commit_signer){ bad_armor, newline };
	assert_int_equal(s.ops->stage(s.ctx, &h, &c, id, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "change.signer");
	check_ledger(s, 0);
	assert_int_equal(run("! git -C %s cat-file --batch-all-objects --batch-check | grep -q ' commit '", f.repo), 0);
	assert_int_equal(run("test -n \"$(find %s/objects -type f)\"", f.repo), 0);
	assert_int_equal(run("! printf 'checkpoint of size 1\\n' | git hash-object --stdin | git -C %s cat-file --batch-check | grep -q blob", f.repo), 0);
	ak_git_free(&g);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stale_lock_is_removed),
		cmocka_unit_test(test_held_lock),
		cmocka_unit_test(test_head_moved_while_waiting_for_the_lock),
		cmocka_unit_test(test_old_temporary_objects_are_swept),
		cmocka_unit_test(test_hollow_object_is_replaced),
		cmocka_unit_test(test_staged_commit_is_found_again),
		cmocka_unit_test(test_refused_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
