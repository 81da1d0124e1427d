/* SPDX-License-Identifier: Apache-2.0 */
#include "continuity.h"

#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

ak_span continuity_span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

void continuity_add_decision(world *w, const char *body)
{
	(void)world_seal(w, world_sign(world_draft(w, "ismap", "decision", NULL, body, NULL), world_signers(w, "decision")));
}

ak_text continuity_note_at(world *w, uint64_t size)
{
	ak_text note = { 0 };
	ak_error err = { 0 };

	if (ak_ledger_note(w->l, size, &note, &err) != AK_OK)
		fail_msg("no note of %llu: %s", (unsigned long long)size, err.detail);
	return note;
}

ak_text continuity_head_of(world *w)
{
	return continuity_note_at(w, attack_size(w));
}

ak_json *continuity_parsed(const ak_text *t)
{
	ak_json *v = NULL;

	assert_int_equal(ak_json_parse(continuity_span_of(t), &v, NULL), AK_OK);
	return v;
}

answer continuity_ask(world *w, const ak_text *old, const ak_text *new)
{
	answer a = { .outcome = AK_NOT_SHOWN };
	ak_text json = { 0 };

	a.st = ak_ledger_consistency(w->l, continuity_span_of(old), continuity_span_of(new), continuity_span_of(&w->trust),
				     &a.outcome, &json, &a.evidence, &a.err);
	if (a.st == AK_OK)
		a.report = continuity_parsed(&json);
	ak_text_free(&json);
	return a;
}

void continuity_drop(answer *a)
{
	ak_json_free(a->report);
	ak_text_free(&a->evidence);
}

answer continuity_check(ak_span evidence, const ak_text *trust)
{
	answer a = { .outcome = AK_NOT_SHOWN };
	ak_text json = { 0 };

	a.st = ak_consistency_check(evidence, continuity_span_of(trust), &a.outcome, &json, &a.err);
	if (a.st == AK_OK)
		a.report = continuity_parsed(&json);
	ak_text_free(&json);
	return a;
}

void continuity_is(const ak_json *report, const char *pointer, const char *text)
{
	ak_span found = ak_json_text(ak_json_pointer(report, ak_span_str(pointer)));

	if (!ak_span_is(found, text))
		fail_msg("%s is %.*s, not %s", pointer, (int)found.len, (const char *)found.data, text);
}

void continuity_refused(const char *row, answer a, ak_status want, const char *where)
{
	if (a.st != want || a.err.where == NULL || strcmp(a.err.where, where) != 0)
		fail_msg("%s: %s at %s (%s), want %s at %s", row, ak_status_name(a.st), a.err.where == NULL ? "?" : a.err.where,
			 a.err.detail, ak_status_name(want), where);
	continuity_drop(&a);
}

/* The ledger's answer, and the same from its evidence alone. */
void continuity_shows(const char *row, answer a, const world *w, ak_continuity want, const char *outcome)
{
	answer again;

	if (a.st != AK_OK || a.outcome != want)
		fail_msg("%s: %s at %s (%s), outcome %d", row, ak_status_name(a.st), a.err.where, a.err.detail, (int)a.outcome);
	continuity_is(a.report, "/outcome", outcome);
	again = continuity_check(continuity_span_of(&a.evidence), &w->trust);
	assert_int_equal(again.st, AK_OK);
	assert_int_equal(again.outcome, want);
	assert_true(ak_json_equal(a.report, again.report));
	continuity_drop(&again);
	continuity_drop(&a);
}

/* Two continuations of one ledger by one operator key. */
void continuity_part(const world *of, world *a, world *b)
{
	world_branch(of, a);
	world_branch(of, b);
	continuity_add_decision(a, DECIDED("2026-05-10"));
	continuity_add_decision(b, DECIDED("2026-05-11"));
}

/* Drop the last element of the array at `key`. */
ak_text continuity_shortened(const ak_text *evidence, const char *key)
{
	ak_json *v = continuity_parsed(evidence), *list = ak_json_new_array();
	const ak_json *old = ak_json_get(v, key);
	ak_text out = { 0 };

	for (size_t i = 0; i + 1 < ak_json_len(old); i++)
		assert_int_equal(ak_json_add(list, ak_json_copy(ak_json_at(old, i)), NULL), AK_OK);
	assert_int_equal(ak_json_set(v, key, list, NULL), AK_OK);
	assert_int_equal(ak_jcs_text(v, 1 << 24, &out, NULL), AK_OK);
	return out;
}
