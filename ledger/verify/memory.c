/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/memory.h"

#include "base/fail.h"
#include "base/text.h"
#include "base/utctime.h"
#include "codec/jcs.h"
#include "codec/note.h"

#include <string.h>

static const char format[] = "memory/1";

void ak_memory_clear(ak_memory_answer *a)
{
	ak_buf_clear(&a->text);
	ak_buf_clear(&a->other);
	*a = (ak_memory_answer){ 0 };
}

/* ---- notes as arrays of lines -------------------------------------------------------------------------------- */

static ak_status lines_of(ak_span note, ak_json **out, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = AK_OK;

	for (size_t at = 0; st == AK_OK && at < note.len;) {
		const uint8_t *end = memchr(note.data + at, '\n', note.len - at);
		size_t n = end == NULL ? note.len - at : (size_t)(end - note.data) - at;

		st = ak_json_add(list, ak_json_new_text((ak_span){ note.data + at, n }), err);
		at += n + 1;
	}
	if (st != AK_OK)
		ak_json_free(list);
	else
		*out = list;
	return st;
}

static ak_status note_of(const ak_json *lines, ak_buf *out, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(lines); i++) {
		st = ak_buf_add_span(out, ak_json_text(ak_json_at(lines, i)), err);
		if (st == AK_OK)
			st = ak_buf_add_byte(out, '\n', err);
	}
	return st;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static ak_status damaged(ak_error *err, const char *where)
{
	return ak_fail(err, AK_BAD_FORMAT, where, 0, "the memory of heads seen is damaged: what it knew is lost; "
	               "keep the file for whoever looks into it, and start a new one");
}

/* A head is believed for what its note says; size and root beside it must be the same. */
static bool read_head(const ak_json *h, ak_checkpoint *c, ak_status *st, ak_error *err)
{
	ak_digest root;
	int64_t size = 0;
	ak_note note;
	ak_buf text;
	bool good = false;

	ak_buf_init(&text, AK_NOTE_MAX);
	*st = note_of(ak_json_get(h, "note"), &text, err);
	if (*st == AK_LIMIT)
		*st = AK_OK;
	else if (*st == AK_OK)
		good = ak_note_parse(ak_buf_span(&text), &note, NULL) == AK_OK &&
		       ak_checkpoint_parse(note.text, c, NULL) == AK_OK &&
		       ak_json_int(ak_json_get(h, "size"), &size) && size > 0 && (uint64_t)size == c->size &&
		       ak_digest_parse(ak_json_get_text(h, "root"), &root) && ak_digest_eq(&root, &c->root);
	ak_buf_clear(&text);
	return good;
}

static ak_status check_form(const ak_json *m, ak_error *err)
{
	const ak_json *heads = ak_json_get(m, "heads"), *forks = ak_json_get(m, "forks");
	ak_span origin = ak_json_get_text(m, "origin");

	if (!ak_span_is(ak_json_get_text(m, "akashi"), format))
		return ak_mismatch(err, AK_UNKNOWN_VERSION, "memory.akashi", 0, format,
		                   ak_json_get_str(m, "akashi") == NULL ? "" : ak_json_get_str(m, "akashi"));
	if (!ak_json_is(heads, AK_JSON_ARRAY) || ak_json_len(heads) == 0 || ak_json_len(heads) > AK_MEMORY_HEADS_MAX)
		return damaged(err, "memory.heads");
	if (!ak_json_is(forks, AK_JSON_ARRAY) || ak_json_len(forks) > AK_MEMORY_FORKS_MAX)
		return damaged(err, "memory.forks");
	for (size_t i = 0; i < ak_json_len(heads); i++) {
		ak_checkpoint c = { 0 };
		ak_status st;

		if (!read_head(ak_json_at(heads, i), &c, &st, err))
			return st != AK_OK ? st : damaged(err, "memory.heads");
		if (!ak_span_is(origin, c.origin))
			return damaged(err, "memory.origin");
	}
	return AK_OK;
}

static ak_status read_memory(ak_span text, ak_json **out, ak_error *err)
{
	ak_json *m = NULL;
	ak_error why = { 0 };
	ak_status st = text.len > AK_MEMORY_MAX ? AK_LIMIT : ak_json_parse(text, &m, &why);

	if (st == AK_NO_MEMORY)
		return ak_no_memory(err, "memory");
	if (st == AK_OK)
		st = check_form(m, err);
	else
		st = damaged(err, "memory");
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
	st = read_memory(memory, &m, err);
	if (st != AK_OK)
		return st;
	(void)ak_json_int(ak_json_get(ak_json_at(ak_json_get(m, "heads"), 0), "size"), &n);
	ak_json_free(m);
	*size = (uint64_t)n;
	return AK_OK;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static ak_status head_json(const ak_memory_head *h, ak_json **out, ak_error *err)
{
	ak_json *o = ak_json_new_object(), *lines = NULL;
	char root[AK_DIGEST_TEXT_LEN + 1], seen[AK_UTCTIME_LEN + 1];
	ak_status st = lines_of(h->note, &lines, err);

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

/* `first`: it becomes the remembered head, and the one before is let go; else it is kept behind the others. */
static ak_status keep_head(ak_json *m, const ak_memory_head *h, bool first, ak_error *err)
{
	const ak_json *old = ak_json_get(m, "heads");
	ak_json *list = ak_json_new_array(), *mine = NULL;
	ak_status st = head_json(h, &mine, err);

	if (st == AK_OK && first)
		st = ak_json_add(list, ak_json_ref(mine), err);
	for (size_t i = first ? 1 : 0; st == AK_OK && i < ak_json_len(old); i++)
		st = ak_json_add(list, ak_json_copy(ak_json_at(old, i)), err);
	if (st == AK_OK && !first)
		st = ak_json_add(list, ak_json_ref(mine), err);
	ak_json_free(mine);
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(m, "heads", list, err);
}

static ak_status keep_fork(ak_json *m, const ak_json *head, const ak_memory_head *h, ak_error *err)
{
	ak_json *list = ak_json_copy(ak_json_get(m, "forks")), *pair = ak_json_new_object(), *lines = NULL;
	ak_status st = ak_json_set(pair, "a", ak_json_copy(ak_json_get(head, "note")), err);

	if (st == AK_OK)
		st = lines_of(h->note, &lines, err);
	if (st == AK_OK)
		st = ak_json_set(pair, "b", lines, err);
	if (st == AK_OK)
		st = ak_json_add(list, ak_json_ref(pair), err);
	ak_json_free(pair);
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(m, "forks", list, err);
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

static ak_memory_outcome compare(const ak_checkpoint *known, const ak_memory_head *h)
{
	const ak_checkpoint *c = h->checkpoint;

	if (c->size == known->size)
		return AK_MEMORY_SAME; /* another root was looked for before */
	if (c->size < known->size)
		return AK_MEMORY_OLDER;
	if (h->since == NULL || h->since->size != known->size)
		return AK_MEMORY_UNCONNECTED;
	return ak_tree_check_consistency(known->size, &known->root, c->size, &c->root, &h->since->proof, NULL) == AK_OK
	       ? AK_MEMORY_GROWN : AK_MEMORY_BROKEN;
}

static ak_status forked(ak_json *m, size_t i, const ak_memory_head *h, ak_memory_answer *a, ak_error *err)
{
	const ak_json *head = ak_json_at(ak_json_get(m, "heads"), i);
	ak_status st;

	a->outcome = AK_MEMORY_FORK;
	a->size = h->checkpoint->size;
	ak_buf_init(&a->other, AK_NOTE_MAX);
	st = note_of(ak_json_get(head, "note"), &a->other, err);
	if (st != AK_OK || ak_json_len(ak_json_get(m, "forks")) == AK_MEMORY_FORKS_MAX)
		return st;
	st = keep_fork(m, head, h, err);
	return st == AK_OK ? give(m, a, err) : st;
}

static ak_status step(ak_json *m, const ak_memory_head *h, ak_memory_answer *a, ak_error *err)
{
	const size_t n = ak_json_len(ak_json_get(m, "heads"));
	const ak_checkpoint known = head_at(m, 0);
	bool kept = false;
	ak_status st = AK_OK;

	for (size_t i = 0; i < n; i++) {
		const ak_checkpoint one = head_at(m, i);

		if (one.size != h->checkpoint->size)
			continue;
		if (!ak_digest_eq(&one.root, &h->checkpoint->root))
			return forked(m, i, h, a, err);
		kept = true;
	}
	a->outcome = compare(&known, h);
	a->size = known.size;
	if (a->outcome == AK_MEMORY_GROWN)
		st = keep_head(m, h, true, err);
	else if ((a->outcome == AK_MEMORY_UNCONNECTED || a->outcome == AK_MEMORY_OLDER) && !kept && n < AK_MEMORY_HEADS_MAX)
		st = keep_head(m, h, false, err);
	else
		return AK_OK;
	return st == AK_OK ? give(m, a, err) : st;
}

ak_status ak_memory_step(ak_span memory, const ak_memory_head *h, ak_memory_answer *out, ak_error *err)
{
	ak_memory_answer a = { .outcome = AK_MEMORY_FIRST };
	ak_json *m = NULL;
	ak_status st = memory.len == 0 ? start_memory(h, &m, err) : read_memory(memory, &m, err);

	if (st != AK_OK)
		return st;
	if (memory.len == 0) {
		st = keep_head(m, h, false, err);
		if (st == AK_OK)
			st = give(m, &a, err);
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
