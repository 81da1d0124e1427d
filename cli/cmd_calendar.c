/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "calendar.h"
#include "commands.h"
#include "csv_file.h"
#include "files.h"
#include "findings.h"
#include "js.h"
#include "svg.h"
#include "term.h"

#include <string.h>

/* Cells that the widest date, label and name take. */
typedef struct widths {
	size_t dates, label, name;
} widths;

static void widen(size_t *width, const char *text)
{
	size_t w = ak_term_width(text);

	*width = w > *width ? w : *width;
}

static widths widths_of(const ak_cli *c, const json_t *items)
{
	widths w = { 0 };
	char dates[AK_DATES_ROOM];
	const json_t *item;
	size_t i;

	json_array_foreach(items, i, item) {
		widen(&w.dates, ak_calendar_dates(c, item, dates, sizeof(dates)));
		widen(&w.label, ak_calendar_label(c, item));
		if (strcmp(ak_js_str(item, "kind"), "auditor-ends") != 0)
			widen(&w.name, ak_js_str(item, "subject"));
	}
	return w;
}

static void print_item(const ak_cli *c, const json_t *item, const widths *w)
{
	const char *service = ak_js_str(item, "service"), *text = ak_js_lang(item, "text", c->ja),
		   *kind = ak_js_str(item, "kind");
	bool auditor = strcmp(kind, "auditor-ends") == 0, past = json_is_true(json_object_get(item, "past"));
	char dates[AK_DATES_ROOM], rest[512], cut[512];
	size_t used = 4 + w->dates + 2 + w->label + 2 + w->name + 2, width = ak_out_width(c);

	ak_out_paint(c, stdout, past ? AK_PAINT_BAD : ak_calendar_ends(item) ? AK_PAINT_BOLD : AK_PAINT_UNSURE);
	(void)fputs(past ? "  ! " : ak_calendar_ends(item) ? "  ■ " : "  ▲ ", stdout);
	ak_out_plain(c, stdout);
	ak_term_pad(stdout, ak_calendar_dates(c, item, dates, sizeof(dates)), w->dates + 2);
	ak_term_pad(stdout, ak_calendar_label(c, item), w->label + 2);
	if (auditor) {
		(void)snprintf(rest, sizeof(rest), "%.300s%s%.200s", ak_js_str(item, "provider"), *text != '\0' ? " · " : "", text);
		ak_term_put(stdout, rest);
	} else {
		ak_term_pad(stdout, ak_js_str(item, "subject"), w->name + 2);
		(void)snprintf(rest, sizeof(rest), "%.300s%s%.100s", service, *text != '\0' ? " · " : "", text);
		ak_term_put(stdout, c->full || width < used + 8 ? rest : ak_term_cut(rest, width - used, cut, sizeof(cut)));
	}
	(void)fputc('\n', stdout);
}

static void print_quarter(const ak_cli *c, const char *quarter)
{
	static const char *const en[] = { "Jan", "Apr", "Jul", "Oct" }, *const end[] = { "Mar", "Jun", "Sep", "Dec" };
	unsigned year = 0, first = 1;
	char text[128];

	if (!ak_calendar_months(quarter, &year, &first))
		return;
	if (c->ja)
		(void)ak_out_text(c, text, sizeof(text), MSG_CALENDAR_QUARTER, AK_NUM(year), AK_NUM(first), AK_NUM(first + 2),
				  NULL);
	else
		(void)ak_out_text(c, text, sizeof(text), MSG_CALENDAR_QUARTER, AK_NUM(year), en[first / 3], end[first / 3], NULL);
	ak_term_put(stdout, text);
}

/* How many of a group expire and fall due. */
static void print_count(const ak_cli *c, const json_t *items, size_t from, size_t to)
{
	uint64_t ends = 0;

	for (size_t i = from; i < to; i++)
		ends += ak_calendar_ends(json_array_get(items, i));
	(void)fputs("   ", stdout);
	ak_out_line(c, stdout, MSG_CALENDAR_COUNT, AK_NUM(ends), AK_NUM(to - from - ends), NULL);
}

static bool same_group(const json_t *a, const json_t *b)
{
	bool past = json_is_true(json_object_get(a, "past"));

	if (past != json_is_true(json_object_get(b, "past")))
		return false;
	return past || strcmp(ak_js_str(a, "quarter"), ak_js_str(b, "quarter")) == 0;
}

static void print(const ak_cli *c, const json_t *calendar)
{
	const json_t *items = json_object_get(calendar, "items");
	size_t n = json_array_size(items), to;
	const widths w = widths_of(c, items);
	char date[AK_TERM_DATE_MAX];

	ak_out_line(c, stdout, MSG_CALENDAR_AS_OF, ak_term_date(c->ja, ak_js_str(calendar, "as_of"), date),
		    ak_js_str(calendar, "origin"), AK_NUM(ak_js_num(calendar, "known_at")), NULL);
	ak_answer_closing(c, calendar);
	if (n == 0)
		ak_out_line(c, stdout, MSG_CALENDAR_EMPTY, NULL);
	for (size_t from = 0; from < n; from = to) {
		const json_t *first = json_array_get(items, from);

		for (to = from + 1; to < n && same_group(first, json_array_get(items, to)); to++)
			;
		(void)fputc('\n', stdout);
		if (json_is_true(json_object_get(first, "past")))
			ak_out_put(c, stdout, MSG_CALENDAR_PAST, NULL);
		else
			print_quarter(c, ak_js_str(first, "quarter"));
		print_count(c, items, from, to);
		for (size_t i = from; i < to; i++)
			print_item(c, json_array_get(items, i), &w);
	}
	(void)fputc('\n', stdout);
	ak_answer_put_erased(c, json_object_get(calendar, "erased"), false);
	ak_answer_put_lost(c, json_object_get(calendar, "lost"));
	ak_out_wrapped(c, stdout, 0, MSG_CALENDAR_NOTICE, NULL);
}

static int write_csv(const ak_cli *c, const char *path, const json_t *calendar)
{
	static const ak_msg heads[] = { MSG_HEAD_DATE,    MSG_HEAD_LAST,    MSG_HEAD_KIND,     MSG_HEAD_MATTER,
					MSG_HEAD_SUBJECT, MSG_HEAD_SERVICE, MSG_HEAD_PROVIDER, MSG_HEAD_STANDING,
					MSG_HEAD_RECORD,  MSG_HEAD_RULE,    MSG_HEAD_BASIS_OF };
	static const char *const fields[] = { "service", "provider" };
	char basis[AK_BASIS_ROOM];
	ak_csv_out out;
	const json_t *item;
	size_t i;
	int code = ak_csv_open(c, heads, sizeof(heads) / sizeof(heads[0]), &out);

	if (code != EXIT_HOLDS)
		return code;
	json_array_foreach(json_object_get(calendar, "items"), i, item) {
		ak_csv_put(&out, ak_js_str(item, "first"));
		ak_csv_put(&out, ak_js_str(item, "last"));
		ak_csv_put(&out, ak_msg_text(ak_calendar_ends(item) ? MSG_CALENDAR_END : MSG_CALENDAR_DUE, c->ja));
		ak_csv_put(&out, ak_calendar_label(c, item));
		ak_csv_put(&out, ak_js_str(item, "subject"));
		for (size_t k = 0; k < sizeof(fields) / sizeof(fields[0]); k++)
			ak_csv_put(&out, ak_js_str(item, fields[k]));
		ak_csv_put(&out, strcmp(ak_js_str(item, "kind"), "auditor-ends") == 0 ? ak_answer_standing(c, ak_js_str(item, "verdict"))
		                                                                       : ak_answer_word(c, ak_js_str(item, "verdict")));
		ak_csv_put(&out, AK_NUM(ak_js_num(item, "record")));
		ak_csv_put(&out, ak_js_str(item, "rule"));
		ak_csv_put(&out, ak_finding_basis_words(c, item, basis, sizeof(basis)));
		ak_csv_end_row(&out);
	}
	code = ak_csv_write(c, path, &out);
	ak_csv_clear(&out);
	return code;
}

/* Files first: what one of them holds on stdout is the whole answer there. */
static int write_files(const ak_cli *c, const json_t *calendar, bool *taken)
{
	const char *csv = ak_opt_value(&c->opts, OPT_CSV), *ics = ak_opt_value(&c->opts, OPT_ICS),
		   *svg = ak_opt_value(&c->opts, OPT_SVG);
	int code = EXIT_HOLDS;

	*taken = csv != NULL || ics != NULL || svg != NULL;
	if (csv != NULL)
		code = write_csv(c, csv, calendar);
	if (code == EXIT_HOLDS && ics != NULL && json_array_size(json_object_get(calendar, "items")) == 0)
		code = ak_out_fault(c, AK_NOT_FOUND, ics, MSG_CALENDAR_EMPTY,
				    NULL); /* a calendar without an event is none (RFC 5545, 3.6) */
	else if (code == EXIT_HOLDS && ics != NULL)
		code = ak_svg_write(c, ics, ak_calendar_ics, calendar);
	if (code == EXIT_HOLDS && svg != NULL)
		code = ak_svg_write(c, svg, ak_calendar_svg, calendar);
	return code;
}

static bool more_than_one_on_stdout(const ak_cli *c)
{
	static const ak_opt_id files[] = { OPT_CSV, OPT_ICS, OPT_SVG };
	size_t n = c->json ? 1 : 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *path = ak_opt_value(&c->opts, files[i]);

		n += path != NULL && strcmp(path, "-") == 0;
	}
	return n > 1;
}

int ak_cmd_calendar(ak_cli *c)
{
	const char *listing = c->opts.n_operands > 0 ? c->opts.operand[0] : NULL;
	json_t *calendar = NULL;
	ak_file trust = { 0 };
	ak_ledger *l = NULL;
	uint64_t known_at = 0;
	char as_of[11];
	bool taken = false;
	int code = ak_cli_day(c, OPT_AS_OF, as_of);

	if (code == EXIT_HOLDS && more_than_one_on_stdout(c))
		code = ak_out_usage(c, MSG_ONE_ON_STDOUT, NULL);
	if (code == EXIT_HOLDS)
		code = ak_cli_number(c, OPT_KNOWN_AT, 1, INT64_MAX, &known_at);
	if (code == EXIT_HOLDS)
		code = ak_cli_trust(c, &trust);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS)
		code = ak_cli_trust_names(c, l, &trust);
	if (code == EXIT_HOLDS)
		code = ak_calendar_make(c, l, ak_file_span(&trust), *as_of != '\0' ? as_of : NULL, known_at, listing, &calendar);
	if (code == EXIT_HOLDS)
		code = write_files(c, calendar, &taken);
	if (code == EXIT_HOLDS && c->json) {
		code = ak_out_json(c, calendar, EXIT_HOLDS);
		calendar = NULL;
	} else if (code == EXIT_HOLDS && !taken) {
		print(c, calendar);
	}
	json_decref(calendar);
	ak_ledger_free(&l);
	ak_file_drop(&trust);
	return code;
}
