/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/ossl.h"

#include <openssl/err.h>

/* Read the queue empty; *last is the newest entry, which is the outermost caller's. */
static bool read_queue(unsigned long *last)
{
	bool no_memory = false;
	unsigned long e;

	*last = 0;
	while ((e = ERR_get_error()) != 0) {
		if (ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE)
			no_memory = true;
		*last = e;
	}
	return no_memory;
}

bool ak_ossl_drain(void)
{
	unsigned long last;

	return read_queue(&last);
}

ak_status ak_ossl_fail(ak_error *err, ak_status status, const char *where, const char *what)
{
	unsigned long last;
	const char *reason;

	if (read_queue(&last))
		return ak_fail(err, AK_NO_MEMORY, where, 0, "%s: out of memory", what);
	reason = last == 0 ? NULL : ERR_reason_error_string(last);
	if (reason == NULL)
		return ak_fail(err, status, where, 0, "%s", what);
	return ak_fail(err, status, where, 0, "%s (OpenSSL: %s)", what, reason);
}

ak_status ak_ossl_fail_locked(ak_error *err, const char *where, const char *what)
{
	bool no_memory = false, lacking = false;
	unsigned long e;

	while ((e = ERR_get_error()) != 0) {
		no_memory = no_memory || ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
		lacking = lacking || (ERR_GET_LIB(e) == ERR_LIB_EVP && ERR_GET_REASON(e) == ERR_R_UNSUPPORTED);
	}
	if (no_memory)
		return ak_fail(err, AK_NO_MEMORY, where, 0, "%s: out of memory", what);
	return ak_fail(err, AK_INVALID_ARGUMENT, where, 0, lacking ? "%s (OpenSSL: unsupported)" : "%s", what);
}
