/* SPDX-License-Identifier: Apache-2.0 */
/* 新旧対照表 as a page: one file without script, font or link, to be printed on A4. */
#include "diff.h"

#include "js.h"
#include "out.h"
#include "scheme.h"
#include "svg.h"
#include "term.h"

static const char style[] =
	"body{font-family:'Noto Sans JP','Noto Sans CJK JP','Hiragino Sans','Yu Gothic',Meiryo,'DejaVu "
	"Sans',sans-serif;color:#1a1a1a;background:#fff;"
	"margin:2rem auto;max-width:60rem;padding:0 1rem;line-height:1.6}\n"
	"h1{font-size:1.4rem}\n"
	"table{border-collapse:collapse;width:100%;table-layout:fixed}\n"
	"th,td{border:1px solid #767676;padding:.35rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}\n"
	"thead th{background:#e8e8e8}\n"
	"tbody th{font-weight:normal;width:32%}\n"
	"ins{text-decoration:underline}\n"
	"del{text-decoration:line-through}\n"
	"@page{size:A4;margin:18mm 15mm}\n"
	"@media "
	"print{body{margin:0;max-width:none;padding:0;font-size:10pt}thead{display:table-header-group}tr{break-inside:avoid}}\n";

static void element(FILE *f, const char *name, const char *attributes, const char *text)
{
	(void)fprintf(f, "<%s%s>", name, attributes);
	ak_svg_escaped(f, text);
	(void)fprintf(f, "</%s>", name);
}

/* What went is struck through, what came is underlined; what there is not says so in words. */
static void put_side(FILE *f, const ak_cli *c, const json_t *row, const char *side, const char *mark)
{
	char text[AK_DIFF_TEXT];
	bool there = ak_js_has(row, side);

	(void)fputs("<td>", f);
	element(f, there ? mark : "span", "", ak_diff_value(c, row, side, text));
	(void)fputs("</td>", f);
}

static void put_head(FILE *f, const ak_cli *c, const json_t *o, const char *side, ak_msg word)
{
	char text[AK_DIFF_TEXT], date[AK_TERM_DATE_MAX];

	(void)snprintf(text, sizeof(text), "%s: %.300s  %s", ak_msg_text(word, c->ja),
		       ak_js_str(json_object_get(o, side), "name"),
		       ak_term_date(c->ja, ak_js_str(json_object_get(o, side), "issued"), date));
	element(f, "th", " scope=\"col\"", text);
}

void ak_diff_html(FILE *f, const ak_cli *c, const void *what)
{
	const json_t *o = what, *row;
	const char *type = ak_js_str(o, "type");
	char text[AK_DIFF_TEXT], room[AK_SCHEME_TEXT];
	size_t i;

	(void)fprintf(f, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<title>", c->ja ? "ja" : "en");
	(void)ak_out_text(c, text, sizeof(text), MSG_DIFF_TITLE, ak_scheme_type(c, type, room), NULL);
	ak_svg_escaped(f, text);
	(void)fprintf(f,
		      "</title>\n<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n%s</style>\n</head>\n<body>\n",
		      style);
	element(f, "h1", "", text);
	(void)fputs("\n<table>\n<thead><tr>", f);
	element(f, "th", " scope=\"col\"", ak_msg_text(MSG_HEAD_FIELD, c->ja));
	put_head(f, c, o, "old", MSG_HEAD_OLD);
	put_head(f, c, o, "new", MSG_HEAD_NEW);
	(void)fputs("</tr></thead>\n<tbody>\n", f);
	json_array_foreach(json_object_get(o, "rows"), i, row) {
		(void)fputs("<tr>", f);
		element(f, "th", " scope=\"row\"", ak_diff_field(c, type, row, text));
		put_side(f, c, row, "old", "del");
		put_side(f, c, row, "new", "ins");
		(void)fputs("</tr>\n", f);
	}
	(void)fputs("</tbody>\n</table>\n<p>", f);
	if (json_array_size(json_object_get(o, "rows")) == 0)
		ak_out_put(c, f, MSG_DIFF_SAME, NULL);
	else
		ak_out_put(c, f, json_array_size(json_object_get(o, "rows")) == 1 ? MSG_DIFF_COUNT_ONE : MSG_DIFF_COUNT,
			   AK_NUM(json_array_size(json_object_get(o, "rows"))), NULL);
	(void)fputs("</p>\n</body>\n</html>\n", f);
}
