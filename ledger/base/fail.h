/* SPDX-License-Identifier: Apache-2.0 */
/* fail.h - how library code reports failure (internal)
 *
 *	return ak_fail(err, AK_BAD_FORMAT, "checkpoint.size", off, "leading zero");
 *	return ak_mismatch(err, AK_CHAIN_BROKEN, "header.prev", seq, want, got);
 */
#ifndef AK_BASE_FAIL_H
#define AK_BASE_FAIL_H

#include "akashi/types.h"

/* Fill *err (which may be NULL) and return `status`. */
ak_status ak_fail(ak_error *err, ak_status status, const char *where,
                  uint64_t at, const char *fmt, ...) AK_PRINTF(5, 6);

/* The same with the two values that should have been equal; each is cut to fit. */
ak_status ak_mismatch(ak_error *err, ak_status status, const char *where,
                      uint64_t at, const char *expected, const char *found);

/* Add to what ak_fail() has just put there: what was required, what was met, each cut to fit.  Returns `status`. */
ak_status ak_fail_values(ak_error *err, ak_status status, const char *expected, const char *found);

/* ak_mismatch for digests, shown as "sha256:<hex>". */
ak_status ak_digest_mismatch(ak_error *err, ak_status status, const char *where,
                             uint64_t at, const ak_digest *expected,
                             const ak_digest *found);

#endif
