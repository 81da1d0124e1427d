/* SPDX-License-Identifier: Apache-2.0 */
/* The input is lines: a body, then disclosures; or one opening.  Properties: a body is resolved by all of them or by none; what was resolved holds
 * none of their digests any more; of an opening that is read, each commitment follows from its salt, and its text is read the same again. */
#include "base/text.h"
#include "codec/jcs.h"
#include "verify/opening.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void resolve(ak_span in)
{
	ak_span line, part[AK_DISCLOSURES_MAX];
	ak_json *body = NULL, *resolved = NULL, *found = NULL, *again = NULL, *none = NULL;
	size_t n = 0;

	if (!ak_span_line(&in, &line) || ak_json_parse(line, &body, NULL) != AK_OK)
		return;
	while (n < AK_DISCLOSURES_MAX && ak_span_line(&in, &part[n]))
		n++;
	if (ak_disclosures_resolve(body, part, n, &resolved, &found, NULL) == AK_OK) {
		must(ak_json_len(found) == n);
		must(n == 0 || ak_disclosures_resolve(resolved, part, n, &again, &none, NULL) != AK_OK);
	} else {
		must(resolved == NULL && found == NULL);
	}
	ak_json_free(resolved);
	ak_json_free(found);
	ak_json_free(body);
}

static void read_opening(ak_span in)
{
	ak_opening *o = ak_mem_alloc(sizeof(*o)), *p = ak_mem_alloc(sizeof(*p));
	ak_buf text;

	must(o != NULL && p != NULL);
	ak_buf_init(&text, 2 * (size_t)AK_OPENING_MAX);
	if (ak_opening_parse(in, o, NULL) == AK_OK) {
		for (size_t i = 0; i < o->n_documents; i++) {
			ak_digest c;

			ak_commitment(o->document[i].salt, &o->document[i].document, &c);
			must(ak_digest_eq(&c, &o->document[i].commitment));
		}
		must(ak_jcs_write(o->root, &text, NULL) == AK_OK);
		must(ak_opening_parse(ak_buf_span(&text), p, NULL) == AK_OK);
		must(p->n_documents == o->n_documents && p->n_fields == o->n_fields && p->handed_over == o->handed_over);
	}
	ak_opening_clear(o);
	ak_opening_clear(p);
	ak_buf_clear(&text);
	ak_mem_free(o);
	ak_mem_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	resolve((ak_span){ data, size });
	read_opening((ak_span){ data, size });
	return 0;
}
