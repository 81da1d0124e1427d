/* SPDX-License-Identifier: Apache-2.0 */
/* How much is said, so that the page stays on two sheets: as much as the estimate of printed lines allows, in a few steps. */
#include "js.h"
#include "report_parts.h"
#include "term.h"
#include "verdict.h"

#include <stddef.h>
#include <string.h>

/* Lines of print on two sheets with the style of report_style.c, less what page breaks may leave empty; in tenths, as all below.  English is
 * set a little smaller: it says the same in more lines. */
enum { ROOM_JA = 1307, ROOM_EN = 1372, RECHECK_JA = 365, RECHECK_EN = 415, HEAD = 115, CHAIN_ROW = 60, STEP_MAX = 16 };

/* Of the timeline (report_time.c), in units of which so many are a line of print. */
enum { UNITS_A_LINE = 16, SCALE = 44, LANE = 7, BAR_ROW = 16, BAR_ROWS = 3, POINT_ROW = 12, POINT_ROWS = 6 };

/* First the records beside the chain give way, which the embedded verdict has; then texts, which the annex has whole. */
static const ak_limits levels[] = {
	{ .title = 300, .fact = 400, .answer = 500, .label = 60, .party = 120, .said = 200, .shown = 10, .others = 16, .checks = 6, .findings = 12,
	  .text = 500, .basis = 400, .next = 400, .value = 160, .warnings = 10, .warning = 400 },
	{ .title = 300, .fact = 400, .answer = 500, .label = 60, .party = 120, .said = 200, .shown = 10, .others = 8, .checks = 6, .findings = 12,
	  .text = 500, .basis = 400, .next = 400, .value = 160, .warnings = 10, .warning = 400 },
	{ .title = 300, .fact = 400, .answer = 500, .label = 60, .party = 120, .said = 200, .shown = 6, .others = 4, .checks = 6, .findings = 12,
	  .text = 500, .basis = 400, .next = 400, .value = 160, .warnings = 10, .warning = 400 },
	{ .title = 300, .fact = 400, .answer = 500, .label = 60, .party = 120, .said = 200, .shown = 3, .others = 1, .checks = 6, .findings = 12,
	  .text = 500, .basis = 400, .next = 400, .value = 160, .warnings = 10, .warning = 400 },
	{ .title = 300, .fact = 400, .answer = 500, .label = 60, .party = 120, .said = 200, .shown = 3, .others = 0, .checks = 6, .findings = 12,
	  .text = 500, .basis = 400, .next = 400, .value = 160, .warnings = 10, .warning = 400 },
	{ .title = 180, .fact = 170, .answer = 190, .label = 40, .party = 52, .said = 80, .shown = 3, .others = 0, .checks = 3, .findings = 6,
	  .text = 200, .basis = 220, .next = 210, .value = 80, .warnings = 5, .warning = 220 },
	{ .title = 180, .fact = 84, .answer = 120, .label = 34, .party = 52, .said = 80, .shown = 2, .others = 0, .checks = 2, .findings = 3,
	  .text = 200, .basis = 110, .next = 210, .value = 45, .warnings = 3, .warning = 115 },
	{ .title = 90, .fact = 84, .answer = 120, .label = 34, .party = 30, .said = 44, .shown = 1, .others = 0, .checks = 1, .findings = 1,
	  .text = 110, .basis = 110, .next = 105, .value = 45, .warnings = 2, .warning = 115 },
};

/* Of so many cells, cut at `most`, in lines of so many. */
static size_t lines_of(size_t cells, size_t most, size_t per_line)
{
	cells = cells < most ? cells : most;
	return 10 * ((cells + per_line - 1) / per_line);
}

static size_t lines(const char *text, size_t most, size_t per_line)
{
	return lines_of(ak_term_width(text), most, per_line);
}

static size_t max(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t asked_lines(const ak_sheet *s, const ak_limits *m)
{
	char text[AK_HTML_TEXT];
	size_t n = 0;

	for (size_t i = 0; i < AK_ASKED_OF_USE; i++) {
		const char *what = ak_verdict_asked(s->c, s->r, &ak_asked_of_uses[i], text, sizeof(text));
		size_t said = 0;
		const json_t *a;

		if (*what == '\0')
			continue;
		for (size_t k = 0; (a = ak_verdict_answered(s->r, ak_asked_of_uses[i].question, k)) != NULL; k++)
			said += lines(ak_js_lang(a, "says", s->c->ja), m->answer, 58);
		n += (n == 0 ? 15 : 0) + max(max(lines(what, m->fact, 36), said), 10) + 2;
	}
	return n;
}

static size_t head_lines(const ak_sheet *s, const ak_limits *m)
{
	return HEAD + lines(s->rep->set->title, m->title, 90) + lines(ak_report_because(s), m->text, 100) + asked_lines(s, m) + (ak_js_has(s->r, "use.contract") ? 12 : 0) +
	       max(lines(ak_js_lang(s->r, "listing.service", s->c->ja), m->fact, 42), lines(ak_js_lang(s->r, "listing.provider", s->c->ja), m->fact, 42)) + 20;
}

static size_t chain_lines(const ak_sheet *s, const ak_limits *m)
{
	size_t rows = ak_js_len(s->r, "chain") + ak_js_len(s->r, "missing"), n = 0, i;
	const json_t *step;

	rows = rows < STEP_MAX ? rows : STEP_MAX;
	if (rows == 0)
		return 0;
	json_array_foreach(ak_js_at(s->r, "chain"), i, step) {
		const size_t counted = ak_js_num(step, "signing.of") > 1 ? 16 : 0; /* "(3 of 5 signed)" */
		const size_t party = lines_of(ak_term_width(ak_js_lang(step, "party", s->c->ja)) + counted, m->party, s->c->ja ? 29 : 36);
		const size_t said = lines(ak_js_lang(step, "text", s->c->ja), m->said, s->c->ja ? 41 : 38);

		if (i < rows)
			n += max(max(party, said), max(lines(ak_js_lang(step, "label", s->c->ja), m->label, s->c->ja ? 15 : 21), 10));
	}
	n += 10 * ak_js_len(s->r, "missing");
	return 35 + CHAIN_ROW * (rows == 8 ? 1 : (rows + 6) / 7) + n * 19 / 20 + 2 * rows;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t lane(size_t bars)
{
	return bars == 0 ? 0 : least(bars, BAR_ROWS) * BAR_ROW + LANE;
}

static size_t picture_lines(const ak_sheet *s)
{
	const size_t units = SCALE + lane(ak_js_has(s->r, "use.contract") ? 1 : 0) + lane(ak_js_len(s->r, "terms")) + lane(ak_js_len(s->r, "periods")) +
	                     POINT_ROW * least(ak_js_len(s->r, "history"), POINT_ROWS);

	return (10 * units + UNITS_A_LINE - 1) / UNITS_A_LINE;
}

static size_t time_lines(const ak_sheet *s, const ak_limits *m)
{
	const size_t history = ak_js_len(s->r, "history"), chain = ak_js_len(s->r, "chain");

	if (history == 0)
		return 0;
	return 20 + picture_lines(s) + 20 + 5 * least(m->shown, ak_js_len(s->r, "terms")) + 5 * least(m->shown, ak_js_len(s->r, "periods")) +
	       (m->others == 0 || history <= chain ? 0 : 10 + 10 * least(m->others, history - chain));
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
		n += lines(ak_js_lang(f, "text", s->c->ja), m->text, 105) + lines(ak_js_lang(f, "basis", s->c->ja), m->basis, 118) + 3 +
		     lines(ak_js_lang(f, "next", s->c->ja), m->next, 112) +
		     (*ak_js_str(f, "expected") == '\0' ? 0 : lines(ak_js_str(f, "expected"), m->value, 200) * (ak_term_width(ak_js_str(f, "found")) > 45 ? 2 : 1));
	}
	json_array_foreach(ak_js_at(s->r, "checks"), i, f) {
		const bool rule = *ak_js_str(f, "id") >= 'A' && *ak_js_str(f, "id") <= 'Z'; /* its findings tell */

		if (!rule && strcmp(ak_js_str(f, "outcome"), "passed") != 0 && strcmp(ak_js_str(f, "effect"), "void") != 0 && told++ < m->checks)
			n += 20 + lines(ak_js_str(f, "detail"), m->text, 100);
	}
	return n;
}

static size_t ground_lines(const ak_sheet *s, const ak_limits *m)
{
	size_t n = 45, i;
	const json_t *w;

	json_array_foreach(ak_js_at(s->r, "warnings"), i, w) {
		if (i < m->warnings && strcmp(ak_js_str(w, "id"), "completeness-on-word") != 0)
			n += lines(ak_js_lang(w, "text", s->c->ja), m->warning, 110) + (ak_js_has(w, "detail") ? 10 : 0);
	}
	return n;
}

static bool fits(const ak_sheet *s, const ak_limits *m)
{
	const size_t recheck = s->c->ja ? RECHECK_JA : RECHECK_EN;

	return recheck + head_lines(s, m) + chain_lines(s, m) + time_lines(s, m) + found_lines(s, m) + ground_lines(s, m) <= (s->c->ja ? ROOM_JA : ROOM_EN);
}

/* A step above says more: what of that has room after all?  Findings first: what is left over of them is what a reader misses most. */
static void widen(ak_sheet *s, const ak_limits *above)
{
	static const size_t members[] = {offsetof(ak_limits, findings), offsetof(ak_limits, checks), offsetof(ak_limits, text), offsetof(ak_limits, value),
	                                 offsetof(ak_limits, next), offsetof(ak_limits, basis), offsetof(ak_limits, answer), offsetof(ak_limits, fact),
	                                 offsetof(ak_limits, warnings), offsetof(ak_limits, warning), offsetof(ak_limits, party), offsetof(ak_limits, said),
	                                 offsetof(ak_limits, label), offsetof(ak_limits, title), offsetof(ak_limits, shown), offsetof(ak_limits, others)};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		size_t *now = (size_t *)((char *)&s->lim + members[i]);
		const size_t before = *now;
		size_t wanted = before;

		memcpy(&wanted, (const char *)above + members[i], sizeof(wanted));
		*now = wanted;
		while (*now > before && !fits(s, &s->lim))
			*now -= members[i] == offsetof(ak_limits, findings) ? 1 : wanted - before;
	}
}

void ak_report_fit(ak_sheet *s)
{
	const size_t steps = sizeof(levels) / sizeof(levels[0]);
	size_t i = 0;

	for (s->lim = levels[0]; i + 1 < steps && !fits(s, &s->lim); s->lim = levels[i])
		i++;
	for (; i > 0 && fits(s, &s->lim); i--)
		widen(s, &levels[i - 1]);
}
