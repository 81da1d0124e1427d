/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/ssh.h"

#include "base/fail.h"

enum { WORD = 4 };

bool ak_ssh_take_u32(ak_span *in, uint32_t *out)
{
	if (in->len < WORD)
		return false;
	*out = ak_get_be32(in->data);
	*in = (ak_span){ in->data + WORD, in->len - WORD };
	return true;
}

bool ak_ssh_take_string(ak_span *in, ak_span *out)
{
	ak_span rest = *in;
	uint32_t n;

	if (!ak_ssh_take_u32(&rest, &n) || n > rest.len)
		return false;
	*out = (ak_span){ rest.data, n };
	*in = (ak_span){ rest.data + n, rest.len - n };
	return true;
}

bool ak_ssh_take_str(ak_span *in, const char *want)
{
	ak_span rest = *in, s;

	if (!ak_ssh_take_string(&rest, &s) || !ak_span_is(s, want))
		return false;
	*in = rest;
	return true;
}

ak_status ak_ssh_put_u32(ak_buf *b, uint32_t v, ak_error *err)
{
	uint8_t be[WORD];

	ak_put_be32(be, v);
	return ak_buf_add(b, be, sizeof(be), err);
}

ak_status ak_ssh_put_string(ak_buf *b, ak_span s, ak_error *err)
{
	ak_status st;

	if (s.len > UINT32_MAX)
		return ak_fail(err, AK_LIMIT, "ssh", s.len, "longer than a length can say");
	st = ak_ssh_put_u32(b, (uint32_t)s.len, err);
	return st == AK_OK ? ak_buf_add_span(b, s, err) : st;
}
