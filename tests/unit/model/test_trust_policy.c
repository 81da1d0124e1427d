/* SPDX-License-Identifier: Apache-2.0 */
/* Trust files: limits, what a policy asks for, mangling, memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "oom.h"
#include "trust_text.h"

#include <stdio.h>

/* ---- limits ---------------------------------------------------------------------------------------------- */

typedef void put_fn(ak_buf *b, size_t n);

/* `put` with n gives a good file and with n + 1 a bad one. */
static void at_and_over(const char *what, put_fn *put, size_t n, const char *where)
{
	ak_trust *t = calloc(1, sizeof(*t));
	ak_error err = { 0 };
	ak_buf b;

	assert_non_null(t);
	ak_buf_init(&b, 2 * AK_TRUST_MAX);
	put(&b, n);
	if (ak_trust_parse(ak_buf_span(&b), toy_hash, t, &err) != AK_OK)
		fail_msg("%s at %zu: %s: %s", what, n, err.where, err.detail);
	ak_buf_clear(&b);
	put(&b, n + 1);
	if (ak_trust_parse(ak_buf_span(&b), toy_hash, t, &err) != AK_BAD_FORMAT ||
	    strcmp(err.where, where) != 0)
		fail_msg("%s at %zu: %s", what, n + 1, err.where);
	ak_buf_clear(&b);
	free(t);
}

static void putf(ak_buf *b, const char *before, size_t n, const char *after)
{
	char line[64];

	(void)snprintf(line, sizeof(line), "%s%zu%s", before, n, after);
	put_text(b, line);
}

static void repeat(ak_buf *b, char c, size_t n)
{
	while (n-- > 0)
		assert_int_equal(ak_buf_add_byte(b, (uint8_t)c, NULL), AK_OK);
}

static void put_witnesses(ak_buf *b, size_t n)
{
	put_text(b, "log {L}\n");
	for (size_t i = 0; i < n; i++) {
		putf(b, "witness w", i, " ");
		put_vkey(b, "w.example", AK_NOTE_COSIGNATURE, (uint8_t)(200 + i));
		put_text(b, "\n");
	}
	put_text(b, REST);
}

static void put_groups(ak_buf *b, size_t n)
{
	put_witnesses(b, AK_TRUST_WITNESSES_MAX);
	for (size_t i = 0; i < n; i++) {
		putf(b, "group g", i, " any ");
		putf(b, i == 0 ? "w" : "g", i == 0 ? i : i - 1, "\n");
	}
}

/* The greatest group there can be: all witnesses and all other groups. */
static void put_members(ak_buf *b)
{
	put_groups(b, 0);
	for (size_t i = 0; i + 1 < AK_TRUST_GROUPS_MAX; i++) {
		putf(b, "group g", i, " any ");
		putf(b, "w", i, "\n");
	}
	put_text(b, "group great all w31");
	for (size_t i = 0; i + 1 < AK_TRUST_GROUPS_MAX; i++)
		putf(b, " g", i, "");
	put_text(b, "\n");
}

static void put_pins(ak_buf *b, size_t n)
{
	put_text(b, "log {L}\n" REST);
	for (size_t i = 0; i < n; i++)
		putf(b, "profile s", i, " {1}\n");
}

static void put_scheme(ak_buf *b, size_t n)
{
	put_text(b, "log {L}\n" REST "profile ");
	repeat(b, 's', n);
	put_text(b, " {1}\n");
}

static void put_fresh(ak_buf *b, size_t n)
{
	put_text(b, "log {L}\nquorum none\ngenesis {1}\ncomplete none\n");
	putf(b, "fresh P", n, "D\n");
}

static void put_witness_name(ak_buf *b, size_t n)
{
	put_text(b, "log {L}\nwitness ");
	repeat(b, 'n', n);
	put_text(b, " {a}\n" REST);
}

static void put_group_name(ak_buf *b, size_t n)
{
	put_text(b, "log {L}\nwitness a {a}\ngroup ");
	repeat(b, 'n', n);
	put_text(b, " any a\n" REST);
}

static void put_size(ak_buf *b, size_t n)
{
	put_text(b, "log {L}\n" REST "#");
	repeat(b, '-', n - b->len - 1);
	put_text(b, "\n");
	assert_int_equal(b->len, n);
}

static void limits(void **state)
{
	ak_trust *t = calloc(1, sizeof(*t));
	ak_buf b;

	(void)state;
	at_and_over("witnesses", put_witnesses, AK_TRUST_WITNESSES_MAX, "trust.witness");
	at_and_over("groups", put_groups, AK_TRUST_GROUPS_MAX, "trust.group");
	at_and_over("pins", put_pins, AK_TRUST_PINS_MAX, "trust.profile");
	at_and_over("scheme", put_scheme, AK_NAME_MAX, "trust.profile");
	at_and_over("fresh", put_fresh, AK_TRUST_FRESH_MAX, "trust.fresh");
	at_and_over("witness name", put_witness_name, AK_NOTE_NAME_MAX, "trust.witness");
	at_and_over("group name", put_group_name, AK_NOTE_NAME_MAX, "trust.group");
	at_and_over("size", put_size, AK_TRUST_MAX, "trust.text");
	ak_buf_init(&b, AK_TRUST_MAX);
	put_members(&b);
	assert_non_null(t);
	assert_int_equal(ak_trust_parse(ak_buf_span(&b), toy_hash, t, NULL), AK_OK);
	assert_int_equal(t->group[AK_TRUST_GROUPS_MAX - 1].n, AK_TRUST_GROUPS_MAX);
	ak_buf_clear(&b);
	free(t);
}

/* ---- what a policy asks for ------------------------------------------------------------------------------ */

/* The definition, followed down from the top. */
static bool met(const ak_trust *t, int who, const bool *signed_by)
{
	const ak_trust_group *g;
	size_t n = 0;

	if (who == AK_TRUST_NONE)
		return true;
	if (who < AK_TRUST_WITNESSES_MAX)
		return signed_by[who];
	g = &t->group[who - AK_TRUST_WITNESSES_MAX];
	for (size_t i = 0; i < g->n; i++)
		n += met(t, g->member[i], signed_by) ? 1 : 0;
	return n >= g->k;
}

static void every_set_of_signers(void **state)
{
	static const char *const policies[] = {
		"quorum none\ncomplete a\n",
		"quorum a\ncomplete none\n",
		"group g all a b c d e f\nquorum g\ncomplete f\n",
		"group g any a b c d e f\nquorum g\ncomplete g\n",
		"group g 3 a b c d e f\nquorum g\ncomplete none\n",
		"group g 2 a b c\ngroup h all d e\ngroup q 2 g h f\nquorum q\ncomplete h\n",
		"group g any a\ngroup h all g b\ngroup i 1 h c\ngroup j 3 i d e\nquorum j\ncomplete i\n",
	};

	(void)state;
	for (size_t p = 0; p < sizeof(policies) / sizeof(policies[0]); p++) {
		char text[1024];
		size_t held = 0;
		ak_trust *t;

		(void)snprintf(text, sizeof(text), "log {L}\n" ABC "witness d {d}\nwitness e {e}\nwitness f {f}\n"
		               "genesis {1}\nfresh P7D\n%s", policies[p]);
		t = parsed(text);
		for (unsigned set = 0; set < 64; set++) {
			bool by[AK_TRUST_WITNESSES_MAX] = { false };

			for (size_t i = 0; i < 6; i++)
				by[i] = (set >> i & 1) != 0;
			for (size_t i = 6; i < AK_TRUST_WITNESSES_MAX; i++)
				by[i] = true; /* there are no such witnesses */
			assert_int_equal(ak_trust_met(t, t->quorum, by), met(t, t->quorum, by));
			assert_int_equal(ak_trust_met(t, t->complete, by), met(t, t->complete, by));
			held += ak_trust_met(t, t->quorum, by) ? 1 : 0;
			assert_false(ak_trust_met(t, 6, by));
			assert_false(ak_trust_met(t, AK_TRUST_WITNESSES_MAX + (int)t->n_groups, by));
			assert_false(ak_trust_met(t, AK_TRUST_WITNESSES_MAX + AK_TRUST_GROUPS_MAX, by));
			assert_false(ak_trust_met(t, -2, by));
		}
		assert_int_equal(held, ((const size_t[]){ 64, 32, 1, 63, 42, 24, 10 })[p]);
		free(t);
	}
}

/* ---- mangling -------------------------------------------------------------------------------------------- */

#define WHOLE "log {L}\n" ABC "group g 2 a b\ngroup h all g c\nquorum h\ngenesis {1}\ncomplete b\n" \
              "keyset {2}\nprofile ismap {3}\nfresh P30D\n"

static void every_prefix_and_every_bit(void **state)
{
	ak_trust *whole = parsed(WHOLE), *t = calloc(1, sizeof(*t));
	ak_error err;
	ak_buf b;

	(void)state;
	assert_non_null(t);
	ak_buf_init(&b, AK_TRUST_MAX);
	put_text(&b, WHOLE);
	for (size_t n = 0; n < b.len; n++) {
		/* An exact copy, so that a sanitizer sees a read past the end. */
		uint8_t *cut = malloc(n + 1);

		assert_non_null(cut);
		memcpy(cut, b.data, n);
		err = (ak_error){ 0 };
		assert_int_equal(ak_trust_parse((ak_span){ cut, n }, toy_hash, t, &err), AK_BAD_FORMAT);
		assert_true(strncmp(err.where, "trust.", 6) == 0);
		free(cut);
	}
	for (size_t bit = 0; bit < 8 * b.len; bit++) {
		ak_status st;

		b.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		st = ak_trust_parse(ak_buf_span(&b), toy_hash, t, &err);
		b.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (st == AK_OK && memcmp(t, whole, sizeof(*t)) == 0)
			fail_msg("bit %zu changes nothing", bit);
		assert_true(st == AK_OK || st == AK_BAD_FORMAT || st == AK_UNKNOWN_VERSION);
	}
	for (size_t i = 0; i < b.len; i++) {
		uint8_t was = b.data[i];

		for (size_t k = 0; k < 3; k++) {
			b.data[i] = (uint8_t[]){ '\n', ' ', '#' }[k];
			assert_int_not_equal(ak_trust_parse(ak_buf_span(&b), toy_hash, t, &err), AK_NO_MEMORY);
		}
		b.data[i] = was;
	}
	ak_buf_clear(&b);
	free(t);
	free(whole);
}

static ak_status parse_and_name(void *ctx)
{
	static ak_trust t;
	const ak_digest d = { { 1 } };
	ak_status st = ak_trust_parse(*(const ak_span *)ctx, toy_hash, &t, NULL);
	ak_buf b;

	ak_buf_init(&b, 1000);
	if (st == AK_OK)
		st = ak_fingerprint_words(&d, &b, NULL);
	if (st == AK_OK)
		st = ak_fingerprint_digits(&d, &b, NULL);
	ak_buf_clear(&b);
	return st;
}

static void out_of_memory(void **state)
{
	ak_span text;
	ak_buf b;

	(void)state;
	ak_buf_init(&b, AK_TRUST_MAX);
	put_text(&b, WHOLE);
	text = ak_buf_span(&b);
	oom_sweep("trust", parse_and_name, &text);
	ak_buf_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits),
		cmocka_unit_test(every_set_of_signers),
		cmocka_unit_test(every_prefix_and_every_bit),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
