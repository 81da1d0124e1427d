/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence that lost its authority to a revocation by the root that reaches back (FORMAT 16.8, 19.4): what rests on it is not known
 * to be wrong, so it is never called invalid; and it is never good.  The answer names record, key, cutoff and revocation. */
#include "attack.h"

#include "api/api.h"
#include "base/date.h"
#include "crypto/hash.h"
#include "verify/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DELETION "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"decided_on\":\"2024-06-18\",\"reason\":\"x\"}"

/* The root ends this key after record `last`. */
static uint64_t end_key(world *w, const ak_secret *of, uint64_t last)
{
	ak_secret *roots[] = { w->root[0], w->root[1], NULL };
	char body[300], id[72];

	attack_keyid(of, id);
	(void)snprintf(body, sizeof(body), "{\"keys\":[{\"id\":\"%s\"}],\"last_valid_seq\":%llu,\"reason\":\"compromise\"}", id + 7,
	               (unsigned long long)last);
	return world_seal(w, world_sign(world_draft(w, "akashi", "revocation", NULL, body, NULL), roots));
}

static const ak_json *warning_about(const ak_json *report, const char *id, uint64_t seq)
{
	const ak_json *list = ak_json_get(report, "warnings");

	for (size_t i = 0; i < ak_json_len(list); i++) {
		const ak_json *one = ak_json_at(list, i);
		int64_t record = -1;

		if (ak_span_is(ak_json_get_text(one, "id"), id) && ak_json_int(ak_json_get(one, "record"), &record) && (uint64_t)record == seq)
			return one;
	}
	return NULL;
}

static void is_number(const ak_json *o, const char *key, uint64_t want)
{
	int64_t n = -1;

	assert_true(ak_json_int(ak_json_get(o, key), &n));
	assert_int_equal(n, want);
}

/* ... says which key counts up to where, and who says so. */
static void is_told(world *w, uint64_t seq, const ak_secret *key, uint64_t cutoff, uint64_t revocation)
{
	ak_json *report = NULL;
	const ak_json *one;
	char id[72];

	(void)world_verify(w, LISTING, LISTED_ON, 0, &report);
	one = warning_about(report, "authority-lost", seq);
	assert_non_null(one);
	attack_keyid(key, id);
	assert_string_equal(ak_json_get_str(one, "key"), id);
	is_number(one, "cutoff", cutoff);
	is_number(one, "revocation", revocation);
	assert_null(warning_about(report, "void-record", seq));
	assert_false(report_failed(report, "roles"));
	assert_false(report_failed(report, "keys"));
	ak_json_free(report);
}

/* Every link of the chain: who signed it, and what it is called. */
static void no_link_that_fell_makes_it_invalid(void **state)
{
	static const char *const link[][2] = {
		{ "auditor-1", "auditor-registration" }, { "statement-1", "provider-statement" }, { "report-1", "audit-report" },
		{ "application-1", "application" }, { "review-1", "technical-review" }, { "decision-1", "decision" },
		{ "listing-1", "listing" },
	};

	for (size_t i = 0; i < sizeof(link) / sizeof(link[0]); i++) {
		const ak_secret *key;
		uint64_t seq, revocation;
		world w;

		world_branch(*state, &w);
		seq = world_seq(&w, link[i][0]);
		key = world_signers(&w, link[i][1])[0];
		revocation = end_key(&w, key, seq - 1);
		attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "cannot-decide");
		is_told(&w, seq, key, seq - 1, revocation);
		attack_verdict(&w, revocation, AK_VERDICT_VALID, ""); /* known then, nothing was wrong */
		world_close(&w);
	}
}

/* A finding that has nothing to do with what fell stays what it is. */
static void what_is_bad_with_it_is_bad_without(void **state)
{
	world w;

	world_branch(*state, &w);
	(void)world_add(&w, "deletion-1", "deletion", NULL,
	                DELETION, NULL);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	(void)end_key(&w, w.auditor, world_seq(&w, "report-1") - 1); /* not who signed the deletion */
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	world_close(&w);
}

/* What a thief took away comes back when the root says from when on the keys were stolen; else nothing could be repaired. */
static void a_deletion_that_fell_deletes_nothing(void **state)
{
	uint64_t before, seq;
	world w;

	world_branch(*state, &w);
	before = attack_size(&w) - 1;
	seq = world_add(&w, "deletion-1", "deletion", NULL,
	                DELETION, NULL);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	(void)end_key(&w, w.committee[0], before);
	/* The same key signed the decision, before the compromise: without a quorum that is not decided (FORMAT 16.8). */
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "cannot-decide");
	{
		ak_json *report = NULL;

		(void)world_verify(&w, LISTING, LISTED_ON, 0, &report);
		assert_non_null(warning_about(report, "authority-lost", seq));
		assert_int_equal(ak_json_len(ak_json_get(report, "findings")), 0);
		ak_json_free(report);
	}
	world_close(&w);
}

/* A key enrolled by one that was stolen: what it signed falls with it, and the answer says through what. */
static void what_rests_on_a_fallen_enrolment_falls_with_it(void **state)
{
	ak_secret *late = world_new_key("ed25519"), *by[] = { late, NULL }, *both[3] = { NULL };
	char body[1024], key[400];
	uint64_t before, enrolled, withdrawn, revocation;
	ak_json *report = NULL;
	const ak_json *one;
	world w;

	world_branch(*state, &w);
	before = attack_size(&w) - 1;
	both[0] = w.secretariat, both[1] = late;
	world_key_json(late, key, sizeof(key));
	(void)snprintf(body, sizeof(body), "{\"party\":\"koh-audit\",\"name\":{\"ja\":\"甲監査法人\",\"en\":\"Koh Audit Corporation\"},\"roles\":[\"auditor\"],"
	               "\"members\":[{\"member\":\"second\",\"seat\":\"席\",\"kind\":\"person\",\"keys\":[%s]}]}", key);
	enrolled = world_seal(&w, world_sign(world_draft(&w, "ismap", "party", NULL, body, NULL), both));
	withdrawn = world_seal(&w, world_sign(world_draft(&w, "ismap", "report-withdrawal", NULL,
	                       "{\"auditor\":\"koh-audit\",\"service\":\"kumo-iaas\",\"withdrawn_on\":\"2026-05-30\",\"reason\":\"x\"}",
	                       (const char *const[]){ "withdraws=report-1", NULL }), by));
	revocation = end_key(&w, w.secretariat, before);
	is_told(&w, enrolled, w.secretariat, before, revocation);
	is_told(&w, withdrawn, w.secretariat, before, revocation);
	(void)world_verify(&w, LISTING, LISTED_ON, 0, &report);
	one = warning_about(report, "authority-lost", withdrawn);
	(void)snprintf(body, sizeof(body), "it rests on record #%llu", (unsigned long long)enrolled);
	assert_non_null(strstr(ak_json_get_str(one, "detail"), body));
	ak_json_free(report);
	ak_secret_free(&late);
	world_close(&w);
}

/* What was void when it was sealed has not lost anything: nobody may dress up a forgery as lost evidence. */
static void what_never_had_authority_did_not_lose_it(void **state)
{
	ak_json *report = NULL;
	uint64_t last, seq;
	world w;

	world_branch(*state, &w);
	last = world_seq(&w, "listing-1");
	(void)end_key(&w, w.auditor, last);
	seq = attack_forge(&w, world_sign(world_draft(&w, "ismap", "report-withdrawal", NULL,
	                   "{\"auditor\":\"koh-audit\",\"service\":\"kumo-iaas\",\"withdrawn_on\":\"2026-05-30\",\"reason\":\"x\"}",
	                   (const char *const[]){ "withdraws=report-1", NULL }), world_signers(&w, "report-withdrawal")));
	(void)world_verify(&w, LISTING, LISTED_ON, 0, &report);
	assert_non_null(warning_about(report, "void-record", seq));
	assert_null(warning_about(report, "authority-lost", seq));
	ak_json_free(report);
	world_close(&w);
}

#define STRUCK_OFF(day) "{\"auditor\":\"koh-audit\",\"kind\":\"deregistration\",\"registered_on\":\"" day "\",\"effective_on\":\"" day "\"}"
#define REGISTERED "{\"auditor\":\"koh-audit\",\"kind\":\"renewal\",\"registered_on\":\"2024-04-08\",\"valid_from\":\"2024-04-10\",\"valid_until\":\"2026-04-09\"}"

/* About the auditor's standing, by these of the committee. */
static uint64_t about_auditor(world *w, const char *body, size_t first)
{
	ak_secret *keys[] = { w->committee[first], w->committee[first + 1], w->committee[first + 2], NULL };

	return world_seal(w, world_sign(world_draft(w, "ismap", "auditor-registration", NULL, body, NULL), keys));
}

/* Struck off, registered again by a key that was then stolen, struck off by the thief: both fell.  With neither the auditor was not
 * registered on the report's day, with both it was not, and yet it may have been: the moment between them says so. */
static void a_rule_that_loss_and_theft_break_alike_says_nothing(void **state)
{
	uint64_t again;
	world w;

	world_branch(*state, &w);
	(void)about_auditor(&w, STRUCK_OFF("2024-04-01"), 2);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	again = about_auditor(&w, REGISTERED, 0);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	(void)about_auditor(&w, STRUCK_OFF("2024-04-15"), 0);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	(void)end_key(&w, w.committee[0], again - 1);
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "cannot-decide");
	world_close(&w);
}

/* Two of five are left: what is needed is told of the five. */
static void more_are_not_needed_than_there_were(void **state)
{
	ak_text json = { 0 };
	char record[24];
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	seq = about_auditor(&w, STRUCK_OFF("2024-04-01"), 0);
	for (size_t i = 0; i < 3; i++)
		(void)end_key(&w, w.committee[i], seq - 1);
	(void)snprintf(record, sizeof(record), "#%llu", (unsigned long long)seq);
	assert_int_equal(ak_ledger_show(w.l, record, &json, NULL), AK_OK);
	if (strstr(json.data, "needs 3 of 5 committee signatures") == NULL)
		fail_msg("%s", json.data);
	ak_text_free(&json);
	world_close(&w);
}

/* What is taken away by who was entitled to it, whatever became of the stolen key. */
static uint64_t deleted(world *w)
{
	ak_secret *keys[] = { w->committee[2], w->committee[3], w->committee[4], NULL };

	return world_seal(w, world_sign(world_draft(w, "ismap", "deletion", NULL,
	                                            "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"false-statement\"}", NULL), keys));
}

/* A copy of the key was stolen and its owner, unaware, goes on: thief and owner take turns, so no moment parts what they sealed. */
static void an_owner_who_goes_on_after_a_theft_is_not_condemned(void **state)
{
	uint64_t thief;
	world w;

	world_branch(*state, &w);
	(void)about_auditor(&w, STRUCK_OFF("2024-04-01"), 2);
	thief = about_auditor(&w, STRUCK_OFF("2024-04-15"), 0);
	(void)about_auditor(&w, REGISTERED, 0);
	(void)end_key(&w, w.committee[0], thief - 1);
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "cannot-decide");
	/* In none of the worlds is that undone. */
	(void)deleted(&w);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	world_close(&w);
}

/* The play before, and the thief seals so much more that asking about some moments only would miss the one that counts. */
static void dilute(const world *from, int more)
{
	uint64_t first;
	world w;
	char body[300];

	world_branch(from, &w);
	(void)about_auditor(&w, STRUCK_OFF("2024-04-01"), 2);
	first = about_auditor(&w, STRUCK_OFF("2024-04-02"), 0);
	(void)about_auditor(&w, REGISTERED, 0);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	for (int i = 0; i < more; i++) {
		(void)snprintf(body, sizeof(body), "{\"auditor\":\"koh-audit\",\"kind\":\"deregistration\",\"registered_on\":\"2024-%02d-%02d\",\"effective_on\":\"2024-04-15\"}",
		               5 + i / 28, 1 + i % 28);
		(void)about_auditor(&w, body, 0);
	}
	(void)end_key(&w, w.committee[0], first - 1);
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "cannot-decide");
	world_close(&w);
}

static void a_thief_hides_no_moment_behind_others(void **state)
{
	dilute(*state, 3);
	dilute(*state, 4); /* 6 fell: as many as are asked about */
	dilute(*state, 5);
	dilute(*state, 64);
}

/* Two of those who signed the decision have ended: one counts up to and with it, the other only before.  It is the other's end that it fell by,
 * whichever of the two lines is read first. */
static void it_fell_by_the_key_that_does_not_count_at_it(void **state)
{
	for (size_t last = 0; last < 2; last++) {
		uint64_t seq, revocation;
		world w;

		world_branch(*state, &w);
		seq = world_seq(&w, "decision-1");
		(void)end_key(&w, world_signers(&w, "decision")[last], seq);
		revocation = end_key(&w, world_signers(&w, "decision")[1 - last], seq - 1);
		is_told(&w, seq, world_signers(&w, "decision")[1 - last], seq - 1, revocation);
		world_close(&w);
	}
}

/* ---- what is told beside a verdict ---------------------------------------------------------------------------- */

static ak_json *parsed(ak_text *json)
{
	ak_json *v = NULL;

	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)json->data, json->len }, &v, NULL), AK_OK);
	ak_text_free(json);
	return v;
}

/* The row of that auditor stands so. */
static void stands(world *w, uint64_t known_at, const char *standing, const char *reason)
{
	ak_text json = { 0 };
	ak_json *v;
	const ak_json *row;

	assert_int_equal(ak_ledger_auditors(w->l, LISTED_ON, known_at, w->now, &json, NULL), AK_OK);
	v = parsed(&json);
	row = ak_json_at(ak_json_get(v, "auditors"), 0);
	assert_int_equal(ak_json_len(ak_json_get(v, "auditors")), 1);
	assert_string_equal(ak_json_get_str(row, "standing"), standing);
	if (reason == NULL)
		assert_null(ak_json_get(row, "reason"));
	else
		assert_string_equal(ak_json_get_str(row, "reason"), reason);
	ak_json_free(v);
}

/* Neither registered nor struck off: it cannot be told. */
static void an_auditor_whose_registration_fell_is_in_doubt(void **state)
{
	uint64_t revocation;
	world w;

	world_branch(*state, &w);
	stands(&w, 0, "registered", NULL);
	revocation = end_key(&w, world_signers(&w, "auditor-registration")[0], world_seq(&w, "auditor-1") - 1);
	stands(&w, 0, "unknown", "authority-lost");
	stands(&w, revocation, "registered", NULL); /* as known then */
	world_close(&w);
}

/* Registered again by the key's owner, struck off by the thief before or after: in one of the worlds it is registered. */
static void an_auditor_that_one_world_registers_is_in_doubt(void **state)
{
	for (size_t order = 0; order < 2; order++) {
		uint64_t first;
		world w;

		world_branch(*state, &w);
		(void)about_auditor(&w, STRUCK_OFF("2024-04-01"), 2);
		first = about_auditor(&w, order == 0 ? REGISTERED : STRUCK_OFF("2024-04-15"), 0);
		(void)about_auditor(&w, order == 0 ? STRUCK_OFF("2024-04-15") : REGISTERED, 0);
		(void)end_key(&w, w.committee[0], first - 1);
		stands(&w, 0, "unknown", "authority-lost");
		world_close(&w);
	}
}

/* What fell would take the registration away: it does not, and the auditor stays in sight. */
static void an_auditor_stays_when_its_annulment_fell(void **state)
{
	static const char *const annuls[] = { "annuls=auditor-1", NULL };
	char body[400], name[24];
	ak_text json = { 0 };
	uint64_t thief;
	ak_json *v;
	world w;

	world_branch(*state, &w);
	(void)snprintf(name, sizeof(name), "#%llu", (unsigned long long)world_seq(&w, "auditor-1"));
	assert_int_equal(ak_ledger_show(w.l, name, &json, NULL), AK_OK);
	v = parsed(&json);
	(void)snprintf(body, sizeof(body), "{\"record\":\"%s\",\"reason\":\"x\",\"subjects\":[\"ismap/auditor:koh-audit\"]}", ak_json_get_str(v, "id"));
	ak_json_free(v);
	thief = world_seal(&w, world_sign(world_draft(&w, "ismap", "annulment", NULL, body, annuls), world_signers(&w, "auditor-registration")));
	(void)end_key(&w, world_signers(&w, "auditor-registration")[0], thief - 1);
	stands(&w, 0, "registered", NULL);
	world_close(&w);
}

/* "severity" of the row that says the report is missing; "" when none does. */
static void report_is_missed(world *w, const char *severity)
{
	static const char *const refs[] = { "report=report-1", "statement=statement-1", NULL };
	ak_text draft = world_draft(w, "ismap", "application", NULL, "{\"provider\":\"kakuu-kumo\",\"service\":\"kumo-iaas\",\"applied_on\":\"2024-05-02\"}",
	                            refs), json = { 0 };
	const ak_span in = { (const uint8_t *)draft.data, draft.len };
	const char *found = "";
	size_t failed;
	ak_json *v;

	assert_int_equal(ak_ledger_check_submission(w->l, &in, 1, w->now, &json, &failed, NULL), AK_OK);
	v = parsed(&json);
	for (size_t i = 0; i < ak_json_len(ak_json_get(v, "rows")); i++) {
		const ak_json *row = ak_json_at(ak_json_get(v, "rows"), i);

		if (ak_span_is(ak_json_get_text(row, "what"), "audit-report"))
			found = ak_json_get_str(row, "severity");
	}
	assert_string_equal(found, severity);
	ak_json_free(v);
	ak_text_free(&draft);
}

static void a_paper_that_fell_is_not_called_missing(void **state)
{
	world w;

	world_branch(*state, &w);
	report_is_missed(&w, "");
	(void)end_key(&w, w.auditor, world_seq(&w, "report-1") - 1);
	report_is_missed(&w, "unverifiable");
	world_close(&w);
}

/* ---- somebody who saw a signature in time ------------------------------------------------------------------ */

/* Vouches for what was there at `at`. */
typedef struct clerk {
	int64_t at, asked;
} clerk;

static bool saw(void *ctx, const ak_sealed *r, size_t i, int64_t time)
{
	clerk *c = ctx;

	assert_true(i < r->signatures.n);
	c->asked = time;
	return c->at <= time;
}

static bool held(void *ctx, ak_span scheme, const ak_digest *digest)
{
	return ak_trust_pins(ctx, scheme, digest) || ak_held_by_program(NULL, scheme, digest);
}

static ak_verdict ask_with(world *w, clerk *c)
{
	ak_span id = ak_span_str(LISTING_ID);
	ak_trust *trust = calloc(1, sizeof(*trust));
	ak_books *books = w->l->b;
	ak_profile rules = { 0 };
	ak_evidence e = { 0 };
	ak_json *report = NULL;
	ak_verdict v = AK_VERDICT_INVALID;
	ak_question q = { .trust = trust, .scheme = "ismap", .listing = LISTING, .now = w->now, .core = &books->core, .held = held,
	                  .held_ctx = trust, .older = saw, .older_ctx = c };
	ak_date day;

	assert_non_null(trust);
	assert_int_equal(ak_trust_parse((ak_span){ (const uint8_t *)w->trust.data, w->trust.len }, ak_sha256, trust, NULL), AK_OK);
	assert_int_equal(ak_shipped_profile(ak_span_str("ismap"), &rules, NULL), AK_OK);
	assert_true(ak_date_parse(ak_span_str(LISTED_ON), &day));
	q.as_of = day.first;
	q.rules = rules.package;
	assert_int_equal(ak_evidence_draw(&books->source, &id, 1, ak_span_str("ismap"), &e, NULL), AK_OK);
	ak_buf_init(&e.checkpoint, AK_NOTE_MAX);
	assert_int_equal(ak_buf_add_span(&e.checkpoint, ak_buf_span(&books->head.checkpoint), NULL), AK_OK);
	assert_int_equal(ak_verify_evidence(&e, &q, &v, &report, NULL), AK_OK);
	ak_json_free(report);
	ak_evidence_clear(&e);
	ak_profile_clear(&rules);
	free(trust);
	return v;
}

static int64_t time_of(world *w, uint64_t seq)
{
	ak_sealed s = { 0 };
	ak_buf file;
	int64_t t;

	ak_buf_init(&file, AK_RECORD_MAX);
	assert_int_equal(ak_books_record(w->l->b, seq, &file, NULL), AK_OK);
	assert_int_equal(ak_sealed_parse(ak_buf_span(&file), &s, NULL), AK_OK);
	t = s.header.time;
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return t;
}

/* Up to the cutoff it stands if it was seen before the compromise, also without a quorum; after the cutoff never. */
static void what_was_seen_in_time_stands(void **state)
{
	uint64_t report;
	clerk c;
	world w;

	world_branch(*state, &w);
	report = world_seq(&w, "report-1");
	(void)end_key(&w, w.auditor, report);
	c = (clerk){ .at = INT64_MAX };
	assert_int_equal(ask_with(&w, &c), AK_VERDICT_UNVERIFIABLE);
	assert_int_equal(c.asked, time_of(&w, report));
	c.at = c.asked + 1;
	assert_int_equal(ask_with(&w, &c), AK_VERDICT_UNVERIFIABLE);
	c.at = c.asked;
	assert_int_equal(ask_with(&w, &c), AK_VERDICT_VALID);
	(void)end_key(&w, w.auditor, report - 1);
	assert_int_equal(ask_with(&w, &c), AK_VERDICT_UNVERIFIABLE);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_link_that_fell_makes_it_invalid),
		cmocka_unit_test(what_is_bad_with_it_is_bad_without),
		cmocka_unit_test(a_deletion_that_fell_deletes_nothing),
		cmocka_unit_test(what_rests_on_a_fallen_enrolment_falls_with_it),
		cmocka_unit_test(what_never_had_authority_did_not_lose_it),
		cmocka_unit_test(a_rule_that_loss_and_theft_break_alike_says_nothing),
		cmocka_unit_test(more_are_not_needed_than_there_were),
		cmocka_unit_test(an_owner_who_goes_on_after_a_theft_is_not_condemned),
		cmocka_unit_test(a_thief_hides_no_moment_behind_others),
		cmocka_unit_test(it_fell_by_the_key_that_does_not_count_at_it),
		cmocka_unit_test(what_was_seen_in_time_stands),
		cmocka_unit_test(an_auditor_whose_registration_fell_is_in_doubt),
		cmocka_unit_test(an_auditor_that_one_world_registers_is_in_doubt),
		cmocka_unit_test(an_auditor_stays_when_its_annulment_fell),
		cmocka_unit_test(a_paper_that_fell_is_not_called_missing),
	};

	return cmocka_run_group_tests_name("attack: reach back", tests, attack_world_open, attack_world_close);
}
