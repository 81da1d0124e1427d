/* SPDX-License-Identifier: Apache-2.0 */
/* A writer that died: the head it signed is finished and no other of its size is signed, whatever of it reached the disk (S6). */
#include "attack.h"
#include "rotation.h"

#include "api/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DECIDED(day) \
	"{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"deferred\",\"decided_on\":\"" day "\",\"meeting\":\"第23回\"}"

static ak_text decision(world *w, const char *day)
{
	return world_sign(world_draft(w, "ismap", "decision", NULL, day, NULL), world_signers(w, "decision"));
}

/* About nothing that a decision is about. */
static ak_text application(world *w)
{
	return world_sign(world_draft(w, "ismap", "application", NULL,
	                  "{\"provider\":\"kakuu-kumo\",\"service\":\"other\",\"applied_on\":\"2026-05-30\"}", NULL), world_signers(w, "application"));
}

static void head_id(const world *w, char id[AK_STORE_ID_MAX + 1])
{
	memcpy(id, w->l->b->head.id, AK_STORE_ID_MAX + 1);
}

/* The repository as it was when only objects had been written: the ref still at the commit before. */
static void undo_ref(world *w, const char *old)
{
	char path[160];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/refs/heads/main", w->ledger);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_true(fprintf(f, "%s\n", old) > 0);
	assert_int_equal(fclose(f), 0);
	ak_ledger_free(&w->l);
	assert_int_equal(ak_ledger_open(w->ledger, &w->l, NULL), AK_OK);
}

static void unpublish(const char *state)
{
	char cmd[300];

	(void)snprintf(cmd, sizeof(cmd), "sed -i 's/\"published\":1/\"published\":0/' %s && grep -q '\"published\":0' %s", state, state);
	assert_int_equal(system(cmd), 0);
}

/* Take away one loose object, named as git names things: "<commit>", "<commit>:checkpoint". */
static void lose(const world *w, const char *what)
{
	char cmd[500];

	(void)snprintf(cmd, sizeof(cmd), "cd %s && id=$(git rev-parse --verify -q '%s') && rm \"objects/$(echo $id | cut -c1-2)/$(echo $id | cut -c3-)\"",
	               w->ledger, what);
	assert_int_equal(system(cmd), 0);
}

static bool holds(const world *w, const char *what)
{
	char cmd[300];

	(void)snprintf(cmd, sizeof(cmd), "git -C %s cat-file -e '%s' 2>/dev/null", w->ledger, what);
	return system(cmd) == 0;
}

static ak_status last_parent(void *ctx, const ak_git_commit *c, ak_error *err)
{
	(void)err;
	(void)snprintf(ctx, 41, "%s", c->parent);
	return AK_OK;
}

static void is_parent(world *w, const char *id)
{
	char parent[41] = "";

	assert_int_equal(ak_git_walk(w->l->b->git, &w->l->b->head, last_parent, parent, NULL), AK_OK);
	assert_string_equal(parent, id);
}

/* A decision is sealed, and the ref set back as if its writer had died; answers the size before. */
static uint64_t die_after_signing(world *w, bool published, char after[AK_STORE_ID_MAX + 1])
{
	char before[AK_STORE_ID_MAX + 1];
	uint64_t size = attack_size(w);

	head_id(w, before);
	(void)world_seal(w, decision(w, DECIDED("2026-05-10")));
	head_id(w, after);
	undo_ref(w, before);
	if (!published)
		unpublish(w->state);
	assert_int_equal(attack_size(w), size);
	return size;
}

static void what_a_dead_writer_staged_is_finished_exactly(void **state)
{
	char after[AK_STORE_ID_MAX + 1];
	world w;

	world_branch(*state, &w);
	for (size_t published = 0; published < 2; published++) {
		uint64_t size = die_after_signing(&w, published != 0, after);

		/* Something else is sealed next: first comes what was signed. */
		assert_int_equal(world_seal(&w, application(&w)), size + 1);
		attack_is_sound(&w, 0);
		assert_int_equal(attack_size(&w), size + 2);
		/* ... that very commit: the new head stands on it. */
		is_parent(&w, after);
	}
	world_close(&w);
}

/* It died between its memory and its commit: what is missing is made again, to the byte. */
static void what_a_dead_writer_signed_and_did_not_write_is_made_again(void **state)
{
	for (size_t lost = 1; lost < 4; lost++) {
		char after[AK_STORE_ID_MAX + 1], checkpoint[AK_STORE_ID_MAX + 32];
		uint64_t size;
		world w;

		world_branch(*state, &w);
		size = die_after_signing(&w, false, after);
		(void)snprintf(checkpoint, sizeof(checkpoint), "%s:checkpoint", after);
		if ((lost & 1) != 0)
			lose(&w, checkpoint);
		if (lost > 1)
			lose(&w, after);
		/* With the commit alone there, it cannot be whole: nothing else is signed, and a commit whose checkpoint is gone is not published. */
		if (lost == 1) {
			ak_error err = { 0 };

			assert_int_not_equal(try_seal(&w, application(&w), &err), AK_OK);
			assert_int_equal(attack_size(&w), size);
			assert_false(holds(&w, checkpoint));
		} else {
			assert_int_equal(world_seal(&w, application(&w)), size + 1);
			is_parent(&w, after);
			assert_true(holds(&w, checkpoint));
			attack_is_sound(&w, 0);
		}
		world_close(&w);
	}
}

/* Once published it is no writer's death but a loss. */
static void what_was_published_and_is_gone_is_not_signed_over(void **state)
{
	char after[AK_STORE_ID_MAX + 1];
	world w;

	world_branch(*state, &w);
	(void)die_after_signing(&w, true, after);
	lose(&w, after);
	(void)attack_refused(&w, decision(&w, DECIDED("2026-05-11")), AK_FORK, "operator.state");
	world_close(&w);
}

/* Tidied up, or a backup from before: the signed head may lie elsewhere. */
static void what_cannot_be_made_again_is_not_signed_over(void **state)
{
	char after[AK_STORE_ID_MAX + 1], name[AK_STORE_ID_MAX + 64];
	uint64_t size;
	world w;

	world_branch(*state, &w);
	size = die_after_signing(&w, false, after);
	(void)snprintf(name, sizeof(name), "%s^{tree}", after);
	lose(&w, name);
	lose(&w, after);
	(void)attack_refused(&w, decision(&w, DECIDED("2026-05-11")), AK_FORK, "operator.state");
	world_close(&w);
	/* A record is missing: nothing is published that is not whole. */
	world_branch(*state, &w);
	size = die_after_signing(&w, false, after);
	(void)snprintf(name, sizeof(name), "%s:records/00/00/00/00/%02u.jsonl", after, (unsigned)size);
	lose(&w, name);
	for (size_t i = 0; i < 2; i++) {
		ak_error err = { 0 };

		assert_int_not_equal(try_seal(&w, decision(&w, DECIDED("2026-05-11")), &err), AK_OK);
		assert_int_equal(attack_size(&w), size);
	}
	world_close(&w);
}

/* ---- two operator keys at once --------------------------------------------------------------------------------------- */

/* The same keyset but for the operator. */
static ak_text other_operator(world *w, ak_secret *op)
{
	ak_secret *keys[] = { w->root[0], w->root[1], op, w->heartbeat, NULL };
	rotation r = rotation_of(w);

	r.op = op;
	return rotation_signed(w, &r, keys);
}

/* The old key signs the rotation's head as well, so its memory speaks of it: it does not sign another of that size. */
static void a_rotation_that_died_is_finished_by_both_keys(void **state)
{
	for (size_t forgotten = 0; forgotten < 2; forgotten++) {
		ak_secret *op = world_new_key("ed25519");
		char before[AK_STORE_ID_MAX + 1], after[AK_STORE_ID_MAX + 1], checkpoint[AK_STORE_ID_MAX + 32], memory[160];
		ak_error err = { 0 };
		uint64_t size;
		world w;

		world_branch(*state, &w);
		(void)snprintf(memory, sizeof(memory), "%s/new.state", w.dir);
		size = attack_size(&w);
		head_id(&w, before);
		if (rotation_seal_as(&w, other_operator(&w, op), op, memory, w.op, w.state, &err) != AK_OK)
			fail_msg("%s: %s", err.where, err.detail);
		head_id(&w, after);
		undo_ref(&w, before);
		unpublish(w.state);
		unpublish(memory);
		(void)snprintf(checkpoint, sizeof(checkpoint), "%s:checkpoint", after);
		lose(&w, checkpoint);
		lose(&w, after);
		/* It died between the one memory and the other. */
		if (forgotten != 0)
			assert_int_equal(remove(memory), 0);
		(void)attack_refused(&w, decision(&w, DECIDED("2026-05-11")), AK_FORK, "operator.state");
		assert_int_equal(rotation_seal_as(&w, decision(&w, DECIDED("2026-05-11")), op, memory, w.op, w.state, &err), AK_OK);
		assert_int_equal(attack_size(&w), size + 2);
		is_parent(&w, after);
		attack_is_sound(&w, 0);
		ak_secret_free(&op);
		world_close(&w);
	}
}

/* A backup from before: the new key knows of nothing, but the old one does. */
static void a_rotation_asks_the_memory_of_the_old_key(void **state)
{
	ak_secret *op = world_new_key("ed25519");
	char before[AK_STORE_ID_MAX + 1], memory[160];
	ak_error err = { 0 };
	world w;

	world_branch(*state, &w);
	(void)snprintf(memory, sizeof(memory), "%s/new.state", w.dir);
	head_id(&w, before);
	(void)world_seal(&w, decision(&w, DECIDED("2026-05-10")));
	(void)world_seal(&w, decision(&w, DECIDED("2026-05-11")));
	undo_ref(&w, before);
	assert_int_equal(rotation_seal_as(&w, other_operator(&w, op), op, memory, w.op, w.state, &err), AK_FORK);
	assert_string_equal(err.where, "operator.state");
	ak_secret_free(&op);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_dead_writer_staged_is_finished_exactly),
		cmocka_unit_test(what_a_dead_writer_signed_and_did_not_write_is_made_again),
		cmocka_unit_test(what_was_published_and_is_gone_is_not_signed_over),
		cmocka_unit_test(what_cannot_be_made_again_is_not_signed_over),
		cmocka_unit_test(a_rotation_that_died_is_finished_by_both_keys),
		cmocka_unit_test(a_rotation_asks_the_memory_of_the_old_key),
	};

	return cmocka_run_group_tests_name("attack: crash", tests, attack_world_open, attack_world_close);
}
