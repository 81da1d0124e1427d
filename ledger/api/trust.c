/* SPDX-License-Identifier: Apache-2.0 */
/* Does a trust file speak of the ledger at hand?  As a verifier asks it (FORMAT 12, 21.4), each line by itself. */
#include "akashi/ledger.h"

#include "api/api.h"
#include "base/fail.h"
#include "base/text.h"
#include "verify/trust_read.h"

#include <string.h>

typedef struct fitting {
	ak_books *b;
	const ak_trust *trust;
	ak_authority *chain;
	bool log, keyset; /* seen in the chain; keyset also when the file names none */
} fitting;

static ak_status look_at(fitting *f, uint64_t seq, ak_buf *file, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_judgement j = { 0 };
	uint8_t raw[32];
	ak_status st = ak_books_sealed(f->b, seq, file, &s, err);

	if (st == AK_OK)
		st = ak_books_judge(f->b, f->chain, &s, &j, err);
	if (st == AK_OK)
		st = ak_authority_apply(f->chain, &s, seq, &j, err);
	if (st == AK_OK && j.authorised) {
		f->log = f->log || (ak_pubkey_raw_ed25519(ak_authority_operator(f->chain), raw) &&
		                    memcmp(raw, f->trust->log.key, sizeof(raw)) == 0);
		f->keyset = f->keyset || (ak_span_is(s.statement.type, "keyset") && ak_digest_eq(&s.id, &f->trust->keyset));
	}
	ak_sealed_clear(&s);
	return st;
}

static ak_status walk_chain(fitting *f, ak_error *err)
{
	const ak_authority_hooks none = { 0 };
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st = ak_authority_open(&f->b->core, &none, &f->chain, err);

	f->keyset = !f->trust->has_keyset;
	if (st == AK_OK)
		st = f->b->source.about(f->b->source.ctx, ak_span_str("akashi/keyset"), &seqs, &n, err);
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		ak_buf file;

		ak_buf_init(&file, AK_RECORD_MAX);
		st = look_at(f, seqs[i], &file, err);
		ak_buf_clear(&file);
	}
	ak_mem_free(seqs);
	return st;
}

static bool is_own_key(const ak_authority *chain, const uint8_t key[32])
{
	const ak_pubkey *k;

	for (size_t i = 0; (k = ak_authority_key_at(chain, i)) != NULL; i++) {
		uint8_t raw[32];

		if (ak_pubkey_raw_ed25519(k, raw) && memcmp(raw, key, sizeof(raw)) == 0)
			return true;
	}
	return false;
}

static ak_status put_own_witnesses(const fitting *f, ak_json *o, bool *any, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = AK_OK;

	*any = false;
	for (size_t i = 0; st == AK_OK && i < f->trust->n_witnesses; i++) {
		if (!is_own_key(f->chain, f->trust->witness[i].key.key))
			continue;
		*any = true;
		st = ak_json_add(list, ak_json_new_str(f->trust->witness[i].name), err);
	}
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "own_witnesses", list, err);
}

static ak_status answer(const fitting *f, ak_text *json, ak_error *err)
{
	const bool origin = strcmp(f->trust->log.name, f->b->checkpoint.origin) == 0;
	const bool genesis = ak_digest_eq(&f->trust->genesis, &f->b->genesis);
	ak_json *o = ak_json_new_object();
	bool own;
	ak_status st = put_own_witnesses(f, o, &own, err);

	if (st == AK_OK)
		st = ak_json_set(o, "ok", ak_json_new_bool(origin && genesis && f->log && f->keyset && !own), err);
	if (st == AK_OK)
		st = ak_json_set(o, "origin", ak_json_new_bool(origin), err);
	if (st == AK_OK)
		st = ak_json_set(o, "genesis", ak_json_new_bool(genesis), err);
	if (st == AK_OK)
		st = ak_json_set(o, "log", ak_json_new_bool(f->log), err);
	if (st == AK_OK)
		st = ak_json_set(o, "keyset", ak_json_new_bool(f->keyset), err);
	if (st == AK_OK)
		st = ak_api_closing(f->b, f->chain, 0, o, err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}

ak_status ak_ledger_check_trust(ak_ledger *l, ak_span trust, ak_text *json, ak_error *err)
{
	ak_trust *t = ak_mem_alloc(sizeof(*t));
	fitting f = { .b = l->b, .trust = t };
	ak_status st = t == NULL ? ak_no_memory(err, "trust") : ak_trust_read(trust, t, err);

	if (st == AK_OK)
		st = walk_chain(&f, err);
	if (st == AK_OK)
		st = answer(&f, json, err);
	ak_authority_free(&f.chain);
	ak_mem_free(t);
	return st;
}
