/* SPDX-License-Identifier: Apache-2.0 */
#include "sign_table.h"

#include "answer.h"
#include "js.h"
#include "meeting.h"
#include "scheme.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { WHAT_CELLS = 60, DATE_CELLS = 16, BEHIND_CELLS = 33 /* date and digest, or the count */, LEAST_CELLS = 20 };

const json_t *ak_many_case(const ak_many *m, size_t i)
{
	return m->index == NULL ? NULL : ak_js_nth(m->index, "cases", i);
}

const char *ak_many_what(const ak_cli *c, const ak_signing *s, char out[AK_MANY_TEXT])
{
	const char *type = ak_js_str(s->shown, "type"), *key;
	char named[AK_SCHEME_TEXT], room[AK_CELL_ROOM], pointer[80];
	const char *about = ak_answer_about(s->shown, room);
	json_t *body = json_object_get(s->shown, "body");
	json_t *v;
	size_t used;

	if (*about == '\0') /* a draft does not say */
		about = *ak_js_str(body, "listing") != '\0' ? ak_js_str(body, "listing")
		        : *ak_js_str(body, "service") != '\0' ? ak_js_str(body, "service") : ak_js_str(body, "auditor");
	used = (size_t)snprintf(out, AK_MANY_TEXT, "%.100s %.100s", ak_scheme_type(c, type, named), about);
	json_object_foreach(body, key, v) {
		const char *value = json_is_string(v) ? json_string_value(v) : "", *word;

		(void)snprintf(pointer, sizeof(pointer), "/%.70s", key);
		word = *value == '\0' ? value : ak_scheme_word(c, pointer, value);
		if (word != value && used + 120 < AK_MANY_TEXT)
			used += (size_t)snprintf(out + used, AK_MANY_TEXT - used, " %.100s", word);
	}
	return out;
}

/* The scheme of all; "" when they are of more than one: then each row says its own. */
static const char *scheme_of(const ak_many *m)
{
	const char *scheme = m->n == 0 ? "" : ak_js_str(m->s[0].shown, "scheme");

	for (size_t i = 1; i < m->n; i++) {
		if (strcmp(ak_js_str(m->s[i].shown, "scheme"), scheme) != 0)
			return "";
	}
	return scheme;
}

size_t ak_many_cells(const ak_cli *c)
{
	const size_t width = ak_out_text_width(c), rest = 2 + AK_MANY_NO_CELLS + 2 + BEHIND_CELLS;

	return width < rest + LEAST_CELLS ? LEAST_CELLS : width - rest < WHAT_CELLS ? width - rest : WHAT_CELLS;
}

const char *ak_many_row(const ak_cli *c, const ak_many *m, size_t i, ak_many_row_text *t)
{
	const char *what = ak_many_what(c, &m->s[i], t->what);

	if (*scheme_of(m) != '\0')
		return ak_term_cut(what, ak_many_cells(c), t->cut, sizeof(t->cut));
	(void)snprintf(t->all, sizeof(t->all), "[%.100s] %s", ak_js_str(m->s[i].shown, "scheme"), what);
	return ak_term_cut(t->all, ak_many_cells(c), t->cut, sizeof(t->cut));
}

static void put_row(const ak_cli *c, const ak_many *m, size_t i, FILE *to)
{
	const json_t *one = ak_many_case(m, i);
	const ak_signing *s = &m->s[i];
	char cut[AK_MANY_TEXT], date[AK_TERM_DATE_MAX], digest[AK_TERM_DIGEST_MAX];
	ak_many_row_text text;

	ak_term_spaces(to, 2);
	ak_term_pad(to, ak_term_cut(one != NULL ? ak_case_number(one) : AK_NUM(i + 1), AK_MANY_NO_CELLS - 1, cut, sizeof(cut)), AK_MANY_NO_CELLS);
	ak_term_pad(to, ak_many_row(c, m, i, &text), ak_many_cells(c) + 2);
	ak_term_pad(to, ak_term_date(c->ja, ak_js_str(s->shown, "issued"), date), DATE_CELLS);
	ak_term_put(to, ak_term_digest(c->full, ak_js_str(s->shown, "statement"), digest));
	(void)fputc('\n', to);
}

/* What the ledger here says now; without it, what the index says was said when the drafts were made. */
static json_t *flags_of(const ak_cli *c, const ak_many *m, size_t i)
{
	const json_t *one = ak_many_case(m, i);
	bool decides = one != NULL && strcmp(ak_js_str(m->index, "stage"), "decisions") == 0;
	json_t *o = NULL, *flags = NULL;
	ak_text json = { 0 };
	char *matter;

	if (m->ledger == NULL)
		return decides ? ak_case_flags(one, false) : json_array();
	if (decides) {
		matter = json_dumps(ak_js_at(one, "matter"), JSON_COMPACT);
		if (matter != NULL && ak_ledger_meeting(m->ledger, ak_js_str(m->index, "scheme"), (ak_span){ (const uint8_t *)matter, strlen(matter) }, c->now, &json, NULL) == AK_OK)
			o = ak_js_parse(&json);
		free(matter);
		flags = o == NULL ? NULL : ak_case_flags(o, false);
		if (flags != NULL && !json_equal(ak_js_at(o, "draft.body"), ak_js_at(m->s[i].shown, "body")))
			(void)json_array_append_new(flags, json_pack("{s:s,s:s,s:{s:s,s:s}}", "severity", "invalid", "rule", "", "text", "ja", ak_msg_text(MSG_NOT_THE_AGENDA, true),
			                                             "en", ak_msg_text(MSG_NOT_THE_AGENDA, false)));
	} else if (ak_ledger_check(m->ledger, ak_file_span(&m->s[i].input), c->now, &json, NULL) == AK_OK) {
		o = ak_js_parse(&json);
		flags = json_incref(json_object_get(o, "findings"));
	}
	json_decref(o);
	ak_text_free(&json);
	return flags;
}

static void put_flags(const ak_cli *c, const ak_many *m)
{
	char text[AK_MANY_TEXT];
	size_t told = 0;

	for (size_t i = 0; i < m->n; i++) {
		const json_t *one = ak_many_case(m, i), *f;
		json_t *flags = flags_of(c, m, i);
		size_t k;

		json_array_foreach(flags, k, f) {
			const char *severity = ak_js_str(f, "severity");

			if (told++ == 0)
				ak_out_line(c, stderr, m->ledger == NULL ? MSG_SIGN_FLAGS_THEN : MSG_SIGN_FLAGS, NULL);
			ak_out_wrapped(c, stderr, 6, MSG_SIGN_FLAG, one != NULL ? ak_case_number(one) : AK_NUM(i + 1), ak_flag_is_bad(f) ? "✗" : "!",
			               ak_answer_word(c, severity), ak_js_str(f, "rule"), ak_term_dates(c->ja, ak_js_lang(f, "text", c->ja), text, sizeof(text)), NULL);
		}
		json_decref(flags);
	}
	if (told == 0)
		ak_out_line(c, stderr, m->ledger == NULL ? MSG_SIGN_NOT_ASKED : MSG_SIGN_NO_FLAGS, NULL);
}

/* Each whole: what lies in no meeting's folder nobody has read in its agenda. */
static void put_each(const ak_cli *c, const ak_many *m)
{
	for (size_t i = 0; i < m->n; i++) {
		ak_out_line(c, stderr, MSG_SIGN_EACH, m->index == NULL ? AK_NUM(i + 1) : ak_case_number(ak_many_case(m, i)), m->path[i], NULL);
		ak_signing_tell(c, &m->s[i], stderr);
	}
}

void ak_many_table(const ak_cli *c, const ak_many *m)
{
	if (m->index == NULL || c->full)
		put_each(c, m);
	for (size_t i = 0; i < m->n_keys; i++) {
		char *who = ak_signing_who(c, &m->s[0], m->key[i]);

		ak_out_line(c, stderr, MSG_SIGN_AS, who == NULL ? "?" : who, NULL);
		free(who);
	}
	if (*scheme_of(m) != '\0')
		ak_out_line(c, stderr, MSG_SIGN_LEDGER, scheme_of(m), ak_js_str(m->s[0].shown, "ledger"), AK_NUM(m->n), NULL);
	else
		ak_out_line(c, stderr, MSG_SIGN_LEDGER_MIXED, ak_js_str(m->s[0].shown, "ledger"), AK_NUM(m->n), NULL);
	for (size_t i = 0; i < m->n; i++)
		put_row(c, m, i, stderr);
	if (m->index != NULL && !c->full)
		ak_out_wrapped(c, stderr, 2, MSG_SIGN_EACH_FULL, NULL);
	put_flags(c, m);
}
