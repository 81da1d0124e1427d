/* SPDX-License-Identifier: Apache-2.0 */
#include "erasing.h"

#include "attack.h"

#include "api/api.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "seal/erase.h"
#include "verify/erased.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { BODY_ROOM = 1024 };

static ak_sealed sealed(world *w, uint64_t seq, ak_buf *file)
{
	ak_sealed s = { 0 };

	ak_buf_init(file, AK_RECORD_MAX);
	assert_int_equal(ak_books_sealed(w->l->b, seq, file, &s, NULL), AK_OK);
	return s;
}

ak_digest erasing_id(world *w, uint64_t seq)
{
	ak_buf file;
	ak_sealed s = sealed(w, seq, &file);
	ak_digest id = s.id;

	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return id;
}

/* What record `seq` is about, as members of an array. */
static void subjects_of(world *w, uint64_t seq, char *out, size_t size)
{
	ak_buf file;
	ak_sealed s = sealed(w, seq, &file);
	size_t n = 0;

	for (size_t i = 0; i < ak_statement_n_about(&s.statement); i++) {
		ak_span id = ak_statement_about(&s.statement, i);

		n += (size_t)snprintf(out + n, size - n, "%s\"%.*s\"", i == 0 ? "" : ",", (int)id.len, (const char *)id.data);
		assert_true(n < size);
	}
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
}

ak_text erasing_draft(world *w, uint64_t seq, const char *subject, const char *basis)
{
	ak_digest id = erasing_id(w, seq);
	char body[BODY_ROOM], hex[AK_DIGEST_TEXT_LEN + 1], about[300];

	ak_digest_format(&id, hex);
	if (subject == NULL)
		subjects_of(w, seq, about, sizeof(about));
	else
		(void)snprintf(about, sizeof(about), "\"%s\"", subject);
	(void)snprintf(body, sizeof(body), "{\"basis\":\"%s\",\"reason\":\"personal-data\",\"record\":\"%s\",\"subjects\":[%s]}", basis, hex, about);
	return world_draft(w, "ismap", "erasure", NULL, body, NULL);
}

ak_text erasing_envelope(world *w, uint64_t seq, const char *subject, const char *basis, size_t n_roots)
{
	ak_secret *keys[] = { w->root[0], n_roots > 1 ? w->root[1] : NULL, NULL };

	return world_sign(erasing_draft(w, seq, subject, basis), keys);
}

ak_text erasing_of(world *w, uint64_t seq)
{
	return erasing_envelope(w, seq, NULL, "Act, article 98", 2);
}

/* The place-holder of record `seq` that names `by`; about something else, of another ledger or genesis, when these are given. */
ak_buf erasing_holder_in(world *w, uint64_t seq, const ak_digest *by, const char *about, const char *ledger, const char *other_genesis)
{
	ak_buf file, out, line;
	ak_sealed s = sealed(w, seq, &file);
	char genesis[AK_DIGEST_TEXT_LEN + 1];

	ak_buf_init(&out, AK_RECORD_MAX);
	ak_buf_init(&line, AK_STATEMENT_MAX);
	if (about == NULL && ledger == NULL && other_genesis == NULL) {
		assert_int_equal(ak_erased_file(&s, by, &out, NULL), AK_OK);
	} else {
		ak_span as_it_was = { 0 };
		ak_lines lines = s.lines;

		assert_true(ak_jcs_member(s.lines.statement, "predicate", "about", &as_it_was));
		ak_digest_format(&s.statement.genesis, genesis);
		assert_int_equal(ak_erased_format(about == NULL ? as_it_was : ak_span_str(about), ledger == NULL ? s.statement.ledger : ak_span_str(ledger),
		                                  ak_span_str(other_genesis == NULL ? genesis : other_genesis), &s.header, &s.id, by, &line, NULL), AK_OK);
		lines.statement = ak_buf_span(&line);
		assert_int_equal(ak_record_join(&lines, &out, NULL), AK_OK);
	}
	ak_buf_clear(&line);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return out;
}

ak_buf erasing_holder(world *w, uint64_t seq, const ak_digest *by, const char *about)
{
	return erasing_holder_in(w, seq, by, about, NULL, NULL);
}

/* From now on the world's ledger is another repository. */
static void move_to(world *w, const char *name)
{
	(void)snprintf(w->ledger, sizeof(w->ledger), "%.60s/%.20s", w->dir, name);
	ak_ledger_free(&w->l);
	if (ak_ledger_open(w->ledger, &w->l, NULL) != AK_OK)
		w->l = NULL;
}

void erasing_lay_file(world *w, uint64_t seq, ak_buf file)
{
	ak_erased_copy done = { 0 };
	char path[96];

	(void)snprintf(path, sizeof(path), "%.60s/laid", w->dir);
	assert_int_equal(ak_erase_copy(w->l->b, seq, ak_buf_span(&file), path, w->op->key, &done, NULL), AK_OK);
	ak_buf_clear(&file);
	move_to(w, "laid");
}

void erasing_lay(world *w, uint64_t seq, const ak_digest *by, const char *about)
{
	erasing_lay_file(w, seq, erasing_holder(w, seq, by, about));
}

void erasing_done(world *w, uint64_t seq, const char *name)
{
	char record[24], path[96];
	ak_text json = { 0 };
	ak_error err = { 0 };

	(void)snprintf(record, sizeof(record), "#%llu", (unsigned long long)seq);
	(void)snprintf(path, sizeof(path), "%.60s/%.20s", w->dir, name);
	if (ak_ledger_erase(w->l, record, path, w->op, &json, &err) != AK_OK)
		fail_msg("%s: %s", ak_status_name(err.status), err.detail);
	ak_text_free(&json);
	move_to(w, name);
	assert_non_null(w->l);
}

/* As today where nobody erased anything: corrupt, at the same check, place and record, for the audit and for who opens it. */
void erasing_is_corrupt(world *w, uint64_t seq)
{
	ak_json *report = NULL;
	const ak_json *first;
	ak_error err = { 0 };
	ak_ledger *l = NULL;
	int64_t at = -1;

	assert_null(w->l);
	assert_int_equal(ak_ledger_open(w->ledger, &l, &err), AK_CHAIN_BROKEN);
	assert_string_equal(err.where, "header.statement");
	assert_false(world_audit(w, &report));
	first = ak_json_at(ak_json_get(report, "errors"), 0);
	assert_true(ak_span_is(ak_json_get_text(first, "check"), "statement"));
	assert_true(ak_span_is(ak_json_get_text(first, "where"), "header.statement"));
	assert_true(ak_json_int(ak_json_get(first, "seq"), &at) && (uint64_t)at == seq);
	ak_json_free(report);
}
