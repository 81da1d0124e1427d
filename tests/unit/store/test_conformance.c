/* SPDX-License-Identifier: Apache-2.0 */
/* The sentences of store.h, one row each, for every implementation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store_fixture.h"

#include <signal.h>
#include <sys/resource.h>

typedef struct subject {
	fixture f;
	ak_mem_store *mem;
	ak_git *git;
	ak_store s;
} subject;

static void open_subject(subject *x, bool git)
{
	ak_error err = { 0 };

	memset(x, 0, sizeof(*x));
	fixture_open(&x->f);
	if (git) {
		must(ak_git_create(x->f.repo, &x->git, &err), &err);
		x->s = ak_git_port(x->git);
	} else {
		must(ak_mem_store_open(&x->mem, &err), &err);
		x->s = ak_mem_store_port(x->mem);
	}
}

static void close_subject(subject *x)
{
	/* Twice: a pointer that was freed is NULL, and NULL is fine. */
	for (int i = 0; i < 2; i++) {
		ak_mem_store_free(&x->mem);
		ak_git_free(&x->git);
	}
	fixture_close(&x->f);
}

static void never_written_has_empty_head(subject *x)
{
	ak_error err = { 0 };
	ak_head h = { 0 };
	ak_buf b = { .max = 100 };

	must(x->s.ops->head(x->s.ctx, &h, &err), &err);
	assert_string_equal(h.id, "");
	assert_int_equal(h.checkpoint.len, 0);
	assert_int_equal(x->s.ops->record(x->s.ctx, &h, 0, &b, &err), AK_NOT_FOUND);
	assert_int_equal(b.len, 0);
	ak_head_clear(&h);
	ak_head_clear(&h);
	check_ledger(x->s, 0);
}

static void staged_is_invisible(subject *x)
{
	ak_error err = { 0 };
	ak_head h = { 0 };
	char id[AK_STORE_ID_MAX + 1];
	ak_change c;

	seal(&x->f, x->s, 0, 3);
	must(x->s.ops->head(x->s.ctx, &h, &err), &err);
	c = make_change(&x->f, 3, 2);
	must(x->s.ops->stage(x->s.ctx, &h, &c, id, &err), &err);
	assert_string_not_equal(id, h.id);
	check_ledger(x->s, 3);
	must(x->s.ops->publish(x->s.ctx, h.id, id, &err), &err);
	check_ledger(x->s, 5);
	ak_head_clear(&h);
}

static void an_old_head_stays_readable(subject *x)
{
	ak_error err = { 0 };
	ak_head h = { 0 };
	ak_buf b = { .max = AK_RECORD_MAX };

	seal(&x->f, x->s, 0, 1);
	must(x->s.ops->head(x->s.ctx, &h, &err), &err);
	seal(&x->f, x->s, 1, 1);
	must(x->s.ops->record(x->s.ctx, &h, 0, &b, &err), &err);
	assert_int_equal(x->s.ops->record(x->s.ctx, &h, 1, &b, &err), AK_NOT_FOUND);
	assert_int_equal(err.at, 1);
	ak_buf_clear(&b);
	ak_head_clear(&h);
}

static void record_appends_to_the_buffer(subject *x)
{
	ak_error err = { 0 };
	ak_head h = { 0 };
	ak_buf b = { .max = AK_RECORD_MAX };
	char text[RECORD_TEXT];

	seal(&x->f, x->s, 0, 1);
	must(x->s.ops->head(x->s.ctx, &h, &err), &err);
	must(ak_buf_add_str(&b, "before", &err), &err);
	must(x->s.ops->record(x->s.ctx, &h, 0, &b, &err), &err);
	record_text(0, text);
	assert_int_equal(b.len, 6 + strlen(text));
	assert_memory_equal(b.data, "before{", 7);
	ak_buf_clear(&b);
	ak_head_clear(&h);
}

static void sizes_around_every_folder_boundary(subject *x)
{
	static const size_t steps[] = { 1, 98, 2, 8, 9, 100, 7, 75, 300, 1 };
	uint64_t size = 0;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		seal(&x->f, x->s, size, steps[i]);
		size += steps[i];
		check_ledger(x->s, size);
	}
}

static void a_change_without_records(subject *x)
{
	seal(&x->f, x->s, 0, 2);
	seal(&x->f, x->s, 2, 0);
	check_ledger(x->s, 2);
}

static void publish_compares_with_the_callers_head(subject *x)
{
	ak_error err = { 0 };
	ak_head h = { 0 };
	char a[AK_STORE_ID_MAX + 1], b[AK_STORE_ID_MAX + 1];
	ak_change c;

	seal(&x->f, x->s, 0, 1);
	must(x->s.ops->head(x->s.ctx, &h, &err), &err);
	c = make_change(&x->f, 1, 1);
	must(x->s.ops->stage(x->s.ctx, &h, &c, a, &err), &err);
	c = make_change(&x->f, 1, 2);
	must(x->s.ops->stage(x->s.ctx, &h, &c, b, &err), &err);
	must(x->s.ops->publish(x->s.ctx, h.id, b, &err), &err);
	/* Somebody else was first: nothing changes. */
	assert_int_equal(x->s.ops->publish(x->s.ctx, h.id, a, &err), AK_CONFLICT);
	assert_string_equal(err.where, "head");
	assert_string_equal(err.expected, h.id);
	assert_string_equal(err.found, b);
	check_ledger(x->s, 3);
	/* "never written" is a head like any other. */
	assert_int_equal(x->s.ops->publish(x->s.ctx, "", a, &err), AK_CONFLICT);
	/* On the right head, but not staged on top of it: history would be lost. */
	assert_int_equal(x->s.ops->publish(x->s.ctx, b, a, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "head.id");
	check_ledger(x->s, 3);
	ak_head_clear(&h);
}

static void publish_on_an_empty_store_expects_none(subject *x)
{
	ak_error err = { 0 };
	ak_head h = { 0 };
	char id[AK_STORE_ID_MAX + 1];
	ak_change c = make_change(&x->f, 0, 1);

	must(x->s.ops->stage(x->s.ctx, &h, &c, id, &err), &err);
	assert_int_equal(x->s.ops->publish(x->s.ctx, id, id, &err), AK_CONFLICT);
	check_ledger(x->s, 0);
	must(x->s.ops->publish(x->s.ctx, "", id, &err), &err);
	check_ledger(x->s, 1);
}

static void publish_wants_something_staged(subject *x)
{
	ak_error err = { 0 };
	ak_head h = { 0 };
	static const char *const ids[] = { "", "nothing", "0123456789012345678901234567890123456789" };

	seal(&x->f, x->s, 0, 1);
	must(x->s.ops->head(x->s.ctx, &h, &err), &err);
	for (size_t i = 0; i < 3; i++) {
		assert_int_not_equal(x->s.ops->publish(x->s.ctx, h.id, ids[i], &err), AK_OK);
		check_ledger(x->s, 1);
	}
	ak_head_clear(&h);
}

static void records_follow_the_last_one(subject *x)
{
	ak_error err = { 0 };
	ak_head h = { 0 };
	static const uint64_t firsts[] = { 0, 1, 3, 100, 102, 9999999999, UINT64_MAX };

	seal(&x->f, x->s, 0, 2);
	must(x->s.ops->head(x->s.ctx, &h, &err), &err);
	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
		char id[AK_STORE_ID_MAX + 1] = "untouched";
		ak_change c = make_change(&x->f, firsts[i], 1);
		ak_status st = x->s.ops->stage(x->s.ctx, &h, &c, id, &err);

		if (st != AK_INVALID_ARGUMENT && st != AK_LIMIT)
			fail_msg("first_seq row %zu: %s", i, ak_status_name(st));
		assert_string_equal(err.where, "change.first_seq");
		assert_string_equal(id, "untouched");
	}
	ak_head_clear(&h);
}

static void limits_hold(subject *x)
{
	ak_error err = { 0 };
	ak_head h = { 0 };
	char id[AK_STORE_ID_MAX + 1] = "untouched";
	uint8_t *big = calloc(1, AK_RECORD_MAX + 1);
	ak_span over = { big, AK_RECORD_MAX + 1 };
	ak_change c = make_change(&x->f, 0, 1);

	assert_non_null(big);
	c.records = &over;
	assert_int_equal(x->s.ops->stage(x->s.ctx, &h, &c, id, &err), AK_LIMIT);
	c = make_change(&x->f, 0, 1);
	c.checkpoint = (ak_span){ big, AK_CHECKPOINT_MAX + 1 };
	assert_int_equal(x->s.ops->stage(x->s.ctx, &h, &c, id, &err), AK_LIMIT);
	c.checkpoint = (ak_span){ 0 };
	assert_int_equal(x->s.ops->stage(x->s.ctx, &h, &c, id, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "change.checkpoint");
	assert_string_equal(id, "untouched");
	check_ledger(x->s, 0);
	/* The largest that is allowed goes through. */
	c = make_change(&x->f, 0, 1);
	over.len = AK_RECORD_MAX;
	c.records = &over;
	must(x->s.ops->stage(x->s.ctx, &h, &c, id, &err), &err);
	free(big);
}

/* Rows for stores that write: after a failed stage the head and every record are as before, and the
 * same change goes through when the cause is gone. */
static void a_failed_signer_changes_nothing(subject *x)
{
	ak_error err = { 0 };
	ak_head h = { 0 };
	char id[AK_STORE_ID_MAX + 1] = "untouched";
	ak_change c;

	if (x->git == NULL)
		return;
	seal(&x->f, x->s, 0, 2);
	must(x->s.ops->head(x->s.ctx, &h, &err), &err);
	x->f.signer_fails = true;
	c = make_change(&x->f, 2, 1);
	assert_int_equal(x->s.ops->stage(x->s.ctx, &h, &c, id, &err), AK_IO);
	assert_string_equal(err.where, "test.signer");
	assert_string_equal(id, "untouched");
	x->f.signer_fails = false;
	check_ledger(x->s, 2);
	seal(&x->f, x->s, 2, 1);
	check_ledger(x->s, 3);
	ak_head_clear(&h);
}

/* Every write of more than `limit` bytes to a file fails, as on a full disk. */
static ak_status stage_with_full_disk(subject *x, const ak_head *h, const ak_change *c, size_t limit, char *id,
                                      ak_error *err)
{
	struct rlimit was, now;
	ak_status st;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	now = was;
	now.rlim_cur = limit;
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &now), 0);
	st = x->s.ops->stage(x->s.ctx, h, c, id, err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	return st;
}

static void a_full_disk_changes_nothing(subject *x)
{
	static const size_t limits[] = { 0, 10, 100, 300, 700 };

	if (x->git == NULL)
		return;
	seal(&x->f, x->s, 0, 2);
	for (size_t i = 0; i < 2 * sizeof(limits) / sizeof(limits[0]); i++) {
		ak_error err = { 0 };
		ak_head h = { 0 };
		char id[AK_STORE_ID_MAX + 1] = "untouched";
		/* loose objects, and a pack */
		ak_change c = make_change(&x->f, 2, i % 2 == 0 ? 1 : 20);

		must(x->s.ops->head(x->s.ctx, &h, &err), &err);
		assert_int_equal(stage_with_full_disk(x, &h, &c, limits[i / 2], id, &err), AK_IO);
		assert_string_equal(id, "untouched");
		check_ledger(x->s, 2);
		ak_head_clear(&h);
	}
	assert_int_equal(run("ls %s/objects | grep -q tmp_", x->f.repo) != 0, 1);
	seal(&x->f, x->s, 2, 1);
	seal(&x->f, x->s, 3, 20);
	check_ledger(x->s, 23);
	assert_int_equal(run("git -C %s fsck --strict --no-dangling 2>&1", x->f.repo), 0);
}

#define ROW(name) { #name, name }
static const struct {
	const char *name;
	void (*play)(subject *);
} rows[] = {
	ROW(never_written_has_empty_head),
	ROW(staged_is_invisible),
	ROW(an_old_head_stays_readable),
	ROW(record_appends_to_the_buffer),
	ROW(sizes_around_every_folder_boundary),
	ROW(a_change_without_records),
	ROW(publish_compares_with_the_callers_head),
	ROW(publish_on_an_empty_store_expects_none),
	ROW(publish_wants_something_staged),
	ROW(records_follow_the_last_one),
	ROW(limits_hold),
	ROW(a_failed_signer_changes_nothing),
	ROW(a_full_disk_changes_nothing),
};

static void play_all(bool git)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		subject x;

		print_message("%s: %s\n", git ? "git" : "mem", rows[i].name);
		open_subject(&x, git);
		rows[i].play(&x);
		close_subject(&x);
	}
}

static void test_mem(void **state)
{
	(void)state;
	play_all(false);
}

static void test_git(void **state)
{
	(void)state;
	play_all(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_mem), cmocka_unit_test(test_git) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
