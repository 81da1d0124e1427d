/* SPDX-License-Identifier: Apache-2.0 */
/* How to check the page again: with akashi-verify, and what stock tools can show without it; the code to compare copies by; what
 * all of this does not say. */
#include "js.h"
#include "qr.h"
#include "report_parts.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { COMMAND_ROOM = 1024, QR_PIXELS = 132, QR_TEXT = 1024 };

/* ---- commands ------------------------------------------------------------------------------------------------------- */

static void line(const ak_sheet *s, const char *text)
{
	ak_html_text(s, text);
	(void)fputs("\n", s->f);
}

static void remark(const ak_sheet *s, ak_msg m)
{
	(void)fputs("# ", s->f);
	line(s, ak_msg_text(m, s->c->ja));
}

static void put_commands(const ak_sheet *s)
{
	static const char *const parts[] = {
		"part() { sed -n \"/ id=\\\"akashi-$1\\\">/,/^<.script>/p\" \"$F\" | sed '1d;$d' | base64 -d; }",
		"part bundle >bundle.gz; part trust >trust; part verdict >verdict.json",
	};
	static const char *const page[] = {
		"sed '/ id=\"akashi-page\">/,$d' \"$F\" | sha256sum; sed -n '/ id=\"akashi-page\">/{n;p;}' \"$F\"",
	};
	static const char *const first[] = {
		"gzip -dc bundle.gz >bundle.json; jq -r '.verdict, .as_of' verdict.json",
		"{ printf '\\0'; jq -j '.records[0].header' bundle.json; } | sha256sum; grep ^genesis trust",
	};
	static const char *const records[] = {
		/* Not of the record of which the scheme's definition is cut out (FORMAT 21.2). */
		("jq -r '.records[] | select(.package | not) | [.seq, (.header | fromjson.statement), (.statement | @base64)] | @tsv' bundle.json"
		 " | while read -r n d b; do [ \"$d\" = \"sha256:$(printf %s \"$b\" | base64 -d | sha256sum | cut -c1-64)\" ]"
		 " && echo \"#$n OK\" || echo \"#$n CHANGED\"; done"),
	};
	static const char *const head[] = {
		"jq -r '.checkpoint[0:3][]' bundle.json >head.txt",
		"jq -r '.checkpoint[4] | split(\" \")[2]' bundle.json | base64 -d | tail -c 64 >head.sig",
		("jq -r '[.records[] | select(.package | not).statement | fromjson.predicate | select(.about == [\"akashi/keyset\"])"
		 ".body.operator.spki][-1]' bundle.json | base64 -d >operator.der"),
		"openssl pkeyutl -verify -pubin -keyform DER -inkey operator.der -rawin -in head.txt -sigfile head.sig",
	};
	static const struct {
		ak_msg what;
		const char *const *lines;
		size_t n;
	} steps[] = {
		{ MSG_REPORT_STEP_PAGE, page, 1 }, { MSG_REPORT_STEP_GENESIS, first, 2 },
		{ MSG_REPORT_STEP_RECORDS, records, 1 }, { MSG_REPORT_STEP_HEAD, head, 4 },
	};
	char text[COMMAND_ROOM], name[COMMAND_ROOM / 2];

	(void)fputs("<pre><code>", s->f);
	(void)snprintf(text, sizeof(text), "F=%s", ak_out_text(s->c, name, sizeof(name), MSG_REPORT_WORD, s->rep->set->file, NULL));
	line(s, text);
	remark(s, MSG_REPORT_STEP_PARTS);
	line(s, parts[0]);
	line(s, parts[1]);
	(void)snprintf(text, sizeof(text), "printf '%%s\\n' '%s  bundle.gz' '%s  trust' | sha256sum -c", s->bundle_hex, s->trust_hex);
	line(s, text);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		remark(s, steps[i].what);
		for (size_t k = 0; k < steps[i].n; k++)
			line(s, steps[i].lines[k]);
	}
	(void)fputs("</code></pre>\n", s->f);
}

/* ---- code ----------------------------------------------------------------------------------------------------------- */

/* "akashi-report:<origin>?bundle=<64 hex>&size=<n>&root=<64 hex>" (FORMAT 23) */
static void code_text(const ak_sheet *s, char out[QR_TEXT])
{
	const char *root = strchr(ak_js_str(s->r, "ledger.root"), ':');

	(void)snprintf(out, QR_TEXT, "akashi-report:%.300s?bundle=%s&size=%llu&root=%.64s", ak_js_str(s->r, "ledger.origin"), s->bundle_hex,
	               (unsigned long long)ak_js_num(s->r, "ledger.size"), root == NULL ? "" : root + 1);
}

static void put_code(const ak_sheet *s)
{
	char text[QR_TEXT];
	ak_qr q;

	code_text(s, text);
	if (!ak_qr_make(text, &q))
		return;
	(void)fputs("<figure class=\"code\">\n", s->f);
	ak_html_svg_open(s, "code", QR_PIXELS, QR_PIXELS, ak_msg_text(MSG_REPORT_CODE, s->c->ja), "code-text");
	ak_qr_svg(s->f, &q, 0, 0, QR_PIXELS);
	(void)fputs("</svg>\n<figcaption>", s->f);
	ak_html_text(s, ak_msg_text(MSG_REPORT_CODE, s->c->ja));
	(void)fputs("<br><code id=\"code-text\">", s->f);
	ak_html_text(s, text);
	(void)fputs("</code></figcaption>\n</figure>\n", s->f);
	ak_qr_drop(&q);
}

/* ---- the section ---------------------------------------------------------------------------------------------------- */

static void put_trust(const ak_sheet *s)
{
	char text[AK_HTML_TEXT];

	(void)fputs("<p class=\"trust\">", s->f);
	ak_html_text(s, ak_out_text(s->c, text, sizeof(text), MSG_REPORT_TRUST, ak_js_str(s->trust, "origin"), s->trust_hex,
	                            ak_js_str(s->trust, "fingerprint.words"), NULL));
	(void)fputs("</p>\n", s->f);
}

void ak_report_recheck(const ak_sheet *s)
{
	const char *notice = ak_js_lang(s->r, "notice", s->c->ja);
	char text[AK_HTML_TEXT], date[AK_TERM_DATE_MAX];

	(void)fputs("<div class=\"how\">\n", s->f);
	ak_html_heading(s, "recheck", MSG_REPORT_RECHECK);
	(void)fputs("<p>", s->f);
	ak_html_text(s, ak_out_text(s->c, text, sizeof(text), MSG_REPORT_RECHECK_WITH, s->rep->set->file, NULL));
	(void)fputs("</p>\n", s->f);
	put_trust(s);
	(void)fputs("</div>\n", s->f);
	ak_html_msg(s, "p", "", MSG_REPORT_STOCK);
	put_commands(s);
	put_code(s);
	(void)fputs("<div class=\"notice\">\n", s->f);
	if (*notice != '\0')
		ak_html_put(s, "p", "", notice);
	ak_html_msg(s, "p", "", MSG_REPORT_NOT_OFFICIAL);
	(void)fputs("<p class=\"soft\">", s->f);
	ak_html_text(s, ak_out_text(s->c, text, sizeof(text), MSG_REPORT_MADE, ak_term_date(s->c->ja, s->rep->set->made, date), s->rep->set->version, NULL));
	(void)fputs("</p>\n</div>\n", s->f);
}
