/* SPDX-License-Identifier: Apache-2.0 */
/* Every rule case of tests/rules/ on the engine itself, with the package that is shipped.
 *
 * The cases stand in the folder $AK_RULE_CASES, written out by harness.py --expand (the test rules.expand); without it the test is
 * skipped.  The harness asks the same of Python's SQLite, so that both readings of the contract must agree with the case.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/date.h"
#include "base/text.h"
#include "held/shipped.h"
#include "rules/sandbox.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACKAGE "package-" /* a scheme of tests/schemes, which nobody ships, lies beside the cases */

enum { RULES = 256, OUTCOME = 200, NAME = 300, CASE_MAX = 8 * 1024 * 1024, SKIPPED = 77 };

static ak_profile ismap, ismap_liu;
static size_t cases, questions, wrong;

/* What one rule said: its outcomes, each once, sorted and joined. */
typedef struct said {
	char rule[40];
	char *word[16];
	size_t n;
} said;

typedef struct answers {
	said rule[RULES];
	size_t n;
} answers;

static void need(ak_status st, const ak_error *err, const char *name)
{
	if (st != AK_OK)
		fail_msg("%s: %s at %s: %s", name, ak_status_name(st), err->where, err->detail);
}

static void say(said *s, const char *word)
{
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->word[i], word) == 0)
			return;
	}
	assert_true(s->n < sizeof(s->word) / sizeof(s->word[0]));
	s->word[s->n] = strdup(word);
	assert_non_null(s->word[s->n]);
	s->n++;
}

static ak_status take(void *ctx, const ak_rule_info *rule, ak_outcome outcome, const ak_finding *f, const char *why, ak_error *err)
{
	answers *a = ctx;
	char word[OUTCOME];

	(void)why;
	(void)err;
	if (a->n == 0 || strcmp(a->rule[a->n - 1].rule, rule->id) != 0) {
		assert_true(a->n < RULES);
		(void)snprintf(a->rule[a->n++].rule, sizeof(a->rule[0].rule), "%s", rule->id);
	}
	if (outcome == AK_FAILED)
		(void)snprintf(word, sizeof(word), "%s%s%s", ak_severity_name(f->severity), f->reason[0] != '\0' ? ":" : "", f->reason);
	else
		(void)snprintf(word, sizeof(word), "%s", outcome == AK_PASSED ? "passed" : "not-checked");
	say(&a->rule[a->n - 1], word);
	return AK_OK;
}

static const char *text_of(const ak_json *o, const char *key)
{
	const char *s = ak_json_get_str(o, key);

	assert_non_null(s);
	return s;
}

static void add_refs(ak_rules *r, uint64_t seq, const ak_json *record, const ak_json *records, const char *name)
{
	const ak_json *target;
	ak_error err = { 0 };
	void *it = NULL;
	ak_span rel;

	while (ak_json_next(ak_json_get(record, "refs"), &it, &rel, &target)) {
		size_t n = ak_json_is(target, AK_JSON_ARRAY) ? ak_json_len(target) : 1;

		for (size_t i = 0; i < n; i++) {
			ak_span label = ak_json_text(ak_json_is(target, AK_JSON_ARRAY) ? ak_json_at(target, i) : target);
			const ak_json *other = NULL;
			ak_digest id;

			for (size_t k = 0; k < ak_json_len(records); k++) {
				if (ak_span_eq(ak_json_get_text(ak_json_at(records, k), "label"), label))
					other = ak_json_at(records, k);
			}
			assert_true(ak_digest_parse(ak_json_get_text(other, "id"), &id));
			need(ak_rules_add_ref(r, seq, rel, &id, &err), &err, name);
		}
	}
}

static void add_record(ak_rules *r, const char *scheme, const ak_json *record, const ak_json *records, const char *name)
{
	const ak_json *about = ak_json_get(record, "about"), *signers = ak_json_get(record, "signers");
	bool is_void = ak_json_true(ak_json_get(record, "void"));
	ak_fact f = { .type = text_of(record, "type"), .scheme = scheme, .issued = text_of(record, "issued"),
	              .body = ak_json_get(record, "body"), .authorised = !is_void, .mode = text_of(record, "mode") };
	ak_error err = { 0 };
	int64_t seq = 0;

	assert_true(ak_json_int(ak_json_get(record, "seq"), &seq) && ak_json_int(ak_json_get(record, "time"), &f.time));
	assert_true(ak_digest_parse(ak_json_get_text(record, "id"), &f.id));
	f.seq = (uint64_t)seq;
	need(ak_rules_add_record(r, &f, &err), &err, name);
	for (size_t i = 0; i < ak_json_len(about); i++)
		need(ak_rules_add_about(r, f.seq, ak_json_text(ak_json_at(about, i)), &err), &err, name);
	add_refs(r, f.seq, record, records, name);
	for (size_t i = 0; i < ak_json_len(signers); i++) {
		const ak_json *s = ak_json_at(signers, i), *counted = ak_json_get(s, "counted");

		need(ak_rules_add_signer(r, f.seq, text_of(s, "party"), text_of(s, "role"), text_of(s, "member"),
		                         !is_void && (counted == NULL || ak_json_true(counted)), &err), &err, name);
	}
}

static void add_use(ak_rules *r, const ak_json *use, const char *name)
{
	const ak_rules_use u = {
		.contract_from = ak_json_get_str(use, "contract_from"), .contract_to = ak_json_get_str(use, "contract_to"),
		.service = ak_json_get_str(use, "service"), .region = ak_json_get_str(use, "region"),
		.task = ak_json_get_str(use, "task"), .confirmation = ak_json_get_str(use, "confirmation"),
	};
	ak_error err = { 0 };

	if (use != NULL)
		need(ak_rules_add_use(r, &u, &err), &err, name);
}

static ak_json *read_case(const char *folder, const char *name)
{
	char path[2 * NAME + 2], block[8192];
	ak_json *c = NULL;
	ak_error err = { 0 };
	ak_buf text = { 0 };
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	ak_buf_init(&text, CASE_MAX);
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		need(ak_buf_add(&text, block, n, &err), &err, name);
	(void)fclose(f);
	need(ak_json_parse(ak_buf_span(&text), &c, &err), &err, name);
	ak_buf_clear(&text);
	return c;
}

/* The package with the values that the case gives to parameters of it. */
static ak_json *package_for(const ak_json *c, const char *folder, const char *name)
{
	const char *scheme = text_of(c, "scheme");
	ak_json *package;
	char file[NAME];
	const ak_json *value;
	ak_error err = { 0 };
	void *it = NULL;
	ak_span key;

	(void)snprintf(file, sizeof(file), PACKAGE "%s.json", scheme);
	if (strcmp(scheme, "ismap") == 0)
		package = ak_json_copy(ismap.package);
	else if (strcmp(scheme, "ismap-liu") == 0)
		package = ak_json_copy(ismap_liu.package);
	else
		package = read_case(folder, file);
	assert_non_null(package);
	while (ak_json_next(ak_json_get(c, "parameters"), &it, &key, &value)) {
		char pointer[NAME];

		(void)snprintf(pointer, sizeof(pointer), "/parameters/%.*s/value", (int)key.len, (const char *)key.data);
		need(ak_json_pointer_set(package, ak_span_str(pointer), ak_json_copy(value), &err), &err, name);
	}
	return package;
}

static ak_rules *load(const ak_json *package, const ak_json *c, const ak_json *asked, int64_t known_at, const char *name)
{
	const ak_json *records = ak_json_get(c, "records"), *proved = ak_json_get(c, "proved"), *party;
	ak_rules *r = NULL;
	ak_error err = { 0 };
	void *it = NULL;
	ak_span id;

	need(ak_rules_open(package, &r, &err), &err, name);
	for (size_t i = 0; i < ak_json_len(records) && (int64_t)i < known_at; i++)
		add_record(r, text_of(c, "scheme"), ak_json_at(records, i), records, name);
	while (ak_json_next(ak_json_get(c, "parties"), &it, &id, &party))
		need(ak_rules_add_party(r, (const char *)id.data, text_of(party, "ja"), text_of(party, "en"), &err), &err, name);
	for (size_t i = 0; i < ak_json_len(proved); i++)
		need(ak_rules_add_proved(r, ak_json_text(ak_json_at(proved, i)), &err), &err, name);
	add_use(r, ak_json_get(asked, "use"), name);
	need(ak_rules_ready(r, &err), &err, name);
	return r;
}

static bool expects(const ak_json *want, const said *got)
{
	size_t n = ak_json_is(want, AK_JSON_ARRAY) ? ak_json_len(want) : 1, met = 0;

	for (size_t i = 0; i < n; i++) {
		ak_span w = ak_json_text(ak_json_is(want, AK_JSON_ARRAY) ? ak_json_at(want, i) : want);

		for (size_t k = 0; k < got->n; k++)
			met += ak_span_is(w, got->word[k]);
	}
	return met == n && got->n == n;
}

static void compare(const ak_json *expect, answers *a, const char *name, size_t nth)
{
	ak_json *passed = ak_json_new_str("passed");

	for (size_t i = 0; i < a->n; i++) {
		said *s = &a->rule[i];
		const ak_json *want = ak_json_get(expect, s->rule);

		if (want == NULL)
			want = ak_json_get(expect, "others");
		if (!expects(want == NULL ? passed : want, s)) {
			wrong++;
			print_error("%s question %zu: %s: %s%s\n", name, nth + 1, s->rule, s->word[0], s->n > 1 ? " and more" : "");
		}
	}
	ak_json_free(passed);
}

static void ask(const ak_json *package, const ak_json *c, const ak_json *q, const char *name, size_t nth)
{
	const ak_json *asked = ak_json_get(q, "asked");
	answers *a = calloc(1, sizeof(*a));
	ak_error err = { 0 };
	int64_t known_at = 0;
	ak_date day;
	ak_rules *r;

	assert_non_null(a);
	assert_true(ak_date_parse(ak_json_get_text(asked, "as_of"), &day) && ak_json_int(ak_json_get(asked, "known_at"), &known_at));
	r = load(package, c, asked, known_at, name);
	need(ak_rules_run(r, day.first, (uint64_t)known_at, ak_json_get_str(asked, "listing"), take, a, &err), &err, name);
	compare(ak_json_get(q, "expect"), a, name, nth);
	for (size_t i = 0; i < a->n; i++) {
		for (size_t k = 0; k < a->rule[i].n; k++)
			free(a->rule[i].word[k]);
	}
	ak_rules_free(&r);
	free(a);
	questions++;
}

static void the_engine_says_what_each_case_expects(void **state)
{
	const char *folder = getenv("AK_RULE_CASES");
	DIR *d = opendir(folder);
	struct dirent *e;

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		size_t len = strlen(e->d_name);
		const ak_json *list;
		ak_json *c, *package;

		if (len < 5 || len > NAME || strcmp(e->d_name + len - 5, ".json") != 0 ||
		    strncmp(e->d_name, PACKAGE, strlen(PACKAGE)) == 0)
			continue;
		c = read_case(folder, e->d_name);
		list = ak_json_get(c, "questions");
		package = package_for(c, folder, e->d_name);
		assert_true(ak_json_len(list) > 0);
		for (size_t i = 0; i < ak_json_len(list); i++)
			ask(package, c, ak_json_at(list, i), e->d_name, i);
		ak_json_free(package);
		ak_json_free(c);
		cases++;
	}
	(void)closedir(d);
	print_message("%zu cases, %zu questions, %zu wrong\n", cases, questions, wrong);
	assert_true(cases > 0);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_engine_says_what_each_case_expects) };
	ak_error err = { 0 };
	int failed;

	if (getenv("AK_RULE_CASES") == NULL)
		return SKIPPED;
	if (ak_shipped_profile(ak_span_str("ismap"), &ismap, &err) != AK_OK ||
	    ak_shipped_profile(ak_span_str("ismap-liu"), &ismap_liu, &err) != AK_OK)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	ak_profile_clear(&ismap);
	ak_profile_clear(&ismap_liu);
	return failed;
}
