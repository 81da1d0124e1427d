/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/jcs.h"

#include "base/fail.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* One writer serves all: it appends to a buffer, or compares with bytes that are there. */
struct writer {
	ak_buf *out;  /* NULL when comparing */
	ak_span want;
	size_t at;    /* bytes of `want` that were equal */
	bool pretty;
	size_t depth; /* containers open */
	ak_error *err;
};

struct member {
	const char *key;
	size_t len;
	json_t *value;
};

static ak_status write_value(struct writer *w, const json_t *v);

static ak_status differs(struct writer *w, size_t at, const char *why)
{
	const ak_span rest = at < w->want.len ? (ak_span){ w->want.data + at, w->want.len - at } : (ak_span){ 0 };
	char met[AK_JSON_EXCERPT];

	(void)ak_fail(w->err, AK_BAD_FORMAT, "jcs", at, "%s", why);
	return ak_fail_values(w->err, AK_BAD_FORMAT, "the canonical form (RFC 8785)", ak_json_excerpt(rest, met));
}

static ak_status outside(struct writer *w, const char *why)
{
	return ak_fail(w->err, AK_INVALID_ARGUMENT, "jcs", w->out == NULL ? w->at : w->out->len,
	               "%s", why);
}

static ak_status emit(struct writer *w, const void *data, size_t len)
{
	const uint8_t *got = data;

	if (w->out != NULL)
		return ak_buf_add(w->out, data, len, w->err);
	if (len == 0)
		return AK_OK;
	if (w->want.len - w->at >= len &&
	    memcmp(w->want.data + w->at, data, len) == 0) {
		w->at += len;
		return AK_OK;
	}
	while (w->at < w->want.len && w->want.data[w->at] == *got) {
		w->at++;
		got++;
	}
	return differs(w, w->at, "not the canonical form");
}

static ak_status newline(struct writer *w)
{
	ak_status st;

	if (!w->pretty)
		return AK_OK;
	st = emit(w, "\n", 1);
	for (size_t i = 0; st == AK_OK && i < w->depth; i++)
		st = emit(w, "  ", 2);
	return st;
}

static ak_status write_string(struct writer *w, const char *s, size_t len, bool key)
{
	const uint8_t *b = (const uint8_t *)s;
	ak_status st = emit(w, "\"", 1);
	size_t from = 0;

	for (size_t i = 0; st == AK_OK && i < len; i++) {
		if (b[i] < 0x20 || b[i] == 0x7f)
			return outside(w, "control character in a string");
		if (key && b[i] >= 0x80)
			return outside(w, "keys are ASCII");
		if (b[i] != '"' && b[i] != '\\')
			continue;
		st = emit(w, b + from, i - from);
		if (st == AK_OK)
			st = emit(w, "\\", 1);
		from = i; /* the byte itself goes out with what follows it */
	}
	if (st == AK_OK)
		st = emit(w, b + from, len - from);
	return st == AK_OK ? emit(w, "\"", 1) : st;
}

static ak_status write_int(struct writer *w, int64_t n)
{
	uint64_t m = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
	char text[24];
	size_t i = sizeof(text);

	if (m > (uint64_t)AK_JSON_INT_MAX)
		return outside(w, "number beyond 2^53-1");
	do {
		text[--i] = (char)('0' + m % 10);
		m /= 10;
	} while (m != 0);
	if (n < 0)
		text[--i] = '-';
	return emit(w, text + i, sizeof(text) - i);
}

/* `first` decides whether a comma is due; the caller's container is open. */
static ak_status between(struct writer *w, bool first)
{
	ak_status st = first ? AK_OK : emit(w, ",", 1);

	return st == AK_OK ? newline(w) : st;
}

static ak_status write_member(struct writer *w, const struct member *m, bool first)
{
	ak_status st = between(w, first);

	if (st == AK_OK)
		st = write_string(w, m->key, m->len, true);
	if (st == AK_OK)
		st = emit(w, ": ", w->pretty ? 2 : 1);
	return st == AK_OK ? write_value(w, m->value) : st;
}

static struct member member_at(void *it)
{
	return (struct member){ json_object_iter_key(it), json_object_iter_key_len(it),
	                        json_object_iter_value(it) };
}

static int by_key(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	/* Bytewise is RFC 8785's order of UTF-16 units, because keys are ASCII. */
	return ak_span_cmp((ak_span){ (const uint8_t *)x->key, x->len },
	                   (ak_span){ (const uint8_t *)y->key, y->len });
}

/* Members come in the order of the text, and most texts are canonical already. */
static bool in_order(json_t *object)
{
	void *it = json_object_iter(object);
	struct member last, next;

	if (it == NULL)
		return true;
	for (last = member_at(it); (it = json_object_iter_next(object, it)) != NULL; last = next) {
		next = member_at(it);
		if (by_key(&last, &next) >= 0)
			return false;
	}
	return true;
}

static ak_status write_as_stored(struct writer *w, json_t *object)
{
	ak_status st = AK_OK;
	bool first = true;

	for (void *it = json_object_iter(object); st == AK_OK && it != NULL;
	     it = json_object_iter_next(object, it)) {
		struct member m = member_at(it);

		st = write_member(w, &m, first);
		first = false;
	}
	return st;
}

static ak_status write_sorted(struct writer *w, json_t *object)
{
	size_t n = 0;
	ak_status st = AK_OK;
	struct member *all = ak_mem_array(json_object_size(object), sizeof(*all));

	if (all == NULL)
		return ak_no_memory(w->err, "jcs");
	for (void *it = json_object_iter(object); it != NULL;
	     it = json_object_iter_next(object, it))
		all[n++] = member_at(it);
	qsort(all, n, sizeof(*all), by_key);
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = write_member(w, &all[i], i == 0);
	ak_mem_free(all);
	return st;
}

static ak_status write_elements(struct writer *w, const json_t *array)
{
	size_t n = json_array_size(array);
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < n; i++) {
		st = between(w, i == 0);
		if (st == AK_OK)
			st = write_value(w, json_array_get(array, i));
	}
	return st;
}

static ak_status write_container(struct writer *w, const json_t *v)
{
	json_t *object = json_is_object(v) ? (json_t *)(uintptr_t)v : NULL;
	size_t n = object != NULL ? json_object_size(object) : json_array_size(v);
	ak_status st;

	/* Also the end of a tree that was built to contain itself. */
	if (w->depth == AK_JSON_DEPTH_MAX)
		return outside(w, "nested too deeply");
	st = emit(w, object != NULL ? "{" : "[", 1);
	w->depth++;
	if (st == AK_OK && object == NULL)
		st = write_elements(w, v);
	else if (st == AK_OK && (w->pretty || in_order(object)))
		st = write_as_stored(w, object);
	else if (st == AK_OK)
		st = write_sorted(w, object);
	w->depth--;
	if (st == AK_OK && n != 0)
		st = newline(w);
	return st == AK_OK ? emit(w, object != NULL ? "}" : "]", 1) : st;
}

static ak_status write_value(struct writer *w, const json_t *v)
{
	if (v == NULL)
		return outside(w, "no value");
	switch (json_typeof(v)) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		return write_container(w, v);
	case JSON_STRING:
		return write_string(w, json_string_value(v), json_string_length(v), false);
	case JSON_INTEGER:
		return write_int(w, json_integer_value(v));
	case JSON_TRUE:
		return emit(w, "true", 4);
	case JSON_FALSE:
		return emit(w, "false", 5);
	case JSON_NULL:
		return emit(w, "null", 4);
	case JSON_REAL:
		break;
	}
	return outside(w, "not an integer");
}

ak_status ak_jcs_write(const ak_json *v, ak_buf *out, ak_error *err)
{
	struct writer w = { .out = out, .err = err };

	return write_value(&w, v);
}

ak_status ak_jcs_text(ak_json *v, size_t max, ak_text *out, ak_error *err)
{
	ak_buf b;
	ak_status st;

	if (v == NULL)
		return ak_no_memory(err, "json");
	ak_buf_init(&b, max);
	st = ak_jcs_write(v, &b, err);
	ak_json_free(v);
	if (st == AK_OK)
		st = ak_buf_take_text(&b, out, err);
	ak_buf_clear(&b);
	return st;
}

ak_status ak_jcs_check(ak_span text, const ak_json *v, ak_error *err)
{
	struct writer w = { .want = text, .err = err };
	ak_status st = write_value(&w, v);

	if (st == AK_OK && w.at != text.len)
		st = differs(&w, w.at, "bytes after the canonical form");
	return st;
}

ak_status ak_jcs_parse(ak_span text, ak_json **out, ak_error *err)
{
	ak_json *v = NULL;
	bool canonical = false;
	ak_status st = ak_json_parse_noting(text, &v, &canonical, err);

	if (st == AK_OK && !canonical)
		st = ak_jcs_check(text, v, err);
	if (st != AK_OK) {
		ak_json_free(v);
		return st;
	}
	*out = v;
	return AK_OK;
}

/* Past the string that begins at `i`: a quote that is text has an odd number of backslashes before it. */
static size_t skip_string(ak_span text, size_t i)
{
	while (++i < text.len) {
		const uint8_t *quote = memchr(text.data + i, '"', text.len - i);
		size_t n = 0;

		if (quote == NULL)
			return text.len;
		i = (size_t)(quote - text.data);
		while (text.data[i - 1 - n] == '\\')
			n++;
		if (n % 2 == 0)
			return i + 1;
	}
	return text.len;
}

/* Past the value that begins at `i`: to the comma or bracket that ends it. */
static size_t skip_value(ak_span text, size_t i)
{
	size_t depth = 0;

	while (i < text.len) {
		uint8_t c = text.data[i];

		if (c == '"') {
			i = skip_string(text, i);
			continue;
		}
		if (depth == 0 && (c == ',' || c == '}' || c == ']'))
			break;
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		i++;
	}
	return i;
}

/* Where the value of member `key` begins, of the object that begins at `i`; 0 when it has none. */
static size_t find_member(ak_span text, size_t i, const char *key)
{
	size_t len = strlen(key), colon;

	for (i++; i < text.len && text.data[i] == '"'; i = skip_value(text, colon + 1) + 1) {
		colon = skip_string(text, i);
		if (colon - i == len + 2 && memcmp(text.data + i + 1, key, len) == 0)
			return colon + 1;
	}
	return 0;
}

/* Each container holds one more value than it has commas, unless it is empty. */
size_t ak_json_count(ak_span text)
{
	size_t n = 1, i = 0;

	while (i < text.len) {
		uint8_t c = text.data[i];

		if (c == '"') {
			i = skip_string(text, i);
			continue;
		}
		i++;
		if (c == ',')
			n++;
		else if (c == '[' || c == '{')
			n += i < text.len && text.data[i] != ']' && text.data[i] != '}';
	}
	return n;
}

bool ak_jcs_member(ak_span text, const char *outer, const char *key, ak_span *value)
{
	size_t at = outer == NULL ? 0 : find_member(text, 0, outer), end;

	if (outer != NULL && at == 0)
		return false;
	at = find_member(text, at, key);
	if (at == 0 || at >= text.len)
		return false;
	end = skip_value(text, at);
	*value = (ak_span){ text.data + at, end - at };
	return true;
}

ak_status ak_json_write_pretty(const ak_json *v, ak_buf *out, ak_error *err)
{
	struct writer w = { .out = out, .pretty = true, .err = err };
	ak_status st = write_value(&w, v);

	return st == AK_OK ? emit(&w, "\n", 1) : st;
}
