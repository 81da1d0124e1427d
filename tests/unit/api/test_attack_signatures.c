/* SPDX-License-Identifier: Apache-2.0 */
/* What a relay adds is never counted; a decision needs its members, or its office with the minutes (FORMAT, Signatures,
 * Policies). */
#include "attack.h"

#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DECISION_WITH(more) \
	"{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"deferred\",\"decided_on\":\"2026-05-18\",\"meeting\":\"第23回\"" more "}"
#define DECISION DECISION_WITH("")
#define MINUTES "\"sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\""
#define DELETION "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"架空の理由\"}"

static const uint8_t junk[64] = { 0x5a, 1, 2, 3 };

static ak_text decision(world *w, const char *body, ak_secret *const *keys)
{
	return world_sign(world_draft(w, "ismap", "decision", NULL, body, NULL), keys);
}

static ak_text with_keyid(ak_text e, const ak_secret *k)
{
	char keyid[72];

	attack_keyid(k, keyid);
	return attack_add_signature(e, keyid, junk, sizeof(junk));
}

static void junk_added_by_a_relay_is_refused(void **state)
{
	ak_secret *extra[] = { 0, NULL };
	ak_text e;
	ak_error err;
	world w;

	world_branch(*state, &w);
	e = decision(&w, DECISION, world_signers(&w, "decision"));
	/* by nobody; by a member, failing; by somebody known who has no part in this; by a key of the ledger itself */
	err = attack_refused(&w, with_keyid(attack_copy(&e), w.stranger), AK_BAD_SIGNATURE, "signatures");
	assert_non_null(strstr(err.detail, "nobody"));
	err = attack_refused(&w, with_keyid(attack_copy(&e), w.committee[4]), AK_BAD_SIGNATURE, "signatures");
	assert_non_null(strstr(err.detail, "does not verify"));
	extra[0] = w.stranger;
	(void)attack_refused(&w, world_sign(attack_copy(&e), extra), AK_BAD_SIGNATURE, "signatures");
	extra[0] = w.secretariat;
	err = attack_refused(&w, world_sign(attack_copy(&e), extra), AK_BAD_SIGNATURE, "signatures");
	assert_non_null(strstr(err.detail, "no role"));
	extra[0] = w.op;
	(void)attack_refused(&w, world_sign(attack_copy(&e), extra), AK_BAD_SIGNATURE, "signatures");
	extra[0] = w.root[0];
	(void)attack_refused(&w, world_sign(attack_copy(&e), extra), AK_BAD_SIGNATURE, "signatures");
	/* A fourth member has a part. */
	extra[0] = w.committee[4];
	(void)world_seal(&w, world_sign(e, extra));
	attack_is_sound(&w, 0);
	world_close(&w);
}

/* In a ledger it is passed over: it neither helps nor harms. */
static void junk_in_a_ledger_is_skipped(void **state)
{
	ak_secret *two[] = { 0, 0, NULL };
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	two[0] = w.committee[0], two[1] = w.committee[1];
	seq = attack_forge(&w, with_keyid(with_keyid(decision(&w, DECISION, two), w.committee[2]), w.stranger));
	attack_is_void(&w, seq, AK_NOT_AUTHORISED);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	attack_warned(&w, "void-record");
	(void)attack_forge(&w, with_keyid(world_sign(world_draft(&w, "ismap", "deletion", NULL, DELETION, NULL),
	                                             world_signers(&w, "deletion")), w.stranger));
	attack_is_sound(&w, 1);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	world_close(&w);
}

/* An envelope with a token in the name of its first signature. */
static ak_text with_token(ak_text e)
{
	ak_json *v = NULL, *list = ak_json_new_array(), *token = ak_json_new_object();
	const ak_json *first;
	ak_text out = { 0 };
	ak_buf b;

	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)e.data, e.len }, &v, NULL), AK_OK);
	first = ak_json_at(ak_json_get(v, "signatures"), 0);
	assert_int_equal(ak_json_set(token, "keyid", ak_json_copy(ak_json_get(first, "keyid")), NULL), AK_OK);
	assert_int_equal(ak_json_set(token, "tsr", ak_json_new_str("MAMCAQA="), NULL), AK_OK);
	assert_int_equal(ak_json_add(list, token, NULL), AK_OK);
	assert_int_equal(ak_json_set(v, "timestamps", list, NULL), AK_OK);
	ak_buf_init(&b, 1 << 22);
	assert_int_equal(ak_jcs_write(v, &b, NULL), AK_OK);
	assert_int_equal(ak_buf_take_text(&b, &out, NULL), AK_OK);
	ak_json_free(v);
	ak_text_free(&e);
	return out;
}

static void a_token_without_a_role_is_refused_and_never_counted(void **state)
{
	ak_text e;
	world w;

	world_branch(*state, &w);
	e = with_token(decision(&w, DECISION, world_signers(&w, "decision")));
	(void)attack_refused(&w, attack_copy(&e), AK_BAD_FORMAT, "signatures.timestamps");
	(void)attack_forge(&w, e);
	attack_is_sound(&w, 0);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	world_close(&w);
}

static void two_of_five_are_not_three(void **state)
{
	ak_secret *keys[4] = { NULL };
	uint64_t seq;
	ak_error err;
	world w;

	world_branch(*state, &w);
	for (size_t n = 1; n < 3; n++) {
		char want[40];

		keys[n - 1] = w.committee[n];
		err = attack_refused(&w, decision(&w, DECISION, keys), AK_NOT_AUTHORISED, "signatures");
		(void)snprintf(want, sizeof(want), "needs 3 of 5 committee");
		assert_non_null(strstr(err.detail, want));
		(void)snprintf(want, sizeof(want), "has %zu", n);
		assert_non_null(strstr(err.detail, want));
	}
	seq = attack_forge(&w, decision(&w, DECISION, keys));
	attack_is_void(&w, seq, AK_NOT_AUTHORISED);
	keys[2] = w.committee[0];
	(void)world_seal(&w, decision(&w, DECISION, keys));
	world_close(&w);
}

static void an_envelope_without_signatures_is_refused(void **state)
{
	const edit none[] = { { NULL, NULL } };
	ak_secret *nobody[] = { NULL };
	world w;

	world_branch(*state, &w);
	(void)attack_refused(&w, attack_edited(world_draft(&w, "ismap", "decision", NULL, DECISION, NULL), none, nobody),
	                     AK_BAD_FORMAT, "signatures");
	world_close(&w);
}

/* The office key, with its custodians, and the digest of the minutes. */
static void an_office_decides_only_with_its_minutes(void **state)
{
	ak_secret *office = world_new_key("ed25519"), *keys[] = { office, NULL, NULL };
	char key[400], body[1024];
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	world_key_json(office, key, sizeof(key));
	(void)snprintf(body, sizeof(body), "{\"party\":\"committee\",\"name\":{\"ja\":\"委員会\",\"en\":\"Committee\"},\"roles\":[],"
	               "\"members\":[{\"member\":\"seal\",\"seat\":\"公印\",\"kind\":\"office\",\"custodians\":[\"事務局長\"],"
	               "\"keys\":[%s]}]}", key);
	(void)world_seal(&w, attack_party(&w, body, keys));
	/* office alone, and mixed: one member beside it */
	for (size_t n = 0; n < 2; n++) {
		keys[1] = n == 0 ? NULL : w.committee[3];
		(void)attack_refused(&w, decision(&w, DECISION, keys), AK_NOT_AUTHORISED, "signatures");
		seq = attack_forge(&w, decision(&w, DECISION, keys));
		attack_is_void(&w, seq, AK_NOT_AUTHORISED);
		(void)attack_refused(&w, decision(&w, DECISION_WITH(",\"minutes\":\"in the drawer\""), keys), AK_SCHEMA,
		                     "schema.format");
		(void)world_seal(&w, decision(&w, DECISION_WITH(",\"minutes\":" MINUTES), keys));
	}
	/* A member with the minutes is no office. */
	keys[0] = w.committee[0], keys[1] = w.committee[1];
	(void)attack_refused(&w, decision(&w, DECISION_WITH(",\"minutes\":" MINUTES), keys), AK_NOT_AUTHORISED,
	                     "signatures");
	attack_is_sound(&w, 2);
	ak_secret_free(&office);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(junk_added_by_a_relay_is_refused),
		cmocka_unit_test(junk_in_a_ledger_is_skipped),
		cmocka_unit_test(a_token_without_a_role_is_refused_and_never_counted),
		cmocka_unit_test(two_of_five_are_not_three),
		cmocka_unit_test(an_envelope_without_signatures_is_refused),
		cmocka_unit_test(an_office_decides_only_with_its_minutes),
	};

	return cmocka_run_group_tests_name("attack: signatures", tests, attack_world_open, attack_world_close);
}
