/* SPDX-License-Identifier: Apache-2.0 */
/* Negative tests N49 to N53: a head against heads seen before, against witnesses, and against another ledger. */
#include "continuity.h"
#include "negative.h"
#include "watcher.h"

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

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

/* ---- heads seen before ------------------------------------------------------------------------------------------------ */

/* Show a bundle of w, from `since`, to a memory, which then is what it has become. */
static negative_said show(world *w, uint64_t since, ak_text *memory)
{
	ak_json *v = negative_bundle(w, since);
	ak_text t = negative_packed(v), now = { 0 };
	ak_span before = span_of(memory);
	const ak_verify_options o = { .trust = span_of(&w->trust), .now = w->now, .as_of = LISTED_ON, .memory = &before, .new_memory = &now };
	negative_said s = negative_ask(&t, &o);

	if (now.data != NULL) {
		ak_text_free(memory);
		*memory = now;
	}
	ak_json_free(v);
	ak_text_free(&t);
	return s;
}

static size_t count(const ak_text *memory, const char *pointer)
{
	ak_json *v = continuity_parsed(memory);
	size_t n = ak_json_len(ak_json_pointer(v, ak_span_str(pointer)));

	ak_json_free(v);
	return n;
}

static void two_heads_of_one_size(world *w, const negative *row)
{
	ak_text memory = { 0 };
	world a, b;

	continuity_part(w, &a, &b);
	assert_int_equal(attack_size(&a), attack_size(&b));
	assert_int_equal(show(&a, 0, &memory).verdict, AK_VERDICT_VALID);
	assert_int_equal(count(&memory, "/forks"), 0);
	negative_is(row->name, show(&b, 0, &memory), AK_VERDICT_INVALID, "fork", row->check, row->where);
	assert_int_equal(count(&memory, "/forks"), 1); /* both signed notes */
	assert_true(count(&memory, "/forks/0/a") >= 5 && count(&memory, "/forks/0/b") >= 5);
	ak_text_free(&memory);
	world_close(&a);
	world_close(&b);
}

/* Its proof is from a history of its own. */
static void larger_and_not_consistent(world *w, const negative *row)
{
	ak_text memory = { 0 }, other = { 0 };
	uint64_t seen;
	world a, b;

	continuity_part(w, &a, &b);
	seen = attack_size(&a);
	assert_int_equal(show(&a, 0, &memory).verdict, AK_VERDICT_VALID);
	assert_int_equal(show(&a, 0, &other).verdict, AK_VERDICT_VALID);
	continuity_add_decision(&b, DECIDED("2026-05-20"));
	negative_is(row->name, show(&b, seen, &memory), AK_VERDICT_INVALID, "tampered", row->check, row->where);
	/* The proof is kept, and convicts whoever signed both from then on. */
	negative_is(row->name, show(&b, 0, &memory), AK_VERDICT_UNVERIFIABLE, "fork", "memory", "");
	/* Without a proof nothing is shown; but both heads are kept, and the next of that size convicts. */
	negative_is(row->name, show(&b, 0, &other), AK_VERDICT_VALID, "", "memory", "");
	continuity_add_decision(&a, DECIDED("2026-05-21"));
	negative_is(row->name, show(&a, seen, &other), AK_VERDICT_INVALID, "fork", "memory", "checkpoint.root");
	ak_text_free(&memory);
	ak_text_free(&other);
	world_close(&a);
	world_close(&b);
}

static void smaller_than_remembered(world *w, const negative *row)
{
	ak_text memory = { 0 };
	world later;

	world_branch(w, &later);
	continuity_add_decision(&later, DECIDED("2026-05-20"));
	assert_int_equal(show(&later, 0, &memory).verdict, AK_VERDICT_VALID);
	negative_is(row->name, show(w, 0, &memory), AK_VERDICT_UNVERIFIABLE, "stale", row->check, row->where);
	ak_text_free(&memory);
	world_close(&later);
}

/* ---- witnesses --------------------------------------------------------------------------------------------------------- */

/* The newest bundle with one more line, believed by a trust file that asks for the witness. */
static negative_said with_line(world *w, const watcher *a, const char *line)
{
	ak_json *v = negative_bundle(w, 0), *lines = negative_at(v, "/checkpoint");
	ak_text trust = watcher_trusted(a, w), t;
	const ak_verify_options o = { .trust = span_of(&trust), .now = w->now + 120, .as_of = LISTED_ON };
	negative_said s;

	assert_int_equal(ak_json_add(lines, ak_json_new_text((ak_span){ (const uint8_t *)line, strcspn(line, "\n") }), NULL), AK_OK);
	negative_put(v, "/checkpoint", lines);
	t = negative_packed(v);
	s = negative_ask(&t, &o);
	ak_text_free(&t);
	ak_text_free(&trust);
	ak_json_free(v);
	return s;
}

/* A cosignature of `text` by this key and name, at w's time. */
static ak_text cosigned(const world *w, const ak_secret *k, const char *name, ak_span text)
{
	uint8_t raw[32], id[4], blob[72];
	uint64_t time = (uint64_t)w->now;
	ak_buf message, sig, line;
	ak_text out = { 0 };

	ak_buf_init(&message, 1 << 16);
	ak_buf_init(&sig, 64);
	ak_buf_init(&line, 1 << 16);
	assert_int_equal(ak_cosignature_message(time, text, &message, NULL), AK_OK);
	assert_int_equal(ak_seckey_sign(k->key, ak_buf_span(&message), &sig, NULL), AK_OK);
	for (size_t i = 0; i < 8; i++)
		blob[i] = (uint8_t)(time >> (56 - 8 * i));
	memcpy(blob + 8, sig.data, 64);
	assert_true(ak_pubkey_raw_ed25519(ak_seckey_public(k->key), raw));
	ak_note_key_id(ak_span_str(name), AK_NOTE_COSIGNATURE, raw, ak_sha256, id);
	assert_int_equal(ak_note_line_format(ak_span_str(name), id, (ak_span){ blob, sizeof(blob) }, &line, NULL), AK_OK);
	assert_int_equal(ak_buf_take_text(&line, &out, NULL), AK_OK);
	ak_buf_clear(&message);
	ak_buf_clear(&sig);
	return out;
}

/* a: the name; b: what stands for the size in what is signed, or NULL for the head itself. */
static void cosignature(world *w, const negative *row)
{
	ak_text note = continuity_head_of(w), line;
	ak_note n;
	ak_buf text;
	watcher a;
	negative_said s;

	watcher_open(&a, w, world_new_key("ed25519"));
	assert_int_equal(ak_note_parse(span_of(&note), &n, NULL), AK_OK);
	ak_buf_init(&text, 1 << 16);
	assert_int_equal(ak_buf_add_span(&text, n.text, NULL), AK_OK);
	assert_int_equal(ak_buf_add_byte(&text, '\0', NULL), AK_OK); /* for strstr() */
	text.len--;
	if (row->b != NULL)
		*strstr((char *)text.data, row->b) ^= 1;
	line = cosigned(w, a.key, row->a, ak_buf_span(&text));
	s = with_line(w, &a, line.data);
	if (row->check == NULL)
		negative_is(row->name, s, AK_VERDICT_VALID, "", "", "");
	else if (row->b == NULL)
		negative_is(row->name, s, AK_VERDICT_UNVERIFIABLE, "completeness", row->check, row->where);
	else
		negative_is(row->name, s, AK_VERDICT_INVALID, "tampered", row->check, row->where);
	ak_text_free(&line);
	ak_text_free(&note);
	ak_buf_clear(&text);
	watcher_close(&a);
}

/* One key under two names in the trust file; one line twice in the note. */
static void one_key_twice(world *w, const negative *row)
{
	ak_secret *k = world_new_key("ed25519");
	ak_text first = { 0 }, second = { 0 }, trust, json = { 0 };
	ak_error err = { 0 };
	char lines[600];

	assert_int_equal(ak_witness_key(k, "w.example/1", &first, NULL), AK_OK);
	assert_int_equal(ak_witness_key(k, "w.example/2", &second, NULL), AK_OK);
	(void)snprintf(lines, sizeof(lines), "witness w1 %s\nwitness w2 %s\ngroup g 2 w1 w2\nquorum g\n", first.data, second.data);
	trust = negative_replaced(attack_copy(&w->trust), "quorum none\n", lines);
	assert_int_equal(ak_trust_describe(span_of(&trust), &json, &err), row->status);
	assert_string_equal(err.where, row->where);
	ak_text_free(&trust);
	ak_text_free(&first);
	ak_text_free(&second);
	ak_secret_free(&k);
}

static void one_line_twice(world *w, const negative *row)
{
	ak_text note = continuity_head_of(w), line;
	ak_json *v = negative_bundle(w, 0), *lines = negative_at(v, "/checkpoint");
	ak_note n;

	assert_int_equal(ak_note_parse(span_of(&note), &n, NULL), AK_OK);
	line = cosigned(w, w->stranger, "w.example/1", n.text);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(ak_json_add(lines, ak_json_new_text((ak_span){ (const uint8_t *)line.data, strcspn(line.data, "\n") }), NULL), AK_OK);
	negative_put(v, "/checkpoint", lines);
	negative_is(row->name, negative_verdict(w, v), AK_VERDICT_INVALID, "tampered", row->check, row->where);
	ak_text_free(&line);
	ak_text_free(&note);
}

/* ---- another ledger ---------------------------------------------------------------------------------------------------- */

/* A bundle of this ledger for who trusts another one: of another origin, or of another genesis. */
static void trusts_another_origin(world *w, const negative *row)
{
	ak_json *v = negative_bundle(w, 0);
	ak_text t = negative_packed(v), trust, key = { 0 };
	char line[300];
	const char *at = strstr(w->trust.data, "\nlog ");
	ak_vkey k;
	ak_buf b;

	assert_non_null(at);
	at += 5;
	assert_int_equal(ak_vkey_parse((ak_span){ (const uint8_t *)at, strcspn(at, "\n") }, ak_sha256, &k, NULL), AK_OK);
	(void)snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
	memcpy(k.name, "ledger.example/other", sizeof("ledger.example/other"));
	ak_note_key_id(ak_span_str(k.name), k.type, k.key, ak_sha256, k.id);
	ak_buf_init(&b, 1 << 10);
	assert_int_equal(ak_vkey_format(&k, &b, NULL), AK_OK);
	assert_int_equal(ak_buf_take_text(&b, &key, NULL), AK_OK);
	trust = negative_replaced(attack_copy(&w->trust), line, key.data);
	/* With this very genesis it is no other ledger, but a head in another name. */
	if (row->a != NULL)
		memset(strstr(trust.data, row->a) + strlen(row->a), 'f', 8);
	negative_is(row->name, negative_ask(&t, &(ak_verify_options){ .trust = span_of(&trust), .now = w->now, .as_of = LISTED_ON }),
	            row->a != NULL ? AK_VERDICT_UNVERIFIABLE : AK_VERDICT_INVALID, row->a != NULL ? "other-ledger" : "tampered",
	            row->check, row->where);
	ak_text_free(&trust);
	ak_text_free(&key);
	ak_text_free(&t);
	ak_json_free(v);
}

static void trusts_another_genesis(world *w, const negative *row)
{
	world other;
	ak_json *v = negative_bundle(w, 0);
	ak_text t = negative_packed(v);

	world_open_bare(&other);
	negative_is(row->name, negative_ask(&t, &(ak_verify_options){ .trust = span_of(&other.trust), .now = w->now, .as_of = LISTED_ON }), AK_VERDICT_INVALID,
	            "tampered", row->check, row->where);
	world_close(&other);
	ak_text_free(&t);
	ak_json_free(v);
}

static const negative rows[] = {
	{ "N49_two_heads_of_one_size", two_heads_of_one_size, NULL, NULL, AK_OK, "checkpoint.root", "memory", NULL },
	{ "N50_larger_and_not_consistent", larger_and_not_consistent, NULL, NULL, AK_OK, "container.since", "memory", NULL },
	{ "N51_smaller_than_remembered", smaller_than_remembered, NULL, NULL, AK_OK, "", "memory", NULL },
	{ "N52_cosigned_as_it_should_be", cosignature, WATCHER_NAME, NULL, AK_OK, NULL, NULL, NULL },
	{ "N52a_cosigned_under_a_second_name", cosignature, "witness.example/w2", NULL, AK_OK, "", "witnesses", NULL },
	{ "N52b_quorum_of_one_key_under_two_names", one_key_twice, NULL, NULL, AK_BAD_FORMAT, "trust.witness", NULL, NULL },
	{ "N52b_quorum_of_one_line_twice", one_line_twice, NULL, NULL, AK_OK, "checkpoint.cosignatures", "checkpoint", NULL },
	{ "N52c_cosignature_over_another_size", cosignature, WATCHER_NAME, "15\n", AK_OK, "checkpoint.cosignature", "checkpoint", NULL },
	{ "N52c_cosignature_over_another_root", cosignature, WATCHER_NAME, "=\n", AK_OK, "checkpoint.cosignature", "checkpoint", NULL },
	{ "N53_head_in_another_name", trusts_another_origin, NULL, NULL, AK_OK, "checkpoint.origin", "container", NULL },
	{ "N53_bundle_of_another_ledger", trusts_another_origin, "genesis sha256:", NULL, AK_OK, "", "container", NULL },
	{ "N53_bundle_of_another_genesis", trusts_another_genesis, NULL, NULL, AK_OK, "genesis", "records", NULL },
};

int main(void)
{
	return negative_run("negative: heads", rows, sizeof(rows) / sizeof(rows[0]));
}
