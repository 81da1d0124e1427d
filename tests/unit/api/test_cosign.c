/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing what witnesses and the heartbeat signed (FORMAT 9.3, 11.2): what it moves, and what it refuses. */
#include "attack.h"
#include "watcher.h"

#include "api/api.h"
#include "codec/note.h"
#include "verify/cosignature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DAY 86400
#define LINE_START "\xe2\x80\x94 "
#define DECIDED(day)                                                                                       \
	"{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"deferred\",\"decided_on\":\"" day \
	"\",\"meeting\":\"第23回\"}"

static void grow(world *w, const char *body)
{
	(void)world_seal(w, world_sign(world_draft(w, "ismap", "decision", NULL, body, NULL), world_signers(w, "decision")));
}

static ak_secret *key_again(const ak_secret *k)
{
	ak_text pem = { 0 };
	ak_secret *out = NULL;

	assert_int_equal(ak_secret_pem(k, &pem, NULL), AK_OK);
	assert_int_equal(ak_secret_read((ak_span){ (const uint8_t *)pem.data, pem.len }, NULL, &out, NULL), AK_OK);
	ak_text_wipe(&pem);
	return out;
}

/* A world whose trust file asks for the witness. */
static void open_place(world *w, watcher *a, void **state)
{
	ak_text trusted;

	world_branch(*state, w);
	watcher_open(a, w, world_new_key("ed25519"));
	trusted = watcher_trusted(a, w);
	ak_text_free(&w->trust);
	w->trust = trusted;
}

static void open_heartbeat(world *w, watcher *a, void **state)
{
	world_branch(*state, w);
	watcher_open(a, w, key_again(w->heartbeat));
	a->heartbeat = true;
}

static void close_place(world *w, watcher *a)
{
	watcher_close(a);
	world_close(w);
}

static size_t lines_of(const world *w, const char *name)
{
	ak_span rest = { w->l->b->head.checkpoint.data, w->l->b->head.checkpoint.len }, line;
	char start[300];
	size_t n = 0;

	(void)snprintf(start, sizeof(start), LINE_START "%s ", name);
	while (ak_span_line(&rest, &line))
		n += ak_span_starts(line, start);
	return n;
}

static void published(world *w, ak_text lines, bool want)
{
	ak_json *r = NULL;
	ak_error err = { 0 };
	ak_status st = watcher_publish(w, lines, &w->trust, &r, &err);

	if (st != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(st), err.where == NULL ? "?" : err.where, err.detail);
	assert_int_equal(ak_json_true(ak_json_get(r, "published")), want);
	ak_json_free(r);
}

static void refused(world *w, ak_text lines, ak_status want, const char *where)
{
	char head[AK_STORE_ID_MAX + 1];
	ak_error err = { 0 };
	ak_status st;

	memcpy(head, w->l->b->head.id, sizeof(head));
	st = watcher_publish(w, lines, &w->trust, NULL, &err);
	if (st != want || err.where == NULL || strcmp(err.where, where) != 0)
		fail_msg("%s at %s (%s), want %s at %s", ak_status_name(st), err.where == NULL ? "?" : err.where, err.detail,
		         ak_status_name(want), where);
	assert_string_equal(w->l->b->head.id, head);
}

static void known_until(world *w, char out[32])
{
	ak_json *report = NULL;

	(void)world_verify(w, LISTING, LISTED_ON, 0, &report);
	(void)snprintf(out, 32, "%.30s", ak_json_get_str(ak_json_get(report, "freshness"), "known_until"));
	ak_json_free(report);
}

static void git(const world *w, const char *what)
{
	char cmd[700];

	(void)snprintf(cmd, sizeof(cmd),
		       "git -C %s -c gpg.format=ssh -c gpg.ssh.allowedSignersFile=%s/signers %s >%s/git.out 2>&1", w->ledger,
		       w->dir, what, w->dir);
	if (system(cmd) != 0) {
		(void)snprintf(cmd, sizeof(cmd), "cat %s/git.out", w->dir);
		(void)system(cmd);
		fail_msg("git %s", what);
	}
}

/* Sound for us and for stock git. */
static void is_sound(world *w)
{
	ak_text signers = { 0 };
	char path[128];
	FILE *f;

	attack_is_sound(w, 0);
	assert_int_equal(ak_ledger_allowed_signers(w->l, &signers, NULL), AK_OK);
	(void)snprintf(path, sizeof(path), "%s/signers", w->dir);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(signers.data, 1, signers.len, f), signers.len);
	assert_int_equal(fclose(f), 0);
	ak_text_free(&signers);
	git(w, "fsck --strict --full");
	git(w, "verify-commit main");
}

/* ---- what it moves --------------------------------------------------------------------------------------------- */

static void a_cosignature_meets_the_quorum_and_moves_freshness(void **state)
{
	char before[32], after[32];
	watcher a;
	world w;

	open_place(&w, &a, state);
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "completeness");
	published(&w, watcher_signs(&a, &w, 60, NULL), true);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	is_sound(&w);
	known_until(&w, before);
	w.now += DAY;
	published(&w, watcher_signs(&a, &w, 0, NULL), true);
	known_until(&w, after);
	assert_true(strcmp(after, before) > 0);
	assert_int_equal(lines_of(&w, WATCHER_NAME), 1);
	is_sound(&w);
	close_place(&w, &a);
}

static void a_heartbeat_moves_what_is_known(void **state)
{
	char before[32], after[32];
	watcher a;
	world w;

	open_heartbeat(&w, &a, state);
	known_until(&w, before);
	w.now += DAY;
	published(&w, watcher_signs(&a, &w, 0, NULL), true);
	known_until(&w, after);
	assert_true(strcmp(after, before) > 0);
	assert_int_equal(lines_of(&w, "ledger.example/ismap/heartbeat"), 1);
	is_sound(&w);
	close_place(&w, &a);
}

/* Its own ledger, without a trust file: the genesis it found first is the one it stays with. */
static void a_heartbeat_needs_no_trust_file(void **state)
{
	world w, other;
	watcher a;

	open_heartbeat(&w, &a, state);
	world_open_bare(&other);
	ak_text_free(&a.trust);
	published(&w, watcher_signs(&a, &w, 0, NULL), true);
	(void)watcher_refuses(&a, &other, "operator", AK_NO_TRUSTED_SIG, 0);
	a.heartbeat = false;
	watcher_cannot(&a, &w, AK_INVALID_ARGUMENT, "witness.trust");
	world_close(&other);
	close_place(&w, &a);
}

static void only_the_heartbeat_key_beats(void **state)
{
	watcher a;
	world w;

	open_place(&w, &a, state);
	a.heartbeat = true;
	(void)watcher_refuses(&a, &w, "key", AK_NOT_AUTHORISED, -1);
	close_place(&w, &a);
}

static void lines_of_many_stand_in_order_and_once(void **state)
{
	ak_text line, again;
	watcher a, beat;
	world w;

	open_place(&w, &a, state);
	watcher_open(&beat, &w, key_again(w.heartbeat));
	beat.heartbeat = true;
	published(&w, watcher_signs(&a, &w, 0, NULL), true);
	line = watcher_signs(&beat, &w, 0, NULL);
	again = attack_copy(&line);
	published(&w, line, true); /* sorts before the witness */
	published(&w, again, false);
	assert_int_equal(lines_of(&w, WATCHER_NAME), 1);
	assert_int_equal(lines_of(&w, "ledger.example/ismap/heartbeat"), 1);
	is_sound(&w);
	/* What is sealed next is another head: nobody has vouched for it yet. */
	grow(&w, DECIDED("2026-05-11"));
	assert_int_equal(lines_of(&w, WATCHER_NAME), 0);
	published(&w, watcher_signs(&a, &w, 60, NULL), true);
	is_sound(&w);
	watcher_close(&beat);
	close_place(&w, &a);
}

/* An older line of a key does not come back. */
static void an_older_line_adds_nothing(void **state)
{
	ak_text old;
	watcher a;
	world w;

	open_place(&w, &a, state);
	old = watcher_signs(&a, &w, 0, NULL);
	published(&w, watcher_signs(&a, &w, 60, NULL), true);
	published(&w, old, false);
	close_place(&w, &a);
}

static ak_text text_of(const char *s)
{
	ak_text out = { 0 };
	ak_buf b;

	ak_buf_init(&b, 1 << 16);
	assert_int_equal(ak_buf_add_str(&b, s, NULL), AK_OK);
	assert_int_equal(ak_buf_take_text(&b, &out, NULL), AK_OK);
	return out;
}

/* ---- what it refuses -------------------------------------------------------------------------------------------- */

static void lines_that_nobody_asked_for_are_refused(void **state)
{
	static const char *const row[] = { "", "\n", "not a line\n", LINE_START "x\n", LINE_START "x AAAA" };
	ak_text line, other;
	watcher a, stranger;
	world w;

	open_place(&w, &a, state);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		refused(&w, text_of(row[i]), AK_BAD_FORMAT, "cosignature");
	}
	/* A key that the trust file does not name, by the name that it does. */
	watcher_open(&stranger, &w, world_new_key("ed25519"));
	ak_text_free(&stranger.trust);
	stranger.trust = attack_copy(&a.trust);
	refused(&w, watcher_signs(&stranger, &w, 0, NULL), AK_NO_TRUSTED_SIG, "cosignature");
	watcher_close(&stranger);
	/* Of a head that is no more. */
	line = watcher_signs(&a, &w, 0, NULL);
	other = attack_copy(&line);
	grow(&w, DECIDED("2026-05-11"));
	refused(&w, line, AK_BAD_SIGNATURE, "cosignature");
	/* One bad line spoils all of them. */
	line = watcher_signs(&a, &w, 60, NULL);
	{
		ak_text both = { 0 };
		ak_buf b;

		ak_buf_init(&b, 1 << 16);
		assert_int_equal(ak_buf_addf(&b, NULL, "%s%s", line.data, other.data), AK_OK);
		assert_int_equal(ak_buf_take_text(&b, &both, NULL), AK_OK);
		refused(&w, both, AK_BAD_SIGNATURE, "cosignature");
	}
	ak_text_free(&other);
	ak_text_free(&line);
	/* From the future. */
	refused(&w, watcher_signs(&a, &w, 301, NULL), AK_CLOCK, "cosignature");
	is_sound(&w);
	close_place(&w, &a);
}

/* A line over the head as it is, by whatever key and name. */
static ak_text line_by(const world *w, const ak_secret *k, const char *name)
{
	const ak_buf *head = &w->l->b->head.checkpoint;
	ak_text out = { 0 };
	ak_note note;
	ak_buf b;

	ak_buf_init(&b, 1 << 16);
	assert_int_equal(ak_note_parse(ak_buf_span(head), &note, NULL), AK_OK);
	assert_int_equal(ak_cosignature_make(k->key, ak_span_str(name), note.text, w->now, &b, NULL), AK_OK);
	assert_int_equal(ak_buf_take_text(&b, &out, NULL), AK_OK);
	return out;
}

static void a_line_and_something_else_is_refused(void **state)
{
	ak_text line, more = { 0 };
	watcher a;
	world w;
	ak_buf b;

	open_place(&w, &a, state);
	line = line_by(&w, a.key, WATCHER_NAME);
	ak_buf_init(&b, 1 << 16);
	assert_int_equal(ak_buf_addf(&b, NULL, "%sand more\n", line.data), AK_OK);
	assert_int_equal(ak_buf_take_text(&b, &more, NULL), AK_OK);
	refused(&w, more, AK_BAD_FORMAT, "cosignature");
	published(&w, line, true);
	close_place(&w, &a);
}

/* One key, one line: the heartbeat has its own name. */
static void a_heartbeat_by_another_name_is_refused(void **state)
{
	watcher a;
	world w;

	open_place(&w, &a, state);
	refused(&w, line_by(&w, w.heartbeat, "heartbeat.example/x"), AK_NO_TRUSTED_SIG, "cosignature");
	published(&w, line_by(&w, w.heartbeat, "ledger.example/ismap/heartbeat"), true);
	is_sound(&w);
	close_place(&w, &a);
}

/* Somebody who can write to the repository put a head of its own there. */
static void a_head_that_is_not_the_operators_is_not_cosigned(void **state)
{
	ak_secret *op;
	watcher a;
	world w;

	open_place(&w, &a, state);
	op = w.op;
	w.op = w.stranger;
	(void)attack_forge(&w, world_sign(world_draft(&w, "ismap", "decision", NULL, DECIDED("2026-05-11"), NULL),
	                                  world_signers(&w, "decision")));
	w.op = op;
	refused(&w, line_by(&w, a.key, WATCHER_NAME), AK_NO_TRUSTED_SIG, "checkpoint.signature");
	close_place(&w, &a);
}

static void only_the_operator_publishes(void **state)
{
	ak_secret *op;
	watcher a;
	world w;

	open_place(&w, &a, state);
	op = w.op;
	w.op = w.stranger;
	refused(&w, watcher_signs(&a, &w, 0, NULL), AK_NOT_AUTHORISED, "operator.key");
	w.op = op;
	assert_int_equal(remove(w.state), 0);
	refused(&w, watcher_signs(&a, &w, 60, NULL), AK_FORK, "operator.state");
	close_place(&w, &a);
}

/* ---- the operator's memory --------------------------------------------------------------------------------------- */

static void copy_folder(const char *from, const char *to)
{
	char cmd[400];

	(void)snprintf(cmd, sizeof(cmd), "rm -rf %s && cp -a %s %s", to, from, to);
	assert_int_equal(system(cmd), 0);
}

static void reopen(world *w)
{
	ak_ledger_free(&w->l);
	assert_int_equal(ak_ledger_open(w->ledger, &w->l, NULL), AK_OK);
}

/* A seal died with its head remembered and its checkpoint and commit not written: that head comes first, and then it is cosigned. */
static void what_a_dead_seal_left_is_finished_before_it_is_cosigned(void **state)
{
	char cmd[600];
	ak_error err = { 0 };
	watcher a;
	uint64_t size;
	world w;

	open_place(&w, &a, state);
	grow(&w, DECIDED("2026-05-11"));
	size = attack_size(&w);
	ak_ledger_free(&w.l);
	(void)snprintf(cmd, sizeof(cmd),
	               "cd %s && c=$(git rev-parse main:checkpoint) n=$(git rev-parse main) p=$(git rev-parse main~1) && "
	               "git update-ref refs/heads/main $p && for o in $c $n; do rm objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-) || exit 1; done && "
	               "sed -i 's/\"published\":1/\"published\":0/' %s", w.ledger, w.state);
	assert_int_equal(system(cmd), 0);
	reopen(&w);
	assert_int_equal(attack_size(&w), size - 1);
	/* The line is over the head before: what was signed is finished, and the line is none of its. */
	assert_int_equal(watcher_publish(&w, watcher_signs(&a, &w, 0, NULL), &w.trust, NULL, &err), AK_BAD_SIGNATURE);
	assert_int_equal(attack_size(&w), size);
	published(&w, watcher_signs(&a, &w, 0, NULL), true);
	grow(&w, DECIDED("2026-05-12"));
	is_sound(&w);
	close_place(&w, &a);
}

/* A repository from before the newest seal is not cosigned over. */
static void a_backup_is_not_cosigned(void **state)
{
	char backup[128], cmd[256];
	watcher a;
	world w;

	open_place(&w, &a, state);
	(void)snprintf(backup, sizeof(backup), "%s/backup.git", w.dir);
	copy_folder(w.ledger, backup);
	grow(&w, DECIDED("2026-05-11"));
	ak_ledger_free(&w.l);
	copy_folder(backup, w.ledger);
	reopen(&w);
	refused(&w, watcher_signs(&a, &w, 0, NULL), AK_FORK, "operator.state");
	/* Neither if that seal was never acknowledged: its signed head may lie on the disk that was lost. */
	(void)snprintf(cmd, sizeof(cmd), "sed -i 's/\"published\":1/\"published\":0/' %s", w.state);
	assert_int_equal(system(cmd), 0);
	refused(&w, watcher_signs(&a, &w, 0, NULL), AK_FORK, "operator.state");
	close_place(&w, &a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cosignature_meets_the_quorum_and_moves_freshness),
		cmocka_unit_test(a_heartbeat_moves_what_is_known),
		cmocka_unit_test(a_heartbeat_needs_no_trust_file),
		cmocka_unit_test(only_the_heartbeat_key_beats),
		cmocka_unit_test(lines_of_many_stand_in_order_and_once),
		cmocka_unit_test(an_older_line_adds_nothing),
		cmocka_unit_test(lines_that_nobody_asked_for_are_refused),
		cmocka_unit_test(a_line_and_something_else_is_refused),
		cmocka_unit_test(a_heartbeat_by_another_name_is_refused),
		cmocka_unit_test(a_head_that_is_not_the_operators_is_not_cosigned),
		cmocka_unit_test(only_the_operator_publishes),
		cmocka_unit_test(what_a_dead_seal_left_is_finished_before_it_is_cosigned),
		cmocka_unit_test(a_backup_is_not_cosigned),
	};

	return cmocka_run_group_tests_name("cosign", tests, attack_world_open, attack_world_close);
}
