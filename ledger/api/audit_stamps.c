/* SPDX-License-Identifier: Apache-2.0 */
/* What an audit says of time stamps over checkpoints (FORMAT 19.3).  The engine has judged them with the record; here is only counted and told. */
#include "api/audit.h"

enum { TOLD_MAX = 1000 };

static const char *const outcomes[] = {
	[AK_TIME_NONE] = "not-checked", [AK_TIME_SOUND] = "sound", [AK_TIME_ELSEWHERE] = "elsewhere", [AK_TIME_UNPINNED] = "unpinned",
	[AK_TIME_UNSOUND] = "unsound",
};

uint64_t ak_audit_unproven(const ak_audit *t)
{
	return t->stamped[AK_TIME_ELSEWHERE] + t->stamped[AK_TIME_UNPINNED] + t->stamped[AK_TIME_UNSOUND];
}

static ak_status tell(ak_audit *t, const ak_sealed *s, const ak_judgement *j, ak_error *err)
{
	const ak_json *body = s->statement.body;
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "seq", ak_json_new_int((int64_t)s->header.seq), err);

	if (st == AK_OK)
		st = ak_json_set(o, "size", ak_json_copy(ak_json_get(body, "size")), err);
	if (st == AK_OK)
		st = ak_json_set(o, "outcome", ak_json_new_str(outcomes[j->time]), err);
	if (st == AK_OK)
		st = ak_json_set(o, "status", ak_json_new_str(ak_status_name(j->why.status)), err);
	if (st == AK_OK)
		st = ak_json_set(o, "where", ak_json_new_str(j->why.where), err);
	if (st == AK_OK)
		st = ak_json_set(o, "expected", ak_json_new_str(j->why.expected), err);
	if (st == AK_OK)
		st = ak_json_set(o, "found", ak_json_new_str(j->why.found), err);
	if (st == AK_OK)
		st = ak_json_set(o, "detail", ak_json_new_str(j->why.detail), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(t->unproven, o, err);
}

ak_status ak_audit_stamped(ak_audit *t, const ak_sealed *s, const ak_judgement *j, ak_error *err)
{
	if (!ak_span_is(s->statement.type, "timestamp") || !ak_span_is(s->statement.scheme, "akashi"))
		return AK_OK;
	t->stamped[j->time]++;
	if (j->time == AK_TIME_NONE || j->time == AK_TIME_SOUND || ak_json_len(t->unproven) >= TOLD_MAX)
		return AK_OK;
	return tell(t, s, j, err);
}

ak_status ak_audit_put_stamps(const ak_audit *t, ak_json *o, ak_error *err)
{
	ak_json *all = ak_json_new_object();
	ak_status st = ak_json_set(all, "unproven", ak_json_copy(t->unproven), err);

	for (size_t i = 0; st == AK_OK && i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		st = ak_json_set(all, outcomes[i], ak_json_new_int((int64_t)t->stamped[i]), err);
	if (st != AK_OK) {
		ak_json_free(all);
		return st;
	}
	return ak_json_set(o, "timestamps", all, err);
}
