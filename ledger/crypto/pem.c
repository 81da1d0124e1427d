/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/pem.h"

#include "base/fail.h"
#include "base/text.h"

#include <string.h>

enum { LINE = 64 };

static const char where[] = "key.pem";

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static ak_span trim(ak_span s)
{
	while (s.len != 0 && is_space(s.data[0]))
		s = (ak_span){ s.data + 1, s.len - 1 };
	while (s.len != 0 && is_space(s.data[s.len - 1]))
		s.len--;
	return s;
}

/* Cut one line off, without its LF or CRLF; the last may have none. */
static ak_span take_line(ak_span *in)
{
	ak_span line;

	if (!ak_span_line(in, &line)) {
		line = *in;
		*in = (ak_span){ in->data + in->len, 0 };
	}
	if (line.len != 0 && line.data[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* Is `line` "-----BEGIN LABEL-----", or the same with END? */
static bool is_boundary(ak_span line, const char *verb, const char *label)
{
	const char *parts[] = { "-----", verb, " ", label, "-----" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		size_t n = strlen(parts[i]);

		if (!ak_span_starts(line, parts[i]))
			return false;
		line = (ak_span){ line.data + n, line.len - n };
	}
	return line.len == 0;
}

bool ak_pem_opens(ak_span pem, const char *label)
{
	ak_span rest = trim(pem);

	return is_boundary(take_line(&rest), "BEGIN", label);
}

/* Join the lines of the block into `text`; `rest` is what follows its first line. */
static ak_status join(ak_span rest, const char *label, ak_buf *text, ak_error *err)
{
	const uint8_t *start = rest.data;

	while (rest.len != 0) {
		ak_span line = take_line(&rest);
		ak_status st;

		if (is_boundary(line, "END", label)) {
			if (rest.len == 0)
				return AK_OK;
			return ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)(rest.data - start),
			               "text after the block");
		}
		st = ak_buf_add_span(text, line, err);
		if (st != AK_OK)
			return st;
	}
	return ak_fail(err, AK_BAD_FORMAT, where, 0, "no line -----END %s-----", label);
}

ak_status ak_pem_read(ak_span pem, const char *label, ak_buf *der, ak_error *err)
{
	ak_span rest = trim(pem);
	ak_error why = { 0 };
	ak_buf text;
	ak_status st;

	if (pem.len > AK_PEM_MAX)
		return ak_fail(err, AK_BAD_FORMAT, where, AK_PEM_MAX, "over %d bytes", AK_PEM_MAX);
	if (!is_boundary(take_line(&rest), "BEGIN", label))
		return ak_fail(err, AK_BAD_FORMAT, where, 0,
		               "does not open with -----BEGIN %s-----", label);
	ak_buf_init(&text, AK_PEM_MAX);
	/* All at once: growing would leave unwiped copies behind. */
	st = ak_buf_reserve(&text, rest.len, err);
	if (st == AK_OK)
		st = join(rest, label, &text, err);
	if (st == AK_OK && text.len == 0)
		st = ak_fail(err, AK_BAD_FORMAT, where, 0, "the block is empty");
	if (st == AK_OK && !ak_base64_decode(ak_buf_span(&text), der, &why))
		st = ak_fail(err, why.status, where, why.at, "%s", why.detail);
	ak_buf_wipe(&text);
	return st;
}

static ak_status write_block(const char *label, ak_span text, ak_buf *out, ak_error *err)
{
	ak_status st = ak_buf_addf(out, err, "-----BEGIN %s-----\n", label);

	while (st == AK_OK && text.len != 0) {
		size_t n = text.len < LINE ? text.len : LINE;

		st = ak_buf_add(out, text.data, n, err);
		if (st == AK_OK)
			st = ak_buf_add_byte(out, '\n', err);
		text = (ak_span){ text.data + n, text.len - n };
	}
	if (st != AK_OK)
		return st;
	return ak_buf_addf(out, err, "-----END %s-----\n", label);
}

ak_status ak_pem_write(const char *label, ak_span der, ak_buf *out, ak_error *err)
{
	ak_buf text;
	ak_status st;

	ak_buf_init(&text, AK_PEM_MAX);
	st = ak_base64_encode(der, &text, err);
	/* 40 bytes are more than both boundaries take beside their labels. */
	if (st == AK_OK)
		st = ak_buf_reserve(out, text.len + text.len / LINE + 1 + 40 + 2 * strlen(label),
		                    err);
	if (st == AK_OK)
		st = write_block(label, ak_buf_span(&text), out, err);
	ak_buf_wipe(&text);
	return st;
}
