/* SPDX-License-Identifier: Apache-2.0 */
/* A record is erased by the root threshold, and told; no verdict is better for it (FORMAT 15.8, 16.12, 19.4). */
#include "attack.h"
#include "erasing.h"

#include "api/api.h"
#include "base/text.h"
#include "verify/opening.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { BODY_ROOM = 1024 };

#define DELETION "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"false-statement\"}"
#define SECOND "C24-0404-2"
#define PLAN "{\"provider\":\"kakuu-kumo\",\"service\":\"kumo-iaas\",\"submitted_on\":\"2026-06-01\"}"
#define DEFERRED "{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"deferred\",\"decided_on\":\"2026-05-18\",\"meeting\":\"第23回\"}"

static void an_erased_record_is_told_and_the_rest_holds(void **state)
{
	uint64_t seq, by;
	ak_json *report = NULL;
	ak_buf before;
	int64_t n = 0;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "application-1");
	by = world_seal(&w, erasing_of(&w, seq));
	attack_verdict(&w, 0, AK_VERDICT_VALID, ""); /* while the text is there */
	ak_buf_init(&before, AK_CHECKPOINT_MAX);
	assert_int_equal(ak_buf_add_span(&before, ak_buf_span(&w.l->b->head.checkpoint), NULL), AK_OK);
	erasing_done(&w, seq, "fresh");
	assert_true(ak_span_eq(ak_buf_span(&before), ak_buf_span(&w.l->b->head.checkpoint)));
	ak_buf_clear(&before);
	attack_is_sound(&w, 1);
	assert_true(world_audit(&w, &report));
	assert_int_equal(ak_json_len(ak_json_get(report, "erased")), 1);
	assert_true(ak_json_int(ak_json_get(ak_json_at(ak_json_get(report, "erased"), 0), "erasure"), &n) && (uint64_t)n == by);
	ak_json_free(report);
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "erased");
	attack_warned(&w, "erased");
	/* As known before the erasure: its text is gone all the same. */
	attack_verdict(&w, by, AK_VERDICT_UNVERIFIABLE, "erased");
	/* The ledger goes on from there. */
	(void)world_add(&w, NULL, "decision", NULL, DEFERRED, NULL);
	attack_is_sound(&w, 1);
	world_close(&w);
}

/* Whatever is erased on the way of the listing, and the listing itself: never valid, never called tampered. */
static void no_erasure_makes_a_verdict_better(void **state)
{
	static const char *const labels[] = { "report-1", "listing-1" };

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		uint64_t seq;
		world w;

		world_branch(*state, &w);
		seq = world_seq(&w, labels[i]);
		(void)world_seal(&w, erasing_of(&w, seq));
		erasing_done(&w, seq, "fresh");
		attack_is_sound(&w, 1);
		attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "erased");
		world_close(&w);
	}
}

/* A deletion takes away; with its text gone it takes nothing away, and yet nobody says valid. */
static void what_took_away_does_not_give_back(void **state)
{
	uint64_t seq;
	ak_error err = { 0 };
	world w;

	world_branch(*state, &w);
	if (try_add(&w, "deletion", DELETION, NULL, world_signers(&w, "deletion"), &err) != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(err.status), err.where, err.detail);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	seq = attack_size(&w) - 1;
	(void)world_seal(&w, erasing_of(&w, seq));
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	erasing_done(&w, seq, "fresh");
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "erased");
	world_close(&w);
}

/* The other way round: the listing does not rest on it, and came later; so did the deletion, which stands. */
static void what_takes_away_later_stays(void **state)
{
	uint64_t seq;
	ak_error err = { 0 };
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "plan-1");
	(void)world_seal(&w, erasing_of(&w, seq));
	if (try_add(&w, "deletion", DELETION, NULL, world_signers(&w, "deletion"), &err) != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(err.status), err.where, err.detail);
	erasing_done(&w, seq, "fresh");
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	attack_warned(&w, "erased");
	world_close(&w);
}

/* A second listing on a chain of its own: a report with `period_to`, which names the auditor and refers to `auditor` alone when that is
 * given; put right in between when `right` is given.  Answers the record of the correction. */
static uint64_t second_chain(world *w, const char *period_to, const char *auditor, const char *right)
{
	static const char *const app[] = { "report=report-x", "statement=statement-1", NULL };
	static const char *const review[] = { "reviews=application-x", "report=report-x", NULL };
	static const char *const decision[] = { "application=application-x", "review=review-x", "report=report-x", "statement=statement-1", NULL };
	static const char *const listing[] = { "decided-by=decision-x", "statement=statement-1", NULL };
	const char *const report[] = { "audits=statement-1", auditor, NULL };
	static const edit none[] = { { NULL, NULL } };
	ak_secret *const by_auditor[] = { w->auditor, NULL };
	uint64_t seq, corrected = 0;
	char body[BODY_ROOM], of[24];
	ak_text draft = { 0 };
	ak_error err = { 0 };

	(void)snprintf(body, sizeof(body), "{\"auditor\":\"koh-audit\",\"service\":\"kumo-iaas\",\"provider\":\"kakuu-kumo\",\"cycle\":\"initial\",\"period\":"
	               "{\"from\":\"2023-04-01\",\"to\":\"%s\"},\"report_date\":\"2024-04-22\",\"findings\":\"none\",\"report_no\":\"甲-2024-018\"}", period_to);
	seq = world_add(w, "report-x", "audit-report", "2024-04-22", body, report);
	if (right != NULL) {
		(void)snprintf(of, sizeof(of), "#%llu", (unsigned long long)seq);
		if (ak_ledger_draft_correction(w->l, of, "/period/to", right, "誤記", NULL, w->now, &draft, &err) != AK_OK)
			fail_msg("%s: %s", err.where, err.detail);
		corrected = world_seal(w, attack_edited(draft, none, by_auditor));
	}
	(void)world_add(w, "application-x", "application", "2024-05-01",
	                "{\"provider\":\"kakuu-kumo\",\"service\":\"kumo-iaas\",\"applied_on\":\"2024-05-01\"}", app);
	(void)world_add(w, "review-x", "technical-review", "2024-05-20",
	                "{\"service\":\"kumo-iaas\",\"reviewed_on\":\"2024-05-20\",\"outcome\":\"accepted\"}", review);
	(void)world_add(w, "decision-x", "decision", "2024-06-10", "{\"service\":\"kumo-iaas\",\"kind\":\"initial\",\"outcome\":\"registered\","
	                "\"decided_on\":\"2024-06-10\",\"meeting\":\"第15回\"}", decision);
	(void)world_add(w, "listing-x", "listing", "2024-06-12", "{\"listing\":\"" SECOND "\",\"basis\":\"decided\",\"services\":"
	                "[{\"id\":\"kumo-iaas\",\"name\":\"架空の雲 IaaS\"}],\"provider\":{\"name\":\"株式会社架空の雲\",\"party\":\"kakuu-kumo\"},"
	                "\"registered_on\":\"2024-06-12\",\"expires_on\":\"2025-07-31\"}", listing);
	return corrected;
}

static void second_is(world *w, ak_verdict want, const char *reason)
{
	ak_json *report = NULL;
	const ak_verdict got = world_verify(w, SECOND, LISTED_ON, 0, &report);

	if (got != want)
		fail_msg("%s, want %s: %s", ak_verdict_name(got), ak_verdict_name(want), ak_json_get_str(report, "reason"));
	assert_true(ak_span_is(ak_json_get_text(report, "reason"), reason));
	ak_json_free(report);
}

/* The listing comes after the correction and refers to the report, which comes before it and which it put right. */
static void an_erased_correction_does_not_make_it_invalid(void **state)
{
	uint64_t corrected;
	world w;

	world_branch(*state, &w);
	corrected = second_chain(&w, "2024-02-29", "auditor=auditor-1", "\"2024-03-31\"");
	second_is(&w, AK_VERDICT_VALID, "");
	(void)world_seal(&w, erasing_of(&w, corrected));
	erasing_done(&w, corrected, "fresh");
	second_is(&w, AK_VERDICT_UNVERIFIABLE, "erased");
	world_close(&w);
}

/* The report names its auditor and refers to no registration: the rule joins them by name. */
/* The record that a correction is of. */
static uint64_t corrected_by(world *w, uint64_t correction)
{
	ak_sealed s = { 0 };
	uint64_t seq = 0;
	ak_digest id;
	ak_buf file;

	ak_buf_init(&file, AK_RECORD_MAX);
	assert_int_equal(ak_books_sealed(w->l->b, correction, &file, &s, NULL), AK_OK);
	assert_true(ak_digest_parse(ak_json_get_text(s.statement.body, "record"), &id));
	assert_int_equal(ak_index_by_id(w->l->b->index, &id, &seq, NULL), AK_OK);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return seq;
}

/* A correction holds what it corrects, so it has to go as well: whoever erases is told. */
static void what_repeats_an_erased_record_is_named(void **state)
{
	uint64_t correction, seq;
	int64_t named = -1;
	ak_text json = { 0 };
	ak_json *o = NULL;
	char record[24];
	world w;

	world_branch(*state, &w);
	correction = second_chain(&w, "2024-02-29", "auditor=auditor-1", "\"2024-03-31\"");
	seq = corrected_by(&w, correction);
	(void)world_seal(&w, erasing_of(&w, seq));
	(void)snprintf(record, sizeof(record), "#%llu", (unsigned long long)seq);
	assert_int_equal(ak_ledger_erase(w.l, record, NULL, NULL, &json, NULL), AK_OK);
	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)json.data, json.len }, &o, NULL), AK_OK);
	assert_int_equal(ak_json_len(ak_json_get(o, "repeated")), 1);
	assert_true(ak_json_int(ak_json_at(ak_json_get(o, "repeated"), 0), &named) && (uint64_t)named == correction);
	ak_json_free(o);
	ak_text_free(&json);
	world_close(&w);
}

static void an_erased_registration_is_joined_by_name(void **state)
{
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "auditor-1");
	(void)second_chain(&w, "2024-03-31", NULL, NULL);
	second_is(&w, AK_VERDICT_VALID, "");
	(void)world_seal(&w, erasing_of(&w, seq));
	erasing_done(&w, seq, "fresh");
	second_is(&w, AK_VERDICT_UNVERIFIABLE, "erased");
	world_close(&w);
}

/* What was erased may have renewed the listing: that it has expired without it is not said. */
static void an_erased_renewal_does_not_make_it_expired(void **state)
{
	static const char *const day = "2026-09-01"; /* after listing-2, within listing-3 */
	ak_json *report = NULL;
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	world_play(&w, "three-years");
	seq = world_seq(&w, "listing-3");
	w.now += INT64_C(86400) * 100;
	(void)world_seal(&w, erasing_of(&w, seq));
	assert_int_equal(world_verify(&w, LISTING, day, 0, NULL), AK_VERDICT_VALID);
	erasing_done(&w, seq, "fresh");
	assert_int_equal(world_verify(&w, LISTING, day, 0, &report), AK_VERDICT_UNVERIFIABLE);
	assert_true(ak_span_is(ak_json_get_text(report, "reason"), "erased"));
	ak_json_free(report);
	world_close(&w);
}

static const ak_json *row_of(const ak_json *rows, const char *key, const char *text)
{
	for (size_t i = 0; i < ak_json_len(rows); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(rows, i), key), text))
			return ak_json_at(rows, i);
	}
	return NULL;
}

static size_t n_gaps(const ak_json *rows)
{
	size_t n = 0;
	int64_t days;

	for (size_t i = 0; i < ak_json_len(rows); i++)
		n += ak_json_int(ak_json_get(ak_json_at(rows, i), "gap_days"), &days);
	return n;
}

/* What was erased may have been the report of the year between: that there is a gap is not said, and not that there is none. */
static void an_erased_report_leaves_no_gap(void **state)
{
	static const char *const day = "2026-09-01", *const without = "without what was erased: ";
	ak_json *report = NULL;
	const ak_json *c12;
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	world_play(&w, "three-years");
	seq = world_seq(&w, "report-2");
	w.now += INT64_C(86400) * 100;
	(void)world_seal(&w, erasing_of(&w, seq));
	assert_int_equal(world_verify(&w, LISTING, day, 0, &report), AK_VERDICT_VALID);
	assert_int_equal(ak_json_len(ak_json_get(report, "periods")), 3);
	assert_int_equal(n_gaps(ak_json_get(report, "periods")), 2);
	assert_int_equal(n_gaps(ak_json_get(report, "terms")), 2);
	assert_null(row_of(ak_json_get(report, "findings"), "rule", "C12"));
	ak_json_free(report);
	erasing_done(&w, seq, "fresh");
	assert_int_equal(world_verify(&w, LISTING, day, 0, &report), AK_VERDICT_UNVERIFIABLE);
	assert_int_equal(ak_json_len(ak_json_get(report, "periods")), 2);
	assert_int_equal(n_gaps(ak_json_get(report, "periods")), 0);
	assert_int_equal(n_gaps(ak_json_get(report, "terms")), 0);
	c12 = row_of(ak_json_get(report, "findings"), "rule", "C12");
	assert_non_null(c12);
	assert_string_equal(ak_json_get_str(c12, "severity"), "warning");
	assert_string_equal(ak_json_get_str(c12, "reason"), "erased");
	assert_true(ak_span_starts(ak_json_get_text(ak_json_get(c12, "text"), "en"), without));
	assert_string_equal(ak_json_get_str(row_of(ak_json_get(report, "checks"), "id", "C12"), "outcome"), "not-checked");
	ak_json_free(report);
	world_close(&w);
}

/* A paper that was sealed in it is not called none of this listing's. */
static void a_paper_of_an_erased_record_may_have_been_sealed(void **state)
{
	static const char *const refs[] = { "report=report-1", NULL };
	static const ak_evidence_file paper = { .name = "fake.pdf", .digest = { { 0x5a, 0x5a } } };
	ak_secret *keys[] = { NULL, NULL };
	static const ak_digest other = { { 0x77 } };
	static const uint8_t salt[AK_SALT_LEN] = { 0x33 };
	char subject[300], hex[2 * AK_DIGEST_LEN + 1], text_of[AK_DIGEST_TEXT_LEN + 1], document[AK_DIGEST_TEXT_LEN + 1], salted[2 * AK_SALT_LEN + 1], opening[1200];
	const edit edits[] = { { "/subject", subject }, { NULL, NULL } };
	ak_verify_options q = { .listing = LISTING, .as_of = LISTED_ON, .evidence = &paper, .n_evidence = 1 };
	ak_evidence_opening given;
	ak_digest commitment;
	ak_verdict v = AK_VERDICT_VALID;
	ak_text text = { 0 };
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	keys[0] = w.provider;
	ak_hex_encode(paper.digest.b, AK_DIGEST_LEN, hex);
	(void)snprintf(subject, sizeof(subject), "[{\"annotations\":{\"kind\":\"improvement-plan\"},\"digest\":{\"sha256\":\"%s\"},\"name\":\"paper\"}]", hex);
	seq = world_seal(&w, attack_edited(world_draft(&w, "ismap", "improvement-plan", NULL, PLAN, refs), edits, keys));
	(void)world_seal(&w, erasing_of(&w, seq));
	q.trust = (ak_span){ (const uint8_t *)w.trust.data, w.trust.len };
	q.now = w.now;
	assert_int_equal(ak_ledger_verify(w.l, &q, &v, &text, NULL), AK_OK);
	assert_int_equal(v, AK_VERDICT_VALID);
	ak_text_free(&text);
	erasing_done(&w, seq, "fresh");
	assert_int_equal(ak_ledger_verify(w.l, &q, &v, &text, NULL), AK_OK);
	assert_int_equal(v, AK_VERDICT_UNVERIFIABLE);
	assert_non_null(strstr(text.data, "was erased, and may have had it"));
	ak_text_free(&text);
	/* Nor is it taken for an edited copy of what an opening beside it opens. */
	ak_commitment(salt, &other, &commitment);
	ak_digest_format(&commitment, text_of);
	ak_digest_format(&other, document);
	ak_hex_encode(salt, AK_SALT_LEN, salted);
	(void)snprintf(subject, sizeof(subject), "[{\"annotations\":{\"commitment\":\"akashi-1\",\"kind\":\"minutes\"},\"digest\":{\"sha256\":\"%s\"},\"name\":\"m\"}]",
	               text_of + strlen("sha256:"));
	(void)world_seal(&w, attack_edited(world_draft(&w, "ismap", "deletion", NULL,
	                                   "{\"listing\":\"" LISTING "\",\"effective_on\":\"2031-06-20\",\"reason\":\"x\"}", NULL), edits,
	                                   (ak_secret *[]){ w.committee[0], w.committee[1], w.committee[2], NULL }));
	(void)snprintf(opening, sizeof(opening), "{\"akashi\":\"opening/1\",\"documents\":[{\"commitment\":\"%s\",\"document\":\"%s\",\"kind\":\"minutes\","
	               "\"name\":\"m\",\"salt\":\"%s\"}],\"fields\":[]}", text_of, document, salted);
	given = (ak_evidence_opening){ "fake.pdf.opening.json", ak_span_str(opening) };
	q.openings = &given;
	q.n_openings = 1;
	q.now = w.now;
	assert_int_equal(ak_ledger_verify(w.l, &q, &v, &text, NULL), AK_OK);
	assert_int_equal(v, AK_VERDICT_UNVERIFIABLE);
	assert_null(strstr(text.data, "\"id\":\"evidence\",\"outcome\":\"failed\""));
	assert_null(strstr(text.data, "differs from"));
	ak_text_free(&text);
	world_close(&w);
}

/* About a listing and a service: who asks about either gets the erasure; one that names one of them alone erases nothing. */
static void a_record_about_two_is_erased_about_both(void **state)
{
	static const char *const refs[] = { "report=report-1", "statement=statement-1", NULL };
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	seq = world_add(&w, NULL, "renewal-application", NULL,
	                "{\"listing\":\"" LISTING "\",\"provider\":\"kakuu-kumo\",\"service\":\"kumo-iaas\",\"applied_on\":\"2026-06-01\"}", refs);
	(void)attack_refused(&w, erasing_envelope(&w, seq, LISTING_ID, "Act", 2), AK_ABOUT_MISMATCH, "body.subjects");
	(void)world_seal(&w, erasing_of(&w, seq));
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	erasing_done(&w, seq, "fresh");
	attack_is_sound(&w, 1);
	attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "erased");
	world_close(&w);
}

static void what_may_not_be_erased_is_refused(void **state)
{
	uint64_t seq, by;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "application-1");
	(void)attack_refused(&w, erasing_envelope(&w, seq, NULL, "Act", 1), AK_NOT_AUTHORISED, "signatures");
	(void)attack_refused(&w, erasing_envelope(&w, seq, "ismap/service:elsewhere", "Act", 2), AK_ABOUT_MISMATCH, "body.subjects");
	/* A keyset, the profile, a party: about akashi/…, which no draft says either. */
	{
		static const edit edits[] = { { "/predicate/body/subjects", "[\"akashi/keyset\"]" }, { NULL, NULL } };
		ak_secret *keys[] = { w.root[0], w.root[1], NULL };

		for (uint64_t i = 0; i < 3; i++)
			(void)attack_refused(&w, attack_edited(erasing_draft(&w, i, "ismap/service:elsewhere", "Act"), edits, keys), AK_SCHEMA, "schema.not");
	}
	(void)attack_refused(&w, erasing_envelope(&w, 0, "ismap/service:elsewhere", "Act", 2), AK_NOT_AUTHORISED, "body.record");
	by = world_seal(&w, erasing_of(&w, seq));
	(void)attack_refused(&w, erasing_envelope(&w, seq, NULL, "Act, again", 2), AK_REPEATED, "body.record");
	(void)attack_refused(&w, erasing_envelope(&w, by, NULL, "Act", 2), AK_NOT_AUTHORISED, "body.record");
	erasing_done(&w, seq, "fresh");
	(void)attack_refused(&w, erasing_envelope(&w, seq, NULL, "Act, again", 2), AK_ERASED, "statement");
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_erased_record_is_told_and_the_rest_holds),
		cmocka_unit_test(no_erasure_makes_a_verdict_better),
		cmocka_unit_test(what_took_away_does_not_give_back),
		cmocka_unit_test(what_takes_away_later_stays),
		cmocka_unit_test(an_erased_correction_does_not_make_it_invalid),
		cmocka_unit_test(what_repeats_an_erased_record_is_named),
		cmocka_unit_test(an_erased_registration_is_joined_by_name),
		cmocka_unit_test(an_erased_renewal_does_not_make_it_expired),
		cmocka_unit_test(an_erased_report_leaves_no_gap),
		cmocka_unit_test(a_paper_of_an_erased_record_may_have_been_sealed),
		cmocka_unit_test(a_record_about_two_is_erased_about_both),
		cmocka_unit_test(what_may_not_be_erased_is_refused),
	};

	return cmocka_run_group_tests(tests, attack_world_open, attack_world_close);
}
