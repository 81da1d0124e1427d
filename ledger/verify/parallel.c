/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/parallel.h"

#include "base/fail.h"

#include <pthread.h>
#include <unistd.h>

enum { THREADS_MAX = 64, RUN = 8 /* items handed out at once */ };

struct ak_work {
	pthread_mutex_t lock;
	pthread_cond_t run_done;
	ak_item_fn *fn;
	void *ctx;
	size_t n, next;  /* items; the first that nobody has begun */
	bool *done;      /* one a run                              */
	size_t in_front; /* runs done that have none before them undone */
	bool ended;
	ak_status st;    /* of item `failed`, the lowest that did so far */
	size_t failed;
	ak_error err;
	pthread_t thread[THREADS_MAX];
	size_t n_threads;
};

/* Begin the next run: it starts at *from.  After a failure none does, since all items before it have been begun. */
static bool take(ak_work *w, size_t *from)
{
	if (w->ended || w->st != AK_OK || w->next >= w->n)
		return false;
	*from = w->next;
	w->next += w->n - w->next < RUN ? w->n - w->next : RUN;
	return true;
}

static void note_done(ak_work *w, size_t from, size_t failed, ak_status st, const ak_error *err)
{
	w->done[from / RUN] = true;
	while (w->in_front * RUN < w->n && w->done[w->in_front])
		w->in_front++;
	if (st != AK_OK && (w->st == AK_OK || failed < w->failed)) {
		w->st = st;
		w->failed = failed;
		w->err = *err;
	}
	(void)pthread_cond_broadcast(&w->run_done);
}

/* Do one run.  Called and left with the lock held. */
static void do_run(ak_work *w, size_t from)
{
	size_t end = w->n - from < RUN ? w->n : from + RUN, i = from;
	ak_error err = { 0 };
	ak_status st = AK_OK;

	(void)pthread_mutex_unlock(&w->lock);
	for (; st == AK_OK && i < end; i++)
		st = w->fn(w->ctx, i, &err);
	(void)pthread_mutex_lock(&w->lock);
	note_done(w, from, i - 1, st, &err);
}

static void *work(void *arg)
{
	ak_work *w = arg;
	size_t from;

	(void)pthread_mutex_lock(&w->lock);
	while (take(w, &from))
		do_run(w, from);
	(void)pthread_mutex_unlock(&w->lock);
	return NULL;
}

static bool make_locks(ak_work *w)
{
	if (pthread_mutex_init(&w->lock, NULL) != 0)
		return false;
	if (pthread_cond_init(&w->run_done, NULL) == 0)
		return true;
	(void)pthread_mutex_destroy(&w->lock);
	return false;
}

ak_status ak_work_begin(size_t n, unsigned threads, ak_item_fn *fn, void *ctx, ak_work **out, ak_error *err)
{
	ak_work *w = ak_mem_alloc(sizeof(*w));
	bool *done = ak_mem_array(n / RUN + 1, sizeof(*done));

	if (w == NULL || done == NULL || !make_locks(w)) {
		ak_mem_free(done);
		ak_mem_free(w);
		return ak_no_memory(err, "threads");
	}
	w->fn = fn;
	w->ctx = ctx;
	w->n = n;
	w->done = done;
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	while (n > RUN && w->n_threads + 1 < threads &&
	       pthread_create(&w->thread[w->n_threads], NULL, work, w) == 0)
		w->n_threads++;
	*out = w;
	return AK_OK;
}

ak_status ak_work_until(ak_work *w, size_t i, size_t *failed, ak_error *err)
{
	ak_status st = AK_OK;
	size_t from;

	(void)pthread_mutex_lock(&w->lock);
	while (w->in_front <= i / RUN && (w->st == AK_OK || w->in_front <= w->failed / RUN)) {
		if (take(w, &from))
			do_run(w, from);
		else
			(void)pthread_cond_wait(&w->run_done, &w->lock);
	}
	if (w->st != AK_OK && w->failed <= i) {
		st = w->st;
		if (failed != NULL)
			*failed = w->failed;
		if (err != NULL)
			*err = w->err;
	}
	(void)pthread_mutex_unlock(&w->lock);
	return st;
}

void ak_work_end(ak_work **pw)
{
	ak_work *w = *pw;

	if (w == NULL)
		return;
	(void)pthread_mutex_lock(&w->lock);
	w->ended = true;
	(void)pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < w->n_threads; i++)
		(void)pthread_join(w->thread[i], NULL);
	(void)pthread_cond_destroy(&w->run_done);
	(void)pthread_mutex_destroy(&w->lock);
	ak_mem_free(w->done);
	ak_mem_free(w);
	*pw = NULL;
}

ak_status ak_parallel(size_t n, unsigned threads, ak_item_fn *fn, void *ctx, size_t *failed, ak_error *err)
{
	ak_work *w = NULL;
	ak_status st;

	if (n == 0)
		return AK_OK;
	st = ak_work_begin(n, threads, fn, ctx, &w, err);
	if (st != AK_OK)
		return st;
	st = ak_work_until(w, n - 1, failed, err);
	ak_work_end(&w);
	return st;
}

unsigned ak_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}
