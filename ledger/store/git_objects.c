/* SPDX-License-Identifier: Apache-2.0 */
#include "store/git_internal.h"

#include "base/fail.h"
#include "base/text.h"
#include "store/durable.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static ak_status too_long(ak_error *err, const git_oid *id, const char *where, size_t max)
{
	char hex[GIT_OID_HEXSZ + 1];

	return ak_fail(err, AK_LIMIT, where, max, "object %s is over %zu bytes", git_oid_tostr(hex, sizeof(hex), id), max);
}

static ak_status wrong(ak_error *err, const git_oid *id, const char *where, const char *why)
{
	char hex[GIT_OID_HEXSZ + 1];

	return ak_fail(err, AK_BAD_FORMAT, where, 0, "object %s %s",
	               git_oid_tostr(hex, sizeof(hex), id), why);
}

void ak_git_object_clear(ak_git_object *o)
{
	git_odb_object_free(o->packed);
	ak_buf_clear(&o->loose);
	*o = (ak_git_object){ 0 };
}

/* "<type> <length>" and a NUL, then as many bytes. */
static bool split_loose(ak_git_object *o, git_object_t type)
{
	ak_span all = ak_buf_span(&o->loose), head, length;
	const char *name = git_object_type2string(type);
	const uint8_t *nul = all.len == 0 ? NULL : memchr(all.data, 0, all.len);
	uint64_t n;

	if (nul == NULL)
		return false;
	head = (ak_span){ all.data, (size_t)(nul - all.data) };
	o->bytes = (ak_span){ nul + 1, all.len - head.len - 1 };
	if (!ak_span_starts(head, name) || head.len < strlen(name) + 2 || head.data[strlen(name)] != ' ')
		return false;
	length = (ak_span){ head.data + strlen(name) + 1, head.len - strlen(name) - 1 };
	return ak_decimal_parse(length, &n) && n == o->bytes.len;
}

/* The bytes of the file, as they lie there.  AK_NOT_FOUND: no loose object of that name. */
static ak_status read_loose_file(const ak_git *g, const git_oid *id, size_t max, ak_buf *out, ak_error *err)
{
	char name[GIT_OID_HEXSZ + 2], path[4096];
	int n;

	git_oid_pathfmt(name, id);
	name[GIT_OID_HEXSZ + 1] = '\0';
	n = snprintf(path, sizeof(path), "%sobjects/%s", g->dir, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return ak_fail(err, AK_LIMIT, "git.objects", 0, "the path is too long");
	return ak_durable_read(path, max, out, err);
}

static ak_status read_loose(const ak_git *g, const git_oid *id, git_object_t type, size_t max, const char *where,
                            ak_git_object *o, ak_error *err)
{
	/* Ahead of the object its header; ahead of the stream what blocks that do not compress need. */
	size_t room = max + 64;
	git_oid have;
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, room + room / 256 + 64);
	ak_buf_init(&o->loose, room);
	st = read_loose_file(g, id, file.max, &file, err);
	if (st == AK_OK)
		st = ak_git_inflate(ak_buf_span(&file), &o->loose, err);
	ak_buf_clear(&file);
	if (st == AK_BAD_FORMAT) /* says what is wrong with the file, not with whose it is */
		return wrong(err, id, where, "is cut short, or is not a zlib stream");
	if (st == AK_LIMIT)
		return too_long(err, id, where, max);
	if (st != AK_OK)
		return st;
	if (o->loose.len > max && split_loose(o, type) && o->bytes.len > max)
		return too_long(err, id, where, max);
	if (!split_loose(o, type))
		return wrong(err, id, where, "is not of the expected type and length");
	if (git_odb_hash(&have, o->bytes.data, o->bytes.len, type) != 0)
		return ak_git_fail(err, GIT_ERROR, where, "cannot hash");
	if (!git_oid_equal(&have, id))
		return wrong(err, id, where, "has other bytes than its name says");
	return AK_OK;
}

static ak_status read_packed(ak_git *g, const git_oid *id, git_object_t type, size_t max, const char *where,
                             ak_git_object *o, ak_error *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_object_t found;
	size_t len;
	int rc = git_odb_read_header(&len, &found, g->odb, id);

	git_oid_tostr(hex, sizeof(hex), id);
	if (rc < 0)
		return ak_git_fail(err, rc, where, hex);
	if (found != type)
		return wrong(err, id, where, "is not of the expected type and length");
	/* Asked before it is read: a small packed object may inflate to gigabytes. */
	if (len > max)
		return too_long(err, id, where, max);
	rc = git_odb_read(&o->packed, g->odb, id);
	if (rc < 0)
		return ak_git_fail(err, rc, where, hex);
	o->bytes = (ak_span){ git_odb_object_data(o->packed), git_odb_object_size(o->packed) };
	if (git_odb_object_type(o->packed) != type || o->bytes.len != len)
		return wrong(err, id, where, "is not of the expected type and length");
	return AK_OK;
}

ak_status ak_git_read(ak_git *g, const git_oid *id, git_object_t type, size_t max, const char *where,
                      ak_git_object *out, ak_error *err)
{
	ak_git_object o = { 0 };
	ak_error why = { 0 };
	ak_status st = read_loose(g, id, type, max, where, &o, &why);

	if (st == AK_NOT_FOUND) {
		ak_git_object_clear(&o);
		st = read_packed(g, id, type, max, where, &o, &why);
	}
	if (st != AK_OK) {
		ak_git_object_clear(&o);
		if (err != NULL)
			*err = why;
		return st;
	}
	*out = o;
	return AK_OK;
}

/* One entry: octal mode without leading zeros, a space, the name, a NUL, twenty bytes. */
ak_status ak_git_item_next(ak_span *rest, ak_git_item *out, bool *more, ak_error *err)
{
	const uint8_t *nul;
	ak_git_item e = { 0 };
	size_t i = 0;

	if (rest->len == 0) {
		*more = false;
		return AK_OK;
	}
	for (; i < rest->len && i < 6 && rest->data[i] >= '0' && rest->data[i] <= '7'; i++)
		e.mode = e.mode << 3 | (uint32_t)(rest->data[i] - '0');
	if (i == 0 || rest->data[0] == '0' || i >= rest->len || rest->data[i] != ' ')
		return ak_fail(err, AK_BAD_FORMAT, "git.tree", 0, "malformed mode in a tree");
	e.name = (ak_span){ rest->data + i + 1, rest->len - i - 1 };
	nul = e.name.len == 0 ? NULL : memchr(e.name.data, 0, e.name.len);
	if (nul == NULL || nul == e.name.data || e.name.len - (size_t)(nul - e.name.data) < 1 + GIT_OID_RAWSZ)
		return ak_fail(err, AK_BAD_FORMAT, "git.tree", 0, "malformed entry in a tree");
	e.name.len = (size_t)(nul - e.name.data);
	if (memchr(e.name.data, '/', e.name.len) != NULL)
		return ak_fail(err, AK_BAD_FORMAT, "git.tree", 0, "a name with a slash in a tree");
	memcpy(e.id.id, nul + 1, GIT_OID_RAWSZ);
	i = (size_t)(nul + 1 + GIT_OID_RAWSZ - rest->data);
	*rest = (ak_span){ rest->data + i, rest->len - i };
	*out = e;
	*more = true;
	return AK_OK;
}

ak_status ak_git_item_find(ak_span tree, ak_span name, ak_git_item *out, bool *found, ak_error *err)
{
	ak_git_item e;
	bool more;

	for (;;) {
		ak_status st = ak_git_item_next(&tree, &e, &more, err);

		if (st != AK_OK)
			return st;
		if (!more || ak_span_eq(e.name, name)) {
			*found = more;
			if (more)
				*out = e;
			return AK_OK;
		}
	}
}

static int byte_at(const ak_git_item *e, size_t i)
{
	if (i < e->name.len)
		return e->name.data[i];
	return e->mode == AK_GIT_MODE_TREE && i == e->name.len ? '/' : 0;
}

int ak_git_item_cmp(const ak_git_item *a, const ak_git_item *b)
{
	size_t n = a->name.len < b->name.len ? a->name.len : b->name.len;
	int c = memcmp(a->name.data, b->name.data, n);

	return c != 0 ? c : byte_at(a, n) - byte_at(b, n);
}

ak_status ak_git_parse_id(const char *hex, git_oid *out, ak_error *err)
{
	if (strlen(hex) != GIT_OID_HEXSZ || git_oid_fromstr(out, hex) != 0)
		return ak_fail(err, AK_INVALID_ARGUMENT, "head.id", 0, "not a commit id: %s", hex);
	return AK_OK;
}

ak_status ak_git_commit_tree(ak_git *g, const char *commit, git_oid *tree, ak_error *err)
{
	ak_git_object o = { 0 };
	char hex[GIT_OID_HEXSZ + 1];
	git_oid id;
	ak_span b;
	ak_status st = ak_git_parse_id(commit, &id, err);

	if (st == AK_OK)
		st = ak_git_read(g, &id, GIT_OBJECT_COMMIT, AK_GIT_COMMIT_MAX, "git.commit", &o, err);
	if (st != AK_OK)
		return st;
	b = o.bytes;
	if (!ak_span_starts(b, "tree ") || b.len < 6 + GIT_OID_HEXSZ || b.data[5 + GIT_OID_HEXSZ] != '\n') {
		st = wrong(err, &id, "git.commit", "does not begin with its tree");
	} else {
		memcpy(hex, b.data + 5, GIT_OID_HEXSZ);
		hex[GIT_OID_HEXSZ] = '\0';
		if (git_oid_fromstr(tree, hex) != 0)
			st = wrong(err, &id, "git.commit", "does not begin with its tree");
	}
	ak_git_object_clear(&o);
	return st;
}

static ak_status add_blob(ak_git *g, const ak_git_item *e, const char *where, size_t max, ak_buf *out,
                          ak_error *err)
{
	ak_git_object o = { 0 };
	ak_status st;

	if (e->mode != AK_GIT_MODE_FILE)
		return wrong(err, &e->id, where, "is not a plain file (mode 100644)");
	st = ak_git_read(g, &e->id, GIT_OBJECT_BLOB, max, where, &o, err);
	if (st != AK_OK)
		return st;
	st = ak_buf_add_span(out, o.bytes, err);
	ak_git_object_clear(&o);
	return st;
}

ak_status ak_git_top_file(ak_git *g, const git_oid *root, const char *name, size_t max, ak_buf *out,
                          bool *found, ak_error *err)
{
	ak_git_object o = { 0 };
	ak_git_item e = { 0 };
	bool have = false;
	ak_status st = ak_git_read(g, root, GIT_OBJECT_TREE, AK_GIT_TREE_MAX, "git.tree", &o, err);

	if (st == AK_OK)
		st = ak_git_item_find(o.bytes, ak_span_str(name), &e, &have, err);
	if (st == AK_OK && have)
		st = add_blob(g, &e, "git.file", max, out, err);
	ak_git_object_clear(&o);
	if (st == AK_OK)
		*found = have;
	return st;
}

void ak_git_path_clear(ak_git_path *p)
{
	for (size_t i = 0; i < AK_GIT_LEVELS; i++)
		ak_git_object_clear(&p->tree[i]);
	*p = (ak_git_path){ .leaf = UINT64_MAX };
}

/* Make tree[level] the tree `id`, reading it only when it is another than before. */
static ak_status hold(ak_git *g, size_t level, const git_oid *id, ak_error *err)
{
	ak_git_path *p = &g->path;
	ak_git_object o = { 0 };
	ak_status st;

	if (p->held[level] && git_oid_equal(&p->id[level], id))
		return AK_OK;
	st = ak_git_read(g, id, GIT_OBJECT_TREE, AK_GIT_TREE_MAX, "git.tree", &o, err);
	if (st != AK_OK)
		return st;
	ak_git_object_clear(&p->tree[level]);
	p->tree[level] = o;
	p->held[level] = true;
	p->id[level] = *id;
	return AK_OK;
}

/* Walk to the folder of `seq`, leaving it in tree[5]; *found = false when there is none. */
static ak_status open_leaf(ak_git *g, uint64_t seq, bool *found, ak_error *err)
{
	ak_git_path *p = &g->path;
	uint64_t unit = UINT64_C(100000000);
	char name[8] = "records";
	ak_status st = hold(g, 0, &p->root, err);

	p->leaf = UINT64_MAX;
	for (size_t level = 1; st == AK_OK && level < AK_GIT_LEVELS; level++) {
		ak_git_item e = { 0 };

		st = ak_git_item_find(p->tree[level - 1].bytes, ak_span_str(name), &e, found, err);
		if (st == AK_OK && !*found)
			return AK_OK;
		if (st == AK_OK && e.mode != AK_GIT_MODE_TREE)
			st = ak_fail(err, AK_BAD_FORMAT, "git.tree", seq, "%s is not a folder", name);
		if (st == AK_OK)
			st = hold(g, level, &e.id, err);
		(void)snprintf(name, sizeof(name), "%02u", (unsigned)(seq / unit % 100));
		unit /= 100;
	}
	if (st == AK_OK)
		p->leaf = seq / 100;
	return st;
}

static ak_status find_record(ak_git *g, const char *commit, uint64_t seq, ak_git_item *e, bool *found,
                             ak_error *err)
{
	ak_git_path *p = &g->path;
	char name[16];
	ak_status st;

	*found = false;
	if (commit[0] == '\0' || seq >= UINT64_C(10000000000))
		return AK_OK;
	if (strcmp(p->commit, commit) != 0) {
		git_oid root;

		st = ak_git_commit_tree(g, commit, &root, err);
		if (st != AK_OK)
			return st;
		p->root = root;
		p->leaf = UINT64_MAX;
		(void)snprintf(p->commit, sizeof(p->commit), "%s", commit);
	}
	if (p->leaf != seq / 100) {
		st = open_leaf(g, seq, found, err);
		if (st != AK_OK || !*found)
			return st;
	}
	(void)snprintf(name, sizeof(name), "%02u.jsonl", (unsigned)(seq % 100));
	return ak_git_item_find(p->tree[AK_GIT_LEVELS - 1].bytes, ak_span_str(name), e, found, err);
}

ak_status ak_git_has_record(ak_git *g, const char *commit, uint64_t seq, bool *found, ak_error *err)
{
	ak_git_item e = { 0 };
	bool have;
	ak_status st = find_record(g, commit, seq, &e, &have, err);

	if (st == AK_OK)
		*found = have;
	return st;
}

ak_status ak_git_record(ak_git *g, const char *commit, uint64_t seq, ak_buf *out, ak_error *err)
{
	ak_git_item e = { 0 };
	bool found;
	ak_status st = find_record(g, commit, seq, &e, &found, err);

	if (st != AK_OK)
		return st;
	if (!found)
		return ak_fail(err, AK_NOT_FOUND, "record", seq, "the ledger has no record %" PRIu64, seq);
	return add_blob(g, &e, "git.record", AK_RECORD_MAX, out, err);
}

ak_status ak_git_each_record(ak_git *g, const ak_head *at, uint64_t first, uint64_t end,
                             ak_git_record_fn *fn, void *ctx, ak_error *err)
{
	ak_status st = AK_OK;
	ak_buf b;

	ak_buf_init(&b, AK_RECORD_MAX);
	for (uint64_t seq = first; st == AK_OK && seq < end; seq++) {
		b.len = 0;
		st = ak_git_record(g, at->id, seq, &b, err);
		if (st == AK_OK)
			st = fn(ctx, seq, ak_buf_span(&b), err);
	}
	ak_buf_clear(&b);
	return st;
}
