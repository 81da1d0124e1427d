/* SPDX-License-Identifier: Apache-2.0 */
/* Running out of memory while witnessing is an error: never a refusal of an honest ledger, never a signature over a lie, and
 * nothing half published. */
#include "attack.h"
#include "oom.h"
#include "spare_git.h"
#include "watcher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { HONEST_POINTS = 80, LIE_POINTS = 40, PUBLISH_POINTS = 60 };

#define DELETION "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"x\"}"

typedef struct run {
	world *w;
	watcher *a;
	char db[128];
	bool wanted;   /* is it to be cosigned? */
	int64_t later;
	size_t wrong;
	ak_ledger *l;  /* publishing: the operator's */
	bool doubt;
} run;

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

static ak_status ask(run *r, bool first, ak_text *json)
{
	const ak_witness_options o = {
		.trust = span_of(&r->a->trust), .key = r->a->key, .name = r->a->heartbeat ? NULL : WATCHER_NAME,
		.state_path = r->a->state, .first = first, .heartbeat = r->a->heartbeat, .now = r->w->now + r->later,
	};
	ak_error err = { 0 };
	bool ok = false;
	ak_status st = ak_witness_cosign(r->w->ledger, &o, &ok, json, &err);

	if (st == AK_OK && ok != r->wanted)
		r->wrong++;
	return st;
}

/* Everything from the genesis. */
static ak_status from_the_genesis(void *ctx)
{
	run *r = ctx;
	ak_text json = { 0 };
	ak_status st;

	(void)remove(r->a->state);
	(void)remove(r->db);
	st = ask(r, true, &json);
	ak_text_free(&json);
	return st;
}

/* The head is the one cosigned before, or a lie about it. */
static ak_status from_memory(void *ctx)
{
	run *r = ctx;
	ak_text json = { 0 };
	ak_status st = ask(r, false, &json);

	ak_text_free(&json);
	return st;
}

static void prepare(run *r, world *w, watcher *a)
{
	*r = (run){ .w = w, .a = a, .wanted = true };
	(void)snprintf(r->db, sizeof(r->db), "%s.db", a->state);
}

static void an_honest_ledger_is_never_refused_for_want_of_memory(void **state)
{
	const oom_plan plan = { .points = HONEST_POINTS, .may_keep = true };
	ak_text line;
	watcher a;
	world w;
	run r;

	world_branch(*state, &w);
	watcher_open(&a, &w, world_new_key("ed25519"));
	prepare(&r, &w, &a);
	oom_sweep_plan("witness, first", from_the_genesis, &r, &plan);
	oom_sweep_plan("witness, again", from_memory, &r, &plan);
	assert_int_equal(r.wrong, 0);
	a.begun = true;
	line = watcher_signs(&a, &w, 60, NULL);
	ak_text_free(&line);
	watcher_close(&a);
	world_close(&w);
}

static void a_lie_is_never_cosigned_for_want_of_memory(void **state)
{
	static const char *const forged[] = { "ismap/listing:C24-0202-2", NULL };
	const oom_plan plan = { .points = LIE_POINTS, .may_keep = true };
	ak_buf statement, signatures;
	ak_text e, line;
	watcher a;
	world w;
	run r;

	world_branch(*state, &w);
	watcher_open(&a, &w, world_new_key("ed25519"));
	line = watcher_signs(&a, &w, 0, NULL);
	ak_text_free(&line);
	e = world_sign(world_draft(&w, "ismap", "deletion", NULL, DELETION, NULL), world_signers(&w, "deletion"));
	world_lines(&e, &statement, &signatures);
	ak_text_free(&e);
	world_forge(
		&w,
		&(forgery){ .statement = ak_buf_span(&statement), .signatures = ak_buf_span(&signatures), .about_map = forged });
	ak_buf_clear(&statement);
	ak_buf_clear(&signatures);
	prepare(&r, &w, &a);
	r.wanted = false;
	oom_sweep_plan("witness, lied to", from_memory, &r, &plan);
	assert_int_equal(r.wrong, 0);
	watcher_close(&a);
	world_close(&w);
}

/* The heartbeat: cosign, then publish. */
static ak_status beat(void *ctx)
{
	run *r = ctx;
	ak_seal_options o = { .operator_key = r->w->op, .state_path = r->w->state };
	ak_text json = { 0 }, answer = { 0 };
	ak_json *v = NULL;
	size_t failed;
	ak_buf line;
	ak_status st = AK_OK;

	r->later++;
	o.now = r->w->now + r->later;
	ak_buf_init(&line, 1 << 16);
	if (r->doubt) {
		ak_ledger_free(&r->l);
		st = ak_ledger_open(r->w->ledger, &r->l, NULL);
	}
	r->doubt = true;
	if (st == AK_OK)
		st = ask(r, false, &json);
	if (st == AK_OK)
		st = ak_json_parse(span_of(&json), &v, NULL);
	if (st == AK_OK)
		st = ak_buf_add_span(&line, ak_json_get_text(v, "line"), NULL);
	if (st == AK_OK)
		st = ak_buf_add_byte(&line, '\n', NULL);
	if (st == AK_OK)
		st = ak_ledger_cosign(r->l, &(ak_span){ line.data, line.len }, 1, (ak_span){ 0 }, &o, &answer, &failed, NULL);
	r->doubt = st != AK_OK;
	ak_buf_clear(&line);
	ak_json_free(v);
	ak_text_free(&answer);
	ak_text_free(&json);
	return st;
}

static void publishing_survives_want_of_memory(void **state)
{
	const oom_plan plan = { .points = PUBLISH_POINTS, .may_keep = true };
	ak_secret *key = NULL;
	ak_text pem = { 0 }, line;
	watcher a;
	world w;
	run r;

	world_branch(*state, &w);
	assert_int_equal(ak_secret_pem(w.heartbeat, &pem, NULL), AK_OK);
	assert_int_equal(ak_secret_read(span_of(&pem), NULL, &key, NULL), AK_OK);
	ak_text_wipe(&pem);
	watcher_open(&a, &w, key);
	a.heartbeat = true;
	line = watcher_signs(&a, &w, 0, NULL);
	ak_text_free(&line);
	prepare(&r, &w, &a);
	r.l = w.l;
	w.l = NULL;
	oom_sweep_plan("heartbeat", beat, &r, &plan);
	assert_int_equal(r.wrong, 0);
	ak_ledger_free(&r.l);
	assert_int_equal(ak_ledger_open(w.ledger, &w.l, NULL), AK_OK);
	attack_is_sound(&w, 0);
	watcher_close(&a);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_honest_ledger_is_never_refused_for_want_of_memory),
		cmocka_unit_test(a_lie_is_never_cosigned_for_want_of_memory),
		cmocka_unit_test(publishing_survives_want_of_memory),
	};

	spare_git();
	return cmocka_run_group_tests_name("witness: oom", tests, attack_world_open, attack_world_close);
}
