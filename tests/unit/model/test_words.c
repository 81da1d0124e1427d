/* SPDX-License-Identifier: Apache-2.0 */
/* Fingerprints: the list keeps what words.c promises, and never changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "model/trust.h"

#include <string.h>

enum { WORDS = 256, LONGEST = 7 };

static char word[WORDS][LONGEST + 1];

static int fetch_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < WORDS; i++) {
		ak_digest d = { { 0 } };
		const char *blank;
		size_t n;
		ak_buf b;

		d.b[0] = (uint8_t)i;
		ak_buf_init(&b, 200);
		if (ak_fingerprint_words(&d, &b, NULL) != AK_OK || ak_buf_add_byte(&b, 0, NULL) != AK_OK)
			return -1;
		blank = strchr((const char *)b.data, ' ');
		n = blank == NULL ? 0 : (size_t)(blank - (const char *)b.data);
		if (n == 0 || n > LONGEST)
			return -1;
		memcpy(word[i], b.data, n);
		ak_buf_clear(&b);
	}
	return 0;
}

/* Letters to insert, drop or change to turn one word into the other. */
static size_t distance(const char *a, const char *b)
{
	size_t row[LONGEST + 1], n = strlen(b);

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 1; j <= n; j++) {
			size_t best = diagonal + (a[i] == b[j - 1] ? 0 : 1);

			best = row[j] + 1 < best ? row[j] + 1 : best;
			best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[n];
}

static void consonants(const char *w, char out[LONGEST + 1])
{
	size_t n = 0;

	for (; *w != '\0'; w++) {
		if (strchr("aeiouy", *w) == NULL)
			out[n++] = *w;
	}
	out[n] = '\0';
}

static void words_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < WORDS; i++) {
		size_t n = strlen(word[i]);

		assert_true(n >= 4 && strspn(word[i], "abcdefghijklmnopqrstuvwxyz") == n);
		if (i > 0)
			assert_true(strcmp(word[i - 1], word[i]) < 0);
		for (size_t k = 0; k < i; k++) {
			char a[LONGEST + 1], b[LONGEST + 1];

			consonants(word[i], a);
			consonants(word[k], b);
			if (strncmp(word[i], word[k], 4) == 0 || distance(word[i], word[k]) < 3 ||
			    (strcmp(a, b) == 0 && word[i][0] == word[k][0]))
				fail_msg("%s and %s", word[i], word[k]);
		}
	}
}

static void list_is_frozen(void **state)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	(void)state;
	for (size_t i = 0; i < WORDS; i++) {
		for (size_t k = 0; k <= strlen(word[i]); k++)
			h = (h ^ (uint8_t)word[i][k]) * UINT64_C(0x100000001b3);
	}
	if (h != UINT64_C(0xdf6258fc5f396f7a))
		fail_msg("the list gives %llx: papers with fingerprints on them no longer fit", (unsigned long long)h);
}

static ak_digest counting(void)
{
	ak_digest d;

	for (size_t i = 0; i < sizeof(d.b); i++)
		d.b[i] = (uint8_t)(i * 8 + 3);
	return d;
}

static void twelve_words(void **state)
{
	ak_digest d = counting();
	ak_span rest;
	ak_buf b;

	(void)state;
	ak_buf_init(&b, 200);
	assert_int_equal(ak_fingerprint_words(&d, &b, NULL), AK_OK);
	rest = ak_buf_span(&b);
	for (size_t i = 0; i < 12; i++) {
		size_t n = strlen(word[d.b[i]]);

		assert_true(rest.len >= n && memcmp(rest.data, word[d.b[i]], n) == 0);
		rest = (ak_span){ rest.data + n, rest.len - n };
		if (i < 11) {
			assert_int_equal(rest.data[0], ' ');
			rest = (ak_span){ rest.data + 1, rest.len - 1 };
		}
	}
	assert_int_equal(rest.len, 0);
	/* The bytes after the twelfth are in the digits only. */
	d.b[12] ^= 1;
	{
		ak_buf c;

		ak_buf_init(&c, 200);
		assert_int_equal(ak_fingerprint_words(&d, &c, NULL), AK_OK);
		assert_true(ak_span_eq(ak_buf_span(&b), ak_buf_span(&c)));
		ak_buf_clear(&c);
	}
	ak_buf_clear(&b);
}

static void sixteen_numbers(void **state)
{
	static const char want[] = "00779 04891 09003 13115 17227 21339 25451 29563 "
	                           "33675 37787 41899 46011 50123 54235 58347 62459";
	const ak_digest d = counting(), zero = { { 0 } };
	ak_digest ones;
	ak_buf b;

	(void)state;
	memset(&ones, 0xff, sizeof(ones));
	ak_buf_init(&b, 95);
	assert_int_equal(ak_fingerprint_digits(&d, &b, NULL), AK_OK);
	assert_true(ak_span_is(ak_buf_span(&b), want));
	ak_buf_clear(&b);
	assert_int_equal(ak_fingerprint_digits(&zero, &b, NULL), AK_OK);
	assert_true(ak_span_starts(ak_buf_span(&b), "00000 00000 "));
	ak_buf_clear(&b);
	assert_int_equal(ak_fingerprint_digits(&ones, &b, NULL), AK_OK);
	assert_true(ak_span_starts(ak_buf_span(&b), "65535 65535 "));
	ak_buf_clear(&b);
}

static void no_room(void **state)
{
	const ak_digest d = counting();
	ak_buf b;

	(void)state;
	ak_buf_init(&b, 94);
	assert_int_equal(ak_fingerprint_digits(&d, &b, NULL), AK_LIMIT);
	ak_buf_clear(&b);
	ak_buf_init(&b, 40);
	assert_int_equal(ak_fingerprint_words(&d, &b, NULL), AK_LIMIT);
	ak_buf_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_told_apart),
		cmocka_unit_test(list_is_frozen),
		cmocka_unit_test(twelve_words),
		cmocka_unit_test(sixteen_numbers),
		cmocka_unit_test(no_room),
	};

	return cmocka_run_group_tests(tests, fetch_words, NULL);
}
