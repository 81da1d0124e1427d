/* SPDX-License-Identifier: Apache-2.0 */
/* Property: parsing an envelope either fails, or what is written from it reads as the same
 * type, payload, signatures and timestamps, and is written again as the same bytes. */
#include "codec/dsse.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_same(const ak_dsse *a, const ak_dsse *b)
{
	must(strcmp(a->type, b->type) == 0);
	must(ak_span_eq(ak_buf_span(&a->payload), ak_buf_span(&b->payload)));
	must(a->n_sigs == b->n_sigs);
	for (size_t i = 0; i < a->n_sigs; i++) {
		must(strcmp(a->sigs[i].keyid, b->sigs[i].keyid) == 0);
		must(ak_span_eq(ak_buf_span(&a->sigs[i].sig), ak_buf_span(&b->sigs[i].sig)));
	}
	must((a->timestamps == NULL) == (b->timestamps == NULL));
	must(a->timestamps == NULL || ak_json_equal(a->timestamps, b->timestamps));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ak_buf once, twice;
	ak_dsse e, again;

	if (ak_dsse_parse((ak_span){ data, size }, &e, NULL) != AK_OK)
		return 0;
	/* Not bounded by the size read: sorting and escapes can only shrink it, but a
	 * ceiling here would hide the opposite. */
	ak_buf_init(&once, 4 * (size_t)AK_JSON_TEXT_MAX);
	ak_buf_init(&twice, 4 * (size_t)AK_JSON_TEXT_MAX);
	must(ak_dsse_format(&e, &once, NULL) == AK_OK);
	must(ak_dsse_parse(ak_buf_span(&once), &again, NULL) == AK_OK);
	check_same(&e, &again);
	must(ak_dsse_format(&again, &twice, NULL) == AK_OK);
	must(ak_span_eq(ak_buf_span(&once), ak_buf_span(&twice)));
	ak_dsse_clear(&again);
	ak_dsse_clear(&e);
	ak_buf_clear(&twice);
	ak_buf_clear(&once);
	return 0;
}
