/* SPDX-License-Identifier: Apache-2.0 */
#include "trace.h"

#include "answer.h"
#include "js.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

/* A mistyped year must not squeeze the rest into one column. */
enum { YEARS_BEFORE = 40, YEARS_AFTER = 15 };

/* ---- days -------------------------------------------------------------------------------------------------------- */

/* Days since 1970-01-01 of a civil date (the usual count from March 1st, so that the leap day comes last). */
static int64_t day_of(int64_t year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year, era = y / 400, yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int64_t ak_trace_new_year(int year)
{
	return day_of(year, 1, 1);
}

static int year_of(int64_t day)
{
	int year = (int)(1970 + day / 366); /* never too late */

	while (ak_trace_new_year(year + 1) <= day)
		year++;
	while (ak_trace_new_year(year) > day)
		year--;
	return year;
}

/* `n` digits from s[at], or -1. */
static int digits(const char *s, size_t at, size_t n)
{
	int v = 0;

	for (size_t i = at; i < at + n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

bool ak_trace_day(const char *s, int64_t *day)
{
	size_t len = strlen(s);
	int year = len >= 4 ? digits(s, 0, 4) : -1, month = 1, date = 1;

	if (year < 1000 || (len > 4 && (len < 7 || s[4] != '-')) || (len > 7 && (len < 10 || s[7] != '-')))
		return false;
	if (len >= 7)
		month = digits(s, 5, 2);
	if (len >= 10)
		date = digits(s, 8, 2);
	if (month < 1 || month > 12 || date < 1 || date > 31)
		return false;
	*day = day_of(year, month, date);
	return true;
}

/* ---- bars ---------------------------------------------------------------------------------------------------------- */

static ak_trace_bar *new_bar(ak_trace_model *m)
{
	if (m->n_bars == m->cap_bars) {
		size_t cap = m->cap_bars == 0 ? 16 : 2 * m->cap_bars;
		ak_trace_bar *bigger = realloc(m->bar, cap * sizeof(*bigger));

		if (bigger == NULL)
			return NULL;
		m->bar = bigger;
		m->cap_bars = cap;
	}
	m->bar[m->n_bars] = (ak_trace_bar){ 0 };
	return &m->bar[m->n_bars++];
}

/* "2025-04-01 to 2026-03-31", with what is known of it. */
static void stretch_text(const ak_cli *c, const json_t *row, char out[256])
{
	char first[AK_TERM_DATE_MAX], last[AK_TERM_DATE_MAX];
	const char *to = ak_js_str(row, "last");

	if (*to == '\0')
		(void)ak_out_text(c, out, 256, MSG_TRACE_FROM, ak_term_date(c->ja, ak_js_str(row, "first"), first), NULL);
	else
		(void)ak_out_text(c, out, 256, ak_js_has(row, "ended_by") ? MSG_TRACE_ENDED : MSG_TRACE_STRETCH,
		                  ak_term_date(c->ja, ak_js_str(row, "first"), first), ak_term_date(c->ja, to, last),
		                  AK_NUM(ak_js_num(row, "ended_by")), NULL);
}

static void gap_text(const ak_cli *c, ak_trace_lane lane, int64_t days, bool carried, char out[256])
{
	ak_msg m = lane == AK_LANE_PERIOD ? days == 1 ? MSG_PERIOD_GAP_ONE : MSG_PERIOD_GAP
	           : carried ? days == 1 ? MSG_TRACE_CARRIED_ONE : MSG_TRACE_CARRIED
	                     : days == 1 ? MSG_TRACE_LAPSED_ONE : MSG_TRACE_LAPSED;

	(void)ak_out_text(c, out, 256, m, AK_NUM(days), NULL);
}

/* One row of the report and, before it, the gap that it tells of. */
static bool add_row(const ak_cli *c, ak_trace_model *m, ak_trace_lane lane, const json_t *row)
{
	int64_t first, last = 0, days = json_integer_value(ak_js_at(row, "gap_days"));
	bool carried = ak_js_true(row, "carried");
	ak_trace_bar *b;

	if (!ak_trace_day(ak_js_str(row, "first"), &first))
		return true; /* there is nothing to draw */
	if (days > 0) {
		b = new_bar(m);
		if (b == NULL)
			return false;
		*b = (ak_trace_bar){ .lane = lane, .gap = true, .bad = !carried, .first = first - days, .last = first - 1 };
		gap_text(c, lane, days, carried, b->text);
	}
	b = new_bar(m);
	if (b == NULL)
		return false;
	*b = (ak_trace_bar){ .lane = lane, .first = first, .record = ak_js_num(row, "record") };
	b->open = !ak_trace_day(ak_js_str(row, "last"), &last);
	b->last = b->open || last < first ? first : last;
	stretch_text(c, row, b->text);
	return true;
}

static bool add_rows(const ak_cli *c, ak_trace_model *m, ak_trace_lane lane, const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		if (!add_row(c, m, lane, row))
			return false;
	}
	return true;
}

/* Whether the audit periods are one line of time. */
static void sum_up(const ak_cli *c, const json_t *periods, char out[128])
{
	uint64_t gaps = 0, days = 0;
	bool unsure = false;
	const json_t *p;
	size_t i;

	json_array_foreach(periods, i, p) {
		int64_t gap = json_integer_value(ak_js_at(p, "gap_days"));

		unsure = unsure || (i > 0 && !ak_js_has(p, "gap_days"));
		gaps += gap > 0 ? 1 : 0;
		days += gap > 0 ? (uint64_t)gap : 0;
	}
	out[0] = '\0';
	if (json_array_size(periods) < 2)
		return;
	if (gaps > 0)
		(void)ak_out_text(c, out, 128, MSG_PERIODS_GAPS, AK_NUM(gaps), AK_NUM(days), NULL);
	else
		(void)ak_out_text(c, out, 128, unsure ? MSG_PERIODS_UNSURE : MSG_PERIODS_NO_GAP,
		                  AK_NUM(json_array_size(periods)), NULL);
}

/* ---- how far time reaches -------------------------------------------------------------------------------------------- */

static void reach(ak_trace_model *m, int64_t day)
{
	int64_t least = m->as_of - YEARS_BEFORE * 366, most = m->as_of + YEARS_AFTER * 366;

	day = day < least ? least : day > most ? most : day;
	m->first = day < m->first ? day : m->first;
	m->last = day > m->last ? day : m->last;
}

static void set_scale(ak_trace_model *m, const json_t *history)
{
	const json_t *e;
	int64_t day;
	size_t i;

	m->first = m->last = m->as_of;
	for (size_t k = 0; k < m->n_bars; k++) {
		reach(m, m->bar[k].first);
		reach(m, m->bar[k].last);
	}
	json_array_foreach(history, i, e) {
		if (!ak_trace_void(e) && ak_trace_day(ak_js_str(e, "date"), &day))
			reach(m, day);
	}
	m->first_year = year_of(m->first);
	m->years = year_of(m->last) - m->first_year + 1;
	m->first = ak_trace_new_year(m->first_year);
	m->last = ak_trace_new_year(m->first_year + m->years) - 1;
	for (size_t k = 0; k < m->n_bars; k++) {
		if (m->bar[k].open) /* for all that is known: on and on */
			m->bar[k].last = m->last;
	}
}

bool ak_trace_make(const ak_cli *c, const json_t *r, ak_trace_model *out)
{
	const json_t *periods = ak_js_at(r, "periods");
	ak_trace_model m = { 0 };

	if (!ak_trace_day(ak_js_str(r, "as_of"), &m.as_of))
		m.as_of = 0;
	if (!add_rows(c, &m, AK_LANE_TERM, ak_js_at(r, "terms")) || !add_rows(c, &m, AK_LANE_PERIOD, periods)) {
		ak_trace_drop(&m);
		return false;
	}
	sum_up(c, periods, m.unbroken);
	set_scale(&m, ak_js_at(r, "history"));
	*out = m;
	return true;
}

void ak_trace_drop(ak_trace_model *m)
{
	free(m->bar);
	*m = (ak_trace_model){ 0 };
}

/* ---- words of one record ------------------------------------------------------------------------------------------------ */

bool ak_trace_void(const json_t *e)
{
	const char *state = ak_js_str(e, "state");

	return strcmp(state, "void") == 0 || strcmp(state, "annulled") == 0 || strcmp(state, "idle") == 0;
}

const char *ak_trace_mark(const json_t *e)
{
	const char *mark = ak_js_str(e, "mark");

	return strcmp(mark, "passed") == 0 && !ak_trace_void(e) ? "✓" : strcmp(mark, "not-checked") == 0 ? "?" : "✗";
}

const char *ak_trace_label(const ak_cli *c, const json_t *e, char out[AK_TRACE_TEXT])
{
	const char *label = ak_js_lang(e, "label", c->ja), *type = ak_js_str(e, "type");
	const ak_msg own = ak_answer_core_type(type); /* a scheme has no names for these */

	(void)snprintf(out, AK_TRACE_TEXT, "%.400s", *label != '\0' ? label : own != MSG_NONE ? ak_msg_text(own, c->ja) : type);
	return out;
}

static void add(const ak_cli *c, char out[AK_TRACE_TEXT], const char *text)
{
	size_t n = strlen(out);

	if (*text != '\0')
		(void)snprintf(out + n, AK_TRACE_TEXT - n, "%s%s", n == 0 ? "" : c->ja ? "、" : ", ", text);
}

const char *ak_trace_said(const ak_cli *c, const json_t *e, char out[AK_TRACE_TEXT])
{
	const char *state = ak_js_str(e, "state");
	char text[AK_TRACE_TEXT];

	out[0] = '\0';
	if (strcmp(state, "void") == 0)
		add(c, out, ak_msg_text(MSG_TRACE_VOID, c->ja));
	if (strcmp(state, "annulled") == 0)
		add(c, out, ak_msg_text(MSG_TRACE_ANNULLED, c->ja));
	if (strcmp(state, "idle") == 0)
		add(c, out, ak_msg_text(MSG_TRACE_IDLE, c->ja));
	if (ak_js_has(e, "target"))
		add(c, out, ak_out_text(c, text, sizeof(text), MSG_TRACE_TARGET, AK_NUM(ak_js_num(e, "target")), NULL));
	add(c, out, strcmp(ak_js_str(e, "type"), "erasure") == 0 ? ak_answer_erased_for(c, ak_js_lang(e, "text", c->ja)) : ak_js_lang(e, "text", c->ja));
	if (*ak_js_str(e, "first") != '\0' && *ak_js_str(e, "last") != '\0') {
		char stretch[256];

		stretch_text(c, e, stretch);
		add(c, out, stretch);
	}
	if (strcmp(state, "corrected") == 0)
		add(c, out, ak_msg_text(MSG_TRACE_CORRECTED, c->ja));
	return out;
}
