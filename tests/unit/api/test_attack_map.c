/* SPDX-License-Identifier: Apache-2.0 */
/* Headers and the subject map: what a thief of the operator key signs is found by everybody (FORMAT, Header; Subject map). */
#include "attack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define DELETION "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"架空の理由\"}"

static ak_text deletion(world *w)
{
	return world_sign(world_draft(w, "ismap", "deletion", NULL, DELETION, NULL), world_signers(w, "deletion"));
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

static void does_not_open(world *w, ak_status want, const char *where)
{
	ak_error err = { 0 };

	assert_null(w->l);
	assert_int_equal(ak_ledger_open(w->ledger, &w->l, &err), want);
	assert_string_equal(err.where, where);
	assert_null(w->l);
}

/* The map takes steps that the statement does not give, or lacks those it gives. */
static void a_forged_map_root_is_found(void **state)
{
	static const char *const none[] = { NULL };
	static const char *const other[] = { "ismap/listing:C24-0202-2", NULL };
	static const char *const more[] = { LISTING_ID, "ismap/listing:C24-0202-2", NULL };
	static const char *const twice[] = { LISTING_ID, LISTING_ID, NULL };
	static const char *const *const forged[] = { none, other, more, twice };

	for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		world w;

		world_branch(*state, &w);
		forge_with(&w, deletion(&w), (forgery){ .about_map = forged[i] });
		does_not_open(&w, AK_MAP_MISMATCH, "header.subjects");
		attack_is_broken(&w, "map", AK_MAP_MISMATCH);
		world_close(&w);
	}
}

static void a_header_follows_the_one_before_it(void **state)
{
	world w;

	world_branch(*state, &w);
	forge_with(&w, deletion(&w), (forgery){ .wrong_prev = true });
	does_not_open(&w, AK_CHAIN_BROKEN, "header.prev");
	attack_is_broken(&w, "chain", AK_CHAIN_BROKEN);
	world_close(&w);
	world_branch(*state, &w);
	forge_with(&w, deletion(&w), (forgery){ .wrong_seq = true });
	does_not_open(&w, AK_CHAIN_BROKEN, "header.prev");
	attack_is_broken(&w, "chain", AK_CHAIN_BROKEN);
	world_close(&w);
}

static void time_does_not_run_backwards(void **state)
{
	world w;

	world_branch(*state, &w);
	forge_with(&w, deletion(&w), (forgery){ .time = w.now - 86400 });
	attack_is_broken(&w, "chain", AK_CLOCK);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "tampered");
	world_close(&w);
}

static void a_claim_from_the_future_has_no_effect(void **state)
{
	static const char *const row[] = { "2026-06-09", "2026-07", "2027", "2026-06-01T23:59:59Z" };
	ak_text e;
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		e = world_sign(world_draft(&w, "ismap", "deletion", row[i], DELETION, NULL), world_signers(&w, "deletion"));
		(void)attack_refused(&w, attack_copy(&e), AK_CLOCK, "statement.issued");
		seq = attack_forge(&w, e);
		attack_is_void(&w, seq, AK_CLOCK);
	}
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	attack_warned(&w, "void-record");
	world_close(&w);
}

/* Late is not back-dated. */
static void a_claim_of_long_ago_is_fine(void **state)
{
	world w;

	world_branch(*state, &w);
	(void)world_seal(&w, world_sign(world_draft(&w, "ismap", "deletion", "2024-06-20", DELETION, NULL),
	                 world_signers(&w, "deletion")));
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	attack_is_sound(&w, 0);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_forged_map_root_is_found),
		cmocka_unit_test(a_header_follows_the_one_before_it),
		cmocka_unit_test(time_does_not_run_backwards),
		cmocka_unit_test(a_claim_from_the_future_has_no_effect),
		cmocka_unit_test(a_claim_of_long_ago_is_fine),
	};

	return cmocka_run_group_tests_name("attack: map", tests, attack_world_open, attack_world_close);
}
