/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "index_world.h"

#include <string.h>

static ak_status collect(void *ctx, const ak_index_entry *e, ak_error *err)
{
	return ak_buf_addf(ctx, err, "%llu ", (unsigned long long)e->seq);
}

static const struct {
	const char *name, *query, *type, *want;
	size_t limit;
} searches[] = {
	{ "all", NULL, NULL, "1 2 3 4 5 6 ", 0 },
	{ "all of a type", NULL, "decision", "2 4 ", 0 },
	{ "limit", NULL, NULL, "1 2 ", 2 },
	{ "empty query is no condition", "  \xe3\x80\x80 ", NULL, "1 2 3 4 5 6 ", 0 },
	{ "three characters and more", "監査報告書", NULL, "1 4 ", 0 },
	{ "exactly three", "報告書", NULL, "1 4 ", 0 },
	{ "two characters", "監査", NULL, "1 2 4 ", 0 },
	{ "one character", "監", NULL, "1 2 4 ", 0 },
	{ "in the title", "第二種", NULL, "3 ", 0 },
	{ "in the title, two characters", "二種", NULL, "3 ", 0 },
	{ "in the subject", "C21-0005", NULL, "5 ", 0 },
	{ "long and short term", "監査 報告書", NULL, "1 4 ", 0 },
	{ "terms cut at U+3000", "監査\xe3\x80\x80クラウド", NULL, "2 4 ", 0 },
	{ "every term must be found", "監査 言明書", NULL, "", 0 },
	{ "with type", "監査", "decision", "2 4 ", 0 },
	{ "Latin in either case", "CLOUD", NULL, "5 ", 0 },
	{ "two Latin letters in either case", "CL", NULL, "5 ", 0 },
	{ "percent is not a wildcard", "%", NULL, "6 ", 0 },
	{ "underscore is not a wildcard", "_", NULL, "6 ", 0 },
	{ "backslash is itself", "\\", NULL, "6 ", 0 },
	{ "quote is itself", "a\"b", NULL, "6 ", 0 },
	{ "FTS words are words", "a OR b", NULL, "6 ", 0 },
	{ "FTS syntax is text", "NEAR(監査報告 言明書)", NULL, "", 0 },
	{ "FTS column filter is text", "title:第二種", NULL, "", 0 },
	{ "FTS star is text", "監査報*", NULL, "", 0 },
	{ "no such thing", "存在しない語", NULL, "", 0 },
};

static void test_search(void **unused)
{
	world w;
	ak_error err = { 0 };

	(void)unused;
	world_open(&w);
	open_index(&w);
	must(ak_index_begin(w.x, &err), &err);
	put_text(&w, 1, "listing", "登録", "監査報告書の受理");
	put_text(&w, 2, "decision", "決定", "監査機関とクラウドサービス");
	put_text(&w, 3, "listing", "第二種届出", "言明書");
	put_text(&w, 4, "decision", "決定", "クラウドの監査報告書");
	put_text(&w, 5, "listing", "cloud service", "言明");
	put_text(&w, 6, "note", "100% of_it a\"b \\", "x OR y, a b");
	must(ak_index_commit(w.x, NULL, &err), &err);
	for (size_t i = 0; i < sizeof(searches) / sizeof(searches[0]); i++) {
		ak_buf got;
		ak_text text = { 0 };

		ak_buf_init(&got, 1000);
		must(ak_index_search(w.x, searches[i].query, searches[i].type, searches[i].limit, collect, &got, &err),
		     &err);
		must(ak_buf_take_text(&got, &text, &err), &err);
		if (strcmp(text.data, searches[i].want) != 0)
			fail_msg("%s: found \"%s\", want \"%s\"", searches[i].name, text.data, searches[i].want);
		ak_text_free(&text);
	}
	assert_int_equal(ak_index_search(w.x, "\xe7\x9b", NULL, 0, collect, NULL, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "search");
	assert_int_equal(ak_index_search(w.x, "a a a a a a a a a a a a a a a a a", NULL, 0, collect, NULL, &err),
	                 AK_LIMIT);
	world_close(&w);
}

/* A row put again replaces the one before, in the words too. */
static void test_entry_put_again(void **unused)
{
	world w;
	ak_error err = { 0 };
	ak_buf got = { .max = 1000 };

	(void)unused;
	world_open(&w);
	open_index(&w);
	must(ak_index_begin(w.x, &err), &err);
	put_text(&w, 1, "listing", "登録", "監査報告書");
	put_text(&w, 1, "listing", "登録", "言明書の写し");
	must(ak_index_commit(w.x, NULL, &err), &err);
	must(ak_index_search(w.x, "監査報告書", NULL, 0, collect, &got, &err), &err);
	assert_int_equal(got.len, 0);
	must(ak_index_search(w.x, "言明書", NULL, 0, collect, &got, &err), &err);
	assert_true(ak_span_is(ak_buf_span(&got), "1 "));
	ak_buf_clear(&got);
	world_close(&w);
}

static ak_status stop_at_once(void *ctx, const ak_index_entry *e, ak_error *err)
{
	(void)ctx, (void)e, (void)err;
	return AK_STOPPED;
}

static void test_search_stops_with_its_reader(void **unused)
{
	world w;
	ak_error err = { 0 };

	(void)unused;
	world_open(&w);
	fill(&w);
	assert_int_equal(ak_index_search(w.x, NULL, NULL, 0, stop_at_once, NULL, &err), AK_STOPPED);
	must(ak_index_begin(w.x, &err), &err); /* no statement left open */
	ak_index_rollback(w.x);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_entry_put_again),
		cmocka_unit_test(test_search_stops_with_its_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
