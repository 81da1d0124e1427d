/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a zlib stream (RFC 1950, RFC 1951) that is wholly in memory, for loose objects.
 *
 * libgit2 1.5 never comes back from a loose object whose stream is cut, so loose objects do not go through it.
 * What we write ourselves is stored blocks, which are copied; the other kinds come from stock git.  Everything is
 * bounded by the input: each step takes at least one bit of it, or ends.
 */
#include "store/git_internal.h"

#include "base/fail.h"

#include <string.h>

enum { CODE_BITS = 15, LITERALS = 288, DISTANCES = 32, LENGTH_CODES = 19 };

typedef struct bits {
	ak_span in;
	size_t at;     /* next byte          */
	uint32_t hold; /* bits not used yet  */
	unsigned n;    /* how many           */
	bool ended;    /* asked for more     */
} bits;

/* Up to 16 bits, least significant first.  Past the end: zeros, and `ended`. */
static unsigned take(bits *b, unsigned n)
{
	unsigned v;

	while (b->n < n) {
		if (b->at == b->in.len) {
			b->ended = true;
			return 0;
		}
		b->hold |= (uint32_t)b->in.data[b->at++] << b->n;
		b->n += 8;
	}
	v = b->hold & ((1u << n) - 1);
	b->hold >>= n;
	b->n -= n;
	return v;
}

/* A canonical prefix code: how many codes of each length, and their symbols in order of code. */
typedef struct code {
	uint16_t count[CODE_BITS + 1];
	uint16_t symbol[LITERALS];
} code;

/* False when the lengths do not make a code.  One that is not full is allowed only with a single symbol. */
static bool code_build(code *c, const uint8_t *len, unsigned n)
{
	uint16_t next[CODE_BITS + 2] = { 0 };
	unsigned used = 0;
	int room = 1;

	memset(c, 0, sizeof(*c));
	for (unsigned i = 0; i < n; i++)
		c->count[len[i]]++;
	used = n - c->count[0];
	c->count[0] = 0;
	for (unsigned l = 1; l <= CODE_BITS; l++) {
		room = 2 * room - c->count[l];
		if (room < 0)
			return false;
		next[l + 1] = (uint16_t)(next[l] + c->count[l]);
	}
	for (unsigned i = 0; i < n; i++) {
		if (len[i] != 0)
			c->symbol[next[len[i]]++] = (uint16_t)i;
	}
	return room == 0 || used <= 1;
}

/* The next symbol, or UINT16_MAX.  Codes of one length are consecutive numbers that begin at `first`; `index` is
 * where their symbols begin. */
static unsigned code_next(bits *b, const code *c)
{
	unsigned value = 0, first = 0, index = 0;

	for (unsigned l = 1; l <= CODE_BITS; l++) {
		value = value << 1 | take(b, 1);
		if (b->ended)
			break;
		if (value - first < c->count[l])
			return c->symbol[index + value - first];
		index += c->count[l];
		first = (first + c->count[l]) << 1;
	}
	return UINT16_MAX;
}

/* Lengths 3-258 and distances 1-32768 are a base and some bits more (RFC 1951 section 3.2.5). */
static unsigned length_of(bits *b, unsigned symbol)
{
	unsigned k = symbol - 257, extra;

	if (k < 8)
		return 3 + k;
	if (k == 28)
		return 258;
	extra = (k - 4) / 4;
	return 3 + ((4 + (k & 3)) << extra) + take(b, extra);
}

static unsigned distance_of(bits *b, unsigned symbol)
{
	unsigned extra;

	if (symbol < 4)
		return 1 + symbol;
	extra = (symbol - 2) / 2;
	return 1 + ((2 + (symbol & 1)) << extra) + take(b, extra);
}

static ak_status bad(const bits *b, ak_error *err)
{
	return ak_fail(err, AK_BAD_FORMAT, "git.object", b->at,
	               b->ended ? "the file is cut short" : "not a zlib stream");
}

static ak_status copy_back(bits *b, unsigned distance, unsigned length, ak_buf *out, ak_error *err)
{
	ak_status st;

	if (b->ended || distance > out->len)
		return bad(b, err);
	st = ak_buf_reserve(out, length, err);
	if (st != AK_OK)
		return st;
	/* Byte by byte: what is copied may be what was just written. */
	for (; length != 0; length--) {
		out->data[out->len] = out->data[out->len - distance];
		out->len++;
	}
	return AK_OK;
}

static ak_status compressed_block(bits *b, const code *literal, const code *distance, ak_buf *out, ak_error *err)
{
	for (;;) {
		unsigned s = code_next(b, literal), length;
		ak_status st;

		if (s == 256)
			return AK_OK;
		if (s > 285)
			return bad(b, err);
		if (s < 256) {
			st = ak_buf_add_byte(out, (uint8_t)s, err);
		} else {
			length = length_of(b, s);
			s = code_next(b, distance);
			if (s > 29)
				return bad(b, err);
			st = copy_back(b, distance_of(b, s), length, out, err);
		}
		if (st != AK_OK)
			return st;
	}
}

static ak_status stored_block(bits *b, ak_buf *out, ak_error *err)
{
	unsigned len, not_len;
	ak_status st;

	/* To the next byte; whole bytes were never held back. */
	b->hold = 0;
	b->n = 0;
	len = take(b, 16);
	not_len = take(b, 16);
	if (b->ended || (len ^ not_len) != 0xffff)
		return bad(b, err);
	if (len > b->in.len - b->at) {
		b->ended = true;
		return bad(b, err);
	}
	st = ak_buf_add(out, b->in.data + b->at, len, err);
	b->at += len;
	return st;
}

static ak_status fixed_block(bits *b, ak_buf *out, ak_error *err)
{
	code literal, distance;
	uint8_t len[LITERALS];

	memset(len, 8, 144);
	memset(len + 144, 9, 112);
	memset(len + 256, 7, 24);
	memset(len + 280, 8, 8);
	(void)code_build(&literal, len, LITERALS);
	memset(len, 5, DISTANCES);
	(void)code_build(&distance, len, DISTANCES);
	return compressed_block(b, &literal, &distance, out, err);
}

/* The code lengths of a dynamic block, themselves coded.  16: the last again, 17 and 18: zeros. */
static bool read_lengths(bits *b, const code *c, uint8_t *len, unsigned n)
{
	for (unsigned i = 0; i < n;) {
		unsigned s = code_next(b, c), times = 1;
		uint8_t value = (uint8_t)s;

		if (s > 18 || (s == 16 && i == 0))
			return false;
		if (s >= 16) {
			value = s == 16 ? len[i - 1] : 0;
			times = s == 16 ? 3 + take(b, 2) : s == 17 ? 3 + take(b, 3) : 11 + take(b, 7);
		}
		if (b->ended || times > n - i)
			return false;
		memset(len + i, value, times);
		i += times;
	}
	return true;
}

static ak_status dynamic_block(bits *b, ak_buf *out, ak_error *err)
{
	static const uint8_t order[LENGTH_CODES] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 };
	unsigned n_literal = 257 + take(b, 5), n_distance = 1 + take(b, 5), n_length = 4 + take(b, 4);
	uint8_t len[LITERALS + DISTANCES] = { 0 };
	code literal, distance;

	if (b->ended || n_literal > 286 || n_distance > 30)
		return bad(b, err);
	for (unsigned i = 0; i < n_length; i++)
		len[order[i]] = (uint8_t)take(b, 3);
	if (b->ended || !code_build(&literal, len, LENGTH_CODES))
		return bad(b, err);
	memset(len, 0, LENGTH_CODES);
	if (!read_lengths(b, &literal, len, n_literal + n_distance) || len[256] == 0)
		return bad(b, err);
	if (!code_build(&literal, len, n_literal) || !code_build(&distance, len + n_literal, n_distance))
		return bad(b, err);
	return compressed_block(b, &literal, &distance, out, err);
}

uint32_t ak_git_adler32(uint32_t sum, ak_span s)
{
	uint32_t a = sum & 0xffff, c = sum >> 16;

	for (size_t i = 0; i < s.len;) {
		/* So many additions fit 32 bits before the sums must be reduced. */
		size_t stop = s.len - i < 5552 ? s.len : i + 5552;

		for (; i < stop; i++) {
			a += s.data[i];
			c += a;
		}
		a %= 65521;
		c %= 65521;
	}
	return c << 16 | a;
}

ak_status ak_git_inflate(ak_span in, ak_buf *out, ak_error *err)
{
	bits b = { .in = in, .at = 2 };
	unsigned last = 0;
	ak_status st = AK_OK;

	if (in.len < 2 || (in.data[0] & 15) != 8 || (in.data[1] & 32) != 0 ||
	    ((unsigned)in.data[0] << 8 | in.data[1]) % 31 != 0)
		return ak_fail(err, AK_BAD_FORMAT, "git.object", 0, "not a zlib stream");
	while (st == AK_OK && !last) {
		unsigned kind;

		last = take(&b, 1);
		kind = take(&b, 2);
		if (b.ended || kind == 3)
			return bad(&b, err);
		st = kind == 0   ? stored_block(&b, out, err)
		     : kind == 1 ? fixed_block(&b, out, err)
		                 : dynamic_block(&b, out, err);
	}
	if (st != AK_OK)
		return st;
	if (in.len - b.at < 4)
		b.ended = true;
	if (in.len - b.at != 4 || ak_get_be32(in.data + b.at) != ak_git_adler32(1, ak_buf_span(out)))
		return bad(&b, err);
	return AK_OK;
}
