/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/date.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *typed, *stored;
} human[] = {
	{ "2021", "2021" },
	{ "2021-09", "2021-09" },
	{ "2021-09-13", "2021-09-13" },
	{ "2021-9-3", "2021-09-03" },
	{ "2021/9/13", "2021-09-13" },
	{ "2021/09/13", "2021-09-13" },
	{ "2021/9", "2021-09" },
	{ "2021.9.13", "2021-09-13" },
	{ "2021年9月13日", "2021-09-13" },
	{ "2021年09月13日", "2021-09-13" },
	{ "2021年9月", "2021-09" },
	{ "2021年", "2021" },
	{ "２０２１年９月１３日", "2021-09-13" },
	{ "２０２１／９／１３", "2021-09-13" },
	{ "２０２１－０９－１３", "2021-09-13" },
	{ "２０２１．９．１３", "2021-09-13" },
	{ "２０２１", "2021" },
	{ "2021ー9ー13", "2021-09-13" },
	{ "2021−9−13", "2021-09-13" },
	{ "令和3年9月13日", "2021-09-13" },
	{ "令和３年９月１３日", "2021-09-13" },
	{ "令和 3年 9月13日", "2021-09-13" },
	{ "令和　３年　９月１３日", "2021-09-13" },
	{ " 2021-09-13 ", "2021-09-13" },
	{ "　2021年9月13日　", "2021-09-13" },
	{ "令和03年09月13日", "2021-09-13" },
	{ "令和3年9月", "2021-09" },
	{ "令和3年", "2021" },
	{ "令和3", "2021" },
	{ "令和3.9.13", "2021-09-13" },
	{ "㋿3年9月13日", "2021-09-13" },
	{ "2021年9\xe2\xbd\x89" "13\xe2\xbd\x87", "2021-09-13" },
	{ "R3.9.13", "2021-09-13" },
	{ "r3.9.13", "2021-09-13" },
	{ "Ｒ３．９．１３", "2021-09-13" },
	{ "R3/9/13", "2021-09-13" },
	{ "R3-9-13", "2021-09-13" },
	{ "R03.09.13", "2021-09-13" },
	{ "R3年9月13日", "2021-09-13" },
	{ "R元.5.1", "2019-05-01" },
	{ "令和元年5月1日", "2019-05-01" },
	{ "令和1年5月1日", "2019-05-01" },
	{ "令和元年", "2019" },
	{ "令和元年5月", "2019-05" },
	{ "平成31年4月30日", "2019-04-30" },
	{ "平成31年", "2019" },
	{ "平成元年1月8日", "1989-01-08" },
	{ "平成元年1月", "1989-01" },
	{ "H31.4.30", "2019-04-30" },
	{ "昭和64年1月7日", "1989-01-07" },
	{ "昭和64年1月", "1989-01" },
	{ "昭和元年12月25日", "1926-12-25" },
	{ "S50.4.1", "1975-04-01" },
	{ "大正15年12月25日", "1926-12-25" },
	{ "大正元年7月30日", "1912-07-30" },
	{ "T1.7.30", "1912-07-30" },
	{ "明治45年7月30日", "1912-07-30" },
	{ "明治6年1月1日", "1873-01-01" },
	{ "明治29年4月27日", "1896-04-27" },
	{ "明治元年", "1868" },
	{ "M45.7.30", "1912-07-30" },
	{ "令和6年2月29日", "2024-02-29" },
	{ "2021-09-13T10:00:00+09:00", "2021-09-13" },
	{ "2021-09-13T15:00:00Z", "2021-09-14" },
};

static void typed_dates_are_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(human); i++) {
		char text[11] = "";
		ak_date d, again;

		if (!ak_date_parse_human(ak_span_str(human[i].typed), &d, text))
			fail_msg("%s: refused", human[i].typed);
		assert_string_equal(text, human[i].stored);
		assert_true(ak_date_parse(ak_span_str(text), &again));
		assert_int_equal(again.precision, d.precision);
		assert_int_equal(again.first, d.first);
		assert_int_equal(again.last, d.last);
	}
}

static const struct {
	const char *rule, *typed;
} not_human[] = {
	{ "empty", "" },
	{ "spaces only", " 　 " },
	{ "two-digit western year", "21/9/13" },
	{ "two-digit year with 年", "21年9月13日" },
	{ "no separators", "20210913" },
	{ "mixed separators", "2021/9-13" },
	{ "mixed 年 and separators", "2021年9/13" },
	{ "日 missing", "2021年9月13" },
	{ "月 missing", "2021年9" },
	{ "month after day", "2021年13日9月" },
	{ "month 13", "2021年13月1日" },
	{ "month 0", "2021年0月1日" },
	{ "day 32", "令和3年9月32日" },
	{ "day 0", "令和3年9月0日" },
	{ "31 September", "令和3年9月31日" },
	{ "leap day in a common year", "令和3年2月29日" },
	{ "three-digit month", "2021年009月1日" },
	{ "digits parted by a space", "20 21年" },
	{ "year 0 of an era", "令和0年1月1日" },
	{ "three-digit year of an era", "令和003年9月13日" },
	{ "western year with an era", "令和2021年9月13日" },
	{ "元 without an era", "元年9月13日" },
	{ "元 and a number", "令和元3年" },
	{ "元 for a month", "令和3年元月1日" },
	{ "era alone", "令和" },
	{ "era twice", "令和R3.9.13" },
	{ "era after the year", "3令和.9.13" },
	{ "unknown era", "慶応3年1月1日" },
	{ "unknown letter", "X3.9.13" },
	{ "day before 令和", "令和元年4月30日" },
	{ "month before 令和", "令和元年4月" },
	{ "day after 平成", "平成31年5月1日" },
	{ "year after 平成", "平成32年" },
	{ "day before 平成", "平成元年1月7日" },
	{ "day after 昭和", "昭和64年1月8日" },
	{ "day before 昭和", "昭和元年12月24日" },
	{ "day after 大正", "大正15年12月26日" },
	{ "day before 大正", "大正元年7月29日" },
	{ "day after 明治", "明治45年7月31日" },
	{ "day of the moon calendar", "明治5年12月2日" },
	{ "month of the moon calendar", "明治5年12月" },
	{ "year before 1868", "1867年" },
	{ "instant in 1867 in Japan", "1868-01-01T00:00:00+10:00" },
	{ "instant in year 10000 in Japan", "9999-12-31T15:00:00Z" },
	{ "fiscal year", "令和3年度" },
	{ "year of five digits", "12021年" },
	{ "text after", "2021年9月13日頃" },
	{ "too many parts", "2021.9.13.1" },
	{ "many parts", "1.1.1.1.1.1.1.1.1.1.1.1.1.1" },
	{ "newline", "2021年9月13日\n" },
	{ "cut full-width digit", "2021年9月1\xef\xbc" },
	{ "not UTF-8", "\xff\xfe" },
	{ "separator alone", "-" },
};

static void other_typed_dates_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(not_human); i++) {
		char text[11] = "untouched";
		ak_date d = { .first = 77 };

		if (ak_date_parse_human(ak_span_str(not_human[i].typed), &d, text))
			fail_msg("%s: accepted as %s", not_human[i].rule, text);
		assert_int_equal(d.first, 77);
		assert_string_equal(text, "untouched");
	}
}

/* Whatever is typed, the answer is a date in stored form or no. */
static void mangled_dates_never_give_nonsense(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(human); i++) {
		size_t len = strlen(human[i].typed);
		uint8_t bad[64];

		for (size_t at = 0; at < len; at++) {
			for (int c = 0; c < 256; c++) {
				char text[11];
				ak_date d, again;

				memcpy(bad, human[i].typed, len);
				bad[at] = (uint8_t)c;
				if (!ak_date_parse_human((ak_span){ bad, len }, &d, text))
					continue;
				assert_true(ak_date_parse(ak_span_str(text), &again));
				assert_int_equal(again.first, d.first);
				assert_int_equal(again.last, d.last);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(typed_dates_are_understood),
		cmocka_unit_test(other_typed_dates_are_refused),
		cmocka_unit_test(mangled_dates_never_give_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
