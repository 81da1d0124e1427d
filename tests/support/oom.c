/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "oom.h"

#include <stdio.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OWN_ALLOCATOR 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
	__has_feature(memory_sanitizer)
#define OWN_ALLOCATOR 1
#endif
#endif
#ifndef __GLIBC__
#define OWN_ALLOCATOR 1 /* the entry points below are glibc's */
#endif

#ifdef OWN_ALLOCATOR

bool oom_available(void)
{
	return false;
}

void oom_weigh(void)
{
}

size_t oom_peak(void)
{
	return 0;
}

void oom_sweep_plan(const char *name, oom_body *body, void *ctx, const oom_plan *plan)
{
	ak_status st = body(ctx);

	(void)plan;
	if (st != AK_OK)
		fail_msg("%s: %s without any failure", name, ak_status_name(st));
	print_message("%s: allocation sweep skipped under sanitizers\n", name);
}

#else

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

/* The allocator itself, by names that nothing can replace. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t align, size_t size);
void __libc_free(void *p);
void *memalign(size_t align, size_t size);

/* State of the one sweep of this process.  Bodies may use threads, hence atomic. */
static atomic_bool armed;     /* count, and fail as the next two say       */
static atomic_size_t fail_at; /* number of the allocation to fail, 0: none */
static atomic_bool for_good;  /* and all later ones                        */
static atomic_size_t seen;    /* allocations since arming                  */
static atomic_long live;      /* allocated less freed since arming         */
static atomic_bool weighing;  /* count bytes                               */
static atomic_long held, most; /* now, and at most, since weighing began   */

static void weigh(const void *p, long sign)
{
	long now;

	if (p == NULL || !atomic_load_explicit(&weighing, memory_order_relaxed))
		return;
	now = sign * (long)malloc_usable_size((void *)(uintptr_t)p);
	now += atomic_fetch_add(&held, now);
	if (now > atomic_load(&most)) /* other threads may be about to say more: good enough for a bound */
		atomic_store(&most, now);
}

/* True when this allocation has to fail. */
static bool starve(void)
{
	size_t n, at;

	if (!atomic_load_explicit(&armed, memory_order_relaxed))
		return false;
	n = atomic_fetch_add(&seen, 1) + 1;
	at = atomic_load(&fail_at);
	if (at == 0 || n < at || (n > at && !atomic_load(&for_good)))
		return false;
	errno = ENOMEM;
	return true;
}

static void *counted(void *p)
{
	if (p != NULL && atomic_load_explicit(&armed, memory_order_relaxed))
		atomic_fetch_add(&live, 1);
	weigh(p, 1);
	return p;
}

#define REPLACES __attribute__((visibility("default")))

REPLACES void *malloc(size_t size)
{
	return starve() ? NULL : counted(__libc_malloc(size));
}

REPLACES void *calloc(size_t n, size_t size)
{
	return starve() ? NULL : counted(__libc_calloc(n, size));
}

REPLACES void *realloc(void *old, size_t size)
{
	void *p;

	if (old != NULL && size == 0) { /* a way of freeing; it cannot fail */
		free(old);
		return NULL;
	}
	if (starve())
		return NULL;
	if (old == NULL)
		return counted(__libc_realloc(old, size));
	weigh(old, -1);
	p = __libc_realloc(old, size);
	weigh(p != NULL ? p : old, 1);
	return p;
}

REPLACES void *memalign(size_t align, size_t size)
{
	return starve() ? NULL : counted(__libc_memalign(align, size));
}

REPLACES void *aligned_alloc(size_t align, size_t size)
{
	return memalign(align, size);
}

REPLACES int posix_memalign(void **out, size_t align, size_t size)
{
	void *p;

	if (align % sizeof(void *) != 0 || (align & (align - 1)) != 0 || align == 0)
		return EINVAL;
	p = memalign(align, size);
	if (p == NULL)
		return ENOMEM;
	*out = p;
	return 0;
}

REPLACES void free(void *p)
{
	if (p != NULL && atomic_load_explicit(&armed, memory_order_relaxed))
		atomic_fetch_sub(&live, 1);
	weigh(p, -1);
	__libc_free(p);
}

void oom_weigh(void)
{
	atomic_store(&held, 0);
	atomic_store(&most, 0);
	atomic_store(&weighing, true);
}

size_t oom_peak(void)
{
	atomic_store(&weighing, false);
	return (size_t)atomic_load(&most);
}

bool oom_available(void)
{
	return true;
}

/* What one run did. */
typedef struct run {
	ak_status status;
	size_t seen;
	long live;
} run;

static run run_armed(oom_body *body, void *ctx, size_t at, bool good)
{
	run r;

	atomic_store(&seen, 0);
	atomic_store(&live, 0);
	atomic_store(&fail_at, at);
	atomic_store(&for_good, good);
	atomic_store(&armed, true);
	r.status = body(ctx);
	atomic_store(&armed, false);
	r.seen = atomic_load(&seen);
	r.live = atomic_load(&live);
	return r;
}

static run run_clean(const char *name, const char *when, oom_body *body, void *ctx,
                     bool may_keep)
{
	run r = run_armed(body, ctx, 0, false);

	if (r.status != AK_OK)
		fail_msg("%s: %s in a clean run %s", name, ak_status_name(r.status), when);
	if (r.live != 0 && !may_keep)
		fail_msg("%s: %ld blocks left by a clean run %s", name, r.live, when);
	return r;
}

/* Fail allocation `at`; false when the body did not get that far. */
static bool starved_run(const char *name, oom_body *body, void *ctx, size_t at,
                        bool good, bool may_keep)
{
	run r = run_armed(body, ctx, at, good);
	char when[64];

	(void)snprintf(when, sizeof(when), "allocation %zu failed %s", at,
	               good ? "for good" : "once");
	if (r.status != AK_OK && ak_status_class(r.status) != AK_CLASS_UNKNOWN)
		fail_msg("%s: %s when %s", name, ak_status_name(r.status), when);
	if (r.live != 0 && !may_keep)
		fail_msg("%s: %ld blocks left when %s", name, r.live, when);
	(void)snprintf(when, sizeof(when), "after allocation %zu failed %s", at,
	               good ? "for good" : "once");
	(void)run_clean(name, when, body, ctx, may_keep);
	return r.seen >= at;
}

void oom_sweep_plan(const char *name, oom_body *body, void *ctx, const oom_plan *plan)
{
	size_t points = plan->points == 0 ? 2000 : plan->points;
	size_t first = plan->first == 0 ? 1 : plan->first;
	size_t stride = plan->stride;
	run r;

	/* The first run may also fill what libraries keep for ever. */
	(void)run_clean(name, "(first)", body, ctx, true);
	r = run_clean(name, "(second)", body, ctx, plan->may_keep);
	if (r.seen == 0)
		fail_msg("%s: allocates nothing: nothing is swept", name);
	if (stride == 0)
		stride = 1 + (r.seen - 1) / points;
	for (int good = 0; good <= 1; good++) {
		size_t at = first;

		while (starved_run(name, body, ctx, at, good == 1, plan->may_keep))
			at += stride;
	}
}

#endif

void oom_sweep(const char *name, oom_body *body, void *ctx)
{
	oom_sweep_plan(name, body, ctx, &(oom_plan){ 0 });
}
