/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/cosignature.h"

#include "base/fail.h"
#include "crypto/hash.h"

#include <string.h>

enum { TIME_LEN = 8, SIGNATURE_LEN = 64, MESSAGE_MAX = AK_NOTE_MAX + 128 };

ak_status ak_operator_line_check(ak_span text, ak_span origin, const ak_note_line *l, const uint8_t key[32], ak_error *err)
{
	ak_pubkey *pub = NULL;
	uint8_t id[4];
	ak_status st;

	ak_note_key_id(origin, AK_NOTE_ED25519, key, ak_sha256, id);
	if (!ak_span_eq(l->name, origin) || memcmp(l->key_id, id, sizeof(id)) != 0)
		return ak_fail(err, AK_BAD_SIGNATURE, "checkpoint.signature", 0, "another key's line");
	st = ak_pubkey_from_ed25519(key, &pub, err);
	if (st == AK_OK)
		st = ak_pubkey_check(pub, text, (ak_span){ l->blob, l->blob_len }, err);
	ak_pubkey_free(&pub);
	return st;
}

bool ak_cosignature_by(const ak_note_line *l, const uint8_t key[32])
{
	uint8_t id[4];

	ak_note_key_id(l->name, AK_NOTE_COSIGNATURE, key, ak_sha256, id);
	return memcmp(id, l->key_id, sizeof(id)) == 0;
}

ak_status ak_cosignature_check(ak_span text, const ak_note_line *l, const uint8_t key[32], bool *good, int64_t *time,
                               ak_error *err)
{
	ak_pubkey *pub = NULL;
	ak_buf msg;
	uint64_t t;
	ak_status st;

	*good = false;
	if (l->blob_len != TIME_LEN + SIGNATURE_LEN)
		return AK_OK;
	t = ak_get_be64(l->blob);
	if (t > INT64_MAX)
		return AK_OK;
	ak_buf_init(&msg, MESSAGE_MAX);
	st = ak_cosignature_message(t, text, &msg, err);
	if (st == AK_OK)
		st = ak_pubkey_from_ed25519(key, &pub, err);
	if (st == AK_OK) {
		st = ak_pubkey_check(pub, ak_buf_span(&msg), (ak_span){ l->blob + TIME_LEN, SIGNATURE_LEN }, err);
		*good = st == AK_OK;
		if (st == AK_BAD_SIGNATURE)
			st = AK_OK;
	}
	if (*good)
		*time = (int64_t)t;
	ak_pubkey_free(&pub);
	ak_buf_clear(&msg);
	return st;
}

ak_status ak_cosignature_make(const ak_seckey *key, ak_span name, ak_span text, int64_t now, ak_buf *note, ak_error *err)
{
	uint8_t raw[32], id[4], time[TIME_LEN];
	ak_buf msg, blob;
	ak_status st;

	if (!ak_pubkey_raw_ed25519(ak_seckey_public(key), raw))
		return ak_fail(err, AK_WEAK_KEY, "witness.key", 0, "a key that cosigns must be Ed25519");
	if (now < 0)
		return ak_fail(err, AK_CLOCK, "witness.time", 0, "before 1970");
	ak_buf_init(&msg, MESSAGE_MAX);
	ak_buf_init(&blob, TIME_LEN + SIGNATURE_LEN);
	ak_note_key_id(name, AK_NOTE_COSIGNATURE, raw, ak_sha256, id);
	ak_put_be64(time, (uint64_t)now);
	st = ak_cosignature_message((uint64_t)now, text, &msg, err);
	if (st == AK_OK)
		st = ak_buf_add(&blob, time, sizeof(time), err);
	if (st == AK_OK)
		st = ak_seckey_sign(key, ak_buf_span(&msg), &blob, err);
	if (st == AK_OK)
		st = ak_note_line_format(name, id, ak_buf_span(&blob), note, err);
	ak_buf_clear(&blob);
	ak_buf_clear(&msg);
	return st;
}

int ak_cosignature_cmp(const ak_note_line *a, const ak_note_line *b)
{
	int c = ak_span_cmp(a->name, b->name);

	return c != 0 ? c : memcmp(a->key_id, b->key_id, sizeof(a->key_id));
}
