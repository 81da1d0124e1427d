/* SPDX-License-Identifier: Apache-2.0 */
/* Records that are signed and not sealed: they make a verdict worse, or leave it as it is. */
#include "demo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DELETION "{\"listing\":\"L0\"}"

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

typedef struct outcome {
	ak_verdict verdict;
	char reason[40];
	size_t counted, aside;       /* checks "also" */
	char detail[300];            /* of the last one left aside */
	bool warned;
} outcome;

static void read_report(const ak_text *json, outcome *o)
{
	const ak_json *list;
	ak_json *v = NULL;

	assert_int_equal(ak_json_parse(span_of(json), &v, NULL), AK_OK);
	(void)snprintf(o->reason, sizeof(o->reason), "%s", ak_json_get_str(v, "reason"));
	list = ak_json_get(v, "checks");
	for (size_t i = 0; i < ak_json_len(list); i++) {
		const ak_json *c = ak_json_at(list, i);

		if (!ak_span_is(ak_json_get_text(c, "id"), "also"))
			continue;
		if (ak_span_is(ak_json_get_text(c, "outcome"), "passed")) {
			o->counted++;
		} else {
			o->aside++;
			(void)snprintf(o->detail, sizeof(o->detail), "%s", ak_json_get_str(c, "detail"));
		}
	}
	list = ak_json_get(v, "warnings");
	for (size_t i = 0; i < ak_json_len(list); i++)
		o->warned = o->warned || ak_span_is(ak_json_get_text(ak_json_at(list, i), "id"), "also");
	ak_json_free(v);
}

/* Of the bundle, and of the ledger: the same. */
static outcome ask(demo *d, const ak_text *also, size_t n, const char *as_of, uint64_t known_at)
{
	ak_span spans[8];
	ak_verify_options o = { .scheme = "demo", .listing = "L0", .trust = span_of(&d->w.trust), .as_of = as_of, .known_at = known_at,
	                        .now = d->w.now, .also = spans, .n_also = n };
	ak_text bundle = { 0 }, a = { 0 }, b = { 0 };
	ak_verdict u = AK_VERDICT_VALID;
	outcome out = { .verdict = AK_VERDICT_VALID };
	ak_error err = { 0 };

	for (size_t i = 0; i < n; i++)
		spans[i] = span_of(&also[i]);
	assert_int_equal(ak_ledger_bundle(d->w.l, "demo", "L0", 0, false, &bundle, NULL), AK_OK);
	if (ak_bundle_verify(span_of(&bundle), &o, &out.verdict, &a, &err) != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(err.status), err.where, err.detail);
	assert_int_equal(ak_ledger_verify(d->w.l, &o, &u, &b, NULL), AK_OK);
	assert_int_equal(out.verdict, u);
	assert_string_equal(a.data, b.data);
	assert_null(strstr(a.data, "sha256:00000000")); /* no id for what has none */
	read_report(&a, &out);
	ak_text_free(&a);
	ak_text_free(&b);
	ak_text_free(&bundle);
	return out;
}

static void is(outcome o, ak_verdict verdict, const char *reason, size_t counted, size_t aside, const char *what)
{
	if (o.verdict != verdict || strcmp(o.reason, reason) != 0 || o.counted != counted || o.aside != aside)
		fail_msg("%s: %s (%s), %zu counted, %zu left aside: %s", what, ak_verdict_name(o.verdict), o.reason, o.counted, o.aside, o.detail);
}

static ak_text deletion(demo *d, size_t n_signers)
{
	ak_secret *keys[4] = { NULL };

	for (size_t i = 0; i < n_signers; i++)
		keys[i] = d->pool[i];
	return demo_sign(demo_draft(d, "demo", "deletion", DELETION, NULL, 0), "demo", keys);
}

static void an_unsealed_deletion_counts(void **state)
{
	demo d;
	ak_text e;
	outcome o;

	demo_branch(*state, &d);
	demo_listing(&d);
	e = deletion(&d, 2);
	is(ask(&d, NULL, 0, DEMO_LISTED, 0), AK_VERDICT_VALID, "", 0, 0, "without");
	o = ask(&d, &e, 1, DEMO_LISTED, 0);
	is(o, AK_VERDICT_INVALID, "rules", 1, 0, "with");
	assert_true(o.warned);
	/* The same again is one deletion. */
	{
		const ak_text twice[] = { e, e };

		o = ask(&d, twice, 2, DEMO_LISTED, 0);
		is(o, AK_VERDICT_INVALID, "rules", 1, 1, "twice");
		assert_non_null(strstr(o.detail, ak_status_text(AK_REPEATED)));
	}
	/* Its drafter had seen a record that the bundle knows nothing of: it may be sealed after that one. */
	(void)demo_add(&d, "report", "{\"number\":\"9\",\"service\":\"elsewhere\"}", NULL, 0, false, 1);
	ak_text_free(&e);
	e = deletion(&d, 2);
	is(ask(&d, &e, 1, DEMO_LISTED, 0), AK_VERDICT_INVALID, "rules", 1, 0, "a base that is not in the bundle");
	ak_text_free(&e);
	demo_close(&d);
}

/* What nobody could seal, and what says nothing about this listing. */
static void what_could_not_be_sealed_is_left_aside(void **state)
{
	static const edit elsewhere[] = { { "/predicate/ledger", "\"ledger.example/other\"" }, { NULL, NULL } };
	static const edit unknown[] = { { "/predicateType", "\"urn:akashi:unheard-of:v1\"" }, { NULL, NULL } };
	static const edit hidden[] = { { "/predicate/about", "[\"demo/listing:L1\"]" }, { NULL, NULL } };
	static const edit late[] = { { "/predicate/issued", "\"2030-01-01\"" }, { NULL, NULL } };
	static const struct { const char *rule; const edit *edits; size_t n; ak_status why; } row[] = {
		{ "one signature of two", NULL, 1, AK_NOT_AUTHORISED },
		{ "no signature", NULL, 0, AK_NOT_AUTHORISED },
		{ "another ledger", elsewhere, 2, AK_WRONG_LEDGER },
		{ "an unknown type", unknown, 2, AK_UNKNOWN_TYPE },
		{ "under another subject", hidden, 2, AK_ABOUT_MISMATCH },
		{ "from the future", late, 2, AK_CLOCK },
	};
	demo d;

	demo_branch(*state, &d);
	demo_listing(&d);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		ak_secret *keys[] = { d.pool[0], d.pool[1], NULL }, *one[] = { d.w.stranger, NULL };
		ak_text e = row[i].edits == NULL ? deletion(&d, row[i].n == 0 ? 1 : row[i].n)
		            : attack_edited(demo_sign(demo_draft(&d, "demo", "deletion", DELETION, NULL, 0), "demo", one), row[i].edits, keys);
		outcome o;

		if (row[i].edits == NULL && row[i].n == 0) { /* signed, by nobody of this ledger */
			ak_text_free(&e);
			e = demo_sign(demo_draft(&d, "demo", "deletion", DELETION, NULL, 0), "demo", one);
		}
		o = ask(&d, &e, 1, DEMO_LISTED, 0);
		is(o, AK_VERDICT_VALID, "", 0, 1, row[i].rule);
		if (strstr(o.detail, ak_status_text(row[i].why)) == NULL)
			fail_msg("%s: %s", row[i].rule, o.detail);
		assert_false(o.warned);
		ak_text_free(&e);
	}
	demo_close(&d);
}

static void what_is_sealed_or_held_back_is_left_aside(void **state)
{
	demo d;
	ak_text e, copy;
	outcome o;

	demo_branch(*state, &d);
	demo_listing(&d);
	e = deletion(&d, 2);
	copy = attack_copy(&e);
	(void)world_seal(&d.w, copy);
	o = ask(&d, &e, 1, DEMO_LISTED, 0);
	is(o, AK_VERDICT_INVALID, "rules", 0, 1, "already sealed");
	assert_non_null(strstr(o.detail, ak_status_text(AK_REPEATED)));
	ak_text_free(&e);
	demo_close(&d);
	/* A listing record came between: as it was drafted, the deletion can never be sealed. */
	demo_branch(*state, &d);
	demo_listing(&d);
	e = deletion(&d, 2);
	(void)demo_add(&d, "listing", "{\"listing\":\"L0\",\"until\":\"2026-11-01\"}", "report", attack_size(&d.w) - 2, true, 1);
	o = ask(&d, &e, 1, DEMO_LISTED, 0);
	is(o, AK_VERDICT_VALID, "", 0, 1, "held back");
	assert_non_null(strstr(o.detail, ak_status_text(AK_HELD_BACK)));
	ak_text_free(&e);
	demo_close(&d);
}

/* An expired listing, and a renewal that is not sealed. */
static void nothing_unsealed_helps(void **state)
{
	ak_secret *desk[] = { NULL, NULL };
	demo d;
	ak_text e;
	outcome o;

	demo_branch(*state, &d);
	demo_listing(&d);
	(void)demo_add(&d, "listing", "{\"listing\":\"L0\",\"until\":\"2026-01-01\"}", "report", attack_size(&d.w) - 2, true, 1);
	desk[0] = d.pool[0];
	e = demo_sign(demo_draft(&d, "demo", "listing", "{\"listing\":\"L0\",\"until\":\"2027-01-01\"}", "report", attack_size(&d.w) - 3),
	              "demo", desk);
	is(ask(&d, NULL, 0, DEMO_LISTED, 0), AK_VERDICT_EXPIRED, "rules", 0, 0, "without");
	o = ask(&d, &e, 1, DEMO_LISTED, 0);
	is(o, AK_VERDICT_EXPIRED, "rules", 1, 0, "with a renewal");
	ak_text_free(&e);
	demo_close(&d);
}

/* The root takes a key back from long ago; what it signed falls. */
static void an_unsealed_revocation_reaches_back(void **state)
{
	demo d;
	ak_text e;

	demo_branch(*state, &d);
	demo_listing(&d);
	{
		ak_secret *roots[] = { d.w.root[0], d.w.root[1], NULL }, *one[] = { d.w.root[0], NULL };

		e = demo_revocation(&d, d.pool[0], 2, roots);
		is(ask(&d, &e, 1, DEMO_LISTED, 0), AK_VERDICT_UNVERIFIABLE, "cannot-decide", 1, 0, "by two roots");
		ak_text_free(&e);
		e = demo_revocation(&d, d.pool[0], 2, one);
		is(ask(&d, &e, 1, DEMO_LISTED, 0), AK_VERDICT_VALID, "", 0, 1, "by one");
		ak_text_free(&e);
		/* Looking forward only, nothing that is sealed falls; but the deletion it might have signed does. */
		e = demo_revocation(&d, d.pool[0], -1, roots);
		is(ask(&d, &e, 1, DEMO_LISTED, 0), AK_VERDICT_VALID, "", 1, 0, "from now on");
		ak_text_free(&e);
	}
	demo_close(&d);
}

/* Not one of them has an id yet, and all of them count. */
static void several_unsealed_records_count_together(void **state)
{
	demo d;
	ak_text e[2];

	demo_branch(*state, &d);
	demo_listing(&d);
	for (size_t i = 0; i < 2; i++) {
		ak_secret *judge[] = { d.pool[3 + i], NULL };

		e[i] = demo_sign(demo_draft(&d, "demo", "report", i == 0 ? "{\"number\":\"8\",\"service\":\"elsewhere\"}"
		                            : "{\"number\":\"9\",\"service\":\"nowhere\"}", NULL, 0), "demo", judge);
	}
	is(ask(&d, e, 2, DEMO_LISTED, 0), AK_VERDICT_VALID, "", 2, 0, "two reports");
	ak_text_free(&e[1]);
	e[1] = deletion(&d, 2);
	is(ask(&d, e, 2, DEMO_LISTED, 0), AK_VERDICT_INVALID, "rules", 2, 0, "a report and a deletion");
	ak_text_free(&e[0]);
	ak_text_free(&e[1]);
	demo_close(&d);
}

/* Of those that could be sealed, one may keep another from it: a revocation those whom it ends, from then on.  Which comes first is not the
 * choice of whoever hands them over. */
static void no_unsealed_record_takes_away_what_another_says(void **state)
{
	demo d;
	ak_text e[3];

	demo_branch(*state, &d);
	demo_listing(&d);
	{
		ak_secret *roots[] = { d.w.root[0], d.w.root[1], NULL }, *judge[] = { d.pool[3], NULL };
		outcome o;

		e[0] = demo_revocation(&d, d.pool[0], -1, roots);
		e[1] = deletion(&d, 2);
		e[2] = demo_sign(demo_draft(&d, "demo", "report", "{\"number\":\"8\",\"service\":\"elsewhere\"}", NULL, 0), "demo", judge);
		is(ask(&d, &e[0], 1, DEMO_LISTED, 0), AK_VERDICT_VALID, "", 1, 0, "the revocation");
		is(ask(&d, &e[1], 1, DEMO_LISTED, 0), AK_VERDICT_INVALID, "rules", 1, 0, "the deletion");
		o = ask(&d, e, 3, DEMO_LISTED, 0);
		is(o, AK_VERDICT_INVALID, "rules", 1, 2, "the revocation first");
		assert_non_null(strstr(o.detail, "unsealed record 3 is left aside"));
		assert_true(o.warned);
		{
			const ak_text turned[] = { e[1], e[0], e[2] };

			is(ask(&d, turned, 3, DEMO_LISTED, 0), AK_VERDICT_INVALID, "rules", 3, 0, "the deletion first");
		}
	}
	for (size_t i = 0; i < 3; i++)
		ak_text_free(&e[i]);
	demo_close(&d);
}

static void of_an_earlier_state_nothing_unsealed_speaks(void **state)
{
	demo d;
	ak_text e;

	demo_branch(*state, &d);
	demo_listing(&d);
	(void)demo_add(&d, "report", "{\"number\":\"9\",\"service\":\"elsewhere\"}", NULL, 0, false, 1);
	e = deletion(&d, 2);
	is(ask(&d, &e, 1, DEMO_LISTED, attack_size(&d.w) - 1), AK_VERDICT_VALID, "", 0, 1, "known at an earlier size");
	is(ask(&d, &e, 1, DEMO_LISTED, attack_size(&d.w)), AK_VERDICT_INVALID, "rules", 1, 0, "known at all");
	ak_text_free(&e);
	demo_close(&d);
}

static void what_is_no_envelope_is_said_so(void **state)
{
	static const char other[] = "{\"payload\":\"e30=\",\"payloadType\":\"text/plain\",\"signatures\":[]}";
	static const char *const row[] = { "", "{}", other };
	demo *d = *state;
	ak_text bundle = { 0 };

	assert_int_equal(ak_ledger_bundle(d->w.l, "demo", "L0", 0, false, &bundle, NULL), AK_OK);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		ak_text good = deletion(d, 2);
		const ak_span also[] = { span_of(&good), ak_span_str(row[i]) };
		const ak_verify_options o = { .trust = span_of(&d->w.trust), .now = d->w.now, .also = also, .n_also = 2 };
		ak_text json = { 0 };
		ak_verdict v = AK_VERDICT_VALID;
		ak_error err = { 0 };

		assert_int_equal(ak_bundle_verify(span_of(&bundle), &o, &v, &json, &err), AK_BAD_FORMAT);
		assert_string_equal(err.where, "also");
		assert_int_equal(err.at, 1); /* which of the files */
		assert_null(json.data);
		ak_text_free(&good);
	}
	{
		ak_span many[65] = { { 0 } };
		const ak_verify_options o = { .trust = span_of(&d->w.trust), .now = d->w.now, .also = many, .n_also = 65 };
		ak_text json = { 0 };
		ak_verdict v = AK_VERDICT_VALID;
		ak_error err = { 0 };

		assert_int_equal(ak_bundle_verify(span_of(&bundle), &o, &v, &json, &err), AK_LIMIT);
		assert_string_equal(err.where, "also");
	}
	ak_text_free(&bundle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unsealed_deletion_counts),
		cmocka_unit_test(what_could_not_be_sealed_is_left_aside),
		cmocka_unit_test(what_is_sealed_or_held_back_is_left_aside),
		cmocka_unit_test(nothing_unsealed_helps),
		cmocka_unit_test(an_unsealed_revocation_reaches_back),
		cmocka_unit_test(several_unsealed_records_count_together),
		cmocka_unit_test(no_unsealed_record_takes_away_what_another_says),
		cmocka_unit_test(of_an_earlier_state_nothing_unsealed_speaks),
		cmocka_unit_test(what_is_no_envelope_is_said_so),
	};

	return cmocka_run_group_tests_name("bundle: also", tests, demo_group_open, demo_group_close);
}
