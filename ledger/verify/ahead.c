/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/ahead.h"

#include "verify/parallel.h"

enum { WORTH_A_THREAD = 4 /* records */ };

static ak_status try_one(void *ctx, size_t i, ak_error *err)
{
	return ak_sealed_try(&((ak_sealed *)ctx)[i], err);
}

ak_status ak_try_ahead(const ak_authority *a, ak_sealed *rec, size_t n, unsigned threads, size_t *run, ak_error *err)
{
	size_t k = 0;

	while (k < n && !ak_type_gives_standing(rec[k].statement.type))
		ak_authority_name_keys(a, &rec[k++]);
	*run = k == 0 ? 1 : k;
	if (threads == 0)
		threads = ak_processors();
	return ak_parallel(k, k < WORTH_A_THREAD ? 1 : threads, try_one, rec, NULL, err);
}
