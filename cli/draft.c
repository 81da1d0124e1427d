/* SPDX-License-Identifier: Apache-2.0 */
#include "draft.h"

#include "answer.h"
#include "files.h"
#include "js.h"
#include "scheme.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

static const char *target(const ak_cli *c)
{
	const char *path = ak_opt_value(&c->opts, OPT_OUT);

	return path != NULL && strcmp(path, "-") != 0 ? path : NULL;
}

int ak_drafting_can_write(const ak_cli *c)
{
	const char *path = target(c);

	/* Somebody may have filled in half of it. */
	if (path != NULL && ak_file_exists(path) && !ak_opt_has(&c->opts, OPT_FORCE))
		return ak_out_fault(c, AK_INVALID_ARGUMENT, path, MSG_DRAFT_EXISTS, NULL);
	return EXIT_HOLDS;
}

char *ak_drafting_blanks(const ak_cli *c, const char *type, const json_t *blanks)
{
	char named[AK_SCHEME_TEXT], both[AK_SCHEME_TEXT * 2];
	char *text = NULL;
	size_t len = 0, i;
	const json_t *v;
	FILE *f = open_memstream(&text, &len);

	if (f == NULL)
		return NULL;
	json_array_foreach(blanks, i, v) {
		const char *s = json_is_string(v) ? json_string_value(v) : "", *label;

		if (strncmp(s, "/body/", 6) == 0)
			s += 5;
		label = ak_scheme_field(c, type, s, named);
		if (label != s)
			s = ak_out_text(c, both, sizeof(both), MSG_NAME_AND_WORD, label, s, NULL);
		(void)fprintf(f, "%s%s", i == 0 ? "" : c->ja ? "、" : ", ", s);
	}
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

static void tell(const ak_cli *c, const char *path, const ak_text *draft)
{
	ak_text json = { 0 };
	json_t *o = NULL;
	const char *title;
	char *blanks = NULL, named[AK_SCHEME_TEXT];
	size_t n;

	/* What is in it can only be told with the type's definition at hand; without it the draft stands all the same. */
	if (ak_exchange_show((ak_span){ (const uint8_t *)draft->data, draft->len }, (ak_span){ 0 }, &json, NULL) == AK_OK)
		o = ak_js_parse(&json);
	title = ak_js_lang(o, "title", c->ja);
	n = ak_js_len(o, "blanks");
	if (n > 0)
		blanks = ak_drafting_blanks(c, ak_js_str(o, "type"), ak_js_at(o, "blanks"));
	if (*title == '\0')
		title = ak_scheme_type(c, ak_js_str(o, "type"), named);
	if (n > 0)
		ak_out_note(c, n == 1 ? MSG_DRAFTED_BLANK : MSG_DRAFTED_BLANKS, path, title, AK_NUM(n), blanks == NULL ? "…" : blanks, NULL);
	else
		ak_out_note(c, MSG_DRAFTED, path, title, NULL);
	free(blanks);
	json_decref(o);
	ak_text_free(&json);
}

void ak_drafting_caution(const ak_cli *c, ak_ledger *l)
{
	json_t *closing = ak_answer_ended(l);
	char date[AK_TERM_DATE_MAX];

	if (closing != NULL)
		ak_out_note(c, MSG_ENDED_NOTE, ak_term_date(c->ja, ak_js_str(closing, "day"), date), AK_NUM(ak_js_num(closing, "record")), ak_answer_successor(c, closing), NULL);
	json_decref(closing);
}

int ak_drafting_finish(const ak_cli *c, const ak_text *draft)
{
	const char *path = target(c);
	ak_span bytes = { (const uint8_t *)draft->data, draft->len };
	int code;

	if (path == NULL) {
		ak_out_json_text(draft);
		tell(c, "-", draft);
		return EXIT_HOLDS;
	}
	code = ak_file_write(c, path, bytes, ak_opt_has(&c->opts, OPT_FORCE) ? AK_WRITE_REPLACE : AK_WRITE_NEW);
	if (code != EXIT_HOLDS)
		return code;
	if (c->json)
		return ak_out_json(c, json_pack("{s:s}", "draft", path), EXIT_HOLDS);
	tell(c, path, draft);
	return EXIT_HOLDS;
}
