/* SPDX-License-Identifier: Apache-2.0 */
/* Heads that continue each other, heads that do not, and evidence of both that somebody has touched (FORMAT, Continuity). */
#include "attack.h"

#include "api/api.h"
#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DECIDED(day) \
	"{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"deferred\",\"decided_on\":\"" day "\",\"meeting\":\"第23回\"}"

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

static void add_decision(world *w, const char *body)
{
	(void)world_seal(w, world_sign(world_draft(w, "ismap", "decision", NULL, body, NULL), world_signers(w, "decision")));
}

static ak_text note_at(world *w, uint64_t size)
{
	ak_text note = { 0 };
	ak_error err = { 0 };

	if (ak_ledger_note(w->l, size, &note, &err) != AK_OK)
		fail_msg("no note of %llu: %s", (unsigned long long)size, err.detail);
	return note;
}

static ak_text head_of(world *w)
{
	return note_at(w, attack_size(w));
}

/* What is asked and what came of it. */
typedef struct answer {
	ak_status st;
	ak_error err;
	ak_continuity outcome;
	ak_json *report;
	ak_text evidence;
} answer;

static ak_json *parsed(const ak_text *t)
{
	ak_json *v = NULL;

	assert_int_equal(ak_json_parse(span_of(t), &v, NULL), AK_OK);
	return v;
}

static answer ask(world *w, const ak_text *old, const ak_text *new)
{
	answer a = { .outcome = AK_NOT_SHOWN };
	ak_text json = { 0 };

	a.st = ak_ledger_consistency(w->l, span_of(old), span_of(new), span_of(&w->trust), &a.outcome, &json, &a.evidence, &a.err);
	if (a.st == AK_OK)
		a.report = parsed(&json);
	ak_text_free(&json);
	return a;
}

static void drop(answer *a)
{
	ak_json_free(a->report);
	ak_text_free(&a->evidence);
}

static answer check(ak_span evidence, const ak_text *trust)
{
	answer a = { .outcome = AK_NOT_SHOWN };
	ak_text json = { 0 };

	a.st = ak_consistency_check(evidence, span_of(trust), &a.outcome, &json, &a.err);
	if (a.st == AK_OK)
		a.report = parsed(&json);
	ak_text_free(&json);
	return a;
}

static void is(const ak_json *report, const char *pointer, const char *text)
{
	ak_span found = ak_json_text(ak_json_pointer(report, ak_span_str(pointer)));

	if (!ak_span_is(found, text))
		fail_msg("%s is %.*s, not %s", pointer, (int)found.len, (const char *)found.data, text);
}

static void refused(const char *row, answer a, ak_status want, const char *where)
{
	if (a.st != want || a.err.where == NULL || strcmp(a.err.where, where) != 0)
		fail_msg("%s: %s at %s (%s), want %s at %s", row, ak_status_name(a.st), a.err.where == NULL ? "?" : a.err.where,
		         a.err.detail, ak_status_name(want), where);
	drop(&a);
}

/* The ledger's answer, and the same from its evidence alone. */
static void shows(const char *row, answer a, const world *w, ak_continuity want, const char *outcome)
{
	answer again;

	if (a.st != AK_OK || a.outcome != want)
		fail_msg("%s: %s at %s (%s), outcome %d", row, ak_status_name(a.st), a.err.where, a.err.detail, (int)a.outcome);
	is(a.report, "/outcome", outcome);
	again = check(span_of(&a.evidence), &w->trust);
	assert_int_equal(again.st, AK_OK);
	assert_int_equal(again.outcome, want);
	assert_true(ak_json_equal(a.report, again.report));
	drop(&again);
	drop(&a);
}

/* ---- one history ------------------------------------------------------------------------------------------------ */

static void every_pair_of_heads_continues(void **state)
{
	uint64_t size;
	world w;

	world_branch(*state, &w);
	size = attack_size(&w);
	for (uint64_t a = 1; a <= size; a++) {
		ak_text old = note_at(&w, a);

		for (uint64_t b = a; b <= size; b++) {
			ak_text new = note_at(&w, b);

			shows("pair", ask(&w, &old, &new), &w, AK_CONTINUES, a == b ? "same" : "continues");
			if (a < b)
				refused("the other way round", ask(&w, &new, &old), AK_INVALID_ARGUMENT, "consistency.order");
			ak_text_free(&new);
		}
		ak_text_free(&old);
	}
	world_close(&w);
}

static void the_report_names_sizes_roots_and_proof(void **state)
{
	ak_text old, new;
	answer a;
	world w;

	world_branch(*state, &w);
	old = note_at(&w, 5);
	new = note_at(&w, 9);
	a = ask(&w, &old, &new);
	assert_int_equal(a.st, AK_OK);
	assert_int_equal(ak_json_len(a.report), 11);
	is(a.report, "/format", "akashi-consistency/1");
	is(a.report, "/origin", "ledger.example/ismap");
	is(a.report, "/reason", "");
	assert_true(ak_json_len(ak_json_get(a.report, "proof")) >= 3);
	assert_true(ak_json_is(ak_json_get(a.report, "fork"), AK_JSON_NULL));
	for (size_t i = 0; i < 3; i++) {
		static const char *const names[] = { "old", "new", "head" };
		const ak_json *h = ak_json_get(a.report, names[i]);
		const uint64_t want[] = { 5, 9, attack_size(&w) };
		int64_t n = 0;

		assert_int_equal(ak_json_len(h), 2);
		assert_true(ak_json_int(ak_json_get(h, "size"), &n));
		assert_int_equal(n, want[i]);
		assert_true(ak_span_starts(ak_json_get_text(h, "root"), "sha256:"));
	}
	drop(&a);
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
}

static void sizes_that_nobody_signed_are_not_found(void **state)
{
	ak_text envelope[2], json = { 0 }, note = { 0 };
	ak_seal_options o = { 0 };
	ak_error err = { 0 };
	uint64_t size;
	size_t failed;
	ak_span in[2];
	world w;

	world_branch(*state, &w);
	size = attack_size(&w);
	for (size_t i = 0; i < 2; i++) {
		static const char *const body[] = { "{\"service\":\"one\",\"reviewed_on\":\"2026-05-10\",\"outcome\":\"accepted\"}",
		                                    "{\"service\":\"two\",\"reviewed_on\":\"2026-05-10\",\"outcome\":\"accepted\"}" };

		envelope[i] = world_sign(world_draft(&w, "ismap", "technical-review", "2026-05-10", body[i], NULL),
		                         world_signers(&w, "technical-review"));
		in[i] = span_of(&envelope[i]);
	}
	o = (ak_seal_options){ .operator_key = w.op, .state_path = w.state, .now = w.now += 60 };
	assert_int_equal(ak_ledger_seal(w.l, in, 2, &o, &json, &failed, &err), AK_OK);
	ak_text_free(&json);
	/* The batch went from size to size + 2. */
	assert_int_equal(ak_ledger_note(w.l, size + 1, &note, &err), AK_NOT_FOUND);
	assert_string_equal(err.where, "size");
	assert_int_equal(err.at, size + 1);
	{
		char near[64];

		(void)snprintf(near, sizeof(near), "%llu or %llu", (unsigned long long)size, (unsigned long long)size + 2);
		assert_string_equal(err.expected, near);
	}
	assert_int_equal(ak_ledger_note(w.l, 0, &note, &err), AK_NOT_FOUND);
	assert_int_equal(ak_ledger_note(w.l, size + 3, &note, &err), AK_NOT_FOUND);
	for (size_t i = 0; i < 2; i++)
		ak_text_free(&envelope[i]);
	world_close(&w);
}

/* ---- two histories ----------------------------------------------------------------------------------------------- */

/* Two continuations of one ledger by one operator key. */
static void part(const world *of, world *a, world *b)
{
	world_branch(of, a);
	world_branch(of, b);
	add_decision(a, DECIDED("2026-05-10"));
	add_decision(b, DECIDED("2026-05-11"));
}

static void a_fork_of_the_same_size_convicts(void **state)
{
	ak_text old, new;
	answer a;
	world w, v;

	part(*state, &w, &v);
	old = head_of(&w);
	new = head_of(&v);
	a = ask(&w, &old, &new);
	assert_int_equal(a.st, AK_OK);
	is(a.report, "/fork/of", "new");
	drop(&a);
	shows("new is of another history", ask(&w, &old, &new), &w, AK_FORKED, "forked");
	shows("old is of another history", ask(&w, &new, &old), &w, AK_FORKED, "forked");
	shows("seen from the other side", ask(&v, &old, &new), &w, AK_FORKED, "forked");
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
	world_close(&v);
}

static void a_fork_of_another_size_convicts(void **state)
{
	ak_text parted, grown, before;
	world w, v;

	part(*state, &w, &v);
	before = note_at(&w, 5);
	parted = head_of(&v);
	add_decision(&w, DECIDED("2026-05-12"));
	grown = head_of(&w);
	add_decision(&w, DECIDED("2026-05-13"));
	shows("an old head that was left", ask(&w, &parted, &grown), &w, AK_FORKED, "forked");
	shows("a new head that left", ask(&w, &before, &parted), &w, AK_FORKED, "forked");
	shows("before they parted", ask(&v, &before, &parted), &w, AK_CONTINUES, "continues");
	ak_text_free(&parted);
	ak_text_free(&grown);
	ak_text_free(&before);
	world_close(&w);
	world_close(&v);
}

static void a_ledger_that_is_behind_says_nothing(void **state)
{
	ak_text old, new;
	answer a;
	world w, v;

	part(*state, &w, &v);
	old = head_of(&w);
	add_decision(&v, DECIDED("2026-05-12"));
	new = head_of(&v);
	a = ask(&w, &old, &new);
	assert_int_equal(a.st, AK_OK);
	assert_int_equal(a.outcome, AK_NOT_SHOWN);
	is(a.report, "/outcome", "not-shown");
	is(a.report, "/reason", "ledger-behind");
	assert_int_equal(a.evidence.len, 0);
	drop(&a);
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
	world_close(&v);
}

/* ---- who signed ---------------------------------------------------------------------------------------------------- */

/* A note with one byte of its first `what` changed. */
static ak_text spoilt(const ak_text *note, const char *what, size_t off)
{
	ak_text t = attack_copy(note);
	char *at = strstr(t.data, what);

	assert_non_null(at);
	at[off] = at[off] == 'A' ? 'B' : 'A';
	return t;
}

static void heads_that_the_operator_did_not_sign(void **state)
{
	ak_text old, new, forged, foreign = { 0 };
	char *third;
	world w, v;

	world_branch(*state, &w);
	world_open_bare(&v);
	old = note_at(&w, 8);
	new = head_of(&w);
	third = strchr(strchr(old.data, '\n') + 1, '\n') + 1;
	third[4] = third[4] == 'A' ? 'B' : 'A'; /* the root: base64 in the third line */
	refused("forged old root", ask(&w, &old, &new), AK_BAD_SIGNATURE, "old.signature");
	ak_text_free(&old);
	old = note_at(&w, 8);
	forged = spoilt(&new, "\xe2\x80\x94 ledger.example/ismap ", 40);
	refused("forged signature", ask(&w, &old, &forged), AK_BAD_SIGNATURE, "new.signature");
	ak_text_free(&forged);
	forged = spoilt(&new, "\xe2\x80\x94 ledger.example/ismap ", 26);
	refused("a key that is not the operator's", ask(&w, &old, &forged), AK_NO_TRUSTED_SIG, "new.signature");
	ak_text_free(&forged);
	forged = spoilt(&new, "\n\n", 0);
	refused("no signed note", ask(&w, &old, &forged), AK_BAD_FORMAT, "new");
	foreign = attack_copy(&w.trust);
	ak_text_free(&w.trust);
	w.trust = attack_copy(&v.trust);
	refused("a trust file of another ledger", ask(&w, &old, &new), AK_WRONG_LEDGER, "genesis");
	ak_text_free(&w.trust);
	w.trust = foreign;
	ak_text_free(&forged);
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
	world_close(&v);
}

/* The keys to come: root-a stays, the rest is new. */
static ak_text next_keyset(world *w, ak_secret *op, ak_secret *heartbeat, ak_secret *root)
{
	ak_secret *keys[] = { w->root[0], w->root[1], root, op, heartbeat, NULL };
	char body[4096], k[4][400];

	world_key_json(w->root[0], k[0], sizeof(k[0]));
	world_key_json(root, k[1], sizeof(k[1]));
	world_key_json(op, k[2], sizeof(k[2]));
	world_key_json(heartbeat, k[3], sizeof(k[3]));
	(void)snprintf(body, sizeof(body), "{\"number\":2,\"threshold\":2,\"root\":[{\"holder\":\"root-a\",\"key\":%s},{\"holder\":"
	               "\"root-d\",\"key\":%s}],\"operator\":%s,\"heartbeat\":%s}", k[0], k[1], k[2], k[3]);
	return world_sign(world_draft(w, "akashi", "keyset", NULL, body, NULL), keys);
}

static void rotate(world *w, ak_secret *op, ak_text e)
{
	const ak_seal_options o = { .operator_key = op, .old_operator_key = w->op, .state_path = w->state, .now = w->now += 60 };
	ak_span in = span_of(&e);
	ak_text json = { 0 };
	size_t failed;

	assert_int_equal(ak_ledger_seal(w->l, &in, 1, &o, &json, &failed, NULL), AK_OK);
	ak_text_free(&json);
	ak_text_free(&e);
}

/* Drop the last element of the array at `key`. */
static ak_text shortened(const ak_text *evidence, const char *key)
{
	ak_json *v = parsed(evidence), *list = ak_json_new_array();
	const ak_json *old = ak_json_get(v, key);
	ak_text out = { 0 };

	for (size_t i = 0; i + 1 < ak_json_len(old); i++)
		assert_int_equal(ak_json_add(list, ak_json_copy(ak_json_at(old, i)), NULL), AK_OK);
	assert_int_equal(ak_json_set(v, key, list, NULL), AK_OK);
	assert_int_equal(ak_jcs_text(v, 1 << 24, &out, NULL), AK_OK);
	return out;
}

static void a_key_that_was_replaced_signs_nothing(void **state)
{
	ak_secret *op = world_new_key("ed25519"), *heartbeat = world_new_key("ed25519"), *root = world_new_key("p256"), *old_op;
	ak_text before, after, thief, cut;
	answer a;
	world w, v;

	world_branch(*state, &w);
	world_branch(*state, &v);
	before = head_of(&w);
	rotate(&w, op, next_keyset(&w, op, heartbeat, root));
	old_op = w.op;
	w.op = op;
	add_decision(&w, DECIDED("2026-05-12"));
	after = head_of(&w);
	shows("across a rotation", ask(&w, &before, &after), &w, AK_CONTINUES, "continues");
	/* The old key goes on elsewhere, to the same size. */
	add_decision(&v, DECIDED("2026-05-13"));
	add_decision(&v, DECIDED("2026-05-14"));
	thief = head_of(&v);
	refused("signed by a key that was replaced", ask(&w, &before, &thief), AK_NO_TRUSTED_SIG, "new.signature");
	/* Evidence that leaves the rotation out. */
	a = ask(&w, &before, &after);
	cut = shortened(&a.evidence, "keysets");
	refused("a keyset left out", check(span_of(&cut), &w.trust), AK_MAP_MISMATCH, "consistency.keysets");
	ak_text_free(&cut);
	drop(&a);
	w.op = old_op;
	ak_text_free(&before);
	ak_text_free(&after);
	ak_text_free(&thief);
	ak_secret_free(&op);
	ak_secret_free(&heartbeat);
	ak_secret_free(&root);
	world_close(&w);
	world_close(&v);
}

/* ---- evidence that somebody touched ----------------------------------------------------------------------------------- */

/* Put `json` (NULL: nothing) at member `key`. */
static ak_text with(const ak_text *evidence, const char *key, const char *json)
{
	ak_json *v = parsed(evidence), *wrapped = NULL;
	ak_text out = { 0 };

	ak_json_remove(v, key);
	if (json != NULL) {
		assert_int_equal(ak_json_parse(ak_span_str(json), &wrapped, NULL), AK_OK);
		assert_int_equal(ak_json_set(v, key, ak_json_copy(ak_json_at(wrapped, 0)), NULL), AK_OK);
		ak_json_free(wrapped);
	}
	assert_int_equal(ak_jcs_text(v, 1 << 24, &out, NULL), AK_OK);
	return out;
}

/* The two notes in each other's place. */
static ak_text swapped(const ak_text *evidence)
{
	ak_json *v = parsed(evidence);
	ak_json *old = ak_json_copy(ak_json_get(v, "old")), *new = ak_json_copy(ak_json_get(v, "new"));
	ak_text out = { 0 };

	assert_int_equal(ak_json_set(v, "old", new, NULL), AK_OK);
	assert_int_equal(ak_json_set(v, "new", old, NULL), AK_OK);
	assert_int_equal(ak_jcs_text(v, 1 << 24, &out, NULL), AK_OK);
	return out;
}

#define ZERO "sha256:0000000000000000000000000000000000000000000000000000000000000000"

static void mangled_evidence_is_refused_in_its_place(void **state)
{
	static const struct {
		const char *row, *key, *json;
		ak_status want;
		const char *where;
	} rows[] = {
		{ "another version", "akashi", "[\"consistency/2\"]", AK_UNKNOWN_VERSION, "consistency.akashi" },
		{ "something else", "akashi", "[\"bundle/1\"]", AK_BAD_FORMAT, "consistency.akashi" },
		{ "no old note", "old", NULL, AK_BAD_FORMAT, "consistency.old" },
		{ "a note that is none", "new", "[[\"x\"]]", AK_BAD_FORMAT, "new" },
		{ "a note of numbers", "new", "[[1]]", AK_BAD_FORMAT, "consistency.new" },
		{ "no keysets", "keysets", "[[]]", AK_BAD_FORMAT, "consistency.keysets" },
		{ "keysets of nothing", "keysets", "[[{}]]", AK_BAD_FORMAT, "consistency.keysets" },
		{ "no map", "map", NULL, AK_BAD_FORMAT, "consistency.map" },
		{ "a map of nothing", "map", "[{\"chain\":\"" ZERO "\",\"count\":0,\"siblings\":[]}]", AK_BAD_FORMAT, "consistency.map" },
		{ "another map", "map", "[{\"chain\":\"" ZERO "\",\"count\":1,\"siblings\":[]}]", AK_MAP_MISMATCH, "map-proof.root" },
		{ "no newest header", "last", NULL, AK_BAD_FORMAT, "consistency.last" },
		{ "no proof", "proof", NULL, AK_BAD_FORMAT, "consistency.proof" },
		{ "a proof of words", "proof", "[[\"x\"]]", AK_BAD_FORMAT, "consistency.proof" },
		{ "an empty proof", "proof", "[[]]", AK_BAD_FORMAT, "consistency.length" },
		{ "no way to the head", "to_head", NULL, AK_BAD_FORMAT, "consistency.to_head" },
		{ "a member more", "extra", "[1]", AK_BAD_FORMAT, "consistency" },
		{ "a fork of neither", "fork", "[{\"of\":\"head\",\"proof\":[],\"root\":\"" ZERO "\"}]", AK_BAD_FORMAT, "consistency.fork" },
		{ "a fork beside a proof", "fork", "[{\"of\":\"old\",\"proof\":[],\"root\":\"" ZERO "\"}]", AK_BAD_FORMAT, "consistency" },
	};
	ak_text old, new;
	answer a;
	world w;

	world_branch(*state, &w);
	old = note_at(&w, 5);
	new = note_at(&w, 9);
	a = ask(&w, &old, &new);
	assert_int_equal(a.st, AK_OK);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_text bad = with(&a.evidence, rows[i].key, rows[i].json);

		refused(rows[i].row, check(span_of(&bad), &w.trust), rows[i].want, rows[i].where);
		ak_text_free(&bad);
	}
	{
		static const char *const cut[] = { "proof", "to_head" };
		ak_text bad = swapped(&a.evidence);

		refused("notes swapped", check(span_of(&bad), &w.trust), AK_BAD_FORMAT, "consistency.order");
		ak_text_free(&bad);
		for (size_t i = 0; i < 2; i++) {
			bad = shortened(&a.evidence, cut[i]);
			refused(cut[i], check(span_of(&bad), &w.trust), AK_BAD_FORMAT, "consistency.length");
			ak_text_free(&bad);
		}
		bad = with(&a.evidence, "head", NULL);
		refused("the head taken away", check(span_of(&bad), &w.trust), AK_BAD_FORMAT, "consistency");
		ak_text_free(&bad);
	}
	drop(&a);
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
}

/* A fork invented over an honest history. */
static void an_invented_fork_is_refused(void **state)
{
	char member[4096], root[80];
	ak_text old, new, bad, none;
	answer a;
	world w;

	world_branch(*state, &w);
	old = note_at(&w, 5);
	new = head_of(&w);
	a = ask(&w, &old, &new);
	none = with(&a.evidence, "proof", NULL);
	bad = with(&none, "fork", "[{\"of\":\"old\",\"proof\":[],\"root\":\"" ZERO "\"}]");
	refused("no proof that it forks", check(span_of(&bad), &w.trust), AK_BAD_FORMAT, "consistency.length");
	ak_text_free(&bad);
	{
		ak_json *v = parsed(&a.evidence);
		ak_buf proof;
		ak_span r = ak_json_text(ak_json_pointer(a.report, ak_span_str("/old/root")));

		ak_buf_init(&proof, sizeof(member) / 2);
		assert_int_equal(ak_jcs_write(ak_json_get(v, "proof"), &proof, NULL), AK_OK);
		(void)snprintf(root, sizeof(root), "%.*s", (int)r.len, (const char *)r.data);
		(void)snprintf(member, sizeof(member), "[{\"of\":\"old\",\"proof\":%.*s,\"root\":\"%s\"}]", (int)proof.len,
		               (const char *)proof.data, root);
		ak_buf_clear(&proof);
		ak_json_free(v);
	}
	bad = with(&none, "fork", member);
	refused("both roots the same", check(span_of(&bad), &w.trust), AK_BAD_FORMAT, "consistency.fork");
	ak_text_free(&bad);
	drop(&a);
	ak_text_free(&none);
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
}

static void no_byte_of_the_evidence_changes_unnoticed(void **state)
{
	ak_text old, new;
	answer a[2];
	world w, v;

	part(*state, &w, &v);
	old = note_at(&w, 5);
	new = head_of(&w);
	a[0] = ask(&w, &old, &new);
	ak_text_free(&old);
	old = head_of(&v);
	a[1] = ask(&w, &old, &new);
	for (size_t k = 0; k < 2; k++) {
		assert_int_equal(a[k].st, AK_OK);
		for (size_t i = 0; i < a[k].evidence.len; i++) {
			answer b;

			a[k].evidence.data[i] = (char)(a[k].evidence.data[i] ^ 1 << i % 7);
			b = check(span_of(&a[k].evidence), &w.trust);
			if (b.st == AK_OK)
				fail_msg("byte %zu of evidence %zu may change", i, k);
			if (ak_status_class(b.st) == AK_CLASS_USAGE)
				fail_msg("byte %zu of evidence %zu: %s", i, k, b.err.detail);
			drop(&b);
			a[k].evidence.data[i] = (char)(a[k].evidence.data[i] ^ 1 << i % 7);
		}
		for (size_t n = 0; n < a[k].evidence.len; n += 1 + n / 16) {
			answer b = check((ak_span){ (const uint8_t *)a[k].evidence.data, n }, &w.trust);

			assert_int_not_equal(b.st, AK_OK);
			drop(&b);
		}
		drop(&a[k]);
	}
	ak_text_free(&old);
	ak_text_free(&new);
	world_close(&w);
	world_close(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_of_heads_continues),
		cmocka_unit_test(the_report_names_sizes_roots_and_proof),
		cmocka_unit_test(sizes_that_nobody_signed_are_not_found),
		cmocka_unit_test(a_fork_of_the_same_size_convicts),
		cmocka_unit_test(a_fork_of_another_size_convicts),
		cmocka_unit_test(a_ledger_that_is_behind_says_nothing),
		cmocka_unit_test(heads_that_the_operator_did_not_sign),
		cmocka_unit_test(a_key_that_was_replaced_signs_nothing),
		cmocka_unit_test(mangled_evidence_is_refused_in_its_place),
		cmocka_unit_test(an_invented_fork_is_refused),
		cmocka_unit_test(no_byte_of_the_evidence_changes_unnoticed),
	};

	return cmocka_run_group_tests(tests, attack_world_open, attack_world_close);
}
