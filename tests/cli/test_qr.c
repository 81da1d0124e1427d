/* SPDX-License-Identifier: Apache-2.0 */
/* QR codes: the modules are those that another encoder gives; what is drawn, on a terminal and as a path, read back into modules, is
 * the code, and stands on white. */
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

/* The code's modules in the middle, nothing dark around them. */
static void is_the_code(const char *what, const grid *g, const ak_qr *want)
{
	const size_t width = want->width, side = width + 2 * AK_QR_QUIET;

	for (size_t row = 0; row < SIDE_MAX; row++) {
		for (size_t column = 0; column < SIDE_MAX; column++) {
			bool inside = row >= AK_QR_QUIET && column >= AK_QR_QUIET && row < side - AK_QR_QUIET &&
			              column < side - AK_QR_QUIET;
			int dark = inside ? want->module[(row - AK_QR_QUIET) * width + column - AK_QR_QUIET] : 0;

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
		ak_qr q;
		char *text;

		assert_true(ak_qr_make(texts[i], &q));
		text = drawn(&q, false, false);
		read_blocks(text, g);
		assert_int_equal(g->columns, q.width + 2 * AK_QR_QUIET);
		assert_true(g->rows >= g->columns);
		is_the_code("blocks", g, &q);
		free(text);
		text = drawn(&q, true, false);
		read_path(text, g);
		is_the_code("path", g, &q);
		free(text);
		ak_qr_drop(&q);
	}
	free(g);
}

/* ---- against another encoder ---- */

/* Which mask a code says it has: three of its format bits, as the standard masks them. */
static int mask_of(const unsigned char *module, size_t width)
{
	return ((module[8 * width + 2] & 1) ^ 1) << 2 | (module[8 * width + 3] & 1) << 1 | ((module[8 * width + 4] & 1) ^ 1);
}

static bool masked(int mask, size_t r, size_t c)
{
	const bool rules[] = { (r + c) % 2 == 0, r % 2 == 0, c % 3 == 0, (r + c) % 3 == 0, (r / 2 + c / 3) % 2 == 0, r * c % 2 + r * c % 3 == 0,
		               (r * c % 2 + r * c % 3) % 2 == 0, ((r + c) % 2 + r * c % 3) % 2 == 0 };

	return rules[mask];
}

/* Modules that are not as `want` has them once both masks are taken off: those without a mask look so too. */
static size_t differing(const ak_qr *q, const QRcode *want)
{
	int ours = mask_of(q->module, q->width), theirs = mask_of(want->data, q->width);
	size_t n = 0;

	for (size_t i = 0; i < q->width * q->width; i++) {
		size_t r = i / q->width, c = i % q->width;
		bool other = (q->module[i] ^ want->data[i]) & 1, turned = masked(ours, r, c) != masked(theirs, r, c);

		n += other && !turned && !(r == 8 || c == 8); /* row and column 8 hold the name of the mask */
	}
	return n;
}

/* Every version of byte mode: alike, module by module, wherever both chose one mask, which is nearly always. */
static void codes_are_those_of_another_encoder(void **state)
{
	size_t same = 0, all = 0;

	(void)state;
	for (size_t len = 1; len <= 2331; len += len < 400 ? 7 : 61, all++) {
		char *text = calloc(1, len + 1);
		QRcode *want;
		ak_qr q;

		assert_non_null(text);
		for (size_t i = 0; i < len; i++)
			text[i] = "abcdef0123456789:?=&-akashi"[(i * 7 + len * i * i + i / 5) % 27];
		want = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
		assert_non_null(want);
		assert_true(ak_qr_make(text, &q));
		assert_int_equal(q.width, want->width);
		assert_int_equal(differing(&q, want), 0);
		if (mask_of(q.module, q.width) == mask_of(want->data, q.width)) {
			for (size_t i = 0; i < q.width * q.width; i++)
				assert_int_equal(q.module[i], want->data[i] & 1);
			same++;
		}
		ak_qr_drop(&q);
		QRcode_free(want);
		free(text);
	}
	assert_true(same * 10 > all * 8);
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
		cmocka_unit_test(codes_are_those_of_another_encoder),
		cmocka_unit_test(finders_stand_in_three_corners),
		cmocka_unit_test(a_picture_has_its_white_ground),
		cmocka_unit_test(a_text_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
