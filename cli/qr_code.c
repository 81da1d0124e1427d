/* SPDX-License-Identifier: Apache-2.0 */
/* A text as a QR code (ISO/IEC 18004): byte mode, error correction M, the smallest of versions 1 to 40 that holds it, and the mask
 * with the least penalty. */
#include "qr.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { VERSIONS = 40, SIDE_MAX = 17 + 4 * VERSIONS, ECC_MAX = 30, DATA_MAX = 3706, FREE = 2 };

/* Of level M, by version: codewords of error correction in a block, and blocks (table 9). */
static const uint8_t ecc_of[VERSIONS + 1] = { 0,  10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
                                              26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28 };
static const uint8_t blocks_of[VERSIONS + 1] = { 0,  1,  1,  1,  2,  2,  4,  4,  4,  5,  5,  5,  8,  9,  9,  10, 10, 11, 13, 14, 16,
                                                 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49 };

typedef struct code {
	int version, side;
	uint8_t word[DATA_MAX];              /* data and error correction, as they are placed */
	size_t words;
	uint8_t module[SIDE_MAX][SIDE_MAX];  /* 0, 1, or FREE */
	uint8_t fixed[SIDE_MAX][SIDE_MAX];   /* no data there, and no mask */
} code;

/* ---- how much a version holds --------------------------------------------------------------------------------------- */

static size_t all_words(int version)
{
	size_t v = (size_t)version, n = (16 * v + 128) * v + 64, align = v / 7 + 2;

	if (version >= 2)
		n -= (25 * align - 10) * align - 55;
	if (version >= 7)
		n -= 36;
	return n / 8;
}

static size_t data_words(int version)
{
	return all_words(version) - (size_t)ecc_of[version] * blocks_of[version];
}

static int count_bits(int version)
{
	return version < 10 ? 8 : 16;
}

/* 0 when it is too long for any. */
static int version_for(size_t len)
{
	for (int v = 1; v <= VERSIONS; v++) {
		if (4 + (size_t)count_bits(v) + 8 * len <= 8 * data_words(v))
			return v;
	}
	return 0;
}

/* ---- codewords ------------------------------------------------------------------------------------------------------ */

static void put_bits(uint8_t *to, size_t *at, uint32_t value, int n)
{
	for (int i = n - 1; i >= 0; i--, (*at)++)
		to[*at / 8] = (uint8_t)(to[*at / 8] | (value >> i & 1) << (7 - *at % 8));
}

static void make_data(const code *c, const char *text, size_t len, uint8_t *data)
{
	size_t at = 0, room = data_words(c->version);

	memset(data, 0, room);
	put_bits(data, &at, 4, 4);
	put_bits(data, &at, (uint32_t)len, count_bits(c->version));
	for (size_t i = 0; i < len; i++)
		put_bits(data, &at, (uint8_t)text[i], 8);
	at = (at + (8 * room - at < 4 ? 8 * room - at : 4) + 7) / 8;
	for (int pad = 0xec; at < room; at++, pad ^= 0xec ^ 0x11)
		data[at] = (uint8_t)pad;
}

/* In GF(256) with x^8 + x^4 + x^3 + x^2 + 1. */
static uint8_t times(uint8_t a, uint8_t b)
{
	unsigned z = 0;

	for (int i = 7; i >= 0; i--) {
		z = (z << 1) ^ ((z >> 7) * 0x11d);
		z ^= (b >> i & 1U) * a;
	}
	return (uint8_t)z;
}

static void generator(size_t degree, uint8_t out[ECC_MAX])
{
	uint8_t root = 1;

	memset(out, 0, ECC_MAX);
	out[degree - 1] = 1;
	for (size_t i = 0; i < degree; i++) {
		for (size_t j = 0; j < degree; j++)
			out[j] = (uint8_t)(times(out[j], root) ^ (j + 1 < degree ? out[j + 1] : 0));
		root = times(root, 2);
	}
}

static void remainder_of(const uint8_t *data, size_t n, const uint8_t *gen, size_t degree, uint8_t out[ECC_MAX])
{
	memset(out, 0, ECC_MAX);
	for (size_t i = 0; i < n; i++) {
		uint8_t factor = data[i] ^ out[0];

		memmove(out, out + 1, degree - 1);
		out[degree - 1] = 0;
		for (size_t j = 0; j < degree; j++)
			out[j] ^= times(gen[j], factor);
	}
}

/* Blocks side by side, a codeword of each in turn; the last of them are one longer. */
static void make_words(code *c, const uint8_t *data)
{
	size_t blocks = blocks_of[c->version], ecc = ecc_of[c->version], all = all_words(c->version);
	size_t shorter = blocks - all % blocks, size = all / blocks - ecc, at = 0;
	uint8_t gen[ECC_MAX], check[ECC_MAX];

	generator(ecc, gen);
	c->words = all;
	for (size_t b = 0; b < blocks; b++) {
		size_t n = size + (b >= shorter);

		for (size_t i = 0; i < n; i++)
			c->word[i < size ? i * blocks + b : size * blocks + b - shorter] = data[at + i];
		remainder_of(data + at, n, gen, ecc, check);
		for (size_t i = 0; i < ecc; i++)
			c->word[data_words(c->version) + i * blocks + b] = check[i];
		at += n;
	}
}

/* ---- patterns ------------------------------------------------------------------------------------------------------- */

static void set(code *c, int row, int column, int dark)
{
	if (row < 0 || column < 0 || row >= c->side || column >= c->side)
		return;
	c->module[row][column] = (uint8_t)dark;
	c->fixed[row][column] = 1;
}

static int far(int a, int b)
{
	a = a < 0 ? -a : a;
	b = b < 0 ? -b : b;
	return a > b ? a : b;
}

static void put_square(code *c, int row, int column, int reach)
{
	for (int dr = -reach; dr <= reach; dr++) {
		for (int dc = -reach; dc <= reach; dc++) {
			int d = far(dr, dc);

			set(c, row + dr, column + dc, reach == 4 ? d != 2 && d != 4 : d != 1);
		}
	}
}

static void put_alignment(code *c)
{
	int n = c->version / 7 + 2, step, at[7] = { 6 };

	if (c->version == 1)
		return;
	step = (c->version * 8 + n * 3 + 5) / (n * 4 - 4) * 2;
	for (int i = n - 1, pos = c->side - 7; i >= 1; i--, pos -= step)
		at[i] = pos;
	for (int i = 0; i < n; i++) {
		for (int j = 0; j < n; j++) {
			if (!((i == 0 && j == 0) || (i == 0 && j == n - 1) || (i == n - 1 && j == 0)))
				put_square(c, at[i], at[j], 2);
		}
	}
}

static void put_format(code *c, int mask)
{
	unsigned data = (unsigned)mask, rem = data, bits; /* M is 00 */
	int last = c->side - 1;

	for (int i = 0; i < 10; i++)
		rem = (rem << 1) ^ ((rem >> 9) * 0x537);
	bits = (data << 10 | rem) ^ 0x5412;
	for (int i = 0; i < 15; i++) {
		int dark = (int)(bits >> i & 1);

		set(c, i < 6 ? i : i < 8 ? i + 1 : 8, i < 8 ? 8 : i == 8 ? 7 : 14 - i, dark);
		set(c, i < 8 ? 8 : last - 14 + i, i < 8 ? last - i : 8, dark);
	}
	set(c, last - 7, 8, 1);
}

static void put_version(code *c)
{
	unsigned rem = (unsigned)c->version, bits;

	if (c->version < 7)
		return;
	for (int i = 0; i < 12; i++)
		rem = (rem << 1) ^ ((rem >> 11) * 0x1f25);
	bits = (unsigned)c->version << 12 | rem;
	for (int i = 0; i < 18; i++) {
		set(c, c->side - 11 + i % 3, i / 3, (int)(bits >> i & 1));
		set(c, i / 3, c->side - 11 + i % 3, (int)(bits >> i & 1));
	}
}

static void put_patterns(code *c)
{
	memset(c->module, FREE, sizeof(c->module));
	for (int i = 0; i < c->side; i++) {
		set(c, 6, i, i % 2 == 0);
		set(c, i, 6, i % 2 == 0);
	}
	put_square(c, 3, 3, 4);
	put_square(c, 3, c->side - 4, 4);
	put_square(c, c->side - 4, 3, 4);
	put_alignment(c);
	put_format(c, 0);
	put_version(c);
}

/* Two columns at a time from the right, up and down in turn, past the column of the timing pattern. */
static void put_words(code *c)
{
	size_t at = 0;

	for (int right = c->side - 1; right >= 1; right -= 2) {
		if (right == 6)
			right = 5;
		for (int i = 0; i < c->side; i++) {
			bool up = ((right + 1) & 2) == 0;
			int row = up ? c->side - 1 - i : i;

			for (int k = 0; k < 2; k++) {
				if (c->fixed[row][right - k])
					continue;
				c->module[row][right - k] = at < 8 * c->words ? c->word[at / 8] >> (7 - at % 8) & 1 : 0;
				at++;
			}
		}
	}
}

/* ---- mask ----------------------------------------------------------------------------------------------------------- */

static bool masked(int mask, int r, int c)
{
	switch (mask) {
	case 0:
		return (r + c) % 2 == 0;
	case 1:
		return r % 2 == 0;
	case 2:
		return c % 3 == 0;
	case 3:
		return (r + c) % 3 == 0;
	case 4:
		return (r / 2 + c / 3) % 2 == 0;
	case 5:
		return r * c % 2 + r * c % 3 == 0;
	case 6:
		return (r * c % 2 + r * c % 3) % 2 == 0;
	default:
		return ((r + c) % 2 + r * c % 3) % 2 == 0;
	}
}

/* Twice is as before. */
static void apply(code *c, int mask)
{
	for (int r = 0; r < c->side; r++) {
		for (int k = 0; k < c->side; k++)
			c->module[r][k] ^= !c->fixed[r][k] && masked(mask, r, k);
	}
}

static int at(const code *c, bool by_row, int line, int i)
{
	return by_row ? c->module[line][i] : c->module[i][line];
}

/* Runs of five and more, and what looks like a finder (1:1:3:1:1 with four light modules on one side). */
static long line_penalty(const code *c, bool by_row, int line)
{
	long sum = 0;

	for (int i = 0, run = 0; i < c->side; i++) {
		run = i > 0 && at(c, by_row, line, i) == at(c, by_row, line, i - 1) ? run + 1 : 1;
		sum += run == 5 ? 3 : run > 5 ? 1 : 0;
	}
	for (int i = 0; i + 11 <= c->side; i++) {
		unsigned bits = 0;

		for (int k = 0; k < 11; k++)
			bits = bits << 1 | (unsigned)at(c, by_row, line, i + k);
		sum += bits == 0x5d0 || bits == 0x05d ? 40 : 0;
	}
	return sum;
}

static long penalty(const code *c)
{
	long sum = 0, dark = 0, all = (long)c->side * c->side, off;

	for (int i = 0; i < c->side; i++)
		sum += line_penalty(c, true, i) + line_penalty(c, false, i);
	for (int r = 0; r < c->side; r++) {
		for (int k = 0; k < c->side; k++) {
			int m = c->module[r][k];

			dark += m;
			if (r + 1 < c->side && k + 1 < c->side && m == c->module[r][k + 1] && m == c->module[r + 1][k] && m == c->module[r + 1][k + 1])
				sum += 3;
		}
	}
	off = dark * 20 > all * 10 ? dark * 20 - all * 10 : all * 10 - dark * 20;
	return sum + off / all * 10;
}

static void choose_mask(code *c)
{
	long least = -1;
	int best = 0;

	for (int mask = 0; mask < 8; mask++) {
		long p;

		put_format(c, mask);
		apply(c, mask);
		p = penalty(c);
		if (least < 0 || p < least) {
			least = p;
			best = mask;
		}
		apply(c, mask);
	}
	put_format(c, best);
	apply(c, best);
}

bool ak_qr_make(const char *text, ak_qr *out)
{
	size_t len = strlen(text);
	int version = version_for(len);
	uint8_t data[DATA_MAX];
	code *c = version == 0 ? NULL : calloc(1, sizeof(*c));
	ak_qr q = { 0 };

	if (c == NULL)
		return false;
	c->version = version;
	c->side = 17 + 4 * version;
	make_data(c, text, len, data);
	make_words(c, data);
	put_patterns(c);
	put_words(c);
	choose_mask(c);
	q.width = (size_t)c->side;
	q.module = malloc(q.width * q.width);
	for (size_t i = 0; q.module != NULL && i < q.width * q.width; i++)
		q.module[i] = c->module[i / q.width][i % q.width];
	free(c);
	if (q.module == NULL)
		return false;
	*out = q;
	return true;
}
