/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and answers: what is signed is what was asked, whoever carries it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "akashi/akashi.h"
#include "oom.h"

#include <stdio.h>
#include <string.h>

enum { KEYS = 4 };

static ak_secret *key[KEYS];
static ak_text draft[2]; /* of two ledgers */

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

static int make(void **state)
{
	static const char *const origins[] = { "ledger.example/one", "ledger.example/two" };
	static const char *const algorithms[KEYS] = { "ed25519", "p256", "ed25519", "p256" };
	const char *const name = "root-a";
	ak_text public[3] = { { 0 }, { 0 }, { 0 } };
	const char *root;

	(void)state;
	for (size_t i = 0; i < KEYS; i++)
		assert_int_equal(ak_secret_generate(algorithms[i], &key[i], NULL), AK_OK);
	for (size_t i = 0; i < 3; i++) {
		ak_secret *k = NULL;

		assert_int_equal(ak_secret_generate("ed25519", &k, NULL), AK_OK);
		assert_int_equal(ak_secret_public(k, &public[i], NULL), AK_OK);
		ak_secret_free(&k);
	}
	root = public[0].data;
	for (size_t i = 0; i < 2; i++) {
		const ak_genesis g = { .origin = origins[i], .issued = "2026-01-01", .threshold = 1, .n_holders = 1, .holder = &name,
			               .root_key = &root, .operator_key = public[1].data, .heartbeat_key = public[2].data };

		assert_int_equal(ak_genesis_draft(&g, &draft[i], NULL), AK_OK);
	}
	for (size_t i = 0; i < 3; i++)
		ak_text_free(&public[i]);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEYS; i++)
		ak_secret_free(&key[i]);
	ak_text_free(&draft[0]);
	ak_text_free(&draft[1]);
	return 0;
}

/* What a member does with a request that arrived. */
static ak_status answer(ak_span request, const ak_secret *k, ak_text *out, ak_error *err)
{
	ak_text asked = { 0 }, signed_ = { 0 };
	ak_status st = ak_request_read(request, &asked, err);

	if (st == AK_OK)
		st = ak_exchange_sign(span_of(&asked), (ak_span){ 0 }, k, &signed_, err);
	if (st == AK_OK)
		st = ak_answer_write(span_of(&signed_), k, out, err);
	ak_text_free(&signed_);
	ak_text_free(&asked);
	return st;
}

static ak_text request_of(const ak_text *d)
{
	ak_text r = { 0 };

	assert_int_equal(ak_request_write(span_of(d), (ak_span){ 0 }, &r, NULL), AK_OK);
	return r;
}

static ak_text answer_by(const ak_text *request, size_t k)
{
	ak_text a = { 0 };

	assert_int_equal(answer(span_of(request), key[k], &a, NULL), AK_OK);
	return a;
}

/* Add to *to, which is taken over. */
static size_t add(ak_text *to, ak_span sent)
{
	ak_text merged = { 0 };
	size_t n = 99;

	assert_int_equal(ak_exchange_add(span_of(to), (ak_span){ 0 }, sent, &merged, &n, NULL), AK_OK);
	ak_text_free(to);
	*to = merged;
	return n;
}

static void a_request_is_that_of_its_draft_and_of_its_envelope(void **state)
{
	ak_text r = request_of(&draft[0]), envelope = { 0 }, again = { 0 };
	ak_text shown[2] = { { 0 }, { 0 } };

	(void)state;
	assert_int_equal(ak_apart_kind_of(span_of(&r)), AK_APART_REQUEST);
	assert_int_equal(ak_apart_kind_of(span_of(&draft[0])), AK_APART_NONE);
	assert_int_equal(ak_exchange_sign(span_of(&draft[0]), (ak_span){ 0 }, key[0], &envelope, NULL), AK_OK);
	assert_int_equal(ak_request_write(span_of(&envelope), (ak_span){ 0 }, &again, NULL), AK_OK);
	assert_string_equal(r.data, again.data);
	ak_text_free(&again);
	/* What is shown of it is what is shown of the envelope, but for the signature. */
	assert_int_equal(ak_request_read(span_of(&r), &again, NULL), AK_OK);
	assert_int_equal(ak_exchange_show(span_of(&again), (ak_span){ 0 }, &shown[0], NULL), AK_OK);
	assert_int_equal(ak_exchange_show(span_of(&envelope), (ak_span){ 0 }, &shown[1], NULL), AK_OK);
	assert_non_null(strstr(shown[0].data, "\"signatures\":[]"));
	assert_memory_equal(strstr(shown[0].data, "\"statement\""), strstr(shown[1].data, "\"statement\""), 80);
	ak_text_free(&shown[0]);
	ak_text_free(&shown[1]);
	ak_text_free(&again);
	ak_text_free(&envelope);
	ak_text_free(&r);
}

static void answers_come_in_any_order_and_more_than_once(void **state)
{
	static const size_t orders[][3] = { { 0, 1, 2 }, { 2, 0, 1 }, { 1, 2, 0 } };
	ak_text r = request_of(&draft[0]);

	(void)state;
	for (size_t o = 0; o < 3; o++) {
		ak_text all = { 0 };

		assert_int_equal(ak_request_read(span_of(&r), &all, NULL), AK_OK);
		for (size_t i = 0; i < 3; i++) {
			ak_text a = answer_by(&r, orders[o][i]), other = answer_by(&r, orders[o][i]);

			assert_int_equal(ak_apart_kind_of(span_of(&a)), AK_APART_ANSWER);
			assert_int_equal(add(&all, span_of(&a)), 1);
			assert_int_equal(add(&all, span_of(&a)), 0);
			/* Of P-256 a second signature by one key is another string, and no second signer. */
			assert_int_equal(add(&all, span_of(&other)), 0);
			ak_text_free(&other);
			ak_text_free(&a);
		}
		ak_text_free(&all);
	}
	ak_text_free(&r);
}

/* What does not belong changes nothing, whatever came before it in the same text. */
static void refused(ak_status want, const char *where, const ak_text *good, const ak_text *bad)
{
	ak_text request = request_of(&draft[0]), all = { 0 }, merged = { 0 };
	char both[8192];
	ak_error err = { 0 };
	size_t n = 99;
	ak_status st;

	assert_int_equal(ak_request_read(span_of(&request), &all, NULL), AK_OK);
	(void)snprintf(both, sizeof(both), "%s%s", good->data, bad->data);
	st = ak_exchange_add(span_of(&all), (ak_span){ 0 }, (ak_span){ (const uint8_t *)both, strlen(both) }, &merged, &n, &err);
	if (st != want || strcmp(err.where, where) != 0)
		fail_msg("%d at %s (%s), want %d at %s", (int)st, err.where, err.detail, (int)want, where);
	assert_null(merged.data);
	assert_int_equal(n, 99);
	ak_text_free(&all);
	ak_text_free(&request);
}

static void what_does_not_belong_is_refused_whole(void **state)
{
	ak_text r[2] = { request_of(&draft[0]), request_of(&draft[1]) };
	ak_text good = answer_by(&r[0], 0), other = answer_by(&r[1], 1), cut = answer_by(&r[0], 2), changed = answer_by(&r[0], 2);
	char *at;

	(void)state;
	refused(AK_BAD_FORMAT, "answer.statement", &good, &other);
	cut.data[cut.len - 30] = '\0';
	refused(AK_BAD_FORMAT, "armour", &good, &cut);
	at = strstr(changed.data, "\n\n") + 12;
	*at = *at == 'A' ? 'B' : 'A';
	refused(AK_BAD_FORMAT, "answer", &good, &changed);
	ak_text_free(&changed);
	ak_text_free(&cut);
	ak_text_free(&other);
	ak_text_free(&good);
	ak_text_free(&r[1]);
	ak_text_free(&r[0]);
}

static void every_bit_of_a_request_is_the_statement_or_refused(void **state)
{
	ak_text r = request_of(&draft[0]), want = { 0 };

	(void)state;
	assert_int_equal(ak_request_read(span_of(&r), &want, NULL), AK_OK);
	for (size_t i = 0; i < r.len; i++) {
		ak_text got = { 0 };
		const char was = r.data[i];

		r.data[i] = (char)(was ^ (1 << (i % 7)));
		if (ak_request_read(span_of(&r), &got, NULL) == AK_OK && strcmp(got.data, want.data) != 0)
			fail_msg("byte %zu: another statement is asked for", i);
		ak_text_free(&got);
		r.data[i] = was;
	}
	ak_text_free(&want);
	ak_text_free(&r);
}

static void a_key_that_has_not_signed_answers_nothing(void **state)
{
	ak_text envelope = { 0 }, block = { 0 };

	(void)state;
	assert_int_equal(ak_exchange_sign(span_of(&draft[0]), (ak_span){ 0 }, key[0], &envelope, NULL), AK_OK);
	assert_int_equal(ak_answer_write(span_of(&envelope), key[1], &block, NULL), AK_NOT_FOUND);
	assert_null(block.data);
	ak_text_free(&envelope);
}

static ak_status round_trip(void *ctx)
{
	ak_text request = { 0 }, back = { 0 }, all = { 0 }, shown = { 0 };
	ak_error err = { 0 };
	size_t n = 0;
	ak_status st = ak_request_write(span_of(&draft[0]), (ak_span){ 0 }, &request, &err);

	(void)ctx;
	if (st == AK_OK)
		st = answer(span_of(&request), key[0], &back, &err);
	if (st == AK_OK)
		st = ak_answer_show(span_of(&back), &shown, &err);
	if (st == AK_OK)
		st = ak_exchange_add(span_of(&draft[0]), (ak_span){ 0 }, span_of(&back), &all, &n, &err);
	if (st == AK_OK && n != 1)
		st = AK_INTERNAL;
	ak_text_free(&shown);
	ak_text_free(&all);
	ak_text_free(&back);
	ak_text_free(&request);
	return st;
}

static void without_memory(void **state)
{
	(void)state;
	oom_sweep_plan("apart", round_trip, NULL, &(oom_plan){ .points = 400, .may_keep = true });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_that_of_its_draft_and_of_its_envelope),
		cmocka_unit_test(answers_come_in_any_order_and_more_than_once),
		cmocka_unit_test(what_does_not_belong_is_refused_whole),
		cmocka_unit_test(every_bit_of_a_request_is_the_statement_or_refused),
		cmocka_unit_test(a_key_that_has_not_signed_answers_nothing),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests_name("apart", tests, make, drop);
}
