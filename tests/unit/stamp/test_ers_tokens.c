/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence records over decades: authorities whose certificates begin and end are really made, each token is a real one, and the
 * clock is the test's. */
#include "stamp/ers_tokens.h"
#include "tsa.h"

#include <openssl/obj_mac.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { AUTHORITIES = 4 };

static const char data_text[] = "ledger.example/demo\n3\nAAAA\n";
static const char *const policies[] = { "1.2.3.4.1" };

/* Who can stamp when.  The last one is nobody's. */
static const tsa_wishes lives[AUTHORITIES] = {
	{ .not_before = "2026-01-01T00:00:00Z", .not_after = "2030-12-31T23:59:59Z", .root_not_before = "2020-01-01T00:00:00Z", .root_not_after = "2040-12-31T23:59:59Z" },
	{ .not_before = "2029-01-01T00:00:00Z", .not_after = "2039-12-31T23:59:59Z", .root_not_before = "2028-01-01T00:00:00Z", .root_not_after = "2060-12-31T23:59:59Z" },
	{ .not_before = "2038-01-01T00:00:00Z", .not_after = "2055-12-31T23:59:59Z", .root_not_before = "2036-01-01T00:00:00Z", .root_not_after = "2070-12-31T23:59:59Z" },
	{ .not_before = "2026-01-01T00:00:00Z", .not_after = "2055-12-31T23:59:59Z", .root_not_before = "2020-01-01T00:00:00Z", .root_not_after = "2070-12-31T23:59:59Z" },
};

typedef struct scene {
	authority a[AUTHORITIES];
	ak_cert *root[AUTHORITIES];
	ak_tsa tsa[AUTHORITIES];
	uint8_t room[3][AK_ERS_HASH_LEN_MAX];
	ak_ers_object data;
} scene;

static int open_scene(void **state)
{
	static scene s;
	static const char *const names[] = { "first", "second", "third" };

	for (size_t i = 0; i < AUTHORITIES; i++) {
		authority_make(&s.a[i], &lives[i]);
		s.root[i] = as_cert(s.a[i].root);
	}
	for (size_t i = 0; i < 3; i++)
		s.tsa[i] = (ak_tsa){ .name = names[i], .operator_name = names[i], .root = s.root[i], .policies = policies, .n_policies = 1,
			             .from = INT64_MIN, .until = INT64_MAX };
	ak_ers_object_of(ak_span_str(data_text), s.room, &s.data);
	*state = &s;
	return 0;
}

static int close_scene(void **state)
{
	scene *s = *state;

	for (size_t i = 0; i < AUTHORITIES; i++) {
		authority_clear(&s->a[i]);
		ak_cert_free(&s->root[i]);
	}
	return 0;
}

static void ok(ak_status st, const ak_error *err)
{
	if (st != AK_OK)
		fail_msg("%s at %s %d: %s", ak_status_name(st), err->where != NULL ? err->where : "?", (int)err->at, err->detail);
}

/* One more token by authority `by`, whose clock is right to `accuracy` seconds; hash NONE: renewal by `was`. */
static void stamp_within(scene *s, ak_buf *record, size_t by, const char *time, int accuracy, ak_ers_hash was, ak_ers_hash hash)
{
	ak_ers_next next;
	ak_stamp *t = NULL;
	ak_error err = { 0 };
	ak_ers r;
	ak_buf out;
	wishes w = { .time = time, .accuracy_s = accuracy };
	ak_span tsr;

	if (record->len == 0) {
		ok(ak_ers_next_first(&s->data, hash, &next, &err), &err);
	} else {
		ok(ak_ers_parse(ak_buf_span(record), &r, &err), &err);
		if (hash == AK_ERS_HASH_NONE)
			ak_ers_next_renew(&r, was, &next);
		else
			ok(ak_ers_next_rehash(&r, &s->data, hash, NULL, &next, &err), &err);
	}
	w.hash = next.imprint.hash == AK_ERS_SHA256 ? NID_sha256 : next.imprint.hash == AK_ERS_SHA384 ? NID_sha384 : NID_sha512;
	w.imprint = (ak_span){ next.imprint.b, ak_ers_hash_len(next.imprint.hash) };
	tsr = tsa_stamp(&s->a[by], &w);
	ok(ak_stamp_parse(tsr, &t, &err), &err);
	ak_buf_init(&out, AK_ERS_MAX);
	ok(ak_ers_put(record->len == 0 ? NULL : &r, &next, ak_stamp_token(t), &out, &err), &err);
	ak_buf_clear(record);
	*record = out;
	ak_stamp_free(&t);
	stamp_drop(&tsr);
}

static void stamp(scene *s, ak_buf *record, size_t by, const char *time, ak_ers_hash was, ak_ers_hash hash)
{
	stamp_within(s, record, by, time, 0, was, hash);
}

static ak_status verify_with(scene *s, const ak_buf *record, const char *now, const ak_crl *crl, size_t n_tsa, ak_ers_found *f, ak_error *err)
{
	const ak_stamp_query q = { .now = at(now), .tsa = s->tsa, .n_tsa = n_tsa, .crls = &crl, .n_crls = crl != NULL };
	ak_ers r;
	ak_status st = ak_ers_parse(ak_buf_span(record), &r, err);

	return st == AK_OK ? ak_ers_verify_tokens(&r, &s->data, &q, f, err) : st;
}

static ak_status verify(scene *s, const ak_buf *record, const char *now, ak_ers_found *f, ak_error *err)
{
	return verify_with(s, record, now, NULL, 3, f, err);
}

/* 2026, renewed before the first authority ends, given another digest, renewed again; looked at in 2050. */
static void from_2026_to_2050(void **state)
{
	scene *s = *state;
	ak_error err = { 0 };
	ak_ers_found f = { 0 };
	ak_buf record;

	ak_buf_init(&record, AK_ERS_MAX);
	stamp(s, &record, 0, "20260601120000Z", 0, AK_ERS_SHA256);
	ok(verify(s, &record, "2027-01-01T00:00:00Z", &f, &err), &err);
	assert_int_equal(f.proven, at("2026-06-01T12:00:00Z"));
	assert_int_equal(f.record.until, at("2030-12-31T23:59:59Z")); /* what status counts down to */
	stamp(s, &record, 1, "20300601000000Z", AK_ERS_SHA256, AK_ERS_HASH_NONE);
	stamp(s, &record, 1, "20350601000000Z", AK_ERS_SHA256, AK_ERS_SHA512);
	stamp(s, &record, 2, "20390601000000Z", AK_ERS_SHA512, AK_ERS_HASH_NONE);
	ok(verify(s, &record, "2050-01-01T00:00:00Z", &f, &err), &err);
	assert_int_equal(f.proven, at("2026-06-01T12:00:00Z"));
	assert_int_equal(f.record.until, at("2055-12-31T23:59:59Z"));
	assert_int_equal(f.record.hash, AK_ERS_SHA512);
	assert_string_equal(f.first->name, "first");
	assert_string_equal(f.last->name, "third");
	/* Of the future nothing is believed, nor by who does not know the last authority. */
	assert_int_equal(verify(s, &record, "2038-01-01T00:00:00Z", &f, &err), AK_BAD_TIMESTAMP);
	assert_int_equal(err.at, 3);
	assert_int_equal(verify_with(s, &record, "2050-01-01T00:00:00Z", NULL, 2, &f, &err), AK_NO_TRUSTED_SIG);
	assert_int_equal(err.at, 3);
	ak_buf_clear(&record);
}

static void not_renewed_in_time(void **state)
{
	scene *s = *state;
	ak_error err = { 0 };
	ak_ers_found f = { 0 };
	ak_buf record;

	ak_buf_init(&record, AK_ERS_MAX);
	stamp(s, &record, 0, "20260601120000Z", 0, AK_ERS_SHA256);
	/* Left alone it is not false, and it is seen that it holds no more. */
	ok(verify(s, &record, "2031-06-01T00:00:00Z", &f, &err), &err);
	assert_true(f.record.until < at("2031-06-01T00:00:00Z"));
	/* The day after is too late. */
	stamp(s, &record, 1, "20310101000000Z", AK_ERS_SHA256, AK_ERS_HASH_NONE);
	assert_int_equal(verify(s, &record, "2050-01-01T00:00:00Z", &f, &err), AK_CLOCK);
	assert_int_equal(err.at, 1);
	ak_buf_clear(&record);
}

/* A clock that may be hours off: it was in time only when it was so at the latest second, and a key lost in between may have been lost before. */
static void in_time_at_the_latest(void **state)
{
	enum { WATCH = 6 * 3600 };
	static const struct {
		const char *name, *time, *revoked;
		int accuracy;
		ak_status want;
	} rows[] = {
		{ "to the second", "20301231235959Z", NULL, 0, AK_OK },
		{ "an hour before, right to half an hour", "20301231230000Z", NULL, 1800, AK_OK },
		{ "an hour before, right to the last second", "20301231230000Z", NULL, 3599, AK_OK },
		{ "an hour before, right to an hour", "20301231230000Z", NULL, 3600, AK_CLOCK },
		{ "an hour before, right to six hours", "20301231230000Z", NULL, WATCH, AK_CLOCK },
		{ "a key lost later than at the latest", "20300601000000Z", "2030-06-01T06:00:01Z", WATCH, AK_OK },
		{ "a key lost at the latest second", "20300601000000Z", "2030-06-01T06:00:00Z", WATCH, AK_BAD_TIMESTAMP },
		{ "a key lost in between", "20300601000000Z", "2030-06-01T03:00:00Z", WATCH, AK_BAD_TIMESTAMP },
	};
	scene *s = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_crl *crl = rows[i].revoked == NULL ? NULL : authority_revokes(&s->a[0], rows[i].revoked, 1);
		ak_error err = { 0 };
		ak_ers_found f = { 0 };
		ak_buf record;
		ak_status st;

		ak_buf_init(&record, AK_ERS_MAX);
		stamp(s, &record, 0, "20260601120000Z", 0, AK_ERS_SHA256);
		stamp_within(s, &record, 1, rows[i].time, rows[i].accuracy, AK_ERS_SHA256, AK_ERS_HASH_NONE);
		st = verify_with(s, &record, "2050-01-01T00:00:00Z", crl, 3, &f, &err);
		if (st != rows[i].want)
			fail_msg("%s: %s (%s)", rows[i].name, ak_status_name(st), err.detail);
		ak_crl_free(&crl);
		ak_buf_clear(&record);
	}
}

/* Which came first is told by genTime alone, by its fractions too, whatever the accuracy. */
static void in_order(void **state)
{
	static const struct {
		const char *name, *time;
		int accuracy;
		ak_status want;
	} rows[] = {
		{ "half a second later", "20260601120000.75Z", 60, AK_OK },
		{ "at the same time", "20260601120000.25Z", 60, AK_CLOCK },
		{ "a tenth before", "20260601120000.15Z", 60, AK_CLOCK },
	};
	scene *s = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_error err = { 0 };
		ak_ers_found f = { 0 };
		ak_buf record;
		ak_status st;

		ak_buf_init(&record, AK_ERS_MAX);
		stamp(s, &record, 0, "20260601120000.25Z", 0, AK_ERS_SHA256);
		stamp_within(s, &record, 0, rows[i].time, rows[i].accuracy, AK_ERS_SHA256, AK_ERS_HASH_NONE);
		st = verify(s, &record, "2027-01-01T00:00:00Z", &f, &err);
		if (st != rows[i].want)
			fail_msg("%s: %s (%s)", rows[i].name, ak_status_name(st), err.detail);
		ak_buf_clear(&record);
	}
}

static void by_nobody(void **state)
{
	scene *s = *state;
	ak_error err = { 0 };
	ak_ers_found f = { 0 };
	ak_buf record;

	ak_buf_init(&record, AK_ERS_MAX);
	stamp(s, &record, 0, "20260601120000Z", 0, AK_ERS_SHA256);
	stamp(s, &record, 3, "20300601000000Z", AK_ERS_SHA256, AK_ERS_HASH_NONE);
	assert_int_equal(verify(s, &record, "2050-01-01T00:00:00Z", &f, &err), AK_NO_TRUSTED_SIG);
	assert_int_equal(err.at, 1);
	ak_buf_clear(&record);
}

/* The first authority loses its key: before the renewal all is lost, after it nothing is. */
static void a_key_lost_after_the_renewal(void **state)
{
	static const struct {
		const char *name, *revoked;
		bool renewed;
		ak_status want;
	} rows[] = {
		{ "never renewed", "2029-01-01T00:00:00Z", false, AK_BAD_TIMESTAMP },
		{ "lost before it was renewed", "2029-01-01T00:00:00Z", true, AK_BAD_TIMESTAMP },
		{ "lost at that second", "2030-06-01T00:00:00Z", true, AK_BAD_TIMESTAMP },
		{ "lost after it was renewed", "2030-06-01T00:00:01Z", true, AK_OK },
	};
	scene *s = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_crl *crl = authority_revokes(&s->a[0], rows[i].revoked, 1);
		ak_error err = { 0 };
		ak_ers_found f = { 0 };
		ak_buf record;
		ak_status st;

		ak_buf_init(&record, AK_ERS_MAX);
		stamp(s, &record, 0, "20260601120000Z", 0, AK_ERS_SHA256);
		if (rows[i].renewed)
			stamp(s, &record, 1, "20300601000000Z", AK_ERS_SHA256, AK_ERS_HASH_NONE);
		st = verify_with(s, &record, "2050-01-01T00:00:00Z", crl, 3, &f, &err);
		if (st != rows[i].want)
			fail_msg("%s: %s (%s)", rows[i].name, ak_status_name(st), err.detail);
		ak_crl_free(&crl);
		ak_buf_clear(&record);
	}
}

/* Only imprints of the three lengths are asked for, and stand in the request as they are. */
static void requests(void **state)
{
	uint8_t imprint[64];
	ak_error err = { 0 };
	ak_buf b;

	(void)state;
	memset(imprint, 7, sizeof(imprint));
	ak_buf_init(&b, 1024);
	for (size_t len = 0; len <= 64; len++) {
		bool good = len == 32 || len == 48 || len == 64;

		assert_int_equal(ak_stamp_request((ak_span){ imprint, len }, ak_span_str("12345678"), &b, &err), good ? AK_OK : AK_INVALID_ARGUMENT);
		if (good)
			assert_true(ak_span_find(ak_buf_span(&b), (ak_span){ imprint, len }, &(size_t){ 0 }));
		ak_buf_clear(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_2026_to_2050),
		cmocka_unit_test(not_renewed_in_time),
		cmocka_unit_test(in_time_at_the_latest),
		cmocka_unit_test(in_order),
		cmocka_unit_test(by_nobody),
		cmocka_unit_test(a_key_lost_after_the_renewal),
		cmocka_unit_test(requests),
	};

	return cmocka_run_group_tests(tests, open_scene, close_scene);
}
