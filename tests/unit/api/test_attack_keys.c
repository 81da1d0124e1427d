/* SPDX-License-Identifier: Apache-2.0 */
/* A key belongs to one member, once, for ever, in one encoding, and its owner has said so (FORMAT, Keys; Party). */
#include "attack.h"

#include "api/api.h"
#include "base/text.h"
#include "codec/note.h"
#include "crypto/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DECISION \
	"{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"deferred\",\"decided_on\":\"2026-05-18\",\"meeting\":\"第23回\"}"

enum { BODY = 2048 };

/* A party record that adds one member with these keys (JSON, comma between). */
static void adding(char body[BODY], const char *party, const char *role, const char *member, const char *keys)
{
	(void)snprintf(body, BODY, "{\"party\":\"%s\",\"name\":{\"ja\":\"仮\",\"en\":\"x\"},\"roles\":[%s],\"members\":"
	               "[{\"member\":\"%s\",\"seat\":\"席\",\"kind\":\"person\",\"keys\":[%s]}]}", party, role, member, keys);
}

static void one_member_with_two_keys_counts_once(void **state)
{
	ak_secret *second = world_new_key("ed25519"), *own[] = { second, NULL }, *keys[] = { 0, 0, second, NULL };
	char body[BODY], key[400];
	ak_text e;
	ak_error err;
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	world_key_json(second, key, sizeof(key));
	adding(body, "committee", "", "m1", key);
	(void)world_seal(&w, attack_party(&w, body, own));
	keys[0] = w.committee[0], keys[1] = w.committee[1];
	e = world_sign(world_draft(&w, "ismap", "decision", NULL, DECISION, NULL), keys);
	err = attack_refused(&w, attack_copy(&e), AK_NOT_AUTHORISED, "signatures");
	assert_non_null(strstr(err.detail, "has 2"));
	seq = attack_forge(&w, e);
	attack_is_void(&w, seq, AK_NOT_AUTHORISED);
	/* The second key is as good as the first. */
	keys[0] = w.committee[2];
	(void)world_seal(&w, world_sign(world_draft(&w, "ismap", "decision", NULL, DECISION, NULL), keys));
	attack_is_sound(&w, 1);
	ak_secret_free(&second);
	world_close(&w);
}

/* {"id","spki"} of any bytes that claim to be a key. */
static void raw_key_json(const uint8_t *spki, size_t len, char *out, size_t size)
{
	char hex[2 * AK_DIGEST_LEN + 1];
	ak_digest d;
	ak_buf b64;

	ak_buf_init(&b64, 1024);
	ak_sha256((ak_span){ spki, len }, &d);
	ak_hex_encode(d.b, sizeof(d.b), hex);
	assert_int_equal(ak_base64_encode((ak_span){ spki, len }, &b64, NULL), AK_OK);
	(void)snprintf(out, size, "{\"id\":\"%s\",\"spki\":\"%.*s\"}", hex, (int)b64.len, (const char *)b64.data);
	ak_buf_clear(&b64);
}

/* Refused; forged, void; and afterwards nobody answers to that key. */
static void enrolment_fails(world *w, const char *body, ak_secret *const *own, ak_status want, const char *where)
{
	uint64_t seq;

	(void)attack_refused(w, attack_party(w, body, own), want, where);
	seq = attack_forge(w, attack_party(w, body, own));
	attack_is_void(w, seq, want);
	attack_verdict(w, 0, AK_VERDICT_VALID, "");
}

static void one_key_in_two_encodings_is_refused(void **state)
{
	ak_secret *p256 = world_new_key("p256"), *own[] = { p256, NULL };
	char body[BODY], key[400];
	uint8_t der[128];
	ak_span spki;
	world w;

	world_branch(*state, &w);
	spki = ak_pubkey_spki(ak_seckey_public(p256->key));
	assert_int_equal(spki.len, 91);
	/* SEQUENCE 0x59 { algorithm, BIT STRING 0x42 00 04 X Y } with the point cut to 0x02/0x03 X */
	memcpy(der, spki.data, spki.len);
	der[1] = 0x39;
	der[24] = 0x22;
	der[26] = 0x02 | (spki.data[90] & 1);
	raw_key_json(der, 59, key, sizeof(key));
	adding(body, "koh-audit", "", "m2", key);
	enrolment_fails(&w, body, own, AK_BAD_FORMAT, "key.spki");
	/* A length in long form where the short one fits. */
	memcpy(der, "\x30\x81\x59", 3);
	memcpy(der + 3, spki.data + 2, spki.len - 2);
	raw_key_json(der, spki.len + 1, key, sizeof(key));
	adding(body, "koh-audit", "", "m2", key);
	enrolment_fails(&w, body, own, AK_BAD_FORMAT, "key.spki");
	/* The canonical one is welcome. */
	world_key_json(p256, key, sizeof(key));
	adding(body, "koh-audit", "", "m2", key);
	(void)world_seal(&w, attack_party(&w, body, own));
	ak_secret_free(&p256);
	world_close(&w);
}

static void a_key_is_named_by_its_own_digest(void **state)
{
	ak_secret *k = world_new_key("ed25519"), *own[] = { k, NULL };
	char body[BODY], key[400];
	world w;

	world_branch(*state, &w);
	world_key_json(k, key, sizeof(key));
	key[7] = key[7] == '0' ? '1' : '0';
	adding(body, "koh-audit", "", "m2", key);
	enrolment_fails(&w, body, own, AK_BAD_FORMAT, "key.id");
	ak_secret_free(&k);
	world_close(&w);
}

static void a_weak_key_is_refused(void **state)
{
	static const uint8_t head[12] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
	ak_secret *nobody[] = { NULL };
	char body[BODY], key[400];
	uint8_t der[44] = { 0 };
	world w;

	world_branch(*state, &w);
	memcpy(der, head, sizeof(head));
	for (uint8_t y = 0; y < 2; y++) { /* points of order 4 and 1 */
		der[12] = y;
		raw_key_json(der, sizeof(der), key, sizeof(key));
		adding(body, "koh-audit", "", "m2", key);
		enrolment_fails(&w, body, nobody, AK_WEAK_KEY, "key.ed25519");
	}
	world_close(&w);
}

/* A witness or log key that verifies what nobody signed: refused with its line, before any ledger is blamed for it. */
static void a_weak_key_in_a_trust_file_is_refused(void **state)
{
	static const struct {
		const char *name, *where;
		uint8_t type, y; /* points of order 4 and 1 */
	} row[] = {
		{ "w.example/1", "trust.witness", AK_NOTE_COSIGNATURE, 1 },
		{ "w.example/1", "trust.witness", AK_NOTE_COSIGNATURE, 0 },
		{ "ledger.example/ismap", "trust.log", AK_NOTE_ED25519, 1 },
	};
	world w;

	world_branch(*state, &w);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		ak_vkey k = { .type = row[i].type, .key = { row[i].y } };
		ak_verify_options o = { .listing = LISTING, .as_of = LISTED_ON, .now = w.now };
		ak_text json = { 0 };
		ak_error err = { 0 };
		ak_verdict v;
		const char *log;
		ak_buf text;

		(void)snprintf(k.name, sizeof(k.name), "%s", row[i].name);
		ak_note_key_id(ak_span_str(k.name), k.type, k.key, ak_sha256, k.id);
		ak_buf_init(&text, 4096);
		log = strchr(strstr(w.trust.data, "log "), '\n') + 1;
		assert_int_equal(ak_buf_add(&text, "# one\n", 6, NULL), AK_OK);
		if (row[i].type == AK_NOTE_COSIGNATURE) {
			assert_int_equal(ak_buf_add_str(&text, "witness w ", NULL), AK_OK);
			log = w.trust.data;
		} else {
			assert_int_equal(ak_buf_add_str(&text, "log ", NULL), AK_OK);
		}
		assert_int_equal(ak_vkey_format(&k, &text, NULL), AK_OK);
		assert_int_equal(ak_buf_add_str(&text, "\n", NULL), AK_OK);
		assert_int_equal(ak_buf_add_str(&text, log, NULL), AK_OK);
		o.trust = ak_buf_span(&text);
		assert_int_equal(ak_trust_describe(o.trust, &json, &err), AK_WEAK_KEY);
		assert_string_equal(err.where, row[i].where);
		assert_int_equal(err.at, 2);
		assert_int_equal(ak_ledger_verify(w.l, &o, &v, &json, &err), AK_WEAK_KEY);
		assert_string_equal(err.where, row[i].where);
		ak_buf_clear(&text);
	}
	world_close(&w);
}

static void a_key_is_not_enrolled_without_its_owner(void **state)
{
	ak_secret *k = world_new_key("ed25519"), *nobody[] = { NULL };
	ak_secret *signer[] = { k, NULL };
	char body[BODY], key[400];
	world w;

	world_branch(*state, &w);
	world_key_json(k, key, sizeof(key));
	adding(body, "koh-audit", "", "m2", key);
	enrolment_fails(&w, body, nobody, AK_NOT_AUTHORISED, "party.key");
	/* and what it signs is nobody's */
	(void)attack_refused(&w, world_sign(world_draft(&w, "ismap", "report-withdrawal", NULL, "{\"auditor\":\"koh-audit\","
	                     "\"service\":\"kumo-iaas\",\"withdrawn_on\":\"2026-05-30\",\"reason\":\"x\"}",
	                     (const char *const[]){ "withdraws=report-1", NULL }), signer), AK_NOT_AUTHORISED, "signatures");
	ak_secret_free(&k);
	world_close(&w);
}

static void a_key_has_one_owner_for_ever(void **state)
{
	ak_secret *fresh = world_new_key("ed25519"), *own[] = { 0, NULL };
	char body[BODY], key[400], twice[900];
	world w;

	world_branch(*state, &w);
	{
		/* another party's, another member's, its own again, and the ledger's own keys */
		ak_secret *const taken[] = { w.auditor, w.committee[0], w.provider, w.root[0], w.root[2], w.op, w.heartbeat };

		for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
			own[0] = taken[i] == w.root[0] ? NULL : taken[i]; /* that holder signs anyway */
			world_key_json(taken[i], key, sizeof(key));
			adding(body, "kakuu-kumo", "", "m7", key);
			enrolment_fails(&w, body, own, AK_KEY_REUSED, "party.key");
		}
	}
	own[0] = fresh;
	world_key_json(fresh, key, sizeof(key));
	(void)snprintf(twice, sizeof(twice), "%s,%s", key, key);
	adding(body, "kakuu-kumo", "", "m7", twice);
	enrolment_fails(&w, body, own, AK_KEY_REUSED, "party.key");
	ak_secret_free(&fresh);
	world_close(&w);
}

/* Who may enrol is asked for every role, also those the party has already. */
static void a_role_is_granted_by_who_may_grant_it(void **state)
{
	ak_secret *k = world_new_key("ed25519"), *self[] = { 0, k, NULL };
	char body[BODY], key[400];
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	world_key_json(k, key, sizeof(key));
	/* The secretariat may enrol an auditor, but neither itself nor a committee. */
	self[0] = w.secretariat;
	adding(body, "koh-audit", "\"committee\"", "m2", key);
	(void)attack_refused(&w, world_sign(world_draft(&w, "ismap", "party", NULL, body, NULL), self), AK_NOT_AUTHORISED,
	                     "signatures");
	adding(body, "committee", "\"auditor\"", "m6", key);
	(void)attack_refused(&w, world_sign(world_draft(&w, "ismap", "party", NULL, body, NULL), self), AK_NOT_AUTHORISED,
	                     "signatures");
	seq = attack_forge(&w, world_sign(world_draft(&w, "ismap", "party", NULL, body, NULL), self));
	attack_is_void(&w, seq, AK_NOT_AUTHORISED);
	adding(body, "koh-audit", "\"emperor\"", "m2", key);
	(void)attack_refused(&w, world_sign(world_draft(&w, "ismap", "party", NULL, body, NULL), self), AK_NOT_AUTHORISED,
	                     "party.roles");
	/* The party does not enrol its own. */
	self[0] = w.auditor;
	adding(body, "koh-audit", "", "m2", key);
	(void)attack_refused(&w, world_sign(world_draft(&w, "ismap", "party", NULL, body, NULL), self), AK_NOT_AUTHORISED,
	                     "signatures");
	self[0] = w.secretariat;
	(void)world_seal(&w, world_sign(world_draft(&w, "ismap", "party", NULL, body, NULL), self));
	attack_is_sound(&w, 1);
	ak_secret_free(&k);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_member_with_two_keys_counts_once),
		cmocka_unit_test(one_key_in_two_encodings_is_refused),
		cmocka_unit_test(a_key_is_named_by_its_own_digest),
		cmocka_unit_test(a_weak_key_is_refused),
		cmocka_unit_test(a_weak_key_in_a_trust_file_is_refused),
		cmocka_unit_test(a_key_is_not_enrolled_without_its_owner),
		cmocka_unit_test(a_key_has_one_owner_for_ever),
		cmocka_unit_test(a_role_is_granted_by_who_may_grant_it),
	};

	return cmocka_run_group_tests_name("attack: keys", tests, attack_world_open, attack_world_close);
}
