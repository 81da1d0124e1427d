/* SPDX-License-Identifier: Apache-2.0 */
/* What proves when a record was there: the tokens over its signatures, and the time stamps and evidence records over checkpoints that commit to it. */
#include "api/api.h"
#include "api/time_part.h"
#include "seal/times.h"

#include "base/fail.h"
#include "base/utctime.h"

static ak_json *time_text(bool known, int64_t t)
{
	char text[AK_UTCTIME_LEN + 1];

	if (!known || t == INT64_MAX)
		return ak_json_new_null();
	ak_utctime_format(t, text);
	return ak_json_new_str(text);
}

ak_status ak_api_put_stamped(const ak_sig_result *r, ak_json *o, ak_error *err)
{
	return ak_json_set(o, "stamped", time_text(r->stamped, r->stamped_by), err);
}

ak_status ak_api_put_stamps(const ak_judgement *j, ak_json *o, ak_error *err)
{
	ak_json *t = ak_json_new_object();
	ak_status st = ak_json_set(t, "total", ak_json_new_int((int64_t)j->stamps), err);

	if (st == AK_OK)
		st = ak_json_set(t, "count", ak_json_new_int((int64_t)j->stamps_good), err);
	if (st == AK_OK)
		st = ak_json_set(t, "why", ak_json_new_str(j->stamps_good < j->stamps ? j->stamp_why.detail : ""), err);
	if (st == AK_OK)
		return ak_json_set(o, "timestamps", t, err);
	ak_json_free(t);
	return st;
}

static ak_status put_proof(const ak_time_proof *p, ak_json *list, ak_error *err)
{
	const bool known = p->status == AK_OK;
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "record", ak_json_new_int((int64_t)p->record), err);

	if (st == AK_OK)
		st = ak_json_set(o, "size", ak_json_new_int((int64_t)p->size), err);
	if (st == AK_OK)
		st = ak_json_set(o, "form", ak_json_new_str(p->evidence ? "rfc4998" : "rfc3161"), err);
	if (st == AK_OK)
		st = ak_json_set(o, "proven", time_text(known, p->found.proven), err);
	if (st == AK_OK)
		st = ak_json_set(o, "authority", known ? ak_json_new_str(p->found.first->name) : ak_json_new_null(), err);
	if (st == AK_OK)
		st = ak_json_set(o, "until", time_text(known, p->found.record.until), err);
	if (st == AK_OK)
		return ak_json_add(list, o, err);
	ak_json_free(o);
	return st;
}

/* Only a record behind it can hold what covers it. */
static ak_status any_behind(ak_books *b, uint64_t seq, uint64_t known_at, bool *yes, ak_error *err)
{
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st = ak_index_of_type(b->index, "timestamp", &seqs, &n, err);

	*yes = false;
	for (size_t i = 0; st == AK_OK && i < n; i++)
		*yes = *yes || (seqs[i] > seq && (known_at == 0 || seqs[i] < known_at));
	ak_mem_free(seqs);
	return st;
}

static ak_status put_covering(ak_ledger *l, uint64_t seq, ak_json *list, ak_error *err)
{
	const ak_timestamp_options o = { .now = l->b->state.last_time };
	ak_time_circle *c = NULL;
	ak_times t = { 0 };
	ak_status st = ak_time_circle_open(l, &o, true, &c, err);

	if (st == AK_OK)
		st = ak_times_read(l->b, ak_time_circle_query(c), &t, err);
	for (size_t i = 0; st == AK_OK && i < t.n; i++) {
		const ak_time_proof *p = &t.proof[i];

		if (p->size > seq && (l->known_at == 0 ? !p->carried : p->record < l->known_at))
			st = put_proof(p, list, err);
	}
	ak_times_clear(&t);
	ak_time_circle_free(&c);
	return st;
}

ak_status ak_api_put_proofs(ak_ledger *l, uint64_t seq, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	bool any = false;
	ak_status st = any_behind(l->b, seq, l->known_at, &any, err);

	if (st == AK_OK && any)
		st = put_covering(l, seq, list, err);
	if (st == AK_OK)
		return ak_json_set(o, "proofs", list, err);
	ak_json_free(list);
	return st;
}
