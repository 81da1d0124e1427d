/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to requests: written by whoever signs, shown to whoever asked. */
#include "apart.h"

#include "answer.h"
#include "js.h"
#include "scheme.h"
#include "staged.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

int ak_apart_take(const ak_cli *c, ak_signing *s, const ak_secret *k)
{
	ak_text block = { 0 }, all, public = { 0 };
	ak_error e = { 0 };
	json_t *key = NULL;

	if (ak_answer_write(ak_signing_now(s), k, &block, &e) != AK_OK)
		return ak_out_refused(c, NULL, &e, NULL);
	all.len = s->answers.len + block.len;
	all.data = malloc(all.len + 1);
	if (all.data == NULL) {
		ak_text_free(&block);
		return ak_out_no_memory(c);
	}
	(void)snprintf(all.data, all.len + 1, "%s%s", s->answers.data == NULL ? "" : s->answers.data, block.data);
	ak_text_free(&s->answers);
	ak_text_free(&block);
	s->answers = all;
	if (s->answer_id[0] == '\0' && ak_secret_public(k, &public, NULL) == AK_OK)
		key = ak_js_parse(&public);
	if (key != NULL)
		(void)snprintf(s->answer_id, sizeof(s->answer_id), "%.8s", ak_js_str(key, "id"));
	json_decref(key);
	ak_text_free(&public);
	return EXIT_HOLDS;
}

static void put_keys(const ak_cli *c, FILE *to, const ak_text *answers)
{
	ak_text json = { 0 };
	json_t *list = NULL;
	const json_t *v;
	size_t i;

	if (ak_answer_show(span_of(answers), &json, NULL) == AK_OK)
		list = ak_js_parse(&json);
	json_array_foreach(list, i, v)
		ak_out_wrapped(c, to, 4, MSG_APART_ANSWER_KEY, ak_js_str(v, "keyid"), NULL);
	json_decref(list);
	ak_text_free(&json);
}

static void draw_answer(FILE *to, const ak_cli *c, const void *what)
{
	const ak_signing *s = what;
	const char *title = ak_js_lang(s->shown, "title", c->ja);
	char named[AK_SCHEME_TEXT], room[AK_CELL_ROOM], about[AK_CELL_ROOM + 2];

	(void)snprintf(about, sizeof(about), " %s", ak_answer_about(s->shown, room));
	if (*title == '\0')
		title = ak_scheme_type(c, ak_js_str(s->shown, "type"), named);
	ak_out_line(c, to, MSG_APART_ANSWER_TITLE, NULL);
	(void)fputc('\n', to);
	ak_out_wrapped(c, to, 2, MSG_APART_ANSWER_OF, title, about, NULL);
	ak_mail_hex(c, to, ak_js_str(s->shown, "statement"));
	ak_mail_groups(c, to, MSG_APART_WORDS, ak_js_str(s->shown, "words"), 6);
	put_keys(c, to, &s->answers);
	(void)fputc('\n', to);
	ak_out_line(c, to, MSG_APART_ANSWER_HOW, NULL);
	(void)fputs("    akashi sign FILE --add ANSWER\n\n", to);
}

static void draw_answer_narrow(FILE *to, const ak_cli *c, const void *what)
{
	size_t len = 0;
	char *text = ak_staged_text(c, draw_answer, what, &len);

	if (text != NULL)
		ak_mail_narrow(to, text);
	free(text);
	(void)fputs(((const ak_signing *)what)->answers.data, to);
}

int ak_apart_answer(const ak_cli *c, ak_signing *s, const char *path)
{
	const char *asked = ak_opt_value(&c->opts, OPT_OUT);
	char suffix[32];
	ak_cli *plain = ak_mail_run(c);
	size_t len = 0;
	char *text, *out;
	int code;

	(void)snprintf(suffix, sizeof(suffix), ".answer-%s.txt", s->answer_id);
	out = asked != NULL ? strdup(asked) : ak_apart_path(path, suffix);
	text = plain == NULL ? NULL : ak_staged_text(plain, draw_answer_narrow, s, &len);
	if (out == NULL || text == NULL) {
		code = ak_out_no_memory(c);
		goto out;
	}
	code = ak_file_write(c, out, (ak_span){ (const uint8_t *)text, len }, AK_WRITE_REPLACE);
	if (code == EXIT_HOLDS) {
		free(s->out);
		s->out = out;
		out = NULL;
	}
out:
	free(plain);
	free(text);
	free(out);
	return code;
}

int ak_apart_show(const ak_cli *c, ak_ledger *l, const char *path, bool *shown)
{
	ak_file f = { 0 };
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *list = NULL;
	const json_t *v;
	size_t i;
	int code;

	*shown = false;
	if (strcmp(path, "-") == 0)
		return EXIT_HOLDS;
	code = ak_file_read(c, path, AK_FILE_MAX, &f);
	if (code != EXIT_HOLDS || ak_apart_kind_of(ak_file_span(&f)) != AK_APART_ANSWER)
		goto out;
	*shown = true;
	if (ak_answer_show(ak_file_span(&f), &json, &e) != AK_OK) {
		code = ak_out_refused(c, path, &e, NULL);
		goto out;
	}
	code = ak_answer(c, &json, &list);
	if (code == EXIT_HOLDS && c->json) {
		code = ak_out_json(c, json_pack("{s:O}", "answers", list), EXIT_HOLDS);
		goto out;
	}
	json_array_foreach(list, i, v) {
		char digest[AK_TERM_DIGEST_MAX];
		char *who = ak_answer_who_by_id(c, l, ak_js_str(v, "keyid"));

		ak_out_line(c, stdout, MSG_APART_ANSWER_SHOWN, who == NULL ? "?" : who, ak_term_digest(c->full, ak_js_str(v, "statement"), digest), NULL);
		free(who);
	}
out:
	json_decref(list);
	ak_text_free(&json);
	ak_file_drop(&f);
	return code;
}

void ak_apart_needed(const ak_cli *c, const json_t *shown)
{
	const json_t *types = json_object_get(c->package, "types"), *mode;
	size_t i;

	json_array_foreach(ak_js_at(json_object_get(types, ak_js_str(shown, "type")), "signing"), i, mode) {
		uint64_t needed = ak_js_num(mode, "threshold"), have = ak_js_len(shown, "signatures");

		if (strcmp(ak_js_str(mode, "mode"), "members") != 0 || needed == 0)
			continue;
		ak_out_wrapped(c, stdout, 4, MSG_APART_NEEDED, AK_NUM(needed), ak_scheme_role(c, ak_js_str(mode, "role")),
		               AK_NUM(needed > have ? needed - have : 0), NULL);
		return;
	}
}
