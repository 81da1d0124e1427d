/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/ahead.h"

#include "base/date.h"
#include "base/text.h"
#include "verify/report.h"

#include <stdio.h>
#include <string.h>

enum { POINTER_MAX = 256, DEPTH_MAX = 16, FOLLOW_MAX = 8 };

typedef struct walk {
	const ak_json *schema;
	int64_t now;
	ak_json *warnings;
	ak_error *err;
} walk;

/* What stands behind a "$ref" into the same schema. */
static const ak_json *behind(const ak_json *schema, const ak_json *node)
{
	static const char defs[] = "#/$defs/";

	for (int i = 0; i < FOLLOW_MAX; i++) {
		ak_span ref = ak_json_get_text(node, "$ref");

		if (!ak_span_starts(ref, defs))
			break;
		ref = (ak_span){ ref.data + strlen(defs), ref.len - strlen(defs) };
		node = ak_json_get_span(ak_json_get(schema, "$defs"), ref);
	}
	return node;
}

static bool is_ahead(ak_span text, int64_t now)
{
	ak_date d;

	if (!ak_date_parse(text, &d))
		return false;
	return text.len > 10 ? d.instant > now : d.first > ak_day_of_instant_jst(now);
}

static ak_status tell(const walk *w, const char *pointer, ak_span found)
{
	char ja[400], en[400];
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "id", ak_json_new_str("date-ahead"), w->err);

	(void)snprintf(ja, sizeof(ja), "%s が先の日付である: %.*s", pointer, (int)found.len, (const char *)found.data);
	(void)snprintf(en, sizeof(en), "%s lies in the future: %.*s", pointer, (int)found.len, (const char *)found.data);
	if (st == AK_OK)
		st = ak_json_set(o, "field", ak_json_new_str(pointer), w->err);
	if (st == AK_OK)
		st = ak_json_set(o, "found", ak_json_new_text(found), w->err);
	if (st == AK_OK)
		st = ak_json_set(o, "text", ak_report_words(ja, en), w->err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(w->warnings, o, w->err);
}

static ak_status look(const walk *w, const ak_json *node, const ak_json *v, const char *pointer, bool past, int depth);

static ak_status look_into(const walk *w, const ak_json *node, const ak_json *v, const char *pointer, bool past, int depth)
{
	const ak_json *properties = ak_json_get(node, "properties"), *items = ak_json_get(node, "items"), *member;
	char at[POINTER_MAX];
	ak_status st = AK_OK;
	void *it = NULL;
	ak_span key;

	for (size_t i = 0; st == AK_OK && ak_json_is(v, AK_JSON_ARRAY) && i < ak_json_len(v); i++) {
		(void)snprintf(at, sizeof(at), "%.220s/%zu", pointer, i);
		st = look(w, items, ak_json_at(v, i), at, past, depth);
	}
	if (!ak_json_is(v, AK_JSON_OBJECT))
		return st;
	while (st == AK_OK && ak_json_next(v, &it, &key, &member)) {
		(void)snprintf(at, sizeof(at), "%.150s/%.*s", pointer, (int)(key.len > 64 ? 64 : key.len), (const char *)key.data);
		st = look(w, ak_json_get_span(properties, key), member, at, past, depth);
	}
	return st;
}

/* `node` may say it where it stands, and so may what it refers to. */
static ak_status look(const walk *w, const ak_json *node, const ak_json *v, const char *pointer, bool past, int depth)
{
	const ak_json *at = behind(w->schema, node);

	past = past || ak_json_true(ak_json_get(node, "x-past")) || ak_json_true(ak_json_get(at, "x-past"));
	if (past && is_ahead(ak_json_text(v), w->now))
		return tell(w, pointer, ak_json_text(v));
	return depth == DEPTH_MAX || node == NULL ? AK_OK : look_into(w, at, v, pointer, past, depth + 1);
}

ak_status ak_dates_ahead(const ak_json *schema, const ak_json *body, int64_t now, ak_json *warnings, ak_error *err)
{
	const walk w = { schema, now, warnings, err };

	return look(&w, schema, body, "", false, 0);
}
