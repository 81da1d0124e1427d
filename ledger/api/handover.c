/* SPDX-License-Identifier: Apache-2.0 */
/* What whoever takes a ledger over has to know of it, beside the standing of its listings (ak_ledger_status). */
#include "api/api.h"

#include "base/date.h"
#include "base/text.h"
#include "base/utctime.h"
#include "codec/note.h"
#include "verify/cosignature.h"

enum { SECONDS_A_DAY = 86400 };

/* {"time","age_days"}; null where there is none. */
static ak_status put_time(ak_json *o, const char *member, int64_t time, int64_t now, ak_error *err)
{
	char text[AK_UTCTIME_LEN + 1];
	ak_json *t;
	ak_status st;

	if (time == 0)
		return ak_json_set(o, member, ak_json_new_null(), err);
	t = ak_json_new_object();
	ak_utctime_format(time, text);
	st = ak_json_set(t, "time", ak_json_new_str(text), err);
	if (st == AK_OK)
		st = ak_json_set(t, "age_days", ak_json_new_int(now > time ? (now - time) / SECONDS_A_DAY : 0), err);
	if (st == AK_OK)
		return ak_json_set(o, member, t, err);
	ak_json_free(t);
	return st;
}

/* When the heartbeat key last cosigned the head; 0: it has not. */
static ak_status heartbeat_time(const ak_books *b, const ak_authority *a, int64_t *out, ak_error *err)
{
	const ak_pubkey *beat = ak_authority_heartbeat(a);
	ak_note note;
	ak_note_line l;
	uint8_t raw[32];
	ak_span rest;
	ak_status st = ak_note_parse(ak_buf_span(&b->head.checkpoint), &note, err);

	*out = 0;
	if (st != AK_OK || beat == NULL || !ak_pubkey_raw_ed25519(beat, raw))
		return st;
	rest = note.sigs;
	while (st == AK_OK && ak_note_next(&rest, &l)) {
		bool good = false;
		int64_t t = 0;

		if (!ak_cosignature_by(&l, raw))
			continue;
		st = ak_cosignature_check(note.text, &l, raw, &good, &t, err);
		if (st == AK_OK && good && t > *out)
			*out = t;
	}
	return st;
}

/* When the keyset in force was sealed: the newest keyset record of its number. */
static ak_status keyset_time(ak_books *b, uint64_t number, int64_t *out, ak_error *err)
{
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st = ak_index_of_type(b->index, "keyset", &seqs, &n, err);

	*out = 0;
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		ak_sealed s = { 0 };
		ak_buf file;
		int64_t k = 0;

		ak_buf_init(&file, AK_RECORD_MAX);
		st = ak_books_sealed(b, seqs[i], &file, &s, err);
		if (st == AK_OK && ak_json_int(ak_json_get(s.statement.body, "number"), &k) && (uint64_t)k == number && *out == 0)
			*out = s.header.time;
		ak_sealed_clear(&s);
		ak_buf_clear(&file);
	}
	ak_mem_free(seqs);
	return st;
}

/* [{"scheme","type","policies"}…] of every profile in force. */
static ak_status put_signing(const ak_authority *a, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	const ak_profile *p;
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && (p = ak_authority_profile_at(a, i)) != NULL; i++) {
		const ak_json *types = ak_json_get(p->package, "types");
		const ak_json *type;
		ak_span name;

		for (void *it = NULL; st == AK_OK && ak_json_next(types, &it, &name, &type);) {
			ak_json *t = ak_json_new_object();

			st = ak_json_set(t, "scheme", ak_json_new_text(p->scheme), err);
			if (st == AK_OK)
				st = ak_json_set(t, "type", ak_json_new_text(name), err);
			if (st == AK_OK)
				st = ak_json_set(t, "policies", ak_json_copy(ak_json_get(type, "signing")), err);
			if (st == AK_OK)
				st = ak_json_add(list, t, err);
			else
				ak_json_free(t);
		}
	}
	if (st == AK_OK)
		return ak_json_set(o, "signing", list, err);
	ak_json_free(list);
	return st;
}

ak_status ak_ledger_handover(ak_ledger *l, int64_t now, ak_text *json, ak_error *err)
{
	ak_books *b = l->b;
	ak_authority *a = NULL;
	ak_json *o = ak_json_new_object();
	int64_t beat = 0, keys = 0;
	char day[11];
	ak_status st = ak_books_authority(b, NULL, 0, NULL, 0, &a, err);

	ak_day_format(ak_day_of_instant_jst(now), day);
	if (st == AK_OK)
		st = ak_json_set(o, "as_of", ak_json_new_str(day), err);
	if (st == AK_OK)
		st = ak_authority_tell(a, now, o, err);
	if (st == AK_OK)
		st = put_signing(a, o, err);
	if (st == AK_OK)
		st = heartbeat_time(b, a, &beat, err);
	if (st == AK_OK)
		st = put_time(o, "heartbeat", beat, now, err);
	if (st == AK_OK)
		st = keyset_time(b, ak_authority_keyset_number(a), &keys, err);
	if (st == AK_OK)
		st = put_time(o, "rotated", keys, now, err);
	if (st == AK_OK)
		st = put_time(o, "sealed", b->state.last_time, now, err);
	if (st == AK_OK)
		st = ak_api_closing(b, a, 0, o, err);
	ak_authority_free(&a);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}
