/* SPDX-License-Identifier: Apache-2.0 */
#include "fields.h"

#include "answer.h"
#include "fields_model.h"
#include "js.h"
#include "scheme.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { FORM_ROOM = 2048, POINTER_WIDE = 32, TITLE_WIDE = 34, INDENT = 2, ITEM_ROOM = 256 };

static void add(char out[FORM_ROOM], const char *gap, const char *text)
{
	size_t used = strlen(out);

	(void)snprintf(out + used, FORM_ROOM - used, "%s%s", used > 0 ? gap : "", text);
}

static ak_msg form_name(const char *form)
{
	static const struct {
		const char *form;
		ak_msg name;
	} names[] = {
		{ "day", MSG_FORM_DAY },       { "date", MSG_FORM_DATE }, { "digest", MSG_FORM_DIGEST },   { "subject", MSG_FORM_SUBJECT },
		{ "number", MSG_FORM_NUMBER }, { "text", MSG_FORM_TEXT }, { "boolean", MSG_FORM_BOOLEAN }, { "list", MSG_FORM_LIST },
		{ "object", MSG_FORM_OBJECT },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i].form, form) == 0)
			return names[i].name;
	}
	return MSG_FORM_ANY;
}

/* "initial (新規)": as it is stored, and as it is read. */
static void add_words(const ak_cli *c, const json_t *row, char out[FORM_ROOM])
{
	const json_t *v;
	size_t i;

	json_array_foreach(ak_js_at(row, "words"), i, v) {
		char item[ITEM_ROOM], *dumped = json_is_string(v) ? NULL : json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
		const char *stored = json_is_string(v) ? json_string_value(v) : dumped == NULL ? "?" : dumped;
		const char *read = json_is_string(v) ? ak_scheme_word(c, ak_js_str(row, "field"), stored) : stored;

		if (strcmp(stored, read) != 0)
			stored = ak_out_text(c, item, sizeof(item), MSG_NAME_AND_WORD, stored, read, NULL);
		add(out, i == 0 ? "" : c->ja ? "、" : ", ", stored);
		free(dumped);
	}
}

static void add_limits(const ak_cli *c, const json_t *row, char out[FORM_ROOM])
{
	const char *form = ak_js_str(row, "form"), *pattern = ak_js_str(row, "pattern");
	const json_t *least = ak_js_at(row, "least"), *most = ak_js_at(row, "most");
	bool counted = strcmp(form, "text") == 0 || strcmp(form, "list") == 0;
	char text[ITEM_ROOM * 2], number[2][24];

	(void)snprintf(number[0], sizeof(number[0]), "%lld", (long long)json_integer_value(least));
	(void)snprintf(number[1], sizeof(number[1]), "%lld", (long long)json_integer_value(most));
	if (counted && json_is_integer(most))
		add(out, c->ja ? "、" : ", ", ak_out_text(c, text, sizeof(text), strcmp(form, "text") == 0 ? MSG_FORM_CHARACTERS : MSG_FORM_ELEMENTS,
		                                      number[1], NULL));
	else if (!counted && (json_is_integer(least) || json_is_integer(most)))
		add(out, c->ja ? "、" : ", ", ak_out_text(c, text, sizeof(text), MSG_FORM_RANGE, json_is_integer(least) ? number[0] : "…",
		                                      json_is_integer(most) ? number[1] : "…", NULL));
	if (*pattern != '\0')
		add(out, c->ja ? "、" : ", ", ak_out_text(c, text, sizeof(text), MSG_FORM_PATTERN, pattern, NULL));
}

static const char *form_text(const ak_cli *c, const json_t *row, char out[FORM_ROOM])
{
	const char *class = ak_js_str(row, "class");

	out[0] = '\0';
	if (strcmp(ak_js_str(row, "form"), "words") == 0)
		add_words(c, row, out);
	else
		add(out, "", ak_msg_text(form_name(ak_js_str(row, "form")), c->ja));
	add_limits(c, row, out);
	if (strcmp(class, "commit") == 0)
		add(out, c->ja ? "、" : ", ", ak_msg_text(MSG_CLASS_COMMIT, c->ja));
	else if (strcmp(class, "never") == 0)
		add(out, c->ja ? "、" : ", ", ak_msg_text(MSG_CLASS_NEVER, c->ja));
	return out;
}

static void put_row(const ak_cli *c, const json_t *row, const size_t width[2])
{
	const char *pointer = ak_js_str(row, "field"), *title = ak_js_lang(row, "title", c->ja);
	size_t column = INDENT + 2 + width[0] + 2, used = INDENT + 2 + ak_term_width(pointer);
	char form[FORM_ROOM];

	ak_term_spaces(stdout, INDENT);
	(void)fputs(ak_js_true(row, "required") ? "* " : "  ", stdout);
	ak_term_put(stdout, pointer);
	ak_term_spaces(stdout, used + 2 <= column ? column - used : 2);
	used = (used + 2 <= column ? column : used + 2) + ak_term_width(title);
	ak_term_put(stdout, title);
	column += width[1] + 2;
	if (used + 2 > column) { /* the title is a long one: what the field takes stands below it */
		(void)fputc('\n', stdout);
		used = 0;
	}
	ak_term_spaces(stdout, column - used);
	ak_term_wrap(stdout, form_text(c, row, form), column, ak_out_text_width(c));
	(void)fputc('\n', stdout);
}

static void put_rows(const ak_cli *c, const json_t *rows)
{
	size_t width[2] = { 0 }, i;
	const json_t *row;

	json_array_foreach(rows, i, row) {
		size_t w[2] = { ak_term_width(ak_js_str(row, "field")), ak_term_width(ak_js_lang(row, "title", c->ja)) };

		width[0] = w[0] > width[0] && w[0] <= POINTER_WIDE ? w[0] : width[0];
		width[1] = w[1] > width[1] && w[1] <= TITLE_WIDE ? w[1] : width[1];
	}
	json_array_foreach(rows, i, row)
		put_row(c, row, width);
}

/* "/listing" or "/service": exactly one, or at least one, of several. */
static void put_alternatives(const ak_cli *c, const json_t *list, ak_msg m)
{
	char text[FORM_ROOM] = "", item[ITEM_ROOM];
	const json_t *v, *field;
	size_t i, k;

	json_array_foreach(list, i, v) {
		item[0] = '\0';
		json_array_foreach(v, k, field)
			(void)snprintf(item + strlen(item), sizeof(item) - strlen(item), "%s%.64s", k > 0 ? " + " : "", json_string_value(field));
		add(text, c->ja ? "、" : ", ", item);
	}
	if (*text != '\0')
		ak_out_wrapped(c, stdout, 0, m, text, NULL);
}

static void put_refs(const ak_cli *c, const json_t *refs)
{
	char text[FORM_ROOM] = "", item[ITEM_ROOM], types[ITEM_ROOM];
	const json_t *r, *t;
	size_t i, k;

	json_array_foreach(refs, i, r) {
		types[0] = '\0';
		json_array_foreach(ak_js_at(r, "types"), k, t)
			(void)snprintf(types + strlen(types), sizeof(types) - strlen(types), "%s%.64s", k > 0 ? " " : "", json_string_value(t));
		add(text, c->ja ? "、" : ", ", ak_out_text(c, item, sizeof(item), MSG_NAME_AND_WORD, ak_js_str(r, "rel"),
		                                       strcmp(types, "*") == 0 ? ak_msg_text(MSG_ANY_TYPE, c->ja) : types, NULL));
	}
	if (*text != '\0')
		ak_out_wrapped(c, stdout, 0, MSG_FIELDS_REFS, text, NULL);
}

static ak_msg publication(const char *word)
{
	return strcmp(word, "always") == 0 ? MSG_PUBLISHED_ALWAYS : strcmp(word, "after-listing") == 0 ? MSG_PUBLISHED_AFTER : MSG_PUBLISHED_CLOSED;
}

static void print(const ak_cli *c, const json_t *o)
{
	const char *documents = ak_js_str(o, "documents");

	ak_out_paint(c, stdout, AK_PAINT_BOLD);
	ak_out_put(c, stdout, MSG_FIELDS_OF, ak_js_str(o, "type"), ak_js_lang(o, "title", c->ja), ak_js_str(o, "scheme"), ak_js_str(o, "version"), NULL);
	ak_out_plain(c, stdout);
	(void)fputc('\n', stdout);
	if (*ak_js_str(o, "publication") != '\0')
		ak_out_line(c, stdout, publication(ak_js_str(o, "publication")), NULL);
	(void)fputc('\n', stdout);
	put_rows(c, ak_js_at(o, "fields"));
	(void)fputc('\n', stdout);
	ak_out_line(c, stdout, MSG_FIELDS_REQUIRED, NULL);
	put_alternatives(c, ak_js_at(o, "one_of"), MSG_FIELDS_ONE_OF);
	put_alternatives(c, ak_js_at(o, "some_of"), MSG_FIELDS_SOME_OF);
	if (ak_js_true(o, "conditions"))
		ak_out_line(c, stdout, MSG_FIELDS_CONDITIONS, NULL);
	put_refs(c, ak_js_at(o, "refs"));
	if (strcmp(documents, "none") != 0 && *documents != '\0')
		ak_out_line(c, stdout, strcmp(documents, "required") == 0 ? MSG_FIELDS_DOCUMENTS : MSG_FIELDS_MAY_DOCUMENTS, NULL);
}

/* ---- finding the type ----------------------------------------------------------------------------------------- */

/* The definition that this program ships, if it has the type. */
static bool use_held(ak_cli *c, const char *scheme, const char *type)
{
	ak_text package = { 0 };

	ak_scheme_drop(c);
	if (ak_package_held(scheme, &package, NULL) == AK_OK)
		ak_scheme_use_bytes(c, (ak_span){ (const uint8_t *)package.data, package.len });
	ak_text_free(&package);
	return ak_scheme_has(c, type);
}

static bool use_any_held(ak_cli *c, const char *scheme, const char *type)
{
	ak_text json = { 0 };
	json_t *list;
	const json_t *v;
	bool found = false;
	size_t i;

	if (ak_packages_held(&json, NULL) != AK_OK)
		return false;
	list = ak_js_parse(&json);
	ak_text_free(&json);
	json_array_foreach(list, i, v) {
		if (!found && (scheme == NULL || strcmp(scheme, ak_js_str(v, "scheme")) == 0))
			found = use_held(c, ak_js_str(v, "scheme"), type);
	}
	json_decref(list);
	return found;
}

bool ak_fields_known(const char *type)
{
	ak_cli *c = calloc(1, sizeof(*c));
	bool found = c != NULL && use_any_held(c, NULL, type);

	if (c != NULL)
		ak_scheme_drop(c);
	free(c);
	return found;
}

/* As the ledger has it, where there is one: that is what drafts are checked against. */
static bool use_ledger(ak_cli *c, const char *scheme, const char *type)
{
	ak_ledger *l = NULL;

	ak_scheme_drop(c);
	if (ak_ledger_open(c->dir, &l, NULL) == AK_OK)
		ak_scheme_load(c, l, scheme);
	ak_ledger_free(&l);
	return ak_scheme_has(c, type);
}

int ak_fields(ak_cli *c, const char *scheme, const char *type)
{
	json_t *o;

	if (!use_ledger(c, scheme, type) && !use_any_held(c, scheme, type)) {
		char *types = ak_scheme_types(c); /* of the definition looked at last */
		int code = types == NULL ? ak_out_no_memory(c) : ak_out_usage(c, MSG_NO_SUCH_TYPE, type, types, NULL);

		free(types);
		return code;
	}
	o = ak_fields_model(c->package, type);
	if (o == NULL)
		return ak_out_no_memory(c);
	if (c->json)
		return ak_out_json(c, o, EXIT_HOLDS);
	print(c, o);
	json_decref(o);
	return EXIT_HOLDS;
}
