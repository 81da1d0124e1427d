/* SPDX-License-Identifier: Apache-2.0 */
/* What status and list say of whom erased records are about (FORMAT 19.4). */
#include "attack.h"
#include "erasing.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DELETION "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"false-statement\"}"
#define STRUCK_OFF "{\"auditor\":\"koh-audit\",\"kind\":\"deregistration\",\"registered_on\":\"2024-06-01\",\"effective_on\":\"2024-06-01\"}"

static ak_json *status_of(world *w, const char *as_of)
{
	ak_text text = { 0 };
	ak_json *o = NULL;
	ak_error err = { 0 };

	if (ak_ledger_status(w->l, (ak_span){ (const uint8_t *)w->trust.data, w->trust.len }, as_of, 0, w->now, &text, &err) != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(err.status), err.where, err.detail);
	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)text.data, text.len }, &o, NULL), AK_OK);
	ak_text_free(&text);
	return o;
}

/* The row of this name; it is there, once. */
static const ak_json *row_of(const ak_json *rows, const char *key, const char *name)
{
	const ak_json *row = NULL;

	for (size_t i = 0; i < ak_json_len(rows); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(rows, i), key), name)) {
			assert_null(row);
			row = ak_json_at(rows, i);
		}
	}
	assert_non_null(row);
	return row;
}

static void names_erased(const ak_json *row, uint64_t seq)
{
	int64_t n = -1;

	assert_int_equal(ak_json_len(ak_json_get(row, "erased")), 1);
	assert_true(ak_json_int(ak_json_at(ak_json_get(row, "erased"), 0), &n) && (uint64_t)n == seq);
}

static void auditor_stands(world *w, const char *as_of, const char *standing, uint64_t erased)
{
	ak_json *o = status_of(w, as_of);
	const ak_json *row = row_of(ak_json_get(o, "auditors"), "auditor", "koh-audit");

	assert_true(ak_span_is(ak_json_get_text(row, "standing"), standing));
	if (erased != 0) {
		names_erased(row, erased);
		assert_true(ak_span_is(ak_json_get_text(row, "reason"), "erased"));
		assert_true(ak_json_is(ak_json_get(row, "days_left"), AK_JSON_NULL));
	} else {
		assert_null(ak_json_get(row, "erased"));
	}
	ak_json_free(o);
}

static void whether_an_auditor_was_struck_off_cannot_be_said(void **state)
{
	uint64_t seq;
	ak_error err = { 0 };
	world w;

	world_branch(*state, &w);
	auditor_stands(&w, LISTED_ON, "registered", 0);
	if (try_add(&w, "auditor-registration", STRUCK_OFF, NULL, world_signers(&w, "auditor-registration"), &err) != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(err.status), err.where, err.detail);
	seq = attack_size(&w) - 1;
	auditor_stands(&w, LISTED_ON, "deregistered", 0);
	(void)world_seal(&w, erasing_of(&w, seq));
	auditor_stands(&w, LISTED_ON, "deregistered", 0); /* while the text is there */
	erasing_done(&w, seq, "fresh");
	auditor_stands(&w, LISTED_ON, "unknown", seq);
	world_close(&w);
}

/* Of its only registration, and of what may have been a renewal: it neither vanishes nor lapses. */
static void an_auditor_of_an_erased_registration_stays_in_sight(void **state)
{
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "auditor-1");
	(void)world_seal(&w, erasing_of(&w, seq));
	erasing_done(&w, seq, "fresh");
	auditor_stands(&w, LISTED_ON, "unknown", seq);
	auditor_stands(&w, "2039-01-01", "unknown", seq);
	world_close(&w);
}

static void a_listing_of_an_erased_record_stays_in_sight(void **state)
{
	ak_text text = { 0 };
	const ak_json *row;
	ak_json *o, *list = NULL;
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	seq = world_seq(&w, "listing-1");
	(void)world_seal(&w, erasing_of(&w, seq));
	o = status_of(&w, LISTED_ON);
	assert_null(ak_json_get(row_of(ak_json_get(o, "listings"), "listing", LISTING), "erased"));
	ak_json_free(o);
	erasing_done(&w, seq, "fresh");
	o = status_of(&w, LISTED_ON);
	row = row_of(ak_json_get(o, "listings"), "listing", LISTING);
	assert_true(ak_span_is(ak_json_get_text(row, "verdict"), "unverifiable"));
	assert_true(ak_span_is(ak_json_get_text(row, "reason"), "erased"));
	names_erased(row, seq);
	assert_int_equal(ak_json_len(ak_json_get(o, "void")), 0);
	ak_json_free(o);
	assert_int_equal(ak_ledger_list(w.l, &text, NULL), AK_OK);
	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)text.data, text.len }, &list, NULL), AK_OK);
	ak_text_free(&text);
	row = row_of(list, "listing", LISTING);
	names_erased(row, seq);
	assert_true(ak_span_is(ak_json_get_text(row, "scheme"), "ismap"));
	assert_true(ak_json_is(ak_json_get(row, "service"), AK_JSON_NULL));
	ak_json_free(list);
	/* As known before it was sealed there is no such listing. */
	assert_int_equal(ak_ledger_as_known(w.l, seq, NULL), AK_OK);
	assert_int_equal(ak_ledger_list(w.l, &text, NULL), AK_OK);
	assert_null(strstr(text.data, LISTING "\""));
	ak_text_free(&text);
	world_close(&w);
}

/* What may have ended or renewed it is told beside what the others say. */
static void a_listing_of_an_erased_end_is_marked(void **state)
{
	uint64_t seq;
	ak_json *o;
	ak_error err = { 0 };
	world w;

	world_branch(*state, &w);
	if (try_add(&w, "deletion", DELETION, NULL, world_signers(&w, "deletion"), &err) != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(err.status), err.where, err.detail);
	seq = attack_size(&w) - 1;
	(void)world_seal(&w, erasing_of(&w, seq));
	erasing_done(&w, seq, "fresh");
	o = status_of(&w, LISTED_ON);
	names_erased(row_of(ak_json_get(o, "listings"), "listing", LISTING), seq);
	ak_json_free(o);
	world_close(&w);
}

/* A report that was erased may be all that the papers need. */
static void a_paper_that_was_erased_is_not_called_missing(void **state)
{
	static const char *const refs[] = { "report=report-1", "statement=statement-1", NULL };
	uint64_t seq;
	ak_text draft, json = { 0 };
	size_t failed, n = 0;
	ak_json *v = NULL;
	ak_span in;
	world w;

	world_branch(*state, &w);
	draft = world_draft(&w, "ismap", "application", NULL, "{\"provider\":\"kakuu-kumo\",\"service\":\"kumo-iaas\",\"applied_on\":\"2024-05-02\"}", refs);
	in = (ak_span){ (const uint8_t *)draft.data, draft.len };
	seq = world_seq(&w, "report-1");
	(void)world_seal(&w, erasing_of(&w, seq));
	erasing_done(&w, seq, "fresh");
	assert_int_equal(ak_ledger_check_submission(w.l, &in, 1, w.now, &json, &failed, NULL), AK_OK);
	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)json.data, json.len }, &v, NULL), AK_OK);
	assert_true(ak_json_is(ak_json_get(v, "complete"), AK_JSON_BOOL) && !ak_json_true(ak_json_get(v, "complete")));
	names_erased(v, seq);
	for (size_t i = 0; i < ak_json_len(ak_json_get(v, "rows")); i++) {
		const ak_json *row = ak_json_at(ak_json_get(v, "rows"), i);

		n += ak_span_is(ak_json_get_text(row, "severity"), "unverifiable");
		assert_false(ak_span_is(ak_json_get_text(row, "severity"), "invalid"));
		assert_true(ak_span_is(ak_json_get_text(row, "severity"), "warning") || ak_span_is(ak_json_get_text(row, "reason"), "erased"));
	}
	assert_true(n > 0);
	ak_json_free(v);
	ak_text_free(&json);
	ak_text_free(&draft);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whether_an_auditor_was_struck_off_cannot_be_said),
		cmocka_unit_test(an_auditor_of_an_erased_registration_stays_in_sight),
		cmocka_unit_test(a_listing_of_an_erased_record_stays_in_sight),
		cmocka_unit_test(a_listing_of_an_erased_end_is_marked),
		cmocka_unit_test(a_paper_that_was_erased_is_not_called_missing),
	};

	return cmocka_run_group_tests(tests, attack_world_open, attack_world_close);
}
