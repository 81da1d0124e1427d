/* SPDX-License-Identifier: Apache-2.0 */
/* Nobody hides a record under another subject, nor bloats one (FORMAT, Statement: about). */
#include "attack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define DELETION "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"架空の理由\"}"
#define OTHER_ID "ismap/listing:C24-0202-2"

static ak_text deletion(world *w, const char *about)
{
	const edit edits[] = { { about == NULL ? NULL : "/predicate/about", about }, { NULL, NULL } };

	return attack_edited(world_draft(w, "ismap", "deletion", "2026-05-31", DELETION, NULL), edits,
	                     world_signers(w, "deletion"));
}

/* What the attacks below want to prevent or to fake. */
static void a_deletion_takes_the_listing_away(void **state)
{
	world w;

	world_branch(*state, &w);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	(void)world_seal(&w, deletion(&w, NULL));
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	attack_is_sound(&w, 0);
	world_close(&w);
}

static void a_deletion_is_not_hidden_under_another_subject(void **state)
{
	ak_verdict v;
	ak_error err;
	world w;

	world_branch(*state, &w);
	err = attack_refused(&w, deletion(&w, "[\"" OTHER_ID "\"]"), AK_ABOUT_MISMATCH, "statement.about");
	assert_string_equal(err.expected, LISTING_ID);
	assert_string_equal(err.found, OTHER_ID);
	(void)attack_forge(&w, deletion(&w, "[\"" OTHER_ID "\"]"));
	attack_is_broken(&w, "about", AK_ABOUT_MISMATCH);
	/* Who asks about the subject that was named learns that this ledger is not sound. */
	v = world_verify(&w, "C24-0202-2", LISTED_ON, 0, NULL);
	assert_int_equal(v, AK_VERDICT_INVALID);
	world_close(&w);
}

static void a_deletion_is_not_made_void_by_one_subject_too_many(void **state)
{
	world w;

	world_branch(*state, &w);
	(void)attack_refused(&w, deletion(&w, "[\"" LISTING_ID "\",\"" OTHER_ID "\"]"), AK_ABOUT_MISMATCH,
	                     "statement.about");
	(void)attack_forge(&w, deletion(&w, "[\"" LISTING_ID "\",\"" OTHER_ID "\"]"));
	attack_is_broken(&w, "about", AK_ABOUT_MISMATCH);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "tampered");
	world_close(&w);
}

static void a_map_that_hides_the_deletion_does_not_open(void **state)
{
	static const char *const elsewhere[] = { OTHER_ID, NULL };
	ak_buf statement, signatures;
	ak_text e;
	ak_error err = { 0 };
	world w;

	world_branch(*state, &w);
	e = deletion(&w, NULL);
	world_lines(&e, &statement, &signatures);
	ak_text_free(&e);
	world_forge(&w, &(forgery){ .statement = ak_buf_span(&statement), .signatures = ak_buf_span(&signatures),
	                            .about_map = elsewhere });
	ak_buf_clear(&statement);
	ak_buf_clear(&signatures);
	assert_null(w.l);
	assert_int_equal(ak_ledger_open(w.ledger, &w.l, &err), AK_MAP_MISMATCH);
	assert_string_equal(err.where, "header.subjects");
	attack_is_broken(&w, "map", AK_MAP_MISMATCH);
	world_close(&w);
}

/* A stranger to a listing puts records under it, so that its history grows or looks bad. */
static void a_subject_is_not_bloated_by_a_stranger(void **state)
{
	static const char *const about[] = {
		"[\"" LISTING_ID "\",\"ismap/service:elsewhere\"]",
		"[\"akashi/party:koh-audit\",\"ismap/service:elsewhere\"]",
		"[\"akashi/keyset\",\"ismap/service:elsewhere\"]",
	};
	const char *body = "{\"provider\":\"kakuu-kumo\",\"service\":\"elsewhere\",\"applied_on\":\"2026-05-30\"}";

	for (size_t i = 0; i < sizeof(about) / sizeof(about[0]); i++) {
		const edit edits[] = { { "/predicate/about", about[i] }, { NULL, NULL } };
		ak_text e;
		world w;

		world_branch(*state, &w);
		e = attack_edited(world_draft(&w, "ismap", "application", "2026-05-31", body, NULL), edits,
		                  world_signers(&w, "application"));
		(void)attack_refused(&w, attack_copy(&e), AK_ABOUT_MISMATCH, "statement.about");
		(void)attack_forge(&w, e);
		attack_is_broken(&w, "about", AK_ABOUT_MISMATCH);
		attack_verdict(&w, 0, AK_VERDICT_INVALID, "tampered");
		world_close(&w);
	}
}

static void subjects_are_not_left_out_or_taken_from_another_scheme(void **state)
{
	static const struct {
		const char *about, *where;
		ak_status status;
	} row[] = {
		{ "[]", "statement.about", AK_BAD_FORMAT },
		{ "[\"" LISTING_ID "\",\"" LISTING_ID "\"]", "statement.about", AK_BAD_FORMAT },
		{ "[\"other/listing:" LISTING "\"]", "statement.about", AK_ABOUT_MISMATCH },
		{ "[\"" LISTING_ID "x\"]", "statement.about", AK_ABOUT_MISMATCH },
		{ "[\"ismap/listing:c24-0101-2\"]", "statement.about", AK_ABOUT_MISMATCH },
	};
	world w;

	world_branch(*state, &w);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		(void)attack_refused(&w, deletion(&w, row[i].about), row[i].status, row[i].where);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_deletion_takes_the_listing_away),
		cmocka_unit_test(a_deletion_is_not_hidden_under_another_subject),
		cmocka_unit_test(a_deletion_is_not_made_void_by_one_subject_too_many),
		cmocka_unit_test(a_map_that_hides_the_deletion_does_not_open),
		cmocka_unit_test(a_subject_is_not_bloated_by_a_stranger),
		cmocka_unit_test(subjects_are_not_left_out_or_taken_from_another_scheme),
	};

	return cmocka_run_group_tests_name("attack: subjects", tests, attack_world_open, attack_world_close);
}
