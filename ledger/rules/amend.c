/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/amend.h"

#include "base/fail.h"
#include "base/text.h"

const char ak_amend_stale[] = "before is not what stands there";

static bool nothing(const ak_json *v)
{
	return v == NULL || ak_json_is(v, AK_JSON_NULL);
}

/* Undo RFC 6901's escapes: "~1" is "/", "~0" is "~". */
static char *unescape(ak_span step)
{
	char *key = ak_span_dup(step);
	size_t n = 0;

	for (size_t i = 0; key != NULL && i < step.len; i++) {
		char c = key[i];

		if (c == '~' && (key[i + 1] == '0' || key[i + 1] == '1'))
			c = key[++i] == '0' ? '~' : '/';
		key[n++] = c;
	}
	if (key != NULL)
		key[n] = '\0';
	return key;
}

/* Take a member away; only a member of an object can be: places in an array keep their numbers. */
static ak_status take_away(ak_json *body, ak_span field, ak_error *err)
{
	ak_span parent = field, step;
	ak_json *copy = NULL;
	char *key;
	ak_status st = AK_OK;

	while (parent.data[parent.len - 1] != '/')
		parent.len--;
	step = (ak_span){ parent.data + parent.len, field.len - parent.len };
	parent.len--;
	if (!ak_json_is(ak_json_pointer(body, parent), AK_JSON_OBJECT))
		return ak_fail(err, AK_BAD_FORMAT, "correction.field", 0, "only a member of an object can be taken away");
	key = unescape(step);
	if (key == NULL)
		return ak_no_memory(err, "correction");
	if (parent.len == 0) {
		ak_json_remove(body, key);
	} else {
		copy = ak_json_copy(ak_json_pointer(body, parent));
		if (copy != NULL)
			ak_json_remove(copy, key);
		st = copy == NULL ? ak_no_memory(err, "correction")
		                  : ak_json_pointer_set(body, parent, copy, err);
	}
	ak_mem_free(key);
	return st;
}

ak_status ak_amend(ak_json *body, const ak_json *correction, bool heed_before, const char **why, ak_error *err)
{
	ak_span field = ak_json_get_text(correction, "field");
	const ak_json *before = ak_json_get(correction, "before");
	const ak_json *after = ak_json_get(correction, "after");
	const ak_json *now;
	ak_status st;

	*why = "field is not a pointer into the body";
	if (field.len == 0 || field.data[0] != '/')
		return AK_OK;
	now = ak_json_pointer(body, field);
	*why = ak_amend_stale;
	if (heed_before && (nothing(before) ? !nothing(now) : now == NULL || !ak_json_equal(before, now)))
		return AK_OK;
	*why = "there is no such place in the body";
	if (nothing(after) && now == NULL) {
		if (!heed_before)
			*why = NULL;
		return AK_OK;
	}
	st = nothing(after) ? take_away(body, field, err) : ak_json_pointer_set(body, field, ak_json_copy(after), err);
	if (st == AK_NO_MEMORY)
		return st;
	if (st == AK_OK)
		*why = NULL;
	return AK_OK;
}
