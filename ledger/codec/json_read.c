/* SPDX-License-Identifier: Apache-2.0 */
/* The reader is our own, and only the tree is jansson's: jansson's parser accepts more than
 * the profile (reals, -0, escaped controls, DEL, any depth to 2048), gives no exact offset, and
 * when an allocation fails inside its token buffer it silently drops bytes of a string, so that
 * a document could be read as another one.
 *
 * One pass, no recursion: containers that are still open lie on a stack of AK_JSON_DEPTH_MAX. */
#include "codec/json.h"

#include "base/fail.h"
#include "base/text.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum state {
	FIRST,       /* just after the opening bracket */
	AFTER_COMMA,
	AFTER_VALUE,
};

struct reader {
	const uint8_t *base;
	const uint8_t *p;
	const uint8_t *end;
	json_t *root;                    /* owns everything read so far     */
	json_t *open[AK_JSON_DEPTH_MAX]; /* borrowed from root              */
	size_t depth;
	size_t values;
	enum state state;
	ak_span key;                     /* of the member being read        */
	const uint8_t *key_at;
	ak_span last[AK_JSON_DEPTH_MAX]; /* key before it, borrowed from the text */
	bool canonical;                  /* nothing that is not has been met      */
	ak_buf key_scratch;              /* only used when there are escapes */
	ak_buf text_scratch;
	ak_error *err;
};

/* What a place asks for; NULL: the reason says it. */
static const char *rule_of(const char *where)
{
	static const char *const rules[][2] = {
		{ "json.number", "an integer, at most 2^53-1 either way" },
		{ "json.string", "text without control characters" },
		{ "json.utf8", "UTF-8" },
		{ "json.key", "each key once, in ASCII" },
		{ "json.depth", "at most 32 levels" },
		{ "json.end", "nothing more" },
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (strcmp(where, rules[i][0]) == 0)
			return rules[i][1];
	}
	return NULL;
}

const char *ak_json_excerpt(ak_span rest, char out[AK_JSON_EXCERPT])
{
	size_t n = 0;

	if (rest.len == 0)
		return "the end of the text";
	while (n < rest.len && n < AK_JSON_EXCERPT - 1 && rest.data[n] > 0x20 && rest.data[n] < 0x7f)
		n++;
	if (n == 0)
		(void)snprintf(out, AK_JSON_EXCERPT, "byte 0x%02x", rest.data[0]);
	else
		(void)snprintf(out, AK_JSON_EXCERPT, "%.*s", (int)n, (const char *)rest.data);
	return out;
}

static ak_status bad(struct reader *r, const char *where, const uint8_t *at,
                     const char *why)
{
	const char *rule = rule_of(where);
	const ak_span rest = { at, (size_t)(r->end - at) };
	char met[AK_JSON_EXCERPT];

	(void)ak_fail(r->err, AK_BAD_FORMAT, where, (uint64_t)(at - r->base),
	              "%s", why);
	return ak_fail_values(r->err, AK_BAD_FORMAT, rule != NULL ? rule : "JSON", ak_json_excerpt(rest, met));
}

static void skip_space(struct reader *r)
{
	while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' ||
	                         *r->p == '\t' || *r->p == '\r')) {
		r->p++;
		r->canonical = false;
	}
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Hand a new value to the innermost open container; steals it. */
static ak_status put(struct reader *r, json_t *v)
{
	json_t *parent;
	size_t before;

	if (v == NULL)
		return ak_no_memory(r->err, "json");
	if (r->depth == 0) {
		r->root = v;
		return AK_OK;
	}
	parent = r->open[r->depth - 1];
	if (r->values++ >= AK_JSON_VALUES_MAX) {
		json_decref(v);
		return ak_fail(r->err, AK_LIMIT, "json.values",
		               (uint64_t)(r->p - r->base), "over %d values",
		               AK_JSON_VALUES_MAX);
	}
	if (json_is_array(parent))
		return json_array_append_new(parent, v) == 0
		       ? AK_OK : ak_no_memory(r->err, "json");
	before = json_object_size(parent);
	if (json_object_setn_new_nocheck(parent, (const char *)r->key.data,
	                                 r->key.len, v) != 0)
		return ak_no_memory(r->err, "json");
	if (json_object_size(parent) == before)
		return bad(r, "json.key", r->key_at, "duplicate key");
	return AK_OK;
}

static ak_status read_hex4(struct reader *r, uint32_t *out)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++, r->p++) {
		uint8_t c = r->p < r->end ? *r->p : 0;
		uint32_t d;

		if (is_digit(c))
			d = (uint32_t)c - '0';
		else if (c >= 'a' && c <= 'f')
			d = (uint32_t)c - 'a' + 10;
		else if (c >= 'A' && c <= 'F')
			d = (uint32_t)c - 'A' + 10;
		else
			return bad(r, "json.string", r->p, "\\u needs four hex digits");
		v = v << 4 | d;
	}
	*out = v;
	return AK_OK;
}

/* The code point of a \u escape whose 'u' has been read; `at` is its backslash. */
static ak_status read_code_point(struct reader *r, const uint8_t *at, uint32_t *out)
{
	uint32_t hi = 0, lo = 0;
	ak_status st = read_hex4(r, &hi);

	if (st != AK_OK)
		return st;
	*out = hi;
	if (hi < 0xd800 || hi > 0xdfff)
		return AK_OK;
	if (hi >= 0xdc00 || r->end - r->p < 2 || r->p[0] != '\\' || r->p[1] != 'u')
		return bad(r, "json.string", at, "lone surrogate");
	r->p += 2;
	st = read_hex4(r, &lo);
	if (st != AK_OK)
		return st;
	if (lo < 0xdc00 || lo > 0xdfff)
		return bad(r, "json.string", at, "lone surrogate");
	*out = 0x10000 + ((hi - 0xd800) << 10) + (lo - 0xdc00);
	return AK_OK;
}

static ak_status add_utf8(ak_buf *b, uint32_t c, ak_error *err)
{
	uint8_t u[4];
	size_t n = 0;

	if (c < 0x80) {
		u[n++] = (uint8_t)c;
	} else if (c < 0x800) {
		u[n++] = (uint8_t)(0xc0 | c >> 6);
		u[n++] = (uint8_t)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		u[n++] = (uint8_t)(0xe0 | c >> 12);
		u[n++] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		u[n++] = (uint8_t)(0x80 | (c & 0x3f));
	} else {
		u[n++] = (uint8_t)(0xf0 | c >> 18);
		u[n++] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
		u[n++] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		u[n++] = (uint8_t)(0x80 | (c & 0x3f));
	}
	return ak_buf_add(b, u, n, err);
}

static ak_status read_escape(struct reader *r, bool key, ak_buf *out)
{
	const uint8_t *at = r->p++;
	uint32_t c = 0;
	ak_status st;

	if (r->p == r->end)
		return bad(r, "json.string", r->p, "ends inside a string");
	/* The two that are; in a key neither, as follow_key compares keys where they lie in the text. */
	if (key || (*r->p != '"' && *r->p != '\\'))
		r->canonical = false;
	switch (*r->p++) {
	case '"':
	case '\\':
	case '/':
		c = r->p[-1];
		break;
	case 'b':
	case 'f':
	case 'n':
	case 'r':
	case 't':
		break; /* every one is a control character */
	case 'u':
		st = read_code_point(r, at, &c);
		if (st != AK_OK)
			return st;
		break;
	default:
		return bad(r, "json.string", at, "no such escape");
	}
	if (c < 0x20 || c == 0x7f)
		return bad(r, "json.string", at, "control character, even escaped");
	if (key && c >= 0x80)
		return bad(r, "json.key", at, "keys are ASCII");
	return add_utf8(out, c, r->err);
}

/* A run of bytes beyond ASCII holds only whole sequences, so it can be judged by itself. */
static ak_status read_utf8(struct reader *r, bool key)
{
	const uint8_t *from = r->p;
	size_t at;

	if (key)
		return bad(r, "json.key", from, "keys are ASCII");
	while (r->p < r->end && *r->p >= 0x80)
		r->p++;
	if (!ak_utf8_valid((ak_span){ from, (size_t)(r->p - from) }, &at))
		return bad(r, "json.utf8", from + at, "not UTF-8");
	return AK_OK;
}

static bool is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Past what is plain.  Most of a text is, so eight bytes are looked at together: one that is not plain always leaves its highest bit.
 * One that is plain may do so as well, beside one that is not; looked at alone it is passed over. */
static const uint8_t *skip_plain(const uint8_t *p, const uint8_t *end)
{
	const uint64_t each = UINT64_C(0x0101010101010101), high = each << 7;
	uint64_t w;

	for (; end - p >= (ptrdiff_t)sizeof(w); p += sizeof(w)) {
		memcpy(&w, p, sizeof(w));
		if ((((w - each * 0x20) | ((w ^ each * '"') - each) | ((w ^ each * '\\') - each) | ((w ^ each * 0x7f) - each) | w) & high) != 0)
			break;
	}
	while (p < end && is_plain(*p))
		p++;
	return p;
}

/* Read a string whose opening quote is at r->p.  *out borrows from the text, or from
 * `scratch` when there are escapes. */
static ak_status read_string(struct reader *r, bool key, ak_buf *scratch, ak_span *out)
{
	const uint8_t *from = ++r->p;
	ak_status st = AK_OK;

	scratch->len = 0;
	while (st == AK_OK) {
		r->p = skip_plain(r->p, r->end);
		if (r->p == r->end)
			return bad(r, "json.string", r->p, "ends inside a string");
		if (*r->p == '"')
			break;
		if (*r->p >= 0x80) {
			st = read_utf8(r, key);
		} else if (*r->p == '\\') {
			st = ak_buf_add(scratch, from, (size_t)(r->p - from), r->err);
			if (st == AK_OK)
				st = read_escape(r, key, scratch);
			from = r->p;
		} else {
			return bad(r, "json.string", r->p, "control character");
		}
	}
	/* An escape adds at least one byte, so an empty scratch means there was none. */
	if (st == AK_OK && scratch->len != 0)
		st = ak_buf_add(scratch, from, (size_t)(r->p - from), r->err);
	if (st != AK_OK)
		return st;
	*out = scratch->len != 0 ? ak_buf_span(scratch)
	                         : (ak_span){ from, (size_t)(r->p - from) };
	r->p++;
	return AK_OK;
}

static ak_status read_number(struct reader *r)
{
	const uint8_t *at = r->p;
	bool minus = *at == '-';
	int64_t n = 0;

	if (minus)
		r->p++;
	if (r->p == r->end || !is_digit(*r->p))
		return bad(r, "json.number", r->p, "a digit is required");
	if (*r->p == '0' && r->end - r->p > 1 && is_digit(r->p[1]))
		return bad(r, "json.number", r->p, "leading zero");
	for (; r->p < r->end && is_digit(*r->p); r->p++) {
		int64_t digit = *r->p - '0';

		if (n > (AK_JSON_INT_MAX - digit) / 10)
			return bad(r, "json.number", at, "beyond 2^53-1");
		n = n * 10 + digit;
	}
	if (r->p < r->end && (*r->p == '.' || *r->p == 'e' || *r->p == 'E'))
		return bad(r, "json.number", r->p, "only integers are allowed");
	if (minus && n == 0)
		return bad(r, "json.number", at, "minus zero");
	return put(r, json_integer(minus ? -n : n));
}

static bool take_word(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0)
		return false;
	r->p += n;
	return true;
}

static ak_status open_container(struct reader *r)
{
	json_t *v;
	ak_status st;

	if (r->depth == AK_JSON_DEPTH_MAX)
		return bad(r, "json.depth", r->p, "nested too deeply");
	v = *r->p == '{' ? json_object() : json_array();
	st = put(r, v);
	if (st != AK_OK)
		return st;
	r->last[r->depth] = (ak_span){ 0 };
	r->open[r->depth++] = v;
	r->p++;
	r->state = FIRST;
	return AK_OK;
}

static ak_status read_value(struct reader *r)
{
	ak_span text = { 0 };
	ak_status st;

	if (r->p == r->end)
		return bad(r, "json.syntax", r->p, "ends where a value is required");
	if (*r->p == '{' || *r->p == '[')
		return open_container(r);
	r->state = AFTER_VALUE;
	if (*r->p == '"') {
		st = read_string(r, false, &r->text_scratch, &text);
		return st != AK_OK ? st
		       : put(r, json_stringn_nocheck((const char *)text.data, text.len));
	}
	if (*r->p == '-' || is_digit(*r->p))
		return read_number(r);
	if (take_word(r, "true"))
		return put(r, json_true());
	if (take_word(r, "false"))
		return put(r, json_false());
	if (take_word(r, "null"))
		return put(r, json_null());
	return bad(r, "json.syntax", r->p, "a value is required");
}

static void follow_key(struct reader *r)
{
	ak_span *last = &r->last[r->depth - 1];

	r->canonical = last->data == NULL || ak_span_cmp(*last, r->key) < 0;
	*last = r->key;
}

static ak_status read_key(struct reader *r)
{
	ak_status st;

	if (*r->p != '"')
		return bad(r, "json.syntax", r->p, "a key is required");
	r->key_at = r->p;
	st = read_string(r, true, &r->key_scratch, &r->key);
	if (st != AK_OK)
		return st;
	if (r->canonical) /* so no key so far had an escape: they lie in the text */
		follow_key(r);
	skip_space(r);
	if (r->p == r->end || *r->p != ':')
		return bad(r, "json.syntax", r->p, "':' is required");
	r->p++;
	skip_space(r);
	return AK_OK;
}

/* One comma, one closing bracket, or one element of the innermost open container. */
static ak_status step(struct reader *r)
{
	bool object = json_is_object(r->open[r->depth - 1]);
	ak_status st = AK_OK;

	skip_space(r);
	if (r->p == r->end)
		return bad(r, "json.syntax", r->p, object ? "ends inside an object"
		                                          : "ends inside an array");
	if (*r->p == (object ? '}' : ']') && r->state != AFTER_COMMA) {
		r->p++;
		r->depth--;
		r->state = AFTER_VALUE;
		return AK_OK;
	}
	if (r->state == AFTER_VALUE) {
		if (*r->p != ',')
			return bad(r, "json.syntax", r->p,
			           object ? "',' or '}' is required" : "',' or ']' is required");
		r->p++;
		r->state = AFTER_COMMA;
		return AK_OK;
	}
	if (object)
		st = read_key(r);
	return st == AK_OK ? read_value(r) : st;
}

static ak_status read_document(struct reader *r)
{
	ak_status st;

	skip_space(r);
	if (r->p == r->end || (*r->p != '{' && *r->p != '['))
		return bad(r, "json.syntax", r->p, "an object or an array is required");
	st = open_container(r);
	while (st == AK_OK && r->depth != 0)
		st = step(r);
	if (st != AK_OK)
		return st;
	skip_space(r);
	return r->p == r->end ? AK_OK
	       : bad(r, "json.end", r->p, "bytes after the value");
}

static ak_status parse(ak_span text, size_t max, ak_json **out, bool *canonical, ak_error *err)
{
	static const uint8_t none[1];
	const uint8_t *base = text.len == 0 ? none : text.data;
	struct reader r = { .base = base, .p = base, .end = base + text.len, .canonical = true, .err = err };
	ak_status st;

	if (text.len > max)
		return ak_fail(err, AK_LIMIT, "json.size", text.len, "over %zu bytes", max);
	ak_buf_init(&r.key_scratch, max);
	ak_buf_init(&r.text_scratch, max);
	st = read_document(&r);
	ak_buf_clear(&r.key_scratch);
	ak_buf_clear(&r.text_scratch);
	if (st != AK_OK) {
		json_decref(r.root);
		return st;
	}
	*out = r.root;
	*canonical = r.canonical;
	return AK_OK;
}

ak_status ak_json_parse(ak_span text, ak_json **out, ak_error *err)
{
	return ak_json_parse_most(text, AK_JSON_TEXT_MAX, out, err);
}

ak_status ak_json_parse_most(ak_span text, size_t max, ak_json **out, ak_error *err)
{
	bool canonical;

	return parse(text, max, out, &canonical, err);
}

ak_status ak_json_parse_noting(ak_span text, ak_json **out, bool *canonical, ak_error *err)
{
	return parse(text, AK_JSON_TEXT_MAX, out, canonical, err);
}
