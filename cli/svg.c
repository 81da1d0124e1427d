/* SPDX-License-Identifier: Apache-2.0 */
#include "svg.h"

#include "term.h"

#include <stdlib.h>
#include <string.h>

static const char fonts[] =
	"'Noto Sans JP','Noto Sans CJK JP','Hiragino Sans','Yu Gothic',Meiryo,'IPAexGothic','DejaVu Sans',sans-serif";

void ak_svg_escaped(FILE *f, const char *text)
{
	char *seen = NULL;
	size_t len = 0;
	FILE *m = open_memstream(&seen, &len);

	if (m == NULL)
		return; /* out of memory: main() would have nothing to say it with */
	ak_term_put(m, text);
	if (fclose(m) != 0) {
		free(seen);
		return;
	}
	for (const char *p = seen; *p != '\0'; p++) {
		switch (*p) {
		case '&':
			(void)fputs("&amp;", f);
			break;
		case '<':
			(void)fputs("&lt;", f);
			break;
		case '>':
			(void)fputs("&gt;", f);
			break;
		case '"':
			(void)fputs("&quot;", f);
			break;
		default:
			(void)fputc(*p, f);
		}
	}
	free(seen);
}

void ak_svg_open(FILE *f, const ak_cli *c, unsigned width, unsigned height, const char *title)
{
	const char *lang = c->ja ? "ja" : "en";

	(void)fprintf(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	              "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\""
	              " xml:lang=\"%s\" lang=\"%s\""
	              " role=\"img\" aria-labelledby=\"title desc\" style=\"max-width:100%%;height:auto\""
	              " font-family=\"%s\">\n<title id=\"title\">",
	              width, height, width, height, lang, lang, fonts);
	ak_svg_escaped(f, title);
	(void)fputs("</title>\n", f);
}

void ak_svg_desc_open(FILE *f)
{
	(void)fputs("<desc id=\"desc\">", f);
}

void ak_svg_desc_close(FILE *f)
{
	(void)fputs("</desc>\n<rect width=\"100%\" height=\"100%\" fill=\"" AK_SVG_PAPER "\"/>\n", f);
}

void ak_svg_close(FILE *f)
{
	(void)fputs("</svg>\n", f);
}

void ak_svg_text(FILE *f, double x, double y, unsigned size, const char *style, const char *text)
{
	(void)fprintf(f, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%u\"%s%s>", x, y, size, *style == '\0' ? "" : " ", style);
	ak_svg_escaped(f, text);
	(void)fputs("</text>\n", f);
}

double ak_svg_width(const char *text, unsigned size)
{
	return (double)ak_term_width(text) * size * 0.54;
}
