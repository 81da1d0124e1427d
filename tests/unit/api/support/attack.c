/* SPDX-License-Identifier: Apache-2.0 */
#include "attack.h"

#include "api/api.h"
#include "base/text.h"
#include "codec/dsse.h"
#include "codec/jcs.h"
#include "crypto/hash.h"
#include "model/record.h"
#include "model/signatures.h"

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

int attack_world_open(void **state)
{
	world *w = malloc(sizeof(*w));

	assert_non_null(w);
	world_open(w);
	world_play(w, "first");
	*state = w;
	return 0;
}

int attack_world_close(void **state)
{
	world_close(*state);
	free(*state);
	return 0;
}

/* ---- making ------------------------------------------------------------------------------------------------- */

static ak_json *parse(ak_span text)
{
	ak_json *v = NULL;

	assert_int_equal(ak_json_parse(text, &v, NULL), AK_OK);
	return v;
}

static ak_text text_of(ak_buf *b)
{
	ak_text t = { 0 };

	assert_int_equal(ak_buf_take_text(b, &t, NULL), AK_OK);
	return t;
}

ak_text attack_copy(const ak_text *t)
{
	ak_text copy = { 0 };
	ak_buf b;

	ak_buf_init(&b, 1 << 23);
	assert_int_equal(ak_buf_add(&b, t->data, t->len, NULL), AK_OK);
	copy = text_of(&b);
	ak_buf_clear(&b);
	return copy;
}

/* Any JSON value, not only the objects and arrays that stand alone. */
static ak_json *value_of(const char *json)
{
	ak_json *box, *v;
	size_t len = strlen(json) + 3;
	char *text = malloc(len);

	assert_non_null(text);
	(void)snprintf(text, len, "[%s]", json);
	box = parse(ak_span_str(text));
	v = ak_json_copy(ak_json_at(box, 0));
	ak_json_free(box);
	free(text);
	return v;
}

static void remove_at(ak_json *root, const char *pointer)
{
	const char *last = strrchr(pointer, '/');
	ak_span up = { (const uint8_t *)pointer, (size_t)(last - pointer) };
	ak_json *parent;

	if (up.len == 0) {
		ak_json_remove(root, last + 1);
		return;
	}
	parent = ak_json_copy(ak_json_pointer(root, up));
	ak_json_remove(parent, last + 1);
	assert_int_equal(ak_json_pointer_set(root, up, parent, NULL), AK_OK);
}

static void fit_body_digest(ak_json *root)
{
	const ak_json *first = ak_json_at(ak_json_get(root, "subject"), 0);
	char hex[2 * AK_DIGEST_LEN + 3];
	ak_digest d;

	if (!ak_span_is(ak_json_get_text(first, "name"), "body"))
		return;
	assert_int_equal(ak_body_digest(ak_json_pointer(root, ak_span_str("/predicate/body")), &d, NULL), AK_OK);
	ak_hex_encode(d.b, sizeof(d.b), hex);
	assert_int_equal(ak_json_pointer_set(root, ak_span_str("/subject/0/digest/sha256"), ak_json_new_str(hex), NULL),
	                 AK_OK);
}

ak_text attack_statement(ak_text draft, const edit *edits)
{
	ak_text envelope = { 0 };
	ak_json *root;
	ak_secret *k = world_new_key("ed25519");
	ak_dsse e;
	ak_buf b;

	assert_int_equal(ak_exchange_sign(span_of(&draft), (ak_span){ 0 }, k, &envelope, NULL), AK_OK);
	assert_int_equal(ak_dsse_parse(span_of(&envelope), &e, NULL), AK_OK);
	root = parse(ak_buf_span(&e.payload));
	for (size_t i = 0; edits[i].pointer != NULL; i++) {
		if (edits[i].json == NULL)
			remove_at(root, edits[i].pointer);
		else
			assert_int_equal(ak_json_pointer_set(root, ak_span_str(edits[i].pointer),
			                                     value_of(edits[i].json), NULL), AK_OK);
	}
	fit_body_digest(root);
	ak_buf_init(&b, 1 << 23);
	assert_int_equal(ak_jcs_write(root, &b, NULL), AK_OK);
	ak_json_free(root);
	ak_dsse_clear(&e);
	ak_secret_free(&k);
	ak_text_free(&envelope);
	ak_text_free(&draft);
	envelope = text_of(&b);
	ak_buf_clear(&b);
	return envelope;
}

void attack_keyid(const ak_secret *k, char out[72])
{
	ak_digest_format(ak_pubkey_id(ak_seckey_public(k->key)), out);
}

ak_text attack_envelope(ak_text payload, ak_secret *const *keys)
{
	ak_text out = { 0 };
	ak_dsse e;
	ak_buf pae, sig, b;

	ak_dsse_init(&e);
	memcpy(e.type, AK_DSSE_TYPE, sizeof(AK_DSSE_TYPE));
	ak_buf_init(&pae, 1 << 23);
	ak_buf_init(&b, 1 << 23);
	assert_int_equal(ak_buf_add(&e.payload, payload.data, payload.len, NULL), AK_OK);
	assert_int_equal(ak_dsse_pae(AK_DSSE_TYPE, span_of(&payload), &pae, NULL), AK_OK);
	for (size_t i = 0; keys[i] != NULL; i++) {
		char keyid[72];

		attack_keyid(keys[i], keyid);
		ak_buf_init(&sig, 1024);
		assert_int_equal(ak_seckey_sign(keys[i]->key, ak_buf_span(&pae), &sig, NULL), AK_OK);
		assert_int_equal(ak_dsse_add_signature(&e, keyid, ak_buf_span(&sig), NULL), AK_OK);
		ak_buf_clear(&sig);
	}
	assert_int_equal(ak_dsse_format(&e, &b, NULL), AK_OK);
	ak_dsse_clear(&e);
	ak_buf_clear(&pae);
	ak_text_free(&payload);
	out = text_of(&b);
	ak_buf_clear(&b);
	return out;
}

ak_text attack_edited(ak_text draft, const edit *edits, ak_secret *const *keys)
{
	return attack_envelope(attack_statement(draft, edits), keys);
}

ak_text attack_add_signature(ak_text envelope, const char *keyid, const uint8_t *sig, size_t len)
{
	ak_text out;
	ak_dsse e;
	ak_buf b;

	assert_int_equal(ak_dsse_parse(span_of(&envelope), &e, NULL), AK_OK);
	assert_int_equal(ak_dsse_add_signature(&e, keyid, (ak_span){ sig, len }, NULL), AK_OK);
	ak_buf_init(&b, 1 << 23);
	assert_int_equal(ak_dsse_format(&e, &b, NULL), AK_OK);
	ak_dsse_clear(&e);
	ak_text_free(&envelope);
	out = text_of(&b);
	ak_buf_clear(&b);
	return out;
}

ak_text attack_unseal(world *w, uint64_t seq)
{
	char name[24];
	ak_text raw = { 0 }, out;
	ak_lines lines;
	ak_dsse e;
	ak_buf b;

	(void)snprintf(name, sizeof(name), "#%llu", (unsigned long long)seq);
	assert_int_equal(ak_ledger_raw(w->l, name, &raw, NULL), AK_OK);
	assert_int_equal(ak_record_split(span_of(&raw), &lines, NULL), AK_OK);
	assert_int_equal(ak_signatures_to_dsse(lines.statement, lines.signatures, &e, NULL), AK_OK);
	ak_buf_init(&b, 1 << 23);
	assert_int_equal(ak_dsse_format(&e, &b, NULL), AK_OK);
	ak_dsse_clear(&e);
	ak_text_free(&raw);
	out = text_of(&b);
	ak_buf_clear(&b);
	return out;
}

ak_text attack_party(world *w, const char *body, ak_secret *const *keys)
{
	ak_secret *signers[24] = { w->root[0], w->root[1] };

	for (size_t i = 0; keys[i] != NULL; i++)
		signers[2 + i] = keys[i];
	return world_sign(world_draft(w, "ismap", "party", NULL, body, NULL), signers);
}

/* ---- trying ------------------------------------------------------------------------------------------------- */

uint64_t attack_size(world *w)
{
	return w->l->b->checkpoint.size;
}

ak_error attack_refused(world *w, ak_text envelope, ak_status want, const char *where)
{
	char head[AK_STORE_ID_MAX + 1];
	ak_error err = { 0 };
	ak_status st;

	memcpy(head, w->l->b->head.id, sizeof(head));
	st = try_seal(w, envelope, &err);
	if (st != want || err.where == NULL || strcmp(err.where, where) != 0)
		fail_msg("%s at %s (%s; expected %s, found %s), want %s at %s", ak_status_name(st),
		         err.where == NULL ? "?" : err.where, err.detail, err.expected, err.found,
		         ak_status_name(want), where);
	assert_int_equal(err.status, want);
	ak_ledger_free(&w->l);
	assert_int_equal(ak_ledger_open(w->ledger, &w->l, NULL), AK_OK);
	assert_string_equal(w->l->b->head.id, head);
	return err;
}

uint64_t attack_forge(world *w, ak_text envelope)
{
	uint64_t seq = attack_size(w);
	ak_buf statement, signatures;

	world_lines(&envelope, &statement, &signatures);
	world_forge(w, &(forgery){ .statement = ak_buf_span(&statement), .signatures = ak_buf_span(&signatures) });
	ak_buf_clear(&statement);
	ak_buf_clear(&signatures);
	ak_text_free(&envelope);
	return seq;
}

/* ---- asking ------------------------------------------------------------------------------------------------- */

static void show(const ak_json *v)
{
	ak_buf b;

	ak_buf_init(&b, 1 << 22);
	assert_int_equal(ak_json_write_pretty(v, &b, NULL), AK_OK);
	print_message("%.*s", (int)b.len, (const char *)b.data);
	ak_buf_clear(&b);
}

void attack_is_sound(world *w, size_t n_void)
{
	ak_json *report = NULL;
	bool good = world_audit(w, &report);

	if (!good || ak_json_len(ak_json_get(report, "void")) != n_void) {
		show(report);
		fail_msg("the audit is not what it should be: %s, %zu void", good ? "ok" : "not ok",
		         ak_json_len(ak_json_get(report, "void")));
	}
	ak_json_free(report);
}

void attack_is_void(world *w, uint64_t seq, ak_status why)
{
	ak_json *report = NULL;
	bool good = world_audit(w, &report), found = false;
	const ak_json *list = ak_json_get(report, "void");

	for (size_t i = 0; i < ak_json_len(list); i++) {
		int64_t at = -1;

		found = found || (ak_json_int(ak_json_get(ak_json_at(list, i), "seq"), &at) && (uint64_t)at == seq &&
		                  ak_span_is(ak_json_get_text(ak_json_at(list, i), "status"), ak_status_name(why)));
	}
	if (!good || !found) {
		show(report);
		fail_msg("record #%llu is not told as void (%s)", (unsigned long long)seq, ak_status_name(why));
	}
	ak_json_free(report);
}

void attack_is_broken(world *w, const char *check, ak_status status)
{
	ak_json *report = NULL;
	const ak_json *first;
	bool good = world_audit(w, &report);

	first = ak_json_at(ak_json_get(report, "errors"), 0);
	if (good || !report_failed(report, check) || !ak_span_is(ak_json_get_text(first, "check"), check) ||
	    !ak_span_is(ak_json_get_text(first, "status"), ak_status_name(status))) {
		show(report);
		fail_msg("the audit does not fail by %s (%s)", check, ak_status_name(status));
	}
	ak_json_free(report);
}

void attack_verdict(world *w, uint64_t known_at, ak_verdict want, const char *reason)
{
	ak_json *report = NULL;
	ak_verdict v = world_verify(w, LISTING, LISTED_ON, known_at, &report);

	if (v != want || !ak_span_is(ak_json_get_text(report, "reason"), reason)) {
		show(report);
		fail_msg("%s, want %s (%s)", ak_verdict_name(v), ak_verdict_name(want), reason);
	}
	ak_json_free(report);
}

void attack_warned(world *w, const char *id)
{
	ak_json *report = NULL;
	const ak_json *list;
	bool found = false;

	(void)world_verify(w, LISTING, LISTED_ON, 0, &report);
	list = ak_json_get(report, "warnings");
	for (size_t i = 0; i < ak_json_len(list); i++)
		found = found || ak_span_is(ak_json_get_text(ak_json_at(list, i), "id"), id);
	ak_json_free(report);
	assert_true(found);
}
