/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/memory_form.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/note.h"

#include <string.h>

/* ---- notes as arrays of lines -------------------------------------------------------------------------------- */

ak_status ak_memory_lines(ak_span note, ak_json **out, ak_error *err)
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

ak_status ak_memory_note_text(const ak_json *lines, ak_buf *out, ak_error *err)
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

ak_status ak_memory_damaged(ak_error *err, const char *where)
{
	return ak_fail(err, AK_BAD_FORMAT, where, 0, "the memory of heads seen is damaged: what it knew is lost; "
	               "keep the file for whoever looks into it, and start a new one");
}

/* An object with these members and no other. */
bool ak_memory_only(const ak_json *o, const char *const *name, size_t n)
{
	size_t there = 0;

	for (size_t i = 0; i < n; i++)
		there += ak_json_get(o, name[i]) != NULL;
	return ak_json_is(o, AK_JSON_OBJECT) && there == n && ak_json_len(o) == n;
}

/* A note of this ledger, of which there is one form only: no line holds a newline. */
ak_status ak_memory_note(const ak_json *lines, ak_span origin, ak_checkpoint *c, bool *good, ak_error *err)
{
	ak_json *again = NULL;
	ak_status st;
	ak_note note;
	ak_buf text;

	ak_buf_init(&text, AK_NOTE_MAX);
	*good = false;
	st = ak_json_is(lines, AK_JSON_ARRAY) ? ak_memory_note_text(lines, &text, err) : AK_LIMIT;
	if (st == AK_OK)
		st = ak_memory_lines(ak_buf_span(&text), &again, err);
	if (st == AK_OK)
		*good = ak_json_equal(again, lines) && ak_note_parse(ak_buf_span(&text), &note, NULL) == AK_OK &&
		        ak_checkpoint_parse(note.text, c, NULL) == AK_OK && ak_span_is(origin, c->origin);
	ak_json_free(again);
	ak_buf_clear(&text);
	return st == AK_LIMIT ? AK_OK : st;
}

/* ---- forks ----------------------------------------------------------------------------------------------------- */

/* The second is larger, and its history has another root than the first at the size of that: so its own proof shows. */
static bool leads_elsewhere(const ak_json *fork, const ak_checkpoint of[2])
{
	const ak_json *path = ak_json_get(fork, "proof");
	ak_tree_proof proof = { .n = ak_json_len(path) };
	ak_digest root;

	if (of[1].size < of[0].size || !ak_json_is(path, AK_JSON_ARRAY) || proof.n > sizeof(proof.hash) / sizeof(proof.hash[0]) ||
	    !ak_digest_parse(ak_json_get_text(fork, "root"), &root) || ak_digest_eq(&root, &of[0].root))
		return false;
	for (size_t i = 0; i < proof.n; i++) {
		if (!ak_digest_parse(ak_json_text(ak_json_at(path, i)), &proof.hash[i]))
			return false;
	}
	return ak_tree_check_consistency(of[0].size, &root, of[1].size, &of[1].root, &proof, NULL) == AK_OK;
}

ak_status ak_memory_fork(const ak_json *fork, ak_span origin, ak_checkpoint of[2], bool *good, ak_error *err)
{
	static const char *const names[] = { "a", "b", "proof", "root" };
	bool second = false;
	ak_status st = ak_memory_note(ak_json_get(fork, "a"), origin, &of[0], good, err);

	if (st == AK_OK)
		st = ak_memory_note(ak_json_get(fork, "b"), origin, &of[1], &second, err);
	*good = *good && second && of[0].size > 0;
	if (of[0].size == of[1].size)
		*good = *good && ak_memory_only(fork, names, 2) && !ak_digest_eq(&of[0].root, &of[1].root);
	else
		*good = *good && ak_memory_only(fork, names, 4) && leads_elsewhere(fork, of);
	return st;
}

static bool same_head(const ak_checkpoint *a, const ak_checkpoint *b)
{
	return a->size == b->size && ak_digest_eq(&a->root, &b->root);
}

static bool same_fork(const ak_checkpoint a[2], const ak_checkpoint b[2])
{
	return (same_head(&a[0], &b[0]) && same_head(&a[1], &b[1])) || (same_head(&a[0], &b[1]) && same_head(&a[1], &b[0]));
}

ak_status ak_memory_forks(const ak_json *forks, ak_span origin, ak_error *err)
{
	ak_checkpoint of[AK_MEMORY_FORKS_MAX][2] = { 0 };
	ak_status st = AK_OK;

	if (!ak_json_is(forks, AK_JSON_ARRAY) || ak_json_len(forks) > AK_MEMORY_FORKS_MAX)
		return ak_memory_damaged(err, "memory.forks");
	for (size_t i = 0; st == AK_OK && i < ak_json_len(forks); i++) {
		bool good = false;

		st = ak_memory_fork(ak_json_at(forks, i), origin, of[i], &good, err);
		for (size_t k = 0; k < i; k++)
			good = good && !same_fork(of[k], of[i]);
		if (st == AK_OK && !good)
			return ak_memory_damaged(err, "memory.forks");
	}
	return st;
}

/* Kept once, however often it is shown: the places are for other forks. */
ak_status ak_memory_has_fork(const ak_json *m, const ak_checkpoint of[2], bool *kept, ak_error *err)
{
	const ak_json *forks = ak_json_get(m, "forks");
	ak_status st = AK_OK;

	*kept = false;
	for (size_t i = 0; st == AK_OK && !*kept && i < ak_json_len(forks); i++) {
		ak_checkpoint one[2] = { 0 };
		bool good = false;

		st = ak_memory_fork(ak_json_at(forks, i), ak_json_get_text(m, "origin"), one, &good, err);
		*kept = good && same_fork(one, of);
	}
	return st;
}

static ak_status put_proof(const ak_tree_since *since, ak_json *pair, ak_error *err)
{
	ak_json *path = ak_json_new_array();
	ak_status st = ak_json_set(pair, "proof", path, err);

	for (size_t i = 0; st == AK_OK && i < since->proof.n; i++)
		st = ak_json_add(path, ak_json_new_digest(&since->proof.hash[i]), err);
	return st == AK_OK ? ak_json_set(pair, "root", ak_json_new_digest(&since->root), err) : st;
}

ak_status ak_memory_put_fork(ak_json *m, const ak_json *head, ak_span note, const ak_tree_since *since, ak_error *err)
{
	ak_json *list = ak_json_copy(ak_json_get(m, "forks")), *pair = ak_json_new_object(), *lines = NULL;
	ak_status st = ak_json_set(pair, "a", ak_json_copy(ak_json_get(head, "note")), err);

	if (st == AK_OK)
		st = ak_memory_lines(note, &lines, err);
	if (st == AK_OK)
		st = ak_json_set(pair, "b", lines, err);
	if (st == AK_OK && since != NULL)
		st = put_proof(since, pair, err);
	if (st == AK_OK)
		st = ak_json_add(list, ak_json_ref(pair), err);
	ak_json_free(pair);
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(m, "forks", list, err);
}

