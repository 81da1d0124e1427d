/* SPDX-License-Identifier: Apache-2.0 */
/* What a ledger handle keeps between questions changes no byte of an answer, and does not grow without bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "attack.h"

#include "api/api.h"
#include "chain/tree.h"
#include "verify/shelf.h"

#include <stdio.h>
#include <string.h>

typedef struct asked {
	const char *listing, *as_of;
	uint64_t known_at;
} asked;

static ak_text answer(ak_ledger *l, const world *w, const asked *q)
{
	const ak_verify_options o = { .trust = { (const uint8_t *)w->trust.data, w->trust.len }, .listing = q->listing, .scheme = "ismap",
		                      .as_of = q->as_of, .known_at = q->known_at, .now = w->now };
	ak_text text = { 0 };
	ak_verdict v;
	ak_error err = { 0 };

	if (ak_ledger_verify(l, &o, &v, &text, &err) != AK_OK)
		fail_msg("%s: %s", err.where, err.detail);
	return text;
}

/* The same of evidence drawn for this question alone, with nothing kept. */
static ak_text answer_alone(ak_ledger *l, const world *w, const asked *q, ak_verdict *v)
{
	const ak_verify_options o = { .trust = { (const uint8_t *)w->trust.data, w->trust.len }, .listing = q->listing, .scheme = "ismap",
		                      .as_of = q->as_of, .known_at = q->known_at, .now = w->now };
	ak_asked *a = NULL;
	ak_bundle drawn = { 0 };
	ak_json *report = NULL;
	ak_text text = { 0 }, kept = { 0 };

	assert_int_equal(ak_ask(&o, "ismap", q->listing, &a, NULL), AK_OK);
	assert_int_equal(ak_api_draw(l->b, NULL, "ismap", q->listing, 0, &drawn, NULL), AK_OK);
	assert_int_equal(ak_ask_judge(a, &o, &drawn.e, v, &report, &kept, NULL), AK_OK);
	assert_int_equal(ak_api_text(report, &text, NULL), AK_OK);
	ak_bundle_clear(&drawn);
	ak_asked_free(&a);
	return text;
}

static ak_verdict is_as_alone(const world *w, const asked *q)
{
	ak_ledger *fresh = NULL;
	ak_verdict v;
	ak_text used = answer(w->l, w, q), alone;

	assert_int_equal(ak_ledger_open(w->ledger, &fresh, NULL), AK_OK);
	alone = answer_alone(fresh, w, q, &v);
	if (used.len != alone.len || memcmp(used.data, alone.data, used.len) != 0)
		fail_msg("%s as of %s, known at %llu: not the bytes that it gets alone", q->listing, q->as_of, (unsigned long long)q->known_at);
	ak_text_free(&used);
	ak_text_free(&alone);
	ak_ledger_free(&fresh);
	return v;
}

/* Twice each, in an order in which every question follows another. */
static void ask_all(const world *w)
{
	static const asked q[] = {
		{ LISTING, LISTED_ON, 0 }, { "C99-9999-9", LISTED_ON, 0 }, { LISTING, LISTED_ON, 5 }, { LISTING, "2031-01-01", 0 },
		{ LISTING, "2020-01-01", 4 },
	};

	for (size_t i = 0; i < 2 * (sizeof(q) / sizeof(q[0])); i++)
		(void)is_as_alone(w, &q[i % (sizeof(q) / sizeof(q[0]))]);
}

static void a_ledger_that_was_asked_before_says_the_same(void **state)
{
	world w;

	(void)state;
	world_open(&w);
	ask_all(&w);
	world_play(&w, "first"); /* the head moves on under what is kept */
	ask_all(&w);
	assert_int_equal(is_as_alone(&w, &(asked){ LISTING, LISTED_ON, 0 }), AK_VERDICT_VALID);
	world_close(&w);
}

/* A record that enrols a party whose key has not signed: void each time it is asked, for the same reason. */
static void what_is_void_stays_void(void **state)
{
	char key[400], body[1024];
	ak_secret *committee[2];
	world w;

	(void)state;
	world_open(&w);
	committee[0] = w.committee[0], committee[1] = NULL;
	world_key_json(w.stranger, key, sizeof(key));
	(void)snprintf(body, sizeof(body), "{\"party\":\"p0\",\"name\":{\"ja\":\"仮\",\"en\":\"x\"},\"roles\":[\"provider\"],"
	               "\"members\":[{\"member\":\"m1\",\"seat\":\"席\",\"kind\":\"person\",\"keys\":[%s]}]}", key);
	{
		ak_text draft = world_sign(world_draft(&w, "ismap", "party", NULL, body, NULL), committee);
		ak_buf statement, signatures;
		forgery f = { 0 };

		ak_buf_init(&statement, AK_STATEMENT_MAX);
		ak_buf_init(&signatures, AK_SIGNATURES_MAX);
		world_lines(&draft, &statement, &signatures);
		f.statement = ak_buf_span(&statement);
		f.signatures = ak_buf_span(&signatures);
		world_forge(&w, &f);
		ak_buf_clear(&statement);
		ak_buf_clear(&signatures);
		ak_text_free(&draft);
	}
	world_play(&w, "first");
	ask_all(&w);
	world_close(&w);
}

static ak_shelved *put(ak_shelf *s, ak_books *b, uint64_t seq)
{
	ak_shelved *r = NULL;
	ak_buf file;

	ak_buf_init(&file, AK_RECORD_LINES_MAX);
	assert_int_equal(ak_books_record(b, seq, &file, NULL), AK_OK);
	assert_int_equal(ak_shelf_add(s, &file, &r, NULL), AK_OK);
	assert_int_equal(file.len, 0);
	return r;
}

static void a_shelf_is_by_id_and_keeps_what_many_need(void **state)
{
	ak_shelf *s = ak_shelf_new();
	ak_shelved *genesis, *found, *own;
	ak_digest id = { { 0 } };
	world w;

	(void)state;
	assert_non_null(s);
	world_open(&w);
	world_play(&w, "first");
	genesis = put(s, w.l->b, 0);
	own = put(s, w.l->b, w.l->b->checkpoint.size - 1); /* a record about one listing: nobody else needs it */
	assert_null(ak_shelf_find(s, &id));
	assert_null(ak_shelf_find(s, &own->sealed.id));
	found = ak_shelf_find(s, &genesis->sealed.id);
	assert_ptr_equal(found, genesis);
	ak_shelved_drop(&found);
	ak_shelf_free(&s);
	/* What somebody has in his hands outlives the shelf. */
	assert_true(ak_span_is(genesis->sealed.statement.type, "keyset"));
	ak_shelved_drop(&genesis);
	ak_shelved_drop(&own);
	world_close(&w);
}

/* A copy knows how signatures did, and tells what it finds out; what other records and profiles say of them is its own. */
static void a_copy_shares_what_the_bytes_say(void **state)
{
	ak_sealed copy, *of;
	ak_shelf *s = ak_shelf_new();
	ak_shelved *r;
	world w;

	(void)state;
	world_open(&w);
	r = put(s, w.l->b, 0);
	of = &r->sealed;
	of->result[0] = (ak_sig_result){ .state = AK_SIG_BAD, .stamped = true, .stamped_by = 7 };
	ak_sealed_share(of, &copy);
	assert_int_equal(copy.result[0].state, AK_SIG_BAD);
	assert_false(copy.result[0].stamped);
	assert_int_equal(copy.result[0].stamped_by, 0);
	ak_sealed_clear(&copy);
	assert_true(ak_span_is(of->statement.type, "keyset"));
	ak_shelved_drop(&r);
	ak_shelf_free(&s);
	world_close(&w);
}

static void headers_are_bounded_and_at_their_seq(void **state)
{
	ak_shelf *s = ak_shelf_new();
	ak_digest first;
	ak_span line = { 0 };
	char text[32];

	(void)state;
	ak_tree_leaf(ak_span_str("header 0"), &first);
	for (unsigned i = 0; i <= AK_SHELF_HEADERS_MAX; i++) {
		(void)snprintf(text, sizeof(text), "header %u", i);
		assert_int_equal(ak_shelf_put_header(s, i, ak_span_str(text), NULL), AK_OK);
		if (i != 0)
			continue;
		assert_true(ak_shelf_header(s, &first, 0, &line));
		assert_true(ak_span_is(line, "header 0"));
		assert_false(ak_shelf_header(s, &first, 1, &line));
	}
	assert_false(ak_shelf_header(s, &first, 0, &line)); /* one too many: it was emptied */
	ak_shelf_free(&s);
	assert_null(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_ledger_that_was_asked_before_says_the_same),
		cmocka_unit_test(what_is_void_stays_void),
		cmocka_unit_test(a_shelf_is_by_id_and_keeps_what_many_need),
		cmocka_unit_test(a_copy_shares_what_the_bytes_say),
		cmocka_unit_test(headers_are_bounded_and_at_their_seq),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
