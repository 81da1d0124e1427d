/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/worlds.h"

#include "base/fail.h"
#include "base/text.h"

typedef struct asking {
	const ak_proven *p;
	const ak_judged *j;
	ak_world_fn *fn;
	void *ctx;
	ak_worlds *w;
	ak_strmap now; /* as `worst`, where none stands */
} asking;

void ak_worlds_init(ak_worlds *w)
{
	*w = (ak_worlds){ 0 };
	ak_strmap_init(&w->least, 43);
}

void ak_worlds_clear(ak_worlds *w)
{
	ak_strmap_clear(&w->least);
	*w = (ak_worlds){ 0 };
}

/* Bit k of `stand`: the k-th record that fell stands. */
static ak_status ask_world(const asking *a, unsigned stand, ak_strmap *worst, ak_error *err)
{
	ak_judged then = *a->j->otherwise;
	ak_status st;

	then.by = ak_mem_array(a->p->n_rec, sizeof(*then.by));
	if (then.by == NULL)
		return ak_no_memory(err, "rules");
	for (size_t i = 0; i < a->p->n_rec; i++) {
		const bool fell = ak_judged_fell(a->j, i);

		then.by[i] = fell && (stand & 1) != 0 ? a->j->otherwise->by[i] : a->j->by[i];
		stand >>= fell;
	}
	st = a->fn(a->ctx, &then, worst, err);
	ak_mem_free(then.by);
	return st;
}

/* The least of each rule that is broken where none stands; *held: none of them was broken in every world. */
static ak_status keep_least(asking *a, const ak_strmap *worst, bool *held, ak_error *err)
{
	size_t it = 0;
	uint64_t now, then, least;
	ak_span rule;
	ak_status st = AK_OK;

	*held = true;
	while (st == AK_OK && ak_strmap_next(&a->now, &it, &rule, &now)) {
		if (!ak_strmap_get(&a->w->least, rule, &least))
			least = now;
		if (!ak_strmap_get(worst, rule, &then))
			then = AK_SEVERITY_WARNING;
		if (then < least)
			least = then;
		st = ak_strmap_put(&a->w->least, rule, least, err);
		*held = *held && least <= AK_SEVERITY_WARNING;
	}
	return st;
}

static ak_status ask_one(asking *a, unsigned stand, bool *held, ak_error *err)
{
	ak_strmap worst;
	ak_status st;

	ak_strmap_init(&worst, 53);
	st = ask_world(a, stand, &worst, err);
	if (st == AK_OK)
		st = keep_least(a, &worst, held, err);
	ak_strmap_clear(&worst);
	return st;
}

/* All of it stands first: that is how an honest listing whose key was lost and not used by a thief holds.  Then what was signed before a theft, and
 * nothing after it; and then the worlds in which owner and thief took turns. */
static ak_status ask_all(asking *a, size_t fell, ak_error *err)
{
	const unsigned all = (1u << fell) - 1;
	bool held = false;
	ak_status st = ask_world(a, 0, &a->now, err);

	if (st == AK_OK)
		st = keep_least(a, &a->now, &held, err);
	for (unsigned stand = all; st == AK_OK && !held && stand != 0; stand >>= 1)
		st = ask_one(a, stand, &held, err);
	for (unsigned stand = 1; st == AK_OK && !held && stand < all; stand++) {
		if ((stand & (stand + 1)) != 0) /* else asked above */
			st = ask_one(a, stand, &held, err);
	}
	return st;
}

ak_status ak_worlds_ask(const ak_proven *p, const ak_judged *j, ak_world_fn *fn, void *ctx, ak_worlds *w, ak_error *err)
{
	asking a = { .p = p, .j = j, .fn = fn, .ctx = ctx, .w = w };
	size_t fell = 0;
	ak_status st;

	for (size_t i = 0; i < p->n_rec; i++)
		fell += ak_judged_fell(j, i);
	w->too_many = fell > AK_WORLDS_FELL_MAX;
	if (w->too_many)
		return AK_OK;
	ak_strmap_init(&a.now, 47);
	st = ask_all(&a, fell, err);
	ak_strmap_clear(&a.now);
	return st;
}

bool ak_worlds_doubt(const ak_worlds *w, const char *rule, ak_severity found)
{
	uint64_t least;

	return w->too_many || (ak_strmap_get(&w->least, ak_span_str(rule), &least) && least < (uint64_t)found);
}
