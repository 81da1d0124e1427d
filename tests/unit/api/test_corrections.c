/* SPDX-License-Identifier: Apache-2.0 */
/* What a correction may make of a record, and what it may take for what stands there (FORMAT 16.7.1; docs/RULES.md). */
#include "attack.h"
#include "tried.h"

#include "api/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static ak_text draft_of(world *w, uint64_t of, const char *field, const char *after)
{
	ak_text draft = { 0 };
	ak_error err = { 0 };
	char record[24];

	(void)snprintf(record, sizeof(record), "#%llu", (unsigned long long)of);
	if (ak_ledger_draft_correction(w->l, record, field, after, "誤記", NULL, w->now, &draft, &err) != AK_OK)
		fail_msg("%s: %s", err.where, err.detail);
	return draft;
}

/* A correction of `of`, signed by who may. */
static ak_text correction(world *w, uint64_t of, const char *field, const char *after)
{
	return world_sign(draft_of(w, of, field, after), world_signers(w, "correction"));
}

static ak_json *parsed(const ak_text *t)
{
	ak_json *v = NULL;

	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)t->data, t->len }, &v, NULL), AK_OK);
	return v;
}

/* What check says of it: the refusal's status ("" when none), its place, and what was expected. */
static void checked(world *w, const ak_text *in, const char *status, const char *where, const char *expected)
{
	ak_text answer = { 0 };
	ak_json *v;
	const ak_json *r;

	assert_int_equal(ak_ledger_check(w->l, (ak_span){ (const uint8_t *)in->data, in->len }, w->now, &answer, NULL), AK_OK);
	v = parsed(&answer);
	r = ak_json_get(v, "refusal");
	if (*status != '\0') {
		assert_string_equal(ak_json_get_str(r, "status"), status);
		assert_string_equal(ak_json_get_str(r, "where"), where);
	}
	if (expected != NULL)
		assert_string_equal(ak_json_get_str(r, "expected"), expected);
	ak_json_free(v);
	ak_text_free(&answer);
}

static void what_its_type_does_not_allow_is_refused_and_void(void **state)
{
	static const struct {
		const char *field, *after, *status, *where;
		ak_status refused;
	} row[] = {
		{ "/expires_on", "\"2026年7月31日\"", "AK_SCHEMA", "body.after", AK_SCHEMA },
		{ "/basis", "\"banana\"", "AK_SCHEMA", "body.after", AK_SCHEMA },
		{ "/services", "[]", "AK_SCHEMA", "body.after", AK_SCHEMA },
		{ "/services/0/name", "5", "AK_SCHEMA", "body.after", AK_SCHEMA },
		{ "/listing", "\"C24-0909-2\"", "AK_ABOUT_MISMATCH", "body.after", AK_ABOUT_MISMATCH },
	};
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "listing-1");
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		ak_text draft = draft_of(&w, seq, row[i].field, row[i].after);
		uint64_t forged;

		checked(&w, &draft, row[i].status, row[i].where, NULL);
		ak_text_free(&draft);
		(void)attack_refused(&w, correction(&w, seq, row[i].field, row[i].after), row[i].refused, row[i].where);
		forged = attack_forge(&w, correction(&w, seq, row[i].field, row[i].after));
		attack_is_void(&w, forged, row[i].refused);
	}
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	world_close(&w);
}

static void nor_may_the_correction_of_a_correction(void **state)
{
	uint64_t first, forged;
	world w;

	world_branch(*state, &w);
	first = world_seal(&w, correction(&w, world_seq(&w, "listing-1"), "/services/0/name", "\"別の名\""));
	(void)attack_refused(&w, correction(&w, first, "/after", "5"), AK_SCHEMA, "body.after");
	forged = attack_forge(&w, correction(&w, first, "/after", "5"));
	attack_is_void(&w, forged, AK_SCHEMA);
	(void)world_seal(&w, correction(&w, first, "/after", "\"第三の名\""));
	attack_is_sound(&w, 1);
	world_close(&w);
}

static char *before_of(const ak_text *draft)
{
	ak_json *v = parsed(draft);
	char *out = ak_span_dup(ak_json_get_text(ak_json_get(v, "body"), "before"));

	ak_json_free(v);
	return out;
}

/* The row of a listing says what the corrections leave, those of corrections too. */
static void is_listed_as(world *w, const char *name)
{
	ak_text rows = { 0 };

	assert_int_equal(ak_ledger_list(w->l, &rows, NULL), AK_OK);
	assert_non_null(strstr(rows.data, name));
	ak_text_free(&rows);
}

static bool answers(ak_status st, ak_text *json, const char *what)
{
	bool yes;

	assert_int_equal(st, AK_OK);
	yes = strstr(json->data, what) != NULL;
	ak_text_free(json);
	return yes;
}

/* What was known then, and nothing that was learned later: neither records nor what they do to earlier ones. */
static void what_was_known_then_is_told(void **state)
{
	uint64_t seq, first, second;
	char name[24], later[24];
	ak_text t = { 0 };
	ak_error err = { 0 };
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "listing-1");
	first = world_seal(&w, correction(&w, seq, "/services/0/name", "\"第二の名\""));
	second = world_seal(&w, correction(&w, seq, "/services/0/name", "\"第三の名\""));
	(void)snprintf(name, sizeof(name), "#%llu", (unsigned long long)seq);
	(void)snprintf(later, sizeof(later), "#%llu", (unsigned long long)second);
	is_listed_as(&w, "\"service\":\"第三の名");
	assert_int_equal(ak_ledger_as_known(w.l, second, NULL), AK_OK);
	is_listed_as(&w, "\"service\":\"第二の名");
	assert_true(answers(ak_ledger_search(w.l, "第二の名", 0, &t, NULL), &t, "\"type\":\"listing\""));
	assert_false(answers(ak_ledger_search(w.l, "第三の名", 0, &t, NULL), &t, "\"seq\""));
	assert_true(answers(ak_ledger_show(w.l, name, &t, NULL), &t, "第二の名"));
	assert_false(answers(ak_ledger_show(w.l, name, &t, NULL), &t, "第三の名"));
	assert_true(answers(ak_ledger_log(w.l, LISTING, NULL, 1, &t, NULL), &t, "\"type\":\"correction\""));
	assert_int_equal(ak_ledger_show(w.l, later, &t, &err), AK_NOT_FOUND);
	assert_string_equal(err.where, "record");
	assert_int_equal(ak_ledger_raw(w.l, later, &t, &err), AK_NOT_FOUND);
	assert_int_equal(ak_ledger_as_known(w.l, first, NULL), AK_OK);
	is_listed_as(&w, "\"service\":\"架空の雲 IaaS");
	assert_false(answers(ak_ledger_log(w.l, LISTING, "correction", 0, &t, NULL), &t, "\"seq\""));
	assert_int_equal(ak_ledger_as_known(w.l, seq, NULL), AK_OK);
	assert_false(answers(ak_ledger_list(w.l, &t, NULL), &t, LISTING));
	assert_int_equal(ak_ledger_as_known(w.l, second + 2, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "known_at");
	assert_int_equal(ak_ledger_as_known(w.l, 0, NULL), AK_OK);
	is_listed_as(&w, "\"service\":\"第三の名");
	world_close(&w);
}

static void a_second_correction_starts_from_the_first(void **state)
{
	uint64_t seq, first;
	ak_text draft;
	char *before;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "listing-1");
	first = world_seal(&w, correction(&w, seq, "/services/0/name", "\"第二の名\""));
	is_listed_as(&w, "\"service\":\"第二の名");
	draft = draft_of(&w, seq, "/services/0/name", "\"第三の名\"");
	before = before_of(&draft);
	assert_string_equal(before, "第二の名");
	ak_mem_free(before);
	checked(&w, &draft, "AK_NOT_AUTHORISED", "signatures", NULL); /* nobody has signed, nothing else is wrong */
	ak_text_free(&draft);
	/* The first is corrected itself: the value now is what that leaves. */
	(void)world_seal(&w, correction(&w, first, "/after", "\"第二の名 改\""));
	is_listed_as(&w, "\"service\":\"第二の名 改");
	draft = draft_of(&w, seq, "/services/0/name", "\"架空の雲 IaaS\""); /* as the statement has it */
	before = before_of(&draft);
	assert_string_equal(before, "第二の名 改");
	ak_mem_free(before);
	(void)world_seal(&w, world_sign(draft, world_signers(&w, "correction")));
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	world_close(&w);
}

static void a_stale_before_is_refused(void **state)
{
	static const edit stale[] = { { "/predicate/body/before", "\"架空でない名\"" }, { NULL, NULL } };
	uint64_t seq;
	ak_text envelope;
	ak_error e;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "listing-1");
	(void)world_seal(&w, correction(&w, seq, "/services/0/name", "\"第二の名\""));
	e = attack_refused(&w, attack_edited(draft_of(&w, seq, "/services/0/name", "\"第三の名\""), stale,
	                                     world_signers(&w, "correction")), AK_HELD_BACK, "body.before");
	assert_string_equal(e.expected, "\"第二の名\"");
	assert_string_equal(e.found, "\"架空でない名\"");
	envelope = attack_edited(draft_of(&w, seq, "/services/0/name", "\"第三の名\""), stale, world_signers(&w, "correction"));
	checked(&w, &envelope, "AK_HELD_BACK", "body.before", "\"第二の名\"");
	ak_text_free(&envelope);
	world_close(&w);
}

/* Sealed all the same, by another program: it has no effect, and that is told. */
static void a_stale_before_has_no_effect_and_is_told(void **state)
{
	static const edit stale[] = { { "/predicate/body/before", "\"2020-01-01\"" }, { NULL, NULL } };
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "listing-1");
	(void)attack_forge(&w, attack_edited(draft_of(&w, seq, "/expires_on", "\"2024-06-30\""), stale, world_signers(&w, "correction")));
	attack_is_sound(&w, 0);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	attack_warned(&w, "correction-without-effect");
	world_close(&w);
}

/* The state that the history of LISTING gives to record `seq`. */
static void in_history(world *w, uint64_t seq, const char *state)
{
	ak_json *report = NULL;
	const ak_json *history;
	size_t found = 0;

	(void)world_verify(w, LISTING, LISTED_ON, 0, &report);
	history = ak_json_get(report, "history");
	for (size_t i = 0; i < ak_json_len(history); i++) {
		int64_t record = -1;

		if (!ak_json_int(ak_json_get(ak_json_at(history, i), "record"), &record) || (uint64_t)record != seq)
			continue;
		assert_string_equal(ak_json_get_str(ak_json_at(history, i), "state"), state);
		found++;
	}
	ak_json_free(report);
	assert_int_equal(found, 1);
}

/* Only the one that changes nothing is marked, and a void one is called void. */
static void the_history_marks_a_correction_without_effect(void **state)
{
	static const edit stale[] = { { "/predicate/body/before", "\"2020-01-01\"" }, { NULL, NULL } };
	ak_secret *strangers[2] = { NULL };
	uint64_t seq, acting, idle, nobodys;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "listing-1");
	strangers[0] = w.stranger;
	acting = world_seal(&w, correction(&w, seq, "/services/0/name", "\"第二の名\""));
	idle = attack_forge(&w, attack_edited(draft_of(&w, seq, "/expires_on", "\"2024-06-30\""), stale, world_signers(&w, "correction")));
	nobodys = attack_forge(&w, world_sign(draft_of(&w, seq, "/services/0/name", "\"第三の名\""), strangers));
	in_history(&w, seq, "corrected");
	in_history(&w, acting, "");
	in_history(&w, idle, "idle");
	in_history(&w, nobodys, "void");
	world_close(&w);
}

static const ak_json *finding(const ak_json *v, const char *rule)
{
	const ak_json *list = ak_json_get(v, "findings");

	for (size_t i = 0; i < ak_json_len(list); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(list, i), "rule"), rule))
			return ak_json_at(list, i);
	}
	return NULL;
}

/* The decision is about the application only: it is reached through the draft's reference. */
static void a_new_listing_is_checked_with_what_it_refers_to(void **state)
{
	static const char *const refs[] = { "decided-by=decision-1", "statement=statement-1", NULL };
	ak_text draft, answer = { 0 };
	ak_json *v;
	world w;

	world_branch(*state, &w);
	draft = world_draft(&w, "ismap", "listing", NULL, "{\"listing\":\"C24-0404-2\",\"basis\":\"decided\",\"services\":"
	                    "[{\"id\":\"kumo-iaas\",\"name\":\"架空の雲 IaaS\"}],\"provider\":{\"name\":\"株式会社架空の雲\",\"party\":"
	                    "\"kakuu-kumo\"},\"registered_on\":\"2024-06-12\",\"expires_on\":\"2025-07-31\",\"audit_period\":"
	                    "{\"from\":\"2023-04-01\",\"to\":\"2024-03-31\"}}", refs);
	assert_int_equal(ak_ledger_check(w.l, (ak_span){ (const uint8_t *)draft.data, draft.len }, w.now, &answer, NULL), AK_OK);
	v = parsed(&answer);
	assert_null(finding(v, "E01"));
	assert_string_equal(ak_json_get_str(finding(v, "E02"), "reason"), ""); /* past, by its audit period: decided, not guessed */
	ak_json_free(v);
	ak_text_free(&answer);
	ak_text_free(&draft);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_its_type_does_not_allow_is_refused_and_void),
		cmocka_unit_test(nor_may_the_correction_of_a_correction),
		cmocka_unit_test(a_second_correction_starts_from_the_first),
		cmocka_unit_test(what_was_known_then_is_told),
		cmocka_unit_test(a_stale_before_is_refused),
		cmocka_unit_test(a_stale_before_has_no_effect_and_is_told),
		cmocka_unit_test(the_history_marks_a_correction_without_effect),
		cmocka_unit_test(a_new_listing_is_checked_with_what_it_refers_to),
	};

	tried_once();
	return cmocka_run_group_tests_name("corrections", tests, attack_world_open, attack_world_close);
}
