/* SPDX-License-Identifier: Apache-2.0 */
#include "scheme.h"

#include "answer.h"

#include "js.h"
#include "term.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUBJECT_MAX = 128, STEP_MAX = 64, FOLLOW_MAX = 8 };

/* ---- getting it ---------------------------------------------------------------------------------------------- */

/* The body of a record, out of its second line: what is shown here is not judged here, so it is read and not verified. */
static json_t *package_in(const ak_text *lines)
{
	const char *line = memchr(lines->data, '\n', lines->len), *end;
	json_t *statement, *package;

	line = line == NULL ? NULL : line + 1;
	end = line == NULL ? NULL : strchr(line, '\n');
	if (end == NULL)
		return NULL;
	statement = json_loadb(line, (size_t)(end - line), 0, NULL);
	package = json_incref(json_object_get(json_object_get(json_object_get(statement, "predicate"), "body"), "package"));
	json_decref(statement);
	return package;
}

/* The newest record of a subject and type, by number; false when there is none. */
static bool newest(ak_ledger *l, const char *subject, const char *type, uint64_t *seq)
{
	ak_text json = { 0 };
	json_t *rows;
	bool found;

	if (ak_ledger_log(l, subject, type, 1, &json, NULL) != AK_OK)
		return false;
	rows = ak_js_parse(&json);
	ak_text_free(&json);
	found = json_array_size(rows) > 0;
	if (found)
		*seq = ak_js_num(json_array_get(rows, 0), "seq");
	json_decref(rows);
	return found;
}

void ak_scheme_load(ak_cli *c, ak_ledger *l, const char *scheme)
{
	char subject[SUBJECT_MAX] = "", number[24];
	ak_text lines = { 0 };
	uint64_t seq = 0;

	if (l == NULL || c->package != NULL)
		return;
	if (scheme != NULL)
		(void)snprintf(subject, sizeof(subject), "akashi/profile:%.64s", scheme);
	if (!newest(l, scheme != NULL ? subject : NULL, "profile", &seq) ||
	    ak_ledger_raw(l, ak_term_number(seq, number), &lines, NULL) != AK_OK)
		return;
	c->package = package_in(&lines);
	ak_text_free(&lines);
}

void ak_scheme_use(ak_cli *c, ak_ledger *l, const char *scheme)
{
	if (!c->json)
		ak_scheme_load(c, l, scheme);
}

void ak_scheme_names(ak_cli *c, const json_t *names)
{
	if (c->package == NULL)
		c->package = json_incref((json_t *)(uintptr_t)names);
}

void ak_scheme_use_bytes(ak_cli *c, ak_span package)
{
	if (c->package == NULL && package.len > 0)
		c->package = json_loadb((const char *)package.data, package.len, 0, NULL);
}

void ak_scheme_drop(ak_cli *c)
{
	json_decref(c->package);
	c->package = NULL;
}

/* ---- names --------------------------------------------------------------------------------------------------- */

static const json_t *type_of(const ak_cli *c, const char *type)
{
	return json_object_get(json_object_get(c->package, "types"), type);
}

const char *ak_scheme_type(const ak_cli *c, const char *type, char out[AK_SCHEME_TEXT])
{
	const char *title = ak_js_lang(type_of(c, type), "title", c->ja);
	ak_msg core = ak_answer_core_type(type);

	if (core != MSG_NONE)
		return ak_msg_text(core, c->ja);
	if (*title == '\0')
		return type;
	(void)snprintf(out, AK_SCHEME_TEXT, "%.200s", title);
	if (!c->ja && out[0] >= 'A' && out[0] <= 'Z' && out[1] >= 'a' && out[1] <= 'z')
		out[0] = (char)(out[0] - 'A' + 'a');
	return out;
}

static const char *word_in(const ak_cli *c, const char *vocabulary, const char *value)
{
	return ak_js_lang(json_object_get(json_object_get(json_object_get(c->package, "words"), vocabulary), value), "", c->ja);
}

/* A word of a title is of one of these vocabularies. */
static const char *title_word(const ak_cli *c, const char *word, char room[AK_SCHEME_TEXT])
{
	static const char *const vocabularies[] = { "outcome", "kind" };

	for (size_t i = 0; i < sizeof(vocabularies) / sizeof(vocabularies[0]); i++) {
		const char *said = word_in(c, vocabularies[i], word);

		if (*said != '\0')
			return said;
	}
	return *word == '/' ? ak_scheme_field(c, NULL, word, room) : word;
}

const char *ak_scheme_title(const ak_cli *c, const char *type, const char *title, char out[AK_SCHEME_TEXT])
{
	char room[AK_SCHEME_TEXT], word[AK_SCHEME_TEXT], before[AK_SCHEME_TEXT] = "";
	size_t n = strlen(type), used;
	const char *said;

	if (strncmp(title, type, n) != 0 || (title[n] != ' ' && title[n] != '\0'))
		return title;
	used = (size_t)snprintf(out, AK_SCHEME_TEXT, "%s", ak_scheme_type(c, type, room));
	for (title += n; *title == ' ' && used < AK_SCHEME_TEXT;) {
		size_t len = strcspn(++title, " ");

		if (len >= sizeof(word))
			break;
		memcpy(word, title, len);
		word[len] = '\0';
		title += len;
		said = title_word(c, word, room);
		if (strcmp(said, before) == 0)
			continue; /* an outcome that is called as its kind */
		used += (size_t)snprintf(out + used, AK_SCHEME_TEXT - used, " %s", said);
		(void)snprintf(before, sizeof(before), "%s", said);
	}
	return out;
}

/* ---- fields: a walk through the type's schema ------------------------------------------------------------------- */

/* What stands behind a "$ref" into the same schema. */
const json_t *ak_scheme_behind(const json_t *schema, const json_t *node)
{
	for (int i = 0; i < FOLLOW_MAX; i++) {
		const char *ref = ak_js_str(node, "$ref");

		if (strncmp(ref, "#/$defs/", 8) != 0)
			break;
		node = json_object_get(json_object_get(schema, "$defs"), ref + 8);
	}
	return node;
}

static const char *label_of(const ak_cli *c, const json_t *schema, const json_t *node)
{
	const char *member = c->ja ? "x-ja" : "title", *own = ak_js_str(node, member);

	return *own != '\0' ? own : ak_js_str(ak_scheme_behind(schema, node), member);
}

static void add(char out[AK_SCHEME_TEXT], const char *gap, const char *text)
{
	size_t used = strlen(out);

	(void)snprintf(out + used, AK_SCHEME_TEXT - used, "%s%.120s", used > 0 ? gap : "", text);
}

/* False when the schema does not know the place. */
static bool walk(const ak_cli *c, const json_t *schema, const char *pointer, char out[AK_SCHEME_TEXT])
{
	const json_t *node = schema;
	char step[STEP_MAX], number[24];

	out[0] = '\0';
	while (*pointer == '/') {
		size_t n = strcspn(++pointer, "/");
		const json_t *at = ak_scheme_behind(schema, node);

		if (n >= sizeof(step))
			return false;
		memcpy(step, pointer, n);
		step[n] = '\0';
		pointer += n;
		if (json_is_object(json_object_get(at, "items"))) {
			node = json_object_get(at, "items");
			add(out, " ", ak_term_number(strtoull(step, NULL, 10) + 1, number)); /* people count from one */
			continue;
		}
		node = json_object_get(json_object_get(at, "properties"), step);
		if (node == NULL || *label_of(c, schema, node) == '\0')
			return false;
		add(out, c->ja ? " " : ": ", label_of(c, schema, node));
	}
	return out[0] != '\0';
}

const char *ak_scheme_field(const ak_cli *c, const char *type, const char *pointer, char out[AK_SCHEME_TEXT])
{
	const char *name;
	const json_t *t;

	if (c->package == NULL)
		return pointer;
	if (type != NULL)
		return walk(c, json_object_get(type_of(c, type), "schema"), pointer, out) ? out : pointer;
	json_object_foreach(json_object_get(c->package, "types"), name, t) {
		if (walk(c, json_object_get(t, "schema"), pointer, out))
			return out;
	}
	return pointer;
}

bool ak_scheme_is_date(const ak_cli *c, const char *type, const char *pointer)
{
	const json_t *schema = json_object_get(type_of(c, type), "schema"), *at = ak_scheme_behind(schema, schema);
	char step[STEP_MAX];

	while (*pointer == '/') {
		size_t n = strcspn(++pointer, "/");
		const json_t *items = json_object_get(at, "items");

		if (n >= sizeof(step))
			return false;
		memcpy(step, pointer, n);
		step[n] = '\0';
		pointer += n;
		at = ak_scheme_behind(schema, json_is_object(items) ? items : json_object_get(json_object_get(at, "properties"), step));
	}
	return strcmp(ak_js_str(at, "format"), "akashi-date") == 0 || strcmp(ak_js_str(at, "format"), "akashi-day") == 0;
}

const char *ak_scheme_word(const ak_cli *c, const char *pointer, const char *value)
{
	const char *end = pointer + strlen(pointer), *step, *said;
	char field[64];

	do { /* the words of a list are those of its name */
		for (step = end; step > pointer && step[-1] != '/';)
			step--;
		if (step == pointer || (size_t)(end - step) >= sizeof(field))
			return value;
		(void)snprintf(field, sizeof(field), "%.*s", (int)(end - step), step);
		end = step - 1;
	} while (*field != '\0' && strspn(field, "0123456789*") == strlen(field));
	said = word_in(c, field, value);
	return *said != '\0' ? said : value;
}

/* References that go by the same name in every scheme, or to several kinds of records. */
static ak_msg common_rel(const char *rel)
{
	static const struct {
		const char *rel;
		ak_msg name;
	} common[] = {
		{ "corrects", MSG_REL_CORRECTS },   { "annuls", MSG_REL_ANNULS },       { "withdraws", MSG_REL_WITHDRAWS },
		{ "previous", MSG_REL_PREVIOUS },   { "reviews", MSG_REL_REVIEWS },     { "application", MSG_REL_APPLICATION },
		{ "revokes", MSG_REL_REVOKES },
	};

	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
		if (strcmp(common[i].rel, rel) == 0)
			return common[i].name;
	}
	return MSG_NONE;
}

const char *ak_scheme_rel(const ak_cli *c, const char *type, const char *rel, char out[AK_SCHEME_TEXT])
{
	const json_t *ref, *types = NULL;
	const char *target;
	size_t i;

	if (common_rel(rel) != MSG_NONE)
		return ak_msg_text(common_rel(rel), c->ja);
	json_array_foreach(ak_js_at(type_of(c, type), "refs"), i, ref) {
		if (strcmp(ak_js_str(ref, "rel"), rel) == 0)
			types = ak_js_at(ref, "types");
	}
	/* One kind of record: its name says what it is. */
	target = json_array_size(types) == 1 ? json_string_value(json_array_get(types, 0)) : NULL;
	return target != NULL && type_of(c, target) != NULL ? ak_scheme_type(c, target, out) : rel;
}

bool ak_scheme_has(const ak_cli *c, const char *type)
{
	return type_of(c, type) != NULL;
}

/* The names in `things`, and what each is called: by this member of it, "" the thing itself, NULL not at all. */
static char *names_of(const ak_cli *c, const char *things, const char *title)
{
	char *text = NULL;
	size_t len = 0;
	const char *name, *gap = "";
	const json_t *thing;
	FILE *f = open_memstream(&text, &len);

	if (f == NULL)
		return NULL;
	json_object_foreach(json_object_get(c->package, things), name, thing) {
		const char *called = title != NULL ? ak_js_lang(thing, title, c->ja) : "";

		(void)fprintf(f, "%s%s", gap, name);
		if (*called != '\0')
			(void)fprintf(f, c->ja ? "（%s）" : " (%s)", called);
		gap = c->ja ? "、" : ", ";
	}
	if (fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

char *ak_scheme_types(const ak_cli *c)
{
	return names_of(c, "types", c->ja ? "title" : NULL);
}

const char *ak_scheme_role(const ak_cli *c, const char *role)
{
	const char *said = ak_js_lang(json_object_get(json_object_get(c->package, "roles"), role), "", c->ja);

	return *said != '\0' ? said : role;
}

char *ak_scheme_roles(const ak_cli *c)
{
	return names_of(c, "roles", "");
}
