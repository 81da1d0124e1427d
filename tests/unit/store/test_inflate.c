/* SPDX-License-Identifier: Apache-2.0 */
/* Loose objects as stock git writes them, at every level of compression, and mangled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/git_internal.h"
#include "temp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIZE_MAX_HERE = 400000 };

/* Kinds of content that lead to kinds of blocks. */
static size_t fill(unsigned kind, uint8_t *p)
{
	static const char *const words[] = { "statement", " of ", "applicability", "\n", "{\"seq\":", "}", "監査" };
	uint32_t x = 12345;
	size_t n = 0;

	switch (kind) {
	case 0: /* nothing */
		return 0;
	case 1: /* too short to be worth tables: fixed codes */
		memcpy(p, "a", 1);
		return 1;
	case 2:
		memcpy(p, "three lines\nthree lines\nthree lines\n", 36);
		return 36;
	case 3: /* one byte, far: length 258, distance 1 */
		memset(p, 'x', 100000);
		return 100000;
	case 4: /* does not compress: stored */
		for (; n < 100000; n++)
			p[n] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
		return n;
	case 5: /* words: dynamic codes, many distances */
		while (n < 150000) {
			const char *w = words[(x = x * 1664525 + 1013904223) >> 16 & 0xffff ? (x >> 20) % 7 : 0];

			memcpy(p + n, w, strlen(w));
			n += strlen(w);
		}
		return n;
	case 6: /* a block that comes back from 32,768 bytes before */
		for (; n < 32768; n++)
			p[n] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
		memcpy(p + n, p, 32768);
		return 65536;
	default: /* every byte value, skewed: codes of up to 15 bits */
		for (unsigned v = 0, run = 1; n + run < SIZE_MAX_HERE - 1000 && v < 200; v++) {
			memset(p + n, (int)v, run);
			n += run;
			run = v % 12 == 11 ? 1 : run * 2;
		}
		for (size_t i = n; i > 1; i--) {
			size_t k = (x = x * 1664525 + 1013904223) % i;
			uint8_t t = p[i - 1];

			p[i - 1] = p[k];
			p[k] = t;
		}
		return n;
	}
}

enum { KINDS = 8 };

static size_t slurp(const char *path, uint8_t *out, size_t max)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	assert_non_null(f);
	n = fread(out, 1, max, f);
	assert_int_equal(fclose(f), 0);
	return n;
}

/* The loose object file that stock git makes of `n` bytes. */
static size_t by_git(const char *dir, const uint8_t *p, size_t n, int level, uint8_t *out)
{
	char path[128], line[512];
	FILE *f;
	size_t len;

	(void)snprintf(path, sizeof(path), "%s/in", dir);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	(void)snprintf(line, sizeof(line),
	               "cd %s && rm -rf r && git init -q --bare r && git -C r -c core.looseCompression=%d hash-object"
	               " -w ../in >/dev/null && cat r/objects/[0-9a-f][0-9a-f]/* > out", dir, level);
	assert_int_equal(system(line), 0);
	(void)snprintf(path, sizeof(path), "%s/out", dir);
	len = slurp(path, out, SIZE_MAX_HERE + 1000);
	return len;
}

static void check(const uint8_t *file, size_t file_len, const uint8_t *want, size_t n)
{
	ak_error err = { 0 };
	char head[32];
	size_t h = (size_t)snprintf(head, sizeof(head), "blob %zu", n) + 1;
	ak_buf b;

	ak_buf_init(&b, n + h);
	if (ak_git_inflate((ak_span){ file, file_len }, &b, &err) != AK_OK)
		fail_msg("%zu bytes: %s", n, err.detail);
	assert_int_equal(b.len, n + h);
	assert_memory_equal(b.data, head, h);
	if (n != 0)
		assert_memory_equal(b.data + h, want, n);
	ak_buf_clear(&b);
	/* One byte less of room is a limit, not an overrun. */
	ak_buf_init(&b, n + h - 1);
	assert_int_equal(ak_git_inflate((ak_span){ file, file_len }, &b, &err), AK_LIMIT);
	ak_buf_clear(&b);
}

/* A cut or changed stream: refused, or it says the same all the same. */
static void check_mangled(const uint8_t *file, size_t len)
{
	uint8_t *bad = malloc(len + 1);
	ak_buf good, b;
	ak_error err = { 0 };

	assert_non_null(bad);
	ak_buf_init(&good, SIZE_MAX_HERE + 100);
	ak_buf_init(&b, SIZE_MAX_HERE + 100);
	assert_int_equal(ak_git_inflate((ak_span){ file, len }, &good, &err), AK_OK);
	for (size_t i = 0; i < len; i += 1 + len / 60) {
		b.len = 0;
		assert_int_equal(ak_git_inflate((ak_span){ file, i }, &b, &err), AK_BAD_FORMAT);
		assert_string_equal(err.where, "git.object");
	}
	memcpy(bad, file, len);
	bad[len] = 0;
	b.len = 0;
	assert_int_equal(ak_git_inflate((ak_span){ bad, len + 1 }, &b, &err), AK_BAD_FORMAT);
	for (size_t i = 0; i < 8 * len; i += 1 + len / 15) {
		ak_status st;

		bad[i / 8] ^= (uint8_t)(1u << i % 8);
		b.len = 0;
		st = ak_git_inflate((ak_span){ bad, len }, &b, &err);
		if (st == AK_OK)
			assert_true(ak_span_eq(ak_buf_span(&b), ak_buf_span(&good)));
		else if (st != AK_BAD_FORMAT && st != AK_LIMIT)
			fail_msg("bit %zu: %s", i, ak_status_name(st));
		bad[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	ak_buf_clear(&good);
	ak_buf_clear(&b);
	free(bad);
}

static void test_what_git_writes(void **state)
{
	char dir[64], line[96];
	uint8_t *p = malloc(SIZE_MAX_HERE), *file = malloc(SIZE_MAX_HERE + 1000);

	(void)state;
	temp_dir(dir, sizeof(dir));
	assert_non_null(p);
	assert_non_null(file);
	for (unsigned kind = 0; kind < KINDS; kind++) {
		size_t n = fill(kind, p);

		for (int level = 0; level <= 9; level += 3) {
			size_t len = by_git(dir, p, n, level, file);

			check(file, len, p, n);
			check_mangled(file, len);
		}
	}
	free(p);
	free(file);
	(void)snprintf(line, sizeof(line), "rm -rf '%s'", dir);
	assert_int_equal(system(line), 0);
}

/* Streams that are wrong in ways a flipped bit seldom finds. */
static const struct {
	const char *name;
	uint8_t bytes[24];
	size_t len;
} rows[] = {
	{ "empty", { 0 }, 0 },
	{ "one byte", { 0x78 }, 1 },
	{ "header only", { 0x78, 0x01 }, 2 },
	{ "header check wrong", { 0x78, 0x02, 3, 0, 0, 0, 0, 1 }, 8 },
	{ "another method", { 0x79, 0x18, 3, 0, 0, 0, 0, 1 }, 8 },
	{ "preset dictionary", { 0x78, 0x20, 3, 0, 0, 0, 0, 1 }, 8 },
	{ "block of kind 3", { 0x78, 0x01, 7, 0, 0, 0, 0, 1 }, 8 },
	{ "stored: lengths differ", { 0x78, 0x01, 1, 1, 0, 0xfe, 0xfe, 'a', 0, 0x62, 0, 0x62 }, 12 },
	{ "stored: longer than the input", { 0x78, 0x01, 1, 9, 0, 0xf6, 0xff, 'a', 0, 0x62, 0, 0x62 }, 12 },
	{ "stored: wrong sum", { 0x78, 0x01, 1, 1, 0, 0xfe, 0xff, 'a', 0, 0x62, 0, 0x63 }, 12 },
	{ "fixed: distance before the beginning", { 0x78, 0x01, 0x03, 0x02, 0x00, 0, 0, 0, 1 }, 9 },
	{ "dynamic: too many literals", { 0x78, 0x01, 0xfd, 0, 0, 0, 0, 0, 0, 0 }, 10 },
	{ "dynamic: no code at all", { 0x78, 0x01, 0x05, 0, 0, 0, 0, 0, 0, 0 }, 10 },
};

static void test_wrong_streams(void **state)
{
	static const uint8_t right[] = { 0x78, 0x01, 1, 1, 0, 0xfe, 0xff, 'a', 0, 0x62, 0, 0x62 };
	ak_error err = { 0 };
	ak_buf b;

	(void)state;
	ak_buf_init(&b, 1000);
	assert_int_equal(ak_git_inflate((ak_span){ right, sizeof(right) }, &b, &err), AK_OK);
	assert_true(ak_span_is(ak_buf_span(&b), "a"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_status st;

		b.len = 0;
		st = ak_git_inflate((ak_span){ rows[i].bytes, rows[i].len }, &b, &err);
		if (st != AK_BAD_FORMAT)
			fail_msg("%s: %s", rows[i].name, ak_status_name(st));
		assert_string_equal(err.where, "git.object");
	}
	ak_buf_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_git_writes),
		cmocka_unit_test(test_wrong_streams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
