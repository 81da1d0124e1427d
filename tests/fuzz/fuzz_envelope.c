/* SPDX-License-Identifier: Apache-2.0 */
/* Property: what is not of the one form is not given to OpenSSL, and what is has no more recipients than it may; nothing that follows or is cut off goes
 * unnoticed. */
#include "envelope/envelope.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ak_status count(void *ctx, const char *issuer, const char *serial, const char *key, ak_error *err)
{
	(void)issuer;
	(void)serial;
	(void)key;
	(void)err;
	++*(size_t *)ctx;
	return AK_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const ak_span in = { data, size };
	size_t n = 0;
	ak_status form = ak_envelope_check(in, NULL), told = ak_envelope_recipients(in, count, &n, NULL);

	if (form != AK_OK && told == AK_OK)
		abort();
	if (form == AK_OK && size > 0 && ak_envelope_check((ak_span){ data, size - 1 }, NULL) == AK_OK)
		abort();
	return 0;
}
