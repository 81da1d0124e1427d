/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles shown one after the other to a verifier that remembers (FORMAT 22): what it takes in, and what it never believes again. */
#include "continuity.h"
#include "negative.h"

#include "api/api.h"
#include "codec/jcs.h"
#include "codec/note.h"
#include "codec/schema.h"
#include "crypto/hash.h"
#include "model/checkpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { SCHEMA_MAX = 256 * 1024 };

static ak_json *schema;

/* A verifier: what it remembers, and what it said last. */
typedef struct reader {
	ak_text memory;
	const char *lost;
	const ak_span *also;
	size_t n_also;
	ak_json *said;
	ak_error err;
} reader;

static void reader_drop(reader *r)
{
	ak_text_free(&r->memory);
	ak_json_free(r->said);
	*r = (reader){ 0 };
}

static ak_status ask(reader *r, world *w, ak_json *bundle, ak_verdict *verdict)
{
	ak_text packed = negative_packed(bundle), json = { 0 }, now = { 0 };
	const ak_span before = continuity_span_of(&r->memory);
	const ak_verify_options o = { .trust = continuity_span_of(&w->trust), .now = w->now, .as_of = LISTED_ON, .memory = &before,
	                              .new_memory = &now, .memory_lost = r->lost, .also = r->also, .n_also = r->n_also };
	ak_status st = ak_bundle_verify(continuity_span_of(&packed), &o, verdict, &json, &r->err);

	ak_json_free(r->said);
	r->said = NULL;
	if (st == AK_OK)
		r->said = continuity_parsed(&json);
	if (now.data != NULL) {
		ak_text_free(&r->memory);
		r->memory = now;
	}
	ak_text_free(&json);
	ak_text_free(&packed);
	ak_json_free(bundle);
	return st;
}

/* Show a bundle, which is freed; what is said has the published form. */
static void sees(reader *r, world *w, ak_json *bundle, ak_verdict want, const char *reason, const char *outcome)
{
	const char *had = "";
	ak_verdict v = AK_VERDICT_VALID;
	ak_error err = { 0 };

	assert_int_equal(ask(r, w, bundle, &v), AK_OK);
	if (ak_schema_validate(schema, r->said, &err) != AK_OK)
		fail_msg("%s: expected %s, found %s", err.detail, err.expected, err.found);
	if (ak_json_get(r->said, "memory") != NULL)
		had = ak_json_get_str(ak_json_get(r->said, "memory"), "outcome");
	if (v != want || !ak_span_is(ak_json_get_text(r->said, "reason"), reason) || strcmp(had, outcome) != 0)
		fail_msg("%s, %s, %s; not %s, %s, %s", ak_verdict_name(v), ak_json_get_str(r->said, "reason"), had, ak_verdict_name(want), reason,
		         outcome);
}

static size_t kept(const reader *r, const char *list)
{
	ak_json *m = continuity_parsed(&r->memory);
	size_t n = ak_json_len(ak_json_get(m, list));

	ak_json_free(m);
	return n;
}

static bool is_kept(const reader *r)
{
	return ak_json_true(ak_json_get(ak_json_get(r->said, "memory"), "kept"));
}

static bool warned(const reader *r, const char *id)
{
	const ak_json *list = ak_json_get(r->said, "warnings");

	for (size_t i = 0; i < ak_json_len(list); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(list, i), "id"), id))
			return true;
	}
	return false;
}

/* A bundle whose head the operator's own key signed over a root and a size that nothing leads to. */
static ak_json *garbage(world *w, uint64_t size)
{
	ak_json *v = negative_bundle(w, 0), *lines = ak_json_new_array();
	ak_checkpoint c = { .size = size };
	uint8_t raw[32], id[4];
	char *at, *end;
	ak_buf text, sig;
	ak_text head = continuity_head_of(w);
	ak_note n;

	assert_int_equal(ak_note_parse(continuity_span_of(&head), &n, NULL), AK_OK);
	assert_int_equal(ak_checkpoint_parse(n.text, &c, NULL), AK_OK);
	c.size = size;
	memset(c.root.b, 0x11, sizeof(c.root.b));
	ak_buf_init(&text, AK_NOTE_MAX);
	ak_buf_init(&sig, 64);
	assert_int_equal(ak_checkpoint_format(&c, &text, NULL), AK_OK);
	negative_sign(w->op, ak_buf_span(&text), &sig);
	assert_true(ak_pubkey_raw_ed25519(ak_seckey_public(w->op->key), raw));
	ak_note_key_id(ak_span_str(c.origin), AK_NOTE_ED25519, raw, ak_sha256, id);
	assert_int_equal(ak_buf_add_byte(&text, '\n', NULL), AK_OK);
	assert_int_equal(ak_note_line_format(ak_span_str(c.origin), id, ak_buf_span(&sig), &text, NULL), AK_OK);
	assert_int_equal(ak_buf_add_byte(&text, '\0', NULL), AK_OK);
	for (at = (char *)text.data; (end = strchr(at, '\n')) != NULL; at = end + 1)
		assert_int_equal(ak_json_add(lines, ak_json_new_text((ak_span){ (const uint8_t *)at, (size_t)(end - at) }), NULL), AK_OK);
	negative_put(v, "/checkpoint", lines);
	negative_put(v, "/last/seq", ak_json_new_int((int64_t)size - 1));
	ak_text_free(&head);
	ak_buf_clear(&text);
	ak_buf_clear(&sig);
	return v;
}

/* ---- what is taken in ------------------------------------------------------------------------------------------------ */

static void a_signed_head_whose_proofs_do_not_hold_is_not_remembered(void **state)
{
	reader r = { 0 };
	ak_text before;
	world w;

	world_branch(*state, &w);
	sees(&r, &w, garbage(&w, 9999999999), AK_VERDICT_INVALID, "tampered", "");
	assert_null(r.memory.data);
	sees(&r, &w, negative_bundle(&w, 0), AK_VERDICT_VALID, "", "first");
	before = attack_copy(&r.memory);
	/* Neither does it make the genuine one old, nor convict anybody. */
	sees(&r, &w, garbage(&w, 9999999999), AK_VERDICT_INVALID, "tampered", "");
	sees(&r, &w, garbage(&w, attack_size(&w)), AK_VERDICT_INVALID, "tampered", "");
	assert_int_equal(before.len, r.memory.len);
	assert_memory_equal(before.data, r.memory.data, before.len);
	sees(&r, &w, negative_bundle(&w, 0), AK_VERDICT_VALID, "", "same");
	ak_text_free(&before);
	reader_drop(&r);
	world_close(&w);
}

/* Without the last subject's proof the keys may not be all there are. */
static void a_bundle_that_lacks_something_is_not_remembered(void **state)
{
	reader r = { 0 };
	ak_json *v, *subjects, *less = ak_json_new_array();
	world w;

	world_branch(*state, &w);
	v = negative_bundle(&w, 0);
	subjects = negative_at(v, "/subjects");
	for (size_t i = 0; i < ak_json_len(subjects); i++) {
		if (!ak_span_is(ak_json_get_text(ak_json_at(subjects, i), "id"), "akashi/keyset"))
			assert_int_equal(ak_json_add(less, ak_json_copy(ak_json_at(subjects, i)), NULL), AK_OK);
	}
	assert_int_equal(ak_json_len(less) + 1, ak_json_len(subjects));
	negative_put(v, "/subjects", less);
	ak_json_free(subjects);
	sees(&r, &w, v, AK_VERDICT_UNVERIFIABLE, "completeness", "");
	assert_null(r.memory.data);
	reader_drop(&r);
	world_close(&w);
}

/* ---- what is not believed again -------------------------------------------------------------------------------------- */

static void what_was_seen_newer_makes_the_older_stale_connected_or_not(void **state)
{
	uint64_t size;
	reader r = { 0 };
	world w, later;

	world_branch(*state, &w);
	world_branch(&w, &later);
	size = attack_size(&w);
	continuity_add_decision(&later, DECIDED("2026-05-20"));
	sees(&r, &w, negative_bundle(&w, 0), AK_VERDICT_VALID, "", "first");
	sees(&r, &w, negative_bundle(&later, 0), AK_VERDICT_VALID, "", "unconnected");
	assert_true(warned(&r, "memory-unconnected"));
	sees(&r, &w, negative_bundle(&w, 0), AK_VERDICT_UNVERIFIABLE, "stale", "older");
	sees(&r, &w, negative_bundle(&later, size), AK_VERDICT_VALID, "", "grown");
	sees(&r, &w, negative_bundle(&w, 0), AK_VERDICT_UNVERIFIABLE, "stale", "older");
	reader_drop(&r);
	world_close(&w);
	world_close(&later);
}

static void of_two_signed_histories_neither_is_valid(void **state)
{
	uint64_t size;
	reader r = { 0 };
	world a, b;

	continuity_part(*state, &a, &b);
	size = attack_size(&a);
	sees(&r, &a, negative_bundle(&a, 0), AK_VERDICT_VALID, "", "first");
	sees(&r, &a, negative_bundle(&b, 0), AK_VERDICT_INVALID, "fork", "fork");
	assert_true(is_kept(&r));
	sees(&r, &a, negative_bundle(&a, 0), AK_VERDICT_UNVERIFIABLE, "fork", "convicted");
	continuity_add_decision(&a, DECIDED("2026-05-21"));
	sees(&r, &a, negative_bundle(&a, size), AK_VERDICT_UNVERIFIABLE, "fork", "convicted");
	sees(&r, &a, negative_bundle(&b, 0), AK_VERDICT_INVALID, "fork", "fork");
	assert_int_equal(kept(&r, "forks"), 1);
	/* Whoever takes the memory away begins anew. */
	reader_drop(&r);
	sees(&r, &a, negative_bundle(&b, 0), AK_VERDICT_VALID, "", "first");
	reader_drop(&r);
	world_close(&a);
	world_close(&b);
}

/* The other history's own proof from that size on is true, and shows that the head seen was never part of it: as good as a fork. */
static void a_true_proof_of_another_history_is_kept(void **state)
{
	uint64_t size;
	reader r = { 0 };
	world a, b;

	continuity_part(*state, &a, &b);
	size = attack_size(&a);
	sees(&r, &a, negative_bundle(&a, 0), AK_VERDICT_VALID, "", "first");
	continuity_add_decision(&b, DECIDED("2026-05-21"));
	sees(&r, &a, negative_bundle(&b, size), AK_VERDICT_INVALID, "tampered", "broken");
	assert_true(is_kept(&r));
	assert_int_equal(kept(&r, "forks"), 1);
	sees(&r, &a, negative_bundle(&a, 0), AK_VERDICT_UNVERIFIABLE, "fork", "convicted");
	sees(&r, &a, negative_bundle(&b, size), AK_VERDICT_INVALID, "tampered", "broken");
	assert_int_equal(kept(&r, "forks"), 1);
	reader_drop(&r);
	world_close(&a);
	world_close(&b);
}

/* ---- a memory that cannot be used ------------------------------------------------------------------------------------ */

static void what_cannot_be_read_or_written_is_said(void **state)
{
	static const char damaged[] = "{\"akashi\":\"memory/1\"";
	reader r = { 0 };
	world a, b;

	continuity_part(*state, &a, &b);
	sees(&r, &a, negative_bundle(&a, 0), AK_VERDICT_VALID, "", "first");
	assert_false(warned(&r, "memory-lost"));
	r.lost = "the disk is full";
	sees(&r, &a, negative_bundle(&a, 0), AK_VERDICT_VALID, "", "same");
	assert_false(warned(&r, "memory-lost")); /* nothing was to be written */
	sees(&r, &a, negative_bundle(&b, 0), AK_VERDICT_INVALID, "fork", "fork");
	assert_true(warned(&r, "memory-lost"));
	assert_false(is_kept(&r));
	r.lost = NULL;
	ak_text_free(&r.memory);
	r.memory = attack_copy(&(ak_text){ (char *)(uintptr_t)damaged, sizeof(damaged) - 1 });
	sees(&r, &a, negative_bundle(&a, 0), AK_VERDICT_VALID, "", "");
	assert_true(warned(&r, "memory-lost"));
	assert_int_equal(r.memory.len, sizeof(damaged) - 1);
	reader_drop(&r);
	world_close(&a);
	world_close(&b);
}

static void without_a_memory_that_was_wanted_the_verdict_warns(void **state)
{
	ak_json *v, *said;
	ak_text packed, json = { 0 };
	ak_verdict verdict = AK_VERDICT_INVALID;
	reader r = { 0 };
	world w;

	world_branch(*state, &w);
	v = negative_bundle(&w, 0);
	packed = negative_packed(v);
	assert_int_equal(ak_bundle_verify(continuity_span_of(&packed),
	                                  &(ak_verify_options){ .trust = continuity_span_of(&w.trust), .now = w.now, .as_of = LISTED_ON,
	                                                        .memory_lost = "no permission" }, &verdict, &json, NULL), AK_OK);
	assert_int_equal(verdict, AK_VERDICT_VALID);
	said = continuity_parsed(&json);
	r.said = said;
	assert_int_equal(ak_schema_validate(schema, said, NULL), AK_OK);
	assert_true(warned(&r, "memory-lost"));
	assert_null(ak_json_get(said, "memory"));
	reader_drop(&r);
	ak_text_free(&packed);
	ak_text_free(&json);
	ak_json_free(v);
	world_close(&w);
}

/* ---- who is blamed ---------------------------------------------------------------------------------------------------- */

static void an_unsealed_record_that_is_none_is_named_by_its_place(void **state)
{
	ak_text good = negative_envelope(*state);
	const ak_span also[] = { continuity_span_of(&good), ak_span_str("{}") };
	reader r = { .also = also, .n_also = 2 };
	ak_verdict v = AK_VERDICT_VALID;
	world w;

	world_branch(*state, &w);
	assert_int_equal(ask(&r, &w, negative_bundle(&w, 0), &v), AK_BAD_FORMAT);
	assert_string_equal(r.err.where, "also");
	assert_int_equal(r.err.at, 1);
	assert_null(r.memory.data);
	ak_text_free(&good);
	reader_drop(&r);
	world_close(&w);
}

static int open_all(void **state)
{
	static char text[SCHEMA_MAX];
	FILE *f = fopen(AK_SOURCE_DIR "/schemas/verdict.schema.json", "rb");
	size_t n;

	if (f == NULL)
		return -1;
	n = fread(text, 1, sizeof(text), f);
	(void)fclose(f);
	if (n == sizeof(text) || ak_json_parse((ak_span){ (const uint8_t *)text, n }, &schema, NULL) != AK_OK)
		return -1;
	return attack_world_open(state);
}

static int close_all(void **state)
{
	ak_json_free(schema);
	return attack_world_close(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signed_head_whose_proofs_do_not_hold_is_not_remembered),
		cmocka_unit_test(a_bundle_that_lacks_something_is_not_remembered),
		cmocka_unit_test(what_was_seen_newer_makes_the_older_stale_connected_or_not),
		cmocka_unit_test(of_two_signed_histories_neither_is_valid),
		cmocka_unit_test(a_true_proof_of_another_history_is_kept),
		cmocka_unit_test(what_cannot_be_read_or_written_is_said),
		cmocka_unit_test(without_a_memory_that_was_wanted_the_verdict_warns),
		cmocka_unit_test(an_unsealed_record_that_is_none_is_named_by_its_place),
	};

	return cmocka_run_group_tests_name("heads_seen", tests, open_all, close_all);
}
