/* SPDX-License-Identifier: Apache-2.0 */
/* What one commit changed.  Trees with the same id are not opened, so the cost is that of the change. */
#include "store/git_internal.h"

#include "base/fail.h"

#include <stdio.h>
#include <string.h>

enum { PATH_SIZE = 256 };

typedef struct differ {
	ak_git *g;
	ak_git_changes *c;
} differ;

/* A place in the records folder: which records it is for. */
typedef struct place {
	char path[PATH_SIZE];
	uint64_t base; /* first record that may lie here       */
	uint64_t unit; /* records each entry stands for; 1: files */
} place;

/* Names come from the repository, which may be anybody's: only plain ASCII goes into a report. */
static void join(const char *folder, ak_span name, char out[PATH_SIZE])
{
	size_t n = (size_t)snprintf(out, PATH_SIZE, "%s%s", folder, folder[0] == '\0' ? "" : "/");

	for (size_t i = 0; i < name.len && n < PATH_SIZE - 1; i++) {
		uint8_t b = name.data[i];

		out[n++] = (char)(b > 0x20 && b < 0x7f ? b : '?');
	}
	out[n < PATH_SIZE ? n : PATH_SIZE - 1] = '\0';
}

static void unexpected(differ *d, const char *folder, ak_span name)
{
	if (d->c->unexpected[0] == '\0')
		join(folder, name, d->c->unexpected);
}

/* Two trees entry by entry. */
typedef struct pair {
	ak_git_object old_object, new_object;
	bool had;
	ak_span old_rest, new_rest;
	ak_git_item old, now, last;
	bool has_old, has_now, has_last;
} pair;

static ak_status pair_open(differ *d, const git_oid *old, const git_oid *now, pair *p, ak_error *err)
{
	ak_status st = AK_OK;

	*p = (pair){ .had = old != NULL };
	if (old != NULL)
		st = ak_git_read(d->g, old, GIT_OBJECT_TREE, AK_GIT_TREE_MAX, "git.tree", &p->old_object, err);
	if (st == AK_OK)
		st = ak_git_read(d->g, now, GIT_OBJECT_TREE, AK_GIT_TREE_MAX, "git.tree", &p->new_object, err);
	if (st == AK_OK && p->had) {
		p->old_rest = p->old_object.bytes;
		st = ak_git_item_next(&p->old_rest, &p->old, &p->has_old, err);
	}
	if (st == AK_OK) {
		p->new_rest = p->new_object.bytes;
		st = ak_git_item_next(&p->new_rest, &p->now, &p->has_now, err);
	}
	return st;
}

static void pair_close(pair *p)
{
	ak_git_object_clear(&p->old_object);
	ak_git_object_clear(&p->new_object);
}

/* Which side the next name stands on: < 0 only the old, > 0 only the new, 0 both. */
static int pair_side(const pair *p)
{
	if (!p->has_now)
		return -1;
	return p->has_old ? ak_git_item_cmp(&p->old, &p->now) : 1;
}

static ak_status pair_step(pair *p, int side, ak_error *err)
{
	ak_status st = AK_OK;

	if (side <= 0)
		st = ak_git_item_next(&p->old_rest, &p->old, &p->has_old, err);
	if (st != AK_OK || side < 0)
		return st;
	p->last = p->now;
	st = ak_git_item_next(&p->new_rest, &p->now, &p->has_now, err);
	/* The same name twice, or out of order: one reader would see another tree than the next. */
	if (st == AK_OK && p->has_now && ak_git_item_cmp(&p->last, &p->now) >= 0)
		st = ak_fail(err, AK_BAD_FORMAT, "git.tree", 0, "a tree out of order, or with a name twice");
	return st;
}

static bool same(const pair *p)
{
	return p->old.mode == p->now.mode && git_oid_equal(&p->old.id, &p->now.id);
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* "67" in a folder of folders, "67.jsonl" in a folder of records. */
static bool parse_name(const ak_git_item *e, uint64_t unit, uint64_t *digits)
{
	ak_span n = e->name;

	if (n.len < 2 || !is_digit(n.data[0]) || !is_digit(n.data[1]))
		return false;
	*digits = (uint64_t)(n.data[0] - '0') * 10 + (uint64_t)(n.data[1] - '0');
	n = (ak_span){ n.data + 2, n.len - 2 };
	return unit == 1 ? ak_span_is(n, ".jsonl") && e->mode == AK_GIT_MODE_FILE
	                 : n.len == 0 && e->mode == AK_GIT_MODE_TREE;
}

static ak_status diff_records(differ *d, const git_oid *old, const git_oid *now, const place *at, ak_error *err);

/* An entry that is new, or another than before. */
static ak_status diff_entry(differ *d, const pair *p, bool had, const place *at, ak_error *err)
{
	uint64_t digits;
	place below;

	if (!parse_name(&p->now, at->unit, &digits)) {
		unexpected(d, at->path, p->now.name);
		return AK_OK;
	}
	below = (place){ .base = at->base + digits * at->unit, .unit = at->unit / 100 };
	if (at->unit == 1) {
		if (had || below.base != d->c->next)
			unexpected(d, at->path, p->now.name);
		else
			d->c->next++;
		return AK_OK;
	}
	if (had && p->old.mode != AK_GIT_MODE_TREE) {
		unexpected(d, at->path, p->now.name);
		return AK_OK;
	}
	join(at->path, p->now.name, below.path);
	return diff_records(d, had ? &p->old.id : NULL, &p->now.id, &below, err);
}

/* Recursion is five deep: at.unit falls to 1. */
static ak_status diff_records(differ *d, const git_oid *old, const git_oid *now, const place *at, ak_error *err)
{
	uint64_t before = d->c->next;
	pair p;
	ak_status st = pair_open(d, old, now, &p, err);

	while (st == AK_OK && (p.has_old || p.has_now)) {
		int side = pair_side(&p);

		if (side < 0)
			unexpected(d, at->path, p.old.name);
		else if (side > 0 || !same(&p))
			st = diff_entry(d, &p, side == 0, at, err);
		if (st == AK_OK)
			st = pair_step(&p, side, err);
	}
	/* An empty folder, or one written in another way, is not what seal writes. */
	if (st == AK_OK && d->c->next == before)
		unexpected(d, "", ak_span_str(at->path));
	pair_close(&p);
	return st;
}

/* Nothing here is said in README.md or trust, but a ledger that lacks what its trees name cannot be cloned. */
static ak_status read_paper(differ *d, const ak_git_item *e, ak_error *err)
{
	ak_git_object o = { 0 };
	ak_status st = ak_git_read(d->g, &e->id, GIT_OBJECT_BLOB, AK_GIT_PAPER_MAX, "git.file", &o, err);

	ak_git_object_clear(&o);
	if (st == AK_OK)
		d->c->papers = true;
	return st;
}

static ak_status diff_top(differ *d, const pair *p, bool had, ak_error *err)
{
	static const place records = { "records", 0, UINT64_C(100000000) };
	const ak_git_item *e = &p->now;

	if (had && p->old.mode != e->mode) {
		unexpected(d, "", e->name);
		return AK_OK;
	}
	if (e->mode == AK_GIT_MODE_TREE && ak_span_is(e->name, "records"))
		return diff_records(d, had ? &p->old.id : NULL, &e->id, &records, err);
	if (e->mode == AK_GIT_MODE_FILE && ak_span_is(e->name, "checkpoint"))
		d->c->checkpoint = true;
	else if (e->mode == AK_GIT_MODE_FILE && (ak_span_is(e->name, "README.md") || ak_span_is(e->name, "trust")))
		return read_paper(d, e, err);
	else
		unexpected(d, "", e->name);
	return AK_OK;
}

ak_status ak_git_diff(ak_git *g, const git_oid *parent, const git_oid *tree, ak_git_changes *c, ak_error *err)
{
	differ d = { g, c };
	pair p;
	ak_status st = pair_open(&d, parent, tree, &p, err);

	while (st == AK_OK && (p.has_old || p.has_now)) {
		int side = pair_side(&p);

		if (side < 0)
			unexpected(&d, "", p.old.name);
		else if (side > 0 || !same(&p))
			st = diff_top(&d, &p, side == 0, err);
		if (st == AK_OK)
			st = pair_step(&p, side, err);
	}
	pair_close(&p);
	return st;
}
