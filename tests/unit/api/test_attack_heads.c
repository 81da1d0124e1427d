/* SPDX-License-Identifier: Apache-2.0 */
/* No two signed heads of one size: backups and lost races (S6); writers that died are in test_attack_crash.c. */
#include "attack.h"

#include "api/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define DECIDED(day) \
	"{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"deferred\",\"decided_on\":\"" day "\",\"meeting\":\"第23回\"}"

static ak_text decision(world *w, const char *day)
{
	return world_sign(world_draft(w, "ismap", "decision", NULL, day, NULL), world_signers(w, "decision"));
}

static void run(const char *cmd)
{
	assert_int_equal(system(cmd), 0);
}

static void copy_file(const char *from, const char *to)
{
	char cmd[400];

	(void)snprintf(cmd, sizeof(cmd), "rm -rf %s && cp -a %s %s", to, from, to);
	run(cmd);
}

static void reopen(world *w)
{
	ak_ledger_free(&w->l);
	assert_int_equal(ak_ledger_open(w->ledger, &w->l, NULL), AK_OK);
}

/* `behind` seals are lost with the disk; the memory beside the operator key is not. */
static void a_backup_is_not_signed_over(void **state)
{
	static const char *const days[] = { DECIDED("2026-05-11"), DECIDED("2026-05-12"), DECIDED("2026-05-13") };

	for (size_t behind = 1; behind <= 3; behind++) {
		char backup[128];
		ak_error err;
		world w;

		world_branch(*state, &w);
		(void)snprintf(backup, sizeof(backup), "%s/backup.git", w.dir);
		(void)world_seal(&w, decision(&w, DECIDED("2026-05-10")));
		copy_file(w.ledger, backup);
		for (size_t i = 0; i < behind; i++)
			(void)world_seal(&w, decision(&w, days[i]));
		ak_ledger_free(&w.l);
		copy_file(backup, w.ledger);
		reopen(&w);
		err = attack_refused(&w, decision(&w, DECIDED("2026-05-14")), AK_FORK, "operator.state");
		assert_int_equal(err.at, attack_size(&w) + behind);
		world_close(&w);
	}
}

static void a_ledger_without_its_memory_is_not_sealed_on(void **state)
{
	ak_seal_options o = { 0 };
	ak_text e, json = { 0 };
	ak_span in;
	ak_error err = { 0 };
	size_t failed;
	world w;

	world_branch(*state, &w);
	(void)remove(w.state);
	(void)attack_refused(&w, decision(&w, DECIDED("2026-05-10")), AK_FORK, "operator.state");
	e = decision(&w, DECIDED("2026-05-10"));
	in = (ak_span){ (const uint8_t *)e.data, e.len };
	o = (ak_seal_options){ .operator_key = w.op, .state_path = w.state, .now = w.now += 60, .adopt_head = true };
	assert_int_equal(ak_ledger_seal(w.l, &in, 1, &o, &json, &failed, &err), AK_OK);
	ak_text_free(&json);
	ak_text_free(&e);
	(void)world_seal(&w, decision(&w, DECIDED("2026-05-11")));
	attack_is_sound(&w, 0);
	world_close(&w);
}

/* ---- the memory itself --------------------------------------------------------------------------------------- */

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *text = calloc(1, 1 << 16);
	size_t n;

	assert_non_null(f);
	assert_non_null(text);
	n = fread(text, 1, (1 << 16) - 1, f);
	assert_true(n > 0);
	(void)fclose(f);
	return text;
}

static void spill(const char *path, const char *text)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

/* Replace `what` by something of the same length. */
static void change_state(const world *w, const char *what, const char *by)
{
	char *text = slurp(w->state), *at = strstr(text, what);

	assert_non_null(at);
	assert_int_equal(strlen(what), strlen(by));
	memcpy(at, by, strlen(by));
	spill(w->state, text);
	free(text);
}

static void the_memory_of_another_ledger_is_refused(void **state)
{
	world w, other;

	world_branch(*state, &w);
	change_state(&w, "ledger.example/ismap", "ledger.example/isnap");
	(void)attack_refused(&w, decision(&w, DECIDED("2026-05-10")), AK_WRONG_LEDGER, "operator.state");
	/* One of the same name, shorter: its head is not in this history. */
	world_open_bare(&other);
	copy_file(other.state, w.state);
	(void)attack_refused(&w, decision(&w, DECIDED("2026-05-10")), AK_FORK, "operator.state");
	world_close(&other);
	world_close(&w);
}

static void a_damaged_memory_is_refused(void **state)
{
	char *text;
	size_t len;
	world w;

	world_branch(*state, &w);
	text = slurp(w.state);
	len = strlen(text);
	for (size_t cut = 0; cut < len; cut += len / 7) {
		char *copy = strdup(text);

		copy[cut] = '\0';
		spill(w.state, copy);
		free(copy);
		(void)attack_refused(&w, decision(&w, DECIDED("2026-05-10")), AK_BAD_FORMAT, "operator.state");
	}
	spill(w.state, text);
	change_state(&w, "\"published\":1", "\"published\":7");
	(void)attack_refused(&w, decision(&w, DECIDED("2026-05-10")), AK_BAD_FORMAT, "operator.state");
	spill(w.state, text);
	(void)world_seal(&w, decision(&w, DECIDED("2026-05-10")));
	free(text);
	world_close(&w);
}

/* ---- two writers ------------------------------------------------------------------------------------------------ */

static void two_writers_take_turns_and_lose_nothing(void **state)
{
	ak_ledger *second = NULL, *first;
	ak_text mine, theirs, apart;
	uint64_t size;
	ak_error err;
	world w;

	world_branch(*state, &w);
	size = attack_size(&w);
	assert_int_equal(ak_ledger_open(w.ledger, &second, NULL), AK_OK);
	mine = decision(&w, DECIDED("2026-05-10"));
	theirs = decision(&w, DECIDED("2026-05-11"));
	apart = world_sign(world_draft(&w, "ismap", "application", NULL,
	                   "{\"provider\":\"kakuu-kumo\",\"service\":\"other\",\"applied_on\":\"2026-05-30\"}", NULL),
	                   world_signers(&w, "application"));
	assert_int_equal(world_seal(&w, mine), size);
	/* The other handle still thinks of the old head. */
	first = w.l;
	w.l = second;
	assert_int_equal(attack_size(&w), size);
	err = (ak_error){ 0 };
	assert_int_equal(try_seal(&w, theirs, &err), AK_HELD_BACK);
	assert_string_equal(err.where, "statement.base");
	assert_int_equal(world_seal(&w, apart), size + 1);
	w.l = first;
	assert_int_equal(world_seal(&w, decision(&w, DECIDED("2026-05-12"))), size + 2);
	ak_ledger_free(&second);
	attack_is_sound(&w, 0);
	world_close(&w);
}

/* Two copies have a lock each, but one operator's memory: never two signed heads of one size (DESIGN 3.5). */
static void two_copies_at_once_never_sign_two_heads_of_one_size(void **state)
{
	enum { RACES = 6 };

	for (int i = 0; i < RACES; i++) {
		ak_text mine, theirs;
		ak_error err = { 0 };
		bool here, there;
		int status = 0;
		world a, b;
		pid_t child;

		world_branch(*state, &a);
		world_branch(*state, &b);
		memcpy(b.state, a.state, sizeof(b.state));
		mine = decision(&a, DECIDED("2026-05-10"));
		theirs = decision(&b, DECIDED("2026-05-11"));
		child = fork();
		assert_true(child >= 0);
		if (child == 0)
			_exit(try_seal(&b, theirs, NULL) == AK_OK ? 0 : 1);
		here = try_seal(&a, mine, &err) == AK_OK;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		there = WEXITSTATUS(status) == 0;
		assert_int_equal(here + there, 1);
		if (!here) {
			assert_int_equal(err.status, AK_FORK);
			assert_string_equal(err.where, "operator.state");
		}
		ak_text_free(&theirs);
		world_close(&a);
		world_close(&b);
	}
}

static void a_clock_before_the_newest_record_seals_nothing(void **state)
{
	world w;

	world_branch(*state, &w);
	w.now -= 3600;
	(void)attack_refused(&w, decision(&w, DECIDED("2026-05-10")), AK_CLOCK, "clock");
	world_close(&w);
}

/* ---- waiting for one's turn ---------------------------------------------------------------------------------------- */

typedef struct watch {
	world *w;
	size_t asked;
	bool locked; /* the ledger was, while the clock was asked */
} watch;

/* The clock as it is when it is asked; it does not go back to when the command began. */
static int64_t look_at_clock(void *ctx)
{
	watch *c = ctx;
	char path[128];
	ak_lock *lock = NULL;

	(void)snprintf(path, sizeof(path), "%s/akashi-lock", c->w->ledger);
	c->locked = ak_lock_take(path, 0, &lock, NULL) == AK_LOCKED;
	ak_lock_release(&lock);
	c->asked++;
	return c->w->now + 60;
}

static void who_waited_for_the_ledger_is_not_late(void **state)
{
	watch c = { 0 };
	ak_text envelope, json = { 0 };
	size_t failed = 0;
	world w;

	world_branch(*state, &w);
	envelope = decision(&w, DECIDED("2026-05-10"));
	c.w = &w;
	{
		const ak_seal_options o = { .operator_key = w.op, .state_path = w.state, .now = w.now - 3600,
			                    .clock = look_at_clock, .clock_ctx = &c };
		const ak_span one = { (const uint8_t *)envelope.data, envelope.len };

		assert_int_equal(ak_ledger_seal(w.l, &one, 1, &o, &json, &failed, NULL), AK_OK);
	}
	assert_int_equal(c.asked, 1);
	assert_true(c.locked);
	ak_text_free(&envelope);
	ak_text_free(&json);
	world_close(&w);
}

static int64_t real_clock(void *ctx)
{
	(void)ctx;
	return (int64_t)time(NULL);
}

/* Seal in a process of its own; its exit status says whether that worked. */
static pid_t sealing_apart(const world *w, const ak_text *envelope)
{
	const ak_seal_options o = { .operator_key = w->op, .state_path = w->state, .clock = real_clock };
	const ak_span one = { (const uint8_t *)envelope->data, envelope->len };
	ak_ledger *l = NULL;
	ak_text json = { 0 };
	ak_error err = { 0 };
	size_t failed = 0;
	pid_t child = fork();
	ak_status st;

	assert_true(child >= 0);
	if (child != 0)
		return child;
	st = ak_ledger_open(w->ledger, &l, &err);
	if (st == AK_OK)
		st = ak_ledger_seal(l, &one, 1, &o, &json, &failed, &err);
	if (st != AK_OK)
		(void)fprintf(stderr, "%s at %s: %s\n", ak_status_name(st), err.where, err.detail);
	_exit(st == AK_OK ? 0 : 1);
}

static void of_many_writers_at_once_none_is_refused_for_its_clock(void **state)
{
	enum { WRITERS = 8 };
	ak_text envelope[WRITERS];
	pid_t child[WRITERS];
	uint64_t size;
	world w;

	world_branch(*state, &w);
	size = attack_size(&w);
	for (int i = 0; i < WRITERS; i++) {
		char body[120];

		(void)snprintf(body, sizeof(body), "{\"provider\":\"kakuu-kumo\",\"service\":\"other-%d\",\"applied_on\":\"2026-05-30\"}", i);
		envelope[i] = world_sign(world_draft(&w, "ismap", "application", NULL, body, NULL), world_signers(&w, "application"));
	}
	ak_ledger_free(&w.l);
	for (int i = 0; i < WRITERS; i++)
		child[i] = sealing_apart(&w, &envelope[i]);
	for (int i = 0; i < WRITERS; i++) {
		int status = -1;

		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_int_equal(status, 0);
		ak_text_free(&envelope[i]);
	}
	reopen(&w);
	attack_is_sound(&w, 0);
	assert_int_equal(attack_size(&w), size + WRITERS);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_backup_is_not_signed_over),
		cmocka_unit_test(a_ledger_without_its_memory_is_not_sealed_on),
		cmocka_unit_test(the_memory_of_another_ledger_is_refused),
		cmocka_unit_test(a_damaged_memory_is_refused),
		cmocka_unit_test(two_writers_take_turns_and_lose_nothing),
		cmocka_unit_test(two_copies_at_once_never_sign_two_heads_of_one_size),
		cmocka_unit_test(a_clock_before_the_newest_record_seals_nothing),
		cmocka_unit_test(who_waited_for_the_ledger_is_not_late),
		cmocka_unit_test(of_many_writers_at_once_none_is_refused_for_its_clock),
	};

	return cmocka_run_group_tests_name("attack: heads", tests, attack_world_open, attack_world_close);
}
