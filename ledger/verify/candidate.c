/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/candidate.h"

#include "base/fail.h"
#include "codec/dsse.h"

#include <string.h>

void ak_candidate_clear(ak_candidate *c)
{
	ak_sealed_clear(&c->sealed);
	ak_buf_clear(&c->statement);
	ak_buf_clear(&c->signatures);
}

static ak_status take_lines(const ak_dsse *e, ak_candidate *c, ak_error *err)
{
	ak_status st;

	if (strcmp(e->type, AK_DSSE_TYPE) != 0)
		return ak_mismatch(err, AK_BAD_FORMAT, "dsse.payloadType", 0, AK_DSSE_TYPE, e->type);
	if (e->payload.len > AK_STATEMENT_MAX)
		return ak_fail(err, AK_BAD_FORMAT, "statement", AK_STATEMENT_MAX, "%zu bytes, at most %d are allowed",
		               e->payload.len, AK_STATEMENT_MAX);
	st = ak_buf_add_span(&c->statement, ak_buf_span(&e->payload), err);
	if (st == AK_OK)
		st = ak_signatures_from_dsse(e, &c->signatures, err);
	return st == AK_OK ? ak_sealed_candidate(ak_buf_span(&c->statement), ak_buf_span(&c->signatures), &c->sealed, err) : st;
}

ak_status ak_candidate_parse(ak_span envelope, ak_candidate *out, ak_error *err)
{
	ak_candidate c = { 0 };
	ak_dsse e;
	ak_status st = ak_dsse_parse(envelope, &e, err);

	if (st != AK_OK)
		return st;
	ak_buf_init(&c.statement, AK_STATEMENT_MAX);
	ak_buf_init(&c.signatures, AK_SIGNATURES_MAX);
	st = take_lines(&e, &c, err);
	ak_dsse_clear(&e);
	if (st != AK_OK)
		ak_candidate_clear(&c);
	else
		*out = c;
	return st;
}
