/* SPDX-License-Identifier: Apache-2.0 */
#include "body.h"

#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { POINTER_MAX = 512, COLUMN_MAX = 28, WIDTH = 100, DEPTH_MAX = 32 };

typedef struct walk {
	const ak_cli *c;
	FILE *to;
	size_t indent, column, lines, printed, left_out;
	bool measuring;
	char pointer[POINTER_MAX];
} walk;

static void print_value(const walk *w, const json_t *v)
{
	char date[AK_TERM_DATE_MAX];
	char *text;

	if (json_is_string(v)) {
		ak_term_wrap(w->to, ak_term_date(w->c->ja, json_string_value(v), date), w->indent + w->column + 2, WIDTH);
		return;
	}
	text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
	ak_term_wrap(w->to, text == NULL ? "?" : text, w->indent + w->column + 2, WIDTH);
	free(text);
}

static void leaf(walk *w, const json_t *v)
{
	size_t width = ak_term_width(w->pointer);

	if (w->measuring) {
		if (width > w->column && width <= COLUMN_MAX)
			w->column = width;
		return;
	}
	if (w->printed == w->lines) {
		w->left_out++;
		return;
	}
	w->printed++;
	ak_term_spaces(w->to, w->indent);
	ak_term_pad(w->to, w->pointer, w->column + 2);
	if (width > w->column) {
		(void)fputc('\n', w->to);
		ak_term_spaces(w->to, w->indent + w->column + 2);
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

void ak_body_print(const ak_cli *c, FILE *to, json_t *body, size_t indent, size_t lines)
{
	walk w = { .c = c, .to = to, .indent = indent, .lines = lines, .measuring = true };

	if (body == NULL)
		return;
	visit(&w, body, 0, 0);
	w.measuring = false;
	visit(&w, body, 0, 0);
	if (w.left_out > 0) {
		ak_term_spaces(to, indent);
		ak_out_line(c, to, MSG_MORE_FIELDS, AK_NUM(w.left_out), NULL);
	}
}
