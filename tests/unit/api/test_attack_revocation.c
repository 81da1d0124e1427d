/* SPDX-License-Identifier: Apache-2.0 */
/* Revocation in strata: only the root threshold reaches back; all others look forward, the first in order wins, and nothing
 * un-revokes (FORMAT, Revocation). */
#include "attack.h"
#include "cosigned.h"

#include "api/api.h"
#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WITHDRAWAL "{\"auditor\":\"koh-audit\",\"service\":\"kumo-iaas\",\"withdrawn_on\":\"2026-05-30\",\"reason\":\"x\"}"

static const char *const withdraws[] = { "withdraws=report-1", NULL };

/* last < 0: none is named. */
static ak_text revocation(world *w, const ak_secret *of, const char *reason, int64_t last, ak_secret *const *keys)
{
	char body[300], id[72], reach[60] = "";

	attack_keyid(of, id);
	if (last >= 0)
		(void)snprintf(reach, sizeof(reach), "\"last_valid_seq\":%lld,", (long long)last);
	(void)snprintf(body, sizeof(body), "{\"keys\":[{\"id\":\"%s\"}],%s\"reason\":\"%s\"}", id + 7, reach, reason);
	return world_sign(world_draft(w, "akashi", "revocation", NULL, body, NULL), keys);
}

static ak_text withdrawal(world *w)
{
	return world_sign(world_draft(w, "ismap", "report-withdrawal", NULL, WITHDRAWAL, withdraws),
	                  world_signers(w, "report-withdrawal"));
}

static size_t changed_since(world *w, uint64_t seq, bool *holds_it)
{
	ak_json *report = NULL;
	const ak_json *list;
	size_t n;

	assert_true(world_audit(w, &report));
	list = ak_json_pointer(report, ak_span_str("/authority/changed_since"));
	n = ak_json_len(list);
	*holds_it = false;
	for (size_t i = 0; i < n; i++) {
		int64_t at = -1;

		*holds_it = *holds_it || (ak_json_int(ak_json_at(list, i), &at) && (uint64_t)at == seq);
	}
	ak_json_free(report);
	return n;
}

static void a_key_that_ends_itself_signs_no_more(void **state)
{
	ak_secret *self[] = { 0, NULL };
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	self[0] = w.auditor;
	(void)world_seal(&w, revocation(&w, w.auditor, "lost", -1, self));
	(void)attack_refused(&w, withdrawal(&w), AK_NOT_AUTHORISED, "signatures");
	seq = attack_forge(&w, withdrawal(&w));
	attack_is_void(&w, seq, AK_NOT_AUTHORISED);
	/* What it signed before stands, and it does not even revoke itself twice. */
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	(void)attack_refused(&w, revocation(&w, w.auditor, "ceased", -1, self), AK_NOT_AUTHORISED, "signatures");
	world_close(&w);
}

static void a_stranger_revokes_nobody(void **state)
{
	ak_secret *keys[] = { 0, NULL };
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	{
		/* the provider, an operator-key thief, one root of two: none may take the auditor's key */
		ak_secret *const by[] = { w.provider, w.op, w.root[0], w.committee[0], w.stranger };

		for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++) {
			keys[0] = by[i];
			(void)attack_refused(&w, revocation(&w, w.auditor, "compromise", -1, keys), AK_NOT_AUTHORISED, "signatures");
			seq = attack_forge(&w, revocation(&w, w.auditor, "compromise", -1, keys));
			attack_is_void(&w, seq, AK_NOT_AUTHORISED);
		}
	}
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	(void)world_seal(&w, withdrawal(&w)); /* the key still counts */
	world_close(&w);
}

static void keys_of_the_ledger_itself_are_not_revoked_this_way(void **state)
{
	ak_secret *roots[] = { 0, 0, NULL };
	world w;

	world_branch(*state, &w);
	roots[0] = w.root[0], roots[1] = w.root[1];
	(void)attack_refused(&w, revocation(&w, w.op, "compromise", -1, roots), AK_NOT_AUTHORISED, "revocation.keys");
	(void)attack_refused(&w, revocation(&w, w.root[2], "compromise", -1, roots), AK_NOT_AUTHORISED, "revocation.keys");
	(void)attack_refused(&w, revocation(&w, w.stranger, "lost", -1, roots), AK_NOT_AUTHORISED, "revocation.keys");
	world_close(&w);
}

/* The enroller may end a key, the key may end itself; neither rewrites the past. */
static void only_the_root_threshold_reaches_back(void **state)
{
	ak_secret *by[] = { 0, NULL }, *roots[] = { 0, 0, NULL };
	uint64_t seq, report;
	world w;

	world_branch(*state, &w);
	report = world_seq(&w, "report-1");
	for (size_t i = 0; i < 2; i++) {
		by[0] = i == 0 ? w.secretariat : w.auditor;
		(void)attack_refused(&w, revocation(&w, w.auditor, "compromise", (int64_t)report - 1, by), AK_NOT_AUTHORISED,
		                     "revocation.last_valid_seq");
		seq = attack_forge(&w, revocation(&w, w.auditor, "compromise", (int64_t)report - 1, by));
		attack_is_void(&w, seq, AK_NOT_AUTHORISED);
		attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	}
	/* Nor does the root, but for a compromise, and never into the future. */
	roots[0] = w.root[1], roots[1] = w.root[2];
	(void)attack_refused(&w, revocation(&w, w.auditor, "ceased", (int64_t)report - 1, roots), AK_SCHEMA, "schema.const");
	(void)attack_refused(&w, revocation(&w, w.auditor, "compromise", (int64_t)attack_size(&w), roots), AK_NOT_AUTHORISED,
	                     "revocation.last_valid_seq");
	/* The enroller's revocation without reach is fine: the future only. */
	by[0] = w.secretariat;
	(void)world_seal(&w, revocation(&w, w.auditor, "compromise", -1, by));
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	(void)attack_refused(&w, withdrawal(&w), AK_NOT_AUTHORISED, "signatures");
	world_close(&w);
}

static void the_root_reaching_behind_the_report_takes_it_away(void **state)
{
	ak_secret *roots[] = { 0, 0, NULL };
	uint64_t report, seq;
	bool there;
	world w;

	world_branch(*state, &w);
	roots[0] = w.root[0], roots[1] = w.root[2];
	report = world_seq(&w, "report-1");
	seq = world_seal(&w, revocation(&w, w.auditor, "compromise", (int64_t)report - 1, roots));
	assert_int_equal(changed_since(&w, report, &there), 1);
	assert_true(there);
	/* The listing now lacks a report: what is on record has lost its authority. */
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "cannot-decide");
	attack_verdict(&w, seq, AK_VERDICT_VALID, ""); /* known then, nothing was wrong */
	world_close(&w);
}

static void a_report_before_the_compromise_cannot_be_decided_without_a_quorum(void **state)
{
	ak_secret *roots[] = { 0, 0, NULL };
	uint64_t report;
	bool there;
	world w;

	world_branch(*state, &w);
	roots[0] = w.root[0], roots[1] = w.root[1];
	report = world_seq(&w, "report-1");
	(void)world_seal(&w, revocation(&w, w.auditor, "compromise", (int64_t)report, roots));
	assert_int_equal(changed_since(&w, report, &there), 0);
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "cannot-decide");
	/* A later, weaker revocation does not give the key back. */
	(void)world_seal(&w, revocation(&w, w.auditor, "ceased", -1, roots));
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "cannot-decide");
	(void)attack_refused(&w, withdrawal(&w), AK_NOT_AUTHORISED, "signatures");
	world_close(&w);
}

/* ---- what one stratum says is not said by another --------------------------------------------------------- */

/* A member calls its own key compromised, the root only says that it ended: nobody who could has called it compromised. */
static void a_compromise_declared_by_oneself_is_not_the_roots(void **state)
{
	ak_secret *self[] = { 0, NULL }, *roots[] = { 0, 0, NULL };
	world w;

	world_branch(*state, &w);
	self[0] = w.committee[0];
	roots[0] = w.root[0], roots[1] = w.root[1];
	(void)world_seal(&w, revocation(&w, w.committee[0], "compromise", -1, self));
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	(void)world_seal(&w, revocation(&w, w.committee[0], "ceased", -1, roots));
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	(void)world_seal(&w, revocation(&w, w.committee[0], "compromise", -1, roots)); /* now one record says both */
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "cannot-decide");
	world_close(&w);
}

/* The other way round, and with the root first: the order does not mix them either. */
static void nor_when_the_root_was_first(void **state)
{
	ak_secret *by[] = { 0, NULL }, *roots[] = { 0, 0, NULL };
	world w;

	world_branch(*state, &w);
	by[0] = w.secretariat;
	roots[0] = w.root[0], roots[1] = w.root[2];
	(void)world_seal(&w, revocation(&w, w.auditor, "ceased", -1, roots));
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	(void)world_seal(&w, revocation(&w, w.auditor, "compromise", -1, by)); /* who enrolled it */
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	world_close(&w);
}

/* `by` NULL: the root. */
static void enrol_auditor(world *w, const char *party, ak_secret *k, ak_secret *by)
{
	ak_secret *own[] = { k, NULL }, *both[] = { by, k, NULL };
	char body[1024], key[400];

	world_key_json(k, key, sizeof(key));
	(void)snprintf(body, sizeof(body), "{\"party\":\"%s\",\"name\":{\"ja\":\"監査\",\"en\":\"a\"},\"roles\":[\"auditor\"],\"members\":"
	               "[{\"member\":\"lead\",\"seat\":\"席\",\"kind\":\"person\",\"keys\":[%s]}]}", party, key);
	(void)world_seal(w, by == NULL ? attack_party(w, body, own)
	                               : world_sign(world_draft(w, "ismap", "party", NULL, body, NULL), both));
}

static ak_text withdrawal_by(world *w, ak_secret *k, const char *auditor)
{
	ak_secret *keys[] = { k, NULL };
	char body[300];

	(void)snprintf(body, sizeof(body), "{\"auditor\":\"%s\",\"service\":\"kumo-iaas\",\"withdrawn_on\":\"2026-05-30\",\"reason\":\"x\"}",
	               auditor);
	return world_sign(world_draft(w, "ismap", "report-withdrawal", NULL, body, withdraws), keys);
}

/* What else is said of a key falls with who said it, also when the root speaks of the same key. */
static void a_cutoff_that_falls_leaves_nothing_beside_the_roots(void **state)
{
	ak_secret *by[] = { 0, NULL }, *roots[] = { 0, 0, NULL }, *late = world_new_key("ed25519");
	uint64_t enrolled, seq;
	bool there;
	world w;

	world_branch(*state, &w);
	by[0] = w.secretariat;
	roots[0] = w.root[0], roots[1] = w.root[1];
	enrol_auditor(&w, "late-audit", late, NULL); /* by the root: it will not fall */
	enrolled = attack_size(&w) - 1;
	(void)world_seal(&w, revocation(&w, late, "ceased", -1, by));
	seq = attack_forge(&w, withdrawal_by(&w, late, "late-audit"));
	attack_is_void(&w, seq, AK_NOT_AUTHORISED);
	(void)world_seal(&w, revocation(&w, late, "lost", -1, roots));
	(void)world_seal(&w, revocation(&w, w.secretariat, "compromise", (int64_t)enrolled, roots));
	/* The secretariat's word is gone, the root's came after the record: as known now it stands. */
	(void)changed_since(&w, seq, &there);
	assert_true(there);
	ak_secret_free(&late);
	world_close(&w);
}

/* ---- sealing and auditing come to the same ---------------------------------------------------------------- */

/* A revocation that was void, because its key had no enrolment left, ends nothing for whoever holds the key later. */
static void a_void_revocation_by_the_root_ends_nothing(void **state)
{
	static const int64_t reach[] = { -1, 1 };

	for (size_t i = 0; i < 2; i++) {
		ak_secret *roots[] = { 0, 0, NULL }, *spare = world_new_key("ed25519");
		uint64_t before, seq;
		world w;

		world_branch(*state, &w);
		roots[0] = w.root[0], roots[1] = w.root[1];
		before = attack_size(&w) - 1;
		enrol_auditor(&w, "first-audit", spare, w.secretariat);
		(void)world_seal(&w, revocation(&w, w.secretariat, "compromise", (int64_t)before, roots));
		(void)attack_refused(&w, revocation(&w, spare, reach[i] < 0 ? "lost" : "compromise", reach[i], roots), AK_NOT_AUTHORISED,
		                     "revocation.keys");
		seq = attack_forge(&w, revocation(&w, spare, reach[i] < 0 ? "lost" : "compromise", reach[i], roots));
		attack_is_void(&w, seq, AK_NOT_AUTHORISED);
		enrol_auditor(&w, "second-audit", spare, NULL);
		(void)world_seal(&w, withdrawal_by(&w, spare, "second-audit"));
		attack_is_sound(&w, 1);
		ak_secret_free(&spare);
		world_close(&w);
	}
}

/* Sealing judges the rest of a batch as an audit will: with what fell already fallen. */
static void what_follows_in_the_same_batch_knows_of_the_reach(void **state)
{
	ak_secret *roots[] = { 0, 0, NULL }, *spare = world_new_key("ed25519");
	ak_seal_options o = { 0 };
	ak_text first, second, json = { 0 };
	ak_span in[2];
	ak_error err = { 0 };
	size_t failed = 9;
	uint64_t before;
	world w;

	world_branch(*state, &w);
	roots[0] = w.root[0], roots[1] = w.root[1];
	before = attack_size(&w) - 1;
	enrol_auditor(&w, "first-audit", spare, w.secretariat);
	first = revocation(&w, w.secretariat, "compromise", (int64_t)before, roots);
	second = withdrawal_by(&w, spare, "first-audit");
	in[0] = (ak_span){ (const uint8_t *)first.data, first.len };
	in[1] = (ak_span){ (const uint8_t *)second.data, second.len };
	o = (ak_seal_options){ .operator_key = w.op, .state_path = w.state, .now = w.now += 60 };
	assert_int_equal(ak_ledger_seal(w.l, in, 2, &o, &json, &failed, &err), AK_NOT_AUTHORISED);
	assert_int_equal(failed, 1);
	ak_text_free(&first);
	ak_text_free(&second);
	ak_secret_free(&spare);
	world_close(&w);
}

/* ---- a quorum ------------------------------------------------------------------------------------------------ */

/* Who cosigned saw the record where it stands: what the key signed at or before the cutoff stands, what came after does not. */
static void with_a_quorum_what_was_signed_before_the_compromise_stands(void **state)
{
	ak_secret *roots[] = { 0, 0, NULL }, *witness = world_new_key("ed25519");
	uint64_t report;
	world w;

	world_branch(*state, &w);
	roots[0] = w.root[0], roots[1] = w.root[1];
	report = world_seq(&w, "report-1");
	(void)world_seal(&w, revocation(&w, w.auditor, "compromise", (int64_t)report, roots));
	cosigned_demand(&w, witness);
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "cannot-decide"); /* asked for, and nobody cosigned */
	cosigned_head(&w, witness);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	world_retrust(&w); /* the same line, and a trust file that asks for nobody */
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "cannot-decide");
	/* One record earlier, and no quorum brings the report back. */
	(void)world_seal(&w, revocation(&w, w.auditor, "compromise", (int64_t)report - 1, roots));
	cosigned_demand(&w, witness);
	cosigned_head(&w, witness);
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "cannot-decide");
	ak_secret_free(&witness);
	world_close(&w);
}

/* One of the three who decided: two of five are left. */
static void a_member_found_compromised_is_one_member_less(void **state)
{
	ak_secret *roots[] = { 0, 0, NULL };
	uint64_t decision;
	bool there;
	world w;

	world_branch(*state, &w);
	roots[0] = w.root[0], roots[1] = w.root[1];
	decision = world_seq(&w, "decision-1");
	(void)world_seal(&w, revocation(&w, w.committee[4], "compromise", 0, roots)); /* did not sign it */
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	(void)world_seal(&w, revocation(&w, w.committee[0], "compromise", (int64_t)decision - 1, roots));
	(void)changed_since(&w, decision, &there);
	assert_true(there);
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "cannot-decide");
	world_close(&w);
}

/* ---- two who may each end the other ------------------------------------------------------------------------ */

/* A profile of our own: whoever is of the guild may enrol, and so revoke, in it. */
static void seal_guild_profile(world *w)
{
	ak_secret *roots[] = { w->root[0], w->root[1], NULL };
	ak_text shipped = { 0 }, draft = { 0 };
	ak_json *v = NULL, *role = NULL, *package;
	ak_buf b;

	assert_int_equal(ak_ledger_draft_profile(w->l, "ismap", (ak_span){ 0 }, w->now, &shipped, NULL), AK_OK);
	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)shipped.data, shipped.len }, &v, NULL), AK_OK);
	package = ak_json_copy(ak_json_pointer(v, ak_span_str("/body/package")));
	assert_int_equal(ak_json_parse(ak_span_str("{\"ja\":\"組\",\"en\":\"Guild\",\"enrolled_by\":[{\"mode\":\"members\",\"role\":"
	                                           "\"guild\",\"threshold\":1},{\"mode\":\"root\"}]}"), &role, NULL), AK_OK);
	assert_int_equal(ak_json_pointer_set(package, ak_span_str("/roles/guild"), role, NULL), AK_OK);
	assert_int_equal(ak_json_set(package, "version", ak_json_new_str("2026.12"), NULL), AK_OK);
	ak_buf_init(&b, 1 << 20);
	assert_int_equal(ak_jcs_write(package, &b, NULL), AK_OK);
	assert_int_equal(ak_ledger_draft_profile(w->l, "ismap", ak_buf_span(&b), w->now, &draft, NULL), AK_OK);
	(void)world_seal(w, world_sign(draft, roots));
	world_retrust(w);
	ak_buf_clear(&b);
	ak_json_free(package);
	ak_json_free(v);
	ak_text_free(&shipped);
}

static void enrol_in_guild(world *w, const char *party, ak_secret *k)
{
	ak_secret *own[] = { k, NULL };
	char body[1024], key[400];

	world_key_json(k, key, sizeof(key));
	(void)snprintf(body, sizeof(body), "{\"party\":\"%s\",\"name\":{\"ja\":\"組\",\"en\":\"g\"},\"roles\":[\"guild\"],\"members\":"
	               "[{\"member\":\"m1\",\"seat\":\"席\",\"kind\":\"person\",\"keys\":[%s]}]}", party, key);
	(void)world_seal(w, attack_party(w, body, own));
}

static void of_two_who_revoke_each_other_the_first_in_order_wins(void **state)
{
	ak_secret *a = world_new_key("ed25519"), *b = world_new_key("ed25519");
	ak_secret *by_a[] = { a, NULL }, *by_b[] = { b, NULL };
	ak_seal_options o = { 0 };
	ak_text first, second, json = { 0 };
	ak_span in[2];
	ak_error err = { 0 };
	size_t failed = 9;
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	seal_guild_profile(&w);
	enrol_in_guild(&w, "guild-a", a);
	enrol_in_guild(&w, "guild-b", b);
	first = revocation(&w, b, "ceased", -1, by_a);
	second = revocation(&w, a, "ceased", -1, by_b);
	in[0] = (ak_span){ (const uint8_t *)first.data, first.len };
	in[1] = (ak_span){ (const uint8_t *)second.data, second.len };
	/* In one batch the order of the batch decides, and then all or none is sealed. */
	o = (ak_seal_options){ .operator_key = w.op, .state_path = w.state, .now = w.now += 60 };
	assert_int_equal(ak_ledger_seal(w.l, in, 2, &o, &json, &failed, &err), AK_NOT_AUTHORISED);
	assert_int_equal(failed, 1);
	(void)world_seal(&w, first);
	(void)attack_refused(&w, attack_copy(&second), AK_NOT_AUTHORISED, "signatures");
	seq = attack_forge(&w, second);
	attack_is_void(&w, seq, AK_NOT_AUTHORISED);
	/* a still counts: it ends itself now. */
	(void)world_seal(&w, revocation(&w, a, "ceased", -1, by_a));
	attack_is_sound(&w, 1);
	ak_secret_free(&a);
	ak_secret_free(&b);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_that_ends_itself_signs_no_more),
		cmocka_unit_test(a_stranger_revokes_nobody),
		cmocka_unit_test(keys_of_the_ledger_itself_are_not_revoked_this_way),
		cmocka_unit_test(only_the_root_threshold_reaches_back),
		cmocka_unit_test(the_root_reaching_behind_the_report_takes_it_away),
		cmocka_unit_test(a_report_before_the_compromise_cannot_be_decided_without_a_quorum),
		cmocka_unit_test(a_compromise_declared_by_oneself_is_not_the_roots),
		cmocka_unit_test(nor_when_the_root_was_first),
		cmocka_unit_test(a_cutoff_that_falls_leaves_nothing_beside_the_roots),
		cmocka_unit_test(a_void_revocation_by_the_root_ends_nothing),
		cmocka_unit_test(what_follows_in_the_same_batch_knows_of_the_reach),
		cmocka_unit_test(with_a_quorum_what_was_signed_before_the_compromise_stands),
		cmocka_unit_test(a_member_found_compromised_is_one_member_less),
		cmocka_unit_test(of_two_who_revoke_each_other_the_first_in_order_wins),
	};

	return cmocka_run_group_tests_name("attack: revocation", tests, attack_world_open, attack_world_close);
}
