/* SPDX-License-Identifier: Apache-2.0 */
/* Has the ledger ended? */
#include "api/api.h"

#include "verify/ending.h"

static ak_status read_closing(ak_books *b, uint64_t seq, ak_json **out, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_sealed(b, seq, &file, &s, err);
	if (st == AK_OK)
		st = ak_ending_json(seq, s.header.time, s.statement.body, out, err);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

ak_status ak_api_closing(ak_books *b, const ak_authority *a, uint64_t known_at, ak_json *o, ak_error *err)
{
	ak_json *closing = NULL;
	uint64_t seq = 0;
	ak_status st;

	if (!ak_authority_ended(a, &seq) || (known_at != 0 && seq >= known_at))
		return ak_json_set(o, "closing", ak_json_new_null(), err);
	st = read_closing(b, seq, &closing, err);
	return st == AK_OK ? ak_json_set(o, "closing", closing, err) : st;
}
