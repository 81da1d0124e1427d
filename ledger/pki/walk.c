/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/walk.h"

#include "base/fail.h"

enum { CONSTRUCTED = 0x20, CLASS = 0xc0, NUMBER = 0x1f, LENGTH_BYTES = 4 };

bool ak_walk_take(ak_span *in, uint8_t *tag, ak_span *content)
{
	size_t len, head = 2;

	if (in->len < 2 || (in->data[0] & NUMBER) == NUMBER)
		return false;
	len = in->data[1];
	if (len >= 0x80) {
		size_t n = len & 0x7f; /* 0 is BER's indefinite length */

		if (n < 1 || n > LENGTH_BYTES || in->len < 2 + n || in->data[2] == 0)
			return false;
		len = 0;
		for (size_t i = 0; i < n; i++)
			len = len << 8 | in->data[2 + i];
		if (n == 1 && len < 0x80)
			return false;
		head += n;
	}
	if (len > in->len - head)
		return false;
	*tag = in->data[0];
	*content = (ak_span){ in->data + head, len };
	*in = (ak_span){ in->data + head + len, in->len - head - len };
	return true;
}

static bool is_integer(ak_span c)
{
	if (c.len == 0)
		return false;
	if (c.len == 1)
		return true;
	return !(c.data[0] == 0 && (c.data[1] & 0x80) == 0) && !(c.data[0] == 0xff && (c.data[1] & 0x80) != 0);
}

static bool is_oid(ak_span c)
{
	bool first = true; /* byte of an arc */

	for (size_t i = 0; i < c.len; i++) {
		if (first && c.data[i] == 0x80)
			return false;
		first = (c.data[i] & 0x80) == 0;
	}
	return c.len != 0 && first;
}

static bool is_bit_string(ak_span c)
{
	unsigned unused;

	if (c.len == 0 || c.data[0] > 7)
		return false;
	unused = c.data[0];
	if (c.len == 1)
		return unused == 0;
	return (c.data[c.len - 1] & ((1u << unused) - 1)) == 0;
}

static bool is_time(ak_span c, size_t digits, bool fraction)
{
	size_t at = 0;

	while (at < c.len && c.data[at] >= '0' && c.data[at] <= '9')
		at++;
	if (at != digits)
		return false;
	if (fraction && at < c.len && c.data[at] == '.') {
		size_t dot = at++;

		while (at < c.len && c.data[at] >= '0' && c.data[at] <= '9')
			at++;
		if (at == dot + 1 || c.data[at - 1] == '0')
			return false;
	}
	return at + 1 == c.len && c.data[at] == 'Z';
}

/* NULL, or what is wrong with a value of a universal type. */
static const char *universal(uint8_t tag, ak_span c)
{
	switch (tag) {
	case AK_TAG_BOOLEAN:
		return c.len == 1 && (c.data[0] == 0 || c.data[0] == 0xff) ? NULL : "a BOOLEAN neither 00 nor FF";
	case AK_TAG_INTEGER:
	case AK_TAG_ENUMERATED:
		return is_integer(c) ? NULL : "an INTEGER not of the fewest bytes";
	case AK_TAG_BIT_STRING:
		return is_bit_string(c) ? NULL : "a BIT STRING with unused bits that are not zero";
	case AK_TAG_NULL:
		return c.len == 0 ? NULL : "a NULL that holds something";
	case AK_TAG_OID:
		return is_oid(c) ? NULL : "an object identifier not of the fewest bytes";
	case AK_TAG_UTC_TIME:
		return is_time(c, 12, false) ? NULL : "a UTCTime not YYMMDDhhmmssZ";
	case AK_TAG_GENERALIZED_TIME:
		return is_time(c, 14, true) ? NULL : "a GeneralizedTime not YYYYMMDDhhmmss[.f]Z";
	case 0x00: /* BER's end of contents */
		return "an end of contents, which only BER has";
	case CONSTRUCTED | 0x08: /* EXTERNAL and EMBEDDED PDV are sequences too, and nothing of ours holds them */
	case CONSTRUCTED | 0x0b:
	case 0x10:
	case 0x11:
		return "a type that is not taken";
	default:
		return NULL;
	}
}

static const char *wrong(uint8_t tag, ak_span c)
{
	if ((tag & CLASS) != 0)
		return NULL;
	if ((tag & CONSTRUCTED) != 0 && tag != AK_TAG_SEQUENCE && tag != AK_TAG_SET)
		return "a string in parts, which only BER has";
	return universal(tag, c);
}

ak_status ak_walk_der(const ak_walk *w, ak_span der, ak_error *err)
{
	ak_span left[AK_WALK_DEPTH_MAX + 1]; /* what is left to walk, a level each */
	size_t depth = 1, values = 0;

	if (der.len > w->bytes)
		return ak_fail(err, AK_BAD_FORMAT, w->where, w->bytes, "over %zu bytes", w->bytes);
	left[0] = der;
	while (depth != 0) {
		ak_span *in = &left[depth - 1], content;
		uint64_t at = (uint64_t)(in->data - der.data);
		const char *why;
		uint8_t tag;

		if (in->len == 0 && values != 0) {
			depth--;
			continue;
		}
		if (depth == 1 && values != 0)
			return ak_fail(err, AK_BAD_FORMAT, w->where, at, "bytes after the value");
		if (!ak_walk_take(in, &tag, &content))
			return ak_fail(err, AK_BAD_FORMAT, w->where, at, "not DER: no value with a definite length of the fewest bytes");
		if (depth > w->depth || depth > AK_WALK_DEPTH_MAX)
			return ak_fail(err, AK_BAD_FORMAT, w->where, at, "nested deeper than %zu", w->depth);
		if (++values > w->values)
			return ak_fail(err, AK_BAD_FORMAT, w->where, at, "over %zu values", w->values);
		why = wrong(tag, content);
		if (why != NULL)
			return ak_fail(err, AK_BAD_FORMAT, w->where, at, "not DER: %s", why);
		if (w->visit != NULL) {
			ak_status st = w->visit(w->ctx, tag, content, err);

			if (st != AK_OK)
				return st;
		}
		if ((tag & CONSTRUCTED) == 0)
			continue;
		left[depth++] = content;
	}
	return AK_OK;
}
