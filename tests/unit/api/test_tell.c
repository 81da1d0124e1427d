/* SPDX-License-Identifier: Apache-2.0 */
/* Queries of a scheme asked without a ledger: what is a question, and what is answered. */
#include "akashi/scheme.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NOW = 1795305600 }; /* 2026-11-22 */

static const ak_given period[] = { { "period_from", "2025-04-01" }, { "period_to", "2026-03-31" } };

static ak_status ask(const char *scheme, const ak_tell *t, const char *as_of, ak_text *json, ak_error *e)
{
	*e = (ak_error){ 0 };
	return ak_scheme_tell(scheme, t, as_of, NOW, json, e);
}

static void refused(const char *scheme, const ak_tell *t, const char *as_of, ak_status status, const char *where)
{
	ak_text json = { 0 };
	ak_error e;

	assert_int_equal(ask(scheme, t, as_of, &json, &e), status);
	assert_string_equal(e.where, where);
	assert_null(json.data);
}

static void test_what_is_no_question(void **state)
{
	static const ak_given twice[] = { { "a", "1" }, { "a", "2" } }, empty[] = { { "a", "" } }, control[] = { { "a", "x\ny" } },
	                      bytes[] = { { "a", "\xC0\x80" } }, unnamed[] = { { NULL, "x" } };
	ak_given many[17];
	char name[17][4];

	(void)state;
	for (size_t i = 0; i < 17; i++) {
		name[i][0] = (char)('a' + i);
		name[i][1] = '\0';
		many[i] = (ak_given){ name[i], "1" };
	}
	refused(NULL, NULL, NULL, AK_INVALID_ARGUMENT, "tell.query");
	refused(NULL, &(ak_tell){ 0 }, NULL, AK_INVALID_ARGUMENT, "tell.query");
	refused(NULL, &(ak_tell){ .query = "" }, NULL, AK_INVALID_ARGUMENT, "tell.query");
	refused(NULL, &(ak_tell){ "plan", twice, 2 }, NULL, AK_INVALID_ARGUMENT, "tell.given");
	refused(NULL, &(ak_tell){ "plan", empty, 1 }, NULL, AK_INVALID_ARGUMENT, "tell.given");
	refused(NULL, &(ak_tell){ "plan", control, 1 }, NULL, AK_INVALID_ARGUMENT, "tell.given");
	refused(NULL, &(ak_tell){ "plan", bytes, 1 }, NULL, AK_INVALID_ARGUMENT, "tell.given");
	refused(NULL, &(ak_tell){ "plan", unnamed, 1 }, NULL, AK_INVALID_ARGUMENT, "tell.given");
	refused(NULL, &(ak_tell){ "plan", many, 17 }, NULL, AK_INVALID_ARGUMENT, "tell.given");
	refused(NULL, &(ak_tell){ "plan", period, 2 }, "2026-11", AK_INVALID_ARGUMENT, "as_of");
	refused(NULL, &(ak_tell){ .query = "no-such" }, NULL, AK_NOT_FOUND, "rules.query");
}

static void test_a_scheme_that_is_not_shipped(void **state)
{
	ak_text json = { 0 };
	ak_error e;

	(void)state;
	assert_int_equal(ask("nothing", &(ak_tell){ "plan", period, 2 }, NULL, &json, &e), AK_NOT_HELD);
	assert_null(json.data);
}

static void test_rows_come_with_their_bases(void **state)
{
	ak_text json = { 0 };
	ak_error e;

	(void)state;
	assert_int_equal(ask("ismap", &(ak_tell){ "plan", period, 2 }, "2026-11-22", &json, &e), AK_OK);
	assert_non_null(strstr(json.data, "\"first\":\"2027-07-31\""));
	assert_non_null(strstr(json.data, "\"basis\":\""));
	assert_non_null(strstr(json.data, "\"basis_version\":\"not verified\""));
	assert_non_null(strstr(json.data, "\"parameter_basis\":\""));
	assert_non_null(strstr(json.data, "\"certainty\":\"P\""));
	assert_null(strstr(json.data, "\"severity\":\""));
	ak_text_free(&json);
}

static void test_what_is_no_date_gives_no_days(void **state)
{
	static const ak_given wrong[] = { { "period_from", "soon" }, { "period_to", "2026-02-30" } };
	ak_text json = { 0 };
	ak_error e;

	(void)state;
	assert_int_equal(ask(NULL, &(ak_tell){ "plan", wrong, 2 }, NULL, &json, &e), AK_OK);
	assert_null(strstr(json.data, "\"first\":\""));
	ak_text_free(&json);
	assert_int_equal(ask(NULL, &(ak_tell){ .query = "plan" }, NULL, &json, &e), AK_OK);
	assert_non_null(strstr(json.data, "\"rows\":[]"));
	ak_text_free(&json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_no_question),
		cmocka_unit_test(test_a_scheme_that_is_not_shipped),
		cmocka_unit_test(test_rows_come_with_their_bases),
		cmocka_unit_test(test_what_is_no_date_gives_no_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
