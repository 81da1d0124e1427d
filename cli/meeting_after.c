/* SPDX-License-Identifier: Apache-2.0 */
/* What follows a decision once it is on record: a record can only refer to one that is sealed. */
#include "answer.h"
#include "draft.h"
#include "files.h"
#include "js.h"
#include "meeting.h"
#include "scheme.h"
#include "staged.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { INDENT = 2, REFS_MAX = 300, RECORD_ROOM = 80, NAME_ROOM = 100 };

typedef struct following {
	ak_ledger *ledger;
	const json_t *index, *sealed;
	ak_staged out;
	json_t *after; /* the new index */
	size_t n;
} following;

/* Its references, those that are open to the record that the case became. */
static size_t read_refs(const json_t *then, uint64_t seq, ak_named_ref *refs, char number[RECORD_ROOM])
{
	const json_t *r;
	size_t i, n = 0;

	(void)snprintf(number, RECORD_ROOM, "#%llu", (unsigned long long)seq);
	json_array_foreach(ak_js_at(then, "refs"), i, r) {
		if (n < REFS_MAX)
			refs[n++] = (ak_named_ref){ ak_js_str(r, "rel"), ak_js_has(r, "record") ? ak_js_str(r, "record") : number };
	}
	return n;
}

static int draft_one(const ak_cli *c, const following *f, const json_t *then, uint64_t seq, ak_text *draft)
{
	char *body = json_dumps(ak_js_at(then, "body"), JSON_COMPACT), number[RECORD_ROOM];
	ak_named_ref refs[REFS_MAX];
	ak_draft_options o = { .scheme = ak_js_str(f->index, "scheme"), .type = ak_js_str(then, "type"), .now = c->now, .refs = refs,
		               .n_refs = read_refs(then, seq, refs, number) };
	ak_error e = { 0 };
	int code = EXIT_HOLDS;

	if (body == NULL)
		return ak_out_no_memory(c);
	o.body = (ak_span){ (const uint8_t *)body, strlen(body) };
	if (ak_ledger_draft(f->ledger, &o, draft, &e) != AK_OK)
		code = ak_out_refused(c, o.type, &e, NULL);
	free(body);
	return code;
}

/* What the ledger says of it, in the form of a case. */
static int add_case(const ak_cli *c, following *f, const json_t *before, const char *type, const char *file, const ak_text *draft)
{
	ak_span bytes = { (const uint8_t *)draft->data, draft->len };
	ak_text shown_json = { 0 }, check_json = { 0 };
	json_t *shown = NULL, *check = NULL, *one = NULL;
	ak_error e = { 0 };
	int code = EXIT_HOLDS;

	if (ak_exchange_show(bytes, (ak_span){ 0 }, &shown_json, &e) != AK_OK || ak_ledger_check(f->ledger, bytes, c->now, &check_json, &e) != AK_OK)
		code = ak_out_refused(c, file, &e, NULL);
	if (code == EXIT_HOLDS)
		code = ak_answer(c, &shown_json, &shown);
	if (code == EXIT_HOLDS)
		code = ak_answer(c, &check_json, &check);
	if (code == EXIT_HOLDS) {
		const char *why = ak_js_str(check, "refusal.status");
		bool only_unsigned = strcmp(why, "AK_NOT_AUTHORISED") == 0;
		json_t *refusal = only_unsigned ? json_null() : json_incref(json_object_get(check, "refusal"));

		one = json_pack("{s:s,s:O?,s:O?,s:O?,s:s,s:s,s:s,s:O?,s:[],s:O?,s:O?,s:o,s:O?}", "no", ak_case_number(before), "row", json_object_get(before, "row"), "matter",
		                json_object_get(before, "matter"), "words", json_object_get(before, "words"), "file", file, "type", type, "statement", ak_js_str(shown, "statement"),
		                "rows", json_object_get(before, "rows"), "then", "findings", json_object_get(check, "findings"), "warnings", json_object_get(check, "warnings"),
		                "refusal", refusal, "judged_on", json_object_get(before, "judged_on"));
		if (one == NULL || json_array_append_new(json_object_get(f->after, "cases"), one) != 0)
			code = ak_out_no_memory(c);
	}
	json_decref(shown);
	json_decref(check);
	ak_text_free(&shown_json);
	ak_text_free(&check_json);
	return code;
}

static int follow_case(const ak_cli *c, following *f, size_t i)
{
	const json_t *one = ak_js_nth(f->index, "cases", i), *then;
	uint64_t seq = ak_js_num(json_array_get(f->sealed, i), "seq");
	char name[NAME_ROOM];
	int code = EXIT_HOLDS;
	size_t k;

	json_array_foreach(ak_js_at(one, "then"), k, then) {
		const char *type = ak_js_str(then, "type");
		ak_text draft = { 0 };

		(void)snprintf(name, sizeof(name), "%02zu-%.60s.json", ++f->n, type);
		code = draft_one(c, f, then, seq, &draft);
		if (code == EXIT_HOLDS)
			code = ak_staged_put(c, &f->out, name, (ak_span){ (const uint8_t *)draft.data, draft.len });
		if (code == EXIT_HOLDS)
			code = add_case(c, f, one, type, name, &draft);
		ak_text_free(&draft);
		if (code != EXIT_HOLDS)
			return code;
	}
	return code;
}

static int begin_index(const ak_cli *c, following *f)
{
	json_t *head = NULL;
	int code = ak_cli_head(c, f->ledger, &head);

	if (code != EXIT_HOLDS)
		return code;
	f->after = json_pack("{s:s,s:s,s:s,s:s,s:s,s:I,s:s,s:O?,s:[]}", "akashi", "meeting/1", "stage", "after", "scheme", ak_js_str(f->index, "scheme"), "ledger",
	                     ak_js_str(head, "origin"), "genesis", ak_js_str(head, "genesis"), "size", (json_int_t)ak_js_num(head, "size"), "made",
	                     ak_js_str(head, "head_time"), "agenda", json_object_get(f->index, "agenda"), "cases");
	json_decref(head);
	return f->after == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}

static int put_papers(const ak_cli *c, following *f)
{
	const ak_papers p = { .index = f->after };
	char *index = json_dumps(f->after, JSON_INDENT(INDENT));
	int code = index == NULL ? ak_out_no_memory(c) : ak_staged_draw(c, &f->out, "review.html", ak_meeting_review, &p);

	if (code == EXIT_HOLDS)
		code = ak_staged_put(c, &f->out, "meeting.json", (ak_span){ (const uint8_t *)index, index == NULL ? 0 : strlen(index) });
	free(index);
	return code;
}

static int follow_into(const ak_cli *c, ak_ledger *l, const char *path, const json_t *index, const json_t *sealed)
{
	following *f = calloc(1, sizeof(*f));
	int code;

	if (f == NULL)
		return ak_out_no_memory(c);
	f->ledger = l;
	f->index = index;
	f->sealed = sealed;
	code = ak_staged_open(c, path, &f->out);
	if (code == EXIT_HOLDS)
		code = begin_index(c, f);
	for (size_t i = 0; code == EXIT_HOLDS && i < ak_js_len(index, "cases"); i++)
		code = follow_case(c, f, i);
	if (code == EXIT_HOLDS)
		code = put_papers(c, f);
	if (code == EXIT_HOLDS)
		code = ak_staged_finish(c, &f->out);
	ak_staged_drop(&f->out);
	json_decref(f->after);
	free(f);
	return code;
}

static size_t count_then(const json_t *index)
{
	const json_t *one;
	size_t i, n = 0;

	json_array_foreach(ak_js_at(index, "cases"), i, one)
		n += ak_js_len(one, "then");
	return n;
}

int ak_meeting_follow(const ak_cli *c, ak_ledger *l, const char *folder, const json_t *index, const json_t *sealed, bool *made)
{
	char *path = ak_path_in(folder, "after");
	int code = EXIT_HOLDS;

	*made = false;
	if (path == NULL)
		return ak_out_no_memory(c);
	if (count_then(index) > 0 && !ak_file_exists(path)) {
		code = follow_into(c, l, path, index, sealed);
		*made = code == EXIT_HOLDS;
	}
	free(path);
	return code;
}

int ak_meeting_after(ak_cli *c)
{
	const char *folder = ak_opt_value(&c->opts, OPT_AFTER), *out = ak_opt_value(&c->opts, OPT_OUT);
	char *path = out != NULL ? strdup(out) : ak_path_in(folder, "after");
	json_t *index = NULL, *sealed = NULL;
	ak_ledger *l = NULL;
	int code = path == NULL ? ak_out_no_memory(c) : ak_meeting_read(c, folder, &index);

	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	ak_drafting_caution(c, l);
	if (code == EXIT_HOLDS)
		ak_scheme_load(c, l, ak_js_str(index, "scheme"));
	if (code == EXIT_HOLDS)
		code = ak_meeting_find(c, l, folder, index, &sealed);
	if (code == EXIT_HOLDS && count_then(index) == 0)
		code = ak_out_fault(c, AK_INVALID_ARGUMENT, folder, MSG_NOTHING_FOLLOWS, NULL);
	if (code == EXIT_HOLDS)
		code = follow_into(c, l, path, index, sealed);
	if (code == EXIT_HOLDS && c->json)
		code = ak_out_json(c, json_pack("{s:s,s:I}", "folder", path, "drafts", (json_int_t)count_then(index)), EXIT_HOLDS);
	else if (code == EXIT_HOLDS)
		ak_out_wrapped(c, stdout, 2, MSG_MEETING_FOLLOWS, path, AK_NUM(count_then(index)), NULL);
	json_decref(index);
	json_decref(sealed);
	ak_ledger_free(&l);
	free(path);
	return code;
}
