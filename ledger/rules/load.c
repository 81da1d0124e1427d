/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "rules/db.h"
#include "rules/rule.h"

#include <string.h>

static ak_status open_for(ak_rules *r, uint64_t seq, const char *where, ak_error *err)
{
	if (r->ready)
		return ak_fail(err, AK_INVALID_ARGUMENT, where, seq, "added after ak_rules_ready");
	if (seq > INT64_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, where, seq, "sequence number out of range");
	return AK_OK;
}

static ak_status finish(ak_rules *r, ak_rules_insert which, uint64_t seq, ak_status st, const char *where,
                        ak_error *err)
{
	if (st == AK_OK)
		st = ak_rules_own_run(r, r->insert[which], where, err);
	else
		(void)sqlite3_clear_bindings(r->insert[which]);
	if (st != AK_OK && err != NULL)
		err->at = seq;
	return st;
}

static ak_status bind_body(ak_rules *r, sqlite3_stmt *s, int i, const ak_fact *f, ak_error *err)
{
	ak_span body = f->body_text;
	ak_buf text = { 0 };
	ak_status st = AK_OK;

	if (f->body == NULL)
		return AK_OK;
	ak_buf_init(&text, AK_JSON_TEXT_MAX);
	if (body.len == 0) {
		st = ak_jcs_write(f->body, &text, err);
		body = ak_buf_span(&text);
	}
	if (st == AK_OK)
		st = ak_rules_bind_span(s, i, body, err);
	if (st == AK_OK && body.len > r->longest)
		r->longest = body.len;
	ak_buf_clear(&text);
	return st;
}

/* "type", and "type/member" for each member of the body: what the `types` of a rule are looked up in. */
static ak_status note_type(ak_rules *r, const ak_fact *f, ak_error *err)
{
	ak_status st = ak_strmap_put(&r->types, ak_span_str(f->type), 1, err);
	const ak_json *value;
	ak_span member;
	ak_buf name;

	ak_buf_init(&name, AK_RULE_TYPE_MAX);
	for (void *it = NULL; st == AK_OK && ak_json_next(f->body, &it, &member, &value);) {
		if (strlen(f->type) + 1 + member.len > AK_RULE_TYPE_MAX)
			continue; /* no rule can name it */
		name.len = 0;
		st = ak_buf_add_str(&name, f->type, err);
		if (st == AK_OK)
			st = ak_buf_add_byte(&name, '/', err);
		if (st == AK_OK)
			st = ak_buf_add_span(&name, member, err);
		if (st == AK_OK)
			st = ak_strmap_put(&r->types, ak_buf_span(&name), 1, err);
	}
	ak_buf_clear(&name);
	return st;
}

ak_status ak_rules_add_record(ak_rules *r, const ak_fact *f, ak_error *err)
{
	sqlite3_stmt *s = r->insert[AK_INSERT_RECORD];
	char id[AK_DIGEST_TEXT_LEN + 1];
	ak_status st = open_for(r, f->seq, "rules.record", err);

	if (st != AK_OK)
		return st;
	if (f->type == NULL || f->scheme == NULL || f->issued == NULL || f->mode == NULL)
		return ak_fail(err, AK_INVALID_ARGUMENT, "rules.record", f->seq, "type, scheme, issued and mode "
		               "are required");
	(void)sqlite3_bind_int64(s, 1, (sqlite3_int64)f->seq);
	(void)sqlite3_bind_int64(s, 6, f->time);
	(void)sqlite3_bind_int(s, 8, f->authorised);
	if (!ak_digest_is_zero(&f->id)) {
		ak_digest_format(&f->id, id);
		st = ak_rules_bind_span(s, 2, ak_span_str(id), err);
	}
	if (st == AK_OK)
		st = ak_rules_bind_span(s, 3, ak_span_str(f->type), err);
	if (st == AK_OK)
		st = ak_rules_bind_span(s, 4, ak_span_str(f->scheme), err);
	if (st == AK_OK)
		st = ak_rules_bind_span(s, 5, ak_span_str(f->issued), err);
	if (st == AK_OK)
		st = ak_rules_bind_span(s, 7, ak_span_str(f->mode), err);
	if (st == AK_OK)
		st = bind_body(r, s, 9, f, err);
	if (st == AK_OK)
		st = note_type(r, f, err);
	st = finish(r, AK_INSERT_RECORD, f->seq, st, "rules.record", err);
	if (st == AK_OK)
		r->n_facts++;
	return st;
}

ak_status ak_rules_add_about(ak_rules *r, uint64_t seq, ak_span subject, ak_error *err)
{
	sqlite3_stmt *s = r->insert[AK_INSERT_ABOUT];
	ak_status st = open_for(r, seq, "rules.about", err);

	if (st != AK_OK)
		return st;
	(void)sqlite3_bind_int64(s, 1, (sqlite3_int64)seq);
	st = ak_rules_bind_span(s, 2, subject, err);
	return finish(r, AK_INSERT_ABOUT, seq, st, "rules.about", err);
}

ak_status ak_rules_add_ref(ak_rules *r, uint64_t seq, ak_span rel, const ak_digest *target, ak_error *err)
{
	sqlite3_stmt *s = r->insert[AK_INSERT_REF];
	char id[AK_DIGEST_TEXT_LEN + 1];
	ak_status st = open_for(r, seq, "rules.ref", err);

	if (st != AK_OK)
		return st;
	ak_digest_format(target, id);
	(void)sqlite3_bind_int64(s, 1, (sqlite3_int64)seq);
	st = ak_rules_bind_span(s, 2, rel, err);
	if (st == AK_OK)
		st = ak_rules_bind_span(s, 3, ak_span_str(id), err);
	return finish(r, AK_INSERT_REF, seq, st, "rules.ref", err);
}

ak_status ak_rules_add_signer(ak_rules *r, uint64_t seq, const char *party, const char *role, const char *member,
                              bool counted, ak_error *err)
{
	sqlite3_stmt *s = r->insert[AK_INSERT_SIGNER];
	ak_status st = open_for(r, seq, "rules.signer", err);

	if (st != AK_OK)
		return st;
	(void)sqlite3_bind_int64(s, 1, (sqlite3_int64)seq);
	(void)sqlite3_bind_int(s, 5, counted);
	st = ak_rules_bind_span(s, 2, ak_span_str(party), err);
	if (st == AK_OK)
		st = ak_rules_bind_span(s, 3, ak_span_str(role), err);
	if (st == AK_OK)
		st = ak_rules_bind_span(s, 4, ak_span_str(member), err);
	return finish(r, AK_INSERT_SIGNER, seq, st, "rules.signer", err);
}

ak_status ak_rules_add_party(ak_rules *r, const char *party, const char *ja, const char *en, ak_error *err)
{
	sqlite3_stmt *s = r->insert[AK_INSERT_PARTY];
	ak_status st = open_for(r, 0, "rules.party", err);

	if (st != AK_OK)
		return st;
	st = ak_rules_bind_span(s, 1, ak_span_str(party), err);
	if (st == AK_OK)
		st = ak_rules_bind_span(s, 2, ak_span_str(ja), err);
	if (st == AK_OK)
		st = ak_rules_bind_span(s, 3, ak_span_str(en), err);
	return finish(r, AK_INSERT_PARTY, 0, st, "rules.party", err);
}

ak_status ak_rules_add_proved(ak_rules *r, ak_span subject, ak_error *err)
{
	ak_status st = open_for(r, 0, "rules.proved", err);

	if (st != AK_OK)
		return st;
	st = ak_rules_bind_span(r->insert[AK_INSERT_PROVED], 1, subject, err);
	return finish(r, AK_INSERT_PROVED, 0, st, "rules.proved", err);
}

ak_status ak_rules_add_use(ak_rules *r, const ak_rules_use *use, ak_error *err)
{
	const char *const value[] = { use->contract_from, use->contract_to, use->service,
	                              use->region, use->task, use->confirmation };
	ak_status st = open_for(r, 0, "rules.use", err);

	if (st != AK_OK)
		return st;
	if (r->has_use)
		return ak_fail(err, AK_INVALID_ARGUMENT, "rules.use", 0, "added twice");
	for (size_t i = 0; st == AK_OK && i < sizeof(value) / sizeof(value[0]); i++) {
		if (value[i] != NULL)
			st = ak_rules_bind_span(r->insert[AK_INSERT_USE], (int)i + 1, ak_span_str(value[i]), err);
	}
	st = finish(r, AK_INSERT_USE, 0, st, "rules.use", err);
	r->has_use = st == AK_OK;
	return st;
}

ak_status ak_rules_add_given(ak_rules *r, const char *name, const char *value, ak_error *err)
{
	ak_status st = open_for(r, 0, "rules.given", err);

	if (st != AK_OK)
		return st;
	st = ak_rules_bind_span(r->insert[AK_INSERT_GIVEN], 1, ak_span_str(name), err);
	if (st == AK_OK)
		st = ak_rules_bind_span(r->insert[AK_INSERT_GIVEN], 2, ak_span_str(value), err);
	return finish(r, AK_INSERT_GIVEN, 0, st, "rules.given", err);
}

void ak_rules_skip_none(ak_rules *r)
{
	r->skip_none = true;
}

static void set_length_limit(ak_rules *r)
{
	size_t n = r->longest > AK_RULES_LENGTH / 2 ? 2 * r->longest : AK_RULES_LENGTH;

	(void)sqlite3_limit(r->db, SQLITE_LIMIT_LENGTH, (int)(n > AK_RULES_LENGTH_LOAD ? AK_RULES_LENGTH_LOAD : n));
}

ak_status ak_rules_ready(ak_rules *r, ak_error *err)
{
	ak_status st;

	if (r->ready)
		return ak_fail(err, AK_INVALID_ARGUMENT, "rules.ready", 0, "called twice");
	st = ak_rules_plan(r, err);
	if (st == AK_OK)
		st = ak_rules_mine_run(r, "UPDATE ref SET target_seq = (SELECT seq FROM fact WHERE id = target_id)", err);
	if (st == AK_OK)
		st = ak_rules_correct(r, err);
	set_length_limit(r);
	if (st == AK_OK)
		st = ak_rules_views(r, err);
	if (st == AK_OK)
		r->ready = true;
	return st;
}
