/* SPDX-License-Identifier: Apache-2.0 */
/* trust_text.h - trust files for tests, with keys written as one letter
 *
 *   {L}       the log's key: name "ledger.example/demo", type 01
 *   {a}..{z}  witness keys "w.example/a" …, type 04, each with its own public key
 *   {A}..{Z}  the public key of the small letter, but of type 01 and named "ledger.example/demo" ({L} is
 *             therefore also the key of {l})
 *   {1}..{9}  a digest of that digit
 */
#ifndef TESTS_MODEL_TRUST_TEXT_H
#define TESTS_MODEL_TRUST_TEXT_H

#include "codec/note.h"
#include "model/trust.h"

#include <stdlib.h>
#include <string.h>

/* A stand-in for SHA-256, enough to see that key ids are compared. */
static void toy_hash(ak_span in, ak_digest *out)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < in.len; i++)
		h = (h ^ in.data[i]) * UINT64_C(0x100000001b3);
	for (size_t i = 0; i < sizeof(out->b); i += 8)
		ak_put_be64(out->b + i, h + i);
}

static void put_vkey(ak_buf *out, const char *name, uint8_t type, uint8_t key)
{
	ak_vkey k = { .type = type };

	assert_true(strlen(name) <= AK_NOTE_NAME_MAX);
	memcpy(k.name, name, strlen(name) + 1);
	memset(k.key, key, sizeof(k.key));
	ak_note_key_id(ak_span_str(name), type, k.key, toy_hash, k.id);
	assert_int_equal(ak_vkey_format(&k, out, NULL), AK_OK);
}

/* Append `text` with its {letters} written out. */
static void put_text(ak_buf *out, const char *text)
{
	for (const char *p = text; *p != '\0'; p++) {
		char name[] = "w.example/?";

		if (p[0] != '{' || p[2] != '}') {
			assert_int_equal(ak_buf_add_byte(out, (uint8_t)*p, NULL), AK_OK);
			continue;
		}
		name[sizeof(name) - 2] = p[1];
		if (p[1] >= '1' && p[1] <= '9') {
			assert_int_equal(ak_buf_add_str(out, "sha256:", NULL), AK_OK);
			for (size_t i = 0; i < 2 * AK_DIGEST_LEN; i++)
				assert_int_equal(ak_buf_add_byte(out, (uint8_t)p[1], NULL), AK_OK);
		} else if (p[1] >= 'A' && p[1] <= 'Z') {
			put_vkey(out, "ledger.example/demo", AK_NOTE_ED25519, (uint8_t)(p[1] - 'A' + 'a'));
		} else {
			put_vkey(out, name, AK_NOTE_COSIGNATURE, (uint8_t)p[1]);
		}
		p += 2;
	}
}

#define REST "quorum none\ngenesis {1}\ncomplete none\nfresh P7D\n"
#define ABC "witness a {a}\nwitness b {b}\nwitness c {c}\n"

static ak_status parse_text(const char *text, ak_trust *out, ak_error *err)
{
	ak_status st;
	ak_buf b;

	ak_buf_init(&b, 2 * AK_TRUST_MAX);
	put_text(&b, text);
	st = ak_trust_parse(ak_buf_span(&b), toy_hash, out, err);
	ak_buf_clear(&b);
	return st;
}

static ak_trust *parsed(const char *text)
{
	ak_trust *t = calloc(1, sizeof(*t));
	ak_error err = { 0 };

	assert_non_null(t);
	if (parse_text(text, t, &err) != AK_OK)
		fail_msg("%s %llu %s in\n%s", err.where, (unsigned long long)err.at, err.detail, text);
	return t;
}

#endif
