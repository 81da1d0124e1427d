/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "rules/db.h"

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

static ak_status bind_body(ak_rules *r, sqlite3_stmt *s, int i, const ak_json *body, ak_error *err)
{
	ak_buf text = { 0 };
	ak_status st;

	if (body == NULL)
		return AK_OK;
	ak_buf_init(&text, AK_JSON_TEXT_MAX);
	st = ak_jcs_write(body, &text, err);
	if (st == AK_OK)
		st = ak_rules_bind_span(s, i, ak_buf_span(&text), err);
	if (st == AK_OK && text.len > r->longest)
		r->longest = text.len;
	ak_buf_clear(&text);
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
	ak_digest_format(&f->id, id);
	(void)sqlite3_bind_int64(s, 1, (sqlite3_int64)f->seq);
	(void)sqlite3_bind_int64(s, 6, f->time);
	(void)sqlite3_bind_int(s, 8, f->authorised);
	st = ak_rules_bind_span(s, 2, ak_span_str(id), err);
	if (st == AK_OK)
		st = ak_rules_bind_span(s, 3, ak_span_str(f->type), err);
	if (st == AK_OK)
		st = ak_rules_bind_span(s, 4, ak_span_str(f->scheme), err);
	if (st == AK_OK)
		st = ak_rules_bind_span(s, 5, ak_span_str(f->issued), err);
	if (st == AK_OK)
		st = ak_rules_bind_span(s, 7, ak_span_str(f->mode), err);
	if (st == AK_OK)
		st = bind_body(r, s, 9, f->body, err);
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
	st = ak_rules_own(r, "UPDATE ref SET target_seq = (SELECT seq FROM fact WHERE id = target_id)", err);
	if (st == AK_OK)
		st = ak_rules_correct(r, err);
	if (st == AK_OK)
		st = ak_rules_own(r, "COMMIT", err);
	set_length_limit(r);
	if (st == AK_OK)
		st = ak_rules_views(r, err);
	if (st == AK_OK)
		r->ready = true;
	return st;
}
