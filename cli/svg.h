/* SPDX-License-Identifier: Apache-2.0 */
/* svg.h - pictures that are read aloud as well: what every SVG written here has in common
 *
 * A picture has a title and a description that say in words what it shows, nothing in it is told by colour alone, and it
 * stands by itself: no script, no font, no link to anything.  On a narrower screen or page it shrinks.
 * Text from records is escaped, and made visible (term.h).
 */
#ifndef AK_CLI_SVG_H
#define AK_CLI_SVG_H

#include "cli.h"

/* Colours, all at 4.5:1 or more on AK_SVG_PAPER (JIS X 8341-3, WCAG AA). */
#define AK_SVG_PAPER "#ffffff"
#define AK_SVG_INK "#1a1a1a"
#define AK_SVG_SOFT "#4d4d4d"
#define AK_SVG_GOOD "#0b6b32"
#define AK_SVG_BAD "#b3261e"
#define AK_SVG_UNSURE "#7a4f00"
#define AK_SVG_BLUE "#1d4f91"
#define AK_SVG_LINE "#767676" /* frames and axes: 3:1 is asked for, this is 4.5:1 */

/* Begin a picture of this size in pixels, with its title; the description goes between ak_svg_desc_open and _close. */
void ak_svg_open(FILE *f, const ak_cli *c, unsigned width, unsigned height, const char *title);
void ak_svg_desc_open(FILE *f);
void ak_svg_desc_close(FILE *f);
void ak_svg_close(FILE *f);

/* Text as it may stand in an element or between double quotes. */
void ak_svg_escaped(FILE *f, const char *text);
/* One line of text; `style` are attributes and may be "". */
void ak_svg_text(FILE *f, double x, double y, unsigned size, const char *style, const char *text);
/* Pixels that the text takes at this size, by the cells of a terminal: two to the em. */
double ak_svg_width(const char *text, unsigned size);

/* Write what `draw` makes to a file or "-": EXIT_HOLDS, or what was reported. */
typedef void ak_svg_draw_fn(FILE *f, const ak_cli *c, const void *what);
int ak_svg_write(const ak_cli *c, const char *path, ak_svg_draw_fn *draw, const void *what);

#endif
