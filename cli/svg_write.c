/* SPDX-License-Identifier: Apache-2.0 */
#include "svg.h"

#include "files.h"
#include "out.h"

#include <stdlib.h>
#include <string.h>

int ak_svg_write(const ak_cli *c, const char *path, ak_svg_draw_fn *draw, const void *what)
{
	char *text = NULL;
	size_t len = 0;
	FILE *m = open_memstream(&text, &len);
	bool whole;
	int code;

	if (m == NULL)
		return ak_out_no_memory(c);
	draw(m, c, what);
	whole = ferror(m) == 0;
	if (fclose(m) != 0 || !whole) {
		free(text);
		return ak_out_no_memory(c);
	}
	code = ak_file_write(c, path, (ak_span){ (const uint8_t *)text, len }, AK_WRITE_REPLACE);
	free(text);
	if (code == EXIT_HOLDS && strcmp(path, "-") != 0)
		ak_out_note(c, MSG_SVG_WRITTEN, path, NULL);
	return code;
}
