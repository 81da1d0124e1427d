/* SPDX-License-Identifier: Apache-2.0 */
/* The option parser: every way to write an option, and every way to get it wrong. */
#include "opt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARGS = 8 };

static const ak_opt_id allowed[] = { OPT_OUT, OPT_JSON, OPT_SET, OPT_DIR, OPT_AS_OF };

/* Values are borrowed from argv, so the words live as long as the test. */
static char words_of_argv[ARGS][64];

static ak_opt_fault parse(ak_opts *o, const char *const args[ARGS], bool stop, int *at)
{
	char *argv[ARGS + 1];
	int argc = 0;

	memset(o, 0, sizeof(*o));
	while (argc < ARGS && args[argc] != NULL) {
		(void)snprintf(words_of_argv[argc], sizeof(words_of_argv[0]), "%s", args[argc]);
		argv[argc] = words_of_argv[argc];
		argc++;
	}
	argv[argc] = NULL;
	*at = 0;
	return ak_opt_parse(o, argc, argv, at, allowed, sizeof(allowed) / sizeof(allowed[0]), stop);
}

static void faults(void **state)
{
	static const struct {
		const char *name, *args[ARGS];
		ak_opt_fault want;
		int at;
	} rows[] = {
		{ "unknown long option", { "--nothing" }, AK_OPT_UNKNOWN, 0 },
		{ "unknown letter", { "-x" }, AK_OPT_UNKNOWN, 0 },
		{ "an option of another command", { "a", "--trust", "f" }, AK_OPT_UNKNOWN, 1 },
		{ "abbreviated", { "--out", "f" }, AK_OPT_UNKNOWN, 0 },
		{ "longer than its name", { "--outputs", "f" }, AK_OPT_UNKNOWN, 0 },
		{ "value missing at the end", { "a", "-o" }, AK_OPT_NEEDS, 1 },
		{ "an option where a value was wanted", { "-o", "--json" }, AK_OPT_NEEDS, 0 },
		{ "long value missing at the end", { "--output" }, AK_OPT_NEEDS, 0 },
		{ "value for a flag", { "--json=yes" }, AK_OPT_TAKES_NO, 0 },
		{ "given twice", { "-o", "a", "--output", "b" }, AK_OPT_TWICE, 2 },
		{ "flag given twice", { "--json", "--json" }, AK_OPT_TWICE, 1 },
	};
	ak_opts *o = calloc(1, sizeof(*o));

	(void)state;
	assert_non_null(o);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int at;
		ak_opt_fault got = parse(o, rows[i].args, false, &at);

		if (got != rows[i].want || at != rows[i].at)
			fail_msg("%s: fault %d at %d, want %d at %d", rows[i].name, (int)got, at, (int)rows[i].want, rows[i].at);
	}
	free(o);
}

static void forms(void **state)
{
	static const struct {
		const char *name, *args[ARGS], *out;
		size_t operands;
	} rows[] = {
		{ "apart", { "--output", "f" }, "f", 0 },
		{ "joined", { "--output=f" }, "f", 0 },
		{ "letter apart", { "-o", "f" }, "f", 0 },
		{ "letter joined", { "-of" }, "f", 0 },
		{ "empty value", { "--output=" }, "", 0 },
		{ "a value with an equals sign", { "--output=a=b" }, "a=b", 0 },
		{ "a value that looks like an option", { "--output=--json" }, "--json", 0 },
		{ "after an operand", { "x", "-o", "f", "y" }, "f", 2 },
		{ "a dash is an operand", { "-", "-o", "f" }, "f", 1 },
		{ "nothing is an option after two dashes", { "-o", "f", "--", "-x", "--json" }, "f", 2 },
	};
	ak_opts *o = calloc(1, sizeof(*o));

	(void)state;
	assert_non_null(o);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int at;

		if (parse(o, rows[i].args, false, &at) != AK_OPT_FINE)
			fail_msg("%s: refused", rows[i].name);
		if (strcmp(ak_opt_value(o, OPT_OUT), rows[i].out) != 0 || o->n_operands != rows[i].operands)
			fail_msg("%s: %s, %zu operands", rows[i].name, ak_opt_value(o, OPT_OUT), o->n_operands);
	}
	free(o);
}

static void lists_keep_their_order(void **state)
{
	static const char *const args[ARGS] = { "--set", "/a=1", "--set=/b=2", "x", "--set", "/c=3" };
	ak_opts *o = calloc(1, sizeof(*o));
	int at;

	(void)state;
	assert_non_null(o);
	assert_int_equal(parse(o, args, false, &at), AK_OPT_FINE);
	assert_int_equal(ak_opt_count(o, OPT_SET), 3);
	assert_string_equal(ak_opt_nth(o, OPT_SET, 0), "/a=1");
	assert_string_equal(ak_opt_nth(o, OPT_SET, 2), "/c=3");
	assert_null(ak_opt_nth(o, OPT_SET, 3));
	assert_false(ak_opt_has(o, OPT_JSON));
	assert_null(ak_opt_value(o, OPT_OUT));
	free(o);
}

static void stops_at_the_command(void **state)
{
	static const char *const args[ARGS] = { "-C", "dir", "log", "--json" };
	ak_opts *o = calloc(1, sizeof(*o));
	int at;

	(void)state;
	assert_non_null(o);
	assert_int_equal(parse(o, args, true, &at), AK_OPT_FINE);
	assert_int_equal(at, 2);
	assert_string_equal(ak_opt_value(o, OPT_DIR), "dir");
	assert_false(ak_opt_has(o, OPT_JSON));
	free(o);
}

static void too_many(void **state)
{
	ak_opts *o = calloc(1, sizeof(*o));
	static char set[] = "--set=/a=1", operand[] = "x";
	static char *argv[AK_OPERANDS_MAX + 2];
	int at = 0;

	(void)state;
	assert_non_null(o);
	for (int i = 0; i < AK_OPERANDS_MAX + 1; i++)
		argv[i] = set;
	assert_int_equal(ak_opt_parse(o, AK_OPTS_MAX, argv, &at, allowed, 5, false), AK_OPT_FINE);
	at = 0;
	memset(o, 0, sizeof(*o));
	assert_int_equal(ak_opt_parse(o, AK_OPTS_MAX + 1, argv, &at, allowed, 5, false), AK_OPT_TOO_MANY);
	for (int i = 0; i < AK_OPERANDS_MAX + 1; i++)
		argv[i] = operand;
	at = 0;
	memset(o, 0, sizeof(*o));
	assert_int_equal(ak_opt_parse(o, AK_OPERANDS_MAX, argv, &at, allowed, 5, false), AK_OPT_FINE);
	at = 0;
	memset(o, 0, sizeof(*o));
	assert_int_equal(ak_opt_parse(o, AK_OPERANDS_MAX + 1, argv, &at, allowed, 5, false), AK_OPT_TOO_MANY);
	free(o);
}

static void nearest(void **state)
{
	static const char *const words[] = { "verify", "seal", "show", "status" };

	(void)state;
	assert_string_equal(ak_opt_nearest("verfy", words, 4), "verify");
	assert_string_equal(ak_opt_nearest("sael", words, 4), "seal");
	assert_null(ak_opt_nearest("banana", words, 4));
	assert_null(ak_opt_nearest("x", words, 4)); /* everything is near to one letter */
	assert_null(ak_opt_nearest("a-word-that-is-longer-than-any-command", words, 4));
}

/* The table itself: a name once, a letter once, a help text in both languages. */
static void the_table(void **state)
{
	(void)state;
	for (int i = 0; i < OPT_END; i++) {
		const ak_opt *a = ak_opt_get((ak_opt_id)i);

		assert_int_equal(strncmp(a->name, "--", 2), 0);
		assert_true(*ak_msg_text(a->help, false) != '\0' && *ak_msg_text(a->help, true) != '\0');
		assert_int_equal(a->kind == AK_OPT_FLAG, a->metavar[0] == '\0');
		for (int k = 0; k < i; k++) {
			const ak_opt *b = ak_opt_get((ak_opt_id)k);

			assert_string_not_equal(a->name, b->name);
			assert_true(a->letter == 0 || a->letter != b->letter);
		}
	}
}

/* A text of a message, its places in both languages: an argument named in one and not in the other is a slip, unless it is a
 * number that the other language spells out. */
static void messages_are_complete(void **state)
{
	(void)state;
	for (int m = MSG_NONE + 1; m < MSG_END; m++) {
		const char *en = ak_msg_text((ak_msg)m, false), *ja = ak_msg_text((ak_msg)m, true);

		if (*en == '\0' || *ja == '\0')
			fail_msg("message %d is empty: %s / %s", m, en, ja);
		for (char d = '1'; d <= '9'; d++) {
			const char place[] = { '{', d, '}', '\0' };

			if ((strstr(en, place) == NULL) != (strstr(ja, place) == NULL) && strstr(ja, "1件") == NULL)
				fail_msg("{%c} in one language only: %s / %s", d, en, ja);
		}
	}
	assert_string_equal(ak_msg_text(MSG_END, false), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults),
		cmocka_unit_test(forms),
		cmocka_unit_test(lists_keep_their_order),
		cmocka_unit_test(stops_at_the_command),
		cmocka_unit_test(too_many),
		cmocka_unit_test(nearest),
		cmocka_unit_test(the_table),
		cmocka_unit_test(messages_are_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
