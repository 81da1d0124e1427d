/* SPDX-License-Identifier: Apache-2.0 */
#include "js.h"
#include "report_parts.h"
#include "svg.h"
#include "term.h"

void ak_html_text(const ak_sheet *s, const char *text)
{
	ak_svg_escaped(s->f, text);
}

void ak_html_put(const ak_sheet *s, const char *tag, const char *attributes, const char *text)
{
	(void)fprintf(s->f, "<%s%s%s>", tag, *attributes == '\0' ? "" : " ", attributes);
	ak_html_text(s, text);
	(void)fprintf(s->f, "</%s>\n", tag);
}

void ak_html_msg(const ak_sheet *s, const char *tag, const char *attributes, ak_msg m)
{
	ak_html_put(s, tag, attributes, ak_msg_text(m, s->c->ja));
}

void ak_html_heading(const ak_sheet *s, const char *id, ak_msg m)
{
	(void)fprintf(s->f, "<h2 id=\"%s\">", id);
	ak_html_text(s, ak_msg_text(m, s->c->ja));
	(void)fputs("</h2>\n", s->f);
}

void ak_html_svg_open(const ak_sheet *s, const char *id, unsigned width, unsigned height, const char *title, const char *described_by)
{
	(void)fprintf(s->f, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\""
	              " aria-labelledby=\"%s-title\" aria-describedby=\"%s\">\n<title id=\"%s-title\">",
	              width, height, width, height, id, described_by, id);
	ak_html_text(s, title);
	(void)fputs("</title>\n", s->f);
}

const char *ak_html_date(const ak_sheet *s, const char *path, char out[64])
{
	const char *date = ak_term_date(s->c->ja, ak_js_str(s->r, path), out);

	if (date != out)
		(void)snprintf(out, AK_TERM_DATE_MAX, "%s", date);
	return out;
}
