/* SPDX-License-Identifier: Apache-2.0 */
#include "diff.h"

#include "js.h"
#include "out.h"
#include "scheme.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { POINTER_MAX = 512, DEPTH_MAX = 32 };

typedef struct walk {
	json_t *rows;
	char pointer[POINTER_MAX];
	size_t depth;
	bool failed;
} walk;

static void compare(walk *w, const json_t *old, const json_t *new);

static json_t *side_of(const json_t *v)
{
	char *text;
	json_t *s;

	if (v == NULL)
		return json_null();
	if (json_is_string(v))
		return json_string(json_string_value(v));
	text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
	s = text == NULL ? NULL : json_string(text);
	free(text);
	return s;
}

static void put_sides(walk *w, const char *key, json_t *old, json_t *new)
{
	const char *change = json_is_null(old) ? "added" : json_is_null(new) ? "removed" : "changed";
	json_t *row =
		json_pack("{s:s,s:s?,s:s,s:o,s:o}", "field", w->pointer, "key", key, "change", change, "old", old, "new", new);

	if (row == NULL || json_array_append_new(w->rows, row) != 0)
		w->failed = true;
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

static bool all_have_ids(const json_t *list)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v) {
		if (!json_is_string(json_object_get(v, "id")))
			return false;
	}
	return true;
}

static const json_t *with_id(const json_t *list, const char *id)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v) {
		if (strcmp(ak_js_str(v, "id"), id) == 0)
			return v;
	}
	return NULL;
}

/* What there is beside the id: one value as it is, several in the order of their names. */
static json_t *beside_id(const json_t *v)
{
	json_t *rest, *one = NULL;

	if (v == NULL)
		return json_null();
	rest = json_copy((json_t *)(uintptr_t)v);
	if (rest == NULL)
		return NULL;
	(void)json_object_del(rest, "id");
	if (json_object_size(rest) == 1)
		one = side_of(json_object_iter_value(json_object_iter(rest)));
	else
		one = side_of(rest);
	json_decref(rest);
	return one;
}

static void compare_ids(walk *w, const json_t *old, const json_t *new)
{
	const json_t *v;
	size_t i;

	json_array_foreach(old, i, v) {
		const json_t *other = with_id(new, ak_js_str(v, "id"));

		if (!json_equal(v, other))
			put_sides(w, ak_js_str(v, "id"), beside_id(v), beside_id(other));
	}
	json_array_foreach(new, i, v) {
		if (with_id(old, ak_js_str(v, "id")) == NULL)
			put_sides(w, ak_js_str(v, "id"), json_null(), beside_id(v));
	}
}

static bool holds(const json_t *list, const json_t *wanted)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v) {
		if (json_equal(v, wanted))
			return true;
	}
	return false;
}

static void compare_lists(walk *w, const json_t *old, const json_t *new)
{
	const json_t *v;
	size_t i;

	if (json_array_size(old) + json_array_size(new) > 0 && all_have_ids(old) && all_have_ids(new)) {
		compare_ids(w, old, new);
		return;
	}
	json_array_foreach(old, i, v) {
		if (!holds(new, v))
			put_sides(w, NULL, side_of(v), json_null());
	}
	json_array_foreach(new, i, v) {
		if (!holds(old, v))
			put_sides(w, NULL, json_null(), side_of(v));
	}
}

/* ---- members ----------------------------------------------------------------------------------------------------- */

static void compare_member(walk *w, const char *name, const json_t *old, const json_t *new)
{
	size_t len = strlen(w->pointer);

	if (json_equal(old, new))
		return;
	if (len + strlen(name) + 2 > POINTER_MAX || w->depth == DEPTH_MAX) {
		w->failed = true;
		return;
	}
	(void)snprintf(w->pointer + len, POINTER_MAX - len, "/%s", name);
	w->depth++;
	compare(w, old, new);
	w->depth--;
	w->pointer[len] = '\0';
}

static void compare_objects(walk *w, const json_t *old, const json_t *new)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)old, name, v)
		compare_member(w, name, v, json_object_get(new, name));
	json_object_foreach((json_t *)(uintptr_t) new, name, v) {
		if (json_object_get(old, name) == NULL)
			compare_member(w, name, NULL, v);
	}
}

static void compare(walk *w, const json_t *old, const json_t *new)
{
	const json_t *any = old != NULL ? old : new;

	if (old != NULL && new != NULL && json_typeof(old) != json_typeof(new))
		put_sides(w, NULL, side_of(old), side_of(new));
	else if (json_is_object(any))
		compare_objects(w, old, new);
	else if (json_is_array(any))
		compare_lists(w, old, new);
	else
		put_sides(w, NULL, side_of(old), side_of(new));
}

/* ---- in order ----------------------------------------------------------------------------------------------------- */

/* 5.1.2 before 5.1.10: numbers by their value. */
static int compare_keys(const char *a, const char *b)
{
	while (*a != '\0' && *b != '\0') {
		if (*a >= '0' && *a <= '9' && *b >= '0' && *b <= '9') {
			char *enda, *endb;
			unsigned long long x = strtoull(a, &enda, 10), y = strtoull(b, &endb, 10);

			if (x != y)
				return x < y ? -1 : 1;
			a = enda;
			b = endb;
		} else if (*a != *b) {
			return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
		} else {
			a++;
			b++;
		}
	}
	return *a == *b ? 0 : *a == '\0' ? -1 : 1;
}

/* The part of the body that a row is in: "/controls" of "/controls/objectives". */
static size_t part_len(const char *pointer)
{
	return *pointer == '/' ? 1 + strcspn(pointer + 1, "/") : strlen(pointer);
}

static bool out_of_order(const json_t *a, const json_t *b)
{
	const char *x = ak_js_str(a, "field"), *y = ak_js_str(b, "field");
	size_t n = part_len(x);

	if (n != part_len(y) || strncmp(x, y, n) != 0 || !ak_js_has(a, "key") || !ak_js_has(b, "key"))
		return false;
	return compare_keys(ak_js_str(a, "key"), ak_js_str(b, "key")) > 0;
}

/* Within one part of the body, by key: what was done with one control stands together.  Stable. */
static bool sort_rows(json_t *rows)
{
	size_t n = json_array_size(rows);

	for (size_t i = 1; i < n; i++) {
		json_t *row = json_incref(json_array_get(rows, i));
		size_t at = i;

		while (at > 0 && out_of_order(json_array_get(rows, at - 1), row))
			at--;
		if (at != i && (json_array_remove(rows, i) != 0 || json_array_insert(rows, at, row) != 0)) {
			json_decref(row);
			return false;
		}
		json_decref(row);
	}
	return true;
}

json_t *ak_diff_make(const json_t *old, const json_t *new)
{
	walk w = { .rows = json_array() };

	if (w.rows == NULL)
		return NULL;
	compare(&w, old, new);
	if (w.failed || !sort_rows(w.rows)) {
		json_decref(w.rows);
		return NULL;
	}
	return w.rows;
}

/* ---- words -------------------------------------------------------------------------------------------------------- */

const char *ak_diff_field(const ak_cli *c, const char *type, const json_t *row, char out[AK_DIFF_TEXT])
{
	char room[AK_SCHEME_TEXT];
	const char *pointer = ak_js_str(row, "field"), *key = ak_js_str(row, "key");

	if (*key == '\0')
		(void)snprintf(out, AK_DIFF_TEXT, "%s", c->full ? pointer : ak_scheme_field(c, type, pointer, room));
	else
		(void)snprintf(out, AK_DIFF_TEXT, "%s  %s", key, c->full ? pointer : ak_scheme_field(c, type, pointer, room));
	return out;
}

static void add(char out[AK_DIFF_TEXT], const char *text)
{
	size_t used = strlen(out);

	(void)snprintf(out + used, AK_DIFF_TEXT - used, "%s%s", used > 0 ? " · " : "", text);
}

/* The values of an element that has several, without braces. */
static bool add_members(const ak_cli *c, const char *text, char out[AK_DIFF_TEXT])
{
	json_t *o = *text == '{' ? json_loads(text, 0, NULL) : NULL, *v;
	const char *name;
	char date[AK_TERM_DATE_MAX], pointer[128], *other;

	json_object_foreach(o, name, v) {
		if (json_is_string(v)) {
			(void)snprintf(pointer, sizeof(pointer), "/%.100s", name);
			add(out, ak_scheme_word(c, pointer, ak_term_date(c->ja, json_string_value(v), date)));
			continue;
		}
		other = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY);
		add(out, other == NULL ? "?" : other);
		free(other);
	}
	json_decref(o);
	return o != NULL && *out != '\0';
}

const char *ak_diff_value(const ak_cli *c, const json_t *row, const char *side, char out[AK_DIFF_TEXT])
{
	const json_t *v = json_object_get(row, side);
	const char *text = json_string_value(v);
	char date[AK_TERM_DATE_MAX], digest[AK_TERM_DIGEST_MAX];

	out[0] = '\0';
	if (text == NULL)
		return ak_msg_text(MSG_DIFF_NOTHING, c->ja);
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		return ak_msg_text(*text == 't' ? MSG_DIFF_YES : MSG_DIFF_NO, c->ja);
	if (add_members(c, text, out))
		return out;
	(void)snprintf(
		out, AK_DIFF_TEXT, "%s",
		ak_scheme_word(c, ak_js_str(row, "field"), ak_term_digest(c->full, ak_term_date(c->ja, text, date), digest)));
	return out;
}
