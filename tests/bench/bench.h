/* SPDX-License-Identifier: Apache-2.0 */
/* bench.h - what bench_ledger.c measures with
 *
 * A benchmark, not library code: it ends the process when something does not work.
 */
#ifndef AK_TESTS_BENCH_H
#define AK_TESTS_BENCH_H

#include "base/bytes.h"
#include "crypto/key.h"

double now_seconds(void); /* monotonic */
void die(const char *what, const ak_error *err) __attribute__((noreturn));
void need(ak_status st, const char *what, const ak_error *err);
void *room(size_t n, size_t size); /* zeroed; dies without memory */
ak_text slurp(const char *path);
void spill(const char *path, const char *bytes, size_t len);

/* ---- spawn.c: other programs --------------------------------------------------------------------------------- */

typedef struct spent {
	double wall, cpu; /* seconds  */
	long peak_kib;
} spent;

/* Run to the end, output thrown away; dies when the exit is not 0. */
spent run(char *const argv[]);
double median(double *values, size_t n); /* sorts them */

/* ---- work.c: signed records ----------------------------------------------------------------------------------- */

typedef struct maker {
	ak_seckey *key;   /* of the operations-support body */
	const char *origin, *genesis;
} maker;

typedef struct record {
	char *statement, *envelope;
	ak_span sig;      /* 64 bytes, owned */
} record;

/* Record number n: a technical review of service n / 2. */
void make_record(const maker *m, size_t n, record *out);
void drop_record(record *r);

/* Verify what `sample` holds `rounds` times with nothing around it, on all processors; seconds. */
double verify_bare(const maker *m, const record *sample, size_t n, size_t rounds, unsigned threads);

#endif
