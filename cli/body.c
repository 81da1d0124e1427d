/* SPDX-License-Identifier: Apache-2.0 */
#include "body.h"

#include "answer.h"
#include "js.h"
#include "scheme.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { POINTER_MAX = 512, DEPTH_MAX = 32 };

typedef struct walk {
	const ak_cli *c;
	ak_ledger *l; /* may be NULL */
	FILE *to;
	const char *type;
	size_t indent, column, lines, printed, left_out;
	bool measuring;
	char pointer[POINTER_MAX], label[AK_SCHEME_TEXT];
} walk;

static const char *label(walk *w)
{
	if (w->c->full || w->type == NULL)
		return w->pointer;
	return ak_scheme_field(w->c, w->type, w->pointer, w->label);
}

/* "#13 baseline list-2021-09  sha256:c38d…b0af", where that is a record of this ledger; else what was given. */
static const char *of_record(const walk *w, const char *value, const char *shown, char out[AK_CELL_ROOM])
{
	enum { WHOLE = 7 + 64 };
	char title[AK_CELL_ROOM], cut[AK_CELL_ROOM - 128]; /* and number and digest */
	ak_text json = { 0 };
	json_t *o;

	if (w->l == NULL || strncmp(value, "sha256:", 7) != 0 || strlen(value) != WHOLE || ak_ledger_show(w->l, value, &json, NULL) != AK_OK)
		return shown;
	o = ak_js_parse(&json);
	ak_text_free(&json);
	if (o == NULL)
		return shown;
	(void)snprintf(out, AK_CELL_ROOM, "#%s %s  %.90s", AK_NUM(ak_js_num(o, "seq")),
	               ak_term_fit(ak_answer_title(w->c, o, title), cut, sizeof(cut)), shown);
	json_decref(o);
	return out;
}

/* Text from /reason and the like may be long; dates, digests and words of a vocabulary are short. */
static void print_value(const walk *w, const json_t *v)
{
	size_t at = w->indent + w->column + 2;
	char date[AK_TERM_DATE_MAX], digest[AK_TERM_DIGEST_MAX], room[AK_CELL_ROOM];
	char *text;

	if (json_is_string(v)) {
		const char *s = ak_term_date(w->c->ja, json_string_value(v), date);

		s = w->c->full ? s : ak_scheme_word(w->c, w->pointer, ak_term_digest(false, s, digest));
		s = of_record(w, json_string_value(v), s, room);
		ak_term_wrap(w->to, s, at, ak_out_text_width(w->c));
		return;
	}
	if (json_is_array(v) && json_array_size(v) == 0 && !w->c->full) {
		ak_term_put(w->to, ak_msg_text(MSG_NONE_OF_THEM, w->c->ja));
		return;
	}
	if (json_is_boolean(v) && !w->c->full) {
		ak_term_put(w->to, ak_msg_text(json_is_true(v) ? MSG_DIFF_YES : MSG_DIFF_NO, w->c->ja));
		return;
	}
	text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
	ak_term_wrap(w->to, text == NULL ? "?" : text, at, ak_out_text_width(w->c));
	free(text);
}

static void leaf(walk *w, const json_t *v)
{
	const char *name = label(w);
	size_t width = ak_term_width(name);

	if (w->measuring) {
		if (width > w->column && width <= ak_out_text_width(w->c) / 2)
			w->column = width;
		return;
	}
	if (w->printed == w->lines) {
		w->left_out++;
		return;
	}
	w->printed++;
	ak_term_spaces(w->to, w->indent);
	if (width > w->column) {
		ak_term_put(w->to, name);
		(void)fputc('\n', w->to);
		ak_term_spaces(w->to, w->indent + w->column + 2);
	} else {
		ak_term_pad(w->to, name, w->column + 2);
	}
	print_value(w, v);
	(void)fputc('\n', w->to);
}

static void visit(walk *w, json_t *v, size_t at, size_t depth);

static void member(walk *w, const char *name, json_t *v, size_t at, size_t depth)
{
	int n = snprintf(w->pointer + at, POINTER_MAX - at, "/%s", name);

	/* A pointer too long to show is cut; the value is shown all the same. */
	visit(w, v, n > 0 && (size_t)n < POINTER_MAX - at ? at + (size_t)n : POINTER_MAX - 1, depth + 1);
	w->pointer[at] = '\0';
}

static void visit(walk *w, json_t *v, size_t at, size_t depth)
{
	const char *name;
	json_t *item;
	size_t i;

	if (depth == DEPTH_MAX || (!json_is_object(v) && !json_is_array(v)) ||
	    (json_object_size(v) == 0 && json_array_size(v) == 0)) {
		leaf(w, v);
		return;
	}
	if (json_is_array(v)) {
		char number[24];

		json_array_foreach(v, i, item)
			member(w, ak_term_number(i, number), item, at, depth);
		return;
	}
	json_object_foreach(v, name, item)
		member(w, name, item, at, depth);
}

void ak_body_print(const ak_cli *c, ak_ledger *l, FILE *to, const char *type, json_t *body, size_t indent, size_t lines)
{
	walk w = { .c = c, .l = l, .to = to, .type = type, .indent = indent, .lines = lines, .measuring = true };
	json_t *rest = NULL;

	if (body == NULL)
		return;
	if (type != NULL && !c->full && ak_body_core(c, l, to, type, body, indent, &rest))
		body = rest;
	if (body != NULL && (body != rest || json_object_size(rest) > 0)) {
		visit(&w, body, 0, 0);
		w.measuring = false;
		visit(&w, body, 0, 0);
	}
	json_decref(rest);
	if (w.left_out > 0) {
		ak_term_spaces(to, indent);
		ak_out_line(c, to, MSG_MORE_FIELDS, AK_NUM(w.left_out), NULL);
	}
}
