/* SPDX-License-Identifier: Apache-2.0 */
/* A scheme's query over no records. */
#include "akashi/scheme.h"
#include "base/date.h"
#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "held/shipped.h"
#include "verify/tell.h"

#include <string.h>

enum { ANSWER_MAX = 1024 * 1024 };

static ak_status day_of(const char *text, int64_t now, int32_t *day, ak_error *err)
{
	ak_date d;

	*day = ak_day_of_instant_jst(now);
	if (text == NULL)
		return AK_OK;
	if (!ak_date_parse(ak_span_str(text), &d) || d.first != d.last)
		return ak_mismatch(err, AK_INVALID_ARGUMENT, "as_of", 0, "a day such as 2026-11-21", text);
	*day = d.first;
	return AK_OK;
}

static ak_status ask(const ak_json *package, const ak_tell *t, int32_t as_of, ak_json **rows, ak_error *err)
{
	ak_rules *rules = NULL;
	ak_status st = ak_rules_open(package, &rules, err);

	if (st == AK_OK)
		st = ak_tell_give(rules, t, err);
	if (st == AK_OK)
		st = ak_rules_ready(rules, err);
	if (st == AK_OK)
		st = ak_tell_rows(rules, package, t, as_of, 0, NULL, rows, err);
	ak_rules_free(&rules);
	return st;
}

static ak_status put(const char *scheme, const ak_json *package, const char *query, const ak_json *rows, ak_text *json,
		     ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "scheme", ak_json_new_str(scheme), err);
	ak_buf text;

	ak_buf_init(&text, ANSWER_MAX);
	if (st == AK_OK)
		st = ak_json_set(o, "version", ak_json_new_text(ak_json_get_text(package, "version")), err);
	if (st == AK_OK)
		st = ak_json_set(o, "query", ak_json_new_str(query), err);
	if (st == AK_OK)
		st = ak_json_set(o, "rows", ak_json_copy(rows), err);
	if (st == AK_OK)
		st = ak_jcs_write(o, &text, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&text, json, err);
	ak_buf_clear(&text);
	ak_json_free(o);
	return st;
}

ak_status ak_scheme_tell(const char *scheme, const ak_tell *tell, const char *as_of, int64_t now, ak_text *json, ak_error *err)
{
	ak_profile profile = { 0 };
	ak_json *rows = NULL;
	int32_t day = 0;
	ak_status st;

	if (tell == NULL)
		return ak_fail(err, AK_INVALID_ARGUMENT, "tell.query", 0, "which query?");
	if (scheme == NULL)
		scheme = AK_USUAL_SCHEME;
	st = ak_tell_check(tell, err);
	if (st == AK_OK)
		st = day_of(as_of, now, &day, err);
	if (st == AK_OK)
		st = ak_shipped_profile(ak_span_str(scheme), &profile, err);
	if (st == AK_OK)
		st = ask(profile.package, tell, day, &rows, err);
	if (st == AK_OK)
		st = put(scheme, profile.package, tell->query, rows, json, err);
	ak_json_free(rows);
	ak_profile_clear(&profile);
	return st;
}
