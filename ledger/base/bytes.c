/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"

#include "base/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *ak_mem_alloc(size_t size)
{
	return calloc(1, size == 0 ? 1 : size);
}

void *ak_mem_array(size_t n, size_t size)
{
	return calloc(n == 0 ? 1 : n, size == 0 ? 1 : size);
}

void *ak_mem_resize(void *old, size_t size)
{
	return realloc(old, size == 0 ? 1 : size);
}

void ak_mem_free(void *p)
{
	free(p);
}

ak_status ak_no_memory(ak_error *err, const char *where)
{
	return ak_fail(err, AK_NO_MEMORY, where, 0, "out of memory");
}

ak_status ak_mem_grow(void **items, size_t *cap, size_t want, size_t size,
                      ak_error *err)
{
	size_t n;
	void *grown;

	if (want <= *cap)
		return AK_OK;
	n = *cap < 8 ? 8 : *cap * 2;
	if (n < want)
		n = want;
	if (size != 0 && n > SIZE_MAX / size)
		return ak_fail(err, AK_LIMIT, "array", want, "too many elements");
	grown = ak_mem_resize(*items, n * size);
	if (grown == NULL)
		return ak_no_memory(err, "array");
	*items = grown;
	*cap = n;
	return AK_OK;
}

void ak_buf_init(ak_buf *b, size_t max)
{
	*b = (ak_buf){ .max = max };
}

void ak_buf_clear(ak_buf *b)
{
	ak_mem_free(b->data);
	*b = (ak_buf){ .max = b->max };
}

void ak_buf_wipe(ak_buf *b)
{
	volatile uint8_t *p = b->data;

	for (size_t i = 0; i < b->cap; i++)
		p[i] = 0;
	ak_buf_clear(b);
}

ak_status ak_buf_reserve(ak_buf *b, size_t more, ak_error *err)
{
	size_t want, cap;
	uint8_t *grown;

	if (more > b->max - b->len)
		return ak_fail(err, AK_LIMIT, "buffer", b->len,
		               "would grow past %zu bytes", b->max);
	want = b->len + more;
	if (want <= b->cap)
		return AK_OK;
	cap = b->cap > b->max / 2 ? b->max : b->cap * 2;
	if (cap < want)
		cap = want;
	grown = ak_mem_resize(b->data, cap);
	if (grown == NULL)
		return ak_fail(err, AK_NO_MEMORY, "buffer", b->len,
		               "need %zu bytes", cap);
	b->data = grown;
	b->cap = cap;
	return AK_OK;
}

ak_status ak_buf_add(ak_buf *b, const void *data, size_t len, ak_error *err)
{
	ak_status st;

	if (len == 0)
		return AK_OK;
	st = ak_buf_reserve(b, len, err);
	if (st != AK_OK)
		return st;
	memcpy(b->data + b->len, data, len);
	b->len += len;
	return AK_OK;
}

ak_status ak_buf_add_span(ak_buf *b, ak_span s, ak_error *err)
{
	return ak_buf_add(b, s.data, s.len, err);
}

ak_status ak_buf_add_str(ak_buf *b, const char *s, ak_error *err)
{
	return ak_buf_add(b, s, strlen(s), err);
}

ak_status ak_buf_add_byte(ak_buf *b, uint8_t c, ak_error *err)
{
	return ak_buf_add(b, &c, 1, err);
}

ak_status ak_buf_addf(ak_buf *b, ak_error *err, const char *fmt, ...)
{
	char line[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(line))
		return ak_fail(err, AK_LIMIT, "buffer", b->len,
		               "formatted text is over %zu bytes", sizeof(line));
	return ak_buf_add(b, line, (size_t)n, err);
}

ak_span ak_buf_span(const ak_buf *b)
{
	return (ak_span){ b->data, b->len };
}

ak_status ak_buf_take_text(ak_buf *b, ak_text *out, ak_error *err)
{
	char *p = ak_mem_resize(b->data, b->len + 1);

	if (p == NULL)
		return ak_no_memory(err, "text");
	p[b->len] = '\0';
	*out = (ak_text){ p, b->len };
	*b = (ak_buf){ .max = b->max };
	return AK_OK;
}

ak_span ak_span_str(const char *s)
{
	if (s == NULL)
		return (ak_span){ 0 };
	return (ak_span){ (const uint8_t *)s, strlen(s) };
}

bool ak_span_eq(ak_span a, ak_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool ak_span_is(ak_span a, const char *s)
{
	return ak_span_eq(a, ak_span_str(s));
}

int ak_span_cmp(ak_span a, ak_span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n == 0 ? 0 : memcmp(a.data, b.data, n);

	if (c != 0)
		return c;
	return a.len < b.len ? -1 : a.len > b.len;
}

bool ak_span_starts(ak_span a, const char *prefix)
{
	size_t n = strlen(prefix);

	return a.len >= n && (n == 0 || memcmp(a.data, prefix, n) == 0);
}

bool ak_span_find(ak_span in, ak_span what, size_t *at)
{
	size_t from = 0;

	while (what.len != 0 && from < in.len && in.len - from >= what.len) {
		const uint8_t *p = memchr(in.data + from, what.data[0], in.len - from - what.len + 1);

		if (p == NULL)
			return false;
		from = (size_t)(p - in.data);
		if (memcmp(p, what.data, what.len) == 0)
			break;
		from++;
	}
	if (in.len - from < what.len || from > in.len)
		return false;
	*at = from;
	return true;
}

bool ak_span_line(ak_span *in, ak_span *line)
{
	const uint8_t *nl;
	size_t n;

	if (in->len == 0)
		return false;
	nl = memchr(in->data, '\n', in->len);
	if (nl == NULL)
		return false;
	n = (size_t)(nl - in->data);
	*line = (ak_span){ in->data, n };
	*in = (ak_span){ nl + 1, in->len - n - 1 };
	return true;
}

char *ak_span_dup(ak_span s)
{
	char *p = ak_mem_resize(NULL, s.len + 1);

	if (p == NULL)
		return NULL;
	if (s.len != 0)
		memcpy(p, s.data, s.len);
	p[s.len] = '\0';
	return p;
}

void ak_put_be32(uint8_t out[4], uint32_t v)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(v >> (24 - 8 * i));
}

void ak_put_be64(uint8_t out[8], uint64_t v)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(v >> (56 - 8 * i));
}

uint32_t ak_get_be32(const uint8_t in[4])
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++)
		v = v << 8 | in[i];
	return v;
}

uint64_t ak_get_be64(const uint8_t in[8])
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | in[i];
	return v;
}
