/* SPDX-License-Identifier: Apache-2.0 */
/* Keywords that judge a value by itself.  A keyword about another type of value holds. */
#include "codec/schema_impl.h"

#include "base/date.h"
#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEW = 8 /* elements that are quicker compared than sorted */ };

static bool is_of_type(const ak_json *v, ak_span name)
{
	switch (ak_json_type_of(v)) {
	case AK_JSON_NULL:
		return ak_span_is(name, "null");
	case AK_JSON_BOOL:
		return ak_span_is(name, "boolean");
	case AK_JSON_INT:
		return ak_span_is(name, "integer") || ak_span_is(name, "number");
	case AK_JSON_STRING:
		return ak_span_is(name, "string");
	case AK_JSON_ARRAY:
		return ak_span_is(name, "array");
	case AK_JSON_OBJECT:
		return ak_span_is(name, "object");
	}
	return false;
}

ak_status ak_schema_type(ak_schema_run *r, const ak_schema_at *at,
                         const ak_schema_keyword *k, const ak_json *arg)
{
	if (is_of_type(at->value, ak_json_text(arg)))
		return AK_OK;
	for (size_t i = 0; i < ak_json_len(arg); i++) {
		if (is_of_type(at->value, ak_json_text(ak_json_at(arg, i))))
			return AK_OK;
	}
	return ak_schema_violated_arg(r, k, at->place, at->value, arg, "is of another type");
}

ak_status ak_schema_enum(ak_schema_run *r, const ak_schema_at *at,
                         const ak_schema_keyword *k, const ak_json *arg)
{
	size_t n = ak_json_len(arg);

	for (size_t i = 0; i < n; i++) {
		if (ak_json_equal(at->value, ak_json_at(arg, i)))
			return AK_OK;
	}
	return ak_schema_violated_arg(r, k, at->place, at->value, arg, "is none of the values listed");
}

ak_status ak_schema_const(ak_schema_run *r, const ak_schema_at *at,
                          const ak_schema_keyword *k, const ak_json *arg)
{
	if (ak_json_equal(at->value, arg))
		return AK_OK;
	return ak_schema_violated_arg(r, k, at->place, at->value, arg, "is another value");
}

/* Compare n with what keyword k demands; fills the words for the case that it fails. */
static bool within(const ak_schema_keyword *k, int64_t n, int64_t limit, const char **relation)
{
	if (k->name[0] == 'm') {
		bool min = k->name[1] == 'i';

		*relation = min ? "at least" : "at most";
		return min ? n >= limit : n <= limit;
	}
	/* exclusiveMinimum, exclusiveMaximum */
	*relation = k->name[10] == 'i' ? "more than" : "less than";
	return k->name[10] == 'i' ? n > limit : n < limit;
}

static ak_status judge(ak_schema_run *r, const ak_schema_at *at, const ak_schema_keyword *k,
                       const ak_json *arg, int64_t n, const char *unit, const char *why)
{
	const char *relation;
	char expected[64];
	int64_t limit = 0;

	(void)ak_json_int(arg, &limit);
	if (within(k, n, limit, &relation))
		return AK_OK;
	(void)snprintf(expected, sizeof(expected), "%s %lld%s", relation, (long long)limit, unit);
	return ak_schema_violated(r, k, at->place, at->value, expected, why);
}

ak_status ak_schema_bound(ak_schema_run *r, const ak_schema_at *at,
                          const ak_schema_keyword *k, const ak_json *arg)
{
	int64_t n;

	if (!ak_json_int(at->value, &n))
		return AK_OK;
	return judge(r, at, k, arg, n, "", "is out of range");
}

ak_status ak_schema_multiple(ak_schema_run *r, const ak_schema_at *at,
                             const ak_schema_keyword *k, const ak_json *arg)
{
	char expected[64];
	int64_t n, of = 1;

	if (!ak_json_int(at->value, &n))
		return AK_OK;
	(void)ak_json_int(arg, &of);
	if (n % of == 0)
		return AK_OK;
	(void)snprintf(expected, sizeof(expected), "a multiple of %lld", (long long)of);
	return ak_schema_violated(r, k, at->place, at->value, expected, "is not such a multiple");
}

ak_status ak_schema_length(ak_schema_run *r, const ak_schema_at *at,
                           const ak_schema_keyword *k, const ak_json *arg)
{
	ak_span s = ak_json_text(at->value);
	int64_t n = 0;

	if (!ak_json_is(at->value, AK_JSON_STRING))
		return AK_OK;
	for (size_t i = 0; i < s.len; i++)
		n += (s.data[i] & 0xc0) != 0x80;
	return judge(r, at, k, arg, n, " characters", "has another length");
}

/* minItems, maxItems, minProperties, maxProperties: the fourth letter tells which. */
ak_status ak_schema_size(ak_schema_run *r, const ak_schema_at *at,
                         const ak_schema_keyword *k, const ak_json *arg)
{
	bool items = k->name[3] == 'I';

	if (!ak_json_is(at->value, items ? AK_JSON_ARRAY : AK_JSON_OBJECT))
		return AK_OK;
	return judge(r, at, k, arg, (int64_t)ak_json_len(at->value),
	             items ? " elements" : " members", "has another size");
}

ak_status ak_schema_pattern(ak_schema_run *r, const ak_schema_at *at,
                            const ak_schema_keyword *k, const ak_json *arg)
{
	bool matched = false;
	ak_status st;

	if (!ak_json_is(at->value, AK_JSON_STRING))
		return AK_OK;
	if (r->pattern == NULL)
		r->pattern = ak_pattern_new();
	if (r->pattern == NULL)
		return ak_no_memory(r->err, k->where);
	st = r->compiled == arg ? AK_OK : ak_pattern_compile(r->pattern, ak_json_text(arg), r->err);
	r->compiled = st == AK_OK ? arg : NULL;
	if (st == AK_OK)
		st = ak_pattern_match(r->pattern, ak_json_text(at->value), &r->pattern_budget,
		                      &matched, r->err);
	if (st != AK_OK || matched)
		return st;
	return ak_schema_violated_arg(r, k, at->place, at->value, arg, "does not match the pattern");
}

bool ak_subject_id_valid(ak_span id)
{
	if (id.len == 0 || id.len > AK_SUBJECT_ID_MAX)
		return false;
	for (size_t i = 0; i < id.len; i++) {
		uint8_t c = id.data[i];

		if (!((c >= '-' && c <= ':') || (c >= 'A' && c <= 'Z') || c == '_' ||
		      (c >= 'a' && c <= 'z')))
			return false; /* '-' to ':' is - . / 0-9 : */
	}
	return true;
}

static bool is_date(ak_span s)
{
	ak_date d;

	return ak_date_parse(s, &d);
}

static bool is_day(ak_span s)
{
	ak_date d;

	return ak_date_parse(s, &d) && d.precision == AK_PRECISION_DAY;
}

static bool is_digest(ak_span s)
{
	ak_digest d;

	return ak_digest_parse(s, &d);
}

ak_status ak_schema_format(ak_schema_run *r, const ak_schema_at *at,
                           const ak_schema_keyword *k, const ak_json *arg)
{
	static const struct {
		const char *name;
		bool (*fits)(ak_span s);
		const char *expected;
	} formats[] = {
		{ "akashi-date", is_date, "a date: 2021, 2021-09, 2021-09-13 or RFC 3339" },
		{ "akashi-day", is_day, "a day: 2021-09-13" },
		{ "akashi-digest", is_digest, "\"sha256:\" and 64 hex digits" },
		{ "akashi-subject", ak_subject_id_valid, "a subject id" },
	};
	ak_span name = ak_json_text(arg);

	if (!ak_json_is(at->value, AK_JSON_STRING))
		return AK_OK;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (!ak_span_is(name, formats[i].name))
			continue;
		if (formats[i].fits(ak_json_text(at->value)))
			return AK_OK;
		return ak_schema_violated(r, k, at->place, at->value, formats[i].expected,
		                          "is not in this format");
	}
	return AK_OK;
}

static int by_bytes(const void *a, const void *b)
{
	const ak_span *x = a, *y = b;

	return ak_span_cmp(*x, *y);
}

static bool repeats(const ak_json *array, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		for (size_t k = 0; k < i; k++) {
			if (ak_json_equal(ak_json_at(array, i), ak_json_at(array, k)))
				return true;
		}
	}
	return false;
}

/* Equal values have equal canonical bytes, so sorting those finds a repetition among many quickly. */
static ak_status find_repetition(const ak_json *array, bool *repeated, ak_error *err)
{
	size_t n = ak_json_len(array), at = 0;
	ak_span *all = ak_mem_array(n, sizeof(*all));
	ak_status st = AK_OK;
	ak_buf b;

	if (all == NULL)
		return ak_no_memory(err, "schema.uniqueItems");
	ak_buf_init(&b, 4 * (size_t)AK_JSON_TEXT_MAX);
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		size_t before = b.len;

		st = ak_jcs_write(ak_json_at(array, i), &b, err);
		all[i].len = b.len - before;
	}
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		all[i].data = b.data + at;
		at += all[i].len;
	}
	if (st == AK_OK) {
		qsort(all, n, sizeof(*all), by_bytes);
		*repeated = false;
		for (size_t i = 1; i < n; i++)
			*repeated |= ak_span_eq(all[i - 1], all[i]);
	}
	ak_buf_clear(&b);
	ak_mem_free(all);
	return st;
}

ak_status ak_schema_unique(ak_schema_run *r, const ak_schema_at *at,
                           const ak_schema_keyword *k, const ak_json *arg)
{
	bool repeated = false;
	ak_status st = AK_OK;

	if (!ak_json_true(arg) || !ak_json_is(at->value, AK_JSON_ARRAY))
		return AK_OK;
	if (ak_json_len(at->value) <= FEW)
		repeated = repeats(at->value, ak_json_len(at->value));
	else
		st = find_repetition(at->value, &repeated, r->err);
	if (st != AK_OK || !repeated)
		return st;
	return ak_schema_violated(r, k, at->place, at->value, "elements that all differ",
	                          "holds a value twice");
}

static ak_status require(ak_schema_run *r, const ak_schema_at *at,
                         const ak_schema_keyword *k, const ak_json *names)
{
	size_t n = ak_json_len(names);

	for (size_t i = 0; i < n; i++) {
		const ak_json *name = ak_json_at(names, i);
		ak_schema_place missing = { .up = at->place, .key = ak_json_text(name) };

		if (!ak_json_is(name, AK_JSON_STRING))
			return ak_fail(r->err, AK_BAD_FORMAT, k->where, 0, "the schema is malformed");
		if (ak_json_get_span(at->value, missing.key) == NULL)
			return ak_schema_violated(r, k, &missing, NULL, "a value",
			                          "is required and missing");
	}
	return AK_OK;
}

ak_status ak_schema_required(ak_schema_run *r, const ak_schema_at *at,
                             const ak_schema_keyword *k, const ak_json *arg)
{
	return ak_json_is(at->value, AK_JSON_OBJECT) ? require(r, at, k, arg) : AK_OK;
}

ak_status ak_schema_dependent_required(ak_schema_run *r, const ak_schema_at *at,
                                       const ak_schema_keyword *k, const ak_json *arg)
{
	ak_status st = AK_OK;
	const ak_json *names;
	ak_span key;

	for (void *it = NULL; st == AK_OK && ak_json_next(arg, &it, &key, &names);) {
		if (ak_json_get_span(at->value, key) != NULL)
			st = require(r, at, k, names);
	}
	return st;
}
