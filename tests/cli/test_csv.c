/* SPDX-License-Identifier: Apache-2.0 */
/* Tables: what is read and what is refused, with its row and column; what is written comes back as it was. */
#include "csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static ak_span span(const char *text)
{
	return (ak_span){ (const uint8_t *)text, strlen(text) };
}

static void reads(const char *text, ak_csv_encoding e, size_t rows, size_t columns)
{
	ak_csv_fault f = { 0 };
	ak_csv t;

	assert_true(ak_csv_parse(span(text), e, &t, &f));
	assert_int_equal(t.rows, rows);
	assert_int_equal(t.columns, columns);
	ak_csv_free(&t);
}

static void refused(const char *text, ak_csv_encoding e, ak_msg what, size_t row, size_t column)
{
	ak_csv_fault f = { 0 };
	ak_csv t;

	assert_false(ak_csv_parse(span(text), e, &t, &f));
	assert_int_equal(f.what, what);
	assert_int_equal(f.row, row);
	assert_int_equal(f.column, column);
	ak_csv_free(&t);
}

static void test_reads(void **state)
{
	ak_csv_fault f = { 0 };
	ak_csv t;

	(void)state;
	reads("a", AK_CSV_UTF8, 1, 1);
	reads("a,b\n1,2", AK_CSV_UTF8, 2, 2);
	reads("a,b\r\n1,2\r\n", AK_CSV_UTF8, 2, 2);
	reads("\xEF\xBB\xBF" "a,b\r\n", AK_CSV_CP932, 1, 2); /* the mark says what it is */
	reads("a,b\r\n,\r\n1,2\r\n,\r\n\r\n", AK_CSV_UTF8, 2, 2); /* empty rows are passed over */
	assert_true(ak_csv_parse(span("a,b\r\n,\r\n\"x,\"\"y\"\"\r\nz\",\r\n"), AK_CSV_UTF8, &t, &f));
	assert_string_equal(ak_csv_cell(&t, 1, 0), "x,\"y\"\r\nz");
	assert_string_equal(ak_csv_cell(&t, 1, 1), "");
	assert_int_equal(t.number[1], 3); /* as the spreadsheet counts */
	assert_string_equal(ak_csv_cell(&t, 9, 9), "");
	ak_csv_free(&t);
}

static void test_refuses_with_row_and_column(void **state)
{
	static const char nul[] = "a\0b";
	ak_csv_fault f = { 0 };
	ak_csv t;

	(void)state;
	refused("", AK_CSV_UTF8, MSG_CSV_EMPTY, 0, 0);
	refused("\xEF\xBB\xBF", AK_CSV_UTF8, MSG_CSV_EMPTY, 0, 0);
	refused("a,b\n1", AK_CSV_UTF8, MSG_CSV_RAGGED, 2, 1);
	refused("a,b\n1,2,3", AK_CSV_UTF8, MSG_CSV_RAGGED, 2, 3);
	refused("a,b\n1,\"2", AK_CSV_UTF8, MSG_CSV_OPEN_QUOTE, 2, 2);
	refused("a,b\n\"1\"x,2", AK_CSV_UTF8, MSG_CSV_AFTER_QUOTE, 2, 1);
	refused("a,b\n1,2\"", AK_CSV_UTF8, MSG_CSV_QUOTE_INSIDE, 2, 2);
	refused("a,b\n1\r2,3", AK_CSV_UTF8, MSG_CSV_LONE_CR, 2, 1);
	refused("a\n\xC0\x80", AK_CSV_UTF8, MSG_CSV_NOT_UTF8, 2, 1);
	refused("a\n\xED\xA0\x80", AK_CSV_UTF8, MSG_CSV_NOT_UTF8, 2, 1); /* a surrogate */
	refused("a\n\xF4\x90\x80\x80", AK_CSV_UTF8, MSG_CSV_NOT_UTF8, 2, 1);
	refused("a\n\xE3\x81", AK_CSV_UTF8, MSG_CSV_NOT_UTF8, 2, 1);
	refused("a\n\x81", AK_CSV_CP932, MSG_CSV_NOT_CP932, 2, 1); /* half a character */
	refused("a,b\n\"1,\n1\",\x81\x40\x81\x20", AK_CSV_CP932, MSG_CSV_NOT_CP932, 2, 2); /* a comma and a line inside quotes */
	refused("a,b\n\"1,\n1\",\xE3\x81\x82\xFF", AK_CSV_UTF8, MSG_CSV_NOT_UTF8, 2, 2);
	assert_false(ak_csv_parse((ak_span){ (const uint8_t *)nul, 3 }, AK_CSV_UTF8, &t, &f));
	assert_int_equal(f.what, MSG_CSV_NUL);
	assert_int_equal(f.row, 1);
	assert_int_equal(f.column, 1);
	ak_csv_free(&t);
}

static void test_limits(void **state)
{
	size_t n = AK_CSV_CELL + 2;
	char *text = malloc(2 * AK_CSV_ROWS + n + 64), *p;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', AK_CSV_CELL);
	text[AK_CSV_CELL] = '\0';
	reads(text, AK_CSV_UTF8, 1, 1);
	memcpy(text + AK_CSV_CELL, "x", 2);
	refused(text, AK_CSV_UTF8, MSG_CSV_CELL, 1, 1);
	memset(text, ',', AK_CSV_COLUMNS);
	text[AK_CSV_COLUMNS - 1] = '\0';
	reads(text, AK_CSV_UTF8, 1, AK_CSV_COLUMNS);
	memcpy(text + AK_CSV_COLUMNS - 1, ",", 2);
	refused(text, AK_CSV_UTF8, MSG_CSV_COLUMNS, 1, AK_CSV_COLUMNS + 1);
	p = text;
	for (size_t i = 0; i <= AK_CSV_ROWS; i++, p += 2)
		memcpy(p, "x\n", 3);
	reads(text, AK_CSV_UTF8, AK_CSV_ROWS + 1, 1); /* the names, and as many rows */
	memcpy(p, "x\n", 3);
	refused(text, AK_CSV_UTF8, MSG_CSV_ROWS, AK_CSV_ROWS + 2, 1);
	free(text);
}

/* Write one row, read it, and compare. */
static void comes_back(const char *const *cell, size_t n, ak_csv_encoding e)
{
	ak_csv_fault f = { 0 };
	ak_csv_out o;
	ak_csv t;

	ak_csv_begin(&o, e);
	for (size_t i = 0; i < n; i++)
		ak_csv_put(&o, cell[i]);
	ak_csv_end_row(&o);
	assert_false(o.failed);
	assert_true(ak_csv_parse((ak_span){ (const uint8_t *)o.data, o.len }, e, &t, &f));
	assert_int_equal(t.rows, 1);
	assert_int_equal(t.columns, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(ak_csv_cell(&t, 0, i), cell[i]);
	ak_csv_free(&t);
	ak_csv_clear(&o);
}

static void test_what_is_written_comes_back(void **state)
{
	static const char *const cells[] = { "", "a,b", "\"", "x\"y", "一行目\r\n二行目", " 空白 ", "=1+1", "+1", "-1", "@x", "'x", "表示ソ能", "～－∥￠￡￢―", "髙﨑①Ⅰ" };
	static const char *const utf8[] = { "〜−‖¢£¬", "𠮷野", "e\xCC\x81" };

	(void)state;
	comes_back(cells, sizeof(cells) / sizeof(cells[0]), AK_CSV_UTF8);
	comes_back(cells, sizeof(cells) / sizeof(cells[0]), AK_CSV_UTF8_BOM);
	comes_back(cells, sizeof(cells) / sizeof(cells[0]), AK_CSV_CP932);
	comes_back(utf8, sizeof(utf8) / sizeof(utf8[0]), AK_CSV_UTF8);
}

static void test_what_cp932_would_change_is_refused(void **state)
{
	static const char *const lossy[] = { "〜", "−", "‖", "¢", "£", "¬", "—", "¥", "𠮷", "e\xCC\x81", "\xC2\xA0" };

	(void)state;
	for (size_t i = 0; i < sizeof(lossy) / sizeof(lossy[0]); i++) {
		ak_csv_out o;

		ak_csv_begin(&o, AK_CSV_CP932);
		ak_csv_put(&o, "a");
		ak_csv_end_row(&o);
		ak_csv_put(&o, "b");
		ak_csv_put(&o, "c");
		ak_csv_put(&o, lossy[i]);
		assert_true(o.failed);
		assert_int_equal(o.fault.what, MSG_CSV_LOSS);
		assert_int_equal(o.fault.row, 2);
		assert_int_equal(o.fault.column, 3);
		ak_csv_put(&o, "〜"); /* the first fault stays */
		assert_int_equal(o.fault.column, 3);
		ak_csv_clear(&o);
	}
}

/* All of the code page: what can be read is either written back as it was read, or is another code of the same character. */
static void test_all_of_cp932(void **state)
{
	size_t same = 0, other = 0;

	(void)state;
	for (unsigned lead = 0x81; lead <= 0xFC; lead++) {
		for (unsigned trail = 0x40; trail <= 0xFC; trail++) {
			const char bytes[3] = { (char)lead, (char)trail, '\0' };
			ak_csv_fault f = { 0 };
			ak_csv_out o;
			ak_csv t, again;

			if ((lead >= 0xA0 && lead < 0xE0) || !ak_csv_parse(span(bytes), AK_CSV_CP932, &t, &f)) {
				if (lead < 0xA0 || lead >= 0xE0)
					ak_csv_free(&t);
				continue;
			}
			ak_csv_begin(&o, AK_CSV_CP932);
			ak_csv_put(&o, ak_csv_cell(&t, 0, 0));
			ak_csv_end_row(&o);
			assert_false(o.failed);
			assert_true(ak_csv_parse((ak_span){ (const uint8_t *)o.data, o.len }, AK_CSV_CP932, &again, &f));
			assert_string_equal(ak_csv_cell(&again, 0, 0), ak_csv_cell(&t, 0, 0));
			same += memcmp(o.data, bytes, 2) == 0;
			other += memcmp(o.data, bytes, 2) != 0;
			ak_csv_free(&again);
			ak_csv_clear(&o);
			ak_csv_free(&t);
		}
	}
	assert_true(same > 9000);
	assert_true(other > 0 && other < 500); /* characters that NEC and IBM both brought in */
}

static void test_formulas_are_counted_and_left_alone(void **state)
{
	ak_csv_out o;

	(void)state;
	ak_csv_begin(&o, AK_CSV_UTF8);
	ak_csv_put(&o, "x");
	ak_csv_put(&o, "=HYPERLINK(1)");
	ak_csv_end_row(&o);
	ak_csv_put(&o, "-1");
	assert_int_equal(o.formulas, 2);
	assert_int_equal(o.formula_row, 1);
	assert_int_equal(o.formula_column, 2);
	assert_int_equal(o.len, strlen("x,=HYPERLINK(1)\r\n-1"));
	assert_memory_equal(o.data, "x,=HYPERLINK(1)\r\n-1", o.len);
	ak_csv_clear(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_refuses_with_row_and_column),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_what_is_written_comes_back),
		cmocka_unit_test(test_what_cp932_would_change_is_refused),
		cmocka_unit_test(test_all_of_cp932),
		cmocka_unit_test(test_formulas_are_counted_and_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
