/* SPDX-License-Identifier: Apache-2.0 */
/* Running out of memory while sealing, verifying or auditing is an error, never a damaged ledger nor another verdict. */
#include "attack.h"
#include "oom.h"
#include "spare_git.h"

#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { NOTES = 1000, SEAL_POINTS = 80, VERIFY_POINTS = 50, AUDIT_POINTS = 50, CONSISTENCY_POINTS = 200 };

/* A scheme of one type that the root signs: the smallest in which something is sealed. */
static const char package[] =
	"{\"format\":\"akashi-profile/1\",\"ids\":{},\"names\":{\"en\":\"Demo\",\"ja\":\"例\"},\"roles\":{},\"scheme\":\"demo\","
	"\"types\":{\"note\":{\"about\":[{\"pointer\":\"/note\",\"prefix\":\"demo/note:\"}],\"documents\":\"none\",\"exclusive\":true,"
	"\"schema\":{\"additionalProperties\":false,\"properties\":{\"note\":{\"type\":\"string\"}},\"required\":[\"note\"],"
	"\"type\":\"object\"},\"signing\":[{\"mode\":\"root\"}],\"title\":{\"en\":\"Note\",\"ja\":\"覚書\"}}},\"version\":\"1\"}";

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

typedef struct sealing {
	world *w;
	ak_ledger *l;
	ak_text note[NOTES];  /* envelopes, each sealed once */
	size_t next;
	bool doubt;           /* the last run did not end well */
	size_t audits, broken;
} sealing;

/* A draft with the name changed, signed by two roots. */
static ak_text sign_note(const world *w, const char *draft, size_t n)
{
	ak_text one = { 0 }, two = { 0 };
	char *copy = strdup(draft), *at, digits[8];

	assert_non_null(copy);
	at = strstr(copy, "n0000");
	assert_non_null(at);
	(void)snprintf(digits, sizeof(digits), "n%04zu", n % 10000);
	memcpy(at, digits, 5);
	assert_int_equal(ak_exchange_sign(ak_span_str(copy), ak_span_str(package), w->root[0], &one, NULL), AK_OK);
	assert_int_equal(ak_exchange_sign(span_of(&one), ak_span_str(package), w->root[1], &two, NULL), AK_OK);
	ak_text_free(&one);
	free(copy);
	return two;
}

static void prepare(sealing *s, world *w)
{
	ak_secret *roots[] = { w->root[0], w->root[1], NULL };
	ak_text draft = { 0 };
	ak_error err = { 0 };

	s->w = w;
	if (ak_ledger_draft_profile(w->l, "demo", ak_span_str(package), w->now, &draft, &err) != AK_OK)
		fail_msg("%s: %s", err.where, err.detail);
	(void)world_seal(w, world_sign(draft, roots));
	draft = world_draft(w, "demo", "note", NULL, "{\"note\":\"n0000\"}", NULL);
	for (size_t i = 0; i < NOTES; i++)
		s->note[i] = sign_note(w, draft.data, i);
	ak_text_free(&draft);
	s->l = w->l;
	w->l = NULL;
}

/* What a run that failed has left must open and be sound. */
static void look(sealing *s)
{
	const ak_audit_options o = { .now = s->w->now, .threads = 1 };
	ak_text json = { 0 };
	bool ok = false;

	s->audits++;
	if (ak_audit_repository(s->w->ledger, &o, &ok, &json, NULL) != AK_OK || !ok)
		s->broken++;
	ak_text_free(&json);
}

static ak_status seal_next(sealing *s)
{
	const ak_seal_options o = { .operator_key = s->w->op, .state_path = s->w->state, .now = s->w->now };
	ak_span in = span_of(&s->note[s->next]);
	ak_text json = { 0 };
	size_t failed;
	ak_error err = { 0 };
	ak_status st = ak_ledger_seal(s->l, &in, 1, &o, &json, &failed, &err);

	ak_text_free(&json);
	return st;
}

static ak_status seal_one(void *ctx)
{
	sealing *s = ctx;
	bool was_in_doubt = s->doubt;
	ak_status st = AK_OK;

	if (was_in_doubt) {
		look(s);
		ak_ledger_free(&s->l);
		st = ak_ledger_open(s->w->ledger, &s->l, NULL);
	}
	s->doubt = true;
	if (st == AK_OK)
		st = seal_next(s);
	/* The run before failed when its record was sealed already, or was finished now: both are told so. */
	if (st == AK_REPEATED && was_in_doubt && s->next + 1 < NOTES) {
		s->next++;
		st = seal_next(s);
	}
	if (st == AK_OK) {
		s->doubt = false;
		s->next++;
	}
	return s->next < NOTES ? st : AK_INTERNAL;
}

static void sealing_survives_want_of_memory(void **state)
{
	const oom_plan plan = { .points = SEAL_POINTS, .may_keep = true };
	sealing *s = calloc(1, sizeof(*s));
	ak_json *report = NULL;
	world w;

	(void)state;
	assert_non_null(s);
	world_open_bare(&w);
	prepare(s, &w);
	oom_sweep_plan("seal", seal_one, s, &plan);
	ak_ledger_free(&s->l);
	assert_int_equal(s->broken, 0);
	assert_int_equal(ak_ledger_open(w.ledger, &w.l, NULL), AK_OK);
	world_retrust(&w);
	/* All that was acknowledged is there, once, and nothing else. */
	assert_int_equal(attack_size(&w), 2 + s->next);
	assert_true(world_audit(&w, &report));
	print_message("%zu records sealed, %zu audits\n", s->next, s->audits);
	ak_json_free(report);
	for (size_t i = 0; i < NOTES; i++)
		ak_text_free(&s->note[i]);
	free(s);
	world_close(&w);
}

/* ---- verify ------------------------------------------------------------------------------------------------------ */

typedef struct verifying {
	world *w;
	size_t wrong; /* answers that were another verdict */
} verifying;

static ak_status verify_once(void *ctx)
{
	verifying *v = ctx;
	const ak_verify_options o = { .listing = LISTING, .trust = span_of(&v->w->trust), .as_of = LISTED_ON, .now = v->w->now };
	ak_verdict verdict = AK_VERDICT_INVALID;
	ak_text json = { 0 };
	ak_status st = ak_ledger_verify(v->w->l, &o, &verdict, &json, NULL);

	if (st == AK_OK && (verdict != AK_VERDICT_VALID || json.len == 0))
		v->wrong++;
	ak_text_free(&json);
	return st;
}

static void verifying_survives_want_of_memory(void **state)
{
	const oom_plan plan = { .points = VERIFY_POINTS, .may_keep = true };
	verifying v = { 0 };
	world w;

	world_branch(*state, &w);
	v.w = &w;
	oom_sweep_plan("verify", verify_once, &v, &plan);
	assert_int_equal(v.wrong, 0);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	attack_is_sound(&w, 0);
	world_close(&w);
}

/* ---- audit ------------------------------------------------------------------------------------------------------- */

static ak_status audit_once(void *ctx)
{
	verifying *v = ctx;
	const ak_audit_options o = { .trust = span_of(&v->w->trust), .now = v->w->now, .threads = 1 };
	ak_text json = { 0 };
	bool ok = false;
	ak_status st = ak_ledger_audit(v->w->l, &o, &ok, &json, NULL);

	if (st == AK_OK && (!ok || json.len == 0))
		v->wrong++;
	ak_text_free(&json);
	return st;
}

static void auditing_survives_want_of_memory(void **state)
{
	const oom_plan plan = { .points = AUDIT_POINTS, .may_keep = true };
	verifying v = { 0 };
	world w;

	world_branch(*state, &w);
	v.w = &w;
	oom_sweep_plan("audit", audit_once, &v, &plan);
	assert_int_equal(v.wrong, 0);
	world_close(&w);
}

/* ---- continuity -------------------------------------------------------------------------------------------------- */

typedef struct comparing {
	world *w;
	ak_text old, new, evidence;
	size_t wrong;
} comparing;

static ak_status compare_once(void *ctx)
{
	comparing *c = ctx;
	ak_continuity outcome = AK_NOT_SHOWN;
	ak_text json = { 0 }, evidence = { 0 };
	ak_status st = ak_ledger_consistency(c->w->l, span_of(&c->old), span_of(&c->new), span_of(&c->w->trust), &outcome, &json,
	                                     &evidence, NULL);

	if (st == AK_OK && (outcome != AK_CONTINUES || json.len == 0 || evidence.len == 0))
		c->wrong++;
	ak_text_free(&json);
	ak_text_free(&evidence);
	return st;
}

static ak_status check_once(void *ctx)
{
	comparing *c = ctx;
	ak_continuity outcome = AK_NOT_SHOWN;
	ak_text json = { 0 };
	ak_status st = ak_consistency_check(span_of(&c->evidence), span_of(&c->w->trust), &outcome, &json, NULL);

	if (st == AK_OK && (outcome != AK_CONTINUES || json.len == 0))
		c->wrong++;
	ak_text_free(&json);
	return st;
}

static void comparing_heads_survives_want_of_memory(void **state)
{
	const oom_plan plan = { .points = CONSISTENCY_POINTS, .may_keep = true };
	comparing c = { 0 };
	ak_continuity outcome;
	ak_text json = { 0 };
	world w;

	world_branch(*state, &w);
	c.w = &w;
	assert_int_equal(ak_ledger_note(w.l, 5, &c.old, NULL), AK_OK);
	assert_int_equal(ak_ledger_note(w.l, 9, &c.new, NULL), AK_OK);
	assert_int_equal(ak_ledger_consistency(w.l, span_of(&c.old), span_of(&c.new), span_of(&w.trust), &outcome, &json, &c.evidence,
	                                       NULL), AK_OK);
	oom_sweep_plan("consistency", compare_once, &c, &plan);
	oom_sweep_plan("consistency check", check_once, &c, &plan);
	assert_int_equal(c.wrong, 0);
	ak_text_free(&json);
	ak_text_free(&c.old);
	ak_text_free(&c.new);
	ak_text_free(&c.evidence);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sealing_survives_want_of_memory),
		cmocka_unit_test(verifying_survives_want_of_memory),
		cmocka_unit_test(auditing_survives_want_of_memory),
		cmocka_unit_test(comparing_heads_survives_want_of_memory),
	};

	spare_git();
	return cmocka_run_group_tests_name("oom", tests, attack_world_open, attack_world_close);
}
