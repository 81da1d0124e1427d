/* SPDX-License-Identifier: Apache-2.0 */
/* Verdicts on many listings at once: however many threads judge them, each is what the listing gets alone (api/many.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "attack.h"

#include "api/many.h"
#include "base/fail.h"
#include "store/index_internal.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { LISTINGS = 20, SAID_MAX = 64 };

/* One listing: it stands, says a wrong day, or is void. */
static void add_listing(world *w, size_t n)
{
	static const char *const refs[] = { "decided-by=decision-1", "statement=statement-1", NULL };
	ak_secret *stranger[] = { w->stranger, NULL };
	ak_text envelope;
	char body[512];

	(void)snprintf(body, sizeof(body), "{\"listing\":\"C24-%04zu-2\",\"basis\":\"%s\",\"services\":[{\"id\":\"kumo-iaas\",\"name\":"
	               "\"名 %zu\"}],\"provider\":{\"name\":\"株式会社架空の雲\",\"party\":\"kakuu-kumo\"},\"registered_on\":\"2024-06-12\","
	               "\"expires_on\":\"%s\",\"audit_period\":{\"from\":\"2023-04-01\",\"to\":\"2024-03-31\"}}", 200 + n, "decided", n,
	               n % 3 == 0 ? "2024-06-30" : "2025-07-31");
	if (n % 7 != 6) {
		(void)world_seal(w, world_sign(world_draft(w, "ismap", "listing", NULL, body, refs), world_signers(w, "listing")));
		return;
	}
	envelope = world_sign(world_draft(w, "ismap", "listing", NULL, body, refs), stranger);
	(void)attack_forge(w, envelope);
}

static void open_many(world *w)
{
	world_open(w);
	world_play(w, "first");
	for (size_t n = 0; n < LISTINGS; n++)
		add_listing(w, n);
}

static ak_verify_options question(const world *w)
{
	return (ak_verify_options){ .trust = { (const uint8_t *)w->trust.data, w->trust.len }, .as_of = LISTED_ON, .now = w->now };
}

static ak_text ask(ak_ledger *l, const world *w, unsigned threads)
{
	const ak_verify_options o = question(w);
	ak_text text = { 0 };
	ak_error err = { 0 };

	if (ak_api_verdicts(l, &o, threads, &text, &err) != AK_OK)
		fail_msg("%u threads: %s: %s", threads, err.where, err.detail);
	return text;
}

static void say_the_same(const ak_text *a, const ak_text *b, const char *what, unsigned threads)
{
	if (a->len != b->len || memcmp(a->data, b->data, a->len) != 0)
		fail_msg("%s by %u threads: not what one says\n%s\n%s", what, threads, a->data, b->data);
}

static ak_json *parsed(const ak_text *t)
{
	ak_json *v = NULL;

	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)t->data, t->len }, &v, NULL), AK_OK);
	return v;
}

static void is_as_alone(const world *w, const ak_json *row, bool said[SAID_MAX])
{
	static const char *const same[] = { "verdict", "reason", "assurance" };
	ak_verify_options o = question(w);
	ak_ledger *fresh = NULL;
	ak_verdict v;
	ak_json *report;
	ak_text text = { 0 };

	o.listing = ak_json_get_str(row, "listing");
	o.scheme = "ismap";
	assert_int_equal(ak_ledger_open(w->ledger, &fresh, NULL), AK_OK);
	assert_int_equal(ak_ledger_verify(fresh, &o, &v, &text, NULL), AK_OK);
	report = parsed(&text);
	said[v] = true;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		if (!ak_json_equal(ak_json_get(row, same[i]), ak_json_get(report, same[i])))
			fail_msg("%s: %s is another than alone", o.listing, same[i]);
	}
	if (!ak_json_equal(ak_json_get(row, "expires_on"), ak_json_pointer(report, ak_span_str("/listing/expires_on"))))
		fail_msg("%s: expires_on is another than alone", o.listing);
	ak_json_free(report);
	ak_text_free(&text);
	ak_ledger_free(&fresh);
}

/* (M1) */
static void threads_change_no_byte(void **state)
{
	static const unsigned threads[] = { 2, 5, 100 };
	bool said[SAID_MAX] = { false };
	ak_text one, again;
	ak_json *answer;
	size_t kinds = 0;
	world w;

	(void)state;
	open_many(&w);
	one = ask(w.l, &w, 1);
	for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
		again = ask(w.l, &w, threads[i]);
		say_the_same(&one, &again, "verdicts", threads[i]);
		ak_text_free(&again);
	}
	answer = parsed(&one);
	assert_true(ak_json_len(ak_json_get(answer, "listings")) > LISTINGS / 2);
	for (size_t i = 0; i < ak_json_len(ak_json_get(answer, "listings")); i += 4)
		is_as_alone(&w, ak_json_at(ak_json_get(answer, "listings"), i), said);
	for (size_t i = 0; i < SAID_MAX; i++)
		kinds += said[i];
	assert_true(kinds >= 2); /* else this shows little */
	ak_json_free(answer);
	ak_text_free(&one);
	world_close(&w);
}

typedef struct told {
	const ak_json *rows;
	atomic_uint times[2 * LISTINGS];
} told;

static ak_status take(void *ctx, size_t i, ak_verdict v, const ak_json *report, ak_error *err)
{
	told *t = ctx;
	const ak_json *row = ak_json_at(t->rows, i);

	if (report == NULL || !ak_span_is(ak_json_get_text(row, "verdict"), ak_verdict_name(v)) ||
	    !ak_json_equal(ak_json_get(row, "reason"), ak_json_get(report, "reason")))
		return ak_fail(err, AK_INTERNAL, "take", i, "%s is judged otherwise", ak_json_get_str(row, "listing"));
	atomic_fetch_add(&t->times[i], 1);
	return AK_OK;
}

static void lose(const ak_ledger *l, const char *sql)
{
	assert_int_equal(sqlite3_exec(l->b->index->db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_changes(l->b->index->db), 1);
}

/* (M2) An index that has left something out is found out by whoever draws from it, and made again only when nobody else does. */
static void what_the_index_left_out_is_asked_again(void **state)
{
	const unsigned threads[] = { 1, 3 };
	ak_text one;
	ak_json *answer;
	world w;

	(void)state;
	open_many(&w);
	one = ask(w.l, &w, 1);
	answer = parsed(&one);
	for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++) {
		const ak_verify_options o = question(&w);
		told t = { .rows = ak_json_get(answer, "listings") };
		ak_error err = { 0 };

		assert_in_range(ak_json_len(t.rows), LISTINGS / 2, 2 * LISTINGS);
		ak_ledger_free(&w.l);
		assert_int_equal(ak_ledger_open(w.ledger, &w.l, NULL), AK_OK);
		lose(w.l, "DELETE FROM about WHERE subject = CAST('" LISTING_ID "' AS BLOB)");
		lose(w.l, "DELETE FROM about WHERE subject = CAST('ismap/listing:C24-0210-2' AS BLOB)");
		if (ak_api_verify_many(w.l, &o, t.rows, threads[i], take, &t, &err) != AK_OK)
			fail_msg("%u threads: %s: %s", threads[i], err.where, err.detail);
		for (size_t k = 0; k < ak_json_len(t.rows); k++)
			assert_int_equal(t.times[k], 1);
	}
	ak_json_free(answer);
	ak_text_free(&one);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_change_no_byte),
		cmocka_unit_test(what_the_index_left_out_is_asked_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
