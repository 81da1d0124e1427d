/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/disclosure.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "crypto/hash.h"

#include <stdio.h>
#include <string.h>

enum { SALT = 32, POINTER_MAX = 4096 };

/* ---- base64url without padding: base64 with two other characters, one encoding per value ----------------------------- */

static ak_status url_encode(ak_span in, ak_buf *out, ak_error *err)
{
	size_t from = out->len;
	ak_status st = ak_base64_encode(in, out, err);

	while (st == AK_OK && out->len > from && out->data[out->len - 1] == '=')
		out->len--;
	for (size_t i = from; st == AK_OK && i < out->len; i++) {
		if (out->data[i] == '+')
			out->data[i] = '-';
		else if (out->data[i] == '/')
			out->data[i] = '_';
	}
	return st;
}

static ak_status url_decode(ak_span in, ak_buf *out, ak_error *err)
{
	ak_buf plain;
	ak_status st = AK_OK;

	ak_buf_init(&plain, AK_DISCLOSURE_MAX + 4);
	if (in.len > AK_DISCLOSURE_MAX)
		return ak_fail(err, AK_LIMIT, "disclosure.form", AK_DISCLOSURE_MAX, "over %d bytes", AK_DISCLOSURE_MAX);
	for (size_t i = 0; st == AK_OK && i < in.len; i++) {
		uint8_t c = in.data[i];

		if (c == '+' || c == '/' || c == '=')
			st = ak_fail(err, AK_BAD_FORMAT, "disclosure.form", i, "not base64url");
		else
			st = ak_buf_add_byte(&plain, c == '-' ? '+' : c == '_' ? '/' : c, err);
	}
	while (st == AK_OK && plain.len % 4 != 0)
		st = ak_buf_add_byte(&plain, '=', err);
	if (st == AK_OK && !ak_base64_decode(ak_buf_span(&plain), out, err))
		st = err == NULL || err->status == AK_OK ? AK_BAD_FORMAT : err->status;
	ak_buf_wipe(&plain);
	return st;
}

void ak_disclosure_digest(ak_span disclosure, ak_digest *out)
{
	ak_sha256(disclosure, out);
}

void ak_disclosure_url(const ak_digest *d, char out[AK_DISCLOSURE_URL + 1])
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	for (size_t i = 0; i < AK_DISCLOSURE_URL; i++) {
		size_t bit = i * 6, at = bit / 8;
		unsigned two = (unsigned)d->b[at] << 8 | (at + 1 < AK_DIGEST_LEN ? d->b[at + 1] : 0U);

		out[i] = alphabet[(two >> (10 - bit % 8)) & 63];
	}
	out[AK_DISCLOSURE_URL] = '\0';
}

/* ---- making ------------------------------------------------------------------------------------------------------------ */

static bool forbidden(ak_span name)
{
	return ak_span_is(name, "_sd") || ak_span_is(name, "...");
}

static ak_status parts(ak_span name, const ak_json *value, ak_json *a, ak_error *err)
{
	uint8_t salt[SALT];
	ak_buf text;
	ak_status st = ak_random(salt, sizeof(salt), err);

	ak_buf_init(&text, 2 * SALT);
	if (st == AK_OK)
		st = url_encode((ak_span){ salt, sizeof(salt) }, &text, err);
	if (st == AK_OK)
		st = ak_json_add(a, ak_json_new_text(ak_buf_span(&text)), err);
	if (st == AK_OK && name.len > 0)
		st = ak_json_add(a, ak_json_new_text(name), err);
	if (st == AK_OK)
		st = ak_json_add(a, ak_json_copy(value), err);
	ak_buf_wipe(&text);
	return st;
}

ak_status ak_disclosure_make(ak_span name, const ak_json *value, ak_buf *disclosure, ak_digest *digest, ak_error *err)
{
	ak_json *a;
	size_t from = disclosure->len;
	ak_buf text;
	ak_status st;

	if (forbidden(name))
		return ak_fail(err, AK_INVALID_ARGUMENT, "disclosure.name", 0, "\"_sd\" and \"...\" are no names of fields");
	a = ak_json_new_array();
	if (a == NULL)
		return ak_no_memory(err, "disclosure");
	ak_buf_init(&text, AK_DISCLOSURE_MAX / 4 * 3);
	st = parts(name, value, a, err);
	if (st == AK_OK)
		st = ak_jcs_write(a, &text, err);
	if (st == AK_OK)
		st = url_encode(ak_buf_span(&text), disclosure, err);
	if (st == AK_OK)
		ak_sha256((ak_span){ disclosure->data + from, disclosure->len - from }, digest);
	ak_buf_wipe(&text);
	ak_json_free(a);
	return st;
}

/* ---- taking apart ---------------------------------------------------------------------------------------------------------- */

/* What is wrong with disclosure `at`, which a parser below placed by bytes. */
static ak_status not_a_disclosure(ak_error *err, ak_status st, size_t at)
{
	return st == AK_NO_MEMORY || st == AK_LIMIT ? st : ak_fail(err, AK_BAD_FORMAT, "disclosure.form", at, "not base64url of a JSON array [salt, name, value] or [salt, value]");
}

static ak_status take_apart(ak_span disclosure, size_t at, ak_json **out, ak_error *err)
{
	ak_json *a = NULL;
	ak_error why = { 0 };
	size_t n;
	ak_buf text;
	ak_status st;

	ak_buf_init(&text, AK_DISCLOSURE_MAX);
	st = url_decode(disclosure, &text, &why);
	if (st == AK_OK)
		st = ak_json_parse(ak_buf_span(&text), &a, &why);
	ak_buf_wipe(&text);
	n = ak_json_is(a, AK_JSON_ARRAY) ? ak_json_len(a) : 0;
	if (st == AK_NO_MEMORY || st == AK_LIMIT) {
		if (err != NULL)
			*err = why;
		return st;
	}
	if (st != AK_OK || (n != 2 && n != 3) || !ak_json_is(ak_json_at(a, 0), AK_JSON_STRING) ||
	    (n == 3 && !ak_json_is(ak_json_at(a, 1), AK_JSON_STRING))) {
		ak_json_free(a);
		return not_a_disclosure(err, AK_BAD_FORMAT, at);
	}
	*out = a;
	return AK_OK;
}

ak_status ak_disclosure_salt(ak_span disclosure, ak_json **salt, ak_error *err)
{
	ak_json *a = NULL;
	ak_status st = take_apart(disclosure, 0, &a, err);

	if (st == AK_OK && ak_json_text(ak_json_at(a, 0)).len < AK_DISCLOSURE_SALT_MIN)
		st = ak_fail(err, AK_BAD_FORMAT, "disclosure.salt", 0, "a salt of under 128 bits can be guessed");
	if (st == AK_OK) {
		*salt = ak_json_new_text(ak_json_text(ak_json_at(a, 0)));
		if (*salt == NULL)
			st = ak_no_memory(err, "disclosure");
	}
	ak_json_free(a);
	return st;
}

/* ---- putting values in their places -------------------------------------------------------------------------------------- */

typedef struct given {
	ak_json *parts;                         /* owned */
	char url[AK_DISCLOSURE_URL + 1], hex[AK_DIGEST_TEXT_LEN + 1]; /* its digest, in the two ways it may stand */
	bool used;
} given;

typedef struct work {
	given d[AK_DISCLOSURES_MAX];
	size_t n;
	ak_json *seen;   /* owned: digests met so far, as members */
	ak_json *found;  /* owned: lines of the answer */
	char pointer[POINTER_MAX];
	size_t len;      /* of the pointer */
	unsigned depth;
} work;

static ak_status resolve(work *w, const ak_json *v, ak_json **out, ak_error *err);

/* One more step of the pointer; false when there is no room. */
static bool step(work *w, ak_span name)
{
	size_t len = w->len;

	if (len + 2 + 2 * name.len >= sizeof(w->pointer))
		return false;
	w->pointer[len++] = '/';
	for (size_t i = 0; i < name.len; i++) {
		if (name.data[i] == '~' || name.data[i] == '/') {
			w->pointer[len++] = '~';
			w->pointer[len++] = name.data[i] == '~' ? '0' : '1';
		} else {
			w->pointer[len++] = (char)name.data[i];
		}
	}
	w->pointer[len] = '\0';
	w->len = len;
	return true;
}

static void back(work *w, size_t len)
{
	w->len = len;
	w->pointer[len] = '\0';
}

static given *find(work *w, ak_span digest, bool url)
{
	for (size_t i = 0; i < w->n; i++) {
		if (ak_span_is(digest, url ? w->d[i].url : w->d[i].hex))
			return &w->d[i];
	}
	return NULL;
}

static size_t number(const work *w, const given *d)
{
	return (size_t)(d - w->d);
}

/* A digest may stand in one place only. */
static ak_status meet(work *w, ak_span digest, ak_error *err)
{
	char key[AK_DIGEST_TEXT_LEN + 1];

	(void)snprintf(key, sizeof(key), "%.*s", (int)digest.len, (const char *)digest.data);
	if (ak_json_get(w->seen, key) != NULL)
		return ak_fail(err, AK_BAD_FORMAT, "disclosure.repeated", 0, "the digest %.80s stands there twice", key);
	return ak_json_set(w->seen, key, ak_json_new_bool(true), err);
}

static bool is_url_digest(const ak_json *v)
{
	ak_span s = ak_json_text(v);

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.data[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return s.len == AK_DISCLOSURE_URL;
}

/* The value of d, in which there may be digests again, and a line in the list of what was found. */
static ak_status value_of(work *w, given *d, size_t arity, ak_span name, ak_json **out, ak_error *err)
{
	const size_t at = number(w, d), n = ak_json_len(d->parts);
	ak_json *line, *value = NULL;
	ak_status st;

	if (d->used)
		return ak_fail(err, AK_BAD_FORMAT, "disclosure.repeated", at, "its digest stands in the body twice");
	if (n != arity)
		return ak_fail(err, AK_BAD_FORMAT, "disclosure.arity", at, "it has %zu parts, and its place asks for %zu", n, arity);
	if (n == 3 && (forbidden(ak_json_text(ak_json_at(d->parts, 1))) || (name.len > 0 && !ak_span_eq(ak_json_text(ak_json_at(d->parts, 1)), name))))
		return ak_fail(err, AK_BAD_FORMAT, "disclosure.name", at, "its name is none that may stand in its place");
	d->used = true;
	st = resolve(w, ak_json_at(d->parts, n - 1), &value, err);
	if (st != AK_OK)
		return st;
	line = ak_json_new_object();
	st = ak_json_set(line, "field", ak_json_new_str(w->pointer), err);
	if (st == AK_OK)
		st = ak_json_set(line, "value", ak_json_ref(value), err);
	if (st == AK_OK) {
		st = ak_json_add(w->found, line, err);
	} else {
		ak_json_free(line);
	}
	if (st != AK_OK) {
		ak_json_free(value);
		return st;
	}
	*out = value;
	return AK_OK;
}

/* A place that holds the digest text of a disclosure becomes its value; any other value is resolved. */
static ak_status in_place(work *w, const ak_json *v, ak_span name, ak_json **out, ak_error *err)
{
	given *d = ak_json_is(v, AK_JSON_STRING) ? find(w, ak_json_text(v), false) : NULL;

	return d == NULL ? resolve(w, v, out, err) : value_of(w, d, name.len > 0 ? 3 : 2, name, out, err);
}

/* The members that _sd hides, into `o`. */
static ak_status hidden(work *w, const ak_json *sd, ak_json *o, ak_error *err)
{
	ak_status st = AK_OK;

	if (!ak_json_is(sd, AK_JSON_ARRAY))
		return ak_fail(err, AK_BAD_FORMAT, "disclosure._sd", 0, "_sd is no array of digests");
	for (size_t i = 0; st == AK_OK && i < ak_json_len(sd); i++) {
		ak_span digest = ak_json_text(ak_json_at(sd, i)), name;
		const size_t len = w->len;
		ak_json *value = NULL;
		given *d;

		if (!is_url_digest(ak_json_at(sd, i)))
			return ak_fail(err, AK_BAD_FORMAT, "disclosure._sd", i, "_sd is no array of digests");
		st = meet(w, digest, err);
		d = find(w, digest, true);
		if (st != AK_OK || d == NULL)
			continue;
		if (ak_json_len(d->parts) != 3)
			return ak_fail(err, AK_BAD_FORMAT, "disclosure.arity", number(w, d), "it has 2 parts, and its place asks for 3");
		name = ak_json_text(ak_json_at(d->parts, 1));
		if (forbidden(name))
			return ak_fail(err, AK_BAD_FORMAT, "disclosure.name", number(w, d), "its name is none that may stand in its place");
		if (ak_json_get_span(o, name) != NULL)
			return ak_fail(err, AK_BAD_FORMAT, "disclosure.taken", number(w, d), "there is a member of that name already");
		if (!step(w, name))
			return ak_fail(err, AK_LIMIT, "disclosure.name", number(w, d), "nested too deeply");
		st = value_of(w, d, 3, name, &value, err);
		back(w, len);
		if (st == AK_OK) {
			char *key = ak_span_dup(name);

			st = key == NULL ? ak_no_memory(err, "disclosure") : ak_json_set(o, key, ak_json_ref(value), err);
			ak_mem_free(key);
			ak_json_free(value);
		}
	}
	return st;
}

static ak_status object(work *w, const ak_json *v, ak_json *o, ak_error *err)
{
	const ak_json *member, *alg = ak_json_get(v, "_sd_alg");
	ak_status st = AK_OK;
	ak_span key;

	if (alg != NULL && !ak_span_is(ak_json_text(alg), "sha-256"))
		return ak_fail(err, AK_BAD_FORMAT, "disclosure._sd", 0, "_sd_alg is another than sha-256");
	for (void *it = NULL; st == AK_OK && ak_json_next(v, &it, &key, &member);) {
		const size_t len = w->len;
		ak_json *value = NULL;

		if (ak_span_is(key, "_sd") || ak_span_is(key, "_sd_alg"))
			continue;
		if (!step(w, key))
			return ak_fail(err, AK_LIMIT, "disclosure.name", 0, "nested too deeply");
		st = in_place(w, member, key, &value, err);
		back(w, len);
		if (st == AK_OK)
			st = ak_json_set(o, (const char *)key.data, value, err);
	}
	if (st == AK_OK && ak_json_get(v, "_sd") != NULL)
		st = hidden(w, ak_json_get(v, "_sd"), o, err);
	return st;
}

/* {"...": digest} in the place of an element. */
static const ak_json *place_of_element(const ak_json *v)
{
	return ak_json_is(v, AK_JSON_OBJECT) && ak_json_len(v) == 1 ? ak_json_get(v, "...") : NULL;
}

static ak_status array(work *w, const ak_json *v, ak_json *a, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(v); i++) {
		const ak_json *element = ak_json_at(v, i), *place = place_of_element(element);
		const size_t len = w->len;
		ak_json *value = NULL;
		char at[24];
		given *d = NULL;

		(void)snprintf(at, sizeof(at), "%zu", ak_json_len(a));
		if (!step(w, ak_span_str(at)))
			return ak_fail(err, AK_LIMIT, "disclosure.name", 0, "nested too deeply");
		if (place != NULL && !is_url_digest(place))
			return ak_fail(err, AK_BAD_FORMAT, "disclosure._sd", i, "\"...\" is no digest");
		if (place != NULL) {
			st = meet(w, ak_json_text(place), err);
			d = find(w, ak_json_text(place), true);
			if (st == AK_OK && d != NULL)
				st = value_of(w, d, 2, (ak_span){ 0 }, &value, err);
		} else {
			st = in_place(w, element, (ak_span){ 0 }, &value, err);
		}
		back(w, len);
		if (st == AK_OK && value != NULL)
			st = ak_json_add(a, value, err);
	}
	return st;
}

static ak_status resolve(work *w, const ak_json *v, ak_json **out, ak_error *err)
{
	ak_json *copy;
	ak_status st;

	if (!ak_json_is(v, AK_JSON_OBJECT) && !ak_json_is(v, AK_JSON_ARRAY)) {
		copy = ak_json_copy(v);
		st = copy == NULL ? ak_no_memory(err, "disclosure") : AK_OK;
	} else if (w->depth == AK_JSON_DEPTH_MAX) {
		return ak_fail(err, AK_BAD_FORMAT, "disclosure.form", 0, "nested too deeply");
	} else {
		bool is_object = ak_json_is(v, AK_JSON_OBJECT);

		copy = is_object ? ak_json_new_object() : ak_json_new_array();
		w->depth++;
		st = copy == NULL ? ak_no_memory(err, "disclosure") : is_object ? object(w, v, copy, err) : array(w, v, copy, err);
		w->depth--;
	}
	if (st != AK_OK)
		ak_json_free(copy);
	else
		*out = copy;
	return st;
}

static ak_status take(work *w, ak_span disclosure, ak_error *err)
{
	given *d = &w->d[w->n];
	ak_digest digest;
	bool twice;
	ak_status st = take_apart(disclosure, w->n, &d->parts, err);

	if (st != AK_OK)
		return st;
	ak_disclosure_digest(disclosure, &digest);
	ak_digest_format(&digest, d->hex);
	ak_disclosure_url(&digest, d->url);
	twice = find(w, ak_span_str(d->url), true) != NULL;
	w->n++;
	return twice ? ak_fail(err, AK_BAD_FORMAT, "disclosure.repeated", w->n - 1, "the same disclosure is given twice") : AK_OK;
}

ak_status ak_disclosures_resolve(const ak_json *body, const ak_span *disclosure, size_t n, ak_json **resolved, ak_json **found, ak_error *err)
{
	work *w;
	ak_json *v = NULL;
	ak_status st = AK_OK;

	if (n > AK_DISCLOSURES_MAX)
		return ak_fail(err, AK_LIMIT, "disclosure", AK_DISCLOSURES_MAX, "over %d disclosures", AK_DISCLOSURES_MAX);
	w = ak_mem_alloc(sizeof(*w));
	if (w == NULL)
		return ak_no_memory(err, "disclosure");
	w->seen = ak_json_new_object();
	w->found = ak_json_new_array();
	if (w->seen == NULL || w->found == NULL)
		st = ak_no_memory(err, "disclosure");
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = take(w, disclosure[i], err);
	if (st == AK_OK)
		st = resolve(w, body, &v, err);
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		if (!w->d[i].used)
			st = ak_fail(err, AK_NOT_FOUND, "disclosure.unreferenced", i, "nothing in the body is the digest of this disclosure");
	}
	if (st == AK_OK) {
		*resolved = v;
		*found = ak_json_ref(w->found);
		v = NULL;
	}
	ak_json_free(v);
	for (size_t i = 0; i < w->n; i++)
		ak_json_free(w->d[i].parts);
	ak_json_free(w->seen);
	ak_json_free(w->found);
	ak_mem_free(w);
	return st;
}
