/* SPDX-License-Identifier: Apache-2.0 */
/* From the agenda of a meeting to its drafts and papers, all of them or none. */
#include "agenda.h"
#include "answer.h"
#include "draft.h"
#include "files.h"
#include "js.h"
#include "meeting.h"
#include "phrase.h"
#include "scheme.h"
#include "staged.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { INDENT = 2, WHAT_ROOM = 1024, INSTANT = 24 };

typedef struct making {
	ak_agenda agenda;
	ak_wishes *wishes;
	ak_ledger *ledger;
	ak_staged out;
	json_t *index;
	size_t then;
} making;

static const char *instant(const ak_cli *c, char out[INSTANT])
{
	time_t now = (time_t)c->now;
	struct tm tm;

	if (gmtime_r(&now, &tm) == NULL || strftime(out, INSTANT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		out[0] = '\0';
	return out;
}

static int begin_index(const ak_cli *c, making *m)
{
	const char *scheme = ak_opt_value(&c->opts, OPT_SCHEME);
	char made[INSTANT], *digest = NULL;
	json_t *head = NULL;
	ak_digest d;
	int code = ak_file_digest(c, m->agenda.path, &d);

	if (code == EXIT_HOLDS)
		code = ak_cli_head(c, m->ledger, &head);
	if (code != EXIT_HOLDS)
		return code;
	digest = ak_file_digest_text(&d);
	m->index = json_pack("{s:s,s:s,s:s,s:s,s:s,s:I,s:s,s:{s:s,s:s},s:[]}", "akashi", "meeting/1", "stage", "decisions", "scheme", scheme == NULL ? "ismap" : scheme,
	                     "ledger", ak_js_str(head, "origin"), "genesis", ak_js_str(head, "genesis"), "size", (json_int_t)ak_js_num(head, "size"), "made",
	                     instant(c, made), "agenda", "name", ak_file_base(m->agenda.path), "digest", digest == NULL ? "" : digest, "cases");
	free(digest);
	json_decref(head);
	return m->index == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}

/* What the scheme says against the row, and what the type of the record refuses of it. */
static int refused_row(const ak_cli *c, const making *m, size_t i, const json_t *o)
{
	const json_t *fault = ak_case_row(o, "fault", 0);
	char what[WHAT_ROOM], phrase[3][AK_PHRASE_MAX];

	if (fault != NULL)
		return ak_agenda_bad(c, &m->agenda, i, ak_js_str(fault, "field"), ak_row_text(c, fault, "label"));
	if (strcmp(ak_js_str(o, "refusal.status"), "AK_SCHEMA") != 0 && strcmp(ak_js_str(o, "refusal.status"), "AK_BAD_FORMAT") != 0)
		return EXIT_HOLDS;
	(void)ak_out_text(c, what, sizeof(what), MSG_AGENDA_REFUSED, ak_phrase(c, ak_js_str(o, "refusal.detail"), phrase[0]),
	                  ak_phrase_value(c, ak_js_str(o, "refusal.where"), ak_js_str(o, "refusal.expected"), phrase[1]),
	                  ak_phrase_value(c, ak_js_str(o, "refusal.where"), ak_js_str(o, "refusal.found"), phrase[2]), NULL);
	return ak_agenda_bad(c, &m->agenda, i, "", what);
}

static int put_words(const ak_cli *c, const making *m, const json_t *matter, json_t *one)
{
	static const char *const fields[] = { "matter", "outcome" };
	json_t *words = json_object();

	if (words == NULL || json_object_set_new(one, "words", words) != 0)
		return ak_out_no_memory(c);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		json_t *names = *ak_js_str(matter, fields[i]) == '\0' ? NULL : ak_agenda_names(&m->agenda, fields[i], ak_js_str(matter, fields[i]));

		if (names != NULL && json_object_set_new(words, fields[i], names) != 0)
			return ak_out_no_memory(c);
	}
	return EXIT_HOLDS;
}

/* "01-decision.json"; the same number of digits for all, so that a listing of the folder is in order. */
static int add_case(const ak_cli *c, making *m, size_t i, json_t *o)
{
	const json_t *matter = json_array_get(m->agenda.matters, i);
	const char *no = ak_js_str(matter, "no"), *type = ak_js_str(o, "draft.type");
	char *draft = json_dumps(json_object_get(o, "draft"), JSON_INDENT(INDENT));
	char file[100];
	json_t *one;
	int code;

	if (draft == NULL)
		return ak_out_no_memory(c);
	(void)snprintf(file, sizeof(file), json_array_size(m->agenda.matters) > 99 ? "%03zu-%.60s.json" : "%02zu-%.60s.json", i + 1, type);
	code = ak_staged_put(c, &m->out, file, (ak_span){ (const uint8_t *)draft, strlen(draft) });
	free(draft);
	if (code != EXIT_HOLDS)
		return code;
	one = json_pack("{s:s,s:I,s:O,s:s,s:s,s:O,s:O,s:O,s:O,s:O,s:O,s:O}", "no", *no != '\0' ? no : AK_NUM(i + 1), "row", (json_int_t)m->agenda.table.number[i + 1],
	                "matter", matter, "file", file, "type", type, "statement", json_object_get(o, "statement"), "rows", json_object_get(o, "rows"), "then",
	                json_object_get(o, "then"), "findings", json_object_get(o, "findings"), "warnings", json_object_get(o, "warnings"), "refusal",
	                json_object_get(o, "refusal"), "judged_on", json_object_get(o, "judged_on"));
	if (one == NULL || json_array_append_new(json_object_get(m->index, "cases"), one) != 0)
		return ak_out_no_memory(c);
	m->then += ak_js_len(o, "then");
	return put_words(c, m, matter, one);
}

static int make_case(const ak_cli *c, making *m, size_t i)
{
	char *matter = json_dumps(json_array_get(m->agenda.matters, i), JSON_COMPACT);
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *o = NULL;
	int code;

	if (matter == NULL)
		return ak_out_no_memory(c);
	if (ak_ledger_meeting(m->ledger, ak_opt_value(&c->opts, OPT_SCHEME), (ak_span){ (const uint8_t *)matter, strlen(matter) }, c->now, &json, &e) != AK_OK)
		code = ak_out_refused(c, m->agenda.path, &e, NULL);
	else
		code = ak_answer(c, &json, &o);
	if (code == EXIT_HOLDS)
		code = refused_row(c, m, i, o);
	if (code == EXIT_HOLDS)
		code = add_case(c, m, i, o);
	json_decref(o);
	ak_text_free(&json);
	free(matter);
	return code;
}

static int put_papers(const ak_cli *c, making *m)
{
	const ak_papers p = { .index = m->index };
	char *index = json_dumps(m->index, JSON_INDENT(INDENT));
	int code = index == NULL ? ak_out_no_memory(c) : ak_staged_draw(c, &m->out, "review.html", ak_meeting_review, &p);

	if (code == EXIT_HOLDS)
		code = ak_staged_draw(c, &m->out, "minutes.html", ak_meeting_minutes, &p);
	if (code == EXIT_HOLDS)
		code = ak_staged_put(c, &m->out, "meeting.json", (ak_span){ (const uint8_t *)index, index == NULL ? 0 : strlen(index) });
	free(index);
	return code;
}

static void tell(const ak_cli *c, const char *folder, const making *m)
{
	size_t bad = 0, flagged = 0, missing = 0, i;
	const json_t *one;
	char review[AK_CASE_ROOM];

	json_array_foreach(ak_js_at(m->index, "cases"), i, one) {
		json_t *flags = ak_case_flags(one, false);
		const json_t *f;
		size_t k, worse = 0;

		json_array_foreach(flags, k, f)
			worse += ak_flag_is_bad(f);
		bad += worse > 0;
		flagged += json_array_size(flags) > 0;
		missing += ak_case_row(one, "missing", 0) != NULL;
		json_decref(flags);
	}
	(void)snprintf(review, sizeof(review), "%.400s/review.html", folder);
	ak_out_wrapped(c, stdout, 2, MSG_MEETING_DRAFTED, folder, AK_NUM(ak_js_len(m->index, "cases")), AK_NUM(flagged), AK_NUM(bad), AK_NUM(missing), AK_NUM(m->then), NULL);
	ak_out_wrapped(c, stdout, 2, MSG_MEETING_NEXT, review, folder, NULL);
}

static int make(ak_cli *c, const char *path, const char *folder, making *m)
{
	int code = m->wishes == NULL ? ak_out_no_memory(c) : ak_wishes_read(c, m->wishes);

	if (code == EXIT_HOLDS && m->wishes->n_refs > 0)
		code = ak_out_usage(c, MSG_NOT_TOGETHER, "--meeting", "--ref", NULL);
	if (code == EXIT_HOLDS)
		code = ak_agenda_read(c, path, m->wishes, &m->agenda);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &m->ledger);
	ak_drafting_caution(c, m->ledger);
	if (code == EXIT_HOLDS)
		code = ak_staged_open(c, folder, &m->out);
	if (code == EXIT_HOLDS)
		code = begin_index(c, m);
	if (code == EXIT_HOLDS)
		ak_scheme_load(c, m->ledger, ak_opt_value(&c->opts, OPT_SCHEME));
	for (size_t i = 0; code == EXIT_HOLDS && i < json_array_size(m->agenda.matters); i++)
		code = make_case(c, m, i);
	if (code == EXIT_HOLDS)
		code = put_papers(c, m);
	if (code == EXIT_HOLDS)
		code = ak_staged_finish(c, &m->out);
	return code;
}

int ak_meeting_draft(ak_cli *c)
{
	const char *path = ak_opt_value(&c->opts, OPT_MEETING), *folder = ak_opt_value(&c->opts, OPT_OUT);
	making *m;
	int code;

	if (folder == NULL || strcmp(folder, "-") == 0)
		return ak_out_usage(c, MSG_OPT_MISSING, "-o FOLDER", NULL);
	if (strcmp(path, "-") == 0)
		return ak_out_usage(c, MSG_AGENDA_STDIN, NULL);
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		return ak_out_no_memory(c);
	m->wishes = calloc(1, sizeof(*m->wishes));
	code = make(c, path, folder, m);
	if (code == EXIT_HOLDS && c->json)
		code = ak_out_json(c, json_incref(m->index), EXIT_HOLDS);
	else if (code == EXIT_HOLDS)
		tell(c, folder, m);
	ak_staged_drop(&m->out);
	ak_agenda_clear(&m->agenda);
	ak_wishes_free(m->wishes);
	ak_ledger_free(&m->ledger);
	json_decref(m->index);
	free(m);
	return code;
}
