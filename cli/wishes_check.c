/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked for at the command line, against the schema of the type: told before a draft is made of it, not after signing. */
#include "wishes.h"

#include "fields_model.h"
#include "js.h"
#include "scheme.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_ROOM = 1024 };

/* How a pointer of the command line stands to one of the model, where "*" is the number of an element. */
typedef enum fit { FIT_NOT, FIT_ABOVE /* of a part of what was named */, FIT_SAME, FIT_BELOW } fit;

static fit fit_of(const char *asked, const char *field)
{
	while (*asked != '\0' && *field != '\0') {
		if (field[0] == '*' && field[-1] == '/') {
			size_t n = strspn(asked, "0123456789");

			if (n == 0 && *asked != '-')
				return FIT_NOT;
			asked += n == 0 ? 1 : n;
			field++;
		} else if (*asked++ != *field++) {
			return FIT_NOT;
		}
	}
	if (*asked == '\0' && *field == '\0')
		return FIT_SAME;
	if (*asked == '\0')
		return *field == '/' ? FIT_ABOVE : FIT_NOT;
	return *asked == '/' ? FIT_BELOW : FIT_NOT;
}

/* Below a value whose parts the model does not list anything may stand. */
static bool open_below(const json_t *fields, const char *asked, const json_t *row)
{
	const char *form = ak_js_str(row, "form"), *at = ak_js_str(row, "field");
	const json_t *other;
	size_t i, n = strlen(at);

	(void)asked;
	if (strcmp(form, "any") != 0 && strcmp(form, "object") != 0 && strcmp(form, "list") != 0)
		return false;
	json_array_foreach(fields, i, other) {
		const char *field = ak_js_str(other, "field");

		if (strncmp(field, at, n) == 0 && field[n] == '/')
			return false;
	}
	return true;
}

/* The row of the field; *known is true also of what the model knows as a whole or in part only. */
static const json_t *find(const json_t *fields, const char *asked, bool *known)
{
	const json_t *row;
	size_t i;

	*known = false;
	json_array_foreach(fields, i, row) {
		fit f = fit_of(asked, ak_js_str(row, "field"));

		if (f == FIT_SAME) {
			*known = true;
			return row;
		}
		*known = *known || f == FIT_ABOVE || (f == FIT_BELOW && open_below(fields, asked, row));
	}
	return NULL;
}

/* "/auditor, /kind, …" of the first level, for whoever mistyped one. */
static const char *names(const ak_cli *c, const json_t *fields, char out[WORDS_ROOM])
{
	const json_t *row;
	size_t i, used = 0;

	out[0] = '\0';
	json_array_foreach(fields, i, row) {
		const char *field = ak_js_str(row, "field");

		if (strchr(field + 1, '/') == NULL && used + strlen(field) + 8 < WORDS_ROOM)
			used += (size_t)snprintf(out + used, WORDS_ROOM - used, "%s%s", used == 0 ? "" : c->ja ? "、" : ", ", field);
	}
	return out;
}

static int no_field(const ak_cli *c, const char *type, const char *pointer, const json_t *fields)
{
	ak_error e = { .status = AK_INVALID_ARGUMENT, .where = "draft.field" };
	char list[WORDS_ROOM], next[AK_NEXT_ROOM], named[AK_SCHEME_TEXT];

	(void)ak_out_text(c, e.detail, sizeof(e.detail), MSG_SET_NO_FIELD, pointer, ak_scheme_type(c, type, named), NULL);
	return ak_out_told(c, type, &e, ak_out_text(c, next, sizeof(next), MSG_SET_NO_FIELD_NEXT, names(c, fields, list), type, NULL));
}

/* The stored word for a word as it is stored or read; NULL when it is neither. */
static const char *stored_word(const ak_cli *c, const json_t *row, const char *value)
{
	const json_t *v;
	size_t i;

	json_array_foreach(ak_js_at(row, "words"), i, v) {
		if (json_is_string(v) && strcmp(json_string_value(v), value) == 0)
			return json_string_value(v);
	}
	json_array_foreach(ak_js_at(row, "words"), i, v) {
		if (json_is_string(v) && strcmp(ak_scheme_word(c, ak_js_str(row, "field"), json_string_value(v)), value) == 0)
			return json_string_value(v);
	}
	return NULL;
}

static bool has_words(const json_t *row)
{
	const json_t *v;
	size_t i;

	json_array_foreach(ak_js_at(row, "words"), i, v) {
		if (!json_is_string(v))
			return false;
	}
	return ak_js_len(row, "words") > 0;
}

static int no_word(const ak_cli *c, const char *type, const ak_assignment *set, const json_t *row)
{
	ak_error e = { .status = AK_INVALID_ARGUMENT, .where = "draft.value" };
	char list[WORDS_ROOM] = "", next[AK_NEXT_ROOM], named[AK_SCHEME_TEXT], one[AK_SCHEME_TEXT];
	const json_t *v;
	size_t i, used = 0;

	json_array_foreach(ak_js_at(row, "words"), i, v) {
		const char *word = json_string_value(v), *read = ak_scheme_word(c, ak_js_str(row, "field"), word);

		if (strcmp(word, read) != 0)
			word = ak_out_text(c, one, sizeof(one), MSG_NAME_AND_WORD, word, read, NULL);
		if (used + strlen(word) + 8 < sizeof(list))
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", used == 0 ? "" : c->ja ? "、" : ", ", word);
	}
	(void)ak_out_text(c, e.detail, sizeof(e.detail), MSG_SET_NO_WORD, set->value, ak_scheme_field(c, type, set->pointer, named), set->pointer, NULL);
	return ak_out_told(c, type, &e, ak_out_text(c, next, sizeof(next), MSG_SET_NO_WORD_NEXT, list, NULL));
}

int ak_wishes_check(const ak_cli *c, const char *type, ak_wishes *w)
{
	json_t *model = c->package != NULL && ak_scheme_has(c, type) ? ak_fields_model(c->package, type) : NULL;
	const json_t *fields = ak_js_at(model, "fields"), *row;
	int code = EXIT_HOLDS;
	bool known;

	for (size_t i = 0; code == EXIT_HOLDS && json_array_size(fields) > 0 && i < w->n_set; i++) {
		ak_assignment *set = &w->set[i];

		row = find(fields, set->pointer, &known);
		if (!known)
			code = no_field(c, type, set->pointer, fields);
		if (code == EXIT_HOLDS && row != NULL && !set->is_json && has_words(row)) {
			const char *word = stored_word(c, row, set->value);
			char *kept = word == NULL || w->n_texts == sizeof(w->text) / sizeof(w->text[0]) ? NULL : strdup(word);

			if (word == NULL) {
				code = no_word(c, type, set, row);
			} else if (kept == NULL) {
				code = ak_out_no_memory(c);
			} else {
				w->text[w->n_texts++] = kept;
				set->value = kept;
			}
		}
	}
	json_decref(model);
	return code;
}
