/* SPDX-License-Identifier: Apache-2.0 */
#include "base64.h"

#include <stdlib.h>
#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void group(const uint8_t *b, size_t n, char out[4])
{
	uint32_t v = (uint32_t)b[0] << 16 | (n > 1 ? (uint32_t)b[1] << 8 : 0) | (n > 2 ? b[2] : 0);

	out[0] = digits[v >> 18];
	out[1] = digits[v >> 12 & 63];
	out[2] = n > 1 ? digits[v >> 6 & 63] : '=';
	out[3] = n > 2 ? digits[v & 63] : '=';
}

char *ak_base64_line(ak_span b)
{
	size_t n = (b.len + 2) / 3 * 4;
	char *out = malloc(n + 1);

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < b.len; i += 3)
		group(b.data + i, b.len - i, out + i / 3 * 4);
	out[n] = '\0';
	return out;
}

void ak_base64_lines(FILE *f, ak_span b)
{
	enum { BYTES = AK_BASE64_LINE / 4 * 3 };
	char line[AK_BASE64_LINE + 1];

	for (size_t i = 0; i < b.len; i += BYTES) {
		size_t n = b.len - i < BYTES ? b.len - i : BYTES, used = 0;

		for (size_t k = 0; k < n; k += 3, used += 4)
			group(b.data + i + k, n - k, line + used);
		line[used] = '\n';
		(void)fwrite(line, 1, used + 1, f);
	}
}

static int value(uint8_t ch)
{
	const char *p = ch == '\0' ? NULL : strchr(digits, ch);

	return p == NULL ? -1 : (int)(p - digits);
}

/* Four characters; how many bytes they are, or 0. */
static size_t ungroup(const uint8_t *t, uint8_t out[3])
{
	size_t n = t[3] != '=' ? 3 : t[2] != '=' ? 2 : 1;
	uint32_t v = 0;

	for (size_t i = 0; i < 4; i++) {
		int d = i > n ? 0 : value(t[i]);

		if (d < 0)
			return 0;
		v = v << 6 | (uint32_t)d;
	}
	if ((n == 1 && (v & 0xffff) != 0) || (n == 2 && (v & 0xff) != 0))
		return 0;
	out[0] = (uint8_t)(v >> 16);
	out[1] = (uint8_t)(v >> 8);
	out[2] = (uint8_t)v;
	return n;
}

bool ak_base64_read(ak_span text, uint8_t *out, size_t *len, size_t *at)
{
	size_t used = 0, i = 0;

	while (i < text.len) {
		const uint8_t *end = memchr(text.data + i, '\n', text.len - i);
		size_t n = end == NULL ? 0 : (size_t)(end - (text.data + i));
		bool last = end != NULL && i + n + 1 == text.len;

		*at = i;
		if (n == 0 || n % 4 != 0 || n > AK_BASE64_LINE || (!last && n != AK_BASE64_LINE))
			return false;
		for (size_t k = 0; k < n; k += 4) {
			uint8_t b[3];
			size_t got = ungroup(text.data + i + k, b);

			*at = i + k;
			if (got == 0 || (got < 3 && !(last && k + 4 == n)))
				return false;
			memcpy(out + used, b, got);
			used += got;
		}
		i += n + 1;
	}
	*len = used;
	return true;
}
