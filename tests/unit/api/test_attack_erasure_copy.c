/* SPDX-License-Identifier: Apache-2.0 */
/* Who may write a place-holder, and what passes for none (FORMAT 11.5, 16.12). */
#include "attack.h"
#include "bundles.h"
#include "erasing.h"
#include "rotation.h"
#include "watcher.h"

#include "api/api.h"
#include "seal/erase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DEFERRED "{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"deferred\",\"decided_on\":\"2026-05-18\",\"meeting\":\"第23回\"}"

/* ---- who signs the commits again -------------------------------------------------------------------------------------- */

static void copy_by(world *w, uint64_t seq, const ak_digest *by, const ak_secret *key, const char *name)
{
	ak_buf file = erasing_holder(w, seq, by, NULL);
	ak_erased_copy done = { 0 };
	char path[96];

	(void)snprintf(path, sizeof(path), "%.60s/%.20s", w->dir, name);
	assert_int_equal(ak_erase_copy(w->l->b, seq, ak_buf_span(&file), path, key->key, &done, NULL), AK_OK);
	ak_buf_clear(&file);
	(void)snprintf(w->ledger, sizeof(w->ledger), "%s", path);
}

/* The operator changed between the record and the copy: the one of today signs, back to the record; nobody else may, and the old one no more. */
static void the_operator_of_today_signs_the_copy(void **state)
{
	char was[96];
	uint64_t seq;
	ak_error err = { 0 };
	ak_secret *op = world_new_key("ed25519"), *old;
	ak_text json = { 0 };
	ak_digest by;
	world w;

	world_branch(*state, &w);
	old = w.op;
	seq = world_seq(&w, "application-1");
	by = erasing_id(&w, world_seal(&w, erasing_of(&w, seq)));
	{
		ak_secret *keys[] = { w.root[0], w.root[1], op, w.heartbeat, NULL };
		rotation r = rotation_of(&w);

		r.op = op;
		if (rotation_seal(&w, rotation_signed(&w, &r, keys), op, old, &err) != AK_OK)
			fail_msg("%s at %s: %s", ak_status_name(err.status), err.where, err.detail);
	}
	(void)snprintf(was, sizeof(was), "%.60s/none", w.dir);
	assert_int_equal(ak_ledger_erase(w.l, "#11", was, old, &json, &err), AK_NOT_AUTHORISED);
	assert_string_equal(err.where, "operator.key");
	(void)snprintf(was, sizeof(was), "%s", w.ledger);
	copy_by(&w, seq, &by, old, "by-old");
	attack_is_broken(&w, "commit", AK_NO_TRUSTED_SIG);
	(void)snprintf(w.ledger, sizeof(w.ledger), "%s", was);
	copy_by(&w, seq, &by, w.stranger, "by-stranger");
	attack_is_broken(&w, "commit", AK_NO_TRUSTED_SIG);
	(void)snprintf(w.ledger, sizeof(w.ledger), "%s", was);
	w.op = op;
	erasing_done(&w, seq, "fresh");
	attack_is_sound(&w, 1);
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "erased");
	(void)world_add(&w, NULL, "decision", NULL, DEFERRED, NULL);
	attack_is_sound(&w, 1);
	w.op = old;
	world_close(&w);
	ak_secret_free(&op);
}

static void a_place_holder_without_erasure_is_corrupt(void **state)
{
	ak_digest by = { { 7 } };
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "application-1");
	erasing_lay(&w, seq, &by, NULL);
	erasing_is_corrupt(&w, seq);
	world_close(&w);
}

static void one_with_a_void_erasure_is_corrupt(void **state)
{
	uint64_t seq, at;
	ak_digest by;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "application-1");
	at = attack_forge(&w, erasing_envelope(&w, seq, NULL, "Act", 1));
	attack_is_void(&w, at, AK_NOT_AUTHORISED);
	by = erasing_id(&w, at);
	erasing_lay(&w, seq, &by, NULL);
	erasing_is_corrupt(&w, seq);
	world_close(&w);
}

static void one_whose_erasure_names_another_record_is_corrupt(void **state)
{
	uint64_t seq, other;
	ak_digest by;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "application-1");
	other = world_seq(&w, "report-1");
	by = erasing_id(&w, world_seal(&w, erasing_of(&w, other)));
	erasing_lay(&w, seq, &by, NULL);
	erasing_is_corrupt(&w, seq);
	world_close(&w);
}

static void one_that_names_an_earlier_record_is_corrupt(void **state)
{
	uint64_t seq;
	ak_digest by;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "application-1");
	by = erasing_id(&w, world_seq(&w, "report-1"));
	erasing_lay(&w, seq, &by, NULL);
	erasing_is_corrupt(&w, seq);
	world_close(&w);
}

/* The map root in the header comes out only with the subjects that were there. */
static void one_about_something_else_is_corrupt(void **state)
{
	uint64_t seq;
	ak_digest by;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "application-1");
	by = erasing_id(&w, world_seal(&w, erasing_of(&w, seq)));
	erasing_lay(&w, seq, &by, "[\"ismap/service:elsewhere\"]");
	assert_null(w.l);
	attack_is_broken(&w, "map", AK_MAP_MISMATCH);
	world_close(&w);
}

static int index_of(const ak_json *records, uint64_t seq)
{
	for (size_t i = 0; i < ak_json_len(records); i++) {
		int64_t n = -1;

		if (ak_json_int(ak_json_get(ak_json_at(records, i), "seq"), &n) && (uint64_t)n == seq)
			return (int)i;
	}
	fail_msg("record #%llu is not in the bundle", (unsigned long long)seq);
	return -1;
}

/* The same but for a text of the copyist's choice: refused by the books, the audit, who is given a bundle and a witness. */
static void one_of_another_ledger_is_corrupt(void **state)
{
	static const char *const texts[][2] = { { "evil.example/isgood", NULL },
		{ NULL, "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff" } };

	for (size_t i = 0; i < 2; i++) {
		uint64_t seq;
		ak_digest by;
		ak_text made;
		ak_json *v;
		ak_lines lines;
		ak_buf file;
		char place[40];
		watcher a;
		world w;

		world_branch(*state, &w);
		seq = world_seq(&w, "application-1");
		by = erasing_id(&w, world_seal(&w, erasing_of(&w, seq)));
		made = bundles_make(&w, "ismap", LISTING, 0);
		file = erasing_holder_in(&w, seq, &by, NULL, texts[i][0], texts[i][1]);
		assert_int_equal(ak_record_split(ak_buf_span(&file), &lines, NULL), AK_OK);
		v = bundles_open(&made);
		(void)snprintf(place, sizeof(place), "/records/%d/statement", index_of(ak_json_get(v, "records"), seq));
		bundles_set(v, place, ak_json_new_text(lines.statement));
		/* With another base, the bundle lacks what that names: said first. */
		if (texts[i][1] == NULL)
			bundles_is(bundles_ask_json(&w, v, LISTED_ON), AK_VERDICT_INVALID, "tampered", "records", "header.statement", "of another ledger");
		else
			bundles_is(bundles_ask_json(&w, v, LISTED_ON), AK_VERDICT_UNVERIFIABLE, "completeness", "closure", "", "of another genesis");
		ak_json_free(v);
		ak_text_free(&made);
		watcher_open(&a, &w, world_new_key("ed25519"));
		erasing_lay_file(&w, seq, file);
		erasing_is_corrupt(&w, seq);
		(void)watcher_refuses(&a, &w, "bytes", AK_CHAIN_BROKEN, (int64_t)seq);
		watcher_close(&a);
		world_close(&w);
	}
}

/* Two erasures that name one record, laid by force: the place-holder is proven by the one it names. */
static void a_second_erasure_harms_nothing(void **state)
{
	uint64_t seq, second;
	ak_digest by;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "application-1");
	(void)world_seal(&w, erasing_of(&w, seq));
	second = attack_forge(&w, erasing_envelope(&w, seq, NULL, "Act, again", 2));
	by = erasing_id(&w, second);
	erasing_lay(&w, seq, &by, NULL);
	assert_non_null(w.l);
	attack_is_sound(&w, 1);
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "erased");
	world_close(&w);
}

/* Two records, one after the other: what was erased before stays so. */
static void records_are_erased_one_by_one(void **state)
{
	uint64_t one, two;
	world w;

	world_branch(*state, &w);
	one = world_seq(&w, "application-1");
	two = world_seq(&w, "report-1");
	(void)world_seal(&w, erasing_of(&w, one));
	erasing_done(&w, one, "first");
	(void)world_seal(&w, erasing_of(&w, two));
	erasing_done(&w, two, "second");
	attack_is_sound(&w, 2);
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "erased");
	world_close(&w);
}

/* Bundles: one made before goes on to prove, one made after says erased, and one with a place-holder that nothing proves is tampered with. */
static void bundles_before_and_after(void **state)
{
	ak_text before, void_one, after;
	ak_json *v;
	ak_lines lines;
	ak_buf file;
	ak_digest by;
	uint64_t seq, at;
	char place[40];
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "application-1");
	before = bundles_make(&w, "ismap", LISTING, 0);
	at = attack_forge(&w, erasing_envelope(&w, seq, NULL, "Act", 1));
	void_one = bundles_make(&w, "ismap", LISTING, 0);
	by = erasing_id(&w, at);
	file = erasing_holder(&w, seq, &by, NULL);
	assert_int_equal(ak_record_split(ak_buf_span(&file), &lines, NULL), AK_OK);
	v = bundles_open(&void_one);
	bundles_is(bundles_ask_json(&w, v, LISTED_ON), AK_VERDICT_VALID, "", "", "", "as it is");
	(void)snprintf(place, sizeof(place), "/records/%d/statement", index_of(ak_json_get(v, "records"), seq));
	bundles_set(v, place, ak_json_new_text(lines.statement));
	bundles_is(bundles_ask_json(&w, v, LISTED_ON), AK_VERDICT_INVALID, "tampered", "records", "header.statement", "with a void erasure");
	ak_json_free(v);
	ak_buf_clear(&file);
	(void)world_seal(&w, erasing_of(&w, seq));
	erasing_done(&w, seq, "fresh");
	after = bundles_make(&w, "ismap", LISTING, 0);
	bundles_is(bundles_ask(&w, &before, LISTED_ON), AK_VERDICT_VALID, "", "", "", "before");
	bundles_is(bundles_ask(&w, &after, LISTED_ON), AK_VERDICT_UNVERIFIABLE, "erased", "", "", "after");
	ak_text_free(&before);
	ak_text_free(&void_one);
	ak_text_free(&after);
	world_close(&w);
}

static void a_witness_goes_on(void **state)
{
	uint64_t seq;
	ak_digest none = { { 7 } };
	watcher a, b;
	char path[96];
	ak_text line;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "application-1");
	watcher_open(&a, &w, world_new_key("ed25519"));
	line = watcher_signs(&a, &w, 0, NULL);
	ak_text_free(&line);
	(void)world_seal(&w, erasing_of(&w, seq));
	erasing_done(&w, seq, "fresh");
	line = watcher_signs(&a, &w, 60, NULL); /* one that saw the text */
	ak_text_free(&line);
	watcher_open(&b, &w, world_new_key("ed25519"));
	line = watcher_signs(&b, &w, 60, NULL); /* one that never did */
	ak_text_free(&line);
	/* Its index is lost, and made again from a ledger in which the record was erased. */
	(void)snprintf(path, sizeof(path), "%.60s/w1.state.db", b.dir);
	assert_int_equal(remove(path), 0);
	(void)world_add(&w, NULL, "decision", NULL, DEFERRED, NULL);
	line = watcher_signs(&b, &w, 120, NULL);
	ak_text_free(&line);
	watcher_close(&a);
	watcher_close(&b);
	watcher_open(&a, &w, world_new_key("ed25519"));
	erasing_lay(&w, world_seq(&w, "report-1"), &none, NULL);
	(void)watcher_refuses(&a, &w, "bytes", AK_CHAIN_BROKEN, (int64_t)world_seq(&w, "report-1"));
	watcher_close(&a);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_operator_of_today_signs_the_copy),
		cmocka_unit_test(a_place_holder_without_erasure_is_corrupt),
		cmocka_unit_test(one_with_a_void_erasure_is_corrupt),
		cmocka_unit_test(one_whose_erasure_names_another_record_is_corrupt),
		cmocka_unit_test(one_that_names_an_earlier_record_is_corrupt),
		cmocka_unit_test(one_about_something_else_is_corrupt),
		cmocka_unit_test(one_of_another_ledger_is_corrupt),
		cmocka_unit_test(a_second_erasure_harms_nothing),
		cmocka_unit_test(records_are_erased_one_by_one),
		cmocka_unit_test(bundles_before_and_after),
		cmocka_unit_test(a_witness_goes_on),
	};

	return cmocka_run_group_tests(tests, attack_world_open, attack_world_close);
}
