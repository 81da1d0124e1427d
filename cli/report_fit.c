/* SPDX-License-Identifier: Apache-2.0 */
/* How much is said, so that the page stays on two sheets: as much as the estimate of printed lines allows, in a few steps. */
#include "js.h"
#include "report_parts.h"
#include "term.h"

#include <string.h>

/* Lines of print on two sheets with the style of report_style.c, less what page breaks may leave empty; in tenths, as all below. */
enum { ROOM = 1170, RECHECK = 390, HEAD = 160, PICTURE = 165, STEP_MAX = 10 };

static const ak_limits levels[] = {
	{ .title = 170, .fact = 130, .label = 40, .party = 44, .said = 70, .shown = 6, .others = 6, .checks = 3, .findings = 6,
	  .text = 180, .basis = 230, .next = 170, .value = 80, .warnings = 5, .warning = 170 },
	{ .title = 170, .fact = 76, .label = 28, .party = 26, .said = 40, .shown = 4, .others = 3, .checks = 2, .findings = 6,
	  .text = 110, .basis = 110, .next = 105, .value = 45, .warnings = 4, .warning = 115 },
	{ .title = 90, .fact = 34, .label = 16, .party = 18, .said = 30, .shown = 3, .others = 1, .checks = 1, .findings = 4,
	  .text = 110, .basis = 110, .next = 105, .value = 45, .warnings = 3, .warning = 115 },
	{ .title = 90, .fact = 34, .label = 14, .party = 16, .said = 28, .shown = 1, .others = 0, .checks = 1, .findings = 1,
	  .text = 110, .basis = 110, .next = 105, .value = 45, .warnings = 2, .warning = 115 },
};

/* Of a text that is cut at `most` cells, in lines of so many. */
static size_t lines(const char *text, size_t most, size_t per_line)
{
	size_t w = ak_term_width(text);

	w = w < most ? w : most;
	return 10 * ((w + per_line - 1) / per_line);
}

static size_t max(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t head_lines(const ak_sheet *s, const ak_limits *m)
{
	static const char *const facts[] = { "listing.service", "listing.provider", "use.service", "use.region", "use.task", "use.confirmation" };
	size_t n = HEAD + lines(s->rep->set->title, m->title, 90);

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++)
		n += lines(ak_js_lang(s->r, facts[i], s->c->ja), m->fact, 36) / 2 + 3;
	return n;
}

static size_t chain_lines(const ak_sheet *s, const ak_limits *m)
{
	size_t rows = ak_js_len(s->r, "chain") + ak_js_len(s->r, "missing"), n = 0, i;
	const json_t *step;

	rows = rows < STEP_MAX ? rows : STEP_MAX;
	if (rows == 0)
		return 0;
	json_array_foreach(ak_js_at(s->r, "chain"), i, step) {
		if (i < rows)
			n += max(lines(ak_js_lang(step, "party", s->c->ja), m->party, 26), lines(ak_js_lang(step, "text", s->c->ja), m->said, 40));
	}
	return 35 + (rows > 7 ? 110U : 55U) + max(n, 10 * rows) + 3 * rows;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t time_lines(const ak_sheet *s, const ak_limits *m)
{
	size_t history = ak_js_len(s->r, "history");

	if (history == 0)
		return 0;
	return 20 + PICTURE + 20 + 8 * least(m->shown, ak_js_len(s->r, "terms")) + 8 * least(m->shown, ak_js_len(s->r, "periods")) +
	       (m->others == 0 ? 0 : 10 + 12 * least(m->others, history));
}

static size_t found_lines(const ak_sheet *s, const ak_limits *m)
{
	size_t n = 30, i, told = 0;
	const json_t *f;

	json_array_foreach(ak_js_at(s->r, "findings"), i, f) {
		if (i >= m->findings) {
			n += 10;
			break;
		}
		n += lines(ak_js_lang(f, "text", s->c->ja), m->text, 95) + lines(ak_js_lang(f, "basis", s->c->ja), m->basis, 100) + 3 +
		     lines(ak_js_lang(f, "next", s->c->ja), m->next, 105) +
		     (*ak_js_str(f, "expected") == '\0' ? 0 : least(lines(ak_js_str(f, "expected"), m->value, 45) + lines(ak_js_str(f, "found"), m->value, 45), 20));
	}
	json_array_foreach(ak_js_at(s->r, "checks"), i, f) {
		if (strcmp(ak_js_str(f, "outcome"), "passed") != 0 && strcmp(ak_js_str(f, "effect"), "void") != 0 && told++ < m->checks)
			n += 20 + lines(ak_js_str(f, "detail"), m->text, 100);
	}
	return n;
}

static size_t ground_lines(const ak_sheet *s, const ak_limits *m)
{
	size_t n = 70, i;
	const json_t *w;

	json_array_foreach(ak_js_at(s->r, "warnings"), i, w) {
		if (i < m->warnings)
			n += lines(ak_js_lang(w, "text", s->c->ja), m->warning, 110) + (ak_js_has(w, "detail") ? 10 : 0);
	}
	return n;
}

void ak_report_fit(ak_sheet *s)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		const ak_limits *m = &levels[i];

		s->lim = *m;
		if (RECHECK + head_lines(s, m) + chain_lines(s, m) + time_lines(s, m) + found_lines(s, m) + ground_lines(s, m) <= ROOM)
			return;
	}
}
