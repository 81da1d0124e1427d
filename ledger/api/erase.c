/* SPDX-License-Identifier: Apache-2.0 */
/* Erasing a record: its draft, and the fresh repository without its text. */
#include "api/api.h"
#include "base/fail.h"
#include "seal/erase.h"
#include "verify/erased.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One that was erased, is named by an erasure already, or cannot be erased, is not drafted: that would be refused only when it is sealed. */
static ak_status not_erased_yet(ak_books *b, uint64_t seq, ak_error *err)
{
	ak_erased_copy done = { 0 };
	ak_error why = { 0 };
	ak_digest erasure;
	ak_status st = ak_erase_find(b, seq, &erasure, &done, &why);

	if (st == AK_OK)
		return ak_fail(err, AK_REPEATED, "erasure", seq, "record #%" PRIu64 " erases it already", done.erasure);
	if (st == AK_NOT_FOUND)
		return AK_OK;
	if (err != NULL)
		*err = why;
	return st;
}

ak_status ak_ledger_draft_erasure(ak_ledger *l, const char *record, const char *reason, const char *basis, const char *issued, int64_t now,
                                  ak_text *draft, ak_error *err)
{
	ak_json *d = ak_json_new_object(), *body = NULL;
	char scheme[AK_NAME_MAX + 1];
	ak_sealed s = { 0 };
	ak_digest id;
	uint64_t seq = 0;
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_resolve(l->b, ak_span_str(record), &seq, &id, err);
	if (st == AK_OK)
		st = ak_books_sealed(l->b, seq, &file, &s, err);
	if (st == AK_OK)
		st = not_erased_yet(l->b, seq, err);
	if (st == AK_OK) {
		(void)snprintf(scheme, sizeof(scheme), "%.*s", (int)s.statement.scheme.len, (const char *)s.statement.scheme.data);
		st = ak_api_draft_frame(l->b, scheme, "erasure", issued, now, d, err);
	}
	if (st == AK_OK)
		st = ak_json_set(d, "refs", ak_json_new_array(), err);
	if (st == AK_OK)
		st = ak_api_body_against(&s, &id, reason, basis, &body, err);
	if (st == AK_OK)
		st = ak_api_check_core(&l->b->core, "erasure", body, err);
	if (st == AK_OK)
		st = ak_json_set(d, "body", body, err);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	if (st != AK_OK) {
		ak_json_free(d);
		return st;
	}
	return ak_api_pretty(d, draft, err);
}

/* "repeated" of `o`: the seqs of its corrections and annulments, which may hold what it said. */
static ak_status put_repeated(ak_books *b, uint64_t seq, ak_json *o, ak_error *err)
{
	ak_json *later = ak_json_new_object(), *list = ak_json_new_array();
	const ak_json *found;
	ak_sealed s = { 0 };
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_sealed(b, seq, &file, &s, err);
	if (st == AK_OK)
		st = ak_api_later(b, &s, 0, later, err);
	found = ak_json_get(later, "corrections");
	for (size_t i = 0; st == AK_OK && i < ak_json_len(found); i++)
		st = ak_json_add(list, ak_json_copy(ak_json_get(ak_json_at(found, i), "seq")), err);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	ak_json_free(later);
	if (st == AK_OK)
		return ak_json_set(o, "repeated", list, err);
	ak_json_free(list);
	return st;
}

static ak_status answer(const ak_erased_copy *done, ak_books *b, const char *path, ak_text *json, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "record", ak_json_new_int((int64_t)done->record), err);

	if (st == AK_OK)
		st = ak_json_set(o, "erasure", ak_json_new_int((int64_t)done->erasure), err);
	if (st == AK_OK)
		st = ak_json_set(o, "repository", path == NULL ? ak_json_new_null() : ak_json_new_str(path), err);
	if (st == AK_OK)
		st = ak_json_set(o, "size", ak_json_new_int((int64_t)b->checkpoint.size), err);
	if (st == AK_OK)
		st = ak_json_set(o, "root", ak_api_digest(&b->checkpoint.root), err);
	if (st == AK_OK)
		st = ak_json_set(o, "commits", path == NULL ? ak_json_new_null() : ak_json_new_int((int64_t)done->commits), err);
	if (st == AK_OK)
		st = ak_json_set(o, "signed_again", path == NULL ? ak_json_new_null() : ak_json_new_int((int64_t)done->again), err);
	if (st == AK_OK)
		st = put_repeated(b, done->record, o, err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}

/* What was written is read as anybody would read it, and has the same head. */
static ak_status look_again(const ak_books *old, const char *path, ak_error *err)
{
	ak_books *b = NULL;
	ak_status st = ak_books_open(path, &b, err);

	if (st == AK_OK && !ak_span_eq(ak_buf_span(&b->head.checkpoint), ak_buf_span(&old->head.checkpoint)))
		st = ak_fail(err, AK_INTERNAL, "erase", 0, "the fresh repository has another head");
	ak_books_free(&b);
	return st;
}

ak_status ak_ledger_erase(ak_ledger *l, const char *record, const char *path, const ak_secret *operator_key, ak_text *json, ak_error *err)
{
	ak_erased_copy done = { 0 };
	ak_lock *lock = NULL;
	ak_digest id, erasure;
	uint64_t seq = 0;
	ak_status st;

	if (path != NULL && operator_key == NULL)
		return ak_fail(err, AK_INVALID_ARGUMENT, "operator.key", 0, "the commits of the fresh repository are signed by the operator");
	st = ak_books_resolve(l->b, ak_span_str(record), &seq, &id, err);
	if (st != AK_OK)
		return st;
	if (path == NULL) {
		st = ak_erase_find(l->b, seq, &erasure, &done, err);
	} else {
		st = ak_books_lock(l->b, 10000, &lock, err); /* nothing is sealed meanwhile */
		if (st == AK_OK)
			st = ak_erase_into(l->b, seq, path, operator_key->key, &done, err);
		if (st == AK_OK)
			st = look_again(l->b, path, err);
		ak_lock_release(&lock);
	}
	return st == AK_OK ? answer(&done, l->b, path, json, err) : st;
}
