/* SPDX-License-Identifier: Apache-2.0 */
/* What nothing forbids and a person has to look at: told by check, and by seal once more (api/caution.h). */
#include "support/attack.h"

#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { BODY = 4096 };

static ak_json *parsed(ak_text *t)
{
	ak_json *v = NULL;

	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)t->data, t->len }, &v, NULL), AK_OK);
	ak_text_free(t);
	return v;
}

/* The warnings of check about a draft or envelope, which is freed. */
static ak_json *warnings(world *w, ak_text in)
{
	ak_text text = { 0 };
	ak_json *v, *list;

	assert_int_equal(ak_ledger_check(w->l, (ak_span){ (const uint8_t *)in.data, in.len }, w->now, &text, NULL), AK_OK);
	v = parsed(&text);
	list = ak_json_copy(ak_json_get(v, "warnings"));
	assert_non_null(list);
	ak_json_free(v);
	ak_text_free(&in);
	return list;
}

static size_t count(const ak_json *list, const char *id)
{
	size_t n = 0;

	for (size_t i = 0; i < ak_json_len(list); i++)
		n += ak_span_is(ak_json_get_text(ak_json_at(list, i), "id"), id);
	return n;
}

static void warned(world *w, ak_text in, const char *id, size_t n)
{
	ak_json *list = warnings(w, in);

	if (count(list, id) != n)
		fail_msg("%zu warnings %s, want %zu", count(list, id), id, n);
	ak_json_free(list);
}

static void party_body(char out[BODY], const char *party, const char *role, const char *member, const char *seat, const ak_secret *key)
{
	char k[400];

	world_key_json(key, k, sizeof(k));
	(void)snprintf(out, BODY, "{\"party\":\"%s\",\"name\":{\"ja\":\"組織\"},\"roles\":[\"%s\"],\"members\":[{\"member\":\"%s\",\"seat\":\"%s\",\"kind\":\"person\",\"keys\":[%s]}]}",
	               party, role, member, seat, k);
}

static ak_text enrolment(world *w, const char *party, const char *role, const char *member, const char *seat, const ak_secret *key)
{
	char body[BODY];

	party_body(body, party, role, member, seat, key);
	return world_draft(w, "ismap", "party", NULL, body, NULL);
}

/* The seat of the committee's second member, as world_open names it. */
static void second_seat(world *w, char out[64])
{
	ak_text text = { 0 };
	ak_json *v;
	char id[72], keyid[96];
	ak_span seat;
	int64_t seq = -1;

	attack_keyid(w->committee[1], id);
	(void)snprintf(keyid, sizeof(keyid), "akashi/key:%s", id + 7);
	assert_int_equal(ak_ledger_log(w->l, keyid, "party", 1, &text, NULL), AK_OK);
	v = parsed(&text);
	assert_true(ak_json_int(ak_json_get(ak_json_at(v, 0), "seq"), &seq));
	(void)snprintf(out, 64, "%lld", (long long)seq);
	ak_json_free(v);
	assert_int_equal(ak_ledger_show(w->l, out, &text, NULL), AK_OK);
	v = parsed(&text);
	seat = ak_json_get_text(ak_json_at(ak_json_pointer(v, ak_span_str("/body/members")), 1), "seat");
	(void)snprintf(out, 64, "%.*s", (int)seat.len, (const char *)seat.data);
	ak_json_free(v);
}

static void one_seat_under_two_ids_is_told_by_check_and_by_seal(void **state)
{
	ak_secret *keys[] = { NULL, NULL, NULL, NULL };
	ak_text sealed = { 0 }, envelope;
	char seat[64], spaced[70];
	size_t failed;
	ak_json *v;
	world w;

	world_branch(*state, &w);
	second_seat(&w, seat);
	keys[0] = w.root[0], keys[1] = w.root[1], keys[2] = w.stranger;
	warned(&w, enrolment(&w, "committee", "committee", "m2", seat, w.stranger), "seat-twice", 0); /* one more key of the same member */
	warned(&w, enrolment(&w, "committee", "committee", "m6", "another", w.stranger), "seat-twice", 0);
	(void)snprintf(spaced, sizeof(spaced), "%.3s　 %s", seat, seat + 3);
	warned(&w, enrolment(&w, "committee", "committee", "m6", spaced, w.stranger), "seat-twice", 1);
	envelope = world_sign(enrolment(&w, "committee", "committee", "m6", seat, w.stranger), keys);
	warned(&w, attack_copy(&envelope), "seat-twice", 1);
	{
		const ak_span one = { (const uint8_t *)envelope.data, envelope.len };
		const ak_seal_options o = { .operator_key = w.op, .state_path = w.state, .now = w.now };

		assert_int_equal(ak_ledger_seal(w.l, &one, 1, &o, &sealed, &failed, NULL), AK_OK); /* nobody can prove it: it is not refused */
	}
	v = parsed(&sealed);
	assert_int_equal(count(ak_json_get(v, "warnings"), "seat-twice"), 1);
	assert_int_equal(count(ak_json_get(v, "warnings"), "key-taken"), 0);
	ak_json_free(v);
	ak_text_free(&envelope);
	world_close(&w);
}

/* Who has left the seat does not sit on it. */
static void a_seat_whose_keys_have_ended_may_be_taken_by_another_member(void **state)
{
	ak_secret *roots[] = { NULL, NULL, NULL };
	char seat[64], body[200], id[72];
	world w;

	world_branch(*state, &w);
	second_seat(&w, seat);
	roots[0] = w.root[0], roots[1] = w.root[1];
	attack_keyid(w.committee[1], id);
	(void)snprintf(body, sizeof(body), "{\"keys\":[{\"id\":\"%s\"}],\"reason\":\"ceased\"}", id + 7);
	(void)world_seal(&w, world_sign(world_draft(&w, "akashi", "revocation", NULL, body, NULL), roots));
	warned(&w, enrolment(&w, "committee", "committee", "m6", seat, w.stranger), "seat-twice", 0);
	world_close(&w);
}

/* A quorum is counted within one party; a seat in two parties is told where more than one person has to sign. */
static void a_seat_in_two_parties_of_one_quorum_is_told(void **state)
{
	char seat[64];
	world w;

	world_branch(*state, &w);
	second_seat(&w, seat);
	warned(&w, enrolment(&w, "second", "committee", "x1", seat, w.stranger), "seat-elsewhere", 1);
	warned(&w, enrolment(&w, "second", "provider", "x1", seat, w.stranger), "seat-elsewhere", 0);
	warned(&w, enrolment(&w, "second", "provider", "x1", seat, w.committee[2]), "key-taken", 1);
	warned(&w, enrolment(&w, "second", "provider", "x1", seat, w.op), "key-taken", 1);
	world_close(&w);
}

/* ---- one number, two listings ----------------------------------------------------------------------------------------------- */

static const char again[] = "{\"listing\":\"" LISTING "\",\"basis\":\"%s\",\"services\":[{\"id\":\"%s\",\"name\":\"架空\"}],"
                            "\"provider\":{\"name\":\"株式会社架空の雲\",\"party\":\"kakuu-kumo\"},\"registered_on\":\"2024-06-12\",\"expires_on\":\"2026-07-31\"}";

static void listed(world *w, const char *basis, const char *service, const char *const *refs, size_t n)
{
	char body[BODY];

	(void)snprintf(body, sizeof(body), again, basis, service);
	warned(w, world_draft(w, "ismap", "listing", NULL, body, refs), "listed-already", n);
}

static void one_registration_number_listed_twice_is_told(void **state)
{
	static const char *const same[] = { "decided-by=decision-1", "previous=listing-1", NULL };
	static const char *const other[] = { "decided-by=review-1", "previous=listing-1", NULL }; /* any other record stands for another decision */
	static const char *const alone[] = { "decided-by=review-1", NULL };
	world w;

	world_branch(*state, &w);
	listed(&w, "decided", "kumo-iaas", same, 1);
	listed(&w, "decided", "kumo-iaas", alone, 1);
	listed(&w, "decided", "kumo-other", other, 1);
	listed(&w, "decided", "kumo-iaas", other, 0);  /* as a renewal does */
	listed(&w, "imported", "kumo-iaas", alone, 0); /* of another basis: the rules know which goes first */
	world_close(&w);
}

/* The shipped package of ISMAP with this SQL for rule E02, as a draft. */
static ak_text profile_with(world *w, const char *sql)
{
	ak_text shipped = { 0 }, draft = { 0 };
	ak_json *v, *package;
	ak_buf b;

	assert_int_equal(ak_ledger_draft_profile(w->l, "ismap", (ak_span){ 0 }, w->now, &shipped, NULL), AK_OK);
	v = parsed(&shipped);
	package = ak_json_copy(ak_json_pointer(v, ak_span_str("/body/package")));
	assert_int_equal(ak_json_set(package, "version", ak_json_new_str("2026.12"), NULL), AK_OK);
	if (sql != NULL) {
		static const char *const head[] = { "-- id: E02", "-- severity: expired", "-- ja: 規則", "-- en: rule", "-- basis: none" };
		ak_json *rule = ak_json_new_array();

		for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
			assert_int_equal(ak_json_add(rule, ak_json_new_str(head[i]), NULL), AK_OK);
		assert_int_equal(ak_json_add(rule, ak_json_new_str(sql), NULL), AK_OK);
		assert_int_equal(ak_json_pointer_set(package, ak_span_str("/rules/E02"), rule, NULL), AK_OK);
	}
	ak_buf_init(&b, 1 << 20);
	assert_int_equal(ak_jcs_write(package, &b, NULL), AK_OK);
	assert_int_equal(ak_ledger_draft_profile(w->l, "ismap", ak_buf_span(&b), w->now, &draft, NULL), AK_OK);
	ak_buf_clear(&b);
	ak_json_free(package);
	ak_json_free(v);
	return draft;
}

static void a_rule_that_cannot_run_is_told_before_it_is_sealed(void **state)
{
	static const char *const bad[] = { "SELEKT 1", "SELECT date('now')", "ATTACH 'x.db' AS x", "SELECT nothing FROM record",
	                                   "WITH RECURSIVE t(a) AS (SELECT 1 UNION ALL SELECT a + 1 FROM t) SELECT max(a) FROM t" };
	world w;

	world_branch(*state, &w);
	warned(&w, profile_with(&w, NULL), "rule-broken", 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ak_json *list = warnings(&w, profile_with(&w, bad[i]));
		const char *found = ak_json_get_str(ak_json_at(list, 0), "found");

		if (count(list, "rule-broken") != 1 || found == NULL || strstr(found, "E02.sql") == NULL)
			fail_msg("%s: %s", bad[i], found == NULL ? "nothing is told" : found);
		ak_json_free(list);
	}
	world_close(&w);
}

/* The verdict rests on the shipped rules; of the ledger's own it is not said that they found nothing. */
static void a_rule_of_the_ledgers_own_that_did_not_run_has_not_found_nothing(void **state)
{
	const ak_json *own;
	ak_json *report = NULL;
	world w;

	world_branch(*state, &w);
	{
		ak_secret *roots[] = { w.root[0], w.root[1], NULL };

		(void)world_seal(&w, world_sign(profile_with(&w, "SELEKT 1"), roots));
	}
	world_retrust(&w);
	(void)world_verify(&w, LISTING, LISTED_ON, 0, &report);
	own = ak_json_get(report, "ledger_rules");
	assert_non_null(own);
	assert_true(ak_span_is(ak_json_get_text(own, "worst"), "unverifiable"));
	assert_int_equal(ak_json_len(ak_json_get(own, "not_checked")), 1);
	assert_true(ak_span_is(ak_json_text(ak_json_at(ak_json_get(own, "not_checked"), 0)), "E02"));
	ak_json_free(report);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_seat_under_two_ids_is_told_by_check_and_by_seal),
		cmocka_unit_test(a_seat_whose_keys_have_ended_may_be_taken_by_another_member),
		cmocka_unit_test(a_seat_in_two_parties_of_one_quorum_is_told),
		cmocka_unit_test(one_registration_number_listed_twice_is_told),
		cmocka_unit_test(a_rule_that_cannot_run_is_told_before_it_is_sealed),
		cmocka_unit_test(a_rule_of_the_ledgers_own_that_did_not_run_has_not_found_nothing),
	};

	return cmocka_run_group_tests(tests, attack_world_open, attack_world_close);
}
