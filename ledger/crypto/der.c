/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/der.h"

#include "base/fail.h"

bool ak_der_take(ak_span *in, uint8_t tag, ak_span *content)
{
	size_t len, head = 2;

	if (in->len < 2 || in->data[0] != tag)
		return false;
	len = in->data[1];
	if (len >= 0x80) {
		size_t n = len & 0x7f; /* 0 is BER's indefinite length */

		if (n < 1 || n > 3 || in->len < 2 + n)
			return false;
		len = 0;
		for (size_t i = 0; i < n; i++)
			len = len << 8 | in->data[2 + i];
		if (len < (n == 1 ? 0x80u : (size_t)1 << (n - 1) * 8))
			return false;
		head += n;
	}
	if (len > in->len - head)
		return false;
	*content = (ak_span){ in->data + head, len };
	*in = (ak_span){ in->data + head + len, in->len - head - len };
	return true;
}

bool ak_der_take_positive(ak_span *in, ak_span *n)
{
	ak_span rest = *in, v;

	if (!ak_der_take(&rest, AK_DER_INTEGER, &v) || v.len == 0 || (v.data[0] & 0x80) != 0)
		return false;
	if (v.data[0] == 0) {
		/* A leading zero is there only to keep the sign bit clear. */
		if (v.len == 1 || (v.data[1] & 0x80) == 0)
			return false;
		v = (ak_span){ v.data + 1, v.len - 1 };
	}
	*n = v;
	*in = rest;
	return true;
}

/* `zero` first: a zero byte of content before the rest. */
static ak_status put(ak_buf *out, uint8_t tag, bool zero, ak_span content, ak_error *err)
{
	size_t len = content.len + zero;
	uint8_t head[6] = { tag, (uint8_t)len };
	size_t n = 2;
	ak_status st;

	if (len > AK_DER_LEN_MAX)
		return ak_fail(err, AK_LIMIT, "der", len, "over %d bytes", AK_DER_LEN_MAX);
	if (len >= 0x80) {
		head[1] = len > 0xffff ? 0x83 : len > 0xff ? 0x82 : 0x81;
		for (int i = head[1] - 0x81; i >= 0; i--)
			head[n++] = (uint8_t)(len >> 8 * i);
	}
	if (zero)
		head[n++] = 0;
	st = ak_buf_add(out, head, n, err);
	return st == AK_OK ? ak_buf_add_span(out, content, err) : st;
}

ak_status ak_der_put(ak_buf *out, uint8_t tag, ak_span content, ak_error *err)
{
	return put(out, tag, false, content, err);
}

ak_status ak_der_put_unsigned(ak_buf *out, ak_span n, ak_error *err)
{
	while (n.len > 0 && n.data[0] == 0)
		n = (ak_span){ n.data + 1, n.len - 1 };
	return put(out, AK_DER_INTEGER, n.len == 0 || (n.data[0] & 0x80) != 0, n, err);
}
