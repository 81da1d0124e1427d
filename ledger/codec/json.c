/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/json.h"

#include "base/fail.h"
#include "base/text.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* jansson's iterators take a mutable object although they change nothing. */
static json_t *mutable(const ak_json *v)
{
	return (json_t *)(uintptr_t)v;
}

static ak_span span_of(const char *s, size_t len)
{
	return (ak_span){ (const uint8_t *)s, len };
}

void ak_json_free(ak_json *v)
{
	json_decref(v);
}

ak_json *ak_json_ref(ak_json *v)
{
	return json_incref(v);
}

ak_json_type ak_json_type_of(const ak_json *v)
{
	if (v == NULL)
		return AK_JSON_NULL;
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return AK_JSON_OBJECT;
	case JSON_ARRAY:
		return AK_JSON_ARRAY;
	case JSON_STRING:
		return AK_JSON_STRING;
	case JSON_INTEGER:
		return AK_JSON_INT;
	case JSON_TRUE:
	case JSON_FALSE:
		return AK_JSON_BOOL;
	case JSON_REAL: /* neither the reader nor a constructor makes one */
	case JSON_NULL:
		break;
	}
	return AK_JSON_NULL;
}

const char *ak_json_type_name(const ak_json *v)
{
	static const char *const names[] = {
		[AK_JSON_NULL] = "null",   [AK_JSON_BOOL] = "true or false", [AK_JSON_INT] = "a number",
		[AK_JSON_STRING] = "text", [AK_JSON_ARRAY] = "an array",     [AK_JSON_OBJECT] = "an object",
	};

	return v == NULL ? "nothing" : names[ak_json_type_of(v)];
}

bool ak_json_is(const ak_json *v, ak_json_type t)
{
	return v != NULL && ak_json_type_of(v) == t;
}

const ak_json *ak_json_get(const ak_json *object, const char *key)
{
	return json_object_get(object, key);
}

const ak_json *ak_json_get_span(const ak_json *object, ak_span key)
{
	if (key.len == 0)
		return json_object_getn(object, "", 0);
	return json_object_getn(object, (const char *)key.data, key.len);
}

const ak_json *ak_json_at(const ak_json *array, size_t i)
{
	return json_array_get(array, i);
}

size_t ak_json_len(const ak_json *array_or_object)
{
	return json_is_object(array_or_object) ? json_object_size(array_or_object)
	                                       : json_array_size(array_or_object);
}

ak_span ak_json_text(const ak_json *string)
{
	if (!json_is_string(string))
		return (ak_span){ 0 };
	return span_of(json_string_value(string), json_string_length(string));
}

bool ak_json_int(const ak_json *v, int64_t *out)
{
	if (!json_is_integer(v))
		return false;
	*out = json_integer_value(v);
	return true;
}

bool ak_json_true(const ak_json *v)
{
	return json_is_true(v);
}

ak_span ak_json_get_text(const ak_json *object, const char *key)
{
	return ak_json_text(ak_json_get(object, key));
}

const char *ak_json_get_str(const ak_json *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

bool ak_json_next(const ak_json *object, void **it, ak_span *key, const ak_json **value)
{
	*it = *it == NULL ? json_object_iter(mutable(object))
	                  : json_object_iter_next(mutable(object), *it);
	if (*it == NULL)
		return false;
	*key = span_of(json_object_iter_key(*it), json_object_iter_key_len(*it));
	*value = json_object_iter_value(*it);
	return true;
}

bool ak_json_each(const ak_json *object, ak_json_member_fn *fn, void *ctx)
{
	const ak_json *value;
	ak_span key;

	for (void *it = NULL; ak_json_next(object, &it, &key, &value);) {
		if (!fn(ctx, key, value))
			return false;
	}
	return true;
}

bool ak_json_equal(const ak_json *a, const ak_json *b)
{
	return json_equal(a, b) != 0;
}

/* Cut one reference token off a pointer that starts with '/'. */
static bool next_token(ak_span *rest, ak_span *token)
{
	const uint8_t *from, *slash;

	if (rest->len == 0 || rest->data[0] != '/')
		return false;
	from = rest->data + 1;
	slash = rest->len == 1 ? NULL : memchr(from, '/', rest->len - 1);
	token->data = from;
	token->len = slash == NULL ? rest->len - 1 : (size_t)(slash - from);
	rest->data = from + token->len;
	rest->len -= 1 + token->len;
	return true;
}

/* Next byte of a reference token, "~0" and "~1" undone; -1: a '~' by itself. */
static int token_byte(ak_span t, size_t *i)
{
	uint8_t c = t.data[(*i)++];

	if (c != '~')
		return c;
	if (*i == t.len || (t.data[*i] != '0' && t.data[*i] != '1'))
		return -1;
	return t.data[(*i)++] == '0' ? '~' : '/';
}

static bool token_is(ak_span t, ak_span key)
{
	size_t i = 0, n = 0;

	while (i < t.len) {
		int c = token_byte(t, &i);

		if (n == key.len || c != key.data[n++])
			return false;
	}
	return n == key.len;
}

static const ak_json *member_of(const ak_json *object, ak_span token)
{
	const ak_json *value;
	ak_span key;

	if (token.len == 0 || memchr(token.data, '~', token.len) == NULL)
		return ak_json_get_span(object, token);
	for (void *it = NULL; ak_json_next(object, &it, &key, &value);) {
		if (token_is(token, key))
			return value;
	}
	return NULL;
}

static bool index_of(ak_span token, size_t len, size_t *out)
{
	uint64_t n;

	if (!ak_decimal_parse(token, &n) || n >= len)
		return false;
	*out = (size_t)n;
	return true;
}

static const ak_json *child_of(const ak_json *v, ak_span token)
{
	size_t i;

	if (json_is_object(v))
		return member_of(v, token);
	if (json_is_array(v) && index_of(token, json_array_size(v), &i))
		return json_array_get(v, i);
	return NULL;
}

const ak_json *ak_json_pointer(const ak_json *root, ak_span pointer)
{
	const ak_json *v = root;
	ak_span token;

	while (v != NULL && pointer.len != 0) {
		if (!next_token(&pointer, &token))
			return NULL;
		v = child_of(v, token);
	}
	return v;
}

ak_json *ak_json_new_object(void)
{
	return json_object();
}

ak_json *ak_json_new_array(void)
{
	return json_array();
}

ak_json *ak_json_new_text(ak_span s)
{
	size_t at;

	if (s.len == 0)
		return json_stringn_nocheck("", 0);
	if (memchr(s.data, 0, s.len) != NULL || !ak_utf8_valid(s, &at))
		return NULL;
	return json_stringn_nocheck((const char *)s.data, s.len);
}

ak_json *ak_json_new_str(const char *s)
{
	return s == NULL ? NULL : ak_json_new_text(ak_span_str(s));
}

ak_json *ak_json_new_strf(const char *fmt, ...)
{
	char text[2048];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(text))
		return NULL;
	return ak_json_new_text(span_of(text, (size_t)n));
}

ak_json *ak_json_new_digest(const ak_digest *d)
{
	char text[AK_DIGEST_TEXT_LEN + 1];

	ak_digest_format(d, text);
	return ak_json_new_str(text);
}

ak_json *ak_json_new_int(int64_t n)
{
	return json_integer(n);
}

ak_json *ak_json_new_bool(bool b)
{
	return b ? json_true() : json_false();
}

ak_json *ak_json_new_null(void)
{
	return json_null();
}

ak_json *ak_json_copy(const ak_json *v)
{
	return json_deep_copy(v);
}

static bool key_fits(ak_span key)
{
	for (size_t i = 0; i < key.len; i++) {
		if (key.data[i] < 0x20 || key.data[i] >= 0x7f)
			return false;
	}
	return true;
}

static ak_status set_member(ak_json *object, ak_span key, ak_json *value, ak_error *err)
{
	if (value == NULL || object == NULL) { /* a constructor before this call had no memory */
		json_decref(value);
		return ak_no_memory(err, "json.set");
	}
	if (!json_is_object(object) || object == value || !key_fits(key)) {
		json_decref(value);
		return ak_fail(err, AK_INVALID_ARGUMENT, "json.set", 0,
		               "needs an object and a key in printable ASCII");
	}
	if (json_object_setn_new_nocheck(object, key.len == 0 ? "" : (const char *)key.data,
	                                 key.len, value) != 0)
		return ak_no_memory(err, "json.set");
	return AK_OK;
}

ak_status ak_json_set(ak_json *object, const char *key, ak_json *value, ak_error *err)
{
	return set_member(object, ak_span_str(key), value, err);
}

ak_status ak_json_add(ak_json *array, ak_json *value, ak_error *err)
{
	if (value == NULL || array == NULL) { /* a constructor before this call had no memory */
		json_decref(value);
		return ak_no_memory(err, "json.add");
	}
	if (!json_is_array(array) || array == value) {
		json_decref(value);
		return ak_fail(err, AK_INVALID_ARGUMENT, "json.add", 0, "needs an array");
	}
	return json_array_append_new(array, value) == 0 ? AK_OK
	       : ak_no_memory(err, "json.add");
}

void ak_json_remove(ak_json *object, const char *key)
{
	(void)json_object_del(object, key);
}

/* Set a member whose key is given as a reference token; steals `value`. */
static ak_status set_token(ak_json *object, ak_span token, ak_json *value, ak_error *err)
{
	ak_status st;
	ak_buf key;

	ak_buf_init(&key, token.len);
	st = ak_buf_reserve(&key, token.len, err);
	for (size_t i = 0; st == AK_OK && i < token.len;) {
		int c = token_byte(token, &i);

		if (c < 0)
			st = ak_fail(err, AK_INVALID_ARGUMENT, "json.pointer", 0,
			             "'~' is followed by 0 or 1");
		else
			st = ak_buf_add_byte(&key, (uint8_t)c, err);
	}
	if (st == AK_OK)
		st = set_member(object, ak_buf_span(&key), value, err);
	else
		json_decref(value);
	ak_buf_clear(&key);
	return st;
}

ak_status ak_json_pointer_set(ak_json *root, ak_span pointer, ak_json *value, ak_error *err)
{
	const ak_json *v = root;
	ak_span token = { 0 };
	size_t i;

	if (value == NULL)
		return ak_no_memory(err, "json.pointer");
	while (next_token(&pointer, &token) && pointer.len != 0)
		v = child_of(v, token);
	if (v == NULL || pointer.len != 0 || token.data == NULL)
		goto nowhere;
	/* What lies below a mutable root is mutable too. */
	if (json_is_object(v))
		return set_token(mutable(v), token, value, err);
	if (!json_is_array(v) || v == value || !index_of(token, json_array_size(v), &i))
		goto nowhere;
	return json_array_set_new(mutable(v), i, value) == 0 ? AK_OK
	       : ak_no_memory(err, "json.pointer");
nowhere:
	json_decref(value);
	return ak_fail(err, AK_NOT_FOUND, "json.pointer", 0, "leads nowhere");
}
