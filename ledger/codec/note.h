/* SPDX-License-Identifier: Apache-2.0 */
/* note.h - C2SP signed-note v1.0.0 (internal)
 *
 *   <text, ends in newline>  newline  ("— " name " " base64(key id[4] || signature) newline)+
 *
 * The whole note is UTF-8 without characters below U+0020 other than newline.  The separator is
 * the last blank line.  Signed bytes: the text with its final newline.  At most 100 signature
 * lines.  There is one encoding of each note: what parses formats back to the same bytes.
 * Key id = first 4 bytes of SHA-256(name || 0x0A || type || public key).
 * Types used: 0x01 Ed25519; 0x04 Ed25519 cosignature with time; others are carried through.
 * Hashing and verification arrive as callbacks: codec does no cryptography.
 */
#ifndef AK_CODEC_NOTE_H
#define AK_CODEC_NOTE_H

#include "base/bytes.h"

enum {
	AK_NOTE_MAX = 65536,        /* bytes */
	AK_NOTE_SIGNATURES_MAX = 100,
	AK_NOTE_NAME_MAX = 255,
	AK_NOTE_BLOB_MAX = 4096,    /* bytes of a decoded signature line */
	AK_NOTE_KEY_MAX = 32,       /* Ed25519 */
	AK_NOTE_ED25519 = 0x01,
	AK_NOTE_COSIGNATURE = 0x04,
};

/* One signature line; spans borrow from the note's bytes. */
typedef struct ak_note_line {
	ak_span name;
	uint8_t key_id[4];
	uint8_t blob[AK_NOTE_BLOB_MAX]; /* what follows the key id */
	size_t blob_len;
	ak_span raw; /* the whole line without its newline */
} ak_note_line;

typedef struct ak_note {
	ak_span text;  /* signed bytes, with the final newline; borrowed */
	ak_span sigs;  /* all signature lines; borrowed                  */
	size_t n_sigs;
} ak_note;

/* Split and check the form of every line. AK_BAD_FORMAT: where "note.…", at = offset; more than
 * AK_NOTE_MAX bytes are AK_LIMIT.  Lines are not compared with each other: the same line may
 * come twice. */
AK_MUST_USE ak_status ak_note_parse(ak_span bytes, ak_note *out, ak_error *err);
/* Walk the signature lines: start with *rest = note.sigs; false when none is left (or, for bytes
 * that ak_note_parse has not seen, at a malformed line), and then nothing changes. */
bool ak_note_next(ak_span *rest, ak_note_line *out);

/* "<U+2014> name base64(id||blob)\n" */
AK_MUST_USE ak_status ak_note_line_format(ak_span name, const uint8_t key_id[4],
                                          ak_span blob, ak_buf *out, ak_error *err);

/* A verifier key: "<name>+<8 hex>+<base64(type || key)>". */
typedef struct ak_vkey {
	char name[AK_NOTE_NAME_MAX + 1];
	uint8_t id[4];
	uint8_t type;
	uint8_t key[AK_NOTE_KEY_MAX];
} ak_vkey;

typedef void ak_sha256_fn(ak_span in, ak_digest *out);
/* 1 to 255 bytes of UTF-8, no '+', no space and no control character of Unicode */
bool ak_note_name_valid(ak_span name);
/* `name` must be valid: of a longer one only the first 255 bytes count. */
void ak_note_key_id(ak_span name, uint8_t type, const uint8_t key[32], ak_sha256_fn *sha, uint8_t id[4]);
/* Checks the id against name and key.  Only types 0x01 and 0x04; any other is
 * AK_UNKNOWN_VERSION, whatever its key looks like. */
AK_MUST_USE ak_status ak_vkey_parse(ak_span in, ak_sha256_fn *sha, ak_vkey *out, ak_error *err);
AK_MUST_USE ak_status ak_vkey_format(const ak_vkey *k, ak_buf *out, ak_error *err);

/* The bytes a 0x04 cosignature signs: "cosignature/v1\ntime <t>\n" || text.  The blob is
 * be64(t) || 64-byte signature.  `time` <= 2^63-1; `text` ends in a newline. */
AK_MUST_USE ak_status ak_cosignature_message(uint64_t time, ak_span text, ak_buf *out, ak_error *err);

#endif
