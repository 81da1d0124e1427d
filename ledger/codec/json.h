/* SPDX-License-Identifier: Apache-2.0 */
/* json.h - reading JSON in the ledger's strict profile, and building values (internal)
 *
 * The profile (docs/FORMAT.md, section JSON): one object or array; UTF-8; ASCII keys;
 * integers only, |n| <= 2^53-1, no fraction, no exponent, no -0; no C0 control or DEL
 * in any string, even escaped; no lone surrogate; no duplicate key (compared after
 * unescaping); nesting <= 32; nothing but white space around the value.  White space between
 * tokens is allowed when reading (exchange files are edited by people); bytes that are hashed
 * are required to be canonical by whoever hashes them (jcs.h).  Noncharacters (U+FFFE ...) are
 * ordinary text.
 *
 * The tree is jansson's, seen through this door only; its parser is not used (json_read.c says
 * why).  A pointer got from a tree is borrowed from it.  Text lengths are bytes; strings never
 * contain NUL.
 */
#ifndef AK_CODEC_JSON_H
#define AK_CODEC_JSON_H

#include "base/bytes.h"

typedef struct json_t ak_json; /* jansson's own tag: no wrapper is allocated */

enum {
	AK_JSON_DEPTH_MAX = 32,
	AK_JSON_TEXT_MAX = 8 * 1024 * 1024, /* bytes */
	AK_JSON_VALUES_MAX = 1 << 21, /* "[[],[],...": a tree is many times its text.  More than fit into a line 2 (4 MiB) */
};
#define AK_JSON_INT_MAX INT64_C(9007199254740991) /* 2^53 - 1 */

typedef enum ak_json_type {
	AK_JSON_NULL, AK_JSON_BOOL, AK_JSON_INT, AK_JSON_STRING, AK_JSON_ARRAY, AK_JSON_OBJECT,
} ak_json_type;

/* Parse; free with ak_json_free.  AK_BAD_FORMAT with the byte offset of the first offending
 * byte in err->at and the rule in err->where: "json.syntax", "json.number", "json.string" (escape,
 * control character, surrogate), "json.utf8", "json.key" (not ASCII, or a duplicate: offset of
 * its opening quote), "json.depth", "json.end".  err->found is the text there, as far as it can be shown.  Beyond a *_MAX of text or values: AK_LIMIT. */
AK_MUST_USE ak_status ak_json_parse(ak_span text, ak_json **out, ak_error *err);
/* The same with at most `max` bytes of text, for who has bounded its input otherwise. */
AK_MUST_USE ak_status ak_json_parse_most(ak_span text, size_t max, ak_json **out, ak_error *err);
/* ak_json_parse, for jcs.c: *canonical when the text was seen to be canonical on the way.  False says nothing: keys with
 * escapes are not looked at that closely. */
AK_MUST_USE ak_status ak_json_parse_noting(ak_span text, ak_json **out, bool *canonical, ak_error *err);
/* The visible ASCII that `rest` begins with, else its first byte in hex: what was found, for an error. */
enum { AK_JSON_EXCERPT = 25 };
const char *ak_json_excerpt(ak_span rest, char out[AK_JSON_EXCERPT]);
/* How many values canonical text holds, counted without reading it: what a tree of it would be made of.  Of other text some number.
 * A tree takes up to some 250 bytes for a value of two. */
size_t ak_json_count(ak_span text);
void ak_json_free(ak_json *v); /* drops one reference; NULL is fine */
ak_json *ak_json_ref(ak_json *v); /* one more reference; returns v */

ak_json_type ak_json_type_of(const ak_json *v); /* NULL reads as AK_JSON_NULL */
bool ak_json_is(const ak_json *v, ak_json_type t); /* false for NULL pointers */

/* "text", "an object"…; "nothing" for NULL. */
const char *ak_json_type_name(const ak_json *v);

/* Lookups answer NULL / empty / false when the value is absent or of another type. */
const ak_json *ak_json_get(const ak_json *object, const char *key);
const ak_json *ak_json_get_span(const ak_json *object, ak_span key);
const ak_json *ak_json_at(const ak_json *array, size_t i);
size_t ak_json_len(const ak_json *array_or_object);
ak_span ak_json_text(const ak_json *string);              /* empty if not a string */
bool ak_json_int(const ak_json *v, int64_t *out);
bool ak_json_true(const ak_json *v);
ak_span ak_json_get_text(const ak_json *object, const char *key);
const char *ak_json_get_str(const ak_json *object, const char *key); /* NUL-terminated or NULL */

/* The members of an object in order of insertion (the order of the text):
 *     for (void *it = NULL; ak_json_next(obj, &it, &key, &value);)
 * The object must not change meanwhile.  `key` is NUL-terminated. */
bool ak_json_next(const ak_json *object, void **it, ak_span *key, const ak_json **value);

typedef bool ak_json_member_fn(void *ctx, ak_span key, const ak_json *value);
/* Call fn for every member until it answers false; answers whether all were seen. */
bool ak_json_each(const ak_json *object, ak_json_member_fn *fn, void *ctx);

/* RFC 6901 pointer; NULL when it leads nowhere.  "" is the value itself. */
const ak_json *ak_json_pointer(const ak_json *root, ak_span pointer);

bool ak_json_equal(const ak_json *a, const ak_json *b);

/* Building.  Constructors return NULL when out of memory, and when text is not UTF-8 or holds
 * a NUL; *_set and *_add steal `value`, also on failure, and fail (AK_NO_MEMORY) when it is NULL:
 *     st = ak_json_set(obj, "n", ak_json_new_int(3), err)
 * needs no separate check.  What else the profile forbids (a control character, a number beyond
 * 2^53-1, nesting) is refused when the tree is written (jcs.h); a key, when it is set. */
ak_json *ak_json_new_object(void);
ak_json *ak_json_new_array(void);
ak_json *ak_json_new_text(ak_span s);
ak_json *ak_json_new_str(const char *s);
ak_json *ak_json_new_strf(const char *fmt, ...) AK_PRINTF(1, 2); /* up to 2047 bytes */
ak_json *ak_json_new_digest(const ak_digest *d); /* "sha256:…" */
ak_json *ak_json_new_int(int64_t n);
ak_json *ak_json_new_bool(bool b);
ak_json *ak_json_new_null(void);
ak_json *ak_json_copy(const ak_json *v); /* deep */
AK_MUST_USE ak_status ak_json_set(ak_json *object, const char *key, ak_json *value, ak_error *err);
AK_MUST_USE ak_status ak_json_add(ak_json *array, ak_json *value, ak_error *err);
void ak_json_remove(ak_json *object, const char *key); /* absent is fine */
/* Replace the value that the pointer names; only the last member of an object may be new.
 * Steals `value`, also on failure.  AK_NOT_FOUND when the pointer leads nowhere. */
AK_MUST_USE ak_status ak_json_pointer_set(ak_json *root, ak_span pointer, ak_json *value, ak_error *err);

#endif
