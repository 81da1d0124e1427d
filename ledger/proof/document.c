/* SPDX-License-Identifier: Apache-2.0 */
#include "akashi/document.h"

#include "base/bytes.h"
#include "base/date.h"
#include "base/fail.h"
#include "crypto/hash.h"

struct ak_hasher {
	ak_sha256_ctx *ctx;
};

ak_status ak_hasher_open(ak_hasher **out, ak_error *err)
{
	ak_hasher *h = ak_mem_alloc(sizeof(*h));
	ak_status st;

	if (h == NULL)
		return ak_no_memory(err, "hasher");
	st = ak_sha256_open(&h->ctx, err);
	if (st != AK_OK)
		ak_mem_free(h);
	else
		*out = h;
	return st;
}

ak_status ak_hasher_add(ak_hasher *h, ak_span piece, ak_error *err)
{
	return ak_sha256_update(h->ctx, piece, err);
}

ak_status ak_hasher_close(ak_hasher **h, ak_digest *out, ak_error *err)
{
	ak_status st = ak_sha256_close(&(*h)->ctx, out, err);

	ak_sha256_free(&(*h)->ctx);
	ak_mem_free(*h);
	*h = NULL;
	return st;
}

ak_status ak_date_normalise(const char *text, char stored[11], ak_error *err)
{
	ak_date d;

	if (ak_date_parse_human(ak_span_str(text), &d, stored))
		return AK_OK;
	return ak_mismatch(err, AK_INVALID_ARGUMENT, "date", 0,
	                   "a date such as 2021-09-13, 2021年9月13日 or 令和3年9月13日", text);
}
