/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include "base/fail.h"

#include <string.h>

bool ak_decimal_parse(ak_span in, uint64_t *out)
{
	uint64_t n = 0;

	if (in.len == 0 || (in.len > 1 && in.data[0] == '0'))
		return false;
	for (size_t i = 0; i < in.len; i++) {
		uint64_t digit = (uint64_t)in.data[i] - '0';

		if (in.data[i] < '0' || in.data[i] > '9' ||
		    n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*out = n;
	return true;
}

/* Values of digits, each one more than it is, so that 0 is none.  Records are full of digests, and looking up is several times
 * quicker than comparing. */
static const uint8_t hex_value[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
	['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, /* not 'A': one encoding per value */
};

bool ak_hex_decode(ak_span in, uint8_t *out, size_t out_len)
{
	if (in.len != 2 * out_len)
		return false;
	for (size_t i = 0; i < in.len; i++) {
		if (hex_value[in.data[i]] == 0)
			return false;
	}
	for (size_t i = 0; i < out_len; i++)
		out[i] = (uint8_t)((hex_value[in.data[2 * i]] - 1) << 4 |
		                   (hex_value[in.data[2 * i + 1]] - 1));
	return true;
}

void ak_hex_encode(const uint8_t *in, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[in[i] >> 4];
		out[2 * i + 1] = digits[in[i] & 15];
	}
	out[2 * len] = '\0';
}

static const char b64_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* As hex_value, in the order of the alphabet: +, /, digits, upper and lower case letters. */
static const uint8_t b64_value[256] = {
	['+'] = 63, ['/'] = 64,
	['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56, ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62,
	['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6, ['G'] = 7, ['H'] = 8, ['I'] = 9, ['J'] = 10,
	['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19,
	['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26,
	['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35,
	['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44,
	['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52,
};

/* Decode one group of four; *n is how many bytes it gives.  `last` allows padding. */
static bool b64_group(const uint8_t g[4], bool last, uint8_t out[3], size_t *n)
{
	int v[4];
	size_t pad = 0;

	if (last && g[3] == '=')
		pad = g[2] == '=' ? 2 : 1;
	for (size_t i = 0; i < 4; i++) {
		v[i] = i >= 4 - pad ? 0 : b64_value[g[i]] - 1;
		if (v[i] < 0)
			return false;
	}
	/* Unused bits must be zero, or one value would have several encodings. */
	if ((pad == 1 && (v[2] & 3) != 0) || (pad == 2 && (v[1] & 15) != 0))
		return false;
	out[0] = (uint8_t)(v[0] << 2 | v[1] >> 4);
	out[1] = (uint8_t)(v[1] << 4 | v[2] >> 2);
	out[2] = (uint8_t)(v[2] << 6 | v[3]);
	*n = 3 - pad;
	return true;
}

/* A group that is not the last: no padding in it. */
static bool b64_whole(const uint8_t g[4], uint8_t out[3])
{
	uint32_t a = b64_value[g[0]], b = b64_value[g[1]], c = b64_value[g[2]], d = b64_value[g[3]];
	uint32_t bits = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);

	if (a == 0 || b == 0 || c == 0 || d == 0)
		return false;
	out[0] = (uint8_t)(bits >> 16);
	out[1] = (uint8_t)(bits >> 8);
	out[2] = (uint8_t)bits;
	return true;
}

bool ak_base64_decode(ak_span in, ak_buf *out, ak_error *err)
{
	size_t len, i = 0;

	if (in.len % 4 != 0) {
		(void)ak_fail(err, AK_BAD_FORMAT, "base64", in.len, "length is not a multiple of 4");
		return false;
	}
	/* Exactly what is needed: the caller's ceiling may be exact too. */
	len = in.len / 4 * 3;
	if (len != 0 && in.data[in.len - 1] == '=')
		len -= in.data[in.len - 2] == '=' ? 2 : 1;
	if (ak_buf_reserve(out, len, err) != AK_OK)
		return false;
	for (; i + 4 < in.len && b64_whole(in.data + i, out->data + out->len); i += 4)
		out->len += 3;
	/* The last group, which may have padding; or what stopped the others. */
	for (; i < in.len; i += 4) {
		uint8_t bytes[3];
		size_t n;

		if (!b64_group(in.data + i, i + 4 == in.len, bytes, &n)) {
			(void)ak_fail(err, AK_BAD_FORMAT, "base64", i, "not canonical base64");
			return false;
		}
		memcpy(out->data + out->len, bytes, n);
		out->len += n;
	}
	return true;
}

ak_status ak_base64_encode(ak_span in, ak_buf *out, ak_error *err)
{
	ak_status st = ak_buf_reserve(out, (in.len + 2) / 3 * 4, err);

	if (st != AK_OK)
		return st;
	for (size_t i = 0; i < in.len; i += 3) {
		size_t n = in.len - i < 3 ? in.len - i : 3;
		uint32_t v = (uint32_t)in.data[i] << 16;
		uint8_t *o = out->data + out->len;

		if (n > 1)
			v |= (uint32_t)in.data[i + 1] << 8;
		if (n > 2)
			v |= in.data[i + 2];
		o[0] = (uint8_t)b64_alphabet[v >> 18];
		o[1] = (uint8_t)b64_alphabet[v >> 12 & 63];
		o[2] = (uint8_t)(n > 1 ? b64_alphabet[v >> 6 & 63] : '=');
		o[3] = (uint8_t)(n > 2 ? b64_alphabet[v & 63] : '=');
		out->len += 4;
	}
	return AK_OK;
}

bool ak_digest_parse(ak_span in, ak_digest *out)
{
	if (!ak_span_starts(in, "sha256:"))
		return false;
	return ak_digest_from_hex((ak_span){ in.data + 7, in.len - 7 }, out);
}

bool ak_digest_from_hex(ak_span in, ak_digest *out)
{
	return ak_hex_decode(in, out->b, sizeof(out->b));
}

void ak_digest_format(const ak_digest *d, char out[AK_DIGEST_TEXT_LEN + 1])
{
	memcpy(out, "sha256:", 7);
	ak_hex_encode(d->b, sizeof(d->b), out + 7);
}

bool ak_digest_eq(const ak_digest *a, const ak_digest *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

bool ak_digest_is_zero(const ak_digest *d)
{
	static const ak_digest zero;

	return ak_digest_eq(d, &zero);
}

/* How many bytes the sequence starting with `c` has, and the range that its second
 * byte must lie in (RFC 3629 section 4).  0: `c` starts none. */
static size_t utf8_lead(uint8_t c, uint8_t *lo, uint8_t *hi)
{
	*lo = 0x80;
	*hi = 0xbf;
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef) {
		*lo = c == 0xe0 ? 0xa0 : 0x80;
		*hi = c == 0xed ? 0x9f : 0xbf;
		return 3;
	}
	if (c >= 0xf0 && c <= 0xf4) {
		*lo = c == 0xf0 ? 0x90 : 0x80;
		*hi = c == 0xf4 ? 0x8f : 0xbf;
		return 4;
	}
	return 0;
}

bool ak_utf8_valid(ak_span in, size_t *at)
{
	size_t i = 0;

	while (i < in.len) {
		uint8_t lo, hi;
		size_t n = utf8_lead(in.data[i], &lo, &hi);
		bool ok = n != 0 && in.len - i >= n;

		if (ok && n > 1)
			ok = in.data[i + 1] >= lo && in.data[i + 1] <= hi;
		for (size_t k = 2; ok && k < n; k++)
			ok = (in.data[i + k] & 0xc0) == 0x80;
		if (!ok) {
			*at = i;
			return false;
		}
		i += n;
	}
	return true;
}
