/* SPDX-License-Identifier: Apache-2.0 */
/* report_parts.h - the sections of the page that report.h describes (internal)
 *
 * Text from records is escaped and made visible (svg.h), and cut where a line of it would take the page over two sheets of A4;
 * what is cut is in the verdict that the page embeds.
 */
#ifndef AK_CLI_REPORT_PARTS_H
#define AK_CLI_REPORT_PARTS_H

#include "out.h"
#include "report.h"

/* How much is shown: cells of a text, and how many of a kind. */
typedef struct ak_limits {
	size_t title, fact, label, party, said, text, basis, next, value, warning; /* cells */
	size_t shown, others, checks, findings, warnings;
} ak_limits;

typedef struct ak_sheet {
	FILE *f;
	const ak_cli *c;      /* language, and nothing else of a run */
	const ak_report *rep;
	const json_t *r;      /* the verdict */
	const json_t *trust;  /* ak_trust_describe() */
	ak_limits lim;
	char bundle_hex[65];  /* SHA-256 of the bundle as a file */
	char trust_hex[65];
} ak_sheet;

/* ---- how elements are written, and read ---- */
#define AK_REPORT_OPEN "<script type=\"%s\" id=\"akashi-%s\">\n" /* type, name */
#define AK_REPORT_CLOSE "</script>\n"
#define AK_REPORT_END "</body>\n</html>\n"
enum { AK_REPORT_DIGEST = 72 };
ak_status ak_report_digest(ak_span page, char text[AK_REPORT_DIGEST], ak_error *err); /* "sha256:…" */

/* ---- html (report_html.c) ---- */
enum { AK_HTML_TEXT = 2048 };
void ak_html_text(const ak_sheet *s, const char *text);                /* escaped */
void ak_html_cut(const ak_sheet *s, const char *text, size_t cells);   /* escaped, no more than so many cells */
void ak_html_put(const ak_sheet *s, const char *tag, const char *attributes, const char *text);
void ak_html_msg(const ak_sheet *s, const char *tag, const char *attributes, ak_msg m);
void ak_html_heading(const ak_sheet *s, const char *id, ak_msg m);     /* <h2>, counted by the style sheet */
void ak_html_svg_open(const ak_sheet *s, const char *id, unsigned width, unsigned height, const char *title, const char *described_by);
const char *ak_html_date(const ak_sheet *s, const char *path, char out[64]); /* of the verdict, as people write it; in `out`, cut to fit */

/* ---- sections, from the top down ---- */
void ak_report_head(const ak_sheet *s);    /* title, blanks, verdict, the term first */
void ak_report_chain(const ak_sheet *s);   /* picture and table */
void ak_report_time(const ak_sheet *s);    /* picture and list */
void ak_report_found(const ak_sheet *s);   /* what failed, what to look at, where it rests */
void ak_report_recheck(const ak_sheet *s); /* how to check it again, code, notice */
void ak_report_fit(ak_sheet *s);           /* sets `lim` by what there is to say */
extern const char ak_report_style[];

#endif
