/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "files.h"
#include "handover.h"
#include "js.h"
#include "standings.h"
#include "term.h"
#include "times.h"

#include <stdlib.h>
#include <string.h>

static const char *auditor_cell(const ak_cli *c, const json_t *row, size_t column, char room[AK_CELL_ROOM])
{
	switch (column) {
	case 0:
		return ak_js_str(row, "name");
	case 1:
		return ak_answer_auditor(c, row, room, AK_CELL_ROOM);
	case 2:
		return ak_standings_date(c, ak_js_str(row, "valid_from"), room);
	case 3:
		return ak_standings_date(c, ak_js_str(row, "valid_until"), room);
	case 4:
		return ak_js_has(row, "days_left") ? ak_term_number(ak_js_num(row, "days_left"), room) : "—";
	default:
		(void)snprintf(room, AK_CELL_ROOM, "#%s", AK_NUM(ak_js_num(row, "record")));
		return room;
	}
}

/* What the auditors are called, from their enrolment, into the rows; with the scheme, where there is more than one. */
static void name_auditors(const ak_cli *c, ak_ledger *l, const json_t *o)
{
	const json_t *rows = ak_js_at(o, "auditors");
	json_t *row;
	bool many = false;
	size_t i;

	json_array_foreach(rows, i, row)
		many = many || strcmp(ak_js_str(row, "scheme"), ak_js_str(json_array_get(rows, 0), "scheme")) != 0;
	json_array_foreach(rows, i, row) {
		char *party = ak_answer_party(c, l, ak_js_str(row, "auditor"));
		const char *name = party == NULL ? ak_js_str(row, "auditor") : party;

		(void)json_object_set_new(row, "name", many ? json_sprintf("%s (%s)", name, ak_js_str(row, "scheme")) : json_string(name));
		free(party);
	}
}

/* ---- how far the evidence reaches ------------------------------------------------------------------------------- */

enum { REACHES = AK_STANDINGS_REACHES };

/* "decision, technical review, …": the links that are not on record. */
static const char *lacks_cell(const ak_cli *c, const json_t *row, char room[AK_CELL_ROOM])
{
	const json_t *m;
	size_t used = 0, i;

	room[0] = '\0';
	json_array_foreach(ak_js_at(row, "missing"), i, m) {
		if (used < AK_CELL_ROOM - 1)
			used += (size_t)snprintf(room + used, AK_CELL_ROOM - used, "%s%.100s", used == 0 ? "" : c->ja ? "、" : ", ",
			                         ak_js_lang(m, "label", c->ja));
	}
	return *room != '\0' ? room : "—";
}

static const char *coverage_cell(const ak_cli *c, const json_t *row, size_t column, char room[AK_CELL_ROOM])
{
	switch (column) {
	case 0:
		return ak_js_str(row, "listing");
	case 1:
		return ak_standings_reach(c, ak_js_str(row, "assurance"));
	case 2:
		return lacks_cell(c, row, room);
	default:
		return ak_js_lang(row, "service", c->ja);
	}
}

/* What each degree means, the least only where there is one of it; and what takes a listing to the highest. */
static void print_degrees(const ak_cli *c, const uint64_t of[REACHES], size_t n)
{
	size_t column = 0;

	for (size_t k = 0; k < REACHES; k++) {
		size_t w = ak_term_width(ak_msg_text(ak_standings_reaches[k].word, c->ja));

		column = w > column ? w : column;
	}
	column += 4;
	(void)fputc('\n', stdout);
	for (size_t k = 0; k < REACHES; k++) {
		if (k + 1 == REACHES && of[k] == 0)
			continue;
		ak_term_spaces(stdout, 2);
		ak_term_pad(stdout, ak_msg_text(ak_standings_reaches[k].word, c->ja), column - 2);
		ak_out_wrapped(c, stdout, column, ak_standings_reaches[k].is, NULL);
	}
	if (of[0] < n)
		ak_out_wrapped(c, stdout, 0, MSG_COVERAGE_WAY, NULL);
}

static void print_coverage(const ak_cli *c, const json_t *listings)
{
	static const ak_msg heads[] = { MSG_HEAD_LISTING, MSG_HEAD_COVERAGE, MSG_HEAD_LACKS, MSG_HEAD_SERVICE };
	uint64_t of[REACHES] = { 0 };
	const char *gap = "";
	const json_t *row;
	size_t i;

	for (size_t k = 0; k < REACHES; k++) {
		json_array_foreach(listings, i, row)
			of[k] += strcmp(ak_js_str(row, "assurance"), ak_standings_reaches[k].stored) == 0;
		if (of[k] == 0)
			continue;
		(void)fputs(gap, stdout);
		ak_out_put(c, stdout, MSG_STATUS_COUNT, ak_standings_reach(c, ak_standings_reaches[k].stored), AK_NUM(of[k]), NULL);
		gap = " · ";
	}
	(void)fputs(*gap != '\0' ? "\n\n" : "", stdout);
	ak_answer_table(c, listings, heads, 4, coverage_cell);
	print_degrees(c, of, json_array_size(listings));
}

/* "times" of `o`: what proves when checkpoints were there, without the proofs one by one. */
static int add_times(const ak_cli *c, ak_ledger *l, json_t *o)
{
	const ak_timestamp_options asked = { .now = c->now };
	ak_text json = { 0 };
	json_t *times = NULL;
	ak_error e = { 0 };
	uint32_t within = 0;
	int code = ak_times_within(c, &within);

	if (code == EXIT_HOLDS && ak_ledger_times(l, &asked, within, &json, &e) != AK_OK)
		code = ak_out_refused(c, NULL, &e, NULL);
	if (code == EXIT_HOLDS)
		code = ak_answer(c, &json, &times);
	ak_text_free(&json);
	if (code != EXIT_HOLDS)
		return code;
	(void)json_object_set_new(times, "total", json_integer((json_int_t)ak_js_len(times, "proofs")));
	(void)json_object_del(times, "proofs");
	return json_object_set_new(o, "times", times) == 0 ? EXIT_HOLDS : ak_out_no_memory(c);
}

/* Certificates that end within --within days. */
static void print_certificates(const ak_cli *c, const json_t *o)
{
	const json_t *row;
	uint32_t within = AK_CERTIFICATE_WITHIN;
	size_t i;

	if (ak_opt_has(&c->opts, OPT_WITHIN))
		(void)ak_times_within(c, &within); /* looked at before */
	json_array_foreach(ak_js_at(o, "certificates"), i, row) {
		const json_int_t left = json_integer_value(json_object_get(row, "days_left"));
		char who[200], day[AK_CELL_ROOM];

		if (left > (json_int_t)within)
			continue;
		(void)snprintf(who, sizeof(who), "%.63s/%.63s", ak_js_str(row, "party"), ak_js_str(row, "member"));
		(void)ak_standings_date(c, ak_js_str(row, "until"), day);
		if (!ak_js_has(row, "until"))
			ak_out_wrapped(c, stdout, 0, MSG_CERTIFICATE_UNPINNED, who, NULL);
		else if (left < 0)
			ak_out_wrapped(c, stdout, 0, MSG_CERTIFICATE_ENDED, who, day, NULL);
		else
			ak_out_wrapped(c, stdout, 0, MSG_CERTIFICATE_ENDS, who, day, AK_NUM((uint64_t)left), NULL);
	}
}

static int print(const ak_cli *c, ak_ledger *l, const ak_text *json)
{
	static const ak_msg auditors[] = { MSG_HEAD_AUDITOR, MSG_HEAD_STANDING, MSG_HEAD_FROM, MSG_HEAD_UNTIL,
		                           MSG_HEAD_DAYS_LEFT, MSG_HEAD_RECORD };
	json_t *o = NULL;
	int code = ak_answer(c, json, &o);

	if (code == EXIT_HOLDS)
		code = add_times(c, l, o);
	if (code == EXIT_HOLDS && c->json)
		return ak_out_json(c, o, EXIT_HOLDS);
	if (code != EXIT_HOLDS) {
		json_decref(o);
		return code;
	}
	name_auditors(c, l, o);
	ak_standings_head(c, o);
	ak_answer_closing(c, o);
	ak_times_countdown(c, ak_js_at(o, "times"), ak_js_has(o, "closing"));
	if (!ak_js_has(o, "closing"))
		print_certificates(c, o);
	if (ak_opt_has(&c->opts, OPT_COVERAGE)) {
		ak_standings_missing(c, o);
		print_coverage(c, ak_js_at(o, "listings"));
		json_decref(o);
		return EXIT_HOLDS;
	}
	ak_standings_print(c, o);
	if (ak_js_len(o, "auditors") > 0)
		(void)fputc('\n', stdout);
	ak_answer_table(c, ak_js_at(o, "auditors"), auditors, 6, auditor_cell);
	json_decref(o);
	return EXIT_HOLDS;
}

int ak_cmd_status(ak_cli *c)
{
	ak_ledger *l = NULL;
	ak_file trust = { 0 };
	ak_text json = { 0 };
	ak_error e = { 0 };
	uint64_t known_at = 0;
	const bool handover = ak_opt_has(&c->opts, OPT_HANDOVER);
	char as_of[11];
	int code = c->opts.n_operands > 0 && !handover ? ak_out_usage(c, MSG_OPT_MISSING, "--handover", NULL) : EXIT_HOLDS;

	if (code == EXIT_HOLDS && handover && (ak_opt_has(&c->opts, OPT_AS_OF) || ak_opt_has(&c->opts, OPT_KNOWN_AT) || ak_opt_has(&c->opts, OPT_COVERAGE)))
		code = ak_out_usage(c, MSG_NOT_TOGETHER, "--handover", "--as-of, --known-at, --coverage", NULL);
	if (code == EXIT_HOLDS)
		code = ak_cli_day(c, OPT_AS_OF, as_of);
	if (code == EXIT_HOLDS)
		code = ak_cli_number(c, OPT_KNOWN_AT, 1, INT64_MAX, &known_at);
	if (code == EXIT_HOLDS)
		code = ak_cli_trust(c, &trust);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS)
		code = ak_cli_trust_names(c, l, &trust);
	if (code != EXIT_HOLDS)
		goto out;
	if (ak_ledger_status(l, ak_file_span(&trust), *as_of != '\0' ? as_of : NULL, known_at, c->now, &json, &e) != AK_OK)
		code = ak_out_refused(c, NULL, &e, NULL);
	else if (handover)
		code = ak_handover(c, l, &json, &trust);
	else
		code = print(c, l, &json);
out:
	ak_text_free(&json);
	ak_ledger_free(&l);
	ak_file_drop(&trust);
	return code;
}
