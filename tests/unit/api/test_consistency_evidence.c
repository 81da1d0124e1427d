/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence that heads continue each other, or do not, that somebody has touched (FORMAT, Continuity). */
#include "continuity.h"

#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Put `json` (NULL: nothing) at member `key`. */
static ak_text with(const ak_text *evidence, const char *key, const char *json)
{
	ak_json *v = continuity_parsed(evidence), *wrapped = NULL;
	ak_text out = { 0 };

	ak_json_remove(v, key);
	if (json != NULL) {
		assert_int_equal(ak_json_parse(ak_span_str(json), &wrapped, NULL), AK_OK);
		assert_int_equal(ak_json_set(v, key, ak_json_copy(ak_json_at(wrapped, 0)), NULL), AK_OK);
		ak_json_free(wrapped);
	}
	assert_int_equal(ak_jcs_text(v, 1 << 24, &out, NULL), AK_OK);
	return out;
}

/* The two notes in each other's place. */
static ak_text swapped(const ak_text *evidence)
{
	ak_json *v = continuity_parsed(evidence);
	ak_json *old = ak_json_copy(ak_json_get(v, "old")), *new = ak_json_copy(ak_json_get(v, "new"));
	ak_text out = { 0 };

	assert_int_equal(ak_json_set(v, "old", new, NULL), AK_OK);
	assert_int_equal(ak_json_set(v, "new", old, NULL), AK_OK);
	assert_int_equal(ak_jcs_text(v, 1 << 24, &out, NULL), AK_OK);
	return out;
}

#define ZERO "sha256:0000000000000000000000000000000000000000000000000000000000000000"

static void mangled_evidence_is_refused_in_its_place(void **state)
{
	static const struct {
		const char *row, *key, *json;
		ak_status want;
		const char *where;
	} rows[] = {
		{ "another version", "akashi", "[\"consistency/2\"]", AK_UNKNOWN_VERSION, "consistency.akashi" },
		{ "something else", "akashi", "[\"bundle/1\"]", AK_BAD_FORMAT, "consistency.akashi" },
		{ "no old note", "old", NULL, AK_BAD_FORMAT, "consistency.old" },
		{ "a note that is none", "new", "[[\"x\"]]", AK_BAD_FORMAT, "new" },
		{ "a note of numbers", "new", "[[1]]", AK_BAD_FORMAT, "consistency.new" },
		{ "no keysets", "keysets", "[[]]", AK_BAD_FORMAT, "consistency.keysets" },
		{ "keysets of nothing", "keysets", "[[{}]]", AK_BAD_FORMAT, "consistency.keysets" },
		{ "no map", "map", NULL, AK_BAD_FORMAT, "consistency.map" },
		{ "a map of nothing", "map", "[{\"chain\":\"" ZERO "\",\"count\":0,\"siblings\":[]}]", AK_BAD_FORMAT,
		  "consistency.map" },
		{ "another map", "map", "[{\"chain\":\"" ZERO "\",\"count\":1,\"siblings\":[]}]", AK_MAP_MISMATCH,
		  "map-proof.root" },
		{ "no newest header", "last", NULL, AK_BAD_FORMAT, "consistency.last" },
		{ "no proof", "proof", NULL, AK_BAD_FORMAT, "consistency.proof" },
		{ "a proof of words", "proof", "[[\"x\"]]", AK_BAD_FORMAT, "consistency.proof" },
		{ "an empty proof", "proof", "[[]]", AK_BAD_FORMAT, "consistency.length" },
		{ "no way to the head", "to_head", NULL, AK_BAD_FORMAT, "consistency.to_head" },
		{ "a member more", "extra", "[1]", AK_BAD_FORMAT, "consistency" },
		{ "a fork of neither", "fork", "[{\"of\":\"head\",\"proof\":[],\"root\":\"" ZERO "\"}]", AK_BAD_FORMAT,
		  "consistency.fork" },
		{ "a fork beside a proof", "fork", "[{\"of\":\"old\",\"proof\":[],\"root\":\"" ZERO "\"}]", AK_BAD_FORMAT,
		  "consistency" },
	};
	ak_text old, new;
	answer a;
	world w;

	world_branch(*state, &w);
	old = continuity_note_at(&w, 5);
	new = continuity_note_at(&w, 9);
	a = continuity_ask(&w, &old, &new);
	assert_int_equal(a.st, AK_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_text bad = with(&a.evidence, rows[i].key, rows[i].json);

		continuity_refused(rows[i].row, continuity_check(continuity_span_of(&bad), &w.trust), rows[i].want,
				   rows[i].where);
		ak_text_free(&bad);
	}
	{
		static const char *const cut[] = { "proof", "to_head" };
		ak_text bad = swapped(&a.evidence);

		continuity_refused("notes swapped", continuity_check(continuity_span_of(&bad), &w.trust), AK_BAD_FORMAT,
				   "consistency.order");
		ak_text_free(&bad);
		for (size_t i = 0; i < 2; i++) {
			bad = continuity_shortened(&a.evidence, cut[i]);
			continuity_refused(cut[i], continuity_check(continuity_span_of(&bad), &w.trust), AK_BAD_FORMAT,
					   "consistency.length");
			ak_text_free(&bad);
		}
		bad = with(&a.evidence, "head", NULL);
		continuity_refused("the head taken away", continuity_check(continuity_span_of(&bad), &w.trust), AK_BAD_FORMAT,
				   "consistency");
		ak_text_free(&bad);
	}
	continuity_drop(&a);
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
}

/* A fork invented over an honest history. */
static void an_invented_fork_is_refused(void **state)
{
	char member[4096], root[80];
	ak_text old, new, bad, none;
	answer a;
	world w;

	world_branch(*state, &w);
	old = continuity_note_at(&w, 5);
	new = continuity_head_of(&w);
	a = continuity_ask(&w, &old, &new);
	none = with(&a.evidence, "proof", NULL);
	bad = with(&none, "fork", "[{\"of\":\"old\",\"proof\":[],\"root\":\"" ZERO "\"}]");
	continuity_refused("no proof that it forks", continuity_check(continuity_span_of(&bad), &w.trust), AK_BAD_FORMAT,
			   "consistency.length");
	ak_text_free(&bad);
	{
		ak_json *v = continuity_parsed(&a.evidence);
		ak_buf proof;
		ak_span r = ak_json_text(ak_json_pointer(a.report, ak_span_str("/old/root")));

		ak_buf_init(&proof, sizeof(member) / 2);
		assert_int_equal(ak_jcs_write(ak_json_get(v, "proof"), &proof, NULL), AK_OK);
		(void)snprintf(root, sizeof(root), "%.*s", (int)r.len, (const char *)r.data);
		(void)snprintf(member, sizeof(member), "[{\"of\":\"old\",\"proof\":%.*s,\"root\":\"%s\"}]", (int)proof.len,
			       (const char *)proof.data, root);
		ak_buf_clear(&proof);
		ak_json_free(v);
	}
	bad = with(&none, "fork", member);
	continuity_refused("both roots the same", continuity_check(continuity_span_of(&bad), &w.trust), AK_BAD_FORMAT,
			   "consistency.fork");
	ak_text_free(&bad);
	continuity_drop(&a);
	ak_text_free(&none);
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
}

static void no_byte_of_the_evidence_changes_unnoticed(void **state)
{
	ak_text old, new;
	answer a[2];
	world w, v;

	continuity_part(*state, &w, &v);
	old = continuity_note_at(&w, 5);
	new = continuity_head_of(&w);
	a[0] = continuity_ask(&w, &old, &new);
	ak_text_free(&old);
	old = continuity_head_of(&v);
	a[1] = continuity_ask(&w, &old, &new);
	for (size_t k = 0; k < 2; k++) {
		assert_int_equal(a[k].st, AK_OK);
		for (size_t i = 0; i < a[k].evidence.len; i++) {
			answer b;

			a[k].evidence.data[i] = (char)(a[k].evidence.data[i] ^ 1 << i % 7);
			b = continuity_check(continuity_span_of(&a[k].evidence), &w.trust);
			if (b.st == AK_OK)
				fail_msg("byte %zu of evidence %zu may change", i, k);
			if (ak_status_class(b.st) == AK_CLASS_USAGE)
				fail_msg("byte %zu of evidence %zu: %s", i, k, b.err.detail);
			continuity_drop(&b);
			a[k].evidence.data[i] = (char)(a[k].evidence.data[i] ^ 1 << i % 7);
		}
		for (size_t n = 0; n < a[k].evidence.len; n += 1 + n / 16) {
			answer b = continuity_check((ak_span){ (const uint8_t *)a[k].evidence.data, n }, &w.trust);

			assert_int_not_equal(b.st, AK_OK);
			continuity_drop(&b);
		}
		continuity_drop(&a[k]);
	}
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
	world_close(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mangled_evidence_is_refused_in_its_place),
		cmocka_unit_test(an_invented_fork_is_refused),
		cmocka_unit_test(no_byte_of_the_evidence_changes_unnoticed),
	};

	return cmocka_run_group_tests(tests, attack_world_open, attack_world_close);
}
