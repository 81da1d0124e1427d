/* SPDX-License-Identifier: Apache-2.0 */
/* Property: parsing an armored signature either fails, or writing its key and signature
 * gives back the very same bytes. */
#include "codec/sshsig.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(ak_span in, const char *name_space)
{
	uint8_t pub[32], sig[64];
	ak_buf b;

	if (ak_sshsig_parse(in, name_space, pub, sig, NULL) != AK_OK)
		return;
	ak_buf_init(&b, AK_SSHSIG_MAX);
	if (ak_sshsig_armor(name_space, pub, sig, &b, NULL) != AK_OK ||
	    !ak_span_eq(ak_buf_span(&b), in))
		abort();
	ak_buf_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check((ak_span){ data, size }, "git");
	check((ak_span){ data, size }, "file");
	return 0;
}
