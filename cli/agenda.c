/* SPDX-License-Identifier: Apache-2.0 */
#include "agenda.h"

#include "answer.h"
#include "js.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WHAT_ROOM = 768, VALUE_ROOM = 256, NUMBER_MAX = 3, LINE_MAX_BYTES = 1200, TEXT_MAX_BYTES = 16000 };

static bool is(const json_t *row, const char *what, const char *field)
{
	return strcmp(ak_js_str(row, "what"), what) == 0 && (field == NULL || strcmp(ak_js_str(row, "field"), field) == 0);
}

static const json_t *column_named(const ak_agenda *a, const char *cell)
{
	const json_t *row;
	size_t i;

	json_array_foreach(a->form, i, row) {
		if (is(row, "column", NULL) && (ak_csv_same_name(cell, ak_js_str(row, "label_ja")) || ak_csv_same_name(cell, ak_js_str(row, "label_en")) ||
		                                ak_csv_same_name(cell, ak_js_str(row, "field"))))
			return row;
	}
	return NULL;
}

static const json_t *column_of(const ak_agenda *a, const char *field)
{
	const json_t *row;
	size_t i;

	json_array_foreach(a->form, i, row) {
		if (is(row, "column", field))
			return row;
	}
	return NULL;
}

static const json_t *word_of(const ak_agenda *a, const char *field, const char *text)
{
	const json_t *row;
	size_t i;

	json_array_foreach(a->form, i, row) {
		if (is(row, "word", field) && (strcasecmp(text, ak_js_str(row, "label_ja")) == 0 || strcasecmp(text, ak_js_str(row, "label_en")) == 0 ||
		                               strcasecmp(text, ak_js_str(row, "word")) == 0))
			return row;
	}
	return NULL;
}

json_t *ak_agenda_names(const ak_agenda *a, const char *field, const char *word)
{
	const json_t *row;
	size_t i;

	json_array_foreach(a->form, i, row) {
		if (word == NULL ? is(row, "column", field) : is(row, "word", field) && strcmp(ak_js_str(row, "word"), word) == 0)
			return json_pack("{s:s,s:s}", "ja", ak_js_str(row, "label_ja"), "en", ak_js_str(row, "label_en"));
	}
	return NULL;
}

/* "番号、議案の区分、…": every column, or every word of one, by the first of its names. */
static const char *all_names(const ak_cli *c, const ak_agenda *a, const char *what, const char *field, char out[WHAT_ROOM])
{
	const char *before = "";
	const json_t *row;
	size_t i, used = 0;

	out[0] = '\0';
	json_array_foreach(a->form, i, row) {
		const char *key = ak_js_str(row, strcmp(what, "word") == 0 ? "word" : "field");

		if (!is(row, what, field) || strcmp(key, before) == 0 || strcmp(ak_js_str(row, "form"), "digest") == 0)
			continue;
		before = key;
		if (used + 80 < WHAT_ROOM)
			used += (size_t)snprintf(out + used, WHAT_ROOM - used, "%s%.60s", used > 0 ? c->ja ? "、" : ", " : "", ak_js_str(row, c->ja ? "label_ja" : "label_en"));
	}
	return out;
}

int ak_agenda_bad(const ak_cli *c, const ak_agenda *a, size_t i, const char *field, const char *what)
{
	const json_t *column = *field == '\0' ? NULL : column_of(a, field);
	char both[WHAT_ROOM];

	for (size_t k = 0; column != NULL && k < a->table.columns; k++) {
		if (a->field[k] != NULL && strcmp(a->field[k], field) == 0)
			return ak_csv_bad(c, a->path, &a->table, i + 1, k, what);
	}
	if (column != NULL) /* there is no such column: it is named all the same */
		what = ak_out_text(c, both, sizeof(both), MSG_NAMED_WHAT, ak_js_str(column, c->ja ? "label_ja" : "label_en"), what, NULL);
	return ak_csv_bad(c, a->path, &a->table, i + 1, AK_CSV_NONE, what);
}

/* ---- columns -------------------------------------------------------------------------------------------------------- */

static bool empty_column(const ak_csv *t, size_t k)
{
	for (size_t row = 0; row < t->rows; row++) {
		if (*ak_csv_cell(t, row, k) != '\0')
			return false;
	}
	return true;
}

static int read_columns(const ak_cli *c, ak_agenda *a)
{
	char names[WHAT_ROOM], what[WHAT_ROOM * 2];

	for (size_t k = 0; k < a->table.columns; k++) {
		const json_t *column = column_named(a, ak_csv_cell(&a->table, 0, k));

		if (column == NULL && empty_column(&a->table, k))
			continue;
		if (column == NULL || strcmp(ak_js_str(column, "form"), "digest") == 0)
			return ak_csv_bad(c, a->path, &a->table, 0, k,
			                  ak_out_text(c, what, sizeof(what), MSG_AGENDA_UNKNOWN, ak_csv_cell(&a->table, 0, k), all_names(c, a, "column", NULL, names), NULL));
		a->field[k] = ak_js_str(column, "field");
		for (size_t i = 0; i < k; i++) {
			if (a->field[i] != NULL && strcmp(a->field[i], a->field[k]) == 0)
				return ak_csv_bad(c, a->path, &a->table, 0, k, ak_msg_text(MSG_CSV_TWICE, c->ja));
		}
	}
	return EXIT_HOLDS;
}

/* ---- cells ---------------------------------------------------------------------------------------------------------- */

static bool begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* Spaces around it, full-width ones too, are no part of it.  Freed with free(); NULL without memory. */
static char *trimmed(const char *s)
{
	static const char wide[] = "\u3000";
	size_t n;

	while (*s == ' ' || begins(s, wide))
		s += *s == ' ' ? 1 : strlen(wide);
	n = strlen(s);
	for (;;) {
		if (n > 0 && s[n - 1] == ' ')
			n--;
		else if (n >= strlen(wide) && memcmp(s + n - strlen(wide), wide, strlen(wide)) == 0)
			n -= strlen(wide);
		else
			return strndup(s, n);
	}
}

static bool has_control(const char *s)
{
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	}
	return false;
}

static bool is_number(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && n <= NUMBER_MAX && s[n] == '\0';
}

/* What is wrong with it, in `what`; NULL: nothing, and *out is what is stored: the text itself, or a day or a number in `room`. */
static const char *read_value(const ak_cli *c, const ak_agenda *a, const json_t *column, const char *text, char room[VALUE_ROOM], const char **out,
                              char what[WHAT_ROOM * 2])
{
	const char *form = ak_js_str(column, "form"), *field = ak_js_str(column, "field");
	bool is_text = strcmp(form, "text") == 0;
	char names[WHAT_ROOM];
	ak_error e = { 0 };

	/* Registration numbers, short names and counts are ASCII, however they were typed. */
	if ((strcmp(form, "subject") == 0 || strcmp(form, "number") == 0) && ak_term_half_width(text, room, VALUE_ROOM) != NULL)
		text = room;
	*out = text;
	if (has_control(text))
		return ak_msg_text(MSG_AGENDA_CONTROL, c->ja);
	if (*text == '=' || *text == '@')
		return ak_msg_text(MSG_AGENDA_FORMULA, c->ja);
	if (begins(text, "«"))
		return ak_msg_text(MSG_AGENDA_BLANK, c->ja);
	if (strlen(text) > (is_text ? TEXT_MAX_BYTES : LINE_MAX_BYTES))
		return ak_msg_text(MSG_AGENDA_LONG, c->ja);
	if (strcmp(form, "date") == 0) {
		if (ak_date_normalise(text, room, &e) != AK_OK)
			return ak_out_text(c, what, WHAT_ROOM * 2, MSG_RECONCILE_NOT_A_DATE, text, NULL);
		*out = room;
	} else if (strcmp(form, "word") == 0) {
		const json_t *word = word_of(a, field, text);

		if (word == NULL)
			return ak_out_text(c, what, WHAT_ROOM * 2, MSG_AGENDA_NO_WORD, text, all_names(c, a, "word", field, names), NULL);
		*out = ak_js_str(word, "word");
	} else if (strcmp(form, "number") == 0 && !is_number(text)) {
		return ak_out_text(c, what, WHAT_ROOM * 2, MSG_AGENDA_NO_NUMBER, text, NULL);
	}
	return NULL;
}

static int read_cell(const ak_cli *c, const ak_agenda *a, size_t i, size_t k, json_t *matter)
{
	char what[WHAT_ROOM * 2], room[VALUE_ROOM];
	char *text = trimmed(ak_csv_cell(&a->table, i + 1, k));
	const char *wrong, *value;
	int code = EXIT_HOLDS;

	if (text == NULL)
		return ak_out_no_memory(c);
	if (*text != '\0') {
		wrong = read_value(c, a, column_of(a, a->field[k]), text, room, &value, what);
		if (wrong != NULL)
			code = ak_csv_bad(c, a->path, &a->table, i + 1, k, wrong);
		else if (json_object_set_new(matter, a->field[k], json_string(value)) != 0)
			code = ak_out_no_memory(c);
	}
	free(text);
	return code;
}

/* What the command says of all matters, where the row does not. */
static int read_wishes(const ak_cli *c, const ak_agenda *a, const ak_wishes *w, json_t *matter)
{
	for (size_t i = 0; i < w->n_set; i++) {
		const json_t *column = column_of(a, w->set[i].pointer + 1);
		char what[WHAT_ROOM * 2], room[VALUE_ROOM];
		const char *wrong, *value;

		if (column == NULL || w->set[i].is_json)
			return ak_out_usage(c, MSG_AGENDA_NO_FIELD, w->set[i].pointer, NULL);
		if (ak_js_has(matter, ak_js_str(column, "field")))
			continue;
		wrong = read_value(c, a, column, w->set[i].value, room, &value, what);
		if (wrong != NULL)
			return ak_out_usage(c, MSG_NAMED_WHAT, w->set[i].pointer, wrong, NULL);
		if (json_object_set_new(matter, ak_js_str(column, "field"), json_string(value)) != 0)
			return ak_out_no_memory(c);
	}
	return EXIT_HOLDS;
}

/* Two records about one subject cannot be sealed together: the second would not know of the first. */
static int check_subjects(const ak_cli *c, const ak_agenda *a, size_t i, const json_t *matter)
{
	const json_t *row, *other;
	char what[WHAT_ROOM];
	size_t k, n;

	json_array_foreach(a->form, k, row) {
		const char *field = ak_js_str(row, "field"), *value = ak_js_str(matter, field);

		if (strcmp(ak_js_str(row, "form"), "subject") != 0 || *value == '\0')
			continue;
		json_array_foreach(a->matters, n, other) {
			if (n < i && strcmp(ak_js_str(other, field), value) == 0)
				return ak_agenda_bad(c, a, i, field,
				                     ak_out_text(c, what, sizeof(what), MSG_AGENDA_TWICE, value, AK_NUM(a->table.number[n + 1]), NULL));
		}
	}
	return EXIT_HOLDS;
}

static int read_rows(const ak_cli *c, const ak_wishes *w, ak_agenda *a)
{
	int code = EXIT_HOLDS;

	if (a->table.rows < 2)
		return ak_out_fault(c, AK_BAD_FORMAT, a->path, MSG_AGENDA_EMPTY, NULL);
	if (a->table.rows - 1 > AK_AGENDA_MAX)
		return ak_out_fault(c, AK_LIMIT, a->path, MSG_AGENDA_MANY, AK_NUM(AK_AGENDA_MAX), NULL);
	for (size_t i = 0; code == EXIT_HOLDS && i + 1 < a->table.rows; i++) {
		json_t *matter = json_object();

		if (matter == NULL || json_array_append_new(a->matters, matter) != 0)
			return ak_out_no_memory(c);
		for (size_t k = 0; code == EXIT_HOLDS && k < a->table.columns; k++) {
			if (a->field[k] != NULL)
				code = read_cell(c, a, i, k, matter);
		}
		if (code == EXIT_HOLDS)
			code = read_wishes(c, a, w, matter);
		if (code == EXIT_HOLDS)
			code = check_subjects(c, a, i, matter);
	}
	return code;
}

static int ask_form(const ak_cli *c, ak_agenda *a)
{
	static const ak_tell tell = { .query = "meeting-columns" };
	const char *scheme = ak_opt_value(&c->opts, OPT_SCHEME);
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *o = NULL;
	int code;

	if (ak_scheme_tell(scheme, &tell, NULL, c->now, &json, &e) != AK_OK)
		return ak_out_refused(c, scheme, &e, NULL);
	code = ak_answer(c, &json, &o);
	if (code == EXIT_HOLDS)
		a->form = json_incref(json_object_get(o, "rows"));
	json_decref(o);
	ak_text_free(&json);
	return code;
}

int ak_agenda_read(const ak_cli *c, const char *path, const ak_wishes *w, ak_agenda *a)
{
	ak_csv_encoding e;
	int code = ak_csv_option(c, &e);

	a->path = path;
	if (code == EXIT_HOLDS)
		code = ask_form(c, a);
	if (code == EXIT_HOLDS && (a->matters = json_array()) == NULL)
		code = ak_out_no_memory(c);
	if (code == EXIT_HOLDS)
		code = ak_csv_read(c, path, e, &a->table);
	if (code == EXIT_HOLDS)
		code = read_columns(c, a);
	if (code == EXIT_HOLDS)
		code = read_rows(c, w, a);
	return code;
}

void ak_agenda_clear(ak_agenda *a)
{
	ak_csv_free(&a->table);
	json_decref(a->form);
	json_decref(a->matters);
	*a = (ak_agenda){ 0 };
}
