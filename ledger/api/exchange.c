/* SPDX-License-Identifier: Apache-2.0 */
#include "akashi/exchange.h"

#include "api/api.h"
#include "base/fail.h"
#include "base/text.h"
#include "codec/dsse.h"
#include "crypto/hash.h"
#include "model/trust.h"
#include "seal/draft.h"

#include <string.h>

enum { ENVELOPE_MAX = 8 * 1024 * 1024 };

/* A draft becomes an envelope without signatures. */
static ak_status envelope_of_draft(const ak_json *draft, ak_span package, ak_dsse *e, ak_error *err)
{
	ak_profile core = { 0 }, profile = { 0 };
	ak_status st = ak_draft_check(draft, err);

	if (st == AK_OK)
		st = ak_core_profile(&core, err);
	if (st == AK_OK && !ak_type_is_core(ak_json_get_text(draft, "type")))
		st = ak_api_profile(ak_json_get_text(draft, "scheme"), package, &profile, err);
	if (st == AK_OK) {
		memcpy(e->type, AK_DSSE_TYPE, sizeof(AK_DSSE_TYPE));
		st = ak_draft_statement(draft, &core, profile.package == NULL ? NULL : &profile, &e->payload, err);
	}
	ak_profile_clear(&profile);
	ak_profile_clear(&core);
	return st;
}

ak_status ak_api_open_exchange(ak_span in, ak_span package, ak_dsse *e, ak_error *err)
{
	ak_json *v = NULL;
	ak_status st = ak_json_parse(in, &v, err);

	if (st != AK_OK)
		return st;
	if (!ak_is_draft(v)) {
		ak_json_free(v);
		return ak_dsse_parse(in, e, err);
	}
	ak_dsse_init(e);
	st = envelope_of_draft(v, package, e, err);
	ak_json_free(v);
	if (st != AK_OK)
		ak_dsse_clear(e);
	return st;
}

ak_status ak_api_envelope_text(const ak_dsse *e, ak_text *out, ak_error *err)
{
	ak_buf b;
	ak_status st;

	ak_buf_init(&b, ENVELOPE_MAX);
	st = ak_dsse_format(e, &b, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&b, out, err);
	ak_buf_clear(&b);
	return st;
}

/* One key signs once, whatever its signature goes by; and its id is free. */
static ak_status check_not_signed(const ak_dsse *e, ak_span pae, const ak_pubkey *key, const char *keyid, ak_error *err)
{
	for (size_t i = 0; i < e->n_sigs; i++) {
		ak_status st = ak_pubkey_check(key, pae, ak_buf_span(&e->sigs[i].sig), NULL);

		if (st == AK_OK)
			return ak_fail(err, AK_KEY_REUSED, "dsse.signatures", i, "this key has signed it already");
		if (st != AK_BAD_SIGNATURE)
			return st == AK_NO_MEMORY ? ak_no_memory(err, "dsse.signatures") : st;
		if (strcmp(e->sigs[i].keyid, keyid) == 0)
			return ak_fail(err, AK_BAD_SIGNATURE, "dsse.signatures", i,
			               "a signature that is not by this key goes by its id: take it out first");
	}
	return AK_OK;
}

ak_status ak_exchange_sign(ak_span in, ak_span package, const ak_secret *key, ak_text *envelope, ak_error *err)
{
	char keyid[AK_DIGEST_TEXT_LEN + 1];
	ak_statement check = { 0 };
	ak_buf pae, sig;
	ak_dsse e;
	ak_status st = ak_api_open_exchange(in, package, &e, err);

	if (st != AK_OK)
		return st;
	ak_buf_init(&pae, AK_STATEMENT_MAX + 256);
	ak_buf_init(&sig, AK_SIGNATURE_MAX);
	ak_digest_format(ak_pubkey_id(ak_seckey_public(key->key)), keyid);
	/* Nothing is signed that a reader would refuse. */
	st = ak_statement_parse(ak_buf_span(&e.payload), &check, err);
	ak_statement_clear(&check);
	if (st == AK_OK)
		st = ak_dsse_pae(e.type, ak_buf_span(&e.payload), &pae, err);
	if (st == AK_OK)
		st = check_not_signed(&e, ak_buf_span(&pae), ak_seckey_public(key->key), keyid, err);
	if (st == AK_OK)
		st = ak_seckey_sign(key->key, ak_buf_span(&pae), &sig, err);
	if (st == AK_OK)
		st = ak_dsse_add_signature(&e, keyid, ak_buf_span(&sig), err);
	if (st == AK_OK)
		st = ak_api_envelope_text(&e, envelope, err);
	ak_buf_clear(&sig);
	ak_buf_clear(&pae);
	ak_dsse_clear(&e);
	return st;
}

/* An id is a hint, and may be missing. */
static bool has_signature(const ak_dsse *e, const ak_dsse_signature *s)
{
	for (size_t i = 0; i < e->n_sigs; i++) {
		if ((s->keyid[0] != '\0' && strcmp(e->sigs[i].keyid, s->keyid) == 0) ||
		    ak_span_eq(ak_buf_span(&e->sigs[i].sig), ak_buf_span(&s->sig)))
			return true;
	}
	return false;
}

ak_status ak_exchange_merge(const ak_span *envelopes, size_t n, ak_text *envelope, ak_error *err)
{
	ak_dsse all;
	ak_status st;

	if (n == 0)
		return ak_fail(err, AK_INVALID_ARGUMENT, "envelopes", 0, "nothing to merge");
	st = ak_dsse_parse(envelopes[0], &all, err);
	if (st != AK_OK)
		return st;
	for (size_t i = 1; st == AK_OK && i < n; i++) {
		ak_dsse e;

		st = ak_dsse_parse(envelopes[i], &e, err);
		if (st != AK_OK)
			break;
		if (strcmp(e.type, all.type) != 0 || !ak_span_eq(ak_buf_span(&e.payload), ak_buf_span(&all.payload)))
			st = ak_fail(err, AK_BAD_FORMAT, "dsse.payload", i, "is another statement: nothing was merged");
		for (size_t k = 0; st == AK_OK && k < e.n_sigs; k++) {
			if (!has_signature(&all, &e.sigs[k]))
				st = ak_dsse_add_signature(&all, e.sigs[k].keyid, ak_buf_span(&e.sigs[k].sig), err);
		}
		if (st == AK_OK && e.timestamps != NULL)
			st = ak_api_add_tokens(&all, e.timestamps, err);
		ak_dsse_clear(&e);
	}
	if (st == AK_OK)
		st = ak_api_envelope_text(&all, envelope, err);
	ak_dsse_clear(&all);
	return st;
}

/* ---- showing ------------------------------------------------------------------------------------------------ */

static ak_status put_blanks(const ak_json *draft, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_span rest, line;
	ak_buf names;
	ak_status st;

	ak_buf_init(&names, 65536);
	st = ak_draft_blanks(draft, &names, err);
	rest = ak_buf_span(&names);
	while (st == AK_OK && ak_span_line(&rest, &line))
		st = ak_json_add(list, ak_json_new_text(line), err);
	ak_buf_clear(&names);
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "blanks", list, err);
}

static ak_status put_signatures(const ak_dsse *e, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < e->n_sigs; i++) {
		ak_json *s = ak_json_new_object();

		st = ak_json_set(s, "keyid", ak_json_new_str(e->sigs[i].keyid), err);
		if (st == AK_OK)
			st = ak_json_set(s, "verifies", ak_json_new_null(), err);
		if (st != AK_OK)
			ak_json_free(s);
		else
			st = ak_json_add(list, s, err);
	}
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "signatures", list, err);
}

static ak_status put_title(ak_span scheme, ak_span type, ak_span package, ak_json *o, ak_error *err)
{
	ak_profile p = { 0 };
	const ak_json *t;
	ak_status st = ak_type_is_core(type) ? ak_core_profile(&p, NULL) : ak_api_profile(scheme, package, &p, NULL);

	if (st == AK_NO_MEMORY)
		return ak_no_memory(err, "profile");
	t = st == AK_OK ? ak_json_get(ak_profile_type(&p, type), "title") : NULL;
	st = ak_json_set(o, "title", t == NULL ? ak_json_new_null() : ak_json_copy(t), err);
	ak_profile_clear(&p);
	return st;
}

static ak_status put_digest(ak_span statement, ak_json *o, ak_error *err)
{
	ak_digest d;
	ak_buf words, digits;
	ak_status st;

	ak_buf_init(&words, 512);
	ak_buf_init(&digits, 512);
	ak_sha256(statement, &d);
	st = ak_fingerprint_words(&d, &words, err);
	if (st == AK_OK)
		st = ak_json_set(o, "words", ak_json_new_text(ak_buf_span(&words)), err);
	if (st == AK_OK)
		st = ak_fingerprint_digits(&d, &digits, err);
	if (st == AK_OK)
		st = ak_json_set(o, "digits", ak_json_new_text(ak_buf_span(&digits)), err);
	if (st == AK_OK)
		st = ak_json_set(o, "statement", ak_api_digest(&d), err);
	ak_buf_clear(&digits);
	ak_buf_clear(&words);
	return st;
}

static ak_status put_common(ak_span scheme, ak_span type, ak_span ledger, ak_span issued, const ak_json *body,
                            ak_span package, ak_json *o, ak_error *err)
{
	ak_status st = ak_json_set(o, "scheme", ak_api_span(scheme), err);

	if (st == AK_OK)
		st = ak_json_set(o, "type", ak_api_span(type), err);
	if (st == AK_OK)
		st = ak_json_set(o, "ledger", ak_api_span(ledger), err);
	if (st == AK_OK)
		st = ak_json_set(o, "issued", ak_api_span(issued), err);
	if (st == AK_OK)
		st = ak_json_set(o, "body", body == NULL ? ak_json_new_null() : ak_json_copy(body), err);
	return st == AK_OK ? put_title(scheme, type, package, o, err) : st;
}

/* What is signed beside the body. */
static ak_status put_basis(const ak_statement *s, ak_json *o, ak_error *err)
{
	ak_status st = ak_json_set(o, "about", ak_json_copy(s->about), err);

	if (st == AK_OK)
		st = ak_json_set(o, "refs", ak_json_copy(s->refs), err);
	return st == AK_OK ? ak_json_set(o, "subject", ak_json_copy(s->subject), err) : st;
}

/* Of the statement that a finished draft makes. */
static ak_status put_statement(ak_span statement, ak_json *o, ak_error *err)
{
	ak_statement s = { 0 };
	ak_status st = ak_statement_parse(statement, &s, err);

	if (st == AK_OK)
		st = put_basis(&s, o, err);
	if (st == AK_OK)
		st = put_digest(statement, o, err);
	ak_statement_clear(&s);
	return st;
}

static ak_status show_draft(const ak_json *v, ak_span package, ak_json *o, ak_error *err)
{
	ak_status st = ak_draft_check(v, err);

	if (st == AK_OK)
		st = ak_json_set(o, "kind", ak_json_new_str("draft"), err);
	if (st == AK_OK)
		st = put_common(ak_json_get_text(v, "scheme"), ak_json_get_text(v, "type"),
		                ak_json_get_text(v, "ledger"), ak_json_get_text(v, "issued"),
		                ak_json_get(v, "body"), package, o, err);
	if (st == AK_OK)
		st = put_blanks(v, o, err);
	if (st == AK_OK && ak_json_len(ak_json_get(o, "blanks")) == 0) {
		ak_dsse e;

		ak_dsse_init(&e);
		st = envelope_of_draft(v, package, &e, err);
		if (st == AK_OK)
			st = put_statement(ak_buf_span(&e.payload), o, err);
		ak_dsse_clear(&e);
	}
	return st;
}

static ak_status show_envelope(ak_span in, ak_span package, ak_json *o, ak_error *err)
{
	ak_statement s = { 0 };
	ak_dsse e;
	ak_status st = ak_dsse_parse(in, &e, err);

	if (st != AK_OK)
		return st;
	st = ak_statement_parse(ak_buf_span(&e.payload), &s, err);
	if (st == AK_OK)
		st = ak_json_set(o, "kind", ak_json_new_str("envelope"), err);
	if (st == AK_OK)
		st = put_common(s.scheme, s.type, s.ledger, s.issued, s.body, package, o, err);
	if (st == AK_OK)
		st = put_basis(&s, o, err);
	if (st == AK_OK)
		st = put_digest(ak_buf_span(&e.payload), o, err);
	if (st == AK_OK)
		st = put_signatures(&e, o, err);
	ak_statement_clear(&s);
	ak_dsse_clear(&e);
	return st;
}

ak_status ak_exchange_show(ak_span in, ak_span package, ak_text *json, ak_error *err)
{
	ak_json *v = NULL, *o;
	ak_status st = ak_json_parse(in, &v, err);

	if (st != AK_OK)
		return st;
	o = ak_json_new_object();
	st = ak_is_draft(v) ? show_draft(v, package, o, err) : show_envelope(in, package, o, err);
	ak_json_free(v);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}

/* ---- commitments, hashing, dates -------------------------------------------------------------------------- */

ak_status ak_commit_document(const ak_digest *document, ak_digest *commitment, uint8_t salt[32], ak_error *err)
{
	uint8_t fresh[32];
	ak_status st = ak_random(fresh, sizeof(fresh), err);

	if (st != AK_OK)
		return st;
	ak_sha256_tagged(AK_TAG_COMMITMENT, (ak_span){ fresh, sizeof(fresh) },
	                 (ak_span){ document->b, AK_DIGEST_LEN }, commitment);
	memcpy(salt, fresh, sizeof(fresh));
	return AK_OK;
}
