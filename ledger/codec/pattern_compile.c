/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/pattern_impl.h"

#include "base/fail.h"

#include <string.h>

typedef struct ak_pattern_op ak_op;

struct compiler {
	ak_pattern *p;
	ak_span src;
	size_t i;
	unsigned nest;
	ak_error *err;
};

static ak_status alternatives(struct compiler *c);

static ak_status refuse(struct compiler *c, const char *why)
{
	return ak_fail(c->err, AK_UNKNOWN_VERSION, "pattern", c->i, "%s", why);
}

static ak_status too_large(struct compiler *c)
{
	return ak_fail(c->err, AK_LIMIT, "pattern", c->i, "pattern is too large");
}

static bool at_byte(const struct compiler *c, char b)
{
	return c->i < c->src.len && c->src.data[c->i] == (uint8_t)b;
}

static bool take(struct compiler *c, char b)
{
	if (!at_byte(c, b))
		return false;
	c->i++;
	return true;
}

/* One place is kept for the end, also while there is more than a count of 0 will leave. */
static bool is_full(const struct compiler *c, const ak_op *op)
{
	return c->p->n >= AK_PATTERN_CODE_MAX - (size_t)(op->kind != AK_OP_MATCH);
}

static ak_status make_room(struct compiler *c)
{
	void *code = c->p->code;
	ak_status st = ak_mem_grow(&code, &c->p->cap, c->p->n + 1, sizeof(*c->p->code), c->err);
	if (st == AK_OK)
		c->p->code = code;
	return st;
}

static ak_status add_op(struct compiler *c, ak_op op)
{
	ak_status st;

	if (is_full(c, &op))
		return too_large(c);
	st = c->p->n < c->p->cap ? AK_OK : make_room(c);
	if (st == AK_OK)
		c->p->code[c->p->n++] = op;
	return st;
}

static ak_status insert_op(struct compiler *c, size_t at, ak_op op)
{
	ak_status st = add_op(c, op);
	ak_op *code = c->p->code;

	if (st != AK_OK)
		return st;
	memmove(code + at + 1, code + at, (c->p->n - 1 - at) * sizeof(*code));
	code[at] = op;
	return AK_OK;
}

static ak_status add_range(struct compiler *c, uint32_t lo, uint32_t hi)
{
	void *ranges = c->p->ranges;
	ak_status st;

	if (c->p->n_ranges == AK_PATTERN_RANGES_MAX)
		return too_large(c);
	st = ak_mem_grow(&ranges, &c->p->cap_ranges, c->p->n_ranges + 1, sizeof(*c->p->ranges), c->err);
	if (st != AK_OK)
		return st;
	c->p->ranges = ranges;
	c->p->ranges[c->p->n_ranges++] = (struct ak_pattern_range){ lo, hi };
	return AK_OK;
}

/* One unit out of the ranges added since there were `first` of them. */
static ak_status add_set(struct compiler *c, size_t first, bool negated)
{
	return add_op(c, (ak_op){ .kind = AK_OP_SET, .negated = negated, .c = (uint32_t)first,
	                          .x = (int32_t)(c->p->n_ranges - first) });
}

/* The ranges of \d, \w or \s; false when `letter` is none of them. */
static bool named_set(uint32_t letter, const struct ak_pattern_range **set, size_t *n)
{
	static const struct ak_pattern_range digit[] = { { '0', '9' } };
	static const struct ak_pattern_range word[] = { { '0', '9' }, { 'A', 'Z' }, { '_', '_' }, { 'a', 'z' } };
	static const struct ak_pattern_range space[] = {
		{ 0x09, 0x0d }, { ' ', ' ' }, { 0xa0, 0xa0 }, { 0x1680, 0x1680 },
		{ 0x2000, 0x200a }, { 0x2028, 0x2029 }, { 0x202f, 0x202f },
		{ 0x205f, 0x205f }, { 0x3000, 0x3000 }, { 0xfeff, 0xfeff },
	};

	switch (letter) {
	case 'd':
		*set = digit;
		*n = sizeof(digit) / sizeof(digit[0]);
		return true;
	case 'w':
		*set = word;
		*n = sizeof(word) / sizeof(word[0]);
		return true;
	case 's':
		*set = space;
		*n = sizeof(space) / sizeof(space[0]);
		return true;
	default:
		return false;
	}
}

static ak_status add_named_set(struct compiler *c, uint32_t letter, bool *was_set)
{
	const struct ak_pattern_range *set = NULL;
	ak_status st = AK_OK;
	size_t n = 0;

	*was_set = named_set(letter, &set, &n);
	for (size_t i = 0; st == AK_OK && *was_set && i < n; i++)
		st = add_range(c, set[i].lo, set[i].hi);
	return st;
}

static bool may_be_escaped(uint32_t ch, bool in_brackets)
{
	return ch != 0 && ch < 0x80 &&
	       strchr(in_brackets ? "^$\\.*+?()[]{}|/-" : "^$\\.*+?()[]{}|/", (int)ch) != NULL;
}

static ak_status escape(struct compiler *c)
{
	size_t first = c->p->n_ranges;
	ak_status st;
	uint32_t ch;
	bool set, upper;

	if (c->i == c->src.len)
		return refuse(c, "ends in a backslash");
	ch = ak_pattern_char(c->src, &c->i);
	upper = ch == 'D' || ch == 'W' || ch == 'S';
	st = add_named_set(c, upper ? ch + ('a' - 'A') : ch, &set);
	if (st != AK_OK)
		return st;
	if (set)
		return add_set(c, first, upper);
	if (!may_be_escaped(ch, false))
		return refuse(c, "no such escape");
	return add_op(c, (ak_op){ .kind = AK_OP_CHAR, .c = ch });
}

/* One end of a range in brackets, or a whole named set. */
static ak_status bracket_unit(struct compiler *c, uint32_t *ch, bool *set)
{
	*set = false;
	*ch = ak_pattern_char(c->src, &c->i);
	if (*ch == '[' && (at_byte(c, ':') || at_byte(c, '.') || at_byte(c, '=')))
		return refuse(c, "POSIX class in brackets");
	if (*ch != '\\')
		return AK_OK;
	if (c->i == c->src.len)
		return refuse(c, "ends in a backslash");
	*ch = ak_pattern_char(c->src, &c->i);
	if (may_be_escaped(*ch, true))
		return AK_OK;
	{
		ak_status st = add_named_set(c, *ch, set);

		return st == AK_OK && !*set ? refuse(c, "no such escape in brackets") : st;
	}
}

static ak_status bracket_item(struct compiler *c)
{
	uint32_t lo, hi;
	bool set, set_hi;
	ak_status st = bracket_unit(c, &lo, &set);

	if (st != AK_OK)
		return st;
	hi = lo;
	/* A '-' before the closing bracket stands for itself. */
	if (at_byte(c, '-') && c->i + 1 < c->src.len && c->src.data[c->i + 1] != ']') {
		c->i++;
		st = bracket_unit(c, &hi, &set_hi);
		if (st != AK_OK)
			return st;
		if (set || set_hi || hi < lo)
			return refuse(c, "range out of order");
	}
	return set ? AK_OK : add_range(c, lo, hi);
}

static ak_status brackets(struct compiler *c)
{
	size_t first = c->p->n_ranges;
	bool negated = take(c, '^');
	ak_status st = AK_OK;

	if (at_byte(c, ']'))
		return refuse(c, "empty brackets");
	while (st == AK_OK && c->i < c->src.len && !at_byte(c, ']'))
		st = bracket_item(c);
	if (st != AK_OK)
		return st;
	if (!take(c, ']'))
		return refuse(c, "brackets are not closed");
	return add_set(c, first, negated);
}

static ak_status group(struct compiler *c)
{
	ak_status st;

	if (take(c, '?') && !take(c, ':'))
		return refuse(c, "look-around or named group");
	if (c->nest == AK_PATTERN_NEST_MAX)
		return too_large(c);
	c->nest++;
	st = alternatives(c);
	c->nest--;
	if (st != AK_OK)
		return st;
	return take(c, ')') ? AK_OK : refuse(c, "group is not closed");
}

static ak_status atom(struct compiler *c, bool *repeatable)
{
	uint32_t ch = ak_pattern_char(c->src, &c->i);

	*repeatable = true;
	switch (ch) {
	case '(':
		return group(c);
	case '[':
		return brackets(c);
	case '\\':
		return escape(c);
	case '.':
		return add_op(c, (ak_op){ .kind = AK_OP_ANY });
	case '^':
	case '$':
		*repeatable = false;
		return add_op(c, (ak_op){ .kind = ch == '^' ? AK_OP_START : AK_OP_END });
	case '*':
	case '+':
	case '?':
	case '{':
		return refuse(c, "nothing to repeat");
	case '}':
	case ']':
		return refuse(c, "closing bracket without an opening one");
	default:
		return add_op(c, (ak_op){ .kind = AK_OP_CHAR, .c = ch });
	}
}

static bool number(struct compiler *c, unsigned *out)
{
	size_t from = c->i;
	unsigned n = 0;

	for (; c->i < c->src.len && c->src.data[c->i] >= '0' && c->src.data[c->i] <= '9'; c->i++) {
		if (n <= AK_PATTERN_REPEAT_MAX)
			n = n * 10 + (c->src.data[c->i] - (unsigned)'0');
	}
	*out = n;
	return c->i != from;
}

/* {n} {n,} {n,m}, after the opening brace. */
static ak_status counts(struct compiler *c, unsigned *min, unsigned *max, bool *endless)
{
	bool ok = number(c, min);

	*max = *min;
	*endless = false;
	if (ok && take(c, ',')) {
		*endless = at_byte(c, '}');
		ok = *endless || number(c, max);
	}
	if (!ok || !take(c, '}'))
		return refuse(c, "expected {n}, {n,} or {n,m}");
	if (!*endless && *max < *min)
		return refuse(c, "range of a repetition out of order");
	return *min > AK_PATTERN_REPEAT_MAX || *max > AK_PATTERN_REPEAT_MAX ? too_large(c) : AK_OK;
}

static ak_status copy_block(struct compiler *c, size_t from, size_t len)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < len; i++)
		st = add_op(c, c->p->code[from + i]);
	return st;
}

/* Repeat the block that starts at `start` and ends the program, without an upper limit. */
static ak_status repeat_endless(struct compiler *c, size_t start, unsigned min)
{
	size_t len = c->p->n - start;
	ak_status st = AK_OK;

	if (min == 0) {
		st = insert_op(c, start, (ak_op){ .kind = AK_OP_SPLIT, .x = 1, .y = (int32_t)len + 2 });
		return st != AK_OK ? st
		       : add_op(c, (ak_op){ .kind = AK_OP_JUMP, .x = -(int32_t)len - 1 });
	}
	for (unsigned k = 1; st == AK_OK && k < min; k++)
		st = copy_block(c, start, len);
	return st != AK_OK ? st
	       : add_op(c, (ak_op){ .kind = AK_OP_SPLIT, .x = -(int32_t)len, .y = 1 });
}

/* x{2,4} becomes x x (x (x)?)?: every optional copy may leave to the end at once. */
static ak_status repeat_counted(struct compiler *c, size_t start, unsigned min, unsigned max)
{
	const ak_op maybe = { .kind = AK_OP_SPLIT, .x = 1 };
	size_t len = c->p->n - start, at = start;
	size_t src = min == 0 ? start + 1 : start;
	ak_status st = AK_OK;

	if (max == 0) {
		c->p->n = start;
		return AK_OK;
	}
	if (min == 0)
		st = insert_op(c, start, maybe);
	for (unsigned k = 1; st == AK_OK && k < max; k++) {
		if (k >= min)
			st = add_op(c, maybe);
		if (st == AK_OK)
			st = copy_block(c, src, len);
	}
	for (unsigned k = 0; st == AK_OK && k < max; k++) {
		if (k >= min) {
			c->p->code[at].y = (int32_t)(c->p->n - at);
			at++;
		}
		at += len;
	}
	return st;
}

static ak_status repeated(struct compiler *c)
{
	size_t start = c->p->n;
	unsigned min = 0, max = 1;
	bool repeatable, endless = true;
	ak_status st = atom(c, &repeatable);

	if (st != AK_OK)
		return st;
	if (take(c, '+')) {
		min = 1;
	} else if (take(c, '?')) {
		endless = false;
	} else if (take(c, '{')) {
		st = counts(c, &min, &max, &endless);
		if (st != AK_OK)
			return st;
	} else if (!take(c, '*')) {
		return AK_OK;
	}
	if (!repeatable)
		return refuse(c, "nothing to repeat");
	if (at_byte(c, '?') || at_byte(c, '*') || at_byte(c, '+') || at_byte(c, '{'))
		return refuse(c, "a repetition of a repetition");
	if (c->p->n == start)
		return AK_OK; /* an empty group, however often, is empty */
	return endless ? repeat_endless(c, start, min) : repeat_counted(c, start, min, max);
}

static ak_status sequence(struct compiler *c)
{
	ak_status st = AK_OK;

	while (st == AK_OK && c->i < c->src.len && !at_byte(c, '|') && !at_byte(c, ')'))
		st = repeated(c);
	return st;
}

static ak_status alternatives(struct compiler *c)
{
	size_t start = c->p->n, jump;
	ak_status st = sequence(c);

	while (st == AK_OK && take(c, '|')) {
		st = insert_op(c, start, (ak_op){ .kind = AK_OP_SPLIT, .x = 1,
		                                 .y = (int32_t)(c->p->n - start) + 2 });
		jump = c->p->n;
		if (st == AK_OK)
			st = add_op(c, (ak_op){ .kind = AK_OP_JUMP });
		if (st == AK_OK)
			st = sequence(c);
		if (st == AK_OK)
			c->p->code[jump].x = (int32_t)(c->p->n - jump);
	}
	return st;
}

static ak_status make_slots(ak_pattern *p, ak_error *err)
{
	void *slot = p->slot;
	ak_status st = ak_mem_grow(&slot, &p->cap_slots, p->n, sizeof(*p->slot), err);

	if (st != AK_OK)
		return st;
	p->slot = slot;
	memset(p->slot, 0, p->n * sizeof(*p->slot));
	p->round = 0;
	return AK_OK;
}

ak_status ak_pattern_compile(ak_pattern *p, ak_span source, ak_error *err)
{
	struct compiler c = { .p = p, .src = source, .err = err };
	ak_status st;

	p->n = 0;
	p->n_ranges = 0;
	st = alternatives(&c);
	if (st == AK_OK && c.i != source.len)
		st = refuse(&c, "closing bracket without an opening one");
	if (st == AK_OK)
		st = add_op(&c, (ak_op){ .kind = AK_OP_MATCH });
	if (st == AK_OK)
		st = make_slots(p, err);
	if (st != AK_OK)
		p->n = 0;
	return st;
}
