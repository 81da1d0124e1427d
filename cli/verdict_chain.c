/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict.h"

#include "js.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 4, INDENT = 2, WIDE = 46, CELL_MAX = 512 };

/* "運営委員会（5名中3名が署名）": who, and how many of them, when there are several to count. */
static void party_cell(const ak_cli *c, const json_t *step, char out[CELL_MAX])
{
	const char *party = ak_js_lang(step, "party", c->ja), *mode = ak_js_str(step, "signing.mode");
	uint64_t of = ak_js_num(step, "signing.of");
	char counted[24], all[24];

	(void)ak_term_number(ak_js_num(step, "signing.counted"), counted);
	(void)ak_term_number(of, all);
	if (strcmp(mode, "office") == 0)
		(void)ak_out_text(c, out, CELL_MAX, MSG_CHAIN_OFFICE, party, NULL);
	else if (of > 1)
		(void)ak_out_text(c, out, CELL_MAX, MSG_CHAIN_COUNTED, party, counted, all, NULL);
	else
		(void)snprintf(out, CELL_MAX, "%.400s", party);
}

static void cell(const ak_cli *c, const json_t *step, size_t column, char out[CELL_MAX])
{
	char date[AK_TERM_DATE_MAX];

	out[0] = '\0';
	switch (column) {
	case 0: {
		const char *label = ak_js_lang(step, "label", c->ja);

		(void)snprintf(out, CELL_MAX, "%.400s", *label != '\0' ? label : ak_js_str(step, "step"));
		break;
	}
	case 1:
		(void)snprintf(out, CELL_MAX, "%.400s", ak_term_date(c->ja, ak_js_str(step, "date"), date));
		break;
	case 2:
		if (ak_js_has(step, "record"))
			(void)snprintf(out, CELL_MAX, "#%llu", (unsigned long long)ak_js_num(step, "record"));
		break;
	default:
		party_cell(c, step, out);
		break;
	}
}

static void mark(const ak_cli *c, const char *outcome)
{
	bool passed = strcmp(outcome, "passed") == 0, failed = strcmp(outcome, "failed") == 0;

	ak_out_paint(c, stdout, passed ? AK_PAINT_GOOD : failed ? AK_PAINT_BAD : AK_PAINT_UNSURE);
	(void)fputs(passed ? "✓ " : failed ? "✗ " : "? ", stdout);
	ak_out_plain(c, stdout);
}

static void print_missing(const ak_cli *c, const json_t *report)
{
	const json_t *m;
	size_t i;

	if (ak_js_len(report, "missing") == 0)
		return;
	ak_term_spaces(stdout, INDENT);
	ak_out_put(c, stdout, MSG_MISSING, NULL);
	json_array_foreach(ak_js_at(report, "missing"), i, m) {
		const char *label = ak_js_lang(m, "label", c->ja);

		if (i > 0)
			(void)fputs(c->ja ? "、" : ", ", stdout);
		ak_term_put(stdout, *label != '\0' ? label : ak_js_str(m, "what"));
	}
	(void)fputc('\n', stdout);
}

void ak_verdict_chain(const ak_cli *c, const json_t *report)
{
	const json_t *chain = ak_js_at(report, "chain"), *step;
	size_t width[COLUMNS] = { 0 }, i;
	char text[CELL_MAX], digest[AK_TERM_DIGEST_MAX];

	json_array_foreach(chain, i, step) {
		for (size_t k = 0; k < COLUMNS; k++) {
			size_t w;

			cell(c, step, k, text);
			w = ak_term_width(text);
			if (w > width[k] && w <= WIDE)
				width[k] = w;
		}
	}
	json_array_foreach(chain, i, step) {
		const char *said = ak_js_lang(step, "text", c->ja);

		ak_term_spaces(stdout, INDENT);
		mark(c, ak_js_str(step, "mark"));
		for (size_t k = 0; k < COLUMNS; k++) {
			bool last = k + 1 == COLUMNS && *said == '\0' && i > 0 && !c->full;

			cell(c, step, k, text);
			ak_term_pad(stdout, text, last ? 0 : width[k] + (k + 1 < COLUMNS ? 2 : 0));
		}
		if (*said != '\0') {
			(void)fputs("  ", stdout);
			ak_term_put(stdout, ak_term_dates(c->ja, said, text, sizeof(text)));
		}
		if (i == 0 || c->full) {
			(void)fputs("  ", stdout);
			ak_term_put(stdout, ak_term_digest(c->full, ak_js_str(step, "id"), digest));
		}
		(void)fputc('\n', stdout);
	}
	print_missing(c, report);
	if (json_array_size(chain) > 0 || ak_js_len(report, "missing") > 0)
		(void)fputc('\n', stdout);
}
