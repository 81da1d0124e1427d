/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence of continuity, drawn from a ledger. */
#include "verify/consistency.h"

#include "api/api.h"
#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "verify/trust_read.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- a note of the past --------------------------------------------------------------------------------------- */

typedef struct seeking {
	uint64_t size, above, below; /* above, below: sizes next to it that were signed, 0 when none is known */
	ak_buf *note;
	bool found;
} seeking;

static ak_status look_at(void *ctx, ak_span bytes, bool *more, ak_error *err)
{
	seeking *s = ctx;
	ak_note note;
	ak_checkpoint c;
	ak_status st = ak_note_parse(bytes, &note, err);

	if (st == AK_OK)
		st = ak_checkpoint_parse(note.text, &c, err);
	if (st != AK_OK)
		return st;
	if (c.size > s->size) {
		s->above = c.size;
		return AK_OK;
	}
	*more = false;
	s->found = c.size == s->size;
	s->below = c.size;
	return s->found ? ak_buf_add_span(s->note, bytes, err) : AK_OK;
}

static ak_status none_of_size(const seeking *s, ak_error *err)
{
	char near[64], want[24];

	(void)snprintf(want, sizeof(want), "%" PRIu64, s->size);
	if (s->above != 0 && s->below != 0)
		(void)snprintf(near, sizeof(near), "%" PRIu64 ", %" PRIu64, s->below, s->above);
	else
		(void)snprintf(near, sizeof(near), "%" PRIu64, s->above != 0 ? s->above : s->below);
	(void)ak_mismatch(err, AK_NOT_FOUND, "size", s->size, near, want);
	if (err != NULL)
		(void)snprintf(err->detail, sizeof(err->detail), "no head of this many records was ever signed");
	return AK_NOT_FOUND;
}

ak_status ak_ledger_note(ak_ledger *l, uint64_t size, ak_text *note, ak_error *err)
{
	ak_buf bytes;
	seeking s = { .size = size, .note = &bytes };
	ak_status st;

	ak_buf_init(&bytes, AK_CHECKPOINT_MAX);
	st = ak_git_each_note(l->b->git, &l->b->head, look_at, &s, err);
	if (st == AK_OK && !s.found)
		st = none_of_size(&s, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&bytes, note, err);
	ak_buf_clear(&bytes);
	return st;
}

/* ---- drawing ---------------------------------------------------------------------------------------------------- */

static ak_status read_head(ak_span bytes, const char *name, ak_checkpoint *out, ak_error *err)
{
	ak_note note;
	ak_status st = ak_note_parse(bytes, &note, err);

	if (st == AK_OK)
		st = ak_checkpoint_parse(note.text, out, err);
	if (st != AK_OK && err != NULL && ak_status_class(st) == AK_CLASS_REJECT)
		err->where = name;
	return st;
}

/* The root that this ledger had at `size`. */
static ak_status root_at(const ak_tree_source *src, uint64_t size, ak_digest *out, ak_error *err)
{
	ak_frontier f = { .size = size };
	ak_status st = AK_OK;

	for (unsigned level = 0; st == AK_OK && level < AK_TREE_LEVELS; level++) {
		if ((size >> level & 1) != 0)
			st = src->node(src->ctx, level, (size >> level) - 1, &f.node[level], err);
	}
	if (st == AK_OK)
		ak_frontier_root(&f, out);
	return st;
}

static ak_status draw_keysets(ak_books *b, ak_consistency *c, ak_error *err)
{
	const ak_span subject = ak_span_str("akashi/keyset");
	uint64_t *seqs = NULL;
	void *items = NULL;
	ak_digest key;
	size_t n = 0;
	ak_status st = b->source.about(b->source.ctx, subject, &seqs, &n, err);

	ak_map_key(subject, &key);
	if (st == AK_OK && n > AK_CONSISTENCY_KEYSETS_MAX)
		st = ak_fail(err, AK_LIMIT, "consistency.keysets", n, "over %d keyset records", AK_CONSISTENCY_KEYSETS_MAX);
	if (st == AK_OK)
		st = b->source.prove_subject(b->source.ctx, &key, &c->map, err);
	if (st == AK_OK)
		st = ak_mem_grow(&items, &c->cap_keysets, n, sizeof(*c->keyset), err);
	c->keyset = items;
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		ak_buf_init(&c->keyset[c->n_keysets++], AK_RECORD_MAX);
		st = ak_books_record(b, seqs[i], &c->keyset[i], err);
	}
	ak_mem_free(seqs);
	return st;
}

/* Is whether this keyset stands to be seen from the ids of all records only? */
static ak_status rests_beyond(ak_books *b, ak_span file, bool *yes, ak_error *err)
{
	ak_sealed s = { 0 };
	uint64_t seq;
	ak_status st = ak_sealed_parse(file, &s, err);

	if (st == AK_OK && s.header.seq != 0) {
		*yes = *yes || ak_statement_n_refs(&s.statement) != 0;
		*yes = *yes || ak_index_by_id(b->index, &s.statement.base, &seq, NULL) != AK_OK;
	}
	ak_sealed_clear(&s);
	return st;
}

static ak_status draw_leaves(ak_books *b, ak_consistency *c, ak_error *err)
{
	ak_evidence ids = { 0 };
	bool needed = false;
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < c->n_keysets; i++)
		st = rests_beyond(b, ak_buf_span(&c->keyset[i]), &needed, err);
	if (st == AK_OK && needed)
		st = ak_evidence_draw_leaves(&b->source, &ids, err);
	c->leaf = ids.leaf;
	c->n_leaves = ids.n_leaves;
	return st;
}

static ak_status draw_last(ak_books *b, ak_consistency *c, ak_error *err)
{
	const uint64_t seq = b->checkpoint.size - 1;
	ak_lines lines;
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_record(b, seq, &file, err);
	if (st == AK_OK)
		st = ak_record_split(ak_buf_span(&file), &lines, err);
	if (st == AK_OK)
		st = ak_buf_add_span(&c->last, lines.header, err);
	if (st == AK_OK)
		st = b->source.prove_record(b->source.ctx, seq, &c->last_proof, err);
	ak_buf_clear(&file);
	return st;
}

static ak_status draw_fork(const ak_tree_source *src, ak_fork_of of, const ak_checkpoint *note, const ak_digest *root,
                           uint64_t size, ak_consistency *c, ak_error *err)
{
	c->fork = of;
	c->fork_root = *root;
	return ak_tree_prove_consistency(src, note->size, size, &c->fork_proof, err);
}

/* Where the two stand in this ledger's history. */
static ak_status draw_proofs(ak_books *b, const ak_checkpoint *old, const ak_checkpoint *new, ak_consistency *c, ak_error *err)
{
	const ak_tree_source src = ak_index_tree_source(b->index);
	const uint64_t size = b->checkpoint.size;
	ak_digest root_old, root_new;
	ak_status st = root_at(&src, old->size, &root_old, err);

	if (st == AK_OK)
		st = root_at(&src, new->size, &root_new, err);
	if (st != AK_OK)
		return st;
	if (new->size != size || !ak_digest_eq(&new->root, &b->checkpoint.root))
		st = ak_buf_add_span(&c->head_note, ak_buf_span(&b->head.checkpoint), err);
	if (st == AK_OK && !ak_digest_eq(&new->root, &root_new))
		return draw_fork(&src, AK_FORK_NEW, new, &root_new, size, c, err);
	if (st == AK_OK && c->head_note.len != 0)
		st = ak_tree_prove_consistency(&src, new->size, size, &c->to_head, err);
	if (st != AK_OK)
		return st;
	if (!ak_digest_eq(&old->root, &root_old))
		return draw_fork(&src, AK_FORK_OLD, old, &root_old, size, c, err);
	return ak_tree_prove_consistency(&src, old->size, new->size, &c->proof, err);
}

static ak_status draw(ak_books *b, ak_span older, ak_span newer, const ak_checkpoint *old, const ak_checkpoint *new,
                      ak_consistency *c, ak_error *err)
{
	ak_status st = ak_buf_add_span(&c->old_note, older, err);

	if (st == AK_OK)
		st = ak_buf_add_span(&c->new_note, newer, err);
	if (st == AK_OK)
		st = draw_keysets(b, c, err);
	if (st == AK_OK)
		st = draw_leaves(b, c, err);
	if (st == AK_OK)
		st = draw_last(b, c, err);
	return st == AK_OK ? draw_proofs(b, old, new, c, err) : st;
}

/* ---- the answer ---------------------------------------------------------------------------------------------------- */

/* The ids of all records of a long ledger make the file too long: then *evidence stays empty, and what is shown here is shown all the same. */
static ak_status give_evidence(const ak_consistency *c, ak_text *evidence, ak_error *err)
{
	ak_buf text;
	ak_status st;

	ak_buf_init(&text, AK_CONSISTENCY_MAX);
	st = ak_consistency_format(c, &text, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&text, evidence, err);
	ak_buf_clear(&text);
	return st == AK_LIMIT && c->n_leaves != 0 ? AK_OK : st;
}

static ak_status give(const ak_consistency *c, const ak_continuity_found *found, const char *reason, ak_text *json,
                      ak_text *evidence, ak_error *err)
{
	ak_json *report = NULL;
	ak_text answer = { 0 };
	ak_status st = ak_consistency_report(c, found, reason, &report, err);

	if (st == AK_OK)
		st = ak_jcs_text(report, AK_CONSISTENCY_MAX, &answer, err);
	if (st == AK_OK && c != NULL)
		st = give_evidence(c, evidence, err);
	if (st != AK_OK)
		ak_text_free(&answer);
	else
		*json = answer;
	return st;
}

static ak_status show(ak_books *b, ak_span older, ak_span newer, const ak_trust *trust, const ak_continuity_found *asked,
                      ak_continuity *out, ak_text *json, ak_text *evidence, ak_error *err)
{
	ak_continuity_found found;
	ak_consistency c;
	ak_status st;

	ak_consistency_init(&c);
	st = draw(b, older, newer, &asked->old, &asked->new, &c, err);
	/* What was drawn is believed no more than what others hand in. */
	if (st == AK_OK)
		st = ak_consistency_judge(&c, trust, &b->core, &found, err);
	if (st == AK_OK)
		st = give(&c, &found, "", json, evidence, err);
	if (st == AK_OK)
		*out = c.fork == AK_FORK_NONE ? AK_CONTINUES : AK_FORKED;
	ak_consistency_clear(&c);
	return st;
}

ak_status ak_ledger_consistency(ak_ledger *l, ak_span older, ak_span newer, ak_span trust, ak_continuity *out, ak_text *json,
                                ak_text *evidence, ak_error *err)
{
	ak_trust *t = ak_mem_alloc(sizeof(*t));
	ak_continuity_found asked = { .head = l->b->checkpoint };
	ak_status st = t == NULL ? ak_no_memory(err, "consistency") : ak_trust_read(trust, t, err);

	if (st == AK_OK)
		st = read_head(older, "old", &asked.old, err);
	if (st == AK_OK)
		st = read_head(newer, "new", &asked.new, err);
	if (st == AK_OK && asked.old.size > asked.new.size)
		st = ak_fail(err, AK_INVALID_ARGUMENT, "consistency.order", asked.old.size,
		             "the old head has %" PRIu64 " records, the new one %" PRIu64 ": the other way round?",
		             asked.old.size, asked.new.size);
	if (st == AK_OK && asked.new.size > asked.head.size) {
		/* Who signs heads after this one is not known here. */
		st = give(NULL, &asked, "ledger-behind", json, evidence, err);
		if (st == AK_OK)
			*out = AK_NOT_SHOWN;
	} else if (st == AK_OK) {
		st = show(l->b, older, newer, t, &asked, out, json, evidence, err);
		/* The index may be at fault: what is drawn from a fresh one must hold, or the files are. */
		if ((st == AK_TREE_MISMATCH || st == AK_MAP_MISMATCH || st == AK_NOT_FOUND) && !l->b->index_fresh) {
			st = ak_books_rebuild(l->b, err);
			if (st == AK_OK)
				st = show(l->b, older, newer, t, &asked, out, json, evidence, err);
		}
	}
	ak_mem_free(t);
	return st;
}
