/* SPDX-License-Identifier: Apache-2.0 */
/* pattern_impl.h - the program of a pattern, shared by compiler and matcher (pattern*.c only)
 *
 * A small program after Thompson, in which every jump is relative, so that a piece of it can
 * be moved and copied.
 */
#ifndef AK_CODEC_PATTERN_IMPL_H
#define AK_CODEC_PATTERN_IMPL_H

#include "codec/pattern.h"

enum ak_pattern_kind {
	AK_OP_CHAR,  /* this code point              */
	AK_OP_ANY,   /* all but line ends            */
	AK_OP_SET,   /* in (or, negated, not in) one of the x ranges from number c on */
	AK_OP_SPLIT, /* go on at +x and at +y        */
	AK_OP_JUMP,  /* go on at +x                  */
	AK_OP_START, /* only at the start of the text */
	AK_OP_END,   /* only at the end of it         */
	AK_OP_MATCH,
};

struct ak_pattern_op {
	enum ak_pattern_kind kind;
	bool negated;
	uint32_t c;
	int32_t x, y;
};

struct ak_pattern_range {
	uint32_t lo, hi;
};

/* Working memory of a match, one for each place of the program: when it was reached, and three lists side by side, of
 * the places that are live now and next, and of what is still to follow. */
struct ak_pattern_slot {
	uint64_t seen; /* round */
	uint16_t live[2], todo;
};

struct ak_pattern {
	struct ak_pattern_op *code; /* owned, as the others */
	size_t n, cap;
	struct ak_pattern_range *ranges;
	size_t n_ranges, cap_ranges;
	struct ak_pattern_slot *slot;
	size_t cap_slots;
	size_t n_live[2];
	uint64_t round;
	uint64_t work; /* places reached since the budget was last charged */
};

/* The code point at s[*i], which moves on; a byte that starts none stands for itself. */
uint32_t ak_pattern_char(ak_span s, size_t *i);

#endif
