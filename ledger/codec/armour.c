/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/armour.h"

#include "base/fail.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const char where[] = "armour", version[] = "Version: 1", digest_is[] = "Digest: ";

/* ---- writing ---------------------------------------------------------------------------------------------------- */

ak_status ak_armour_write(const char *label, const ak_digest *digest, ak_span bytes, ak_buf *out, ak_error *err)
{
	char hex[2 * AK_DIGEST_LEN + 1];
	ak_buf text;
	ak_status st;

	ak_hex_encode(digest->b, AK_DIGEST_LEN, hex);
	ak_buf_init(&text, (bytes.len + 2) / 3 * 4 + 1);
	st = ak_base64_encode(bytes, &text, err);
	if (st == AK_OK)
		st = ak_buf_addf(out, err, "-----BEGIN %s-----\n%s\n%s%s\n\n", label, version, digest_is, hex);
	for (size_t i = 0; st == AK_OK && i < text.len; i += AK_ARMOUR_LINE) {
		st = ak_buf_add(out, text.data + i, text.len - i < AK_ARMOUR_LINE ? text.len - i : AK_ARMOUR_LINE, err);
		if (st == AK_OK)
			st = ak_buf_add_byte(out, '\n', err);
	}
	if (st == AK_OK)
		st = ak_buf_addf(out, err, "-----END %s-----\n", label);
	ak_buf_clear(&text);
	return st;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

static bool at_mark(ak_span s)
{
	static const uint8_t mark[] = { 0xef, 0xbb, 0xbf };

	return s.len >= sizeof(mark) && memcmp(s.data, mark, sizeof(mark)) == 0;
}

static ak_span skip(ak_span s, size_t n)
{
	return (ak_span){ s.data + n, s.len - n };
}

/* What mail puts around a line is no part of it. */
static ak_span bare(ak_span s)
{
	for (;;) {
		if (at_mark(s))
			s = skip(s, 3);
		else if (s.len > 0 && (s.data[0] == ' ' || s.data[0] == '\t' || s.data[0] == '>'))
			s = skip(s, 1);
		else
			break;
	}
	while (s.len > 0 && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
		s.len--;
	return s;
}

static bool next_line(ak_armour_text *t, ak_span *line)
{
	size_t n = 0;

	if (t->rest.len == 0)
		return false;
	while (n < t->rest.len && t->rest.data[n] != '\n' && t->rest.data[n] != '\r')
		n++;
	*line = bare((ak_span){ t->rest.data, n });
	if (n + 1 < t->rest.len && t->rest.data[n] == '\r' && t->rest.data[n + 1] == '\n')
		n++;
	t->rest = skip(t->rest, n < t->rest.len ? n + 1 : n);
	t->line++;
	return true;
}

/* Of the line that was read last. */
static ak_status wrong(const ak_armour_text *t, ak_error *err, ak_status st, const char *what)
{
	return ak_fail(err, st, where, t->line - 1, "line %zu: %s", t->line - 1, what);
}

/* The next line of a block that is not empty; its number is t->line - 1. */
static ak_status block_line(ak_armour_text *t, ak_span *line, ak_error *err)
{
	do {
		if (!next_line(t, line))
			return wrong(t, err, AK_BAD_FORMAT, "the end of the block is missing: the text was cut");
	} while (line->len == 0);
	if (ak_span_starts(*line, "-----BEGIN "))
		return wrong(t, err, AK_BAD_FORMAT, "another block begins before this one has ended");
	for (size_t i = 0; i < line->len; i++) {
		if (line->data[i] >= 0x80)
			return wrong(t, err, AK_BAD_FORMAT, "a character outside ASCII (a full-width letter or digit?): the block was changed on its way");
	}
	return AK_OK;
}

static ak_status read_head(ak_armour_text *t, ak_digest *digest, ak_error *err)
{
	const size_t n = sizeof(digest_is) - 1;
	ak_span line = { 0 };
	ak_status st = block_line(t, &line, err);

	if (st != AK_OK)
		return st;
	if (!ak_span_is(line, version))
		return ak_span_starts(line, "Version: ")
		       ? wrong(t, err, AK_UNKNOWN_VERSION, "a version of the block that this program does not know")
		       : wrong(t, err, AK_BAD_FORMAT, "the first line of the block is not as it was written");
	st = block_line(t, &line, err);
	if (st == AK_OK && (!ak_span_starts(line, digest_is) || !ak_digest_from_hex(skip(line, n), digest)))
		st = wrong(t, err, AK_BAD_FORMAT, "the second line of the block is not as it was written");
	return st;
}

static ak_status read_body(ak_armour_text *t, const char *end, ak_buf *text, ak_error *err)
{
	const size_t first = t->line;
	ak_status st;

	for (;;) {
		ak_span line = { 0 };

		st = block_line(t, &line, err);
		if (st != AK_OK || ak_span_is(line, end))
			return st;
		for (size_t i = 0; i < line.len; i++) {
			uint8_t c = line.data[i];

			if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '+' && c != '/' && c != '=')
				return wrong(t, err, AK_BAD_FORMAT, "a character that is not of base64: the block was changed on its way");
		}
		st = ak_buf_add_span(text, line, err);
		if (st != AK_OK) {
			if (err != NULL)
				err->at = first;
			return st;
		}
	}
}

static ak_status find(ak_armour_text *t, const char *begin, ak_error *err)
{
	ak_span line;

	while (next_line(t, &line)) {
		if (ak_span_is(line, begin))
			return AK_OK;
	}
	return ak_fail(err, AK_NOT_FOUND, where, 0, "no line %s", begin);
}

ak_status ak_armour_next(ak_armour_text *t, const char *label, ak_digest *digest, ak_buf *out, ak_error *err)
{
	char begin[AK_ARMOUR_LABEL_MAX + 20], end[AK_ARMOUR_LABEL_MAX + 20];
	ak_digest claimed = { { 0 } };
	ak_error why = { 0 };
	size_t first;
	ak_buf text;
	ak_status st;

	(void)snprintf(begin, sizeof(begin), "-----BEGIN %.*s-----", AK_ARMOUR_LABEL_MAX, label);
	(void)snprintf(end, sizeof(end), "-----END %.*s-----", AK_ARMOUR_LABEL_MAX, label);
	st = find(t, begin, err);
	if (st != AK_OK)
		return st;
	first = t->line - 1;
	ak_buf_init(&text, out->max / 3 * 4 + 4);
	st = read_head(t, &claimed, err);
	if (st == AK_OK)
		st = read_body(t, end, &text, err);
	if (st == AK_OK && !ak_base64_decode(ak_buf_span(&text), out, &why)) {
		st = why.status == AK_NO_MEMORY ? ak_no_memory(err, where)
		     : ak_fail(err, why.status, where, first, "the base64 is not whole: the block was changed on its way");
	}
	if (st == AK_OK)
		*digest = claimed;
	ak_buf_clear(&text);
	return st;
}
