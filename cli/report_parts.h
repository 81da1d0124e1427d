/* SPDX-License-Identifier: Apache-2.0 */
/* report_parts.h - the sections of the page that report.h describes (internal)
 *
 * Text from records is escaped and made visible (svg.h).  Two sheets of A4 hold what a listing usually has, whole.  Where they do not,
 * secondary things give way first (report_fit.c), then texts are cut and findings left over, and each of them is in full in an annex
 * on sheets behind the two (report_annex.c).  Records beside the chain are the only thing left to the embedded verdict.
 */
#ifndef AK_CLI_REPORT_PARTS_H
#define AK_CLI_REPORT_PARTS_H

#include "out.h"
#include "report.h"

/* How much is shown: cells of a text, and how many of a kind. */
typedef struct ak_limits {
	size_t title, fact, answer, label, party, said, text, basis, next, value, warning; /* cells */
	size_t shown, others, checks, findings, warnings;
} ak_limits;

/* Texts that were cut, in order of their numbers; owned. */
typedef struct ak_annex {
	char **text;
	size_t n, cap;
} ak_annex;

typedef struct ak_sheet {
	FILE *f;
	const ak_cli *c;      /* language, and nothing else of a run */
	const ak_report *rep;
	const json_t *r;      /* the verdict */
	const json_t *trust;  /* ak_trust_describe() */
	ak_annex *annex;
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
void ak_html_cut(const ak_sheet *s, const char *text, size_t cells);   /* escaped; what has more cells is cut, and whole in the annex */
void ak_html_put(const ak_sheet *s, const char *tag, const char *attributes, const char *text);
void ak_html_msg(const ak_sheet *s, const char *tag, const char *attributes, ak_msg m);
void ak_html_heading(const ak_sheet *s, const char *id, ak_msg m);     /* <h2>, counted by the style sheet */
void ak_html_svg_open(const ak_sheet *s, const char *id, unsigned width, unsigned height, const char *title, const char *described_by);
const char *ak_html_date(const ak_sheet *s, const char *path, char out[64]); /* of the verdict, as people write it; in `out`, cut to fit */

/* ---- sections, from the top down ---- */
void ak_report_head(const ak_sheet *s);    /* title, blanks, verdict, the term first */
const char *ak_report_because(const ak_sheet *s); /* the finding that the verdict rests on, where nothing else at the top says it; or empty */
void ak_report_use(const ak_sheet *s);   /* what was asked of the use, and the answers */
void ak_report_chain(const ak_sheet *s);   /* picture and table */
void ak_report_time(const ak_sheet *s);    /* picture and list */
void ak_report_found(const ak_sheet *s);   /* what failed, what to look at, where it rests */
void ak_report_recheck(const ak_sheet *s); /* how to check it again, code, notice */
bool ak_report_found_more(const ak_sheet *s, bool put); /* is there more than was shown?  `put`: write it */
void ak_report_annex(const ak_sheet *s);   /* what there was no room for; nothing as a rule */
void ak_annex_drop(ak_annex *a);
void ak_report_fit(ak_sheet *s);           /* sets `lim` by what there is to say */
/* What ended or suspends the registration by the day asked about, with an effect that was found; or NULL. */
const json_t *ak_report_end(const ak_sheet *s);
extern const char ak_report_style[];

#endif
