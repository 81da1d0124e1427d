/* SPDX-License-Identifier: Apache-2.0 */
/* A ledger ends by its root threshold, and nothing comes after (FORMAT 15.7, 16.11, 19.6). */
#include "attack.h"
#include "rotation.h"
#include "watcher.h"

#include "api/api.h"

#include "base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CLOSING "{\"reason\":\"moved\",\"successor\":{\"ledger\":\"ledger.example/next\"}}"
#define DECISION \
	"{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"deferred\",\"decided_on\":\"2026-05-18\",\"meeting\":\"第23回\"}"

static ak_text closing(world *w, const char *body, size_t n_roots)
{
	ak_secret *keys[] = { w->root[0], n_roots > 1 ? w->root[1] : NULL, NULL };

	return world_sign(world_draft(w, "akashi", "closing", NULL, body, NULL), keys);
}

static ak_text decision(world *w)
{
	return world_sign(world_draft(w, "ismap", "decision", NULL, DECISION, NULL), world_signers(w, "decision"));
}

static void nothing_is_sealed_after_the_closing(void **state)
{
	ak_text late;
	ak_error err;
	world w;

	world_branch(*state, &w);
	late = decision(&w);
	(void)world_seal(&w, closing(&w, CLOSING, 2));
	err = attack_refused(&w, late, AK_LEDGER_ENDED, "record");
	assert_string_equal(err.where, "record");
	(void)attack_refused(&w, decision(&w), AK_LEDGER_ENDED, "record");
	(void)attack_refused(&w, closing(&w, "{\"reason\":\"abolished\"}", 2), AK_LEDGER_ENDED, "record");
	attack_is_sound(&w, 0);
	world_close(&w);
}

static void what_is_laid_after_it_is_void(void **state)
{
	uint64_t seq, last;
	world w;

	world_branch(*state, &w);
	(void)world_seal(&w, closing(&w, CLOSING, 2));
	seq = attack_forge(&w, decision(&w));
	attack_is_void(&w, seq, AK_LEDGER_ENDED);
	/* Not even by the roots: a key that leaks later concerns the successor. */
	last = attack_forge(&w, closing(&w, "{\"reason\":\"abolished\"}", 2));
	assert_int_equal(last, seq + 1);
	attack_is_sound(&w, 2);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	world_close(&w);
}

/* A keyset after the end: its operator would sign heads of a ledger that is no more. */
static void no_key_changes_after_it(void **state)
{
	ak_secret *op = world_new_key("ed25519"), *beat = world_new_key("ed25519");
	rotation r;
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	(void)world_seal(&w, closing(&w, CLOSING, 2));
	r = rotation_of(&w);
	r.op = op;
	r.heartbeat = beat;
	{
		ak_secret *keys[] = { w.root[0], w.root[1], op, beat, NULL };

		seq = attack_forge(&w, rotation_signed(&w, &r, keys));
	}
	attack_is_void(&w, seq, AK_LEDGER_ENDED);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	ak_secret_free(&op);
	ak_secret_free(&beat);
	world_close(&w);
}

static void fewer_than_the_root_threshold_end_nothing(void **state)
{
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	(void)attack_refused(&w, closing(&w, CLOSING, 1), AK_NOT_AUTHORISED, "signatures");
	(void)attack_refused(&w, closing(&w, "{\"reason\":\"moved\"}", 2), AK_SCHEMA, "schema.required");
	seq = attack_forge(&w, closing(&w, CLOSING, 1));
	attack_is_void(&w, seq, AK_NOT_AUTHORISED);
	(void)world_seal(&w, decision(&w));
	attack_is_sound(&w, 1);
	world_close(&w);
}

static const ak_json *warning(const ak_json *report, const char *id)
{
	const ak_json *list = ak_json_get(report, "warnings");

	for (size_t i = 0; i < ak_json_len(list); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(list, i), "id"), id))
			return ak_json_at(list, i);
	}
	return NULL;
}

/* Days up to the end are answered as ever; of later ones the ledger says nothing, however fresh it was. */
static void of_days_after_the_end_it_says_nothing(void **state)
{
	static const struct {
		const char *as_of;
		ak_verdict verdict;
		const char *reason;
	} rows[] = {
		{ LISTED_ON, AK_VERDICT_VALID, "" },
		{ "2026-06-01", AK_VERDICT_VALID, "" },
	};
	ak_json *report = NULL;
	uint64_t size;
	char day[11];
	world w;

	world_branch(*state, &w);
	world_play(&w, "three-years");
	size = attack_size(&w);
	(void)world_seal(&w, closing(&w, CLOSING, 2));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_verdict v = world_verify(&w, LISTING, rows[i].as_of, 0, &report);

		if (v != rows[i].verdict || !ak_span_is(ak_json_get_text(report, "reason"), rows[i].reason))
			fail_msg("%s: %s", rows[i].as_of, ak_verdict_name(v));
		assert_non_null(warning(report, "ledger-ended"));
		assert_true(ak_span_is(ak_json_get_text(ak_json_get(ak_json_get(report, "closing"), "successor"), "ledger"), "ledger.example/next"));
		ak_json_free(report);
	}
	/* As known before the end there is none. */
	assert_int_equal(world_verify(&w, LISTING, LISTED_ON, size, &report), AK_VERDICT_VALID);
	assert_null(ak_json_get(report, "closing"));
	assert_null(warning(report, "ledger-ended"));
	ak_json_free(report);
	/* The next day is within what the trust file allows, and yet nothing is known of it. */
	(void)world_verify(&w, LISTING, LISTED_ON, 0, &report);
	(void)snprintf(day, sizeof(day), "%.10s", ak_json_get_str(ak_json_get(report, "closing"), "day"));
	ak_json_free(report);
	day[9]++;
	assert_int_equal(world_verify(&w, LISTING, day, 0, &report), AK_VERDICT_UNVERIFIABLE);
	assert_true(ak_span_is(ak_json_get_text(report, "reason"), "stale"));
	ak_json_free(report);
	world_close(&w);
}

/* It cosigns the head that ends with the closing, also a second time, and nothing that comes after it. */
static void a_witness_does_not_go_on_with_it(void **state)
{
	uint64_t seq;
	ak_text line;
	watcher a;
	world w;

	world_branch(*state, &w);
	watcher_open(&a, &w, world_new_key("ed25519"));
	(void)world_seal(&w, closing(&w, CLOSING, 2));
	line = watcher_signs(&a, &w, 0, NULL);
	ak_text_free(&line);
	line = watcher_signs(&a, &w, 60, NULL);
	ak_text_free(&line);
	seq = attack_forge(&w, decision(&w));
	(void)watcher_refuses(&a, &w, "ended", AK_LEDGER_ENDED, (int64_t)seq);
	watcher_close(&a);
	world_close(&w);
}

/* What ran out only after the last day that a ledger speaks of may have been renewed in its successor. */
static void what_would_have_expired_after_the_end_is_stale_and_not_expired(void **state)
{
	ak_json *report = NULL;
	char later[11];
	ak_date last;
	world w;

	world_branch(*state, &w);
	world_play(&w, "three-years");
	(void)world_verify(&w, LISTING, "2026-06-01", 0, &report);
	assert_true(ak_date_parse(ak_json_get_text(ak_json_get(report, "listing"), "expires_on"), &last));
	ak_json_free(report);
	w.now = ((int64_t)last.first - 1) * 86400 + 3 * 3600; /* the day before */
	(void)world_seal(&w, closing(&w, CLOSING, 2));
	w.now += 3 * 86400;
	ak_day_format(last.first + 2, later);
	assert_int_equal(world_verify(&w, LISTING, later, 0, &report), AK_VERDICT_UNVERIFIABLE);
	assert_string_equal(ak_json_get_str(report, "reason"), "stale");
	ak_json_free(report);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_sealed_after_the_closing),
		cmocka_unit_test(what_is_laid_after_it_is_void),
		cmocka_unit_test(no_key_changes_after_it),
		cmocka_unit_test(fewer_than_the_root_threshold_end_nothing),
		cmocka_unit_test(of_days_after_the_end_it_says_nothing),
		cmocka_unit_test(a_witness_does_not_go_on_with_it),
		cmocka_unit_test(what_would_have_expired_after_the_end_is_stale_and_not_expired),
	};

	return cmocka_run_group_tests(tests, attack_world_open, attack_world_close);
}
