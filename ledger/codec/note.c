/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/note.h"

#include "base/fail.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

static const uint8_t line_start[] = { 0xe2, 0x80, 0x94, ' ' }; /* U+2014 */

/* The next code point of valid UTF-8; `in` is not empty. */
static uint32_t next_code(ak_span *in)
{
	uint8_t c = in->data[0];
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	uint32_t code = n == 1 ? c : c & (0x7fU >> n);

	for (size_t i = 1; i < n; i++)
		code = code << 6 | (in->data[i] & 0x3fU);
	*in = (ak_span){ in->data + n, in->len - n };
	return code;
}

/* White space beyond ASCII, by the White_Space property of Unicode. */
static bool is_wide_space(uint32_t c)
{
	return c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
	       c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
	       c == 0x3000;
}

bool ak_note_name_valid(ak_span name)
{
	size_t at;

	if (name.len == 0 || name.len > AK_NOTE_NAME_MAX || !ak_utf8_valid(name, &at))
		return false;
	while (name.len > 0) {
		uint32_t c = next_code(&name);

		if (c <= 0x20 || c == '+' || (c >= 0x7f && c <= 0x9f) || is_wide_space(c))
			return false;
	}
	return true;
}

/* Decode into `size` bytes of the caller's; *n is how many were used. */
static bool decode_fixed(ak_span text, uint8_t *out, size_t size, size_t *n,
                         ak_error *err)
{
	/* Full from the start, so it never grows: this borrows, and is not cleared. */
	ak_buf b = { .data = out, .cap = size, .max = size };

	if (!ak_base64_decode(text, &b, err))
		return false;
	*n = b.len;
	return true;
}

/* "<dash> name base64", without the newline; `at` is where the line starts. */
static ak_status read_line(ak_span raw, uint64_t at, ak_note_line *out, ak_error *err)
{
	uint8_t blob[4 + AK_NOTE_BLOB_MAX];
	ak_error why = { 0 };
	const uint8_t *space;
	ak_span name, b64;
	size_t n;

	if (raw.len < sizeof(line_start) ||
	    memcmp(raw.data, line_start, sizeof(line_start)) != 0)
		return ak_fail(err, AK_BAD_FORMAT, "note.signature", at,
		               "a signature line starts with an em dash and a space");
	name = (ak_span){ raw.data + sizeof(line_start), raw.len - sizeof(line_start) };
	at += sizeof(line_start);
	space = name.len == 0 ? NULL : memchr(name.data, ' ', name.len);
	if (space == NULL)
		return ak_fail(err, AK_BAD_FORMAT, "note.signature", at,
		               "no space between name and signature");
	b64 = (ak_span){ space + 1, name.len - (size_t)(space - name.data) - 1 };
	name.len = (size_t)(space - name.data);
	if (!ak_note_name_valid(name))
		return ak_fail(err, AK_BAD_FORMAT, "note.name", at, "not a key name");
	at += name.len + 1;
	if (!decode_fixed(b64, blob, sizeof(blob), &n, &why))
		return ak_fail(err, AK_BAD_FORMAT, "note.blob",
		               at + (why.status == AK_BAD_FORMAT ? why.at : 0), "%s",
		               why.status == AK_BAD_FORMAT ? why.detail : "too long");
	if (n < 5)
		return ak_fail(err, AK_BAD_FORMAT, "note.blob", at,
		               "shorter than a key id and one byte");
	out->name = name;
	memcpy(out->key_id, blob, 4);
	memcpy(out->blob, blob + 4, n - 4);
	out->blob_len = n - 4;
	out->raw = raw;
	return AK_OK;
}

static ak_status check_characters(ak_span bytes, ak_error *err)
{
	size_t at;

	if (!ak_utf8_valid(bytes, &at))
		return ak_fail(err, AK_BAD_FORMAT, "note.text", at, "not UTF-8");
	for (at = 0; at < bytes.len; at++) {
		if (bytes.data[at] < 0x20 && bytes.data[at] != '\n')
			return ak_fail(err, AK_BAD_FORMAT, "note.text", at,
			               "control character");
	}
	return AK_OK;
}

/* Offset of the last two newlines in a row. */
static bool find_separator(ak_span bytes, size_t *at)
{
	for (size_t i = bytes.len; i >= 2; i--) {
		if (bytes.data[i - 1] == '\n' && bytes.data[i - 2] == '\n') {
			*at = i - 2;
			return true;
		}
	}
	return false;
}

ak_status ak_note_parse(ak_span bytes, ak_note *out, ak_error *err)
{
	ak_note note = { 0 };
	ak_note_line line;
	ak_span rest, raw;
	size_t cut;
	ak_status st;

	if (bytes.len > AK_NOTE_MAX)
		return ak_fail(err, AK_LIMIT, "note.size", AK_NOTE_MAX,
		               "over %d bytes", AK_NOTE_MAX);
	st = check_characters(bytes, err);
	if (st != AK_OK)
		return st;
	if (bytes.len == 0 || bytes.data[bytes.len - 1] != '\n')
		return ak_fail(err, AK_BAD_FORMAT, "note.end", bytes.len,
		               "no final newline");
	if (!find_separator(bytes, &cut))
		return ak_fail(err, AK_BAD_FORMAT, "note.separator", bytes.len,
		               "no blank line before the signatures");
	note.text = (ak_span){ bytes.data, cut + 1 };
	note.sigs = (ak_span){ bytes.data + cut + 2, bytes.len - cut - 2 };
	if (note.sigs.len == 0)
		return ak_fail(err, AK_BAD_FORMAT, "note.signatures", bytes.len,
		               "no signature line");
	rest = note.sigs;
	while (ak_span_line(&rest, &raw)) {
		uint64_t at = (uint64_t)(raw.data - bytes.data);

		if (note.n_sigs == AK_NOTE_SIGNATURES_MAX)
			return ak_fail(err, AK_BAD_FORMAT, "note.signatures", at,
			               "over %d signature lines", AK_NOTE_SIGNATURES_MAX);
		st = read_line(raw, at, &line, err);
		if (st != AK_OK)
			return st;
		note.n_sigs++;
	}
	*out = note;
	return AK_OK;
}

bool ak_note_next(ak_span *rest, ak_note_line *out)
{
	ak_span after = *rest, raw;

	if (!ak_span_line(&after, &raw) || read_line(raw, 0, out, NULL) != AK_OK)
		return false;
	*rest = after;
	return true;
}

ak_status ak_note_line_format(ak_span name, const uint8_t key_id[4], ak_span blob,
                              ak_buf *out, ak_error *err)
{
	uint8_t all[4 + AK_NOTE_BLOB_MAX];
	ak_status st;

	if (!ak_note_name_valid(name))
		return ak_fail(err, AK_INVALID_ARGUMENT, "note.name", 0, "not a key name");
	if (blob.len == 0 || blob.len > AK_NOTE_BLOB_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "note.blob", blob.len,
		               "not 1 to %d bytes", AK_NOTE_BLOB_MAX);
	memcpy(all, key_id, 4);
	memcpy(all + 4, blob.data, blob.len);
	st = ak_buf_add(out, line_start, sizeof(line_start), err);
	if (st == AK_OK)
		st = ak_buf_add_span(out, name, err);
	if (st == AK_OK)
		st = ak_buf_add_byte(out, ' ', err);
	if (st == AK_OK)
		st = ak_base64_encode((ak_span){ all, 4 + blob.len }, out, err);
	if (st == AK_OK)
		st = ak_buf_add_byte(out, '\n', err);
	return st;
}

void ak_note_key_id(ak_span name, uint8_t type, const uint8_t key[32],
                    ak_sha256_fn *sha, uint8_t id[4])
{
	uint8_t in[AK_NOTE_NAME_MAX + 2 + AK_NOTE_KEY_MAX];
	size_t n = name.len < AK_NOTE_NAME_MAX ? name.len : AK_NOTE_NAME_MAX;
	ak_digest d;

	if (n != 0)
		memcpy(in, name.data, n);
	in[n] = '\n';
	in[n + 1] = type;
	memcpy(in + n + 2, key, AK_NOTE_KEY_MAX);
	sha((ak_span){ in, n + 2 + AK_NOTE_KEY_MAX }, &d);
	memcpy(id, d.b, 4);
}

static bool known_type(uint8_t type)
{
	return type == AK_NOTE_ED25519 || type == AK_NOTE_COSIGNATURE;
}

/* Compare the id that was written with the one that name and key give. */
static ak_status check_key_id(const ak_vkey *k, ak_sha256_fn *sha, uint64_t at,
                              ak_error *err)
{
	char want[9], got[9];
	uint8_t id[4];

	ak_note_key_id(ak_span_str(k->name), k->type, k->key, sha, id);
	if (memcmp(id, k->id, sizeof(id)) == 0)
		return AK_OK;
	ak_hex_encode(id, sizeof(id), want);
	ak_hex_encode(k->id, sizeof(k->id), got);
	return ak_mismatch(err, AK_BAD_FORMAT, "vkey.id", at, want, got);
}

/* base64(type || key) */
static ak_status read_key(ak_span b64, uint64_t at, ak_vkey *k, ak_error *err)
{
	uint8_t raw[AK_NOTE_BLOB_MAX];
	ak_error why = { 0 };
	size_t n;

	if (!decode_fixed(b64, raw, sizeof(raw), &n, &why))
		return ak_fail(err, AK_BAD_FORMAT, "vkey.key",
		               at + (why.status == AK_BAD_FORMAT ? why.at : 0), "%s",
		               why.status == AK_BAD_FORMAT ? why.detail : "too long");
	if (n == 0)
		return ak_fail(err, AK_BAD_FORMAT, "vkey.key", at, "empty");
	if (!known_type(raw[0]))
		return ak_fail(err, AK_UNKNOWN_VERSION, "vkey.type", at,
		               "key type 0x%02x", (unsigned int)raw[0]);
	if (n != 1 + AK_NOTE_KEY_MAX)
		return ak_fail(err, AK_BAD_FORMAT, "vkey.key", at,
		               "an Ed25519 key has %d bytes, not %zu", AK_NOTE_KEY_MAX,
		               n - 1);
	k->type = raw[0];
	memcpy(k->key, raw + 1, AK_NOTE_KEY_MAX);
	return AK_OK;
}

ak_status ak_vkey_parse(ak_span in, ak_sha256_fn *sha, ak_vkey *out, ak_error *err)
{
	const uint8_t *plus = in.len == 0 ? NULL : memchr(in.data, '+', in.len);
	ak_vkey k = { 0 };
	ak_span hex, b64;
	size_t n;
	ak_status st;

	if (plus == NULL)
		return ak_fail(err, AK_BAD_FORMAT, "vkey.name", in.len, "no '+' after it");
	n = (size_t)(plus - in.data);
	if (!ak_note_name_valid((ak_span){ in.data, n }))
		return ak_fail(err, AK_BAD_FORMAT, "vkey.name", 0, "not a key name");
	memcpy(k.name, in.data, n);
	if (in.len - n < 10 || in.data[n + 9] != '+')
		return ak_fail(err, AK_BAD_FORMAT, "vkey.id", n + 1,
		               "not eight hex digits between two '+'");
	hex = (ak_span){ in.data + n + 1, 8 };
	if (!ak_hex_decode(hex, k.id, sizeof(k.id)))
		return ak_fail(err, AK_BAD_FORMAT, "vkey.id", n + 1,
		               "not eight lower-case hex digits");
	b64 = (ak_span){ in.data + n + 10, in.len - n - 10 };
	st = read_key(b64, n + 10, &k, err);
	if (st == AK_OK)
		st = check_key_id(&k, sha, n + 1, err);
	if (st != AK_OK)
		return st;
	*out = k;
	return AK_OK;
}

ak_status ak_vkey_format(const ak_vkey *k, ak_buf *out, ak_error *err)
{
	uint8_t raw[1 + AK_NOTE_KEY_MAX];
	char id[9];
	ak_status st;

	if (!ak_note_name_valid(ak_span_str(k->name)))
		return ak_fail(err, AK_INVALID_ARGUMENT, "vkey.name", 0, "not a key name");
	if (!known_type(k->type))
		return ak_fail(err, AK_INVALID_ARGUMENT, "vkey.type", 0,
		               "key type 0x%02x", (unsigned int)k->type);
	ak_hex_encode(k->id, sizeof(k->id), id);
	raw[0] = k->type;
	memcpy(raw + 1, k->key, AK_NOTE_KEY_MAX);
	st = ak_buf_addf(out, err, "%s+%s+", k->name, id);
	if (st == AK_OK)
		st = ak_base64_encode((ak_span){ raw, sizeof(raw) }, out, err);
	return st;
}

ak_status ak_cosignature_message(uint64_t time, ak_span text, ak_buf *out,
                                 ak_error *err)
{
	ak_status st;

	if (time > INT64_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "cosignature.time", time,
		               "beyond 2^63-1");
	if (text.len == 0 || text.data[text.len - 1] != '\n')
		return ak_fail(err, AK_INVALID_ARGUMENT, "cosignature.text", text.len,
		               "no final newline");
	st = ak_buf_addf(out, err, "cosignature/v1\ntime %" PRIu64 "\n", time);
	if (st == AK_OK)
		st = ak_buf_add_span(out, text, err);
	return st;
}
