/* SPDX-License-Identifier: Apache-2.0 */
/* Text for people: widths, what is made visible, wrapping, dates and digests. */
#include "term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What a printer writes, as text; freed by the caller. */
typedef void printer(FILE *to, const char *text, size_t a, size_t b);

static char *printed(printer *p, const char *text, size_t a, size_t b)
{
	char *out = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&out, &len);

	assert_non_null(f);
	p(f, text, a, b);
	assert_int_equal(fclose(f), 0);
	return out;
}

static void put(FILE *to, const char *text, size_t a, size_t b)
{
	(void)a, (void)b;
	ak_term_put(to, text);
}

static void pad(FILE *to, const char *text, size_t cells, size_t b)
{
	(void)b;
	ak_term_pad(to, text, cells);
}

static void wrap(FILE *to, const char *text, size_t indent, size_t cells)
{
	ak_term_wrap(to, text, indent, cells);
}

static void widths(void **state)
{
	static const struct {
		const char *name, *text;
		size_t width;
	} rows[] = {
		{ "ASCII", "abc", 3 },
		{ "empty", "", 0 },
		{ "ideographs", "有効", 4 },
		{ "kana", "クラウド", 8 },
		{ "half-width kana", "\xef\xbd\xb6", 1 },
		{ "full-width digits", "２０２１", 8 },
		{ "full-width brackets", "（株）", 6 },
		{ "ideographic space", "\xe3\x80\x80", 2 },
		{ "ambiguous marks count one", "·…✓✗", 4 },
		{ "kana with a combining mark", "か\xe3\x82\x99", 2 },
		{ "ideograph with a variation selector", "葛\xf3\xa0\x84\x80", 2 },
		{ "ideograph beyond the basic plane", "\xf0\xa0\xae\xb7", 2 },
		{ "Hangul", "한", 2 },
		{ "Latin with accents", "é", 1 },
		{ "a control is as wide as what is shown", "\x1b", 8 },
		{ "a byte that is no UTF-8", "\xff", 6 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (ak_term_width(rows[i].text) != rows[i].width)
			fail_msg("%s: width %zu, want %zu", rows[i].name, ak_term_width(rows[i].text), rows[i].width);
	}
}

static void hidden_things_are_shown(void **state)
{
	static const struct {
		const char *name, *text, *shown;
	} rows[] = {
		{ "escape sequence", "a\x1b[2Jb", "a<U+001B>[2Jb" },
		{ "newline", "a\nb", "a<U+000A>b" },
		{ "carriage return", "good\rbad", "good<U+000D>bad" },
		{ "tab", "a\tb", "a<U+0009>b" },
		{ "DEL", "a\x7f", "a<U+007F>" },
		{ "C1 control sequence introducer", "\xc2\x9b", "<U+009B>" },
		{ "right-to-left override", "\xe2\x80\xae""abc", "<U+202E>abc" },
		{ "first embedding", "\xe2\x80\xaa", "<U+202A>" },
		{ "isolates", "\xe2\x81\xa6\xe2\x81\xa9", "<U+2066><U+2069>" },
		{ "direction marks", "\xe2\x80\x8e\xe2\x80\x8f", "<U+200E><U+200F>" },
		{ "line separator", "\xe2\x80\xa8", "<U+2028>" },
		{ "byte order mark", "\xef\xbb\xbf", "<U+FEFF>" },
		{ "zero-width space", "a\xe2\x80\x8b", "a<U+200B>" },
		{ "tag character", "\xf3\xa0\x81\x81", "<U+E0041>" },
		{ "lone continuation byte", "a\x80", "a<0x80>" },
		{ "overlong slash", "\xc0\xaf", "<0xC0><0xAF>" },
		{ "surrogate", "\xed\xa0\x80", "<0xED><0xA0><0x80>" },
		{ "beyond Unicode", "\xf4\x90\x80\x80", "<0xF4><0x90><0x80><0x80>" },
		{ "cut off", "\xe6\x9c", "<0xE6><0x9C>" },
		{ "ordinary Japanese stays", "株式会社架空の雲", "株式会社架空の雲" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *out = printed(put, rows[i].text, 0, 0), *again;

		if (strcmp(out, rows[i].shown) != 0)
			fail_msg("%s: shown as %s", rows[i].name, out);
		again = printed(put, out, 0, 0);
		assert_string_equal(again, out); /* once is enough */
		assert_int_equal(ak_term_width(rows[i].text), ak_term_width(out));
		free(again);
		free(out);
	}
}

/* Every C0 and C1 control and every single byte above: nothing of it reaches the terminal. */
static void no_control_survives(void **state)
{
	(void)state;
	for (unsigned b = 1; b < 256; b++) {
		const char one[2] = { (char)b, '\0' }, two[3] = { '\xc2', (char)b, '\0' };
		char *out = printed(put, one, 0, 0), *pair = printed(put, two, 0, 0);

		for (const char *p = out; *p != '\0'; p++)
			assert_true(*p >= 0x20 && *p < 0x7f);
		if (b < 0xa0) {
			for (const char *p = pair; *p != '\0'; p++)
				assert_true(*p >= 0x20 && *p < 0x7f);
		}
		free(out);
		free(pair);
	}
}

static void columns_line_up(void **state)
{
	static const char *const cells[] = { "掲載", "audit", "実施結果報告", "", "a·b", "㈱" };

	(void)state;
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		char *out = printed(pad, cells[i], 14, 0);

		assert_int_equal(ak_term_width(out), 14);
		free(out);
	}
	{
		char *out = printed(pad, "長すぎる文言", 4, 0);

		assert_string_equal(out, "長すぎる文言");
		free(out);
	}
}

static void wrapping(void **state)
{
	static const struct {
		const char *name, *text, *out;
		size_t indent, cells;
	} rows[] = {
		{ "fits", "one two", "one two", 2, 40 },
		{ "at spaces", "aaaaaaaaaa bbbbbbbbbb cccc", "aaaaaaaaaa\n  bbbbbbbbbb cccc", 2, 22 },
		{ "between ideographs", "一二三四五六七八九十一二", "一二三四五六七八九十\n一二", 0, 20 },
		{ "a full stop does not begin a line", "一二三四五六七八九十。次", "一二三四五六七八九\n十。次", 0, 20 },
		{ "an opening bracket does not end a line", "一二三四五六七八九（十）", "一二三四五六七八九\n（十）", 0, 20 },
		{ "a word is not broken", "0123456789012345678901234567890", "0123456789012345678901234567890", 0, 20 },
		{ "after a word too long", "0123456789012345678901234567890 x", "0123456789012345678901234567890\nx", 0, 20 },
		{ "nothing", "", "", 4, 20 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *out = printed(wrap, rows[i].text, rows[i].indent, rows[i].cells);

		if (strcmp(out, rows[i].out) != 0)
			fail_msg("%s: %s", rows[i].name, out);
		free(out);
	}
}

/* Whatever the bytes: it ends, and nothing is lost but the spaces at which lines were broken. */
static void wrapping_loses_nothing(void **state)
{
	uint32_t x = 2463534242u;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char text[64], *out, *plain;
		size_t n;

		for (n = 0; n < sizeof(text) - 1; n++) {
			static const char *const alphabet = " ab\xe6\x9c\x89\xe5\x8a\xb9\x1b\xff,.";

			x ^= x << 13, x ^= x >> 17, x ^= x << 5;
			text[n] = alphabet[x % strlen(alphabet)];
		}
		text[n] = '\0';
		out = printed(wrap, text, 3, 24);
		plain = printed(put, text, 0, 0);
		for (const char *p = plain, *q = out; *p != '\0' || *q != '\0';) {
			if (*p == ' ') {
				p++;
			} else if (*q == ' ' || *q == '\n') {
				q++;
			} else {
				assert_int_equal(*p, *q);
				p++, q++;
			}
		}
		free(out);
		free(plain);
	}
}

static void cutting(void **state)
{
	static const struct {
		const char *name, *text, *out;
		size_t cells;
	} rows[] = {
		{ "fits", "abc", "abc", 3 },
		{ "ASCII", "abcdef", "abc…", 4 },
		{ "ideographs take two", "一二三四", "一二…", 6 },
		{ "half of an ideograph is none", "一二三四", "一二…", 5 },
		{ "no space before the dots", "ab cdef", "ab…", 4 },
		{ "nothing fits", "一二三", "…", 1 },
		{ "hidden things stay visible", "\x1b[2Jxyz", "<U+001B>[…", 10 },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *cut = ak_term_cut(rows[i].text, rows[i].cells, out, sizeof(out));

		if (strcmp(cut, rows[i].out) != 0 || ak_term_width(cut) > rows[i].cells)
			fail_msg("%s: %s", rows[i].name, cut);
	}
	/* A small buffer cuts more, and never inside a character. */
	for (size_t room = 5; room < sizeof(out); room++) {
		const char *cut = ak_term_cut("一二三四五六七八九十一二三四五六七八九十", 20, out, room);

		assert_true(strlen(cut) < room && ak_term_width(cut) <= 20 && strchr(cut, '<') == NULL);
	}
}

/* What a buffer cannot hold is never cut within a character, nor without a mark. */
static void what_does_not_fit_is_marked(void **state)
{
	static const char text[] = "登録の削除abc";
	char out[32], same[sizeof(text)];

	(void)state;
	for (size_t room = 4; room <= sizeof(out); room++) {
		size_t n;

		memset(out, 'x', sizeof(out));
		assert_ptr_equal(ak_term_fit(text, out, room), out);
		n = strlen(out);
		if (room >= sizeof(text)) {
			assert_string_equal(out, text);
			continue;
		}
		assert_true(n < room && n >= 3);
		assert_string_equal(out + n - 3, "…");
		assert_int_equal(strncmp(out, text, n - 3), 0);
		assert_true(((unsigned char)text[n - 3] & 0xc0) != 0x80);
	}
	memcpy(same, text, sizeof(text));
	assert_string_equal(ak_term_fit(same, same, 10), "登録…");
}

static void dates(void **state)
{
	static const struct {
		const char *stored, *en, *ja;
	} rows[] = {
		{ "2021", "2021", "2021年" },
		{ "2021-09", "2021-09", "2021年9月" },
		{ "2021-09-13", "2021-09-13", "2021年9月13日" },
		{ "2026-11-20T18:00:00Z", "2026-11-20 18:00 UTC", "2026年11月21日 03:00 JST" },
		{ "2026-12-31T15:00:00Z", "2026-12-31 15:00 UTC", "2027年1月1日 00:00 JST" },
		{ "2028-02-28T14:59:59Z", "2028-02-28 14:59 UTC", "2028年2月28日 23:59 JST" },
		{ "2028-02-28T15:00:00Z", "2028-02-28 15:00 UTC", "2028年2月29日 00:00 JST" },
		{ "2027-02-28T15:00:00Z", "2027-02-28 15:00 UTC", "2027年3月1日 00:00 JST" },
		{ "2026-13-40T99:00:00Z", "2026-13-40 99:00 UTC", "2026年13月40日 99:00 UTC" },
		{ "2026-11-21T03:00:00+09:00", "2026-11-21 03:00 +09:00", "2026年11月21日 03:00 +09:00" },
		{ "soon", "soon", "soon" },
		{ "", "", "" },
		{ "2021-9-13", "2021-9-13", "2021-9-13" },
		{ "2021-09-13 ", "2021-09-13 ", "2021-09-13 " },
	};
	char out[AK_TERM_DATE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_string_equal(ak_term_date(false, rows[i].stored, out), rows[i].en);
		assert_string_equal(ak_term_date(true, rows[i].stored, out), rows[i].ja);
	}
}

static void dates_inside_text(void **state)
{
	char out[256], small[80];

	(void)state;
	assert_string_equal(ak_term_dates(true, "期間 2025-04-01–2026-03-31", out, sizeof(out)), "期間 2025年4月1日–2026年3月31日");
	assert_string_equal(ak_term_dates(false, "period 2025-04-01", out, sizeof(out)), "period 2025-04-01");
	assert_string_equal(ak_term_dates(true, "C24-0101-2 and 12025-04-01", out, sizeof(out)), "C24-0101-2 and 12025-04-01");
	assert_string_equal(ak_term_dates(true, "2025-04-01T00:00:00Z", out, sizeof(out)), "2025-04-01T00:00:00Z");
	assert_string_equal(ak_term_dates(true, "2025-04-01-7", out, sizeof(out)), "2025-04-01-7");
	assert_true(strlen(ak_term_dates(true, "2025-04-01 2025-04-01 2025-04-01 2025-04-01 2025-04-01", small, sizeof(small))) < sizeof(small));
}

static void digests(void **state)
{
	static const char whole[] = "sha256:5f0c0000000000000000000000000000000000000000000000000000000009a1";
	char out[AK_TERM_DIGEST_MAX];

	(void)state;
	assert_int_equal(strlen(whole), 71);
	assert_string_equal(ak_term_digest(false, whole, out), "sha256:5f0c…09a1");
	assert_string_equal(ak_term_digest(true, whole, out), whole);
	assert_string_equal(ak_term_digest(false, "sha256:5f0c", out), "sha256:5f0c");
	assert_string_equal(AK_NUM(0), "0");
	assert_string_equal(AK_NUM(UINT64_MAX), "18446744073709551615");
}

static void full_width_is_typed_half_width(void **state)
{
	static const char *const none[] = { "", "C24-0101-2", "架空", "Ｃ２４架", "C24\xef", "C24\xef\xbc", "\xef\xbd\x9f", "\xef\xbc\x80", "\xff" };
	char out[24];

	(void)state;
	assert_string_equal(ak_term_half_width("Ｃ２４－０１０１－２", out, sizeof(out)), "C24-0101-2");
	assert_string_equal(ak_term_half_width("C24ー0101‐2", out, sizeof(out)), "C24-0101-2");
	assert_string_equal(ak_term_half_width("！？＠＿｀ａｚ～　", out, sizeof(out)), "!?@_`az~ ");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_null(ak_term_half_width(none[i], out, sizeof(out)));
	assert_null(ak_term_half_width("ＡＢＣ", out, 3));
	assert_string_equal(ak_term_half_width("ＡＢＣ", out, 4), "ABC");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(widths),
		cmocka_unit_test(hidden_things_are_shown),
		cmocka_unit_test(no_control_survives),
		cmocka_unit_test(columns_line_up),
		cmocka_unit_test(wrapping),
		cmocka_unit_test(wrapping_loses_nothing),
		cmocka_unit_test(cutting),
		cmocka_unit_test(dates),
		cmocka_unit_test(what_does_not_fit_is_marked),
		cmocka_unit_test(dates_inside_text),
		cmocka_unit_test(digests),
		cmocka_unit_test(full_width_is_typed_half_width),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
