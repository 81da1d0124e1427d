/* SPDX-License-Identifier: Apache-2.0 */
/* No byte of the evidence changes unnoticed, and nothing is left out of it for a better verdict. */
#include "attack.h"
#include "oom.h"

#include "api/api.h"
#include "base/date.h"
#include "crypto/hash.h"
#include "model/trust.h"
#include "verify/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DELETION "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"架空の理由\"}"

/* One question on evidence at hand. */
typedef struct bench {
	world *w;
	ak_trust *trust;
	ak_profile rules;
	ak_evidence e;
	ak_question q;
} bench;

static bool held(void *ctx, ak_span scheme, const ak_digest *digest)
{
	return ak_trust_pins(ctx, scheme, digest) || ak_held_by_program(NULL, scheme, digest);
}

static void bench_open(bench *b, world *w)
{
	ak_span id = ak_span_str(LISTING_ID);
	ak_books *books = w->l->b;
	ak_date day;

	*b = (bench){ .w = w, .trust = calloc(1, sizeof(*b->trust)) };
	assert_non_null(b->trust);
	assert_int_equal(ak_trust_parse((ak_span){ (const uint8_t *)w->trust.data, w->trust.len }, ak_sha256, b->trust, NULL), AK_OK);
	assert_int_equal(ak_shipped_profile(ak_span_str("ismap"), &b->rules, NULL), AK_OK);
	assert_true(ak_date_parse(ak_span_str(LISTED_ON), &day));
	b->q = (ak_question){ .trust = b->trust, .scheme = "ismap", .listing = LISTING, .as_of = day.first, .now = w->now,
	                      .core = &books->core, .rules = b->rules.package, .held = held, .held_ctx = b->trust };
	assert_int_equal(ak_evidence_draw(&books->source, &id, 1, ak_span_str("ismap"), &b->e, NULL), AK_OK);
	ak_buf_init(&b->e.checkpoint, AK_NOTE_MAX);
	assert_int_equal(ak_buf_add_span(&b->e.checkpoint, ak_buf_span(&books->head.checkpoint), NULL), AK_OK);
}

static void bench_close(bench *b)
{
	ak_evidence_clear(&b->e);
	ak_profile_clear(&b->rules);
	free(b->trust);
}

static ak_verdict ask(const bench *b, char reason[40])
{
	ak_verdict v = AK_VERDICT_VALID;
	ak_json *report = NULL;
	ak_error err = { 0 };

	if (ak_verify_evidence(&b->e, &b->q, &v, &report, &err) != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(err.status), err.where == NULL ? "?" : err.where, err.detail);
	(void)snprintf(reason, 40, "%s", ak_json_get_str(report, "reason"));
	ak_json_free(report);
	return v;
}

/* Whatever was done to the evidence: broken, or of a version that is not known, or not all there. */
static void is_noticed(const bench *b, const char *what, size_t at)
{
	char reason[40];
	ak_verdict v = ask(b, reason);

	if ((v == AK_VERDICT_INVALID && strcmp(reason, "tampered") == 0) ||
	    (v == AK_VERDICT_UNVERIFIABLE && (strcmp(reason, "unknown-version") == 0 || strcmp(reason, "completeness") == 0)))
		return;
	fail_msg("%s %zu: %s (%s)", what, at, ak_verdict_name(v), reason);
}

static void flip_all(const bench *b, const char *what, uint8_t *bytes, size_t len, size_t stride)
{
	for (size_t i = 0; i < 8 * len; i += stride) {
		bytes[i / 8] ^= (uint8_t)(1 << (i % 8));
		is_noticed(b, what, i);
		bytes[i / 8] ^= (uint8_t)(1 << (i % 8));
	}
}

/* Genesis and two records without authority: small enough to flip every bit of what is handed over. */
static void every_bit_of_a_small_ledger_counts(void **state)
{
	char body[1024], key[400], reason[40];
	ak_secret *self[2];
	bench b;
	world w;

	(void)state;
	world_open_bare(&w);
	self[0] = w.stranger, self[1] = NULL;
	world_key_json(w.stranger, key, sizeof(key));
	for (int i = 0; i < 2; i++) {
		(void)snprintf(body, sizeof(body), "{\"party\":\"p%d\",\"name\":{\"ja\":\"仮\",\"en\":\"x\"},\"roles\":[\"provider\"],"
		               "\"members\":[{\"member\":\"m1\",\"seat\":\"席\",\"kind\":\"person\",\"keys\":[%s]}]}", i, key);
		(void)attack_forge(&w, world_sign(world_draft(&w, "ismap", "party", NULL, body, NULL), self));
	}
	bench_open(&b, &w);
	assert_int_equal(ask(&b, reason), AK_VERDICT_UNVERIFIABLE);
	assert_string_equal(reason, "not-found");
	flip_all(&b, "record", b.e.record[0].file.data, b.e.record[0].file.len, 1);
	flip_all(&b, "checkpoint", b.e.checkpoint.data, b.e.checkpoint.len, 1);
	flip_all(&b, "last header", b.e.last.line.data, b.e.last.line.len, 1);
	for (size_t i = 0; i < b.e.last.proof.n; i++)
		flip_all(&b, "last proof", b.e.last.proof.hash[i].b, AK_DIGEST_LEN, 1);
	for (size_t i = 0; i < b.e.record[0].proof.n; i++)
		flip_all(&b, "proof", b.e.record[0].proof.hash[i].b, AK_DIGEST_LEN, 1);
	for (size_t s = 0; s < b.e.n_subjects; s++) {
		ak_map_proof *p = &b.e.subject[s].proof;

		for (size_t i = 0; i < p->n; i++)
			flip_all(&b, b.e.subject[s].id, p->sibling[i].b, AK_DIGEST_LEN, 1);
		if (p->kind == AK_MAP_PRESENT)
			flip_all(&b, "map chain", p->entry.chain.b, AK_DIGEST_LEN, 1);
		if (p->kind == AK_MAP_ABSENT_OTHER)
			flip_all(&b, "other key", p->other_key.b, AK_DIGEST_LEN, 1);
	}
	for (size_t cut = 1; cut <= b.e.record[0].file.len; cut++) {
		b.e.record[0].file.len -= cut;
		is_noticed(&b, "record cut by", cut);
		b.e.record[0].file.len += cut;
	}
	bench_close(&b);
	world_close(&w);
}

/* The same on a complete chain, one bit of every so many bytes. */
static void a_flip_never_leaves_a_valid_listing_valid(void **state)
{
	size_t stride = oom_available() ? 8 * 151 + 1 : 8 * 607 + 1; /* sanitizers are slow */
	char reason[40];
	bench b;
	world w;

	world_branch(*state, &w);
	bench_open(&b, &w);
	assert_int_equal(ask(&b, reason), AK_VERDICT_VALID);
	for (size_t i = 0; i < b.e.n_records; i++) {
		ak_buf *f = &b.e.record[i].file;

		/* The profile is large and all alike. */
		flip_all(&b, "record", f->data, f->len, f->len > 65536 ? f->len : stride);
		for (size_t k = 0; k < b.e.record[i].proof.n; k++)
			flip_all(&b, "proof", b.e.record[i].proof.hash[k].b, AK_DIGEST_LEN, 211);
	}
	flip_all(&b, "checkpoint", b.e.checkpoint.data, b.e.checkpoint.len, stride / 4);
	for (size_t i = 0; i < b.e.n_bases; i++)
		flip_all(&b, "base", b.e.base[i].line.data, b.e.base[i].line.len, stride);
	bench_close(&b);
	world_close(&w);
}

/* ---- leaving out ------------------------------------------------------------------------------------------------ */

static void lift_record(ak_evidence *e, size_t i, ak_evidence_record *out)
{
	*out = e->record[i];
	memmove(&e->record[i], &e->record[i + 1], (e->n_records - i - 1) * sizeof(*out));
	e->n_records--;
}

static void drop_record(ak_evidence *e, size_t i, const ak_evidence_record *r)
{
	memmove(&e->record[i + 1], &e->record[i], (e->n_records - i) * sizeof(*r));
	e->record[i] = *r;
	e->n_records++;
}

/* Never good, and never that a rule is broken: either the bytes do not hold, or nothing is concluded. */
static void is_no_better(const bench *b, ak_verdict whole, const char *what, size_t i)
{
	char reason[40];
	ak_verdict v = ask(b, reason);

	if ((v == AK_VERDICT_INVALID && strcmp(reason, "tampered") == 0) || (v == AK_VERDICT_UNVERIFIABLE && strcmp(reason, "completeness") == 0))
		return;
	fail_msg("without %s %zu: %s (%s), with it %s", what, i, ak_verdict_name(v), reason, ak_verdict_name(whole));
}

static void leave_out_each(bench *b, ak_verdict whole)
{
	char reason[40];

	assert_int_equal(ask(b, reason), whole);
	for (size_t i = 0; i < b->e.n_records; i++) {
		ak_evidence_record r;

		lift_record(&b->e, i, &r);
		is_no_better(b, whole, "record", (size_t)r.seq);
		drop_record(&b->e, i, &r);
	}
	for (size_t i = 0; i < b->e.n_bases; i++) {
		ak_evidence_header h = b->e.base[i], *last = &b->e.base[b->e.n_bases - 1];

		/* A base that is a record here as well is known without its header. */
		b->e.base[i] = *last;
		*last = h;
		b->e.n_bases--;
		if (ask(b, reason) != whole)
			is_no_better(b, whole, "base", (size_t)h.seq);
		b->e.n_bases++;
	}
	for (size_t i = 0; i < b->e.n_subjects; i++) {
		ak_evidence_subject s = b->e.subject[i];

		b->e.subject[i] = b->e.subject[--b->e.n_subjects];
		is_no_better(b, whole, s.id, i);
		b->e.subject[b->e.n_subjects++] = b->e.subject[i];
		b->e.subject[i] = s;
	}
	assert_int_equal(ask(b, reason), whole);
}

static void nothing_is_left_out_of_a_valid_chain(void **state)
{
	bench b;
	world w;

	world_branch(*state, &w);
	bench_open(&b, &w);
	leave_out_each(&b, AK_VERDICT_VALID);
	bench_close(&b);
	world_close(&w);
}

/* A deletion whose base is about something else, so that only its header is at hand. */
static void a_deletion_cannot_be_left_out_by_its_parts(void **state)
{
	size_t alone = 0;
	char reason[40];
	bench b;
	world w;

	world_branch(*state, &w);
	(void)world_add(&w, "elsewhere", "application", NULL, "{\"provider\":\"kakuu-kumo\",\"service\":\"other\",\"applied_on\":"
	                "\"2026-05-30\"}", NULL);
	(void)world_add(&w, "deletion", "deletion", NULL, DELETION, NULL);
	bench_open(&b, &w);
	leave_out_each(&b, AK_VERDICT_INVALID);
	/* Without the header of that one base the deletion still is not out of the way. */
	for (size_t i = 0; i < b.e.n_bases; i++) {
		if (b.e.base[i].seq != world_seq(&w, "elsewhere"))
			continue;
		alone++;
		b.e.base[i].seq = 0;
		is_no_better(&b, AK_VERDICT_INVALID, "base", i);
		b.e.base[i].seq = world_seq(&w, "elsewhere");
	}
	assert_int_equal(alone, 1);
	{
		size_t n = b.e.n_bases;

		b.e.n_bases = 0;
		assert_int_equal(ask(&b, reason), AK_VERDICT_UNVERIFIABLE);
		assert_string_equal(reason, "completeness");
		b.e.n_bases = n;
	}
	bench_close(&b);
	world_close(&w);
}

/* Only the ids of all records show that a base does not exist; a list of other ids, or of fewer, shows nothing. */
static void that_a_base_does_not_exist_takes_all_ids(void **state)
{
	static const edit edits[] = {
		{ "/predicate/base", "\"sha256:00000000000000000000000000000000000000000000000000000000000000ff\"" }, { NULL, NULL },
	};
	char reason[40];
	size_t n;
	bench b;
	world w;

	world_branch(*state, &w);
	(void)attack_forge(&w, attack_edited(world_draft(&w, "ismap", "deletion", NULL, DELETION, NULL), edits,
	                                     world_signers(&w, "deletion")));
	bench_open(&b, &w);
	n = b.e.n_leaves;
	assert_int_equal(n, attack_size(&w));
	assert_int_equal(ask(&b, reason), AK_VERDICT_VALID); /* the deletion is void */
	flip_all(&b, "leaf", b.e.leaf[0].b, n * AK_DIGEST_LEN, 211);
	b.e.n_leaves = n - 1;
	is_noticed(&b, "one id less", n);
	b.e.n_leaves = 0;
	assert_int_equal(ask(&b, reason), AK_VERDICT_UNVERIFIABLE);
	assert_string_equal(reason, "completeness");
	b.e.n_leaves = n;
	bench_close(&b);
	world_close(&w);
}

/* ---- false proofs --------------------------------------------------------------------------------------------------- */

static size_t subject_at(const bench *b, const char *id)
{
	for (size_t i = 0; i < b->e.n_subjects; i++) {
		if (strcmp(b->e.subject[i].id, id) == 0)
			return i;
	}
	fail_msg("no subject %s", id);
	return 0;
}

/* Every record about the listing is taken away, and its own leaf is shown as "another" one: absent, it says. */
static void absence_is_not_proven_with_the_asked_key_itself(void **state)
{
	ak_map_proof *p, was;
	ak_evidence_record lifted;
	size_t at = SIZE_MAX;
	char reason[40];
	bench b;
	world w;

	world_branch(*state, &w);
	bench_open(&b, &w);
	p = &b.e.subject[subject_at(&b, LISTING_ID)].proof;
	was = *p;
	for (size_t i = 0; i < b.e.n_records; i++) {
		if (b.e.record[i].seq == world_seq(&w, "listing-1"))
			at = i;
	}
	assert_true(at < b.e.n_records);
	lift_record(&b.e, at, &lifted);
	p->kind = AK_MAP_ABSENT_OTHER;
	ak_map_key(ak_span_str(LISTING_ID), &p->other_key);
	assert_int_equal(ask(&b, reason), AK_VERDICT_INVALID);
	assert_string_equal(reason, "tampered");
	p->kind = AK_MAP_ABSENT_EMPTY;
	assert_int_equal(ask(&b, reason), AK_VERDICT_INVALID);
	/* Nor by somebody else's proof. */
	*p = b.e.subject[subject_at(&b, "akashi/keyset")].proof;
	assert_int_equal(ask(&b, reason), AK_VERDICT_INVALID);
	assert_string_equal(reason, "tampered");
	*p = was;
	drop_record(&b.e, at, &lifted);
	assert_int_equal(ask(&b, reason), AK_VERDICT_VALID);
	bench_close(&b);
	world_close(&w);
}

/* An older head on newer records, an older header as the newest, records in another order. */
static void the_parts_belong_together(void **state)
{
	ak_evidence_record r;
	ak_evidence_header last;
	ak_buf note;
	char reason[40];
	bench *old = malloc(sizeof(*old)), b; /* one is enough for a stack */
	world w;

	assert_non_null(old);
	world_branch(*state, &w);
	bench_open(old, &w);
	(void)world_add(&w, "deletion", "deletion", NULL, DELETION, NULL);
	bench_open(&b, &w);
	assert_int_equal(ask(&b, reason), AK_VERDICT_INVALID);
	note = b.e.checkpoint;
	b.e.checkpoint = old->e.checkpoint;
	is_noticed(&b, "older head", 0);
	b.e.checkpoint = note;
	last = b.e.last;
	b.e.last = old->e.last;
	is_noticed(&b, "older newest header", 0);
	b.e.last = last;
	/* The old evidence under the new head. */
	note = old->e.checkpoint;
	old->e.checkpoint = b.e.checkpoint;
	is_noticed(old, "newer head", 0);
	last = old->e.last;
	old->e.last = b.e.last;
	is_noticed(old, "newer head and header", 0);
	old->e.last = last;
	old->e.checkpoint = note;
	assert_int_equal(ask(old, reason), AK_VERDICT_VALID); /* as known then */
	r = old->e.record[2];
	old->e.record[2] = old->e.record[3];
	old->e.record[3] = r;
	is_noticed(old, "order", 2);
	r = old->e.record[2];
	old->e.record[2] = old->e.record[3];
	old->e.record[3] = r;
	old->e.record[2].seq = old->e.record[3].seq;
	is_noticed(old, "one seq twice", 2);
	old->e.record[2].seq = 2;
	bench_close(&b);
	bench_close(old);
	free(old);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bit_of_a_small_ledger_counts),
		cmocka_unit_test(a_flip_never_leaves_a_valid_listing_valid),
		cmocka_unit_test(nothing_is_left_out_of_a_valid_chain),
		cmocka_unit_test(a_deletion_cannot_be_left_out_by_its_parts),
		cmocka_unit_test(that_a_base_does_not_exist_takes_all_ids),
		cmocka_unit_test(absence_is_not_proven_with_the_asked_key_itself),
		cmocka_unit_test(the_parts_belong_together),
	};

	return cmocka_run_group_tests_name("bits", tests, attack_world_open, attack_world_close);
}
