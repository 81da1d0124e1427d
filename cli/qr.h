/* SPDX-License-Identifier: Apache-2.0 */
/* qr.h - a short text as a QR code: on a terminal, and as an SVG
 *
 * Both have the quiet zone of four modules that readers ask for.  On a terminal two rows of modules make one line of half blocks.
 * With colour, black on white is asked for, so that the code looks the same on a dark and on a light terminal.  Without
 * colour the blocks are what is dark: right on paper and on a light terminal, the other way round on a dark one, which many readers, but
 * not all, take as well.
 */
#ifndef AK_CLI_QR_H
#define AK_CLI_QR_H

#include "cli.h"

enum { AK_QR_QUIET = 4 };

typedef struct ak_qr {
	size_t width;          /* modules a side, without the quiet zone */
	unsigned char *module; /* owned: width * width, 1 is dark        */
} ak_qr;

/* False without memory, or for a text too long for a code of error correction M. */
bool ak_qr_make(const char *text, ak_qr *out);
void ak_qr_drop(ak_qr *q);

void ak_qr_print(const ak_cli *c, FILE *to, const ak_qr *q);
/* One path, a module a unit wide, scaled to `pixels` with the quiet zone, its top left corner at x, y. */
void ak_qr_svg(FILE *f, const ak_qr *q, unsigned x, unsigned y, unsigned pixels);

#endif
