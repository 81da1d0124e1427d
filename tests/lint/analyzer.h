/* SPDX-License-Identifier: Apache-2.0 */
/* analyzer.h - put before each library file by tidy.sh
 *
 * The analyzer sees one file at a time and would think that what reports a failure may return
 * AK_OK.  It returns the status it is given.
 */
#ifndef AK_LINT_ANALYZER_H
#define AK_LINT_ANALYZER_H

#include "base/bytes.h"
#include "base/fail.h"

#define ak_fail(err, status, ...) ((void)ak_fail(err, status, __VA_ARGS__), (status))
#define ak_mismatch(err, status, ...) ((void)ak_mismatch(err, status, __VA_ARGS__), (status))
#define ak_digest_mismatch(err, status, ...) ((void)ak_digest_mismatch(err, status, __VA_ARGS__), (status))
#define ak_no_memory(err, where) ((void)ak_no_memory(err, where), AK_NO_MEMORY)

#endif
