/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/head.h"

#include "base/fail.h"
#include "codec/note.h"
#include "codec/sshsig.h"
#include "crypto/hash.h"

#include <string.h>

ak_status ak_head_check(const ak_books *b, const ak_pubkey *op, ak_error *err)
{
	ak_span origin = ak_span_str(b->checkpoint.origin), rest;
	uint8_t raw[32], id[4];
	ak_note note;
	ak_note_line l;
	ak_status st;

	if (b->checkpoint.size == 0)
		return AK_OK;
	st = ak_note_parse(ak_buf_span(&b->head.checkpoint), &note, err);
	if (st != AK_OK)
		return st;
	rest = note.sigs;
	if (op != NULL && ak_pubkey_raw_ed25519(op, raw)) {
		ak_note_key_id(origin, AK_NOTE_ED25519, raw, ak_sha256, id);
		while (ak_note_next(&rest, &l)) {
			if (!ak_span_eq(l.name, origin) || memcmp(l.key_id, id, 4) != 0)
				continue;
			st = ak_pubkey_check(op, note.text, (ak_span){ l.blob, l.blob_len }, err);
			if (st != AK_BAD_SIGNATURE)
				return st;
		}
	}
	return ak_fail(err, AK_NO_TRUSTED_SIG, "checkpoint.signature", b->checkpoint.size,
	               "the head of the repository is not signed by the operator key in force: audit it before anything is sealed");
}

/* Append this key's line over the checkpoint `text`. */
static ak_status add_line(const ak_seckey *key, ak_span origin, ak_span text, ak_buf *note, ak_error *err)
{
	uint8_t raw[32], id[4];
	ak_buf sig;
	ak_status st;

	if (!ak_pubkey_raw_ed25519(ak_seckey_public(key), raw))
		return ak_fail(err, AK_WEAK_KEY, "operator.key", 0, "the operator key must be Ed25519");
	ak_buf_init(&sig, AK_SIGNATURE_MAX);
	ak_note_key_id(origin, AK_NOTE_ED25519, raw, ak_sha256, id);
	st = ak_seckey_sign(key, text, &sig, err);
	if (st == AK_OK)
		st = ak_note_line_format(origin, id, ak_buf_span(&sig), note, err);
	ak_buf_clear(&sig);
	return st;
}

ak_status ak_head_note(const ak_seckey *key, const ak_seckey *before, const ak_checkpoint *c, ak_buf *note, ak_error *err)
{
	ak_span origin = ak_span_str(c->origin);
	ak_buf text;
	ak_status st;

	ak_buf_init(&text, AK_NOTE_MAX);
	st = ak_checkpoint_format(c, &text, err);
	if (st == AK_OK)
		st = ak_buf_add_span(note, ak_buf_span(&text), err);
	if (st == AK_OK)
		st = ak_buf_add_byte(note, '\n', err);
	if (st == AK_OK)
		st = add_line(key, origin, ak_buf_span(&text), note, err);
	if (st == AK_OK && before != NULL)
		st = add_line(before, origin, ak_buf_span(&text), note, err);
	ak_buf_clear(&text);
	return st;
}

ak_status ak_head_check_commit(const ak_pubkey *op, const char *id, uint64_t at, ak_span signature, ak_span signed_bytes,
                               ak_error *err)
{
	uint8_t raw[32], pub[32], sig[64], hash[64];
	ak_buf msg;
	ak_status st;

	if (signature.len == 0)
		return ak_fail(err, AK_GIT_HISTORY, "commit.signature", at, "commit %s is not signed", id);
	st = ak_sshsig_parse(signature, "git", pub, sig, err);
	if (st != AK_OK) {
		if (err != NULL)
			err->at = at;
		return st;
	}
	if (op == NULL || !ak_pubkey_raw_ed25519(op, raw) || memcmp(raw, pub, sizeof(raw)) != 0)
		return ak_fail(err, AK_NO_TRUSTED_SIG, "commit.signature", at, "commit %s is not signed by the operator key in force", id);
	ak_buf_init(&msg, AK_SSHSIG_MAX);
	ak_sha512(signed_bytes, hash);
	st = ak_sshsig_message("git", hash, &msg, err);
	if (st == AK_OK)
		st = ak_pubkey_check(op, ak_buf_span(&msg), (ak_span){ sig, sizeof(sig) }, err);
	ak_buf_clear(&msg);
	if (st == AK_BAD_SIGNATURE)
		st = ak_fail(err, AK_BAD_SIGNATURE, "commit.signature", at, "commit %s", id);
	return st;
}
