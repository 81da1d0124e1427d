/* SPDX-License-Identifier: Apache-2.0 */
/* What a witness remembers: lost, damaged, of another ledger, taken back, and asked for twice at once. */
#include "attack.h"
#include "watcher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define DECIDED(day)                                                                                       \
	"{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"deferred\",\"decided_on\":\"" day \
	"\",\"meeting\":\"第23回\"}"

#define ZEROS "sha256:0000000000000000000000000000000000000000000000000000000000000000"

static void open_place(world *w, watcher *a, void **state)
{
	world_branch(*state, w);
	watcher_open(a, w, world_new_key("ed25519"));
}

static void close_place(world *w, watcher *a)
{
	watcher_close(a);
	world_close(w);
}

static void grow(world *w, const char *body)
{
	(void)world_seal(w, world_sign(world_draft(w, "ismap", "decision", NULL, body, NULL), world_signers(w, "decision")));
}

static void sign(watcher *a, const world *w, int64_t later)
{
	ak_text line = watcher_signs(a, w, later, NULL);

	ak_text_free(&line);
}

static int64_t replayed(watcher *a, const world *w, int64_t later)
{
	ak_json *r = NULL;
	ak_text line = watcher_signs(a, w, later, &r);
	int64_t n = -1;

	assert_true(ak_json_int(ak_json_get(r, "replayed"), &n));
	ak_json_free(r);
	ak_text_free(&line);
	return n;
}

static void spill(const char *path, const char *text)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

static void index_path(const watcher *a, char out[128])
{
	(void)snprintf(out, 128, "%s.db", a->state);
}

/* ---- the head cosigned last ------------------------------------------------------------------------------------- */

static void nothing_is_cosigned_without_memory_unless_it_is_the_first_time(void **state)
{
	watcher a;
	world w;

	open_place(&w, &a, state);
	a.begun = true;
	watcher_cannot(&a, &w, AK_NOT_HELD, "witness.state");
	a.begun = false;
	sign(&a, &w, 0);
	/* "For the first time" is said once. */
	a.begun = false;
	watcher_cannot(&a, &w, AK_INVALID_ARGUMENT, "witness.state");
	a.begun = true;
	sign(&a, &w, 0);
	assert_int_equal(remove(a.state), 0);
	watcher_cannot(&a, &w, AK_NOT_HELD, "witness.state");
	close_place(&w, &a);
}

static void a_damaged_memory_is_told(void **state)
{
	static const char *const row[] = {
		"", "{}", "not JSON", "{\"format\":\"akashi-witness/1\"}",
		"{\"format\":\"akashi-witness/2\",\"genesis\":\"" ZEROS "\",\"note\":\"\",\"operator\":\"00\",\"time\":1}",
	};
	watcher a;
	world w;

	open_place(&w, &a, state);
	sign(&a, &w, 0);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		spill(a.state, row[i]);
		watcher_cannot(&a, &w, AK_IO, "witness.state");
	}
	close_place(&w, &a);
}

/* Every byte of it: told, or of no consequence; never a signature over less. */
static void a_memory_with_one_byte_changed_never_forgets(void **state)
{
	static char text[1 << 17];
	size_t n, told = 0;
	world w, older;
	watcher a;
	FILE *f;

	open_place(&w, &a, state);
	world_branch(*state, &older);
	grow(&w, DECIDED("2026-05-11"));
	sign(&a, &w, 0);
	f = fopen(a.state, "rb");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	for (size_t i = 0; i < n; i += 7) {
		ak_error err = { 0 };
		bool ok = false;
		ak_status st;

		text[i] ^= 1;
		spill(a.state, text);
		st = watcher_try(&a, &older, older.ledger, 60, &ok, NULL, &err);
		assert_false(st == AK_OK && ok);
		told += st != AK_OK;
		text[i] ^= 1;
	}
	assert_true(told > 0);
	world_close(&older);
	close_place(&w, &a);
}

static void the_memory_of_another_ledger_is_not_used(void **state)
{
	world w, other;
	watcher a;

	open_place(&w, &a, state);
	world_open_bare(&other); /* the same origin, another genesis */
	sign(&a, &w, 0);
	ak_text_free(&a.trust);
	a.trust = other.trust;
	other.trust = (ak_text){ 0 };
	watcher_cannot(&a, &other, AK_WRONG_LEDGER, "witness.state");
	world_close(&other);
	close_place(&w, &a);
}

static void another_ledger_than_the_trusted_one_is_refused(void **state)
{
	world w, other;
	watcher a;

	open_place(&w, &a, state);
	world_open_bare(&other);
	(void)watcher_refuses(&a, &other, "genesis", AK_WRONG_LEDGER, 0);
	/* Also by a witness that has begun: the history is another. */
	sign(&a, &w, 0);
	(void)watcher_refuses(&a, &other, "operator", AK_NO_TRUSTED_SIG, 0);
	world_close(&other);
	close_place(&w, &a);
}

/* Another version of the file is not guessed at. */
static void a_memory_of_another_form_is_not_read(void **state)
{
	char cmd[256];
	watcher a;
	world w;

	open_place(&w, &a, state);
	sign(&a, &w, 0);
	(void)snprintf(cmd, sizeof(cmd), "sed -i 's|akashi-witness/1|akashi-witness/2|' %s", a.state);
	assert_int_equal(system(cmd), 0);
	watcher_cannot(&a, &w, AK_IO, "witness.state");
	close_place(&w, &a);
}

/* ---- the index, which may be lost ------------------------------------------------------------------------------- */

static void an_index_that_is_lost_or_damaged_is_made_again(void **state)
{
	char path[128], cmd[400];
	uint64_t size;
	watcher a;
	world w;

	open_place(&w, &a, state);
	index_path(&a, path);
	sign(&a, &w, 0);
	size = attack_size(&w);
	assert_int_equal(replayed(&a, &w, 60), 0);
	assert_int_equal(remove(path), 0);
	assert_int_equal(replayed(&a, &w, 120), size);
	spill(path, "no database at all");
	assert_int_equal(replayed(&a, &w, 180), size);
	/* Damaged inside, where opening does not look. */
	(void)snprintf(cmd, sizeof(cmd),
		       "s=$(stat -c %%s %s); i=8192; while [ $i -lt $s ]; do printf XXXXXXXXXXXXXXXX | dd of=%s bs=1 "
		       "seek=$i conv=notrunc 2>/dev/null; i=$((i + 4096)); done",
		       path, path);
	assert_int_equal(system(cmd), 0);
	grow(&w, DECIDED("2026-05-11"));
	assert_int_equal(replayed(&a, &w, 240), size + 1);
	close_place(&w, &a);
}

/* A run that died between the index and the memory leaves an index of what was never cosigned. */
static void an_index_ahead_of_the_memory_is_not_believed(void **state)
{
	char path[128], cmd[400];
	world w, other;
	uint64_t size;
	watcher a;

	open_place(&w, &a, state);
	world_branch(*state, &other);
	index_path(&a, path);
	sign(&a, &w, 0);
	(void)snprintf(cmd, sizeof(cmd), "cp %s %s.before", a.state, a.state);
	assert_int_equal(system(cmd), 0);
	grow(&other, DECIDED("2026-05-12"));
	{
		ak_error err = { 0 };
		bool ok = false;

		assert_int_equal(watcher_try(&a, &other, other.ledger, 60, &ok, NULL, &err), AK_OK);
		assert_true(ok);
	}
	(void)snprintf(cmd, sizeof(cmd), "mv %s.before %s", a.state, a.state);
	assert_int_equal(system(cmd), 0);
	grow(&w, DECIDED("2026-05-11"));
	size = attack_size(&w);
	assert_int_equal(replayed(&a, &w, 120), size);
	world_close(&other);
	close_place(&w, &a);
}

/* An index of whatever else is not believed because it lies there. */
static void an_index_of_another_history_is_not_believed(void **state)
{
	char cmd[400];
	world w, other;
	watcher a, b;

	open_place(&w, &a, state);
	world_branch(*state, &other);
	watcher_open(&b, &other, world_new_key("ed25519"));
	grow(&w, DECIDED("2026-05-11"));
	grow(&other, DECIDED("2026-05-12"));
	sign(&a, &w, 0);
	sign(&b, &other, 0);
	/* Of the same size. */
	(void)snprintf(cmd, sizeof(cmd), "cp %s.db %s.db", b.state, a.state);
	assert_int_equal(system(cmd), 0);
	assert_int_equal(replayed(&a, &w, 60), attack_size(&w));
	/* Left over when everything begins. */
	assert_int_equal(system(cmd), 0);
	assert_int_equal(remove(a.state), 0);
	a.begun = false;
	assert_int_equal(replayed(&a, &w, 120), attack_size(&w));
	watcher_close(&b);
	world_close(&other);
	close_place(&w, &a);
}

/* ---- two at once -------------------------------------------------------------------------------------------------- */

/* The witness is asked at the same moment to cosign two histories that part after what it knows. */
static void of_two_histories_at_once_one_is_cosigned(void **state)
{
	enum { ROUNDS = 4 };
	world w, other;
	watcher a;

	open_place(&w, &a, state);
	world_branch(*state, &other);
	sign(&a, &w, 0);
	grow(&w, DECIDED("2026-05-11"));
	grow(&other, DECIDED("2026-05-12"));
	for (int round = 0; round < ROUNDS; round++) {
		const world *const at[] = { &w, &other };
		pid_t child[2];
		int cosigned = 0;

		for (size_t i = 0; i < 2; i++) {
			child[i] = fork();
			assert_true(child[i] >= 0);
			if (child[i] == 0) {
				ak_error err = { 0 };
				bool ok = false;
				ak_status st = watcher_try(&a, at[i], at[i]->ledger, 60 + round, &ok, NULL, &err);

				_exit(st == AK_OK && ok ? 0 : st == AK_OK ? 1 : 3);
			}
		}
		for (size_t i = 0; i < 2; i++) {
			int status = 0;

			assert_int_equal(waitpid(child[i], &status, 0), child[i]);
			assert_true(WIFEXITED(status));
			assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 1);
			cosigned += WEXITSTATUS(status) == 0;
		}
		assert_int_equal(cosigned, 1);
	}
	world_close(&other);
	close_place(&w, &a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_cosigned_without_memory_unless_it_is_the_first_time),
		cmocka_unit_test(a_damaged_memory_is_told),
		cmocka_unit_test(a_memory_with_one_byte_changed_never_forgets),
		cmocka_unit_test(a_memory_of_another_form_is_not_read),
		cmocka_unit_test(the_memory_of_another_ledger_is_not_used),
		cmocka_unit_test(another_ledger_than_the_trusted_one_is_refused),
		cmocka_unit_test(an_index_that_is_lost_or_damaged_is_made_again),
		cmocka_unit_test(an_index_ahead_of_the_memory_is_not_believed),
		cmocka_unit_test(an_index_of_another_history_is_not_believed),
		cmocka_unit_test(of_two_histories_at_once_one_is_cosigned),
	};

	return cmocka_run_group_tests_name("witness: memory", tests, attack_world_open, attack_world_close);
}
