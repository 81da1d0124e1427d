/* SPDX-License-Identifier: Apache-2.0 */
/* bench.h - what the drivers of tests/bench are made of
 *
 * A benchmark, not library code: it ends the process when something does not work.
 */
#ifndef AK_BENCH_H
#define AK_BENCH_H

#include "akashi/akashi.h"
#include "base/bytes.h"
#include "crypto/key.h"

#include <openssl/evp.h>
#include <stdio.h>

enum { BENCH_BATCH = 1000, BENCH_PATH = 4096 };

/* ---- util.c: time, files, other programs --------------------------------------------------------------------- */

double now_seconds(void); /* monotonic */
void die(const char *what, const ak_error *err) __attribute__((noreturn));
void need(ak_status st, const char *what, const ak_error *err);
void *room(size_t n, size_t size); /* zeroed; dies without memory */
FILE *open_file(const char *path, const char *mode);
void write_file(const char *path, const char *bytes, size_t len);
unsigned processors(void);

typedef struct spent {
	double wall, cpu; /* seconds */
	long peak_kib;
} spent;

double cpu_seconds(void); /* of this process */

/* Run a program to its end, its output thrown away; dies when the exit is not 0. */
spent run(char *const argv[]);
/* Call fn in a process of its own: its peak memory is its own, and nothing of it stays. */
spent apart(void (*fn)(void *ctx), void *ctx);
double median(double *values, size_t n); /* sorts them; 0 of none */

/* ---- place.c: the ledger and the repository beside it ---------------------------------------------------------- */

typedef struct place {
	const char *work;  /* folder of this run */
	char ledger[BENCH_PATH], operator_path[BENCH_PATH], state[BENCH_PATH];
	char envelopes[BENCH_PATH], statements[BENCH_PATH], results[BENCH_PATH], git[BENCH_PATH];
	char genesis[80];
	ak_secret *root, *op;
	EVP_PKEY *signer;      /* the provider, who signs all records */
	ak_pubkey *signer_pub;
} place;

/* Keyset, profile and one provider: records 0 to 2. */
void place_make(const char *work, place *p);
void place_drop(place *p);
ak_secret *place_key(void);
/* Adds a signature by each key; frees `in`. */
ak_text place_sign(ak_text in, ak_secret *const *keys, size_t n);
/* Seal one envelope now; frees it.  *seq may be NULL. */
void place_seal(ak_ledger *l, const place *p, ak_text envelope, uint64_t *seq);
/* A party of one role whose members hold a key each. */
typedef struct enrolment {
	const char *party, *ja, *role, *seat;
	ak_secret *const *keys;
	size_t n;
} enrolment;
void place_enrol(ak_ledger *l, const place *p, const enrolment *who);
/* A fresh repository that signs with an SSH key. */
void place_make_git(const place *p);

/* ---- records.c: signed provider statements --------------------------------------------------------------------- */

/* Write n envelopes over `services` services, each with its length before it, and all statements, a line each. */
void records_make(const place *p, size_t n, size_t services);

typedef struct batch {
	char *bytes;        /* of all envelopes */
	ak_span envelope[BENCH_BATCH];
	ak_buf pae[BENCH_BATCH];
	uint8_t sig[BENCH_BATCH][64];
	size_t n;
} batch;

/* Read the next n envelopes; with their messages when `bare` is wanted afterwards. */
void batch_read(FILE *f, size_t n, bool messages, batch *out);
void batch_clear(batch *b);
/* Verify the signatures of what was read, with nothing around it, on all processors. */
spent batch_bare(const batch *b, const ak_pubkey *key);

#endif
