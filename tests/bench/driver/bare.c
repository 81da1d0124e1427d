/* SPDX-License-Identifier: Apache-2.0 */
#include "listing.h"

#include "base/text.h"
#include "codec/dsse.h"
#include "codec/note.h"
#include "crypto/hash.h"
#include "model/checkpoint.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS = 256, SIGNATURES = 1024, MESSAGE_MAX = 2 * AK_STATEMENT_MAX };

typedef struct signature {
	const ak_pubkey *key; /* borrowed from the list */
	ak_buf message;
	uint8_t sig[AK_SIGNATURE_MAX];
	size_t len;
} signature;

struct bare {
	ak_pubkey *key[KEYS];
	size_t n_keys, n;
	signature sig[SIGNATURES];
};

/* ---- keys: every {"id","spki"} that a statement holds ------------------------------------------------------------ */

static void add_key(bare *b, ak_span base64)
{
	ak_error e = { 0 };
	ak_buf spki;

	ak_buf_init(&spki, AK_SPKI_MAX);
	if (b->n_keys == KEYS || !ak_base64_decode(base64, &spki, &e))
		die("the keys in the bundle cannot be read", NULL);
	need(ak_pubkey_from_spki(ak_buf_span(&spki), &b->key[b->n_keys++], &e), "key", &e);
	ak_buf_clear(&spki);
}

static void find_keys(bare *b, const ak_json *v)
{
	const ak_json *value;
	ak_span key;

	if (ak_json_is(v, AK_JSON_OBJECT)) {
		if (ak_json_get_text(v, "spki").len != 0)
			add_key(b, ak_json_get_text(v, "spki"));
		for (void *it = NULL; ak_json_next(v, &it, &key, &value);)
			find_keys(b, value);
	}
	for (size_t i = 0; ak_json_is(v, AK_JSON_ARRAY) && i < ak_json_len(v); i++)
		find_keys(b, ak_json_at(v, i));
}

static const ak_pubkey *key_of(const bare *b, const ak_digest *id)
{
	for (size_t i = 0; i < b->n_keys; i++) {
		if (ak_digest_eq(ak_pubkey_id(b->key[i]), id))
			return b->key[i];
	}
	die("the key of a signature is not in the bundle", NULL);
}

/* ---- signatures -------------------------------------------------------------------------------------------------- */

static signature *add(bare *b, const ak_pubkey *key, ak_span sig)
{
	signature *s = &b->sig[b->n];

	if (b->n == SIGNATURES || sig.len > sizeof(s->sig))
		die("too many signatures in the bundle", NULL);
	b->n++;
	s->key = key;
	memcpy(s->sig, sig.data, sig.len);
	s->len = sig.len;
	ak_buf_init(&s->message, MESSAGE_MAX);
	return s;
}

static void add_record(bare *b, const ak_sealed *s)
{
	ak_error e = { 0 };

	for (size_t i = 0; i < s->signatures.n; i++) {
		const ak_signature *by = &s->signatures.sig[i];

		need(ak_dsse_pae(AK_DSSE_TYPE, s->lines.statement, &add(b, key_of(b, &by->keyid), by->sig)->message, &e), "PAE", &e);
	}
}

static void add_head(bare *b, ak_span checkpoint)
{
	ak_checkpoint head;
	ak_error e = { 0 };
	ak_note_line line;
	ak_note note;
	ak_span rest;

	need(ak_note_parse(checkpoint, &note, &e), "checkpoint", &e);
	need(ak_checkpoint_parse(note.text, &head, &e), "checkpoint", &e);
	rest = note.sigs;
	while (ak_note_next(&rest, &line)) {
		for (size_t i = 0; i < b->n_keys; i++) {
			uint8_t raw[32], id[4];

			if (!ak_pubkey_raw_ed25519(b->key[i], raw))
				continue;
			ak_note_key_id(ak_span_str(head.origin), AK_NOTE_ED25519, raw, ak_sha256, id);
			if (memcmp(id, line.key_id, sizeof(id)) == 0)
				need(ak_buf_add_span(&add(b, b->key[i], (ak_span){ line.blob, line.blob_len })->message,
				                     note.text, &e), "checkpoint", &e);
		}
	}
}

bare *bare_collect(const ak_evidence *e)
{
	bare *b = room(1, sizeof(*b));
	ak_sealed *s = room(e->n_records, sizeof(*s));
	ak_error err = { 0 };

	for (size_t i = 0; i < e->n_records; i++) {
		need(ak_sealed_parse(ak_buf_span(&e->record[i].file), &s[i], &err), "record", &err);
		find_keys(b, s[i].statement.body);
	}
	for (size_t i = 0; i < e->n_records; i++)
		add_record(b, &s[i]);
	add_head(b, ak_buf_span(&e->checkpoint));
	for (size_t i = 0; i < e->n_records; i++)
		ak_sealed_clear(&s[i]);
	free(s);
	return b;
}

size_t bare_count(const bare *b)
{
	return b->n;
}

void bare_verify(const bare *b)
{
	for (size_t i = 0; i < b->n; i++) {
		if (!ak_pubkey_verify(b->sig[i].key, ak_buf_span(&b->sig[i].message), (ak_span){ b->sig[i].sig, b->sig[i].len }))
			die("a signature does not verify", NULL);
	}
}

void bare_free(bare **b)
{
	for (size_t i = 0; i < (*b)->n; i++)
		ak_buf_clear(&(*b)->sig[i].message);
	for (size_t i = 0; i < (*b)->n_keys; i++)
		ak_pubkey_free(&(*b)->key[i]);
	free(*b);
	*b = NULL;
}
