/* SPDX-License-Identifier: Apache-2.0 */
/* Judges one listing's bundle, each time by a process that has just been started, and tells where the time goes.
 *
 *	bench_verify AKASHI-VERIFY WORK CASES RECORDS RUNS
 *
 * WORK is an empty folder; it keeps ledger.git, the bundle and the trust file.  CASES is tests/rules/base: a listing's first
 * registration and two renewals.  RECORDS others stand around them, about other services and listings.  Prints "name value" lines.
 *
 * The process, its start alone, the bare signatures and the parts are measured in turns, since a machine has other things to
 * do.  The parts are those of ak_bundle_verify, called one after the other in a fresh copy of this process.
 */
#include "listing.h"

#include "bundle/bundle.h"
#include "held/held.h"
#include "proof/ask.h"
#include "verify/scheme_rules.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LISTING "C24-0101-2"
#define AS_OF "2026-11-21"

enum { NEIGHBOURS = 4 };

typedef enum part { BARE, CONTAINER, PROFILES, PROOFS, AUTHORITY, RULES, PARTS } part;

static const char *const part_names[PARTS] = { "bare", "container", "profiles", "proofs", "authority", "rules" };

typedef struct bench {
	char *program;
	place p;
	char bundle_path[BENCH_PATH + 16], trust_path[BENCH_PATH + 16];
	size_t records, runs;
	ak_span bundle;
	ak_text trust;
	bare *signatures;
	double took[PARTS]; /* seconds, of one turn */
} bench;

static void say(const char *name, double value)
{
	(void)printf("%s %.6g\n", name, value);
}

/* ---- the ledger -------------------------------------------------------------------------------------------------- */

static void seal_others(ak_ledger *l, const place *p, FILE *in, size_t n)
{
	batch *t = room(1, sizeof(*t));

	while (n > 0) {
		const ak_seal_options o = { .operator_key = p->op, .state_path = p->state, .now = (int64_t)time(NULL) };
		size_t failed = SIZE_MAX;
		ak_text json = { 0 };
		ak_error e = { 0 };

		batch_read(in, n < BENCH_BATCH ? n : BENCH_BATCH, false, t);
		n -= t->n;
		need(ak_ledger_seal(l, t->envelope, t->n, &o, &json, &failed, &e), "seal", &e);
		ak_text_free(&json);
		batch_clear(t);
	}
	free(t);
}

static void play_neighbours(cast *c, ak_ledger *l, const place *p, size_t from)
{
	for (size_t i = from; i < from + NEIGHBOURS; i++) {
		char listing[32], service[32];

		(void)snprintf(listing, sizeof(listing), "C24-02%02zu-2", i);
		(void)snprintf(service, sizeof(service), "neighbour-%zu", i);
		cast_play(c, l, p, "first", listing, service);
	}
}

static void keep(const char *path, const ak_text *t)
{
	write_file(path, t->data, t->len);
}

static void make_ledger(bench *b, const char *cases)
{
	ak_text bundle = { 0 }, trust = { 0 };
	ak_ledger *l = NULL;
	ak_error e = { 0 };
	FILE *in;
	cast *c;

	records_make(&b->p, b->records, b->records / 2);
	in = open_file(b->p.envelopes, "rb");
	need(ak_ledger_open(b->p.ledger, &l, &e), "open", &e);
	c = cast_enrol(l, &b->p, cases);
	play_neighbours(c, l, &b->p, 0);
	seal_others(l, &b->p, in, b->records / 2);
	cast_play(c, l, &b->p, "three-years", LISTING, "kumo-iaas");
	seal_others(l, &b->p, in, b->records - b->records / 2);
	play_neighbours(c, l, &b->p, NEIGHBOURS);
	need(ak_ledger_bundle(l, NULL, LISTING, 0, false, &bundle, &e), "bundle", &e);
	need(ak_ledger_trust(l, &trust, &e), "trust", &e);
	keep(b->bundle_path, &bundle);
	keep(b->trust_path, &trust);
	b->bundle = (ak_span){ (const uint8_t *)bundle.data, bundle.len };
	b->trust = trust;
	cast_free(&c);
	ak_ledger_free(&l);
	(void)fclose(in);
}

/* ---- the parts --------------------------------------------------------------------------------------------------- */

typedef struct clock_of {
	bench *b;
	double at;
} clock_of;

static void mark(clock_of *c, part p)
{
	double t = now_seconds();

	c->b->took[p] = t - c->at;
	c->at = now_seconds();
}

static void judge(clock_of *c, const ak_bundle *bundle, const ak_asked *a)
{
	ak_standing standing = { 0 };
	ak_report report = { 0 };
	ak_proven proven = { 0 };
	ak_judged judged = { 0 };
	ak_error e = { 0 };

	need(ak_report_open(&report, &e), "report", &e);
	need(ak_standing_listing(&a->q, report.root, &e), "report", &e);
	need(ak_prove(&bundle->e, &a->q, &report, &proven, &e), "proofs", &e);
	if (!proven.sound)
		die("the proofs do not hold", NULL);
	mark(c, PROOFS);
	need(ak_judge(&proven, proven.checkpoint.size, &judged, &e), "authority", &e);
	mark(c, AUTHORITY);
	need(ak_scheme_rules(&proven, &judged, proven.checkpoint.size, &report, &standing, &e), "rules", &e);
	mark(c, RULES);
	ak_judged_clear(&judged);
	ak_proven_clear(&proven);
	ak_report_clear(&report);
}

static void take_parts(void *ctx)
{
	bench *b = ctx;
	const ak_verify_options o = { .trust = { (const uint8_t *)b->trust.data, b->trust.len }, .as_of = AS_OF,
		                      .now = (int64_t)time(NULL) };
	clock_of c = { b, now_seconds() };
	ak_bundle bundle = { 0 };
	ak_asked *a = NULL;
	ak_error e = { 0 };
	FILE *f = open_file(b->p.results, "wb");

	c.at = now_seconds();
	bare_verify(b->signatures);
	mark(&c, BARE);
	need(ak_bundle_read(b->bundle, ak_held_bytes, &bundle, &e), "bundle", &e);
	mark(&c, CONTAINER);
	need(ak_ask(&o, bundle.scheme, ak_bundle_listing(&bundle), &a, &e), "trust", &e);
	mark(&c, PROFILES);
	judge(&c, &bundle, a);
	ak_asked_free(&a);
	ak_bundle_clear(&bundle);
	for (size_t i = 0; i < PARTS; i++)
		(void)fprintf(f, "%.9f\n", b->took[i]);
	if (fclose(f) != 0)
		die(b->p.results, NULL);
}

static void read_parts(const bench *b, double *took[PARTS], size_t nth)
{
	FILE *f = open_file(b->p.results, "rb");

	for (size_t i = 0; i < PARTS; i++) {
		if (fscanf(f, "%lf", &took[i][nth]) != 1)
			die(b->p.results, NULL);
	}
	(void)fclose(f);
}

/* ---- in turns ---------------------------------------------------------------------------------------------------- */

static void tell_ms(const char *name, double *seconds, size_t n)
{
	char label[64];

	(void)snprintf(label, sizeof(label), "%s_ms", name);
	say(label, median(seconds, n) * 1e3);
	free(seconds);
}

static void measure(bench *b)
{
	char *start[] = { b->program, (char[]){ "--version" }, NULL };
	char *cold[] = { b->program, b->bundle_path, (char[]){ "--trust" }, b->trust_path, (char[]){ "--as-of" },
		         (char[]){ AS_OF }, (char[]){ "--quiet" }, NULL };
	double *took[PARTS], *wall = room(b->runs, sizeof(*wall)), *cpu = room(b->runs, sizeof(*cpu));
	double *process = room(b->runs, sizeof(*process));
	long peak_kib = 0;

	for (size_t k = 0; k < PARTS; k++)
		took[k] = room(b->runs, sizeof(*took[k]));
	(void)run(cold); /* from now on the head is one seen before */
	for (size_t i = 0; i < b->runs; i++) {
		spent s;

		process[i] = run(start).wall;
		s = run(cold);
		wall[i] = s.wall;
		cpu[i] = s.cpu;
		peak_kib = s.peak_kib > peak_kib ? s.peak_kib : peak_kib;
		(void)apart(take_parts, b);
		read_parts(b, took, i);
	}
	tell_ms("wall", wall, b->runs);
	tell_ms("cpu", cpu, b->runs);
	tell_ms("process", process, b->runs);
	for (size_t k = 0; k < PARTS; k++)
		tell_ms(part_names[k], took[k], b->runs);
	say("peak_mib", (double)peak_kib / 1024);
}

static void collect(bench *b)
{
	ak_bundle bundle = { 0 };
	ak_error e = { 0 };

	need(ak_bundle_read(b->bundle, ak_held_bytes, &bundle, &e), "bundle", &e);
	b->signatures = bare_collect(&bundle.e);
	say("bundle_records", (double)bundle.e.n_records);
	say("signatures", (double)bare_count(b->signatures));
	say("bundle_bytes", (double)b->bundle.len);
	ak_bundle_clear(&bundle);
}

int main(int argc, char **argv)
{
	bench *b = room(1, sizeof(*b));
	ak_text bundle;

	if (argc != 6)
		die("usage: bench_verify AKASHI-VERIFY WORK CASES RECORDS RUNS", NULL);
	b->program = argv[1];
	b->records = strtoul(argv[4], NULL, 10);
	b->runs = strtoul(argv[5], NULL, 10);
	if (b->runs == 0)
		die("at least one run", NULL);
	place_make(argv[2], &b->p);
	(void)snprintf(b->bundle_path, sizeof(b->bundle_path), "%s/listing.akashi", argv[2]);
	(void)snprintf(b->trust_path, sizeof(b->trust_path), "%s/trust", argv[2]);
	make_ledger(b, argv[3]);
	say("processors", processors());
	say("records", (double)b->records);
	say("runs", (double)b->runs);
	collect(b);
	measure(b);
	bare_free(&b->signatures);
	bundle = (ak_text){ (char *)(uintptr_t)b->bundle.data, b->bundle.len };
	ak_text_free(&bundle);
	ak_text_free(&b->trust);
	place_drop(&b->p);
	free(b);
	return 0;
}
