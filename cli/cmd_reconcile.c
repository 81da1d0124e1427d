/* SPDX-License-Identifier: Apache-2.0 */
/* A public list against the ledger, at one day.
 *
 * {"as_of","known_at","origin","list": the file,"entries","registered","equal",
 *  "not_on_list":[{"listing","service","provider","verdict","perhaps"}…],
 *  "not_in_ledger":[{"listing","service","provider","row"}…],
 *  "not_registered":[{"listing","verdict","reason","row"}…],
 *  "fields":[{"listing","field","list","ledger","row"}…],
 *  "erased":[{"listing","service","provider","verdict"}…]}
 *
 * erased: of which a record was erased, on the list or not: they are not compared.
 * not_on_list: registered by the ledger; perhaps: the number of an entry that no listing has, of the same service and provider.
 * not_registered: on the list, and the ledger says that it is not registered on that day. */
#include "answer.h"
#include "commands.h"
#include "csv_file.h"
#include "files.h"
#include "findings.h"
#include "js.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { F_NUMBER, F_SERVICE, F_PROVIDER, F_REGISTERED, F_EXPIRES, FIELDS };
enum { NUMBER_ROOM = 256 };

static const ak_csv_name names[] = {
	{ "登録番号", F_NUMBER },
	{ "掲載", F_NUMBER },
	{ "number", F_NUMBER },
	{ "registration number", F_NUMBER },
	{ "registration_number", F_NUMBER },
	{ "listing", F_NUMBER },
	{ "クラウドサービス名", F_SERVICE },
	{ "クラウドサービスの名称", F_SERVICE },
	{ "サービス", F_SERVICE },
	{ "サービス名", F_SERVICE },
	{ "service", F_SERVICE },
	{ "services", F_SERVICE },
	{ "事業者", F_PROVIDER },
	{ "事業者名", F_PROVIDER },
	{ "クラウドサービス事業者", F_PROVIDER },
	{ "申請者", F_PROVIDER },
	{ "provider", F_PROVIDER },
	{ "applicant", F_PROVIDER },
	{ "登録日", F_REGISTERED },
	{ "registered", F_REGISTERED },
	{ "registered_on", F_REGISTERED },
	{ "有効期限", F_EXPIRES },
	{ "登録の有効期限", F_EXPIRES },
	{ "expires", F_EXPIRES },
	{ "expires_on", F_EXPIRES },
};
static const char *const stored[FIELDS] = { "listing", "service", "provider", "registered_on", "expires_on" };

/* ---- the list: {"listing", "service"…, "row"} by number ------------------------------------------------------------ */

static int read_date(const ak_cli *c, const char *path, const ak_csv *t, size_t row, size_t column, const char *text,
		     json_t **out)
{
	ak_error e = { 0 };
	char day[11], what[256];

	if (*text == '\0') {
		*out = json_string("");
	} else if (ak_date_normalise(text, day, &e) == AK_OK) {
		*out = json_string(day);
	} else {
		(void)ak_out_text(c, what, sizeof(what), MSG_RECONCILE_NOT_A_DATE, text, NULL);
		return ak_csv_bad(c, path, t, row, column, what);
	}
	return *out == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}

/* As numbers are asked for: half-width, without the spaces around it. */
static const char *read_number(const char *cell, char one[NUMBER_ROOM], char two[NUMBER_ROOM])
{
	const char *half = ak_term_half_width(cell, one, NUMBER_ROOM);
	const char *from = half != NULL ? half : cell;
	size_t n;

	from += strspn(from, " ");
	n = strlen(from);
	while (n > 0 && from[n - 1] == ' ')
		n--;
	if (n >= NUMBER_ROOM)
		return cell;
	(void)snprintf(two, NUMBER_ROOM, "%.*s", (int)n, from);
	return two;
}

static int read_row(const ak_cli *c, const char *path, const ak_csv *t, size_t row, const size_t column[AK_CSV_FIELDS],
		    json_t *list)
{
	char one[NUMBER_ROOM], two[NUMBER_ROOM], what[256];
	const char *number = read_number(ak_csv_cell(t, row, column[F_NUMBER]), one, two);
	json_t *o, *before = json_object_get(list, number);
	int code = EXIT_HOLDS;

	if (*number == '\0')
		return ak_csv_bad(c, path, t, row, column[F_NUMBER], ak_msg_text(MSG_RECONCILE_NO_NUMBER, c->ja));
	if (before != NULL) {
		(void)ak_out_text(c, what, sizeof(what), MSG_RECONCILE_NUMBER_TWICE, number, AK_NUM(ak_js_num(before, "row")),
				  NULL);
		return ak_csv_bad(c, path, t, row, column[F_NUMBER], what);
	}
	o = json_pack("{s:s,s:I}", "listing", number, "row", (json_int_t)t->number[row]);
	if (o == NULL)
		return ak_out_no_memory(c);
	for (size_t f = F_SERVICE; code == EXIT_HOLDS && f < FIELDS; f++) {
		const char *text = column[f] == AK_CSV_NONE ? NULL : ak_csv_cell(t, row, column[f]);
		json_t *v = NULL;

		if (text == NULL)
			continue;
		if (f == F_REGISTERED || f == F_EXPIRES)
			code = read_date(c, path, t, row, column[f], text, &v);
		else
			v = json_string(text);
		if (code == EXIT_HOLDS && json_object_set_new(o, stored[f], v) != 0)
			code = ak_out_no_memory(c);
	}
	if (code == EXIT_HOLDS && json_object_set(list, number, o) != 0)
		code = ak_out_no_memory(c);
	json_decref(o);
	return code;
}

static int read_list(const ak_cli *c, const char *path, json_t *list)
{
	size_t column[AK_CSV_FIELDS];
	ak_csv_encoding e;
	ak_csv t = { 0 };
	int code = ak_csv_option(c, &e);

	if (code == EXIT_HOLDS)
		code = ak_csv_read(c, path, e, &t);
	if (code == EXIT_HOLDS)
		code = ak_csv_columns(c, path, &t, names, sizeof(names) / sizeof(names[0]), column);
	if (code == EXIT_HOLDS && column[F_NUMBER] == AK_CSV_NONE)
		code = ak_csv_bad(c, path, &t, 0, AK_CSV_NONE, ak_msg_text(MSG_RECONCILE_NO_COLUMN, c->ja));
	for (size_t row = 1; code == EXIT_HOLDS && row < t.rows; row++)
		code = read_row(c, path, &t, row, column, list);
	ak_csv_free(&t);
	return code;
}

/* ---- comparing ------------------------------------------------------------------------------------------------------ */

/* What the ledger says of a listing on that day, as far as a list shows it; *registered: it belongs on the list. */
static int ask(const ak_cli *c, ak_ledger *l, const ak_verify_options *common, const char *listing, json_t **out,
	       bool *registered)
{
	ak_verify_options v = *common;
	ak_verdict verdict = AK_VERDICT_UNVERIFIABLE;
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *report = NULL;
	const char *reason, *expires;
	const json_t *finding;
	int code;

	v.listing = listing;
	if (ak_ledger_verify(l, &v, &verdict, &json, &e) != AK_OK)
		return ak_out_refused(c, listing, &e, NULL);
	code = ak_answer(c, &json, &report);
	ak_text_free(&json);
	if (code != EXIT_HOLDS)
		return code;
	reason = ak_js_str(report, "reason");
	expires = ak_js_has(report, "listing.expires_on") ? ak_js_str(report, "listing.expires_on")
							  : ak_js_str(report, "listing.expires_stated");
	/* A basis is told of what stands on that day. */
	*registered = verdict != AK_VERDICT_INVALID && verdict != AK_VERDICT_EXPIRED && ak_js_has(report, "listing.basis");
	*out = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "listing", listing, "service", ak_js_str(report, "listing.service"),
			 "provider", ak_js_str(report, "listing.provider"), "registered_on",
			 ak_js_str(report, "listing.registered_on"), "expires_on", expires, "verdict", ak_verdict_name(verdict),
			 "reason", reason);
	finding = ak_finding_deciding(report);
	if (*out != NULL && finding != NULL &&
	    json_object_set_new(*out, "finding", json_pack("{s:O,s:O}", "rule", json_object_get(finding, "rule"), "text",
							  json_object_get(finding, "text"))) != 0) {
		json_decref(*out);
		*out = NULL;
	}
	json_decref(report);
	return *out == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}

static bool append(json_t *result, const char *group, json_t *o)
{
	return o != NULL && json_array_append_new(json_object_get(result, group), o) == 0;
}

static bool compare_fields(const json_t *entry, const json_t *row, json_t *result)
{
	for (size_t f = F_SERVICE; f < FIELDS; f++) {
		const char *on_list = json_string_value(json_object_get(entry, stored[f])), *here = ak_js_str(row, stored[f]);

		if (on_list == NULL || strcmp(on_list, here) == 0)
			continue;
		if (!append(result, "fields",
			    json_pack("{s:s,s:s,s:s,s:s,s:O}", "listing", ak_js_str(row, "listing"), "field", stored[f], "list",
				      on_list, "ledger", here, "row", json_object_get(entry, "row"))))
			return false;
	}
	return true;
}

/* One listing of the ledger; takes its entry out of the list when there is one. */
static bool compare_one(json_t *list, const json_t *row, bool registered, json_t *result)
{
	const char *listing = ak_js_str(row, "listing");
	json_t *entry = json_object_get(list, listing);
	bool fine = true;

	if (strcmp(ak_js_str(row, "reason"), "erased") == 0) {
		(void)json_object_del(list, listing);
		return append(result, "erased", json_pack("{s:s,s:s,s:s,s:s}", "listing", listing, "service", ak_js_str(row, "service"),
							  "provider", ak_js_str(row, "provider"), "verdict", ak_js_str(row, "verdict")));
	}
	if (entry == NULL && !registered)
		return true;
	if (entry == NULL)
		return append(result, "not_on_list",
			      json_pack("{s:s,s:s,s:s,s:s,s:n}", "listing", listing, "service", ak_js_str(row, "service"),
					"provider", ak_js_str(row, "provider"), "verdict", ak_js_str(row, "verdict"), "perhaps"));
	if (!registered)
		fine = append(result, "not_registered",
			      json_pack("{s:s,s:s,s:s,s:O?,s:O}", "listing", listing, "verdict", ak_js_str(row, "verdict"), "reason",
					ak_js_str(row, "reason"), "finding", json_object_get(row, "finding"), "row",
					json_object_get(entry, "row")));
	else
		fine = compare_fields(entry, row, result);
	(void)json_object_del(list, listing);
	return fine;
}

/* Both sides may speak of one service under two numbers, as where a number was not known when a list was taken over. */
static bool find_perhaps(json_t *list, json_t *result)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(result, "not_on_list"), i, row) {
		const char *number;
		json_t *entry;

		json_object_foreach(list, number, entry) {
			if (*ak_js_str(entry, "service") != '\0' &&
			    strcmp(ak_js_str(entry, "service"), ak_js_str(row, "service")) == 0 &&
			    strcmp(ak_js_str(entry, "provider"), ak_js_str(row, "provider")) == 0 &&
			    json_object_set_new(row, "perhaps", json_string(number)) != 0)
				return false;
		}
	}
	return true;
}

/* What was found; -1: nothing, and of some a record was erased. */
static int differs(const json_t *result)
{
	static const char *const groups[] = { "not_on_list", "not_in_ledger", "not_registered", "fields" };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		n += ak_js_len(result, groups[i]);
	return n > 0 ? 1 : ak_js_len(result, "erased") > 0 ? -1 : 0;
}

static bool finish(json_t *list, json_t *result)
{
	const char *number;
	json_t *entry;

	json_object_foreach(list, number, entry) {
		if (!append(result, "not_in_ledger",
			    json_pack("{s:s,s:s,s:s,s:O}", "listing", number, "service", ak_js_str(entry, "service"), "provider",
				      ak_js_str(entry, "provider"), "row", json_object_get(entry, "row"))))
			return false;
	}
	if (!find_perhaps(list, result))
		return false;
	return json_object_set_new(result, "equal", json_boolean(differs(result) == 0)) == 0;
}

static int compare(const ak_cli *c, ak_ledger *l, const ak_verify_options *common, json_t *list, json_t *result)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *rows = NULL;
	const json_t *row;
	json_int_t count = 0;
	size_t i;
	int code;

	if (ak_ledger_list(l, &json, &e) != AK_OK)
		return ak_out_refused(c, NULL, &e, NULL);
	code = ak_answer(c, &json, &rows);
	ak_text_free(&json);
	if (code == EXIT_HOLDS) {
		json_array_foreach(rows, i, row) {
			bool registered = false;
			json_t *said = NULL;

			if (code != EXIT_HOLDS)
				break;
			code = ask(c, l, common, ak_js_str(row, "listing"), &said, &registered);
			if (code == EXIT_HOLDS && !compare_one(list, said, registered, result))
				code = ak_out_no_memory(c);
			count += registered && strcmp(ak_js_str(said, "reason"), "erased") != 0;
			json_decref(said);
		}
	}
	json_decref(rows);
	if (code == EXIT_HOLDS && (json_object_set_new(result, "registered", json_integer(count)) != 0 || !finish(list, result)))
		code = ak_out_no_memory(c);
	return code;
}

/* ---- saying --------------------------------------------------------------------------------------------------------- */

static const char *text_or_none(const char *text)
{
	return *text != '\0' ? text : "—";
}

static const char *listing_cell(const ak_cli *c, const json_t *row, size_t column, char room[AK_CELL_ROOM])
{
	const char *perhaps = ak_js_str(row, "perhaps");

	switch (column) {
	case 0:
		return ak_js_str(row, "listing");
	case 1:
		return text_or_none(ak_js_str(row, "service"));
	case 2:
		return text_or_none(ak_js_str(row, "provider"));
	default:
		if (*perhaps != '\0')
			return ak_out_text(c, room, AK_CELL_ROOM, MSG_RECONCILE_PERHAPS, perhaps, NULL);
		return ak_js_has(row, "verdict") ? ak_answer_word(c, ak_js_str(row, "verdict")) : "";
	}
}

static const char *standing_cell(const ak_cli *c, const json_t *row, size_t column, char room[AK_CELL_ROOM])
{
	return column == 0   ? ak_js_str(row, "listing")
	       : column == 1 ? ak_answer_word(c, ak_js_str(row, "verdict"))
			     : ak_finding_reason(c, row, room, AK_CELL_ROOM);
}

static ak_msg field_word(const char *field)
{
	static const ak_msg words[FIELDS] = { MSG_HEAD_LISTING, MSG_HEAD_SERVICE, MSG_HEAD_PROVIDER, MSG_HEAD_REGISTERED,
					      MSG_HEAD_EXPIRES };

	for (size_t f = 0; f < FIELDS; f++) {
		if (strcmp(stored[f], field) == 0)
			return words[f];
	}
	return MSG_NONE;
}

static const char *field_cell(const ak_cli *c, const json_t *row, size_t column, char room[AK_CELL_ROOM])
{
	char date[AK_TERM_DATE_MAX];

	switch (column) {
	case 0:
		return ak_js_str(row, "listing");
	case 1:
		return ak_msg_text(field_word(ak_js_str(row, "field")), c->ja);
	default:
		return ak_term_fit(text_or_none(ak_term_date(c->ja, ak_js_str(row, column == 2 ? "list" : "ledger"), date)), room, AK_CELL_ROOM);
	}
}

static void group(const ak_cli *c, const json_t *result, const char *name, ak_msg title, const ak_msg *heads, size_t columns,
		  ak_cell_fn *cell)
{
	if (ak_js_len(result, name) == 0)
		return;
	(void)fputc('\n', stdout);
	ak_out_paint(c, stdout, AK_PAINT_BOLD);
	ak_out_put(c, stdout, title, NULL);
	ak_out_plain(c, stdout);
	(void)fputs("  ", stdout);
	ak_term_put(stdout, AK_NUM(ak_js_len(result, name)));
	(void)fputc('\n', stdout);
	ak_answer_table(c, ak_js_at(result, name), heads, columns, cell);
}

static void print(const ak_cli *c, const json_t *result)
{
	static const ak_msg listing[] = { MSG_HEAD_LISTING, MSG_HEAD_SERVICE, MSG_HEAD_PROVIDER, MSG_HEAD_STANDING };
	static const ak_msg standing[] = { MSG_HEAD_LISTING, MSG_HEAD_STANDING, MSG_HEAD_REASON };
	static const ak_msg fields[] = { MSG_HEAD_LISTING, MSG_HEAD_FIELD, MSG_HEAD_ON_LIST, MSG_HEAD_IN_LEDGER };
	bool equal = ak_js_true(result, "equal");
	char date[AK_TERM_DATE_MAX];

	ak_out_paint(c, stdout, equal ? AK_PAINT_GOOD : AK_PAINT_BAD);
	ak_out_put(c, stdout, equal ? MSG_RECONCILE_EQUAL : differs(result) < 0 ? MSG_RECONCILE_OPEN : MSG_RECONCILE_DIFFERS, NULL);
	ak_out_plain(c, stdout);
	(void)fputc('\n', stdout);
	ak_out_wrapped(c, stdout, 0, MSG_RECONCILE_AS_OF, ak_term_date(c->ja, ak_js_str(result, "as_of"), date),
		       ak_js_str(result, "list"), AK_NUM(ak_js_num(result, "entries")), ak_js_str(result, "origin"),
		       AK_NUM(ak_js_num(result, "registered")), AK_NUM(ak_js_num(result, "known_at")), NULL);
	group(c, result, "not_on_list", MSG_RECONCILE_NOT_IN_PORTAL, listing, 4, listing_cell);
	group(c, result, "not_in_ledger", MSG_RECONCILE_NOT_IN_LEDGER, listing, 3, listing_cell);
	group(c, result, "not_registered", MSG_RECONCILE_NOT_STANDING, standing, 3, standing_cell);
	group(c, result, "fields", MSG_RECONCILE_FIELDS, fields, 4, field_cell);
	group(c, result, "erased", MSG_RECONCILE_ERASED, listing, 4, listing_cell);
}

static int write_csv(const ak_cli *c, const char *path, const json_t *result)
{
	static const ak_msg heads[] = { MSG_HEAD_KIND, MSG_HEAD_SUBJECT, MSG_HEAD_FIELD, MSG_HEAD_ON_LIST, MSG_HEAD_IN_LEDGER };
	static const char *const groups[] = { "not_on_list", "not_in_ledger", "not_registered", "fields", "erased" };
	static const ak_msg titles[] = { MSG_RECONCILE_NOT_IN_PORTAL, MSG_RECONCILE_NOT_IN_LEDGER, MSG_RECONCILE_NOT_STANDING, MSG_RECONCILE_FIELDS,
		                         MSG_RECONCILE_ERASED };
	ak_csv_out out;
	const json_t *row;
	size_t i;
	int code = ak_csv_open(c, heads, sizeof(heads) / sizeof(heads[0]), &out);

	if (code != EXIT_HOLDS)
		return code;
	for (size_t k = 0; k < sizeof(groups) / sizeof(groups[0]); k++) {
		json_array_foreach(json_object_get(result, groups[k]), i, row) {
			ak_csv_put(&out, ak_msg_text(titles[k], c->ja));
			ak_csv_put(&out, ak_js_str(row, "listing"));
			ak_csv_put(&out, ak_msg_text(field_word(ak_js_str(row, "field")), c->ja));
			ak_csv_put(&out, ak_js_str(row, k == 1 ? "service" : "list"));
			ak_csv_put(&out, k == 2 ? ak_answer_word(c, ak_js_str(row, "verdict")) : ak_js_str(row, k == 0 ? "service" : "ledger"));
			ak_csv_end_row(&out);
		}
	}
	code = ak_csv_write(c, path, &out);
	ak_csv_clear(&out);
	return code;
}

static int answer(const ak_cli *c, json_t *result)
{
	const char *csv = ak_opt_value(&c->opts, OPT_CSV);
	int code = csv != NULL ? write_csv(c, csv, result) : EXIT_HOLDS;

	if (code != EXIT_HOLDS)
		return code;
	code = ak_js_true(result, "equal") ? EXIT_HOLDS : differs(result) < 0 ? EXIT_NOT_DECIDED : EXIT_DOES_NOT_HOLD;
	if (c->json && (csv == NULL || strcmp(csv, "-") != 0))
		return ak_out_json(c, json_incref(result), code);
	if (csv == NULL)
		print(c, result);
	return code;
}

/* What is said of the ledger, and room for what is found. */
static int begin(const ak_cli *c, ak_ledger *l, const char *as_of, uint64_t known_at, const char *path, size_t entries,
		 json_t **out)
{
	json_t *head = NULL;
	char today[11];
	int code = ak_cli_head(c, l, &head);

	ak_cli_today(c, today);
	if (code == EXIT_HOLDS) {
		*out = json_pack("{s:s,s:I,s:s,s:s,s:I,s:[],s:[],s:[],s:[],s:[]}", "as_of", as_of == NULL ? today : as_of, "known_at",
				 (json_int_t)(known_at == 0 ? ak_js_num(head, "size") : known_at), "origin",
				 ak_js_str(head, "origin"), "list", path, "entries", (json_int_t)entries, "not_on_list",
				 "not_in_ledger", "not_registered", "fields", "erased");
		code = *out == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
	}
	json_decref(head);
	return code;
}

int ak_cmd_reconcile(ak_cli *c)
{
	ak_verify_options common = { .now = c->now };
	json_t *list = json_object(), *result = NULL;
	ak_file trust = { 0 };
	ak_ledger *l = NULL;
	char as_of[11];
	int code = list == NULL ? ak_out_no_memory(c) : ak_cli_day(c, OPT_AS_OF, as_of);

	if (code == EXIT_HOLDS)
		code = ak_cli_number(c, OPT_KNOWN_AT, 1, INT64_MAX, &common.known_at);
	if (code == EXIT_HOLDS)
		code = read_list(c, c->opts.operand[0], list);
	if (code == EXIT_HOLDS)
		code = ak_cli_trust(c, &trust);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS)
		code = ak_cli_trust_names(c, l, &trust);
	if (code == EXIT_HOLDS) {
		common.trust = ak_file_span(&trust);
		common.as_of = *as_of != '\0' ? as_of : NULL;
		code = begin(c, l, common.as_of, common.known_at, c->opts.operand[0], json_object_size(list), &result);
	}
	if (code == EXIT_HOLDS)
		code = compare(c, l, &common, list, result);
	if (code == EXIT_HOLDS)
		code = answer(c, result);
	json_decref(result);
	json_decref(list);
	ak_ledger_free(&l);
	ak_file_drop(&trust);
	return code;
}
