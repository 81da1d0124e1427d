/* SPDX-License-Identifier: Apache-2.0 */
/* A keyset record that may not stand (FORMAT 16.9) changes no operator, whoever signed it: not in an audit, not in a verdict; and what
 * makes a history unsound does so of every question about it (19.1). */
#include "negative.h"
#include "rotation.h"

#include "codec/jcs.h"
#include "continuity.h"
#include "cosigned.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NOWHERE "sha256:00000000000000000000000000000000000000000000000000000000000000ff"
#define DECISION \
	"{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"deferred\",\"decided_on\":\"2026-05-18\",\"meeting\":\"x\"}"

typedef struct keys {
	ak_secret *root[2], *op, *heartbeat;
} keys;

static void keys_open(keys *k)
{
	*k = (keys){ { world_new_key("ed25519"), world_new_key("p256") }, world_new_key("ed25519"), world_new_key("ed25519") };
}

static void keys_close(keys *k)
{
	ak_secret_free(&k->root[0]);
	ak_secret_free(&k->root[1]);
	ak_secret_free(&k->op);
	ak_secret_free(&k->heartbeat);
}

/* Keyset no. 2, signed by all who have to. */
static ak_text keyset(world *w, const keys *n, const edit *edits, bool document)
{
	ak_secret *by[] = { w->root[0], w->root[1], n->root[1], n->op, n->heartbeat, NULL };
	rotation r = rotation_of(w);
	ak_text p;

	r.op = n->op;
	r.heartbeat = n->heartbeat;
	rotation_replace(&r, 1, "root-d", n->root[0]);
	rotation_replace(&r, 2, "root-e", n->root[1]);
	p = attack_statement(rotation_draft(w, &r), edits);
	if (document)
		p = negative_replaced(p, "\"name\":\"body\"", "\"name\":\"bodx\"");
	return attack_envelope(p, by);
}

static const edit unchanged[] = { { NULL, NULL } };
static const edit no_ref[] = { { "/predicate/refs", "[{\"record\":\"" NOWHERE "\",\"rel\":\"x\"}]" }, { NULL, NULL } };
static const edit no_base[] = { { "/predicate/base", "\"" NOWHERE "\"" }, { NULL, NULL } };
static const edit later[] = { { "/predicate/issued", "\"2036-01-01\"" }, { NULL, NULL } };
static const edit elsewhere[] = { { "/predicate/genesis", "\"" NOWHERE "\"" }, { NULL, NULL } };
static const edit of_no_form[] = { { "/predicate/body/threshold", "\"2\"" }, { NULL, NULL } };

static const struct {
	const char *rule;
	const edit *edits;
	bool document;
	ak_status why;
	ak_status without_ids; /* by the keysets alone: AK_OK, void; else what it is answered with */
} rows[] = {
	{ "5.5 a reference that leads nowhere", no_ref, false, AK_DANGLING, AK_NOT_HELD },
	{ "5.7 a base that leads nowhere", no_base, false, AK_DANGLING, AK_NO_TRUSTED_SIG },
	{ "5.4 a document without its kind", unchanged, true, AK_SCHEMA, AK_OK },
	{ "5.6 from the future", later, false, AK_CLOCK, AK_OK },
	{ "5.2 of another ledger", elsewhere, false, AK_WRONG_LEDGER, AK_OK },
	{ "15.1 not of its form", of_no_form, false, AK_SCHEMA, AK_OK },
};

static void is(world *w, const char *rule, uint64_t known_at, ak_verdict want, const char *reason)
{
	ak_json *r = NULL;
	ak_verdict v = world_verify(w, LISTING, LISTED_ON, known_at, &r);

	if (v != want || strcmp(ak_json_get_str(r, "reason"), reason) != 0)
		fail_msg("%s: %s (%s)", rule, ak_verdict_name(v), ak_json_get_str(r, "reason"));
	ak_json_free(r);
}

/* An honest head continues another, whatever keyset does not stand between them.  Where only the ids of all records show that it does
 * not, they are in the evidence (FORMAT 9.4), and without them nothing is shown; nor with others. */
static void heads_continue(world *w, const char *rule, ak_status without_ids)
{
	ak_text head = continuity_head_of(w), old = continuity_note_at(w, attack_size(w) - 1);
	answer a = continuity_ask(w, &old, &head), again;
	ak_json *evidence;
	ak_buf text;

	if (a.st != AK_OK)
		fail_msg("%s: consistency %s at %s (%s)", rule, ak_status_name(a.st), a.err.where, a.err.detail);
	assert_int_equal(a.outcome, AK_CONTINUES);
	evidence = continuity_parsed(&a.evidence);
	assert_true((ak_json_get(evidence, "leaves") != NULL) == (without_ids != AK_OK));
	again = continuity_check(continuity_span_of(&a.evidence), &w->trust);
	assert_true(again.st == AK_OK && again.outcome == AK_CONTINUES);
	continuity_drop(&again);
	if (without_ids != AK_OK) {
		ak_text less = continuity_shortened(&a.evidence, "leaves");

		again = continuity_check(continuity_span_of(&less), &w->trust);
		assert_true(again.st == AK_BAD_FORMAT && strcmp(again.err.where, "consistency.leaves") == 0);
		continuity_drop(&again);
		ak_text_free(&less);
		ak_json_remove(evidence, "leaves");
		ak_buf_init(&text, 1 << 24);
		assert_int_equal(ak_jcs_write(evidence, &text, NULL), AK_OK);
		again = continuity_check(ak_buf_span(&text), &w->trust);
		assert_int_equal(again.st, without_ids);
		continuity_drop(&again);
		ak_buf_clear(&text);
	}
	ak_json_free(evidence);
	continuity_drop(&a);
	ak_text_free(&head);
	ak_text_free(&old);
}

static void a_void_keyset_changes_no_operator(void **state)
{
	keys n;

	keys_open(&n);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_secret *was;
		world w;

		world_branch(*state, &w);
		attack_is_void(&w, attack_forge(&w, keyset(&w, &n, rows[i].edits, rows[i].document)), rows[i].why);
		is(&w, rows[i].rule, 0, AK_VERDICT_VALID, "");
		heads_continue(&w, rows[i].rule, rows[i].without_ids);
		/* One head more, by the key that only the void record names. */
		was = w.op;
		w.op = n.op;
		(void)attack_forge(&w, world_sign(world_draft(&w, "ismap", "decision", NULL, DECISION, NULL), world_signers(&w, "decision")));
		attack_is_broken(&w, "checkpoint", AK_NO_TRUSTED_SIG);
		is(&w, rows[i].rule, 0, AK_VERDICT_INVALID, "tampered");
		w.op = was;
		world_close(&w);
	}
	keys_close(&n);
}

/* The watched do not choose the watchers (FORMAT 12), and nobody else unmakes one: a keyset that does not stand makes no key its own. */
static void a_void_keyset_disarms_no_witness(void **state)
{
	keys n;

	keys_open(&n);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_json *r = NULL;
		world w;

		world_branch(*state, &w);
		attack_is_void(&w, attack_forge(&w, keyset(&w, &n, rows[i].edits, rows[i].document)), rows[i].why);
		cosigned_demand(&w, n.heartbeat); /* which that keyset names as its heartbeat */
		attack_verdict(&w, 0, AK_VERDICT_UNVERIFIABLE, "completeness");
		cosigned_head(&w, n.heartbeat);
		is(&w, rows[i].rule, 0, AK_VERDICT_VALID, "");
		(void)world_verify(&w, LISTING, LISTED_ON, 0, &r);
		for (size_t k = 0; k < ak_json_len(ak_json_get(r, "warnings")); k++)
			assert_false(ak_span_is(ak_json_get_text(ak_json_at(ak_json_get(r, "warnings"), k), "id"), "witness-own-key"));
		ak_json_free(r);
		world_close(&w);
	}
	keys_close(&n);
}

/* Without the ids that show that a reference leads nowhere, who may sign is not known: that is no word on the listing. */
static void a_gap_below_a_keyset_convicts_nobody(void **state)
{
	keys n;
	world w;
	ak_json *b;
	char line[400];
	ak_span span;

	keys_open(&n);
	world_branch(*state, &w);
	(void)attack_forge(&w, keyset(&w, &n, no_ref, false));
	b = negative_bundle(&w, 0);
	assert_true(ak_json_len(ak_json_get(b, "leaves")) != 0);
	ak_json_remove(b, "leaves");
	/* No line of the operator in force, as the reader would see it who took the keyset for another than it is. */
	span = ak_json_text(ak_json_at(ak_json_get(b, "checkpoint"), 4));
	(void)snprintf(line, sizeof(line), "%.*s", (int)span.len, (const char *)span.data);
	line[span.len - 8] = line[span.len - 8] == 'A' ? 'B' : 'A';
	negative_put(b, "/checkpoint/4", ak_json_new_str(line));
	negative_is("without leaves", negative_verdict(&w, b), AK_VERDICT_UNVERIFIABLE, "completeness", "checkpoint", "");
	world_close(&w);
	keys_close(&n);
}

static void an_unsound_record_is_one_whatever_is_asked(void **state)
{
	const edit bad[] = { { "/predicate/about", "[\"" LISTING_ID "\",\"ismap/listing:C24-0101-3\"]" }, { NULL, NULL } };
	world w;

	world_branch(*state, &w);
	(void)attack_forge(&w, attack_edited(negative_draft(&w), bad, world_signers(&w, "deletion")));
	is(&w, "about, known", 0, AK_VERDICT_INVALID, "tampered");
	is(&w, "about, after what is asked about", attack_size(&w) - 1, AK_VERDICT_INVALID, "tampered");
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_void_keyset_changes_no_operator),
		cmocka_unit_test(a_void_keyset_disarms_no_witness),
		cmocka_unit_test(a_gap_below_a_keyset_convicts_nobody),
		cmocka_unit_test(an_unsound_record_is_one_whatever_is_asked),
	};

	return cmocka_run_group_tests_name("attack: void keyset", tests, attack_world_open, attack_world_close);
}
