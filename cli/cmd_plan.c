/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "calendar.h"
#include "commands.h"
#include "csv_file.h"
#include "files.h"
#include "findings.h"
#include "js.h"
#include "term.h"

#include <string.h>

enum { TERM_MAX = 256, DATES_WIDE = 14 };

typedef struct plan {
	char from[11], to[11]; /* stored form, each as exact as it was given */
	ak_given given[2];
	ak_tell tell;
} plan;

/* One end of the period, as people write a date. */
static int read_end(const ak_cli *c, const char *text, char stored[11])
{
	ak_error e = { 0 };

	if (ak_date_normalise(text, stored, &e) == AK_OK)
		return EXIT_HOLDS;
	return ak_out_usage(c, MSG_NOT_A_DATE, c->command->operands, text, NULL);
}

static int read_period(const ak_cli *c, plan *p)
{
	const char *text = c->opts.operand[0], *dots = strstr(text, "..");
	char from[TERM_MAX];
	size_t n;
	int code;

	if (dots == NULL || (size_t)(dots - text) >= sizeof(from))
		return ak_out_usage(c, MSG_NOT_A_TERM, c->command->operands, text, NULL);
	(void)snprintf(from, sizeof(from), "%.*s", (int)(dots - text), text);
	code = read_end(c, from, p->from);
	if (code == EXIT_HOLDS)
		code = read_end(c, dots + 2, p->to);
	if (code != EXIT_HOLDS)
		return code;
	/* "2026-03" is not before "2026-03-31": what both say is compared. */
	n = strlen(p->from) < strlen(p->to) ? strlen(p->from) : strlen(p->to);
	if (strncmp(p->from, p->to, n) > 0)
		return ak_out_usage(c, MSG_PERIOD_REVERSED, text, NULL);
	p->given[0] = (ak_given){ "period_from", p->from };
	p->given[1] = (ak_given){ "period_to", p->to };
	p->tell = (ak_tell){ .query = "plan", .given = p->given, .n_given = 2 };
	return EXIT_HOLDS;
}

/* ---- asking: {"from","to","scheme","version","listing","verdict","rows"} ------------------------------------------ */

static int without_ledger(const ak_cli *c, const plan *p, const char *as_of, json_t *o)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *answer = NULL;
	int code;

	if (ak_scheme_tell(ak_opt_value(&c->opts, OPT_SCHEME), &p->tell, as_of, c->now, &json, &e) != AK_OK)
		return ak_out_refused(c, NULL, &e, NULL);
	code = ak_answer(c, &json, &answer);
	if (code == EXIT_HOLDS && (json_object_set(o, "scheme", json_object_get(answer, "scheme")) != 0 ||
				   json_object_set(o, "version", json_object_get(answer, "version")) != 0 ||
				   json_object_set(o, "rows", json_object_get(answer, "rows")) != 0))
		code = ak_out_no_memory(c);
	json_decref(answer);
	ak_text_free(&json);
	return code;
}

static int with_listing(ak_cli *c, const plan *p, const char *as_of, json_t *o)
{
	ak_verify_options v = { .scheme = ak_opt_value(&c->opts, OPT_SCHEME),
				.listing = ak_opt_value(&c->opts, OPT_LISTING),
				.as_of = as_of,
				.now = c->now,
				.tell = &p->tell };
	ak_verdict verdict = AK_VERDICT_UNVERIFIABLE;
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *report = NULL;
	ak_file trust = { 0 };
	ak_ledger *l = NULL;
	int code = ak_cli_trust(c, &trust);

	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS)
		code = ak_cli_trust_names(c, l, &trust);
	v.trust = ak_file_span(&trust);
	if (code == EXIT_HOLDS && ak_ledger_verify(l, &v, &verdict, &json, &e) != AK_OK)
		code = ak_out_refused(c, v.listing, &e, NULL);
	else if (code == EXIT_HOLDS)
		code = ak_answer(c, &json, &report);
	if (code == EXIT_HOLDS && !json_is_array(json_object_get(report, "told")))
		code = ak_out_fault(c, AK_NOT_FOUND, v.listing,
				    json_object_get(report, "told") == NULL ? MSG_PLAN_NO_LISTING : MSG_PLAN_NONE, NULL);
	if (code == EXIT_HOLDS && (json_object_set_new(o, "scheme", json_string(ak_js_str(report, "listing.scheme"))) != 0 ||
				   json_object_set_new(o, "version", json_string(ak_js_str(report, "profile.version"))) != 0 ||
				   json_object_set_new(o, "listing", json_string(v.listing)) != 0 ||
				   json_object_set_new(o, "verdict", json_string(ak_verdict_name(verdict))) != 0 ||
				   json_object_set(o, "rows", json_object_get(report, "told")) != 0))
		code = ak_out_no_memory(c);
	json_decref(report);
	ak_text_free(&json);
	ak_ledger_free(&l);
	ak_file_drop(&trust);
	return code;
}

/* ---- saying ------------------------------------------------------------------------------------------------------- */

static const char *dates_text(const ak_cli *c, const json_t *row, char *out, size_t room)
{
	if (*ak_js_str(row, "first") != '\0')
		return ak_calendar_dates(c, row, out, room);
	(void)snprintf(out, room, "—");
	return out;
}

/* Cells that the widest date takes: a span is wider than a day. */
static size_t dates_width(const ak_cli *c, const json_t *rows)
{
	char dates[AK_DATES_ROOM];
	size_t widest = DATES_WIDE, i;
	const json_t *row;

	json_array_foreach(rows, i, row) {
		size_t w = ak_term_width(dates_text(c, row, dates, sizeof(dates)));

		if (w > widest)
			widest = w;
	}
	return widest;
}

static void print_basis(const ak_cli *c, const json_t *row, size_t column)
{
	char text[1024];

	ak_out_paint(c, stdout, AK_PAINT_DIM);
	ak_term_spaces(stdout, column);
	ak_term_wrap(stdout, ak_finding_basis(c, row, text, sizeof(text)), column, ak_out_text_width(c));
	ak_out_plain(c, stdout);
	(void)fputc('\n', stdout);
}

static const char *label(const ak_cli *c, const json_t *row)
{
	return ak_js_str(row, c->ja ? "label_ja" : "label_en");
}

/* What the day of an issue is: a bound to keep to, not the day at fault.  "" where the scheme does not say. */
static const char *bound(const ak_cli *c, const json_t *row)
{
	return ak_js_str(row, c->ja ? "day_ja" : "day_en");
}

static void print_row(const ak_cli *c, const json_t *row, size_t wide)
{
	const char *severity = ak_js_str(row, "severity"), *rule = ak_js_str(row, "rule");
	bool bad = strcmp(severity, "invalid") == 0 || strcmp(severity, "expired") == 0;
	char dates[AK_DATES_ROOM], text[512], day[256];

	(void)dates_text(c, row, dates, sizeof(dates));
	if (*severity != '\0') {
		ak_out_paint(c, stdout, bad ? AK_PAINT_BAD : AK_PAINT_UNSURE);
		(void)fputs(bad ? "  ✗ " : strcmp(severity, "warning") == 0 ? "  ! " : "  ? ", stdout);
		(void)ak_out_text(c, day, sizeof(day), *bound(c, row) != '\0' ? MSG_PLAN_BOUND : MSG_WHAT, *bound(c, row) != '\0' ? bound(c, row) : dates,
				  dates, NULL);
		(void)ak_out_text(c, text, sizeof(text), MSG_PLAN_ISSUE, ak_answer_word(c, severity), label(c, row), day, rule, NULL);
		ak_term_wrap(stdout, text, 4, ak_out_text_width(c));
		ak_out_plain(c, stdout);
	} else {
		(void)fputs("  ", stdout);
		ak_term_pad(stdout, dates, wide + 2);
		(void)ak_out_text(c, text, sizeof(text), MSG_PLAN_RULE, label(c, row), rule, NULL);
		ak_term_put(stdout, text);
	}
	(void)fputc('\n', stdout);
	print_basis(c, row, *severity != '\0' ? 4 : wide + 4);
}

static void print(const ak_cli *c, const json_t *o)
{
	char one[AK_TERM_DATE_MAX], two[AK_TERM_DATE_MAX];
	size_t wide = dates_width(c, ak_js_at(o, "rows")), i;
	const json_t *row;
	bool issues = false;

	ak_out_line(c, stdout, MSG_PLAN_PERIOD, ak_term_date(c->ja, ak_js_str(o, "from"), one),
		    ak_term_date(c->ja, ak_js_str(o, "to"), two), NULL);
	ak_out_line(c, stdout, MSG_PLAN_SCHEME, ak_js_str(o, "scheme"), ak_js_str(o, "version"), NULL);
	if (ak_js_has(o, "listing"))
		ak_out_line(c, stdout, MSG_PLAN_LISTING, ak_js_str(o, "listing"), ak_answer_word(c, ak_js_str(o, "verdict")),
			    NULL);
	(void)fputc('\n', stdout);
	json_array_foreach(ak_js_at(o, "rows"), i, row) {
		if (ak_js_has(row, "severity")) {
			issues = true;
			print_row(c, row, wide);
		}
	}
	if (issues)
		(void)fputc('\n', stdout);
	json_array_foreach(ak_js_at(o, "rows"), i, row) {
		if (!ak_js_has(row, "severity"))
			print_row(c, row, wide);
	}
	if (!issues) {
		(void)fputc('\n', stdout);
		ak_out_line(c, stdout, MSG_PLAN_FINE, NULL);
	}
}

static int write_csv(const ak_cli *c, const char *path, const json_t *o)
{
	static const ak_msg heads[] = { MSG_HEAD_KIND, MSG_HEAD_MATTER, MSG_HEAD_DATE,
					MSG_HEAD_LAST, MSG_HEAD_RULE,   MSG_HEAD_BASIS_OF };
	char basis[AK_BASIS_ROOM], matter[AK_CELL_ROOM];
	ak_csv_out out;
	const json_t *row;
	size_t i;
	int code = ak_csv_open(c, heads, sizeof(heads) / sizeof(heads[0]), &out);

	if (code != EXIT_HOLDS)
		return code;
	json_array_foreach(ak_js_at(o, "rows"), i, row) {
		const char *severity = ak_js_str(row, "severity");

		ak_csv_put(&out, *severity != '\0' ? ak_answer_word(c, severity)
		                                   : ak_msg_text(strcmp(ak_js_str(row, "kind"), "due") == 0 ? MSG_CALENDAR_DUE : MSG_HEAD_DATE, c->ja));
		ak_csv_put(&out, *bound(c, row) != '\0'
		                         ? ak_out_text(c, matter, sizeof(matter), MSG_PLAN_MATTER, label(c, row), bound(c, row), NULL)
		                         : label(c, row));
		ak_csv_put(&out, ak_js_str(row, "first"));
		ak_csv_put(&out, ak_js_str(row, "last"));
		ak_csv_put(&out, ak_js_str(row, "rule"));
		ak_csv_put(&out, ak_finding_basis_words(c, row, basis, sizeof(basis)));
		ak_csv_end_row(&out);
	}
	code = ak_csv_write(c, path, &out);
	ak_csv_clear(&out);
	return code;
}

/* What the issues mean: the worst of them. */
static int exit_of_rows(const json_t *rows)
{
	const json_t *row;
	int code = EXIT_HOLDS;
	size_t i;

	json_array_foreach(rows, i, row) {
		const char *severity = ak_js_str(row, "severity");

		if (strcmp(severity, "invalid") == 0 || strcmp(severity, "expired") == 0)
			return EXIT_DOES_NOT_HOLD;
		if (strcmp(severity, "unverifiable") == 0)
			code = EXIT_NOT_DECIDED;
	}
	return code;
}

int ak_cmd_plan(ak_cli *c)
{
	const char *csv = ak_opt_value(&c->opts, OPT_CSV);
	plan p = { 0 };
	json_t *o = NULL;
	char as_of[11];
	int code = ak_cli_day(c, OPT_AS_OF, as_of);

	if (code == EXIT_HOLDS)
		code = read_period(c, &p);
	if (code == EXIT_HOLDS) {
		o = json_pack("{s:s,s:s,s:n}", "from", p.from, "to", p.to, "listing");
		code = o == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
	}
	if (code == EXIT_HOLDS) {
		const char *day = *as_of != '\0' ? as_of : NULL;

		code = ak_opt_has(&c->opts, OPT_LISTING) ? with_listing(c, &p, day, o) : without_ledger(c, &p, day, o);
	}
	if (code == EXIT_HOLDS && ak_js_len(o, "rows") == 0)
		code = ak_out_fault(c, AK_NOT_FOUND, NULL, MSG_PLAN_NONE, NULL);
	if (code == EXIT_HOLDS && csv != NULL)
		code = write_csv(c, csv, o);
	if (code == EXIT_HOLDS) {
		code = exit_of_rows(ak_js_at(o, "rows"));
		if (c->json && (csv == NULL || strcmp(csv, "-") != 0))
			return ak_out_json(c, o, code);
		if (csv == NULL)
			print(c, o);
	}
	json_decref(o);
	return code;
}
