/* SPDX-License-Identifier: Apache-2.0 */
/* A witness that replays: what it makes of a lying operator, and of an honest one (FORMAT 9.3, ledger/witness/witness.h). */
#include "attack.h"
#include "watcher.h"

#include "api/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DELETION "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"架空の理由\"}"
#define OTHER_ID "ismap/listing:C24-0202-2"
#define DECIDED(outcome, day)                                                                                 \
	"{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"" outcome "\",\"decided_on\":\"" day \
	"\",\"meeting\":\"第23回\"}"

typedef struct place {
	world w;
	watcher a;
	uint64_t size; /* cosigned */
} place;

/* A branch of the world, and a witness that has cosigned it. */
static void open_place(place *p, void **state)
{
	ak_text line;

	world_branch(*state, &p->w);
	watcher_open(&p->a, &p->w, world_new_key("ed25519"));
	p->size = attack_size(&p->w);
	line = watcher_signs(&p->a, &p->w, 0, NULL);
	ak_text_free(&line);
}

static void close_place(place *p)
{
	watcher_close(&p->a);
	world_close(&p->w);
}

static ak_text signed_draft(world *w, const char *type, const char *body)
{
	return world_sign(world_draft(w, "ismap", type, NULL, body, NULL), world_signers(w, type));
}

static int64_t number(const ak_json *o, const char *key)
{
	int64_t n = -1;

	(void)ak_json_int(ak_json_get(o, key), &n);
	return n;
}

static void forge_with(world *w, ak_text e, forgery f)
{
	ak_buf statement, signatures;

	world_lines(&e, &statement, &signatures);
	f.statement = ak_buf_span(&statement);
	f.signatures = ak_buf_span(&signatures);
	world_forge(w, &f);
	ak_buf_clear(&statement);
	ak_buf_clear(&signatures);
	ak_text_free(&e);
}

/* ---- an honest operator -------------------------------------------------------------------------------------- */

static void an_honest_ledger_is_cosigned_as_it_grows(void **state)
{
	static const char *const days[] = { DECIDED("deferred", "2026-05-11"), DECIDED("deferred", "2026-05-12"),
	                                    DECIDED("deferred", "2026-05-13") };
	place p;

	open_place(&p, state);
	for (size_t i = 0; i < 3; i++) {
		ak_json *r = NULL;
		ak_text line;

		(void)world_seal(&p.w, signed_draft(&p.w, "decision", days[i]));
		line = watcher_signs(&p.a, &p.w, 60, &r);
		assert_int_equal(number(r, "since"), p.size + i);
		assert_int_equal(number(r, "size"), p.size + i + 1);
		assert_int_equal(number(r, "replayed"), 1);
		assert_true(ak_span_is(ak_json_get_text(r, "name"), WATCHER_NAME));
		ak_text_free(&line);
		ak_json_free(r);
		/* An unchanged head, later. */
		line = watcher_signs(&p.a, &p.w, 120, &r);
		assert_int_equal(number(r, "replayed"), 0);
		ak_text_free(&line);
		ak_json_free(r);
		p.w.now += 120;
	}
	close_place(&p);
}

/* Void for everybody, and so no lie about what stands. */
static void a_record_without_authority_is_no_reason_to_refuse(void **state)
{
	ak_secret *nobody[] = { NULL, NULL };
	ak_json *r = NULL;
	ak_text line;
	place p;

	open_place(&p, state);
	nobody[0] = p.w.stranger;
	(void)attack_forge(&p.w, world_sign(world_draft(&p.w, "ismap", "deletion", NULL, DELETION, NULL), nobody));
	line = watcher_signs(&p.a, &p.w, 60, &r);
	assert_int_equal(number(r, "size"), p.size + 1);
	ak_text_free(&line);
	ak_json_free(r);
	close_place(&p);
}

/* ---- records --------------------------------------------------------------------------------------------------- */

static void a_forged_map_root_is_refused(void **state)
{
	static const char *const none[] = { NULL };
	static const char *const other[] = { OTHER_ID, NULL };
	static const char *const more[] = { LISTING_ID, OTHER_ID, NULL };
	static const char *const twice[] = { LISTING_ID, LISTING_ID, NULL };
	static const char *const *const forged[] = { none, other, more, twice };

	for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		place p;

		open_place(&p, state);
		forge_with(&p.w, signed_draft(&p.w, "deletion", DELETION), (forgery){ .about_map = forged[i] });
		assert_int_equal(watcher_refuses(&p.a, &p.w, "map", AK_MAP_MISMATCH, (int64_t)p.size), 0);
		close_place(&p);
	}
}

static void a_record_under_another_subject_is_refused(void **state)
{
	static const char *const about[] = { "[\"" OTHER_ID "\"]", "[\"" LISTING_ID "\",\"" OTHER_ID "\"]" };

	for (size_t i = 0; i < 2; i++) {
		const edit edits[] = { { "/predicate/about", about[i] }, { NULL, NULL } };
		place p;

		open_place(&p, state);
		(void)attack_forge(&p.w, attack_edited(world_draft(&p.w, "ismap", "deletion", NULL, DELETION, NULL), edits,
		                                       world_signers(&p.w, "deletion")));
		(void)watcher_refuses(&p.a, &p.w, "about", AK_ABOUT_MISMATCH, (int64_t)p.size);
		close_place(&p);
	}
}

static void a_repeated_statement_is_refused(void **state)
{
	place p;

	open_place(&p, state);
	(void)attack_forge(&p.w, attack_unseal(&p.w, world_seq(&p.w, "decision-1")));
	(void)watcher_refuses(&p.a, &p.w, "repeat", AK_REPEATED, (int64_t)p.size);
	close_place(&p);
}

static void a_held_back_decision_is_refused(void **state)
{
	ak_text held, line;
	place p;

	open_place(&p, state);
	held = signed_draft(&p.w, "decision", DECIDED("registered", "2024-06-15"));
	(void)world_seal(&p.w, signed_draft(&p.w, "deletion", DELETION));
	line = watcher_signs(&p.a, &p.w, 0, NULL); /* what came between is only in its memory */
	ak_text_free(&line);
	(void)attack_forge(&p.w, held);
	(void)watcher_refuses(&p.a, &p.w, "base", AK_HELD_BACK, (int64_t)p.size + 1);
	close_place(&p);
}

static void a_base_that_never_was_is_refused(void **state)
{
	static const edit edits[] = {
		{ "/predicate/base", "\"sha256:00000000000000000000000000000000000000000000000000000000000000ff\"" },
		{ NULL, NULL },
	};
	place p;

	open_place(&p, state);
	(void)attack_forge(&p.w, attack_edited(world_draft(&p.w, "ismap", "deletion", NULL, DELETION, NULL), edits,
	                                       world_signers(&p.w, "deletion")));
	(void)watcher_refuses(&p.a, &p.w, "base", AK_DANGLING, (int64_t)p.size);
	close_place(&p);
}

static void a_statement_for_another_ledger_is_refused(void **state)
{
	static const edit rows[][2] = {
		{ { "/predicate/ledger", "\"ledger.example/other\"" }, { NULL, NULL } },
		{ { "/predicate/genesis", "\"sha256:00000000000000000000000000000000000000000000000000000000000000ff\"" },
		  { NULL, NULL } },
	};

	for (size_t i = 0; i < 2; i++) {
		place p;

		open_place(&p, state);
		(void)attack_forge(&p.w, attack_edited(world_draft(&p.w, "ismap", "deletion", NULL, DELETION, NULL), rows[i],
		                                       world_signers(&p.w, "deletion")));
		(void)watcher_refuses(&p.a, &p.w, "genesis", AK_WRONG_LEDGER, (int64_t)p.size);
		close_place(&p);
	}
}

static void a_record_other_than_its_header_says_is_refused(void **state)
{
	place p;

	open_place(&p, state);
	forge_with(&p.w, signed_draft(&p.w, "deletion", DELETION), (forgery){ .wrong_digest = true });
	(void)watcher_refuses(&p.a, &p.w, "bytes", AK_CHAIN_BROKEN, (int64_t)p.size);
	close_place(&p);
}

static void a_head_over_another_tree_is_refused(void **state)
{
	place p;

	open_place(&p, state);
	forge_with(&p.w, signed_draft(&p.w, "deletion", DELETION), (forgery){ .wrong_root = true });
	(void)watcher_refuses(&p.a, &p.w, "tree", AK_TREE_MISMATCH, -1);
	close_place(&p);
}

static void a_header_that_does_not_follow_is_refused(void **state)
{
	static const forgery rows[] = { { .wrong_prev = true }, { .wrong_seq = true } };

	for (size_t i = 0; i < 2; i++) {
		place p;

		open_place(&p, state);
		forge_with(&p.w, signed_draft(&p.w, "deletion", DELETION), rows[i]);
		(void)watcher_refuses(&p.a, &p.w, "sequence", AK_CHAIN_BROKEN, (int64_t)p.size);
		close_place(&p);
	}
}

/* ---- time ------------------------------------------------------------------------------------------------------ */

static void a_clock_set_back_behind_a_cosignature_is_refused(void **state)
{
	ak_text line;
	place p;

	open_place(&p, state);
	line = watcher_signs(&p.a, &p.w, 86400, NULL);
	ak_text_free(&line);
	/* Five minutes may differ; one second more may not. */
	forge_with(&p.w, signed_draft(&p.w, "deletion", DELETION), (forgery){ .time = p.w.now + 86400 - 300 });
	line = watcher_signs(&p.a, &p.w, 86400, NULL);
	ak_text_free(&line);
	forge_with(&p.w, signed_draft(&p.w, "decision", DECIDED("deferred", "2026-05-12")),
		   (forgery){ .time = p.w.now + 86400 - 300 });
	line = watcher_signs(&p.a, &p.w, 86401, NULL);
	ak_text_free(&line);
	forge_with(&p.w, signed_draft(&p.w, "decision", DECIDED("deferred", "2026-05-13")),
		   (forgery){ .time = p.w.now + 86400 - 300 });
	(void)watcher_refuses_at(&p.a, &p.w, NULL, 86402, "time", AK_CLOCK, (int64_t)p.size + 2);
	close_place(&p);
}

static void a_clock_far_ahead_is_refused(void **state)
{
	ak_text line;
	place p;

	open_place(&p, state);
	forge_with(&p.w, signed_draft(&p.w, "deletion", DELETION), (forgery){ .time = p.w.now + 361 });
	(void)watcher_refuses_at(&p.a, &p.w, NULL, 60, "time", AK_CLOCK, (int64_t)p.size);
	line = watcher_signs(&p.a, &p.w, 61, NULL);
	ak_text_free(&line);
	close_place(&p);
}

static void time_that_runs_backwards_is_refused(void **state)
{
	place p;

	open_place(&p, state);
	forge_with(&p.w, signed_draft(&p.w, "deletion", DELETION), (forgery){ .time = p.w.now - 86400 });
	(void)watcher_refuses(&p.a, &p.w, "sequence", AK_CLOCK, (int64_t)p.size);
	close_place(&p);
}

static void a_witness_whose_own_clock_was_set_back_does_not_sign(void **state)
{
	ak_text line;
	place p;

	open_place(&p, state);
	line = watcher_signs(&p.a, &p.w, 3600, NULL);
	ak_text_free(&line);
	(void)watcher_refuses_at(&p.a, &p.w, NULL, 3599, "time", AK_CLOCK, -1);
	line = watcher_signs(&p.a, &p.w, 3600, NULL);
	ak_text_free(&line);
	close_place(&p);
}

/* ---- asked wrongly -------------------------------------------------------------------------------------------- */

static void a_witness_has_a_name_of_its_own_and_a_key_that_can_cosign(void **state)
{
	static const char *const row[] = { NULL, "", "ledger.example/ismap", "two words", "a+b" };
	ak_secret *p256 = world_new_key("p256");
	ak_witness_options o = { 0 };
	ak_text json = { 0 };
	ak_error err = { 0 };
	bool ok = false;
	place p;

	open_place(&p, state);
	o = (ak_witness_options){ .trust = { (const uint8_t *)p.a.trust.data, p.a.trust.len },
				  .key = p.a.key,
				  .state_path = p.a.state,
				  .now = p.w.now };
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		o.name = row[i];
		assert_int_equal(ak_witness_cosign(p.w.ledger, &o, &ok, &json, &err), AK_INVALID_ARGUMENT);
		assert_string_equal(err.where, "witness.name");
	}
	o.name = WATCHER_NAME;
	o.key = p256;
	assert_int_equal(ak_witness_cosign(p.w.ledger, &o, &ok, &json, &err), AK_WEAK_KEY);
	assert_string_equal(err.where, "witness.key");
	assert_int_equal(ak_witness_key(p256, WATCHER_NAME, &json, &err), AK_WEAK_KEY);
	assert_int_equal(ak_witness_key(p.a.key, "two words", &json, &err), AK_INVALID_ARGUMENT);
	assert_null(json.data);
	assert_false(ok);
	ak_secret_free(&p256);
	close_place(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_honest_ledger_is_cosigned_as_it_grows),
		cmocka_unit_test(a_record_without_authority_is_no_reason_to_refuse),
		cmocka_unit_test(a_forged_map_root_is_refused),
		cmocka_unit_test(a_record_under_another_subject_is_refused),
		cmocka_unit_test(a_repeated_statement_is_refused),
		cmocka_unit_test(a_held_back_decision_is_refused),
		cmocka_unit_test(a_base_that_never_was_is_refused),
		cmocka_unit_test(a_statement_for_another_ledger_is_refused),
		cmocka_unit_test(a_record_other_than_its_header_says_is_refused),
		cmocka_unit_test(a_head_over_another_tree_is_refused),
		cmocka_unit_test(a_header_that_does_not_follow_is_refused),
		cmocka_unit_test(a_clock_set_back_behind_a_cosignature_is_refused),
		cmocka_unit_test(a_clock_far_ahead_is_refused),
		cmocka_unit_test(time_that_runs_backwards_is_refused),
		cmocka_unit_test(a_witness_whose_own_clock_was_set_back_does_not_sign),
		cmocka_unit_test(a_witness_has_a_name_of_its_own_and_a_key_that_can_cosign),
	};

	return cmocka_run_group_tests_name("witness", tests, attack_world_open, attack_world_close);
}
