/* SPDX-License-Identifier: Apache-2.0 */
/* What the papers of a meeting share: how they look, how they begin and end. */
#include "meeting.h"

#include "js.h"
#include "term.h"

#include <string.h>

enum { TEXT_ROOM = 1024 };

static const char style[] =
	".paper h1{font-size:1.5em}\n"
	".paper h2{margin-top:1em}\n"
	".paper h3{font-size:1em;margin:.6em 0 .2em;break-after:avoid}\n"
	".paper .case{break-inside:avoid;border-top:1px solid #767676;margin-top:.9em;padding-top:.1em}\n"
	".paper .case h2{margin-top:.4em}\n"
	".paper .long{break-inside:auto}\n"
	".paper .facts-table th{width:10.5em}\n"
	"html[lang=en] .paper .facts-table th{width:11em}\n"
	".paper .num{text-align:right;white-space:nowrap}\n"
	".paper .digest{font-family:'SF Mono',Consolas,'DejaVu Sans Mono','MS Gothic',monospace;font-size:.82em;overflow-wrap:anywhere}\n"
	".paper .wide{width:100%}\n"
	/* five columns here, where the report has six */
	"html[lang] .paper .chain th:nth-child(1){width:17%}html[lang] .paper .chain th:nth-child(2){width:17%}html[lang] .paper .chain th:nth-child(3){width:8%}"
	"html[lang] .paper .chain th:nth-child(4){width:22%}html[lang] .paper .chain th:nth-child(5){width:36%}\n"
	".paper thead{display:table-header-group}\n"
	".paper .to{text-align:left;margin:.6em 0}\n"
	".paper .from{text-align:right;margin:.6em 0}\n"
	".paper .date{text-align:right;margin:0}\n"
	".paper .middle{text-align:center}\n";

void ak_paper_pair(const ak_sheet *s, ak_msg head, const char *text)
{
	if (*text == '\0')
		return;
	(void)fputs("<tr>", s->f);
	ak_html_msg(s, "th", "scope=\"row\"", head);
	ak_html_put(s, "td", "", text);
	(void)fputs("</tr>\n", s->f);
}

void ak_paper_blanks(const ak_sheet *s, const ak_msg *blanks, size_t n)
{
	(void)fputs("<table class=\"form\">\n<tbody>\n<tr>", s->f);
	for (size_t i = 0; i < n; i++) {
		ak_html_msg(s, "th", "scope=\"row\"", blanks[i]);
		ak_html_put(s, "td", "class=\"blank\"", "\u00a0");
	}
	(void)fputs("</tr>\n</tbody>\n</table>\n", s->f);
}

void ak_paper_begin(const ak_sheet *s, const ak_papers *p, ak_msg title)
{
	const char *text = ak_msg_text(title, s->c->ja);

	(void)fprintf(s->f, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	              "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>", s->c->ja ? "ja" : "en");
	ak_html_text(s, text);
	(void)fprintf(s->f, "</title>\n<style>\n%s%s</style>\n</head>\n<body class=\"paper\">\n", ak_report_style, style);
	ak_html_put(s, "h1", "", text);
	(void)p;
}

void ak_paper_end(const ak_sheet *s)
{
	(void)fputs("</body>\n</html>\n", s->f);
}
