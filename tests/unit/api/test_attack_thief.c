/* SPDX-License-Identifier: Apache-2.0 */
/* What a thief of the operator key, or a role that wants more, can lay on a ledger has no effect, and the ledger lives on
 * (FORMAT, Authority; Void). */
#include "attack.h"

#include "api/api.h"
#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DELETION "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"架空の理由\"}"
#define DECISION \
	"{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"deferred\",\"decided_on\":\"2026-05-18\",\"meeting\":\"第23回\"}"

static ak_text by_thief(world *w, const char *scheme, const char *type, const char *body)
{
	ak_secret *keys[] = { w->stranger, w->op, NULL };

	return world_sign(world_draft(w, scheme, type, NULL, body, NULL), keys);
}

static void a_record_by_a_thief_is_void_and_the_ledger_lives_on(void **state)
{
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	(void)attack_refused(&w, by_thief(&w, "ismap", "deletion", DELETION), AK_NOT_AUTHORISED, "signatures");
	seq = attack_forge(&w, by_thief(&w, "ismap", "deletion", DELETION));
	attack_is_void(&w, seq, AK_NOT_AUTHORISED);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	attack_warned(&w, "void-record");
	/* The operator, with an older memory, goes on from there. */
	(void)world_seal(&w, world_sign(world_draft(&w, "ismap", "decision", NULL, DECISION, NULL), world_signers(&w, "decision")));
	attack_is_sound(&w, 1);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	(void)world_seal(&w, world_sign(world_draft(&w, "ismap", "deletion", NULL, DELETION, NULL), world_signers(&w, "deletion")));
	attack_is_sound(&w, 1);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	world_close(&w);
}

static void a_thief_enrols_and_revokes_nobody(void **state)
{
	ak_secret *keys[] = { 0, 0, NULL };
	char body[1024], key[400], id[72];
	world w;

	world_branch(*state, &w);
	world_key_json(w.stranger, key, sizeof(key));
	(void)snprintf(body, sizeof(body), "{\"party\":\"committee\",\"name\":{\"ja\":\"偽\",\"en\":\"f\"},\"roles\":[\"committee\"],"
	               "\"members\":[{\"member\":\"m9\",\"seat\":\"席\",\"kind\":\"person\",\"keys\":[%s]}]}", key);
	attack_is_void(&w, attack_forge(&w, by_thief(&w, "ismap", "party", body)), AK_NOT_AUTHORISED);
	attack_keyid(w.secretariat, id);
	(void)snprintf(body, sizeof(body), "{\"keys\":[{\"id\":\"%s\"}],\"last_valid_seq\":0,\"reason\":\"compromise\"}", id + 7);
	attack_is_void(&w, attack_forge(&w, by_thief(&w, "akashi", "revocation", body)), AK_NOT_AUTHORISED);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	/* The stranger is no member of the committee, and the secretariat still counts. */
	keys[0] = w.committee[0], keys[1] = w.stranger;
	(void)attack_refused(&w, world_sign(world_draft(&w, "ismap", "decision", NULL, DECISION, NULL), keys),
	                     AK_NOT_AUTHORISED, "signatures");
	(void)world_seal(&w, world_sign(world_draft(&w, "ismap", "deletion", NULL, DELETION, NULL), world_signers(&w, "deletion")));
	world_close(&w);
}

static bool warned_of(const ak_json *report, uint64_t seq)
{
	const ak_json *list = ak_json_get(report, "warnings");
	size_t n = 0;

	for (size_t i = 0; i < ak_json_len(list); i++) {
		int64_t at = -1;

		n += ak_span_is(ak_json_get_text(ak_json_at(list, i), "id"), "void-record") &&
		     ak_json_int(ak_json_get(ak_json_at(list, i), "record"), &at) && (uint64_t)at == seq;
	}
	return n == 1;
}

/* As many JSON values as a line 2 has room for: void, and nobody is stopped by it. */
static void a_record_full_of_values_stops_nobody(void **state)
{
	enum { FULL = 4 * 1024 * 1024 - 2048 };
	ak_secret *keys[] = { 0, NULL };
	char *zeros = malloc(FULL + 2);
	ak_json *report = NULL;
	ak_text text = { 0 };
	uint64_t seq;
	world w;

	assert_non_null(zeros);
	zeros[0] = '[';
	for (size_t i = 1; i < FULL; i++)
		zeros[i] = i % 2 == 1 ? '0' : ',';
	zeros[FULL] = ']'; /* behind a zero: FULL is even */
	zeros[FULL + 1] = '\0';
	world_branch(*state, &w);
	keys[0] = w.stranger;
	{
		const edit edits[] = { { "/predicate/body/listing", "\"C24-0303-2\"" },
			               { "/predicate/about", "[\"ismap/listing:C24-0303-2\"]" },
			               { "/predicate/body/zeros", zeros }, { NULL, NULL } };

		seq = attack_forge(&w, attack_edited(world_draft(&w, "ismap", "deletion", NULL, DELETION, NULL), edits, keys));
	}
	free(zeros);
	attack_is_void(&w, seq, AK_SCHEMA);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	/* Of the listing that it is about there is nothing else. */
	assert_int_equal(world_verify(&w, "C24-0303-2", LISTED_ON, 0, &report), AK_VERDICT_UNVERIFIABLE);
	assert_true(ak_span_is(ak_json_get_text(report, "reason"), "not-found") && warned_of(report, seq));
	ak_json_free(report);
	assert_int_equal(ak_ledger_list(w.l, &text, NULL), AK_OK);
	ak_text_free(&text);
	assert_int_equal(ak_ledger_log(w.l, NULL, NULL, 0, &text, NULL), AK_OK);
	ak_text_free(&text);
	assert_int_equal(ak_ledger_search(w.l, "C24", 10, &text, NULL), AK_OK);
	ak_text_free(&text);
	(void)world_seal(&w, world_sign(world_draft(&w, "ismap", "decision", NULL, DECISION, NULL), world_signers(&w, "decision")));
	attack_is_sound(&w, 1);
	world_close(&w);
}

/* A listing that rests on the void record falls with it; the others do not notice. */
static void a_listing_falls_only_with_what_it_rests_on(void **state)
{
	static const char *const decided_by[] = { "decided-by=forged", "statement=statement-1", NULL };
	ak_json *report = NULL;
	ak_text e;
	world w;

	world_branch(*state, &w);
	e = by_thief(&w, "ismap", "decision", "{\"service\":\"kumo-iaas\",\"kind\":\"initial\",\"outcome\":\"registered\","
	             "\"decided_on\":\"2024-06-10\",\"meeting\":\"第15回\"}");
	w.label[w.n_labels].seq = attack_forge(&w, e);
	(void)snprintf(w.label[w.n_labels++].name, sizeof(w.label[0].name), "forged");
	(void)world_add(&w, "listing-x", "listing", NULL, "{\"listing\":\"C24-0303-2\",\"basis\":\"decided\",\"services\":"
	                "[{\"id\":\"kumo-iaas\",\"name\":\"架空の雲 IaaS\"}],\"provider\":{\"name\":\"株式会社架空の雲\",\"party\":"
	                "\"kakuu-kumo\"},\"registered_on\":\"2024-06-12\",\"expires_on\":\"2025-07-31\",\"audit_period\":"
	                "{\"from\":\"2023-04-01\",\"to\":\"2024-03-31\"}}", decided_by);
	attack_is_sound(&w, 1);
	assert_int_equal(world_verify(&w, "C24-0303-2", LISTED_ON, 0, &report), AK_VERDICT_INVALID);
	assert_true(report_finding(report, "E01") || report_finding(report, "D04"));
	ak_json_free(report);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	world_close(&w);
}

/* Whoever has the operator key alone cannot make a number "invalid": it is as little on record as before, and the records are told. */
static void a_number_that_only_void_records_name_is_not_on_record(void **state)
{
	ak_json *report = NULL;
	uint64_t seq[2];
	world w;

	world_branch(*state, &w);
	seq[0] = attack_forge(&w, by_thief(&w, "ismap", "deletion", "{\"listing\":\"C99-0909-2\",\"effective_on\":\"2024-06-20\",\"reason\":\"x\"}"));
	seq[1] = attack_forge(&w, by_thief(&w, "ismap", "listing", "{\"listing\":\"C99-0909-2\",\"basis\":\"imported\",\"services\":"
	                      "[{\"id\":\"kumo-iaas\",\"name\":\"架空の雲\"}],\"provider\":{\"name\":\"株式会社架空の雲\"},\"registered_on\":\"2024-06-12\","
	                      "\"source\":{\"name\":\"list\",\"as_of\":\"2024-06-12\"}}"));
	assert_int_equal(world_verify(&w, "C99-0909-2", LISTED_ON, 0, &report), AK_VERDICT_UNVERIFIABLE);
	assert_true(ak_span_is(ak_json_get_text(report, "reason"), "not-found"));
	assert_false(report_finding(report, "E01"));
	assert_true(warned_of(report, seq[0]) && warned_of(report, seq[1]));
	ak_json_free(report);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	world_close(&w);
}

static bool scheme_is(world *w, const char *listing, const char *want)
{
	ak_text scheme = { 0 };
	bool yes;

	assert_int_equal(ak_ledger_scheme(w->l, listing, &scheme, NULL), AK_OK);
	yes = strcmp(scheme.data, want) == 0;
	ak_text_free(&scheme);
	return yes;
}

/* A question that names no scheme goes where the listing is, and not where a thief wants it. */
static void a_void_record_of_another_scheme_draws_no_question_away(void **state)
{
	world w;

	world_branch(*state, &w);
	assert_true(scheme_is(&w, LISTING, "ismap"));
	(void)attack_forge(&w, by_thief(&w, "ismap-liu", "deletion", "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"x\"}"));
	assert_true(scheme_is(&w, LISTING, "ismap"));
	/* It is the only one about this number. */
	(void)attack_forge(&w, by_thief(&w, "ismap-liu", "deletion", "{\"listing\":\"LIU-2024-0001\",\"effective_on\":\"2024-06-20\",\"reason\":\"x\"}"));
	assert_true(scheme_is(&w, "LIU-2024-0001", "ismap-liu"));
	assert_true(scheme_is(&w, "C99-0909-9", "ismap"));
	world_close(&w);
}

/* ---- types that nobody defined ------------------------------------------------------------------------------- */

/* A record of this type and scheme (JSON texts), about these subjects (NULL: those of the deletion), by these keys. */
static ak_text gossip(world *w, const char *type, const char *scheme, const char *about, ak_secret *const *keys)
{
	edit edits[] = { { "/predicateType", type }, { "/predicate/scheme", scheme }, { "/predicate/about", about }, { NULL, NULL } };

	if (about == NULL)
		edits[2] = edits[3];
	return attack_edited(world_draft(w, "ismap", "deletion", NULL, DELETION, NULL), edits, keys);
}

/* The listing is what it was, with a warning of this record. */
static void valid_and_warned(world *w, uint64_t seq)
{
	ak_json *report = NULL;

	assert_int_equal(world_verify(w, LISTING, LISTED_ON, 0, &report), AK_VERDICT_VALID);
	assert_true(warned_of(report, seq));
	ak_json_free(report);
}

static void a_type_that_nobody_defined_has_no_effect(void **state)
{
	static const struct {
		const char *type, *scheme;
	} row[] = {
		{ "\"urn:akashi:gossip:v1\"", "\"ismap\"" },    /* not in the profile in force */
		{ "\"urn:akashi:gossip:v1\"", "\"zzz\"" },      /* a scheme without a profile  */
		{ "\"urn:akashi:gossip:v1\"", "\"akashi\"" },   /* of the core                 */
		{ "\"urn:akashi:keyset:v1\"", "\"ismap\"" },    /* type and scheme part        */
		{ "\"urn:akashi:party:v1\"", "\"akashi\"" },
	};
	char key[100], about[6][160], id[72];
	world w;

	world_branch(*state, &w);
	attack_keyid(w.secretariat, id);
	(void)snprintf(key, sizeof(key), "akashi/key:%s", id + 7);
	for (size_t k = 0; k < 6; k++) {
		const char *const subject[] = { "akashi/keyset", "akashi/profile:ismap", "akashi/party:committee",
		                                "akashi/party:koh-audit", key, LISTING_ID };

		(void)snprintf(about[k], sizeof(about[k]), "[\"%s\"]", subject[k]);
	}
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		for (size_t k = 0; k < 6; k++) {
			/* By everybody who counts for a deletion, and by one of the root: too few. */
			ak_secret *keys[] = { w.committee[0], w.committee[1], w.committee[2], w.secretariat, w.root[0], NULL };
			uint64_t seq;

			print_message("%s of %s about %s\n", row[i].type, row[i].scheme, about[k]);
			seq = attack_forge(&w, gossip(&w, row[i].type, row[i].scheme, about[k], keys));
			valid_and_warned(&w, seq);
			if (k == 0)
				attack_is_void(&w, seq, AK_UNKNOWN_TYPE);
		}
	}
	attack_is_sound(&w, 6 * sizeof(row) / sizeof(row[0]));
	world_close(&w);
}

/* What only another program can know leaves the answer open: one more type of the core that the root signs ... */
static void a_type_of_the_core_that_the_root_signs_may_be_known_to_others(void **state)
{
	ak_secret *roots[] = { NULL, NULL, NULL };
	world w;

	world_branch(*state, &w);
	roots[0] = w.root[0], roots[1] = w.root[1];
	(void)attack_forge(&w, gossip(&w, "\"urn:akashi:gossip:v1\"", "\"ismap\"", NULL, roots));
	(void)attack_forge(&w, gossip(&w, "\"urn:akashi:gossip:v1\"", "\"zzz\"", "[\"" LISTING_ID "\"]", roots));
	(void)attack_forge(&w, gossip(&w, "\"urn:akashi:keyset:v1\"", "\"ismap\"", "[\"akashi/keyset\"]", roots));
	attack_verdict(&w, 0, AK_VERDICT_VALID, ""); /* not even the root gives a scheme a type but by a profile */
	(void)attack_forge(&w, gossip(&w, "\"urn:akashi:gossip:v1\"", "\"akashi\"", "[\"akashi/keyset\"]", roots));
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "unknown-version");
	attack_is_sound(&w, 4);
	world_close(&w);
}

/* ---- profiles ------------------------------------------------------------------------------------------------ */

/* The shipped package, with decisions by one member, as a draft. */
static ak_text lax_profile(world *w)
{
	ak_text shipped = { 0 }, draft = { 0 };
	ak_json *v = NULL, *package;
	ak_buf b;

	assert_int_equal(ak_ledger_draft_profile(w->l, "ismap", (ak_span){ 0 }, w->now, &shipped, NULL), AK_OK);
	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)shipped.data, shipped.len }, &v, NULL), AK_OK);
	package = ak_json_copy(ak_json_pointer(v, ak_span_str("/body/package")));
	assert_int_equal(ak_json_pointer_set(package, ak_span_str("/types/decision/signing/0/threshold"), ak_json_new_int(1), NULL),
	                 AK_OK);
	ak_buf_init(&b, 1 << 20);
	assert_int_equal(ak_jcs_write(package, &b, NULL), AK_OK);
	assert_int_equal(ak_ledger_draft_profile(w->l, "ismap", ak_buf_span(&b), w->now, &draft, NULL), AK_OK);
	ak_buf_clear(&b);
	ak_json_free(package);
	ak_json_free(v);
	ak_text_free(&shipped);
	return draft;
}

static ak_text decision_by_one(world *w)
{
	ak_secret *one[] = { w->committee[1], NULL };

	return world_sign(world_draft(w, "ismap", "decision", NULL, DECISION, NULL), one);
}

static void a_lax_profile_sealed_by_its_own_roles_is_void(void **state)
{
	ak_secret *all[] = { 0, 0, 0, 0, 0, 0, 0, NULL };
	uint64_t seq;
	ak_error err;
	world w;

	world_branch(*state, &w);
	for (size_t i = 0; i < WORLD_COMMITTEE; i++)
		all[i] = w.committee[i];
	all[5] = w.secretariat;
	err = attack_refused(&w, world_sign(lax_profile(&w), all), AK_NOT_AUTHORISED, "signatures");
	assert_non_null(strstr(err.detail, "needs 2 of 3 root"));
	all[6] = w.root[2]; /* one holder does not make it the root's either */
	(void)attack_refused(&w, world_sign(lax_profile(&w), all), AK_NOT_AUTHORISED, "signatures");
	seq = attack_forge(&w, world_sign(lax_profile(&w), all));
	attack_is_void(&w, seq, AK_NOT_AUTHORISED);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	(void)attack_refused(&w, decision_by_one(&w), AK_NOT_AUTHORISED, "signatures");
	seq = attack_forge(&w, decision_by_one(&w));
	attack_is_void(&w, seq, AK_NOT_AUTHORISED);
	world_close(&w);
}

/* ... and a type under a profile whose bytes this verifier does not hold. */
static void a_type_under_a_profile_that_is_not_held_stays_unknown(void **state)
{
	ak_secret *roots[] = { 0, 0, NULL };
	ak_secret *stranger[] = { 0, NULL };
	world w;

	world_branch(*state, &w);
	roots[0] = w.root[0], roots[1] = w.root[1], stranger[0] = w.stranger;
	(void)world_seal(&w, world_sign(lax_profile(&w), roots));
	attack_verdict(&w, 0, AK_VERDICT_VALID, ""); /* nothing was sealed under it yet */
	(void)attack_forge(&w, gossip(&w, "\"urn:akashi:gossip:v1\"", "\"ismap\"", NULL, stranger));
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "unknown-version");
	world_retrust(&w); /* pins it: now it is known that there is no such type */
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	world_close(&w);
}

/* Even the root's profile means nothing to a verifier that does not hold those bytes. */
static void a_lax_profile_of_the_root_needs_a_verifier_that_holds_it(void **state)
{
	ak_secret *roots[] = { 0, 0, NULL };
	world w;

	world_branch(*state, &w);
	roots[0] = w.root[0], roots[1] = w.root[1];
	(void)world_seal(&w, world_sign(lax_profile(&w), roots));
	(void)world_seal(&w, decision_by_one(&w));
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "cannot-decide");
	world_retrust(&w); /* pins it */
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	world_close(&w);
}

static void a_profile_says_what_it_holds(void **state)
{
	static const struct {
		const char *pointer, *json, *where;
		ak_status status;
	} row[] = {
		{ "/predicate/body/digest", "\"sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"",
		  "profile.digest", AK_SCHEMA },
		{ "/predicate/body/version", "\"2031.01\"", "profile.digest", AK_SCHEMA },
		{ "/predicate/body/package/types", "{}", "profile.digest", AK_SCHEMA },
	};
	ak_secret *roots[] = { 0, 0, NULL };
	world w;

	world_branch(*state, &w);
	roots[0] = w.root[0], roots[1] = w.root[1];
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		const edit edits[] = { { row[i].pointer, row[i].json }, { NULL, NULL } };
		uint64_t seq;

		(void)attack_refused(&w, attack_edited(lax_profile(&w), edits, roots), row[i].status, row[i].where);
		seq = attack_forge(&w, attack_edited(lax_profile(&w), edits, roots));
		attack_is_void(&w, seq, row[i].status);
	}
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_by_a_thief_is_void_and_the_ledger_lives_on),
		cmocka_unit_test(a_thief_enrols_and_revokes_nobody),
		cmocka_unit_test(a_record_full_of_values_stops_nobody),
		cmocka_unit_test(a_listing_falls_only_with_what_it_rests_on),
		cmocka_unit_test(a_number_that_only_void_records_name_is_not_on_record),
		cmocka_unit_test(a_void_record_of_another_scheme_draws_no_question_away),
		cmocka_unit_test(a_type_that_nobody_defined_has_no_effect),
		cmocka_unit_test(a_type_of_the_core_that_the_root_signs_may_be_known_to_others),
		cmocka_unit_test(a_type_under_a_profile_that_is_not_held_stays_unknown),
		cmocka_unit_test(a_lax_profile_sealed_by_its_own_roles_is_void),
		cmocka_unit_test(a_lax_profile_of_the_root_needs_a_verifier_that_holds_it),
		cmocka_unit_test(a_profile_says_what_it_holds),
	};

	return cmocka_run_group_tests_name("attack: thief", tests, attack_world_open, attack_world_close);
}
