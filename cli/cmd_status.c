/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "files.h"
#include "findings.h"
#include "js.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

static const char *date_cell(const ak_cli *c, const char *stored, char room[AK_CELL_ROOM])
{
	char date[AK_TERM_DATE_MAX];

	(void)snprintf(room, AK_CELL_ROOM, "%s", ak_term_date(c->ja, stored, date));
	return *room != '\0' ? room : "—";
}

static const char *listing_cell(const ak_cli *c, const json_t *row, size_t column, char room[AK_CELL_ROOM])
{
	switch (column) {
	case 0:
		return ak_js_str(row, "listing");
	case 1:
		return ak_answer_word(c, ak_js_str(row, "verdict"));
	case 2:
		return date_cell(c, ak_js_str(row, "expires_on"), room);
	case 3:
		return ak_js_lang(row, "service", c->ja);
	case 4:
		return ak_js_lang(row, "provider", c->ja);
	default:
		return ak_finding_reason(c, row, room, AK_CELL_ROOM);
	}
}

static const char *auditor_cell(const ak_cli *c, const json_t *row, size_t column, char room[AK_CELL_ROOM])
{
	switch (column) {
	case 0:
		return ak_js_str(row, "name");
	case 1:
		return ak_answer_standing(c, ak_js_str(row, "standing"));
	case 2:
		return date_cell(c, ak_js_str(row, "valid_from"), room);
	case 3:
		return date_cell(c, ak_js_str(row, "valid_until"), room);
	case 4:
		return ak_js_has(row, "days_left") ? ak_term_number(ak_js_num(row, "days_left"), room) : "—";
	default:
		(void)snprintf(room, AK_CELL_ROOM, "#%s", AK_NUM(ak_js_num(row, "record")));
		return room;
	}
}

/* What the auditors are called, from their enrolment, into the rows. */
static void name_auditors(const ak_cli *c, ak_ledger *l, const json_t *o)
{
	json_t *row;
	size_t i;

	json_array_foreach(ak_js_at(o, "auditors"), i, row) {
		char *name = ak_answer_party(c, l, ak_js_str(row, "auditor"));

		(void)json_object_set_new(row, "name", json_string(name == NULL ? ak_js_str(row, "auditor") : name));
		free(name);
	}
}

/* "valid 1 · expired 1": how many of each, best first. */
static void sum_up(const ak_cli *c, const json_t *listings)
{
	static const char *const verdicts[] = { "valid", "suspended", "expired", "invalid", "unverifiable" };
	const json_t *row;
	const char *gap = "";
	size_t i;

	for (size_t k = 0; k < sizeof(verdicts) / sizeof(verdicts[0]); k++) {
		uint64_t n = 0;

		json_array_foreach(listings, i, row)
			n += strcmp(ak_js_str(row, "verdict"), verdicts[k]) == 0;
		if (n == 0)
			continue;
		(void)fputs(gap, stdout);
		ak_out_put(c, stdout, MSG_STATUS_COUNT, ak_answer_word(c, verdicts[k]), AK_NUM(n), NULL);
		gap = " · ";
	}
	(void)fputs(*gap != '\0' ? "\n\n" : "\n", stdout);
}

/* ---- how far the evidence reaches ------------------------------------------------------------------------------- */

static const struct {
	const char *stored;
	ak_msg word, is;
} reaches[] = {
	{ "full-chain", MSG_COVERAGE_FULL, MSG_COVERAGE_FULL_IS },
	{ "operator-attested", MSG_COVERAGE_OPERATOR, MSG_COVERAGE_OPERATOR_IS },
	{ "public-list", MSG_COVERAGE_PUBLIC, MSG_COVERAGE_PUBLIC_IS },
	{ "none", MSG_COVERAGE_NONE, MSG_COVERAGE_NONE_IS },
};
enum { REACHES = sizeof(reaches) / sizeof(reaches[0]) };

static const char *reach_word(const ak_cli *c, const char *stored)
{
	for (size_t i = 0; i < REACHES; i++) {
		if (strcmp(reaches[i].stored, stored) == 0)
			return ak_msg_text(reaches[i].word, c->ja);
	}
	return stored;
}

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
		return reach_word(c, ak_js_str(row, "assurance"));
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
		size_t w = ak_term_width(ak_msg_text(reaches[k].word, c->ja));

		column = w > column ? w : column;
	}
	column += 4;
	(void)fputc('\n', stdout);
	for (size_t k = 0; k < REACHES; k++) {
		if (k + 1 == REACHES && of[k] == 0)
			continue;
		ak_term_spaces(stdout, 2);
		ak_term_pad(stdout, ak_msg_text(reaches[k].word, c->ja), column - 2);
		ak_out_wrapped(c, stdout, column, reaches[k].is, NULL);
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
			of[k] += strcmp(ak_js_str(row, "assurance"), reaches[k].stored) == 0;
		if (of[k] == 0)
			continue;
		(void)fputs(gap, stdout);
		ak_out_put(c, stdout, MSG_STATUS_COUNT, reach_word(c, reaches[k].stored), AK_NUM(of[k]), NULL);
		gap = " · ";
	}
	(void)fputs(*gap != '\0' ? "\n\n" : "", stdout);
	ak_answer_table(c, listings, heads, 4, coverage_cell);
	print_degrees(c, of, json_array_size(listings));
}

/* That there is no listing is another thing than that none of them counts. */
static void print_missing(const ak_cli *c, const json_t *o)
{
	if (ak_js_len(o, "void") > 0)
		ak_out_line(c, stdout, MSG_VOID_LISTINGS, AK_NUM(ak_js_len(o, "void")), NULL);
	else if (ak_js_len(o, "listings") == 0)
		ak_out_line(c, stdout, MSG_NO_LISTINGS, NULL);
}

static int print(const ak_cli *c, ak_ledger *l, const ak_text *json)
{
	static const ak_msg listings[] = { MSG_HEAD_LISTING, MSG_HEAD_STANDING, MSG_HEAD_EXPIRES,
		                           MSG_HEAD_SERVICE, MSG_HEAD_PROVIDER, MSG_HEAD_REASON };
	static const ak_msg auditors[] = { MSG_HEAD_AUDITOR, MSG_HEAD_STANDING, MSG_HEAD_FROM, MSG_HEAD_UNTIL,
		                           MSG_HEAD_DAYS_LEFT, MSG_HEAD_RECORD };
	char date[AK_TERM_DATE_MAX];
	json_t *o = NULL;
	int code = ak_answer(c, json, &o);

	if (code != EXIT_HOLDS)
		return code;
	name_auditors(c, l, o);
	ak_out_line(c, stdout, MSG_STATUS_AS_OF, ak_term_date(c->ja, ak_js_str(o, "as_of"), date), AK_NUM(ak_js_num(o, "known_at")), NULL);
	if (ak_opt_has(&c->opts, OPT_COVERAGE)) {
		print_missing(c, o);
		print_coverage(c, ak_js_at(o, "listings"));
		json_decref(o);
		return EXIT_HOLDS;
	}
	sum_up(c, ak_js_at(o, "listings"));
	print_missing(c, o);
	ak_answer_table(c, ak_js_at(o, "listings"), listings, 6, listing_cell);
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
	char as_of[11];
	int code = ak_cli_day(c, OPT_AS_OF, as_of);

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
	else if (c->json)
		ak_out_json_text(&json);
	else
		code = print(c, l, &json);
out:
	ak_text_free(&json);
	ak_ledger_free(&l);
	ak_file_drop(&trust);
	return code;
}
