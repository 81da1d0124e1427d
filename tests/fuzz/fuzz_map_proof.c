/* SPDX-License-Identifier: Apache-2.0 */
/* Property: for one key and one root, ak_map_check never accepts both a proof of presence and a
 * proof of absence; for the root of a real map it accepts only what is true of that map.
 *
 * The input is read as a small program: which keys are in the map, which key is asked, and how
 * the honest proof (or an invented one, with the root it folds to) is bent. */
#include "chain/map.h"

#include "base/text.h"
#include "crypto/hash.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS = 16, SIBLINGS = 300 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned take(ak_span *in)
{
	unsigned v = 0;

	if (in->len == 0)
		return 0;
	v = in->data[0];
	in->data++;
	in->len--;
	return v;
}

/* A digest from one byte, and sometimes its own bytes; 0 gives zeros. */
static ak_digest take_digest(ak_span *in)
{
	unsigned how = take(in);
	ak_digest d = { { 0 } };

	if (how == 255) {
		for (size_t i = 0; i < sizeof(d.b); i++)
			d.b[i] = (uint8_t)take(in);
	} else {
		memset(d.b, (int)how, sizeof(d.b));
	}
	return d;
}

/* A key that is, or leaves at some bit, one of those known. */
static ak_digest take_key(ak_span *in, const ak_digest *known, size_t n)
{
	unsigned which = take(in), bit = take(in);
	ak_digest key = n == 0 ? take_digest(in) : known[which % n];

	if (which >= 128)
		key.b[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
	return key;
}

static ak_map_entry take_entry(ak_span *in)
{
	ak_map_entry e = { .count = take(in) };

	e.chain = take_digest(in);
	return e;
}

static ak_map_kind take_kind(ak_span *in)
{
	return (ak_map_kind)(take(in) % 4);
}

/* One change to a proof whose sibling array has room for SIBLINGS. */
static void bend(ak_span *in, ak_map_proof *p, const ak_digest *key, const ak_digest *known,
                 size_t n)
{
	unsigned at;

	switch (take(in) % 8) {
	case 0:
		p->kind = take_kind(in);
		break;
	case 1:
		p->entry = take_entry(in);
		break;
	case 2:
		p->other_key = take_key(in, known, n);
		break;
	case 3:
		p->other_key = *key;
		break;
	case 4:
		p->n = (take(in) + 256 * (take(in) % 2)) % SIBLINGS;
		break;
	case 5:
		at = take(in);
		p->sibling[at] = take_digest(in);
		break;
	case 6:
		at = take(in);
		p->sibling[at].b[take(in) % 32] ^= (uint8_t)(1 << take(in) % 8);
		break;
	default: /* move up or down a level */
		if (take(in) % 2 == 0 && p->n > 0) {
			memmove(p->sibling, p->sibling + 1, (p->n - 1) * sizeof(*p->sibling));
			p->n--;
		} else if (p->n + 1 < SIBLINGS) {
			memmove(p->sibling + 1, p->sibling, p->n * sizeof(*p->sibling));
			p->sibling[0] = take_digest(in);
			p->n++;
		}
	}
}

/* The root that an invented proof leads to. */
static ak_digest fold(const ak_digest *key, const ak_map_proof *p)
{
	ak_digest h = { { 0 } };

	if (p->kind != AK_MAP_ABSENT_EMPTY)
		ak_map_leaf(p->kind == AK_MAP_PRESENT ? key : &p->other_key, &p->entry, &h);
	for (size_t i = 0; i < p->n && i < AK_MAP_DEPTH_MAX; i++) {
		size_t d = p->n - 1 - i;
		bool right = d < AK_MAP_DEPTH_MAX && (key->b[d / 8] >> (7 - d % 8) & 1) != 0;
		const ak_digest *a = right ? &p->sibling[i] : &h, *b = right ? &h : &p->sibling[i];

		ak_sha256_tagged(AK_TAG_MAP_NODE, (ak_span){ a->b, 32 }, (ak_span){ b->b, 32 }, &h);
	}
	return h;
}

typedef struct scene {
	ak_digest known[KEYS];
	size_t n;
	ak_digest key, root;
	bool real;            /* root is that of a map with these keys */
	bool present;         /* real: what is true */
	ak_map_entry entry;   /* real and present   */
	ak_digest sibling[SIBLINGS];
	ak_map_proof p; /* sibling points into the scene */
} scene;

static void set_real(ak_span *in, scene *s)
{
	ak_map_proof p = { 0 };
	ak_map *m = NULL;

	s->real = true;
	if (ak_map_open(NULL, NULL, &m, NULL) != AK_OK)
		abort();
	for (size_t n = take(in) % (KEYS + 1); n > 0; n--) {
		ak_map_entry e = { 0 };

		s->known[s->n] = take_key(in, s->known, s->n);
		e = take_entry(in);
		e.count++;
		if (ak_map_put(m, &s->known[s->n++], &e, NULL) != AK_OK)
			abort();
	}
	s->key = take_key(in, s->known, s->n);
	ak_map_root(m, &s->root);
	if (ak_map_get(m, &s->key, &s->entry, &s->present, NULL) != AK_OK ||
	    ak_map_prove(m, &s->key, &p, NULL) != AK_OK ||
	    ak_map_check(&s->key, &p, &s->root, NULL) != AK_OK ||
	    (p.kind == AK_MAP_PRESENT) != s->present)
		abort();
	s->p = p;
	s->p.sibling = s->sibling;
	if (p.n > 0)
		memcpy(s->sibling, p.sibling, p.n * sizeof(*p.sibling));
	ak_map_proof_clear(&p);
	ak_map_free(&m);
}

static void set_invented(ak_span *in, scene *s)
{
	s->key = take_digest(in);
	s->known[s->n++] = s->key;
	s->p.sibling = s->sibling;
	s->p.kind = take_kind(in);
	s->p.entry = take_entry(in);
	s->p.other_key = take_key(in, s->known, s->n);
	s->p.n = take(in);
	for (size_t i = 0; i < s->p.n; i++)
		s->sibling[i] = take_digest(in);
	s->root = fold(&s->key, &s->p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ak_span in = { data, size };
	bool yes = false, no = false;
	scene s;

	memset(&s, 0, sizeof(s));
	if (take(&in) % 2 == 0)
		set_real(&in, &s);
	else
		set_invented(&in, &s);
	for (;;) {
		if (ak_map_check(&s.key, &s.p, &s.root, NULL) == AK_OK) {
			bool present = s.p.kind == AK_MAP_PRESENT;

			yes = yes || present;
			no = no || !present;
			if (s.real && present != s.present)
				abort();
			if (s.real && present && (s.p.entry.count != s.entry.count ||
			                          !ak_digest_eq(&s.p.entry.chain, &s.entry.chain)))
				abort();
		}
		if (yes && no)
			abort();
		if (in.len == 0)
			return 0;
		bend(&in, &s.p, &s.key, s.known, s.n);
	}
}
