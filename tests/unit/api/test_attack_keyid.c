/* SPDX-License-Identifier: Apache-2.0 */
/* At the door a keyid is a hint that decides nothing; in a sealed line 3 a signature is under the id of the key that made it, or
 * it is skipped, whoever reads (FORMAT 6.3, 6.4). */
#include "attack.h"
#include "negative.h"
#include "rotation.h"
#include "watcher.h"

#include "api/api.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOBODY "sha256:0000000000000000000000000000000000000000000000000000000000000000"
#define DELETION(reason) "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"架空の理由" reason "\"}"
#define DECISION \
	"{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"deferred\",\"decided_on\":\"2026-05-18\",\"meeting\":\"第23回\"}"

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

static ak_text draft(world *w, const char *type, const char *body)
{
	return world_draft(w, "ismap", type, NULL, body, NULL);
}

/* What k signed goes by another keyid. */
static ak_text misnamed(ak_text e, const ak_secret *k, const char *keyid)
{
	char own[72];

	attack_keyid(k, own);
	return negative_replaced(e, own, keyid);
}

/* ---- sealed ------------------------------------------------------------------------------------------------------ */

/* The reader that shares no code with this library. */
static bool void_to_second_reader(const world *w, uint64_t seq)
{
	char cmd[600], word[40];
	ak_json *v = NULL;
	ak_buf out;
	FILE *f;
	int c;
	bool found = false;

	(void)snprintf(cmd, sizeof(cmd), "python3 %s/tests/interop/reader.py --json %s", AK_SOURCE_DIR, w->ledger);
	ak_buf_init(&out, 1 << 22);
	f = popen(cmd, "r");
	assert_non_null(f);
	while ((c = fgetc(f)) != EOF)
		assert_int_equal(ak_buf_add_byte(&out, (uint8_t)c, NULL), AK_OK);
	assert_int_equal(pclose(f), 0); /* sound */
	assert_int_equal(ak_json_parse(ak_buf_span(&out), &v, NULL), AK_OK);
	(void)snprintf(word, sizeof(word), "/records/%llu/authorised", (unsigned long long)seq);
	assert_true(ak_json_is(ak_json_pointer(v, ak_span_str(word)), AK_JSON_BOOL));
	found = !ak_json_true(ak_json_pointer(v, ak_span_str(word)));
	ak_json_free(v);
	ak_buf_clear(&out);
	return found;
}

static void bundle_says_what_the_ledger_says(world *w)
{
	const ak_verify_options o = { .listing = LISTING, .trust = span_of(&w->trust), .as_of = LISTED_ON, .now = w->now };
	ak_text bundle = { 0 }, a = { 0 }, b = { 0 };
	ak_verdict v = AK_VERDICT_VALID, u = AK_VERDICT_INVALID;

	assert_int_equal(ak_ledger_bundle(w->l, "ismap", LISTING, 0, false, &bundle, NULL), AK_OK);
	assert_int_equal(ak_ledger_verify(w->l, &o, &v, &a, NULL), AK_OK);
	assert_int_equal(ak_bundle_verify(span_of(&bundle), &o, &u, &b, NULL), AK_OK);
	assert_int_equal(u, v);
	assert_string_equal(b.data, a.data);
	ak_text_free(&bundle);
	ak_text_free(&a);
	ak_text_free(&b);
}

static void is_void_to_all(world *w, watcher *a, ak_text e, bool about_the_listing)
{
	uint64_t seq = attack_forge(w, e);
	ak_text line;

	attack_is_void(w, seq, AK_NOT_AUTHORISED);
	attack_verdict(w, 0, AK_VERDICT_VALID, "");
	if (about_the_listing)
		attack_warned(w, "void-record");
	bundle_says_what_the_ledger_says(w);
	line = watcher_signs(a, w, 60, NULL);
	ak_text_free(&line);
	assert_true(void_to_second_reader(w, seq));
}

/* Three have signed, one of them by another name. */
static void a_sealed_signature_is_under_its_own_keys_id(void **state)
{
	char member[72], other[72];
	ak_secret *const *three;
	watcher a;
	world w;

	world_branch(*state, &w);
	watcher_open(&a, &w, world_new_key("ed25519"));
	three = world_signers(&w, "deletion");
	attack_keyid(w.committee[4], member);
	attack_keyid(w.ops, other);
	is_void_to_all(&w, &a, misnamed(world_sign(draft(&w, "deletion", DELETION("1")), three), three[1], NOBODY), true);
	is_void_to_all(&w, &a, misnamed(world_sign(draft(&w, "deletion", DELETION("2")), three), three[0], member), true);
	is_void_to_all(&w, &a, misnamed(world_sign(draft(&w, "deletion", DELETION("3")), three), three[2], other), true);
	attack_is_sound(&w, 3);
	/* Nothing else was wrong with them. */
	(void)attack_forge(&w, world_sign(draft(&w, "deletion", DELETION("4")), three));
	attack_is_sound(&w, 3);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	bundle_says_what_the_ledger_says(&w);
	watcher_close(&a);
	world_close(&w);
}

/* Keys that a record brings in, and the keyset before it, are tried on their own entries only: the operator stays the one before,
 * who alone signs the heads that follow. */
static void a_new_key_signs_under_its_own_id(void **state)
{
	ak_secret *op = world_new_key("ed25519"), *keys[] = { 0, 0, op, 0, NULL }, *own[] = { op, NULL };
	char body[4096], member[900];
	rotation r;
	watcher a;
	world w;

	world_branch(*state, &w);
	watcher_open(&a, &w, world_new_key("ed25519"));
	keys[0] = w.root[0], keys[1] = w.root[1], keys[3] = w.heartbeat;
	r = rotation_of(&w);
	r.op = op;
	is_void_to_all(&w, &a, misnamed(rotation_signed(&w, &r, keys), op, NOBODY), false);
	r.issued = "2026-05-01";
	is_void_to_all(&w, &a, misnamed(rotation_signed(&w, &r, keys), w.root[1], NOBODY), false);
	/* The same of a party's key. */
	world_key_json(op, member, sizeof(member));
	negative_member(body, "committee", "m6", member);
	is_void_to_all(&w, &a, misnamed(attack_party(&w, body, own), op, NOBODY), false);
	attack_is_sound(&w, 3);
	ak_secret_free(&op);
	watcher_close(&a);
	world_close(&w);
}

/* ---- at the door --------------------------------------------------------------------------------------------------- */

/* The sealed record carries n signatures, one of them by k, and none is skipped. */
static void is_sealed_under(world *w, uint64_t seq, const ak_secret *k, size_t n)
{
	ak_text e = attack_unseal(w, seq);
	ak_json *v = NULL, *report = NULL;
	const ak_json *list;
	bool found = false;
	char keyid[72];

	attack_keyid(k, keyid);
	assert_int_equal(ak_json_parse(span_of(&e), &v, NULL), AK_OK);
	list = ak_json_get(v, "signatures");
	assert_int_equal(ak_json_len(list), n);
	for (size_t i = 0; i < n; i++)
		found = found || ak_span_is(ak_json_get_text(ak_json_at(list, i), "keyid"), keyid);
	assert_true(found);
	attack_is_sound(w, 0);
	assert_true(world_audit(w, &report));
	assert_int_equal(ak_json_len(ak_json_get(report, "skipped")), 0);
	ak_json_free(report);
	ak_json_free(v);
	ak_text_free(&e);
}

static void would_seal(world *w, const ak_text *e)
{
	ak_text json = { 0 };
	ak_json *v = NULL;

	assert_int_equal(ak_ledger_check(w->l, span_of(e), w->now, &json, NULL), AK_OK);
	assert_int_equal(ak_json_parse(span_of(&json), &v, NULL), AK_OK);
	assert_true(ak_json_true(ak_json_get(v, "would_seal")));
	ak_json_free(v);
	ak_text_free(&json);
}

static void a_keyid_is_a_hint_at_the_door(void **state)
{
	char stranger[72], ops[72];
	ak_text e;
	world w;

	world_branch(*state, &w);
	attack_keyid(w.stranger, stranger);
	attack_keyid(w.ops, ops);
	/* One of three, under the id of nobody this ledger knows. */
	e = misnamed(world_sign(draft(&w, "decision", DECISION), world_signers(&w, "decision")), world_signers(&w, "decision")[2], stranger);
	would_seal(&w, &e);
	is_sealed_under(&w, world_seal(&w, e), world_signers(&w, "decision")[2], 3);
	/* The only one, which no other signature leads to: by nobody's name, and by that of another party. */
	e = misnamed(world_sign(draft(&w, "application", NEGATIVE_APPLICATION), world_signers(&w, "application")), w.provider, NOBODY);
	would_seal(&w, &e);
	is_sealed_under(&w, world_seal(&w, e), w.provider, 1);
	e = misnamed(world_sign(draft(&w, "application", NEGATIVE_APPLICATION), world_signers(&w, "application")), w.provider, ops);
	is_sealed_under(&w, world_seal(&w, e), w.provider, 1);
	world_close(&w);
}

/* A key that is being enrolled; and one that a record before it in the same seal has enrolled, also after all of the ledger had to
 * be asked for another. */
static void a_key_that_is_new_is_found_at_the_door(void **state)
{
	ak_secret *k = world_new_key("p256"), *own[] = { k, NULL }, *three[] = { 0, 0, k, NULL };
	char key[400], body[NEGATIVE_BODY];
	ak_text e[3], json = { 0 };
	ak_span in[3];
	ak_error err = { 0 };
	size_t failed;
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	three[0] = w.committee[0], three[1] = w.committee[1];
	world_key_json(k, key, sizeof(key));
	negative_member(body, "committee", "m6", key);
	e[0] = misnamed(attack_party(&w, body, own), k, NOBODY);
	e[1] = misnamed(world_sign(draft(&w, "application", NEGATIVE_APPLICATION), world_signers(&w, "application")), w.provider, NOBODY);
	e[2] = misnamed(world_sign(draft(&w, "decision", DECISION), three), k, NOBODY);
	for (size_t i = 0; i < 3; i++)
		in[i] = span_of(&e[i]);
	seq = attack_size(&w);
	if (ak_ledger_seal(w.l, in, 3, &(ak_seal_options){ .operator_key = w.op, .state_path = w.state, .now = w.now += 60 }, &json, &failed,
	                   &err) != AK_OK)
		fail_msg("%zu: %s at %s: %s", failed, ak_status_name(err.status), err.where, err.detail);
	is_sealed_under(&w, seq, k, 3);
	is_sealed_under(&w, seq + 1, w.provider, 1);
	is_sealed_under(&w, seq + 2, k, 3);
	for (size_t i = 0; i < 3; i++)
		ak_text_free(&e[i]);
	ak_text_free(&json);
	ak_secret_free(&k);
	world_close(&w);
}

/* However many names one key's signature goes by, it is one: it is sealed once, and counts once. */
static void two_names_of_one_key_become_one(void **state)
{
	ak_secret *two[] = { 0, 0, NULL };
	char keyid[72];
	ak_text e;
	ak_buf sig;
	world w;

	world_branch(*state, &w);
	two[0] = w.committee[0], two[1] = w.committee[1];
	attack_keyid(w.committee[2], keyid);
	e = world_sign(draft(&w, "decision", DECISION), two);
	negative_signature(&e, 0, &sig);
	e = attack_add_signature(e, keyid, sig.data, sig.len);
	assert_non_null(strstr(attack_refused(&w, attack_copy(&e), AK_NOT_AUTHORISED, "signatures").detail, "has 2"));
	attack_is_void(&w, attack_forge(&w, e), AK_NOT_AUTHORISED);
	world_close(&w);

	world_branch(*state, &w);
	ak_buf_clear(&sig);
	e = world_sign(draft(&w, "decision", DECISION), world_signers(&w, "decision"));
	negative_signature(&e, 0, &sig);
	is_sealed_under(&w, world_seal(&w, attack_add_signature(e, NOBODY, sig.data, sig.len)), world_signers(&w, "decision")[0], 3);
	ak_buf_clear(&sig);
	world_close(&w);
}

static void a_key_signs_once_whatever_its_signature_goes_by(void **state)
{
	static const uint8_t junk[64] = { 7 };
	ak_text in, out = { 0 };
	ak_error err;
	char keyid[72];
	world w;

	world_branch(*state, &w);
	attack_keyid(w.provider, keyid);
	in = misnamed(world_sign(draft(&w, "application", NEGATIVE_APPLICATION), world_signers(&w, "application")), w.provider, NOBODY);
	assert_int_equal(ak_exchange_sign(span_of(&in), (ak_span){ 0 }, w.provider, &out, &err), AK_KEY_REUSED);
	assert_string_equal(err.where, "dsse.signatures");
	/* What is not by this key does not speak for it. */
	in = attack_add_signature(in, keyid, junk, sizeof(junk));
	assert_int_equal(ak_exchange_sign(span_of(&in), (ak_span){ 0 }, w.provider, &out, &err), AK_KEY_REUSED);
	ak_text_free(&in);
	in = draft(&w, "application", NEGATIVE_APPLICATION);
	in = attack_add_signature(world_sign(in, (ak_secret *[]){ w.stranger, NULL }), keyid, junk, sizeof(junk));
	assert_int_equal(ak_exchange_sign(span_of(&in), (ak_span){ 0 }, w.provider, &out, &err), AK_BAD_SIGNATURE);
	assert_string_equal(err.where, "dsse.signatures");
	assert_int_equal(err.at, 1);
	ak_text_free(&in);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sealed_signature_is_under_its_own_keys_id),
		cmocka_unit_test(a_new_key_signs_under_its_own_id),
		cmocka_unit_test(a_keyid_is_a_hint_at_the_door),
		cmocka_unit_test(a_key_that_is_new_is_found_at_the_door),
		cmocka_unit_test(two_names_of_one_key_become_one),
		cmocka_unit_test(a_key_signs_once_whatever_its_signature_goes_by),
	};

	return cmocka_run_group_tests_name("attack: keyid", tests, attack_world_open, attack_world_close);
}
