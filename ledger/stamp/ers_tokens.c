/* SPDX-License-Identifier: Apache-2.0 */
#include "stamp/ers_tokens.h"

#include "base/fail.h"

#include <string.h>

typedef struct work {
	const ak_ers *record;
	const ak_stamp_query *query;
	ak_ers_found found;
} work;

static ak_ers_hash hash_of_length(size_t len)
{
	return len == 32 ? AK_ERS_SHA256 : len == 48 ? AK_ERS_SHA384 : len == 64 ? AK_ERS_SHA512 : AK_ERS_HASH_NONE;
}

/* The latest second in which the next token says it was made; whether that one is to be believed is asked in its turn. */
static ak_status next_time(const work *w, size_t at, int64_t *out, ak_error *err)
{
	ak_stamp *next = NULL;
	ak_status st = AK_OK;

	*out = 0;
	if (at + 1 < w->record->stamps)
		st = ak_stamp_parse_token(w->record->stamp[at + 1].token, &next, err);
	if (next != NULL)
		*out = ak_stamp_get_info(next)->latest;
	ak_stamp_free(&next);
	return st;
}

static ak_status token(void *ctx, ak_span der, size_t at, ak_ers_seen *out, ak_error *err)
{
	work *w = ctx;
	ak_stamp_query q = *w->query;
	ak_stamp_found by = { 0 };
	ak_stamp *s = NULL;
	ak_status st = ak_stamp_parse_token(der, &s, err);

	if (st == AK_OK)
		st = next_time(w, at, &q.renewed_at, err);
	if (st == AK_OK) {
		const ak_stamp_info *i = ak_stamp_get_info(s);

		q.message = q.nonce = (ak_span){ 0 };
		q.imprint = (ak_span){ i->imprint, i->imprint_len };
		st = ak_stamp_verify(s, &q, &by, err);
		if (st == AK_OK) {
			out->imprint.hash = hash_of_length(i->imprint_len);
			memcpy(out->imprint.b, i->imprint, i->imprint_len);
			out->time = i->time;
			out->nanos = (int)i->nanos;
			out->latest = i->latest;
			out->until = by.not_after;
			if (at == 0) {
				w->found.proven = i->latest;
				w->found.first = by.by;
			}
			w->found.last = by.by;
			if (!w->found.unlisted.is)
				w->found.unlisted = by.unlisted;
		}
	}
	ak_stamp_free(&s);
	return st;
}

ak_status ak_ers_verify_tokens(const ak_ers *r, const ak_ers_object *data, const ak_stamp_query *q, ak_ers_found *out, ak_error *err)
{
	work w = { .record = r, .query = q };
	const ak_ers_judge judge = { &w, token };
	ak_status st = ak_ers_verify(r, data, &judge, &w.found.record, err);

	if (st == AK_OK)
		*out = w.found;
	return st;
}

void ak_ers_object_of(ak_span data, uint8_t room[3][AK_ERS_HASH_LEN_MAX], ak_ers_object *out)
{
	ak_ers_hash_of(AK_ERS_SHA256, data, room[0]);
	ak_ers_hash_of(AK_ERS_SHA384, data, room[1]);
	ak_ers_hash_of(AK_ERS_SHA512, data, room[2]);
	*out = (ak_ers_object){ room[0], room[1], room[2] };
}
