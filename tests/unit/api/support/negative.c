/* SPDX-License-Identifier: Apache-2.0 */
#include "negative.h"

#include "api/api.h"
#include "base/text.h"
#include "codec/dsse.h"
#include "codec/jcs.h"
#include "crypto/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

/* ---- running -------------------------------------------------------------------------------------------------------- */

typedef struct played {
	const negative *row;
	const world *base;
} played;

static void play(void **state)
{
	const played *p = *state;
	world w;

	world_branch(p->base, &w);
	p->row->play(&w, p->row);
	world_close(&w);
}

int negative_run(const char *group, const negative *rows, size_t n)
{
	struct CMUnitTest *tests = calloc(n, sizeof(*tests));
	played *state = calloc(n, sizeof(*state));
	void *base = NULL;
	int failed;

	assert_true(tests != NULL && state != NULL);
	(void)attack_world_open(&base);
	for (size_t i = 0; i < n; i++) {
		state[i] = (played){ &rows[i], base };
		tests[i] = (struct CMUnitTest){ .name = rows[i].name, .test_func = play, .initial_state = &state[i] };
	}
	failed = _cmocka_run_group_tests(group, tests, n, NULL, NULL);
	(void)attack_world_close(&base);
	free(state);
	free(tests);
	return failed;
}

/* ---- envelopes ---------------------------------------------------------------------------------------------------- */

ak_text negative_draft(world *w)
{
	return world_draft(w, "ismap", "deletion", NULL, NEGATIVE_DELETION, NULL);
}

ak_text negative_envelope(world *w)
{
	return world_sign(negative_draft(w), world_signers(w, "deletion"));
}

ak_text negative_replaced(ak_text text, const char *from, const char *to)
{
	const char *at = strstr(text.data, from);
	ak_text out = { 0 };
	ak_buf b;

	if (at == NULL)
		fail_msg("no %s in %s", from, text.data);
	ak_buf_init(&b, 1 << 23);
	assert_int_equal(ak_buf_add(&b, text.data, (size_t)(at - text.data), NULL), AK_OK);
	assert_int_equal(ak_buf_addf(&b, NULL, "%s", to), AK_OK);
	at += strlen(from);
	assert_int_equal(ak_buf_add(&b, at, text.len - (size_t)(at - text.data), NULL), AK_OK);
	assert_int_equal(ak_buf_take_text(&b, &out, NULL), AK_OK);
	ak_text_free(&text);
	return out;
}

void negative_signature(const ak_text *envelope, size_t i, ak_buf *sig)
{
	ak_dsse e;

	ak_buf_init(sig, AK_DSSE_SIG_MAX);
	assert_int_equal(ak_dsse_parse(span_of(envelope), &e, NULL), AK_OK);
	assert_true(i < e.n_sigs);
	assert_int_equal(ak_buf_add_span(sig, ak_buf_span(&e.sigs[i].sig), NULL), AK_OK);
	ak_dsse_clear(&e);
}

void negative_payload(const ak_text *envelope, ak_buf *payload)
{
	ak_dsse e;

	ak_buf_init(payload, AK_DSSE_PAYLOAD_MAX);
	assert_int_equal(ak_dsse_parse(span_of(envelope), &e, NULL), AK_OK);
	assert_int_equal(ak_buf_add_span(payload, ak_buf_span(&e.payload), NULL), AK_OK);
	ak_dsse_clear(&e);
}

void negative_sign(const ak_secret *k, ak_span payload, ak_buf *sig)
{
	ak_buf pae;

	ak_buf_init(&pae, 1 << 23);
	ak_buf_init(sig, 1024);
	assert_int_equal(ak_dsse_pae(AK_DSSE_TYPE, payload, &pae, NULL), AK_OK);
	assert_int_equal(ak_seckey_sign(k->key, ak_buf_span(&pae), sig, NULL), AK_OK);
	ak_buf_clear(&pae);
}

void negative_void(world *w, ak_text envelope, ak_status want, const char *where)
{
	uint64_t seq;

	(void)attack_refused(w, attack_copy(&envelope), want, where);
	seq = attack_forge(w, envelope);
	attack_is_void(w, seq, want);
	attack_verdict(w, 0, AK_VERDICT_VALID, "");
}

void negative_member(char body[NEGATIVE_BODY], const char *party, const char *member, const char *keys)
{
	(void)snprintf(body, NEGATIVE_BODY, "{\"party\":\"%s\",\"name\":{\"ja\":\"仮\",\"en\":\"x\"},\"roles\":[],\"members\":"
	               "[{\"member\":\"%s\",\"seat\":\"席\",\"kind\":\"person\",\"keys\":[%s]}]}", party, member, keys);
}

void negative_key(const uint8_t *spki, size_t len, char *out, size_t size)
{
	char hex[2 * AK_DIGEST_LEN + 1];
	ak_digest d;
	ak_buf b64;

	ak_buf_init(&b64, 4096);
	ak_sha256((ak_span){ spki, len }, &d);
	ak_hex_encode(d.b, sizeof(d.b), hex);
	assert_int_equal(ak_base64_encode((ak_span){ spki, len }, &b64, NULL), AK_OK);
	(void)snprintf(out, size, "{\"id\":\"%s\",\"spki\":\"%.*s\"}", hex, (int)b64.len, (const char *)b64.data);
	ak_buf_clear(&b64);
}

void negative_enrol(world *w, const char *party, const char *member, ak_secret *k)
{
	ak_secret *own[] = { k, NULL };
	char body[NEGATIVE_BODY], key[400];

	world_key_json(k, key, sizeof(key));
	negative_member(body, party, member, key);
	(void)world_seal(w, attack_party(w, body, own));
}

/* ---- bundles ------------------------------------------------------------------------------------------------------ */

ak_json *negative_bundle(world *w, uint64_t since)
{
	ak_text t = { 0 };
	ak_json *v = NULL;
	ak_error err = { 0 };
	ak_buf text;

	if (ak_ledger_bundle(w->l, NULL, LISTING, since, false, &t, &err) != AK_OK)
		fail_msg("bundle: %s at %s: %s", ak_status_name(err.status), err.where, err.detail);
	ak_buf_init(&text, 1);
	assert_int_equal(ak_bundle_unpack(span_of(&t), &text, NULL), AK_OK);
	assert_int_equal(ak_json_parse(ak_buf_span(&text), &v, NULL), AK_OK);
	ak_buf_clear(&text);
	ak_text_free(&t);
	return v;
}

ak_text negative_packed(const ak_json *bundle)
{
	ak_text t = { 0 };
	ak_buf text, file;

	ak_buf_init(&text, AK_BUNDLE_JSON_MAX);
	ak_buf_init(&file, AK_BUNDLE_FILE_MAX);
	assert_int_equal(ak_jcs_write(bundle, &text, NULL), AK_OK);
	assert_int_equal(ak_bundle_pack(ak_buf_span(&text), &file, NULL), AK_OK);
	assert_int_equal(ak_buf_take_text(&file, &t, NULL), AK_OK);
	ak_buf_clear(&text);
	ak_buf_clear(&file);
	return t;
}

/* The first check that makes the verdict what it is. */
static void first_failure(const ak_json *report, negative_said *s)
{
	const ak_json *checks = ak_json_get(report, "checks");

	for (size_t i = 0; i < ak_json_len(checks); i++) {
		const ak_json *c = ak_json_at(checks, i);
		const char *where = ak_json_get_str(c, "where");

		if (!ak_span_is(ak_json_get_text(c, "effect"), "invalid") && !ak_span_is(ak_json_get_text(c, "outcome"), "not-checked") &&
		    !ak_span_is(ak_json_get_text(c, "effect"), "unverifiable"))
			continue;
		(void)snprintf(s->check, sizeof(s->check), "%s", ak_json_get_str(c, "id"));
		(void)snprintf(s->where, sizeof(s->where), "%s", where == NULL ? "" : where);
		return;
	}
}

negative_said negative_ask(const ak_text *bundle, const ak_verify_options *o)
{
	negative_said s = { .verdict = AK_VERDICT_VALID };
	ak_json *report = NULL;
	ak_text json = { 0 };
	ak_error err = { 0 };

	s.status = ak_bundle_verify(span_of(bundle), o, &s.verdict, &json, &err);
	if (s.status != AK_OK) {
		assert_int_equal(s.verdict, AK_VERDICT_VALID); /* untouched, and nothing was said */
		assert_null(json.data);
		(void)snprintf(s.where, sizeof(s.where), "%s", err.where);
		return s;
	}
	assert_int_equal(ak_json_parse(span_of(&json), &report, NULL), AK_OK);
	(void)snprintf(s.reason, sizeof(s.reason), "%s", ak_json_get_str(report, "reason"));
	first_failure(report, &s);
	ak_json_free(report);
	ak_text_free(&json);
	return s;
}

void negative_is(const char *row, negative_said s, ak_verdict verdict, const char *reason, const char *check, const char *where)
{
	if (s.status != AK_OK || s.verdict != verdict || strcmp(s.reason, reason) != 0 || strcmp(s.check, check) != 0 ||
	    strcmp(s.where, where) != 0)
		fail_msg("%s: %s, %s (%s) by %s at '%s'; want %s (%s) by %s at '%s'", row, ak_status_name(s.status),
		         ak_verdict_name(s.verdict), s.reason, s.check, s.where, ak_verdict_name(verdict), reason, check, where);
}

void negative_is_status(const char *row, negative_said s, ak_status status, const char *where)
{
	if (s.status != status || strcmp(s.where, where) != 0)
		fail_msg("%s: %s (%s, %s) at %s, want %s at %s", row, ak_status_name(s.status), ak_verdict_name(s.verdict), s.reason,
		         s.where, ak_status_name(status), where);
}

negative_said negative_verdict(world *w, ak_json *bundle)
{
	const ak_verify_options o = { .trust = span_of(&w->trust), .now = w->now, .as_of = LISTED_ON };
	ak_text t = negative_packed(bundle);
	negative_said s = negative_ask(&t, &o);

	ak_text_free(&t);
	ak_json_free(bundle);
	return s;
}

void negative_plays_bundle(world *w, const negative *row)
{
	ak_json *v = negative_bundle(w, 0);
	negative_said s;

	negative_is(row->name, negative_verdict(w, ak_json_copy(v)), AK_VERDICT_VALID, "", "", "");
	row->change(w, v);
	s = negative_verdict(w, v);
	if (row->status != AK_OK)
		negative_is_status(row->name, s, row->status, row->where);
	else
		negative_is(row->name, s, AK_VERDICT_INVALID, "tampered", row->check, row->where);
}

ak_json *negative_at(const ak_json *v, const char *pointer)
{
	const ak_json *found = ak_json_pointer(v, ak_span_str(pointer));

	assert_non_null(found);
	return ak_json_copy(found);
}

void negative_put(ak_json *v, const char *pointer, ak_json *value)
{
	assert_int_equal(ak_json_pointer_set(v, ak_span_str(pointer), value, NULL), AK_OK);
}
