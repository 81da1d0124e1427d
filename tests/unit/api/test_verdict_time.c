/* SPDX-License-Identifier: Apache-2.0 */
/* Who saw the head, when, and what a verdict makes of it: quorum, completeness, freshness and clocks (DESIGN 6). */
#include "bundles.h"

#include "base/utctime.h"
#include "verify/cosignature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WITNESSES = 3, DAY = 86400, SLACK = 300 };

#define HEARTBEAT_NAME "ledger.example/ismap/heartbeat"
#define POLICY_NONE "quorum none\ncomplete none\n"

/* A valid listing in a bundle, and three witnesses who have not signed it yet. */
typedef struct scene {
	demo d;
	ak_secret *key[WITNESSES];
	ak_json *bundle;
	ak_text trust;  /* without witnesses */
	int64_t sealed; /* time of the newest record */
} scene;

static const char *const names[WITNESSES] = { "w1.example", "w2.example", "w3.example" };

/* Witnesses w1 to w3 with these keys, and these lines in the place of `quorum none`, `complete none`. */
static void trusting(scene *s, ak_secret *const *keys, const char *policy)
{
	const char *at = strstr(s->trust.data, POLICY_NONE);
	ak_buf b;

	assert_non_null(at);
	ak_buf_init(&b, 1 << 16);
	assert_int_equal(ak_buf_add(&b, s->trust.data, (size_t)(at - s->trust.data), NULL), AK_OK);
	for (size_t i = 0; i < WITNESSES; i++) {
		ak_text vkey = { 0 };

		assert_int_equal(ak_witness_key(keys[i], names[i], &vkey, NULL), AK_OK);
		assert_int_equal(ak_buf_addf(&b, NULL, "witness w%zu %s\n", i + 1, vkey.data), AK_OK);
		ak_text_free(&vkey);
	}
	assert_int_equal(ak_buf_addf(&b, NULL, "%s%s", policy, at + strlen(POLICY_NONE)), AK_OK);
	ak_text_free(&s->d.w.trust);
	assert_int_equal(ak_buf_take_text(&b, &s->d.w.trust, NULL), AK_OK);
}

static scene open_scene(void **state)
{
	scene s = { 0 };
	ak_text b;

	demo_branch(*state, &s.d);
	demo_listing(&s.d);
	s.sealed = s.d.w.now;
	s.trust = attack_copy(&s.d.w.trust);
	for (size_t i = 0; i < WITNESSES; i++)
		s.key[i] = world_new_key("ed25519");
	b = bundles_make(&s.d.w, "demo", "L0", 0);
	s.bundle = bundles_open(&b);
	ak_text_free(&b);
	return s;
}

static void close_scene(scene *s)
{
	for (size_t i = 0; i < WITNESSES; i++)
		ak_secret_free(&s->key[i]);
	ak_json_free(s->bundle);
	ak_text_free(&s->trust);
	demo_close(&s->d);
}

/* One more line on the head; names have to come in their order. */
static void cosigned(ak_json *bundle, const char *name, const ak_secret *key, int64_t time)
{
	ak_json *lines = ak_json_copy(ak_json_get(bundle, "checkpoint"));
	ak_buf text, line;

	ak_buf_init(&text, 1 << 16);
	ak_buf_init(&line, 1 << 16);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(ak_buf_addf(&text, NULL, "%s\n", (const char *)ak_json_text(ak_json_at(lines, i)).data), AK_OK);
	assert_int_equal(ak_cosignature_make(key->key, ak_span_str(name), ak_buf_span(&text), time, &line, NULL), AK_OK);
	line.len--; /* the newline */
	assert_int_equal(ak_json_add(lines, ak_json_new_text(ak_buf_span(&line)), NULL), AK_OK);
	assert_int_equal(ak_json_set(bundle, "checkpoint", lines, NULL), AK_OK);
	ak_buf_clear(&text);
	ak_buf_clear(&line);
}

/* w1 to w3 sign at these times after the newest record; -1: not at all. */
static ak_json *seen(const scene *s, const int64_t after[WITNESSES])
{
	ak_json *b = ak_json_copy(s->bundle);

	for (size_t i = 0; i < WITNESSES; i++) {
		if (after[i] >= 0)
			cosigned(b, names[i], s->key[i], s->sealed + after[i]);
	}
	return b;
}

/* The report, asked at `now`. */
static ak_json *judged(scene *s, const ak_json *bundle, const char *as_of, int64_t now)
{
	const ak_verify_options o = { .trust = bundles_span(&s->d.w.trust), .as_of = as_of, .now = now };
	ak_text t = bundles_close(bundle), json = { 0 };
	ak_verdict v = AK_VERDICT_UNVERIFIABLE;
	ak_json *r = NULL;
	ak_error err = { 0 };

	if (ak_bundle_verify(bundles_span(&t), &o, &v, &json, &err) != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(err.status), err.where, err.detail);
	assert_int_equal(ak_json_parse(bundles_span(&json), &r, NULL), AK_OK);
	ak_text_free(&json);
	ak_text_free(&t);
	return r;
}

/* Free the report; `until` 0: nothing is known. */
static void is(ak_json *r, const char *verdict, const char *reason, int64_t until, const char *what)
{
	const char *got = ak_json_get_str(ak_json_get(r, "freshness"), "known_until");
	char want[AK_UTCTIME_LEN + 1];

	ak_utctime_format(until, want);
	if (!ak_span_is(ak_json_get_text(r, "verdict"), verdict) || !ak_span_is(ak_json_get_text(r, "reason"), reason))
		fail_msg("%s: %s (%s), want %s (%s)", what, ak_json_get_str(r, "verdict"), ak_json_get_str(r, "reason"), verdict, reason);
	if (until == 0 ? !ak_json_is(ak_json_get(ak_json_get(r, "freshness"), "known_until"), AK_JSON_NULL)
	               : got == NULL || strcmp(got, want) != 0)
		fail_msg("%s: known until %s, want %s", what, got == NULL ? "null" : got, until == 0 ? "null" : want);
	ak_json_free(r);
}

static bool warned(const ak_json *r, const char *id)
{
	const ak_json *w = ak_json_get(r, "warnings");

	for (size_t i = 0; i < ak_json_len(w); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(w, i), "id"), id))
			return true;
	}
	return false;
}

/* Outcome of a check, its place in *where, and what it says. */
static const char *outcome(const ak_json *r, const char *id, const char **where, const char **detail)
{
	const ak_json *checks = ak_json_get(r, "checks");

	for (size_t i = 0; i < ak_json_len(checks); i++) {
		const ak_json *c = ak_json_at(checks, i);

		if (!ak_span_is(ak_json_get_text(c, "id"), id))
			continue;
		*where = ak_json_get_str(c, "where");
		*detail = ak_json_get_str(c, "detail");
		return ak_json_get_str(c, "outcome");
	}
	fail_msg("no check %s", id);
	return "";
}

static void check_is(const ak_json *r, const char *id, const char *want, const char *want_where, const char *want_detail)
{
	const char *where = NULL, *detail = NULL, *got = outcome(r, id, &where, &detail);

	if (strcmp(got, want) != 0 || (want_where != NULL && (where == NULL || strcmp(where, want_where) != 0)) ||
	    (want_detail != NULL && (detail == NULL || strstr(detail, want_detail) == NULL)))
		fail_msg("check %s: %s at %s: %s; want %s at %s: %s", id, got, where == NULL ? "" : where, detail == NULL ? "" : detail, want,
		         want_where == NULL ? "" : want_where, want_detail == NULL ? "" : want_detail);
}

/* ---- who saw it ---------------------------------------------------------------------------------------------- */

/* T is the latest time at which the cosignatures at hand satisfy the quorum, not the newest of them. */
static void the_time_of_a_quorum_is_when_it_was_last_met(void **state)
{
	static const struct { const char *policy; int64_t after[WITNESSES]; int64_t until; } row[] = {
		{ "group g 2 w1 w2 w3\nquorum g\ncomplete none\n", { 100, 3 * DAY, 5 * DAY }, 3 * DAY },
		{ "group g 2 w1 w2 w3\nquorum g\ncomplete none\n", { 5 * DAY, 3 * DAY, 100 }, 3 * DAY },
		{ "group g 2 w1 w2 w3\nquorum g\ncomplete none\n", { 5 * DAY, -1, 100 }, 100 },
		{ "group g all w1 w2 w3\nquorum g\ncomplete none\n", { 4 * DAY, 3 * DAY, 5 * DAY }, 3 * DAY },
		{ "group g any w1 w2 w3\nquorum g\ncomplete none\n", { 4 * DAY, -1, 5 * DAY }, 5 * DAY },
		{ "group g any w1 w2\ngroup h all g w3\nquorum h\ncomplete none\n", { 4 * DAY, 200, 3 * DAY }, 3 * DAY },
		{ "quorum w2\ncomplete none\n", { 5 * DAY, 2 * DAY, 5 * DAY }, 2 * DAY },
	};
	scene s = open_scene(state);

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		ak_json *b = seen(&s, row[i].after);

		trusting(&s, s.key, row[i].policy);
		is(judged(&s, b, DEMO_LISTED, s.sealed + 6 * DAY), "valid", "", s.sealed + row[i].until, row[i].policy);
		ak_json_free(b);
	}
	close_scene(&s);
}

/* A head that an honest quorum saw long ago is old, however newly one of them, or the operator, saw it. */
static void one_new_cosignature_makes_no_old_quorum_fresh(void **state)
{
	static const int64_t after[WITNESSES] = { 0, 20 * DAY, -1 };
	scene s = open_scene(state);
	ak_json *b = seen(&s, after), *r;

	trusting(&s, s.key, "group g 2 w1 w2 w3\nquorum g\ncomplete none\n");
	r = judged(&s, b, "2026-06-09", s.sealed + 20 * DAY);
	check_is(r, "freshness", "not-checked", NULL, "the ledger is known only to");
	is(r, "unverifiable", "stale", s.sealed, "two of three, one of them long ago");
	ak_json_free(b);
	close_scene(&s);
}

static void a_quorum_that_is_not_met_is_no_time(void **state)
{
	static const int64_t after[WITNESSES] = { -1, 60, -1 };
	scene s = open_scene(state);
	ak_json *b = seen(&s, after), *r;

	trusting(&s, s.key, "group g 2 w1 w2 w3\nquorum g\ncomplete none\n");
	r = judged(&s, b, DEMO_LISTED, s.sealed + 60);
	check_is(r, "witnesses", "not-checked", NULL, "the witness quorum is not met");
	is(r, "unverifiable", "completeness", 0, "one of two");
	ak_json_free(b);
	close_scene(&s);
}

/* Who vouches for consistency has not looked whether something is left out, and the other way round. */
static void quorum_and_complete_are_asked_of_whom_the_trust_file_names(void **state)
{
	static const struct { int64_t after[WITNESSES]; const char *verdict, *reason; int64_t until; bool met; } row[] = {
		{ { 60, -1, -1 }, "unverifiable", "completeness", 60, false },
		{ { -1, 60, -1 }, "unverifiable", "completeness", 0, true },
		{ { 60, 90, -1 }, "valid", "", 60, true },
		{ { 60, -1, 90 }, "unverifiable", "completeness", 60, false },
	};
	scene s = open_scene(state);

	trusting(&s, s.key, "quorum w1\ncomplete w2\n");
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		ak_json *b = seen(&s, row[i].after), *r = judged(&s, b, DEMO_LISTED, s.sealed + DAY);
		const ak_json *c = ak_json_get(r, "completeness");

		assert_string_equal(ak_json_get_str(c, "by"), "w2");
		assert_int_equal(ak_json_true(ak_json_get(c, "met")), row[i].met);
		is(r, row[i].verdict, row[i].reason, row[i].until == 0 ? 0 : s.sealed + row[i].until, "quorum w1, complete w2");
		ak_json_free(b);
	}
	close_scene(&s);
}

/* Operator, root and witness keys are disjoint: who is watched does not watch. */
static void a_key_of_the_ledgers_own_keyset_is_no_witness(void **state)
{
	scene s = open_scene(state);
	ak_secret *own[] = { s.d.w.heartbeat, s.d.w.root[0], s.d.w.root[2] };

	trusting(&s, own, "group g any w1 w2 w3\nquorum g\ncomplete g\n");
	for (size_t i = 0; i < WITNESSES; i++) {
		ak_json *b = ak_json_copy(s.bundle), *r;

		cosigned(b, names[i], own[i], s.sealed);
		r = judged(&s, b, DEMO_LISTED, s.sealed);
		assert_true(warned(r, "witness-own-key"));
		check_is(r, "witnesses", "not-checked", NULL, "the witness quorum is not met");
		is(r, "unverifiable", "completeness", 0, names[i]);
		ak_json_free(b);
	}
	close_scene(&s);
}

/* ---- clocks -------------------------------------------------------------------------------------------------- */

static void a_cosignature_ahead_of_the_clock_does_not_count(void **state)
{
	static const int64_t after[WITNESSES] = { 2 * DAY, -1, -1 };
	scene s = open_scene(state);
	ak_json *b = seen(&s, after), *r;

	trusting(&s, s.key, "quorum w1\ncomplete w1\n");
	r = judged(&s, b, DEMO_LISTED, s.sealed + 2 * DAY - SLACK);
	assert_false(warned(r, "clock-ahead"));
	is(r, "valid", "", s.sealed + 2 * DAY, "300 s ahead");
	r = judged(&s, b, DEMO_LISTED, s.sealed + 2 * DAY - SLACK - 1);
	assert_true(warned(r, "clock-ahead"));
	check_is(r, "witnesses", "not-checked", NULL, "lie ahead of this machine's clock");
	is(r, "unverifiable", "completeness", 0, "301 s ahead");
	ak_json_free(b);
	close_scene(&s);
}

static void a_heartbeat_ahead_of_the_clock_does_not_count(void **state)
{
	scene s = open_scene(state);
	ak_json *b = ak_json_copy(s.bundle), *r;

	cosigned(b, HEARTBEAT_NAME, s.d.w.heartbeat, s.sealed + 2 * DAY);
	r = judged(&s, b, DEMO_LISTED, s.sealed + 2 * DAY - SLACK);
	assert_false(warned(r, "clock-ahead"));
	is(r, "valid", "", s.sealed + 2 * DAY, "300 s ahead");
	r = judged(&s, b, DEMO_LISTED, s.sealed + 2 * DAY - SLACK - 1);
	assert_true(warned(r, "clock-ahead"));
	is(r, "valid", "", s.sealed, "301 s ahead");
	ak_json_free(b);
	close_scene(&s);
}

/* An operator whose clock is in 2036 does not make its ledger known until then, nor a machine that thinks it is 1970. */
static void a_record_ahead_of_the_clock_does_not_say_how_far_the_ledger_is_known(void **state)
{
	static const int64_t wrong[] = { 0, INT64_C(1735689600) }; /* 1970, 2025 */
	scene s = open_scene(state);
	ak_json *r = judged(&s, s.bundle, DEMO_LISTED, s.sealed - SLACK);

	assert_false(warned(r, "clock-ahead"));
	is(r, "valid", "", s.sealed, "300 s ahead");
	/* The record before it is a minute older, and can be believed. */
	r = judged(&s, s.bundle, DEMO_LISTED, s.sealed - SLACK - 1);
	assert_true(warned(r, "clock-ahead"));
	is(r, "valid", "", s.sealed - 60, "301 s ahead");
	for (size_t i = 0; i < 2; i++) {
		r = judged(&s, s.bundle, DEMO_LISTED, wrong[i]);
		assert_true(warned(r, "clock-ahead"));
		check_is(r, "freshness", "not-checked", NULL, "no time that counts");
		is(r, "unverifiable", "stale", 0, "a machine without a clock");
	}
	/* What is not known is not known since 1970 either. */
	is(judged(&s, s.bundle, "1970-01-02", 0), "unverifiable", "stale", 0, "a day of 1970");
	close_scene(&s);
}

/* Rule A05: nobody can have seen a record before it was made. */
static void a_cosignature_older_than_what_it_covers_is_none(void **state)
{
	static const int64_t late[] = { -SLACK, -SLACK - 1 };
	scene s = open_scene(state);

	trusting(&s, s.key, "quorum w1\ncomplete w1\n");
	for (size_t i = 0; i < 2; i++) {
		ak_json *b = ak_json_copy(s.bundle), *r;

		cosigned(b, names[0], s.key[0], s.sealed + late[i]);
		r = judged(&s, b, DEMO_LISTED, s.sealed);
		check_is(r, "clock", i == 0 ? "passed" : "failed", i == 0 ? NULL : "checkpoint.cosignature", NULL);
		is(r, i == 0 ? "valid" : "invalid", i == 0 ? "" : "evidence", s.sealed + late[i], "before the record");
		ak_json_free(b);
	}
	close_scene(&s);
}

/* ---- age ----------------------------------------------------------------------------------------------------- */

/* Nothing is wrong with the listing, which is registered until December: all that is missing is newer knowledge. */
static void what_would_be_valid_is_stale_by_age_alone(void **state)
{
	static const struct { const char *as_of; int64_t beat; const char *verdict, *reason; } row[] = {
		{ "2026-06-08", -1, "valid", "" },
		{ "2026-06-09", -1, "unverifiable", "stale" },
		{ "2026-06-09", 1, "valid", "" },
		{ "2026-06-10", 1, "unverifiable", "stale" },
		{ "2026-11-30", 1, "unverifiable", "stale" },
		{ "2026-11-30", 180, "valid", "" },
	};
	scene s = open_scene(state);

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		ak_json *b = ak_json_copy(s.bundle), *r;

		if (row[i].beat >= 0)
			cosigned(b, HEARTBEAT_NAME, s.d.w.heartbeat, s.sealed + row[i].beat * DAY);
		r = judged(&s, b, row[i].as_of, s.sealed + 181 * DAY);
		check_is(r, "freshness", *row[i].reason == '\0' ? "passed" : "not-checked", NULL, NULL);
		assert_int_equal(ak_json_len(ak_json_get(r, "missing")), 0);
		is(r, row[i].verdict, row[i].reason, s.sealed + (row[i].beat < 0 ? 0 : row[i].beat * DAY), row[i].as_of);
		ak_json_free(b);
	}
	close_scene(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_time_of_a_quorum_is_when_it_was_last_met),
		cmocka_unit_test(one_new_cosignature_makes_no_old_quorum_fresh),
		cmocka_unit_test(a_quorum_that_is_not_met_is_no_time),
		cmocka_unit_test(quorum_and_complete_are_asked_of_whom_the_trust_file_names),
		cmocka_unit_test(a_key_of_the_ledgers_own_keyset_is_no_witness),
		cmocka_unit_test(a_cosignature_ahead_of_the_clock_does_not_count),
		cmocka_unit_test(a_heartbeat_ahead_of_the_clock_does_not_count),
		cmocka_unit_test(a_record_ahead_of_the_clock_does_not_say_how_far_the_ledger_is_known),
		cmocka_unit_test(a_cosignature_older_than_what_it_covers_is_none),
		cmocka_unit_test(what_would_be_valid_is_stale_by_age_alone),
	};

	return cmocka_run_group_tests_name("verdict_time", tests, demo_group_open, demo_group_close);
}
