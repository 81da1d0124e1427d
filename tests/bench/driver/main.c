/* SPDX-License-Identifier: Apache-2.0 */
/* Seals and audits many records and says how long it took, beside what the same machine needs at the same time for bare
 * signatures and for git.
 *
 *	bench_ledger AKASHI WORK RECORDS SINGLES
 *
 * WORK is an empty folder; it keeps ledger.git and the statements.  Prints "name value" lines.
 *
 * What is compared is measured in turns, since a machine has other things to do: each batch right after the bare
 * verification of its own messages, `git commit` between the single seals, the audit between two bare passes.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { GIT_EVERY = 5, EDGE = 9 /* batches at either end that tell whether cost grows */ };

typedef struct bench {
	char *akashi;
	place p;
	size_t records, singles; /* singles: at each of two places */
	long at;                 /* offset in the envelopes */
	size_t batches;          /* of the part that runs */
	long seal_peak_kib;
	spent *seal, *bare;      /* a batch each */
	size_t n;                /* batches done */
} bench;

static void say(const char *name, double value)
{
	(void)printf("%s %.6g\n", name, value);
}

/* ---- in batches -------------------------------------------------------------------------------------------------- */

static ak_secret *read_operator(const place *p)
{
	char pem[4096];
	FILE *f = open_file(p->operator_path, "rb");
	size_t n = fread(pem, 1, sizeof(pem), f);
	ak_secret *k = NULL;
	ak_error e = { 0 };

	(void)fclose(f);
	need(ak_secret_read((ak_span){ (const uint8_t *)pem, n }, NULL, &k, &e), p->operator_path, &e);
	return k;
}

/* Seals b->batches batches from b->at on and leaves the times of each in the results. */
static void seal_batches(void *ctx)
{
	bench *b = ctx;
	FILE *in = open_file(b->p.envelopes, "rb"), *out = open_file(b->p.results, "wb");
	ak_secret *op = read_operator(&b->p);
	batch *t = room(1, sizeof(*t));
	ak_ledger *l = NULL;
	ak_error e = { 0 };

	if (fseek(in, b->at, SEEK_SET) != 0)
		die(b->p.envelopes, NULL);
	need(ak_ledger_open(b->p.ledger, &l, &e), "open", &e);
	for (size_t i = 0; i < b->batches; i++) {
		const ak_seal_options o = { .operator_key = op, .state_path = b->p.state, .now = (int64_t)time(NULL) };
		size_t failed = SIZE_MAX;
		ak_text json = { 0 };
		double wall, cpu;
		spent bare;

		batch_read(in, BENCH_BATCH, true, t);
		bare = batch_bare(t, b->p.signer_pub);
		wall = now_seconds();
		cpu = cpu_seconds();
		need(ak_ledger_seal(l, t->envelope, t->n, &o, &json, &failed, &e), "seal", &e);
		(void)fprintf(out, "%.9f %.9f %.9f %.9f\n", now_seconds() - wall, cpu_seconds() - cpu, bare.wall, bare.cpu);
		ak_text_free(&json);
		batch_clear(t);
	}
	(void)fprintf(out, "%ld\n", ftell(in));
	ak_ledger_free(&l);
	ak_secret_free(&op);
	free(t);
	if (fclose(in) != 0 || fclose(out) != 0)
		die(b->p.results, NULL);
}

static void batches(bench *b, size_t n)
{
	FILE *f;
	spent s;

	b->batches = n;
	if (n == 0)
		return;
	s = apart(seal_batches, b);
	if (s.peak_kib > b->seal_peak_kib)
		b->seal_peak_kib = s.peak_kib;
	f = open_file(b->p.results, "rb");
	for (size_t i = 0; i < n; i++, b->n++) {
		spent *made = &b->seal[b->n], *plain = &b->bare[b->n];

		if (fscanf(f, "%lf %lf %lf %lf", &made->wall, &made->cpu, &plain->wall, &plain->cpu) != 4)
			die(b->p.results, NULL);
	}
	if (fscanf(f, "%ld", &b->at) != 1 || fclose(f) != 0)
		die(b->p.results, NULL);
}

/* The median, in microseconds a record. */
static double us_each(const spent *each, size_t from, size_t n, bool cpu)
{
	double *copy = room(n, sizeof(*copy)), m;

	for (size_t i = 0; i < n; i++)
		copy[i] = cpu ? each[from + i].cpu : each[from + i].wall;
	m = median(copy, n);
	free(copy);
	return m / BENCH_BATCH * 1e6;
}

static void tell_batches(const bench *b)
{
	/* The very first is left out: everything is cold in it. */
	size_t first = b->n > 2 ? 1 : 0;
	size_t edge = (b->n - first) / 2 < EDGE ? (b->n - first) / 2 : EDGE;
	double each = 1e6 / (double)(b->n * BENCH_BATCH);
	spent seal = { 0 }, bare = { 0 };

	for (size_t i = 0; i < b->n; i++) {
		seal.wall += b->seal[i].wall;
		seal.cpu += b->seal[i].cpu;
		bare.wall += b->bare[i].wall;
		bare.cpu += b->bare[i].cpu;
	}
	edge = edge == 0 ? 1 : edge;
	say("batch_us", seal.wall * each);
	say("batch_bare_us", bare.wall * each);
	say("batch_cpu_us", seal.cpu * each);
	say("batch_bare_cpu_us", bare.cpu * each);
	say("batch_first_us", us_each(b->seal, first, edge, false));
	say("batch_first_bare_us", us_each(b->bare, first, edge, false));
	say("batch_first_cpu_us", us_each(b->seal, first, edge, true));
	say("batch_last_cpu_us", us_each(b->seal, b->n - edge, edge, true));
	say("batch_last_us", us_each(b->seal, b->n - edge, edge, false));
	say("batch_last_bare_us", us_each(b->bare, b->n - edge, edge, false));
	say("seal_peak_mib", (double)b->seal_peak_kib / 1024);
}

/* ---- one by one --------------------------------------------------------------------------------------------------- */

/* The next envelope, into a file. */
static void next_envelope(bench *b, const char *path)
{
	FILE *f = open_file(b->p.envelopes, "rb");
	batch *t = room(1, sizeof(*t));

	if (fseek(f, b->at, SEEK_SET) != 0)
		die(b->p.envelopes, NULL);
	batch_read(f, 1, false, t);
	write_file(path, t->bytes, t->envelope[0].len);
	b->at = ftell(f);
	(void)fclose(f);
	batch_clear(t);
	free(t);
}

static spent git_commit(const bench *b, const char *envelope)
{
	static const char script[] = "cp \"$1\" \"$0/record\" && git -C \"$0\" add record";
	char *git = (char *)(uintptr_t)b->p.git;
	char *add[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char *)(uintptr_t)script, git, (char *)(uintptr_t)envelope, NULL };
	char *commit[] = { (char[]){ "git" }, (char[]){ "-C" }, git, (char[]){ "commit" }, (char[]){ "-q" }, (char[]){ "-S" },
		           (char[]){ "-m" }, (char[]){ "record" }, NULL };

	(void)run(add);
	return run(commit);
}

typedef struct times {
	double *wall, *cpu;
	size_t n;
	long peak_kib;
} times;

static void note(times *t, spent s)
{
	t->wall[t->n] = s.wall;
	t->cpu[t->n++] = s.cpu;
	t->peak_kib = s.peak_kib > t->peak_kib ? s.peak_kib : t->peak_kib;
}

static void tell(const char *what, const char *where, times *t)
{
	char label[64];

	(void)snprintf(label, sizeof(label), "%s_%s_ms", what, where);
	say(label, median(t->wall, t->n) * 1e3);
	(void)snprintf(label, sizeof(label), "%s_%s_cpu_ms", what, where);
	say(label, median(t->cpu, t->n) * 1e3);
	(void)snprintf(label, sizeof(label), "%s_%s_peak_mib", what, where);
	say(label, (double)t->peak_kib / 1024);
	free(t->wall);
	free(t->cpu);
}

/* b->singles processes `akashi seal`, a record each. */
static void singles(bench *b, const char *where)
{
	times seal = { room(b->singles + 1, sizeof(double)), room(b->singles + 1, sizeof(double)), 0, 0 };
	times git = { room(b->singles + 1, sizeof(double)), room(b->singles + 1, sizeof(double)), 0, 0 };
	char path[BENCH_PATH + 32];

	(void)snprintf(path, sizeof(path), "%s/single.dsse.json", b->p.work);
	for (size_t i = 0; i < b->singles; i++) {
		char *argv[] = { b->akashi, (char[]){ "seal" }, (char[]){ "-C" }, b->p.ledger, (char[]){ "--operator" },
			         b->p.operator_path, path, NULL };

		next_envelope(b, path);
		if (i % GIT_EVERY == 0)
			note(&git, git_commit(b, path));
		note(&seal, run(argv));
	}
	tell("single", where, &seal);
	tell("git", where, &git);
}

/* ---- audit --------------------------------------------------------------------------------------------------------- */

static void bare_pass(void *ctx)
{
	bench *b = ctx;
	FILE *in = open_file(b->p.envelopes, "rb"), *out = open_file(b->p.results, "wb");
	size_t left = b->records + 2 * b->singles;
	batch *t = room(1, sizeof(*t));
	spent sum = { 0 };

	while (left > 0) {
		spent one;

		batch_read(in, left < BENCH_BATCH ? left : BENCH_BATCH, true, t);
		left -= t->n;
		one = batch_bare(t, b->p.signer_pub);
		sum.wall += one.wall;
		sum.cpu += one.cpu;
		batch_clear(t);
	}
	free(t);
	(void)fprintf(out, "%.9f %.9f\n", sum.wall, sum.cpu);
	if (fclose(in) != 0 || fclose(out) != 0)
		die(b->p.results, NULL);
}

static spent bare_all(bench *b)
{
	spent s = { 0 };
	FILE *f;

	(void)apart(bare_pass, b);
	f = open_file(b->p.results, "rb");
	if (fscanf(f, "%lf %lf", &s.wall, &s.cpu) != 2 || fclose(f) != 0)
		die(b->p.results, NULL);
	return s;
}

static spent audit_once(const bench *b, bool signatures)
{
	char *argv[] = { b->akashi, (char[]){ "audit" }, (char[]){ "-C" }, (char *)(uintptr_t)b->p.ledger, (char[]){ "--no-trust" },
		         (char[]){ "--quiet" }, signatures ? NULL : (char[]){ "--no-signatures" }, NULL };

	return run(argv);
}

static void audit(bench *b)
{
	spent before = bare_all(b), s = audit_once(b, true), after;

	after = bare_all(b);
	say("audit_s", s.wall);
	say("audit_bare_s", (before.wall + after.wall) / 2);
	say("audit_cpu_s", s.cpu);
	say("audit_bare_cpu_s", (before.cpu + after.cpu) / 2);
	say("audit_peak_mib", (double)s.peak_kib / 1024);
	say("audit_unsigned_s", audit_once(b, false).wall);
}

typedef struct order {
	const place *p;
	size_t n, services;
} order;

static void make(void *ctx)
{
	const order *o = ctx;

	records_make(o->p, o->n, o->services);
}

int main(int argc, char **argv)
{
	bench *b = room(1, sizeof(*b));
	size_t total;
	order o;

	if (argc != 5)
		die("usage: bench_ledger AKASHI WORK RECORDS SINGLES", NULL);
	b->akashi = argv[1];
	total = strtoul(argv[3], NULL, 10) / BENCH_BATCH;
	b->records = total * BENCH_BATCH;
	b->singles = strtoul(argv[4], NULL, 10);
	if (total < 2)
		die("at least 2000 records", NULL);
	b->seal = room(total, sizeof(*b->seal));
	b->bare = room(total, sizeof(*b->bare));
	place_make(argv[2], &b->p);
	place_make_git(&b->p);
	o = (order){ &b->p, b->records + 2 * b->singles, b->records / 2 };
	(void)apart(make, &o);
	say("processors", processors());
	say("records", (double)(b->records + 2 * b->singles));
	say("singles", (double)b->singles);
	batches(b, 1);
	singles(b, "small");
	batches(b, total - 1);
	tell_batches(b);
	singles(b, "large");
	audit(b);
	place_drop(&b->p);
	free(b->seal);
	free(b->bare);
	free(b);
	return 0;
}
