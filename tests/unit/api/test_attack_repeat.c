/* SPDX-License-Identifier: Apache-2.0 */
/* A statement is sealed once, in the ledger it was made for, and not after something newer (FORMAT, Statement: genesis,
 * base). */
#include "attack.h"

#include "api/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void an_old_decision_is_not_sealed_again(void **state)
{
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "decision-1");
	(void)attack_refused(&w, attack_unseal(&w, seq), AK_REPEATED, "statement");
	(void)attack_forge(&w, attack_unseal(&w, seq));
	attack_is_broken(&w, "repeat", AK_REPEATED);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "tampered");
	world_close(&w);
}

static void signing_anew_does_not_make_it_another_statement(void **state)
{
	const edit none[] = { { NULL, NULL } };
	ak_secret *others[] = { 0, 0, 0, NULL };
	uint64_t seq;
	ak_text e;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "decision-1");
	for (size_t i = 0; i < 3; i++)
		others[i] = w.committee[i + 2];
	e = attack_edited(attack_unseal(&w, seq), none, others);
	(void)attack_refused(&w, attack_copy(&e), AK_REPEATED, "statement");
	(void)attack_forge(&w, e);
	attack_is_broken(&w, "repeat", AK_REPEATED);
	world_close(&w);
}

/* The auditor's key is taken back; its enrolment of old must not bring it in again. */
static void an_old_enrolment_is_not_sealed_again_after_its_revocation(void **state)
{
	enum { ENROLMENT = 5 };
	ak_secret *signers[] = { 0, 0, NULL }, *auditor[] = { 0, NULL };
	char body[800], key[400], id[72];
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	signers[0] = w.root[0], signers[1] = w.root[1], auditor[0] = w.auditor;
	attack_keyid(w.auditor, id);
	(void)snprintf(body, sizeof(body), "{\"keys\":[{\"id\":\"%s\"}],\"reason\":\"ceased\"}", id + 7);
	(void)world_seal(&w, world_sign(world_draft(&w, "akashi", "revocation", NULL, body, NULL), signers));
	(void)attack_refused(&w, attack_unseal(&w, ENROLMENT), AK_REPEATED, "statement");
	/* Nor by a new statement: a key has one owner for ever. */
	world_key_json(w.auditor, key, sizeof(key));
	(void)snprintf(body, sizeof(body), "{\"party\":\"koh-audit\",\"name\":{\"ja\":\"甲\",\"en\":\"Koh\"},\"roles\":[],\"members\":"
	               "[{\"member\":\"m9\",\"seat\":\"x\",\"kind\":\"person\",\"keys\":[%s]}]}", key);
	(void)attack_refused(&w, attack_party(&w, body, auditor), AK_KEY_REUSED, "party.key");
	seq = attack_forge(&w, attack_party(&w, body, auditor));
	attack_is_void(&w, seq, AK_KEY_REUSED);
	/* Revoked for the future only: what it signed before stands. */
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	(void)attack_forge(&w, attack_unseal(&w, ENROLMENT));
	attack_is_broken(&w, "repeat", AK_REPEATED);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "tampered");
	world_close(&w);
}

/* Same people, same keys, same origin, even the same genesis statement: still another ledger. */
static void a_statement_does_not_move_to_another_ledger_of_one_origin(void **state)
{
	ak_text genesis, json = { 0 };
	ak_error err = { 0 };
	uint64_t seq;
	ak_status st;
	world w, other;

	world_branch(*state, &w);
	world_branch(*state, &other);
	ak_ledger_free(&other.l);
	(void)snprintf(other.ledger, sizeof(other.ledger), "%s/second.git", other.dir);
	(void)snprintf(other.state, sizeof(other.state), "%s/second.state", other.dir);
	genesis = attack_unseal(&w, 0);
	st = ak_ledger_create(other.ledger, (ak_span){ (const uint8_t *)genesis.data, genesis.len }, other.op, other.state,
	                      other.now, &json, &err);
	assert_int_equal(st, AK_OK);
	ak_text_free(&genesis);
	ak_text_free(&json);
	assert_int_equal(ak_ledger_open(other.ledger, &other.l, &err), AK_OK);
	world_retrust(&other);
	/* Record 1 is the profile, by the root keys that hold here as well. */
	err = attack_refused(&other, attack_unseal(&w, 1), AK_WRONG_LEDGER, "statement.genesis");
	assert_string_not_equal(err.expected, err.found);
	seq = attack_forge(&other, attack_unseal(&w, 1));
	attack_is_void(&other, seq, AK_WRONG_LEDGER);
	attack_verdict(&other, 0, AK_VERDICT_UNVERIFIABLE, "not-found");
	world_close(&other);
	world_close(&w);
}

static void a_statement_for_another_origin_has_no_effect(void **state)
{
	static const edit edits[] = { { "/predicate/ledger", "\"ledger.example/other\"" }, { NULL, NULL } };
	const char *body = "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"x\"}";
	ak_error err;
	uint64_t seq;
	ak_text e;
	world w;

	world_branch(*state, &w);
	e = attack_edited(world_draft(&w, "ismap", "deletion", NULL, body, NULL), edits, world_signers(&w, "deletion"));
	err = attack_refused(&w, attack_copy(&e), AK_WRONG_LEDGER, "statement.ledger");
	assert_string_equal(err.found, "ledger.example/other");
	seq = attack_forge(&w, e);
	attack_is_void(&w, seq, AK_WRONG_LEDGER);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	attack_warned(&w, "void-record");
	world_close(&w);
}

#define DECIDED(outcome, day) \
	"{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"" outcome "\",\"decided_on\":\"" day "\",\"meeting\":\"第16回\"}"

/* A decision in hand is kept back until a later one has changed the matter. */
static void a_held_back_decision_is_not_sealed_after_a_later_one(void **state)
{
	ak_text held;
	ak_error err;
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	held = world_sign(world_draft(&w, "ismap", "decision", NULL, DECIDED("registered", "2024-06-15"), NULL),
	                  world_signers(&w, "decision"));
	(void)world_seal(&w, world_sign(world_draft(&w, "ismap", "deletion", NULL, "{\"listing\":\"" LISTING
	                 "\",\"effective_on\":\"2024-06-20\",\"reason\":\"x\"}", NULL), world_signers(&w, "deletion")));
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	err = attack_refused(&w, attack_copy(&held), AK_HELD_BACK, "statement.base");
	assert_non_null(strstr(err.detail, LISTING_ID));
	seq = attack_forge(&w, held);
	attack_is_void(&w, seq, AK_HELD_BACK);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	world_close(&w);
}

static void a_held_back_decision_is_not_sealed_beside_a_later_one_of_one_batch(void **state)
{
	ak_seal_options o = { 0 };
	ak_text two[2], json = { 0 };
	ak_span in[2];
	ak_error err = { 0 };
	size_t failed = 9;
	uint64_t size;
	world w;

	world_branch(*state, &w);
	two[0] = world_sign(world_draft(&w, "ismap", "decision", NULL, DECIDED("deferred", "2024-06-15"), NULL),
	                    world_signers(&w, "decision"));
	two[1] = world_sign(world_draft(&w, "ismap", "decision", NULL, DECIDED("registered", "2024-06-14"), NULL),
	                    world_signers(&w, "decision"));
	for (size_t i = 0; i < 2; i++)
		in[i] = (ak_span){ (const uint8_t *)two[i].data, two[i].len };
	size = attack_size(&w);
	o = (ak_seal_options){ .operator_key = w.op, .state_path = w.state, .now = w.now += 60 };
	assert_int_equal(ak_ledger_seal(w.l, in, 2, &o, &json, &failed, &err), AK_HELD_BACK);
	assert_string_equal(err.where, "statement.base");
	assert_int_equal(failed, 1);
	assert_int_equal(attack_size(&w), size);
	/* The same envelope twice is a repeat. */
	in[1] = in[0];
	assert_int_equal(ak_ledger_seal(w.l, in, 2, &o, &json, &failed, &err), AK_REPEATED);
	assert_int_equal(failed, 1);
	assert_int_equal(attack_size(&w), size);
	ak_text_free(&two[0]);
	ak_text_free(&two[1]);
	attack_is_sound(&w, 0);
	world_close(&w);
}

static void a_base_that_never_was_does_not_help(void **state)
{
	static const edit edits[] = {
		{ "/predicate/base", "\"sha256:00000000000000000000000000000000000000000000000000000000000000ff\"" }, { NULL, NULL },
	};
	ak_text e;
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	e = attack_edited(world_draft(&w, "ismap", "decision", NULL, DECIDED("registered", "2024-06-15"), NULL), edits,
	                  world_signers(&w, "decision"));
	(void)attack_refused(&w, attack_copy(&e), AK_DANGLING, "statement.base");
	seq = attack_forge(&w, e);
	attack_is_void(&w, seq, AK_DANGLING);
	/* Rightly signed, but the ids of all records show that there is no such base: void for whoever verifies, too. */
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	attack_warned(&w, "void-record");
	world_close(&w);
}

static void a_reference_into_nothing_does_not_help(void **state)
{
	static const edit edits[] = {
		{ "/predicate/refs", "[{\"record\":\"sha256:00000000000000000000000000000000000000000000000000000000000000ff\","
		  "\"rel\":\"review\"}]" }, { NULL, NULL },
	};
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	seq = attack_forge(&w, attack_edited(world_draft(&w, "ismap", "decision", NULL, DECIDED("registered", "2024-06-15"), NULL),
	                                     edits, world_signers(&w, "decision")));
	attack_is_void(&w, seq, AK_DANGLING);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	attack_warned(&w, "void-record");
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_old_decision_is_not_sealed_again),
		cmocka_unit_test(signing_anew_does_not_make_it_another_statement),
		cmocka_unit_test(an_old_enrolment_is_not_sealed_again_after_its_revocation),
		cmocka_unit_test(a_statement_does_not_move_to_another_ledger_of_one_origin),
		cmocka_unit_test(a_statement_for_another_origin_has_no_effect),
		cmocka_unit_test(a_held_back_decision_is_not_sealed_after_a_later_one),
		cmocka_unit_test(a_held_back_decision_is_not_sealed_beside_a_later_one_of_one_batch),
		cmocka_unit_test(a_base_that_never_was_does_not_help),
		cmocka_unit_test(a_reference_into_nothing_does_not_help),
	};

	return cmocka_run_group_tests_name("attack: repeats", tests, attack_world_open, attack_world_close);
}
