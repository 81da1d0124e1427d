/* SPDX-License-Identifier: Apache-2.0 */
/* Heads that continue each other or do not: who signed them, with which key of the time, and what two of them say alone (FORMAT, Continuity). */
#include "continuity.h"
#include "rotation.h"

#include "api/api.h"
#include "base/text.h"
#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

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
	const rotation r = { 2, { "root-a", "root-d" }, { w->root[0], root }, op, heartbeat, NULL, NULL };

	return rotation_signed(w, &r, keys);
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
	assert_int_equal(rotation_seal(&w, next_keyset(&w, op, heartbeat, root), op, w.op, NULL), AK_OK);
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
	assert_int_equal(rotation_seal(&w, next_keyset(&w, op, heartbeat, root), op, w.op, NULL), AK_OK);
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

/* The trust file with one line more, before its quorum. */
static ak_text with_floor(const ak_text *trust, const ak_digest *keyset)
{
	const char *at = strstr(trust->data, "\nquorum ");
	char id[AK_DIGEST_TEXT_LEN + 1];
	ak_text out = { 0 };
	ak_buf b;

	assert_non_null(at);
	ak_digest_format(keyset, id);
	ak_buf_init(&b, 1 << 16);
	assert_int_equal(ak_buf_add(&b, trust->data, (size_t)(at - trust->data), NULL), AK_OK);
	assert_int_equal(ak_buf_add_str(&b, "\nkeyset ", NULL), AK_OK);
	assert_int_equal(ak_buf_add_str(&b, id, NULL), AK_OK);
	assert_int_equal(ak_buf_add_str(&b, at, NULL), AK_OK);
	assert_int_equal(ak_buf_take_text(&b, &out, NULL), AK_OK);
	ak_buf_clear(&b);
	return out;
}

static ak_digest id_of(world *w, uint64_t seq)
{
	ak_sealed r = { 0 };
	ak_digest id;
	ak_buf file;

	ak_buf_init(&file, AK_RECORD_MAX);
	assert_int_equal(ak_books_record(w->l->b, seq, &file, NULL), AK_OK);
	assert_int_equal(ak_sealed_parse(ak_buf_span(&file), &r, NULL), AK_OK);
	id = r.id;
	ak_sealed_clear(&r);
	ak_buf_clear(&file);
	return id;
}

/* "keyset" of a trust file: nothing is shown by a history that does not pass through that record (FORMAT 12). */
static void the_floor_of_the_trust_file_is_kept(void **state)
{
	ak_secret *op = world_new_key("ed25519"), *heartbeat = world_new_key("ed25519"), *root = world_new_key("p256"), *old_op;
	ak_text before, after, grown, plain;
	uint64_t turn;
	world w, v;

	world_branch(*state, &w);
	world_branch(*state, &v); /* where nobody rotates */
	before = continuity_head_of(&w);
	turn = attack_size(&w);
	assert_int_equal(rotation_seal(&w, next_keyset(&w, op, heartbeat, root), op, w.op, NULL), AK_OK);
	old_op = w.op;
	w.op = op;
	after = continuity_head_of(&w);
	continuity_add_decision(&v, DECIDED("2026-05-12"));
	grown = continuity_head_of(&v);
	plain = w.trust;
	w.trust = with_floor(&plain, &(ak_digest){ { 0xff } });
	continuity_refused("a floor that is nowhere", continuity_ask(&w, &before, &after), AK_NO_TRUSTED_SIG, "trust.keyset");
	ak_text_free(&w.trust);
	{
		const ak_digest first = id_of(&w, 0), second = id_of(&w, turn), other = id_of(&w, 1);

		w.trust = with_floor(&plain, &other);
		continuity_refused("a record that is no keyset", continuity_ask(&w, &before, &after), AK_NO_TRUSTED_SIG, "trust.keyset");
		ak_text_free(&w.trust);
		w.trust = with_floor(&plain, &first);
		continuity_shows("the genesis as the floor", continuity_ask(&w, &before, &after), &w, AK_CONTINUES, "continues");
		ak_text_free(&w.trust);
		w.trust = with_floor(&plain, &second);
		continuity_shows("the rotation as the floor", continuity_ask(&w, &before, &after), &w, AK_CONTINUES, "continues");
		ak_text_free(&w.trust);
		w.trust = plain;
		/* Whoever stole the key that was replaced goes on as if it never had been. */
		plain = v.trust;
		continuity_shows("without a floor", continuity_ask(&v, &before, &grown), &v, AK_CONTINUES, "continues");
		v.trust = with_floor(&plain, &second);
		continuity_refused("a history without the rotation", continuity_ask(&v, &before, &grown), AK_NO_TRUSTED_SIG, "trust.keyset");
		ak_text_free(&v.trust);
		v.trust = plain;
	}
	w.op = old_op;
	ak_text_free(&before);
	ak_text_free(&after);
	ak_text_free(&grown);
	ak_secret_free(&op);
	ak_secret_free(&heartbeat);
	ak_secret_free(&root);
	world_close(&w);
	world_close(&v);
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
	assert_int_equal(rotation_seal(&w, next_keyset(&w, op, heartbeat, root), op, w.op, NULL), AK_OK);
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
		cmocka_unit_test(heads_that_the_operator_did_not_sign),
		cmocka_unit_test(a_keyset_of_another_ledger_changes_no_key),
		cmocka_unit_test(a_key_that_was_replaced_signs_nothing),
		cmocka_unit_test(a_rotation_without_the_old_operators_line_shows_nothing),
		cmocka_unit_test(the_floor_of_the_trust_file_is_kept),
		cmocka_unit_test(two_notes_of_one_size_are_judged_by_the_trust_file_alone),
		cmocka_unit_test(two_notes_alone_convict_only_the_key_of_the_trust_file),
	};

	return cmocka_run_group_tests(tests, attack_world_open, attack_world_close);
}
