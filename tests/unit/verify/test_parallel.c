/* SPDX-License-Identifier: Apache-2.0 */
/* Work on several threads: every item once, the first failure whatever the threads did, and nothing begun after the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/fail.h"
#include "oom.h"
#include "verify/parallel.h"

#include <stdatomic.h>

enum { ITEMS = 200, SEVERAL = 5 };

typedef struct job {
	atomic_uint done[ITEMS];
	bool fails[ITEMS];
	atomic_uint begun;
} job;

static ak_status item(void *ctx, size_t i, ak_error *err)
{
	job *j = ctx;

	atomic_fetch_add(&j->begun, 1);
	/* The further back an item is the sooner it is done: later ones overtake earlier ones. */
	for (volatile size_t spin = 0; spin < (ITEMS - i) * 20; spin++)
		;
	atomic_fetch_add(&j->done[i], 1);
	return j->fails[i] ? ak_fail(err, AK_STOPPED, "item", i, "fails") : AK_OK;
}

static void does_every_item_once(void **state)
{
	static const size_t counts[] = { 0, 1, 7, 8, 9, 16, 17, ITEMS };

	(void)state;
	for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
		for (unsigned threads = 0; threads <= SEVERAL; threads++) {
			job j = { .begun = 0 };

			assert_int_equal(ak_parallel(counts[k], threads, item, &j, NULL, NULL), AK_OK);
			for (size_t i = 0; i < ITEMS; i++)
				assert_int_equal(j.done[i], i < counts[k] ? 1 : 0);
		}
	}
}

static void tells_the_first_failure(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= SEVERAL; threads++) {
		for (size_t first = 0; first < ITEMS; first += 13) {
			job j = { .begun = 0 };
			size_t failed = SIZE_MAX;
			ak_error err = { 0 };

			for (size_t i = first; i < ITEMS; i += 3)
				j.fails[i] = true;
			assert_int_equal(ak_parallel(ITEMS, threads, item, &j, &failed, &err), AK_STOPPED);
			assert_int_equal(failed, first);
			assert_int_equal(err.at, first);
			assert_string_equal(err.where, "item");
			for (size_t i = 0; i < first; i++)
				assert_int_equal(j.done[i], 1);
		}
	}
}

static void waits_for_all_before_the_item(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= SEVERAL; threads++) {
		job j = { .begun = 0 };
		ak_work *w = NULL;

		assert_int_equal(ak_work_begin(ITEMS, threads, item, &j, &w, NULL), AK_OK);
		for (size_t i = 0; i < ITEMS; i += i < 60 ? 1 : 37) {
			assert_int_equal(ak_work_until(w, i, NULL, NULL), AK_OK);
			for (size_t k = 0; k <= i; k++)
				assert_int_equal(j.done[k], 1);
		}
		assert_int_equal(ak_work_until(w, 0, NULL, NULL), AK_OK);
		ak_work_end(&w);
		assert_null(w);
	}
}

static void items_before_a_failure_are_good(void **state)
{
	enum { BAD = 101 };

	(void)state;
	for (unsigned threads = 1; threads <= SEVERAL; threads++) {
		job j = { .fails = { [BAD] = true } };
		size_t failed = SIZE_MAX;
		ak_work *w = NULL;
		ak_error err = { 0 };

		assert_int_equal(ak_work_begin(ITEMS, threads, item, &j, &w, NULL), AK_OK);
		assert_int_equal(ak_work_until(w, ITEMS - 1, &failed, &err), AK_STOPPED);
		assert_int_equal(failed, BAD);
		failed = SIZE_MAX;
		for (size_t i = 0; i < BAD; i++)
			assert_int_equal(ak_work_until(w, i, &failed, NULL), AK_OK);
		assert_int_equal(failed, SIZE_MAX);
		assert_int_equal(ak_work_until(w, BAD, &failed, NULL), AK_STOPPED);
		assert_int_equal(failed, BAD);
		ak_work_end(&w);
	}
}

static void begins_nothing_after_the_end(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= SEVERAL; threads++) {
		job j = { .begun = 0 };
		ak_work *w = NULL;
		unsigned begun;

		assert_int_equal(ak_work_begin(ITEMS, threads, item, &j, &w, NULL), AK_OK);
		if (threads == 1)
			assert_int_equal(j.begun, 0);
		assert_int_equal(ak_work_until(w, 3, NULL, NULL), AK_OK);
		ak_work_end(&w);
		begun = j.begun;
		assert_true(threads != 1 || begun < ITEMS / 2);
		for (size_t i = 0; i < ITEMS; i++) /* what was begun was finished */
			begun -= j.done[i];
		assert_int_equal(begun, 0);
	}
	ak_work_end(&(ak_work *){ NULL });
}

static ak_status one_thread(void *ctx)
{
	job j = { .begun = 0 };

	(void)ctx;
	return ak_parallel(ITEMS, 1, item, &j, NULL, NULL);
}

static void survives_want_of_memory(void **state)
{
	(void)state;
	oom_sweep("ak_parallel", one_thread, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_every_item_once),
		cmocka_unit_test(tells_the_first_failure),
		cmocka_unit_test(waits_for_all_before_the_item),
		cmocka_unit_test(items_before_a_failure_are_good),
		cmocka_unit_test(begins_nothing_after_the_end),
		cmocka_unit_test(survives_want_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
