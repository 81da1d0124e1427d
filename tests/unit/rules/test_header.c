/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "rules/rule.h"

#define REQUIRED "-- id: C12\n-- severity: expired\n-- ja: 期限\n-- en: expiry\n-- basis: 3.5\n"

static void every_key_is_read(void **state)
{
	const char *text = "-- SPDX-License-Identifier: Apache-2.0\n" REQUIRED
	                   "-- basis-en: Basic Rules 3.5\n-- basis-version: 2026-04-01\n-- effective: 2021-04-01..\n-- next-ja: 更新\n"
	                   "--   を申請する\n--\tand\t\n-- next-en: renew\n-- A remark, not a key\n--  not carried on\n"
	                   "-- absence: s/listing:{listing}, s/auditor:* ,s/x:a.{listing}.b\n"
	                   "-- types: change-notice, incident2\n-- judges: use\nSELECT 1 -- id: X\n";
	ak_rule rule = { 0 };
	ak_rule_info info;
	ak_error err = { 0 };
	ak_span p;

	(void)state;
	need(ak_rule_parse(ak_span_str(text), &rule, &err), &err);
	info = ak_rule_info_of(&rule);
	assert_string_equal(info.id, "C12");
	assert_int_equal(info.severity, AK_SEVERITY_EXPIRED);
	assert_string_equal(info.ja, "期限");
	assert_string_equal(info.basis_en, "Basic Rules 3.5");
	assert_string_equal(info.basis_version, "2026-04-01");
	assert_string_equal(info.next_ja, "更新 を申請する");
	assert_string_equal(info.next_en, "renew");
	assert_string_equal(rule.value[AK_RULE_EFFECTIVE], "2021-04-01..");
	assert_true(ak_rule_absence(&rule, 0, &p) && ak_span_is(p, "s/listing:{listing}"));
	assert_true(ak_rule_absence(&rule, 1, &p) && ak_span_is(p, "s/auditor:*"));
	assert_true(ak_rule_absence(&rule, 2, &p) && ak_span_is(p, "s/x:a.{listing}.b"));
	assert_false(ak_rule_absence(&rule, 3, &p));
	assert_true(ak_rule_type(&rule, 0, &p) && ak_span_is(p, "change-notice"));
	assert_true(ak_rule_type(&rule, 1, &p) && ak_span_is(p, "incident2"));
	assert_false(ak_rule_type(&rule, 2, &p));
	assert_true(ak_rule_judges_use(&rule) && info.judges_use);
	ak_rule_clear(&rule);
	ak_rule_clear(&rule);
}

static void keys_not_given_are_empty(void **state)
{
	ak_rule rule = { 0 };
	ak_error err = { 0 };
	ak_span p;

	(void)state;
	need(ak_rule_parse(ak_span_str(REQUIRED), &rule, &err), &err);
	assert_string_equal(ak_rule_info_of(&rule).next_ja, "");
	assert_string_equal(ak_rule_info_of(&rule).basis_en, "");
	assert_string_equal(ak_rule_info_of(&rule).basis_version, "");
	assert_false(ak_rule_absence(&rule, 0, &p));
	assert_false(ak_rule_type(&rule, 0, &p));
	assert_false(ak_rule_judges_use(&rule) || ak_rule_info_of(&rule).judges_use);
	ak_rule_clear(&rule);
}

static void bad_headers(void **state)
{
	static const struct { const char *name, *text, *where; uint64_t at; } rows[] = {
		{ "empty", "", "rule.header", 0 },
		{ "no header", "SELECT 1", "rule.header", 0 },
		{ "header after a blank line", "\n" REQUIRED, "rule.header", 0 },
		{ "id missing", "-- severity: expired\n-- ja: a\n-- en: b\n-- basis: c\n", "rule.header", 0 },
		{ "basis missing", "-- id: a\n-- severity: expired\n-- ja: a\n-- en: b\n", "rule.header", 0 },
		{ "empty value", "-- id: a\n-- severity: expired\n-- ja:\n-- en: b\n-- basis: c\n", "rule.header", 0 },
		{ "empty optional value", REQUIRED "-- absence: \n", "rule.header", 0 },
		{ "type in capitals", REQUIRED "-- types: Plan\n", "rule.types", 0 },
		{ "type without a name", REQUIRED "-- types: plan,\n", "rule.types", 1 },
		{ "member without a name", REQUIRED "-- types: plan/\n", "rule.types", 0 },
		{ "member without a type", REQUIRED "-- types: /due_on\n", "rule.types", 0 },
		{ "member of a member", REQUIRED "-- types: plan/due/on\n", "rule.types", 0 },
		{ "underscore in a type", REQUIRED "-- types: a_plan\n", "rule.types", 0 },
		{ "key twice", REQUIRED "-- id: C13\n", "rule.header", 6 },
		{ "absence misspelt", REQUIRED "-- abscence: s/listing:{listing}\n", "rule.header", 6 },
		{ "key misspelt", "-- idd: C12\n" REQUIRED, "rule.header", 1 },
		{ "severity unknown", "-- id: a\n-- severity: fatal\n-- ja: a\n-- en: b\n-- basis: c\n", "rule.severity", 0 },
		{ "severity in capitals", "-- id: a\n-- severity: Invalid\n-- ja: a\n-- en: b\n-- basis: c\n",
		  "rule.severity", 0 },
		{ "id with a space", "-- id: a b\n-- severity: expired\n-- ja: a\n-- en: b\n-- basis: c\n", "rule.id", 0 },
		{ "id with a slash", "-- id: a/b\n-- severity: expired\n-- ja: a\n-- en: b\n-- basis: c\n", "rule.id", 0 },
		{ "id too long", "-- id: a23456789012345678901234567890123\n-- severity: expired\n-- ja: a\n-- en: b\n"
		  "-- basis: c\n", "rule.id", 0 },
		{ "absence: empty element", REQUIRED "-- absence: s/a,,s/b\n", "rule.absence", 1 },
		{ "absence: last comma", REQUIRED "-- absence: s/a,\n", "rule.absence", 1 },
		{ "absence: unknown place", REQUIRED "-- absence: s/a:{auditor}\n", "rule.absence", 0 },
		{ "absence: star inside", REQUIRED "-- absence: s/*:a\n", "rule.absence", 0 },
		{ "absence: star alone", REQUIRED "-- absence: *\n", "rule.absence", 0 },
		{ "absence: space inside", REQUIRED "-- absence: s/a b\n", "rule.absence", 0 },
		{ "types: empty element", REQUIRED "-- types: a,,b\n", "rule.types", 1 },
		{ "types: capital", REQUIRED "-- types: Listing\n", "rule.types", 0 },
		{ "types: two words", REQUIRED "-- types: a b\n", "rule.types", 0 },
		{ "types: nine", REQUIRED "-- types: a,b,c,d,e,f,g,h,i\n", "rule.types", 8 },
		{ "judges: something else", REQUIRED "-- judges: uses\n", "rule.judges", 0 },
		{ "absence: nine", REQUIRED "-- absence: a,b,c,d,e,f,g,h,i\n", "rule.absence", 8 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_rule rule;
		ak_error err = { 0 };
		ak_status st;

		memset(&rule, 0xa5, sizeof(rule));
		st = ak_rule_parse(ak_span_str(rows[i].text), &rule, &err);
		if (st != AK_BAD_FORMAT || strcmp(err.where, rows[i].where) != 0 || err.at != rows[i].at)
			fail_msg("%s: %s at %s %llu: %s", rows[i].name, ak_status_name(st),
			         st == AK_OK ? "" : err.where, (unsigned long long)err.at, err.detail);
		assert_int_equal(((const uint8_t *)&rule)[0], 0xa5);
	}
}

/* Whatever is cut off the end: a header that still parses is a whole one. */
static void every_prefix(void **state)
{
	const char *text = REQUIRED "-- absence: s/listing:{listing}\nSELECT 1";
	ak_span all = ak_span_str(text);

	(void)state;
	for (size_t n = 0; n <= all.len; n++) {
		char *copy = ak_span_dup((ak_span){ all.data, n });
		ak_rule rule = { 0 };

		assert_non_null(copy);
		if (ak_rule_parse(ak_span_str(copy), &rule, NULL) == AK_OK)
			assert_true(n >= strlen(REQUIRED) - 3);
		ak_rule_clear(&rule);
		ak_mem_free(copy);
	}
}

static void severities_have_names(void **state)
{
	ak_severity back = AK_SEVERITY_WARNING;

	(void)state;
	for (int s = AK_SEVERITY_WARNING; s <= AK_SEVERITY_INVALID; s++) {
		assert_true(ak_severity_parse(ak_span_str(ak_severity_name((ak_severity)s)), &back));
		assert_int_equal(back, s);
	}
	assert_string_equal(ak_severity_name((ak_severity)99), "");
	assert_false(ak_severity_parse(ak_span_str(""), &back));
}

/* A rule whose header is not in order is not-checked; the others run. */
static void a_bad_header_spoils_one_rule(void **state)
{
	ak_json *p = new_package();
	answers got;
	ak_rules *r;

	(void)state;
	put(p, "/rules/B", ak_json_new_str("-- id: B\nSELECT 1"));
	put(p, "/rules/C", ak_json_new_str(REQUIRED "SELECT 1"));
	put(p, "/rules/D", ak_json_new_int(7));
	put_rule(p, "A", "", "SELECT 1 AS listing, 2 AS record, 3 AS ja, 4 AS en, 5 AS expected, 6 AS found WHERE 0");
	r = open_rules(p);
	ready(r);
	run_rules(r, "X", &got);
	assert_int_equal(got.n, 4);
	assert_int_equal(got.a[0].outcome, AK_PASSED);
	assert_string_equal(got.a[1].why, "rule B: header: \"severity\" is missing");
	assert_string_equal(got.a[2].why, "rule C: header: its id C12 is not its name C");
	assert_string_equal(got.a[3].why, "rule D: header: SQL is a text or an array of lines");
	for (size_t i = 1; i < 4; i++) {
		assert_int_equal(got.a[i].outcome, AK_NOT_CHECKED);
		assert_int_equal(got.a[i].severity, AK_SEVERITY_UNVERIFIABLE);
	}
	ak_rules_free(&r);
	ak_rules_free(&r);
	ak_json_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_is_read),
		cmocka_unit_test(keys_not_given_are_empty),
		cmocka_unit_test(bad_headers),
		cmocka_unit_test(every_prefix),
		cmocka_unit_test(severities_have_names),
		cmocka_unit_test(a_bad_header_spoils_one_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
