/* SPDX-License-Identifier: Apache-2.0 */
/* A correction is made by who made the original, about the same subjects; both clocks apply to it (FORMAT, As the original). */
#include "attack.h"

#include "api/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MISTYPED "C24-0404-2"

/* A second listing on the same decision, with an expiry one year off. */
static uint64_t mistype(world *w)
{
	static const char *const refs[] = { "decided-by=decision-1", "statement=statement-1", NULL };

	return world_add(w, "mistyped", "listing", NULL, "{\"listing\":\"" MISTYPED "\",\"basis\":\"decided\",\"services\":"
	                 "[{\"id\":\"kumo-iaas\",\"name\":\"架空の雲 IaaS\"}],\"provider\":{\"name\":\"株式会社架空の雲\",\"party\":"
	                 "\"kakuu-kumo\"},\"registered_on\":\"2024-06-12\",\"expires_on\":\"2026-07-31\",\"audit_period\":"
	                 "{\"from\":\"2023-04-01\",\"to\":\"2024-03-31\"}}", refs);
}

static ak_text correction(world *w, uint64_t of, const edit *edits, ak_secret *const *keys)
{
	static const edit none[] = { { NULL, NULL } };
	ak_text draft = { 0 };
	ak_error err = { 0 };
	char record[24];

	(void)snprintf(record, sizeof(record), "#%llu", (unsigned long long)of);
	if (ak_ledger_draft_correction(w->l, record, "/expires_on", "\"2025-07-31\"", "誤記", NULL, w->now, &draft, &err) != AK_OK)
		fail_msg("%s: %s", err.where, err.detail);
	return attack_edited(draft, edits == NULL ? none : edits, keys);
}

static bool says_e06(world *w, uint64_t known_at, ak_verdict *v)
{
	ak_json *report = NULL;
	bool yes;

	*v = world_verify(w, MISTYPED, LISTED_ON, known_at, &report);
	yes = report_finding(report, "E06");
	ak_json_free(report);
	return yes;
}

static void a_mistyped_expiry_is_corrected_and_both_views_remain(void **state)
{
	uint64_t seq, corrected;
	ak_verdict v;
	world w;

	world_branch(*state, &w);
	seq = mistype(&w);
	assert_true(says_e06(&w, 0, &v));
	assert_int_equal(v, AK_VERDICT_INVALID);
	corrected = world_seal(&w, correction(&w, seq, NULL, world_signers(&w, "correction")));
	assert_false(says_e06(&w, 0, &v));
	assert_int_equal(v, AK_VERDICT_VALID);
	assert_true(says_e06(&w, corrected, &v));
	assert_int_equal(v, AK_VERDICT_INVALID);
	attack_is_sound(&w, 0);
	world_close(&w);
}

static void a_correction_by_another_role_is_void(void **state)
{
	ak_secret *keys[] = { 0, NULL };
	uint64_t seq;
	ak_verdict v;
	world w;

	world_branch(*state, &w);
	seq = mistype(&w);
	{
		/* Who gains by it, who audits, who decides (one of them), a stranger; a listing is the secretariat's. */
		ak_secret *const by[] = { w.provider, w.auditor, w.committee[0], w.stranger, w.op };

		for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++) {
			uint64_t forged;

			keys[0] = by[i];
			(void)attack_refused(&w, correction(&w, seq, NULL, keys), AK_NOT_AUTHORISED, "signatures");
			forged = attack_forge(&w, correction(&w, seq, NULL, keys));
			attack_is_void(&w, forged, AK_NOT_AUTHORISED);
		}
	}
	assert_true(says_e06(&w, 0, &v));
	assert_int_equal(v, AK_VERDICT_INVALID);
	world_close(&w);
}

/* Made under the authority of one record, bearing on another; or hidden from who asks. */
static void a_correction_is_about_the_same_subjects(void **state)
{
	static const edit elsewhere[] = {
		{ "/predicate/body/subjects", "[\"ismap/listing:C24-0505-2\"]" },
		{ "/predicate/about", "[\"ismap/listing:C24-0505-2\"]" }, { NULL, NULL },
	};
	static const edit more[] = {
		{ "/predicate/body/subjects", "[\"ismap/listing:" MISTYPED "\",\"ismap/listing:" LISTING "\"]" },
		{ "/predicate/about", "[\"ismap/listing:" LISTING "\",\"ismap/listing:" MISTYPED "\"]" }, { NULL, NULL },
	};
	const edit *const row[] = { elsewhere, more };
	uint64_t seq, forged;
	ak_verdict v;
	world w;

	world_branch(*state, &w);
	seq = mistype(&w);
	for (size_t i = 0; i < 2; i++) {
		(void)attack_refused(&w, correction(&w, seq, row[i], world_signers(&w, "correction")), AK_ABOUT_MISMATCH,
		                     "body.subjects");
		forged = attack_forge(&w, correction(&w, seq, row[i], world_signers(&w, "correction")));
		attack_is_void(&w, forged, AK_ABOUT_MISMATCH);
	}
	assert_true(says_e06(&w, 0, &v));
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	world_close(&w);
}

static void a_correction_names_one_record_in_body_and_reference(void **state)
{
	uint64_t seq, other, forged;
	char id[100];
	ak_text text = { 0 };
	world w;

	world_branch(*state, &w);
	seq = mistype(&w);
	other = world_seq(&w, "listing-1");
	{
		ak_json *v = NULL;
		char name[24];

		(void)snprintf(name, sizeof(name), "#%llu", (unsigned long long)other);
		assert_int_equal(ak_ledger_show(w.l, name, &text, NULL), AK_OK);
		assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)text.data, text.len }, &v, NULL), AK_OK);
		(void)snprintf(id, sizeof(id), "\"%s\"", ak_json_get_str(v, "id"));
		ak_json_free(v);
		ak_text_free(&text);
	}
	{
		const edit edits[] = { { "/predicate/body/record", id }, { NULL, NULL } };

		(void)attack_refused(&w, correction(&w, seq, edits, world_signers(&w, "correction")), AK_NOT_AUTHORISED,
		                     "body.record");
		forged = attack_forge(&w, correction(&w, seq, edits, world_signers(&w, "correction")));
		attack_is_void(&w, forged, AK_NOT_AUTHORISED);
	}
	{
		const edit edits[] = { { "/predicate/refs", "[]" }, { NULL, NULL } };

		(void)attack_refused(&w, correction(&w, seq, edits, world_signers(&w, "correction")), AK_NOT_AUTHORISED,
		                     "statement.refs");
	}
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	world_close(&w);
}

/* The body of an annulment of a record about that subject. */
static void annulment(world *w, const char *label, const char *subject, char body[400])
{
	ak_json *v = NULL;
	ak_text text = { 0 };
	char name[24];

	(void)snprintf(name, sizeof(name), "#%llu", (unsigned long long)world_seq(w, label));
	assert_int_equal(ak_ledger_show(w->l, name, &text, NULL), AK_OK);
	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)text.data, text.len }, &v, NULL), AK_OK);
	(void)snprintf(body, 400, "{\"record\":\"%s\",\"reason\":\"x\",\"subjects\":[\"%s\"]}", ak_json_get_str(v, "id"), subject);
	ak_json_free(v);
	ak_text_free(&text);
}

static void an_annulment_takes_the_listing_away_and_only_by_its_role(void **state)
{
	static const char *const annuls[] = { "annuls=listing-1", NULL };
	ak_secret *provider[] = { 0, NULL };
	char body[400];
	uint64_t forged;
	world w;

	world_branch(*state, &w);
	provider[0] = w.provider;
	annulment(&w, "listing-1", LISTING_ID, body);
	(void)attack_refused(&w, world_sign(world_draft(&w, "ismap", "annulment", NULL, body, annuls), provider),
	                     AK_NOT_AUTHORISED, "signatures");
	forged = attack_forge(&w, world_sign(world_draft(&w, "ismap", "annulment", NULL, body, annuls), provider));
	attack_is_void(&w, forged, AK_NOT_AUTHORISED);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	(void)world_add(&w, "annulled", "annulment", NULL, body, annuls);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	attack_verdict(&w, forged + 1, AK_VERDICT_VALID, "");
	world_close(&w);
}

static void is_assured(world *w, const char *listing, uint64_t known_at, const char *assurance)
{
	ak_json *report = NULL;

	assert_int_equal(world_verify(w, listing, LISTED_ON, known_at, &report), AK_VERDICT_UNVERIFIABLE);
	assert_string_equal(ak_json_get_str(report, "assurance"), assurance);
	ak_json_free(report);
}

static void a_baseline_attests_what_cites_it_and_only_while_it_stands(void **state)
{
	static const char *const cites[] = { "baseline=list", NULL }, *const annuls[] = { "annuls=list", NULL };
	char body[400];
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	(void)world_add(&w, "list", "baseline", "2024-06-12", "{\"name\":\"list\",\"as_of\":\"2024-06-12\",\"listings\":[],"
	                "\"auditors\":[],\"dossiers\":[]}", NULL);
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(body, sizeof(body), "{\"listing\":\"C99-090%zu-2\",\"basis\":\"imported\",\"services\":[{\"id\":\"x\",\"name\":"
		               "\"X\"}],\"provider\":{\"name\":\"架空\"},\"registered_on\":\"2024-06-01\",\"source\":{\"name\":\"一覧\","
		               "\"as_of\":\"2024-06-12\"}}", i);
		(void)world_add(&w, i == 0 ? "cited" : "alone", "listing", "2024-06-12", body, i == 0 ? cites : NULL);
	}
	is_assured(&w, "C99-0900-2", 0, "operator-attested");
	is_assured(&w, "C99-0901-2", 0, "public-list");
	annulment(&w, "list", "ismap/baseline:list", body);
	seq = world_add(&w, "annulled", "annulment", NULL, body, annuls);
	is_assured(&w, "C99-0900-2", 0, "public-list");
	is_assured(&w, "C99-0900-2", seq, "operator-attested");
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mistyped_expiry_is_corrected_and_both_views_remain),
		cmocka_unit_test(a_correction_by_another_role_is_void),
		cmocka_unit_test(a_correction_is_about_the_same_subjects),
		cmocka_unit_test(a_correction_names_one_record_in_body_and_reference),
		cmocka_unit_test(an_annulment_takes_the_listing_away_and_only_by_its_role),
		cmocka_unit_test(a_baseline_attests_what_cites_it_and_only_while_it_stands),
	};

	return cmocka_run_group_tests_name("attack: corrections", tests, attack_world_open, attack_world_close);
}
