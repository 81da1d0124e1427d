/* SPDX-License-Identifier: Apache-2.0 */
/* Heads that continue each other, heads that do not, seen from a ledger (FORMAT, Continuity). */
#include "continuity.h"

#include "api/api.h"
#include "base/text.h"
#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- one history ------------------------------------------------------------------------------------------------ */

static void every_pair_of_heads_continues(void **state)
{
	uint64_t size;
	world w;

	world_branch(*state, &w);
	size = attack_size(&w);
	for (uint64_t a = 1; a <= size; a++) {
		ak_text old = continuity_note_at(&w, a);

		for (uint64_t b = a; b <= size; b++) {
			ak_text new = continuity_note_at(&w, b);

			continuity_shows("pair", continuity_ask(&w, &old, &new), &w, AK_CONTINUES, a == b ? "same" : "continues");
			if (a < b)
				continuity_refused("the other way round", continuity_ask(&w, &new, &old), AK_INVALID_ARGUMENT,
						   "consistency.order");
			ak_text_free(&new);
		}
		ak_text_free(&old);
	}
	world_close(&w);
}

static void the_report_names_sizes_roots_and_proof(void **state)
{
	ak_text old, new;
	answer a;
	world w;

	world_branch(*state, &w);
	old = continuity_note_at(&w, 5);
	new = continuity_note_at(&w, 9);
	a = continuity_ask(&w, &old, &new);
	assert_int_equal(a.st, AK_OK);
	assert_int_equal(ak_json_len(a.report), 11);
	continuity_is(a.report, "/format", "akashi-consistency/1");
	continuity_is(a.report, "/origin", "ledger.example/ismap");
	continuity_is(a.report, "/reason", "");
	assert_true(ak_json_len(ak_json_get(a.report, "proof")) >= 3);
	assert_true(ak_json_is(ak_json_get(a.report, "fork"), AK_JSON_NULL));
	for (size_t i = 0; i < 3; i++) {
		static const char *const names[] = { "old", "new", "head" };
		const ak_json *h = ak_json_get(a.report, names[i]);
		const uint64_t want[] = { 5, 9, attack_size(&w) };
		int64_t n = 0;

		assert_int_equal(ak_json_len(h), 2);
		assert_true(ak_json_int(ak_json_get(h, "size"), &n));
		assert_int_equal(n, want[i]);
		assert_true(ak_span_starts(ak_json_get_text(h, "root"), "sha256:"));
	}
	continuity_drop(&a);
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
}

static void sizes_that_nobody_signed_are_not_found(void **state)
{
	ak_text envelope[2], json = { 0 }, note = { 0 };
	ak_seal_options o = { 0 };
	ak_error err = { 0 };
	uint64_t size;
	size_t failed;
	ak_span in[2];
	world w;

	world_branch(*state, &w);
	size = attack_size(&w);
	for (size_t i = 0; i < 2; i++) {
		static const char *const body[] = {
			"{\"service\":\"one\",\"reviewed_on\":\"2026-05-10\",\"outcome\":\"accepted\"}",
			"{\"service\":\"two\",\"reviewed_on\":\"2026-05-10\",\"outcome\":\"accepted\"}"
		};

		envelope[i] = world_sign(world_draft(&w, "ismap", "technical-review", "2026-05-10", body[i], NULL),
					 world_signers(&w, "technical-review"));
		in[i] = continuity_span_of(&envelope[i]);
	}
	o = (ak_seal_options){ .operator_key = w.op, .state_path = w.state, .now = w.now += 60 };
	assert_int_equal(ak_ledger_seal(w.l, in, 2, &o, &json, &failed, &err), AK_OK);
	ak_text_free(&json);
	/* The batch went from size to size + 2. */
	assert_int_equal(ak_ledger_note(w.l, size + 1, &note, &err), AK_NOT_FOUND);
	assert_string_equal(err.where, "size");
	assert_int_equal(err.at, size + 1);
	{
		char near[64];

		(void)snprintf(near, sizeof(near), "%llu, %llu", (unsigned long long)size, (unsigned long long)size + 2);
		assert_string_equal(err.expected, near);
	}
	assert_int_equal(ak_ledger_note(w.l, 0, &note, &err), AK_NOT_FOUND);
	assert_int_equal(ak_ledger_note(w.l, size + 3, &note, &err), AK_NOT_FOUND);
	for (size_t i = 0; i < 2; i++)
		ak_text_free(&envelope[i]);
	world_close(&w);
}

/* ---- two histories ----------------------------------------------------------------------------------------------- */

static void a_fork_of_the_same_size_convicts(void **state)
{
	ak_text old, new;
	answer a;
	world w, v;

	continuity_part(*state, &w, &v);
	old = continuity_head_of(&w);
	new = continuity_head_of(&v);
	a = continuity_ask(&w, &old, &new);
	assert_int_equal(a.st, AK_OK);
	continuity_is(a.report, "/fork/of", "new");
	continuity_drop(&a);
	continuity_shows("new is of another history", continuity_ask(&w, &old, &new), &w, AK_FORKED, "forked");
	continuity_shows("old is of another history", continuity_ask(&w, &new, &old), &w, AK_FORKED, "forked");
	continuity_shows("seen from the other side", continuity_ask(&v, &old, &new), &w, AK_FORKED, "forked");
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
	world_close(&v);
}

static void a_fork_of_another_size_convicts(void **state)
{
	ak_text parted, grown, before;
	world w, v;

	continuity_part(*state, &w, &v);
	before = continuity_note_at(&w, 5);
	parted = continuity_head_of(&v);
	continuity_add_decision(&w, DECIDED("2026-05-12"));
	grown = continuity_head_of(&w);
	continuity_add_decision(&w, DECIDED("2026-05-13"));
	continuity_shows("an old head that was left", continuity_ask(&w, &parted, &grown), &w, AK_FORKED, "forked");
	continuity_shows("a new head that left", continuity_ask(&w, &before, &parted), &w, AK_FORKED, "forked");
	continuity_shows("before they parted", continuity_ask(&v, &before, &parted), &w, AK_CONTINUES, "continues");
	ak_text_free(&parted);
	ak_text_free(&grown);
	ak_text_free(&before);
	world_close(&w);
	world_close(&v);
}

static void a_ledger_that_is_behind_says_nothing(void **state)
{
	ak_text old, new;
	answer a;
	world w, v;

	continuity_part(*state, &w, &v);
	old = continuity_head_of(&w);
	continuity_add_decision(&v, DECIDED("2026-05-12"));
	new = continuity_head_of(&v);
	a = continuity_ask(&w, &old, &new);
	assert_int_equal(a.st, AK_OK);
	assert_int_equal(a.outcome, AK_NOT_SHOWN);
	continuity_is(a.report, "/outcome", "not-shown");
	continuity_is(a.report, "/reason", "ledger-behind");
	assert_int_equal(a.evidence.len, 0);
	continuity_drop(&a);
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
	world_close(&v);
}

/* ---- who signed ---------------------------------------------------------------------------------------------------- */

/* A note with one byte of its first `what` changed. */
static ak_text spoilt(const ak_text *note, const char *what, size_t off)
{
	ak_text t = attack_copy(note);
	char *at = strstr(t.data, what);

	assert_non_null(at);
	at[off] = at[off] == 'A' ? 'B' : 'A';
	return t;
}

static void heads_that_the_operator_did_not_sign(void **state)
{
	ak_text old, new, forged, foreign = { 0 };
	char *third;
	world w, v;

	world_branch(*state, &w);
	world_open_bare(&v);
	old = continuity_note_at(&w, 8);
	new = continuity_head_of(&w);
	third = strchr(strchr(old.data, '\n') + 1, '\n') + 1;
	third[4] = third[4] == 'A' ? 'B' : 'A'; /* the root: base64 in the third line */
	continuity_refused("forged old root", continuity_ask(&w, &old, &new), AK_BAD_SIGNATURE, "old.signature");
	ak_text_free(&old);
	old = continuity_note_at(&w, 8);
	forged = spoilt(&new, "\xe2\x80\x94 ledger.example/ismap ", 40);
	continuity_refused("forged signature", continuity_ask(&w, &old, &forged), AK_BAD_SIGNATURE, "new.signature");
	ak_text_free(&forged);
	forged = spoilt(&new, "\xe2\x80\x94 ledger.example/ismap ", 26);
	continuity_refused("a key that is not the operator's", continuity_ask(&w, &old, &forged), AK_NO_TRUSTED_SIG,
			   "new.signature");
	ak_text_free(&forged);
	forged = spoilt(&new, "\n\n", 0);
	continuity_refused("no signed note", continuity_ask(&w, &old, &forged), AK_BAD_FORMAT, "new");
	foreign = attack_copy(&w.trust);
	ak_text_free(&w.trust);
	w.trust = attack_copy(&v.trust);
	continuity_refused("a trust file of another ledger", continuity_ask(&w, &old, &new), AK_WRONG_LEDGER, "genesis");
	ak_text_free(&w.trust);
	w.trust = foreign;
	ak_text_free(&forged);
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
	world_close(&v);
}

/* The keys to come: root-a stays, the rest is new. */
static ak_text next_keyset(world *w, ak_secret *op, ak_secret *heartbeat, ak_secret *root)
{
	ak_secret *keys[] = { w->root[0], w->root[1], root, op, heartbeat, NULL };
	char body[4096], k[4][400];

	world_key_json(w->root[0], k[0], sizeof(k[0]));
	world_key_json(root, k[1], sizeof(k[1]));
	world_key_json(op, k[2], sizeof(k[2]));
	world_key_json(heartbeat, k[3], sizeof(k[3]));
	(void)snprintf(body, sizeof(body),
		       "{\"number\":2,\"threshold\":2,\"root\":[{\"holder\":\"root-a\",\"key\":%s},{\"holder\":"
		       "\"root-d\",\"key\":%s}],\"operator\":%s,\"heartbeat\":%s}",
		       k[0], k[1], k[2], k[3]);
	return world_sign(world_draft(w, "akashi", "keyset", NULL, body, NULL), keys);
}

static void rotate(world *w, ak_secret *op, ak_text e)
{
	const ak_seal_options o = { .operator_key = op, .old_operator_key = w->op, .state_path = w->state, .now = w->now += 60 };
	ak_span in = continuity_span_of(&e);
	ak_text json = { 0 };
	size_t failed;

	assert_int_equal(ak_ledger_seal(w->l, &in, 1, &o, &json, &failed, NULL), AK_OK);
	ak_text_free(&json);
	ak_text_free(&e);
}

/* Evidence with keysets, map and header `seq` as they were earlier, the header shown included in the head of today. */
static ak_text seen_from_before(world *w, const ak_text *earlier, const ak_text *today, uint64_t seq)
{
	static const char *const taken[] = { "keysets", "map" };
	ak_json *from = continuity_parsed(earlier), *v = continuity_parsed(today), *last = ak_json_new_object(),
		*list = ak_json_new_array();
	ak_tree_proof proof;
	ak_text out = { 0 };

	assert_int_equal(w->l->b->source.prove_record(w->l->b->source.ctx, seq, &proof, NULL), AK_OK);
	for (size_t i = 0; i < proof.n; i++) {
		char hash[AK_DIGEST_TEXT_LEN + 1];

		ak_digest_format(&proof.hash[i], hash);
		assert_int_equal(ak_json_add(list, ak_json_new_str(hash), NULL), AK_OK);
	}
	assert_int_equal(ak_json_set(last, "header", ak_json_copy(ak_json_pointer(from, ak_span_str("/last/header"))), NULL),
			 AK_OK);
	assert_int_equal(ak_json_set(last, "proof", list, NULL), AK_OK);
	assert_int_equal(ak_json_set(v, "last", last, NULL), AK_OK);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(ak_json_set(v, taken[i], ak_json_copy(ak_json_get(from, taken[i])), NULL), AK_OK);
	ak_json_free(from);
	assert_int_equal(ak_jcs_text(v, 1 << 24, &out, NULL), AK_OK);
	return out;
}

/* The same roots run two ledgers: what they signed for the other one changes no key here, though the operator's thief lays it here. */
static void a_keyset_of_another_ledger_changes_no_key(void **state)
{
	ak_secret *op = world_new_key("ed25519"), *heartbeat = world_new_key("ed25519"), *root = world_new_key("p256");
	static const char other[] = "\"sha256:5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f\"";
	const edit moved[] = { { "/predicate/genesis", other }, { NULL, NULL } };
	ak_text before, after;
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	before = continuity_head_of(&w);
	seq = attack_forge(&w, attack_edited(next_keyset(&w, op, heartbeat, root), moved,
					     (ak_secret *[]){ w.root[0], w.root[1], root, op, heartbeat, NULL }));
	attack_is_void(&w, seq, AK_WRONG_LEDGER);
	after = continuity_head_of(&w);
	continuity_shows("over a keyset that is void", continuity_ask(&w, &before, &after), &w, AK_CONTINUES, "continues");
	ak_text_free(&before);
	ak_text_free(&after);
	ak_secret_free(&op);
	ak_secret_free(&heartbeat);
	ak_secret_free(&root);
	world_close(&w);
}

static void a_key_that_was_replaced_signs_nothing(void **state)
{
	ak_secret *op = world_new_key("ed25519"), *heartbeat = world_new_key("ed25519"), *root = world_new_key("p256"), *old_op;
	ak_text before, after, thief, cut, earlier;
	uint64_t size;
	answer a;
	world w, v;

	world_branch(*state, &w);
	world_branch(*state, &v);
	before = continuity_head_of(&w);
	size = attack_size(&w);
	a = continuity_ask(&w, &before, &before);
	earlier = attack_copy(&a.evidence);
	continuity_drop(&a);
	rotate(&w, op, next_keyset(&w, op, heartbeat, root));
	old_op = w.op;
	w.op = op;
	continuity_add_decision(&w, DECIDED("2026-05-12"));
	after = continuity_head_of(&w);
	continuity_shows("across a rotation", continuity_ask(&w, &before, &after), &w, AK_CONTINUES, "continues");
	/* The old key goes on elsewhere, to the same size. */
	continuity_add_decision(&v, DECIDED("2026-05-13"));
	continuity_add_decision(&v, DECIDED("2026-05-14"));
	thief = continuity_head_of(&v);
	continuity_refused("signed by a key that was replaced", continuity_ask(&w, &before, &thief), AK_NO_TRUSTED_SIG,
			   "new.signature");
	/* Evidence that leaves the rotation out. */
	a = continuity_ask(&w, &before, &after);
	cut = continuity_shortened(&a.evidence, "keysets");
	continuity_refused("a keyset left out", continuity_check(continuity_span_of(&cut), &w.trust), AK_MAP_MISMATCH,
			   "consistency.keysets");
	ak_text_free(&cut);
	/* The same, with a header and a map of before the rotation, both true. */
	cut = seen_from_before(&w, &earlier, &a.evidence, size - 1);
	continuity_refused("an older header", continuity_check(continuity_span_of(&cut), &w.trust), AK_BAD_FORMAT,
			   "consistency.last");
	ak_text_free(&cut);
	continuity_drop(&a);
	w.op = old_op;
	ak_text_free(&before);
	ak_text_free(&after);
	ak_text_free(&thief);
	ak_text_free(&earlier);
	ak_secret_free(&op);
	ak_secret_free(&heartbeat);
	ak_secret_free(&root);
	world_close(&w);
	world_close(&v);
}

/* A rotation's head without the line of the operator before it is one that the new operator alone has made. */
static void a_rotation_without_the_old_operators_line_shows_nothing(void **state)
{
	ak_secret *op = world_new_key("ed25519"), *heartbeat = world_new_key("ed25519"), *root = world_new_key("p256"), *old_op;
	ak_text before, at, after, half;
	world w;

	world_branch(*state, &w);
	before = continuity_head_of(&w);
	rotate(&w, op, next_keyset(&w, op, heartbeat, root));
	at = continuity_head_of(&w);
	half = attack_copy(&at);
	*strstr(strstr(half.data, "\n\n") + 2, "=\n") = '\0';
	half.len = strlen(half.data);
	(void)strcpy(half.data + half.len, "=\n");
	half.len += 2;
	old_op = w.op;
	w.op = op;
	continuity_shows("to a rotation", continuity_ask(&w, &before, &at), &w, AK_CONTINUES, "continues");
	continuity_refused("to half of one", continuity_ask(&w, &before, &half), AK_NO_TRUSTED_SIG, "new.signature");
	continuity_add_decision(&w, DECIDED("2026-05-12"));
	after = continuity_head_of(&w);
	continuity_shows("from a rotation", continuity_ask(&w, &at, &after), &w, AK_CONTINUES, "continues");
	continuity_refused("from half of one", continuity_ask(&w, &half, &after), AK_NO_TRUSTED_SIG, "old.signature");
	w.op = old_op;
	ak_text_free(&before);
	ak_text_free(&at);
	ak_text_free(&after);
	ak_text_free(&half);
	ak_secret_free(&op);
	ak_secret_free(&heartbeat);
	ak_secret_free(&root);
	world_close(&w);
}

/* ---- two notes alone ---------------------------------------------------------------------------------------------- */

static answer ask_notes(const ak_text *old, const ak_text *new, const ak_text *trust)
{
	answer a = { .outcome = AK_CONTINUES };
	ak_text json = { 0 };

	a.st = ak_consistency_notes(continuity_span_of(old), continuity_span_of(new), continuity_span_of(trust), &a.outcome, &json, &a.err);
	if (a.st == AK_OK)
		a.report = continuity_parsed(&json);
	ak_text_free(&json);
	return a;
}

static void tells(answer a, ak_continuity want, const char *outcome, const char *reason)
{
	assert_int_equal(a.st, AK_OK);
	assert_int_equal(a.outcome, want);
	continuity_is(a.report, "/outcome", outcome);
	continuity_is(a.report, "/reason", reason);
	continuity_drop(&a);
}

static void two_notes_of_one_size_are_judged_by_the_trust_file_alone(void **state)
{
	ak_text one, two, before;
	answer a;
	world w, v;

	continuity_part(*state, &w, &v);
	one = continuity_head_of(&w);
	two = continuity_head_of(&v);
	before = continuity_note_at(&w, 5);
	a = ask_notes(&one, &two, &w.trust);
	assert_int_equal(a.st, AK_OK);
	continuity_is(a.report, "/fork/of", "old");
	assert_false(ak_span_eq(ak_json_text(ak_json_pointer(a.report, ak_span_str("/fork/signed"))),
	                        ak_json_text(ak_json_pointer(a.report, ak_span_str("/fork/root")))));
	continuity_drop(&a);
	tells(ask_notes(&one, &two, &w.trust), AK_FORKED, "forked", "");
	tells(ask_notes(&two, &one, &w.trust), AK_FORKED, "forked", "");
	tells(ask_notes(&one, &one, &w.trust), AK_CONTINUES, "same", "");
	tells(ask_notes(&before, &one, &w.trust), AK_NOT_SHOWN, "not-shown", "no-ledger");
	ak_text_free(&one);
	ak_text_free(&two);
	ak_text_free(&before);
	world_close(&w);
	world_close(&v);
}

/* Nobody is convicted by what another key signed, nor by what nobody did. */
static void two_notes_alone_convict_only_the_key_of_the_trust_file(void **state)
{
	ak_secret *op = world_new_key("ed25519"), *heartbeat = world_new_key("ed25519"), *root = world_new_key("p256"), *old_op;
	ak_text later, other, cut;
	world w, v, strange;

	world_branch(*state, &w);
	world_branch(*state, &v);
	rotate(&w, op, next_keyset(&w, op, heartbeat, root));
	old_op = w.op;
	w.op = op;
	continuity_add_decision(&w, DECIDED("2026-05-12"));
	continuity_add_decision(&v, DECIDED("2026-05-13"));
	continuity_add_decision(&v, DECIDED("2026-05-14"));
	later = continuity_head_of(&w);
	other = continuity_head_of(&v);
	tells(ask_notes(&later, &other, &w.trust), AK_NOT_SHOWN, "not-shown", "other-key");
	tells(ask_notes(&other, &later, &w.trust), AK_NOT_SHOWN, "not-shown", "other-key");
	cut = attack_copy(&other);
	cut.data[cut.len - 8] = cut.data[cut.len - 8] == 'A' ? 'B' : 'A';
	continuity_refused("a signature changed", ask_notes(&other, &cut, &w.trust), AK_BAD_SIGNATURE, "new.signature");
	continuity_refused("a signature changed", ask_notes(&cut, &other, &w.trust), AK_BAD_SIGNATURE, "old.signature");
	world_open_bare(&strange);
	tells(ask_notes(&other, &other, &strange.trust), AK_NOT_SHOWN, "not-shown", "other-key");
	w.op = old_op;
	ak_text_free(&later);
	ak_text_free(&other);
	ak_text_free(&cut);
	ak_secret_free(&op);
	ak_secret_free(&heartbeat);
	ak_secret_free(&root);
	world_close(&w);
	world_close(&v);
	world_close(&strange);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_of_heads_continues),
		cmocka_unit_test(the_report_names_sizes_roots_and_proof),
		cmocka_unit_test(sizes_that_nobody_signed_are_not_found),
		cmocka_unit_test(a_fork_of_the_same_size_convicts),
		cmocka_unit_test(a_fork_of_another_size_convicts),
		cmocka_unit_test(a_ledger_that_is_behind_says_nothing),
		cmocka_unit_test(heads_that_the_operator_did_not_sign),
		cmocka_unit_test(a_keyset_of_another_ledger_changes_no_key),
		cmocka_unit_test(a_key_that_was_replaced_signs_nothing),
		cmocka_unit_test(a_rotation_without_the_old_operators_line_shows_nothing),
		cmocka_unit_test(two_notes_of_one_size_are_judged_by_the_trust_file_alone),
		cmocka_unit_test(two_notes_alone_convict_only_the_key_of_the_trust_file),
	};

	return cmocka_run_group_tests(tests, attack_world_open, attack_world_close);
}
