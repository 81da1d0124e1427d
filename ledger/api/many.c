/* SPDX-License-Identifier: Apache-2.0 */
#include "api/many.h"

#include "base/fail.h"
#include "verify/parallel.h"

enum {
	THREADS_MAX = 64,
	WORTH_A_THREAD = 16, /* listings: preparing the rules once more costs about as much */
};

typedef struct many {
	ak_ledger *l;
	const ak_verify_options *common;
	const ak_json *rows;
	ak_answer_fn *fn;
	void *ctx;
	bool *again;             /* owned: one for each row, written by whoever answers it */
	pthread_mutex_t drawing;
	pthread_mutex_t taking;
	ak_seat seat[THREADS_MAX];
	bool taken[THREADS_MAX];
} many;

static ak_verify_options question(const many *m, size_t i)
{
	const ak_json *row = ak_json_at(m->rows, i);
	ak_verify_options o = *m->common;

	o.listing = ak_json_get_str(row, "listing");
	o.scheme = ak_json_get_str(row, "scheme");
	return o;
}

/* There are as many seats as threads, so one is free. */
static size_t take_seat(many *m)
{
	size_t i = 0;

	(void)pthread_mutex_lock(&m->taking);
	while (m->taken[i])
		i++;
	m->taken[i] = true;
	(void)pthread_mutex_unlock(&m->taking);
	return i;
}

static void leave_seat(many *m, size_t i)
{
	(void)pthread_mutex_lock(&m->taking);
	m->taken[i] = false;
	(void)pthread_mutex_unlock(&m->taking);
}

static ak_status answer_beside(void *ctx, size_t i, ak_error *err)
{
	many *m = ctx;
	const ak_verify_options o = question(m, i);
	const size_t seat = take_seat(m);
	ak_verdict verdict = AK_VERDICT_UNVERIFIABLE;
	ak_json *report = NULL;
	ak_status st = ak_api_verify_beside(m->l, &m->seat[seat], &m->drawing, &o, &verdict, &report, err);

	leave_seat(m, seat);
	m->again[i] = st == AK_CONFLICT;
	if (m->again[i])
		return AK_OK;
	if (st == AK_OK)
		st = m->fn(m->ctx, i, verdict, report, err);
	ak_json_free(report);
	return st;
}

static ak_status answer_alone(const many *m, size_t i, ak_error *err)
{
	const ak_verify_options o = question(m, i);
	ak_verdict verdict = AK_VERDICT_UNVERIFIABLE;
	ak_json *report = NULL;
	ak_status st = ak_api_verify(m->l, &o, &verdict, &report, err);

	if (st == AK_LIMIT || st == AK_STOPPED) {
		verdict = AK_VERDICT_UNVERIFIABLE;
		st = AK_OK;
	}
	if (st == AK_OK)
		st = m->fn(m->ctx, i, verdict, report, err);
	ak_json_free(report);
	return st;
}

static ak_status answer_all_beside(many *m, size_t n, unsigned threads, ak_error *err)
{
	ak_status st;

	if (pthread_mutex_init(&m->drawing, NULL) != 0)
		return ak_no_memory(err, "threads");
	if (pthread_mutex_init(&m->taking, NULL) != 0) {
		(void)pthread_mutex_destroy(&m->drawing);
		return ak_no_memory(err, "threads");
	}
	st = ak_parallel(n, threads, answer_beside, m, NULL, err);
	(void)pthread_mutex_destroy(&m->taking);
	(void)pthread_mutex_destroy(&m->drawing);
	for (size_t i = 0; i < THREADS_MAX; i++)
		ak_seat_clear(&m->seat[i]);
	return st;
}

ak_status ak_api_verify_many(ak_ledger *l, const ak_verify_options *common, const ak_json *rows, unsigned threads, ak_answer_fn *fn,
                             void *ctx, ak_error *err)
{
	const size_t n = ak_json_len(rows);
	many *m = ak_mem_alloc(sizeof(*m));
	ak_status st = AK_OK;

	if (m == NULL)
		return ak_no_memory(err, "verify");
	*m = (many){ .l = l, .common = common, .rows = rows, .fn = fn, .ctx = ctx, .again = ak_mem_array(n + 1, sizeof(*m->again)) };
	if (m->again == NULL)
		st = ak_no_memory(err, "verify");
	if (threads == 0)
		threads = n / ak_processors() < WORTH_A_THREAD ? 1 : ak_processors();
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	for (size_t i = 0; st == AK_OK && i < n; i++)
		m->again[i] = true;
	if (st == AK_OK && threads > 1)
		st = answer_all_beside(m, n, threads, err);
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		if (m->again[i])
			st = answer_alone(m, i, err);
	}
	ak_mem_free(m->again);
	ak_mem_free(m);
	return st;
}
