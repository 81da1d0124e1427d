/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/parallel.h"

#include "base/fail.h"

#include <pthread.h>
#include <unistd.h>

enum { THREADS_MAX = 64, RUN = 16 /* items handed out at once */ };

typedef struct work {
	pthread_mutex_t lock;
	size_t next, n;
	ak_item_fn *fn;
	void *ctx;
	ak_status st;
	size_t failed;
	ak_error err;
} work;

static size_t take(work *w, size_t *from)
{
	size_t n = 0;

	(void)pthread_mutex_lock(&w->lock);
	if (w->st == AK_OK && w->next < w->n) {
		*from = w->next;
		n = w->n - w->next < RUN ? w->n - w->next : RUN;
		w->next += n;
	}
	(void)pthread_mutex_unlock(&w->lock);
	return n;
}

static void note_failure(work *w, ak_status st, size_t i, const ak_error *err)
{
	(void)pthread_mutex_lock(&w->lock);
	if (w->st == AK_OK || i < w->failed) {
		w->st = st;
		w->failed = i;
		w->err = *err;
	}
	(void)pthread_mutex_unlock(&w->lock);
}

static void *run(void *arg)
{
	work *w = arg;
	size_t from = 0, n;

	while ((n = take(w, &from)) != 0) {
		for (size_t i = from; i < from + n; i++) {
			ak_error err = { 0 };
			ak_status st = w->fn(w->ctx, i, &err);

			if (st != AK_OK) {
				note_failure(w, st, i, &err);
				break;
			}
		}
	}
	return NULL;
}

ak_status ak_parallel(size_t n, unsigned threads, ak_item_fn *fn, void *ctx, size_t *failed, ak_error *err)
{
	work w = { .n = n, .fn = fn, .ctx = ctx, .st = AK_OK };
	pthread_t id[THREADS_MAX];
	size_t made = 0;

	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	if (pthread_mutex_init(&w.lock, NULL) != 0)
		return ak_fail(err, AK_INTERNAL, "threads", 0, "no mutex");
	while (n > RUN && made + 1 < threads && pthread_create(&id[made], NULL, run, &w) == 0)
		made++;
	(void)run(&w);
	for (size_t i = 0; i < made; i++)
		(void)pthread_join(id[i], NULL);
	(void)pthread_mutex_destroy(&w.lock);
	if (w.st != AK_OK) {
		if (failed != NULL)
			*failed = w.failed;
		if (err != NULL)
			*err = w.err;
	}
	return w.st;
}

unsigned ak_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

typedef struct preverify {
	const ak_authority *a;
	ak_sealed *recs;
} preverify;

static ak_status verify_one(void *ctx, size_t i, ak_error *err)
{
	preverify *p = ctx;
	ak_sealed *s = &p->recs[i];
	ak_status st = AK_OK;

	for (size_t k = 0; st == AK_OK && k < s->signatures.n; k++) {
		const ak_pubkey *key = ak_authority_key(p->a, &s->signatures.sig[k].keyid);
		bool good;

		if (key != NULL && s->result[k].state == AK_SIG_UNTRIED)
			st = ak_sealed_verify(s, k, key, &good, err);
	}
	return st;
}

ak_status ak_preverify(const ak_authority *a, ak_sealed *recs, size_t n, unsigned threads, ak_error *err)
{
	preverify p = { a, recs };

	return ak_parallel(n, threads, verify_one, &p, NULL, err);
}
