/* SPDX-License-Identifier: Apache-2.0 */
/* Adding what was sent back: to one document, or to those of many that it answers. */
#include "apart.h"

#include "answer.h"
#include "js.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

static bool had(const json_t *before, const char *keyid)
{
	const json_t *v;
	size_t i;

	json_array_foreach(ak_js_at(before, "signatures"), i, v) {
		if (strcmp(ak_js_str(v, "keyid"), keyid) == 0)
			return true;
	}
	return false;
}

/* Whose signature the ledger here has no use for is not taken in: with it the file could not be sealed. */
static int check_parts(const ak_cli *c, const ak_signing *s, const char *path, const ak_text *merged)
{
	ak_text json = { 0 };
	json_t *o = NULL, *before = NULL;
	const json_t *v;
	size_t i;
	int code = EXIT_HOLDS;

	if (s->ledger == NULL || ak_ledger_check(s->ledger, span_of(merged), c->now, &json, NULL) != AK_OK)
		return EXIT_HOLDS;
	o = ak_js_parse(&json);
	if (strcmp(ak_js_str(o, "refusal.status"), "AK_BAD_SIGNATURE") == 0) {
		ak_error e = { .status = AK_BAD_SIGNATURE, .where = ak_js_str(o, "refusal.where") };

		(void)snprintf(e.detail, sizeof(e.detail), "%s", ak_js_str(o, "refusal.detail"));
		code = ak_out_refused(c, path, &e, NULL);
	} else {
		code = ak_signing_show(c, path, ak_signing_now(s), ak_file_span(&s->profile), &before);
	}
	json_array_foreach(ak_js_at(o, "signatures.signers"), i, v) {
		const char *keyid = ak_js_str(v, "keyid");
		char *who;

		if (code != EXIT_HOLDS || !json_is_false(ak_js_at(v, "part")) || had(before, keyid))
			continue;
		who = ak_answer_who(c, s->ledger, keyid);
		code = ak_out_fault(c, AK_NOT_AUTHORISED, path, MSG_APART_STRANGER, who == NULL ? keyid : who, NULL);
		free(who);
	}
	json_decref(before);
	json_decref(o);
	ak_text_free(&json);
	return code;
}

/* Of an answer to something else the digests say nothing to people, but for the one that --show gives of that. */
static int not_added(const ak_cli *c, const ak_signing *s, const char *path, ak_error *e)
{
	char next[AK_NEXT_ROOM] = "", digest[AK_TERM_DIGEST_MAX];

	if (e->where == NULL || strcmp(e->where, "answer.statement") != 0)
		return ak_out_refused(c, path, e, NULL);
	(void)ak_out_text(c, next, sizeof(next), MSG_APART_OTHER_NEXT, ak_term_digest(false, e->found, digest), s->out, NULL);
	if (!c->json) {
		(void)snprintf(e->detail, sizeof(e->detail), "this answers another document: its signature is over %s, and not over this one", digest);
		e->expected[0] = e->found[0] = '\0';
	}
	return ak_out_refused(c, path, e, next);
}

static int no_answer(const ak_cli *c, const char *path, ak_span sent)
{
	return ak_out_fault(c, AK_BAD_FORMAT, path, ak_apart_kind_of(sent) == AK_APART_REQUEST ? MSG_APART_IS_REQUEST : MSG_APART_NO_BLOCK, path, NULL);
}

static int add_bytes(const ak_cli *c, ak_signing *s, const char *path, ak_span sent, size_t *added)
{
	ak_text merged = { 0 };
	ak_error e = { 0 };
	size_t n = 0;
	ak_status st = ak_exchange_add(ak_signing_now(s), ak_file_span(&s->profile), sent, &merged, &n, &e);
	int code;

	if (st == AK_NOT_FOUND)
		code = no_answer(c, path, sent);
	else if (st != AK_OK)
		code = not_added(c, s, path, &e);
	else
		code = check_parts(c, s, path, &merged);
	if (code == EXIT_HOLDS) {
		ak_text_free(&s->now);
		s->now = merged;
		*added += n;
	} else {
		ak_text_free(&merged);
	}
	return code;
}

int ak_apart_add(const ak_cli *c, ak_signing *s, const char *path, size_t *added)
{
	ak_file sent = { 0 };
	size_t n = 0;
	int code = ak_file_read(c, path, AK_FILE_MAX, &sent);

	if (code == EXIT_HOLDS)
		code = add_bytes(c, s, path, ak_file_span(&sent), &n);
	if (code == EXIT_HOLDS && n == 0)
		ak_out_note(c, MSG_APART_SAME, path, NULL);
	*added += n;
	ak_file_drop(&sent);
	return code;
}

/* ---- many cases, and what answers them ---------------------------------------------------------------------------------- */

static ak_signing *of_statement(ak_signing *s, size_t n, const char *statement)
{
	for (size_t i = 0; i < n; i++) {
		if (*statement != '\0' && strcmp(ak_js_str(s[i].shown, "statement"), statement) == 0)
			return &s[i];
	}
	return NULL;
}

/* Who answered what that is none of these. */
static int foreign(const ak_cli *c, const ak_signing *s, const char *path, const char *keyid, const char *statement)
{
	char digest[AK_TERM_DIGEST_MAX];
	char *who = keyid == NULL ? NULL : ak_answer_who_by_id(c, s->ledger, keyid);
	int code;

	(void)ak_term_digest(c->full || c->json, statement, digest);
	if (keyid == NULL)
		code = ak_out_fault(c, AK_BAD_FORMAT, path, MSG_APART_FOREIGN_FILE, digest, NULL);
	else
		code = ak_out_fault(c, AK_BAD_FORMAT, path, MSG_APART_FOREIGN, who == NULL ? keyid : who, digest, NULL);
	free(who);
	return code;
}

/* Another copy of one envelope. */
static int add_envelope(const ak_cli *c, ak_signing *s, size_t n, const char *path, ak_span sent, size_t *added)
{
	json_t *shown = NULL;
	ak_signing *to;
	int code = ak_signing_show(c, path, sent, ak_file_span(&s->profile), &shown);

	if (code != EXIT_HOLDS)
		return code;
	to = of_statement(s, n, ak_js_str(shown, "statement"));
	code = to == NULL ? foreign(c, s, path, NULL, ak_js_str(shown, "statement")) : add_bytes(c, to, path, sent, added);
	json_decref(shown);
	return code;
}

/* The answers of the list that are to the same statement as the one at `at`, unless one before it was: then they are added. */
static int add_those_like(const ak_cli *c, ak_signing *to, const char *path, ak_span sent, const json_t *list, size_t at, size_t *added)
{
	const char *statement = ak_js_str(json_array_get(list, at), "statement");
	ak_text block = { 0 };
	ak_error e = { 0 };
	int code;

	for (size_t i = 0; i < at; i++) {
		if (strcmp(ak_js_str(json_array_get(list, i), "statement"), statement) == 0)
			return EXIT_HOLDS;
	}
	if (ak_answer_pick(sent, statement, &block, &e) != AK_OK)
		return ak_out_refused(c, path, &e, NULL);
	code = add_bytes(c, to, path, span_of(&block), added);
	ak_text_free(&block);
	return code;
}

static int add_answers(const ak_cli *c, ak_signing *s, size_t n, const char *path, ak_span sent, size_t *added)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *list = NULL;
	const json_t *v;
	ak_status st = ak_answer_show(sent, &json, &e);
	size_t i;
	int code;

	if (st != AK_OK)
		return st == AK_NOT_FOUND ? no_answer(c, path, sent) : ak_out_refused(c, path, &e, NULL);
	code = ak_answer(c, &json, &list);
	json_array_foreach(list, i, v) {
		ak_signing *to = of_statement(s, n, ak_js_str(v, "statement"));

		if (code == EXIT_HOLDS && to == NULL)
			code = foreign(c, s, path, ak_js_str(v, "keyid"), ak_js_str(v, "statement"));
		else if (code == EXIT_HOLDS)
			code = add_those_like(c, to, path, sent, list, i, added);
	}
	json_decref(list);
	ak_text_free(&json);
	return code;
}

int ak_apart_share_out(const ak_cli *c, ak_signing *s, size_t n, const char *path)
{
	ak_file sent = { 0 };
	size_t added = 0, at = 0;
	int code = ak_file_read(c, path, AK_FILE_MAX, &sent);

	while (at < sent.len && strchr(" \t\r\n", sent.data[at]) != NULL)
		at++;
	if (code == EXIT_HOLDS && at < sent.len && sent.data[at] == '{')
		code = add_envelope(c, s, n, path, ak_file_span(&sent), &added);
	else if (code == EXIT_HOLDS)
		code = add_answers(c, s, n, path, ak_file_span(&sent), &added);
	if (code == EXIT_HOLDS && added == 0)
		ak_out_note(c, MSG_APART_SAME, path, NULL);
	ak_file_drop(&sent);
	return code;
}
