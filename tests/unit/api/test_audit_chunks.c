/* SPDX-License-Identifier: Apache-2.0 */
/* An audit reads, verifies and replays by chunks: a ledger of several of them, with records without effect on both sides of
 * their borders, a revocation that has authority built anew, and a broken end, gets one answer whatever the threads do. */
#include "attack.h"

#include "api/audit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { BATCH = 700, BATCHES = 3, MOST_THREADS = 4 };

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

#define SERVICE "svc-00000"

static ak_text draft_of_all(world *w)
{
	const edit none = { NULL, NULL };

	return attack_statement(world_draft(w, "ismap", "provider-statement", NULL, "{\"provider\":\"kakuu-kumo\",\"service\":\""
	                        SERVICE "\",\"services\":[{\"id\":\"" SERVICE "\",\"name\":\"架空\"}],\"regions\":[\"東日本\"],"
	                        "\"stated_on\":\"2026-04-03\",\"period\":{\"from\":\"2025-04-01\",\"to\":\"2026-03-31\"}}", NULL), &none);
}

/* The drafted statement about another service: drafting each would take the test most of its time. */
static ak_text statement(const ak_text *all, unsigned n, ak_secret *by)
{
	ak_secret *const keys[] = { by, NULL };
	ak_text one = attack_copy(all);
	char name[sizeof(SERVICE)];

	(void)snprintf(name, sizeof(name), "svc-%05u", n);
	for (char *at = one.data; (at = strstr(at, SERVICE)) != NULL; at += strlen(name))
		memcpy(at, name, strlen(name));
	return attack_envelope(one, keys);
}

static ak_text statement_now(world *w, unsigned n, ak_secret *by)
{
	ak_text all = draft_of_all(w), one = statement(&all, n, by);

	ak_text_free(&all);
	return one;
}

static void seal_batch(world *w, unsigned first)
{
	const ak_seal_options o = { .operator_key = w->op, .state_path = w->state, .now = w->now += 60 };
	static ak_text envelope[BATCH];
	static ak_span in[BATCH];
	ak_text json = { 0 }, all = draft_of_all(w);
	ak_error err = { 0 };
	size_t failed;

	for (unsigned i = 0; i < BATCH; i++) {
		envelope[i] = statement(&all, first + i, w->provider);
		in[i] = span_of(&envelope[i]);
	}
	if (ak_ledger_seal(w->l, in, BATCH, &o, &json, &failed, &err) != AK_OK)
		fail_msg("%zu: %s %s", failed, err.where, err.detail);
	ak_text_free(&json);
	ak_text_free(&all);
	for (unsigned i = 0; i < BATCH; i++)
		ak_text_free(&envelope[i]);
}

/* The report that all numbers of threads agree on. */
static ak_json *audited(world *w, bool want)
{
	ak_text first = { 0 };
	ak_json *report = NULL;

	for (unsigned threads = 1; threads <= MOST_THREADS; threads += MOST_THREADS - 1) {
		const ak_audit_options o = { .trust = span_of(&w->trust), .now = w->now, .threads = threads };
		ak_text json = { 0 };
		bool good = !want;

		assert_int_equal(ak_audit_repository(w->ledger, &o, &good, &json, NULL), AK_OK);
		assert_int_equal(good, want);
		if (threads == 1) {
			first = json;
			continue;
		}
		assert_string_equal(json.data, first.data);
		ak_text_free(&json);
	}
	assert_int_equal(ak_json_parse(span_of(&first), &report, NULL), AK_OK);
	ak_text_free(&first);
	return report;
}

static uint64_t number(const ak_json *report, const char *pointer)
{
	int64_t n = -1;

	if (!ak_json_int(ak_json_pointer(report, ak_span_str(pointer)), &n))
		fail_msg("no number at %s", pointer);
	return (uint64_t)n;
}

static void revoke_provider(world *w, uint64_t last)
{
	ak_secret *const roots[] = { w->root[0], w->root[1], NULL };
	char id[72], body[300];

	attack_keyid(w->provider, id);
	(void)snprintf(body, sizeof(body), "{\"keys\":[{\"id\":\"%s\"}],\"last_valid_seq\":%llu,\"reason\":\"compromise\"}", id + 7,
	               (unsigned long long)last);
	(void)world_seal(w, world_sign(world_draft(w, "akashi", "revocation", NULL, body, NULL), roots));
}

static void lay_broken(world *w, unsigned n)
{
	ak_text envelope = statement_now(w, n, w->stranger);
	forgery f = { .wrong_prev = true };
	ak_buf statement_line, signatures;

	ak_buf_init(&statement_line, 65536);
	ak_buf_init(&signatures, 65536);
	world_lines(&envelope, &statement_line, &signatures);
	f.statement = ak_buf_span(&statement_line);
	f.signatures = ak_buf_span(&signatures);
	world_forge(w, &f);
	ak_buf_clear(&statement_line);
	ak_buf_clear(&signatures);
	ak_text_free(&envelope);
}

static void several_chunks_are_one_ledger(void **state)
{
	uint64_t empty[2], reach, first, size;
	ak_json *report;
	world w;

	(void)state;
	world_open(&w);
	first = attack_size(&w);
	seal_batch(&w, 1);
	empty[0] = attack_forge(&w, statement_now(&w, 5000, w.stranger));
	for (unsigned b = 1; b < BATCHES; b++)
		seal_batch(&w, 1 + b * BATCH);
	size = attack_size(&w);
	assert_int_equal(size, first + BATCH * BATCHES + 1);
	assert_true(size > 2 * AK_CHUNK_RECORDS);
	report = audited(&w, true);
	assert_int_equal(number(report, "/replayed"), size);
	assert_int_equal(number(report, "/authority/authorised"), size - 1);
	assert_int_equal(number(report, "/authority/void"), 1);
	assert_int_equal(ak_json_len(ak_json_pointer(report, ak_span_str("/authority/changed_since"))), 0);
	ak_json_free(report);
	/* The root reaches back over the last border of chunks. */
	reach = 2 * AK_CHUNK_RECORDS - 5;
	revoke_provider(&w, reach);
	empty[1] = attack_forge(&w, statement_now(&w, 5001, w.provider));
	report = audited(&w, true);
	assert_int_equal(number(report, "/replayed"), size + 2);
	assert_int_equal(number(report, "/authority/void"), 2);
	assert_int_equal(number(report, "/void/0/seq"), empty[0]);
	assert_int_equal(number(report, "/void/1/seq"), empty[1]);
	assert_int_equal(ak_json_len(ak_json_pointer(report, ak_span_str("/authority/changed_since"))), size - 1 - reach);
	assert_int_equal(number(report, "/authority/changed_since/0"), reach + 1);
	ak_json_free(report);
	lay_broken(&w, 5002);
	report = audited(&w, false);
	assert_true(report_failed(report, "chain"));
	assert_int_equal(number(report, "/errors/0/seq"), size + 2);
	assert_int_equal(ak_json_len(ak_json_get(report, "errors")), 1);
	ak_json_free(report);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(several_chunks_are_one_ledger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
