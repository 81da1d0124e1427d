/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/warm.h"

#include "verify/describe.h"
#include "verify/parallel.h"

#include <pthread.h>

struct ak_warm {
	const ak_json *package;
	ak_rules *rules; /* the thread's, until it has been joined */
	atomic_bool stop;
	pthread_t thread;
};

static void *warm(void *arg)
{
	ak_warm *w = arg;
	ak_status st = ak_rules_open(w->package, &w->rules, NULL);

	if (st == AK_OK)
		st = ak_rules_warm(w->rules, ak_describe_queries, &w->stop, NULL);
	if (st != AK_OK)
		ak_rules_free(&w->rules);
	return NULL;
}

ak_warm *ak_warm_begin(const ak_json *package)
{
	ak_warm *w = ak_processors() > 1 ? ak_mem_alloc(sizeof(*w)) : NULL;

	if (w == NULL)
		return NULL;
	w->package = package;
	atomic_init(&w->stop, false);
	if (pthread_create(&w->thread, NULL, warm, w) == 0)
		return w;
	ak_mem_free(w);
	return NULL;
}

ak_rules *ak_warm_take(ak_warm **w)
{
	ak_rules *rules;

	if (*w == NULL)
		return NULL;
	(void)pthread_join((*w)->thread, NULL);
	rules = (*w)->rules;
	ak_mem_free(*w);
	*w = NULL;
	return rules;
}

void ak_warm_free(ak_warm **w)
{
	ak_rules *rules;

	if (*w != NULL)
		atomic_store_explicit(&(*w)->stop, true, memory_order_relaxed);
	rules = ak_warm_take(w);
	ak_rules_free(&rules);
}
