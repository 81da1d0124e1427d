/* SPDX-License-Identifier: Apache-2.0 */
#include "qr.h"

#include "out.h"

#include <stdlib.h>

void ak_qr_drop(ak_qr *q)
{
	free(q->module);
	*q = (ak_qr){ 0 };
}

/* Row and column count from the corner of the quiet zone. */
static bool dark(const ak_qr *q, size_t row, size_t column)
{
	if (row < AK_QR_QUIET || column < AK_QR_QUIET || row >= q->width + AK_QR_QUIET || column >= q->width + AK_QR_QUIET)
		return false;
	return q->module[(row - AK_QR_QUIET) * q->width + column - AK_QR_QUIET] == 1;
}

void ak_qr_print(const ak_cli *c, FILE *to, const ak_qr *q)
{
	static const char *const blocks[] = { " ", "▄", "▀", "█" };
	const size_t side = q->width + 2 * AK_QR_QUIET;

	for (size_t row = 0; row < side; row += 2) {
		ak_out_paint(c, to, AK_PAINT_PAPER);
		for (size_t column = 0; column < side; column++)
			(void)fputs(blocks[(dark(q, row, column) ? 2 : 0) + (dark(q, row + 1, column) ? 1 : 0)], to);
		ak_out_plain(c, to);
		(void)fputc('\n', to);
	}
}

void ak_qr_svg(FILE *f, const ak_qr *q, unsigned x, unsigned y, unsigned pixels)
{
	const size_t side = q->width + 2 * AK_QR_QUIET;

	(void)fprintf(f, "<g transform=\"translate(%u %u) scale(%.5f)\" shape-rendering=\"crispEdges\">\n"
	              "<rect width=\"%zu\" height=\"%zu\" fill=\"#ffffff\"/>\n<path fill=\"#000000\" d=\"",
	              x, y, (double)pixels / (double)side, side, side);
	for (size_t row = 0; row < side; row++) {
		for (size_t column = 0; column < side; column++) {
			size_t from = column;

			while (dark(q, row, column))
				column++;
			if (column > from)
				(void)fprintf(f, "M%zu %zuh%zuv1h-%zuz", from, row, column - from, column - from);
		}
	}
	(void)fputs("\"/>\n</g>\n", f);
}
