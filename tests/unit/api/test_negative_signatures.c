/* SPDX-License-Identifier: Apache-2.0 */
/* Negative tests N06 to N15: whose signatures count, and how often. */
#include "negative.h"
#include "rotation.h"

#include "api/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

static ak_text by_two(world *w)
{
	ak_secret *two[] = { w->committee[0], w->committee[1], NULL };

	return world_sign(negative_draft(w), two);
}

/* Two of three, and the first of them once more under the keyid of a. */
static void same_signature_twice(world *w, const negative *row)
{
	ak_text e = by_two(w);
	char keyid[72];
	ak_buf sig;

	negative_signature(&e, 0, &sig);
	attack_keyid(strcmp(row->a, "its own") == 0 ? w->committee[0] : w->committee[2], keyid);
	e = attack_add_signature(e, keyid, sig.data, sig.len);
	ak_buf_clear(&sig);
	if (row->status == AK_BAD_FORMAT)
		(void)attack_refused(w, e, row->status, row->where);
	else
		negative_void(w, e, row->status, row->where);
}

/* n - s of an ECDSA signature over P-256 is as good as s. */
static size_t twin(const ak_buf *sig, uint8_t out[80])
{
	static const uint8_t n[32] = { 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
		                       0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51 };
	size_t r = sig->data[3], len = sig->data[5 + r], first = 0, at = 4 + r;
	uint8_t s[33] = { 0 };
	int borrow = 0;

	assert_true(len <= 33 && sig->len == 6 + r + len);
	memcpy(s + 33 - len, sig->data + 6 + r, len);
	for (size_t i = 32; i > 0; i--) {
		int d = n[i - 1] - s[i] - borrow;

		borrow = d < 0;
		s[i] = (uint8_t)(d + (borrow ? 256 : 0));
	}
	while (first < 32 && s[first] == 0 && s[first + 1] < 0x80)
		first++;
	memcpy(out, sig->data, at);
	out[at++] = 2;
	out[at++] = (uint8_t)(33 - first);
	memcpy(out + at, s + first, 33 - first);
	at += 33 - first;
	out[1] = (uint8_t)(at - 2);
	return at;
}

/* A member with a P-256 key, one other, and a second signature by the first: a fresh one, or its twin. */
static void two_signatures_of_one_key(world *w, const negative *row)
{
	ak_secret *k = world_new_key("p256"), *keys[] = { w->committee[0], k, NULL };
	char keyid[72];
	uint8_t second[80];
	size_t len;
	ak_text e;
	ak_buf payload, sig;
	ak_error err;

	negative_enrol(w, "committee", "m6", k);
	e = world_sign(negative_draft(w), keys);
	negative_payload(&e, &payload);
	negative_sign(k, ak_buf_span(&payload), &sig);
	assert_true(sig.len <= sizeof(second));
	memcpy(second, sig.data, len = sig.len);
	if (strcmp(row->a, "twin") == 0)
		len = twin(&sig, second);
	attack_keyid(w->committee[4], keyid);
	e = attack_add_signature(e, keyid, second, len);
	err = attack_refused(w, attack_copy(&e), row->status, row->where);
	assert_non_null(strstr(err.detail, "has 2"));
	negative_void(w, e, row->status, row->where);
	/* The second alone is a signature like any other. */
	e = negative_envelope(w);
	ak_text_free(&e);
	keys[1] = w->committee[1];
	e = world_sign(negative_draft(w), keys);
	ak_buf_clear(&payload);
	negative_payload(&e, &payload);
	ak_buf_clear(&sig);
	negative_sign(k, ak_buf_span(&payload), &sig);
	memcpy(second, sig.data, len = sig.len);
	if (strcmp(row->a, "twin") == 0)
		len = twin(&sig, second);
	(void)world_seal(w, attack_add_signature(e, keyid, second, len));
	ak_buf_clear(&payload);
	ak_buf_clear(&sig);
	ak_secret_free(&k);
}

static void enrolment(world *w, const char *keys, ak_secret *owner, const negative *row)
{
	ak_secret *own[] = { owner, NULL };
	char body[NEGATIVE_BODY];

	negative_member(body, "committee", "m6", keys);
	negative_void(w, attack_party(w, body, own), row->status, row->where);
}

/* The key of a member once more: as a second keyid, as itself, in another encoding. */
static void one_key_registered_twice(world *w, const negative *row)
{
	static const uint8_t rsa[] = { 0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
		                       0x03, 0x82, 0x01, 0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00 };
	ak_secret *k = world_new_key(strcmp(row->a, "compressed") == 0 ? "p256" : "ed25519");
	ak_span spki = ak_pubkey_spki(ak_seckey_public(k->key));
	uint8_t der[512] = { 0 };
	char key[900];

	memcpy(der, spki.data, spki.len);
	if (strcmp(row->a, "keyid") == 0) {
		world_key_json(k, key, sizeof(key));
		key[7] = key[7] == '0' ? '1' : '0';
	} else if (strcmp(row->a, "raw") == 0) {
		negative_key(spki.data + 12, 32, key, sizeof(key));
	} else if (strcmp(row->a, "pss") == 0) {
		memcpy(der, rsa, sizeof(rsa));
		der[16] = 0x0a; /* rsaEncryption made id-RSASSA-PSS */
		memset(der + sizeof(rsa), 0xa5, 256);
		memcpy(der + sizeof(rsa) + 256, "\x02\x03\x01\x00\x01", 5);
		negative_key(der, sizeof(rsa) + 261, key, sizeof(key));
	} else {
		der[1] = 0x39;
		der[24] = 0x22;
		der[26] = 0x02 | (spki.data[90] & 1);
		negative_key(der, 59, key, sizeof(key));
	}
	negative_enrol(w, "committee", "m7", k);
	enrolment(w, key, k, row);
	ak_secret_free(&k);
}

static void one_key_for_two_members(world *w, const negative *row)
{
	char key[400];

	world_key_json(w->committee[0], key, sizeof(key));
	enrolment(w, key, w->committee[0], row);
}

/* In the keyset, in a group of the trust file, in a policy of a profile. */
static void threshold(world *w, const negative *row)
{
	const edit edits[] = { { "/predicate/body/threshold", row->a }, { "/predicate/body/number", "2" }, { NULL, NULL } };
	ak_secret *keys[] = { w->root[0], w->root[1], w->root[2], w->op, w->heartbeat, NULL };
	const rotation r = rotation_of(w);
	char line[300];
	ak_text vkey = { 0 }, json = { 0 }, trust;
	ak_error err = { 0 };

	(void)attack_refused(w, attack_edited(rotation_draft(w, &r), edits, keys), row->status, row->where);

	assert_int_equal(ak_witness_key(w->stranger, "w.example/1", &vkey, NULL), AK_OK);
	(void)snprintf(line, sizeof(line), "witness w1 %s\ngroup g%s%s w1\nquorum g\n", vkey.data, row->b[0] == '\0' ? "" : " ", row->b);
	trust = negative_replaced(attack_copy(&w->trust), "quorum none\n", line);
	assert_int_equal(ak_trust_describe(span_of(&trust), &json, &err), AK_BAD_FORMAT);
	assert_string_equal(err.where, "trust.group");
	ak_text_free(&trust);
	ak_text_free(&vkey);
}

/* Five may sign, two did: the refusal says who counted and what is needed. */
static void more_allowed_than_signed(world *w, const negative *row)
{
	ak_json *v = NULL;
	ak_text json = { 0 }, e = by_two(w);
	int64_t n = -1;
	ak_error err = attack_refused(w, attack_copy(&e), row->status, row->where);

	assert_non_null(strstr(err.detail, "needs 3 of 5"));
	assert_non_null(strstr(err.detail, "has 2"));
	assert_int_equal(ak_ledger_check(w->l, span_of(&e), w->now, &json, NULL), AK_OK);
	assert_int_equal(ak_json_parse(span_of(&json), &v, NULL), AK_OK);
	assert_true(ak_json_int(ak_json_pointer(v, ak_span_str("/signatures/counted")), &n));
	assert_int_equal(n, 2);
	ak_json_free(v);
	ak_text_free(&json);
	negative_void(w, e, row->status, row->where);
}

/* Whoever seals refuses it, whoever reads passes over it and counts the good one. */
static void first_is_bad_second_is_good(world *w, const negative *row)
{
	static const uint8_t junk[64] = { 1 };
	ak_text e = world_sign(world_draft(w, "ismap", "application", NULL, NEGATIVE_APPLICATION, NULL), world_signers(w, "application"));
	uint64_t seq;
	int64_t at = -1;
	ak_json *report = NULL;

	e = attack_add_signature(e, "sha256:0000000000000000000000000000000000000000000000000000000000000000", junk, sizeof(junk));
	(void)attack_refused(w, attack_copy(&e), row->status, row->where);
	seq = attack_forge(w, e);
	assert_true(world_audit(w, &report));
	assert_int_equal(ak_json_len(ak_json_get(report, "void")), 0);
	assert_true(ak_json_int(ak_json_pointer(report, ak_span_str("/skipped/0/seq")), &at));
	assert_int_equal(at, seq);
	ak_json_free(report);
}

/* The third signature goes by the keyid of another; nobody's is needed. */
static void keyid_of_another(world *w, const negative *row)
{
	ak_text e = by_two(w);
	char keyid[72];
	ak_buf payload, sig;

	negative_payload(&e, &payload);
	negative_sign(w->committee[2], ak_buf_span(&payload), &sig);
	attack_keyid(w->committee[3], keyid);
	(void)world_seal(w, attack_add_signature(e, keyid, sig.data, sig.len));
	attack_is_sound(w, 0);
	ak_buf_clear(&payload);
	ak_buf_clear(&sig);
	(void)row;
}

static void no_signature(world *w, const negative *row)
{
	static const edit none[] = { { NULL, NULL } };
	ak_secret *nobody[] = { NULL };

	(void)attack_refused(w, attack_edited(negative_draft(w), none, nobody), row->status, row->where);
}

static const negative rows[] = {
	{ "N06_signature_listed_twice", same_signature_twice, "its own", NULL, AK_BAD_FORMAT, "signatures.signatures", NULL, NULL },
	{ "N06_signature_listed_twice_under_another_keyid", same_signature_twice, "another", NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N07_one_key_with_a_fresh_nonce", two_signatures_of_one_key, "fresh", NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N07_one_key_with_n_minus_s", two_signatures_of_one_key, "twin", NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N08_one_key_under_two_keyids", one_key_registered_twice, "keyid", NULL, AK_BAD_FORMAT, "key.id", NULL, NULL },
	{ "N08_one_key_for_two_members", one_key_for_two_members, NULL, NULL, AK_KEY_REUSED, "party.key", NULL, NULL },
	{ "N09a_key_as_raw_bytes", one_key_registered_twice, "raw", NULL, AK_BAD_FORMAT, "key.spki", NULL, NULL },
	{ "N09b_rsa_key_of_another_scheme", one_key_registered_twice, "pss", NULL, AK_WEAK_KEY, "key.spki", NULL, NULL },
	{ "N09c_ec_key_compressed", one_key_registered_twice, "compressed", NULL, AK_BAD_FORMAT, "key.spki", NULL, NULL },
	{ "N10a_threshold_zero", threshold, "0", "0", AK_SCHEMA, "schema.minimum", NULL, NULL },
	{ "N10b_threshold_negative", threshold, "-1", "-1", AK_SCHEMA, "schema.minimum", NULL, NULL },
	{ "N10c_threshold_above_n", threshold, "4", "2", AK_SCHEMA, "keyset.threshold", NULL, NULL },
	{ "N10d_threshold_missing", threshold, NULL, "", AK_SCHEMA, "schema.required", NULL, NULL },
	{ "N11_more_allowed_than_signed", more_allowed_than_signed, NULL, NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N12_first_is_bad_second_is_good", first_is_bad_second_is_good, NULL, NULL, AK_BAD_SIGNATURE, "signatures", NULL, NULL },
	{ "N13_keyid_of_another", keyid_of_another, NULL, NULL, AK_OK, NULL, NULL, NULL },
	{ "N15a_no_signature", no_signature, NULL, NULL, AK_BAD_FORMAT, "signatures", NULL, NULL },
};

int main(void)
{
	return negative_run("negative: signatures", rows, sizeof(rows) / sizeof(rows[0]));
}
