/* SPDX-License-Identifier: Apache-2.0 */
/* The keyset changes by the old and the new quorum, and by nobody else (FORMAT, Keyset; Checkpoint). */
#include "attack.h"
#include "rotation.h"

#include "api/api.h"
#include "codec/sshsig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DECISION \
	"{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"deferred\",\"decided_on\":\"2026-05-18\",\"meeting\":\"第23回\"}"

/* The keys to come. */
typedef struct next {
	ak_secret *root[2], *op, *heartbeat;
} next;

static void next_open(next *n)
{
	*n = (next){ { world_new_key("ed25519"), world_new_key("p256") }, world_new_key("ed25519"), world_new_key("ed25519") };
}

static void next_close(next *n)
{
	ak_secret_free(&n->root[0]);
	ak_secret_free(&n->root[1]);
	ak_secret_free(&n->op);
	ak_secret_free(&n->heartbeat);
}

/* Holder root-a stays with its key; two others are new. Threshold two. */
static ak_text keyset(world *w, const next *n, int number, const ak_secret *op, ak_secret *const *keys)
{
	rotation r = rotation_of(w);

	r.number = number;
	r.op = op;
	r.heartbeat = n->heartbeat;
	rotation_replace(&r, 1, "root-d", n->root[0]);
	rotation_replace(&r, 2, "root-e", n->root[1]);
	return rotation_signed(w, &r, keys);
}

static void rotation_is_refused(world *w, ak_text e, const ak_secret *op, const ak_secret *old, ak_status want, const char *where)
{
	uint64_t size = attack_size(w);
	ak_error err = { 0 };
	ak_status st = rotation_seal(w, e, op, old, &err);

	if (st != want || err.where == NULL || strcmp(err.where, where) != 0)
		fail_msg("%s at %s (%s), want %s at %s", ak_status_name(st), err.where == NULL ? "?" : err.where, err.detail,
		         ak_status_name(want), where);
	assert_int_equal(attack_size(w), size);
}

static size_t operator_lines(world *w)
{
	ak_span rest = { w->l->b->head.checkpoint.data, w->l->b->head.checkpoint.len }, line;
	const char *start = "\xe2\x80\x94 ledger.example/ismap ";
	size_t n = 0;

	while (ak_span_line(&rest, &line))
		n += ak_span_starts(line, start);
	return n;
}

/* What stock git is told: these operators, in this order, and nobody else. */
static void signers_are(world *w, const ak_secret *one, const ak_secret *two)
{
	const ak_secret *const op[] = { one, two };
	ak_text told = { 0 };
	ak_buf want;

	ak_buf_init(&want, 4096);
	for (size_t i = 0; i < 2 && op[i] != NULL; i++) {
		uint8_t raw[32];

		assert_true(ak_pubkey_raw_ed25519(ak_seckey_public(op[i]->key), raw));
		assert_int_equal(ak_buf_add_str(&want, "akashi@ledger.example namespaces=\"git\" ", NULL), AK_OK);
		assert_int_equal(ak_sshsig_public_line(raw, &want, NULL), AK_OK);
		assert_int_equal(ak_buf_add_str(&want, "\n", NULL), AK_OK);
	}
	assert_int_equal(ak_ledger_allowed_signers(w->l, &told, NULL), AK_OK);
	if (told.len != want.len || memcmp(told.data, want.data, want.len) != 0)
		fail_msg("allowed_signers: %.*s", (int)told.len, told.data);
	ak_text_free(&told);
	ak_buf_clear(&want);
}

static void old_and_new_quorum_together_rotate(void **state)
{
	ak_secret *op;
	ak_text e, rest = { 0 };
	ak_error err = { 0 };
	next n;
	world w;

	world_branch(*state, &w);
	next_open(&n);
	assert_int_equal(operator_lines(&w), 1);
	{
		/* root-a signs for both */
		ak_secret *keys[] = { w.root[0], w.root[1], n.root[1], n.op, n.heartbeat, NULL };

		e = keyset(&w, &n, 2, n.op, keys);
	}
	assert_int_equal(rotation_seal(&w, e, n.op, w.op, &err), AK_OK);
	assert_int_equal(operator_lines(&w), 2);
	signers_are(&w, w.op, n.op);
	/* From here on the old operator is nobody; the old trust file still leads to the new one. */
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	(void)attack_refused(&w, world_sign(world_draft(&w, "ismap", "decision", NULL, DECISION, NULL),
	                     world_signers(&w, "decision")), AK_NOT_AUTHORISED, "operator.key");
	op = w.op;
	w.op = n.op;
	(void)world_seal(&w, world_sign(world_draft(&w, "ismap", "decision", NULL, DECISION, NULL), world_signers(&w, "decision")));
	assert_int_equal(operator_lines(&w), 1);
	attack_is_sound(&w, 0);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	/* The old key signs one head more, by force. */
	w.op = op;
	rest = world_sign(world_draft(&w, "ismap", "deletion", NULL, "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\","
	                  "\"reason\":\"x\"}", NULL), world_signers(&w, "deletion"));
	(void)attack_forge(&w, rest);
	attack_is_broken(&w, "checkpoint", AK_NO_TRUSTED_SIG);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "tampered");
	/* And the rightful operator does not sign over it. */
	w.op = n.op;
	(void)attack_refused(&w, world_sign(world_draft(&w, "ismap", "decision", NULL, DECISION, NULL),
	                     world_signers(&w, "decision")), AK_NO_TRUSTED_SIG, "checkpoint.signature");
	w.op = op;
	next_close(&n);
	world_close(&w);
}

static void a_missing_quorum_or_possession_is_refused(void **state)
{
	next n;
	world w;

	world_branch(*state, &w);
	next_open(&n);
	{
		const struct {
			const char *rule;
			ak_secret *keys[6];
		} row[] = {
			{ "one of the old", { w.root[0], n.root[0], n.op, n.heartbeat } },
			{ "one of the new", { w.root[0], w.root[1], n.op, n.heartbeat } },
			{ "none of the old", { n.root[0], n.root[1], n.op, n.heartbeat } },
			{ "no new operator", { w.root[0], w.root[1], n.root[0], n.heartbeat } },
			{ "no new heartbeat", { w.root[0], w.root[1], n.root[0], n.op } },
		};

		for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
			uint64_t seq;

			rotation_is_refused(&w, keyset(&w, &n, 2, n.op, row[i].keys), n.op, w.op, AK_NOT_AUTHORISED, "signatures");
			seq = attack_forge(&w, keyset(&w, &n, 2, n.op, row[i].keys));
			attack_is_void(&w, seq, AK_NOT_AUTHORISED);
		}
	}
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	/* The operator is who it was. */
	(void)world_seal(&w, world_sign(world_draft(&w, "ismap", "decision", NULL, DECISION, NULL), world_signers(&w, "decision")));
	next_close(&n);
	world_close(&w);
}

static void numbers_keys_and_heads_are_as_they_must_be(void **state)
{
	next n;
	world w;

	world_branch(*state, &w);
	next_open(&n);
	{
		ak_secret *keys[] = { w.root[0], w.root[1], n.root[1], n.op, n.heartbeat, NULL };
		ak_secret *party[] = { w.root[0], w.root[1], n.root[1], w.auditor, n.heartbeat, NULL };
		ak_secret *root[] = { w.root[0], w.root[1], n.root[1], w.root[2], n.heartbeat, NULL };
		ak_secret *beat[] = { w.root[0], w.root[1], n.root[1], w.heartbeat, n.heartbeat, NULL };
		const next stays = { { w.auditor, n.root[1] }, n.op, n.heartbeat };
		uint64_t seq;

		rotation_is_refused(&w, keyset(&w, &n, 3, n.op, keys), n.op, w.op, AK_NOT_AUTHORISED, "keyset.number");
		rotation_is_refused(&w, keyset(&w, &n, 1, n.op, keys), n.op, w.op, AK_NOT_AUTHORISED, "keyset.number");
		seq = attack_forge(&w, keyset(&w, &n, 3, n.op, keys));
		attack_is_void(&w, seq, AK_NOT_AUTHORISED);
		signers_are(&w, w.op, NULL); /* and stock git is not told of it */
		/* A key of a party, of a root holder or of the heartbeat does not become the operator's. */
		rotation_is_refused(&w, keyset(&w, &n, 2, w.auditor, party), w.auditor, w.op, AK_KEY_REUSED, "keyset.key");
		rotation_is_refused(&w, keyset(&w, &stays, 2, n.op, keys), n.op, w.op, AK_KEY_REUSED, "keyset.key"); /* who does not sign */
		rotation_is_refused(&w, keyset(&w, &n, 2, w.root[2], root), w.root[2], w.op, AK_KEY_REUSED, "keyset.key");
		rotation_is_refused(&w, keyset(&w, &n, 2, w.heartbeat, beat), w.heartbeat, w.op, AK_KEY_REUSED, "keyset.key");
		seq = attack_forge(&w, keyset(&w, &n, 2, w.root[2], root));
		attack_is_void(&w, seq, AK_KEY_REUSED);
		/* The head of a rotation is signed by both operators, and by the right ones. */
		rotation_is_refused(&w, keyset(&w, &n, 2, n.op, keys), n.op, NULL, AK_INVALID_ARGUMENT, "operator.old_key");
		rotation_is_refused(&w, keyset(&w, &n, 2, n.op, keys), n.op, w.stranger, AK_NOT_AUTHORISED, "operator.old_key");
		rotation_is_refused(&w, keyset(&w, &n, 2, n.op, keys), w.op, w.op, AK_NOT_AUTHORISED, "operator.key");
	}
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	next_close(&n);
	world_close(&w);
}

/* An "old operator key" given where nothing rotates leaves no line of its own. */
static void an_extra_key_signs_nothing(void **state)
{
	ak_error err = { 0 };
	world w;

	world_branch(*state, &w);
	assert_int_equal(rotation_seal(&w, world_sign(world_draft(&w, "ismap", "decision", NULL, DECISION, NULL),
	                        world_signers(&w, "decision")), w.op, w.stranger, &err), AK_OK);
	assert_int_equal(operator_lines(&w), 1);
	attack_is_sound(&w, 0);
	world_close(&w);
}

static void a_keyset_is_sealed_alone(void **state)
{
	ak_seal_options o = { 0 };
	ak_text two[2], json = { 0 };
	ak_span in[2];
	ak_error err = { 0 };
	size_t failed;
	next n;
	world w;

	world_branch(*state, &w);
	next_open(&n);
	{
		ak_secret *keys[] = { w.root[0], w.root[1], n.root[1], n.op, n.heartbeat, NULL };

		two[0] = keyset(&w, &n, 2, n.op, keys);
	}
	two[1] = world_sign(world_draft(&w, "ismap", "decision", NULL, DECISION, NULL), world_signers(&w, "decision"));
	for (size_t i = 0; i < 2; i++)
		in[i] = (ak_span){ (const uint8_t *)two[i].data, two[i].len };
	o = (ak_seal_options){ .operator_key = n.op, .old_operator_key = w.op, .state_path = w.state, .now = w.now += 60 };
	assert_int_equal(ak_ledger_seal(w.l, in, 2, &o, &json, &failed, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "batch");
	ak_text_free(&two[0]);
	ak_text_free(&two[1]);
	next_close(&n);
	world_close(&w);
}

/* Who has no part in a rotation cannot be put among its signers by whoever passes it on. */
static void a_signature_without_a_part_is_refused(void **state)
{
	ak_secret *extra[] = { NULL, NULL };
	ak_text e;
	ak_error err = { 0 };
	next n;
	world w;

	world_branch(*state, &w);
	next_open(&n);
	{
		ak_secret *keys[] = { w.root[0], w.root[1], n.root[1], n.op, n.heartbeat, NULL };

		e = keyset(&w, &n, 2, n.op, keys);
	}
	{
		ak_secret *const no_part[] = { w.auditor, w.secretariat, w.committee[0], w.op, w.heartbeat, w.stranger };

		for (size_t i = 0; i < sizeof(no_part) / sizeof(no_part[0]); i++) {
			extra[0] = no_part[i];
			rotation_is_refused(&w, world_sign(attack_copy(&e), extra), n.op, w.op, AK_BAD_SIGNATURE, "signatures");
		}
	}
	/* The third holder of the keyset in force, and another of the new one, have one. */
	assert_int_equal(rotation_seal(&w, world_sign(e, (ak_secret *[]){ w.root[2], n.root[0], NULL }), n.op, w.op, &err), AK_OK);
	attack_is_sound(&w, 0);
	next_close(&n);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_and_new_quorum_together_rotate),
		cmocka_unit_test(a_signature_without_a_part_is_refused),
		cmocka_unit_test(a_missing_quorum_or_possession_is_refused),
		cmocka_unit_test(numbers_keys_and_heads_are_as_they_must_be),
		cmocka_unit_test(an_extra_key_signs_nothing),
		cmocka_unit_test(a_keyset_is_sealed_alone),
	};

	return cmocka_run_group_tests_name("attack: keyset", tests, attack_world_open, attack_world_close);
}
