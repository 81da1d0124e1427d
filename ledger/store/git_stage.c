/* SPDX-License-Identifier: Apache-2.0 */
#include "store/git_internal.h"

#include "base/fail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct staging {
	ak_git *g;
	const ak_change *change;
	ak_git_pending pending; /* what carries no signature of the head */
	ak_git_pending sealed;  /* the checkpoint, then the commit       */
} staging;

/* -- one tree -- */

static ak_status add_item(ak_buf *out, const ak_git_item *e, ak_error *err)
{
	ak_status st = ak_buf_addf(out, err, "%o ", e->mode);

	if (st == AK_OK)
		st = ak_buf_add_span(out, e->name, err);
	if (st == AK_OK)
		st = ak_buf_add_byte(out, 0, err);
	return st == AK_OK ? ak_buf_add(out, e->id.id, GIT_OID_RAWSZ, err) : st;
}

static ak_status wrong_mode(const ak_git_item *e, uint32_t want, ak_error *err)
{
	char expected[16], found[16];

	(void)ak_fail(err, AK_BAD_FORMAT, "git.tree", 0, "%.*s has the wrong mode", (int)e->name.len, (const char *)e->name.data);
	(void)snprintf(expected, sizeof(expected), "%o", (unsigned)want);
	(void)snprintf(found, sizeof(found), "%o", (unsigned)e->mode);
	return ak_fail_values(err, AK_BAD_FORMAT, expected, found);
}

/* The old tree with `put` (ascending) added, or in the place of the entries of their names. */
static ak_status merge_tree(ak_span old, const ak_git_item *put, size_t n, ak_buf *out, ak_error *err)
{
	ak_git_item e = { 0 };
	size_t i = 0;
	bool more;
	ak_status st = ak_git_item_next(&old, &e, &more, err);

	while (st == AK_OK && (more || i < n)) {
		int c = !more ? 1 : i == n ? -1 : ak_git_item_cmp(&e, &put[i]);

		if (more && i < n && ak_span_eq(e.name, put[i].name) && e.mode != put[i].mode)
			return wrong_mode(&e, put[i].mode, err);
		if (c < 0) {
			st = add_item(out, &e, err);
		} else {
			st = add_item(out, &put[i], err);
			i++;
		}
		if (st == AK_OK && c <= 0)
			st = ak_git_item_next(&old, &e, &more, err);
	}
	return st;
}

/* What a tree was before: empty when there was none. */
static ak_status read_old(staging *s, const git_oid *old, ak_git_object *out, ak_error *err)
{
	return old == NULL ? AK_OK
	                   : ak_git_read(s->g, old, GIT_OBJECT_TREE, AK_GIT_TREE_MAX, "git.tree", out, err);
}

static ak_status write_tree(staging *s, ak_span old, const ak_git_item *put, size_t n, git_oid *id, ak_error *err)
{
	ak_status st;
	ak_buf b;

	ak_buf_init(&b, AK_GIT_TREE_MAX);
	st = merge_tree(old, put, n, &b, err);
	if (st == AK_OK)
		st = ak_git_pending_take(&s->pending, GIT_OBJECT_TREE, &b, id, err);
	ak_buf_clear(&b);
	return st;
}

/* The subtree of that name, or *has = false. */
static ak_status old_child(ak_span old, const char *name, git_oid *id, bool *has, ak_error *err)
{
	ak_git_item e = { 0 };
	ak_status st = ak_git_item_find(old, ak_span_str(name), &e, has, err);

	if (st == AK_OK && *has && e.mode != AK_GIT_MODE_TREE)
		st = ak_fail(err, AK_BAD_FORMAT, "git.tree", 0, "%s is not a folder", name);
	*id = e.id;
	return st;
}

/* -- the records -- */

typedef struct names {
	char text[100][16];
	ak_git_item item[100];
	size_t n;
} names;

static ak_git_item *next_name(names *l, uint32_t mode, const char *fmt_suffix, uint64_t digit)
{
	ak_git_item *e = &l->item[l->n];

	(void)snprintf(l->text[l->n], sizeof(l->text[0]), "%02u%s", (unsigned)digit, fmt_suffix);
	*e = (ak_git_item){ .mode = mode, .name = ak_span_str(l->text[l->n]) };
	l->n++;
	return e;
}

static ak_status put_leaf(staging *s, ak_span old, uint64_t first, uint64_t end, git_oid *id, ak_error *err)
{
	names l = { .n = 0 };

	for (uint64_t seq = first; seq < end; seq++) {
		ak_git_item *e = next_name(&l, AK_GIT_MODE_FILE, ".jsonl", seq % 100);
		ak_status st = ak_git_pending_add(&s->pending, GIT_OBJECT_BLOB,
		                                  s->change->records[seq - s->change->first_seq], &e->id, err);

		if (st != AK_OK)
			return st;
	}
	return write_tree(s, old, l.item, l.n, id, err);
}

static ak_status put_records(staging *s, const git_oid *old, uint64_t unit, uint64_t first, uint64_t end,
                             git_oid *id, ak_error *err);

static ak_status put_folders(staging *s, ak_span old, uint64_t unit, uint64_t first, uint64_t end, git_oid *id,
                             ak_error *err)
{
	names l = { .n = 0 };

	for (uint64_t at = first; at < end;) {
		uint64_t stop = at - at % unit + unit < end ? at - at % unit + unit : end;
		ak_git_item *e = next_name(&l, AK_GIT_MODE_TREE, "", at / unit % 100);
		git_oid child;
		bool has = false;
		ak_status st = old_child(old, (const char *)e->name.data, &child, &has, err);

		if (st == AK_OK)
			st = put_records(s, has ? &child : NULL, unit / 100, at, stop, &e->id, err);
		if (st != AK_OK)
			return st;
		at = stop;
	}
	return write_tree(s, old, l.item, l.n, id, err);
}

/* The tree that holds records first .. end-1, of which each child holds `unit`.  Only trees on the way to
 * a new record are read or written, so the cost is that of the change and not of the ledger.
 * Recursion is five deep. */
static ak_status put_records(staging *s, const git_oid *old, uint64_t unit, uint64_t first, uint64_t end,
                             git_oid *id, ak_error *err)
{
	ak_git_object o = { 0 };
	ak_status st = read_old(s, old, &o, err);

	if (st == AK_OK)
		st = unit == 1 ? put_leaf(s, o.bytes, first, end, id, err)
		               : put_folders(s, o.bytes, unit, first, end, id, err);
	ak_git_object_clear(&o);
	return st;
}

static ak_status put_records_folder(staging *s, ak_span root, git_oid *id, ak_error *err)
{
	const ak_change *c = s->change;
	git_oid child;
	bool has = false;
	ak_status st = old_child(root, "records", &child, &has, err);

	return st == AK_OK ? put_records(s, has ? &child : NULL, UINT64_C(100000000), c->first_seq,
	                                 c->first_seq + c->n_records, id, err)
	                   : st;
}

static ak_status put_root(staging *s, const git_oid *old, git_oid *id, ak_error *err)
{
	const ak_change *c = s->change;
	const struct {
		const char *name;
		ak_span bytes;
	} files[] = { { "README.md", c->readme }, { "checkpoint", c->checkpoint }, { "records", { 0 } },
		      { "trust", c->trust } };
	ak_git_object o = { 0 };
	ak_git_item put[4];
	ak_status st = read_old(s, old, &o, err);
	size_t n = 0;

	for (size_t i = 0; st == AK_OK && i < 4; i++) {
		ak_git_item *e = &put[n];
		bool records = i == 2;
		ak_git_pending *to = i == 1 ? &s->sealed : &s->pending;

		if (records ? c->n_records == 0 : files[i].bytes.len == 0)
			continue;
		*e = (ak_git_item){ .mode = records ? AK_GIT_MODE_TREE : AK_GIT_MODE_FILE,
			            .name = ak_span_str(files[i].name) };
		st = records ? put_records_folder(s, o.bytes, &e->id, err)
		             : ak_git_pending_add(to, GIT_OBJECT_BLOB, files[i].bytes, &e->id, err);
		n++;
	}
	if (st == AK_OK)
		st = write_tree(s, o.bytes, put, n, id, err);
	ak_git_object_clear(&o);
	return st;
}

/* -- the commit -- */

static ak_status add_headers(const ak_change *c, const char *tree, const char *parent, ak_buf *b, ak_error *err)
{
	ak_status st = ak_buf_addf(b, err, "tree %s\n", tree);

	if (st == AK_OK && parent[0] != '\0')
		st = ak_buf_addf(b, err, "parent %s\n", parent);
	if (st == AK_OK)
		st = ak_buf_addf(b, err, "author %s <%s> %" PRId64 " +0000\n", c->name, c->email, c->time);
	if (st == AK_OK)
		st = ak_buf_addf(b, err, "committer %s <%s> %" PRId64 " +0000\n", c->name, c->email, c->time);
	return st;
}

/* "gpgsig " and the armor, each further line indented by one space. */
static ak_status add_signature(ak_span armor, ak_buf *b, ak_error *err)
{
	ak_status st = ak_buf_add_str(b, "gpgsig ", err);

	for (size_t i = 0; st == AK_OK && i < armor.len; i++) {
		st = ak_buf_add_byte(b, armor.data[i], err);
		if (st == AK_OK && armor.data[i] == '\n')
			st = ak_buf_add_byte(b, ' ', err);
	}
	return st == AK_OK ? ak_buf_add_byte(b, '\n', err) : st;
}

ak_status ak_git_commit_format(const ak_change *c, const char *tree, const char *parent, ak_span armor, ak_buf *out, ak_error *err)
{
	ak_status st = add_headers(c, tree, parent, out, err);

	if (st == AK_OK && armor.len != 0)
		st = add_signature(armor, out, err);
	if (st == AK_OK)
		st = ak_buf_add_byte(out, '\n', err);
	return st == AK_OK ? ak_buf_add_str(out, c->message, err) : st;
}

static ak_status put_commit(staging *s, const git_oid *tree, const char *parent, git_oid *id, ak_error *err)
{
	const ak_change *c = s->change;
	char hex[GIT_OID_HEXSZ + 1];
	ak_buf plain, armor, commit;
	ak_status st;

	ak_buf_init(&plain, AK_GIT_COMMIT_MAX);
	ak_buf_init(&armor, AK_GIT_COMMIT_MAX);
	ak_buf_init(&commit, AK_GIT_COMMIT_MAX);
	git_oid_tostr(hex, sizeof(hex), tree);
	st = ak_git_commit_format(c, hex, parent, (ak_span){ 0 }, &plain, err);
	if (st == AK_OK)
		st = c->signer.sign(c->signer.ctx, ak_buf_span(&plain), &armor, err);
	if (st == AK_OK && (armor.len == 0 || armor.data[armor.len - 1] == '\n'))
		st = ak_fail(err, AK_INVALID_ARGUMENT, "change.signer", 0, "empty, or ends in a newline");
	if (st == AK_OK)
		st = ak_git_commit_format(c, hex, parent, ak_buf_span(&armor), &commit, err);
	if (st == AK_OK)
		st = ak_git_pending_take(&s->sealed, GIT_OBJECT_COMMIT, &commit, id, err);
	ak_buf_clear(&plain);
	ak_buf_clear(&armor);
	ak_buf_clear(&commit);
	return st;
}

/* -- checking what we were handed -- */

/* git drops some characters from names when it writes a commit; we would rather refuse them. */
static ak_status check_person(const ak_change *c, ak_error *err)
{
	git_signature *p = NULL;
	bool same = false;

	if (c->name != NULL && c->email != NULL && git_signature_new(&p, c->name, c->email, c->time, 0) == 0)
		same = strcmp(p->name, c->name) == 0 && strcmp(p->email, c->email) == 0 &&
		       strpbrk(c->name, "\n\r<>") == NULL && strpbrk(c->email, "\n\r<> ") == NULL;
	git_signature_free(p);
	git_error_clear();
	if (!same)
		return ak_fail(err, AK_INVALID_ARGUMENT, "change.name", 0,
		               "name or address cannot stand in a commit");
	return AK_OK;
}

static ak_status check_change(const ak_change *c, ak_error *err)
{
	size_t n = c->message == NULL ? 0 : strlen(c->message);

	if (c->checkpoint.len == 0 || c->checkpoint.len > AK_CHECKPOINT_MAX)
		return ak_fail(err, c->checkpoint.len == 0 ? AK_INVALID_ARGUMENT : AK_LIMIT, "change.checkpoint",
		               c->checkpoint.len, "empty, or over %d bytes", (int)AK_CHECKPOINT_MAX);
	if (c->readme.len > AK_GIT_PAPER_MAX || c->trust.len > AK_GIT_PAPER_MAX)
		return ak_fail(err, AK_LIMIT, "change.readme", 0, "README.md or trust is over %d bytes", (int)AK_GIT_PAPER_MAX);
	for (size_t i = 0; i < c->n_records; i++) {
		if (c->records[i].len > AK_RECORD_MAX)
			return ak_fail(err, AK_LIMIT, "record", c->first_seq + i, "over %d bytes",
			               (int)AK_RECORD_MAX);
	}
	if (c->first_seq > UINT64_C(10000000000) || c->n_records > UINT64_C(10000000000) - c->first_seq)
		return ak_fail(err, AK_LIMIT, "change.first_seq", c->first_seq, "ten digits are all there is");
	if (n == 0 || c->message[n - 1] != '\n')
		return ak_fail(err, AK_INVALID_ARGUMENT, "change.message", 0, "must end in a newline");
	if (c->time < 0)
		return ak_fail(err, AK_INVALID_ARGUMENT, "change.time", 0, "before 1970");
	if (c->signer.sign == NULL)
		return ak_fail(err, AK_INVALID_ARGUMENT, "change.signer", 0, "a commit needs a signer");
	return check_person(c, err);
}

/* Records follow each other and are never replaced (S3). */
static ak_status check_place(ak_git *g, const char *was, const ak_change *c, ak_error *err)
{
	bool before = true, after = false;
	ak_status st = AK_OK;

	if (c->first_seq != 0)
		st = ak_git_has_record(g, was, c->first_seq - 1, &before, err);
	if (st == AK_OK)
		st = ak_git_has_record(g, was, c->first_seq, &after, err);
	if (st == AK_OK && (!before || after))
		st = ak_fail(err, AK_INVALID_ARGUMENT, "change.first_seq", c->first_seq,
		             "does not follow the last record");
	return st;
}

/* Many objects in one pack; but checkpoint and commit, which are written apart, always alone in a file each, so that those which can
 * never be published can be taken away. */
static ak_status write_unsigned(staging *s, ak_error *err)
{
	return s->change->n_records <= AK_GIT_LOOSE_MAX ? ak_git_write_loose(s->g, &s->pending, err)
	                                                : ak_git_write_pack(s->g, &s->pending, err);
}

ak_status ak_git_stage(void *ctx, const ak_head *was, const ak_change *change, char new_id[AK_STORE_ID_MAX + 1],
                       ak_error *err)
{
	staging s = { .g = ctx, .change = change };
	git_oid old, tree, commit;
	bool first = was->id[0] == '\0';
	ak_status st = check_change(change, err);

	if (st == AK_OK && !git_repository_is_bare(s.g->repo)) {
		(void)ak_fail(err, AK_INVALID_ARGUMENT, "git.bare", 0,
		              "%s has a work tree; a ledger is sealed in a bare repository", s.g->dir);
		st = ak_fail_values(err, AK_INVALID_ARGUMENT, "a bare repository", "a work tree");
	}
	if (st == AK_OK && !first)
		st = ak_git_commit_tree(s.g, was->id, &old, err);
	if (st == AK_OK)
		st = check_place(s.g, was->id, change, err);
	if (st != AK_OK)
		return st;
	ak_git_sweep(s.g, change->time);
	st = put_root(&s, first ? NULL : &old, &tree, err);
	if (st == AK_OK)
		st = write_unsigned(&s, err);
	/* SIGNED inside (S7).  If we die before, what was written carries no signature and is named by nothing. */
	if (st == AK_OK)
		st = put_commit(&s, &tree, was->id, &commit, err);
	/* STAGED when this returns AK_OK: durable, and invisible.  If we die before, what is missing can be made again. */
	if (st == AK_OK)
		st = ak_git_write_loose(s.g, &s.sealed, err);
	ak_git_pending_clear(&s.pending);
	ak_git_pending_clear(&s.sealed);
	if (st == AK_OK)
		git_oid_tostr(new_id, AK_STORE_ID_MAX + 1, &commit);
	return st;
}
