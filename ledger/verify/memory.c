/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/memory_form.h"

#include "base/fail.h"
#include "base/text.h"
#include "base/utctime.h"
#include "codec/jcs.h"
#include "codec/note.h"

#include <string.h>

#define NOWHERE SIZE_MAX /* no place among the heads */

static const char format[] = "memory/1";

void ak_memory_clear(ak_memory_answer *a)
{
	ak_buf_clear(&a->text);
	*a = (ak_memory_answer){ 0 };
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

/* A head is believed for what its note says; size and root beside it must be the same. */
static ak_status check_head(const ak_json *h, ak_span origin, ak_checkpoint *c, bool *good, ak_error *err)
{
	static const char *const names[] = { "note", "root", "seen", "size" };
	int64_t size = 0, seen = 0;
	ak_digest root;
	ak_status st = ak_memory_note(ak_json_get(h, "note"), origin, c, good, err);

	*good = *good && ak_memory_only(h, names, 4) && ak_json_int(ak_json_get(h, "size"), &size) && size > 0 && (uint64_t)size == c->size &&
	        ak_digest_parse(ak_json_get_text(h, "root"), &root) && ak_digest_eq(&root, &c->root) &&
	        ak_utctime_parse(ak_json_get_text(h, "seen"), &seen);
	return st;
}

static ak_status check_heads(const ak_json *heads, ak_span origin, ak_error *err)
{
	uint64_t size[AK_MEMORY_HEADS_MAX];
	ak_status st = AK_OK;

	if (!ak_json_is(heads, AK_JSON_ARRAY) || ak_json_len(heads) == 0 || ak_json_len(heads) > AK_MEMORY_HEADS_MAX)
		return ak_memory_damaged(err, "memory.heads");
	for (size_t i = 0; st == AK_OK && i < ak_json_len(heads); i++) {
		ak_checkpoint c = { 0 };
		bool good = false;

		st = check_head(ak_json_at(heads, i), origin, &c, &good, err);
		size[i] = c.size;
		for (size_t k = 0; k < i; k++)
			good = good && size[k] != size[i];
		if (st == AK_OK && !good)
			return ak_memory_damaged(err, "memory.heads");
	}
	return st;
}

static ak_status check_form(const ak_json *m, ak_error *err)
{
	static const char *const names[] = { "akashi", "forks", "genesis", "heads", "origin" };
	ak_span origin = ak_json_get_text(m, "origin");
	ak_digest genesis;
	ak_status st;

	if (!ak_span_is(ak_json_get_text(m, "akashi"), format))
		return ak_mismatch(err, AK_UNKNOWN_VERSION, "memory.akashi", 0, format,
		                   ak_json_get_str(m, "akashi") == NULL ? "" : ak_json_get_str(m, "akashi"));
	if (!ak_memory_only(m, names, 5))
		return ak_memory_damaged(err, "memory");
	if (!ak_digest_parse(ak_json_get_text(m, "genesis"), &genesis))
		return ak_memory_damaged(err, "memory.genesis");
	st = check_heads(ak_json_get(m, "heads"), origin, err);
	return st == AK_OK ? ak_memory_forks(ak_json_get(m, "forks"), origin, err) : st;
}

ak_status ak_memory_read(ak_span text, ak_json **out, ak_error *err)
{
	ak_json *m = NULL;
	ak_error why = { 0 };
	ak_status st = text.len > AK_MEMORY_MAX ? AK_LIMIT : ak_jcs_parse(text, &m, &why);

	if (st == AK_NO_MEMORY)
		return ak_no_memory(err, "memory");
	if (st == AK_OK)
		st = check_form(m, err);
	else
		st = ak_memory_damaged(err, "memory");
	if (st != AK_OK) {
		ak_json_free(m);
		return st;
	}
	*out = m;
	return AK_OK;
}

ak_status ak_memory_size(ak_span memory, uint64_t *size, ak_error *err)
{
	ak_json *m = NULL;
	int64_t n = 0;
	ak_status st;

	if (memory.len == 0) {
		*size = 0;
		return AK_OK;
	}
	st = ak_memory_read(memory, &m, err);
	if (st != AK_OK)
		return st;
	(void)ak_json_int(ak_json_get(ak_json_at(ak_json_get(m, "heads"), 0), "size"), &n);
	ak_json_free(m);
	*size = (uint64_t)n;
	return AK_OK;
}

static ak_checkpoint head_at(const ak_json *m, size_t i)
{
	const ak_json *h = ak_json_at(ak_json_get(m, "heads"), i);
	ak_checkpoint c = { 0 };
	int64_t size = 0;

	(void)ak_json_int(ak_json_get(h, "size"), &size);
	(void)ak_digest_parse(ak_json_get_text(h, "root"), &c.root);
	c.size = (uint64_t)size;
	return c;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static ak_status head_json(const ak_memory_head *h, ak_json **out, ak_error *err)
{
	ak_json *o = ak_json_new_object(), *lines = NULL;
	char root[AK_DIGEST_TEXT_LEN + 1], seen[AK_UTCTIME_LEN + 1];
	ak_status st = ak_memory_lines(h->note, &lines, err);

	ak_digest_format(&h->checkpoint->root, root);
	ak_utctime_format(h->now, seen);
	if (st == AK_OK)
		st = ak_json_set(o, "note", lines, err);
	if (st == AK_OK)
		st = ak_json_set(o, "root", ak_json_new_str(root), err);
	if (st == AK_OK)
		st = ak_json_set(o, "seen", ak_json_new_str(seen), err);
	if (st == AK_OK)
		st = ak_json_set(o, "size", ak_json_new_int((int64_t)h->checkpoint->size), err);
	if (st != AK_OK)
		ak_json_free(o);
	else
		*out = o;
	return st;
}

static ak_status start_memory(const ak_memory_head *h, ak_json **out, ak_error *err)
{
	ak_json *m = ak_json_new_object();
	ak_status st = ak_json_set(m, "akashi", ak_json_new_str(format), err);

	if (st == AK_OK)
		st = ak_json_set(m, "forks", ak_json_new_array(), err);
	if (st == AK_OK)
		st = ak_json_set(m, "genesis", ak_json_new_text(h->genesis_text), err);
	if (st == AK_OK)
		st = ak_json_set(m, "heads", ak_json_new_array(), err);
	if (st == AK_OK)
		st = ak_json_set(m, "origin", ak_json_new_str(h->checkpoint->origin), err);
	if (st != AK_OK)
		ak_json_free(m);
	else
		*out = m;
	return st;
}

/* `first`: in front, as the remembered head.  The head at `gone` is let go, and another of the same size. */
static ak_status keep_head(ak_json *m, const ak_memory_head *h, bool first, size_t gone, ak_error *err)
{
	const ak_json *old = ak_json_get(m, "heads");
	ak_json *list = ak_json_new_array(), *mine = NULL;
	ak_status st = head_json(h, &mine, err);

	if (st == AK_OK && first)
		st = ak_json_add(list, ak_json_ref(mine), err);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(old); i++) {
		if (i != gone && head_at(m, i).size != h->checkpoint->size)
			st = ak_json_add(list, ak_json_copy(ak_json_at(old, i)), err);
	}
	if (st == AK_OK && !first)
		st = ak_json_add(list, ak_json_ref(mine), err);
	ak_json_free(mine);
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(m, "heads", list, err);
}

static ak_status give(const ak_json *m, ak_memory_answer *a, ak_error *err)
{
	ak_status st;

	ak_buf_init(&a->text, AK_MEMORY_MAX);
	st = ak_jcs_write(m, &a->text, err);
	a->changed = st == AK_OK;
	return st;
}

/* ---- one step ------------------------------------------------------------------------------------------------------ */

/* What is known of the heads in a memory when another one comes. */
typedef struct known {
	ak_checkpoint first, largest;
	size_t smallest; /* of those behind the first; NOWHERE when there are none */
	bool here;       /* a head of that size and root is among them */
	bool convicted;
} known;

static known look(const ak_json *m, const ak_memory_head *h)
{
	known k = { .first = head_at(m, 0), .largest = head_at(m, 0), .smallest = NOWHERE,
	            .convicted = ak_json_len(ak_json_get(m, "forks")) > 0 };

	for (size_t i = 0; i < ak_json_len(ak_json_get(m, "heads")); i++) {
		const ak_checkpoint one = head_at(m, i);

		k.here = k.here || one.size == h->checkpoint->size; /* another root was looked for before */
		if (one.size > k.largest.size)
			k.largest = one;
		if (i > 0 && (k.smallest == NOWHERE || one.size < head_at(m, k.smallest).size))
			k.smallest = i;
	}
	return k;
}

static ak_memory_outcome compare(const known *k, const ak_memory_head *h)
{
	const ak_checkpoint *c = h->checkpoint;
	const bool proof = c->size > k->first.size && h->since != NULL && h->since->size == k->first.size;

	if (proof && ak_tree_check_consistency(k->first.size, &k->first.root, c->size, &c->root, &h->since->proof, NULL) != AK_OK)
		return AK_MEMORY_BROKEN;
	if (k->convicted)
		return AK_MEMORY_CONVICTED;
	if (c->size < k->largest.size)
		return AK_MEMORY_OLDER;
	if (c->size == k->first.size)
		return AK_MEMORY_SAME;
	return proof ? AK_MEMORY_GROWN : AK_MEMORY_UNCONNECTED;
}

/* Head `i` and this one convict: `since` NULL by their roots, else by what it says of the history of this one. */
static ak_status keep_both(ak_json *m, size_t i, const ak_memory_head *h, const ak_tree_since *since, ak_memory_answer *a, ak_error *err)
{
	const ak_json *head = ak_json_at(ak_json_get(m, "heads"), i);
	const ak_checkpoint of[2] = { head_at(m, i), *h->checkpoint };
	ak_status st = ak_memory_has_fork(m, of, &a->kept, err);

	if (st != AK_OK || a->kept || ak_json_len(ak_json_get(m, "forks")) == AK_MEMORY_FORKS_MAX)
		return st;
	st = ak_memory_put_fork(m, head, h->note, since, err);
	a->kept = st == AK_OK;
	return st == AK_OK ? give(m, a, err) : st;
}

static ak_status forked(ak_json *m, size_t i, const ak_memory_head *h, ak_memory_answer *a, ak_error *err)
{
	const ak_checkpoint one = head_at(m, i);

	a->outcome = AK_MEMORY_FORK;
	a->size = one.size;
	a->root = one.root;
	return keep_both(m, i, h, NULL, a, err);
}

/* The proof at hand is a true one, of a history with another root at that size: two histories, as in a fork. */
static ak_status broken(ak_json *m, const ak_memory_head *h, ak_memory_answer *a, ak_error *err)
{
	const ak_checkpoint first = head_at(m, 0), *c = h->checkpoint;
	const ak_tree_since *s = h->since;

	if (ak_digest_eq(&s->root, &first.root) ||
	    ak_tree_check_consistency(s->size, &s->root, c->size, &c->root, &s->proof, NULL) != AK_OK)
		return AK_OK;
	return keep_both(m, 0, h, s, a, err);
}

/* Behind the others.  When there is no room the largest is kept all the same: what is older than it must not pass for new. */
static ak_status keep_behind(ak_json *m, const known *k, const ak_memory_head *h, ak_memory_answer *a, ak_error *err)
{
	const bool full = ak_json_len(ak_json_get(m, "heads")) == AK_MEMORY_HEADS_MAX;
	ak_status st;

	if (k->here || (full && h->checkpoint->size < k->largest.size)) {
		a->kept = k->here;
		return AK_OK;
	}
	st = keep_head(m, h, false, full ? k->smallest : NOWHERE, err);
	a->kept = st == AK_OK;
	return st == AK_OK ? give(m, a, err) : st;
}

static ak_status convict(const ak_json *m, ak_memory_answer *a, ak_error *err)
{
	ak_checkpoint of[2] = { 0 };
	bool good = false;
	ak_status st = ak_memory_fork(ak_json_at(ak_json_get(m, "forks"), 0), ak_json_get_text(m, "origin"), of, &good, err);

	a->size = of[0].size;
	a->kept = true;
	return st;
}

static ak_status step(ak_json *m, const ak_memory_head *h, ak_memory_answer *a, ak_error *err)
{
	const known k = look(m, h);
	ak_status st;

	for (size_t i = 0; i < ak_json_len(ak_json_get(m, "heads")); i++) {
		const ak_checkpoint one = head_at(m, i);

		if (one.size == h->checkpoint->size && !ak_digest_eq(&one.root, &h->checkpoint->root))
			return forked(m, i, h, a, err);
	}
	a->outcome = compare(&k, h);
	a->size = a->outcome == AK_MEMORY_OLDER ? k.largest.size : k.first.size;
	switch (a->outcome) {
	case AK_MEMORY_CONVICTED:
		return convict(m, a, err);
	case AK_MEMORY_GROWN:
		st = keep_head(m, h, true, 0, err);
		a->kept = st == AK_OK;
		return st == AK_OK ? give(m, a, err) : st;
	case AK_MEMORY_UNCONNECTED:
	case AK_MEMORY_OLDER:
		return keep_behind(m, &k, h, a, err);
	case AK_MEMORY_SAME:
		a->kept = true;
		break;
	case AK_MEMORY_BROKEN:
		return broken(m, h, a, err);
	case AK_MEMORY_FIRST:
	case AK_MEMORY_FORK:
		break;
	}
	return AK_OK;
}

ak_status ak_memory_step(ak_span memory, const ak_memory_head *h, ak_memory_answer *out, ak_error *err)
{
	ak_memory_answer a = { .outcome = AK_MEMORY_FIRST };
	ak_json *m = NULL;
	ak_status st = memory.len == 0 ? start_memory(h, &m, err) : ak_memory_read(memory, &m, err);

	if (st != AK_OK)
		return st;
	if (memory.len == 0) {
		st = keep_head(m, h, true, NOWHERE, err);
		if (st == AK_OK)
			st = give(m, &a, err);
		a.kept = st == AK_OK;
	} else if (!ak_span_is(ak_json_get_text(m, "origin"), h->checkpoint->origin) ||
	           !ak_span_eq(ak_json_get_text(m, "genesis"), h->genesis_text)) {
		st = ak_fail(err, AK_WRONG_LEDGER, "memory.genesis", 0, "this memory is about another ledger");
	} else {
		st = step(m, h, &a, err);
	}
	ak_json_free(m);
	if (st != AK_OK)
		ak_memory_clear(&a);
	else
		*out = a;
	return st;
}
