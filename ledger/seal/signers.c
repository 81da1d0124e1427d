/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/signers.h"

#include "base/fail.h"
#include "base/text.h"

#include <string.h>

/* ---- keys that the record brings in ---------------------------------------------------------------------- */

void ak_own_keys_clear(ak_own_keys *k)
{
	for (size_t i = 0; i < k->n; i++)
		ak_pubkey_free(&k->key[i]);
	k->n = 0;
}

static ak_status add_own(ak_span spki, ak_own_keys *k, ak_error *err)
{
	ak_error why = { 0 };
	ak_buf der;

	if (k->n == AK_OWN_KEYS_MAX)
		return AK_OK;
	ak_buf_init(&der, AK_SPKI_MAX);
	if (ak_base64_decode(spki, &der, &why) && ak_pubkey_from_spki(ak_buf_span(&der), &k->key[k->n], &why) == AK_OK)
		k->n++;
	ak_buf_clear(&der);
	return why.status == AK_NO_MEMORY ? ak_no_memory(err, "key.spki") : AK_OK;
}

static ak_status collect(const ak_json *v, ak_own_keys *k, ak_error *err)
{
	static const char *const within[] = { "root", "key", "operator", "heartbeat", "members", "keys" };
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && ak_json_is(v, AK_JSON_ARRAY) && i < ak_json_len(v); i++)
		st = collect(ak_json_at(v, i), k, err);
	if (st != AK_OK || !ak_json_is(v, AK_JSON_OBJECT))
		return st;
	if (ak_json_get(v, "spki") != NULL)
		return add_own(ak_json_get_text(v, "spki"), k, err);
	for (size_t i = 0; st == AK_OK && i < sizeof(within) / sizeof(within[0]); i++)
		st = collect(ak_json_get(v, within[i]), k, err);
	return st;
}

ak_status ak_own_keys_read(const ak_statement *s, ak_own_keys *out, ak_error *err)
{
	ak_own_keys k = { 0 };
	ak_status st = ak_type_is_core(s->type) ? collect(s->body, &k, err) : AK_OK;

	if (st != AK_OK)
		ak_own_keys_clear(&k);
	else
		*out = k;
	return st;
}

static const ak_pubkey *own_key(const ak_own_keys *own, const ak_digest *id)
{
	for (size_t i = 0; i < own->n; i++) {
		if (ak_digest_eq(ak_pubkey_id(own->key[i]), id))
			return own->key[i];
	}
	return NULL;
}

/* ---- who signed -------------------------------------------------------------------------------------------- */

/* by[i]: its keyid, where that is the key's that verifies it; else NULL. */
static ak_status try_named(const ak_authority *a, const ak_own_keys *own, ak_sealed *s, const ak_digest *by[], ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < s->signatures.n; i++) {
		const ak_digest *id = &s->signatures.sig[i].keyid;
		const ak_pubkey *key = own_key(own, id);
		bool good = false;

		if (key == NULL)
			key = ak_authority_key(a, id);
		if (key != NULL)
			st = ak_sealed_verify(s, i, key, &good, err);
		by[i] = good ? id : NULL;
	}
	return st;
}

static const ak_pubkey *nth_key(const ak_authority *a, const ak_own_keys *own, size_t k)
{
	return k < own->n ? own->key[k] : ak_authority_key_at(a, k - own->n);
}

/* *by stays NULL when it is by nobody, or too many were tried. */
static ak_status find_signer(const ak_authority *a, const ak_own_keys *own, const ak_sealed *s, size_t i, size_t *tries,
                             const ak_digest **by, ak_error *err)
{
	const ak_pubkey *key;
	ak_status st = AK_OK;

	for (size_t k = 0; st == AK_OK && *by == NULL && (key = nth_key(a, own, k)) != NULL; k++) {
		bool yes = false;

		if (++*tries > AK_SIGNER_TRIES)
			return AK_OK;
		st = ak_sealed_made_by(s, i, key, &yes, err);
		if (st == AK_OK && yes)
			*by = ak_pubkey_id(key);
	}
	return st;
}

static ak_status add_signature(ak_dsse *e, const ak_digest *id, ak_span sig, ak_error *err)
{
	char keyid[AK_DIGEST_TEXT_LEN + 1];

	ak_digest_format(id, keyid);
	for (size_t i = 0; i < e->n_sigs; i++) {
		if (strcmp(e->sigs[i].keyid, keyid) == 0)
			return AK_OK;
	}
	return ak_dsse_add_signature(e, keyid, sig, err);
}

/* Line 3 with these ids; NULL: nobody's, as it was.  Those that named their key go first, those by nobody last. */
static ak_status write_line(const ak_signatures *s, const ak_digest *const by[], ak_buf *line, ak_error *err)
{
	ak_status st = AK_OK;
	ak_dsse e;

	ak_dsse_init(&e);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; st == AK_OK && i < s->n; i++) {
			int mine = by[i] == NULL ? 2 : !ak_digest_eq(by[i], &s->sig[i].keyid);

			if (mine == round)
				st = add_signature(&e, by[i] == NULL ? &s->sig[i].keyid : by[i], s->sig[i].sig, err);
		}
	}
	if (st == AK_OK)
		st = ak_signatures_from_dsse(&e, line, err);
	ak_dsse_clear(&e);
	return st;
}

static ak_status rewrite(ak_candidate *c, const ak_digest *const by[], ak_error *err)
{
	ak_signatures fresh = { 0 };
	ak_buf line;
	ak_status st;

	ak_buf_init(&line, AK_SIGNATURES_MAX);
	st = write_line(&c->sealed.signatures, by, &line, err);
	if (st == AK_OK)
		st = ak_signatures_parse(ak_buf_span(&line), &fresh, err);
	if (st != AK_OK) {
		ak_buf_clear(&line);
		return st;
	}
	ak_signatures_clear(&c->sealed.signatures);
	ak_buf_clear(&c->signatures);
	c->signatures = line;
	c->sealed.signatures = fresh;
	c->sealed.lines.signatures = ak_buf_span(&c->signatures);
	memset(c->sealed.result, 0, sizeof(c->sealed.result));
	return AK_OK;
}

ak_status ak_signers_name(const ak_authority *a, const ak_own_keys *own, ak_candidate *c, size_t *unnamed, ak_error *err)
{
	const ak_digest *by[AK_SIGNERS_MAX] = { NULL };
	ak_sealed *s = &c->sealed;
	size_t tries = 0, nobody = 0;
	bool misnamed = false;
	ak_status st;

	*unnamed = 0;
	if (s->signatures.n_timestamps != 0)
		return AK_OK;
	st = try_named(a, own, s, by, err);
	for (size_t i = 0; st == AK_OK && i < s->signatures.n; i++) {
		if (by[i] != NULL)
			continue;
		st = find_signer(a, own, s, i, &tries, &by[i], err);
		misnamed = misnamed || by[i] != NULL;
		nobody += by[i] == NULL;
	}
	if (st == AK_OK && misnamed)
		st = rewrite(c, by, err);
	if (st == AK_OK && misnamed) /* what was written anew has not been tried under its new names */
		st = try_named(a, own, s, by, err);
	if (st == AK_OK)
		*unnamed = nobody;
	return st;
}

/* ---- what they are here for ---------------------------------------------------------------------------------- */

static bool revokes_itself(const ak_sealed *s, const char *hex)
{
	const bool list = ak_span_is(s->statement.type, "crl");
	const ak_json *keys = ak_json_get(s->statement.body, list ? "revoked" : "keys");

	for (size_t i = 0; (list || ak_span_is(s->statement.type, "revocation")) && i < ak_json_len(keys); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(keys, i), "id"), hex))
			return true;
	}
	return false;
}

bool ak_signer_has_part(const ak_own_keys *own, const ak_sealed *s, size_t i, const ak_judgement *j)
{
	const ak_digest *id = &s->signatures.sig[i].keyid;
	char keyid[AK_DIGEST_TEXT_LEN + 1];

	if (s->result[i].state != AK_SIG_GOOD)
		return false;
	if (own_key(own, id) != NULL || (i < j->n_signers && (j->authorised ? j->signer[i].counted : j->signer[i].tallied)))
		return true;
	ak_digest_format(id, keyid);
	/* Holders of the keyset before this one, and a key that ends itself, have their part too. */
	return (ak_span_is(s->statement.type, "keyset") && i < j->n_signers && j->signer[i].tallied) || revokes_itself(s, keyid + 7);
}

static ak_status check_role(const ak_authority *a, const ak_own_keys *own, const ak_sealed *s, size_t i, uint64_t seq,
                            const ak_judgement *j, ak_error *err)
{
	const ak_digest *id = &s->signatures.sig[i].keyid;
	const bool is_own = own_key(own, id) != NULL, good = s->result[i].state == AK_SIG_GOOD;
	char keyid[AK_DIGEST_TEXT_LEN + 1];

	ak_digest_format(id, keyid);
	if (!is_own && ak_authority_key(a, id) == NULL)
		return ak_fail(err, AK_BAD_SIGNATURE, "signatures", seq,
		               "the signature by %s is by nobody this ledger knows, or does not verify", keyid);
	if (!good)
		return ak_fail(err, AK_BAD_SIGNATURE, "signatures", seq, "the signature by %s does not verify", keyid);
	if (ak_signer_has_part(own, s, i, j))
		return AK_OK;
	return ak_fail(err, AK_BAD_SIGNATURE, "signatures", seq, "the signature by %s has no role in a %.*s",
	               keyid, (int)s->statement.type.len, (const char *)s->statement.type.data);
}

/* Operator and root keys are no party's; readers let the keyset chain stand alone, so it is refused here. */
static ak_status check_disjoint(const ak_authority *a, const ak_own_keys *own, const ak_sealed *s, uint64_t seq, ak_error *err)
{
	for (size_t i = 0; ak_span_is(s->statement.type, "keyset") && i < own->n; i++) {
		char keyid[AK_DIGEST_TEXT_LEN + 1];

		if (!ak_authority_is_member_key(a, ak_pubkey_id(own->key[i])))
			continue;
		ak_digest_format(ak_pubkey_id(own->key[i]), keyid);
		return ak_fail(err, AK_KEY_REUSED, "keyset.key", seq, "key %s belongs to a party", keyid);
	}
	return AK_OK;
}

ak_status ak_signers_check(const ak_authority *a, const ak_own_keys *own, const ak_sealed *s, uint64_t seq,
                           const ak_judgement *j, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < s->signatures.n; i++)
		st = check_role(a, own, s, i, seq, j, err);
	if (st == AK_OK && j->stamps_good != j->stamps)
		st = ak_fail(err, j->stamp_why.status == AK_OK ? AK_BAD_TIMESTAMP : j->stamp_why.status, "signatures.timestamps", seq,
		             "a token does not count: %.140s", j->stamp_why.detail);
	return st == AK_OK ? check_disjoint(a, own, s, seq, err) : st;
}
