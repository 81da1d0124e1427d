/* SPDX-License-Identifier: Apache-2.0 */
/* Does a trust file speak of this ledger?  It does when a verdict by it would not say that the ledger is another one's (FORMAT 12, 21.4). */
#include "attack.h"

#include "api/api.h"
#include "codec/note.h"
#include "crypto/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOWHERE "sha256:00000000000000000000000000000000000000000000000000000000000000ff"

typedef struct fit {
	bool ok, origin, genesis, log, keyset;
	size_t own;
} fit;

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

static fit asked(world *w, ak_span trust)
{
	ak_text json = { 0 };
	ak_json *r = NULL;
	ak_error err = { 0 };
	fit f;

	if (ak_ledger_check_trust(w->l, trust, &json, &err) != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(err.status), err.where, err.detail);
	assert_int_equal(ak_json_parse(span_of(&json), &r, NULL), AK_OK);
	f = (fit){ ak_json_true(ak_json_get(r, "ok")), ak_json_true(ak_json_get(r, "origin")), ak_json_true(ak_json_get(r, "genesis")),
	           ak_json_true(ak_json_get(r, "log")), ak_json_true(ak_json_get(r, "keyset")), ak_json_len(ak_json_get(r, "own_witnesses")) };
	ak_json_free(r);
	ak_text_free(&json);
	return f;
}

/* The verdict on LISTING by that file: the two have to agree. */
static void verdict_is(world *w, ak_span trust, ak_verdict want, const char *reason)
{
	const ak_verify_options o = { .listing = LISTING, .trust = trust, .as_of = LISTED_ON, .now = w->now };
	ak_verdict v = AK_VERDICT_VALID;
	ak_text json = { 0 };
	char text[80];

	assert_int_equal(ak_ledger_verify(w->l, &o, &v, &json, NULL), AK_OK);
	(void)snprintf(text, sizeof(text), "\"reason\":\"%s\"", reason);
	assert_int_equal(v, want);
	assert_non_null(strstr(json.data, text));
	ak_text_free(&json);
}

/* The file with `from` replaced by `to`, once. */
static ak_text with(const ak_text *t, const char *from, const char *to)
{
	const char *at = strstr(t->data, from);
	ak_text out = { 0 };
	ak_buf b;

	assert_non_null(at);
	ak_buf_init(&b, 1 << 16);
	assert_int_equal(ak_buf_addf(&b, NULL, "%.*s%s%s", (int)(at - t->data), t->data, to, at + strlen(from)), AK_OK);
	assert_int_equal(ak_buf_take_text(&b, &out, NULL), AK_OK);
	return out;
}

/* The file with the `log` line of this key. */
static ak_text with_log(const ak_text *t, const ak_secret *key)
{
	char *line = strstr(t->data, "\nlog ") + 1, old[400];
	size_t n = strcspn(line, "\n");
	ak_vkey v = { .type = AK_NOTE_ED25519 };
	ak_buf b;
	ak_text out;

	(void)snprintf(old, sizeof(old), "%.*s", (int)n, line);
	assert_true(ak_pubkey_raw_ed25519(ak_seckey_public(key->key), v.key));
	(void)snprintf(v.name, sizeof(v.name), "ledger.example/ismap");
	ak_note_key_id(ak_span_str(v.name), v.type, v.key, ak_sha256, v.id);
	ak_buf_init(&b, 4096);
	assert_int_equal(ak_buf_add_str(&b, "log ", NULL), AK_OK);
	assert_int_equal(ak_vkey_format(&v, &b, NULL), AK_OK);
	assert_int_equal(ak_buf_add(&b, "", 1, NULL), AK_OK);
	out = with(t, old, (const char *)b.data);
	ak_buf_clear(&b);
	return out;
}

static void the_ledgers_own_fits(void **state)
{
	world *w = *state;
	fit f = asked(w, span_of(&w->trust));

	assert_true(f.ok && f.origin && f.genesis && f.log && f.keyset);
	assert_int_equal(f.own, 0);
	verdict_is(w, span_of(&w->trust), AK_VERDICT_VALID, "");
}

static void a_key_that_never_was_the_operators_does_not_fit(void **state)
{
	world *w = *state;
	ak_secret *no[] = { w->stranger, w->heartbeat, w->root[0] };

	for (size_t i = 0; i < 3; i++) {
		ak_text t = with_log(&w->trust, no[i]);
		fit f = asked(w, span_of(&t));

		assert_true(!f.ok && f.origin && f.genesis && !f.log && f.keyset);
		verdict_is(w, span_of(&t), AK_VERDICT_INVALID, "tampered");
		ak_text_free(&t);
	}
}

static void a_keyset_that_is_not_in_the_chain_does_not_fit(void **state)
{
	world *w = *state;
	ak_text other = with(&w->trust, "quorum none\n", "keyset " NOWHERE "\nquorum none\n"), first = { 0 };
	char *genesis = strstr(w->trust.data, "\ngenesis ") + strlen("\ngenesis "), line[200];
	fit f = asked(w, span_of(&other));

	assert_true(!f.ok && f.origin && f.genesis && f.log && !f.keyset);
	verdict_is(w, span_of(&other), AK_VERDICT_INVALID, "tampered");
	(void)snprintf(line, sizeof(line), "keyset %.71s\nquorum none\n", genesis);
	first = with(&w->trust, "quorum none\n", line);
	f = asked(w, span_of(&first));
	assert_true(f.ok && f.keyset);
	verdict_is(w, span_of(&first), AK_VERDICT_VALID, "");
	ak_text_free(&other);
	ak_text_free(&first);
}

static void another_ledger_does_not_fit(void **state)
{
	world *w = *state, other;
	fit f;

	world_open_bare(&other);
	f = asked(w, span_of(&other.trust));
	assert_true(!f.ok && f.origin && !f.genesis && !f.log && f.keyset);
	world_close(&other);
}

static void a_witness_with_a_key_of_the_ledgers_own_is_named(void **state)
{
	world *w = *state;
	ak_secret *own[] = { w->heartbeat, w->root[1] };

	for (size_t i = 0; i < 2; i++) {
		ak_text vkey = { 0 }, t;
		char line[600];
		fit f;

		assert_int_equal(ak_witness_key(own[i], "w1.example", &vkey, NULL), AK_OK);
		(void)snprintf(line, sizeof(line), "witness w1 %s\nquorum none\n", vkey.data);
		t = with(&w->trust, "quorum none\n", line);
		f = asked(w, span_of(&t));
		assert_true(!f.ok && f.origin && f.genesis && f.log && f.keyset);
		assert_int_equal(f.own, 1);
		ak_text_free(&vkey);
		ak_text_free(&t);
	}
}

static void what_is_no_trust_file_is_said_to_be_none(void **state)
{
	world *w = *state;
	ak_text json = { 0 };
	ak_error err = { 0 };

	assert_int_equal(ak_ledger_check_trust(w->l, ak_span_str("quorum none\n"), &json, &err), AK_BAD_FORMAT);
	assert_string_equal(err.where, "trust.log");
	assert_null(json.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ledgers_own_fits),
		cmocka_unit_test(a_key_that_never_was_the_operators_does_not_fit),
		cmocka_unit_test(a_keyset_that_is_not_in_the_chain_does_not_fit),
		cmocka_unit_test(another_ledger_does_not_fit),
		cmocka_unit_test(a_witness_with_a_key_of_the_ledgers_own_is_named),
		cmocka_unit_test(what_is_no_trust_file_is_said_to_be_none),
	};

	return cmocka_run_group_tests_name("trust_check", tests, attack_world_open, attack_world_close);
}
