/* SPDX-License-Identifier: Apache-2.0 */
/* bench_ledger - seals and audits many records and says how long it took, beside what the same machine needs for bare
 * signatures and for git
 *
 *	bench_ledger AKASHI LEDGER OPERATOR_KEY SIGNER_KEY WORK RECORDS SINGLES
 *	bench_ledger run NAME COMMAND...      prints NAME_seconds and NAME_peak_mib of another program
 *
 * LEDGER has been made and the signer enrolled (tests/bench/ledger does).  Prints "name value" lines.  WORK gets
 * statements (all of them, a line each) and the repository git/ to compare with.
 */
#include "bench.h"

#include "akashi/ledger.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 1000, SAMPLE = 1000, PATH_TEXT = 4096 };

typedef struct bench {
	char *akashi, *ledger, *operator_path, *work;
	char state[PATH_TEXT];
	char origin[256], genesis[128];
	ak_secret *operator_key;
	ak_ledger *l;
	maker m;
	FILE *statements;
	size_t made;      /* records so far */
	unsigned cpus;
} bench;

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

static void open_ledger(bench *b)
{
	ak_error e = { 0 };

	need(ak_ledger_open(b->ledger, &b->l, &e), "open", &e);
}

static void read_head(bench *b)
{
	ak_text text = { 0 };
	ak_error e = { 0 };
	json_t *o;

	need(ak_ledger_head(b->l, &text, &e), "head", &e);
	o = json_loadb(text.data, text.len, 0, NULL);
	(void)snprintf(b->origin, sizeof(b->origin), "%s", json_string_value(json_object_get(o, "origin")));
	(void)snprintf(b->genesis, sizeof(b->genesis), "%s", json_string_value(json_object_get(o, "genesis")));
	json_decref(o);
	ak_text_free(&text);
	b->m.origin = b->origin;
	b->m.genesis = b->genesis;
}

/* Seal the next n records as one batch; seconds within ak_ledger_seal. */
static double seal_batch(bench *b, size_t n)
{
	record *r = room(n, sizeof(*r));
	ak_span *envelopes = room(n, sizeof(*envelopes));
	ak_seal_options o = { .operator_key = b->operator_key, .state_path = b->state, .now = (int64_t)time(NULL) };
	size_t failed = SIZE_MAX;
	ak_text json = { 0 };
	ak_error e = { 0 };
	double start;

	for (size_t i = 0; i < n; i++) {
		make_record(&b->m, b->made++, &r[i]);
		envelopes[i] = (ak_span){ (const uint8_t *)r[i].envelope, strlen(r[i].envelope) };
		(void)fprintf(b->statements, "%s\n", r[i].statement);
	}
	start = now_seconds();
	need(ak_ledger_seal(b->l, envelopes, n, &o, &json, &failed, &e), "seal", &e);
	start = now_seconds() - start;
	ak_text_free(&json);
	for (size_t i = 0; i < n; i++)
		drop_record(&r[i]);
	free(envelopes);
	free(r);
	return start;
}

/* n processes `akashi seal`, a record each; the median of their wall times. */
static double seal_singles(bench *b, size_t n)
{
	double *wall = room(n, sizeof(*wall)), m;
	char path[PATH_TEXT];
	record r;

	ak_ledger_free(&b->l);
	(void)snprintf(path, sizeof(path), "%s/single.dsse.json", b->work);
	for (size_t i = 0; i < n; i++) {
		char *argv[] = { b->akashi, (char[]){ "seal" }, (char[]){ "-C" }, b->ledger, (char[]){ "--operator" },
			         b->operator_path, path, NULL };

		make_record(&b->m, b->made++, &r);
		(void)fprintf(b->statements, "%s\n", r.statement);
		spill(path, r.envelope, strlen(r.envelope));
		drop_record(&r);
		wall[i] = run(argv).wall;
	}
	m = median(wall, n);
	free(wall);
	open_ledger(b);
	return m;
}

/* The median of n times `git commit -S` with an SSH key, in a repository of its own.  Not counted: writing the file and git add. */
static double git_commits(bench *b, size_t n)
{
	static const char prepare[] = "git init -q --initial-branch=main git && cd git && ssh-keygen -q -t ed25519 -N '' -C bench -f ../ssh && "
				      "git config user.name bench && git config user.email bench@bench.example && "
				      "git config gpg.format ssh && git config user.signingkey ../ssh.pub && git config commit.gpgsign true";
	char *sh[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char[sizeof(prepare)]){ 0 }, NULL };
	char *add[] = { (char[]){ "git" }, (char[]){ "add" }, (char[]){ "record" }, NULL };
	char *commit[] = { (char[]){ "git" }, (char[]){ "commit" }, (char[]){ "-q" }, (char[]){ "-S" }, (char[]){ "-m" }, (char[]){ "record" }, NULL };
	double *wall = room(n, sizeof(*wall)), m;
	record r;

	memcpy(sh[2], prepare, sizeof(prepare));
	if (chdir(b->work) != 0)
		die(b->work, NULL);
	(void)run(sh);
	if (chdir("git") != 0)
		die("git", NULL);
	for (size_t i = 0; i < n; i++) {
		make_record(&b->m, i, &r);
		spill("record", r.envelope, strlen(r.envelope));
		drop_record(&r);
		(void)run(add);
		wall[i] = run(commit).wall;
	}
	m = median(wall, n);
	free(wall);
	return m;
}

/* Microseconds for one signature when all processors verify, and nothing else is done. */
static double bare(bench *b)
{
	record *sample = room(SAMPLE, sizeof(*sample));
	size_t rounds = 10;
	double s;

	for (size_t i = 0; i < SAMPLE; i++)
		make_record(&b->m, i, &sample[i]);
	s = verify_bare(&b->m, sample, SAMPLE, rounds, b->cpus);
	for (size_t i = 0; i < SAMPLE; i++)
		drop_record(&sample[i]);
	free(sample);
	return s / (double)(SAMPLE * rounds) * 1e6;
}

static void measure(bench *b, size_t records, size_t singles)
{
	double all = 0, first = 0, last = 0, one, bare_us[2];
	size_t batches = 0, edge = records / BATCH / 10 > 0 ? records / BATCH / 10 : 1, total = records / BATCH;
	struct rusage use;

	bare_us[0] = bare(b);
	first = seal_batch(b, BATCH);
	one = seal_singles(b, singles);
	(void)printf("single_small_ms %.2f\n", one * 1e3);
	all = first;
	for (batches = 1; batches < total; batches++) {
		double s = seal_batch(b, BATCH);

		all += s;
		first += batches < edge ? s : 0;
		last += batches >= total - edge ? s : 0;
	}
	if (total == 1)
		last = first;
	bare_us[1] = bare(b);
	(void)getrusage(RUSAGE_SELF, &use);
	(void)printf("bare_us %.2f\nbare_again_us %.2f\n", bare_us[0], bare_us[1]);
	(void)printf("batch_us %.2f\nbatch_first_us %.2f\nbatch_last_us %.2f\nbatch_peak_mib %.1f\n", all / (double)(total * BATCH) * 1e6,
	             first / (double)(edge * BATCH) * 1e6, last / (double)(edge * BATCH) * 1e6, (double)use.ru_maxrss / 1024);
	(void)printf("single_large_ms %.2f\n", seal_singles(b, singles) * 1e3);
	(void)printf("records %zu\n", b->made);
	ak_ledger_free(&b->l);
	(void)printf("git_commit_ms %.2f\n", git_commits(b, singles < 100 ? singles : 100) * 1e3);
}

/* A process of its own, and small: what Linux says of a child's peak memory begins with its parent's. */
static int run_only(const char *name, char **command)
{
	spent s = run(command);

	(void)printf("%s_seconds %.3f\n%s_peak_mib %.1f\n", name, s.wall, name, (double)s.peak_kib / 1024);
	return 0;
}

int main(int argc, char **argv)
{
	bench b = { 0 };
	char path[PATH_TEXT];
	ak_text pem;
	ak_error e = { 0 };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	if (argc > 3 && strcmp(argv[1], "run") == 0)
		return run_only(argv[2], argv + 3);
	if (argc != 8)
		die("usage: bench_ledger AKASHI LEDGER OPERATOR_KEY SIGNER_KEY WORK RECORDS SINGLES", NULL);
	b.akashi = argv[1];
	b.ledger = argv[2];
	b.operator_path = argv[3];
	b.work = argv[5];
	b.cpus = cpus > 0 ? (unsigned)cpus : 1;
	(void)snprintf(b.state, sizeof(b.state), "%s.state", b.operator_path);
	pem = slurp(argv[3]);
	need(ak_secret_read(span_of(&pem), NULL, &b.operator_key, &e), argv[3], &e);
	free(pem.data);
	pem = slurp(argv[4]);
	need(ak_seckey_from_pem(span_of(&pem), NULL, &b.m.key, &e), argv[4], &e);
	free(pem.data);
	(void)snprintf(path, sizeof(path), "%s/statements", b.work);
	b.statements = fopen(path, "wb");
	if (b.statements == NULL)
		die(path, NULL);
	open_ledger(&b);
	read_head(&b);
	(void)printf("processors %u\n", b.cpus);
	measure(&b, strtoul(argv[6], NULL, 10), strtoul(argv[7], NULL, 10));
	if (fclose(b.statements) != 0)
		die(path, NULL);
	ak_secret_free(&b.operator_key);
	ak_seckey_free(&b.m.key);
	return 0;
}
