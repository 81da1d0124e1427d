/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar.h"

#include "answer.h"
#include "js.h"
#include "out.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

bool ak_calendar_ends(const json_t *item)
{
	const char *kind = ak_js_str(item, "kind");

	return strcmp(kind, "expires") == 0 || strcmp(kind, "auditor-ends") == 0;
}

bool ak_calendar_months(const char *quarter, unsigned *year, unsigned *first)
{
	*year = 0;
	for (size_t i = 0; i < 4; i++) {
		if (quarter[i] < '0' || quarter[i] > '9')
			return false;
		*year = 10 * *year + (unsigned)(quarter[i] - '0');
	}
	if (quarter[4] != '-' || quarter[5] != 'Q' || quarter[6] < '1' || quarter[6] > '4' || quarter[7] != '\0')
		return false;
	*first = 3 * (unsigned)(quarter[6] - '1') + 1;
	return true;
}

const char *ak_calendar_label(const ak_cli *c, const json_t *item)
{
	return ak_js_lang(item, "label", c->ja);
}

const char *ak_calendar_dates(const ak_cli *c, const json_t *item, char *out, size_t room)
{
	char one[AK_TERM_DATE_MAX], two[AK_TERM_DATE_MAX];
	const char *first = ak_js_str(item, "first"), *last = ak_js_str(item, "last");

	if (strcmp(first, last) == 0)
		(void)snprintf(out, room, "%s", ak_term_date(c->ja, first, one));
	else
		(void)ak_out_text(c, out, room, MSG_DATE_SPAN, ak_term_date(c->ja, first, one), ak_term_date(c->ja, last, two),
				  NULL);
	return out;
}

/* ---- items -------------------------------------------------------------------------------------------------------- */

/* A name for ever: letters, digits and '-' of what makes the matter what it is. */
static void uid_of(const char *kind, const char *subject, uint64_t record, const char *origin, char *out, size_t room)
{
	(void)snprintf(out, room, "%s.%s.%llu@%s", kind, subject, (unsigned long long)record, origin);
	for (char *p = out; *p != '\0'; p++) {
		if (*p == '/' || *p == ':' || *p == ' ')
			*p = '.';
	}
}

static int quarter_of(const char *day)
{
	return ((day[5] - '0') * 10 + (day[6] - '0') - 1) / 3 + 1;
}

/* Of this a record was erased, or lost its authority: what follows from the others may not hold, and what they do not say may fall due. */
typedef enum doubt { SURE, ERASED, LOST } doubt;

static const struct {
	const char *names; /* who is in such doubt */
	ak_msg text;
} doubts[] = {
	[ERASED] = { "erased", MSG_WHY_ERASED },
	[LOST] = { "lost", MSG_WHY_LOST },
};

/* A row of a query and what it is about; drops rows without a day: there is nothing to put into a calendar. */
static int add_item(const ak_cli *c, json_t *calendar, const json_t *row, json_t *label, const char *kind, const char *subject, doubt why,
		    const json_t *service, const json_t *provider, const char *verdict, const char *first, const char *last)
{
	static const char *const kept[] = { "after",         "record",          "rule",     "basis", "basis_en",
					    "basis_version", "parameter_basis", "certainty" };
	char uid[256], quarter[16];
	json_t *o;

	if (strlen(first) != 10 || strlen(last) != 10) {
		json_decref(label);
		return EXIT_HOLDS;
	}
	(void)snprintf(quarter, sizeof(quarter), "%.4s-Q%d", first, quarter_of(first));
	uid_of(kind, subject, ak_js_num(row, "record"), ak_js_str(calendar, "origin"), uid, sizeof(uid));
	o = json_pack("{s:s,s:s,s:s,s:s,s:b,s:s,s:O?,s:O?,s:o,s:s,s:s,s:{s:s,s:s}}", "kind", kind, "first", first, "last", last,
		      "quarter", quarter, "past", why == SURE && strcmp(last, ak_js_str(calendar, "as_of")) < 0, "subject", subject, "service",
		      service, "provider", provider, "label", label, "verdict", verdict, "uid", uid, "text", "ja",
		      why != SURE ? ak_msg_text(doubts[why].text, true) : ak_js_str(row, "text_ja"), "en",
		      why != SURE ? ak_msg_text(doubts[why].text, false) : ak_js_str(row, "text_en"));
	for (size_t i = 0; o != NULL && i < sizeof(kept) / sizeof(kept[0]); i++) {
		json_t *v = json_object_get(row, kept[i]);

		if (v != NULL && json_object_set(o, kept[i], v) != 0) {
			json_decref(o);
			o = NULL;
		}
	}
	if (o == NULL || json_array_append_new(json_object_get(calendar, "items"), o) != 0)
		return ak_out_no_memory(c);
	return EXIT_HOLDS;
}

static int name_doubt(const ak_cli *c, json_t *calendar, doubt why, const char *name)
{
	json_t *names = json_object_get(calendar, doubts[why].names);

	return why == SURE ? EXIT_HOLDS : json_array_append_new(names, json_string(name)) == 0 ? EXIT_HOLDS : ak_out_no_memory(c);
}

/* It is not only too old, or not on record. */
static bool is_lost(const json_t *report)
{
	const json_t *f;
	size_t i;

	json_array_foreach(ak_js_at(report, "findings"), i, f) {
		if (strcmp(ak_js_str(f, "reason"), "authority-lost") == 0)
			return true;
	}
	return strcmp(ak_js_str(report, "reason"), "cannot-decide") == 0 && ak_answer_warned(report, "authority-lost");
}

static int add_listing(const ak_cli *c, ak_ledger *l, const ak_verify_options *common, const char *listing, json_t *calendar)
{
	static const ak_tell tell = { .query = "calendar" };
	ak_verify_options v = *common;
	ak_verdict verdict = AK_VERDICT_UNVERIFIABLE;
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *report = NULL;
	const json_t *row;
	doubt why = SURE;
	size_t i;
	int code;

	v.listing = listing;
	v.tell = &tell;
	if (ak_ledger_verify(l, &v, &verdict, &json, &e) != AK_OK)
		return ak_out_refused(c, listing, &e, NULL);
	code = ak_answer(c, &json, &report);
	if (code == EXIT_HOLDS && strcmp(ak_js_str(report, "reason"), "erased") == 0)
		why = ERASED;
	else if (code == EXIT_HOLDS && verdict == AK_VERDICT_UNVERIFIABLE && is_lost(report))
		why = LOST;
	if (code == EXIT_HOLDS)
		code = name_doubt(c, calendar, why, listing);
	if (code == EXIT_HOLDS && why == SURE && json_is_null(json_object_get(report, "told")))
		code = ak_out_fault(c, AK_NOT_FOUND, NULL, MSG_PLAN_NONE, NULL);
	if (code == EXIT_HOLDS) {
		json_array_foreach(json_object_get(report, "told"), i, row) {
			if (code == EXIT_HOLDS)
				code = add_item(c, calendar, row,
						json_pack("{s:s,s:s}", "ja", ak_js_str(row, "label_ja"), "en",
							  ak_js_str(row, "label_en")),
						ak_js_str(row, "kind"), listing, why, ak_js_at(report, "listing.service"),
						ak_js_at(report, "listing.provider"), ak_verdict_name(verdict),
						ak_js_str(row, "first"), ak_js_str(row, "last"));
		}
	}
	json_decref(report);
	ak_text_free(&json);
	return code;
}

static int add_listings(const ak_cli *c, ak_ledger *l, const ak_verify_options *common, json_t *calendar)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *rows = NULL;
	const json_t *row;
	size_t i;
	int code;

	if (ak_ledger_list(l, &json, &e) != AK_OK)
		return ak_out_refused(c, NULL, &e, NULL);
	code = ak_answer(c, &json, &rows);
	if (code == EXIT_HOLDS) {
		json_array_foreach(rows, i, row) {
			if (code == EXIT_HOLDS)
				code = add_listing(c, l, common, ak_js_str(row, "listing"), calendar);
		}
	}
	json_decref(rows);
	ak_text_free(&json);
	return code;
}

static int add_auditors(const ak_cli *c, ak_ledger *l, const char *as_of, uint64_t known_at, json_t *calendar)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *o = NULL;
	const json_t *row;
	size_t i;
	int code;

	if (ak_ledger_auditors(l, as_of, known_at, c->now, &json, &e) != AK_OK)
		return ak_out_refused(c, NULL, &e, NULL);
	code = ak_answer(c, &json, &o);
	if (code == EXIT_HOLDS) {
		json_array_foreach(ak_js_at(o, "auditors"), i, row) {
			const char *auditor = ak_js_str(row, "auditor");
			char *name = code == EXIT_HOLDS ? ak_answer_party(c, l, auditor) : NULL;
			json_t *said = json_string(name == NULL ? auditor : name);
			const doubt why = ak_js_len(row, "erased") > 0 ? ERASED : strcmp(ak_js_str(row, "reason"), "authority-lost") == 0 ? LOST : SURE;

			if (code == EXIT_HOLDS)
				code = name_doubt(c, calendar, why, auditor);

			if (code == EXIT_HOLDS)
				code = add_item(c, calendar, row,
						json_pack("{s:s,s:s}", "ja", ak_msg_text(MSG_CALENDAR_AUDITOR, true), "en",
							  ak_msg_text(MSG_CALENDAR_AUDITOR, false)),
						"auditor-ends", auditor, why, NULL, said, ak_js_str(row, "standing"),
						ak_js_str(row, "until_first"), ak_js_str(row, "until_last"));
			json_decref(said);
			free(name);
		}
	}
	json_decref(o);
	ak_text_free(&json);
	return code;
}

/* ---- in order ----------------------------------------------------------------------------------------------------- */

static int compare(const void *x, const void *y)
{
	static const char *const by[] = { "first", "subject", "kind", "uid" };
	const json_t *const *a = x, *const *b = y;

	for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++) {
		int d = strcmp(ak_js_str(*a, by[i]), ak_js_str(*b, by[i]));

		if (d != 0)
			return d;
	}
	return 0;
}

static int put_in_order(const ak_cli *c, json_t *calendar)
{
	json_t *items = json_object_get(calendar, "items"), *sorted = json_array();
	size_t n = json_array_size(items);
	json_t **at = calloc(n + 1, sizeof(json_t *));
	bool fine = at != NULL && sorted != NULL;

	for (size_t i = 0; fine && i < n; i++)
		at[i] = json_array_get(items, i);
	if (fine)
		qsort(at, n, sizeof(json_t *), compare);
	for (size_t i = 0; fine && i < n; i++)
		fine = json_array_append(sorted, at[i]) == 0;
	free(at);
	if (!fine || json_object_set(calendar, "items", sorted) != 0)
		fine = false;
	json_decref(sorted);
	return fine ? EXIT_HOLDS : ak_out_no_memory(c);
}

static int begin(const ak_cli *c, ak_ledger *l, const char *as_of, uint64_t known_at, const char *listing, json_t **out)
{
	json_t *head = NULL;
	char today[11];
	int code = ak_cli_head(c, l, &head);

	ak_cli_today(c, today);
	if (code != EXIT_HOLDS)
		return code;
	if (known_at != 0 && known_at <= ak_js_num(head, "closing.record"))
		(void)json_object_set_new(head, "closing", json_null());
	*out = json_pack("{s:s,s:I,s:s,s:O,s:O,s:s?,s:O,s:[],s:[],s:[]}", "as_of", as_of == NULL ? today : as_of, "known_at",
			 known_at == 0 ? (json_int_t)ak_js_num(head, "size") : (json_int_t)known_at, "origin",
			 ak_js_str(head, "origin"), "size", json_object_get(head, "size"), "head_time",
			 json_object_get(head, "head_time"), "listing", listing, "closing", json_object_get(head, "closing"),
			 "items", "erased", "lost");
	json_decref(head);
	return *out == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}

int ak_calendar_make(const ak_cli *c, ak_ledger *l, ak_span trust, const char *as_of, uint64_t known_at, const char *listing,
		     json_t **out)
{
	const ak_verify_options common = {
		.scheme = ak_opt_value(&c->opts, OPT_SCHEME), .trust = trust, .as_of = as_of, .known_at = known_at, .now = c->now
	};
	json_t *calendar = NULL;
	int code = begin(c, l, as_of, known_at, listing, &calendar);

	if (code == EXIT_HOLDS)
		code = listing != NULL ? add_listing(c, l, &common, listing, calendar) : add_listings(c, l, &common, calendar);
	if (code == EXIT_HOLDS && listing == NULL)
		code = add_auditors(c, l, as_of, known_at, calendar);
	if (code == EXIT_HOLDS)
		code = put_in_order(c, calendar);
	if (code == EXIT_HOLDS)
		*out = calendar;
	else
		json_decref(calendar);
	return code;
}
