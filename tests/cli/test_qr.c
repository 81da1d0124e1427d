/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes: what is drawn, on a terminal and as a path, read back into modules, is what the encoder gave, and stands on white. */
#include "qr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <qrencode.h>

#define TEXT "akashi-trust:ledger.example/ismap?sha256=fc4394a37654c5ef5ec6331f60e77500a209824597c18db76c02f906a1eb5dbc"

enum { SIDE_MAX = 200 };

typedef struct grid {
	size_t rows, columns;
	unsigned char dark[SIDE_MAX][SIDE_MAX];
} grid;

static char *drawn(const ak_qr *q, bool svg, bool colour)
{
	ak_cli *c = calloc(1, sizeof(*c));
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(c);
	assert_non_null(f);
	c->colour = colour;
	if (svg)
		ak_qr_svg(f, q, 10, 20, 392);
	else
		ak_qr_print(c, f, q);
	assert_int_equal(fclose(f), 0);
	free(c);
	return text;
}

/* Half blocks to modules: each line is two rows. */
static void read_blocks(const char *text, grid *g)
{
	static const struct {
		const char *block;
		unsigned char up, down;
	} blocks[] = { { " ", 0, 0 }, { "▄", 0, 1 }, { "▀", 1, 0 }, { "█", 1, 1 } };
	size_t row = 0, column = 0;

	memset(g, 0, sizeof(*g));
	while (*text != '\0') {
		size_t i = 0;

		if (*text == '\n') {
			row += 2;
			if (g->columns != 0)
				assert_int_equal(column, g->columns); /* every line is as long */
			g->columns = column;
			column = 0;
			text++;
			continue;
		}
		while (i < 4 && strncmp(text, blocks[i].block, strlen(blocks[i].block)) != 0)
			i++;
		assert_true(i < 4 && row + 1 < SIDE_MAX && column < SIDE_MAX);
		g->dark[row][column] = blocks[i].up;
		g->dark[row + 1][column++] = blocks[i].down;
		text += strlen(blocks[i].block);
	}
	g->rows = row;
}

/* "M4 4h7v1h-7z…" to modules. */
static void read_path(const char *svg, grid *g)
{
	const char *d = strstr(svg, " d=\"");

	memset(g, 0, sizeof(*g));
	assert_non_null(d);
	for (d += 4; *d == 'M';) {
		char *end;
		size_t x = strtoul(d + 1, &end, 10), y = strtoul(end, &end, 10), n;

		assert_int_equal(*end, 'h');
		n = strtoul(end + 1, &end, 10);
		assert_int_equal(strncmp(end, "v1h-", 4), 0);
		assert_int_equal(strtoul(end + 4, &end, 10), n);
		assert_int_equal(*end, 'z');
		for (size_t i = 0; i < n; i++)
			g->dark[y][x + i] = 1;
		d = end + 1;
	}
	assert_int_equal(*d, '"');
}

/* The encoder's modules in the middle, nothing dark around them. */
static void is_the_code(const char *what, const grid *g, const QRcode *want)
{
	const size_t width = (size_t)want->width, side = width + 2 * AK_QR_QUIET;

	for (size_t row = 0; row < SIDE_MAX; row++) {
		for (size_t column = 0; column < SIDE_MAX; column++) {
			bool inside = row >= AK_QR_QUIET && column >= AK_QR_QUIET && row < side - AK_QR_QUIET &&
			              column < side - AK_QR_QUIET;
			int dark = inside ? want->data[(row - AK_QR_QUIET) * width + column - AK_QR_QUIET] & 1 : 0;

			if (g->dark[row][column] != dark)
				fail_msg("%s: module %zu, %zu is %d", what, row, column, g->dark[row][column]);
		}
	}
}

static void what_is_drawn_is_the_code(void **state)
{
	static const char *const texts[] = { TEXT, "a", "12345678901234567890" };
	grid *g = malloc(sizeof(*g));

	(void)state;
	assert_non_null(g);
	for (size_t i = 0; i < 3; i++) {
		QRcode *want = QRcode_encodeString8bit(texts[i], 0, QR_ECLEVEL_M);
		ak_qr q;
		char *text;

		assert_non_null(want);
		assert_true(ak_qr_make(texts[i], &q));
		assert_int_equal(q.width, want->width);
		text = drawn(&q, false, false);
		read_blocks(text, g);
		assert_int_equal(g->columns, q.width + 2 * AK_QR_QUIET);
		assert_true(g->rows >= g->columns);
		is_the_code("blocks", g, want);
		free(text);
		text = drawn(&q, true, false);
		read_path(text, g);
		is_the_code("path", g, want);
		free(text);
		ak_qr_drop(&q);
		QRcode_free(want);
	}
	free(g);
}

/* The three corners that a camera looks for are where the standard puts them: the encoder is not asked here. */
static void finders_stand_in_three_corners(void **state)
{
	static const char *const finder[7] = { "1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111" };
	ak_qr q;

	(void)state;
	assert_true(ak_qr_make(TEXT, &q));
	assert_int_equal((q.width - 17) % 4, 0);
	for (size_t corner = 0; corner < 3; corner++) {
		size_t top = corner == 2 ? q.width - 7 : 0, left = corner == 1 ? q.width - 7 : 0;

		for (size_t i = 0; i < 49; i++)
			assert_int_equal(q.module[(top + i / 7) * q.width + left + i % 7], finder[i / 7][i % 7] - '0');
	}
	for (size_t i = 8; i < q.width - 8; i++) /* timing */
		assert_int_equal(q.module[6 * q.width + i], i % 2 == 0);
	ak_qr_drop(&q);
}

static void a_picture_has_its_white_ground(void **state)
{
	char *svg, *side;
	ak_qr q;

	(void)state;
	assert_true(ak_qr_make(TEXT, &q));
	svg = drawn(&q, true, false);
	assert_non_null(strstr(svg, "translate(10 20) scale("));
	assert_non_null(strstr(svg, "fill=\"#ffffff\"/>"));
	side = strstr(svg, "<rect width=\"");
	assert_non_null(side);
	assert_int_equal(strtoul(side + 13, NULL, 10), q.width + 2 * AK_QR_QUIET);
	free(svg);
	ak_qr_drop(&q);
}

static void a_text_too_long_is_refused(void **state)
{
	char *text = malloc(4001);
	ak_qr q = { 0 };

	(void)state;
	assert_non_null(text);
	memset(text, 'x', 4000);
	text[4000] = '\0';
	assert_false(ak_qr_make(text, &q));
	assert_null(q.module);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_drawn_is_the_code),
		cmocka_unit_test(finders_stand_in_three_corners),
		cmocka_unit_test(a_picture_has_its_white_ground),
		cmocka_unit_test(a_text_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
