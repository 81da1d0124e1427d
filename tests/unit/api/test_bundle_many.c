/* SPDX-License-Identifier: Apache-2.0 */
/* Thousands of ledgers made at random: what `verify` says of a ledger and of its bundle is one text, byte for byte.
 *
 * A ledger is asked about whenever it has grown: each of its sizes is a ledger that somebody may hold.  Some are asked much, many a
 * little.  AK_SEED and AK_LEDGERS in the environment choose others, and how many are asked a little.
 *
 * The scheme is a small one, so that much can be asked; test_bundle.c does the same with ISMAP.  A ledger grows by whatever
 * comes: listings, reports, withdrawals, deletions, parties, revocations that reach back; what sealing refuses is laid on
 * it all the same, as the thief of an operator key could, so that there are void records and dangling references too.
 */
#include "demo.h"
#include "negative.h"
#include "oom.h"
#include "tried.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LEDGERS = 26, SLOW_LEDGERS = 4, WALKS = 160, SLOW_WALKS = 6, EVENTS = 12, ASK_EVERY = 3 };

typedef struct maker {
	demo d;
	uint32_t r;
	uint64_t report; /* the newest */
	size_t n_laid, ledgers, pairs, verdicts[AK_VERDICT_VALID + 1];
	ak_text quorum;                /* the trust file, asking for a witness that never comes */
	ak_text memory;                /* of one who is shown some of these bundles             */
	uint64_t seen;                 /* its size                                              */
	ak_text also;                  /* a deletion that is not sealed                         */
	size_t outcomes, round;
} maker;

typedef enum with { WITH_NOTHING, WITH_MEMORY, WITH_ALSO, WITH_QUORUM } with;

static uint32_t pick(maker *m, uint32_t n)
{
	m->r = m->r * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(m->r >> 8) * n >> 24);
}

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

static uint64_t size_of(maker *m)
{
	return attack_size(&m->d.w);
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

/* A reference is to the newest report, mostly. */
static ak_text draft(maker *m, const char *type, const char *body, const char *rel)
{
	return demo_draft(&m->d, "demo", type, body, rel, pick(m, 8) == 0 ? pick(m, (uint32_t)size_of(m)) : m->report);
}

/* Seal it, or lay it on the ledger without asking. */
static void put(maker *m, ak_text envelope)
{
	ak_text copy = attack_copy(&envelope);
	ak_error err = { 0 };
	ak_status st = try_seal(&m->d.w, envelope, &err);

	if (st == AK_OK) {
		ak_text_free(&copy);
		return;
	}
	if (ak_status_class(st) != AK_CLASS_REJECT)
		fail_msg("seal: %s: %s", err.where, err.detail);
	if (st == AK_REPEATED || st == AK_ABOUT_MISMATCH) {
		ak_text_free(&copy); /* those break the ledger for good */
		return;
	}
	m->n_laid++;
	(void)attack_forge(&m->d.w, copy);
	assert_non_null(m->d.w.l);
}

/* Who signs it: keys that should, or now and then any. */
static ak_text signed_by_some(maker *m, const char *type, const char *body, const char *rel, bool desk, size_t n_signers)
{
	bool right = pick(m, 8) != 0;
	uint32_t from = !right || desk ? 0 : DEMO_DESK, n = !right ? DEMO_POOL : desk ? DEMO_DESK : DEMO_POOL - DEMO_DESK, first = pick(m, n);
	ak_secret *keys[4] = { NULL };

	for (size_t i = 0; i < n_signers; i++)
		keys[i] = m->d.pool[from + (first + i) % n];
	if (pick(m, 16) == 0) { /* what it stands on is nowhere */
		const edit nowhere[] = {
			{ "/predicate/base", "\"sha256:00000000000000000000000000000000000000000000000000000000000000ff\"" }, { NULL, NULL },
		};
		ak_text t = demo_sign(draft(m, type, body, rel), "demo", (ak_secret *[]){ m->d.w.stranger, NULL });

		return attack_edited(t, nowhere, keys);
	}
	return demo_sign(draft(m, type, body, rel), "demo", keys);
}

static void add_listing(maker *m)
{
	char body[120];

	(void)snprintf(body, sizeof(body), "{\"listing\":\"L%u\",\"until\":\"2026-%02u-01\"}", pick(m, 3), 4 + pick(m, 9));
	put(m, signed_by_some(m, "listing", body, pick(m, 8) == 0 ? NULL : "report", true, 1));
}

static void add_report(maker *m)
{
	char body[120];

	(void)snprintf(body, sizeof(body), "{\"number\":\"%llu\",\"service\":\"s%u\"}", (unsigned long long)m->d.w.now, pick(m, 2));
	if (pick(m, 6) == 0)
		put(m, signed_by_some(m, "withdrawal", body, "withdraws", false, 1));
	else
		put(m, signed_by_some(m, "report", body, NULL, false, 1));
	m->report = size_of(m) - 1; /* a withdrawal, too, can be taken for one */
}

static void add_deletion(maker *m)
{
	char body[120];

	(void)snprintf(body, sizeof(body), "{\"listing\":\"L%u\"}", pick(m, 3));
	put(m, signed_by_some(m, "deletion", body, NULL, true, 1 + pick(m, 2)));
}

static void add_party(maker *m)
{
	static const char *const names[] = { "the-desk", "the-judge", "another" };
	uint32_t i = pick(m, DEMO_POOL);

	put(m, demo_party(&m->d, names[pick(m, 3)], pick(m, 2) == 0 ? "desk" : "judge", i, i + 1, pick(m, 6) != 0));
}

static void add_revocation(maker *m)
{
	ak_secret *a = m->d.pool[pick(m, DEMO_POOL)], *self[] = { a, NULL }, *roots[] = { m->d.w.root[1], m->d.w.root[2], NULL };

	if (pick(m, 2) == 0)
		put(m, demo_revocation(&m->d, a, pick(m, (uint32_t)size_of(m)), roots));
	else
		put(m, demo_revocation(&m->d, a, -1, self));
}

static void event(maker *m)
{
	switch (pick(m, 16)) {
	case 0:
		add_party(m);
		break;
	case 1:
		add_revocation(m);
		break;
	case 2:
		add_deletion(m);
		break;
	case 3:
	case 4:
	case 5:
	case 6:
	case 7:
		add_report(m);
		break;
	default:
		add_listing(m);
		break;
	}
}

/* ---- questions --------------------------------------------------------------------------------------------------- */

/* The memory is the same afterwards too, and the next question is put with it. */
static void remember(maker *m, ak_text *of_ledger, ak_text *of_bundle)
{
	if (of_ledger->len != of_bundle->len || (of_ledger->len != 0 && memcmp(of_ledger->data, of_bundle->data, of_ledger->len) != 0))
		fail_msg("remembered: %s and %s", of_ledger->data, of_bundle->data);
	ak_text_free(of_bundle);
	if (of_ledger->len == 0)
		return;
	ak_text_free(&m->memory);
	m->memory = *of_ledger;
	m->outcomes++;
}

static void ask(maker *m, const ak_text *bundle, const char *listing, const char *as_of, uint64_t known_at, with w)
{
	const ak_span memory = span_of(&m->memory), also = span_of(&m->also);
	ak_text kept[2] = { { 0 } };
	ak_verify_options o = { .scheme = "demo", .listing = listing, .trust = span_of(w == WITH_QUORUM ? &m->quorum : &m->d.w.trust),
	                        .as_of = as_of, .known_at = known_at, .now = m->d.w.now, .also = &also, .n_also = w == WITH_ALSO,
	                        .memory = w == WITH_MEMORY ? &memory : NULL, .new_memory = w == WITH_MEMORY ? &kept[0] : NULL };
	ak_text from_ledger = { 0 }, from_bundle = { 0 };
	ak_verdict v = AK_VERDICT_VALID, u = AK_VERDICT_INVALID;
	ak_error err = { 0 };

	if (ak_ledger_verify(m->d.w.l, &o, &v, &from_ledger, &err) != AK_OK)
		fail_msg("ledger: %s: %s", err.where, err.detail);
	o.scheme = o.listing = NULL;
	o.new_memory = w == WITH_MEMORY ? &kept[1] : NULL;
	if (ak_bundle_verify(span_of(bundle), &o, &u, &from_bundle, &err) != AK_OK)
		fail_msg("bundle: %s: %s", err.where, err.detail);
	if (v != u || from_ledger.len != from_bundle.len || memcmp(from_ledger.data, from_bundle.data, from_ledger.len) != 0)
		fail_msg("%s as of %s, known at %llu: %s and %s\n%s\n%s", listing, as_of, (unsigned long long)known_at, ak_verdict_name(v),
		         ak_verdict_name(u), from_ledger.data, from_bundle.data);
	m->pairs++;
	m->verdicts[v]++;
	remember(m, &kept[0], &kept[1]);
	ak_text_free(&from_ledger);
	ak_text_free(&from_bundle);
}

static void ask_all(maker *m)
{
	static const char *const listings[] = { "L0", "L1", "L2" };
	static const char *const days[] = { "2026-01-01", "2026-05-31", "2026-06-05" };

	for (size_t i = 0; i < sizeof(listings) / sizeof(listings[0]); i++) {
		const bool more = m->round++ % 2 != 0;
		const uint64_t half = pick(m, 2) == 0 ? 0 : size_of(m) / 2;
		ak_text bundle = { 0 };
		ak_error err = { 0 };

		/* One that remembers is given the proof that the ledger gives it. */
		if (ak_ledger_bundle(m->d.w.l, "demo", listings[i], more ? m->seen : half, false, &bundle, &err) != AK_OK)
			fail_msg("%s: %s", err.where, err.detail);
		for (size_t d = 0; d < sizeof(days) / sizeof(days[0]); d++) {
			ask(m, &bundle, listings[i], days[d], 0, more ? WITH_MEMORY + (with)d : WITH_NOTHING);
			ask(m, &bundle, listings[i], days[d], size_of(m) - 1 - pick(m, ASK_EVERY), more ? WITH_MEMORY : WITH_NOTHING);
			m->seen = more ? size_of(m) : m->seen;
		}
		ak_text_free(&bundle);
	}
}

/* One listing, on some day, now and as it was known before. */
static void ask_a_little(maker *m)
{
	static const char *const listings[] = { "L0", "L1", "L2" }, *const days[] = { "2026-01-01", "2026-05-31", "2026-06-05" };
	const char *listing = listings[pick(m, 3)];
	const uint64_t size = size_of(m);
	ak_text bundle = { 0 };
	ak_error err = { 0 };

	if (ak_ledger_bundle(m->d.w.l, "demo", listing, 0, false, &bundle, &err) != AK_OK)
		fail_msg("%s: %s", err.where, err.detail);
	ask(m, &bundle, listing, days[pick(m, 3)], 0, pick(m, 4) == 0 ? WITH_ALSO : WITH_NOTHING);
	ask(m, &bundle, listing, days[pick(m, 3)], size - pick(m, (uint32_t)size), pick(m, 4) == 0 ? WITH_QUORUM : WITH_NOTHING);
	ak_text_free(&bundle);
}

/* What some questions are put with. */
static void prepare(maker *m)
{
	ak_secret *desk[] = { m->d.pool[0], m->d.pool[1], NULL };
	ak_text key = { 0 };
	char lines[400];

	assert_int_equal(ak_witness_key(m->d.w.stranger, "witness.example/w1", &key, NULL), AK_OK);
	(void)snprintf(lines, sizeof(lines), "witness w1 %s\nquorum w1\n", key.data);
	m->quorum = negative_replaced(attack_copy(&m->d.w.trust), "quorum none\n", lines);
	m->also = demo_sign(demo_draft(&m->d, "demo", "deletion", "{\"listing\":\"L1\"}", NULL, 0), "demo", desk);
	m->seen = 0;
	ak_text_free(&key);
}

static void one_ledger(const demo *base, maker *m, uint32_t seed, bool much)
{
	m->r = seed * 2654435761u + 1;
	demo_branch(base, &m->d);
	m->report = 0;
	add_report(m);
	add_listing(m);
	prepare(m);
	for (size_t i = 1; i <= EVENTS; i++) {
		event(m);
		if (much && i % ASK_EVERY != 0)
			continue;
		m->ledgers++;
		if (much)
			ask_all(m);
		else
			ask_a_little(m);
	}
	assert_true(world_audit(&m->d.w, NULL));
	ak_text_free(&m->quorum);
	ak_text_free(&m->memory);
	ak_text_free(&m->also);
	demo_close(&m->d);
}

static uint32_t chosen(const char *name, uint32_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : (uint32_t)strtoul(text, NULL, 10);
}

static void the_bundle_says_what_the_ledger_says(void **state)
{
	const uint32_t much = oom_available() ? LEDGERS : SLOW_LEDGERS; /* sanitizers are slow */
	const uint32_t little = chosen("AK_LEDGERS", oom_available() ? WALKS : SLOW_WALKS), first = chosen("AK_SEED", 0);
	maker m = { 0 };

	print_message("seeds %u to %u\n", first, first + much + little - 1);
	for (uint32_t i = 0; i < much + little; i++)
		one_ledger(*state, &m, first + i, i < much);
	print_message("%zu ledgers, %zu pairs, %zu records laid without asking; valid %zu, unverifiable %zu, suspended %zu, expired %zu, invalid %zu\n",
	              m.ledgers, m.pairs, m.n_laid, m.verdicts[AK_VERDICT_VALID], m.verdicts[AK_VERDICT_UNVERIFIABLE],
	              m.verdicts[AK_VERDICT_SUSPENDED], m.verdicts[AK_VERDICT_EXPIRED], m.verdicts[AK_VERDICT_INVALID]);
	assert_true(m.outcomes > 0);
	/* The mixture is worth something only when it leads everywhere. */
	for (size_t v = 0; oom_available() && v <= AK_VERDICT_VALID; v++)
		assert_true(m.verdicts[v] > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bundle_says_what_the_ledger_says),
	};

	tried_once();
	return cmocka_run_group_tests_name("bundle: many", tests, demo_group_open, demo_group_close);
}
