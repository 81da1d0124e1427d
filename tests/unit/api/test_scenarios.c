/* SPDX-License-Identifier: Apache-2.0 */
/* Whole histories, sealed for real and asked for their verdict: tests/rules/cases/scenario-*.json.
 *
 * Such a case says in each question also the "verdict" ("valid", or verdict and reason as in "expired:rules").  Every record is drafted,
 * signed and sealed at the day the case has it sealed, or later where the world of the test begins later.  The folder $AK_RULE_CASES
 * holds the cases as harness.py --expand writes them; without it the test is skipped.
 */
#include "world.h"
#include "tried.h"

#include "base/date.h"
#include "base/text.h"
#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PATH = 600, NAME = 200, CASE_MAX = 8 * 1024 * 1024, SKIPPED = 77, DAY = 86400, HOUR = 3600 };

/* Those after the first two are tests/schemes: their packages lie beside the cases, and are pinned. */
static const char *const schemes[] = { "ismap", "ismap-liu", "isms", "star-2-cert", "fedramp-20x", "eucc", "cs-gold" };
enum { SHIPPED = 2, SCHEMES = sizeof(schemes) / sizeof(schemes[0]) };

static world base[SCHEMES];
static ak_buf package[SCHEMES];
static size_t listed;

static world *world_of(const ak_json *c)
{
	for (size_t i = 0; i < SCHEMES; i++) {
		if (ak_span_is(ak_json_get_text(c, "scheme"), schemes[i]))
			return &base[i];
	}
	fail_msg("no world of this scheme");
	return NULL;
}

static void read_file(const char *name, ak_buf *text)
{
	char path[PATH], block[8192];
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", getenv("AK_RULE_CASES"), name);
	f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("cannot read %s", path);
	ak_buf_init(text, CASE_MAX);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		assert_int_equal(ak_buf_add(text, block, n, NULL), AK_OK);
	(void)fclose(f);
}

static ak_json *read_case(const char *name)
{
	ak_json *c = NULL;
	ak_buf text = { 0 };

	read_file(name, &text);
	assert_int_equal(ak_json_parse(ak_buf_span(&text), &c, NULL), AK_OK);
	ak_buf_clear(&text);
	return c;
}

static void play(world *w, const ak_json *c)
{
	const ak_json *records = ak_json_get(c, "records");

	for (size_t i = 0; i < ak_json_len(records); i++) {
		int64_t time = 0;

		assert_true(ak_json_int(ak_json_get(ak_json_at(records, i), "time"), &time));
		w->now = time > w->now ? time : w->now;
		world_play_record(w, ak_json_at(records, i));
	}
}

/* Nothing is known of a day after the newest record: something else is sealed on the day asked about. */
static void make_known(world *w, const char *as_of)
{
	static unsigned int n;
	char label[32], body[256];
	ak_date day;
	int64_t noon;

	assert_true(ak_date_parse(ak_span_str(as_of), &day));
	noon = (int64_t)day.first * DAY + 3 * HOUR; /* in Japan */
	if (w->now >= noon)
		return;
	w->now = noon;
	(void)snprintf(label, sizeof(label), "known-%u", ++n);
	(void)snprintf(body, sizeof(body), "{\"name\":\"%s\",\"as_of\":\"%s\",\"listings\":[],\"auditors\":[],\"dossiers\":[]}",
	               label, as_of);
	(void)world_add(w, label, "baseline", as_of, body, NULL);
}

static bool is_wanted(const ak_json *expect, const ak_json *finding)
{
	const ak_json *want = ak_json_get_span(expect, ak_json_get_text(finding, "rule"));
	ak_span severity = ak_json_get_text(finding, "severity");
	size_t n = ak_json_is(want, AK_JSON_ARRAY) ? ak_json_len(want) : 1;

	for (size_t i = 0; want != NULL && i < n; i++) {
		ak_span text = ak_json_text(ak_json_is(want, AK_JSON_ARRAY) ? ak_json_at(want, i) : want);

		if (ak_span_eq((ak_span){ text.data, strcspn((const char *)text.data, ":") }, severity))
			return true;
	}
	return false;
}

/* Each finding is expected, and each rule expected to fail has one. */
static void check_findings(const ak_json *report, const ak_json *expect, const char *name)
{
	const ak_json *findings = ak_json_get(report, "findings"), *want;
	void *it = NULL;
	ak_span rule;

	for (size_t i = 0; i < ak_json_len(findings); i++) {
		if (!is_wanted(expect, ak_json_at(findings, i)))
			fail_msg("%s: %s was not expected", name, ak_json_get_str(ak_json_at(findings, i), "rule"));
	}
	while (ak_json_next(expect, &it, &rule, &want)) {
		if (!ak_span_is(rule, "others") && !ak_span_is(ak_json_text(want), "passed") &&
		    !report_finding(report, (const char *)rule.data))
			fail_msg("%s: %s found nothing", name, (const char *)rule.data);
	}
}

static void is_same(const ak_json *a, const ak_json *b, const char *name, const char *what)
{
	if (!ak_json_equal(a, b))
		fail_msg("%s: %s differs between the list and the verdict", name, what);
}

/* What the list of all verdicts says of each listing is what a ledger that was asked nothing before says of it alone. */
static void check_list(world *w, const char *as_of, uint64_t known, const char *name)
{
	static const char *const same[] = { "verdict", "reason", "assurance", "missing" };
	const ak_span trust = { (const uint8_t *)w->trust.data, w->trust.len };
	ak_ledger *used = w->l;
	ak_json *list = NULL;
	ak_text text = { 0 };
	ak_error err = { 0 };

	assert_int_equal(ak_ledger_as_known(used, known, &err), AK_OK);
	if (ak_ledger_verdicts(used, trust, as_of, w->now, &text, &err) != AK_OK)
		fail_msg("%s: %s: %s", name, err.where, err.detail);
	assert_int_equal(ak_ledger_as_known(used, 0, &err), AK_OK);
	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)text.data, text.len }, &list, NULL), AK_OK);
	for (size_t i = 0; i < ak_json_len(ak_json_get(list, "listings")); i++) {
		const ak_json *row = ak_json_at(ak_json_get(list, "listings"), i);
		ak_json *report = NULL;

		assert_int_equal(ak_ledger_open(w->ledger, &w->l, &err), AK_OK);
		(void)world_verify(w, ak_json_get_str(row, "listing"), as_of, known, &report);
		for (size_t k = 0; k < sizeof(same) / sizeof(same[0]); k++) {
			const ak_json *want = ak_json_get(report, same[k]);
			ak_json *none = ak_json_new_array();

			is_same(ak_json_get(row, same[k]), want == NULL ? none : want, name, same[k]);
			ak_json_free(none);
		}
		is_same(ak_json_get(row, "expires_on"), ak_json_get(ak_json_get(report, "listing"), "expires_on"), name, "expires_on");
		ak_json_free(report);
		ak_ledger_free(&w->l);
		listed++;
	}
	w->l = used;
	ak_json_free(list);
	ak_text_free(&text);
}

/* The ledger's size where the case has it: before the record of that place.  0 when all is known. */
static uint64_t known_at(const world *w, const ak_json *c, const ak_json *asked)
{
	const ak_json *records = ak_json_get(c, "records");
	int64_t place = 0;

	assert_true(ak_json_int(ak_json_get(asked, "known_at"), &place));
	if ((size_t)place >= ak_json_len(records))
		return 0;
	return world_seq(w, ak_json_get_str(ak_json_at(records, (size_t)place), "label"));
}

static void ask(world *w, const ak_json *c, const ak_json *q, const char *name)
{
	const ak_json *questions = ak_json_get(c, "questions"), *asked = ak_json_get(q, "asked"), *u = ak_json_get(asked, "use");
	const ak_use use = { .contract_from = ak_json_get_str(u, "contract_from"), .contract_to = ak_json_get_str(u, "contract_to"),
	                     .service = ak_json_get_str(u, "service"), .region = ak_json_get_str(u, "region"),
	                     .task = ak_json_get_str(u, "task"), .confirmation = ak_json_get_str(u, "confirmation") };
	const char *as_of = ak_json_get_str(asked, "as_of"), *want = ak_json_get_str(q, "verdict");
	ak_json *report = NULL;
	int64_t size = 0;
	char said[80];
	ak_verdict v;

	assert_non_null(want);
	make_known(w, as_of);
	v = world_verify_use(w, ak_json_get_str(asked, "listing"), as_of, known_at(w, c, asked), u == NULL ? NULL : &use,
	                     &report);
	(void)snprintf(said, sizeof(said), "%s%s%s", ak_verdict_name(v), v == AK_VERDICT_VALID ? "" : ":",
	               ak_json_get_str(report, "reason"));
	if (strcmp(said, want) != 0)
		fail_msg("%s as of %s: %s, expected %s", name, as_of, said, want);
	check_findings(report, ak_json_get(q, "expect"), name);
	/* Over the whole ledger for the last question of a case, and for the first as known before. */
	assert_true(ak_json_int(ak_json_pointer(report, ak_span_str("/ledger/size")), &size));
	if (q == ak_json_at(questions, ak_json_len(questions) - 1))
		check_list(w, as_of, 0, name);
	else if (q == ak_json_at(questions, 0))
		check_list(w, as_of, (uint64_t)size - 3, name);
	ak_json_free(report);
}

static void each_scenario_has_its_verdict(void **state)
{
	DIR *d = opendir(getenv("AK_RULE_CASES"));
	struct dirent *e;
	size_t n = 0;

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		const ak_json *questions;
		ak_json *c;
		world w;

		if (strncmp(e->d_name, "scenario-", 9) != 0 || strlen(e->d_name) > NAME)
			continue;
		c = read_case(e->d_name);
		world_branch(world_of(c), &w);
		play(&w, c);
		questions = ak_json_get(c, "questions");
		for (size_t i = 0; i < ak_json_len(questions); i++)
			ask(&w, c, ak_json_at(questions, i), e->d_name);
		assert_true(world_audit(&w, NULL));
		world_close(&w);
		ak_json_free(c);
		n++;
	}
	(void)closedir(d);
	assert_true(n > 0);
	assert_true(listed > n);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(each_scenario_has_its_verdict) };
	int failed;

	if (getenv("AK_RULE_CASES") == NULL)
		return SKIPPED;
	for (size_t i = 0; i < SCHEMES; i++) {
		char name[NAME];

		(void)snprintf(name, sizeof(name), "package-%s.json", schemes[i]);
		if (i >= SHIPPED)
			read_file(name, &package[i]);
		world_open_package(&base[i], schemes[i], ak_buf_span(&package[i]));
	}
	tried_once();
	failed = cmocka_run_group_tests_name("scenarios", tests, NULL, NULL);
	for (size_t i = 0; i < SCHEMES; i++) {
		world_close(&base[i]);
		ak_buf_clear(&package[i]);
	}
	return failed;
}
