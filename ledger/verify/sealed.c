/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/sealed.h"

#include "base/fail.h"
#include "base/text.h"
#include "chain/tree.h"
#include "codec/dsse.h"
#include "codec/jcs.h"
#include "crypto/hash.h"
#include "verify/erased.h"

#include <string.h>

void ak_sealed_clear(ak_sealed *s)
{
	if (s->of == NULL) {
		ak_statement_clear(&s->statement);
		ak_signatures_clear(&s->signatures);
	}
	while (s->n_keys > 0)
		ak_pubkey_free(&s->keys[--s->n_keys].key);
	ak_mem_free(s->keys);
	*s = (ak_sealed){ 0 };
}

void ak_sealed_share(ak_sealed *s, ak_sealed *out)
{
	*out = *s;
	out->of = s;
	out->keys = NULL;
	out->n_keys = out->cap_keys = 0;
	for (size_t i = 0; i < AK_SIGNERS_MAX; i++)
		out->result[i] = (ak_sig_result){ .state = s->result[i].state };
}

ak_pubkey *ak_sealed_key(const ak_sealed *s, const ak_json *from)
{
	for (size_t i = 0; s->of != NULL && i < s->of->n_keys; i++) {
		if (s->of->keys[i].from == from)
			return ak_pubkey_ref(s->of->keys[i].key);
	}
	return NULL;
}

ak_status ak_sealed_keep_key(const ak_sealed *s, const ak_json *from, ak_pubkey *key, ak_error *err)
{
	ak_sealed *of = s->of;
	void *keys = of == NULL ? NULL : of->keys;
	ak_status st;

	if (of == NULL)
		return AK_OK;
	st = ak_mem_grow(&keys, &of->cap_keys, of->n_keys + 1, sizeof(*of->keys), err);
	of->keys = keys;
	if (st == AK_OK)
		of->keys[of->n_keys++] = (ak_read_key){ from, ak_pubkey_ref(key) };
	return st;
}

ak_status ak_sealed_candidate(ak_span statement, ak_span signatures, ak_sealed *out, ak_error *err)
{
	ak_sealed s = { .lines = { .statement = statement, .signatures = signatures } };
	ak_status st = ak_statement_parse(statement, &s.statement, err);

	if (st == AK_OK) {
		st = ak_signatures_parse(signatures, &s.signatures, err);
		/* Else nobody could tell which line's JSON is meant. */
		if (st != AK_OK && err != NULL && strncmp(err->where, "signatures", 10) != 0)
			err->where = "signatures.json";
	}
	if (st != AK_OK)
		ak_sealed_clear(&s);
	else
		*out = s;
	return st;
}

/* Line 2 is not what the header commits to: is it what an erasure leaves? */
static ak_status parse_place_holder(const ak_lines *lines, const ak_header *header, ak_sealed *out, bool *yes, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_error why = { 0 };
	ak_status st = ak_sealed_candidate(lines->statement, lines->signatures, &s, &why);

	*yes = false;
	if (st == AK_OK) {
		s.lines = *lines;
		s.header = *header;
		ak_tree_leaf(lines->header, &s.id);
		st = ak_erased_look(&s, yes, &s.erasure, &why);
	}
	s.erased = *yes;
	if (*yes)
		*out = s;
	else
		ak_sealed_clear(&s);
	if (st == AK_NO_MEMORY && err != NULL)
		*err = why;
	return st == AK_NO_MEMORY ? st : AK_OK;
}

static ak_status parse(ak_span file, bool erased_too, ak_sealed *out, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_header header;
	ak_digest got, statement;
	bool same, erased = false;
	ak_lines lines;
	ak_status st = ak_record_split(file, &lines, err);

	if (st != AK_OK)
		return st;
	st = ak_header_parse(lines.header, &header, err);
	if (st != AK_OK)
		return st;
	/* Digests before contents: bytes that are not what the header commits to are not looked at. */
	ak_sha256(lines.statement, &statement);
	same = ak_digest_eq(&statement, &header.statement);
	if (!same && !erased_too)
		return ak_digest_mismatch(err, AK_CHAIN_BROKEN, "header.statement", header.seq, &header.statement, &statement);
	ak_sha256(lines.signatures, &got);
	if (same && !ak_digest_eq(&got, &header.signatures))
		return ak_digest_mismatch(err, AK_CHAIN_BROKEN, "header.signatures", header.seq,
		                          &header.signatures, &got);
	if (!same) {
		if (ak_digest_eq(&got, &header.signatures))
			st = parse_place_holder(&lines, &header, out, &erased, err);
		if (st == AK_OK && !erased)
			st = ak_digest_mismatch(err, AK_CHAIN_BROKEN, "header.statement", header.seq, &header.statement, &statement);
		return st;
	}
	st = ak_sealed_candidate(lines.statement, lines.signatures, &s, err);
	if (st != AK_OK)
		return st;
	s.lines = lines;
	s.header = header;
	ak_tree_leaf(lines.header, &s.id);
	*out = s;
	return AK_OK;
}

ak_status ak_sealed_parse(ak_span file, ak_sealed *out, ak_error *err)
{
	return parse(file, false, out, err);
}

ak_status ak_sealed_parse_erased(ak_span file, ak_sealed *out, ak_error *err)
{
	return parse(file, true, out, err);
}

ak_span ak_sealed_body(const ak_sealed *s)
{
	ak_span body = { 0 };

	(void)ak_jcs_member(s->lines.statement, "predicate", "body", &body);
	return body;
}

ak_status ak_sealed_made_by(const ak_sealed *s, size_t i, const ak_pubkey *key, bool *yes, ak_error *err)
{
	ak_buf pae;
	ak_status st;

	ak_buf_init(&pae, AK_STATEMENT_MAX + 256);
	st = ak_dsse_pae(AK_DSSE_TYPE, s->lines.statement, &pae, err);
	if (st == AK_OK) {
		st = ak_pubkey_check(key, ak_buf_span(&pae), s->signatures.sig[i].sig, err);
		*yes = st == AK_OK;
		if (st == AK_BAD_SIGNATURE)
			st = AK_OK;
	}
	ak_buf_clear(&pae);
	return st;
}

ak_status ak_sealed_verify(ak_sealed *s, size_t i, const ak_pubkey *key, bool *good, ak_error *err)
{
	ak_sig_result *r = &s->result[i];
	bool named = ak_digest_eq(ak_pubkey_id(key), &s->signatures.sig[i].keyid), ok = false;

	if (named && r->state == AK_SIG_UNTRIED) {
		ak_status st = ak_sealed_made_by(s, i, key, &ok, err);
		if (st != AK_OK)
			return st;
		r->state = ok ? AK_SIG_GOOD : AK_SIG_BAD;
		if (s->of != NULL)
			s->of->result[i].state = r->state;
	}
	*good = named && r->state == AK_SIG_GOOD;
	return AK_OK;
}

ak_status ak_sealed_signed_by(ak_sealed *s, const ak_pubkey *key, bool *yes, ak_error *err)
{
	for (size_t i = 0; i < s->signatures.n; i++) {
		if (ak_digest_eq(&s->signatures.sig[i].keyid, ak_pubkey_id(key)))
			return ak_sealed_verify(s, i, key, yes, err);
	}
	*yes = false;
	return AK_OK;
}

ak_status ak_sealed_try(ak_sealed *s, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < s->signatures.n; i++) {
		const ak_pubkey *key = s->result[i].key;
		bool good;

		if (key == NULL)
			continue;
		s->result[i].key = NULL;
		st = ak_sealed_verify(s, i, key, &good, err);
	}
	return st;
}
