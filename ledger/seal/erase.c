/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* realpath */
#include "seal/erase.h"

#include "base/fail.h"
#include "base/text.h"
#include "seal/commit.h"
#include "verify/erased.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- which erasure ------------------------------------------------------------------------------------------- */

/* Of the records about the same and after `seq`, the first authorised erasure that names it; AK_NOT_FOUND. */
static ak_status find_erasure(ak_books *b, const ak_sealed *of, ak_digest *id, uint64_t *at, ak_error *err)
{
	uint64_t *seqs = NULL;
	size_t n = 0;
	bool found = false;
	ak_status st = ak_index_about(b->index, ak_statement_about(&of->statement, 0), &seqs, &n, err);

	for (size_t i = 0; st == AK_OK && !found && i < n; i++) {
		ak_authority *a = NULL;
		ak_judgement j = { 0 };
		ak_sealed s = { 0 };
		ak_digest named;
		ak_buf file;

		if (seqs[i] <= of->header.seq)
			continue;
		ak_buf_init(&file, AK_RECORD_MAX);
		st = ak_books_sealed(b, seqs[i], &file, &s, err);
		if (st == AK_OK && !s.erased && ak_span_is(s.statement.type, "erasure") &&
		    ak_digest_parse(ak_json_get_text(s.statement.body, "record"), &named) && ak_digest_eq(&named, &of->id)) {
			st = ak_books_authority_as_known(b, seqs[i], 0, &a, err);
			if (st == AK_OK)
				st = ak_books_judge(b, a, &s, &j, err);
			found = st == AK_OK && j.authorised && ak_json_equal(s.statement.about, of->statement.about);
			*id = s.id;
			*at = seqs[i];
		}
		ak_authority_free(&a);
		ak_sealed_clear(&s);
		ak_buf_clear(&file);
	}
	ak_mem_free(seqs);
	if (st == AK_OK && !found)
		st = ak_fail(err, AK_NOT_FOUND, "erasure", of->header.seq, "no erasure that counts names record #%" PRIu64, of->header.seq);
	return st;
}

static ak_status check_kind(const ak_sealed *of, ak_error *err)
{
	if (!ak_type_is_core(of->statement.type))
		return AK_OK;
	return ak_fail(err, AK_NOT_AUTHORISED, "body.record", of->header.seq, "a record of type '%.*s' cannot be erased: others rest on it",
	               (int)of->statement.type.len, (const char *)of->statement.type.data);
}

ak_status ak_erase_find(ak_books *b, uint64_t seq, ak_digest *erasure, ak_erased_copy *out, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	*out = (ak_erased_copy){ .record = seq };
	st = ak_books_sealed(b, seq, &file, &s, err);
	if (st == AK_OK && s.erased)
		st = ak_erased_why(&s, err);
	if (st == AK_OK)
		st = check_kind(&s, err);
	if (st == AK_OK)
		st = find_erasure(b, &s, erasure, &out->erasure, err);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

static ak_status check_target(ak_books *b, const ak_sealed *erasure, const ak_sealed *of, ak_error *err)
{
	ak_digest other;
	uint64_t at = 0;
	ak_status st;

	if (of->erased)
		return ak_erased_why(of, err);
	st = check_kind(of, err);
	if (st != AK_OK)
		return st;
	if (!ak_json_equal(erasure->statement.about, of->statement.about) || !ak_span_eq(erasure->statement.scheme, of->statement.scheme))
		return ak_fail(err, AK_ABOUT_MISMATCH, "body.subjects", of->header.seq,
		               "are not the subjects of the record to be erased, or the scheme is not its own");
	st = find_erasure(b, of, &other, &at, NULL);
	if (st == AK_OK)
		return ak_fail(err, AK_REPEATED, "body.record", of->header.seq, "record #%" PRIu64 " erases it already", at);
	return st == AK_NOT_FOUND ? AK_OK : ak_fail(err, st, "erasure", of->header.seq, "could not be looked for");
}

ak_status ak_erasure_check(ak_books *b, const ak_sealed *erasure, ak_error *err)
{
	char hex[AK_DIGEST_TEXT_LEN + 1];
	ak_sealed of = { 0 };
	uint64_t seq = 0;
	ak_digest id;
	ak_buf file;
	ak_status st;

	if (!ak_digest_parse(ak_json_get_text(erasure->statement.body, "record"), &id))
		return ak_fail(err, AK_SCHEMA, "body.record", 0, "must be a record id");
	st = ak_index_by_id(b->index, &id, &seq, NULL);
	if (st == AK_NOT_FOUND) {
		ak_digest_format(&id, hex);
		return ak_fail(err, AK_DANGLING, "body.record", 0, "%s: no such earlier record", hex);
	}
	ak_buf_init(&file, AK_RECORD_MAX);
	if (st == AK_OK)
		st = ak_books_sealed(b, seq, &file, &of, err);
	if (st == AK_OK)
		st = check_target(b, erasure, &of, err);
	ak_sealed_clear(&of);
	ak_buf_clear(&file);
	return st;
}

/* ---- the fresh repository -------------------------------------------------------------------------------------- */

typedef struct copying {
	ak_books *b;
	const ak_seckey *key;
	ak_git *to;
	ak_head was;            /* what was written last; checkpoint unused */
	ak_span holder;         /* the place-holder's file */
	const ak_git_commit *c; /* the commit being written */
	ak_erased_copy *out;
} copying;

/* A commit that comes out as it was keeps its signature; any other is the operator's of today. */
static ak_status sign(void *ctx, ak_span commit, ak_buf *armor, ak_error *err)
{
	copying *k = ctx;

	if (ak_span_eq(commit, k->c->signed_bytes))
		return ak_buf_add_span(armor, k->c->signature, err);
	k->out->again++;
	return ak_commit_sign(k->key, commit, armor, err);
}

/* "author NAME <ADDRESS> SECONDS +0000": the seconds. */
static bool time_of(ak_span commit, int64_t *time)
{
	ak_span line;
	uint64_t n;

	while (ak_span_line(&commit, &line) && line.len != 0) {
		const uint8_t *person = memchr(line.data, '>', line.len), *end;

		if (!ak_span_starts(line, "author ") || person == NULL || line.data + line.len - person < 3)
			continue;
		line = (ak_span){ person + 2, line.len - (size_t)(person + 2 - line.data) };
		end = memchr(line.data, ' ', line.len);
		line.len = end == NULL ? 0 : (size_t)(end - line.data);
		if (!ak_decimal_parse(line, &n) || n > INT64_MAX)
			return false;
		*time = (int64_t)n;
		return true;
	}
	return false;
}

/* What stands behind the empty line. */
static ak_status message_of(ak_span commit, ak_buf *out, ak_error *err)
{
	ak_span line;
	ak_status st;

	while (ak_span_line(&commit, &line) && line.len != 0)
		;
	st = ak_buf_add_span(out, commit, err);
	return st == AK_OK ? ak_buf_add_byte(out, 0, err) : st;
}

static ak_status paper(copying *k, const ak_head *at, const char *name, ak_buf *out, ak_error *err)
{
	ak_status st;

	ak_buf_init(out, 1 << 20);
	st = ak_git_file(k->b->git, at, name, 1 << 20, out, NULL);
	return st == AK_OK || st == AK_NOT_FOUND ? AK_OK : ak_fail(err, st, "git.file", 0, "%s could not be read", name);
}

static ak_status read_records(copying *k, ak_buf *file, ak_span *span, ak_error *err)
{
	const ak_store from = ak_git_port(k->b->git);
	ak_status st = AK_OK;

	for (uint64_t i = 0; st == AK_OK && i < k->c->n_added; i++) {
		const uint64_t seq = k->c->first_seq + i;

		ak_buf_init(&file[i], AK_RECORD_MAX);
		st = seq == k->out->record ? ak_buf_add_span(&file[i], k->holder, err)
		                           : from.ops->record(from.ctx, &k->b->head, seq, &file[i], err);
		span[i] = ak_buf_span(&file[i]);
	}
	return st;
}

static ak_status stage(copying *k, const ak_span *records, ak_error *err)
{
	const ak_store to = ak_git_port(k->to);
	ak_head at = { 0 };
	char email[AK_ORIGIN_MAX + 16];
	ak_change change = { .first_seq = k->c->first_seq, .records = records, .n_records = (size_t)k->c->n_added,
		             .checkpoint = ak_buf_span(&k->c->checkpoint), .name = k->b->checkpoint.origin, .email = email,
		             .signer = { sign, k } };
	ak_buf message, readme, trust;
	ak_status st;

	ak_buf_init(&message, 1 << 16);
	(void)snprintf(at.id, sizeof(at.id), "%s", k->c->id);
	(void)snprintf(email, sizeof(email), "akashi@%.*s", (int)strcspn(k->b->checkpoint.origin, "/"), k->b->checkpoint.origin);
	st = paper(k, &at, "README.md", &readme, err);
	ak_buf_init(&trust, 1 << 20);
	if (st == AK_OK)
		st = paper(k, &at, "trust", &trust, err);
	if (st == AK_OK)
		st = message_of(k->c->signed_bytes, &message, err);
	if (st == AK_OK && !time_of(k->c->signed_bytes, &change.time))
		st = ak_fail(err, AK_GIT_HISTORY, "commit.time", k->c->first_seq, "commit %s has no time: audit the ledger first", k->c->id);
	change.readme = ak_buf_span(&readme);
	change.trust = ak_buf_span(&trust);
	change.message = (const char *)message.data;
	if (st == AK_OK)
		st = to.ops->stage(to.ctx, &k->was, &change, k->was.id, err);
	k->out->commits++;
	ak_buf_clear(&message);
	ak_buf_clear(&readme);
	ak_buf_clear(&trust);
	return st;
}

static ak_status copy_commit(void *ctx, const ak_git_commit *c, ak_error *err)
{
	copying *k = ctx;
	ak_span *span;
	ak_buf *file;
	ak_status st;

	if (!c->only_expected_changes || c->long_checkpoint || c->signature.len == 0)
		return ak_fail(err, AK_GIT_HISTORY, "commit.tree", c->first_seq, "commit %s is not as sealing writes it: audit the ledger first", c->id);
	k->c = c;
	file = ak_mem_array((size_t)c->n_added + 1, sizeof(*file));
	span = ak_mem_array((size_t)c->n_added + 1, sizeof(*span));
	if (file == NULL || span == NULL)
		st = ak_no_memory(err, "erase");
	else
		st = read_records(k, file, span, err);
	if (st == AK_OK)
		st = stage(k, span, err);
	for (uint64_t i = 0; file != NULL && i < c->n_added; i++)
		ak_buf_clear(&file[i]);
	ak_mem_free(file);
	ak_mem_free(span);
	return st;
}

static ak_status make_holder(ak_books *b, uint64_t seq, const ak_digest *erasure, ak_buf *out, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_sealed(b, seq, &file, &s, err);
	if (st == AK_OK)
		st = ak_erased_file(&s, erasure, out, err);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

static ak_status check_operator(ak_books *b, const ak_seckey *key, ak_error *err)
{
	const ak_commit_job job = { .b = b, .key = key, .checkpoint = b->checkpoint };
	ak_authority *a = NULL;
	ak_status st = ak_books_authority(b, NULL, 0, NULL, 0, &a, err);

	if (st == AK_OK)
		st = ak_commit_check_operator(&job, ak_authority_operator(a), err);
	ak_authority_free(&a);
	return st;
}

/* Of the path, so much as there is; the rest is made within it. */
static bool goes_up(const char *rest)
{
	for (const char *at = rest; (at = strstr(at, "..")) != NULL; at += 2) {
		if ((at == rest || at[-1] == '/') && (at[2] == '\0' || at[2] == '/'))
			return true;
	}
	return false;
}

/* Of a path that fits, whose end is not there yet: behind what is there it only goes down. */
static bool deepest(const char *path, char out[PATH_MAX])
{
	char part[PATH_MAX];
	size_t n = strlen(path);

	memcpy(part, path, n + 1);
	while (n > 0) {
		if (realpath(part, out) != NULL)
			return !goes_up(path + n);
		while (n > 0 && part[n - 1] == '/')
			n--;
		while (n > 0 && part[n - 1] != '/')
			n--;
		part[n] = '\0';
	}
	return realpath(path[0] == '/' ? "/" : ".", out) != NULL && !goes_up(path);
}

/* Whoever then throws the old ledger away would throw the new one away with it. */
static ak_status check_outside(ak_books *b, const char *path, ak_error *err)
{
	char ledger[PATH_MAX], at[PATH_MAX];
	size_t n;

	if (strlen(path) >= sizeof(at))
		return ak_fail(err, AK_LIMIT, "erase.path", 0, "a path has at most %d bytes", PATH_MAX - 1);
	if (!deepest(path, at))
		return ak_fail(err, AK_INVALID_ARGUMENT, "erase.path", 0, "%.180s goes up from folders that are not there, so where it leads cannot be said", path);
	if (realpath(ak_git_dir(b->git), ledger) == NULL)
		return ak_fail(err, AK_IO, "erase.path", 0, "the folder of the ledger could not be looked at");
	n = strlen(ledger);
	if (strncmp(at, ledger, n) == 0 && (at[n] == '\0' || at[n] == '/'))
		return ak_fail(err, AK_INVALID_ARGUMENT, "erase.path", 0, "%.180s lies within the ledger itself", path);
	return AK_OK;
}

ak_status ak_erase_copy(ak_books *b, uint64_t seq, ak_span holder, const char *path, const ak_seckey *key, ak_erased_copy *out, ak_error *err)
{
	copying k = { .b = b, .key = key, .holder = holder, .out = out };
	ak_status st = check_outside(b, path, err);

	if (st == AK_OK)
		st = ak_git_create(path, &k.to, err);
	out->record = seq;
	if (st == AK_OK)
		ak_git_sync_later(k.to);
	if (st == AK_OK)
		st = ak_git_walk(b->git, &b->head, copy_commit, &k, err);
	if (st == AK_OK)
		st = ak_git_begin(k.to, k.was.id, err);
	ak_git_free(&k.to);
	return st;
}

ak_status ak_erase_into(ak_books *b, uint64_t seq, const char *path, const ak_seckey *key, ak_erased_copy *out, ak_error *err)
{
	ak_digest erasure = { 0 };
	ak_buf holder;
	ak_status st = ak_erase_find(b, seq, &erasure, out, err);

	ak_buf_init(&holder, AK_RECORD_MAX);
	if (st == AK_OK)
		st = check_operator(b, key, err);
	if (st == AK_OK)
		st = make_holder(b, seq, &erasure, &holder, err);
	if (st == AK_OK)
		st = ak_erase_copy(b, seq, ak_buf_span(&holder), path, key, out, err);
	ak_buf_clear(&holder);
	return st;
}
