/* SPDX-License-Identifier: Apache-2.0 */
#include "akashi/apart.h"

#include "akashi/exchange.h"
#include "api/api.h"
#include "base/fail.h"
#include "base/text.h"
#include "codec/armour.h"
#include "codec/jcs.h"
#include "crypto/hash.h"

#include <stdio.h>
#include <string.h>

static const char request[] = "AKASHI SIGNING REQUEST", signature[] = "AKASHI SIGNATURE";

enum { ANSWER_MAX = 8192, ANSWERS_MAX = 256, BLOCK_MAX = 8 * 1024 * 1024 };

static ak_status check_digest(const char *where, size_t line, const ak_digest *claimed, ak_span bytes, ak_digest *digest, ak_error *err)
{
	ak_sha256(bytes, digest);
	return ak_digest_eq(claimed, digest) ? AK_OK : ak_digest_mismatch(err, AK_BAD_FORMAT, where, line, claimed, digest);
}

static ak_status write_block(const char *label, ak_span bytes, ak_text *out, ak_error *err)
{
	ak_digest d;
	ak_buf b;
	ak_status st;

	ak_buf_init(&b, BLOCK_MAX);
	ak_sha256(bytes, &d);
	st = ak_armour_write(label, &d, bytes, &b, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&b, out, err);
	ak_buf_clear(&b);
	return st;
}

static bool holds(ak_span text, const char *label)
{
	char begin[AK_ARMOUR_LABEL_MAX + 20];

	(void)snprintf(begin, sizeof(begin), "-----BEGIN %s-----", label);
	return ak_span_find(text, ak_span_str(begin), &(size_t){ 0 });
}

static bool is_json(ak_span text)
{
	size_t i = 0;

	while (i < text.len && (text.data[i] == ' ' || text.data[i] == '\t' || text.data[i] == '\n' || text.data[i] == '\r'))
		i++;
	return i < text.len && (text.data[i] == '{' || text.data[i] == '[');
}

ak_apart_kind ak_apart_kind_of(ak_span text)
{
	if (is_json(text))
		return AK_APART_NONE;
	return holds(text, request) ? AK_APART_REQUEST : holds(text, signature) ? AK_APART_ANSWER : AK_APART_NONE;
}

/* ---- requests --------------------------------------------------------------------------------------------------- */

ak_status ak_request_write(ak_span in, ak_span profile, ak_text *block, ak_error *err)
{
	ak_statement check = { 0 };
	ak_dsse e;
	ak_status st = ak_api_open_exchange(in, profile, &e, err);

	if (st != AK_OK)
		return st;
	/* Nobody is asked to sign what a reader would refuse. */
	st = ak_statement_parse(ak_buf_span(&e.payload), &check, err);
	ak_statement_clear(&check);
	if (st == AK_OK && strcmp(e.type, AK_DSSE_TYPE) != 0)
		st = ak_mismatch(err, AK_BAD_FORMAT, "dsse.payloadType", 0, AK_DSSE_TYPE, e.type);
	if (st == AK_OK)
		st = write_block(request, ak_buf_span(&e.payload), block, err);
	ak_dsse_clear(&e);
	return st;
}

/* The statement of the only request in a text. */
static ak_status only_request(ak_span text, ak_buf *statement, ak_error *err)
{
	ak_armour_text t = { text, 1 };
	ak_digest claimed, digest;
	ak_status st = AK_OK;

	for (size_t n = 0; st == AK_OK; n++) {
		ak_error none = { 0 };
		ak_buf again;

		ak_buf_init(&again, AK_STATEMENT_MAX);
		st = ak_armour_next(&t, request, &claimed, &again, n == 0 ? err : &none);
		if (st == AK_NOT_FOUND && n > 0) {
			ak_buf_clear(&again);
			return AK_OK;
		}
		if (st != AK_OK && n > 0 && err != NULL)
			*err = none;
		if (st == AK_OK)
			st = check_digest("request", t.line - 1, &claimed, ak_buf_span(&again), &digest, err);
		if (st == AK_OK && n == 0)
			st = ak_buf_add_span(statement, ak_buf_span(&again), err);
		else if (st == AK_OK && !ak_span_eq(ak_buf_span(&again), ak_buf_span(statement)))
			st = ak_fail(err, AK_BAD_FORMAT, "request", t.line - 1, "the text holds two requests that differ: keep the one to sign");
		ak_buf_clear(&again);
	}
	return st;
}

ak_status ak_request_read(ak_span text, ak_text *envelope, ak_error *err)
{
	ak_statement check = { 0 };
	ak_dsse e;
	ak_status st;

	ak_dsse_init(&e);
	memcpy(e.type, AK_DSSE_TYPE, sizeof(AK_DSSE_TYPE));
	st = only_request(text, &e.payload, err);
	if (st == AK_OK)
		st = ak_statement_parse(ak_buf_span(&e.payload), &check, err);
	ak_statement_clear(&check);
	if (st == AK_OK)
		st = ak_api_envelope_text(&e, envelope, err);
	ak_dsse_clear(&e);
	return st;
}

/* ---- answers ---------------------------------------------------------------------------------------------------- */

static ak_json *base64_text(ak_span bytes)
{
	ak_json *v = NULL;
	ak_buf b;

	ak_buf_init(&b, ANSWER_MAX);
	if (ak_base64_encode(bytes, &b, NULL) == AK_OK)
		v = ak_json_new_text(ak_buf_span(&b));
	ak_buf_clear(&b);
	return v;
}

static ak_status write_answer(const ak_digest *statement, const ak_pubkey *key, ak_span sig, ak_text *block, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_text text = { 0 };
	ak_status st = ak_json_set(o, "sig", base64_text(sig), err);

	if (st == AK_OK)
		st = ak_json_set(o, "spki", base64_text(ak_pubkey_spki(key)), err);
	if (st == AK_OK)
		st = ak_json_set(o, "statement", ak_api_digest(statement), err);
	if (st != AK_OK)
		ak_json_free(o);
	else
		st = ak_jcs_text(o, ANSWER_MAX, &text, err);
	if (st == AK_OK)
		st = write_block(signature, (ak_span){ (const uint8_t *)text.data, text.len }, block, err);
	ak_text_free(&text);
	return st;
}

ak_status ak_answer_write(ak_span envelope, const ak_secret *secret, ak_text *block, ak_error *err)
{
	const ak_pubkey *key = ak_seckey_public(secret->key);
	ak_digest statement;
	ak_buf pae;
	ak_dsse e;
	ak_status st = ak_dsse_parse(envelope, &e, err);

	if (st != AK_OK)
		return st;
	ak_buf_init(&pae, AK_STATEMENT_MAX + 256);
	ak_sha256(ak_buf_span(&e.payload), &statement);
	st = ak_dsse_pae(e.type, ak_buf_span(&e.payload), &pae, err);
	for (size_t i = 0; st == AK_OK && i < e.n_sigs; i++) {
		ak_span sig = ak_buf_span(&e.sigs[i].sig);

		st = ak_pubkey_check(key, ak_buf_span(&pae), sig, NULL);
		if (st == AK_OK) {
			st = write_answer(&statement, key, sig, block, err);
			goto out;
		}
		st = st == AK_BAD_SIGNATURE ? AK_OK : ak_no_memory(err, "dsse.signatures");
	}
	if (st == AK_OK)
		st = ak_fail(err, AK_NOT_FOUND, "dsse.signatures", 0, "this key has not signed it");
out:
	ak_buf_clear(&pae);
	ak_dsse_clear(&e);
	return st;
}

typedef struct answer {
	ak_digest statement;
	ak_pubkey *key; /* owned */
	ak_buf sig;     /* owned */
	size_t line;    /* of its end, in the text */
} answer;

static void answer_clear(answer *a)
{
	ak_pubkey_free(&a->key);
	ak_buf_clear(&a->sig);
}

static ak_status take_bytes(const ak_json *o, const char *member, size_t line, ak_buf *out, ak_error *err)
{
	ak_error why = { 0 };

	if (ak_base64_decode(ak_json_get_text(o, member), out, &why) && out->len > 0)
		return AK_OK;
	return why.status == AK_NO_MEMORY ? ak_no_memory(err, "answer")
	       : ak_fail(err, AK_BAD_FORMAT, "answer", line, "\"%s\" is missing or no base64", member);
}

/* {"sig","spki","statement"}, canonical; *a is cleared by the caller in any case. */
static ak_status parse_answer(ak_span text, answer *a, ak_error *err)
{
	ak_json *o = NULL;
	ak_buf spki;
	ak_status st = ak_jcs_parse(text, &o, err);

	ak_buf_init(&spki, AK_SPKI_MAX);
	ak_buf_init(&a->sig, AK_SIGNATURE_MAX);
	if (st == AK_OK && (!ak_json_is(o, AK_JSON_OBJECT) || ak_json_len(o) != 3 || !ak_digest_parse(ak_json_get_text(o, "statement"), &a->statement)))
		st = ak_fail(err, AK_BAD_FORMAT, "answer", a->line, "an answer is {\"sig\",\"spki\",\"statement\"}");
	if (st == AK_OK)
		st = take_bytes(o, "sig", a->line, &a->sig, err);
	if (st == AK_OK)
		st = take_bytes(o, "spki", a->line, &spki, err);
	if (st == AK_OK)
		st = ak_pubkey_from_spki(ak_buf_span(&spki), &a->key, err);
	ak_buf_clear(&spki);
	ak_json_free(o);
	return st;
}

typedef ak_status answer_fn(void *ctx, const answer *a, ak_error *err);

static ak_status each_answer(ak_span text, answer_fn *fn, void *ctx, ak_error *err)
{
	ak_armour_text t = { text, 1 };
	ak_status st = AK_OK;

	for (size_t n = 0; st == AK_OK; n++) {
		ak_digest claimed, digest;
		ak_error why = { 0 };
		answer a = { .key = NULL };
		ak_buf bytes;

		ak_buf_init(&bytes, ANSWER_MAX);
		st = n == ANSWERS_MAX ? ak_fail(&why, AK_LIMIT, "answer", t.line, "over %d answers in one text", ANSWERS_MAX)
		                      : ak_armour_next(&t, signature, &claimed, &bytes, &why);
		a.line = t.line - 1;
		if (st == AK_NOT_FOUND && n > 0) {
			ak_buf_clear(&bytes);
			return AK_OK;
		}
		if (st == AK_OK)
			st = check_digest("answer", a.line, &claimed, ak_buf_span(&bytes), &digest, &why);
		if (st == AK_OK)
			st = parse_answer(ak_buf_span(&bytes), &a, &why);
		if (st == AK_OK)
			st = fn(ctx, &a, &why);
		if (st != AK_OK && err != NULL)
			*err = why;
		answer_clear(&a);
		ak_buf_clear(&bytes);
	}
	return st;
}

static ak_status show_answer(void *ctx, const answer *a, ak_error *err)
{
	static const char *const names[] = { [AK_KEY_ED25519] = "ed25519", [AK_KEY_P256] = "p256", [AK_KEY_RSA] = "rsa" };
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "statement", ak_api_digest(&a->statement), err);

	if (st == AK_OK)
		st = ak_json_set(o, "keyid", ak_api_digest(ak_pubkey_id(a->key)), err);
	if (st == AK_OK)
		st = ak_json_set(o, "algorithm", ak_json_new_str(names[ak_pubkey_alg(a->key)]), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(ctx, o, err);
}

ak_status ak_answer_show(ak_span text, ak_text *json, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = list == NULL ? ak_no_memory(err, "answer") : each_answer(text, show_answer, list, err);

	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_api_text(list, json, err);
}

typedef struct picking {
	ak_digest statement;
	ak_buf blocks; /* owned */
} picking;

static ak_status pick_answer(void *ctx, const answer *a, ak_error *err)
{
	picking *p = ctx;
	ak_text block = { 0 };
	ak_status st;

	if (!ak_digest_eq(&a->statement, &p->statement))
		return AK_OK;
	st = write_answer(&a->statement, a->key, ak_buf_span(&a->sig), &block, err);
	if (st == AK_OK)
		st = ak_buf_add_span(&p->blocks, (ak_span){ (const uint8_t *)block.data, block.len }, err);
	ak_text_free(&block);
	return st;
}

ak_status ak_answer_pick(ak_span text, const char *statement, ak_text *blocks, ak_error *err)
{
	picking p;
	ak_status st;

	if (!ak_digest_parse(ak_span_str(statement), &p.statement))
		return ak_fail(err, AK_INVALID_ARGUMENT, "statement", 0, "\"sha256:\" and 64 digits are expected");
	ak_buf_init(&p.blocks, BLOCK_MAX);
	st = each_answer(text, pick_answer, &p, err);
	if (st == AK_OK && p.blocks.len == 0)
		st = ak_fail(err, AK_NOT_FOUND, "answer.statement", 0, "no answer in the text is to this statement");
	if (st == AK_OK)
		st = ak_buf_take_text(&p.blocks, blocks, err);
	ak_buf_clear(&p.blocks);
	return st;
}

/* ---- adding ----------------------------------------------------------------------------------------------------- */

typedef struct adding {
	ak_dsse *e;
	ak_digest statement;
	ak_buf pae;
	size_t added;
} adding;

static ak_status other_document(ak_error *err, const answer *a, const ak_digest *statement)
{
	char of[AK_DIGEST_TEXT_LEN + 1], this[AK_DIGEST_TEXT_LEN + 1];
	ak_status st;

	ak_digest_format(&a->statement, of);
	ak_digest_format(statement, this);
	st = ak_fail(err, AK_BAD_FORMAT, "answer.statement", a->line, "this answers another document: its signature is over %s, and not over this one", of);
	if (err != NULL) {
		(void)snprintf(err->expected, sizeof(err->expected), "%s", this);
		(void)snprintf(err->found, sizeof(err->found), "%s", of);
	}
	return st;
}

/* A signature in the envelope is this key's when it verifies, whatever it goes by; one that only goes by its id is nobody's. */
static ak_status add_answer(void *ctx, const answer *a, ak_error *err)
{
	adding *d = ctx;
	ak_dsse *e = d->e;
	char keyid[AK_DIGEST_TEXT_LEN + 1];
	size_t impostor = SIZE_MAX;

	if (!ak_digest_eq(&a->statement, &d->statement))
		return other_document(err, a, &d->statement);
	ak_digest_format(ak_pubkey_id(a->key), keyid);
	if (ak_pubkey_check(a->key, ak_buf_span(&d->pae), ak_buf_span(&a->sig), err) != AK_OK)
		return err->status == AK_NO_MEMORY ? AK_NO_MEMORY : ak_fail(err, AK_BAD_SIGNATURE, "answer.sig", a->line, "the signature does not verify with the key beside it");
	for (size_t i = 0; i < e->n_sigs; i++) {
		ak_status st = ak_pubkey_check(a->key, ak_buf_span(&d->pae), ak_buf_span(&e->sigs[i].sig), err);

		if (st == AK_OK)
			return AK_OK; /* there already */
		if (st != AK_BAD_SIGNATURE)
			return st;
		if (strcmp(e->sigs[i].keyid, keyid) == 0)
			impostor = i;
	}
	d->added++;
	if (impostor == SIZE_MAX)
		return ak_dsse_add_signature(e, keyid, ak_buf_span(&a->sig), err);
	e->sigs[impostor].sig.len = 0;
	return ak_buf_add_span(&e->sigs[impostor].sig, ak_buf_span(&a->sig), err);
}

static ak_status add_answers(ak_dsse *e, ak_span text, size_t *added, ak_error *err)
{
	adding d = { .e = e };
	ak_status st;

	ak_buf_init(&d.pae, AK_STATEMENT_MAX + 256);
	ak_sha256(ak_buf_span(&e->payload), &d.statement);
	st = ak_dsse_pae(e->type, ak_buf_span(&e->payload), &d.pae, err);
	if (st == AK_OK)
		st = each_answer(text, add_answer, &d, err);
	ak_buf_clear(&d.pae);
	*added = d.added;
	return st;
}

static ak_status count(ak_span envelope, size_t *n, ak_error *err)
{
	ak_dsse e;
	ak_status st = ak_dsse_parse(envelope, &e, err);

	if (st != AK_OK)
		return st;
	*n = e.n_sigs;
	ak_dsse_clear(&e);
	return AK_OK;
}

static ak_status merge(const ak_dsse *e, ak_span other, ak_text *out, size_t *added, ak_error *err)
{
	ak_text mine = { 0 };
	size_t n = 0;
	ak_status st = ak_api_envelope_text(e, &mine, err);

	if (st == AK_OK)
		st = ak_exchange_merge((ak_span[]){ { (const uint8_t *)mine.data, mine.len }, other }, 2, out, err);
	if (st == AK_OK)
		st = count((ak_span){ (const uint8_t *)out->data, out->len }, &n, err);
	*added = n - e->n_sigs;
	ak_text_free(&mine);
	return st;
}

ak_status ak_exchange_add(ak_span in, ak_span profile, ak_span sent, ak_text *envelope, size_t *added, ak_error *err)
{
	ak_text out = { 0 };
	ak_dsse e;
	size_t n = 0;
	ak_status st = ak_api_open_exchange(in, profile, &e, err);

	if (st != AK_OK)
		return st;
	if (is_json(sent))
		st = merge(&e, sent, &out, &n, err);
	else
		st = add_answers(&e, sent, &n, err);
	if (st == AK_OK && out.data == NULL)
		st = ak_api_envelope_text(&e, &out, err);
	ak_dsse_clear(&e);
	if (st != AK_OK) {
		ak_text_free(&out);
		return st;
	}
	*envelope = out;
	*added = n;
	return AK_OK;
}
