/* SPDX-License-Identifier: Apache-2.0 */
/* What a verifier kept of two histories, judged by somebody who has it and a trust file, and nothing else (FORMAT 9.4, 22). */
#include "continuity.h"

#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 1 << 22 };

/* Show this ledger's bundle to a verifier with this memory. */
static void see(ak_text *memory, world *w, uint64_t since, const char *outcome)
{
	ak_text bundle = { 0 }, json = { 0 }, now = { 0 };
	const ak_span before = continuity_span_of(memory);
	const ak_verify_options o = { .trust = continuity_span_of(&w->trust), .now = w->now, .as_of = LISTED_ON, .memory = &before, .new_memory = &now };
	ak_verdict v = AK_VERDICT_VALID;
	ak_json *said;

	assert_int_equal(ak_ledger_bundle(w->l, "ismap", LISTING, since, false, &bundle, NULL), AK_OK);
	assert_int_equal(ak_bundle_verify(continuity_span_of(&bundle), &o, &v, &json, NULL), AK_OK);
	said = continuity_parsed(&json);
	continuity_is(said, "/memory/outcome", outcome);
	if (now.data != NULL) {
		ak_text_free(memory);
		*memory = now;
	}
	ak_json_free(said);
	ak_text_free(&json);
	ak_text_free(&bundle);
}

/* A memory that holds one pair: of one size, or of two with a proof. */
static ak_text kept(world *a, world *b, bool two_sizes)
{
	ak_text memory = { 0 };

	see(&memory, a, 0, "first");
	if (two_sizes)
		continuity_add_decision(b, DECIDED("2026-05-12"));
	see(&memory, b, two_sizes ? attack_size(a) : 0, two_sizes ? "broken" : "fork");
	return memory;
}

/* The first pair of it, changed at `pointer` (NULL: not at all); `json` NULL takes away. */
static ak_text pair_of(const ak_text *memory, const char *member, const char *json)
{
	ak_json *m = continuity_parsed(memory), *pair = ak_json_copy(ak_json_at(ak_json_get(m, "forks"), 0)), *value = NULL;
	ak_text out = { 0 };

	if (member != NULL)
		ak_json_remove(pair, member);
	if (member != NULL && json != NULL) {
		assert_int_equal(ak_json_parse(ak_span_str(json), &value, NULL), AK_OK);
		assert_int_equal(ak_json_set(pair, member, ak_json_copy(ak_json_at(value, 0)), NULL), AK_OK);
		ak_json_free(value);
	}
	assert_int_equal(ak_jcs_text(pair, MOST, &out, NULL), AK_OK);
	ak_json_free(m);
	return out;
}

static void convicts(const ak_text *text, const world *w, uint64_t size)
{
	answer a = continuity_check(continuity_span_of(text), &w->trust);
	int64_t n = 0;

	if (a.st != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(a.st), a.err.where, a.err.detail);
	assert_int_equal(a.outcome, AK_FORKED);
	continuity_is(a.report, "/outcome", "forked");
	continuity_is(a.report, "/fork/of", "old");
	assert_true(ak_json_int(ak_json_pointer(a.report, ak_span_str("/fork/size")), &n));
	assert_int_equal(n, size);
	assert_false(ak_span_eq(ak_json_text(ak_json_pointer(a.report, ak_span_str("/fork/signed"))),
	                        ak_json_text(ak_json_pointer(a.report, ak_span_str("/fork/root")))));
	continuity_drop(&a);
}

static void says_nothing(const ak_text *text, const world *w)
{
	answer a = continuity_check(continuity_span_of(text), &w->trust);

	assert_int_equal(a.st, AK_OK);
	assert_int_equal(a.outcome, AK_NOT_SHOWN);
	continuity_is(a.report, "/reason", "other-key");
	continuity_drop(&a);
}

/* The file as it lies there, and the pair alone as people cut it out, with spaces. */
static void what_was_kept_convicts_by_the_trust_file_alone(void **state)
{
	for (int two_sizes = 0; two_sizes < 2; two_sizes++) {
		ak_text memory, pair, spaced = { 0 };
		uint64_t size;
		world a, b;

		continuity_part(*state, &a, &b);
		size = attack_size(&a);
		memory = kept(&a, &b, two_sizes == 1);
		pair = pair_of(&memory, NULL, NULL);
		convicts(&memory, &a, size);
		convicts(&pair, &a, size);
		spaced.data = malloc(pair.len + 3);
		assert_non_null(spaced.data);
		spaced.len = (size_t)snprintf(spaced.data, pair.len + 3, "{ %s\n", pair.data + 1);
		convicts(&spaced, &a, size);
		free(spaced.data);
		ak_text_free(&pair);
		ak_text_free(&memory);
		world_close(&a);
		world_close(&b);
	}
}

#define ZERO "sha256:0000000000000000000000000000000000000000000000000000000000000000"

/* Nothing of it is believed because somebody kept it. */
static void a_pair_that_does_not_hold_convicts_nobody(void **state)
{
	static const struct {
		const char *row, *member, *json;
	} rows[] = {
		{ "no second note", "b", "[[]]" },
		{ "a note that is none", "a", "[[\"x\"]]" },
		{ "two sizes without a proof", "proof", NULL },
		{ "a proof of nothing", "proof", "[[]]" },
		{ "another root", "root", "[\"" ZERO "\"]" },
		{ "a member more", "c", "[1]" },
	};
	ak_text memory, bad;
	ak_json *m;
	world a, b;

	continuity_part(*state, &a, &b);
	memory = kept(&a, &b, true);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bad = pair_of(&memory, rows[i].member, rows[i].json);
		continuity_refused(rows[i].row, continuity_check(continuity_span_of(&bad), &a.trust), AK_BAD_FORMAT, "memory.forks");
		ak_text_free(&bad);
	}
	/* The same note twice contradicts nothing; nor does a memory that has seen one history only. */
	m = continuity_parsed(&memory);
	bad = (ak_text){ 0 };
	{
		ak_json *same = ak_json_new_object();
		const ak_json *note = ak_json_get(ak_json_at(ak_json_get(m, "forks"), 0), "a");

		assert_int_equal(ak_json_set(same, "a", ak_json_copy(note), NULL), AK_OK);
		assert_int_equal(ak_json_set(same, "b", ak_json_copy(note), NULL), AK_OK);
		assert_int_equal(ak_jcs_text(same, MOST, &bad, NULL), AK_OK);
	}
	continuity_refused("one note twice", continuity_check(continuity_span_of(&bad), &a.trust), AK_BAD_FORMAT, "memory.forks");
	ak_text_free(&bad);
	assert_int_equal(ak_json_set(m, "forks", ak_json_new_array(), NULL), AK_OK);
	assert_int_equal(ak_jcs_text(m, MOST, &bad, NULL), AK_OK);
	continuity_refused("one history", continuity_check(continuity_span_of(&bad), &a.trust), AK_NOT_FOUND, "memory.forks");
	bad.data[bad.len - 1] = ' ';
	continuity_refused("a torn file", continuity_check(continuity_span_of(&bad), &a.trust), AK_BAD_FORMAT, "json.syntax");
	ak_text_free(&bad);
	ak_text_free(&memory);
	world_close(&a);
	world_close(&b);
}

/* Each signature is checked, and by the key that the trust file names: by no other is anybody convicted. */
static void a_pair_convicts_only_the_key_of_the_trust_file(void **state)
{
	ak_text memory, pair;
	world a, b, strange;
	char *at;

	continuity_part(*state, &a, &b);
	memory = kept(&a, &b, true);
	for (int second = 0; second < 2; second++) {
		pair = pair_of(&memory, NULL, NULL);
		/* The last characters of a note's last line. */
		at = second == 0 ? strstr(pair.data, "\"],\"b\":") : strstr(pair.data, "\"],\"proof\":");
		assert_non_null(at);
		at[-6] = at[-6] == 'A' ? 'B' : 'A';
		continuity_refused("a signature changed", continuity_check(continuity_span_of(&pair), &a.trust), AK_BAD_SIGNATURE,
		                   second == 0 ? "old.signature" : "new.signature");
		ak_text_free(&pair);
	}
	pair = pair_of(&memory, NULL, NULL);
	world_open_bare(&strange); /* of the same name, by other keys */
	says_nothing(&pair, &strange);
	continuity_refused("another ledger's", continuity_check(continuity_span_of(&memory), &strange.trust), AK_WRONG_LEDGER, "memory.genesis");
	ak_text_free(&pair);
	ak_text_free(&memory);
	world_close(&strange);
	world_close(&a);
	world_close(&b);
}

/* A memory of two pairs: that of `memory`, and behind or before it one that is bad. */
static ak_text beside(const ak_text *memory, const ak_text *bad, bool before)
{
	ak_json *m = continuity_parsed(memory), *list = ak_json_new_array(), *extra = continuity_parsed(bad);
	ak_text out = { 0 };

	if (before)
		assert_int_equal(ak_json_add(list, ak_json_copy(extra), NULL), AK_OK);
	assert_int_equal(ak_json_add(list, ak_json_copy(ak_json_at(ak_json_get(m, "forks"), 0)), NULL), AK_OK);
	if (!before)
		assert_int_equal(ak_json_add(list, ak_json_copy(extra), NULL), AK_OK);
	assert_int_equal(ak_json_set(m, "forks", list, NULL), AK_OK);
	assert_int_equal(ak_jcs_text(m, MOST, &out, NULL), AK_OK);
	ak_json_free(extra);
	return out;
}

static void tells_one_bad(const char *row, const ak_text *text, const world *w, int64_t pair, const char *error, const char *where)
{
	answer a = continuity_check(continuity_span_of(text), &w->trust);
	int64_t n = 0;

	if (a.st != AK_OK)
		fail_msg("%s: %s at %s: %s", row, ak_status_name(a.st), a.err.where, a.err.detail);
	assert_int_equal(ak_json_len(ak_json_get(a.report, "bad")), 1);
	assert_true(ak_json_int(ak_json_pointer(a.report, ak_span_str("/bad/0/pair")), &n));
	assert_int_equal(n, pair);
	continuity_is(a.report, "/bad/0/error", error);
	continuity_is(a.report, "/bad/0/where", where);
	continuity_drop(&a);
}

/* Whoever is convicted cannot be saved by a pair that somebody put beside it: it is told, and the rest is judged. */
static void a_bad_pair_hides_no_good_one(void **state)
{
	for (int form = 0; form < 2; form++) {
		ak_text memory, bad, both;
		uint64_t size;
		world a, b;
		char *at;

		continuity_part(*state, &a, &b);
		size = attack_size(&a);
		memory = kept(&a, &b, true);
		bad = pair_of(&memory, form == 1 ? "root" : NULL, "[\"" ZERO "\"]");
		if (form == 0) {
			at = strstr(bad.data, "\"],\"proof\":");
			assert_non_null(at);
			at[-6] = at[-6] == 'A' ? 'B' : 'A';
		}
		for (int before = 0; before < 2; before++) {
			both = beside(&memory, &bad, before == 1);
			convicts(&both, &a, size);
			tells_one_bad(form == 0 ? "a signature" : "a form", &both, &a, before == 1 ? 1 : 2, form == 0 ? "AK_BAD_SIGNATURE" : "AK_BAD_FORMAT",
			              form == 0 ? "new.signature" : "memory.forks");
			ak_text_free(&both);
		}
		/* Where none holds, nothing is shown. */
		{
			ak_json *m = continuity_parsed(&memory), *list = ak_json_new_array();

			assert_int_equal(ak_json_add(list, continuity_parsed(&bad), NULL), AK_OK);
			assert_int_equal(ak_json_set(m, "forks", list, NULL), AK_OK);
			assert_int_equal(ak_jcs_text(m, MOST, &both, NULL), AK_OK);
		}
		continuity_refused("a bad pair alone", continuity_check(continuity_span_of(&both), &a.trust), form == 0 ? AK_BAD_SIGNATURE : AK_BAD_FORMAT,
		                   form == 0 ? "new.signature" : "memory.forks");
		ak_text_free(&both);
		ak_text_free(&bad);
		ak_text_free(&memory);
		world_close(&a);
		world_close(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_kept_convicts_by_the_trust_file_alone),
		cmocka_unit_test(a_pair_that_does_not_hold_convicts_nobody),
		cmocka_unit_test(a_bad_pair_hides_no_good_one),
		cmocka_unit_test(a_pair_convicts_only_the_key_of_the_trust_file),
	};

	return cmocka_run_group_tests_name("kept pairs", tests, attack_world_open, attack_world_close);
}
