/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles without the scheme's definition, which this program ships, and with it: one answer, and no way to slip in another. */
#include "attack.h"
#include "bundles.h"

#include "held/held.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static ak_text made(world *w, bool whole)
{
	ak_text t = { 0 };
	ak_error err = { 0 };

	if (ak_ledger_bundle(w->l, "ismap", LISTING, 0, whole, &t, &err) != AK_OK)
		fail_msg("bundle: %s at %s: %s", ak_status_name(err.status), err.where, err.detail);
	return t;
}

/* Index of the record from which something is cut out. */
static size_t cut_record(const ak_json *v)
{
	const ak_json *records = ak_json_get(v, "records");

	for (size_t i = 0; i < ak_json_len(records); i++) {
		if (ak_json_get(ak_json_at(records, i), "package") != NULL)
			return i;
	}
	fail_msg("nothing is cut out");
	return 0;
}

static void with_and_without_it_the_answer_is_one(void **state)
{
	const ak_verify_options o = { .scheme = "ismap", .listing = LISTING, .as_of = LISTED_ON };
	ak_text cut, whole;
	ak_json *v;
	world w;

	world_branch(*state, &w);
	cut = made(&w, false);
	whole = made(&w, true);
	bundles_same(&w, &cut, &o);
	bundles_same(&w, &whole, &o);
	if (cut.len * 3 > whole.len * 2)
		fail_msg("%zu bytes without it, %zu with it", cut.len, whole.len);
	v = bundles_open(&whole);
	for (size_t i = 0; i < ak_json_len(ak_json_get(v, "records")); i++)
		assert_null(ak_json_get(ak_json_at(ak_json_get(v, "records"), i), "package"));
	ak_json_free(v);
	ak_text_free(&cut);
	ak_text_free(&whole);
	world_close(&w);
}

/* The digest only says which bytes to try: the header says whether they are right. */
static void another_definition_cannot_take_its_place(void **state)
{
	const ak_held_package *other = ak_held_find("akashi", NULL);
	static const char unknown[] = "sha256:5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f";
	char pointer[64];
	ak_text cut;
	ak_json *v, *c;
	world w;
	size_t at;

	world_branch(*state, &w);
	cut = made(&w, false);
	v = bundles_open(&cut);
	at = cut_record(v);
	c = ak_json_copy(v);
	(void)snprintf(pointer, sizeof(pointer), "/records/%zu/package", at);
	bundles_set(c, pointer, ak_json_new_digest(&other->digest));
	bundles_is(bundles_ask_json(&w, c, LISTED_ON), AK_VERDICT_INVALID, "tampered", "records", "header.statement", "another definition");
	bundles_set(c, pointer, ak_json_new_str(unknown));
	bundles_refused(bundles_ask_json(&w, c, LISTED_ON), AK_NOT_HELD, "bundle.records", "one that is not held");
	ak_json_free(c);
	ak_json_free(v);
	ak_text_free(&cut);
	world_close(&w);
}

/* Every byte beside the cut is under the header's digest as before. */
static void what_stands_beside_it_cannot_be_changed(void **state)
{
	char pointer[64];
	ak_text cut;
	ak_json *v;
	world w;
	size_t at;

	world_branch(*state, &w);
	cut = made(&w, false);
	v = bundles_open(&cut);
	at = cut_record(v);
	for (size_t half = 0; half < 2; half++) {
		ak_span text;

		(void)snprintf(pointer, sizeof(pointer), "/records/%zu/statement/%zu", at, half);
		text = ak_json_text(ak_json_pointer(v, ak_span_str(pointer)));
		for (size_t i = 0; i < text.len; i++) {
			ak_json *c = ak_json_copy(v);
			char *changed = ak_span_dup(text);

			assert_non_null(changed);
			changed[i] = changed[i] == 'x' ? 'y' : 'x';
			bundles_set(c, pointer, ak_json_new_str(changed));
			bundles_is(bundles_ask_json(&w, c, LISTED_ON), AK_VERDICT_INVALID, "tampered", "records", "header.statement", pointer);
			ak_mem_free(changed);
			ak_json_free(c);
		}
	}
	ak_json_free(v);
	ak_text_free(&cut);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_and_without_it_the_answer_is_one),
		cmocka_unit_test(another_definition_cannot_take_its_place),
		cmocka_unit_test(what_stands_beside_it_cannot_be_changed),
	};

	return cmocka_run_group_tests_name("bundle_package", tests, attack_world_open, attack_world_close);
}
