/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts: nothing in one is left aside in silence, and each that the program makes can be sealed. */
#include "attack.h"

#include "base/text.h"
#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

/* A good draft of a deletion with `json` (a value) at member `pointer`; NULL takes it away. */
static ak_text changed(world *w, const char *pointer, const char *json)
{
	ak_text t = world_draft(w, "ismap", "deletion", NULL,
	                        "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"架空の理由\"}", NULL);
	char box[400];
	ak_json *v = NULL, *value = NULL;
	ak_buf b;

	assert_int_equal(ak_json_parse(span_of(&t), &v, NULL), AK_OK);
	ak_text_free(&t);
	if (json == NULL) {
		ak_json_remove(v, pointer + 1);
	} else {
		(void)snprintf(box, sizeof(box), "[%s]", json);
		assert_int_equal(ak_json_parse(ak_span_str(box), &value, NULL), AK_OK);
		assert_int_equal(ak_json_pointer_set(v, ak_span_str(pointer), ak_json_copy(ak_json_at(value, 0)), NULL), AK_OK);
	}
	ak_buf_init(&b, 65536);
	assert_int_equal(ak_json_write_pretty(v, &b, NULL), AK_OK);
	assert_int_equal(ak_buf_take_text(&b, &t, NULL), AK_OK);
	ak_json_free(value);
	ak_json_free(v);
	ak_buf_clear(&b);
	return t;
}

static const struct row {
	const char *name, *pointer, *json;
	ak_status status;
	const char *where, *expected, *found, *detail;
} rows[] = {
	{ "a member too many", "/foo", "1", AK_BAD_FORMAT, "draft", "", "", "'foo'" },
	{ "a member misspelt", "/documnets", "[]", AK_BAD_FORMAT, "draft", "", "", "'documnets'" },
	{ "a later version", "/akashi", "\"draft/2\"", AK_UNKNOWN_VERSION, "draft.akashi", "draft/1", "draft/2", "" },
	{ "a number for a date", "/issued", "2026", AK_BAD_FORMAT, "draft.issued", "text", "a number", "" },
	{ "no date", "/issued", NULL, AK_BAD_FORMAT, "draft.issued", "", "", "'issued'" },
	{ "a body that is none", "/body", "[]", AK_BAD_FORMAT, "draft.body", "an object", "an array", "" },
	{ "references that are none", "/refs", "{}", AK_BAD_FORMAT, "draft.refs", "an array", "an object", "" },
	{ "a reference that is text", "/refs", "[\"x\"]", AK_BAD_FORMAT, "draft.refs", "an object", "text", "" },
	{ "a reference's member too many", "/refs", "[{\"rel\":\"a\",\"record\":\"b\",\"seq\":3}]", AK_BAD_FORMAT, "draft.refs", "",
	  "", "'seq'" },
	{ "a document's member misspelt", "/documents", "[{\"name\":\"a\",\"digset\":\"b\",\"digest\":\"c\"}]", AK_BAD_FORMAT,
	  "draft.documents", "", "", "'digset'" },
	{ "a commitment in words", "/documents", "[{\"name\":\"a\",\"digest\":\"c\",\"commitment\":\"true\"}]", AK_BAD_FORMAT,
	  "draft.documents.commitment", "true or false", "text", "" },
};

static void is_row(const struct row *r, const char *by, ak_status st, const ak_error *e)
{
	if (st != r->status || strcmp(e->where, r->where) != 0 || strcmp(e->expected, r->expected) != 0 ||
	    strcmp(e->found, r->found) != 0 || strstr(e->detail, r->detail) == NULL)
		fail_msg("%s, by %s: %s at %s: %s (%s; %s)", r->name, by, ak_status_name(st), st == AK_OK ? "" : e->where, e->detail,
		         e->expected, e->found);
}

/* check answers a refusal in its report, but for what it could not judge. */
static void is_row_of_check(world *w, const struct row *r, const ak_text *draft)
{
	ak_error e = { 0 };
	ak_text t = { 0 };
	ak_json *v = NULL;
	ak_status st = ak_ledger_check(w->l, span_of(draft), w->now, &t, &e);

	if (r->status == AK_UNKNOWN_VERSION) {
		is_row(r, "check", st, &e);
		return;
	}
	assert_int_equal(st, AK_OK);
	assert_int_equal(ak_json_parse(span_of(&t), &v, NULL), AK_OK);
	assert_true(ak_span_is(ak_json_text(ak_json_pointer(v, ak_span_str("/refusal/where"))), r->where));
	assert_true(ak_span_is(ak_json_text(ak_json_pointer(v, ak_span_str("/refusal/status"))), ak_status_name(r->status)));
	ak_json_free(v);
	ak_text_free(&t);
}

static void nothing_is_left_aside(void **state)
{
	world w;

	world_branch(*state, &w);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_text draft = changed(&w, rows[i].pointer, rows[i].json), out = { 0 };
		ak_error e = { 0 };

		is_row(&rows[i], "sign", ak_exchange_sign(span_of(&draft), (ak_span){ 0 }, w.committee[0], &out, &e), &e);
		is_row(&rows[i], "show", ak_exchange_show(span_of(&draft), (ak_span){ 0 }, &out, &e), &e);
		is_row_of_check(&w, &rows[i], &draft);
		ak_text_free(&draft);
	}
	world_close(&w);
}

static void a_core_record_can_be_corrected(void **state)
{
	ak_secret *keys[] = { NULL, NULL, NULL };
	ak_text draft = { 0 };
	ak_error e = { 0 };
	world w;

	world_branch(*state, &w);
	keys[0] = w.root[0];
	keys[1] = w.root[1];
	if (ak_ledger_draft_correction(w.l, "#0", "/threshold", "3", "誤記", NULL, w.now, &draft, &e) != AK_OK)
		fail_msg("%s: %s", e.where, e.detail);
	(void)world_seal(&w, world_sign(draft, keys));
	attack_is_sound(&w, 0);
	world_close(&w);
}

static void without_a_scheme_that_corrects_there_is_no_draft(void **state)
{
	ak_text draft = { 0 };
	ak_error e = { 0 };
	world w;

	(void)state;
	world_open_bare(&w);
	assert_int_equal(ak_ledger_draft_correction(w.l, "#0", "/threshold", "3", "x", NULL, w.now, &draft, &e), AK_UNKNOWN_TYPE);
	assert_string_equal(e.where, "type");
	world_close(&w);
}

static void a_whole_body_is_no_field(void **state)
{
	static const char *const fields[] = { "", "expires_on" };
	ak_text draft = { 0 };
	world w;

	world_branch(*state, &w);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		ak_error e = { 0 };

		assert_int_equal(ak_ledger_draft_correction(w.l, "#0", fields[i], "{}", "x", NULL, w.now, &draft, &e),
		                 AK_INVALID_ARGUMENT);
		assert_string_equal(e.where, "field");
		assert_string_equal(e.found, fields[i]);
	}
	world_close(&w);
}

/* None of them can be a subject's name, so none is looked for. */
static void a_name_outside_the_grammar_is_no_listing(void **state)
{
	static const char *const names[] = { "\xff", "*", "' OR 1=1", "a\033[31m", "", "掲載",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
	ak_text t = { 0 };
	world w;

	world_branch(*state, &w);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const ak_verify_options o = { .trust = span_of(&w.trust), .listing = names[i], .now = w.now };
		ak_verdict v;
		ak_error e = { 0 };

		assert_int_equal(ak_ledger_verify(w.l, &o, &v, &t, &e), AK_INVALID_ARGUMENT);
		assert_string_equal(e.where, "listing");
		assert_int_equal(ak_ledger_bundle(w.l, NULL, names[i], 0, false, &t, &e), AK_INVALID_ARGUMENT);
		assert_string_equal(e.where, "listing");
		if (*names[i] == '\0')
			continue;
		assert_int_equal(ak_ledger_log(w.l, names[i], NULL, 0, &t, &e), AK_INVALID_ARGUMENT);
		assert_string_equal(e.where, "subject");
	}
	world_close(&w);
}

/* No record of the ledger is this statement: to name one would send people looking for it. */
static void a_repeat_in_one_batch_is_told_as_such(void **state)
{
	ak_text draft, e, json = { 0 };
	ak_error err = { 0 };
	size_t failed = 0;
	world w;

	world_branch(*state, &w);
	draft = changed(&w, "/refs", "[]");
	e = world_sign(draft, world_signers(&w, "deletion"));
	{
		const ak_span in[] = { span_of(&e), span_of(&e) };
		const ak_seal_options o = { .operator_key = w.op, .state_path = w.state, .now = w.now += 60 };

		assert_int_equal(ak_ledger_seal(w.l, in, 2, &o, &json, &failed, &err), AK_REPEATED);
	}
	assert_int_equal(failed, 1);
	assert_string_equal(err.where, "batch");
	assert_non_null(strstr(err.detail, "number 1 and 2"));
	ak_text_free(&e);
	world_close(&w);
}
/* Whoever fills it in reads either language, and is told what the field is called and not what it is made of. */
static void a_blank_says_what_it_is_in_both_languages(void **state)
{
	static const char *const blanks[][2] = {
		{ "/body/registered_on", "\xc2\xab" "registered_on: First registered on / 登録日 = YYYY-MM-DD|YYYY-MM|YYYY" },
		{ "/body/basis", "\xc2\xab" "basis: Basis / 掲載の根拠 = decided|imported" },
	};
	const world *of = *state;
	const ak_draft_options o = { .type = "listing", .now = of->now };
	ak_text draft = { 0 };
	ak_json *v = NULL;
	world w;

	world_branch(of, &w);
	assert_int_equal(ak_ledger_draft(w.l, &o, &draft, NULL), AK_OK);
	assert_int_equal(ak_json_parse(span_of(&draft), &v, NULL), AK_OK);
	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
		char *found = ak_span_dup(ak_json_text(ak_json_pointer(v, ak_span_str(blanks[i][0]))));

		assert_non_null(found);
		assert_string_equal(found, blanks[i][1]);
		ak_mem_free(found);
	}
	ak_json_free(v);
	ak_text_free(&draft);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_left_aside),
		cmocka_unit_test(a_core_record_can_be_corrected),
		cmocka_unit_test(without_a_scheme_that_corrects_there_is_no_draft),
		cmocka_unit_test(a_whole_body_is_no_field),
		cmocka_unit_test(a_name_outside_the_grammar_is_no_listing),
		cmocka_unit_test(a_repeat_in_one_batch_is_told_as_such),
		cmocka_unit_test(a_blank_says_what_it_is_in_both_languages),
	};

	return cmocka_run_group_tests_name("drafts", tests, attack_world_open, attack_world_close);
}
