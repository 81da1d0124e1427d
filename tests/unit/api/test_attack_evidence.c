/* SPDX-License-Identifier: Apache-2.0 */
/* A paper in the holder's hands is the one sealed only when a record that has effect has it (rule A10; FORMAT 13.3): whoever has the
 * operator key can lay void records that name any digest, and a verdict must not become better by them. */
#include "attack.h"

#include "base/text.h"
#include "verify/opening.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DELETION "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"x\"}"
#define PLAN "{\"provider\":\"kakuu-kumo\",\"service\":\"kumo-iaas\",\"submitted_on\":\"2026-06-01\"}"

static const ak_evidence_file paper = { .name = "fake.pdf", .digest = { { 0x5a, 0x5a } } };
static const uint8_t salt[AK_SALT_LEN] = { 0x11, 0x22 };

/* The documents of a statement: the paper, as it is or committed to. */
static void subject_of(bool committed, char *out, size_t size)
{
	char hex[2 * AK_DIGEST_LEN + 1];
	ak_digest d = paper.digest;

	if (committed)
		ak_commitment(salt, &paper.digest, &d);
	ak_hex_encode(d.b, AK_DIGEST_LEN, hex);
	assert_true(snprintf(out, size, "[{\"annotations\":{%s\"kind\":\"improvement-plan\"},\"digest\":{\"sha256\":\"%s\"},\"name\":\"paper\"}]",
	                     committed ? "\"commitment\":\"akashi-1\"," : "", hex) < (int)size);
}

/* By somebody who has no role, with this reason, about LISTING. */
static uint64_t lay_void(world *w, bool committed, const char *reason)
{
	ak_secret *keys[] = { w->stranger, NULL };
	char subject[300], text[100];
	const edit edits[] = { { "/subject", subject }, { "/predicate/body/reason", text }, { NULL, NULL } };
	uint64_t seq;

	subject_of(committed, subject, sizeof(subject));
	(void)snprintf(text, sizeof(text), "\"%s\"", reason);
	seq = attack_forge(w, attack_edited(world_draft(w, "ismap", "deletion", NULL, DELETION, NULL), edits, keys));
	attack_is_void(w, seq, AK_NOT_AUTHORISED);
	return seq;
}

/* An improvement plan of the provider with the paper: it has effect, and the chain does not rest on it. */
static uint64_t seal_paper(world *w, bool committed)
{
	static const char *const refs[] = { "report=report-1", NULL };
	ak_secret *keys[] = { w->provider, NULL };
	char subject[300];
	const edit edits[] = { { "/subject", subject }, { NULL, NULL } };

	subject_of(committed, subject, sizeof(subject));
	return world_seal(w, attack_edited(world_draft(w, "ismap", "improvement-plan", NULL, PLAN, refs), edits, keys));
}

static void end_key(world *w, const ak_secret *of, uint64_t last)
{
	ak_secret *roots[] = { w->root[0], w->root[1], NULL };
	char body[300], id[72];

	attack_keyid(of, id);
	(void)snprintf(body, sizeof(body), "{\"keys\":[{\"id\":\"%s\"}],\"last_valid_seq\":%llu,\"reason\":\"compromise\"}", id + 7, (unsigned long long)last);
	(void)world_seal(w, world_sign(world_draft(w, "akashi", "revocation", NULL, body, NULL), roots));
}

static char listing_alone[16]; /* what was said last of the listing itself */

/* The verdict with the paper (has_file), an opening (or NULL) and an unsealed record (or NULL); each check "evidence" ends so, of this record. */
static ak_verdict ask(world *w, bool has_file, const char *opening, const ak_text *also, uint64_t known_at, const char *outcome, int64_t record)
{
	const ak_evidence_opening o = { "paper.opening", ak_span_str(opening == NULL ? "" : opening) };
	const ak_span unsealed = also == NULL ? (ak_span){ 0 } : (ak_span){ (const uint8_t *)also->data, also->len };
	const ak_verify_options q = { .listing = LISTING, .trust = { (const uint8_t *)w->trust.data, w->trust.len }, .as_of = LISTED_ON,
		                      .known_at = known_at, .now = w->now, .evidence = &paper, .n_evidence = has_file, .openings = &o,
		                      .n_openings = opening != NULL, .also = &unsealed, .n_also = also != NULL };
	ak_verdict v = AK_VERDICT_VALID;
	ak_text text = { 0 };
	ak_json *report = NULL;
	const ak_json *checks;
	size_t n = 0;

	assert_int_equal(ak_ledger_verify(w->l, &q, &v, &text, NULL), AK_OK);
	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)text.data, text.len }, &report, NULL), AK_OK);
	checks = ak_json_get(report, "checks");
	for (size_t i = 0; i < ak_json_len(checks); i++) {
		const ak_json *one = ak_json_at(checks, i);
		int64_t at = -1;

		if (!ak_span_is(ak_json_get_text(one, "id"), "evidence"))
			continue;
		n++;
		assert_string_equal(ak_json_get_str(one, "outcome"), outcome);
		(void)ak_json_int(ak_json_get(one, "record"), &at);
		if (record != -2) /* -2: whichever */
			assert_int_equal(at, record);
	}
	assert_true(n != 0);
	(void)snprintf(listing_alone, sizeof(listing_alone), "%s", ak_json_get_str(ak_json_get(report, "evidence"), "listing_verdict"));
	if (strcmp(outcome, "failed") == 0 && record >= 0)
		assert_non_null(strstr(text.data, "which has no effect"));
	ak_json_free(report);
	ak_text_free(&text);
	return v;
}

static void a_void_record_seals_no_document(void **state)
{
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	assert_int_equal(ask(&w, true, NULL, NULL, 0, "failed", -1), AK_VERDICT_INVALID);
	assert_string_equal(listing_alone, "valid"); /* whatever somebody holds, the listing is what it is */
	(void)lay_void(&w, true, "x"); /* nor does it make it one that could be committed to */
	assert_int_equal(ask(&w, true, NULL, NULL, 0, "failed", -1), AK_VERDICT_INVALID);
	seq = lay_void(&w, false, "x");
	assert_int_equal(ask(&w, true, NULL, NULL, 0, "failed", (int64_t)seq), AK_VERDICT_INVALID);
	assert_int_equal(ask(&w, true, NULL, NULL, seq, "failed", -1), AK_VERDICT_INVALID);
	assert_string_equal(listing_alone, "valid");
	seq = seal_paper(&w, false);
	assert_int_equal(ask(&w, true, NULL, NULL, 0, "passed", -1), AK_VERDICT_VALID);
	assert_int_equal(ask(&w, true, NULL, NULL, seq, "failed", (int64_t)seq - 1), AK_VERDICT_INVALID); /* not known yet */
	world_close(&w);
}

static void a_void_record_opens_and_discloses_nothing(void **state)
{
	char opening[1200], commitment[AK_DIGEST_TEXT_LEN + 1], document[AK_DIGEST_TEXT_LEN + 1], value[AK_DIGEST_TEXT_LEN + 1], hex[2 * AK_SALT_LEN + 1];
	ak_text disclosure = { 0 };
	ak_digest d;
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	ak_commitment(salt, &paper.digest, &d);
	ak_digest_format(&d, commitment);
	ak_digest_format(&paper.digest, document);
	ak_hex_encode(salt, AK_SALT_LEN, hex);
	assert_int_equal(ak_field_commit("reason", ak_span_str("\"anything\""), &disclosure, &d, NULL), AK_OK);
	ak_digest_format(&d, value);
	seq = lay_void(&w, true, value);
	(void)snprintf(opening, sizeof(opening), "{\"akashi\":\"opening/1\",\"documents\":[{\"commitment\":\"%s\",\"document\":\"%s\",\"kind\":\"improvement-plan\","
	               "\"name\":\"paper\",\"salt\":\"%s\"}],\"fields\":[]}", commitment, document, hex);
	assert_int_equal(ask(&w, true, opening, NULL, 0, "failed", (int64_t)seq), AK_VERDICT_INVALID);
	assert_int_equal(ask(&w, false, opening, NULL, 0, "failed", (int64_t)seq), AK_VERDICT_INVALID);
	assert_int_equal(ask(&w, false, opening, NULL, seq, "failed", -1), AK_VERDICT_INVALID);
	(void)snprintf(opening, sizeof(opening), "{\"akashi\":\"opening/1\",\"documents\":[],\"fields\":[{\"disclosure\":\"%s\",\"field\":\"/body/reason\"}]}",
	               disclosure.data);
	assert_int_equal(ask(&w, false, opening, NULL, 0, "failed", (int64_t)seq), AK_VERDICT_INVALID);
	assert_int_equal(ask(&w, false, opening, NULL, seq, "failed", -1), AK_VERDICT_INVALID);
	ak_text_free(&disclosure);
	world_close(&w);
}

/* What is handed over with --also only makes worse: no paper is sealed by it. */
static void an_unsealed_record_seals_no_document(void **state)
{
	char subject[300];
	const edit edits[] = { { "/subject", subject }, { NULL, NULL } };
	ak_text also;
	world w;

	world_branch(*state, &w);
	subject_of(false, subject, sizeof(subject));
	also = attack_edited(world_draft(&w, "ismap", "deletion", NULL, "{\"listing\":\"" LISTING "\",\"effective_on\":\"2031-06-20\",\"reason\":\"x\"}", NULL),
	                     edits, (ak_secret *[]){ w.committee[0], w.committee[1], w.committee[2], NULL });
	assert_int_equal(ask(&w, true, NULL, &also, 0, "failed", -1), AK_VERDICT_INVALID);
	ak_text_free(&also);
	world_close(&w);
}

/* A committee record that holds another paper back, and what opens that one. */
static void seal_other(world *w, char *opening, size_t size)
{
	static const uint8_t salt_of_other[AK_SALT_LEN] = { 0x33 };
	static const ak_digest other = { { 0x77 } };
	char commitment[AK_DIGEST_TEXT_LEN + 1], document[AK_DIGEST_TEXT_LEN + 1], hex[2 * AK_SALT_LEN + 1], subject[300];
	const edit edits[] = { { "/subject", subject }, { NULL, NULL } };
	ak_digest d;

	ak_commitment(salt_of_other, &other, &d);
	ak_digest_format(&d, commitment);
	ak_digest_format(&other, document);
	ak_hex_encode(salt_of_other, AK_SALT_LEN, hex);
	(void)snprintf(subject, sizeof(subject), "[{\"annotations\":{\"commitment\":\"akashi-1\",\"kind\":\"minutes\"},\"digest\":{\"sha256\":\"%s\"},\"name\":\"minutes\"}]",
	               commitment + strlen("sha256:"));
	(void)world_seal(w, attack_edited(world_draft(w, "ismap", "deletion", NULL,
	                                  "{\"listing\":\"" LISTING "\",\"effective_on\":\"2031-06-20\",\"reason\":\"x\"}", NULL), edits,
	                                  (ak_secret *[]){ w->committee[0], w->committee[1], w->committee[2], NULL }));
	assert_true(snprintf(opening, size, "{\"akashi\":\"opening/1\",\"documents\":[{\"commitment\":\"%s\",\"document\":\"%s\",\"kind\":\"minutes\","
	                     "\"name\":\"minutes\",\"salt\":\"%s\"}],\"fields\":[]}", commitment, document, hex) < (int)size);
}

/* A paper that may be what a record has is not said to differ from what an opening beside it opens. */
static void what_may_be_sealed_is_not_taken_for_an_edited_one(void **state)
{
	char opening[1200];
	uint64_t seq;
	world w;

	/* Nowhere, and nothing else is held back: it was taken for the other. */
	world_branch(*state, &w);
	seal_other(&w, opening, sizeof(opening));
	assert_int_equal(ask(&w, true, opening, NULL, 0, "failed", -2), AK_VERDICT_INVALID);
	world_close(&w);
	/* In a record that lost its authority. */
	world_branch(*state, &w);
	seal_other(&w, opening, sizeof(opening));
	seq = seal_paper(&w, false);
	end_key(&w, w.provider, seq - 1);
	assert_int_equal(ask(&w, true, opening, NULL, 0, "not-checked", -1), AK_VERDICT_UNVERIFIABLE);
	world_close(&w);
	/* Committed to, and its own salt was not handed over. */
	world_branch(*state, &w);
	seal_other(&w, opening, sizeof(opening));
	(void)seal_paper(&w, true);
	assert_int_equal(ask(&w, true, opening, NULL, 0, "not-checked", -1), AK_VERDICT_UNVERIFIABLE);
	world_close(&w);
}

/* It was sealed with authority, and that was lost: nobody tampered, and nothing is shown. */
static void a_record_that_lost_its_authority_leaves_it_open(void **state)
{
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	seq = seal_paper(&w, false);
	end_key(&w, w.provider, seq - 1);
	assert_int_equal(ask(&w, true, NULL, NULL, 0, "not-checked", -1), AK_VERDICT_UNVERIFIABLE);
	world_close(&w);
	/* The key is declared compromised, and nobody else saw that the record is older. */
	world_branch(*state, &w);
	seq = seal_paper(&w, false);
	end_key(&w, w.provider, seq);
	assert_int_equal(ask(&w, true, NULL, NULL, 0, "not-checked", -1), AK_VERDICT_UNVERIFIABLE);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_void_record_seals_no_document),
		cmocka_unit_test(a_void_record_opens_and_discloses_nothing),
		cmocka_unit_test(an_unsealed_record_seals_no_document),
		cmocka_unit_test(what_may_be_sealed_is_not_taken_for_an_edited_one),
		cmocka_unit_test(a_record_that_lost_its_authority_leaves_it_open),
	};

	return cmocka_run_group_tests_name("attack: evidence", tests, attack_world_open, attack_world_close);
}
