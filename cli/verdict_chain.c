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
	const char *certified = ak_js_str(step, "signing.certified");
	char counted[24], all[24], who[CELL_MAX];

	(void)ak_term_number(ak_js_num(step, "signing.counted"), counted);
	(void)ak_term_number(of, all);
	if (strcmp(mode, "office") == 0)
		(void)ak_out_text(c, out, CELL_MAX, MSG_CHAIN_OFFICE, party, NULL);
	else if (of > 1)
		(void)ak_out_text(c, out, CELL_MAX, MSG_CHAIN_COUNTED, party, counted, all, NULL);
	else
		(void)snprintf(out, CELL_MAX, "%.400s", party);
	if (*certified != '\0') {
		(void)snprintf(who, sizeof(who), "%s", out);
		(void)ak_out_text(c, out, CELL_MAX, MSG_CHAIN_CERTIFIED, who, certified, NULL);
	}
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

static void put_mark(const ak_cli *c, const char *outcome)
{
	bool passed = strcmp(outcome, "passed") == 0, failed = strcmp(outcome, "failed") == 0;

	ak_out_paint(c, stdout, passed ? AK_PAINT_GOOD : failed ? AK_PAINT_BAD : AK_PAINT_UNSURE);
	(void)fputs(passed ? "✓ " : failed ? "✗ " : "? ", stdout);
	ak_out_plain(c, stdout);
}

void ak_verdict_missing(const ak_cli *c, const json_t *report)
{
	const json_t *m;
	size_t i;

	if (ak_js_len(report, "missing") == 0)
		return;
	ak_term_spaces(stdout, INDENT + 2);
	ak_out_put(c, stdout, MSG_MISSING, NULL);
	json_array_foreach(ak_js_at(report, "missing"), i, m) {
		const char *label = ak_js_lang(m, "label", c->ja);

		if (i > 0)
			(void)fputs(c->ja ? "、" : ", ", stdout);
		ak_term_put(stdout, *label != '\0' ? label : ak_js_str(m, "what"));
	}
	(void)fputc('\n', stdout);
}

/* What was done, after who did it: in its column while that fits the line, else right behind, else on a line of its own. */
static void put_said(const ak_cli *c, const char *text, size_t *used, size_t aligned, size_t party)
{
	size_t w = ak_term_width(text);

	/* What stands before it may be longer than its column. */
	if (aligned < *used + 2 || aligned + w > ak_out_width(c))
		aligned = *used + 2;
	if (aligned + w <= ak_out_width(c)) {
		ak_term_spaces(stdout, aligned - *used);
		ak_term_put(stdout, text);
		*used = aligned + w;
		return;
	}
	(void)fputc('\n', stdout);
	ak_term_spaces(stdout, party);
	ak_term_wrap(stdout, text, party, ak_out_width(c));
	*used = party + w;
}

static void print_step(const ak_cli *c, const json_t *step, const size_t width[COLUMNS], bool first)
{
	char text[CELL_MAX], digest[AK_TERM_DIGEST_MAX];
	const char *said = ak_js_lang(step, "text", c->ja), *id;
	size_t used, party = INDENT + 2 + width[0] + width[1] + width[2] + 6;

	ak_term_spaces(stdout, INDENT);
	put_mark(c, ak_js_str(step, "mark"));
	for (size_t k = 0; k + 1 < COLUMNS; k++) {
		cell(c, step, k, text);
		ak_term_pad(stdout, text, width[k] + 2);
	}
	cell(c, step, COLUMNS - 1, text);
	ak_term_put(stdout, text);
	used = party + ak_term_width(text);
	if (*said != '\0')
		put_said(c, ak_term_dates(c->ja, said, text, sizeof(text)), &used, party + width[COLUMNS - 1] + 2, party);
	id = ak_term_digest(c->full, ak_js_str(step, "id"), digest);
	if (c->full || (first && used + 2 + ak_term_width(id) <= ak_out_width(c))) {
		(void)fputs("  ", stdout);
		ak_term_put(stdout, id);
	}
	(void)fputc('\n', stdout);
}

void ak_verdict_chain(const ak_cli *c, const json_t *report)
{
	const json_t *chain = ak_js_at(report, "chain"), *step;
	size_t width[COLUMNS] = { 0 }, i;
	char text[CELL_MAX];

	json_array_foreach(chain, i, step) {
		for (size_t k = 0; k < COLUMNS; k++) {
			size_t w;

			cell(c, step, k, text);
			w = ak_term_width(text);
			if (w > width[k] && w <= WIDE)
				width[k] = w;
		}
	}
	json_array_foreach(chain, i, step)
		print_step(c, step, width, i == 0);
	ak_verdict_missing(c, report);
	if (json_array_size(chain) > 0 || ak_js_len(report, "missing") > 0)
		(void)fputc('\n', stdout);
	ak_verdict_periods(c, report);
}
