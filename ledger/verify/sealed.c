/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/sealed.h"

#include "base/fail.h"
#include "base/text.h"
#include "chain/tree.h"
#include "codec/dsse.h"
#include "codec/jcs.h"
#include "crypto/hash.h"

#include <string.h>

void ak_sealed_clear(ak_sealed *s)
{
	ak_statement_clear(&s->statement);
	ak_signatures_clear(&s->signatures);
	*s = (ak_sealed){ 0 };
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

ak_status ak_sealed_parse(ak_span file, ak_sealed *out, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_header header;
	ak_digest got;
	ak_lines lines;
	ak_status st = ak_record_split(file, &lines, err);

	if (st != AK_OK)
		return st;
	st = ak_header_parse(lines.header, &header, err);
	if (st != AK_OK)
		return st;
	/* Digests before contents: bytes that are not what the header commits to are not looked at. */
	ak_sha256(lines.statement, &got);
	if (!ak_digest_eq(&got, &header.statement))
		return ak_digest_mismatch(err, AK_CHAIN_BROKEN, "header.statement", header.seq,
		                          &header.statement, &got);
	ak_sha256(lines.signatures, &got);
	if (!ak_digest_eq(&got, &header.signatures))
		return ak_digest_mismatch(err, AK_CHAIN_BROKEN, "header.signatures", header.seq,
		                          &header.signatures, &got);
	st = ak_sealed_candidate(lines.statement, lines.signatures, &s, err);
	if (st != AK_OK)
		return st;
	s.lines = lines;
	s.header = header;
	ak_tree_leaf(lines.header, &s.id);
	*out = s;
	return AK_OK;
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
